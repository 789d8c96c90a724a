/* What can be typed to search, with an example of each.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* An operator that was chosen, with its colon ("from:"). */
typedef void (*UiSearchHelpFunc) (const char *operator, gpointer data);

/* A dialog over `parent`, which closes with it.  `data` lives as long as `parent`. */
void ui_search_help_show (GtkWindow *parent, UiSearchHelpFunc func, gpointer data);

G_END_DECLS
