/* What a person does to many messages at once, by the ids that a list knows them by, and takes back days later. */
#include "test-mail.h"

#include "base-error.h"
#include "store-message.h"
#include "store-operation.h"

/* From store-private.h, which would bring SQLite along. */
gboolean store_db_exec (StoreDb *db, const char *sql, GError **error);

#define MANY 30

static gboolean
act (Bench *bench, MailMessageList *list, GArray *items, MailAction action, MailFolder *target,
     gint64 *undo, char **sentence, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_act_on_items_async (bench->engine, list, items, action, target, on_result, &result);
  return mail_engine_act_finish (bench->engine, wait_result (&result), undo, sentence, error);
}

static gboolean
undo_it (Bench *bench, gint64 undo, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_undo_async (bench->engine, undo, on_result, &result);
  return mail_engine_undo_finish (bench->engine, wait_result (&result), error);
}

static guint
count (Bench *bench, MailFolder *folder)
{
  g_autoptr (GArray) keys = store_message_list (bench->db, mail_folder_get_id (folder), 0, 0, NULL);

  return keys->len;
}

static StoreFlags
flags_of (Bench *bench, gint64 id)
{
  g_autoptr (StoreMessage) row = store_message_get (bench->db, id, NULL);

  return row->flags;
}

static GArray *
fill (Bench *bench, guint n)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < n; i++) {
    gint64 id = bench_add (bench, bench->inbox, 1000 + i, NULL);

    g_array_append_val (items, id);
  }
  return items;
}

