/* The first pane: accounts, their state, their folders, and what is still to be sent. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"
#include "ui-folder-marks.h"

G_BEGIN_DECLS

#define UI_TYPE_SIDEBAR (ui_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (UiSidebar, ui_sidebar, UI, SIDEBAR, AdwBin)

/* Signals: "folder-selected" (MailFolder *folder; NULL: the page of drafts and the outbox), "opened" (a person clicked or activated a
 * row).  Property "title-buttons" (boolean): this pane also carries the window's end buttons. */
/* "menu" (GObject *item): what ui_sidebar_get_menu_item () gives from now on; "dropped" (UiDrag or MailFolder *what, MailFolder or
 * MailAccount *item, gboolean copy). */
void ui_sidebar_set_engine (UiSidebar *self, MailEngine *engine, UiFolderMarks *marks);
/* The MailFolder or MailAccount whose menu was opened last, or that had the focus when its key was pressed; borrowed, nullable. */
GObject *ui_sidebar_get_menu_item (UiSidebar *self);
/* Selects without being told back; NULL: nothing. */
void ui_sidebar_select_folder (UiSidebar *self, MailFolder *folder);
void ui_sidebar_focus (UiSidebar *self);

G_END_DECLS
