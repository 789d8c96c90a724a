/* A window with the raw text of a message. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

GtkWindow *ui_source_new (GtkWindow *parent, MailContent *content);

/* The headers alone, all of them, as they came. */
GtkWindow *ui_source_new_headers (GtkWindow *parent, MailContent *content);

G_END_DECLS
