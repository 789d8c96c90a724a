/* What happened since the last visit, and what is told unasked. */
#include "test-imap.h"

#include "base-error.h"

typedef struct
{
  GString *changed, *vanished;
} Told;

static gboolean
take_changed (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Told *told = user_data;
  g_string_append_printf (told->changed, "%u=%d@%" G_GUINT64_FORMAT " ", fetched->uid,
                          fetched->flags, fetched->modseq);
  return TRUE;
}

static gboolean
take_vanished (const BaseUidSet *uids, gpointer user_data, GError **error)
{
  Told *told = user_data;
  g_autofree char *text = base_uid_set_to_string (uids);
  g_string_append_printf (told->vanished, "%s ", text);
  return TRUE;
}

#define QRESYNC_SIGN_IN                                                                            \
  TEST_SIGN_IN ("ENABLE QRESYNC")                                                                  \
  "C: A2 ENABLE QRESYNC\n"                                                                         \
  "S: * ENABLED QRESYNC\n"                                                                         \
  "S: A2 OK done\n"
#define OPENED(tag, validity, modseq)                                                              \
  "S: * 5 EXISTS\n"                                                                                \
  "S: * OK [UIDVALIDITY " validity "] fine\n"                                                      \
  "S: * OK [" modseq "] so far\n"                                                                  \
  "S: " tag " OK [READ-WRITE] open\n"

/* Resyncs INBOX from UIDVALIDITY 9, MODSEQ 100. */
static void
check_resync (const char *script, const char *known, ImapResync expected, const char *changed,
              const char *vanished)
{
  static const gsize pieces[] = { 0, 1 };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    FakeFaults faults = FAKE_NO_FAULTS;
    g_autoptr (BaseUidSet) uids = known != NULL ? base_uid_set_parse (known) : NULL;
    const ImapSyncPoint point = { .uid_validity = 9, .modseq = 100, .known = uids };
    g_autoptr (GString) got_changed = g_string_new (NULL), got_vanished = g_string_new (NULL);
    Told told = { got_changed, got_vanished };
    g_autoptr (GError) error = NULL;

    faults.piece = pieces[i];
    fake_server_add_script (server, script, &faults);
    ImapSession *session = test_sign_in (server);
    g_autoptr (ImapFlight) flight = imap_flight_new (session);
    guint index =
        imap_flight_resync (flight, "INBOX", FALSE, &point, take_changed, take_vanished, &told);
    g_assert_true (imap_flight_run (flight, NULL, &error));
    g_assert_no_error (error);
    g_assert_true (imap_flight_get_result (flight, index, NULL));
    g_assert_cmpuint (imap_flight_get_selected (flight, index)->exists, ==, 5);
    g_assert_cmpint (imap_flight_get_resync (flight, index), ==, expected);
    g_assert_cmpstr (got_changed->str, ==, changed);
    g_assert_cmpstr (got_vanished->str, ==, vanished);
    g_assert_false (imap_session_take_news (session));
    imap_session_free (session);
  }
  fake_server_check (server);
}

static void
test_qresync (void)
{
  check_resync (QRESYNC_SIGN_IN "C: A3 SELECT \"INBOX\" (QRESYNC (9 100 1:7))\n"
                                "S: * VANISHED (EARLIER) 2,4:5\n"
                                "S: * 1 FETCH (UID 1 FLAGS (\\\\Seen) MODSEQ (120))\n"
                                "S: * 5 FETCH (UID 8 FLAGS () MODSEQ (121))\n" OPENED (
                                    "A3", "9", "HIGHESTMODSEQ 121"),
                "1:7", IMAP_RESYNC_ALL, "1=1@120 8=0@121 ", "2,4:5 ");
  /* nothing happened; and the UIDs are not told */
  check_resync (QRESYNC_SIGN_IN "C: A3 SELECT \"INBOX\" (QRESYNC (9 100))\n" OPENED (
                    "A3", "9", "HIGHESTMODSEQ 100"),
                NULL, IMAP_RESYNC_ALL, "", "");
}

