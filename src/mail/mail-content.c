/* An opened message on the main thread: what the pool thread parsed, immutable.  It must never
 * parse, decode or clean here: those go to the pool. */
#include "mail-engine-private.h"
#include "mail-fetch.h"
#include "mail-part-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "base-text.h"

/* "View source" shows no more than a person would read, and costs no more than a frame. */
#define MAX_SOURCE (1024 * 1024)

struct _MailContent
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  MailMessage *message;
  MailParsed *parsed;
  GBytes *whole;           /* nullable: of a partial message, once all of it has come */
  GListStore *attachments; /* of MailPart */
  GCancellable *closing;   /* what is being unpacked ends with it */

  guint depth;      /* messages around it */
  gboolean as_text; /* that is how it is read */
};

G_DEFINE_FINAL_TYPE (MailContent, mail_content, G_TYPE_OBJECT)

static void
mail_content_finalize (GObject *object)
{
  MailContent *self = MAIL_CONTENT (object);

  g_cancellable_cancel (self->closing);
  g_clear_object (&self->closing);
  g_clear_object (&self->attachments);
  g_clear_pointer (&self->whole, g_bytes_unref);
  g_clear_pointer (&self->parsed, mail_parsed_unref);
  g_clear_object (&self->message);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (mail_content_parent_class)->finalize (object);
}

static void
mail_content_class_init (MailContentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_content_finalize;
}

static void
mail_content_init (MailContent *self)
{
  self->attachments = g_list_store_new (MAIL_TYPE_PART);
  self->closing = g_cancellable_new ();
}

/* ---- winmail.dat ---- */

static void
on_unpacked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree GWeakRef *weak = user_data;
  g_autoptr (MailContent) self = g_weak_ref_get (weak);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) parts = mail_part_unpack_finish (MAIL_PART (source), result, &error);
  guint at;

  g_weak_ref_clear (weak);
  if (self == NULL)
    return;
  if (parts == NULL) {
    /* It stays in the list, to be saved and opened elsewhere. */
    if (!base_error_is_cancelled (error))
      base_log ("A winmail.dat could not be unpacked: %s", error->message);
    return;
  }
  if (parts->len > 0 && g_list_store_find (self->attachments, source, &at))
    g_list_store_splice (self->attachments, at, 1, parts->pdata, parts->len);
}

static void
unpack (MailPart *part, GParamSpec *pspec, MailContent *self)
{
  if (!mail_part_is_here (part))
    return; /* a large one is not fetched only for this; once it has come, it is */
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  mail_part_unpack_async (part, self->closing, on_unpacked, weak);
}

MailContent *
mail_content_new (MailEngine *engine, MailMessage *message, MailParsed *parsed)
{
  return mail_content_new_nested (engine, message, parsed, 0);
}

MailContent *
mail_content_new_nested (MailEngine *engine, MailMessage *message, MailParsed *parsed, guint depth)
{
  MailContent *self = g_object_new (MAIL_TYPE_CONTENT, NULL);
  /* Nobody else has this one yet, and the list was made by the pool thread. */
  GPtrArray *parts = mime_message_get_parts (parsed->mime);

  self->engine = g_object_ref (engine);
  self->message = g_object_ref (message);
  self->parsed = mail_parsed_ref (parsed);
  self->depth = depth;
  for (guint i = 0; i < parts->len; i++) {
    const MimePart *part = parts->pdata[i];

    if (part->is_attachment) {
      g_autoptr (MailPart) item = mail_part_new (engine, parsed, depth, part);

      g_list_store_append (self->attachments, item);
      if (mail_part_is_winmail (item)) {
        g_signal_connect_object (item, "notify::is-here", G_CALLBACK (unpack), self, 0);
        unpack (item, NULL, self);
      }
    }
  }
  return self;
}

MailParsed *
mail_content_get_parsed (MailContent *self)
{
  return self->parsed;
}

MailEngine *
mail_content_get_engine (MailContent *self)
{
  return self->engine;
}

gboolean
mail_content_is_nested (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), FALSE);
  return self->depth > 0;
}

MailMessage *
mail_content_get_message (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->message;
}

gint64
mail_content_get_message_id (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), 0);
  return mail_message_get_id (self->message);
}

const char *
mail_content_get_subject (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->subject;
}

gint64
mail_content_get_date (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), 0);
  return self->parsed->date;
}

GPtrArray *
mail_content_get_from (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->from;
}

GPtrArray *
mail_content_get_reply_to (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->reply_to;
}

GPtrArray *
mail_content_get_to (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->to;
}

GPtrArray *
mail_content_get_cc (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->cc;
}

GPtrArray *
mail_content_get_bcc (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->bcc;
}

