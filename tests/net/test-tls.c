/* TLS beyond the certificate of the server: names, sessions that are taken up again, what is spoken, and the certificate of the client. */
#include "test-net.h"

#include <glib/gstdio.h>
#include <gnutls/pkcs11.h>
#include <string.h>

#include "base-error.h"
#include "fake-certificates.h"
#include "fake-server.h"
#include "net-connection.h"

#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TALK    "S: hello\nC: secret\nS: bye\nSTALL"

static BaseAccount *
new_account (void)
{
  BaseAccount *account = base_account_new ();

  account->ca_file = g_strdup (fake_certificates_get_ca_file ());
  return account;
}

static NetEndpoint
endpoint_for (FakeServer *server, const BaseAccount *account, const char *protocol)
{
  NetEndpoint endpoint = fake_server_endpoint (server);

  endpoint.account = account;
  endpoint.ca_file = account->ca_file;
  endpoint.host = "localhost";
  endpoint.protocol = protocol;
  return endpoint;
}

/* One connection: a greeting, a line of ours, an answer. */
static void
talk (const NetEndpoint *endpoint)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NetConnection) connection = net_connection_open (endpoint, NULL, &error);
  g_autofree char *hello = NULL;
  g_autofree char *bye = NULL;

  g_assert_no_error (error);
  hello = net_connection_read_line (connection, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hello, ==, "hello");
  g_assert_true (net_connection_write_secret (connection, "secret\r\n", NULL, &error));
  g_assert_true (net_connection_flush (connection, NULL, &error));
  bye = net_connection_read_line (connection, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bye, ==, "bye");
}

static FakeTlsFacts
talk_again (FakeServer *server, const NetEndpoint *endpoint)
{
  FakeTlsFacts facts;
  guint before = fake_server_count_connections (server);

  fake_server_add_script (server, TALK, NULL);
  talk (endpoint);
  g_assert_cmpuint (fake_server_count_connections (server), ==, before + 1);
  fake_server_check (server);
  fake_server_get_facts (server, before, &facts);
  g_assert_false (facts.early_data);
  return facts;
}

static FakeServer *
new_server (const char *priority, const FakeTlsWishes *wishes)
{
  FakeServer *server = fake_server_new (FAKE_TLS, FAKE_GOOD);

  if (priority != NULL)
    fake_server_set_priority (server, priority);
  fake_server_set_wishes (server, wishes);
  return server;
}

/* RFC 6066, 3: a name, never an address. */
static void
test_server_name (void)
{
  static const struct
  {
    const char *host, *name;
  } cases[] = { { "localhost", "localhost" },
                { "localhost.", "localhost" },
                { "127.0.0.1", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = new_server (NULL, &(FakeTlsWishes){ 0 });
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint = endpoint_for (server, account, NULL);

    endpoint.host = cases[i].host;
    g_assert_cmpstr (talk_again (server, &endpoint).name, ==, cases[i].name);
  }
}

/* A session is taken up again, and again, by the same account at the same place under the same rules, and by nobody else. */
static void
check_resumption (const char *priority)
{
  g_autoptr (FakeServer) server = new_server (priority, &(FakeTlsWishes){ .tickets = TRUE });
  g_autoptr (BaseAccount) account = new_account ();
  g_autoptr (BaseAccount) other = new_account ();
  g_autofree char *copy = g_build_filename (g_get_tmp_dir (), "sosik-ca-XXXXXX", NULL);
  g_autofree char *pem = NULL;
  g_autofree char *ca_file = g_strdup (account->ca_file);
  NetEndpoint endpoint = endpoint_for (server, account, NULL);
  int fd = g_mkstemp (copy);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_get_contents (ca_file, &pem, NULL, NULL));
  g_assert_false (talk_again (server, &endpoint).resumed);
  g_assert_true (talk_again (server, &endpoint).resumed);
  g_assert_true (talk_again (server, &endpoint).resumed);

  endpoint.account = other;
  g_assert_false (talk_again (server, &endpoint).resumed);
  endpoint.account = NULL;
  g_assert_false (talk_again (server, &endpoint).resumed);
  endpoint.account = account;
  endpoint.host = "127.0.0.1";
  g_assert_false (talk_again (server, &endpoint).resumed);
  endpoint.host = "localhost";

  /* What the person trusts has changed: other authorities, the same file with other contents, an exception. */
  g_assert_true (g_file_set_contents (copy, pem, -1, NULL));
  endpoint.ca_file = copy;
  g_assert_false (talk_again (server, &endpoint).resumed);
  g_assert_true (talk_again (server, &endpoint).resumed);
  {
    g_autofree char *more = g_strconcat (pem, pem, NULL);

    g_assert_true (g_file_set_contents (copy, more, -1, NULL));
  }
  g_assert_false (talk_again (server, &endpoint).resumed);
  endpoint.ca_file = ca_file;
  g_assert_true (talk_again (server, &endpoint).resumed);
  base_account_add_exception (account, "localhost", endpoint.port,
                              "0000000000000000000000000000000000000000000000000000000000000000",
                              G_MAXINT64);
  g_assert_false (talk_again (server, &endpoint).resumed);
  g_remove (copy);
}

