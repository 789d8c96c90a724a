/* The files of a message.  Main thread; fetching, decoding and writing happen behind mail_part_*_async ().  A file is opened
 * only after a click, from a copy that can neither be changed nor run; one that was left on the server is fetched by the same
 * click, shows how far it is, and can be cancelled. */
#include "ui-attachments.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-dialog.h"

#define MAX_HEIGHT 128 /* pixels; more files are scrolled */

struct _UiAttachments
{
  AdwBin parent_instance;

  /* Owned */
  MailContent *content;

  /* Borrowed: in the widget tree */
  GtkFlowBox *box;
  GtkLabel *summary;
  GtkWidget *save_all;
};

G_DEFINE_FINAL_TYPE (UiAttachments, ui_attachments, ADW_TYPE_BIN)

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
job_new (UiAttachments *self, MailPart *part)
{
  Job *job = g_new0 (Job, 1);
  job->widget = g_object_ref (GTK_WIDGET (self));
  job->content = g_object_ref (self->content);
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

static void
on_cancel (GtkWidget *button, MailPart *part)
{
  UiAttachments *self = UI_ATTACHMENTS (gtk_widget_get_ancestor (button, UI_TYPE_ATTACHMENTS));
  g_cancellable_cancel (get_cancellable (part));
  /* It may be on its way with all the others: one that is left out would leave "all" undone. */
  g_cancellable_cancel (get_cancellable (self->content));
}

/* ---- open ---- */

static void
on_launched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
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
  gtk_show_uri_full (window, uri, GDK_CURRENT_TIME, NULL, on_launched, g_steal_pointer (&job));
}

/* Takes `job`. */
static void
open_part (Job *job)
{
  g_set_object (&job->cancellable, get_cancellable (job->part));
  mail_part_export_async (job->part, job->cancellable, on_exported, job);
}

static void
on_open (GtkWidget *button, MailPart *part)
{
  UiAttachments *self = UI_ATTACHMENTS (gtk_widget_get_ancestor (button, UI_TYPE_ATTACHMENTS));
  /* On its way already: a second click would open it twice.  One that came while all are fetched can be opened. */
  if (mail_part_is_here (part) || mail_part_get_progress (part) < 0)
    open_part (job_new (self, part));
}

static void
on_menu_open (GtkWidget *button)
{
  on_open (button, g_object_get_data (G_OBJECT (button), "part"));
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

static void
on_menu_save (GtkWidget *button)
{
  UiAttachments *self = UI_ATTACHMENTS (gtk_widget_get_ancestor (button, UI_TYPE_ATTACHMENTS));
  MailPart *part = g_object_get_data (G_OBJECT (button), "part");
  Job *job = job_new (self, part);
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
  g_autofree char *sentence = g_strdup_printf (ngettext ("Saved %u file", "Saved %u files", n), n);
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

static void
on_save_all (UiAttachments *self)
{
  Job *job = job_new (self, NULL);
  ui_dialog_choose_folder (job_window (job), _ ("Save All Attachments"), on_folder_chosen, job);
}

/* ---- rows ---- */

static void
add_verb (GSimpleActionGroup *group, const char *name, GCallback activated, GtkWidget *button)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, NULL);
  g_signal_connect_object (action, "activate", activated, button, G_CONNECT_SWAPPED);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
}

static void
set_menu (GtkWidget *button)
{
  g_autoptr (GSimpleActionGroup) verbs = g_simple_action_group_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  add_verb (verbs, "open", G_CALLBACK (on_menu_open), button);
  add_verb (verbs, "save", G_CALLBACK (on_menu_save), button);
  gtk_widget_insert_action_group (button, "file", G_ACTION_GROUP (verbs));
  g_menu_append (menu, _ ("_Open"), "file.open");
  g_menu_append (menu, _ ("_Save As…"), "file.save");
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (button), G_MENU_MODEL (menu));
}

/* The widgets of one file; they go with its row. */
typedef struct
{
  /* Borrowed */
  MailPart *part;
  GtkWidget *button, *away, *octets, *bar, *cancel;
} Row;