const char *
mail_content_get_text (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->text;
}

const char *
mail_content_get_quote (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->quote != NULL && !self->as_text ? self->parsed->quote : self->parsed->text;
}

void
mail_content_set_read_as_text (MailContent *self, gboolean as_text)
{
  g_return_if_fail (MAIL_IS_CONTENT (self));
  self->as_text = as_text;
}

gboolean
mail_content_is_read_as_text (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), FALSE);
  return self->as_text;
}

gboolean
mail_content_has_html (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), FALSE);
  return self->parsed->html != NULL;
}

const char *
mail_content_get_html (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->html;
}

guint
mail_content_get_blocked (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), 0);
  return self->parsed->facts.blocked;
}

gboolean
mail_content_are_images_chosen (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), FALSE);
  return self->parsed->images_chosen && self->parsed->is_authenticated;
}

GPtrArray *
mail_content_get_trackers (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return self->parsed->facts.trackers;
}

G_STATIC_ASSERT ((int)MAIL_LOOK_LETTER == (int)MIME_HTML_LETTER);
G_STATIC_ASSERT ((int)MAIL_LOOK_DESIGNED == (int)MIME_HTML_DESIGNED);
G_STATIC_ASSERT ((int)MAIL_LOOK_ADAPTIVE == (int)MIME_HTML_ADAPTIVE);

MailLook
mail_content_get_look (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), MAIL_LOOK_LETTER);
  return (MailLook)self->parsed->facts.look;
}

GListModel *
mail_content_get_attachments (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  return G_LIST_MODEL (self->attachments);
}

char *
mail_content_dup_source (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), NULL);
  gsize length;
  const char *data =
      g_bytes_get_data (self->whole != NULL ? self->whole : self->parsed->bytes, &length);

  if (length <= MAX_SOURCE)
    return base_text_repair (data, (gssize)length);
  g_autofree char *start = base_text_repair (data, MAX_SOURCE);
  return g_strconcat (start, "\n…\n", NULL);
}

/* ---- with remote images ---- */

static void
parsed_free (gpointer parsed)
{
  mail_parsed_unref (parsed);
}

/* Pool thread. */
static gpointer
run_html_with_images (gpointer data, GCancellable *cancellable, GError **error)
{
  MailParsed *parsed = data;

  g_mutex_lock (&parsed->lock);
  char *html = mime_message_get_clean_html (parsed->mime, TRUE, NULL);
  g_mutex_unlock (&parsed->lock);
  if (html == NULL)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message has no formatted text."));
  return html;
}

void
mail_content_get_html_with_images_async (MailContent *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (self));
  mail_engine_call_pool (self->engine, g_task_new (self, cancellable, callback, user_data),
                         run_html_with_images, mail_parsed_ref (self->parsed), parsed_free, g_free);
}

char *
mail_content_get_html_with_images_finish (MailContent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- bytes of a part ---- */

typedef struct
{
  MailSource source;
  MailParsed *parsed;
  guint index;
  GFile *where;     /* nullable: the folder, or the file, to write */
  GPtrArray *parts; /* nullable: of MailPartJob */
} PartsJob;

typedef struct
{
  GBytes *bytes;
  char *content_type;
} PartBytes;

static void
parts_job_free (gpointer data)
{
  PartsJob *job = data;

  mail_parsed_unref (job->parsed);
  g_clear_object (&job->where);
  g_clear_pointer (&job->parts, g_ptr_array_unref);
  g_free (job);
}

static void
part_bytes_free (gpointer data)
{
  PartBytes *result = data;

  g_clear_pointer (&result->bytes, g_bytes_unref);
  g_free (result->content_type);
  g_free (result);
}

/* Pool thread. */
static gpointer
run_part_bytes (gpointer data, GCancellable *cancellable, GError **error)
{
  PartsJob *job = data;
  GBytes *bytes = mail_parsed_decode (job->parsed, job->index, error);

  if (bytes == NULL)
    return NULL;
  PartBytes *result = g_new0 (PartBytes, 1);
  result->bytes = bytes;
  g_mutex_lock (&job->parsed->lock);
  GPtrArray *parts = mime_message_get_parts (job->parsed->mime);
  for (guint i = 0; i < parts->len; i++) {
    const MimePart *part = parts->pdata[i];

    if (part->index == job->index)
      result->content_type = g_strdup (part->content_type);
  }
  g_mutex_unlock (&job->parsed->lock);
  return result;
}

void
mail_content_get_part_bytes_async (MailContent *self, guint index, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (self));
  PartsJob *job = g_new0 (PartsJob, 1);

  job->parsed = mail_parsed_ref (self->parsed);
  job->index = index;
  mail_engine_call_pool (self->engine, g_task_new (self, cancellable, callback, user_data),
                         run_part_bytes, job, parts_job_free, part_bytes_free);
}

