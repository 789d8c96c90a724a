/* The mail store: one SQLite file per profile (WAL) and the message bytes beside it.
 *
 * Store is shared by all threads (reference counted); StoreDb is one connection and belongs to
 * one thread. Each writing function below is one transaction of its own unless called between
 * store_db_begin () and store_db_commit ().  Writers of all threads wait for each other in the
 * Store (never SQLITE_BUSY).  After a commit the Store tells what changed, once, on the
 * committing thread.
 *
 * Errors: DISK (also full disk: nothing half-written remains), GONE, never
 * BROKEN: a damaged database is set aside as mail.db.damaged-<time> and a new one begun
 * (*rebuilt). */
#pragma once

#include <gio/gio.h>

#include "base-paths.h"
#include "base-uid-set.h"

G_BEGIN_DECLS

typedef struct _Store Store;
typedef struct _StoreDb StoreDb;

/* A message's place in its folder's list: (received seconds << 32) | row id.  Larger is newer;
 * unique; the list is all keys of a folder in descending order. */
typedef gint64 StoreKey;
#define STORE_KEY_ID(key) ((gint64)((guint64)(key)&0xffffffffu))
#define STORE_KEY_MAKE(received, id)                                                               \
  ((StoreKey)(((guint64)CLAMP ((received), 0, G_MAXINT32) << 32) | (guint64)(id)))

/* What one commit changed.  Immutable, reference counted. */
typedef struct
{
  gint64 folder; /* or a StoreView, see store-listing.h */
  /* Of StoreKey, descending; a moved message is removed here, added there. */
  GArray *added, *changed, *removed;
  /* The same of the conversations that it shows: keys of their threads.  One whose newest message is another one now is
   * removed with the old key and added with the new. */
  GArray *threads_added, *threads_changed, *threads_removed;
} StoreFolderChange;

typedef struct
{
  gatomicrefcount ref_count;
  GPtrArray *messages;  /* of StoreFolderChange: of folders and of views */
  GArray *counts;       /* gint64 folder ids whose totals or state changed */
  gboolean folder_list; /* folders came, went or changed name or role */
  gboolean outbox;
} StoreChange;

StoreChange *store_change_ref (StoreChange *change);
void store_change_unref (StoreChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreChange, store_change_unref)

typedef void (*StoreChangeFunc) (StoreChange *change, gpointer user_data);

Store *store_open (BasePaths *paths, gboolean *rebuilt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
Store *store_ref (Store *store);
void store_unref (Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Store, store_unref)
/* Set once, before other threads connect.  The function is called in the order of the commits,
 * still holding the right to write: it must return at once and not write here.  A reader may see
 * the new rows a moment before it is told of them. */
void store_set_change_func (Store *store, StoreChangeFunc func, gpointer user_data);

StoreDb *store_connect (Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_db_free (StoreDb *db);
BasePaths *store_db_get_paths (StoreDb *db); /* borrowed; any thread */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreDb, store_db_free)

/* Group several writes into one transaction (not nested). commit FALSE: everything since begin
 * is undone. `durable`: fsynced before commit returns (what cannot be fetched again); else it
 * may be lost, whole, by a power cut.  Functions that are durable on their own are here only as
 * durable as the group.  When one of them fails, commit does too (with its error), and nothing
 * of the group remains. */
gboolean store_db_begin (StoreDb *db, gboolean durable, GError **error);
gboolean store_db_commit (StoreDb *db, GError **error);
void store_db_rollback (StoreDb *db);

/* ---- accounts ---- */
/* Row id of the account with this id (of accounts/<id>.ini), made when new; 0 on error. */
gint64 store_account_ensure (StoreDb *db, const char *account_id, GError **error);
/* Switched off: no view shows its mail, until it is switched on again. */
gboolean store_account_set_disabled (StoreDb *db, gint64 account, gboolean disabled,
                                     GError **error);
/* What its SMTP server takes at most: octets of a message (RFC 1870), 0: not known, or it told none. */
gboolean store_account_get_size_limit (StoreDb *db, gint64 account, guint64 *limit, GError **error);
gboolean store_account_set_size_limit (StoreDb *db, gint64 account, guint64 limit, GError **error);
/* Everything of it that is in the store: folders, messages, operations, outbox (the draft
 * folders too), bodies. */
gboolean store_account_remove (StoreDb *db, gint64 account, GError **error);

G_END_DECLS
