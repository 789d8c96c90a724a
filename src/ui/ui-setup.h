/* The way from an address and a password to an account that works: the wizard, and the same pages for changing an
 * account that exists. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SETUP (ui_setup_get_type ())
G_DECLARE_FINAL_TYPE (UiSetup, ui_setup, UI, SETUP, AdwWindow)

/* `edit` (nullable, taken): settings of the account to change.  A window that closes itself when the account is
 * saved. */
GtkWindow *ui_setup_new (MailEngine *engine, BaseAccount *edit);

G_END_DECLS
