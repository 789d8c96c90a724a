/* Runs all tests of the mail layer; the helpers they share. */
#include "test-mail.h"

#include "base-error.h"

#include <glib/gstdio.h>
#include <locale.h>

#include "store-message.h"

/* What is waited for comes, however busy the machine is; this only gives a test that hangs its name, before all of them are ended. */
#define PATIENCE_US (150 * G_USEC_PER_SEC)

void
on_result (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **)slot = g_object_ref (result);
}

static gboolean
has_result (gpointer slot)
{
  return *(GAsyncResult **)slot != NULL;
}

void
wait_until (Condition condition, gpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (!condition (data)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  }
}

GAsyncResult *
wait_result (GAsyncResult **slot)
{
  wait_until (has_result, slot);
  return *slot;
}

gboolean
send_draft (MailDraft *draft, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_draft_send_async (draft, NULL, on_result, &result);
  return mail_draft_send_finish (draft, wait_result (&result), error);
}

void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
on_notice (MailEngine *engine, const char *sentence, const char *detail, Bench *bench)
{
  g_ptr_array_add (bench->notices, g_strdup (sentence));
}

BaseAccount *
bench_account_new (const char *id)
{
  BaseAccount *account = base_account_new ();

  g_free (account->id);
  account->id = g_strdup (id);
  account->display_name = g_strdup ("민지 Kim");
  account->address = g_strdup_printf ("%s@example.org", id);
  account->label = g_strdup ("");
  account->imap.host = g_strdup ("127.0.0.1");
  account->imap.port = 1; /* nobody listens */
  account->imap.user = g_strdup (account->address);
  account->smtp.host = g_strdup ("127.0.0.1");
  account->smtp.port = 1;
  account->smtp.user = g_strdup (account->address);
  return account;
}

static void
start (Bench *bench)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bench->engine = mail_engine_new (bench->paths);
  g_signal_connect (bench->engine, "notice", G_CALLBACK (on_notice), bench);
  mail_engine_start_async (bench->engine, NULL, on_result, &result);
  g_assert_true (mail_engine_start_finish (bench->engine, wait_result (&result), &error));
  g_assert_no_error (error);
  g_assert_true (mail_engine_get_ready (bench->engine));
  bench->db = store_connect (bench->engine->store, &error);
  g_assert_no_error (error);
  bench->account = mail_engine_find_account (bench->engine, "one");
  if (bench->account != NULL) {
    bench->inbox = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_INBOX);
    bench->archive = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_ARCHIVE);
    bench->sent = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_SENT);
  }
}

Bench *
bench_new (void)
{
  g_autoptr (GError) error = NULL;
  Bench *bench = g_new0 (Bench, 1);

  bench->folder = g_dir_make_tmp ("sosik-mail-XXXXXX", &error);
  g_assert_no_error (error);
  bench->paths = base_paths_new (bench->folder, &error);
  g_assert_no_error (error);
  bench->notices = g_ptr_array_new_with_free_func (g_free);
  bench->next_uid = 1;
  return bench;
}

static StoreFolder *
new_folder (const char *name, StoreRole role)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);

  folder->name = g_strdup (name);
  folder->delimiter = '/';
  folder->role = role;
  folder->selectable = TRUE;
  return folder;
}

static gboolean
has_folders (gpointer data)
{
  Bench *bench = data;

  return mail_account_get_folder_by_role (bench->account, MAIL_ROLE_JUNK) != NULL;
}

void
bench_make_folders (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);

  g_ptr_array_add (list, new_folder ("INBOX", STORE_ROLE_INBOX));
  g_ptr_array_add (list, new_folder ("Archive", STORE_ROLE_ARCHIVE));
  g_ptr_array_add (list, new_folder ("Sent Items", STORE_ROLE_SENT));
  g_ptr_array_add (list, new_folder ("Trash", STORE_ROLE_TRASH));
  g_ptr_array_add (list, new_folder ("Junk", STORE_ROLE_JUNK));
  g_assert_true (
      store_folder_replace_list (bench->db, mail_account_get_row (bench->account), list, &error));
  g_assert_no_error (error);
  wait_until (has_folders, bench);
  bench->inbox = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_INBOX);
  bench->archive = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_ARCHIVE);
  bench->sent = mail_account_get_folder_by_role (bench->account, MAIL_ROLE_SENT);
}

Bench *
bench_new_ready (void)
{
  Bench *bench = bench_new ();
  g_autoptr (BaseAccount) account = bench_account_new ("one");
  g_autoptr (GError) error = NULL;

  g_assert_true (base_account_save (account, bench->paths, &error));
  g_assert_no_error (error);
  start (bench);
  g_assert_nonnull (bench->account);
  bench_make_folders (bench);
  return bench;
}

void
bench_stop (Bench *bench)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (bench->engine == NULL)
    return;
  g_clear_pointer (&bench->db, store_db_free);
  mail_engine_stop_async (bench->engine, on_result, &result);
  mail_engine_stop_finish (bench->engine, wait_result (&result));
  g_clear_object (&result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (bench->engine);
  bench->engine = NULL;
}

