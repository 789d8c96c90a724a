/* Starts and stops the three workers of an account and keeps what they must agree on: whether IMAP stands, which state is
 * shown.  Any thread; must never hold a lock while it waits for the wire. */
#include "sync-account-private.h"

#include "base-error.h"
#include "sync-advice.h"
#include "sync-board.h"
#include "sync-route.h"
#include "sync-without.h"

#include <string.h>

static void tell_state (const SyncState *state, gpointer user_data);
static gboolean get_trouble (gpointer user_data, SyncPhase *phase, const char **protocol,
                             GError **error);
static const SyncBoardFuncs board_funcs = { tell_state, get_trouble };

SyncShared *
sync_shared_new (Store *store, const SyncEvents *events, gpointer user_data)
{
  SyncShared *shared = g_new0 (SyncShared, 1);

  g_atomic_ref_count_init (&shared->ref_count);
  shared->store = store_ref (store);
  shared->events = *events;
  shared->user_data = user_data;
  shared->times = &sync_times;
  shared->accounts = g_ptr_array_new ();
  g_mutex_init (&shared->lock);
  return shared;
}

SyncShared *
sync_shared_ref (SyncShared *shared)
{
  g_atomic_ref_count_inc (&shared->ref_count);
  return shared;
}

void
sync_shared_unref (SyncShared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->ref_count))
    return;
  store_unref (shared->store);
  g_ptr_array_unref (shared->accounts);
  g_mutex_clear (&shared->lock);
  g_free (shared);
}

static SyncWorker *
get_sender (SyncAccount *account, guint i)
{
  return sync_route_get_worker (account->routes->pdata[i]);
}

static void
wake_senders (SyncAccount *account)
{
  for (guint i = 0; i < account->routes->len; i++)
    sync_worker_wake (get_sender (account, i));
}

void
sync_account_retry_senders (SyncAccount *account)
{
  for (guint i = 0; i < account->routes->len; i++)
    sync_worker_retry (get_sender (account, i), FALSE);
}

/* Its own one also where it does not send: what was for a server that is gone has to be told. */
static void
add_routes (SyncAccount *account)
{
  account->routes = g_ptr_array_new_with_free_func ((GDestroyNotify)sync_route_free);
  g_ptr_array_add (account->routes, sync_route_new (account, NULL));
  for (guint i = 0; i < account->settings->identities->len; i++) {
    const BaseIdentity *identity = account->settings->identities->pdata[i];

    if (base_server_is_used (identity->smtp))
      g_ptr_array_add (account->routes, sync_route_new (account, identity->id));
  }
}

static void
tell_workers (SyncAccount *account, gboolean online)
{
  sync_worker_set_offline (account->sync, !online);
  sync_worker_set_offline (account->reader, !online);
  for (guint i = 0; i < account->routes->len; i++)
    sync_worker_set_offline (get_sender (account, i), !online);
}

SyncAccount *
sync_account_new (SyncShared *shared, const BaseAccount *settings, gboolean online,
                  gboolean metered, SyncAccount *previous)
{
  SyncAccount *account = g_new0 (SyncAccount, 1);

  g_atomic_ref_count_init (&account->ref_count);
  account->shared = sync_shared_ref (shared);
  account->settings = base_account_dup (settings);
  account->without = sync_without_imap (settings);
  account->proved[SYNC_SIDE_IMAP] = base_server_get_proof (&settings->imap);
  account->proved[SYNC_SIDE_SMTP] = base_server_get_proof (&settings->smtp);
  account->previous = previous;
  account->online = online;
  account->metered = metered;
  account->board = sync_board_new (&board_funcs, account);
  g_mutex_init (&account->sign_in_lock);
  g_mutex_init (&account->identity_lock);
  g_mutex_init (&account->lock);
  g_cond_init (&account->gate_cond);
  account->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)sync_request_unref);
  account->let_in = g_hash_table_new (g_str_hash, g_str_equal);
  account->refused = g_hash_table_new (g_str_hash, g_str_equal);
  if (previous != NULL)
    sync_account_stop (previous);
  account->sync =
      sync_worker_new ("sosik-sync", (GDestroyNotify)sync_request_drop, sync_loop_run, account);
  account->reader =
      sync_worker_new ("sosik-reader", (GDestroyNotify)sync_request_drop, sync_body_run, account);
  add_routes (account);
  tell_workers (account, online);
  g_mutex_lock (&shared->lock);
  g_ptr_array_add (shared->accounts, account);
  g_mutex_unlock (&shared->lock);
  sync_worker_start (account->sync);
  sync_worker_start (account->reader);
  for (guint i = 0; i < account->routes->len; i++)
    sync_worker_start (get_sender (account, i));
  return account;
}

