/* The table of providers and the places where others' servers are looked for. */
#include "test-sync.h"

#include "sync-discover.h"
#include "sync-providers.h"

#include "base-error.h"

#include <string.h>

static BaseAccount *
account_new (const char *address)
{
  BaseAccount *account = base_account_new ();

  g_free (account->address);
  account->address = g_strdup (address);
  return account;
}

static void
assert_provider (const char *address, const char *word, const char *imap, const char *imap_user,
                 const char *smtp, guint smtp_port, BaseSecurity smtp_security, SyncTakes takes)
{
  g_autoptr (BaseAccount) account = account_new (address);
  g_autofree char *domain = sync_domain_of (address);
  const SyncProvider *provider = sync_provider_of_domain (domain);

  g_test_message ("%s", address);
  g_assert_nonnull (provider);
  g_assert_cmpstr (provider->word, ==, word);
  g_assert_cmpint (provider->takes, ==, takes);
  sync_provider_fill (provider, TRUE, account);
  g_assert_cmpstr (account->imap.host, ==, imap);
  g_assert_cmpuint (account->imap.port, ==, 993);
  g_assert_cmpint (account->imap.security, ==, BASE_SECURITY_TLS);
  g_assert_cmpstr (account->imap.user, ==, imap_user);
  g_assert_cmpstr (account->smtp.host, ==, smtp);
  g_assert_cmpuint (account->smtp.port, ==, smtp_port);
  g_assert_cmpint (account->smtp.security, ==, smtp_security);
  g_assert_true (provider == sync_provider_of_host (imap));
}

static void
test_known (void)
{
  const SyncTakes password = SYNC_TAKES_PASSWORD, app = SYNC_TAKES_APP_PASSWORD;

  assert_provider ("a.b@Gmail.com", "gmail", "imap.gmail.com", "a.b@Gmail.com", "smtp.gmail.com",
                   465, BASE_SECURITY_TLS, SYNC_TAKES_OAUTH | app);
  assert_provider ("kim@naver.com", "naver", "imap.naver.com", "kim", "smtp.naver.com", 465,
                   BASE_SECURITY_TLS, password | app);
  assert_provider ("kim@hanmail.net", "daum", "imap.daum.net", "kim", "smtp.daum.net", 465,
                   BASE_SECURITY_TLS, app);
  assert_provider ("x@web.de", "web-de", "imap.web.de", "x@web.de", "smtp.web.de", 587,
                   BASE_SECURITY_STARTTLS, password | app);
  assert_provider ("x@icloud.com", "icloud", "imap.mail.me.com", "x", "smtp.mail.me.com", 587,
                   BASE_SECURITY_STARTTLS, app);
  assert_provider ("x@posteo.de", "posteo", "posteo.de", "x@posteo.de", "posteo.de", 465,
                   BASE_SECURITY_TLS, password);
}

/* Microsoft takes nothing but access tokens. */
static void
test_tokens_only (void)
{
  g_autoptr (BaseAccount) account = account_new ("x@firm.onmicrosoft.com");
  const SyncProvider *provider = sync_provider_of_domain ("firm.onmicrosoft.com");

  g_assert_cmpstr (provider->word, ==, "microsoft365");
  sync_provider_fill (provider, TRUE, account);
  g_assert_cmpint (account->imap.sign_in, ==, BASE_SIGN_IN_OAUTH);
  g_assert_cmpint (account->smtp.sign_in, ==, BASE_SIGN_IN_OAUTH);
  g_assert_cmpstr (account->oauth->provider, ==, "microsoft");
  g_assert_cmpstr (account->smtp.host, ==, "smtp.office365.com");
  sync_provider_fill (sync_provider_find ("gmail"), TRUE, account);
  g_assert_cmpint (account->imap.sign_in, ==, BASE_SIGN_IN_PASSWORD);
}

