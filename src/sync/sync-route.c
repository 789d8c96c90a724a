/* The ways by which an account sends.  Any thread; must never offer again what was refused, before a person did something, nor hold its
 * lock while it waits for the wire. */
#include "sync-route.h"

#include "sync-account-private.h"

#include "base-error.h"
#include "sync-advice.h"

struct _SyncRoute
{
  /* Owned */
  char *identity; /* nullable */
  SyncWorker *worker;
  SyncSending *sending;

  /* Borrowed */
  SyncAccount *account;
  const BaseServer *server;
  const char *protocol; /* static */

  GMutex lock; /* what follows; of the account's own it has these */
  GError *blocked;
  BaseProof proved;
};

SyncRoute *
sync_route_new (SyncAccount *account, const char *identity)
{
  SyncRoute *route = g_new0 (SyncRoute, 1);
  g_autofree char *protocol =
      identity != NULL ? g_strconcat (BASE_PROTOCOL_IDENTITY, identity, NULL) : g_strdup ("smtp");

  route->account = account;
  route->identity = g_strdup (identity);
  route->protocol = g_intern_string (protocol);
  route->server = base_account_get_server (account->settings, protocol);
  route->proved = base_server_get_proof (route->server);
  route->sending = sync_sending_new ();
  route->worker = sync_worker_new ("sosik-sender", NULL, sync_send_run, route);
  g_mutex_init (&route->lock);
  return route;
}

void
sync_route_free (SyncRoute *route)
{
  sync_worker_free (route->worker);
  sync_sending_free (route->sending);
  g_clear_error (&route->blocked);
  g_mutex_clear (&route->lock);
  g_free (route->identity);
  g_free (route);
}

SyncAccount *
sync_route_get_account (SyncRoute *route)
{
  return route->account;
}

const char *
sync_route_get_identity (SyncRoute *route)
{
  return route->identity;
}

const char *
sync_route_get_protocol (SyncRoute *route)
{
  return route->protocol;
}

const BaseServer *
sync_route_get_server (SyncRoute *route)
{
  return route->server;
}

SyncWorker *
sync_route_get_worker (SyncRoute *route)
{
  return route->worker;
}

SyncSending *
sync_route_get_sending (SyncRoute *route)
{
  return route->sending;
}

/* ---- who waits for a person ---- */

void
sync_route_set_blocked (SyncRoute *route, const GError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&route->lock);

  g_clear_error (&route->blocked);
  route->blocked = g_error_copy (error);
}

void
sync_route_block (SyncRoute *route, const GError *error)
{
  if (route->identity == NULL) {
    sync_account_block (route->account, SYNC_SIDE_SMTP, error);
    return;
  }
  if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH)
      && !g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST))
    return;
  sync_route_set_blocked (route, error);
  sync_board_look_again (route->account->board);
}

gboolean
sync_route_is_blocked (SyncRoute *route, GError **error)
{
  if (route->identity == NULL)
    return sync_account_is_blocked (route->account, SYNC_SIDE_SMTP, error);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&route->lock);
  if (route->blocked != NULL && error != NULL)
    g_propagate_error (error, g_error_copy (route->blocked));
  return route->blocked != NULL;
}

gboolean
sync_route_lift (SyncRoute *route, SyncReasonFunc is_so)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&route->lock);

  if (route->blocked == NULL || !is_so (route->blocked))
    return FALSE;
  g_clear_error (&route->blocked);
  return TRUE;
}

/* ---- signing in ---- */

/* Borrows from *secret. */
static gboolean
get_login (SyncRoute *route, NetLogin *login, BaseSecret **secret, GCancellable *cancellable,
           GError **error)
{
  *secret = NULL;
  *login = (NetLogin){ .kind = route->server->sign_in, .user = route->server->user };
  g_mutex_lock (&route->lock);
  login->proved = route->proved;
  g_mutex_unlock (&route->lock);
  if (login->kind == BASE_SIGN_IN_CERTIFICATE)
    return TRUE;
  *secret = sync_account_find_secret (route->account, route->protocol, cancellable, error);
  login->secret = *secret;
  return *secret != NULL;
}

static void
tell_signed_in (SyncRoute *route, BaseProof proof)
{
  const BaseAccount *settings = route->account->settings;
  const SyncShared *shared = route->account->shared;
  gboolean more;

  sync_account_note_let_in (route->account, route->protocol);
  g_mutex_lock (&route->lock);
  more = proof > route->proved;
  route->proved = MAX (proof, route->proved);
  g_mutex_unlock (&route->lock);
  if (more && shared->events.proved != NULL)
    shared->events.proved (settings->id, route->protocol, route->server->host, proof,
                           shared->user_data);
  if (shared->events.signed_in != NULL)
    shared->events.signed_in (settings, route->protocol, shared->user_data);
}

gboolean
sync_route_sign_in (SyncRoute *route, SmtpSession *session, gboolean *again,
                    GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (BaseSecret) secret = NULL;
  g_autoptr (GError) local = NULL;
  NetLogin login;
  gboolean held = FALSE; /* not offered */

  if (route->identity == NULL)
    return sync_account_sign_in_smtp (route->account, session, again, cancellable, error);
  *again = FALSE;
  locker = sync_account_take_turn (route->account, route->protocol);
  if (get_login (route, &login, &secret, cancellable, &local)) {
    held = sync_account_was_refused (route->account, route->protocol, secret, cancellable, &local);
    if (!held && smtp_session_sign_in (session, &login, cancellable, &local)) {
      tell_signed_in (route, smtp_session_get_proof (session));
      return TRUE;
    }
  }
  if (!held) {
    sync_account_note_lasting (local);
    sync_advice_apply (&local, route->server);
    if (secret != NULL)
      sync_account_note_refused (route->account, route->protocol, local);
  }
  sync_route_block (route, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
