/* A table in a letter: what it looks like.  Main thread.  It draws itself, so that the text around it is laid out as around a picture.
 *
 * Thousands of cells are laid out in slices, a few milliseconds in each turn of the main loop: first how wide each wants to be, then row by row how
 * high, and what is drawn is kept as a node a row.  What is not known yet is guessed, what changes meanwhile is drawn as it was. */
#include "ui-editor-table.h"

#define PADDING_X   UI_EDITOR_TABLE_PADDING_X
#define PADDING_Y   UI_EDITOR_TABLE_PADDING_Y
#define LINE        1   /* how wide a border is */
#define LEAST_WIDTH 40  /* of a column */
#define MOST_WIDTH  500 /* the same, as long as there is room */
#define GROWS_BY    40  /* a column in whose cells somebody writes */
/* Of work in one turn of the main loop, and of what is known before somebody sees it. */
#define SLICE (4 * G_TIME_SPAN_MILLISECOND)
#define OFTEN (100 * G_TIME_SPAN_MILLISECOND)

/* What a row looks like. */
typedef struct
{
  GPtrArray *cells;    /* owned: of which row of a grid this is */
  GArray *naturals;    /* of int: how wide its cells want to be, those that are known */
  GPtrArray *layouts;  /* of PangoLayout, those of the row that is being laid out; else NULL */
  GskRenderNode *node; /* nullable: nothing is in it, or it is not laid out yet */
  int height;          /* 0: not known yet */
  gboolean fresh;      /* `node` and `height` are those of these widths */
} Row;

struct _UiEditorTable
{
  GObject parent_instance;

  UiEditorGrid *grid;
  /* Where it is seen; NULL: nowhere */
  PangoContext *context;
  int room;
  GdkRGBA colour;
  GPtrArray *rows; /* of Row */
  GArray *widths;  /* of int, of the columns with their padding */
  guint measured;  /* rows before this are measured */
  guint laid;      /* and those before this laid out */
  int guess;       /* how high a row is of which nothing is known */
  gboolean held;   /* no column becomes narrower */
  gboolean placed; /* stands in a text */
  guint source;
  gint64 told; /* when last somebody was told that its size is another */
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_ptr_array_unref (row->cells);
  g_array_unref (row->naturals);
  g_clear_pointer (&row->layouts, g_ptr_array_unref);
  g_clear_pointer (&row->node, gsk_render_node_unref);
  g_free (row);
}

static Row *
row_new (GPtrArray *cells)
{
  Row *row = g_new0 (Row, 1);

  row->cells = g_ptr_array_ref (cells);
  row->naturals = g_array_new (FALSE, FALSE, sizeof (int));
  return row;
}

static guint
get_n_columns (UiEditorTable *self)
{
  return ui_editor_grid_get_n_columns (self->grid);
}

static int
get_width (UiEditorTable *self, guint column)
{
  return g_array_index (self->widths, int, column);
}

static int
get_height (UiEditorTable *self, guint row)
{
  const Row *known = self->rows->pdata[row];

  return known->height > 0 ? known->height : self->guess;
}

/* ---- how large it is ---- */

static PangoLayout *
make_layout (UiEditorTable *self, guint row, guint column)
{
  PangoLayout *layout = pango_layout_new (self->context);
  g_autofree char *markup =
      ui_editor_grid_dup_markup (ui_editor_grid_get_html (self->grid, row, column));
  const char *align = ui_editor_grid_get_align (self->grid, row, column);

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (g_str_equal (align, "right"))
    pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  else if (g_str_equal (align, "center"))
    pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  return layout;
}

static PangoLayout *
make_wrapped_layout (UiEditorTable *self, guint row, guint column)
{
  PangoLayout *layout = make_layout (self, row, column);

  pango_layout_set_width (layout, (get_width (self, column) - 2 * PADDING_X) * PANGO_SCALE);
  return layout;
}

