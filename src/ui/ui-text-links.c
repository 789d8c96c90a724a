/* Links of a plain text.  Any thread; it only reads, from the left to the right, and looks back no further than an address is long. */
#include "ui-text-links.h"

#include <string.h>

#define LOCAL_MAX 64 /* octets before the @ of an address */

/* What is appended to a word in Korean, one to three of them in a row. */
static const char *const particles[] = {
  "에서",   "에게",     "에는",       "에도",   "에",   "으로",   "로",     "부터",
  "까지",   "은",       "는",         "이",     "가",   "을",     "를",     "의",
  "와",     "과",       "도",         "만",     "나",   "이나",   "라고",   "이라고",
  "라는",   "이라는",   "란",         "이란",   "보다", "처럼",   "마다",   "밖에",
  "입니다", "입니다만", "인데요",     "인데",   "이며", "이고",   "이에요", "예요",
  "이다",   "였습니다", "이었습니다", "랑",     "이랑", "께",     "께서",   "한테",
  "든지",   "조차",     "하고",       "하시면", "하면", "하세요", "요",
};

static gboolean
is_hangul (gunichar c)
{
  return g_unichar_get_script (c) == G_UNICODE_SCRIPT_HANGUL;
}

/* Letters of languages that put no space behind a word. */
static gboolean
is_dense (gunichar c)
{
  switch ((int)g_unichar_get_script (c)) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
  case G_UNICODE_SCRIPT_HANGUL:
    return TRUE;
  default:
    return c == 0x30fc; /* the long vowel */
  }
}

/* Nothing but particles. */
static gboolean
is_particles (const char *at, gsize length, guint most)
{
  if (length == 0)
    return TRUE;
  for (gsize i = 0; most > 0 && i < G_N_ELEMENTS (particles); i++) {
    gsize size = strlen (particles[i]);
    if (size <= length && memcmp (at, particles[i], size) == 0
        && is_particles (at + size, length - size, most - 1))
      return TRUE;
  }
  return FALSE;
}

