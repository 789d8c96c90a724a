/* What the files of this layer know of a message that others do not.  Pure. */
#pragma once

#include "mime-message.h"

G_BEGIN_DECLS

/* The part (by its index among the leaves) is what the reader shows, or another version of it. */
gboolean mime_message_is_shown (MimeMessage *message, guint index);

/* The text of a part, as far as its first `max` encoded octets have it.  `index` must be one. */
char *mime_message_dup_start (MimeMessage *message, guint index,
                              gsize max) G_GNUC_WARN_UNUSED_RESULT;

/* The nth (from 0) header field of that name, raw with its folds, borrowed; NULL when there are not so many.  Looks through all of them. */
const char *mime_message_get_raw (MimeMessage *message, const char *name, guint nth);

G_END_DECLS
