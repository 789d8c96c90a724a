/* Documents of Hangul that are no XML: HWP 5, which most of what is attached in Korea is.  An OLE2 compound file (libgsf) of streams that are mostly deflated
 * (GIO's zlib); what stands in them is told by Hancom's "Hwp Document File Formats 5.0", which is published.  Any one thread; no disk.  What was there before version 5
 * is not read. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* An OLE2 compound file, of whatever program: none of them is a zip file. */
gboolean unpack_hwp_is_compound (GBytes *bytes);

/* What is written in it, as unpack_office_text () gives it.  Of a document for distribution, whose text is encrypted, what its preview says.  NULL with *status set:
 * UNPACK_BROKEN, no such document is in it; UNPACK_PROTECTED, only who knows its password, or has its certificate, reads it. */
GVariant *unpack_hwp_text (GBytes *bytes, guint most,
                           UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
