/* A list of suggestions beneath an entry, which keeps the keyboard: what the keys of the entry do in it, and how it is told to who cannot see it.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Chooses the next row, or the one before; around, by way of none, which is what was typed.  Borrowed, NULL: none. */
GtkListBoxRow *ui_offer_step (GtkListBox *list, gboolean down);
/* What is chosen is said by the entry; `said` NULL: nothing is. */
void ui_offer_say (GtkWidget *entry, const char *said);

G_END_DECLS
