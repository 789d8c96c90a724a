/* PDF (poppler).  Any one thread; no disk but fonts. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* Floating value of UNPACK_PDF, or NULL with *status set. */
GVariant *unpack_pdf (GBytes *bytes, UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;
/* A page on white paper, `width` pixels wide, but no edge above UNPACK_MAX_EDGE.  Value of UNPACK_PICTURE. */
GVariant *unpack_pdf_page (GBytes *bytes, guint index, guint width,
                           UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;
/* What is written on its pages: value of UNPACK_TEXT, from the first page on until there are `most` octets (at most UNPACK_MAX_TEXT). */
GVariant *unpack_pdf_text (GBytes *bytes, guint most,
                           UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
