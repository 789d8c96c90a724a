/* Loading the client's certificate and key.  On the thread that connects, which may wait for a token; must never ask for a PIN (one that the
 * PKCS#11 URI leads to is used), nor keep a key longer than its connection. */
#include "net-client-private.h"

#include <glib/gi18n.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base-error.h"

#define MAX_CHAIN 10

static gboolean
is_token (const char *place)
{
  return gnutls_url_is_supported (place) != 0;
}

/* What a person knows it by. */
static char *
dup_name (const char *place)
{
  return is_token (place) ? g_strdup ("PKCS#11") : g_path_get_basename (place);
}

static void
set_unusable (GError **error, const char *place, const char *detail)
{
  g_autofree char *name = dup_name (place);

  base_error_set (
      error, BASE_ERROR_TRUST, detail,
      _ ("Your certificate “%s” could not be used. Check the file, or the token and its PIN."),
      name);
}

static void
set_key_unusable (GError **error, const char *place, int result, const char *detail)
{
  g_autofree char *name = dup_name (place);

  if (result == GNUTLS_E_DECRYPTION_FAILED)
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The key “%s” of your certificate is protected by a password, which Sosik does not know. Take one without, or put it on a token."),
        name);
  else
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("The key “%s” of your certificate could not be used. Check the file, or the token and its PIN."),
        name);
}

/* The whole file, to be wiped; FALSE with *detail. */
static gboolean
load (const char *path, gnutls_datum_t *datum, char **detail)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &error)) {
    *detail = g_strdup (error->message);
    return FALSE;
  }
  datum->data = (unsigned char *)text;
  datum->size = (unsigned int)length;
  return TRUE;
}

static void
unload (gnutls_datum_t *datum)
{
  if (datum->data != NULL)
    explicit_bzero (datum->data, datum->size);
  g_clear_pointer (&datum->data, g_free);
}

/* GnuTLS reads a token's certificate by its URL as it reads a file. */
static gboolean
load_chain (NetClient *client, const char *place, GError **error)
{
  int result;

  client->n_chain = MAX_CHAIN;
  client->chain = g_new0 (gnutls_pcert_st, MAX_CHAIN);
  result = gnutls_pcert_list_import_x509_file (client->chain, &client->n_chain, place,
                                               GNUTLS_X509_FMT_PEM, NULL, NULL, 0);
  if (result >= 0 && client->n_chain > 0)
    return TRUE;
  client->n_chain = 0;
  set_unusable (error, place, result < 0 ? gnutls_strerror (result) : NULL);
  return FALSE;
}

static gboolean
load_key (NetClient *client, const char *place, GError **error)
{
  gnutls_datum_t pem = { NULL, 0 };
  g_autofree char *detail = NULL;
  int result = gnutls_privkey_init (&client->key);

  if (result >= 0 && is_token (place)) {
    result = gnutls_privkey_import_url (client->key, place, 0);
  } else if (result >= 0) {
    if (!load (place, &pem, &detail)) {
      set_key_unusable (error, place, 0, detail);
      return FALSE;
    }
    result = gnutls_privkey_import_x509_raw (client->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    unload (&pem);
  }
  if (result >= 0)
    return TRUE;
  set_key_unusable (error, place, result, gnutls_strerror (result));
  return FALSE;
}

/* A key that is not that of the certificate would fail later, in words that nobody understands. */
static gboolean
check_pair (NetClient *client, const BaseAccount *account, GError **error)
{
  gnutls_pubkey_t pubkey;
  guint8 ids[2][64];
  size_t sizes[2] = { sizeof ids[0], sizeof ids[1] };
  gboolean same = FALSE;

  if (gnutls_pubkey_init (&pubkey) < 0)
    return FALSE;
  same = gnutls_pubkey_import_privkey (pubkey, client->key, 0, 0) >= 0
         && gnutls_pubkey_get_key_id (pubkey, 0, ids[0], &sizes[0]) >= 0
         && gnutls_pubkey_get_key_id (client->chain[0].pubkey, 0, ids[1], &sizes[1]) >= 0
         && sizes[0] == sizes[1] && memcmp (ids[0], ids[1], sizes[0]) == 0;
  gnutls_pubkey_deinit (pubkey);
  if (!same) {
    g_autofree char *name = dup_name (account->client_certificate);

    base_error_set (error, BASE_ERROR_TRUST, NULL,
                    _ ("Your certificate “%s” and its key do not belong together. Check both."),
                    name);
  }
  return same;
}

NetClient *
net_client_new (const BaseAccount *account, GError **error)
{
  g_autoptr (NetClient) client = NULL;
  const char *key;

  if (account == NULL || account->client_certificate == NULL)
    return NULL;
  key = account->client_key != NULL ? account->client_key : account->client_certificate;
  client = g_new0 (NetClient, 1);
  if (!load_chain (client, account->client_certificate, error) || !load_key (client, key, error)
      || !check_pair (client, account, error))
    return NULL;
  return g_steal_pointer (&client);
}

void
net_client_free (NetClient *client)
{
  if (client == NULL)
    return;

  for (unsigned int i = 0; i < client->n_chain; i++)
    gnutls_pcert_deinit (&client->chain[i]);
  g_free (client->chain);
  if (client->key != NULL)
    gnutls_privkey_deinit (client->key);
  g_free (client);
}

int
net_client_retrieve (gnutls_session_t session, const struct gnutls_cert_retr_st *info,
                     gnutls_pcert_st **chain, unsigned int *n_chain, gnutls_ocsp_data_st **ocsp,
                     unsigned int *n_ocsp, gnutls_privkey_t *key, unsigned int *flags)
{
  NetClient *client = gnutls_session_get_ptr (session);

  *chain = client != NULL ? client->chain : NULL;
  *n_chain = client != NULL ? client->n_chain : 0;
  *key = client != NULL ? client->key : NULL;
  *ocsp = NULL;
  *n_ocsp = 0;
  *flags = 0; /* all stays ours */
  return 0;
}