/* All that the program has to know out of the box. */
static const char *const wanted[] = {
  "gmail", "outlook", "microsoft365",  "icloud", "yahoo",   "aol",     "fastmail",
  "gmx",   "web-de",  "zoho",          "proton", "naver",   "daum",    "kakao",
  "nate",  "hiworks", "naver-works",   "yandex", "mail-ru", "qq",      "163",
  "126",   "yeah",    "mailbox-org",   "posteo", "migadu",  "gmx-com", "qq-customers",
  "ovh",   "gandi",   "zoho-customers"
};

static void
test_wanted (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (sync_provider_find (wanted[i]) == NULL)
      g_test_fail_printf ("[%s] is not there", wanted[i]);
}

/* Host names, and domains, are what the domain name system takes; nothing belongs to two. */
static gboolean
is_host (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_islower (*c) && !g_ascii_isdigit (*c) && *c != '-' && *c != '.')
      return FALSE;
  return strchr (text, '.') != NULL && *text != '.' && !g_str_has_suffix (text, ".");
}

static void
check_names (GHashTable *seen, const char *word, GStrv names, gboolean patterns)
{
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *plain = g_strdup (names[i]);

    if (patterns)
      g_strdelimit (plain, "*", 'x');
    else if (g_str_has_prefix (plain, "*."))
      plain[0] = 'x';
    if (!is_host (plain) || !g_hash_table_add (seen, g_strdup (names[i])))
      g_test_fail_printf ("[%s] %s", word, names[i]);
  }
}

static void
test_whole (void)
{
  static const char *const keys[] = { "Name",    "Domains",  "Exchanges", "Imap",
                                      "Smtp",    "ImapUser", "SmtpUser",  "SignIn",
                                      "ImapOff", "Steps",    "Link",      "FilesSent" };
  static const char *const tokens[] = { "google", "microsoft", "yahoo", "fastmail" };
  g_autoptr (GKeyFile) file = sync_providers_load ();
  g_auto (GStrv) words = g_key_file_get_groups (file, NULL);
  g_autoptr (GHashTable) domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) exchanges = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (g_strv_length (words), >, 60);
  for (gsize i = 0; words[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SyncProvider) provider = sync_provider_parse (file, words[i], &error);
    g_auto (GStrv) found = g_key_file_get_keys (file, words[i], NULL, NULL);

    if (provider == NULL) {
      g_test_fail_printf ("%s", error->message);
      continue;
    }
    for (gsize k = 0; found[k] != NULL; k++) {
      gboolean known = FALSE;

      for (gsize n = 0; n < G_N_ELEMENTS (keys); n++)
        known |= g_str_equal (found[k], keys[n]);
      if (!known)
        g_test_fail_printf ("[%s] %s means nothing", words[i], found[k]);
    }
    check_names (domains, words[i], provider->domains, FALSE);
    check_names (exchanges, words[i], provider->exchanges, TRUE);
    if (!is_host (provider->imap.host) || !is_host (provider->smtp.host))
      g_test_fail_printf ("[%s] its servers", words[i]);
    if (provider->oauth != NULL)
      g_assert_true (
          g_str_equal (provider->oauth, tokens[0]) || g_str_equal (provider->oauth, tokens[1])
          || g_str_equal (provider->oauth, tokens[2]) || g_str_equal (provider->oauth, tokens[3]));
    /* Who has to make a password, or to allow something, is told how. */
    if ((provider->imap_off || (provider->takes & SYNC_TAKES_PASSWORD) == 0)
        && provider->steps == NULL)
      g_test_fail_printf ("[%s] says what is needed, but not how", words[i]);
  }
}

