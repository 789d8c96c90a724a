/* Access tokens: one request for all who wait, another before the first is stale, and one question when it is over. */
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "mail-tokens.h"
#include "oauth-provider.h"
#include "test-mail.h"

typedef struct
{
  OauthProvider *provider;
  MailTokens *tokens;
  BaseAccount *account;
} Rig;

/* Signed in, by a token that holds `lifetime` seconds. */
static void
rig_init (Rig *rig, guint lifetime)
{
  MailOauthTokens *got = g_new0 (MailOauthTokens, 1);
  gboolean session_only = FALSE;

  rig->provider = oauth_provider_new ();
  rig->tokens = mail_tokens_new (&mail_oauth_times);
  rig->account = bench_account_new ("one");
  rig->account->imap.sign_in = rig->account->smtp.sign_in = BASE_SIGN_IN_OAUTH;
  rig->account->oauth = oauth_provider_dup_settings (rig->provider);
  got->access = g_strdup ("access-0");
  got->refresh = oauth_provider_dup_refresh (rig->provider);
  got->lifetime = lifetime;
  mail_tokens_offer (rig->tokens, rig->account, got);
  mail_tokens_keep (rig->tokens, rig->account, &session_only);
  g_assert_true (session_only); /* there is no keyring here */
}

static void
rig_clear (Rig *rig)
{
  mail_tokens_free (rig->tokens);
  oauth_provider_free (rig->provider);
  base_account_free (rig->account);
}

static void
assert_token (Rig *rig, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  char *token = mail_tokens_get (rig->tokens, rig->account, FALSE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, wanted);
  mail_password_free (token);
}

static void
assert_error (Rig *rig, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mail_tokens_get (rig->tokens, rig->account, FALSE, NULL, &error));
  g_assert_error (error, BASE_ERROR, code);
}

static void
test_fresh (void)
{
  Rig rig;

  rig_init (&rig, 3600);
  assert_token (&rig, "access-0");
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 0);
  /* A server does not take it: another one; what is refused late is not the one that holds. */
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  assert_token (&rig, "access-1");
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  assert_token (&rig, "access-1");
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 1);
  /* The refresh token was another one by then. */
  mail_tokens_refuse (rig.tokens, "one", "access-1");
  assert_token (&rig, "access-2");
  rig_clear (&rig);
}

static gpointer
get_main (gpointer data)
{
  Rig *rig = data;

  return mail_tokens_get (rig->tokens, rig->account, FALSE, NULL, NULL);
}

static void
test_single_flight (void)
{
  Rig rig;
  GThread *threads[8];

  rig_init (&rig, 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  oauth_provider_set_delay (rig.provider, 200);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("get", get_main, &rig);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    char *token = g_thread_join (threads[i]);

    g_assert_cmpstr (token, ==, "access-1");
    mail_password_free (token);
  }
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 1);
  rig_clear (&rig);
}

static gpointer
cancel_main (gpointer cancellable)
{
  g_usleep (100 * 1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Who leaves does not take the only copy of the next refresh token along. */
static void
test_left (void)
{
  Rig rig;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  rig_init (&rig, 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  oauth_provider_set_delay (rig.provider, 500);
  thread = g_thread_new ("cancel", cancel_main, cancellable);
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, FALSE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  assert_token (&rig, "access-1");
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 1);
  mail_tokens_refuse (rig.tokens, "one", "access-1");
  assert_token (&rig, "access-2");
  rig_clear (&rig);
}

static gboolean
was_asked (gpointer provider)
{
  return oauth_provider_get_n_requests (provider) > 0;
}

static gboolean
is_fresh (gpointer data)
{
  char *token = get_main (data);
  gboolean fresh = g_strcmp0 (token, "access-1") == 0;

  mail_password_free (token);
  return fresh;
}

/* Nobody asks, and it is fresh all the same. */
static void
test_background (void)
{
  Rig rig;

  rig_init (&rig, 2);
  wait_until (was_asked, rig.provider);
  wait_until (is_fresh, &rig);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 1);
  rig_clear (&rig);
}

/* The provider takes it back: told to all, asked once. */
static void
test_revoked (void)
{
  Rig rig;

  rig_init (&rig, 3600);
  oauth_provider_set (rig.provider, PROVIDER_REFUSES, 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  for (guint i = 0; i < 5; i++)
    assert_error (&rig, BASE_ERROR_AUTH);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 1);
  /* A person signs in again. */
  MailOauthTokens *got = g_new0 (MailOauthTokens, 1);
  gboolean session_only = FALSE;
  got->access = g_strdup ("again");
  got->refresh = g_strdup ("again-too");
  got->lifetime = 3600;
  mail_tokens_offer (rig.tokens, rig.account, got);
  assert_error (&rig, BASE_ERROR_AUTH); /* not kept yet */
  char *offered = mail_tokens_get (rig.tokens, rig.account, TRUE, NULL, NULL);
  g_assert_cmpstr (offered, ==, "again");
  mail_password_free (offered);
  mail_tokens_keep (rig.tokens, rig.account, &session_only);
  assert_token (&rig, "again");
  rig_clear (&rig);
}

/* Trouble that passes is asked about again. */
static void
test_busy (void)
{
  Rig rig;

  rig_init (&rig, 3600);
  oauth_provider_set (rig.provider, PROVIDER_BUSY, 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  assert_error (&rig, BASE_ERROR_RETRY);
  assert_error (&rig, BASE_ERROR_RETRY);
  oauth_provider_set (rig.provider, PROVIDER_HONEST, 3600);
  assert_token (&rig, "access-1");
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 3);
  rig_clear (&rig);
}

/* What was got for one server is not shown to another, and nobody else is asked for more. */
static void
test_bound (void)
{
  Rig rig;

  rig_init (&rig, 3600);
  g_free (rig.account->imap.host);
  rig.account->imap.host = g_strdup ("evil.example.org");
  g_autoptr (GError) error = NULL;
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, TRUE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  assert_error (&rig, BASE_ERROR_AUTH);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 0);
  rig_clear (&rig);
}

