/* The identities and signatures of an account: a window with two lists. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_IDENTITIES (ui_identities_get_type ())
G_DECLARE_FINAL_TYPE (UiIdentities, ui_identities, UI, IDENTITIES, AdwPreferencesWindow)

/* Each change is saved at once.  Goes away with the account. */
GtkWindow *ui_identities_new (MailEngine *engine, MailAccount *account);

G_END_DECLS
