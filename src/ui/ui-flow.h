/* Children one after another, in as many lines as they need, like words.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A child that expands takes what is left of its line, beside those behind it if there is room for all of them, and begins a new one where that is less
 * than its minimum; any other is as wide as it wants to be, at most a line.  Children of a line are `spacing` pixels apart, lines `between`. */
#define UI_TYPE_FLOW (ui_flow_get_type ())
G_DECLARE_FINAL_TYPE (UiFlow, ui_flow, UI, FLOW, GtkLayoutManager)

/* Characters that a sentence which wraps has beside its buttons at least; with less they stand beneath. */
#define UI_FLOW_WORDS 16

GtkLayoutManager *ui_flow_new (int spacing, int between);

G_END_DECLS
