/* The list of what somebody looks for, as the words change: its rows are of the words that stand there now. */
#include "test-mail.h"

#include "mail-message-list-private.h"
#include "store-operation.h"
#include "store-private.h"

#define THREADS 150

/* Of each conversation one message from `alpha`, and one from `beta`. */
static void
add_threads (Bench *bench)
{
  g_autoptr (GPtrArray) letters = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2 * THREADS; i++) {
    StoreNewMessage *letter = g_new0 (StoreNewMessage, 1);
    char *id = g_strdup_printf ("<%u.%u@x>", i / 2, i % 2);
    char *first = g_strdup_printf ("<%u.0@x>", i / 2);

    g_ptr_array_add (words, id);
    g_ptr_array_add (words, first);
    *letter = (StoreNewMessage){ .uid = bench->next_uid++,
                                 .received = 1000 + i,
                                 .date = 1000 + i,
                                 .size = 100,
                                 .from_name = i % 2 == 0 ? "alpha" : "beta",
                                 .from_address = "x@x.example",
                                 .to = "Bea",
                                 .subject = "Subject",
                                 .message_id = id,
                                 .references = i % 2 == 0 ? NULL : first,
                                 .preview = "First line" };
    g_ptr_array_add (letters, letter);
  }
  g_assert_true (
      store_message_add (bench->db, mail_folder_get_id (bench->inbox), letters, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
is_read (gpointer list)
{
  return !mail_message_list_get_loading (list) && !mail_message_list_get_rearranging (list);
}

static gboolean
is_all_read (gpointer list)
{
  return is_read (list) && !mail_message_list_has_more (list);
}

static gboolean
is_loaded (gpointer item)
{
  return mail_conversation_get_loaded (item);
}

static MailMessageList *
look_for (Bench *bench, const char *typed)
{
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", typed, NULL, FALSE);
  MailMessageList *list = mail_message_list_new (bench->engine, folder, TRUE);

  wait_until (is_read, list);
  g_assert_true (mail_message_list_has_more (list));
  return list;
}

static void
read_all (MailMessageList *list)
{
  mail_message_list_want_more (list, TRUE);
  g_assert_true (mail_message_list_wants_all (list));
  wait_until (is_all_read, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, THREADS);
}

static char *
dup_sender (MailConversation *item)
{
  g_autoptr (MailMessage) hit = mail_conversation_dup_newest (item);

  return g_strdup (mail_message_get_sender (hit));
}

static void
assert_sender (MailMessageList *list, guint position, const char *expected)
{
  g_autoptr (MailConversation) item = g_list_model_get_item (G_LIST_MODEL (list), position);
  wait_until (is_loaded, item);
  g_autofree char *sender = dup_sender (item);

  g_assert_cmpstr (sender, ==, expected);
}

/* Far down, where the first answer brings no rows. */
static void
test_rows (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  add_threads (bench);
  g_autoptr (MailMessageList) list = look_for (bench, "from:alpha");

  read_all (list);
  assert_sender (list, 0, "alpha");
  assert_sender (list, 120, "alpha");
  mail_message_list_set_query (list, "from:beta", NULL, FALSE);
  wait_until (is_read, list);
  read_all (list);
  assert_sender (list, 0, "beta");
  assert_sender (list, 120, "beta");
}

static gboolean
is_of_beta (gpointer item)
{
  g_autofree char *sender = dup_sender (item);

  return g_str_equal (sender, "beta");
}

/* One that somebody shows all the while, and rows that were on their way when the words changed. */
static void
test_held (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  add_threads (bench);
  g_autoptr (MailMessageList) list = look_for (bench, "from:alpha");

  read_all (list);
  g_autoptr (MailConversation) known = g_list_model_get_item (G_LIST_MODEL (list), 140);
  wait_until (is_loaded, known);
  g_autoptr (MailConversation) coming = g_list_model_get_item (G_LIST_MODEL (list), 70);
  mail_message_list_set_query (list, "from:beta", NULL, FALSE);
  wait_until (is_read, list);
  read_all (list);
  wait_until (is_of_beta, known);
  wait_until (is_loaded, coming);
  wait_until (is_of_beta, coming);
}

/* All are wanted of these words alone. */
static void
test_all (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  add_threads (bench);
  g_autoptr (MailMessageList) list = look_for (bench, "from:alpha");

  mail_message_list_want_more (list, TRUE);
  mail_message_list_set_query (list, "from:beta", NULL, FALSE);
  g_assert_false (mail_message_list_wants_all (list));
  wait_until (is_read, list);
  g_assert_true (mail_message_list_has_more (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), <, THREADS);
}

/* ---- what is done to a result ---- */

static gint64
add_to_thread (Bench *bench, MailFolder *folder, guint n, const char *first)
{
  g_autofree char *body = g_strdup_printf (
      "From: Ada <ada@example.org>\r\nSubject: Harbour\r\nMessage-ID: <h%u@x>\r\n%s%s%s\r\n"
      "Hello\r\n",
      n, first != NULL ? "References: " : "", first != NULL ? first : "",
      first != NULL ? "\r\n" : "");
  g_autofree char *id = g_strdup_printf ("<h%u@x>", n);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  StoreNewMessage message = { .uid = bench->next_uid++,
                              .received = 100000 - n,
                              .date = 100000 - n,
                              .size = 1000,
                              .from_name = "Ada",
                              .from_address = "ada@example.org",
                              .to = "Bea",
                              .subject = "Harbour",
                              .message_id = id,
                              .references = first,
                              .preview = "First line",
                              .body = bytes };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (list, &message);
  g_assert_true (store_message_add (bench->db, mail_folder_get_id (folder), list, fresh, &error));
  g_assert_no_error (error);
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

static gboolean
is_read_there (Bench *bench, gint64 id)
{
  g_autoptr (StoreMessage) row = store_message_get (bench->db, id, NULL);

  return (row->flags & STORE_FLAG_SEEN) != 0;
}

static gint64
where_is (Bench *bench, gint64 id)
{
  g_autoptr (StoreMessage) row = store_message_get (bench->db, id, NULL);

  return row != NULL ? row->folder : 0;
}

static void
act (Bench *bench, MailMessageList *list, MailAction action)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  gint64 id = mail_message_list_get_id (list, 0);

  g_array_append_val (items, id);
  mail_engine_act_on_items_async (bench->engine, list, items, action, NULL, on_result, &result);
  g_assert_true (mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
  g_assert_no_error (error);
}

/* A conversation that was found is marked where it has hits; what moves is what lies beside the hit that is shown, and no copy of it. */
static void
test_act (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 copy = add_to_thread (bench, bench->sent, 0, NULL);
  gint64 newest = add_to_thread (bench, bench->inbox, 0, NULL);
  gint64 other = add_to_thread (bench, bench->archive, 1, "<h0@x>");
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", "subject:harbour", NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, TRUE);

  wait_until (is_read, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  act (bench, list, MAIL_ACTION_READ);
  g_assert_true (is_read_there (bench, newest));
  g_assert_true (is_read_there (bench, other));
  g_assert_false (is_read_there (bench, copy));

  act (bench, list, MAIL_ACTION_TRASH);
  g_assert_cmpint (where_is (bench, newest), !=, mail_folder_get_id (bench->inbox));
  g_assert_cmpint (where_is (bench, other), ==, mail_folder_get_id (bench->archive));
  g_assert_cmpint (where_is (bench, copy), ==, mail_folder_get_id (bench->sent));
}

static gboolean
has_no_hits (gpointer list)
{
  guint total;

  return is_read (list) && mail_message_list_get_total (list, &total) && total == 0;
}

/* What is no hit any more, and stays for now, is acted on where it was found: in all its folders. */
static void
test_stays (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 newest = add_to_thread (bench, bench->inbox, 0, NULL);
  gint64 other = add_to_thread (bench, bench->archive, 1, "<h0@x>");
  g_autoptr (MailFolder) folder =
      mail_folder_new_search ("Search", "subject:harbour is:unread", NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, TRUE);

  wait_until (is_read, list);
  g_autoptr (MailConversation) item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  wait_until (is_loaded, item);
  act (bench, list, MAIL_ACTION_READ);
  g_assert_true (is_read_there (bench, newest) && is_read_there (bench, other));
  wait_until (has_no_hits, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  act (bench, list, MAIL_ACTION_UNREAD);
  g_assert_false (is_read_there (bench, newest) || is_read_there (bench, other));
}

/* Reads nothing, and takes its time. */
static gpointer
wait_for_gate (StoreDb *db, gpointer gate, GCancellable *cancellable, GError **error)
{
  g_mutex_lock (gate);
  g_mutex_unlock (gate);
  return MAIL_CALL_DONE;
}

static gboolean
is_querying (gpointer list)
{
  return ((MailMessageList *)list)->querying;
}

/* The same where its row, which has changed, is still being read when what is found is asked for once more. */
static void
test_stays_unread (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 newest = add_to_thread (bench, bench->inbox, 0, NULL);
  g_autoptr (MailFolder) folder =
      mail_folder_new_search ("Search", "subject:harbour is:unread", NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, TRUE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GMutex gate;

  wait_until (is_read, list);
  g_autoptr (MailConversation) item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  wait_until (is_loaded, item);
  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  mail_engine_call_search (bench->engine, g_task_new (NULL, NULL, on_result, &result),
                           wait_for_gate, &gate, NULL, NULL);
  g_assert_cmpint (store_operation_set_flags (bench->db, &newest, 1, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  wait_until (is_querying, list);
  g_mutex_unlock (&gate);
  g_assert_nonnull (g_task_propagate_pointer (G_TASK (wait_result (&result)), &error));
  wait_until (has_no_hits, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  g_mutex_clear (&gate);
}

/* ---- where it is looked for ---- */

static void
add_letter (Bench *bench, MailFolder *folder, gint64 date, const char *id, const char *subject)
{
  StoreNewMessage message = { .uid = bench->next_uid++,
                              .received = date,
                              .date = date,
                              .size = 100,
                              .from_name = "Ada",
                              .from_address = "ada@example.org",
                              .to = "Bea",
                              .subject = subject,
                              .message_id = id,
                              .preview = "First line" };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (list, &message);
  g_assert_true (store_message_add (bench->db, mail_folder_get_id (folder), list, NULL, &error));
  g_assert_no_error (error);
}

static guint
count_found (Bench *bench, const char *typed)
{
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", typed, NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, FALSE);

  wait_until (is_read, list);
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

/* What lies in Junk and Trash is found where a place is named, and only by what that is said with. */
static void
test_apart (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  MailFolder *junk = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_JUNK);
  MailFolder *trash = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_TRASH);

  add_letter (bench, bench->inbox, 1000, "<1@x>", "harbour");
  add_letter (bench, junk, 2000, "<2@x>", "harbour");
  add_letter (bench, trash, 3000, "<3@x>", "harbour");
  add_letter (bench, trash, 4000, "<4@x>", "cinema");
  g_assert_cmpuint (count_found (bench, "harbour"), ==, 1);
  g_assert_cmpuint (count_found (bench, "harbour in:anywhere"), ==, 3);
  g_assert_cmpuint (count_found (bench, "harbour OR in:trash"), ==, 3);
  g_assert_cmpuint (count_found (bench, "harbour OR (cinema in:trash)"), ==, 2);
  g_assert_cmpuint (count_found (bench, "harbour (in:inbox OR in:junk)"), ==, 2);
  g_assert_cmpuint (count_found (bench, "harbour -in:trash"), ==, 1);
  g_assert_cmpuint (count_found (bench, "harbour OR is:draft"), ==, 1);
}

/* Copies of one message are one result; what only bears the same Message-ID is another message. */
static void
test_copies (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  add_letter (bench, bench->inbox, 1000, "<same@x>", "harbour");
  add_letter (bench, bench->archive, 1000, "<same@x>", "harbour");
  g_assert_cmpuint (count_found (bench, "harbour"), ==, 1);
  add_letter (bench, bench->inbox, 5000, "<same@x>", "harbour again");
  add_letter (bench, bench->inbox, 6000, "<same@x>", "and harbour again");
  g_assert_cmpuint (count_found (bench, "harbour"), ==, 3);
  /* The same where a view leads: nothing has been read, and none of them is a copy in the view. */
  g_assert_cmpuint (count_found (bench, "is:unread"), ==, 3);
}

/* ---- labels ---- */

static void
set_labels (Bench *bench, guint32 uid, const char *const *labels)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      store_message_set_labels (bench->db, mail_folder_get_id (bench->inbox), uid, labels, &error));
  g_assert_no_error (error);
}

static gboolean
has_one (gpointer list)
{
  return is_read (list) && g_list_model_get_n_items (list) == 1;
}

static gboolean
has_none (gpointer list)
{
  return is_read (list) && g_list_model_get_n_items (list) == 0;
}

/* A label is found by what it is shown as, too, and no longer when the message has lost it; the open list follows. */
static void
test_labels (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  guint32 uid = bench->next_uid;

  add_letter (bench, bench->inbox, 1000, "<1@x>", "harbour");
  add_letter (bench, bench->inbox, 2000, "<2@x>", "cinema");
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", "label:project-x", NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, FALSE);
  wait_until (has_none, list);
  set_labels (bench, uid, (const char *const[]){ "Project-X", "$label4", NULL });
  wait_until (has_one, list);
  g_assert_cmpuint (count_found (bench, "label:\"to do\" harbour"), ==, 1);
  g_assert_cmpuint (count_found (bench, "label:$label4"), ==, 1);
  g_assert_cmpuint (count_found (bench, "-label:project-x"), ==, 1);
  g_assert_cmpuint (count_found (bench, "label:project"), ==, 0);
  set_labels (bench, uid, (const char *const[]){ "$label4", NULL });
  wait_until (has_none, list);
}

/* ---- what the search thread does meanwhile ---- */

/* It counts what it begins and what it looks at, and waits where it is wished for. */
typedef struct
{
  GMutex lock;
  GCond turn;
  guint searches, looks;
  guint wait_at; /* look; 0: nowhere */
  guint views; /* of what is unread, gone through before the rows of a folder were: kept searches */
  gboolean listed;
  gboolean waits, may_go;
} Watch;

/* With the lock. */
static void
wait_there (Watch *watch)
{
  watch->waits = TRUE;
  while (!watch->may_go)
    g_cond_wait (&watch->turn, &watch->lock);
  watch->waits = FALSE;
}

static int
on_statement (unsigned int kind, void *data, void *statement, void *sql)
{
  Watch *watch = data;
  const char *text = sqlite3_sql (statement);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&watch->lock);

  if (strstr (text, "FROM folder JOIN account") != NULL)
    watch->searches++;
  if (strstr (text, "INDEXED BY message_unread") != NULL && !watch->listed)
    watch->views++;
  watch->listed |= strstr (text, "INDEXED BY message_list") != NULL;
  if (strstr (text, "FROM message WHERE id = ?1") != NULL && ++watch->looks == watch->wait_at)
    wait_there (watch);
  return 0;
}

static gpointer
run_watch (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  sqlite3_trace_v2 (db->sqlite, SQLITE_TRACE_STMT, on_statement, data);
  return db;
}

static gpointer
run_wait (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Watch *watch = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&watch->lock);

  wait_there (watch);
  return db;
}

static gpointer
run_nothing (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return db;
}

/* Until the search thread is done with all that it was asked before. */
static void
call_search (Bench *bench, MailStoreFunc func, Watch *watch)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_call_search (bench->engine, g_task_new (NULL, NULL, on_result, &result), func, watch,
                           NULL, NULL);
  g_assert_nonnull (g_task_propagate_pointer (G_TASK (wait_result (&result)), NULL));
}

static gboolean
is_waiting (gpointer data)
{
  Watch *watch = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&watch->lock);

  return watch->waits;
}

static void
let_go (Watch *watch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&watch->lock);

  watch->may_go = TRUE;
  g_cond_signal (&watch->turn);
}

static void
on_changed (GListModel *list, guint position, guint removed, guint added, guint *n)
{
  *n += added;
}

/* A keystroke ends what was asked with the words before: in the middle of its reading, and nothing of it comes. */
static void
test_typed_on (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  Watch watch = { .wait_at = 5 };
  guint added = 0;

  add_threads (bench);
  call_search (bench, run_watch, &watch);
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", "from:alpha", NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, TRUE);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_changed), &added);
  wait_until (is_waiting, &watch);
  mail_message_list_set_query (list, "from:alpha before:1970-01-01", NULL, FALSE);
  let_go (&watch);
  wait_until (is_read, list);
  call_search (bench, run_nothing, NULL);
  /* The other one looks at none. */
  g_assert_cmpuint (watch.looks, ==, 5);
  g_assert_cmpuint (added, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_assert_cmpuint (bench->notices->len, ==, 0);
}

#define KEPT 20

static gboolean
is_counting (gpointer data)
{
  return ((Bench *)data)->engine->searches_counting == KEPT;
}

/* All that is kept is being counted, and the search thread is at something else yet. */
static void
begin_counts (Bench *bench, Watch *watch)
{
  add_threads (bench);
  call_search (bench, run_watch, watch);
  mail_engine_call_search (bench->engine, g_task_new (NULL, NULL, NULL, NULL), run_wait, watch,
                           NULL, NULL);
  wait_until (is_waiting, watch);
  for (guint i = 0; i < KEPT; i++)
    mail_engine_keep_search (bench->engine, i, "Kept", "from:alpha", FALSE);
  wait_until (is_counting, bench);
}

static gboolean
is_counted (gpointer data)
{
  MailEngine *engine = ((Bench *)data)->engine;
  g_autoptr (MailFolder) last = g_list_model_get_item (mail_engine_get_searches (engine), KEPT - 1);

  return mail_folder_get_unread (last) == THREADS;
}

/* Who looks for something does not wait until the searches that are kept are counted; they are, a while later. */
static void
test_before_counts (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  Watch watch = { 0 };

  begin_counts (bench, &watch);
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", "from:beta", NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, TRUE);
  let_go (&watch);
  wait_until (is_read, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), >=, 50);
  wait_until (is_counted, bench);
  call_search (bench, run_nothing, NULL);
  g_assert_true (watch.listed);
  g_assert_cmpuint (watch.views, ==, 0);
}

/* Nor does the end of the program. */
static void
test_end_before_counts (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GAsyncResult) result = NULL;
  Watch watch = { 0 };

  begin_counts (bench, &watch);
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", "from:beta", NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, TRUE);
  g_clear_pointer (&bench->db, store_db_free);
  mail_engine_stop_async (bench->engine, on_result, &result);
  let_go (&watch);
  mail_engine_stop_finish (bench->engine, wait_result (&result));
  g_assert_cmpuint (watch.searches, ==, 0);
  g_clear_object (&list);
  g_clear_object (&bench->engine);
}

