/* Servers with certificates that must not be taken: each kind, by IMAP and SMTP, with TLS from the first byte and after STARTTLS.
 * Of each: refused for the right reason, no octet was sent inside TLS, and in clear nothing but what leads to STARTTLS.
 * Ends with "figure: certificate_cases N count" and "figure: certificate_failed N count"; ONLY=regex picks cases. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "base-error.h"
#include "fake-resolver.h"
#include "fake-server.h"
#include "imap-session.h"
#include "smtp-session.h"

typedef struct
{
  FakeCertificate certificate;
  const char *name;
  const char *host; /* NULL: localhost */
  BaseTrustReason reason;
} Kind;

static const Kind kinds[] = {
  { FAKE_EXPIRED, "expired", NULL, BASE_TRUST_EXPIRED },
  { FAKE_FUTURE, "not yet valid", NULL, BASE_TRUST_NOT_YET },
  { FAKE_OTHER_HOST, "of another host", NULL, BASE_TRUST_OTHER_HOST },
  { FAKE_OTHER_HOST, "of another host than the address", "127.0.0.1", BASE_TRUST_OTHER_HOST },
  { FAKE_COMMON_NAME, "only a common name", NULL, BASE_TRUST_OTHER_HOST },
  { FAKE_NAME_BY_ADDRESS, "an address beside the common name", NULL, BASE_TRUST_OTHER_HOST },
  { FAKE_IP_AS_NAME, "an address as a name", "127.0.0.1", BASE_TRUST_OTHER_HOST },
  { FAKE_NUL, "NUL in the name", NULL, BASE_TRUST_OTHER_HOST },
  { FAKE_WILDCARDS, "star for all there is", NULL, BASE_TRUST_OTHER_HOST },
  { FAKE_WILDCARDS, "star below the top", "mail.example", BASE_TRUST_OTHER_HOST },
  { FAKE_WILDCARDS, "star for two labels", "a.mail.example.org", BASE_TRUST_OTHER_HOST },
  { FAKE_WILDCARDS, "star for none", "example.org", BASE_TRUST_OTHER_HOST },
  { FAKE_WILDCARDS, "star in the middle", "mail.a.example.com", BASE_TRUST_OTHER_HOST },
  { FAKE_WILDCARDS, "star for a part of a label", "mail.example.net", BASE_TRUST_OTHER_HOST },
  { FAKE_WILDCARDS, "two stars", "a.b.example.edu", BASE_TRUST_OTHER_HOST },
  { FAKE_SELF_SIGNED, "self-signed", NULL, BASE_TRUST_SELF_SIGNED },
  { FAKE_UNKNOWN_CA, "unknown issuer", NULL, BASE_TRUST_UNKNOWN_ISSUER },
  { FAKE_REVOKED, "revoked by a list", NULL, BASE_TRUST_REVOKED },
  { FAKE_REVOKED_EXPIRED, "revoked by a list, and expired", NULL, BASE_TRUST_REVOKED },
  { FAKE_REVOKED, "revoked by a list, and of another host", "mail.example.org",
    BASE_TRUST_REVOKED },
  { FAKE_UNKNOWN_REVOKED, "revoked by a list of an unknown issuer", NULL, BASE_TRUST_REVOKED },
  { FAKE_UNKNOWN_STAPLE_REVOKED, "revoked by the staple of an unknown issuer", NULL,
    BASE_TRUST_REVOKED },
  { FAKE_STAPLE_REVOKED, "revoked by its staple", NULL, BASE_TRUST_REVOKED },
  { FAKE_STAPLE_REVOKED, "revoked by its staple, and of another host", "mail.example.org",
    BASE_TRUST_REVOKED },
  { FAKE_STAPLE_MISSING, "without the staple it must have", NULL, BASE_TRUST_STAPLE_MISSING },
  { FAKE_STAPLE_OLD, "staple out of date", NULL, BASE_TRUST_STAPLE_OLD },
  { FAKE_STAPLE_FORGED, "staple of another authority", NULL, BASE_TRUST_STAPLE_BAD },
  { FAKE_STAPLE_OTHER, "staple of another certificate", NULL, BASE_TRUST_STAPLE_BAD },
  { FAKE_STAPLE_BROKEN, "staple that is none", NULL, BASE_TRUST_STAPLE_BAD },
  { FAKE_NO_AUTHORITY, "issued by a server", NULL, BASE_TRUST_NO_AUTHORITY },
  { FAKE_OUT_OF_BOUNDS, "issued by an authority for others", NULL, BASE_TRUST_OUT_OF_BOUNDS },
  { FAKE_TOO_LONG, "issued by one authority too many", NULL, BASE_TRUST_OUT_OF_BOUNDS },
  { FAKE_OLD_AUTHORITY, "issued by an authority that has expired", NULL, BASE_TRUST_ISSUER_TIME },
  { FAKE_PURPOSE, "for clients", NULL, BASE_TRUST_PURPOSE },
  { FAKE_SMALL_KEY, "small key", NULL, BASE_TRUST_WEAK },
  { FAKE_SHA1, "signed by SHA-1", NULL, BASE_TRUST_WEAK },
  { FAKE_MD5, "signed by MD5", NULL, BASE_TRUST_WEAK },
  { FAKE_TAMPERED, "one bit is wrong", NULL, BASE_TRUST_INVALID },
};