static void
update_row (Row *row)
{
  const char *name = mail_part_get_name (row->part);
  double progress = mail_part_get_progress (row->part);
  gboolean is_here = mail_part_is_here (row->part), fetching = progress >= 0 && !is_here;
  g_autofree char *size = mail_part_dup_size_text (row->part);
  g_autofree char *label = NULL;

  gtk_widget_set_visible (row->away, !is_here && !fetching);
  gtk_widget_set_visible (row->bar, fetching);
  gtk_widget_set_visible (row->cancel, fetching);
  if (fetching) {
    /* Translators: how much of a file has been fetched */
    g_autofree char *text = g_strdup_printf (_ ("%d%% of %s"), (int)(progress * 100), size);
    gtk_label_set_text (GTK_LABEL (row->octets), text);
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (row->bar), progress);
  } else {
    gtk_label_set_text (GTK_LABEL (row->octets), size);
  }
  if (is_here)
    /* Translators: file name, size; read aloud */
    label = g_strdup_printf (_ ("Open %s, %s"), name, size);
  else if (fetching)
    /* Translators: file name; read aloud */
    label = g_strdup_printf (_ ("%s is being fetched"), name);
  else
    /* Translators: file name, size; read aloud */
    label = g_strdup_printf (_ ("Open %s, %s, not on this computer yet"), name, size);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (row->button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (is_here || fetching) {
    gtk_widget_set_tooltip_text (row->button, name);
  } else {
    /* Translators: file name */
    g_autofree char *tip =
        g_strdup_printf (_ ("%s is on the mail server. Opening it fetches it."), name);
    gtk_widget_set_tooltip_text (row->button, tip);
  }
}

static void
on_part_changed (MailPart *part, GParamSpec *pspec, GtkWidget *octets)
{
  if (gtk_widget_get_root (octets) != NULL)
    update_row (g_object_get_data (G_OBJECT (octets), "row"));
}

static GtkWidget *
create_label (Row *row)
{
  MailPart *part = row->part;
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_set_valign (content, GTK_ALIGN_CENTER);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *type = g_content_type_from_mime_type (mail_part_get_content_type (part));
  g_autoptr (GIcon) gicon =
      g_content_type_get_symbolic_icon (type ? type : "application/octet-stream");
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "gicon", gicon, "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *name =
      g_object_new (GTK_TYPE_LABEL, "label", mail_part_get_name (part), "ellipsize",
                    PANGO_ELLIPSIZE_MIDDLE, "max-width-chars", 20, "xalign", 0.0f, NULL);
  row->octets = gtk_label_new (NULL);
  row->away = g_object_new (GTK_TYPE_IMAGE, "icon-name", "folder-download-symbolic",
                            "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  row->bar = gtk_progress_bar_new ();
  gtk_widget_add_css_class (name, "attachment-name");
  gtk_widget_add_css_class (row->octets, "dim-label");
  gtk_widget_add_css_class (row->octets, "caption");
  gtk_widget_add_css_class (row->away, "dim-label");
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), row->octets);
  gtk_box_append (GTK_BOX (line), row->away);
  gtk_box_append (GTK_BOX (content), line);
  gtk_box_append (GTK_BOX (content), row->bar);
  return content;
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  Row *row = g_new0 (Row, 1);
  MailPart *part = item;
  const char *name = mail_part_get_name (part);

  row->part = part;
  row->button = adw_split_button_new ();
  adw_split_button_set_child (ADW_SPLIT_BUTTON (row->button), create_label (row));
  g_object_set_data (G_OBJECT (row->button), "part", part); /* the row's */
  set_menu (row->button);
  gtk_widget_set_halign (row->button, GTK_ALIGN_START);
  g_autofree char *more = g_strdup_printf (_ ("More for %s"), name);
  adw_split_button_set_dropdown_tooltip (ADW_SPLIT_BUTTON (row->button), more);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_last_child (row->button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, more, -1);
  g_signal_connect_object (row->button, "clicked", G_CALLBACK (on_open), part, 0);

  /* Translators: file name */
  g_autofree char *cancel = g_strdup_printf (_ ("Cancel fetching %s"), name);
  row->cancel = gtk_button_new_from_icon_name ("process-stop-symbolic");
  gtk_widget_add_css_class (row->cancel, "flat");
  gtk_widget_set_valign (row->cancel, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (row->cancel, cancel);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cancel, -1);
  g_signal_connect_object (row->cancel, "clicked", G_CALLBACK (on_cancel), part, 0);

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  gtk_box_append (GTK_BOX (box), row->button);
  gtk_box_append (GTK_BOX (box), row->cancel);
  GtkWidget *child = gtk_flow_box_child_new ();
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_set_focusable (child, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (row->octets), "row", row, g_free);
  g_object_set_data_full (G_OBJECT (row->octets), "part", g_object_ref (part), g_object_unref);
  g_signal_connect_object (part, "notify", G_CALLBACK (on_part_changed), row->octets, 0);
  update_row (row);
  return child;
}

