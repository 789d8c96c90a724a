/* Accounts of the desktop, as a service on the session bus tells them that stands in for GNOME Online Accounts. */
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "mail-desktop.h"
#include "test-mail.h"

#define MAIL_OF(imap, smtp, more)                                                                  \
  "\"Mail\": {\"EmailAddress\": \"minji@example.org\", \"Name\": \"Minji Kim\", " imap ", " smtp   \
  ", " more "\"ImapUserName\": \"minji\", \"SmtpUserName\": \"minji\"}"
#define IMAP "\"ImapSupported\": true, \"ImapHost\": \"imap.example.org\""
#define SMTP "\"SmtpSupported\": true, \"SmtpHost\": \"smtp.example.org:2465\""
#define TLS  "\"ImapUseSsl\": true, \"SmtpUseSsl\": true, "

/* Two that are of use, and some that are not. */
static const char accounts[] = "[{\"Id\": \"a1\", \"Provider\": \"Google\", \"Token\": \"token-1\", " MAIL_OF (
    IMAP, SMTP,
    TLS) "},"
         " {\"Id\": \"a2\", \"Provider\": \"IMAP and SMTP\", \"Passwords\": {\"imap-password\": \"one\", \"smtp-password\": \"two\"}, " MAIL_OF (
             IMAP, SMTP,
             "\"ImapUseTls\": true, \"SmtpUseTls\": true, ") "},"
                                                             " {\"Id\": \"clear\", \"Provider\": \"x\", \"Token\": \"t\", " MAIL_OF (
                                                                 IMAP, SMTP,
                                                                 "") "},"
                                                                     " {\"Id\": \"off\", \"Provider\": \"x\", \"Disabled\": true, \"Token\": \"t\", " MAIL_OF (
                                                                         IMAP, SMTP,
                                                                         TLS) "},"
                                                                              " {\"Id\": \"files\", \"Provider\": \"x\", \"Token\": \"t\"},"
                                                                              " {\"Id\": \"odd\", \"Provider\": \"x\", \"Token\": \"t\", " MAIL_OF (
                                                                                  "\"ImapSupported\": true, \"ImapHost\": \"a b\\r\\n\"",
                                                                                  SMTP,
                                                                                  TLS) "},"
                                                                                       " {\"Id\": \"tired\", \"Provider\": \"Yahoo\", \"Attention\": true, \"Token\": \"t\", " MAIL_OF (
                                                                                           IMAP,
                                                                                           SMTP,
                                                                                           TLS) "}]";

static const BaseAccount *
find (GPtrArray *list, const char *id)
{
  for (guint i = 0; i < list->len; i++) {
    const MailDesktopAccount *account = list->pdata[i];

    if (g_str_equal (account->account->desktop_account, id))
      return account->account;
  }
  return NULL;
}

static void
check_list (GPtrArray *list)
{
  const BaseAccount *one = find (list, "a1"), *two = find (list, "a2");

  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (one->address, ==, "minji@example.org");
  g_assert_cmpstr (one->display_name, ==, "Minji Kim");
  g_assert_cmpstr (one->imap.host, ==, "imap.example.org");
  g_assert_cmpuint (one->imap.port, ==, 993);
  g_assert_cmpint (one->imap.security, ==, BASE_SECURITY_TLS);
  g_assert_cmpint (one->imap.sign_in, ==, BASE_SIGN_IN_OAUTH);
  g_assert_cmpstr (one->imap.user, ==, "minji");
  g_assert_cmpstr (one->smtp.host, ==, "smtp.example.org");
  g_assert_cmpuint (one->smtp.port, ==, 2465);
  g_assert_cmpint (two->imap.sign_in, ==, BASE_SIGN_IN_PASSWORD);
  g_assert_cmpint (two->imap.security, ==, BASE_SECURITY_STARTTLS);
  g_assert_cmpuint (two->imap.port, ==, 143);
  g_assert_nonnull (find (list, "tired"));
  for (guint i = 0; i < list->len; i++) {
    const MailDesktopAccount *account = list->pdata[i];

    g_assert_cmpint (account->attention, ==,
                     g_str_equal (account->account->desktop_account, "tired"));
  }
}

