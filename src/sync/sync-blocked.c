/* Who waits for a person, and what ends that: another secret, another network, a keyring that is open, or that somebody presses Retry.  Any thread;
 * must never let what was refused be offered once more for any other reason, nor hold a lock while it waits for the wire. */
#include "sync-account-private.h"

#include "base-error.h"
#include "sync-board.h"
#include "sync-route.h"

/* What a person can do where they were not let in. */
static SyncPhase
get_refused_phase (SyncAccount *account, const char *protocol)
{
  const BaseServer *server = base_account_get_server (account->settings, protocol);

  if (account->settings->desktop_account != NULL
      && !g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY))
    return SYNC_PHASE_NEEDS_SIGN_IN;
  switch (server->sign_in) {
  case BASE_SIGN_IN_PASSWORD:
    return SYNC_PHASE_NEEDS_PASSWORD;
  case BASE_SIGN_IN_OAUTH:
    return SYNC_PHASE_NEEDS_SIGN_IN;
  case BASE_SIGN_IN_CERTIFICATE: /* a password would be told to nobody */
    return SYNC_PHASE_NEEDS_TRUST;
  }
  g_return_val_if_reached (SYNC_PHASE_NEEDS_TRUST);
}

SyncPhase
sync_account_get_phase (SyncAccount *account, const char *protocol, const GError *error)
{
  if (base_error_is_locked (error))
    return SYNC_PHASE_LOCKED;
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH))
    return get_refused_phase (account, protocol);
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST))
    return SYNC_PHASE_NEEDS_TRUST;
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_DISK))
    return SYNC_PHASE_DISK;
  return SYNC_PHASE_OFFLINE;
}

void
sync_account_block (SyncAccount *account, SyncSide side, const GError *error)
{
  if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH)
      && !g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST))
    return;
  g_mutex_lock (&account->lock);
  g_clear_error (&account->blocked[side]);
  account->blocked[side] = g_error_copy (error);
  g_mutex_unlock (&account->lock);
  if (side == SYNC_SIDE_IMAP)
    sync_worker_wake (account->sync);
  sync_board_look_again (account->board);
}

gboolean
sync_account_is_blocked (SyncAccount *account, SyncSide side, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);
  const GError *why = account->blocked[side];

  /* What one server has refused is not offered to the other: that would be a second failed attempt for one mistake. */
  if (why == NULL && side == SYNC_SIDE_SMTP && sync_account_shares_login (account->settings)
      && g_error_matches (account->blocked[SYNC_SIDE_IMAP], BASE_ERROR, BASE_ERROR_AUTH))
    why = account->blocked[SYNC_SIDE_IMAP];
  if (why == NULL && side == SYNC_SIDE_IMAP && account->refused_both)
    why = account->blocked[SYNC_SIDE_SMTP];
  if (why == NULL)
    return FALSE;
  if (error != NULL)
    g_propagate_error (error, g_error_copy (why));
  return TRUE;
}

GError *
sync_account_dup_block (SyncAccount *account, const char *protocol)
{
  g_autoptr (GMutexLocker) locker = NULL;
  GError *error = NULL;
  SyncSide side = g_str_equal (protocol, "imap") ? SYNC_SIDE_IMAP : SYNC_SIDE_SMTP;

  if (!g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY)) {
    locker = g_mutex_locker_new (&account->lock);
    return account->blocked[side] != NULL ? g_error_copy (account->blocked[side]) : NULL;
  }
  for (guint i = 1; i < account->routes->len && error == NULL; i++)
    if (g_str_equal (sync_route_get_protocol (account->routes->pdata[i]), protocol))
      (void)sync_route_is_blocked (account->routes->pdata[i], &error);
  return error;
}

/* ---- what ends it ---- */

static gboolean
is_any (const GError *error)
{
  return TRUE;
}

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH);
}

static gboolean
is_distrust (const GError *error)
{
  return g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST) && !base_error_is_less_proof (error)
         && !base_error_is_lasting (error);
}

