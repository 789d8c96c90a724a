/* Lists and quotes of a letter: the marks at the beginnings of its lines.  Main thread; each verb is one step of undo.  It must not
 * touch the text while an input method composes. */
#include "ui-editor-private.h"

#include <string.h>

/* ---- looking ---- */

gboolean
ui_editor_line_is (const char *text, const char *what)
{
  UiLine line;

  ui_editor_read_line (text, &line);
  if (g_str_equal (what, "quote"))
    return line.depth > 0;
  return line.list == (g_str_equal (what, "bullet") ? UI_LIST_BULLET : UI_LIST_NUMBER);
}

static char *
get_text (UiEditor *self, int line, GtkTextIter *start)
{
  GtkTextIter at, end;

  gtk_text_buffer_get_iter_at_line (self->buffer, &at, line);
  return ui_editor_get_line (&at, start, &end);
}

gboolean
ui_editor_lines_are (UiEditor *self, const char *what)
{
  int first, last;

  ui_editor_get_lines (self, &first, &last);
  for (int line = first; line <= last; line++) {
    GtkTextIter start;
    g_autofree char *text = get_text (self, line, &start);

    if (!ui_editor_line_is (text, what))
      return FALSE;
  }
  return TRUE;
}

/* ---- changing ---- */

/* Replaces the bytes from `from` to `to` of the text of the line. */
static void
replace (UiEditor *self, const GtkTextIter *line_start, const char *text, const char *from,
         const char *to, const char *with)
{
  GtkTextIter start = *line_start, end;

  gtk_text_iter_forward_chars (&start, (int)g_utf8_strlen (text, from - text));
  end = start;
  gtk_text_iter_forward_chars (&end, (int)g_utf8_strlen (from, to - from));
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert (self->buffer, &start, with, -1);
}

static char *
make_mark (const UiLine *line, UiList list, guint number)
{
  g_autoptr (GString) mark = g_string_new (NULL);

  /* ">" is a whole quoted line, which has no space yet. */
  if (line->depth > 0 && line->quoted[-1] == '>')
    g_string_append_c (mark, ' ');
  for (guint i = 0; i < line->level; i++)
    g_string_append (mark, UI_EDITOR_INDENT);
  if (list == UI_LIST_BULLET)
    g_string_append (mark, UI_EDITOR_BULLET);
  else if (list == UI_LIST_NUMBER)
    g_string_append_printf (mark, "%u. ", MIN (number, 999u));
  return g_string_free (g_steal_pointer (&mark), FALSE);
}

static void
set_list (UiEditor *self, int number_of_line, UiList list, guint number)
{
  GtkTextIter start;
  g_autofree char *text = get_text (self, number_of_line, &start);
  g_autofree char *mark = NULL;
  UiLine line;

  ui_editor_read_line (text, &line);
  if (list == UI_LIST_NONE)
    line.level = 0;
  mark = list == UI_LIST_NONE ? g_strdup ("") : make_mark (&line, list, number);
  if (strlen (mark) != (gsize)(line.text - line.quoted) || !g_str_has_prefix (line.quoted, mark))
    replace (self, &start, text, line.quoted, line.text, mark);
}

static void
set_quote (UiEditor *self, int number_of_line, gboolean quote)
{
  GtkTextIter start;
  g_autofree char *text = get_text (self, number_of_line, &start);
  UiLine line;

  ui_editor_read_line (text, &line);
  if (quote && line.depth == 0)
    replace (self, &start, text, text, text, "> ");
  else if (!quote && line.depth == 1)
    replace (self, &start, text, text, line.quoted, "");
  else if (!quote && line.depth > 1)
    replace (self, &start, text, text, text + 1 + strspn (text + 1, " "), "");
}

/* The number that an item of this level gets at this line. */
static guint
next_number (UiEditor *self, int number_of_line, guint depth, guint level)
{
  for (int at = number_of_line - 1; at >= 0; at--) {
    GtkTextIter start;
    g_autofree char *text = get_text (self, at, &start);
    UiLine line;

    ui_editor_read_line (text, &line);
    if (line.list == UI_LIST_NONE || line.depth != depth || line.level < level)
      return 1;
    if (line.level == level)
      return line.list == UI_LIST_NUMBER ? line.number + 1 : 1;
  }
  return 1;
}

