/* IMAP: what is said before TLS, and instead of it.  A session that opens signs in and reads a mail, so that whatever was believed
 * would show. */
#include "starttls.h"

#include <string.h>

#include "base-error.h"
#include "imap-session.h"

/* What the real server says: it offers almost nothing, so that what is used all the same was believed. */
#define INSIDE                                                                                     \
  "ON: $tag CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS: $tag OK told\n"                   \
  "ON: $tag AUTHENTICATE PLAIN\nS: + \n"                                                           \
  "ON: AHRpbS5wcml2YXRlQHN0YXJ0dGxzLnRlc3QAdGFuc3RhYWZ0YW5zdGFhZg==\nS: $tag OK in\n"              \
  "ON: $tag SELECT \"&07jJwA-\"\nS: * 3 EXISTS\nS: * OK [UIDVALIDITY 5] fine\n"                    \
  "S: $tag OK [READ-WRITE] open\n"                                                                 \
  "ON: $tag UID FETCH 4 (UID BODY.PEEK[])\nS: * 1 FETCH (UID 4 BODY[] {31}\n"                      \
  "S: " STARTTLS_MAIL ")\nS: $tag OK fetched\n"
/* The same of one that can do more: what the attacker says about it must not keep it from being used. */
#define ABLE                                                                                       \
  "ON: $tag CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTH=PLAIN NAMESPACE ENABLE CONDSTORE QRESYNC\n" \
  "S: $tag OK told\n"                                                                              \
  "ON: $tag NAMESPACE\nS: * NAMESPACE ((\"good.\" \".\")) NIL NIL\nS: $tag OK told\n"              \
  "ON: $tag ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: $tag OK enabled\n"

/* ---- lines of the attacker, at each place and in each segmentation ---- */

typedef struct
{
  const char *name, *line;
  Outcome outcome; /* where an untagged line may stand; behind the answer to STARTTLS nothing may */
} Line;

static const Line lines[] = {
  { "ok", "* OK evil", MUST_OPEN },
  { "capability-code", "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=EVIL SASL-IR IDLE] evil",
    MUST_OPEN },
  { "capability", "* CAPABILITY IMAP4rev1 STARTTLS SASL-IR UTF8=ACCEPT ENABLE AUTH=EVIL",
    MUST_OPEN },
  { "next-answer", "A3 OK [CAPABILITY IMAP4rev1 AUTH=EVIL SASL-IR] evil", MUST_OPEN },
  { "later-answer", "A4 OK evil", MUST_OPEN },
  { "preauth", "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] evil", MUST_OPEN },
  { "status", "* STATUS INBOX (MESSAGES 666 UIDNEXT 667 UIDVALIDITY 66)", MUST_OPEN },
  { "list", "* LIST (\\\\Sent) \\\"/\\\" evil", MUST_OPEN },
  { "namespace", "* NAMESPACE ((\\\"evil.\\\" \\\".\\\")) NIL NIL", MUST_OPEN },
  { "enabled", "* ENABLED UTF8=ACCEPT IMAP4rev2 QRESYNC", MUST_OPEN },
  { "fetch", "* 1 FETCH (UID 4 FLAGS (\\\\Seen) BODY[] {4}\\r\\nevil)", MUST_OPEN },
  { "exists", "* 666 EXISTS", MUST_OPEN },
  { "too-many", "* 4294967295 EXISTS", MUST_OPEN },
  { "expunge", "* 1 EXPUNGE", MUST_OPEN },
  { "vanished", "* VANISHED (EARLIER) 1:9", MUST_OPEN },
  { "search", "* SEARCH 1 2 3", MUST_OPEN },
  { "id", "* ID (\\\"name\\\" \\\"evil\\\")", MUST_OPEN },
  { "alert", "* OK [ALERT] Call evil at once", MUST_OPEN },
  { "referral", "* NO [REFERRAL imap://evil.example/INBOX] evil", MUST_OPEN },
  { "uidvalidity", "* OK [UIDVALIDITY 66] evil", MUST_OPEN },
  { "no", "* NO evil", MUST_OPEN },
  { "bad", "* BAD evil", MUST_OPEN },
  { "command", "A9 LOGIN evil evil", MUST_OPEN },
  { "bye", "* BYE evil", MUST_REFUSE },
  { "bye-referral", "* BYE [REFERRAL imap://evil.example/] evil", MUST_REFUSE },
  { "continue", "+ evil", MUST_REFUSE },
};

static gboolean
keep_body (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GBytes **body = user_data;

  if (fetched->body != NULL && *body == NULL)
    *body = g_bytes_ref (fetched->body);
  return TRUE;
}

