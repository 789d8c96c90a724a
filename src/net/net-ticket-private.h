/* What a server gave to take a TLS session up again with (RFC 5077; RFC 8446, 4.6.1): in memory alone, for the whole process.  Any thread.
 *
 * A ticket is found by all that the first session was made by: account, server, whom the account trusts and as whom it comes, and
 * TLS or STARTTLS.  What differs in any of it finds none.  Each is used once, and forgotten after a day.  What it saves: with TLS 1.2 a round trip
 * (of two) and all signatures; with TLS 1.3 no round trip (there is one, as without), but the certificates and the signatures. Early data
 * (0-RTT), which could be played again by anybody, is never sent. */
#pragma once

#include "net-connection.h"

G_BEGIN_DECLS

/* By what it is found; NULL: it is not to be kept (there is no account).  `trust`: any address that changes when the authorities that are
 * trusted do. */
char *net_ticket_key (const NetEndpoint *endpoint, gconstpointer trust) G_GNUC_WARN_UNUSED_RESULT;
/* Copies; the newest is used first. */
void net_ticket_keep (const char *key, const void *data, gsize length);
/* NULL: there is none (any more). */
GBytes *net_ticket_take (const char *key) G_GNUC_WARN_UNUSED_RESULT;
/* All for this key: they led to nothing. */
void net_ticket_drop (const char *key);

G_END_DECLS
