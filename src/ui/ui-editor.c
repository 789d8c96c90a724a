/* The text view in which letters are written: the buffer, and what follows each change of it.  Main thread.  It never changes
 * the text by itself while an input method composes: what it adds (the next bullet, formats of what was typed) comes
 * after the change of a person is complete. */
#include "ui-editor-private.h"

#include <adwaita.h>
#include <string.h>

enum
{
  PROP_RICH = 1,
  N_PROPS
};

enum
{
  EDITED,
  PASTE_FILES,
  WORD_TYPED,
  LANGUAGES_CHOSEN,
  SENTENCE,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiEditor, ui_editor, GTK_TYPE_TEXT_VIEW)

/* ---- looks ---- */

static void
set_tag (UiEditor *self, const char *name, const GtkTextIter *start, const GtkTextIter *end,
         gboolean set)
{
  GtkTextTag *tag = gtk_text_tag_table_lookup (self->table, name);
  GtkTextIter at = *start;

  if (gtk_text_iter_equal (start, end) || (set && ui_editor_has_everywhere (tag, start, end)))
    return;
  if (set)
    gtk_text_buffer_apply_tag (self->buffer, tag, start, end);
  else if (gtk_text_iter_has_tag (start, tag)
           || (gtk_text_iter_forward_to_tag_toggle (&at, tag)
               && gtk_text_iter_compare (&at, end) < 0))
    gtk_text_buffer_remove_tag (self->buffer, tag, start, end);
}

/* Quotes and lists are text; their tags follow it. */
static const char *const looks[] = { "quote", "bullet", "number" };

/* Of a line of text, in the order of `looks`. */
static void
read_looks (const char *text, gboolean *has)
{
  UiLine found;

  ui_editor_read_line (text, &found);
  has[0] = found.depth > 0;
  has[1] = found.list == UI_LIST_BULLET && found.depth == 0;
  has[2] = found.list == UI_LIST_NUMBER && found.depth == 0;
}

static void
update_looks (UiEditor *self, int first, int last)
{
  for (int line = first; line <= last; line++) {
    GtkTextIter at, start, end;
    g_autofree char *text = NULL;
    gboolean has[G_N_ELEMENTS (looks)];

    gtk_text_buffer_get_iter_at_line (self->buffer, &at, line);
    text = ui_editor_get_line (&at, &start, &end);
    read_looks (text, has);
    for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
      set_tag (self, looks[i], &start, &end, has[i]);
  }
}

static void
put_look (UiEditor *self, const char *name, int start, int end)
{
  GtkTextIter from, to;

  gtk_text_buffer_get_iter_at_offset (self->buffer, &from, start);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &to, end);
  gtk_text_buffer_apply_tag_by_name (self->buffer, name, &from, &to);
}

/* The same for a text in which no line has a look yet: lines that follow each other get theirs at once, for there may be 100,000 of them. */
static void
put_all_looks (UiEditor *self)
{
  int since[G_N_ELEMENTS (looks)] = { -1, -1, -1 };
  int offset = 0, last_end = 0;
  gboolean has[G_N_ELEMENTS (looks)];
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  char *line, *next;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  text = gtk_text_buffer_get_slice (self->buffer, &start, &end, TRUE);
  for (line = text; line != NULL; line = next) {
    gsize length = ui_editor_find_line_end (line, (const char **)&next);
    char ended = line[length];

    line[length] = '\0';
    read_looks (line, has);
    for (guint i = 0; i < G_N_ELEMENTS (looks); i++) {
      if (!has[i] && since[i] >= 0)
        put_look (self, looks[i], since[i], last_end);
      since[i] = !has[i] ? -1 : since[i] >= 0 ? since[i] : offset;
    }
    last_end = offset + (int)g_utf8_strlen (line, (gssize)length);
    line[length] = ended;
    if (next != NULL)
      offset = last_end + (int)g_utf8_strlen (line + length, next - line - (gssize)length);
  }
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (since[i] >= 0)
      put_look (self, looks[i], since[i], last_end);
}

