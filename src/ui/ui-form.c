/* The frame of a form.  Main thread. */
#include "ui-form.h"

#include <glib/gi18n.h>

#include "ui-dialog.h"
#include "ui-names.h"
#include "ui-preedit.h"

typedef struct
{
  GtkWidget *box, *save; /* in the widget tree */
  GtkWidget *alert;      /* what holds it, for screen readers */
  GtkLabel *error;
  GtkWidget *field; /* weak: where the keyboard was */
  GtkWidget *wrong; /* weak: what is marked */
  gboolean busy;    /* it is being saved, or asks whether to close */
  gboolean quits;   /* the program does once this has gone */
  gboolean gone;
} UiFormPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (UiForm, ui_form, ADW_TYPE_WINDOW)

static void
leave_field (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  g_set_weak_pointer (&private->field, ui_preedit_leave (GTK_WIDGET (self)));
}

static void
return_to_field (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  ui_preedit_return (&private->field);
}

/* ---- what is wrong ---- */

static void
unmark (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);
  GtkWidget *field = private->wrong;

  if (field == NULL)
    return;
  g_signal_handlers_disconnect_by_func (field, unmark, self);
  gtk_widget_remove_css_class (field, "error");
  gtk_accessible_reset_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  g_clear_weak_pointer (&private->wrong);
}

/* Until it is written in. */
static void
mark (UiForm *self, GtkWidget *field, const char *sentence)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  g_set_weak_pointer (&private->wrong, field);
  gtk_accessible_update_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID,
                               GTK_ACCESSIBLE_INVALID_TRUE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sentence, -1);
  if (!GTK_IS_EDITABLE (field))
    return;
  gtk_widget_add_css_class (field, "error");
  g_signal_connect_object (field, "changed", G_CALLBACK (unmark), self, G_CONNECT_SWAPPED);
}

/* ---- saving ---- */

static void
on_settled_to_save (gpointer data)
{
  g_autoptr (UiForm) self = data;
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (!private->gone)
    UI_FORM_GET_CLASS (self)->save (self);
}

static void
on_save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiForm *self = UI_FORM (widget);
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (private->busy)
    return;
  private->busy = TRUE;
  gtk_widget_hide (private->alert);
  unmark (self);
  /* Before the fields turn insensitive. */
  leave_field (self);
  gtk_widget_set_sensitive (private->box, FALSE);
  ui_preedit_settle (widget, on_settled_to_save, g_object_ref (self));
}

void
ui_form_saved (UiForm *self, const GError *error)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);
  GtkWidget *wrong = NULL;

  if (private->gone)
    return;
  if (error == NULL) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  private->busy = private->quits = FALSE;
  gtk_widget_set_sensitive (private->box, TRUE);
  gtk_label_set_text (private->error, error->message);
  gtk_widget_show (private->alert);
  wrong = UI_FORM_GET_CLASS (self)->find_wrong (self);
  if (wrong == NULL) {
    return_to_field (self);
    return;
  }
  g_clear_weak_pointer (&private->field);
  mark (self, wrong, error->message);
  gtk_widget_grab_focus (wrong);
}

/* ---- closing ---- */

static gboolean
on_destroy_idle (gpointer window)
{
  UiFormPrivate *private = ui_form_get_instance_private (UI_FORM (window));

  if (!private->gone)
    gtk_window_destroy (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

/* The window goes after the question, which else would hold on to what is freed (GTK 4.8). */
static void
on_discard_answer (gboolean accepted, gpointer data)
{
  g_autoptr (UiForm) self = data;
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (private->gone)
    return;
  if (accepted) {
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_destroy_idle, g_object_ref (self), g_object_unref);
    return;
  }
  private->busy = private->quits = FALSE;
  return_to_field (self);
}

static void
on_settled_to_close (gpointer data)
{
  g_autoptr (UiForm) self = data;
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (private->gone)
    return;
  if (UI_FORM_GET_CLASS (self)->is_changed (self))
    ui_dialog_ask_discard (GTK_WINDOW (self), on_discard_answer, g_object_ref (self));
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
ui_form_close_request (GtkWindow *window)
{
  UiForm *self = UI_FORM (window);
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (private->busy)
    return TRUE;
  private->busy = TRUE;
  leave_field (self);
  ui_preedit_settle (GTK_WIDGET (window), on_settled_to_close, g_object_ref (self));
  return TRUE;
}

gboolean
ui_form_hold_quit (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next) {
    g_autoptr (UiForm) self = UI_IS_FORM (at->data) ? g_object_ref (at->data) : NULL;
    UiFormPrivate *private = self != NULL ? ui_form_get_instance_private (self) : NULL;

    if (self == NULL || private->gone)
      continue;
    private->quits = TRUE;
    gtk_window_present (GTK_WINDOW (self));
    gtk_window_close (GTK_WINDOW (self));
    return TRUE;
  }
  return FALSE;
}

static gboolean
on_quit_idle (gpointer app)
{
  g_action_group_activate_action (app, "quit", NULL);
  return G_SOURCE_REMOVE;
}

/* ---- the window ---- */

void
ui_form_set_content (UiForm *self, GtkWidget *content)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  gtk_widget_set_vexpand (content, TRUE);
  gtk_box_append (GTK_BOX (private->box), content);
}

static void
watch_fields (GtkWidget *widget)
{
  if (GTK_IS_TEXT (widget))
    ui_preedit_watch (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    watch_fields (child);
}

void
ui_form_present (UiForm *self, GtkWidget *first)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  watch_fields (private->box);
  ui_names_fill (GTK_WIDGET (self));
  gtk_widget_grab_focus (first);
  gtk_window_present (GTK_WINDOW (self));
}

static void
ui_form_dispose (GObject *object)
{
  UiFormPrivate *private = ui_form_get_instance_private (UI_FORM (object));

  GApplication *app = g_application_get_default ();

  if (private->quits && !private->gone && app != NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_quit_idle, g_object_ref (app), g_object_unref);
  private->gone = TRUE;
  g_clear_weak_pointer (&private->field);
  g_clear_weak_pointer (&private->wrong);
  G_OBJECT_CLASS (ui_form_parent_class)->dispose (object);
}

static void
ui_form_class_init (UiFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_form_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ui_form_close_request;
  gtk_widget_class_install_action (widget_class, "form.save", NULL, on_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "form.save",
                                       NULL);
}

static void
ui_form_init (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  GtkWidget *error = gtk_label_new (NULL);

  private->save = gtk_button_new_with_mnemonic (_ ("_Save"));
  private->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  private->error = GTK_LABEL (error);
  private->alert = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, NULL);
  gtk_widget_set_hexpand (error, TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (private->save), "form.save");
  gtk_widget_add_css_class (private->save, "suggested-action");
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), private->save);
  gtk_label_set_wrap (private->error, TRUE);
  gtk_label_set_wrap_mode (private->error, PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (error, "error");
  gtk_widget_set_margin_top (error, 12);
  gtk_widget_set_margin_start (error, 18);
  gtk_widget_set_margin_end (error, 18);
  gtk_widget_hide (private->alert);
  gtk_box_append (GTK_BOX (private->alert), error);
  gtk_box_append (GTK_BOX (private->box), private->alert);
  gtk_box_append (GTK_BOX (outer), bar);
  gtk_box_append (GTK_BOX (outer), private->box);
  adw_window_set_content (ADW_WINDOW (self), outer);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 520, 560);
  gtk_widget_set_size_request (GTK_WIDGET (self), 340, 320);
}
