/* The connection: buffers, waiting, and the order of things (TCP, TLS, bytes).  Runs on the worker thread that
 * made it and blocks only in wait_for (), which sees the cancellable, the wake fd and the time-out.  Must never
 * send a secret in clear, nor go on after an error. */
#include "net-connection.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base-error.h"
#include "base-log.h"
#include "net-deflate-private.h"
#include "net-dial-private.h"
#include "net-tls-private.h"

#define DEFAULT_TIMEOUT_MS 60000
#define RECORD_SIZE        (16 * 1024) /* the largest that TLS has */
#define READ_SIZE          (64 * 1024)
#define NOTHING_MAX        (256 * 1024)
#define SETTLE_MAX_MS      200
#define WRITE_SIZE         (32 * 1024) /* more than this is sent at once */

struct _NetConnection
{
  GSocketConnection *stream; /* Owned */
  NetTls *tls;               /* Owned, NULL while in clear */
  NetDeflate *deflate;       /* Owned, NULL while nothing is compressed */
  GBytes *binding;           /* Owned, NULL where there is none */
  char *host, *ca_file;      /* Owned */
  BaseAccount *account;      /* Owned, nullable */
  NetEndpoint endpoint;      /* of these three */
  char *name;                /* Owned: in the trace */
  guint16 port;
  guint timeout_ms;
  int fd;              /* Borrowed from stream */
  GByteArray *in;      /* Owned: what came and was not taken, from in_at */
  gsize in_at;         /*   ... */
  GByteArray *out;     /* Owned: what is to be sent */
  gboolean out_secret; /* out holds a password: to be wiped */
  gboolean dirty;      /* after an error nothing may be sent any more, not even a farewell */
  GError *stopped;     /* Owned: how the stream ended, told at the next read */
  guint64 bytes_in, bytes_out;
  guint untaken; /* octets that the kernel still held for the peer when last looked */
};

/* Both are the reasons to leave wait_for () early. */
typedef enum
{
  WAIT_SOCKET,
  WAIT_WOKEN,
  WAIT_TIMEOUT,
  WAIT_FAILED,
} WaitResult;

static void
trace_remark (NetConnection *connection, const char *remark)
{
  base_log_trace (connection->name, '-', remark, strlen (remark));
}

void
net_connection_remark (NetConnection *connection, const char *what)
{
  g_autofree char *remark = g_strdup_printf ("%s; octets so far: %" G_GUINT64_FORMAT
                                             " received, %" G_GUINT64_FORMAT " sent",
                                             what, connection->bytes_in, connection->bytes_out);

  trace_remark (connection, remark);
}

/* The only place that blocks. */
static WaitResult
wait_for (NetConnection *connection, short events, int wake_fd, gint64 timeout_ms,
          GCancellable *cancellable, GError **error)
{
  struct pollfd fds[3] = { { .fd = connection->fd, .events = events },
                           { .fd = wake_fd, .events = POLLIN }, /* poll () passes over -1 */
                           { .fd = -1, .events = POLLIN } };
  gint64 deadline = g_get_monotonic_time () + CLAMP (timeout_ms, 0, G_MAXINT) * 1000;
  gboolean pollable;
  GPollFD cancel_fd;
  int ready;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return WAIT_FAILED;
  pollable = g_cancellable_make_pollfd (cancellable, &cancel_fd);
  if (pollable)
    fds[2].fd = cancel_fd.fd;

  do {
    gint64 left = (deadline - g_get_monotonic_time () + 999) / 1000;

    ready = poll (fds, G_N_ELEMENTS (fds), timeout_ms < 0 ? -1 : (int)CLAMP (left, 0, G_MAXINT));
  } while (ready < 0 && errno == EINTR);
  if (pollable)
    g_cancellable_release_fd (cancellable);

  if (ready < 0) {
    net_socket_error (error, errno, connection->host);
    return WAIT_FAILED;
  }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return WAIT_FAILED;
  if (ready == 0)
    return WAIT_TIMEOUT;

  return fds[0].revents != 0 ? WAIT_SOCKET : WAIT_WOKEN;
}

