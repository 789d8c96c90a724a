/* One draft or waiting message on the outgoing page, with what can be done about it. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_OUTGOING_ROW (ui_outgoing_row_get_type ())
G_DECLARE_FINAL_TYPE (UiOutgoingRow, ui_outgoing_row, UI, OUTGOING_ROW, GtkListBoxRow)

GtkWidget *ui_outgoing_row_new (GtkApplication *app, MailEngine *engine, MailOutgoing *outgoing);

G_END_DECLS