static void
test_resumption (void)
{
  check_resumption (NULL);
  check_resumption (TLS_1_2);
}

/* For the self-signed certificate, which is the same at every server of that kind. */
static void
learn_exception (BaseAccount *account, guint16 port, gint64 until)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_SELF_SIGNED);
  NetEndpoint endpoint = endpoint_for (server, account, NULL);
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, "EOF", NULL);
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  base_account_add_exception (account, "localhost", port, base_error_get_trust (error)->sha256,
                              until);
}

/* The certificate counts each time: the session still stands when the person's exception is over. */
static void
test_resumption_is_checked (void)
{
  static const char *const priorities[] = { NULL, TLS_1_2 };

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_SELF_SIGNED);
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint = endpoint_for (server, account, NULL);
    g_autoptr (GError) error = NULL;
    guint before;

    if (priorities[i] != NULL)
      fake_server_set_priority (server, priorities[i]);
    fake_server_set_wishes (server, &(FakeTlsWishes){ .tickets = TRUE });
    learn_exception (account, endpoint.port, G_MAXINT64);
    g_assert_false (talk_again (server, &endpoint).resumed);
    g_assert_true (talk_again (server, &endpoint).resumed);

    g_assert_cmpuint (account->exceptions->len, ==, 1);
    ((BaseException *)account->exceptions->pdata[0])->until =
        g_get_real_time () / G_USEC_PER_SEC - 1;
    before = fake_server_count_connections (server);
    fake_server_add_script (server, "EOF", NULL);
    fake_server_add_script (server, "EOF", NULL);
    g_assert_null (net_connection_open (&endpoint, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    /* Once by the ticket, once from the beginning. */
    g_assert_cmpuint (fake_server_count_connections (server), ==, before + 2);
  }
}

/* The exception was taken back while the session could be taken up again. */
static void
test_resumption_revoked (void)
{
  static const char *const priorities[] = { NULL, TLS_1_2 };

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_SELF_SIGNED);
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint = endpoint_for (server, account, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) received = NULL;
    guint before;

    if (priorities[i] != NULL)
      fake_server_set_priority (server, priorities[i]);
    fake_server_set_wishes (server, &(FakeTlsWishes){ .tickets = TRUE });
    learn_exception (account, endpoint.port, G_MAXINT64);
    g_assert_false (talk_again (server, &endpoint).resumed);
    g_assert_true (talk_again (server, &endpoint).resumed);

    base_account_remove_exception (account, "localhost", endpoint.port);
    before = fake_server_count_connections (server);
    fake_server_add_script (server, "EOF", NULL);
    g_assert_null (net_connection_open (&endpoint, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    g_assert_cmpint (base_error_get_trust (error)->reason, ==, BASE_TRUST_SELF_SIGNED);
    /* No ticket was tried first. */
    g_assert_cmpuint (fake_server_count_connections (server), ==, before + 1);
    received = fake_server_dup_received (server, before);
    g_assert_cmpuint (g_bytes_get_size (received), ==, 0);
  }
}

/* A server that lost its keys, or never kept a ticket, is spoken to as the first time. */
static void
test_resumption_refused (void)
{
  static const char *const priorities[] = { NULL, TLS_1_2 };

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++) {
    g_autoptr (FakeServer) server = new_server (priorities[i], &(FakeTlsWishes){ .tickets = TRUE });
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint = endpoint_for (server, account, NULL);

    g_assert_false (talk_again (server, &endpoint).resumed);
    fake_server_set_wishes (server, &(FakeTlsWishes){ 0 });
    g_assert_false (talk_again (server, &endpoint).resumed);
    g_assert_false (talk_again (server, &endpoint).resumed);
  }
}

