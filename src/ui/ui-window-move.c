/* The verb "Move" of the window: where what is selected can go.  Main thread; looks at the rows that are loaded, never at the store. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#define MOST_LOOKED_AT 100

/* The account of items of `source`, whose folders come first; NULL: of several, or none is loaded. */
static MailAccount *
find_account (UiWindow *self, MailFolder *source, GArray *items)
{
  MailAccount *account = mail_folder_get_account (source);
  if (!mail_folder_is_view (source))
    return account;
  for (guint i = 0; i < items->len && i < MOST_LOOKED_AT; i++) {
    g_autoptr (MailConversation) item =
        ui_list_dup_by_id (self->list, g_array_index (items, gint64, i));
    g_autoptr (MailMessage) message = item ? mail_conversation_dup_newest (item) : NULL;
    MailFolder *folder = message ? mail_message_get_folder (message) : NULL;
    MailAccount *its = folder ? mail_folder_get_account (folder) : NULL;
    if (its && account && its != account)
      return NULL;
    if (its)
      account = its;
  }
  return account;
}

static void
on_chosen (UiWindow *self, MailFolder *folder)
{
  g_autoptr (MailMessage) message = g_steal_pointer (&self->moving);
  if (message) {
    g_autoptr (GPtrArray) messages = g_ptr_array_new ();
    g_ptr_array_add (messages, message);
    ui_window_act (self, MAIL_ACTION_MOVE, folder, messages);
    return;
  }
  g_autoptr (GArray) items = ui_list_dup_selected (self->list);
  ui_window_act_on_listed (self, MAIL_ACTION_MOVE, folder, items);
}

/* Beneath the button that asks for it, or beneath the header bar of the list.  `account`: nullable. */
static void
choose (UiWindow *self, MailAccount *account, MailFolder *except, MailMessage *message)
{
  GtkWidget *anchor = ui_reader_get_move_button (self->reader);
  graphene_rect_t bounds;
  g_set_object (&self->moving, message);
  if (!self->chooser) {
    self->chooser = ui_folder_chooser_new ();
    gtk_widget_set_parent (self->chooser, GTK_WIDGET (self->toasts));
    g_signal_connect_object (self->chooser, "chosen", G_CALLBACK (on_chosen), self,
                             G_CONNECT_SWAPPED);
  }
  ui_folder_chooser_set_accounts (UI_FOLDER_CHOOSER (self->chooser),
                                  mail_engine_get_accounts (self->engine), account, except);
  if (!anchor)
    anchor = GTK_WIDGET (self->list);
  if (!gtk_widget_compute_bounds (anchor, GTK_WIDGET (self->toasts), &bounds))
    return;
  if (anchor == GTK_WIDGET (self->list))
    bounds.size.height = 46;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->chooser),
                               &(GdkRectangle){ (int)bounds.origin.x, (int)bounds.origin.y,
                                                (int)bounds.size.width, (int)bounds.size.height });
  gtk_popover_popup (GTK_POPOVER (self->chooser));
}

static void
action_move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *folder = ui_list_get_folder (self->list);
  g_autoptr (GArray) items = ui_list_dup_selected (self->list);
  if (!folder || items->len == 0)
    return;
  MailAccount *account = find_account (self, folder, items);
  if (mail_folder_get_id (folder) == MAIL_VIEW_INBOXES)
    folder = account ? mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX) : NULL;
  choose (self, account, folder, NULL);
}

void
ui_window_move_message (UiWindow *self, MailMessage *message)
{
  MailFolder *folder = mail_message_get_folder (message);
  MailAccount *account = folder ? mail_folder_get_account (folder) : NULL;
  if (account)
    choose (self, account, folder, message);
}

void
ui_window_class_install_move_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.move", NULL, action_move);
}
