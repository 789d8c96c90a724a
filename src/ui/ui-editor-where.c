/* What stands where in a letter: its lines, and what they and single characters wear.  Main thread.  Changes nothing. */
#include "ui-editor-private.h"

char *
ui_editor_get_line (const GtkTextIter *iter, GtkTextIter *start, GtkTextIter *end)
{
  *start = *iter;
  gtk_text_iter_set_line_offset (start, 0);
  *end = *start;
  if (!gtk_text_iter_ends_line (end))
    gtk_text_iter_forward_to_line_end (end);
  return gtk_text_iter_get_slice (start, end);
}

void
ui_editor_get_line_end (UiEditor *self, int line, GtkTextIter *end)
{
  if (line + 1 < gtk_text_buffer_get_line_count (self->buffer))
    gtk_text_buffer_get_iter_at_line (self->buffer, end, line + 1);
  else
    gtk_text_buffer_get_end_iter (self->buffer, end);
}

GtkTextTag *
ui_editor_get_align (const GtkTextIter *at)
{
  GtkTextIter like = *at;

  if (!gtk_text_iter_starts_line (at) || gtk_text_iter_is_end (at))
    gtk_text_iter_backward_char (&like);
  return ui_editor_iter_get_value (&like, UI_VALUE_ALIGN);
}

void
ui_editor_get_typing (UiEditor *self, const GtkTextIter *at, UiEditorLook *look)
{
  GtkTextTag *heading = ui_editor_tags_get (self->table, UI_FORMAT_HEADING);
  GtkTextIter like = *at, line = *at;

  *look = (UiEditorLook){ 0 };
  if (!self->rich)
    return;
  if (!gtk_text_iter_starts_line (at) || gtk_text_iter_ends_line (at))
    gtk_text_iter_backward_char (&like);
  for (guint i = 0; i < UI_N_FORMATS; i++)
    look->formats[i] = gtk_text_iter_has_tag (&like, ui_editor_tags_get (self->table, i));
  for (guint i = 0; i < UI_VALUE_ALIGN; i++)
    look->values[i] = ui_editor_iter_get_value (&like, i);
  look->values[UI_VALUE_ALIGN] = ui_editor_get_align (at);
  gtk_text_iter_set_line_offset (&line, 0);
  look->formats[UI_FORMAT_HEADING] =
      gtk_text_iter_has_tag (&line, heading) && !gtk_text_iter_ends_line (&line);
}

gboolean
ui_editor_has_everywhere (GtkTextTag *tag, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter at = *start;

  return gtk_text_iter_has_tag (&at, tag)
         && (!gtk_text_iter_forward_to_tag_toggle (&at, tag)
             || gtk_text_iter_compare (&at, end) >= 0);
}

void
ui_editor_get_lines (UiEditor *self, int *first, int *last)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);
  *first = gtk_text_iter_get_line (&start);
  *last = gtk_text_iter_get_line (&end);
  if (*last > *first && gtk_text_iter_starts_line (&end))
    (*last)--;
}

static gboolean
is_format_at (const GtkTextIter *at)
{
  g_autoptr (GSList) tags = gtk_text_iter_get_tags (at);

  for (GSList *l = tags; l != NULL; l = l->next)
    if (ui_editor_tag_is_format (l->data))
      return TRUE;
  return FALSE;
}

gboolean
ui_editor_has_format (UiEditor *self)
{
  GtkTextIter at;

  if (!self->rich)
    return FALSE;
  gtk_text_buffer_get_start_iter (self->buffer, &at);
  do {
    if (is_format_at (&at))
      return TRUE;
  } while (gtk_text_iter_forward_to_tag_toggle (&at, NULL));
  gtk_text_buffer_get_start_iter (self->buffer, &at);
  return ui_editor_find_object (self, &at);
}

gboolean
ui_editor_has_list (UiEditor *self)
{
  GtkTextIter at;

  gtk_text_buffer_get_start_iter (self->buffer, &at);
  do {
    if (gtk_text_iter_has_tag (&at, gtk_text_tag_table_lookup (self->table, "bullet"))
        || gtk_text_iter_has_tag (&at, gtk_text_tag_table_lookup (self->table, "number")))
      return TRUE;
  } while (gtk_text_iter_forward_to_tag_toggle (&at, NULL));
  return FALSE;
}
