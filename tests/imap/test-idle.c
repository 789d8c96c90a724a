/* IDLE, and waiting without it. */
#include "test-imap.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "base-error.h"

static void
idle (ImapSession *session, int wake_fd, gint64 timeout_ms, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  gboolean news = !expected;
  gboolean idled = imap_session_idle (session, wake_fd, timeout_ms, &news, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (idled);
  g_assert_cmpint (news, ==, expected);
  g_assert_false (imap_session_take_news (session));
  g_assert_true (imap_session_is_usable (session));
}

static gboolean
take_any (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  return TRUE;
}

/* News may come with the very packet that begins the IDLE, in one of its own, or with its end. */
static void
test_news (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("IDLE") "C: A3 IDLE\n"
                                            "S: + idling\\r\\n* 4 EXISTS\n"
                                            "C: DONE\n"
                                            "S: A3 OK done\n"
                                            "C: A4 IDLE\n"
                                            "S: + idling\n"
                                            "S: * OK Still here\n"
                                            "S- * 1 EXP\n"
                                            "WAIT 20\n"
                                            "S: UNGE\n"
                                            "C: DONE\n"
                                            "S: A4 OK done\n"
                                            "C: A5 IDLE\n"
                                            "S: * 2 FETCH (FLAGS (\\\\Seen))\n"
                                            "S: + idling\n"
                                            "C: DONE\n"
                                            "S: A5 OK done\n"
                                            "C: A6 NOOP\n"
                                            "S: A6 OK done\n");
  ImapSession *session = test_select (server);
  idle (session, -1, 60000, TRUE);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 4);
  idle (session, -1, 60000, TRUE);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 3);
  idle (session, -1, 60000, TRUE);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  test_done (server, session);
}

/* The news do not wait for the end of the IDLE, nor does what is asked because of them; a SELECT does, and another IDLE. */
static void
test_at_once (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("IDLE") "C: A3 IDLE\n"
                                            "S: + idling\n"
                                            "S: * 4 EXISTS\n"
                                            "C: DONE\n"
                                            "C: A4 UID FETCH 40:* (UID FLAGS)\n"
                                            "S: A3 OK done\n"
                                            "S: * 4 FETCH (UID 40 FLAGS ())\n"
                                            "S: A4 OK done\n"
                                            "C: A5 IDLE\n"
                                            "S: + idling\n"
                                            "S: * 5 EXISTS\n"
                                            "C: DONE\n"
                                            "QUIET 50\n"
                                            "S: * 1 FETCH (FLAGS (\\\\Seen))\n"
                                            "S: A5 OK done\n"
                                            "C: A6 SELECT \"a\"\n"
                                            "S: * 9 EXISTS\n"
                                            "S: A6 OK open\n"
                                            "C: A7 IDLE\n"
                                            "S: + idling\n"
                                            "S: * 10 EXISTS\n"
                                            "C: DONE\n"
                                            "QUIET 50\n"
                                            "S: A7 OK done\n"
                                            "C: A8 IDLE\n"
                                            "S: + idling\n"
                                            "S: * 11 EXISTS\n"
                                            "C: DONE\n");
  ImapSession *session = test_select (server);
  idle (session, -1, 60000, TRUE);
  g_assert_true (
      imap_session_fetch (session, "40:*", IMAP_FETCH_FLAGS, 0, take_any, NULL, NULL, NULL));
  idle (session, -1, 60000, TRUE);
  g_assert_true (imap_session_select (session, "a", FALSE, NULL, NULL));
  g_assert_false (imap_session_take_news (session));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 9);
  idle (session, -1, 60000, TRUE);
  idle (session, -1, 60000, TRUE);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 11);
  test_done (server, session);
}

static void
test_wake_and_timeout (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT ("IDLE") "C: A3 IDLE\n"
                                                                        "S: + idling\n"
                                                                        "C: DONE\n"
                                                                        "S: A3 OK done\n"
                                                                        "C: A4 IDLE\n"
                                                                        "S: + idling\n"
                                                                        "C: DONE\n"
                                                                        "S: * 4 EXISTS\n"
                                                                        "S: A4 OK done\n");
  int fd = eventfd (1, EFD_CLOEXEC);
  ImapSession *session = test_select (server);
  idle (session, fd, 60000, FALSE);
  idle (session, -1, 20, TRUE);
  test_done (server, session);
  close (fd);
}

