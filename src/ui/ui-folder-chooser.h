/* A popover to choose a folder by typing a part of its name. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_FOLDER_CHOOSER (ui_folder_chooser_get_type ())
G_DECLARE_FINAL_TYPE (UiFolderChooser, ui_folder_chooser, UI, FOLDER_CHOOSER, GtkPopover)

/* Signal "chosen" (MailFolder *folder). */
GtkWidget *ui_folder_chooser_new (void);
/* The folders of `account` but `except` (nullable): where the messages are now. */
void ui_folder_chooser_set_account (UiFolderChooser *self, MailAccount *account,
                                    MailFolder *except);

/* The folders of all accounts (of MailAccount) under their names, those of `first` (nullable) before the others'. */
void ui_folder_chooser_set_accounts (UiFolderChooser *self, GListModel *accounts,
                                     MailAccount *first, MailFolder *except);

/* The account itself can be chosen too ("chosen" with NULL): for what goes to its top.  After _set_account (). */
void ui_folder_chooser_set_top (UiFolderChooser *self, MailAccount *account);

G_END_DECLS
