/* Extensions that add a word here and there: used where they are offered, and only there. */
#include "test-imap.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base-error.h"
#include "imap-session-private.h"

static gboolean
describe (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GString *out = user_data;
  GStrv names = fetched->labels != NULL ? fetched->labels : fetched->keywords;
  g_autofree char *labels = names != NULL ? g_strjoinv (",", names) : NULL;
  g_string_append_printf (
      out, "%u %s %s [%s] “%s” %s\n", fetched->uid,
      fetched->email_id != NULL ? fetched->email_id : "-",
      fetched->thread_id != NULL ? fetched->thread_id : "-", labels != NULL ? labels : "-",
      fetched->preview != NULL ? fetched->preview : "-", fetched->text != NULL ? "text" : "");
  return TRUE;
}

static void
check_fetch (const char *script, const char *expected)
{
  static const gsize pieces[] = { 0, 1 };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    FakeFaults faults = FAKE_NO_FAULTS;
    g_autoptr (GString) got = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    faults.piece = pieces[i];
    fake_server_add_script (server, script, &faults);
    ImapSession *session = test_select (server);
    g_assert_true (imap_session_fetch (
        session, "1:9", IMAP_FETCH_PREVIEW | IMAP_FETCH_OBJECT_ID | IMAP_FETCH_LABELS, 0, describe,
        got, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (got->str, ==, expected);
    imap_session_free (session);
  }
  fake_server_check (server);
}

static void
test_fetch_items (void)
{
  check_fetch (TEST_SELECT ("") "C: A3 UID FETCH 1:9 (UID BODY.PEEK[TEXT]<0.1024>)\n"
                                "S: * 1 FETCH (UID 5 BODY[TEXT]<0> {2}\\r\\nhi)\n"
                                "S: A3 OK done\n",
               "5 - - [-] “-” text\n");
  check_fetch (
      TEST_SELECT (
          "PREVIEW OBJECTID") "C: A3 UID FETCH 1:9 (UID PREVIEW EMAILID THREADID)\n"
                              "S: * 1 FETCH (UID 5 EMAILID (M6d99) THREADID (T64) PREVIEW \"안녕\")\n"
                              "S: * 2 FETCH (PREVIEW NIL THREADID NIL EMAILID (Mx) UID 6)\n"
                              "S: * 3 FETCH (UID 7 PREVIEW {3}\\r\\na)b EMAILID M7 THREADID ())\n"
                              "S: * 4 FETCH (UID 8 PREVIEW NIL THREADID (T 5) EMAILID (M\xe2\x91U))\n"
                              "S: * 5 FETCH (UID 9 EMAILID (M9) FLAGS (\\\\Seen $$Label1 Travel NonJunk $$MDNSent $$label9 &1VyuAA-))\n"
                              "S: A3 OK done\n",
      "5 M6d99 T64 [-] “안녕” \n"
      "6 Mx - [-] “-” \n"
      "7 M7 - [-] “a)b” \n"
      "8 - T [-] “-” \n"
      /* Keywords are labels, but for what programs note for themselves. */
      "9 M9 - [$Label1,Travel,한글] “-” \n");
  check_fetch (
      TEST_SELECT (
          "X-GM-EXT-1") "C: A3 UID FETCH 1:9 (UID BODY.PEEK[TEXT]<0.1024> X-GM-MSGID X-GM-THRID X-GM-LABELS)\n"
                        "S: * 1 FETCH (X-GM-THRID 1266894439832287888 X-GM-MSGID 1278455344230334865 X-GM-LABELS (\\\\Inbox Sent \"Muy] Importante\" &1VyuAA-) UID 5)\n"
                        "S: * 2 FETCH (UID 6 X-GM-LABELS ())\n"
                        "S: A3 OK done\n",
      "5 1278455344230334865 1266894439832287888 [\\Inbox,Sent,Muy] Importante,한글] “-” \n"
      "6 - - [] “-” \n");
}

/* The list with all that is known of it; NULL: none. */
static GPtrArray *
survey (ImapSession *session, const char *const *known)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  g_autoptr (GError) error = NULL;
  guint index = imap_flight_survey (flight, TRUE, known);

  g_assert_true (imap_flight_run (flight, NULL, &error));
  g_assert_no_error (error);
  GPtrArray *mailboxes = imap_flight_finish_survey (flight, index, NULL, &error);
  g_assert_no_error (error);
  return mailboxes;
}

/* Has the server go on telling, where it will. */
static void
watch (ImapSession *session, const char *known)
{
  g_auto (GStrv) names = g_strsplit (known, " ", -1);
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_can_watch (session));
  g_assert_true (imap_session_watch (session, (const char *const *)names, NULL, &error));
  g_assert_no_error (error);
}

