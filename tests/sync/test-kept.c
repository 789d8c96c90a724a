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
set_text (char **text, const char *to)
{
  g_free (*text);
  *text = g_strdup (to);
}

/* Others than the one whose settings they were; `n`th, NULL: no more of them. */
static BaseAccount *
other_account_new (const BaseAccount *account, guint n)
{
  BaseAccount *other = base_account_dup (account);

  if (n == 0)
    set_text (&other->id, "another");
  else if (n == 1)
    set_text (&other->imap.user, "lee");
  else if (n == 2)
    other->imap.port++;
  else if (n == 3)
    set_text (&other->ca_file, NULL);
  else if (n == 4)
    other->imap.sign_in = BASE_SIGN_IN_OAUTH;
  else if (n == 5)
    set_text (&other->client_certificate, "mine.pem");
  else if (n == 6)
    base_account_add_exception (other, other->imap.host, other->imap.port, "00", G_MAXINT64);
  else
    g_clear_pointer (&other, base_account_free);
  return other;
}

static void
test_handed_over (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) account = account_new (server);
  g_autoptr (GError) error = NULL;
  BaseAccount *other;
  ImapSession *session;

  fake_server_add_script (server,
                          GREETING SIGN_IN "C: $noop NOOP\n"
                                           "S: $noop OK done\n"
                                           "EOF\n",
                          NULL);
  verify (account, "imap");
  /* Nobody else gets it, nor who wants one over which nobody signed in. */
  for (guint i = 0; (other = other_account_new (account, i)) != NULL; i++) {
    g_test_message ("%u", i);
    g_assert_null (sync_kept_take_imap (other, TRUE));
    base_account_free (other);
  }
  g_assert_null (sync_kept_take_imap (account, FALSE));

  session = sync_kept_take_imap (account, TRUE);
  g_assert_nonnull (session);
  g_assert_null (sync_kept_take_imap (account, TRUE));
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

  for (guint i = 0; session == NULL && i < 6000; i++) {
    session = sync_kept_take_imap (account, FALSE);
    if (session == NULL)
      g_usleep (10000);
  }
  g_assert_nonnull (session);
  sync_kept_put_imap (session, account, FALSE);
}

/* Threads that open connections ahead, or may become some: who has just been born has the name of who made it.  This one is counted, too, and one
 * of ThreadSanitizer's. */
static guint
count_ahead (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  g_autofree char *own = NULL;
  const char *task;
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/thread-self/comm", &own, NULL, NULL));
  while ((task = g_dir_read_name (tasks)) != NULL) {
    g_autofree char *path = g_build_filename ("/proc/self/task", task, "comm", NULL);
    g_autofree char *name = NULL;

    if (g_file_get_contents (path, &name, NULL, NULL))
      n += g_str_equal (name, own) || g_str_has_prefix (name, "sosik-ahead");
  }
  return n;
}

static void
test_opened_ahead (void)
{
  guint before = count_ahead ();
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
  for (guint i = 0; session == NULL && i < 6000; i++) {
    session = sync_kept_take_smtp (account);
    if (session == NULL)
      g_usleep (10000);
  }
  sync_kept_put_smtp (session, account);
  /* Once more costs nothing. */
  sync_open_ahead (account);
  g_usleep (50000);
  for (guint i = 0; i < 3000 && count_ahead () > before; i++) /* or one of them has it just now */
    g_usleep (10000);
  wait_opened (account);
  /* Over this one no certificate was shown. */
  account->imap.sign_in = BASE_SIGN_IN_CERTIFICATE;
  g_assert_null (sync_kept_take_imap (account, FALSE));
  account->imap.sign_in = BASE_SIGN_IN_PASSWORD;
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
  sync_open_ahead (account);
  wait_opened (account);
  fake_server_wait_mark (server); /* it is closed */
  fake_server_add_script (server, GREETING SIGN_IN "EOF\n", NULL);
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
  g_assert_null (sync_kept_take_imap (account, TRUE));
  fake_server_check (server);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
}

/* Once the password is on its way, whatever comes of it, it does not go out again. */
static void
test_not_again (void)
{
#define OFFERED "C: $tag AUTHENTICATE PLAIN *\n"
  static const char *const ends[] = {
    OFFERED "CUT\n",
    OFFERED "CLOSE\n",
    OFFERED "RESET\n",
    OFFERED "S: * BYE wrong\nCLOSE\n",
    OFFERED "S: $tag NO [UNAVAILABLE] later\nEOF\n",
    OFFERED "S: $tag NO [LIMIT] too often\nEOF\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (BaseAccount) account = account_new (server);
    g_autofree char *script = g_strconcat (GREETING, ends[i], NULL);
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, script, NULL);
    sync_open_ahead (account);
    wait_opened (account);
    g_assert_false (sync_verify (account, "imap", "secret", NULL, &error));
    g_assert_true (g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
                   || g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN));
    fake_server_check (server);
    g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
  }
}

