/* The list of what somebody looks for, as the words change: its rows are of the words that stand there now. */
#include "test-mail.h"

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

void
add_found_tests (void)
{
  g_test_add_func ("/mail/found/rows", test_rows);
  g_test_add_func ("/mail/found/held", test_held);
  g_test_add_func ("/mail/found/all", test_all);
}
