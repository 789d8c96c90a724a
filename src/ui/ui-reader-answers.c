/* Answers that are written at the end of the conversation.  Main thread.  Each belongs to the message that it answers: while another conversation is
 * shown it waits, hidden and as it is, and a bar says so.  What a person has written in one is never dropped here: it is shown, or moves
 * into a window of its own. */
#include "ui-reader-private.h"

#include <glib/gi18n.h>

#define ABOVE 44 /* pixels that stay in sight of what is answered */

typedef struct
{
  UiComposer *composer; /* borrowed: a child of the scroll */
  gint64 message;       /* that it answers */
  MailReplyKind kind;
  gboolean waits; /* with something in it that somebody would miss */
} Answer;

static Answer *
find_answer (UiReader *self, UiComposer *composer)
{
  for (guint i = 0; i < self->answers->len; i++) {
    Answer *answer = self->answers->pdata[i];
    if (answer->composer == composer)
      return answer;
  }
  return NULL;
}

static gboolean
has_message (UiReader *self, gint64 id)
{
  GListModel *model = G_LIST_MODEL (self->thread);
  if (!self->thread || mail_thread_get_loading (self->thread))
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (MailMessage) message = g_list_model_get_item (model, i);
    if (mail_message_get_id (message) == id)
      return TRUE;
  }
  return FALSE;
}

/* ---- those that wait ---- */

/* The newest. */
static UiComposer *
get_waiting (UiReader *self, guint *n)
{
  UiComposer *newest = NULL;
  *n = 0;
  for (guint i = 0; i < self->answers->len; i++) {
    Answer *answer = self->answers->pdata[i];
    if (!answer->waits)
      continue;
    newest = answer->composer;
    (*n)++;
  }
  return newest;
}

static void
update_bar (UiReader *self)
{
  guint n;
  UiComposer *newest = get_waiting (self, &n);
  g_autofree char *title = g_strdup_printf (
      ngettext ("An answer is not finished", "%'u answers are not finished", n), n);
  if (newest)
    ui_bar_show (self->waiting, title, ui_composer_get_title (newest), _ ("Continue"), FALSE);
  else
    ui_bar_hide (self->waiting);
}

void
ui_reader_on_continue (UiReader *self)
{
  guint n;
  UiComposer *newest = get_waiting (self, &n);
  if (newest)
    ui_composer_detach (newest);
}

/* ---- coming and going ---- */

/* The keyboard goes back to the message that was answered. */
static void
focus_message (UiReader *self, gint64 id)
{
  UiReaderCard *card = g_hash_table_lookup (self->cards, &id);
  if (card && ui_reader_card_get_content (card))
    ui_reader_card_focus (card);
  else
    ui_reader_focus (self);
}

static void
drop (UiReader *self, UiComposer *composer)
{
  gint64 message = find_answer (self, composer)->message;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  gboolean inside = gtk_widget_get_visible (GTK_WIDGET (composer))
                    && (!focus || gtk_widget_is_ancestor (focus, GTK_WIDGET (composer)));

  g_signal_handlers_disconnect_by_data (composer, self);
  g_ptr_array_remove (self->answers, find_answer (self, composer));
  ui_reader_cards_remove (self->scroll, GTK_WIDGET (composer));
  if (self->closing) {
    if (self->answers->len == 0 && GTK_IS_WINDOW (root))
      gtk_window_close (GTK_WINDOW (root));
    return;
  }
  update_bar (self);
  if (inside)
    focus_message (self, message);
}

static void
on_left (UiReader *self, UiComposer *composer)
{
  focus_message (self, find_answer (self, composer)->message);
}

UiComposer *
ui_reader_get_answer (UiReader *self)
{
  for (guint i = 0; i < self->answers->len; i++) {
    Answer *answer = self->answers->pdata[i];
    if (gtk_widget_get_visible (GTK_WIDGET (answer->composer)))
      return answer->composer;
  }
  return NULL;
}

