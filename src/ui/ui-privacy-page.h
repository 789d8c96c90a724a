/* The page of the preferences on what others learn: whose images are always shown, what is taken out of links.  Main thread. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_PRIVACY_PAGE (ui_privacy_page_get_type ())
G_DECLARE_FINAL_TYPE (UiPrivacyPage, ui_privacy_page, UI, PRIVACY_PAGE, AdwPreferencesPage)

/* To be added to an AdwPreferencesWindow, where it tells what was done and how it is undone. */
GtkWidget *ui_privacy_page_new (MailEngine *engine, GSettings *settings);

G_END_DECLS
