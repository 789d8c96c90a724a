/* Sending a message on as it is.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-draft.h"

G_BEGIN_DECLS

/* Asks to whom, and sends `draft`, for which mail_draft_is_redirect ().  A new one is thrown away where the person does not, one that was in the outbox stays. */
void ui_redirect_ask (GtkWindow *parent, MailDraft *draft);
/* Quitting: what somebody has typed is kept as a draft, and is the question again at the next start.  FALSE: there is nothing more to keep; else `done` is
 * called when some of it is on disk (`kept`; else the person was told why not). */
typedef void (*UiRedirectFunc) (gboolean kept, gpointer data);
gboolean ui_redirect_keep (GtkApplication *app, UiRedirectFunc done, gpointer data);

G_END_DECLS
