/* A message that the server fails at: all others come, and it is said. */
#include "step.h"

#include <string.h>

static int fails_at; /* atomic: UID; 0: none */
static const char *failure, *fails_word;

static ModelVerdict
fail_at (Step *step, const char *command, ModelEvent *event)
{
  guint32 uid = (guint32)g_atomic_int_get (&fails_at);
  const char *set = g_str_has_prefix (command, "UID FETCH ") ? command + 10
                    : g_str_has_prefix (command, "FETCH ")   ? command + 6
                                                             : NULL;
  g_auto (GStrv) words = set != NULL ? g_strsplit (set, " ", 2) : NULL;
  g_autofree char *plain = NULL;
  g_autoptr (BaseUidSet) uids = NULL;

  /* Flags alone it has. */
  if (uid == 0 || words == NULL || words[1] == NULL || strstr (words[1], fails_word) == NULL)
    return MODEL_GO;
  plain = g_str_has_suffix (words[0], ":*")
              ? g_strdup_printf ("%.*s:1000", (int)strlen (words[0]) - 2, words[0])
              : g_strdup (words[0]);
  uids = base_uid_set_parse (plain);
  if (uids == NULL || !base_uid_set_contains (uids, uid))
    return MODEL_GO;
  event->answer = failure;
  return *failure != '\0' ? MODEL_ANSWER : MODEL_CUT;
}

/* All others come, soon and with few questions, new ones too; it is said, once; and when the server is mended it comes as well. */
static void
check_unreadable (const char *capabilities, const char *said)
{
  g_autoptr (Step) step = step_new (capabilities);
  g_autofree char *dump = NULL;

  step_deliver_many (step, "INBOX", 400, 0);
  step->on_command = fail_at;
  step->may_refuse = TRUE;
  step->times.spared = 2 * G_USEC_PER_SEC;
  step->times.watchdog = step->times.list = step->times.noop = G_USEC_PER_SEC / 2;
  failure = said;
  fails_word = "BODY";
  g_atomic_int_set (&fails_at, 250);
  step_settle (step);
  STEP_WAIT (step_total (step, "INBOX") == 399 && step_lacking (step, "INBOX") == 0, 20);
  {
    g_autoptr (StoreFolder) inbox = step_get (step, "INBOX");

    g_assert_nonnull (inbox->trouble);
    g_assert_cmpint (inbox->in_step, ==, 0);
  }
  dump = step_dump_commands (step);
  g_test_message ("%s", dump);
  g_assert_cmpuint (step_count_commands (step, "*FETCH *"), <, 80);
  step_deliver (step, "INBOX", 401, 0);
  STEP_WAIT (step_total (step, "INBOX") == 400, 10);
  STEP_WAIT (step_count_commands (step, "* UID FETCH 250 *") >= 2, 10);
  STEP_WAIT (step_count_commands (step, "* IDLE*") + step_count_commands (step, "* NOOP*") > 0, 10);
  g_mutex_lock (&step->lock);
  g_assert_cmpuint (step->refusals, ==, 1);
  g_mutex_unlock (&step->lock);
  g_atomic_int_set (&fails_at, 0);
  STEP_WAIT (step_total (step, "INBOX") == 401 && step_lacking (step, "INBOX") == 0, 20);
  {
    g_autoptr (StoreFolder) inbox = step_get (step, "INBOX");

    STEP_WAIT ((store_folder_free (inbox), inbox = step_get (step, "INBOX"),
                inbox->trouble == NULL && inbox->in_step > 0),
               10);
  }
}

/* Its headers come, its bytes do not: listed, and all others are whole. */
static void
test_unreadable_body (void)
{
  g_autoptr (Step) step = step_new (NULL);

  step_deliver_many (step, "INBOX", 200, 0);
  step->on_command = fail_at;
  failure = "NO [SERVERBUG] Internal error occurred";
  fails_word = "BODY.PEEK[]";
  g_atomic_int_set (&fails_at, 50);
  step_settle (step);
  STEP_WAIT (step_total (step, "INBOX") == 200 && step_lacking (step, "INBOX") == 1, 20);
  {
    g_autoptr (StoreFolder) inbox = step_get (step, "INBOX");

    g_assert_null (inbox->trouble);
    g_assert_cmpint (inbox->in_step, >, 0);
  }
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 10);
  g_assert_cmpuint (step_count_commands (step, "*FETCH *"), <, 60);
}

/* The server drops the connection each time. */
static void
test_unreadable_cut (void)
{
  g_autoptr (Step) step = step_new (NULL);

  step_deliver_many (step, "INBOX", 100, 0);
  step->on_command = fail_at;
  step->may_refuse = TRUE;
  failure = "";
  fails_word = "BODY";
  g_atomic_int_set (&fails_at, 50);
  step_start (step);
  /* Somebody who has no patience with the pauses in between. */
  STEP_WAIT ((sync_engine_retry (step->engine, step->account->id), g_usleep (50000),
              step_total (step, "INBOX") == 99 && step_lacking (step, "INBOX") == 0),
             60);
}

static void
test_unreadable (void)
{
  check_unreadable (NULL, "NO something is wrong with a message");
  check_unreadable (MODEL_CAPS_PLAIN, "NO [SERVERBUG] Internal error occurred");
}

void
add_unreadable_tests (void)
{
  g_test_add_func ("/step/unreadable", test_unreadable);
  g_test_add_func ("/step/unreadable-body", test_unreadable_body);
  g_test_add_func ("/step/unreadable-cut", test_unreadable_cut);
}
