/* A server in trouble at each command of a session: it goes down, is too busy, has no room.  Whatever it says, nothing is
 * lost or done twice, nobody is asked for a password, and all is well once the server is.  The real engine at work with the
 * model server; the rows of a table run side by side, for most of their time is waiting. */
#include "test-trouble.h"
#include "rig.h"

#include <string.h>

#define PATIENCE 60 /* s: some back-offs one after the other, on a busy machine */

typedef enum
{
  TROUBLE_ANSWER,
  TROUBLE_CUT,
  TROUBLE_RESET,
} Kind;

typedef struct
{
  ModelProtocol protocol;
  const char *
      word; /* of the command, GLOB of g_pattern_match_simple () without the tag; NULL: the greeting */
  const char *caps; /* NULL: all that the server knows */
  const char *smtp_caps;
} Command;

typedef struct
{
  const Command *command;
  Kind kind;
  const char *answer;
  guint times;
  gint left;     /* atomic: how often it is still to happen */
  char *name;    /* Owned */
  char *failure; /* Owned; NULL: none */
} Row;

static void
free_row (gpointer data)
{
  Row *row = data;

  g_free (row->name);
  g_free (row->failure);
  g_free (row);
}

static gboolean
is_the_command (const ModelEvent *event, const Command *command)
{
  const char *line = event->line;

  if (event->protocol != command->protocol || event->after)
    return FALSE;
  if (command->word == NULL)
    return event->sent && (g_str_has_prefix (line, "* OK") || g_str_has_prefix (line, "220 "));
  if (event->sent)
    return FALSE;
  if (event->protocol == MODEL_IMAP) {
    line = strchr (line, ' ');
    line = line != NULL ? line + 1 : "";
  }
  return g_pattern_match_simple (command->word, line);
}

static ModelVerdict
make_trouble (ModelEvent *event, gpointer user_data)
{
  Row *row = user_data;

  if (!is_the_command (event, row->command) || g_atomic_int_add (&row->left, -1) <= 0)
    return MODEL_GO;
  event->answer = row->answer;
  switch (row->kind) {
  case TROUBLE_CUT:
    return MODEL_CUT;
  case TROUBLE_RESET:
    return MODEL_RESET;
  case TROUBLE_ANSWER:
    break;
  }
  return MODEL_ANSWER;
}

/* ---- a day's work ---- */

/* What a refused mail waits for is not waited for here, and who reads that a mailbox is full makes room and presses Retry. */
static void
hurry (Rig *rig)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (rig->db, rig->row, NULL);

  if (store_operation_count_kept (rig->db, rig->row) > 0)
    sync_engine_retry (rig->engine, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const StoreOutbox *outbox = g_ptr_array_index (rows, i);

    if (outbox->state == STORE_OUTBOX_QUEUED
        && outbox->next_try > g_get_real_time () / G_USEC_PER_SEC + 10) {
      g_assert_true (store_outbox_send_again (rig->db, outbox->id, STORE_OUTBOX_QUEUED, NULL));
      sync_engine_outbox_changed (rig->engine, rig->account->id);
    }
  }
}

static gboolean
is_settled (Rig *rig)
{
  hurry (rig);
  return rig_count_outbox (rig) == 0 && store_operation_count (rig->db, rig->row) == 0
         && engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP
         && rig_total (rig, "INBOX") == 2 && rig_total (rig, "Archive") == 1
         && rig_total (rig, "Sent") == 1 && model_server_count (rig->server, "alice", "INBOX") == 2
         && model_server_count (rig->server, "alice", "Sent") == 1;
}

