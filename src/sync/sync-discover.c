/* Finds servers by asking likely places side by side, and proves settings by signing in.  Each probe is a thread of its own
 * that may outlive the search by its time-out; what they share is reference counted.  Must never send a password while
 * searching, nor take a server whose certificate is wrong. */
#include "sync-discover.h"

#include "base-error.h"
#include "imap-session.h"
#include "smtp-session.h"
#include "sync-providers.h"

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

    for (guint k = 0; k < side->candidates->len; k++)
      g_clear_error (&side->errors[k]);
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

static gboolean
open_place (const SyncPlace *candidate, const char *protocol, const char *ca_file,
            GCancellable *cancellable, GError **error)
{
  NetEndpoint endpoint = { .host = candidate->host,
                           .port = candidate->port,
                           .security = candidate->security,
                           .ca_file = ca_file,
                           .timeout_ms = PROBE_MS,
                           .protocol = protocol };

  if (g_str_equal (protocol, "imap")) {
    g_autoptr (ImapSession) session = imap_session_open (&endpoint, cancellable, error);

    return session != NULL;
  }
  {
    g_autoptr (SmtpSession) session = smtp_session_open (&endpoint, cancellable, error);

    if (session != NULL && !smtp_session_has (session, SMTP_CAP_AUTH)) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("“%s” does not let anybody sign in to send mail."), candidate->host);
      return FALSE;
    }
    return session != NULL;
  }
}

static gpointer
probe_main (gpointer data)
{
  Probe *probe = data;
  Search *search = probe->search;
  g_autoptr (GError) error = NULL;
  gboolean found = open_place (g_ptr_array_index (probe->side->candidates, probe->index),
                               probe->side->protocol, search->ca_file, search->cancellable, &error);

  g_mutex_lock (&search->lock);
  probe->side->states[probe->index] = found ? PROBE_FOUND : PROBE_FAILED;
  probe->side->errors[probe->index] = g_steal_pointer (&error);
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

static const GError *
find_error (const Side *side, int code)
{
  for (guint i = 0; i < side->candidates->len; i++)
    if (g_error_matches (side->errors[i], BASE_ERROR, code))
      return side->errors[i];
  return NULL;
}

/* Why a side came to nothing: the most telling of its errors. */
static void
set_not_found (Search *search, const Side *side, const char *domain, GError **error)
{
  const GError *trust = NULL;
  gboolean imap = g_str_equal (side->protocol, "imap");
  g_autofree char *why = NULL;

  trust = find_error (side, BASE_ERROR_TRUST);
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

gboolean
sync_verify (const BaseAccount *account, const char *protocol, const char *secret,
             GCancellable *cancellable, GError **error)
{
  gboolean imap = g_str_equal (protocol, "imap");
  const BaseServer *server = imap ? &account->imap : &account->smtp;
  NetLogin login = { .kind = server->sign_in,
                     .user = server->user,
                     .secret = secret,
                     .proved = base_server_get_proof (server) };
  NetEndpoint endpoint = net_endpoint_of (account, server, 2 * PROBE_MS);
  g_autoptr (GError) local = NULL;
  gboolean good = FALSE;

  if (imap) {
    g_autoptr (ImapSession) session = imap_session_open (&endpoint, cancellable, &local);

    good = session != NULL && imap_session_sign_in (session, &login, cancellable, &local);
    if (good)
      imap_session_logout (session);
  } else {
    g_autoptr (SmtpSession) session = smtp_session_open (&endpoint, cancellable, &local);

    good = session != NULL && smtp_session_sign_in (session, &login, cancellable, &local);
    if (good)
      smtp_session_quit (session);
  }
  if (good)
    return TRUE;
  name_server (&local, server->host);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
