/* The tests of src/imap: pure parts from bytes, the session against the scripted server. */
#include "test-imap.h"

#include <locale.h>

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  test_lexer_add ();
  test_response_add ();
  test_fetch_add ();
  test_words_add ();
  test_open_add ();
  test_quirks_add ();
  test_sign_in_add ();
  test_list_add ();
  test_select_add ();
  test_change_add ();
  test_idle_add ();
  test_flight_add ();
  test_resync_add ();
  test_structure_add ();
  test_compress_add ();
  test_extensions_add ();
  test_query_add ();
  return g_test_run ();
}
