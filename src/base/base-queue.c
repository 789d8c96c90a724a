/* Jobs for one worker thread, with an eventfd that is readable exactly while there is something to see.  Any
 * thread pushes and wakes, the worker pops and waits; only base_queue_wait () may block. */
#include "base-queue.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct _BaseQueue
{
  GMutex lock;
  GQueue jobs;        /* Owned: the jobs */
  gboolean woken;     /* base_queue_wake () since the worker last found the queue empty */
  gboolean signalled; /* the fd is readable */
  int fd;             /* Owned */
  GDestroyNotify free_job;
};

BaseQueue *
base_queue_new (GDestroyNotify free_job)
{
  BaseQueue *queue = g_new0 (BaseQueue, 1);

  g_mutex_init (&queue->lock);
  g_queue_init (&queue->jobs);
  queue->free_job = free_job;
  queue->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (queue->fd < 0)
    g_error ("no file descriptor left for a worker: %s", g_strerror (errno));

  return queue;
}

void
base_queue_free (BaseQueue *queue)
{
  if (queue == NULL)
    return;

  g_queue_clear_full (&queue->jobs, queue->free_job);
  g_mutex_clear (&queue->lock);
  close (queue->fd);
  g_free (queue);
}

/* Makes the fd tell the truth.  Called with the lock held; an eventfd that is set once never blocks and never
 * overflows. */
static void
update_fd (BaseQueue *queue)
{
  gboolean wanted = queue->woken || !g_queue_is_empty (&queue->jobs);
  guint64 value = 1;
  ssize_t done;

  if (wanted == queue->signalled)
    return;

  do
    done =
        wanted ? write (queue->fd, &value, sizeof value) : read (queue->fd, &value, sizeof value);
  while (done < 0 && errno == EINTR);
  queue->signalled = wanted;
}

void
base_queue_push (BaseQueue *queue, gpointer job)
{
  g_mutex_lock (&queue->lock);
  g_queue_push_tail (&queue->jobs, job);
  update_fd (queue);
  g_mutex_unlock (&queue->lock);
}

gpointer
base_queue_pop (BaseQueue *queue)
{
  gpointer job;

  g_mutex_lock (&queue->lock);
  job = g_queue_pop_head (&queue->jobs);
  if (job == NULL)
    queue->woken = FALSE;
  update_fd (queue);
  g_mutex_unlock (&queue->lock);

  return job;
}

gboolean
base_queue_wait (BaseQueue *queue, gint64 timeout_ms)
{
  gint64 deadline =
      timeout_ms < 0 ? G_MAXINT64 : g_get_monotonic_time () + MIN (timeout_ms, G_MAXINT) * 1000;
  struct pollfd poll_fd = { .fd = queue->fd, .events = POLLIN };

  for (;;) {
    gint64 left = timeout_ms < 0 ? -1 : MAX (deadline - g_get_monotonic_time () + 999, 0) / 1000;
    int ready = poll (&poll_fd, 1, (int)left);

    if (ready > 0)
      return TRUE;
    if (ready == 0)
      return FALSE;
    if (errno != EINTR)
      g_error ("could not wait for a worker's queue: %s", g_strerror (errno));
  }
}

void
base_queue_wake (BaseQueue *queue)
{
  g_mutex_lock (&queue->lock);
  queue->woken = TRUE;
  update_fd (queue);
  g_mutex_unlock (&queue->lock);
}

int
base_queue_get_fd (BaseQueue *queue)
{
  return queue->fd;
}

void
base_queue_clear_wake (BaseQueue *queue)
{
  g_mutex_lock (&queue->lock);
  queue->woken = FALSE;
  update_fd (queue);
  g_mutex_unlock (&queue->lock);
}
