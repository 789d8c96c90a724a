/* Every operation, cut before and after every line of it or answered with a "not now", and replayed: the server and the store come out as if it had not
 * been cut.  In a suite of its own, for it takes its time. */
#include "model-server.h"
#include "operation-bench.h"
#include "sync-mailbox.h"
#include "sync-survey.h"

#include <string.h>

#define USER "alice"

/* A bench at the model server. */
typedef struct
{
  Bench *bench;        /* Owned */
  ModelServer *server; /* Borrowed */
  SyncMemory memory;
  guint generation;
} Line;

typedef void (*Act) (Bench *bench);

typedef struct
{
  const char *name;
  const char *capabilities;
  Act act;
  gboolean move_is_bad; /* the server offers MOVE and does not understand it */
} Scenario;

static void
deliver (ModelServer *server, const char *mailbox, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  model_act_deliver (server, USER, mailbox, bytes, NULL, 1700000000);
}

static void
line_init (Line *line, ModelServer *server, const char *capabilities)
{
  *line = (Line){ .bench = bench_new_empty (), .server = server };
  sync_memory_init (&line->memory);
  model_server_reset (server);
  model_server_set_capabilities (server, capabilities);
  model_server_add_account (server, USER, "secret", "alice@model.test");
  /* One with a name, two that share one, and one without. */
  deliver (server, "INBOX", "Message-ID: <a@x>\r\nSubject: a\r\n\r\none\r\n");
  deliver (server, "INBOX", "Message-ID: <b@x>\r\nSubject: b\r\n\r\ntwo\r\n");
  deliver (server, "INBOX", "Message-ID: <b@x>\r\nSubject: b\r\n\r\nsix\r\n");
  deliver (server, "INBOX",
           "Subject: nameless\r\nDate: Tue, 14 Nov 2023 10:00:00 +0000\r\n\r\n4\r\n");
  deliver (server, "INBOX", "Message-ID: <c@x>\r\nSubject: stays\r\n\r\nfive\r\n");
  /* And one that was in the target before. */
  deliver (server, "Archive", "Message-ID: <a@x>\r\nSubject: a\r\n\r\none\r\n");
}

static void
line_clear (Line *line)
{
  model_server_set_hook (line->server, NULL, NULL);
  sync_memory_clear (&line->memory);
  bench_free (line->bench);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static gboolean
connect_now (Line *line)
{
  g_autoptr (GError) error = NULL;
  NetEndpoint endpoint = { .host = "127.0.0.1",
                           .port = model_server_get_imap_port (line->server),
                           .security = BASE_SECURITY_TLS,
                           .ca_file = model_server_get_ca_file (line->server) };

  if (line->bench->session != NULL)
    return TRUE;
  line->generation++;
  line->bench->session = imap_session_open (&endpoint, NULL, &error);
  if (line->bench->session != NULL
      && !imap_session_sign_in (line->bench->session,
                                &(NetLogin){ .user = USER, .secret = "secret" }, NULL, &error))
    g_clear_pointer (&line->bench->session, imap_session_free);
  return line->bench->session != NULL;
}

static SyncContext
get_context (Line *line)
{
  return (SyncContext){ .account = line->bench->account,
                        .db = line->bench->db,
                        .session = line->bench->session,
                        .row = line->bench->row,
                        .generation = line->generation };
}

/* All operations, however often the line is cut: as the loop of the sync worker does it. */
static void
run_operations (Line *line)
{
  for (guint round = 0; round < 200; round++) {
    g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GError) error = NULL;
    gboolean did = FALSE;
    gint64 next = 0;
    SyncContext context;

    if (!connect_now (line))
      continue;
    context = get_context (line);
    g_assert_true (
        store_db_exec (line->bench->db, "UPDATE operation SET due = 0 WHERE state = 0", NULL));
    if (!sync_operations_run (&context, &did, &next, touched, &error)) {
      g_clear_pointer (&line->bench->session, imap_session_free);
      g_assert_true (store_operation_recover (line->bench->db, line->bench->row, NULL));
    } else if (!did) {
      return;
    }
  }
  g_assert_not_reached ();
}

