/* The field in which a cell of a table is written.  Main thread.  There is one at most; it stands over its cell and moves with it.  The table is
 * changed by the history of the editor around it only, and never while an input method composes. */
#include "ui-editor-cell.h"

#include <glib/gi18n.h>

#include "ui-editor-private.h"

/* Typing after this long is a step of its own to undo. */
#define PAUSE (2 * G_TIME_SPAN_SECOND)
/* Lines are measured before it. */
#define MOVE_PRIORITY (GTK_TEXT_VIEW_PRIORITY_VALIDATE + 2)

struct _UiEditorCell
{
  UiEditor *outer;      /* borrowed: it owns this */
  UiEditor *field;      /* borrowed: a child of `outer`, hidden while nobody writes in a cell */
  GMenu *menu;          /* owned */
  UiEditorTable *table; /* owned; NULL: nobody does */
  GtkTextMark *place;   /* owned: before the table */
  guint row, column;
  gboolean loading;
  gboolean going_on; /* what is typed next is one step with what was typed last */
  gboolean word_ended;
  gint64 typed;
  GdkRectangle at; /* where it was put */
  guint source, hand_source;
};

static UiEditorGrid *
get_grid (UiEditorCell *cell)
{
  return ui_editor_table_get_grid (cell->table);
}

static guint
get_n_rows (UiEditorCell *cell)
{
  return ui_editor_grid_get_n_rows (get_grid (cell));
}

static guint
get_n_columns (UiEditorCell *cell)
{
  return ui_editor_grid_get_n_columns (get_grid (cell));
}

UiEditor *
ui_editor_cell_get_field (UiEditor *outer)
{
  return outer->cell != NULL && outer->cell->table != NULL ? outer->cell->field : NULL;
}

/* FALSE: it is gone. */
static gboolean
find_table (UiEditorCell *cell, GtkTextIter *at)
{
  gtk_text_buffer_get_iter_at_mark (cell->outer->buffer, at, cell->place);
  return ui_editor_iter_get_table (at) == cell->table;
}

/* ---- where it stands ---- */

/* Within the text of `outer`. */
static gboolean
find_rectangle (UiEditorCell *cell, GdkRectangle *rectangle)
{
  GdkRectangle place;
  GtkTextIter at;

  if (!find_table (cell, &at))
    return FALSE;
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (cell->outer), &at, &place);
  ui_editor_table_get_rectangle (cell->table, cell->row, cell->column, rectangle);
  rectangle->x += place.x;
  rectangle->y += place.y;
  return TRUE;
}

static void
move_now (UiEditorCell *cell)
{
  GdkRectangle rectangle;

  if (!find_rectangle (cell, &rectangle) || gdk_rectangle_equal (&rectangle, &cell->at))
    return;
  cell->at = rectangle;
  gtk_widget_set_size_request (GTK_WIDGET (cell->field), rectangle.width, rectangle.height);
  gtk_text_view_move_overlay (GTK_TEXT_VIEW (cell->outer), GTK_WIDGET (cell->field), rectangle.x,
                              rectangle.y);
}

static gboolean
on_move (gpointer data)
{
  UiEditorCell *cell = data;

  cell->source = 0;
  move_now (cell);
  return G_SOURCE_REMOVE;
}

static void
move_soon (UiEditorCell *cell)
{
  if (cell->source == 0)
    cell->source = g_idle_add_full (MOVE_PRIORITY, on_move, cell, NULL);
}

/* In the scrolled window around it; in a longer page GTK follows the keyboard by itself. */
static void
show (UiEditorCell *cell)
{
  GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (cell->outer));
  GdkRectangle rectangle;

  if (down != NULL && find_rectangle (cell, &rectangle)) {
    double top = rectangle.y + gtk_text_view_get_top_margin (GTK_TEXT_VIEW (cell->outer));

    gtk_adjustment_clamp_page (down, top - rectangle.height, top + 2 * rectangle.height);
  }
}

/* ---- what is in it ---- */

static GtkJustification
get_justification (const char *align)
{
  return g_str_equal (align, "right")    ? GTK_JUSTIFY_RIGHT
         : g_str_equal (align, "center") ? GTK_JUSTIFY_CENTER
                                         : GTK_JUSTIFY_LEFT;
}

