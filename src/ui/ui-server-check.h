/* A line below the fields of a server: whether there is one at that place, found out while nobody types. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SERVER_CHECK (ui_server_check_get_type ())
G_DECLARE_FINAL_TYPE (UiServerCheck, ui_server_check, UI, SERVER_CHECK, GtkBox)

/* In a moment, unless it is called again before: whether the server of `account` for "imap" or "smtp" (static) is there, answers, and
 * shows a good certificate.  It is told nothing about anybody.  Where host or port are none yet, nothing is said. */
void ui_server_check_ask (UiServerCheck *self, MailEngine *engine, const BaseAccount *account,
                          const char *protocol);
void ui_server_check_clear (UiServerCheck *self); /* what is under way counts no more */

G_END_DECLS
