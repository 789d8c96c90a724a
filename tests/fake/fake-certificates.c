/* Makes the certificates of the scripted server.  Called from test threads under a lock; a failure here is a
 * failure of the test program. */
#include "fake-certificates.h"

#include <glib/gstdio.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#include "fake-ocsp.h"

#define DAY         (24 * 3600)
#define CHECK(call) g_assert_cmpint ((call), >=, 0)

typedef struct
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
} Pair;

/* Who signed it. */
typedef enum
{
  BY_AUTHORITY,
  BY_ITSELF,
  BY_STRANGER,  /* an authority that nobody knows */
  BY_STRANGERS, /* one below that, which stands in the chain */
  /* These are signed by the authority and stand in the chain. */
  BY_SERVER,
  BY_BOUND,
  BY_LAST, /* below another one that may have none below it */
  BY_OLD,
  BY_RSA,
} Signer;

typedef enum
{
  NO_STAPLE,
  STAPLE_GOOD,
  STAPLE_REVOKED,
  STAPLE_OLD,
  STAPLE_FORGED,
  STAPLE_OTHER,
  STAPLE_BROKEN,
} Staple;

typedef struct
{
  const char *names; /* with ";" between; NULL: those of this computer */
  int from, until;   /* days from now; both 0: -20 and 20 */
  Signer signer;
  gnutls_digest_algorithm_t digest; /* 0: SHA-256 */
  guint rsa;                        /* bits; 0: ECDSA */
  Staple staple;
  gboolean must_staple, for_clients, tampered;
} Kind;

/* "{0}" is NUL */
static const Kind kinds[FAKE_N_CERTIFICATES] = {
  [FAKE_EXPIRED] = { .from = -20, .until = -10 },
  [FAKE_FUTURE] = { .from = 10, .until = 20 },
  [FAKE_OTHER_HOST] = { "other.example" },
  [FAKE_COMMON_NAME] = { "" },
  [FAKE_NAME_BY_ADDRESS] = { "[v4]" },
  [FAKE_IP_AS_NAME] = { "127.0.0.1" },
  [FAKE_NUL] = { "localhost{0}.other.example" },
  [FAKE_WILDCARDS] = { "*;*.example;*.example.org;mail.*.example.com;m*.example.net;*.*.example.edu" },
  [FAKE_REVOKED_EXPIRED] = { .from = -20, .until = -10 },
  [FAKE_PROVIDER] = { "*.gmail.com;*.office365.com;*.mail.me.com;*.mail.yahoo.com;*.yandex.com;"
                      "*.163.com;*.qq.com;*.daum.net;*.naver.com" },
  [FAKE_SELF_SIGNED] = { .signer = BY_ITSELF },
  [FAKE_UNKNOWN_CA] = { .signer = BY_STRANGER },
  [FAKE_UNKNOWN_REVOKED] = { .signer = BY_STRANGER },
  [FAKE_UNKNOWN_STAPLE_REVOKED] = { .signer = BY_STRANGERS, .staple = STAPLE_REVOKED },
  [FAKE_NO_AUTHORITY] = { .signer = BY_SERVER },
  [FAKE_OUT_OF_BOUNDS] = { .signer = BY_BOUND },
  [FAKE_TOO_LONG] = { .signer = BY_LAST },
  [FAKE_OLD_AUTHORITY] = { .signer = BY_OLD },
  [FAKE_PURPOSE] = { .for_clients = TRUE },
  [FAKE_SMALL_KEY] = { .rsa = 1024 },
  [FAKE_SHA1] = { .digest = GNUTLS_DIG_SHA1, .signer = BY_RSA },
  [FAKE_MD5] = { .digest = GNUTLS_DIG_MD5, .signer = BY_RSA },
  [FAKE_TAMPERED] = { .tampered = TRUE },
  [FAKE_STAPLED] = { .staple = STAPLE_GOOD, .must_staple = TRUE },
  [FAKE_STAPLE_REVOKED] = { .staple = STAPLE_REVOKED },
  [FAKE_STAPLE_MISSING] = { .must_staple = TRUE },
  [FAKE_STAPLE_OLD] = { .staple = STAPLE_OLD },
  [FAKE_STAPLE_FORGED] = { .staple = STAPLE_FORGED },
  [FAKE_STAPLE_OTHER] = { .staple = STAPLE_OTHER },
  [FAKE_STAPLE_BROKEN] = { .staple = STAPLE_BROKEN },
};

static GMutex lock;
static Pair authority, stranger;
static char *folder, *ca_file;
static gnutls_certificate_credentials_t made[FAKE_N_CERTIFICATES];

static void
remove_files (void)
{
  g_unlink (ca_file);
  g_rmdir (folder);
}

