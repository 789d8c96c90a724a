/* The list of accounts: its order, what is switched off, and what only receives. */
#include "secret-service.h"
#include "test-mail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base-error.h"
#include "fake-server.h"
#include "mail-identity-private.h"
#include "mail-sign-in.h"
#include "sync-discover.h"

/* one@example.org and two@example.org. */
static Bench *
bench_new_with_two (void)
{
  Bench *bench = bench_new_ready ();
  g_autoptr (BaseAccount) second = bench_account_new ("two");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_save_account_async (bench->engine, second, "secret", NULL, NULL, on_result, &result);
  g_assert_true (
      mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, &error));
  g_assert_no_error (error);
  return bench;
}

static void
check_accounts (GListModel *accounts, const char *expected)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);

    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", mail_account_get_id (account));
  }
  g_assert_cmpstr (ids->str, ==, expected);
}

static void
move (Bench *bench, const char *id, guint place)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_move_account_async (bench->engine, mail_engine_find_account (bench->engine, id),
                                  place, on_result, &result);
  g_assert_true (mail_engine_move_account_finish (bench->engine, wait_result (&result), &error));
  g_assert_no_error (error);
}

static void
count_changes (GListModel *list, guint position, guint removed, guint added, gpointer data)
{
  ++*(guint *)data;
}

static void
test_order (void)
{
  g_autoptr (Bench) bench = bench_new_with_two ();
  guint changes = 0;

  check_accounts (mail_engine_get_accounts (bench->engine), "one two");
  g_signal_connect (mail_engine_get_accounts (bench->engine), "items-changed",
                    G_CALLBACK (count_changes), &changes);
  move (bench, "two", 0);
  check_accounts (mail_engine_get_accounts (bench->engine), "two one");
  check_accounts (mail_engine_get_known_accounts (bench->engine), "two one");
  g_assert_cmpuint (changes, ==, 1);
  /* New letters are from the first one. */
  {
    g_autoptr (MailIdentity) identity = mail_engine_dup_default_identity (bench->engine, NULL);

    g_assert_cmpstr (mail_identity_get_settings (identity)->address, ==, "two@example.org");
  }
  bench_restart (bench);
  check_accounts (mail_engine_get_accounts (bench->engine), "two one");
  move (bench, "two", 17);
  check_accounts (mail_engine_get_accounts (bench->engine), "one two");
  /* Where it is already. */
  changes = 0;
  g_signal_connect (mail_engine_get_accounts (bench->engine), "items-changed",
                    G_CALLBACK (count_changes), &changes);
  move (bench, "two", 1);
  g_assert_cmpuint (changes, ==, 0);
}

static guint
count_in (Bench *bench, gint64 view)
{
  const StoreListing listing = { .folder = view };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = store_listing_read (bench->db, &listing, 0, 0, &error);

  g_assert_no_error (error);
  return keys->len;
}

static gboolean
has_folders (gpointer data)
{
  Bench *bench = data;
  MailAccount *account = mail_engine_find_account (bench->engine, "one");

  return mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX) != NULL
         && mail_engine_find_folder (bench->engine, mail_folder_get_id (bench->inbox)) != NULL;
}

