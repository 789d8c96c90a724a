/* What a drop-down shows: names that give way where there is little room and stand whole in the list, the chosen one with a mark, all of them named for assistive
 * technology. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Once; `property` (static) is the string property of the items that is their name. */
void ui_choice_set_up (GtkDropDown *choice, const char *property, PangoEllipsizeMode ellipsize);

G_END_DECLS
