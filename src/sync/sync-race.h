/* Several are asked at once, and the best answer wins: how long the others are waited for.  The thread that asks; it blocks. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* With the lock.  TRUE: nothing better can come any more; *good: what there is would do. */
typedef gboolean (*SyncRaceFunc) (gpointer data, gboolean *good);

/* Until it is settled, or something good has been there for `better_us`, or `total_us` are over, or the person gives up.  Who has something new to look at
 * broadcasts `cond`. */
void sync_race_wait (GMutex *lock, GCond *cond, gint64 total_us, gint64 better_us,
                     SyncRaceFunc look, gpointer data, GCancellable *cancellable);

G_END_DECLS
