/* Answers of an OCSP responder (RFC 6960), which GnuTLS reads but does not write. */
#pragma once

#include <glib.h>
#include <gnutls/x509.h>
#include <time.h>

G_BEGIN_DECLS

/* What `issuer` says of `certificate`, signed with `key`; DER. */
GBytes *fake_ocsp_new (gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer,
                       gnutls_x509_privkey_t key, gboolean revoked, time_t from,
                       time_t until) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
