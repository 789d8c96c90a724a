/* Passwords in a keyring: for which server and user each is, and what becomes of one that is for whomever. */
#include "secret-service.h"
#include "test-mail.h"

#include <glib/gstdio.h>

#include "base-error.h"

/* libsecret with its own file instead of a service: in a process of its own, for it chooses
 * once. */
static void
check_password (MailCredentials *credentials, const BaseAccount *account, const char *protocol,
                const char *expected)
{
  char *password = mail_credentials_lookup (credentials, account, protocol, NULL, NULL);

  g_assert_cmpstr (password, ==, expected);
  mail_password_free (password);
}

/* What was given for one server and user is given to no other; in memory neither. */
static void
check_bound (MailCredentials *credentials, const BaseAccount *account)
{
  g_autoptr (BaseAccount) elsewhere = base_account_dup (account);
  g_autoptr (BaseAccount) other = base_account_dup (account);
  gboolean session_only;

  g_free (elsewhere->imap.host);
  elsewhere->imap.host = g_strdup ("imap.elsewhere.example");
  check_password (credentials, elsewhere, "imap", NULL);
  mail_credentials_store (credentials, elsewhere, "imap", "theirs", TRUE, &session_only);
  check_password (credentials, elsewhere, "imap", "theirs");
  check_password (credentials, account, "imap", "new");
  g_free (other->imap.user);
  other->imap.user = g_strdup ("somebody");
  check_password (credentials, other, "imap", NULL);
  mail_credentials_store (credentials, other, "imap", "session", FALSE, &session_only);
  g_assert_true (session_only);
  check_password (credentials, other, "imap", "session");
  check_password (credentials, account, "imap", "new");
  /* An administrator may leave out for whom it is. */
  g_assert_true (mail_keyring_store ("id", "smtp", NULL, "label", "anybody's", NULL, NULL));
  g_assert_true (mail_keyring_store ("given", "imap", NULL, "label", "anybody's", NULL, NULL));
  g_free (other->id);
  other->id = g_strdup ("given");
  check_password (credentials, other, "imap", "anybody's");
  check_password (credentials, account, "smtp", "newer");
  mail_credentials_forget (credentials, "given");
}

/* What was stored without a place by an older Sosik, or by an administrator, is for the first place that took it; or for none, when another one is stored. */
static void
check_anybodys (MailCredentials *credentials)
{
  g_autoptr (BaseAccount) account = bench_account_new ("old");
  g_autoptr (BaseAccount) elsewhere = base_account_dup (account);
  gboolean session_only = TRUE;
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  char *password = NULL;

  g_free (elsewhere->imap.host);
  elsewhere->imap.host = g_strdup ("imap.elsewhere.example");
  g_assert_true (mail_keyring_store ("old", "imap", NULL, "label", "old one", NULL, NULL));
  check_password (credentials, elsewhere, "imap", "old one");
  check_password (credentials, account, "imap", "old one");
  mail_credentials_prove (credentials, account, "imap");
  while ((password = mail_credentials_lookup (credentials, elsewhere, "imap", NULL, NULL))
         != NULL) {
    mail_password_free (password);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (10000);
  }
  check_password (credentials, account, "imap", "old one");
  /* There is none any more to be bound. */
  mail_credentials_prove (credentials, elsewhere, "imap");
  g_usleep (100000);
  check_password (credentials, elsewhere, "imap", NULL);
  check_password (credentials, account, "imap", "old one");

  g_assert_true (mail_keyring_store ("old", "smtp", NULL, "label", "older one", NULL, NULL));
  mail_credentials_store (credentials, account, "smtp", "new one", TRUE, &session_only);
  g_assert_false (session_only);
  g_free (elsewhere->smtp.host);
  elsewhere->smtp.host = g_strdup ("smtp.elsewhere.example");
  check_password (credentials, elsewhere, "smtp", NULL);
  check_password (credentials, account, "smtp", "new one");
  mail_credentials_forget (credentials, "old");
  check_password (credentials, account, "imap", NULL);
  check_password (credentials, account, "smtp", NULL);
}