/* With a keyring: another run finds it there, and only for those that it is for. */
static void
keep_in_keyring (void)
{
  OauthProvider *provider = oauth_provider_new ();
  MailTokens *first = mail_tokens_new (&mail_oauth_times);
  Rig second = { provider, mail_tokens_new (&mail_oauth_times), bench_account_new ("one") };
  MailOauthTokens *got = g_new0 (MailOauthTokens, 1);
  gboolean session_only = TRUE;
  char *secret;

  second.account->oauth = oauth_provider_dup_settings (provider);
  got->access = g_strdup ("access-0");
  got->refresh = oauth_provider_dup_refresh (provider);
  got->lifetime = 3600;
  mail_tokens_offer (first, second.account, got);
  mail_tokens_keep (first, second.account, &session_only);
  g_assert_false (session_only);
  mail_tokens_free (first);

  assert_token (&second, "access-1");
  secret = mail_keyring_lookup ("one", "oauth", NULL, TRUE, NULL, NULL);
  g_assert_true (g_str_has_prefix (secret, "refresh-1\n")); /* the next one */
  mail_password_free (secret);
  g_free (second.account->smtp.host);
  second.account->smtp.host = g_strdup ("evil.example.org");
  assert_error (&second, BASE_ERROR_AUTH);
  g_assert_cmpuint (oauth_provider_get_n_requests (provider), ==, 1);
  rig_clear (&second);
}

static void
test_keyring (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "sosik-test-tokens", NULL);

  if (g_test_subprocess ()) {
    keep_in_keyring ();
    return;
  }
  g_unlink (path);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "x", TRUE);
  /* The library's file backend loses a string each time; that is not ours to find. */
  g_autofree char *options = g_strdup (g_getenv ("ASAN_OPTIONS"));
  g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_unsetenv ("SECRET_BACKEND");
  if (options != NULL)
    g_setenv ("ASAN_OPTIONS", options, TRUE);
  else
    g_unsetenv ("ASAN_OPTIONS");
  g_test_trap_assert_passed ();
  g_unlink (path);
}

static gpointer
close_main (gpointer tokens)
{
  g_usleep (100 * 1000);
  mail_tokens_close (tokens);
  return NULL;
}

static void
test_closed (void)
{
  Rig rig;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  rig_init (&rig, 3600);
  oauth_provider_set_delay (rig.provider, 500);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  thread = g_thread_new ("close", close_main, rig.tokens);
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  rig_clear (&rig);
}

void
add_tokens_tests (void)
{
  g_test_add_func ("/mail/tokens/fresh", test_fresh);
  g_test_add_func ("/mail/tokens/single-flight", test_single_flight);
  g_test_add_func ("/mail/tokens/left", test_left);
  g_test_add_func ("/mail/tokens/background", test_background);
  g_test_add_func ("/mail/tokens/revoked", test_revoked);
  g_test_add_func ("/mail/tokens/busy", test_busy);
  g_test_add_func ("/mail/tokens/bound", test_bound);
  g_test_add_func ("/mail/tokens/keyring", test_keyring);
  g_test_add_func ("/mail/tokens/closed", test_closed);
}