static void
update_verbs (UiEditorCell *cell, GSimpleActionGroup *verbs)
{
  guint n_rows = get_n_rows (cell), n_columns = get_n_columns (cell);
  gboolean row = (n_rows + 1) * n_columns <= UI_EDITOR_MAX_CELLS;
  gboolean column =
      n_columns < UI_EDITOR_MAX_COLUMNS && n_rows * (n_columns + 1) <= UI_EDITOR_MAX_CELLS;
  const struct
  {
    const char *name;
    gboolean enabled;
  } states[] = {
    { "row-above", row },       { "row-below", row },         { "column-before", column },
    { "column-after", column }, { "delete-row", n_rows > 1 }, { "delete-column", n_columns > 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (verbs), states[i].name)),
        states[i].enabled);
}

static void
load (UiEditorCell *cell)
{
  const char *html = ui_editor_grid_get_html (get_grid (cell), cell->row, cell->column);
  const char *align = ui_editor_grid_get_align (get_grid (cell), cell->row, cell->column);
  /* Translators: of a table in a message */
  g_autofree char *name =
      g_strdup_printf (_ ("Cell in row %u, column %u"), cell->row + 1, cell->column + 1);

  cell->loading = TRUE;
  ui_editor_set_cell (cell->field, html);
  cell->loading = FALSE;
  /* What a key or a click brings is drawn in this frame: it is measured before. */
  gtk_widget_queue_resize (GTK_WIDGET (cell->field));
  cell->going_on = FALSE;
  gtk_text_view_set_justification (GTK_TEXT_VIEW (cell->field), get_justification (align));
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell->field), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  update_verbs (cell, g_object_get_data (G_OBJECT (cell->field), "verbs"));
}

/* Its line is measured before it is drawn again, and with it what is around: a view whose height changes while it alone is measured, asks for that too
 * late. */
static void
fit_table (UiEditorCell *cell)
{
  GtkTextIter at;

  if (!find_table (cell, &at))
    return;
  ui_editor_fit_object (cell->outer, &at);
  gtk_widget_queue_resize (GTK_WIDGET (cell->outer));
}

/* The table says this from now on. */
static void
put_grid (UiEditorCell *cell, UiEditorGrid *grid, gboolean join)
{
  ui_editor_history_put_grid (cell->outer->history, cell->table, grid, join);
  fit_table (cell);
  move_soon (cell);
  ui_editor_edited (cell->outer);
}

/* As in the letter, a word is a step. */
static gboolean
goes_on (UiEditorCell *cell)
{
  gint64 now = g_get_monotonic_time ();
  GtkTextIter caret;
  gunichar before = 0;
  gboolean before_ended = cell->word_ended, on = cell->going_on && now - cell->typed < PAUSE;

  gtk_text_buffer_get_iter_at_mark (cell->field->buffer, &caret,
                                    gtk_text_buffer_get_insert (cell->field->buffer));
  if (gtk_text_iter_backward_char (&caret))
    before = gtk_text_iter_get_char (&caret);
  cell->word_ended = g_unichar_isspace (before);
  cell->typed = now;
  cell->going_on = TRUE;
  return on && !(before_ended && !cell->word_ended);
}

/* What stands in the field is what the table says. */
static void
hand_over (UiEditorCell *cell)
{
  const char *align;
  g_autofree char *html = NULL;

  if (cell->hand_source == 0)
    return;
  g_clear_handle_id (&cell->hand_source, g_source_remove);
  html = ui_editor_to_cell (cell->field->buffer);
  if (g_str_equal (html, ui_editor_grid_get_html (get_grid (cell), cell->row, cell->column)))
    return;
  align = ui_editor_grid_get_align (get_grid (cell), cell->row, cell->column);
  g_autoptr (UiEditorGrid) grid =
      ui_editor_grid_with_cell (get_grid (cell), cell->row, cell->column, html, align);
  put_grid (cell, grid, goes_on (cell));
}

