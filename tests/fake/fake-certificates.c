/* Makes the certificates of the scripted server.  Called from test threads under a lock; a failure here is a
 * failure of the test program. */
#include "fake-certificates.h"

#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define DAY         (24 * 3600)
#define CHECK(call) g_assert_cmpint ((call), >=, 0)

typedef struct
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
} Pair;

static GMutex lock;
static Pair authority, stranger;
static char *folder, *ca_file;
static gnutls_certificate_credentials_t made[FAKE_UNKNOWN_CA + 1];

static void
remove_files (void)
{
  g_unlink (ca_file);
  g_rmdir (folder);
}

static Pair
new_pair (const char *name, guint8 serial, time_t from, time_t until)
{
  Pair pair;

  CHECK (gnutls_x509_privkey_init (&pair.key));
  CHECK (gnutls_x509_privkey_generate (pair.key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  CHECK (gnutls_x509_crt_init (&pair.certificate));
  CHECK (gnutls_x509_crt_set_version (pair.certificate, 3));
  CHECK (gnutls_x509_crt_set_key (pair.certificate, pair.key));
  CHECK (gnutls_x509_crt_set_serial (pair.certificate, &serial, 1));
  CHECK (gnutls_x509_crt_set_activation_time (pair.certificate, from));
  CHECK (gnutls_x509_crt_set_expiration_time (pair.certificate, until));
  CHECK (gnutls_x509_crt_set_dn_by_oid (pair.certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                        (unsigned int)strlen (name)));
  return pair;
}

static Pair
new_authority (const char *name)
{
  Pair pair = new_pair (name, 1, time (NULL) - 1000 * DAY, time (NULL) + 1000 * DAY);

  CHECK (gnutls_x509_crt_set_basic_constraints (pair.certificate, 1, -1));
  CHECK (gnutls_x509_crt_set_key_usage (pair.certificate,
                                        GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
  CHECK (
      gnutls_x509_crt_sign2 (pair.certificate, pair.certificate, pair.key, GNUTLS_DIG_SHA256, 0));
  return pair;
}

static const char *const providers[] = { "*.gmail.com",      "*.office365.com", "*.mail.me.com",
                                         "*.mail.yahoo.com", "*.yandex.com",    "*.163.com",
                                         "*.qq.com",         "*.daum.net",      "*.naver.com" };

static void
add_names (gnutls_x509_crt_t certificate, FakeCertificate kind)
{
  const unsigned char v4[4] = { 127, 0, 0, 1 };
  const unsigned char v6[16] = { [15] = 1 };

  if (kind == FAKE_COMMON_NAME)
    return;
  if (kind == FAKE_PROVIDER) {
    for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
      CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, providers[i],
                                                   (unsigned int)strlen (providers[i]),
                                                   i == 0 ? GNUTLS_FSAN_SET : GNUTLS_FSAN_APPEND));
    return;
  }
  if (kind == FAKE_OTHER_HOST) {
    CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "other.example",
                                                 13, GNUTLS_FSAN_SET));
    return;
  }
  CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                               GNUTLS_FSAN_SET));
  CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, v4, 4,
                                               GNUTLS_FSAN_APPEND));
  CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, v6, 16,
                                               GNUTLS_FSAN_APPEND));
}

static const Pair *
signer_of (FakeCertificate kind, const Pair *own)
{
  switch (kind) {
  case FAKE_SELF_SIGNED:
    return own;
  case FAKE_UNKNOWN_CA:
    return &stranger;
  case FAKE_GOOD:
  case FAKE_EXPIRED:
  case FAKE_FUTURE:
  case FAKE_OTHER_HOST:
  case FAKE_COMMON_NAME:
  case FAKE_REVOKED:
  case FAKE_PROVIDER:
    return &authority;
  }

  g_assert_not_reached ();
}

static Pair
new_server (FakeCertificate kind)
{
  time_t now = time (NULL);
  time_t from = kind == FAKE_FUTURE ? now + 10 * DAY : now - 20 * DAY;
  time_t until = kind == FAKE_EXPIRED ? now - 10 * DAY : now + 20 * DAY;
  Pair pair = new_pair ("localhost", (guint8)(10 + kind), from, until);
  const Pair *signer = signer_of (kind, &pair);

  add_names (pair.certificate, kind);
  CHECK (gnutls_x509_crt_set_key_usage (pair.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
  CHECK (gnutls_x509_crt_set_key_purpose_oid (pair.certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
  CHECK (gnutls_x509_crt_sign2 (pair.certificate, signer->certificate, signer->key,
                                GNUTLS_DIG_SHA256, 0));
  return pair;
}

static gnutls_datum_t
new_crl (void)
{
  const guint8 serial = 10 + FAKE_REVOKED;
  gnutls_datum_t pem;
  gnutls_x509_crl_t crl;

  CHECK (gnutls_x509_crl_init (&crl));
  CHECK (gnutls_x509_crl_set_version (crl, 2));
  CHECK (gnutls_x509_crl_set_this_update (crl, time (NULL) - DAY));
  CHECK (gnutls_x509_crl_set_next_update (crl, time (NULL) + 100 * DAY));
  CHECK (gnutls_x509_crl_set_crt_serial (crl, &serial, 1, time (NULL) - DAY));
  CHECK (gnutls_x509_crl_sign2 (crl, authority.certificate, authority.key, GNUTLS_DIG_SHA256, 0));
  CHECK (gnutls_x509_crl_export2 (crl, GNUTLS_X509_FMT_PEM, &pem));
  gnutls_x509_crl_deinit (crl);
  return pem;
}

/* Called with the lock held. */
static void
make_authorities (void)
{
  g_autoptr (GString) pem = NULL;
  gnutls_datum_t certificate, crl;

  if (ca_file != NULL)
    return;

  authority = new_authority ("Test Authority");
  stranger = new_authority ("Unknown Authority");
  CHECK (gnutls_x509_crt_export2 (authority.certificate, GNUTLS_X509_FMT_PEM, &certificate));
  crl = new_crl ();
  pem = g_string_new_len ((const char *)certificate.data, certificate.size);
  g_string_append_len (pem, (const char *)crl.data, crl.size);
  gnutls_free (certificate.data);
  gnutls_free (crl.data);

  folder = g_dir_make_tmp ("sosik-fake-XXXXXX", NULL);
  g_assert_nonnull (folder);
  ca_file = g_build_filename (folder, "ca.pem", NULL);
  g_assert_true (g_file_set_contents (ca_file, pem->str, (gssize)pem->len, NULL));
  atexit (remove_files);
}

const char *
fake_certificates_get_ca_file (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  make_authorities ();
  return ca_file;
}

gnutls_certificate_credentials_t
fake_certificates_get (FakeCertificate kind)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Pair pair;

  make_authorities ();
  if (made[kind] != NULL)
    return made[kind];

  pair = new_server (kind);
  CHECK (gnutls_certificate_allocate_credentials (&made[kind]));
  CHECK (gnutls_certificate_set_x509_key (made[kind], &pair.certificate, 1, pair.key));
  gnutls_x509_crt_deinit (pair.certificate);
  gnutls_x509_privkey_deinit (pair.key);
  return made[kind];
}
