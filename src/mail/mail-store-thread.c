/* The store thread, and the one for searches.  It must never touch a GObject of the window: only plain data comes in and
 * goes out, and results are handed to the main loop by one source per job, in order.  It must
 * never wait for anything but the disk. */
#include "mail-store-thread.h"

#include "base-queue.h"

typedef struct
{
  MailStoreFunc func; /* NULL: end of the thread */
  gpointer data;
  GDestroyNotify free_data;
  GCancellable *cancellable;
  GMainContext *context;
  MailStoreDoneFunc done;
  gpointer done_data;
  gpointer result;
  GError *error;
} Job;

struct _MailStoreThread
{
  /* Owned */
  StoreDb *db; /* the thread's alone */
  GThread *thread;
  BaseQueue *queue;
};

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_data != NULL && job->data != NULL)
    job->free_data (job->data);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->context, g_main_context_unref);
  g_clear_error (&job->error);
  g_free (job);
}

static gboolean
job_finish (gpointer data)
{
  Job *job = data;

  job->done (job->result, g_steal_pointer (&job->error), job->done_data);
  return G_SOURCE_REMOVE;
}

static void
job_run (StoreDb *db, Job *job)
{
  if (!g_cancellable_set_error_if_cancelled (job->cancellable, &job->error))
    job->result = job->func (db, job->data, job->cancellable, &job->error);

  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, job_finish, job, job_free);
  g_source_attach (source, job->context);
}

static gpointer
store_thread_main (gpointer data)
{
  MailStoreThread *self = data;

  for (;;) {
    Job *job = base_queue_pop (self->queue);

    if (job == NULL) {
      base_queue_wait (self->queue, -1);
    } else if (job->func == NULL) {
      job_free (job);
      return NULL;
    } else {
      job_run (self->db, job);
    }
  }
}

MailStoreThread *
mail_store_thread_new (const char *name, StoreDb *db)
{
  MailStoreThread *self = g_new0 (MailStoreThread, 1);

  self->db = db;
  self->queue = base_queue_new (job_free);
  self->thread = g_thread_new (name, store_thread_main, self);
  return self;
}

void
mail_store_thread_free (MailStoreThread *self)
{
  base_queue_push (self->queue, g_new0 (Job, 1));
  g_thread_join (self->thread);
  base_queue_free (self->queue);
  store_db_free (self->db);
  g_free (self);
}

void
mail_store_thread_push (MailStoreThread *self, GMainContext *context, MailStoreFunc func,
                        gpointer data, GDestroyNotify free_data, GCancellable *cancellable,
                        MailStoreDoneFunc done, gpointer done_data)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->data = data;
  job->free_data = free_data;
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  job->context = g_main_context_ref (context);
  job->done = done;
  job->done_data = done_data;
  base_queue_push (self->queue, job);
}