/* RFC 7301: "imap" is named, and one who wants another name gets none. */
static void
test_protocol (void)
{
  static const char *const priorities[] = { NULL, TLS_1_2 };

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++) {
    g_autoptr (FakeServer) server =
        new_server (priorities[i], &(FakeTlsWishes){ .protocol = "imap" });
    g_autoptr (FakeServer) strict =
        new_server (priorities[i], &(FakeTlsWishes){ .protocol = "h2" });
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint = endpoint_for (server, account, "imap");
    FakeTlsFacts facts;

    g_assert_cmpstr (talk_again (server, &endpoint).protocol, ==, "imap");
    endpoint.protocol = "smtp";
    g_assert_cmpstr (talk_again (server, &endpoint).protocol, ==, NULL);
    endpoint.protocol = NULL;
    g_assert_cmpstr (talk_again (server, &endpoint).protocol, ==, NULL);

    /* Once with, once without, each time: whoever is on the way can say that no name is wanted, and it holds for no other connection. */
    endpoint = endpoint_for (strict, account, "imap");
    for (guint n = 1; n <= 3; n++) {
      fake_server_add_script (strict, "EOF", NULL);
      fake_server_add_script (strict, TALK, NULL);
      talk (&endpoint);
      g_assert_cmpuint (fake_server_count_connections (strict), ==, 2 * n);
      fake_server_get_facts (strict, 2 * n - 1, &facts);
      g_assert_cmpstr (facts.protocol, ==, NULL);
    }
    /* The server has thought better of it. */
    fake_server_set_wishes (strict, &(FakeTlsWishes){ .protocol = "imap" });
    fake_server_add_script (strict, TALK, NULL);
    talk (&endpoint);
    fake_server_get_facts (strict, 6, &facts);
    g_assert_cmpstr (facts.protocol, ==, "imap");
  }
}

/* After STARTTLS what is spoken is settled, and there is no second try on that connection. */
static void
test_protocol_settled (void)
{
  g_autoptr (FakeServer) strict = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autoptr (BaseAccount) account = new_account ();
  NetEndpoint endpoint = endpoint_for (strict, account, "imap");
  g_autoptr (GError) error = NULL;
  g_autoptr (NetConnection) connection = NULL;

  fake_server_set_wishes (strict, &(FakeTlsWishes){ .protocol = "h2" });
  fake_server_add_script (strict, "TLS\nSTALL", NULL);
  connection = net_connection_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (net_connection_start_tls (connection, NULL, &error));
  g_assert_no_error (error);
}

/* ---- the client's certificate ---- */

static char *folder; /* Owned */

static void
set_client (BaseAccount *account, const char *certificate, const char *key)
{
  g_free (account->client_certificate);
  g_free (account->client_key);
  account->client_certificate =
      certificate != NULL ? g_build_filename (folder, certificate, NULL) : NULL;
  account->client_key = key != NULL ? g_build_filename (folder, key, NULL) : NULL;
}

static void
write_clients (void)
{
  if (folder != NULL)
    return;
  folder = g_dir_make_tmp ("sosik-client-XXXXXX", NULL);
  g_assert_nonnull (folder);
  fake_certificates_write_client (folder, "alice");
}

static void
remove_clients (void)
{
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_remove (path);
  }
  if (folder != NULL)
    g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

static NetEndpoint
client_endpoint_for (FakeServer *server, const BaseAccount *account)
{
  NetEndpoint endpoint = endpoint_for (server, account, NULL);

  endpoint.sign_in = BASE_SIGN_IN_CERTIFICATE;
  return endpoint;
}

