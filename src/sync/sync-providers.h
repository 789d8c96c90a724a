/* Settings of well-known providers (data/providers.ini), and how to guess those of all others.  Pure; any thread.
 *
 * The table is part of the program (a GResource), not a file beside it: its words are those of the code (steps, OAuth 2 providers),
 * and neither a test nor a program that was not installed has to look for it. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* What a provider takes. */
typedef enum
{
  SYNC_TAKES_PASSWORD = 1 << 0,
  SYNC_TAKES_APP_PASSWORD = 1 << 1, /* without the one above: the usual password is refused */
  SYNC_TAKES_OAUTH = 1 << 2,
} SyncTakes;

/* Where a server is. */
typedef struct
{
  char *host;
  guint16 port;
  BaseSecurity security;
  gboolean local_user; /* its users are known by what stands before the @ */
} SyncPlace;

typedef struct
{
  char *word; /* the same in each version of the program */
  char *name;
  GStrv domains;   /* of addresses; "*.x": all below x */
  GStrv exchanges; /* patterns of its mail exchangers; nullable as the one above */
  SyncPlace imap, smtp;
  SyncTakes takes;
  char *oauth;       /* nullable: what BaseOauth has as provider */
  gboolean imap_off; /* until a person allowed it */
  gboolean files_sent;
  GStrv steps; /* nullable: words for sync_provider_step () */
  char *link;  /* nullable: https */
} SyncProvider;

/* All of these give what lives as long as the program.  NULL: it is not there. */
const SyncProvider *sync_provider_find (const char *word);
const SyncProvider *sync_provider_of_domain (const char *domain); /* as from sync_domain_of () */
const SyncProvider *sync_provider_of_exchange (const char *host);
/* The one that has this server for IMAP or SMTP; by a name, not by an address. */
const SyncProvider *sync_provider_of_host (const char *host);
/* GPtrArray of SyncProvider, in the order of the file. */
const GPtrArray *sync_providers (void);
/* What is wrong with the file's group: NULL where it is whole and well-formed.  For tests; what is not is left out by the functions above. */
SyncProvider *sync_provider_parse (GKeyFile *file, const char *word,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sync_provider_free (SyncProvider *provider);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncProvider, sync_provider_free)
/* The file as it is in the program. */
GKeyFile *sync_providers_load (void) G_GNUC_WARN_UNUSED_RESULT;

/* A translated sentence; NULL: there is no such word. */
const char *sync_provider_step (const char *word);
/* All steps, a translated sentence each; empty where there are none. */
GStrv sync_provider_dup_steps (const SyncProvider *provider) G_GNUC_WARN_UNUSED_RESULT;
/* Servers and users for the account's address, who sign in by password where the provider takes one, else by access token.  `own`: that
 * address is in one of the provider's domains, else a customer's, who is known by the whole of it. */
void sync_provider_fill (const SyncProvider *provider, gboolean own, BaseAccount *account);
/* Only how they sign in. */
void sync_provider_set_sign_in (const SyncProvider *provider, BaseAccount *account);

/* True where a mail that went out through this server is filed in Sent by the provider itself. */
gboolean sync_provider_files_sent (const char *smtp_host);

void sync_place_free (SyncPlace *place);
/* Where the server for "imap" or "smtp" of a domain may be, the best first.  GPtrArray of SyncPlace. */
GPtrArray *sync_candidates (const char *protocol, const char *domain) G_GNUC_WARN_UNUSED_RESULT;

/* Domain of an address in lower case ASCII (IDNA), or NULL when there is none. */
char *sync_domain_of (const char *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