static gboolean
on_hand_over (gpointer data)
{
  hand_over (data);
  return G_SOURCE_REMOVE;
}

/* Not now: what was typed gets its formats still. */
static void
on_edited (UiEditor *field, UiEditorCell *cell)
{
  if (!cell->loading && cell->table != NULL && cell->hand_source == 0)
    cell->hand_source = g_idle_add_full (G_PRIORITY_HIGH, on_hand_over, cell, NULL);
}

void
ui_editor_cell_hand_over (UiEditor *outer)
{
  if (ui_editor_cell_get_field (outer) != NULL)
    hand_over (outer->cell);
}

const char *
ui_editor_cell_get_align (UiEditor *field)
{
  UiEditorCell *cell = field->outer->cell;
  const char *align = cell != NULL && cell->table != NULL
                          ? ui_editor_grid_get_align (get_grid (cell), cell->row, cell->column)
                          : "left";

  return g_str_equal (align, "left") ? "" : align;
}

void
ui_editor_cell_set_align (UiEditor *field, const char *align)
{
  UiEditorCell *cell = field->outer->cell;
  const char *html;
  const char *wanted = *align == '\0' ? "left" : align;

  hand_over (cell);
  html = ui_editor_grid_get_html (get_grid (cell), cell->row, cell->column);
  g_autoptr (UiEditorGrid) grid =
      ui_editor_grid_with_cell (get_grid (cell), cell->row, cell->column, html, wanted);
  put_grid (cell, grid, FALSE);
  gtk_text_view_set_justification (GTK_TEXT_VIEW (field), get_justification (wanted));
  ui_editor_update_states (field);
}

/* ---- from cell to cell ---- */

static void
go (UiEditorCell *cell, guint row, guint column)
{
  GtkTextIter end;

  hand_over (cell);
  cell->row = row;
  cell->column = column;
  load (cell);
  gtk_text_buffer_get_end_iter (cell->field->buffer, &end);
  gtk_text_buffer_place_cursor (cell->field->buffer, &end);
  move_now (cell);
  show (cell);
}

/* What somebody wants who may be composing still: the cell holds what it was composed for before anything else is there. */
typedef struct
{
  UiEditor *outer; /* owned */
  void (*func) (UiEditorCell *cell, guint row, guint column);
  guint row, column;
} Wish;

static void
on_settled (gpointer data)
{
  Wish *wish = data;

  if (ui_editor_cell_get_field (wish->outer) != NULL)
    wish->func (wish->outer->cell, wish->row, wish->column);
  g_object_unref (wish->outer);
  g_free (wish);
}

static void
when_settled (UiEditorCell *cell, void (*func) (UiEditorCell *cell, guint row, guint column),
              guint row, guint column)
{
  Wish *wish;

  if (cell->field->composing)
    gtk_text_view_reset_im_context (GTK_TEXT_VIEW (cell->field));
  if (!ui_preedit_is_owed (cell->field->preedit)) {
    func (cell, row, column);
    return;
  }
  wish = g_new0 (Wish, 1);
  wish->outer = g_object_ref (cell->outer);
  wish->func = func;
  wish->row = row;
  wish->column = column;
  ui_preedit_settle (GTK_WIDGET (cell->field), on_settled, wish);
}

/* The caret of the letter stands before the table or behind it. */
static void
leave (UiEditorCell *cell, guint behind, guint unused)
{
  UiEditor *outer = cell->outer;
  GtkTextIter at;

  if (find_table (cell, &at)) {
    if (behind)
      gtk_text_iter_forward_char (&at);
    gtk_text_buffer_place_cursor (outer->buffer, &at);
  }
  ui_editor_cell_close (outer);
}

static void
move (UiEditorCell *cell, guint forward, guint unused)
{
  guint n_columns = get_n_columns (cell), at = cell->row * n_columns + cell->column;

  hand_over (cell);
  if (!forward && at == 0) {
    leave (cell, FALSE, 0);
    return;
  }
  at += forward ? 1 : -1;
  if (at == get_n_rows (cell) * n_columns) {
    g_autoptr (UiEditorGrid) longer = ui_editor_grid_with_row (get_grid (cell), get_n_rows (cell));

    if (longer == NULL) {
      leave (cell, TRUE, 0);
      return;
    }
    put_grid (cell, longer, FALSE);
  }
  go (cell, at / n_columns, at % n_columns);
}

