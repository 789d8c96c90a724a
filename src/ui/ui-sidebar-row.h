/* The three kinds of rows of the sidebar.  Each follows its object by itself. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SIDEBAR_ROW (ui_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (UiSidebarRow, ui_sidebar_row, UI, SIDEBAR_ROW, GtkListBoxRow)

/* `item`: a MailAccount (a heading with its state, not selectable), a MailFolder, or the engine's GListModel of MailOutgoing. */
GtkWidget *ui_sidebar_row_new (MailEngine *engine, GObject *item);
GObject *ui_sidebar_row_get_item (UiSidebarRow *self); /* borrowed */

G_END_DECLS
