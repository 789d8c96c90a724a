/* The attachments of a message that are to be read rather than opened: invitations and contact cards, between its headers and its
 * text.  Main thread. */
#pragma once

#include <adwaita.h>

#include "mail-part.h"

G_BEGIN_DECLS

#define UI_TYPE_PART_CARDS (ui_part_cards_get_type ())
G_DECLARE_FINAL_TYPE (UiPartCards, ui_part_cards, UI, PART_CARDS, AdwBin)

/* NULL, or a message without any, hides it. */
void ui_part_cards_set_content (UiPartCards *self, MailContent *content);

/* Where those stand that come when the message is read already; borrowed.  Belongs below its text. */
GtkWidget *ui_part_cards_get_late (UiPartCards *self);

G_END_DECLS
