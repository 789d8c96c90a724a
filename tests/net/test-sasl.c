/* SASL with the published examples, and with servers that lie. */
#include "test-net.h"

#include <string.h>

#include "base-error.h"
#include "net-sasl-private.h"
#include "net-scram-private.h"
#include "net-ways.h"

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
  gboolean binding; /* the connection has one: the octets 0 to 31 */
} Example;

#define NONCE_1   "fyko+d2lbbFgONRv9qkxdawL"
#define ON_1      "3rfcNHYJY1ZVvWVs7j"
#define SALT_1    ",s=QSXCR+Q6sek8bf92,i=4096"
#define NONCE_256 "rOprNGfwEbeRWgbNEkqO"
#define ON_256    "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SALT_256  ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define BOUND_TO  "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,"

/* RFC 5802, section 5, and RFC 7677, section 3; and the same where something could be bound to and is not, and where it is: the RFCs have no
 * example of that, so these were computed by Python's hashlib and hmac, from the text of the RFCs. */
static const Example examples[] = {
  { "SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", FALSE },
  { "SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", FALSE },
  { "SCRAM-SHA-1", NONCE_1, "y,,n=user,r=" NONCE_1, "r=" NONCE_1 ON_1 SALT_1,
    "c=eSws,r=" NONCE_1 ON_1 ",p=BjZF5dV+EkD3YCb3pH3IP8riMGw=", "v=dsprQ5R2AGYt1kn4bQRwTAE0PTU=",
    TRUE },
  { "SCRAM-SHA-256", NONCE_256, "y,,n=user,r=" NONCE_256, "r=" NONCE_256 ON_256 SALT_256,
    "c=eSws,r=" NONCE_256 ON_256 ",p=FoqiHTtQEDE8lz1CdaEe3tK4mS+iMDTl77SPyDS53DY=",
    "v=dI4KpiQJwBr1+V+K6U1dA6l6I4I9DUNXWND4pcpRU3U=", TRUE },
  { "SCRAM-SHA-1-PLUS", NONCE_1, "p=tls-exporter,,n=user,r=" NONCE_1, "r=" NONCE_1 ON_1 SALT_1,
    BOUND_TO "r=" NONCE_1 ON_1 ",p=i0z2xFi+ITaJvbLXpcWyruGx26U=", "v=YgmPUhdXTCPY9I7+PKzEdnp1cdo=",
    TRUE },
  { "SCRAM-SHA-256-PLUS", NONCE_256, "p=tls-exporter,,n=user,r=" NONCE_256,
    "r=" NONCE_256 ON_256 SALT_256,
    BOUND_TO "r=" NONCE_256 ON_256 ",p=QC6CS20quADQRb3mT99YUH+n3VJxUvzuK0K0E1Vrs2M=",
    "v=2GiAgapEppLVlUXbxUDksL3VgYHzuqiK5tR4mhJGgvs=", TRUE },
};

static GBytes *
new_binding (void)
{
  guint8 material[32];

  for (guint8 i = 0; i < sizeof material; i++)
    material[i] = i;
  return g_bytes_new (material, sizeof material);
}

/* Up to the proof, as the example says. */
static NetSasl *
begin (const Example *example)
{
  const char *const mechanisms[] = { example->mechanism, NULL };
  g_autoptr (GBytes) binding = new_binding ();
  NetPeer to = { .host = "h", .port = 1, .binding = example->binding ? binding : NULL };
  g_autoptr (NetSasl) sasl =
      net_sasl_new (mechanisms, &(NetLogin){ .user = "user", .secret = "pencil" }, &to);
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

/* What is not the person's fault is not told as if it were. */
static void
test_scram_refused_binding (void)
{
  static const struct
  {
    guint example;
    const char *error;
    int code; /* -1: there is another way */
  } cases[] = {
    { 5, "channel-bindings-dont-match", BASE_ERROR_TRUST },
    { 3, "server-does-support-channel-binding", BASE_ERROR_TRUST },
    { 5, "unsupported-channel-binding-type", -1 },
    { 4, "channel-binding-not-supported", -1 },
    { 3, "unsupported-channel-binding-type", BASE_ERROR_AUTH },
    { 5, "invalid-proof", BASE_ERROR_AUTH },
    { 5, "unknown-user", BASE_ERROR_AUTH },
    /* It did not look. */
    { 5, "no-resources", BASE_ERROR_RETRY },
    { 3, "no-resources", BASE_ERROR_RETRY },
    /* It may have looked and not say so. */
    { 5, "other-error", BASE_ERROR_AUTH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (NetSasl) sasl = begin (&examples[cases[i].example]);
    g_autofree char *text = g_strconcat ("e=", cases[i].error, NULL);
    g_autofree char *challenge = encode (text);
    g_autoptr (GError) error = NULL;
    g_autofree char *response = net_sasl_respond (sasl, challenge, &error);

    g_assert_cmpstr (response, ==, cases[i].code < 0 ? "" : NULL);
    g_assert_cmpint (net_sasl_is_foreign_binding (sasl), ==, cases[i].code < 0);
    if (cases[i].code >= 0)
      g_assert_error (error, BASE_ERROR, cases[i].code);
    g_assert_false (net_sasl_is_complete (sasl));
  }
}

/* From when on a refusal is one of the password. */
static void
test_gave (void)
{
  static const char *const mechanisms[] = { "PLAIN", "LOGIN", "SCRAM-SHA-1" };

  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++) {
    g_autoptr (NetSasl) sasl = new_sasl (mechanisms[i], "user", "pencil");
    g_autofree char *initial = NULL, *user = NULL, *password = NULL;

    g_assert_false (net_sasl_gave_proof (sasl));
    initial = net_sasl_initial (sasl);
    g_assert_cmpint (net_sasl_gave_proof (sasl), ==, i == 0);
    if (i != 1)
      continue;
    user = net_sasl_respond (sasl, "", NULL);
    g_assert_false (net_sasl_gave_proof (sasl));
    password = net_sasl_respond (sasl, "", NULL);
    g_assert_true (net_sasl_gave_proof (sasl));
  }
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
    g_autoptr (NetSasl) sasl = begin (&examples[i]);

    g_assert_true (net_sasl_gave_proof (sasl));
  }
}

