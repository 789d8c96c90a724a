/* What a table of a letter says: rows of cells, each words with their formats as they are sent.  Main thread.
 *
 * Rows are shared by a grid and what was made of it, so that a letter typed into one of four thousand cells, and its undoing, cost a row. */
#include "ui-editor-grid.h"

#include <pango/pango.h>
#include <string.h>

#define TABLE_STYLE "border-collapse:collapse"
#define CELL_STYLE  "border:1px solid #b0b0b0;padding:3px 8px"
/* Of a row of the plain text; columns of wider tables are not brought into line. */
#define MOST_TEXT 76

/* In an RC box. */
typedef struct
{
  char *html;
  char *words;       /* NULL: nobody asked yet */
  const char *align; /* interned */
} Cell;

struct _UiEditorGrid
{
  grefcount refs;
  GPtrArray *rows; /* of GPtrArray of Cell; a row that is shared is not changed */
  guint n_columns;
};

/* ---- what it is ---- */

static void
cell_clear (gpointer data)
{
  g_free (((Cell *)data)->html);
  g_free (((Cell *)data)->words);
}

static void
cell_unref (gpointer data)
{
  g_rc_box_release_full (data, cell_clear);
}

static Cell *
cell_new (const char *html, const char *align)
{
  Cell *cell = g_rc_box_new0 (Cell);

  cell->html = g_strdup (g_str_equal (html, "<br/>") ? "" : html);
  cell->align = g_intern_string (align);
  return cell;
}

UiEditorGrid *
ui_editor_grid_new (void)
{
  UiEditorGrid *grid = g_new0 (UiEditorGrid, 1);

  g_ref_count_init (&grid->refs);
  grid->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  return grid;
}

UiEditorGrid *
ui_editor_grid_ref (UiEditorGrid *grid)
{
  g_ref_count_inc (&grid->refs);
  return grid;
}

void
ui_editor_grid_unref (UiEditorGrid *grid)
{
  if (!g_ref_count_dec (&grid->refs))
    return;
  g_ptr_array_unref (grid->rows);
  g_free (grid);
}

void
ui_editor_grid_add_row (UiEditorGrid *grid)
{
  g_ptr_array_add (grid->rows, g_ptr_array_new_with_free_func (cell_unref));
}

gboolean
ui_editor_grid_add_cell (UiEditorGrid *grid, const char *html, const char *align)
{
  GPtrArray *cells = grid->rows->len > 0 ? grid->rows->pdata[grid->rows->len - 1] : NULL;

  if (cells == NULL || cells->len >= UI_EDITOR_MAX_COLUMNS)
    return FALSE;
  g_ptr_array_add (cells, cell_new (html, align));
  grid->n_columns = MAX (grid->n_columns, cells->len);
  return grid->rows->len * grid->n_columns <= UI_EDITOR_MAX_CELLS;
}

gboolean
ui_editor_grid_is_table (const UiEditorGrid *grid)
{
  return grid->n_columns > 0 && grid->rows->len * grid->n_columns <= UI_EDITOR_MAX_CELLS;
}

guint
ui_editor_grid_get_n_rows (const UiEditorGrid *grid)
{
  return grid->rows->len;
}

guint
ui_editor_grid_get_n_columns (const UiEditorGrid *grid)
{
  return grid->n_columns;
}

GPtrArray *
ui_editor_grid_get_row (const UiEditorGrid *grid, guint row)
{
  return grid->rows->pdata[row];
}

static Cell *
get_cell (const UiEditorGrid *grid, guint row, guint column)
{
  const GPtrArray *cells = row < grid->rows->len ? grid->rows->pdata[row] : NULL;

  return cells != NULL && column < cells->len ? cells->pdata[column] : NULL;
}

const char *
ui_editor_grid_get_html (const UiEditorGrid *grid, guint row, guint column)
{
  const Cell *cell = get_cell (grid, row, column);

  return cell != NULL ? cell->html : "";
}

const char *
ui_editor_grid_get_align (const UiEditorGrid *grid, guint row, guint column)
{
  const Cell *cell = get_cell (grid, row, column);

  return cell != NULL ? cell->align : "left";
}

/* ---- one out of another ---- */

