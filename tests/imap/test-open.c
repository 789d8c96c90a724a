/* Greeting, STARTTLS, LOGOUT, and every way in which an opening can fail. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"

FakeServer *
test_server_new (const char *script)
{
  FakeServer *server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  fake_server_add_script (server, script, NULL);
  return server;
}

ImapSession *
test_open (FakeServer *server)
{
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  ImapSession *session = imap_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (session);
  g_assert_true (imap_session_is_usable (session));
  return session;
}

ImapSession *
test_sign_in (FakeServer *server)
{
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_open (server);
  gboolean signed_in = imap_session_sign_in (
      session, &(NetLogin){ .user = "user", .secret = "secret" }, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (signed_in);
  return session;
}

ImapSession *
test_select (FakeServer *server)
{
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  gboolean selected = imap_session_select (session, "INBOX", FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (selected);
  g_assert_cmpstr (imap_session_get_selected_name (session), ==, "INBOX");
  return session;
}

void
test_done (FakeServer *server, ImapSession *session)
{
  imap_session_free (session);
  fake_server_check (server);
}

static void
check_refused (FakeMode mode, const char *script, BaseErrorCode code, const char *words,
               const char *detail)
{
  g_autoptr (FakeServer) server = fake_server_new (mode, FAKE_GOOD);
  g_autoptr (GError) error = NULL;
  fake_server_add_script (server, script, NULL);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (ImapSession) session = imap_session_open (&endpoint, NULL, &error);
  g_assert_null (session);
  g_assert_error (error, BASE_ERROR, (int)code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_cmpstr (base_error_get_detail (error), ==, detail);
  fake_server_check (server);
}

static void
test_capabilities (void)
{
  g_autoptr (FakeServer) server =
      test_server_new ("S: * OK hello\n"
                       "C: A1 CAPABILITY\n"
                       "S: * CAPABILITY imap4REV1 IDLE LITERAL+ X-GM-EXT-1 QRESYNC\n"
                       "S: A1 OK done\n");
  ImapSession *session = test_open (server);
  g_assert_true (imap_session_has (session, IMAP_CAP_IDLE | IMAP_CAP_LITERAL_PLUS));
  g_assert_true (imap_session_has (session, IMAP_CAP_GMAIL));
  g_assert_true (imap_session_has (session, IMAP_CAP_CONDSTORE));
  g_assert_false (imap_session_has (session, IMAP_CAP_MOVE));
  g_assert_false (imap_session_has (session, IMAP_CAP_IDLE | IMAP_CAP_MOVE));
  g_assert_null (imap_session_get_selected_name (session));
  test_done (server, session);
}

static void
test_rev2 (void)
{
  g_autoptr (FakeServer) server = test_server_new ("S: * OK [CAPABILITY IMAP4rev2] hello\n");
  ImapSession *session = test_open (server);
  g_assert_true (
      imap_session_has (session, IMAP_CAP_MOVE | IMAP_CAP_UIDPLUS | IMAP_CAP_LIST_STATUS));
  g_assert_false (imap_session_has (session, IMAP_CAP_CONDSTORE));
  test_done (server, session);
}

/* What was said in clear is not believed afterwards. */
static void
test_starttls (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  fake_server_add_script (server,
                          "S: * OK [CAPABILITY IMAP4rev1 STARTTLS IDLE] hello\n"
                          "C: A1 STARTTLS\n"
                          "S: A1 OK go\n"
                          "TLS\n"
                          "C: A2 CAPABILITY\n"
                          "S: * CAPABILITY IMAP4rev1 MOVE\n"
                          "S: A2 OK done\n",
                          NULL);
  ImapSession *session = test_open (server);
  g_assert_true (imap_session_has (session, IMAP_CAP_MOVE));
  g_assert_false (imap_session_has (session, IMAP_CAP_IDLE));
  g_assert_false (imap_session_has (session, IMAP_CAP_STARTTLS));
  test_done (server, session);
}

static void
test_starttls_missing (void)
{
  check_refused (FAKE_PLAIN,
                 "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n"
                 "C: A1 CAPABILITY\n"
                 "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN\n"
                 "S: A1 OK done\n"
                 "EOF\n",
                 BASE_ERROR_TRUST, "offers no encryption", NULL);
}

static void
test_starttls_refused (void)
{
  check_refused (FAKE_PLAIN,
                 "S: * OK [CAPABILITY STARTTLS] hello\n"
                 "C: A1 STARTTLS\n"
                 "S: A1 NO not today\n"
                 "EOF\n",
                 BASE_ERROR_TRUST, "refused to encrypt", NULL);
}

