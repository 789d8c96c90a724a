/* Files of the person's disk that become files of a draft.  What is read may lie where nobody answers (a share whose server is gone): each file is
 * read by a thread of its own, beside the steps of the draft, so that it is saved meanwhile; and who gives up leaves that thread behind.  They
 * come one after the other, in the order in which they were given, but none waits longer than a moment for the one before it.
 *
 * Main thread, but for run ().  The thread has nothing of the draft but its id. */
#include "mail-draft-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-text.h"

/* No mail server of today takes more. */
#define MAX_FILE    (100u * 1000 * 1000)
#define PATIENCE_MS 1000 /* for the file before */
#define TELL_EVERY  (G_USEC_PER_SEC / 10)

typedef struct
{
  gatomicrefcount refs;

  /* The thread's, until it has ended */
  BasePaths *paths;
  char *draft;
  GFile *file;
  GCancellable *cancellable;
  guint64 size;
  gint64 told; /* monotonic: when it last said how far it is */
  StoreAttachment *attachment;
  GError *error;

  gint permille; /* atomic */

  /* The main thread's */
  GTask *task; /* owned; NULL: nobody waits for it any more */
  GSource *giving_up;
  gboolean begun;
  MailAttachProgress progress;
  gpointer progress_data;
} Reading;

static void
reading_unref (gpointer data)
{
  Reading *reading = data;

  if (!g_atomic_ref_count_dec (&reading->refs))
    return;
  base_paths_unref (reading->paths);
  g_free (reading->draft);
  g_object_unref (reading->file);
  g_object_unref (reading->cancellable);
  g_clear_pointer (&reading->attachment, store_attachment_free);
  g_clear_error (&reading->error);
  g_free (reading);
}

static Reading *
reading_ref (Reading *reading)
{
  g_atomic_ref_count_inc (&reading->refs);
  return reading;
}

/* ---- the thread ---- */

static gboolean
cannot_read (GError **error, GError *cause, const char *name)
{
  g_autoptr (GError) owned = cause;

  if (base_error_is_cancelled (cause) || (cause != NULL && cause->domain == BASE_ERROR))
    g_propagate_error (error, g_steal_pointer (&owned));
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("“%s” does not exist any more."), name);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    base_error_set (error, BASE_ERROR_DISK, NULL, _ ("“%s” may not be read by you."), name);
  else
    base_error_set (error, BASE_ERROR_DISK, cause != NULL ? cause->message : NULL,
                    _ ("“%s” could not be read."), name);
  return FALSE;
}

/* Looks before reading: a folder, a pipe or a device is no file to attach. */
static gboolean
look_at (Reading *reading, char **name, char **type, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *base = g_file_get_basename (reading->file);
  g_autofree char *shown = base != NULL ? g_filename_display_name (base) : g_strdup ("");
  g_autoptr (GFileInfo) info =
      g_file_query_info (reading->file,
                         G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME
                                                        "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE
                                                        "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                         G_FILE_QUERY_INFO_NONE, reading->cancellable, &cause);

  if (info == NULL)
    return cannot_read (error, g_steal_pointer (&cause), shown);
  const char *display = g_file_info_get_display_name (info);
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” is a folder. Attach the files in it, or pack it into one file first."),
                    display);
    return FALSE;
  }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("“%s” is not a file that can be attached."),
                    display);
    return FALSE;
  }
  if (g_file_info_get_size (info) > (goffset)MAX_FILE) {
    g_autofree char *limit = base_text_size (MAX_FILE);

    base_error_set (error, BASE_ERROR_LIMIT, NULL,
                    _ ("“%s” is too large to be sent by mail; the limit is %s."), display, limit);
    return FALSE;
  }
  reading->size = (guint64)g_file_info_get_size (info);
  *name = g_strdup (display);
  *type = g_content_type_get_mime_type (g_file_info_get_content_type (info));
  return TRUE;
}

static gboolean
tell_progress (gpointer data)
{
  Reading *reading = data;

  if (reading->task != NULL && reading->progress != NULL)
    reading->progress (g_atomic_int_get (&reading->permille) / 1000.0, reading->progress_data);
  return G_SOURCE_REMOVE;
}

static void
on_octets (guint64 octets, gpointer data)
{
  Reading *reading = data;
  gint64 now = g_get_monotonic_time ();

  if (reading->size == 0 || now - reading->told < TELL_EVERY)
    return;
  reading->told = now;
  g_atomic_int_set (&reading->permille, (gint)(MIN (octets, reading->size) * 1000 / reading->size));
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_progress, reading_ref (reading), reading_unref);
}

static StoreAttachment *
read_file (Reading *reading, GError **error)
{
  g_autofree char *name = NULL, *type = NULL;
  g_autoptr (GError) cause = NULL;
  StoreAttachment *attachment = NULL;

  if (!look_at (reading, &name, &type, error))
    return NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (reading->file, reading->cancellable, &cause);
  if (stream != NULL)
    attachment = store_draft_attach_watched (reading->paths, reading->draft, name, type,
                                             G_INPUT_STREAM (stream), MAX_FILE, on_octets, reading,
                                             reading->cancellable, &cause);
  if (attachment == NULL)
    (void)cannot_read (error, g_steal_pointer (&cause), name);
  return attachment;
}

