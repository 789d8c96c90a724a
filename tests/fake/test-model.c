/* Is the model server right?  Transcripts in clear words against it, one client telling another, and the project's own
 * sessions on top.  The same transcripts were run against Dovecot: see tests/fake/compare. */
#include <string.h>

#include "imap-session.h"
#include "model-server.h"
#include "net-connection.h"
#include "smtp-session.h"

#define MAIL_A                                                                                     \
  "From: a@model.test\r\nSubject: first\r\nMessage-ID: <a@model.test>\r\n\r\nHello there.\r\n"
#define MAIL_B                                                                                     \
  "From: b@model.test\r\nSubject: second\r\n folded\r\nMessage-ID: <b@model.test>\r\n\r\nBye.\r\n"

typedef struct
{
  ModelServer *server;
  NetConnection *connection;
  guint tags;
} Talk;

static ModelServer *
new_server (const char *capabilities)
{
  ModelSettings settings = { .capabilities = capabilities };
  ModelServer *server = model_server_new (&settings);

  model_server_add_account (server, "alice", "alicepw", "alice@model.test");
  model_server_add_account (server, "bob", "bobpw", "bob@model.test");
  return server;
}

static NetEndpoint
endpoint_of (ModelServer *server, gboolean smtp)
{
  return (NetEndpoint){ .host = "localhost",
                        .port = smtp ? model_server_get_smtp_port (server)
                                     : model_server_get_imap_port (server),
                        .security = BASE_SECURITY_TLS,
                        .ca_file = model_server_get_ca_file (server),
                        .timeout_ms = 5000 };
}

static guint32
deliver (ModelServer *server, const char *mailbox, const char *text, const char *flags)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return model_act_deliver (server, "alice", mailbox, bytes, flags, 1000000000);
}

static char *
read_line (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  char *line = net_connection_read_line (talk->connection, 100000, NULL, &error);

  g_assert_no_error (error);
  return line;
}

static void
send_text (Talk *talk, const char *text)
{
  g_autoptr (GError) error = NULL;

  net_connection_write (talk->connection, text, strlen (text), NULL, &error);
  net_connection_flush (talk->connection, NULL, &error);
  g_assert_no_error (error);
}

/* Sends a command and returns all lines of its answer, the tag as "T", joined with "|". */
G_GNUC_PRINTF (2, 3)
static char *
ask (Talk *talk, const char *format, ...)
{
  g_autofree char *command = NULL, *tag = g_strdup_printf ("x%u ", ++talk->tags), *text = NULL;
  GString *answer = g_string_new (NULL);
  va_list args;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);
  text = g_strconcat (tag, command, "\r\n", NULL);
  send_text (talk, text);
  for (;;) {
    g_autofree char *line = read_line (talk);

    if (g_str_has_prefix (line, tag)) {
      g_string_append_printf (answer, "T %s", line + strlen (tag));
      return g_string_free (answer, FALSE);
    }
    g_string_append_printf (answer, "%s|", line);
  }
}

#define ASK(talk, expected, ...)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *asked = ask (talk, __VA_ARGS__);                                              \
    g_assert_cmpstr (asked, ==, expected);                                                         \
  }                                                                                                \
  G_STMT_END

static Talk *
begin (ModelServer *server, gboolean signed_in)
{
  Talk *talk = g_new0 (Talk, 1);
  NetEndpoint endpoint = endpoint_of (server, FALSE);
  g_autoptr (GError) error = NULL;

  talk->server = server;
  talk->connection = net_connection_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_free (read_line (talk));
  if (signed_in)
    g_free (ask (talk, "LOGIN alice {7+}\r\nalicepw"));
  return talk;
}

static void
end (Talk *talk)
{
  net_connection_free (talk->connection);
  g_free (talk);
}

static void
test_sign_in (void)
{
  g_autoptr (ModelServer) server = new_server ("IMAP4rev1 SASL-IR");
  Talk *talk = begin (server, FALSE);

  ASK (talk, "* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN|T OK done", "CAPABILITY");
  ASK (talk, "T BAD not now", "SELECT INBOX");
  ASK (talk, "T NO [AUTHENTICATIONFAILED] wrong user or password", "LOGIN alice \"bobpw\"");
  ASK (talk, "T BAD unknown command", "ENABLE QRESYNC");
  ASK (talk, "T OK [CAPABILITY IMAP4rev1 SASL-IR] signed in",
       "AUTHENTICATE PLAIN AGFsaWNlAGFsaWNlcHc=");
  ASK (talk, "T BAD not now", "FETCH 1 FLAGS");
  ASK (talk, "T BAD unknown command", "UID NOOP");
  ASK (talk, "* BYE goodbye|T OK done", "LOGOUT");
  end (talk);
}

