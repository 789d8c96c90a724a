/* Charset rescue: the first line says a charset, which may lie; whatever the rest is, it becomes text, and text stays what it is. */
#include "fuzz.h"

#include <string.h>

#include "mime-charset-private.h"
#include "mime-header-private.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *line = memchr (data, '\n', MIN (size, 60));
  gsize told = line != NULL ? (gsize)(line - data) : 0;
  g_autofree char *charset = g_strndup ((const char *)data, told);
  const guint8 *rest = line != NULL ? line + 1 : data;
  gsize length = MIN (size - (gsize)(rest - data), 64 * 1024);
  g_autofree char *text = mime_charset_to_utf8 (charset, rest, length);
  g_autofree char *again = mime_charset_to_utf8 ("UTF-8", text, strlen (text));
  g_autofree char *raw = g_strndup ((const char *)rest, length);
  g_autofree char *header = mime_raw_to_text (raw, charset), *words = NULL;

  fuzz_check_text (text);
  /* With escapes it may be taken for ISO 2022, whatever it was */
  if (strchr (text, 0x1b) == NULL)
    g_assert_cmpstr (text, ==, again);
  if (header != NULL)
    fuzz_check_text (header);
  words = mime_words_decode (text);
  fuzz_check_text (words);
  for (guint n = 0; mime_charset_get_candidate (n) != NULL; n++) {
    g_autofree char *forced = mime_charset_force (mime_charset_get_candidate (n), rest, length);

    if (forced != NULL)
      fuzz_check_text (forced);
  }
  return 0;
}
