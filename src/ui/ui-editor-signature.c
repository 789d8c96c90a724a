/* Signatures: found, put in, taken out.  Main thread. */
#include "ui-editor-signature.h"

#include <string.h>

#include "ui-editor-private.h"

#define MARK "signature" /* where the last one was put */
/* What an answer says about what it quotes stands in no more lines. */
#define MOST_ATTRIBUTION 5

/* ---- what is looked for ---- */

/* As it would stand in the letter, in a buffer of its own: with its formats, or `plain`. */
static GtkTextBuffer *
make_copy (GtkTextTagTable *table, const BaseSignature *signature, gboolean plain)
{
  GtkTextBuffer *copy = gtk_text_buffer_new (table);
  g_autofree char *text = NULL;

  if (signature->html == NULL || !ui_editor_from_html (copy, signature->html)) {
    gtk_text_buffer_set_text (copy, signature->text, -1);
  } else if (plain) {
    text = ui_editor_to_text (copy);
    gtk_text_buffer_set_text (copy, text, -1);
  }
  return copy;
}

char *
ui_editor_html_to_text (const char *html)
{
  g_autoptr (GtkTextTagTable) table = ui_editor_tags_new ();
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (table);

  return ui_editor_from_html (buffer, html) ? ui_editor_to_text (buffer) : NULL;
}

char *
ui_editor_dup_line (UiEditor *self, int line)
{
  GtkTextIter at, start, end;

  gtk_text_buffer_get_iter_at_line (self->buffer, &at, line);
  return ui_editor_get_line (&at, &start, &end);
}

static gboolean
is_blank (UiEditor *self, int line)
{
  g_autofree char *text = ui_editor_dup_line (self, line);

  return *g_strstrip (text) == '\0';
}

/* From the start of one line to the end of another one. */
static void
get_lines (UiEditor *self, int first, int last, GtkTextIter *start, GtkTextIter *end)
{
  gtk_text_buffer_get_iter_at_line (self->buffer, start, first);
  gtk_text_buffer_get_iter_at_line (self->buffer, end, last);
  if (!gtk_text_iter_ends_line (end))
    gtk_text_iter_forward_to_line_end (end);
}

/* What begins the part that others wrote: what is said about the quote, or the heading of what is forwarded.  -1: there is none. */
static int
find_quote (UiEditor *self)
{
  int n = gtk_text_buffer_get_line_count (self->buffer);

  for (int line = 0; line < n; line++) {
    g_autofree char *text = ui_editor_dup_line (self, line);
    UiLine found;
    int begin = line;

    if (g_str_has_prefix (text, UI_EDITOR_HEADING))
      return line;
    ui_editor_read_line (text, &found);
    if (found.depth == 0)
      continue;
    while (begin > 0 && line - begin < MOST_ATTRIBUTION && !is_blank (self, begin - 1))
      begin--;
    return begin;
  }
  return -1;
}

/* What is said about a quote: who lets a letter begin with it writes, and signs, below. */
static gboolean
is_attribution (UiEditor *self, int line)
{
  g_autofree char *text = ui_editor_dup_line (self, line);
  UiLine found;

  ui_editor_read_line (text, &found);
  return found.depth == 0 && !g_str_has_prefix (text, UI_EDITOR_HEADING);
}

/* What is forwarded stands there as it is, with the signature of whoever wrote it, who may be the person: below its heading only
 * what was put there is the letter's. */
static gboolean
is_forwarded (UiEditor *self, int line)
{
  GtkTextMark *mark = gtk_text_buffer_get_mark (self->buffer, MARK);
  int heading = find_quote (self);
  GtkTextIter at;

  if (heading < 0 || line <= heading)
    return FALSE;
  g_autofree char *text = ui_editor_dup_line (self, heading);
  if (!g_str_has_prefix (text, UI_EDITOR_HEADING))
    return FALSE;
  if (mark == NULL)
    return TRUE;
  gtk_text_buffer_get_iter_at_mark (self->buffer, &at, mark);
  return gtk_text_iter_get_line (&at) != line;
}

/* Nothing of the person's follows: what is added below a signature has changed it. */
static gboolean
ends_with (UiEditor *self, int last)
{
  int n = gtk_text_buffer_get_line_count (self->buffer), line = last + 1;

  if (line < n && !is_blank (self, line))
    return FALSE;
  while (line < n && is_blank (self, line))
    line++;
  return line >= n || line == find_quote (self);
}

/* The lines from `first` on are those of `copy`, formats and all. */
static gboolean
lines_are (UiEditor *self, int first, GtkTextBuffer *copy)
{
  int last = first + gtk_text_buffer_get_line_count (copy) - 1;
  g_autoptr (GtkTextBuffer) found = NULL;
  GtkTextIter start, end, at;

  if (last >= gtk_text_buffer_get_line_count (self->buffer) || !ends_with (self, last))
    return FALSE;
  get_lines (self, first, last, &start, &end);
  found = gtk_text_buffer_new (self->table);
  gtk_text_buffer_get_start_iter (found, &at);
  gtk_text_buffer_insert_range (found, &at, &start, &end);
  g_autofree char *ours = ui_editor_to_html (found);
  g_autofree char *wanted = ui_editor_to_html (copy);
  return g_str_equal (ours, wanted);
}

/* How many lines below `first` are one of them; 0: none is. */
static int
count_known (UiEditor *self, int first, const GPtrArray *known)
{
  for (guint i = 0; i < known->len; i++)
    for (int plain = self->rich ? 0 : 1; plain < 2; plain++) {
      g_autoptr (GtkTextBuffer) copy = make_copy (self->table, known->pdata[i], plain);

      if (lines_are (self, first, copy))
        return gtk_text_buffer_get_line_count (copy);
    }
  return 0;
}

