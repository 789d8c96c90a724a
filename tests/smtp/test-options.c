/* Wishes beyond the message: reports about the delivery, keeping it for later; what is offered falsely; the header. */
#include "test-smtp.h"

#include <string.h>

#include "base-error.h"
#include "fake-resolver.h"

#define OPEN "S: 220 mail.test\nC: EHLO *\nS: 250-mail.test\n"
#define OK   "S: 250 ok\n"

static const char *const one[] = { "one+x@b.example", NULL };
static const char *const korean[] = { "홍=길@b.example", NULL };

typedef struct
{
  const char *capabilities; /* lines of the script */
  const char *const *to;
  SmtpSendOptions options;
  const char *text;
  const char *mail, *rcpt; /* what stands behind MAIL FROM:<…> and RCPT TO: */
} Case;

static void
check_case (const Case *sending, gsize piece)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autofree char *script = g_strconcat (OPEN, sending->capabilities, "C: MAIL FROM:<me@a.example>",
                                         sending->mail, "\n" OK "C: RCPT TO:", sending->rcpt,
                                         "\n" OK "C: DATA\nS: 354 go\nD: *\n" OK, NULL);
  g_autoptr (GBytes) message = g_bytes_new_static (sending->text, strlen (sending->text));
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;

  faults.piece = piece;
  fake_server_add_script (server, script, &faults);
  session = test_open (server);
  g_assert_cmpint (smtp_session_send (session, "me@a.example", sending->to, message,
                                      &sending->options, NULL, &error),
                   ==, SMTP_SENT);
  g_assert_no_error (error);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

