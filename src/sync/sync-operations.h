/* Carries what the person did to the server. */
#pragma once

#include "sync-context.h"

G_BEGIN_DECLS

/* Takes one batch of due operations and does it.  *did: there was one; *next_due: second when the next one is due, 0 none.  `touched` (of
 * gint64) gets the folders that had better be looked at: their mailboxes got messages whose UIDs are not known yet, or lost
 * some, or are new.  What the server refuses is undone and told, what it cannot do now is kept; FALSE only for errors that
 * end the connection or the disk: the operations are due again then. */
gboolean sync_operations_run (SyncContext *context, gboolean *did, gint64 *next_due,
                              GArray *touched, GError **error);

G_END_DECLS
