/* The bytes of a message on their way from a draft to the outbox, in pieces: they may be larger than what should be held.
 *
 * Any thread, one per draft at a time; blocks on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base-error.h"
#include "store-private.h"

GInputStream *
store_draft_open_attachment (BasePaths *paths, const char *id, const char *file, GError **error)
{
  if (!store_draft_check_id (id, error))
    return NULL;
  /* As ids, these are names of ours, without a dot or a slash. */
  gboolean known = store_draft_check_id (file, NULL);
  g_autofree char *folder = store_draft_dup_folder (paths, id);
  g_autofree char *path = g_build_filename (folder, "attachments", file, NULL);
  g_autoptr (GFile) local = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;
  GFileInputStream *stream = known ? g_file_read (local, NULL, &cause) : NULL;
  if (stream != NULL)
    return G_INPUT_STREAM (stream);
  if (!known || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This attachment is not there any more."));
  else
    base_error_set (error, BASE_ERROR_DISK, cause->message,
                    _ ("An attachment could not be read from the disk."));
  return NULL;
}

char *
store_draft_dup_message_path (BasePaths *paths, const char *id)
{
  g_autofree char *folder = store_draft_dup_folder (paths, id);
  return g_build_filename (folder, "message.new", NULL);
}

GOutputStream *
store_draft_begin_message (BasePaths *paths, const char *id, GError **error)
{
  if (!store_draft_check_id (id, error))
    return NULL;
  g_autofree char *path = store_draft_dup_message_path (paths, id);
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd >= 0)
    return g_unix_output_stream_new (fd, TRUE);
  base_error_set_disk (error, errno, path);
  return NULL;
}

gboolean
store_draft_end_message (BasePaths *paths, const char *id, GOutputStream *stream, GError **error)
{
  g_autofree char *path = store_draft_dup_message_path (paths, id);
  g_autoptr (GError) cause = NULL;
  gboolean synced = fsync (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (stream))) == 0;
  int saved_errno = errno;
  if (synced && g_output_stream_close (stream, NULL, &cause))
    return TRUE;
  if (synced)
    base_error_set (error, BASE_ERROR_DISK, cause->message,
                    _ ("The message could not be written to the disk."));
  else
    base_error_set_disk (error, saved_errno, path);
  (void)g_unlink (path);
  return FALSE;
}

void
store_draft_drop_message (BasePaths *paths, const char *id)
{
  g_autofree char *path = store_draft_dup_message_path (paths, id);
  (void)g_unlink (path);
}
