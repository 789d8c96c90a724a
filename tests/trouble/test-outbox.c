/* The outbox at work with the model server: what is sent is sent once, whatever is cut, and its copy is in Sent once, whoever
 * files it. */
#include "rig.h"
#include "test-trouble.h"

#include <string.h>

#define PATIENCE 60 /* s */

/* What happens to a command or to what is said. */
typedef struct
{
  const char *word; /* GLOB of the command (IMAP: without the tag), or of the answer where `sent` */
  const char *answer; /* instead; NULL: `verdict` */
  ModelVerdict verdict;
  ModelProtocol protocol;
  gboolean after; /* when it has been carried out */
  gint left;      /* atomic */
  gint seen;      /* atomic: how often it came */
} Fault;

static ModelVerdict
apply_fault (ModelEvent *event, gpointer user_data)
{
  Fault *fault = user_data;
  const char *line = event->line;

  if (event->protocol != fault->protocol || event->sent || event->after != fault->after)
    return MODEL_GO;
  if (event->protocol == MODEL_IMAP)
    line = strchr (line, ' ') != NULL ? strchr (line, ' ') + 1 : "";
  if (!g_pattern_match_simple (fault->word, line))
    return MODEL_GO;
  g_atomic_int_inc (&fault->seen);
  if (g_atomic_int_add (&fault->left, -1) <= 0)
    return MODEL_GO;
  event->answer = fault->answer;
  return fault->answer != NULL ? MODEL_ANSWER : fault->verdict;
}

static StoreOutboxState
get_state (Rig *rig, gint64 id)
{
  g_autoptr (StoreOutbox) outbox = rig_get_outbox (rig, id);

  return outbox != NULL ? outbox->state : (StoreOutboxState)-1;
}

static Rig *
start (const ModelSettings *settings, Fault *fault)
{
  Rig *rig = rig_new (settings);

  if (fault != NULL)
    model_server_set_hook (rig->server, apply_fault, fault);
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  return rig;
}

static gboolean
is_copied (Rig *rig)
{
  return rig_count_outbox (rig) == 0 && store_operation_count (rig->db, rig->row) == 0
         && model_server_count (rig->server, "alice", "Sent") == 1 && rig_total (rig, "Sent") == 1;
}

static void
check_sent_once (Rig *rig, const char *subject)
{
  g_autofree char *delivered = model_server_dump_delivered (rig->server);
  g_autofree char *id = g_strdup_printf ("<%s@trouble.test>", subject);

  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 1);
  g_assert_nonnull (strstr (delivered, id));
}

/* Sent is looked at before a copy is put there: a server that files by itself, unknown to us, makes no second one. */
static void
test_files_by_itself (void)
{
  const ModelSettings settings = { .files_sent = TRUE };
  Fault append = { .word = "APPEND *", .protocol = MODEL_IMAP };
  Rig *rig = start (&settings, &append);

  rig_send (rig, "bob@model.test", "filed", 0);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_sent_once (rig, "filed");
  g_assert_cmpint (g_atomic_int_get (&append.seen), ==, 0);
  rig_free (rig);
}

/* A provider that is known to file by itself: the copy made here shows at once, nothing is put there, and when theirs comes, soon
 * or late, the two are one. */
static void
test_provider_files (void)
{
  for (int late = 0; late < 2; late++) {
    const ModelSettings settings = { .provider = TRUE, .files_sent = !late };
    Fault append = { .word = "APPEND *", .protocol = MODEL_IMAP };
    Rig *rig = start (&settings, &append);
    gint64 row;

    rig_send (rig, "bob@model.test", "theirs", 0);
    RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
    g_assert_cmpuint (rig_total (rig, "Sent"), ==, 1);
    row = rig_find (rig, "Sent", "theirs");
    if (late) {
      g_usleep (1500000);
      g_assert_cmpuint (rig_total (rig, "Sent"), ==, 1);
      rig_deliver (rig, "Sent", "theirs");
    }
    RIG_WAIT (is_copied (rig), PATIENCE);
    g_usleep (300000);
    g_assert_true (is_copied (rig));
    g_assert_cmpint (rig_find (rig, "Sent", "theirs"), ==, row);
    g_assert_cmpint (g_atomic_int_get (&append.seen), ==, 0);
    check_sent_once (rig, "theirs");
    rig_free (rig);
  }
}

