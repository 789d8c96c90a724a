/* Access tokens and the keyring: who changes there what was kept, while a request is under way, and when an account is saved. */
#include "secret-service.h"
#include "token-rig.h"

#include <glib/gstdio.h>

#include "base-error.h"

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
  assert_error (&second, BASE_ERROR_RETRY);
  g_assert_cmpuint (oauth_provider_get_n_requests (provider), ==, 1);
  rig_clear (&second);
}

static void
assert_in_keyring (const char *refresh)
{
  char *secret = mail_keyring_lookup ("one", "oauth", NULL, TRUE, NULL, NULL);
  g_autofree char *line = g_strdup_printf ("%s\n", refresh);

  if (refresh == NULL)
    g_assert_null (secret);
  else
    g_assert_true (secret != NULL && g_str_has_prefix (secret, line));
  mail_password_free (secret);
}

/* The refresh token of before is rotated while a person signs in: the keyring has theirs. */
static void
sign_in_over_flight (void)
{
  Rig rig;
  GThread *thread;

  rig_init (&rig, 3600);
  assert_in_keyring ("refresh-0");
  thread = begin_flight (&rig);
  sign_in (&rig, "new", "new-too", 3600);
  let_land (&rig);
  mail_password_free (g_thread_join (thread));
  rig_clear (&rig);
  assert_in_keyring ("new-too");
}

/* The account was removed when its next refresh token came. */
static void
remove_over_flight (void)
{
  Rig rig;
  GThread *thread;

  rig_init (&rig, 3600);
  thread = begin_flight (&rig);
  mail_tokens_forget (rig.tokens, "one");
  g_assert_true (mail_keyring_forget ("one", NULL, NULL, NULL));
  let_land (&rig);
  mail_password_free (g_thread_join (thread));
  rig_clear (&rig);
  assert_in_keyring (NULL);
}

static gpointer
release_main (gpointer provider)
{
  g_usleep (2500 * 1000);
  oauth_provider_release (provider);
  return NULL;
}

/* The provider has taken the question and the old token: its answer is waited for. */
static void
quit_over_flight (void)
{
  Rig rig;
  GThread *thread, *release;

  rig_init (&rig, 3600);
  thread = begin_flight (&rig);
  release = g_thread_new ("release", release_main, rig.provider);
  mail_tokens_close (rig.tokens);
  g_assert_null (g_thread_join (thread)); /* who waits, need not */
  mail_tokens_free (rig.tokens);
  assert_in_keyring ("refresh-1");
  g_thread_join (release);
  oauth_provider_free (rig.provider);
  base_account_free (rig.account);
}

/* A person saves what is in `rig`. */
static gboolean
change_account (Bench *bench, Rig *rig, const char *password, GError **error)
{
  g_autoptr (BaseAccount) before = mail_account_dup_settings (bench->account);
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_change_account_async (bench->engine, before, rig->account, password, NULL, NULL,
                                    on_result, &result);
  return mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, error);
}

/* An account that signs in by OAuth, with "access-0" and "refresh-0". */
static Bench *
rig_init_by_engine (Rig *rig)
{
  Bench *bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;

  rig->provider = oauth_provider_new ();
  rig->tokens = mail_credentials_get_tokens (bench->engine->credentials);
  rig->account = oauth_account_new (rig->provider);
  offer (rig, "access-0", "refresh-0");
  g_assert_true (change_account (bench, rig, NULL, &error));
  g_assert_no_error (error);
  assert_token (rig, "access-0");
  return bench;
}

/* The tokens are the engine's. */
static void
rig_clear_by_engine (Rig *rig)
{
  oauth_provider_free (rig->provider);
  base_account_free (rig->account);
}

/* The account signs in by its password from now on. */
static void
give_up_oauth (void)
{
  Rig rig;
  g_autoptr (Bench) bench = rig_init_by_engine (&rig);
  g_autoptr (GError) error = NULL;

  assert_in_keyring ("refresh-0");
  /* One of the two is enough to keep it. */
  rig.account->imap.sign_in = BASE_SIGN_IN_PASSWORD;
  g_assert_true (change_account (bench, &rig, "secret", &error));
  assert_in_keyring ("refresh-0");
  assert_token (&rig, "access-0");
  rig.account->smtp.sign_in = BASE_SIGN_IN_PASSWORD;
  g_assert_true (change_account (bench, &rig, "secret", &error));
  g_assert_no_error (error);
  assert_in_keyring (NULL);
  assert_error (&rig, BASE_ERROR_AUTH);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 0);
  rig_clear_by_engine (&rig);
}

