/* A CA and server certificates, good and bad, made when first asked for; the same for the whole process. */
#pragma once

#include <gnutls/gnutls.h>

#include "fake-server.h"

G_BEGIN_DECLS

/* Borrowed for ever. */
gnutls_certificate_credentials_t fake_certificates_get (FakeCertificate certificate);
/* Certificates of a client called `name`, signed by the CA, into files of the existing folder `place` (which the caller removes): client.pem (both),
 * certificate.pem, key.pem, locked.pem (the key under a password), other.pem (another key). */
void fake_certificates_write_client (const char *place, const char *name);
/* PEM of the CA and its list of revoked certificates; removed when the process ends. */
const char *fake_certificates_get_ca_file (void);

G_END_DECLS
