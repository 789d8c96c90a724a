/* State sentences and the order of folders. */
#include "test-mail.h"

#include "base-error.h"

#include "base-date.h"

static void
test_sentences (void)
{
  g_autoptr (BaseAccount) settings = bench_account_new ("one");
  g_autoptr (MailAccount) account = mail_account_new (settings, 1);
  g_autofree char *at = base_date_short (1790000000, 1790000000);
  BaseTrust trust = { .reason = BASE_TRUST_SELF_SIGNED, .port = 993 };
  const struct
  {
    SyncState state;
    const char *wanted; /* %s: the time above */
    MailAccountStatus status;
    double progress;
  } cases[] = {
    { { .phase = SYNC_PHASE_CONNECTING }, "Connecting to 127.0.0.1…", MAIL_ACCOUNT_BUSY, -1 },
    { { .phase = SYNC_PHASE_OFFLINE }, "No connection to 127.0.0.1.", MAIL_ACCOUNT_OFFLINE, -1 },
    { { .phase = SYNC_PHASE_OFFLINE, .message = "It rains.", .next_try = 1790000000 },
      "It rains. Trying again at %s.",
      MAIL_ACCOUNT_OFFLINE,
      -1 },
    { { .phase = SYNC_PHASE_SYNCING, .folder = "INBOX", .done = 120, .total = 480 },
      "Fetching “INBOX”: 120 of 480",
      MAIL_ACCOUNT_BUSY,
      0.25 },
    { { .phase = SYNC_PHASE_SYNCING, .folder = "Lists" },
      "Looking at “Lists”…",
      MAIL_ACCOUNT_BUSY,
      -1 },
    { { .phase = SYNC_PHASE_IN_STEP, .in_step = 1790000000 },
      "In step at %s",
      MAIL_ACCOUNT_IN_STEP,
      -1 },
    { { .phase = SYNC_PHASE_IN_STEP, .in_step = 1790000000, .message = "The mailbox is full." },
      "The mailbox is full.",
      MAIL_ACCOUNT_IN_STEP,
      -1 },
    { { .phase = SYNC_PHASE_NEEDS_PASSWORD },
      "The password is needed.",
      MAIL_ACCOUNT_ATTENTION,
      -1 },
    { { .phase = SYNC_PHASE_NEEDS_SIGN_IN }, "Sign in again.", MAIL_ACCOUNT_ATTENTION, -1 },
    { { .phase = SYNC_PHASE_LOCKED }, "The keyring is locked.", MAIL_ACCOUNT_ATTENTION, -1 },
    { { .phase = SYNC_PHASE_NEEDS_TRUST, .message = "Beware.", .trust = &trust },
      "Beware.",
      MAIL_ACCOUNT_ATTENTION,
      -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) wanted = g_string_new (cases[i].wanted);
    g_autofree char *text = mail_account_describe (account, &cases[i].state, 1790000000);

    g_string_replace (wanted, "%s", at, 0);
    g_assert_cmpstr (text, ==, wanted->str);
    mail_account_set_state (account, &cases[i].state);
    g_assert_cmpint (mail_account_get_status (account), ==, cases[i].status);
    g_assert_cmpfloat (mail_account_get_progress (account), ==, cases[i].progress);
    g_assert_cmpint (mail_account_needs_password (account), ==,
                     cases[i].state.phase == SYNC_PHASE_NEEDS_PASSWORD);
    g_assert_true (base_trust_equal (mail_account_get_trust (account), cases[i].state.trust));
    g_assert_cmpint (mail_account_needs_sign_in (account), ==,
                     cases[i].state.phase == SYNC_PHASE_NEEDS_SIGN_IN);
    g_assert_cmpint (mail_account_needs_unlock (account), ==,
                     cases[i].state.phase == SYNC_PHASE_LOCKED);
  }
  /* An old moment is told with its day. */
  g_autofree char *old = mail_account_describe (account, &cases[5].state, 1790000000 + 40 * 86400);
  g_assert_true (g_str_has_prefix (old, "Last in step: "));
}

