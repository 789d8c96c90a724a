/* What a person wrote in a letter.  Main thread.  It changes nothing in the editor. */
#include "ui-editor-own.h"

#include "base-text.h"
#include "mail-draft.h"
#include "ui-editor-private.h"
#include "ui-editor-signature.h"

/* Where the loop over the lines is. */
typedef struct
{
  int first, last;    /* the signature; -1: there is none */
  gboolean answers;   /* quotes are others' */
  gboolean quoted;    /* one has been seen */
  gboolean signature; /* another one */
} Reading;

static gboolean
is_quoted (UiEditor *self, int line)
{
  UiLine found;

  if (line >= gtk_text_buffer_get_line_count (self->buffer))
    return FALSE;
  g_autofree char *text = ui_editor_dup_line (self, line);
  ui_editor_read_line (text, &found);
  return found.depth > 0;
}

static gboolean
is_own (UiEditor *self, Reading *reading, int line, const char *text)
{
  if (reading->answers && is_quoted (self, line)) {
    reading->quoted = TRUE;
    reading->signature = FALSE;
    return FALSE;
  }
  if (line >= reading->first && line <= reading->last)
    return FALSE;
  if (reading->answers && !reading->quoted && is_quoted (self, line + 1)
      && mail_draft_is_attribution (text))
    return FALSE;
  /* As far as an empty line. */
  if (g_str_equal (text, UI_EDITOR_SEPARATOR) || base_text_is_blank (text))
    reading->signature = !base_text_is_blank (text);
  return !reading->signature;
}

static void
trim (GtkTextBuffer *buffer)
{
  GtkTextIter start, end, at;

  gtk_text_buffer_get_start_iter (buffer, &start);
  for (at = start; g_unichar_isspace (gtk_text_iter_get_char (&at));)
    if (gtk_text_iter_forward_char (&at) && gtk_text_iter_starts_line (&at))
      start = at;
  gtk_text_buffer_get_start_iter (buffer, &at);
  gtk_text_buffer_delete (buffer, &at, &start);
  gtk_text_buffer_get_end_iter (buffer, &end);
  at = end;
  while (gtk_text_iter_backward_char (&at) && g_unichar_isspace (gtk_text_iter_get_char (&at)))
    end = at;
  gtk_text_buffer_get_end_iter (buffer, &at);
  gtk_text_buffer_delete (buffer, &end, &at);
}

void
ui_editor_dup_own (UiEditor *self, const GPtrArray *known, gboolean answers, char **text,
                   char **html)
{
  g_autoptr (GtkTextBuffer) own = gtk_text_buffer_new (self->table);
  Reading reading = { .first = -1, .last = -1, .answers = answers };
  GtkTextIter to;

  if (!ui_editor_find_signature (self, known, &reading.first, &reading.last))
    reading.first = reading.last = -1;
  for (int line = 0; line < gtk_text_buffer_get_line_count (self->buffer); line++) {
    g_autofree char *words = ui_editor_dup_line (self, line);
    GtkTextIter start, end;

    if (answers && g_str_has_prefix (words, UI_EDITOR_HEADING))
      break;
    if (!is_own (self, &reading, line, words))
      continue;
    gtk_text_buffer_get_iter_at_line (self->buffer, &start, line);
    ui_editor_get_line_end (self, line, &end);
    gtk_text_buffer_get_end_iter (own, &to);
    gtk_text_buffer_insert_range (own, &to, &start, &end);
  }
  trim (own);
  *text = ui_editor_to_text (own);
  *html = self->rich ? ui_editor_to_html (own) : NULL;
}