static void
test_mailboxes (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Talk *talk = begin (server, TRUE);

  ASK (talk, "T OK created", "CREATE Work/Plans");
  ASK (talk, "T NO [ALREADYEXISTS] there is one", "CREATE Work/Plans");
  ASK (talk, "T OK created", "CREATE \"&xUixVQ-\"");
  g_assert_true (model_server_has_mailbox (server, "alice", "안녕"));
  ASK (talk, "* LIST (\\HasNoChildren) \"/\" \"Work/Plans\"|T OK listed", "LIST \"\" Work/%%");
  ASK (
      talk,
      "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"|* STATUS \"Sent\" (MESSAGES 0 UIDNEXT 1)|T OK listed",
      "LIST \"\" Sent RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT))");
  ASK (talk, "T OK renamed", "RENAME Work/Plans Done");
  ASK (talk, "T NO [NONEXISTENT] there is no such mailbox", "STATUS Work/Plans (MESSAGES)");
  ASK (talk, "T OK done", "SUBSCRIBE Done");
  ASK (talk, "* LSUB () \"/\" \"Done\"|T OK listed", "LSUB \"\" D*e");
  ASK (talk, "T NO [CANNOT] not INBOX", "DELETE inbox");
  ASK (talk, "T OK deleted", "DELETE Done");
  g_assert_false (model_server_has_mailbox (server, "alice", "Done"));
  ASK (talk, "T BAD the words of STATUS are not understood", "STATUS INBOX (NONSENSE)");
  end (talk);
}

/* Other mailboxes: their STATUS when something happens in them, and LIST when they come and go. */
static void
test_notify (void)
{
  g_autoptr (ModelServer) server = new_server ("IMAP4rev1 NOTIFY");
  Talk *talk = begin (server, TRUE);

  g_free (ask (talk, "SELECT INBOX"));
  ASK (talk, "T OK done",
       "NOTIFY SET (SELECTED (MessageNew MessageExpunge)) (PERSONAL (MessageNew))");
  ASK (talk, "T OK done", "NOOP");
  deliver (server, "Sent", MAIL_A, "\\Seen");
  deliver (server, "INBOX", MAIL_A, NULL);
  ASK (talk,
       "* STATUS \"Sent\" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1003 UNSEEN 0)|* 1 EXISTS|T OK done",
       "NOOP");
  ASK (talk, "T OK done", "NOOP");
  model_act_create (server, "alice", "New");
  model_act_delete (server, "alice", "Sent");
  ASK (talk,
       "* LIST (\\NonExistent) \"/\" \"Sent\"|* LIST () \"/\" \"New\"|"
       "* STATUS \"New\" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1013 UNSEEN 0)|T OK done",
       "NOOP");
  ASK (talk, "T BAD the words of NOTIFY are not understood", "NOTIFY SOMETHING");
  ASK (talk, "T OK done", "NOTIFY NONE");
  deliver (server, "Trash", MAIL_A, NULL);
  ASK (talk, "T OK done", "NOOP");
  end (talk);
}

static void
test_fetch (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Talk *talk = begin (server, TRUE);

  deliver (server, "INBOX", MAIL_A, "\\Seen $Label");
  deliver (server, "INBOX", MAIL_B, NULL);
  g_free (ask (talk, "SELECT INBOX"));
  ASK (
      talk,
      "* 2 FETCH (FLAGS () UID 2 RFC822.SIZE 82 INTERNALDATE \" 9-Sep-2001 01:46:40 +0000\")|T OK fetched",
      "FETCH 2:* (FLAGS UID RFC822.SIZE INTERNALDATE)");
  ASK (
      talk,
      "* 2 FETCH (UID 2 BODY[HEADER.FIELDS (subject)] {28}|Subject: second| folded||)|T OK fetched",
      "UID FETCH 2 BODY.PEEK[HEADER.FIELDS (subject)]");
  ASK (talk, "* 1 FETCH (BODY[TEXT]<3> {5}|lo th)|T OK fetched", "FETCH 1 (BODY.PEEK[TEXT]<3.5>)");
  ASK (talk, "* 1 FETCH (BODY[TEXT]<100> {0}|)|T OK fetched", "FETCH 1 (BODY.PEEK[TEXT]<100.5>)");
  ASK (talk, "* 1 FETCH (EMAILID (M13) MODSEQ (2))|T OK fetched", "FETCH 1 (EMAILID MODSEQ)");
  ASK (talk,
       "* 2 FETCH (BODY[TEXT] {6}|Bye.|)|* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (4))|T OK fetched",
       "FETCH 2 BODY[TEXT]");
  ASK (talk, "* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (4))|T OK fetched",
       "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 3)");
  ASK (talk, "T OK fetched", "UID FETCH 7:9 FLAGS");
  ASK (talk, "* 2 FETCH (UID 2)|T OK fetched", "UID FETCH 7:* UID");
  ASK (talk, "T BAD the words of FETCH are not understood", "FETCH 1 NONSENSE");
  end (talk);
}

