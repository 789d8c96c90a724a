/* Names of people, from their parts.  Pure, any thread; must accept any text: it is strangers who write cards. */
#include "base-name.h"

#include <locale.h>
#include <string.h>

typedef enum
{
  NOTHING = 0,
  HANGUL = 1 << 0,
  HAN = 1 << 1,
  HIRAGANA = 1 << 2,
  KATAKANA = 1 << 3,
  OTHER = 1 << 4
} Scripts;

/* Those of its letters. */
static Scripts
find_scripts (const char *text)
{
  Scripts found = NOTHING;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (!g_unichar_isalpha (c))
      continue;
    switch ((int)g_unichar_get_script (c)) {
    case G_UNICODE_SCRIPT_HANGUL:
      found |= HANGUL;
      break;
    case G_UNICODE_SCRIPT_HAN:
      found |= HAN;
      break;
    case G_UNICODE_SCRIPT_HIRAGANA:
      found |= HIRAGANA;
      break;
    case G_UNICODE_SCRIPT_KATAKANA:
      found |= KATAKANA;
      break;
    case G_UNICODE_SCRIPT_COMMON: /* ー, which makes a vowel long */
    case G_UNICODE_SCRIPT_INHERITED:
      break;
    default:
      found |= OTHER;
    }
  }
  return found;
}

/* By the locale, for names that their script does not tell: Hungarian and Vietnamese have the family first. */
static gboolean
is_family_first_here (void)
{
  const char *locale = setlocale (LC_MESSAGES, NULL);

  return locale != NULL && (g_str_has_prefix (locale, "hu_") || g_str_has_prefix (locale, "vi_"));
}

/* Where what was said ends, with `between` unless it is the first. */
static void
say (GString *name, const char *between, const char *part)
{
  if (*part == '\0')
    return;
  if (name->len > 0)
    g_string_append (name, between);
  g_string_append (name, part);
}

static void
strip_parts (const char *const parts[BASE_NAME_PARTS], char *stripped[BASE_NAME_PARTS])
{
  for (int i = 0; i < BASE_NAME_PARTS; i++)
    stripped[i] = g_strstrip (g_strdup (parts[i] != NULL ? parts[i] : ""));
}

static void
free_parts (char *stripped[BASE_NAME_PARTS])
{
  for (int i = 0; i < BASE_NAME_PARTS; i++)
    g_free (stripped[i]);
}

static char *
join (char *const parts[BASE_NAME_PARTS])
{
  Scripts family = find_scripts (parts[BASE_NAME_FAMILY]),
          given = find_scripts (parts[BASE_NAME_GIVEN]), both = family | given;
  gboolean eastern = (both & (HANGUL | HAN | HIRAGANA | KATAKANA)) != 0;
  g_autoptr (GString) core = g_string_new (NULL);
  g_autoptr (GString) name = g_string_new (NULL);

  if (family == KATAKANA && given == KATAKANA) {
    /* Somebody from elsewhere, whose name is written as it sounds: マイケル・ジャクソン */
    say (core, "・", parts[BASE_NAME_GIVEN]);
    say (core, "・", parts[BASE_NAME_ADDITIONAL]);
    say (core, "・", parts[BASE_NAME_FAMILY]);
  } else if (eastern) {
    const char *between = (both & OTHER) != 0 ? " " : "";

    say (core, between, parts[BASE_NAME_FAMILY]);
    say (core, between, parts[BASE_NAME_GIVEN]);
    say (core, (find_scripts (parts[BASE_NAME_ADDITIONAL]) & OTHER) != 0 ? " " : between,
         parts[BASE_NAME_ADDITIONAL]);
  } else if (is_family_first_here ()) {
    say (core, " ", parts[BASE_NAME_FAMILY]);
    say (core, " ", parts[BASE_NAME_ADDITIONAL]);
    say (core, " ", parts[BASE_NAME_GIVEN]);
  } else {
    say (core, " ", parts[BASE_NAME_GIVEN]);
    say (core, " ", parts[BASE_NAME_ADDITIONAL]);
    say (core, " ", parts[BASE_NAME_FAMILY]);
  }
  say (name, " ", parts[BASE_NAME_PREFIX]);
  say (name, " ", core->str);
  say (name, " ", parts[BASE_NAME_SUFFIX]);
  return g_strdup (name->str);
}

char *
base_name_join (const char *const parts[BASE_NAME_PARTS])
{
  char *stripped[BASE_NAME_PARTS];
  char *name;

  strip_parts (parts, stripped);
  name = join (stripped);
  free_parts (stripped);
  return name;
}

/* `whole` is nothing but the two, one way or the other. */
static gboolean
is_of_others (const char *whole, const char *family, const char *given)
{
  g_autofree char *turned = g_strconcat (given, " ", family, NULL);
  g_autofree char *turned_close = g_strconcat (given, family, NULL);
  g_autofree char *apart = g_strconcat (family, " ", given, NULL);
  Scripts both = find_scripts (family) | find_scripts (given);

  if (*family == '\0' || *given == '\0' || both == KATAKANA || (both & OTHER) != 0)
    return FALSE;
  /* Japanese and Chinese may well have meant the space between. */
  return g_str_equal (whole, turned) || g_str_equal (whole, turned_close)
         || (both == HANGUL && g_str_equal (whole, apart));
}

char *
base_name_mend (const char *whole, const char *const parts[BASE_NAME_PARTS])
{
  g_autofree char *bare = g_strstrip (g_strdup (whole != NULL ? whole : ""));
  char *stripped[BASE_NAME_PARTS];
  char *name;

  strip_parts (parts, stripped);
  if (*bare == '\0' || is_of_others (bare, stripped[BASE_NAME_FAMILY], stripped[BASE_NAME_GIVEN]))
    name = join (stripped);
  else
    name = g_steal_pointer (&bare);
  free_parts (stripped);
  return name;
}
