/* From one account to another at the model server, whole and cut before and after every line: nothing is lost, nothing is there twice, and
 * what the target refuses stays where it was. */
#include "model-server.h"
#include "operation-bench.h"

#include "base-error.h"
#include "sync-mailbox.h"
#include "sync-survey.h"

#include <string.h>

/* One store; two accounts at one server. */
typedef struct
{
  ModelServer *server; /* Borrowed */
  Bench *bench;        /* Owned: its account is the source */

  ImapSession *sessions[2]; /* Owned: of the source, of the target */
  SyncMemory memory[2];
  gint64 rows[2];
  guint generation;
  gboolean offline[2];
} Ends;

static const char *const users[] = { "alice", "bob" };

enum
{
  SOURCE,
  TARGET
};

typedef void (*Act) (Ends *ends);

typedef struct
{
  const char *name;
  const char *capabilities;
  Act act;
} Scenario;

static guint32
deliver (ModelServer *server, const char *user, const char *mailbox, const char *text,
         const char *flags)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return model_act_deliver (server, user, mailbox, bytes, flags, 1700000000);
}

static void
ends_init (Ends *ends, ModelServer *server, const char *capabilities)
{
  *ends = (Ends){ .bench = bench_new_empty (), .server = server };
  model_server_reset (server);
  model_server_set_capabilities (server, capabilities);
  for (guint i = 0; i < 2; i++) {
    sync_memory_init (&ends->memory[i]);
    model_server_add_account (server, users[i], "secret", i == 0 ? "a@model.test" : "b@model.test");
  }
  ends->rows[SOURCE] = ends->bench->row;
  ends->rows[TARGET] = store_account_ensure (ends->bench->db, "bob", NULL);
  /* One with a name, two that share one, and one without; one that stays. */
  deliver (server, "alice", "INBOX", "Message-ID: <a@x>\r\nSubject: a\r\n\r\none\r\n",
           "\\Seen $Forwarded blue");
  deliver (server, "alice", "INBOX", "Message-ID: <b@x>\r\nSubject: b\r\n\r\ntwo\r\n", NULL);
  deliver (server, "alice", "INBOX", "Message-ID: <b@x>\r\nSubject: b\r\n\r\nsix\r\n", NULL);
  deliver (server, "alice", "INBOX",
           "Subject: nameless\r\nDate: Tue, 14 Nov 2023 10:00:00 +0000\r\n\r\n4\r\n", "\\Flagged");
  deliver (server, "alice", "INBOX", "Message-ID: <c@x>\r\nSubject: stays\r\n\r\nfive\r\n", NULL);
  /* And in the target before: the same message, and others. */
  deliver (server, "bob", "Archive", "Message-ID: <a@x>\r\nSubject: a\r\n\r\none\r\n", NULL);
  deliver (server, "bob", "Archive", "Message-ID: <z@x>\r\nSubject: z\r\n\r\nold\r\n", NULL);
}

static void
ends_clear (Ends *ends)
{
  model_server_set_hook (ends->server, NULL, NULL);
  for (guint i = 0; i < 2; i++) {
    g_clear_pointer (&ends->sessions[i], imap_session_free);
    sync_memory_clear (&ends->memory[i]);
  }
  bench_free (ends->bench);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ends, ends_clear)

static gboolean
connect_now (Ends *ends, guint end)
{
  NetEndpoint endpoint = { .host = "127.0.0.1",
                           .port = model_server_get_imap_port (ends->server),
                           .security = BASE_SECURITY_TLS,
                           .ca_file = model_server_get_ca_file (ends->server) };

  if (ends->offline[end])
    return FALSE;
  if (ends->sessions[end] != NULL)
    return TRUE;
  ends->generation++;
  ends->sessions[end] = imap_session_open (&endpoint, NULL, NULL);
  if (ends->sessions[end] != NULL
      && !imap_session_sign_in (ends->sessions[end],
                                &(NetLogin){ .user = users[end], .secret = "secret" }, NULL, NULL))
    g_clear_pointer (&ends->sessions[end], imap_session_free);
  return ends->sessions[end] != NULL;
}

static SyncContext
get_context (Ends *ends, guint end)
{
  return (SyncContext){ .account = ends->bench->account,
                        .db = ends->bench->db,
                        .session = ends->sessions[end],
                        .row = ends->rows[end],
                        .generation = ends->generation };
}