static void
test_switched_off (void)
{
  g_autoptr (Bench) bench = bench_new_with_two ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  gint64 inbox = mail_folder_get_id (bench->inbox);

  bench_add (bench, bench->inbox, 1700000000, NULL);
  bench_add (bench, bench->inbox, 1700000001, NULL);
  g_assert_cmpuint (count_in (bench, MAIL_VIEW_UNREAD), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_identities (bench->engine)), ==, 2);

  settings->disabled = TRUE;
  save_settings (bench, settings);
  check_accounts (mail_engine_get_accounts (bench->engine), "two");
  check_accounts (mail_engine_get_known_accounts (bench->engine), "one two");
  g_assert_true (mail_account_get_disabled (bench->account));
  g_assert_cmpuint (count_in (bench, MAIL_VIEW_UNREAD), ==, 0);
  g_assert_cmpuint (count_in (bench, MAIL_VIEW_INBOXES), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_identities (bench->engine)), ==, 1);
  g_assert_null (mail_engine_find_folder (bench->engine, inbox));
  g_assert_cmpuint (
      mail_folder_get_unread (mail_engine_find_view (bench->engine, MAIL_VIEW_UNREAD)), ==, 0);
  /* All Inboxes is for two. */
  {
    g_autoptr (MailFolder) first = g_list_model_get_item (mail_engine_get_views (bench->engine), 0);

    g_assert_cmpint (mail_folder_get_id (first), !=, MAIL_VIEW_INBOXES);
  }

  settings->disabled = FALSE;
  save_settings (bench, settings);
  check_accounts (mail_engine_get_accounts (bench->engine), "one two");
  wait_until (has_folders, bench);
  g_assert_cmpuint (count_in (bench, MAIL_VIEW_UNREAD), ==, 2);
}

/* The file says so, also where somebody wrote it by hand. */
static void
test_switched_off_by_file (void)
{
  g_autoptr (Bench) bench = bench_new_with_two ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1700000000, NULL);
  settings->disabled = TRUE;
  g_assert_true (base_account_save (settings, bench->paths, &error));
  bench_restart (bench);
  check_accounts (mail_engine_get_accounts (bench->engine), "two");
  check_accounts (mail_engine_get_known_accounts (bench->engine), "one two");
  g_assert_cmpuint (count_in (bench, MAIL_VIEW_UNREAD), ==, 0);
}

/* A rename of the folder that was chosen is followed. */
static gboolean
has_followed (gpointer data)
{
  Bench *bench = data;
  const BaseAccount *settings = mail_account_get_settings (bench->account);

  return g_strcmp0 (settings->folders[BASE_FOLDER_JUNK], "Old things") == 0;
}

static void
test_chosen_folder_follows (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  settings->folders[BASE_FOLDER_JUNK] = g_strdup (mail_folder_get_path (bench->archive));
  save_settings (bench, settings);
  mail_engine_rename_folder_async (bench->engine, bench->archive, "Old things", on_result, &result);
  g_assert_true (mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
  g_assert_no_error (error);
  wait_until (has_followed, bench);
}

static void
test_receives_only (void)
{
  g_autoptr (Bench) bench = bench_new_with_two ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (MailIdentity) identity = NULL;
  g_autoptr (MailDraft) draft = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&settings->smtp.host, g_free);
  save_settings (bench, settings);
  g_assert_false (mail_account_can_send (bench->account));
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_identities (bench->engine)), ==, 1);
  identity = mail_engine_dup_default_identity (bench->engine, bench->account);
  g_assert_cmpstr (mail_identity_get_settings (identity)->address, ==, "two@example.org");
  /* Even so nothing leaves as it. */
  draft = mail_draft_new (bench->engine, NULL);
  mail_draft_set_recipients (draft, "bob@example.org", "", "");
  g_assert_true (mail_draft_check (draft, NULL, &error));
  {
    g_autoptr (MailIdentity) mute = mail_identity_new (bench->account, NULL, NULL);

    mail_draft_set_identity (draft, mute);
  }
  g_assert_false (mail_draft_check (draft, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "only receives mail"));
}

static guint
count_threads (const char *prefix)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;
  guint n = 0;

  while ((task = g_dir_read_name (tasks)) != NULL) {
    g_autofree char *path = g_build_filename ("/proc/self/task", task, "comm", NULL);
    g_autofree char *name = NULL;

    if (g_file_get_contents (path, &name, NULL, NULL))
      n += g_str_has_prefix (name, prefix);
  }
  return n;
}

