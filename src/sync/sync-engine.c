/* The public face: finds the account and passes the word on.  Main thread for coming and going of accounts, any thread for
 * the rest; must never wait for a worker except where the header says so. */
#include "sync-engine.h"

#include "base-error.h"
#include "net-types.h"
#include "sync-account-private.h"
#include "sync-kept.h"

#include <glib/gi18n.h>

#define STOP_US (3 * G_USEC_PER_SEC)

struct _SyncEngine
{
  SyncShared *shared;

  GMutex lock;          /* what follows */
  GHashTable *accounts; /* id -> SyncAccount */
  GHashTable *
      shown; /* id -> gint64, the folder that the person looked at last; also of accounts that come later */
  gboolean online, metered;
};

SyncEngine *
sync_engine_new (Store *store, const SyncEvents *events, gpointer user_data)
{
  SyncEngine *engine = g_new0 (SyncEngine, 1);

  net_types_register ();
  engine->shared = sync_shared_new (store, events, user_data);
  engine->online = TRUE;
  engine->accounts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)sync_account_unref);
  engine->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&engine->lock);
  return engine;
}

void
sync_engine_set_patience (SyncEngine *engine, guint patience_ms)
{
  engine->shared->patience_ms = patience_ms;
}

/* The account with this id, or all (NULL), each with a reference. */
static GPtrArray *
find_accounts (SyncEngine *engine, const char *account_id)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)sync_account_unref);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&engine->lock);
  GHashTableIter iter;
  gpointer id = NULL, account = NULL;

  g_hash_table_iter_init (&iter, engine->accounts);
  while (g_hash_table_iter_next (&iter, &id, &account))
    if (account_id == NULL || g_str_equal (id, account_id))
      g_ptr_array_add (found, sync_account_ref (account));
  return found;
}

void
sync_engine_free (SyncEngine *engine)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, NULL);
  gint64 deadline = g_get_monotonic_time () + STOP_US;

  for (guint i = 0; i < accounts->len; i++)
    sync_account_stop (g_ptr_array_index (accounts, i));
  for (guint i = 0; i < accounts->len; i++)
    sync_account_join (g_ptr_array_index (accounts, i), deadline);
  g_clear_pointer (&accounts, g_ptr_array_unref);
  sync_kept_drop ();
  g_hash_table_unref (engine->accounts);
  g_hash_table_unref (engine->shown);
  g_mutex_clear (&engine->lock);
  sync_shared_unref (engine->shared);
  g_free (engine);
}

void
sync_engine_add_account (SyncEngine *engine, const BaseAccount *account)
{
  SyncAccount *previous = NULL, *added = NULL;
  const gint64 *shown;
  g_autofree char *key = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&engine->lock);

  sync_kept_drop_account (account->id, account);
  g_hash_table_steal_extended (engine->accounts, account->id, (gpointer *)&key,
                               (gpointer *)&previous);
  added = sync_account_new (engine->shared, account, engine->online, engine->metered, previous);
  g_hash_table_insert (engine->accounts, g_strdup (account->id), added);
  shown = g_hash_table_lookup (engine->shown, account->id);
  if (shown != NULL)
    sync_account_show_folder (added, *shown);
}

void
sync_engine_remove_account (SyncEngine *engine, const char *account_id)
{
  g_autoptr (SyncAccount) account = NULL;
  g_autofree char *key = NULL;

  sync_kept_drop_account (account_id, NULL);
  g_mutex_lock (&engine->lock);
  g_hash_table_steal_extended (engine->accounts, account_id, (gpointer *)&key,
                               (gpointer *)&account);
  g_hash_table_remove (engine->shown, account_id);
  g_mutex_unlock (&engine->lock);
  if (account == NULL)
    return;
  sync_account_stop (account);
  sync_account_join (account, g_get_monotonic_time () + STOP_US);
}

void
sync_engine_operations_changed (SyncEngine *engine, const char *account_id)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  for (guint i = 0; i < accounts->len; i++)
    sync_account_operations_changed (g_ptr_array_index (accounts, i));
}

void
sync_engine_outbox_changed (SyncEngine *engine, const char *account_id)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  for (guint i = 0; i < accounts->len; i++)
    sync_account_outbox_changed (g_ptr_array_index (accounts, i));
}

gboolean
sync_engine_stop_sending (SyncEngine *engine, const char *account_id, gint64 outbox)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  return accounts->len == 1 && sync_account_stop_sending (accounts->pdata[0], outbox);
}

void
sync_engine_show_folder (SyncEngine *engine, const char *account_id, gint64 folder)
{
  g_autoptr (GPtrArray) accounts = NULL;

  g_mutex_lock (&engine->lock);
  g_hash_table_insert (engine->shown, g_strdup (account_id), g_memdup2 (&folder, sizeof folder));
  g_mutex_unlock (&engine->lock);
  accounts = find_accounts (engine, account_id);
  for (guint i = 0; i < accounts->len; i++)
    sync_account_show_folder (g_ptr_array_index (accounts, i), folder);
}

