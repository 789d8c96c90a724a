/* A picture for a letter: read, turned upright, scaled down and encoded by a thread that has nothing of the window.  A photograph
 * becomes JPEG, all else PNG; what needs no change is sent as it is. */
#include "ui-picture-load.h"

#include <string.h>

#define MAX_FILE   ((goffset)64 * 1000 * 1000)
#define MAX_PIXELS (120 * 1000 * 1000)
#define LARGE_PNG  (400 * 1000) /* octets: more is a photograph */

typedef struct
{
  GFile *file; /* one of these three */
  GBytes *bytes;
  GdkTexture *texture;
  char *name;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->file);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_object (&job->texture);
  g_free (job->name);
  g_free (job);
}

void
ui_picture_free (UiPicture *picture)
{
  if (picture == NULL)
    return;
  g_bytes_unref (picture->content);
  g_free (picture->name);
  g_object_unref (picture->texture);
  g_free (picture);
}

gboolean
ui_picture_is_likely (GFile *file)
{
  const char *const endings[] = {
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"
  };
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *lower = base != NULL ? g_ascii_strdown (base, -1) : g_strdup ("");

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return FALSE;
}

static const char *
get_type (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (length > 8 && memcmp (data, "\211PNG\r\n\032\n", 8) == 0)
    return "image/png";
  if (length > 3 && memcmp (data, "\377\330\377", 3) == 0)
    return "image/jpeg";
  if (length > 6 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    return "image/gif";
  return NULL;
}

static void
on_size (GdkPixbufLoader *loader, int width, int height, gboolean *too_large)
{
  if ((gint64)width * height > MAX_PIXELS) {
    *too_large = TRUE;
    gdk_pixbuf_loader_set_size (loader, 1, 1);
  }
}

static gboolean
is_turned (GdkPixbuf *pixbuf)
{
  const char *orientation = gdk_pixbuf_get_option (pixbuf, "orientation");

  return orientation != NULL && !g_str_equal (orientation, "1");
}

/* `turned`: as a camera was held, which the bytes only say. */
static GdkPixbuf *
decode (GBytes *bytes, gboolean *turned, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  gboolean too_large = FALSE, good;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), &too_large);
  good = gdk_pixbuf_loader_write_bytes (loader, bytes, error);
  good = gdk_pixbuf_loader_close (loader, good ? error : NULL) && good;
  if (!good || too_large || gdk_pixbuf_loader_get_pixbuf (loader) == NULL) {
    if (good)
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "too large");
    return NULL;
  }
  *turned = is_turned (gdk_pixbuf_loader_get_pixbuf (loader));
  return gdk_pixbuf_apply_embedded_orientation (gdk_pixbuf_loader_get_pixbuf (loader));
}

static GBytes *
encode (GdkPixbuf *pixbuf, const char *was, const char **type, GError **error)
{
  gboolean photograph = g_strcmp0 (was, "image/jpeg") == 0;
  char *data = NULL;
  gsize length = 0;

  if (!photograph) {
    if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", error, NULL))
      return NULL;
    *type = "image/png";
    photograph = length > LARGE_PNG && !gdk_pixbuf_get_has_alpha (pixbuf);
    if (!photograph)
      return g_bytes_new_take (data, length);
    g_free (data);
  }
  *type = "image/jpeg";
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "jpeg", error, "quality", "87", NULL))
    return NULL;
  return g_bytes_new_take (data, length);
}

/* The name follows the type. */
static char *
make_name (const char *name, const char *type)
{
  const char *ending = g_str_equal (type, "image/png")   ? ".png"
                       : g_str_equal (type, "image/gif") ? ".gif"
                                                         : ".jpg";
  const char *dot = strrchr (name, '.');
  g_autofree char *stem =
      dot != NULL && dot != name ? g_strndup (name, (gsize)(dot - name)) : g_strdup (name);

  if (dot != NULL
      && (g_ascii_strcasecmp (dot, ending) == 0
          || (g_str_equal (ending, ".jpg") && g_ascii_strcasecmp (dot, ".jpeg") == 0)))
    return g_strdup (name);
  return g_strconcat (stem, ending, NULL);
}

/* `bytes` NULL: there are none yet.  Takes `pixbuf`. */
static UiPicture *
make (GdkPixbuf *pixbuf, GBytes *bytes, gboolean turned, const char *name, GError **error)
{
  const char *type = bytes != NULL ? get_type (bytes) : NULL;
  g_autoptr (GdkPixbuf) fitting = pixbuf;
  g_autoptr (GBytes) content = NULL;
  UiPicture *picture;
  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  gboolean wide = width > UI_PICTURE_MAX_WIDTH;

  if (wide) {
    fitting = gdk_pixbuf_scale_simple (
        pixbuf, UI_PICTURE_MAX_WIDTH, MAX (1, (int)((gint64)height * UI_PICTURE_MAX_WIDTH / width)),
        GDK_INTERP_BILINEAR);
    g_object_unref (pixbuf);
  }
  if (wide || turned || type == NULL)
    content = encode (fitting, type, &type, error);
  else
    content = g_bytes_ref (bytes);
  if (content == NULL)
    return NULL;
  picture = g_new0 (UiPicture, 1);
  picture->content = g_steal_pointer (&content);
  picture->type = type;
  picture->name = make_name (name, type);
  picture->texture = gdk_texture_new_for_pixbuf (fitting);
  return picture;
}

static void
free_picture (gpointer picture)
{
  ui_picture_free (picture);
}

/* Any thread. */
static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  GdkPixbuf *pixbuf = NULL;
  UiPicture *picture;
  gboolean turned = FALSE;

  if (job->file != NULL) {
    g_autoptr (GFileInfo) info = g_file_query_info (
        job->file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
        G_FILE_QUERY_INFO_NONE, NULL, &error);

    if (info != NULL
        && (g_file_info_get_size (info) > MAX_FILE
            || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR))
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no file of that kind");
    if (error == NULL)
      job->bytes = g_file_load_bytes (job->file, NULL, NULL, &error);
  }
  if (job->texture != NULL)
    pixbuf = gdk_pixbuf_get_from_texture (job->texture);
  else if (job->bytes != NULL)
    pixbuf = decode (job->bytes, &turned, &error);
  picture = pixbuf != NULL ? make (pixbuf, job->bytes, turned, job->name, &error) : NULL;
  if (picture != NULL)
    g_task_return_pointer (task, picture, free_picture);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "no picture");
}

static void
start (Job *job, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run);
}

void
ui_picture_load_async (GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);
  g_autofree char *base = g_file_get_basename (file);

  job->file = g_object_ref (file);
  job->name = g_filename_display_name (base != NULL ? base : "");
  start (job, callback, user_data);
}

void
ui_picture_take_async (GBytes *bytes, const char *name, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->bytes = g_bytes_ref (bytes);
  job->name = g_strdup (name);
  start (job, callback, user_data);
}

void
ui_picture_take_texture_async (GdkTexture *texture, const char *name, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->texture = g_object_ref (texture);
  job->name = g_strdup (name);
  start (job, callback, user_data);
}

UiPicture *
ui_picture_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
