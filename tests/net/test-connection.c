/* The connection: lines and bytes at every split, waiting, wake-ups, cancelling, time-outs, cuts, large data. */
#include "test-net.h"

#include <string.h>
#include <sys/socket.h>

#include "base-error.h"
#include "base-queue.h"
#include "fake-server.h"
#include "net-connection.h"

static NetConnection *
open_connection (FakeServer *server)
{
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  NetConnection *connection = net_connection_open (&endpoint, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
check_line (NetConnection *connection, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = net_connection_read_line (connection, 100, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
}

static void
check_end (NetConnection *connection, BaseErrorCode code)
{
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (net_connection_read (connection, &length, NULL, &error));
  g_assert_error (error, BASE_ERROR, (int)code);
  g_assert_cmpuint (length, ==, 0);
}

/* The same talk in pieces of every size, in clear and inside TLS. */
static void
test_lines (void)
{
  for (int mode = FAKE_TLS; mode <= FAKE_PLAIN; mode++) {
    for (gsize piece = 0; piece < 8; piece++) {
      g_autoptr (FakeServer) server = fake_server_new ((FakeMode)mode, FAKE_GOOD);
      g_autoptr (NetConnection) connection = NULL;
      FakeFaults faults = FAKE_NO_FAULTS;

      faults.piece = piece;
      fake_server_add_script (
          server, "S: one\nS- \nS- two\\n\nS: \nS: a\\rb\\0c\nS: 한글\nC: bye\nCLOSE", &faults);
      connection = open_connection (server);
      check_line (connection, "one");
      check_line (connection, "two");
      check_line (connection, "");
      check_line (connection, "a\rb?c");
      check_line (connection, "한글");
      g_assert_true (net_connection_write (connection, "by", 2, NULL, NULL));
      g_assert_true (net_connection_write (connection, "e\r\n", 3, NULL, NULL));
      g_assert_true (net_connection_flush (connection, NULL, NULL));
      check_end (connection, BASE_ERROR_BROKEN);
      g_assert_cmpuint (net_connection_get_bytes_in (connection), ==, 5 + 4 + 2 + 7 + 8);
      g_clear_pointer (&connection, net_connection_free);
      fake_server_check (server);
    }
  }
}

static void
test_mixed (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize length;

  fake_server_add_script (server, "S- line\\r\\nrest\nC: more\nS: last", NULL);
  connection = open_connection (server);
  check_line (connection, "line");
  data = net_connection_read (connection, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, length, "rest", 4);
  g_assert_true (net_connection_write (connection, "more\r\n", 6, NULL, NULL));
  g_assert_true (net_connection_flush (connection, NULL, NULL));
  check_line (connection, "last");
}

static void
test_line_limit (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *good = NULL;

  fake_server_add_script (server, "S: 12345\nS: 123456\nSTALL", NULL);
  connection = open_connection (server);
  good = net_connection_read_line (connection, 5, NULL, &error);
  g_assert_cmpstr (good, ==, "12345");
  g_assert_null (net_connection_read_line (connection, 4, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
}

/* A line that never ends must not fill the memory. */
static void
test_endless_line (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *much = g_malloc (1024 * 1024);
  g_autoptr (GBytes) blob = NULL;

  memset (much, 'x', 1024 * 1024);
  blob = g_bytes_new_take (g_steal_pointer (&much), 1024 * 1024);
  fake_server_set_blob (server, "x", blob);
  fake_server_add_script (server, "B: x\nSTALL", NULL);
  connection = open_connection (server);
  g_assert_null (net_connection_read_line (connection, 10000, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  g_assert_cmpuint (net_connection_get_bytes_in (connection), <, 100000);
}

static void
test_large (void)
{
  const gsize size = 3 * 1024 * 1024;
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autofree char *line = g_strdup_printf ("a {%" G_GSIZE_FORMAT "}\r\n", size);
  guint8 *much = g_malloc (size);
  g_autoptr (GBytes) blob = NULL;

  for (gsize i = 0; i < size; i++)
    much[i] = (guint8)g_random_int ();
  blob = g_bytes_new_take (much, size);
  fake_server_set_blob (server, "x", blob);
  fake_server_add_script (server, "C: a {*}\nL: *\nB: x\nC: thanks", NULL);
  connection = open_connection (server);
  g_assert_true (net_connection_write (connection, line, strlen (line), NULL, &error));
  g_assert_true (net_connection_write_message (connection, much, size, NULL, &error));
  g_assert_true (net_connection_flush (connection, NULL, &error));
  g_assert_no_error (error);
  while (got->len < size) {
    gsize length;
    const guint8 *data = net_connection_read (connection, &length, NULL, &error);

    g_assert_no_error (error);
    g_byte_array_append (got, data, (guint)length);
  }
  g_assert_true (memcmp (got->data, much, size) == 0);
  g_assert_true (net_connection_write (connection, "thanks\r\n", 8, NULL, &error));
  g_assert_true (net_connection_flush (connection, NULL, &error));
  g_clear_pointer (&connection, net_connection_free);
  fake_server_check (server);
}

static gpointer
wake_later (gpointer data)
{
  g_usleep (20000);
  base_queue_wake (data);
  return NULL;
}

static void
test_wait (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseQueue) queue = base_queue_new (NULL);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  int fd = base_queue_get_fd (queue);
  GThread *thread;
  NetWait result;
  gint64 begin;

  fake_server_add_script (server, "C: first\nS: one\\r\\ntwo\nC: second\nCUT", NULL);
  connection = open_connection (server);

  /* The session ticket of TLS 1.3 makes the socket readable, but it is no data. */
  begin = g_get_monotonic_time ();
  g_assert_true (net_connection_wait (connection, fd, 30, &result, NULL, &error));
  g_assert_cmpint (result, ==, NET_WAIT_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 29000);

  thread = g_thread_new ("wake", wake_later, queue);
  g_assert_true (net_connection_wait (connection, fd, -1, &result, NULL, &error));
  g_assert_cmpint (result, ==, NET_WAIT_WOKEN);
  g_thread_join (thread);
  base_queue_clear_wake (queue);

  /* Waiting flushes, and sees what the buffer holds. */
  g_assert_true (net_connection_write (connection, "first\r\n", 7, NULL, &error));
  g_assert_true (net_connection_wait (connection, fd, 5000, &result, NULL, &error));
  g_assert_cmpint (result, ==, NET_WAIT_READABLE);
  check_line (connection, "one");
  g_assert_true (net_connection_wait (connection, -1, 0, &result, NULL, &error));
  g_assert_cmpint (result, ==, NET_WAIT_READABLE);
  check_line (connection, "two");
  g_assert_true (net_connection_wait (connection, -1, 0, &result, NULL, &error));
  g_assert_cmpint (result, ==, NET_WAIT_TIMEOUT);

  /* The end of the stream is something to read. */
  g_assert_true (net_connection_write (connection, "second\r\n", 8, NULL, &error));
  g_assert_true (net_connection_wait (connection, -1, 5000, &result, NULL, &error));
  g_assert_cmpint (result, ==, NET_WAIT_READABLE);
  g_assert_true (net_connection_wait (connection, -1, 5000, &result, NULL, &error));
  g_assert_cmpint (result, ==, NET_WAIT_READABLE);
  check_end (connection, BASE_ERROR_BROKEN);
  check_end (connection, BASE_ERROR_BROKEN);
  g_assert_no_error (error);
}

static gpointer
cancel_later (gpointer data)
{
  g_usleep (20000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  for (int what = 0; what < 3; what++) {
    g_autoptr (FakeServer) server = fake_server_new (what == 2 ? FAKE_PLAIN : FAKE_TLS, FAKE_GOOD);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (NetConnection) connection = NULL;
    g_autoptr (GError) error = NULL;
    GThread *thread = NULL;
    NetWait result;
    gsize length;

    fake_server_add_script (server, "STALL", NULL);
    if (what == 2) {
      /* The handshake of a server that says nothing. */
      NetEndpoint endpoint = fake_server_endpoint (server);

      endpoint.security = BASE_SECURITY_TLS;
      thread = g_thread_new ("cancel", cancel_later, cancellable);
      g_assert_null (net_connection_open (&endpoint, cancellable, &error));
    } else {
      connection = open_connection (server);
      thread = g_thread_new ("cancel", cancel_later, cancellable);
      if (what == 0)
        g_assert_null (net_connection_read (connection, &length, cancellable, &error));
      else
        g_assert_false (net_connection_wait (connection, -1, -1, &result, cancellable, &error));
    }
    g_thread_join (thread);
    g_assert_true (base_error_is_cancelled (error));
    g_clear_error (&error);

    if (connection != NULL) {
      g_assert_false (net_connection_flush (connection, cancellable, &error));
      g_assert_true (base_error_is_cancelled (error));
    }
  }
}

static void
test_cancelled_before (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (net_connection_open (&endpoint, cancellable, &error));
  g_assert_true (base_error_is_cancelled (error));
}

static void
test_timeout (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (FakeServer) silent = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (silent);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, "STALL", NULL);
  connection = open_connection (server);
  net_connection_set_timeout (connection, 20);
  check_end (connection, BASE_ERROR_RETRY);

  fake_server_add_script (silent, "STALL", NULL);
  endpoint.security = BASE_SECURITY_TLS;
  endpoint.timeout_ms = 20;
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
}

/* A peer that reads nothing fills the socket (whose buffers grow to 32 MB and more on some machines): writing gives up by the time-out. */
static void
test_write_timeout (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *much = g_malloc0 (64 * 1024 * 1024);

  fake_server_add_script (server, "WAIT 300\nSTALL", NULL);
  connection = open_connection (server);
  net_connection_set_timeout (connection, 50);
  g_assert_false (net_connection_write (connection, much, 64 * 1024 * 1024, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
}

static void
test_cuts (void)
{
  static const char *const ends[] = { "CUT", "CLOSE", "RESET" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (NetConnection) connection = NULL;
    g_autofree char *script = g_strconcat ("C: hello\nS- half a l\n", ends[i], NULL);
    g_autoptr (GError) error = NULL;
    g_autofree char *line = NULL;

    fake_server_add_script (server, script, NULL);
    connection = open_connection (server);
    g_assert_true (net_connection_write (connection, "hello\r\n", 7, NULL, NULL));
    g_assert_true (net_connection_flush (connection, NULL, NULL));
    line = net_connection_read_line (connection, 100, NULL, &error);
    g_assert_null (line);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
    g_clear_pointer (&connection, net_connection_free);
    fake_server_check (server);
  }
}

static void
test_unreachable (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;

  /* The port of a server that is gone. */
  g_clear_pointer (&server, fake_server_free);
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
  g_clear_error (&error);

  endpoint.host = "no-such-host.invalid";
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_nonnull (strstr (error->message, "no-such-host.invalid"));
}

static void
test_no_tls (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;

  endpoint.security = BASE_SECURITY_TLS;
  fake_server_add_script (server, "S: * OK I speak in clear\nSTALL", NULL);
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
  g_assert_nonnull (strstr (error->message, "does not speak TLS"));
}

/* Bytes in clear between the agreement and the handshake: in the same packet, or a moment later. */
static void
test_injection (void)
{
  static const char *const scripts[] = {
    "S- go\\r\\nevil\\r\\n\nSTALL",
    "S- go\\r\\n* PREAUTH\nTLS\n",
    "S- go\\r\\n\nWAIT 20\nS: evil\nSTALL",
  };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
    g_autoptr (NetConnection) connection = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, scripts[i], NULL);
    connection = open_connection (server);
    g_assert_false (net_connection_is_secure (connection));
    check_line (connection, "go");
    g_assert_false (net_connection_start_tls (connection, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    g_assert_nonnull (strstr (error->message, "in clear"));
    g_assert_false (net_connection_is_secure (connection));
  }
}

static void
test_secret_in_clear (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, "S: go\nEOF", NULL);
  connection = open_connection (server);
  check_line (connection, "go");
  g_assert_false (net_connection_write_secret (connection, "password", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_clear_pointer (&connection, net_connection_free);
  fake_server_check (server);
  received = fake_server_dup_received (server, 0);
  g_assert_cmpuint (g_bytes_get_size (received), ==, 0);
}

/* The end of the stream instead of a handshake. */
static void
test_start_tls_cut (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, "S: go\nCUT", NULL);
  connection = open_connection (server);
  check_line (connection, "go");
  g_assert_false (net_connection_start_tls (connection, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
}

static void
test_address_literal (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autoptr (NetConnection) connection = NULL;
  g_autofree char *literal = NULL;

  fake_server_add_script (server, "EOF", NULL);
  connection = open_connection (server);
  literal = net_connection_dup_address_literal (connection);
  g_assert_cmpstr (literal, ==, "[127.0.0.1]");
}

/* RFC 5321, 4.1.3 */
static void
test_address_literal_6 (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("::1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *literal = NULL;

  if (!g_socket_listener_add_address (listener, loopback, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &address, &error)) {
    g_test_skip (error->message);
    return;
  }
  const NetEndpoint endpoint = {
    .host = "::1",
    .port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)),
    .security = BASE_SECURITY_STARTTLS,
  };
  connection = net_connection_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  literal = net_connection_dup_address_literal (connection);
  g_assert_cmpstr (literal, ==, "[IPv6:::1]");
}

void
test_connection_add (void)
{
  g_test_add_func ("/net/connection/lines", test_lines);
  g_test_add_func ("/net/connection/mixed", test_mixed);
  g_test_add_func ("/net/connection/line-limit", test_line_limit);
  g_test_add_func ("/net/connection/endless-line", test_endless_line);
  g_test_add_func ("/net/connection/large", test_large);
  g_test_add_func ("/net/connection/wait", test_wait);
  g_test_add_func ("/net/connection/cancel", test_cancel);
  g_test_add_func ("/net/connection/cancelled-before", test_cancelled_before);
  g_test_add_func ("/net/connection/timeout", test_timeout);
  g_test_add_func ("/net/connection/write-timeout", test_write_timeout);
  g_test_add_func ("/net/connection/cuts", test_cuts);
  g_test_add_func ("/net/connection/unreachable", test_unreachable);
  g_test_add_func ("/net/connection/no-tls", test_no_tls);
  g_test_add_func ("/net/connection/injection", test_injection);
  g_test_add_func ("/net/connection/secret-in-clear", test_secret_in_clear);
  g_test_add_func ("/net/connection/start-tls-cut", test_start_tls_cut);
  g_test_add_func ("/net/connection/address-literal", test_address_literal);
  g_test_add_func ("/net/connection/address-literal-6", test_address_literal_6);
}
