/* The engine's life, accounts and passwords, what is told, the order of the store thread. */
#include "test-mail.h"

#include "base-error.h"

#include <glib/gstdio.h>

#include "store-operation.h"

static gboolean
read_account (Bench *bench, const char *id)
{
  g_autofree char *name = g_strconcat (id, ".ini", NULL);
  g_autofree char *path = g_build_filename (base_paths_get_accounts (bench->paths), name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* ---- store thread ---- */

typedef struct
{
  GArray *order; /* only the store thread touches it */
  guint number;
} Numbered;

static gpointer
note_number (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Numbered *numbered = data;

  g_array_append_val (numbered->order, numbered->number);
  return GUINT_TO_POINTER (numbered->number + 1);
}

static void
take_number (gpointer result, GError *error, gpointer data)
{
  GArray *came = data;
  guint number = GPOINTER_TO_UINT (result); /* 0: cancelled */

  g_assert_cmpint (error != NULL, ==, number == 0);
  g_clear_error (&error);
  g_array_append_val (came, number);
}

static gboolean
has_all (gpointer came)
{
  return ((GArray *)came)->len == 200;
}

static void
test_order (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) came = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  StoreDb *db = store_connect (bench->engine->store, &error);
  g_assert_no_error (error);
  g_autoptr (MailStoreThread) thread = mail_store_thread_new ("store", db);

  g_cancellable_cancel (cancelled);
  for (guint i = 0; i < 200; i++) {
    Numbered *numbered = g_new0 (Numbered, 1);

    *numbered = (Numbered){ order, i };
    mail_store_thread_push (thread, bench->engine->context, note_number, numbered, g_free,
                            i % 50 == 7 ? cancelled : NULL, take_number, came);
  }
  g_clear_pointer (&thread, mail_store_thread_free); /* runs what is queued */
  g_assert_cmpuint (order->len, ==, 196);
  for (guint i = 1; i < order->len; i++)
    g_assert_cmpuint (g_array_index (order, guint, i), >, g_array_index (order, guint, i - 1));
  wait_until (has_all, came);
  for (guint i = 0; i < came->len; i++)
    g_assert_cmpuint (g_array_index (came, guint, i), ==, i % 50 == 7 ? 0 : i + 1);
}

/* ---- changes ---- */

typedef struct
{
  guint n_states;
  char *last;
  guint n_refused;
} Told;

static void
count_state (const char *account, const SyncState *state, gpointer data)
{
  Told *told = data;

  told->n_states++;
  g_free (told->last);
  told->last = g_strdup (state->message);
}

static void
count_refused (const char *account, const char *sentence, const char *detail, gpointer data)
{
  ((Told *)data)->n_refused++;
}

static void
test_changes (void)
{
  const MailChangesHandlers handlers = { .state = count_state, .refused = count_refused };
  Told told = { 0 };
  g_autoptr (MailChanges) changes = mail_changes_new (g_main_context_default (), &handlers, &told);

  for (guint i = 0; i < 100; i++) {
    g_autofree char *message = g_strdup_printf ("%u", i);
    SyncState state = { .phase = SYNC_PHASE_SYNCING, .message = message };

    mail_changes_push_state (changes, "one", &state);
    mail_changes_push_refused (changes, "one", "x", NULL);
  }
  g_assert_cmpuint (told.n_states, ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told.n_states, ==, 1); /* only the newest */
  g_assert_cmpstr (told.last, ==, "99");
  g_assert_cmpuint (told.n_refused, ==, 100); /* but every refusal */
  mail_changes_push_refused (changes, "one", "never told", NULL);
  g_free (told.last);
}

/* ---- life ---- */

static void
test_life (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, NULL);
  bench_restart (bench);
  g_assert_nonnull (bench->inbox); /* everything seen is there without a network */
  g_assert_cmpstr (mail_folder_get_name (bench->inbox), ==, "Inbox");
  g_assert_cmpuint (mail_folder_get_unread (bench->inbox), ==, 1);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_assert_cmpstr (mail_message_get_subject (message), ==, "Subject");

  /* What comes after stop is told so, and nothing hangs. */
  g_clear_object (&message);
  g_autoptr (MailEngine) engine = g_object_ref (bench->engine);
  g_clear_pointer (&bench->db, store_db_free);
  mail_engine_stop_async (engine, on_result, &result);
  mail_engine_stop_finish (engine, wait_result (&result));
  g_clear_object (&result);
  mail_engine_undo_async (engine, 1, on_result, &result);
  g_assert_false (mail_engine_undo_finish (engine, wait_result (&result), &error));
  g_clear_object (&result);
  g_autoptr (MailDraft) draft = mail_draft_new (engine, NULL);
  mail_draft_set_subject (draft, "x");
  g_clear_error (&error);
  mail_draft_save_async (draft, TRUE, NULL, on_result, &result);
  g_assert_false (mail_draft_save_finish (draft, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_broken_file (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autofree char *path =
      g_build_filename (base_paths_get_accounts (bench->paths), "bad.ini", NULL);

  write_file (path, "this is no key file");
  bench_restart (bench);
  g_assert_cmpuint (bench->notices->len, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_accounts (bench->engine)), ==, 0);
}

/* A disk that cannot be written is an error to try again after, not an end. */
static void
test_start_fails (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autofree char *path = g_build_filename (base_paths_get_data (bench->paths), "mail.db", NULL);
  g_autoptr (GAsyncResult) failed = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailEngine) engine = mail_engine_new (bench->paths);

  g_assert_cmpint (g_chmod (base_paths_get_data (bench->paths), 0500), ==, 0);
  if (g_access (base_paths_get_data (bench->paths), W_OK) == 0) {
    g_assert_cmpint (g_chmod (base_paths_get_data (bench->paths), 0700), ==, 0);
    /* Permissions mean nothing to root: something that is no folder does. */
    g_assert_true (base_paths_remove_tree (base_paths_get_data (bench->paths)));
    write_file (base_paths_get_data (bench->paths), "");
  }
  mail_engine_start_async (engine, NULL, on_result, &failed);
  g_assert_false (mail_engine_start_finish (engine, wait_result (&failed), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_assert_false (mail_engine_get_ready (engine));
  g_clear_error (&error);

  if (!g_file_test (base_paths_get_data (bench->paths), G_FILE_TEST_IS_DIR)) {
    g_assert_cmpint (g_unlink (base_paths_get_data (bench->paths)), ==, 0);
    g_assert_cmpint (g_mkdir (base_paths_get_data (bench->paths), 0700), ==, 0);
    g_assert_cmpint (g_mkdir (base_paths_get_drafts (bench->paths), 0700), ==, 0);
  } else {
    g_assert_cmpint (g_chmod (base_paths_get_data (bench->paths), 0700), ==, 0);
  }
  mail_engine_start_async (engine, NULL, on_result, &again);
  g_assert_true (mail_engine_start_finish (engine, wait_result (&again), &error));
  g_assert_no_error (error);
  mail_engine_stop_async (engine, on_result, &stopped);
  mail_engine_stop_finish (engine, wait_result (&stopped));
}

/* ---- the servers' turn ---- */

static gboolean
is_called (gpointer socket)
{
  return (g_socket_condition_check (socket, G_IO_IN) & G_IO_IN) != 0;
}

/* A server that nobody answers for, and a started engine that has it for its account. */
static MailEngine *
start_deferred (Bench *bench, GSocket *server)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (BaseAccount) account = bench_account_new ("one");
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GError) error = NULL;
  MailEngine *engine = mail_engine_new (bench->paths);

  g_assert_true (g_socket_bind (server, address, FALSE, &error)
                 && g_socket_listen (server, &error));
  bound = g_socket_get_local_address (server, &error);
  g_assert_no_error (error);
  account->imap.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_assert_true (base_account_save (account, bench->paths, &error));
  mail_engine_defer_sync (engine);
  mail_engine_start_async (engine, NULL, on_result, &started);
  g_assert_true (mail_engine_start_finish (engine, wait_result (&started), &error));
  g_assert_no_error (error);
  /* What the window does first */
  g_autoptr (MailAccount) found = g_object_ref (mail_engine_find_account (engine, "one"));
  mail_engine_show_folder (engine, mail_account_get_folder_by_role (found, MAIL_ROLE_INBOX));
  return engine;
}

static void
stop_deferred (MailEngine *engine)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  mail_engine_stop_async (engine, on_result, &stopped);
  mail_engine_stop_finish (engine, wait_result (&stopped));
}

