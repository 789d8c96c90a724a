/* Finds the servers of an address by trying likely names, and proves settings by signing in.  (Blocks; any thread of the caller's.) */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* Progress for a person: a translated sentence, e.g. "Looking for imap.example.org …"; called on probing threads. */
typedef void (*SyncDiscoverFunc) (const char *sentence, gpointer user_data);

/* Fills imap and smtp (host, port, security, user) of `account` by asking, side by side, imap./mail./DOMAIN on 993 then 143 STARTTLS
 * and smtp./mail./DOMAIN on 465 then 587 STARTTLS (real TLS, certificate checked with the account's ca_file), `domain` being that of
 * its address, as from sync_domain_of ().  What was found of the two is filled even when the other is missing.  GONE: nothing found
 * (sentence asks for manual settings); TRUST: only servers with a bad certificate or without encryption; RETRY: no network; CANCELLED. */
gboolean sync_guess (BaseAccount *account, const char *domain, SyncDiscoverFunc func,
                     gpointer user_data, GCancellable *cancellable, GError **error);

/* Begins to connect to both servers, without a word about who it is for: what stands when sync_verify () comes is used. */
void sync_open_ahead (const BaseAccount *account);

/* Over IMAP the connection is kept for the account's worker (sync-kept.h).  Really signs in, as the account says (BaseServer.sign_in). protocol "imap" or "smtp"; `secret` as in NetLogin.  The error's sentence
 * names the server: wrong password, unreachable, certificate, no STARTTLS each say their own. */
gboolean sync_verify (const BaseAccount *account, const char *protocol, const char *secret,
                      GCancellable *cancellable, GError **error);

G_END_DECLS
