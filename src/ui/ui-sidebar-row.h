/* The three kinds of rows of the sidebar.  Each follows its object by itself. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SIDEBAR_ROW (ui_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (UiSidebarRow, ui_sidebar_row, UI, SIDEBAR_ROW, GtkListBoxRow)

/* A folder once more, in the list of favourites. */
#define UI_TYPE_SIDEBAR_PIN (ui_sidebar_pin_get_type ())
G_DECLARE_FINAL_TYPE (UiSidebarPin, ui_sidebar_pin, UI, SIDEBAR_PIN, GObject)
UiSidebarPin *ui_sidebar_pin_new (MailFolder *folder) G_GNUC_WARN_UNUSED_RESULT;
MailFolder *ui_sidebar_pin_get_folder (UiSidebarPin *self);

/* Signal "toggled": the person wants its subtree shown or not.
 * `item`: a GtkStringObject (a heading), a UiSidebarPin, a MailAccount (a heading with its state, not selectable), a MailFolder, or the engine's GListModel of MailOutgoing. */
GtkWidget *ui_sidebar_row_new (MailEngine *engine, GObject *item);
GObject *ui_sidebar_row_get_item (UiSidebarRow *self); /* borrowed; of a pin its folder */
gboolean ui_sidebar_row_is_pin (UiSidebarRow *self);
/* Of a row with folders below it. */
void ui_sidebar_row_set_closed (UiSidebarRow *self, gboolean closed);
gboolean ui_sidebar_row_get_closed (UiSidebarRow *self);

G_END_DECLS