static gint64
get_deadline (NetConnection *connection)
{
  return g_get_monotonic_time () + (gint64)connection->timeout_ms * 1000;
}

/* Octets given to the kernel that the peer has not acknowledged. */
static guint
count_untaken (NetConnection *connection)
{
  int octets = 0;

  return ioctl (connection->fd, SIOCOUTQ, &octets) == 0 && octets > 0 ? (guint)octets : 0;
}

/* The kernel takes megabytes at once, which then need minutes over a thin line, and nobody answers what has not come yet.
 * So what was taken meanwhile earns more time: that which is left of it, else as for any answer. */
static gboolean
is_still_taking (NetConnection *connection, gint64 *deadline)
{
  guint left = count_untaken (connection);
  gint64 taken = connection->untaken > left ? connection->untaken - left : 0;

  connection->untaken = left;
  if (taken == 0)
    return FALSE;
  *deadline = MAX (*deadline, g_get_monotonic_time ())
              + MIN (taken * NET_TAKEN_US, (gint64)connection->timeout_ms * 1000);
  return TRUE;
}

static void
set_silent_error (NetConnection *connection, GError **error)
{
  base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” has stopped answering."),
                  connection->host);
}

/* As wait_for (), for the peer alone and until `deadline` (monotonic), which is an error. */
static gboolean
wait_for_peer (NetConnection *connection, NetIo wanted, gint64 deadline, GCancellable *cancellable,
               GError **error)
{
  gint64 left = (deadline - g_get_monotonic_time () + 999) / 1000;

  /* Past it nothing counts any more, not even that there is more of what was nothing so far. */
  switch (left > 0 ? wait_for (connection, wanted == NET_IO_WRITE ? POLLOUT : POLLIN, -1, left,
                               cancellable, error)
                   : WAIT_TIMEOUT) {
  case WAIT_SOCKET:
    return TRUE;
  case WAIT_WOKEN:
  case WAIT_TIMEOUT:
    set_silent_error (connection, error);
    return FALSE;
  case WAIT_FAILED:
    return FALSE;
  }

  g_return_val_if_reached (FALSE);
}

