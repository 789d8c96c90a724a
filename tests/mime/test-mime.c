/* Tests of the MIME layer: entry point and helpers.  No disk, no wire. */
#include "test-mime.h"

#include <locale.h>
#include <string.h>

GBytes *
test_encode (const char *text, const char *charset)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  char *bytes = g_convert (text, -1, charset, "UTF-8", NULL, &length, &error);

  g_assert_no_error (error);
  return g_bytes_new_take (bytes, length);
}

GBytes *
test_message (const char *header, GBytes *body)
{
  GByteArray *all = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);

  g_byte_array_append (all, (const guint8 *)header, (guint)strlen (header));
  g_byte_array_append (all, (const guint8 *)"\r\n", 2);
  if (length > 0)
    g_byte_array_append (all, data, (guint)length);
  g_bytes_unref (body);
  return g_byte_array_free_to_bytes (all);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  test_build_add ();
  test_charset_add ();
  test_corpus_add ();
  test_cut_add ();
  test_hostile_add ();
  test_traps_add ();
  test_hidden_add ();
  test_html_add ();
  test_letter_add ();
  test_message_add ();
  test_partial_add ();
  test_plain_add ();
  test_summary_add ();
  test_text_add ();
  test_truth_add ();
  test_words_add ();
  return g_test_run ();
}
