/* A picture for a letter: read, scaled down and encoded by threads that have nothing of the window; decoded and turned upright by sosik-unpack.  A photograph
 * becomes JPEG, all else PNG; what needs no change is sent as it is. */
#include "ui-picture-load.h"

#include <string.h>

#include "mail-picture.h"

#define MAX_FILE  ((goffset)64 * 1000 * 1000)
#define LARGE_PNG (400 * 1000) /* octets: more is a photograph */
#define MAX_EDGE  4096         /* of what is looked at of it, in pixels */

typedef struct
{
  MailEngine *engine;   /* owned */
  GBytes *bytes;        /* NULL: not read yet */
  MailPicture *decoded; /* NULL: not decoded yet */
  char *name;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->engine);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_pointer (&job->decoded, mail_picture_free);
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

static GdkPixbuf *
to_pixbuf (const MailPicture *decoded)
{
  gboolean alpha = decoded->pixels == MAIL_PIXELS_RGBA;

  return gdk_pixbuf_new_from_bytes (decoded->bytes, GDK_COLORSPACE_RGB, alpha, 8,
                                    (int)decoded->width, (int)decoded->height,
                                    (int)decoded->width * (alpha ? 4 : 3));
}

/* As wide as it is sent: the original, or scaled down. */
static GdkPixbuf *
fit (GdkPixbuf *pixbuf, const MailPicture *decoded)
{
  guint width = MIN (decoded->full_width, UI_PICTURE_MAX_WIDTH);

  if (decoded->width <= width)
    return g_object_ref (pixbuf);
  return gdk_pixbuf_scale_simple (pixbuf, (int)width,
                                  MAX (1, (int)((guint64)decoded->height * width / decoded->width)),
                                  GDK_INTERP_BILINEAR);
}

static UiPicture *
make (const Job *job, GError **error)
{
  const MailPicture *decoded = job->decoded;
  const char *type = get_type (job->bytes);
  g_autoptr (GdkPixbuf) pixbuf = to_pixbuf (decoded);
  g_autoptr (GdkPixbuf) fitting = fit (pixbuf, decoded);
  gboolean same = decoded->full_width <= UI_PICTURE_MAX_WIDTH && !decoded->turned && type != NULL;
  g_autoptr (GBytes) content =
      same ? g_bytes_ref (job->bytes) : encode (fitting, type, &type, error);
  UiPicture *picture;

  if (content == NULL)
    return NULL;
  picture = g_new0 (UiPicture, 1);
  picture->content = g_steal_pointer (&content);
  picture->type = type;
  picture->name = make_name (job->name, type);
  picture->texture = gdk_texture_new_for_pixbuf (fitting);
  picture->width = same ? (int)decoded->full_width : gdk_pixbuf_get_width (fitting);
  picture->height = same ? (int)decoded->full_height : gdk_pixbuf_get_height (fitting);
  return picture;
}

static void
free_picture (gpointer picture)
{
  ui_picture_free (picture);
}

/* Any thread. */
static void
run_make (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  UiPicture *picture = make (data, &error);

  if (picture != NULL)
    g_task_return_pointer (task, picture, free_picture);
  else
    g_task_return_error (task, error);
}

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  job->decoded = mail_picture_decode_finish (MAIL_ENGINE (source), result, &error);
  if (job->decoded == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_run_in_thread (task, run_make);
}

static void
decode (GTask *task)
{
  const Job *job = g_task_get_task_data (task);

  mail_picture_decode_async (job->engine, job->bytes, MAX_EDGE, on_decoded, task);
}

/* Any thread. */
static void
run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GFile *file = data;
  GError *error = NULL;
  GBytes *bytes = NULL;
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                         G_FILE_QUERY_INFO_NONE, NULL, &error);

  if (info != NULL
      && (g_file_info_get_size (info) > MAX_FILE
          || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR))
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no file of that kind");
  if (error == NULL)
    bytes = g_file_load_bytes (file, NULL, NULL, &error);
  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  job->bytes = g_task_propagate_pointer (G_TASK (result), &error);
  if (job->bytes == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    decode (g_steal_pointer (&task));
}

static GTask *
task_new (MailEngine *engine, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->engine = g_object_ref (engine);
  job->name = g_strdup (name);
  g_task_set_task_data (task, job, job_free);
  return task;
}

void
ui_picture_load_async (MailEngine *engine, GFile *file, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base != NULL ? base : "");
  g_autoptr (GTask) task =
      g_task_new (NULL, cancellable, on_read, task_new (engine, name, callback, user_data));

  g_task_set_return_on_cancel (task, TRUE);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, run_read);
}

void
ui_picture_take_async (MailEngine *engine, GBytes *bytes, const char *name,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = task_new (engine, name, callback, user_data);

  ((Job *)g_task_get_task_data (task))->bytes = g_bytes_ref (bytes);
  decode (task);
}

UiPicture *
ui_picture_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
