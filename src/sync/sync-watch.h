/* Which folder next, how far to go with it, and how long there is nothing to do.  Pure bookkeeping of the sync worker; one thread. */
#pragma once

#include "store-folder.h"

G_BEGIN_DECLS

typedef struct _SyncWatch SyncWatch;

/* How long is long, in microseconds: of their own only for tests. */
typedef struct _SyncTimes
{
  gint64
      watchdog; /* silence that is doubted; how often the list of folders is looked at by itself */
  gint64 list;  /* the same while a person is about */
  gint64 about; /* a person who looked at a folder counts as about for so long */
  gint64 told;  /* the same as watchdog where the server tells of every folder (NOTIFY) */
  gint64 inbox; /* long work elsewhere is put aside this often to see to INBOX */
  gint64
      visit; /* how often a folder is visited where the server tells no STATUS, or no MODSEQ in it */
  gint64 noop;      /* how often a server without IDLE is asked */
  gint64 postponed; /* at most so long until an operation is tried again, in whole seconds */
  gint64 spared;    /* how long a message that the server fails to give is not asked for */
  gint64 minute;    /* of an account that is looked at every so many minutes */
} SyncTimes;

extern const SyncTimes sync_times;

/* How far to go with a folder. */
typedef enum
{
  SYNC_GOAL_GLANCE, /* its first screenful */
  SYNC_GOAL_LIST,   /* all headers: then it is in step */
  SYNC_GOAL_BODIES, /* whole messages, as the account wants them */
} SyncGoal;

/* What STATUS told of a mailbox. */
typedef struct
{
  guint32 uid_validity, uid_next, messages, unseen;
  guint64 modseq;
} SyncStatus;

gboolean sync_status_equal (const SyncStatus *a, const SyncStatus *b);

/* `times` is borrowed. */
SyncWatch *sync_watch_new (const SyncTimes *times) G_GNUC_WARN_UNUSED_RESULT;
void sync_watch_free (SyncWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncWatch, sync_watch_free)

/* A new connection: nothing is proven. */
void sync_watch_restart (SyncWatch *watch);
/* The network costs money: INBOX and the folder that is looked at, and no bodies. */
void sync_watch_set_frugal (SyncWatch *watch, gboolean frugal);
/* The server tells by itself what happens in any folder. */
void sync_watch_set_told (SyncWatch *watch, gboolean told);
gboolean sync_watch_list_is_due (SyncWatch *watch, gint64 now);
void sync_watch_expire_list (SyncWatch *watch);
/* Begins a new list; folders that are not told before sync_watch_end_list () are forgotten. */
void sync_watch_begin_list (SyncWatch *watch, gint64 now);
/* One folder of the list (copied).  `status` nullable: the server does not tell it with the list; `known`: how many of its messages
 * are known here.  TRUE: this proves that the folder is in step. */
gboolean sync_watch_take_folder (SyncWatch *watch, const StoreFolder *folder,
                                 const SyncStatus *status, guint64 known, gint64 now);
void sync_watch_end_list (SyncWatch *watch);

/* The folder that the person looks at, 0 none; `serial` changes with each time the person says so. */
void sync_watch_show (SyncWatch *watch, gint64 folder, guint serial, gint64 now);
/* The person said so since sync_watch_show () was told last. */
gboolean sync_watch_is_asked_for (SyncWatch *watch, guint serial);
/* Folder to work on now, 0 none, and how far to go. */
gint64 sync_watch_next (SyncWatch *watch, gint64 now, SyncGoal *goal);
/* A look at it begins, nothing is asked yet: what asked for one until now is answered by this one, what asks from here on by another. */
void sync_watch_begin (SyncWatch *watch, gint64 folder);
gint64 sync_watch_get_inbox (SyncWatch *watch);
/* Folders that were seen to be in step on this connection and of which nothing was told since: GArray of gint64. */
GArray *sync_watch_list_in_step (SyncWatch *watch) G_GNUC_WARN_UNUSED_RESULT;
/* What the last list told of it, on this connection; FALSE: nothing, or it may be out of date. */
gboolean sync_watch_get_status (SyncWatch *watch, gint64 folder, SyncStatus *status);
void sync_watch_mark (SyncWatch *watch, gint64 folder); /* look at it soon */
void sync_watch_want_bodies (SyncWatch *watch,
                             gint64 folder); /* some of its messages are wanted whole */
/* It was brought as far as that.  `more`: bodies are wanted, once the lists of all are here. */
void sync_watch_done (SyncWatch *watch, gint64 folder, SyncGoal goal, gboolean more, gint64 now);
/* It could not be selected: leave it alone for a while. */
void sync_watch_skip (SyncWatch *watch, gint64 folder, gint64 now);
/* A folder whose rows do not tell how much room it takes, since not all of them are here (it waits for a network that costs nothing, it only
 * repeats what lies elsewhere, it does not open), and of which that was not asked since its messages last changed; of one that
 * changes all the time only every few minutes.  0: there is none.  Nothing wakes up for it. */
gint64 sync_watch_next_unmeasured (SyncWatch *watch, gint64 now);
void sync_watch_set_measured (SyncWatch *watch, gint64 folder, gint64 now); /* it was asked for */
/* Milliseconds until something is due by itself. */
gint64 sync_watch_get_wait (SyncWatch *watch, gint64 now);

G_END_DECLS
