/* What happens is told in the order in which it happened, and of one thing the list is told before what is read, and that before the
 * folders: who moves on from a row that goes finds the next one in its place. */
#include "test-mail.h"

#include <string.h>

#include "mail-thread.h"
#include "store-operation.h"
#include "store-private.h"
#include "store-thread.h"

/* ---- one event after the other ---- */

static void
note_changed (StoreChange *change, gpointer log)
{
  g_string_append (log, "changed ");
  g_usleep (5000); /* several turns of the main loop */
}

static void
note_state (const char *account, const SyncState *state, gpointer log)
{
  g_string_append_printf (log, "%s:%s ", account, state->message);
}

static void
note_arrived (const char *account, gint64 folder, StoreKey newest, guint count, gpointer log)
{
  g_string_append_printf (log, "arrived:%u ", count);
}

static void
note_refused (const char *account, const char *sentence, const char *detail, gpointer log)
{
  g_string_append_printf (log, "%s ", sentence);
}

static void
push_state (MailChanges *changes, const char *account, const char *words)
{
  const SyncState state = { .phase = SYNC_PHASE_SYNCING, .message = (char *)words };

  mail_changes_push_state (changes, account, &state);
}

static void
push_store (MailChanges *changes)
{
  StoreChange *change = g_new0 (StoreChange, 1);

  g_atomic_ref_count_init (&change->ref_count);
  change->messages = g_ptr_array_new ();
  change->counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  mail_changes_push_store (changes, change);
  store_change_unref (change);
}

/* A state that nobody saw is left out; the newer one is not told before what came between. */
static void
test_events (void)
{
  const MailChangesHandlers handlers = {
    .changed = note_changed, .state = note_state, .arrived = note_arrived, .refused = note_refused
  };
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (MailChanges) changes = mail_changes_new (g_main_context_default (), &handlers, log);

  push_state (changes, "one", "early");
  push_store (changes);
  mail_changes_push_refused (changes, "one", "no", NULL);
  push_state (changes, "two", "busy");
  push_store (changes);
  mail_changes_push_arrived (changes, "one", 7, 0, 3);
  push_store (changes);
  push_state (changes, "one", "late");
  mail_changes_push_refused (changes, "one", "never", NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (log->str, ==, "changed no two:busy changed arrived:3 changed one:late never ");
}

/* ---- what the window hears ---- */

typedef struct
{
  Bench *bench;
  MailMessageList *list;
  MailThread *thread;
  GString *log;
} Window;

static gboolean
is_loaded (gpointer data)
{
  Window *window = data;

  return !mail_message_list_get_loading (window->list)
         && mail_folder_get_unread (window->bench->inbox) == 1
         && (window->thread == NULL || !mail_thread_get_loading (window->thread));
}

static void
on_list (GListModel *list, guint place, guint removed, guint added, Window *window)
{
  g_string_append_printf (window->log, "list-%u+%u ", removed, added);
}

/* Read again is no news. */
static void
note_once (Window *window, const char *word)
{
  if (!g_str_has_suffix (window->log->str, word))
    g_string_append (window->log, word);
}

static void
on_row (MailMessage *message, Window *window)
{
  note_once (window, "row ");
}

static void
on_read (MailMessage *message, Window *window)
{
  note_once (window, "read ");
}

static void
on_thread (GListModel *thread, guint place, guint removed, guint added, Window *window)
{
  g_string_append_printf (window->log, "thread-%u+%u ", removed, added);
}

static void
on_folder (MailFolder *folder, GParamSpec *pspec, Window *window)
{
  note_once (window, "folder ");
}

static gboolean
heard_folder (gpointer data)
{
  return strstr (((Window *)data)->log->str, "folder ") != NULL;
}

/* What the store thread was asked has come, and what that asked. */
static void
settle (Window *window)
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GAsyncResult) result = NULL;

    mail_engine_list_past_async (window->bench->engine, on_result, &result);
    g_autoptr (GPtrArray) past =
        mail_engine_list_past_finish (window->bench->engine, wait_result (&result), NULL);
    g_assert_nonnull (past);
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
}

static void
wait_heard (Window *window)
{
  wait_until (heard_folder, window);
  settle (window);
}

static gint64
thread_of (Bench *bench, gint64 id)
{
  gint64 thread = 0;

  g_assert_true (store_thread_get (bench->db, id, &thread, NULL));
  return thread;
}

/* The message that is read is marked, and removed. */
static void
test_one_change (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  Window window = { .bench = bench, .log = g_string_new (NULL) };
  gint64 id = bench_add (bench, bench->inbox, 1000, NULL);

  window.list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  window.thread =
      mail_thread_new (bench->engine, thread_of (bench, id), mail_folder_get_id (bench->inbox));
  wait_until (is_loaded, &window);
  g_autoptr (MailMessage) row = g_list_model_get_item (G_LIST_MODEL (window.list), 0);
  g_autoptr (MailMessage) read = g_list_model_get_item (G_LIST_MODEL (window.thread), 0);
  g_assert_true (row != read);
  settle (&window);
  g_signal_connect (window.list, "items-changed", G_CALLBACK (on_list), &window);
  g_signal_connect (window.thread, "items-changed", G_CALLBACK (on_thread), &window);
  g_signal_connect (row, "changed", G_CALLBACK (on_row), &window);
  g_signal_connect (read, "changed", G_CALLBACK (on_read), &window);
  g_signal_connect (bench->inbox, "notify::unread", G_CALLBACK (on_folder), &window);

  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error), >,
                   0);
  wait_heard (&window);
  g_assert_cmpstr (window.log->str, ==, "row read folder ");
  g_string_truncate (window.log, 0);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, FALSE, STORE_FLAG_SEEN, &error), >,
                   0);
  wait_heard (&window);
  g_string_truncate (window.log, 0);
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, &error), >, 0);
  wait_heard (&window);
  g_assert_cmpstr (window.log->str, ==, "list-1+0 thread-1+0 folder ");
  g_object_unref (window.thread);
  g_object_unref (window.list);
  g_string_free (window.log, TRUE);
}

