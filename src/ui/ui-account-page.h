/* The settings of one account, as a page behind the list of the preferences. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_ACCOUNT_PAGE (ui_account_page_get_type ())
G_DECLARE_FINAL_TYPE (UiAccountPage, ui_account_page, UI, ACCOUNT_PAGE, GtkBox)

/* For a window of preferences, which it asks by these actions: "account.close", and "account.edit", "account.identities" and
 * "account.remove" with the account's id.  What is changed here is saved at once. */
GtkWidget *ui_account_page_new (MailEngine *engine, MailAccount *account);
MailAccount *ui_account_page_get_account (UiAccountPage *page);

G_END_DECLS
