/* The round picture of a person: initials on a colour that is always the same for the same name. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Draws it at the snapshot's origin, `size` wide and high.  `name` may be an address. */
void ui_avatar_snapshot (GtkSnapshot *snapshot, PangoContext *context, const char *name, int size);

/* The same as a widget of its own; purely decoration for a screen reader. */
#define UI_TYPE_AVATAR (ui_avatar_get_type ())
G_DECLARE_FINAL_TYPE (UiAvatar, ui_avatar, UI, AVATAR, GtkWidget)

/* Property "size" (int, pixels, 38). */
void ui_avatar_set_name (UiAvatar *self, const char *name);

G_END_DECLS
