/* Tests of the sync layer's pure rooms. */
#include "test-sync.h"

#include <glib.h>

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_advice_add ();
  test_again_add ();
  test_board_add ();
  test_operation_rules_add ();
  test_incoming_add ();
  test_kept_add ();
  test_operations_add ();
  test_plan_add ();
  test_providers_add ();
  test_roles_add ();
  test_verify_add ();
  test_watch_add ();
  test_without_add ();
  test_worker_add ();
  return g_test_run ();
}
