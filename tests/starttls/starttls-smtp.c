/* SMTP: what is said before TLS, and instead of it.  A session that opens signs in and sends a mail. */
#include "starttls.h"

#include <string.h>

#include "base-error.h"
#include "smtp-session.h"

#define INSIDE                                                                                     \
  "ON: EHLO [127.0.0.1]\nS: 250-mail.test\nS: 250 AUTH PLAIN\n"                                    \
  "ON: AUTH PLAIN AHRpbS5wcml2YXRlQHN0YXJ0dGxzLnRlc3QAdGFuc3RhYWZ0YW5zdGFhZg==\nS: 235 in\n"       \
  "ON: MAIL FROM:<tim@starttls.test>\nS: 250 ok\nON: RCPT TO:<*>\nS: 250 ok\n"                     \
  "ON: DATA\nS: 354 go\nD: *" STARTTLS_MAIL "*\nS: 250 taken\nON: QUIT\nS: 221 bye\n"

/* ---- lines of the attacker behind the agreement to STARTTLS ---- */

static const struct
{
  const char *name, *line;
} lines[] = {
  { "reply", "250 evil" },
  { "offer", "250-evil\\r\\n250 AUTH PLAIN XEVIL" },
  { "signed-in", "235 2.7.0 evil" },
  { "agreed-again", "220 evil" },
  { "closing", "421 4.7.0 evil" },
  { "refused", "554 5.7.1 evil" },
  { "password", "535 5.7.8 evil" },
  { "challenge", "334 ZXZpbA==" },
  { "go-ahead", "354 evil" },
  { "command", "RCPT TO:<evil@evil.example>" },
  { "greeting", "EHLO evil.example" },
  { "imap", "* OK evil" },
  { "half", "25" },
};

static char *
use (SmtpSession *session, GError **error)
{
  static const char *const recipients[] = { "bob@starttls.test", NULL };
  const char text[] = "From: tim@starttls.test\r\nSubject: private\r\n\r\n" STARTTLS_MAIL "\r\n";
  g_autoptr (GBytes) message = g_bytes_new_static (text, strlen (text));

  if (smtp_session_get_size_limit (session) != 0 || smtp_session_has (session, SMTP_CAP_PIPELINING)
      || smtp_session_has (session, SMTP_CAP_STARTTLS))
    return g_strdup ("what was offered in clear is believed");
  if (!smtp_session_sign_in (session, &starttls_login, NULL, error))
    return NULL;
  if (smtp_session_send (session, "tim@starttls.test", recipients, message, NULL, NULL, error)
      == SMTP_SENT)
    smtp_session_quit (session);
  return NULL;
}

static char *
play (const StarttlsTalk *talk, Segment segment, Outcome outcome)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autofree char *script = starttls_script (talk, segment, "EHLO *", "STARTTLS", INSIDE);
  NetEndpoint endpoint = fake_server_endpoint (server);
  FakeFaults faults = FAKE_NO_FAULTS;
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  char *failure = NULL;

  faults.piece = segment == SEGMENT_BYTES;
  fake_server_add_script (server, script, &faults);
  session = smtp_session_open (&endpoint, NULL, &error);
  if (session != NULL)
    failure = use (session, &error);
  g_clear_pointer (&session, smtp_session_free);
  if (failure == NULL)
    failure = starttls_judge (server, error, outcome);
  if (failure == NULL && outcome == MUST_OPEN)
    failure = fake_server_finish (server);
  return failure;
}

#define HELLO "220 mail.test ESMTP\\r\\n"
#define OFFER "250-mail.test\\r\\n250 STARTTLS\\r\\n"
#define GO    "220 go\\r\\n"

static char *
run_line (const StarttlsCase *test)
{
  g_auto (StarttlsTalk) talk = {
    .greeting = g_strdup (HELLO),
    .offer = g_strdup (OFFER),
    .answer = g_strdup (GO),
  };

  starttls_talk_place (&talk, PLACE_BEHIND, test->segment, test->attack);
  return play (&talk, test->segment,
               test->segment == SEGMENT_FLIGHTS ? MUST_REFUSE : MUST_DISTRUST);
}

/* ---- answers that are not as they should be ---- */

typedef struct
{
  const char *name;
  Place place; /* as for IMAP */
  const char *text;
  Outcome outcome;
} Answer;

