/* The page of the preferences on writing: how long sending can be undone, and what is asked before it.  Main thread. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

/* To be added to an AdwPreferencesWindow. */
GtkWidget *ui_writing_page_new (MailEngine *engine, GSettings *settings);

G_END_DECLS