static void
test_search (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Talk *talk = begin (server, TRUE);

  deliver (server, "INBOX", MAIL_A, "\\Seen");
  deliver (server, "INBOX", MAIL_A, NULL);
  deliver (server, "INBOX", MAIL_B, "\\Flagged");
  model_act_expunge (server, "alice", "INBOX", 2);
  g_free (ask (talk, "SELECT INBOX"));
  ASK (talk, "* SEARCH 1 3|T OK searched", "UID SEARCH ALL");
  ASK (talk, "* SEARCH 1 2|T OK searched", "SEARCH ALL");
  ASK (talk, "* ESEARCH (TAG \"x5\") UID ALL 3|T OK searched",
       "UID SEARCH RETURN (ALL) HEADER Message-ID \"<b@model.test>\"");
  ASK (talk, "* ESEARCH (TAG \"x6\") UID COUNT 0|T OK searched",
       "UID SEARCH RETURN (COUNT) HEADER Message-ID <c@model.test>");
  ASK (talk, "* SEARCH 3|T OK searched", "UID SEARCH UNSEEN SUBJECT SECOND");
  ASK (talk, "* SEARCH 1 3|T OK searched", "UID SEARCH OR FLAGGED (SEEN NOT TEXT bye)");
  ASK (talk, "* SEARCH 1|T OK searched", "UID SEARCH UID 1:2 SINCE 1-Sep-2001 BEFORE 10-Sep-2001");
  ASK (talk, "* SEARCH|T OK searched", "UID SEARCH SINCE 10-Sep-2001");
  ASK (talk, "T BAD the words of SEARCH are not understood", "UID SEARCH NONSENSE");
  end (talk);
}

static void
test_change (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Talk *talk = begin (server, TRUE);
  g_autofree char *dump = NULL;

  deliver (server, "INBOX", MAIL_A, NULL);
  deliver (server, "INBOX", MAIL_B, NULL);
  deliver (server, "INBOX", MAIL_B, NULL);
  g_free (ask (talk, "SELECT INBOX"));
  ASK (talk, "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen))|T OK stored",
       "UID STORE 1 +FLAGS (\\seen \\Flagged)");
  ASK (talk, "T OK stored", "STORE 1 -FLAGS.SILENT \\Seen");
  ASK (talk, "T OK [COPYUID 1006 1:2 1:2] done", "UID COPY 1:2 Archive");
  ASK (talk, "T NO [TRYCREATE] there is no such mailbox", "UID COPY 1 Nowhere");
  ASK (talk, "* OK [COPYUID 1005 2 1] moved|* 2 EXPUNGE|T OK done", "UID MOVE 2 Trash");
  ASK (talk, "T OK done", "UID MOVE 2 Trash");
  ASK (talk, "T OK stored", "UID STORE 1,3 +FLAGS.SILENT (\\Deleted)");
  ASK (talk, "* 2 EXPUNGE|T OK expunged", "UID EXPUNGE 2:3");
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 1);
  ASK (talk, "* 2 EXISTS|T OK [APPENDUID 1001 4] appended",
       "APPEND INBOX (\\Seen $Forwarded) \" 9-Sep-2001 01:46:40 +0000\" {7+}\r\nA: b\r\n\r");
  ASK (talk, "T NO [TRYCREATE] there is no such mailbox", "APPEND Nowhere {1+}\r\nA");
  ASK (talk, "* 1 EXPUNGE|T OK expunged", "EXPUNGE");
  dump = model_server_dump (server, "alice");
  g_assert_nonnull (strstr (dump, "Archive\t\\Flagged\t"));
  g_assert_nonnull (strstr (dump, "Trash\t\t"));
  g_assert_nonnull (strstr (dump, "INBOX\t$Forwarded \\Seen\t"));
  g_free (ask (talk, "EXAMINE INBOX"));
  ASK (talk, "T NO [READ-ONLY] it was only examined", "UID STORE 4 +FLAGS \\Seen");
  end (talk);
}

