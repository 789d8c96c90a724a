/* A table in a letter: a grid of cells, what it looks like, and how it is sent.  Main thread.  It draws itself, so that the text around it is
 * laid out as around a picture. */
#include "ui-editor-table.h"

#include <string.h>

#define TABLE_STYLE "border-collapse:collapse"
#define CELL_STYLE  "border:1px solid #b0b0b0;padding:3px 8px"
#define PADDING_X   8
#define PADDING_Y   3
#define LINE        1   /* how wide a border is */
#define LEAST_WIDTH 40  /* of a column */
#define MOST_WIDTH  500 /* the same, as long as there is room */
/* Of a row of the plain text; columns of wider tables are not brought into line. */
#define MOST_TEXT 76

typedef struct
{
  char *html;
  const char *align; /* interned */
} Cell;

struct _UiEditorTable
{
  GObject parent_instance;

  GPtrArray *rows; /* of GArray of Cell */
  guint n_columns, n_cells;
  /* Where it is seen; NULL: nowhere */
  PangoContext *context;
  int room;
  GdkRGBA colour;
  GPtrArray *layouts; /* of PangoLayout, row by row; NULL: not made yet */
  GArray *widths;     /* of int, of the columns with their padding */
  GArray *heights;    /* of int, of the rows */
};

/* ---- what it is ---- */

static void
cell_clear (gpointer data)
{
  g_free (((Cell *)data)->html);
}

static const Cell *
get_cell (UiEditorTable *self, guint row, guint column)
{
  const GArray *cells = self->rows->pdata[row];

  return column < cells->len ? &g_array_index (cells, Cell, column) : NULL;
}

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

static char *
dup_markup (const char *html)
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

static char *
dup_words (const char *html)
{
  g_autofree char *markup = dup_markup (html);
  char *words = NULL;

  if (!pango_parse_markup (markup, -1, 0, NULL, &words, NULL, NULL))
    words = g_strdup ("");
  return g_strdelimit (g_strstrip (words), "\n\t", ' ');
}

/* ---- how large it is ---- */

static void
forget_sizes (UiEditorTable *self)
{
  g_clear_pointer (&self->layouts, g_ptr_array_unref);
  g_array_set_size (self->widths, 0);
  g_array_set_size (self->heights, 0);
}

static PangoLayout *
make_layout (UiEditorTable *self, const Cell *cell)
{
  PangoLayout *layout = pango_layout_new (self->context);
  g_autofree char *markup = dup_markup (cell != NULL ? cell->html : "");

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (cell != NULL && g_str_equal (cell->align, "right"))
    pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  else if (cell != NULL && g_str_equal (cell->align, "center"))
    pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  return layout;
}

/* Columns that are wider than their share give way, until all of them have room or are as narrow as they may be. */
static void
fit_widths (UiEditorTable *self)
{
  int available = self->room - LINE * ((int)self->n_columns + 1), sum = 0;
  int *widths = (int *)(gpointer)self->widths->data;

  for (guint i = 0; i < self->n_columns; i++)
    sum += widths[i];
  while (self->room > 0 && sum > available) {
    guint widest = 0;
    int second = LEAST_WIDTH, less;

    for (guint i = 1; i < self->n_columns; i++)
      if (widths[i] > widths[widest])
        widest = i;
    for (guint i = 0; i < self->n_columns; i++)
      if (i != widest && widths[i] < widths[widest])
        second = MAX (second, widths[i]);
    less = MIN (sum - available, MAX (widths[widest] - second, 1));
    if (widths[widest] <= LEAST_WIDTH)
      return;
    widths[widest] -= less;
    sum -= less;
  }
}

