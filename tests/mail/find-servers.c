/* find-servers ADDRESS: what the wizard would find out, a line for each thing, for sources.py. */
#include "mail-discovery.h"
#include "mail-sources.h"

#include "base-error.h"
#include "sync-discover.h"

static void
print_server (const char *name, const BaseServer *server)
{
  if (server->host != NULL)
    g_print ("%s=%s:%u:%s:%s\n", name, server->host, server->port,
             server->security == BASE_SECURITY_TLS ? "tls" : "starttls", server->user);
}

int
main (int argc, char **argv)
{
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MailDiscovery) discovery = NULL;
  const BaseAccount *found;
  MailFindings *findings;
  const char *const *strangers;

  g_assert (argc == 2);
  g_free (account->address);
  account->address = g_strdup (argv[1]);
  findings = mail_sources_ask (account, NULL, NULL, NULL, &error);
  if (findings == NULL) {
    g_print ("error=%s\n", error->message);
    return 0;
  }
  discovery = mail_discovery_new (findings);
  found = mail_discovery_get_account (discovery);
  strangers = mail_discovery_get_strangers (discovery);
  print_server ("imap", &found->imap);
  print_server ("smtp", &found->smtp);
  g_print ("origin=%s\n", mail_discovery_get_origin (discovery) != NULL
                              ? mail_discovery_get_origin (discovery)
                              : "");
  for (gsize i = 0; strangers[i] != NULL; i++)
    g_print ("stranger=%s\n", strangers[i]);
  if (mail_discovery_get_provider (discovery) != NULL)
    g_print ("provider=%s\n", mail_discovery_get_provider (discovery));
  if (mail_discovery_get_oauth (discovery) != NULL)
    g_print ("oauth=%s\n", mail_discovery_get_oauth (discovery));
  if (mail_discovery_get_problem (discovery) != NULL)
    g_print ("problem=%d %s\n", mail_discovery_get_problem (discovery)->code,
             mail_discovery_get_problem (discovery)->message);
  sync_discover_end (); /* as the engine does: none of its threads is left to run while the program ends */
  return 0;
}
