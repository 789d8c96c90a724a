/* Who a sender is: address in full, how much mail there was, the newest of it, and what can be done.  A popover. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SENDER_CARD (ui_sender_card_get_type ())
G_DECLARE_FINAL_TYPE (UiSenderCard, ui_sender_card, UI, SENDER_CARD, GtkPopover)

/* Signal "open" (MailMessage *message): the person wants to read this one. */
GtkWidget *ui_sender_card_new (MailEngine *engine, const MailAddress *address);

G_END_DECLS
