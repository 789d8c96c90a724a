/* What can be done to the encryption itself: old versions, wishes to renegotiate, and ends that nobody announced.  A literal that
 * was cut is never whole, nor is a reply. */
#include "starttls.h"

#include <string.h>

#include "base-error.h"
#include "imap-session.h"
#include "smtp-session.h"

/* Which of them, as the variant of a case. */
#define IMAP     1
#define IMPLICIT 2 /* TLS from the first octet */

/* Behind the handshake, up to where a person's matter begins. */
static char *
dup_script (guint variant, const char *rest)
{
  const char *imap =
      "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\nC: $a STARTTLS\nS: $a OK go\nTLS\n"
      "C: $b CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\nS: $b OK told\n";
  const char *imap_implicit = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n";
  const char *smtp =
      "S: 220 hello\nC: EHLO *\nS: 250-mail.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\n"
      "C: EHLO *\nS: 250-mail.test\nS: 250 AUTH PLAIN\n";
  const char *smtp_implicit = "S: 220 hello\nC: EHLO *\nS: 250-mail.test\nS: 250 AUTH PLAIN\n";
  const char *begin = (variant & IMAP) != 0       ? (variant & IMPLICIT) != 0 ? imap_implicit : imap
                      : (variant & IMPLICIT) != 0 ? smtp_implicit
                                                  : smtp;

  return g_strconcat (begin, rest, NULL);
}

static FakeServer *
serve (guint variant, const char *priority, const char *rest, Segment segment)
{
  FakeServer *server =
      fake_server_new ((variant & IMPLICIT) != 0 ? FAKE_TLS : FAKE_PLAIN, FAKE_GOOD);
  g_autofree char *script = dup_script (variant, rest);
  FakeFaults faults = FAKE_NO_FAULTS;

  if (priority != NULL)
    fake_server_set_priority (server, priority);
  faults.piece = segment == SEGMENT_BYTES;
  fake_server_add_script (server, script, &faults);
  return server;
}

/* ---- downgrades ---- */