void
ui_editor_cell_move (UiEditor *field, gboolean forward)
{
  when_settled (field->outer->cell, move, forward, 0);
}

/* FALSE: the caret has lines to go in the cell. */
static gboolean
move_up_or_down (UiEditorCell *cell, gboolean down)
{
  GtkTextIter caret;

  gtk_text_buffer_get_iter_at_mark (cell->field->buffer, &caret,
                                    gtk_text_buffer_get_insert (cell->field->buffer));
  if (down ? gtk_text_view_forward_display_line (GTK_TEXT_VIEW (cell->field), &caret)
                 && !gtk_text_iter_is_end (&caret)
           : gtk_text_view_backward_display_line (GTK_TEXT_VIEW (cell->field), &caret))
    return FALSE;
  if (down ? cell->row + 1 == get_n_rows (cell) : cell->row == 0)
    when_settled (cell, leave, down, 0);
  else
    when_settled (cell, go, down ? cell->row + 1 : cell->row - 1, cell->column);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType modifiers,
        UiEditorCell *cell)
{
  GdkModifierType held = modifiers & gtk_accelerator_get_default_mod_mask ();

  /* Then these are keys of the input method. */
  if (cell->field->composing || held != 0)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Escape)
    when_settled (cell, leave, TRUE, 0);
  else if (key == GDK_KEY_Up || key == GDK_KEY_KP_Up || key == GDK_KEY_Down
           || key == GDK_KEY_KP_Down)
    return move_up_or_down (cell, key == GDK_KEY_Down || key == GDK_KEY_KP_Down);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* ---- rows and columns ---- */

/* In the order of their names below. */
typedef enum
{
  VERB_ROW_ABOVE,
  VERB_ROW_BELOW,
  VERB_COLUMN_BEFORE,
  VERB_COLUMN_AFTER,
  VERB_DELETE_ROW,
  VERB_DELETE_COLUMN,
  VERB_DELETE_TABLE,
} Verb;

static const char *const verb_names[] = { "row-above",    "row-below",  "column-before",
                                          "column-after", "delete-row", "delete-column",
                                          "delete-table" };

static void
delete_table (UiEditorCell *cell)
{
  UiEditor *outer = cell->outer;
  GtkTextIter start, end;
  gboolean there = find_table (cell, &start);

  ui_editor_cell_close (outer);
  if (!there)
    return;
  end = start;
  gtk_text_iter_forward_char (&end);
  gtk_text_buffer_begin_user_action (outer->buffer);
  gtk_text_buffer_delete (outer->buffer, &start, &end);
  gtk_text_buffer_end_user_action (outer->buffer);
}

static UiEditorGrid *
make_grid (UiEditorCell *cell, Verb verb)
{
  switch (verb) {
  case VERB_ROW_ABOVE:
    return ui_editor_grid_with_row (get_grid (cell), cell->row);
  case VERB_ROW_BELOW:
    return ui_editor_grid_with_row (get_grid (cell), cell->row + 1);
  case VERB_COLUMN_BEFORE:
    return ui_editor_grid_with_column (get_grid (cell), cell->column, cell->column);
  case VERB_COLUMN_AFTER:
    return ui_editor_grid_with_column (get_grid (cell), cell->column + 1, cell->column);
  case VERB_DELETE_ROW:
    return ui_editor_grid_without_row (get_grid (cell), cell->row);
  case VERB_DELETE_COLUMN:
    return ui_editor_grid_without_column (get_grid (cell), cell->column);
  case VERB_DELETE_TABLE:
    return NULL;
  }
  return NULL;
}

static void
run_verb (UiEditorCell *cell, guint verb, guint unused)
{
  guint row = cell->row + (verb == VERB_ROW_BELOW);
  guint column = cell->column + (verb == VERB_COLUMN_AFTER);
  g_autoptr (UiEditorGrid) made = NULL;

  hand_over (cell);
  made = make_grid (cell, verb);
  if (made != NULL) {
    put_grid (cell, made, FALSE);
    go (cell, MIN (row, get_n_rows (cell) - 1), MIN (column, get_n_columns (cell) - 1));
  } else if (verb == VERB_DELETE_TABLE) {
    delete_table (cell);
  }
}

