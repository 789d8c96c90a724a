/* A peer that says nothing more, at each step of the wire: whoever waits for it ends by themselves when the step's time is over, and at once
 * when they are called off.  A row of the tables below is a step: the script goes up to it, the walk is ours.  Several rows at a time, for
 * they mostly wait; ONLY=regex picks some. */
#include <gio/gio.h>
#include <locale.h>
#include <string.h>

#include "base-error.h"
#include "black-hole.h"
#include "fake-resolver.h"
#include "fake-server.h"
#include "imap-query.h"
#include "imap-session.h"
#include "mail-autoconfig.h"
#include "mail-oauth-flow.h"
#include "mail-records.h"
#include "smtp-session.h"

#define LIMIT_MS  500   /* of a step, where a test may say */
#define SLACK_MS  2000  /* a busy machine, and what comes before the step */
#define LONG_MS   60000 /* nobody waits for so long here */
#define CANCEL_MS 400   /* when it is called off: the step has been reached by then */
#define BACK_MS   300   /* and that is how soon it has to be over */
#define SOUP_MS   10000 /* where a test may not say: mail-autoconfig.c */
#define TOGETHER  12
#define TRIES     10 /* of what came late: a busy machine is late many times, but not each time */

/* What we do until nothing comes any more; how it ended is in the error. */
typedef void (*Walk) (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error);

typedef enum
{
  PEER_SCRIPT,
  PEER_DEAF, /* takes the connection and reads nothing */
  PEER_HOLE, /* its packets go nowhere */
  PEER_NAME, /* nobody says where it is */
} Peer;

typedef struct
{
  const char *name;
  Walk walk;
  Peer peer;
  FakeMode mode;
  const char *script;
  guint limit_ms; /* 0: LIMIT_MS; G_MAXUINT: only who asks has one */
} Step;

/* ---- walks ---- */

static void
open_imap (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, cancellable, error);
}

static void
open_smtp (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpSession) session = smtp_session_open (endpoint, cancellable, error);
}

static NetLogin
login_by (BaseSignIn kind)
{
  return (NetLogin){ .kind = kind, .user = "user", .secret = "secret" };
}

static ImapSession *
open_signed_in (const NetEndpoint *endpoint, BaseSignIn kind, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, cancellable, error);
  NetLogin login = login_by (kind);

  if (session == NULL || !imap_session_sign_in (session, &login, cancellable, error))
    return NULL;
  return g_steal_pointer (&session);
}

static void
sign_in_imap (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session =
      open_signed_in (endpoint, BASE_SIGN_IN_PASSWORD, cancellable, error);
}

static void
token_imap (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session =
      open_signed_in (endpoint, BASE_SIGN_IN_OAUTH, cancellable, error);
}

static SmtpSession *
open_signed_in_smtp (const NetEndpoint *endpoint, BaseSignIn kind, GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (SmtpSession) session = smtp_session_open (endpoint, cancellable, error);
  NetLogin login = login_by (kind);

  if (session == NULL || !smtp_session_sign_in (session, &login, cancellable, error))
    return NULL;
  return g_steal_pointer (&session);
}

static void
sign_in_smtp (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpSession) session =
      open_signed_in_smtp (endpoint, BASE_SIGN_IN_PASSWORD, cancellable, error);
}

static void
token_smtp (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpSession) session =
      open_signed_in_smtp (endpoint, BASE_SIGN_IN_OAUTH, cancellable, error);
}

static void
noop (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, cancellable, error);

  if (session != NULL)
    imap_session_noop (session, cancellable, error);
}

static void
select_inbox (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, cancellable, error);

  if (session != NULL)
    imap_session_select (session, "INBOX", FALSE, cancellable, error);
}

static void
search (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, cancellable, error);
  g_autoptr (BaseQuery) query = base_query_parse ("보고서", 0);
  g_autoptr (BaseUidSet) found = NULL;
  ImapQueryAsked asked;

  if (session != NULL && imap_session_select (session, "INBOX", TRUE, cancellable, error))
    found = imap_session_search_query (session, base_query_get_root (query), NULL, NULL, &asked,
                                       cancellable, error);
}

static void
list (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, cancellable, error);
  g_autoptr (GPtrArray) mailboxes =
      session != NULL ? imap_session_list (session, cancellable, error) : NULL;
}