/* No server is called before somebody says so, or wants something of it. */
static void
test_deferred (gconstpointer wanted)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GSocket) server =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (MailEngine) engine = NULL;

  bench_add (bench, bench->inbox, 1000, NULL);
  bench_stop (bench);
  engine = start_deferred (bench, server);
  for (gint64 end = g_get_monotonic_time () + 100 * 1000; g_get_monotonic_time () < end;) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_assert_false (is_called (server));

  if (GPOINTER_TO_INT (wanted)) {
    mail_engine_retry (engine, NULL);
  } else {
    mail_engine_begin_sync (engine);
    mail_engine_begin_sync (engine);
  }
  wait_until (is_called, server);
  stop_deferred (engine);
}

/* ---- accounts ---- */

static gboolean
save_account (Bench *bench, const BaseAccount *account, const char *password,
              gboolean *session_only, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_save_account_async (bench->engine, account, password, NULL, NULL, on_result, &result);
  return mail_engine_save_account_finish (bench->engine, wait_result (&result), session_only,
                                          error);
}

static char *
lookup (Bench *bench, const char *protocol)
{
  g_autoptr (BaseAccount) account = bench_account_new ("two");

  return mail_credentials_lookup (bench->engine->credentials, account, protocol, NULL, NULL);
}

static void
test_accounts (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) account = bench_account_new ("two");
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GAsyncResult) given = NULL;
  g_autoptr (GError) error = NULL;
  gboolean session_only = FALSE;

  g_assert_true (save_account (bench, account, "pass", &session_only, &error));
  g_assert_no_error (error);
  g_assert_true (session_only); /* there is no keyring here */
  g_assert_true (read_account (bench, "two"));
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_accounts (bench->engine)), ==, 2);
  char *imap = lookup (bench, "imap"), *smtp = lookup (bench, "smtp");
  g_assert_cmpstr (imap, ==, "pass");
  g_assert_cmpstr (smtp, ==, "pass");
  mail_password_free (imap);
  mail_password_free (smtp);

  /* Of two it has to be told which one it is about. */
  mail_engine_handlers.refused ("two", "It was refused.", NULL, bench->engine);
  g_assert_cmpstr (g_ptr_array_index (bench->notices, bench->notices->len - 1), ==,
                   "two@example.org: It was refused.");

  MailAccount *two = mail_engine_find_account (bench->engine, "two");
  g_free (account->label);
  account->label = g_strdup ("Work");
  g_assert_true (
      save_account (bench, account, NULL, &session_only, &error)); /* the password stays */
  g_assert_true (mail_engine_find_account (bench->engine, "two") == two);
  g_assert_cmpstr (mail_account_get_label (two), ==, "Work");
  g_autoptr (BaseAccount) asked = mail_account_dup_settings (two);
  mail_engine_set_password_async (bench->engine, asked, "imap", "other", FALSE, on_result, &given);
  g_assert_true (mail_engine_set_password_finish (bench->engine, wait_result (&given), &error));
  smtp = lookup (bench, "smtp");
  g_assert_cmpstr (smtp, ==, "other");
  mail_password_free (smtp);
  /* What was typed for somebody who is not asked any more is for nobody. */
  for (guint i = 0; i < 3; i++) {
    g_clear_object (&given);
    if (i == 1)
      asked->imap.port++;
    if (i == 2) {
      asked->imap.port--;
      g_free (asked->smtp.user);
      asked->smtp.user = g_strdup ("somebody");
    }
    mail_engine_set_password_async (bench->engine, asked, i == 0 ? "smtp-gone" : "imap", "its own",
                                    FALSE, on_result, &given);
    g_assert_false (mail_engine_set_password_finish (bench->engine, wait_result (&given), &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_nonnull (strstr (error->message, "asked for it again"));
    g_clear_error (&error);
  }
  smtp = lookup (bench, "smtp");
  g_assert_cmpstr (smtp, ==, "other");
  mail_password_free (smtp);

  mail_engine_remove_account_async (bench->engine, two, on_result, &removed);
  g_assert_true (mail_engine_remove_account_finish (bench->engine, wait_result (&removed), &error));
  g_assert_no_error (error);
  g_assert_false (read_account (bench, "two"));
  g_assert_null (lookup (bench, "imap"));
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_accounts (bench->engine)), ==, 1);
}

