/* Sending a message on as it is.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-draft.h"

G_BEGIN_DECLS

/* Asks to whom, and sends `draft`, for which mail_draft_is_redirect ().  A new one is thrown away where the person does not, one that was in the outbox stays. */
void ui_redirect_ask (GtkWindow *parent, MailDraft *draft);

G_END_DECLS