static void
test_malformed (void)
{
  static const char *const bad[] = {
    "Domains=a.example\nImap=i.example:993:tls\nSmtp=s.example:465:tls\nSignIn=password",
    "Name=A\nImap=i.example:993:tls\nSmtp=s.example:465:tls\nSignIn=password",
    "Name=A\nDomains=a.example\nImap=i.example:993:plain\nSmtp=s.example:465:tls\nSignIn=password",
    "Name=A\nDomains=a.example\nImap=i.example:0:tls\nSmtp=s.example:465:tls\nSignIn=password",
    "Name=A\nDomains=a.example\nImap=i.example:993:tls\nSignIn=password",
    "Name=A\nDomains=a.example\nImap=i.example:993:tls\nSmtp=s.example:465:tls",
    "Name=A\nDomains=a.example\nImap=i.example:993:tls\nSmtp=s.example:465:tls\nSignIn=magic",
    "Name=A\nDomains=a.example\nImap=i.example:993:tls\nSmtp=s.example:465:tls\nSignIn=password\n"
    "ImapUser=name",
    "Name=A\nDomains=a.example\nImap=i.example:993:tls\nSmtp=s.example:465:tls\nSignIn=password\n"
    "Steps=jump\nLink=https://a.example",
    "Name=A\nDomains=a.example\nImap=i.example:993:tls\nSmtp=s.example:465:tls\nSignIn=password\n"
    "Steps=switch-on",
    "Name=A\nDomains=a.example\nImap=i.example:993:tls\nSmtp=s.example:465:tls\nSignIn=password\n"
    "Steps=switch-on\nLink=http://a.example",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *text = g_strconcat ("[a]\n", bad[i], "\n", NULL);
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_true (g_key_file_load_from_data (file, text, (gsize)-1, G_KEY_FILE_NONE, NULL));
    g_assert_null (sync_provider_parse (file, "a", &error));
    g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE);
  }
}

static void
test_exchanges (void)
{
  static const struct
  {
    const char *host, *word;
  } known[] = { { "aspmx.l.google.com", "gmail" },
                { "ALT1.ASPMX.L.GOOGLE.COM.", "gmail" },
                { "firm-example.mail.protection.outlook.com", "microsoft365" },
                { "firm-example.a-v1.mx.microsoft", "microsoft365" },
                { "mx01.mail.icloud.com", "icloud" },
                { "in1-smtp.messagingengine.com", "fastmail" },
                { "mx.zoho.eu", "zoho-eu-customers" },
                { "mail.protonmail.ch", "proton" },
                { "kr1-aspmx1.worksmobile.com", "naver-works" },
                { "mx1.hiworks.co.kr", "hiworks" },
                { "mxbiz1.qq.com", "qq-customers" },
                { "aspmx1.migadu.com", "migadu" },
                { "mx.yandex.net", "yandex" } };
  static const char *const unknown[] = { "google.com.evil.example", "mx.example.org",
                                         "notgoogle.com", "", "." };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    const SyncProvider *provider = sync_provider_of_exchange (known[i].host);

    g_test_message ("%s", known[i].host);
    g_assert_nonnull (provider);
    g_assert_cmpstr (provider->word, ==, known[i].word);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    g_assert_null (sync_provider_of_exchange (unknown[i]));
}

/* A customer with a domain of his own is known by the whole address. */
static void
test_customer (void)
{
  g_autoptr (BaseAccount) account = account_new ("kim@firm.example");

  sync_provider_fill (sync_provider_find ("icloud"), FALSE, account);
  g_assert_cmpstr (account->imap.user, ==, "kim@firm.example");
}

static void
test_steps (void)
{
  g_auto (GStrv) naver = sync_provider_dup_steps (sync_provider_find ("naver"));
  g_auto (GStrv) posteo = sync_provider_dup_steps (sync_provider_find ("posteo"));

  g_assert_cmpuint (g_strv_length (naver), ==, 2);
  g_assert_nonnull (strstr (naver[0], "POP3/IMAP"));
  g_assert_cmpuint (g_strv_length (posteo), ==, 0);
  g_assert_null (sync_provider_step ("jump"));
  g_assert_nonnull (sync_provider_of_domain ("proton.me"));
  g_assert_null (sync_provider_of_host ("127.0.0.1"));
}

