/* Addresses as received and as typed: names and addresses are text of one line; what is written out is read as the same person. */
#include "fuzz.h"

#include <string.h>

#include "mime-address-private.h"
#include "mime-build.h"
#include "mime-charset-private.h"

static void
check_list (GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++) {
    const MimeAddress *address = list->pdata[i];

    fuzz_check_text (address->name);
    fuzz_check_text (address->address);
    g_assert_null (strpbrk (address->name, "\r\n"));
    g_assert_null (strpbrk (address->address, "\r\n"));
    if (!mime_address_is_valid (address->address))
      continue;
    g_autofree char *written = mime_address_to_string (address->name, address->address);
    g_autoptr (GPtrArray) read = mime_addresses_parse (written);

    if (read->len != 1 || strcmp (((MimeAddress *)read->pdata[0])->address, address->address) != 0)
      g_error ("“%s” <%s> is written as %s and read as %u others", address->name, address->address,
               written, read->len);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = mime_charset_to_utf8 ("UTF-8", data, MIN (size, 16 * 1024));
  g_autoptr (GPtrArray) received = mime_address_parse_header (text);
  g_autoptr (GPtrArray) typed = mime_addresses_parse (text);

  check_list (received);
  check_list (typed);
  return 0;
}
