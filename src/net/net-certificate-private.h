/* Whom Sosik trusts, and why not: credentials (cached per ca_file for the whole process) and the check of a
 * server's certificate.  Any thread. */
#pragma once

#include <gnutls/gnutls.h>

#include "net-connection.h"

G_BEGIN_DECLS

/* Borrowed for ever.  TRUST when `ca_file` (nullable) cannot be read or holds no certificate. */
gnutls_certificate_credentials_t net_certificate_credentials (const char *ca_file, GError **error);

/* After the handshake, before anything is said, and each time anew.  `host`: that of the endpoint as a name in ASCII, or an IP address,
 * without a final dot.  What the account has an exception for (host, port and certificate the same, not past its time, never
 * one that was or may have been revoked) is good.  Else TRUST, with a BaseTrust. */
gboolean net_certificate_verify (gnutls_session_t session, const char *host,
                                 const NetEndpoint *endpoint, GError **error);

G_END_DECLS