/* The program died in the middle of it: the next start finishes, and nothing begins anew. */
static void
test_removal_stopped (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  GListModel *accounts = mail_engine_get_accounts (bench->engine);
  g_autoptr (MailAccount) account = g_list_model_get_item (accounts, 0);
  g_autofree char *id = g_strdup (mail_account_get_id (account));

  bench_add (bench, bench->inbox, 1000, NULL);
  g_clear_object (&account);
  g_assert_true (base_account_set_leaving (id, bench->paths, TRUE, &error));
  bench_restart (bench);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_accounts (bench->engine)), ==, 0);
  g_autoptr (GPtrArray) folders = store_folder_list (bench->db, 0, &error);
  g_assert_cmpuint (folders->len, ==, 0);
  for (guint i = 0; i < 3000; i++) {
    g_auto (GStrv) leaving = base_account_list_leaving (bench->paths);

    if (leaving[0] == NULL)
      break;
    g_main_context_iteration (NULL, FALSE);
    g_usleep (20000);
  }
  g_auto (GStrv) leaving = base_account_list_leaving (bench->paths);
  g_assert_cmpuint (g_strv_length (leaving), ==, 0);
  g_assert_false (read_account (bench, id));
}

static void
test_wrong_account (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) account = bench_account_new ("two");
  g_autoptr (GError) error = NULL;
  gboolean session_only = FALSE;

  g_free (account->imap.host);
  account->imap.host = g_strdup ("");
  g_assert_false (save_account (bench, account, "pass", &session_only, &error));
  g_assert_nonnull (error);
  g_assert_false (read_account (bench, "two"));
  g_assert_null (lookup (bench, "imap"));
}

