/* What a person is to see: scrolled into sight.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* As soon as it has its place: the pane that it is in is scrolled as little as it takes for all of it to be seen, with that many pixels above and
 * below.  Does nothing where it is not shown any more by then. */
void ui_sight_bring (GtkWidget *widget, int around);

G_END_DECLS