static void
on_verb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (verb_names); i++)
    if (g_str_equal (g_action_get_name (G_ACTION (action)), verb_names[i]))
      when_settled (data, run_verb, i, 0);
}

static GSimpleActionGroup *
make_verbs (UiEditorCell *cell)
{
  GSimpleActionGroup *verbs = g_simple_action_group_new ();

  for (guint i = 0; i < G_N_ELEMENTS (verb_names); i++) {
    g_autoptr (GSimpleAction) verb = g_simple_action_new (verb_names[i], NULL);

    g_signal_connect (verb, "activate", G_CALLBACK (on_verb), cell);
    g_action_map_add_action (G_ACTION_MAP (verbs), G_ACTION (verb));
  }
  return verbs;
}

/* What the editor offers for its words, and what can be done with the table: no menu in the menu, for when that goes GTK 4.8 tells no screen reader
 * that the field has the keyboard again. */
static GMenu *
make_menu (UiEditor *field)
{
  static const char *const labels[] = {
    [VERB_ROW_ABOVE] = N_ ("Insert Row _Above"),
    [VERB_ROW_BELOW] = N_ ("Insert Row _Below"),
    [VERB_COLUMN_BEFORE] = N_ ("Insert Column B_efore"),
    [VERB_COLUMN_AFTER] = N_ ("Insert Column A_fter"),
    [VERB_DELETE_ROW] = N_ ("Delete _Row"),
    [VERB_DELETE_COLUMN] = N_ ("Delete _Column"),
    [VERB_DELETE_TABLE] = N_ ("Delete _Table"),
  };
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();

  g_menu_append_section (menu, NULL, gtk_text_view_get_extra_menu (GTK_TEXT_VIEW (field)));
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++) {
    g_autofree char *action = g_strconcat ("cell.", verb_names[i], NULL);

    if (i == VERB_DELETE_ROW) {
      g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
      g_object_unref (section);
      section = g_menu_new ();
    }
    g_menu_append (section, _ (labels[i]), action);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  return menu;
}

/* ---- opening and closing ---- */

static void
on_languages (UiEditor *field, UiEditorCell *cell)
{
  g_autofree char *languages = ui_editor_dup_languages (field);

  ui_editor_set_languages (cell->outer, languages, FALSE);
  g_signal_emit_by_name (cell->outer, "languages-chosen");
}

/* Lists and headings are lines of a letter. */
static void
enable_lines (UiEditor *editor, gboolean enabled)
{
  static const char *const names[] = {
    "heading", "bullet", "number", "quote", "indent", "outdent"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (editor->actions), names[i])),
        enabled);
}

static UiEditor *
make_field (UiEditorCell *cell)
{
  UiEditor *outer = cell->outer;
  UiEditor *field = ui_editor_new_cell (outer);
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autoptr (GSimpleActionGroup) verbs = make_verbs (cell);

  gtk_widget_add_css_class (GTK_WIDGET (field), "composer-cell");
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (field), UI_EDITOR_TABLE_PADDING_X);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (field), UI_EDITOR_TABLE_PADDING_X - 1);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (field), UI_EDITOR_TABLE_PADDING_Y);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (field), UI_EDITOR_TABLE_PADDING_Y);
  gtk_widget_insert_action_group (GTK_WIDGET (field), "cell", G_ACTION_GROUP (verbs));
  g_object_set_data_full (G_OBJECT (field), "verbs", g_object_ref (verbs), g_object_unref);
  cell->menu = make_menu (field);
  gtk_text_view_set_extra_menu (GTK_TEXT_VIEW (field), G_MENU_MODEL (cell->menu));
  g_object_bind_property (outer, "editable", field, "editable", G_BINDING_SYNC_CREATE);
  enable_lines (field, FALSE);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), cell);
  gtk_widget_add_controller (GTK_WIDGET (field), keys);
  g_signal_connect (field, "edited", G_CALLBACK (on_edited), cell);
  g_signal_connect (field, "languages-chosen", G_CALLBACK (on_languages), cell);
  return field;
}

