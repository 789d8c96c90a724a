/* The certificate by which a person is known to a server (TLS client authentication), from PEM files or a token (PKCS#11).  Any thread. */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "base-account.h"

G_BEGIN_DECLS

typedef struct
{
  gnutls_pcert_st *chain; /* Owned: their own first */
  unsigned int n_chain;
  gnutls_privkey_t key; /* Owned */
} NetClient;

/* NULL without an error: the account has none.  TRUST when it has one that cannot be used; the sentence says why. (blocks: files; a
 * token) */
NetClient *net_client_new (const BaseAccount *account, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void net_client_free (NetClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetClient, net_client_free)

/* gnutls_certificate_set_retrieve_function3 (): that of the session's NetClient (gnutls_session_get_ptr (); none when NULL), if the server
 * asks. */
int net_client_retrieve (gnutls_session_t session, const struct gnutls_cert_retr_st *info,
                         gnutls_pcert_st **chain, unsigned int *n_chain, gnutls_ocsp_data_st **ocsp,
                         unsigned int *n_ocsp, gnutls_privkey_t *key, unsigned int *flags);

G_END_DECLS
