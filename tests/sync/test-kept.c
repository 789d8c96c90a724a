/* A connection that was opened once is used for the next step: of finding servers for proving the settings, of that for the account. */
#include "test-sync.h"

#include "base-error.h"
#include "fake-server.h"
#include "sync-discover.h"
#include "sync-kept.h"

#define GREETING "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"
#define SIGN_IN                                                                                    \
  "C: $tag AUTHENTICATE PLAIN *\n"                                                                 \
  "S: $tag OK [CAPABILITY IMAP4rev1] done\n"

static void
set_place (BaseServer *place, FakeServer *server)
{
  g_free (place->host);
  g_free (place->user);
  place->host = g_strdup ("127.0.0.1");
  place->port = fake_server_get_port (server);
  place->user = g_strdup ("kim");
}

static BaseAccount *
account_new (FakeServer *server)
{
  BaseAccount *account = base_account_new ();

  account->ca_file = g_strdup (fake_server_get_ca_file (server));
  set_place (&account->imap, server);
  return account;
}

static void
verify (const BaseAccount *account, const char *protocol)
{
  g_autoptr (GError) error = NULL;

  sync_verify (account, protocol, "secret", NULL, &error);
  g_assert_no_error (error);
}

static void
test_handed_over (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) account = account_new (server);
  g_autoptr (BaseAccount) other = base_account_dup (account);
  g_autoptr (GError) error = NULL;
  ImapSession *session;

  fake_server_add_script (server,
                          GREETING SIGN_IN "C: $noop NOOP\n"
                                           "S: $noop OK done\n"
                                           "EOF\n",
                          NULL);
  verify (account, "imap");
  /* Nobody else gets it: no other account, no other user, nor who wants one over which nobody signed in. */
  g_assert_null (sync_kept_take_imap (account->ca_file, &account->imap, "another"));
  g_assert_null (sync_kept_take_imap (account->ca_file, &account->imap, NULL));
  g_assert_null (sync_kept_take_imap (NULL, &account->imap, account->id));
  g_free (other->imap.user);
  other->imap.user = g_strdup ("lee");
  g_assert_null (sync_kept_take_imap (account->ca_file, &other->imap, account->id));
  other->imap.port++;
  g_assert_null (sync_kept_take_imap (account->ca_file, &other->imap, account->id));

  session = sync_kept_take_imap (account->ca_file, &account->imap, account->id);
  g_assert_nonnull (session);
  g_assert_null (sync_kept_take_imap (account->ca_file, &account->imap, account->id));
  imap_session_noop (session, NULL, &error);
  g_assert_no_error (error);
  imap_session_free (session);
  fake_server_check (server);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
}

/* Until sync_open_ahead () has one. */
static void
wait_opened (const BaseAccount *account)
{
  ImapSession *session = NULL;

  for (guint i = 0; session == NULL && i < 1000; i++) {
    session = sync_kept_take_imap (account->ca_file, &account->imap, NULL);
    if (session == NULL)
      g_usleep (10000);
  }
  g_assert_nonnull (session);
  sync_kept_put_imap (session, account->ca_file, &account->imap, NULL);
}

static void
test_opened_ahead (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (FakeServer) smtp = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) account = account_new (server);
  SmtpSession *session = NULL;

  set_place (&account->smtp, smtp);
  fake_server_add_script (server, GREETING SIGN_IN "EOF\n", NULL);
  fake_server_add_script (smtp,
                          "S: 220 hello\n"
                          "C: EHLO *\n"
                          "S: 250-hello\n"
                          "S: 250 AUTH PLAIN\n"
                          "C: AUTH PLAIN *\n"
                          "S: 235 done\n"
                          "C: EHLO *\n"
                          "S: 250 AUTH PLAIN\n"
                          "C: QUIT\n"
                          "S: 221 bye\n"
                          "EOF\n",
                          NULL);
  sync_open_ahead (account);
  wait_opened (account);
  for (guint i = 0; session == NULL && i < 1000; i++) {
    session = sync_kept_take_smtp (account->ca_file, &account->smtp);
    if (session == NULL)
      g_usleep (10000);
  }
  sync_kept_put_smtp (session, account->ca_file, &account->smtp);
  /* Once more costs nothing. */
  sync_open_ahead (account);
  g_usleep (50000);
  wait_opened (account);
  verify (account, "imap");
  verify (account, "smtp");
  sync_kept_drop ();
  fake_server_check (server);
  fake_server_check (smtp);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
  g_assert_cmpuint (fake_server_count_connections (smtp), ==, 1);
}

/* A person took their time, and the server did not wait. */
static void
test_dead (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) account = account_new (server);

  fake_server_add_script (server, GREETING "CLOSE\n", NULL);
  fake_server_add_script (server, GREETING SIGN_IN "EOF\n", NULL);
  sync_open_ahead (account);
  wait_opened (account);
  g_usleep (50000);
  verify (account, "imap");
  sync_kept_drop ();
  fake_server_check (server);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 2);
}

/* What was refused is not tried a second time. */
static void
test_refused_once (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) account = account_new (server);
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server,
                          GREETING "C: $tag AUTHENTICATE PLAIN *\n"
                                   "S: $tag NO [AUTHENTICATIONFAILED] no\n"
                                   "EOF\n",
                          NULL);
  sync_open_ahead (account);
  wait_opened (account);
  g_assert_false (sync_verify (account, "imap", "secret", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_null (sync_kept_take_imap (account->ca_file, &account->imap, account->id));
  fake_server_check (server);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
}

void
test_kept_add (void)
{
  g_test_add_func ("/kept/handed-over", test_handed_over);
  g_test_add_func ("/kept/opened-ahead", test_opened_ahead);
  g_test_add_func ("/kept/dead", test_dead);
  g_test_add_func ("/kept/refused-once", test_refused_once);
}
