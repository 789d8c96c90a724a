/* Undo and redo of text with formats.  Main thread.  It listens to the buffer and never changes it but in undo and redo. */
#include "ui-editor-history.h"

#include "ui-editor-tags.h"

#include <string.h>

#define MAX_STEPS 500
#define PAUSE     (2 * G_TIME_SPAN_SECOND) /* typing after this long is a step of its own */
/* Typing over a selection comes as two actions, one right after the other. */
#define AT_ONCE (200 * G_TIME_SPAN_MILLISECOND)
/* What stands for a picture in the text of a GtkTextBuffer */
#define PLACE_HOLDER "\357\277\274"

typedef enum
{
  CHANGE_INSERT,
  CHANGE_DELETE,
  CHANGE_APPLY,
  CHANGE_REMOVE,
  CHANGE_GRID,
} ChangeKind;

/* A tag on a stretch of text. */
typedef struct
{
  GtkTextTag *tag; /* owned */
  int start, end;
} Run;

/* A picture in a stretch of text, where its place holder stands. */
typedef struct
{
  GdkPaintable *paintable; /* owned */
  int offset;
} Picture;

typedef struct
{
  ChangeKind kind;
  int start, end;
  char *text;       /* INSERT, DELETE */
  GArray *runs;     /* DELETE: formats of what went */
  GArray *pictures; /* INSERT, DELETE; NULL: none */
  GtkTextTag *tag;  /* APPLY, REMOVE; owned */
  /* GRID; owned */
  UiEditorTable *table;
  UiEditorGrid *before, *after;
} Change;

typedef struct
{
  GPtrArray *changes;
  gint64 time;
} Step;

struct _UiEditorHistory
{
  GtkTextBuffer *buffer; /* borrowed */
  GFunc changed;
  gpointer data;
  GQueue undo, redo; /* of Step, newest at the tail */
  Step *open;        /* of the running user action; in undo already */
  guint depth;       /* of user actions */
  guint frozen;
  gboolean replaying;
  gboolean join; /* the next user action goes on with the last step */
};

static void
run_clear (gpointer data)
{
  g_object_unref (((Run *)data)->tag);
}

static void
picture_clear (gpointer data)
{
  g_object_unref (((Picture *)data)->paintable);
}

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->text);
  g_clear_pointer (&change->pictures, g_array_unref);
  g_clear_pointer (&change->runs, g_array_unref);
  g_clear_object (&change->tag);
  g_clear_object (&change->table);
  g_clear_pointer (&change->before, ui_editor_grid_unref);
  g_clear_pointer (&change->after, ui_editor_grid_unref);
  g_free (change);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_ptr_array_unref (step->changes);
  g_free (step);
}

static void
forget (GQueue *steps)
{
  g_queue_clear_full (steps, step_free);
}

static void
record (UiEditorHistory *history, Change *change)
{
  if (history->open == NULL) {
    Step *step = g_new0 (Step, 1);

    step->changes = g_ptr_array_new_with_free_func (change_free);
    g_queue_push_tail (&history->undo, step);
    if (g_queue_get_length (&history->undo) > MAX_STEPS)
      step_free (g_queue_pop_head (&history->undo));
    history->open = step;
  }
  forget (&history->redo);
  history->open->time = g_get_monotonic_time ();
  g_ptr_array_add (history->open->changes, change);
  if (history->depth == 0)
    history->open = NULL;
  history->changed (history, history->data);
}

static gboolean
is_recording (UiEditorHistory *history)
{
  return history->frozen == 0 && !history->replaying;
}

static void
on_insert (GtkTextBuffer *buffer, const GtkTextIter *at, const char *text, int length,
           UiEditorHistory *history)
{
  Change *change;

  if (!is_recording (history) || length == 0)
    return;
  change = g_new0 (Change, 1);
  change->kind = CHANGE_INSERT;
  change->text = length < 0 ? g_strdup (text) : g_strndup (text, (gsize)length);
  change->start = gtk_text_iter_get_offset (at);
  change->end = change->start + (int)g_utf8_strlen (change->text, -1);
  record (history, change);
}

static void
add_picture (Change *change, GdkPaintable *paintable, int offset)
{
  Picture picture = { g_object_ref (paintable), offset };

  if (change->pictures == NULL) {
    change->pictures = g_array_new (FALSE, FALSE, sizeof (Picture));
    g_array_set_clear_func (change->pictures, picture_clear);
  }
  g_array_append_val (change->pictures, picture);
}

static void
on_insert_paintable (GtkTextBuffer *buffer, const GtkTextIter *at, GdkPaintable *paintable,
                     UiEditorHistory *history)
{
  Change *change;

  if (!is_recording (history))
    return;
  change = g_new0 (Change, 1);
  change->kind = CHANGE_INSERT;
  change->text = g_strdup (PLACE_HOLDER);
  change->start = gtk_text_iter_get_offset (at);
  change->end = change->start + 1;
  add_picture (change, paintable, change->start);
  record (history, change);
}