static gboolean
run_one (Ends *ends, guint end)
{
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean did = FALSE;
  gint64 next = 0;
  SyncContext context;

  if (!connect_now (ends, end))
    return !ends->offline[end];
  context = get_context (ends, end);
  g_assert_true (
      store_db_exec (ends->bench->db, "UPDATE operation SET due = 0 WHERE state = 0", NULL));
  if (sync_operations_run (&context, &did, &next, touched, NULL))
    return did;
  g_clear_pointer (&ends->sessions[end], imap_session_free);
  g_assert_true (store_operation_recover (ends->bench->db, ends->rows[end], NULL));
  return TRUE;
}

/* By turns, until both have nothing to do. */
static void
run_all (Ends *ends)
{
  for (guint round = 0; round < 200; round++) {
    gboolean did = run_one (ends, SOURCE);

    if (!run_one (ends, TARGET) && !did)
      return;
  }
  g_assert_not_reached ();
}

static void
sync_end (Ends *ends, guint end, SyncGoal goal)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  gboolean ask_again = FALSE;
  SyncContext context;

  for (guint round = 0; round < 2; round++) {
    g_autoptr (SyncWatch) watch = sync_watch_new (&sync_times);
    g_autoptr (SyncMailbox) none = NULL;

    g_clear_pointer (&ends->sessions[end], imap_session_free);
    g_assert_true (connect_now (ends, end));
    context = get_context (ends, end);
    g_assert_true (
        sync_survey_run (&context, &ends->memory[end], watch, FALSE, 0, &none, &ask_again, &error));
    g_assert_no_error (error);
  }
  folders = store_folder_list (ends->bench->db, ends->rows[end], &error);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autoptr (SyncMailbox) mailbox = NULL;
    SyncStep step = SYNC_STEP_MORE;

    if (!model_server_has_mailbox (ends->server, users[end], folder->server_name))
      continue;
    mailbox = sync_mailbox_open (&context, &ends->memory[end], folder->id, NULL, FALSE, &error);
    g_assert_no_error (error);
    while (step != SYNC_STEP_DONE) {
      g_assert_true (sync_mailbox_step (mailbox, &context, goal, &step, &error));
      g_assert_no_error (error);
    }
  }
}

static void
sync_all (Ends *ends, SyncGoal goal)
{
  sync_end (ends, SOURCE, goal);
  sync_end (ends, TARGET, goal);
}

/* ---- what is the same in the end ---- */

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static char *
dump_store (Ends *ends)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) folders = store_folder_list (ends->bench->db, 0, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autoptr (GArray) keys = store_message_list (ends->bench->db, folder->id, 0, 0, NULL);

    for (guint k = 0; k < keys->len; k++) {
      gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, k));
      g_autoptr (StoreMessage) message = store_message_get (ends->bench->db, id, NULL);
      g_auto (GStrv) labels = store_message_get_labels (ends->bench->db, id, NULL);
      g_autofree char *joined = g_strjoinv (",", labels);

      g_ptr_array_add (
          lines, g_strdup_printf (
                     "%u %s %s %s %u [%s] uid %d at %u", (guint)folder->account, folder->name,
                     message->message_id != NULL ? message->message_id : "(none)", message->subject,
                     (guint)message->flags, joined, message->uid != 0, (guint)message->received));
    }
  }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

static guint
count_pending (Ends *ends)
{
  return store_operation_count (ends->bench->db, ends->rows[SOURCE])
         + store_operation_count (ends->bench->db, ends->rows[TARGET]);
}

/* ---- the cut ---- */

typedef struct
{
  guint at;           /* event to cut at, counted from 1; 0: only count */
  const char *answer; /* nullable: this is said to the command instead; only commands count */
  int seen, done;     /* atomic */
} Cutter;

static ModelVerdict
cut (ModelEvent *event, gpointer user_data)
{
  Cutter *cutter = user_data;

  if (cutter->answer != NULL && (event->sent || event->after))
    return MODEL_GO;
  guint seen = (guint)g_atomic_int_add (&cutter->seen, 1) + 1;

  if (cutter->at == 0 || seen != cutter->at
      || !g_atomic_int_compare_and_exchange (&cutter->done, 0, 1))
    return MODEL_GO;
  event->answer = cutter->answer;
  return cutter->answer != NULL ? MODEL_ANSWER : MODEL_CUT;
}

