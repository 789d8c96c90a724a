/* Finds words in a conversation, see the header.  Main thread.
 *
 * A message whose view is there counts its hits itself and marks them.  Of the others the text is searched, in a thread; when one of them is come
 * to, it is opened and counts anew, so that what is told of it may change a little then (the text beside an HTML is its sender's). */
#include "ui-reader-find.h"

#include <string.h>

#include "base-text.h"
#include "mail-thread.h"

#define WAIT_MS 150 /* for more letters */

typedef struct
{
  MailMessage *message; /* owned */
  guint n;              /* hits */
  gboolean known;       /* n is */
} Entry;

struct _UiReaderFind
{
  /* Owned */
  char *term;                /* NULL: nothing is looked for; several: a line each */
  char *marks;               /* the same, marked while nothing stands in the bar; nullable */
  char *typed;               /* what stands in the bar, from the next pause on */
  GPtrArray *entries;        /* of Entry, as the messages */
  GCancellable *cancellable; /* of what is read and counted */

  /* Borrowed */
  UiReader *reader;
  UiFindBar *bar;

  int at;        /* index of the entry whose hit is seen, -1: none */
  guint hit;     /* of that */
  guint scrolls; /* of the reader, when it was shown: who has scrolled since reads elsewhere */
  int wanted;    /* direction in which a message that is being opened was come to; 0: none is */
  gboolean searching; /* the text of some message */
  guint source;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_object_unref (entry->message);
  g_free (entry);
}

static void
update_bar (UiReaderFind *self)
{
  guint n = 0, before = 0;
  gboolean unknown = FALSE;
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = self->entries->pdata[i];
    if ((int)i < self->at)
      before += entry->n;
    n += entry->n;
    unknown |= !entry->known;
  }
  ui_find_bar_set_state (self->bar, self->at >= 0 ? before + self->hit + 1 : 0, n,
                         self->term && unknown);
}

/* ---- texts of messages that are not shown ---- */

typedef struct
{
  char *term;
  MailContent *content;
} Count;

static void
count_free (gpointer data)
{
  Count *count = data;
  g_free (count->term);
  g_object_unref (count->content);
  g_free (count);
}

/* A thread of its own; content is immutable.  As ui-web-find.js and GtkTextIter compare: whatever the case, and whether letters come whole or in
 * pieces (NFD, from Macs). */
static void
count_hits (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Count *count = data;
  g_autofree char *folded = base_text_fold (mail_content_get_text (count->content));
  g_autofree char *term = base_text_fold (count->term);
  g_auto (GStrv) terms = g_strsplit (term, "\n", -1);
  gssize n = 0;
  for (guint i = 0; terms[i]; i++)
    for (const char *at = folded; *terms[i] && (at = strstr (at, terms[i]));
         at += strlen (terms[i]))
      n++;
  g_task_return_int (task, n);
}

static void search_next (UiReaderFind *self);
static void go (UiReaderFind *self, int direction);

static Entry *
find_entry (UiReaderFind *self, MailMessage *message)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (((Entry *)self->entries->pdata[i])->message == message)
      return self->entries->pdata[i];
  return NULL;
}

static void
show_hit (UiReaderFind *self, const Entry *entry)
{
  self->scrolls = ui_reader_get_n_scrolls (self->reader);
  ui_reader_show_hit (self->reader, entry->message, self->hit, TRUE);
}

static void
take_count (UiReaderFind *self, Entry *entry, guint n, gboolean shown)
{
  entry->n = n;
  entry->known = TRUE;
  Entry *current = self->at >= 0 ? self->entries->pdata[self->at] : NULL;
  if (shown && self->wanted != 0 && entry == current) {
    int direction = self->wanted;
    self->wanted = 0;
    if (n == 0)
      go (self, direction);
    else {
      self->hit = direction > 0 ? 0 : n - 1;
      show_hit (self, entry);
    }
  } else if (entry == current && shown) {
    if (n == 0)
      self->at = -1;
    else { /* the marks are new; where they are may be as well, but nobody is taken away from where they read */
      self->hit = MIN (self->hit, n - 1);
      ui_reader_show_hit (self->reader, entry->message, self->hit,
                          self->scrolls == ui_reader_get_n_scrolls (self->reader));
    }
  }
  /* The first one is gone to while somebody types. */
  if (self->at < 0 && n > 0 && shown)
    go (self, 1);
  update_bar (self);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer data)
{
  Count *count = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gssize n = g_task_propagate_int (G_TASK (result), &error);
  if (error) /* cancelled: there may be nothing left of us */
    return;
  UiReaderFind *self = data;
  Entry *entry = find_entry (self, mail_content_get_message (count->content));
  if (entry && !ui_reader_is_shown (self->reader, entry->message))
    take_count (self, entry, (guint)n, FALSE);
  self->searching = FALSE;
  search_next (self);
}

