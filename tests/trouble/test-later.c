/* Mail that is to go later, and reports about its delivery: asked of the server where it offers that, else the outbox keeps it; over
 * restarts, and against a server that offered too much. */
#include "rig.h"
#include "test-trouble.h"

#include <string.h>

#define PATIENCE 60 /* s */
#define LATER    "PIPELINING SIZE CHUNKING DSN FUTURERELEASE ENHANCEDSTATUSCODES"
#define AT_ONCE  "PIPELINING SIZE CHUNKING DSN ENHANCEDSTATUSCODES"

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static Rig *
start (const char *capabilities)
{
  const ModelSettings settings = { .smtp_capabilities = capabilities };
  Rig *rig = rig_new (&settings);

  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  return rig;
}

static gboolean
is_copied (Rig *rig)
{
  return rig_count_outbox (rig) == 0 && store_operation_count (rig->db, rig->row) == 0
         && model_server_count (rig->server, "alice", "Sent") == 1;
}

static void
check_wishes (Rig *rig, const char *expected)
{
  g_autofree char *wishes = model_server_dump_wishes (rig->server);

  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 1);
  g_assert_cmpstr (g_strstrip (wishes), ==, expected);
}

static gboolean
is_waiting (Rig *rig, gint64 id, gint64 until)
{
  g_autoptr (StoreOutbox) outbox = rig_get_outbox (rig, id);

  return outbox != NULL && outbox->state == STORE_OUTBOX_QUEUED && outbox->next_try == until
         && outbox->send_at == until;
}

static void
test_reports (void)
{
  Rig *rig = start (AT_ONCE);

  rig_send_with (rig, "bob@model.test", "told", 0, STORE_NOTIFY_SUCCESS | STORE_NOTIFY_FAILURE, 0);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (
      rig, "RET=HDRS ENVID=<told@trouble.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@model.test");
  rig_free (rig);

  /* Where nobody offers them the mail goes all the same. */
  rig = start (MODEL_SMTP_PLAIN);
  rig_send_with (rig, "bob@model.test", "untold", 0, STORE_NOTIFY_SUCCESS, 0);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (rig, "");
  rig_free (rig);
}

/* The server keeps it: it is theirs now, with the copy in Sent. */
static void
test_held (void)
{
  Rig *rig = start (LATER);

  rig_send_with (rig, "bob@model.test", "held", 0, 0, 4106822400);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (rig, "HOLDUNTIL=2100-02-20T16:00:00Z");
  rig_free (rig);

  /* A time that has passed is no time. */
  rig = start (LATER);
  rig_send_with (rig, "bob@model.test", "past", 0, 0, now () - 5);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (rig, "");
  rig_free (rig);
}

/* Not before its time. */
static void
check_none_before (Rig *rig, gint64 at)
{
  guint delivered;

  /* Counted first: the time may come between the two. */
  while (delivered = model_server_count_delivered (rig->server), now () < at) {
    g_assert_cmpuint (delivered, ==, 0);
    g_usleep (50000);
  }
}

/* The server keeps nothing: the outbox does, over a restart, and then sends it once.  FALSE: its time came while all that was still being
 * looked at. */