/* The same for an answer, which may have to wait until the peer has what it is to answer. */
static gboolean
wait_for_answer (NetConnection *connection, NetIo wanted, gint64 *deadline,
                 GCancellable *cancellable, GError **error)
{
  for (;;) {
    g_autoptr (GError) local = NULL;

    if (wait_for_peer (connection, wanted, *deadline, cancellable, &local))
      return TRUE;
    if (!g_error_matches (local, BASE_ERROR, BASE_ERROR_RETRY)
        || g_get_monotonic_time () < *deadline || !is_still_taking (connection, deadline)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
}

/* What a handshake that failed says of another one. */
typedef struct
{
  gboolean worth;   /* it may fare better */
  gboolean unnamed; /* the protocol is not to be named (RFC 7301) */
} Again;

/* Steps of the handshake until it is done; the time-out counts for all of it. */
static gboolean
shake_hands (NetConnection *connection, gboolean in_clear_before, Again *again,
             GCancellable *cancellable, GError **error)
{
  g_autoptr (NetTls) tls =
      net_tls_new (connection->fd, &connection->endpoint, in_clear_before, error);
  gint64 deadline = get_deadline (connection);
  NetIo io;

  if (tls == NULL)
    return FALSE;

  while ((io = net_tls_handshake (tls, error)) != NET_IO_DONE) {
    if (io == NET_IO_FAILED)
      again->worth = net_tls_is_worth_again (tls, &again->unnamed);
    if (io == NET_IO_FAILED || !wait_for_peer (connection, io, deadline, cancellable, error))
      return FALSE;
    if (g_get_monotonic_time () > deadline) {
      base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” took too long to set up encryption."),
                      connection->host);
      return FALSE;
    }
  }

  connection->tls = g_steal_pointer (&tls);
  connection->binding = net_tls_dup_binding (connection->tls);
  trace_remark (connection,
                net_tls_is_resumed (connection->tls) ? "encrypted (resumed)" : "encrypted");
  return TRUE;
}

NetEndpoint
net_endpoint_of (const BaseAccount *account, const BaseServer *server, guint timeout_ms)
{
  return (NetEndpoint){ .host = server->host,
                        .port = server->port,
                        .security = server->security,
                        .ca_file = account->ca_file,
                        .timeout_ms = timeout_ms,
                        .account = account,
                        .sign_in = server->sign_in,
                        .protocol = server == &account->imap ? "imap" : "smtp" };
}

static NetConnection *
open_once (const NetEndpoint *endpoint, Again *again, GCancellable *cancellable, GError **error)
{
  static int serial = 0;
  g_autoptr (NetConnection) connection = NULL;
  guint timeout_ms = endpoint->timeout_ms > 0 ? endpoint->timeout_ms : DEFAULT_TIMEOUT_MS;
  GSocketConnection *stream = net_dial (endpoint, timeout_ms, cancellable, error);
  GSocket *socket;

  if (stream == NULL)
    return NULL;

  connection = g_new0 (NetConnection, 1);
  connection->stream = stream;
  connection->host = g_strdup (endpoint->host);
  connection->port = endpoint->port;
  connection->ca_file = g_strdup (endpoint->ca_file);
  if (endpoint->account != NULL)
    connection->account = base_account_dup (endpoint->account);
  connection->endpoint = *endpoint;
  connection->endpoint.host = connection->host;
  connection->endpoint.ca_file = connection->ca_file;
  connection->endpoint.account = connection->account;
  connection->endpoint.protocol = again->unnamed ? NULL : g_intern_string (endpoint->protocol);
  connection->name = g_strdup_printf ("%s:%u/%d", endpoint->host, endpoint->port,
                                      g_atomic_int_add (&serial, 1) + 1);
  connection->timeout_ms = timeout_ms;
  connection->in = g_byte_array_sized_new (READ_SIZE);
  connection->out =
      g_byte_array_sized_new (2 * WRITE_SIZE); /* never grows, so a secret leaves no copy */
  socket = g_socket_connection_get_socket (stream);
  connection->fd =
      g_socket_get_fd (socket); /* GLib keeps the fd non-blocking, whatever the socket says */
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  trace_remark (connection, "connected");

  if (endpoint->security == BASE_SECURITY_TLS
      && !shake_hands (connection, FALSE, again, cancellable, error)) {
    connection->dirty = TRUE;
    return NULL;
  }

  return g_steal_pointer (&connection);
}

NetConnection *
net_connection_open (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  Again again = { FALSE, FALSE };
  NetConnection *connection = open_once (endpoint, &again, cancellable, &local);

  if (connection == NULL && again.worth) {
    g_clear_error (&local);
    connection = open_once (endpoint, &again, cancellable, &local);
  }
  if (connection == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return connection;
}

void
net_connection_set_timeout (NetConnection *connection, guint timeout_ms)
{
  connection->timeout_ms = timeout_ms > 0 ? timeout_ms : DEFAULT_TIMEOUT_MS;
}

guint
net_connection_get_timeout (NetConnection *connection)
{
  return connection->timeout_ms;
}

static void
clear_out (NetConnection *connection)
{
  if (connection->out_secret)
    explicit_bzero (connection->out->data, connection->out->len);
  connection->out_secret = FALSE;
  g_byte_array_set_size (connection->out, 0);
}

void
net_connection_free (NetConnection *connection)
{
  if (connection == NULL)
    return;

  if (connection->tls != NULL && !connection->dirty)
    net_tls_goodbye (connection->tls);
  trace_remark (connection, "closed");
  net_tls_free (connection->tls);
  net_deflate_free (connection->deflate);
  g_clear_pointer (&connection->binding, g_bytes_unref);
  g_object_unref (connection->stream);
  clear_out (connection);
  g_byte_array_unref (connection->out);
  g_byte_array_unref (connection->in);
  g_clear_error (&connection->stopped);
  g_free (connection->host);
  g_free (connection->ca_file);
  base_account_free (connection->account);
  g_free (connection->name);
  g_free (connection);
}

gboolean
net_connection_is_secure (NetConnection *connection)
{
  return connection->tls != NULL;
}

void
net_connection_get_peer (NetConnection *connection, NetPeer *peer)
{
  *peer = (NetPeer){ .host = connection->host,
                     .port = connection->port,
                     .binding = connection->binding };
}

static NetIo
receive_plain (NetConnection *connection, void *data, gsize size, gsize *done, GError **error)
{
  ssize_t result;

  do
    result = recv (connection->fd, data, size, 0);
  while (result < 0 && errno == EINTR);

  if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return NET_IO_READ;
  if (result < 0) {
    net_socket_error (error, errno, connection->host);
    return NET_IO_FAILED;
  }
  if (result == 0) {
    net_closed_error (error, connection->host);
    return NET_IO_FAILED;
  }

  *done = (gsize)result;
  return NET_IO_DONE;
}

/* Octets as they are inside TLS. */
static NetIo
receive (NetConnection *connection, void *data, gsize size, gsize *done, GError **error)
{
  NetIo io = connection->tls != NULL ? net_tls_receive (connection->tls, data, size, done, error)
                                     : receive_plain (connection, data, size, done, error);

  connection->bytes_in += *done;
  return io;
}

/* What they are when inflated: a portion of what is here already, else of what comes now.  DONE with *done > 0. */
static NetIo
receive_inflated (NetConnection *connection, void *data, gsize size, gsize *done, GError **error)
{
  guint8 packed[READ_SIZE];
  gsize nothing = 0; /* octets that came and were nothing: empty blocks, without end perhaps */

  while (nothing <= NOTHING_MAX) {
    gsize length = 0;
    NetIo io;

    if (!net_deflate_take (connection->deflate, data, size, done)) {
      base_error_set (error, BASE_ERROR_BROKEN, NULL,
                      _ ("“%s” sent something that cannot be decompressed."), connection->host);
      return NET_IO_FAILED;
    }
    if (*done > 0)
      return NET_IO_DONE;
    io = receive (connection, packed, sizeof packed, &length, error);
    if (io != NET_IO_DONE)
      return io;
    net_deflate_feed (connection->deflate, packed, length);
    nothing += length;
  }
  base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("“%s” sent an answer that does not end."),
                  connection->host);
  return NET_IO_FAILED;
}

/* A TLS record gives but a few octets: as many of them as are here and find room. */
static NetIo
receive_some (NetConnection *connection, guint8 *data, gsize size, gsize *done, GError **error)
{
  NetIo io = receive (connection, data, size, done, error);

  while (io == NET_IO_DONE && connection->tls != NULL && net_tls_is_ahead (connection->tls)
         && size - *done >= RECORD_SIZE) {
    gsize more = 0;

    switch (receive (connection, data + *done, size - *done, &more, &connection->stopped)) {
    case NET_IO_DONE:
      *done += more;
      break;
    case NET_IO_READ:
    case NET_IO_WRITE:
    case NET_IO_FAILED: /* told at the next read: what came before it counts */
      return NET_IO_DONE;
    }
  }
  return io;
}

/* Adds what is at hand to the buffer, without waiting. */
static NetIo
fill (NetConnection *connection, GError **error)
{
  gsize before, done = 0;
  NetIo io;

  if (connection->stopped != NULL) {
    g_propagate_error (error, g_error_copy (connection->stopped));
    return NET_IO_FAILED;
  }

  if (connection->in_at > 0)
    g_byte_array_remove_range (connection->in, 0, (guint)connection->in_at);
  connection->in_at = 0;
  before = connection->in->len;
  g_byte_array_set_size (connection->in, (guint)before + READ_SIZE);
  if (connection->deflate != NULL)
    io = receive_inflated (connection, connection->in->data + before, READ_SIZE, &done, error);
  else
    io = receive_some (connection, connection->in->data + before, READ_SIZE, &done, error);
  g_byte_array_set_size (connection->in, (guint)(before + done));

  if (done > 0)
    base_log_trace (connection->name, '<', connection->in->data + before, done);
  return io;
}

/* The same, waiting until there is something.  The pieces of a TLS record that never becomes whole are nothing, however
 * often they come: the deadline is one for all of them. */
static gboolean
fill_waiting (NetConnection *connection, gint64 *deadline, GCancellable *cancellable,
              GError **error)
{
  NetIo io;

  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    connection->dirty = TRUE;
    return FALSE;
  }
  while ((io = fill (connection, error)) != NET_IO_DONE) {
    if (io == NET_IO_FAILED || !wait_for_answer (connection, io, deadline, cancellable, error)) {
      connection->dirty = TRUE;
      return FALSE;
    }
  }

  return TRUE;
}