static void
test_client (void)
{
  static const struct
  {
    const char *priority, *certificate, *key, *client;
  } cases[] = {
    { NULL, "client.pem", NULL, "alice" },
    { NULL, "certificate.pem", "key.pem", "alice" },
    { TLS_1_2, "certificate.pem", "key.pem", "alice" },
    { NULL, NULL, NULL, NULL },
  };

  write_clients ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server =
        new_server (cases[i].priority, &(FakeTlsWishes){ .ask_client = TRUE, .tickets = TRUE });
    g_autoptr (FakeServer) indifferent = new_server (cases[i].priority, &(FakeTlsWishes){ 0 });
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint;
    FakeTlsFacts facts;

    set_client (account, cases[i].certificate, cases[i].key);
    endpoint = client_endpoint_for (server, account);
    g_assert_cmpstr (talk_again (server, &endpoint).client, ==, cases[i].client);
    /* What was agreed on with it is no way in for who shows none. */
    endpoint.sign_in = BASE_SIGN_IN_PASSWORD;
    facts = talk_again (server, &endpoint);
    g_assert_cmpstr (facts.client, ==, NULL);
    g_assert_false (facts.resumed);
    endpoint = client_endpoint_for (indifferent, account);
    g_assert_cmpstr (talk_again (indifferent, &endpoint).client, ==, NULL);
  }
  remove_clients ();
}

/* A file that is not as it should be is named before anybody is spoken to. */
static void
test_client_unusable (void)
{
  static const struct
  {
    const char *certificate, *key, *word;
  } cases[] = {
    { "missing.pem", NULL, "“missing.pem” could not be used" },
    { "key.pem", NULL, "“key.pem” could not be used" },
    { "certificate.pem", NULL, "The key “certificate.pem”" },
    { "certificate.pem", "missing.pem", "The key “missing.pem”" },
    { "certificate.pem", "locked.pem", "protected by a password" },
    { "certificate.pem", "other.pem", "do not belong together" },
  };

  write_clients ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = new_server (NULL, &(FakeTlsWishes){ .ask_client = TRUE });
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint = client_endpoint_for (server, account);
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, "EOF", NULL);
    set_client (account, cases[i].certificate, cases[i].key);
    g_assert_null (net_connection_open (&endpoint, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    g_test_message ("%s (%s)", error->message, base_error_get_detail (error));
    g_assert_nonnull (strstr (error->message, cases[i].word));
  }
  remove_clients ();
}

/* TLS 1.3 says it after the handshake, in place of the greeting. */
static void
test_client_refused (void)
{
  static const struct
  {
    const char *priority, *certificate, *word;
  } cases[] = {
    { NULL, NULL, "wants a certificate of yours" },
    { NULL, "client.pem", NULL },
  };

  write_clients ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server =
        new_server (cases[i].priority, &(FakeTlsWishes){ .need_client = TRUE });
    g_autoptr (BaseAccount) account = new_account ();
    NetEndpoint endpoint = client_endpoint_for (server, account);
    g_autoptr (NetConnection) connection = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *line = NULL;

    fake_server_add_script (server, "S: hello\nSTALL", NULL);
    set_client (account, cases[i].certificate, NULL);
    connection = net_connection_open (&endpoint, NULL, &error);
    if (connection != NULL)
      line = net_connection_read_line (connection, 100, NULL, &error);
    g_assert_cmpint (line != NULL, ==, cases[i].word == NULL);
    if (cases[i].word != NULL) {
      g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
      g_assert_nonnull (strstr (error->message, cases[i].word));
      g_assert_true (base_error_wants_client (error));
    }
  }
  remove_clients ();
}

/* It is for those where one signs in by it: not for another server of the same account, nor for one of an identity, which may be anybody's. */
static void
test_client_for (void)
{
  static const BaseSignIn sign_ins[] = { BASE_SIGN_IN_PASSWORD, BASE_SIGN_IN_OAUTH,
                                         BASE_SIGN_IN_CERTIFICATE };

  write_clients ();
  for (guint i = 0; i < G_N_ELEMENTS (sign_ins); i++) {
    g_autoptr (FakeServer) server = new_server (NULL, &(FakeTlsWishes){ .ask_client = TRUE });
    g_autoptr (BaseAccount) account = new_account ();
    g_autoptr (BaseServer) other = base_server_new ();
    NetEndpoint endpoint;

    set_client (account, "client.pem", NULL);
    account->imap.sign_in = BASE_SIGN_IN_CERTIFICATE;
    other->host = g_strdup ("localhost");
    other->port = fake_server_get_port (server);
    other->sign_in = sign_ins[i];
    endpoint = net_endpoint_of (account, other, 0);
    g_assert_cmpstr (talk_again (server, &endpoint).client, ==,
                     sign_ins[i] == BASE_SIGN_IN_CERTIFICATE ? "alice" : NULL);
  }
  remove_clients ();
}

/* ---- PKCS#11 ---- */

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

static void
load_datum (const char *name, gnutls_datum_t *datum)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (gnutls_load_file (path, datum), ==, 0);
}

