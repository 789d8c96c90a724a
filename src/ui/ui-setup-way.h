/* How an account signs in: by password, in the browser, or by a certificate of its own; and what that needs. */
#pragma once

#include <adwaita.h>

#include "base-account.h"

G_BEGIN_DECLS

#define UI_TYPE_SETUP_WAY (ui_setup_way_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupWay, ui_setup_way, UI, SETUP_WAY, AdwBin)

/* Signal "changed". */

void ui_setup_way_set (UiSetupWay *self, const BaseAccount *account);
/* Where the desktop has the secrets of the account, nothing is changed. */
void ui_setup_way_apply (UiSetupWay *self, BaseAccount *account);
/* The server for "imap" or "smtp" is signed in to by password, which is asked for with the servers. */
gboolean ui_setup_way_is_password (UiSetupWay *self, const char *protocol);
/* What its kind needs is there; else says what is missing and puts the keyboard there. */
gboolean ui_setup_way_check (UiSetupWay *self);

G_END_DECLS