/* The items that follow `number_of_line` take the numbers behind its own. */
static void
renumber (UiEditor *self, int number_of_line)
{
  int n_lines = gtk_text_buffer_get_line_count (self->buffer);
  UiLine first, line;
  GtkTextIter start;
  g_autofree char *first_text = get_text (self, number_of_line, &start);
  guint number;

  ui_editor_read_line (first_text, &first);
  number = first.number;
  for (int at = number_of_line + 1; at < n_lines; at++) {
    g_autofree char *text = get_text (self, at, &start);

    ui_editor_read_line (text, &line);
    if (line.list == UI_LIST_NONE || line.depth != first.depth || line.level < first.level)
      return;
    if (line.level > first.level)
      continue;
    if (line.list != UI_LIST_NUMBER || line.number == number + 1)
      return;
    set_list (self, at, UI_LIST_NUMBER, ++number);
  }
}

void
ui_editor_toggle_lines (UiEditor *self, const char *what)
{
  gboolean remove = ui_editor_lines_are (self, what);
  UiList list = g_str_equal (what, "bullet") ? UI_LIST_BULLET : UI_LIST_NUMBER;
  int first, last;

  ui_editor_get_lines (self, &first, &last);
  gtk_text_buffer_begin_user_action (self->buffer);
  for (int at = first; at <= last; at++) {
    GtkTextIter start;
    g_autofree char *text = get_text (self, at, &start);
    UiLine line;

    ui_editor_read_line (text, &line);
    if (g_str_equal (what, "quote"))
      set_quote (self, at, !remove);
    else
      set_list (self, at, remove ? UI_LIST_NONE : list,
                next_number (self, at, line.depth, line.level));
  }
  if (!remove && list == UI_LIST_NUMBER && !g_str_equal (what, "quote"))
    renumber (self, last);
  gtk_text_buffer_end_user_action (self->buffer);
  ui_editor_edited (self);
}

void
ui_editor_move_items (UiEditor *self, gboolean in)
{
  int first, last;

  ui_editor_get_lines (self, &first, &last);
  gtk_text_buffer_begin_user_action (self->buffer);
  for (int at = first; at <= last; at++) {
    GtkTextIter start;
    g_autofree char *text = get_text (self, at, &start);
    g_autofree char *mark = NULL;
    UiLine line;

    ui_editor_read_line (text, &line);
    if (line.list == UI_LIST_NONE || (in ? line.level + 1 > UI_EDITOR_MAX_LEVEL : line.level == 0))
      continue;
    line.level = in ? line.level + 1 : line.level - 1;
    mark = make_mark (&line, line.list, next_number (self, at, line.depth, line.level));
    replace (self, &start, text, line.quoted, line.text, mark);
    if (line.list == UI_LIST_NUMBER)
      renumber (self, at);
  }
  gtk_text_buffer_end_user_action (self->buffer);
  ui_editor_edited (self);
}

void
ui_editor_continue_list (UiEditor *self)
{
  GtkTextIter caret, start, end;
  g_autofree char *text = NULL;
  g_autofree char *mark = NULL;
  UiLine line;
  int at;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &caret,
                                    gtk_text_buffer_get_insert (self->buffer));
  at = gtk_text_iter_get_line (&caret);
  if (!gtk_text_iter_starts_line (&caret) || !gtk_text_iter_backward_line (&caret))
    return;
  text = ui_editor_get_line (&caret, &start, &end);
  ui_editor_read_line (text, &line);
  if (line.list == UI_LIST_NONE || line.depth > 0)
    return;
  ui_editor_history_continue (self->history);
  gtk_text_buffer_begin_user_action (self->buffer);
  if (*line.text == '\0') {
    gtk_text_buffer_get_iter_at_mark (self->buffer, &caret,
                                      gtk_text_buffer_get_insert (self->buffer));
    gtk_text_buffer_delete (self->buffer, &start, &caret);
  } else {
    mark = make_mark (&line, line.list, line.number + 1);
    gtk_text_buffer_insert_at_cursor (self->buffer, mark, -1);
    if (line.list == UI_LIST_NUMBER)
      renumber (self, at);
  }
  gtk_text_buffer_end_user_action (self->buffer);
}
