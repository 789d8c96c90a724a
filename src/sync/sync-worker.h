/* A worker: one thread, one queue, one connection's worth of cancelling and back-off.  Read this file first.
 *
 * The thread runs `func` once; the function loops until sync_worker_is_stopping ().  Everything durable
 * (operations, the outbox) lives in the store and is only announced by sync_worker_wake (); what somebody
 * waits on (a body, "show this folder") is a job in the queue.  Both make the fd of the queue readable, which
 * the thread polls beside its socket.  Functions under "any thread" may be called by anyone, the others only
 * by the worker's own thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SyncWorker SyncWorker;
typedef void (*SyncWorkerFunc) (SyncWorker *worker, gpointer user_data);

/* ---- any thread ---- */
/* `free_job` frees jobs that were never taken.  Nothing runs before sync_worker_start (). */
SyncWorker *sync_worker_new (const char *name, GDestroyNotify free_job, SyncWorkerFunc func,
                             gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void sync_worker_start (SyncWorker *worker);
/* Asks the thread to end and returns at once.  What is on the wire is cancelled, except inside a guarded stretch. */
void sync_worker_stop (SyncWorker *worker);
/* (blocks) Waits for the thread; a guarded stretch gets until `deadline` (g_get_monotonic_time), then is cancelled. */
void sync_worker_join (SyncWorker *worker, gint64 deadline);
void sync_worker_free (SyncWorker *worker); /* stops and joins, where that was not done */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncWorker, sync_worker_free)

void sync_worker_push (SyncWorker *worker, gpointer job); /* takes the job */
void sync_worker_wake (SyncWorker *worker);
/* Try now: forgets the back-off.  A connection that is only being made is begun anew; one that stands is left
 * alone unless `drop`. */
void sync_worker_retry (SyncWorker *worker, gboolean drop);

/* ---- the worker's thread ---- */
gboolean sync_worker_is_stopping (SyncWorker *worker);
gpointer sync_worker_pop (SyncWorker *worker); /* next job or NULL */
int sync_worker_get_fd (SyncWorker *worker);
/* Call at the top of each round: swallows wake-ups, so that what follows looks at everything once. */
void sync_worker_begin_round (SyncWorker *worker);
/* There is a job, or a wake-up since the round began: what takes long had better come to an end. */
gboolean sync_worker_is_wanted (SyncWorker *worker);
/* Waits for a job, a wake-up, or the time-out (< 0: for ever). */
void sync_worker_wait (SyncWorker *worker, gint64 timeout_ms);
/* New reference: what this round's network calls are cancelled by. */
GCancellable *sync_worker_ref_cancellable (SyncWorker *worker) G_GNUC_WARN_UNUSED_RESULT;
/* Between TRUE and FALSE a stop waits (see sync_worker_join ()) instead of cancelling. */
void sync_worker_set_guarded (SyncWorker *worker, gboolean guarded);

/* Says that the connection stands (or is gone).  One that breaks within a minute counts as another failure, so that a
 * server which lets in and throws out is not hammered. */
void sync_worker_set_connected (SyncWorker *worker, gboolean connected);
/* The desktop says that there is no network.  It knows but the ways to the world, not a server next door: so it is tried, yet
 * without hurry, every 5 min from the first failure on. */
void sync_worker_set_offline (SyncWorker *worker, gboolean offline);
/* Another failure: 1 s doubling to 5 min, with jitter.  Returns the wall clock second of the next try. */
gint64 sync_worker_fail (SyncWorker *worker);
/* Milliseconds until the next try; 0: now. */
gint64 sync_worker_get_delay (SyncWorker *worker);
/* True once after sync_worker_retry (). */
gboolean sync_worker_take_retry (SyncWorker *worker);

/* Pure: milliseconds to wait after the nth failure (1 …); `jitter` 0 … 1. */
gint64 sync_worker_back_off (guint failures, double jitter);

G_END_DECLS