gboolean
net_connection_start_tls (NetConnection *connection, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) stopped = NULL;
  Again again = { FALSE, FALSE };

  g_return_val_if_fail (connection->tls == NULL, FALSE);

  if (!net_connection_flush (connection, cancellable, error))
    return FALSE;

  /* Whatever is here before we shook hands was not sent by the one we shall shake hands with. */
  if (connection->in_at == connection->in->len)
    fill (connection, &stopped);
  if (connection->in_at < connection->in->len) {
    connection->dirty = TRUE;
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("Somebody may be listening in: “%s” went on in clear when encryption had to begin. Nothing was sent "
           "to it."),
        connection->host);
    return FALSE;
  }
  if (stopped != NULL) {
    connection->dirty = TRUE;
    g_propagate_error (error, g_steal_pointer (&stopped));
    return FALSE;
  }

  if (!shake_hands (connection, TRUE, &again, cancellable, &stopped)) {
    connection->dirty = TRUE;
    /* The next connection does without what this one failed for. */
    if (again.worth)
      base_error_set (error, BASE_ERROR_BROKEN, stopped->message,
                      _ ("No encrypted connection to “%s” could be made."), connection->host);
    else
      g_propagate_error (error, g_steal_pointer (&stopped));
    return FALSE;
  }

  return TRUE;
}