/* Works with the session as the program does; a sentence about what it believes that nobody said inside TLS. */
static char *
use (ImapSession *session, gboolean able, GError **error)
{
  g_autoptr (GBytes) body = NULL;
  const char *prefix;

  if (imap_session_has_news (session))
    return g_strdup ("news from before TLS are kept");
  if (!imap_session_sign_in (session, &starttls_login, NULL, error))
    return NULL;
  prefix = imap_session_get_personal_prefix (session);
  if (g_strcmp0 (prefix, able ? "good." : NULL) != 0)
    return g_strdup_printf ("the namespace is “%s”", prefix);
  if (imap_session_has (session, IMAP_CAP_QRESYNC) != able)
    return g_strdup ("what it can do is not what it said");
  if (imap_session_has (session, IMAP_CAP_IDLE) || imap_session_has (session, IMAP_CAP_STARTTLS))
    return g_strdup ("what was offered in clear is believed");
  if (imap_session_get_doubted (session) != 0)
    return g_strdup ("an extension is doubted for what was said in clear");
  if (able)
    return NULL;
  if (!imap_session_select (session, "편지", FALSE, NULL, error))
    return NULL;
  if (imap_session_get_selected (session)->exists != 3
      || imap_session_get_selected (session)->uid_validity != 5)
    return g_strdup ("the mailbox is not as the server told");
  if (!imap_session_fetch (session, "4", IMAP_FETCH_BODY, 0, keep_body, &body, NULL, error))
    return NULL;
  if (body == NULL || g_bytes_get_size (body) != strlen (STARTTLS_MAIL)
      || memcmp (g_bytes_get_data (body, NULL), STARTTLS_MAIL, strlen (STARTTLS_MAIL)) != 0)
    return g_strdup ("the mail is not as the server told");
  if (imap_session_has_news (session))
    return g_strdup ("there are news that nobody told");
  return NULL;
}

static char *
play (const StarttlsTalk *talk, Segment segment, Outcome outcome, gboolean able)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autofree char *script = starttls_script (talk, segment, "$tag CAPABILITY", "$tag STARTTLS",
                                             able ? ABLE INSIDE : INSIDE);
  NetEndpoint endpoint = fake_server_endpoint (server);
  FakeFaults faults = FAKE_NO_FAULTS;
  g_autoptr (ImapSession) session = NULL;
  g_autoptr (GError) error = NULL;
  char *failure = NULL;

  faults.piece = segment == SEGMENT_BYTES;
  fake_server_add_script (server, script, &faults);
  session = imap_session_open (&endpoint, NULL, &error);
  if (session != NULL)
    failure = use (session, able, &error);
  g_clear_pointer (&session, imap_session_free);
  if (failure == NULL)
    failure = starttls_judge (server, error, outcome);
  if (failure == NULL && outcome == MUST_OPEN)
    failure = fake_server_finish (server);
  return failure;
}

static char *
run_line (const StarttlsCase *test)
{
  const Line *line = test->attack;
  g_auto (StarttlsTalk) talk = {
    .greeting = g_strdup ("* OK hello\\r\\n"),
    .offer = g_strdup ("* CAPABILITY IMAP4rev1 STARTTLS\\r\\n$tag OK told\\r\\n"),
    .answer = g_strdup ("$tag OK go\\r\\n"),
  };
  Outcome outcome = line->outcome;

  starttls_talk_place (&talk, test->place, test->segment, line->line);
  /* TLS that is cut into by somebody may be a bad line as well as an attack. */
  if (test->place == PLACE_BEHIND)
    outcome = test->segment == SEGMENT_FLIGHTS ? MUST_REFUSE : MUST_DISTRUST;
  return play (&talk, test->segment, outcome, FALSE);
}

/* ---- answers that are not as they should be ---- */

typedef struct
{
  const char *name;
  Place place; /* whose place it takes; PLACE_INSIDE: that of the answer to STARTTLS */
  const char *text;
  Outcome outcome;
  gboolean able;
} Answer;

