/* Which folder next, and how long there is nothing to do.  Pure bookkeeping of the sync worker; one thread. */
#pragma once

#include "store-folder.h"

G_BEGIN_DECLS

typedef struct _SyncWatch SyncWatch;

/* What STATUS told of a mailbox. */
typedef struct
{
  guint32 uid_validity, uid_next, messages, unseen;
  guint64 modseq;
} SyncStatus;

SyncWatch *sync_watch_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sync_watch_free (SyncWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncWatch, sync_watch_free)

/* A new connection: nothing is proven. */
void sync_watch_restart (SyncWatch *watch);
gboolean sync_watch_list_is_due (SyncWatch *watch, gint64 now);
void sync_watch_expire_list (SyncWatch *watch);
/* Begins a new list; folders that are not told before sync_watch_end_list () are forgotten. */
void sync_watch_begin_list (SyncWatch *watch, gint64 now);
/* One folder of the list (copied).  `status` nullable: the server does not tell it with the list. */
void sync_watch_take_folder (SyncWatch *watch, const StoreFolder *folder, const SyncStatus *status,
                             gint64 now);
void sync_watch_end_list (SyncWatch *watch);

/* Folder to work on now, 0 none.  `shown`: the one the person looks at; `serial` changes with each time the person says so. */
gint64 sync_watch_next (SyncWatch *watch, gint64 shown, guint serial, gint64 now);
gint64 sync_watch_get_inbox (SyncWatch *watch);
void sync_watch_mark (SyncWatch *watch, gint64 folder); /* look at it soon */
void sync_watch_done (SyncWatch *watch, gint64 folder, gint64 now);
/* It could not be selected: leave it alone for a while. */
void sync_watch_skip (SyncWatch *watch, gint64 folder, gint64 now);
/* Milliseconds until something is due by itself. */
gint64 sync_watch_get_wait (SyncWatch *watch, gint64 now);

G_END_DECLS