/* Where mailboxes lie; asked together with all else that is left to say after the sign-in. */
static void
test_namespace (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "ID ENABLE CONDSTORE NAMESPACE") "C: A2 ID (\"name\" \"Sosik\" *)\n"
                                       "C: A3 ENABLE CONDSTORE\n"
                                       "C: A4 NAMESPACE\n"
                                       "S: * ID (\"Name\" \"Courier\" \"version\" NIL \"os\" \"x\")\n"
                                       "S: A2 OK done\n"
                                       "S: A3 OK done\n"
                                       "S: * NAMESPACE ((\"INBOX.\" \".\")(\"#mh/\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) NIL ((\"&1VyuAA-/\" \"/\"))\n"
                                       "S: A4 OK done\n");
  ImapSession *session = test_sign_in (server);
  const GPtrArray *spaces = session->namespaces;
  g_assert_cmpuint (spaces->len, ==, 3);
  const ImapNamespace *first = spaces->pdata[0], *last = spaces->pdata[2];
  g_assert_cmpstr (first->prefix, ==, "INBOX.");
  g_assert_cmpint (first->delimiter, ==, '.');
  g_assert_cmpint (first->kind, ==, IMAP_NAMESPACE_PERSONAL);
  g_assert_cmpstr (last->prefix, ==, "한글/");
  g_assert_cmpint (last->kind, ==, IMAP_NAMESPACE_SHARED);
  g_assert_cmpstr (imap_session_get_personal_prefix (session), ==, "INBOX.");
  test_done (server, session);
}

/* Other people's mailboxes are known by where they lie; and since NOTIFY tells nothing of them, it is not said to tell of all. */
static void
test_shared (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "NAMESPACE NOTIFY LIST-EXTENDED LIST-STATUS") "C: A2 NAMESPACE\n"
                                                    "S: * NAMESPACE ((\"INBOX.\" \".\")(\"\" \".\")) ((\"user.\" \".\")) ((\"shared.\" \".\"))\n"
                                                    "S: A2 OK done\n"
                                                    "C: A3 LIST *\n"
                                                    "S: * LIST () \".\" INBOX\n"
                                                    "S: * LIST () \".\" INBOX.Sent\n"
                                                    "S: * LIST () \".\" users\n"
                                                    "S: * LIST (\\\\Noselect) \".\" user\n"
                                                    "S: * LIST () \".\" user.bob\n"
                                                    "S: A3 OK done\n"
                                                    "C: A4 NOTIFY SET STATUS *\n"
                                                    "S: * STATUS INBOX.Sent (MESSAGES 0)\n"
                                                    "S: A4 OK done\n"
                                                    "C: A5 LIST *\n"
                                                    "S: * LIST () \".\" INBOX\n"
                                                    "S: A5 OK done\n");
  static const gboolean shared[] = { FALSE, FALSE, FALSE, TRUE, TRUE };
  ImapSession *session = test_sign_in (server);
  g_autoptr (GPtrArray) mailboxes = survey (session, NULL);

  g_assert_cmpuint (mailboxes->len, ==, G_N_ELEMENTS (shared));
  for (guint i = 0; i < mailboxes->len; i++)
    g_assert_cmpint (((ImapMailbox *)mailboxes->pdata[i])->shared, ==, shared[i]);
  watch (session, "INBOX.Sent user.bob");
  g_assert_false (imap_session_is_watching (session));
  g_assert_false (imap_session_can_watch (session));
  /* nor is it missed in what is told */
  g_autoptr (GPtrArray) told = imap_session_steal_news (session);
  g_assert_cmpuint (told->len, ==, 1);
  g_assert_cmpint (((ImapNews *)told->pdata[0])->kind, ==, IMAP_NEWS_STATUS);
  g_autoptr (GPtrArray) later = survey (session, NULL);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_true (imap_session_is_watching (session));
  test_done (server, session);
}

/* STATUS tells what was asked and nothing else is overwritten. */
static void
test_status (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "OBJECTID CONDSTORE") "C: A2 STATUS \"a\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ MAILBOXID)\n"
                            "C: A3 STATUS \"b\" *\n"
                            "S: * STATUS a (MAILBOXID (F2212) MESSAGES 3 SIZE 4096)\n"
                            "S: A2 OK done\n"
                            "S: * STATUS b (UIDNEXT 9 MAILBOXID (\xef\x91\xe2U))\n"
                            "S: A3 OK done\n"
                            "C: A4 SELECT \"a\" (CONDSTORE)\n"
                            "S: * 3 EXISTS\n"
                            "S: * OK [MAILBOXID (F2212)] id\n"
                            "S: A4 OK open\n");
  ImapSession *session = test_sign_in (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  g_autoptr (ImapMailbox) a = g_new0 (ImapMailbox, 1), b = g_new0 (ImapMailbox, 1);
  a->name = g_strdup ("a");
  a->uid_next = 77;
  b->name = g_strdup ("b");
  imap_flight_status (flight, a);
  imap_flight_status (flight, b);
  guint select = imap_flight_select (flight, "a", FALSE, 0);
  g_assert_true (imap_flight_run (flight, NULL, NULL));
  g_assert_cmpstr (a->mailbox_id, ==, "F2212");
  g_assert_cmpuint (a->messages, ==, 3);
  g_assert_cmpuint (a->size, ==, 4096);
  g_assert_cmpuint (a->uid_next, ==, 77);
  g_assert_true (a->has_status);
  g_assert_false (b->has_status);
  g_assert_cmpuint (b->uid_next, ==, 9);
  g_assert_null (b->mailbox_id);
  g_assert_cmpstr (imap_flight_get_selected (flight, select)->mailbox_id, ==, "F2212");
  test_done (server, session);
}

