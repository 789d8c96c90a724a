/* Header blocks as bytes: finding fields, unfolding, encoded-words, parameters.  Pure, any thread.
 *
 * Everything is linear in its input, whatever the input is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One field inside a header block; pointers into the block. */
typedef struct
{
  const char *name;
  gsize name_length;
  const char *value; /* after the colon, with folds, without the last line end */
  gsize value_length;
} MimeField;

/* Octets of the header block with its empty line; 0 when the bytes start with a body at once.  `complete` (nullable out) tells
 * whether the empty line was there. */
gsize mime_header_length (const char *data, gsize length, gboolean *complete);

/* True when the bytes begin with a field ("Name: value"). */
gboolean mime_header_starts (const char *data, gsize length);

/* Next field at *at, which moves on; lines that are no field are passed over.  False at the end. */
gboolean mime_header_next (const char **at, const char *end, MimeField *field);
gboolean mime_field_is (const MimeField *field, const char *name);
/* First field of that name. */
gboolean mime_header_find (const char *header, gsize length, const char *name, MimeField *field);

/* Unfolded value as UTF-8, encoded-words still in it; raw 8-bit bytes are rescued with `charset` (nullable) as hint. */
char *mime_field_dup (const MimeField *field, const char *charset) G_GNUC_WARN_UNUSED_RESULT;
/* The same, decoded: for unstructured fields. */
char *mime_field_dup_text (const MimeField *field, const char *charset) G_GNUC_WARN_UNUSED_RESULT;
/* Decodes RFC 2047 encoded-words in UTF-8 text, those split inside a character and without padding too. */
char *mime_words_decode (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* First word of a structured value ("text/plain", "attachment"), lower case; "" when none. */
char *mime_value_dup_token (const char *value) G_GNUC_WARN_UNUSED_RESULT;
/* A parameter of a structured value, RFC 2045 or RFC 2231 with continuations, decoded; NULL when absent. */
char *mime_value_dup_param (const char *value, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* All message ids ("<a@b>") of a value, at most `max`, separated by spaces; NULL when there is none. */
char *mime_value_dup_ids (const char *value, guint max) G_GNUC_WARN_UNUSED_RESULT;

/* Seconds UTC of a Date value, 0 when it cannot be read. */
gint64 mime_value_to_date (const char *value);

G_END_DECLS
