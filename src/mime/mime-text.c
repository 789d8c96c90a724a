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

char *
mime_text_unflow (const char *text, gboolean delete_space)
{
  GString *out = g_string_sized_new (strlen (text));
  guint open_depth = 0;
  gboolean flowing = FALSE; /* the line before asked to be continued */

  for (const char *line = text; *line != '\0';) {
    gsize length = strcspn (line, "\n");
    const char *next = line + length + (line[length] == '\n'), *content = line,
               *end = line + length;
    guint depth = 0;
    gboolean signature, flowed;

    while (content < end && *content == '>') {
      depth++;
      content++;
    }
    if (content < end && *content == ' ')
      content++; /* stuffed */
    signature = end - content == 3 && memcmp (content, "-- ", 3) == 0;
    flowed = !signature && end > content && end[-1] == ' ';
    if (flowing && (depth != open_depth || signature)) {
      g_string_append_c (out, '\n');
      flowing = FALSE;
    }
    if (!flowing) {
      for (guint i = 0; i < depth; i++)
        g_string_append_c (out, '>');
      if (depth > 0)
        g_string_append_c (out, ' ');
    }
    g_string_append_len (out, content, end - content - (flowed && delete_space ? 1 : 0));
    if (!flowed && (line[length] == '\n'))
      g_string_append_c (out, '\n');
    flowing = flowed;
    open_depth = depth;
    line = next;
  }
  if (flowing)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}
