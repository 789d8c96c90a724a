/* Waiting for the best of several answers. */
#include "sync-race.h"

typedef struct
{
  GMutex *lock; /* Borrowed */
  GCond *cond;  /* Borrowed */
} Waiter;

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  const Waiter *waiter = data;

  g_mutex_lock (waiter->lock);
  g_cond_broadcast (waiter->cond);
  g_mutex_unlock (waiter->lock);
}

void
sync_race_wait (GMutex *lock, GCond *cond, gint64 total_us, gint64 better_us, SyncRaceFunc look,
                gpointer data, GCancellable *cancellable)
{
  gint64 end = g_get_monotonic_time () + total_us, better = 0;
  Waiter waiter = { lock, cond };
  gulong handler = 0;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), &waiter, NULL);
  g_mutex_lock (lock);
  while (!g_cancellable_is_cancelled (cancellable)) {
    gboolean good = FALSE;

    if (look (data, &good))
      break;
    if (good && better == 0)
      better = g_get_monotonic_time () + better_us;
    if (!g_cond_wait_until (cond, lock, better != 0 ? MIN (better, end) : end))
      break;
  }
  g_mutex_unlock (lock);
  g_cancellable_disconnect (cancellable, handler);
}
