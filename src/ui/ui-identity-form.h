/* The form of one identity. */
#pragma once

#include "mail-engine.h"
#include "ui-form.h"

G_BEGIN_DECLS

#define UI_TYPE_IDENTITY_FORM (ui_identity_form_get_type ())
G_DECLARE_FINAL_TYPE (UiIdentityForm, ui_identity_form, UI, IDENTITY_FORM, UiForm)

/* `id` NULL: a new one. */
void ui_identity_form_show (GtkWindow *parent, MailEngine *engine, MailAccount *account,
                            const char *id);

G_END_DECLS