/* Another mailbox by the same name, or one that keeps no MODSEQs: nothing is known of it. */
static void
test_nothing_known (void)
{
  check_resync (QRESYNC_SIGN_IN
                "C: A3 SELECT \"INBOX\" (QRESYNC (9 100))\n" OPENED ("A3", "10", "HIGHESTMODSEQ 7"),
                NULL, IMAP_RESYNC_NONE, "", "");
  check_resync (QRESYNC_SIGN_IN
                "C: A3 SELECT \"INBOX\" (QRESYNC (9 100))\n" OPENED ("A3", "9", "NOMODSEQ"),
                NULL, IMAP_RESYNC_NONE, "", "");
}

/* Offered, but the server did not say that it is enabled (quirk 33): as with CONDSTORE alone. */
static void
test_condstore (void)
{
  check_resync (
      TEST_SIGN_IN (
          "ENABLE QRESYNC") "C: A2 ENABLE QRESYNC\n"
                            "S: A2 OK done\n"
                            "C: A3 SELECT \"INBOX\" (CONDSTORE)\n"
                            "C: A4 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 100)\n" OPENED (
                                "A3", "9",
                                "HIGHESTMODSEQ 121") "S: * 1 FETCH (UID 1 FLAGS (\\\\Seen) MODSEQ (120))\n"
                                                     "S: A4 OK done\n",
      NULL, IMAP_RESYNC_CHANGES, "1=1@120 ", "");
  check_resync (
      TEST_SIGN_IN (
          "CONDSTORE") "C: A2 SELECT \"INBOX\" (CONDSTORE)\n"
                       "C: A3 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 100)\n" OPENED (
                           "A2", "10",
                           "HIGHESTMODSEQ 121") "S: * 1 FETCH (UID 1 FLAGS () MODSEQ (120))\n"
                                                "S: A3 OK done\n",
      NULL, IMAP_RESYNC_NONE, "", "");
  check_resync (
      TEST_SIGN_IN (
          "CONDSTORE") "C: A2 SELECT \"INBOX\" (CONDSTORE)\n"
                       "C: A3 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 100)\n" OPENED (
                           "A2", "9", "HIGHESTMODSEQ 121") "S: A3 BAD what\n",
      NULL, IMAP_RESYNC_NONE, "", "");
}

static void
test_plain (void)
{
  check_resync (TEST_SIGN_IN ("") "C: A2 SELECT \"INBOX\"\n" OPENED ("A2", "9", "UIDNEXT 9"), NULL,
                IMAP_RESYNC_NONE, "", "");
}

/* The same for a mailbox that is open. */
static void
test_changes (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (QRESYNC_SIGN_IN "C: A3 SELECT \"INBOX\" (CONDSTORE)\n" OPENED (
          "A3", "9",
          "HIGHESTMODSEQ 121") "C: A4 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 121 VANISHED)\n"
                               "S: * VANISHED (EARLIER) 3\n"
                               "S: * 1 FETCH (UID 1 FLAGS (\\\\Seen) MODSEQ (130))\n"
                               "S: A4 OK done\n");
  g_autoptr (GString) changed = g_string_new (NULL), vanished = g_string_new (NULL);
  Told told = { changed, vanished };
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint index = imap_flight_changes (flight, 121, take_changed, take_vanished, &told);
  g_assert_true (imap_flight_run (flight, NULL, NULL));
  g_assert_cmpint (imap_flight_get_resync (flight, index), ==, IMAP_RESYNC_ALL);
  g_assert_cmpstr (changed->str, ==, "1=1@130 ");
  g_assert_cmpstr (vanished->str, ==, "3 ");
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 5);
  test_done (server, session);
}

static void
check_news (const ImapNews *news, ImapNewsKind kind, guint32 number)
{
  g_assert_cmpint (news->kind, ==, kind);
  g_assert_cmpuint (news->number, ==, number);
}

