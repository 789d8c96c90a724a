/* Line ends and dots.  Pure, on the thread of the session; must come to the same octets however the message is cut
 * into chunks, and never let a line of one dot through. */
#include "smtp-stuff.h"

static void
put (GByteArray *out, const void *data, gsize length)
{
  if (out != NULL && length > 0)
    g_byte_array_append (out, data, (guint)length);
}

static void
end_line (SmtpStuff *stuff, GByteArray *out)
{
  put (out, "\r\n", 2);
  stuff->size += 2;
  stuff->after_header |= !stuff->in_line;
  stuff->in_line = FALSE;
}

/* Octets of one line, without CR and LF. */
static void
put_text (SmtpStuff *stuff, const guint8 *data, gsize length, GByteArray *out)
{
  if (length == 0)
    return;

  if (!stuff->in_line && data[0] == '.' && !stuff->plain)
    put (out, ".", 1);
  put (out, data, length);
  stuff->size += length;
  stuff->in_line = TRUE;
}

void
smtp_stuff_feed (SmtpStuff *stuff, const guint8 *data, gsize length, GByteArray *out)
{
  gsize begin = 0;

  for (gsize i = 0; i < length; i++) {
    guint8 octet = data[i];

    if (octet == '\r' || octet == '\n') {
      put_text (stuff, data + begin, i - begin, out);
      begin = i + 1;
      /* CRLF is one line end, and was written at its CR. */
      if (octet == '\r' || !stuff->after_cr)
        end_line (stuff, out);
    } else if (octet > 127) {
      stuff->eight_bit = TRUE;
      stuff->header_eight_bit |= !stuff->after_header;
    }
    stuff->after_cr = octet == '\r';
  }
  put_text (stuff, data + begin, length - begin, out);
}

void
smtp_stuff_end (SmtpStuff *stuff, GByteArray *out)
{
  if (stuff->in_line)
    end_line (stuff, out);
}