GBytes *
mail_content_get_part_bytes_finish (MailContent *self, GAsyncResult *result, char **content_type,
                                    GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  PartBytes *found = g_task_propagate_pointer (G_TASK (result), error);

  if (found == NULL)
    return NULL;
  GBytes *bytes = g_steal_pointer (&found->bytes);
  if (content_type != NULL)
    *content_type = g_steal_pointer (&found->content_type);
  part_bytes_free (found);
  return bytes;
}

/* ---- all attachments ---- */

/* Pool thread. */
static gpointer
run_save_all (gpointer data, GCancellable *cancellable, GError **error)
{
  PartsJob *job = data;
  GPtrArray *parts = job->parts;

  /* Nothing is written before all is here: whoever tries again finds no file of the first time beside those of the second. */
  for (guint i = 0; i < parts->len; i++) {
    const MailPartJob *part = parts->pdata[i];

    if (part->unpacked == NULL
        && !mail_fetch_part (&part->source, part->parsed, part->index, part->progress, cancellable,
                             error))
      return NULL;
  }
  /* Nor does one whose disk was full half way. */
  g_autoptr (GPtrArray) saved = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < parts->len; i++) {
    const MailPartJob *part = parts->pdata[i];
    g_autoptr (GBytes) bytes = mail_part_job_decode (part, cancellable, error);
    GFile *file =
        bytes != NULL ? mail_save_unique (job->where, part->name, bytes, cancellable, error) : NULL;

    if (file == NULL) {
      mail_save_take_back (saved);
      return NULL;
    }
    g_ptr_array_add (saved, file);
  }
  return MAIL_CALL_DONE;
}

void
mail_content_save_all_async (MailContent *self, GFile *folder, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (self) && G_IS_FILE (folder));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  PartsJob *job = g_new0 (PartsJob, 1);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->attachments));

  job->source = mail_engine_get_source (self->engine);
  job->parsed = mail_parsed_ref (self->parsed);
  job->where = g_object_ref (folder);
  job->parts = g_ptr_array_new_with_free_func (mail_part_job_free);
  for (guint i = 0; i < n; i++) {
    g_autoptr (MailPart) part = g_list_model_get_item (G_LIST_MODEL (self->attachments), i);

    g_ptr_array_add (job->parts, mail_part_job_new (part, task));
  }
  mail_engine_call_waiting (self->engine, task, run_save_all, job, parts_job_free, NULL);
}

gboolean
mail_content_save_all_finish (MailContent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

/* ---- the message itself ---- */

/* Pool thread. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  PartsJob *job = data;
  g_autoptr (GBytes) bytes = mail_fetch_whole (&job->source, job->parsed, cancellable, error);

  return bytes != NULL && mail_save_file (job->where, bytes, TRUE, cancellable, error)
             ? MAIL_CALL_DONE
             : NULL;
}

void
mail_content_save_async (MailContent *self, GFile *file, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (self) && G_IS_FILE (file));
  PartsJob *job = g_new0 (PartsJob, 1);

  job->source = mail_engine_get_source (self->engine);
  job->parsed = mail_parsed_ref (self->parsed);
  job->where = g_object_ref (file);
  mail_engine_call_waiting (self->engine, g_task_new (self, cancellable, callback, user_data),
                            run_save, job, parts_job_free, NULL);
}

gboolean
mail_content_save_finish (MailContent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

gboolean
mail_content_is_whole (MailContent *self)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (self), FALSE);
  return !self->parsed->is_partial || self->whole != NULL;
}

static void
bytes_free (gpointer bytes)
{
  g_bytes_unref (bytes);
}

/* Pool thread. */
static gpointer
run_fetch_whole (gpointer data, GCancellable *cancellable, GError **error)
{
  PartsJob *job = data;

  return mail_fetch_whole (&job->source, job->parsed, cancellable, error);
}

void
mail_content_fetch_whole_async (MailContent *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (self));
  PartsJob *job = g_new0 (PartsJob, 1);

  job->source = mail_engine_get_source (self->engine);
  job->parsed = mail_parsed_ref (self->parsed);
  mail_engine_call_waiting (self->engine, g_task_new (self, cancellable, callback, user_data),
                            run_fetch_whole, job, parts_job_free, bytes_free);
}

gboolean
mail_content_fetch_whole_finish (MailContent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  GBytes *bytes = g_task_propagate_pointer (G_TASK (result), error);

  if (bytes == NULL)
    return FALSE;
  g_clear_pointer (&self->whole, g_bytes_unref);
  self->whole = bytes;
  return TRUE;
}
