/* Where a server is, and how one signs in there.  Plain values; any thread, one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BASE_SECURITY_TLS,      /* TLS from the first byte (993, 465), RFC 8314 */
  BASE_SECURITY_STARTTLS, /* plain greeting, then STARTTLS or nothing (143, 587) */
} BaseSecurity;

/* By what a person is known to a server. */
typedef enum
{
  BASE_SIGN_IN_PASSWORD,
  BASE_SIGN_IN_OAUTH,       /* an access token (RFC 6749), by OAUTHBEARER (RFC 7628) or XOAUTH2 */
  BASE_SIGN_IN_CERTIFICATE, /* that of the client in TLS, by EXTERNAL (RFC 4422, appendix A) */
} BaseSignIn;

/* How a server proved that it knows the person's password, without being told it. */
typedef enum
{
  BASE_PROOF_NONE,
  BASE_PROOF_SCRAM, /* RFC 5802 */
  BASE_PROOF_BOUND, /* and that nobody stands between (SCRAM-…-PLUS) */
} BaseProof;

typedef struct
{
  char *host; /* of SMTP nullable: the account only receives */
  guint16 port;
  BaseSecurity security;
  BaseSignIn sign_in;
  char *user;
  gboolean disabled; /* of SMTP: nothing is sent, though it is known where that would go */
  /* Nullable: extensions that are not to be used though the server offers them, by their words in CAPABILITY or EHLO
   * ("QRESYNC", "CHUNKING").  Whether such a word means anything is not known here. */
  GStrv without;
  /* The most that `proved_host` (nullable) ever proved: less would be somebody else.  See base_server_get_proof (). */
  BaseProof proved;
  char *proved_host;
} BaseServer;

/* What a server is called in keyring and events: "imap", "smtp", and this with the id of an identity behind it. */
#define BASE_PROTOCOL_IDENTITY "smtp-"

BaseServer *base_server_new (void) G_GNUC_WARN_UNUSED_RESULT;                     /* port 465 */
BaseServer *base_server_dup (const BaseServer *server) G_GNUC_WARN_UNUSED_RESULT; /* NULL of NULL */
void base_server_free (BaseServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseServer, base_server_free)
/* Into one that is empty; and what it holds, not itself. */
void base_server_copy (const BaseServer *from, BaseServer *to);
void base_server_clear (BaseServer *server);
/* The same place, and the same user there. */
gboolean base_server_is_same_place (const BaseServer *a, const BaseServer *b);
/* Does to `server` what makes `after` of `before`, see base_account_merge (). */
void base_server_merge (BaseServer *server, const BaseServer *before, const BaseServer *after);
/* It is known where, and that it is wanted.  FALSE of NULL. */
gboolean base_server_is_used (const BaseServer *server);

/* What its host proved; NONE where that was another host. */
BaseProof base_server_get_proof (const BaseServer *server);
void base_server_set_proof (BaseServer *server, BaseProof proof); /* NONE: forgets it */

G_END_DECLS
