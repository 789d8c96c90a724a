/* The text view in which letters are written. Main thread. It never changes the text by itself
 * while an input method composes: what it adds (the next bullet, formats of what was typed)
 * comes after the change of a person is complete. */
#include "ui-editor.h"

#include <adwaita.h>
#include <string.h>

#include "ui-editor-history.h"
#include "ui-editor-html.h"

struct _UiEditor
{
  GtkTextView parent_instance;

  GtkTextBuffer *buffer;  /* owned by the view too */
  GtkTextTagTable *table; /* owned */
  UiEditorHistory *history;
  GSimpleActionGroup *actions;
  gulong dark_handler;

  gboolean rich;
  gboolean loading;     /* set_content () is at work */
  gboolean composing;   /* the input method has a preedit */
  gboolean has_pending; /* `pending` is for the next character, not what stands before it */
  gboolean pending[UI_N_FORMATS];
  gboolean new_line; /* a person pressed Return in this user action */
};

enum
{
  PROP_RICH = 1,
  N_PROPS
};

enum
{
  EDITED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiEditor, ui_editor, GTK_TYPE_TEXT_VIEW)

static const char *const format_actions[UI_N_FORMATS] = {
  [UI_FORMAT_BOLD] = "bold",           [UI_FORMAT_ITALIC] = "italic",
  [UI_FORMAT_UNDERLINE] = "underline", [UI_FORMAT_STRIKETHROUGH] = "strikethrough",
  [UI_FORMAT_HEADING] = "heading",
};

/* ---- what stands where ---- */

static void
get_caret (UiEditor *self, GtkTextIter *iter)
{
  gtk_text_buffer_get_iter_at_mark (self->buffer, iter, gtk_text_buffer_get_insert (self->buffer));
}

/* Text of the line of `iter`, without its end; `start` gets where it begins. */
static char *
get_line (const GtkTextIter *iter, GtkTextIter *start, GtkTextIter *end)
{
  *start = *iter;
  gtk_text_iter_set_line_offset (start, 0);
  *end = *start;
  if (!gtk_text_iter_ends_line (end))
    gtk_text_iter_forward_to_line_end (end);
  return gtk_text_iter_get_slice (start, end);
}

/* What a character typed at `at` looks like if nobody says otherwise: as the one before it, at the start of a line as the one
 * after it. */
static void
get_typing (UiEditor *self, const GtkTextIter *at, gboolean *formats)
{
  GtkTextTag *heading = ui_editor_tags_get (self->table, UI_FORMAT_HEADING);
  GtkTextIter like = *at, line = *at;

  if (!gtk_text_iter_starts_line (at) || gtk_text_iter_ends_line (at))
    gtk_text_iter_backward_char (&like);
  for (guint i = 0; i < UI_N_FORMATS; i++)
    formats[i] = self->rich && gtk_text_iter_has_tag (&like, ui_editor_tags_get (self->table, i));
  gtk_text_iter_set_line_offset (&line, 0);
  formats[UI_FORMAT_HEADING] =
      self->rich && gtk_text_iter_has_tag (&line, heading) && !gtk_text_iter_ends_line (&line);
}

static gboolean
has_everywhere (GtkTextTag *tag, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter at = *start;

  return gtk_text_iter_has_tag (&at, tag)
         && (!gtk_text_iter_forward_to_tag_toggle (&at, tag)
             || gtk_text_iter_compare (&at, end) >= 0);
}

/* The lines that the selection touches; a selection that ends at the start of a line leaves that line out. */
static void
get_lines (UiEditor *self, int *first, int *last)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);
  *first = gtk_text_iter_get_line (&start);
  *last = gtk_text_iter_get_line (&end);
  if (*last > *first && gtk_text_iter_starts_line (&end))
    (*last)--;
}

static gboolean
line_has_prefix (UiEditor *self, int line, gboolean bullet)
{
  GtkTextIter at, start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_iter_at_line (self->buffer, &at, line);
  text = get_line (&at, &start, &end);
  return bullet ? g_str_has_prefix (text, UI_EDITOR_BULLET)
                : ui_editor_quote_depth (text, NULL) > 0;
}

