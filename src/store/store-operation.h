/* Operations: what the person did, durable, with its local effect in the same (fsynced)
 * transaction; the sync worker carries it to the server later.  Threads and errors: see
 * store-db.h. */
#pragma once

#include "store-message.h"

G_BEGIN_DECLS

typedef enum
{
  STORE_OPERATION_FLAGS,   /* add or remove `flags` */
  STORE_OPERATION_MOVE,    /* from `folder` to `target` */
  STORE_OPERATION_EXPUNGE, /* delete for good */
  /* Put the bytes of `message` (a row without UID in `folder`) on the server: the Sent copy. */
  STORE_OPERATION_APPEND,
} StoreOperationKind;

typedef struct
{
  gint64 id, account;
  gint64 group; /* one call of the functions below: what undo takes back together */
  StoreOperationKind kind;
  gint64 message; /* row id */
  gint64 folder;  /* where the server has it (source) */
  /* Its UID there; 0: not known yet (a pending operation before it will tell), find by Message-ID. */
  guint32 uid;
  char *message_id; /* nullable */
  gint64 target;
  StoreFlags flags;
  gboolean add;
  guint attempts;
  char *folder_name, *target_name;
} StoreOperation;

void store_operation_free (StoreOperation *operation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreOperation, store_operation_free)

/* Each: local effect and rows in one durable transaction; returns the group (> 0), or 0 on
 * error. Ids already in that state are skipped; an all-skipped call returns a group that undoes
 * nothing. Cross-account moves are REFUSED. */
gint64 store_operation_set_flags (StoreDb *db, const gint64 *ids, gsize n, gboolean add,
                                  StoreFlags flags, GError **error);
gint64 store_operation_move (StoreDb *db, const gint64 *ids, gsize n, gint64 target,
                             GError **error);
/* Hidden at once, carried out `delay_s` seconds later (time for undo). */
gint64 store_operation_expunge (StoreDb *db, const gint64 *ids, gsize n, guint delay_s,
                                GError **error);
/* Takes a group back: what is still pending and not begun is dropped, what was begun or done
 * gets its inverse; REFUSED when it cannot be undone any more (expunged).  Done ones can be
 * undone for an hour, not after a restart. */
gboolean store_operation_undo (StoreDb *db, gint64 group, GError **error);
/* The Sent copy: a row without UID in `folder` with these bytes, and its APPEND. */
gboolean store_operation_append (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                                 GError **error);

/* ---- for the sync worker ---- */
/* The oldest due ones of the account that can go together (same kind, folder, target, flags; at
 * most `limit`), in order: an operation on a message waits for earlier ones on it. Empty array:
 * nothing due; *next_due (nullable) = seconds when the next one is, 0 none.  They count as begun
 * from here. APPENDs come one at a time.  attempts > 0: it was begun before and may be done
 * already on the server. */
GPtrArray *store_operation_take_due (StoreDb *db, gint64 account, guint limit, gint64 now,
                                     gint64 *next_due, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Done on the server (also when the message was not there any more).  new_uids (nullable;
 * GUINT_TO_POINTER old -> new from COPYUID; APPENDUID under 0): the moved rows' UIDs; without it
 * they wait to be adopted.  An operation whose uid was 0 and found by Message-ID: put it into
 * operation->uid before. */
gboolean store_operation_done (StoreDb *db, GPtrArray *operations, GHashTable *new_uids,
                               GError **error);
/* The server refused: local effect undone; a refused APPEND leaves its message in the folder, on
 * this computer only. */
gboolean store_operation_refused (StoreDb *db, GPtrArray *operations, GError **error);
/* Later: attempts + 1, due at `not_before`. */
gboolean store_operation_postpone (StoreDb *db, GPtrArray *operations, gint64 not_before,
                                   GError **error);
/* After a restart: what was begun is due again (replay is idempotent). */
gboolean store_operation_recover (StoreDb *db, gint64 account, GError **error);
guint store_operation_count (StoreDb *db, gint64 account);

G_END_DECLS
