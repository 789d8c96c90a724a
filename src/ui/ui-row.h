/* One message in the list: picture, sender, date, subject, first line, star, attachment.
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
/* NULL lets go of the message (the row waits to be used again). */
void ui_row_set_message (UiRow *self, MailMessage *message);
MailMessage *ui_row_get_message (UiRow *self); /* borrowed, nullable */
/* The click that is under way, or was the last one, was on the star (the row has dealt with it). */
gboolean ui_row_star_was_clicked (UiRow *self);

G_END_DECLS
