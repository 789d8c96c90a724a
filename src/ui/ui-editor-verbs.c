/* The verbs of the editor: formats, values, lists, links, and making a letter plain.  Main thread; each is one step of undo.  None of
 * them does anything while an input method composes: what it composes is handed over first. */
#include "ui-editor-private.h"

#include <string.h>

#include "ui-editor-picture.h"

typedef struct
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;
} Stretch;

/* A verb that waits for an input method. */
typedef struct
{
  UiEditor *self; /* owned */
  GAction *action;
  GVariant *parameter;
} Waiting;

static void
on_settled (gpointer data)
{
  Waiting *waiting = data;

  if (waiting->self->buffer != NULL && !waiting->self->composing)
    g_action_activate (waiting->action, waiting->parameter);
  g_object_unref (waiting->self);
  g_object_unref (waiting->action);
  g_clear_pointer (&waiting->parameter, g_variant_unref);
  g_free (waiting);
}

/* Whoever clicked wants to write on.  FALSE: not now, the action comes again when the input method has handed over; or not here, it is one for the cell
 * that is being written. */
static gboolean
begin (UiEditor *self, GSimpleAction *action, GVariant *parameter)
{
  UiEditor *field = ui_editor_cell_get_field (self);
  Waiting *waiting;

  if (field != NULL) {
    g_action_group_activate_action (G_ACTION_GROUP (field->actions),
                                    g_action_get_name (G_ACTION (action)), parameter);
    return FALSE;
  }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->composing)
    gtk_text_view_reset_im_context (GTK_TEXT_VIEW (self));
  if (!ui_preedit_is_owed (self->preedit))
    return TRUE;
  waiting = g_new0 (Waiting, 1);
  waiting->self = g_object_ref (self);
  waiting->action = g_object_ref (G_ACTION (action));
  waiting->parameter = parameter != NULL ? g_variant_ref (parameter) : NULL;
  ui_preedit_settle (GTK_WIDGET (self), on_settled, waiting);
  return FALSE;
}

/* The whole lines of the selection, with the end of the last. */
static void
get_line_stretch (UiEditor *self, GtkTextIter *start, GtkTextIter *end)
{
  int first, last;

  ui_editor_get_lines (self, &first, &last);
  gtk_text_buffer_get_iter_at_line (self->buffer, start, first);
  ui_editor_get_line_end (self, last, end);
}

static UiEditorLook *
get_pending (UiEditor *self)
{
  GtkTextIter caret;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &caret,
                                    gtk_text_buffer_get_insert (self->buffer));
  if (!self->has_pending)
    ui_editor_get_typing (self, &caret, &self->pending);
  self->has_pending = TRUE;
  return &self->pending;
}

/* ---- formats ---- */

static void
toggle_format (UiEditor *self, UiFormat format)
{
  GtkTextTag *tag = ui_editor_tags_get (self->table, format);
  GtkTextIter start, end;
  gboolean selected = gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);

  ui_editor_set_rich_flag (self, TRUE);
  if (format == UI_FORMAT_HEADING) {
    int first, last;

    ui_editor_get_lines (self, &first, &last);
    gtk_text_buffer_get_iter_at_line (self->buffer, &start, first);
    gtk_text_buffer_get_iter_at_line (self->buffer, &end, last);
    if (!gtk_text_iter_ends_line (&end))
      gtk_text_iter_forward_to_line_end (&end);
    selected = !gtk_text_iter_equal (&start, &end);
  }
  if (selected) {
    gtk_text_buffer_begin_user_action (self->buffer);
    if (ui_editor_has_everywhere (tag, &start, &end))
      gtk_text_buffer_remove_tag (self->buffer, tag, &start, &end);
    else
      gtk_text_buffer_apply_tag (self->buffer, tag, &start, &end);
    gtk_text_buffer_end_user_action (self->buffer);
    ui_editor_edited (self);
    return;
  }
  get_pending (self)->formats[format] ^= TRUE;
  ui_editor_update_states (self);
}

static void
on_format (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const names[UI_N_FORMATS] = {
    [UI_FORMAT_BOLD] = "bold",           [UI_FORMAT_ITALIC] = "italic",
    [UI_FORMAT_UNDERLINE] = "underline", [UI_FORMAT_STRIKETHROUGH] = "strikethrough",
    [UI_FORMAT_HEADING] = "heading",
  };

  if (!begin (data, action, parameter))
    return;
  for (guint i = 0; i < UI_N_FORMATS; i++)
    if (g_str_equal (g_action_get_name (G_ACTION (action)), names[i]))
      toggle_format (data, i);
}