/* Columns that are wider than their share give way, until all of them have room or are as narrow as they may be. */
static void
fit_widths (UiEditorTable *self)
{
  guint n_columns = get_n_columns (self);
  int available = self->room - LINE * ((int)n_columns + 1), sum = 0;
  int *widths = (int *)(gpointer)self->widths->data;

  for (guint i = 0; i < n_columns; i++)
    sum += widths[i];
  while (self->room > 0 && sum > available) {
    guint widest = 0;
    int second = LEAST_WIDTH, less;

    for (guint i = 1; i < n_columns; i++)
      if (widths[i] > widths[widest])
        widest = i;
    for (guint i = 0; i < n_columns; i++)
      if (i != widest && widths[i] < widths[widest])
        second = MAX (second, widths[i]);
    less = MIN (sum - available, MAX (widths[widest] - second, 1));
    if (widths[widest] <= LEAST_WIDTH)
      return;
    widths[widest] -= less;
    sum -= less;
  }
}

/* Out of what is known of the cells. */
static void
find_widths (UiEditorTable *self)
{
  guint n_columns = get_n_columns (self);
  g_autoptr (GArray) before = g_steal_pointer (&self->widths);
  gboolean same = before->len == n_columns;

  self->widths = g_array_new (FALSE, FALSE, sizeof (int));
  for (guint column = 0; column < n_columns; column++) {
    int width = LEAST_WIDTH;

    for (guint i = 0; i < self->rows->len; i++) {
      const Row *row = self->rows->pdata[i];

      if (column < row->naturals->len)
        width = MAX (width, g_array_index (row->naturals, int, column));
    }
    if (self->held && column < before->len) {
      int held = g_array_index (before, int, column);

      width = width > held ? held + (width - held + GROWS_BY - 1) / GROWS_BY * GROWS_BY : held;
    }
    width = MIN (width, MOST_WIDTH);
    g_array_append_val (self->widths, width);
  }
  fit_widths (self);
  for (guint column = 0; same && column < n_columns; column++)
    same = g_array_index (before, int, column) == get_width (self, column);
  if (same)
    return;
  self->laid = 0;
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = self->rows->pdata[i];

    row->fresh = FALSE;
    g_clear_pointer (&row->layouts, g_ptr_array_unref);
  }
}

static gboolean
is_late (gint64 deadline)
{
  return g_get_monotonic_time () >= deadline;
}

/* FALSE: there is more to do. */
static gboolean
measure_row (UiEditorTable *self, guint index, gint64 deadline)
{
  Row *row = self->rows->pdata[index];

  for (guint column = row->naturals->len; column < get_n_columns (self); column++) {
    g_autoptr (PangoLayout) layout = make_layout (self, index, column);
    int natural, height;

    pango_layout_get_pixel_size (layout, &natural, &height);
    if (self->guess == 0)
      self->guess = height + 2 * PADDING_Y;
    natural += 1 + 2 * PADDING_X;
    g_array_append_val (row->naturals, natural);
    if (is_late (deadline))
      return FALSE;
  }
  return TRUE;
}

static void
draw_row (UiEditorTable *self, Row *row)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int x = LINE + PADDING_X;

  for (guint column = 0; column < row->layouts->len; column++) {
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)x, PADDING_Y));
    gtk_snapshot_append_layout (snapshot, row->layouts->pdata[column], &self->colour);
    gtk_snapshot_restore (snapshot);
    x += get_width (self, column) + LINE;
  }
  g_clear_pointer (&row->node, gsk_render_node_unref);
  row->node = gtk_snapshot_free_to_node (snapshot);
  g_clear_pointer (&row->layouts, g_ptr_array_unref);
}

static gboolean
lay_row (UiEditorTable *self, guint index, gint64 deadline)
{
  Row *row = self->rows->pdata[index];
  int height = 0;

  if (row->fresh)
    return TRUE;
  if (row->layouts == NULL)
    row->layouts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint column = row->layouts->len; column < get_n_columns (self); column++) {
    PangoLayout *layout = make_wrapped_layout (self, index, column);

    g_ptr_array_add (row->layouts, layout);
    pango_layout_get_pixel_size (layout, NULL, NULL);
    if (is_late (deadline))
      return FALSE;
  }
  for (guint column = 0; column < row->layouts->len; column++) {
    int cell;

    pango_layout_get_pixel_size (row->layouts->pdata[column], NULL, &cell);
    height = MAX (height, cell + 2 * PADDING_Y);
  }
  row->height = height;
  row->fresh = TRUE;
  draw_row (self, row);
  return TRUE;
}