static gboolean
lines_have_prefix (UiEditor *self, gboolean bullet)
{
  int first, last;

  get_lines (self, &first, &last);
  for (int line = first; line <= last; line++)
    if (!line_has_prefix (self, line, bullet))
      return FALSE;
  return TRUE;
}

/* ---- looks ---- */

/* Quotes and bullets are text; their tags follow it. */
static void
update_looks (UiEditor *self, int first, int last)
{
  for (int line = first; line <= last; line++) {
    GtkTextIter at, start, end;
    g_autofree char *text = NULL;
    gboolean quote, bullet;

    gtk_text_buffer_get_iter_at_line (self->buffer, &at, line);
    text = get_line (&at, &start, &end);
    quote = ui_editor_quote_depth (text, NULL) > 0;
    bullet = g_str_has_prefix (text, UI_EDITOR_BULLET);
    if (quote)
      gtk_text_buffer_apply_tag_by_name (self->buffer, "quote", &start, &end);
    else
      gtk_text_buffer_remove_tag_by_name (self->buffer, "quote", &start, &end);
    if (bullet)
      gtk_text_buffer_apply_tag_by_name (self->buffer, "bullet", &start, &end);
    else
      gtk_text_buffer_remove_tag_by_name (self->buffer, "bullet", &start, &end);
  }
}

static void
set_state (UiEditor *self, const char *name, gboolean state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (state));
}

static void
update_states (UiEditor *self)
{
  GtkTextIter start, end;
  gboolean formats[UI_N_FORMATS];

  if (self->loading)
    return;
  if (gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end)) {
    for (guint i = 0; i < UI_N_FORMATS; i++)
      formats[i] = has_everywhere (ui_editor_tags_get (self->table, i), &start, &end);
  } else if (self->has_pending) {
    memcpy (formats, self->pending, sizeof formats);
  } else {
    get_typing (self, &start, formats);
  }
  for (guint i = 0; i < UI_N_FORMATS; i++)
    set_state (self, format_actions[i], formats[i]);
  set_state (self, "bullet", lines_have_prefix (self, TRUE));
  set_state (self, "quote", lines_have_prefix (self, FALSE));
}

static void
edited (UiEditor *self)
{
  if (self->loading)
    return;
  update_states (self);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
update_dark (UiEditor *self)
{
  ui_editor_tags_set_dark (self->table,
                           adw_style_manager_get_dark (adw_style_manager_get_default ()));
}

static void
update_undo (UiEditor *self)
{
  if (self->history == NULL)
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "text.undo",
                                 ui_editor_history_can_undo (self->history));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "text.redo",
                                 ui_editor_history_can_redo (self->history));
}

static void
on_history_changed (gpointer history, gpointer data)
{
  update_undo (data);
}

/* ---- the buffer speaks ---- */

static void
on_inserted (GtkTextBuffer *buffer, GtkTextIter *at, const char *text, int length, UiEditor *self)
{
  int last = gtk_text_iter_get_line (at);
  GtkTextIter start = *at, first_end;
  gboolean formats[UI_N_FORMATS];
  g_autofree char *copy = length < 0 ? g_strdup (text) : g_strndup (text, (gsize)length);

  if (self->loading || *copy == '\0')
    return;
  gtk_text_iter_backward_chars (&start, (int)g_utf8_strlen (copy, -1));
  if (!ui_editor_history_is_replaying (self->history)) {
    if (self->has_pending) {
      memcpy (formats, self->pending, sizeof formats);
    } else {
      GtkTextIter before = start;

      /* As if the new text were not there: asks what stands before it, else what follows. */
      if (gtk_text_iter_starts_line (&start) && !gtk_text_iter_ends_line (at))
        before = *at;
      get_typing (self, &before, formats);
      if (gtk_text_iter_starts_line (&start) && !gtk_text_iter_ends_line (at))
        for (guint i = 0; i < UI_N_FORMATS; i++)
          formats[i] =
              self->rich && gtk_text_iter_has_tag (at, ui_editor_tags_get (self->table, i));
    }
    /* A heading ends with its line. */
    first_end = start;
    if (!gtk_text_iter_ends_line (&first_end))
      gtk_text_iter_forward_to_line_end (&first_end);
    if (gtk_text_iter_compare (&first_end, at) > 0)
      first_end = *at;
    for (guint i = 0; i < UI_N_FORMATS; i++) {
      GtkTextTag *tag = ui_editor_tags_get (self->table, i);

      gtk_text_buffer_remove_tag (buffer, tag, &start, at);
      if (formats[i] && self->rich)
        gtk_text_buffer_apply_tag (buffer, tag, &start, i == UI_FORMAT_HEADING ? &first_end : at);
    }
    if (strcmp (copy, "\n") == 0)
      self->new_line = TRUE;
  }
  self->has_pending = FALSE;
  update_looks (self, gtk_text_iter_get_line (&start), last);
}

