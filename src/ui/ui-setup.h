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

/* Shows the form in which the trouble of an account at work can be mended: its own, or that of the identity whose server it is. */
void ui_setup_show_trouble (GtkWindow *parent, MailEngine *engine, MailAccount *account);

G_END_DECLS
