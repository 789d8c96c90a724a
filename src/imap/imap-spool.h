/* One literal while it comes in: memory when small, an unlinked temporary file when large.  One thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ImapSpool ImapSpool;

/* For at most `size` octets.  DISK when the temporary file cannot be made. */
ImapSpool *imap_spool_new (guint64 size, gboolean in_memory,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void imap_spool_free (ImapSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapSpool, imap_spool_free)

guint64 imap_spool_get_missing (const ImapSpool *spool);
/* At most what is missing. */
gboolean imap_spool_add (ImapSpool *spool, const void *data, gsize length, GError **error);
/* Takes the spool, and gives what is in it. A spooled file comes out as a mapping of it: its pages are the disk's, and
 * the file goes with the last reference. */
GBytes *imap_spool_finish (ImapSpool *spool, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
