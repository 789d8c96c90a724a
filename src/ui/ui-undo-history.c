/* The window of what was done.  Main thread.  It follows the engine: what is done or undone elsewhere shows here; rows are made some at
 * a time, for two hundred of them at once would hold up the window. */
#include "ui-undo-history.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "ui-clock.h"
#include "ui-dialog.h"
#include "ui-toast.h"

#define ROWS_AT_ONCE 12

#define UI_TYPE_UNDO_HISTORY (ui_undo_history_get_type ())
G_DECLARE_FINAL_TYPE (UiUndoHistory, ui_undo_history, UI, UNDO_HISTORY, AdwWindow)

struct _UiUndoHistory
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  GPtrArray *past; /* of MailPast */

  /* Template */
  GtkStack *stack;
  GtkListBox *list;
  AdwToastOverlay *toasts;
  GtkWidget *clear;

  guint filled, fill_source;
  gboolean reading, stale, gone;
};

G_DEFINE_FINAL_TYPE (UiUndoHistory, ui_undo_history, ADW_TYPE_WINDOW)

static void reload (UiUndoHistory *self);

static void
say (UiUndoHistory *self, const GError *error)
{
  if (!base_error_is_cancelled (error))
    adw_toast_overlay_add_toast (self->toasts, ui_toast_new (error->message));
}

/* ---- undoing ---- */

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiUndoHistory) self = data;
  g_autoptr (GError) error = NULL;
  gboolean undone = mail_engine_undo_finish (MAIL_ENGINE (source), result, &error);
  if (self->gone)
    return;
  if (undone)
    adw_toast_overlay_add_toast (self->toasts, ui_toast_new (_ ("Undone")));
  else
    say (self, error);
  reload (self);
}

static void
on_undo_clicked (GtkButton *button, UiUndoHistory *self)
{
  gint64 *undo = g_object_get_data (G_OBJECT (button), "undo");
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  mail_engine_undo_async (self->engine, *undo, on_undone, g_object_ref (self));
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiUndoHistory) self = data;
  g_autoptr (GError) error = NULL;
  if (!mail_engine_forget_past_finish (MAIL_ENGINE (source), result, &error) && !self->gone)
    say (self, error);
}

static void
on_clear_answer (gboolean accepted, gpointer data)
{
  g_autoptr (UiUndoHistory) self = data;
  if (accepted && !self->gone)
    mail_engine_forget_past_async (self->engine, on_forgotten, g_object_ref (self));
}

static void
on_clear (UiUndoHistory *self)
{
  ui_dialog_confirm (GTK_WINDOW (self), _ ("Forget what was done?"),
                     _ ("Nothing of it can be undone then. The messages stay as they are."), NULL,
                     _ ("_Forget"), TRUE, on_clear_answer, g_object_ref (self));
}

/* ---- the list ---- */

static GtkWidget *
make_row (UiUndoHistory *self, const MailPast *past)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *when = base_date_long (past->at);
  g_autofree char *subtitle =
      past->reason ? g_strdup_printf ("%s\n%s", when, past->reason) : g_strdup (when);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), past->sentence);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  subtitle, -1);
  if (past->reason)
    return row;
  GtkWidget *button = gtk_button_new_with_label (_ ("Undo"));
  /* Translators: what was done, as a sentence; read aloud */
  g_autofree char *label = g_strdup_printf (_ ("Undo: %s"), past->sentence);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "undo", g_memdup2 (&past->undo, sizeof past->undo),
                          g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_undo_clicked), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static gboolean
on_fill (gpointer data)
{
  UiUndoHistory *self = data;
  for (guint i = 0; i < ROWS_AT_ONCE && self->filled < self->past->len; i++)
    gtk_list_box_append (self->list, make_row (self, self->past->pdata[self->filled++]));
  if (self->filled < self->past->len)
    return G_SOURCE_CONTINUE;
  self->fill_source = 0;
  return G_SOURCE_REMOVE;
}

static void
fill (UiUndoHistory *self, GPtrArray *past)
{
  GtkListBoxRow *row;
  g_clear_pointer (&self->past, g_ptr_array_unref);
  self->past = past;
  self->filled = 0;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  gtk_widget_set_visible (self->clear, past->len > 0);
  gtk_stack_set_visible_child_name (self->stack, past->len > 0 ? "list" : "empty");
  if (past->len > 0 && self->fill_source == 0 && on_fill (self))
    self->fill_source = g_idle_add (on_fill, self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiUndoHistory) self = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *past = mail_engine_list_past_finish (MAIL_ENGINE (source), result, &error);
  self->reading = FALSE;
  if (self->gone) {
    g_clear_pointer (&past, g_ptr_array_unref);
    return;
  }
  if (past)
    fill (self, past);
  else {
    gtk_stack_set_visible_child_name (self->stack, "empty");
    say (self, error);
  }
  if (self->stale)
    reload (self);
}

static void
reload (UiUndoHistory *self)
{
  self->stale = self->reading;
  if (self->reading)
    return;
  self->reading = TRUE;
  mail_engine_list_past_async (self->engine, on_read, g_object_ref (self));
}

/* ---- life ---- */

static void
ui_undo_history_dispose (GObject *object)
{
  UiUndoHistory *self = UI_UNDO_HISTORY (object);
  self->gone = TRUE;
  g_clear_handle_id (&self->fill_source, g_source_remove);
  g_clear_pointer (&self->past, g_ptr_array_unref);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_undo_history_parent_class)->dispose (object);
}

static void
ui_undo_history_class_init (UiUndoHistoryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_undo_history_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-undo-history.ui");
  gtk_widget_class_bind_template_child (widget_class, UiUndoHistory, stack);
  gtk_widget_class_bind_template_child (widget_class, UiUndoHistory, list);
  gtk_widget_class_bind_template_child (widget_class, UiUndoHistory, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiUndoHistory, clear);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_undo_history_init (UiUndoHistory *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
ui_undo_history_new (GtkWindow *parent, MailEngine *engine)
{
  UiUndoHistory *self = g_object_new (UI_TYPE_UNDO_HISTORY, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);
  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "past-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  ui_clock_listen (self, G_CALLBACK (reload));
  reload (self);
  return GTK_WINDOW (self);
}
