/* Something a thread waits for a worker to do.  Reference counted: the waiter may leave before it is done. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SYNC_REQUEST_BODY, /* bring the body of `message` into the store */
  SYNC_REQUEST_PREPARE, /* open the folder `message`, whose messages may be wanted soon; nobody waits */
  SYNC_REQUEST_FIND_SENT, /* is `message_id` in the Sent folder on the server? */
} SyncRequestKind;

typedef struct _SyncRequest SyncRequest;

SyncRequest *sync_request_new (SyncRequestKind kind, gint64 message,
                               const char *message_id) G_GNUC_WARN_UNUSED_RESULT;
SyncRequest *sync_request_ref (SyncRequest *request) G_GNUC_WARN_UNUSED_RESULT;
void sync_request_unref (SyncRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncRequest, sync_request_unref)

SyncRequestKind sync_request_get_kind (SyncRequest *request);
gint64 sync_request_get_message (SyncRequest *request);
const char *sync_request_get_message_id (SyncRequest *request);

/* (blocks) FALSE with the worker's error, or cancelled.  *found (nullable out): the answer of FIND_SENT. */
gboolean sync_request_wait (SyncRequest *request, gboolean *found, GCancellable *cancellable,
                            GError **error);

/* ---- the worker ---- */
/* True when nobody waits any more. */
gboolean sync_request_is_abandoned (SyncRequest *request);
/* Answers; takes `error` (nullable).  Only the first answer counts. */
void sync_request_finish (SyncRequest *request, gboolean found, GError *error);
/* Answers that the worker is gone, and drops the reference: what a queue does with what it never gave out. */
void sync_request_drop (SyncRequest *request);

G_END_DECLS
