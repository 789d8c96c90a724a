/* Who waits for a person: how often they are asked, and what ends it. */
#include "secret-service.h"
#include "test-mail.h"

#include <string.h>

#include "base-error.h"
#include "fake-server.h"
#include "mail-sign-in.h"
#include "oauth-provider.h"

static gboolean
is_asked (gpointer account)
{
  return mail_account_needs_password (account);
}

static gboolean
is_asked_no_more (gpointer account)
{
  return !mail_account_needs_password (account);
}

static char *
encode (const char *user, const char *password)
{
  g_autoptr (GByteArray) words = g_byte_array_new ();

  g_byte_array_append (words, (const guint8 *)"", 1);
  g_byte_array_append (words, (const guint8 *)user, strlen (user) + 1);
  g_byte_array_append (words, (const guint8 *)password, strlen (password));
  return g_base64_encode (words->data, words->len);
}

/* Connections enough for both workers; who says `right` is let in. */
static void
add_doors (FakeServer *server, const char *user)
{
  g_autofree char *right = encode (user, "right"), *script = NULL;

  script = g_strconcat ("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\nSERVE\n"
                        "ON: $tag AUTHENTICATE PLAIN ",
                        right,
                        "\nS: $tag OK in\nON: $tag AUTHENTICATE PLAIN *\n"
                        "S: $tag NO [AUTHENTICATIONFAILED] no\n",
                        NULL);
  for (guint i = 0; i < 20; i++)
    fake_server_add_script (server, script, NULL);
}

/* The account receives only, and by that server. */
static BaseAccount *
dup_settings_for (Bench *bench, FakeServer *server)
{
  BaseAccount *settings = mail_account_dup_settings (bench->account);

  g_free (settings->ca_file);
  settings->ca_file = g_strdup (fake_server_get_ca_file (server));
  settings->imap.port = fake_server_get_port (server);
  g_clear_pointer (&settings->smtp.host, g_free);
  return settings;
}

/* How often that password was offered; by whichever worker came. */
static guint
count_offers (FakeServer *server, const char *user, const char *password)
{
  g_autofree char *words = encode (user, password);
  g_autofree char *line = g_strconcat (" ", words, "\r\n", NULL);
  guint n = 0;

  for (guint i = 0; i < fake_server_count_connections (server); i++) {
    g_autoptr (GBytes) bytes = fake_server_dup_received (server, i);

    n += bytes != NULL && strstr (g_bytes_get_data (bytes, NULL), line) != NULL;
  }
  return n;
}

typedef struct
{
  FakeServer *server;
  const char *user, *password;
} Offer;

static gboolean
is_offered (gpointer data)
{
  const Offer *offer = data;

  return count_offers (offer->server, offer->user, offer->password) > 0;
}

static void
wait_for_offer (FakeServer *server, const BaseAccount *settings, const char *password)
{
  Offer offer = { server, settings->imap.user, password };

  wait_until (is_offered, &offer);
}

/* Whatever is on its way has come, and the person is asked by then. */
static void
settle (Bench *bench)
{
  g_usleep (500 * 1000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  wait_until (is_asked, bench->account);
}

static void
save_proved (Bench *bench, const BaseAccount *settings, const char *password)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_save_account_async (bench->engine, settings, password, NULL, NULL, on_result,
                                  &result);
  mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, &error);
  g_assert_no_error (error);
}

static void
answer (Bench *bench, const BaseAccount *asked, const char *protocol, const char *password,
        gboolean remember)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_set_password_async (bench->engine, asked, protocol, password, remember, on_result,
                                  &result);
  mail_engine_set_password_finish (bench->engine, wait_result (&result), &error);
  g_assert_no_error (error);
}

/* Other settings are no reason to offer once more what was refused.  Another password is, whether a person gave it when
 * they were asked or proved it in the settings. */