typedef struct
{
  const char *name;
  FakeMode mode;
  gboolean smtp;
  const char *script, *clear; /* what was said before TLS */
} Road;

static const Road roads[] = {
  { "IMAP, TLS", FAKE_TLS, FALSE, "EOF", "" },
  { "IMAP, STARTTLS", FAKE_PLAIN, FALSE,
    "S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello\nC: A1 STARTTLS\nS: A1 OK go\nTLS\nEOF",
    "A1 STARTTLS\r\n" },
  { "SMTP, TLS", FAKE_TLS, TRUE, "EOF", "" },
  { "SMTP, STARTTLS", FAKE_PLAIN, TRUE,
    "S: 220 mail.test ESMTP\nC: EHLO [127.0.0.1]\nS: 250-mail.test\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\n"
    "C: STARTTLS\nS: 220 go\nTLS\nEOF",
    "EHLO [127.0.0.1]\r\nSTARTTLS\r\n" },
};

static GError *
try_to_open (const NetEndpoint *endpoint, gboolean smtp)
{
  GError *error = NULL;

  if (smtp) {
    g_autoptr (SmtpSession) session = smtp_session_open (endpoint, NULL, &error);
  } else {
    g_autoptr (ImapSession) session = imap_session_open (endpoint, NULL, &error);
  }
  return error;
}

/* Why it is a failure; NULL: it is none. */
static char *
find_fault (const Kind *kind, const Road *road)
{
  g_autoptr (FakeServer) server = fake_server_new (road->mode, kind->certificate);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autofree char *played = NULL;
  const BaseTrust *trust;

  endpoint.host = kind->host != NULL ? kind->host : "localhost";
  fake_server_add_script (server, road->script, NULL);
  error = try_to_open (&endpoint, road->smtp);
  if (error == NULL)
    return g_strdup ("it was taken");
  trust = base_error_get_trust (error);
  if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST) || trust == NULL)
    return g_strdup_printf ("refused, but not for its certificate: %s", error->message);
  if (trust->reason != kind->reason)
    return g_strdup_printf ("refused for reason %d, not %d: %s", trust->reason, kind->reason,
                            error->message);
  if (!g_str_equal (trust->host, endpoint.host) || trust->port != endpoint.port
      || strlen (trust->sha256) != 64 || strstr (error->message, endpoint.host) == NULL)
    return g_strdup_printf ("not told what was refused: %s", error->message);
  received = fake_server_dup_received (server, 0);
  if (!g_str_equal (g_bytes_get_data (received, NULL), road->clear))
    return g_strdup_printf ("sent “%s”", (const char *)g_bytes_get_data (received, NULL));
  played = fake_server_finish (server);
  return g_steal_pointer (&played);
}

static void
test_refused (void)
{
  const char *only = g_getenv ("ONLY");
  guint n_run = 0, n_failed = 0;

  fake_resolver_install ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < G_N_ELEMENTS (roads); j++) {
      g_autofree char *name = g_strdup_printf ("%s: %s", roads[j].name, kinds[i].name);
      g_autofree char *fault = NULL;

      if (only != NULL && !g_regex_match_simple (only, name, 0, 0))
        continue;
      n_run++;
      fault = find_fault (&kinds[i], &roads[j]);
      if (fault == NULL)
        continue;
      n_failed++;
      g_test_message ("%s: %s", name, fault);
    }
  g_print ("# figure: certificate_cases %u count\n# figure: certificate_failed %u count\n", n_run,
           n_failed);
  g_assert_cmpuint (n_failed, ==, 0);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificates/refused", test_refused);
  return g_test_run ();
}
