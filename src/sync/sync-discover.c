/* Finds servers by asking likely places side by side, and proves settings by signing in.  Each probe is a thread of its own
 * that may outlive the search by its time-out; what they share is reference counted.  Must never send a password while
 * searching, nor take a server whose certificate is wrong. */
#include "sync-discover.h"

#include "base-error.h"
#include "imap-session.h"
#include "smtp-session.h"
#include "sync-advice.h"
#include "sync-kept.h"
#include "sync-providers.h"
#include "sync-without.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROBE_MS 10000
#define TOTAL_US (12 * G_USEC_PER_SEC)
#define BETTER_US                                                                                  \
  (2 * G_USEC_PER_SEC) /* how long a better place may still answer after a first one did */

typedef enum
{
  PROBE_RUNNING,
  PROBE_FOUND,
  PROBE_FAILED,
} ProbeState;

/* The places for one protocol, the best first. */
typedef struct
{
  const char *protocol;
  GPtrArray *candidates; /* SyncPlace */
  ProbeState *states;
  GError **errors;
  /* What was opened, by the candidates: one of the two for each that was found. */
  ImapSession **imap;
  SmtpSession **smtp;
} Side;

typedef struct
{
  gatomicrefcount ref_count;
  char *ca_file;
  GCancellable *cancellable;

  GMutex lock; /* what follows */
  GCond cond;
  Side sides[2];
} Search;

typedef struct
{
  Search *search;
  Side *side;
  guint index;
} Probe;

static void
search_unref (Search *search)
{
  if (!g_atomic_ref_count_dec (&search->ref_count))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (search->sides); i++) {
    Side *side = &search->sides[i];

    for (guint k = 0; k < side->candidates->len; k++) {
      g_clear_error (&side->errors[k]);
      g_clear_pointer (&side->imap[k], imap_session_free);
      g_clear_pointer (&side->smtp[k], smtp_session_free);
    }
    g_free (side->imap);
    g_free (side->smtp);
    g_free (side->errors);
    g_free (side->states);
    g_ptr_array_unref (side->candidates);
  }
  g_object_unref (search->cancellable);
  g_mutex_clear (&search->lock);
  g_cond_clear (&search->cond);
  g_free (search->ca_file);
  g_free (search);
}

/* One of the two, as the protocol is.  */
static gboolean
open_place (const NetEndpoint *endpoint, const char *protocol, ImapSession **imap,
            SmtpSession **smtp, GCancellable *cancellable, GError **error)
{
  if (g_str_equal (protocol, "imap")) {
    *imap = imap_session_open (endpoint, cancellable, error);
    return *imap != NULL;
  }
  *smtp = smtp_session_open (endpoint, cancellable, error);
  if (*smtp == NULL || smtp_session_has (*smtp, SMTP_CAP_AUTH))
    return *smtp != NULL;
  g_clear_pointer (smtp, smtp_session_free);
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("“%s” does not let anybody sign in to send mail."), endpoint->host);
  return FALSE;
}

static gpointer
probe_main (gpointer data)
{
  Probe *probe = data;
  Search *search = probe->search;
  const SyncPlace *place = g_ptr_array_index (probe->side->candidates, probe->index);
  NetEndpoint endpoint = { .host = place->host,
                           .port = place->port,
                           .security = place->security,
                           .ca_file = search->ca_file,
                           .timeout_ms = PROBE_MS,
                           .protocol = probe->side->protocol };
  ImapSession *imap = NULL;
  SmtpSession *smtp = NULL;
  GError *error = NULL;
  gboolean found =
      open_place (&endpoint, probe->side->protocol, &imap, &smtp, search->cancellable, &error);

  g_mutex_lock (&search->lock);
  probe->side->states[probe->index] = found ? PROBE_FOUND : PROBE_FAILED;
  probe->side->errors[probe->index] = error;
  probe->side->imap[probe->index] = imap;
  probe->side->smtp[probe->index] = smtp;
  g_cond_broadcast (&search->cond);
  g_mutex_unlock (&search->lock);
  search_unref (search);
  g_free (probe);
  return NULL;
}