/* Every verb of both protocols, in a day's work.  FALSE: it came to no end. */
static gboolean
work (Rig *rig, Row *row)
{
  gint64 id;

  for (const char *const *subject = (const char *const[]){ "one", "two", "three", NULL };
       *subject != NULL; subject++)
    rig_deliver (rig, "INBOX", *subject);
  rig_start (rig);
  if (!LOOK_CAME (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP
                      && rig_total (rig, "INBOX") == 3,
                  PATIENCE))
    return FALSE;

  rig_deliver (rig, "INBOX", "four");
  id = rig_find (rig, "INBOX", "one");
  g_assert_cmpint (store_operation_set_flags (rig->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >, 0);
  id = rig_find (rig, "INBOX", "two");
  g_assert_cmpint (store_operation_move (rig->db, &id, 1, rig_folder (rig, "Archive"), NULL), >, 0);
  id = rig_find (rig, "INBOX", "three");
  g_assert_cmpint (store_operation_expunge (rig->db, &id, 1, 0, NULL), >, 0);
  sync_engine_operations_changed (rig->engine, NULL);
  rig_send (rig, "bob@model.test", "five", 0);
  if (!LOOK_CAME (is_settled (rig), PATIENCE))
    return FALSE;
  /* The network changed: asks whether the connection still stands (NOOP). */
  sync_engine_set_online (rig->engine, TRUE);
  if (!LOOK_CAME (g_atomic_int_get (&row->left) <= 0, PATIENCE))
    return FALSE;
  g_usleep (G_USEC_PER_SEC / 5);
  return LOOK_CAME (is_settled (rig), PATIENCE);
}

/* NULL, or what is wrong. */
static const char *
check_end (Rig *rig)
{
  static const char *const expected[] = {
    "Archive\t[^\n]*<two@trouble.test>",
    "INBOX\t[^\n]*<four@trouble.test>",
    "INBOX\t[^\n]*\\\\Seen[^\n]*<one@trouble.test>",
    "Sent\t[^\n]*<five@trouble.test>",
  };
  g_autofree char *dump = model_server_dump (rig->server, "alice");
  g_autofree char *delivered = model_server_dump_delivered (rig->server);
  guint messages = 0;

  for (const char *at = dump; (at = strstr (at, "@trouble.test>")) != NULL; at++)
    messages++;
  if (messages != G_N_ELEMENTS (expected))
    return "another number of messages";
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    if (!g_regex_match_simple (expected[i], dump, 0, 0))
      return expected[i];
  if (model_server_count_delivered (rig->server) != 1
      || strstr (delivered, "<five@trouble.test>") == NULL)
    return "not delivered once";
  if (engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_PASSWORD)
      || engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_TRUST))
    return "a person was asked";
  return NULL;
}

/* The same for folders. */
static gboolean
folders_are_settled (Rig *rig)
{
  hurry (rig);
  return store_operation_count (rig->db, rig->row) == 0
         && engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP && rig_folder (rig, "New") != 0
         && rig_folder (rig, "Old") != 0 && rig_folder (rig, "Junk") == 0;
}

static gboolean
work_on_folders (Rig *rig, Row *row)
{
  gint64 made = 0;

  rig_start (rig);
  if (!LOOK_CAME (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP
                      && rig_folder (rig, "Trash") != 0,
                  PATIENCE))
    return FALSE;
  g_assert_cmpint (store_operation_create_folder (rig->db, rig->row, "New", &made, NULL), >, 0);
  g_assert_cmpint (
      store_operation_rename_folder (rig->db, rig_folder (rig, "Archive"), "Old", NULL), >, 0);
  g_assert_cmpint (store_operation_delete_folder (rig->db, rig_folder (rig, "Junk"), 0, NULL), >,
                   0);
  g_assert_cmpint (
      store_operation_subscribe_folder (rig->db, rig_folder (rig, "Drafts"), FALSE, NULL), >, 0);
  sync_engine_operations_changed (rig->engine, NULL);
  return LOOK_CAME (folders_are_settled (rig), PATIENCE);
}

static const char *
check_folders (Rig *rig)
{
  if (!model_server_has_mailbox (rig->server, "alice", "New"))
    return "not made";
  if (!model_server_has_mailbox (rig->server, "alice", "Old")
      || model_server_has_mailbox (rig->server, "alice", "Archive"))
    return "not renamed";
  if (model_server_has_mailbox (rig->server, "alice", "Junk"))
    return "not deleted";
  if (engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_PASSWORD)
      || engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_TRUST))
    return "a person was asked";
  return engine_told_get_refused (&rig->told) == 0 ? NULL : "something was refused";
}

