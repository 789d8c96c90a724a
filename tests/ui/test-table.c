/* Tables of letters: what a grid says after each change, undo, the words of a cell as they are written, and laying out in slices.  A display is there, for
 * nodes are drawn with; there is no window. */
#include <gtk/gtk.h>
#include <pango/pangocairo.h>

#include "ui-editor-history.h"
#include "ui-editor-html.h"
#include "ui-editor-table.h"

/* Of so many rows and columns; each cell says where it is. */
static UiEditorGrid *
make_grid (guint n_rows, guint n_columns)
{
  UiEditorGrid *grid = ui_editor_grid_new ();

  for (guint i = 0; i < n_rows * n_columns; i++) {
    g_autofree char *words =
        g_strdup_printf ("%u%c", i / n_columns, 'a' + (int)(i % n_columns) % 26);

    if (i % n_columns == 0)
      ui_editor_grid_add_row (grid);
    g_assert_true (ui_editor_grid_add_cell (grid, words, i % n_columns == 1 ? "right" : "left"));
  }
  return grid;
}

/* Takes `grid`. */
static void
assert_text (UiEditorGrid *grid, const char *expected)
{
  g_autoptr (UiEditorGrid) held = grid;
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_nonnull (grid);
  ui_editor_grid_append_text (grid, "", text);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_changes (void)
{
  g_autoptr (UiEditorGrid) grid = make_grid (2, 2);
  g_autoptr (UiEditorGrid) one = make_grid (1, 1);
  g_autoptr (UiEditorGrid) full = make_grid (64, 64);
  g_autoptr (UiEditorGrid) changed = ui_editor_grid_with_cell (grid, 1, 0, "<b>new</b>", "left");

  assert_text (ui_editor_grid_ref (changed), "0a  | 0b\nnew | 1b");
  assert_text (ui_editor_grid_with_row (grid, 0), "   |\n0a | 0b\n1a | 1b");
  assert_text (ui_editor_grid_with_row (grid, 2), "0a | 0b\n1a | 1b\n   |");
  assert_text (ui_editor_grid_without_row (grid, 0), "1a | 1b");
  assert_text (ui_editor_grid_with_column (grid, 1, 1), "0a |  | 0b\n1a |  | 1b");
  assert_text (ui_editor_grid_without_column (grid, 0), "0b\n1b");
  /* What was there is as it was, and what did not change is the same */
  assert_text (ui_editor_grid_ref (grid), "0a | 0b\n1a | 1b");
  g_assert_true (ui_editor_grid_get_row (changed, 0) == ui_editor_grid_get_row (grid, 0));
  g_assert_true (ui_editor_grid_get_row (changed, 1) != ui_editor_grid_get_row (grid, 1));
  g_autoptr (UiEditorGrid) wide = ui_editor_grid_with_column (grid, 2, 1);
  g_assert_cmpstr (ui_editor_grid_get_align (wide, 0, 2), ==, "right");
  /* Neither nothing nor too much */
  g_assert_null (ui_editor_grid_without_row (one, 0));
  g_assert_null (ui_editor_grid_without_column (one, 0));
  g_assert_null (ui_editor_grid_with_row (full, 3));
  g_assert_null (ui_editor_grid_with_column (full, 3, 3));
}

/* Rows count as if they were as long as the longest: so many cells are sent. */
static void
test_limits (void)
{
  g_autoptr (UiEditorGrid) grid = ui_editor_grid_new ();
  gboolean good = TRUE;

  g_assert_false (ui_editor_grid_is_table (grid));
  for (guint row = 0; row < 4096; row++) {
    ui_editor_grid_add_row (grid);
    g_assert_true (ui_editor_grid_add_cell (grid, "x", "left"));
  }
  g_assert_true (ui_editor_grid_is_table (grid));
  good = ui_editor_grid_add_cell (grid, "x", "left");
  g_assert_false (good || ui_editor_grid_is_table (grid));
}

/* What is read into a field is what is written of it. */
static void
test_words (void)
{
  static const char *const cells[] = {
    "",
    "tea &amp; &lt;milk&gt;",
    "<b>fat</b> and <i>thin</i>",
    "one<br/>two<br/><br/>four",
    "<br/>below",
    "above<br/>",
    "<a href=\"https://a.b/?x=1&amp;y=2\">see <u>it</u></a>",
    "<span style=\"color:#ff0000;font-size:large\">red</span>",
    "a \302\240b<br/>\302\240c",
    "• no list<br/>&gt; no quote<br/>1. no number",
    "한글 셀",
  };
  g_autoptr (GtkTextTagTable) table = ui_editor_tags_new ();
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (table);

  for (guint i = 0; i < G_N_ELEMENTS (cells); i++) {
    g_autofree char *written = NULL;

    ui_editor_from_cell (buffer, cells[i]);
    written = ui_editor_to_cell (buffer);
    g_assert_cmpstr (written, ==, cells[i]);
  }
  ui_editor_from_cell (buffer, "a<br/> <b>b</b>");
  g_autofree char *text = NULL;
  g_object_get (buffer, "text", &text, NULL);
  g_assert_cmpstr (text, ==, "a\n b");
}

static void
nothing (gpointer history, gpointer data)
{
}

/* `words` in the first cell of `table`. */
static void
write_cell (UiEditorHistory *history, UiEditorTable *table, const char *words, gboolean join)
{
  g_autoptr (UiEditorGrid) grid =
      ui_editor_grid_with_cell (ui_editor_table_get_grid (table), 0, 0, words, "left");

  ui_editor_history_put_grid (history, table, grid, join);
}

static void
assert_cell (UiEditorTable *table, const char *words)
{
  g_assert_cmpstr (ui_editor_grid_get_html (ui_editor_table_get_grid (table), 0, 0), ==, words);
}

static void
test_undo (void)
{
  g_autoptr (GtkTextTagTable) tags = ui_editor_tags_new ();
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (tags);
  g_autoptr (UiEditorHistory) history = ui_editor_history_new (buffer, nothing, NULL);
  g_autoptr (UiEditorGrid) grid = make_grid (2, 2);
  g_autoptr (UiEditorTable) table = ui_editor_table_new (grid);
  GtkTextIter at, end;

  gtk_text_buffer_get_end_iter (buffer, &at);
  gtk_text_buffer_insert_paintable (buffer, &at, GDK_PAINTABLE (table));
  write_cell (history, table, "t", FALSE);
  write_cell (history, table, "te", TRUE);
  write_cell (history, table, "tea ", TRUE);
  write_cell (history, table, "tea m", FALSE);
  write_cell (history, table, "tea milk", TRUE);
  ui_editor_history_undo (history);
  assert_cell (table, "tea ");
  ui_editor_history_undo (history);
  assert_cell (table, "0a");
  ui_editor_history_redo (history);
  ui_editor_history_redo (history);
  assert_cell (table, "tea milk");
  g_assert_false (ui_editor_history_can_redo (history));
  /* What is typed after that is a step of its own, whatever was asked for */
  write_cell (history, table, "tea milks", TRUE);
  ui_editor_history_undo (history);
  assert_cell (table, "tea milk");
  /* The table itself goes, and comes back as it was last */
  gtk_text_buffer_get_bounds (buffer, &at, &end);
  gtk_text_buffer_delete (buffer, &at, &end);
  ui_editor_history_undo (history);
  gtk_text_buffer_get_start_iter (buffer, &at);
  g_assert_true (ui_editor_iter_get_table (&at) == table);
  assert_cell (table, "tea milk");
  ui_editor_history_undo (history);
  ui_editor_history_undo (history);
  assert_cell (table, "0a");
  ui_editor_history_undo (history);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer), ==, 0);
}

