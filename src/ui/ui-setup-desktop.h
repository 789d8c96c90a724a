/* The accounts that the desktop has and Sosik not yet; hidden where there are none. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SETUP_DESKTOP (ui_setup_desktop_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupDesktop, ui_setup_desktop, UI, SETUP_DESKTOP, AdwBin)

/* Signal "chosen" (const BaseAccount *): the person wants that one. */

/* Asks the desktop, at any time again; a list that is the same stays as it is, with the keyboard where it was. */
void ui_setup_desktop_load (UiSetupDesktop *self, MailEngine *engine);

G_END_DECLS
