/* SASL client mechanisms, pure (no I/O): what to send for each challenge.  By a password SCRAM-SHA-256 (RFC 7677) and
 * SCRAM-SHA-1 (RFC 5802), both with -PLUS (bound to the TLS connection: RFC 9266), PLAIN (RFC 4616), LOGIN; by an access token OAUTHBEARER (RFC 7628), XOAUTH2; by the client's
 * certificate EXTERNAL (RFC 4422, appendix A).  Never CRAM-MD5 or NTLM. */
#pragma once

#include <gio/gio.h>

#include "base-account.h"

G_BEGIN_DECLS

/* By what somebody signs in; borrows. */
typedef struct
{
  BaseSignIn kind;
  const char *user;
  const char *secret; /* the password, or the access token; NULL with BASE_SIGN_IN_CERTIFICATE */
  BaseProof proved;   /* what the server proved before: less is not taken any more */
} NetLogin;

/* To whom, as the person gave it; borrows.  See net_connection_get_peer (). */
typedef struct
{
  const char *host;
  guint16 port;
  GBytes *binding; /* nullable: "tls-exporter" of the connection (RFC 9266) */
} NetPeer;

typedef struct _NetSasl NetSasl;

/* Picks the best of `mechanisms` (upper case names, NULL-terminated) for that kind of sign-in; NULL when there is none. */
NetSasl *net_sasl_new (const char *const *mechanisms, const NetLogin *login,
                       const NetPeer *peer) G_GNUC_WARN_UNUSED_RESULT;
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
/* What the server proves by it, when it is complete. */
BaseProof net_sasl_get_proof (NetSasl *sasl);
/* After a refusal: why the server does not take the token, in its own word ("invalid_token"; RFC 7628, 3.2.2); NULL: it did not
 * say.  Borrowed. */
const char *net_sasl_get_status (NetSasl *sasl);

/* For tokens and certificates alone (of passwords the protocols know more): a server that offers nothing that fits, and one that
 * refuses what it was given.  AUTH, or TRUST for a certificate, for which nobody can be asked; `detail` and `words` (the server's) nullable. */
void net_sasl_set_no_way (GError **error, const NetLogin *login, const char *host,
                          const char *detail);
void net_sasl_set_refused (GError **error, const NetLogin *login, const char *host, NetSasl *sasl,
                           const char *words);

G_END_DECLS