typedef struct
{
  char *server, *store, *said;
  guint events;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_free (outcome->server);
  g_free (outcome->store);
  g_free (outcome->said);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static Outcome
play (ModelServer *server, const Scenario *scenario, const char *answer, guint at)
{
  g_auto (Ends) ends = { 0 };
  Cutter cutter = { .at = at, .answer = answer };
  Outcome outcome = { 0 };

  ends_init (&ends, server, scenario->capabilities);
  /* Without bodies: they have to be brought, too. */
  sync_all (&ends, SYNC_GOAL_LIST);
  scenario->act (&ends);
  model_server_set_hook (server, cut, &cutter);
  run_all (&ends);
  model_server_set_hook (server, NULL, NULL);
  sync_all (&ends, SYNC_GOAL_BODIES);
  outcome.store = dump_store (&ends);
  g_assert_cmpuint (count_pending (&ends), ==, 0);
  outcome.server = model_server_dump (server, NULL);
  g_ptr_array_add (ends.bench->said, NULL);
  outcome.said = g_strjoinv ("\n", (char **)ends.bench->said->pdata);
  outcome.events = (guint)cutter.seen;
  return outcome;
}

static void
try_all (const Scenario *scenario, const char *answer)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Outcome) whole = play (server, scenario, answer, 0);
  guint step = g_test_slow () ? 1 : whole.events > 60 ? 11 : 5;

  g_assert_cmpstr (whole.said, ==, "");
  g_assert_cmpuint (whole.events, >=, 4);
  for (guint at = 1 + (guint)g_test_rand_int_range (0, (gint32)step); at <= whole.events;
       at += step) {
    g_auto (Outcome) outcome = play (server, scenario, answer, at);

    if (!g_str_equal (outcome.server, whole.server) || !g_str_equal (outcome.store, whole.store)
        || *outcome.said != '\0')
      g_test_message ("%s at %u of %u: %s", answer != NULL ? answer : "cut", at, whole.events,
                      outcome.said);
    g_assert_cmpstr (outcome.server, ==, whole.server);
    g_assert_cmpstr (outcome.store, ==, whole.store);
    g_assert_cmpstr (outcome.said, ==, "");
  }
}

static void
test_cut (gconstpointer data)
{
  try_all (data, NULL);
}

static void
test_unavailable (gconstpointer data)
{
  try_all (data, "NO [UNAVAILABLE] later");
}

/* ---- what is done ---- */

static gint64
folder_of_end (Ends *ends, guint end, const char *name)
{
  g_autoptr (GPtrArray) folders = store_folder_list (ends->bench->db, ends->rows[end], NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (g_str_equal (folder->name, name))
      return folder->id;
  }
  g_assert_not_reached ();
}

/* The first four of the source's INBOX, in the order of their UIDs. */
static void
get_four (Ends *ends, gint64 *ids)
{
  gint64 inbox = folder_of_end (ends, SOURCE, "INBOX");
  g_autoptr (GArray) keys = store_message_list (ends->bench->db, inbox, 0, 0, NULL);

  g_assert_cmpuint (keys->len, ==, 5);
  for (guint i = 0; i < 5; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    guint32 uid = bench_uid_of (ends->bench, id);

    if (uid <= 4)
      ids[uid - 1] = id;
  }
}

static gint64
move (Ends *ends, const gint64 *ids, gsize n, guint end, const char *folder)
{
  g_autoptr (GError) error = NULL;
  gint64 group =
      store_operation_move (ends->bench->db, ids, n, folder_of_end (ends, end, folder), &error);

  g_assert_no_error (error);
  return group;
}

static void
act_move (Ends *ends)
{
  gint64 ids[4];

  get_four (ends, ids);
  (void)move (ends, ids, 4, TARGET, "Archive");
}

static void
act_copy (Ends *ends)
{
  gint64 ids[4];

  get_four (ends, ids);
  g_assert_cmpint (
      store_operation_copy (ends->bench->db, ids, 4, folder_of_end (ends, TARGET, "Archive"), NULL),
      >, 0);
}