static void
test_verify (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) account = bench_account_new ("two");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *protocol = NULL;

  mail_engine_verify_async (bench->engine, account, "pass", NULL, NULL, on_result, &result);
  g_assert_false (
      mail_engine_verify_finish (bench->engine, wait_result (&result), &protocol, &error));
  g_assert_cmpstr (protocol, ==, "imap");
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_false (read_account (bench, "two"));
  g_assert_null (lookup (bench, "imap"));
}

static void
never_after_the_end (const char *sentence, gpointer over)
{
  g_assert_false (*(gboolean *)over);
  g_assert_cmpuint (strlen (sentence), >, 0);
}

static void
test_discover_cancelled (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) account = bench_account_new ("two");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean over = FALSE;

  g_free (account->address);
  account->address = g_strdup ("two@nowhere.invalid");
  mail_engine_discover_async (bench->engine, account, never_after_the_end, &over, cancellable,
                              on_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (mail_engine_discover_finish (bench->engine, wait_result (&result), &error));
  over = TRUE;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (bench->engine->requests->len, ==, 0);
}

/* What only the network says about a domain gets no password until somebody agreed. */
static void
test_strangers (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) account = bench_account_new ("two");
  const char *const hosts[] = { "MAIL.invalid", NULL };
  const char *protocol = NULL;

  g_free (account->imap.host);
  g_free (account->smtp.host);
  account->imap.host = g_strdup ("imap.two.invalid");
  account->smtp.host = g_strdup ("Mail.Invalid");
  g_hash_table_add (bench->engine->strangers, g_strdup ("mail.invalid"));
  for (int agreed = 0; agreed < 2; agreed++) {
    g_autoptr (GAsyncResult) proved = NULL, saved = NULL;
    g_autoptr (GError) error = NULL;

    mail_engine_verify_async (bench->engine, account, "pass", NULL, NULL, on_result, &proved);
    g_assert_false (
        mail_engine_verify_finish (bench->engine, wait_result (&proved), &protocol, &error));
    if (agreed == 1) {
      g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
      break;
    }
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_clear_error (&error);
    mail_engine_save_account_async (bench->engine, account, "pass", NULL, NULL, on_result, &saved);
    g_assert_false (
        mail_engine_save_account_finish (bench->engine, wait_result (&saved), NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_false (read_account (bench, "two"));
    mail_engine_agree_to_hosts (bench->engine, hosts);
  }
}

static void
test_advice_link (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) account = bench_account_new ("two");
  g_autoptr (GError) error = NULL;

  base_error_set (&error, BASE_ERROR_AUTH, "535 5.7.8 Username and Password not accepted", "No.");
  g_assert_null (mail_engine_find_advice_link (bench->engine, account, "imap", error));
  g_free (account->smtp.host);
  account->smtp.host = g_strdup ("smtp.gmail.com");
  g_assert_cmpstr (mail_engine_find_advice_link (bench->engine, account, "smtp", error), ==,
                   "https://myaccount.google.com/apppasswords");
  g_assert_null (mail_engine_find_advice_link (bench->engine, account, "imap", error));
  g_assert_null (mail_engine_find_advice_link (bench->engine, account, "smtp", NULL));

  const SyncState state = { .phase = SYNC_PHASE_NEEDS_PASSWORD,
                            .message = (char *)"No.",
                            .detail = (char *)"Invalid credentials" };
  const SyncState fine = { .phase = SYNC_PHASE_IN_STEP };
  g_autoptr (MailAccount) shown = mail_account_new (account, 7);

  mail_account_set_state (shown, &state);
  g_assert_cmpstr (mail_account_get_advice_link (shown), ==,
                   "https://myaccount.google.com/apppasswords");
  mail_account_set_state (shown, &fine);
  g_assert_null (mail_account_get_advice_link (shown));
}