static void
set_state (UiEditor *self, const char *name, gboolean state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (state));
}

static void
set_value_state (UiEditor *self, const char *name, UiValue kind, const UiEditorLook *look)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);
  GtkTextTag *tag = look->values[kind];

  g_simple_action_set_state (
      G_SIMPLE_ACTION (action),
      g_variant_new_string (tag != NULL ? ui_editor_tag_get_value (tag, kind) : ""));
}

/* From a cell to the editor around it, whose buttons are those of both. */
static void
hand_states_on (UiEditor *self)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self->actions));

  g_simple_action_set_state (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "align")),
      g_variant_new_string (ui_editor_cell_get_align (self)));
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GVariant) state =
        g_action_group_get_action_state (G_ACTION_GROUP (self->actions), names[i]);
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->outer->actions), names[i]);

    if (state != NULL && G_IS_SIMPLE_ACTION (action))
      g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
  }
}

void
ui_editor_update_states (UiEditor *self)
{
  GtkTextIter start, end;
  UiEditorLook look;

  /* What a cell looks like that is being written, says its field. */
  if (self->loading || ui_editor_cell_get_field (self) != NULL)
    return;
  if (gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end)) {
    for (guint i = 0; i < UI_N_FORMATS; i++)
      look.formats[i] =
          ui_editor_has_everywhere (ui_editor_tags_get (self->table, i), &start, &end);
    for (guint i = 0; i < UI_N_VALUES; i++)
      look.values[i] = ui_editor_iter_get_value (&start, i);
  } else if (self->has_pending) {
    look = self->pending;
  } else {
    ui_editor_get_typing (self, &start, &look);
  }
  set_state (self, "bold", look.formats[UI_FORMAT_BOLD]);
  set_state (self, "italic", look.formats[UI_FORMAT_ITALIC]);
  set_state (self, "underline", look.formats[UI_FORMAT_UNDERLINE]);
  set_state (self, "strikethrough", look.formats[UI_FORMAT_STRIKETHROUGH]);
  set_state (self, "heading", look.formats[UI_FORMAT_HEADING]);
  set_value_state (self, "colour", UI_VALUE_COLOUR, &look);
  set_value_state (self, "size", UI_VALUE_SIZE, &look);
  set_value_state (self, "family", UI_VALUE_FAMILY, &look);
  set_value_state (self, "align", UI_VALUE_ALIGN, &look);
  set_state (self, "bullet", ui_editor_lines_are (self, "bullet"));
  set_state (self, "number", ui_editor_lines_are (self, "number"));
  set_state (self, "quote", ui_editor_lines_are (self, "quote"));
  if (self->outer != NULL)
    hand_states_on (self);
}

void
ui_editor_edited (UiEditor *self)
{
  if (self->loading)
    return;
  ui_editor_update_states (self);
  g_signal_emit (self, signals[EDITED], 0);
}

gboolean
ui_editor_emit_paste_files (UiEditor *self, GdkClipboard *clipboard)
{
  gboolean taken = FALSE;

  g_signal_emit (self, signals[PASTE_FILES], 0, clipboard, &taken);
  return taken;
}

void
ui_editor_emit_sentence (UiEditor *self, const char *sentence)
{
  g_signal_emit (self, signals[SENTENCE], 0, sentence);
}

gboolean
ui_editor_emit_word (UiEditor *self, const char *word)
{
  gboolean taken = FALSE;

  g_signal_emit (self, signals[WORD_TYPED], 0, word, &taken);
  return taken;
}

static void
update_dark (UiEditor *self)
{
  ui_editor_tags_set_dark (self->table,
                           adw_style_manager_get_dark (adw_style_manager_get_default ()));
  ui_editor_fit_objects (self);
}

static void
set_enabled (UiEditor *self, const char *name, gboolean enabled)
{
  g_autofree char *text = g_strconcat ("text.", name, NULL);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), text, enabled);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* What is done in a cell is undone in the letter. */