static void
check_kinds (ImapSession *session, const ImapNewsKind *kinds, guint n)
{
  g_autoptr (GPtrArray) news = imap_session_steal_news (session);
  g_assert_cmpuint (news->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (((ImapNews *)news->pdata[i])->kind, ==, kinds[i]);
}

#define WORKS (-1)

static gint64
measure (ImapSession *session, const char *name, gint code)
{
  g_autoptr (GError) error = NULL;
  gint64 size = 4711;
  gboolean ok = imap_session_measure (session, name, 300, &size, NULL, &error);
  if (code == WORKS)
    g_assert_no_error (error);
  else
    g_assert_error (error, BASE_ERROR, code);
  g_assert_cmpint (ok, ==, code == WORKS);
  return size;
}

/* Asked for by a STATUS of its own, where it is offered, by that name or with IMAP4rev2. */
static void
test_size (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("STATUS=SIZE") "C: A2 STATUS \"a\" (SIZE)\n"
                                   /* what a watching server tells meanwhile is news */
                                   "S: * STATUS a (MESSAGES 8 UIDNEXT 12 UIDVALIDITY 5)\n"
                                   "S: * STATUS a (SIZE 5000000000)\n"
                                   "S: A2 OK done\n"
                                   "C: A3 STATUS \"b\" (SIZE)\n"
                                   "S: * STATUS other (SIZE 3)\n"
                                   "S: * STATUS b ()\n"
                                   "S: A3 OK done\n"
                                   "C: A4 STATUS \"c\" (SIZE)\n"
                                   "S: A4 NO [NONEXISTENT] none\n"
                                   "C: A5 STATUS \"d\" (SIZE)\n"
                                   "S: A5 BAD what size?\n");
  ImapSession *session = test_sign_in (server);
  g_assert_cmpint (measure (session, "a", WORKS), ==, G_GINT64_CONSTANT (5000000000));
  check_kinds (session, &(const ImapNewsKind){ IMAP_NEWS_STATUS }, 1);
  g_assert_cmpint (measure (session, "b", WORKS), ==, -1);
  g_assert_cmpint (measure (session, "c", BASE_ERROR_GONE), ==, -1);
  /* It said that it can, and then did not understand: it is not asked again. */
  g_assert_cmpint (measure (session, "d", BASE_ERROR_REFUSED), ==, -1);
  g_assert_cmpint (imap_session_get_doubted (session), ==, IMAP_CAP_STATUS_SIZE);
  g_assert_cmpint (measure (session, "a", WORKS), ==, -1);
  test_done (server, session);

  g_autoptr (FakeServer) rev2 =
      test_server_new (TEST_SIGN_IN ("IMAP4rev2") "C: A2 ENABLE IMAP4rev2\n"
                                                  "C: A3 NAMESPACE\n"
                                                  "S: * ENABLED IMAP4rev2\n"
                                                  "S: A2 OK done\n"
                                                  "S: A3 OK done\n"
                                                  "C: A4 STATUS \"a\" (SIZE)\n"
                                                  "S: * STATUS a (SIZE 7)\n"
                                                  "S: A4 OK done\n");
  session = test_sign_in (rev2);
  g_assert_cmpint (measure (session, "a", WORKS), ==, 7);
  test_done (rev2, session);
}

/* Nothing on the wire: not offered, or switched off. */
static void
test_no_size (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN ("LIST-STATUS"));
  ImapSession *session = test_sign_in (server);
  g_assert_cmpint (measure (session, "a", WORKS), ==, -1);
  test_done (server, session);

  g_autoptr (FakeServer) off = test_server_new (TEST_SIGN_IN ("STATUS=SIZE"));
  session = test_open (off);
  imap_session_set_disabled (session, imap_capability_from_word ("status=size"));
  g_assert_true (imap_session_sign_in (session, &(NetLogin){ .user = "user", .secret = "secret" },
                                       NULL, NULL));
  g_assert_cmpint (measure (session, "a", WORKS), ==, -1);
  test_done (off, session);
}

/* A server that has to read everything for it: waited for only so long, and then it is not asked again. */
static void
test_slow_size (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("STATUS=SIZE") "C: A2 NOOP\n"
                                                    "WAIT 500\n"
                                                    "S: A2 OK done\n"
                                                    "C: A3 STATUS \"a\" (SIZE)\n"
                                                    "S: * STATUS a (SIZE 7)\n"
                                                    "S: A3 OK done\n"
                                                    "C: A4 NOOP\n"
                                                    "WAIT 500\n"
                                                    "S: A4 OK done\n"
                                                    "C: A5 STATUS \"a\" (SIZE)\n"
                                                    "STALL\n");
  ImapSession *session = test_sign_in (server);
  gint64 begun = g_get_monotonic_time ();

  /* No other command is waited for less than before. */
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_assert_cmpint (measure (session, "a", WORKS), ==, 7);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_assert_cmpint (imap_session_get_doubted (session), ==, 0);
  g_assert_cmpint (measure (session, "a", BASE_ERROR_RETRY), ==, -1);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_USEC_PER_SEC);
  g_assert_false (imap_session_is_usable (session));
  g_assert_cmpint (imap_session_get_doubted (session), ==, IMAP_CAP_STATUS_SIZE);
  test_done (server, session);
}

