/* Transfer encodings: GMime's decoders, and GLib's for base64, fed so that nothing is cut short.
 *
 * GMime stops at the first padding of concatenated base64 and drops a last group without padding.  Runs on any thread;
 * never fails: what is no base64 decodes to what can be made of it. */
#include "mime-decode-private.h"

#include <string.h>
#include <gmime/gmime.h>

#include "mime-charset-private.h"

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

/* A soft line break may have white space between "=" and the end of the line, put there on the way (RFC 2045, 6.7 (3)); GMime takes the "=" for itself
 * then.  NULL: there is none. */
static GByteArray *
drop_padding (const char *data, gsize length)
{
  GByteArray *out = NULL;
  const char *at = data, *end = data + length, *copied = data;

  while ((at = memchr (at, '=', (gsize)(end - at))) != NULL) {
    const char *white = ++at;

    while (at < end && (*at == ' ' || *at == '\t'))
      at++;
    if (at == white || (at < end && *at != '\r' && *at != '\n'))
      continue;
    if (out == NULL)
      out = g_byte_array_sized_new ((guint)length);
    g_byte_array_append (out, (const guint8 *)copied, (guint)(white - copied));
    copied = at;
  }
  if (out != NULL)
    g_byte_array_append (out, (const guint8 *)copied, (guint)(end - copied));
  return out;
}

GBytes *
mime_decode (GMimeContentEncoding encoding, const char *data, gsize length)
{
  GByteArray *out = g_byte_array_new ();

  if (encoding == GMIME_CONTENT_ENCODING_BASE64) {
    mime_decode_base64 (data, length, out);
  } else {
    GMimeStream *encoded, *decoded;
    GMimeDataWrapper *wrapper;
    g_autoptr (GByteArray) sound =
        encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ? drop_padding (data, length) : NULL;

    mime_gmime_init ();
    if (sound != NULL) {
      data = (const char *)sound->data;
      length = sound->len;
    }
    encoded = g_mime_stream_mem_new_with_buffer (data, length);
    decoded = g_mime_stream_mem_new_with_byte_array (out);
    wrapper = g_mime_data_wrapper_new_with_stream (encoded, encoding);
    g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (decoded), FALSE);
    g_mime_data_wrapper_write_to_stream (wrapper, decoded);
    g_object_unref (wrapper);
    g_object_unref (decoded);
    g_object_unref (encoded);
  }
  return g_byte_array_free_to_bytes (out);
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
mime_decoded_size (GMimeContentEncoding encoding, const char *data, gsize length)
{
  switch (encoding) {
  case GMIME_CONTENT_ENCODING_BASE64: {
    gsize lines = count_byte (data, length, '\n') + count_byte (data, length, '\r');
    gsize tail = MIN (length, (gsize)6);

    return (length - lines - count_byte (data + length - tail, tail, '=')) * 3 / 4;
  }
  case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE: {
    gsize size = length;

    for (gsize i = 0; i + 1 < length; i++) {
      if (data[i] == '=')
        size -= MIN (size, data[i + 1] == '\r' ? 3u : 2u);
    }
    return size;
  }
  case GMIME_CONTENT_ENCODING_UUENCODE:
    return length / 63 * 45;
  case GMIME_CONTENT_ENCODING_DEFAULT:
  case GMIME_CONTENT_ENCODING_7BIT:
  case GMIME_CONTENT_ENCODING_8BIT:
  case GMIME_CONTENT_ENCODING_BINARY:
    return length;
  }
  return length;
}