static const struct
{
  const char *name, *priority;
} old[] = {
  { "tls-1.0", "NORMAL:-VERS-ALL:+VERS-TLS1.0:%COMPAT" },
  { "tls-1.1", "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT" },
  { "triple-des", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+3DES-CBC" },
  { "arcfour", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+ARCFOUR-128" },
};

/* Opens and signs in; FALSE with the error. */
static gboolean
begin (FakeServer *server, guint variant, GError **error)
{
  NetEndpoint endpoint = fake_server_endpoint (server);

  if ((variant & IMAP) != 0) {
    g_autoptr (ImapSession) session = imap_session_open (&endpoint, NULL, error);

    return session != NULL && imap_session_sign_in (session, &starttls_login, NULL, error)
           && imap_session_noop (session, NULL, error);
  }
  g_autoptr (SmtpSession) session = smtp_session_open (&endpoint, NULL, error);

  return session != NULL && smtp_session_sign_in (session, &starttls_login, NULL, error);
}

static char *
run_downgrade (const StarttlsCase *test)
{
  g_autoptr (FakeServer) server = serve (test->variant, test->attack, "STALL\n", test->segment);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) received = NULL;

  if (begin (server, test->variant, &error))
    return g_strdup ("it was accepted");
  received = fake_server_dup_received (server, 0);
  if (received != NULL && strstr (g_bytes_get_data (received, NULL), "AUTH") != NULL)
    return g_strdup ("it signed in");
  return starttls_judge (server, error, MUST_REFUSE);
}

/* ---- wishes ---- */

static const struct
{
  const char *name, *priority;
  const char *step;
  gboolean goes_on;
} wishes[] = {
  { "renegotiate", "NORMAL:-VERS-ALL:+VERS-TLS1.2", "RENEGOTIATE 3\n", TRUE },
  { "renegotiate-for-ever", "NORMAL:-VERS-ALL:+VERS-TLS1.2", "RENEGOTIATE 0\n", FALSE },
  { "other-keys", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "RENEGOTIATE 3\n", TRUE },
  { "other-keys-for-ever", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "RENEGOTIATE 0\n", FALSE },
};

static char *
run_wish (const StarttlsCase *test)
{
  guint n = GPOINTER_TO_UINT (test->attack);
  gboolean imap = (test->variant & IMAP) != 0;
  g_autofree char *rest =
      g_strconcat (imap ? "C: $c AUTHENTICATE PLAIN *\n" : "C: AUTH PLAIN *\n", wishes[n].step,
                   imap ? "S: $c OK [CAPABILITY IMAP4rev1] in\nC: $d NOOP\nS: $d OK done\n"
                        : "S: 235 in\nC: EHLO *\nS: 250 mail.test\n",
                   NULL);
  g_autoptr (FakeServer) server = serve (test->variant, wishes[n].priority, rest, test->segment);
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();
  gboolean good = begin (server, test->variant, &error);

  if (good != wishes[n].goes_on)
    return g_strdup_printf ("%s", error != NULL ? error->message : "it went on");
  /* Less than the patience with a silent server. */
  if (!good && g_get_monotonic_time () - begun > 3 * G_USEC_PER_SEC)
    return g_strdup ("it listened to all of it");
  if (good)
    return starttls_judge (server, error, MUST_OPEN);
  return starttls_judge (server, error, MUST_REFUSE);
}

/* ---- ends ---- */

static const char *const ends[] = { "CUT", "CLOSE", "RESET" };
/* So much of a literal of 200 octets came. */
static const gsize came[] = { 0, 1, 100, 199, 200 };

static gboolean
count_body (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  guint *bodies = user_data;

  *bodies += fetched->body != NULL || fetched->text != NULL || fetched->header != NULL;
  return TRUE;
}

static char *
run_cut_literal (const StarttlsCase *test)
{
  gsize octets = came[GPOINTER_TO_UINT (test->attack)];
  g_autofree char *part = g_strnfill (octets, 'x');
  g_autofree char *rest = g_strdup_printf (
      "C: $c AUTHENTICATE PLAIN *\nS: $c OK [CAPABILITY IMAP4rev1] in\n"
      "C: $d SELECT *\nS: * 1 EXISTS\nS: * OK [UIDVALIDITY 5] fine\nS: $d OK open\n"
      "C: $e UID FETCH *\nS- * 1 FETCH (UID 4 BODY[] {200}\\r\\n\nS- %s\n%s\n",
      part, ends[test->variant / 4]);
  g_autoptr (FakeServer) server =
      serve (IMAP | (test->variant & IMPLICIT), NULL, rest, test->segment);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (ImapSession) session = imap_session_open (&endpoint, NULL, &error);
  guint bodies = 0;

  if (session == NULL || !imap_session_sign_in (session, &starttls_login, NULL, &error)
      || !imap_session_select (session, "INBOX", FALSE, NULL, &error))
    return g_strdup (error->message);
  if (imap_session_fetch (session, "4", IMAP_FETCH_BODY, 0, count_body, &bodies, NULL, &error))
    return g_strdup ("the end was not noticed");
  if (bodies > 0)
    return g_strdup ("half a literal passed for a whole one");
  if (imap_session_is_usable (session))
    return g_strdup ("the session goes on");
  if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN))
    return g_strdup_printf ("%d %s", error->code, error->message);
  return starttls_judge (server, error, MUST_REFUSE);
}

