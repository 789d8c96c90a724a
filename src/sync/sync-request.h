/* Something that a thread, or several, wait for a worker to do.  Reference counted: who waits may leave before it is done. */
#pragma once

#include "sync-engine.h"

G_BEGIN_DECLS

typedef enum
{
  SYNC_REQUEST_BODY, /* bring what is read of `message` into the store: all of it, or all but its large attachments */
  SYNC_REQUEST_WHOLE, /* bring all of `message` into the store */
  SYNC_REQUEST_PART, /* bring a part of it that is missing there: itself, or with the whole message */
  SYNC_REQUEST_PREPARE, /* open the folder `message`, whose messages may be wanted soon; nobody waits */
  SYNC_REQUEST_SEARCH,    /* have the server search the folder `message` (0: all) */
  SYNC_REQUEST_FIND_SENT, /* is `message_id` in the Sent folder on the server? */
} SyncRequestKind;

typedef struct _SyncRequest SyncRequest;

SyncRequest *sync_request_new (SyncRequestKind kind, gint64 message,
                               const char *message_id) G_GNUC_WARN_UNUSED_RESULT;
SyncRequest *sync_request_new_part (gint64 message, guint part) G_GNUC_WARN_UNUSED_RESULT;
SyncRequest *sync_request_new_search (gint64 folder, BaseQuery *query) G_GNUC_WARN_UNUSED_RESULT;
SyncRequest *sync_request_ref (SyncRequest *request) G_GNUC_WARN_UNUSED_RESULT;
void sync_request_unref (SyncRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncRequest, sync_request_unref)

SyncRequestKind sync_request_get_kind (SyncRequest *request);
gint64 sync_request_get_message (SyncRequest *request);
const char *sync_request_get_message_id (SyncRequest *request);
guint sync_request_get_part (SyncRequest *request);
BaseQuery *sync_request_get_query (SyncRequest *request); /* borrowed */
/* Of SEARCH, once it was answered; NULL the second time. */
SyncHits *sync_request_steal_hits (SyncRequest *request);

/* One more waits for it: sync_request_wait_for () once for each.  FALSE: too late, it is done, or nobody waited any more. */
gboolean sync_request_join (SyncRequest *request) G_GNUC_WARN_UNUSED_RESULT;
/* Done, or nobody waits any more. */
gboolean sync_request_is_over (SyncRequest *request);

/* (blocks) FALSE with the worker's error, or cancelled.  *found (nullable out): the answer of FIND_SENT. */
gboolean sync_request_wait (SyncRequest *request, gboolean *found, GCancellable *cancellable,
                            GError **error);
/* The same; `progress` (nullable) is called as it goes on. */
gboolean sync_request_wait_for (SyncRequest *request, gboolean *found, SyncProgressFunc progress,
                                gpointer user_data, GCancellable *cancellable, GError **error);

/* ---- the worker ---- */
/* True when nobody waits any more. */
gboolean sync_request_is_abandoned (SyncRequest *request);
void sync_request_set_progress (SyncRequest *request, guint64 done, guint64 total);
/* What the worker keeps between two steps of it; freed with the request.  One thread at a time. */
void sync_request_set_work (SyncRequest *request, gpointer work, GDestroyNotify free_work);
gpointer sync_request_get_work (SyncRequest *request);
/* Before it is answered; takes `hits`. */
void sync_request_set_hits (SyncRequest *request, SyncHits *hits);
/* Answers; takes `error` (nullable).  Only the first answer counts. */
void sync_request_finish (SyncRequest *request, gboolean found, GError *error);
/* Answers that the worker is gone, and drops the reference: what a queue does with what it never gave out. */
void sync_request_drop (SyncRequest *request);

G_END_DECLS
