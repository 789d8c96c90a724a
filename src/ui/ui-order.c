/* What makes rows movable.  Main thread; a row must never be dropped into another list. */
#include "ui-order.h"

#include <glib/gi18n.h>

#define ORDER "order"

typedef struct
{
  UiOrderFunc move;
  gpointer data;
} Order;

static Order *
get_order (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), ORDER);
}

static void
move_by (GtkWidget *row, int by)
{
  const Order *order = get_order (row);

  order->move (row, NULL, by, order->data);
}

static void
on_up (GSimpleAction *action, GVariant *parameter, gpointer row)
{
  move_by (row, -1);
}

static void
on_down (GSimpleAction *action, GVariant *parameter, gpointer row)
{
  move_by (row, 1);
}

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, GtkWidget *row)
{
  return gdk_content_provider_new_typed (ADW_TYPE_ACTION_ROW, row);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, GtkWidget *row)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (row);

  gtk_drag_source_set_icon (source, picture, 16, gtk_widget_get_height (row) / 2);
}

/* It takes the place of the one that it is dropped on. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, GtkWidget *row)
{
  GtkWidget *dragged = g_value_get_object (value);
  const Order *order = get_order (row), *theirs = get_order (dragged);

  if (theirs == NULL || theirs->data != order->data || theirs->move != order->move)
    return FALSE;
  order->move (dragged, row, 0, order->data);
  return TRUE;
}

static void
add_key (GtkEventController *keys, guint key, const char *action)
{
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (key, GDK_ALT_MASK), gtk_named_action_new (action)));
}

static void
add_hands (GtkWidget *row)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (ADW_TYPE_ACTION_ROW, GDK_ACTION_MOVE);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), row);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), row);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), row);
  add_key (keys, GDK_KEY_Up, "row.up");
  add_key (keys, GDK_KEY_Down, "row.down");
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
  gtk_widget_add_controller (row, keys);
}

static void
add_actions (GtkWidget *row, gboolean first, gboolean last)
{
  const GActionEntry entries[] = { { "up", on_up, NULL, NULL, NULL, { 0 } },
                                   { "down", on_down, NULL, NULL, NULL, { 0 } } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), row);
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (actions), "up")), !first);
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (actions), "down")), !last);
  gtk_widget_insert_action_group (row, "row", G_ACTION_GROUP (actions));
}

void
ui_order_add (GtkWidget *row, const char *label, gboolean first, gboolean last, UiOrderFunc move,
              gpointer data)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();
  Order *order = g_new0 (Order, 1);

  *order = (Order){ move, data };
  g_object_set_data_full (G_OBJECT (row), ORDER, order, g_free);
  add_actions (row, first, last);
  g_menu_append (menu, _ ("Move _Up"), "row.up");
  g_menu_append (menu, _ ("Move _Down"), "row.down");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  /* The button inside, which gets the focus, is called the same by that. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (button), UI_ORDER_PART, (gpointer) "move");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("list-drag-handle-symbolic"));
  add_hands (row);
}
