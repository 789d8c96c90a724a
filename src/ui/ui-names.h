/* Names for assistive technology where GTK 4.8 says a wrong one and libadwaita 1.2 leaves its own inner controls without. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Once, before the first window.  From then on a menu has a name, a picture is silent unless it was given a role and a name, and a
 * button with a mnemonic is named without its mark and once, not “_Accept Accept”. */
void ui_names_install (void);
/* Once, when the template of `root` is built.  Everything that has a name of its own keeps it. */
void ui_names_fill (GtkWidget *root);
/* Likewise for what can be chosen from one of which that function does not know. */
void ui_names_fill_choice (GtkWidget *drop_down, const char *name);
/* Once, for a window that GTK or libadwaita fills: it, its lists and its buttons. */
void ui_names_fill_foreign (GtkWidget *root, const char *name);
/* A flat button with a picture, for the end of a row. */
GtkWidget *ui_names_make_button (const char *icon, const char *label);
/* Each button below `root` that has only a picture is said to close. */
void ui_names_fill_close (GtkWidget *root);

G_END_DECLS
