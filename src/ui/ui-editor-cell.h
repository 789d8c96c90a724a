/* Writing in the cells of tables.  Main thread.
 *
 * A cell that is clicked gets a field of its own above it: an editor like the one around it, so that input methods, spelling, formats and links work as
 * in the letter.  What is typed there is in the table at once, and undone with the rest of the letter.  Tab and Shift+Tab go from cell to cell, in the
 * last one Tab adds a row, the arrows leave a cell at its first and last line, Escape leaves the table; Tab before a table goes into it, Shift+Tab behind it.
 * Rows and columns are added and removed by the context menu of a cell.
 *
 * It does not: select several cells, make one cell of several, set widths or colours of cells, hold lists, headings, pictures or tables in cells.  What
 * is pasted into a cell is text. */
#pragma once

#include "ui-editor-table.h"
#include "ui-editor.h"

G_BEGIN_DECLS

typedef struct _UiEditorCell UiEditorCell;

/* Clicks on cells of `editor` open them from now on. */
void ui_editor_cell_watch (UiEditor *editor);
/* With the editor. */
void ui_editor_cell_free (UiEditor *editor);
/* The field in which a cell of `editor` is written, NULL: nobody does.  Borrowed. */
UiEditor *ui_editor_cell_get_field (UiEditor *editor);
/* The table says what stands in the field: it does so by itself, but a little later. */
void ui_editor_cell_hand_over (UiEditor *editor);
/* Ends writing in a cell, if anybody does; the keyboard stays in the editor. */
void ui_editor_cell_close (UiEditor *editor);
/* Where the table stands may have changed. */
void ui_editor_cell_follow (UiEditor *editor);
/* So may have what it says. */
void ui_editor_cell_update (UiEditor *editor);
/* Tab at the caret of `editor`, which is one around cells; FALSE: no table is there. */
gboolean ui_editor_cell_enter (UiEditor *editor, gboolean forward);

/* These are for a field in a cell.  To the next cell, or the one before. */
void ui_editor_cell_move (UiEditor *field, gboolean forward);
const char *ui_editor_cell_get_align (UiEditor *field);
/* "" is the usual. */
void ui_editor_cell_set_align (UiEditor *field, const char *align);

G_END_DECLS
