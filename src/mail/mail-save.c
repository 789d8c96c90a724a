/* Writing decoded parts to where a person wants them: any thread but the main one, for the disk
 * may be slow.  A file is whole or not there: everything goes to a temporary name beside it
 * first, and a half-written one is removed whatever happens.  It must never make a file
 * executable. */
#include "mail-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <errno.h>
#include <gio/gfiledescriptorbased.h>
#include <unistd.h>

#include "base-error.h"
#include "base-log.h"

#define MAX_NAMES 1000

/* Turns what GIO says into a sentence; CANCELLED and EXISTS stay as they are. */
static void
propagate (GError **error, GError *cause, const char *name)
{
  g_autoptr (GError) owned = cause;

  if (base_error_is_cancelled (cause) || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_propagate_error (error, g_steal_pointer (&owned));
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    base_error_set (error, BASE_ERROR_DISK, cause->message,
                    _ ("“%s” was not saved: the disk is full. Make room and try again."), name);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)
           || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_READ_ONLY))
    base_error_set (
        error, BASE_ERROR_DISK, cause->message,
        _ ("“%s” was not saved: writing into this folder is not allowed. Choose another one."),
        name);
  else
    base_error_set (error, BASE_ERROR_DISK, cause->message, _ ("“%s” could not be saved."), name);
}

static gboolean
write_out (GFileOutputStream *stream, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  if (!g_output_stream_write_all (G_OUTPUT_STREAM (stream), data, length, NULL, cancellable, error)
      || !g_output_stream_flush (G_OUTPUT_STREAM (stream), cancellable, error))
    return FALSE;
  if (G_IS_FILE_DESCRIPTOR_BASED (stream)
      && fsync (g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (stream))) != 0) {
    int saved_errno = errno;

    g_set_error_literal (error, G_IO_ERROR, (int)g_io_error_from_errno (saved_errno),
                         g_strerror (saved_errno));
    return FALSE;
  }
  return g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, error);
}

gboolean
mail_save_file (GFile *file, GBytes *bytes, gboolean replace, GCancellable *cancellable,
                GError **error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *hidden = g_strdup_printf (".sosik-%.8s.part", random);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GFile) part = folder != NULL ? g_file_get_child (folder, hidden) : NULL;
  g_autoptr (GError) cause = NULL;

  if (part == NULL) {
    base_error_set (error, BASE_ERROR_DISK, NULL, _ ("“%s” could not be saved."), shown);
    return FALSE;
  }
  g_autoptr (GFileOutputStream) stream =
      g_file_create (part, G_FILE_CREATE_NONE, cancellable, &cause);
  if (stream == NULL) {
    propagate (error, g_steal_pointer (&cause), shown);
    return FALSE;
  }
  GFileCopyFlags flags =
      G_FILE_COPY_NO_FALLBACK_FOR_MOVE | (replace ? G_FILE_COPY_OVERWRITE : G_FILE_COPY_NONE);
  if (write_out (stream, bytes, cancellable, &cause)
      && g_file_move (part, file, flags, cancellable, NULL, NULL, &cause))
    return TRUE;

  g_autoptr (GError) ignored = NULL;
  if (!g_output_stream_is_closed (G_OUTPUT_STREAM (stream)))
    g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, NULL);
  if (!g_file_delete (part, NULL, &ignored))
    base_log ("A half-written file could not be removed: %s", ignored->message);
  propagate (error, g_steal_pointer (&cause), shown);
  return FALSE;
}

static char *
numbered (const char *name, guint number)
{
  const char *dot = strrchr (name, '.');

  if (number < 2)
    return g_strdup (name);
  if (dot == NULL || dot == name)
    return g_strdup_printf ("%s (%u)", name, number);
  return g_strdup_printf ("%.*s (%u)%s", (int)(dot - name), name, number, dot);
}

GFile *
mail_save_unique (GFile *folder, const char *name, GBytes *bytes, GCancellable *cancellable,
                  GError **error)
{
  for (guint number = 1; number < MAX_NAMES; number++) {
    g_autofree char *attempt = numbered (name, number);
    g_autoptr (GFile) file = g_file_get_child (folder, attempt);
    g_autoptr (GError) cause = NULL;

    if (g_file_query_exists (file, cancellable))
      continue; /* spares writing it in vain; the move below is what decides */
    if (mail_save_file (file, bytes, FALSE, cancellable, &cause))
      return g_steal_pointer (&file);
    if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  }
  base_error_set (error, BASE_ERROR_DISK, NULL,
                  _ ("“%s” was not saved: there are too many files of this name."), name);
  return NULL;
}

void
mail_save_take_back (GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++) {
    g_autoptr (GError) error = NULL;

    if (!g_file_delete (files->pdata[i], NULL, &error))
      base_log ("A file that was not to be saved alone could not be removed: %s", error->message);
  }
}

GFile *
mail_save_export (BasePaths *paths, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *folder = g_build_filename (base_paths_get_cache (paths), "open", random, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0) {
    base_error_set_disk (error, errno, folder);
    return NULL;
  }
  if (!base_paths_write_bytes (path, bytes, error)) {
    base_paths_remove_tree (folder);
    return NULL;
  }
  if (g_chmod (path, 0400) != 0) {
    base_error_set_disk (error, errno, path);
    base_paths_remove_tree (folder);
    return NULL;
  }
  return g_file_new_for_path (path);
}
