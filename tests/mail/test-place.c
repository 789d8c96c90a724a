/* A folder as a piece of a query: it names that folder, whatever others are called. */
#include "test-mail.h"

#include "mail-place.h"

static gboolean
has_projects (gpointer account)
{
  return mail_account_get_folder_by_path (account, "Projects") != NULL;
}

static void
put_folders (Bench *bench, MailAccount *account)
{
  static const char *const names[] = { "INBOX", "Projects", "Old/Projects" };
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    StoreFolder *folder = g_new0 (StoreFolder, 1);

    folder->name = g_strdup (names[i]);
    folder->delimiter = '/';
    folder->role = i == 0 ? STORE_ROLE_INBOX : STORE_ROLE_NONE;
    folder->selectable = TRUE;
    g_ptr_array_add (list, folder);
  }
  g_assert_true (
      store_folder_replace_list (bench->db, mail_account_get_row (account), list, &error));
  g_assert_no_error (error);
  wait_until (has_projects, account);
}

/* With these accounts; `second` nullable. */
static Bench *
new_bench (const char *first, const char *second)
{
  const char *ids[] = { "one", "two" }, *addresses[] = { first, second };
  Bench *bench = bench_new ();

  for (guint i = 0; i < 2 && addresses[i] != NULL; i++) {
    g_autoptr (BaseAccount) account = bench_account_new (ids[i]);
    g_autoptr (GError) error = NULL;

    g_free (account->address);
    account->address = g_strdup (addresses[i]);
    g_assert_true (base_account_save (account, bench->paths, &error));
    g_assert_no_error (error);
  }
  bench_restart (bench);
  for (guint i = 0; i < 2 && addresses[i] != NULL; i++)
    put_folders (bench, mail_engine_find_account (bench->engine, ids[i]));
  return bench;
}

static void
assert_place (Bench *bench, const char *id, const char *path, const char *expected)
{
  MailAccount *account = mail_engine_find_account (bench->engine, id);
  g_autofree char *place =
      mail_place_write (bench->engine, mail_account_get_folder_by_path (account, path));

  g_assert_cmpstr (place, ==, expected);
}

static void
test_alone (void)
{
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", NULL);

  assert_place (bench, "one", "INBOX", "in:Inbox");
  assert_place (bench, "one", "Projects", "in:Projects account:kim@gmail.com -in:Old/Projects");
  assert_place (bench, "one", "Old/Projects", "in:Old/Projects");
}

static void
put_letter (Bench *bench, const char *id)
{
  MailAccount *account = mail_engine_find_account (bench->engine, id);
  MailFolder *inbox = mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX);
  StoreNewMessage message = { .uid = bench->next_uid++,
                              .received = 1000,
                              .date = 1000,
                              .size = 100,
                              .from_name = id,
                              .from_address = "ada@example.org",
                              .to = "Bea",
                              .subject = "Subject",
                              .message_id = id,
                              .preview = "First line" };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (list, &message);
  g_assert_true (store_message_add (bench->db, mail_folder_get_id (inbox), list, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
is_read (gpointer list)
{
  return !mail_message_list_get_loading (list) && !mail_message_list_get_rearranging (list);
}

static void
assert_found (Bench *bench, const char *typed, guint expected)
{
  g_autoptr (MailFolder) folder = mail_folder_new_search ("Search", typed, NULL, FALSE);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, folder, FALSE);

  wait_until (is_read, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, expected);
}

/* A whole address means its account alone, whatever the others are called; a part of it all that have it. */
static void
test_address_in_another (void)
{
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", "lee.kim@gmail.com");

  assert_place (bench, "one", "INBOX", "in:Inbox account:kim@gmail.com");
  assert_place (bench, "one", "Old/Projects", "in:Old/Projects account:kim@gmail.com");
  assert_place (bench, "two", "INBOX", "in:Inbox account:lee.kim@gmail.com");
  assert_place (bench, "two", "Old/Projects", "in:Old/Projects account:lee.kim@gmail.com");
  put_letter (bench, "one");
  put_letter (bench, "two");
  assert_found (bench, "in:Inbox account:Kim@gmail.com", 1);
  assert_found (bench, "in:Inbox account:\"kim@gmail.com\" from:one", 1);
  assert_found (bench, "in:Inbox account:lee.kim@gmail.com from:two", 1);
  assert_found (bench, "in:Inbox account:kim@gmail", 2);
}

static void
test_same_address (void)
{
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", "kim@gmail.com");

  assert_place (bench, "one", "INBOX", "in:INBOX account:kim@gmail.com");
  assert_place (bench, "two", "INBOX", "in:INBOX account:kim@gmail.com");
  assert_place (bench, "two", "Old/Projects", "in:Old/Projects account:kim@gmail.com");
}

void
add_place_tests (void)
{
  g_test_add_func ("/mail/place/alone", test_alone);
  g_test_add_func ("/mail/place/address-in-another", test_address_in_another);
  g_test_add_func ("/mail/place/same-address", test_same_address);
}
