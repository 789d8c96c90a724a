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
/* Nobody wants that account after all: closes the connections that were opened for it. */
void sync_give_up (const char *account_id);
/* (blocks, some 2 s at most) The program ends: the same for all accounts, and what is still under way is called off and waited for. */
void sync_discover_end (void);

/* Whether a server for that protocol is where the account says, answers, encrypts and shows a good certificate.  It is told nothing, and shown
 * no certificate of the person's. */
gboolean sync_probe (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
                     GError **error);

/* Over IMAP the connection is kept for the account's worker (sync-kept.h).  Really signs in, as the account says (BaseServer.sign_in). protocol "imap" or "smtp"; `secret` as in NetLogin.  The error's sentence
 * names the server: wrong password, unreachable, certificate, no STARTTLS each say their own. */
gboolean sync_verify (const BaseAccount *account, const char *protocol, const char *secret,
                      GCancellable *cancellable, GError **error);
/* Both servers, side by side: as long as one would take.  Where they get the same from the same user, SMTP gets it when IMAP has accepted it: one mistake is one failed
 * attempt.  NULL, or the protocol of which `error` is: what is wrong with IMAP is told before what is wrong with SMTP. */
const char *sync_verify_both (const BaseAccount *account, const char *imap_secret,
                              const char *smtp_secret, GCancellable *cancellable, GError **error);

G_END_DECLS
