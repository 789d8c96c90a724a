/* For tests alone: published examples have a fixed nonce. */
#pragma once

#include "net-sasl.h"

G_BEGIN_DECLS

void net_sasl_set_nonce (NetSasl *sasl, const char *nonce);

G_END_DECLS