static void
append (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, cancellable, error);
  g_autoptr (GBytes) message = g_bytes_new_static ("Subject: x\r\n\r\n", 14);
  guint32 uid;

  if (session != NULL)
    imap_session_append (session, "INBOX", 0, NULL, 0, message, &uid, cancellable, error);
}

static void
send_mail (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  static const char *const to[] = { "you@a.example", NULL };
  g_autoptr (SmtpSession) session = smtp_session_open (endpoint, cancellable, error);
  g_autoptr (GBytes) message = g_bytes_new_static ("Subject: x\r\n\r\nx\r\n", 17);
  GError *local = NULL;
  SmtpOutcome outcome;

  if (session == NULL)
    return;
  outcome = smtp_session_send (session, "me@a.example", to, message, NULL, cancellable, &local);
  g_assert_cmpint (outcome, !=, SMTP_SENT);
  g_propagate_error (error, local);
}

/* Of the provider, and of the domain: an address from host and port. */
static char *
uri_of (const NetEndpoint *endpoint)
{
  return g_strdup_printf ("%s://%s:%u/x",
                          endpoint->security == BASE_SECURITY_TLS ? "https" : "http",
                          endpoint->host, endpoint->port);
}

static void
ask_token (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  MailOauthTimes times = { 0, endpoint->timeout_ms };
  g_autofree char *uri = uri_of (endpoint);
  MailOauth oauth = { .token = uri, .client_id = (char *)"x", .host = (char *)endpoint->host };
  g_autoptr (MailOauthTokens) tokens =
      mail_oauth_refresh (&oauth, "refresh", &times, NULL, NULL, cancellable, error);
}

static void
ask_settings (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autofree char *uri = uri_of (endpoint);
  g_autofree char *where = NULL;

  account->address = g_strdup ("a@b.example");
  mail_autoconfig_fetch (account, uri, &where, cancellable, error);
}

static void
ask_services (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (BaseAccount) account = base_account_new ();

  mail_records_find_services (account, endpoint->host, cancellable, error);
}

static void
ask_exchange (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autofree char *exchange = mail_records_dup_exchange (endpoint->host, cancellable, error);
}

/* ---- steps ---- */

#define HELLO        "S: * OK [CAPABILITY IMAP4rev1] hello\n"
#define EXAMINED     HELLO "C: $e EXAMINE *\nS: * 3 EXISTS\nS: $e OK [READ-ONLY] open\n"
#define OFFER(words) "S: * OK [CAPABILITY IMAP4rev1 " words "] hello\n"
#define GO_IMAP      OFFER ("STARTTLS") "C: $s STARTTLS\nS: $s OK go\n"
#define EHLO(words)  "S: 220 hello\nC: EHLO *\nS: 250-hello\nS: 250 " words "\n"
#define GO_SMTP      EHLO ("STARTTLS") "C: STARTTLS\nS: 220 go\n"
#define FROM         EHLO ("8BITMIME") "C: MAIL *\nS: 250 ok\nC: RCPT *\n"
#define DATA         FROM "S: 250 ok\nC: DATA\n"
#define HTTP         "S- HTTP/1.1 200 OK\\r\\nContent-Length: 1000\\r\\n\\r\\n{\n"
#define DRIBBLE      "S- x\nWAIT 100\n"
#define DRIBBLE5     DRIBBLE DRIBBLE DRIBBLE DRIBBLE DRIBBLE
#define DRIBBLE30    DRIBBLE5 DRIBBLE5 DRIBBLE5 DRIBBLE5 DRIBBLE5 DRIBBLE5

#define ROW(name, walk, mode, script)                                                              \
  {                                                                                                \
    name, walk, PEER_SCRIPT, mode, script "STALL", 0                                               \
  }

