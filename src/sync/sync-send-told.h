/* What a person is told about what was, or was not, sent: which mail, who has got it and who has not.  The send worker. */
#pragma once

#include "store-outgoing.h"
#include "sync-account.h"

G_BEGIN_DECLS

/* Sent, but not to those who stand in `refused`. */
void sync_send_tell_refused (SyncAccount *account, const StoreOutbox *outbox);
/* It did not go, at least to the `recipients` it is for now; `sentence` says why. */
void sync_send_tell_failed (SyncAccount *account, const StoreOutbox *outbox, const char *sentence,
                            const char *detail);
/* Not in Sent, and nobody knows. */
void sync_send_tell_uncertain (SyncAccount *account, const StoreOutbox *outbox);
/* What a person does not expect of something that was to go at a certain time; nothing of what went as it was meant to. */
void sync_send_tell_time (SyncAccount *account, const StoreOutbox *outbox);

G_END_DECLS
