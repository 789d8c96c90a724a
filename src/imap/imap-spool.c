/* Where the bytes of one literal gather.  Runs in the session's thread.  A large literal must not take memory in
 * proportion to its size, and its file must never have a name that outlives the program: it is made without one
 * (O_TMPFILE), or unlinked as soon as it is open. */
#include "imap-spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base-error.h"

struct _ImapSpool
{
  guint64 size, filled;
  guint8 *memory; /* Owned; NULL when on disk */
  int fd;         /* Owned; -1 when in memory */
};

static int
open_unnamed (const char *folder)
{
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
  g_autofree char *path = g_build_filename (folder, "sosik-XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (path);
  return fd;
}

/* /var/tmp before /tmp, which is memory on many systems; TMPDIR is somebody's wish and wins. */
static int
open_temporary (GError **error)
{
  int fd = g_getenv ("TMPDIR") == NULL ? open_unnamed ("/var/tmp") : -1;
  if (fd < 0)
    fd = open_unnamed (g_get_tmp_dir ());
  if (fd < 0)
    base_error_set_disk (error, errno, g_get_tmp_dir ());
  return fd;
}

ImapSpool *
imap_spool_new (guint64 size, gboolean in_memory, GError **error)
{
  g_autoptr (ImapSpool) spool = g_new0 (ImapSpool, 1);
  spool->size = size;
  spool->fd = -1;
  if (in_memory) {
    spool->memory = g_malloc (MAX (size, 1));
  } else {
    spool->fd = open_temporary (error);
    if (spool->fd < 0)
      return NULL;
  }
  return g_steal_pointer (&spool);
}

void
imap_spool_free (ImapSpool *spool)
{
  if (spool == NULL)
    return;
  if (spool->fd >= 0)
    close (spool->fd);
  g_free (spool->memory);
  g_free (spool);
}

guint64
imap_spool_get_missing (const ImapSpool *spool)
{
  return spool->size - spool->filled;
}

gboolean
imap_spool_add (ImapSpool *spool, const void *data, gsize length, GError **error)
{
  g_return_val_if_fail (length <= imap_spool_get_missing (spool), FALSE);
  if (spool->memory != NULL) {
    memcpy (spool->memory + spool->filled, data, length);
    spool->filled += length;
    return TRUE;
  }
  const guint8 *bytes = data;
  while (length > 0) {
    gssize written = write (spool->fd, bytes, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      base_error_set_disk (error, errno, g_get_tmp_dir ());
      return FALSE;
    }
    bytes += written;
    length -= (gsize)written;
    spool->filled += (gsize)written;
  }
  return TRUE;
}

GBytes *
imap_spool_finish (ImapSpool *spool, GError **error)
{
  g_autoptr (ImapSpool) owned = spool;
  if (owned->memory != NULL)
    return g_bytes_new_take (g_steal_pointer (&owned->memory), owned->filled);

  g_autoptr (GError) local = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new_from_fd (owned->fd, FALSE, &local);
  if (file == NULL) {
    base_error_set_disk (error, ENOMEM, g_get_tmp_dir ());
    return NULL;
  }
  return g_mapped_file_get_bytes (file);
}
