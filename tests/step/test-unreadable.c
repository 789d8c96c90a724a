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
  step->count++;
  event->answer = failure;
  return *failure != '\0' ? MODEL_ANSWER : MODEL_CUT;
}

/* INBOX holds that many messages, and the server answers so (empty: cuts the line) to each command with this word that asks for
 * the message `uid` too. */
static Step *
new_failing (const char *capabilities, guint messages, const char *word, const char *said,
             guint32 uid)
{
  Step *step = step_new (capabilities);

  step_deliver_many (step, "INBOX", messages, 0);
  step->on_command = fail_at;
  failure = said;
  fails_word = word;
  g_atomic_int_set (&fails_at, (int)uid);
  return step;
}

/* Somebody who has no patience with the pauses in between. */
static gboolean
hurry (Step *step, gboolean came)
{
  if (!came) {
    sync_engine_retry (step->engine, step->account->id);
    g_usleep (50000);
  }
  return came;
}

static gboolean
is_in_trouble (Step *step)
{
  g_autoptr (StoreFolder) inbox = step_get (step, "INBOX");

  return inbox->trouble != NULL && inbox->in_step == 0;
}

static gboolean
is_well (Step *step)
{
  g_autoptr (StoreFolder) inbox = step_get (step, "INBOX");

  return inbox->trouble == NULL && inbox->in_step > 0;
}

/* All others come, soon and with few questions, new ones too; it is said, once; and when the server is mended it comes as well. */
static void
check_unreadable (const char *capabilities, const char *said)
{
  g_autoptr (Step) step = new_failing (capabilities, 400, "BODY", said, 250);
  g_autofree char *dump = NULL;

  step->may_refuse = TRUE;
  step->times.spared = 2 * G_USEC_PER_SEC;
  step->times.watchdog = step->times.list = step->times.noop = G_USEC_PER_SEC / 2;
  step_settle (step);
  STEP_WAIT (step_total (step, "INBOX") == 399 && step_lacking (step, "INBOX") == 0, 60);
  STEP_WAIT (is_in_trouble (step), 60);
  dump = step_dump_commands (step);
  g_test_message ("%s", dump);
  g_assert_cmpuint (step_count_commands (step, "*FETCH *"), <, 80);
  /* Numbers that are those of before change nothing about it. */
  step_forget_commands (step);
  STEP_WAIT (step_count_commands (step, "* LIST *") + step_count_commands (step, "* STATUS *") > 1,
             60);
  STEP_WAIT (is_in_trouble (step), 60);
  step_deliver (step, "INBOX", 401, 0);
  STEP_WAIT (step_total (step, "INBOX") == 400, 60);
  STEP_WAIT (step_count_commands (step, "* UID FETCH 250 *") >= 2, 60);
  STEP_WAIT (step_count_commands (step, "* IDLE*") + step_count_commands (step, "* NOOP*") > 0, 60);
  g_assert_cmpuint (engine_told_get_refused (&step->told), ==, 1);
  g_atomic_int_set (&fails_at, 0);
  STEP_WAIT (step_total (step, "INBOX") == 401 && step_lacking (step, "INBOX") == 0, 60);
  STEP_WAIT (is_well (step), 60);
}

/* Its headers come, its bytes do not: listed, and all others are whole. */
static void
test_unreadable_body (void)
{
  g_autoptr (Step) step =
      new_failing (NULL, 200, "BODY.PEEK[]", "NO [SERVERBUG] Internal error occurred", 50);

  step_settle (step);
  STEP_WAIT (step_total (step, "INBOX") == 200 && step_lacking (step, "INBOX") == 1, 60);
  STEP_WAIT (is_well (step), 60);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  g_assert_cmpuint (step_count_commands (step, "*FETCH *"), <, 60);
}

/* The server drops the connection each time. */
static void
test_unreadable_cut (void)
{
  g_autoptr (Step) step = new_failing (NULL, 100, "BODY", "", 50);

  step->may_refuse = TRUE;
  step_start (step);
  STEP_WAIT (hurry (step, step_total (step, "INBOX") == 99 && step_lacking (step, "INBOX") == 0),
             60);
}

/* ---- what comes after the list ---- */

static guint
count_without_text (Step *step)
{
  g_autoptr (GArray) uids = store_message_get_uids_without_text (
      step->db, step_folder (step, "INBOX"), G_MAXUINT32, 1000, NULL);

  return uids->len;
}

static guint32
get_text_below (Step *step)
{
  g_autoptr (StoreFolder) inbox = step_get (step, "INBOX");

  return inbox->text_below;
}

/* The connection stands, and what is new comes by it. */
static void
check_at_rest (Step *step)
{
  guint total = step_total (step, "INBOX");
  ModelCounters counters;

  STEP_WAIT (is_well (step), 60);
  step_forget_commands (step);
  step_deliver (step, "INBOX", 1000, 0);
  STEP_WAIT (step_total (step, "INBOX") == total + 1, 60);
  g_usleep (500000);
  counters = model_server_get_counters (step->server);
  g_assert_cmpuint (counters.connections, ==, 0);
}

