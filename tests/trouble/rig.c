/* The fixture of the trouble tests. */
#include "rig.h"

#include <string.h>

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  Rig *rig = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);

  rig->passwords++;
  return g_strdup ("alicepw");
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
  Rig *rig = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);

  g_clear_pointer (&rig->state, sync_state_free);
  rig->state = sync_state_dup (state);
  rig->phases |= 1u << state->phase;
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  Rig *rig = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);

  rig->refused++;
  g_free (rig->last_refused);
  rig->last_refused = g_strdup_printf ("%s (%s)", sentence, detail != NULL ? detail : "");
}

static void
set_server (BaseServer *server, const char *host, guint16 port)
{
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup (host);
  server->user = g_strdup ("alice");
  server->port = port;
  server->security = BASE_SECURITY_TLS;
}

static void
open_store (Rig *rig)
{
  g_autoptr (GError) error = NULL;

  rig->store = store_open (rig->paths, NULL, &error);
  g_assert_no_error (error);
  rig->db = store_connect (rig->store, &error);
  g_assert_no_error (error);
  rig->row = store_account_ensure (rig->db, rig->account->id, &error);
  g_assert_no_error (error);
}

static void
close_store (Rig *rig)
{
  g_clear_pointer (&rig->engine, sync_engine_free);
  g_clear_pointer (&rig->db, store_db_free);
  g_clear_pointer (&rig->store, store_unref);
}

Rig *
rig_new (const ModelSettings *settings)
{
  Rig *rig = g_new0 (Rig, 1);
  gboolean provider = settings != NULL && settings->provider;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&rig->lock);
  rig->server = model_server_new (settings);
  model_server_add_account (rig->server, "alice", "alicepw", "alice@model.test");
  rig->folder = g_dir_make_tmp ("sosik-trouble-XXXXXX", &error);
  g_assert_no_error (error);
  rig->paths = base_paths_new (rig->folder, &error);
  g_assert_no_error (error);
  rig->account = base_account_new ();
  g_free (rig->account->address);
  rig->account->address = g_strdup ("alice@model.test");
  rig->account->ca_file = g_strdup (model_server_get_ca_file (rig->server));
  set_server (&rig->account->imap, provider ? "imap.gmail.com" : "localhost",
              model_server_get_imap_port (rig->server));
  set_server (&rig->account->smtp, provider ? "smtp.gmail.com" : "localhost",
              model_server_get_smtp_port (rig->server));
  open_store (rig);
  return rig;
}

void
rig_start (Rig *rig)
{
  const SyncEvents events = { get_password, state_changed, arrived, refused };
  g_autoptr (GError) error = NULL;

  g_assert_true (store_outbox_recover (rig->db, &error));
  g_assert_no_error (error);
  rig->engine = sync_engine_new (rig->store, &events, rig);
  sync_engine_add_account (rig->engine, rig->account);
}

void
rig_restart (Rig *rig)
{
  close_store (rig);
  open_store (rig);
  rig_start (rig);
}

void
rig_free (Rig *rig)
{
  close_store (rig);
  model_server_free (rig->server);
  g_assert_true (base_paths_remove_tree (rig->folder));
  base_paths_unref (rig->paths);
  base_account_free (rig->account);
  g_clear_pointer (&rig->state, sync_state_free);
  g_free (rig->last_refused);
  g_free (rig->folder);
  g_mutex_clear (&rig->lock);
  g_free (rig);
}

char *
rig_describe (Rig *rig)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);
  g_autofree char *dump = model_server_dump (rig->server, "alice");
  const SyncState *state = rig->state;

  return g_strdup_printf (
      "phase %d (of %x): %s / %s; next try in %" G_GINT64_FORMAT
      " s; refused %u: %s; operations %u; outbox %u; connections %" G_GUINT64_FORMAT "\n%s",
      state != NULL ? (int)state->phase : -1, rig->phases,
      state != NULL && state->message != NULL ? state->message : "",
      state != NULL && state->detail != NULL ? state->detail : "",
      state != NULL && state->next_try > 0 ? state->next_try - g_get_real_time () / G_USEC_PER_SEC
                                           : 0,
      rig->refused, rig->last_refused != NULL ? rig->last_refused : "",
      store_operation_count (rig->db, rig->row), rig_count_outbox (rig),
      model_server_get_counters (rig->server).connections, dump);
}