typedef struct
{
  UiReaderFind *find;
  MailMessage *message; /* owned */
} Opening;

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Opening opening = *(Opening *)data;
  g_autoptr (MailMessage) message = opening.message;
  g_autoptr (GError) error = NULL;
  g_free (data);
  g_autoptr (MailContent) content =
      mail_engine_open_message_finish (MAIL_ENGINE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  UiReaderFind *self = opening.find;
  if (!content) {
    /* What cannot be opened has no hits; it says why when it is opened. */
    Entry *entry = find_entry (self, message);
    if (entry && !ui_reader_is_shown (self->reader, message)) /* else its view counts */
      entry->known = TRUE;
    self->searching = FALSE;
    search_next (self);
    return;
  }
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_counted, self);
  Count *count = g_new0 (Count, 1);
  count->term = g_strdup (self->term);
  count->content = g_object_ref (content);
  g_task_set_task_data (task, count, count_free);
  g_task_run_in_thread (task, count_hits);
}

static void
search_next (UiReaderFind *self)
{
  if (!self->term || self->searching)
    return;
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = self->entries->pdata[i];
    if (entry->known || ui_reader_is_shown (self->reader, entry->message))
      continue;
    self->searching = TRUE;
    Opening *opening = g_new (Opening, 1);
    *opening = (Opening){ self, g_object_ref (entry->message) };
    mail_engine_open_message_async (ui_reader_get_engine (self->reader), entry->message,
                                    self->cancellable, on_opened, opening);
    return;
  }
  /* All is known; what is on the screen had none. */
  if (self->at < 0 && self->wanted == 0)
    go (self, 1);
  update_bar (self);
}

/* ---- going ---- */

/* To the next hit from here; `at` -1: from the first message that is on the screen. */
static void
go (UiReaderFind *self, int direction)
{
  int n = (int)self->entries->len;
  int start = self->at;
  if (n == 0)
    return;
  if (start >= 0) {
    Entry *entry = self->entries->pdata[start];
    gboolean shown = ui_reader_is_shown (self->reader, entry->message);
    if (shown && direction > 0 && self->hit + 1 < entry->n) {
      self->hit++;
      show_hit (self, entry);
      return;
    }
    if (shown && direction < 0 && self->hit > 0 && self->hit < entry->n) {
      self->hit--;
      show_hit (self, entry);
      return;
    }
  } else {
    MailMessage *message = ui_reader_get_first_on_screen (self->reader);
    for (start = 0; start < n; start++)
      if (((Entry *)self->entries->pdata[start])->message == message)
        break;
    start = (start % n) - direction;
  }
  for (int i = 1; i <= n; i++) {
    int index = ((start + i * direction) % n + n) % n;
    Entry *entry = self->entries->pdata[index];
    if (entry->n == 0)
      continue;
    self->at = index;
    if (ui_reader_is_shown (self->reader, entry->message)) {
      self->hit = direction > 0 ? 0 : entry->n - 1;
      show_hit (self, entry);
    } else {
      /* It counts its hits itself when it is there, and then we go on. */
      self->hit = 0;
      self->wanted = direction;
      ui_reader_open_card (self->reader, entry->message);
    }
    return;
  }
  self->at = -1;
}

void
ui_reader_find_step (UiReaderFind *self, int direction)
{
  if (!self->term)
    return;
  self->wanted = 0;
  go (self, direction);
  update_bar (self);
}

