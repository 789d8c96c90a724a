/* What the files of the sidebar share. */
#pragma once

#include "ui-drag.h"
#include "ui-folder-marks.h"
#include "ui-sidebar-row.h"
#include "ui-sidebar.h"

G_BEGIN_DECLS

/* ---- ui-sidebar-drop.c ---- */
typedef struct _UiSidebarDrop UiSidebarDrop;
/* `box` is in a scrolled window, and outlives it. */
UiSidebarDrop *ui_sidebar_drop_new (UiSidebar *sidebar, GtkListBox *box) G_GNUC_WARN_UNUSED_RESULT;
void ui_sidebar_drop_free (UiSidebarDrop *drop);
void ui_sidebar_set_closed (UiSidebar *self, GObject *item, gboolean closed);
void ui_sidebar_tell_dropped (UiSidebar *self, GObject *what, GObject *item, gboolean copy);

/* ---- ui-sidebar-menu.c ---- */
/* What can be done to a MailFolder or the folders of a MailAccount; NULL: nothing. */
GMenuModel *ui_sidebar_menu_new (GObject *item, UiFolderMarks *marks) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
