/* Asks all sources of settings side by side, each in a thread of its own that may outlive the search by its time-out, and takes the best
 * answer.  Pool threads; nothing is saved, and no password is known here. */
#include "mail-sources.h"

#include "base-error.h"
#include "mail-autoconfig.h"
#include "mail-records.h"
#include "mime-authentication.h"
#include "sync-aside.h"
#include "sync-race.h"

#include <glib/gi18n.h>

#define TOTAL_US  (13 * G_USEC_PER_SEC)
#define BETTER_US (2 * G_USEC_PER_SEC) /* how long a better source may still answer */

typedef enum
{
  STATE_RUNNING,
  STATE_ANSWERED,
  STATE_FAILED,
} State;

typedef struct
{
  gatomicrefcount ref_count;
  BaseAccount *account;
  char *domain;
  GCancellable *cancellable;

  GMutex lock; /* what follows */
  GCond cond;
  State states[MAIL_N_SOURCES];
  MailFindings *answers[MAIL_N_SOURCES];
} Search;

typedef struct
{
  Search *search;
  MailSource source;
} Asking;

void
mail_findings_free (MailFindings *findings)
{
  g_free (findings->where);
  base_account_free (findings->account);
  g_clear_error (&findings->problem);
  g_free (findings);
}

static MailFindings *
findings_new (const BaseAccount *account, MailSource source)
{
  MailFindings *findings = g_new0 (MailFindings, 1);

  findings->source = source;
  findings->account = base_account_dup (account);
  g_clear_pointer (&findings->account->imap.host, g_free);
  g_clear_pointer (&findings->account->smtp.host, g_free);
  return findings;
}

static gboolean
has_any (const MailFindings *findings)
{
  return findings->account->imap.host != NULL || findings->account->smtp.host != NULL;
}

static gboolean
is_whole (const MailFindings *findings)
{
  return findings->account->imap.host != NULL && findings->account->smtp.host != NULL;
}

static void
search_unref (Search *search)
{
  if (!g_atomic_ref_count_dec (&search->ref_count))
    return;
  for (guint i = 0; i < MAIL_N_SOURCES; i++)
    g_clear_pointer (&search->answers[i], mail_findings_free);
  base_account_free (search->account);
  g_object_unref (search->cancellable);
  g_mutex_clear (&search->lock);
  g_cond_clear (&search->cond);
  g_free (search->domain);
  g_free (search);
}

/* ---- one source ---- */

/* Who asks the domain itself may say for whom; over a line that others read, and to others, it is the domain alone. */
static char *
make_uri (const char *format, const char *domain, const char *address)
{
  g_autofree char *base = g_strdup_printf (format, domain);
  g_autofree char *escaped = address != NULL ? g_uri_escape_string (address, NULL, FALSE) : NULL;

  return g_strconcat (base, escaped != NULL ? "?emailaddress=" : NULL, escaped, NULL);
}

static gboolean
fetch (Search *search, MailFindings *findings, const char *format, const char *domain,
       gboolean with_address)
{
  g_autofree char *uri = make_uri (format, domain, with_address ? search->account->address : NULL);

  return mail_autoconfig_fetch (findings->account, uri, &findings->where, search->cancellable,
                                &findings->problem);
}

/* Who receives the mail of the domain most often keeps it, too. */
static gboolean
ask_exchange (Search *search, MailFindings *findings)
{
  g_autofree char *exchange =
      mail_records_dup_exchange (search->domain, search->cancellable, &findings->problem);
  g_autofree char *owner = exchange != NULL ? mime_domain_get_owner (exchange) : NULL;

  if (exchange == NULL)
    return FALSE;
  findings->provider = sync_provider_of_exchange (exchange);
  if (findings->provider != NULL) {
    sync_provider_fill (findings->provider, FALSE, findings->account);
    findings->where = g_steal_pointer (&exchange);
    return TRUE;
  }
  if (!fetch (search, findings, MAIL_AUTOCONFIG_LIST "%s", owner, FALSE))
    return FALSE;
  g_free (findings->where);
  findings->where = g_steal_pointer (&exchange);
  return TRUE;
}

