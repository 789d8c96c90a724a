/* The operators of a search as chips, each with a cross: from:kim, is:unread.  Main thread.  Words that stand alone are none: those are in the entry to be read. */
#pragma once

#include <gtk/gtk.h>

#include "base-query.h"

G_BEGIN_DECLS

#define UI_TYPE_SEARCH_CHIPS (ui_search_chips_get_type ())
G_DECLARE_FINAL_TYPE (UiSearchChips, ui_search_chips, UI, SEARCH_CHIPS, GtkWidget)

/* Signals, with the number of the piece (guint, as base_query_get_piece () counts): "edit" (it was clicked), "remove" (its cross was).  Hidden while there is none. */
void ui_search_chips_set_query (UiSearchChips *self, const BaseQuery *query); /* nullable */

G_END_DECLS
