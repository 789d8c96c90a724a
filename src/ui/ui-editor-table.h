/* A table that stands in the text of a letter, as one object of its GtkTextBuffer: seen, copied, deleted, brought back.  What is in it, is its grid;
 * written in it is by ui-editor-cell.h.  Main thread.
 *
 * It is laid out in slices: GdkPaintable's "invalidate-size" tells that it is larger or smaller than it was. */
#pragma once

#include <gtk/gtk.h>

#include "ui-editor-grid.h"

G_BEGIN_DECLS

/* Between the border of a cell and its words. */
#define UI_EDITOR_TABLE_PADDING_X 8
#define UI_EDITOR_TABLE_PADDING_Y 3

#define UI_TYPE_EDITOR_TABLE (ui_editor_table_get_type ())
G_DECLARE_FINAL_TYPE (UiEditorTable, ui_editor_table, UI, EDITOR_TABLE, GObject)

UiEditorTable *ui_editor_table_new (UiEditorGrid *grid) G_GNUC_WARN_UNUSED_RESULT;
UiEditorGrid *ui_editor_table_get_grid (UiEditorTable *table); /* borrowed */
void ui_editor_table_set_grid (UiEditorTable *table, UiEditorGrid *grid);

/* Where it is seen: at most so wide, in these letters. */
void ui_editor_table_set_place (UiEditorTable *table, PangoContext *context, int room,
                                const GdkRGBA *colour);
/* It has been seen somewhere. */
gboolean ui_editor_table_is_placed (UiEditorTable *table);
/* While somebody writes in it no column becomes narrower. */
void ui_editor_table_hold_widths (UiEditorTable *table, gboolean hold);

/* What follows is in pixels from its upper left corner.  A cell, within its borders. */
void ui_editor_table_get_rectangle (UiEditorTable *table, guint row, guint column,
                                    GdkRectangle *rectangle);
gboolean ui_editor_table_find_cell (UiEditorTable *table, int x, int y, guint *row, guint *column);
/* Which character of that cell stands there; of a table that is seen. */
int ui_editor_table_find_offset (UiEditorTable *table, guint row, guint column, int x, int y);

/* The table at `iter`, or NULL; borrowed. */
UiEditorTable *ui_editor_iter_get_table (const GtkTextIter *iter);

G_END_DECLS