static gboolean
keep (Rig *rig, gint64 seconds)
{
  gint64 at = now () + seconds, id;
  g_autoptr (StoreOutbox) outbox = NULL;

  id = rig_send_with (rig, "bob@model.test", "kept", 0, STORE_NOTIFY_DELAY, at);
  RIG_WAIT (is_waiting (rig, id, at) || now () >= at, PATIENCE);
  rig_restart (rig);
  outbox = rig_get_outbox (rig, id);
  if (now () >= at)
    return FALSE;
  g_assert_cmpint (outbox->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpint (outbox->next_try, ==, at);
  g_assert_cmpint (outbox->send_at, ==, at);
  g_assert_null (outbox->error);
  g_assert_cmpint (outbox->notify, ==, STORE_NOTIFY_DELAY);
  check_none_before (rig, at);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (rig, "RET=HDRS ENVID=<kept@trouble.test> NOTIFY=DELAY ORCPT=rfc822;bob@model.test");
  g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
  return TRUE;
}

/* On a machine that is too busy for that, with more time. */
static void
check_kept (const char *capabilities, ModelHook hook, gint *asked)
{
  gboolean kept = FALSE;

  for (gint64 seconds = 4; !kept; seconds *= 2) {
    Rig *rig = start (capabilities);

    g_atomic_int_set (asked, 0);
    model_server_set_hook (rig->server, hook, asked);
    kept = keep (rig, seconds);
    rig_free (rig);
    g_assert_true (kept || seconds < PATIENCE);
  }
}

static void
test_kept (void)
{
  gint none = 0;

  check_kept (AT_ONCE, NULL, &none);
}

static ModelVerdict
know_no_hold (ModelEvent *event, gpointer user_data)
{
  if (event->protocol != MODEL_SMTP || event->sent || event->after
      || strstr (event->line, "HOLDUNTIL=") == NULL)
    return MODEL_GO;
  g_atomic_int_inc ((gint *)user_data);
  event->answer = "555 5.5.4 what?";
  return MODEL_ANSWER;
}

/* The same, and it hangs up when it is asked to forget that. */
static ModelVerdict
know_no_hold_and_go (ModelEvent *event, gpointer user_data)
{
  if (event->protocol == MODEL_SMTP && !event->sent && g_str_has_prefix (event->line, "RSET"))
    return MODEL_CUT;
  return know_no_hold (event, user_data);
}

static void
test_false_offer_and_gone (void)
{
  gint asked = 0;

  check_kept (LATER, know_no_hold_and_go, &asked);
  g_assert_cmpint (asked, >=, 1);
}

/* Offered, and not known when asked for. */
static void
test_false_offer (void)
{
  gint asked = 0;

  check_kept (LATER, know_no_hold, &asked);
  /* Once for each life of the program. */
  g_assert_cmpint (asked, >=, 1);
  g_assert_cmpint (asked, <=, 2);
}

/* The person changes their mind while it waits: now, or not at all. */
static void
test_changed_mind (void)
{
  Rig *rig = start (AT_ONCE);
  gint64 at = now () + 3600, id;

  id = rig_send_with (rig, "bob@model.test", "never", 0, 0, at);
  RIG_WAIT (is_waiting (rig, id, at), PATIENCE);
  g_assert_true (store_outbox_edit (rig->db, id, NULL));
  id = rig_send_with (rig, "bob@model.test", "now", 0, 0, at);
  RIG_WAIT (is_waiting (rig, id, at), PATIENCE);
  g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_QUEUED, NULL));
  sync_engine_outbox_changed (rig->engine, rig->account->id);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (rig, "");
  rig_free (rig);
}

/* FALSE: its time came while the program was still running. */
static gboolean
be_off (Rig *rig, gint64 seconds)
{
  gint64 at = now () + seconds, id;

  id = rig_send_with (rig, "bob@model.test", "off", 0, 0, at);
  RIG_WAIT (is_waiting (rig, id, at) || now () >= at, PATIENCE);
  rig_stop (rig);
  if (now () >= at)
    return FALSE;
  while (now () <= at + 1)
    g_usleep (50000);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 0);
  rig_restart (rig);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (rig, "");
  rig_restart (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  g_usleep (300000);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 1);
  g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
  return TRUE;
}

/* Its time comes while the program is not running, and the server keeps nothing: it goes at the next start, once. */
static void
test_off (void)
{
  gboolean was_off = FALSE;

  for (gint64 seconds = 3; !was_off; seconds *= 2) {
    Rig *rig = start (AT_ONCE);

    was_off = be_off (rig, seconds);
    rig_free (rig);
    g_assert_true (was_off || seconds < PATIENCE);
  }
}

static ModelVerdict
count_farewells (ModelEvent *event, gpointer user_data)
{
  if (event->protocol == MODEL_SMTP && !event->sent && !event->after
      && g_str_has_prefix (event->line, "QUIT"))
    g_atomic_int_inc ((gint *)user_data);
  return MODEL_GO;
}

/* The clock that waits stands still while the computer sleeps: what has become due meanwhile goes when it wakes. */
static void
test_slept (void)
{
  Rig *rig = start (AT_ONCE);
  gint64 at = now () + 3600, id;
  gint farewells = 0;

  model_server_set_hook (rig->server, count_farewells, &farewells);
  id = rig_send_with (rig, "bob@model.test", "slept", 0, 0, at);
  RIG_WAIT (is_waiting (rig, id, at), PATIENCE);
  /* It has looked for more before it hangs up, and then waits. */
  RIG_WAIT (g_atomic_int_get (&farewells) > 0, PATIENCE);
  /* Due now, and nobody has told the worker. */
  g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_QUEUED, NULL));
  g_usleep (300000);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 0);
  sync_engine_resumed (rig->engine);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_wishes (rig, "");
  rig_free (rig);
}

void
test_later_add (void)
{
  g_test_add_func ("/trouble/later/reports", test_reports);
  g_test_add_func ("/trouble/later/held", test_held);
  g_test_add_func ("/trouble/later/kept", test_kept);
  g_test_add_func ("/trouble/later/false-offer", test_false_offer);
  g_test_add_func ("/trouble/later/false-offer-and-gone", test_false_offer_and_gone);
  g_test_add_func ("/trouble/later/changed-mind", test_changed_mind);
  g_test_add_func ("/trouble/later/off", test_off);
  g_test_add_func ("/trouble/later/slept", test_slept);
}
