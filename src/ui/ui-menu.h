/* Menus of buttons that are made when they are opened for the first time: most never are, and each costs the start a millisecond or two.  Main
 * thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* In class_init: the GtkMenuButton and the menu of the template that ui_menu_defer () will ask for by these ids. */
void ui_menu_bind (GtkWidgetClass *klass, const char *button, const char *menu);
/* After the template is there.  `type`: whose template it is. */
void ui_menu_defer (GtkWidget *owner, GType type, const char *button, const char *menu);

G_END_DECLS