static void
set_value (UiEditor *self, UiValue kind, const char *value)
{
  GtkTextTag *tag = NULL;
  GtkTextIter start, end;
  gboolean selected = gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);

  if (kind == UI_VALUE_ALIGN && self->outer != NULL) {
    ui_editor_cell_set_align (self, value);
    return;
  }
  if (*value != '\0') {
    tag = ui_editor_tags_get_value (self->table, kind, value);
    if (tag == NULL)
      return;
  }
  ui_editor_set_rich_flag (self, TRUE);
  if (kind == UI_VALUE_ALIGN) {
    get_line_stretch (self, &start, &end);
    selected = !gtk_text_iter_equal (&start, &end);
  }
  if (!selected) {
    get_pending (self)->values[kind] = tag;
    ui_editor_update_states (self);
    return;
  }
  gtk_text_buffer_begin_user_action (self->buffer);
  ui_editor_put_value (self->buffer, kind, tag, &start, &end);
  gtk_text_buffer_end_user_action (self->buffer);
  ui_editor_edited (self);
}

static void
on_value (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const names[UI_N_VALUES] = {
    [UI_VALUE_COLOUR] = "colour",
    [UI_VALUE_SIZE] = "size",
    [UI_VALUE_FAMILY] = "family",
    [UI_VALUE_ALIGN] = "align",
  };

  if (!begin (data, action, parameter))
    return;
  for (guint i = 0; i < UI_N_VALUES; i++)
    if (g_strcmp0 (g_action_get_name (G_ACTION (action)), names[i]) == 0)
      set_value (data, i, g_variant_get_string (parameter, NULL));
}

static void
drop_format (GtkTextTag *tag, gpointer data)
{
  Stretch *stretch = data;

  if (ui_editor_tag_is_format (tag))
    gtk_text_buffer_remove_tag (stretch->buffer, tag, &stretch->start, &stretch->end);
}

/* Of the selection, else of the line. */
static void
on_clear (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiEditor *self = data;
  Stretch stretch = { .buffer = self->buffer };
  GtkTextIter start, end;

  if (!begin (self, action, parameter))
    return;
  if (!gtk_text_buffer_get_selection_bounds (self->buffer, &stretch.start, &stretch.end)) {
    GtkTextIter at = stretch.start;

    g_free (ui_editor_get_line (&at, &stretch.start, &stretch.end));
  }
  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_tag_table_foreach (self->table, drop_format, &stretch);
  get_line_stretch (self, &start, &end);
  ui_editor_put_value (self->buffer, UI_VALUE_ALIGN, NULL, &start, &end);
  gtk_text_buffer_end_user_action (self->buffer);
  self->has_pending = FALSE;
  ui_editor_edited (self);
}

/* ---- plain ---- */

static gboolean
text_is (const GtkTextIter *start, const GtkTextIter *end, const char *uri)
{
  g_autofree char *text = gtk_text_iter_get_text (start, end);
  const char *bare = g_str_has_prefix (uri, "mailto:") ? uri + strlen ("mailto:") : uri;
  const char *host = strstr (bare, "://");

  return g_str_equal (text, uri) || g_str_equal (text, bare)
         || (host != NULL && g_str_equal (text, host + 3));
}

/* The address of each link stands behind its text. */
static void
write_links_out (UiEditor *self)
{
  GtkTextIter at, end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  at = end;
  /* From the end, so that what is inserted moves nothing that is still to come. */
  while (gtk_text_iter_backward_to_tag_toggle (&at, NULL)) {
    GtkTextTag *link = ui_editor_iter_get_value (&at, UI_VALUE_LINK);
    const char *uri;

    if (link == NULL || !gtk_text_iter_starts_tag (&at, link))
      continue;
    uri = ui_editor_tag_get_value (link, UI_VALUE_LINK);
    end = at;
    gtk_text_iter_forward_to_tag_toggle (&end, link);
    if (!text_is (&at, &end, uri)) {
      int offset = gtk_text_iter_get_offset (&at);
      g_autofree char *address = g_strdup_printf (" <%s>", uri);

      gtk_text_buffer_insert (self->buffer, &end, address, -1);
      gtk_text_buffer_get_iter_at_offset (self->buffer, &at, offset);
    }
  }
}

