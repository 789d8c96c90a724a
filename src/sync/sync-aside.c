/* How many threads there are that nobody joins.  Must never wait for one with the lock that it wants. */
#include "sync-aside.h"

#include "net-types.h"

typedef struct
{
  GThreadFunc func;
  gpointer data;
} Aside;

static GMutex lock; /* what follows */
static GCond cond;
static guint n_running;
static GCancellable *closing; /* Owned; NULL: nobody asked for it yet */

static gpointer
aside_main (gpointer data)
{
  g_autofree Aside *aside = data;

  aside->func (aside->data);
  g_mutex_lock (&lock);
  n_running--;
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
  return NULL;
}

void
sync_aside_begin (const char *name, GThreadFunc func, gpointer data)
{
  Aside *aside = g_new0 (Aside, 1);

  aside->func = func;
  aside->data = data;
  net_types_register ();
  g_mutex_lock (&lock);
  n_running++;
  g_mutex_unlock (&lock);
  g_thread_unref (g_thread_new (name, aside_main, aside));
}

GCancellable *
sync_aside_dup_closing (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (closing == NULL)
    closing = g_cancellable_new ();
  return g_object_ref (closing);
}

void
sync_aside_end (guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64)timeout_ms * 1000;
  g_autoptr (GCancellable) over = NULL;

  g_mutex_lock (&lock);
  over = g_steal_pointer (&closing);
  g_mutex_unlock (&lock);
  g_cancellable_cancel (over);
  g_mutex_lock (&lock);
  while (n_running > 0 && g_cond_wait_until (&cond, &lock, end))
    ;
  g_mutex_unlock (&lock);
}