static void
check_secret (const BaseAccount *account, const char *protocol, const char *wanted, int code)
{
  g_autoptr (GError) error = NULL;
  char *secret = mail_desktop_lookup_secret (account, protocol, NULL, &error);

  g_assert_cmpstr (secret, ==, wanted);
  if (wanted != NULL)
    g_assert_no_error (error);
  else
    g_assert_error (error, BASE_ERROR, code);
  mail_password_free (secret);
}

static void
check_secrets (GPtrArray *list)
{
  g_autoptr (BaseAccount) elsewhere = base_account_dup (find (list, "a2"));
  g_autoptr (BaseAccount) gone = base_account_dup (find (list, "a1"));
  g_autoptr (MailCredentials) credentials = mail_credentials_new ();
  g_autoptr (GError) error = NULL;

  check_secret (find (list, "a1"), "imap", "token-1", 0);
  check_secret (find (list, "a1"), "smtp", "token-1", 0);
  check_secret (find (list, "a2"), "imap", "one", 0);
  check_secret (find (list, "a2"), "smtp", "two", 0);
  check_secret (find (list, "tired"), "imap", NULL, BASE_ERROR_AUTH);
  g_free (gone->desktop_account);
  gone->desktop_account = g_strdup ("a9");
  check_secret (gone, "imap", NULL, BASE_ERROR_AUTH);
  /* An account file that sends the desktop's password somewhere else. */
  g_free (elsewhere->imap.host);
  elsewhere->imap.host = g_strdup ("evil.example.org");
  check_secret (elsewhere, "imap", NULL, BASE_ERROR_AUTH);
  check_secret (elsewhere, "smtp", "two", 0);
  /* ... or to another door of the same house. */
  elsewhere->smtp.port++;
  check_secret (elsewhere, "smtp", NULL, BASE_ERROR_AUTH);
  elsewhere->smtp.port--;
  elsewhere->smtp.security = BASE_SECURITY_TLS;
  check_secret (elsewhere, "smtp", NULL, BASE_ERROR_AUTH);
  /* The way that the workers take. */
  char *secret =
      mail_credentials_lookup_secret (credentials, find (list, "a1"), "imap", FALSE, NULL, &error);
  g_assert_cmpstr (secret, ==, "token-1");
  mail_password_free (secret);
  mail_credentials_doubt (credentials, find (list, "a1"), "token-1");
}

static void
test_desktop (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autofree char *folder = g_dir_make_tmp ("sosik-desktop-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "accounts", NULL);
  g_autofree char *told = g_strconcat (file, ".told", NULL);
  g_autofree char *program =
      g_build_filename (g_getenv ("SOSIK_TESTS"), "lab", "online-accounts", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  write_file (file, accounts);
  g_test_dbus_up (bus);
  g_autoptr (GPtrArray) none = mail_desktop_list (NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0); /* a desktop without it */

  g_autoptr (GSubprocess) service =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, file, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (service));
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "ready");
  g_autoptr (GPtrArray) list = mail_desktop_list (NULL, &error);
  g_assert_no_error (error);
  check_list (list);
  check_secrets (list);
  g_assert_true (g_file_get_contents (told, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "EnsureCredentials a1"));

  g_subprocess_force_exit (service);
  g_subprocess_wait (service, NULL, NULL);
  check_secret (find (list, "a1"), "imap", NULL, BASE_ERROR_AUTH);
  g_test_dbus_stop (bus);
  g_object_unref (bus);
  g_unlink (told);
  g_unlink (file);
  g_rmdir (folder);
}

void
add_desktop_tests (void)
{
  g_test_add_func ("/mail/desktop", test_desktop);
}
