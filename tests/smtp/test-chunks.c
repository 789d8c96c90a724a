/* BDAT: the talk on the wire, refusals at every chunk, every cut, and the outcome. */
#include "test-smtp.h"

#include <string.h>

#include "base-error.h"

#define OPEN  "S: 220 mail.test\nC: EHLO *\nS: 250-mail.test\nS: 250-CHUNKING\n"
#define SLOW  OPEN "S: 250 SIZE 1000000\n"
#define QUICK OPEN "S: 250-PIPELINING\nS: 250 SIZE 1000000\n"
#define OPEN_PLAIN                                                                                 \
  "S: 220 mail.test\nC: EHLO *\nS: 250-mail.test\nS: 250-PIPELINING\nS: 250 SIZE 1000000\n"
#define OK    "S: 250 ok\n"
#define RSET  "C: RSET\n" OK
#define RCPT1 "C: RCPT TO:<one@b.example>\n"
#define RCPT2 "C: RCPT TO:<two@b.example>\n"

#define SMALL     ".dot\n한\n"
#define FROM      "C: MAIL FROM:<me@a.example> SIZE=11\n"
#define SMALL_SET "C: BDAT 11 LAST\nL: .dot\\r\\n\\xed\\x95\\x9c\\r\\n\n"

/* Three chunks: two whole ones and some octets. */
#define LARGE_SIZE  (2 * 262144 + 10)
#define FROM_LARGE  "C: MAIL FROM:<me@a.example> SIZE=524298\n"
#define CHUNK       "C: BDAT 262144\nL: *\n"
#define LAST        "C: BDAT 10 LAST\nL: *\\r\\n\n"
#define BEFORE_LAST QUICK FROM_LARGE RCPT1 CHUNK OK OK OK CHUNK OK

static const char *const one[] = { "one@b.example", NULL };
static const char *const two[] = { "one@b.example", "two@b.example", NULL };

/* Lines of dots and digits, each of them another one. */
static GBytes *
large_message (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; text->len < LARGE_SIZE; i++)
    g_string_append_printf (text, ".%u\r\n", i);
  g_string_truncate (text, LARGE_SIZE - 2);
  for (char *c = text->str + text->len - 12; *c != '\0'; c++)
    *c = 'x';
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

static SmtpOutcome
send_it (SmtpSession *session, const char *const *to, gboolean large, GError **error)
{
  g_autoptr (GBytes) message =
      large ? large_message () : g_bytes_new_static (SMALL, strlen (SMALL));

  return smtp_session_send (session, "me@a.example", to, message, NULL, NULL, error);
}

typedef struct
{
  const char *script;
  const char *const *to;
  gboolean large;
  SmtpOutcome outcome;
  int code; /* -1: none */
  gboolean usable;
  const char *detail; /* nullable: part of it */
} Case;

static void
check_case (const Case *sending, gsize piece)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;

  faults.piece = piece;
  fake_server_add_script (server, sending->script, &faults);
  session = test_open (server);
  g_test_message ("%s", sending->script);
  g_assert_cmpint (send_it (session, sending->to, sending->large, &error), ==, sending->outcome);
  if (sending->code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, BASE_ERROR, sending->code);
  g_assert_cmpint (smtp_session_is_usable (session), ==, sending->usable);
  if (sending->detail != NULL)
    g_assert_nonnull (strstr (base_error_get_detail (error), sending->detail));
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

static void
check_cases (const Case *cases, guint n)
{
  for (guint i = 0; i < n; i++) {
    check_case (&cases[i], 0);
    check_case (&cases[i], 1);
  }
}

