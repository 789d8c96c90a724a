/* A question with one answer, passed between threads.  Any thread; must never hold its lock while calling out. */
#include "sync-request.h"

#include "base-error.h"

#include <glib/gi18n.h>

struct _SyncRequest
{
  gatomicrefcount ref_count;
  SyncRequestKind kind;
  gint64 message;
  char *message_id;
  guint part;
  BaseQuery *query; /* nullable */
  gpointer work;    /* the worker's */
  GDestroyNotify free_work;

  GMutex lock; /* what follows */
  GCond cond;
  gboolean done, found, abandoned;
  guint waiters;         /* who have not left; who made it is one */
  guint64 octets, total; /* progress */
  SyncHits *hits;        /* nullable */
  GError *error;
};

SyncRequest *
sync_request_new (SyncRequestKind kind, gint64 message, const char *message_id)
{
  SyncRequest *request = g_new0 (SyncRequest, 1);

  g_atomic_ref_count_init (&request->ref_count);
  request->kind = kind;
  request->message = message;
  request->message_id = g_strdup (message_id);
  request->waiters = 1;
  g_mutex_init (&request->lock);
  g_cond_init (&request->cond);
  return request;
}

SyncRequest *
sync_request_new_part (gint64 message, guint part)
{
  SyncRequest *request = sync_request_new (SYNC_REQUEST_PART, message, NULL);

  request->part = part;
  return request;
}

SyncRequest *
sync_request_new_search (gint64 folder, BaseQuery *query)
{
  SyncRequest *request = sync_request_new (SYNC_REQUEST_SEARCH, folder, NULL);

  request->query = base_query_ref (query);
  return request;
}

SyncRequest *
sync_request_ref (SyncRequest *request)
{
  g_atomic_ref_count_inc (&request->ref_count);
  return request;
}

void
sync_request_unref (SyncRequest *request)
{
  if (!g_atomic_ref_count_dec (&request->ref_count))
    return;
  g_mutex_clear (&request->lock);
  g_cond_clear (&request->cond);
  g_clear_error (&request->error);
  sync_request_set_work (request, NULL, NULL);
  g_clear_pointer (&request->query, base_query_unref);
  g_clear_pointer (&request->hits, sync_hits_free);
  g_free (request->message_id);
  g_free (request);
}

SyncRequestKind
sync_request_get_kind (SyncRequest *request)
{
  return request->kind;
}

gint64
sync_request_get_message (SyncRequest *request)
{
  return request->message;
}

const char *
sync_request_get_message_id (SyncRequest *request)
{
  return request->message_id;
}

guint
sync_request_get_part (SyncRequest *request)
{
  return request->part;
}

BaseQuery *
sync_request_get_query (SyncRequest *request)
{
  return request->query;
}

SyncHits *
sync_request_steal_hits (SyncRequest *request)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&request->lock);

  return g_steal_pointer (&request->hits);
}

void
sync_request_set_hits (SyncRequest *request, SyncHits *hits)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&request->lock);

  g_clear_pointer (&request->hits, sync_hits_free);
  request->hits = hits;
}

void
sync_request_set_work (SyncRequest *request, gpointer work, GDestroyNotify free_work)
{
  if (request->work != NULL && request->free_work != NULL)
    request->free_work (request->work);
  request->work = work;
  request->free_work = free_work;
}

gpointer
sync_request_get_work (SyncRequest *request)
{
  return request->work;
}

void
sync_request_set_progress (SyncRequest *request, guint64 done, guint64 total)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&request->lock);

  request->octets = done;
  request->total = total;
  g_cond_broadcast (&request->cond);
}

static void
waiter_cancelled (GCancellable *cancellable, SyncRequest *request)
{
  g_mutex_lock (&request->lock);
  g_cond_broadcast (&request->cond);
  g_mutex_unlock (&request->lock);
}

gboolean
sync_request_wait (SyncRequest *request, gboolean *found, GCancellable *cancellable, GError **error)
{
  return sync_request_wait_for (request, found, NULL, NULL, cancellable, error);
}

gboolean
sync_request_wait_for (SyncRequest *request, gboolean *found, SyncProgressFunc progress,
                       gpointer user_data, GCancellable *cancellable, GError **error)
{
  gulong handler = 0;
  gboolean good = FALSE;
  guint64 told = 0;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (waiter_cancelled), request, NULL);
  g_mutex_lock (&request->lock);
  while (!request->done && !g_cancellable_is_cancelled (cancellable)) {
    guint64 octets = request->octets, total = request->total;

    if (progress == NULL || octets == told) {
      g_cond_wait (&request->cond, &request->lock);
      continue;
    }
    told = octets;
    g_mutex_unlock (&request->lock);
    progress (octets, total, user_data);
    g_mutex_lock (&request->lock);
  }
  if (!request->done) {
    request->abandoned = --request->waiters == 0;
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
  } else if (request->error != NULL) {
    g_propagate_error (error, g_error_copy (request->error));
  } else {
    good = TRUE;
    if (found != NULL)
      *found = request->found;
  }
  g_mutex_unlock (&request->lock);
  g_cancellable_disconnect (cancellable, handler);
  return good;
}

gboolean
sync_request_join (SyncRequest *request)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&request->lock);

  if (request->done || request->abandoned)
    return FALSE;
  request->waiters++;
  return TRUE;
}

gboolean
sync_request_is_over (SyncRequest *request)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&request->lock);

  return request->done || request->abandoned;
}

gboolean
sync_request_is_abandoned (SyncRequest *request)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&request->lock);

  return request->abandoned;
}

void
sync_request_finish (SyncRequest *request, gboolean found, GError *error)
{
  g_autoptr (GError) mine = error;

  g_mutex_lock (&request->lock);
  if (!request->done) {
    request->done = TRUE;
    request->found = found;
    request->error = g_steal_pointer (&mine);
    g_cond_broadcast (&request->cond);
  }
  g_mutex_unlock (&request->lock);
}

void
sync_request_drop (SyncRequest *request)
{
  GError *error = NULL;

  base_error_set (&error, BASE_ERROR_RETRY, NULL,
                  _ ("The account was being closed. Try again in a moment."));
  sync_request_finish (request, FALSE, error);
  sync_request_unref (request);
}