/* A person stops what is on its way: the server never has it, it is not sent by itself again, and the next ones go. */
static void
test_stopped (void)
{
  for (int plain = 0; plain < 2; plain++) {
    const ModelSettings settings = { .smtp_capabilities = plain ? MODEL_SMTP_PLAIN : NULL };
    Fault body = {
      .word = plain ? "DATA" : "BDAT *", .protocol = MODEL_SMTP, .verdict = MODEL_STALL, .left = 1
    };
    Rig *rig = start (&settings, &body);
    gint64 id = rig_send (rig, "bob@model.test", "stopped", 3000000), next;

    g_assert_false (sync_engine_stop_sending (rig->engine, rig->account->id, id + 1));
    RIG_WAIT (g_atomic_int_get (&body.seen) >= 1, PATIENCE);
    if (!plain) /* nothing goes before the answer to DATA */
      RIG_WAIT (engine_told_get_sending (&rig->told) > 0, PATIENCE);
    g_assert_true (sync_engine_stop_sending (rig->engine, rig->account->id, id));
    RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
    g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
    next = rig_send (rig, "bob@model.test", "next", 0);
    RIG_WAIT (get_state (rig, next) == (StoreOutboxState)-1, PATIENCE);
    check_sent_once (rig, "next");
    g_assert_cmpint (get_state (rig, id), ==, STORE_OUTBOX_FAILED);
    rig_free (rig);
  }
}

/* What of a sender's comes no further than this command before the test goes on. */
typedef struct
{
  Fault answer;
  const char *command;
  gint goes_on; /* atomic */
} Held;

static ModelVerdict
hold (ModelEvent *event, gpointer user_data)
{
  Held *held = user_data;

  if (event->protocol == MODEL_SMTP && !event->sent && !event->after
      && g_str_has_prefix (event->line, held->command))
    for (guint i = 0; i < PATIENCE * 100 && !g_atomic_int_get (&held->goes_on); i++)
      g_usleep (10000);
  return apply_fault (event, &held->answer);
}

/* What is with the server already is not called stopped; the next one, which waits for the answer and was called `sending`, is. */
static void
test_stopped_too_late (void)
{
  /* None goes before both are there, or the second would not be called `sending` while the first one is on its way. */
  Held held = { .answer = { .word = "BDAT * LAST",
                            .protocol = MODEL_SMTP,
                            .after = TRUE,
                            .verdict = MODEL_STALL,
                            .left = 1 },
                .command = "MAIL " };
  Rig *rig = start (NULL, NULL);
  gint64 id, next;

  model_server_set_hook (rig->server, hold, &held);
  id = rig_send (rig, "bob@model.test", "late", 0);
  next = rig_send (rig, "bob@model.test", "next", 0);
  g_atomic_int_set (&held.goes_on, TRUE);
  RIG_WAIT (g_atomic_int_get (&held.answer.seen) == 1, PATIENCE);
  g_assert_false (sync_engine_stop_sending (rig->engine, rig->account->id, id));
  RIG_WAIT (get_state (rig, next) == STORE_OUTBOX_SENDING, PATIENCE);
  g_assert_true (sync_engine_stop_sending (rig->engine, rig->account->id, next));
  model_server_cut_all (rig->server);
  RIG_WAIT (get_state (rig, next) == STORE_OUTBOX_FAILED, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 1);
  rig_free (rig);
}

/* The answer to APPEND is lost: the copy is there, and is found before it is put there again. */
static void
test_append_cut (void)
{
  Fault append = {
    .word = "APPEND *", .protocol = MODEL_IMAP, .after = TRUE, .verdict = MODEL_CUT, .left = 1
  };
  Rig *rig = start (NULL, &append);

  rig_send (rig, "bob@model.test", "copied", 0);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_sent_once (rig, "copied");
  g_assert_cmpint (g_atomic_int_get (&append.seen), ==, 1);
  rig_free (rig);
}

