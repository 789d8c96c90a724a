/* Access tokens: one request for all who wait, another before the first is stale, and one question when it is over. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "mail-sign-in.h"
#include "mail-tokens.h"
#include "oauth-provider.h"
#include "secret-service.h"
#include "test-mail.h"

#define PATIENCE_S 10 /* who waits for the provider waits longer */

typedef struct
{
  OauthProvider *provider;
  MailTokens *tokens;
  BaseAccount *account;
} Rig;

/* TRUE: kept, in memory only. */
static gboolean
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

static void
offer (Rig *rig, const char *access, const char *refresh)
{
  MailOauthTokens *got = g_new0 (MailOauthTokens, 1);

  got->access = g_strdup (access);
  got->refresh = g_strdup (refresh);
  got->lifetime = 3600;
  mail_tokens_offer (rig->tokens, rig->account, got);
}

/* A person signs in. */
static void
sign_in (Rig *rig, const char *access, const char *refresh, guint lifetime)
{
  gboolean session_only = offer_and_keep (rig, access, refresh, lifetime);

  g_assert_cmpint (session_only, ==, !g_test_subprocess ()); /* see with_keyring () */
}

static BaseAccount *
oauth_account_new (OauthProvider *provider)
{
  BaseAccount *account = bench_account_new ("one");

  account->imap.sign_in = account->smtp.sign_in = BASE_SIGN_IN_OAUTH;
  account->oauth = oauth_provider_dup_settings (provider);
  return account;
}

