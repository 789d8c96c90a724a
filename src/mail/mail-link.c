/* What is shown of a link, taken out of it and said about it.  Any thread; nothing here opens anything. */
#include "mail-link.h"

#include <string.h>

/* ---- hosts ---- */

/* Letters of other scripts that are taken for Latin ones. */
#define LOOKALIKES "асԁеһіјӏорԛѕԝхуѵοικνυχρ"

static gboolean
label_is_plain (const char *label)
{
  gboolean seen[8] = { FALSE }, only_lookalikes = TRUE, letters = FALSE;
  enum
  {
    LATIN,
    HAN,
    HANGUL,
    KANA,
    BOPOMOFO,
    OTHER
  };
  GUnicodeScript other = G_UNICODE_SCRIPT_COMMON;

  for (const char *c = label; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);
    GUnicodeScript script = g_unichar_get_script (letter);

    if (letter == '-' || (letter >= '0' && letter <= '9'))
      continue;
    if (!g_unichar_isalnum (letter) && !g_unichar_ismark (letter))
      return FALSE;
    letters = TRUE;
    only_lookalikes = only_lookalikes && g_utf8_strchr (LOOKALIKES, -1, letter) != NULL;
    if (script == G_UNICODE_SCRIPT_COMMON || script == G_UNICODE_SCRIPT_INHERITED)
      continue;
    if (script == G_UNICODE_SCRIPT_LATIN)
      seen[LATIN] = TRUE;
    else if (script == G_UNICODE_SCRIPT_HAN)
      seen[HAN] = TRUE;
    else if (script == G_UNICODE_SCRIPT_HANGUL)
      seen[HANGUL] = TRUE;
    else if (script == G_UNICODE_SCRIPT_HIRAGANA || script == G_UNICODE_SCRIPT_KATAKANA)
      seen[KANA] = TRUE;
    else if (script == G_UNICODE_SCRIPT_BOPOMOFO)
      seen[BOPOMOFO] = TRUE;
    else {
      if (seen[OTHER] && script != other)
        return FALSE;
      seen[OTHER] = TRUE;
      other = script;
    }
  }
  if (letters && only_lookalikes)
    return FALSE;
  if (seen[OTHER])
    return !(seen[LATIN] || seen[HAN] || seen[HANGUL] || seen[KANA] || seen[BOPOMOFO]);
  return seen[HANGUL] + seen[KANA] + seen[BOPOMOFO] <= 1;
}

/* `host` as it is asked for, in ASCII. */
static char *
show_host (const char *host)
{
  g_auto (GStrv) labels = g_strsplit (host, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++) {
    g_autofree char *own =
        g_hostname_is_ascii_encoded (labels[i]) ? g_hostname_to_unicode (labels[i]) : NULL;

    if (own != NULL && label_is_plain (own)) {
      g_free (labels[i]);
      labels[i] = g_steal_pointer (&own);
    }
  }
  return g_strjoinv (".", labels);
}

static gboolean
is_web (const char *uri)
{
  return g_ascii_strncasecmp (uri, "http://", 7) == 0
         || g_ascii_strncasecmp (uri, "https://", 8) == 0;
}

/* Where the host of a web address stands in it. */
static gboolean
find_host (const char *uri, const char **start, const char **end)
{
  if (!is_web (uri))
    return FALSE;
  const char *at = strstr (uri, "://") + 3, *stop = at + strcspn (at, "/?#\\");

  for (const char *c = at; c < stop; c++) {
    if (*c == '@')
      at = c + 1;
  }
  *start = at;
  *end = at + strcspn (at, *at == '[' ? "]/?#\\" : ":/?#\\");
  *end = MIN (*end, stop);
  return *end > at;
}

/* In ASCII and lower case; NULL for what is no host. */
static char *
dup_ascii_host (const char *uri)
{
  const char *start, *end;

  if (!find_host (uri, &start, &end))
    return NULL;
  g_autofree char *host = g_strndup (start, (gsize)(end - start));
  g_autofree char *ascii = g_hostname_to_ascii (host);

  return ascii != NULL ? g_ascii_strdown (ascii, -1) : NULL;
}

char *
mail_link_dup_host (const char *uri)
{
  g_autofree char *host = dup_ascii_host (uri);

  return host != NULL ? show_host (host) : NULL;
}

char *
mail_link_dup_shown (const char *uri)
{
  const char *start, *end;
  g_autofree char *host = dup_ascii_host (uri);

  if (host == NULL || !find_host (uri, &start, &end))
    return g_strdup (uri);
  g_autofree char *shown = show_host (host), *before = g_strndup (uri, (gsize)(start - uri));

  return g_strconcat (before, shown, end, NULL);
}

/* ---- what follows people ---- */