static UiEditorGrid *
copy (const UiEditorGrid *grid)
{
  UiEditorGrid *made = ui_editor_grid_new ();

  made->n_columns = grid->n_columns;
  for (guint i = 0; i < grid->rows->len; i++)
    g_ptr_array_add (made->rows, g_ptr_array_ref (grid->rows->pdata[i]));
  return made;
}

/* Whole: a cell in each column. */
static GPtrArray *
copy_row (const UiEditorGrid *grid, guint row)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (cell_unref);

  for (guint i = 0; i < grid->n_columns; i++) {
    Cell *cell = get_cell (grid, row, i);

    g_ptr_array_add (cells, cell != NULL ? g_rc_box_acquire (cell) : cell_new ("", "left"));
  }
  return cells;
}

static void
put_row (UiEditorGrid *grid, guint row, GPtrArray *cells)
{
  g_ptr_array_unref (grid->rows->pdata[row]);
  grid->rows->pdata[row] = cells;
}

UiEditorGrid *
ui_editor_grid_with_cell (const UiEditorGrid *grid, guint row, guint column, const char *html,
                          const char *align)
{
  UiEditorGrid *made = copy (grid);
  GPtrArray *cells = copy_row (grid, row);

  cell_unref (cells->pdata[column]);
  cells->pdata[column] = cell_new (html, align);
  put_row (made, row, cells);
  return made;
}

UiEditorGrid *
ui_editor_grid_with_row (const UiEditorGrid *grid, guint at)
{
  UiEditorGrid *made;

  if ((grid->rows->len + 1) * grid->n_columns > UI_EDITOR_MAX_CELLS)
    return NULL;
  made = copy (grid);
  g_ptr_array_insert (made->rows, (int)at, copy_row (grid, G_MAXUINT));
  return made;
}

UiEditorGrid *
ui_editor_grid_without_row (const UiEditorGrid *grid, guint row)
{
  UiEditorGrid *made;

  if (grid->rows->len == 1)
    return NULL;
  made = copy (grid);
  g_ptr_array_remove_index (made->rows, row);
  return made;
}

/* Each new cell is aligned as the one that `like` is in. */
UiEditorGrid *
ui_editor_grid_with_column (const UiEditorGrid *grid, guint at, guint like)
{
  UiEditorGrid *made;

  if (grid->n_columns >= UI_EDITOR_MAX_COLUMNS
      || grid->rows->len * (grid->n_columns + 1) > UI_EDITOR_MAX_CELLS)
    return NULL;
  made = copy (grid);
  for (guint i = 0; i < made->rows->len; i++) {
    GPtrArray *cells = copy_row (grid, i);

    g_ptr_array_insert (cells, (int)at, cell_new ("", ui_editor_grid_get_align (grid, i, like)));
    put_row (made, i, cells);
  }
  made->n_columns++;
  return made;
}

UiEditorGrid *
ui_editor_grid_without_column (const UiEditorGrid *grid, guint column)
{
  UiEditorGrid *made;

  if (grid->n_columns == 1)
    return NULL;
  made = copy (grid);
  for (guint i = 0; i < made->rows->len; i++) {
    GPtrArray *cells = copy_row (grid, i);

    g_ptr_array_remove_index (cells, column);
    put_row (made, i, cells);
  }
  made->n_columns--;
  return made;
}

/* ---- as Pango has it ---- */

/* How what the elements of a cell say is said to Pango. */
static void
on_start (GMarkupParseContext *parse, const char *element, const char **names, const char **values,
          gpointer data, GError **error)
{
  GString *markup = data;

  if (g_str_equal (element, "br"))
    g_string_append_c (markup, '\n');
  else if (g_str_equal (element, "a"))
    g_string_append (markup, "<u>");
  else if (strlen (element) == 1)
    g_string_append_printf (markup, "<%s>", element);
}

static void
on_end (GMarkupParseContext *parse, const char *element, gpointer data, GError **error)
{
  if (g_str_equal (element, "a"))
    g_string_append (data, "</u>");
  else if (strlen (element) == 1)
    g_string_append_printf (data, "</%s>", element);
}

static void
on_text (GMarkupParseContext *parse, const char *text, gsize length, gpointer data, GError **error)
{
  g_autofree char *escaped = g_markup_escape_text (text, (gssize)length);

  g_string_append (data, escaped);
}