/* The pictures of what is deleted. */
static void
keep_pictures (Change *change, const GtkTextIter *start)
{
  GtkTextIter at = *start;

  for (const char *p = change->text; (p = strstr (p, PLACE_HOLDER)) != NULL;
       p += strlen (PLACE_HOLDER)) {
    GdkPaintable *paintable;

    gtk_text_iter_set_offset (&at, change->start + (int)g_utf8_pointer_to_offset (change->text, p));
    paintable = gtk_text_iter_get_paintable (&at);
    if (paintable != NULL)
      add_picture (change, paintable, gtk_text_iter_get_offset (&at));
  }
}

static void
on_delete (GtkTextBuffer *buffer, const GtkTextIter *start, const GtkTextIter *end,
           UiEditorHistory *history)
{
  GtkTextIter at = *start;
  Change *change;

  if (!is_recording (history) || gtk_text_iter_equal (start, end))
    return;
  change = g_new0 (Change, 1);
  change->kind = CHANGE_DELETE;
  change->start = gtk_text_iter_get_offset (start);
  change->end = gtk_text_iter_get_offset (end);
  change->text = gtk_text_iter_get_slice (start, end);
  keep_pictures (change, start);
  change->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_array_set_clear_func (change->runs, run_clear);
  while (gtk_text_iter_compare (&at, end) < 0) {
    g_autoptr (GSList) tags = gtk_text_iter_get_tags (&at);
    GtkTextIter next = at;

    if (!gtk_text_iter_forward_to_tag_toggle (&next, NULL)
        || gtk_text_iter_compare (&next, end) > 0)
      next = *end;
    for (GSList *l = tags; l != NULL; l = l->next)
      if (ui_editor_tag_is_format (l->data)) {
        Run run = { g_object_ref (l->data), gtk_text_iter_get_offset (&at),
                    gtk_text_iter_get_offset (&next) };

        g_array_append_val (change->runs, run);
      }
    at = next;
  }
  record (history, change);
}

static void
record_tag (UiEditorHistory *history, ChangeKind kind, GtkTextTag *tag, const GtkTextIter *start,
            const GtkTextIter *end)
{
  GtkTextIter at = *start;

  if (!is_recording (history) || !ui_editor_tag_is_format (tag))
    return;
  /* Only where it changes something, so that undo leaves the rest as it was. */
  while (gtk_text_iter_compare (&at, end) < 0) {
    gboolean has = gtk_text_iter_has_tag (&at, tag);
    GtkTextIter next = at;

    if (!gtk_text_iter_forward_to_tag_toggle (&next, tag) || gtk_text_iter_compare (&next, end) > 0)
      next = *end;
    if (has == (kind == CHANGE_REMOVE)) {
      Change *change = g_new0 (Change, 1);

      change->kind = kind;
      change->start = gtk_text_iter_get_offset (&at);
      change->end = gtk_text_iter_get_offset (&next);
      change->tag = g_object_ref (tag);
      record (history, change);
    }
    at = next;
  }
}

static void
on_apply_tag (GtkTextBuffer *buffer, GtkTextTag *tag, const GtkTextIter *start,
              const GtkTextIter *end, UiEditorHistory *history)
{
  record_tag (history, CHANGE_APPLY, tag, start, end);
}

static void
on_remove_tag (GtkTextBuffer *buffer, GtkTextTag *tag, const GtkTextIter *start,
               const GtkTextIter *end, UiEditorHistory *history)
{
  record_tag (history, CHANGE_REMOVE, tag, start, end);
}

/* The last step, where it is nothing but a change of `table`. */
static Change *
last_of_table (UiEditorHistory *history, UiEditorTable *table)
{
  Step *step = g_queue_peek_tail (&history->undo);
  Change *change = step != NULL && step->changes->len == 1 ? step->changes->pdata[0] : NULL;

  return change != NULL && change->table == table && step->time > 0 ? change : NULL;
}

void
ui_editor_history_put_grid (UiEditorHistory *history, UiEditorTable *table, UiEditorGrid *grid,
                            gboolean join)
{
  Change *change = join && history->depth == 0 ? last_of_table (history, table) : NULL;

  if (change != NULL) {
    ui_editor_grid_unref (change->after);
    change->after = ui_editor_grid_ref (grid);
    forget (&history->redo);
    history->changed (history, history->data);
  } else if (is_recording (history)) {
    change = g_new0 (Change, 1);
    change->kind = CHANGE_GRID;
    change->table = g_object_ref (table);
    change->before = ui_editor_grid_ref (ui_editor_table_get_grid (table));
    change->after = ui_editor_grid_ref (grid);
    record (history, change);
  }
  ui_editor_table_set_grid (table, grid);
}

