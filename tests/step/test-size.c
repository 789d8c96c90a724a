/* How much room folders take: by their rows where all are here, else as the server counts it (STATUS=SIZE). */
#include "step.h"

#include <string.h>

#define ASKED "? STATUS \"*\" (SIZE)"

static guint64
add_up (Step *step, const char *mailbox)
{
  g_autoptr (GArray) uids = model_server_get_uids (step->server, "alice", mailbox);
  guint64 size = 0;

  for (guint i = 0; i < uids->len; i++) {
    g_autoptr (GBytes) message =
        model_server_ref_message (step->server, "alice", mailbox, g_array_index (uids, guint32, i));

    size += g_bytes_get_size (message);
  }
  return size;
}

/* -1: not told */
static gint64
get_server_size (Step *step, const char *mailbox)
{
  g_autoptr (StoreFolder) folder = step_get (step, mailbox);

  g_assert_nonnull (folder);
  return folder->server_size;
}

static guint
count_there (Step *step, const char *mailbox)
{
  g_autoptr (StoreFolder) folder = step_get (step, mailbox);

  return folder->server_total;
}

/* On a network that costs money: INBOX is brought in step, of the others there are no rows. */
static Step *
new_frugal (const char *capabilities)
{
  Step *step = step_new (capabilities);

  step->metered = TRUE;
  step_deliver_many (step, "INBOX", 3, 0);
  step_deliver_many (step, "Archive", 5, 1000);
  step_deliver_many (step, "Sent", 2, 3000);
  return step;
}

/* All rows are here: the server is not asked, whether or not it can tell. */
static void
test_rows (void)
{
  static const char *const capabilities[] = { NULL, MODEL_CAPS_CONDSTORE, MODEL_CAPS_PLAIN };

  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++) {
    g_autoptr (Step) step = step_new (capabilities[i]);
    const char *const names[] = { "INBOX", "Archive", "Drafts" };

    step_deliver_many (step, "INBOX", 120, 500);
    step_deliver_many (step, "Archive", 70, 1000);
    step_settle (step);
    step_stop (step);
    step_deliver (step, "INBOX", 500, 2000);
    model_act_expunge (step->server, "alice", "INBOX", 7);
    step_settle (step);
    g_assert_cmpuint (step_total (step, "INBOX"), ==, 120);
    for (guint k = 0; k < G_N_ELEMENTS (names); k++) {
      g_autoptr (StoreFolder) folder = step_get (step, names[k]);

      g_assert_true (folder->complete);
      g_assert_cmpuint (folder->size, ==, add_up (step, names[k]));
      g_assert_cmpint (folder->server_size, ==, -1);
    }
    g_assert_cmpuint (step_count_commands (step, ASKED), ==, 0);
  }
}

/* Asked for when all else is done, one folder at a time; what is known is not asked for another day, what changed is. */
static void
test_asked (void)
{
  g_autoptr (Step) step = new_frugal (NULL);
  g_autofree char *commands = NULL;

  step_settle (step);
  STEP_WAIT (get_server_size (step, "Archive") >= 0 && get_server_size (step, "Sent") >= 0, 20);
  g_assert_cmpint (get_server_size (step, "Archive"), ==, add_up (step, "Archive"));
  g_assert_cmpint (get_server_size (step, "Sent"), ==, add_up (step, "Sent"));
  g_assert_cmpint (get_server_size (step, "INBOX"), ==, -1);
  g_assert_cmpuint (step_count_commands (step, ASKED), ==, 2);
  /* Behind everything that is fetched. */
  commands = step_dump_commands (step);
  g_assert_null (strstr (strstr (commands, "(SIZE)"), "FETCH"));

  step_stop (step);
  step_forget_commands (step);
  step_settle (step);
  STEP_WAIT (step_count_commands (step, "? IDLE") > 0, 20);
  g_assert_cmpuint (step_count_commands (step, ASKED), ==, 0);
  g_assert_cmpint (get_server_size (step, "Archive"), ==, add_up (step, "Archive"));

  step_stop (step);
  step_deliver (step, "Archive", 99, 5000);
  step_forget_commands (step);
  step_settle (step);
  STEP_WAIT (get_server_size (step, "Archive") == (gint64)add_up (step, "Archive"), 20);
  g_assert_cmpuint (step_count_commands (step, ASKED), ==, 1);
}

/* What the server tells of it by itself makes it unknown, and is not asked for each time. */
static void
test_told (void)
{
  g_autoptr (Step) step = new_frugal (MODEL_CAPS_FULL " NOTIFY");

  step_settle (step);
  STEP_WAIT (get_server_size (step, "Archive") >= 0 && get_server_size (step, "Sent") >= 0, 20);
  for (guint i = 1; i <= 3; i++) {
    step_deliver (step, "Archive", 100 + i, 0);
    STEP_WAIT (count_there (step, "Archive") == 5 + i, 20);
  }
  g_assert_cmpint (get_server_size (step, "Archive"), ==, -1);
  g_assert_cmpint (get_server_size (step, "Sent"), >, 0);
  g_assert_cmpuint (step_count_commands (step, ASKED), ==, 2);
}

/* Only where it is offered and not switched off. */
static void
test_off (void)
{
  static const char *const without[] = { "status=size", NULL };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (Step) step = new_frugal (i == 0 ? MODEL_CAPS_CONDSTORE : NULL);

    if (i == 1) {
      g_strfreev (step->account->imap.without);
      step->account->imap.without = g_strdupv ((char **)without);
    }
    step_settle (step);
    STEP_WAIT (step_count_commands (step, "? IDLE") > 0, 20);
    g_assert_cmpuint (step_count_commands (step, ASKED), ==, 0);
    g_assert_cmpint (get_server_size (step, "Archive"), ==, -1);
  }
}

static ModelVerdict
answer_never (Step *step, const char *command, ModelEvent *event)
{
  return g_pattern_match_simple ("STATUS * (SIZE)", command) ? MODEL_STALL : MODEL_GO;
}

/* It may have to read all messages for it, or cannot do it: it is not waited for long, it is not asked again, and all else goes on. */
static void
test_slow (void)
{
  g_autoptr (Step) step = new_frugal (NULL);

  step->patience_ms = 1000;
  step->on_command = answer_never;
  step_settle (step);
  STEP_WAIT (step_count_commands (step, ASKED) == 1, 20);
  /* Another connection. */
  STEP_WAIT (step_count_commands (step, "1 IDLE") == 1, 20);
  step_deliver (step, "INBOX", 50, 0);
  STEP_WAIT (step_total (step, "INBOX") == 4, 20);
  g_assert_cmpuint (step_count_commands (step, ASKED), ==, 1);
  g_assert_cmpint (get_server_size (step, "Archive"), ==, -1);
}

void
add_size_tests (void)
{
  g_test_add_func ("/step/size/rows", test_rows);
  g_test_add_func ("/step/size/asked", test_asked);
  g_test_add_func ("/step/size/told", test_told);
  g_test_add_func ("/step/size/off", test_off);
  g_test_add_func ("/step/size/slow", test_slow);
}
