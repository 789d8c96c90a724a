/* In which order the ways of signing in at one server are tried, and where that ends: at a proof that is less than the server gave
 * before, and at the first refusal of a password.  Pure. */
#pragma once

#include "net-sasl.h"

G_BEGIN_DECLS

/* What was said to a mechanism. */
typedef enum
{
  NET_REFUSAL_UNKNOWN, /* of what is not said: the server may not know the mechanism, though it offers it, or have no verifier */
  NET_REFUSAL_PROTOCOL, /* it did not understand what was said (net_refusal_is_of_protocol ()) */
  NET_REFUSAL_PLAIN,    /* of the password */
} NetRefusal;

typedef struct _NetWays NetWays;

/* Copies `mechanisms` (upper case, NULL-terminated), borrows what is in `login` and `peer` until the end. */
NetWays *net_ways_new (const char *const *mechanisms, const NetLogin *login,
                       const NetPeer *peer) G_GNUC_WARN_UNUSED_RESULT;
void net_ways_free (NetWays *ways);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetWays, net_ways_free)

/* The best that is left; NULL without an error: none.  TRUST: the server does not offer to prove what it proved before, or not any more when it
 * comes to it, and must be told nothing. */
NetSasl *net_ways_next (NetWays *ways, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether it is worth asking for another one after `sasl`, which came from here, was refused.  A password that was told, or proved, is not
 * tried again, by whatever words it was refused. */
gboolean net_ways_go_on (NetWays *ways, NetSasl *sasl, NetRefusal refusal);
/* Cyrus SASL says "bad protocol / cancel" to what is no fault of the password.  It offers SCRAM-SHA-256-PLUS, and binds it to TLS 1.3 otherwise than RFC 9266
 * has it. */
gboolean net_refusal_is_of_protocol (const char *words);
/* Whether the password may be told to the server by a command that is no SASL. */
gboolean net_ways_may_tell (NetWays *ways);

G_END_DECLS
