/* SASL with the published examples, and with servers that lie. */
#include "test-net.h"

#include <string.h>

#include "base-error.h"
#include "net-sasl-private.h"

static char *
encode (const char *text)
{
  return g_base64_encode ((const guchar *)text, strlen (text));
}

static char *
decode (const char *text)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (text, &length);

  return g_strndup ((const char *)bytes, length);
}

static const NetPeer peer = { .host = "imap.example.org", .port = 993 };

static NetSasl *
new_sasl (const char *mechanism, const char *user, const char *password)
{
  const char *const mechanisms[] = { mechanism, NULL };

  return net_sasl_new (mechanisms, &(NetLogin){ .user = user, .secret = password }, &peer);
}

/* A password goes to no mechanism for tokens, nor a token to one for passwords; and never CRAM-MD5 or NTLM. */
static void
test_choice (void)
{
#define WEAK "CRAM-MD5 NTLM DIGEST-MD5 GSSAPI ANONYMOUS"
  static const struct
  {
    const char *offered, *by_password, *by_token, *by_certificate;
  } cases[] = {
    { "PLAIN LOGIN", "PLAIN", NULL, NULL },
    { "LOGIN", "LOGIN", NULL, NULL },
    { "LOGIN PLAIN SCRAM-SHA-1", "SCRAM-SHA-1", NULL, NULL },
    { "SCRAM-SHA-1 SCRAM-SHA-256 PLAIN", "SCRAM-SHA-256", NULL, NULL },
    { WEAK, NULL, NULL, NULL },
    { WEAK " XOAUTH2", NULL, "XOAUTH2", NULL },
    { "XOAUTH2 OAUTHBEARER " WEAK " LOGIN", "LOGIN", "OAUTHBEARER", NULL },
    { "EXTERNAL " WEAK, NULL, NULL, "EXTERNAL" },
    { "PLAIN EXTERNAL XOAUTH2", "PLAIN", "XOAUTH2", "EXTERNAL" },
    { "", NULL, NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) offered = g_strsplit (cases[i].offered, " ", -1);
    const char *const chosen[] = { cases[i].by_password, cases[i].by_token,
                                   cases[i].by_certificate };

    for (guint kind = 0; kind < G_N_ELEMENTS (chosen); kind++) {
      NetLogin login = { .kind = (BaseSignIn)kind, .user = "u", .secret = "p" };
      g_autoptr (NetSasl) sasl = net_sasl_new ((const char *const *)offered, &login, &peer);

      g_assert_cmpstr (sasl != NULL ? net_sasl_get_mechanism (sasl) : NULL, ==, chosen[kind]);
    }
  }
}