static const Answer answers[] = {
  { "answer/no", PLACE_INSIDE, "$tag NO evil", MUST_DISTRUST, FALSE },
  { "answer/no-alert", PLACE_INSIDE, "$tag NO [ALERT] evil", MUST_DISTRUST, FALSE },
  { "answer/no-referral", PLACE_INSIDE, "$tag NO [REFERRAL imap://evil.example/] evil",
    MUST_DISTRUST, FALSE },
  { "answer/no-password", PLACE_INSIDE, "$tag NO [AUTHENTICATIONFAILED] evil", MUST_DISTRUST,
    FALSE },
  { "answer/no-expired", PLACE_INSIDE, "$tag NO [EXPIRED] evil", MUST_DISTRUST, FALSE },
  { "answer/no-for-now", PLACE_INSIDE, "$tag NO [UNAVAILABLE] evil", MUST_REFUSE, FALSE },
  { "answer/no-limit", PLACE_INSIDE, "$tag NO [LIMIT] evil", MUST_REFUSE, FALSE },
  { "answer/bad", PLACE_INSIDE, "$tag BAD evil", MUST_DISTRUST, FALSE },
  { "answer/bad-code", PLACE_INSIDE, "$tag BAD [CLIENTBUG] evil", MUST_DISTRUST, FALSE },
  { "answer/preauth", PLACE_INSIDE, "$tag PREAUTH evil", MUST_DISTRUST, FALSE },
  { "answer/bye", PLACE_INSIDE, "$tag BYE evil", MUST_REFUSE, FALSE },
  { "answer/odd", PLACE_INSIDE, "$tag EVIL indeed", MUST_REFUSE, FALSE },
  { "answer/bare", PLACE_INSIDE, "$tag", MUST_REFUSE, FALSE },
  { "answer/continue", PLACE_INSIDE, "+ evil", MUST_REFUSE, FALSE },
  { "answer/continue-empty", PLACE_INSIDE, "+ ", MUST_REFUSE, FALSE },
  { "answer/goodbye", PLACE_INSIDE, "* BYE evil", MUST_REFUSE, FALSE },
  { "answer/goodbye-referral", PLACE_INSIDE, "* BYE [REFERRAL imap://evil.example/] evil",
    MUST_REFUSE, FALSE },
  { "answer/twice", PLACE_INSIDE, "$tag OK go\\r\\n$tag OK evil", MUST_DISTRUST, FALSE },
  { "answer/ok-and-no", PLACE_INSIDE, "$tag OK go\\r\\n$tag NO evil", MUST_DISTRUST, FALSE },
  { "answer/capability", PLACE_INSIDE, "$tag OK [CAPABILITY IMAP4rev1 SASL-IR IDLE AUTH=EVIL] evil",
    MUST_OPEN, FALSE },
  { "answer/alert", PLACE_INSIDE, "$tag OK [ALERT] evil", MUST_OPEN, FALSE },
  { "answer/referral", PLACE_INSIDE, "$tag OK [REFERRAL imap://evil.example/] evil", MUST_OPEN,
    FALSE },
  { "answer/too-long", PLACE_INSIDE, NULL, MUST_REFUSE, FALSE },
  { "greeting/preauth", PLACE_GREETING, "* PREAUTH [CAPABILITY IMAP4rev1] evil", MUST_DISTRUST,
    FALSE },
  { "greeting/preauth-referral", PLACE_GREETING, "* PREAUTH [REFERRAL imap://evil.example/] evil",
    MUST_DISTRUST, FALSE },
  { "greeting/bye", PLACE_GREETING, "* BYE evil", MUST_REFUSE, FALSE },
  { "greeting/bye-referral", PLACE_GREETING, "* BYE [REFERRAL imap://evil.example/] evil",
    MUST_REFUSE, FALSE },
  { "greeting/no", PLACE_GREETING, "* NO evil", MUST_REFUSE, FALSE },
  { "greeting/bad", PLACE_GREETING, "* BAD evil", MUST_REFUSE, FALSE },
  { "greeting/tagged", PLACE_GREETING, "A1 OK evil", MUST_REFUSE, FALSE },
  { "greeting/continue", PLACE_GREETING, "+ evil", MUST_REFUSE, FALSE },
  { "greeting/no-star", PLACE_GREETING, "OK evil", MUST_REFUSE, FALSE },
  { "greeting/data", PLACE_GREETING, "* 3 EXISTS", MUST_REFUSE, FALSE },
  { "greeting/star", PLACE_GREETING, "*", MUST_REFUSE, FALSE },
  { "greeting/empty", PLACE_GREETING, "", MUST_REFUSE, FALSE },
  { "greeting/smtp", PLACE_GREETING, "220 evil ESMTP", MUST_REFUSE, FALSE },
  { "greeting/pop", PLACE_GREETING, "+OK evil", MUST_REFUSE, FALSE },
  { "greeting/http", PLACE_GREETING, "HTTP/1.1 200 OK\\r\\n\\r\\n<html>evil", MUST_REFUSE, FALSE },
  { "greeting/nul", PLACE_GREETING, "\\0\\0evil\\0", MUST_REFUSE, FALSE },
  { "greeting/tls-alert", PLACE_GREETING, "\\x15\\x03\\x01\\x00\\x02\\x02\\x28evil", MUST_REFUSE,
    FALSE },
  { "greeting/too-long", PLACE_GREETING, NULL, MUST_REFUSE, FALSE },
  { "greeting/alert", PLACE_GREETING, "* OK [ALERT] evil", MUST_OPEN, FALSE },
  { "greeting/words", PLACE_GREETING, "* OK evil Exchange Server 2003, Cyrus IMAP 1.0", MUST_OPEN,
    TRUE },
  { "greeting/mechanism", PLACE_GREETING, "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=ATOKEN] evil",
    MUST_OPEN, TRUE },
  { "offer/stripped", PLACE_OFFER, "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=EVIL\\r\\n$tag OK told",
    MUST_DISTRUST, FALSE },
  { "offer/stripped-code", PLACE_OFFER, "$tag OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] evil",
    MUST_DISTRUST, FALSE },
  { "offer/renamed", PLACE_OFFER, "* CAPABILITY IMAP4rev1 XSTARTTLS STARTTLSEVIL\\r\\n$tag OK told",
    MUST_DISTRUST, FALSE },
  { "offer/disabled", PLACE_OFFER, "* CAPABILITY IMAP4rev1 LOGINDISABLED\\r\\n$tag OK told",
    MUST_DISTRUST, FALSE },
  { "offer/empty", PLACE_OFFER, "* CAPABILITY\\r\\n$tag OK told", MUST_DISTRUST, FALSE },
  { "offer/none", PLACE_OFFER, "$tag OK evil", MUST_DISTRUST, FALSE },
  { "offer/no", PLACE_OFFER, "$tag NO evil", MUST_REFUSE, FALSE },
  { "offer/bad", PLACE_OFFER, "$tag BAD evil", MUST_REFUSE, FALSE },
  { "offer/continue", PLACE_OFFER, "+ evil", MUST_REFUSE, FALSE },
  { "offer/bye", PLACE_OFFER, "* BYE evil", MUST_REFUSE, FALSE },
  { "offer/quirk", PLACE_OFFER, "* CAPABILITY IMAP4rev1 STARTTLS AUTH=ATOKEN\\r\\n$tag OK evil",
    MUST_OPEN, TRUE },
};