/* Words that cannot be looked for leave none of those before in the list. */
static void
test_failed (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  add_threads (bench);
  g_autoptr (MailMessageList) list = look_for (bench, "from:alpha");
  g_assert_true (store_db_exec (bench->db, "ALTER TABLE folder RENAME TO elsewhere", NULL));
  mail_message_list_set_query (list, "from:beta", NULL, FALSE);
  wait_until (is_read, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_assert_cmpuint (bench->notices->len, >, 0);
  g_assert_true (store_db_exec (bench->db, "ALTER TABLE elsewhere RENAME TO folder", NULL));
  mail_message_list_set_query (list, "from:alpha", NULL, FALSE);
  wait_until (is_read, list);
  assert_sender (list, 0, "alpha");
}

void
add_found_tests (void)
{
  g_test_add_func ("/mail/found/rows", test_rows);
  g_test_add_func ("/mail/found/held", test_held);
  g_test_add_func ("/mail/found/all", test_all);
  g_test_add_func ("/mail/found/apart", test_apart);
  g_test_add_func ("/mail/found/copies", test_copies);
  g_test_add_func ("/mail/found/labels", test_labels);
  g_test_add_func ("/mail/found/act", test_act);
  g_test_add_func ("/mail/found/stays", test_stays);
  g_test_add_func ("/mail/found/stays-unread", test_stays_unread);
  g_test_add_func ("/mail/found/typed-on", test_typed_on);
  g_test_add_func ("/mail/found/before-counts", test_before_counts);
  g_test_add_func ("/mail/found/end-before-counts", test_end_before_counts);
  g_test_add_func ("/mail/found/failed", test_failed);
}
