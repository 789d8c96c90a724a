/* The one message that is on its way: see sync-sending.h. */
#include "sync-sending.h"

struct _SyncSending
{
  GMutex lock; /* what follows */
  GCancellable *cancellable, *worker;
  gulong handler;
  gint64 outbox; /* 0: none that could be stopped */
  gint64 ahead;  /* 0: none */
  gboolean stopped, stopped_ahead;
};

SyncSending *
sync_sending_new (void)
{
  SyncSending *sending = g_new0 (SyncSending, 1);

  g_mutex_init (&sending->lock);
  return sending;
}

void
sync_sending_free (SyncSending *sending)
{
  g_mutex_clear (&sending->lock);
  g_free (sending);
}

static void
on_worker_cancelled (GCancellable *worker, GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

GCancellable *
sync_sending_begin (SyncSending *sending, gint64 outbox, GCancellable *worker)
{
  GCancellable *cancellable = g_cancellable_new ();

  g_mutex_lock (&sending->lock);
  sending->cancellable = cancellable;
  sending->worker = g_object_ref (worker);
  sending->outbox = outbox;
  sending->stopped = FALSE;
  g_mutex_unlock (&sending->lock);
  /* Not while the lock is held: it may call at once. */
  sending->handler = g_cancellable_connect (worker, G_CALLBACK (on_worker_cancelled),
                                            g_object_ref (cancellable), g_object_unref);
  return cancellable;
}

void
sync_sending_set_ahead (SyncSending *sending, gint64 outbox)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sending->lock);

  sending->ahead = outbox;
  sending->stopped_ahead = FALSE;
}

gboolean
sync_sending_take_stopped (SyncSending *sending, gint64 outbox)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sending->lock);
  gboolean stopped = sending->stopped_ahead && sending->ahead == outbox;

  sending->ahead = 0;
  sending->stopped_ahead = FALSE;
  return stopped;
}

gboolean
sync_sending_let_go (SyncSending *sending)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sending->lock);

  sending->outbox = 0;
  return !sending->stopped;
}

gboolean
sync_sending_end (SyncSending *sending)
{
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GCancellable) worker = NULL;

  g_mutex_lock (&sending->lock);
  cancellable = g_steal_pointer (&sending->cancellable);
  worker = g_steal_pointer (&sending->worker);
  sending->outbox = 0;
  g_mutex_unlock (&sending->lock);
  g_cancellable_disconnect (worker, sending->handler);
  return sending->stopped;
}

gboolean
sync_sending_stop (SyncSending *sending, gint64 outbox)
{
  g_autoptr (GCancellable) cancellable = NULL;
  gboolean waits;

  g_mutex_lock (&sending->lock);
  if (outbox != 0 && outbox == sending->outbox) {
    sending->stopped = TRUE;
    cancellable = g_object_ref (sending->cancellable);
  }
  waits = outbox != 0 && outbox == sending->ahead;
  sending->stopped_ahead |= waits;
  g_mutex_unlock (&sending->lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  return waits || cancellable != NULL;
}