/* Without LIST-STATUS: all of them in one flight, not the selected one, not what cannot be selected. */
static void
test_fill_status (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 LIST \"\" \"*\"\n"
                                        "S: * LIST () \"/\" INBOX\n"
                                        "S: * LIST () \"/\" a\n"
                                        "S: * LIST (\\\\Noselect) \"/\" c\n"
                                        "S: * LIST () \"/\" b\n"
                                        "S: A3 OK done\n"
                                        "C: A4 STATUS \"a\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
                                        "C: A5 STATUS \"b\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
                                        "S: * STATUS b (MESSAGES 2)\n"
                                        "S: A4 NO busy\n"
                                        "S: A5 OK done\n");
  ImapSession *session = test_select (server);
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, NULL);
  g_assert_true (imap_session_fill_status (session, mailboxes, NULL, NULL));
  g_assert_false (((ImapMailbox *)mailboxes->pdata[1])->has_status);
  g_assert_cmpuint (((ImapMailbox *)mailboxes->pdata[3])->messages, ==, 2);
  g_assert_false (((ImapMailbox *)mailboxes->pdata[1])->tells_subscribed);
  test_done (server, session);
}

#define WATCH_ALL                                                                                  \
  "(SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "                                     \
  "(PERSONAL (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))\n"

/* NOTIFY: news of other mailboxes come with any answer and within IDLE, until the server gives up. */
static void
test_notify (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT (
      "NOTIFY IDLE LIST-EXTENDED LIST-STATUS") "C: A3 LIST \"\" \"*\" RETURN (SUBSCRIBED STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY))\n"
                                               "S: * LIST () \"/\" a\n"
                                               "S: * STATUS a (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 1)\n"
                                               "S: A3 OK done\n"
                                               "C: A4 NOTIFY SET STATUS " WATCH_ALL
                                               "S: * STATUS a (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 1)\n"
                                               "S: A4 OK done\n"
                                               "C: A5 IDLE\n"
                                               "S: + idling\n"
                                               "S: * STATUS a (MESSAGES 4 UIDNEXT 10)\n"
                                               "C: DONE\n"
                                               "S: * STATUS a (HIGHESTMODSEQ 99)\n"
                                               "S: * 4 EXISTS\n"
                                               "S: * LIST () \"/\" new (\"OLDNAME\" (\"old\"))\n"
                                               "S: * LIST (\\\\Subscribed) \"/\" new\n"
                                               "S: A5 OK done\n"
                                               "C: A6 NOOP\n"
                                               "S: A6 OK done\n"
                                               "C: A7 SELECT \"a\"\n"
                                               "S: * OK [CLOSED] before\n"
                                               "S: * 4 EXISTS\n"
                                               "S: A7 OK open\n"
                                               "C: A8 NOOP\n"
                                               "S: * OK [NOTIFICATIONOVERFLOW] too much\n"
                                               "S: * OK [NOTIFICATIONOVERFLOW] too much\n"
                                               "S: * LIST () \"/\" more\n"
                                               "S: A8 OK done\n");
  static const ImapNewsKind first[] = { IMAP_NEWS_STATUS };
  static const ImapNewsKind last[] = { IMAP_NEWS_UNWATCHED };
  ImapSession *session = test_select (server);
  g_autoptr (GPtrArray) mailboxes = survey (session, NULL);

  /* what comes with the list is no news, and what is told behind it is */
  g_assert_false (imap_session_is_watching (session));
  g_assert_cmpuint (mailboxes->len, ==, 1);
  g_assert_true (((ImapMailbox *)mailboxes->pdata[0])->has_status);
  g_assert_false (imap_session_has_news (session));
  watch (session, "a INBOX");
  g_assert_true (imap_session_is_watching (session));
  g_assert_false (imap_session_can_watch (session));
  check_kinds (session, first, G_N_ELEMENTS (first));
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  gint64 begun = g_get_monotonic_time ();
  g_assert_true (imap_session_idle (session, -1, 600000, NULL, NULL, NULL));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 60 * G_USEC_PER_SEC);
  /* the rest comes with what is asked next */
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_autoptr (GPtrArray) told = imap_session_steal_news (session);
  g_assert_cmpuint (told->len, ==, 4);
  g_assert_cmpint (((ImapNews *)told->pdata[2])->kind, ==, IMAP_NEWS_EXISTS);
  g_assert_cmpint (((ImapNews *)told->pdata[3])->kind, ==, IMAP_NEWS_MAILBOXES);
  const ImapNews *status = told->pdata[0], *modseq = told->pdata[1];
  g_assert_cmpuint (status->mailbox->messages, ==, 4);
  g_assert_cmpint (status->mailbox->told, ==, IMAP_TOLD_MESSAGES | IMAP_TOLD_UIDNEXT);
  g_assert_cmpint (modseq->mailbox->told, ==, IMAP_TOLD_HIGHESTMODSEQ);
  g_assert_cmpuint (modseq->mailbox->highest_modseq, ==, 99);
  imap_flight_select (flight, "a", FALSE, 0);
  g_assert_true (imap_flight_run (flight, NULL, NULL));
  g_assert_true (imap_session_noop (session, NULL, NULL));
  check_kinds (session, last, 1);
  g_assert_false (imap_session_is_watching (session));
  g_assert_false (imap_session_can_watch (session));
  test_done (server, session);
}

