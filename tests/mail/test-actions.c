/* Actions on messages and folders, and their undoing. */
#include "test-mail.h"

#include "base-error.h"
#include "store-operation.h"

typedef struct
{
  Bench *bench;
  MailFolder *folder;
  guint n;
} Count;

static gboolean
has_count (gpointer data)
{
  Count *count = data;
  g_autoptr (GArray) keys =
      store_message_list (count->bench->db, mail_folder_get_id (count->folder), 0, 0, NULL);

  return keys->len == count->n
         && g_ascii_strtoull (mail_folder_get_contents_text (count->folder), NULL, 10) == count->n;
}

static void
wait_count (Bench *bench, MailFolder *folder, guint n)
{
  Count count = { bench, folder, n };

  wait_until (has_count, &count);
}

static gboolean
act (Bench *bench, GPtrArray *messages, MailAction action, MailFolder *target, gint64 *undo,
     char **sentence, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_act_async (bench->engine, messages, action, target, on_result, &result);
  return mail_engine_act_finish (bench->engine, wait_result (&result), undo, sentence, error);
}

static gboolean
undo_it (Bench *bench, gint64 undo, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_undo_async (bench->engine, undo, on_result, &result);
  return mail_engine_undo_finish (bench->engine, wait_result (&result), error);
}

static gboolean
is_starred (gpointer message)
{
  return mail_message_get_starred (message);
}

static gboolean
is_plain (gpointer message)
{
  return !mail_message_get_starred (message);
}

static gboolean
has_three (gpointer list)
{
  return g_list_model_get_n_items (list) == 3;
}

