/* Messages that this computer itself puts into a folder of the account: copies of sent mail, drafts.  Any thread with a connection to
 * the store. */
#pragma once

#include "mime-message.h"
#include "store-folder.h"
#include "store-message.h"

G_BEGIN_DECLS

/* The account's folder of this role; a row for it is made where no list has come yet, or the server has none: it is made there with the
 * first message.  0 with an error. */
gint64 sync_filing_ensure_folder (StoreDb *db, gint64 account, StoreRole role, GError **error);
/* What the list shows of a message, borrowed from `summary`; the rest stays as it is. */
void sync_filing_summarize (StoreNewMessage *message, const MimeSummary *summary);
/* All of it for a message made here.  Borrows from `summary` and `message`. */
void sync_filing_fill (StoreNewMessage *copy, const MimeSummary *summary, GBytes *message,
                       StoreFlags flags);

G_END_DECLS