static void
make_sizes (UiEditorTable *self)
{
  if (self->layouts != NULL || self->context == NULL)
    return;
  self->layouts = g_ptr_array_new_with_free_func (g_object_unref);
  g_array_set_size (self->widths, self->n_columns);
  for (guint i = 0; i < self->rows->len * self->n_columns; i++) {
    int *width = &g_array_index (self->widths, int, i % self->n_columns);
    int natural;

    g_ptr_array_add (self->layouts,
                     make_layout (self, get_cell (self, i / self->n_columns, i % self->n_columns)));
    pango_layout_get_pixel_size (self->layouts->pdata[i], &natural, NULL);
    *width = MAX (*width, CLAMP (natural + 1 + 2 * PADDING_X, LEAST_WIDTH, MOST_WIDTH));
  }
  fit_widths (self);
  for (guint row = 0; row < self->rows->len; row++) {
    int height = 0;

    for (guint column = 0; column < self->n_columns; column++) {
      PangoLayout *layout = self->layouts->pdata[row * self->n_columns + column];
      int cell;

      pango_layout_set_width (layout, (g_array_index (self->widths, int, column) - 2 * PADDING_X)
                                          * PANGO_SCALE);
      pango_layout_get_pixel_size (layout, NULL, &cell);
      height = MAX (height, cell + 2 * PADDING_Y);
    }
    g_array_append_val (self->heights, height);
  }
}

static int
sum_up (const GArray *sizes)
{
  int sum = LINE;

  for (guint i = 0; i < sizes->len; i++)
    sum += g_array_index (sizes, int, i) + LINE;
  return sum;
}

static int
table_get_width (GdkPaintable *paintable)
{
  UiEditorTable *self = UI_EDITOR_TABLE (paintable);

  make_sizes (self);
  return sum_up (self->widths);
}

static int
table_get_height (GdkPaintable *paintable)
{
  UiEditorTable *self = UI_EDITOR_TABLE (paintable);

  make_sizes (self);
  return sum_up (self->heights);
}

/* ---- how it looks ---- */

static void
table_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  UiEditorTable *self = UI_EDITOR_TABLE (paintable);
  GdkRGBA line = self->colour;
  int across, down, x = 0, y = 0;

  make_sizes (self);
  across = sum_up (self->widths);
  down = sum_up (self->heights);
  line.alpha *= 0.3f;
  for (guint row = 0; row <= self->heights->len; row++) {
    gtk_snapshot_append_color (snapshot, &line,
                               &GRAPHENE_RECT_INIT (0, (float)y, (float)across, LINE));
    y += LINE + (row < self->heights->len ? g_array_index (self->heights, int, row) : 0);
  }
  for (guint column = 0; column <= self->widths->len; column++) {
    int begin = x + LINE + PADDING_X;

    gtk_snapshot_append_color (snapshot, &line,
                               &GRAPHENE_RECT_INIT ((float)x, 0, LINE, (float)down));
    y = LINE + PADDING_Y;
    for (guint row = 0; row < self->heights->len && column < self->widths->len; row++) {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)begin, (float)y));
      gtk_snapshot_append_layout (snapshot, self->layouts->pdata[row * self->n_columns + column],
                                  &self->colour);
      gtk_snapshot_restore (snapshot);
      y += g_array_index (self->heights, int, row) + LINE;
    }
    x += LINE + (column < self->widths->len ? g_array_index (self->widths, int, column) : 0);
  }
}

static void
table_paintable_init (GdkPaintableInterface *iface)
{
  iface->get_intrinsic_width = table_get_width;
  iface->get_intrinsic_height = table_get_height;
  iface->snapshot = table_snapshot;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UiEditorTable, ui_editor_table, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, table_paintable_init))

