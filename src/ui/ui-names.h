/* Names for assistive technology where libadwaita 1.2 leaves its own inner controls without. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Once, when the template of `root` is built.  Everything that has a name of its own keeps it. */
void ui_names_fill (GtkWidget *root);

G_END_DECLS
