/* The frame of a form.  Main thread. */
#include "ui-form.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-dialog.h"
#include "ui-names.h"
#include "ui-page-link.h"
#include "ui-preedit.h"
#include "ui-sight.h"

#define AROUND 18 /* pixels, of the field that is wrong */

typedef struct
{
  /* In the widget tree */
  GtkWidget *box, *cancel, *foot;
  GtkSpinner *spinner;
  GtkWidget *alert; /* what holds the error, for screen readers */
  GtkLabel *error, *progress;
  GtkWidget *link;
  GtkWidget *field; /* weak: where the keyboard was */
  GtkWidget *wrong; /* weak: what is marked */
  gboolean busy;    /* it is being saved, or asks whether to close */
  gboolean saving;
  gboolean settling; /* it is not handed over yet, */
  gboolean unwanted; /* and will not be */
  gboolean quits;    /* the program does once this has gone */
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

/* The fields are the person's again. */
static void
give_back (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  private->busy = private->saving = FALSE;
  gtk_spinner_set_spinning (private->spinner, FALSE);
  gtk_widget_hide (private->foot);
  gtk_widget_set_sensitive (private->box, TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "form.save", TRUE);
}

/* All is as it was before Save was pressed. */
static void
call_off (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  give_back (self);
  return_to_field (self);
  /* The program did not wait, either. */
  if (private->quits)
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_settled_to_save (gpointer data)
{
  g_autoptr (UiForm) self = data;
  UiFormPrivate *private = ui_form_get_instance_private (self);

  private->settling = FALSE;
  if (private->gone)
    return;
  if (private->unwanted)
    call_off (self);
  else
    UI_FORM_GET_CLASS (self)->save (self);
}

static void
on_save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiForm *self = UI_FORM (widget);
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (private->busy)
    return;
  private->busy = private->saving = private->settling = TRUE;
  private->unwanted = FALSE;
  gtk_widget_hide (private->alert);
  unmark (self);
  /* Before the fields turn insensitive. */
  leave_field (self);
  gtk_widget_set_sensitive (private->box, FALSE);
  gtk_widget_action_set_enabled (widget, "form.save", FALSE);
  ui_preedit_settle (widget, on_settled_to_save, g_object_ref (self));
}

void
ui_form_set_progress (UiForm *self, const char *sentence)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (private->gone)
    return;
  gtk_label_set_text (private->progress, sentence);
  gtk_spinner_set_spinning (private->spinner, TRUE);
  gtk_widget_show (private->foot);
  gtk_widget_grab_focus (private->cancel);
}

static void
show_error (UiForm *self, const GError *error)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);
  UiFormClass *klass = UI_FORM_GET_CLASS (self);
  GtkWidget *wrong = klass->find_wrong (self);

  gtk_label_set_text (private->error, error->message);
  ui_page_link_set (private->link, klass->find_link != NULL ? klass->find_link (self) : NULL);
  gtk_widget_show (private->alert);
  if (wrong == NULL) {
    return_to_field (self);
    return;
  }
  g_clear_weak_pointer (&private->field);
  mark (self, wrong, error->message);
  gtk_widget_grab_focus (wrong);
  ui_sight_bring (wrong, AROUND);
}

void
ui_form_saved (UiForm *self, const GError *error)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (private->gone)
    return;
  if (error == NULL) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  if (base_error_is_cancelled (error)) {
    call_off (self);
    return;
  }
  give_back (self);
  private->quits = FALSE;
  show_error (self, error);
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
  UiFormClass *klass = UI_FORM_GET_CLASS (self);
  gboolean has_way_back = private->saving && klass->cancel != NULL;

  if (has_way_back && !private->settling)
    klass->cancel (self);
  private->unwanted = has_way_back && private->settling;
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

/* The window goes; whoever waits for an answer holds the form still. */
static void
ui_form_unrealize (GtkWidget *widget)
{
  UiFormPrivate *private = ui_form_get_instance_private (UI_FORM (widget));
  GApplication *app = g_application_get_default ();

  if (private->quits && app != NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_quit_idle, g_object_ref (app), g_object_unref);
  private->gone = TRUE;
  GTK_WIDGET_CLASS (ui_form_parent_class)->unrealize (widget);
}

static void
ui_form_dispose (GObject *object)
{
  UiFormPrivate *private = ui_form_get_instance_private (UI_FORM (object));

  g_clear_weak_pointer (&private->field);
  g_clear_weak_pointer (&private->wrong);
  G_OBJECT_CLASS (ui_form_parent_class)->dispose (object);
}

static void
ui_form_class_init (UiFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_form_dispose;
  widget_class->unrealize = ui_form_unrealize;
  GTK_WINDOW_CLASS (klass)->close_request = ui_form_close_request;
  gtk_widget_class_install_action (widget_class, "form.save", NULL, on_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "form.save",
                                       NULL);
}

static GtkWidget *
add_bar (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *save = gtk_button_new_with_mnemonic (_ ("_Save"));

  private->cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (private->cancel), "window.close");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (save), "form.save");
  gtk_widget_add_css_class (save, "suggested-action");
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), private->cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), save);
  return bar;
}

static GtkLabel *
make_label (void)
{
  return g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign",
                       0.0f, NULL);
}

static GtkWidget *
add_alert (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  private->alert = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
                                 "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6,
                                 "margin-top", 12, "margin-start", 18, "margin-end", 18, NULL);
  private->error = make_label ();
  private->link = ui_page_link_new ();
  gtk_widget_add_css_class (GTK_WIDGET (private->error), "error");
  gtk_widget_add_css_class (private->alert, "form-error");
  gtk_widget_hide (private->alert);
  gtk_box_append (GTK_BOX (private->alert), GTK_WIDGET (private->error));
  gtk_box_append (GTK_BOX (private->alert), private->link);
  return private->alert;
}

static GtkWidget *
add_foot (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  private->foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  private->spinner = GTK_SPINNER (
      g_object_new (GTK_TYPE_SPINNER, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  private->progress = make_label ();
  gtk_widget_set_halign (private->foot, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (private->foot, "setup-foot");
  gtk_widget_hide (private->foot);
  gtk_box_append (GTK_BOX (private->foot), GTK_WIDGET (private->spinner));
  gtk_box_append (GTK_BOX (private->foot), GTK_WIDGET (private->progress));
  return private->foot;
}

static void
ui_form_init (UiForm *self)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  private->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (private->box), add_alert (self));
  gtk_box_append (GTK_BOX (outer), add_bar (self));
  gtk_box_append (GTK_BOX (outer), private->box);
  gtk_box_append (GTK_BOX (outer), add_foot (self));
  adw_window_set_content (ADW_WINDOW (self), outer);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 520, 560);
  gtk_widget_set_size_request (GTK_WIDGET (self), 340, 320);
}
