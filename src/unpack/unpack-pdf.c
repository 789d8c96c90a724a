/* Reads a PDF of a stranger and draws its pages.  Runs in the process of sosik-unpack, and in its tests.  Scripts, links and
 * embedded files in it are never looked at. */
#include "unpack-pdf.h"

#include <cairo.h>
#include <poppler.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PopplerDocument, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PopplerPage, g_object_unref)

#define MAX_TITLE 200
/* Nobody waits for the text of a page; there may be thousands. */
#define TEXT_US (5 * G_USEC_PER_SEC)

static PopplerDocument *
open_document (GBytes *bytes, UnpackStatus *status)
{
  g_autoptr (GError) error = NULL;
  PopplerDocument *document = poppler_document_new_from_bytes (bytes, NULL, &error);

  if (document)
    return document;
  *status = g_error_matches (error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? UNPACK_PROTECTED
                                                                            : UNPACK_BROKEN;
  return NULL;
}

static gboolean
get_size (PopplerDocument *document, int index, double *width, double *height)
{
  g_autoptr (PopplerPage) page = poppler_document_get_page (document, index);

  *width = *height = 0;
  if (page)
    poppler_page_get_size (page, width, height);
  return page && *width >= 1 && *height >= 1 && *width < 1e6 && *height < 1e6;
}

GVariant *
unpack_pdf (GBytes *bytes, UnpackStatus *status)
{
  g_autoptr (PopplerDocument) document = open_document (bytes, status);
  if (!document)
    return NULL;
  int n = poppler_document_get_n_pages (document);
  if (n < 1 || (guint)n > UNPACK_MAX_PAGES) {
    *status = n < 1 ? UNPACK_BROKEN : UNPACK_TOO_LARGE;
    return NULL;
  }

  g_autofree char *title = poppler_document_get_title (document);
  g_autofree char *valid = g_utf8_make_valid (title ? title : "", -1);
  if (g_utf8_strlen (valid, -1) > MAX_TITLE)
    *g_utf8_offset_to_pointer (valid, MAX_TITLE) = '\0';
  GVariantBuilder sizes;
  g_variant_builder_init (&sizes, G_VARIANT_TYPE ("a(dd)"));
  for (int i = 0; i < n; i++) {
    double width, height;
    /* A page that is broken keeps its place: A4. */
    if (!get_size (document, i, &width, &height))
      width = 595, height = 842;
    g_variant_builder_add (&sizes, "(dd)", width, height);
  }
  *status = UNPACK_DONE;
  return g_variant_new ("(sa(dd))", valid, &sizes);
}

GVariant *
unpack_pdf_page (GBytes *bytes, guint index, guint width, UnpackStatus *status)
{
  g_autoptr (PopplerDocument) document = open_document (bytes, status);
  double points_x, points_y;

  if (!document)
    return NULL;
  *status = UNPACK_BROKEN;
  if (index >= (guint)MAX (poppler_document_get_n_pages (document), 0)
      || !get_size (document, (int)index, &points_x, &points_y))
    return NULL;
  g_autoptr (PopplerPage) page = poppler_document_get_page (document, (int)index);
  double scale = (double)CLAMP (width, 1, UNPACK_MAX_EDGE) / points_x;
  scale = MIN (scale, (double)UNPACK_MAX_EDGE / MAX (points_x, points_y));
  guint pixels_x = (guint)CLAMP (points_x * scale + 0.5, 1, UNPACK_MAX_EDGE);
  guint pixels_y = (guint)CLAMP (points_y * scale + 0.5, 1, UNPACK_MAX_EDGE);

  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)pixels_x, (int)pixels_y);
  cairo_t *cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  poppler_page_render (page, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  GVariant *value = NULL;
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS) {
    gsize row = (gsize)pixels_x * 4, stride = (gsize)cairo_image_surface_get_stride (surface);
    const guint8 *from = cairo_image_surface_get_data (surface);
    guint8 *packed = g_malloc (row * pixels_y);
    for (guint y = 0; y < pixels_y; y++)
      memcpy (packed + y * row, from + y * stride, row);
    g_autoptr (GBytes) taken = g_bytes_new_take (packed, row * pixels_y);
    value = g_variant_new ("(uuuuub@ay)", pixels_x, pixels_y, (guint)points_x, (guint)points_y,
                           UNPACK_CAIRO, FALSE,
                           g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, taken, TRUE));
    *status = UNPACK_DONE;
  }
  cairo_surface_destroy (surface);
  return value;
}

GVariant *
unpack_pdf_text (GBytes *bytes, guint most, UnpackStatus *status)
{
  g_autoptr (PopplerDocument) document = open_document (bytes, status);
  g_autoptr (GString) all = g_string_new (NULL);
  gint64 until = g_get_monotonic_time () + TEXT_US;

  if (!document)
    return NULL;
  most = MIN (most, UNPACK_MAX_TEXT);
  for (int i = 0, n = poppler_document_get_n_pages (document);
       i < n && all->len < most && g_get_monotonic_time () < until; i++) {
    g_autoptr (PopplerPage) page = poppler_document_get_page (document, i);
    g_autofree char *text = page ? poppler_page_get_text (page) : NULL;
    if (text && *text) {
      g_string_append_len (all, text, (gssize)MIN (strlen (text), UNPACK_MAX_TEXT));
      g_string_append_c (all, '\n');
    }
  }
  *status = UNPACK_DONE;
  g_autofree char *valid = g_utf8_make_valid (all->str, (gssize)all->len);
  return g_variant_new_string (valid);
}