static const struct
{
  const char *name, *steps; /* up to the end */
  gboolean sent;            /* the mail was, and nobody knows */
} halves[] = {
  { "offer", "S: 250-mail.test\nS: 250-AUTH PLAIN\n", FALSE },
  { "offer-line", "S: 250-mail.test\nS- 250 AUTH PLAIN\n", FALSE },
  { "offer-end", "S: 250-mail.test\nS- 250 AUTH PLAIN\\r\n", FALSE },
  { "taken",
    "S: 250-mail.test\nS: 250 AUTH PLAIN\nC: AUTH *\nS: 235 in\nC: EHLO *\nS: 250 mail.test\n"
    "C: MAIL *\nS: 250 ok\nC: RCPT *\nS: 250 ok\nC: DATA\nS: 354 go\nD: *\nS- 250\n",
    TRUE },
  { "taken-line",
    "S: 250-mail.test\nS: 250 AUTH PLAIN\nC: AUTH *\nS: 235 in\nC: EHLO *\nS: 250 mail.test\n"
    "C: MAIL *\nS: 250 ok\nC: RCPT *\nS: 250 ok\nC: DATA\nS: 354 go\nD: *\nS- 250 taken\n",
    TRUE },
};

static char *
run_cut_reply (const StarttlsCase *test)
{
  static const char *const recipients[] = { "bob@starttls.test", NULL };
  guint n = GPOINTER_TO_UINT (test->attack);
  g_autofree char *script = g_strconcat (
      "S: 220 hello\nC: EHLO *\nS: 250-mail.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\n",
      halves[n].steps, ends[test->variant / 4], "\n", NULL);
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  FakeFaults faults = FAKE_NO_FAULTS;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = g_bytes_new_static ("Subject: x\r\n\r\nx\r\n", 17);
  g_autoptr (SmtpSession) session = NULL;

  faults.piece = test->segment == SEGMENT_BYTES;
  fake_server_add_script (server, script, &faults);
  session = smtp_session_open (&endpoint, NULL, &error);
  if ((session != NULL) != halves[n].sent)
    return g_strdup_printf ("%s", error != NULL ? error->message : "half an offer was believed");
  if (session != NULL) {
    if (!smtp_session_sign_in (session, &starttls_login, NULL, &error))
      return g_strdup (error->message);
    if (smtp_session_send (session, "tim@starttls.test", recipients, message, NULL, NULL, &error)
        != SMTP_UNCERTAIN)
      return g_strdup ("half an answer was believed");
  }
  return starttls_judge (server, error, MUST_REFUSE);
}

void
starttls_add_tls (GPtrArray *cases)
{
  static const char *const names[] = { "smtp", "imap", "smtps", "imaps" };

  for (guint variant = 0; variant < 4; variant++) {
    for (guint i = 0; i < G_N_ELEMENTS (old); i++)
      starttls_add (cases, g_strdup_printf ("%s/downgrade/%s", names[variant], old[i].name),
                    run_downgrade, old[i].priority, SEGMENT_SAME, PLACE_BEHIND, variant);
    for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
      starttls_add (cases, g_strdup_printf ("%s/wish/%s", names[variant], wishes[i].name), run_wish,
                    GUINT_TO_POINTER (i), SEGMENT_SAME, PLACE_BEHIND, variant);
  }
  for (guint end = 0; end < G_N_ELEMENTS (ends); end++) {
    for (guint bytes = 0; bytes < 2; bytes++) {
      Segment segment = bytes ? SEGMENT_BYTES : SEGMENT_SAME;

      for (guint i = 0; i < G_N_ELEMENTS (came); i++) {
        for (guint implicit = 0; implicit <= IMPLICIT; implicit += IMPLICIT)
          starttls_add (
              cases,
              g_strdup_printf ("imap%s/%s/literal-%zu", implicit ? "s" : "", ends[end], came[i]),
              run_cut_literal, GUINT_TO_POINTER (i), segment, PLACE_BEHIND, end * 4 + implicit);
      }
      for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
        starttls_add (cases, g_strdup_printf ("smtp/%s/%s", ends[end], halves[i].name),
                      run_cut_reply, GUINT_TO_POINTER (i), segment, PLACE_BEHIND, end * 4);
    }
  }
}