static void
on_deleted (GtkTextBuffer *buffer, GtkTextIter *start, GtkTextIter *end, UiEditor *self)
{
  if (!self->loading)
    update_looks (self, gtk_text_iter_get_line (start), gtk_text_iter_get_line (start));
}

static void
set_rich_flag (UiEditor *self, gboolean rich)
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
    set_rich_flag (self, TRUE);
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
  update_states (self);
}

static void
on_preedit_changed (UiEditor *self, const char *preedit)
{
  self->composing = preedit != NULL && *preedit != '\0';
}

/* Return in a list goes on with the list; in an empty item it ends the list. */
static void
continue_list (UiEditor *self)
{
  GtkTextIter caret, start, end;
  g_autofree char *text = NULL;

  get_caret (self, &caret);
  if (!gtk_text_iter_starts_line (&caret) || !gtk_text_iter_backward_line (&caret))
    return;
  text = get_line (&caret, &start, &end);
  if (!g_str_has_prefix (text, UI_EDITOR_BULLET))
    return;
  ui_editor_history_continue (self->history);
  gtk_text_buffer_begin_user_action (self->buffer);
  if (strcmp (text, UI_EDITOR_BULLET) == 0) {
    get_caret (self, &caret);
    gtk_text_buffer_delete (self->buffer, &start, &caret);
  } else {
    gtk_text_buffer_insert_at_cursor (self->buffer, UI_EDITOR_BULLET, -1);
  }
  gtk_text_buffer_end_user_action (self->buffer);
}

static void
on_end_user_action (GtkTextBuffer *buffer, UiEditor *self)
{
  gboolean new_line = self->new_line;

  self->new_line = FALSE;
  if (new_line && !self->composing && !ui_editor_history_is_replaying (self->history))
    continue_list (self);
}

/* ---- verbs ---- */

static void
toggle_format (UiEditor *self, UiFormat format)
{
  GtkTextTag *tag = ui_editor_tags_get (self->table, format);
  GtkTextIter start, end;
  gboolean selected = gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);

  set_rich_flag (self, TRUE);
  if (format == UI_FORMAT_HEADING) {
    int first, last;

    get_lines (self, &first, &last);
    gtk_text_buffer_get_iter_at_line (self->buffer, &start, first);
    gtk_text_buffer_get_iter_at_line (self->buffer, &end, last);
    if (!gtk_text_iter_ends_line (&end))
      gtk_text_iter_forward_to_line_end (&end);
    selected = !gtk_text_iter_equal (&start, &end);
  }
  if (selected) {
    gtk_text_buffer_begin_user_action (self->buffer);
    if (has_everywhere (tag, &start, &end))
      gtk_text_buffer_remove_tag (self->buffer, tag, &start, &end);
    else
      gtk_text_buffer_apply_tag (self->buffer, tag, &start, &end);
    gtk_text_buffer_end_user_action (self->buffer);
    edited (self);
    return;
  }
  if (!self->has_pending)
    get_typing (self, &start, self->pending);
  self->has_pending = TRUE;
  self->pending[format] = !self->pending[format];
  update_states (self);
}