static void
test_refused_until_proved (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) settings = dup_settings_for (bench, server);
  guint connections;

  add_doors (server, settings->imap.user);
  save_proved (bench, settings, "wrong");
  wait_until (is_asked, bench->account);
  g_assert_cmpuint (count_offers (server, settings->imap.user, "wrong"), ==, 1);

  settings->check_minutes = 5;
  save_settings (bench, settings);
  settle (bench);
  connections = fake_server_count_connections (server);
  settle (bench);
  g_assert_cmpuint (fake_server_count_connections (server), ==, connections);
  g_assert_cmpuint (count_offers (server, settings->imap.user, "wrong"), ==, 1);

  answer (bench, settings, "imap", "as wrong", FALSE);
  wait_for_offer (server, settings, "as wrong");
  settle (bench);
  g_assert_cmpuint (count_offers (server, settings->imap.user, "as wrong"), ==, 1);

  save_proved (bench, settings, "right");
  wait_for_offer (server, settings, "right");
  wait_until (is_asked_no_more, bench->account);
  bench_stop (bench);
}

/* ---- two of them ---- */

static gboolean
is_shop_blocked (gpointer bench)
{
  return sync_engine_is_blocked (((Bench *)bench)->engine->sync, "one", "smtp-shop");
}

static gboolean
is_imap_blocked (gpointer bench)
{
  return sync_engine_is_blocked (((Bench *)bench)->engine->sync, "one", "imap");
}

/* Shown is the account's own server; whoever saves the identity, as it is, signs in there even so. */
static void
test_two_wait (void)
{
  g_autoptr (FakeServer) imap = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (FakeServer) smtp = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = dup_settings_for (bench, imap);
  g_autoptr (MailIdentity) identity = NULL;
  g_autoptr (MailDraft) draft = NULL;
  g_autoptr (MailEdit) edit = NULL;
  g_autoptr (GError) error = NULL;

  add_doors (imap, settings->imap.user);
  for (guint i = 0; i < 5; i++)
    fake_server_add_script (
        smtp, "S: 220 shop\nC: EHLO *\nS: 250-shop\nS: 250 AUTH PLAIN\nSERVE\nON: QUIT\nS: 221 bye",
        NULL);
  put_sender (settings, fake_server_get_port (smtp));
  save_settings (bench, settings);
  wait_until (is_imap_blocked, bench);
  g_assert_false (is_shop_blocked (bench));
  edit = mail_engine_begin_edit (bench->engine, bench->account);
  g_assert_true (save_identity (bench, edit, NULL, &error));
  g_assert_no_error (error);

  identity = mail_engine_dup_default_identity (bench->engine, bench->account);
  draft = mail_draft_new (bench->engine, bench->account);
  mail_draft_set_recipients (draft, "bob@example.org", "", "");
  mail_draft_set_identity (draft, identity);
  g_assert_true (send_draft (draft, &error));
  g_assert_no_error (error);
  wait_until (is_shop_blocked, bench);
  wait_until (is_asked, bench->account);
  g_assert_null (mail_account_get_blamed_identity (bench->account));
  /* No password of it is known. */
  assert_identity_refused (bench, edit, NULL, BASE_ERROR_AUTH);
}

/* ---- a keyring that was opened for something else ---- */

static gboolean
is_locked (gpointer account)
{
  return mail_account_needs_unlock (account);
}

/* By the identity's own window. */
static void
by_password (Bench *bench)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);

  answer (bench, settings, "smtp-shop", "secret", TRUE);
}

/* By another account. */
static void
by_saving (Bench *bench)
{
  g_autoptr (BaseAccount) second = bench_account_new ("two");

  save_proved (bench, second, "secret");
}

/* By looking a password up, whatever its server then says. */
static void
by_proving (Bench *bench)
{
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (bench->engine, bench->account);
  BaseServer *shop = base_account_get_server (edit->settings, "smtp-shop");

  shop->port = 2;
  assert_identity_refused (bench, edit, NULL, BASE_ERROR_RETRY);
}

