/* The verb "Print" of the window: all that the reader shows.  Main thread. */
#include "ui-window-private.h"

static void
action_print (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_reader_print (UI_WINDOW (widget)->reader, NULL);
}

void
ui_window_class_install_print_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.print", NULL, action_print);
}
