#include "token-rig.h"

#include "base-error.h"

gboolean
offer_and_keep (Rig *rig, const char *access, const char *refresh, guint lifetime)
{
  MailOauthTokens *got = g_new0 (MailOauthTokens, 1);
  gboolean session_only = FALSE;

  got->access = g_strdup (access);
  got->refresh = g_strdup (refresh);
  got->lifetime = lifetime;
  mail_tokens_offer (rig->tokens, rig->account, got);
  mail_tokens_keep (rig->tokens, rig->account, &session_only);
  return session_only;
}

void
offer (Rig *rig, const char *access, const char *refresh)
{
  MailOauthTokens *got = g_new0 (MailOauthTokens, 1);

  got->access = g_strdup (access);
  got->refresh = g_strdup (refresh);
  got->lifetime = 3600;
  mail_tokens_offer (rig->tokens, rig->account, got);
}

void
sign_in (Rig *rig, const char *access, const char *refresh, guint lifetime)
{
  gboolean session_only = offer_and_keep (rig, access, refresh, lifetime);

  g_assert_cmpint (session_only, ==, !g_test_subprocess ()); /* see with_keyring () of the tests */
}

BaseAccount *
oauth_account_new (OauthProvider *provider)
{
  BaseAccount *account = bench_account_new ("one");

  account->imap.sign_in = account->smtp.sign_in = BASE_SIGN_IN_OAUTH;
  account->oauth = oauth_provider_dup_settings (provider);
  return account;
}

void
rig_init (Rig *rig, guint lifetime)
{
  g_autofree char *refresh = NULL;

  rig->provider = oauth_provider_new ();
  rig->tokens = mail_tokens_new (&mail_oauth_times);
  rig->account = oauth_account_new (rig->provider);
  refresh = oauth_provider_dup_refresh (rig->provider);
  sign_in (rig, "access-0", refresh, lifetime);
}

void
rig_clear (Rig *rig)
{
  mail_tokens_free (rig->tokens);
  oauth_provider_free (rig->provider);
  base_account_free (rig->account);
}

void
assert_token (Rig *rig, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  char *token = mail_tokens_get (rig->tokens, rig->account, FALSE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, wanted);
  mail_password_free (token);
}

void
assert_error (Rig *rig, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mail_tokens_get (rig->tokens, rig->account, FALSE, NULL, &error));
  g_assert_error (error, BASE_ERROR, code);
}

gpointer
get_token_main (gpointer data)
{
  Rig *rig = data;

  return mail_tokens_get (rig->tokens, rig->account, FALSE, NULL, NULL);
}

void
set_text (char **text, const char *to)
{
  g_free (*text);
  *text = g_strdup (to);
}

void
let_land (Rig *rig)
{
  oauth_provider_release (rig->provider);
  g_usleep (300 * 1000);
}

GThread *
begin_flight (Rig *rig)
{
  GThread *thread;

  mail_tokens_refuse (rig->tokens, "one", "access-0");
  oauth_provider_hold (rig->provider);
  thread = g_thread_new ("get", get_token_main, rig);
  oauth_provider_wait_held (rig->provider);
  return thread;
}