static void
test_items (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GArray) items = fill (bench, MANY);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  gint64 undo = 0;

  g_assert_true (act (bench, list, items, MAIL_ACTION_ARCHIVE, NULL, &undo, &sentence, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sentence, ==, "30 messages moved to “Archive”");
  g_assert_cmpuint (count (bench, bench->inbox), ==, 0);
  g_assert_cmpuint (count (bench, bench->archive), ==, MANY);
  g_assert_true (undo_it (bench, undo, &error));
  g_assert_cmpuint (count (bench, bench->inbox), ==, MANY);

  g_assert_false (act (bench, list, none, MAIL_ACTION_READ, NULL, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);

  /* Opened, and therefore read: nobody wants that in the way of what they did. */
  g_assert_true (act (bench, list, items, MAIL_ACTION_SEEN, NULL, &undo, NULL, &error));
  g_assert_cmpint (undo, ==, 0);
}

/* Marks and place together, also after a restart; twice is refused with the reason. */
static void
test_junk (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GArray) items = fill (bench, 3);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL, *back = NULL;
  gint64 first = g_array_index (items, gint64, 0), undo = 0;
  MailFolder *junk = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_JUNK);

  g_assert_true (act (bench, list, items, MAIL_ACTION_JUNK, NULL, &undo, &sentence, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sentence, ==, "3 messages marked as junk");
  g_assert_cmpuint (count (bench, junk), ==, 3);
  g_assert_cmpuint (flags_of (bench, first), ==, STORE_FLAG_JUNK);

  g_assert_true (act (bench, list, items, MAIL_ACTION_NOT_JUNK, NULL, NULL, &back, &error));
  g_assert_cmpstr (back, ==, "3 messages marked as not junk");
  g_assert_cmpuint (count (bench, bench->inbox), ==, 3);
  g_assert_cmpuint (flags_of (bench, first), ==, STORE_FLAG_NOT_JUNK);

  /* It was never junk: only the mark. */
  gint64 archived = bench_add (bench, bench->archive, 2000, NULL);
  g_array_set_size (items, 0);
  g_array_append_val (items, archived);
  g_assert_true (act (bench, list, items, MAIL_ACTION_NOT_JUNK, NULL, NULL, NULL, &error));
  g_assert_cmpuint (count (bench, bench->archive), ==, 1);
  g_assert_cmpuint (flags_of (bench, archived), ==, STORE_FLAG_NOT_JUNK);

  g_assert_true (act (bench, list, items, MAIL_ACTION_JUNK, NULL, &undo, NULL, &error));
  g_clear_object (&list);
  bench_restart (bench);
  junk = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_JUNK);
  g_assert_cmpuint (count (bench, junk), ==, 1);
  g_assert_true (undo_it (bench, undo, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (bench, junk), ==, 0);
  g_assert_cmpuint (flags_of (bench, archived), ==, STORE_FLAG_NOT_JUNK);
  g_assert_false (undo_it (bench, undo, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

/* One of two accounts cannot do it: nothing was done in the other either. */
static void
test_all_or_nothing (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GArray) items = fill (bench, 2);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_autoptr (GPtrArray) folders =
      g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  g_autoptr (GError) error = NULL;
  StoreFolder *inbox = g_new0 (StoreFolder, 1);
  StoreNewMessage message = { .uid = 1, .received = 5, .size = 1, .message_id = "<o@x>" };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));

  inbox->name = g_strdup ("INBOX");
  inbox->role = STORE_ROLE_INBOX;
  inbox->selectable = TRUE;
  g_ptr_array_add (folders, inbox);
  gint64 other = store_account_ensure (bench->db, "other", &error);
  g_assert_true (store_folder_replace_list (bench->db, other, folders, &error));
  g_autoptr (StoreFolder) row = store_folder_by_role (bench->db, other, STORE_ROLE_INBOX, &error);
  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (bench->db, row->id, messages, fresh, &error));
  g_assert_no_error (error);
  gint64 id = STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
  g_array_append_val (items, id);

  g_assert_false (act (bench, list, items, MAIL_ACTION_ARCHIVE, NULL, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_cmpuint (count (bench, bench->inbox), ==, 2);
  g_assert_cmpuint (store_operation_count (bench->db, mail_account_get_row (bench->account)), ==,
                    0);
  /* What both can do is one step. */
  gint64 undo = 0;
  g_assert_true (act (bench, list, items, MAIL_ACTION_STAR, NULL, &undo, NULL, &error));
  g_assert_cmpuint (flags_of (bench, id), ==, STORE_FLAG_FLAGGED);
  g_assert_true (undo_it (bench, undo, &error));
  g_assert_cmpuint (flags_of (bench, id), ==, 0);
  g_assert_cmpuint (flags_of (bench, g_array_index (items, gint64, 0)), ==, 0);
}

static gboolean
item_is_loaded (gpointer item)
{
  return mail_conversation_get_loaded (item);
}

static gboolean
item_is_read (gpointer item)
{
  return !mail_conversation_get_unread (item);
}

/* What stays in a view though it does not belong there any more can be acted on as the rest. */
static void
test_kept (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GArray) all = fill (bench, 2), items = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  MailFolder *unread = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (mail_engine_get_views (bench->engine)); i++) {
    g_autoptr (MailFolder) view = g_list_model_get_item (mail_engine_get_views (bench->engine), i);
    if (mail_folder_get_id (view) == MAIL_VIEW_UNREAD)
      unread = view;
  }
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, unread, TRUE);
  while (g_list_model_get_n_items (G_LIST_MODEL (list)) < 2)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (MailConversation) item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  gint64 id = mail_conversation_get_id (item);
  wait_until (item_is_loaded, item);
  g_array_append_val (items, id);
  g_assert_true (act (bench, list, items, MAIL_ACTION_READ, NULL, NULL, NULL, &error));
  wait_until (item_is_read, item);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
  g_assert_true (act (bench, list, items, MAIL_ACTION_ARCHIVE, NULL, NULL, &sentence, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sentence, ==, "1 message moved to “Archive”");
  g_assert_cmpuint (count (bench, bench->archive), ==, 1);
  while (g_list_model_get_n_items (G_LIST_MODEL (list)) > 1)
    g_main_context_iteration (NULL, TRUE);
}