/* What is done while the server is in trouble, and how it must end. */
typedef struct
{
  gboolean (*work) (Rig *rig, Row *row);
  const char *(*check) (Rig *rig);
} Day;

static void
run_row (gpointer data, gpointer user_data)
{
  const Day *day = user_data;
  Row *row = data;
  const ModelSettings settings = { .capabilities = row->command->caps,
                                   .smtp_capabilities = row->command->smtp_caps };
  Rig *rig = rig_new (&settings);
  const char *wrong;

  model_server_set_hook (rig->server, make_trouble, row);
  wrong = !day->work (rig, row) ? "it came to no end" : day->check (rig);
  /* A row whose command never comes proves nothing. */
  if (g_atomic_int_get (&row->left) > 0)
    wrong = "the command never came";
  if (wrong != NULL) {
    g_autofree char *state = rig_describe (rig);

    row->failure = g_strdup_printf ("%s: %s; %s", row->name, wrong, state);
  }
  rig_free (rig);
}

static void
run_rows (const Day *day, const Command *commands, guint n_commands, const char *const *answers,
          guint times)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  GThreadPool *pool = g_thread_pool_new (run_row, (gpointer)day, 32, FALSE, NULL);
  const char *only = g_getenv ("ONLY");

  for (guint c = 0; c < n_commands; c++)
    for (guint a = 0; answers[a] != NULL; a++) {
      Row *row = g_new0 (Row, 1);

      row->name = g_strdup_printf (
          "%s %s", commands[c].word != NULL ? commands[c].word : "greeting", answers[a]);
      row->command = &commands[c];
      row->kind = g_str_equal (answers[a], "CUT")     ? TROUBLE_CUT
                  : g_str_equal (answers[a], "RESET") ? TROUBLE_RESET
                                                      : TROUBLE_ANSWER;
      row->answer = row->kind == TROUBLE_ANSWER ? answers[a] : NULL;
      row->left = (gint)times;
      g_ptr_array_add (rows, row);
      if (only == NULL || g_regex_match_simple (only, row->name, 0, 0))
        g_thread_pool_push (pool, row, NULL);
    }
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = g_ptr_array_index (rows, i);

    if (row->failure != NULL) {
      g_test_message ("%s", row->failure);
      g_test_fail ();
    }
  }
}

static const Day messages = { work, check_end };
static const Day folders = { work_on_folders, check_folders };

#define WITHOUT_MOVE                                                                               \
  "IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE UIDPLUS CONDSTORE ESEARCH SPECIAL-USE LIST-EXTENDED LIST-STATUS"

static void
test_imap (void)
{
  static const Command commands[] = {
    { MODEL_IMAP, "AUTHENTICATE *", NULL, NULL },
    { MODEL_IMAP, "ID *", NULL, NULL },
    { MODEL_IMAP, "ENABLE *", NULL, NULL },
    { MODEL_IMAP, "LIST *", NULL, NULL },
    { MODEL_IMAP, "STATUS *", "IMAP4rev1 ID MOVE UIDPLUS", NULL },
    { MODEL_IMAP, "SELECT *", NULL, NULL },
    { MODEL_IMAP, "UID FETCH *", NULL, NULL },
    { MODEL_IMAP, "UID SEARCH *", NULL, NULL },
    { MODEL_IMAP, "UID STORE *", NULL, NULL },
    { MODEL_IMAP, "UID MOVE *", NULL, NULL },
    { MODEL_IMAP, "UID COPY *", WITHOUT_MOVE, NULL },
    { MODEL_IMAP, "UID EXPUNGE *", NULL, NULL },
    { MODEL_IMAP, "APPEND *", NULL, NULL },
    { MODEL_IMAP, "IDLE", NULL, NULL },
    { MODEL_IMAP, "NOOP", NULL, NULL },
  };

  run_rows (&messages, commands, G_N_ELEMENTS (commands), test_trouble_imap_answers, 1);
}