static Pair
new_pair (const char *name, guint8 serial, time_t from, time_t until, guint rsa)
{
  Pair pair;

  CHECK (gnutls_x509_privkey_init (&pair.key));
  if (rsa > 0)
    CHECK (gnutls_x509_privkey_generate (pair.key, GNUTLS_PK_RSA, rsa, 0));
  else
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

/* `above` NULL: signed by itself; `below`: how many authorities it may have below it, -1 as many as it likes. */
static Pair
new_authority (const char *name, guint8 serial, int until, int below, guint rsa, const Pair *above)
{
  Pair pair = new_pair (name, serial, time (NULL) - 1000 * DAY, time (NULL) + until * DAY, rsa);
  const Pair *signer = above != NULL ? above : &pair;

  CHECK (gnutls_x509_crt_set_basic_constraints (pair.certificate, 1, below));
  CHECK (gnutls_x509_crt_set_key_usage (pair.certificate,
                                        GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
  CHECK (gnutls_x509_crt_sign2 (pair.certificate, signer->certificate, signer->key,
                                GNUTLS_DIG_SHA256, 0));
  return pair;
}

/* GnuTLS writes no name with a NUL in it. */
static void
set_name_with_nul (gnutls_x509_crt_t certificate, const char *before, const char *after)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize length = strlen (before) + 1 + strlen (after);

  /* GeneralNames of one dNSName (RFC 5280, 4.2.1.6) */
  g_string_append_printf (text, "\x30%c\x82%c%s", (char)(length + 2), (char)length, before);
  g_string_append_c (text, '\0');
  g_string_append (text, after);
  CHECK (gnutls_x509_crt_set_extension_by_oid (certificate, "2.5.29.17", text->str, text->len, 0));
}

static void
add_name (gnutls_x509_crt_t certificate, const char *name)
{
  const unsigned char v4[4] = { 127, 0, 0, 1 };
  const unsigned char v6[16] = { [15] = 1 };
  g_auto (GStrv) halves = g_strsplit (name, "{0}", 2);

  if (halves[1] != NULL)
    set_name_with_nul (certificate, halves[0], halves[1]);
  else if (g_str_equal (name, "[v4]"))
    CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, v4, 4,
                                                 GNUTLS_FSAN_APPEND));
  else if (g_str_equal (name, "[v6]"))
    CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, v6, 16,
                                                 GNUTLS_FSAN_APPEND));
  else
    CHECK (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name,
                                                 (unsigned int)strlen (name), GNUTLS_FSAN_APPEND));
}

static void
add_names (gnutls_x509_crt_t certificate, const char *names)
{
  g_auto (GStrv) each = g_strsplit (names != NULL ? names : "localhost;[v4];[v6]", ";", -1);

  for (guint i = 0; each[i] != NULL && *each[i] != '\0'; i++)
    add_name (certificate, each[i]);
}

