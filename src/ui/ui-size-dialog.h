/* What to leave out of a message that its server would not take. */
#pragma once

#include <gtk/gtk.h>

#include "mail-draft.h"

G_BEGIN_DECLS

/* What was chosen is done to the draft, unless it is UI_SIZE_CANCELLED. */
typedef enum
{
  UI_SIZE_CANCELLED,
  UI_SIZE_FITS,
  UI_SIZE_ANYWAY, /* the server is to decide */
} UiSizeAnswer;
/* Called once. */
typedef void (*UiSizeFunc) (UiSizeAnswer answer, gpointer data);
void ui_size_dialog_ask (GtkWindow *parent, MailDraft *draft, const MailDraftWeight *weight,
                         UiSizeFunc func, gpointer data);

G_END_DECLS
