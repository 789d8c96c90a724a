/* The fixture of the trouble tests. */
#include "rig.h"

#include <sqlite3.h>
#include <string.h>

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

  engine_told_init (&rig->told, "alicepw");
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
  engine_set_server (&rig->account->imap, provider ? "imap.gmail.com" : "localhost",
                     model_server_get_imap_port (rig->server), "alice");
  engine_set_server (&rig->account->smtp, provider ? "smtp.gmail.com" : "localhost",
                     model_server_get_smtp_port (rig->server), "alice");
  open_store (rig);
  return rig;
}

void
rig_start_with_times (Rig *rig, const SyncTimes *times)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (store_outbox_recover (rig->db, &error));
  g_assert_no_error (error);
  rig->engine = sync_engine_new (rig->store, &engine_told_events, &rig->told);
  if (times != NULL)
    sync_engine_set_times (rig->engine, times);
  sync_engine_add_account (rig->engine, rig->account);
}

void
rig_start (Rig *rig)
{
  rig_start_with_times (rig, NULL);
}

void
rig_stop (Rig *rig)
{
  g_clear_pointer (&rig->engine, sync_engine_free);
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
  engine_told_clear (&rig->told);
  g_free (rig->folder);
  g_free (rig);
}

char *
rig_describe (Rig *rig)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rig->told.lock);
  g_autofree char *dump = model_server_dump (rig->server, "alice");
  const SyncState *state = rig->told.state;

  return g_strdup_printf (
      "phase %d (of %x): %s / %s; next try in %" G_GINT64_FORMAT
      " s; refused %u: %s; operations %u; outbox %u; connections %" G_GUINT64_FORMAT "\n%s",
      state != NULL ? (int)state->phase : -1, rig->told.phases,
      state != NULL && state->message != NULL ? state->message : "",
      state != NULL && state->detail != NULL ? state->detail : "",
      state != NULL && state->next_try > 0 ? state->next_try - g_get_real_time () / G_USEC_PER_SEC
                                           : 0,
      rig->told.refused, rig->told.last_refused != NULL ? rig->told.last_refused : "",
      store_operation_count (rig->db, rig->row), rig_count_outbox (rig),
      model_server_get_counters (rig->server).connections, dump);
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

gint64
rig_folder (Rig *rig, const char *name)
{
  return look_folder (rig->db, rig->row, name);
}

guint
rig_total (Rig *rig, const char *name)
{
  return look_total (rig->db, rig->row, name);
}

gint64
rig_find (Rig *rig, const char *folder, const char *subject)
{
  return look_find (rig->db, rig->row, folder, subject);
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
  outbox->sent_folder = g_strdup (rig->sent_folder);
  outbox->route = g_strdup (rig->route);
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

void
rig_set_deferred (Rig *rig, gint64 id, gint64 when)
{
  g_autofree char *path = g_build_filename (rig->folder, "data", "mail.db", NULL);
  g_autofree char *sql = g_strdup_printf ("UPDATE outbox SET deferred = %" G_GINT64_FORMAT
                                          " WHERE deferred > 0 AND id = %" G_GINT64_FORMAT,
                                          when, id);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (db), ==, 1);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

guint
rig_count_outbox (Rig *rig)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (rig->db, rig->row, NULL);

  return rows->len;
}
