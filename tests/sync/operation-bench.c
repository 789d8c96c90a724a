/* See operation-bench.h. */
#include "operation-bench.h"

#include "base-error.h"

#include <string.h>

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  base_error_set (error, BASE_ERROR_AUTH, NULL, "none");
  return NULL;
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  Bench *bench = user_data;

  g_ptr_array_add (bench->said, g_strconcat (sentence, " / ", detail, NULL));
}

StoreFolder *
bench_list_folder (GPtrArray *list, const char *name, StoreRole role)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);

  folder->name = g_strdup (name);
  folder->delimiter = '/';
  folder->selectable = TRUE;
  folder->role = role;
  g_ptr_array_add (list, folder);
  return folder;
}

gint64
bench_folder_named (Bench *bench, const char *name)
{
  g_autoptr (GPtrArray) folders = store_folder_list (bench->db, bench->row, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (g_str_equal (folder->name, name))
      return folder->id;
  }
  return 0;
}

static gint64
folder_by_role (Bench *bench, StoreRole role)
{
  g_autoptr (StoreFolder) folder = store_folder_by_role (bench->db, bench->row, role, NULL);

  return folder->id;
}

Bench *
bench_new_empty (void)
{
  static const SyncEvents events = { .get_password = get_password,
                                     .state_changed = state_changed,
                                     .arrived = arrived,
                                     .refused = refused };
  Bench *bench = g_new0 (Bench, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseAccount) settings = base_account_new ();

  bench->folder = g_dir_make_tmp ("sosik-operations-XXXXXX", &error);
  bench->paths = base_paths_new (bench->folder, &error);
  bench->store = store_open (bench->paths, NULL, &error);
  bench->db = store_connect (bench->store, &error);
  bench->row = store_account_ensure (bench->db, settings->id, &error);
  g_assert_no_error (error);
  bench->said = g_ptr_array_new_with_free_func (g_free);
  bench->touched = g_array_new (FALSE, FALSE, sizeof (gint64));
  bench->shared = sync_shared_new (bench->store, &events, bench);
  settings->imap.host = g_strdup ("localhost");
  settings->imap.port = settings->smtp.port = 1;
  settings->smtp.host = g_strdup ("localhost");
  bench->account = sync_account_new (bench->shared, settings, FALSE, FALSE, NULL);
  sync_account_stop (bench->account);
  return bench;
}

Bench *
bench_new (void)
{
  Bench *bench = bench_new_empty ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  g_autoptr (GError) error = NULL;

  bench_list_folder (list, "INBOX", STORE_ROLE_INBOX);
  bench_list_folder (list, "Archive", STORE_ROLE_ARCHIVE);
  bench_list_folder (list, "Trash", STORE_ROLE_TRASH);
  g_assert_true (store_folder_replace_list (bench->db, bench->row, list, &error));
  bench->inbox = folder_by_role (bench, STORE_ROLE_INBOX);
  bench->archive = folder_by_role (bench, STORE_ROLE_ARCHIVE);
  bench->trash = folder_by_role (bench, STORE_ROLE_TRASH);
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 9, 40, 0, TRUE, 1, &error));
  bench->server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  return bench;
}

void
bench_free (Bench *bench)
{
  g_clear_pointer (&bench->session, imap_session_free);
  if (bench->server != NULL)
    fake_server_check (bench->server);
  g_clear_pointer (&bench->server, fake_server_free);
  sync_account_join (bench->account, g_get_monotonic_time () + 60 * G_USEC_PER_SEC);
  sync_account_unref (bench->account);
  sync_shared_unref (bench->shared);
  store_db_free (bench->db);
  store_unref (bench->store);
  base_paths_unref (bench->paths);
  base_paths_remove_tree (bench->folder);
  g_array_unref (bench->touched);
  g_ptr_array_unref (bench->said);
  g_free (bench->folder);
  g_free (bench);
}

void
bench_add_script (Bench *bench, const char *caps, const char *steps)
{
  g_autofree char *script =
      g_strdup_printf ("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n"
                       "C: $in AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0\n"
                       "S: $in OK [CAPABILITY IMAP4rev1 %s] welcome\n%s",
                       caps, steps);

  fake_server_add_script (bench->server, script, NULL);
}

gboolean
bench_run_once (Bench *bench, gboolean *did)
{
  g_autoptr (GError) error = NULL;
  SyncContext context = { .account = bench->account, .db = bench->db, .row = bench->row };
  gint64 next_due = 0;
  gboolean good;

  if (bench->session == NULL) {
    NetEndpoint endpoint = fake_server_endpoint (bench->server);

    bench->session = imap_session_open (&endpoint, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (imap_session_sign_in (
        bench->session, &(NetLogin){ .user = "user", .secret = "secret" }, NULL, &error));
  }
  context.session = bench->session;
  good = sync_operations_run (&context, did, &next_due, bench->touched, &error);
  g_assert_true (good == (error == NULL));
  if (!good)
    g_clear_pointer (&bench->session, imap_session_free);
  return good;
}

void
bench_make_due (Bench *bench)
{
  g_assert_true (store_operation_recover (bench->db, bench->row, NULL));
  g_assert_true (store_db_exec (bench->db, "UPDATE operation SET due = 0", NULL));
}

void
bench_run_all (Bench *bench)
{
  gboolean did = TRUE;

  while (did)
    g_assert_true (bench_run_once (bench, &did));
}

void
bench_run_cut (Bench *bench)
{
  gboolean did = FALSE;

  g_assert_false (bench_run_once (bench, &did));
  bench_make_due (bench);
  bench_run_all (bench);
}

gint64
bench_add_mail (Bench *bench, gint64 folder, guint32 uid, const char *message_id, guint64 size,
                const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  StoreNewMessage message = { .uid = uid,
                              .received = 1700000000,
                              .date = 1600000000,
                              .size = body != NULL ? strlen (body) : size,
                              .message_id = message_id,
                              .body = bytes };

  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (bench->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  return fresh->len > 0 ? STORE_KEY_ID (g_array_index (fresh, StoreKey, 0)) : 0;
}

gint64
bench_add_inbox (Bench *bench, guint32 uid, const char *message_id)
{
  return bench_add_mail (bench, bench->inbox, uid, message_id, 100, NULL);
}

gboolean
bench_has_said (Bench *bench, const char *words)
{
  for (guint i = 0; i < bench->said->len; i++)
    if (strstr (g_ptr_array_index (bench->said, i), words) != NULL)
      return TRUE;
  return FALSE;
}

guint32
bench_uid_of (Bench *bench, gint64 id)
{
  g_autoptr (StoreMessage) message = store_message_get (bench->db, id, NULL);

  return message->uid;
}

gint64
bench_folder_of (Bench *bench, gint64 id)
{
  g_autoptr (StoreMessage) message = store_message_get (bench->db, id, NULL);

  return message->folder;
}

void
bench_move (Bench *bench, gint64 id, gint64 target)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (store_operation_move (bench->db, &id, 1, target, &error), >, 0);
  g_assert_no_error (error);
}