static UiEditorHistory *
get_history (UiEditor *self)
{
  return self->outer != NULL ? self->outer->history : self->history;
}

static void
update_undo (UiEditor *self)
{
  UiEditorHistory *history = get_history (self);

  if (history == NULL)
    return;
  set_enabled (self, "undo", ui_editor_history_can_undo (history));
  set_enabled (self, "redo", ui_editor_history_can_redo (history));
}

static void
on_history_changed (gpointer history, gpointer data)
{
  UiEditor *self = data, *field = ui_editor_cell_get_field (self);

  update_undo (self);
  if (field != NULL)
    update_undo (field);
}

/* ---- the buffer speaks ---- */

/* What was typed looks as what it stands in. */
static void
dress (UiEditor *self, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter first_end = *start, before = *start;
  UiEditorLook look;

  if (self->has_pending) {
    look = self->pending;
  } else {
    /* As if the new text were not there: asks what stands before it, else what follows. */
    gboolean leads = gtk_text_iter_starts_line (start) && !gtk_text_iter_ends_line (end);

    ui_editor_get_typing (self, leads ? end : &before, &look);
    for (guint i = 0; leads && self->rich && i < UI_N_FORMATS; i++)
      look.formats[i] = gtk_text_iter_has_tag (end, ui_editor_tags_get (self->table, i));
    for (guint i = 0; leads && self->rich && i < UI_VALUE_ALIGN; i++)
      look.values[i] = ui_editor_iter_get_value (end, i);
    if (self->rich)
      look.values[UI_VALUE_ALIGN] = gtk_text_iter_starts_line (start) && !gtk_text_iter_is_end (end)
                                        ? ui_editor_iter_get_value (end, UI_VALUE_ALIGN)
                                        : ui_editor_get_align (start);
  }
  /* A heading ends with its line. */
  if (!gtk_text_iter_ends_line (&first_end))
    gtk_text_iter_forward_to_line_end (&first_end);
  if (gtk_text_iter_compare (&first_end, end) > 0)
    first_end = *end;
  for (guint i = 0; i < UI_N_FORMATS; i++) {
    GtkTextTag *tag = ui_editor_tags_get (self->table, i);

    gtk_text_buffer_remove_tag (self->buffer, tag, start, end);
    if (look.formats[i] && self->rich)
      gtk_text_buffer_apply_tag (self->buffer, tag, start,
                                 i == UI_FORMAT_HEADING ? &first_end : end);
  }
  for (guint i = 0; i < UI_VALUE_LINK; i++)
    ui_editor_put_value (self->buffer, i, self->rich ? look.values[i] : NULL, start, end);
}

static void
on_inserted (GtkTextBuffer *buffer, GtkTextIter *at, const char *text, int length, UiEditor *self)
{
  int last = gtk_text_iter_get_line (at);
  GtkTextIter start = *at;
  g_autofree char *copy = length < 0 ? g_strdup (text) : g_strndup (text, (gsize)length);

  if (self->loading || *copy == '\0')
    return;
  gtk_text_iter_backward_chars (&start, (int)g_utf8_strlen (copy, -1));
  if (!self->dressed && !ui_editor_history_is_replaying (self->history)) {
    dress (self, &start, at);
    if (strcmp (copy, "\n") == 0)
      self->new_line = TRUE;
  }
  self->has_pending = FALSE;
  update_looks (self, gtk_text_iter_get_line (&start), last);
}

void
ui_editor_join_alignment (UiEditor *self, int first, int last)
{
  for (int line = first; line <= last; line++) {
    GtkTextIter start, end, before;
    GtkTextTag *align;

    gtk_text_buffer_get_iter_at_line (self->buffer, &start, line);
    ui_editor_get_line_end (self, line, &end);
    before = end;
    if (gtk_text_iter_equal (&start, &end) || !gtk_text_iter_backward_char (&before))
      continue;
    align = ui_editor_iter_get_value (&start, UI_VALUE_ALIGN);
    if (align != ui_editor_iter_get_value (&before, UI_VALUE_ALIGN))
      ui_editor_put_value (self->buffer, UI_VALUE_ALIGN, align, &start, &end);
  }
}

