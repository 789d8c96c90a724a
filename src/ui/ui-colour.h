/* The colours of accounts: GNOME's accent colours, which are good to see on light and dark.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A disc in the colour of an account; no room is taken where that has none.  Not told to screen readers: something beside it is. */
#define UI_TYPE_COLOUR_DOT (ui_colour_dot_get_type ())
G_DECLARE_FINAL_TYPE (UiColourDot, ui_colour_dot, UI, COLOUR_DOT, GtkWidget)

GtkWidget *ui_colour_dot_new (const char *colour); /* "#rrggbb", nullable */
void ui_colour_dot_set (UiColourDot *dot, const char *colour);

/* A choice of one of them or none; "notify::colour" (string, nullable) tells what a person chose.  A colour that is none of GNOME's, as an
 * administrator may have written it, stays until another one is chosen. */
#define UI_TYPE_COLOUR_CHOOSER (ui_colour_chooser_get_type ())
G_DECLARE_FINAL_TYPE (UiColourChooser, ui_colour_chooser, UI, COLOUR_CHOOSER, GtkWidget)

GtkWidget *ui_colour_chooser_new (const char *colour);

G_END_DECLS
