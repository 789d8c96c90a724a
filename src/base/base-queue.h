/* A job queue with a wake fd: how requests reach a worker thread that may be waiting inside poll().
 *
 * Any thread pushes; one thread pops.  The fd (an eventfd) is readable while jobs wait or after
 * base_queue_wake (), so it can stand beside a socket in poll (). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BaseQueue BaseQueue;

/* `free_job` frees what is still queued when the queue is freed. */
BaseQueue *base_queue_new (GDestroyNotify free_job) G_GNUC_WARN_UNUSED_RESULT;
void base_queue_free (BaseQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseQueue, base_queue_free)

void base_queue_push (BaseQueue *queue, gpointer job); /* takes the job */
/* Next job (yours now) or NULL.  Never blocks.  Finding nothing (NULL) also takes back a wake-up without a job, so look at
 * what a wake-up may mean (stop, due operations) after that, not before. */
gpointer base_queue_pop (BaseQueue *queue) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for a job or a wake; timeout_ms < 0: for ever.  True when woken, false on time-out. */
gboolean base_queue_wait (BaseQueue *queue, gint64 timeout_ms);
/* Wakes the waiter without a job (stop, "look at your operations"). */
void base_queue_wake (BaseQueue *queue);
/* For poll (); stays owned by the queue. */
int base_queue_get_fd (BaseQueue *queue);
/* Swallows pending wake-ups that carry no job. */
void base_queue_clear_wake (BaseQueue *queue);

G_END_DECLS