static const Step steps[] = {
  /* HTTP that tells settings: first, for these take long. */
  { "settings/connect", ask_settings, PEER_HOLE, FAKE_PLAIN, NULL, SOUP_MS },
  { "settings/handshake", ask_settings, PEER_DEAF, FAKE_TLS, NULL, SOUP_MS },
  { "settings/answer", ask_settings, PEER_DEAF, FAKE_PLAIN, NULL, SOUP_MS },
  { "settings/half an answer", ask_settings, PEER_SCRIPT, FAKE_PLAIN, HTTP "STALL", SOUP_MS },

  /* Nothing is said yet. */
  { "imap/connect", open_imap, PEER_HOLE, FAKE_TLS, NULL, 0 },
  { "smtp/connect", open_smtp, PEER_HOLE, FAKE_TLS, NULL, 0 },
  { "imap/handshake", open_imap, PEER_DEAF, FAKE_TLS, NULL, 0 },
  { "smtp/handshake", open_smtp, PEER_DEAF, FAKE_TLS, NULL, 0 },
  ROW ("imap/handshake after STARTTLS", open_imap, FAKE_PLAIN, GO_IMAP),
  ROW ("smtp/handshake after STARTTLS", open_smtp, FAKE_PLAIN, GO_SMTP),
  ROW ("imap/greeting", open_imap, FAKE_TLS, ""),
  ROW ("imap/greeting in clear", open_imap, FAKE_PLAIN, ""),
  ROW ("imap/half a greeting", open_imap, FAKE_TLS, "S- * OK [CAPA\n"),
  ROW ("smtp/greeting", open_smtp, FAKE_TLS, ""),
  ROW ("smtp/greeting in clear", open_smtp, FAKE_PLAIN, ""),
  ROW ("smtp/half a greeting", open_smtp, FAKE_TLS, "S: 220-hello\n"),
  ROW ("imap/CAPABILITY", open_imap, FAKE_TLS, "S: * OK hello\nC: * CAPABILITY\n"),
  ROW ("imap/end of CAPABILITY", open_imap, FAKE_TLS,
       "S: * OK hello\nC: * CAPABILITY\nS: * CAPABILITY IMAP4rev1\n"),
  ROW ("imap/STARTTLS", open_imap, FAKE_PLAIN, OFFER ("STARTTLS") "C: * STARTTLS\n"),
  ROW ("imap/CAPABILITY after STARTTLS", open_imap, FAKE_PLAIN, GO_IMAP "TLS\nC: * CAPABILITY\n"),
  ROW ("smtp/EHLO", open_smtp, FAKE_TLS, "S: 220 hello\nC: EHLO *\n"),
  ROW ("smtp/end of EHLO", open_smtp, FAKE_TLS, "S: 220 hello\nC: EHLO *\nS: 250-hello\n"),
  ROW ("smtp/STARTTLS", open_smtp, FAKE_PLAIN, EHLO ("STARTTLS") "C: STARTTLS\n"),
  ROW ("smtp/EHLO after STARTTLS", open_smtp, FAKE_PLAIN, GO_SMTP "TLS\nC: EHLO *\n"),

  /* Signing in. */
  ROW ("imap/PLAIN, go on", sign_in_imap, FAKE_TLS,
       OFFER ("AUTH=PLAIN") "C: * AUTHENTICATE PLAIN\n"),
  ROW ("imap/PLAIN, verdict", sign_in_imap, FAKE_TLS,
       OFFER ("AUTH=PLAIN SASL-IR") "C: * AUTHENTICATE PLAIN *\n"),
  ROW ("imap/LOGIN as a mechanism, user", sign_in_imap, FAKE_TLS,
       OFFER ("AUTH=LOGIN LOGINDISABLED") "C: * AUTHENTICATE LOGIN\n"),
  ROW ("imap/LOGIN as a mechanism, password", sign_in_imap, FAKE_TLS,
       OFFER ("AUTH=LOGIN LOGINDISABLED") "C: * AUTHENTICATE LOGIN\nS: + VXNlcjo=\nC: *\n"),
  ROW ("imap/LOGIN as a mechanism, verdict", sign_in_imap, FAKE_TLS,
       OFFER ("AUTH=LOGIN LOGINDISABLED") "C: * AUTHENTICATE LOGIN\nS: + VXNlcjo=\nC: *\n"
                                          "S: + UGFzc3dvcmQ6\nC: *\n"),
  ROW ("imap/SCRAM, their first", sign_in_imap, FAKE_TLS,
       OFFER ("AUTH=SCRAM-SHA-256 SASL-IR") "C: * AUTHENTICATE SCRAM-SHA-256 *\n"),
  ROW ("imap/SCRAM, their proof", sign_in_imap, FAKE_TLS,
       OFFER ("AUTH=SCRAM-SHA-256 SASL-IR") "C: $s AUTHENTICATE SCRAM-SHA-256 $first\n"
                                            "SCRAM: + $first SCRAM-SHA-256 user secret y mute\n"),
  ROW ("imap/OAUTHBEARER, verdict", token_imap, FAKE_TLS,
       OFFER ("AUTH=OAUTHBEARER SASL-IR") "C: * AUTHENTICATE OAUTHBEARER *\n"),
  ROW ("imap/OAUTHBEARER, after the reason", token_imap, FAKE_TLS,
       OFFER ("AUTH=OAUTHBEARER SASL-IR") "C: * AUTHENTICATE OAUTHBEARER *\nS: + e30=\nC: *\n"),
  ROW ("imap/XOAUTH2, verdict", token_imap, FAKE_TLS,
       OFFER ("AUTH=XOAUTH2 SASL-IR") "C: * AUTHENTICATE XOAUTH2 *\n"),
  ROW ("imap/LOGIN", sign_in_imap, FAKE_TLS, HELLO "C: * LOGIN *\n"),
  ROW ("imap/CAPABILITY after signing in", sign_in_imap, FAKE_TLS,
       HELLO "C: $s LOGIN *\nS: $s OK in\nC: * CAPABILITY\n"),
  ROW ("smtp/PLAIN, verdict", sign_in_smtp, FAKE_TLS, EHLO ("AUTH PLAIN") "C: AUTH PLAIN *\n"),
  ROW ("smtp/LOGIN, user", sign_in_smtp, FAKE_TLS, EHLO ("AUTH LOGIN") "C: AUTH LOGIN\n"),
  ROW ("smtp/LOGIN, password", sign_in_smtp, FAKE_TLS,
       EHLO ("AUTH LOGIN") "C: AUTH LOGIN\nS: 334 VXNlcjo=\nC: *\n"),
  ROW ("smtp/LOGIN, verdict", sign_in_smtp, FAKE_TLS,
       EHLO ("AUTH LOGIN") "C: AUTH LOGIN\nS: 334 VXNlcjo=\nC: *\nS: 334 UGFzc3dvcmQ6\nC: *\n"),
  ROW ("smtp/SCRAM, their first", sign_in_smtp, FAKE_TLS,
       EHLO ("AUTH SCRAM-SHA-256") "C: AUTH SCRAM-SHA-256 *\n"),
  ROW ("smtp/SCRAM, their proof", sign_in_smtp, FAKE_TLS,
       EHLO ("AUTH SCRAM-SHA-256") "C: AUTH SCRAM-SHA-256 $first\n"
                                   "SCRAM: 334 $first SCRAM-SHA-256 user secret y mute\n"),
  ROW ("smtp/OAUTHBEARER, verdict", token_smtp, FAKE_TLS,
       EHLO ("AUTH OAUTHBEARER") "C: AUTH OAUTHBEARER *\n"),
  ROW ("smtp/XOAUTH2, after the reason", token_smtp, FAKE_TLS,
       EHLO ("AUTH XOAUTH2") "C: AUTH XOAUTH2 *\nS: 334 e30=\nC: *\n"),
  ROW ("smtp/EHLO after signing in", sign_in_smtp, FAKE_TLS,
       EHLO ("AUTH PLAIN") "C: AUTH PLAIN *\nS: 235 in\nC: EHLO *\n"),

  /* At work. */
  ROW ("imap/a command", noop, FAKE_TLS, HELLO "C: * NOOP\n"),
  ROW ("imap/half an answer", noop, FAKE_TLS, HELLO "C: $s NOOP\nS- $s O\n"),
  ROW ("imap/SELECT", select_inbox, FAKE_TLS, HELLO "C: * SELECT *\nS: * 3 EXISTS\n"),
  ROW ("imap/SEARCH, leave for a word", search, FAKE_TLS, EXAMINED "C: * UID SEARCH CHARSET *\n"),
  ROW ("imap/SEARCH", search, FAKE_TLS,
       EXAMINED "C: * UID SEARCH CHARSET *\nS: + go on\nL: *\nC: \n"),
  ROW ("imap/half of what is found", search, FAKE_TLS,
       EXAMINED "C: * UID SEARCH CHARSET *\nS: + go on\nL: *\nC: \nS- * SEARCH 1 2\n"),
  ROW ("imap/a literal", list, FAKE_TLS, HELLO "C: * LIST *\nS: * LIST () \"/\" {20}\n"),
  ROW ("imap/half a literal", list, FAKE_TLS,
       HELLO "C: * LIST *\nS: * LIST () \"/\" {20}\nS- half\n"),
  ROW ("imap/leave for a literal", append, FAKE_TLS, HELLO "C: * APPEND *\n"),
  ROW ("imap/the end of APPEND", append, FAKE_TLS, HELLO "C: * APPEND *\nS: + go on\nL: *\nC: \n"),
  ROW ("smtp/MAIL", send_mail, FAKE_TLS, EHLO ("8BITMIME") "C: MAIL *\n"),
  ROW ("smtp/RCPT", send_mail, FAKE_TLS, FROM),
  ROW ("smtp/DATA", send_mail, FAKE_TLS, DATA),
  ROW ("smtp/the final dot", send_mail, FAKE_TLS, DATA "S: 354 go\nD: *\n"),
  ROW ("smtp/half of the last reply", send_mail, FAKE_TLS, DATA "S: 354 go\nD: *\nS- 25\n"),

  /* HTTP that gives tokens. */
  { "token/connect", ask_token, PEER_HOLE, FAKE_PLAIN, NULL, 0 },
  { "token/handshake", ask_token, PEER_DEAF, FAKE_TLS, NULL, 0 },
  { "token/answer", ask_token, PEER_DEAF, FAKE_PLAIN, NULL, 0 },
  ROW ("token/half an answer", ask_token, FAKE_PLAIN, HTTP),
  ROW ("token/an answer octet by octet", ask_token, FAKE_PLAIN, HTTP DRIBBLE30),
};

