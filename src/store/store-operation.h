/* Operations: what the person did, durable, with its local effect in the same (fsynced)
 * transaction; the sync worker carries it to the server later.  Threads and errors: see
 * store-db.h. */
#pragma once

#include "store-folder.h"
#include "store-message.h"

G_BEGIN_DECLS

typedef enum
{
  STORE_OPERATION_FLAGS, /* add or remove `flags` */
  /* From `folder` to `target`.  Where that is another account's, see STORE_OPERATION_CROSSES (). */
  STORE_OPERATION_MOVE,
  STORE_OPERATION_EXPUNGE, /* delete for good */
  /* Put the bytes of `message` (a row without UID in `folder`) on the server: the Sent copy, a draft, an import.  add: the
   * server files it there by itself, so that it is only to be found. */
  STORE_OPERATION_APPEND,
  STORE_OPERATION_COPY, /* from `folder` to `target`; `product` is the copy's row */
  /* From here on operations on `folder` itself. */
  STORE_OPERATION_CREATE,
  STORE_OPERATION_RENAME,    /* to `name`; the folders below it come along */
  STORE_OPERATION_DELETE,    /* with its messages */
  STORE_OPERATION_SUBSCRIBE, /* add: subscribe, else unsubscribe */
  STORE_OPERATION_EMPTY, /* deletes for good all whose UID is below `uid`, of the numbering `mark_validity` */
} StoreOperationKind;

#define STORE_OPERATION_IS_ON_FOLDER(kind) ((kind) >= STORE_OPERATION_CREATE)

/* How far what makes a new message on the server (COPY, APPEND, and the COPY of a MOVE) has come there, as far as known. */
typedef enum
{
  STORE_STEP_NONE, /* it was never sent */
  STORE_STEP_MAYBE, /* it may have been sent: look in the target from `mark` on before sending it again */
  STORE_STEP_MADE, /* it is there, under `new_uid` (0: not known); of a MOVE the original is still to go */
} StoreOperationStep;

typedef struct
{
  gint64 id;
  gint64 account; /* whose turn it is */
  gint64 group;   /* one call of the functions below: what undo takes back together */
  StoreOperationKind kind;
  gint64 message; /* row id */
  gint64
      product; /* row id of the copy; of an APPEND: the version that it takes the place of, which is deleted after it */
  gint64 folder; /* where the server has it (source) */
  /* Its UID there; 0: not known yet (a pending operation before it will tell), find by Message-ID. */
  guint32 uid;
  char *message_id; /* nullable */
  gint64 target;
  StoreFlags flags;
  gboolean add;
  guint attempts;
  StoreOperationStep step;
  /* UIDNEXT of the target before the first try, and the UIDVALIDITY that it and `new_uid` are of; 0 not known. */
  guint32 mark, mark_validity;
  guint32 new_uid;
  gboolean told; /* the person was told why it waits */
  /* As the server has them at this moment, whatever was renamed here meanwhile. */
  char *folder_name, *target_name;
  gint64 folder_account, target_account;    /* 0: there is no target */
  guint32 folder_validity, target_validity; /* the stored ones, 0 never synced */
  StoreRole folder_role, target_role;
  char *name; /* RENAME: the new one */
  /* Of the message's row, to know it again by; size 0 and local_only FALSE when there is none. */
  guint64 size;
  gint64 received, date;
  gboolean local_only, has_body;
} StoreOperation;

/* A MOVE or COPY to another account's folder, which two workers do in turns: the source's brings the bytes into the store, where
 * they are not (step NONE); the target's puts them there (MAYBE, then MADE); and of a MOVE the source's then lets the original
 * go.  Each hands it over to the other by store_operation_hand_over (). */
#define STORE_OPERATION_CROSSES(operation)                                                         \
  ((operation)->target_account != 0 && (operation)->target_account != (operation)->folder_account)

void store_operation_free (StoreOperation *operation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreOperation, store_operation_free)

/* Each: local effect and rows in one durable transaction; returns the group (> 0), or 0 on
 * error. Ids already in that state are skipped; an all-skipped call returns a group that undoes
 * nothing. */
gint64 store_operation_set_flags (StoreDb *db, const gint64 *ids, gsize n, gboolean add,
                                  StoreFlags flags, GError **error);
gint64 store_operation_move (StoreDb *db, const gint64 *ids, gsize n, gint64 target,
                             GError **error);
/* A second row at once, which everything can be done to. */
gint64 store_operation_copy (StoreDb *db, const gint64 *ids, gsize n, gint64 target,
                             GError **error);
/* Hidden at once, carried out `delay_s` seconds later (time for undo). */
gint64 store_operation_expunge (StoreDb *db, const gint64 *ids, gsize n, guint delay_s,
                                GError **error);
