/* All mail from one person as the list: shown in place of the folder, which comes back by Escape or the button of the list.  Main thread. */
#include "ui-window-private.h"

static gboolean
is_shown (UiWindow *self)
{
  MailFolder *folder = ui_list_get_folder (self->list);
  return folder && mail_folder_get_sender (folder);
}

static void
action_show (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  const char *person, *address;
  MailFolder *before = ui_list_get_folder (self->list);
  if (!self->engine)
    return;
  g_variant_get (parameter, "(&s&s)", &person, &address);
  g_autoptr (MailFolder) view = mail_folder_new_sender (person, address);
  if (!is_shown (self)) /* NULL: from drafts and outbox */
    g_set_weak_pointer (&self->before_sender, before);
  ui_window_show_folder (self, view);
  ui_list_focus (self->list);
  gtk_window_present (GTK_WINDOW (self)); /* it may have been asked for in another window */
}

gboolean
ui_window_leave_sender (UiWindow *self)
{
  if (!is_shown (self))
    return FALSE;
  g_autoptr (MailFolder) before = self->before_sender ? g_object_ref (self->before_sender) : NULL;
  g_clear_weak_pointer (&self->before_sender);
  if (before && ui_window_has_folder (self, before))
    ui_window_show_folder (self, before);
  else
    ui_window_show_inbox (self);
  ui_list_focus (self->list);
  return TRUE;
}

static void
action_leave (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_window_leave_sender (UI_WINDOW (widget));
}

void
ui_window_class_install_sender_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.show-sender", "(ss)", action_show);
  gtk_widget_class_install_action (widget_class, "win.leave-sender", NULL, action_leave);
}
