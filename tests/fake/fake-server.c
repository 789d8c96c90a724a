/* The scripted server: one thread accepts, one thread per connection plays its script.  Test threads look at it under
 * one lock.  A failure is kept as a sentence, because an assertion in another thread would say nothing. */
#include "fake-connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake-certificates.h"

static void
free_script (gpointer data)
{
  FakeTranscript *script = data;

  g_ptr_array_unref (script->steps);
  g_free (script);
}

static void
free_connection (gpointer data)
{
  FakeConnection *connection = data;

  g_thread_join (connection->thread);
  if (connection->deflated) {
    inflateEnd (&connection->inflater);
    deflateEnd (&connection->deflater);
  }
  g_hash_table_unref (connection->names);
  g_hash_table_unref (connection->set);
  g_byte_array_unref (connection->in);
  g_byte_array_unref (connection->received);
  g_byte_array_unref (connection->wire);
  g_clear_pointer (&connection->between, g_bytes_unref);
  g_free (connection->failure);
  g_free (connection);
}

static void
take_connection (FakeServer *server, int fd)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  guint index = server->connections->len;
  const int one = 1;
  FakeConnection *connection;

  if (index >= server->scripts->len) {
    server->unexpected++;
    g_cond_broadcast (&server->changed);
    close (fd);
    return;
  }

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connection = g_new0 (FakeConnection, 1);
  connection->server = server;
  connection->script = g_ptr_array_index (server->scripts, index);
  connection->index = index;
  connection->fd = fd;
  connection->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  connection->set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  connection->in = g_byte_array_sized_new (4096); /* never NULL */
  connection->received = g_byte_array_new ();
  connection->wire = g_byte_array_new ();
  g_ptr_array_add (server->connections, connection);
  connection->thread = g_thread_new ("fake-connection", fake_connection_play, connection);
}