/* The last word was sent and its answer is lost. */
typedef struct
{
  const char *smtp_caps, *word;
  gsize size;
  gboolean taken;      /* the server had it */
  gboolean files_sent; /* and put it into Sent */
} Lost;

static void
check_lost (gpointer data, gpointer user_data)
{
  const Lost *lost = data;
  const ModelSettings settings = { .smtp_capabilities = lost->smtp_caps,
                                   .files_sent = lost->files_sent };
  Fault cut = { .word = lost->word,
                .protocol = MODEL_SMTP,
                .after = lost->taken,
                .verdict = MODEL_CUT,
                .left = 1 };
  Rig *rig = start (&settings, &cut);
  gint64 id = rig_send (rig, "bob@model.test", "doubt", lost->size);

  if (lost->taken && lost->files_sent) {
    RIG_WAIT (is_copied (rig), PATIENCE);
    check_sent_once (rig, "doubt");
    g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
    rig_free (rig);
    return;
  }

  /* Not in Sent: the person is told once, and decides. */
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_UNCERTAIN
                && engine_told_get_refused (&rig->told) == 1,
            PATIENCE);
  sync_engine_retry (rig->engine, NULL);
  sync_engine_outbox_changed (rig->engine, NULL);
  g_usleep (300000);
  rig_restart (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  g_usleep (300000);
  g_assert_cmpint (get_state (rig, id), ==, STORE_OUTBOX_UNCERTAIN);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, lost->taken ? 1 : 0);

  if (!lost->taken) {
    g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_UNCERTAIN, NULL));
    sync_engine_outbox_changed (rig->engine, NULL);
    RIG_WAIT (is_copied (rig), PATIENCE);
    check_sent_once (rig, "doubt");
  }
  rig_free (rig);
}