/* One client changes, the others hear of it: at once in IDLE, else with their next command; never an EXPUNGE during FETCH. */
static void
test_news (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Talk *one = begin (server, TRUE), *other = begin (server, TRUE), *third = begin (server, TRUE);
  g_autofree char *idling = NULL, *exists = NULL, *flags = NULL, *vanished = NULL, *done = NULL;

  deliver (server, "INBOX", MAIL_A, NULL);
  g_free (ask (one, "SELECT INBOX"));
  g_free (ask (other, "SELECT INBOX"));
  g_free (ask (third, "ENABLE QRESYNC"));
  g_free (ask (third, "SELECT INBOX"));
  send_text (third, "i IDLE\r\n");
  idling = read_line (third);
  g_assert_cmpstr (idling, ==, "+ idling");
  deliver (server, "INBOX", MAIL_B, NULL);
  exists = read_line (third);
  g_assert_cmpstr (exists, ==, "* 2 EXISTS");
  ASK (one, "* 2 EXISTS|T OK done", "NOOP");
  ASK (one, "T OK stored", "UID STORE 2 +FLAGS.SILENT (\\Seen)");
  flags = read_line (third);
  g_assert_cmpstr (flags, ==, "* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (4))");
  ASK (one, "* OK [COPYUID 1006 1 1] moved|* 1 EXPUNGE|T OK done", "MOVE 1 Archive");
  vanished = read_line (third);
  g_assert_cmpstr (vanished, ==, "* VANISHED 1");
  send_text (third, "DONE\r\n");
  done = read_line (third);
  g_assert_cmpstr (done, ==, "i OK idled");
  ASK (other, "* 2 EXISTS|T OK fetched", "FETCH 1 (FLAGS)");
  ASK (other, "* 1 EXPUNGE|T OK done", "NOOP");
  model_act_renumber (server, "alice", "INBOX");
  send_text (other, "n NOOP\r\n");
  g_free (done);
  done = read_line (other);
  g_assert_cmpstr (done, ==, "* BYE the mailbox was renumbered");
  end (one);
  end (other);
  end (third);
}

static void
test_resync (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Talk *talk = begin (server, TRUE);
  g_autofree char *selected = NULL, *tail = NULL;

  for (guint i = 0; i < 4; i++)
    deliver (server, "INBOX", MAIL_A, NULL);
  model_act_expunge (server, "alice", "INBOX", 2);
  model_act_set_flags (server, "alice", "INBOX", 3, TRUE, "\\Seen");
  ASK (talk, "T BAD the words of SELECT are not understood", "SELECT INBOX (QRESYNC (1001 5))");
  ASK (talk, "* ENABLED QRESYNC|T OK enabled", "ENABLE QRESYNC NONSENSE");
  selected = ask (talk, "SELECT INBOX (QRESYNC (1001 5 1:4))");
  tail = g_strdup (strstr (selected, "* OK [HIGHESTMODSEQ"));
  g_assert_cmpstr (
      tail, ==,
      "* OK [HIGHESTMODSEQ 7] highest|* OK [MAILBOXID (F1)] object|* VANISHED (EARLIER) 2|"
      "* 2 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (7))|T OK [READ-WRITE] open");
  ASK (talk, "* VANISHED (EARLIER) 2|* 2 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (7))|T OK fetched",
       "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5 VANISHED)");
  ASK (talk, "* 1 FETCH (UID 1 MODSEQ (8))|T OK [MODIFIED 3] not all",
       "UID STORE 1,3 (UNCHANGEDSINCE 6) +FLAGS.SILENT (\\Flagged)");
  ASK (talk, "* SEARCH 1 3 (MODSEQ 8)|T OK searched", "UID SEARCH MODSEQ 7");
  end (talk);
}

