/* Going on with what lies in a Drafts folder.  Main thread. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-composer.h"

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWindow) self = data;
  g_autoptr (GError) error = NULL;
  MailEngine *engine = MAIL_ENGINE (source);
  g_autoptr (MailDraft) draft = mail_draft_open_finish (engine, result, &error);
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (draft != NULL && app != NULL)
    ui_composer_open (app, engine, draft);
  else if (error != NULL && self->engine != NULL && !base_error_is_cancelled (error))
    ui_window_say (self, error->message, base_error_get_detail (error));
}

static void
on_content (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWindow) self = data;
  g_autoptr (GError) error = NULL;
  MailEngine *engine = MAIL_ENGINE (source);
  g_autoptr (MailContent) content = mail_engine_open_message_finish (engine, result, &error);

  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (content != NULL && app != NULL && ui_composer_show (app, content))
    return;
  if (content != NULL)
    mail_draft_open_async (engine, content, on_opened, g_object_ref (self));
  else if (self->engine != NULL && !base_error_is_cancelled (error))
    ui_window_say (self, error->message, base_error_get_detail (error));
}

void
ui_window_edit_draft (UiWindow *self, MailMessage *message)
{
  MailFolder *folder = mail_message_get_folder (message);

  if (folder != NULL && mail_folder_get_role (folder) == MAIL_ROLE_DRAFTS)
    mail_engine_open_message_async (self->engine, message, NULL, on_content, g_object_ref (self));
}

/* What is selected. */
static void
action_edit_draft (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  g_autoptr (MailConversation) item = ui_list_dup_current (self->list);
  g_autoptr (MailMessage) message = item != NULL ? mail_conversation_dup_newest (item) : NULL;

  if (message != NULL)
    ui_window_edit_draft (self, message);
}

void
ui_window_class_install_draft_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.edit-draft", NULL, action_edit_draft);
}