/* RFC 4616, section 4 */
static void
test_plain (void)
{
  g_autoptr (NetSasl) sasl = new_sasl ("PLAIN", "tim", "tanstaaftanstaaf");
  g_autoptr (NetSasl) late = new_sasl ("PLAIN", "tim", "tanstaaftanstaaf");
  g_autofree char *initial = NULL;
  g_autofree char *asked = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (net_sasl_is_complete (sasl));
  initial = net_sasl_initial (sasl);
  g_assert_cmpstr (initial, ==, "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
  g_assert_true (net_sasl_is_complete (sasl));
  g_assert_null (net_sasl_respond (sasl, "", &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);

  asked = net_sasl_respond (late, "", NULL);
  g_assert_cmpstr (asked, ==, initial);
}

static void
test_login (void)
{
  g_autoptr (NetSasl) sasl = new_sasl ("LOGIN", "홍", "비밀");
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  g_autofree char *expected_user = encode ("홍");
  g_autofree char *expected_password = encode ("비밀");
  g_autoptr (GError) error = NULL;

  g_assert_null (net_sasl_initial (sasl));
  user = net_sasl_respond (sasl, "VXNlcm5hbWU6", NULL);
  g_assert_cmpstr (user, ==, expected_user);
  g_assert_false (net_sasl_is_complete (sasl));
  password = net_sasl_respond (sasl, "UGFzc3dvcmQ6", NULL);
  g_assert_cmpstr (password, ==, expected_password);
  g_assert_true (net_sasl_is_complete (sasl));
  g_assert_null (net_sasl_respond (sasl, "", &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
}

static NetSasl *
new_token_sasl (const char *mechanism, const char *user, const char *token, const NetPeer *to)
{
  const char *const mechanisms[] = { mechanism, NULL };

  return net_sasl_new (
      mechanisms, &(NetLogin){ .kind = BASE_SIGN_IN_OAUTH, .user = user, .secret = token }, to);
}

/* RFC 7628, 4.1, and the example that Google publishes of XOAUTH2 */
static void
test_token (void)
{
  static const NetPeer example = { .host = "server.example.com", .port = 143 };
  static const struct
  {
    const char *mechanism, *user, *token, *initial;
  } cases[] = {
    { "OAUTHBEARER", "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
      "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB" },
    { "XOAUTH2", "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
      "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (NetSasl) sasl =
        new_token_sasl (cases[i].mechanism, cases[i].user, cases[i].token, &example);
    g_autoptr (NetSasl) late =
        new_token_sasl (cases[i].mechanism, cases[i].user, cases[i].token, &example);
    g_autofree char *initial = net_sasl_initial (sasl);
    g_autofree char *asked = net_sasl_respond (late, "", NULL);

    g_assert_cmpstr (initial, ==, cases[i].initial);
    g_assert_cmpstr (asked, ==, cases[i].initial);
    g_assert_true (net_sasl_is_complete (sasl));
    g_assert_true (net_sasl_is_complete (late));
  }
}

/* "," and "=" of a name are written otherwise in OAUTHBEARER alone. */
static void
test_token_name (void)
{
  g_autoptr (NetSasl) sasl = new_token_sasl ("OAUTHBEARER", "a=b,c", "token", &peer);
  g_autoptr (NetSasl) other = new_token_sasl ("XOAUTH2", "a=b,c", "token", &peer);
  g_autofree char *initial = net_sasl_initial (sasl);
  g_autofree char *other_initial = net_sasl_initial (other);
  g_autofree char *text = decode (initial);
  g_autofree char *other_text = decode (other_initial);

  g_assert_true (
      g_str_has_prefix (text, "n,a=a=3Db=2Cc,\001host=imap.example.org\001port=993\001"));
  g_assert_true (g_str_has_prefix (other_text, "user=a=b,c\001auth=Bearer "));
}

/* What comes after the token is why it is refused; it is answered, once, with nothing of ours. */
static void
test_token_refused (void)
{
  static const struct
  {
    const char *mechanism, *challenge, *status, *response;
  } cases[] = {
    { "OAUTHBEARER", "{\"status\":\"invalid_token\",\"scope\":\"example_scope\"}", "invalid_token",
      "AQ==" },
    { "XOAUTH2",
      "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"https://mail.google.com/\"}", "401",
      "" },
    { "OAUTHBEARER", "{\"status\":{\"invalid\":1}}", NULL, "AQ==" },
    { "OAUTHBEARER", "{\"status\":401}", NULL, "AQ==" },
    { "OAUTHBEARER", "[\"status\"]", NULL, "AQ==" },
    { "OAUTHBEARER", "{\"status\":", NULL, "AQ==" },
    { "XOAUTH2", "no JSON", NULL, "" },
    { "XOAUTH2", "null", NULL, "" },
    { "XOAUTH2", "", NULL, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (NetSasl) sasl = new_token_sasl (cases[i].mechanism, "u", "token", &peer);
    g_autofree char *initial = net_sasl_initial (sasl);
    g_autofree char *challenge = encode (cases[i].challenge);
    g_autofree char *response = net_sasl_respond (sasl, challenge, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_cmpstr (response, ==, cases[i].response);
    g_assert_cmpstr (net_sasl_get_status (sasl), ==, cases[i].status);
    /* Who goes on as if nothing had been is not believed. */
    g_assert_false (net_sasl_is_complete (sasl));
    g_assert_null (net_sasl_respond (sasl, challenge, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  }
}

static void
test_external (void)
{
  static const char *const users[] = { "alice@example.org", "" };

  for (guint i = 0; i < G_N_ELEMENTS (users); i++) {
    const char *const mechanisms[] = { "EXTERNAL", NULL };
    NetLogin login = { .kind = BASE_SIGN_IN_CERTIFICATE, .user = users[i] };
    g_autoptr (NetSasl) sasl = net_sasl_new (mechanisms, &login, &peer);
    g_autoptr (NetSasl) late = net_sasl_new (mechanisms, &login, &peer);
    g_autofree char *initial = net_sasl_initial (sasl);
    g_autofree char *asked = net_sasl_respond (late, "", NULL);
    g_autofree char *expected = encode (users[i]);
    g_autoptr (GError) error = NULL;

    g_assert_cmpstr (initial, ==, expected);
    g_assert_cmpstr (asked, ==, expected);
    g_assert_true (net_sasl_is_complete (sasl));
    g_assert_null (net_sasl_respond (sasl, "", &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  }
}

typedef struct
{
  const char *mechanism, *nonce, *first, *server_first, *final, *server_final;
} Example;

/* RFC 5802, section 5, and RFC 7677, section 3 */
static const Example examples[] = {
  { "SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
  { "SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
};

/* Up to the proof, as the example says. */
static NetSasl *
begin (const Example *example)
{
  g_autoptr (NetSasl) sasl = new_sasl (example->mechanism, "user", "pencil");
  g_autofree char *challenge = encode (example->server_first);
  g_autofree char *initial = NULL;
  g_autofree char *first = NULL;
  g_autofree char *response = NULL;
  g_autofree char *final = NULL;

  net_sasl_set_nonce (sasl, example->nonce);
  initial = net_sasl_initial (sasl);
  first = decode (initial);
  g_assert_cmpstr (first, ==, example->first);
  response = net_sasl_respond (sasl, challenge, NULL);
  final = decode (response);
  g_assert_cmpstr (final, ==, example->final);
  g_assert_false (net_sasl_is_complete (sasl));
  return g_steal_pointer (&sasl);
}

static void
test_scram (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
    g_autoptr (NetSasl) sasl = begin (&examples[i]);
    g_autofree char *challenge = encode (examples[i].server_final);
    g_autofree char *last = net_sasl_respond (sasl, challenge, NULL);

    g_assert_cmpstr (last, ==, "");
    g_assert_true (net_sasl_is_complete (sasl));
  }
}

/* A server that does not know the password cannot pass for the right one. */
static void
test_scram_forged (void)
{
  static const char *const forged[] = { "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "v=", "x=y", "",
                                        "v=rmF9pqV8S7suAoZWja4dJRkFsA==" };

  for (guint i = 0; i < G_N_ELEMENTS (forged); i++) {
    g_autoptr (NetSasl) sasl = begin (&examples[0]);
    g_autofree char *challenge = encode (forged[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (net_sasl_respond (sasl, challenge, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    g_assert_false (net_sasl_is_complete (sasl));
  }
}

static void
test_scram_refused (void)
{
  g_autoptr (NetSasl) sasl = begin (&examples[1]);
  g_autofree char *challenge = encode ("e=invalid-proof");
  g_autoptr (GError) error = NULL;

  g_assert_null (net_sasl_respond (sasl, challenge, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_cmpstr (base_error_get_detail (error), ==, "invalid-proof");
}

static void
test_scram_nonsense (void)
{
  static const char *const firsts[] = {
    "",
    "r=other,s=QSXCR+Q6sek8bf92,i=4096",
    "r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",
    "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=0",
    "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=-1",
    "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=4000000000",
    "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=",
    "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92",
    "r=fyko+d2lbbFgONRv9qkxdawLx,s=,i=4096",
    "m=x,r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=4096",
    "s=QSXCR+Q6sek8bf92,r=fyko+d2lbbFgONRv9qkxdawLx,i=4096",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  };

  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++) {
    g_autoptr (NetSasl) sasl = new_sasl ("SCRAM-SHA-1", "user", "pencil");
    g_autofree char *challenge = encode (firsts[i]);
    g_autofree char *initial = NULL;
    g_autoptr (GError) error = NULL;

    net_sasl_set_nonce (sasl, "fyko+d2lbbFgONRv9qkxdawL");
    initial = net_sasl_initial (sasl);
    g_assert_null (net_sasl_respond (sasl, challenge, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
    g_assert_false (net_sasl_is_complete (sasl));
  }
}

/* Every beginning of a good challenge is an error or a proof, never a crash. */
static void
test_scram_cut (void)
{
  const char *whole = examples[0].server_first;

  for (gsize length = 0; length < strlen (whole); length++) {
    g_autoptr (NetSasl) sasl = new_sasl ("SCRAM-SHA-1", "user", "pencil");
    g_autofree char *part = g_strndup (whole, length);
    g_autofree char *challenge = encode (part);
    g_autofree char *initial = NULL;
    g_autofree char *response = NULL;

    net_sasl_set_nonce (sasl, examples[0].nonce);
    initial = net_sasl_initial (sasl);
    response = net_sasl_respond (sasl, challenge, NULL);
    g_assert_false (net_sasl_is_complete (sasl));
  }
}

static void
test_scram_name (void)
{
  g_autoptr (NetSasl) sasl = new_sasl ("SCRAM-SHA-256", "a=b,c", "p");
  g_autoptr (NetSasl) other = new_sasl ("SCRAM-SHA-256", "a=b,c", "p");
  g_autofree char *initial = net_sasl_initial (sasl);
  g_autofree char *other_initial = net_sasl_initial (other);
  g_autofree char *text = decode (initial);

  g_assert_true (g_str_has_prefix (text, "n,,n=a=3Db=2Cc,r="));
  g_assert_cmpstr (initial, !=, other_initial);
}

void
test_sasl_add (void)
{
  g_test_add_func ("/net/sasl/choice", test_choice);
  g_test_add_func ("/net/sasl/plain", test_plain);
  g_test_add_func ("/net/sasl/login", test_login);
  g_test_add_func ("/net/sasl/token", test_token);
  g_test_add_func ("/net/sasl/token-name", test_token_name);
  g_test_add_func ("/net/sasl/token-refused", test_token_refused);
  g_test_add_func ("/net/sasl/external", test_external);
  g_test_add_func ("/net/sasl/scram", test_scram);
  g_test_add_func ("/net/sasl/scram-forged", test_scram_forged);
  g_test_add_func ("/net/sasl/scram-refused", test_scram_refused);
  g_test_add_func ("/net/sasl/scram-nonsense", test_scram_nonsense);
  g_test_add_func ("/net/sasl/scram-cut", test_scram_cut);
  g_test_add_func ("/net/sasl/scram-name", test_scram_name);
}
