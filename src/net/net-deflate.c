/* Inflates what comes in portions of a fixed size and deflates what goes out.  Must never let a few octets of the peer become
 * more memory than the reader asked for. */
#include "net-deflate-private.h"

#include <zlib.h>

#define WINDOW_BITS (-15) /* raw */
#define MEMORY      8

struct _NetDeflate
{
  z_stream in, out;
  GByteArray *fed;    /* Owned: not inflated yet, from fed_at */
  gsize fed_at;       /*   ... */
  GByteArray *packed; /* Owned */
  gboolean more;      /* the portion was full: there may be more of it inside */
};

NetDeflate *
net_deflate_new (void)
{
  NetDeflate *codec = g_new0 (NetDeflate, 1);
  int ready = inflateInit2 (&codec->in, WINDOW_BITS);

  if (ready == Z_OK)
    ready = deflateInit2 (&codec->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY,
                          Z_DEFAULT_STRATEGY);
  if (ready != Z_OK)
    g_error ("zlib cannot begin: %d",
             ready); /* no memory, or another library than was built with */
  codec->fed = g_byte_array_new ();
  codec->packed = g_byte_array_new ();
  return codec;
}

void
net_deflate_free (NetDeflate *codec)
{
  if (codec == NULL)
    return;
  inflateEnd (&codec->in);
  deflateEnd (&codec->out);
  g_byte_array_unref (codec->fed);
  g_byte_array_unref (codec->packed);
  g_free (codec);
}

void
net_deflate_feed (NetDeflate *codec, const void *data, gsize length)
{
  if (codec->fed_at > 0)
    g_byte_array_remove_range (codec->fed, 0, (guint)codec->fed_at);
  codec->fed_at = 0;
  g_byte_array_append (codec->fed, data, (guint)length);
}

gboolean
net_deflate_take (NetDeflate *codec, void *data, gsize size, gsize *done)
{
  *done = 0;
  if (codec->fed_at == codec->fed->len && !codec->more)
    return TRUE;
  codec->in.next_in = codec->fed->data + codec->fed_at;
  codec->in.avail_in = (uInt)(codec->fed->len - codec->fed_at);
  codec->in.next_out = data;
  codec->in.avail_out = (uInt)size;

  int result = inflate (&codec->in, Z_SYNC_FLUSH);
  codec->fed_at = codec->fed->len - codec->in.avail_in;
  codec->more = codec->in.avail_out == 0;
  *done = size - codec->in.avail_out;
  /* Z_BUF_ERROR: nothing more inside.  An end (Z_STREAM_END) is not for the peer to make; what came before it counts. */
  return result == Z_OK || result == Z_BUF_ERROR || (result == Z_STREAM_END && *done > 0);
}

const guint8 *
net_deflate_pack (NetDeflate *codec, const void *data, gsize length, gsize *packed_length)
{
  /* the bound, the marks of a flush, and what was still inside */
  gsize room = deflateBound (&codec->out, (uLong)length) + 64;

  g_byte_array_set_size (codec->packed, (guint)room);
  codec->out.next_in = (Bytef *)data;
  codec->out.avail_in = (uInt)length;
  *packed_length = 0;
  do {
    if (*packed_length == codec->packed->len)
      g_byte_array_set_size (codec->packed, codec->packed->len + 4096);
    codec->out.next_out = codec->packed->data + *packed_length;
    codec->out.avail_out = (uInt)(codec->packed->len - *packed_length);
    deflate (&codec->out, Z_SYNC_FLUSH);
    *packed_length = codec->packed->len - codec->out.avail_out;
  } while (codec->out.avail_out == 0);
  return codec->packed->data;
}
