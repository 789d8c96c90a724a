/* Bodies and searches that somebody waits on: the reader worker's work, which the sync worker can do as well. */
#pragma once

#include "sync-context.h"

G_BEGIN_DECLS

/* Does what the request asks on this connection, answers it and drops the reference.  Trouble with the connection is
 * answered too, and told in `error` as a copy.  TRUE: it was only a step, and the caller has the request still, to be served
 * again behind what else waits. */
gboolean sync_body_serve (SyncContext *context, SyncRequest *request, GError **error);
/* Brings what is read of `message`, with `whole` all of it. */
gboolean sync_body_fetch (SyncContext *context, gint64 message, gboolean whole, GError **error);
/* The answer when there is no connection; `why` is nullable. */
void sync_body_set_offline (SyncRequest *request, const char *why, GError **error);

G_END_DECLS