/* It said goodbye, or anything else, while the person took their time. */
static void
test_spoke (void)
{
  static const char *const said[] = { "S: * BYE too slow\nMARK\nSTALL\n",
                                      "S: * OK hurry\nMARK\nSTALL\n", "RESET\n" };

  for (guint i = 0; i < G_N_ELEMENTS (said); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (BaseAccount) account = account_new (server);
    g_autofree char *script = g_strconcat (GREETING, "GATE\n", said[i], NULL);

    fake_server_add_script (server, script, NULL);
    sync_open_ahead (account);
    wait_opened (account);
    fake_server_open_gate (server);
    if (strstr (said[i], "MARK") != NULL)
      fake_server_wait_mark (server);
    else
      fake_server_check (server); /* it is closed */
    fake_server_add_script (server, GREETING SIGN_IN "EOF\n", NULL);
    verify (account, "imap");
    sync_kept_drop ();
    fake_server_check (server);
    g_assert_cmpuint (fake_server_count_connections (server), ==, 2);
  }
}

/* One over which it signed in; it stays. */
static void
assert_kept (const BaseAccount *account)
{
  ImapSession *session = sync_kept_take_imap (account, TRUE);

  g_assert_nonnull (session);
  sync_kept_put_imap (session, account, TRUE);
}

/* A person took the certificate by hand, and took that back, or its time went by, while a connection stood for which it had been good. */
static void
check_taken_back (gboolean lapses)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_SELF_SIGNED);
  g_autoptr (BaseAccount) account = account_new (server);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, "EOF\n", NULL);
  g_assert_false (sync_verify (account, "imap", "secret", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  base_account_add_exception (account, account->imap.host, account->imap.port,
                              base_error_get_trust (error)->sha256, now + 1000);
  fake_server_add_script (server, GREETING SIGN_IN "EOF\n", NULL);
  verify (account, "imap");
  assert_kept (account);

  if (lapses)
    ((BaseException *)account->exceptions->pdata[0])->until = now - 1;
  else
    base_account_remove_exception (account, account->imap.host, account->imap.port);
  g_assert_null (sync_kept_take_imap (account, TRUE));
  sync_kept_drop ();
  fake_server_check (server);
}

static void
test_taken_back (void)
{
  check_taken_back (FALSE);
  check_taken_back (TRUE);
}

/* With the settings that are saved, what is theirs is kept; with the account, or with the wish for it, all goes. */
static void
test_dropped (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) account = account_new (server);
  g_autoptr (BaseAccount) neighbour = account_new (server);
  g_autoptr (BaseAccount) renamed = NULL;

  fake_server_add_script (server, GREETING SIGN_IN "EOF\n", NULL);
  fake_server_add_script (server, GREETING SIGN_IN "EOF\n", NULL);
  fake_server_add_script (server, GREETING "EOF\n", NULL);
  verify (account, "imap");
  verify (neighbour, "imap");
  sync_kept_drop_account (account->id, account);
  assert_kept (account);
  renamed = base_account_dup (account);
  set_text (&renamed->imap.user, "lee");
  sync_kept_drop_account (account->id, renamed);
  g_assert_null (sync_kept_take_imap (account, TRUE));
  sync_open_ahead (account);
  wait_opened (account);
  sync_give_up (account->id);
  g_assert_null (sync_kept_take_imap (account, FALSE));
  assert_kept (neighbour);
  sync_kept_drop_account (neighbour->id, NULL);
  fake_server_check (server); /* closed, not forgotten */
}

void
test_kept_add (void)
{
  g_test_add_func ("/kept/handed-over", test_handed_over);
  g_test_add_func ("/kept/opened-ahead", test_opened_ahead);
  g_test_add_func ("/kept/dead", test_dead);
  g_test_add_func ("/kept/refused-once", test_refused_once);
  g_test_add_func ("/kept/not-again", test_not_again);
  g_test_add_func ("/kept/spoke", test_spoke);
  g_test_add_func ("/kept/taken-back", test_taken_back);
  g_test_add_func ("/kept/dropped", test_dropped);
}
