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
#include "net-client-private.h"
#include "base-text.h"

#define MAX_CA_FILE (4 * 1024 * 1024)
#define MAX_NAME    300 /* octets of a distinguished name */

typedef struct
{
  gnutls_certificate_credentials_t credentials; /* Owned, never freed: sessions hold on to them */
  gint64 changed;
  goffset size;
} Trust;

typedef struct
{
  gnutls_x509_crl_t *crls; /* Owned */
  unsigned int n_crls;
} Lists;

/* Reading the system's trust takes tens of milliseconds, and every connection needs it. */
static GMutex trust_lock;
static GHashTable *trusts; /* Owned: ca_file or "" -> Trust */
/* Owned: credentials of files that were changed since.  A session may still use them, and tickets know them by their address. */
static GPtrArray *outdated;
static GHashTable *lists;  /* Owned: ca_file -> Lists, those of the revoked that were in it */

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_certificate_credentials_t,
                                 gnutls_certificate_free_credentials, NULL)

static void
lists_free (gpointer data)
{
  Lists *freed = data;

  for (unsigned int i = 0; i < freed->n_crls; i++)
    gnutls_x509_crl_deinit (freed->crls[i]);
  gnutls_free (freed->crls);
  g_free (freed);
}

/* With the lock held: see is_listed (). */
static int
keep_lists (const char *ca_file, const gnutls_datum_t *pem)
{
  Lists *kept = g_new0 (Lists, 1);
  int result =
      gnutls_x509_crl_list_import2 (&kept->crls, &kept->n_crls, pem, GNUTLS_X509_FMT_PEM, 0);

  if (lists == NULL)
    lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lists_free);
  g_hash_table_insert (lists, g_strdup (ca_file), kept);
  return result;
}

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
    if (result >= 0)
      result = keep_lists (ca_file, &datum);
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

  gnutls_certificate_set_retrieve_function3 (credentials, net_client_retrieve);

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
  } else {
    if (outdated == NULL)
      outdated = g_ptr_array_new ();
    g_ptr_array_add (outdated, trust->credentials);
  }
  trust->credentials = credentials;
  trust->changed = changed;
  trust->size = info.st_size;
  return credentials;
}

/* What a stranger wrote, on one line. */
static char *
describe_name (gnutls_x509_crt_t certificate, gboolean issuer)
{
  gnutls_datum_t name = { NULL, 0 };
  g_autofree char *raw = NULL;
  int result = issuer ? gnutls_x509_crt_get_issuer_dn3 (certificate, &name, 0)
                      : gnutls_x509_crt_get_dn3 (certificate, &name, 0);

  if (result < 0)
    return g_strdup ("?");
  raw = g_strndup ((const char *)name.data, name.size);
  gnutls_free (name.data);

  return base_text_one_line (raw, MAX_NAME);
}

static char *
get_fingerprint (gnutls_x509_crt_t certificate)
{
  g_autoptr (GString) text = g_string_new (NULL);
  unsigned char digest[32];
  size_t size = sizeof digest;

  /* Empty, it is that of no exception. */
  if (gnutls_x509_crt_get_fingerprint (certificate, GNUTLS_DIG_SHA256, digest, &size) < 0)
    return g_strdup ("");
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", digest[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe (const BaseTrust *trust)
{
  g_autofree char *from = base_date_long (trust->from);
  g_autofree char *until = base_date_long (trust->until);
  g_autofree char *fingerprint = base_trust_format_sha256 (trust->sha256);

  return g_strdup_printf (
      /* Translators: what a certificate says, one fact a line */
      _ ("Issued to: %s\nIssued by: %s\nValid from: %s\nValid until: %s\nSHA-256: %s"),
      trust->subject, trust->issuer, from, until, fingerprint);
}

static gnutls_x509_crt_t
import (const gnutls_datum_t *der)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  gnutls_x509_crt_t imported;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return NULL;
  if (gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER) < 0)
    return NULL;

  imported = certificate;
  certificate = NULL;
  return imported;
}

/* The server's own certificate; NULL when it showed none that can be read. */
static gnutls_x509_crt_t
own_certificate (gnutls_session_t session)
{
  unsigned int count = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &count);

  if (gnutls_certificate_type_get (session) != GNUTLS_CRT_X509 || chain == NULL || count == 0)
    return NULL;
  return import (&chain[0]);
}

static gboolean
has_dns_name (gnutls_x509_crt_t certificate)
{
  for (unsigned int i = 0;; i++) {
    char name[512];
    size_t size = sizeof name;
    int type = gnutls_x509_crt_get_subject_alt_name (certificate, i, name, &size, NULL);

    if (type == GNUTLS_SAN_DNSNAME)
      return TRUE;
    if (type < 0 && type != GNUTLS_E_SHORT_MEMORY_BUFFER)
      return FALSE;
  }
}

/* RFC 9525: only alternative names count, never the common name; and an address has to stand there as one, not as a name of
 * digits.  GnuTLS takes both where it is not told otherwise. */
