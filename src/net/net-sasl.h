/* SASL client mechanisms, pure (no I/O): what to send for each challenge.  PLAIN (RFC 4616),
 * LOGIN, SCRAM-SHA-256 (RFC 7677), SCRAM-SHA-1 (RFC 5802), strongest first.  Never CRAM-MD5 or NTLM. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _NetSasl NetSasl;

/* Picks the best of `mechanisms` (upper case names, NULL-terminated); NULL when none is known. */
NetSasl *net_sasl_new (const char *const *mechanisms, const char *user,
                       const char *password) G_GNUC_WARN_UNUSED_RESULT;
void net_sasl_free (NetSasl *sasl); /* wipes what it knew */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetSasl, net_sasl_free)

const char *net_sasl_get_mechanism (NetSasl *sasl);
/* Base64 of the initial response, or NULL where the mechanism waits for the server (LOGIN). */
char *net_sasl_initial (NetSasl *sasl) G_GNUC_WARN_UNUSED_RESULT;
/* Base64 answer to a base64 challenge; without a call of net_sasl_initial () before, the answer to the first, empty
 * challenge is the initial response ("" is an
 * empty challenge, and an empty answer).  NULL with BASE_ERROR_AUTH or _TRUST when the server's proof is
 * wrong or the challenge makes no sense: send "*" to abort. */
char *net_sasl_respond (NetSasl *sasl, const char *challenge,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* False when the mechanism authenticates the server too and it has not proved itself yet. */
gboolean net_sasl_is_complete (NetSasl *sasl);

G_END_DECLS
