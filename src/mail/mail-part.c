/* An attachment of an opened message: name, type and size at once, its bytes by a pool thread, which fetches them first where
 * they were left on the server.  Main thread; it must never decode or write here. */
#include "mail-engine-private.h"
#include "mail-fetch.h"
#include "mail-part-private.h"

#include <glib/gi18n.h>

#include "base-text.h"

enum
{
  PROP_0,
  PROP_IS_HERE,
  PROP_PROGRESS,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

#define LOOK_MS 100

G_DEFINE_FINAL_TYPE (MailPart, mail_part, G_TYPE_OBJECT)

static void
mail_part_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MailPart *self = MAIL_PART (object);

  if (id == PROP_IS_HERE)
    g_value_set_boolean (value, self->is_here);
  else if (id == PROP_PROGRESS)
    g_value_set_double (value, mail_part_get_progress (self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mail_part_finalize (GObject *object)
{
  MailPart *self = MAIL_PART (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->progress, mail_progress_unref);
  g_clear_pointer (&self->parsed, mail_parsed_unref);
  g_clear_object (&self->engine);
  g_free (self->name);
  g_free (self->content_type);
  g_free (self->charset);
  g_clear_pointer (&self->unpacked, g_bytes_unref);
  G_OBJECT_CLASS (mail_part_parent_class)->finalize (object);
}

static void
mail_part_class_init (MailPartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_part_finalize;
  G_OBJECT_CLASS (klass)->get_property = mail_part_get_property;
  properties[PROP_IS_HERE] =
      g_param_spec_boolean ("is-here", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
mail_part_init (MailPart *self)
{
}

MailPart *
mail_part_new (MailEngine *engine, MailParsed *parsed, guint depth, const MimePart *part)
{
  MailPart *self = g_object_new (MAIL_TYPE_PART, NULL);

  self->engine = g_object_ref (engine);
  self->parsed = mail_parsed_ref (parsed);
  self->depth = depth;
  self->index = part->index;
  self->name = g_strdup (part->name);
  self->content_type = g_strdup (part->content_type);
  self->charset = g_strdup (part->charset);
  self->size = part->size;
  self->is_here = !part->is_missing;
  self->permille = -1;
  self->progress = mail_progress_new (self->is_here);
  return self;
}

MailPart *
mail_part_new_unpacked (MailPart *parent, const char *name, const char *content_type, GBytes *bytes)
{
  g_autofree char *safe = base_text_file_name (name, _ ("file"));
  g_autofree char *known = g_content_type_guess (safe, NULL, 0, NULL);
  g_autofree char *guessed = g_content_type_get_mime_type (known);
  g_autoptr (GBytes) shared = g_bytes_ref (bytes);
  const MimePart plain = { .index = parent->index,
                           .name = safe,
                           .content_type = content_type[0] != '\0' ? (char *)content_type : guessed,
                           .size = g_bytes_get_size (bytes) };
  MailPart *self = mail_part_new (parent->engine, parent->parsed, parent->depth, &plain);

  self->unpacked = g_steal_pointer (&shared);
  return self;
}

GBytes *
mail_part_get_unpacked (MailPart *self)
{
  return self->unpacked;
}

/* ---- how far it is ---- */

static gboolean
on_look (gpointer data)
{
  MailPart *self = data;
  int permille = g_atomic_int_get (&self->progress->permille);
  gboolean is_here = g_atomic_int_get (&self->progress->is_here);

  if (permille != self->permille) {
    self->permille = permille;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  }
  if (is_here != self->is_here) {
    self->is_here = is_here;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_HERE]);
  }
  return G_SOURCE_CONTINUE;
}

static void
on_ended (MailPart *self)
{
  if (--self->downloads > 0)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_atomic_int_set (&self->progress->permille, -1);
  on_look (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

MailProgress *
mail_part_begin (MailPart *self, GTask *task)
{
  if (!self->is_here) {
    self->downloads++;
    g_signal_connect_object (task, "notify::completed", G_CALLBACK (on_ended), self,
                             G_CONNECT_SWAPPED);
    if (self->timer == 0)
      self->timer = g_timeout_add (LOOK_MS, on_look, self);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  }
  return mail_progress_ref (self->progress);
}

gboolean
mail_part_is_here (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), FALSE);
  return self->is_here;
}

double
mail_part_get_progress (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), -1);
  return self->downloads > 0 ? MAX (self->permille, 0) / 1000.0 : -1;
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

char *
mail_part_dup_size_text (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), NULL);
  return base_text_size (self->size);
}

void
mail_part_job_free (gpointer data)
{
  MailPartJob *job = data;

  mail_parsed_unref (job->parsed);
  mail_progress_unref (job->progress);
  g_free (job->name);
  g_free (job->content_type);
  g_free (job->charset);
  g_clear_object (&job->file);
  g_clear_pointer (&job->paths, base_paths_unref);
  g_clear_pointer (&job->unpacked, g_bytes_unref);
  g_clear_pointer (&job->pages, mail_pages_unref);
  g_free (job);
}

MailPartJob *
mail_part_job_new (MailPart *self, GTask *task)
{
  MailPartJob *job = g_new0 (MailPartJob, 1);

  job->source = mail_engine_get_source (self->engine);
  job->progress = mail_part_begin (self, task);
  job->parsed = mail_parsed_ref (self->parsed);
  job->index = self->index;
  job->name = g_strdup (self->name);
  job->content_type = g_strdup (self->content_type);
  job->charset = g_strdup (self->charset);
  job->unpacked = self->unpacked != NULL ? g_bytes_ref (self->unpacked) : NULL;
  return job;
}

GBytes *
mail_part_job_decode (const MailPartJob *job, GCancellable *cancellable, GError **error)
{
  if (job->unpacked != NULL)
    return g_bytes_ref (job->unpacked);
  if (!mail_fetch_part (&job->source, job->parsed, job->index, job->progress, cancellable, error))
    return NULL;
  return mail_parsed_decode (job->parsed, job->index, error);
}

/* Pool thread. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);

  if (bytes == NULL || !mail_save_file (job->file, bytes, TRUE, cancellable, error))
    return NULL;
  return MAIL_CALL_DONE;
}

void
mail_part_save_async (MailPart *self, GFile *file, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self) && G_IS_FILE (file));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  MailPartJob *job = mail_part_job_new (self, task);

  job->file = g_object_ref (file);
  mail_engine_call_waiting (self->engine, task, run_save, job, mail_part_job_free, NULL);
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
  MailPartJob *job = data;
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);

  return bytes != NULL ? mail_save_export (job->paths, job->name, bytes, error) : NULL;
}

void
mail_part_export_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  MailPartJob *job = mail_part_job_new (self, task);

  job->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  mail_engine_call_waiting (self->engine, task, run_export, job, mail_part_job_free,
                            g_object_unref);
}

GFile *
mail_part_export_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
