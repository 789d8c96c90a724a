/* Settings of well-known providers, and how to guess those of all others.  Pure; any thread. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* One place where a server may be. */
typedef struct
{
  char *host;
  guint16 port;
  BaseSecurity security;
} SyncCandidate;

void sync_candidate_free (SyncCandidate *candidate);

/* Fills imap and smtp of `account` from the table by the address's domain; FALSE when it is not there.  *help (nullable out): a
 * translated sentence about what a person has to prepare there, or NULL. */
gboolean sync_provider_fill (BaseAccount *account, char **help);

/* True where a mail that went out through this server is filed in Sent by the provider itself. */
gboolean sync_provider_files_sent (const char *smtp_host);

/* Where the server for "imap" or "smtp" of a domain may be, the best first.  GPtrArray of SyncCandidate. */
GPtrArray *sync_candidates (const char *protocol, const char *domain) G_GNUC_WARN_UNUSED_RESULT;

/* Domain of an address in lower case ASCII (IDNA), or NULL when there is none. */
char *sync_domain_of (const char *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
