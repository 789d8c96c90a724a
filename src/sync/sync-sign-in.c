/* Signing in for the workers of an account: who offers which secret, and who must not.  Each worker on its own thread, one at a time where
 * they offer the same; must never offer again what was refused, before a person did something. */
#include "sync-account-private.h"

#include "base-error.h"
#include "sync-advice.h"
#include "sync-kept.h"
#include "sync-route.h"

#include <glib/gi18n.h>
#include <string.h>

static const BaseServer *
get_server (SyncAccount *account, const char *protocol, SyncSide *side)
{
  *side = g_str_equal (protocol, "imap") ? SYNC_SIDE_IMAP : SYNC_SIDE_SMTP;
  return *side == SYNC_SIDE_IMAP ? &account->settings->imap : &account->settings->smtp;
}

static void
learn_proof (SyncAccount *account, const char *protocol, BaseProof proof)
{
  const SyncEvents *events = &account->shared->events;
  SyncSide side;
  const BaseServer *server = get_server (account, protocol, &side);
  gboolean more;

  g_mutex_lock (&account->lock);
  more = proof > account->proved[side];
  account->proved[side] = MAX (proof, account->proved[side]);
  g_mutex_unlock (&account->lock);
  if (more && events->proved != NULL)
    events->proved (account->settings->id, protocol, server->host, proof,
                    account->shared->user_data);
}

void
sync_account_note_lasting (GError *error)
{
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST))
    base_error_set_lasting (error);
}

static void
tell_signed_in (SyncAccount *account, const char *protocol, BaseProof proof)
{
  const SyncEvents *events = &account->shared->events;

  sync_account_note_let_in (account, protocol);
  learn_proof (account, protocol, proof);
  if (events->signed_in != NULL)
    events->signed_in (account->settings, protocol, account->shared->user_data);
}

BaseSecret *
sync_account_find_secret (SyncAccount *account, const char *protocol, GCancellable *cancellable,
                          GError **error)
{
  const SyncShared *shared = account->shared;
  g_autoptr (GError) local = NULL;
  BaseSecret *secret = shared->events.get_password (account->settings, protocol, cancellable,
                                                    &local, shared->user_data);

  if (secret == NULL && local == NULL)
    base_error_set (&local, BASE_ERROR_AUTH, NULL,
                    _ ("The password of “%s” is not known. Enter it to go on."),
                    base_account_get_protocol_address (account->settings, protocol));
  if (secret == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return secret;
}

/* By what to sign in at "imap" or "smtp"; borrows from the account and from *secret. */
static gboolean
get_login (SyncAccount *account, const char *protocol, NetLogin *login, BaseSecret **secret,
           GCancellable *cancellable, GError **error)
{
  SyncSide side;
  const BaseServer *server = get_server (account, protocol, &side);

  *secret = NULL;
  *login = (NetLogin){ .kind = server->sign_in, .user = server->user };
  g_mutex_lock (&account->lock);
  login->proved = account->proved[side];
  g_mutex_unlock (&account->lock);
  if (login->kind == BASE_SIGN_IN_CERTIFICATE)
    return TRUE;
  *secret = sync_account_find_secret (account, protocol, cancellable, error);
  login->secret = *secret;
  return *secret != NULL;
}

/* A token may have been taken back before its time: TRUE where that may be why, and it is worth another connection with another one. */
static gboolean
doubt_token (SyncAccount *account, const NetLogin *login, const GError *error)
{
  const SyncEvents *events = &account->shared->events;

  if (login->kind != BASE_SIGN_IN_OAUTH || login->secret == NULL || events->secret_refused == NULL
      || !g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH))
    return FALSE;
  events->secret_refused (account->settings, login->secret, account->shared->user_data);
  return TRUE;
}

gboolean
sync_account_shares_login (const BaseAccount *settings)
{
  return settings->imap.sign_in == BASE_SIGN_IN_PASSWORD
         && settings->smtp.sign_in == BASE_SIGN_IN_PASSWORD
         && g_strcmp0 (settings->imap.user, settings->smtp.user) == 0;
}

/* ---- those that go by one name ---- */

/* An address is a name everywhere; another word may be somebody else's elsewhere. */
static gboolean
is_same_login (const BaseServer *a, const BaseServer *b)
{
  return a->sign_in == BASE_SIGN_IN_PASSWORD && b->sign_in == BASE_SIGN_IN_PASSWORD
         && a->user != NULL && g_strcmp0 (a->user, b->user) == 0
         && (strchr (a->user, '@') != NULL
             || (a->host != NULL && b->host != NULL && g_ascii_strcasecmp (a->host, b->host) == 0));
}

