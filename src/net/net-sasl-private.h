/* What the ways of signing in (net-ways.c) have to know of a mechanism, and the tests. */
#pragma once

#include "net-sasl.h"

G_BEGIN_DECLS

/* FALSE: nothing that depends on the password or the token was said. */
gboolean net_sasl_gave_proof (NetSasl *sasl);
/* The server binds to connections, but in another way than we can. */
gboolean net_sasl_is_foreign_binding (NetSasl *sasl);

/* For tests alone: published examples have a fixed nonce. */
void net_sasl_set_nonce (NetSasl *sasl, const char *nonce);

G_END_DECLS
