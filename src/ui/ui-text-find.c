/* Finds words in a plain text, see the header.  Main thread; a long text is gone through in slices between frames. */
#include "ui-text-find.h"

#include <adwaita.h>

/* Between two looks at the clock: characters (a line is not longer, see ui-text-view.c), and hits, after each of which the rest of a line
 * is read again. */
#define SLICE_CHARACTERS (8 * 1024)
#define SLICE_HITS       20
#define TURN_US          6000

typedef struct
{
  int start, end; /* characters */
} Hit;

struct _UiTextFind
{
  /* Owned */
  GStrv terms; /* NULL: none */
  GArray *hits;

  /* Borrowed */
  UiTextView *view;
  GtkTextBuffer *buffer;
  GtkTextTag *all, *current;

  UiTextFindFunc func;
  gpointer user_data;
  int at;       /* characters gone through */
  guint marked; /* of the hits, when all is gone through */
  guint source;
  gulong handler;
};

static void
clear_marks (UiTextFind *self)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  if (self->hits->len > 0)
    gtk_text_buffer_remove_tag (self->buffer, self->all, &start, &end);
  gtk_text_buffer_remove_tag (self->buffer, self->current, &start, &end);
  g_array_set_size (self->hits, 0);
  self->marked = 0;
}

static void
mark (UiTextFind *self, GtkTextTag *tag, const Hit *hit)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_iter_at_offset (self->buffer, &start, hit->start);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end, hit->end);
  gtk_text_buffer_apply_tag (self->buffer, tag, &start, &end);
}

/* The first of the terms between them, the longest where several begin there. */
static gboolean
find_next (UiTextFind *self, const GtkTextIter *at, const GtkTextIter *limit, GtkTextIter *start,
           GtkTextIter *end)
{
  const GtkTextSearchFlags flags = GTK_TEXT_SEARCH_TEXT_ONLY | GTK_TEXT_SEARCH_CASE_INSENSITIVE;
  gboolean found = FALSE;

  for (guint i = 0; self->terms[i]; i++) {
    GtkTextIter from, to;
    if (!*self->terms[i]
        || !gtk_text_iter_forward_search (at, self->terms[i], flags, &from, &to, limit))
      continue;
    int order = found ? gtk_text_iter_compare (&from, start) : -1;
    if (order < 0 || (order == 0 && gtk_text_iter_compare (&to, end) > 0)) {
      *start = from;
      *end = to;
    }
    found = TRUE;
  }
  return found;
}

/* From `at` on; FALSE: there is more to go through. */
static gboolean
find_until (UiTextFind *self, gint64 end_of_turn)
{
  GtkTextIter at, limit, start, end;

  gtk_text_buffer_get_iter_at_offset (self->buffer, &at, self->at);
  while (!gtk_text_iter_is_end (&at) && self->hits->len < UI_TEXT_FIND_MOST) {
    if (g_get_monotonic_time () > end_of_turn) {
      self->at = gtk_text_iter_get_offset (&at);
      return FALSE;
    }
    limit = at;
    gtk_text_iter_forward_chars (&limit, SLICE_CHARACTERS);
    gtk_text_iter_forward_line (&limit); /* a hit does not go over the end of a line */
    guint most = MIN (self->hits->len + SLICE_HITS, UI_TEXT_FIND_MOST);
    while (self->hits->len < most && find_next (self, &at, &limit, &start, &end)) {
      Hit hit = { gtk_text_iter_get_offset (&start), gtk_text_iter_get_offset (&end) };
      g_array_append_val (self->hits, hit);
      at = end;
    }
    if (self->hits->len < most)
      at = limit;
  }
  self->at = gtk_text_iter_get_offset (&at);
  return TRUE;
}

static gboolean
find_some (gpointer data)
{
  UiTextFind *self = data;
  gint64 end_of_turn = g_get_monotonic_time () + TURN_US;

  if (!find_until (self, end_of_turn))
    return G_SOURCE_CONTINUE;
  for (; self->marked < self->hits->len; self->marked++) {
    if (g_get_monotonic_time () > end_of_turn)
      return G_SOURCE_CONTINUE;
    mark (self, self->all, &g_array_index (self->hits, Hit, self->marked));
  }
  self->source = 0;
  self->func (self->hits->len, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
begin (UiTextFind *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  clear_marks (self);
  self->at = 0;
  if (self->terms)
    self->source = g_idle_add (find_some, self);
}

void
ui_text_find_set_term (UiTextFind *self, const char *term)
{
  g_strfreev (self->terms);
  self->terms = term && *term ? g_strsplit (term, "\n", -1) : NULL;
  begin (self);
}

gboolean
ui_text_find_mark (UiTextFind *self, guint index)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_remove_tag (self->buffer, self->current, &start, &end);
  if (index >= self->hits->len)
    return FALSE;
  const Hit *hit = &g_array_index (self->hits, Hit, index);
  ui_text_view_unfold (self->view, hit->start);
  mark (self, self->current, hit);
  return TRUE;
}

gboolean
ui_text_find_show (UiTextFind *self, guint index, int *top, int *height)
{
  GtkTextIter start;
  GdkRectangle box;

  if (!ui_text_find_mark (self, index))
    return FALSE;
  const Hit *hit = &g_array_index (self->hits, Hit, index);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &start, hit->start);
  gtk_text_buffer_place_cursor (self->buffer, &start); /* reading goes on here */
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view),
                                gtk_text_buffer_get_insert (self->buffer), 0, FALSE, 0, 0);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (self->view), &start, &box);
  gtk_text_view_buffer_to_window_coords (GTK_TEXT_VIEW (self->view), GTK_TEXT_WINDOW_WIDGET, 0,
                                         box.y, NULL, top);
  *height = box.height;
  return TRUE;
}

UiTextFind *
ui_text_find_new (UiTextView *view, UiTextFindFunc func, gpointer user_data)
{
  UiTextFind *self = g_new0 (UiTextFind, 1);
  self->view = view;
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  self->func = func;
  self->user_data = user_data;
  self->hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  /* The colours of markers on paper, with black on them in the dark style too */
  self->all = gtk_text_buffer_create_tag (self->buffer, NULL, "background", "#f9f06b", "foreground",
                                          "#000000", NULL);
  self->current = gtk_text_buffer_create_tag (self->buffer, NULL, "background", "#ff7800",
                                              "foreground", "#000000", NULL);
  self->handler = g_signal_connect_swapped (view, "filled", G_CALLBACK (begin), self);
  return self;
}

void
ui_text_find_free (UiTextFind *self)
{
  GtkTextTagTable *table = gtk_text_buffer_get_tag_table (self->buffer);
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_signal_handler (&self->handler, self->view);
  gtk_text_tag_table_remove (table, self->all);
  gtk_text_tag_table_remove (table, self->current);
  g_array_unref (self->hits);
  g_strfreev (self->terms);
  g_free (self);
}