static void
remove_prefix (UiEditor *self, int line, gboolean bullet)
{
  GtkTextIter at, start, end;
  g_autofree char *text = NULL;
  const char *rest = NULL;
  g_autofree char *shorter = NULL;

  gtk_text_buffer_get_iter_at_line (self->buffer, &at, line);
  text = get_line (&at, &start, &end);
  if (bullet)
    rest = text + strlen (UI_EDITOR_BULLET);
  else if (ui_editor_quote_depth (text, &rest) > 1)
    rest = text + 1 + strspn (text + 1, " ");
  end = start;
  gtk_text_iter_forward_chars (&end, (int)g_utf8_strlen (text, rest - text));
  gtk_text_buffer_delete (self->buffer, &start, &end);
}

static void
toggle_prefix (UiEditor *self, gboolean bullet)
{
  gboolean remove = lines_have_prefix (self, bullet);
  int first, last;

  get_lines (self, &first, &last);
  gtk_text_buffer_begin_user_action (self->buffer);
  for (int line = first; line <= last; line++) {
    GtkTextIter start;

    if (remove) {
      remove_prefix (self, line, bullet);
    } else if (!line_has_prefix (self, line, bullet)) {
      gtk_text_buffer_get_iter_at_line (self->buffer, &start, line);
      gtk_text_buffer_insert (self->buffer, &start, bullet ? UI_EDITOR_BULLET : "> ", -1);
    }
  }
  gtk_text_buffer_end_user_action (self->buffer);
  edited (self);
}

typedef struct
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;
} Stretch;

static void
drop_format (GtkTextTag *tag, gpointer data)
{
  Stretch *stretch = data;

  if (ui_editor_tag_is_format (tag))
    gtk_text_buffer_remove_tag (stretch->buffer, tag, &stretch->start, &stretch->end);
}

static void
drop_formats (UiEditor *self, const GtkTextIter *start, const GtkTextIter *end)
{
  Stretch stretch = { self->buffer, *start, *end };

  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_tag_table_foreach (self->table, drop_format, &stretch);
  gtk_text_buffer_end_user_action (self->buffer);
}

static void
on_format (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *name = g_action_get_name (G_ACTION (action));

  gtk_widget_grab_focus (data);
  for (guint i = 0; i < UI_N_FORMATS; i++)
    if (g_str_equal (name, format_actions[i]))
      toggle_format (data, i);
}

static void
on_bullet (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_grab_focus (data);
  toggle_prefix (data, TRUE);
}

static void
on_quote (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_grab_focus (data);
  toggle_prefix (data, FALSE);
}

/* Of the selection, else of the line. */
static void
on_clear (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiEditor *self = data;
  GtkTextIter start, end;

  gtk_widget_grab_focus (data);
  if (!gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end)) {
    GtkTextIter at = start;

    g_free (get_line (&at, &start, &end));
  }
  drop_formats (self, &start, &end);
  self->has_pending = FALSE;
  edited (self);
}

static void
on_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiEditor *self = UI_EDITOR (widget);

  if (self->composing) {
    gtk_text_view_reset_im_context (GTK_TEXT_VIEW (self));
    return;
  }
  if (g_str_equal (name, "text.undo"))
    ui_editor_history_undo (self->history);
  else
    ui_editor_history_redo (self->history);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self),
                                      gtk_text_buffer_get_insert (self->buffer));
  edited (self);
}

