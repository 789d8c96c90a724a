/* What a table of a letter says, without what it looks like.  A grid that is in somebody's hands does not change: another is made of it, so that
 * undo keeps the one and the other.  Main thread, no widgets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UI_EDITOR_MAX_COLUMNS 64
#define UI_EDITOR_MAX_CELLS   4096

typedef struct _UiEditorGrid UiEditorGrid;

/* Has no rows yet; whoever makes it may add some. */
UiEditorGrid *ui_editor_grid_new (void) G_GNUC_WARN_UNUSED_RESULT;
UiEditorGrid *ui_editor_grid_ref (UiEditorGrid *grid);
void ui_editor_grid_unref (UiEditorGrid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiEditorGrid, ui_editor_grid_unref)
void ui_editor_grid_add_row (UiEditorGrid *grid);
/* Into the last row.  `html`: words with <b>, <i>, <u>, <s>, <a href>, <span style> and <br/>, well-formed.  `align`: "left", "center", "right".
 * FALSE: that is more than a letter holds. */
gboolean ui_editor_grid_add_cell (UiEditorGrid *grid, const char *html, const char *align);

/* It has cells, and not too many: rows count as if they were all as long as the longest. */
gboolean ui_editor_grid_is_table (const UiEditorGrid *grid);

guint ui_editor_grid_get_n_rows (const UiEditorGrid *grid);
guint ui_editor_grid_get_n_columns (const UiEditorGrid *grid);
/* "" and "left" where a row is shorter than others. */
const char *ui_editor_grid_get_html (const UiEditorGrid *grid, guint row, guint column);
const char *ui_editor_grid_get_align (const UiEditorGrid *grid, guint row, guint column);
/* What stays the same as long as nothing in the row changes; borrowed. */
GPtrArray *ui_editor_grid_get_row (const UiEditorGrid *grid, guint row);

/* With one change; new.  NULL: it would be too large, or empty. */
UiEditorGrid *ui_editor_grid_with_cell (const UiEditorGrid *grid, guint row, guint column,
                                        const char *html,
                                        const char *align) G_GNUC_WARN_UNUSED_RESULT;
UiEditorGrid *ui_editor_grid_with_row (const UiEditorGrid *grid,
                                       guint at) G_GNUC_WARN_UNUSED_RESULT;
UiEditorGrid *ui_editor_grid_without_row (const UiEditorGrid *grid,
                                          guint row) G_GNUC_WARN_UNUSED_RESULT;
/* Each new cell is aligned as the one beside it in column `like`. */
UiEditorGrid *ui_editor_grid_with_column (const UiEditorGrid *grid, guint at,
                                          guint like) G_GNUC_WARN_UNUSED_RESULT;
UiEditorGrid *ui_editor_grid_without_column (const UiEditorGrid *grid,
                                             guint column) G_GNUC_WARN_UNUSED_RESULT;

/* The words of a cell for pango_layout_set_markup (). */
char *ui_editor_grid_dup_markup (const char *html) G_GNUC_WARN_UNUSED_RESULT;
/* As it is sent, with all that it needs in the elements themselves. */
void ui_editor_grid_append_html (const UiEditorGrid *grid, GString *html);
/* Its rows as lines, the columns beside each other; `prefix` begins each but the first. */
void ui_editor_grid_append_text (const UiEditorGrid *grid, const char *prefix, GString *text);
/* Of a cell's style: how it is aligned, or NULL: it is none that Sosik writes. */
const char *ui_editor_grid_read_style (const char *style);

G_END_DECLS
