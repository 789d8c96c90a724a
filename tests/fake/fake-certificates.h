/* A CA and server certificates, good and bad, made when first asked for; the same for the whole process. */
#pragma once

#include <gnutls/gnutls.h>

#include "fake-server.h"

G_BEGIN_DECLS

/* Borrowed for ever. */
gnutls_certificate_credentials_t fake_certificates_get (FakeCertificate certificate);
/* PEM of the CA and its list of revoked certificates; removed when the process ends. */
const char *fake_certificates_get_ca_file (void);

G_END_DECLS
