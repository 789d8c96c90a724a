/* SRV and MX by GResolver, which is asked for each at once.  Pool threads; must never take a name for more than a proposal. */
#include "mail-records.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"

char *
mail_records_clean_host (const char *text)
{
  gsize length = strlen (text);
  g_autofree char *host =
      g_ascii_strdown (text, (gssize)(g_str_has_suffix (text, ".") ? length - 1 : length));

  for (const char *c = host; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '.')
      return NULL;
  return g_ascii_isalnum (*host) && strlen (host) <= 253 ? g_steal_pointer (&host) : NULL;
}

/* ---- services ---- */

/* One service: where it is, or that it is not offered. */
typedef struct
{
  const char *service;
  BaseSecurity security;
  const char *domain;
  GCancellable *cancellable;
  char *host; /* NULL: not told */
  guint16 port;
  gboolean denied; /* the one target is "." */
} Service;

/* RFC 2782: by priority, and at random by weight among those of one. */
static void
choose_target (Service *service, GList *records)
{
  GList *targets = NULL;

  for (GList *l = records; l != NULL; l = l->next) {
    guint16 priority = 0, weight = 0, port = 0;
    const char *host = NULL;

    g_variant_get (l->data, "(qqq&s)", &priority, &weight, &port, &host);
    g_autofree char *clean = mail_records_clean_host (host);
    if (*host == '\0' || g_str_equal (host, "."))
      service->denied = records->next == NULL;
    else if (clean != NULL && port != 0)
      targets = g_list_prepend (targets, g_srv_target_new (clean, port, priority, weight));
  }
  targets = g_srv_target_list_sort (targets);
  if (targets != NULL) {
    service->host = g_strdup (g_srv_target_get_hostname (targets->data));
    service->port = g_srv_target_get_port (targets->data);
  }
  g_resolver_free_targets (targets);
}

static void
free_records (GList *records)
{
  g_list_free_full (records, (GDestroyNotify)g_variant_unref);
}

static gpointer
look_up_service (gpointer data)
{
  Service *service = data;
  g_autofree char *name = g_strdup_printf ("_%s._tcp.%s", service->service, service->domain);
  GList *records = g_resolver_lookup_records (g_resolver_get_default (), name,
                                              G_RESOLVER_RECORD_SRV, service->cancellable, NULL);

  choose_target (service, records);
  free_records (records);
  return NULL;
}

static gboolean
fill (BaseServer *server, Service *first, Service *second, const char *address)
{
  Service *best = first->host != NULL ? first : second;

  g_clear_pointer (&server->host, g_free);
  if (best->host == NULL)
    return FALSE;
  server->host = g_steal_pointer (&best->host);
  server->port = best->port;
  server->security = best->security;
  g_free (server->user);
  server->user = g_strdup (address);
  return TRUE;
}

gboolean
mail_records_find_services (BaseAccount *account, const char *domain, GCancellable *cancellable,
                            GError **error)
{
  Service services[] = {
    { "imaps", BASE_SECURITY_TLS, domain, cancellable, NULL, 0, FALSE },
    { "imap", BASE_SECURITY_STARTTLS, domain, cancellable, NULL, 0, FALSE },
    { "submissions", BASE_SECURITY_TLS, domain, cancellable, NULL, 0, FALSE },
    { "submission", BASE_SECURITY_STARTTLS, domain, cancellable, NULL, 0, FALSE },
  };
  GThread *threads[G_N_ELEMENTS (services)];
  gboolean imap, smtp, denied;

  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    threads[i] = g_thread_new ("sosik-records", look_up_service, &services[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    g_thread_join (threads[i]);
  imap = fill (&account->imap, &services[0], &services[1], account->address);
  smtp = fill (&account->smtp, &services[2], &services[3], account->address);
  denied = !imap && (services[0].denied || services[1].denied);
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    g_free (services[i].host);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (denied)
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” says that it offers no mail for programs (IMAP)."), domain);
  else if (!imap && !smtp)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("“%s” tells of no mail servers."), domain);
  return !denied && (imap || smtp);
}

/* ---- exchangers ---- */

char *
mail_records_dup_exchange (const char *domain, GCancellable *cancellable, GError **error)
{
  GList *records = g_resolver_lookup_records (g_resolver_get_default (), domain,
                                              G_RESOLVER_RECORD_MX, cancellable, NULL);
  g_autofree char *best = NULL;
  guint16 least = 0;

  for (GList *l = records; l != NULL; l = l->next) {
    guint16 preference = 0;
    const char *text = NULL;

    g_variant_get (l->data, "(q&s)", &preference, &text);
    g_autofree char *host = mail_records_clean_host (text);
    /* The smallest name of equals, so that the answer is the same each time. */
    if (host == NULL
        || (best != NULL
            && (preference > least || (preference == least && strcmp (host, best) > 0))))
      continue;
    g_free (best);
    best = g_steal_pointer (&host);
    least = preference;
  }
  free_records (records);
  if (best == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error))
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("“%s” tells of no mail servers."), domain);
  return g_steal_pointer (&best);
}
