/* Rows that a person puts in order: by dragging, from a menu at their end, and with Alt+Up and Alt+Down.  Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Which one of a row's widgets it is: static data of the menu button, "move". */
#define UI_ORDER_PART "part"

/* `row` is to take the place of `target`, or, where that is NULL, to go `by` places down (up where it is negative). */
typedef void (*UiOrderFunc) (GtkWidget *row, GtkWidget *target, int by, gpointer data);

/* Gives an AdwActionRow a handle and the menu, whose button is called `label`.  Rows are only dropped on those of the same `data`, which
 * must outlive them. */
void ui_order_add (GtkWidget *row, const char *label, gboolean first, gboolean last,
                   UiOrderFunc move, gpointer data);

G_END_DECLS
