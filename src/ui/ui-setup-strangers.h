/* The question about servers that nobody but the network says are the person's: one box to tick for each. */
#pragma once

#include <adwaita.h>

#include "base-account.h"

G_BEGIN_DECLS

#define UI_TYPE_SETUP_STRANGERS (ui_setup_strangers_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupStrangers, ui_setup_strangers, UI, SETUP_STRANGERS, AdwBin)

/* `hosts` as mail_discovery_get_strangers () gives them; NULL: there are none.  None is ticked. */
void ui_setup_strangers_set (UiSetupStrangers *self, const char *const *hosts);
/* Asks about those that the account would sign in at; what was ticked stays so. */
void ui_setup_strangers_show_for (UiSetupStrangers *self, const BaseAccount *account);
/* All that are asked about are ticked; else says so and puts the keyboard there. */
gboolean ui_setup_strangers_check (UiSetupStrangers *self);

G_END_DECLS