static gboolean
ask_source (Search *search, MailFindings *findings)
{
  switch (findings->source) {
  case MAIL_SOURCE_TABLE:
    findings->provider = sync_provider_of_domain (search->domain);
    if (findings->provider != NULL)
      sync_provider_fill (findings->provider, TRUE, findings->account);
    return findings->provider != NULL;
  case MAIL_SOURCE_DOMAIN:
    return fetch (search, findings, "https://autoconfig.%s/mail/config-v1.1.xml", search->domain,
                  TRUE);
  case MAIL_SOURCE_WELL_KNOWN:
    return fetch (search, findings, "https://%s/.well-known/autoconfig/mail/config-v1.1.xml",
                  search->domain, TRUE);
  case MAIL_SOURCE_LIST:
    return fetch (search, findings, MAIL_AUTOCONFIG_LIST "%s", search->domain, FALSE);
  case MAIL_SOURCE_SERVICES:
    return mail_records_find_services (findings->account, search->domain, search->cancellable,
                                       &findings->problem);
  case MAIL_SOURCE_EXCHANGE:
    return ask_exchange (search, findings);
  case MAIL_SOURCE_CLEAR:
    return fetch (search, findings, "http://autoconfig.%s/mail/config-v1.1.xml", search->domain,
                  FALSE);
  case MAIL_SOURCE_GUESS:
    sync_guess (findings->account, search->domain, NULL, NULL, search->cancellable,
                &findings->problem);
    return has_any (findings);
  case MAIL_N_SOURCES:
    break;
  }
  return FALSE;
}

static gpointer
ask_main (gpointer data)
{
  Asking *asking = data;
  Search *search = asking->search;
  MailFindings *findings = findings_new (search->account, asking->source);
  gboolean good = ask_source (search, findings);

  g_mutex_lock (&search->lock);
  search->states[asking->source] = good ? STATE_ANSWERED : STATE_FAILED;
  search->answers[asking->source] = findings;
  g_cond_broadcast (&search->cond);
  g_mutex_unlock (&search->lock);
  search_unref (search);
  g_free (asking);
  return NULL;
}

/* ---- all of them ---- */

static Search *
search_new (const BaseAccount *account, const char *domain)
{
  Search *search = g_new0 (Search, 1);

  g_atomic_ref_count_init (&search->ref_count);
  search->account = base_account_dup (account);
  search->domain = g_strdup (domain);
  search->cancellable = g_cancellable_new ();
  g_mutex_init (&search->lock);
  g_cond_init (&search->cond);
  return search;
}

static void
search_start (Search *search)
{
  for (MailSource source = MAIL_SOURCE_TABLE; source < MAIL_N_SOURCES; source++) {
    Asking *asking = g_new0 (Asking, 1);

    asking->search = search;
    asking->source = source;
    g_atomic_ref_count_inc (&search->ref_count);
    sync_aside_begin ("sosik-source", ask_main, asking);
  }
}

/* With the lock.  The domain itself says that there is nothing to be found. */
static gboolean
is_denied (Search *search)
{
  const MailFindings *services = search->answers[MAIL_SOURCE_SERVICES];

  return services != NULL && g_error_matches (services->problem, BASE_ERROR, BASE_ERROR_REFUSED);
}

/* With the lock: the best source that told both servers, else the best that told one; -1: none.  *whole: of the first kind; *settled:
 * nothing better can come any more. */
static int
find_best (Search *search, gboolean *whole, gboolean *settled)
{
  int part = -1;

  *whole = *settled = TRUE;
  for (guint i = 0; i < MAIL_N_SOURCES; i++) {
    if (i == MAIL_SOURCE_GUESS && is_denied (search))
      continue;
    if (search->states[i] == STATE_RUNNING)
      *settled = FALSE;
    if (search->states[i] != STATE_ANSWERED)
      continue;
    if (is_whole (search->answers[i]))
      return (int)i;
    if (part < 0)
      part = (int)i;
  }
  *whole = FALSE;
  return part;
}

