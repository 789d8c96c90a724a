/* What stands above a message: sender with the whole address, recipients, date, star, and the menu of what can be done with it (the actions
 * message.*, which the card around it has). */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_HEADERS (ui_headers_get_type ())
G_DECLARE_FINAL_TYPE (UiHeaders, ui_headers, UI, HEADERS, AdwBin)

/* Signal "open" (MailMessage *message): the person wants to read this other message of the sender. */
void ui_headers_set_engine (UiHeaders *self, MailEngine *engine);
/* NULL lets go of the message. */
void ui_headers_set_content (UiHeaders *self, MailContent *content);
/* Before they leave the window: a menu whose button goes away while it is open would keep the keyboard. */
void ui_headers_close_menus (UiHeaders *self);
/* All of them in full (of some hundreds, the first ones and how many more), `separator` between them. */
char *ui_headers_dup_addresses (GPtrArray *addresses,
                                const char *separator) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
