/* Whom Sosik trusts, and why not: credentials (cached per ca_file for the whole process) and the check of a
 * server's certificate.  Any thread. */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

/* Borrowed for ever.  TRUST when `ca_file` (nullable) cannot be read or holds no certificate. */
gnutls_certificate_credentials_t net_certificate_credentials (const char *ca_file, GError **error);

/* After the handshake, before anything is said.  `host`: a name or an IP address, without a final dot. */
gboolean net_certificate_verify (gnutls_session_t session, const char *host, GError **error);

G_END_DECLS