static void
on_begin (GtkTextBuffer *buffer, UiEditorHistory *history)
{
  if (history->depth++ == 0 && history->join)
    history->open = g_queue_peek_tail (&history->undo);
  history->join = FALSE;
}

/* The only change of text in `step`, or NULL: what may be typing. */
static Change *
single_change (Step *step, ChangeKind kind, gboolean last)
{
  Change *found = NULL;

  for (guint i = 0; i < step->changes->len; i++) {
    Change *change = step->changes->pdata[i];

    if (change->kind == CHANGE_APPLY || change->kind == CHANGE_REMOVE) {
      if (found == NULL)
        return NULL;
      continue;
    }
    if (change->kind != kind || (found != NULL && !last))
      return NULL;
    found = change;
  }
  return found;
}

/* Typing joins word by word, rubbing out stroke by stroke, until a pause or a new line. */
static gboolean
goes_on (Step *before, Step *step)
{
  Change *last, *now;

  if (step->time - before->time > PAUSE)
    return FALSE;
  now = single_change (step, CHANGE_INSERT, FALSE);
  last = single_change (before, CHANGE_INSERT, TRUE);
  if (now != NULL && last != NULL) {
    gunichar first = g_utf8_get_char (now->text);
    const char *end = last->text + strlen (last->text);
    gunichar previous = g_utf8_get_char (g_utf8_prev_char (end));

    return last->end == now->start && now->end - now->start <= 8 && now->pictures == NULL
           && last->pictures == NULL && strchr (now->text, '\n') == NULL && previous != '\n'
           && !(g_unichar_isspace (previous) && !g_unichar_isspace (first));
  }
  last = single_change (before, CHANGE_DELETE, FALSE);
  if (now != NULL && last != NULL)
    return now->start == last->start && step->time - before->time < AT_ONCE;
  now = single_change (step, CHANGE_DELETE, FALSE);
  last = single_change (before, CHANGE_DELETE, TRUE);
  return now != NULL && last != NULL && now->end - now->start == 1
         && (now->end == last->start || now->start == last->start);
}

static void
on_end (GtkTextBuffer *buffer, UiEditorHistory *history)
{
  Step *step = history->open, *before;

  if (history->depth == 0 || --history->depth > 0 || step == NULL)
    return;
  history->open = NULL;
  before = g_queue_peek_nth (&history->undo, g_queue_get_length (&history->undo) - 2);
  if (g_queue_get_length (&history->undo) >= 2 && goes_on (before, step)) {
    g_queue_pop_tail (&history->undo);
    g_ptr_array_extend_and_steal (before->changes, g_steal_pointer (&step->changes));
    before->time = step->time;
    g_free (step);
  }
}

UiEditorHistory *
ui_editor_history_new (GtkTextBuffer *buffer, GFunc changed, gpointer data)
{
  UiEditorHistory *history = g_new0 (UiEditorHistory, 1);

  history->buffer = buffer;
  history->changed = changed;
  history->data = data;
  g_queue_init (&history->undo);
  g_queue_init (&history->redo);
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  g_signal_connect (buffer, "insert-text", G_CALLBACK (on_insert), history);
  g_signal_connect (buffer, "insert-paintable", G_CALLBACK (on_insert_paintable), history);
  g_signal_connect (buffer, "delete-range", G_CALLBACK (on_delete), history);
  g_signal_connect (buffer, "apply-tag", G_CALLBACK (on_apply_tag), history);
  g_signal_connect (buffer, "remove-tag", G_CALLBACK (on_remove_tag), history);
  g_signal_connect (buffer, "begin-user-action", G_CALLBACK (on_begin), history);
  g_signal_connect (buffer, "end-user-action", G_CALLBACK (on_end), history);
  return history;
}

void
ui_editor_history_free (UiEditorHistory *history)
{
  g_signal_handlers_disconnect_by_data (history->buffer, history);
  forget (&history->undo);
  forget (&history->redo);
  g_free (history);
}

gboolean
ui_editor_history_can_undo (UiEditorHistory *history)
{
  return !g_queue_is_empty (&history->undo);
}

gboolean
ui_editor_history_can_redo (UiEditorHistory *history)
{
  return !g_queue_is_empty (&history->redo);
}

gboolean
ui_editor_history_is_replaying (UiEditorHistory *history)
{
  return history->replaying;
}

void
ui_editor_history_freeze (UiEditorHistory *history)
{
  history->frozen++;
}

