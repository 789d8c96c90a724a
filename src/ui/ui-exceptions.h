/* The certificates of an account that a person took by hand, each with a button to take that back, which is done at once.
 *
 * A group for a page of preferences; not to be seen where there are none.  Main thread. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_EXCEPTIONS (ui_exceptions_get_type ())
G_DECLARE_FINAL_TYPE (UiExceptions, ui_exceptions, UI, EXCEPTIONS, AdwPreferencesGroup)

GtkWidget *ui_exceptions_new (MailEngine *engine, MailAccount *account);

G_END_DECLS