/* What an object says where it cannot be: of a picture its name, of a table its rows, each a line. */
static char *
dup_words (GtkTextIter *at)
{
  UiEditorPicture *picture = ui_editor_iter_get_picture (at);
  UiEditorTable *table = ui_editor_iter_get_table (at);
  g_autoptr (GString) words = g_string_new (NULL);
  GtkTextIter start, end, after = *at;
  UiLine line;

  if (picture != NULL)
    return g_strdup_printf ("[%s]", ui_editor_picture_get_name (picture));
  if (table == NULL)
    return NULL;
  g_autofree char *text = ui_editor_get_line (at, &start, &end);
  ui_editor_read_line (text, &line);
  g_autofree char *prefix = g_strndup (text, (gsize)(line.quoted - text));
  if (gtk_text_iter_get_line_offset (at) > (int)g_utf8_strlen (text, line.text - text))
    g_string_append_printf (words, "\n%s", prefix);
  ui_editor_grid_append_text (ui_editor_table_get_grid (table), prefix, words);
  gtk_text_iter_forward_char (&after);
  if (!gtk_text_iter_ends_line (&after))
    g_string_append_printf (words, "\n%s", prefix);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* The files of pictures stay with the message; the text says where they were. */
static void
write_objects_out (UiEditor *self)
{
  GtkTextIter at, end;

  gtk_text_buffer_get_start_iter (self->buffer, &at);
  while (ui_editor_find_object (self, &at)) {
    g_autofree char *words = dup_words (&at);

    end = at;
    gtk_text_iter_forward_char (&end);
    gtk_text_buffer_delete (self->buffer, &at, &end);
    gtk_text_buffer_insert (self->buffer, &at, words != NULL ? words : "", -1);
  }
}

void
ui_editor_make_plain (UiEditor *self)
{
  Stretch stretch = { .buffer = self->buffer };

  gtk_text_buffer_begin_user_action (self->buffer);
  write_links_out (self);
  write_objects_out (self);
  gtk_text_buffer_get_bounds (self->buffer, &stretch.start, &stretch.end);
  gtk_text_tag_table_foreach (self->table, drop_format, &stretch);
  gtk_text_buffer_end_user_action (self->buffer);
  self->has_pending = FALSE;
}

/* ---- links ---- */

char *
ui_editor_dup_link (UiEditor *self)
{
  GtkTextIter start, end;
  GtkTextTag *link;

  if (ui_editor_cell_get_field (self) != NULL)
    return ui_editor_dup_link (ui_editor_cell_get_field (self));
  gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);
  link = ui_editor_iter_get_value (&start, UI_VALUE_LINK);
  return g_strdup (link == NULL ? "" : ui_editor_tag_get_value (link, UI_VALUE_LINK));
}

/* Without a selection: the whole link at the caret, if any. */
static gboolean
get_link_range (UiEditor *self, GtkTextIter *start, GtkTextIter *end)
{
  GtkTextTag *link;

  if (gtk_text_buffer_get_selection_bounds (self->buffer, start, end))
    return TRUE;
  link = ui_editor_iter_get_value (start, UI_VALUE_LINK);
  if (link == NULL)
    return FALSE;
  if (!gtk_text_iter_starts_tag (start, link))
    gtk_text_iter_backward_to_tag_toggle (start, link);
  gtk_text_iter_forward_to_tag_toggle (end, link);
  return TRUE;
}

gboolean
ui_editor_set_link (UiEditor *self, const char *text, const char *uri)
{
  GtkTextTag *tag = uri != NULL ? ui_editor_tags_get_value (self->table, UI_VALUE_LINK, uri) : NULL;
  GtkTextIter start, end;

  if (uri != NULL && tag == NULL)
    return FALSE;
  if (ui_editor_cell_get_field (self) != NULL)
    return ui_editor_set_link (ui_editor_cell_get_field (self), text, uri);
  ui_editor_set_rich_flag (self, TRUE);
  gtk_text_buffer_begin_user_action (self->buffer);
  if (get_link_range (self, &start, &end)) {
    ui_editor_put_value (self->buffer, UI_VALUE_LINK, tag, &start, &end);
  } else if (uri != NULL) {
    int offset = gtk_text_iter_get_offset (&end);

    gtk_text_buffer_insert (self->buffer, &end, text == NULL || *text == '\0' ? uri : text, -1);
    gtk_text_buffer_get_iter_at_offset (self->buffer, &start, offset);
    gtk_text_buffer_apply_tag (self->buffer, tag, &start, &end);
  }
  gtk_text_buffer_end_user_action (self->buffer);
  ui_editor_edited (self);
  return TRUE;
}

/* ---- actions ---- */

static void
on_lines (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (begin (data, action, parameter))
    ui_editor_toggle_lines (data, g_action_get_name (G_ACTION (action)));
}

