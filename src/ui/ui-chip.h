/* One recipient of a message being written: picture, name, and a cross that takes it away.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-recipient.h"

G_BEGIN_DECLS

#define UI_TYPE_CHIP (ui_chip_get_type ())
G_DECLARE_FINAL_TYPE (UiChip, ui_chip, UI, CHIP, GtkWidget)

/* Takes the recipient.  Signal "remove": its cross was clicked. */
GtkWidget *ui_chip_new (MailRecipient *recipient);
const MailRecipient *ui_chip_get_recipient (UiChip *self);
gboolean ui_chip_get_selected (UiChip *self);
void ui_chip_set_selected (UiChip *self, gboolean selected);

G_END_DECLS