/* Signed in, by a token that holds `lifetime` seconds. */
static void
rig_init (Rig *rig, guint lifetime)
{
  g_autofree char *refresh = NULL;

  rig->provider = oauth_provider_new ();
  rig->tokens = mail_tokens_new (&mail_oauth_times);
  rig->account = oauth_account_new (rig->provider);
  refresh = oauth_provider_dup_refresh (rig->provider);
  sign_in (rig, "access-0", refresh, lifetime);
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

typedef struct
{
  OauthProvider *provider;
  GCancellable *cancellable;
  MailTokens *tokens;
} Leaving;

/* When the provider was asked. */
static gpointer
cancel_main (gpointer data)
{
  Leaving *leaving = data;

  oauth_provider_wait_held (leaving->provider);
  g_cancellable_cancel (leaving->cancellable);
  return NULL;
}

/* Who leaves does not take the only copy of the next refresh token along. */
static void
test_left (void)
{
  Rig rig;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Leaving leaving;
  GThread *thread;

  rig_init (&rig, 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  oauth_provider_hold (rig.provider);
  leaving = (Leaving){ rig.provider, cancellable, NULL };
  thread = g_thread_new ("cancel", cancel_main, &leaving);
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, FALSE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  oauth_provider_release (rig.provider);
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

static void
set_text (char **text, const char *to)
{
  g_free (*text);
  *text = g_strdup (to);
}

/* What was got for one server is not shown to another, and nobody else is asked for more. */
static void
test_bound (void)
{
  Rig rig;

  rig_init (&rig, 3600);
  set_text (&rig.account->imap.host, "evil.example.org");
  g_autoptr (GError) error = NULL;
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, TRUE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  assert_error (&rig, BASE_ERROR_RETRY);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 0);
  /* Whoever came with other settings has taken nothing from the account. */
  set_text (&rig.account->imap.host, "127.0.0.1");
  assert_token (&rig, "access-0");
  rig_clear (&rig);
}

static char **
setting_of (BaseAccount *account, guint nth)
{
  char **settings[] = { &account->imap.host, &account->smtp.host, &account->imap.user,
                        &account->oauth->client_id, &account->oauth->scope };

  return nth < G_N_ELEMENTS (settings) ? settings[nth] : NULL;
}

/* A person saved other settings; a worker that still goes by the old ones does not bring these back. */
static void
test_newer_settings (void)
{
  g_autoptr (BaseAccount) any = bench_account_new ("any");

  any->oauth = g_new0 (BaseOauth, 1);
  for (guint i = 0; setting_of (any, i) != NULL; i++) {
    BaseAccount *old;
    Rig rig;

    g_test_message ("%u", i);
    rig_init (&rig, 3600);
    old = base_account_dup (rig.account);
    set_text (setting_of (rig.account, i), "another");
    mail_tokens_bind (rig.tokens, rig.account);
    assert_error (&rig, BASE_ERROR_AUTH);
    sign_in (&rig, "new", "new-too", 3600);
    assert_token (&rig, "new");

    base_account_free (rig.account);
    rig.account = old;
    assert_error (&rig, BASE_ERROR_RETRY);
    g_assert_false (
        offer_and_keep (&rig, "old", "old-too", 3600)); /* begun before they were saved */
    assert_error (&rig, BASE_ERROR_RETRY);
    set_text (setting_of (rig.account, i), "another");
    assert_token (&rig, "new");
    rig_clear (&rig);
  }
}

/* Why the provider does not know us was found, and mended: it is asked once more. */
static void
test_client_secret (void)
{
  Rig rig;

  rig_init (&rig, 3600);
  oauth_provider_set_secret (rig.provider, "of the client");
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  assert_error (&rig, BASE_ERROR_AUTH);
  assert_error (&rig, BASE_ERROR_AUTH);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 1);
  set_text (&rig.account->oauth->client_secret, "of the client");
  mail_tokens_bind (rig.tokens, rig.account);
  assert_token (&rig, "access-1");
  rig_clear (&rig);
}

/* ---- overtaken ---- */

/* Whatever is on its way lands. */
static void
let_land (Rig *rig)
{
  oauth_provider_release (rig->provider);
  g_usleep (300 * 1000);
}

/* A request is under way, with the refresh token of before, and somebody waits for it. */
static GThread *
begin_flight (Rig *rig)
{
  GThread *thread;

  mail_tokens_refuse (rig->tokens, "one", "access-0");
  oauth_provider_hold (rig->provider);
  thread = g_thread_new ("get", get_main, rig);
  oauth_provider_wait_held (rig->provider);
  return thread;
}

static void
check_signed_in_meanwhile (ProviderMode mode)
{
  Rig rig;
  GThread *thread;
  char *token;
  g_autofree char *asked = NULL;

  rig_init (&rig, 3600);
  thread = begin_flight (&rig);
  sign_in (&rig, "new", "new-too", 3600);
  token = g_thread_join (thread);
  g_assert_cmpstr (token, ==, "new"); /* and does not wait for the other one */
  mail_password_free (token);
  oauth_provider_set (rig.provider, mode, 3600);
  let_land (&rig);
  assert_token (&rig, "new");
  /* The next one is got by what is new. */
  mail_tokens_refuse (rig.tokens, "one", "new");
  mail_password_free (get_main (&rig));
  asked = oauth_provider_dup_asked (rig.provider);
  g_assert_cmpstr (asked, ==, "new-too");
  rig_clear (&rig);
}

/* What a provider says of the sign-in of before, is nothing about the one after it. */
static void
test_signed_in_meanwhile (void)
{
  check_signed_in_meanwhile (PROVIDER_HONEST);
  check_signed_in_meanwhile (PROVIDER_REFUSES);
}

/* A provider where a connection takes as long as it is kept from it. */
typedef struct
{
  GSocket *door, *before[2];
} Crowd;

static void
crowd_init (Crowd *crowd, Rig *rig)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;

  crowd->door = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_socket_set_listen_backlog (crowd->door, 0);
  g_assert_true (g_socket_bind (crowd->door, any, TRUE, NULL));
  g_assert_true (g_socket_listen (crowd->door, NULL));
  address = g_socket_get_local_address (crowd->door, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (crowd->before); i++) {
    crowd->before[i] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
    g_socket_set_blocking (crowd->before[i], FALSE);
    g_socket_connect (crowd->before[i], address, NULL, NULL);
  }
  g_free (rig->account->oauth->token);
  rig->account->oauth->token =
      g_strdup_printf ("http://127.0.0.1:%u/token",
                       g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
}

static guint
port_of (GSocketAddress *taken)
{
  g_autoptr (GSocketAddress) address = taken;

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* Lets them in: what the next one says. */
static char *
crowd_clear (Crowd *crowd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) line = NULL;
  char said[1024];
  gssize n;
  gboolean known = TRUE;

  g_socket_set_timeout (crowd->door, 10);
  while (known) {
    g_clear_object (&line);
    line = g_socket_accept (crowd->door, NULL, &error);
    g_assert_no_error (error);
    known = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (crowd->before); i++)
      known |= port_of (g_socket_get_remote_address (line, NULL))
               == port_of (g_socket_get_local_address (crowd->before[i], NULL));
  }
  g_socket_set_timeout (line, 10);
  n = g_socket_receive (line, said, sizeof said, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (crowd->before); i++)
    g_object_unref (crowd->before[i]);
  g_object_unref (crowd->door);
  return g_strndup (said, (gsize)n);
}

