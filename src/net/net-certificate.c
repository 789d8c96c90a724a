/* Checking who is at the other end: chain, time, host name, revocation; and a sentence for each way to fail.
 * Called on worker threads, one at a time (a lock of its own, held for the milliseconds that a check takes).
 * Must never accept anything by default: every unknown status is a refusal. */
#include "net-certificate-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base-date.h"
#include "base-error.h"

#define MAX_CA_FILE (4 * 1024 * 1024)

typedef struct
{
  gnutls_certificate_credentials_t credentials; /* Owned, never freed: sessions hold on to them */
  gint64 changed;
  goffset size;
} Trust;

/* Reading the system's trust takes tens of milliseconds, and every connection needs it. */
static GMutex trust_lock;
static GHashTable *trusts; /* Owned: ca_file or "" -> Trust */

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_certificate_credentials_t,
                                 gnutls_certificate_free_credentials, NULL)

static void
set_ca_error (GError **error, const char *ca_file, const char *detail)
{
  g_autofree char *name = g_path_get_basename (ca_file);

  base_error_set (
      error, BASE_ERROR_TRUST, detail,
      _ ("The file of certificate authorities “%s” could not be used. Check it in the settings of the "
         "account."),
      name);
}

/* The account's own authorities, and the list of revoked certificates where the file has one. */
static gboolean
add_ca_file (gnutls_certificate_credentials_t credentials, const char *ca_file, goffset size,
             GError **error)
{
  g_autofree char *pem = NULL;
  g_autoptr (GError) read_error = NULL;
  gnutls_datum_t datum;
  gsize length;
  int result;

  if (size > MAX_CA_FILE) {
    set_ca_error (error, ca_file, NULL);
    return FALSE;
  }
  if (!g_file_get_contents (ca_file, &pem, &length, &read_error)) {
    set_ca_error (error, ca_file, read_error->message);
    return FALSE;
  }

  datum.data = (unsigned char *)pem;
  datum.size = (unsigned int)length;
  result = gnutls_certificate_set_x509_trust_mem (credentials, &datum, GNUTLS_X509_FMT_PEM);
  if (result <= 0) {
    set_ca_error (error, ca_file, result < 0 ? gnutls_strerror (result) : NULL);
    return FALSE;
  }
  if (strstr (pem, "-----BEGIN X509 CRL-----") != NULL) {
    result = gnutls_certificate_set_x509_crl_mem (credentials, &datum, GNUTLS_X509_FMT_PEM);
    if (result < 0) {
      set_ca_error (error, ca_file, gnutls_strerror (result));
      return FALSE;
    }
  }

  return TRUE;
}

static gnutls_certificate_credentials_t
load_trust (const char *ca_file, goffset size, GError **error)
{
  g_auto (gnutls_certificate_credentials_t) credentials = NULL;
  gnutls_certificate_credentials_t loaded;
  int result = gnutls_certificate_allocate_credentials (&credentials);

  if (result < 0) {
    base_error_set (error, BASE_ERROR_TRUST, gnutls_strerror (result),
                    _ ("Encryption could not be set up."));
    return NULL;
  }

  /* A system without any authority is no error here: the ca_file may be all there is, and what is signed by
   * nobody known will be refused. */
  result = gnutls_certificate_set_x509_system_trust (credentials);
  if (result < 0 && result != GNUTLS_E_UNIMPLEMENTED_FEATURE && ca_file == NULL) {
    base_error_set (
        error, BASE_ERROR_TRUST, gnutls_strerror (result),
        _ ("The certificate authorities of this computer could not be read, so no server can be trusted."));
    return NULL;
  }
  if (ca_file != NULL && !add_ca_file (credentials, ca_file, size, error))
    return NULL;

  loaded = credentials;
  credentials = NULL;
  return loaded;
}

gnutls_certificate_credentials_t
net_certificate_credentials (const char *ca_file, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&trust_lock);
  gnutls_certificate_credentials_t credentials;
  const char *key = ca_file != NULL ? ca_file : "";
  GStatBuf info = { 0 };
  gint64 changed;
  Trust *trust;

  if (ca_file != NULL && g_stat (ca_file, &info) != 0)
    memset (&info, 0, sizeof info); /* reading it will say why */
  changed = (gint64)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;

  if (trusts == NULL)
    trusts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  trust = g_hash_table_lookup (trusts, key);
  if (trust != NULL && trust->changed == changed && trust->size == info.st_size)
    return trust->credentials;

  credentials = load_trust (ca_file, info.st_size, error);
  if (credentials == NULL)
    return NULL;

  if (trust == NULL) {
    trust = g_new0 (Trust, 1);
    g_hash_table_insert (trusts, g_strdup (key), trust);
  }
  trust->credentials = credentials; /* an older one may still be in use by a session */
  trust->changed = changed;
  trust->size = info.st_size;
  return credentials;
}

static char *
describe_name (gnutls_x509_crt_t certificate, gboolean issuer)
{
  gnutls_datum_t name = { NULL, 0 };
  int result = issuer ? gnutls_x509_crt_get_issuer_dn3 (certificate, &name, 0)
                      : gnutls_x509_crt_get_dn3 (certificate, &name, 0);
  char *text;

  if (result < 0)
    return g_strdup ("?");
  text = g_strndup ((const char *)name.data, name.size);
  gnutls_free (name.data);

  return text;
}

