/* Finds servers by asking likely places side by side, and proves settings by signing in.  Each probe is a thread of its own
 * that may outlive the search by its time-out; what they share is reference counted.  Must never send a password while
 * searching, nor take a server whose certificate is wrong. */
#include "sync-discover.h"

#include "base-error.h"
#include "imap-session.h"
#include "smtp-session.h"
#include "sync-advice.h"
#include "sync-aside.h"
#include "sync-kept.h"
#include "sync-providers.h"
#include "sync-race.h"
#include "sync-without.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROBE_MS 10000
#define END_MS   2000
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
  BaseAccount *account; /* what is trusted, and by which certificate we come */
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
  base_account_free (search->account);
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
                           .ca_file = search->account->ca_file,
                           .timeout_ms = PROBE_MS,
                           .account = search->account,
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
search_new (const char *domain, const BaseAccount *account)
{
  Search *search = g_new0 (Search, 1);
  const char *protocols[] = { "imap", "smtp" };

  g_atomic_ref_count_init (&search->ref_count);
  search->account = base_account_dup (account);
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
      sync_aside_begin ("sosik-probe", probe_main, probe);
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

/* With the lock: both sides. */
static gboolean
look (gpointer data, gboolean *good)
{
  const Search *search = data;
  gboolean imap_settled = FALSE, smtp_settled = FALSE;
  gboolean imap = best_found (&search->sides[0], &imap_settled) >= 0;
  gboolean smtp = best_found (&search->sides[1], &smtp_settled) >= 0;

  *good = imap && smtp;
  return imap_settled && smtp_settled;
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
keep (Side *side, guint index, const BaseAccount *account)
{
  if (side->imap[index] != NULL)
    sync_kept_put_imap (g_steal_pointer (&side->imap[index]), account, FALSE);
  if (side->smtp[index] != NULL)
    sync_kept_put_smtp (g_steal_pointer (&side->smtp[index]), account);
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
  search = search_new (domain, account);

  search_start (search);
  sync_race_wait (&search->lock, &search->cond, TOTAL_US, BETTER_US, look, search, cancellable);
  g_cancellable_cancel (search->cancellable);
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
      keep (&search->sides[i], (guint)best, account);
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

/* Over what was opened before, if that still stands: a sign-in whose connection breaks is not begun again, for the password may have arrived. */
static ImapSession *
open_imap (const BaseAccount *account, GCancellable *cancellable, GError **error)
{
  NetEndpoint endpoint = net_endpoint_of (account, &account->imap, 2 * PROBE_MS);
  ImapSession *session = sync_kept_take_imap (account, FALSE);

  if (session != NULL && !imap_session_is_quiet (session))
    g_clear_pointer (&session, imap_session_free);
  if (session == NULL)
    session = imap_session_open (&endpoint, cancellable, error);
  if (session != NULL)
    imap_session_set_disabled (session, sync_without_imap (account));
  return session;
}

static SmtpSession *
open_smtp (const BaseAccount *account, GCancellable *cancellable, GError **error)
{
  NetEndpoint endpoint = net_endpoint_of (account, &account->smtp, 2 * PROBE_MS);
  SmtpSession *session = sync_kept_take_smtp (account);

  if (session != NULL && !smtp_session_is_quiet (session))
    g_clear_pointer (&session, smtp_session_free);
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

/* Of two servers to which the same is told: the second hears it when the first has accepted it. */
typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean known, good; /* with the lock */
} Verdict;

typedef struct
{
  const BaseAccount *account;
  const char *secret;
  Verdict *verdict; /* nullable */
  GCancellable *cancellable;
  GError *error;
} Proof;

static void
tell_verdict (Verdict *verdict, gboolean good)
{
  if (verdict == NULL)
    return;
  g_mutex_lock (&verdict->lock);
  verdict->known = TRUE;
  verdict->good = good;
  g_cond_signal (&verdict->cond);
  g_mutex_unlock (&verdict->lock);
}

static gboolean
wait_for_verdict (Verdict *verdict)
{
  gboolean good = TRUE;

  if (verdict == NULL)
    return TRUE;
  g_mutex_lock (&verdict->lock);
  while (!verdict->known)
    g_cond_wait (&verdict->cond, &verdict->lock);
  good = verdict->good;
  g_mutex_unlock (&verdict->lock);
  return good;
}

static NetLogin
login_of (const BaseServer *server, const char *secret)
{
  return (NetLogin){ .kind = server->sign_in,
                     .user = server->user,
                     .secret = secret,
                     .proved = base_server_get_proof (server) };
}

static void
finish_proof (Proof *proof, const BaseServer *server, GError *error)
{
  if (error == NULL)
    return;
  proof->error = error;
  name_server (&proof->error, server->host);
  sync_advice_apply (&proof->error, server);
}

static void
prove_imap (Proof *proof)
{
  const BaseAccount *account = proof->account;
  NetLogin login = login_of (&account->imap, proof->secret);
  GError *error = NULL;
  g_autoptr (ImapSession) session = open_imap (account, proof->cancellable, &error);
  gboolean known =
      session != NULL && imap_session_identify (session, &login, proof->cancellable, &error);

  /* What is left to say here takes as long as the other's turn. */
  tell_verdict (proof->verdict, known);
  if (known && imap_session_sign_in (session, &login, proof->cancellable, &error)
      && is_open (session, account->imap.host, proof->cancellable, &error))
    sync_kept_put_imap (g_steal_pointer (&session), account, TRUE);
  finish_proof (proof, &account->imap, error);
}

static gpointer
prove_smtp (gpointer data)
{
  Proof *proof = data;
  const BaseAccount *account = proof->account;
  NetLogin login = login_of (&account->smtp, proof->secret);
  GError *error = NULL;
  g_autoptr (SmtpSession) session = open_smtp (account, proof->cancellable, &error);

  if (session != NULL && wait_for_verdict (proof->verdict)
      && smtp_session_sign_in (session, &login, proof->cancellable, &error))
    /* What was to be known is known: the farewell takes one more round trip. */
    sync_aside_begin ("sosik-quit", quit, g_steal_pointer (&session));
  finish_proof (proof, &account->smtp, error);
  return NULL;
}

gboolean
sync_probe (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
            GError **error)
{
  const BaseServer *server = g_str_equal (protocol, "imap") ? &account->imap : &account->smtp;
  NetEndpoint endpoint = net_endpoint_of (account, server, PROBE_MS);
  g_autoptr (ImapSession) imap = NULL;
  g_autoptr (SmtpSession) smtp = NULL;
  g_autoptr (GError) local = NULL;

  /* A name that somebody is typing gets to see no certificate of theirs; who says no more without one is there. */
  endpoint.sign_in = BASE_SIGN_IN_PASSWORD;
  if (open_place (&endpoint, protocol, &imap, &smtp, cancellable, &local)
      || (server->sign_in == BASE_SIGN_IN_CERTIFICATE && base_error_wants_client (local)))
    return TRUE;
  name_server (&local, server->host);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sync_verify (const BaseAccount *account, const char *protocol, const char *secret,
             GCancellable *cancellable, GError **error)
{
  Proof proof = { account, secret, NULL, cancellable, NULL };

  if (g_str_equal (protocol, "imap"))
    prove_imap (&proof);
  else
    prove_smtp (&proof);
  if (proof.error == NULL)
    return TRUE;
  g_propagate_error (error, proof.error);
  return FALSE;
}

const char *
sync_verify_both (const BaseAccount *account, const char *imap_secret, const char *smtp_secret,
                  GCancellable *cancellable, GError **error)
{
  Verdict verdict = { 0 };
  gboolean same = imap_secret != NULL && g_strcmp0 (imap_secret, smtp_secret) == 0
                  && g_strcmp0 (account->imap.user, account->smtp.user) == 0;
  Proof imap = { account, imap_secret, same ? &verdict : NULL, cancellable, NULL };
  Proof smtp = imap;
  GThread *thread;

  smtp.secret = smtp_secret;
  g_mutex_init (&verdict.lock);
  g_cond_init (&verdict.cond);
  thread = g_thread_new ("sosik-prove", prove_smtp, &smtp);
  prove_imap (&imap);
  g_thread_join (thread);
  g_mutex_clear (&verdict.lock);
  g_cond_clear (&verdict.cond);
  if (imap.error != NULL) {
    g_clear_error (&smtp.error);
    g_propagate_error (error, imap.error);
    return "imap";
  }
  if (smtp.error == NULL)
    return NULL;
  g_propagate_error (error, smtp.error);
  return "smtp";
}

/* ---- ahead ---- */

typedef struct
{
  BaseAccount *account;
  GCancellable *closing;
  gboolean imap;
} Ahead;

static gpointer
open_ahead (gpointer data)
{
  Ahead *ahead = data;
  const BaseServer *server = ahead->imap ? &ahead->account->imap : &ahead->account->smtp;
  NetEndpoint endpoint = net_endpoint_of (ahead->account, server, PROBE_MS);
  ImapSession *imap = NULL;
  SmtpSession *smtp = NULL;

  /* A probe may have left one. */
  if (ahead->imap)
    imap = sync_kept_take_imap (ahead->account, FALSE);
  else
    smtp = sync_kept_take_smtp (ahead->account);
  /* Whatever is wrong with it is told when somebody wants to sign in. */
  if (imap == NULL && smtp == NULL)
    open_place (&endpoint, ahead->imap ? "imap" : "smtp", &imap, &smtp, ahead->closing, NULL);
  if (imap != NULL)
    sync_kept_put_imap (imap, ahead->account, FALSE);
  if (smtp != NULL)
    sync_kept_put_smtp (smtp, ahead->account);
  base_account_free (ahead->account);
  g_object_unref (ahead->closing);
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
    ahead->account = base_account_dup (account);
    ahead->imap = i == 0;
    ahead->closing = sync_aside_dup_closing ();
    sync_aside_begin ("sosik-ahead", open_ahead, ahead);
  }
}

void
sync_give_up (const char *account_id)
{
  sync_kept_drop_account (account_id, NULL);
}

void
sync_discover_end (void)
{
  sync_kept_drop ();
  sync_aside_end (END_MS);
  /* What was opened meanwhile */
  sync_kept_drop ();
}