SyncAccount *
sync_account_ref (SyncAccount *account)
{
  g_atomic_ref_count_inc (&account->ref_count);
  return account;
}

void
sync_account_unref (SyncAccount *account)
{
  if (!g_atomic_ref_count_dec (&account->ref_count))
    return;
  g_mutex_lock (&account->shared->lock);
  g_ptr_array_remove (account->shared->accounts, account);
  g_mutex_unlock (&account->shared->lock);
  sync_account_stop (account);
  sync_worker_free (account->sync);
  sync_worker_free (account->reader);
  g_ptr_array_unref (account->routes);
  g_clear_pointer (&account->previous, sync_account_unref);
  g_clear_error (&account->blocked[SYNC_SIDE_IMAP]);
  g_clear_error (&account->blocked[SYNC_SIDE_SMTP]);
  g_clear_pointer (&account->board, sync_board_free);
  base_account_free (account->settings);
  g_mutex_clear (&account->sign_in_lock);
  g_mutex_clear (&account->identity_lock);
  g_mutex_clear (&account->lock);
  g_cond_clear (&account->gate_cond);
  g_ptr_array_unref (account->parts);
  g_hash_table_unref (account->let_in);
  g_hash_table_unref (account->refused);
  sync_shared_unref (account->shared);
  g_free (account);
}

void
sync_account_stop (SyncAccount *account)
{
  g_mutex_lock (&account->lock);
  account->stopping = TRUE;
  g_cond_broadcast (&account->gate_cond);
  g_mutex_unlock (&account->lock);
  sync_worker_stop (account->sync);
  sync_worker_stop (account->reader);
  for (guint i = 0; i < account->routes->len; i++)
    sync_worker_stop (get_sender (account, i));
}

static void
drop_requests (SyncWorker *worker)
{
  SyncRequest *request;

  while ((request = sync_worker_pop (worker)) != NULL)
    sync_request_drop (request);
}

void
sync_account_join (SyncAccount *account, gint64 deadline)
{
  for (guint i = 0; i < account->routes->len; i++)
    sync_worker_join (get_sender (account, i), deadline);
  sync_worker_join (account->reader, deadline);
  sync_worker_join (account->sync, deadline);
  drop_requests (account->reader);
  drop_requests (account->sync);
}

void
sync_account_operations_changed (SyncAccount *account)
{
  sync_worker_wake (account->sync);
}

void
sync_account_outbox_changed (SyncAccount *account)
{
  wake_senders (account);
}

void
sync_account_moved (SyncAccount *account)
{
  g_mutex_lock (&account->lock);
  account->prove = TRUE;
  sync_account_lift_distrust (account);
  g_mutex_unlock (&account->lock);
  sync_board_look_again (account->board);
  sync_worker_wake (account->sync);
  wake_senders (account);
}

void
sync_account_set_online (SyncAccount *account, gboolean online)
{
  gboolean back = FALSE;

  g_mutex_lock (&account->lock);
  back = online && !account->online;
  account->online = online;
  account->prove = TRUE;
  if (back)
    sync_account_lift_distrust (account);
  g_mutex_unlock (&account->lock);
  sync_board_look_again (account->board);
  tell_workers (account, online);
  if (!back) {
    sync_worker_wake (account->sync);
    wake_senders (account);
    return;
  }
  /* Another network: connections of the old one are dead, they only do not know it yet.  What the sender has under way may
   * still come through. */
  sync_worker_retry (account->sync, TRUE);
  sync_worker_retry (account->reader, TRUE);
  sync_account_retry_senders (account);
}