static void
test_plain (void)
{
  g_autoptr (ModelServer) server = new_server (MODEL_CAPS_PLAIN);
  Talk *talk = begin (server, TRUE);
  g_autofree char *list = NULL;

  deliver (server, "INBOX", MAIL_A, NULL);
  g_free (ask (talk, "SELECT INBOX"));
  ASK (talk, "T BAD unknown command", "UID MOVE 1 Archive");
  ASK (talk, "T OK done", "UID COPY 1 Archive");
  g_free (ask (talk, "UID STORE 1 +FLAGS.SILENT \\Deleted"));
  ASK (talk, "T BAD the words of EXPUNGE are not understood", "UID EXPUNGE 1");
  ASK (talk, "T BAD the words of SEARCH are not understood", "UID SEARCH RETURN (ALL) ALL");
  ASK (talk, "T BAD the words of FETCH are not understood", "UID FETCH 1 (MODSEQ)");
  ASK (talk, "T BAD unknown command", "IDLE");
  list = ask (talk, "LIST \"\" Sent");
  g_assert_cmpstr (list, ==, "* LIST () \"/\" \"Sent\"|T OK listed");
  end (talk);
}

/* ---- SMTP ---- */

static SmtpOutcome
submit (ModelServer *server, const char *to, const char *text, GError **error)
{
  NetEndpoint endpoint = endpoint_of (server, TRUE);
  g_autoptr (SmtpSession) session = smtp_session_open (&endpoint, NULL, NULL);
  g_auto (GStrv) recipients = g_strsplit (to, ",", -1);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  SmtpOutcome outcome;

  g_assert_nonnull (session);
  g_assert_true (smtp_session_sign_in (session, &(NetLogin){ .user = "alice", .secret = "alicepw" },
                                       NULL, NULL));
  outcome = smtp_session_send (session, "alice@model.test", (const char *const *)recipients, bytes,
                               NULL, NULL, error);
  smtp_session_quit (session);
  return outcome;
}

static void
test_submit (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *delivered = NULL;
  const char *mail = "Message-ID: <s@model.test>\r\n\r\n.dot\r\n..\r\n";

  for (guint round = 0; round < 2; round++) {
    g_autoptr (GBytes) got = NULL;

    model_server_set_smtp_capabilities (server, round == 0 ? MODEL_SMTP_FULL : MODEL_SMTP_PLAIN);
    g_assert_cmpint (submit (server, "bob@model.test,x@else.test", mail, &error), ==, SMTP_SENT);
    g_assert_no_error (error);
    got = model_server_ref_message (server, "bob", "INBOX", round + 1);
    g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), mail, strlen (mail));
  }
  g_assert_cmpuint (model_server_count_delivered (server), ==, 2);
  delivered = model_server_dump_delivered (server);
  g_assert_true (g_str_has_prefix (delivered, "alice@model.test\tbob@model.test,x@else.test\t"));
  g_assert_cmpuint (model_server_count (server, "alice", "Sent"), ==, 0);

  model_server_set_files_sent (server, TRUE);
  model_server_refuse_recipient (server, "bob@model.test", "550 5.1.1 no such user");
  g_assert_cmpint (submit (server, "bob@model.test,x@else.test", mail, &error), ==, SMTP_NOT_SENT);
  g_clear_error (&error);
  g_assert_cmpuint (model_server_count_delivered (server), ==, 2);
  g_assert_cmpint (submit (server, "x@else.test", mail, &error), ==, SMTP_SENT);
  g_assert_cmpuint (model_server_count (server, "alice", "Sent"), ==, 1);
}

/* ---- faults and figures ---- */

typedef struct
{
  const char *line;
  gboolean sent, after;
  ModelVerdict verdict;
  const char *answer;
  guint hits;
} Fault;

static ModelVerdict
hook (ModelEvent *event, gpointer user_data)
{
  Fault *fault = user_data;

  if (event->sent != fault->sent || event->after != fault->after
      || !g_pattern_match_simple (fault->line, event->line))
    return MODEL_GO;
  fault->hits++;
  event->answer = fault->answer;
  return fault->verdict;
}

