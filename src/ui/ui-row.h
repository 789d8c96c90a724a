/* One conversation or message in the list: picture, people, how many messages, date, subject, labels, first line, star, attachment.
 *
 * A single widget that draws itself: a list view of GTK 4.8 keeps some 205 rows ready, and a row made of labels and images costs
 * ten times as much to make, style and measure.  Text is laid out only when a row is really drawn. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_ROW (ui_row_get_type ())
G_DECLARE_FINAL_TYPE (UiRow, ui_row, UI, ROW, GtkWidget)

GtkWidget *ui_row_new (void);
/* NULL lets go of the item (the row waits to be used again). */
void ui_row_set_item (UiRow *self, MailConversation *item);
MailConversation *ui_row_get_item (UiRow *self); /* borrowed, nullable */
/* The heading of the group of rows that begins with this one, drawn above it; NULL: it begins none. */
void ui_row_set_heading (UiRow *self, const char *heading);
/* Two lines without a picture instead of three; a checkbox in place of the picture. */
/* `across`: the list is of several accounts, which are told apart by their colours. */
void ui_row_set_look (UiRow *self, gboolean compact, gboolean checking, gboolean across);
void ui_row_set_selected (UiRow *self, gboolean selected);
/* Above what belongs to the message; coordinates of the row, as everywhere. */
gboolean ui_row_is_on_heading (UiRow *row, double y);
gboolean ui_row_is_on_star (UiRow *self, double x, double y);
/* The click that is under way, or was the last one, was on the star (the row has dealt with it). */
gboolean ui_row_star_was_clicked (UiRow *self);

G_END_DECLS
