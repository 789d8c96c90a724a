/* The table of providers and the places where others' servers are looked for. */
#include "test-sync.h"

#include "sync-discover.h"
#include "sync-providers.h"

#include "base-error.h"

static void
assert_provider (const char *address, const char *imap, const char *imap_user, const char *smtp,
                 guint smtp_port, BaseSecurity smtp_security, gboolean has_help)
{
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autofree char *help = NULL;

  g_free (account->address);
  account->address = g_strdup (address);
  g_assert_true (sync_provider_fill (account, &help));
  g_assert_cmpstr (account->imap.host, ==, imap);
  g_assert_cmpuint (account->imap.port, ==, 993);
  g_assert_cmpint (account->imap.security, ==, BASE_SECURITY_TLS);
  g_assert_cmpstr (account->imap.user, ==, imap_user);
  g_assert_cmpstr (account->smtp.host, ==, smtp);
  g_assert_cmpuint (account->smtp.port, ==, smtp_port);
  g_assert_cmpint (account->smtp.security, ==, smtp_security);
  g_assert_true ((help != NULL) == has_help);
}

static void
test_known (void)
{
  assert_provider ("a.b@Gmail.com", "imap.gmail.com", "a.b@Gmail.com", "smtp.gmail.com", 465,
                   BASE_SECURITY_TLS, TRUE);
  assert_provider ("kim@naver.com", "imap.naver.com", "kim", "smtp.naver.com", 465,
                   BASE_SECURITY_TLS, TRUE);
  assert_provider ("kim@hanmail.net", "imap.daum.net", "kim", "smtp.daum.net", 465,
                   BASE_SECURITY_TLS, TRUE);
  assert_provider ("x@web.de", "imap.web.de", "x@web.de", "smtp.web.de", 587,
                   BASE_SECURITY_STARTTLS, TRUE);
  assert_provider ("x@firm.onmicrosoft.com", "outlook.office365.com", "x@firm.onmicrosoft.com",
                   "smtp.office365.com", 587, BASE_SECURITY_STARTTLS, TRUE);
  assert_provider ("x@icloud.com", "imap.mail.me.com", "x", "smtp.mail.me.com", 587,
                   BASE_SECURITY_STARTTLS, TRUE);
  assert_provider ("x@posteo.de", "posteo.de", "x@posteo.de", "posteo.de", 465, BASE_SECURITY_TLS,
                   FALSE);
}

static void
test_unknown (void)
{
  const char *addresses[] = {
    "x@example.org", "x@notgmail.com", "x@com", "gmail.com", "x@", "", "x@gmail.com.evil.example"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autoptr (BaseAccount) account = base_account_new ();

    g_free (account->address);
    account->address = g_strdup (addresses[i]);
    g_assert_false (sync_provider_fill (account, NULL));
  }
}

static void
test_files_sent (void)
{
  g_assert_true (sync_provider_files_sent ("SMTP.gmail.com"));
  g_assert_true (sync_provider_files_sent ("smtp.office365.com"));
  g_assert_false (sync_provider_files_sent ("smtp.naver.com"));
  g_assert_false (sync_provider_files_sent (NULL));
}

static void
assert_candidate (GPtrArray *candidates, guint index, const char *host, guint port,
                  BaseSecurity security)
{
  const SyncCandidate *candidate = g_ptr_array_index (candidates, index);

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

static void
test_no_address (void)
{
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autoptr (GError) error = NULL;

  g_free (account->address);
  account->address = g_strdup ("kim");
  g_assert_false (sync_discover (account, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

/* Comes back at once, whatever the probes are waiting for. */
static void
test_cancelled (void)
{
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();

  g_free (account->address);
  account->address = g_strdup ("kim@nowhere.invalid");
  g_cancellable_cancel (cancellable);
  g_assert_false (sync_discover (account, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, G_USEC_PER_SEC);
}

void
test_providers_add (void)
{
  g_test_add_func ("/providers/known", test_known);
  g_test_add_func ("/providers/unknown", test_unknown);
  g_test_add_func ("/providers/files-sent", test_files_sent);
  g_test_add_func ("/providers/candidates", test_candidates);
  g_test_add_func ("/providers/domain", test_domain);
  g_test_add_func ("/providers/no-address", test_no_address);
  g_test_add_func ("/providers/cancelled", test_cancelled);
}
