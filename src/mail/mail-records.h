/* What the domain name system says about the servers of a domain.  (Blocks; pool threads.)  Anybody on the way can say so, too: what comes from
 * here needs a person's consent before it gets a password. */
#pragma once

#include "base-account.h"
#include "sync-providers.h"

G_BEGIN_DECLS

/* SRV records _imaps, _imap, _submissions and _submission (RFC 6186, 8314): fills imap and smtp of the account, TLS from the first byte
 * before STARTTLS; of what they do not tell the host stays NULL.  FALSE: they tell of none.  REFUSED: the domain says (by a target ".") that it
 * offers no IMAP; GONE: there are no records, or the answer did not come; CANCELLED. */
gboolean mail_records_find_services (BaseAccount *account, const char *domain,
                                     GCancellable *cancellable, GError **error);
/* The first of the mail exchangers that want the mail most, in lower case ASCII; NULL: GONE, CANCELLED. */
char *mail_records_dup_exchange (const char *domain, GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In small letters, without a final dot; NULL: no name of a host. `text`: ASCII, whoever wrote it. */
char *mail_records_clean_host (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