static UiEditorCell *
cell_new (UiEditor *outer)
{
  UiEditorCell *cell = g_new0 (UiEditorCell, 1);

  cell->outer = outer;
  cell->field = make_field (cell);
  gtk_text_view_add_overlay (GTK_TEXT_VIEW (outer), GTK_WIDGET (cell->field), 0, 0);
  return cell;
}

static void
open_table (UiEditorCell *cell, const GtkTextIter *at)
{
  UiEditor *outer = cell->outer;
  GtkTextIter behind = *at;

  cell->table = g_object_ref (ui_editor_iter_get_table (at));
  cell->place = g_object_ref (gtk_text_buffer_create_mark (outer->buffer, NULL, at, FALSE));
  ui_editor_table_hold_widths (cell->table, TRUE);
  gtk_text_iter_forward_char (&behind);
  gtk_text_buffer_place_cursor (outer->buffer, &behind);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (outer), FALSE);
  gtk_widget_queue_resize (GTK_WIDGET (outer));
  enable_lines (outer, FALSE);
  ui_editor_set_languages (cell->field, ui_editor_spell_get_languages (outer->spell), FALSE);
  ui_editor_set_spelling (cell->field, outer->spelling);
  gtk_widget_set_visible (GTK_WIDGET (cell->field), TRUE);
}

static void
open_cell (UiEditor *outer, const GtkTextIter *at, guint row, guint column)
{
  GtkTextIter place = *at;

  if (outer->cell == NULL)
    outer->cell = cell_new (outer);
  if (outer->cell->table != ui_editor_iter_get_table (&place)) {
    ui_editor_cell_close (outer);
    open_table (outer->cell, &place);
    go (outer->cell, row, column);
  } else {
    when_settled (outer->cell, go, row, column);
  }
  gtk_widget_grab_focus (GTK_WIDGET (outer->cell->field));
}

void
ui_editor_cell_close (UiEditor *outer)
{
  UiEditorCell *cell = outer->cell;

  if (ui_editor_cell_get_field (outer) == NULL)
    return;
  hand_over (cell);
  ui_editor_table_hold_widths (cell->table, FALSE);
  fit_table (cell);
  g_clear_object (&cell->table);
  g_clear_handle_id (&cell->source, g_source_remove);
  if (gtk_widget_has_focus (GTK_WIDGET (cell->field)))
    gtk_widget_grab_focus (GTK_WIDGET (outer));
  gtk_widget_set_visible (GTK_WIDGET (cell->field), FALSE);
  enable_lines (outer, TRUE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (outer), TRUE);
  gtk_text_buffer_delete_mark (outer->buffer, cell->place);
  g_clear_object (&cell->place);
  ui_editor_update_states (outer);
}

void
ui_editor_cell_free (UiEditor *outer)
{
  UiEditorCell *cell;

  ui_editor_cell_close (outer);
  cell = g_steal_pointer (&outer->cell);
  if (cell == NULL)
    return;
  /* It goes with what is around it: GTK 4.8 does not let it go by itself. */
  g_signal_handlers_disconnect_by_data (cell->field, cell);
  g_object_unref (cell->menu);
  g_free (cell);
}

void
ui_editor_cell_follow (UiEditor *outer)
{
  if (ui_editor_cell_get_field (outer) != NULL)
    move_soon (outer->cell);
}

void
ui_editor_cell_update (UiEditor *outer)
{
  UiEditorCell *cell = outer->cell;
  GtkTextIter at;
  g_autofree char *shown = NULL;

  if (ui_editor_cell_get_field (outer) == NULL || cell->loading || cell->hand_source != 0)
    return;
  if (!find_table (cell, &at) || cell->row >= get_n_rows (cell)
      || cell->column >= get_n_columns (cell)) {
    ui_editor_cell_close (outer);
    return;
  }
  shown = ui_editor_to_cell (cell->field->buffer);
  if (!g_str_equal (shown, ui_editor_grid_get_html (get_grid (cell), cell->row, cell->column)))
    load (cell);
  move_soon (cell);
}

