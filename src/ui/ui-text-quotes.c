/* Quotes and signatures of a plain text.  Any thread; it only reads, once, from the beginning to the end. */
#include "ui-text-quotes.h"

#include <string.h>

#define LINES_MANY      8  /* quoted lines amid the text that are folded */
#define LINES_AT_END    2  /* and at its end, where they are what was answered */
#define SIGNATURE_LINES 12 /* more is no signature */

typedef struct
{
  gsize start, end; /* end: after the line end */
} Line;

static Line
next_line (const char *text, gsize length, gsize at)
{
  const char *newline = memchr (text + at, '\n', length - at);
  return (Line){ at, newline ? (gsize)(newline - text) + 1 : length };
}

static gboolean
is_blank (const char *text, Line line)
{
  for (gsize i = line.start; i < line.end; i++)
    if (!g_ascii_isspace (text[i]))
      return FALSE;
  return TRUE;
}

/* "-- " by itself, with or without the space that gets lost on the way. */
static gboolean
is_signature (const char *text, Line line)
{
  gsize end = line.end;
  while (end > line.start && g_ascii_isspace (text[end - 1]))
    end--;
  return end - line.start == 2 && text[line.start] == '-' && text[line.start + 1] == '-';
}

/* The words of mail programs above the message that is answered, between dashes. */
static gboolean
is_divider (const char *text, Line line)
{
  static const char *const words[] = { "Original Message",
                                       "Original-Nachricht",
                                       "Ursprüngliche Nachricht",
                                       "Message d'origine",
                                       "Mensaje original",
                                       "Messaggio originale",
                                       "Mensagem original",
                                       "Oorspronkelijk bericht",
                                       "원본 메시지",
                                       "원본 메일",
                                       "원본메일",
                                       "원문 메시지",
                                       "元のメッセージ",
                                       "Original Email",
                                       "原始邮件",
                                       "原始郵件",
                                       "Исходное сообщение" };
  gsize at = line.start, end = line.end;
  if (end - at > 200 || end - at < 4 || text[at] != '-' || text[at + 1] != '-')
    return FALSE;
  while (at < end && (text[at] == '-' || text[at] == ' '))
    at++;
  while (end > at && (g_ascii_isspace (text[end - 1]) || text[end - 1] == '-'))
    end--;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == end - at && g_ascii_strncasecmp (text + at, words[i], end - at) == 0)
      return TRUE;
  return FALSE;
}

gsize
ui_text_quotes_find_signature (const char *text, gsize length)
{
  gsize found = length;
  guint lines = 0;
  for (gsize at = 0; at < length;) {
    Line line = next_line (text, length, at);
    if (is_signature (text, line)) {
      found = line.start;
      lines = 0;
    } else if (found < length && (!is_blank (text, line) && ++lines > SIGNATURE_LINES))
      found = length;
    else if (found < length && text[line.start] == '>')
      found = length; /* somebody answered below it */
    at = line.end;
  }
  return found;
}

GArray *
ui_text_quotes_find (const char *text, gsize length)
{
  GArray *quotes = g_array_new (FALSE, FALSE, sizeof (UiTextQuote));
  gsize signature = ui_text_quotes_find_signature (text, length);
  UiTextQuote quote = { 0 };
  gboolean own = FALSE;   /* there are words that are not quoted */
  gboolean after = FALSE; /* after the last quote */

  for (gsize at = 0; at < length;) {
    Line line = next_line (text, length, at);
    if (text[line.start] == '>') {
      if (quote.lines == 0)
        quote.start = line.start;
      quote.end = line.end;
      quote.lines++;
      after = FALSE;
    } else if (own && is_divider (text, line) && line.start < signature) {
      if (quote.lines >= LINES_MANY)
        g_array_append_val (quotes, quote);
      quote = (UiTextQuote){ line.start, length, G_MAXUINT };
      after = FALSE;
      break;
    } else if (!is_blank (text, line) && line.start < signature) {
      if (quote.lines >= LINES_MANY)
        g_array_append_val (quotes, quote);
      quote.lines = 0;
      own = after = TRUE;
    }
    at = line.end;
  }
  if (quote.lines >= LINES_AT_END && !after)
    g_array_append_val (quotes, quote);
  if (!own)
    g_array_set_size (quotes, 0);
  return quotes;
}

guint
ui_text_quotes_get_depth (const char *line, gsize length)
{
  guint depth = 0;
  for (gsize i = 0; i < length; i++) {
    if (line[i] == '>')
      depth++;
    else if (depth == 0 || line[i] != ' ' || i + 1 == length || line[i + 1] != '>')
      break;
  }
  return depth;
}

const char *
ui_text_quotes_get_colour (UiTextColour colour, gboolean dark)
{
  static const char *const colours[2][UI_TEXT_N_COLOURS] = {
    { "#1a5fb4", "#26723f", "#8a4b08", "#77427a", "#6f6f6f", "#1b6acb" },
    { "#8fbdf3", "#8ddca9", "#f0b97a", "#d3a5d6", "#a2a2a2", "#78aeed" },
  };
  return colours[dark != FALSE][colour];
}