static Search *
search_new (const char *domain, const char *ca_file)
{
  Search *search = g_new0 (Search, 1);
  const char *protocols[] = { "imap", "smtp" };

  g_atomic_ref_count_init (&search->ref_count);
  search->ca_file = g_strdup (ca_file);
  search->cancellable = g_cancellable_new ();
  g_mutex_init (&search->lock);
  g_cond_init (&search->cond);
  for (gsize i = 0; i < G_N_ELEMENTS (search->sides); i++) {
    Side *side = &search->sides[i];

    side->protocol = protocols[i];
    side->candidates = sync_candidates (protocols[i], domain);
    side->states = g_new0 (ProbeState, side->candidates->len);
    side->errors = g_new0 (GError *, side->candidates->len);
    side->imap = g_new0 (ImapSession *, side->candidates->len);
    side->smtp = g_new0 (SmtpSession *, side->candidates->len);
  }
  return search;
}

static void
search_start (Search *search)
{
  for (gsize i = 0; i < G_N_ELEMENTS (search->sides); i++)
    for (guint k = 0; k < search->sides[i].candidates->len; k++) {
      Probe *probe = g_new0 (Probe, 1);

      probe->search = search;
      probe->side = &search->sides[i];
      probe->index = k;
      g_atomic_ref_count_inc (&search->ref_count);
      g_thread_unref (g_thread_new ("sosik-probe", probe_main, probe));
    }
}

/* With the lock: index of the best place found, -1 none.  *settled: nothing better can come any more. */
static int
best_found (const Side *side, gboolean *settled)
{
  *settled = TRUE;
  for (guint i = 0; i < side->candidates->len; i++) {
    if (side->states[i] == PROBE_FOUND)
      return (int)i;
    if (side->states[i] == PROBE_RUNNING)
      *settled = FALSE;
  }
  return -1;
}

static void
caller_cancelled (GCancellable *cancellable, Search *search)
{
  g_mutex_lock (&search->lock);
  g_cond_broadcast (&search->cond);
  g_mutex_unlock (&search->lock);
}

/* Until both sides are settled, or have something and waited long enough for better, or time is up. */
static void
search_wait (Search *search, GCancellable *cancellable)
{
  gint64 deadline = g_get_monotonic_time () + TOTAL_US, better = 0;
  gulong handler = 0;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (caller_cancelled), search, NULL);
  g_mutex_lock (&search->lock);
  while (!g_cancellable_is_cancelled (cancellable)) {
    gboolean imap_settled = FALSE, smtp_settled = FALSE;
    gboolean both = best_found (&search->sides[0], &imap_settled) >= 0;

    both = best_found (&search->sides[1], &smtp_settled) >= 0 && both;
    if (imap_settled && smtp_settled)
      break;
    if (both && better == 0)
      better = g_get_monotonic_time () + BETTER_US;
    if (!g_cond_wait_until (&search->cond, &search->lock,
                            better != 0 ? MIN (better, deadline) : deadline))
      break;
  }
  g_mutex_unlock (&search->lock);
  g_cancellable_disconnect (cancellable, handler);
  g_cancellable_cancel (search->cancellable);
}

static void
fill (BaseServer *server, const SyncPlace *candidate, const char *address)
{
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup (candidate->host);
  server->port = candidate->port;
  server->security = candidate->security;
  server->user = g_strdup (address);
}

/* With the lock: who signs in next goes on with what was opened here. */
static void
keep (Side *side, guint index, const char *ca_file, const BaseServer *server)
{
  if (side->imap[index] != NULL)
    sync_kept_put_imap (g_steal_pointer (&side->imap[index]), ca_file, server, NULL);
  if (side->smtp[index] != NULL)
    sync_kept_put_smtp (g_steal_pointer (&side->smtp[index]), ca_file, server);
}

static const GError *
find_error (const Side *side, int code)
{
  for (guint i = 0; i < side->candidates->len; i++)
    if (g_error_matches (side->errors[i], BASE_ERROR, code))
      return side->errors[i];
  return NULL;
}

/* Where somebody answers who is not to be trusted; not at the bare domain, where most often a web server is, which knows nothing of mail. */
static const GError *
find_mistrust (const Side *side, const char *domain)
{
  for (guint i = 0; i < side->candidates->len; i++) {
    const SyncPlace *place = g_ptr_array_index (side->candidates, i);

    if (g_error_matches (side->errors[i], BASE_ERROR, BASE_ERROR_TRUST)
        && !g_str_equal (place->host, domain))
      return side->errors[i];
  }
  return NULL;
}

