/* What providers say when they refuse, word by word, and what a person is told then: by the table, and over the wire through the proving of settings, as
 * in the wizard. */
#include "test-sync.h"

#include "base-error.h"
#include "fake-resolver.h"
#include "fake-server.h"
#include "sync-advice.h"
#include "sync-discover.h"

#include <string.h>

#define GOOGLE_HELP "https://support.google.com/mail/answer/7126229"

/* `say`: a part of the advice; NULL: the error's own sentence stays.  `link`: a part of it; NULL: none. */
static const struct
{
  const char *host;
  BaseErrorCode code;
  const char *words, *say, *link;
} table[] = {
  { "smtp.gmail.com", BASE_ERROR_AUTH,
    "534 5.7.9 Application-specific password required. For more information, go to\n"
    "https://support.google.com/mail/?p=InvalidSecondFactor d2e1a72fcca58-1 - gsmtp",
    "Gmail refuses your usual password", "myaccount.google.com/apppasswords" },
  { "imap.gmail.com", BASE_ERROR_AUTH,
    "Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
    "Gmail refuses your usual password", "myaccount.google.com/apppasswords" },
  { "smtp.gmail.com", BASE_ERROR_AUTH,
    "535 5.7.8 Username and Password not accepted. For more information, go to\n"
    "https://support.google.com/mail/?p=BadCredentials x - gsmtp",
    "Gmail refuses your usual password", "myaccount.google.com/apppasswords" },
  { "imap.gmail.com", BASE_ERROR_AUTH, "Invalid credentials (Failure)",
    "Gmail refuses your usual password", "myaccount.google.com/apppasswords" },
  { "smtp.gmail.com", BASE_ERROR_AUTH,
    "534 5.7.14 Please log in with your web browser and then try again. Learn more at",
    "with a web browser first", GOOGLE_HELP },
  { "imap.gmail.com", BASE_ERROR_AUTH,
    "Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
    "with a web browser first", GOOGLE_HELP },
  { "imap.gmail.com", BASE_ERROR_AUTH,
    "Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
    "keeps mail programs out", GOOGLE_HELP },
  { "imap.gmail.com", BASE_ERROR_AUTH,
    "IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
    "keeps mail programs out", GOOGLE_HELP },
  { "outlook.office365.com", BASE_ERROR_RETRY, "User is authenticated but not connected.",
    "does not open the mailbox", "support.microsoft.com" },
  { "outlook.office365.com", BASE_ERROR_AUTH, "AUTHENTICATE failed.",
    "takes no passwords from mail programs any more", "https://" },
  { "outlook.office365.com", BASE_ERROR_AUTH, "LOGIN failed.",
    "takes no passwords from mail programs any more", "https://" },
  { "smtp.office365.com", BASE_ERROR_AUTH,
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [FR2P281CA0086.DEUP281.PROD.OUTLOOK.COM]",
    "Microsoft 365 takes no passwords", "https://" },
  { "smtp-mail.outlook.com", BASE_ERROR_AUTH,
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    "Outlook.com takes no passwords", "https://" },
  { "smtp.office365.com", BASE_ERROR_AUTH,
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
    "allow authenticated SMTP", "aka.ms/smtp_auth_disabled" },
  { "smtp.office365.com", BASE_ERROR_AUTH,
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
    "takes no passwords", "https://" },
  { "imap.mail.me.com", BASE_ERROR_AUTH, "Authentication failed",
    "iCloud refuses your usual password", "support.apple.com/102654" },
  { "smtp.mail.me.com", BASE_ERROR_AUTH, "535 5.7.8 Error: authentication failed:",
    "iCloud refuses your usual password", "support.apple.com/102654" },
  { "imap.mail.yahoo.com", BASE_ERROR_AUTH, "LOGIN Invalid credentials",
    "Yahoo Mail refuses your usual password", "help.yahoo.com" },
  { "smtp.mail.yahoo.com", BASE_ERROR_AUTH, "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
    "failed too often", "help.yahoo.com" },
  { "imap.aol.com", BASE_ERROR_AUTH, "LOGIN Invalid credentials",
    "AOL Mail refuses your usual password", "help.aol.com" },
  { "imap.naver.com", BASE_ERROR_AUTH, "Username and Password not accepted",
    "Naver Mail did not accept the sign-in", "help.naver.com" },
  { "smtp.naver.com", BASE_ERROR_AUTH, "535 5.7.1 Username and Password not accepted x.y - nsmtp",
    "Check that IMAP is allowed", "help.naver.com" },
  { "imap.naver.com", BASE_ERROR_AUTH, "IMAP/SMTP 사용안함 상태입니다.", "keeps mail programs out",
    "help.naver.com" },
  { "imap.daum.net", BASE_ERROR_AUTH, "LOGIN failed.", "Daum Mail did not accept the sign-in",
    "cs.daum.net" },
  { "smtp.daum.net", BASE_ERROR_AUTH, "535 5.7.8 앱 비밀번호로 로그인해 주세요.",
    "Daum Mail refuses your usual password", "cs.daum.net" },
  { "imap.yandex.com", BASE_ERROR_AUTH,
    "AUTHENTICATE invalid credentials or IMAP is disabled sc=abc", "Check that IMAP is allowed",
    "id.yandex.com" },
  { "smtp.yandex.com", BASE_ERROR_AUTH,
    "535 5.7.8 Error: authentication failed: This user does not have access rights to this service",
    "keeps mail programs out", "id.yandex.com" },
  { "smtp.mail.ru", BASE_ERROR_AUTH,
    "535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED",
    "Mail.ru refuses your usual password", "account.mail.ru" },
  { "smtp.qq.com", BASE_ERROR_AUTH,
    "535 Login Fail. Please enter your authorization code to login. More information in https://service.mail.qq.com/detail/0/53",
    "use the authorization code", "service.mail.qq.com" },
  { "imap.qq.com", BASE_ERROR_AUTH,
    "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.",
    "use the authorization code", "service.mail.qq.com" },
  { "smtp.163.com", BASE_ERROR_AUTH, "550 User has no permission", "keeps mail programs out",
    "help.mail.163.com" },
  { "imap.163.com", BASE_ERROR_AUTH, "LOGIN Login error or password error",
    "use the authorization code", "help.mail.163.com" },
  { "imap.zoho.com", BASE_ERROR_AUTH,
    "You are yet to enable IMAP for your account. Please contact your administrator",
    "keeps mail programs out", "www.zoho.com" },
  { "imap.gmx.net", BASE_ERROR_AUTH, "Authentication credentials invalid", "GMX did not accept",
    "hilfe.gmx.net" },
  { "imap.posteo.example", BASE_ERROR_AUTH, "an app password is needed here",
    "imap.posteo.example refuses your usual password", NULL },
  /* nothing better to say */
  { "imap.example.org", BASE_ERROR_AUTH, "Authentication failed.", NULL, NULL },
  { "posteo.de", BASE_ERROR_AUTH, "Authentication failed.", NULL, NULL },
  { "imap.example.org", BASE_ERROR_AUTH, "Authorization code expired", NULL, NULL },
  { "smtp.example.org", BASE_ERROR_AUTH, "550 User has no permission", NULL, NULL },
  { "imap.gmail.com", BASE_ERROR_RETRY, "Temporary System Error (Failure)", NULL, NULL },
  { "imap.gmail.com", BASE_ERROR_TRUST, "app password", NULL, NULL },
  { "imap.gmail.com", BASE_ERROR_AUTH, NULL, NULL, NULL },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *sentence = NULL;
    const BaseServer server = { .host = (char *)table[i].host };
    const char *link = NULL;
    gboolean advised;

    base_error_set (&error, table[i].code, table[i].words, "No.");
    advised = sync_advice_find (&server, error, &sentence, &link);
    g_test_message ("%s: %s -> %s %s", table[i].host, table[i].words, sentence, link);
    g_assert_true (advised == (table[i].say != NULL));
    if (!advised)
      continue;
    g_assert_nonnull (strstr (sentence, table[i].say));
    g_assert_true ((link != NULL) == (table[i].link != NULL));
    g_assert_true (link == NULL || strstr (link, table[i].link) != NULL);

    sync_advice_apply (&error, &server);
    g_assert_error (error, BASE_ERROR, (int)table[i].code);
    g_assert_cmpstr (error->message, ==, sentence);
    g_assert_nonnull (base_error_get_detail (error));
    /* The link is found again by what is left. */
    g_assert_true (sync_advice_find (&server, error, NULL, NULL));
  }
}