/* That of an identity's server is for it alone, and goes alone. */
static void
check_identitys (MailCredentials *credentials)
{
  g_autoptr (BaseAccount) account = bench_account_new ("shops");
  g_autoptr (BaseIdentity) shop = base_identity_new ();
  g_autoptr (BaseAccount) elsewhere = NULL;
  gboolean session_only = TRUE;

  g_free (shop->id);
  shop->id = g_strdup ("shop");
  shop->address = g_strdup ("shop@example.net");
  shop->smtp = base_server_new ();
  shop->smtp->host = g_strdup ("smtp.example.net");
  shop->smtp->user = g_strdup ("shopper");
  base_account_put_identity (account, shop);
  elsewhere = base_account_dup (account);
  g_free (base_account_get_server (elsewhere, "smtp-shop")->host);
  base_account_get_server (elsewhere, "smtp-shop")->host = g_strdup ("smtp.evil.example");
  mail_credentials_store (credentials, account, "imap", "mine", TRUE, &session_only);
  mail_credentials_store (credentials, account, "smtp", "mine", TRUE, &session_only);
  check_password (credentials, account, "smtp-shop", NULL);
  mail_credentials_replace (credentials, account, "smtp-shop", "shop's", TRUE, &session_only);
  check_password (credentials, account, "smtp-shop", "shop's");
  check_password (credentials, account, "smtp", "mine");
  check_password (credentials, elsewhere, "smtp-shop", NULL);
  mail_credentials_replace (credentials, account, "smtp", "other", TRUE, &session_only);
  check_password (credentials, account, "imap", "other");
  check_password (credentials, account, "smtp-shop", "shop's");
  mail_credentials_forget_protocol (credentials, "shops", "smtp-shop");
  check_password (credentials, account, "smtp-shop", NULL);
  check_password (credentials, account, "smtp", "other");
  mail_credentials_forget (credentials, "shops");
  check_password (credentials, account, "smtp", NULL);
}

