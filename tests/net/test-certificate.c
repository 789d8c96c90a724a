/* Who is trusted: every kind of certificate, on both roads to TLS, and the sentence for each refusal. */
#include "test-net.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "fake-resolver.h"
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

/* ---- the name of the host: RFC 9525 ---- */

static void
check_name (FakeCertificate certificate, const char *host, gboolean good)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, certificate);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  endpoint.host = host;
  fake_server_add_script (server, good ? "STALL" : "EOF", NULL);
  connection = net_connection_open (&endpoint, NULL, &error);
  if (good) {
    g_assert_no_error (error);
    return;
  }
  if (connection != NULL)
    g_error ("certificate %d counts for %s", certificate, host);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_assert_cmpint (base_error_get_trust (error)->reason, ==, BASE_TRUST_OTHER_HOST);
}

static void
test_names (void)
{
  static const struct
  {
    FakeCertificate certificate;
    const char *host;
    gboolean good;
  } cases[] = {
    { FAKE_WILDCARDS, "mail.example.org", TRUE },
    { FAKE_WILDCARDS, "MAIL.Example.Org", TRUE },
    { FAKE_WILDCARDS, "xn--oy2b95t.example.org", TRUE },
    /* A label, a whole one, the first one; and not all there is. */
    { FAKE_WILDCARDS, "example.org", FALSE },
    { FAKE_WILDCARDS, "a.mail.example.org", FALSE },
    { FAKE_WILDCARDS, ".example.org", FALSE },
    { FAKE_WILDCARDS, "mail.example", FALSE },
    { FAKE_WILDCARDS, "localhost", FALSE },
    { FAKE_WILDCARDS, "mail.a.example.com", FALSE },
    { FAKE_WILDCARDS, "mail.example.net", FALSE },
    { FAKE_WILDCARDS, "a.b.example.edu", FALSE },
    { FAKE_COMMON_NAME, "localhost", FALSE },
    { FAKE_NAME_BY_ADDRESS, "localhost", FALSE },
    { FAKE_NAME_BY_ADDRESS, "127.0.0.1", TRUE },
    { FAKE_IP_AS_NAME, "127.0.0.1", FALSE },
    { FAKE_NUL, "localhost", FALSE },
  };

  fake_resolver_install ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_name (cases[i].certificate, cases[i].host, cases[i].good);
}

/* ---- exceptions ---- */

#define NOW (g_get_real_time () / G_USEC_PER_SEC)

/* Connects as `account` does (nullable); what was refused. */
static BaseTrust *
try_account (FakeServer *server, FakeMode mode, const BaseAccount *account, gboolean *good)
{
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  endpoint.account = account;
  fake_server_add_script (server, mode == FAKE_TLS ? "STALL" : "S: go\nTLS\nSTALL", NULL);
  connection = secure (&endpoint, &error);
  *good = connection != NULL;
  if (*good) {
    g_assert_no_error (error);
    return NULL;
  }
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_assert_nonnull (base_error_get_trust (error));
  return base_trust_dup (base_error_get_trust (error));
}

static BaseTrust *
refused (FakeServer *server, FakeMode mode, const BaseAccount *account)
{
  gboolean good;
  BaseTrust *trust = try_account (server, mode, account, &good);

  g_assert_false (good);
  return trust;
}

static void
accepted (FakeServer *server, FakeMode mode, const BaseAccount *account)
{
  gboolean good;
  g_autoptr (BaseTrust) trust = try_account (server, mode, account, &good);

  if (trust != NULL)
    g_error ("%s was refused, for reason %d", trust->subject, trust->reason);
}

/* All that a person has to see. */
static void
test_told (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_UNKNOWN_CA);
  g_autoptr (BaseTrust) trust = refused (server, FAKE_TLS, NULL);
  g_autofree char *shown = base_trust_format_sha256 (trust->sha256);

  g_assert_cmpint (trust->reason, ==, BASE_TRUST_UNKNOWN_ISSUER);
  g_assert_cmpstr (trust->host, ==, "127.0.0.1");
  g_assert_cmpuint (trust->port, ==, fake_server_get_port (server));
  g_assert_cmpstr (trust->subject, ==, "CN=localhost");
  g_assert_cmpstr (trust->issuer, ==, "CN=Unknown Authority");
  g_assert_cmpint (ABS (NOW - 20 * 86400 - trust->from), <, 600);
  g_assert_cmpint (ABS (NOW + 20 * 86400 - trust->until), <, 600);
  g_assert_cmpuint (strlen (trust->sha256), ==, 64);
  g_assert_cmpuint (strlen (shown), ==, 95);
  g_assert_false (trust->changed);
  g_assert_true (base_trust_may_except (trust));
  g_assert_cmpint (base_trust_get_agreed_until (trust, NOW), ==, trust->until);
}

