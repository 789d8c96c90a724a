/* Making the TCP connection.  Blocks; worker threads. */
#pragma once

#include <gio/gio.h>

#include "net-connection.h"

G_BEGIN_DECLS

/* Names, proxies, IPv4 and IPv6 side by side, the endpoint's time-out over all of it.  Errors: RETRY, CANCELLED. */
GSocketConnection *net_dial (const NetEndpoint *endpoint, guint timeout_ms,
                             GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
