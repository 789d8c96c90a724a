/* The list of mailboxes: from LIST into the store. */
#pragma once

#include "sync-context.h"

G_BEGIN_DECLS

/* Asks for the list and makes the store's rows equal to it.  Returns what the server said, by name (GHashTable of char * -> ImapMailbox, borrows
 * from itself): mailboxes that are only rows here, because nothing needed them yet, are not in it. */
GHashTable *sync_folders_list (SyncContext *context, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the mailbox on the server: an operation needs it.  One that exists by now is no error. */
gboolean sync_folders_create (SyncContext *context, const char *name, GError **error);

/* Pure: what the store's list should become.  `listed`: GPtrArray of ImapMailbox; `stored`: GPtrArray of StoreFolder; `busy`: operations are
 * waiting.  GPtrArray of StoreFolder. */
GPtrArray *sync_folders_merge (GPtrArray *listed, GPtrArray *stored,
                               gboolean busy) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