/* Why a side came to nothing: the most telling of its errors. */
static void
set_not_found (Search *search, const Side *side, const char *domain, GError **error)
{
  const GError *trust = NULL;
  gboolean imap = g_str_equal (side->protocol, "imap");
  g_autofree char *why = NULL;

  trust = find_mistrust (side, domain);
  why = trust != NULL ? g_strdup (trust->message) : NULL;
  if (why != NULL) {
    base_error_set (error, BASE_ERROR_TRUST, base_error_get_detail (trust), "%s", why);
    return;
  }
  if (!g_network_monitor_get_network_available (g_network_monitor_get_default ())
      && find_error (side, BASE_ERROR_BROKEN) == NULL
      && find_error (side, BASE_ERROR_REFUSED) == NULL) {
    base_error_set (
        error, BASE_ERROR_RETRY, NULL,
        _ ("There is no network, so the servers cannot be looked for. Connect, or enter them by hand."));
    return;
  }
  if (imap)
    base_error_set (
        error, BASE_ERROR_GONE, NULL,
        _ ("No server to receive mail (IMAP) was found for “%s”. Enter it by hand; your provider tells its name."),
        domain);
  else
    base_error_set (
        error, BASE_ERROR_GONE, NULL,
        _ ("No server to send mail (SMTP) was found for “%s”. Enter it by hand; your provider tells its name."),
        domain);
}

static void
tell (SyncDiscoverFunc func, gpointer user_data, const char *format, const char *name)
{
  g_autofree char *sentence = g_strdup_printf (format, name);

  if (func != NULL)
    func (sentence, user_data);
}

gboolean
sync_guess (BaseAccount *account, const char *domain, SyncDiscoverFunc func, gpointer user_data,
            GCancellable *cancellable, GError **error)
{
  Search *search = NULL;
  BaseServer *servers[] = { &account->imap, &account->smtp };
  gboolean good = TRUE;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  search = search_new (domain, account->ca_file);

  search_start (search);
  search_wait (search, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    search_unref (search);
    return FALSE;
  }
  g_mutex_lock (&search->lock);
  for (gsize i = 0; i < G_N_ELEMENTS (search->sides); i++) {
    const Side *side = &search->sides[i];
    gboolean settled = FALSE;
    int best = best_found (side, &settled);

    if (best >= 0) {
      fill (servers[i], g_ptr_array_index (side->candidates, (guint)best), account->address);
      keep (&search->sides[i], (guint)best, account->ca_file, servers[i]);
      tell (func, user_data, _ ("Found “%s”."), servers[i]->host);
      continue;
    }
    if (good)
      set_not_found (search, side, domain, error);
    good = FALSE;
  }
  g_mutex_unlock (&search->lock);
  search_unref (search);
  return good;
}

/* A sentence of ours where the one below does not name the server. */
static void
name_server (GError **error, const char *host)
{
  g_autoptr (GError) old = *error;
  int code = BASE_ERROR_RETRY;

  if (old->domain != BASE_ERROR || strstr (old->message, host) != NULL) {
    *error = g_steal_pointer (&old);
    return;
  }
  code = old->code;
  *error = NULL;
  if (code == BASE_ERROR_AUTH)
    base_error_set (error, code, base_error_get_detail (old),
                    _ ("“%s” did not accept the user name or the password. Check both."), host);
  else
    base_error_set (error, code, base_error_get_detail (old),
                    /* Translators: the name of a server, a whole sentence about it */
                    _ ("“%s”: %s"), host, old->message);
}

/* What was opened before; else, or where that is dead by now, anew.  *kept: the first of these. */
static ImapSession *
open_imap (const BaseAccount *account, gboolean *kept, GCancellable *cancellable, GError **error)
{
  NetEndpoint endpoint = net_endpoint_of (account, &account->imap, 2 * PROBE_MS);
  ImapSession *session =
      *kept ? sync_kept_take_imap (account->ca_file, &account->imap, NULL) : NULL;

  *kept = session != NULL;
  if (session == NULL)
    session = imap_session_open (&endpoint, cancellable, error);
  if (session != NULL)
    imap_session_set_disabled (session, sync_without_imap (account));
  return session;
}

static SmtpSession *
open_smtp (const BaseAccount *account, gboolean *kept, GCancellable *cancellable, GError **error)
{
  NetEndpoint endpoint = net_endpoint_of (account, &account->smtp, 2 * PROBE_MS);
  SmtpSession *session = *kept ? sync_kept_take_smtp (account->ca_file, &account->smtp) : NULL;

  *kept = session != NULL;
  return session != NULL ? session : smtp_session_open (&endpoint, cancellable, error);
}