void
sync_engine_retry (SyncEngine *engine, const char *account_id)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  for (guint i = 0; i < accounts->len; i++)
    sync_account_retry (g_ptr_array_index (accounts, i));
}

void
sync_engine_retry_protocol (SyncEngine *engine, const char *account_id, const char *protocol,
                            gboolean proved)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  for (guint i = 0; i < accounts->len; i++)
    sync_account_retry_protocol (g_ptr_array_index (accounts, i), protocol, proved);
}

gboolean
sync_engine_is_blocked (SyncEngine *engine, const char *account_id, const char *protocol)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);
  g_autoptr (GError) why = NULL;

  if (accounts->len > 0)
    why = sync_account_dup_block (accounts->pdata[0], protocol);
  return why != NULL;
}

void
sync_engine_unlocked (SyncEngine *engine)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, NULL);

  for (guint i = 0; i < accounts->len; i++)
    sync_account_unlocked (g_ptr_array_index (accounts, i));
}

void
sync_engine_moved (SyncEngine *engine)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, NULL);

  for (guint i = 0; i < accounts->len; i++)
    sync_account_moved (g_ptr_array_index (accounts, i));
}

void
sync_engine_set_online (SyncEngine *engine, gboolean online)
{
  g_autoptr (GPtrArray) accounts = NULL;

  g_mutex_lock (&engine->lock);
  engine->online = online;
  g_mutex_unlock (&engine->lock);
  accounts = find_accounts (engine, NULL);
  for (guint i = 0; i < accounts->len; i++)
    sync_account_set_online (g_ptr_array_index (accounts, i), online);
}

void
sync_engine_set_metered (SyncEngine *engine, gboolean metered)
{
  g_autoptr (GPtrArray) accounts = NULL;

  g_mutex_lock (&engine->lock);
  engine->metered = metered;
  g_mutex_unlock (&engine->lock);
  accounts = find_accounts (engine, NULL);
  for (guint i = 0; i < accounts->len; i++)
    sync_account_set_metered (g_ptr_array_index (accounts, i), metered);
}

void
sync_engine_resumed (SyncEngine *engine)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, NULL);

  for (guint i = 0; i < accounts->len; i++)
    sync_account_resumed (g_ptr_array_index (accounts, i));
}

void
sync_engine_set_times (SyncEngine *engine, const SyncTimes *times)
{
  engine->shared->times = times;
}

static gboolean
set_removed (GError **error)
{
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("The account of this message was removed."));
  return FALSE;
}

/* Takes `request`. */
static gboolean
wait_for (SyncEngine *engine, const char *account_id, SyncRequest *request,
          GCancellable *cancellable, GError **error)
{
  g_autoptr (SyncRequest) owned = request;
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  if (accounts->len == 0)
    return set_removed (error);
  sync_account_request (g_ptr_array_index (accounts, 0), request);
  return sync_request_wait (request, NULL, cancellable, error);
}

gboolean
sync_engine_fetch_body (SyncEngine *engine, const char *account_id, gint64 message,
                        GCancellable *cancellable, GError **error)
{
  return wait_for (engine, account_id, sync_request_new (SYNC_REQUEST_BODY, message, NULL),
                   cancellable, error);
}

gboolean
sync_engine_fetch_whole (SyncEngine *engine, const char *account_id, gint64 message,
                         GCancellable *cancellable, GError **error)
{
  return wait_for (engine, account_id, sync_request_new (SYNC_REQUEST_WHOLE, message, NULL),
                   cancellable, error);
}

gboolean
sync_engine_fetch_part (SyncEngine *engine, const char *account_id, gint64 message, guint part,
                        SyncProgressFunc progress, gpointer user_data, GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  if (accounts->len == 0)
    return set_removed (error);
  return sync_account_fetch_part (g_ptr_array_index (accounts, 0), message, part, progress,
                                  user_data, cancellable, error);
}

gboolean
sync_engine_search (SyncEngine *engine, const char *account_id, gint64 folder, BaseQuery *query,
                    SyncHits **hits, SyncProgressFunc progress, gpointer user_data,
                    GCancellable *cancellable, GError **error)
{
  g_autoptr (SyncRequest) request = sync_request_new_search (folder, query);
  g_autoptr (GPtrArray) accounts = find_accounts (engine, account_id);

  *hits = NULL;
  if (accounts->len == 0)
    return set_removed (error);
  sync_account_request (g_ptr_array_index (accounts, 0), request);
  if (!sync_request_wait_for (request, NULL, progress, user_data, cancellable, error))
    return FALSE;
  *hits = sync_request_steal_hits (request);
  return TRUE;
}