/* Of a table that stands somewhere already (what is dragged with Ctrl is inserted once more) another one is made, for they are to differ. */
static void
on_insert_picture (GtkTextBuffer *buffer, GtkTextIter *at, GdkPaintable *paintable, UiEditor *self)
{
  g_autoptr (UiEditorTable) other = NULL;

  if (!UI_IS_EDITOR_TABLE (paintable) || !ui_editor_table_is_placed (UI_EDITOR_TABLE (paintable))
      || ui_editor_history_is_replaying (self->history))
    return;
  other = ui_editor_table_new (ui_editor_table_get_grid (UI_EDITOR_TABLE (paintable)));
  g_signal_stop_emission_by_name (buffer, "insert-paintable");
  gtk_text_buffer_insert_paintable (buffer, at, GDK_PAINTABLE (other));
}

static void
on_inserted_picture (GtkTextBuffer *buffer, GtkTextIter *at, GdkPaintable *paintable,
                     UiEditor *self)
{
  GtkTextIter before = *at;

  self->has_pictures = TRUE;
  if (UI_IS_EDITOR_TABLE (paintable)) {
    g_signal_handlers_disconnect_by_func (paintable, ui_editor_fit_objects, self);
    g_signal_connect_object (paintable, "invalidate-size", G_CALLBACK (ui_editor_fit_objects), self,
                             G_CONNECT_SWAPPED);
  }
  gtk_text_iter_backward_char (&before);
  ui_editor_fit_object (self, &before);
}

static void
on_deleted (GtkTextBuffer *buffer, GtkTextIter *start, GtkTextIter *end, UiEditor *self)
{
  int line = gtk_text_iter_get_line (start);

  if (self->loading)
    return;
  if (!ui_editor_history_is_replaying (self->history))
    ui_editor_join_alignment (self, line, line);
  update_looks (self, line, line);
  ui_editor_cell_update (self);
}

void
ui_editor_set_rich_flag (UiEditor *self, gboolean rich)
{
  if (self->rich == rich)
    return;
  self->rich = rich;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RICH]);
}

/* Formats come into a plain letter by undo only, and then it is no plain letter any more; pasted ones stay out. */
static void
on_apply_tag (GtkTextBuffer *buffer, GtkTextTag *tag, const GtkTextIter *start,
              const GtkTextIter *end, UiEditor *self)
{
  if (self->rich || self->loading || !ui_editor_tag_is_format (tag))
    return;
  if (ui_editor_history_is_replaying (self->history))
    ui_editor_set_rich_flag (self, TRUE);
  else
    g_signal_stop_emission_by_name (buffer, "apply-tag");
}

static void
on_mark_set (GtkTextBuffer *buffer, const GtkTextIter *at, GtkTextMark *mark, UiEditor *self)
{
  if (mark != gtk_text_buffer_get_insert (buffer)
      && mark != gtk_text_buffer_get_selection_bound (buffer))
    return;
  self->has_pending = FALSE;
  ui_editor_update_states (self);
}

static void
on_preedit_changed (UiEditor *self, const char *preedit)
{
  self->composing = preedit != NULL && *preedit != '\0';
  ui_editor_spell_set_composing (self->spell, self->composing);
  if (!self->composing)
    ui_editor_put_arrivals (self);
}

static void
on_end_user_action (GtkTextBuffer *buffer, UiEditor *self)
{
  gboolean new_line = self->new_line;

  self->new_line = FALSE;
  if (new_line && !self->composing && !ui_editor_history_is_replaying (self->history))
    ui_editor_continue_list (self);
}

