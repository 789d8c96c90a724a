/* SCRAM, the client's side (RFC 5802, 7677), bound to the TLS connection where that can be (RFC 9266).  Pure; texts without their
 * base64. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  NET_SCRAM_SHA_256,
  NET_SCRAM_SHA_1,
} NetScramHash;

/* The first letter of all that is said (gs2-cbind-flag). */
typedef enum
{
  NET_SCRAM_UNABLE,    /* "n": this connection has nothing to bind to */
  NET_SCRAM_UNOFFERED, /* "y": it has, but the server seems not to know how */
  NET_SCRAM_BOUND,     /* "p" */
} NetScramBinding;

typedef struct
{
  NetScramHash hash;
  NetScramBinding binding;
  GBytes *
      bound_to; /* what the connection exports; with NET_SCRAM_BOUND alone; borrowed until the end */
  const char *user, *password, *host; /* borrowed until the end */
} NetScramTask;

typedef struct _NetScram NetScram;

NetScram *net_scram_new (const NetScramTask *task) G_GNUC_WARN_UNUSED_RESULT;
void net_scram_free (NetScram *scram); /* wipes what it knew */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetScram, net_scram_free)
void net_scram_set_nonce (NetScram *scram, const char *nonce); /* for tests */

/* client-first-message */
char *net_scram_begin (NetScram *scram) G_GNUC_WARN_UNUSED_RESULT;
/* client-final-message for the server-first-message; NULL with AUTH (senseless) or TRUST (asks for a proof that gives the password
 * away). */
char *net_scram_prove (NetScram *scram, const char *challenge,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of the server-final-message: TRUE when the server proved that it knows the password.  AUTH: it says that ours was wrong; RETRY: it has no time
 * to look; TRUST: its proof is wrong, or it sees another connection than this one. */
gboolean net_scram_check (NetScram *scram, const char *proof, GError **error);
/* After net_scram_check () failed: the server cannot bind to connections in the way that we can. */
gboolean net_scram_is_foreign_binding (NetScram *scram);

/* A password or name as SASLprep (RFC 4013) wants it; as it is where that forbids it: a server that took it nevertheless did the same.  To
 * be wiped. */
char *net_scram_prepare (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