/* A list that is old before it is over: what it names is gone, or is called something else. */
static void
test_notify_meanwhile (void)
{
  static const char *const told[] = { "S: * LIST (\\\\NonExistent) \"/\" a\n",
                                      "S: * LIST () \"/\" new (\"OLDNAME\" (\"a\"))\n", "" };
  static const ImapNewsKind kinds[] = { IMAP_NEWS_MAILBOXES };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++) {
    g_autofree char *script = g_strconcat (
        TEST_SELECT (
            "NOTIFY IDLE LIST-EXTENDED LIST-STATUS") "C: A3 NOTIFY SET STATUS " WATCH_ALL
                                                     "S: A3 OK done\n"
                                                     "C: A4 LIST \"\" \"*\" RETURN (SUBSCRIBED STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY))\n"
                                                     "S: * LIST () \"/\" a\n",
        told[i], "S: A4 OK done\n", NULL);
    g_autoptr (FakeServer) server = test_server_new (script);
    ImapSession *session = test_select (server);
    watch (session, "");
    g_autoptr (GPtrArray) mailboxes = survey (session, NULL);

    g_assert_cmpuint (mailboxes->len, >=, 1);
    check_kinds (session, kinds, *told[i] != '\0' ? 1 : 0);
    test_done (server, session);
  }
}

/* Refused events: what every server has to know, and the list has to be looked at again; refused altogether or not offered: not
 * watching, and no error. */
static void
test_notify_refused (void)
{
  static const char *const scripts[] = {
    TEST_SELECT (
        "NOTIFY") "C: A3 LIST \"\" \"*\"\n"
                  "C: A4 NOTIFY SET STATUS " WATCH_ALL "S: * LIST () \"/\" a\n"
                  "S: A3 OK done\n"
                  "S: A4 NO [BADEVENT (MessageNew)] few\n"
                  "C: A5 NOTIFY SET STATUS (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "
                  "(PERSONAL (MessageNew MessageExpunge FlagChange))\n"
                  "S: A5 OK done\n"
                  "C: A6 STATUS \"a\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
                  "S: * STATUS a (MESSAGES 3 UNSEEN 0 UIDNEXT 9 UIDVALIDITY 1)\n"
                  "S: A6 OK done\n",
    TEST_SELECT ("NOTIFY") "C: A3 LIST \"\" \"*\"\n"
                           "C: A4 NOTIFY SET STATUS *\n"
                           "S: A3 OK done\n"
                           "S: A4 BAD what\n"
                           "C: A5 NOOP\n"
                           "S: * LIST () \"/\" x\n"
                           "S: A5 OK done\n",
    TEST_SELECT ("") "C: A3 LIST \"\" \"*\"\nS: A3 OK done\n",
  };
  static const ImapNewsKind again[] = { IMAP_NEWS_MAILBOXES };
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (FakeServer) server = test_server_new (scripts[i]);
    ImapSession *session = test_select (server);
    g_autoptr (GPtrArray) mailboxes = survey (session, NULL);
    g_assert_cmpint (imap_session_is_watching (session), ==, i == 0);
    g_assert_false (imap_session_can_watch (session));
    g_assert_true (imap_session_is_usable (session));
    if (i == 1)
      g_assert_true (imap_session_noop (session, NULL, NULL));
    check_kinds (session, again, i == 0);
    if (i == 0)
      g_assert_true (((ImapMailbox *)mailboxes->pdata[0])->has_status);
    test_done (server, session);
  }
}

