/* The verbs of finding words in what is read.  Main thread.  Ctrl+F finds in the reader from wherever the focus is, as long as nothing
 * else in the window can be searched. */
#include "ui-window-private.h"

static void
action_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  if (g_str_equal (name, "win.find"))
    ui_reader_find (self->reader);
  else
    ui_reader_find_again (self->reader, g_str_equal (name, "win.find-next") ? 1 : -1);
}

void
ui_window_class_install_find_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.find", NULL, action_find);
  gtk_widget_class_install_action (widget_class, "win.find-next", NULL, action_find);
  gtk_widget_class_install_action (widget_class, "win.find-previous", NULL, action_find);
}
