/* A person looks at a folder while a look at it is under way. */
#include "step.h"

/* What a look asks for last, where the server tells no changes. */
#define LAST "UID FETCH * (UID FLAGS)"

/* `count` is the folder's id until it was shown. */
static ModelVerdict
show_once (Step *step, const char *command, ModelEvent *event)
{
  if (step->count != 0 && g_pattern_match_simple (LAST, command)) {
    sync_engine_show_folder (step->engine, step->account->id, step->count);
    step->count = 0;
  }
  return MODEL_GO;
}

/* What happened since the look began may be past what it has asked already: another one follows at once, and not only when the
 * server is asked by itself. */
static void
test_shown_while_looked_at (void)
{
  g_autoptr (Step) step = step_new (MODEL_CAPS_PLAIN);
  gint64 inbox = 0;

  step->times.noop = step->times.list = step->times.watchdog = 60 * sync_times.minute;
  step_deliver_many (step, "INBOX", 3, 0);
  step_settle (step);
  inbox = step_folder (step, "INBOX");
  step_forget_commands (step);
  g_mutex_lock (&step->lock);
  step->count = (guint)inbox;
  step->on_command = show_once;
  g_mutex_unlock (&step->lock);
  sync_engine_show_folder (step->engine, step->account->id, inbox);
  STEP_WAIT (step_count_commands (step, "* " LAST) == 2, 60);
  g_assert_cmpuint (step_count_commands (step, "* NOOP"), ==, 2);
}

void
add_shown_tests (void)
{
  g_test_add_func ("/step/shown-while-looked-at", test_shown_while_looked_at);
}