/* News that nobody took yet: back at once, without a word on the wire. */
static void
test_pending_news (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT ("IDLE") "C: A3 NOOP\n"
                                                                        "S: * 4 EXISTS\n"
                                                                        "S: A3 OK done\n");
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  idle (session, -1, 60000, TRUE);
  test_done (server, session);
}

static void
test_without_idle (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT ("") "C: A3 NOOP\n"
                                                                    "S: * 4 EXISTS\n"
                                                                    "S: A3 OK done\n");
  int fd = eventfd (1, EFD_CLOEXEC);
  ImapSession *session = test_select (server);
  idle (session, fd, 60000, FALSE);
  idle (session, -1, 20, TRUE);
  test_done (server, session);
  close (fd);
}

/* Offered but refused: NOOP from then on. */
static void
test_refused (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("IDLE") "C: A3 IDLE\n"
                                            "S: A3 BAD no such command\n"
                                            "C: A4 NOOP\n"
                                            "S: A4 OK done\n"
                                            "C: A5 NOOP\n"
                                            "S: A5 OK done\n");
  ImapSession *session = test_select (server);
  idle (session, -1, 20, FALSE);
  idle (session, -1, 20, FALSE);
  test_done (server, session);
}

static void
test_ended_by_server (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("IDLE") "C: A3 IDLE\n"
                                            "S: + idling\n"
                                            "S: A3 OK that is enough\n");
  ImapSession *session = test_select (server);
  idle (session, -1, 60000, FALSE);
  test_done (server, session);
}

/* A server that never lets it last: after some tries it is asked now and then instead of all the time. */
static void
test_never_lasts (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT ("IDLE") "C: A3 IDLE\n"
                                                                        "S: + idling\n"
                                                                        "S: A3 OK that is enough\n"
                                                                        "C: A4 IDLE\n"
                                                                        "S: + idling\n"
                                                                        "S: A4 OK that is enough\n"
                                                                        "C: A5 IDLE\n"
                                                                        "S: A5 OK done already\n"
                                                                        "C: A6 NOOP\n"
                                                                        "S: A6 OK done\n"
                                                                        "C: A7 NOOP\n"
                                                                        "S: * 4 EXISTS\n"
                                                                        "S: A7 OK done\n");
  ImapSession *session = test_select (server);
  /* Each ends by what the server says, however late that comes; the third need not have begun for that. */
  idle (session, -1, 60000, FALSE);
  idle (session, -1, 60000, FALSE);
  idle (session, -1, 20, FALSE);
  idle (session, -1, 20, TRUE);
  test_done (server, session);
}

static void
check_lost (const char *end, BaseErrorCode code)
{
  g_autofree char *script =
      g_strconcat (TEST_SELECT ("IDLE") "C: A3 IDLE\nS: + idling\n", end, NULL);
  g_autoptr (FakeServer) server = test_server_new (script);
  g_autoptr (GError) error = NULL;
  gboolean news;
  ImapSession *session = test_select (server);
  g_assert_false (imap_session_idle (session, -1, 60000, &news, NULL, &error));
  g_assert_error (error, BASE_ERROR, (int)code);
  g_assert_false (imap_session_is_usable (session));
  test_done (server, session);
}

static void
test_lost (void)
{
  check_lost ("S: * BYE Disconnected for inactivity.\n", BASE_ERROR_RETRY);
  check_lost ("CUT\n", BASE_ERROR_BROKEN);
  check_lost ("S- * 4 EXI\nCLOSE\n", BASE_ERROR_BROKEN);
}

void
test_idle_add (void)
{
  g_test_add_func ("/imap/idle/news", test_news);
  g_test_add_func ("/imap/idle/at-once", test_at_once);
  g_test_add_func ("/imap/idle/wake-and-timeout", test_wake_and_timeout);
  g_test_add_func ("/imap/idle/pending-news", test_pending_news);
  g_test_add_func ("/imap/idle/without-idle", test_without_idle);
  g_test_add_func ("/imap/idle/refused", test_refused);
  g_test_add_func ("/imap/idle/ended-by-server", test_ended_by_server);
  g_test_add_func ("/imap/idle/never-lasts", test_never_lasts);
  g_test_add_func ("/imap/idle/lost", test_lost);
}
