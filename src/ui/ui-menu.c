/* Gives buttons their menus late, see the header.  Main thread.  It must never leave a button that cannot be pressed: GTK takes one for
 * that as long as it has neither a menu nor somebody to ask for it. */
#include "ui-menu.h"

static void
on_first_use (GtkMenuButton *button, gpointer menu)
{
  if (!gtk_menu_button_get_menu_model (button))
    gtk_menu_button_set_menu_model (button, menu);
}

void
ui_menu_bind (GtkWidgetClass *klass, const char *button, const char *menu)
{
  gtk_widget_class_bind_template_child_full (klass, button, FALSE, 0);
  gtk_widget_class_bind_template_child_full (klass, menu, FALSE, 0);
}

void
ui_menu_defer (GtkWidget *owner, GType type, const char *button, const char *menu)
{
  GObject *found = gtk_widget_get_template_child (owner, type, button);
  GObject *model = gtk_widget_get_template_child (owner, type, menu);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (found), on_first_use,
                                         g_object_ref (model), g_object_unref);
}
