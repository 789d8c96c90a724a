/* Asks for the address of a link in a letter. */
#pragma once

#include "ui-editor.h"

G_BEGIN_DECLS

/* Makes, changes or removes the link at the caret or selection of `editor`. */
void ui_link_dialog_ask (GtkWindow *parent, UiEditor *editor);

G_END_DECLS
