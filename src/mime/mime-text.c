/* Plain text bodies: line ends and format=flowed (RFC 3676).  Runs on any thread; linear. */
#include "mime-text-private.h"

#include <string.h>

#define LINE_WIDTH 72 /* of what is broken */
#define MAX_WIDTH  78 /* RFC 5322, 2.1.1: of what is not */

void
mime_text_normalize_lines (char *text)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; from++) {
    if (*from == '\r') {
      if (from[1] != '\n')
        *to++ = '\n';
    } else {
      *to++ = *from;
    }
  }
  *to = '\0';
}

/* Behind the marks of a quote.  RFC 3676 knows only ">>"; "> >", which other programs write between flowed lines, is meant to say the same. */
static const char *
skip_quotes (const char *at, const char *end, guint *depth)
{
  *depth = 0;
  while (at < end && (*at == '>' || (*depth > 0 && *at == ' ' && end - at > 1 && at[1] == '>'))) {
    *depth += *at == '>';
    at++;
  }
  return at;
}

static gboolean
is_blank (const char *at, const char *end)
{
  while (at < end && *at == ' ')
    at++;
  return at == end;
}

/* Begins a line of the outcome.  What was stuffed for not being a quote still is none: it keeps its space. */
static void
begin_line (GString *out, guint depth, const char *content, const char *end)
{
  for (guint i = 0; i < depth; i++)
    g_string_append_c (out, '>');
  if (depth > 0 || (content < end && *content == '>'))
    g_string_append_c (out, ' ');
}

char *
mime_text_unflow (const char *text, gboolean delete_space)
{
  GString *out = g_string_sized_new (strlen (text));
  guint open_depth = 0;
  gboolean flowing = FALSE; /* the line before asked to be continued */

  for (const char *line = text; *line != '\0';) {
    gsize length = strcspn (line, "\n");
    const char *next = line + length + (line[length] == '\n'), *end = line + length;
    guint depth;
    const char *content = skip_quotes (line, end, &depth);
    gboolean signature, flowed;

    if (content < end && *content == ' ')
      content++; /* stuffed */
    signature = end - content == 3 && memcmp (content, "-- ", 3) == 0;
    flowed = !signature && end > content && end[-1] == ' ' && !is_blank (content, end);
    /* An empty line is the end of a paragraph, also where the one before it asked for more. */
    if (flowing && (depth != open_depth || signature || is_blank (content, end))) {
      g_string_append_c (out, '\n');
      flowing = FALSE;
    }
    if (!flowing)
      begin_line (out, depth, content, end);
    g_string_append_len (out, content, end - content - (flowed && delete_space ? 1 : 0));
    if (!flowed && line[length] == '\n')
      g_string_append_c (out, '\n');
    flowing = flowed;
    open_depth = depth;
    line = next;
  }
  if (flowing)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

/* ---- writing it ---- */

static guint
char_width (gunichar c)
{
  return g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
}

static guint
text_width (const char *at, const char *end)
{
  guint width = 0;

  for (; at < end; at = g_utf8_next_char (at))
    width += char_width (g_utf8_get_char (at));
  return width;
}

/* Behind the marks of a quote; ">_<" is none. */
static const char *
skip_own_quotes (const char *line, const char *end, guint *depth)
{
  const char *at = skip_quotes (line, end, depth);

  if (*depth > 0 && at < end && *at != ' ') {
    *depth = 0;
    return line;
  }
  return *depth > 0 && at < end ? at + 1 : at;
}

/* Where the next line begins: behind the last space that still fits, else behind the first one; `end` where there is none. */
static const char *
find_break (const char *at, const char *end, guint room)
{
  const char *begin = at, *best = NULL;
  gboolean in_word = FALSE;
  guint width = 0;

  while (at < end) {
    gboolean space = *at == ' ';

    /* A line of a quote that begins with ">" would be one of a deeper quote, and one of two hyphens the end of the text. */
    if (in_word && !space && at[-1] == ' ' && *at != '>'
        && !(at - begin == 3 && memcmp (begin, "-- ", 3) == 0)) {
      if (best != NULL && width > room)
        return best;
      best = at;
    }
    in_word = in_word || !space; /* spaces alone would be an empty line */
    width += char_width (g_utf8_get_char (at));
    if (best != NULL && width > room)
      return best;
    at = g_utf8_next_char (at);
  }
  return end;
}

static void
append_flowed (GString *out, const char *line, const char *end)
{
  guint depth, room;
  const char *at;

  if (end - line == 3 && memcmp (line, "-- ", 3) == 0) {
    g_string_append (out, "-- ");
    return;
  }
  while (end > line && end[-1] == ' ')
    end--;
  at = skip_own_quotes (line, end, &depth);
  room = LINE_WIDTH - MIN (depth + 1, LINE_WIDTH / 2);
  do {
    const char *next = text_width (at, end) + depth < MAX_WIDTH ? end : find_break (at, end, room);

    for (guint i = 0; i < depth; i++)
      g_string_append_c (out, '>');
    if (at < end && (depth > 0 || *at == ' ' || *at == '>' || strncmp (at, "From ", 5) == 0))
      g_string_append_c (out, ' ');
    g_string_append_len (out, at, next - at);
    if (next < end)
      g_string_append_c (out, '\n');
    at = next;
  } while (at < end);
}

char *
mime_text_flow (const char *text)
{
  GString *out;
  gboolean is_long = FALSE;

  for (const char *line = text; *line != '\0' && !is_long; line += line[0] == '\n') {
    const char *end = line + strcspn (line, "\n");

    is_long = text_width (line, end) > MAX_WIDTH && memchr (line, ' ', (gsize)(end - line)) != NULL;
    line = end;
  }
  if (!is_long)
    return NULL;
  out = g_string_sized_new (strlen (text) + 256);
  for (const char *line = text; *line != '\0';) {
    const char *end = line + strcspn (line, "\n");

    append_flowed (out, line, end);
    if (*end == '\n')
      g_string_append_c (out, '\n');
    line = end + (*end == '\n');
  }
  return g_string_free (out, FALSE);
}