void
ui_editor_table_set_place (UiEditorTable *self, PangoContext *context, int room,
                           const GdkRGBA *colour)
{
  gboolean same = self->context == context && self->room == room;

  self->colour = *colour;
  if (!same) {
    g_set_object (&self->context, context);
    self->room = room;
    forget_sizes (self);
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  }
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

/* ---- what goes out ---- */

const char *
ui_editor_table_read_style (const char *style)
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
ui_editor_table_append_html (UiEditorTable *self, GString *html)
{
  g_string_append (html, "<table style=\"" TABLE_STYLE "\">");
  for (guint row = 0; row < self->rows->len; row++) {
    g_string_append (html, "<tr>");
    for (guint column = 0; column < self->n_columns; column++) {
      const Cell *cell = get_cell (self, row, column);

      g_string_append (html, "<td style=\"" CELL_STYLE);
      if (cell != NULL && !g_str_equal (cell->align, "left"))
        g_string_append_printf (html, ";text-align:%s", cell->align);
      g_string_append (html, "\">");
      g_string_append (html, cell != NULL && *cell->html != '\0' ? cell->html : "<br/>");
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
ui_editor_table_append_text (UiEditorTable *self, const char *prefix, GString *text)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree guint *widths = g_new0 (guint, self->n_columns);
  guint sum = 0;

  for (guint i = 0; i < self->rows->len * self->n_columns; i++) {
    const Cell *cell = get_cell (self, i / self->n_columns, i % self->n_columns);

    g_ptr_array_add (words, dup_words (cell != NULL ? cell->html : ""));
    widths[i % self->n_columns] =
        MAX (widths[i % self->n_columns], get_text_width (words->pdata[i]));
  }
  for (guint column = 0; column < self->n_columns; column++)
    sum += widths[column] + 3;
  for (guint i = 0; i < words->len; i++) {
    guint column = i % self->n_columns;
    guint less = sum <= MOST_TEXT + 3 ? widths[column] - get_text_width (words->pdata[i]) : 0;
    const Cell *cell = get_cell (self, i / self->n_columns, column);
    gboolean right = cell != NULL && g_str_equal (cell->align, "right");

    if (column > 0)
      g_string_append (text, " | ");
    else if (i > 0)
      g_string_append_printf (text, "\n%s", prefix);
    if (right)
      append_spaces (text, less);
    g_string_append (text, words->pdata[i]);
    /* Nothing but words ends a line. */
    if (!right && column + 1 < self->n_columns)
      append_spaces (text, less);
    while (column + 1 == self->n_columns && text->len > 0 && text->str[text->len - 1] == ' ')
      g_string_truncate (text, text->len - 1);
  }
}

/* ---- the object ---- */

static void
ui_editor_table_finalize (GObject *object)
{
  UiEditorTable *self = UI_EDITOR_TABLE (object);

  forget_sizes (self);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->widths);
  g_array_unref (self->heights);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (ui_editor_table_parent_class)->finalize (object);
}

static void
ui_editor_table_class_init (UiEditorTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_editor_table_finalize;
}

static void
ui_editor_table_init (UiEditorTable *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  self->widths = g_array_new (FALSE, TRUE, sizeof (int));
  self->heights = g_array_new (FALSE, TRUE, sizeof (int));
}

UiEditorTable *
ui_editor_table_new (void)
{
  return g_object_new (UI_TYPE_EDITOR_TABLE, NULL);
}

void
ui_editor_table_add_row (UiEditorTable *self)
{
  GArray *cells = g_array_new (FALSE, FALSE, sizeof (Cell));

  g_array_set_clear_func (cells, cell_clear);
  g_ptr_array_add (self->rows, cells);
}

gboolean
ui_editor_table_add_cell (UiEditorTable *self, const char *html, const char *align)
{
  GArray *cells = self->rows->len > 0 ? self->rows->pdata[self->rows->len - 1] : NULL;
  Cell cell = { g_strdup (g_str_equal (html, "<br/>") ? "" : html), g_intern_string (align) };

  if (cells == NULL || cells->len >= UI_EDITOR_MAX_COLUMNS
      || ++self->n_cells > UI_EDITOR_MAX_CELLS) {
    g_free (cell.html);
    return FALSE;
  }
  g_array_append_val (cells, cell);
  self->n_columns = MAX (self->n_columns, cells->len);
  return TRUE;
}

gboolean
ui_editor_table_is_empty (UiEditorTable *self)
{
  return self->n_columns == 0;
}

UiEditorTable *
ui_editor_iter_get_table (const GtkTextIter *iter)
{
  GdkPaintable *paintable = gtk_text_iter_get_paintable (iter);

  return UI_IS_EDITOR_TABLE (paintable) ? UI_EDITOR_TABLE (paintable) : NULL;
}