static void
sync_all (Line *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  gboolean ask_again = FALSE;
  SyncContext context;

  for (guint round = 0; round < 2; round++) {
    g_autoptr (SyncWatch) watch = sync_watch_new (&sync_times);
    g_autoptr (SyncMailbox) none = NULL;

    g_clear_pointer (&line->bench->session, imap_session_free);
    g_assert_true (connect_now (line));
    context = get_context (line);
    g_assert_true (
        sync_survey_run (&context, &line->memory, watch, FALSE, 0, &none, &ask_again, &error));
    g_assert_no_error (error);
  }
  folders = store_folder_list (line->bench->db, line->bench->row, &error);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autoptr (SyncMailbox) mailbox = NULL;
    SyncStep step = SYNC_STEP_MORE;

    if (!model_server_has_mailbox (line->server, USER, folder->server_name))
      continue;
    mailbox = sync_mailbox_open (&context, &line->memory, folder->id, NULL, FALSE, &error);
    g_assert_no_error (error);
    while (step != SYNC_STEP_DONE) {
      g_assert_true (sync_mailbox_step (mailbox, &context, SYNC_GOAL_BODIES, &step, &error));
      g_assert_no_error (error);
      g_assert_cmpint (step, !=, SYNC_STEP_ASK_AGAIN);
    }
  }
}

/* ---- what is the same in the end ---- */

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* The rows, a line each. */
static char *
dump_store (Bench *bench)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) folders = store_folder_list (bench->db, bench->row, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autoptr (GArray) keys = store_message_list (bench->db, folder->id, 0, 0, NULL);

    for (guint k = 0; k < keys->len; k++) {
      g_autoptr (StoreMessage) message =
          store_message_get (bench->db, STORE_KEY_ID (g_array_index (keys, StoreKey, k)), NULL);

      g_ptr_array_add (
          lines, g_strdup_printf ("%s %s %s %u uid %d", folder->name,
                                  message->message_id != NULL ? message->message_id : "(none)",
                                  message->subject, (guint)message->flags, message->uid != 0));
    }
  }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

/* ---- the cut ---- */

typedef struct
{
  guint at; /* event to cut at, counted from 1; 0: only count */
  const char
      *answer; /* nullable: no cut, but this said to the command instead; only commands count */
  gboolean move_is_bad;
  int seen; /* atomic */
  int done; /* atomic: cut once */
} Cutter;

/* What goes on where nothing is cut. */
static ModelVerdict
let_go (const Cutter *cutter, ModelEvent *event)
{
  if (!cutter->move_is_bad || event->sent || event->after
      || strstr (event->line, " UID MOVE ") == NULL)
    return MODEL_GO;
  event->answer = "BAD what";
  return MODEL_ANSWER;
}

static ModelVerdict
cut (ModelEvent *event, gpointer user_data)
{
  Cutter *cutter = user_data;

  if (cutter->answer != NULL && (event->sent || event->after))
    return let_go (cutter, event);
  guint seen = (guint)g_atomic_int_add (&cutter->seen, 1) + 1;

  if (cutter->at == 0 || seen != cutter->at
      || !g_atomic_int_compare_and_exchange (&cutter->done, 0, 1))
    return let_go (cutter, event);
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
  g_auto (Line) line = { 0 };
  Cutter cutter = { .at = at, .answer = answer, .move_is_bad = scenario->move_is_bad };
  Outcome outcome = { 0 };

  line_init (&line, server, scenario->capabilities);
  sync_all (&line);
  scenario->act (line.bench);
  model_server_set_hook (server, cut, &cutter);
  run_operations (&line);
  model_server_set_hook (server, NULL, NULL);
  sync_all (&line);
  /* What has no UID for want of COPYUID is removed as a stray only at the second look: nothing may be left to that. */
  outcome.store = dump_store (line.bench);
  g_assert_cmpuint (PENDING (line.bench), ==, 0);
  outcome.server = model_server_dump (server, USER);
  g_ptr_array_add (line.bench->said, NULL);
  outcome.said = g_strjoinv ("\n", (char **)line.bench->said->pdata);
  outcome.events = (guint)cutter.seen;
  return outcome;
}

