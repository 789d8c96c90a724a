/* Plain text bodies: line ends and format=flowed (RFC 3676).  Runs on any thread; linear. */
#include "mime-text-private.h"

#include <string.h>

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
