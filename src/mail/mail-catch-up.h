/* Conversations of the mail that was here before there were any: a thread of its own, at low priority, that ends when it is done; most
 * stores have nothing to do.  Main thread. */
#pragma once

#include "store-db.h"

G_BEGIN_DECLS

typedef struct _MailCatchUp MailCatchUp;

MailCatchUp *mail_catch_up_new (Store *store) G_GNUC_WARN_UNUSED_RESULT;
/* Stops within one batch, some milliseconds; what is left is gone on with at the next start. */
void mail_catch_up_free (MailCatchUp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailCatchUp, mail_catch_up_free)

G_END_DECLS