/* Settings that could not be written have taken nothing from those of before. */
static void
fail_to_change (void)
{
  Rig rig;
  g_autoptr (Bench) bench = rig_init_by_engine (&rig);
  g_autofree char *path =
      g_build_filename (base_paths_get_accounts (bench->paths), "one.ini", NULL);
  g_autofree char *aside = g_strconcat (path, ".aside", NULL);
  g_autoptr (GError) error = NULL;

  /* A folder in the place of a file cannot be written over. */
  g_assert_cmpint (g_rename (path, aside), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  set_text (&rig.account->imap.host, "localhost");
  offer (&rig, "new", "new-too");
  g_assert_false (change_account (bench, &rig, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  set_text (&rig.account->imap.host, "127.0.0.1");
  assert_token (&rig, "access-0");
  if (g_test_subprocess ())
    assert_in_keyring ("refresh-0");
  rig_clear_by_engine (&rig);
}

static void
with_keyring (void (*func) (void))
{
  g_autofree char *folder = NULL, *path = NULL;

  if (g_test_subprocess ()) {
    func ();
    return;
  }
  folder = g_dir_make_tmp ("sosik-tokens-XXXXXX", NULL);
  path = g_build_filename (folder, "keyring", NULL);
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
  g_assert_true (base_paths_remove_tree (folder));
}

static gpointer
sign_in_main (gpointer rig)
{
  sign_in (rig, "new", "new-too", 3600);
  return NULL;
}

/* While the keyring takes what a person signed in by, nobody uses that up. */
static void
ask_over_keeping (SecretService *service)
{
  Rig rig;
  GThread *person, *worker;
  char *token;
  guint times;

  rig_init (&rig, 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  times = secret_service_count (service, "SearchItems");
  secret_service_set (service, FALSE, TRUE);
  person = g_thread_new ("person", sign_in_main, &rig);
  secret_service_wait (service, "SearchItems", times);
  worker = g_thread_new ("worker", get_token_main, &rig);
  g_usleep (300 * 1000);
  secret_service_set (service, FALSE, FALSE);
  g_thread_join (person);
  token = g_thread_join (worker);
  g_assert_cmpstr (token, ==, "new");
  mail_password_free (token);
  g_usleep (300 * 1000);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 0);
  assert_in_keyring ("new-too");
  rig_clear (&rig);
}

/* What is asked in the background opens no keyring; whoever waits for it has it opened, and is told when it stays locked. */
static void
ask_over_background (SecretService *service)
{
  Rig rig;
  g_autoptr (GError) error = NULL;
  guint times, asked;

  rig_init (&rig, 2);
  times = secret_service_count (service, "SearchItems");
  secret_service_set (service, TRUE, TRUE);
  secret_service_wait (service, "SearchItems", times);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  asked = secret_service_count (service, "Unlock");
  secret_service_set (service, TRUE, FALSE);
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, FALSE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_true (base_error_is_locked (error));
  g_assert_cmpuint (secret_service_count (service, "Unlock"), >, asked);
  secret_service_set (service, FALSE, FALSE);
  assert_token (&rig, "access-1");
  rig_clear (&rig);
}

static void
test_service_asked_while_kept (void)
{
  secret_service_with (ask_over_keeping);
}

static void
test_service_locked (void)
{
  secret_service_with (ask_over_background);
}

static void
test_keyring (void)
{
  with_keyring (keep_in_keyring);
}

static void
test_keyring_signed_in_meanwhile (void)
{
  with_keyring (sign_in_over_flight);
}

static void
test_keyring_removed_meanwhile (void)
{
  with_keyring (remove_over_flight);
}

static void
test_keyring_quit_meanwhile (void)
{
  with_keyring (quit_over_flight);
}

static void
test_keyring_given_up (void)
{
  with_keyring (give_up_oauth);
}

static void
test_keyring_not_saved (void)
{
  with_keyring (fail_to_change);
}

void
add_tokens_kept_tests (void)
{
  g_test_add_func ("/mail/tokens/keyring", test_keyring);
  g_test_add_func ("/mail/tokens/keyring-signed-in-meanwhile", test_keyring_signed_in_meanwhile);
  g_test_add_func ("/mail/tokens/keyring-removed-meanwhile", test_keyring_removed_meanwhile);
  g_test_add_func ("/mail/tokens/keyring-quit-meanwhile", test_keyring_quit_meanwhile);
  g_test_add_func ("/mail/tokens/keyring-given-up", test_keyring_given_up);
  g_test_add_func ("/mail/tokens/keyring-not-saved", test_keyring_not_saved);
  g_test_add_func ("/mail/tokens/service-asked-while-kept", test_service_asked_while_kept);
  g_test_add_func ("/mail/tokens/service-locked", test_service_locked);
  g_test_add_func ("/mail/tokens/not-saved", fail_to_change);
}