static gboolean on_read (gpointer data);

static gpointer
run (gpointer data)
{
  Reading *reading = data;

  reading->attachment = read_file (reading, &reading->error);
  /* Nobody takes it any more. */
  if (reading->attachment != NULL && g_cancellable_is_cancelled (reading->cancellable)) {
    store_draft_drop_attachment (reading->paths, reading->draft, reading->attachment);
    g_clear_pointer (&reading->attachment, store_attachment_free);
  }
  g_idle_add_full (G_PRIORITY_DEFAULT, on_read, reading, reading_unref);
  return NULL;
}

/* ---- the main thread ---- */

/* Sending waits for all of them. */
static void
end_all (MailDraft *self)
{
  if (self->reading > 0 || g_queue_get_length (&self->to_read) > 0)
    return;
  while (g_queue_get_length (&self->after_reading) > 0) {
    GTask *task = g_queue_pop_head (&self->after_reading);

    mail_draft_send_now (self, task);
  }
}

static void begin (MailDraft *self);

/* Its turn is over. */
static void
let_next (MailDraft *self)
{
  g_clear_handle_id (&self->patience, g_source_remove);
  begin (self);
}

static gboolean
on_patience (gpointer data)
{
  MailDraft *self = data;

  self->patience = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

/* Takes the error. */
static void
end (Reading *reading, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&reading->task);
  g_autoptr (MailDraft) self = g_object_ref (g_task_get_source_object (task));
  gboolean latest = self->latest == reading;

  g_source_destroy (reading->giving_up);
  g_clear_pointer (&reading->giving_up, g_source_unref);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  if (reading->begun) {
    self->reading--;
  } else {
    g_queue_remove (&self->to_read, reading);
    reading_unref (reading);
  }
  if (latest) {
    self->latest = NULL;
    let_next (self);
  }
  end_all (self);
  mail_draft_add_busy (self, -1); /* last: what waits for this finds the files */
}

/* Any thread. */
static void
run_drop (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *reading = data;

  store_draft_drop_attachment (reading->paths, reading->draft, reading->attachment);
  g_task_return_boolean (task, TRUE);
}

/* It came when nobody wanted it any more. */
static void
drop (Reading *reading)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, reading_ref (reading), reading_unref);
  g_task_run_in_thread (task, run_drop);
}

static gboolean
on_read (gpointer data)
{
  Reading *reading = data;
  MailDraft *self = reading->task != NULL ? g_task_get_source_object (reading->task) : NULL;

  if (reading->attachment != NULL
      && (self == NULL || g_cancellable_is_cancelled (reading->cancellable)))
    drop (reading);
  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (reading->attachment != NULL && !g_cancellable_is_cancelled (reading->cancellable)) {
    g_autoptr (GPtrArray) files =
        g_ptr_array_new_with_free_func ((GDestroyNotify)store_attachment_free);

    g_ptr_array_add (files, g_steal_pointer (&reading->attachment));
    self->files_touched = TRUE;
    mail_draft_add_files (self, files);
    end (reading, NULL);
  } else {
    end (reading, reading->error != NULL ? g_steal_pointer (&reading->error)
                                         : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                                "Not wanted any more"));
  }
  return G_SOURCE_REMOVE;
}

/* Whatever the thread waits for. */
static gboolean
on_given_up (GCancellable *cancellable, gpointer data)
{
  Reading *reading = data;

  if (reading->task != NULL)
    end (reading, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Given up"));
  return G_SOURCE_REMOVE;
}

static void
start (MailDraft *self, Reading *reading)
{
  self->reading++;
  self->latest = reading;
  reading->begun = TRUE;
  self->patience = g_timeout_add (PATIENCE_MS, on_patience, self);
  g_thread_unref (g_thread_new ("attach", run, reading));
}

static void
begin (MailDraft *self)
{
  if (self->patience == 0 && g_queue_get_length (&self->to_read) > 0)
    start (self, g_queue_pop_head (&self->to_read));
}

void
mail_draft_attach_async (MailDraft *self, GFile *file, GCancellable *cancellable,
                         MailAttachProgress progress, gpointer progress_data,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && G_IS_FILE (file));
  Reading *reading = g_new0 (Reading, 1);

  g_atomic_ref_count_init (&reading->refs);
  reading->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  reading->draft = g_strdup (self->plain->id);
  reading->file = g_object_ref (file);
  reading->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  reading->progress = progress;
  reading->progress_data = progress_data;
  reading->task = g_task_new (self, NULL, callback, user_data);
  reading->giving_up = g_cancellable_source_new (reading->cancellable);
  g_source_set_callback (reading->giving_up, G_SOURCE_FUNC (on_given_up), reading_ref (reading),
                         reading_unref);
  g_source_attach (reading->giving_up, NULL);
  mail_draft_add_busy (self, 1);
  g_queue_push_tail (&self->to_read, reading);
  begin (self);
}

gboolean
mail_draft_attach_finish (MailDraft *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mail_draft_after_reading (MailDraft *self, GTask *send)
{
  g_queue_push_tail (&self->after_reading, send);
  end_all (self);
}