/* A token in software, with alice's certificate and key on it. */
static void
make_token (void)
{
  g_autofree char *conf = g_build_filename (folder, "softhsm2.conf", NULL);
  g_autofree char *text =
      g_strdup_printf ("directories.tokendir = %s\nlog.level = ERROR\n", folder);
  const char *const init[] = { "softhsm2-util", "--init-token", "--free", "--label", "sosik",
                               "--so-pin",      "12345678",     "--pin",  "1234",    NULL };
  gnutls_datum_t certificate_pem, key_pem;
  gnutls_x509_crt_t certificate;
  gnutls_x509_privkey_t key;
  int status;

  g_assert_true (g_file_set_contents (conf, text, -1, NULL));
  g_setenv ("SOFTHSM2_CONF", conf, TRUE);
  g_assert_true (g_spawn_sync (NULL, (char **)init, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (gnutls_pkcs11_init (GNUTLS_PKCS11_FLAG_MANUAL, NULL), ==, 0);
  g_assert_cmpint (gnutls_pkcs11_add_provider (SOFTHSM, NULL), ==, 0);

  load_datum ("certificate.pem", &certificate_pem);
  load_datum ("key.pem", &key_pem);
  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (certificate, &certificate_pem, GNUTLS_X509_FMT_PEM), ==,
                   0);
  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_import (key, &key_pem, GNUTLS_X509_FMT_PEM), ==, 0);
  g_assert_cmpint (gnutls_pkcs11_copy_x509_crt ("pkcs11:token=sosik;pin-value=1234", certificate,
                                                "alice", GNUTLS_PKCS11_OBJ_FLAG_LOGIN),
                   ==, 0);
  g_assert_cmpint (gnutls_pkcs11_copy_x509_privkey ("pkcs11:token=sosik;pin-value=1234", key,
                                                    "alice", GNUTLS_KEY_DIGITAL_SIGNATURE,
                                                    GNUTLS_PKCS11_OBJ_FLAG_LOGIN
                                                        | GNUTLS_PKCS11_OBJ_FLAG_MARK_SENSITIVE),
                   ==, 0);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  gnutls_free (certificate_pem.data);
  gnutls_free (key_pem.data);
}

static void
test_client_token (void)
{
#define TOKEN "pkcs11:token=sosik;object=alice;type="
  g_autoptr (FakeServer) server = NULL;
  g_autoptr (BaseAccount) account = new_account ();
  g_autoptr (GError) error = NULL;
  NetEndpoint endpoint;

  if (!g_file_test (SOFTHSM, G_FILE_TEST_EXISTS)) {
    g_test_skip ("there is no token in software (softhsm2) here");
    return;
  }
  write_clients ();
  make_token ();
  server = new_server (NULL, &(FakeTlsWishes){ .need_client = TRUE });
  account->client_certificate = g_strdup (TOKEN "cert");
  account->client_key = g_strdup (TOKEN "private;pin-value=1234");
  endpoint = client_endpoint_for (server, account);
  g_assert_cmpstr (talk_again (server, &endpoint).client, ==, "alice");

  g_free (account->client_key);
  account->client_key = g_strdup ("pkcs11:token=sosik;object=bob;type=private;pin-value=1234");
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_assert_nonnull (strstr (error->message, "The key “PKCS#11”"));
  g_assert_null (strstr (error->message, "1234"));
  remove_clients ();
}

void
test_tls_add (void)
{
  g_test_add_func ("/net/tls/server-name", test_server_name);
  g_test_add_func ("/net/tls/resumption", test_resumption);
  g_test_add_func ("/net/tls/resumption-is-checked", test_resumption_is_checked);
  g_test_add_func ("/net/tls/resumption-revoked", test_resumption_revoked);
  g_test_add_func ("/net/tls/resumption-refused", test_resumption_refused);
  g_test_add_func ("/net/tls/protocol", test_protocol);
  g_test_add_func ("/net/tls/protocol-settled", test_protocol_settled);
  g_test_add_func ("/net/tls/client", test_client);
  g_test_add_func ("/net/tls/client-unusable", test_client_unusable);
  g_test_add_func ("/net/tls/client-refused", test_client_refused);
  g_test_add_func ("/net/tls/client-for", test_client_for);
  g_test_add_func ("/net/tls/client-token", test_client_token);
}