/* What comes and goes before the window looks: each is told, the last one last. */
static void
test_many_changes (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  Window window = { .bench = bench, .log = g_string_new (NULL) };
  gint64 first = bench_add (bench, bench->inbox, 1000, NULL);

  window.list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  wait_until (is_loaded, &window);
  settle (&window);
  g_signal_connect (window.list, "items-changed", G_CALLBACK (on_list), &window);
  g_signal_connect (bench->inbox, "notify::unread", G_CALLBACK (on_folder), &window);
  gint64 second = bench_add (bench, bench->inbox, 2000, NULL);
  g_assert_cmpint (store_operation_expunge (bench->db, &second, 1, 0, &error), >, 0);
  g_assert_cmpint (store_operation_expunge (bench->db, &first, 1, 0, &error), >, 0);
  wait_heard (&window);
  g_assert_cmpstr (window.log->str, ==, "list-0+1 list-1+0 list-1+0 folder ");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (window.list)), ==, 0);
  g_object_unref (window.list);
  g_string_free (window.log, TRUE);
}

/* ---- what a change of a conversation costs ---- */

static int
on_row_read (unsigned int kind, void *user_data, void *statement, void *unused)
{
  (*(guint *)user_data)++;
  return 0;
}

/* Store thread. */
static gpointer
count_rows (StoreDb *db, gpointer n, GCancellable *cancellable, GError **error)
{
  sqlite3_trace_v2 (db->sqlite, n != NULL ? SQLITE_TRACE_ROW : 0, n != NULL ? on_row_read : NULL,
                    n);
  return db;
}

static void
set_counting (Bench *bench, guint *n)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_call_store (bench->engine, g_task_new (NULL, NULL, on_result, &result), count_rows, n,
                          NULL, NULL);
  g_assert_nonnull (g_task_propagate_pointer (G_TASK (wait_result (&result)), NULL));
}

static void
on_message (MailMessage *message, guint *n)
{
  (*n)++;
}

typedef struct
{
  MailThread *thread;
  guint n;
} Wanted;

static gboolean
has_messages (gpointer data)
{
  Wanted *wanted = data;

  return g_list_model_get_n_items (G_LIST_MODEL (wanted->thread)) == wanted->n;
}

/* Rows that the store thread reads when one message of `n` is marked. */
static guint
rows_of_marking (guint n)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *ids = g_new (gint64, n);
  g_autofree gint64 *threads = g_new (gint64, n);
  guint rows = 0, told = 0;

  for (guint i = 0; i < n; i++) {
    ids[i] = bench_add (bench, bench->inbox, 1000 + i, NULL);
    threads[i] = thread_of (bench, ids[i]);
  }
  g_assert_true (store_thread_join (bench->db, threads, n, &error));
  g_assert_no_error (error);
  MailThread *thread =
      mail_thread_new (bench->engine, thread_of (bench, ids[0]), mail_folder_get_id (bench->inbox));
  Window window = { .bench = bench };
  Wanted wanted = { thread, n };
  wait_until (has_messages, &wanted);
  settle (&window);
  g_autoptr (MailMessage) marked = g_list_model_get_item (G_LIST_MODEL (thread), n / 2);
  g_assert_cmpint (mail_message_get_id (marked), ==, ids[n / 2]);
  g_assert_true (mail_message_get_unread (marked));
  g_signal_connect (marked, "changed", G_CALLBACK (on_message), &told);
  set_counting (bench, &rows);
  g_assert_cmpint (
      store_operation_set_flags (bench->db, &ids[n / 2], 1, TRUE, STORE_FLAG_SEEN, &error), >, 0);
  while (told == 0)
    g_main_context_iteration (NULL, TRUE);
  settle (&window);
  set_counting (bench, NULL);
  g_assert_false (mail_message_get_unread (marked));

  /* One that goes, and one that comes. */
  g_assert_cmpint (store_operation_expunge (bench->db, &ids[1], 1, 0, &error), >, 0);
  wanted.n = n - 1;
  wait_until (has_messages, &wanted);
  gint64 late = bench_add (bench, bench->inbox, 5000, NULL);
  gint64 both[] = { thread_of (bench, ids[0]), thread_of (bench, late) };
  g_assert_true (store_thread_join (bench->db, both, 2, &error));
  wanted.n = n;
  wait_until (has_messages, &wanted);
  g_autoptr (MailMessage) last = g_list_model_get_item (G_LIST_MODEL (thread), n - 1);
  g_assert_cmpint (mail_message_get_id (last), ==, late);
  g_object_unref (thread);
  return rows;
}

static void
test_marking_costs (void)
{
  guint few = rows_of_marking (10), many = rows_of_marking (300);

  g_test_message ("rows read: %u of 10 messages, %u of 300", few, many);
  g_assert_cmpuint (few, >, 0);
  g_assert_cmpuint (many, <=, few + 5);
}

void
add_order_tests (void)
{
  g_test_add_func ("/mail/order/events", test_events);
  g_test_add_func ("/mail/order/one-change", test_one_change);
  g_test_add_func ("/mail/order/many-changes", test_many_changes);
  g_test_add_func ("/mail/order/marking-costs", test_marking_costs);
}