static gboolean
host_matches (gnutls_x509_crt_t certificate, const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return gnutls_x509_crt_check_ip (certificate, g_inet_address_to_bytes (address),
                                     (unsigned int)g_inet_address_get_native_size (address), 0)
           != 0;
  return *host != '.' /* the star of a wildcard would be nothing */
         && has_dns_name (certificate)
         && gnutls_x509_crt_check_hostname2 (certificate, host,
                                             GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES)
                != 0;
}

/* ---- why not ---- */

/* Where something else is wrong as well, GnuTLS does not look into the lists. */
static gboolean
is_listed (gnutls_session_t session, const char *ca_file)
{
  const Lists *known =
      lists != NULL && ca_file != NULL ? g_hash_table_lookup (lists, ca_file) : NULL;
  unsigned int count = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &count);

  for (unsigned int i = 0; known != NULL && i < count; i++) {
    g_auto (gnutls_x509_crt_t) certificate = import (&chain[i]);

    if (certificate != NULL
        && gnutls_x509_crt_check_revocation (certificate, known->crls, known->n_crls) > 0)
      return TRUE;
  }
  return FALSE;
}

static BaseTrustReason
reason_of_time (const BaseTrust *trust, unsigned int status)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if ((status & GNUTLS_CERT_EXPIRED) != 0 && trust->until < now)
    return BASE_TRUST_EXPIRED;
  if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0 && trust->from > now)
    return BASE_TRUST_NOT_YET;
  return BASE_TRUST_ISSUER_TIME;
}

/* `lapsed`: the person had taken it, for a time that is over. */
static BaseTrustReason
find_reason (gnutls_x509_crt_t certificate, const BaseTrust *trust, unsigned int status,
             gboolean named, gboolean lapsed)
{
  if ((status & GNUTLS_CERT_REVOKED) != 0)
    return BASE_TRUST_REVOKED;
  if ((status & (GNUTLS_CERT_INVALID_OCSP_STATUS | GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE))
      != 0)
    return BASE_TRUST_STAPLE_BAD;
  if ((status & GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED) != 0)
    return BASE_TRUST_STAPLE_OLD;
  if ((status & GNUTLS_CERT_MISSING_OCSP_STATUS) != 0)
    return BASE_TRUST_STAPLE_MISSING;
  if ((status & (GNUTLS_CERT_SIGNATURE_FAILURE | GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS)) != 0)
    return BASE_TRUST_INVALID;
  if (lapsed && trust->until < g_get_real_time () / G_USEC_PER_SEC)
    return BASE_TRUST_EXPIRED;
  if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0)
    return gnutls_x509_crt_check_issuer (certificate, certificate) != 0 ? BASE_TRUST_SELF_SIGNED
                                                                        : BASE_TRUST_UNKNOWN_ISSUER;
  if ((status & GNUTLS_CERT_SIGNER_NOT_CA) != 0)
    return BASE_TRUST_NO_AUTHORITY;
  if ((status & GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE) != 0)
    return BASE_TRUST_OUT_OF_BOUNDS;
  if ((status & GNUTLS_CERT_PURPOSE_MISMATCH) != 0)
    return BASE_TRUST_PURPOSE;
  if (!named)
    return BASE_TRUST_OTHER_HOST;
  if ((status & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED)) != 0)
    return reason_of_time (trust, status);
  if ((status & GNUTLS_CERT_INSECURE_ALGORITHM) != 0)
    return BASE_TRUST_WEAK;
  return BASE_TRUST_INVALID;
}

