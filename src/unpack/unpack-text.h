/* What is written in a file, whatever kind it says it is.  Any one thread; no disk but fonts. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* Value of UNPACK_TEXT, as unpack_pdf_text () and unpack_office_text () give it; NULL with *status set: it is nothing that these read.  Which of them does, its first
 * octets tell: a PDF that is called an HWP document is read as a PDF, and the other way round. */
GVariant *unpack_text (GBytes *bytes, guint most, UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