/* The same behind a list: less of it, told anew with the second try; not at all; and the connection ends. */
static void
test_watch_refused (void)
{
#define WATCH_LESS                                                                                 \
  "C: A4 NOTIFY SET STATUS (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "             \
  "(PERSONAL (MessageNew MessageExpunge FlagChange))\n"
  static const char *const scripts[] = {
    TEST_SELECT ("NOTIFY") "C: A3 NOTIFY SET STATUS " WATCH_ALL "S: * STATUS b (MESSAGES 1)\n"
                           "S: A3 NO [BADEVENT (MessageNew)] few\n" WATCH_LESS
                           "S: * STATUS a (MESSAGES 3)\n"
                           "S: A4 OK done\n",
    TEST_SELECT ("NOTIFY") "C: A3 NOTIFY SET STATUS *\n"
                           "S: A3 NO not now\n" WATCH_LESS "S: A4 NO not that\n",
    TEST_SELECT ("NOTIFY") "C: A3 NOTIFY SET STATUS *\n"
                           "S: * BYE going\n",
  };
  static const ImapNewsKind told[] = { IMAP_NEWS_STATUS, IMAP_NEWS_STATUS };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (FakeServer) server = test_server_new (scripts[i]);
    ImapSession *session = test_select (server);

    watch (session, i == 0 ? "a" : "a b");
    check_kinds (session, told, i == 0 ? 2 : 0);
    g_assert_cmpint (imap_session_is_watching (session), ==, i == 0);
    g_assert_false (imap_session_can_watch (session));
    g_assert_true (imap_session_is_usable (session));
    test_done (server, session);
  }
  g_autoptr (FakeServer) server = test_server_new (scripts[2]);
  ImapSession *session = test_select (server);
  g_autoptr (GError) error = NULL;
  g_assert_false (imap_session_watch (session, &(const char *){ NULL }, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  /* the next connection does not come to the same end */
  g_assert_cmpint (imap_session_get_doubted (session), ==, IMAP_CAP_NOTIFY);
  g_assert_false (imap_session_is_watching (session));
  test_done (server, session);
}

/* What is told at once is compared with the list that came before: a mailbox that came or went since means another list. */
static void
test_watch_compares (void)
{
  static const struct
  {
    const char *known, *told;
    gboolean same;
  } cases[] = {
    { "a INBOX", "S: * STATUS a (MESSAGES 3)\n", TRUE },
    { "a", "S: * STATUS a (MESSAGES 3)\nS: * STATUS a (UNSEEN 3)\n", TRUE },
    { "a INBOX", "S: * STATUS a (MESSAGES 3)\nS: * STATUS INBOX (MESSAGES 3)\n", TRUE },
    { "", "", TRUE },
    { "a", "", FALSE },
    { "a b", "S: * STATUS a (MESSAGES 3)\n", FALSE },
    { "a", "S: * STATUS a (MESSAGES 3)\nS: * STATUS b (MESSAGES 3)\n", FALSE },
    { "a", "S: * STATUS b (MESSAGES 3)\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *script = g_strconcat (TEST_SELECT ("NOTIFY") "C: A3 NOTIFY SET STATUS *\n",
                                           cases[i].told, "S: A3 OK done\n", NULL);
    g_autoptr (FakeServer) server = test_server_new (script);
    ImapSession *session = test_select (server);

    watch (session, cases[i].known);
    g_autoptr (GPtrArray) news = imap_session_steal_news (session);
    guint statuses = 0, lists = 0;
    for (guint k = 0; k < news->len; k++) {
      const ImapNews *one = news->pdata[k];
      statuses += one->kind == IMAP_NEWS_STATUS;
      lists += one->kind == IMAP_NEWS_MAILBOXES;
      g_assert_true (one->kind != IMAP_NEWS_MAILBOXES || k + 1 == news->len);
    }
    g_assert_cmpuint (statuses + lists, ==, news->len);
    g_assert_cmpuint (lists, ==, !cases[i].same);
    test_done (server, session);
  }
}

/* How each mailbox stands without LIST-STATUS: told by NOTIFY, else asked for along with the list; only what is new has to wait. */
static void
test_survey (void)
{
  static const char *const scripts[] = {
    TEST_SELECT ("NOTIFY") "C: A3 LIST \"\" \"*\"\n"
                           "C: A4 NOTIFY SET STATUS " WATCH_ALL "S: * LIST () \"/\" INBOX\n"
                           "S: * LIST () \"/\" a\n"
                           "S: * LIST () \"/\" b\n"
                           "S: A3 OK done\n"
                           "S: * STATUS a (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 1 HIGHESTMODSEQ 4)\n"
                           "S: * STATUS b (MESSAGES 4 UIDNEXT 9 UIDVALIDITY 1 HIGHESTMODSEQ 4)\n"
                           "S: A4 OK done\n",
    TEST_SELECT ("") "C: A3 LIST \"\" \"*\"\n"
                     "C: A4 STATUS \"a\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
                     "C: A5 STATUS \"gone\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
                     "S: * LIST () \"/\" INBOX\n"
                     "S: * LIST () \"/\" a\n"
                     "S: * LIST () \"/\" b\n"
                     "S: A3 OK done\n"
                     "S: * STATUS a (MESSAGES 3 UNSEEN 0 UIDNEXT 9 UIDVALIDITY 1)\n"
                     "S: A4 OK done\n"
                     "S: * STATUS gone (MESSAGES 9 UNSEEN 0 UIDNEXT 9 UIDVALIDITY 1)\n"
                     "S: A5 NO what\n"
                     "C: A6 STATUS \"b\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
                     "S: * STATUS b (MESSAGES 4 UNSEEN 0 UIDNEXT 9 UIDVALIDITY 1)\n"
                     "S: A6 OK done\n",
  };
  static const char *const known[] = { "a", "gone", NULL };
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (FakeServer) server = test_server_new (scripts[i]);
    ImapSession *session = test_select (server);
    g_autoptr (GPtrArray) mailboxes = survey (session, known);
    g_assert_cmpuint (mailboxes->len, ==, 3);
    for (guint k = 1; k < 3; k++) {
      const ImapMailbox *mailbox = mailboxes->pdata[k];
      g_assert_true (mailbox->has_status);
      g_assert_cmpuint (mailbox->messages, ==, 2 + k);
    }
    g_assert_false (imap_session_take_news (session));
    test_done (server, session);
  }
}

/* Collects what comes by section, a line each: "7 2.1<4>~ abc\n". */
static gboolean
collect_parts (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GString *out = user_data;
  for (guint i = 0; fetched->parts != NULL && i < fetched->parts->len; i++) {
    const ImapSection *part = g_ptr_array_index (fetched->parts, i);
    gsize length;
    const char *bytes = g_bytes_get_data (part->bytes, &length);
    g_string_append_printf (out, "%u %s<%" G_GUINT64_FORMAT ">%s %.*s\n", fetched->uid,
                            part->section, part->origin, part->decoded ? "~" : "", (int)length,
                            bytes);
  }
  if (fetched->structure != NULL)
    g_string_append_printf (out, "is %s\n", fetched->structure->type);
  if (fetched->body != NULL)
    g_string_append (out, "whole\n");
  if (fetched->decoded_size != 0)
    g_string_append_printf (out, "of %" G_GUINT64_FORMAT "\n", fetched->decoded_size);
  return TRUE;
}

