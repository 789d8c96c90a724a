/* Asks for the password of an account whose server refused the one we had, or for which none is known. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

/* One dialog for each server of an account: asking again while it is open only changes its words.  `sentence` says why we ask; `detail`
 * (nullable) is what the server said.
 * Returns the dialog, borrowed. */
GtkWindow *ui_password_dialog_ask (GtkWindow *parent, MailEngine *engine, MailAccount *account,
                                   const char *sentence, const char *detail);

G_END_DECLS