/* The name server says nothing: from here on, in the whole process. */
static const Step lookups[] = {
  { "imap/address", open_imap, PEER_NAME, FAKE_TLS, NULL, 0 },
  { "smtp/address", open_smtp, PEER_NAME, FAKE_TLS, NULL, 0 },
  { "token/address", ask_token, PEER_NAME, FAKE_TLS, NULL, 0 },
  /* Of these the search as a whole has a limit (tests/mail/sources.py). */
  { "settings/address", ask_settings, PEER_NAME, FAKE_TLS, NULL, G_MAXUINT },
  { "settings/services", ask_services, PEER_NAME, FAKE_TLS, NULL, G_MAXUINT },
  { "settings/exchange", ask_exchange, PEER_NAME, FAKE_TLS, NULL, G_MAXUINT },
};

/* ---- taking one ---- */

typedef struct
{
  FakeServer *server;
  GSocketListener *deaf;
  BlackHole *hole;
} Place;

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return port;
}

static NetEndpoint
place_init (Place *place, const Step *step)
{
  NetEndpoint endpoint = { .host = "127.0.0.1",
                           .security = step->mode == FAKE_TLS ? BASE_SECURITY_TLS
                                                              : BASE_SECURITY_STARTTLS };

  switch (step->peer) {
  case PEER_SCRIPT:
    place->server = fake_server_new (step->mode, FAKE_GOOD);
    fake_server_add_script (place->server, step->script, NULL);
    endpoint = fake_server_endpoint (place->server);
    break;
  case PEER_DEAF:
    place->deaf = g_socket_listener_new ();
    endpoint.port = g_socket_listener_add_any_inet_port (place->deaf, NULL, NULL);
    break;
  case PEER_HOLE:
    while (place->hole == NULL)
      place->hole = black_hole_new ("127.0.0.1", endpoint.port = find_port ());
    break;
  case PEER_NAME:
    endpoint.host = "silent.example";
    endpoint.port = 1;
    break;
  }
  return endpoint;
}

