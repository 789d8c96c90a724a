/* The verbs of the message list: its order and look, checkboxes, filters, the star of a row.  Main thread. */
#include "ui-window-private.h"

static void
action_list (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);

  if (g_str_equal (name, "win.select-mode"))
    ui_list_set_checking (self->list, !ui_list_get_checking (self->list));
  else if (g_str_equal (name, "win.filter-bar"))
    ui_list_toggle_filter_bar (self->list);
}

/* A row's own star: that one, whatever is selected. */
static void
action_toggle_item_star (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  gint64 id = g_variant_get_int64 (parameter);
  g_autoptr (MailConversation) item = ui_list_dup_by_id (self->list, id);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!item)
    return;
  g_array_append_val (items, id);
  ui_window_act_quietly (
      self, mail_conversation_get_starred (item) ? MAIL_ACTION_UNSTAR : MAIL_ACTION_STAR, items);
}

void
ui_window_class_install_listing_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.select-mode", NULL, action_list);
  gtk_widget_class_install_action (widget_class, "win.filter-bar", NULL, action_list);
  gtk_widget_class_install_action (widget_class, "win.toggle-item-star", "x",
                                   action_toggle_item_star);
}

void
ui_window_init_listing (UiWindow *self)
{
  static const char *const keys[] = { "conversations", "list-sort", "list-ascending",
                                      "list-compact" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GAction) action = g_settings_create_action (self->settings, keys[i]);
    g_action_map_add_action (G_ACTION_MAP (self), action);
  }
  ui_list_set_settings (self->list, self->settings);
}