static void
try_all (const Scenario *scenario, const char *answer)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Outcome) whole = play (server, scenario, answer, 0);
  guint step, tries = 0;

  g_assert_cmpstr (whole.said, ==, "");
  g_assert_cmpuint (whole.events, >=, 2);
  /* All of them in slow mode; else every third, or eighth where there are many, not the same ones each time. */
  step = g_test_slow () ? 1 : whole.events > 60 ? 8 : 3;
  for (guint at = 1 + (guint)g_test_rand_int_range (0, (gint32)step); at <= whole.events;
       at += step) {
    g_auto (Outcome) outcome = play (server, scenario, answer, at);

    tries++;
    if (!g_str_equal (outcome.server, whole.server) || !g_str_equal (outcome.store, whole.store)
        || *outcome.said != '\0')
      g_test_message ("%s at %u of %u: %s", answer != NULL ? answer : "cut", at, whole.events,
                      outcome.said);
    g_assert_cmpstr (outcome.server, ==, whole.server);
    g_assert_cmpstr (outcome.store, ==, whole.store);
    g_assert_cmpstr (outcome.said, ==, "");
  }
  g_test_message ("%u of %u", tries, whole.events);
}

static void
test_cut (gconstpointer data)
{
  try_all (data, NULL);
}

/* The server cannot, once, at any command: kept and done later, nothing undone, nobody told. */
static void
test_unavailable (gconstpointer data)
{
  try_all (data, "NO [UNAVAILABLE] later");
}

/* ---- what is done ---- */

/* The first four of INBOX, in the order of their UIDs. */
static void
get_four (Bench *bench, gint64 *ids)
{
  g_autoptr (GArray) keys =
      store_message_list (bench->db, bench_folder_named (bench, "INBOX"), 0, 0, NULL);

  g_assert_cmpuint (keys->len, ==, 5);
  for (guint i = 0; i < 5; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    g_autoptr (StoreMessage) message = store_message_get (bench->db, id, NULL);

    if (message->uid <= 4)
      ids[message->uid - 1] = id;
  }
}

static void
act_move (Bench *bench)
{
  gint64 ids[4];

  get_four (bench, ids);
  g_assert_cmpint (
      store_operation_move (bench->db, ids, 4, bench_folder_named (bench, "Archive"), NULL), >, 0);
}

static void
act_copy (Bench *bench)
{
  gint64 ids[4];

  get_four (bench, ids);
  g_assert_cmpint (
      store_operation_copy (bench->db, ids, 4, bench_folder_named (bench, "Archive"), NULL), >, 0);
}

static void
act_delete (Bench *bench)
{
  gint64 ids[4];

  get_four (bench, ids);
  g_assert_cmpint (store_operation_expunge (bench->db, ids, 4, 0, NULL), >, 0);
}

static void
append (Bench *bench, const char *folder, const char *message_id, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  StoreNewMessage message = { .received = 1700000000,
                              .date = 1699956000,
                              .size = strlen (text),
                              .subject = "draft",
                              .flags = STORE_FLAG_SEEN | STORE_FLAG_DRAFT,
                              .message_id = message_id,
                              .body = body };

  g_assert_true (
      store_operation_append (bench->db, bench_folder_named (bench, folder), &message, NULL));
}

static void
act_append (Bench *bench)
{
  append (bench, "Drafts", "<d@x>", "Message-ID: <d@x>\r\nSubject: draft\r\n\r\nx\r\n");
  append (bench, "Drafts", NULL,
          "Subject: draft\r\nDate: Tue, 14 Nov 2023 10:00:00 +0000\r\n\r\nx\r\n");
}

