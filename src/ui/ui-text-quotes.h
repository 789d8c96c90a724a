/* Where the quotes and the signature of a plain text are.  Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Octets of the text, whole lines. */
typedef struct
{
  gsize start, end;
  guint lines;
} UiTextQuote;

/* What is worth folding: quoted lines (">") that are many, or that close the text; and what follows the line with which a mail program
 * begins the message that is answered ("-----Original Message-----").  Of a text that is nothing but quotes, nothing.  In the order of the
 * text, not overlapping: GArray of UiTextQuote. */
GArray *ui_text_quotes_find (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
/* Octet where the signature begins (with its "-- " line), `length` when there is none. */
gsize ui_text_quotes_find_signature (const char *text, gsize length);

G_END_DECLS