static BaseIdentity *
identity_new (const char *id, const char *host)
{
  BaseIdentity *identity = base_identity_new ();

  g_free (identity->id);
  identity->id = g_strdup (id);
  identity->address = g_strdup ("shop@example.com");
  if (host != NULL) {
    identity->smtp = base_server_new ();
    identity->smtp->host = g_strdup (host);
    identity->smtp->user = g_strdup ("shop");
  }
  return identity;
}

/* The advice about a server of an identity is that server's, and it is known whose it is. */
static void
test_advice_identity (void)
{
  static const char *const page = "https://myaccount.google.com/apppasswords";
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) account = bench_account_new ("two");
  g_autoptr (BaseIdentity) shop = identity_new ("shop", "smtp.gmail.com");
  g_autoptr (BaseIdentity) kim = identity_new ("kim", "smtp.example.com");
  g_autoptr (BaseIdentity) none = identity_new ("none", NULL);
  g_autoptr (GError) error = NULL;
  SyncState state = { .phase = SYNC_PHASE_NEEDS_PASSWORD,
                      .message = (char *)"No.",
                      .detail = (char *)"Invalid credentials" };

  base_account_put_identity (account, shop);
  base_account_put_identity (account, kim);
  base_account_put_identity (account, none);
  base_error_set (&error, BASE_ERROR_AUTH, "535 5.7.8 Username and Password not accepted", "No.");
  g_assert_cmpstr (mail_engine_find_advice_link (bench->engine, account, "smtp-shop", error), ==,
                   page);
  g_assert_null (mail_engine_find_advice_link (bench->engine, account, "smtp-kim", error));
  g_assert_null (mail_engine_find_advice_link (bench->engine, account, "smtp-none", error));
  g_assert_null (mail_engine_find_advice_link (bench->engine, account, "smtp-gone", error));

  g_autoptr (MailAccount) shown = mail_account_new (account, 7);
  mail_account_set_state (shown, &state);
  g_assert_null (mail_account_get_advice_link (shown));
  g_assert_null (mail_account_get_blamed_identity (shown));
  state.protocol = "smtp-shop";
  mail_account_set_state (shown, &state);
  g_assert_cmpstr (mail_account_get_advice_link (shown), ==, page);
  g_assert_cmpstr (mail_account_get_blamed_identity (shown), ==, "shop");
  state.protocol = "smtp-none";
  mail_account_set_state (shown, &state);
  g_assert_null (mail_account_get_blamed_identity (shown));

  /* The account's own servers are the provider's, the identity's are not. */
  g_free (account->imap.host);
  account->imap.host = g_strdup ("imap.gmail.com");
  mail_account_set_settings (shown, account);
  state.protocol = "smtp-kim";
  mail_account_set_state (shown, &state);
  g_assert_null (mail_account_get_advice_link (shown));
  g_assert_cmpstr (mail_account_get_blamed_identity (shown), ==, "kim");
  state = (SyncState){ .phase = SYNC_PHASE_IN_STEP };
  mail_account_set_state (shown, &state);
  g_assert_null (mail_account_get_blamed_identity (shown));
}

