/* Undo and redo for a GtkTextBuffer with formats: GTK's own forgets the tags.
 *
 * Main thread.  Every change of text and of format tags (ui_editor_tag_is_format ()) is recorded, one step a user action;
 * typing is put together word by word.  What changes within tables is handed to it. */
#pragma once

#include "ui-editor-table.h"

G_BEGIN_DECLS

typedef struct _UiEditorHistory UiEditorHistory;

/* `buffer` must outlive it. `changed` is called when undo or redo become possible or impossible. */
UiEditorHistory *ui_editor_history_new (GtkTextBuffer *buffer, GFunc changed,
                                        gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void ui_editor_history_free (UiEditorHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiEditorHistory, ui_editor_history_free)

gboolean ui_editor_history_can_undo (UiEditorHistory *history);
gboolean ui_editor_history_can_redo (UiEditorHistory *history);
void ui_editor_history_undo (UiEditorHistory *history);
void ui_editor_history_redo (UiEditorHistory *history);
/* True while undo or redo change the buffer. */
gboolean ui_editor_history_is_replaying (UiEditorHistory *history);

/* From freeze to thaw nothing is recorded; thaw forgets everything before. */
void ui_editor_history_freeze (UiEditorHistory *history);
void ui_editor_history_thaw (UiEditorHistory *history);
/* `grid` is what `table`, which stands in the buffer, has from now on.  `join`: it goes on with what was the last change before, if that was one of this
 * table. */
void ui_editor_history_put_grid (UiEditorHistory *history, UiEditorTable *table, UiEditorGrid *grid,
                                 gboolean join);
/* The next user action becomes part of the last step. */
void ui_editor_history_continue (UiEditorHistory *history);

G_END_DECLS
