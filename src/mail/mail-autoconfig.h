/* Settings that a domain or a public list publishes as a file (config-v1.1.xml, the format of Thunderbird's autoconfig).  (Blocks; pool
 * threads.)  No cookie, no Referer, no password is ever sent; what comes is small, comes soon, or does not count. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* The public list; a domain follows. */
#define MAIL_AUTOCONFIG_LIST "https://autoconfig.thunderbird.net/v1.1/"

/* Fills imap and smtp of the account, for its address, from the text of such a file; of what it does not tell the host stays NULL.  A server
 * that is said to be without encryption is taken as one with STARTTLS: it has it, or it is refused when it is called.  FALSE (BROKEN): it
 * is no such file, or tells of no server that can be used. */
gboolean mail_autoconfig_parse (BaseAccount *account, const char *text, gsize length,
                                GError **error);
/* The same for what lies at `uri`; *where: the host that said it in the end, and the one that was asked where that
 * is another, for people.  A redirect goes from https to https only.  Errors: GONE (it is
 * not there), RETRY (not reached), TRUST (certificate, or a redirect out of https), LIMIT, BROKEN, CANCELLED. */
gboolean mail_autoconfig_fetch (BaseAccount *account, const char *uri, char **where,
                                GCancellable *cancellable, GError **error);

G_END_DECLS