static void
test_lost_answer (void)
{
  static const Lost cases[] = {
    { MODEL_SMTP_PLAIN, ".", 0, FALSE, FALSE },   { MODEL_SMTP_PLAIN, ".", 0, TRUE, FALSE },
    { MODEL_SMTP_PLAIN, ".", 0, TRUE, TRUE },     { NULL, "BDAT * LAST", 0, FALSE, FALSE },
    { NULL, "BDAT * LAST", 600000, TRUE, FALSE }, { NULL, "BDAT * LAST", 600000, TRUE, TRUE },
  };

  GThreadPool *pool = g_thread_pool_new (check_lost, NULL, G_N_ELEMENTS (cases), FALSE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_thread_pool_push (pool, (gpointer)&cases[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
}

/* Whether it was sent cannot be looked up while IMAP is away: it stays uncertain, and is looked up as soon as it is back. */
static void
test_lost_answer_offline (void)
{
  const ModelSettings settings = { .files_sent = TRUE };
  Fault cut = {
    .word = "BDAT *", .protocol = MODEL_SMTP, .after = TRUE, .verdict = MODEL_CUT, .left = 1
  };
  Rig *rig = rig_new (&settings);
  guint16 port = rig->account->imap.port;
  gint64 id;

  model_server_set_hook (rig->server, apply_fault, &cut);
  rig->account->imap.port = 1; /* nobody is there */
  rig_start (rig);
  id = rig_send (rig, "bob@model.test", "away", 0);
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_UNCERTAIN, PATIENCE);
  g_usleep (300000);
  g_assert_cmpint (get_state (rig, id), ==, STORE_OUTBOX_UNCERTAIN);
  g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);

  rig->account->imap.port = port;
  sync_engine_add_account (rig->engine, rig->account);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_sent_once (rig, "away");
  g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
  rig_free (rig);
}

static void
check_cut (gpointer data, gpointer user_data)
{
  const char *word = data;
  const ModelSettings settings = { .smtp_capabilities =
                                       g_str_equal (word, "DATA") ? MODEL_SMTP_PLAIN : NULL };
  Fault cut = { .word = word, .protocol = MODEL_SMTP, .verdict = MODEL_RESET, .left = 1 };
  Rig *rig = start (&settings, &cut);

  rig_send (rig, "bob@model.test", "again", 600000);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_sent_once (rig, "again");
  g_assert_cmpint (g_atomic_int_get (&cut.left), <=, 0);
  g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
  rig_free (rig);
}

/* A cut anywhere before the last word: sent again by itself, once. */
static void
test_cut_before (void)
{
  static const char *const words[] = {
    "EHLO *", "AUTH *", "MAIL *", "RCPT *", "BDAT 262144", "DATA"
  };
  GThreadPool *pool = g_thread_pool_new (check_cut, NULL, G_N_ELEMENTS (words), FALSE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_thread_pool_push (pool, (gpointer)words[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
}

static void
check_reset (gpointer data, gpointer user_data)
{
  const char *answer = data;
  Fault fault = { .word = "RSET", .protocol = MODEL_SMTP, .left = 1 };
  Rig *rig = NULL;
  gint64 id;

  if (g_str_equal (answer, "CUT"))
    fault.verdict = MODEL_CUT;
  else
    fault.answer = answer;
  rig = start (NULL, &fault);
  model_server_refuse_recipient (rig->server, "nobody@model.test", "550 5.1.1 no such user");
  id = rig_send (rig, "nobody@model.test", "none", 0);
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
  rig_send (rig, "bob@model.test", "whole", 0);
  RIG_WAIT (rig_count_outbox (rig) == 1, PATIENCE);
  check_sent_once (rig, "whole");
  g_assert_cmpint (g_atomic_int_get (&fault.left), <=, 0);
  rig_free (rig);
}

static StoreOutbox *
dup_only (Rig *rig)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (rig->db, rig->row, NULL);

  g_assert_cmpuint (rows->len, ==, 1);
  return g_ptr_array_steal_index (rows, 0);
}

/* What the person read last names who has got it, and who has not. */
static void
check_told (Rig *rig, const char *got, const char *refused)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->told.lock);
  g_autofree char *names = g_strdup_printf ("“most” was sent to %s, but not to %s", got, refused);

  g_assert_nonnull (rig->told.last_refused);
  g_assert_true (g_str_has_prefix (rig->told.last_refused, names));
}

static void
check_one_refused (gpointer data, gpointer user_data)
{
  const ModelSettings settings = { .smtp_capabilities = data };
  Fault none = { .word = "NOTHING", .protocol = MODEL_SMTP };
  Rig *rig = start (&settings, &none);
  gint64 id;

  model_server_refuse_recipient (rig->server, "nobody@model.test", "550 5.1.1 no such user");
  id = rig_send (rig, "bob@model.test,nobody@model.test,kim@model.test", "most", 0);
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
  check_sent_once (rig, "most");
  RIG_WAIT (engine_told_get_refused (&rig->told) == 1, PATIENCE);
  g_autoptr (StoreOutbox) row = dup_only (rig);
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 1);
  g_assert_cmpstr (row->recipients[0], ==, "nobody@model.test");
  g_assert_nonnull (strstr (row->detail, "nobody@model.test: "));
  g_assert_nonnull (strstr (row->detail, "no such user"));
  g_assert_cmpuint (g_strv_length (row->got), ==, 2);
  check_told (rig, "bob@model.test, kim@model.test", "nobody@model.test");
  g_autofree char *delivered = model_server_dump_delivered (rig->server);
  g_assert_nonnull (strstr (delivered, "bob@model.test"));
  g_assert_nonnull (strstr (delivered, "kim@model.test"));
  RIG_WAIT (model_server_count (rig->server, "alice", "Sent") == 1, PATIENCE);

  /* Still not: who has got it is not forgotten. */
  g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_FAILED, NULL));
  sync_engine_outbox_changed (rig->engine, NULL);
  RIG_WAIT (engine_told_get_refused (&rig->told) == 2, PATIENCE);
  check_told (rig, "bob@model.test, kim@model.test", "nobody@model.test");

  /* They exist now, and get it alone. */
  model_server_refuse_recipient (rig->server, "nobody@model.test", NULL);
  g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_FAILED, NULL));
  sync_engine_outbox_changed (rig->engine, NULL);
  RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 2);
  rig_free (rig);
}