/* ---- laying out ---- */

static void
count (GdkPaintable *paintable, guint *n)
{
  (*n)++;
}

/* Until nothing is left to do; how many turns it took. */
static guint
finish (void)
{
  guint n = 0;

  while (g_main_context_iteration (NULL, FALSE))
    n++;
  return n;
}

static int
get_height (UiEditorTable *table)
{
  return gdk_paintable_get_intrinsic_height (GDK_PAINTABLE (table));
}

static void
test_slices (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  const GdkRGBA black = { 0, 0, 0, 1 };
  g_autoptr (UiEditorGrid) small = make_grid (1, 2);
  g_autoptr (UiEditorGrid) large = make_grid (512, 8);
  g_autoptr (UiEditorTable) one = ui_editor_table_new (small);
  g_autoptr (UiEditorTable) many = ui_editor_table_new (large);
  GdkRectangle cell;
  guint told = 0, row, column;
  int line;

  ui_editor_table_set_place (one, context, 4000, &black);
  (void)finish (); /* fonts are read the first time */
  line = get_height (one) - 1;
  g_assert_cmpint (line, >, 10);
  g_signal_connect (many, "invalidate-size", G_CALLBACK (count), &told);
  ui_editor_table_set_place (many, context, 4000, &black);
  /* Guessed, and said once more when it is known */
  g_assert_cmpint (get_height (many), ==, 512 * line + 1);
  g_assert_cmpuint (finish (), >, 2);
  g_assert_cmpint (get_height (many), ==, 512 * line + 1);
  g_assert_cmpuint (told, >=, 2);
  /* Where a cell is, and what is there */
  ui_editor_table_get_rectangle (many, 300, 5, &cell);
  g_assert_true (ui_editor_table_find_cell (many, cell.x + 2, cell.y + 2, &row, &column));
  g_assert_cmpuint (row, ==, 300);
  g_assert_cmpuint (column, ==, 5);
  g_assert_false (ui_editor_table_find_cell (many, 4001, cell.y, &row, &column));
  g_assert_cmpint (ui_editor_table_find_offset (many, 300, 5, cell.x + cell.width, cell.y + 4), ==,
                   4);
  /* Of one cell that changes only its row is laid out */
  g_autoptr (UiEditorGrid) changed = ui_editor_grid_with_cell (large, 300, 5, "a<br/>b", "left");
  told = 0;
  ui_editor_table_set_grid (many, changed);
  (void)finish ();
  g_assert_cmpuint (told, ==, 1);
  g_assert_cmpint (get_height (many), >, 512 * line + 10);
  g_object_unref (context);
}

