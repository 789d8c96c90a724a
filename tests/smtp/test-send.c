/* Sending: the talk on the wire, every refusal at every step, every cut, and above all the outcome. */
#include "test-smtp.h"

#include <string.h>

#include "base-error.h"

#define OPEN    "S: 220 mail.test\nC: EHLO *\nS: 250-mail.test\n"
#define SLOW    OPEN "S: 250 SIZE 1000\n"
#define QUICK   OPEN "S: 250-PIPELINING\nS: 250-8BITMIME\nS: 250-SMTPUTF8\nS: 250 SIZE 1000\n"
#define MESSAGE "Subject: x\r\n\r\nHello\r\n.dot\r\n"
#define WIRE    "Subject: x\\r\\n\\r\\nHello\\r\\n..dot\\r\\n"

/* The same talk as the server sees it: everything answered at once, or one by one. */
#define MAIL  "C: MAIL FROM:<me@a.example> SIZE=27\n"
#define RCPT1 "C: RCPT TO:<one@b.example>\n"
#define RCPT2 "C: RCPT TO:<two@b.example>\n"
#define DATA  "C: DATA\n"
#define BODY  "D: " WIRE "\n"

static const char *const one[] = { "one@b.example", NULL };
static const char *const two[] = { "one@b.example", "two@b.example", NULL };

static SmtpOutcome
send_text (SmtpSession *session, const char *from, const char *const *to, const char *text,
           GError **error)
{
  g_autoptr (GBytes) message = g_bytes_new_static (text, strlen (text));

  return smtp_session_send (session, from, to, message, NULL, NULL, error);
}

static void
check_sent (const char *script, const char *const *to, gsize piece)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;

  faults.piece = piece;
  fake_server_add_script (server, script, &faults);
  session = test_open (server);
  g_assert_cmpint (send_text (session, "me@a.example", to, MESSAGE, &error), ==, SMTP_SENT);
  g_assert_no_error (error);
  g_assert_true (smtp_session_is_usable (session));
  smtp_session_quit (session);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

static void
test_sent (void)
{
#define BYE "C: QUIT\nS: 221 bye\n"
  static const char *const ones[] = {
    SLOW MAIL "S: 250 ok\n" RCPT1 "S: 250 ok\n" DATA "S: 354 go\n" BODY "S: 250 2.0.0 taken\n" BYE,
    SLOW MAIL "S: 250-ok\nS: 250 ok\n" RCPT1 "S: 251 forwarded\n" DATA "S: 354 go\n" BODY
              "S: 250 taken\n" BYE,
    QUICK MAIL RCPT1 DATA "S: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 250 taken\n" BYE,
  };
  static const char *const twos[] = {
    SLOW MAIL "S: 250 ok\n" RCPT1 "S: 250 ok\n" RCPT2 "S: 250 ok\n" DATA "S: 354 go\n" BODY
              "S: 250 taken\n" BYE,
    QUICK MAIL RCPT1 RCPT2 DATA "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY
                                "S: 250 taken\n" BYE,
  };

  for (gsize piece = 0; piece < 3; piece++) {
    for (guint i = 0; i < G_N_ELEMENTS (ones); i++)
      check_sent (ones[i], one, piece);
    for (guint i = 0; i < G_N_ELEMENTS (twos); i++)
      check_sent (twos[i], two, piece);
  }
}