static char *
run_answer (const StarttlsCase *test)
{
  const Answer *answer = test->attack;
  g_autofree char *filling = g_strnfill (200 * 1024, 'e');
  g_autofree char *text = answer->text != NULL
                              ? g_strconcat (answer->text, "\\r\\n", NULL)
                              : g_strconcat ("* OK evil ", filling, "\\r\\n", NULL);
  const char *greeting = answer->place == PLACE_GREETING ? text : "* OK hello\\r\\n";
  const char *offer = answer->place == PLACE_OFFER
                          ? text
                          : "* CAPABILITY IMAP4rev1 STARTTLS\\r\\n$tag OK told\\r\\n";
  const char *agreed = answer->place == PLACE_INSIDE ? text : "$tag OK go\\r\\n";
  g_auto (StarttlsTalk) talk = {
    .greeting = g_strdup (greeting),
    .offer = g_strdup (offer),
    .answer = g_strdup (agreed),
  };

  return play (&talk, test->segment, answer->outcome, answer->able);
}

void
starttls_add_imap (GPtrArray *cases)
{
  static const char *const places[] = { "greeting", "offer", "inside", "behind" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    for (Place place = PLACE_GREETING; place <= PLACE_BEHIND; place++) {
      for (Segment segment = SEGMENT_SAME; segment <= SEGMENT_BYTES; segment++) {
        if (place == PLACE_BEHIND || (segment != SEGMENT_LATE && segment != SEGMENT_FLIGHTS))
          starttls_add (cases, g_strdup_printf ("imap/%s/%s", places[place], lines[i].name),
                        run_line, &lines[i], segment, place, 0);
      }
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    starttls_add (cases, g_strdup_printf ("imap/%s", answers[i].name), run_answer, &answers[i],
                  SEGMENT_SAME, answers[i].place, 0);
    /* 200 KB in as many segments say nothing new */
    if (answers[i].text == NULL)
      continue;
    if (strstr (answers[i].text, "\\r\\n") != NULL)
      starttls_add (cases, g_strdup_printf ("imap/%s", answers[i].name), run_answer, &answers[i],
                    SEGMENT_OWN, answers[i].place, 0);
    starttls_add (cases, g_strdup_printf ("imap/%s", answers[i].name), run_answer, &answers[i],
                  SEGMENT_BYTES, answers[i].place, 0);
  }
}