static void
by_verifying (Bench *bench)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  settings->imap.port = 2;
  mail_engine_verify_async (bench->engine, settings, NULL, NULL, NULL, on_result, &result);
  g_assert_false (mail_engine_verify_finish (bench->engine, wait_result (&result), NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
}

typedef struct
{
  OauthProvider *provider;
  char *page;
  GThread *thread;
} Browser;

static gpointer
browse_main (gpointer data)
{
  Browser *browser = data;
  g_autoptr (OauthPage) page = oauth_page_new (browser->page);
  g_autofree char *code = oauth_provider_dup_code (browser->provider, page);
  g_autofree char *address =
      g_strdup_printf ("%s?state=%s&code=%s", page->redirect, page->state, code);

  oauth_browse (address, NULL);
  return NULL;
}

static void
on_page (const char *page, gpointer data)
{
  Browser *browser = data;

  browser->page = g_strdup (page);
  browser->thread = g_thread_new ("browser", browse_main, browser);
}

/* By the browser, for another account. */
static void
by_signing_in (Bench *bench)
{
  g_autoptr (OauthProvider) provider = oauth_provider_new ();
  g_autoptr (BaseAccount) second = bench_account_new ("two");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Browser browser = { .provider = provider };

  g_free (second->address);
  second->address = g_strdup ("minji+x@example.org"); /* see oauth_page_new () */
  second->imap.sign_in = second->smtp.sign_in = BASE_SIGN_IN_OAUTH;
  second->oauth = oauth_provider_dup_settings (provider);
  save_proved (bench, second, NULL);
  mail_engine_sign_in_again_async (bench->engine, mail_engine_find_account (bench->engine, "two"),
                                   on_page, &browser, NULL, on_result, &result);
  g_assert_true (mail_engine_sign_in_again_finish (bench->engine, wait_result (&result), &error));
  g_assert_no_error (error);
  g_thread_join (browser.thread);
  g_free (browser.page);
}

static void
open_by (SecretService *service, void (*open) (Bench *bench))
{
  g_autoptr (Bench) bench = bench_new_with_shop ();
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) settings = dup_settings_for (bench, server);
  gboolean session_only = TRUE;

  add_doors (server, settings->imap.user);
  mail_credentials_store (bench->engine->credentials, settings, "imap", "right", TRUE,
                          &session_only);
  mail_credentials_store (bench->engine->credentials, settings, "smtp-shop", "secret", TRUE,
                          &session_only);
  g_assert_false (session_only);
  secret_service_set (service, TRUE, FALSE);
  save_proved (bench, settings, NULL);
  wait_until (is_locked, bench->account);
  g_assert_cmpuint (count_offers (server, settings->imap.user, "right"), ==, 0);
  secret_service_set (service, FALSE, FALSE);
  open (bench);
  wait_for_offer (server, settings, "right");
  bench_stop (bench);
}

static void
open_by_each (SecretService *service)
{
  void (*const roads[]) (Bench *) = { by_password, by_saving, by_proving, by_verifying,
                                      by_signing_in };

  for (guint i = 0; i < G_N_ELEMENTS (roads); i++) {
    g_test_message ("%u", i);
    open_by (service, roads[i]);
  }
}

/* Whoever opens the keyring for one opens it for all who wait for that. */
static void
test_keyring_opens (void)
{
  secret_service_with (open_by_each);
}

/* Who does not open it opens it for nobody, and nobody asks once more. */
static void
keep_locked (SecretService *service)
{
  g_autoptr (Bench) bench = bench_new_with_shop ();
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (BaseAccount) settings = dup_settings_for (bench, server);
  gboolean session_only = TRUE;
  guint connections;

  add_doors (server, settings->imap.user);
  mail_credentials_store (bench->engine->credentials, settings, "imap", "right", TRUE,
                          &session_only);
  g_assert_false (session_only);
  secret_service_set (service, TRUE, FALSE);
  save_proved (bench, settings, NULL);
  wait_until (is_locked, bench->account);
  connections = fake_server_count_connections (server);
  by_password (bench);
  g_usleep (500 * 1000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (is_locked (bench->account));
  g_assert_cmpuint (fake_server_count_connections (server), ==, connections);
  bench_stop (bench);
}

static void
test_keyring_stays_locked (void)
{
  secret_service_with (keep_locked);
}

void
add_asked_tests (void)
{
  g_test_add_func ("/mail/asked/refused-until-proved", test_refused_until_proved);
  g_test_add_func ("/mail/asked/two-wait", test_two_wait);
  g_test_add_func ("/mail/asked/keyring-opens", test_keyring_opens);
  g_test_add_func ("/mail/asked/keyring-stays-locked", test_keyring_stays_locked);
}