/* Until a connection stands that was opened ahead for `id`. */
static BaseAccount *
open_ahead (FakeServer *server, const char *id)
{
  BaseAccount *account = bench_account_new (id);

  account->ca_file = g_strdup (fake_server_get_ca_file (server));
  account->imap.port = fake_server_get_port (server);
  g_clear_pointer (&account->smtp.host, g_free);
  fake_server_add_script (server, "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\nEOF", NULL);
  sync_open_ahead (account);
  while (fake_server_count_connections (server) == 0 || fake_server_count_sent (server, 0) == 0)
    g_usleep (1000);
  /* Who has opened it puts it aside, and ends. */
  while (count_threads ("sosik-ahead") > 0)
    g_usleep (1000);
  return account;
}

/* Connections that were opened for an account go with the wish for it, with its settings, and with the account. */
static void
test_connections_go (void)
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Bench) bench = bench_new_ready ();
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (BaseAccount) account = open_ahead (server, "one");
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    g_test_message ("%u", i);
    if (i == 0) {
      mail_engine_drop_grant (bench->engine, "one");
    } else if (i == 1) {
      g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);

      mail_engine_save_account_async (bench->engine, settings, NULL, NULL, NULL, on_result,
                                      &result);
      g_assert_true (
          mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, &error));
    } else {
      mail_engine_remove_account_async (bench->engine, bench->account, on_result, &result);
      g_assert_true (
          mail_engine_remove_account_finish (bench->engine, wait_result (&result), &error));
    }
    g_assert_no_error (error);
    fake_server_check (server);
  }
}

/* Put right by hand, it comes without a new start; until then it is left alone. */
static void
test_broken_file (void)
{
  g_autoptr (Bench) bench = bench_new_with_two ();
  g_autofree char *path =
      g_build_filename (base_paths_get_accounts (bench->paths), "one.ini", NULL);
  g_autofree char *good = NULL, *left = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &good, NULL, &error));
  write_file (path, "[Account]\nAddress=nobody\n");
  bench_restart (bench);
  check_accounts (mail_engine_get_known_accounts (bench->engine), "two");
  g_assert_cmpuint (g_strv_length ((char **)mail_engine_get_broken (bench->engine)), ==, 1);
  g_assert_nonnull (strstr (mail_engine_get_broken (bench->engine)[0], "one.ini"));
  for (int turn = 0; turn < 2; turn++) {
    g_autoptr (GAsyncResult) result = NULL;

    if (turn == 1)
      write_file (path, good);
    mail_engine_read_accounts_async (bench->engine, on_result, &result);
    g_assert_true (mail_engine_read_accounts_finish (bench->engine, wait_result (&result), &error));
    g_assert_no_error (error);
    check_accounts (mail_engine_get_known_accounts (bench->engine), turn == 1 ? "one two" : "two");
    g_assert_cmpuint (g_strv_length ((char **)mail_engine_get_broken (bench->engine)), ==,
                      turn == 0);
    g_clear_pointer (&left, g_free);
    g_assert_true (g_file_get_contents (path, &left, NULL, &error));
    g_assert_cmpstr (left, ==, turn == 1 ? good : "[Account]\nAddress=nobody\n");
  }
}

/* Another password is not kept, where the settings that it was proved for cannot be. */
static void
assert_nothing_kept (Bench *bench, const BaseAccount *settings)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_save_account_async (bench->engine, settings, "proved", "proved", NULL, on_result,
                                  &result);
  g_assert_false (
      mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  for (guint i = 0; i < 2; i++)
    g_assert_null (mail_credentials_lookup (bench->engine->credentials, settings,
                                            i == 0 ? "imap" : "smtp", NULL, NULL));
}

