/* The bar of buttons below a letter: formats, lists, links.
 *
 * Every button only names an action of the group "editor" (ui-editor.h) or "win.link", which whoever holds the bar
 * provides.  Where there is too little room for all buttons, those that are wanted least move into a menu. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_FORMAT_BAR (ui_format_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiFormatBar, ui_format_bar, UI, FORMAT_BAR, GtkWidget)

G_END_DECLS