static void
place_clear (Place *place)
{
  g_clear_pointer (&place->server, fake_server_free);
  g_clear_object (&place->deaf);
  g_clear_pointer (&place->hole, black_hole_free);
}

typedef struct
{
  const Step *step;
  gboolean cancel;
  gboolean late; /* by the clock alone */
  char *fault;   /* Owned; NULL: none */
} Try;

typedef struct
{
  GCancellable *cancellable;
  gint64 when;
} Calling;

static gpointer
call_off (gpointer data)
{
  Calling *calling = data;

  g_usleep (CANCEL_MS * 1000);
  calling->when = g_get_monotonic_time ();
  g_cancellable_cancel (calling->cancellable);
  return NULL;
}

static char *
try_cancel (const Step *step, NetEndpoint *endpoint, gboolean *late)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Calling calling = { cancellable, 0 };
  GThread *thread = g_thread_new ("call-off", call_off, &calling);
  gint64 end;

  endpoint->timeout_ms = LONG_MS;
  step->walk (endpoint, cancellable, &error);
  end = g_get_monotonic_time ();
  g_thread_join (thread);
  if (!base_error_is_cancelled (error))
    return g_strdup_printf ("was not called off: %s",
                            error != NULL ? error->message : "it is well");
  if (end < calling.when)
    return g_strdup ("was over before");
  *late = end - calling.when > BACK_MS * 1000;
  return *late ? g_strdup_printf ("%" G_GINT64_FORMAT " ms until it was over",
                                  (end - calling.when) / 1000)
               : NULL;
}