static void
on_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiEditor *self = UI_EDITOR (widget);

  if (self->composing) {
    gtk_text_view_reset_im_context (GTK_TEXT_VIEW (self));
    return;
  }
  if (self->outer != NULL) {
    on_undo (GTK_WIDGET (self->outer), name, NULL);
    return;
  }
  ui_editor_cell_hand_over (self);
  if (g_str_equal (name, "text.undo"))
    ui_editor_history_undo (self->history);
  else
    ui_editor_history_redo (self->history);
  /* What changed may be within a table. */
  ui_editor_fit_objects (self);
  ui_editor_cell_update (self);
  if (ui_editor_cell_get_field (self) == NULL)
    gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self),
                                        gtk_text_buffer_get_insert (self->buffer));
  ui_editor_edited (self);
}

static gboolean
on_query_tooltip (UiEditor *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  GtkTextIter at;
  GtkTextTag *link;
  int buffer_x, buffer_y;

  if (keyboard) {
    gtk_text_buffer_get_iter_at_mark (self->buffer, &at, gtk_text_buffer_get_insert (self->buffer));
  } else {
    gtk_text_view_window_to_buffer_coords (GTK_TEXT_VIEW (self), GTK_TEXT_WINDOW_WIDGET, x, y,
                                           &buffer_x, &buffer_y);
    if (!gtk_text_view_get_iter_at_location (GTK_TEXT_VIEW (self), &at, buffer_x, buffer_y))
      return FALSE;
  }
  link = ui_editor_iter_get_value (&at, UI_VALUE_LINK);
  if (link == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, ui_editor_tag_get_value (link, UI_VALUE_LINK));
  return TRUE;
}

/* ---- for the composer ---- */

GActionGroup *
ui_editor_get_actions (UiEditor *self)
{
  return G_ACTION_GROUP (self->actions);
}

void
ui_editor_set_content (UiEditor *self, const char *text, const char *html)
{
  GtkTextIter start;

  ui_editor_cell_close (self);
  self->loading = TRUE;
  ui_editor_history_freeze (self->history);
  if (html == NULL || !ui_editor_from_html (self->buffer, html)) {
    gtk_text_buffer_set_text (self->buffer, text, -1);
    html = NULL;
  }
  put_all_looks (self);
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  gtk_text_buffer_place_cursor (self->buffer, &start);
  ui_editor_history_thaw (self->history);
  self->loading = FALSE;
  self->has_pending = FALSE;
  ui_editor_set_rich_flag (self, html != NULL);
  ui_editor_update_states (self);
}

void
ui_editor_go_to_end (UiEditor *self)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_place_cursor (self->buffer, &end);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self),
                                      gtk_text_buffer_get_insert (self->buffer));
}

UiEditor *
ui_editor_new_cell (UiEditor *outer)
{
  UiEditor *self = g_object_new (UI_TYPE_EDITOR, NULL);

  self->outer = outer;
  ui_editor_history_freeze (self->history);
  ui_editor_set_rich_flag (self, TRUE);
  return self;
}

void
ui_editor_set_cell (UiEditor *self, const char *html)
{
  self->loading = TRUE;
  ui_editor_from_cell (self->buffer, html);
  self->loading = FALSE;
  self->has_pending = FALSE;
  update_undo (self);
  ui_editor_update_states (self);
}

char *
ui_editor_dup_text (UiEditor *self)
{
  ui_editor_cell_hand_over (self);
  return ui_editor_to_text (self->buffer);
}

char *
ui_editor_dup_html (UiEditor *self)
{
  ui_editor_cell_hand_over (self);
  return self->rich && (ui_editor_has_format (self) || ui_editor_has_list (self))
             ? ui_editor_to_html (self->buffer)
             : NULL;
}

void
ui_editor_set_spelling (UiEditor *self, gboolean check)
{
  self->spelling = check;
  ui_editor_spell_set_enabled (self->spell, check);
}

void
ui_editor_set_languages (UiEditor *self, const char *languages, gboolean guess)
{
  g_autofree char *text = guess ? ui_editor_dup_text (self) : NULL;

  ui_editor_spell_set_languages (self->spell, languages, text);
}

