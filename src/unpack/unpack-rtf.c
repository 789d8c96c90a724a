/* The text of an RTF document (Outlook keeps that of a message so).  Pure; any bytes will do.  Groups that stand for something
 * else than text (fonts, pictures, what begins with \*) are left out, as every reader of RTF has to do with what it does not
 * know. */
#include "unpack-tnef.h"

#include <string.h>

#define MAX_DEPTH 200
#define MAX_TEXT  (4u * 1024 * 1024)

typedef struct
{
  GString *text; /* UTF-8 */
  GString *raw;  /* bytes in the code page, not yet turned into text */
  char code_page[16];
  gboolean skip[MAX_DEPTH + 1]; /* by depth of the group */
  int unicode_skip;             /* what stands for a \u where that is not known */
  int to_skip;
  guint depth;
} Rtf;

static void
flush (Rtf *rtf)
{
  if (rtf->raw->len == 0)
    return;
  g_autofree char *text = g_convert_with_fallback (rtf->raw->str, (gssize)rtf->raw->len, "UTF-8",
                                                   rtf->code_page, "?", NULL, NULL, NULL);
  if (text)
    g_string_append (rtf->text, text);
  g_string_truncate (rtf->raw, 0);
}

static void
add (Rtf *rtf, char c)
{
  if (rtf->skip[rtf->depth])
    return;
  if (rtf->to_skip > 0)
    rtf->to_skip--;
  else
    g_string_append_c (rtf->raw, c);
}

static void
add_unicode (Rtf *rtf, gunichar c)
{
  if (rtf->skip[rtf->depth])
    return;
  flush (rtf);
  g_string_append_unichar (rtf->text, g_unichar_validate (c) && c ? c : 0xFFFD);
}

static gboolean
is_no_text (const char *word)
{
  static const char *const words[] = {
    "fonttbl", "colortbl", "stylesheet", "info",      "pict",      "object",
    "header",  "footer",   "themedata",  "generator", "listtable", "listoverridetable"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (word, words[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
control (Rtf *rtf, const char *word, gboolean has_number, int number)
{
  if (is_no_text (word)) {
    rtf->skip[rtf->depth] = TRUE;
  } else if (strcmp (word, "par") == 0 || strcmp (word, "line") == 0 || strcmp (word, "row") == 0) {
    rtf->to_skip = 0;
    add (rtf, '\n');
  } else if (strcmp (word, "tab") == 0 || strcmp (word, "cell") == 0) {
    rtf->to_skip = 0;
    add (rtf, '\t');
  } else if (strcmp (word, "ansicpg") == 0 && has_number && number > 0 && number < 100000) {
    flush (rtf);
    /* 949 and the like are known to iconv by this name */
    g_snprintf (rtf->code_page, sizeof rtf->code_page, number == 65001 ? "UTF-8" : "CP%d", number);
  } else if (strcmp (word, "uc") == 0 && has_number) {
    rtf->unicode_skip = CLAMP (number, 0, 10);
  } else if (strcmp (word, "u") == 0 && has_number) {
    add_unicode (rtf, (gunichar)(number < 0 ? number + 65536 : number));
    rtf->to_skip = rtf->unicode_skip;
  }
}

/* `at` is behind the backslash; where to go on. */
static gsize
read_control (Rtf *rtf, const char *data, gsize length, gsize at)
{
  char word[32];
  gsize n = 0;

  if (at >= length)
    return length;
  char c = data[at];
  if (c == '\'') {
    int high = at + 1 < length ? g_ascii_xdigit_value (data[at + 1]) : -1;
    int low = at + 2 < length ? g_ascii_xdigit_value (data[at + 2]) : -1;
    if (high < 0 || low < 0)
      return at + 1;
    add (rtf, (char)(high * 16 + low));
    return at + 3;
  }
  if (!g_ascii_isalpha (c)) {
    if (c == '*')
      rtf->skip[rtf->depth] = TRUE;
    else if (c == '~')
      add (rtf, ' ');
    else if (c == '\n' || c == '\r')
      add (rtf, '\n');
    else if (c == '\\' || c == '{' || c == '}')
      add (rtf, c);
    return at + 1;
  }
  for (; at < length && g_ascii_isalpha (data[at]); at++)
    if (n < sizeof word - 1)
      word[n++] = data[at];
  word[n] = '\0';
  gboolean negative = at < length && data[at] == '-', has_number = FALSE;
  int number = 0;
  if (negative)
    at++;
  for (; at < length && g_ascii_isdigit (data[at]); at++) {
    has_number = TRUE;
    if (number < 10000000)
      number = number * 10 + (data[at] - '0');
  }
  if (at < length && data[at] == ' ')
    at++;
  control (rtf, word, has_number, negative ? -number : number);
  return at;
}

char *
unpack_rtf_to_text (const char *data, gsize length)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) raw = g_string_new (NULL);
  Rtf rtf = { .text = text, .raw = raw, .code_page = "CP1252", .unicode_skip = 1 };
  guint beyond = 0; /* groups deeper than is looked at */

  for (gsize at = 0; at < length && text->len + raw->len < MAX_TEXT;) {
    char c = data[at++];
    if (c == '{') {
      if (rtf.depth < MAX_DEPTH) {
        rtf.skip[rtf.depth + 1] = rtf.skip[rtf.depth];
        rtf.depth++;
      } else {
        beyond++;
      }
      rtf.to_skip = 0;
    } else if (c == '}') {
      if (beyond > 0)
        beyond--;
      else if (rtf.depth > 0)
        rtf.depth--;
      rtf.to_skip = 0;
    } else if (c == '\\') {
      at = read_control (&rtf, data, length, at);
    } else if (c != '\r' && c != '\n' && c != '\0') {
      add (&rtf, c);
    }
  }
  flush (&rtf);
  char *valid = g_utf8_make_valid (text->str, (gssize)text->len);
  return g_strchomp (valid);
}
