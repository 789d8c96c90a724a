/* Names for assistive technology where libadwaita 1.2 leaves its own inner controls without. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Once, when the template of `root` is built.  Everything that has a name of its own keeps it. */
void ui_names_fill (GtkWidget *root);
/* Each button below `root` gets its label without the mark of the mnemonic; one that has only a picture is said to close. */
void ui_names_fill_buttons (GtkWidget *root);

G_END_DECLS
