/* Signing in, and being refused. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"
#include "base-log.h"

/* What a person may send with a report of a bug: no password, as it is or in base64. */
static void
check_trace (const char *password)
{
  g_autofree char *trace = base_log_dup_trace ();
  g_autofree char *quoted = g_strescape (password, NULL);
  const char *const secrets[] = { "AHVzZXIAc2VjcmV0", "AHVzZXI", quoted, password };

  g_assert_nonnull (strstr (trace, "(secret)"));
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    g_assert_true (g_str_equal (secrets[i], "secret") || strstr (trace, secrets[i]) == NULL);
}

static void
check_sign_in (const char *script, const char *user, const char *password)
{
  g_autoptr (FakeServer) server = test_server_new (script);
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_open (server);
  gboolean signed_in =
      imap_session_sign_in (session, &(NetLogin){ .user = user, .secret = password }, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (signed_in);
  test_done (server, session);
  check_trace (password);
}

static void
check_refused (const char *script, BaseErrorCode code, const char *words, const char *detail)
{
  g_autoptr (FakeServer) server = test_server_new (script);
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_open (server);
  g_assert_false (imap_session_sign_in (session, &(NetLogin){ .user = "user", .secret = "secret" },
                                        NULL, &error));
  g_assert_error (error, BASE_ERROR, (int)code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_cmpstr (base_error_get_detail (error), ==, detail);
  test_done (server, session);
}

static void
test_plain (void)
{
  check_sign_in (TEST_SIGN_IN (""), "user", "secret");
}

static void
test_plain_without_initial (void)
{
  check_sign_in ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n"
                 "C: A1 AUTHENTICATE PLAIN\n"
                 "S: +\n"
                 "C: AHVzZXIAc2VjcmV0\n"
                 "S: * CAPABILITY IMAP4rev1\n"
                 "S: A1 OK in\n",
                 "user", "secret");
}

/* Capabilities are asked for again where the server does not tell them by itself. */
static void
test_login (void)
{
  check_sign_in ("S: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hello\n"
                 "C: A1 LOGIN \"us er\" \"a\\\\\"b\"\n"
                 "S: A1 OK in\n"
                 "C: A2 CAPABILITY\n"
                 "S: * CAPABILITY IMAP4rev1\n"
                 "S: A2 OK done\n",
                 "us er", "a\"b");
}

static void
test_login_literal (void)
{
  check_sign_in ("S: * OK [CAPABILITY IMAP4rev1] hello\n"
                 "C: A1 LOGIN \"user\" {6}\n"
                 "S: + go on\n"
                 "L: 비밀\n"
                 "C: \n"
                 "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
                 "user", "비밀");
}

static void
test_wrong_password (void)
{
  check_refused (TEST_GREETING "C: A1 AUTHENTICATE PLAIN *\n"
                               "S: A1 NO [AUTHENTICATIONFAILED] Authentication failed.\n",
                 BASE_ERROR_AUTH, "did not accept the user name or the password",
                 "Authentication failed.");
}

/* A server that repeats what it was told does not get it into what is shown, logged or kept. */
static void
test_echo (void)
{
  static const char *const scripts[] = {
    TEST_GREETING
    "C: A1 AUTHENTICATE PLAIN *\n"
    "S: A1 NO [AUTHENTICATIONFAILED] user hunter2hunter2 AHVzZXIAaHVudGVyMmh1bnRlcjI= is wrong\n",
    "S: * OK [CAPABILITY IMAP4rev1] hello\n"
    "C: A1 LOGIN *\n"
    "S: * NO [ALERT] user hunter2hunter2 AHVzZXIAaHVudGVyMmh1bnRlcjI= is wrong\n"
    "S: A1 NO user hunter2hunter2 AHVzZXIAaHVudGVyMmh1bnRlcjI= is wrong\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (FakeServer) server = test_server_new (scripts[i]);
    const NetLogin login = { .user = "user", .secret = "hunter2hunter2" };
    g_autoptr (GError) error = NULL;
    ImapSession *session = test_open (server);
    g_autofree char *trace = NULL;

    g_assert_false (imap_session_sign_in (session, &login, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
    g_assert_cmpstr (base_error_get_detail (error), ==, "user (secret) (secret) is wrong");
    test_done (server, session);
    trace = base_log_dup_trace ();
    g_assert_nonnull (strstr (trace, "user (secret) (secret) is wrong"));
    g_assert_null (strstr (trace, "hunter2"));
    g_assert_null (strstr (trace, "aHVudGVy"));
    g_assert_null (strstr (trace, "AHVzZXIA"));
  }
}

/* A password is not tried twice, and the alert is told. */
static void
test_alert (void)
{
  check_refused (TEST_GREETING "C: A1 AUTHENTICATE PLAIN *\n"
                               "S: * NO [ALERT] Use an application password.\n"
                               "S: A1 NO Failure\n"
                               "EOF\n",
                 BASE_ERROR_AUTH, "did not accept", "Failure\nUse an application password.");
}

static void
test_unavailable (void)
{
  check_refused (TEST_GREETING "C: A1 AUTHENTICATE PLAIN *\n"
                               "S: A1 NO [UNAVAILABLE] later\n",
                 BASE_ERROR_RETRY, "at the moment", "later");
}

static void
test_expired (void)
{
  check_refused (TEST_GREETING "C: A1 AUTHENTICATE PLAIN *\nS: A1 NO [EXPIRED] old\n",
                 BASE_ERROR_AUTH, "has expired", "old");
}

static void
test_no_way (void)
{
  check_refused ("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] hello\nEOF\n",
                 BASE_ERROR_AUTH, "no way of signing in", NULL);
}

static void
test_bye (void)
{
  check_refused (TEST_GREETING "C: A1 AUTHENTICATE PLAIN *\nS: * BYE shutting down\n",
                 BASE_ERROR_RETRY, "ended the connection", "shutting down");
}

/* A server that lets anybody in has not shown that it knows the password. */
static void
test_scram_without_proof (void)
{
  check_refused ("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hello\n"
                 "C: A1 AUTHENTICATE SCRAM-SHA-256 *\n"
                 "S: A1 OK in\n",
                 BASE_ERROR_TRUST, "did not prove", "in");
}

static void
test_scram_nonsense (void)
{
  g_autoptr (FakeServer) server =
      test_server_new ("S: * OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-1] hello\n"
                       "C: A1 AUTHENTICATE SCRAM-SHA-1\n"
                       "S: + \n"
                       "C: *\n"
                       "S: + !!!\n"
                       "C: *\n"
                       "S: A1 BAD called off\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_open (server);
  g_assert_false (imap_session_sign_in (session, &(NetLogin){ .user = "user", .secret = "secret" },
                                        NULL, &error));
  g_assert_nonnull (error);
  g_assert_false (imap_session_is_usable (session));
  test_done (server, session);
}

/* SCRAM is offered, but the server has no verifier for this user. */
static void
test_scram_then_plain (void)
{
  check_sign_in ("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] hello\n"
                 "C: A1 AUTHENTICATE SCRAM-SHA-256 *\n"
                 "S: A1 NO no such verifier\n"
                 "C: A2 AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0\n"
                 "S: A2 OK [CAPABILITY IMAP4rev1] in\n",
                 "user", "secret");
}

#define GREET(more) "S: * OK [CAPABILITY IMAP4rev1 " more "] hello\n"

/* By whatever words it is refused, a password that went out does not go out again: neither by another mechanism nor by LOGIN. */
static void
test_told_once (void)
{
  static const char *const refusals[] = {
    "BAD what",      "BAD [AUTHENTICATIONFAILED] what", "NO", "NO no",
    "NO [ALERT] no", "NO bad protocol / cancel",
  };
  static const char *const told[] = {
    GREET ("SASL-IR AUTH=PLAIN AUTH=LOGIN") "C: A1 AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0\n",
    GREET ("AUTH=PLAIN AUTH=LOGIN") "C: A1 AUTHENTICATE PLAIN\nS: +\nC: AHVzZXIAc2VjcmV0\n",
    GREET ("AUTH=LOGIN") "C: A1 AUTHENTICATE LOGIN\nS: + VXNlcm5hbWU6\nC: dXNlcg==\n"
                         "S: + UGFzc3dvcmQ6\nC: c2VjcmV0\n",
    GREET ("") "C: A1 LOGIN \"user\" \"secret\"\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (told) * G_N_ELEMENTS (refusals); i++) {
    const char *refusal = refusals[i / G_N_ELEMENTS (told)];
    g_autofree char *script =
        g_strdup_printf ("%sS: A1 %s\nEOF\n", told[i % G_N_ELEMENTS (told)], refusal);
    const char *words = strchr (refusal, ' ');

    if (words != NULL && words[1] == '[')
      words = strstr (refusal, "] ") + 1;
    check_refused (script, BASE_ERROR_AUTH, "did not accept", words != NULL ? words + 1 : NULL);
  }
}

/* As long as it did not go out, there may be another way. */
static void
test_not_told (void)
{
  check_sign_in (
      GREET ("AUTH=PLAIN AUTH=LOGIN") "C: A1 AUTHENTICATE PLAIN\nS: A1 BAD what\n"
                                      "C: A2 AUTHENTICATE LOGIN\nS: + \nC: dXNlcg==\nS: A2 NO no\n"
                                      "C: A3 LOGIN \"user\" \"secret\"\n"
                                      "S: A3 OK [CAPABILITY IMAP4rev1] in\n",
      "user", "secret");
}

#define PLUS_256   "C: A1 AUTHENTICATE SCRAM-SHA-256-PLUS $first\n"
#define OFFER      "SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 AUTH=CRAM-MD5 AUTH=NTLM"
#define OFFER_PLUS OFFER " AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256-PLUS"

typedef struct
{
  const char *priority; /* of the server's TLS; NULL: 1.3 */
  BaseProof before;
  const char *script;
  int code; /* -1: signed in */
  const char *words;
  BaseProof proof;
} Scram;

/* With a server that does its part of it. */
static void
check_scram (const Scram *test)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetLogin login = { .user = "user", .secret = "secret", .proved = test->before };
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  ImapSession *session;

  if (test->priority != NULL)
    fake_server_set_priority (server, test->priority);
  fake_server_add_script (server, test->script, NULL);
  session = imap_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  if (imap_session_sign_in (session, &login, NULL, &error)) {
    g_assert_no_error (error);
    g_assert_cmpint (test->code, <, 0);
  } else {
    g_assert_cmpint (test->code, >=, 0);
    g_assert_error (error, BASE_ERROR, test->code);
    g_assert_nonnull (strstr (error->message, test->words));
  }
  g_assert_cmpint (imap_session_get_proof (session), ==, test->proof);
  test_done (server, session);
}

static void
test_scram (void)
{
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define NO_EMS  TLS_1_2 ":%NO_SESSION_HASH"
  static const Scram tests[] = {
    /* Bound to the connection, by TLS 1.3 and 1.2, with and without a first response. */
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256 "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p\n"
                                  "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, BASE_PROOF_BOUND },
    { NULL, BASE_PROOF_BOUND,
      GREET (
          "AUTH=SCRAM-SHA-1-PLUS AUTH=PLAIN") "C: A1 AUTHENTICATE SCRAM-SHA-1-PLUS\nS: + \nC: $first\n"
                                              "SCRAM: + $first SCRAM-SHA-1-PLUS user secret p\n"
                                              "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, BASE_PROOF_BOUND },
    { TLS_1_2, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256 "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p\n"
                                  "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, BASE_PROOF_BOUND },
    /* Nothing to bind to. */
    { NO_EMS, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) "C: A1 AUTHENTICATE SCRAM-SHA-256 $first\n"
                         "SCRAM: + $first SCRAM-SHA-256 user secret n\n"
                         "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, BASE_PROOF_SCRAM },
    { NULL, BASE_PROOF_SCRAM,
      GREET (OFFER) "C: A1 AUTHENTICATE SCRAM-SHA-256 $first\n"
                    "SCRAM: + $first SCRAM-SHA-256 user secret y\n"
                    "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, BASE_PROOF_SCRAM },
    /* Less than before: not a word. */
    { NO_EMS, BASE_PROOF_BOUND, GREET (OFFER_PLUS) "EOF", BASE_ERROR_TRUST, "nobody stands between",
      BASE_PROOF_NONE },
    { NULL, BASE_PROOF_BOUND, GREET (OFFER) "EOF", BASE_ERROR_TRUST, "nobody stands between",
      BASE_PROOF_NONE },
    { NULL, BASE_PROOF_SCRAM, GREET ("SASL-IR AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5") "EOF",
      BASE_ERROR_TRUST, "without being told it", BASE_PROOF_NONE },
    { NULL, BASE_PROOF_SCRAM, GREET ("SASL-IR") "EOF", BASE_ERROR_TRUST, "without being told it",
      BASE_PROOF_NONE },
    { NULL, BASE_PROOF_SCRAM,
      GREET (OFFER) "C: A1 AUTHENTICATE SCRAM-SHA-256 *\nS: A1 BAD what\n"
                    "C: A2 AUTHENTICATE SCRAM-SHA-1 *\nS: A2 BAD what\nEOF",
      BASE_ERROR_TRUST, "without being told it, and refuses that now", BASE_PROOF_NONE },
    /* Somebody stands between: the server sees another connection. */
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256 "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p elsewhere\n"
                                  "S: A1 NO no\n",
      BASE_ERROR_TRUST, "stand between", BASE_PROOF_NONE },
    { NULL, BASE_PROOF_NONE,
      GREET (
          OFFER) "C: A1 AUTHENTICATE SCRAM-SHA-256 $first\n"
                 "SCRAM: + $first SCRAM-SHA-256 user secret y e=server-does-support-channel-binding\n"
                 "S: A1 NO no\n",
      BASE_ERROR_TRUST, "stand between", BASE_PROOF_NONE },
    /* It binds in another way than we do. */
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256
      "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p e=unsupported-channel-binding-type\n"
      "S: A1 NO [AUTHENTICATIONFAILED] no\n"
      "C: A2 AUTHENTICATE SCRAM-SHA-256 $second\n"
      "SCRAM: + $second SCRAM-SHA-256 user secret n\n"
      "S: A2 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, BASE_PROOF_SCRAM },
    /* So does Cyrus. */
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256 "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p mute\n"
                                  "S: A1 NO bad protocol / cancel\n"
                                  "C: A2 AUTHENTICATE SCRAM-SHA-256 $second\n"
                                  "SCRAM: + $second SCRAM-SHA-256 user secret n\n"
                                  "S: A2 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, BASE_PROOF_SCRAM },
    { NULL, BASE_PROOF_BOUND,
      GREET (OFFER_PLUS) PLUS_256
      "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p e=unsupported-channel-binding-type\n"
      "S: A1 NO [AUTHENTICATIONFAILED] no\nEOF",
      BASE_ERROR_TRUST, "nobody stands between this computer and it, and refuses that now",
      BASE_PROOF_NONE },
    { NULL, BASE_PROOF_BOUND, GREET (OFFER_PLUS) PLUS_256 "S: A1 BAD what\nEOF", BASE_ERROR_TRUST,
      "and refuses that now", BASE_PROOF_NONE },
    /* It has no time to look at the proof, which says nothing about the password. */
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256
      "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p e=no-resources\nS: A1 NO no\n",
      BASE_ERROR_RETRY, "at the moment", BASE_PROOF_NONE },
    /* One failed attempt, whatever the server says to it. */
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256
      "SCRAM: + $first SCRAM-SHA-256-PLUS user other p\nS: A1 NO no\nEOF",
      BASE_ERROR_AUTH, "did not accept", BASE_PROOF_NONE },
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER) "C: A1 AUTHENTICATE SCRAM-SHA-256 $first\n"
                    "SCRAM: + $first SCRAM-SHA-256 user other y mute\nS: A1 BAD no\nEOF",
      BASE_ERROR_AUTH, "did not accept", BASE_PROOF_NONE },
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER) "C: A1 AUTHENTICATE SCRAM-SHA-256 $first\nS: + cj1ub25zZW5zZQ==\nC: \\*\n"
                    "S: A1 NO no\nEOF",
      BASE_ERROR_AUTH, "makes no sense", BASE_PROOF_NONE },
    /* A server that does not know the password, and one that wants it cheap. */
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256 "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p forged\n"
                                  "S: A1 OK in\n",
      BASE_ERROR_TRUST, "could not prove", BASE_PROOF_NONE },
    { NULL, BASE_PROOF_NONE,
      GREET (OFFER_PLUS) PLUS_256 "SCRAM: + $first SCRAM-SHA-256-PLUS user secret p i=4095\n"
                                  "S: A1 BAD called off\nEOF",
      BASE_ERROR_TRUST, "easy to guess", BASE_PROOF_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    check_scram (&tests[i]);
}