/* Who signs in with a token is not told to make a password. */
static void
test_tokens (void)
{
  const BaseServer server = { .host = (char *)"imap.gmail.com", .sign_in = BASE_SIGN_IN_OAUTH };
  static const struct
  {
    const char *words;
    gboolean advised;
  } said[] = { { "Invalid credentials (Failure)", FALSE },
               { "Application-specific password required", FALSE },
               { "Your account is not enabled for IMAP use.", TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (said); i++) {
    g_autoptr (GError) error = NULL;

    base_error_set (&error, BASE_ERROR_AUTH, said[i].words, "No.");
    g_assert_true (sync_advice_find (&server, error, NULL, NULL) == said[i].advised);
  }
}

/* ---- over the wire ---- */

static const struct
{
  const char *protocol, *host, *answer, *say;
  BaseErrorCode code;
} wire[] = {
  { "imap", "imap.gmail.com",
    "$tag NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
    "Gmail refuses your usual password", BASE_ERROR_AUTH },
  { "imap", "imap.gmail.com", "$tag NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
    "Gmail refuses your usual password", BASE_ERROR_AUTH },
  { "imap", "imap.gmail.com",
    "* NO [WEBALERT https://accounts.google.com/signin/continue?x] Web login required.\n"
    "S: $tag NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
    "with a web browser first", BASE_ERROR_AUTH },
  { "imap", "outlook.office365.com", "$tag NO AUTHENTICATE failed.", "takes no passwords",
    BASE_ERROR_AUTH },
  { "imap", "outlook.office365.com",
    "$tag OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] done\n"
    "SERVE\n"
    "ON: $tag ID *\n"
    "S: $tag OK done\n"
    "ON: $tag NOOP\n"
    "S: $tag BAD User is authenticated but not connected.",
    "does not open the mailbox", BASE_ERROR_RETRY },
  { "imap", "imap.naver.com", "$tag NO [AUTHENTICATIONFAILED] Username and Password not accepted",
    "Check that IMAP is allowed", BASE_ERROR_AUTH },
  { "imap", "imap.daum.net", "$tag NO [AUTHENTICATIONFAILED] LOGIN failed.",
    "Daum Mail did not accept", BASE_ERROR_AUTH },
  { "imap", "imap.mail.yahoo.com", "$tag NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials",
    "Yahoo Mail refuses", BASE_ERROR_AUTH },
  { "imap", "imap.mail.me.com", "$tag NO [AUTHENTICATIONFAILED] Authentication failed",
    "iCloud refuses", BASE_ERROR_AUTH },
  { "smtp", "smtp.gmail.com",
    "534-5.7.9 Application-specific password required. For more information, go to\n"
    "S: 534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp",
    "Gmail refuses your usual password", BASE_ERROR_AUTH },
  { "smtp", "smtp.gmail.com",
    "535-5.7.8 Username and Password not accepted. For more information, go to\n"
    "S: 535 5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp",
    "Gmail refuses your usual password", BASE_ERROR_AUTH },
  { "smtp", "smtp.office365.com",
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [X.PROD.OUTLOOK.COM]",
    "takes no passwords", BASE_ERROR_AUTH },
  { "smtp", "smtp.office365.com",
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
    "allow authenticated SMTP", BASE_ERROR_AUTH },
  { "smtp", "smtp.naver.com", "535 5.7.1 Username and Password not accepted x - nsmtp",
    "Naver Mail did not accept", BASE_ERROR_AUTH },
};

static void
check_wire (gsize i)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_PROVIDER);
  g_autoptr (BaseAccount) account = base_account_new ();
  gboolean imap = g_str_equal (wire[i].protocol, "imap");
  BaseServer *place = imap ? &account->imap : &account->smtp;
  g_autofree char *script =
      imap ? g_strdup_printf ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"
                              "C: $tag AUTHENTICATE PLAIN *\n"
                              "S: %s\n"
                              "STALL\n",
                              wire[i].answer)
           : g_strdup_printf ("S: 220 hello\n"
                              "C: EHLO *\n"
                              "S: 250-hello\n"
                              "S: 250 AUTH PLAIN\n"
                              "C: AUTH PLAIN *\n"
                              "S: %s\n"
                              "STALL\n",
                              wire[i].answer);
  g_autoptr (GError) error = NULL;

  g_test_message ("%s: %s", wire[i].host, wire[i].answer);
  fake_server_add_script (server, script, NULL);
  account->ca_file = g_strdup (fake_server_get_ca_file (server));
  place->host = g_strdup (wire[i].host);
  place->port = fake_server_get_port (server);
  place->user = g_strdup ("kim");
  g_assert_false (sync_verify (account, wire[i].protocol, "secret", NULL, &error));
  g_assert_error (error, BASE_ERROR, (int)wire[i].code);
  g_test_message ("-> %s", error->message);
  g_assert_nonnull (strstr (error->message, wire[i].say));
  g_assert_nonnull (base_error_get_detail (error));
}

static void
test_wire (void)
{
  /* Every name is this computer: in a process of its own. */
  if (g_test_subprocess ()) {
    fake_resolver_install ();
    for (gsize i = 0; i < G_N_ELEMENTS (wire); i++)
      check_wire (i);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

void
test_advice_add (void)
{
  g_test_add_func ("/advice/table", test_table);
  g_test_add_func ("/advice/tokens", test_tokens);
  g_test_add_func ("/advice/wire", test_wire);
}