void
ui_editor_history_thaw (UiEditorHistory *history)
{
  history->frozen--;
  history->open = NULL;
  history->join = FALSE;
  forget (&history->undo);
  forget (&history->redo);
  history->changed (history, history->data);
}

void
ui_editor_history_continue (UiEditorHistory *history)
{
  history->join = TRUE;
}

/* ---- replay ---- */

static void
get_range (UiEditorHistory *history, int start, int end, GtkTextIter *start_iter,
           GtkTextIter *end_iter)
{
  gtk_text_buffer_get_iter_at_offset (history->buffer, start_iter, start);
  gtk_text_buffer_get_iter_at_offset (history->buffer, end_iter, end);
}

static void
drop_tag (GtkTextTag *tag, gpointer data)
{
  UiEditorHistory *history = ((gpointer *)data)[0];
  Change *change = ((gpointer *)data)[1];
  GtkTextIter start, end;

  if (!ui_editor_tag_is_format (tag))
    return;
  get_range (history, change->start, change->end, &start, &end);
  gtk_text_buffer_remove_tag (history->buffer, tag, &start, &end);
}

static void
put_text (UiEditorHistory *history, Change *change)
{
  GtkTextIter start, end;
  gpointer data[] = { history, change };

  const char *text = change->text;

  gtk_text_buffer_get_iter_at_offset (history->buffer, &start, change->start);
  for (guint i = 0; change->pictures != NULL && i < change->pictures->len; i++) {
    const Picture *picture = &g_array_index (change->pictures, Picture, i);
    const char *holder = g_utf8_offset_to_pointer (change->text, picture->offset - change->start);

    gtk_text_buffer_insert (history->buffer, &start, text, (int)(holder - text));
    gtk_text_buffer_insert_paintable (history->buffer, &start, picture->paintable);
    text = holder + strlen (PLACE_HOLDER);
  }
  gtk_text_buffer_insert (history->buffer, &start, text, -1);
  if (change->runs == NULL)
    return;
  /* Between two letters of one format the text has taken that format by itself. */
  gtk_text_tag_table_foreach (gtk_text_buffer_get_tag_table (history->buffer), drop_tag, data);
  for (guint i = 0; i < change->runs->len; i++) {
    Run *run = &g_array_index (change->runs, Run, i);

    get_range (history, run->start, run->end, &start, &end);
    gtk_text_buffer_apply_tag (history->buffer, run->tag, &start, &end);
  }
}

static void
replay (UiEditorHistory *history, Change *change, gboolean back)
{
  GtkTextIter start, end;

  switch (change->kind) {
  case CHANGE_INSERT:
  case CHANGE_DELETE:
    if ((change->kind == CHANGE_INSERT) != back) {
      put_text (history, change);
      break;
    }
    get_range (history, change->start, change->end, &start, &end);
    gtk_text_buffer_delete (history->buffer, &start, &end);
    break;
  case CHANGE_APPLY:
  case CHANGE_REMOVE:
    get_range (history, change->start, change->end, &start, &end);
    if ((change->kind == CHANGE_APPLY) != back)
      gtk_text_buffer_apply_tag (history->buffer, change->tag, &start, &end);
    else
      gtk_text_buffer_remove_tag (history->buffer, change->tag, &start, &end);
    break;
  case CHANGE_GRID:
    ui_editor_table_set_grid (change->table, back ? change->before : change->after);
    break;
  }
}

static void
move (UiEditorHistory *history, GQueue *from, GQueue *to, gboolean back)
{
  Step *step = g_queue_pop_tail (from);
  Change *last = NULL;
  GtkTextIter caret;

  if (step == NULL)
    return;
  history->open = NULL;
  history->replaying = TRUE;
  gtk_text_buffer_begin_user_action (history->buffer);
  for (guint i = 0; i < step->changes->len; i++) {
    last = step->changes->pdata[back ? step->changes->len - 1 - i : i];
    replay (history, last, back);
  }
  if (last != NULL && last->kind != CHANGE_GRID) {
    gboolean gone = (last->kind == CHANGE_INSERT && back) || (last->kind == CHANGE_DELETE && !back);

    gtk_text_buffer_get_iter_at_offset (history->buffer, &caret, gone ? last->start : last->end);
    gtk_text_buffer_place_cursor (history->buffer, &caret);
  }
  gtk_text_buffer_end_user_action (history->buffer);
  history->replaying = FALSE;
  /* What comes next is a step of its own. */
  step->time = 0;
  g_queue_push_tail (to, step);
  history->changed (history, history->data);
}

void
ui_editor_history_undo (UiEditorHistory *history)
{
  move (history, &history->undo, &history->redo, TRUE);
}

void
ui_editor_history_redo (UiEditorHistory *history)
{
  move (history, &history->redo, &history->undo, FALSE);
}