static gboolean
follows (const char *name)
{
  static const char *const names[] = {
    "__s",        "_hsenc",    "_hsmi",         "_ke",
    "_kx",        "_openstat", "cjevent",       "ck_subscriber_id",
    "dclid",      "elqtrack",  "elqtrackid",    "fbclid",
    "gbraid",     "gclid",     "gclsrc",        "hsctatracking",
    "igshid",     "irclickid", "li_fat_id",     "mc_cid",
    "mc_eid",     "mkt_tok",   "ml_subscriber", "ml_subscriber_hash",
    "msclkid",    "napm",      "oly_anon_id",   "oly_enc_id",
    "rb_clickid", "s_cid",     "trk_contact",   "trk_module",
    "trk_msg",    "trk_sid",   "ttclid",        "twclid",
    "vero_conv",  "vero_id",   "wbraid",        "wickedid",
    "yclid",
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (g_str_has_prefix (lower, "utm_"))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (lower, names[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

char *
mail_link_strip (const char *uri, GStrv *removed)
{
  const char *query = uri + strcspn (uri, "?#"), *rest;

  *removed = NULL;
  if (!is_web (uri) || *query != '?')
    return NULL;
  rest = query + strcspn (query, "#");
  g_autofree char *all = g_strndup (query + 1, (gsize)(rest - query - 1));
  g_auto (GStrv) pairs = g_strsplit (all, "&", -1);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) out = g_string_new_len (uri, query - uri);
  gboolean first = TRUE;

  for (guint i = 0; pairs[i] != NULL; i++) {
    g_autofree char *name = g_strndup (pairs[i], strcspn (pairs[i], "="));

    if (follows (name)) {
      g_ptr_array_add (names, g_steal_pointer (&name));
      continue;
    }
    g_string_append_printf (out, "%c%s", first ? '?' : '&', pairs[i]);
    first = FALSE;
  }
  if (names->len == 0)
    return NULL;
  g_string_append (out, rest);
  g_ptr_array_add (names, NULL);
  *removed = (GStrv)g_ptr_array_free (g_steal_pointer (&names), FALSE);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* ---- honesty ---- */

/* Without a scheme, a text is taken for an address when it ends as many do: "Node.js" is none. */
static gboolean
ends_like_host (const char *host)
{
  static const char *const ends[] = {
    "app",  "at",   "au",    "be",   "biz",     "br", "ca",     "ch",  "cn",   "com", "de",
    "dev",  "edu",  "es",    "eu",   "example", "fr", "gov",    "in",  "info", "io",  "it",
    "jp",   "kr",   "me",    "mil",  "net",     "nl", "online", "org", "pl",   "ru",  "se",
    "shop", "site", "store", "test", "tv",      "tw", "uk",     "us",  "xyz",  "한국"
  };
  const char *last = strrchr (host, '.');

  for (gsize i = 0; last != NULL && i < G_N_ELEMENTS (ends); i++) {
    if (g_ascii_strcasecmp (last + 1, ends[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_below (const char *host, const char *other)
{
  gsize length = strlen (host), size = strlen (other);

  return length >= size && strcmp (host + length - size, other) == 0
         && (length == size || host[length - size - 1] == '.');
}

static const char *
without_www (const char *host)
{
  return g_str_has_prefix (host, "www.") ? host + 4 : host;
}

char *
mail_link_dup_claimed (const char *uri, const char *text)
{
  g_autofree char *target = dup_ascii_host (uri), *claimed = NULL, *word = NULL;

  if (target == NULL)
    return NULL;
  /* The first word that reads like an address; a zero width space does not part it. */
  g_autoptr (GString) clean = g_string_new (NULL);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (letter == 0xad || letter == 0x200b || letter == 0x2060 || letter == 0xfeff)
      continue;
    g_string_append_unichar (clean, g_unichar_isspace (letter) ? ' ' : letter);
  }
  g_auto (GStrv) words = g_strsplit (clean->str, " ", 100);
  for (guint i = 0; words[i] != NULL && claimed == NULL; i++) {
    const char *begin = words[i] + strspn (words[i], "<([{\"'");
    gboolean has_scheme = is_web (begin), alone = words[0] != NULL && words[1] == NULL;

    if (!has_scheme && (strchr (begin, '@') != NULL || strchr (begin, '.') == NULL))
      continue;
    word = has_scheme ? g_strdup (begin) : g_strconcat ("https://", begin, NULL);
    gsize length = strlen (word);
    while (length > 0 && strchr (">)]}\"'.,;!", word[length - 1]) != NULL)
      word[--length] = '\0';
    claimed = dup_ascii_host (word);
    if (claimed != NULL && !has_scheme && !g_str_has_prefix (claimed, "www.")
        && !(alone && ends_like_host (claimed)))
      g_clear_pointer (&claimed, g_free);
    g_clear_pointer (&word, g_free);
  }
  if (claimed == NULL || strchr (claimed, '.') == NULL
      || is_below (without_www (target), without_www (claimed))
      || is_below (without_www (claimed), without_www (target)))
    return NULL;
  return show_host (claimed);
}