/* Marks before and after, on to another folder there, and one comes back. */
static void
act_chain (Ends *ends)
{
  gint64 ids[4];

  get_four (ends, ids);
  g_assert_cmpint (store_operation_set_flags (ends->bench->db, ids, 4, TRUE, STORE_FLAG_SEEN, NULL),
                   >, 0);
  (void)move (ends, ids, 4, TARGET, "Archive");
  g_assert_cmpint (
      store_operation_set_flags (ends->bench->db, ids, 3, TRUE, STORE_FLAG_FLAGGED, NULL), >, 0);
  (void)move (ends, ids, 1, TARGET, "Trash");
  (void)move (ends, ids + 1, 1, SOURCE, "Archive");
}

/* ---- whole ---- */

static void
test_whole (void)
{
  static const Scenario scenario = { "move", MODEL_CAPS_FULL, act_move };
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Outcome) outcome = play (server, &scenario, NULL, 0);

  g_assert_cmpstr (outcome.said, ==, "");
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 1);
  g_assert_cmpuint (model_server_count (server, "alice", "Trash"), ==, 0);
  g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 6);
  g_autofree char *flags = model_server_get_flags (server, "bob", "Archive", 3);
  g_assert_cmpstr (flags, ==, "$Forwarded \\Seen blue");
  g_assert_nonnull (strstr (outcome.store, "2 Archive <a@x> a 33 [blue] uid 1 at 1700000000"));
  g_assert_nonnull (strstr (outcome.store, "2 Archive (none) nameless 4 [] uid 1 at 1700000000"));
}

/* Offline at either end it waits, and the source is not asked to give anything up. */
static void
test_offline (void)
{
  for (guint end = 0; end < 2; end++) {
    g_autoptr (ModelServer) server = model_server_new (NULL);
    g_auto (Ends) ends = { 0 };

    ends_init (&ends, server, MODEL_CAPS_FULL);
    sync_all (&ends, SYNC_GOAL_LIST);
    act_move (&ends);
    ends.offline[end] = TRUE;
    g_clear_pointer (&ends.sessions[end], imap_session_free);
    run_all (&ends);
    g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 5);
    g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 2);
    g_assert_cmpuint (count_pending (&ends), ==, 4);
    ends.offline[end] = FALSE;
    run_all (&ends);
    g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 1);
    g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 6);
    g_assert_cmpuint (ends.bench->said->len, ==, 0);
  }
}

/* ---- what is refused ---- */

typedef struct
{
  const char *command, *answer;
  int left; /* atomic: so often it is said */
} Refusal;

static ModelVerdict
refuse (ModelEvent *event, gpointer user_data)
{
  Refusal *refusal = user_data;

  if (event->sent || event->after || strstr (event->line, refusal->command) == NULL
      || g_atomic_int_add (&refusal->left, -1) <= 0)
    return MODEL_GO;
  event->answer = refusal->answer;
  return MODEL_ANSWER;
}

static void
check_refused (Refusal refusal, guint stay, guint sentences, const char *words)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Ends) ends = { 0 };

  ends_init (&ends, server, MODEL_CAPS_FULL);
  sync_all (&ends, SYNC_GOAL_LIST);
  act_move (&ends);
  model_server_set_hook (server, refuse, &refusal);
  run_all (&ends);
  g_assert_cmpuint (count_pending (&ends), ==, 0);
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 1 + stay);
  g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 2 + 4 - stay);
  g_assert_cmpuint (ends.bench->said->len, ==, sentences);
  g_assert_true (bench_has_said (ends.bench, words));
  /* Before anybody looks: the rows are back, with their UIDs. */
  gint64 inbox = folder_of_end (&ends, SOURCE, "INBOX");
  g_autoptr (GArray) keys = store_message_list (ends.bench->db, inbox, 0, 0, NULL);
  g_assert_cmpuint (keys->len, ==, 1 + stay);
  for (guint i = 0; i < keys->len; i++)
    g_assert_cmpuint (bench_uid_of (ends.bench, STORE_KEY_ID (g_array_index (keys, StoreKey, i))),
                      !=, 0);
  g_autofree char *before = dump_store (&ends);
  model_server_set_hook (server, NULL, NULL);
  sync_all (&ends, SYNC_GOAL_LIST);
  g_autofree char *after = dump_store (&ends);
  g_assert_cmpstr (before, ==, after);
}