static gpointer
run_server (gpointer data)
{
  FakeServer *server = data;

  for (;;) {
    struct pollfd fds[2] = { { .fd = server->listener, .events = POLLIN },
                             { .fd = server->stop_fd, .events = POLLIN } };
    int fd;

    if (poll (fds, 2, -1) < 0 && errno != EINTR)
      g_error ("poll: %s", g_strerror (errno));
    if (fds[1].revents != 0)
      return NULL;
    if (fds[0].revents == 0)
      continue;
    fd = accept4 (server->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
      take_connection (server, fd);
  }
}

FakeServer *
fake_server_new (FakeMode mode, FakeCertificate certificate)
{
  FakeServer *server = g_new0 (FakeServer, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;

  server->mode = mode;
  server->certificate = certificate;
  server->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (server->listener, >=, 0);
  g_assert_cmpint (bind (server->listener, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (listen (server->listener, 16), ==, 0);
  g_assert_cmpint (getsockname (server->listener, (struct sockaddr *)&address, &size), ==, 0);
  server->port = ntohs (address.sin_port);
  server->stop_fd = eventfd (0, EFD_CLOEXEC);
  g_assert_cmpint (server->stop_fd, >=, 0);

  g_mutex_init (&server->lock);
  g_cond_init (&server->changed);
  server->scripts = g_ptr_array_new_with_free_func (free_script);
  server->connections = g_ptr_array_new_with_free_func (free_connection);
  server->blobs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  server->thread = g_thread_new ("fake-server", run_server, server);
  return server;
}

void
fake_server_free (FakeServer *server)
{
  const guint64 one = 1;

  if (server == NULL)
    return;

  g_assert_cmpint (write (server->stop_fd, &one, sizeof one), ==, sizeof one);
  g_thread_join (server->thread);
  g_ptr_array_unref (server->connections); /* joins them */
  g_ptr_array_unref (server->scripts);
  g_hash_table_unref (server->blobs);
  close (server->listener);
  close (server->stop_fd);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->changed);
  gnutls_free (server->ticket_key.data);
  g_free (server->priority);
  g_free (server);
}

void
fake_server_add_script (FakeServer *server, const char *text, const FakeFaults *faults)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  FakeTranscript *script = g_new0 (FakeTranscript, 1);

  script->steps = fake_script_parse (text);
  script->faults = faults != NULL ? *faults : FAKE_NO_FAULTS;
  if (script->faults.slow_in > 0) {
    /* Packets as of an Ethernet: a window opens by whole ones. */
    const int packet = 1400, room = 16 * 1024;

    setsockopt (server->listener, IPPROTO_TCP, TCP_MAXSEG, &packet, sizeof packet);
    setsockopt (server->listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  }
  g_ptr_array_add (server->scripts, script);
}

void
fake_server_set_blob (FakeServer *server, const char *name, GBytes *bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  g_hash_table_insert (server->blobs, g_strdup (name), g_bytes_ref (bytes));
}

void
fake_server_set_priority (FakeServer *server, const char *priority)
{
  g_free (server->priority);
  server->priority = g_strdup (priority);
}

void
fake_server_set_wishes (FakeServer *server, const FakeTlsWishes *wishes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (server->ticket_key.data == NULL)
    g_assert_cmpint (gnutls_session_ticket_key_generate (&server->ticket_key), ==, 0);
  server->wishes = *wishes;
}

void
fake_server_get_facts (FakeServer *server, guint connection, FakeTlsFacts *facts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  g_assert_cmpuint (connection, <, server->connections->len);
  *facts = ((FakeConnection *)g_ptr_array_index (server->connections, connection))->facts;
}

guint16
fake_server_get_port (FakeServer *server)
{
  return server->port;
}

const char *
fake_server_get_ca_file (FakeServer *server)
{
  return fake_certificates_get_ca_file ();
}

NetEndpoint
fake_server_endpoint (FakeServer *server)
{
  return (NetEndpoint){
    .host = "127.0.0.1",
    .port = server->port,
    .security = server->mode == FAKE_TLS ? BASE_SECURITY_TLS : BASE_SECURITY_STARTTLS,
    .ca_file = fake_server_get_ca_file (server),
    .timeout_ms = FAKE_PATIENCE_MS,
  };
}

static gboolean
all_played (FakeServer *server)
{
  if (server->unexpected > 0)
    return TRUE;
  if (server->connections->len < server->scripts->len)
    return FALSE;
  for (guint i = 0; i < server->connections->len; i++) {
    if (!((FakeConnection *)g_ptr_array_index (server->connections, i))->played)
      return FALSE;
  }

  return TRUE;
}

char *
fake_server_finish (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  while (!all_played (server)) {
    gint64 deadline = g_get_monotonic_time () + FAKE_PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

    if (!g_cond_wait_until (&server->changed, &server->lock, deadline))
      break;
  }

  for (guint i = 0; i < server->connections->len; i++) {
    FakeConnection *connection = g_ptr_array_index (server->connections, i);

    if (connection->failure != NULL)
      return g_strdup (connection->failure);
    if (!connection->played)
      return g_strdup_printf ("connection %u was not played to its end", i);
  }
  if (server->unexpected > 0)
    return g_strdup_printf ("%u connections more than scripts", server->unexpected);
  if (server->connections->len < server->scripts->len)
    return g_strdup_printf ("connection %u was never made", server->connections->len);

  return NULL;
}

void
fake_server_check (FakeServer *server)
{
  g_autofree char *failure = fake_server_finish (server);

  g_assert_cmpstr (failure, ==, NULL);
}

void
fake_server_open_gate (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->gate_open = TRUE;
  g_cond_broadcast (&server->changed);
}

void
fake_server_wait_mark (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  gint64 deadline = g_get_monotonic_time () + 2 * FAKE_PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  while (server->marks == 0 && g_cond_wait_until (&server->changed, &server->lock, deadline))
    ;
  g_assert_cmpuint (server->marks, >, 0);
}

guint
fake_server_count_connections (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return server->connections->len + server->unexpected;
}

/* With a NUL behind it. */
static GBytes *
dup_array (const GByteArray *array)
{
  char *copy = g_malloc0 (array->len + 1);

  if (array->len > 0)
    memcpy (copy, array->data, array->len);
  return g_bytes_new_take (copy, array->len);
}

GBytes *
fake_server_dup_received (FakeServer *server, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (index >= server->connections->len)
    return NULL;
  return dup_array (((FakeConnection *)g_ptr_array_index (server->connections, index))->received);
}

GBytes *
fake_server_dup_wire (FakeServer *server, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (index >= server->connections->len)
    return NULL;
  return dup_array (((FakeConnection *)g_ptr_array_index (server->connections, index))->wire);
}

guint64
fake_server_count_sent (FakeServer *server, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return index < server->connections->len
             ? ((FakeConnection *)g_ptr_array_index (server->connections, index))->sent
             : 0;
}
