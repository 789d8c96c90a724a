/* What the files that carry operations to the server share: the batch on its way, and how one ends. */
#pragma once

#include "store-operation.h"
#include "sync-operations.h"

G_BEGIN_DECLS

#define SYNC_SET_OCTETS 900

/* A batch on its way.  `open`: those not yet done, refused or put off; what ends the connection leaves them there. */
typedef struct
{
  SyncContext *context;
  GPtrArray *open; /* of StoreOperation, borrows */
  GArray *touched; /* of gint64: folders that had better be looked at */
} SyncBatch;

/* ---- how operations end (sync-operations.c); `operations` are some of the open ones ---- */

/* A list that borrows. */
GPtrArray *sync_batch_new_list (void) G_GNUC_WARN_UNUSED_RESULT;
void sync_batch_touch (SyncBatch *batch, gint64 folder);
/* UIDs told of the numbering `told` will be bound to the rows of a folder that is known under `known` (0: nobody has looked). */
gboolean sync_batch_is_numbered (guint32 known, guint32 told);
/* Not a word about these operations: the connection, the sign-in or this computer's disk. */
gboolean sync_batch_is_fatal (SyncBatch *batch, const GError *error);
/* `map` and `uid_validity` as for store_operation_done (). */
gboolean sync_batch_done (SyncBatch *batch, GPtrArray *operations, GHashTable *map,
                          guint32 uid_validity, GError **error);
/* Undone here, and said with the server's words in `reason`; NULL: there is nothing to tell. */
gboolean sync_batch_refuse (SyncBatch *batch, GPtrArray *operations, const GError *reason,
                            GError **error);
/* They were looked for and are nowhere: undone, and said. */
gboolean sync_batch_lose (SyncBatch *batch, GPtrArray *operations, GError **error);
gboolean sync_batch_postpone (SyncBatch *batch, GPtrArray *operations, GError **error);
/* This account's turn is over; see store_operation_hand_over (). */
gboolean sync_batch_hand_over (SyncBatch *batch, GPtrArray *operations, gint64 account,
                               GError **error);
/* What a failed command means for them: fatal errors are passed on, others kept for later where waiting can help, else
 * refused. */
gboolean sync_batch_settle (SyncBatch *batch, GPtrArray *operations, const GError *reason,
                            GError **error);

/* ---- the verbs: each does what it can with the open ones; what fails and is not fatal is settled by the caller ---- */

gboolean sync_batch_run_messages (SyncBatch *batch, GError **error); /* sync-operation-message.c */
/* sync-operation-transfer.c; `operations` loses those that are put off */
gboolean sync_batch_run_transfer (SyncBatch *batch, GPtrArray *operations, const char *set,
                                  GError **error);
/* Where deleting for good is moving to the bin and deleting there: on Gmail, and in a mailbox that keeps no \Deleted. */
gboolean sync_batch_must_bin (SyncBatch *batch, const StoreOperation *operation);
gboolean sync_batch_run_delete_in_bin (SyncBatch *batch, GPtrArray *operations, const char *set,
                                       GError **error);
gboolean sync_batch_run_append (SyncBatch *batch, GError **error); /* sync-operation-append.c */
/* sync-operation-across.c: STORE_OPERATION_CROSSES ().  The target's turn; and the source's, of operations of its selected folder. */
gboolean sync_batch_run_arrival (SyncBatch *batch, GError **error);
gboolean sync_batch_run_departure (SyncBatch *batch, GPtrArray *operations, GError **error);
gboolean sync_batch_run_folder (SyncBatch *batch, GError **error); /* sync-operation-folder.c */

/* Selects the folder of the batch for writing; where the server has numbered it anew, the UIDs known here are
 * forgotten. */
gboolean sync_batch_select (SyncBatch *batch, GError **error);

/* Selects `name` for writing, and makes the mailbox where there is none; FALSE without error: it was made, and is not selected. */
gboolean sync_batch_select_or_make (SyncBatch *batch, const char *name, GError **error);

/* ---- looking for messages in the selected mailbox (sync-operation-find.c) ---- */

typedef struct
{
  guint32 uid;
  guint64 size;
  gint64 received, date;
  char *message_id; /* nullable */
} SyncFound;

/* What bears the operation's Message-ID: GPtrArray of SyncFound; one alone has no size and times. */
GPtrArray *sync_find_by_id (SyncContext *context, const StoreOperation *operation,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* UIDs of the operations, by UID, from what is known or by looking for the message; the rest goes to `lost`. */
GHashTable *sync_find_resolve (SyncContext *context, GPtrArray *operations, GPtrArray *lost,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of those that MAYBE were sent into the selected mailbox: notes which are there. */
gboolean sync_find_made (SyncBatch *batch, GPtrArray *operations, GError **error);

G_END_DECLS
