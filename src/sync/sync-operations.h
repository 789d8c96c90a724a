/* Carries what the person did to the server. */
#pragma once

#include "sync-context.h"

G_BEGIN_DECLS

/* Takes one batch of due operations and does it.  *did: there was one; *next_due: second when the next one is due, 0 none.  *touched (nullable
 * out, 0 none): a folder whose mailbox got messages whose UIDs are not known yet: sync it soon.  What the server refuses is
 * undone and told; FALSE only for errors that end the connection or the disk: the operations are due again then. */
gboolean sync_operations_run (SyncContext *context, gboolean *did, gint64 *next_due,
                              gint64 *touched, GError **error);

G_END_DECLS