static void
check_parts (const char *steps, void (*ask) (ImapFlight *flight, GString *out),
             const char *expected)
{
  static const gsize pieces[] = { 0, 1 };
  g_autofree char *script = g_strdup_printf (
      TEST_GREETING "C: A1 AUTHENTICATE PLAIN *\nS: A1 OK [CAPABILITY IMAP4rev1 BINARY] in\n"
                    "C: A2 SELECT \"INBOX\"\nS: * 3 EXISTS\nS: A2 OK open\n%s",
      steps);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    FakeFaults faults = FAKE_NO_FAULTS;
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) out = g_string_new (NULL);
    faults.piece = pieces[i];
    fake_server_add_script (server, script, &faults);
    ImapSession *session = test_select (server);
    g_autoptr (ImapFlight) flight = imap_flight_new (session);
    ask (flight, out);
    g_assert_true (imap_flight_run (flight, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (out->str, ==, expected);
    test_done (server, session);
  }
}

static void
ask_start (ImapFlight *flight, GString *out)
{
  imap_flight_fetch_start (flight, 7, 100, collect_parts, out);
}

static void
ask_sections (ImapFlight *flight, GString *out)
{
  static const char *const sections[] = { "1.1", "1.1.MIME", "3", NULL };
  imap_flight_fetch_sections (flight, 7, sections, collect_parts, out);
}

static void
ask_chunks (ImapFlight *flight, GString *out)
{
  imap_flight_fetch_chunk (flight, 7, "2", FALSE, 0, 4, collect_parts, out);
  imap_flight_fetch_chunk (flight, 7, "2", FALSE, 4, 4, collect_parts, out);
}

static void
ask_decoded (ImapFlight *flight, GString *out)
{
  imap_flight_fetch_chunk (flight, 7, "2.1", TRUE, 0, 4, collect_parts, out);
  imap_flight_fetch_chunk (flight, 7, "2.1", TRUE, 4, 4, collect_parts, out);
}

static void
test_part (void)
{
  /* what it is made of, and how it begins, in one answer or in two */
  check_parts ("C: A3 UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[]<0.100>)\n"
               "S: * 2 FETCH (UID 7 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 4 1) "
               "BODY[]<0> {5}\\r\\na: b\\n)\nS: A3 OK done\n",
               ask_start, "7 <0> a: b\n\nis text/plain\n");
  check_parts ("C: A3 UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[]<0.100>)\n"
               "S: * 2 FETCH (UID 7 FLAGS (\\\\Seen))\n"
               "S: * 2 FETCH (BODY[]<0> \"x\" UID 7)\n"
               "S: * 2 FETCH (UID 7 BODYSTRUCTURE (\"A\" \"B\" NIL NIL NIL \"7BIT\" 4))\n"
               "S: A3 OK done\n",
               ask_start, "7 <0> x\nis a/b\n");
  /* it sends all there is, and says so */
  check_parts ("C: A3 UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[]<0.100>)\n"
               "S: * 2 FETCH (UID 7 BODY[] \"x\")\nS: A3 OK done\n",
               ask_start, "whole\n");
  /* several at once, in whatever order; NIL is nothing, and so is what was left out (quirk 36) */
  check_parts ("C: A3 UID FETCH 7 (UID BODY.PEEK[1.1] BODY.PEEK[1.1.MIME] BODY.PEEK[3])\n"
               "S: * 2 FETCH (UID 7 BODY[1.1.mime] \"c: d\" BODY[3] NIL BODY[1.1] {2}\\r\\nhi)\n"
               "S: A3 OK done\n",
               ask_sections, "7 1.1.MIME<0> c: d\n7 1.1<0> hi\n");
  check_parts ("C: A3 UID FETCH 7 (UID BODY.PEEK[1.1] BODY.PEEK[1.1.MIME] BODY.PEEK[3])\n"
               "S: * 2 FETCH (UID 7 BODY[1.1] BODY[3] \"x\")\nS: A3 OK done\n",
               ask_sections, "7 3<0> x\n");
  /* a piece after the other, in one flight; what begins nowhere is none */
  check_parts ("C: A3 UID FETCH 7 (UID BODY.PEEK[2]<0.4>)\n"
               "C: A4 UID FETCH 7 (UID BODY.PEEK[2]<4.4>)\n"
               "S: * 2 FETCH (UID 7 BODY[2]<0> \"abcd\")\nS: A3 OK done\n"
               "S: * 2 FETCH (UID 7 BODY[2]<> \"x\" BODY[2]<4> \"e\")\nS: A4 OK done\n",
               ask_chunks, "7 2<0> abcd\n7 2<4> e\n");
  /* decoded by the server, or it cannot */
  check_parts ("C: A3 UID FETCH 7 (UID BINARY.SIZE[2.1] BINARY.PEEK[2.1]<0.4>)\n"
               "C: A4 UID FETCH 7 (UID BINARY.PEEK[2.1]<4.4>)\n"
               "S: * 2 FETCH (UID 7 BINARY.SIZE[2.1] 5 BINARY[2.1]<0> ~{4}\\r\\na)\\r\\n)\n"
               "S: A3 OK done\n"
               "S: * 2 FETCH (UID 7 BINARY[2.1]<4> \"e\")\nS: A4 OK done\n",
               ask_decoded, "7 2.1<0>~ a)\r\n\nof 5\n7 2.1<4>~ e\n");
  check_parts ("C: A3 UID FETCH 7 (UID BINARY.SIZE[2.1] BINARY.PEEK[2.1]<0.4>)\n"
               "C: A4 UID FETCH 7 (UID BINARY.PEEK[2.1]<4.4>)\n"
               "S: A3 NO [UNKNOWN-CTE] odd\nS: A4 NO [UNKNOWN-CTE] odd\n",
               ask_decoded, "");
}