static void
on_move (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (begin (data, action, parameter))
    ui_editor_move_items (data, g_str_equal (g_action_get_name (G_ACTION (action)), "indent"));
}

static void
on_paste_plain (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (begin (data, action, parameter))
    ui_editor_paste_plain (data);
}

static void
on_widget_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *name = g_action_get_name (G_ACTION (action));
  UiEditor *field = ui_editor_cell_get_field (data);
  GtkWidget *widget = field != NULL ? GTK_WIDGET (field) : data;

  gtk_widget_grab_focus (widget);
  gtk_widget_activate_action (widget,
                              g_str_equal (name, "emoji")  ? "misc.insert-emoji"
                              : g_str_equal (name, "undo") ? "text.undo"
                                                           : "text.redo",
                              NULL);
}

/* GtkTextView has a Ctrl+\ of its own, which drops the selection and comes before what a class below it adds; what one of them has
 * to itself comes first. */
static void
add_clear_key (UiEditor *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_backslash, GDK_CONTROL_MASK),
                        gtk_named_action_new ("editor.clear")));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

void
ui_editor_add_actions (UiEditor *self)
{
  const GActionEntry entries[] = {
    { "bold", on_format, NULL, "false", NULL, { 0 } },
    { "italic", on_format, NULL, "false", NULL, { 0 } },
    { "underline", on_format, NULL, "false", NULL, { 0 } },
    { "strikethrough", on_format, NULL, "false", NULL, { 0 } },
    { "heading", on_format, NULL, "false", NULL, { 0 } },
    { "colour", on_value, "s", "''", NULL, { 0 } },
    { "size", on_value, "s", "''", NULL, { 0 } },
    { "family", on_value, "s", "''", NULL, { 0 } },
    { "align", on_value, "s", "''", NULL, { 0 } },
    { "bullet", on_lines, NULL, "false", NULL, { 0 } },
    { "number", on_lines, NULL, "false", NULL, { 0 } },
    { "quote", on_lines, NULL, "false", NULL, { 0 } },
    { "indent", on_move, NULL, NULL, NULL, { 0 } },
    { "outdent", on_move, NULL, NULL, NULL, { 0 } },
    { "clear", on_clear, NULL, NULL, NULL, { 0 } },
    { "paste-plain", on_paste_plain, NULL, NULL, NULL, { 0 } },
    { "emoji", on_widget_action, NULL, NULL, NULL, { 0 } },
    { "undo", on_widget_action, NULL, NULL, NULL, { 0 } },
    { "redo", on_widget_action, NULL, NULL, NULL, { 0 } },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "editor", G_ACTION_GROUP (self->actions));
  add_clear_key (self);
}

/* Tab, behind a word that stands for something: then the keyboard stays. */
gboolean
ui_editor_take_word (UiEditor *self)
{
  GtkTextIter start, end;
  g_autofree char *word = NULL;

  if (self->composing || !gtk_text_view_get_editable (GTK_TEXT_VIEW (self))
      || !ui_editor_get_word (self, &start, &end))
    return FALSE;
  word = gtk_text_iter_get_slice (&start, &end);
  return ui_editor_emit_word (self, word);
}

void
ui_editor_class_add_keys (GtkWidgetClass *klass)
{
  const GdkModifierType control = GDK_CONTROL_MASK, both = GDK_CONTROL_MASK | GDK_SHIFT_MASK;
  const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
    const char *value;
  } keys[] = {
    { GDK_KEY_b, control, "editor.bold", NULL },
    { GDK_KEY_i, control, "editor.italic", NULL },
    { GDK_KEY_u, control, "editor.underline", NULL },
    { GDK_KEY_x, both, "editor.strikethrough", NULL },
    { GDK_KEY_h, both, "editor.heading", NULL },
    { GDK_KEY_l, both, "editor.bullet", NULL },
    { GDK_KEY_o, both, "editor.number", NULL },
    { GDK_KEY_q, both, "editor.quote", NULL },
    { GDK_KEY_bracketright, control, "editor.indent", NULL },
    { GDK_KEY_bracketleft, control, "editor.outdent", NULL },
    { GDK_KEY_e, both, "editor.align", "center" },
    { GDK_KEY_r, both, "editor.align", "right" },
    { GDK_KEY_w, both, "editor.align", "" },
    { GDK_KEY_v, both, "editor.paste-plain", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (klass, keys[i].key, keys[i].modifiers, keys[i].action,
                                         keys[i].value != NULL ? "s" : NULL, keys[i].value);
}
