/* Access tokens: one request for all who wait, another before the first is stale, and one question when it is over. */
#include <gio/gio.h>
#include <string.h>

#include "base-error.h"
#include "mail-sign-in.h"
#include "token-rig.h"

#define PATIENCE_S 10 /* who waits for the provider waits longer */

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

static void
test_single_flight (void)
{
  Rig rig;
  GThread *threads[8];

  rig_init (&rig, 3600);
  mail_tokens_refuse (rig.tokens, "one", "access-0");
  oauth_provider_set_delay (rig.provider, 200);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("get", get_token_main, &rig);
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
  char *token = get_token_main (data);
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
  mail_password_free (get_token_main (&rig));
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
  thread = g_thread_new ("get", get_token_main, &rig);
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
  thread = g_thread_new ("get", get_token_main, &rig);
  g_autoptr (GSocketConnection) line = g_socket_listener_accept (deaf, NULL, NULL, NULL);
  begin = g_get_monotonic_time ();
  mail_tokens_close (rig.tokens);
  g_assert_null (g_thread_join (thread)); /* nobody uses it when it is freed */
  mail_tokens_free (rig.tokens);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, PATIENCE_S * G_USEC_PER_SEC);
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
  g_test_add_func ("/mail/tokens/closed", test_closed);
  g_test_add_func ("/mail/tokens/closed-unsent", test_closed_unsent);
}