/* What is written in a column moves nothing until it is left. */
static void
test_held (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  const GdkRGBA black = { 0, 0, 0, 1 };
  g_autoptr (UiEditorGrid) grid = make_grid (2, 2);
  g_autoptr (UiEditorTable) table = ui_editor_table_new (grid);
  g_autoptr (UiEditorGrid) longer =
      ui_editor_grid_with_cell (grid, 0, 0, "many words that take much more room", "left");
  GdkRectangle before, held, after;

  ui_editor_table_set_place (table, context, 4000, &black);
  ui_editor_table_get_rectangle (table, 0, 0, &before);
  ui_editor_table_hold_widths (table, TRUE);
  ui_editor_table_set_grid (table, longer);
  ui_editor_table_get_rectangle (table, 0, 0, &held);
  g_assert_cmpint (held.width, >, before.width);
  g_assert_cmpint ((held.width - before.width) % 40, ==, 0);
  ui_editor_table_set_grid (table, grid);
  ui_editor_table_get_rectangle (table, 0, 0, &after);
  g_assert_cmpint (after.width, ==, held.width);
  ui_editor_table_hold_widths (table, FALSE);
  ui_editor_table_get_rectangle (table, 0, 0, &after);
  g_assert_cmpint (after.width, ==, before.width);
  g_object_unref (context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/ui/table/changes", test_changes);
  g_test_add_func ("/ui/table/limits", test_limits);
  g_test_add_func ("/ui/table/words", test_words);
  g_test_add_func ("/ui/table/undo", test_undo);
  g_test_add_func ("/ui/table/slices", test_slices);
  g_test_add_func ("/ui/table/held", test_held);
  return g_test_run ();
}