static void
test_smtp (void)
{
  static const Command commands[] = {
    { MODEL_SMTP, "EHLO *", NULL, NULL },        { MODEL_SMTP, "AUTH *", NULL, NULL },
    { MODEL_SMTP, "MAIL *", NULL, NULL },        { MODEL_SMTP, "RCPT *", NULL, NULL },
    { MODEL_SMTP, "BDAT *", NULL, NULL },        { MODEL_SMTP, "DATA", NULL, MODEL_SMTP_PLAIN },
    { MODEL_SMTP, ".", NULL, MODEL_SMTP_PLAIN }, { MODEL_SMTP, "QUIT", NULL, NULL },
  };

  run_rows (&messages, commands, G_N_ELEMENTS (commands), test_trouble_smtp_answers, 1);
}

static void
test_greeting (void)
{
  static const Command commands[] = {
    { MODEL_IMAP, NULL, NULL, NULL },
    { MODEL_SMTP, NULL, NULL, NULL },
  };
  static const char *const answers[] = { "CUT", "RESET", NULL };

  run_rows (&messages, commands, G_N_ELEMENTS (commands), answers, 1);
}

static void
test_folders (void)
{
  static const Command commands[] = {
    { MODEL_IMAP, "CREATE *", NULL, NULL },
    { MODEL_IMAP, "RENAME *", NULL, NULL },
    { MODEL_IMAP, "DELETE *", NULL, NULL },
    { MODEL_IMAP, "UNSUBSCRIBE *", NULL, NULL },
  };

  /* A limit of folders, or of room for them, does not pass by itself: that is a no, undone and told. */
  static const char *const answers[] = {
    "* BYE restarting", "NO [UNAVAILABLE] later", "NO [INUSE] busy", "CUT", "RESET", NULL,
  };

  run_rows (&folders, commands, G_N_ELEMENTS (commands), answers, 1);
}

/* A server that lets nobody in is asked less and less often, and nobody is asked for a password. */
static void
test_back_off (void)
{
  static const Command sign_in = { MODEL_IMAP, "AUTHENTICATE *", NULL, NULL };
  Row row = { .command = &sign_in, .answer = "NO [UNAVAILABLE] later", .left = 2 };
  Rig *rig = rig_new (NULL);
  gint64 begun = g_get_monotonic_time ();

  model_server_set_hook (rig->server, make_trouble, &row);
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  /* 1 and 2 s, each up to a quarter shorter. */
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 2250000);
  g_assert_cmpint (g_atomic_int_get (&row.left), ==, -1);
  g_assert_false (engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_PASSWORD));
  rig_free (rig);
}

static gboolean
has_trouble (Rig *rig, const char *name)
{
  g_autoptr (StoreFolder) folder = store_folder_get (rig->db, rig_folder (rig, name), NULL);

  return folder != NULL && folder->trouble != NULL;
}

/* One folder that the server cannot open for as long as it likes: all others are in step, and it says why it is not. */
static void
test_one_folder (void)
{
  static const Command archive = { MODEL_IMAP, "SELECT *Archive*", NULL, NULL };
  Row row = { .command = &archive, .answer = "NO [SERVERBUG] damaged", .left = 1000 };
  Rig *rig = rig_new (NULL);

  model_server_set_hook (rig->server, make_trouble, &row);
  rig_deliver (rig, "Archive", "kept");
  rig_deliver (rig, "Trash", "behind");
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP
                && has_trouble (rig, "Archive"),
            PATIENCE);
  RIG_WAIT (rig_total (rig, "Trash") == 1, PATIENCE);
  g_assert_false (has_trouble (rig, "Trash"));
  /* And in step it stays: news come at once. */
  rig_deliver (rig, "INBOX", "news");
  RIG_WAIT (rig_total (rig, "INBOX") == 1, PATIENCE);
  g_assert_cmpint (engine_told_get_phase (&rig->told), ==, SYNC_PHASE_IN_STEP);

  g_atomic_int_set (&row.left, 0);
  sync_engine_show_folder (rig->engine, rig->account->id, rig_folder (rig, "Archive"));
  RIG_WAIT (!has_trouble (rig, "Archive") && rig_total (rig, "Archive") == 1, PATIENCE);

  /* Also where a person came to it while there was no connection, so that it is the first to be opened. */
  model_server_set_reachable (rig->server, FALSE);
  model_server_cut_all (rig->server);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_OFFLINE, PATIENCE);
  g_atomic_int_set (&row.left, 1000);
  sync_engine_show_folder (rig->engine, rig->account->id, rig_folder (rig, "INBOX"));
  sync_engine_show_folder (rig->engine, rig->account->id, rig_folder (rig, "Archive"));
  model_server_set_reachable (rig->server, TRUE);
  sync_engine_retry (rig->engine, NULL);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP
                && has_trouble (rig, "Archive"),
            PATIENCE);
  g_assert_cmpint (g_atomic_int_get (&row.left), >=, 1000 - 3);
  rig_free (rig);
}

