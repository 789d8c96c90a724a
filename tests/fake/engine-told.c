/* See engine-told.h. */
#include "engine-told.h"

#include "base-error.h"

#include "store-partial.h"

/* ---- events: on the engine's threads ---- */

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  EngineTold *told = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  told->passwords++;
  if (told->locked) {
    base_error_set (error, BASE_ERROR_AUTH, NULL, "The keyring is locked.");
    base_error_set_locked (error != NULL ? *error : NULL);
    return NULL;
  }
  if (!g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY) || told->own_password == NULL)
    return g_strdup (told->password);
  told->own_passwords++;
  return g_strdup (told->own_password);
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
  EngineTold *told = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  g_clear_pointer (&told->state, sync_state_free);
  told->state = sync_state_dup (state);
  told->phases |= 1u << state->phase;
  told->states++;
  told->in_step += state->phase == SYNC_PHASE_IN_STEP;
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
  EngineTold *told = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  told->arrived += (guint)n;
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  EngineTold *told = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  told->refused++;
  g_free (told->last_refused);
  told->last_refused = g_strdup_printf ("%s (%s)", sentence, detail != NULL ? detail : "");
}

static void
sending (const char *account_id, gint64 outbox, guint64 sent, guint64 total, gpointer user_data)
{
  EngineTold *told = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  told->sending += sent < total;
}

const SyncEvents engine_told_events = { .get_password = get_password,
                                        .state_changed = state_changed,
                                        .arrived = arrived,
                                        .refused = refused,
                                        .sending = sending };

/* ---- what was said ---- */

void
engine_told_init (EngineTold *told, const char *password)
{
  g_mutex_init (&told->lock);
  told->password = g_strdup (password);
}

void
engine_told_set_own_password (EngineTold *told, const char *password)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  g_free (told->own_password);
  told->own_password = g_strdup (password);
}

void
engine_told_clear (EngineTold *told)
{
  g_clear_pointer (&told->state, sync_state_free);
  g_free (told->password);
  g_free (told->own_password);
  g_free (told->last_refused);
  g_mutex_clear (&told->lock);
}

void
engine_told_forget_state (EngineTold *told)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  g_clear_pointer (&told->state, sync_state_free);
}

SyncPhase
engine_told_get_phase (EngineTold *told)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  return told->state != NULL ? told->state->phase : SYNC_PHASE_CONNECTING;
}

gboolean
engine_told_was_ever (EngineTold *told, SyncPhase phase)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  return (told->phases & 1u << phase) != 0;
}

static guint
get (EngineTold *told, const guint *number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  return *number;
}

guint
engine_told_get_in_step (EngineTold *told)
{
  return get (told, &told->in_step);
}

guint
engine_told_get_states (EngineTold *told)
{
  return get (told, &told->states);
}

guint
engine_told_get_passwords (EngineTold *told)
{
  return get (told, &told->passwords);
}

void
engine_told_set_locked (EngineTold *told, gboolean locked)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  told->locked = locked;
}

guint
engine_told_get_own_passwords (EngineTold *told)
{
  return get (told, &told->own_passwords);
}

guint
engine_told_get_arrived (EngineTold *told)
{
  return get (told, &told->arrived);
}

guint
engine_told_get_sending (EngineTold *told)
{
  return get (told, &told->sending);
}

guint
engine_told_get_refused (EngineTold *told)
{
  return get (told, &told->refused);
}

/* ---- the account ---- */

void
engine_set_server (BaseServer *server, const char *host, guint16 port, const char *user)
{
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup (host);
  server->user = g_strdup (user);
  server->port = port;
  server->security = BASE_SECURITY_TLS;
}

/* ---- the store ---- */

StoreFolder *
look_get_folder (StoreDb *db, gint64 row, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = store_folder_list (db, row, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < folders->len; i++)
    if (g_str_equal (((StoreFolder *)g_ptr_array_index (folders, i))->name, name))
      return g_ptr_array_steal_index (folders, i);
  return NULL;
}

gint64
look_folder (StoreDb *db, gint64 row, const char *name)
{
  g_autoptr (StoreFolder) folder = look_get_folder (db, row, name);

  return folder != NULL ? folder->id : 0;
}

guint
look_total (StoreDb *db, gint64 row, const char *name)
{
  g_autoptr (StoreFolder) folder = look_get_folder (db, row, name);

  return folder != NULL ? folder->total : 0;
}

guint
look_unread (StoreDb *db, gint64 row, const char *name)
{
  g_autoptr (StoreFolder) folder = look_get_folder (db, row, name);

  return folder != NULL ? folder->unread : 0;
}

gint64
look_find (StoreDb *db, gint64 row, const char *folder, const char *subject)
{
  gint64 id = look_folder (db, row, folder);
  g_autoptr (GArray) keys = id != 0 ? store_message_list (db, id, 0, 0, NULL) : NULL;

  for (guint i = 0; keys != NULL && i < keys->len; i++) {
    gint64 found = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    g_autoptr (StoreMessage) message = store_message_get (db, found, NULL);

    if (message != NULL && g_strcmp0 (message->subject, subject) == 0)
      return found;
  }
  return 0;
}

GBytes *
look_part (StoreDb *db, gint64 message, guint part, gboolean *by_store)
{
  g_autoptr (GError) error = NULL;
  gboolean decoded = FALSE;
  g_autoptr (GBytes) content = store_partial_get_part (db, message, part, &decoded, &error);
  g_autofree char *encoded = NULL;
  guchar *bytes;
  gsize length;

  g_assert_no_error (error);
  if (by_store != NULL)
    *by_store = decoded;
  if (decoded)
    return g_steal_pointer (&content);
  encoded = g_strndup (g_bytes_get_data (content, NULL), g_bytes_get_size (content));
  bytes = g_base64_decode (encoded, &length);
  return g_bytes_new_take (bytes, length);
}