void
net_connection_start_compression (NetConnection *connection, const void *received, gsize length)
{
  g_return_if_fail (connection->deflate == NULL);
  g_return_if_fail (connection->out->len == 0);

  connection->deflate = net_deflate_new ();
  net_deflate_feed (connection->deflate, received, length);
  if (connection->in_at < connection->in->len)
    net_deflate_feed (connection->deflate, connection->in->data + connection->in_at,
                      connection->in->len - connection->in_at);
  connection->in_at = connection->in->len;
  trace_remark (connection, "compressed");
}

const guint8 *
net_connection_read (NetConnection *connection, gsize *length, GCancellable *cancellable,
                     GError **error)
{
  const guint8 *data;
  gint64 deadline = get_deadline (connection);

  *length = 0;
  if (connection->in_at == connection->in->len
      && !fill_waiting (connection, &deadline, cancellable, error))
    return NULL;

  data = connection->in->data + connection->in_at;
  *length = connection->in->len - connection->in_at;
  connection->in_at = connection->in->len;
  return data;
}

/* The line that ends at `end`, an offset into the buffer of its LF. */
static char *
take_line (NetConnection *connection, gsize end)
{
  const guint8 *begin = connection->in->data + connection->in_at;
  gsize length = end - connection->in_at;
  char *line;

  if (length > 0 && begin[length - 1] == '\r')
    length--;
  line = g_malloc (length + 1);
  for (gsize i = 0; i < length; i++)
    line[i] = begin[i] != '\0' ? (char)begin[i] : '?';
  line[length] = '\0';
  connection->in_at = end + 1;

  return line;
}