static char *
explain (const BaseTrust *trust)
{
  const char *host = trust->host;
  g_autofree char *from = base_date_long (trust->from);
  g_autofree char *until = base_date_long (trust->until);

  switch (trust->reason) {
  case BASE_TRUST_REVOKED:
    return g_strdup_printf (
        _ ("The certificate of “%s” was revoked by those who issued it. Nothing was sent to it. Tell the "
           "people who run the server."),
        host);
  case BASE_TRUST_STAPLE_BAD:
    return g_strdup_printf (
        _ ("“%s” shows a proof that its certificate was not revoked, and that proof is not valid. Nothing "
           "was sent to it. Tell the people who run the server."),
        host);
  case BASE_TRUST_STAPLE_MISSING:
    return g_strdup_printf (
        _ ("“%s” has to prove that its certificate was not revoked, and did not. Nothing was sent to it. "
           "Tell the people who run the server."),
        host);
  case BASE_TRUST_STAPLE_OLD:
    return g_strdup_printf (
        _ ("“%s” shows a proof that its certificate was not revoked, and that proof is out of date. Nothing "
           "was sent to it. Tell the people who run the server."),
        host);
  case BASE_TRUST_SELF_SIGNED:
    return g_strdup_printf (
        _ ("The certificate of “%s” is self-signed, so anybody could have made it. Nothing was sent to it. "
           "If the server is yours, name its certificate file in the settings of the account."),
        host);
  case BASE_TRUST_UNKNOWN_ISSUER:
    return g_strdup_printf (
        _ ("The certificate of “%s” was issued by an authority that this computer does not know. Nothing was "
           "sent to it. If the authority is yours, name its file in the settings of the account."),
        host);
  case BASE_TRUST_NO_AUTHORITY:
    return g_strdup_printf (
        _ ("The certificate of “%s” was issued by somebody who may not issue any. Nothing was sent to it. "
           "Tell the people who run the server."),
        host);
  case BASE_TRUST_OUT_OF_BOUNDS:
    return g_strdup_printf (
        _ ("The certificate of “%s” was issued by an authority that may not issue any for it. Nothing was "
           "sent to it. Tell the people who run the server."),
        host);
  case BASE_TRUST_PURPOSE:
    return g_strdup_printf (
        _ ("The certificate of “%s” is not made for servers. Nothing was sent to it. Tell the people who "
           "run the server."),
        host);
  case BASE_TRUST_OTHER_HOST:
    return g_strdup_printf (
        _ ("The certificate shown by “%s” belongs to another server. Nothing was sent to it. Check the name "
           "of the server in the settings of the account."),
        host);
  case BASE_TRUST_EXPIRED:
    return g_strdup_printf (
        _ ("The certificate of “%s” expired on %s. Nothing was sent to it. Check the clock of this computer; "
           "if it is right, tell the people who run the server."),
        host, until);
  case BASE_TRUST_NOT_YET:
    return g_strdup_printf (
        _ ("The certificate of “%s” is not valid before %s. Nothing was sent to it. Check the clock of this "
           "computer; if it is right, tell the people who run the server."),
        host, from);
  case BASE_TRUST_ISSUER_TIME:
    return g_strdup_printf (
        _ ("An authority behind the certificate of “%s” is out of date. Nothing was sent to it. Tell the "
           "people who run the server."),
        host);
  case BASE_TRUST_WEAK:
    return g_strdup_printf (
        _ ("The certificate of “%s” is protected too weakly. Nothing was sent to it. Tell the people who run "
           "the server."),
        host);
  case BASE_TRUST_INVALID:
    return g_strdup_printf (
        _ ("The certificate of “%s” is not valid. Nothing was sent to it. Tell the people who run the "
           "server."),
        host);
  }
  g_return_val_if_reached (NULL);
}

static BaseTrust *
new_trust (gnutls_x509_crt_t certificate, const NetEndpoint *endpoint)
{
  BaseTrust *trust = g_new0 (BaseTrust, 1);

  trust->host = g_strdup (endpoint->host);
  trust->port = endpoint->port;
  trust->subject = describe_name (certificate, FALSE);
  trust->issuer = describe_name (certificate, TRUE);
  trust->from = gnutls_x509_crt_get_activation_time (certificate);
  trust->until = gnutls_x509_crt_get_expiration_time (certificate);
  trust->sha256 = get_fingerprint (certificate);
  return trust;
}

/* Whether the person took what is wrong with it; else it is told. */
static gboolean
is_excepted (BaseTrust *trust, const BaseException *exception)
{
  return exception != NULL && base_trust_may_except (trust)
         && exception->until >= g_get_real_time () / G_USEC_PER_SEC;
}

static void
set_refusal (GError **error, BaseTrust *taken)
{
  g_autoptr (BaseTrust) trust = taken;
  g_autofree char *sentence = explain (trust);
  g_autofree char *detail = describe (trust);
  GError *made = NULL;

  base_error_set (&made, BASE_ERROR_TRUST, detail, "%s", sentence);
  base_error_take_trust (made, g_steal_pointer (&trust));
  g_propagate_error (error, made);
}

gboolean
net_certificate_verify (gnutls_session_t session, const char *host, const NetEndpoint *endpoint,
                        GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&trust_lock);
  g_auto (gnutls_x509_crt_t) certificate = own_certificate (session);
  gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID,
                                    (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0 };
  const BaseAccount *account = endpoint->account;
  const BaseException *exception = NULL;
  g_autoptr (BaseTrust) trust = NULL;
  unsigned int status = 0;
  gboolean named;
  int result;

  result = certificate != NULL ? gnutls_certificate_verify_peers (session, &purpose, 1, &status)
                               : GNUTLS_E_NO_CERTIFICATE_FOUND;
  if (result < 0) {
    base_error_set (error, BASE_ERROR_TRUST, gnutls_strerror (result),
                    _ ("The certificate of “%s” could not be checked. Nothing was sent to it."),
                    endpoint->host);
    return FALSE;
  }

  named = host_matches (certificate, host);
  if (status == 0 && named)
    return TRUE;

  if (is_listed (session, endpoint->ca_file))
    status |= GNUTLS_CERT_REVOKED;
  trust = new_trust (certificate, endpoint);
  if (account != NULL) {
    exception =
        base_account_find_exception (account, endpoint->host, endpoint->port, trust->sha256);
    trust->changed =
        exception == NULL && base_account_has_exception (account, endpoint->host, endpoint->port);
  }
  trust->reason = find_reason (certificate, trust, status, named, exception != NULL);
  if (is_excepted (trust, exception))
    return TRUE;
  set_refusal (error, g_steal_pointer (&trust));
  return FALSE;
}
