/* Who is trusted: every kind of certificate, on both roads to TLS, and the sentence for each refusal. */
#include "test-net.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "fake-server.h"
#include "net-connection.h"

/* Opens with TLS, or goes the STARTTLS road, up to the point where a password could be sent. */
static NetConnection *
secure (const NetEndpoint *endpoint, GError **error)
{
  g_autoptr (NetConnection) connection = net_connection_open (endpoint, NULL, error);
  g_autofree char *line = NULL;

  if (connection == NULL || endpoint->security == BASE_SECURITY_TLS)
    return g_steal_pointer (&connection);

  line = net_connection_read_line (connection, 100, NULL, error);
  g_assert_cmpstr (line, ==, "go");
  return net_connection_start_tls (connection, NULL, error) ? g_steal_pointer (&connection) : NULL;
}

static void
check_refused (FakeMode mode, FakeCertificate certificate, const char *host, const char *priority,
               const char *word)
{
  g_autoptr (FakeServer) server = fake_server_new (mode, certificate);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GBytes) received = NULL;

  endpoint.host = host;
  if (priority != NULL)
    fake_server_set_priority (server, priority);
  fake_server_add_script (server, mode == FAKE_TLS ? "EOF" : "S: go\nTLS\nEOF", NULL);
  connection = secure (&endpoint, &error);
  g_assert_null (connection);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_nonnull (strstr (error->message, host));
  if (priority == NULL) {
    g_assert_nonnull (strstr (base_error_get_detail (error), "SHA-256: "));
    g_assert_nonnull (strstr (base_error_get_detail (error), "CN=localhost"));
    fake_server_check (server);
  }
  received = fake_server_dup_received (server, 0);
  g_assert_cmpuint (g_bytes_get_size (received), ==, 0);
}

static void
test_refused (void)
{
  static const struct
  {
    FakeCertificate certificate;
    const char *host, *word;
  } cases[] = {
    { FAKE_EXPIRED, "127.0.0.1", "expired on" },
    { FAKE_FUTURE, "127.0.0.1", "not valid before" },
    { FAKE_OTHER_HOST, "127.0.0.1", "another server" },
    { FAKE_OTHER_HOST, "localhost", "another server" },
    { FAKE_COMMON_NAME, "localhost", "another server" },
    { FAKE_REVOKED, "127.0.0.1", "revoked" },
    { FAKE_SELF_SIGNED, "127.0.0.1", "self-signed" },
    { FAKE_UNKNOWN_CA, "127.0.0.1", "does not know" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    check_refused (FAKE_TLS, cases[i].certificate, cases[i].host, NULL, cases[i].word);
    check_refused (FAKE_PLAIN, cases[i].certificate, cases[i].host, NULL, cases[i].word);
  }
}

static void
test_old_tls (void)
{
  check_refused (FAKE_TLS, FAKE_GOOD, "127.0.0.1", "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT",
                 "outdated");
}

static void
check_accepted (FakeMode mode, const char *host, const char *priority)
{
  g_autoptr (FakeServer) server = fake_server_new (mode, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (NetConnection) connection = NULL;
  g_autofree char *line = NULL;

  endpoint.host = host;
  if (priority != NULL)
    fake_server_set_priority (server, priority);
  fake_server_add_script (
      server, mode == FAKE_TLS ? "S: hello\nC: secret" : "S: go\nTLS\nS: hello\nC: secret", NULL);
  connection = secure (&endpoint, &error);
  g_assert_no_error (error);
  g_assert_true (net_connection_is_secure (connection));
  line = net_connection_read_line (connection, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "hello");
  g_assert_true (net_connection_write_secret (connection, "secret\r\n", NULL, &error));
  g_assert_true (net_connection_flush (connection, NULL, &error));
  g_assert_no_error (error);
  g_clear_pointer (&connection, net_connection_free);
  fake_server_check (server);
}

static void
test_accepted (void)
{
  check_accepted (FAKE_TLS, "127.0.0.1", NULL);
  check_accepted (FAKE_TLS, "localhost", NULL);
  check_accepted (FAKE_TLS, "localhost.", NULL);
  check_accepted (FAKE_PLAIN, "127.0.0.1", NULL);
  check_accepted (FAKE_TLS, "127.0.0.1", "NORMAL:-VERS-ALL:+VERS-TLS1.2");
}

/* The same certificate is refused without the account's ca_file. */
static void
test_no_ca_file (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;

  endpoint.ca_file = NULL;
  fake_server_add_script (server, "EOF", NULL);
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_assert_nonnull (strstr (error->message, "does not know"));
  fake_server_check (server);
}

static void
check_bad_ca_file (const char *ca_file)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;

  endpoint.ca_file = ca_file;
  fake_server_add_script (server, "EOF", NULL);
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_assert_nonnull (strstr (error->message, "certificate authorities"));
}

static void
test_bad_ca_file (void)
{
  g_autofree char *self = g_test_build_filename (G_TEST_DIST, "net", "meson.build", NULL);

  check_bad_ca_file ("/nonexistent/ca.pem");
  check_bad_ca_file ("/");
  check_bad_ca_file (self);
}

/* A ca_file that is replaced counts from the next connection on. */
static void
test_changed_ca_file (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "sosik-ca-XXXXXX", NULL);
  g_autofree char *pem = NULL;
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  fake_server_add_script (server, "STALL", NULL);
  fake_server_add_script (server, "EOF", NULL);
  g_assert_true (g_file_get_contents (endpoint.ca_file, &pem, NULL, NULL));
  endpoint.ca_file = path;
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, pem, -1, NULL));
  connection = net_connection_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_remove (path);
}

void
test_certificate_add (void)
{
  g_test_add_func ("/net/certificate/accepted", test_accepted);
  g_test_add_func ("/net/certificate/refused", test_refused);
  g_test_add_func ("/net/certificate/old-tls", test_old_tls);
  g_test_add_func ("/net/certificate/no-ca-file", test_no_ca_file);
  g_test_add_func ("/net/certificate/bad-ca-file", test_bad_ca_file);
  g_test_add_func ("/net/certificate/changed-ca-file", test_changed_ca_file);
}