gboolean
ui_editor_cell_enter (UiEditor *outer, gboolean forward)
{
  UiEditorGrid *grid;
  UiEditorTable *table;
  GtkTextIter at;

  if (gtk_text_buffer_get_has_selection (outer->buffer))
    return FALSE;
  gtk_text_buffer_get_iter_at_mark (outer->buffer, &at, gtk_text_buffer_get_insert (outer->buffer));
  if (!forward && !gtk_text_iter_backward_char (&at))
    return FALSE;
  table = ui_editor_iter_get_table (&at);
  if (table == NULL)
    return FALSE;
  grid = ui_editor_table_get_grid (table);
  if (forward)
    open_cell (outer, &at, 0, 0);
  else
    open_cell (outer, &at, ui_editor_grid_get_n_rows (grid) - 1,
               ui_editor_grid_get_n_columns (grid) - 1);
  return TRUE;
}

/* ---- the mouse ---- */

/* The table in `outer` at this place of the widget; x and y become those within it. */
static UiEditorTable *
find_table_at (UiEditor *outer, int *x, int *y, GtkTextIter *at)
{
  GtkTextView *view = GTK_TEXT_VIEW (outer);
  GdkRectangle place;
  UiEditorTable *table;
  int trailing;

  gtk_text_view_window_to_buffer_coords (view, GTK_TEXT_WINDOW_WIDGET, *x, *y, x, y);
  if (!gtk_text_view_get_iter_at_position (view, at, &trailing, *x, *y))
    return NULL;
  table = ui_editor_iter_get_table (at);
  if (table == NULL)
    return NULL;
  gtk_text_view_get_iter_location (view, at, &place);
  *x -= place.x;
  *y -= place.y;
  return table;
}

static void
close_cell (UiEditorCell *cell, guint unused, guint unused_too)
{
  ui_editor_cell_close (cell->outer);
}

static void
place_caret (UiEditorCell *cell, guint offset, guint unused)
{
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_offset (cell->field->buffer, &at, (int)offset);
  gtk_text_buffer_place_cursor (cell->field->buffer, &at);
}

static void
on_pressed (GtkGestureClick *click, int n, double at_x, double at_y, UiEditor *outer)
{
  GtkWidget *target = gtk_widget_pick (GTK_WIDGET (outer), at_x, at_y, GTK_PICK_DEFAULT);
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (click));
  int x = (int)at_x, y = (int)at_y;
  guint row = 0, column = 0;
  UiEditorTable *table;
  GtkTextIter at;
  int offset;

  if (ui_editor_cell_get_field (outer) != NULL && target != NULL
      && (target == GTK_WIDGET (outer->cell->field)
          || gtk_widget_is_ancestor (target, GTK_WIDGET (outer->cell->field))))
    return;
  table = gtk_text_view_get_editable (GTK_TEXT_VIEW (outer)) ? find_table_at (outer, &x, &y, &at)
                                                             : NULL;
  if (button == GDK_BUTTON_MIDDLE
      || (table != NULL && !ui_editor_table_find_cell (table, x, y, &row, &column)))
    table = NULL;
  if (ui_editor_cell_get_field (outer) != NULL && outer->cell->table != table)
    when_settled (outer->cell, close_cell, 0, 0);
  /* Of another table where something of this one has still to come, the next click opens a cell. */
  if (table == NULL || (ui_editor_cell_get_field (outer) != NULL && outer->cell->table != table))
    return;
  offset = ui_editor_table_find_offset (table, row, column, x, y);
  open_cell (outer, &at, row, column);
  when_settled (outer->cell, place_caret, (guint)offset, 0);
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  if (button == GDK_BUTTON_SECONDARY)
    gtk_widget_activate_action (GTK_WIDGET (outer->cell->field), "menu.popup", NULL);
}

void
ui_editor_cell_watch (UiEditor *outer)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), outer);
  gtk_widget_add_controller (GTK_WIDGET (outer), GTK_EVENT_CONTROLLER (click));
}