/* ---- arrival ---- */

static void
on_arrived (MailEngine *engine, MailFolder *folder, MailMessage *message, guint count, char **told)
{
  *told = g_strdup_printf ("%s %s %u", mail_folder_get_name (folder),
                           mail_message_get_sender (message), count);
}

static gboolean
was_told (gpointer told)
{
  return *(char **)told != NULL;
}

static void
test_arrived (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *told = NULL;
  gint64 id = bench_add (bench, bench->inbox, 1000, NULL);
  const StoreKey keys[] = { STORE_KEY_MAKE (900, id + 1000), STORE_KEY_MAKE (1000, id) };

  g_signal_connect (bench->engine, "arrived", G_CALLBACK (on_arrived), &told);
  mail_engine_sync_events.arrived ("one", mail_folder_get_id (bench->inbox), keys, 2,
                                   bench->engine);
  wait_until (was_told, &told);
  g_assert_cmpstr (told, ==, "Inbox Ada 2");
}

static void
on_password_needed (MailEngine *engine, MailAccount *account, const char *sentence,
                    const char *detail, guint *n)
{
  *n += 1;
}

static void
test_password_needed (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  const SyncState needs = { .phase = SYNC_PHASE_NEEDS_PASSWORD, .message = (char *)"Wrong." };
  const SyncState shop = { .phase = SYNC_PHASE_NEEDS_PASSWORD,
                           .message = (char *)"Wrong.",
                           .protocol = "smtp-shop" };
  const SyncState locked = { .phase = SYNC_PHASE_LOCKED };
  guint n = 0;

  g_signal_connect (bench->engine, "password-needed", G_CALLBACK (on_password_needed), &n);
  /* No password helps against a locked keyring. */
  mail_engine_handlers.state ("one", &locked, bench->engine);
  g_assert_cmpuint (n, ==, 0);
  for (guint i = 0; i < 3; i++)
    mail_engine_handlers.state ("one", &needs, bench->engine);
  g_assert_cmpuint (n, ==, 1); /* once at a time */
  for (guint i = 0; i < 3; i++)
    mail_engine_handlers.state ("one", &shop, bench->engine);
  g_assert_cmpuint (n, ==, 2); /* another server is another question */
  g_assert_cmpstr (mail_account_get_asked (bench->account), ==, "smtp-shop");
  g_assert_true (mail_account_needs_password (bench->account));
}

void
add_engine_tests (void)
{
  g_test_add_func ("/mail/store-thread/order", test_order);
  g_test_add_func ("/mail/changes", test_changes);
  g_test_add_func ("/mail/engine/life", test_life);
  g_test_add_func ("/mail/engine/broken-file", test_broken_file);
  g_test_add_func ("/mail/engine/start-fails", test_start_fails);
  g_test_add_data_func ("/mail/engine/deferred/told", GINT_TO_POINTER (FALSE), test_deferred);
  g_test_add_data_func ("/mail/engine/deferred/wanted", GINT_TO_POINTER (TRUE), test_deferred);
  g_test_add_func ("/mail/engine/accounts", test_accounts);
  g_test_add_func ("/mail/engine/removal-stopped", test_removal_stopped);
  g_test_add_func ("/mail/engine/wrong-account", test_wrong_account);
  g_test_add_func ("/mail/engine/verify", test_verify);
  g_test_add_func ("/mail/engine/discover-cancelled", test_discover_cancelled);
  g_test_add_func ("/mail/engine/strangers", test_strangers);
  g_test_add_func ("/mail/engine/advice-link", test_advice_link);
  g_test_add_func ("/mail/engine/advice-identity", test_advice_identity);
  g_test_add_func ("/mail/engine/arrived", test_arrived);
  g_test_add_func ("/mail/engine/password-needed", test_password_needed);
}