static void
test_full (void)
{
  check_refused ((Refusal){ " APPEND ", "NO [OVERQUOTA] full", 9 }, 4, 1, "full");
}

static void
test_too_large (void)
{
  check_refused ((Refusal){ " APPEND ", "NO [TOOBIG] far too large", 1 }, 1, 1, "far too large");
}

static void
test_read_only (void)
{
  check_refused ((Refusal){ " APPEND ", "NO [NOPERM] read only", 9 }, 4, 1, "read only");
}

static void
test_target_gone (void)
{
  check_refused ((Refusal){ " SELECT \"Archive\"", "NO no such thing", 9 }, 4, 1, "no such thing");
}

/* The source does not let them go: they are there, and here, and that is said. */
static void
test_kept (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Ends) ends = { 0 };
  Refusal refusal = { " UID EXPUNGE ", "NO never", 9 };

  ends_init (&ends, server, MODEL_CAPS_FULL);
  sync_all (&ends, SYNC_GOAL_LIST);
  act_move (&ends);
  model_server_set_hook (server, refuse, &refusal);
  run_all (&ends);
  g_assert_cmpuint (count_pending (&ends), ==, 0);
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 5);
  g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 6);
  g_assert_true (bench_has_said (ends.bench, "did not remove them from “INBOX”. / "));
  g_autofree char *flags = model_server_get_flags (server, "alice", "INBOX", 2);
  g_assert_cmpstr (flags, ==, "");
  sync_all (&ends, SYNC_GOAL_LIST);
  g_autoptr (GArray) keys =
      store_message_list (ends.bench->db, folder_of_end (&ends, SOURCE, "INBOX"), 0, 0, NULL);
  g_assert_cmpuint (keys->len, ==, 5);
}

/* Once the server says that it took the message, and does not show it: the original must stay. */
static ModelVerdict
pretend (ModelEvent *event, gpointer user_data)
{
  if (event->sent || event->after || strstr (event->line, " APPEND ") == NULL)
    return MODEL_GO;
  event->answer = "OK kept";
  return MODEL_ANSWER;
}

static void
test_pretended (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Ends) ends = { 0 };

  ends_init (&ends, server, MODEL_CAPS_PLAIN);
  sync_all (&ends, SYNC_GOAL_LIST);
  act_move (&ends);
  model_server_set_hook (server, pretend, NULL);
  run_all (&ends);
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 5);
  g_assert_true (bench_has_said (ends.bench, "does not show it"));
}

/* In doubt, another message of the same Message-ID and length comes into the target, as from a mailing list: no original may go on its
 * word. */
static ModelVerdict
cut_append (ModelEvent *event, gpointer user_data)
{
  int *left = user_data;

  return !event->sent && !event->after && strstr (event->line, " APPEND ") != NULL
                 && g_atomic_int_add (left, -1) > 0
             ? MODEL_CUT
             : MODEL_GO;
}

static void
test_other_copy (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Ends) ends = { 0 };
  gint64 ids[4];
  int left = 1;

  ends_init (&ends, server, MODEL_CAPS_FULL);
  sync_all (&ends, SYNC_GOAL_LIST);
  get_four (&ends, ids);
  (void)move (&ends, &ids[1], 1, TARGET, "Archive");
  model_server_set_hook (server, cut_append, &left);
  g_assert_true (run_one (&ends, SOURCE));
  g_assert_true (run_one (&ends, TARGET));
  g_assert_cmpint (left, ==, 0);
  deliver (server, "bob", "Archive", "Message-ID: <b@x>\r\nSubject: b\r\n\r\nXYZ\r\n", NULL);
  run_all (&ends);
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 4);
  g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 4);
}

/* ---- undone ---- */