/* Nobody would take the answer any more when it could be asked: it is not, and no refresh token is used up. */
static void
test_overtaken_unsent (void)
{
  Rig rig;
  Crowd crowd;
  GThread *thread;
  char *token;
  g_autofree char *said = NULL;

  rig_init (&rig, 3600);
  crowd_init (&crowd, &rig);
  mail_tokens_bind (rig.tokens, rig.account);
  sign_in (&rig, "access-0", "refresh-0", 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  thread = g_thread_new ("get", get_main, &rig);
  g_usleep (300 * 1000);
  sign_in (&rig, "new", "new-too", 3600);
  token = g_thread_join (thread);
  g_assert_cmpstr (token, ==, "new");
  mail_password_free (token);
  said = crowd_clear (&crowd);
  g_assert_cmpstr (said, ==, "");
  rig_clear (&rig);
}

/* ---- only tried ---- */

/* Settings that were tried, and given up, stand in nobody's way. */
static void
test_only_tried (void)
{
  Rig rig = { oauth_provider_new (), mail_tokens_new (&mail_oauth_times), NULL };
  g_autoptr (GError) error = NULL;

  rig.account = oauth_account_new (rig.provider);
  set_text (&rig.account->imap.host, "elsewhere.example.org");
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, TRUE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  offer (&rig, "tried", "tried-too");
  mail_tokens_drop_offer (rig.tokens, "one");
  set_text (&rig.account->imap.host, "127.0.0.1");
  assert_error (&rig, BASE_ERROR_AUTH);
  sign_in (&rig, "access", "refresh", 3600);
  assert_token (&rig, "access");

  /* What the account is by now is not put aside by what is tried, and who keeps something else is told. */
  set_text (&rig.account->imap.host, "elsewhere.example.org");
  g_clear_error (&error);
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, TRUE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  offer (&rig, "tried", "tried-too");
  gboolean session_only = FALSE;
  g_assert_false (mail_tokens_keep (rig.tokens, rig.account, &session_only));
  g_assert_false (session_only);
  set_text (&rig.account->imap.host, "127.0.0.1");
  assert_token (&rig, "access");
  rig_clear (&rig);
}

/* The first that is kept: without a worker that has asked before. */
static void
test_kept_after_tried (void)
{
  Rig rig = { oauth_provider_new (), mail_tokens_new (&mail_oauth_times), NULL };

  rig.account = oauth_account_new (rig.provider);
  set_text (&rig.account->imap.host, "elsewhere.example.org");
  offer (&rig, "tried", "tried-too");
  mail_tokens_drop_offer (rig.tokens, "one");
  set_text (&rig.account->imap.host, "127.0.0.1");
  sign_in (&rig, "access", "refresh", 3600);
  assert_token (&rig, "access");
  rig_clear (&rig);
}

/* ---- left alone ---- */

static gboolean
was_asked_thrice (gpointer provider)
{
  return oauth_provider_get_n_requests (provider) >= 3;
}

static void
test_resting (void)
{
  Rig rig;

  /* One that is under way, and none after it. */
  rig_init (&rig, 1);
  oauth_provider_hold (rig.provider);
  oauth_provider_set (rig.provider, PROVIDER_HONEST, 1);
  oauth_provider_wait_held (rig.provider);
  mail_tokens_rest (rig.tokens, "one");
  oauth_provider_release (rig.provider);
  g_usleep (1500 * 1000);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 1);
  /* Until somebody asks. */
  assert_token (&rig, "access-2");
  wait_until (was_asked_thrice, rig.provider);
  rig_clear (&rig);
}

/* ---- by the engine ---- */

/* An account that is switched off has its provider left alone. */
static void
test_switched_off (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  Rig rig = { oauth_provider_new (), mail_credentials_get_tokens (bench->engine->credentials),
              NULL };

  rig.account = oauth_account_new (rig.provider);
  sign_in (&rig, "access-0", "refresh-0", 1);
  rig.account->disabled = TRUE;
  g_assert_true (bench_save_settings (bench, rig.account, &error));
  g_assert_no_error (error);
  g_usleep (1500 * 1000);
  g_assert_cmpuint (oauth_provider_get_n_requests (rig.provider), ==, 0);
  oauth_provider_free (rig.provider);
  base_account_free (rig.account);
}

typedef struct
{
  OauthProvider *provider;
  GCancellable *cancellable;
  GThread *thread;
  char *page;
  gint64 gave_up;
} GivingUp;

/* A person allows it, and closes the window before the provider has answered. */
static gpointer
give_up_main (gpointer data)
{
  GivingUp *up = data;
  g_autoptr (OauthPage) page = oauth_page_new (up->page);
  g_autofree char *code = oauth_provider_dup_code (up->provider, page);
  g_autofree char *address =
      g_strdup_printf ("%s?state=%s&code=%s", page->redirect, page->state, code);

  oauth_browse (address, NULL);
  oauth_provider_wait_held (up->provider);
  up->gave_up = g_get_monotonic_time ();
  g_cancellable_cancel (up->cancellable);
  return NULL;
}

static void
on_page (const char *page, gpointer data)
{
  GivingUp *up = data;

  up->page = g_strdup (page);
  up->thread = g_thread_new ("give-up", give_up_main, up);
}

