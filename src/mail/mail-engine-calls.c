/* The two roads off the main thread.  The GTasks that callers hand in stay on the main thread;
 * what crosses is plain data.  Every call is counted, so that stop can wait until what was begun
 * has ended, follow-ups included. */
#include "mail-engine-private.h"

#include <glib/gi18n.h>

#include "base-error.h"

typedef struct
{
  MailEngine *engine; /* owned */
  GTask *task;        /* owned */
  GDestroyNotify free_result;
} Call;

static Call *
call_begin (MailEngine *engine, GTask *task, GDestroyNotify free_result)
{
  Call *call = g_new0 (Call, 1);

  call->engine = g_object_ref (engine);
  call->task = task;
  call->free_result = free_result;
  engine->calls++;
  return call;
}

static void
call_end (Call *call, gpointer result, GError *error)
{
  g_autoptr (MailEngine) engine = call->engine;
  g_autoptr (GTask) task = call->task;

  if (result != NULL)
    g_task_return_pointer (task, result, call->free_result);
  else
    g_task_return_error (task, error);
  g_free (call);
  engine->calls--;
  mail_engine_consider_stop (engine);
}

static void
refuse (MailEngine *engine, GTask *task, gpointer data, GDestroyNotify free_data)
{
  if (engine->state == MAIL_ENGINE_STOPPED)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  else {
    GError *error = NULL;

    base_error_set (&error, BASE_ERROR_RETRY, NULL,
                    _ ("The mail on this computer is not open yet. Try again in a moment."));
    g_task_return_error (task, error);
  }
  g_object_unref (task);
  if (free_data != NULL && data != NULL)
    free_data (data);
}

static void
on_store_done (gpointer result, GError *error, gpointer done_data)
{
  call_end (done_data, result, error);
}

static void
on_search_done (gpointer result, GError *error, gpointer done_data)
{
  const Call *call = done_data;

  if (call->engine->indexer != NULL)
    mail_indexer_wake (call->engine->indexer);
  call_end (done_data, result, error);
}

static void
call_thread (MailEngine *engine, MailStoreThread *thread, GTask *task, MailStoreFunc func,
             gpointer data, GDestroyNotify free_data, GDestroyNotify free_result)
{
  if (thread == NULL) {
    refuse (engine, task, data, free_data);
    return;
  }
  mail_store_thread_push (thread, engine->context, func, data, free_data,
                          g_task_get_cancellable (task),
                          thread == engine->search_thread ? on_search_done : on_store_done,
                          call_begin (engine, task, free_result));
}

void
mail_engine_call_store (MailEngine *engine, GTask *task, MailStoreFunc func, gpointer data,
                        GDestroyNotify free_data, GDestroyNotify free_result)
{
  call_thread (engine, engine->store_thread, task, func, data, free_data, free_result);
}

void
mail_engine_call_search (MailEngine *engine, GTask *task, MailStoreFunc func, gpointer data,
                         GDestroyNotify free_data, GDestroyNotify free_result)
{
  call_thread (engine, engine->search_thread, task, func, data, free_data, free_result);
}

/* What the pool thread sees: no GObject but the inner task, which has no source object. */
typedef struct
{
  MailPoolFunc func;
  gpointer data;
  GDestroyNotify free_data, free_result;
} PoolJob;

static void
pool_job_free (gpointer data)
{
  PoolJob *job = data;

  if (job->free_data != NULL && job->data != NULL)
    job->free_data (job->data);
  g_free (job);
}

static void
pool_job_run (GTask *inner, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  PoolJob *job = task_data;
  GError *error = NULL;
  gpointer result = job->func (job->data, cancellable, &error);

  if (result != NULL)
    g_task_return_pointer (inner, result, job->free_result);
  else
    g_task_return_error (inner, error);
}

static void
on_pool_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gpointer value = g_task_propagate_pointer (G_TASK (result), &error);

  call_end (user_data, value, g_steal_pointer (&error));
}

void
mail_engine_call_pool (MailEngine *engine, GTask *task, MailPoolFunc func, gpointer data,
                       GDestroyNotify free_data, GDestroyNotify free_result)
{
  if (engine->state == MAIL_ENGINE_STOPPED) {
    refuse (engine, task, data, free_data);
    return;
  }
  PoolJob *job = g_new0 (PoolJob, 1);
  job->func = func;
  job->data = data;
  job->free_data = free_data;
  job->free_result = free_result;

  g_autoptr (GTask) inner = g_task_new (NULL, g_task_get_cancellable (task), on_pool_done,
                                        call_begin (engine, task, free_result));
  /* A result that came is a result, also when somebody cancelled meanwhile: the outer task
   * decides. */
  g_task_set_check_cancellable (inner, FALSE);
  g_task_set_task_data (inner, job, pool_job_free);
  g_task_run_in_thread (inner, pool_job_run);
}