static const Answer answers[] = {
  { "answer/250", PLACE_INSIDE, "250 evil", MUST_DISTRUST },
  { "answer/251", PLACE_INSIDE, "251 evil", MUST_DISTRUST },
  { "answer/200", PLACE_INSIDE, "200 evil", MUST_DISTRUST },
  { "answer/221", PLACE_INSIDE, "221 evil", MUST_DISTRUST },
  { "answer/235", PLACE_INSIDE, "235 evil", MUST_DISTRUST },
  { "answer/334", PLACE_INSIDE, "334 ZXZpbA==", MUST_DISTRUST },
  { "answer/354", PLACE_INSIDE, "354 evil", MUST_DISTRUST },
  { "answer/421", PLACE_INSIDE, "421 4.3.2 evil", MUST_REFUSE },
  { "answer/450", PLACE_INSIDE, "450 evil", MUST_REFUSE },
  { "answer/454", PLACE_INSIDE, "454 4.7.0 evil", MUST_REFUSE },
  { "answer/454-lines", PLACE_INSIDE, "454-evil\\r\\n454 4.7.0 evil", MUST_REFUSE },
  { "answer/500", PLACE_INSIDE, "500 evil", MUST_DISTRUST },
  { "answer/501", PLACE_INSIDE, "501 5.5.4 evil", MUST_DISTRUST },
  { "answer/502", PLACE_INSIDE, "502 evil", MUST_DISTRUST },
  { "answer/503", PLACE_INSIDE, "503 evil", MUST_DISTRUST },
  { "answer/530", PLACE_INSIDE, "530 5.7.0 evil", MUST_DISTRUST },
  { "answer/534", PLACE_INSIDE, "534 5.7.9 evil", MUST_DISTRUST },
  { "answer/535", PLACE_INSIDE, "535 5.7.8 evil", MUST_DISTRUST },
  { "answer/538", PLACE_INSIDE, "538 5.7.11 evil", MUST_DISTRUST },
  { "answer/554", PLACE_INSIDE, "554 5.3.0 evil", MUST_DISTRUST },
  { "answer/120", PLACE_INSIDE, "120 evil", MUST_REFUSE },
  { "answer/600", PLACE_INSIDE, "600 evil", MUST_REFUSE },
  { "answer/220-then-250", PLACE_INSIDE, "220-evil\\r\\n250 evil", MUST_REFUSE },
  { "answer/glued", PLACE_INSIDE, "220evil", MUST_REFUSE },
  { "answer/short", PLACE_INSIDE, "22 evil", MUST_REFUSE },
  { "answer/words", PLACE_INSIDE, "evil", MUST_REFUSE },
  { "answer/empty", PLACE_INSIDE, "", MUST_REFUSE },
  { "answer/imap", PLACE_INSIDE, "* OK evil", MUST_REFUSE },
  { "answer/too-long", PLACE_INSIDE, NULL, MUST_REFUSE },
  { "answer/lines", PLACE_INSIDE, "220-evil\\r\\n220-[ALERT] evil\\r\\n220 evil", MUST_OPEN },
  { "answer/bare", PLACE_INSIDE, "220", MUST_OPEN },
  { "greeting/535", PLACE_GREETING, "535 5.7.8 evil", MUST_REFUSE },
  { "greeting/530", PLACE_GREETING, "530 5.7.0 evil", MUST_REFUSE },
  { "greeting/534", PLACE_GREETING, "534 5.7.9 https://evil.example", MUST_REFUSE },
  { "greeting/538", PLACE_GREETING, "538 evil", MUST_REFUSE },
  { "greeting/554", PLACE_GREETING, "554 evil", MUST_REFUSE },
  { "greeting/554-password", PLACE_GREETING, "554 5.7.8 evil", MUST_REFUSE },
  { "greeting/421", PLACE_GREETING, "421 evil", MUST_REFUSE },
  { "greeting/454-password", PLACE_GREETING, "454 4.7.8 evil", MUST_REFUSE },
  { "greeting/221", PLACE_GREETING, "221 evil", MUST_REFUSE },
  { "greeting/235", PLACE_GREETING, "235 evil", MUST_REFUSE },
  { "greeting/250", PLACE_GREETING, "250 evil", MUST_REFUSE },
  { "greeting/334", PLACE_GREETING, "334 ZXZpbA==", MUST_REFUSE },
  { "greeting/354", PLACE_GREETING, "354 evil", MUST_REFUSE },
  { "greeting/imap", PLACE_GREETING, "* OK [ALERT] evil", MUST_REFUSE },
  { "greeting/preauth", PLACE_GREETING, "* PREAUTH evil", MUST_REFUSE },
  { "greeting/http", PLACE_GREETING, "HTTP/1.1 200 OK\\r\\n\\r\\n<html>evil", MUST_REFUSE },
  { "greeting/nul", PLACE_GREETING, "\\0\\0evil", MUST_REFUSE },
  { "greeting/empty", PLACE_GREETING, "", MUST_REFUSE },
  { "greeting/short", PLACE_GREETING, "22", MUST_REFUSE },
  { "greeting/mixed", PLACE_GREETING, "220-evil\\r\\n554 evil", MUST_REFUSE },
  { "greeting/too-long", PLACE_GREETING, NULL, MUST_REFUSE },
  { "greeting/lines", PLACE_GREETING, "220-evil\\r\\n220 [ALERT] evil", MUST_OPEN },
  { "offer/stripped", PLACE_OFFER, "250-mail.test\\r\\n250 AUTH PLAIN LOGIN XEVIL", MUST_DISTRUST },
  { "offer/in-the-name", PLACE_OFFER, "250 evil STARTTLS", MUST_DISTRUST },
  { "offer/renamed", PLACE_OFFER, "250-evil\\r\\n250-XSTARTTLS\\r\\n250 STARTTLSEVIL",
    MUST_DISTRUST },
  { "offer/old", PLACE_OFFER, "502 evil", MUST_REFUSE },
  { "offer/535", PLACE_OFFER, "535 5.7.8 evil", MUST_REFUSE },
  { "offer/530", PLACE_OFFER, "530 5.7.0 evil", MUST_REFUSE },
  { "offer/550-password", PLACE_OFFER, "550 5.7.8 evil", MUST_REFUSE },
  { "offer/421", PLACE_OFFER, "421 evil", MUST_REFUSE },
  { "offer/450", PLACE_OFFER, "450 evil", MUST_REFUSE },
  { "offer/235", PLACE_OFFER, "235 evil", MUST_REFUSE },
  { "offer/354", PLACE_OFFER, "354 evil", MUST_REFUSE },
  { "offer/mixed", PLACE_OFFER, "250-evil\\r\\n235 evil", MUST_REFUSE },
  { "offer/senseless", PLACE_OFFER, "evil", MUST_REFUSE },
  { "offer/more", PLACE_OFFER,
    "250-evil\\r\\n250-PIPELINING\\r\\n250-SIZE 1\\r\\n250-CHUNKING\\r\\n250-AUTH XEVIL LOGIN\\r\\n250 STARTTLS",
    MUST_OPEN },
};