/* Ends a link wherever it stands: white space, quotation marks and brackets that no address has, and the punctuation of East Asia. */
static gboolean
ends_link (gunichar c)
{
  if (c < 0x80)
    return c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' || c == '`';
  return g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0x200b || c == 0xfeff || c == 0xfffc
         || (c >= 0x2018 && c <= 0x201f) || c == 0x2026 || c == 0xab || c == 0xbb || c == 0x2039
         || c == 0x203a || (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011)
         || (c >= 0x3014 && c <= 0x301f) || c == 0x30fb || (c >= 0xff01 && c <= 0xff0f)
         || (c >= 0xff1a && c <= 0xff20) || (c >= 0xff3b && c <= 0xff40)
         || (c >= 0xff5b && c <= 0xff65);
}

/* Where that which can be an address ends. */
static const char *
find_end (const char *at, const char *end)
{
  while (at < end && !ends_link (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  return at;
}

/* Trailing punctuation belongs to the sentence, a closing bracket only to the link when it was opened in it. */
static const char *
trim_punctuation (const char *begin, const char *end)
{
  guint round = 0, square = 0, curly = 0; /* closed more than opened, up to `end` */
  int depth[3] = { 0 };

  for (const char *c = begin; c < end; c++) {
    depth[0] += *c == '(' ? 1 : *c == ')' ? -1 : 0;
    depth[1] += *c == '[' ? 1 : *c == ']' ? -1 : 0;
    depth[2] += *c == '{' ? 1 : *c == '}' ? -1 : 0;
  }
  round = depth[0] < 0 ? (guint)-depth[0] : 0;
  square = depth[1] < 0 ? (guint)-depth[1] : 0;
  curly = depth[2] < 0 ? (guint)-depth[2] : 0;
  for (; end > begin; end--) {
    char last = end[-1];
    guint *over = last == ')' ? &round : last == ']' ? &square : last == '}' ? &curly : NULL;
    if (over ? *over == 0 : !strchr (".,;:!?'*_|", last))
      break;
    if (over)
      --*over;
  }
  return end;
}

/* The letters at the end that are not its own. */
static const char *
trim_dense (const char *begin, const char *end)
{
  const char *run = end;
  while (run > begin) {
    const char *before = g_utf8_find_prev_char (begin, run);
    if (!before || !is_dense (g_utf8_get_char (before)))
      break;
    run = before;
  }
  if (run == end || run == begin)
    return end;
  gboolean behind_word = g_ascii_isalnum (run[-1]), behind_slash = run[-1] == '/';
  if (is_hangul (g_utf8_get_char (run)))
    return (behind_word || behind_slash || run[-1] == ')')
                   && is_particles (run, (gsize)(end - run), 3)
               ? run
               : end;
  /* No Japanese word begins with this particle */
  return behind_word || (behind_slash && g_str_has_prefix (run, "を")) ? run : end;
}

/* The end of a host at `at`: a label that is all of one kind stays, and letters behind its last ASCII label are of the sentence. */
static const char *
trim_host (const char *at, const char *end)
{
  static const char *const korean[] = { "한국", "닷컴", "닷넷", "삼성" };
  const char *label = at, *c = at;
  for (; c < end; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);
    if (letter == '.')
      label = c + 1;
    else if (letter != '-' && letter != '_' && !g_unichar_isalnum (letter)
             && !g_unichar_ismark (letter))
      break;
    else if (label > at && c > label && is_dense (letter) && (guchar)c[-1] < 0x80) {
      /* "example.org에서", but "한국.kr", "example.한국" */
      return c;
    }
  }
  for (gsize i = 0; label > at && i < G_N_ELEMENTS (korean); i++) {
    gsize size = strlen (korean[i]);
    if ((gsize)(c - label) > size && memcmp (label, korean[i], size) == 0
        && is_particles (label + size, (gsize)(c - label) - size, 3))
      return label + size;
  }
  return c;
}

/* Letters that an address is written in before its @, apart from those of other languages. */
static gboolean
is_local (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr (".%'+-_", c) != NULL);
}

/* The @ behind a name before the host, or behind that of an address. */
static const char *
find_user (const char *at, const char *end)
{
  while (at < end && (is_local (*at) || *at == ':' || (guchar)*at >= 0x80))
    at++;
  return at < end && *at == '@' ? at : NULL;
}

/* What stands between `begin`, the start of a link whose host or address is at `host`, and `end`; NULL when that is no link. */
static const char *
trim (const char *begin, const char *host, const char *end)
{
  const char *stop = find_end (host, end), *host_end = host;
  while (host_end < stop && !strchr ("/?#", *host_end))
    host_end++;
  const char *user = find_user (host, host_end);
  const char *named = trim_host (user ? user + 1 : host, host_end);
  /* A port, a number in brackets, or the end of it */
  if (named < host_end && *named != ':' && *host != '[')
    stop = named;
  for (;;) {
    const char *shorter = trim_dense (host, trim_punctuation (begin, stop));
    if (shorter < host)
      return NULL;
    if (shorter == stop)
      break;
    stop = shorter;
  }
  return stop > host ? stop : NULL;
}

static gboolean
starts (const char *at, const char *end, const char *with)
{
  gsize length = strlen (with);
  return (gsize)(end - at) >= length && g_ascii_strncasecmp (at, with, length) == 0;
}

/* The address around the @ at `mark`, not reaching back before `from`. */
static const char *
find_address (const char *mark, const char *from, const char *end, const char **begin)
{
  const char *local = mark, *stop;
  gboolean dense = FALSE; /* 김철수@example.org, but "메일은bob@example.org" */
  for (const char *before; local > from && mark - local < LOCAL_MAX; local = before) {
    before = g_utf8_find_prev_char (from, local);
    if (!before)
      break;
    gunichar letter = g_utf8_get_char (before);
    gboolean is_own = letter < 0x80 ? is_local (*before) : g_unichar_isalnum (letter);
    dense = local == mark ? is_dense (letter) : dense;
    if (!is_own || is_dense (letter) != dense)
      break;
  }
  while (local < mark && strchr (".'", *local))
    local++;
  if (local == mark || mark + 1 >= end || !g_unichar_isalnum (g_utf8_get_char (mark + 1)))
    return NULL;
  stop = trim_host (mark + 1, end);
  while (stop > mark + 1 && (stop[-1] == '.' || stop[-1] == '-'))
    stop--;
  if (!memchr (mark + 1, '.', (gsize)(stop - mark - 1)) || memmem (mark, stop - mark, "..", 2))
    return NULL;
  *begin = local;
  return stop;
}

gboolean
ui_text_links_next (const char **at, const char *end, const char **begin)
{
  const char *from = *at;
  for (const char *c = from; c < end; c++) {
    const char *host = NULL, *stop = NULL;
    gboolean fresh = c == from || !g_ascii_isalnum (c[-1]);
    switch (g_ascii_tolower (*c)) {
    case '@':
      stop = find_address (c, from, end, begin);
      break;
    case 'h':
      host = fresh && starts (c, end, "http://")    ? c + strlen ("http://")
             : fresh && starts (c, end, "https://") ? c + strlen ("https://")
                                                    : NULL;
      break;
    case 'm':
      host = fresh && starts (c, end, "mailto:") ? c + strlen ("mailto:") : NULL;
      if (host && !memchr (host, '@', (gsize)(find_end (host, end) - host)))
        host = NULL;
      break;
    case 'w':
      host = fresh && starts (c, end, "www.") && (c == from || !strchr ("@./-_", c[-1])) ? c : NULL;
      if (host && (c + 4 >= end || !g_unichar_isalnum (g_utf8_get_char (c + 4))))
        host = NULL;
      break;
    default:
      break;
    }
    if (host) {
      *begin = c;
      stop = host < end ? trim (c, host, end) : NULL;
    }
    if (stop) {
      *at = stop;
      return TRUE;
    }
  }
  *at = end;
  return FALSE;
}

char *
ui_text_links_dup_uri (const char *link)
{
  if (g_ascii_strncasecmp (link, "www.", 4) == 0)
    return g_strconcat ("https://", link, NULL);
  if (!strstr (link, "://") && g_ascii_strncasecmp (link, "mailto:", 7) != 0)
    return g_strconcat ("mailto:", link, NULL);
  return g_strdup (link);
}