/* A proof that is cheap to guess from is given to nobody. */
static void
test_scram_cheap (void)
{
  static const char *const counts[] = { "1", "2", "1000", "4095" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (counts); i++) {
    g_autoptr (NetSasl) sasl =
        new_sasl (i % 2 == 0 ? "SCRAM-SHA-1" : "SCRAM-SHA-256", "user", "pencil");
    g_autofree char *first =
        g_strdup_printf ("r=" NONCE_1 "x,s=QSXCR+Q6sek8bf92,i=%s", counts[i / 2]);
    g_autofree char *challenge = encode (first);
    g_autofree char *initial = NULL;
    g_autoptr (GError) error = NULL;

    net_sasl_set_nonce (sasl, NONCE_1);
    initial = net_sasl_initial (sasl);
    g_assert_null (net_sasl_respond (sasl, challenge, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    g_assert_nonnull (strstr (error->message, "easy to guess"));
    g_assert_nonnull (strstr (error->message, peer.host));
  }
}

/* RFC 4013, 3, and some more; what it forbids is left as it is. */
static void
test_prepare (void)
{
  static const struct
  {
    const char *text, *prepared;
  } cases[] = {
    { "I\u00adX", "IX" },
    { "user", "user" },
    { "USER", "USER" },
    { "\u00aa", "a" },
    { "\u2168", "IX" },
    { "\a", "\a" },
    { "\u06271", "\u06271" },
    { "a\u00a0b\u3000c", "a b c" },
    { "ﬁ", "fi" },
    { "\ufdfa",
      "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645" },
    { "\u1112\u1161\u11ab", "한" },
    { "비밀", "비밀" },
    { "🔑", "🔑" },
    { "é\xff", "é\xff" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *prepared = net_scram_prepare (cases[i].text);

    g_assert_cmpstr (prepared, ==, cases[i].prepared);
  }
}

static void
check_ways (const char *offered, BaseProof proved, gboolean bindable, const char *refusals,
            const char *expected)
{
  g_auto (GStrv) mechanisms = g_strsplit (offered, " ", -1);
  g_autoptr (GBytes) binding = new_binding ();
  NetPeer to = { .host = "h", .port = 1, .binding = bindable ? binding : NULL };
  NetLogin login = { .user = "u", .secret = "p", .proved = proved };
  g_autoptr (NetWays) ways = net_ways_new ((const char *const *)mechanisms, &login, &to);
  g_autoptr (GString) tried = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0;; i++) {
    g_autoptr (NetSasl) sasl = net_ways_next (ways, &error);
    g_autofree char *initial = sasl != NULL ? net_sasl_initial (sasl) : NULL;
    g_autofree char *text = initial != NULL ? decode (initial) : NULL;

    if (sasl == NULL)
      break;
    g_string_append_printf (tried, "%s%s", i > 0 ? " " : "", net_sasl_get_mechanism (sasl));
    if (net_sasl_get_proof (sasl) != BASE_PROOF_NONE)
      g_string_append_printf (tried, ":%c", text[0]);
    if (refusals[i] == '\0'
        || !net_ways_go_on (ways, sasl,
                            refusals[i] == '?'   ? NET_REFUSAL_UNKNOWN
                            : refusals[i] == '~' ? NET_REFUSAL_PROTOCOL
                                                 : NET_REFUSAL_PLAIN))
      break;
  }
  if (error != NULL) {
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    g_assert_nonnull (strstr (error->message,
                              tried->len == 0 ? "Nothing was sent" : "was not told your password"));
    g_assert_true (base_error_is_less_proof (error));
    g_string_append (tried, "!");
  }
  g_assert_cmpstr (tried->str, ==, expected);
}

/* Which mechanisms are tried, with the first letter of SCRAM, when all are refused: "?" no word of why, "~" not understood, "!" no.  A "!" at the
 * end: the person is warned, and nothing (more) is said. */
static void
test_ways (void)
{
#define ALL                                                                                        \
  "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS CRAM-MD5 NTLM"
#define NO_PLUS "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256"
  const BaseProof none = BASE_PROOF_NONE, scram = BASE_PROOF_SCRAM, bound = BASE_PROOF_BOUND;

  check_ways (ALL, none, TRUE, "!", "SCRAM-SHA-256-PLUS:p");
  check_ways (ALL, none, FALSE, "!", "SCRAM-SHA-256:n");
  check_ways (NO_PLUS, none, TRUE, "!", "SCRAM-SHA-256:y");
  check_ways ("SCRAM-SHA-1 SCRAM-SHA-1-PLUS", none, TRUE, "!", "SCRAM-SHA-1-PLUS:p");
  check_ways ("SCRAM-SHA-256 SCRAM-SHA-1-PLUS", none, TRUE, "!", "SCRAM-SHA-1-PLUS:p");
  /* It cannot bind after all: without, and not as if it had not offered to. */
  check_ways (ALL, none, TRUE, "?!", "SCRAM-SHA-256-PLUS:p SCRAM-SHA-256:n");
  check_ways (ALL, none, TRUE, "~!", "SCRAM-SHA-256-PLUS:p SCRAM-SHA-256:n");
  check_ways (ALL, none, TRUE, "?????", "SCRAM-SHA-256-PLUS:p SCRAM-SHA-256:n SCRAM-SHA-1:n");
  /* It does, in a way that we do not know. */
  check_ways ("PLAIN SCRAM-SHA-256 SCRAM-SHA-512-PLUS", none, TRUE, "!", "SCRAM-SHA-256:n");
  check_ways ("PLAIN SCRAM-SHA-256", none, TRUE, "??", "SCRAM-SHA-256:y PLAIN");
  check_ways ("PLAIN SCRAM-SHA-256", none, TRUE, "~!", "SCRAM-SHA-256:y PLAIN");
  /* A password that was told is not told again, whatever is said to it. */
  check_ways ("PLAIN LOGIN", none, TRUE, "!", "PLAIN");
  check_ways ("PLAIN LOGIN", none, TRUE, "?", "PLAIN");
  check_ways ("PLAIN LOGIN", none, TRUE, "~", "PLAIN");
  /* What was proved once. */
  check_ways (ALL, scram, TRUE, "??", "SCRAM-SHA-256-PLUS:p SCRAM-SHA-256:n SCRAM-SHA-1:n");
  check_ways ("PLAIN SCRAM-SHA-256", scram, TRUE, "!", "SCRAM-SHA-256:y");
  check_ways ("PLAIN SCRAM-SHA-256", scram, TRUE, "?", "SCRAM-SHA-256:y!");
  check_ways ("PLAIN SCRAM-SHA-256", scram, TRUE, "~", "SCRAM-SHA-256:y!");
  check_ways ("PLAIN LOGIN", scram, TRUE, "", "!");
  check_ways ("", scram, TRUE, "", "!");
  check_ways (ALL, bound, TRUE, "!", "SCRAM-SHA-256-PLUS:p");
  check_ways (ALL, bound, TRUE, "?", "SCRAM-SHA-256-PLUS:p!");
  check_ways (ALL, bound, TRUE, "~", "SCRAM-SHA-256-PLUS:p!");
  check_ways (NO_PLUS, bound, TRUE, "", "!");
  check_ways (ALL, bound, FALSE, "", "!");
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
  g_test_add_func ("/net/sasl/scram-refused-binding", test_scram_refused_binding);
  g_test_add_func ("/net/sasl/gave", test_gave);
  g_test_add_func ("/net/sasl/scram-cheap", test_scram_cheap);
  g_test_add_func ("/net/sasl/prepare", test_prepare);
  g_test_add_func ("/net/sasl/ways", test_ways);
  g_test_add_func ("/net/sasl/scram-nonsense", test_scram_nonsense);
  g_test_add_func ("/net/sasl/scram-cut", test_scram_cut);
  g_test_add_func ("/net/sasl/scram-name", test_scram_name);
}
