/* Prefixes of subjects.  Pure, any thread; must be quick, for it is asked for every message that comes. */
#include "base-subject.h"

#include <string.h>

/* In lower case. */
static const char *const reply_words[] = {
  "re",   "aw",   "sv",   "vs",   "antw", "antwort", "ant",     "odp",  "r",    "ref",
  "rif",  "ynt",  "res",  "atb",  "bls",  "hv",      "rv",      "vá",   "отв",  "ответ",
  "απ",   "σχετ", "回复", "答复", "回覆", "答覆",    "返信",    "답장", "회신", "답신",
  "답글", "응답", "رد",   "השב",  "ตอบ",  "ตอบกลับ",  "trả lời",
};
static const char *const forward_words[] = {
  "fw",   "fwd",  "wg",   "tr",         "vb",          "vl",     "rv",        "enc", "pd",
  "i",    "ilt",  "i̇lt",  "továbbítás", "doorst",      "пересл", "пересылка", "πρθ", "转发",
  "轉寄", "轉發", "転送", "전달",       "إعادة توجيه", "הועבר",  "ส่งต่อ",
};

const char *
base_subject_skip_space (const char *text)
{
  for (;;) {
    gunichar c = g_utf8_get_char (text);

    if (c == 0 || !(g_unichar_isspace (c) || c == 0x3000))
      return text;
    text = g_utf8_next_char (text);
  }
}

/* Behind `word` at the head of `text`, in any case; NULL: it is not there. */
static const char *
skip_word (const char *text, const char *word)
{
  while (*word != '\0') {
    gunichar wanted = g_utf8_get_char (word), c = g_utf8_get_char (text);

    if (c != wanted && g_unichar_tolower (c) != wanted)
      return NULL;
    word = g_utf8_next_char (word);
    text = g_utf8_next_char (text);
  }
  return text;
}

/* "[2]", "(3)", "^4", "*2" or "2" before the colon. */
static const char *
skip_count (const char *text)
{
  const char *begin = text, *digits;
  char closing;

  while (*text == ' ')
    text++;
  closing = *text == '[' ? ']' : *text == '(' ? ')' : '\0';
  if (closing != '\0' || *text == '^' || *text == '*')
    text++;
  digits = text;
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
skip_one (const char *text, const char *const *words, gsize n)
{
  gunichar first = g_unichar_tolower (g_utf8_get_char (text));

  for (gsize i = 0; i < n; i++) {
    const char *behind;

    /* Most subjects begin with none. */
    if (first < 0x80 ? (guchar)*words[i] != first : g_utf8_get_char (words[i]) != first)
      continue;
    behind = skip_word (text, words[i]);
    if (behind != NULL)
      behind = skip_colon (skip_count (behind));
    if (behind != NULL)
      return behind;
  }
  return NULL;
}

const char *
base_subject_skip_prefix (const char *text, BaseSubjectPrefix *prefix)
{
  const char *behind = skip_one (text, reply_words, G_N_ELEMENTS (reply_words));

  *prefix = BASE_SUBJECT_REPLY;
  if (behind == NULL) {
    behind = skip_one (text, forward_words, G_N_ELEMENTS (forward_words));
    *prefix = BASE_SUBJECT_FORWARD;
  }
  return behind != NULL ? base_subject_skip_space (behind) : NULL;
}