/* There and on, with marks before and after. */
static void
act_chain (Bench *bench)
{
  gint64 ids[4];

  get_four (bench, ids);
  g_assert_cmpint (store_operation_set_flags (bench->db, ids, 4, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  act_move (bench);
  g_assert_cmpint (store_operation_set_flags (bench->db, ids, 3, TRUE, STORE_FLAG_FLAGGED, NULL), >,
                   0);
  g_assert_cmpint (
      store_operation_move (bench->db, ids, 1, bench_folder_named (bench, "Trash"), NULL), >, 0);
}

static void
act_folders (Bench *bench)
{
  gint64 ids[4], made = 0;

  get_four (bench, ids);
  g_assert_cmpint (store_operation_create_folder (bench->db, bench->row, "New", &made, NULL), >, 0);
  g_assert_cmpint (store_operation_move (bench->db, ids, 3, made, NULL), >, 0);
  g_assert_cmpint (store_operation_rename_folder (bench->db, made, "Archive/Newer", NULL), >, 0);
  g_assert_cmpint (store_operation_set_flags (bench->db, ids, 2, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  g_assert_cmpint (
      store_operation_rename_folder (bench->db, bench_folder_named (bench, "Archive"), "Old", NULL),
      >, 0);
  g_assert_cmpint (
      store_operation_move (bench->db, ids, 1, bench_folder_named (bench, "Old"), NULL), >, 0);
  g_assert_cmpint (
      store_operation_delete_folder (bench->db, bench_folder_named (bench, "Junk"), 0, NULL), >, 0);
  g_assert_cmpint (store_operation_subscribe_folder (bench->db, bench_folder_named (bench, "Trash"),
                                                     FALSE, NULL),
                   >, 0);
}

#define CAPS_UIDPLUS "IMAP4rev1 SASL-IR UIDPLUS"
#define CAPS_NONE    "IMAP4rev1 SASL-IR"

/* Rows that this computer does not have (yet). */
static void
forget_two (Bench *bench)
{
  g_assert_true (store_db_exec (bench->db,
                                "DELETE FROM message WHERE uid IN (2, 3) AND folder IN (SELECT id "
                                "FROM folder WHERE name = 'INBOX')",
                                NULL));
}

/* As emptying does it: what is here, and what the server has beside. */
static void
act_empty (Bench *bench)
{
  gint64 inbox = bench_folder_named (bench, "INBOX"), ids[4];

  get_four (bench, ids);
  forget_two (bench);
  ids[1] = ids[3];
  g_assert_cmpint (store_operation_expunge (bench->db, ids, 2, 0, NULL), >, 0);
  g_assert_cmpint (store_operation_empty_folder (bench->db, inbox, 0, NULL), >, 0);
}

/* What came after it was asked for stays, and what was on its way to another folder arrives there. */
static void
test_empty (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Line) line = { 0 };
  gint64 ids[4];

  line_init (&line, server, MODEL_CAPS_FULL);
  sync_all (&line);
  get_four (line.bench, ids);
  g_assert_cmpint (store_operation_empty_folder (line.bench->db,
                                                 bench_folder_named (line.bench, "INBOX"), 0, NULL),
                   >, 0);
  /* Later than the emptying, as by an undo. */
  g_assert_cmpint (store_operation_move (line.bench->db, ids, 1,
                                         bench_folder_named (line.bench, "Archive"), NULL),
                   >, 0);
  forget_two (line.bench);
  deliver (server, "INBOX", "Message-ID: <late@x>\r\nSubject: late\r\n\r\n6\r\n");
  run_operations (&line);
  g_autoptr (GArray) left = model_server_get_uids (server, USER, "INBOX");
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpuint (g_array_index (left, guint32, 0), ==, 6);
  g_assert_cmpuint (model_server_count (server, USER, "Archive"), ==, 2);
  g_assert_cmpuint (PENDING (line.bench), ==, 0);
  sync_all (&line);
  g_autofree char *rows = dump_store (line.bench);
  g_assert_null (strstr (rows, "INBOX <c@x>"));
  g_assert_nonnull (strstr (rows, "INBOX <late@x>"));
}

/* Under other numbers nobody knows what was there: nothing is deleted. */
static void
test_empty_renumbered (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Line) line = { 0 };

  line_init (&line, server, MODEL_CAPS_FULL);
  sync_all (&line);
  g_assert_cmpint (store_operation_empty_folder (line.bench->db,
                                                 bench_folder_named (line.bench, "INBOX"), 0, NULL),
                   >, 0);
  model_act_renumber (server, USER, "INBOX");
  run_operations (&line);
  g_assert_cmpuint (model_server_count (server, USER, "INBOX"), ==, 5);
  g_assert_cmpuint (PENDING (line.bench), ==, 0);
}

/* More than goes at once, with holes. */
static void
test_empty_many (void)
{
  g_autoptr (ModelServer) server = model_server_new (NULL);
  g_auto (Line) line = { 0 };

  line_init (&line, server, MODEL_CAPS_FULL);
  for (guint i = 0; i < 1300; i++)
    deliver (server, "Trash", "Subject: old\r\n\r\nx\r\n");
  for (guint32 uid = 2; uid < 200; uid += 2)
    model_act_expunge (server, USER, "Trash", uid);
  sync_all (&line);
  g_assert_true (store_db_exec (line.bench->db, "DELETE FROM message WHERE uid > 10", NULL));
  g_assert_cmpint (store_operation_empty_folder (line.bench->db,
                                                 bench_folder_named (line.bench, "Trash"), 0, NULL),
                   >, 0);
  run_operations (&line);
  g_assert_cmpuint (model_server_count (server, USER, "Trash"), ==, 0);
  g_assert_cmpuint (model_server_count (server, USER, "INBOX"), ==, 5);
}

int
main (int argc, char **argv)
{
  static const Scenario scenarios[] = {
    { "move", MODEL_CAPS_FULL, act_move, FALSE },
    { "move-by-copy", CAPS_UIDPLUS, act_move, FALSE },
    { "move-is-bad", MODEL_CAPS_FULL, act_move, TRUE },
    { "move-is-bad-without-uidplus", "IMAP4rev1 SASL-IR MOVE", act_move, TRUE },
    { "move-without-uidplus", CAPS_NONE, act_move, FALSE },
    { "copy", MODEL_CAPS_FULL, act_copy, FALSE },
    { "copy-without-uidplus", CAPS_NONE, act_copy, FALSE },
    { "delete", CAPS_UIDPLUS, act_delete, FALSE },
    { "empty", MODEL_CAPS_FULL, act_empty, FALSE },
    { "append", MODEL_CAPS_FULL, act_append, FALSE },
    { "append-without-uidplus", CAPS_NONE, act_append, FALSE },
    { "chain", MODEL_CAPS_FULL, act_chain, FALSE },
    { "chain-by-copy", CAPS_UIDPLUS, act_chain, FALSE },
    { "folders", MODEL_CAPS_FULL, act_folders, FALSE },
    { "folders-by-copy", CAPS_UIDPLUS, act_folders, FALSE },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/empty/whole", test_empty);
  g_test_add_func ("/empty/renumbered", test_empty_renumbered);
  g_test_add_func ("/empty/many", test_empty_many);
  for (gsize i = 0; i < G_N_ELEMENTS (scenarios); i++) {
    g_autofree char *path = g_strconcat ("/operation-cuts/", scenarios[i].name, NULL);

    g_autofree char *other = g_strconcat ("/operation-unavailable/", scenarios[i].name, NULL);

    g_test_add_data_func (path, &scenarios[i], test_cut);
    g_test_add_data_func (other, &scenarios[i], test_unavailable);
  }
  return g_test_run ();
}