SyncPhase
rig_get_phase (Rig *rig)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);

  return rig->state != NULL ? rig->state->phase : SYNC_PHASE_CONNECTING;
}

gboolean
rig_was_ever (Rig *rig, SyncPhase phase)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);

  return (rig->phases & 1u << phase) != 0;
}

guint
rig_get_refused (Rig *rig)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);

  return rig->refused;
}

guint
rig_get_passwords (Rig *rig)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->lock);

  return rig->passwords;
}

/* ---- mail ---- */

static GBytes *
build (const char *subject, const char *to, gsize size)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "From: Alice <alice@model.test>\r\nTo: %s\r\nSubject: %s\r\n"
                          "Message-ID: <%s@trouble.test>\r\n"
                          "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\nHello.\r\n",
                          to, subject, subject);
  while (text->len < size)
    g_string_append (text, ".0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghij\r\n");
  return g_string_free_to_bytes (text);
}

guint32
rig_deliver (Rig *rig, const char *mailbox, const char *subject)
{
  g_autoptr (GBytes) message = build (subject, "alice@model.test", 0);

  return model_act_deliver (rig->server, "alice", mailbox, message, NULL, 0);
}

static StoreFolder *
find_folder (Rig *rig, const char *name)
{
  g_autoptr (GPtrArray) folders = store_folder_list (rig->db, rig->row, NULL);

  for (guint i = 0; folders != NULL && i < folders->len; i++)
    if (g_str_equal (((StoreFolder *)g_ptr_array_index (folders, i))->name, name))
      return g_ptr_array_steal_index (folders, i);
  return NULL;
}

gint64
rig_folder (Rig *rig, const char *name)
{
  g_autoptr (StoreFolder) folder = find_folder (rig, name);

  return folder != NULL ? folder->id : 0;
}

guint
rig_total (Rig *rig, const char *name)
{
  g_autoptr (StoreFolder) folder = find_folder (rig, name);

  return folder != NULL ? folder->total : 0;
}

gint64
rig_find (Rig *rig, const char *folder, const char *subject)
{
  gint64 id = rig_folder (rig, folder);
  g_autoptr (GArray) keys = id != 0 ? store_message_list (rig->db, id, 0, 0, NULL) : NULL;

  for (guint i = 0; keys != NULL && i < keys->len; i++) {
    gint64 row = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    g_autoptr (StoreMessage) message = store_message_get (rig->db, row, NULL);

    if (message != NULL && g_strcmp0 (message->subject, subject) == 0)
      return row;
  }
  return 0;
}

gint64
rig_send (Rig *rig, const char *to, const char *subject, gsize size)
{
  return rig_send_with (rig, to, subject, size, 0, 0);
}

gint64
rig_send_with (Rig *rig, const char *to, const char *subject, gsize size, StoreNotify notify,
               gint64 send_at)
{
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
  g_autoptr (GBytes) message = build (subject, to, size);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (store_draft_save (rig->paths, draft, &error));
  outbox->account = rig->row;
  outbox->draft = g_strdup (draft->id);
  outbox->message_id = g_strdup_printf ("<%s@trouble.test>", subject);
  outbox->from = g_strdup ("alice@model.test");
  outbox->recipients = g_strsplit (to, ",", -1);
  outbox->subject = g_strdup (subject);
  outbox->created = g_get_real_time () / G_USEC_PER_SEC;
  outbox->notify = notify;
  outbox->send_at = send_at;
  g_assert_true (store_outbox_add (rig->db, outbox, message, &error));
  g_assert_no_error (error);
  rows = store_outbox_list (rig->db, rig->row, NULL);
  sync_engine_outbox_changed (rig->engine, rig->account->id);
  return ((StoreOutbox *)g_ptr_array_index (rows, rows->len - 1))->id;
}

StoreOutbox *
rig_get_outbox (Rig *rig, gint64 id)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (rig->db, rig->row, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (((StoreOutbox *)g_ptr_array_index (rows, i))->id == id)
      return g_ptr_array_steal_index (rows, i);
  return NULL;
}

guint
rig_count_outbox (Rig *rig)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (rig->db, rig->row, NULL);

  return rows->len;
}
