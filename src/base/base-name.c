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

/* Korean family names: nine in ten people have one of these. */
static gboolean
is_family (const char *word)
{
  static const char singles[] =
      "김이박최정강조윤장임한오서신권황안송류전홍유고문양손배백허남심노로하곽성차주우구나민진지엄채원천방공현"
      "함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부";
  static const char *const doubles[] = { "남궁", "황보", "제갈", "선우", "사공",
                                         "서문", "독고", "동방", NULL };

  return g_utf8_strlen (word, -1) == 1 ? strstr (singles, word) != NULL
                                       : g_strv_contains (doubles, word);
}

/* `whole` is nothing but two Korean names, of which one can only be that of the family; NULL: it is not. */
static char *
put_right (const char *whole, const char *family, const char *given)
{
  const char *const names[] = { family, given };

  if (find_scripts (family) != HANGUL || find_scripts (given) != HANGUL)
    return NULL;
  for (int i = 0; i < 2; i++) {
    const char *first = names[i], *last = names[1 - i];
    g_autofree char *apart = g_strconcat (first, " ", last, NULL);
    g_autofree char *close = g_strconcat (first, last, NULL);

    if (!g_str_equal (whole, apart) && !g_str_equal (whole, close))
      continue;
    if (is_family (first) != is_family (last))
      return is_family (first) ? g_strconcat (first, last, NULL) : g_strconcat (last, first, NULL);
  }
  return NULL;
}

char *
base_name_mend (const char *whole, const char *const parts[BASE_NAME_PARTS])
{
  g_autofree char *bare = g_strstrip (g_strdup (whole != NULL ? whole : ""));
  char *stripped[BASE_NAME_PARTS];
  char *name;

  strip_parts (parts, stripped);
  name = *bare == '\0' ? join (stripped)
                       : put_right (bare, stripped[BASE_NAME_FAMILY], stripped[BASE_NAME_GIVEN]);
  if (name == NULL)
    name = g_steal_pointer (&bare);
  free_parts (stripped);
  return name;
}
