/* The settings of an account as a form: every field can be edited, and what is wrong stands beside it. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SETUP_FORM (ui_setup_form_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupForm, ui_setup_form, UI, SETUP_FORM, AdwBin)

/* Signal "edited": a field changed.  Action "form.choose-ca", "form.clear-ca". */

/* Servers that are typed are looked at by it, while nobody types. */
void ui_setup_form_set_engine (UiSetupForm *self, MailEngine *engine);
/* Fills the fields; passwords stay as they are where the account is of the same provider, as far as domain and servers tell, and go where not: nobody else
 * is to be told them.  `edit`: an account that exists, whose passwords are known. */
void ui_setup_form_set_account (UiSetupForm *self, const BaseAccount *account, gboolean edit);
void ui_setup_form_set_password (UiSetupForm *self, const char *password);
BaseAccount *ui_setup_form_dup_account (UiSetupForm *self) G_GNUC_WARN_UNUSED_RESULT;
/* NULL: unchanged (only where `edit` was said).  The one for SMTP is that of IMAP unless the person gave another. Borrowed. */
const char *ui_setup_form_get_imap_password (UiSetupForm *self);
const char *ui_setup_form_get_smtp_password (UiSetupForm *self);

void ui_setup_form_take_focus (UiSetupForm *self);
/* The keyboard goes to where a file of authorities is chosen. */
void ui_setup_form_show_authority (UiSetupForm *self);
/* Marks the first field that cannot be right, with the reason, and puts the caret there. */
gboolean ui_setup_form_check (UiSetupForm *self);
/* `protocol`: "imap", "smtp" or NULL: where the sentence stands.  `link`: a page where it can be mended; nullable. */
void ui_setup_form_show_error (UiSetupForm *self, const char *protocol, const GError *error,
                               const char *link);
void ui_setup_form_clear_errors (UiSetupForm *self);
/* The account of the form has an exception for this certificate from then on, and so has `account`, which was made of it. */
void ui_setup_form_add_exception (UiSetupForm *self, BaseAccount *account, const BaseTrust *trust);

G_END_DECLS
