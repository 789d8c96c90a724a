/* The list of accounts: its order, what is switched off, and what only receives. */
#include "test-mail.h"

#include <string.h>

#include "base-error.h"
#include "mail-identity-private.h"

static void
save_settings (Bench *bench, const BaseAccount *settings)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_save_settings_async (bench->engine, settings, on_result, &result);
  g_assert_true (mail_engine_save_settings_finish (bench->engine, wait_result (&result), &error));
  g_assert_no_error (error);
}

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

void
add_accounts_tests (void)
{
  g_test_add_func ("/mail/accounts/order", test_order);
  g_test_add_func ("/mail/accounts/switched-off", test_switched_off);
  g_test_add_func ("/mail/accounts/switched-off-by-file", test_switched_off_by_file);
  g_test_add_func ("/mail/accounts/chosen-folder-follows", test_chosen_folder_follows);
  g_test_add_func ("/mail/accounts/receives-only", test_receives_only);
}
