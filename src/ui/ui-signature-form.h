/* The form of one signature, with the editor that letters are written in. */
#pragma once

#include "mail-engine.h"
#include "ui-form.h"

G_BEGIN_DECLS

#define UI_TYPE_SIGNATURE_FORM (ui_signature_form_get_type ())
G_DECLARE_FINAL_TYPE (UiSignatureForm, ui_signature_form, UI, SIGNATURE_FORM, UiForm)

/* `id` NULL: a new one. */
void ui_signature_form_show (GtkWindow *parent, MailEngine *engine, MailAccount *account,
                             const char *id);

G_END_DECLS
