/* Files of a draft: what messages bring along, or the program gives, is copied into the draft's folder by a pool thread, so that what
 * happens to the original later does not matter.  (Files of the person's: mail-draft-attach.c.)  Main thread; it must never read a file here. */
#include "mail-draft-private.h"
#include "mail-fetch.h"
#include "mail-letter.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-text.h"

struct _MailAttachment
{
  GObject parent_instance;

  char *file, *name, *content_type, *content_id;
  guint64 size;
};

G_DEFINE_FINAL_TYPE (MailAttachment, mail_attachment, G_TYPE_OBJECT)

static void
mail_attachment_finalize (GObject *object)
{
  MailAttachment *self = MAIL_ATTACHMENT (object);

  g_free (self->file);
  g_free (self->name);
  g_free (self->content_type);
  g_free (self->content_id);
  G_OBJECT_CLASS (mail_attachment_parent_class)->finalize (object);
}

static void
mail_attachment_class_init (MailAttachmentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_attachment_finalize;
}

static void
mail_attachment_init (MailAttachment *self)
{
}

MailAttachment *
mail_attachment_new (const StoreAttachment *plain)
{
  MailAttachment *self = g_object_new (MAIL_TYPE_ATTACHMENT, NULL);

  self->file = g_strdup (plain->file);
  self->name = g_strdup (plain->name);
  self->content_type =
      g_strdup (plain->content_type != NULL ? plain->content_type : "application/octet-stream");
  self->size = plain->size;
  self->content_id = g_strdup (plain->content_id);
  return self;
}

const char *
mail_attachment_get_name (MailAttachment *self)
{
  g_return_val_if_fail (MAIL_IS_ATTACHMENT (self), NULL);
  return self->name;
}

const char *
mail_attachment_get_content_type (MailAttachment *self)
{
  g_return_val_if_fail (MAIL_IS_ATTACHMENT (self), NULL);
  return self->content_type;
}

const char *
mail_attachment_get_content_id (MailAttachment *self)
{
  g_return_val_if_fail (MAIL_IS_ATTACHMENT (self), NULL);
  return self->content_id;
}

guint64
mail_attachment_get_size (MailAttachment *self)
{
  g_return_val_if_fail (MAIL_IS_ATTACHMENT (self), 0);
  return self->size;
}

char *
mail_attachment_dup_size_text (MailAttachment *self)
{
  g_return_val_if_fail (MAIL_IS_ATTACHMENT (self), NULL);
  return base_text_size (self->size);
}

MailEngine *
mail_draft_get_engine (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->engine;
}

gboolean
mail_draft_shows_file (MailDraft *self, MailAttachment *attachment)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_ATTACHMENT (attachment), FALSE);
  if (attachment->content_id == NULL)
    return TRUE;
  for (guint i = 0; self->plain->html == NULL && i < self->plain->attachments->len; i++) {
    const StoreAttachment *file = self->plain->attachments->pdata[i];

    if (g_str_equal (file->file, attachment->file))
      return mail_draft_sends (self->plain, file);
  }
  return FALSE;
}

guint64
mail_draft_get_files_size (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), 0);
  guint64 size = 0;

  for (guint i = 0; i < self->plain->attachments->len; i++)
    size += ((StoreAttachment *)self->plain->attachments->pdata[i])->size;
  return size;
}

void
mail_draft_detach (MailDraft *self, MailAttachment *attachment)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_ATTACHMENT (attachment));
  guint position;

  if (!g_list_store_find (self->attachments, attachment, &position))
    return;
  for (guint i = 0; i < self->plain->attachments->len; i++)
    if (g_str_equal (((StoreAttachment *)self->plain->attachments->pdata[i])->file,
                     attachment->file)) {
      g_ptr_array_remove_index (self->plain->attachments, i);
      break;
    }
  g_list_store_remove (self->attachments, position);
  self->files_touched = TRUE;
  self->serial++;
}

void
mail_draft_add_files (MailDraft *self, GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++) {
    StoreAttachment *file = files->pdata[i];
    g_autoptr (MailAttachment) item = mail_attachment_new (file);

    g_ptr_array_add (self->plain->attachments, file);
    g_list_store_append (self->attachments, item);
  }
  g_ptr_array_set_free_func (files, NULL);
  self->serial++;
}

/* ---- copied by the steps of the draft ---- */

typedef struct
{
  BasePaths *paths;
  char *draft;
  GPtrArray *ids;     /* Content-IDs; NULL: none has one */
  MailParsed *parsed; /* forwarding; nullable */
  MailSource source;
  GArray *indexes; /* of guint, with names and types beside */
  GPtrArray *names, *types;
  GPtrArray *contents; /* of GBytes, NULL where the index says which */
} FilesJob;

static void
files_job_free (gpointer data)
{
  FilesJob *job = data;

  base_paths_unref (job->paths);
  g_free (job->draft);
  g_clear_pointer (&job->ids, g_ptr_array_unref);
  g_clear_pointer (&job->parsed, mail_parsed_unref);
  g_clear_pointer (&job->indexes, g_array_unref);
  g_clear_pointer (&job->names, g_ptr_array_unref);
  g_clear_pointer (&job->types, g_ptr_array_unref);
  g_clear_pointer (&job->contents, g_ptr_array_unref);
  g_free (job);
}

