/* What the window does for mailing lists: answering to all of one.  Main thread. */
#include "mail-truth.h"
#include "ui-window-private.h"

static void
action_reply_list (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailContent *content = ui_reader_get_content (self->reader);
  if (content)
    ui_window_reply (self, self->reader, content, MAIL_REPLY_LIST);
}

void
ui_window_update_list_actions (UiWindow *self, MailContent *content)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.reply-list",
                                 content && mail_content_get_list (content)->post);
}

void
ui_window_class_install_list_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.reply-list", NULL, action_reply_list);
}
