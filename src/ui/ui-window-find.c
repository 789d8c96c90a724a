/* The verbs of finding: in all mail, and words in what is read.  Main thread.  Ctrl+F means what has the keyboard: in the reader the messages that
 * are read, elsewhere all mail; Ctrl+K and Ctrl+Shift+F mean the one and the other wherever it is. */
#include "ui-window-private.h"

static gboolean
is_reading (UiWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  return focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->reader))
         && ui_reader_get_thread (self->reader);
}

/* FALSE: there is no list to search in. */
static gboolean
search (UiWindow *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "main") != 0)
    return FALSE;
  adw_leaflet_set_visible_child_name (self->outer, "lists");
  adw_leaflet_set_visible_child_name (self->inner, "list");
  ui_list_open_search (self->list);
  return TRUE;
}

void
ui_window_search (UiWindow *self, const char *typed, gint64 item)
{
  if (search (self))
    ui_list_search (self->list, typed, item);
}

static void
action_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  if (g_str_equal (name, "win.search")
      || (g_str_equal (name, "win.search-here") && !is_reading (self)))
    search (self);
  else if (g_str_equal (name, "win.find") || g_str_equal (name, "win.search-here"))
    ui_reader_find (self->reader);
  else
    ui_reader_find_again (self->reader, g_str_equal (name, "win.find-next") ? 1 : -1);
}

gboolean
ui_window_type_search (UiWindow *self, GtkEventControllerKey *controller, GtkWidget *focus,
                       guint keyval, GdkModifierType modifiers)
{
  if (!focus || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list))
      || (modifiers & ~(guint)GDK_SHIFT_MASK) != 0 || keyval == GDK_KEY_space
      || !g_unichar_isgraph (gdk_keyval_to_unicode (keyval)))
    return GDK_EVENT_PROPAGATE;
  return ui_list_type_search (self->list, controller);
}

void
ui_window_class_install_find_actions (GtkWidgetClass *widget_class)
{
  static const char *const names[] = { "win.search", "win.search-here", "win.find", "win.find-next",
                                       "win.find-previous" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_class_install_action (widget_class, names[i], NULL, action_find);
}