void
sync_account_resumed (SyncAccount *account)
{
  g_mutex_lock (&account->lock);
  account->prove = TRUE;
  g_mutex_unlock (&account->lock);
  sync_worker_wake (account->sync);
  /* Its connection slept too, and nobody would notice before somebody waits for it. */
  sync_worker_retry (account->reader, TRUE);
  /* What it waits for may be past: the clock it waits by stood still. */
  wake_senders (account);
}

void
sync_account_set_metered (SyncAccount *account, gboolean metered)
{
  g_mutex_lock (&account->lock);
  account->metered = metered;
  g_mutex_unlock (&account->lock);
  sync_worker_wake (account->sync);
}

static void
push_request (SyncAccount *account, SyncWorker *worker, SyncRequest *request)
{
  gboolean stopping = FALSE;

  g_mutex_lock (&account->lock);
  stopping = account->stopping;
  if (!stopping)
    sync_worker_push (worker, sync_request_ref (request));
  g_mutex_unlock (&account->lock);
  if (stopping)
    sync_request_drop (sync_request_ref (request));
}

void
sync_account_request (SyncAccount *account, SyncRequest *request)
{
  push_request (account, account->reader, request);
}

/* Under the lock. */
static SyncRequest *
find_part (SyncAccount *account, gint64 message, guint part)
{
  for (guint i = 0; i < account->parts->len; i++) {
    SyncRequest *request = g_ptr_array_index (account->parts, i);

    if (sync_request_get_message (request) == message && sync_request_get_part (request) == part
        && sync_request_join (request))
      return sync_request_ref (request);
  }
  return NULL;
}

gboolean
sync_account_fetch_part (SyncAccount *account, gint64 message, guint part,
                         SyncProgressFunc progress, gpointer user_data, GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (SyncRequest) request = NULL;
  gboolean good;

  g_mutex_lock (&account->lock);
  request = find_part (account, message, part);
  gboolean on_its_way = request != NULL;
  if (!on_its_way) {
    request = sync_request_new_part (message, part);
    g_ptr_array_add (account->parts, sync_request_ref (request));
  }
  g_mutex_unlock (&account->lock);
  if (!on_its_way)
    sync_account_request (account, request);
  good = sync_request_wait_for (request, NULL, progress, user_data, cancellable, error);
  g_mutex_lock (&account->lock);
  if (sync_request_is_over (request))
    g_ptr_array_remove_fast (account->parts, request);
  g_mutex_unlock (&account->lock);
  return good;
}

static void
prepare (SyncAccount *account, gint64 folder)
{
  g_autoptr (SyncRequest) request = sync_request_new (SYNC_REQUEST_PREPARE, folder, NULL);

  sync_account_request (account, request);
}

void
sync_account_show_folder (SyncAccount *account, gint64 folder)
{
  g_mutex_lock (&account->lock);
  account->shown = folder;
  account->shown_serial++;
  if (account->connected)
    account->prepared = account->shown_serial;
  g_mutex_unlock (&account->lock);
  sync_worker_wake (account->sync);
  prepare (account, folder);
}

void
sync_account_prepare (SyncAccount *account, gint64 folder)
{
  gboolean wanted;

  g_mutex_lock (&account->lock);
  wanted = account->shown == folder && account->prepared != account->shown_serial;
  if (wanted)
    account->prepared = account->shown_serial;
  g_mutex_unlock (&account->lock);
  if (wanted)
    prepare (account, folder);
}

void
sync_account_request_from_sync (SyncAccount *account, SyncRequest *request)
{
  push_request (account, account->sync, request);
}