/* Of first lines of text one is lacking, whatever the server says, and nothing else; on one connection. */
static void
check_text_refused (const char *said)
{
  g_autoptr (Step) step = new_failing (NULL, 400, "BODY.PEEK[TEXT]", said, 250);

  step->account->bodies = BASE_BODIES_OPENING;
  step_settle (step);
  STEP_WAIT (get_text_below (step) == 0, 60);
  g_assert_cmpuint (step_total (step, "INBOX"), ==, 400);
  g_assert_cmpuint (count_without_text (step), ==, 1);
  g_assert_cmpuint (model_server_get_counters (step->server).connections, ==, 1);
  g_assert_cmpuint (step_count_commands (step, "*FETCH *"), <, 60);
  check_at_rest (step);
}

static void
test_unreadable_text (void)
{
  check_text_refused ("NO something is wrong with a message");
  check_text_refused ("NO [SERVERBUG] Internal error occurred");
}

/* Refused for every message: it ends, and the list is in step. */
static ModelVerdict
refuse_texts (Step *step, const char *command, ModelEvent *event)
{
  if (!g_str_has_prefix (command, "UID FETCH ") || strstr (command, "BODY.PEEK[TEXT]") == NULL
      || g_atomic_int_get (&fails_at) == 0)
    return MODEL_GO;
  event->answer = "NO [SERVERBUG] Internal error occurred";
  return MODEL_ANSWER;
}

static void
test_unreadable_texts (void)
{
  g_autoptr (Step) step = step_new (NULL);

  step_deliver_many (step, "INBOX", 200, 0);
  step->account->bodies = BASE_BODIES_OPENING;
  step->on_command = refuse_texts;
  g_atomic_int_set (&fails_at, 1);
  step_settle (step);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  g_assert_cmpuint (step_count_commands (step, "*FETCH *"), <, 60);
  /* Below the first screenful, which came with them. */
  g_assert_cmpuint (get_text_below (step), >, 80);
  /* Mended, the rest comes. */
  g_atomic_int_set (&fails_at, 0);
  check_at_rest (step);
  STEP_WAIT (get_text_below (step) == 0, 60);
  g_assert_cmpuint (count_without_text (step), <, 20);
}

/* The server drops the connection each time it reads that text: all others come, and an end is found. */
static void
test_unreadable_text_cut (void)
{
  g_autoptr (Step) step = new_failing (NULL, 100, "BODY.PEEK[TEXT]", "", 20);

  step->account->bodies = BASE_BODIES_OPENING;
  step_start (step);
  STEP_WAIT (hurry (step, step_total (step, "INBOX") == 100 && get_text_below (step) == 0), 60);
  g_assert_cmpuint (count_without_text (step), ==, 1);
  g_test_message ("cut %u times", step->count);
  g_assert_cmpuint (step->count, <, 15);
  check_at_rest (step);
}

/* The line is cut once: nothing is lacking in the end. */
static ModelVerdict
cut_once (Step *step, const char *command, ModelEvent *event)
{
  if (!g_str_has_prefix (command, "UID FETCH ") || strstr (command, "BODY.PEEK[TEXT]") == NULL
      || step->count > 0)
    return MODEL_GO;
  step->count++;
  return MODEL_CUT;
}

static void
test_text_line_cut (void)
{
  g_autoptr (Step) step = step_new (NULL);

  step_deliver_many (step, "INBOX", 200, 0);
  step->account->bodies = BASE_BODIES_OPENING;
  step->on_command = cut_once;
  step_start (step);
  STEP_WAIT (hurry (step, step_total (step, "INBOX") == 200 && get_text_below (step) == 0
                              && count_without_text (step) == 0),
             30);
  g_assert_cmpuint (step->count, ==, 1);
}

/* At the bytes of a message. */
static void
test_unreadable_body_cut (void)
{
  g_autoptr (Step) step = new_failing (NULL, 100, "BODY.PEEK[]", "", 50);

  step_start (step);
  STEP_WAIT (hurry (step, step_total (step, "INBOX") == 100 && step_lacking (step, "INBOX") == 1),
             60);
  STEP_WAIT (hurry (step, step_count_commands (step, "* IDLE*") > 0), 60);
  g_test_message ("cut %u times", step->count);
  g_assert_cmpuint (step->count, <, 15);
  check_at_rest (step);
}

/* At what a large message is made of: the other large one comes, and first lines of text as well. */
static void
test_unreadable_large_cut (void)
{
  g_autoptr (Step) step = new_failing (NULL, 1, "BODYSTRUCTURE", "", 3);

  step->account->largest_body = 1;
  step_deliver (step, "INBOX", 2, 2 << 20);
  step_deliver (step, "INBOX", 3, 2 << 20);
  step_start (step);
  STEP_WAIT (hurry (step, step_count_commands (step, "* UID FETCH 2 *BODYSTRUCTURE*") > 0), 60);
  STEP_WAIT (get_text_below (step) == 0, 60);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH 3 *BODYSTRUCTURE*"), <, 6);
  check_at_rest (step);
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
  g_test_add_func ("/step/unreadable-text", test_unreadable_text);
  g_test_add_func ("/step/unreadable-texts", test_unreadable_texts);
  g_test_add_func ("/step/unreadable-text-cut", test_unreadable_text_cut);
  g_test_add_func ("/step/text-line-cut", test_text_line_cut);
  g_test_add_func ("/step/unreadable-body-cut", test_unreadable_body_cut);
  g_test_add_func ("/step/unreadable-large-cut", test_unreadable_large_cut);
}
