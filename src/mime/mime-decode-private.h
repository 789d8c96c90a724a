/* Content-Transfer-Encoding, undone.  Pure, any thread. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Appends the decoded bytes; base64 that is padded in its middle, or not at its end, is decoded whole. */
void mime_decode_base64 (const char *data, gsize length, GByteArray *out);
/* The decoded bytes. */
GBytes *mime_decode (GMimeContentEncoding encoding, const char *data,
                     gsize length) G_GNUC_WARN_UNUSED_RESULT;
/* How many octets mime_decode () would give, without doing it; for text encodings at most some octets off. */
guint64 mime_decoded_size (GMimeContentEncoding encoding, const char *data, gsize length);

G_END_DECLS
