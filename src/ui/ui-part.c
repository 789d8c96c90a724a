/* The verbs of attachments.  Main thread; fetching, decoding and writing happen behind mail_part_*_async ().  A file is opened only
 * after a click, from a copy that can neither be changed nor run, and after a question where it could do harm; one that was left
 * on the server is fetched by the same click, shows how far it is, and can be cancelled. */
#include "ui-part.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-dialog.h"
#include "ui-environment.h"

#define MAX_SHORT 600 /* characters */

/* What an answer of a dialog or of the engine comes back to. */
typedef struct
{
  GtkWidget *widget; /* owned; any widget that stands in the window */
  MailContent *content;
  MailPart *part;
  GFile *file;
  GCancellable *cancellable;
} Job;

static void open_part (Job *job);
static void save_part (Job *job);
static void save_all (Job *job);

static Job *
job_new (GtkWidget *widget, MailContent *content, MailPart *part)
{
  Job *job = g_new0 (Job, 1);
  job->widget = g_object_ref (widget);
  job->content = g_object_ref (content);
  job->part = part ? g_object_ref (part) : NULL;
  return job;
}

static void
job_free (Job *job)
{
  g_object_unref (job->widget);
  g_object_unref (job->content);
  g_clear_object (&job->part);
  g_clear_object (&job->file);
  g_clear_object (&job->cancellable);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static GtkWindow *
job_window (Job *job)
{
  GtkRoot *root = gtk_widget_get_root (job->widget);
  return root ? GTK_WINDOW (root) : NULL;
}

static void
say (Job *job, const char *sentence)
{
  gtk_widget_activate_action (job->widget, "win.notify", "s", sentence);
}

/* ---- what did not work ---- */

typedef struct
{
  Job *job;
  void (*again) (Job *job);
} Retry;

static void
on_retry (gboolean accepted, gpointer data)
{
  Retry *retry = data;
  if (accepted && gtk_widget_get_root (retry->job->widget) != NULL)
    retry->again (g_steal_pointer (&retry->job));
  g_clear_pointer (&retry->job, job_free);
  g_free (retry);
}

/* Takes `job`.  What may work later can be tried again. */
static void
say_failed (Job *job, const char *heading, const GError *error, void (*again) (Job *job))
{
  g_autoptr (Job) owned = job;
  if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY) || !job_window (job)) {
    ui_dialog_error (job_window (job), heading, error);
    return;
  }
  Retry *retry = g_new0 (Retry, 1);
  retry->job = g_steal_pointer (&owned);
  retry->again = again;
  ui_dialog_confirm (job_window (job), heading, error->message, base_error_get_detail (error),
                     _ ("_Try Again"), FALSE, on_retry, retry);
}

/* ---- what is on its way ---- */

/* What cancels the fetching of a part, or of all parts of a content, for as long as that lives; another one once it was used. */
static GCancellable *
get_cancellable (gpointer owner)
{
  GCancellable *cancellable = g_object_get_data (owner, "ui-cancellable");
  if (!cancellable || g_cancellable_is_cancelled (cancellable)) {
    cancellable = g_cancellable_new ();
    g_object_set_data_full (owner, "ui-cancellable", cancellable, g_object_unref);
  }
  return cancellable;
}

GCancellable *
ui_part_get_cancellable (MailPart *part)
{
  return get_cancellable (part);
}

void
ui_part_cancel (MailContent *content, MailPart *part)
{
  g_cancellable_cancel (get_cancellable (part));
  /* It may be on its way with all the others: one that is left out would leave "all" undone. */
  g_cancellable_cancel (get_cancellable (content));
}

/* ---- open ---- */

static void
on_launched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  if (ui_environment_show_uri_finish (GTK_WINDOW (source), result, &error))
    return;
  if (base_error_is_cancelled (error))
    return;
  g_autofree char *heading =
      g_strdup_printf (_ ("No program could open “%s”"), mail_part_get_name (job->part));
  g_autoptr (GError) advice = NULL;
  base_error_set (&advice, BASE_ERROR_REFUSED, error->message,
                  _ ("Save the file and open it with a program of your choice."));
  ui_dialog_error (job_window (job), heading, advice);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = mail_part_export_finish (MAIL_PART (source), result, &error);
  GtkWindow *window = job_window (job);
  if (!file) {
    g_autofree char *heading =
        g_strdup_printf (_ ("“%s” could not be opened"), mail_part_get_name (job->part));
    say_failed (g_steal_pointer (&job), heading, error, open_part);
    return;
  }
  if (!window) /* closed meanwhile: nobody waits for it any more */
    return;
  g_autofree char *uri = g_file_get_uri (file);
  ui_environment_show_uri_async (window, uri, on_launched, g_steal_pointer (&job));
}