static void
test_reports (void)
{
#define ALL (SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_FAILURE | SMTP_NOTIFY_DELAY)
  static const Case cases[] = {
    { "S: 250 DSN\n", one, { .notify = 0, .envelope_id = "x" }, "x", "", "<one+x@b.example>" },
    { "S: 250 DSN\n",
      one,
      { .notify = SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_FAILURE },
      "x",
      " RET=HDRS",
      "<one+x@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;one+2Bx@b.example" },
    { "S: 250 DSN\n",
      one,
      { .notify = ALL, .envelope_id = "a+b=c d한<" },
      "x",
      " RET=HDRS ENVID=a+2Bb+3Dc+20d+ED+95+9C<",
      "<one+x@b.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;one+2Bx@b.example" },
    { "S: 250-SMTPUTF8\nS: 250 DSN\n",
      korean,
      { .notify = SMTP_NOTIFY_FAILURE },
      "x",
      " SMTPUTF8 RET=HDRS",
      "<홍=길@b.example> NOTIFY=FAILURE ORCPT=utf-8;\\\\x{D64D}\\\\x{3D}\\\\x{AE38}@b.example" },
    { "S: 250 DSN\n",
      one,
      { .notify = SMTP_NOTIFY_DELAY,
        .envelope_id = "0123456789012345678901234567890123456789012345678901234567890123456789"
                       "0123456789012345678901234567890" },
      "x",
      " RET=HDRS",
      "<one+x@b.example> NOTIFY=DELAY ORCPT=rfc822;one+2Bx@b.example" },
    /* Not offered: the mail goes all the same. */
    { "S: 250 HELP\n", one, { .notify = ALL, .envelope_id = "x" }, "x", "", "<one+x@b.example>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    check_case (&cases[i], 0);
    check_case (&cases[i], 1);
  }
}

static void
test_header (void)
{
  static const Case cases[] = {
    { "S: 250-8BITMIME\nS: 250 SMTPUTF8\n",
      one,
      { 0 },
      "Subject: 한\n\nx",
      " BODY=8BITMIME SMTPUTF8",
      "<one+x@b.example>" },
    { "S: 250-8BITMIME\nS: 250 SMTPUTF8\n",
      one,
      { 0 },
      "Subject: x\n\n한",
      " BODY=8BITMIME",
      "<one+x@b.example>" },
    { "S: 250 8BITMIME\n", one, { 0 }, "Subject: 한\n\nx", " BODY=8BITMIME", "<one+x@b.example>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i], 0);
}

static void
test_held (void)
{
  static const Case cases[] = {
    { "S: 250 FUTURERELEASE\n",
      one,
      { .hold_until = 1798135200 },
      "x",
      " HOLDUNTIL=2026-12-24T18:00:00Z",
      "<one+x@b.example>" },
    { "S: 250 FUTURERELEASE 0 2026-12-24T18:00:00Z\n",
      one,
      { .hold_until = 1798135200 },
      "x",
      " HOLDUNTIL=2026-12-24T18:00:00Z",
      "<one+x@b.example>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i], 0);
}

/* What shall go later never goes at once: without a word to the server. */
static void
test_not_held (void)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const struct
  {
    const char *capability;
    gint64 until;
  } cases[] = {
    { "HELP", now + 60 },
    { "FUTURERELEASE 59", now + 120 },
    { "FUTURERELEASE 0 2026-12-24T18:00:00Z", 1798135201 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    const SmtpSendOptions options = { .hold_until = cases[i].until };
    g_autofree char *script = g_strconcat (OPEN "S: 250 ", cases[i].capability, "\nEOF", NULL);
    g_autoptr (GBytes) message = g_bytes_new_static ("x", 1);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, script, NULL);
    session = test_open (server);
    g_assert_cmpint (
        smtp_session_send (session, "me@a.example", one, message, &options, NULL, &error), ==,
        SMTP_NOT_SENT);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_true (smtp_session_is_usable (session));
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* A parameter that was offered and is not known is left out in a second try. */
static void
test_false_offers (void)
{
#define SLOW  OPEN "S: 250-8BITMIME\nS: 250-DSN\nS: 250 SIZE\n"
#define QUICK OPEN "S: 250-PIPELINING\nS: 250-8BITMIME\nS: 250-DSN\nS: 250 SIZE\n"
#define FULL  "C: MAIL FROM:<me@a.example> SIZE=5 BODY=8BITMIME RET=HDRS\n"
#define BARE  "C: MAIL FROM:<me@a.example>\n"
#define RCPT                                                                                       \
  "C: RCPT TO:<one+x@b.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;one+2Bx@b.example\n"
#define RCPT_BARE "C: RCPT TO:<one+x@b.example>\n"
#define REST      "C: DATA\nS: 354 go\nD: *\n" OK
#define RSET      "C: RSET\n" OK
  static const struct
  {
    const char *script;
    SmtpOutcome outcome;
    SmtpCapability doubted;
  } cases[] = {
    { SLOW FULL "S: 555 5.5.4 what?\n" RSET BARE OK RCPT_BARE OK REST, SMTP_SENT,
      SMTP_CAP_SIZE | SMTP_CAP_8BITMIME | SMTP_CAP_DSN },
    { SLOW FULL "S: 501 syntax\n" RSET BARE OK RCPT_BARE OK REST, SMTP_SENT,
      SMTP_CAP_SIZE | SMTP_CAP_8BITMIME | SMTP_CAP_DSN },
    { SLOW FULL OK RCPT "S: 504 5.5.4 what?\n" RSET
                        "C: MAIL FROM:<me@a.example> SIZE=5 BODY=8BITMIME\n" OK RCPT_BARE OK REST,
      SMTP_SENT, SMTP_CAP_DSN },
    { QUICK FULL RCPT "C: DATA\nS: 555 what?\nS: 503 no\nS: 503 no\n" RSET BARE RCPT_BARE
                      "C: DATA\n" OK OK "S: 354 go\nD: *\n" OK,
      SMTP_SENT, SMTP_CAP_SIZE | SMTP_CAP_8BITMIME | SMTP_CAP_DSN },
    /* It was the address all along. */
    { SLOW FULL "S: 501 no\n" RSET BARE "S: 501 no\n" RSET, SMTP_NOT_SENT, 0 },
    { SLOW FULL OK RCPT "S: 501 no\n" RSET
                        "C: MAIL FROM:<me@a.example> SIZE=5 BODY=8BITMIME\n" OK RCPT_BARE
                        "S: 501 no\n" RSET,
      SMTP_NOT_SENT, 0 },
    { SLOW FULL "S: 501 5.1.7 no\n" RSET, SMTP_NOT_SENT, 0 },
  };
  const SmtpSendOptions options = { .notify = ALL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (GBytes) message = g_bytes_new_static ("한", 3);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, cases[i].script, NULL);
    session = test_open (server);
    g_assert_cmpint (
        smtp_session_send (session, "me@a.example", one, message, &options, NULL, &error), ==,
        cases[i].outcome);
    g_assert_cmpint (error == NULL, ==, cases[i].outcome == SMTP_SENT);
    g_assert_cmpuint (smtp_session_get_doubted (session), ==, cases[i].doubted);
    g_assert_true (smtp_session_is_usable (session));
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* Offered, and then not known: it does not go, and nothing is asked to be kept from then on. */
static void
test_false_hold (void)
{
  const SmtpSendOptions options = { .hold_until = 1798135200 };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GBytes) message = g_bytes_new_static ("x", 1);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server,
                          OPEN "S: 250-SIZE\nS: 250 FUTURERELEASE\n"
                               "C: MAIL FROM:<me@a.example> SIZE=3 HOLDUNTIL=2026-12-24T18:00:00Z\n"
                               "S: 555 5.5.4 what?\n" RSET,
                          NULL);
  session = test_open (server);
  g_assert_cmpint (
      smtp_session_send (session, "me@a.example", one, message, &options, NULL, &error), ==,
      SMTP_NOT_SENT);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_true (smtp_session_is_usable (session));
  g_assert_false (smtp_session_can_hold (session, 1798135200));
  g_assert_cmpuint (smtp_session_get_doubted (session), ==, SMTP_CAP_FUTURERELEASE);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

/* What was left out for one mail in vain is used for the next. */
static void
test_left_out_in_vain (void)
{
  const SmtpSendOptions options = { .notify = ALL };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GBytes) message = g_bytes_new_static ("한", 3);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (
      server, SLOW FULL "S: 501 no\n" RSET BARE "S: 501 no\n" RSET FULL OK RCPT OK REST, NULL);
  session = test_open (server);
  g_assert_cmpint (
      smtp_session_send (session, "me@a.example", one, message, &options, NULL, &error), ==,
      SMTP_NOT_SENT);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpint (smtp_session_send (session, "me@a.example", one, message, &options, NULL, NULL),
                   ==, SMTP_SENT);
  g_assert_cmpuint (smtp_session_get_doubted (session), ==, 0);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

/* Each extension switched off is not used, and the mail goes. */
static void
test_disabled (void)
{
#define EVERYTHING                                                                                 \
  OPEN "S: 250-PIPELINING\nS: 250-CHUNKING\nS: 250-8BITMIME\nS: 250-SMTPUTF8\nS: 250-DSN\n"        \
       "S: 250-ENHANCEDSTATUSCODES\nS: 250 SIZE\n"
#define MAIL(parameters) "C: MAIL FROM:<me@a.example>" parameters "\n"
#define BDAT             "C: BDAT 19 LAST\nL: *\n" OK
  static const struct
  {
    SmtpCapability disabled;
    const char *script;
  } cases[] = {
    { 0, EVERYTHING MAIL (" SIZE=19 BODY=8BITMIME SMTPUTF8 RET=HDRS") RCPT OK OK BDAT },
    { SMTP_CAP_PIPELINING,
      EVERYTHING MAIL (" SIZE=19 BODY=8BITMIME SMTPUTF8 RET=HDRS") OK RCPT OK BDAT },
    { SMTP_CAP_CHUNKING, EVERYTHING MAIL (" SIZE=19 BODY=8BITMIME SMTPUTF8 RET=HDRS") RCPT
      "C: DATA\n" OK OK "S: 354 go\nD: *\n" OK },
    { SMTP_CAP_8BITMIME, EVERYTHING MAIL (" SIZE=19 SMTPUTF8 RET=HDRS") RCPT OK OK BDAT },
    { SMTP_CAP_SMTPUTF8, EVERYTHING MAIL (" SIZE=19 BODY=8BITMIME RET=HDRS") RCPT OK OK BDAT },
    { SMTP_CAP_SIZE, EVERYTHING MAIL (" BODY=8BITMIME SMTPUTF8 RET=HDRS") RCPT OK OK BDAT },
    { SMTP_CAP_DSN, EVERYTHING MAIL (" SIZE=19 BODY=8BITMIME SMTPUTF8") RCPT_BARE OK OK BDAT },
  };
  const SmtpSendOptions options = { .notify = ALL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (GBytes) message = g_bytes_new_static ("Subject: 한\n\nx\n", 16);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, cases[i].script, NULL);
    session = test_open (server);
    smtp_session_set_disabled (session, cases[i].disabled);
    g_assert_cmpint (
        smtp_session_send (session, "me@a.example", one, message, &options, NULL, &error), ==,
        SMTP_SENT);
    g_assert_no_error (error);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* Enhanced codes say more than the code alone, unless they are switched off. */
static void
test_enhanced (void)
{
  const int codes[] = { BASE_ERROR_LIMIT, BASE_ERROR_RETRY };

  for (guint disabled = 0; disabled < G_N_ELEMENTS (codes); disabled++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (GBytes) message = g_bytes_new_static ("x\n", 2);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server,
                            OPEN "S: 250 ENHANCEDSTATUSCODES\n" MAIL ("") OK RCPT_BARE
                            "S: 452 4.5.3 too many\n" RSET,
                            NULL);
    session = test_open (server);
    smtp_session_set_disabled (session, disabled ? SMTP_CAP_ENHANCED : 0);
    g_assert_cmpint (smtp_session_send (session, "me@a.example", one, message, NULL, NULL, &error),
                     ==, SMTP_NOT_SENT);
    g_assert_error (error, BASE_ERROR, codes[disabled]);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* The same server under two names: Yahoo's offer of 8BITMIME is not taken. */
static void
test_yahoo (void)
{
  static const struct
  {
    const char *host, *mail;
  } cases[] = {
    { "smtp.mail.yahoo.com", MAIL (" SIZE=5") },
    { "smtp.gmail.com", MAIL (" SIZE=5 BODY=8BITMIME") },
  };

  fake_resolver_install ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_PROVIDER);
    NetEndpoint endpoint = fake_server_endpoint (server);
    g_autofree char *script = g_strconcat (OPEN "S: 250-8BITMIME\nS: 250 SIZE\n", cases[i].mail,
                                           OK RCPT_BARE OK REST, NULL);
    g_autoptr (GBytes) message = g_bytes_new_static ("한", 3);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    endpoint.host = cases[i].host;
    fake_server_add_script (server, script, NULL);
    session = smtp_session_open (&endpoint, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (smtp_session_send (session, "me@a.example", one, message, NULL, NULL, &error),
                     ==, SMTP_SENT);
    g_assert_no_error (error);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

void
test_options_add (void)
{
  g_test_add_func ("/smtp/options/reports", test_reports);
  g_test_add_func ("/smtp/options/header", test_header);
  g_test_add_func ("/smtp/options/held", test_held);
  g_test_add_func ("/smtp/options/not-held", test_not_held);
  g_test_add_func ("/smtp/options/false-offers", test_false_offers);
  g_test_add_func ("/smtp/options/false-hold", test_false_hold);
  g_test_add_func ("/smtp/options/left-out-in-vain", test_left_out_in_vain);
  g_test_add_func ("/smtp/options/disabled", test_disabled);
  g_test_add_func ("/smtp/options/enhanced", test_enhanced);
  g_test_add_func ("/smtp/options/yahoo", test_yahoo);
}