#define BEARER  "bixhPXVzZXIsAWhvc3Q9MTI3LjAuMC4xAXBvcnQ9"
#define XOAUTH2 "dXNlcj11c2VyAWF1dGg9QmVhcmVyIHRva2VuAQE="

typedef struct
{
  BaseSignIn kind;
  const char *script;
  int code; /* -1: signed in */
  const char *words, *detail;
} Keyless;

/* By a token and by a certificate, with and without a first response in the command.  Nothing else is tried, and no password is
 * made of a token. */
static void
test_keyless (void)
{
#define INVALID "S: + eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\n"
#define SCOPE   "S: + eyJzdGF0dXMiOiJpbnN1ZmZpY2llbnRfc2NvcGUifQ==\n"
  static const Keyless cases[] = {
    { BASE_SIGN_IN_OAUTH,
      GREET (
          "SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER") "C: A1 AUTHENTICATE OAUTHBEARER " BEARER
                                                              "*\n"
                                                              "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, NULL },
    { BASE_SIGN_IN_OAUTH,
      GREET ("AUTH=OAUTHBEARER") "C: A1 AUTHENTICATE OAUTHBEARER\nS: + \nC: " BEARER "*\n"
                                 "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, NULL },
    { BASE_SIGN_IN_OAUTH,
      GREET ("SASL-IR AUTH=PLAIN AUTH=XOAUTH2") "C: A1 AUTHENTICATE XOAUTH2 " XOAUTH2 "\n"
                                                "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, NULL },
    { BASE_SIGN_IN_OAUTH,
      GREET ("AUTH=XOAUTH2") "C: A1 AUTHENTICATE XOAUTH2\nS: +\nC: " XOAUTH2 "\n"
                             "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, NULL },
    { BASE_SIGN_IN_OAUTH,
      GREET ("SASL-IR AUTH=PLAIN AUTH=OAUTHBEARER") "C: A1 AUTHENTICATE OAUTHBEARER *\n" INVALID
                                                    "C: AQ==\n"
                                                    "S: A1 NO [AUTHENTICATIONFAILED] expired\nEOF",
      BASE_ERROR_AUTH, "not valid any more", "invalid_token\nexpired" },
    { BASE_SIGN_IN_OAUTH,
      GREET ("AUTH=OAUTHBEARER") "C: A1 AUTHENTICATE OAUTHBEARER\nS: + \nC: *\n" SCOPE "C: AQ==\n"
                                 "S: A1 NO no\nEOF",
      BASE_ERROR_AUTH, "does not let Sosik", "insufficient_scope\nno" },
    { BASE_SIGN_IN_OAUTH,
      GREET (
          "SASL-IR AUTH=PLAIN AUTH=XOAUTH2") "C: A1 AUTHENTICATE XOAUTH2 *\n"
                                             "S: + eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=\nC: \n"
                                             "S: A1 NO [AUTHENTICATIONFAILED] Invalid credentials\nEOF",
      BASE_ERROR_AUTH, "not valid any more", "400\nInvalid credentials" },
    { BASE_SIGN_IN_OAUTH,
      GREET ("SASL-IR AUTH=XOAUTH2") "C: A1 AUTHENTICATE XOAUTH2 *\n"
                                     "S: A1 NO [UNAVAILABLE] later\nEOF",
      BASE_ERROR_RETRY, "at the moment", "later" },
    /* One that goes on after its refusal. */
    { BASE_SIGN_IN_OAUTH,
      GREET ("SASL-IR AUTH=OAUTHBEARER") "C: A1 AUTHENTICATE OAUTHBEARER *\n" INVALID
                                         "C: AQ==\n" INVALID "C: \\*\n"
                                         "S: A1 BAD called off\n",
      BASE_ERROR_AUTH, "makes no sense", NULL },
    /* Not known after all: the other one, if the token has not been told yet. */
    { BASE_SIGN_IN_OAUTH,
      GREET ("AUTH=XOAUTH2 AUTH=OAUTHBEARER") "C: A1 AUTHENTICATE OAUTHBEARER\n"
                                              "S: A1 BAD what\nC: A2 AUTHENTICATE XOAUTH2\n"
                                              "S: + \nC: " XOAUTH2 "\n"
                                              "S: A2 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, NULL },
    { BASE_SIGN_IN_OAUTH,
      GREET ("SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER") "C: A1 AUTHENTICATE OAUTHBEARER *\n"
                                                      "S: A1 BAD what\nEOF",
      BASE_ERROR_AUTH, "not valid any more", "what" },
    { BASE_SIGN_IN_OAUTH, GREET ("SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256") "EOF", BASE_ERROR_AUTH,
      "by way of a web page", NULL },
    { BASE_SIGN_IN_CERTIFICATE,
      GREET ("SASL-IR AUTH=PLAIN AUTH=EXTERNAL") "C: A1 AUTHENTICATE EXTERNAL dXNlcg==\n"
                                                 "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, NULL },
    { BASE_SIGN_IN_CERTIFICATE,
      GREET ("AUTH=EXTERNAL") "C: A1 AUTHENTICATE EXTERNAL\nS: + \nC: dXNlcg==\n"
                              "S: A1 OK [CAPABILITY IMAP4rev1] in\n",
      -1, NULL, NULL },
    { BASE_SIGN_IN_CERTIFICATE,
      GREET ("SASL-IR AUTH=PLAIN AUTH=EXTERNAL") "C: A1 AUTHENTICATE EXTERNAL dXNlcg==\n"
                                                 "S: A1 NO who\nEOF",
      BASE_ERROR_TRUST, "did not accept your certificate", "who" },
    { BASE_SIGN_IN_CERTIFICATE, GREET ("SASL-IR AUTH=PLAIN") "EOF", BASE_ERROR_TRUST,
      "with a certificate", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = test_server_new (cases[i].script);
    g_autoptr (GError) error = NULL;
    NetLogin login = { .kind = cases[i].kind, .user = "user", .secret = "token" };
    ImapSession *session = test_open (server);
    gboolean good;

    if (login.kind == BASE_SIGN_IN_CERTIFICATE)
      login.secret = NULL;
    good = imap_session_sign_in (session, &login, NULL, &error);
    if (cases[i].code < 0) {
      g_assert_no_error (error);
      g_assert_true (good);
    } else {
      g_assert_error (error, BASE_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_cmpstr (base_error_get_detail (error), ==, cases[i].detail);
    }
    test_done (server, session);
  }
}

/* What is too long for a command goes as an answer. */
static void
test_long_token (void)
{
  g_autofree char *token = g_strnfill (3000, 'x');
  g_autoptr (FakeServer) server = test_server_new (
      GREET ("SASL-IR AUTH=XOAUTH2") "C: A1 AUTHENTICATE XOAUTH2\nS: + \nC: dXNlcj11c2Vy*\n"
                                     "S: A1 OK [CAPABILITY IMAP4rev1] in\n");
  g_autoptr (GError) error = NULL;
  NetLogin login = { .kind = BASE_SIGN_IN_OAUTH, .user = "user", .secret = token };
  ImapSession *session = test_open (server);

  g_assert_true (imap_session_sign_in (session, &login, NULL, &error));
  g_assert_no_error (error);
  test_done (server, session);
}

/* ID and ENABLE go out together, and either may be refused. */
static void
test_introduce (void)
{
  check_sign_in (TEST_SIGN_IN ("ID ENABLE UTF8=ACCEPT") "C: A2 ID (\"name\" \"Sosik\" *)\n"
                                                        "C: A3 ENABLE UTF8=ACCEPT\n"
                                                        "S: * ID NIL\n"
                                                        "S: A2 BAD what\n"
                                                        "S: A3 BAD what\n",
                 "user", "secret");
}

static void
check_enable (const char *caps, ImapCapability disabled, const char *words)
{
  g_autofree char *script =
      words != NULL ? g_strdup_printf (
          TEST_SIGN_IN ("ENABLE %s") "C: A2 ENABLE %s\nS: A2 OK done\n", caps, words)
                    : g_strdup_printf (TEST_SIGN_IN ("ENABLE %s"), caps);
  g_autoptr (FakeServer) server = test_server_new (script);
  ImapSession *session = test_open (server);
  imap_session_set_disabled (session, disabled);
  g_assert_true (imap_session_sign_in (session, &(NetLogin){ .user = "user", .secret = "secret" },
                                       NULL, NULL));
  g_assert_false ((imap_session_has (session, IMAP_CAP_QRESYNC))
                  && (disabled & IMAP_CAP_CONDSTORE));
  test_done (server, session);
}

/* What is offered and not switched off; QRESYNC has CONDSTORE in it, and goes with it. */
static void
test_enable (void)
{
  check_enable ("QRESYNC CONDSTORE", 0, "QRESYNC");
  check_enable ("QRESYNC", IMAP_CAP_QRESYNC, "CONDSTORE");
  check_enable ("QRESYNC CONDSTORE", IMAP_CAP_CONDSTORE, NULL);
  check_enable ("CONDSTORE UTF8=ACCEPT IMAP4rev2", IMAP_CAP_NAMESPACE,
                "CONDSTORE UTF8=ACCEPT IMAP4rev2");
  check_enable ("CONDSTORE UTF8=ACCEPT", IMAP_CAP_ENABLE, NULL);
}

static void
test_utf8 (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("ENABLE UTF8=ACCEPT") "C: A2 ENABLE UTF8=ACCEPT\n"
                                                           "S: * ENABLED UTF8=ACCEPT\n"
                                                           "S: A2 OK done\n"
                                                           "C: A3 CREATE \"한글\"\n"
                                                           "S: A3 OK done\n"
                                                           "C: A4 LIST \"\" \"*\"\n"
                                                           "S: * LIST () \"/\" \"R&-D 한글\"\n"
                                                           "S: A4 OK done\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  g_assert_true (imap_session_create (session, "한글", NULL, &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, NULL);
  g_assert_cmpstr (((ImapMailbox *)g_ptr_array_index (mailboxes, 0))->name, ==, "R&-D 한글");
  test_done (server, session);
}

void
test_sign_in_add (void)
{
  g_test_add_func ("/imap/sign-in/plain", test_plain);
  g_test_add_func ("/imap/sign-in/plain-without-initial", test_plain_without_initial);
  g_test_add_func ("/imap/sign-in/login", test_login);
  g_test_add_func ("/imap/sign-in/login-literal", test_login_literal);
  g_test_add_func ("/imap/sign-in/wrong-password", test_wrong_password);
  g_test_add_func ("/imap/sign-in/echo", test_echo);
  g_test_add_func ("/imap/sign-in/alert", test_alert);
  g_test_add_func ("/imap/sign-in/unavailable", test_unavailable);
  g_test_add_func ("/imap/sign-in/expired", test_expired);
  g_test_add_func ("/imap/sign-in/no-way", test_no_way);
  g_test_add_func ("/imap/sign-in/bye", test_bye);
  g_test_add_func ("/imap/sign-in/scram-without-proof", test_scram_without_proof);
  g_test_add_func ("/imap/sign-in/scram-nonsense", test_scram_nonsense);
  g_test_add_func ("/imap/sign-in/scram-then-plain", test_scram_then_plain);
  g_test_add_func ("/imap/sign-in/told-once", test_told_once);
  g_test_add_func ("/imap/sign-in/not-told", test_not_told);
  g_test_add_func ("/imap/sign-in/scram", test_scram);
  g_test_add_func ("/imap/sign-in/keyless", test_keyless);
  g_test_add_func ("/imap/sign-in/long-token", test_long_token);
  g_test_add_func ("/imap/sign-in/introduce", test_introduce);
  g_test_add_func ("/imap/sign-in/enable", test_enable);
  g_test_add_func ("/imap/sign-in/utf8", test_utf8);
}