/* A file that was spoilt while the account is at work is not written over; once it is good, or gone, it is. */
static void
test_spoilt_file (void)
{
  g_autoptr (Bench) bench = bench_new_with_two ();
  g_autofree char *path =
      g_build_filename (base_paths_get_accounts (bench->paths), "one.ini", NULL);
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  const char *const spoilt[] = { "[Account]\nAddress=nobody\n", "Nothing of the kind" };

  for (guint i = 0; i < G_N_ELEMENTS (spoilt); i++) {
    g_autofree char *good = NULL, *left = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_get_contents (path, &good, NULL, &error));
    write_file (path, spoilt[i]);
    settings->check_minutes++;
    g_assert_false (bench_save_settings (bench, settings, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_nonnull (strstr (error->message, "one.ini"));
    assert_nothing_kept (bench, settings);
    g_assert_true (g_file_get_contents (path, &left, NULL, NULL));
    g_assert_cmpstr (left, ==, spoilt[i]);
    if (i == 0)
      write_file (path, good);
    else
      g_unlink (path);
    save_settings (bench, settings);
  }
}

/* (blocks) Until somebody stands at it, who goes on then. */
static void
let_pass (const char *fifo)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  int line;

  while ((line = g_open (fifo, O_WRONLY | O_NONBLOCK, 0)) < 0) {
    g_assert_cmpint (errno, ==, ENXIO);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (1000);
  }
  close (line);
}

/* What was read before an account was removed does not bring it back. */
static void
test_read_before_removed (void)
{
  g_autoptr (Bench) bench = bench_new_with_two ();
  const char *folder = base_paths_get_accounts (bench->paths);
  g_autofree char *first = g_build_filename (folder, "zy.ini", NULL);
  g_autofree char *second = g_build_filename (folder, "zz.ini", NULL);
  g_autoptr (GAsyncResult) read = NULL, removed = NULL;
  g_autoptr (GError) error = NULL;

  /* The others are read before these, which take their time. */
  g_assert_cmpint (mkfifo (first, 0600), ==, 0);
  g_assert_cmpint (mkfifo (second, 0600), ==, 0);
  mail_engine_read_accounts_async (bench->engine, on_result, &read);
  let_pass (first);
  mail_engine_remove_account_async (bench->engine, bench->account, on_result, &removed);
  g_assert_true (mail_engine_remove_account_finish (bench->engine, wait_result (&removed), &error));
  g_assert_no_error (error);
  check_accounts (mail_engine_get_known_accounts (bench->engine), "two");
  let_pass (second);
  g_assert_true (mail_engine_read_accounts_finish (bench->engine, wait_result (&read), &error));
  check_accounts (mail_engine_get_known_accounts (bench->engine), "two");
}

static void
on_changed (guint *n)
{
  ++*n;
}

static gboolean
knows_account (gpointer item)
{
  g_autoptr (MailMessage) newest = mail_conversation_dup_newest (item);

  return newest != NULL && mail_message_get_folder (newest) != NULL
         && mail_folder_get_account (mail_message_get_folder (newest)) != NULL;
}

static gboolean
is_loaded (gpointer item)
{
  g_autoptr (MailMessage) newest = mail_conversation_dup_newest (item);

  return newest != NULL && *mail_message_get_sender (newest) != '\0';
}

/* And nobody is about to read the folders again. */
static gboolean
is_counted (gpointer data)
{
  Bench *bench = data;

  return mail_folder_get_unread (bench->inbox) == 1 && !bench->engine->folders_running
         && g_hash_table_size (bench->engine->stale_folders) == 0;
}

static gboolean
has_one (gpointer list)
{
  return g_list_model_get_n_items (list) == 1;
}

/* Mail that was read before its folder was known, as when an account fetches its first: whose it is, is known once the folder is, and told. */
static void
test_folder_comes_later (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (MailMessageList) list = NULL;
  g_autoptr (MailConversation) item = NULL;
  guint changes = 0;

  bench_add (bench, bench->inbox, 1700000000, NULL);
  wait_until (is_counted, bench);
  mail_engine_set_folders (bench->engine, none);
  list = mail_message_list_new (bench->engine,
                                mail_engine_find_view (bench->engine, MAIL_VIEW_UNREAD), FALSE);
  wait_until (has_one, list);
  item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  wait_until (is_loaded, item);
  g_assert_false (knows_account (item));
  g_signal_connect_swapped (item, "changed", G_CALLBACK (on_changed), &changes);
  mail_engine_reload_folders (bench->engine, TRUE);
  wait_until (knows_account, item);
  g_assert_cmpuint (changes, ==, 1);
}