gboolean
bench_save_settings (Bench *bench, const BaseAccount *settings, GError **error)
{
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (
      bench->engine, mail_engine_find_account (bench->engine, settings->id));
  g_autoptr (GAsyncResult) result = NULL;

  base_account_free (edit->settings);
  edit->settings = base_account_dup (settings);
  mail_engine_save_edit_async (bench->engine, edit, on_result, &result);
  return mail_engine_save_edit_finish (bench->engine, wait_result (&result), error);
}

void
save_settings (Bench *bench, const BaseAccount *settings)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bench_save_settings (bench, settings, &error));
  g_assert_no_error (error);
}

void
put_sender (BaseAccount *settings, guint16 port)
{
  g_autoptr (BaseIdentity) shop = base_identity_new ();

  g_free (shop->id);
  shop->id = g_strdup ("shop");
  shop->address = g_strdup ("shop@example.net");
  if (port != 0) {
    shop->smtp = base_server_new ();
    shop->smtp->host = g_strdup ("127.0.0.1");
    shop->smtp->port = port;
    shop->smtp->user = g_strdup ("shopper");
  }
  base_account_put_identity (settings, shop);
}

gboolean
save_identity (Bench *bench, const MailEdit *edit, const char *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_save_identity_async (bench->engine, edit, "shop", password, NULL, on_result, &result);
  return mail_engine_save_identity_finish (bench->engine, wait_result (&result), error);
}

void
assert_identity_refused (Bench *bench, const MailEdit *edit, const char *password, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (save_identity (bench, edit, password, &error));
  g_assert_error (error, BASE_ERROR, code);
}

Bench *
bench_new_with_shop (void)
{
  Bench *bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);

  put_sender (settings, 1);
  save_settings (bench, settings);
  return bench;
}

void
bench_restart (Bench *bench)
{
  bench_stop (bench);
  start (bench);
}

void
bench_free (Bench *bench)
{
  bench_stop (bench);
  base_paths_remove_tree (bench->folder);
  base_paths_unref (bench->paths);
  g_ptr_array_unref (bench->notices);
  g_free (bench->folder);
  g_free (bench);
}

gint64
bench_add (Bench *bench, MailFolder *folder, gint64 received, const char *body)
{
  return bench_add_from (bench, folder, received, "ada@example.org", body);
}

char *
test_make_letter (const char *header, const char *word)
{
  g_autofree char *long_way = g_strnfill (3000, '.');

  return g_strconcat (header, long_way, "\r\n", word, "\r\n", NULL);
}

gint64
bench_add_from (Bench *bench, MailFolder *folder, gint64 received, const char *address,
                const char *body)
{
  g_autofree char *id = g_strdup_printf ("<%u@example.org>", bench->next_uid);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  StoreNewMessage message = {
    .uid = bench->next_uid++,
    .received = received,
    .date = received,
    .size = 1000,
    .from_name = "Ada",
    .from_address = address,
    .to = "Bea, Cem",
    .subject = "Subject",
    .message_id = id,
    .preview = "First line",
    .body = bytes,
  };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (list, &message);
  g_assert_true (store_message_add (bench->db, mail_folder_get_id (folder), list, fresh, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fresh->len, ==, 1);
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

MailContent *
bench_open (Bench *bench, MailMessage *message, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_open_message_async (bench->engine, message, NULL, on_result, &result);
  return mail_engine_open_message_finish (bench->engine, wait_result (&result), error);
}

static gboolean
is_loaded_list (gpointer list)
{
  return !mail_message_list_get_loading (list);
}

static gboolean
is_loaded (gpointer message)
{
  return mail_conversation_get_loaded (message);
}

MailMessage *
bench_first (Bench *bench, MailFolder *folder)
{
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, FALSE);

  wait_until (is_loaded_list, list);
  g_autoptr (MailConversation) item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_nonnull (item);
  wait_until (is_loaded, item);
  return mail_conversation_dup_newest (item);
}

int
main (int argc, char **argv)
{
  /* No keyring and no session bus in these tests, no proxy, whatever the machine has; and
   * English. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  add_found_tests ();
  add_identity_tests ();
  add_indexer_tests ();
  add_keyring_tests ();
  add_keys_tests ();
  add_reply_tests ();
  add_template_tests ();
  add_thread_actions_tests ();
  add_tokens_tests ();
  add_tokens_kept_tests ();
  add_truth_tests ();
  add_unsubscribe_tests ();
  add_wake_tests ();
  add_writer_tests ();
  add_account_tests ();
  add_accounts_tests ();
  add_asked_tests ();
  add_choices_tests ();
  add_engine_tests ();
  add_actions_tests ();
  add_bulk_tests ();
  add_link_tests ();
  add_list_tests ();
  add_network_tests ();
  add_person_tests ();
  add_place_tests ();
  add_recipient_tests ();
  add_reindex_tests ();
  add_content_tests ();
  add_oauth_tests ();
  add_order_tests ();
  add_parts_tests ();
  add_desktop_tests ();
  add_draft_tests ();
  add_outbox_tests ();
  add_remote_tests ();
  add_server_search_tests ();
  return g_test_run ();
}