static void
test_keyring (void)
{
  if (!g_test_subprocess ()) {
    g_autofree char *folder = g_dir_make_tmp ("sosik-keyring-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (folder, "keyring", NULL);

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
    return;
  }
  g_autoptr (MailCredentials) one = mail_credentials_new ();
  g_autoptr (MailCredentials) two = mail_credentials_new ();
  g_autoptr (GError) error = NULL;
  gboolean session_only = TRUE;
  g_autoptr (BaseAccount) account = bench_account_new ("id");

  mail_credentials_store (one, account, "imap", "secret", TRUE, &session_only);
  g_assert_false (session_only);
  check_password (two, account, "imap", "secret"); /* not from memory: the other one kept it */
  g_assert_null (mail_credentials_lookup (two, account, "smtp", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  /* They differ: only the one that was refused is replaced, whichever was looked up last. */
  mail_credentials_store (one, account, "smtp", "other", TRUE, &session_only);
  check_password (two, account, "smtp", "other");
  mail_credentials_replace (two, account, "imap", "new", TRUE, &session_only);
  check_password (one, account, "smtp", "other");
  check_password (one, account, "imap", "new");
  mail_credentials_replace (two, account, "smtp", "newer", TRUE, &session_only);
  check_password (one, account, "smtp", "newer");
  check_password (one, account, "imap", "new");
  check_bound (one, account);
  check_anybodys (one);
  check_identitys (one);
  mail_credentials_forget (two, "id");
  check_password (one, account, "imap", NULL);
}

static void
assert_locked (MailCredentials *credentials, const BaseAccount *account)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mail_credentials_lookup (credentials, account, "imap", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_true (base_error_is_locked (error));
}

/* Who says no is asked once, until they want something themselves. */
static void
check_locked (SecretService *service)
{
  g_autoptr (MailCredentials) credentials = mail_credentials_new ();
  g_autoptr (BaseAccount) account = bench_account_new ("id");
  g_autoptr (GError) error = NULL;
  gboolean session_only = TRUE;
  guint asked;

  mail_credentials_store (credentials, account, "imap", "secret", TRUE, &session_only);
  g_assert_false (session_only);
  check_password (credentials, account, "imap", "secret");
  secret_service_set (service, TRUE, FALSE);
  asked = secret_service_count (service, "Unlock");
  g_assert_null (mail_keyring_lookup ("id", "imap", NULL, FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_false (mail_keyring_is_declined ());
  g_assert_cmpuint (secret_service_count (service, "Unlock"), ==, asked);
  assert_locked (credentials, account);
  g_assert_cmpuint (secret_service_count (service, "Unlock"), >, asked);
  asked = secret_service_count (service, "Unlock");
  assert_locked (credentials, account);
  g_assert_cmpuint (secret_service_count (service, "Unlock"), ==, asked);
  g_assert_true (mail_keyring_is_declined ());
  mail_keyring_ask_again ();
  g_assert_false (mail_keyring_is_declined ());
  assert_locked (credentials, account);
  g_assert_cmpuint (secret_service_count (service, "Unlock"), >, asked);
  secret_service_set (service, FALSE, FALSE);
  check_password (credentials, account, "imap", "secret");
}

/* What is asked next is answered after it. */
static void
prove (SecretService *service, MailCredentials *credentials, const BaseAccount *account)
{
  guint times = secret_service_count (service, "SearchItems");

  mail_credentials_prove (credentials, account, "imap");
  secret_service_wait (service, "SearchItems", times);
}

/* Who was let in by a password for this session, and then by that of the keyring, makes that one theirs alone; and so does an account that comes back. */
static void
check_proved (SecretService *service)
{
  g_autoptr (MailCredentials) credentials = mail_credentials_new ();
  g_autoptr (BaseAccount) account = bench_account_new ("id");
  g_autoptr (BaseAccount) elsewhere = base_account_dup (account);
  gboolean session_only = FALSE;

  g_free (elsewhere->imap.host);
  elsewhere->imap.host = g_strdup ("imap.elsewhere.example");
  mail_credentials_store (credentials, account, "imap", "now", FALSE, &session_only);
  mail_credentials_prove (credentials, account, "imap");
  for (guint i = 0; i < 2; i++) {
    mail_credentials_forget (credentials, "id");
    g_assert_true (mail_keyring_store ("id", "imap", NULL, "label", "anybody's", NULL, NULL));
    check_password (credentials, elsewhere, "imap", "anybody's");
    prove (service, credentials, account);
    check_password (credentials, elsewhere, "imap", NULL);
    check_password (credentials, account, "imap", "anybody's");
    /* There is none any more to be bound. */
    prove (service, credentials, elsewhere);
    check_password (credentials, elsewhere, "imap", NULL);
    check_password (credentials, account, "imap", "anybody's");
  }
}

/* The same while the password for this session is still known. */
static void
check_proved_by_session (SecretService *service)
{
  g_autoptr (MailCredentials) credentials = mail_credentials_new ();
  g_autoptr (BaseAccount) account = bench_account_new ("id");
  g_autoptr (BaseAccount) elsewhere = base_account_dup (account);
  gboolean session_only = FALSE;

  g_free (elsewhere->imap.host);
  elsewhere->imap.host = g_strdup ("imap.elsewhere.example");
  mail_credentials_store (credentials, account, "imap", "now", FALSE, &session_only);
  mail_credentials_prove (credentials, account, "imap");
  mail_credentials_store (credentials, account, "imap", "kept", TRUE, &session_only);
  g_assert_false (session_only);
  g_assert_true (mail_keyring_store ("id", "imap", NULL, "label", "anybody's", NULL, NULL));
  prove (service, credentials, account);
  check_password (credentials, elsewhere, "imap", NULL);
  check_password (credentials, account, "imap", "kept");
}

static gpointer
lookup_main (gpointer data)
{
  mail_password_free (mail_keyring_lookup ("id", "imap", NULL, FALSE, NULL, NULL));
  return NULL;
}

static gpointer
release_main (gpointer service)
{
  g_usleep (500 * 1000);
  secret_service_set (service, FALSE, FALSE);
  return NULL;
}

/* What a person took away goes, though the program ends and somebody else is being answered. */
static void
check_forgotten (SecretService *service)
{
  g_autoptr (MailCredentials) credentials = mail_credentials_new ();
  g_autoptr (BaseAccount) account = bench_account_new ("id");
  gboolean session_only = TRUE;
  GThread *other, *release;
  guint times;

  mail_credentials_store (credentials, account, "imap", "secret", TRUE, &session_only);
  times = secret_service_count (service, "SearchItems");
  secret_service_set (service, FALSE, TRUE);
  other = g_thread_new ("other", lookup_main, NULL);
  secret_service_wait (service, "SearchItems", times);
  release = g_thread_new ("release", release_main, service);
  mail_credentials_close (credentials);
  mail_credentials_forget_protocol (credentials, "id", "imap");
  g_thread_join (release);
  g_thread_join (other);
  check_password (credentials, account, "imap", NULL);
}

static void
test_forgotten (void)
{
  secret_service_with (check_forgotten);
}

static void
test_proved (void)
{
  secret_service_with (check_proved);
}

static void
test_proved_by_session (void)
{
  secret_service_with (check_proved_by_session);
}

static void
test_locked (void)
{
  secret_service_with (check_locked);
}

void
add_keyring_tests (void)
{
  g_test_add_func ("/mail/keyring/locked", test_locked);
  g_test_add_func ("/mail/keyring/forgotten", test_forgotten);
  g_test_add_func ("/mail/keyring/proved", test_proved);
  g_test_add_func ("/mail/keyring/proved-by-session", test_proved_by_session);
  g_test_add_func ("/mail/keyring/file", test_keyring);
}
