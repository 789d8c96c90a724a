/* The thread, the wake-up and the back-off that every worker shares.  Knows nothing of mail; must never call into the
 * store or a connection. */
#include "sync-worker.h"

#include "base-queue.h"

#include <sys/resource.h>
#include <unistd.h>

#define BACK_OFF_FIRST_MS 1000
#define BACK_OFF_LAST_MS  (5 * 60 * 1000)
#define WORKER_NICE       5
#define PROVEN_AFTER_US   (60 * G_USEC_PER_SEC)

struct _SyncWorker
{
  /* Owned */
  char *name;
  BaseQueue *queue;
  GThread *thread;
  SyncWorkerFunc func;
  gpointer user_data;

  GMutex lock; /* what follows */
  GCond ended_cond;
  GCancellable *cancellable;
  gboolean stopping, guarded, ended, connected, retry, offline;
  guint failures;
  gint64 connected_at, next_try; /* monotonic; 0: never, now */
};

SyncWorker *
sync_worker_new (const char *name, GDestroyNotify free_job, SyncWorkerFunc func, gpointer user_data)
{
  SyncWorker *worker = g_new0 (SyncWorker, 1);

  worker->name = g_strdup (name);
  worker->queue = base_queue_new (free_job);
  worker->func = func;
  worker->user_data = user_data;
  worker->cancellable = g_cancellable_new ();
  g_mutex_init (&worker->lock);
  g_cond_init (&worker->ended_cond);
  return worker;
}

static gpointer
thread_main (gpointer data)
{
  SyncWorker *worker = data;

  /* Where there are fewer processors than threads with work, the window goes first.  Linux knows niceness by thread; where
   * it may not be set, all are equal. */
  setpriority (PRIO_PROCESS, (id_t)gettid (), WORKER_NICE);
  worker->func (worker, worker->user_data);
  g_mutex_lock (&worker->lock);
  worker->ended = TRUE;
  g_cond_broadcast (&worker->ended_cond);
  g_mutex_unlock (&worker->lock);
  return NULL;
}

void
sync_worker_start (SyncWorker *worker)
{
  g_return_if_fail (worker->thread == NULL);
  worker->thread = g_thread_new (worker->name, thread_main, worker);
}

void
sync_worker_stop (SyncWorker *worker)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&worker->lock);
  worker->stopping = TRUE;
  if (!worker->guarded)
    cancellable = g_object_ref (worker->cancellable);
  g_mutex_unlock (&worker->lock);
  /* Outside the lock: handlers of "cancelled" run inside this call. */
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  base_queue_wake (worker->queue);
}

void
sync_worker_join (SyncWorker *worker, gint64 deadline)
{
  g_autoptr (GCancellable) cancellable = NULL;
  gboolean ended = FALSE;

  if (worker->thread == NULL)
    return;
  g_mutex_lock (&worker->lock);
  while (!worker->ended && g_cond_wait_until (&worker->ended_cond, &worker->lock, deadline))
    continue;
  ended = worker->ended;
  cancellable = g_object_ref (worker->cancellable);
  g_mutex_unlock (&worker->lock);
  if (!ended)
    g_cancellable_cancel (cancellable);
  g_thread_join (g_steal_pointer (&worker->thread));
}

void
sync_worker_free (SyncWorker *worker)
{
  sync_worker_stop (worker);
  sync_worker_join (worker, g_get_monotonic_time ());
  base_queue_free (worker->queue);
  g_object_unref (worker->cancellable);
  g_mutex_clear (&worker->lock);
  g_cond_clear (&worker->ended_cond);
  g_free (worker->name);
  g_free (worker);
}

void
sync_worker_push (SyncWorker *worker, gpointer job)
{
  base_queue_push (worker->queue, job);
}

void
sync_worker_wake (SyncWorker *worker)
{
  base_queue_wake (worker->queue);
}

void
sync_worker_retry (SyncWorker *worker, gboolean drop)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&worker->lock);
  worker->retry = TRUE;
  worker->failures = 0;
  worker->next_try = 0;
  if (!worker->stopping && !worker->guarded && (drop || !worker->connected)) {
    cancellable = worker->cancellable;
    worker->cancellable = g_cancellable_new ();
  }
  g_mutex_unlock (&worker->lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  base_queue_wake (worker->queue);
}

void
sync_worker_set_offline (SyncWorker *worker, gboolean offline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);

  worker->offline = offline;
}

gboolean
sync_worker_is_stopping (SyncWorker *worker)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);

  return worker->stopping;
}

gpointer
sync_worker_pop (SyncWorker *worker)
{
  return base_queue_pop (worker->queue);
}

int
sync_worker_get_fd (SyncWorker *worker)
{
  return base_queue_get_fd (worker->queue);
}

void
sync_worker_begin_round (SyncWorker *worker)
{
  base_queue_clear_wake (worker->queue);
}

gboolean
sync_worker_is_wanted (SyncWorker *worker)
{
  return base_queue_wait (worker->queue, 0);
}

void
sync_worker_wait (SyncWorker *worker, gint64 timeout_ms)
{
  if (!sync_worker_is_stopping (worker))
    base_queue_wait (worker->queue, timeout_ms);
}

GCancellable *
sync_worker_ref_cancellable (SyncWorker *worker)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);

  return g_object_ref (worker->cancellable);
}

void
sync_worker_set_guarded (SyncWorker *worker, gboolean guarded)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&worker->lock);
  worker->guarded = guarded;
  if (!guarded && worker->stopping)
    cancellable = g_object_ref (worker->cancellable);
  g_mutex_unlock (&worker->lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

void
sync_worker_set_connected (SyncWorker *worker, gboolean connected)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);

  if (connected)
    worker->connected_at = g_get_monotonic_time ();
  else if (worker->connected && g_get_monotonic_time () - worker->connected_at > PROVEN_AFTER_US)
    worker->failures = 0;
  worker->connected = connected;
}

gint64
sync_worker_back_off (guint failures, double jitter)
{
  guint doublings = MIN (failures > 0 ? failures - 1 : 0, 16);
  gint64 delay = MIN ((gint64)BACK_OFF_FIRST_MS << doublings, BACK_OFF_LAST_MS);

  /* Up to a quarter less, so that a thousand clients do not come back in the same second. */
  return delay - (gint64)((double)(delay / 4) * CLAMP (jitter, 0.0, 1.0));
}

gint64
sync_worker_fail (SyncWorker *worker)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);
  gint64 delay = 0;

  worker->failures = MIN (worker->failures + 1, 1000);
  delay = sync_worker_back_off (worker->offline ? G_MAXUINT : worker->failures, g_random_double ());
  worker->next_try = g_get_monotonic_time () + delay * 1000;
  return (g_get_real_time () + delay * 1000) / G_USEC_PER_SEC;
}

gint64
sync_worker_get_delay (SyncWorker *worker)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);
  gint64 left = worker->next_try - g_get_monotonic_time ();

  return left <= 0 ? 0 : left / 1000 + 1;
}

gboolean
sync_worker_take_retry (SyncWorker *worker)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);
  gboolean retry = worker->retry;

  worker->retry = FALSE;
  return retry;
}