static void
test_starttls_injected (void)
{
  check_refused (FAKE_PLAIN,
                 "S: * OK [CAPABILITY STARTTLS] hello\n"
                 "C: A1 STARTTLS\n"
                 "S: A1 OK go\\r\\n* OK [CAPABILITY AUTH=PLAIN LOGIN] evil\n"
                 "EOF\n",
                 BASE_ERROR_TRUST, "", NULL);
}

static void
test_preauth_in_clear (void)
{
  check_refused (FAKE_PLAIN, "S: * PREAUTH welcome\nEOF\n", BASE_ERROR_TRUST, "without encryption",
                 NULL);
}

static void
test_preauth (void)
{
  g_autoptr (FakeServer) server = test_server_new ("S: * PREAUTH [CAPABILITY IMAP4rev1] welcome\n");
  test_done (server, test_sign_in (server));
}

static void
test_bye (void)
{
  check_refused (FAKE_TLS, "S: * BYE too many connections\n", BASE_ERROR_RETRY,
                 "does not accept connections", "too many connections");
}

static void
test_no_imap (void)
{
  check_refused (FAKE_TLS, "S: 220 mail.example ESMTP\n", BASE_ERROR_BROKEN, "IMAP", NULL);
  check_refused (FAKE_TLS, "S: \n", BASE_ERROR_BROKEN, "IMAP", NULL);
}

/* Cut at every octet of the opening: an error, no hang, no session. */
static void
test_cuts (void)
{
  static const char greeting[] = "* OK hello\r\n* CAPABILITY IMAP4rev1\r\nA1 OK done";
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  for (gsize i = 0; i < sizeof greeting; i += 7) {
    FakeFaults faults = FAKE_NO_FAULTS;
    g_autoptr (GError) error = NULL;
    faults.cut_out = (gint64)i;
    fake_server_add_script (server,
                            "S: * OK hello\n"
                            "C: A1 CAPABILITY\n"
                            "S: * CAPABILITY IMAP4rev1\n"
                            "S: A1 OK done\n",
                            &faults);
    NetEndpoint endpoint = fake_server_endpoint (server);
    g_autoptr (ImapSession) session = imap_session_open (&endpoint, NULL, &error);
    g_assert_null (session);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
  }
  fake_server_check (server);
}

static void
test_logout (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN ("") "C: A2 LOGOUT\n"
                                                                     "S: * BYE so long\n"
                                                                     "S: A2 OK done\n");
  ImapSession *session = test_sign_in (server);
  imap_session_logout (session);
  g_assert_false (imap_session_is_usable (session));
  imap_session_logout (session);
  test_done (server, session);
}

static void
test_logout_unanswered (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN ("") "C: A2 LOGOUT\nCUT\n");
  ImapSession *session = test_sign_in (server);
  imap_session_logout (session);
  test_done (server, session);
}

static void
test_dead (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("") "C: A2 NOOP\nS: * 1 EXI\nCUT\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  g_assert_false (imap_session_noop (session, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
  g_assert_false (imap_session_is_usable (session));
  g_clear_error (&error);
  g_assert_false (imap_session_noop (session, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
  test_done (server, session);
}

static void
test_cancelled (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (""));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  g_cancellable_cancel (cancellable);
  g_assert_false (imap_session_noop (session, cancellable, &error));
  g_assert_true (base_error_is_cancelled (error));
  g_assert_false (imap_session_is_usable (session));
  imap_session_free (session);
}

void
test_open_add (void)
{
  g_test_add_func ("/imap/open/capabilities", test_capabilities);
  g_test_add_func ("/imap/open/rev2", test_rev2);
  g_test_add_func ("/imap/open/starttls", test_starttls);
  g_test_add_func ("/imap/open/starttls-missing", test_starttls_missing);
  g_test_add_func ("/imap/open/starttls-refused", test_starttls_refused);
  g_test_add_func ("/imap/open/starttls-injected", test_starttls_injected);
  g_test_add_func ("/imap/open/preauth-in-clear", test_preauth_in_clear);
  g_test_add_func ("/imap/open/preauth", test_preauth);
  g_test_add_func ("/imap/open/bye", test_bye);
  g_test_add_func ("/imap/open/no-imap", test_no_imap);
  g_test_add_func ("/imap/open/cuts", test_cuts);
  g_test_add_func ("/imap/open/logout", test_logout);
  g_test_add_func ("/imap/open/logout-unanswered", test_logout_unanswered);
  g_test_add_func ("/imap/open/dead", test_dead);
  g_test_add_func ("/imap/open/cancelled", test_cancelled);
}
