/* Documents that are XML in a zip file: Word, Excel and PowerPoint since 2007 (ECMA-376), OpenDocument (ISO/IEC 26300), HWPX (KS X 6101).  libarchive,
 * GMarkup.  And HWP, see unpack-hwp.h: what is which, its first octets tell.  Any one thread; no disk.  What was there before them (.doc, .xls, .ppt) is not read. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* By its first octets: something that unpack_office_text () may be able to read. */
gboolean unpack_office_is_package (GBytes *bytes);

/* What is written in it: value of UNPACK_TEXT, until there are `most` octets (at most UNPACK_MAX_TEXT) or the limits of unpack-office.c are met; NULL with
 * *status set: there is no such document in it, or it has a password. */
GVariant *unpack_office_text (GBytes *bytes, guint most,
                              UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
