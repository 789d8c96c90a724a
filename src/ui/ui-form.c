/* The frame of a form.  Main thread. */
#include "ui-form.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget *box, *save; /* in the widget tree */
  GtkLabel *error;
} UiFormPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (UiForm, ui_form, ADW_TYPE_WINDOW)

static void
on_save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiFormPrivate *private = ui_form_get_instance_private (UI_FORM (widget));

  if (!gtk_widget_get_sensitive (private->box))
    return;
  gtk_widget_set_sensitive (private->box, FALSE);
  gtk_widget_hide (GTK_WIDGET (private->error));
  UI_FORM_GET_CLASS (widget)->save (UI_FORM (widget));
}

void
ui_form_saved (UiForm *self, const GError *error)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  if (error == NULL) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  gtk_widget_set_sensitive (private->box, TRUE);
  gtk_label_set_text (private->error, error->message);
  gtk_widget_show (GTK_WIDGET (private->error));
}

void
ui_form_set_content (UiForm *self, GtkWidget *content)
{
  UiFormPrivate *private = ui_form_get_instance_private (self);

  gtk_widget_set_vexpand (content, TRUE);
  gtk_box_append (GTK_BOX (private->box), content);
}

static void
ui_form_class_init (UiFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

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
  gtk_widget_hide (error);
  gtk_box_append (GTK_BOX (private->box), error);
  gtk_box_append (GTK_BOX (outer), bar);
  gtk_box_append (GTK_BOX (outer), private->box);
  adw_window_set_content (ADW_WINDOW (self), outer);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 520, 560);
  gtk_widget_set_size_request (GTK_WIDGET (self), 340, 320);
}