static char *
try_limit (const Step *step, NetEndpoint *endpoint, gboolean *late)
{
  guint limit = step->limit_ms != 0 ? step->limit_ms : LIMIT_MS;
  gint64 begun = g_get_monotonic_time (), took;
  g_autoptr (GError) error = NULL;

  if (limit == G_MAXUINT)
    return NULL;
  endpoint->timeout_ms = limit;
  step->walk (endpoint, NULL, &error);
  took = (g_get_monotonic_time () - begun) / 1000;
  if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY))
    return g_strdup_printf ("is no time-out: %s", error != NULL ? error->message : "it is well");
  *late = took > limit + SLACK_MS;
  if (took + 20 < limit || *late)
    return g_strdup_printf ("%" G_GINT64_FORMAT " ms", took);
  return NULL;
}

static void
take (gpointer data, gpointer user_data)
{
  Try *try = data;
  Place place = { NULL, NULL, NULL };
  NetEndpoint endpoint = place_init (&place, try->step);

  try->late = FALSE;
  try->fault = try->cancel ? try_cancel (try->step, &endpoint, &try->late)
                           : try_limit (try->step, &endpoint, &try->late);
  if (try->fault == NULL && place.server != NULL
      && fake_server_count_connections (place.server) != 1)
    try->fault = g_strdup ("another connection was made");
  place_clear (&place);
}

static gboolean
is_wanted (const Step *step)
{
  const char *only = g_getenv ("ONLY");

  return only == NULL || g_regex_match_simple (only, step->name, 0, 0);
}

static void
take_all (const Step *all, guint n, gboolean cancel)
{
  GThreadPool *pool = g_thread_pool_new (take, NULL, TOGETHER, TRUE, NULL);
  g_autofree Try *tries = g_new0 (Try, n);
  guint n_faults = 0;

  for (guint i = 0; i < n; i++) {
    tries[i] = (Try){ &all[i], cancel, FALSE, NULL };
    if (is_wanted (&all[i]))
      g_thread_pool_push (pool, &tries[i], NULL);
  }
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint i = 0; i < n; i++) {
    /* Once more, with nobody beside it. */
    for (guint again = 1; again < TRIES && tries[i].late; again++) {
      g_clear_pointer (&tries[i].fault, g_free);
      take (&tries[i], NULL);
    }
    if (tries[i].fault != NULL)
      g_test_message ("%s: %s", all[i].name, tries[i].fault);
    n_faults += tries[i].fault != NULL;
    g_free (tries[i].fault);
  }
  g_assert_cmpuint (n_faults, ==, 0);
}

static void
test_limit (void)
{
  take_all (steps, G_N_ELEMENTS (steps), FALSE);
}

static void
test_cancel (void)
{
  take_all (steps, G_N_ELEMENTS (steps), TRUE);
}

static void
test_names_limit (void)
{
  fake_resolver_install ();
  fake_resolver_be_silent ();
  take_all (lookups, G_N_ELEMENTS (lookups), FALSE);
}

static void
test_names_cancel (void)
{
  fake_resolver_install ();
  fake_resolver_be_silent ();
  take_all (lookups, G_N_ELEMENTS (lookups), TRUE);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/silence/limit", test_limit);
  g_test_add_func ("/silence/cancel", test_cancel);
  /* Last: nobody knows any name from there on. */
  g_test_add_func ("/silence/names/limit", test_names_limit);
  g_test_add_func ("/silence/names/cancel", test_names_cancel);
  return g_test_run ();
}
