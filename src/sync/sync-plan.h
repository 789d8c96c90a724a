/* What to ask the server for, decided from what the store knows and what SELECT said.  Pure; any thread. */
#pragma once

#include "base-uid-set.h"

G_BEGIN_DECLS

#define SYNC_PLAN_SCREENFUL   100
#define SYNC_PLAN_NEW_AT_ONCE 500 /* more new ones come newest first, in batches */

/* What the store knows of a folder. */
typedef struct
{
  guint32 uid_validity, uid_next; /* 0: never synced */
  guint64 modseq;
  gboolean complete; /* all headers are here */
  guint64 known;     /* UIDs known here */
} SyncPlanStored;

/* What the server said. */
typedef struct
{
  guint32 exists, uid_validity, uid_next; /* the latter two 0: not told */
  guint64 modseq;                         /* 0: no CONDSTORE */
  gboolean told_changes;                  /* flags that changed since were told already */
  gboolean told_vanished;                 /* so was what vanished, and something did */
  gboolean told_new; /* the new ones, or the first screenful, are here already */
} SyncPlanServer;

typedef struct
{
  gboolean reset;                    /* UIDVALIDITY changed: forget all rows first */
  guint32 newest_first, newest_last; /* sequence numbers of the first screenful; 0: not wanted */
  guint32 new_from;                  /* fetch UIDs from here up; 0: nothing new */
  guint64 changed_since;             /* fetch flags changed since; 0: not wanted */
  gboolean all_flags;                /* fetch the flags of all known messages */
  gboolean search;                   /* ask for all UIDs: something may be missing on either side */
} SyncPlan;

SyncPlan sync_plan_make (const SyncPlanStored *stored, const SyncPlanServer *server);

/* After the new ones came: do the counts still disagree? */
gboolean sync_plan_needs_search (gboolean complete, guint64 known, guint32 exists);

/* All UIDs from this one up.  Without "*": where nothing is new that would be the last message, and runs downwards. */
char *sync_plan_dup_set_from (guint32 uid) G_GNUC_WARN_UNUSED_RESULT;

/* The `n` highest of `set`, new. */
BaseUidSet *sync_plan_newest (const BaseUidSet *set, guint n) G_GNUC_WARN_UNUSED_RESULT;

/* Losing this many at once may be a server's slip rather than somebody's deed: ask again on a fresh connection. */
gboolean sync_plan_is_suspicious (guint64 known, guint64 removed, guint32 exists);

G_END_DECLS