char *
ui_editor_grid_dup_markup (const char *html)
{
  static const GMarkupParser parser = { .start_element = on_start,
                                        .end_element = on_end,
                                        .text = on_text };
  GString *markup = g_string_new (NULL);
  g_autofree char *whole = g_strconcat ("<div>", html, "</div>", NULL);
  g_autoptr (GMarkupParseContext) parse =
      g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, markup, NULL);

  (void)g_markup_parse_context_parse (parse, whole, -1, NULL);
  return g_string_free (markup, FALSE);
}

static const char *
get_words (Cell *cell)
{
  if (cell == NULL)
    return "";
  if (cell->words == NULL) {
    g_autofree char *markup = ui_editor_grid_dup_markup (cell->html);
    char *words = NULL;

    if (!pango_parse_markup (markup, -1, 0, NULL, &words, NULL, NULL))
      words = g_strdup ("");
    cell->words = g_strdelimit (g_strstrip (words), "\n\t", ' ');
  }
  return cell->words;
}

/* ---- what goes out ---- */

const char *
ui_editor_grid_read_style (const char *style)
{
  const char *const aligns[] = { "left", "center", "right" };

  if (style == NULL || !g_str_has_prefix (style, CELL_STYLE))
    return NULL;
  style += strlen (CELL_STYLE);
  if (*style == '\0')
    return aligns[0];
  for (guint i = 1; i < G_N_ELEMENTS (aligns); i++)
    if (g_str_has_prefix (style, ";text-align:")
        && g_str_equal (style + strlen (";text-align:"), aligns[i]))
      return aligns[i];
  return NULL;
}

void
ui_editor_grid_append_html (const UiEditorGrid *grid, GString *html)
{
  g_string_append (html, "<table style=\"" TABLE_STYLE "\">");
  for (guint row = 0; row < grid->rows->len; row++) {
    g_string_append (html, "<tr>");
    for (guint column = 0; column < grid->n_columns; column++) {
      const char *align = ui_editor_grid_get_align (grid, row, column);
      const char *words = ui_editor_grid_get_html (grid, row, column);

      g_string_append (html, "<td style=\"" CELL_STYLE);
      if (!g_str_equal (align, "left"))
        g_string_append_printf (html, ";text-align:%s", align);
      g_string_append (html, "\">");
      g_string_append (html, *words != '\0' ? words : "<br/>");
      g_string_append (html, "</td>");
    }
    g_string_append (html, "</tr>");
  }
  g_string_append (html, "</table>");
}

/* In the columns of a text of letters that are all as wide. */
static guint
get_text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static void
append_spaces (GString *text, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (text, ' ');
}

void
ui_editor_grid_append_text (const UiEditorGrid *grid, const char *prefix, GString *text)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree guint *widths = g_new0 (guint, grid->n_columns);
  guint sum = 0;

  for (guint i = 0; i < grid->rows->len * grid->n_columns; i++) {
    Cell *cell = get_cell (grid, i / grid->n_columns, i % grid->n_columns);

    g_ptr_array_add (words, (gpointer)get_words (cell));
    widths[i % grid->n_columns] =
        MAX (widths[i % grid->n_columns], get_text_width (words->pdata[i]));
  }
  for (guint column = 0; column < grid->n_columns; column++)
    sum += widths[column] + 3;
  for (guint i = 0; i < words->len; i++) {
    guint column = i % grid->n_columns;
    guint less = sum <= MOST_TEXT + 3 ? widths[column] - get_text_width (words->pdata[i]) : 0;
    const Cell *cell = get_cell (grid, i / grid->n_columns, column);
    gboolean right = cell != NULL && g_str_equal (cell->align, "right");

    if (column > 0)
      g_string_append (text, " | ");
    else if (i > 0)
      g_string_append_printf (text, "\n%s", prefix);
    if (right)
      append_spaces (text, less);
    g_string_append (text, words->pdata[i]);
    /* Nothing but words ends a line. */
    if (!right && column + 1 < grid->n_columns)
      append_spaces (text, less);
    while (column + 1 == grid->n_columns && text->len > 0 && text->str[text->len - 1] == ' ')
      g_string_truncate (text, text->len - 1);
  }
}
