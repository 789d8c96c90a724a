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

  GMutex lock; /* what follows */
  GCond cond;
  gboolean done, found, abandoned;
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
  g_mutex_init (&request->lock);
  g_cond_init (&request->cond);
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
  gulong handler = 0;
  gboolean good = FALSE;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (waiter_cancelled), request, NULL);
  g_mutex_lock (&request->lock);
  while (!request->done && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&request->cond, &request->lock);
  if (!request->done) {
    request->abandoned = TRUE;
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
