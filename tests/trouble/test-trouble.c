/* Tests of servers in trouble. */
#include "test-trouble.h"

#include "fake-resolver.h"

#include <glib.h>
#include <locale.h>

const char *const test_trouble_imap_answers[] = { "* BYE restarting",
                                                  "NO [UNAVAILABLE] later",
                                                  "NO [INUSE] busy",
                                                  "NO [OVERQUOTA] full",
                                                  "NO [LIMIT] enough",
                                                  "CUT",
                                                  "RESET",
                                                  NULL };
const char *const test_trouble_smtp_answers[] = { "421 4.3.2 closing down", "451 4.3.0 later",
                                                  "452 4.3.1 no room", NULL };

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  fake_resolver_install ();
  test_opening_add ();
  test_outbox_add ();
  test_passwords_add ();
  test_queue_add ();
  test_later_add ();
  test_trace_add ();
  test_routes_add ();
  test_settings_add ();
  test_commands_add ();
  return g_test_run ();
}
