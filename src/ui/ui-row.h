/* One message in the list: picture, sender, date, subject, first line, star, attachment. */
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

G_END_DECLS