static gboolean
append (ImapSession *session, GBytes *message, BaseErrorCode expected)
{
  g_autoptr (GError) error = NULL;
  gboolean done = imap_session_append (session, "Sent", 0, NULL, 0, message, NULL, NULL, &error);
  if (!done)
    g_assert_error (error, BASE_ERROR, (int)expected);
  g_assert_true (imap_session_is_usable (session));
  return done;
}

/* What is too large is not sent in vain; what is known of one mailbox only is asked when it is worth it. */
static void
test_append_limit (void)
{
  g_autoptr (FakeServer) all =
      test_server_new (TEST_SIGN_IN ("APPENDLIMIT=12 LITERAL+") "C: A2 APPEND \"Sent\" {12+}\n"
                                                                "L: 1234567890\\r\\n\n"
                                                                "C: \n"
                                                                "S: A2 OK done\n");
  g_autoptr (FakeServer) one = test_server_new (
      TEST_SIGN_IN ("APPENDLIMIT LITERAL+") "C: A2 STATUS \"Sent\" (APPENDLIMIT)\n"
                                            "S: * STATUS Sent (APPENDLIMIT 1500000)\n"
                                            "S: A2 OK done\n"
                                            "C: A3 APPEND \"Sent\" {3+}\n"
                                            "L: a\\r\\n\n"
                                            "C: \n"
                                            "S: A3 OK done\n");
  g_autoptr (GBytes) fits = g_bytes_new_static ("1234567890\r\n", 12);
  g_autoptr (GBytes) over = g_bytes_new_static ("12345678901\r\n", 13);
  g_autoptr (GBytes) large = g_bytes_new_take (g_strnfill (2000000, 'x'), 2000000);
  g_autoptr (GBytes) small = g_bytes_new_static ("a\r\n", 3);
  ImapSession *session = test_sign_in (all);
  g_assert_false (append (session, over, BASE_ERROR_LIMIT));
  g_assert_true (append (session, fits, 0));
  test_done (all, session);

  session = test_sign_in (one);
  g_assert_false (append (session, large, BASE_ERROR_LIMIT));
  g_assert_true (append (session, small, 0));
  test_done (one, session);
}

/* UTF-8 in headers, where that was agreed on; what has none goes as ever. */
static void
test_append_utf8 (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("ENABLE UTF8=ACCEPT LITERAL+") "C: A2 ENABLE UTF8=ACCEPT\n"
                                                   "S: * ENABLED UTF8=ACCEPT\n"
                                                   "S: A2 OK done\n"
                                                   "C: A3 APPEND \"Sent\" UTF8 (~{19+}\n"
                                                   "L: Subject: \xed\x95\x9c\\r\\n\\r\\nb\\r\\n\n"
                                                   "C: )\n"
                                                   "S: A3 OK done\n"
                                                   "C: A4 APPEND \"Sent\" {19+}\n"
                                                   "L: Subject: h\\r\\n\\r\\n\xed\x95\x9c\\r\\n\n"
                                                   "C: \n"
                                                   "S: A4 OK done\n");
  g_autoptr (GBytes) utf8 = g_bytes_new_static ("Subject: \xed\x95\x9c\r\n\r\nb\r\n", 19);
  g_autoptr (GBytes) plain = g_bytes_new_static ("Subject: h\r\n\r\n\xed\x95\x9c\r\n", 19);
  ImapSession *session = test_sign_in (server);
  g_assert_true (append (session, utf8, 0));
  g_assert_true (append (session, plain, 0));
  test_done (server, session);
}

void
test_extensions_add (void)
{
  g_test_add_func ("/imap/extensions/fetch-items", test_fetch_items);
  g_test_add_func ("/imap/extensions/namespace", test_namespace);
  g_test_add_func ("/imap/extensions/shared", test_shared);
  g_test_add_func ("/imap/extensions/status", test_status);
  g_test_add_func ("/imap/extensions/size", test_size);
  g_test_add_func ("/imap/extensions/no-size", test_no_size);
  g_test_add_func ("/imap/extensions/slow-size", test_slow_size);
  g_test_add_func ("/imap/extensions/fill-status", test_fill_status);
  g_test_add_func ("/imap/extensions/notify", test_notify);
  g_test_add_func ("/imap/extensions/notify-meanwhile", test_notify_meanwhile);
  g_test_add_func ("/imap/extensions/notify-refused", test_notify_refused);
  g_test_add_func ("/imap/extensions/watch-refused", test_watch_refused);
  g_test_add_func ("/imap/extensions/watch-compares", test_watch_compares);
  g_test_add_func ("/imap/extensions/survey", test_survey);
  g_test_add_func ("/imap/extensions/part", test_part);
  g_test_add_func ("/imap/extensions/append-limit", test_append_limit);
  g_test_add_func ("/imap/extensions/append-utf8", test_append_utf8);
}