/* One of several is refused: the others get it, once, whether the server takes chunks, or has to be left because it had granted DATA
 * for them; and the one who was refused is named, with the server's words. */
static void
test_one_refused (void)
{
  static const char *const capabilities[] = { NULL, MODEL_SMTP_PLAIN, "PIPELINING 8BITMIME" };

  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++)
    check_one_refused ((gpointer)capabilities[i], NULL);
}

static gboolean
waits_again (Rig *rig, gint64 id, guint attempts)
{
  g_autoptr (StoreOutbox) row = rig_get_outbox (rig, id);

  return row->attempts >= attempts && row->state == STORE_OUTBOX_QUEUED && row->next_try > 0;
}

/* A recipient whom the server cannot take now is waited for alone: the others have got it meanwhile, there is one copy in Sent, and
 * the person is told. */
static void
check_one_for_now (const char *capabilities)
{
  const ModelSettings settings = { .smtp_capabilities = capabilities };
  Fault none = { .word = "NOTHING", .protocol = MODEL_SMTP };
  Rig *rig = start (&settings, &none);
  gint64 id;

  model_server_refuse_recipient (rig->server, "slow@model.test", "450 4.1.2 try again later");
  id = rig_send (rig, "slow@model.test,bob@model.test", "most", 0);
  RIG_WAIT (model_server_count_delivered (rig->server) == 1, PATIENCE);
  RIG_WAIT (engine_told_get_refused (&rig->told) == 1, PATIENCE);
  g_autoptr (StoreOutbox) row = dup_only (rig);
  g_assert_cmpint (row->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpint (row->next_try, >, g_get_real_time () / G_USEC_PER_SEC);
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 1);
  g_assert_cmpstr (row->recipients[0], ==, "slow@model.test");
  g_assert_cmpuint (g_strv_length (row->got), ==, 1);
  g_assert_cmpstr (row->got[0], ==, "bob@model.test");
  check_told (rig, "bob@model.test", "slow@model.test");

  /* Still not. */
  g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_QUEUED, NULL));
  sync_engine_outbox_changed (rig->engine, NULL);
  RIG_WAIT (waits_again (rig, id, 3), PATIENCE);

  model_server_refuse_recipient (rig->server, "slow@model.test", NULL);
  g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_QUEUED, NULL));
  sync_engine_outbox_changed (rig->engine, NULL);
  RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 2);
  RIG_WAIT (model_server_count (rig->server, "alice", "Sent") == 1, PATIENCE);
  RIG_WAIT (store_operation_count (rig->db, rig->row) == 0, PATIENCE);
  g_assert_cmpuint (model_server_count (rig->server, "alice", "Sent"), ==, 1);
  rig_free (rig);
}

static void
test_one_for_now (void)
{
  static const char *const capabilities[] = { NULL, MODEL_SMTP_PLAIN, "PIPELINING 8BITMIME" };

  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++)
    check_one_for_now (capabilities[i]);
}

/* A server that cannot take a message, or one of its recipients, for five days is not asked any more: it has failed, with what the server said last, and
 * can be edited.  Until then it waits. */
static void
test_overdue (void)
{
  static const struct
  {
    const char *recipient, *message; /* what is said of either */
  } cases[] = { { "450 4.1.2 try again later", NULL }, { NULL, "451 4.3.0 not now" } };
  const gint64 day = 24 * 60 * 60, now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fault later = { .word = "MAIL *",
                    .protocol = MODEL_SMTP,
                    .answer = cases[i].message,
                    .left = cases[i].message != NULL ? 1000 : 0 };
    Rig *rig = start (NULL, &later);
    g_autoptr (StoreOutbox) failed = NULL;
    gint64 id;

    if (cases[i].recipient != NULL)
      model_server_refuse_recipient (rig->server, "slow@model.test", cases[i].recipient);
    id = rig_send (rig, "slow@model.test", "late", 0);
    RIG_WAIT (waits_again (rig, id, 1), PATIENCE);
    rig_stop (rig);
    rig_set_deferred (rig, id, now - 5 * day + 600);
    g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_QUEUED, NULL));
    rig_start (rig);
    RIG_WAIT (waits_again (rig, id, 2), PATIENCE);
    g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
    rig_stop (rig);
    rig_set_deferred (rig, id, now - 5 * day);
    g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_QUEUED, NULL));
    rig_start (rig);
    RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
    RIG_WAIT (engine_told_get_refused (&rig->told) == 1, PATIENCE);
    failed = rig_get_outbox (rig, id);
    g_assert_nonnull (strstr (failed->error, "five days"));
    g_assert_nonnull (strstr (failed->detail,
                              cases[i].recipient != NULL ? cases[i].recipient : cases[i].message));
    g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 0);
    g_assert_true (store_outbox_edit (rig->db, id, NULL));
    rig_free (rig);
  }
}

