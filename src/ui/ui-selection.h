/* What is selected in the message list.  Positions outside, ids inside: what is selected stays so when its row moves, whatever the
 * list does, and a selection costs next to nothing however many rows it has. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SELECTION (ui_selection_get_type ())
G_DECLARE_FINAL_TYPE (UiSelection, ui_selection, UI, SELECTION, GObject)

/* A GListModel of what `list` has, and a GtkSelectionModel.
 * Signal "became": what is selected is another set, told once; "selection-changed" is for the view and comes in pieces, some of
 * them later. */
UiSelection *ui_selection_new (MailMessageList *list) G_GNUC_WARN_UNUSED_RESULT;
/* In the middle of a change with those that are out of the list at the moment. */
guint ui_selection_get_n_selected (UiSelection *self);
/* First and last selected position; G_MAXUINT when none is. */
guint ui_selection_get_first (UiSelection *self);
guint ui_selection_get_last (UiSelection *self);
/* Item ids, each once: GArray of gint64.  From the top down; in the middle of a change those that are out of the list come last. */
GArray *ui_selection_dup_ids (UiSelection *self) G_GNUC_WARN_UNUSED_RESULT;
/* With checkboxes: moving about with the keyboard selects nothing, only what is said so is checked. */
void ui_selection_set_checking (UiSelection *self, gboolean checking);
void ui_selection_select_only (UiSelection *self, guint position);
void ui_selection_toggle (UiSelection *self, guint position);

G_END_DECLS
