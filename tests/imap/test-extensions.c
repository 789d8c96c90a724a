/* Extensions that add a word here and there: used where they are offered, and only there. */
#include "test-imap.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base-error.h"

static gboolean
describe (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GString *out = user_data;
  g_autofree char *labels = fetched->labels != NULL ? g_strjoinv (",", fetched->labels) : NULL;
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
                              "S: A3 OK done\n",
      "5 M6d99 T64 [-] “안녕” \n"
      "6 Mx - [-] “-” \n"
      "7 M7 - [-] “a)b” \n");
  check_fetch (
      TEST_SELECT (
          "X-GM-EXT-1") "C: A3 UID FETCH 1:9 (UID BODY.PEEK[TEXT]<0.1024> X-GM-MSGID X-GM-THRID X-GM-LABELS)\n"
                        "S: * 1 FETCH (X-GM-THRID 1266894439832287888 X-GM-MSGID 1278455344230334865 X-GM-LABELS (\\\\Inbox Sent \"Muy] Importante\" &1VyuAA-) UID 5)\n"
                        "S: * 2 FETCH (UID 6 X-GM-LABELS ())\n"
                        "S: A3 OK done\n",
      "5 1278455344230334865 1266894439832287888 [\\Inbox,Sent,Muy] Importante,한글] “-” \n"
      "6 - - [] “-” \n");
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
  const GPtrArray *spaces = imap_session_get_namespaces (session);
  g_assert_cmpuint (spaces->len, ==, 3);
  const ImapNamespace *first = spaces->pdata[0], *last = spaces->pdata[2];
  g_assert_cmpstr (first->prefix, ==, "INBOX.");
  g_assert_cmpint (first->delimiter, ==, '.');
  g_assert_cmpint (first->kind, ==, IMAP_NAMESPACE_PERSONAL);
  g_assert_cmpstr (last->prefix, ==, "한글/");
  g_assert_cmpint (last->kind, ==, IMAP_NAMESPACE_SHARED);
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
                            "S: * STATUS b (UIDNEXT 9)\n"
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
  g_assert_cmpstr (imap_flight_get_selected (flight, select)->mailbox_id, ==, "F2212");
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

static void
check_kinds (ImapSession *session, const ImapNewsKind *kinds, guint n)
{
  g_autoptr (GPtrArray) news = imap_session_steal_news (session);
  g_assert_cmpuint (news->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (((ImapNews *)news->pdata[i])->kind, ==, kinds[i]);
}

/* NOTIFY: news of other mailboxes come with any answer and within IDLE, until the server gives up. */
static void
test_notify (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT (
      "NOTIFY IDLE") "C: A3 NOTIFY SET STATUS (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "
                     "(PERSONAL (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))\n"
                     "S: * STATUS a (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 1)\n"
                     "S: A3 OK done\n"
                     "C: A4 IDLE\n"
                     "S: + idling\n"
                     "S: * STATUS a (MESSAGES 4 UIDNEXT 10)\n"
                     "C: DONE\n"
                     "S: * STATUS a (HIGHESTMODSEQ 99)\n"
                     "S: * 4 EXISTS\n"
                     "S: * LIST () \"/\" new (\"OLDNAME\" (\"old\"))\n"
                     "S: * LIST (\\\\Subscribed) \"/\" new\n"
                     "S: A4 OK done\n"
                     "C: A5 SELECT \"a\"\n"
                     "S: * OK [CLOSED] before\n"
                     "S: * 4 EXISTS\n"
                     "S: A5 OK open\n"
                     "C: A6 NOOP\n"
                     "S: * OK [NOTIFICATIONOVERFLOW] too much\n"
                     "S: * OK [NOTIFICATIONOVERFLOW] too much\n"
                     "S: * LIST () \"/\" more\n"
                     "S: A6 OK done\n");
  static const ImapNewsKind first[] = { IMAP_NEWS_STATUS };
  static const ImapNewsKind last[] = { IMAP_NEWS_UNWATCHED };
  g_autoptr (GError) error = NULL;
  gboolean watching = FALSE;
  ImapSession *session = test_select (server);

  g_assert_true (imap_session_notify (session, &watching, NULL, &error));
  g_assert_true (watching && imap_session_is_watching (session));
  check_kinds (session, first, 1);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  gint64 begun = g_get_monotonic_time ();
  g_assert_true (imap_session_idle (session, -1, 60000, NULL, NULL, NULL));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 5 * G_USEC_PER_SEC);
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
  test_done (server, session);
}

/* Refused events: what every server has to know; refused altogether or not offered: not watching, and no error. */
static void
test_notify_refused (void)
{
  static const char *const scripts[] = {
    TEST_SELECT ("NOTIFY") "C: A3 NOTIFY SET STATUS *\n"
                           "S: A3 NO [BADEVENT (MessageNew)] few\n"
                           "C: A4 NOTIFY SET (SELECTED-DELAYED *\n"
                           "S: A4 OK done\n",
    TEST_SELECT ("NOTIFY") "C: A3 NOTIFY SET STATUS *\n"
                           "S: A3 BAD what\n"
                           "C: A4 NOOP\n"
                           "S: * LIST () \"/\" x\n"
                           "S: A4 OK done\n",
    TEST_SELECT (""),
  };
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (FakeServer) server = test_server_new (scripts[i]);
    gboolean watching = TRUE;
    ImapSession *session = test_select (server);
    g_assert_true (imap_session_notify (session, &watching, NULL, NULL));
    g_assert_cmpint (watching, ==, i == 0);
    g_assert_true (imap_session_is_usable (session));
    if (i == 1)
      g_assert_true (imap_session_noop (session, NULL, NULL));
    g_assert_false (imap_session_take_news (session));
    test_done (server, session);
  }
}

void
test_extensions_add (void)
{
  g_test_add_func ("/imap/extensions/fetch-items", test_fetch_items);
  g_test_add_func ("/imap/extensions/namespace", test_namespace);
  g_test_add_func ("/imap/extensions/status", test_status);
  g_test_add_func ("/imap/extensions/fill-status", test_fill_status);
  g_test_add_func ("/imap/extensions/notify", test_notify);
  g_test_add_func ("/imap/extensions/notify-refused", test_notify_refused);
}
