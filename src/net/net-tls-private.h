/* TLS on a non-blocking socket: each call does what can be done at once and says what it waits for.
 * Belongs to the thread of its connection. */
#pragma once

#include "net-connection.h"

G_BEGIN_DECLS

typedef struct _NetTls NetTls;

typedef enum
{
  NET_IO_DONE,
  NET_IO_READ,  /* call again when the socket is readable */
  NET_IO_WRITE, /* ... writable */
  NET_IO_FAILED,
} NetIo;

/* `fd` stays the caller's, and `endpoint`, which lives longer than this.  `in_clear_before`: the connection was talking in clear (STARTTLS), so that bytes
 * which are no TLS are an attack. */
NetTls *net_tls_new (int fd, const NetEndpoint *endpoint, gboolean in_clear_before,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void net_tls_free (NetTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetTls, net_tls_free)

/* DONE only after the certificate was found good. */
NetIo net_tls_handshake (NetTls *tls, GError **error);
/* After it FAILED: whether a new connection may fare better, which will do without the ticket that was offered here (see net-ticket-private.h), or
 * (*unnamed) should do without a name for the protocol (RFC 7301).  Anybody on the way can say that they want none: so it is for that connection alone. */
gboolean net_tls_is_worth_again (NetTls *tls, gboolean *unnamed);
gboolean net_tls_is_resumed (NetTls *tls);
/* *done > 0 when DONE. */
NetIo net_tls_receive (NetTls *tls, void *data, gsize size, gsize *done, GError **error);
/* More came from the socket than was received so far: perhaps not yet a whole record. */
gboolean net_tls_is_ahead (NetTls *tls);
/* After READ or WRITE call again with the same bytes. */
NetIo net_tls_send (NetTls *tls, const void *data, gsize size, gsize *done, GError **error);
/* Keying material that this connection alone has ("tls-exporter", RFC 9266); NULL where it could be that of another one: TLS 1.2 without
 * the extended master secret (RFC 7627). */
GBytes *net_tls_dup_binding (NetTls *tls) G_GNUC_WARN_UNUSED_RESULT;
/* close_notify, if the socket takes it now. */
void net_tls_goodbye (NetTls *tls);

/* The error of a failed socket call, shared by the plain road: BROKEN when the peer cut, else RETRY. */
void net_socket_error (GError **error, int saved_errno, const char *host);
/* The peer ended the stream. */
void net_closed_error (GError **error, const char *host);

G_END_DECLS