static void
on_accepted (gboolean accepted, gpointer data)
{
  g_autoptr (Job) job = data;
  if (!accepted)
    return;
  Job *kept =
      g_steal_pointer (&job); /* not among the arguments, which are evaluated in any order */
  mail_part_export_async (kept->part, kept->cancellable, on_exported, kept);
}

static void
on_judged (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  MailDanger danger;
  if (!mail_part_judge_finish (MAIL_PART (source), result, &danger, &error)) {
    g_autofree char *heading =
        g_strdup_printf (_ ("“%s” could not be opened"), mail_part_get_name (job->part));
    say_failed (g_steal_pointer (&job), heading, error, open_part);
    return;
  }
  GtkWindow *window = job_window (job);
  if (!window)
    return;
  if (danger == MAIL_DANGER_NONE) {
    on_accepted (TRUE, g_steal_pointer (&job));
    return;
  }
  g_autofree char *heading =
      g_strdup_printf (_ ("“%s” Could Do Harm"), mail_part_get_name (job->part));
  ui_dialog_confirm (window, heading, mail_danger_describe (danger), NULL, _ ("_Open Anyway"), TRUE,
                     on_accepted, g_steal_pointer (&job));
}

/* Takes `job`. */
static void
open_part (Job *job)
{
  g_set_object (&job->cancellable, get_cancellable (job->part));
  mail_part_judge_async (job->part, job->cancellable, on_judged, job);
}

void
ui_part_open_elsewhere (GtkWidget *widget, MailContent *content, MailPart *part)
{
  /* On its way already: a second click would open it twice.  One that came while all are fetched can be opened. */
  if (mail_part_is_here (part) || mail_part_get_progress (part) < 0)
    open_part (job_new (widget, content, part));
}

/* ---- save ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  const char *name = mail_part_get_name (job->part);
  if (!mail_part_save_finish (MAIL_PART (source), result, &error)) {
    g_autofree char *heading = g_strdup_printf (_ ("“%s” could not be saved"), name);
    say_failed (g_steal_pointer (&job), heading, error, save_part);
    return;
  }
  g_autofree char *saved = g_file_get_basename (job->file);
  g_autofree char *display = g_filename_display_name (saved);
  g_autofree char *sentence = g_strdup_printf (_ ("Saved “%s”"), display);
  say (job, sentence);
}

/* Takes `job`. */
static void
save_part (Job *job)
{
  g_set_object (&job->cancellable, get_cancellable (job->part));
  mail_part_save_async (job->part, job->file, job->cancellable, on_saved, job);
}

static void
on_save_chosen (GFile *file, gpointer data)
{
  g_autoptr (Job) job = data;
  if (!file)
    return;
  job->file = g_object_ref (file);
  save_part (g_steal_pointer (&job));
}

void
ui_part_save (GtkWidget *widget, MailContent *content, MailPart *part)
{
  Job *job = job_new (widget, content, part);
  ui_dialog_save_file (job_window (job), _ ("Save Attachment"), mail_part_get_name (part),
                       on_save_chosen, job);
}

static void
on_saved_all (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  if (!mail_content_save_all_finish (MAIL_CONTENT (source), result, &error)) {
    say_failed (g_steal_pointer (&job), _ ("The attachments could not be saved"), error, save_all);
    return;
  }
  guint n = g_list_model_get_n_items (mail_content_get_attachments (job->content));
  g_autofree char *sentence =
      g_strdup_printf (ngettext ("Saved %'u file", "Saved %'u files", n), n);
  say (job, sentence);
}

/* Takes `job`. */
static void
save_all (Job *job)
{
  g_set_object (&job->cancellable, get_cancellable (job->content));
  mail_content_save_all_async (job->content, job->file, job->cancellable, on_saved_all, job);
}

static void
on_folder_chosen (GFile *folder, gpointer data)
{
  g_autoptr (Job) job = data;
  if (!folder)
    return;
  job->file = g_object_ref (folder);
  save_all (g_steal_pointer (&job));
}

