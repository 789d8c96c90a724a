/* The one scroll of the reader: cards one below the other, each as tall as it wants to be.
 *
 * What is being read stays where it is: when a card above grows, comes or goes, the scroll follows in the same frame.  A
 * widget that is taller than the screen (UiTall) is told of every scroll, so that it draws only what can be seen. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_READER_CARDS (ui_reader_cards_get_type ())
G_DECLARE_FINAL_TYPE (UiReaderCards, ui_reader_cards, UI, READER_CARDS, GtkWidget)

/* GtkScrollable.  Signal "moved": other cards may be on the screen now; from the main loop, not while sizes are given out. */
/* Takes the card's floating reference; `after` NULL: to the top. */
void ui_reader_cards_insert (UiReaderCards *self, GtkWidget *card, GtkWidget *after);
/* The same below all cards, for what is never taller than the screen; while somebody writes in it, its end stays in sight. */
void ui_reader_cards_add_foot (UiReaderCards *self, GtkWidget *foot);
void ui_reader_cards_remove (UiReaderCards *self, GtkWidget *card);
/* Has the top of the card stay `margin` pixels below the upper edge, until somebody scrolls. */
void ui_reader_cards_show (UiReaderCards *self, GtkWidget *card, int margin);
/* Where it is now, from the upper edge of the screen on; FALSE before it has a place. */
gboolean ui_reader_cards_get_place (UiReaderCards *self, GtkWidget *card, int *top, int *height);
void ui_reader_cards_scroll_by (UiReaderCards *self, double pixels);
/* Scrolls no further than needed to have all of these pixels of `widget`, a descendant, on the screen. */
void ui_reader_cards_reveal (UiReaderCards *self, GtkWidget *widget, int top, int height);
/* How often somebody scrolled: not counted is what was revealed, and what follows when cards grow, come and go. */
guint ui_reader_cards_get_n_scrolls (UiReaderCards *self);
/* `widget` gets a new allocation whenever the scroll moves.  Borrowed until unwatch. */
void ui_reader_cards_watch (UiReaderCards *self, GtkWidget *widget);
void ui_reader_cards_unwatch (UiReaderCards *self, GtkWidget *widget);

G_END_DECLS
