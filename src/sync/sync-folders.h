/* The list of mailboxes: from LIST into the store. */
#pragma once

#include "imap-flight.h"
#include "sync-mailbox.h"

G_BEGIN_DECLS

/* Adds to `flight` what asks for the list and how each folder stands; `watch`: and that the server go on telling.  `opens`: the folder
 * that the same flight is going to open, 0: none. */
gboolean sync_folders_ask (SyncContext *context, ImapFlight *flight, gboolean watch, gint64 opens,
                           guint *index, GError **error);
/* (blocks) After the run: makes the store's rows equal to the list.  TRUE in *ask_again (and NULL without error): it lacks so much that a
 * new connection should say the same first.  Returns what the server said, by name (GHashTable of char * -> ImapMailbox, borrows
 * from itself): mailboxes that are only rows here, because nothing needed them yet, are not in it. */
GHashTable *sync_folders_take (SyncContext *context, SyncMemory *memory, ImapFlight *flight,
                               guint index, gboolean *ask_again,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Pure: `listed` (GPtrArray of ImapMailbox) lacks a folder with messages, or half of those of `stored` (GPtrArray of StoreFolder) that
 * the server once had: perhaps a server's slip. */
gboolean sync_folders_is_suspicious (GPtrArray *listed, GPtrArray *stored);

/* Makes the mailbox on the server: an operation needs it.  One that exists by now is no error. */
gboolean sync_folders_create (SyncContext *context, const char *name, GError **error);

/* Pure: what the store's list should become.  `listed`: GPtrArray of ImapMailbox; `prefix` (nullable): what NAMESPACE says that the person's
 * own begin with, not believed where the list says otherwise; `stored`: GPtrArray of StoreFolder; `busy`: operations are
 * waiting; `chosen` (nullable, BASE_N_FOLDERS of them): what a person said by BaseFolder, each nullable.  GPtrArray of StoreFolder.  Other
 * people's mailboxes get no role. */
GPtrArray *sync_folders_merge (GPtrArray *listed, const char *prefix, GPtrArray *stored,
                               gboolean busy, char *const *chosen) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