static gboolean
lift_routes (SyncAccount *account, SyncReasonFunc is_so)
{
  gboolean any = FALSE;

  for (guint i = 0; i < account->routes->len; i++)
    any = sync_route_lift (account->routes->pdata[i], is_so) || any;
  return any;
}

/* What was for that server under the older settings, and is no otherwise under these. */
static gboolean
outlasts (SyncAccount *account, SyncAccount *previous, const char *protocol, const GError *error)
{
  const BaseAccount *before = previous->settings, *after = account->settings;

  if (error == NULL || !base_account_is_same_place (before, after, protocol))
    return FALSE;
  /* Of tokens, and of what the desktop has, nobody tells us that they are others now. */
  if (is_refusal (error))
    return base_account_get_server (after, protocol)->sign_in == BASE_SIGN_IN_PASSWORD
           && !base_error_is_locked (error)
           && g_strcmp0 (before->desktop_account, after->desktop_account) == 0
           && (after->desktop_account == NULL
               || g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY));
  /* Of one's own certificate it may be about another one now. */
  return base_error_is_lasting (error) && !base_error_is_less_proof (error)
         && g_strcmp0 (before->client_certificate, after->client_certificate) == 0
         && g_strcmp0 (before->client_key, after->client_key) == 0;
}

/* Its own server refused what is still its secret: with `previous`, and nobody has given `account` another one, which begins only now. */
static gboolean
is_still_refused (SyncAccount *account, SyncAccount *previous, const char *protocol)
{
  gboolean refused, other;

  g_mutex_lock (&previous->lock);
  refused = g_hash_table_contains (previous->refused, protocol);
  g_mutex_unlock (&previous->lock);
  g_mutex_lock (&account->lock);
  other = g_hash_table_contains (account->let_in, protocol);
  g_mutex_unlock (&account->lock);
  return refused && !other;
}

/* NULL: nothing. */
static GError *
dup_inherited (SyncAccount *account, SyncAccount *previous, const char *protocol)
{
  g_autoptr (GError) error = sync_account_dup_block (previous, protocol);

  /* What a person has given since then was not tried yet; and who only waits for another server finds out by itself whether that still waits. */
  if (is_refusal (error) && !is_still_refused (account, previous, protocol))
    return NULL;
  return outlasts (account, previous, protocol, error) ? g_steal_pointer (&error) : NULL;
}

static void
inherit_own (SyncAccount *account, SyncAccount *previous)
{
  GError *imap = dup_inherited (account, previous, "imap");
  GError *smtp = dup_inherited (account, previous, "smtp");
  gboolean both;

  g_mutex_lock (&previous->lock);
  both = previous->refused_both && smtp != NULL
         && base_account_is_same_place (account->settings, previous->settings, "imap");
  g_mutex_unlock (&previous->lock);
  g_mutex_lock (&account->lock);
  both = both && !g_hash_table_contains (account->let_in, "imap"); /* it has another secret */
  account->blocked[SYNC_SIDE_IMAP] = imap;
  account->blocked[SYNC_SIDE_SMTP] = smtp;
  account->refused_both = both;
  g_mutex_unlock (&account->lock);
}

/* Of those that hold here, too. */
static void
inherit_verdicts (SyncAccount *account, SyncAccount *previous)
{
  GHashTableIter iter;
  gpointer protocol = NULL, serial = NULL;

  g_mutex_lock (&previous->lock);
  g_mutex_lock (&account->lock);
  /* Those that came here already are the later ones. */
  g_hash_table_iter_init (&iter, account->let_in);
  while (g_hash_table_iter_next (&iter, NULL, &serial))
    g_hash_table_iter_replace (&iter,
                               GUINT_TO_POINTER (GPOINTER_TO_UINT (serial) + previous->verdicts));
  account->verdicts += previous->verdicts;
  g_hash_table_iter_init (&iter, previous->let_in);
  while (g_hash_table_iter_next (&iter, &protocol, &serial))
    if (!g_hash_table_contains (account->let_in, protocol)
        && base_account_is_same_place (account->settings, previous->settings, protocol))
      g_hash_table_insert (account->let_in, protocol, serial);
  g_hash_table_iter_init (&iter, previous->refused);
  while (g_hash_table_iter_next (&iter, &protocol, &serial))
    if (!g_hash_table_contains (account->let_in, protocol)
        && base_account_is_same_place (account->settings, previous->settings, protocol))
      g_hash_table_insert (account->refused, protocol, serial);
  g_mutex_unlock (&account->lock);
  g_mutex_unlock (&previous->lock);
}