/* ---- what is looked for ---- */

static void
stop (UiReaderFind *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->searching = FALSE;
  self->at = -1;
  self->hit = 0;
  self->wanted = 0;
}

static void
set_term_of (UiMessageView *view, gpointer term)
{
  ui_message_view_find (view, term);
}

static void
begin (UiReaderFind *self, const char *typed)
{
  const char *term = typed && *typed ? typed : self->marks;
  stop (self);
  g_free (self->term);
  self->term = term && *term ? g_strdup (term) : NULL;
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = self->entries->pdata[i];
    entry->n = 0;
    entry->known = FALSE;
  }
  ui_reader_foreach_view (self->reader, set_term_of, self->term);
  update_bar (self);
  search_next (self);
}

static gboolean
on_wait (gpointer data)
{
  UiReaderFind *self = data;
  self->source = 0;
  begin (self, self->typed);
  return G_SOURCE_REMOVE;
}

static void
on_changed (UiReaderFind *self, const char *term)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_free (self->typed);
  self->typed = g_strdup (term);
  self->source = g_timeout_add (WAIT_MS, on_wait, self);
}

static void
on_step (UiReaderFind *self, int direction)
{
  ui_reader_find_step (self, direction);
}

static void
on_closed (UiReaderFind *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->typed, g_free);
  begin (self, NULL);
}

void
ui_reader_find_set_marks (UiReaderFind *self, const char *words)
{
  if (g_strcmp0 (words, self->marks) == 0)
    return;
  g_free (self->marks);
  self->marks = g_strdup (words);
  if (!self->typed || !*self->typed)
    begin (self, NULL);
}

gboolean
ui_reader_find_has_marks (UiReaderFind *self)
{
  return self->marks && *self->marks;
}

/* ---- what the reader tells ---- */

void
ui_reader_find_update (UiReaderFind *self)
{
  MailThread *thread = ui_reader_get_thread (self->reader);
  GListModel *model = thread ? G_LIST_MODEL (thread) : NULL;
  guint n = model ? g_list_model_get_n_items (model) : 0;
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  MailMessage *seen = self->at >= 0 ? ((Entry *)self->entries->pdata[self->at])->message : NULL;

  self->at = -1;
  for (guint i = 0; i < n; i++) {
    MailMessage *message = g_list_model_get_item (model, i);
    const Entry *old = find_entry (self, message);
    Entry *entry = g_new0 (Entry, 1);
    if (old)
      *entry = *old;
    entry->message = message;
    if (message == seen)
      self->at = (int)i;
    g_ptr_array_add (entries, entry);
  }
  g_ptr_array_unref (self->entries);
  self->entries = entries;
  search_next (self);
  update_bar (self);
}

void
ui_reader_find_reset (UiReaderFind *self)
{
  stop (self);
  g_ptr_array_set_size (self->entries, 0);
  update_bar (self);
}

void
ui_reader_find_take_view (UiReaderFind *self, MailMessage *message, UiMessageView *view)
{
  Entry *entry = find_entry (self, message);
  if (self->term && entry)
    ui_message_view_find (view, self->term);
}

void
ui_reader_find_lose_view (UiReaderFind *self)
{
  search_next (self);
}

void
ui_reader_find_take_count (UiReaderFind *self, MailMessage *message, guint n)
{
  Entry *entry = find_entry (self, message);
  if (self->term && entry)
    take_count (self, entry, n, TRUE);
}

UiReaderFind *
ui_reader_find_new (UiReader *reader, UiFindBar *bar)
{
  UiReaderFind *self = g_new0 (UiReaderFind, 1);
  self->reader = reader;
  self->bar = bar;
  self->at = -1;
  self->cancellable = g_cancellable_new ();
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  g_signal_connect_swapped (bar, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (bar, "step", G_CALLBACK (on_step), self);
  g_signal_connect_swapped (bar, "closed", G_CALLBACK (on_closed), self);
  return self;
}

void
ui_reader_find_free (UiReaderFind *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->bar, self);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->entries);
  g_free (self->term);
  g_free (self->marks);
  g_free (self->typed);
  g_free (self);
}