char *
net_connection_read_line (NetConnection *connection, gsize max_length, GCancellable *cancellable,
                          GError **error)
{
  gsize looked = 0; /* octets of this line that are known to hold no LF */
  gint64 deadline = get_deadline (connection);

  for (;;) {
    gsize at = connection->in_at + looked;
    const guint8 *found = connection->in->len > at
                              ? memchr (connection->in->data + at, '\n', connection->in->len - at)
                              : NULL;
    gsize so_far;

    if (found != NULL)
      so_far = (gsize)(found - connection->in->data) - connection->in_at;
    else
      so_far = connection->in->len - connection->in_at;
    /* One more for the CR that does not count. */
    if (so_far > max_length + 1) {
      connection->dirty = TRUE;
      base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("“%s” sent a line that is too long."),
                      connection->host);
      return NULL;
    }
    if (found != NULL)
      return take_line (connection, (gsize)(found - connection->in->data));

    looked = so_far;
    if (!fill_waiting (connection, &deadline, cancellable, error))
      return NULL;
  }
}

static NetIo
send_plain (NetConnection *connection, const void *data, gsize size, gsize *done, GError **error)
{
  ssize_t result;

  do
    result = send (connection->fd, data, size, MSG_NOSIGNAL);
  while (result < 0 && errno == EINTR);

  if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return NET_IO_WRITE;
  if (result < 0) {
    net_socket_error (error, errno, connection->host);
    return NET_IO_FAILED;
  }

  *done = (gsize)result;
  return NET_IO_DONE;
}

gboolean
net_connection_flush (NetConnection *connection, GCancellable *cancellable, GError **error)
{
  const guint8 *wire = connection->out->data;
  gsize length = connection->out->len, sent = 0;
  gint64 deadline = get_deadline (connection);

  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    connection->dirty = TRUE;
    return FALSE;
  }

  if (connection->deflate != NULL && length > 0)
    wire = net_deflate_pack (connection->deflate, connection->out->data, length, &length);
  while (sent < length) {
    const guint8 *data = wire + sent;
    gsize left = length - sent;
    gsize done = 0;
    NetIo io = connection->tls != NULL ? net_tls_send (connection->tls, data, left, &done, error)
                                       : send_plain (connection, data, left, &done, error);

    /* Who takes a byte now and then does not take the message: each octet earns but a little time. */
    if (io == NET_IO_FAILED
        || (io != NET_IO_DONE
            && !wait_for_peer (
                connection, io,
                MIN (get_deadline (connection), deadline + (gint64)(sent * NET_OCTET_US)),
                cancellable, error))) {
      connection->dirty = TRUE;
      clear_out (connection);
      return FALSE;
    }
    sent += done;
    connection->bytes_out += done;
  }

  clear_out (connection);
  if (length > 0)
    connection->untaken = count_untaken (connection);
  return TRUE;
}

/* Buffers, and sends whenever the buffer is full. */
static gboolean
append (NetConnection *connection, const guint8 *data, gsize length, GCancellable *cancellable,
        GError **error)
{
  while (length > 0) {
    gsize part = MIN (length, WRITE_SIZE - MIN (connection->out->len, WRITE_SIZE));

    if (part == 0) {
      if (!net_connection_flush (connection, cancellable, error))
        return FALSE;
      continue;
    }
    g_byte_array_append (connection->out, data, (guint)part);
    data += part;
    length -= part;
  }

  return TRUE;
}

gboolean
net_connection_write (NetConnection *connection, const void *data, gsize length,
                      GCancellable *cancellable, GError **error)
{
  base_log_trace (connection->name, '>', data, length);
  return append (connection, data, length, cancellable, error);
}

gboolean
net_connection_write_secret (NetConnection *connection, const char *text, GCancellable *cancellable,
                             GError **error)
{
  gsize length = strlen (text);

  if (connection->tls == NULL) {
    base_error_set (error, BASE_ERROR_TRUST, NULL,
                    _ ("The connection to “%s” is not encrypted, so no password was sent."),
                    connection->host);
    return FALSE;
  }

  base_log_trace_hidden (connection->name, '>', "(secret)", length, g_str_has_suffix (text, "\n"));
  connection->out_secret = TRUE;
  return append (connection, (const guint8 *)text, length, cancellable, error);
}

