/* The window that sends a person to the browser to sign in again, and waits for them.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

/* One window per account: where it is open already, it only comes to the front, with these words (both nullable).
 * `detail` is the server's and stays plain text.  It ends by itself when the person has signed in. */
GtkWindow *ui_sign_in_dialog_ask (GtkWindow *parent, MailEngine *engine, MailAccount *account,
                                  const char *sentence, const char *detail);

G_END_DECLS
