/* Header values: what GMime is given to read, and what it read.  Pure, any thread.
 *
 * "Raw" is as it stands in the message, with folds and any bytes; a "value" is one line of UTF-8 whose encoded-words GMime
 * decodes without loss.  Everything is linear in its input, whatever the input is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Raw to a value; raw 8-bit bytes are rescued with `charset` (nullable) as hint.  NULL gives NULL. */
char *mime_raw_to_value (const char *raw, const char *charset) G_GNUC_WARN_UNUSED_RESULT;
/* Raw to decoded text: for unstructured fields. */
char *mime_raw_to_text (const char *raw, const char *charset) G_GNUC_WARN_UNUSED_RESULT;
/* Decodes RFC 2047 encoded-words in UTF-8 text, those split inside a character and without padding too. */
char *mime_words_decode (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* A parameter of a structured raw field ("text/plain; name=x"), RFC 2045 or RFC 2231 with continuations, decoded; NULL when
 * absent. */
char *mime_raw_dup_param (const char *raw, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* All message ids ("<a@b>") of a value (nullable), at most `max`, separated by spaces; NULL when there is none. */
char *mime_value_dup_ids (const char *value, guint max) G_GNUC_WARN_UNUSED_RESULT;

/* Seconds UTC of a Date value (nullable), 0 when it cannot be read. */
gint64 mime_value_to_date (const char *value);

G_END_DECLS
