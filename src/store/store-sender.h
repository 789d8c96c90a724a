/* All mail from one sender, in all folders of all accounts but Junk, Trash and Drafts; of copies the one that views show.  Inside the layer. */
#pragma once

#include "store-person.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 received, thread, id;
  guint marks; /* StoreMarks */
} StoreSenderRow;

/* `sender`: the address in lower case.  In no order: GArray of StoreSenderRow.  Costs a look at each message from and to them, and
 * a walk over what came since the people were gathered last. */
GArray *store_sender_list (StoreDb *db, const char *sender,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The row with these marks is one of them. */
gboolean store_sender_has (StoreDb *db, const char *sender, gint64 id, guint marks, gboolean *has,
                           GError **error);

G_END_DECLS
