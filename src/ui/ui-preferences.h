/* Preferences: the accounts, and what can be set for the program as a whole. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_PREFERENCES (ui_preferences_get_type ())
G_DECLARE_FINAL_TYPE (UiPreferences, ui_preferences, UI, PREFERENCES, AdwPreferencesWindow)

GtkWindow *ui_preferences_new (MailEngine *engine, GSettings *settings);

G_END_DECLS