static gboolean
on_query_tooltip (UiEditor *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  GtkTextIter at;
  GtkTextTag *link;
  int buffer_x, buffer_y;

  if (keyboard) {
    get_caret (self, &at);
  } else {
    gtk_text_view_window_to_buffer_coords (GTK_TEXT_VIEW (self), GTK_TEXT_WINDOW_WIDGET, x, y,
                                           &buffer_x, &buffer_y);
    if (!gtk_text_view_get_iter_at_location (GTK_TEXT_VIEW (self), &at, buffer_x, buffer_y))
      return FALSE;
  }
  link = ui_editor_iter_get_link (&at);
  if (link == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, ui_editor_tag_get_uri (link));
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

  self->loading = TRUE;
  ui_editor_history_freeze (self->history);
  if (html == NULL || !ui_editor_from_html (self->buffer, html)) {
    gtk_text_buffer_set_text (self->buffer, text, -1);
    html = NULL;
  }
  update_looks (self, 0, gtk_text_buffer_get_line_count (self->buffer) - 1);
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  gtk_text_buffer_place_cursor (self->buffer, &start);
  ui_editor_history_thaw (self->history);
  self->loading = FALSE;
  self->has_pending = FALSE;
  set_rich_flag (self, html != NULL);
  update_states (self);
}

char *
ui_editor_dup_text (UiEditor *self)
{
  return ui_editor_to_text (self->buffer);
}

gboolean
ui_editor_has_format (UiEditor *self)
{
  GtkTextIter at;

  if (!self->rich)
    return FALSE;
  gtk_text_buffer_get_start_iter (self->buffer, &at);
  do {
    g_autoptr (GSList) tags = gtk_text_iter_get_tags (&at);

    for (GSList *l = tags; l != NULL; l = l->next)
      if (ui_editor_tag_is_format (l->data))
        return TRUE;
  } while (gtk_text_iter_forward_to_tag_toggle (&at, NULL));
  return FALSE;
}

char *
ui_editor_dup_html (UiEditor *self)
{
  return ui_editor_has_format (self) ? ui_editor_to_html (self->buffer) : NULL;
}

gboolean
ui_editor_get_rich (UiEditor *self)
{
  return self->rich;
}

void
ui_editor_set_rich (UiEditor *self, gboolean rich)
{
  GtkTextIter start, end;

  if (self->rich == rich)
    return;
  if (!rich) {
    gtk_text_buffer_get_bounds (self->buffer, &start, &end);
    drop_formats (self, &start, &end);
    self->has_pending = FALSE;
  }
  set_rich_flag (self, rich);
  edited (self);
}

char *
ui_editor_dup_link (UiEditor *self)
{
  GtkTextIter start, end;
  GtkTextTag *link;

  gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);
  link = ui_editor_iter_get_link (&start);
  return g_strdup (link == NULL ? "" : ui_editor_tag_get_uri (link));
}

/* Without a selection: the whole link at the caret, if any. */
static gboolean
get_link_range (UiEditor *self, GtkTextIter *start, GtkTextIter *end)
{
  GtkTextTag *link;

  if (gtk_text_buffer_get_selection_bounds (self->buffer, start, end))
    return TRUE;
  link = ui_editor_iter_get_link (start);
  if (link == NULL)
    return FALSE;
  if (!gtk_text_iter_starts_tag (start, link))
    gtk_text_iter_backward_to_tag_toggle (start, link);
  gtk_text_iter_forward_to_tag_toggle (end, link);
  return TRUE;
}

static void
drop_link (GtkTextTag *tag, gpointer data)
{
  if (ui_editor_tag_get_uri (tag) != NULL)
    drop_format (tag, data);
}

