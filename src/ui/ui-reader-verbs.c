/* What a person does with the whole conversation that the reader shows: moving in it, finding words, printing it.  Main thread; it
 * must never make or drop a card itself. */
#include "ui-reader-private.h"

/* ---- moving ---- */

gboolean
ui_reader_scroll_page (UiReader *self, int direction)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double before = gtk_adjustment_get_value (adjustment);
  if (!self->thread)
    return FALSE;
  gtk_adjustment_set_value (adjustment,
                            before + direction * gtk_adjustment_get_page_increment (adjustment));
  return gtk_adjustment_get_value (adjustment) != before;
}

gboolean
ui_reader_next_unread (UiReader *self)
{
  int top, height;
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card)) {
    if (!mail_message_get_unread (ui_reader_card_get_message (card))
        || !ui_reader_cards_get_place (self->scroll, GTK_WIDGET (card), &top, &height) || top <= 0)
      continue;
    ui_reader_card_set_expanded (card, TRUE);
    ui_reader_cards_show (self->scroll, GTK_WIDGET (card), 0);
    return TRUE;
  }
  return FALSE;
}

void
ui_reader_expand_all (UiReader *self)
{
  if (!self->thread)
    return;
  g_hash_table_remove_all (self->hidden);
  ui_reader_sync_cards (self);
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card))
    ui_reader_card_set_expanded (card, TRUE);
}

void
ui_reader_fold_all (UiReader *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  gboolean inside = focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->scroll));
  UiReaderCard *first = ui_reader_first_card (self);
  if (!first || !ui_reader_next_card (first))
    return;
  for (UiReaderCard *card = first; card; card = ui_reader_next_card (card))
    ui_reader_card_set_expanded (card, FALSE);
  ui_reader_cards_show (self->scroll, self->title, 0);
  if (inside)
    ui_reader_card_focus (first);
}

/* ---- finding ---- */

MailEngine *
ui_reader_get_engine (UiReader *self)
{
  return self->engine;
}

UiReaderCard *
ui_reader_find_card (UiReader *self, MailMessage *message)
{
  gint64 id = mail_message_get_id (message);
  return g_hash_table_lookup (self->cards, &id);
}

UiMessageView *
ui_reader_find_view (UiReader *self, MailContent *content)
{
  UiReaderCard *card = ui_reader_find_card (self, mail_content_get_message (content));
  UiMessageView *view = card ? ui_reader_card_get_view (card) : NULL;
  return view && ui_reader_card_get_content (card) == content ? view : NULL;
}

gboolean
ui_reader_is_shown (UiReader *self, MailMessage *message)
{
  UiReaderCard *card = ui_reader_find_card (self, message);
  return card && ui_reader_card_get_view (card) && ui_reader_card_get_content (card);
}

void
ui_reader_show_hit (UiReader *self, MailMessage *message, guint index, gboolean reveal)
{
  UiReaderCard *card = ui_reader_find_card (self, message);
  UiMessageView *view = card ? ui_reader_card_get_view (card) : NULL;
  if (view)
    ui_message_view_show_hit (view, index, reveal);
}

guint
ui_reader_get_n_scrolls (UiReader *self)
{
  return ui_reader_cards_get_n_scrolls (self->scroll);
}

void
ui_reader_open_card (UiReader *self, MailMessage *message)
{
  if (!ui_reader_find_card (self, message)) {
    g_hash_table_remove_all (self->hidden);
    ui_reader_sync_cards (self);
  }
  UiReaderCard *card = ui_reader_find_card (self, message);
  if (!card)
    return;
  ui_reader_card_set_expanded (card, TRUE);
  ui_reader_wake (self, card);
  ui_reader_cards_show (self->scroll, GTK_WIDGET (card), 0);
}

MailMessage *
ui_reader_get_first_on_screen (UiReader *self)
{
  int top, height;
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card))
    if (ui_reader_cards_get_place (self->scroll, GTK_WIDGET (card), &top, &height)
        && top + height > 0)
      return ui_reader_card_get_message (card);
  return NULL;
}

void
ui_reader_find (UiReader *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  if (!self->thread)
    return;
  if (!ui_find_bar_is_open (self->find_bar))
    g_set_weak_pointer (&self->focus_before, root ? gtk_root_get_focus (root) : NULL);
  ui_find_bar_open (self->find_bar);
}

void
ui_reader_find_again (UiReader *self, int direction)
{
  if (ui_find_bar_is_open (self->find_bar) || ui_reader_find_has_marks (self->find))
    ui_reader_find_step (self->find, direction);
  else
    ui_reader_find (self);
}

void
ui_reader_mark (UiReader *self, const char *words)
{
  ui_reader_find_set_marks (self->find, words);
}

gboolean
ui_reader_close_find (UiReader *self)
{
  if (!ui_find_bar_is_open (self->find_bar))
    return FALSE;
  ui_find_bar_close (self->find_bar);
  return TRUE;
}

void
ui_reader_on_find_closed (UiReader *self)
{
  GtkWidget *before = self->focus_before;
  if (before && gtk_widget_get_mapped (before))
    gtk_widget_grab_focus (before);
  else
    ui_reader_focus (self);
  g_clear_weak_pointer (&self->focus_before);
}

/* ---- printing ---- */

static UiPrintItem *
create_print_item (UiReader *self, MailMessage *message)
{
  UiReaderCard *card = ui_reader_find_card (self, message);
  MailContent *content = card ? ui_reader_card_get_content (card) : NULL;
  UiMessageView *view = content ? ui_reader_card_get_view (card) : NULL;
  return ui_print_item_new (message, content, view && ui_message_view_shows_images (view),
                            view ? !ui_message_view_shows_html (view) : self->plain_text);
}

void
ui_reader_print (UiReader *self, MailMessage *only)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GListModel *model = G_LIST_MODEL (self->thread);
  const char *title = NULL;
  if (!self->thread)
    return;
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)ui_print_item_free);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (MailMessage) message = g_list_model_get_item (model, i);
    if (only && message != only)
      continue;
    if (!title)
      title = mail_message_get_subject (message);
    g_ptr_array_add (items, create_print_item (self, message));
  }
  if (items->len > 0)
    ui_print_run (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->engine, title, items);
  else
    g_ptr_array_unref (items);
}
