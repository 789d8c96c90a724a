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

static void
save_account (Bench *bench, const char *id, const char *address)
{
  g_autoptr (BaseAccount) account = bench_account_new (id);
  g_autoptr (GError) error = NULL;

  g_free (account->address);
  account->address = g_strdup (address);
  g_assert_true (base_account_save (account, bench->paths, &error));
  g_assert_no_error (error);
}

/* With these accounts; `second` nullable. */
static Bench *
new_bench (const char *first, const char *second)
{
  const char *ids[] = { "one", "two" }, *addresses[] = { first, second };
  Bench *bench = bench_new ();

  for (guint i = 0; i < 2 && addresses[i] != NULL; i++)
    save_account (bench, ids[i], addresses[i]);
  bench_restart (bench);
  for (guint i = 0; i < 2 && addresses[i] != NULL; i++)
    put_folders (bench, mail_engine_find_account (bench->engine, ids[i]));
  return bench;
}

/* How it is kept, and how it is shown. */
static void
assert_place (Bench *bench, const char *id, const char *path, const char *kept, const char *shown)
{
  MailAccount *account = mail_engine_find_account (bench->engine, id);
  MailFolder *folder = mail_account_get_folder_by_path (account, path);
  g_autofree char *place = mail_place_write (bench->engine, folder);
  g_autofree char *brief = mail_place_write_short (bench->engine, folder);

  g_assert_cmpstr (place, ==, kept);
  g_assert_cmpstr (brief, ==, shown);
}

static void
test_alone (void)
{
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", NULL);

  assert_place (bench, "one", "INBOX", "in:INBOX account:kim@gmail.com", "in:Inbox");
  assert_place (bench, "one", "Projects", "in:Projects account:kim@gmail.com -in:Old/Projects",
                "in:Projects");
  assert_place (bench, "one", "Old/Projects", "in:Old/Projects account:kim@gmail.com",
                "in:Old/Projects");
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

  assert_place (bench, "one", "INBOX", "in:INBOX account:kim@gmail.com",
                "in:Inbox account:kim@gmail.com");
  assert_place (bench, "one", "Old/Projects", "in:Old/Projects account:kim@gmail.com",
                "in:Old/Projects account:kim@gmail.com");
  assert_place (bench, "two", "Projects", "in:Projects account:lee.kim@gmail.com -in:Old/Projects",
                "in:Projects account:lee.kim@gmail.com");
  assert_place (bench, "two", "INBOX", "in:INBOX account:lee.kim@gmail.com",
                "in:Inbox account:lee.kim@gmail.com");
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

  assert_place (bench, "one", "INBOX", "in:INBOX account:kim@gmail.com",
                "in:INBOX account:kim@gmail.com");
  assert_place (bench, "two", "INBOX", "in:INBOX account:kim@gmail.com",
                "in:INBOX account:kim@gmail.com");
  assert_place (bench, "two", "Old/Projects", "in:Old/Projects account:kim@gmail.com",
                "in:Old/Projects account:kim@gmail.com");
}

/* Whatever stands at the end of what was typed, the place is another piece. */
static void
test_narrow (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "ships", "ships in:Old/Projects account:kim@gmail.com" },
    { "ships OR", "in:Old/Projects account:kim@gmail.com ships OR" },
    { "\"all ships", "in:Old/Projects account:kim@gmail.com \"all ships" },
    { "from:(kim OR", "in:Old/Projects account:kim@gmail.com from:(kim OR" },
    { "ships -", "ships - in:Old/Projects account:kim@gmail.com" },
  };
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", NULL);
  MailAccount *account = mail_engine_find_account (bench->engine, "one");
  MailFolder *folder = mail_account_get_folder_by_path (account, "Old/Projects");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = mail_place_narrow (bench->engine, folder, cases[i].text);

    g_assert_cmpstr (text, ==, cases[i].expected);
  }
}

static char *
dup_place (Bench *bench, const char *id, const char *path)
{
  MailAccount *account = mail_engine_find_account (bench->engine, id);

  return mail_place_write (bench->engine, mail_account_get_folder_by_path (account, path));
}

/* What was kept while there was no other account means that folder still, also where the account is called otherwise by then. */
static void
test_added_later (void)
{
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", NULL);
  g_autofree char *kept = dup_place (bench, "one", "INBOX");

  put_letter (bench, "one");
  assert_found (bench, kept, 1);
  save_account (bench, "two", "lee.kim@gmail.com");
  bench_restart (bench);
  put_folders (bench, mail_engine_find_account (bench->engine, "two"));
  put_letter (bench, "two");
  assert_found (bench, "in:Inbox", 2);
  assert_found (bench, kept, 1);
  g_autoptr (BaseAccount) settings =
      mail_account_dup_settings (mail_engine_find_account (bench->engine, "one"));
  g_free (settings->label);
  settings->label = g_strdup ("At work");
  save_settings (bench, settings);
  assert_found (bench, kept, 1);
}

/* An account that is switched off keeps its name: the one whose address has that in it is not meant, now or after the next start. */
static void
test_switched_off (void)
{
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", "lee.kim@gmail.com");
  g_autofree char *kept = dup_place (bench, "one", "INBOX");
  g_autoptr (BaseAccount) settings =
      mail_account_dup_settings (mail_engine_find_account (bench->engine, "one"));

  put_letter (bench, "one");
  put_letter (bench, "two");
  assert_found (bench, kept, 1);
  settings->disabled = TRUE;
  save_settings (bench, settings);
  for (guint turn = 0; turn < 2; turn++) {
    assert_found (bench, "in:Inbox", 1);
    assert_found (bench, kept, 0);
    assert_place (bench, "two", "INBOX", "in:INBOX account:lee.kim@gmail.com", "in:Inbox");
    bench_restart (bench);
    wait_until (has_projects, mail_engine_find_account (bench->engine, "two"));
  }
  settings->disabled = FALSE;
  save_settings (bench, settings);
  wait_until (has_projects, mail_engine_find_account (bench->engine, "one"));
  assert_found (bench, kept, 1);
  assert_place (bench, "two", "INBOX", "in:INBOX account:lee.kim@gmail.com",
                "in:Inbox account:lee.kim@gmail.com");
}

/* One that was removed takes its folders with it, and nothing else is found in their place. */
static void
test_removed (void)
{
  g_autoptr (Bench) bench = new_bench ("kim@gmail.com", "lee@gmail.com");
  g_autofree char *kept = dup_place (bench, "one", "INBOX");
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GError) error = NULL;

  put_letter (bench, "one");
  put_letter (bench, "two");
  mail_engine_remove_account_async (bench->engine, mail_engine_find_account (bench->engine, "one"),
                                    on_result, &removed);
  g_assert_true (mail_engine_remove_account_finish (bench->engine, wait_result (&removed), &error));
  g_assert_no_error (error);
  assert_place (bench, "two", "INBOX", "in:INBOX account:lee@gmail.com", "in:Inbox");
  assert_found (bench, kept, 0);
  assert_found (bench, "in:Inbox", 1);
}

void
add_place_tests (void)
{
  g_test_add_func ("/mail/place/alone", test_alone);
  g_test_add_func ("/mail/place/address-in-another", test_address_in_another);
  g_test_add_func ("/mail/place/same-address", test_same_address);
  g_test_add_func ("/mail/place/narrow", test_narrow);
  g_test_add_func ("/mail/place/added-later", test_added_later);
  g_test_add_func ("/mail/place/switched-off", test_switched_off);
  g_test_add_func ("/mail/place/removed", test_removed);
}
