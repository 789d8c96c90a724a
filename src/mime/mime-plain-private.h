/* Header values in the plain forms that nearly all mail has, read without GMime's objects.  Pure, any thread.
 *
 * Each function says whether the value was that plain; if not it has done nothing and GMime reads it.  What they give is what
 * GMime gives: tests/mime/test-plain.c compares them. */
#pragma once

#include "mime-message.h"

G_BEGIN_DECLS

/* One item of an address list: the phrase as it stands (quotes taken off), and the address. */
typedef void (*MimePlainAddressFunc) (const char *phrase, const char *address, gpointer user_data);
/* "a@b", "Some Name <a@b>", "\"Name, Some\" <a@b>", "=?…?= <a@b>", and lists of them.  Looks at the whole value first. */
gboolean mime_plain_addresses (const char *value, MimePlainAddressFunc func, gpointer user_data);
/* "<a@b> <c@d>"; *ids as of mime_value_dup_ids (). */
gboolean mime_plain_ids (const char *value, guint max, char **ids);
/* "text/plain; charset=utf-8; name=\"x\"".  *found: the parameter, NULL when it is not there. */
gboolean mime_plain_param (const char *raw, const char *name, char **found);
/* "Wed, 01 Jul 2026 09:44:25 +0900"; *date in seconds UTC. */
gboolean mime_plain_date (const char *value, gint64 *date);
/* "text/plain" and parameters, in lower case; NULL when it is not that plain. */
char *mime_plain_type (const char *raw);

G_END_DECLS
