/* The fixture of the live tests. */
#include "live.h"

#include <glib/gstdio.h>
#include <string.h>

double
live_slow (void)
{
  const char *slow = g_getenv ("LIVE_SLOW");

  return slow != NULL ? g_ascii_strtod (slow, NULL) : 1;
}

/* ---- events ---- */

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  Live *live = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  live->passwords++;
  return g_strdup (live->password);
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
  Live *live = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  g_clear_pointer (&live->state, sync_state_free);
  live->state = sync_state_dup (state);
  live->states++;
  if (g_test_verbose ())
    g_test_message ("state %d %s %u/%u %s", state->phase,
                    state->folder != NULL ? state->folder : "", state->done, state->total,
                    state->message != NULL ? state->message : "");
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
  Live *live = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  live->arrived += (guint)n;
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  Live *live = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  live->refused++;
  g_free (live->last_refused);
  live->last_refused = g_strdup (sentence);
  g_test_message ("refused: %s (%s)", sentence, detail != NULL ? detail : "");
}

/* ---- coming and going ---- */

static void
set_server (BaseServer *server, const char *port, const char *user)
{
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup ("localhost");
  server->port = (guint16)g_ascii_strtoull (port, NULL, 10);
  server->security = BASE_SECURITY_TLS;
  server->user = g_strdup (user);
}

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

Live *
live_new (const char *user)
{
  Live *live = g_new0 (Live, 1);
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
  set_server (&live->account->imap, live_lab ("LAB_IMAPS"), user);
  set_server (&live->account->smtp, live_lab ("LAB_SUBMISSIONS"), user);
  live->password = g_strdup_printf ("%spw", user);
  g_mutex_init (&live->lock);
  g_cond_init (&live->cond);
  open_store (live);
  return live;
}

void
live_start_with (Live *live, gboolean metered, const SyncTimes *times)
{
  const SyncEvents events = { get_password, state_changed, arrived, refused };
  g_autoptr (GError) error = NULL;

  if (live->store == NULL)
    open_store (live);
  g_assert_true (store_outbox_recover (live->db, &error));
  g_assert_no_error (error);
  live->engine = sync_engine_new (live->store, &events, live);
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

void
live_stop (Live *live)
{
  gint64 begun = g_get_monotonic_time ();

  g_clear_pointer (&live->engine, sync_engine_free);
  g_assert_cmpfloat ((double)(g_get_monotonic_time () - begun) / G_USEC_PER_SEC, <,
                     3.5 * live_slow ());
  g_clear_pointer (&live->db, store_db_free);
  g_clear_pointer (&live->store, store_unref);
}

void
live_free (Live *live)
{
  live_stop (live);
  g_assert_true (base_paths_remove_tree (live->folder));
  base_paths_unref (live->paths);
  base_account_free (live->account);
  g_clear_pointer (&live->state, sync_state_free);
  g_free (live->password);
  g_free (live->last_refused);
  g_free (live->folder);
  g_mutex_clear (&live->lock);
  g_cond_clear (&live->cond);
  g_free (live);
}

SyncPhase
live_get_phase (Live *live)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  return live->state != NULL ? live->state->phase : SYNC_PHASE_CONNECTING;
}

guint
live_get_arrived (Live *live)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  return live->arrived;
}

guint
live_get_refused (Live *live)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  return live->refused;
}

void
live_set_password (Live *live, const char *password)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->lock);

  g_free (live->password);
  live->password = g_strdup (password);
}

/* ---- looking into the store ---- */

static StoreFolder *
find_folder (Live *live, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = store_folder_list (live->db, live->row, &error);
  g_autofree char *path = live_path (name);

  g_assert_no_error (error);
  for (guint i = 0; i < folders->len; i++) {
    StoreFolder *folder = g_ptr_array_index (folders, i);

    if (g_str_equal (folder->name, path)) {
      StoreFolder *found = store_folder_get (live->db, folder->id, NULL);

      return found;
    }
  }
  return NULL;
}

gint64
live_folder (Live *live, const char *name)
{
  g_autoptr (StoreFolder) folder = find_folder (live, name);

  return folder != NULL ? folder->id : 0;
}

guint
live_total (Live *live, const char *name)
{
  g_autoptr (StoreFolder) folder = find_folder (live, name);

  return folder != NULL ? folder->total : 0;
}

gint64
live_in_step (Live *live, const char *name)
{
  g_autoptr (StoreFolder) folder = find_folder (live, name);

  return folder != NULL ? folder->in_step : 0;
}

guint
live_unread (Live *live, const char *name)
{
  g_autoptr (StoreFolder) folder = find_folder (live, name);

  return folder != NULL ? folder->unread : 0;
}

gint64
live_find (Live *live, const char *folder, const char *subject)
{
  gint64 id = live_folder (live, folder);
  g_autoptr (GArray) keys = id != 0 ? store_message_list (live->db, id, 0, 0, NULL) : NULL;

  for (guint i = 0; keys != NULL && i < keys->len; i++) {
    g_autoptr (StoreMessage) message =
        store_message_get (live->db, STORE_KEY_ID (g_array_index (keys, StoreKey, i)), NULL);

    if (message != NULL && g_strcmp0 (message->subject, subject) == 0)
      return message->id;
  }
  return 0;
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
