#include "fake-connection.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "fake-certificates.h"

void
fake_connection_fail (FakeConnection *connection, const FakeStep *step, const char *format, ...)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&connection->server->lock);
  g_autofree char *what = NULL;
  va_list args;
  guint number = 0;

  connection->over = TRUE;
  if (connection->failure != NULL)
    return;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  if (step != NULL && g_ptr_array_find (connection->script->steps, step, &number))
    connection->failure = g_strdup_printf ("connection %u, step %u “%s”: %s", connection->index,
                                           number + 1, step->source, what);
  else
    connection->failure = g_strdup_printf ("connection %u: %s", connection->index, what);
}

/* FALSE when nothing came in time, or the server stops. */
static gboolean
wait_readable (FakeConnection *connection)
{
  struct pollfd fds[2] = { { .fd = connection->fd, .events = POLLIN },
                           { .fd = connection->server->stop_fd, .events = POLLIN } };
  int ready;

  do
    ready = poll (fds, 2, 2 * FAKE_PATIENCE_MS);
  while (ready < 0 && errno == EINTR);

  return ready > 0 && fds[1].revents == 0;
}

void
fake_connection_pass_mark (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->marks++;
  g_cond_broadcast (&server->changed);
}

/* Raw, into the handshake. */
static void
send_between (FakeConnection *connection)
{
  g_autoptr (GBytes) bytes = g_steal_pointer (&connection->between);
  gsize piece = connection->script->faults.piece, length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize done = 0; done < length;) {
    ssize_t sent = send (connection->fd, data + done,
                         piece > 0 ? MIN (piece, length - done) : length - done, MSG_NOSIGNAL);

    if (sent <= 0)
      return;
    done += (gsize)sent;
  }
}

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *data, size_t size)
{
  FakeConnection *connection = pointer;
  ssize_t done;

  if (connection->between != NULL && connection->spoke)
    send_between (connection);
  done = wait_readable (connection) ? recv (connection->fd, data, size, 0) : 0;
  if (done > 0) {
    g_mutex_lock (&connection->server->lock);
    g_byte_array_append (connection->wire, data, (guint)done);
    g_mutex_unlock (&connection->server->lock);
  }
  return done;
}

static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t size)
{
  FakeConnection *connection = pointer;

  connection->spoke = TRUE;
  return send (connection->fd, data, size, MSG_NOSIGNAL);
}

static void
make_wishes (FakeConnection *connection)
{
  FakeServer *server = connection->server;
  const FakeTlsWishes *wishes = &server->wishes;
  gnutls_datum_t protocol = { (unsigned char *)wishes->protocol, 0 };

  if (wishes->tickets)
    g_assert_cmpint (gnutls_session_ticket_enable_server (connection->tls, &server->ticket_key), ==,
                     0);
  if (wishes->protocol != NULL) {
    protocol.size = (unsigned int)strlen (wishes->protocol);
    g_assert_cmpint (
        gnutls_alpn_set_protocols (connection->tls, &protocol, 1, GNUTLS_ALPN_MANDATORY), ==, 0);
  }
  if (wishes->ask_client || wishes->need_client)
    gnutls_certificate_server_set_request (
        connection->tls, wishes->need_client ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
}

/* The common name of the client, where it came with a certificate that is good. */
static char *
dup_client (FakeConnection *connection)
{
  unsigned int count = 0, status = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (connection->tls, &count);
  gnutls_x509_crt_t certificate;
  char name[256];
  size_t size = sizeof name;

  if (chain == NULL || count == 0 || gnutls_certificate_verify_peers2 (connection->tls, &status) < 0
      || status != 0)
    return NULL;
  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (certificate, &chain[0], GNUTLS_X509_FMT_DER), ==, 0);
  g_assert_cmpint (
      gnutls_x509_crt_get_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size),
      ==, 0);
  gnutls_x509_crt_deinit (certificate);
  return g_strdup (name);
}

static void
note_facts (FakeConnection *connection)
{
  char name[256];
  size_t size = sizeof name;
  unsigned int type;
  gnutls_datum_t protocol;
  g_autofree char *client = dup_client (connection);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&connection->server->lock);
  FakeTlsFacts *facts = &connection->facts;

  facts->resumed = gnutls_session_is_resumed (connection->tls) != 0;
  facts->early_data = (gnutls_session_get_flags (connection->tls) & GNUTLS_SFLAGS_EARLY_DATA) != 0;
  if (gnutls_server_name_get (connection->tls, name, &size, &type, 0) == 0)
    facts->name = g_intern_string (name);
  if (gnutls_alpn_get_selected_protocol (connection->tls, &protocol) == 0) {
    g_autofree char *text = g_strndup ((const char *)protocol.data, protocol.size);

    facts->protocol = g_intern_string (text);
  }
  facts->client = client != NULL ? g_intern_string (client) : NULL;
}

gboolean
fake_connection_shake_hands (FakeConnection *connection, const FakeStep *step)
{
  FakeServer *server = connection->server;
  const char *priority = server->priority != NULL ? server->priority : "NORMAL";
  int result;

  g_assert_cmpint (gnutls_init (&connection->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL), >=, 0);
  g_assert_cmpint (gnutls_priority_set_direct (connection->tls, priority, NULL), >=, 0);
  g_assert_cmpint (gnutls_credentials_set (connection->tls, GNUTLS_CRD_CERTIFICATE,
                                           fake_certificates_get (server->certificate)),
                   >=, 0);
  make_wishes (connection);
  gnutls_transport_set_ptr (connection->tls, connection);
  gnutls_transport_set_pull_function (connection->tls, pull);
  gnutls_transport_set_push_function (connection->tls, push);

  connection->spoke = FALSE;
  do
    result = gnutls_handshake (connection->tls);
  while (result < 0 && !gnutls_error_is_fatal (result));
  if (result < 0 && (server->wishes.protocol != NULL || server->wishes.need_client))
    gnutls_alert_send_appropriate (connection->tls, result);
  if (result < 0)
    fake_connection_fail (connection, step, "no handshake: %s", gnutls_strerror (result));
  else
    note_facts (connection);

  return result >= 0;
}