/* Two messages over one connection, the first refused. */
static void
test_again (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (
      server,
      QUICK MAIL RCPT1 RCPT2 DATA
      "S: 250 ok\nS: 550 5.1.1 who?\nS: 250 ok\nS: 451 not now\nC: RSET\nS: 250 ok\n" MAIL RCPT1
          DATA "S: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 250 taken\n",
      NULL);
  session = test_open (server);
  g_assert_cmpint (send_text (session, "me@a.example", two, MESSAGE, &error), ==, SMTP_NOT_SENT);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpstr (base_error_get_detail (error), ==, "one@b.example: 550 5.1.1 who?");
  g_clear_error (&error);
  g_assert_true (smtp_session_is_usable (session));
  g_assert_cmpint (send_text (session, "me@a.example", one, MESSAGE, &error), ==, SMTP_SENT);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

typedef struct
{
  const char *script;
  const char *const *to;
  SmtpOutcome outcome;
  BaseErrorCode code;
  gboolean usable;
  const char *detail; /* nullable: part of it */
} Refusal;

static void
check_refusal (const Refusal *refusal, gsize piece)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;

  faults.piece = piece;
  fake_server_add_script (server, refusal->script, &faults);
  session = test_open (server);
  g_test_message ("%s", refusal->script);
  g_assert_cmpint (send_text (session, "me@a.example", refusal->to, MESSAGE, &error), ==,
                   refusal->outcome);
  g_assert_error (error, BASE_ERROR, (int)refusal->code);
  g_assert_cmpint (smtp_session_is_usable (session), ==, refusal->usable);
  g_assert_true (g_str_has_suffix (error->message, "."));
  if (refusal->detail != NULL)
    g_assert_nonnull (strstr (base_error_get_detail (error), refusal->detail));
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

#define RSET "C: RSET\nS: 250 ok\n"
#define OK   "S: 250 ok\n"

/* Whoever is refused as a sender is told so, at whichever step the server looks at that. */
static void
test_refused_sender (void)
{
  static const char *const talks[] = {
    SLOW MAIL "S: 553 5.7.1 <me@a.example>: not owned by user me\n" RSET,
    QUICK MAIL RCPT1 RCPT2 DATA
    "S: 250 ok\nS: 553 5.7.1 <me@a.example>: Sender address rejected: not owned by user me\n"
    "S: 553 5.7.1 <Me@a.example>: Sender address rejected: not owned by user me\nS: 554 no\n" RSET,
    QUICK MAIL RCPT1 RCPT2 DATA "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY
                                "S: 550 5.7.60 SMTP; Client does not have permissions\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (talks); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, talks[i], NULL);
    session = test_open (server);
    g_assert_cmpint (send_text (session, "me@a.example", i == 0 ? one : two, MESSAGE, &error), ==,
                     SMTP_NOT_SENT);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_nonnull (strstr (error->message, "refused to send mail from “me@a.example”"));
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

static void
test_refused_slowly (void)
{
  static const Refusal refusals[] = {
    { SLOW MAIL "S: 451 4.3.0 later\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE,
      "451 4.3.0 later" },
    { SLOW MAIL "S: 550 5.7.1 not you\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_REFUSED, TRUE,
      "not you" },
    { SLOW MAIL "S: 552 5.3.4 big\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_LIMIT, TRUE, "552" },
    { SLOW MAIL "S: 530 5.7.0 sign in\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_AUTH, TRUE, "530" },
    { SLOW MAIL "S: 421 bye\n", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { SLOW MAIL "S: 354 what\n", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, "354" },
    { SLOW MAIL "CUT", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, NULL },
    { SLOW MAIL OK RCPT1 "S: 450 later\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE,
      "one@b.example: 450" },
    { SLOW MAIL OK RCPT1 "S: 550 5.1.1 who\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_REFUSED, TRUE,
      "one@b.example: 550" },
    { SLOW MAIL OK RCPT1 "S: 552 5.2.2 full\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_LIMIT, TRUE,
      "full" },
    { SLOW MAIL OK RCPT1 "S: 421 bye\n", two, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { SLOW MAIL OK RCPT1 "CUT", two, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, NULL },
    /* One of two: nobody gets it; the rest is still asked, so that the person learns all at once. */
    { SLOW MAIL OK RCPT1 "S: 450 later\n" RCPT2 "S: 550 who\n" RSET, two, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, TRUE, "two@b.example: 550" },
    { SLOW MAIL OK RCPT1 "S: 550 who\n" RCPT2 "S: 450 later\n" RSET, two, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, TRUE, "one@b.example: 550" },
    { SLOW MAIL OK RCPT1 OK RCPT2 "S: 452 4.5.3 too many\n" RSET, two, SMTP_NOT_SENT,
      BASE_ERROR_LIMIT, TRUE, "452" },
    { SLOW MAIL OK RCPT1 OK DATA "S: 451 later\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE,
      "451" },
    { SLOW MAIL OK RCPT1 OK DATA "S: 554 no\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_REFUSED, TRUE,
      "554" },
    { SLOW MAIL OK RCPT1 OK DATA "S: 250 fine\n", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE,
      "250" },
    { SLOW MAIL OK RCPT1 OK DATA "S: 421 bye\n", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE,
      "421" },
    { SLOW MAIL OK RCPT1 OK DATA "CUT", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, NULL },
    /* RSET itself may fail. */
    { SLOW MAIL "S: 451 later\nC: RSET\nS: 500 what\n", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE,
      "451" },
    { SLOW MAIL "S: 451 later\nC: RSET\nCUT", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "451" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    check_refusal (&refusals[i], 0);
    check_refusal (&refusals[i], 1);
  }
}

static void
test_refused_pipelined (void)
{
#define ALL QUICK MAIL RCPT1 DATA
#define TWO QUICK MAIL RCPT1 RCPT2 DATA
  static const Refusal refusals[] = {
    { ALL "S: 451 later\nS: 503 no\nS: 503 no\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE,
      "451" },
    { ALL "S: 550 no\nS: 503 no\nS: 554 no\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_REFUSED, TRUE,
      "550" },
    { ALL "S: 250 ok\nS: 550 who\nS: 554 no valid recipients\n" RSET, one, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, TRUE, "one@b.example: 550" },
    /* DATA granted though nobody is left: only leaving helps. */
    { ALL "S: 250 ok\nS: 550 who\nS: 354 go\nEOF", one, SMTP_NOT_SENT, BASE_ERROR_REFUSED, FALSE,
      "one@b.example: 550" },
    { ALL "S: 550 not you\nS: 250 ok\nS: 354 go\nEOF", one, SMTP_NOT_SENT, BASE_ERROR_REFUSED,
      FALSE, "not you" },
    { ALL "S: 250 ok\nS: 250 ok\nS: 451 later\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE,
      "451" },
    { ALL "S: 250 ok\nS: 250 ok\nS: 552 big\n" RSET, one, SMTP_NOT_SENT, BASE_ERROR_LIMIT, TRUE,
      "552" },
    { ALL "S: 250 ok\nS: 250 ok\nS: 250 ok\n", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE,
      "250" },
    { ALL "S: 421 bye\n", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { ALL "S: 250 ok\nS: 421 bye\n", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { ALL "CUT", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, NULL },
    { ALL "S: 250 ok\nCUT", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, NULL },
    { ALL "S: 250 ok\nS: 250 ok\nCUT", one, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, NULL },
    { TWO "S: 451 later\nS: 503 no\nS: 503 no\nS: 503 no\n" RSET, two, SMTP_NOT_SENT,
      BASE_ERROR_RETRY, TRUE, "451" },
    /* One of two is welcome and DATA granted: still nobody gets it, not even an empty mail. */
    { TWO "S: 250 ok\nS: 250 ok\nS: 550 who\nS: 354 go\nEOF", two, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, FALSE, "two@b.example: 550" },
    { TWO "S: 250 ok\nS: 450 full\nS: 250 ok\nS: 354 go\nEOF", two, SMTP_NOT_SENT, BASE_ERROR_RETRY,
      FALSE, "one@b.example: 450" },
    { TWO "S: 250 ok\nS: 550 who\nS: 550 who\nS: 554 nobody\n" RSET, two, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, TRUE, "one@b.example: 550 who\ntwo@b.example: 550 who" },
    { TWO "S: 250 ok\nS: 421 bye\n", two, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { TWO "S: 250 ok\nS: 250 ok\nCUT", two, SMTP_NOT_SENT, BASE_ERROR_BROKEN, FALSE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    check_refusal (&refusals[i], 0);
    check_refusal (&refusals[i], 1);
  }
}

/* After the final dot: only an answer is certain. */
static void
test_final (void)
{
#define DOT QUICK MAIL RCPT1 DATA "S: 250 ok\nS: 250 ok\nS: 354 go\n" BODY
  static const Refusal refusals[] = {
    { DOT "S: 451 later\n", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE, "451" },
    { DOT "S: 554 5.7.1 spam\n", one, SMTP_NOT_SENT, BASE_ERROR_REFUSED, TRUE, "spam" },
    { DOT "S: 552 5.3.4 big\n", one, SMTP_NOT_SENT, BASE_ERROR_LIMIT, TRUE, "552" },
    { DOT "S: 421 bye\n", one, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { DOT "CUT", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
    { DOT "CLOSE", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
    { DOT "RESET", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
    { DOT "S- 250 taken\nCUT", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
    { DOT "S: 250-taken\nCUT", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
    { DOT "S: nonsense\n", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, "nonsense" },
    { DOT "S: 354 more\n", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, "354" },
    { DOT "S: 250-a\nS: 550 b\n", one, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    check_refusal (&refusals[i], 0);
    check_refusal (&refusals[i], 1);
  }
}

/* The server breaks off between 354 and the dot: the message certainly did not go. */
static void
test_early_end (void)
{
  static const Refusal refusals[] = {
    { QUICK MAIL RCPT1 DATA "S: 250 ok\nS: 250 ok\nS: 354 go\\r\\n421 bye\nSTALL", one,
      SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { QUICK MAIL RCPT1 DATA "S: 250 ok\nS: 250 ok\nS: 354 go\\r\\n552 big\nSTALL", one,
      SMTP_NOT_SENT, BASE_ERROR_LIMIT, FALSE, "552" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    check_refusal (&refusals[i], 0);
}

static gint64
count_server_octets (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;

  fake_server_add_script (server, DOT "S: 250 taken\n", NULL);
  session = test_open (server);
  g_assert_cmpint (send_text (session, "me@a.example", one, MESSAGE, NULL), ==, SMTP_SENT);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
  return (gint64)fake_server_count_sent (server, 0);
}

/* The whole talk, cut after every octet that the server says.  The message is sent when the last one came, uncertain
 * when the server may have had it, and not sent otherwise. */
static void
test_cut_server (void)
{
  const gint64 final = strlen ("250 taken\r\n");
  const gint64 whole = count_server_octets ();

  for (gint64 octets = 0; octets <= whole; octets++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    NetEndpoint endpoint = fake_server_endpoint (server);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) received = NULL;
    FakeFaults faults = FAKE_NO_FAULTS;
    SmtpOutcome outcome = SMTP_NOT_SENT;

    faults.cut_out = octets;
    fake_server_add_script (server, DOT "S: 250 taken\n", &faults);
    session = smtp_session_open (&endpoint, NULL, &error);
    if (session != NULL)
      outcome = send_text (session, "me@a.example", one, MESSAGE, &error);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);

    if (octets == whole)
      g_assert_cmpint (outcome, ==, SMTP_SENT);
    else if (octets >= whole - final)
      g_assert_cmpint (outcome, ==, SMTP_UNCERTAIN);
    else
      g_assert_cmpint (outcome, ==, SMTP_NOT_SENT);
    if (outcome == SMTP_SENT)
      g_assert_no_error (error);
    else
      g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
    /* And the truth at the other end: no final dot there unless we say so. */
    received = fake_server_dup_received (server, 0);
    if (outcome == SMTP_NOT_SENT)
      g_assert_null (strstr (g_bytes_get_data (received, NULL), "\r\n.\r\n"));
  }
}

/* The server stops reading after every octet of the client's: nothing but the whole message can have been taken, and
 * nothing that was taken may be called unsent. */
static void
test_cut_client (void)
{
  gsize whole = 0;

  for (gsize octets = 0; whole == 0 || octets <= whole; octets++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    NetEndpoint endpoint = fake_server_endpoint (server);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) received = NULL;
    FakeFaults faults = FAKE_NO_FAULTS;
    SmtpOutcome outcome = SMTP_NOT_SENT;
    gboolean complete;

    faults.cut_in = (gint64)octets;
    fake_server_add_script (server, DOT "CUT", &faults);
    session = smtp_session_open (&endpoint, NULL, &error);
    if (session != NULL)
      outcome = send_text (session, "me@a.example", one, MESSAGE, &error);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
    received = fake_server_dup_received (server, 0);
    complete = g_str_has_suffix (g_bytes_get_data (received, NULL), "\r\n.\r\n");
    if (complete) {
      g_assert_cmpint (outcome, ==, SMTP_UNCERTAIN);
      whole = g_bytes_get_size (received);
    }
    g_assert_cmpint (outcome, !=, SMTP_SENT);
  }
}

/* Nothing is said when what is wrong can be known before. */
static void
test_refused_before (void)
{
  static const char *const nobody[] = { NULL };
  static const char *const evil[] = { "a@b>\r\nRCPT TO:<x@y", NULL };
  static const char *const angle[] = { "<a@b>", NULL };
  static const char *const space[] = { "a b@c", NULL };
  static const char *const korean[] = { "홍@b.example", NULL };
  static const struct
  {
    const char *from;
    const char *const *to;
    const char *text;
    BaseErrorCode code;
  } cases[] = {
    { "me@a.example", nobody, "x", BASE_ERROR_REFUSED },
    { "me@a.example", evil, "x", BASE_ERROR_REFUSED },
    { "me@a.example", angle, "x", BASE_ERROR_REFUSED },
    { "me@a.example", space, "x", BASE_ERROR_REFUSED },
    { "me@a.example\r\nDATA", one, "x", BASE_ERROR_REFUSED },
    { "me@a.example", korean, "x", BASE_ERROR_REFUSED },
    { "나@a.example", one, "x", BASE_ERROR_REFUSED },
    { "me@a.example", one, "12345\n12345\n", BASE_ERROR_LIMIT },
  };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;

  fake_server_add_script (server, OPEN "S: 250 SIZE 13\n", NULL);
  session = test_open (server);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (send_text (session, cases[i].from, cases[i].to, cases[i].text, &error), ==,
                     SMTP_NOT_SENT);
    g_assert_error (error, BASE_ERROR, (int)cases[i].code);
    g_assert_true (smtp_session_is_usable (session));
  }
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

static void
test_parameters (void)
{
  static const char *const korean[] = { "홍@메일.example", NULL };
  static const char *const domain[] = { "hong@메일.example", NULL };
  static const struct
  {
    const char *capabilities;
    const char *const *to;
    const char *text, *mail, *rcpt;
  } cases[] = {
    { "S: 250 HELP\n", one, "x", "<me@a.example>", "<one@b.example>" },
    { "S: 250 SIZE\n", one, "x", "<me@a.example> SIZE=3", "<one@b.example>" },
    { "S: 250 8BITMIME\n", one, "x", "<me@a.example>", "<one@b.example>" },
    { "S: 250 8BITMIME\n", one, "한", "<me@a.example> BODY=8BITMIME", "<one@b.example>" },
    { "S: 250 HELP\n", one, "한", "<me@a.example>", "<one@b.example>" },
    { "S: 250-8BITMIME\nS: 250 SMTPUTF8\n", korean, "x", "<me@a.example> SMTPUTF8",
      "<홍@메일.example>" },
    { "S: 250-SIZE 0\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n", korean, "한\n",
      "<me@a.example> SIZE=5 BODY=8BITMIME SMTPUTF8", "<홍@메일.example>" },
    { "S: 250 HELP\n", domain, "x", "<me@a.example>", "<hong@xn--h32bq4v.example>" },
    { "S: 250-8BITMIME\nS: 250 SMTPUTF8\n", domain, "x", "<me@a.example>",
      "<hong@xn--h32bq4v.example>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autofree char *script = g_strconcat (
        OPEN, cases[i].capabilities, "C: MAIL FROM:", cases[i].mail,
        "\n" OK "C: RCPT TO:", cases[i].rcpt, "\n" OK "C: DATA\nS: 354 go\nD: *\n" OK, NULL);
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, script, NULL);
    session = test_open (server);
    g_assert_cmpint (send_text (session, "me@a.example", cases[i].to, cases[i].text, &error), ==,
                     SMTP_SENT);
    g_assert_no_error (error);
    g_clear_pointer (&session, smtp_session_free);
    fake_server_check (server);
  }
}

/* Many recipients go in batches, all answers read in step. */
static void
test_many_recipients (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GString) script = g_string_new (QUICK MAIL);
  g_autoptr (GPtrArray) to = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  guint answered = 0;

  for (guint i = 0; i < 250; i++) {
    g_ptr_array_add (to, g_strdup_printf ("u%u@b.example", i));
    g_string_append_printf (script, "C: RCPT TO:<u%u@b.example>\n", i);
    if (i % 100 != 99 && i != 249)
      continue;
    if (i == 249)
      g_string_append (script, DATA);
    if (answered == 0)
      g_string_append (script, OK);
    for (; answered <= i; answered++)
      g_string_append (script, OK);
  }
  g_ptr_array_add (to, NULL);
  g_string_append (script, "S: 354 go\n" BODY OK);
  fake_server_add_script (server, script->str, NULL);
  session = test_open (server);
  g_assert_cmpint (
      send_text (session, "me@a.example", (const char *const *)to->pdata, MESSAGE, &error), ==,
      SMTP_SENT);
  g_assert_no_error (error);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

/* Some megabytes with dots at every place of a chunk arrive as they were. */
static void
test_large (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) wire = g_string_new (NULL);
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GError) error = NULL;
  const char *body, *end;

  for (guint i = 0; text->len < 2 * 1024 * 1024; i++) {
    g_string_append_printf (text, ".%u%s", i, i % 3 == 0 ? "\n" : "\r\n");
    g_string_append_printf (wire, "..%u\r\n", i);
  }
  fake_server_add_script (
      server, OPEN "S: 250 HELP\nC: MAIL *\n" OK "C: RCPT *\n" OK "C: DATA\nS: 354 go\nD: *\n" OK,
      NULL);
  session = test_open (server);
  g_assert_cmpint (send_text (session, "me@a.example", one, text->str, &error), ==, SMTP_SENT);
  g_assert_no_error (error);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
  received = fake_server_dup_received (server, 0);
  body = strstr (g_bytes_get_data (received, NULL), "DATA\r\n") + 6;
  end = strstr (body, "\r\n.\r\n");
  g_assert_nonnull (end);
  g_assert_cmpuint ((gsize)(end + 2 - body), ==, wire->len);
  g_assert_true (memcmp (body, wire->str, wire->len) == 0);
}

typedef struct
{
  FakeServer *server;
  GCancellable *cancellable;
} Calling;

/* When the server says nothing more. */
static gpointer
cancel_later (gpointer data)
{
  Calling *calling = data;

  fake_server_wait_mark (calling->server);
  g_usleep (30000);
  g_cancellable_cancel (calling->cancellable);
  return NULL;
}

/* Cancelled while the last answer is awaited, or before anything was said. */
static void
test_cancel (void)
{
  static const struct
  {
    const char *script;
    SmtpOutcome outcome;
  } cases[] = {
    { DOT "MARK\nSTALL", SMTP_UNCERTAIN },
    { QUICK "MARK\nSTALL", SMTP_NOT_SENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GBytes) message = g_bytes_new_static (MESSAGE, strlen (MESSAGE));
    g_autoptr (SmtpSession) session = NULL;
    g_autoptr (GError) error = NULL;
    Calling calling = { server, cancellable };
    GThread *thread;

    fake_server_add_script (server, cases[i].script, NULL);
    session = test_open (server);
    thread = g_thread_new ("cancel", cancel_later, &calling);
    g_assert_cmpint (
        smtp_session_send (session, "me@a.example", one, message, NULL, cancellable, &error), ==,
        cases[i].outcome);
    g_thread_join (thread);
    g_assert_true (base_error_is_cancelled (error));
    g_assert_false (smtp_session_is_usable (session));
    g_clear_error (&error);

    /* A dirty stream is never used again. */
    g_assert_cmpint (smtp_session_send (session, "me@a.example", one, message, NULL, NULL, &error),
                     ==, SMTP_NOT_SENT);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
  }
}

static SmtpOutcome
send_to_silent (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  SmtpOutcome outcome = SMTP_NOT_SENT;

  endpoint.timeout_ms = 300;
  fake_server_add_script (server, DOT "STALL", NULL);
  session = smtp_session_open (&endpoint, NULL, &error);
  if (session != NULL)
    outcome = send_text (session, "me@a.example", one, MESSAGE, &error);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  return outcome;
}

/* A busy machine may be as silent before the message is there, but not each time. */
static void
test_timeout (void)
{
  SmtpOutcome outcome = SMTP_NOT_SENT;

  for (guint try = 0; try < 20 && outcome == SMTP_NOT_SENT; try++)
    outcome = send_to_silent ();
  g_assert_cmpint (outcome, ==, SMTP_UNCERTAIN);
}

void
test_send_add (void)
{
  g_test_add_func ("/smtp/send/sent", test_sent);
  g_test_add_func ("/smtp/send/again", test_again);
  g_test_add_func ("/smtp/send/refused-sender", test_refused_sender);
  g_test_add_func ("/smtp/send/refused-slowly", test_refused_slowly);
  g_test_add_func ("/smtp/send/refused-pipelined", test_refused_pipelined);
  g_test_add_func ("/smtp/send/final", test_final);
  g_test_add_func ("/smtp/send/early-end", test_early_end);
  g_test_add_func ("/smtp/send/cut-server", test_cut_server);
  g_test_add_func ("/smtp/send/cut-client", test_cut_client);
  g_test_add_func ("/smtp/send/refused-before", test_refused_before);
  g_test_add_func ("/smtp/send/parameters", test_parameters);
  g_test_add_func ("/smtp/send/many-recipients", test_many_recipients);
  g_test_add_func ("/smtp/send/large", test_large);
  g_test_add_func ("/smtp/send/cancel", test_cancel);
  g_test_add_func ("/smtp/send/timeout", test_timeout);
}