static FilesJob *
files_job_new (MailDraft *self)
{
  FilesJob *job = g_new0 (FilesJob, 1);

  job->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  job->draft = g_strdup (self->plain->id);
  return job;
}

static void
free_file (gpointer file)
{
  store_attachment_free (file);
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  g_autoptr (MailDraft) self = g_object_ref (g_task_get_source_object (outer));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = g_task_propagate_pointer (G_TASK (result), &error);

  if (files != NULL) {
    self->files_touched = TRUE;
    mail_draft_add_files (self, files);
    g_task_return_boolean (outer, TRUE);
  } else {
    g_task_return_error (outer, g_steal_pointer (&error));
  }
  mail_draft_end_step (self);
  mail_draft_add_busy (self, -1); /* last: what waits for this finds the files */
}

/* ---- what a forwarded message brings along ---- */

/* Pool thread: a GPtrArray of StoreAttachment. */
static gpointer
run_take_along (gpointer data, GCancellable *cancellable, GError **error)
{
  FilesJob *job = data;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (free_file);

  for (guint i = 0; i < job->indexes->len; i++) {
    guint index = g_array_index (job->indexes, guint, i);
    g_autoptr (GBytes) bytes = NULL;

    if (job->contents->pdata[i] != NULL) {
      bytes = g_bytes_ref (job->contents->pdata[i]);
    } else {
      if (!mail_fetch_part (&job->source, job->parsed, index, NULL, cancellable, error))
        return NULL;
      bytes = mail_parsed_decode (job->parsed, index, NULL);
    }
    if (bytes == NULL)
      continue;
    g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
    StoreAttachment *file =
        store_draft_attach (job->paths, job->draft, job->names->pdata[i], job->types->pdata[i],
                            stream, G_MAXUINT64, cancellable, error);
    if (file == NULL)
      return NULL;
    file->content_id = g_strdup (job->ids != NULL ? job->ids->pdata[i] : NULL);
    g_ptr_array_add (files, file);
  }
  return g_steal_pointer (&files);
}

static void
on_taken_along (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  g_autoptr (MailDraft) self = g_object_ref (g_task_get_source_object (outer));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = g_task_propagate_pointer (G_TASK (result), &error);

  if (files != NULL) {
    mail_draft_add_files (self, files);
    g_task_return_boolean (outer, TRUE);
  } else {
    g_task_return_error (outer, g_steal_pointer (&error));
  }
  mail_draft_end_step (self);
  mail_draft_add_busy (self, -1);
}

static void
bytes_free (gpointer bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
}

static void
job_add (FilesJob *job, guint index, const char *name, const char *type, GBytes *content)
{
  if (job->indexes == NULL) {
    job->indexes = g_array_new (FALSE, FALSE, sizeof (guint));
    job->names = g_ptr_array_new_with_free_func (g_free);
    job->types = g_ptr_array_new_with_free_func (g_free);
    job->contents = g_ptr_array_new_with_free_func (bytes_free);
  }
  g_array_append_val (job->indexes, index);
  g_ptr_array_add (job->names, g_strdup (name));
  g_ptr_array_add (job->types, g_strdup (type));
  g_ptr_array_add (job->contents, content != NULL ? g_bytes_ref (content) : NULL);
}

static void
start_take_along (MailDraft *self, GTask *task)
{
  MailContent *content = g_task_get_task_data (task);
  GListModel *parts = mail_content_get_attachments (content);
  FilesJob *job = files_job_new (self);

  job->source = mail_engine_get_source (self->engine);
  job->parsed = mail_parsed_ref (mail_content_get_parsed (content));
  for (guint i = 0; i < g_list_model_get_n_items (parts); i++) {
    g_autoptr (MailPart) part = g_list_model_get_item (parts, i);

    job_add (job, mail_part_get_index (part), mail_part_get_name (part),
             mail_part_get_content_type (part), mail_part_get_unpacked (part));
  }
  mail_engine_call_waiting (self->engine, g_task_new (NULL, NULL, on_taken_along, task),
                            run_take_along, job, files_job_free, (GDestroyNotify)g_ptr_array_unref);
}

void
mail_draft_take_along_async (MailDraft *self, MailContent *content, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (g_list_model_get_n_items (mail_content_get_attachments (content)) == 0) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  g_task_set_task_data (task, g_object_ref (content), g_object_unref);
  mail_draft_add_busy (self, 1);
  mail_draft_step (self, task, start_take_along);
}

/* ---- pictures of what is quoted ---- */

static void
start_take_pictures (MailDraft *self, GTask *task)
{
  FilesJob *job = g_task_get_task_data (task);

  g_task_set_task_data (task, NULL, NULL);
  mail_engine_call_pool (self->engine, g_task_new (NULL, NULL, on_taken_along, task),
                         run_take_along, job, files_job_free, (GDestroyNotify)g_ptr_array_unref);
}