/* Somebody has taken all folders of drafts away by the time that the server has the message. */
static ModelVerdict
take_away (ModelEvent *event, gpointer user_data)
{
  Rig *rig = user_data;

  if (event->protocol == MODEL_SMTP && event->after && g_str_has_prefix (event->line, "BDAT ")
      && model_server_count_delivered (rig->server) == 1)
    (void)base_paths_remove_tree (base_paths_get_drafts (rig->paths));
  return MODEL_GO;
}

/* The folder of a draft goes while a rest of it is to be kept: what comes after it goes all the same. */
static void
test_folder_gone (void)
{
  Rig *rig = rig_new (NULL);
  gint64 id;

  model_server_set_hook (rig->server, take_away, rig);
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  model_server_refuse_recipient (rig->server, "slow@model.test", "450 4.1.2 try again later");
  id = rig_send (rig, "slow@model.test,bob@model.test", "most", 0);
  RIG_WAIT (waits_again (rig, id, 2), PATIENCE);
  g_assert_cmpint (g_mkdir_with_parents (base_paths_get_drafts (rig->paths), 0700), ==, 0);
  rig_send (rig, "bob@model.test", "next", 0);
  RIG_WAIT (model_server_count_delivered (rig->server) == 2, PATIENCE);

  /* When it is its turn, it is said what is wrong. */
  g_assert_true (store_outbox_send_again (rig->db, id, STORE_OUTBOX_QUEUED, NULL));
  sync_engine_outbox_changed (rig->engine, NULL);
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
  rig_free (rig);
}

/* One is refused for good and the other one for now: nobody is given up; and a full mailbox keeps the mail from nobody else. */
static void
test_none_welcome (void)
{
  Fault none = { .word = "NOTHING", .protocol = MODEL_SMTP };
  Rig *rig = start (NULL, &none);
  gint64 id;

  model_server_refuse_recipient (rig->server, "slow@model.test", "450 4.1.2 try again later");
  model_server_refuse_recipient (rig->server, "nobody@model.test", "550 5.1.1 no such user");
  model_server_refuse_recipient (rig->server, "full@model.test", "552 5.2.2 mailbox is full");
  id = rig_send (rig, "nobody@model.test,slow@model.test", "both", 0);
  RIG_WAIT (waits_again (rig, id, 1), PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 0);
  g_assert_true (store_outbox_edit (rig->db, id, NULL));

  id = rig_send (rig, "full@model.test,bob@model.test", "most", 0);
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
  check_sent_once (rig, "most");
  rig_free (rig);
}

/* A domain in other letters goes over the wire in its ASCII form; who is refused is found again all the same. */
static void
test_one_refused_in_hangul (void)
{
  const ModelSettings settings = { .smtp_capabilities = MODEL_SMTP_PLAIN };
  Fault none = { .word = "NOTHING", .protocol = MODEL_SMTP };
  Rig *rig = start (&settings, &none);
  gint64 id;

  model_server_refuse_recipient (rig->server, "nobody@xn--3e0b707e.test", "550 5.1.1 no such user");
  id = rig_send (rig, "nobody@한국.test,bob@model.test", "most", 0);
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
  check_sent_once (rig, "most");
  g_autoptr (StoreOutbox) row = dup_only (rig);
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 1);
  g_assert_cmpstr (row->recipients[0], ==, "nobody@한국.test");
  rig_free (rig);
}