static void
test_undo (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Ends) ends = { 0 };
  gint64 ids[4], group;

  ends_init (&ends, server, MODEL_CAPS_FULL);
  sync_all (&ends, SYNC_GOAL_LIST);
  g_autofree char *mail = model_server_dump (server, NULL), *rows = dump_store (&ends);
  get_four (&ends, ids);
  group = move (&ends, ids, 4, TARGET, "Archive");
  /* When the bytes are here, and when all is done. */
  g_assert_true (run_one (&ends, SOURCE));
  g_assert_true (store_operation_undo (ends.bench->db, group, NULL));
  g_assert_cmpuint (count_pending (&ends), ==, 0);
  g_autofree char *again = dump_store (&ends);
  g_assert_cmpstr (again, ==, rows);

  group = move (&ends, ids, 4, TARGET, "Archive");
  run_all (&ends);
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 1);
  g_assert_true (store_operation_undo (ends.bench->db, group, NULL));
  run_all (&ends);
  sync_all (&ends, SYNC_GOAL_BODIES);
  g_autofree char *mail_now = model_server_dump (server, NULL), *rows_now = dump_store (&ends);
  g_assert_cmpstr (mail_now, ==, mail);
  g_assert_cmpstr (rows_now, ==, rows);
}

/* Gmail: the original goes to the bin, where EXPUNGE would only take a label away. */
static void
test_gmail (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Ends) ends = { 0 };

  ends_init (&ends, server, MODEL_CAPS_FULL " X-GM-EXT-1");
  sync_all (&ends, SYNC_GOAL_LIST);
  act_move (&ends);
  run_all (&ends);
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 1);
  g_assert_cmpuint (model_server_count (server, "alice", "Trash"), ==, 4);
  g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 6);
  g_assert_cmpuint (ends.bench->said->len, ==, 0);
}

/* More than one turn takes: all come, each once. */
static void
test_many (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Ends) ends = { 0 };
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  ends_init (&ends, server, MODEL_CAPS_FULL);
  for (guint i = 0; i < 450; i++) {
    g_autofree char *text = g_strdup_printf ("Message-ID: <%u@many>\r\n\r\n%u\r\n", i, i);
    deliver (server, "alice", "Sent", text, NULL);
  }
  sync_all (&ends, SYNC_GOAL_LIST);
  g_autoptr (GArray) keys =
      store_message_list (ends.bench->db, folder_of_end (&ends, SOURCE, "Sent"), 0, 0, NULL);
  for (guint i = 0; i < keys->len; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    g_array_append_val (ids, id);
  }
  (void)move (&ends, (const gint64 *)(gpointer)ids->data, ids->len, TARGET, "Archive");
  run_all (&ends);
  g_assert_cmpuint (model_server_count (server, "alice", "Sent"), ==, 0);
  g_assert_cmpuint (model_server_count (server, "bob", "Archive"), ==, 452);
  g_assert_cmpuint (count_pending (&ends), ==, 0);
}

#define CAPS_UIDPLUS MODEL_CAPS_PLAIN " UIDPLUS SPECIAL-USE"
#define CAPS_PLAIN   MODEL_CAPS_PLAIN " SPECIAL-USE"

static const Scenario scenarios[] = {
  { "move", MODEL_CAPS_FULL, act_move },  { "move-uidplus", CAPS_UIDPLUS, act_move },
  { "move-plain", CAPS_PLAIN, act_move }, { "copy", MODEL_CAPS_FULL, act_copy },
  { "copy-plain", CAPS_PLAIN, act_copy }, { "chain", MODEL_CAPS_FULL, act_chain },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/across/whole", test_whole);
  g_test_add_func ("/across/offline", test_offline);
  g_test_add_func ("/across/full", test_full);
  g_test_add_func ("/across/too-large", test_too_large);
  g_test_add_func ("/across/read-only", test_read_only);
  g_test_add_func ("/across/target-gone", test_target_gone);
  g_test_add_func ("/across/kept", test_kept);
  g_test_add_func ("/across/pretended", test_pretended);
  g_test_add_func ("/across/other-copy", test_other_copy);
  g_test_add_func ("/across/undo", test_undo);
  g_test_add_func ("/across/gmail", test_gmail);
  g_test_add_func ("/across/many", test_many);
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++) {
    g_autofree char *path = g_strdup_printf ("/across/cut/%s", scenarios[i].name);
    g_autofree char *later = g_strdup_printf ("/across/unavailable/%s", scenarios[i].name);
    g_test_add_data_func (path, &scenarios[i], test_cut);
    g_test_add_data_func (later, &scenarios[i], test_unavailable);
  }
  return g_test_run ();
}
