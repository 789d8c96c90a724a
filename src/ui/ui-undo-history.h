/* What was done, newest first, each with the way back or the reason why there is none.  It lasts across restarts. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

GtkWindow *ui_undo_history_new (GtkWindow *parent, MailEngine *engine);

G_END_DECLS