/* Even forgetting a mail that was refused may meet a server in trouble: what comes next goes all the same, alone. */
static void
test_reset (void)
{
  static const char *const answers[] = { "421 4.3.2 bye", "451 4.3.0 later", "452 4.3.1 full",
                                         "CUT" };
  GThreadPool *pool = g_thread_pool_new (check_reset, NULL, G_N_ELEMENTS (answers), FALSE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_thread_pool_push (pool, (gpointer)answers[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
}

/* The only recipient is refused: the person is told, and can change it. */
static void
test_refused (void)
{
  Rig *rig = start (NULL, NULL);
  g_autoptr (StoreOutbox) outbox = NULL;
  gint64 id;

  model_server_refuse_recipient (rig->server, "nobody@model.test", "550 5.1.1 no such user");
  id = rig_send (rig, "nobody@model.test", "half", 0);
  RIG_WAIT (get_state (rig, id) == STORE_OUTBOX_FAILED, PATIENCE);
  rig_send (rig, "bob@model.test", "whole", 0);
  RIG_WAIT (rig_count_outbox (rig) == 1, PATIENCE);
  check_sent_once (rig, "whole");
  g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 1);
  outbox = rig_get_outbox (rig, id);
  g_assert_nonnull (strstr (outbox->detail, "no such user"));
  g_assert_cmpstr (outbox->message_id, ==, "<half@trouble.test>");
  g_assert_true (store_outbox_edit (rig->db, id, NULL));
  g_assert_cmpuint (rig_count_outbox (rig), ==, 0);
  rig_free (rig);
}

/* The server offers BDAT and does not know it: another connection, another way, once. */
static void
test_false_offer (void)
{
  Fault unknown = {
    .word = "BDAT *", .protocol = MODEL_SMTP, .answer = "502 5.5.1 what?", .left = 1000
  };
  Rig *rig = start (NULL, &unknown);

  rig_send (rig, "bob@model.test", "other", 0);
  RIG_WAIT (is_copied (rig), PATIENCE);
  check_sent_once (rig, "other");
  g_assert_cmpint (g_atomic_int_get (&unknown.seen), ==, 1);
  rig_free (rig);
}

/* A server that lets nobody in is asked less and less often, by itself, and all that waits goes in the order it came. */
static void
test_back_off (void)
{
  /* Whom it lets in at last does not sign in before it was looked what became of the others. */
  Held busy = {
    .answer = { .word = "EHLO *", .protocol = MODEL_SMTP, .answer = "421 4.3.2 busy", .left = 2 },
    .command = "AUTH "
  };
  Rig *rig = start (NULL, NULL);
  gint64 begun = g_get_monotonic_time ();
  g_autofree char *delivered = NULL;
  const char *first, *second;
  gint64 id;

  model_server_set_hook (rig->server, hold, &busy);
  id = rig_send (rig, "bob@model.test", "first", 0);
  rig_send (rig, "bob@model.test", "second", 0);
  RIG_WAIT (rig_count_outbox (rig) == 2 && g_atomic_int_get (&busy.answer.seen) >= 1, PATIENCE);
  g_assert_cmpint (get_state (rig, id), ==, STORE_OUTBOX_QUEUED);
  g_atomic_int_set (&busy.goes_on, TRUE);
  RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
  /* 1 and 2 s, each up to a quarter shorter. */
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 2250000);
  /* Two in vain, and before and after the sign-in of the third. */
  g_assert_cmpint (g_atomic_int_get (&busy.answer.seen), ==, 4);
  delivered = model_server_dump_delivered (rig->server);
  first = strstr (delivered, "<first@");
  second = strstr (delivered, "<second@");
  g_assert_true (first != NULL && second != NULL && first < second);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 2);
  g_assert_cmpuint (engine_told_get_refused (&rig->told), ==, 0);
  rig_free (rig);
}