/* TRUE: all is done. */
static gboolean
work (UiEditorTable *self)
{
  gint64 deadline = g_get_monotonic_time () + SLICE;

  if (self->measured < self->rows->len) {
    while (self->measured < self->rows->len && measure_row (self, self->measured, deadline))
      self->measured++;
    /* The widths are found once, but something is to be seen meanwhile. */
    if (self->measured == self->rows->len || self->widths->len != get_n_columns (self))
      find_widths (self);
    if (self->measured < self->rows->len)
      return FALSE;
  }
  while (self->laid < self->rows->len && lay_row (self, self->laid, deadline)) {
    self->laid++;
    if (is_late (deadline))
      break;
  }
  return self->laid == self->rows->len;
}

static void
tell (UiEditorTable *self)
{
  self->told = g_get_monotonic_time ();
  gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
}

static gboolean
on_slice (gpointer data)
{
  UiEditorTable *self = data;
  gboolean done = work (self);

  if (done)
    self->source = 0;
  if (done || g_get_monotonic_time () - self->told > OFTEN)
    tell (self);
  return done ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* What is small is done now. */
static void
begin_work (UiEditorTable *self)
{
  if (self->context == NULL)
    return;
  if (!work (self) && self->source == 0)
    self->source = g_idle_add (on_slice, self);
  tell (self);
}

static int
sum_up (UiEditorTable *self, gboolean rows, guint n)
{
  int sum = LINE;

  for (guint i = 0; i < n; i++)
    sum += (rows ? get_height (self, i) : get_width (self, i)) + LINE;
  return sum;
}

static int
table_get_width (GdkPaintable *paintable)
{
  UiEditorTable *self = UI_EDITOR_TABLE (paintable);

  return sum_up (self, FALSE, self->widths->len);
}

static int
table_get_height (GdkPaintable *paintable)
{
  UiEditorTable *self = UI_EDITOR_TABLE (paintable);

  return sum_up (self, TRUE, self->rows->len);
}

/* ---- how it looks ---- */

static void
table_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  UiEditorTable *self = UI_EDITOR_TABLE (paintable);
  GdkRGBA line = self->colour;
  int across = table_get_width (paintable), down = table_get_height (paintable), x = 0, y = 0;

  line.alpha *= 0.3f;
  for (guint i = 0; i <= self->rows->len; i++) {
    const Row *row = i < self->rows->len ? self->rows->pdata[i] : NULL;

    gtk_snapshot_append_color (snapshot, &line,
                               &GRAPHENE_RECT_INIT (0, (float)y, (float)across, LINE));
    if (row != NULL && row->node != NULL) {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (float)(y + LINE)));
      gtk_snapshot_append_node (snapshot, row->node);
      gtk_snapshot_restore (snapshot);
    }
    y += LINE + (row != NULL ? get_height (self, i) : 0);
  }
  for (guint i = 0; i <= self->widths->len; i++) {
    gtk_snapshot_append_color (snapshot, &line,
                               &GRAPHENE_RECT_INIT ((float)x, 0, LINE, (float)down));
    x += LINE + (i < self->widths->len ? get_width (self, i) : 0);
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

/* ---- where it is seen ---- */

static void
forget (UiEditorTable *self, gboolean sizes)
{
  self->laid = 0;
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = self->rows->pdata[i];

    row->fresh = FALSE;
    g_clear_pointer (&row->layouts, g_ptr_array_unref);
    if (sizes)
      g_array_set_size (row->naturals, 0);
  }
  if (sizes) {
    self->measured = 0;
    self->guess = 0;
  }
}

void
ui_editor_table_set_place (UiEditorTable *self, PangoContext *context, int room,
                           const GdkRGBA *colour)
{
  gboolean letters = self->context == context, coloured = gdk_rgba_equal (&self->colour, colour);

  self->placed = TRUE;
  if (letters && coloured && self->room == room)
    return;
  g_set_object (&self->context, context);
  if (!letters || !coloured)
    forget (self, !letters);
  self->colour = *colour;
  if (self->room != room) {
    self->room = room;
    if (self->measured == self->rows->len)
      find_widths (self);
  }
  begin_work (self);
}

