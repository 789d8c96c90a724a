/* Files on their way into a letter: a row for each that takes more than a moment, with how far it is and a way to give it up; and sending, closing and
 * quitting, which wait for them.  Main thread.  What waits for long asks: a file may lie where nobody answers.  None is left out without a word. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-text.h"
#include "ui-dialog.h"
#include "ui-toast.h"
#include "ui-window.h"

#define SHOW_AFTER_MS 500
#define ASK_AFTER_MS  2000
#define MAX_NAMES     3

struct _UiComing
{
  UiComposer *composer; /* borrowed: it is in its list */
  char *name;
  GCancellable *cancellable;
  GtkWidget *chip, *bar; /* borrowed: in the row; NULL: not shown yet */
  double fraction;
  guint show_source;
};

static void
coming_free (gpointer data)
{
  UiComing *coming = data;

  g_clear_handle_id (&coming->show_source, g_source_remove);
  if (coming->chip != NULL && !coming->composer->done) {
    gtk_box_remove (coming->composer->coming_box, coming->chip);
    gtk_widget_set_visible (GTK_WIDGET (coming->composer->coming_row),
                            gtk_widget_get_first_child (GTK_WIDGET (coming->composer->coming_box))
                                != NULL);
  }
  g_object_unref (coming->cancellable);
  g_free (coming->name);
  g_free (coming);
}

/* ---- their rows ---- */

static GtkWidget *
make_chip (UiComing *coming)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (coming->name);
  GtkWidget *button = gtk_button_new_from_icon_name ("process-stop-symbolic");
  /* Translators: file name; read aloud */
  g_autofree char *whole = g_strdup_printf (_ ("“%s” is being attached"), coming->name);
  /* Translators: file name */
  g_autofree char *cancel = g_strdup_printf (_ ("Cancel attaching “%s”"), coming->name);

  coming->bar = gtk_progress_bar_new ();
  gtk_widget_set_valign (coming->bar, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (coming->bar, 60, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (coming->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  whole, -1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_set_tooltip_text (label, coming->name);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, cancel);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, cancel,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (g_cancellable_cancel),
                           coming->cancellable, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), coming->bar);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "composer-attachment");
  gtk_widget_set_halign (box, GTK_ALIGN_START);
  return box;
}

static gboolean
on_show_time (gpointer data)
{
  UiComing *coming = data;

  coming->show_source = 0;
  if (coming->composer->done)
    return G_SOURCE_REMOVE;
  coming->chip = make_chip (coming);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (coming->bar), coming->fraction);
  gtk_box_append (coming->composer->coming_box, coming->chip);
  gtk_widget_set_visible (GTK_WIDGET (coming->composer->coming_row), TRUE);
  return G_SOURCE_REMOVE;
}

UiComing *
ui_composer_begin_file (UiComposer *self, GFile *file)
{
  UiComing *coming = g_new0 (UiComing, 1);
  g_autofree char *base = g_file_get_basename (file);

  self->attaching++;
  coming->composer = self;
  coming->name = base != NULL ? g_filename_display_name (base) : g_strdup ("");
  coming->cancellable = g_cancellable_new ();
  coming->show_source = g_timeout_add (SHOW_AFTER_MS, on_show_time, coming);
  g_ptr_array_add (self->coming, coming);
  return coming;
}

GCancellable *
ui_coming_get_cancellable (UiComing *coming)
{
  return coming->cancellable;
}

void
ui_coming_end (UiComing *coming)
{
  g_ptr_array_remove (coming->composer->coming, coming);
}

GPtrArray *
ui_composer_coming_new (void)
{
  return g_ptr_array_new_with_free_func (coming_free);
}

void
ui_composer_give_up_files (UiComposer *self)
{
  for (guint i = 0; i < self->coming->len; i++)
    g_cancellable_cancel (((UiComing *)self->coming->pdata[i])->cancellable);
}

/* ---- what waits for them ---- */

static gboolean
is_waiting (UiComposer *self)
{
  return self->send_waits || self->close_waits || self->quit_waits != NULL;
}

