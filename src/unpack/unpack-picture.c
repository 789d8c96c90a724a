/* Decodes a picture of a stranger.  Runs in the process of sosik-unpack, and in its tests.  It must never decode more pixels than
 * the limit: the size is known before the first of them is made, and one that is too large ends the decoding. */
#include "unpack-picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#define CHUNK 65536

typedef struct
{
  guint edge;
  int width, height; /* of the original; 0: not known yet */
  gboolean too_large;
} Size;

static void
on_size (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Size *size = data;

  size->width = width;
  size->height = height;
  if (width < 1 || height < 1 || (guint64)width * (guint64)height > UNPACK_MAX_PIXELS) {
    size->too_large = TRUE;
    /* They give up before they make room. */
    gdk_pixbuf_loader_set_size (loader, 0, 0);
    return;
  }
  guint longer = (guint)MAX (width, height);
  if (longer > size->edge)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (int)((guint64)width * size->edge / longer)),
                                MAX (1, (int)((guint64)height * size->edge / longer)));
}

/* What the decoder made is as large as it was told, or it is an icon that it did not ask about. */
static GdkPixbuf *
fit (GdkPixbuf *pixbuf, guint edge)
{
  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  guint longer = (guint)MAX (width, height);

  if (longer <= edge)
    return g_object_ref (pixbuf);
  return gdk_pixbuf_scale_simple (pixbuf, MAX (1, (int)((guint64)width * edge / longer)),
                                  MAX (1, (int)((guint64)height * edge / longer)),
                                  GDK_INTERP_BILINEAR);
}

static GVariant *
to_value (GdkPixbuf *pixbuf, guint full_width, guint full_height, gboolean turned)
{
  guint width = (guint)gdk_pixbuf_get_width (pixbuf),
        height = (guint)gdk_pixbuf_get_height (pixbuf);
  gboolean alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  gsize row = (gsize)width * (alpha ? 4 : 3), stride = (gsize)gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  guint8 *packed = g_malloc (row * height);

  for (guint y = 0; y < height; y++)
    memcpy (packed + y * row, pixels + y * stride, row);
  g_autoptr (GBytes) bytes = g_bytes_new_take (packed, row * height);
  return g_variant_new ("(uuuuub@ay)", width, height, full_width, full_height,
                        alpha ? UNPACK_RGBA : UNPACK_RGB, turned,
                        g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
}

GVariant *
unpack_picture (GBytes *bytes, guint edge, UnpackStatus *status)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  Size size = { .edge = CLAMP (edge, 1, UNPACK_MAX_EDGE) };
  gsize length, at = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  gboolean good = TRUE;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), &size);
  while (good && at < length && !size.too_large) {
    gsize n = MIN (CHUNK, length - at);
    good = gdk_pixbuf_loader_write (loader, data + at, n, NULL);
    at += n;
  }
  gdk_pixbuf_loader_close (loader, NULL);
  /* One that breaks off is shown as far as it goes. */
  GdkPixbuf *found = size.too_large ? NULL : gdk_pixbuf_loader_get_pixbuf (loader);
  if (!found) {
    *status = size.too_large ? UNPACK_TOO_LARGE : UNPACK_BROKEN;
    return NULL;
  }
  g_autoptr (GdkPixbuf) small = fit (found, size.edge);
  g_autoptr (GdkPixbuf) turned = small ? gdk_pixbuf_apply_embedded_orientation (small) : NULL;
  if (!turned || gdk_pixbuf_get_bits_per_sample (turned) != 8) {
    *status = UNPACK_BROKEN;
    return NULL;
  }
  guint width = (guint)(size.width > 0 ? size.width : gdk_pixbuf_get_width (found));
  guint height = (guint)(size.height > 0 ? size.height : gdk_pixbuf_get_height (found));
  const char *orientation = gdk_pixbuf_get_option (small, "orientation");
  gboolean lies = orientation && orientation[0] >= '5' && orientation[0] <= '8';
  gboolean otherwise = orientation && orientation[0] >= '2' && orientation[0] <= '8';
  *status = UNPACK_DONE;
  return to_value (turned, lies ? height : width, lies ? width : height, otherwise);
}
