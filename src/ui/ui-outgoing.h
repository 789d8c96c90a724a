/* The page that lists what was written here and has not left yet: drafts on this computer and the outbox. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_OUTGOING (ui_outgoing_get_type ())
G_DECLARE_FINAL_TYPE (UiOutgoing, ui_outgoing, UI, OUTGOING, AdwBin)

/* A message that is opened for editing gets a composer window of `app`. */
GtkWidget *ui_outgoing_new (GtkApplication *app, MailEngine *engine);

G_END_DECLS
