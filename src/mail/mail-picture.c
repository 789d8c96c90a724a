/* Decoded pictures as plain values.  The main thread asks, a pool thread waits for sosik-unpack.  It must never believe the numbers that come
 * from there. */
#include "mail-picture.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-unpack.h"

void
mail_picture_free (MailPicture *picture)
{
  g_bytes_unref (picture->bytes);
  g_free (picture);
}

MailPicture *
mail_unpack_to_picture (GVariant *value, GError **error)
{
  guint32 width, height, full_width, full_height, pixels;
  gboolean turned;
  g_autoptr (GVariant) rows = NULL;

  g_variant_get (value, "(uuuuub@ay)", &width, &height, &full_width, &full_height, &pixels, &turned,
                 &rows);
  if (width < 1 || height < 1 || width > UNPACK_MAX_EDGE || height > UNPACK_MAX_EDGE
      || pixels > UNPACK_CAIRO
      || g_variant_get_size (rows) != (gsize)width * height * (pixels == UNPACK_RGB ? 3 : 4)) {
    base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("This picture is damaged."));
    return NULL;
  }
  MailPicture *picture = g_new0 (MailPicture, 1);
  picture->width = width;
  picture->height = height;
  picture->full_width = full_width;
  picture->full_height = full_height;
  picture->pixels = (MailPixels)pixels;
  picture->turned = turned;
  picture->bytes = g_variant_get_data_as_bytes (rows);
  return picture;
}

typedef struct
{
  GBytes *bytes;
  guint edge;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_bytes_unref (job->bytes);
  g_free (job);
}

static void
picture_free (gpointer picture)
{
  mail_picture_free (picture);
}

/* Pool thread. */
static gpointer
run_decode (gpointer data, GCancellable *cancellable, GError **error)
{
  const Job *job = data;
  g_autofree char *edge = g_strdup_printf ("%u", job->edge);
  const char *const arguments[] = { "picture", edge, NULL };
  g_autoptr (GVariant) value =
      mail_unpack_run (arguments, job->bytes, G_VARIANT_TYPE (UNPACK_PICTURE), cancellable, error);

  return value != NULL ? mail_unpack_to_picture (value, error) : NULL;
}

void
mail_picture_decode_async (MailEngine *engine, GBytes *bytes, guint edge,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine) && bytes != NULL);
  Job *job = g_new0 (Job, 1);

  job->bytes = g_bytes_ref (bytes);
  job->edge = edge;
  mail_unpack_call (engine, g_task_new (engine, NULL, callback, user_data), run_decode, job,
                    job_free, picture_free);
}

MailPicture *
mail_picture_decode_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