char *
ui_editor_dup_languages (UiEditor *self)
{
  return g_strdup (ui_editor_spell_get_languages (self->spell));
}

GMenuModel *
ui_editor_get_language_menu (UiEditor *self)
{
  return ui_editor_spell_get_language_menu (self->spell);
}

gboolean
ui_editor_get_rich (UiEditor *self)
{
  return self->rich;
}

void
ui_editor_set_rich (UiEditor *self, gboolean rich)
{
  if (self->rich == rich)
    return;
  ui_editor_cell_close (self);
  if (!rich)
    ui_editor_make_plain (self);
  ui_editor_set_rich_flag (self, rich);
  ui_editor_edited (self);
}

/* ---- the object ---- */

static void
ui_editor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiEditor *self = UI_EDITOR (object);

  switch (id) {
  case PROP_RICH:
    g_value_set_boolean (value, self->rich);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_editor_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiEditor *self = UI_EDITOR (object);

  switch (id) {
  case PROP_RICH:
    ui_editor_set_rich (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* In a cell it gets the room that the cell has: GTK would ask for that of its lines as they were broken before. */
static void
ui_editor_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                   int *natural, int *minimum_baseline, int *natural_baseline)
{
  GTK_WIDGET_CLASS (ui_editor_parent_class)
      ->measure (widget, orientation, for_size, minimum, natural, minimum_baseline,
                 natural_baseline);
  if (UI_EDITOR (widget)->outer != NULL)
    *minimum = *natural = 0;
}

static void
ui_editor_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkTextView *view = GTK_TEXT_VIEW (widget);

  GTK_WIDGET_CLASS (ui_editor_parent_class)->size_allocate (widget, width, height, baseline);
  ui_editor_set_room (UI_EDITOR (widget), width - gtk_text_view_get_left_margin (view)
                                              - gtk_text_view_get_right_margin (view));
  ui_editor_cell_follow (UI_EDITOR (widget));
}

static void
ui_editor_dispose (GObject *object)
{
  UiEditor *self = UI_EDITOR (object);

  ui_editor_cell_free (self);
  if (self->buffer != NULL)
    g_signal_handlers_disconnect_by_data (self->buffer, self);
  ui_editor_drop_arrivals (self);
  g_clear_handle_id (&self->room_source, g_source_remove);
  g_clear_pointer (&self->textures, g_hash_table_unref);
  g_clear_signal_handler (&self->dark_handler, adw_style_manager_get_default ());
  g_clear_pointer (&self->spell, ui_editor_spell_free);
  g_clear_pointer (&self->history, ui_editor_history_free);
  g_clear_object (&self->actions);
  g_clear_object (&self->buffer);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (ui_editor_parent_class)->dispose (object);
}

static void
ui_editor_move_focus (GtkWidget *widget, GtkDirectionType direction)
{
  UiEditor *self = UI_EDITOR (widget);
  gboolean forward = direction == GTK_DIR_TAB_FORWARD;

  if (!forward && direction != GTK_DIR_TAB_BACKWARD)
    GTK_WIDGET_CLASS (ui_editor_parent_class)->move_focus (widget, direction);
  else if (self->outer != NULL)
    ui_editor_cell_move (self, forward);
  else if (!ui_editor_cell_enter (self, forward) && !(forward && ui_editor_take_word (self)))
    GTK_WIDGET_CLASS (ui_editor_parent_class)->move_focus (widget, direction);
}

static void
ui_editor_class_init (UiEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_editor_get_property;
  object_class->set_property = ui_editor_set_property;
  object_class->dispose = ui_editor_dispose;
  widget_class->measure = ui_editor_measure;
  widget_class->size_allocate = ui_editor_size_allocate;

  properties[PROP_RICH] =
      g_param_spec_boolean ("rich", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  widget_class->move_focus = ui_editor_move_focus;
  signals[EDITED] = g_signal_new ("edited", UI_TYPE_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[PASTE_FILES] = g_signal_new ("paste-files", UI_TYPE_EDITOR, G_SIGNAL_RUN_LAST, 0,
                                       g_signal_accumulator_true_handled, NULL, NULL,
                                       G_TYPE_BOOLEAN, 1, GDK_TYPE_CLIPBOARD);
  signals[WORD_TYPED] = g_signal_new ("word-typed", UI_TYPE_EDITOR, G_SIGNAL_RUN_LAST, 0,
                                      g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN,
                                      1, G_TYPE_STRING);
  signals[LANGUAGES_CHOSEN] = g_signal_new ("languages-chosen", UI_TYPE_EDITOR, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SENTENCE] = g_signal_new ("sentence", UI_TYPE_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  /* In place of GTK's, which the keys and the context menu name. */
  gtk_widget_class_install_action (widget_class, "text.undo", NULL, on_undo);
  gtk_widget_class_install_action (widget_class, "text.redo", NULL, on_undo);
  ui_editor_class_add_keys (widget_class);
  ui_editor_class_add_paste (GTK_TEXT_VIEW_CLASS (klass));
}

/* GTK 4.8 measures changed lines when it is idle, or else while it draws, and then the bar beside them is too late to move: they are measured
 * with the frame that is drawn next.  By a resize and not only an allocation: while it is allocated, a view with changed lines asks for another
 * size, which marks all that is around it.  Those on whom only "a child is to be allocated" stood keep the mark when one further out is
 * allocated in the same go, are asked by nobody, and are drawn without an allocation: not at all in that frame, with a warning. */
static void
measure_in_time (UiEditor *self)
{
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
ui_editor_init (UiEditor *self)
{
  static const char *const measured[] = { "changed", "apply-tag", "remove-tag" };

  self->textures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->table = ui_editor_tags_new ();
  self->buffer = gtk_text_buffer_new (self->table);
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self), self->buffer);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self), FALSE);
  gtk_text_view_set_input_hints (GTK_TEXT_VIEW (self), GTK_INPUT_HINT_SPELLCHECK);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);

  ui_editor_add_actions (self);
  ui_editor_cell_watch (self);
  /* Before the history listens: what is stopped here is not to be undone. */
  g_signal_connect (self->buffer, "apply-tag", G_CALLBACK (on_apply_tag), self);
  g_signal_connect (self->buffer, "insert-paintable", G_CALLBACK (on_insert_picture), self);
  self->history = ui_editor_history_new (self->buffer, on_history_changed, self);
  /* GTK's own history, which is off, says at every notification that there is nothing to undo. */
  g_signal_connect_object (self->buffer, "notify", G_CALLBACK (update_undo), self,
                           G_CONNECT_SWAPPED);
  update_undo (self);
  self->spell = ui_editor_spell_new (self);
  g_signal_connect_after (self->buffer, "insert-text", G_CALLBACK (on_inserted), self);
  g_signal_connect_after (self->buffer, "insert-paintable", G_CALLBACK (on_inserted_picture), self);
  g_signal_connect_after (self->buffer, "delete-range", G_CALLBACK (on_deleted), self);
  for (guint i = 0; i < G_N_ELEMENTS (measured); i++)
    g_signal_connect_object (self->buffer, measured[i], G_CALLBACK (measure_in_time), self,
                             G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_after (self->buffer, "end-user-action", G_CALLBACK (on_end_user_action), self);
  g_signal_connect_after (self->buffer, "mark-set", G_CALLBACK (on_mark_set), self);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (ui_editor_edited), self,
                           G_CONNECT_SWAPPED);
  self->preedit = ui_preedit_watch (GTK_WIDGET (self));
  g_signal_connect (self, "preedit-changed", G_CALLBACK (on_preedit_changed), NULL);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  self->dark_handler = g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                                                G_CALLBACK (update_dark), self, G_CONNECT_SWAPPED);
  update_dark (self);
}
