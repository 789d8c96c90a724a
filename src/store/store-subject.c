/* Subjects of mail, without what answering and forwarding puts before them.  Pure, any thread. */
#include "store-subject.h"

#include <string.h>

/* As mail programs write them, in lower case; the languages are those of programs that do not write "Re:" everywhere. */
static const char *const reply_words[] = { "re",    "aw",   "sv",   "vs",   "antw", "ant",
                                           "odp",   "r",    "rif",  "ynt",  "res",  "回复",
                                           "答复",  "回覆", "답장", "회신", "답신", "返信",
                                           "ответ", "απ",   "atb",  "bls",  "hv",   "rv" };
static const char *const forward_words[] = { "fw",   "fwd",  "wg",        "tr",     "转发", "轉寄",
                                             "전달", "転送", "пересылка", "doorst", "vl",   "i" };

static const char *
skip_space (const char *text)
{
  for (;;) {
    gunichar c = g_utf8_get_char (text);

    if (c == 0 || !(g_unichar_isspace (c) || c == 0x3000))
      return text;
    text = g_utf8_next_char (text);
  }
}

/* Behind `word` at the head of `text`, in any case; NULL: it is not there.  Letters outside ASCII as they are written. */
static const char *
skip_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  return g_ascii_strncasecmp (text, word, length) == 0 ? text + length : NULL;
}

/* "[2]", "(3)", "^4" or "2" before the colon. */
static const char *
skip_count (const char *text)
{
  char closing = *text == '[' ? ']' : *text == '(' ? ')' : '\0';
  const char *begin = text;

  if (closing != '\0' || *text == '^')
    text++;
  const char *digits = text;
  while (g_ascii_isdigit (*text))
    text++;
  if (text == digits || (closing != '\0' && *text != closing))
    return begin;
  return closing != '\0' ? text + 1 : text;
}

static const char *
skip_colon (const char *text)
{
  static const char wide[] = "：";

  while (*text == ' ')
    text++;
  if (*text == ':')
    return text + 1;
  return g_str_has_prefix (text, wide) ? text + strlen (wide) : NULL;
}

static const char *
skip_prefix (const char *text, const char *const *words, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    const char *behind = skip_word (text, words[i]);

    if (behind != NULL)
      behind = skip_colon (skip_count (behind));
    if (behind != NULL)
      return behind;
  }
  return NULL;
}

/* "[list] " with something behind it. */
static const char *
skip_blob (const char *text)
{
  const char *end = *text == '[' ? strchr (text, ']') : NULL;

  if (end == NULL || memchr (text + 1, '[', (gsize)(end - text - 1)) != NULL)
    return NULL;
  end = skip_space (end + 1);
  return *end != '\0' ? end : NULL;
}

const char *
store_subject_get_base (const char *subject, gboolean *is_reply)
{
  const char *base = skip_space (subject), *next;

  if (is_reply != NULL)
    *is_reply = FALSE;
  for (;;) {
    if ((next = skip_prefix (base, reply_words, G_N_ELEMENTS (reply_words))) != NULL) {
      if (is_reply != NULL)
        *is_reply = TRUE;
    } else if ((next = skip_prefix (base, forward_words, G_N_ELEMENTS (forward_words))) == NULL
               && (next = skip_blob (base)) == NULL) {
      return base;
    }
    base = skip_space (next);
  }
}

gboolean
store_subject_is_reply (const char *subject)
{
  gboolean is_reply;

  /* Most have no colon, of either width. */
  if (strchr (subject, ':') == NULL && strstr (subject, "：") == NULL)
    return FALSE;
  (void)store_subject_get_base (subject, &is_reply);
  return is_reply;
}