/* The same moment by another clock. */
static void
test_clock (void)
{
  g_autoptr (BaseAccount) settings = bench_account_new ("one");
  g_autoptr (MailAccount) account = mail_account_new (settings, 1);
  const SyncState state = { .phase = SYNC_PHASE_OFFLINE, .next_try = 1790000000 };
  g_autofree char *before = NULL;

  mail_account_describe_again (account);
  g_assert_cmpstr (mail_account_get_state_text (account), ==, "");
  base_date_set_clock (BASE_CLOCK_24);
  mail_account_set_state (account, &state);
  before = g_strdup (mail_account_get_state_text (account));
  g_assert_null (strstr (before, "M."));
  base_date_set_clock (BASE_CLOCK_12);
  g_assert_cmpstr (mail_account_get_state_text (account), ==, before);
  mail_account_describe_again (account);
  g_assert_nonnull (strstr (mail_account_get_state_text (account), "M."));
  base_date_set_clock (BASE_CLOCK_OF_LOCALE);
}

static void
count_change (guint *changes)
{
  ++*changes;
}

static void
test_folder_freshness (void)
{
  static const struct
  {
    StoreFolder row;
    const char *wanted;
  } cases[] = {
    { { .in_step = 0 }, "Not fetched from the server yet" },
    { { .local = TRUE }, "On this computer only" },
    { { .in_step = 1790000000 }, "In step at %s" },
    { { .in_step = 1790000000, .in_step_by = STORE_PROOF_SELECT },
      "In step at %s: compared with the server" },
    { { .in_step = 1790000000, .in_step_by = STORE_PROOF_IDLE },
      "In step at %s: the server tells of changes by itself" },
    { { .in_step = 1790000000, .in_step_by = STORE_PROOF_NOTIFY },
      "In step at %s: the server tells of changes by itself" },
    { { .in_step = 1790000000, .in_step_by = STORE_PROOF_STATUS },
      "In step at %s: the server was asked and had no changes" },
    { { .in_step = 1790000000, .in_step_by = STORE_PROOF_NOOP },
      "In step at %s: the server was asked and had no changes" },
    { { .in_step = 1790000000, .trouble = (char *)"It cannot be opened." },
      "It cannot be opened." },
  };
  g_autofree char *at = base_date_short (1790000000, 1790000000);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) wanted = g_string_new (cases[i].wanted);
    g_autofree char *text = mail_folder_describe (&cases[i].row, 1790000000);

    g_string_replace (wanted, "%s", at, 0);
    g_assert_cmpstr (text, ==, wanted->str);
  }
  /* The object tells both, and that they changed. */
  g_autoptr (MailFolder) folder = mail_folder_new (NULL, 7);
  StoreFolder row = cases[8].row;
  mail_folder_update_state (folder, &row);
  g_assert_cmpstr (mail_folder_get_trouble (folder), ==, "It cannot be opened.");
  row.trouble = NULL;
  mail_folder_update_state (folder, &row);
  g_assert_null (mail_folder_get_trouble (folder));
  g_assert_true (g_str_has_prefix (mail_folder_get_state_text (folder), "Last in step: "));
}

