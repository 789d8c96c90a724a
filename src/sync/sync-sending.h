/* What the send worker of an account has on its way, and whether a person has stopped it.  Any thread, but where it says which; nothing blocks. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SyncSending SyncSending;

SyncSending *sync_sending_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sync_sending_free (SyncSending *sending);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncSending, sync_sending_free)

/* Send worker: this row of the outbox is on its way from now on.  What is returned is cancelled when a person stops it, and when
 * `worker` is; valid until sync_sending_end (). */
GCancellable *sync_sending_begin (SyncSending *sending, gint64 outbox, GCancellable *worker);
/* Send worker, before what makes it the server's: FALSE when it was stopped; else it cannot be stopped any more. */
gboolean sync_sending_let_go (SyncSending *sending);
/* Send worker: TRUE when it was stopped. */
gboolean sync_sending_end (SyncSending *sending);

/* FALSE: it is not on its way, or all of it is. */
gboolean sync_sending_stop (SyncSending *sending, gint64 outbox);

G_END_DECLS
