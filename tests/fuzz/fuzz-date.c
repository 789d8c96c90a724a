/* Dates of headers (never before 1970) and of IMAP: what is written is read as the same second. */
#include "fuzz.h"

#include "base-date.h"
#include "mime-charset-private.h"
#include "mime-header-private.h"

static void
check (gint64 time)
{
  g_autofree char *written = base_date_to_internal (time);
  g_autofree char *shown = base_date_long (time), *row = base_date_short (time, 1800000000);
  g_autofree char *group = base_date_group_name (base_date_group (time, 1800000000));

  fuzz_check_text (shown);
  fuzz_check_text (row);
  fuzz_check_text (group);
  if (time > 0 && time < G_GINT64_CONSTANT (253402300800)) /* the year 10000 */
    g_assert_cmpint (base_date_from_internal (written), ==, time);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = mime_charset_to_utf8 ("UTF-8", data, MIN (size, 4096));

  mime_gmime_init ();
  g_assert_cmpint (mime_value_to_date (text), >=, 0);
  check (mime_value_to_date (text));
  check (base_date_from_internal (text));
  return 0;
}