/* The whole server goes away and comes back, with mail on both sides of it. */
static void
test_restart (void)
{
  Rig *rig = start (NULL, NULL);
  gint64 id;

  rig_deliver (rig, "INBOX", "before");
  RIG_WAIT (rig_total (rig, "INBOX") == 1, PATIENCE);
  model_server_set_reachable (rig->server, FALSE);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_OFFLINE, PATIENCE);
  id = rig_find (rig, "INBOX", "before");
  g_assert_cmpint (store_operation_move (rig->db, &id, 1, rig_folder (rig, "Archive"), NULL), >, 0);
  sync_engine_operations_changed (rig->engine, NULL);
  rig_send (rig, "bob@model.test", "meanwhile", 0);
  rig_deliver (rig, "INBOX", "after");
  g_usleep (500000);
  g_assert_cmpuint (rig_count_outbox (rig), ==, 1);
  g_assert_cmpuint (store_operation_count (rig->db, rig->row), ==, 1);
  model_server_set_reachable (rig->server, TRUE);
  RIG_WAIT (is_copied (rig) && rig_total (rig, "INBOX") == 1 && rig_total (rig, "Archive") == 1
                && engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP,
            PATIENCE);
  g_assert_cmpint (rig_find (rig, "INBOX", "after"), !=, 0);
  g_assert_cmpuint (model_server_count (rig->server, "alice", "Archive"), ==, 1);
  check_sent_once (rig, "meanwhile");
  g_assert_false (engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_PASSWORD));
  rig_free (rig);
}

/* Each copy goes where its identity wants it, and into Sent where that folder is not there; none is made for it. */
static void
test_own_folder (void)
{
  Rig *rig = start (NULL, NULL);

  rig->sent_folder = "Archive";
  rig_send (rig, "bob@model.test", "archived", 0);
  rig->sent_folder = "Nowhere";
  rig_send (rig, "bob@model.test", "lost", 0);
  rig->sent_folder = NULL;
  rig_send (rig, "bob@model.test", "usual", 0);
  RIG_WAIT (rig_count_outbox (rig) == 0 && store_operation_count (rig->db, rig->row) == 0,
            PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 3);
  g_assert_cmpuint (model_server_count (rig->server, "alice", "Archive"), ==, 1);
  g_assert_cmpuint (model_server_count (rig->server, "alice", "Sent"), ==, 2);
  g_assert_cmpint (rig_find (rig, "Archive", "archived"), !=, 0);
  g_assert_cmpint (rig_find (rig, "Sent", "lost"), !=, 0);
  g_assert_cmpint (rig_folder (rig, "Nowhere"), ==, 0);
  rig_free (rig);
}

void
test_outbox_add (void)
{
  g_test_add_func ("/trouble/outbox/files-by-itself", test_files_by_itself);
  g_test_add_func ("/trouble/outbox/provider-files", test_provider_files);
  g_test_add_func ("/trouble/outbox/append-cut", test_append_cut);
  g_test_add_func ("/trouble/outbox/stopped", test_stopped);
  g_test_add_func ("/trouble/outbox/stopped-too-late", test_stopped_too_late);
  g_test_add_func ("/trouble/outbox/lost-answer", test_lost_answer);
  g_test_add_func ("/trouble/outbox/lost-answer-offline", test_lost_answer_offline);
  g_test_add_func ("/trouble/outbox/cut-before", test_cut_before);
  g_test_add_func ("/trouble/outbox/reset", test_reset);
  g_test_add_func ("/trouble/outbox/refused", test_refused);
  g_test_add_func ("/trouble/outbox/one-refused", test_one_refused);
  g_test_add_func ("/trouble/outbox/one-for-now", test_one_for_now);
  g_test_add_func ("/trouble/outbox/overdue", test_overdue);
  g_test_add_func ("/trouble/outbox/folder-gone", test_folder_gone);
  g_test_add_func ("/trouble/outbox/none-welcome", test_none_welcome);
  g_test_add_func ("/trouble/outbox/one-refused-in-hangul", test_one_refused_in_hangul);
  g_test_add_func ("/trouble/outbox/own-folder", test_own_folder);
  g_test_add_func ("/trouble/outbox/false-offer", test_false_offer);
  g_test_add_func ("/trouble/outbox/back-off", test_back_off);
  g_test_add_func ("/trouble/outbox/restart", test_restart);
}