gboolean
net_connection_write_message (NetConnection *connection, const void *data, gsize length,
                              GCancellable *cancellable, GError **error)
{
  g_autofree char *shown = g_strdup_printf ("(%" G_GSIZE_FORMAT " octets)", length);

  base_log_trace_hidden (connection->name, '>', shown, length, TRUE);
  return append (connection, data, length, cancellable, error);
}

gboolean
net_connection_wait (NetConnection *connection, int wake_fd, gint64 timeout_ms, NetWait *result,
                     GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + CLAMP (timeout_ms, 0, G_MAXINT) * 1000;

  if (!net_connection_flush (connection, cancellable, error))
    return FALSE;

  for (;;) {
    g_autoptr (GError) stopped = NULL;
    NetIo io = NET_IO_DONE;
    gint64 left;

    /* TLS may hold bytes that poll () cannot see, and a readable socket may hold no byte for us (a session
     * ticket): so it is tried, not guessed. */
    if (connection->in_at == connection->in->len)
      io = fill (connection, &stopped);
    if (io == NET_IO_FAILED && connection->stopped == NULL)
      connection->stopped = g_steal_pointer (&stopped);
    if (io == NET_IO_DONE || io == NET_IO_FAILED) {
      *result = NET_WAIT_READABLE;
      return TRUE;
    }

    left = (deadline - g_get_monotonic_time () + 999) / 1000;
    switch (wait_for (connection, io == NET_IO_WRITE ? POLLOUT : POLLIN, wake_fd,
                      timeout_ms < 0 ? -1 : MAX (left, 0), cancellable, error)) {
    case WAIT_SOCKET:
      break;
    case WAIT_WOKEN:
      *result = NET_WAIT_WOKEN;
      return TRUE;
    case WAIT_TIMEOUT:
      *result = NET_WAIT_TIMEOUT;
      return TRUE;
    case WAIT_FAILED:
      connection->dirty = TRUE;
      return FALSE;
    }
  }
}

gboolean
net_connection_is_quiet (NetConnection *connection)
{
  NetWait result;

  return net_connection_wait (connection, -1, 0, &result, NULL, NULL) && result == NET_WAIT_TIMEOUT;
}

gsize
net_connection_get_untaken (NetConnection *connection)
{
  return count_untaken (connection);
}

gboolean
net_connection_settle (NetConnection *connection, gsize most, gboolean *spoke,
                       GCancellable *cancellable, GError **error)
{
  gint64 slice_ms = 1, deadline;
  NetWait wait;

  *spoke = FALSE;
  if (!net_connection_flush (connection, cancellable, error))
    return FALSE;
  deadline = get_deadline (connection);
  for (;;) {
    gboolean settled = count_untaken (connection) <= most;

    /* In any case a look at what the peer has to say. */
    if (!net_connection_wait (connection, -1, settled ? 0 : slice_ms, &wait, cancellable, error))
      return FALSE;
    *spoke = wait == NET_WAIT_READABLE;
    if (settled || *spoke)
      return TRUE;
    if (g_get_monotonic_time () > deadline && !is_still_taking (connection, &deadline)) {
      connection->dirty = TRUE;
      set_silent_error (connection, error);
      return FALSE;
    }
    slice_ms = MIN (slice_ms * 2, SETTLE_MAX_MS);
  }
}

char *
net_connection_dup_address_literal (NetConnection *connection)
{
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (connection->stream, NULL);
  g_autofree char *text = NULL;
  GInetAddress *address;

  if (!G_IS_INET_SOCKET_ADDRESS (local))
    return g_strdup ("[127.0.0.1]");

  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local));
  text = g_inet_address_to_string (address);
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return g_strdup_printf ("[IPv6:%s]", text);

  return g_strdup_printf ("[%s]", text);
}

guint64
net_connection_get_bytes_in (NetConnection *connection)
{
  return connection->bytes_in;
}