/* All of them, "imap" last: static, NULL behind that. */
static const char *
get_protocol (SyncAccount *account, guint i)
{
  if (i < account->routes->len)
    return sync_route_get_protocol (account->routes->pdata[i]);
  return i == account->routes->len ? "imap" : NULL;
}

static gboolean
is_namesake (SyncAccount *account, const char *one, const char *other)
{
  return !g_str_equal (one, other)
         && is_same_login (base_account_get_server (account->settings, one),
                           base_account_get_server (account->settings, other));
}

GMutexLocker *
sync_account_take_turn (SyncAccount *account, const char *protocol)
{
  const char *other;

  for (guint i = 0; (other = get_protocol (account, i)) != NULL; i++)
    if (is_namesake (account, protocol, other))
      return g_mutex_locker_new (&account->identity_lock);
  return NULL;
}

/* Why that server refused somebody, and waits; NULL: it does not. */
static GError *
dup_refusal (SyncAccount *account, const char *protocol)
{
  g_autoptr (GError) error = sync_account_dup_block (account, protocol);

  return g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH) && !base_error_is_locked (error)
             ? g_steal_pointer (&error)
             : NULL;
}

/* RFC 4954, 6. */
static gboolean
says_password (const GError *error)
{
  const char *words = base_error_get_detail (error);

  return words != NULL && g_str_has_prefix (words, "535 5.7.8");
}

static void
note_verdict (SyncAccount *account, const char *protocol, GHashTable *verdict, GHashTable *other)
{
  gpointer key = (gpointer)g_intern_string (protocol);

  g_mutex_lock (&account->lock);
  g_hash_table_remove (other, key);
  g_hash_table_replace (verdict, key, GUINT_TO_POINTER (++account->verdicts));
  g_mutex_unlock (&account->lock);
}

void
sync_account_note_let_in (SyncAccount *account, const char *protocol)
{
  note_verdict (account, protocol, account->let_in, account->refused);
}

void
sync_account_note_refused (SyncAccount *account, const char *protocol, const GError *error)
{
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH) && !base_error_is_locked (error))
    note_verdict (account, protocol, account->refused, account->let_in);
}

/* Since `protocol` let anybody in. */
static gboolean
has_refused_since (SyncAccount *account, const char *other, const char *protocol)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->lock);

  return GPOINTER_TO_UINT (g_hash_table_lookup (account->refused, other))
         > GPOINTER_TO_UINT (g_hash_table_lookup (account->let_in, protocol));
}

gboolean
sync_account_was_refused (SyncAccount *account, const char *protocol, const char *secret,
                          GCancellable *cancellable, GError **error)
{
  gboolean identitys = g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY);
  const char *other;

  if (secret == NULL)
    return FALSE;
  for (guint i = 0; (other = get_protocol (account, i)) != NULL; i++) {
    g_autoptr (GError) refusal = NULL;
    g_autoptr (BaseSecret) offered = NULL;

    /* The two of the account's own know of each other by themselves. */
    if (!is_namesake (account, protocol, other) || !has_refused_since (account, other, protocol)
        || (!identitys && !g_str_has_prefix (other, BASE_PROTOCOL_IDENTITY)))
      continue;
    refusal = dup_refusal (account, other);
    /* Mail goes on coming unless it is certain that it is the password. */
    if (refusal == NULL || (g_str_equal (protocol, "imap") && !says_password (refusal)))
      continue;
    offered = sync_account_find_secret (account, other, cancellable, NULL);
    if (offered == NULL || !g_str_equal (offered, secret))
      continue;
    g_propagate_error (error, g_steal_pointer (&refusal));
    return TRUE;
  }
  return FALSE;
}

/* ---- signing in ---- */

/* The server said in so many words that it is about the password. */
static gboolean
blames_password (ImapSession *session)
{
  const char *code = imap_session_get_refused_code (session);

  return g_strcmp0 (code, "AUTHENTICATIONFAILED") == 0 || g_strcmp0 (code, "EXPIRED") == 0;
}