static void
test_sent (void)
{
  static const Case cases[] = {
    { SLOW FROM OK RCPT1 OK SMALL_SET OK, one, FALSE, SMTP_SENT, -1, TRUE, NULL },
    { QUICK FROM RCPT1 OK OK SMALL_SET OK, one, FALSE, SMTP_SENT, -1, TRUE, NULL },
    { QUICK FROM RCPT1 RCPT2 OK OK OK SMALL_SET OK, two, FALSE, SMTP_SENT, -1, TRUE, NULL },
    { SLOW FROM_LARGE OK RCPT1 OK CHUNK OK CHUNK OK LAST OK, one, TRUE, SMTP_SENT, -1, TRUE, NULL },
    /* The first chunk goes along with the recipients. */
    { QUICK FROM_LARGE RCPT1 RCPT2 CHUNK OK OK OK OK CHUNK OK LAST OK, two, TRUE, SMTP_SENT, -1,
      TRUE, NULL },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_refused (void)
{
  static const Case cases[] = {
    { SLOW FROM "S: 452 4.3.1 no room\n" RSET, one, FALSE, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE,
      "452" },
    { QUICK FROM RCPT1 RCPT2 OK OK "S: 550 who\n" RSET, two, FALSE, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, TRUE, "two@b.example: 550" },
    /* One is welcome and the chunk was taken: RSET takes it back, and the connection stays. */
    { QUICK FROM_LARGE RCPT1 RCPT2 CHUNK OK OK "S: 550 who\n" OK RSET, two, TRUE, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, TRUE, "two@b.example: 550" },
    { QUICK FROM_LARGE RCPT1 CHUNK "S: 451 later\nS: 503 no\nS: 503 no\n" RSET, one, TRUE,
      SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE, "451" },
    { QUICK FROM_LARGE RCPT1 CHUNK OK OK "S: 552 5.3.4 big\n" RSET, one, TRUE, SMTP_NOT_SENT,
      BASE_ERROR_LIMIT, TRUE, "552" },
    { QUICK FROM_LARGE RCPT1 CHUNK OK OK OK CHUNK "S: 452 4.3.1 full\n" RSET, one, TRUE,
      SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE, "452" },
    { QUICK FROM_LARGE RCPT1 CHUNK OK OK OK CHUNK "S: 354 what\n", one, TRUE, SMTP_NOT_SENT,
      BASE_ERROR_BROKEN, FALSE, "354" },
    { QUICK FROM_LARGE RCPT1 CHUNK "S: 421 bye\n", one, TRUE, SMTP_NOT_SENT, BASE_ERROR_RETRY,
      FALSE, "421" },
    { QUICK FROM_LARGE RCPT1 CHUNK OK OK "S: 421 bye\n", one, TRUE, SMTP_NOT_SENT, BASE_ERROR_RETRY,
      FALSE, "421" },
    { QUICK FROM_LARGE RCPT1 CHUNK OK OK OK CHUNK "S: 421 bye\n", one, TRUE, SMTP_NOT_SENT,
      BASE_ERROR_RETRY, FALSE, "421" },
    { QUICK FROM_LARGE RCPT1 CHUNK OK OK OK CHUNK "CUT", one, TRUE, SMTP_NOT_SENT,
      BASE_ERROR_BROKEN, FALSE, NULL },
    /* It spoke, or left, before the last chunk. */
    { BEFORE_LAST "S: 421 bye\nSTALL", one, TRUE, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    /* The last chunk. */
    { BEFORE_LAST LAST "S: 452 full\n" RSET, one, TRUE, SMTP_NOT_SENT, BASE_ERROR_RETRY, TRUE,
      "452" },
    { BEFORE_LAST LAST "S: 554 spam\n" RSET, one, TRUE, SMTP_NOT_SENT, BASE_ERROR_REFUSED, TRUE,
      "spam" },
    { BEFORE_LAST LAST "S: 421 bye\n", one, TRUE, SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "421" },
    { BEFORE_LAST LAST "CUT", one, TRUE, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
    { BEFORE_LAST LAST "RESET", one, TRUE, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE, NULL },
    { BEFORE_LAST LAST "S- 250 taken\nCUT", one, TRUE, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE,
      NULL },
    { QUICK FROM RCPT1 OK OK SMALL_SET "CUT", one, FALSE, SMTP_UNCERTAIN, BASE_ERROR_BROKEN, FALSE,
      NULL },
    { QUICK FROM RCPT1 OK OK SMALL_SET "S: 354 more\n", one, FALSE, SMTP_UNCERTAIN,
      BASE_ERROR_BROKEN, FALSE, "354" },
    { QUICK FROM RCPT1 OK OK SMALL_SET "S: 554 no\n" RSET, one, FALSE, SMTP_NOT_SENT,
      BASE_ERROR_REFUSED, TRUE, "554" },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

/* BDAT offered and not known: nothing was sent, the connection is of no use, and the next one does without. */
static void
test_false_offer (void)
{
  static const Case cases[] = {
    { QUICK FROM RCPT1 OK OK SMALL_SET "S: 502 what?\nSTALL", one, FALSE, SMTP_NOT_SENT,
      BASE_ERROR_RETRY, FALSE, "502" },
    { QUICK FROM_LARGE RCPT1 CHUNK OK OK "S: 500 5.5.2 what?\nS: 500 what?\nSTALL", one, TRUE,
      SMTP_NOT_SENT, BASE_ERROR_RETRY, FALSE, "500" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (SmtpSession) session = NULL, next = NULL;
    g_autoptr (GError) error = NULL;
    SmtpCapability doubted;

    fake_server_add_script (server, cases[i].script, NULL);
    fake_server_add_script (server, QUICK FROM RCPT1 "C: DATA\n" OK OK "S: 354 go\nD: *\n" OK,
                            NULL);
    session = test_open (server);
    g_assert_cmpint (send_it (session, one, cases[i].large, &error), ==, SMTP_NOT_SENT);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
    g_assert_false (smtp_session_is_usable (session));
    doubted = smtp_session_get_doubted (session);
    g_assert_cmpuint (doubted, ==, SMTP_CAP_CHUNKING);
    g_clear_pointer (&session, smtp_session_free);

    next = test_open (server);
    smtp_session_set_disabled (next, doubted);
    g_assert_cmpint (send_it (next, one, FALSE, NULL), ==, SMTP_SENT);
    g_clear_pointer (&next, smtp_session_free);
    fake_server_check (server);
  }
}

/* The chunks put together are the message, octet by octet. */
static void
test_whole (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GBytes) message = large_message (), received = NULL;
  const char *wire, *text = g_bytes_get_data (message, NULL);

  g_assert_cmpuint (g_bytes_get_size (message), ==, LARGE_SIZE);
  fake_server_add_script (server, BEFORE_LAST LAST OK, NULL);
  session = test_open (server);
  g_assert_cmpint (send_it (session, one, TRUE, NULL), ==, SMTP_SENT);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
  received = fake_server_dup_received (server, 0);
  wire = strstr (g_bytes_get_data (received, NULL), "BDAT 262144\r\n");
  for (gsize at = 0; at < LARGE_SIZE; at += 262144) {
    gsize size = MIN (262144, LARGE_SIZE - at);

    g_assert_nonnull (wire);
    wire = strchr (wire, '\n') + 1;
    g_assert_true (memcmp (wire, text + at, size) == 0);
    wire += size;
  }
}

/* Several chunks are on the wire before the first is answered; a refusal in the middle is followed by all other
 * answers. */
static void
test_window (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;

  while (text->len < 9 * 262144)
    g_string_append (text, "0123456789abcd\r\n");
  message = g_bytes_new (text->str, text->len);
  fake_server_add_script (
      server,
      OPEN "S: 250 PIPELINING\nC: MAIL *\n" RCPT1 CHUNK OK OK OK CHUNK CHUNK CHUNK CHUNK
           "QUIET 50\nS: 250 ok\n" CHUNK
           "S: 452 4.3.1 full\nS: 503 no\nS: 503 no\nS: 503 no\n" RSET,
      NULL);
  session = test_open (server);
  g_assert_cmpint (smtp_session_send (session, "me@a.example", one, message, NULL, NULL, &error),
                   ==, SMTP_NOT_SENT);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_true (smtp_session_is_usable (session));
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

/* A thin line: each chunk, and each part of a message by DATA, needs longer than the time-out, but octets go on being taken. */
static void
check_slow (const char *script, guint slow_in, SmtpOutcome outcome)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;
  gint64 begun = g_get_monotonic_time ();

  faults.slow_in = slow_in;
  endpoint.timeout_ms = 1000; /* a busy machine lets the server's thread wait for a quarter of it */
  fake_server_add_script (server, script, &faults);
  session = smtp_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (send_it (session, one, TRUE, &error), ==, outcome);
  if (outcome == SMTP_SENT)
    g_assert_no_error (error);
  else
    g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  /* Else the line was not thin, or nobody gave up. */
  g_assert_cmpint (g_get_monotonic_time () - begun, >, endpoint.timeout_ms * 1000);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 60 * G_USEC_PER_SEC);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
}

static void
test_slow (void)
{
  check_slow (QUICK FROM_LARGE RCPT1 CHUNK OK OK OK CHUNK OK LAST OK, 200000, SMTP_SENT);
  check_slow (OPEN_PLAIN FROM_LARGE RCPT1 "C: DATA\n" OK OK "S: 354 go\nD: *\n" OK, 200000,
              SMTP_SENT);
  /* It took all, and says nothing. */
  check_slow (QUICK FROM_LARGE RCPT1 CHUNK OK OK "STALL\n", 0, SMTP_NOT_SENT);
  check_slow (OPEN_PLAIN FROM_LARGE RCPT1 "C: DATA\n" OK OK "S: 354 go\nD: *\nSTALL\n", 0,
              SMTP_UNCERTAIN);
  /* It takes nothing more of it: the last octets were never sent. */
  check_slow (OPEN_PLAIN FROM_LARGE RCPT1 "C: DATA\n" OK OK "S: 354 go\nWAIT 3600\nCUT\n",
              1000000000, SMTP_NOT_SENT);
}

/* A message that the kernel takes whole and the server does not: its last octets are kept back, so that it is certain that
 * it was not sent. */
static void
test_kept_back (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (200000, 'x');
  g_autoptr (GBytes) message = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;

  for (gsize i = 70; i < 200000; i += 70)
    text[i] = '\n';
  message = g_bytes_new (text, 200000);
  faults.slow_in = 1000000000;
  endpoint.timeout_ms = 250;
  fake_server_add_script (
      server, OPEN_PLAIN "C: MAIL *\n" RCPT1 "C: DATA\n" OK OK "S: 354 go\nWAIT 900\nD: *\nSTALL\n",
      &faults);
  session = smtp_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (smtp_session_send (session, "me@a.example", one, message, NULL, NULL, &error),
                   ==, SMTP_NOT_SENT);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_clear_pointer (&session, smtp_session_free);
}

/* Cut after every octet that the server says, and after some of the client's. */
static void
check_cut (gint64 out, gint64 in, gint64 whole, gint64 whole_in)
{
  const gint64 final = strlen ("250 ok\r\n");
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  FakeFaults faults = FAKE_NO_FAULTS;
  SmtpOutcome outcome = SMTP_NOT_SENT;

  faults.cut_out = out;
  faults.cut_in = in;
  fake_server_add_script (server, BEFORE_LAST LAST OK, &faults);
  session = smtp_session_open (&endpoint, NULL, &error);
  if (session != NULL)
    outcome = send_it (session, one, TRUE, &error);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);

  if (out >= 0)
    g_assert_cmpint (outcome, ==,
                     out == whole           ? SMTP_SENT
                     : out >= whole - final ? SMTP_UNCERTAIN
                                            : SMTP_NOT_SENT);
  else if (in < whole_in - 10)
    /* Before the last chunk nothing is theirs; of the chunk itself the client cannot know how far it came. */
    g_assert_cmpint (outcome, ==,
                     in < whole_in - 10 - (gint64)strlen ("BDAT 10 LAST\r\n") ? SMTP_NOT_SENT
                                                                              : outcome);
  g_assert_cmpint (outcome == SMTP_SENT, ==, error == NULL);
}

static void
test_cuts (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GBytes) received = NULL;
  gint64 whole, whole_in;

  fake_server_add_script (server, BEFORE_LAST LAST OK, NULL);
  session = test_open (server);
  g_assert_cmpint (send_it (session, one, TRUE, NULL), ==, SMTP_SENT);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);
  whole = (gint64)fake_server_count_sent (server, 0);
  received = fake_server_dup_received (server, 0);
  whole_in = (gint64)g_bytes_get_size (received);

  for (gint64 octets = 0; octets <= whole; octets++)
    check_cut (octets, -1, whole, whole_in);
  for (gint64 octets = whole_in - 30; octets < whole_in; octets++)
    check_cut (-1, octets, whole, whole_in);
  for (gint64 octets = 70; octets < whole_in; octets += 40009)
    check_cut (-1, octets, whole, whole_in);
}

void
test_chunks_add (void)
{
  g_test_add_func ("/smtp/chunks/sent", test_sent);
  g_test_add_func ("/smtp/chunks/refused", test_refused);
  g_test_add_func ("/smtp/chunks/false-offer", test_false_offer);
  g_test_add_func ("/smtp/chunks/whole", test_whole);
  g_test_add_func ("/smtp/chunks/window", test_window);
  g_test_add_func ("/smtp/chunks/slow", test_slow);
  g_test_add_func ("/smtp/chunks/kept-back", test_kept_back);
  g_test_add_func ("/smtp/chunks/cuts", test_cuts);
}