static void
check_excepted (FakeMode mode, FakeCertificate certificate, gboolean may)
{
  g_autoptr (FakeServer) server = fake_server_new (mode, certificate);
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autoptr (BaseTrust) trust = refused (server, mode, account);
  g_autoptr (BaseTrust) again = NULL;

  g_assert_cmpint (base_trust_may_except (trust), ==, may);
  base_account_add_exception (account, trust->host, trust->port, trust->sha256,
                              base_trust_get_agreed_until (trust, NOW));
  if (may) {
    accepted (server, mode, account);
    return;
  }
  again = refused (server, mode, account);
  g_assert_cmpint (again->reason, ==, trust->reason);
}

/* Each but what was revoked, or may have been. */
static void
test_excepted (void)
{
  static const struct
  {
    FakeCertificate certificate;
    gboolean may;
  } cases[] = {
    { FAKE_SELF_SIGNED, TRUE },
    { FAKE_UNKNOWN_CA, TRUE },
    { FAKE_OTHER_HOST, TRUE },
    { FAKE_EXPIRED, TRUE },
    { FAKE_SMALL_KEY, TRUE },
    { FAKE_PURPOSE, TRUE },
    { FAKE_REVOKED, FALSE },
    { FAKE_REVOKED_EXPIRED, FALSE },
    { FAKE_STAPLE_REVOKED, FALSE },
    { FAKE_UNKNOWN_REVOKED, FALSE },
    { FAKE_UNKNOWN_STAPLE_REVOKED, FALSE },
    { FAKE_STAPLE_MISSING, FALSE },
    { FAKE_STAPLE_OLD, FALSE },
    { FAKE_STAPLE_FORGED, FALSE },
    { FAKE_TAMPERED, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    check_excepted (FAKE_TLS, cases[i].certificate, cases[i].may);
    check_excepted (FAKE_PLAIN, cases[i].certificate, cases[i].may);
  }
}

/* That certificate, that host, that port, that account, that time. */
static void
test_only_that (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_SELF_SIGNED);
  g_autoptr (BaseAccount) other = base_account_new ();
  g_autoptr (BaseTrust) trust = refused (server, FAKE_TLS, NULL);
  const struct
  {
    const char *host;
    guint16 port;
    const char *sha256;
    gint64 until;
    gboolean changed;
  } near[] = {
    { "localhost", trust->port, trust->sha256, trust->until, FALSE },
    { trust->host, (guint16)(trust->port + 1), trust->sha256, trust->until, FALSE },
    { trust->host, trust->port, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      trust->until, TRUE },
    { trust->host, trust->port, trust->sha256, NOW - 1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (near); i++) {
    g_autoptr (BaseAccount) account = base_account_new ();
    g_autoptr (BaseTrust) again = NULL;

    base_account_add_exception (account, near[i].host, near[i].port, near[i].sha256, near[i].until);
    again = refused (server, FAKE_TLS, account);
    g_assert_cmpint (again->reason, ==, BASE_TRUST_SELF_SIGNED);
    g_assert_cmpint (again->changed, ==, near[i].changed);
  }
  base_trust_free (refused (server, FAKE_TLS, other));
  base_account_add_exception (other, trust->host, trust->port, trust->sha256, trust->until);
  accepted (server, FAKE_TLS, other);
  base_account_remove_exception (other, trust->host, trust->port);
  base_trust_free (refused (server, FAKE_TLS, other));
}

/* What was taken though it had expired, was so for a time; then that is why it is asked again, whatever else is wrong. */
static void
test_expires (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_EXPIRED);
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autoptr (BaseTrust) trust = refused (server, FAKE_TLS, account);
  g_autoptr (BaseTrust) again = NULL;
  gint64 until = base_trust_get_agreed_until (trust, NOW);

  g_assert_cmpint (until, >, NOW);
  g_assert_cmpint (until, <=, NOW + 31 * 86400);
  base_account_add_exception (account, trust->host, trust->port, trust->sha256, until);
  accepted (server, FAKE_TLS, account);
  base_account_add_exception (account, trust->host, trust->port, trust->sha256, trust->until);
  again = refused (server, FAKE_TLS, account);
  g_assert_cmpint (again->reason, ==, BASE_TRUST_EXPIRED);
}

/* ---- staples ---- */

/* Those that are refused stand in tests/certificates. */
static void
test_staples (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_STAPLED);

  accepted (server, FAKE_TLS, NULL);
}

void
test_certificate_add (void)
{
  g_test_add_func ("/net/certificate/told", test_told);
  g_test_add_func ("/net/certificate/excepted", test_excepted);
  g_test_add_func ("/net/certificate/only-that", test_only_that);
  g_test_add_func ("/net/certificate/expires", test_expires);
  g_test_add_func ("/net/certificate/staples", test_staples);
  g_test_add_func ("/net/certificate/accepted", test_accepted);
  g_test_add_func ("/net/certificate/refused", test_refused);
  g_test_add_func ("/net/certificate/old-tls", test_old_tls);
  g_test_add_func ("/net/certificate/no-ca-file", test_no_ca_file);
  g_test_add_func ("/net/certificate/bad-ca-file", test_bad_ca_file);
  g_test_add_func ("/net/certificate/changed-ca-file", test_changed_ca_file);
  /* Last: every name is this computer from there on. */
  g_test_add_func ("/net/certificate/names", test_names);
}