/* What was to be done is not done. */
static void
stop_waiting (UiComposer *self)
{
  GTask *quit = g_steal_pointer (&self->quit_waits);

  g_clear_handle_id (&self->ask_source, g_source_remove);
  self->send_waits = self->close_waits = FALSE;
  ui_composer_set_busy (self, FALSE);
  if (quit == NULL)
    return;
  g_task_return_new_error (quit, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Wanted to be finished first");
  g_object_unref (quit);
}

static void
on_asked (gboolean accepted, gpointer data)
{
  g_autoptr (UiComposer) self = data;

  /* Else they have come meanwhile. */
  if (g_steal_pointer (&self->ask_dialog) == NULL || self->done)
    return;
  if (accepted)
    ui_composer_give_up_files (self);
  else
    stop_waiting (self);
}

static const char *
get_verb (UiComposer *self, guint n)
{
  if (self->quit_waits != NULL)
    return ngettext ("_Quit Without It", "_Quit Without Them", n);
  if (self->close_waits)
    return ngettext ("_Close Without It", "_Close Without Them", n);
  return ngettext ("_Send Without It", "_Send Without Them", n);
}

static gboolean
on_ask_time (gpointer data)
{
  UiComposer *self = data;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autofree char *list = NULL, *body = NULL;
  guint n = self->coming->len;

  self->ask_source = 0;
  /* What a clipboard gives comes or fails by itself. */
  if (n == 0)
    return G_SOURCE_REMOVE;
  for (guint i = 0; i < n; i++)
    g_strv_builder_add (builder, ((UiComing *)self->coming->pdata[i])->name);
  names = g_strv_builder_end (builder);
  list = base_text_list ((const char *const *)names, MAX_NAMES);
  body = g_strdup_printf (
      /* Translators: names of files */
      ngettext ("“%s” takes long, or cannot be reached. Sosik is waiting for it.",
                "These take long, or cannot be reached: %s. Sosik is waiting for them.", n),
      list);
  ui_composer_present (self);
  self->ask_dialog = ui_dialog_confirm (
      ui_composer_get_window (self),
      ngettext ("A file is still being attached", "Files are still being attached", n), body, NULL,
      get_verb (self, n), TRUE, on_asked, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Nothing more is on its way, or nothing waits. */
static void
end_asking (UiComposer *self)
{
  GtkWindow *dialog = g_steal_pointer (&self->ask_dialog);

  g_clear_handle_id (&self->ask_source, g_source_remove);
  if (dialog != NULL)
    gtk_window_destroy (dialog);
}

void
ui_composer_wait_for_files (UiComposer *self)
{
  if (self->ask_source == 0 && self->ask_dialog == NULL)
    self->ask_source = g_timeout_add (ASK_AFTER_MS, on_ask_time, self);
}

/* ---- here, or not ---- */

static void
show_attach_errors (UiComposer *self)
{
  guint n = self->attach_errors->len;
  g_autofree char *sentences = NULL;
  g_autoptr (GError) all = NULL;

  g_ptr_array_add (self->attach_errors, NULL);
  sentences = g_strjoinv ("\n", (char **)self->attach_errors->pdata);
  all = g_error_new_literal (BASE_ERROR, BASE_ERROR_DISK, sentences);
  g_ptr_array_set_size (self->attach_errors, 0);
  ui_dialog_error (ui_composer_get_window (self),
                   ngettext ("A file was not attached.", "Some files were not attached.", n), all);
}

void
ui_composer_arrived (UiComposer *self, const GError *error)
{
  GTask *quit;

  self->attaching--;
  if (error != NULL && !base_error_is_cancelled (error))
    g_ptr_array_add (self->attach_errors, g_strdup (error->message));
  if (self->attaching > 0 || self->done)
    return;
  end_asking (self);
  if (self->attach_errors->len > 0) {
    if (is_waiting (self))
      stop_waiting (self);
    ui_composer_present (self);
    show_attach_errors (self);
  }
  quit = g_steal_pointer (&self->quit_waits);
  if (quit != NULL) {
    ui_composer_save_to_quit (self, quit);
    return;
  }
  if (self->close_waits) {
    self->close_waits = FALSE;
    ui_composer_set_busy (self, FALSE);
    ui_composer_close (self);
    return;
  }
  ui_composer_try_send (self);
}

typedef struct
{
  UiComposer *composer; /* owned */
  UiComing *coming;     /* borrowed; NULL: it needs no row */
} Attaching;

static void
on_attached (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Attaching *attaching = data;
  g_autoptr (UiComposer) self = attaching->composer;
  g_autoptr (GError) error = NULL;

  if (attaching->coming != NULL)
    ui_coming_end (attaching->coming);
  (void)mail_draft_attach_finish (MAIL_DRAFT (source), result, &error);
  ui_composer_arrived (self, error);
}

static Attaching *
attaching_new (UiComposer *self, UiComing *coming)
{
  Attaching *attaching = g_new (Attaching, 1);

  *attaching = (Attaching){ g_object_ref (self), coming };
  return attaching;
}

static void
on_progress (double fraction, gpointer data)
{
  UiComing *coming = data;

  coming->fraction = fraction;
  if (coming->bar != NULL && !coming->composer->done)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (coming->bar), fraction);
}

void
ui_composer_attach (UiComposer *self, GFile *file)
{
  UiComing *coming = ui_composer_begin_file (self, file);

  mail_draft_attach_async (self->draft, file, coming->cancellable, on_progress, coming, on_attached,
                           attaching_new (self, coming));
}

void
ui_composer_attach_messages (UiComposer *self, UiDrag *messages)
{
  self->attaching++;
  mail_draft_attach_listed_async (self->draft, ui_drag_get_list (messages),
                                  ui_drag_get_items (messages), on_attached,
                                  attaching_new (self, NULL));
}

/* ---- the verbs ---- */

static void
on_files (GListModel *files, gpointer data)
{
  g_autoptr (UiComposer) self = data;

  if (files == NULL || self->done)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);

    ui_composer_attach (self, file);
  }
}

static void
on_attach (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_dialog_open_files (ui_composer_get_window (data), _ ("Attach Files"), on_files,
                        g_object_ref (data));
}

/* Those of the window that was looked at last. */
static void
on_attach_messages (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;
  UiWindow *window =
      ui_window_get_last (gtk_window_get_application (ui_composer_get_window (self)));
  g_autoptr (UiDrag) selected = window != NULL ? ui_window_dup_selected (window) : NULL;

  if (selected != NULL)
    ui_composer_attach_messages (self, selected);
  else
    adw_toast_overlay_add_toast (
        self->toasts,
        ui_toast_new (_ ("Select messages in the list first, and then attach them.")));
}

void
ui_composer_add_attaching (UiComposer *self)
{
  const GActionEntry entries[] = {
    { "attach", on_attach, NULL, NULL, NULL, { 0 } },
    { "attach-messages", on_attach_messages, NULL, NULL, NULL, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
}
