/* Tests of the net layer. */
#include "test-net.h"

#include <glib.h>
#include <locale.h>

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  test_sasl_add ();
  test_tls_add ();
  test_certificate_add ();
  test_connection_add ();
  test_dial_add ();

  return g_test_run ();
}
