/* The rows a message list has read lately: at most some pages, least recently used ones
 * dropped.  Plain, one thread. */
#pragma once

#include "store-listing.h"

G_BEGIN_DECLS

typedef struct _MailRows MailRows;

MailRows *mail_rows_new (guint capacity) G_GNUC_WARN_UNUSED_RESULT;
void mail_rows_free (MailRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailRows, mail_rows_free)
/* Takes the row, replacing an older one of the same id. */
void mail_rows_put (MailRows *rows, StoreItem *row);
/* Borrowed until the next call; NULL when it is not here. */
const StoreItem *mail_rows_get (MailRows *rows, gint64 id);
void mail_rows_drop (MailRows *rows, gint64 id);
/* Calls func for each id; it may not change the rows. */
void mail_rows_foreach (MailRows *rows, void (*func) (gint64 id, gpointer user_data),
                        gpointer user_data);

G_END_DECLS