/* Microsoft lets people in whose mailbox it does not open, and says so at the next command only (quirk 18). */
static gboolean
is_open (ImapSession *session, const char *host, GCancellable *cancellable, GError **error)
{
  const SyncProvider *provider = sync_provider_of_host (host);

  return provider == NULL || g_strcmp0 (provider->oauth, "microsoft") != 0
         || imap_session_noop (session, cancellable, error);
}

static gpointer
quit (gpointer session)
{
  smtp_session_quit (session);
  smtp_session_free (session);
  return NULL;
}

static gboolean
sign_in_once (const BaseAccount *account, gboolean imap, const NetLogin *login, gboolean *kept,
              GCancellable *cancellable, GError **error)
{
  if (imap) {
    g_autoptr (ImapSession) session = open_imap (account, kept, cancellable, error);

    if (session == NULL || !imap_session_sign_in (session, login, cancellable, error)
        || !is_open (session, account->imap.host, cancellable, error))
      return FALSE;
    sync_kept_put_imap (g_steal_pointer (&session), account->ca_file, &account->imap, account->id);
    return TRUE;
  }
  g_autoptr (SmtpSession) session = open_smtp (account, kept, cancellable, error);

  if (session == NULL || !smtp_session_sign_in (session, login, cancellable, error))
    return FALSE;
  /* What was to be known is known: the farewell takes one more round trip. */
  g_thread_unref (g_thread_new ("sosik-quit", quit, g_steal_pointer (&session)));
  return TRUE;
}

gboolean
sync_verify (const BaseAccount *account, const char *protocol, const char *secret,
             GCancellable *cancellable, GError **error)
{
  gboolean imap = g_str_equal (protocol, "imap"), kept = TRUE;
  const BaseServer *server = imap ? &account->imap : &account->smtp;
  NetLogin login = { .kind = server->sign_in,
                     .user = server->user,
                     .secret = secret,
                     .proved = base_server_get_proof (server) };
  g_autoptr (GError) local = NULL;
  gboolean good = sign_in_once (account, imap, &login, &kept, cancellable, &local);

  if (kept
      && (g_error_matches (local, BASE_ERROR, BASE_ERROR_RETRY)
          || g_error_matches (local, BASE_ERROR, BASE_ERROR_BROKEN))) {
    /* It may only have waited too long. */
    g_clear_error (&local);
    kept = FALSE;
    good = sign_in_once (account, imap, &login, &kept, cancellable, &local);
  }
  if (good)
    return TRUE;
  name_server (&local, server->host);
  sync_advice_apply (&local, server);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* ---- ahead ---- */

typedef struct
{
  char *ca_file;
  BaseServer server;
  gboolean imap;
} Ahead;

static gpointer
open_ahead (gpointer data)
{
  Ahead *ahead = data;
  NetEndpoint endpoint = { .host = ahead->server.host,
                           .port = ahead->server.port,
                           .security = ahead->server.security,
                           .ca_file = ahead->ca_file,
                           .timeout_ms = PROBE_MS,
                           .protocol = ahead->imap ? "imap" : "smtp" };
  ImapSession *imap = NULL;
  SmtpSession *smtp = NULL;

  /* A probe may have left one. */
  if (ahead->imap)
    imap = sync_kept_take_imap (ahead->ca_file, &ahead->server, NULL);
  else
    smtp = sync_kept_take_smtp (ahead->ca_file, &ahead->server);
  /* Whatever is wrong with it is told when somebody wants to sign in. */
  if (imap == NULL && smtp == NULL)
    open_place (&endpoint, ahead->imap ? "imap" : "smtp", &imap, &smtp, NULL, NULL);
  if (imap != NULL)
    sync_kept_put_imap (imap, ahead->ca_file, &ahead->server, NULL);
  if (smtp != NULL)
    sync_kept_put_smtp (smtp, ahead->ca_file, &ahead->server);
  g_free (ahead->ca_file);
  g_free (ahead->server.host);
  g_free (ahead);
  return NULL;
}

void
sync_open_ahead (const BaseAccount *account)
{
  const BaseServer *servers[] = { &account->imap, &account->smtp };

  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++) {
    Ahead *ahead;

    if (servers[i]->host == NULL)
      continue;
    ahead = g_new0 (Ahead, 1);
    ahead->ca_file = g_strdup (account->ca_file);
    ahead->server.host = g_strdup (servers[i]->host);
    ahead->server.port = servers[i]->port;
    ahead->server.security = servers[i]->security;
    ahead->imap = i == 0;
    g_thread_unref (g_thread_new ("sosik-ahead", open_ahead, ahead));
  }
}
