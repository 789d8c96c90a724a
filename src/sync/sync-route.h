/* One way by which an account sends: a server, the worker that speaks to it, and why that waits for a person, if it does.  The first of an
 * account is its own; each identity with a server of its own has another one, which waits alone.  Any thread; guarded inside. */
#pragma once

#include "sync-account.h"

G_BEGIN_DECLS

typedef struct _SyncRoute SyncRoute;

/* `identity` NULL: the account's own.  Borrows the account, of whose settings it is, and lives no longer. */
SyncRoute *sync_route_new (SyncAccount *account, const char *identity) G_GNUC_WARN_UNUSED_RESULT;
void sync_route_free (SyncRoute *route);

SyncAccount *sync_route_get_account (SyncRoute *route);
const char *sync_route_get_identity (SyncRoute *route); /* nullable */
const char *sync_route_get_protocol (SyncRoute *route); /* static: "smtp", or "smtp-ID" */
const BaseServer *sync_route_get_server (SyncRoute *route);
SyncWorker *sync_route_get_worker (SyncRoute *route);
SyncSending *sync_route_get_sending (SyncRoute *route);

/* As sync_account_block () and the others do for its sides. */
void sync_route_block (SyncRoute *route, const GError *error);
gboolean sync_route_is_blocked (SyncRoute *route, GError **error);
/* Of an identity's, before its worker begins: nobody is told. */
void sync_route_set_blocked (SyncRoute *route, const GError *error);
/* Those of its reasons that are so: it is not blocked any more.  TRUE: there was one.  The account's own has none here. */
typedef gboolean (*SyncReasonFunc) (const GError *error);
gboolean sync_route_lift (SyncRoute *route, SyncReasonFunc is_so);
/* As sync_account_sign_in_smtp (). */
gboolean sync_route_sign_in (SyncRoute *route, SmtpSession *session, gboolean *again,
                             GCancellable *cancellable, GError **error);

G_END_DECLS