gboolean
ui_editor_table_is_placed (UiEditorTable *self)
{
  return self->placed;
}

void
ui_editor_table_hold_widths (UiEditorTable *self, gboolean hold)
{
  if (self->held == hold)
    return;
  self->held = hold;
  if (hold || self->context == NULL || self->measured < self->rows->len)
    return;
  find_widths (self);
  begin_work (self);
}

void
ui_editor_table_get_rectangle (UiEditorTable *self, guint row, guint column,
                               GdkRectangle *rectangle)
{
  rectangle->x = sum_up (self, FALSE, MIN (column, self->widths->len));
  rectangle->y = sum_up (self, TRUE, MIN (row, self->rows->len));
  rectangle->width = column < self->widths->len ? get_width (self, column) : LEAST_WIDTH;
  rectangle->height = row < self->rows->len ? get_height (self, row) : self->guess;
}

gboolean
ui_editor_table_find_cell (UiEditorTable *self, int x, int y, guint *row, guint *column)
{
  int right = LINE, below = LINE;

  if (x < 0 || y < 0)
    return FALSE;
  for (*column = 0; *column < self->widths->len; (*column)++) {
    right += get_width (self, *column) + LINE;
    if (x < right)
      break;
  }
  for (*row = 0; *row < self->rows->len; (*row)++) {
    below += get_height (self, *row) + LINE;
    if (y < below)
      break;
  }
  return *column < self->widths->len && *row < self->rows->len;
}

int
ui_editor_table_find_offset (UiEditorTable *self, guint row, guint column, int x, int y)
{
  g_autoptr (PangoLayout) layout = make_wrapped_layout (self, row, column);
  GdkRectangle cell;
  int index, trailing;
  const char *text = pango_layout_get_text (layout);

  ui_editor_table_get_rectangle (self, row, column, &cell);
  (void)pango_layout_xy_to_index (layout, (x - cell.x - PADDING_X) * PANGO_SCALE,
                                  (y - cell.y - PADDING_Y) * PANGO_SCALE, &index, &trailing);
  return (int)g_utf8_pointer_to_offset (text, text + index) + trailing;
}

/* ---- the object ---- */

UiEditorGrid *
ui_editor_table_get_grid (UiEditorTable *self)
{
  return self->grid;
}

void
ui_editor_table_set_grid (UiEditorTable *self, UiEditorGrid *grid)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->rows);
  g_autoptr (UiEditorGrid) old = self->grid;

  self->grid = ui_editor_grid_ref (grid);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  for (guint i = 0; i < before->len; i++) {
    Row *row = before->pdata[i];

    g_hash_table_insert (known, row->cells, row);
  }
  g_ptr_array_set_free_func (before, NULL);
  for (guint i = 0; i < ui_editor_grid_get_n_rows (grid); i++) {
    GPtrArray *cells = ui_editor_grid_get_row (grid, i);
    Row *row = g_hash_table_lookup (known, cells);

    if (row != NULL)
      g_hash_table_remove (known, cells);
    g_ptr_array_add (self->rows, row != NULL ? row : row_new (cells));
  }
  /* Nobody takes those on. */
  for (guint i = 0; i < before->len; i++)
    if (g_hash_table_contains (known, ((Row *)before->pdata[i])->cells))
      row_free (before->pdata[i]);
  self->measured = self->laid = 0;
  begin_work (self);
}

static void
ui_editor_table_finalize (GObject *object)
{
  UiEditorTable *self = UI_EDITOR_TABLE (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->widths);
  ui_editor_grid_unref (self->grid);
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
  self->grid = ui_editor_grid_new ();
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->widths = g_array_new (FALSE, FALSE, sizeof (int));
}

UiEditorTable *
ui_editor_table_new (UiEditorGrid *grid)
{
  UiEditorTable *self = g_object_new (UI_TYPE_EDITOR_TABLE, NULL);

  ui_editor_table_set_grid (self, grid);
  return self;
}

UiEditorTable *
ui_editor_iter_get_table (const GtkTextIter *iter)
{
  GdkPaintable *paintable = gtk_text_iter_get_paintable (iter);

  return UI_IS_EDITOR_TABLE (paintable) ? UI_EDITOR_TABLE (paintable) : NULL;
}
