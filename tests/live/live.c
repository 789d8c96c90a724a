/* The fixture of the live tests. */
#include "live.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- coming and going ---- */

static void
open_store (Live *live)
{
  g_autoptr (GError) error = NULL;

  live->store = store_open (live->paths, NULL, &error);
  g_assert_no_error (error);
  live->db = store_connect (live->store, &error);
  g_assert_no_error (error);
  live->row = store_account_ensure (live->db, live->account->id, &error);
  g_assert_no_error (error);
}

static guint16
get_port (const char *name)
{
  return (guint16)g_ascii_strtoull (live_lab (name), NULL, 10);
}

Live *
live_new (const char *user)
{
  Live *live = g_new0 (Live, 1);
  g_autofree char *password = g_strdup_printf ("%spw", user);
  g_autoptr (GError) error = NULL;

  live_tidy (user);
  live->folder = g_dir_make_tmp ("sosik-live-XXXXXX", &error);
  g_assert_no_error (error);
  live->paths = base_paths_new (live->folder, &error);
  g_assert_no_error (error);
  live->account = base_account_new ();
  g_free (live->account->address);
  live->account->address = g_strdup_printf ("%s@lab.test", user);
  g_free (live->account->ca_file);
  live->account->ca_file = g_strdup (live_lab ("LAB_CA"));
  engine_set_server (&live->account->imap, "localhost", get_port ("LAB_IMAPS"), user);
  engine_set_server (&live->account->smtp, "localhost", get_port ("LAB_SUBMISSIONS"), user);
  engine_told_init (&live->told, password);
  open_store (live);
  return live;
}

void
live_start_with (Live *live, gboolean metered, const SyncTimes *times)
{
  g_autoptr (GError) error = NULL;

  if (live->store == NULL)
    open_store (live);
  g_assert_true (store_outbox_recover (live->db, &error));
  g_assert_no_error (error);
  live->engine = sync_engine_new (live->store, &engine_told_events, &live->told);
  sync_engine_set_metered (live->engine, metered);
  if (times != NULL)
    sync_engine_set_times (live->engine, times);
  sync_engine_add_account (live->engine, live->account);
}

void
live_start (Live *live)
{
  live_start_with (live, FALSE, NULL);
}

Live *
live_start_in_step (const char *user)
{
  Live *live = live_new (user);

  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  return live;
}

gint64
live_stop (Live *live)
{
  gint64 begun = g_get_monotonic_time (), took;

  g_clear_pointer (&live->engine, sync_engine_free);
  took = g_get_monotonic_time () - begun;
  g_assert_cmpint (took, <, 30 * G_USEC_PER_SEC); /* who waits for a server waits for a minute */
  g_clear_pointer (&live->db, store_db_free);
  g_clear_pointer (&live->store, store_unref);
  return took;
}

void
live_free (Live *live)
{
  live_stop (live);
  g_assert_true (base_paths_remove_tree (live->folder));
  base_paths_unref (live->paths);
  base_account_free (live->account);
  engine_told_clear (&live->told);
  g_free (live->folder);
  g_free (live);
}

void
live_set_password (Live *live, const char *password)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->told.lock);

  g_free (live->told.password);
  live->told.password = g_strdup (password);
}

/* ---- looking into the store ---- */

gint64
live_folder (Live *live, const char *name)
{
  g_autofree char *path = live_path (name);

  return look_folder (live->db, live->row, path);
}

guint
live_total (Live *live, const char *name)
{
  g_autofree char *path = live_path (name);

  return look_total (live->db, live->row, path);
}

gint64
live_in_step (Live *live, const char *name)
{
  g_autofree char *path = live_path (name);
  g_autoptr (StoreFolder) folder = look_get_folder (live->db, live->row, path);

  return folder != NULL ? folder->in_step : 0;
}

guint
live_unread (Live *live, const char *name)
{
  g_autofree char *path = live_path (name);

  return look_unread (live->db, live->row, path);
}

gint64
live_find (Live *live, const char *folder, const char *subject)
{
  g_autofree char *path = live_path (folder);

  return look_find (live->db, live->row, path, subject);
}

StoreFlags
live_flags (Live *live, gint64 id)
{
  g_autoptr (StoreMessage) message = store_message_get (live->db, id, NULL);

  return message != NULL ? message->flags : 0;
}

gboolean
live_has_body (Live *live, gint64 id)
{
  g_autoptr (StoreMessage) message = store_message_get (live->db, id, NULL);

  return message != NULL && message->has_body;
}