static void
test_given_up (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (OauthProvider) provider = oauth_provider_new ();
  g_autoptr (BaseAccount) account = oauth_account_new (provider);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GivingUp up = { .provider = provider, .cancellable = cancellable };

  set_text (&account->address, "minji+x@example.org"); /* see oauth_page_new () */
  oauth_provider_hold (provider);
  mail_engine_authorize_async (bench->engine, account, on_page, &up, cancellable, on_result,
                               &result);
  g_assert_false (mail_engine_authorize_finish (bench->engine, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_thread_join (up.thread);
  /* The provider answers nothing before this. */
  g_assert_cmpint (g_get_monotonic_time () - up.gave_up, <, PATIENCE_S * G_USEC_PER_SEC);
  oauth_provider_release (provider);
  g_usleep (300 * 1000);
  g_assert_null (mail_tokens_get (mail_credentials_get_tokens (bench->engine->credentials), account,
                                  TRUE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_cmpuint (oauth_provider_get_n_requests (provider), ==, 1);
  g_free (up.page);
}

/* ---- with a keyring ---- */

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
  worker = g_thread_new ("worker", get_main, &rig);
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

/* ---- the end ---- */

static gpointer
close_main (gpointer data)
{
  Leaving *leaving = data;

  oauth_provider_wait_held (leaving->provider);
  mail_tokens_close (leaving->tokens);
  return NULL;
}

static void
test_closed (void)
{
  Rig rig;
  g_autoptr (GError) error = NULL;
  Leaving leaving;
  GThread *thread;

  rig_init (&rig, 3600);
  oauth_provider_hold (rig.provider);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  leaving = (Leaving){ rig.provider, NULL, rig.tokens };
  thread = g_thread_new ("close", close_main, &leaving);
  g_assert_null (mail_tokens_get (rig.tokens, rig.account, FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  oauth_provider_release (rig.provider);
  rig_clear (&rig);
}

/* A provider that does not even shake hands was not asked anything: the program ends at once. */
static void
test_closed_unsent (void)
{
  Rig rig;
  g_autoptr (GSocketListener) deaf = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (deaf, NULL, NULL);
  GThread *thread;
  gint64 begin;

  rig_init (&rig, 3600);
  g_free (rig.account->oauth->token);
  rig.account->oauth->token = g_strdup_printf ("https://127.0.0.1:%u/token", port);
  mail_tokens_bind (rig.tokens, rig.account);
  sign_in (&rig, "access-0", "refresh-0", 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  thread = g_thread_new ("get", get_main, &rig);
  g_autoptr (GSocketConnection) line = g_socket_listener_accept (deaf, NULL, NULL, NULL);
  begin = g_get_monotonic_time ();
  mail_tokens_free (rig.tokens);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, PATIENCE_S * G_USEC_PER_SEC);
  g_assert_null (g_thread_join (thread));
  oauth_provider_free (rig.provider);
  base_account_free (rig.account);
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
  g_test_add_func ("/mail/tokens/newer-settings", test_newer_settings);
  g_test_add_func ("/mail/tokens/client-secret", test_client_secret);
  g_test_add_func ("/mail/tokens/signed-in-meanwhile", test_signed_in_meanwhile);
  g_test_add_func ("/mail/tokens/overtaken-unsent", test_overtaken_unsent);
  g_test_add_func ("/mail/tokens/only-tried", test_only_tried);
  g_test_add_func ("/mail/tokens/kept-after-tried", test_kept_after_tried);
  g_test_add_func ("/mail/tokens/resting", test_resting);
  g_test_add_func ("/mail/tokens/switched-off", test_switched_off);
  g_test_add_func ("/mail/tokens/given-up", test_given_up);
  g_test_add_func ("/mail/tokens/keyring", test_keyring);
  g_test_add_func ("/mail/tokens/keyring-signed-in-meanwhile", test_keyring_signed_in_meanwhile);
  g_test_add_func ("/mail/tokens/keyring-removed-meanwhile", test_keyring_removed_meanwhile);
  g_test_add_func ("/mail/tokens/keyring-quit-meanwhile", test_keyring_quit_meanwhile);
  g_test_add_func ("/mail/tokens/keyring-given-up", test_keyring_given_up);
  g_test_add_func ("/mail/tokens/keyring-not-saved", test_keyring_not_saved);
  g_test_add_func ("/mail/tokens/service-asked-while-kept", test_service_asked_while_kept);
  g_test_add_func ("/mail/tokens/service-locked", test_service_locked);
  g_test_add_func ("/mail/tokens/not-saved", fail_to_change);
  g_test_add_func ("/mail/tokens/closed", test_closed);
  g_test_add_func ("/mail/tokens/closed-unsent", test_closed_unsent);
}