static gboolean
look (gpointer data, gboolean *good)
{
  gboolean settled;

  find_best (data, good, &settled);
  return settled;
}

/* With the lock: what a person is told where nobody answered. */
static void
take_problem (Search *search, MailFindings *findings)
{
  const MailFindings *from =
      search->answers[is_denied (search) ? MAIL_SOURCE_SERVICES : MAIL_SOURCE_GUESS];

  if (from != NULL && from->problem != NULL && !base_error_is_cancelled (from->problem))
    findings->problem = g_error_copy (from->problem);
  else
    base_error_set (
        &findings->problem, BASE_ERROR_GONE, NULL,
        _ ("No server to receive mail (IMAP) was found for “%s”. Enter it by hand; your provider tells its name."),
        search->domain);
}

/* With the lock. */
static MailFindings *
take_answer (Search *search, int best)
{
  MailFindings *findings = NULL;

  if (best < 0) {
    findings = findings_new (search->account, MAIL_SOURCE_GUESS);
    take_problem (search, findings);
    return findings;
  }
  findings = g_steal_pointer (&search->answers[best]);
  search->states[best] = STATE_FAILED;
  if (findings->provider == NULL && findings->account->imap.host != NULL)
    findings->provider = sync_provider_of_host (findings->account->imap.host);
  if (findings->provider != NULL)
    sync_provider_set_sign_in (findings->provider, findings->account);
  if (!is_whole (findings) && findings->problem == NULL)
    base_error_set (
        &findings->problem, BASE_ERROR_GONE, NULL,
        findings->account->imap.host == NULL
            ? _ (
                "No server to receive mail (IMAP) was found for “%s”. Enter it by hand; your provider tells its name.")
            : _ (
                "No server to send mail (SMTP) was found for “%s”. Enter it by hand; your provider tells its name."),
        search->domain);
  return findings;
}

static void
tell (SyncDiscoverFunc progress, gpointer user_data, char *sentence)
{
  g_autofree char *owned = sentence;

  if (progress != NULL)
    progress (owned, user_data);
}

MailFindings *
mail_sources_ask (const BaseAccount *account, SyncDiscoverFunc progress, gpointer user_data,
                  GCancellable *cancellable, GError **error)
{
  g_autofree char *domain = sync_domain_of (account->address);
  MailFindings *findings = NULL;
  Search *search = NULL;
  gboolean whole, settled;

  if (domain == NULL) {
    base_error_set (error, BASE_ERROR_GONE, NULL,
                    _ ("“%s” is not an e-mail address. It has to look like name@example.org."),
                    account->address != NULL ? account->address : "");
    return NULL;
  }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  search = search_new (account, domain);
  if (sync_provider_of_domain (domain) != NULL) {
    tell (progress, user_data, g_strdup_printf (_ ("The servers of “%s” are known."), domain));
    findings = findings_new (account, MAIL_SOURCE_TABLE);
    ask_source (search, findings);
    search_unref (search);
    return findings;
  }
  tell (
      progress, user_data,
      g_strdup_printf (_ ("Looking for the servers of “%s”, at that domain and in the public list "
                          "of Thunderbird, which is told the domain and nothing else…"),
                       domain));
  search_start (search);
  sync_race_wait (&search->lock, &search->cond, TOTAL_US, BETTER_US, look, search, cancellable);
  g_cancellable_cancel (search->cancellable);
  if (!g_cancellable_set_error_if_cancelled (cancellable, error)) {
    g_mutex_lock (&search->lock);
    findings = take_answer (search, find_best (search, &whole, &settled));
    g_mutex_unlock (&search->lock);
  }
  search_unref (search);
  return findings;
}