/* Under the lock of `shared`, for it is only borrowed: the one at work, where it was begun anew with other settings. */
static SyncAccount *
find_other (SyncShared *shared, gint64 row)
{
  for (guint i = shared->accounts->len; i > 0; i--) {
    SyncAccount *other = g_ptr_array_index (shared->accounts, i - 1);
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&other->lock);

    if (other->row == row && !other->stopping)
      return other;
  }
  return NULL;
}

void
sync_account_wake_other (SyncAccount *account, gint64 row)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->shared->lock);
  SyncAccount *other = find_other (account->shared, row);

  if (other != NULL)
    sync_worker_wake (other->sync);
}

gboolean
sync_account_request_other (SyncAccount *account, gint64 row, SyncRequest *request)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->shared->lock);
  SyncAccount *other = find_other (account->shared, row);

  if (other != NULL)
    sync_account_request (other, request);
  return other != NULL;
}

const BaseAccount *
sync_account_get_settings (SyncAccount *account)
{
  return account->settings;
}

const char *
sync_account_get_id (SyncAccount *account)
{
  return account->settings->id;
}

guint
sync_account_get_patience (SyncAccount *account)
{
  return account->shared->patience_ms;
}

const SyncEvents *
sync_account_get_events (SyncAccount *account, gpointer *user_data)
{
  *user_data = account->shared->user_data;
  return &account->shared->events;
}

/* The sync worker ends the account's predecessor; the others wait for that. */
static void
pass_gate (SyncAccount *account, SyncWorker *worker)
{
  g_autoptr (SyncAccount) previous = NULL;

  g_mutex_lock (&account->lock);
  if (worker == account->sync) {
    previous = g_steal_pointer (&account->previous);
    g_mutex_unlock (&account->lock);
    if (previous != NULL)
      sync_account_join (previous, g_get_monotonic_time () + 3 * G_USEC_PER_SEC);
    if (previous != NULL)
      sync_account_inherit_blocks (account, previous);
    g_mutex_lock (&account->lock);
    account->gate_open = TRUE;
    g_cond_broadcast (&account->gate_cond);
  }
  while (!account->gate_open && !account->stopping)
    g_cond_wait (&account->gate_cond, &account->lock);
  g_mutex_unlock (&account->lock);
}

StoreDb *
sync_account_open_store (SyncAccount *account, SyncWorker *worker, gint64 *row)
{
  pass_gate (account, worker);
  while (!sync_worker_is_stopping (worker)) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StoreDb) db = store_connect (account->shared->store, &error);

    if (db != NULL)
      *row = store_account_ensure (db, account->settings->id, &error);
    if (db != NULL && *row > 0) {
      g_mutex_lock (&account->lock);
      account->row = *row;
      g_mutex_unlock (&account->lock);
      return g_steal_pointer (&db);
    }
    sync_account_set_state (account, SYNC_PHASE_DISK, NULL, 0, 0, sync_worker_fail (worker), error);
    while (!sync_worker_is_stopping (worker) && !sync_worker_take_retry (worker)
           && sync_worker_get_delay (worker) > 0) {
      sync_worker_wait (worker, sync_worker_get_delay (worker));
      sync_worker_begin_round (worker);
    }
  }
  return NULL;
}

gboolean
sync_account_stop_sending (SyncAccount *account, gint64 outbox)
{
  for (guint i = 0; i < account->routes->len; i++)
    if (sync_sending_stop (sync_route_get_sending (account->routes->pdata[i]), outbox))
      return TRUE;
  return FALSE;
}

gboolean
sync_account_has_route (SyncAccount *account, const char *identity)
{
  for (guint i = 0; i < account->routes->len; i++)
    if (g_strcmp0 (sync_route_get_identity (account->routes->pdata[i]), identity) == 0)
      return TRUE;
  return FALSE;
}

void
sync_account_tell_sending (SyncAccount *account, gint64 outbox, guint64 sent, guint64 total)
{
  if (account->shared->events.sending != NULL)
    account->shared->events.sending (account->settings->id, outbox, sent, total,
                                     account->shared->user_data);
}

