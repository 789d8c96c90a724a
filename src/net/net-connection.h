/* One blocking connection to a mail server: TCP by GSocketClient (so proxies, DNS, IPv4/IPv6 side by
 * side are GLib's), TLS by GnuTLS on the socket, buffered both ways.
 *
 * Used by the worker thread that made it and by no other.  Every call that may wait takes a
 * GCancellable and gives up after the time-out.  After any BASE_ERROR_BROKEN, _RETRY or cancel the
 * stream is dirty: free it.  Encryption is not optional: there is no way to send a password over a
 * connection that is not TLS (see net_connection_write_secret ()).
 * Sources: RFC 8314 (implicit TLS), RFC 2595/3207 (STARTTLS), RFC 9525 (host names). */
#pragma once

#include <gio/gio.h>

#include "base-account.h"
#include "net-sasl.h"

G_BEGIN_DECLS

typedef struct
{
  const char *host;
  guint16 port;
  BaseSecurity security;
  const char *ca_file; /* nullable: PEM file of CAs trusted besides the system's */
  guint timeout_ms;    /* until the peer says something, or takes what it is sent; 0 = 60 000 */
  const BaseAccount *account; /* nullable: whose exceptions count */
  BaseSignIn sign_in; /* CERTIFICATE: the account's is shown, which nobody else gets to see */
  const char
      *protocol; /* nullable: "imap" or "smtp", for the system's proxies and for ALPN (RFC 7301) */
} NetEndpoint;

/* The place of one of its servers, with all that the account has to say about it; borrows from both. */
NetEndpoint net_endpoint_of (const BaseAccount *account, const BaseServer *server,
                             guint timeout_ms);

/* A peer may be slow, but an octet of what is under way earns it this much of more time, and no more: one that dribbles is
 * as good as silent. */
#define NET_OCTET_US 1000
/* An octet that the peer took of what was sent before, while its answer is waited for, earns it this much: a hundred octets
 * a second are a thin line, but a line. */
#define NET_TAKEN_US 10000

typedef struct _NetConnection NetConnection;

typedef enum
{
  NET_WAIT_READABLE, /* data to read, decrypted or on the socket, or end of stream */
  NET_WAIT_WOKEN,    /* the wake fd is readable */
  NET_WAIT_TIMEOUT,
} NetWait;

/* Connects; with BASE_SECURITY_TLS also shakes hands and checks the certificate (time, host name, chain
 * to the system's trust or ca_file; or an exception of the account).
 * Errors: RETRY (unreachable, refused, no such host, time-out), TRUST (certificate; the sentence says why,
 * base_error_get_trust () all that a person has to know), BROKEN (does not speak TLS), CANCELLED. */
NetConnection *net_connection_open (const NetEndpoint *endpoint, GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Another time-out from now on (a short one for a farewell). */
void net_connection_set_timeout (NetConnection *connection, guint timeout_ms);
guint net_connection_get_timeout (NetConnection *connection);
void net_connection_free (NetConnection *connection); /* close_notify if possible without waiting */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetConnection, net_connection_free)

/* After the server agreed to STARTTLS.  Bytes that came before the handshake in clear are an attack (CVE-2011-0411):
 * fails with TRUST.  Other errors as net_connection_open (). */
gboolean net_connection_start_tls (NetConnection *connection, GCancellable *cancellable,
                                   GError **error);
/* From here on all is deflated, both ways (RFC 4978): after the server agreed to COMPRESS=DEFLATE, with nothing left to be
 * sent.  `received`: octets behind its agreement that were read already; copied. Not to be followed by start_tls.  What the
 * peer sends is inflated by portions of the usual size, so that a bomb costs time and no memory; what is no deflate is BROKEN. */
void net_connection_start_compression (NetConnection *connection, const void *received,
                                       gsize length);
gboolean net_connection_is_secure (NetConnection *connection);
/* Borrows from the connection. */
void net_connection_get_peer (NetConnection *connection, NetPeer *peer);

/* At least one byte, borrowed until the next call on this connection: everything that is at hand (some 16 KiB
 * per call); all of it counts as consumed.  BROKEN when the stream ended (with or without close_notify), RETRY on time-out,
 * which does not run out while the peer is still taking what was sent to it. */
const guint8 *net_connection_read (NetConnection *connection, gsize *length,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One line without its CRLF or LF (NUL bytes become "?"); LIMIT when longer than max_length, RETRY when it is not whole within the
 * time-out.  May be mixed with _read. */
char *net_connection_read_line (NetConnection *connection, gsize max_length,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Buffers; sends by itself when the buffer is large. */
gboolean net_connection_write (NetConnection *connection, const void *data, gsize length,
                               GCancellable *cancellable, GError **error);
/* As write, but the trace shows "(secret)".  Refused (TRUST) unless the connection is secure. */
gboolean net_connection_write_secret (NetConnection *connection, const char *text,
                                      GCancellable *cancellable, GError **error);
/* As write, but the trace shows only the size: messages. */
gboolean net_connection_write_message (NetConnection *connection, const void *data, gsize length,
                                       GCancellable *cancellable, GError **error);
gboolean net_connection_flush (NetConnection *connection, GCancellable *cancellable,
                               GError **error);

/* Waits for data from the peer, `wake_fd` (-1: none), or the time-out (< 0: for ever).  Sees bytes that TLS
 * or this buffer already holds.  Flushes first.  False only on error or cancel. */
gboolean net_connection_wait (NetConnection *connection, int wake_fd, gint64 timeout_ms,
                              NetWait *result, GCancellable *cancellable, GError **error);

/* FALSE: the peer has left, or said something that nobody asked for.  Does not wait. */
gboolean net_connection_is_quiet (NetConnection *connection);

/* Octets that were sent and that the peer's system has not confirmed; 0 where nobody knows. */
gsize net_connection_get_untaken (NetConnection *connection);
/* Waits until the peer has taken all but `most` octets of what was sent, or says something (*spoke) or leaves (the same; the next
 * read tells).  The time-out runs out when nothing is taken: RETRY. */
gboolean net_connection_settle (NetConnection *connection, gsize most, gboolean *spoke,
                                GCancellable *cancellable, GError **error);

/* The local address as an SMTP address literal, "[192.0.2.1]" or "[IPv6:…]". */
char *net_connection_dup_address_literal (NetConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
/* Into the trace: `what` happened, and how much was on the wire until then. */
void net_connection_remark (NetConnection *connection, const char *what);
/* On the wire: inside TLS, and as compressed. */
guint64 net_connection_get_bytes_in (NetConnection *connection);

G_END_DECLS