/* *again: in, whether it may be tried once more; out, whether it should. */
static gboolean
sign_in (SyncAccount *account, ImapSession *session, gboolean first, gboolean *again,
         GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&account->sign_in_lock);
  g_autoptr (GError) local = NULL;
  g_autoptr (BaseSecret) secret = NULL;
  NetLogin login;
  gboolean held = FALSE, good = FALSE; /* held: not offered */

  /* The other worker may have been refused while this one waited. */
  if (sync_account_is_blocked (account, SYNC_SIDE_IMAP, error)) {
    *again = FALSE;
    return FALSE;
  }
  if (get_login (account, "imap", &login, &secret, cancellable, &local)) {
    held = sync_account_was_refused (account, "imap", secret, cancellable, &local);
    good = !held && imap_session_sign_in (session, &login, cancellable, &local);
  }
  *again = *again && !good && doubt_token (account, &login, local);
  if (good) {
    tell_signed_in (account, "imap", imap_session_get_proof (session));
    return TRUE;
  }
  sync_account_note_lasting (local);
  if (!held)
    sync_advice_apply (&local, &account->settings->imap);
  /* A second connection that is refused while the first one stands says nothing about the password, unless the server says that it
   * does: then the first one must not offer it again either. */
  if (!*again && (first || !sync_account_is_connected (account) || blames_password (session))) {
    if (secret != NULL && !held)
      sync_account_note_refused (account, "imap", local);
    sync_account_block (account, SYNC_SIDE_IMAP, local);
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Whether IMAP would be told what SMTP has just refused. */
static gboolean
is_for_both (SyncAccount *account, const NetLogin *login, const GError *error,
             GCancellable *cancellable)
{
  g_autoptr (BaseSecret) other = NULL;
  NetLogin imap;

  /* As long as IMAP stands, only a server that says that it is the password says anything about it. */
  if (!sync_account_shares_login (account->settings) || login->secret == NULL
      || !g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH)
      || (sync_account_is_connected (account) && !says_password (error)))
    return FALSE;
  return get_login (account, "imap", &imap, &other, cancellable, NULL)
         && g_str_equal (other, login->secret);
}

/* With the lock of those that sign in, if they share one. */
static gboolean
sign_in_smtp (SyncAccount *account, SmtpSession *session, gboolean *again,
              GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (BaseSecret) secret = NULL;
  gboolean held = FALSE, both = FALSE; /* held: not offered */
  NetLogin login;

  /* IMAP may have been refused while this one waited. */
  *again = FALSE;
  if (sync_account_is_blocked (account, SYNC_SIDE_SMTP, error))
    return FALSE;
  if (get_login (account, "smtp", &login, &secret, cancellable, &local)) {
    held = sync_account_was_refused (account, "smtp", secret, cancellable, &local);
    if (!held && smtp_session_sign_in (session, &login, cancellable, &local)) {
      tell_signed_in (account, "smtp", smtp_session_get_proof (session));
      return TRUE;
    }
  }
  if (!held) {
    *again = doubt_token (account, &login, local);
    both = is_for_both (account, &login, local, cancellable);
    sync_account_note_lasting (local);
    sync_advice_apply (&local, &account->settings->smtp);
  }
  if (!held && !*again && secret != NULL)
    sync_account_note_refused (account, "smtp", local);
  if (!*again)
    sync_account_block (account, SYNC_SIDE_SMTP, local);
  g_mutex_lock (&account->lock);
  account->refused_both = both;
  g_mutex_unlock (&account->lock);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sync_account_sign_in_smtp (SyncAccount *account, SmtpSession *session, gboolean *again,
                           GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = sync_account_shares_login (account->settings)
                                        ? g_mutex_locker_new (&account->sign_in_lock)
                                        : NULL;

  return sign_in_smtp (account, session, again, cancellable, error);
}

static ImapSession *
open_once (SyncAccount *account, gboolean first, gboolean *again, GCancellable *cancellable,
           GError **error)
{
  g_autoptr (ImapSession) session = NULL;
  g_autoptr (GError) local = NULL;
  NetEndpoint endpoint = net_endpoint_of (account->settings, &account->settings->imap,
                                          sync_account_get_patience (account));

  if (sync_account_is_blocked (account, SYNC_SIDE_IMAP, error)) {
    *again = FALSE;
    return NULL;
  }
  /* The one over which the settings were proved a moment ago. */
  session = first ? sync_kept_take_imap (account->settings, TRUE) : NULL;
  if (session != NULL) {
    *again = FALSE;
    imap_session_set_timeout (session, sync_account_get_patience (account));
    sync_account_note_let_in (account, "imap");
    learn_proof (account, "imap", imap_session_get_proof (session));
    return g_steal_pointer (&session);
  }
  session = imap_session_open (&endpoint, cancellable, &local);
  if (session == NULL) {
    *again = FALSE;
    if (first)
      sync_account_block (account, SYNC_SIDE_IMAP, local);
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  g_mutex_lock (&account->lock);
  imap_session_set_disabled (session, account->without);
  g_mutex_unlock (&account->lock);
  if (!sign_in (account, session, first, again, cancellable, error))
    return NULL;
  return g_steal_pointer (&session);
}

ImapSession *
sync_account_open_imap (SyncAccount *account, gboolean first, GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean again = TRUE;
  ImapSession *session = open_once (account, first, &again, cancellable, &local);

  if (session == NULL && again) {
    g_clear_error (&local);
    again = FALSE;
    session = open_once (account, first, &again, cancellable, &local);
  }
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return session;
}