/* A row without UID in `folder` with these bytes, and its APPEND: the Sent copy, a draft, an import. */
gboolean store_operation_append (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                                 GError **error);
/* Folders; `name` is the whole path, as it is shown here.  REFUSED for a name that is taken or none, and for what
 * cannot be done to INBOX. */
gint64 store_operation_create_folder (StoreDb *db, gint64 account, const char *name, gint64 *folder,
                                      GError **error);
/* What is below it comes along; all its messages, operations and UIDs stay. */
gint64 store_operation_rename_folder (StoreDb *db, gint64 folder, const char *name, GError **error);
/* With all that is below it and all messages: not listed from now on, gone when the server has done it. */
gint64 store_operation_delete_folder (StoreDb *db, gint64 folder, guint delay_s, GError **error);
/* What the server has in it beside the rows that are here, as far as it was there when this computer looked last: what comes later stays.  To be
 * done after all that is to be done to messages of it.  A group of nothing where nobody has looked into it yet. */
gint64 store_operation_empty_folder (StoreDb *db, gint64 folder, guint delay_s, GError **error);
gint64 store_operation_subscribe_folder (StoreDb *db, gint64 folder, gboolean subscribed,
                                         GError **error);
/* Takes a group back: what is still pending and not begun is dropped, what was begun or done
 * gets its inverse; REFUSED when it cannot be undone any more (the deletion of messages or folders was
 * begun).  What was done can be taken back for as long as store-deed.h remembers it. */
gboolean store_operation_undo (StoreDb *db, gint64 group, GError **error);

/* ---- for the sync worker ---- */
/* The oldest due ones of the account that can go together (same kind, folder, target, flags; at
 * most `limit`), in order: an operation on a message waits for earlier ones on it. Empty array:
 * nothing due; *next_due (nullable) = seconds when the next one is, 0 none.  They count as begun
 * from here. APPENDs come one at a time.  attempts > 0: it was begun before and may be done
 * already on the server. */
GPtrArray *store_operation_take_due (StoreDb *db, gint64 account, guint limit, gint64 now,
                                     gint64 *next_due, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Before something is sent that makes messages in the target (for an APPEND: in `folder`): durable, so that no cut
 * makes it twice.  uid_next 0: not known.  The structs follow. */
gboolean store_operation_note_maybe (StoreDb *db, GPtrArray *operations, guint32 uid_validity,
                                     guint32 uid_next, GError **error);
/* What was noted so was looked for and is not there, or was not sent after all: what comes into the target now is another's. */
gboolean store_operation_note_unsent (StoreDb *db, GPtrArray *operations, GError **error);
/* It is there: `new_uids` (nullable) and `uid_validity` as for store_operation_done ().  The structs follow. */
gboolean store_operation_note_made (StoreDb *db, GPtrArray *operations, GHashTable *new_uids,
                                    guint32 uid_validity, GError **error);
/* Its turn is over, and `account` (of its folder or its target) goes on, or the same one again later.  What is MADE has its UID from here
 * on.  As if new: no attempts, due at once; and what is not MADE counts as never sent, and not begun.  Durable. */
gboolean store_operation_hand_over (StoreDb *db, GPtrArray *operations, gint64 account,
                                    GError **error);
/* Done on the server (also when the message was not there any more).  new_uids (nullable;
 * GUINT_TO_POINTER old -> new from COPYUID; APPENDUID under 0): the moved rows' UIDs, of the numbering `uid_validity`;
 * without it `new_uid` and `mark_validity` count.  Where neither is known, or the folder is numbered otherwise, they wait to be
 * adopted.  An operation whose uid was 0 and found by Message-ID: put it into operation->uid before. */
gboolean store_operation_done (StoreDb *db, GPtrArray *operations, GHashTable *new_uids,
                               guint32 uid_validity, GError **error);
/* The server refused: local effect undone; a refused APPEND leaves its message in the folder, on
 * this computer only. */
gboolean store_operation_refused (StoreDb *db, GPtrArray *operations, GError **error);
/* Later: attempts + 1, due at `not_before`. */
gboolean store_operation_postpone (StoreDb *db, GPtrArray *operations, gint64 not_before,
                                   GError **error);
/* The server said that it did nothing, and that later it may: as postpone, but the step goes back to NONE where the refusal
 * speaks for the whole of it, and a folder's operation counts as never begun; `told`: the person knows why, and need not be
 * told again (it stays so). */
gboolean store_operation_keep (StoreDb *db, GPtrArray *operations, gint64 not_before, gboolean told,
                               GError **error);
/* What was kept is due now: the person wants it tried. */
gboolean store_operation_hurry (StoreDb *db, gint64 account, GError **error);
/* After a restart: what was begun is due again (replay is idempotent). */
gboolean store_operation_recover (StoreDb *db, gint64 account, GError **error);
guint store_operation_count (StoreDb *db, gint64 account);
/* Those among them that were kept. */
guint store_operation_count_kept (StoreDb *db, gint64 account);

G_END_DECLS
