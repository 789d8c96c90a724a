/* A relay on 127.0.0.1 before a real server: shuts the door, cuts, lets few in, swallows answers. */
#pragma once

#include <gio/gio.h>

typedef struct _LiveProxy LiveProxy;

LiveProxy *live_proxy_new (guint16 target);
void live_proxy_free (LiveProxy *proxy);
guint16 live_proxy_get_port (LiveProxy *proxy);
/* At most this many at a time; more are closed at once.  0: nobody. */
void live_proxy_set_limit (LiveProxy *proxy, guint limit);
/* Closes all connections. */
void live_proxy_cut (LiveProxy *proxy);
/* Each connection is closed, once, after this many octets from the server. 0: never. */
void live_proxy_cut_after (LiveProxy *proxy, guint64 octets);
/* After this many octets from the client of one connection its server is not heard any more, and soon all is closed. */
void live_proxy_swallow_after (LiveProxy *proxy, guint64 octets);
guint live_proxy_get_accepted (LiveProxy *proxy);