void
fake_connection_cut (FakeConnection *connection)
{
  char drain[4096];

  connection->over = TRUE;
  shutdown (connection->fd, SHUT_WR);
  fake_connection_pass_mark (connection->server);
  while (wait_readable (connection) && recv (connection->fd, drain, sizeof drain, 0) > 0)
    ;
}

void
fake_connection_start_deflate (FakeConnection *connection)
{
  g_assert_cmpint (inflateInit2 (&connection->inflater, -15), ==, Z_OK);
  g_assert_cmpint (deflateInit2 (&connection->deflater, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY),
                   ==, Z_OK);
  connection->deflated = TRUE;
}

static void
add_inflated (FakeConnection *connection, const guint8 *data, gsize length)
{
  guint8 out[16 * 1024];

  connection->inflater.next_in = (Bytef *)data;
  connection->inflater.avail_in = (uInt)length;
  do {
    connection->inflater.next_out = out;
    connection->inflater.avail_out = sizeof out;
    if (inflate (&connection->inflater, Z_SYNC_FLUSH) < 0
        && connection->inflater.avail_out == sizeof out)
      return;
    g_byte_array_append (connection->in, out, sizeof out - connection->inflater.avail_out);
  } while (connection->inflater.avail_out == 0);
}

static GBytes *
dup_deflated (FakeConnection *connection, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  gsize room = deflateBound (&connection->deflater, (uLong)length) + 64;
  guint8 *out = g_malloc (room);

  connection->deflater.next_in = (Bytef *)data;
  connection->deflater.avail_in = (uInt)length;
  connection->deflater.next_out = out;
  connection->deflater.avail_out = (uInt)room;
  g_assert_cmpint (deflate (&connection->deflater, Z_SYNC_FLUSH), ==, Z_OK);
  return g_bytes_new_take (out, room - connection->deflater.avail_out);
}

gboolean
fake_connection_receive (FakeConnection *connection)
{
  FakeServer *server = connection->server;
  gint64 limit = connection->script->faults.cut_in;
  guint8 data[16 * 1024];
  gsize room = sizeof data;
  ssize_t result;

  if (limit >= 0 && connection->received->len >= (guint64)limit) {
    fake_connection_cut (connection);
    return FALSE;
  }

  if (connection->tls != NULL) {
    do
      result = gnutls_record_recv (connection->tls, data, room);
    while (result < 0 && !gnutls_error_is_fatal ((int)result));
  } else {
    result = pull (connection, data, room);
  }
  if (result <= 0)
    return FALSE;
  if (connection->script->faults.slow_in > 0)
    g_usleep ((gulong)result * G_USEC_PER_SEC / connection->script->faults.slow_in);
  if (limit >= 0)
    result = (ssize_t)MIN ((guint64)result, (guint64)limit - connection->received->len);

  if (connection->deflated)
    add_inflated (connection, data, (gsize)result);
  else
    g_byte_array_append (connection->in, data, (guint)result);
  g_mutex_lock (&server->lock);
  g_byte_array_append (connection->received, data, (guint)result);
  g_mutex_unlock (&server->lock);
  return TRUE;
}

static gboolean
send_piece (FakeConnection *connection, const guint8 *data, gsize length)
{
  while (length > 0) {
    ssize_t result;

    if (connection->tls != NULL) {
      do
        result = gnutls_record_send (connection->tls, data, length);
      while (result < 0 && !gnutls_error_is_fatal ((int)result));
    } else {
      result = push (connection, data, length);
    }
    if (result <= 0)
      return FALSE;
    data += result;
    length -= (gsize)result;
  }

  return TRUE;
}

void
fake_connection_send (FakeConnection *connection, const FakeStep *step, GBytes *bytes)
{
  const FakeFaults *faults = &connection->script->faults;
  g_autoptr (GBytes) wire =
      connection->deflated ? dup_deflated (connection, bytes) : g_bytes_ref (bytes);
  gsize length;
  const guint8 *data = g_bytes_get_data (wire, &length);

  while (length > 0 && !connection->over) {
    gsize piece = faults->piece > 0 ? MIN (faults->piece, length) : length;

    if (faults->cut_out >= 0)
      piece = (gsize)MIN (piece, (guint64)faults->cut_out - connection->sent);
    if (faults->stall_out >= 0)
      piece = (gsize)MIN (piece, (guint64)faults->stall_out - connection->sent);
    if (piece == 0 && faults->cut_out >= 0 && connection->sent == (guint64)faults->cut_out) {
      fake_connection_cut (connection);
      return;
    }
    if (piece == 0) {
      connection->over = TRUE;
      while (fake_connection_receive (connection))
        ;
      return;
    }

    if (!send_piece (connection, data, piece)) {
      connection->over = TRUE;
      if (!connection->serving)
        fake_connection_fail (connection, step, "the client is gone");
      return;
    }
    data += piece;
    length -= piece;
    g_mutex_lock (&connection->server->lock);
    connection->sent += piece;
    g_mutex_unlock (&connection->server->lock);
  }
}