/* An account that only receives, with an identity that sends by a server of its own: that one writes, and what it wrote says by whose. */
static void
test_sends_by_its_own (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (MailIdentity) identity = NULL, mute = mail_identity_new (bench->account, NULL, NULL);
  g_autoptr (MailDraft) draft = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  settings->smtp.disabled = TRUE;
  put_sender (settings, 1);
  save_settings (bench, settings);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_identities (bench->engine)), ==, 1);
  identity = mail_engine_dup_default_identity (bench->engine, bench->account);
  g_assert_cmpstr (mail_identity_get_settings (identity)->address, ==, "shop@example.net");
  draft = mail_draft_new (bench->engine, bench->account);
  mail_draft_set_recipients (draft, "bob@example.org", "", "");
  mail_draft_set_identity (draft, mute);
  g_assert_false (mail_draft_check (draft, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  mail_draft_set_identity (draft, identity);
  g_assert_true (mail_draft_check (draft, NULL, &error));
  g_assert_true (send_draft (draft, &error));
  g_assert_no_error (error);
  rows = store_outbox_list (bench->db, 0, &error);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (((StoreOutbox *)rows->pdata[0])->route, ==, "shop");
  g_assert_cmpstr (((StoreOutbox *)rows->pdata[0])->from, ==, "shop@example.net");
}

/* A server that lets nobody in is not saved, nor is one without a password that is known; switched off it is nobody's matter. */
static void
test_proves_its_own (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;

  put_sender (edit->settings, 1);
  g_assert_false (save_identity (bench, edit, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_nonnull (strstr (error->message, "shop@example.net"));
  g_clear_error (&error);
  g_assert_false (save_identity (bench, edit, "secret", &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_clear_error (&error);
  g_assert_null (base_account_get_server (mail_account_get_settings (bench->account), "smtp-shop"));
  base_account_get_server (edit->settings, "smtp-shop")->disabled = TRUE;
  g_assert_true (save_identity (bench, edit, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (
      base_account_get_server (mail_account_get_settings (bench->account), "smtp-shop"));
}

/* Nobody brings back what was removed before the program ended. */
static void
quit_after_removal (SecretService *service)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  gboolean session_only = TRUE;
  char *left = NULL;

  put_sender (settings, 1);
  save_settings (bench, settings);
  mail_credentials_store (bench->engine->credentials, settings, "smtp-shop", "secret", TRUE,
                          &session_only);
  g_assert_false (session_only);
  base_account_remove_identity (settings, "shop");
  save_settings (bench, settings);
  put_sender (settings, 1);
  save_settings (bench, settings);
  bench_restart (bench);
  left = mail_keyring_lookup (settings->id, "smtp-shop", NULL, FALSE, NULL, NULL);
  g_assert_cmpstr (left, ==, "secret"); /* it was brought back */
  mail_password_free (left);
  base_account_remove_identity (settings, "shop");
  save_settings (bench, settings);
  bench_restart (bench);
  g_assert_null (mail_keyring_lookup (settings->id, "smtp-shop", NULL, FALSE, NULL, NULL));
}

static void
test_quit_after_removal (void)
{
  secret_service_with (quit_after_removal);
}

/* What has nothing to do with signing in is saved without that, without a connection or a password; the rest is not. */
static void
test_proves_what_is_other (void)
{
  g_autoptr (Bench) bench = bench_new_with_shop ();
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (bench->engine, bench->account);
  g_autoptr (BaseIdentity) shop = base_account_dup_identity (edit->settings, "shop");
  g_autoptr (BaseIdentity) saved = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *sha256 = g_strnfill (64, 'a');
  BaseServer *server = NULL;
  g_autoptr (GError) error = NULL;

  shop->name = g_strdup ("The Shop");
  base_account_put_identity (edit->settings, shop);
  /* Who waits is told nothing of signing in. */
  g_assert_false (mail_engine_save_identity_async (bench->engine, edit, "shop", NULL, NULL,
                                                   on_result, &result));
  g_assert_true (mail_engine_save_identity_finish (bench->engine, wait_result (&result), &error));
  g_assert_no_error (error);
  saved = base_account_dup_identity (mail_account_get_settings (bench->account), "shop");
  g_assert_cmpstr (saved->name, ==, "The Shop");

  g_clear_object (&result);
  g_assert_true (mail_engine_save_identity_async (bench->engine, edit, "shop", "secret", NULL,
                                                  on_result, &result));
  g_assert_false (mail_engine_save_identity_finish (bench->engine, wait_result (&result), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  base_account_add_exception (edit->settings, "127.0.0.1", 1, sha256, G_MAXINT64);
  assert_identity_refused (bench, edit, NULL, BASE_ERROR_AUTH);
  base_account_remove_exception (edit->settings, "127.0.0.1", 1);
  server = base_account_get_server (edit->settings, "smtp-shop");
  base_server_set_proof (server, BASE_PROOF_SCRAM);
  assert_identity_refused (bench, edit, NULL, BASE_ERROR_AUTH);
  base_server_set_proof (server, BASE_PROOF_NONE);
  server->port = 2;
  assert_identity_refused (bench, edit, NULL, BASE_ERROR_AUTH);
}

/* Who said no to the keyring and then saves something is asked once more, and hears what is kept where. */
static void
save_by_locked_keyring (SecretService *service)
{
  g_autoptr (Bench) bench = bench_new_with_shop ();
  MailCredentials *credentials = bench->engine->credentials;
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (bench->engine, bench->account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean session_only = TRUE;
  guint asked;

  mail_credentials_store (credentials, settings, "smtp-shop", "secret", TRUE, &session_only);
  g_assert_false (session_only);
  secret_service_set (service, TRUE, FALSE);
  g_assert_null (mail_credentials_lookup (credentials, settings, "smtp-shop", NULL, NULL));
  asked = secret_service_count (service, "Unlock");
  base_account_get_server (edit->settings, "smtp-shop")->port = 2;
  g_assert_false (save_identity (bench, edit, NULL, &error));
  g_assert_true (base_error_is_locked (error));
  g_assert_cmpuint (secret_service_count (service, "Unlock"), >, asked);

  asked = secret_service_count (service, "Unlock");
  mail_engine_set_password_async (bench->engine, settings, "imap", "new", TRUE, on_result, &result);
  g_assert_true (mail_engine_set_password_finish (bench->engine, wait_result (&result), NULL));
  g_assert_cmpuint (secret_service_count (service, "Unlock"), >, asked);
  g_assert_cmpuint (bench->notices->len, ==, 1);
  g_assert_nonnull (strstr (bench->notices->pdata[0], "stays locked"));
}

static void
test_locked_keyring (void)
{
  secret_service_with (save_by_locked_keyring);
}

static gboolean
is_forgotten (gpointer data)
{
  Bench *bench = data;
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  char *password = NULL;
  gboolean none;

  put_sender (settings, 1);
  password =
      mail_credentials_lookup (bench->engine->credentials, settings, "smtp-shop", NULL, NULL);
  none = password == NULL;
  mail_password_free (password);
  return none;
}

static gboolean
is_quiet (gpointer data)
{
  return ((Bench *)data)->engine->calls == 0;
}

/* What an identity signs in by goes with it, but not before nobody can bring it back. */
static void
test_forgets_its_own (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  gboolean session_only = FALSE;

  put_sender (settings, 1);
  save_settings (bench, settings);
  mail_credentials_store (bench->engine->credentials, settings, "smtp-shop", "secret", FALSE,
                          &session_only);
  g_assert_false (is_forgotten (bench));
  base_account_get_server (settings, "smtp-shop")->disabled = TRUE;
  save_settings (bench, settings);
  g_assert_false (is_forgotten (bench));
  base_account_remove_identity (settings, "shop");
  save_settings (bench, settings);
  wait_until (is_quiet, bench);
  g_assert_false (is_forgotten (bench));
  put_sender (settings, 1);
  save_settings (bench, settings);
  mail_engine_forget_identity (bench->engine, bench->account, "shop");
  wait_until (is_quiet, bench);
  g_assert_false (is_forgotten (bench));
  base_account_remove_identity (settings, "shop");
  save_settings (bench, settings);
  mail_engine_forget_identity (bench->engine, bench->account, "shop");
  wait_until (is_forgotten, bench);

  /* One that stays and has no server any more is not brought back by anybody. */
  put_sender (settings, 1);
  save_settings (bench, settings);
  mail_credentials_store (bench->engine->credentials, settings, "smtp-shop", "secret", FALSE,
                          &session_only);
  put_sender (settings, 0);
  save_settings (bench, settings);
  wait_until (is_forgotten, bench);
}

static gboolean
is_ahead (gpointer unused)
{
  return count_threads ("sosik-ahead") > 0;
}

/* Whoever looks for servers, or connects to one that does not answer, is not there any more when the engine has stopped. */
static void
test_threads_end (void)
{
  static const char *const names[] = { "sosik-source", "sosik-probe", "sosik-ahead", "sosik-kept" };
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GSocketListener) deaf = g_socket_listener_new ();
  g_autoptr (BaseAccount) account = bench_account_new ("new");
  gint64 end;

  account->imap.port = g_socket_listener_add_any_inet_port (deaf, NULL, NULL);
  sync_open_ahead (account);
  mail_engine_discover_async (bench->engine, account, NULL, NULL, NULL, NULL, NULL);
  /* A thread has its name only when it runs. */
  wait_until (is_ahead, NULL);
  /* Where nothing answers at all they are soon gone by themselves. */
  for (end = g_get_monotonic_time () + G_USEC_PER_SEC;
       count_threads ("sosik-source") == 0 && g_get_monotonic_time () < end; g_usleep (1000))
    g_main_context_iteration (NULL, FALSE);
  wait_until (is_ahead, NULL);
  bench_stop (bench);
  /* What is at its very end may still be listed: by themselves they would be there for several seconds. */
  end = g_get_monotonic_time () + 6 * G_USEC_PER_SEC;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    while (count_threads (names[i]) > 0 && g_get_monotonic_time () < end)
      g_usleep (1000);
    g_assert_cmpuint (count_threads (names[i]), ==, 0);
  }
}

void
add_accounts_tests (void)
{
  g_test_add_func ("/mail/accounts/order", test_order);
  g_test_add_func ("/mail/accounts/switched-off", test_switched_off);
  g_test_add_func ("/mail/accounts/switched-off-by-file", test_switched_off_by_file);
  g_test_add_func ("/mail/accounts/chosen-folder-follows", test_chosen_folder_follows);
  g_test_add_func ("/mail/accounts/broken-file", test_broken_file);
  g_test_add_func ("/mail/accounts/spoilt-file", test_spoilt_file);
  g_test_add_func ("/mail/accounts/read-before-removed", test_read_before_removed);
  g_test_add_func ("/mail/accounts/receives-only", test_receives_only);
  g_test_add_func ("/mail/accounts/folder-comes-later", test_folder_comes_later);
  g_test_add_func ("/mail/accounts/sends-by-its-own", test_sends_by_its_own);
  g_test_add_func ("/mail/accounts/proves-its-own", test_proves_its_own);
  g_test_add_func ("/mail/accounts/proves-what-is-other", test_proves_what_is_other);
  g_test_add_func ("/mail/accounts/locked-keyring", test_locked_keyring);
  g_test_add_func ("/mail/accounts/quit-after-removal", test_quit_after_removal);
  g_test_add_func ("/mail/accounts/forgets-its-own", test_forgets_its_own);
  g_test_add_func ("/mail/accounts/connections-go", test_connections_go);
  g_test_add_func ("/mail/accounts/threads-end", test_threads_end);
}