void
sync_account_inherit_blocks (SyncAccount *account, SyncAccount *previous)
{
  gboolean anew;

  g_mutex_lock (&account->lock);
  anew = account->anew;
  g_mutex_unlock (&account->lock);
  if (anew)
    return;
  inherit_own (account, previous);
  for (guint i = 1; i < account->routes->len; i++) {
    g_autoptr (GError) error =
        dup_inherited (account, previous, sync_route_get_protocol (account->routes->pdata[i]));

    if (error != NULL)
      sync_route_set_blocked (account->routes->pdata[i], error);
  }
  inherit_verdicts (account, previous);
}

void
sync_account_retry (SyncAccount *account)
{
  g_mutex_lock (&account->lock);
  g_clear_error (&account->blocked[SYNC_SIDE_IMAP]);
  g_clear_error (&account->blocked[SYNC_SIDE_SMTP]);
  account->refused_both = FALSE;
  account->anew = TRUE;
  g_hash_table_remove_all (account->refused);
  account->prove = TRUE;
  g_mutex_unlock (&account->lock);
  (void)lift_routes (account, is_any);
  sync_worker_retry (account->sync, FALSE);
  sync_worker_retry (account->reader, FALSE);
  sync_account_retry_senders (account);
}

static void
retry_free (SyncAccount *account)
{
  if (!sync_account_is_blocked (account, SYNC_SIDE_IMAP, NULL)) {
    sync_worker_retry (account->sync, FALSE);
    sync_worker_retry (account->reader, FALSE);
  }
  for (guint i = 0; i < account->routes->len; i++)
    if (!sync_route_is_blocked (account->routes->pdata[i], NULL))
      sync_worker_retry (sync_route_get_worker (account->routes->pdata[i]), FALSE);
}

void
sync_account_retry_protocol (SyncAccount *account, const char *protocol, gboolean proved)
{
  SyncReasonFunc is_over = proved ? is_any : is_refusal;

  sync_account_note_let_in (account, protocol); /* so the person says */
  g_mutex_lock (&account->lock);
  if (!g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY)) {
    SyncSide side = g_str_equal (protocol, "imap") ? SYNC_SIDE_IMAP : SYNC_SIDE_SMTP;

    if (is_over (account->blocked[side]))
      g_clear_error (&account->blocked[side]);
    account->refused_both = FALSE; /* one of the two is another now */
  }
  g_mutex_unlock (&account->lock);
  for (guint i = 1; i < account->routes->len; i++)
    if (g_str_equal (sync_route_get_protocol (account->routes->pdata[i]), protocol))
      (void)sync_route_lift (account->routes->pdata[i], is_over);
  if (proved)
    return;
  /* Should it be refused once more, that is told once more. */
  sync_board_look_again (account->board);
  retry_free (account);
}

void
sync_account_unlocked (SyncAccount *account)
{
  gboolean any = FALSE;

  g_mutex_lock (&account->lock);
  for (guint side = 0; side < G_N_ELEMENTS (account->blocked); side++)
    if (base_error_is_locked (account->blocked[side])) {
      g_clear_error (&account->blocked[side]);
      any = TRUE;
    }
  g_mutex_unlock (&account->lock);
  any = lift_routes (account, base_error_is_locked) || any;
  if (!any)
    return;
  sync_worker_retry (account->sync, FALSE);
  sync_worker_retry (account->reader, FALSE);
  sync_account_retry_senders (account);
}

void
sync_account_lift_distrust (SyncAccount *account)
{
  for (guint side = 0; side < G_N_ELEMENTS (account->blocked); side++)
    if (is_distrust (account->blocked[side]))
      g_clear_error (&account->blocked[side]);
  (void)lift_routes (account, is_distrust);
}
