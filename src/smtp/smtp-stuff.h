/* A message as it goes over the wire (RFC 5321, 4.5.2 and 2.3.8): every line ends with CRLF, no CR or LF stands
 * alone, a dot at the beginning of a line is doubled (not for BDAT, RFC 3030, which counts octets).  Pure; fed in chunks of any
 * size. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean plain;            /* set by the caller: no dot is doubled */
  gboolean after_cr;         /* the last octet was a CR whose line end was written already */
  gboolean in_line;          /* octets were written since the last line end */
  gboolean after_header;     /* an empty line was seen */
  guint64 size;              /* octets so far without doubled dots: what SIZE= tells */
  gboolean eight_bit;        /* an octet above 127 was seen */
  gboolean header_eight_bit; /* one stood in the header */
} SmtpStuff;

/* Start with an SmtpStuff of zeros (but `plain`).  Appends to `out` (NULL: only counts). */
void smtp_stuff_feed (SmtpStuff *stuff, const guint8 *data, gsize length, GByteArray *out);
/* Ends the last line where it has no end. */
void smtp_stuff_end (SmtpStuff *stuff, GByteArray *out);

G_END_DECLS
