/* Folders that another client renames: known again by MAILBOXID (OBJECTID), so that nothing in them is fetched again. */
#include "step.h"

static void
check_replaced (const char *capabilities)
{
  g_autoptr (Step) step = step_new (capabilities);

  model_act_create (step->server, "alice", "Work");
  model_act_create (step->server, "alice", "Work/2026");
  step_deliver_many (step, "Work", 5, 1000);
  step_deliver_many (step, "Work/2026", 5, 1000);
  step_settle (step);
  STEP_WAIT (step_total (step, "Work") == 5 && step_lacking (step, "Work") == 0
                 && step_total (step, "Work/2026") == 5 && step_lacking (step, "Work/2026") == 0,
             20);
  step_stop (step);
  model_act_rename (step->server, "alice", "Work", "Old");
  model_act_create (step->server, "alice", "Work");
  step_deliver_many (step, "Work", 1, 1000);
  step_forget_commands (step);
  step_settle (step);
  STEP_WAIT (step_total (step, "Old") == 5 && step_total (step, "Old/2026") == 5
                 && step_total (step, "Work") == 1,
             20);
  g_assert_cmpint (step_folder (step, "Work/2026"), ==, 0);
}

/* Renamed, and nothing in its old place. */
static void
test_renamed (void)
{
  g_autoptr (Step) step = step_new (NULL);
  gint64 work, below;

  model_act_create (step->server, "alice", "Work");
  model_act_create (step->server, "alice", "Work/2026");
  step_deliver_many (step, "Work", 5, 1000);
  step_deliver_many (step, "Work/2026", 5, 1000);
  step_settle (step);
  STEP_WAIT (step_lacking (step, "Work") == 0 && step_lacking (step, "Work/2026") == 0
                 && step_total (step, "Work") == 5 && step_total (step, "Work/2026") == 5,
             20);
  work = step_folder (step, "Work");
  below = step_folder (step, "Work/2026");
  step_stop (step);
  model_act_rename (step->server, "alice", "Work", "Old");
  step_forget_commands (step);
  step_settle (step);
  g_assert_cmpint (step_folder (step, "Old"), ==, work);
  g_assert_cmpint (step_folder (step, "Old/2026"), ==, below);
  g_assert_cmpint (step_folder (step, "Work"), ==, 0);
  g_assert_cmpuint (step_total (step, "Old"), ==, 5);
  g_assert_cmpuint (step_total (step, "Old/2026"), ==, 5);
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH *BODY*"), ==, 0);
}

/* Another folder has its old name now; and servers that have no such ids. */
static void
test_replaced (void)
{
  check_replaced (NULL);
  check_replaced (MODEL_CAPS_CONDSTORE);
  check_replaced (MODEL_CAPS_PLAIN);
}

void
add_renamed_tests (void)
{
  g_test_add_func ("/step/renamed", test_renamed);
  g_test_add_func ("/step/replaced", test_replaced);
}
