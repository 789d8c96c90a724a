/* What was found out about an address, in the words of a person.  Main thread; asks nobody. */
#include "mail-discovery.h"

#include "mail-sources.h"
#include "mime-authentication.h"

#include <glib/gi18n.h>

struct _MailDiscovery
{
  GObject parent_instance;

  /* Owned */
  MailFindings *findings;
  char *origin; /* nullable */
  GStrv strangers;
  GStrv steps;
};

G_DEFINE_FINAL_TYPE (MailDiscovery, mail_discovery, G_TYPE_OBJECT)

static char *
describe_origin (const MailFindings *findings)
{
  g_autofree char *domain = sync_domain_of (findings->account->address);

  if (findings->account->imap.host == NULL && findings->account->smtp.host == NULL)
    return NULL;
  switch (findings->source) {
  case MAIL_SOURCE_TABLE:
    return g_strdup_printf (
        /* Translators: the name of a provider */
        _ ("From what Sosik knows about %s."), findings->provider->name);
  case MAIL_SOURCE_DOMAIN:
  case MAIL_SOURCE_WELL_KNOWN:
    /* Translators: the name of a server */
    return g_strdup_printf (_ ("From the provider's own settings at %s."), findings->where);
  case MAIL_SOURCE_LIST:
    return g_strdup_printf (_ ("From the public list of providers at %s."), findings->where);
  case MAIL_SOURCE_SERVICES:
    return g_strdup_printf (
        /* Translators: the domain of an address */
        _ ("From what the domain name system says about “%s”; nobody vouches for it."), domain);
  case MAIL_SOURCE_EXCHANGE:
    return g_strdup_printf (
        /* Translators: the domain of an address, and the name of a provider or server */
        _ ("The mail of “%s” is received by %s, as the domain name system says; nobody vouches for "
           "it."),
        domain, findings->provider != NULL ? findings->provider->name : findings->where);
  case MAIL_SOURCE_CLEAR:
    return g_strdup_printf (
        _ ("From settings at %s that came without encryption; nobody vouches for them."),
        findings->where);
  case MAIL_SOURCE_GUESS:
    return g_strdup (_ ("Nobody tells the settings; these servers were found by trying usual "
                        "names."));
  case MAIL_N_SOURCES:
    break;
  }
  return NULL;
}

/* Who says so cannot be asked for proof. */
static gboolean
is_hearsay (MailSource source)
{
  switch (source) {
  case MAIL_SOURCE_TABLE:
  case MAIL_SOURCE_DOMAIN:
  case MAIL_SOURCE_WELL_KNOWN:
  case MAIL_SOURCE_LIST:
  case MAIL_SOURCE_GUESS: /* names of the domain itself */
    return FALSE;
  case MAIL_SOURCE_SERVICES:
  case MAIL_SOURCE_EXCHANGE:
  case MAIL_SOURCE_CLEAR:
  case MAIL_N_SOURCES:
    break;
  }
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

static GStrv
list_strangers (const MailFindings *findings)
{
  const BaseServer *servers[] = { &findings->account->imap, &findings->account->smtp };
  g_autofree char *domain = sync_domain_of (findings->account->address);
  GPtrArray *hosts = g_ptr_array_new ();

  for (gsize i = 0; is_hearsay (findings->source) && i < G_N_ELEMENTS (servers); i++) {
    g_autofree char *host =
        servers[i]->host != NULL ? g_ascii_strdown (servers[i]->host, -1) : NULL;

    if (host != NULL && !mime_domain_is_same_owner (host, domain)
        && !g_ptr_array_find_with_equal_func (hosts, host, g_str_equal, NULL))
      g_ptr_array_add (hosts, g_steal_pointer (&host));
  }
  g_ptr_array_sort (hosts, compare);
  g_ptr_array_add (hosts, NULL);
  return (GStrv)g_ptr_array_free (hosts, FALSE);
}

MailDiscovery *
mail_discovery_new (MailFindings *findings)
{
  MailDiscovery *self = g_object_new (MAIL_TYPE_DISCOVERY, NULL);

  self->findings = findings;
  self->origin = describe_origin (findings);
  self->strangers = list_strangers (findings);
  self->steps = findings->provider != NULL ? sync_provider_dup_steps (findings->provider)
                                           : g_new0 (char *, 1);
  return self;
}

const BaseAccount *
mail_discovery_get_account (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return self->findings->account;
}

const GError *
mail_discovery_get_problem (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return self->findings->problem;
}

const char *
mail_discovery_get_origin (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return self->origin;
}

const char *const *
mail_discovery_get_strangers (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return (const char *const *)self->strangers;
}

const char *
mail_discovery_get_provider (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return self->findings->provider != NULL ? self->findings->provider->name : NULL;
}

const char *
mail_discovery_get_oauth (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return self->findings->provider != NULL ? self->findings->provider->oauth : NULL;
}

static SyncTakes
get_takes (MailDiscovery *self)
{
  return self->findings->provider != NULL ? self->findings->provider->takes : SYNC_TAKES_PASSWORD;
}

gboolean
mail_discovery_takes_password (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), FALSE);
  return (get_takes (self) & (SYNC_TAKES_PASSWORD | SYNC_TAKES_APP_PASSWORD)) != 0;
}

gboolean
mail_discovery_wants_app_password (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), FALSE);
  return (get_takes (self) & (SYNC_TAKES_PASSWORD | SYNC_TAKES_APP_PASSWORD))
         == SYNC_TAKES_APP_PASSWORD;
}

gboolean
mail_discovery_is_imap_off (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), FALSE);
  return self->findings->provider != NULL && self->findings->provider->imap_off;
}

const char *const *
mail_discovery_get_steps (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return (const char *const *)self->steps;
}

const char *
mail_discovery_get_link (MailDiscovery *self)
{
  g_return_val_if_fail (MAIL_IS_DISCOVERY (self), NULL);
  return self->findings->provider != NULL ? self->findings->provider->link : NULL;
}

GStrv
mail_discovery_dup_steps_of (const char *host, const char **link)
{
  const SyncProvider *provider = sync_provider_of_host (host);

  if (provider != NULL && provider->takes == SYNC_TAKES_OAUTH)
    provider = NULL;
  *link = provider != NULL ? provider->link : NULL;
  return provider != NULL ? sync_provider_dup_steps (provider) : g_new0 (char *, 1);
}

static void
mail_discovery_finalize (GObject *object)
{
  MailDiscovery *self = MAIL_DISCOVERY (object);

  g_clear_pointer (&self->findings, mail_findings_free);
  g_free (self->origin);
  g_strfreev (self->strangers);
  g_strfreev (self->steps);
  G_OBJECT_CLASS (mail_discovery_parent_class)->finalize (object);
}

static void
mail_discovery_class_init (MailDiscoveryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_discovery_finalize;
}

static void
mail_discovery_init (MailDiscovery *self)
{
}
