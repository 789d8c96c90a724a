/* Opening, STARTTLS with everything that can be done to it, signing in, leaving. */
#include "test-smtp.h"

#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "smtp-session-private.h"

#define GREETING "S: 220 mail.test ESMTP\n"
#define EHLO     "C: EHLO [127.0.0.1]\n"

static void
test_capabilities (void)
{
  for (gsize piece = 0; piece < 5; piece++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (SmtpSession) session = NULL;
    FakeFaults faults = FAKE_NO_FAULTS;

    faults.piece = piece;
    fake_server_add_script (
        server,
        "S: 220-mail.test\nS: 220 at your service\n" EHLO
        "S: 250-mail.test\nS: 250-pipelining\nS: 250-SIZE 1000\nS: 250-8BITMIME\nS: 250-X-UNKNOWN a b\n"
        "S: 250-AUTH=LOGIN\nS: 250-AUTH plain LOGIN\nS: 250-SMTPUTF8\nS: 250 ENHANCEDSTATUSCODES\n"
        "C: QUIT\nS: 221 bye\n",
        &faults);
    session = test_open (server);
    g_assert_true (smtp_session_has (session, SMTP_CAP_PIPELINING | SMTP_CAP_SIZE
                                                  | SMTP_CAP_8BITMIME | SMTP_CAP_AUTH));
    g_assert_true (smtp_session_has (session, SMTP_CAP_SMTPUTF8 | SMTP_CAP_ENHANCED));
    g_assert_false (smtp_session_has (session, SMTP_CAP_STARTTLS));
    g_assert_cmpuint (smtp_session_get_size_limit (session), ==, 1000);
    g_assert_true (smtp_session_is_usable (session));
    smtp_session_quit (session);
    g_assert_false (smtp_session_is_usable (session));
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

static void
test_helo (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;

  fake_server_add_script (server, GREETING EHLO "S: 502 what?\nC: HELO [127.0.0.1]\nS: 250 hello\n",
                          NULL);
  session = test_open (server);
  g_assert_cmpuint (smtp_session_get_size_limit (session), ==, 0);
  g_assert_false (smtp_session_has (session, SMTP_CAP_PIPELINING));
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

/* What was said in clear counts for nothing afterwards. */
static void
test_starttls (void)
{
  for (gsize piece = 0; piece < 4; piece++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
    g_autoptr (SmtpSession) session = NULL;
    FakeFaults faults = FAKE_NO_FAULTS;

    faults.piece = piece;
    fake_server_add_script (server,
                            GREETING EHLO
                            "S: 250-mail.test\nS: 250-AUTH PLAIN\nS: 250-SIZE 5\nS: 250 STARTTLS\n"
                            "C: STARTTLS\nS: 220 go ahead\nTLS\n" EHLO
                            "S: 250-mail.test\nS: 250 8BITMIME\n",
                            &faults);
    session = test_open (server);
    g_assert_true (smtp_session_has (session, SMTP_CAP_8BITMIME));
    g_assert_false (smtp_session_has (session, SMTP_CAP_AUTH));
    g_assert_false (smtp_session_has (session, SMTP_CAP_STARTTLS));
    g_assert_cmpuint (smtp_session_get_size_limit (session), ==, 0);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

typedef struct
{
  const char *script;
  BaseErrorCode code;
  const char *word; /* of the sentence */
} Refusal;

static void
check_refusal (FakeMode mode, const Refusal *refusal)
{
  g_autoptr (FakeServer) server = fake_server_new (mode, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) received = NULL;

  fake_server_add_script (server, refusal->script, NULL);
  session = smtp_session_open (&endpoint, NULL, &error);
  g_assert_null (session);
  g_assert_error (error, BASE_ERROR, (int)refusal->code);
  g_assert_nonnull (strstr (error->message, refusal->word));
  fake_server_check (server);
  received = fake_server_dup_received (server, 0);
  g_assert_null (strstr (g_bytes_get_data (received, NULL), "AUTH"));
}

static void
test_starttls_refused (void)
{
#define CLEAR GREETING EHLO "S: 250-mail.test\nS: 250 STARTTLS\nC: STARTTLS\n"
  static const Refusal refusals[] = {
    /* Stripped on the way, or never offered. */
    { GREETING EHLO "S: 250-mail.test\nS: 250 AUTH PLAIN LOGIN\nEOF", BASE_ERROR_TRUST,
      "no encryption" },
    { GREETING EHLO "S: 250 mail.test STARTTLS\nEOF", BASE_ERROR_TRUST, "no encryption" },
    { GREETING EHLO "S: 502 what?\nEOF", BASE_ERROR_REFUSED, "does not want to talk" },
    { CLEAR "S: 454 4.7.0 TLS not available\nEOF", BASE_ERROR_RETRY, "cannot encrypt" },
    { CLEAR "S: 502 no\nEOF", BASE_ERROR_TRUST, "refused to encrypt" },
    { CLEAR "S: 250 fine\nEOF", BASE_ERROR_TRUST, "refused to encrypt" },
    { CLEAR "S: 421 closing\nEOF", BASE_ERROR_RETRY, "closing down" },
    /* Injected before the handshake. */
    { CLEAR "S: 220 go\\r\\n250-evil\\r\\n250 AUTH PLAIN\nSTALL", BASE_ERROR_TRUST,
      "listening in" },
    { CLEAR "S: 220 go\nWAIT 20\nS: 250 evil\nSTALL", BASE_ERROR_TRUST, "listening in" },
    { CLEAR "S: 220 go\nCUT", BASE_ERROR_BROKEN, "closed the connection" },
    { CLEAR "CUT", BASE_ERROR_BROKEN, "closed the connection" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    check_refusal (FAKE_PLAIN, &refusals[i]);
}

static void
test_open_refused (void)
{
  static const Refusal refusals[] = {
    { "S: 554 go away\nEOF", BASE_ERROR_REFUSED, "does not accept connections" },
    { "S: 421 busy\nEOF", BASE_ERROR_RETRY, "does not accept connections" },
    { "S: 250 hello\nEOF", BASE_ERROR_BROKEN, "makes no sense" },
    { "S: * OK IMAP4rev1\nEOF", BASE_ERROR_BROKEN, "makes no sense" },
    { "CLOSE", BASE_ERROR_BROKEN, "closed the connection" },
    { GREETING EHLO "S: 421 busy\nEOF", BASE_ERROR_RETRY, "does not want to talk" },
    { GREETING EHLO "S: 450 later\nEOF", BASE_ERROR_RETRY, "does not want to talk" },
    { GREETING EHLO "S: 550 no\nC: HELO *\nS: 550 no\nEOF", BASE_ERROR_REFUSED,
      "does not want to talk" },
    { GREETING EHLO "S: 250-mail.test\nS: 251 other\nEOF", BASE_ERROR_BROKEN, "makes no sense" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    check_refusal (FAKE_TLS, &refusals[i]);
}

/* A bad certificate ends it before a word is said. */
static void
test_bad_certificate (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_EXPIRED);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) received = NULL;

  fake_server_add_script (server, "EOF", NULL);
  g_assert_null (smtp_session_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  fake_server_check (server);
  received = fake_server_dup_received (server, 0);
  g_assert_cmpuint (g_bytes_get_size (received), ==, 0);
}

/* The way to a secure session, cut after every octet that the server says: an error, never a session, never a hang. */
static void
test_open_cuts (void)
{
  const char *script =
      GREETING EHLO "S: 250-mail.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\n" EHLO
                    "S: 250-mail.test\nS: 250 AUTH PLAIN\n";
  gint64 whole = G_MAXINT64; /* known after the first round, which is not cut */

  for (gint64 octets = -1; octets < whole; octets++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
    NetEndpoint endpoint = fake_server_endpoint (server);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;
    FakeFaults faults = FAKE_NO_FAULTS;

    faults.cut_out = octets;
    fake_server_add_script (server, script, &faults);
    session = smtp_session_open (&endpoint, NULL, &error);
    if (octets < 0) {
      g_assert_no_error (error);
      g_assert_nonnull (session);
      whole = (gint64)fake_server_count_sent (server, 0);
    } else {
      g_assert_null (session);
      g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
    }
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

typedef struct
{
  const char *mechanisms, *script;
  int code; /* -1: signed in */
  const char *word;
  BaseSignIn kind;
} SignIn;

/* What a person may send with a report of a bug. */
static void
check_trace (void)
{
  static const char *const secrets[] = { "tanstaaf", "dGFuc3RhYWZ0YW5zdGFhZg",
                                         "AHRpbQB0YW5zdGFhZnRhbnN0YWFm" };
  g_autofree char *trace = base_log_dup_trace ();

  g_assert_nonnull (strstr (trace, "> EHLO"));
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    g_assert_null (strstr (trace, secrets[i]));
}

static void
check_sign_in (const SignIn *sign_in, gsize piece)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autofree char *script =
      g_strconcat (GREETING EHLO "S: 250-mail.test\nS: 250 AUTH ", sign_in->mechanisms, "\n",
                   sign_in->script, sign_in->code < 0 ? EHLO "S: 250 mail.test\n" : NULL, NULL);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;
  NetLogin login = { .kind = sign_in->kind, .user = "tim", .secret = "tanstaaftanstaaf" };

  if (login.kind == BASE_SIGN_IN_CERTIFICATE)
    login.secret = NULL;
  faults.piece = piece;
  fake_server_add_script (server, script, &faults);
  session = test_open (server);
  g_assert_cmpint (smtp_session_sign_in (session, &login, NULL, &error), ==, sign_in->code < 0);
  if (sign_in->code < 0) {
    g_assert_no_error (error);
    g_assert_true (smtp_session_is_usable (session));
  } else {
    g_assert_error (error, BASE_ERROR, sign_in->code);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, sign_in->word));
    g_assert_null (strstr (error->message, "tanstaaf"));
  }
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
  check_trace ();
}

/* A server that repeats what it was told. */
static void
test_echo (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  const NetLogin login = { .user = "tim", .secret = "tanstaaftanstaaf" };
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server,
                          GREETING EHLO "S: 250-mail.test\nS: 250 AUTH LOGIN\n"
                                        "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dGlt\n"
                                        "S: 334 UGFzc3dvcmQ6\nC: dGFuc3RhYWZ0YW5zdGFhZg==\n"
                                        "S: 535-not tanstaaftanstaaf\n"
                                        "S: 535 nor dGFuc3RhYWZ0YW5zdGFhZg== for tim\n",
                          NULL);
  session = test_open (server);
  g_assert_false (smtp_session_sign_in (session, &login, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_cmpstr (base_error_get_detail (error), ==, "535 not (secret)\nnor (secret) for tim");
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
  check_trace ();
}

static void
test_sign_in (void)
{
#define PLAIN "C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\n"
  static const SignIn sign_ins[] = {
    { "PLAIN", PLAIN "S: 235 2.7.0 welcome\n", -1, NULL, BASE_SIGN_IN_PASSWORD },
    { "LOGIN",
      "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dGlt\nS: 334 UGFzc3dvcmQ6\nC: dGFuc3RhYWZ0YW5zdGFhZg==\nS: 235 welcome\n",
      -1, NULL, BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "S: 535 5.7.8 wrong\n", BASE_ERROR_AUTH,
      "did not accept the password of “tim”", BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "S: 534 5.7.9 application password\n", BASE_ERROR_AUTH, "did not accept",
      BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "S: 454 4.7.0 later\n", BASE_ERROR_RETRY, "cannot check passwords",
      BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "S: 421 bye\n", BASE_ERROR_RETRY, "cannot check passwords",
      BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "S: 250 fine\n", BASE_ERROR_BROKEN, "makes no sense", BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "CUT", BASE_ERROR_BROKEN, "closed the connection", BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "S: 334 more\nC: \\*\nS: 501 aborted\n", BASE_ERROR_AUTH, "makes no sense",
      BASE_SIGN_IN_PASSWORD },
    { "XOAUTH2 CRAM-MD5 NTLM", "EOF", BASE_ERROR_AUTH, "offers no sign-in", BASE_SIGN_IN_PASSWORD },
    { "", "EOF", BASE_ERROR_AUTH, "offers no sign-in", BASE_SIGN_IN_PASSWORD },
    /* Offered, but not there. */
    { "SCRAM-SHA-1 PLAIN", "C: AUTH SCRAM-SHA-1 *\nS: 504 unknown\n" PLAIN "S: 235 welcome\n", -1,
      NULL, BASE_SIGN_IN_PASSWORD },
    { "PLAIN", PLAIN "S: 504 unknown\n", BASE_ERROR_AUTH, "offers no sign-in",
      BASE_SIGN_IN_PASSWORD },
    /* By whatever words it is refused, a password that went out does not go out again. */
    { "PLAIN LOGIN", PLAIN "S: 504 unknown\nEOF", BASE_ERROR_AUTH, "offers no sign-in",
      BASE_SIGN_IN_PASSWORD },
    { "PLAIN LOGIN", PLAIN "S: 500 what\nEOF", BASE_ERROR_AUTH, "did not accept",
      BASE_SIGN_IN_PASSWORD },
    { "PLAIN LOGIN", PLAIN "S: 535 5.7.8 bad protocol / cancel\nEOF", BASE_ERROR_AUTH,
      "did not accept", BASE_SIGN_IN_PASSWORD },
    /* Nobody with a verifier, and it may be let in with the password itself. */
    { "SCRAM-SHA-256 PLAIN LOGIN", "C: AUTH SCRAM-SHA-256 *\nS: 535 no\n" PLAIN "S: 235 welcome\n",
      -1, NULL, BASE_SIGN_IN_PASSWORD },
    { "SCRAM-SHA-256 PLAIN LOGIN",
      "C: AUTH SCRAM-SHA-256 *\nS: 535 5.7.8 no\n" PLAIN "S: 535 5.7.8 no\nEOF", BASE_ERROR_AUTH,
      "did not accept", BASE_SIGN_IN_PASSWORD },
    { "SCRAM-SHA-256 PLAIN", "C: AUTH SCRAM-SHA-256 *\nS: 454 4.7.0 later\nEOF", BASE_ERROR_RETRY,
      "cannot check passwords", BASE_SIGN_IN_PASSWORD },
    /* A server that lets everybody in knows no password. */
    { "SCRAM-SHA-256 PLAIN", "C: AUTH SCRAM-SHA-256 *\nS: 235 welcome\n", BASE_ERROR_TRUST,
      "could not prove", BASE_SIGN_IN_PASSWORD },
    { "SCRAM-SHA-256", "C: AUTH SCRAM-SHA-256 *\nS: 334 bm9uc2Vuc2U=\nC: \\*\nS: 501 aborted\n",
      BASE_ERROR_AUTH, "makes no sense", BASE_SIGN_IN_PASSWORD },
    { "SCRAM-SHA-256", "C: AUTH SCRAM-SHA-256 *\nS: 535 no\n", BASE_ERROR_AUTH, "did not accept",
      BASE_SIGN_IN_PASSWORD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sign_ins); i++) {
    check_sign_in (&sign_ins[i], 0);
    check_sign_in (&sign_ins[i], 1);
  }
}

/* By a token or a certificate.  What is longer than a line may be goes as an answer. */
static void
test_sign_in_keyless (void)
{
#define BEARER  "bixhPXRpbSwBaG9zdD0xMjcuMC4wLjEBcG9ydD0*"
#define XOAUTH2 "dXNlcj10aW0BYXV0aD1CZWFyZXIgdGFuc3RhYWZ0YW5zdGFhZgEB"
#define INVALID "S: 334 eyJzdGF0dXMiOiI0MDEifQ==\n"
  static const SignIn sign_ins[] = {
    { "PLAIN XOAUTH2 OAUTHBEARER", "C: AUTH OAUTHBEARER " BEARER "\nS: 235 welcome\n", -1, NULL,
      BASE_SIGN_IN_OAUTH },
    { "PLAIN XOAUTH2", "C: AUTH XOAUTH2 " XOAUTH2 "\nS: 235 welcome\n", -1, NULL,
      BASE_SIGN_IN_OAUTH },
    { "OAUTHBEARER PLAIN", "C: AUTH OAUTHBEARER *\n" INVALID "C: AQ==\nS: 535 5.7.8 expired\nEOF",
      BASE_ERROR_AUTH, "not valid any more", BASE_SIGN_IN_OAUTH },
    { "XOAUTH2 PLAIN", "C: AUTH XOAUTH2 *\n" INVALID "C: \nS: 535 5.7.8 expired\nEOF",
      BASE_ERROR_AUTH, "not valid any more", BASE_SIGN_IN_OAUTH },
    { "XOAUTH2", "C: AUTH XOAUTH2 *\n" INVALID "C: \nS: 235 welcome\n", BASE_ERROR_TRUST,
      "could not prove", BASE_SIGN_IN_OAUTH },
    { "OAUTHBEARER XOAUTH2", "C: AUTH OAUTHBEARER *\nS: 504 unknown\nEOF", BASE_ERROR_AUTH,
      "by way of a web page", BASE_SIGN_IN_OAUTH },
    { "PLAIN LOGIN SCRAM-SHA-256", "EOF", BASE_ERROR_AUTH, "by way of a web page",
      BASE_SIGN_IN_OAUTH },
    { "PLAIN EXTERNAL", "C: AUTH EXTERNAL dGlt\nS: 235 welcome\n", -1, NULL,
      BASE_SIGN_IN_CERTIFICATE },
    { "EXTERNAL PLAIN", "C: AUTH EXTERNAL dGlt\nS: 535 who\nEOF", BASE_ERROR_TRUST,
      "did not accept your certificate", BASE_SIGN_IN_CERTIFICATE },
    { "PLAIN", "EOF", BASE_ERROR_TRUST, "with a certificate", BASE_SIGN_IN_CERTIFICATE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sign_ins); i++) {
    check_sign_in (&sign_ins[i], 0);
    check_sign_in (&sign_ins[i], 1);
  }
}

static void
test_long_token (void)
{
  static const struct
  {
    gsize length;
    gboolean later;
  } cases[] = { { 330, FALSE }, { 360, TRUE }, { 5000, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *token = g_strnfill (cases[i].length, 'x');
    NetLogin login = { .kind = BASE_SIGN_IN_OAUTH, .user = "tim", .secret = token };
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *script =
        g_strconcat (GREETING EHLO "S: 250-mail.test\nS: 250 AUTH XOAUTH2\n",
                     cases[i].later ? "C: AUTH XOAUTH2\nS: 334 go on\nC: " : "C: AUTH XOAUTH2 ",
                     "dXNlcj10aW0B*\nS: 235 welcome\n" EHLO "S: 250 mail.test\n", NULL);

    fake_server_add_script (server, script, NULL);
    session = test_open (server);
    g_assert_true (smtp_session_sign_in (session, &login, NULL, &error));
    g_assert_no_error (error);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* With a server that does its part of SCRAM: bound to the connection, and never twice. */
static void
test_scram (void)
{
#define PLUS "C: AUTH SCRAM-SHA-256-PLUS $first\nSCRAM: 334 $first SCRAM-SHA-256-PLUS tim "
  static const SignIn sign_ins[] = {
    { "PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS", PLUS "tanstaaftanstaaf p\nS: 235 welcome\n", -1,
      NULL, BASE_SIGN_IN_PASSWORD },
    { "PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS", PLUS "other p\nS: 535 no\nEOF", BASE_ERROR_AUTH,
      "did not accept", BASE_SIGN_IN_PASSWORD },
    { "PLAIN SCRAM-SHA-256-PLUS", PLUS "tanstaaftanstaaf p elsewhere\nS: 535 no\nEOF",
      BASE_ERROR_TRUST, "stand between", BASE_SIGN_IN_PASSWORD },
    { "PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS",
      PLUS
      "tanstaaftanstaaf p e=unsupported-channel-binding-type\nS: 535 no\n"
      "C: AUTH SCRAM-SHA-256 $second\nSCRAM: 334 $second SCRAM-SHA-256 tim tanstaaftanstaaf n\n"
      "S: 235 welcome\n",
      -1, NULL, BASE_SIGN_IN_PASSWORD },
    { "PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS",
      PLUS
      "tanstaaftanstaaf p mute\nS: 535 5.7.8 Error: authentication failed: bad protocol / cancel\n"
      "C: AUTH SCRAM-SHA-256 $second\nSCRAM: 334 $second SCRAM-SHA-256 tim tanstaaftanstaaf n\n"
      "S: 235 welcome\n",
      -1, NULL, BASE_SIGN_IN_PASSWORD },
    { "SCRAM-SHA-256",
      "C: AUTH SCRAM-SHA-256 $first\nSCRAM: 334 $first SCRAM-SHA-256 tim tanstaaftanstaaf y\n"
      "S: 235 welcome\n",
      -1, NULL, BASE_SIGN_IN_PASSWORD },
    /* The finished proof was refused, in words that could mean anything. */
    { "SCRAM-SHA-256 PLAIN",
      "C: AUTH SCRAM-SHA-256 $first\nSCRAM: 334 $first SCRAM-SHA-256 tim other y mute\n"
      "S: 535 no\nEOF",
      BASE_ERROR_AUTH, "did not accept", BASE_SIGN_IN_PASSWORD },
    { "SCRAM-SHA-256 PLAIN",
      "C: AUTH SCRAM-SHA-256 $first\nSCRAM: 334 $first SCRAM-SHA-256 tim other y mute\n"
      "S: 504 no\nEOF",
      BASE_ERROR_AUTH, "offers no sign-in", BASE_SIGN_IN_PASSWORD },
    /* It knows how to bind, by another hash: not as if it did not. */
    { "SCRAM-SHA-256 SCRAM-SHA-512-PLUS",
      "C: AUTH SCRAM-SHA-256 $first\nSCRAM: 334 $first SCRAM-SHA-256 tim tanstaaftanstaaf n\n"
      "S: 235 welcome\n",
      -1, NULL, BASE_SIGN_IN_PASSWORD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sign_ins); i++)
    check_sign_in (&sign_ins[i], i % 2);
}

/* What was proved once has to be offered again before anything is said. */
static void
test_less_proof (void)
{
  static const char *const offers[] = { "PLAIN LOGIN", "PLAIN SCRAM-SHA-256", "" };

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autofree char *script =
        g_strconcat (GREETING EHLO "S: 250-mail.test\nS: 250 AUTH ", offers[i], "\nEOF", NULL);
    NetLogin login = { .user = "tim", .secret = "tanstaaftanstaaf", .proved = BASE_PROOF_BOUND };
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, script, NULL);
    session = test_open (server);
    g_assert_false (smtp_session_sign_in (session, &login, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
    g_assert_true (base_error_is_less_proof (error));
    g_assert_nonnull (strstr (error->message, "Nothing was sent"));
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* It is offered, and then refused. */
static void
test_less_proof_refused (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetLogin login = { .user = "tim", .secret = "tanstaaftanstaaf", .proved = BASE_PROOF_BOUND };
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server,
                          GREETING EHLO
                          "S: 250-mail.test\nS: 250 AUTH PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS\n"
                          "C: AUTH SCRAM-SHA-256-PLUS *\nS: 504 no\nEOF",
                          NULL);
  session = test_open (server);
  g_assert_false (smtp_session_sign_in (session, &login, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_assert_true (base_error_is_less_proof (error));
  g_assert_nonnull (strstr (error->message, "was not told your password"));
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

/* What was offered to anybody counts for nothing afterwards; a server that does not like to be asked twice loses nothing. */
static void
test_greeted_again (void)
{
#define IN                                                                                         \
  GREETING EHLO "S: 250-mail.test\nS: 250-SIZE 5\nS: 250-CHUNKING\nS: 250 AUTH PLAIN\n" PLAIN      \
                "S: 235 welcome\n" EHLO
  static const struct
  {
    const char *script;
    int code; /* -1: signed in */
    guint64 size;
    gboolean chunking, dsn;
  } cases[] = {
    { IN "S: 250-mail.test\nS: 250-DSN\nS: 250 SIZE 1000\n", -1, 1000, FALSE, TRUE },
    { IN "S: 250 mail.test\n", -1, 0, FALSE, FALSE },
    { IN "S: 503 once is enough\n", -1, 5, TRUE, FALSE },
    { IN "S: 451 later\n", -1, 5, TRUE, FALSE },
    { IN "S: 421 bye\n", BASE_ERROR_RETRY, 5, TRUE, FALSE },
    { IN "CUT", BASE_ERROR_BROKEN, 5, TRUE, FALSE },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;
    FakeFaults faults = FAKE_NO_FAULTS;
    guint n = i / 2;

    faults.piece = i % 2;
    fake_server_add_script (server, cases[n].script, &faults);
    session = test_open (server);
    g_assert_cmpint (
        smtp_session_sign_in (session, &(NetLogin){ .user = "tim", .secret = "tanstaaftanstaaf" },
                              NULL, &error),
        ==, cases[n].code < 0);
    if (cases[n].code >= 0)
      g_assert_error (error, BASE_ERROR, cases[n].code);
    g_assert_cmpint (smtp_session_is_usable (session), ==, cases[n].code < 0);
    g_assert_cmpuint (smtp_session_get_size_limit (session), ==, cases[n].size);
    g_assert_cmpint (smtp_session_has (session, SMTP_CAP_CHUNKING), ==, cases[n].chunking);
    g_assert_cmpint (smtp_session_has (session, SMTP_CAP_DSN), ==, cases[n].dsn);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

static void
test_hold_limits (void)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC, noon = 4106822400;
  const struct
  {
    const char *line;
    gint64 last; /* the last second it would hold for; 0: none, -1: for ever */
  } cases[] = {
    { "FUTURERELEASE 864000 2100-02-20T16:00:00Z", now + 864000 },
    { "FUTURERELEASE 9999999999 2100-02-20T16:00:00Z", noon },
    { "futurerelease 0 2100-02-21T01:00:00+09:00", noon },
    { "FUTURERELEASE 60", now + 60 },
    { "FUTURERELEASE", -1 },
    { "FUTURERELEASE soon later", -1 },
    { "HELP", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autofree char *script =
        g_strconcat (GREETING EHLO "S: 250-mail.test\nS: 250 ", cases[i].line, NULL);
    g_autoptr (SmtpSession) session = NULL;
    gint64 last = cases[i].last;

    fake_server_add_script (server, script, NULL);
    session = test_open (server);
    g_assert_cmpint (smtp_session_can_hold (session, now + 30), ==, last != 0);
    if (last > 0)
      g_assert_true (smtp_session_can_hold (session, last));
    /* The clock goes on during the test. */
    g_assert_cmpint (smtp_session_can_hold (session, last > 0 ? last + 60 : 9000000000), ==,
                     last < 0);
    smtp_session_set_disabled (session, SMTP_CAP_FUTURERELEASE);
    g_assert_false (smtp_session_can_hold (session, now + 30));
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* Switched off is as if never offered; but there is no way around TLS and the sign-in. */
static void
test_disabled (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;

  fake_server_add_script (server,
                          GREETING EHLO
                          "S: 250-mail.test\nS: 250-PIPELINING\nS: 250-SIZE 5\nS: 250-DSN\n"
                          "S: 250-STARTTLS\nS: 250 AUTH PLAIN\n",
                          NULL);
  session = test_open (server);
  smtp_session_set_disabled (session, ~(SmtpCapability)SMTP_CAP_DSN);
  g_assert_false (smtp_session_has (session, SMTP_CAP_PIPELINING));
  g_assert_cmpuint (smtp_session_get_size_limit (session), ==, 0);
  g_assert_true (smtp_session_has (session, SMTP_CAP_DSN));
  g_assert_true (smtp_session_has (session, SMTP_CAP_STARTTLS | SMTP_CAP_AUTH));
  smtp_session_set_disabled (session, 0);
  g_assert_true (smtp_session_has (session, SMTP_CAP_PIPELINING));
  g_assert_cmpuint (smtp_session_get_size_limit (session), ==, 5);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

static void
test_words (void)
{
  g_assert_cmpuint (smtp_capability_from_word ("Chunking"), ==, SMTP_CAP_CHUNKING);
  g_assert_cmpuint (smtp_capability_from_word ("8bitmime"), ==, SMTP_CAP_8BITMIME);
  g_assert_cmpuint (smtp_capability_from_word ("FUTURE"), ==, 0);
  g_assert_cmpuint (smtp_capability_from_word (""), ==, 0);

  g_assert_cmpuint (smtp_quirk_disabled ("SMTP.mail.Yahoo.com"), ==, SMTP_CAP_8BITMIME);
  g_assert_cmpuint (smtp_quirk_disabled ("smtp.mail.yahoo.com.example"), ==, 0);
  g_assert_cmpuint (smtp_quirk_disabled ("localhost"), ==, 0);
}

static void
test_no_auth (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, GREETING EHLO "S: 250 mail.test\n", NULL);
  session = test_open (server);
  g_assert_false (
      smtp_session_sign_in (session, &(NetLogin){ .user = "u", .secret = "p" }, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_true (smtp_session_is_usable (session));
}

/* A server that does not say good-bye costs two seconds at most; one that is gone costs nothing. */
static void
test_quit_gone (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;

  fake_server_add_script (server, GREETING EHLO "S: 250 mail.test\nC: QUIT\nCUT", NULL);
  session = test_open (server);
  smtp_session_quit (session);
  smtp_session_quit (session);
  g_assert_false (smtp_session_is_usable (session));
}

void
test_session_add (void)
{
  g_test_add_func ("/smtp/session/capabilities", test_capabilities);
  g_test_add_func ("/smtp/session/helo", test_helo);
  g_test_add_func ("/smtp/session/starttls", test_starttls);
  g_test_add_func ("/smtp/session/starttls-refused", test_starttls_refused);
  g_test_add_func ("/smtp/session/open-refused", test_open_refused);
  g_test_add_func ("/smtp/session/bad-certificate", test_bad_certificate);
  g_test_add_func ("/smtp/session/open-cuts", test_open_cuts);
  g_test_add_func ("/smtp/session/echo", test_echo);
  g_test_add_func ("/smtp/session/sign-in", test_sign_in);
  g_test_add_func ("/smtp/session/sign-in-keyless", test_sign_in_keyless);
  g_test_add_func ("/smtp/session/scram", test_scram);
  g_test_add_func ("/smtp/session/less-proof", test_less_proof);
  g_test_add_func ("/smtp/session/less-proof-refused", test_less_proof_refused);
  g_test_add_func ("/smtp/session/long-token", test_long_token);
  g_test_add_func ("/smtp/session/greeted-again", test_greeted_again);
  g_test_add_func ("/smtp/session/hold-limits", test_hold_limits);
  g_test_add_func ("/smtp/session/disabled", test_disabled);
  g_test_add_func ("/smtp/session/words", test_words);
  g_test_add_func ("/smtp/session/no-auth", test_no_auth);
  g_test_add_func ("/smtp/session/quit-gone", test_quit_gone);
}