static void
test_copy (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  gint64 undo = 0;

  bench_add (bench, bench->inbox, 1000, "Subject: x\r\n\r\ntext");
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_ptr_array_add (messages, bench_first (bench, bench->inbox));
  g_assert_true (act (bench, messages, MAIL_ACTION_COPY, bench->archive, &undo, &sentence, &error));
  g_assert_cmpstr (sentence, ==, "1 message copied to “Archive”");
  wait_count (bench, bench->archive, 1);
  wait_count (bench, bench->inbox, 1);
  g_assert_true (undo_it (bench, undo, &error));
  wait_count (bench, bench->archive, 0);
  g_assert_false (act (bench, messages, MAIL_ACTION_COPY, NULL, &undo, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

typedef struct
{
  Bench *bench;
  const char *path;
  gboolean there;
} Path;

static gint64
id_of_path (Bench *bench, const char *path)
{
  g_autoptr (GPtrArray) folders = store_folder_list (bench->db, 0, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = folders->pdata[i];

    if (g_str_equal (folder->name, path))
      return folder->id;
  }
  return 0;
}

static gboolean
shows_path (gpointer data)
{
  const Path *wanted = data;
  gint64 id = id_of_path (wanted->bench, wanted->path);
  MailFolder *folder = id != 0 ? mail_engine_find_folder (wanted->bench->engine, id) : NULL;

  return wanted->there ? folder != NULL && g_str_equal (mail_folder_get_path (folder), wanted->path)
                       : id == 0;
}

/* The folder as the window has it, once it bears this path; NULL: once none does. */
static MailFolder *
wait_path (Bench *bench, const char *path, gboolean there)
{
  Path wanted = { bench, path, there };

  wait_until (shows_path, &wanted);
  return there ? mail_engine_find_folder (bench->engine, id_of_path (bench, path)) : NULL;
}

static void
test_folder_actions (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  gint64 undo = 0;

  mail_engine_create_folder_async (bench->engine, bench->account, NULL, " 일 ", on_result, &result);
  g_assert_true (
      mail_engine_act_finish (bench->engine, wait_result (&result), &undo, &sentence, &error));
  g_assert_cmpstr (sentence, ==, "Folder “일” created");
  MailFolder *work = wait_path (bench, "일", TRUE);
  g_clear_object (&result);
  mail_engine_create_folder_async (bench->engine, bench->account, work, "x", on_result, &result);
  g_assert_true (mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
  MailFolder *below = wait_path (bench, "일/x", TRUE);

  /* The same object, with the same row, under its new name. */
  g_clear_object (&result);
  mail_engine_rename_folder_async (bench->engine, work, "Work", on_result, &result);
  g_assert_true (
      mail_engine_act_finish (bench->engine, wait_result (&result), &undo, NULL, &error));
  g_assert_true (wait_path (bench, "Work", TRUE) == work);
  g_assert_true (wait_path (bench, "Work/x", TRUE) == below);
  g_assert_true (undo_it (bench, undo, &error));
  g_assert_true (wait_path (bench, "일/x", TRUE) == below);

  g_clear_object (&result);
  mail_engine_move_folder_async (bench->engine, below, NULL, on_result, &result);
  g_assert_true (mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
  g_assert_true (wait_path (bench, "x", TRUE) == below);

  static const char *const bad[] = { "", "a/b", "일", "two\nlines" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_clear_object (&result);
    mail_engine_rename_folder_async (bench->engine, below, bad[i], on_result, &result);
    g_assert_false (
        mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_clear_error (&error);
  }

  g_clear_object (&result);
  mail_engine_subscribe_folder_async (bench->engine, below, FALSE, on_result, &result);
  g_assert_true (mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
  g_clear_object (&result);
  mail_engine_delete_folder_async (bench->engine, work, on_result, &result);
  g_assert_true (
      mail_engine_act_finish (bench->engine, wait_result (&result), &undo, NULL, &error));
  wait_path (bench, "일", FALSE);
  g_assert_true (undo_it (bench, undo, &error));
  wait_path (bench, "일", TRUE);
  g_clear_object (&result);
  mail_engine_delete_folder_async (bench->engine, bench->inbox, on_result, &result);
  g_assert_false (
      mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

static gboolean
is_loaded_item (gpointer item)
{
  return mail_conversation_get_loaded (item);
}

static void
test_actions (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  gint64 undo = 0;

  for (guint i = 0; i < 3; i++)
    bench_add (bench, bench->inbox, 1000 + i, NULL);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  wait_until (has_three, list);
  /* A message follows what happens to it as long as its row is held. */
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < 3; i++) {
    MailConversation *item = g_list_model_get_item (G_LIST_MODEL (list), i);

    g_ptr_array_add (held, item);
    wait_until (is_loaded_item, item);
    g_ptr_array_add (messages, mail_conversation_dup_newest (item));
  }

  const struct
  {
    MailAction action;
    MailFolder *target, *ends;
    const char *sentence;
  } moves[] = {
    { MAIL_ACTION_ARCHIVE, NULL, bench->archive, "3 messages moved to “Archive”" },
    { MAIL_ACTION_TRASH, NULL, mail_account_get_folder_by_role (bench->account, MAIL_ROLE_TRASH),
      "3 messages moved to “Trash”" },
    { MAIL_ACTION_MOVE, bench->sent, bench->sent, "3 messages moved to “Sent”" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++) {
    g_autofree char *sentence = NULL;

    g_assert_true (
        act (bench, messages, moves[i].action, moves[i].target, &undo, &sentence, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (sentence, ==, moves[i].sentence);
    wait_count (bench, moves[i].ends, 3);
    wait_count (bench, bench->inbox, 0);
    g_assert_true (undo_it (bench, undo, &error));
    g_assert_no_error (error);
    wait_count (bench, bench->inbox, 3);
    g_assert_false (undo_it (bench, undo, &error)); /* once */
    g_clear_error (&error);
  }

  g_autofree char *starred = NULL;
  g_assert_true (act (bench, messages, MAIL_ACTION_STAR, NULL, &undo, &starred, &error));
  g_assert_cmpstr (starred, ==, "3 messages starred");
  wait_until (is_starred, messages->pdata[2]);
  g_assert_true (undo_it (bench, undo, &error));
  wait_until (is_plain, messages->pdata[2]);

  g_autofree char *deleted = NULL;
  g_assert_true (act (bench, messages, MAIL_ACTION_DELETE, NULL, &undo, &deleted, &error));
  g_assert_cmpstr (deleted, ==, "3 messages deleted for good");
  wait_count (bench, bench->inbox, 0);
  g_assert_true (undo_it (bench, undo, &error)); /* there is time for it */
  wait_count (bench, bench->inbox, 3);

  g_assert_false (act (bench, messages, MAIL_ACTION_MOVE, NULL, &undo, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

static void
test_no_archive (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  StoreFolder *inbox = g_new0 (StoreFolder, 1);

  bench_add (bench, bench->inbox, 1000, NULL);
  g_ptr_array_add (messages, bench_first (bench, bench->inbox));
  inbox->name = g_strdup ("INBOX");
  inbox->role = STORE_ROLE_INBOX;
  inbox->selectable = TRUE;
  g_ptr_array_add (list, inbox);
  g_assert_true (
      store_folder_replace_list (bench->db, mail_account_get_row (bench->account), list, &error));
  while (g_list_model_get_n_items (mail_account_get_folders (bench->account)) > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (act (bench, messages, MAIL_ACTION_ARCHIVE, NULL, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "one@example.org"));

  /* A server that keeps everything in one folder of its own has that instead. */
  g_autofree char *sentence = NULL;
  StoreFolder *all = g_new0 (StoreFolder, 1);
  g_clear_error (&error);
  all->name = g_strdup ("Everything");
  all->role = STORE_ROLE_ALL;
  all->selectable = TRUE;
  g_ptr_array_add (list, all);
  g_assert_true (
      store_folder_replace_list (bench->db, mail_account_get_row (bench->account), list, &error));
  while (g_list_model_get_n_items (mail_account_get_folders (bench->account)) < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (act (bench, messages, MAIL_ACTION_ARCHIVE, NULL, NULL, &sentence, &error));
  g_assert_cmpstr (sentence, ==, "1 message moved to “All Mail”");
}

void
add_actions_tests (void)
{
  g_test_add_func ("/mail/engine/actions", test_actions);
  g_test_add_func ("/mail/engine/copy", test_copy);
  g_test_add_func ("/mail/engine/folder-actions", test_folder_actions);
  g_test_add_func ("/mail/engine/no-archive", test_no_archive);
}