/* By the rows where all are here; else as the server says, and what nobody has said is not made up. */
static void
test_folder_contents (void)
{
  static const struct
  {
    StoreFolder row;
    const char *wanted;
  } cases[] = {
    { { .server_size = -1 }, "" },
    { { .server_size = -1, .in_step = 5 }, "No messages" },
    { { .server_size = -1, .complete = TRUE }, "No messages" },
    { { .server_size = -1, .local = TRUE }, "No messages" },
    { { .server_size = -1, .complete = TRUE, .total = 1, .size = 5300 }, "1 message, 5.3 kB" },
    { { .server_size = -1, .complete = TRUE, .total = 1234, .size = 56000000 },
      "1234 messages, 56.0 MB" },
    /* Not all of it is here. */
    { { .server_size = -1, .total = 50, .size = 5000, .server_total = 2000 }, "2000 messages" },
    { { .server_size = -1, .server_total = 1 }, "1 message" },
    { { .server_size = 7000000, .total = 50, .size = 5000, .server_total = 2000 },
      "2000 messages, 7.0 MB" },
    /* More on their way there than the server knows. */
    { { .server_size = 7000000, .total = 3, .size = 5000, .server_total = 2 }, "3 messages" },
    /* What it told once does not count beside rows, nor where it has no such folder. */
    { { .server_size = 7000000, .complete = TRUE, .total = 2, .size = 5000, .server_total = 2 },
      "2 messages, 5.0 kB" },
    { { .server_size = -1, .local = TRUE, .total = 2, .size = 5000 }, "2 messages, 5.0 kB" },
  };
  g_autoptr (MailFolder) folder = mail_folder_new (NULL, 7);
  guint changes = 0;

  g_signal_connect_swapped (folder, "notify::contents-text", G_CALLBACK (count_change), &changes);
  g_assert_cmpstr (mail_folder_get_contents_text (folder), ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = mail_folder_describe_contents (&cases[i].row);
    g_autofree char *property = NULL;

    /* GLib puts a space between number and unit at which no line ends. */
    g_autoptr (GString) plain = g_string_new (text);
    g_string_replace (plain, "\302\240", " ", 0);
    g_assert_cmpstr (plain->str, ==, cases[i].wanted);
    mail_folder_update_state (folder, &cases[i].row);
    mail_folder_update_state (folder, &cases[i].row);
    g_object_get (folder, "contents-text", &property, NULL);
    g_assert_cmpstr (property, ==, text);
    g_assert_cmpuint (mail_folder_get_total (folder), ==,
                      cases[i].row.complete ? cases[i].row.total
                                            : MAX (cases[i].row.total, cases[i].row.server_total));
  }
  /* Four of them say what was said before. */
  g_assert_cmpuint (changes, ==, G_N_ELEMENTS (cases) - 4);
}

static void
add_row (GPtrArray *rows, gint64 id, const char *name, StoreRole role, gboolean selectable)
{
  StoreFolder *row = g_new0 (StoreFolder, 1);

  row->id = id;
  row->account = 1;
  row->name = g_strdup (name);
  row->delimiter = '/';
  row->role = role;
  row->selectable = selectable;
  g_ptr_array_add (rows, row);
}

static void
assert_folders (MailAccount *account, const char *const *wanted)
{
  GListModel *folders = mail_account_get_folders (account);

  for (guint i = 0; wanted[i] != NULL; i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (folders, i);
    g_autofree char *told = NULL;

    g_assert_nonnull (folder);
    told = g_strdup_printf ("%u %s", mail_folder_get_depth (folder), mail_folder_get_name (folder));
    g_assert_cmpstr (told, ==, wanted[i]);
  }
  g_assert_cmpuint (g_list_model_get_n_items (folders), ==, g_strv_length ((char **)wanted));
}

static void
count_signal (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  *n += 1;
}