/* The line "-- " and the last one of the signature. */
static gboolean
find (UiEditor *self, const GPtrArray *known, int *first, int *last)
{
  GtkTextIter at, end;
  gboolean more;

  gtk_text_buffer_get_start_iter (self->buffer, &at);
  while (gtk_text_iter_forward_search (&at, UI_EDITOR_SEPARATOR, GTK_TEXT_SEARCH_TEXT_ONLY, &at,
                                       &end, NULL)) {
    int line = gtk_text_iter_get_line (&at), count = 0;

    if (gtk_text_iter_starts_line (&at) && gtk_text_iter_ends_line (&end)
        && !is_forwarded (self, line))
      count = count_known (self, line + 1, known);
    if (count > 0) {
      *first = line;
      *last = line + count;
      return TRUE;
    }
    more = gtk_text_iter_forward_char (&at);
    if (!more)
      break;
  }
  return FALSE;
}

gboolean
ui_editor_find_signature (UiEditor *self, const GPtrArray *known, int *first, int *last)
{
  return find (self, known, first, last);
}

gboolean
ui_editor_has_signature (UiEditor *self, const GPtrArray *known)
{
  int first, last;

  return find (self, known, &first, &last);
}

/* ---- where it stands ---- */

/* With the empty line that was put before it. */
static void
take_out (UiEditor *self, int first, int last)
{
  GtkTextIter start, end;

  get_lines (self, first, last, &start, &end);
  if (gtk_text_iter_backward_char (&start) && gtk_text_iter_starts_line (&start))
    gtk_text_iter_backward_char (&start);
  gtk_text_buffer_delete (self->buffer, &start, &end);
}

static void
insert_plainly (UiEditor *self, GtkTextIter *at, const char *text)
{
  int offset = gtk_text_iter_get_offset (at);
  GtkTextIter start;

  gtk_text_buffer_insert (self->buffer, at, text, -1);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &start, offset);
  for (guint i = 0; i < UI_N_FORMATS; i++)
    gtk_text_buffer_remove_tag (self->buffer, ui_editor_tags_get (self->table, i), &start, at);
  for (guint i = 0; i < UI_N_VALUES; i++)
    ui_editor_put_value (self->buffer, i, NULL, &start, at);
}

static void
mark_line (UiEditor *self, int line)
{
  GtkTextMark *mark = gtk_text_buffer_get_mark (self->buffer, MARK);
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_line (self->buffer, &at, line);
  if (mark != NULL)
    gtk_text_buffer_move_mark (self->buffer, mark, &at);
  else
    gtk_text_buffer_create_mark (self->buffer, MARK, &at, TRUE);
}

/* Who writes where it is put, writes on before it. */
static void
put_in (UiEditor *self, const BaseSignature *signature, gboolean above)
{
  int quote = above ? find_quote (self) : -1, first;
  gboolean parted = quote > 0 && is_blank (self, quote - 1);
  GtkTextIter at, caret;
  int offset;
  gboolean writes;

  if (quote == 0 && is_attribution (self, 0))
    quote = -1;
  if (parted)
    quote--;
  if (quote >= 0)
    gtk_text_buffer_get_iter_at_line (self->buffer, &at, quote);
  else
    gtk_text_buffer_get_end_iter (self->buffer, &at);
  gtk_text_buffer_get_iter_at_mark (self->buffer, &caret,
                                    gtk_text_buffer_get_insert (self->buffer));
  offset = gtk_text_iter_get_offset (&at);
  writes = gtk_text_iter_equal (&at, &caret);
  insert_plainly (self, &at,
                  quote >= 0 ? "\n" UI_EDITOR_SEPARATOR "\n" : "\n\n" UI_EDITOR_SEPARATOR "\n");
  first = gtk_text_iter_get_line (&at);
  if (!self->rich || signature->html == NULL
      || !ui_editor_insert_html (self->buffer, &at, signature->html)) {
    g_autoptr (GtkTextBuffer) copy = make_copy (self->table, signature, TRUE);
    g_autofree char *text = ui_editor_to_text (copy);

    insert_plainly (self, &at, text);
  }
  if (quote >= 0) {
    int line = gtk_text_iter_get_line (&at);

    insert_plainly (self, &at, parted ? "\n" : "\n\n");
    ui_editor_join_alignment (self, first, line);
  } else {
    ui_editor_join_alignment (self, first, gtk_text_iter_get_line (&at));
  }
  mark_line (self, first - 1);
  if (!writes)
    return;
  gtk_text_buffer_get_iter_at_offset (self->buffer, &at, offset);
  gtk_text_buffer_place_cursor (self->buffer, &at);
}

void
ui_editor_put_signature (UiEditor *self, const GPtrArray *known, const BaseSignature *signature,
                         gboolean above, gboolean begins)
{
  GtkTextMark *insert = gtk_text_buffer_get_insert (self->buffer);
  int first, last;

  if (begins)
    ui_editor_history_freeze (self->history);
  gtk_text_buffer_begin_user_action (self->buffer);
  self->dressed = TRUE;
  if (find (self, known, &first, &last))
    take_out (self, first, last);
  if (signature != NULL)
    put_in (self, signature, above);
  self->dressed = FALSE;
  gtk_text_buffer_end_user_action (self->buffer);
  if (begins)
    ui_editor_history_thaw (self->history);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self), insert);
  ui_editor_edited (self);
}
