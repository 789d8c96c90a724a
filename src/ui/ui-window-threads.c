/* The verbs about conversations as a whole: what belongs together, and how much of it is open.  Main thread. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "mail-thread-actions.h"

#define JOIN_MOST 1000 /* who selects more of them did not mean it */

void
ui_window_split_message (UiWindow *self, MailMessage *message)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, message);
  mail_engine_split_async (self->engine, messages, ui_window_on_acted, g_object_ref (self));
}

static void
action_join (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  g_autoptr (GArray) items = ui_list_dup_selected (self->list);
  if (items->len > JOIN_MOST)
    ui_window_say (self, _ ("So many conversations cannot be joined at once."), NULL);
  else if (items->len > 1)
    mail_engine_join_async (self->engine, items, ui_window_on_acted, g_object_ref (self));
}

static void
action_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiReader *reader = UI_WINDOW (widget)->reader;
  if (g_str_equal (name, "win.expand-all"))
    ui_reader_expand_all (reader);
  else
    ui_reader_fold_all (reader);
}

void
ui_window_update_thread_actions (UiWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  MailMessageList *messages = ui_list_get_messages (self->list);
  MailThread *thread = ui_reader_get_thread (self->reader);
  gboolean several = thread && g_list_model_get_n_items (G_LIST_MODEL (thread)) > 1;
  gtk_widget_action_set_enabled (widget, "win.expand-all", several);
  gtk_widget_action_set_enabled (widget, "win.fold-all", several);
  gtk_widget_action_set_enabled (widget, "win.join",
                                 messages && mail_message_list_get_conversations (messages)
                                     && ui_list_get_n_selected (self->list) > 1);
}

void
ui_window_class_install_thread_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.join", NULL, action_join);
  gtk_widget_class_install_action (widget_class, "win.expand-all", NULL, action_all);
  gtk_widget_class_install_action (widget_class, "win.fold-all", NULL, action_all);
}
