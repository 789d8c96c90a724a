/* Who reads the text of a file.  Runs in the process of sosik-unpack, and in its tests. */
#include "unpack-text.h"

#ifdef SOSIK_OFFICE
#include "unpack-office.h"
#endif
#include "unpack-pdf.h"

GVariant *
unpack_text (GBytes *bytes, guint most, UnpackStatus *status)
{
#ifdef SOSIK_OFFICE
  if (unpack_office_is_package (bytes))
    return unpack_office_text (bytes, most, status);
#endif
  /* What stands before its header, and what is lost of it, poppler forgives. */
  return unpack_pdf_text (bytes, most, status);
}
