/* An attachment of an opened message: name, type and size at once, its bytes by a pool thread.
 * Main thread; it must never decode or write here. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-text.h"

struct _MailPart
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  MailParsed *parsed;
  char *name, *content_type;

  guint index;
  guint64 size;
};

G_DEFINE_FINAL_TYPE (MailPart, mail_part, G_TYPE_OBJECT)

static void
mail_part_finalize (GObject *object)
{
  MailPart *self = MAIL_PART (object);

  g_clear_pointer (&self->parsed, mail_parsed_unref);
  g_clear_object (&self->engine);
  g_free (self->name);
  g_free (self->content_type);
  G_OBJECT_CLASS (mail_part_parent_class)->finalize (object);
}

static void
mail_part_class_init (MailPartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_part_finalize;
}

static void
mail_part_init (MailPart *self)
{
}

MailPart *
mail_part_new (MailEngine *engine, MailParsed *parsed, const MimePart *part)
{
  MailPart *self = g_object_new (MAIL_TYPE_PART, NULL);

  self->engine = g_object_ref (engine);
  self->parsed = mail_parsed_ref (parsed);
  self->index = part->index;
  self->name = g_strdup (part->name);
  self->content_type = g_strdup (part->content_type);
  self->size = part->size;
  return self;
}

guint
mail_part_get_index (MailPart *self)
{
  return self->index;
}

const char *
mail_part_get_name (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), NULL);
  return self->name;
}

const char *
mail_part_get_content_type (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), NULL);
  return self->content_type;
}

guint64
mail_part_get_size (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), 0);
  return self->size;
}

char *
mail_part_dup_size_text (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), NULL);
  return base_text_size (self->size);
}

typedef struct
{
  MailParsed *parsed;
  guint index;
  char *name;
  GFile *file;      /* for saving; GFile is immutable and of any thread */
  BasePaths *paths; /* for exporting */
} PartJob;

static void
part_job_free (gpointer data)
{
  PartJob *job = data;

  mail_parsed_unref (job->parsed);
  g_free (job->name);
  g_clear_object (&job->file);
  g_clear_pointer (&job->paths, base_paths_unref);
  g_free (job);
}

static PartJob *
part_job_new (MailPart *self)
{
  PartJob *job = g_new0 (PartJob, 1);

  job->parsed = mail_parsed_ref (self->parsed);
  job->index = self->index;
  job->name = g_strdup (self->name);
  return job;
}

static GBytes *
decode (const PartJob *job, GError **error)
{
  GBytes *bytes = mail_parsed_decode (job->parsed, job->index);

  if (bytes == NULL)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message has no such attachment."));
  return bytes;
}

/* Pool thread. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  PartJob *job = data;
  g_autoptr (GBytes) bytes = decode (job, error);

  if (bytes == NULL || !mail_save_file (job->file, bytes, TRUE, cancellable, error))
    return NULL;
  return MAIL_CALL_DONE;
}

void
mail_part_save_async (MailPart *self, GFile *file, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self) && G_IS_FILE (file));
  PartJob *job = part_job_new (self);

  job->file = g_object_ref (file);
  mail_engine_call_pool (self->engine, g_task_new (self, cancellable, callback, user_data),
                         run_save, job, part_job_free, NULL);
}

gboolean
mail_part_save_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

/* Pool thread. */
static gpointer
run_export (gpointer data, GCancellable *cancellable, GError **error)
{
  PartJob *job = data;
  g_autoptr (GBytes) bytes = decode (job, error);

  return bytes != NULL ? mail_save_export (job->paths, job->name, bytes, error) : NULL;
}

void
mail_part_export_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  PartJob *job = part_job_new (self);

  job->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  mail_engine_call_pool (self->engine, g_task_new (self, cancellable, callback, user_data),
                         run_export, job, part_job_free, g_object_unref);
}

GFile *
mail_part_export_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