static Pair
new_server (const char *subject, const char *names, guint8 serial, const Kind *kind)
{
  gboolean usual = kind->from == 0 && kind->until == 0;
  Pair pair = new_pair (subject, serial, time (NULL) + (usual ? -20 : kind->from) * DAY,
                        time (NULL) + (usual ? 20 : kind->until) * DAY, kind->rsa);

  add_names (pair.certificate, names);
  CHECK (gnutls_x509_crt_set_key_usage (pair.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
  CHECK (gnutls_x509_crt_set_key_purpose_oid (
      pair.certificate, kind->for_clients ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER,
      0));
  if (kind->must_staple) {
    gnutls_x509_tlsfeatures_t features;

    CHECK (gnutls_x509_tlsfeatures_init (&features));
    CHECK (gnutls_x509_tlsfeatures_add (features, 5)); /* status_request (RFC 6066) */
    CHECK (gnutls_x509_crt_set_tlsfeatures (pair.certificate, features));
    gnutls_x509_tlsfeatures_deinit (features);
  }
  return pair;
}

static Pair
new_bound_authority (void)
{
  const char *only = "other.example";
  gnutls_datum_t name = { (unsigned char *)only, (unsigned int)strlen (only) };
  gnutls_x509_name_constraints_t bounds;
  Pair pair = new_authority ("Bound Authority", 4, 1000, -1, 0, &authority);

  CHECK (gnutls_x509_name_constraints_init (&bounds));
  CHECK (gnutls_x509_name_constraints_add_permitted (bounds, GNUTLS_SAN_DNSNAME, &name));
  CHECK (gnutls_x509_crt_set_name_constraints (pair.certificate, bounds, 1));
  CHECK (gnutls_x509_crt_sign2 (pair.certificate, authority.certificate, authority.key,
                                GNUTLS_DIG_SHA256, 0));
  gnutls_x509_name_constraints_deinit (bounds);
  return pair;
}

/* Puts what stands between the server and the authority into `chain`, from [1] on; the signer of the server. */
static Pair
new_signer (Signer signer, const Pair *server, gnutls_x509_crt_t *chain, int *n)
{
  const Kind usual = { 0 };
  Pair above, pair = { NULL, NULL };

  switch (signer) {
  case BY_AUTHORITY:
    return authority;
  case BY_ITSELF:
    return *server;
  case BY_STRANGER:
    return stranger;
  case BY_STRANGERS:
    pair = new_authority ("Unknown Authority Below", 9, 1000, -1, 0, &stranger);
    break;
  case BY_SERVER:
    pair = new_server ("Some Server", "server.example", 3, &usual);
    CHECK (gnutls_x509_crt_sign2 (pair.certificate, authority.certificate, authority.key,
                                  GNUTLS_DIG_SHA256, 0));
    break;
  case BY_BOUND:
    pair = new_bound_authority ();
    break;
  case BY_LAST:
    above = new_authority ("Last Authority", 5, 1000, 0, 0, &authority);
    pair = new_authority ("One Too Many", 6, 1000, -1, 0, &above);
    chain[(*n)++] = pair.certificate;
    chain[(*n)++] = above.certificate;
    gnutls_x509_privkey_deinit (above.key);
    return pair;
  case BY_OLD:
    pair = new_authority ("Old Authority", 7, -10, -1, 0, &authority);
    break;
  case BY_RSA:
    pair = new_authority ("RSA Authority", 8, 1000, -1, 2048, &authority);
    break;
  }
  chain[(*n)++] = pair.certificate;
  return pair;
}

/* As it will be on the wire, which is how GnuTLS knows whose issuer is whose.  `tampered`: with another last octet of its
 * signature. */
static void
import_again (gnutls_x509_crt_t *certificate, gboolean tampered)
{
  gnutls_datum_t der;

  CHECK (gnutls_x509_crt_export2 (*certificate, GNUTLS_X509_FMT_DER, &der));
  der.data[der.size - 1] ^= tampered;
  gnutls_x509_crt_deinit (*certificate);
  CHECK (gnutls_x509_crt_init (certificate));
  CHECK (gnutls_x509_crt_import (*certificate, &der, GNUTLS_X509_FMT_DER));
  gnutls_free (der.data);
}

static GBytes *
new_staple (Staple staple, const Pair *server, const Pair *signer)
{
  time_t now = time (NULL);

  switch (staple) {
  case NO_STAPLE:
    return NULL;
  case STAPLE_GOOD:
  case STAPLE_REVOKED:
    return fake_ocsp_new (server->certificate, signer->certificate, signer->key,
                          staple == STAPLE_REVOKED, now - DAY, now + DAY);
  case STAPLE_OLD:
    return fake_ocsp_new (server->certificate, authority.certificate, authority.key, FALSE,
                          now - 10 * DAY, now - 3 * DAY);
  case STAPLE_FORGED:
    return fake_ocsp_new (server->certificate, authority.certificate, stranger.key, FALSE,
                          now - DAY, now + DAY);
  case STAPLE_OTHER:
    return fake_ocsp_new (authority.certificate, authority.certificate, authority.key, FALSE,
                          now - DAY, now + DAY);
  case STAPLE_BROKEN:
    return g_bytes_new_static ("nothing of the kind", 19);
  }

  g_assert_not_reached ();
}

static int
give_staple (gnutls_session_t session, void *staple, gnutls_datum_t *response)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (staple, &length);

  response->data = gnutls_malloc (length);
  memcpy (response->data, data, length);
  response->size = (unsigned int)length;
  return 0;
}

static void
add_crl (GString *text, const Pair *signer, const guint8 *serials, guint n)
{
  gnutls_datum_t pem;
  gnutls_x509_crl_t crl;

  CHECK (gnutls_x509_crl_init (&crl));
  CHECK (gnutls_x509_crl_set_version (crl, 2));
  CHECK (gnutls_x509_crl_set_this_update (crl, time (NULL) - DAY));
  CHECK (gnutls_x509_crl_set_next_update (crl, time (NULL) + 100 * DAY));
  for (guint i = 0; i < n; i++)
    CHECK (gnutls_x509_crl_set_crt_serial (crl, &serials[i], 1, time (NULL) - DAY));
  CHECK (gnutls_x509_crl_sign2 (crl, signer->certificate, signer->key, GNUTLS_DIG_SHA256, 0));
  CHECK (gnutls_x509_crl_export2 (crl, GNUTLS_X509_FMT_PEM, &pem));
  g_string_append_len (text, (const char *)pem.data, pem.size);
  gnutls_free (pem.data);
  gnutls_x509_crl_deinit (crl);
}

/* Called with the lock held. */
static void
make_authorities (void)
{
  static const guint8 serials[] = { 10 + FAKE_REVOKED, 10 + FAKE_REVOKED_EXPIRED };
  static const guint8 strangers[] = { 10 + FAKE_UNKNOWN_REVOKED };
  g_autoptr (GString) pem = NULL;
  gnutls_datum_t certificate;

  if (ca_file != NULL)
    return;

  authority = new_authority ("Test Authority", 1, 1000, -1, 0, NULL);
  stranger = new_authority ("Unknown Authority", 1, 1000, -1, 0, NULL);
  CHECK (gnutls_x509_crt_export2 (authority.certificate, GNUTLS_X509_FMT_PEM, &certificate));
  pem = g_string_new_len ((const char *)certificate.data, certificate.size);
  gnutls_free (certificate.data);
  add_crl (pem, &authority, serials, G_N_ELEMENTS (serials));
  add_crl (pem, &stranger, strangers, G_N_ELEMENTS (strangers));

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
  const Kind *how = &kinds[kind];
  gnutls_x509_crt_t chain[3];
  GBytes *staple;
  Pair server, signer;
  int n = 1;

  make_authorities ();
  if (made[kind] != NULL)
    return made[kind];

  server = new_server ("localhost", how->names, (guint8)(10 + kind), how);
  signer = new_signer (how->signer, &server, chain, &n);
  CHECK (gnutls_x509_crt_sign2 (server.certificate, signer.certificate, signer.key,
                                how->digest != 0 ? how->digest : GNUTLS_DIG_SHA256, 0));
  staple = new_staple (how->staple, &server, &signer);
  chain[0] = server.certificate;
  for (int i = 0; i < n; i++)
    import_again (&chain[i], i == 0 && how->tampered);
  CHECK (gnutls_certificate_allocate_credentials (&made[kind]));
  CHECK (
      gnutls_certificate_set_x509_trust (made[kind], &authority.certificate, 1)); /* of clients */
  CHECK (gnutls_certificate_set_x509_key (made[kind], chain, n, server.key));
  if (staple != NULL) /* for ever, as the credentials */
    gnutls_certificate_set_ocsp_status_request_function (made[kind], give_staple, staple);
  if (n > 1)
    gnutls_x509_privkey_deinit (signer.key);
  for (int i = 0; i < n; i++)
    gnutls_x509_crt_deinit (chain[i]);
  gnutls_x509_privkey_deinit (server.key);
  return made[kind];
}

static void
write_file (const char *place, const char *name, const gnutls_datum_t *first,
            const gnutls_datum_t *second)
{
  g_autofree char *path = g_build_filename (place, name, NULL);
  g_autoptr (GString) text = g_string_new_len ((const char *)first->data, first->size);

  if (second != NULL)
    g_string_append_len (text, (const char *)second->data, second->size);
  g_assert_true (g_file_set_contents (path, text->str, (gssize)text->len, NULL));
}

void
fake_certificates_write_client (const char *place, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  gnutls_datum_t certificate, key, locked, other;
  gnutls_x509_privkey_t stranger_key;
  Pair pair;

  make_authorities ();
  pair = new_pair (name, 200, time (NULL) - DAY, time (NULL) + 20 * DAY, 0);
  CHECK (gnutls_x509_crt_set_key_usage (pair.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
  CHECK (gnutls_x509_crt_set_key_purpose_oid (pair.certificate, GNUTLS_KP_TLS_WWW_CLIENT, 0));
  CHECK (gnutls_x509_crt_sign2 (pair.certificate, authority.certificate, authority.key,
                                GNUTLS_DIG_SHA256, 0));
  CHECK (gnutls_x509_crt_export2 (pair.certificate, GNUTLS_X509_FMT_PEM, &certificate));
  CHECK (gnutls_x509_privkey_export2_pkcs8 (pair.key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                            &key));
  CHECK (gnutls_x509_privkey_export2_pkcs8 (pair.key, GNUTLS_X509_FMT_PEM, "secret",
                                            GNUTLS_PKCS_PBES2_AES_256, &locked));
  CHECK (gnutls_x509_privkey_init (&stranger_key));
  CHECK (gnutls_x509_privkey_generate (stranger_key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  CHECK (gnutls_x509_privkey_export2_pkcs8 (stranger_key, GNUTLS_X509_FMT_PEM, NULL,
                                            GNUTLS_PKCS_PLAIN, &other));
  write_file (place, "client.pem", &certificate, &key);
  write_file (place, "certificate.pem", &certificate, NULL);
  write_file (place, "key.pem", &key, NULL);
  write_file (place, "locked.pem", &locked, NULL);
  write_file (place, "other.pem", &other, NULL);
  gnutls_free (certificate.data);
  gnutls_free (key.data);
  gnutls_free (locked.data);
  gnutls_free (other.data);
  gnutls_x509_privkey_deinit (stranger_key);
  gnutls_x509_crt_deinit (pair.certificate);
  gnutls_x509_privkey_deinit (pair.key);
}