/* ---- one after the other ---- */

typedef struct
{
  MailStoreFunc first;
  gpointer data;
  GTask *inner; /* owned; of the second */
} Chain;

/* Store thread. */
static gpointer
run_first (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Chain *chain = data;
  PoolJob *job = g_task_get_task_data (chain->inner);

  job->data = chain->first (db, chain->data, cancellable, error);
  if (job->data == NULL)
    return NULL;
  g_task_run_in_thread (chain->inner, pool_job_run);
  return MAIL_CALL_DONE;
}

static void
on_first_done (gpointer result, GError *error, gpointer done_data)
{
  Chain *chain = done_data;

  if (result == NULL)
    g_task_return_error (chain->inner, error);
  g_object_unref (chain->inner);
  g_free (chain);
}

void
mail_engine_call_store_then_pool (MailEngine *engine, GTask *task, MailStoreFunc first,
                                  gpointer data, MailPoolFunc func, GDestroyNotify free_between,
                                  GDestroyNotify free_result)
{
  if (engine->store_thread == NULL) {
    refuse (engine, task, NULL, NULL);
    return;
  }
  PoolJob *job = g_new0 (PoolJob, 1);
  Chain *chain = g_new0 (Chain, 1);

  job->func = func;
  job->free_data = free_between;
  job->free_result = free_result;
  chain->first = first;
  chain->data = data;
  chain->inner = g_task_new (NULL, g_task_get_cancellable (task), on_pool_done,
                             call_begin (engine, task, free_result));
  g_task_set_check_cancellable (chain->inner, FALSE);
  g_task_set_task_data (chain->inner, job, pool_job_free);
  mail_store_thread_push (engine->store_thread, engine->context, run_first, chain, NULL,
                          g_task_get_cancellable (task), on_first_done, chain);
}

/* ---- calls into the sync engine that may last ---- */

static void
on_cancelled (GCancellable *cancellable, gpointer request)
{
  g_cancellable_cancel (request);
}

GCancellable *
mail_engine_begin_request (MailEngine *engine, GCancellable *cancellable)
{
  GCancellable *request = g_cancellable_new ();

  if (cancellable != NULL) {
    gulong id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                       g_object_ref (request), g_object_unref);

    if (id != 0) {
      g_object_set_data_full (G_OBJECT (request), "follows", g_object_ref (cancellable),
                              g_object_unref);
      g_object_set_data (G_OBJECT (request), "handler", GSIZE_TO_POINTER (id));
    }
  }
  g_ptr_array_add (engine->requests, g_object_ref (request));
  if (engine->state >= MAIL_ENGINE_STOPPING)
    g_cancellable_cancel (request);
  return request;
}

void
mail_engine_end_request (MailEngine *engine, GCancellable *request)
{
  GCancellable *followed = g_object_get_data (G_OBJECT (request), "follows");

  if (followed != NULL) {
    g_cancellable_disconnect (followed,
                              GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (request), "handler")));
    g_object_set_data (G_OBJECT (request), "follows", NULL);
  }
  g_ptr_array_remove_fast (engine->requests, request);
}

/* ---- pool calls that may wait ---- */

typedef struct
{
  MailEngine *engine;    /* owned */
  GTask *task;           /* owned */
  GCancellable *request; /* owned */
  GDestroyNotify free_result;
} Waiting;

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;
  GError *error = NULL;
  gpointer value = g_task_propagate_pointer (G_TASK (result), &error);

  mail_engine_end_request (waiting->engine, waiting->request);
  if (value != NULL)
    g_task_return_pointer (waiting->task, value, waiting->free_result);
  else
    g_task_return_error (waiting->task, error);
  g_object_unref (waiting->request);
  g_object_unref (waiting->task);
  g_object_unref (waiting->engine);
  g_free (waiting);
}

void
mail_engine_call_waiting (MailEngine *engine, GTask *task, MailPoolFunc func, gpointer data,
                          GDestroyNotify free_data, GDestroyNotify free_result)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->engine = g_object_ref (engine);
  waiting->task = task;
  waiting->free_result = free_result;
  waiting->request = mail_engine_begin_request (engine, g_task_get_cancellable (task));
  mail_engine_call_pool (engine, g_task_new (NULL, waiting->request, on_waited, waiting), func,
                         data, free_data, free_result);
}
