/* Transfer encodings: GLib's and GMime's decoders, fed so that what they would cut short is decoded whole.
 *
 * GMime stops at the first padding of concatenated base64 (DESIGN 9).  Runs on any thread; never fails: what is no
 * base64 decodes to what can be made of it. */
#include "mime-decode-private.h"

#include <string.h>
#include <gmime/gmime.h>

#include "mime-charset-private.h"

MimeEncoding
mime_encoding_from_string (const char *value)
{
  while (g_ascii_isspace (*value) || *value == '"')
    value++;
  if (g_ascii_strncasecmp (value, "base64", 6) == 0)
    return MIME_ENCODING_BASE64;
  if (g_ascii_strncasecmp (value, "quoted-printable", 16) == 0)
    return MIME_ENCODING_QUOTED_PRINTABLE;
  if (g_ascii_strncasecmp (value, "x-uue", 5) == 0
      || g_ascii_strncasecmp (value, "uuencode", 8) == 0
      || g_ascii_strncasecmp (value, "x-uuencode", 10) == 0)
    return MIME_ENCODING_UUENCODE;
  return MIME_ENCODING_PLAIN;
}

void
mime_decode_base64 (const char *data, gsize length, GByteArray *out)
{
  const char *at = data, *end = data + length;

  while (at < end) {
    const char *padding = memchr (at, '=', (gsize)(end - at));
    const char *stop = padding != NULL ? padding : end;
    gsize start = out->len, written;
    int state = 0;
    guint save = 0;

    if (stop > at) {
      g_byte_array_set_size (out, (guint)(start + (gsize)(stop - at) / 4 * 3 + 6));
      written = g_base64_decode_step (at, (gsize)(stop - at), out->data + start, &state, &save);
      /* A group that the padding (or the end) leaves open still holds one or two octets. */
      if (state == 2)
        written += g_base64_decode_step ("==", 2, out->data + start + written, &state, &save);
      else if (state == 3)
        written += g_base64_decode_step ("=", 1, out->data + start + written, &state, &save);
      g_byte_array_set_size (out, (guint)(start + written));
    }
    at = stop;
    while (at < end && (*at == '=' || *at == '\r' || *at == '\n'))
      at++;
  }
}

GByteArray *
mime_decode (MimeEncoding encoding, const char *data, gsize length)
{
  GByteArray *out = g_byte_array_new ();
  int state = 0;
  guint32 save = 0;

  switch (encoding) {
  case MIME_ENCODING_PLAIN:
    g_byte_array_append (out, (const guint8 *)data, (guint)length);
    break;
  case MIME_ENCODING_BASE64:
    mime_decode_base64 (data, length, out);
    break;
  case MIME_ENCODING_QUOTED_PRINTABLE:
    mime_gmime_init ();
    g_byte_array_set_size (out, (guint)length + 4);
    g_byte_array_set_size (out, (guint)g_mime_encoding_quoted_decode_step (
                                    (const guint8 *)data, length, out->data, &state, &save));
    break;
  case MIME_ENCODING_UUENCODE: {
    const char *begin = g_strstr_len (data, (gssize)length, "begin ");
    const char *line = begin != NULL ? memchr (begin, '\n', (gsize)(data + length - begin)) : NULL;

    mime_gmime_init ();
    if (line != NULL) {
      gsize rest = (gsize)(data + length - (line + 1));

      g_byte_array_set_size (out, (guint)rest + 4);
      g_byte_array_set_size (out, (guint)g_mime_encoding_uudecode_step (
                                      (const guint8 *)line + 1, rest, out->data, &state, &save));
    }
    break;
  }
  }
  return out;
}

static gsize
count_byte (const char *data, gsize length, char byte)
{
  const char *at = data, *end = data + length;
  gsize count = 0;

  while ((at = memchr (at, byte, (gsize)(end - at))) != NULL) {
    count++;
    at++;
  }
  return count;
}

guint64
mime_decoded_size (MimeEncoding encoding, const char *data, gsize length)
{
  switch (encoding) {
  case MIME_ENCODING_PLAIN:
    return length;
  case MIME_ENCODING_BASE64: {
    gsize lines = count_byte (data, length, '\n') + count_byte (data, length, '\r');
    gsize tail = MIN (length, (gsize)6);

    return (length - lines - count_byte (data + length - tail, tail, '=')) * 3 / 4;
  }
  case MIME_ENCODING_QUOTED_PRINTABLE: {
    gsize size = length;

    for (gsize i = 0; i + 1 < length; i++) {
      if (data[i] == '=')
        size -= MIN (size, data[i + 1] == '\r' ? 3u : 2u);
    }
    return size;
  }
  case MIME_ENCODING_UUENCODE:
    return length / 63 * 45;
  }
  return length;
}