void
sync_account_learn (SyncAccount *account, ImapSession *session)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  if (session != NULL)
    account->without |= imap_session_get_doubted (session);
}

void
sync_account_set_connected (SyncAccount *account, gboolean connected)
{
  g_mutex_lock (&account->lock);
  account->connected = connected;
  account->connections += connected;
  if (connected)
    account->prepared = account->shown_serial - 1;
  g_mutex_unlock (&account->lock);
  /* It may wait to look into Sent. */
  if (connected)
    wake_senders (account);
}

gboolean
sync_account_is_connected (SyncAccount *account)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  return account->connected;
}

guint
sync_account_count_connections (SyncAccount *account)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  return account->connections;
}

gint64
sync_account_get_shown (SyncAccount *account, guint *serial)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  *serial = account->shown_serial;
  return account->shown;
}

gboolean
sync_account_take_prove (SyncAccount *account)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);
  gboolean prove = account->prove;

  account->prove = FALSE;
  return prove;
}

gboolean
sync_account_is_metered (SyncAccount *account)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  return account->metered;
}

void
sync_account_doubt_qresync (SyncAccount *account)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  account->without |= IMAP_CAP_QRESYNC;
}

gboolean
sync_account_is_qresync_doubted (SyncAccount *account)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  return (account->without & IMAP_CAP_QRESYNC) != 0;
}

const SyncTimes *
sync_account_get_times (SyncAccount *account)
{
  return account->shared->times != NULL ? account->shared->times : &sync_times;
}

/* ---- the state shown ---- */

static void
tell_state (const SyncState *state, gpointer user_data)
{
  SyncAccount *account = user_data;

  account->shared->events.state_changed (account->settings->id, state, account->shared->user_data);
}

/* Who keeps the sender waiting: perhaps the other server, by the same password. */
static const char *
get_blamed (SyncAccount *account)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  return account->blocked[SYNC_SIDE_SMTP] != NULL ? "smtp" : "imap";
}

/* The first of the others that waits for a person. */
static gboolean
get_route_trouble (SyncAccount *account, SyncPhase *phase, const char **protocol, GError **error)
{
  for (guint i = 1; i < account->routes->len; i++) {
    g_autoptr (GError) local = NULL;

    if (!sync_route_is_blocked (account->routes->pdata[i], &local))
      continue;
    *protocol = sync_route_get_protocol (account->routes->pdata[i]);
    *phase = sync_account_get_phase (account, *protocol, local);
    g_propagate_error (error, g_steal_pointer (&local));
    return TRUE;
  }
  return FALSE;
}

static gboolean
get_trouble (gpointer user_data, SyncPhase *phase, const char **protocol, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!sync_account_is_blocked (user_data, SYNC_SIDE_SMTP, &local))
    return get_route_trouble (user_data, phase, protocol, error);
  *phase = sync_account_get_phase (user_data, "smtp", local);
  *protocol = get_blamed (user_data);
  g_propagate_error (error, g_steal_pointer (&local));
  return TRUE;
}

void
sync_account_set_state (SyncAccount *account, SyncPhase phase, const char *folder, guint done,
                        guint total, gint64 next_try, const GError *error)
{
  g_autoptr (GError) advised = error != NULL ? g_error_copy (error) : NULL;

  /* What a server says once it let us in may be a matter of its settings, too. */
  sync_advice_apply (&advised, &account->settings->imap);
  sync_board_set (account->board, phase, folder, done, total, next_try, advised);
}

void
sync_account_set_waiting (SyncAccount *account, const GError *reason)
{
  sync_board_set_waiting (account->board, reason);
}

gboolean
sync_account_is_waiting (SyncAccount *account)
{
  return sync_board_is_waiting (account->board);
}

void
sync_account_set_in_step (SyncAccount *account, gint64 now, StoreProof by)
{
  sync_board_set_in_step (account->board, now, by);
}

void
sync_account_tell_refused (SyncAccount *account, const char *sentence, const char *detail)
{
  account->shared->events.refused (account->settings->id, sentence, detail,
                                   account->shared->user_data);
}
