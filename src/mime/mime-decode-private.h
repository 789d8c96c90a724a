/* Content-Transfer-Encoding, undone.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MIME_ENCODING_PLAIN, /* 7bit, 8bit, binary, and anything unknown */
  MIME_ENCODING_BASE64,
  MIME_ENCODING_QUOTED_PRINTABLE,
  MIME_ENCODING_UUENCODE,
} MimeEncoding;

MimeEncoding mime_encoding_from_string (const char *value);

/* Appends the decoded bytes; base64 that is padded in its middle is decoded to its end. */
void mime_decode_base64 (const char *data, gsize length, GByteArray *out);
/* New array with the decoded bytes. */
GByteArray *mime_decode (MimeEncoding encoding, const char *data,
                         gsize length) G_GNUC_WARN_UNUSED_RESULT;
/* How many octets mime_decode () would give, without doing it; for text encodings at most some octets off. */
guint64 mime_decoded_size (MimeEncoding encoding, const char *data, gsize length);

G_END_DECLS
