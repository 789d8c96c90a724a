/* Conversations split and joined by a person, and that undone. */
#include "test-mail.h"

#include "mail-thread-actions.h"
#include "store-thread.h"

static void
count_call (guint *calls)
{
  (*calls)++;
}

static gint64
thread_of (Bench *bench, gint64 id)
{
  g_autoptr (GError) error = NULL;
  gint64 thread = 0;

  g_assert_true (store_thread_get (bench->db, id, &thread, &error));
  g_assert_no_error (error);
  return thread;
}

static gint64
join (Bench *bench, gint64 one, gint64 other, char **sentence)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) threads = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  gint64 undo = 0;

  g_array_append_val (threads, one);
  g_array_append_val (threads, other);
  mail_engine_join_async (bench->engine, threads, on_result, &result);
  mail_engine_act_finish (bench->engine, wait_result (&result), &undo, sentence, &error);
  g_assert_no_error (error);
  return undo;
}

static gint64
split (Bench *bench, gint64 id, char **sentence)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  gint64 undo = 0;

  g_ptr_array_add (messages, mail_message_new (id, bench->inbox));
  mail_engine_split_async (bench->engine, messages, on_result, &result);
  mail_engine_act_finish (bench->engine, wait_result (&result), &undo, sentence, &error);
  g_assert_no_error (error);
  return undo;
}

static void
undo_it (Bench *bench, gint64 undo)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_undo_async (bench->engine, undo, on_result, &result);
  mail_engine_undo_finish (bench->engine, wait_result (&result), &error);
  g_assert_no_error (error);
}

static MailPast *
first_past (GPtrArray *all)
{
  g_assert_cmpuint (all->len, >, 0);
  return all->pdata[0];
}

static GPtrArray *
list_past (Bench *bench)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_list_past_async (bench->engine, on_result, &result);
  GPtrArray *all = mail_engine_list_past_finish (bench->engine, wait_result (&result), &error);
  g_assert_no_error (error);
  return all;
}

/* They stand in the history, and it says so; the program ends, and they can be taken back. */
static void
test_lasting (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 a = bench_add (bench, bench->inbox, 1000, NULL);
  gint64 b = bench_add (bench, bench->inbox, 2000, NULL);
  guint told = 0;
  g_autofree char *sentence = NULL;

  g_signal_connect_swapped (bench->engine, "past-changed", G_CALLBACK (count_call), &told);
  g_assert_cmpint (join (bench, thread_of (bench, a), thread_of (bench, b), NULL), !=, 0);
  g_assert_cmpint (split (bench, b, &sentence), !=, 0);
  g_assert_cmpuint (told, ==, 2);
  bench_restart (bench);
  g_autoptr (GPtrArray) all = list_past (bench);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (first_past (all)->sentence, ==, sentence);
  g_assert_null (first_past (all)->reason);
  undo_it (bench, first_past (all)->undo);
  g_assert_cmpint (thread_of (bench, a), ==, thread_of (bench, b));
  g_autoptr (GPtrArray) after = list_past (bench);
  g_assert_nonnull (first_past (after)->reason);
  undo_it (bench, ((MailPast *)after->pdata[1])->undo);
  g_assert_cmpint (thread_of (bench, a), !=, thread_of (bench, b));
}

/* What is not shown in a conversation (Trash) came with it, and goes with it. */
static void
test_join_undone (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  MailFolder *trash = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_TRASH);
  gint64 a = bench_add (bench, bench->inbox, 1000, NULL);
  gint64 b = bench_add (bench, bench->inbox, 2000, NULL);
  gint64 c = bench_add (bench, trash, 3000, NULL);
  g_autofree char *sentence = NULL;

  g_assert_cmpint (join (bench, thread_of (bench, b), thread_of (bench, c), NULL), !=, 0);
  g_assert_cmpint (thread_of (bench, b), ==, thread_of (bench, c));
  gint64 undo = join (bench, thread_of (bench, a), thread_of (bench, b), &sentence);
  g_assert_cmpint (undo, !=, 0);
  g_assert_nonnull (sentence);
  g_assert_cmpint (thread_of (bench, a), ==, thread_of (bench, c));
  undo_it (bench, undo);
  g_assert_cmpint (thread_of (bench, a), !=, thread_of (bench, b));
  g_assert_cmpint (thread_of (bench, b), ==, thread_of (bench, c));
}

static void
test_nothing_done (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 a = bench_add (bench, bench->inbox, 1000, NULL);
  gint64 b = bench_add (bench, bench->inbox, 2000, NULL);
  gint64 before = thread_of (bench, b);
  char *sentence = NULL;

  g_assert_cmpint (split (bench, a, &sentence), ==, 0);
  g_assert_null (sentence);
  g_assert_cmpint (join (bench, thread_of (bench, a), before, NULL), !=, 0);
  g_assert_cmpint (join (bench, thread_of (bench, a), before, &sentence), ==, 0);
  g_assert_null (sentence);
  gint64 undo = split (bench, b, &sentence);
  g_assert_cmpint (undo, !=, 0);
  g_assert_nonnull (sentence);
  g_free (sentence);
  g_assert_cmpint (thread_of (bench, a), !=, thread_of (bench, b));
  undo_it (bench, undo);
  g_assert_cmpint (thread_of (bench, a), ==, thread_of (bench, b));
}

void
add_thread_actions_tests (void)
{
  g_test_add_func ("/mail/thread-actions/lasting", test_lasting);
  g_test_add_func ("/mail/thread-actions/join-undone", test_join_undone);
  g_test_add_func ("/mail/thread-actions/nothing-done", test_nothing_done);
}
