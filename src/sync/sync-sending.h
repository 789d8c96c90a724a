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
/* Send worker: nothing of this one has gone, but it is the next, and called `sending` already; 0: none is. */
void sync_sending_set_ahead (SyncSending *sending, gint64 outbox);
/* Send worker, of the one that was set ahead: TRUE when it was stopped meanwhile.  Once. */
gboolean sync_sending_take_stopped (SyncSending *sending, gint64 outbox);
/* Send worker, before what makes it the server's: FALSE when it was stopped; else it cannot be stopped any more. */
gboolean sync_sending_let_go (SyncSending *sending);
/* Send worker: TRUE when it was stopped. */
gboolean sync_sending_end (SyncSending *sending);

/* FALSE: it is neither on its way nor the next, or is being handed over. */
gboolean sync_sending_stop (SyncSending *sending, gint64 outbox);

G_END_DECLS
