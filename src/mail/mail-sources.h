/* The sources of settings for an address, asked side by side: the table of providers, the domain's own settings, the public list, records
 * of the domain name system, and names that servers usually have.  (Blocks; pool threads.) */
#pragma once

#include "mail-discovery.h"
#include "sync-discover.h"
#include "sync-providers.h"

G_BEGIN_DECLS

/* The best first. */
typedef enum
{
  MAIL_SOURCE_TABLE,      /* of providers, by the domain */
  MAIL_SOURCE_DOMAIN,     /* https://autoconfig.DOMAIN */
  MAIL_SOURCE_WELL_KNOWN, /* https://DOMAIN/.well-known (RFC 8615) */
  MAIL_SOURCE_LIST,       /* the public one */
  MAIL_SOURCE_SERVICES,   /* SRV records */
  MAIL_SOURCE_EXCHANGE,   /* whose servers receive its mail (MX), by the table or the public list */
  MAIL_SOURCE_CLEAR,      /* http://autoconfig.DOMAIN: many have no certificate for that name */
  MAIL_SOURCE_GUESS,      /* servers that are there under likely names of the domain */
  MAIL_N_SOURCES
} MailSource;

typedef struct
{
  MailSource source;
  char *where;          /* nullable: the host that said so, or receives the mail */
  BaseAccount *account; /* with the servers; host NULL: not found */
  const SyncProvider *provider;
  GError *problem; /* what is missing; NULL: nothing */
} MailFindings;

void mail_findings_free (MailFindings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailFindings, mail_findings_free)

/* The best answer: both servers from the best source that knows both, else one.  A better source gets two seconds more than the first answer.
 * NULL only when cancelled, or where the address is none (GONE). */
MailFindings *mail_sources_ask (const BaseAccount *account, SyncDiscoverFunc progress,
                                gpointer user_data, GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Main thread; takes the findings. */
MailDiscovery *mail_discovery_new (MailFindings *findings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
