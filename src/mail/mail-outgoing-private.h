/* How outgoing items are made and filled.  Main thread. */
#pragma once

#include "mail-engine.h"
#include "store-outgoing.h"

G_BEGIN_DECLS

/* `draft`: the id of the draft, which an outbox row has too; it never changes. */
MailOutgoing *mail_outgoing_new (const char *draft) G_GNUC_WARN_UNUSED_RESULT;
void mail_outgoing_fill_draft (MailOutgoing *outgoing, const StoreDraft *draft);
/* `obstacle` (static, nullable): why it cannot go yet, where the row has no words of its own. */
void mail_outgoing_fill_outbox (MailOutgoing *outgoing, const StoreOutbox *row,
                                const char *obstacle);
/* How many octets of it the server has, while it is being sent. */
void mail_outgoing_set_progress (MailOutgoing *outgoing, guint64 sent, guint64 total);
gint64 mail_outgoing_get_outbox (MailOutgoing *outgoing);  /* row id, 0: a draft */
gint64 mail_outgoing_get_account (MailOutgoing *outgoing); /* row id, 0: a draft */

G_END_DECLS