static void
test_folders (void)
{
  g_autoptr (BaseAccount) settings = bench_account_new ("one");
  g_autoptr (MailAccount) account = mail_account_new (settings, 1);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  const char *const wanted[] = { "0 Inbox",    "0 Sent",  "0 Trash",  "0 Bin",
                                 "0 All Mail", "0 apple", "0 Banana", "1 alpha",
                                 "2 deep",     "1 Zeta",  NULL };
  guint n = 0;

  add_row (rows, 1, "Banana/Zeta", STORE_ROLE_NONE, TRUE);
  add_row (rows, 2, "Banana", STORE_ROLE_NONE, FALSE); /* a container with something in it stays */
  add_row (rows, 3, "apple", STORE_ROLE_NONE, TRUE);
  add_row (rows, 4, "[Gmail]/All", STORE_ROLE_ALL, TRUE);
  add_row (rows, 5, "[Gmail]", STORE_ROLE_NONE, FALSE); /* one of special folders alone goes */
  add_row (rows, 6, "INBOX", STORE_ROLE_INBOX, TRUE);
  add_row (rows, 7, "[Gmail]/Bin", STORE_ROLE_TRASH, TRUE);
  add_row (rows, 8, "Deleted", STORE_ROLE_TRASH, TRUE);
  add_row (rows, 9, "Banana/alpha/deep", STORE_ROLE_NONE, TRUE);
  add_row (rows, 10, "Banana/alpha", STORE_ROLE_NONE, TRUE);
  add_row (rows, 11, "Sent Items", STORE_ROLE_SENT, TRUE);
  add_row (rows, 12, "", STORE_ROLE_SENT, TRUE);
  ((StoreFolder *)rows->pdata[11])->account = 2; /* another account's */
  mail_account_set_folders (account, rows);
  g_assert_cmpuint (g_list_model_get_n_items (mail_account_get_folders (account)), ==, 10);
  g_autoptr (MailFolder) inbox = g_list_model_get_item (mail_account_get_folders (account), 0);
  /* Which of the two Trash folders is first is by name; the second keeps its own. */
  const char *const sorted[] = { "0 Inbox",    "0 Sent",  "0 Trash",  "0 Deleted",
                                 "0 All Mail", "0 apple", "0 Banana", "1 alpha",
                                 "2 deep",     "1 Zeta",  NULL };
  g_autoptr (MailFolder) second = g_list_model_get_item (mail_account_get_folders (account), 3);
  assert_folders (account, g_str_equal (mail_folder_get_name (second), "Bin") ? wanted : sorted);

  g_signal_connect (mail_account_get_folders (account), "items-changed", G_CALLBACK (count_signal),
                    &n);
  mail_account_set_folders (account, rows);
  g_assert_cmpuint (n, ==, 0);        /* the same list is no change */
  g_ptr_array_remove_index (rows, 0); /* Zeta */
  mail_account_set_folders (account, rows);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX) == inbox);
  g_assert_true (mail_folder_get_account (inbox) == account);
  g_clear_object (&account);
  g_assert_null (mail_folder_get_account (inbox));
}

static void
test_icons (void)
{
  for (int role = MAIL_ROLE_NONE; role <= MAIL_ROLE_FLAGGED; role++) {
    StoreFolder row = { .id = 1, .name = (char *)"x", .role = (StoreRole)role, .selectable = TRUE };
    g_autoptr (MailFolder) folder = mail_folder_new (NULL, 1);

    mail_folder_update (folder, &row, "x", 0);
    g_assert_true (g_str_has_prefix (mail_folder_get_icon_name (folder), "sosik-"));
    g_assert_true (g_str_has_suffix (mail_folder_get_icon_name (folder), "-symbolic"));
    g_assert_cmpint (mail_role_get_name ((MailRole)role) == NULL, ==, role == MAIL_ROLE_NONE);
  }
}

/* Whether an empty list is all there is. */
static void
test_folder_fetched (void)
{
  static const struct
  {
    StoreFolder row;
    gboolean fetched;
  } cases[] = {
    { { .in_step = 0 }, FALSE },
    { { .server_total = 4 }, FALSE },
    { { .in_step = 5 }, TRUE },
    { { .in_step = 5, .complete = TRUE, .server_total = 4 }, TRUE },
    { { .complete = TRUE }, TRUE },
    { { .local = TRUE }, TRUE },
    /* Numbered anew, and none of it has come since. */
    { { .in_step = 5, .server_total = 4 }, FALSE },
  };
  g_autoptr (MailFolder) folder = mail_folder_new (NULL, 7);

  g_assert_false (mail_folder_get_fetched (folder));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    mail_folder_update_state (folder, &cases[i].row);
    g_assert_cmpint (mail_folder_get_fetched (folder), ==, cases[i].fetched);
  }
}

void
add_account_tests (void)
{
  g_test_add_func ("/mail/account/sentences", test_sentences);
  g_test_add_func ("/mail/account/clock", test_clock);
  g_test_add_func ("/mail/account/folders", test_folders);
  g_test_add_func ("/mail/folder/freshness", test_folder_freshness);
  g_test_add_func ("/mail/folder/fetched", test_folder_fetched);
  g_test_add_func ("/mail/folder/contents", test_folder_contents);
  g_test_add_func ("/mail/folder/icons", test_icons);
}