static char *
describe_fingerprint (gnutls_x509_crt_t certificate)
{
  g_autoptr (GString) text = g_string_new (NULL);
  unsigned char digest[32];
  size_t size = sizeof digest;

  if (gnutls_x509_crt_get_fingerprint (certificate, GNUTLS_DIG_SHA256, digest, &size) < 0)
    return g_strdup ("?");
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", digest[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe (gnutls_x509_crt_t certificate)
{
  g_autofree char *subject = describe_name (certificate, FALSE);
  g_autofree char *issuer = describe_name (certificate, TRUE);
  g_autofree char *from = base_date_long (gnutls_x509_crt_get_activation_time (certificate));
  g_autofree char *until = base_date_long (gnutls_x509_crt_get_expiration_time (certificate));
  g_autofree char *fingerprint = describe_fingerprint (certificate);

  return g_strdup_printf (
      /* Translators: what a certificate says, one fact a line */
      _ ("Issued to: %s\nIssued by: %s\nValid from: %s\nValid until: %s\nSHA-256: %s"), subject,
      issuer, from, until, fingerprint);
}

/* The server's own certificate; NULL when it showed none that can be read. */
static gnutls_x509_crt_t
own_certificate (gnutls_session_t session)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  gnutls_x509_crt_t own;
  unsigned int count = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &count);

  if (gnutls_certificate_type_get (session) != GNUTLS_CRT_X509 || chain == NULL || count == 0)
    return NULL;
  if (gnutls_x509_crt_init (&certificate) < 0)
    return NULL;
  if (gnutls_x509_crt_import (certificate, &chain[0], GNUTLS_X509_FMT_DER) < 0)
    return NULL;

  own = certificate;
  certificate = NULL;
  return own;
}

/* RFC 9525: only alternative names count, never the common name. */
static gboolean
host_matches (gnutls_x509_crt_t certificate, const char *host)
{
  gboolean named = FALSE;

  for (unsigned int i = 0; !named; i++) {
    char name[512];
    size_t size = sizeof name;
    int type = gnutls_x509_crt_get_subject_alt_name (certificate, i, name, &size, NULL);

    if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
      continue;
    if (type < 0)
      return FALSE;
    named = type == GNUTLS_SAN_DNSNAME || type == GNUTLS_SAN_IPADDRESS;
  }

  return gnutls_x509_crt_check_hostname2 (certificate, host, 0) != 0;
}

static void
set_time_error (GError **error, gnutls_x509_crt_t certificate, unsigned int status,
                const char *host, const char *detail)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 from = gnutls_x509_crt_get_activation_time (certificate);
  gint64 until = gnutls_x509_crt_get_expiration_time (certificate);

  if ((status & GNUTLS_CERT_EXPIRED) != 0 && until < now) {
    g_autofree char *date = base_date_long (until);

    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate of “%s” expired on %s. Nothing was sent to it. Check the clock of this computer; "
           "if it is right, tell the people who run the server."),
        host, date);
  } else if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0 && from > now) {
    g_autofree char *date = base_date_long (from);

    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate of “%s” is not valid before %s. Nothing was sent to it. Check the clock of this "
           "computer; if it is right, tell the people who run the server."),
        host, date);
  } else {
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("An authority behind the certificate of “%s” is out of date. Nothing was sent to it. Tell the "
           "people who run the server."),
        host);
  }
}

/* One sentence for the gravest reason. */
static void
set_refusal (GError **error, gnutls_x509_crt_t certificate, unsigned int status, gboolean named,
             const char *host)
{
  g_autofree char *detail = describe (certificate);
  const unsigned int time = GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED;

  if ((status & GNUTLS_CERT_REVOKED) != 0)
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate of “%s” was revoked by those who issued it. Nothing was sent to it. Tell the "
           "people who run the server."),
        host);
  else if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0
           && gnutls_x509_crt_check_issuer (certificate, certificate) != 0)
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate of “%s” is self-signed, so anybody could have made it. Nothing was sent to it. "
           "If the server is yours, name its certificate file in the settings of the account."),
        host);
  else if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0)
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate of “%s” was issued by an authority that this computer does not know. Nothing was "
           "sent to it. If the authority is yours, name its file in the settings of the account."),
        host);
  else if (!named)
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate shown by “%s” belongs to another server. Nothing was sent to it. Check the name "
           "of the server in the settings of the account."),
        host);
  else if ((status & time) != 0)
    set_time_error (error, certificate, status, host, detail);
  else if ((status & GNUTLS_CERT_INSECURE_ALGORITHM) != 0)
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate of “%s” is protected too weakly. Nothing was sent to it. Tell the people who run "
           "the server."),
        host);
  else
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The certificate of “%s” is not valid. Nothing was sent to it. Tell the people who run the "
           "server."),
        host);
}

gboolean
net_certificate_verify (gnutls_session_t session, const char *host, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&trust_lock);
  g_auto (gnutls_x509_crt_t) certificate = own_certificate (session);
  gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID,
                                    (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0 };
  unsigned int status = 0;
  gboolean named;
  int result;

  result = certificate != NULL ? gnutls_certificate_verify_peers (session, &purpose, 1, &status)
                               : GNUTLS_E_NO_CERTIFICATE_FOUND;
  if (result < 0) {
    base_error_set (error, BASE_ERROR_TRUST, gnutls_strerror (result),
                    _ ("The certificate of “%s” could not be checked. Nothing was sent to it."),
                    host);
    return FALSE;
  }

  named = host_matches (certificate, host);
  if (status == 0 && named)
    return TRUE;

  set_refusal (error, certificate, status, named, host);
  return FALSE;
}