gboolean
ui_editor_set_link (UiEditor *self, const char *text, const char *uri)
{
  Stretch stretch = { .buffer = self->buffer };
  gboolean found;

  if (uri != NULL && !ui_editor_uri_is_allowed (uri))
    return FALSE;
  set_rich_flag (self, TRUE);
  found = get_link_range (self, &stretch.start, &stretch.end);
  gtk_text_buffer_begin_user_action (self->buffer);
  if (found) {
    gtk_text_tag_table_foreach (self->table, drop_link, &stretch);
  } else if (uri != NULL) {
    int offset = gtk_text_iter_get_offset (&stretch.end);

    gtk_text_buffer_insert (self->buffer, &stretch.end, text == NULL || *text == '\0' ? uri : text,
                            -1);
    gtk_text_buffer_get_iter_at_offset (self->buffer, &stretch.start, offset);
  }
  if (uri != NULL)
    gtk_text_buffer_apply_tag (self->buffer, ui_editor_tags_get_link (self->table, uri),
                               &stretch.start, &stretch.end);
  gtk_text_buffer_end_user_action (self->buffer);
  edited (self);
  return TRUE;
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

static void
ui_editor_dispose (GObject *object)
{
  UiEditor *self = UI_EDITOR (object);

  if (self->buffer != NULL)
    g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_clear_signal_handler (&self->dark_handler, adw_style_manager_get_default ());
  g_clear_pointer (&self->history, ui_editor_history_free);
  g_clear_object (&self->actions);
  g_clear_object (&self->buffer);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (ui_editor_parent_class)->dispose (object);
}

static void
ui_editor_class_init (UiEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_b, GDK_CONTROL_MASK, "editor.bold" },
    { GDK_KEY_i, GDK_CONTROL_MASK, "editor.italic" },
    { GDK_KEY_u, GDK_CONTROL_MASK, "editor.underline" },
    { GDK_KEY_x, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "editor.strikethrough" },
    { GDK_KEY_h, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "editor.heading" },
    { GDK_KEY_l, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "editor.bullet" },
    { GDK_KEY_q, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "editor.quote" },
    { GDK_KEY_backslash, GDK_CONTROL_MASK, "editor.clear" },
  };

  object_class->get_property = ui_editor_get_property;
  object_class->set_property = ui_editor_set_property;
  object_class->dispose = ui_editor_dispose;

  properties[PROP_RICH] =
      g_param_spec_boolean ("rich", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[EDITED] = g_signal_new ("edited", UI_TYPE_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  /* In place of GTK's, which the keys and the context menu name. */
  gtk_widget_class_install_action (widget_class, "text.undo", NULL, on_undo);
  gtk_widget_class_install_action (widget_class, "text.redo", NULL, on_undo);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers,
                                         keys[i].action, NULL);
}

static void
ui_editor_init (UiEditor *self)
{
  const GActionEntry toggles[] = {
    { "bold", on_format, NULL, "false", NULL, { 0 } },
    { "italic", on_format, NULL, "false", NULL, { 0 } },
    { "underline", on_format, NULL, "false", NULL, { 0 } },
    { "strikethrough", on_format, NULL, "false", NULL, { 0 } },
    { "heading", on_format, NULL, "false", NULL, { 0 } },
    { "bullet", on_bullet, NULL, "false", NULL, { 0 } },
    { "quote", on_quote, NULL, "false", NULL, { 0 } },
    { "clear", on_clear, NULL, NULL, NULL, { 0 } },
  };

  self->table = ui_editor_tags_new ();
  self->buffer = gtk_text_buffer_new (self->table);
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self), self->buffer);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self), FALSE);
  gtk_text_view_set_input_hints (GTK_TEXT_VIEW (self), GTK_INPUT_HINT_SPELLCHECK);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), toggles, G_N_ELEMENTS (toggles),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "editor", G_ACTION_GROUP (self->actions));

  /* Before the history listens: what is stopped here is not to be undone. */
  g_signal_connect (self->buffer, "apply-tag", G_CALLBACK (on_apply_tag), self);
  self->history = ui_editor_history_new (self->buffer, on_history_changed, self);
  /* GTK's own history, which is off, says at every notification that there is nothing to undo. */
  g_signal_connect_object (self->buffer, "notify", G_CALLBACK (update_undo), self,
                           G_CONNECT_SWAPPED);
  update_undo (self);
  g_signal_connect_after (self->buffer, "insert-text", G_CALLBACK (on_inserted), self);
  g_signal_connect_after (self->buffer, "delete-range", G_CALLBACK (on_deleted), self);
  g_signal_connect_after (self->buffer, "end-user-action", G_CALLBACK (on_end_user_action), self);
  g_signal_connect_after (self->buffer, "mark-set", G_CALLBACK (on_mark_set), self);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (edited), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "preedit-changed", G_CALLBACK (on_preedit_changed), NULL);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  self->dark_handler = g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                                                G_CALLBACK (update_dark), self, G_CONNECT_SWAPPED);
  update_dark (self);
}