void
ui_part_save_all (GtkWidget *widget, MailContent *content)
{
  Job *job = job_new (widget, content, NULL);
  ui_dialog_choose_folder (job_window (job), _ ("Save All Attachments"), on_folder_chosen, job);
}

/* ---- pictures ---- */

char *
ui_part_dup_short (const char *text)
{
  if (g_utf8_strlen (text, -1) <= MAX_SHORT)
    return g_strdup (text);
  g_autofree char *start = g_utf8_substring (text, 0, MAX_SHORT);
  return g_strconcat (start, "…", NULL);
}

gboolean
ui_part_can_preview (MailPart *part)
{
  switch (mail_part_get_kind (part)) {
  case MAIL_PART_PICTURE:
  case MAIL_PART_PDF:
  case MAIL_PART_TEXT:
  case MAIL_PART_HTML:
  case MAIL_PART_MESSAGE:
    return TRUE;
  case MAIL_PART_OTHER:
  case MAIL_PART_CALENDAR:
  case MAIL_PART_CARD:
    break;
  }
  return FALSE;
}

GdkTexture *
ui_part_make_texture (const MailPicture *picture)
{
  GdkMemoryFormat format = GDK_MEMORY_DEFAULT;
  gsize octets = 4;
  switch (picture->pixels) {
  case MAIL_PIXELS_RGB:
    format = GDK_MEMORY_R8G8B8;
    octets = 3;
    break;
  case MAIL_PIXELS_RGBA:
    format = GDK_MEMORY_R8G8B8A8;
    break;
  case MAIL_PIXELS_CAIRO:
    break;
  }
  return gdk_memory_texture_new ((int)picture->width, (int)picture->height, format, picture->bytes,
                                 picture->width * octets);
}

/* ---- dragged out ---- */

#define URI_LIST "text/uri-list"

#define UI_TYPE_PART_PROVIDER (ui_part_provider_get_type ())
G_DECLARE_FINAL_TYPE (UiPartProvider, ui_part_provider, UI, PART_PROVIDER, GdkContentProvider)

struct _UiPartProvider
{
  GdkContentProvider parent_instance;

  MailPart *part; /* owned */
};

G_DEFINE_FINAL_TYPE (UiPartProvider, ui_part_provider, GDK_TYPE_CONTENT_PROVIDER)

static GdkContentFormats *
ref_formats (GdkContentProvider *provider)
{
  const char *types[] = { URI_LIST };
  return gdk_content_formats_new (types, 1);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_provided (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GOutputStream *stream = g_object_get_data (G_OBJECT (task), "stream");
  GError *error = NULL;
  g_autoptr (GFile) file = mail_part_export_finish (MAIL_PART (source), result, &error);
  if (!file) {
    g_task_return_error (task, error);
    return;
  }
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autofree char *uri = g_file_get_uri (file);
  char *line = g_strconcat (uri, "\r\n", NULL);
  g_object_set_data_full (G_OBJECT (task), "line", line, g_free);
  g_output_stream_write_all_async (stream, line, strlen (line), G_PRIORITY_DEFAULT, cancellable,
                                   on_written, g_steal_pointer (&task));
}

static void
write_mime_type_async (GdkContentProvider *provider, const char *mime_type, GOutputStream *stream,
                       int io_priority, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  UiPartProvider *self = UI_PART_PROVIDER (provider);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_object_set_data_full (G_OBJECT (task), "stream", g_object_ref (stream), g_object_unref);
  mail_part_export_async (self->part, cancellable, on_provided, task);
}

static gboolean
write_mime_type_finish (GdkContentProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
ui_part_provider_finalize (GObject *object)
{
  g_clear_object (&UI_PART_PROVIDER (object)->part);
  G_OBJECT_CLASS (ui_part_provider_parent_class)->finalize (object);
}

static void
ui_part_provider_class_init (UiPartProviderClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = ui_part_provider_finalize;
  provider_class->ref_formats = ref_formats;
  provider_class->write_mime_type_async = write_mime_type_async;
  provider_class->write_mime_type_finish = write_mime_type_finish;
}

static void
ui_part_provider_init (UiPartProvider *self)
{
}

GdkContentProvider *
ui_part_new_provider (MailPart *part)
{
  UiPartProvider *self = g_object_new (UI_TYPE_PART_PROVIDER, NULL);
  self->part = g_object_ref (part);
  return GDK_CONTENT_PROVIDER (self);
}