static void
test_hook (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Fault refused = { .line = "*APPEND*", .verdict = MODEL_ANSWER, .answer = "NO [OVERQUOTA] full" };
  Fault lost = { .line = ".", .after = TRUE, .verdict = MODEL_CUT };
  Fault cut = { .line = "*EXISTS", .sent = TRUE, .verdict = MODEL_CUT };
  Talk *talk = begin (server, TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  model_server_set_hook (server, hook, &refused);
  ASK (talk, "T NO [OVERQUOTA] full", "APPEND INBOX {5+}\r\nHello");
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 0);
  g_assert_cmpuint (refused.hits, ==, 1);
  model_server_set_hook (server, hook, &cut);
  send_text (talk, "x SELECT INBOX\r\n");
  for (guint i = 0; i < 2; i++)
    g_free (read_line (talk));
  line = net_connection_read_line (talk->connection, 1000, NULL, &error);
  g_assert_null (line);
  g_clear_error (&error);
  end (talk);

  /* Taken, but nobody was told: without CHUNKING, so that the end is a dot. */
  model_server_set_smtp_capabilities (server, MODEL_SMTP_PLAIN);
  model_server_set_hook (server, hook, &lost);
  g_assert_cmpint (submit (server, "x@else.test", MAIL_A, &error), ==, SMTP_UNCERTAIN);
  g_assert_cmpuint (model_server_count_delivered (server), ==, 1);
}

static void
test_counters (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  Talk *talk = begin (server, TRUE);
  ModelCounters counters;
  gint64 begun;

  model_server_set_delay (server, 30);
  model_server_reset_counters (server);
  begun = g_get_monotonic_time ();
  send_text (talk, "a NOOP\r\nb NOOP\r\nc NOOP\r\n");
  for (guint i = 0; i < 3; i++)
    g_free (read_line (talk));
  g_free (ask (talk, "NOOP"));
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 60000);
  counters = model_server_get_counters (server);
  g_assert_cmpuint (counters.commands, ==, 4);
  g_assert_cmpuint (counters.round_trips, ==, 2);
  g_assert_cmpuint (counters.bytes_in, ==, 24 + 9);
  g_assert_cmpuint (counters.connections, ==, 0);
  end (talk);
}

/* The engine's own session on top. */
static void
test_session (void)
{
  g_autoptr (ModelServer) server = new_server (NULL);
  NetEndpoint endpoint = endpoint_of (server, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (ImapSession) session = imap_session_open (&endpoint, NULL, &error);
  g_autoptr (GPtrArray) mailboxes = NULL;
  g_autoptr (BaseUidSet) found = NULL;
  g_autoptr (GHashTable) map = NULL;
  g_autoptr (GBytes) message = g_bytes_new_static (MAIL_B, strlen (MAIL_B));
  g_autofree char *uids = NULL;
  guint32 uid = 0;

  g_assert_no_error (error);
  g_assert_true (imap_session_sign_in (session, &(NetLogin){ .user = "alice", .secret = "alicepw" },
                                       NULL, &error));
  mailboxes = imap_session_list (session, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mailboxes->len, ==, 6);
  g_assert_true (imap_session_create (session, "보관 상자/&", NULL, &error));
  g_assert_true (model_server_has_mailbox (server, "alice", "보관 상자/&"));
  deliver (server, "INBOX", MAIL_A, NULL);
  g_assert_true (imap_session_select (session, "INBOX", FALSE, NULL, &error));
  g_assert_true (
      imap_session_append (session, "INBOX", IMAP_FLAG_SEEN, NULL, 0, message, &uid, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (uid, ==, 2);
  found = imap_session_search_message_id (session, "<b@model.test>", NULL, &error);
  uids = base_uid_set_to_string (found);
  g_assert_cmpstr (uids, ==, "2");
  g_assert_true (imap_session_move (session, "1:2", "보관 상자/&", &map, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (map), ==, 2);
  g_assert_cmpuint (model_server_count (server, "alice", "보관 상자/&"), ==, 2);
  g_assert_cmpuint (model_server_count (server, "alice", "INBOX"), ==, 0);
  imap_session_logout (session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/sign-in", test_sign_in);
  g_test_add_func ("/model/mailboxes", test_mailboxes);
  g_test_add_func ("/model/notify", test_notify);
  g_test_add_func ("/model/fetch", test_fetch);
  g_test_add_func ("/model/search", test_search);
  g_test_add_func ("/model/change", test_change);
  g_test_add_func ("/model/news", test_news);
  g_test_add_func ("/model/resync", test_resync);
  g_test_add_func ("/model/plain", test_plain);
  g_test_add_func ("/model/submit", test_submit);
  g_test_add_func ("/model/hook", test_hook);
  g_test_add_func ("/model/counters", test_counters);
  g_test_add_func ("/model/session", test_session);
  return g_test_run ();
}