static void
test_unknown (void)
{
  const char *addresses[] = {
    "x@example.org", "x@notgmail.com", "x@com", "gmail.com", "x@", "", "x@gmail.com.evil.example"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autofree char *domain = sync_domain_of (addresses[i]);

    g_assert_null (sync_provider_of_domain (domain));
  }
}

static void
test_files_sent (void)
{
  g_assert_true (sync_provider_files_sent ("SMTP.gmail.com"));
  g_assert_true (sync_provider_files_sent ("smtp.office365.com"));
  g_assert_true (sync_provider_files_sent ("smtp-mail.outlook.com"));
  g_assert_true (sync_provider_files_sent ("smtp.live.com"));
  g_assert_false (sync_provider_files_sent ("smtp.naver.com"));
  g_assert_false (sync_provider_files_sent (NULL));
}

static void
assert_candidate (GPtrArray *candidates, guint index, const char *host, guint port,
                  BaseSecurity security)
{
  const SyncPlace *candidate = g_ptr_array_index (candidates, index);

  g_assert_cmpstr (candidate->host, ==, host);
  g_assert_cmpuint (candidate->port, ==, port);
  g_assert_cmpint (candidate->security, ==, security);
}

static void
test_candidates (void)
{
  g_autoptr (GPtrArray) imap = sync_candidates ("imap", "example.org");
  g_autoptr (GPtrArray) smtp = sync_candidates ("smtp", "example.org");

  g_assert_cmpuint (imap->len, ==, 6);
  assert_candidate (imap, 0, "imap.example.org", 993, BASE_SECURITY_TLS);
  assert_candidate (imap, 1, "mail.example.org", 993, BASE_SECURITY_TLS);
  assert_candidate (imap, 2, "example.org", 993, BASE_SECURITY_TLS);
  assert_candidate (imap, 3, "imap.example.org", 143, BASE_SECURITY_STARTTLS);
  assert_candidate (smtp, 0, "smtp.example.org", 465, BASE_SECURITY_TLS);
  assert_candidate (smtp, 5, "example.org", 587, BASE_SECURITY_STARTTLS);
}

static void
test_domain (void)
{
  g_autofree char *ascii = sync_domain_of ("kim@Example.ORG");
  g_autofree char *idna = sync_domain_of ("김@메일.kr");

  g_assert_cmpstr (ascii, ==, "example.org");
  g_assert_cmpstr (idna, ==, "xn--h32bq4v.kr");
  g_assert_null (sync_domain_of ("kim"));
  g_assert_null (sync_domain_of (NULL));
}

/* Comes back at once, whatever the probes are waiting for. */
static void
test_cancelled (void)
{
  g_autoptr (BaseAccount) account = account_new ("kim@nowhere.invalid");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();

  g_cancellable_cancel (cancellable);
  g_assert_false (sync_guess (account, "nowhere.invalid", NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, G_USEC_PER_SEC);
}

void
test_providers_add (void)
{
  g_test_add_func ("/providers/known", test_known);
  g_test_add_func ("/providers/tokens-only", test_tokens_only);
  g_test_add_func ("/providers/wanted", test_wanted);
  g_test_add_func ("/providers/whole", test_whole);
  g_test_add_func ("/providers/malformed", test_malformed);
  g_test_add_func ("/providers/exchanges", test_exchanges);
  g_test_add_func ("/providers/customer", test_customer);
  g_test_add_func ("/providers/steps", test_steps);
  g_test_add_func ("/providers/unknown", test_unknown);
  g_test_add_func ("/providers/files-sent", test_files_sent);
  g_test_add_func ("/providers/candidates", test_candidates);
  g_test_add_func ("/providers/domain", test_domain);
  g_test_add_func ("/providers/cancelled", test_cancelled);
}