static char *
run_answer (const StarttlsCase *test)
{
  const Answer *answer = test->attack;
  g_autofree char *filling = g_strnfill (20 * 1024, 'e');
  g_autofree char *text = answer->text != NULL ? g_strconcat (answer->text, "\\r\\n", NULL)
                                               : g_strconcat ("220 evil", filling, "\\r\\n", NULL);
  g_auto (StarttlsTalk) talk = {
    .greeting = g_strdup (answer->place == PLACE_GREETING ? text : HELLO),
    .offer = g_strdup (answer->place == PLACE_OFFER ? text : OFFER),
    .answer = g_strdup (answer->place == PLACE_INSIDE ? text : GO),
  };

  return play (&talk, test->segment, answer->outcome);
}

/* ---- the address ---- */

/* One connection at another loopback address, from which the client comes then: which one it has is nothing to tell in clear. */
static gpointer
greet_once (gpointer listener)
{
  static const char hello[] = "220 hello\r\n", offer[] = "250 no encryption\r\n";
  g_autoptr (GSocketConnection) connection = g_socket_listener_accept (listener, NULL, NULL, NULL);
  char *said = g_malloc0 (200);

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), hello,
                             strlen (hello), NULL, NULL, NULL);
  g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), said, 199, NULL,
                       NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), offer,
                             strlen (offer), NULL, NULL, NULL);
  return said;
}

static char *
run_address (const StarttlsCase *test)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.2", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  NetEndpoint endpoint = { .host = "127.0.0.2",
                           .security = BASE_SECURITY_STARTTLS,
                           .timeout_ms = 5000 };
  GThread *thread;

  if (!g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error))
    return g_strdup (error->message);
  endpoint.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  thread = g_thread_new ("greet", greet_once, listener);
  smtp_session_free (smtp_session_open (&endpoint, NULL, &error));
  said = g_thread_join (thread);
  if (!g_str_equal (said, "EHLO [127.0.0.1]\r\n"))
    return g_strdup_printf ("said in clear: “%s”", said);
  return starttls_judge_error (error, TRUE);
}

void
starttls_add_smtp (GPtrArray *cases)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    for (Segment segment = SEGMENT_SAME; segment <= SEGMENT_BYTES; segment++)
      starttls_add (cases, g_strdup_printf ("smtp/behind/%s", lines[i].name), run_line,
                    lines[i].line, segment, PLACE_BEHIND, 0);
  }
  starttls_add (cases, g_strdup ("smtp/address"), run_address, NULL, SEGMENT_SAME, PLACE_OFFER, 0);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    const Answer *answer = &answers[i];

    starttls_add (cases, g_strdup_printf ("smtp/%s", answer->name), run_answer, answer,
                  SEGMENT_SAME, answer->place, 0);
    if (answer->text != NULL && strstr (answer->text, "\\r\\n") != NULL)
      starttls_add (cases, g_strdup_printf ("smtp/%s", answer->name), run_answer, answer,
                    SEGMENT_OWN, answer->place, 0);
    starttls_add (cases, g_strdup_printf ("smtp/%s", answer->name), run_answer, answer,
                  SEGMENT_BYTES, answer->place, 0);
  }
}