/* What changes is what is counted; and the views that are counted by the store. */
static void
test_folder (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GArray) items = fill (bench, 5);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  MailFolder *starred = NULL;
  gint64 undo = 0;

  for (guint i = 0; i < g_list_model_get_n_items (mail_engine_get_views (bench->engine)); i++) {
    g_autoptr (MailFolder) view = g_list_model_get_item (mail_engine_get_views (bench->engine), i);
    if (mail_folder_get_id (view) == MAIL_VIEW_STARRED)
      starred = view;
  }
  g_array_set_size (items, 3);
  g_assert_true (act (bench, list, items, MAIL_ACTION_STAR, NULL, NULL, NULL, &error));
  while (mail_folder_get_unread (starred) != 3)
    g_main_context_iteration (NULL, TRUE);
  g_array_set_size (items, 2);
  g_assert_true (act (bench, list, items, MAIL_ACTION_READ, NULL, NULL, NULL, &error));
  while (mail_folder_get_unread (starred) != 1)
    g_main_context_iteration (NULL, TRUE);

  g_autoptr (GAsyncResult) result = NULL;
  mail_engine_act_on_folder_async (bench->engine, bench->inbox, MAIL_ACTION_READ, on_result,
                                   &result);
  g_assert_true (
      mail_engine_act_finish (bench->engine, wait_result (&result), &undo, &sentence, &error));
  g_assert_cmpstr (sentence, ==, "3 messages marked as read");
  g_autoptr (GAsyncResult) again = NULL;
  mail_engine_act_on_folder_async (bench->engine, bench->inbox, MAIL_ACTION_READ, on_result,
                                   &again);
  g_assert_false (mail_engine_act_finish (bench->engine, wait_result (&again), NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_true (undo_it (bench, undo, &error));
  g_assert_cmpuint (flags_of (bench, g_array_index (items, gint64, 0)), ==,
                    STORE_FLAG_SEEN | STORE_FLAG_FLAGGED);
  while (mail_folder_get_unread (starred) != 1)
    g_main_context_iteration (NULL, TRUE);
}

/* What the server has beside the rows goes as well, where none is here too. */
static void
test_empty (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 account = mail_account_get_row (bench->account), undo = 0,
         row = mail_folder_get_id (bench->inbox);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_folder_set_sync_state (bench->db, row, 9, 40, 0, FALSE, 1, &error));
  g_assert_true (store_db_exec (bench->db, "UPDATE folder SET server_total = 30", &error));
  guint before = store_operation_count (bench->db, account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *sentence = NULL;
  mail_engine_act_on_folder_async (bench->engine, bench->inbox, MAIL_ACTION_DELETE, on_result,
                                   &result);
  g_assert_true (
      mail_engine_act_finish (bench->engine, wait_result (&result), &undo, &sentence, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sentence, ==, "30 messages deleted for good");
  g_assert_cmpuint (store_operation_count (bench->db, account), ==, before + 1);
  g_assert_true (undo_it (bench, undo, &error));
  g_assert_cmpuint (store_operation_count (bench->db, account), ==, before);

  /* Nobody has looked into it. */
  g_assert_true (store_db_exec (bench->db, "UPDATE folder SET uid_validity = 0", &error));
  g_autoptr (GAsyncResult) again = NULL;
  mail_engine_act_on_folder_async (bench->engine, bench->inbox, MAIL_ACTION_DELETE, on_result,
                                   &again);
  g_assert_false (mail_engine_act_finish (bench->engine, wait_result (&again), NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
}

void
add_bulk_tests (void)
{
  g_test_add_func ("/mail/bulk/items", test_items);
  g_test_add_func ("/mail/bulk/folder", test_folder);
  g_test_add_func ("/mail/bulk/kept", test_kept);
  g_test_add_func ("/mail/bulk/empty", test_empty);
  g_test_add_func ("/mail/bulk/junk", test_junk);
  g_test_add_func ("/mail/bulk/all-or-nothing", test_all_or_nothing);
}