static ModelVerdict
note_opened (ModelEvent *event, gpointer user_data)
{
  static const Command select = { MODEL_IMAP, "SELECT *", NULL, NULL };

  if (is_the_command (event, &select))
    g_async_queue_push (user_data, g_strdup (event->line));
  return MODEL_GO;
}

/* What a person came to before there was an account to tell it to, as it is at each start: the first to be opened. */
static void
test_shown_before (void)
{
  g_autoptr (GAsyncQueue) opened = g_async_queue_new_full (g_free);
  g_autofree char *line = NULL;
  Rig *rig = rig_new (NULL);

  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  g_clear_pointer (&rig->engine, sync_engine_free);
  model_server_set_hook (rig->server, note_opened, opened);
  rig->engine = sync_engine_new (rig->store, &engine_told_events, &rig->told);
  sync_engine_show_folder (rig->engine, rig->account->id, rig_folder (rig, "Archive"));
  sync_engine_add_account (rig->engine, rig->account);
  line = g_async_queue_timeout_pop (opened, PATIENCE * (guint64)G_USEC_PER_SEC);
  g_assert_nonnull (line);
  g_assert_nonnull (strstr (line, "Archive"));
  rig_free (rig);
}

static gboolean
is_taken_back (Rig *rig, gint64 id)
{
  g_autoptr (StoreMessage) message = store_message_get (rig->db, id, NULL);

  if (store_operation_count_kept (rig->db, rig->row) > 0)
    sync_engine_retry (rig->engine, NULL);
  return engine_told_get_refused (&rig->told) == 1 && message != NULL
         && (message->flags & STORE_FLAG_SEEN) == 0
         && store_operation_count (rig->db, rig->row) == 0;
}

/* A limit that does not pass is a no in the end: undone, and told once. */
static void
test_limit_for_ever (void)
{
  static const Command store = { MODEL_IMAP, "UID STORE *", NULL, NULL };
  Row row = { .command = &store, .answer = "NO [LIMIT] enough", .left = 1000 };
  Rig *rig = rig_new (NULL);
  gint64 id;

  model_server_set_hook (rig->server, make_trouble, &row);
  rig_deliver (rig, "INBOX", "one");
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP
                && rig_total (rig, "INBOX") == 1,
            PATIENCE);
  id = rig_find (rig, "INBOX", "one");
  g_assert_cmpint (store_operation_set_flags (rig->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >, 0);
  sync_engine_operations_changed (rig->engine, NULL);
  RIG_WAIT (is_taken_back (rig, id), PATIENCE);
  g_assert_cmpint (g_atomic_int_get (&row.left), ==, 1000 - 12);
  g_assert_false (engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_PASSWORD));
  rig_free (rig);
}

void
test_commands_add (void)
{
  g_test_add_func ("/trouble/commands/limit-for-ever", test_limit_for_ever);
  g_test_add_func ("/trouble/commands/greeting", test_greeting);
  g_test_add_func ("/trouble/commands/back-off", test_back_off);
  g_test_add_func ("/trouble/commands/one-folder", test_one_folder);
  g_test_add_func ("/trouble/commands/shown-before", test_shown_before);
  g_test_add_func ("/trouble/commands/folders", test_folders);
  g_test_add_func ("/trouble/commands/imap", test_imap);
  g_test_add_func ("/trouble/commands/smtp", test_smtp);
}