/* Everything that is told unasked comes as it was said and in its order, also beside another answer. */
static void
test_news (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID FETCH 7 (UID BODY.PEEK[])\n"
                                        "S: * 4 EXISTS\n"
                                        "S: * 5 EXISTS\n"
                                        "S: * 2 EXPUNGE\n"
                                        "S: * 3 FETCH (FLAGS (\\\\Seen))\n"
                                        "S: * 2 FETCH (UID 7 BODY[] {1}\\r\\nx FLAGS (\\\\Seen))\n"
                                        "S: * 3 FETCH (UID 9 FLAGS (\\\\Flagged) MODSEQ (77))\n"
                                        "S: * VANISHED 11,20:21\n"
                                        "S: * STATUS Sent (MESSAGES 8 UNSEEN 2)\n"
                                        "S: A3 OK done\n");
  g_autoptr (GString) changed = g_string_new (NULL), vanished = g_string_new (NULL);
  Told told = { changed, vanished };
  ImapSession *session = test_select (server);
  g_assert_true (
      imap_session_fetch (session, "7", IMAP_FETCH_BODY, 0, take_changed, &told, NULL, NULL));
  g_assert_cmpstr (changed->str, ==, "7=1@0 ");
  g_autoptr (GPtrArray) news = imap_session_steal_news (session);
  g_assert_cmpuint (news->len, ==, 7);
  check_news (news->pdata[0], IMAP_NEWS_EXISTS, 5);
  check_news (news->pdata[1], IMAP_NEWS_EXPUNGED, 2);
  check_news (news->pdata[2], IMAP_NEWS_FLAGS, 3);
  g_assert_cmpuint (((ImapNews *)news->pdata[2])->uid, ==, 0);
  check_news (news->pdata[3], IMAP_NEWS_FLAGS, 2);
  g_assert_cmpuint (((ImapNews *)news->pdata[3])->uid, ==, 7);
  check_news (news->pdata[4], IMAP_NEWS_FLAGS, 3);
  g_assert_cmpuint (((ImapNews *)news->pdata[4])->uid, ==, 9);
  g_assert_cmpint (((ImapNews *)news->pdata[4])->flags, ==, IMAP_FLAG_FLAGGED);
  g_assert_cmpuint (((ImapNews *)news->pdata[4])->modseq, ==, 77);
  check_news (news->pdata[5], IMAP_NEWS_VANISHED, 0);
  g_autofree char *uids = base_uid_set_to_string (((ImapNews *)news->pdata[5])->uids);
  g_assert_cmpstr (uids, ==, "11,20:21");
  check_news (news->pdata[6], IMAP_NEWS_STATUS, 0);
  g_assert_cmpstr (((ImapNews *)news->pdata[6])->mailbox->name, ==, "Sent");
  g_assert_cmpuint (((ImapNews *)news->pdata[6])->mailbox->messages, ==, 8);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 1);
  g_assert_false (imap_session_take_news (session));
  test_done (server, session);
}

/* There is an end to the room; then all that is left is that something happened. */
static void
test_news_overflow (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GString) lines = g_string_new (NULL);
  for (guint i = 0; i < 12000; i++)
    g_string_append (lines, "* 1 FETCH (FLAGS (\\Seen))\r\n");
  g_autoptr (GBytes) blob = g_bytes_new (lines->str, lines->len);
  fake_server_set_blob (server, "lines", blob);
  fake_server_add_script (server,
                          TEST_SELECT ("") "C: A3 NOOP\n"
                                           "B: lines\n"
                                           "S: A3 OK done\n"
                                           "C: A4 NOOP\n"
                                           "S: * 4 EXISTS\n"
                                           "S: A4 OK done\n",
                          NULL);
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_autoptr (GPtrArray) news = imap_session_steal_news (session);
  g_assert_cmpuint (news->len, ==, 1);
  check_news (news->pdata[0], IMAP_NEWS_LOOK_AGAIN, 0);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_autoptr (GPtrArray) more = imap_session_steal_news (session);
  g_assert_cmpuint (more->len, ==, 1);
  check_news (more->pdata[0], IMAP_NEWS_EXISTS, 4);
  test_done (server, session);
}

void
test_resync_add (void)
{
  g_test_add_func ("/imap/resync/qresync", test_qresync);
  g_test_add_func ("/imap/resync/nothing-known", test_nothing_known);
  g_test_add_func ("/imap/resync/condstore", test_condstore);
  g_test_add_func ("/imap/resync/plain", test_plain);
  g_test_add_func ("/imap/resync/changes", test_changes);
  g_test_add_func ("/imap/resync/news", test_news);
  g_test_add_func ("/imap/resync/news-overflow", test_news_overflow);
}