void
ui_attachments_set_content (UiAttachments *self, MailContent *content)
{
  GListModel *parts = content ? mail_content_get_attachments (content) : NULL;
  guint n = parts ? g_list_model_get_n_items (parts) : 0;

  g_set_object (&self->content, content);
  gtk_flow_box_bind_model (self->box, parts, create_row, NULL, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  gtk_widget_set_visible (self->save_all, n > 1);
  g_autofree char *summary = g_strdup_printf (ngettext ("%u attachment", "%u attachments", n), n);
  gtk_label_set_text (self->summary, summary);
}

/* ---- the shelf they stand on ---- */

static GtkSizeRequestMode
get_request_mode (GtkWidget *shelf)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* As high as the files need at this width.  A scrolled window would ask for what they need where it is narrowest. */
static void
measure (GtkWidget *shelf, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  UiAttachments *self = UI_ATTACHMENTS (gtk_widget_get_ancestor (shelf, UI_TYPE_ATTACHMENTS));
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (gtk_widget_get_first_child (shelf), orientation, for_size, minimum, natural,
                        NULL, NULL);
  } else {
    int height;
    gtk_widget_measure (GTK_WIDGET (self->box), orientation, for_size, &height, NULL, NULL, NULL);
    *minimum = *natural = MIN (height, MAX_HEIGHT);
  }
}

static void
allocate (GtkWidget *shelf, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (shelf), width, height, baseline, NULL);
}

static void
ui_attachments_dispose (GObject *object)
{
  g_clear_object (&UI_ATTACHMENTS (object)->content);
  G_OBJECT_CLASS (ui_attachments_parent_class)->dispose (object);
}

static void
ui_attachments_class_init (UiAttachmentsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_attachments_dispose;
}

static void
ui_attachments_init (UiAttachments *self)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->summary = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "hexpand", TRUE, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->summary), "caption-heading");
  gtk_widget_add_css_class (GTK_WIDGET (self->summary), "dim-label");
  self->save_all = gtk_button_new_with_label (_ ("Save All…"));
  gtk_widget_add_css_class (self->save_all, "flat");
  g_signal_connect_swapped (self->save_all, "clicked", G_CALLBACK (on_save_all), self);
  gtk_box_append (GTK_BOX (header), GTK_WIDGET (self->summary));
  gtk_box_append (GTK_BOX (header), self->save_all);

  self->box = GTK_FLOW_BOX (g_object_new (
      GTK_TYPE_FLOW_BOX, "selection-mode", GTK_SELECTION_NONE, "column-spacing", 6, "row-spacing",
      6, "max-children-per-line", 20, "homogeneous", FALSE, "valign", GTK_ALIGN_START, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Attachments"), -1);
  GtkWidget *shelf = adw_bin_new ();
  gtk_widget_set_layout_manager (shelf,
                                 gtk_custom_layout_new (get_request_mode, measure, allocate));
  adw_bin_set_child (ADW_BIN (shelf), g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy",
                                                    GTK_POLICY_NEVER, "child", self->box, NULL));

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_add_css_class (box, "attachments");
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), shelf);
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
