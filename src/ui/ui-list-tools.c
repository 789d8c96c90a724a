/* Order, filters, checkboxes and what is done to many at once: the tools around the message list.  Main thread.  The settings say
 * in which order and how closely the rows stand; filters last as long as the folder is shown. */
#include "ui-list-private.h"

MailFilter
ui_list_get_filter (UiList *self)
{
  const struct
  {
    GtkToggleButton *button;
    MailFilter filter;
  } filters[] = {
    { self->filter_unread, MAIL_FILTER_UNREAD },
    { self->filter_starred, MAIL_FILTER_STARRED },
    { self->filter_attachments, MAIL_FILTER_ATTACHMENTS },
    { self->filter_known, MAIL_FILTER_KNOWN },
  };
  MailFilter all = MAIL_FILTER_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    if (gtk_toggle_button_get_active (filters[i].button))
      all |= filters[i].filter;
  return all;
}

static void
on_filter_toggled (UiList *self)
{
  if (!self->messages)
    return;
  mail_message_list_set_filter (self->messages, ui_list_get_filter (self));
  self->reordered = mail_message_list_get_loading (self->messages);
}

void
ui_list_clear_filters (UiList *self)
{
  gtk_toggle_button_set_active (self->filter_unread, FALSE);
  gtk_toggle_button_set_active (self->filter_starred, FALSE);
  gtk_toggle_button_set_active (self->filter_attachments, FALSE);
  gtk_toggle_button_set_active (self->filter_known, FALSE);
}

/* A filter that cannot be seen would only hide messages. */
static void
on_filter_bar (UiList *self)
{
  gboolean shown = gtk_toggle_button_get_active (self->filter_button);

  ui_list_update_tools (self);
  if (!shown)
    ui_list_clear_filters (self);
}

void
ui_list_toggle_filter_bar (UiList *self)
{
  gboolean shown = !gtk_toggle_button_get_active (self->filter_button);

  gtk_toggle_button_set_active (self->filter_button, shown);
  if (shown)
    gtk_widget_grab_focus (GTK_WIDGET (self->filter_unread));
}

static void
set_order (UiList *self, MailMessageList *messages)
{
  if (messages && self->settings)
    mail_message_list_set_order (messages,
                                 (MailSort)g_settings_get_enum (self->settings, "list-sort"),
                                 g_settings_get_boolean (self->settings, "list-ascending"));
}

void
ui_list_apply_order (UiList *self)
{
  if (!self->messages)
    return;
  set_order (self, self->messages);
  set_order (self, self->before.messages); /* behind the search */
  mail_message_list_set_filter (self->messages, ui_list_get_filter (self));
  self->reordered = mail_message_list_get_loading (self->messages);
}

static void
on_look_changed (UiList *self)
{
  self->compact = g_settings_get_boolean (self->settings, "list-compact");
  ui_list_update_rows (self);
}

static void
on_found_again (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiList) self = data;
  gint64 id = mail_message_list_find_finish (MAIL_MESSAGE_LIST (source), result, NULL);
  if (self->messages == MAIL_MESSAGE_LIST (source) && self->n_selected == 0 && id != 0)
    ui_list_select (self, id);
}

static void
find_again (UiList *self)
{
  if (mail_message_list_get_loading (self->messages))
    return;
  g_signal_handlers_disconnect_by_func (self->messages, find_again, self);
  mail_message_list_find_message_async (self->messages, self->wanted, NULL, on_found_again,
                                        g_object_ref (self));
}

/* Conversations in the place of messages, or the other way: what was selected is selected again as soon as it is there. */
static void
on_conversations_changed (UiList *self)
{
  g_autoptr (MailConversation) item = ui_list_dup_current (self);
  g_autoptr (MailMessage) newest = item ? mail_conversation_dup_newest (item) : NULL;
  if (ui_list_is_searching (self))
    ui_list_search_anew (self);
  else
    ui_list_reopen (self);
  if (!newest)
    return;
  self->wanted = mail_message_get_id (newest);
  g_signal_connect_swapped (self->messages, "notify::loading", G_CALLBACK (find_again), self);
  find_again (self);
}

void
ui_list_set_settings (UiList *self, GSettings *settings)
{
  g_set_object (&self->settings, settings);
  g_signal_connect_swapped (settings, "changed::conversations",
                            G_CALLBACK (on_conversations_changed), self);
  g_signal_connect_swapped (settings, "changed::list-sort", G_CALLBACK (ui_list_apply_order), self);
  g_signal_connect_swapped (settings, "changed::list-ascending", G_CALLBACK (ui_list_apply_order),
                            self);
  g_signal_connect_swapped (settings, "changed::list-compact", G_CALLBACK (on_look_changed), self);
  on_look_changed (self);
}

static void
add_bulk (UiList *self)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/org/sosik/Sosik/ui-list-bulk.ui");
  self->bulk = GTK_WIDGET (g_object_ref (gtk_builder_get_object (builder, "bulk")));
  gtk_box_append (GTK_BOX (gtk_widget_get_parent (GTK_WIDGET (self->stack))), self->bulk);
}

void
ui_list_update_bulk (UiList *self)
{
  gboolean shown = self->checking || self->n_selected > 1;
  if (shown && !self->bulk)
    add_bulk (self);
  if (self->bulk)
    gtk_widget_set_visible (self->bulk, shown);
}

void
ui_list_update_tools (UiList *self)
{
  /* What was looked for has an order of its own, and words in place of filters. */
  gtk_widget_set_visible (self->tools, self->folder && !mail_folder_is_search (self->folder)
                                           && !(self->folded && self->checking));
  gtk_widget_set_visible (self->filters,
                          !self->search && gtk_toggle_button_get_active (self->filter_button));
  gtk_widget_set_visible (GTK_WIDGET (self->select_button),
                          self->folder && (!self->folded || self->checking));
}

gboolean
ui_list_get_checking (UiList *self)
{
  return self->checking;
}

void
ui_list_set_checking (UiList *self, gboolean checking)
{
  if (self->checking == checking)
    return;
  self->checking = checking;
  if (self->selection)
    ui_selection_set_checking (self->selection, checking);
  gtk_toggle_button_set_active (self->select_button, checking);
  ui_list_update_tools (self);
  ui_list_update_rows (self);
  if (!checking)
    ui_list_unselect_all (self);
  ui_list_update_bulk (self);
  ui_list_update_title (self);
  ui_list_update_selection (self);
}

static void
on_select_toggled (UiList *self)
{
  ui_list_set_checking (self, gtk_toggle_button_get_active (self->select_button));
}

void
ui_list_class_init_tools (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_filter_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_select_toggled);
}