void
mail_draft_take_pictures_async (MailDraft *self, GPtrArray *contents, GPtrArray *types,
                                GPtrArray *names, GPtrArray *ids, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  FilesJob *job = files_job_new (self);

  for (guint i = 0; i < contents->len; i++)
    job_add (job, 0, names->pdata[i], types->pdata[i], contents->pdata[i]);
  job->ids = ids != NULL ? g_ptr_array_ref (ids) : NULL;
  g_task_set_task_data (task, job, NULL);
  mail_draft_add_busy (self, 1);
  mail_draft_step (self, task, start_take_pictures);
}

/* Pool thread: a GPtrArray of the one StoreAttachment. */
static gpointer
run_take_original (gpointer data, GCancellable *cancellable, GError **error)
{
  FilesJob *job = data;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (free_file);
  g_autoptr (GBytes) bytes = mail_fetch_whole (&job->source, job->parsed, cancellable, error);

  if (bytes == NULL)
    return NULL;
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  StoreAttachment *file =
      store_draft_attach (job->paths, job->draft, job->names->pdata[0], "message/rfc822", stream,
                          G_MAXUINT64, cancellable, error);
  if (file == NULL)
    return NULL;
  g_ptr_array_add (files, file);
  return g_steal_pointer (&files);
}

static void
start_take_original (MailDraft *self, GTask *task)
{
  MailContent *content = g_task_get_task_data (task);
  MailParsed *parsed = mail_content_get_parsed (content);
  g_autofree char *named = g_strconcat (
      parsed->subject[0] != '\0' ? parsed->subject : _ ("Forwarded message"), ".eml", NULL);
  g_autofree char *name = base_text_file_name (named, "message.eml");
  FilesJob *job = files_job_new (self);

  job->source = mail_engine_get_source (self->engine);
  job->parsed = mail_parsed_ref (parsed);
  job_add (job, 0, name, "message/rfc822", NULL);
  mail_engine_call_waiting (self->engine, g_task_new (NULL, NULL, on_taken_along, task),
                            run_take_original, job, files_job_free,
                            (GDestroyNotify)g_ptr_array_unref);
}

void
mail_draft_take_original_async (MailDraft *self, MailContent *content, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_object_ref (content), g_object_unref);
  mail_draft_add_busy (self, 1);
  mail_draft_step (self, task, start_take_original);
}

/* ---- what Sosik itself writes ---- */

typedef struct
{
  char *name, *type, *content_id;
  GBytes *content;
} Given;

static void
given_free (gpointer data)
{
  Given *given = data;

  g_free (given->name);
  g_free (given->type);
  g_free (given->content_id);
  g_bytes_unref (given->content);
  g_free (given);
}

static void
start_attach_bytes (MailDraft *self, GTask *task)
{
  const Given *given = g_task_get_task_data (task);
  FilesJob *job = files_job_new (self);

  job_add (job, 0, given->name, given->type, given->content);
  if (given->content_id != NULL) {
    job->ids = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (job->ids, g_strdup (given->content_id));
  }
  mail_engine_call_pool (self->engine, g_task_new (NULL, NULL, on_attached, task), run_take_along,
                         job, files_job_free, (GDestroyNotify)g_ptr_array_unref);
}

void
mail_draft_attach_picture_async (MailDraft *self, const char *name, const char *content_type,
                                 GBytes *content, const char *id, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Given *given = g_new0 (Given, 1);

  given->name = g_strdup (name);
  given->type = g_strdup (content_type);
  given->content_id = g_strdup (id);
  given->content = g_bytes_ref (content);
  g_task_set_task_data (task, given, given_free);
  mail_draft_add_busy (self, 1);
  mail_draft_step (self, task, start_attach_bytes);
}

void
mail_draft_attach_bytes_async (MailDraft *self, const char *name, const char *content_type,
                               GBytes *content, GAsyncReadyCallback callback, gpointer user_data)
{
  mail_draft_attach_picture_async (self, name, content_type, content, NULL, callback, user_data);
}

/* ---- reading one ---- */

typedef struct
{
  BasePaths *paths;
  char *draft, *file;
} ReadJob;

static void
read_job_free (gpointer data)
{
  ReadJob *job = data;

  base_paths_unref (job->paths);
  g_free (job->draft);
  g_free (job->file);
  g_free (job);
}

/* Any thread. */
static void
run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const ReadJob *job = data;
  GError *error = NULL;
  GBytes *bytes = store_draft_get_attachment (job->paths, job->draft, job->file, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
mail_draft_read_file_async (MailDraft *self, MailAttachment *file, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_ATTACHMENT (file));
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  ReadJob *job = g_new0 (ReadJob, 1);

  job->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  job->draft = g_strdup (self->plain->id);
  job->file = g_strdup (file->file);
  g_task_set_task_data (task, job, read_job_free);
  g_task_run_in_thread (task, run_read);
}

GBytes *
mail_draft_read_file_finish (MailDraft *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