static void
show_answer (UiReader *self, UiComposer *composer)
{
  gtk_widget_set_visible (GTK_WIDGET (composer), TRUE);
  ui_reader_cards_show (self->scroll, GTK_WIDGET (composer), ABOVE);
}

gboolean
ui_reader_go_to_answer (UiReader *self, MailMessage *message, MailReplyKind kind)
{
  UiComposer *shown = ui_reader_get_answer (self);
  Answer *answer = shown ? find_answer (self, shown) : NULL;
  if (!answer || answer->message != mail_message_get_id (message) || answer->kind != kind)
    return FALSE;
  show_answer (self, shown);
  ui_composer_focus (shown);
  return TRUE;
}

gboolean
ui_reader_add_answer (UiReader *self, UiComposer *composer, MailMessage *message,
                      MailReplyKind kind, const char *name)
{
  UiComposer *before = ui_reader_get_answer (self);
  /* It may have left its window while the quote was made. */
  if (!gtk_widget_get_root (GTK_WIDGET (self)) || !has_message (self, mail_message_get_id (message))
      || (before && ui_composer_is_touched (before)))
    return FALSE;
  /* Who goes on answering does not close the window any more, be it that one of them could not be put away. */
  self->closing = FALSE;
  if (before) {
    gtk_widget_set_visible (GTK_WIDGET (before), FALSE);
    ui_composer_close (before);
  }
  Answer *answer = g_new (Answer, 1);
  *answer = (Answer){ composer, mail_message_get_id (message), kind, FALSE };
  g_ptr_array_add (self->answers, answer);
  g_signal_connect_object (composer, "finished", G_CALLBACK (drop), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (composer, "detached", G_CALLBACK (drop), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (composer, "left", G_CALLBACK (on_left), self, G_CONNECT_SWAPPED);
  ui_composer_stand_below (composer, name);
  ui_reader_cards_add_foot (self->scroll, GTK_WIDGET (composer));
  show_answer (self, composer);
  return TRUE;
}

void
ui_reader_show_answers (UiReader *self)
{
  for (guint i = 0; i < self->answers->len; i++) {
    Answer *answer = self->answers->pdata[i];
    if (!answer->waits || !has_message (self, answer->message))
      continue;
    answer->waits = FALSE;
    show_answer (self, answer->composer);
  }
  update_bar (self);
}

/* Of two that wait for messages of one conversation both are shown. */
void
ui_reader_hide_answers (UiReader *self)
{
  UiComposer *shown;
  while ((shown = ui_reader_get_answer (self))) {
    gtk_widget_set_visible (GTK_WIDGET (shown), FALSE);
    if (ui_composer_is_touched (shown))
      find_answer (self, shown)->waits = TRUE;
    else
      ui_composer_close (shown);
  }
  update_bar (self);
}

/* ---- moving out ---- */

static void
detach (Answer *answer)
{
  if (ui_composer_is_touched (answer->composer))
    ui_composer_detach (answer->composer);
  else
    ui_composer_close (answer->composer);
}

/* They come and go meanwhile. */
static GPtrArray *
copy_answers (UiReader *self)
{
  GPtrArray *copy = g_ptr_array_new ();
  g_ptr_array_extend (copy, self->answers, NULL, NULL);
  return copy;
}

void
ui_reader_detach_answer (UiReader *self, MailMessage *message)
{
  UiComposer *shown = ui_reader_get_answer (self);
  g_autoptr (GPtrArray) all = copy_answers (self);
  for (guint i = 0; i < all->len; i++) {
    Answer *answer = all->pdata[i];
    if (message ? answer->message == mail_message_get_id (message) : answer->composer == shown)
      detach (answer);
  }
}

gboolean
ui_reader_let_go (UiReader *self)
{
  g_autoptr (GPtrArray) all = copy_answers (self);
  for (guint i = 0; i < all->len; i++)
    detach (all->pdata[i]);
  self->closing = self->answers->len > 0;
  return !self->closing;
}
