/* Plain text bodies.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRLF and lone CR to LF, in place. */
void mime_text_normalize_lines (char *text);
/* RFC 3676: joins flowed lines; the quotes keep one "> " style prefix.  LF in, LF out. */
char *mime_text_unflow (const char *text, gboolean delete_space) G_GNUC_WARN_UNUSED_RESULT;
/* The other way: long lines broken behind their spaces, quotes within their marks.  NULL where no line is long, for then nothing is won, and spaces at the
 * ends of lines, which get lost here, stay. */
char *mime_text_flow (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
