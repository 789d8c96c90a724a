/* A column of the window with a width of its own: it asks for "width" where there is room, shrinks to what its child
 * needs where there is not (so that a leaflet may fold), and is widened by dragging the start edge of the pane that stands behind it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_PANE (ui_pane_get_type ())
G_DECLARE_FINAL_TYPE (UiPane, ui_pane, UI, PANE, GtkWidget)

/* Properties: "child", "width" (int, pixels, notify), "minimum", "maximum" (what dragging keeps to),
 * "request" (the least width at all; never more than the narrowest window), "edge" (boolean: neighbours stand beside it, so show the edge
 * and let it be dragged), "before" (UiPane, weak: the one that dragging the start edge of this one widens). */
int ui_pane_get_width (UiPane *self);
void ui_pane_set_width (UiPane *self, int width);

G_END_DECLS
