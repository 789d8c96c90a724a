/* A table that stands in the text of a letter, as one object of its GtkTextBuffer: seen, copied, deleted, brought back; its cells are not written
 * in.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_EDITOR_MAX_COLUMNS 64
#define UI_EDITOR_MAX_CELLS   4096

#define UI_TYPE_EDITOR_TABLE (ui_editor_table_get_type ())
G_DECLARE_FINAL_TYPE (UiEditorTable, ui_editor_table, UI, EDITOR_TABLE, GObject)

/* Has no rows yet. */
UiEditorTable *ui_editor_table_new (void) G_GNUC_WARN_UNUSED_RESULT;
void ui_editor_table_add_row (UiEditorTable *table);
/* Into the last row.  `html`: words with <b>, <i>, <u>, <s>, <a href>, <span style> and <br/>, well-formed.  `align`: "left", "center", "right".
 * FALSE: that is more than a letter holds. */
gboolean ui_editor_table_add_cell (UiEditorTable *table, const char *html, const char *align);
gboolean ui_editor_table_is_empty (UiEditorTable *table);

/* As it is sent, with all that it needs in the elements themselves. */
void ui_editor_table_append_html (UiEditorTable *table, GString *html);
/* Its rows as lines, the columns beside each other; `prefix` begins each but the first. */
void ui_editor_table_append_text (UiEditorTable *table, const char *prefix, GString *text);

/* Where it is seen: at most so wide, in these letters. */
void ui_editor_table_set_place (UiEditorTable *table, PangoContext *context, int room,
                                const GdkRGBA *colour);
/* The table at `iter`, or NULL; borrowed. */
UiEditorTable *ui_editor_iter_get_table (const GtkTextIter *iter);

/* Of a cell's style, or NULL: it is none that Sosik writes. */
const char *ui_editor_table_read_style (const char *style);

G_END_DECLS
