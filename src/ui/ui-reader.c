/* The reader: shows a conversation as cards, opens those that come near the screen, lets go of those far from it, and says what has
 * been seen.  Main thread. */
#include "ui-reader-private.h"

#include <glib/gi18n.h>

#include "mail-link.h"
#include "ui-menu.h"
#include "ui-pane.h"

#define SPINNER_AFTER_MS 150 /* a local conversation is there before that */
#define RUN_MAX          5   /* more folded messages in a row are one line */
#define ABOVE_MAX        3   /* lines that may stand above what is read first */
#define PEEK             44  /* pixels of what stands above, where there is more */
#define NARROW           500 /* pixels: what is written takes all of them */

enum
{
  PROP_0,
  PROP_FOLDED,
  PROP_BARE,
  PROP_CONTENT,
  PROP_PLAIN_TEXT,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  SEEN,
  VERB,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiReader, ui_reader, ADW_TYPE_BIN)

/* ---- pages ---- */

static void
show_page (UiReader *self, const char *name)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "loading"));
  gtk_stack_set_visible_child_name (self->stack, name);
}

static void
show_nothing (UiReader *self, guint n_selected, gboolean conversations)
{
  g_autofree char *title = NULL;
  if (n_selected > 1)
    title = g_strdup_printf (
        conversations
            ? ngettext ("%'u Conversation Selected", "%'u Conversations Selected", n_selected)
            : ngettext ("%'u Message Selected", "%'u Messages Selected", n_selected),
        n_selected);
  adw_status_page_set_title (self->empty, title ? title : _ ("No Message Selected"));
  adw_status_page_set_description (self->empty,
                                   n_selected > 1 ? _ ("What you do now is done to all of them.")
                                                  : _ ("Select a message in the list to read it."));
  show_page (self, "empty");
}

/* ---- which message the verbs mean ---- */

UiReaderCard *
ui_reader_first_card (UiReader *self)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->scroll));
  while (child && !UI_IS_READER_CARD (child))
    child = gtk_widget_get_next_sibling (child);
  return (UiReaderCard *)child;
}

UiReaderCard *
ui_reader_next_card (UiReaderCard *card)
{
  GtkWidget *child = gtk_widget_get_next_sibling (GTK_WIDGET (card));
  while (child && !UI_IS_READER_CARD (child))
    child = gtk_widget_get_next_sibling (child);
  return (UiReaderCard *)child;
}

static UiReaderCard *
last_card (UiReader *self)
{
  UiReaderCard *last = NULL;
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card))
    last = card;
  return last;
}

/* The one somebody is in, else the newest that is open. */
static UiReaderCard *
current_card (UiReader *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  GtkWidget *around = focus ? gtk_widget_get_ancestor (focus, UI_TYPE_READER_CARD) : NULL;
  UiReaderCard *current = NULL;

  if (around && gtk_widget_is_ancestor (around, GTK_WIDGET (self))
      && ui_reader_card_get_content (UI_READER_CARD (around)))
    return UI_READER_CARD (around);
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card))
    if (ui_reader_card_get_expanded (card) && ui_reader_card_get_content (card))
      current = card;
  return current;
}

static void
update_current (UiReader *self)
{
  UiReaderCard *card = current_card (self);
  MailContent *content = card ? ui_reader_card_get_content (card) : NULL;
  if (content == self->current)
    return;
  self->current = content;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTENT]);
}

/* ---- views ---- */

static void
on_link_hovered (UiReader *self, const char *uri)
{
  g_autofree char *shown = uri ? mail_link_dup_shown (uri) : NULL;
  gtk_label_set_text (self->link_target, shown ? shown : "");
  gtk_widget_set_visible (GTK_WIDGET (self->link_target), uri != NULL);
}

static void
on_found (UiReader *self, guint n, UiMessageView *view)
{
  GtkWidget *card = gtk_widget_get_ancestor (GTK_WIDGET (view), UI_TYPE_READER_CARD);
  if (card)
    ui_reader_find_take_count (self->find, ui_reader_card_get_message (UI_READER_CARD (card)), n);
}

static void
on_open_other (UiReader *self, MailMessage *message)
{
  g_signal_emit (self, signals[VERB], 0, "open-window", message, NULL);
}

static UiMessageView *
take_view (UiReader *self)
{
  GtkWidget *spare = adw_bin_get_child (self->resting);
  UiMessageView *view = spare ? UI_MESSAGE_VIEW (g_object_ref (spare)) : NULL;
  adw_bin_set_child (self->resting, NULL);
  if (!view) {
    view = g_object_new (UI_TYPE_MESSAGE_VIEW, NULL);
    g_object_ref_sink (view);
    ui_message_view_set_engine (view, self->engine, self->settings);
    g_signal_connect_object (view, "link-hovered", G_CALLBACK (on_link_hovered), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (view, "open", G_CALLBACK (on_open_other), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (view, "found", G_CALLBACK (on_found), self, G_CONNECT_SWAPPED);
  }
  g_object_set (view, "plain-text", self->plain_text, NULL);
  ui_message_view_set_zoom (view, self->zoom);
  return view;
}

static void
give_back_view (UiReader *self, UiMessageView *view)
{
  if (view && !adw_bin_get_child (self->resting))
    adw_bin_set_child (self->resting, GTK_WIDGET (view));
  g_clear_object (&view);
}

void
ui_reader_wake (UiReader *self, UiReaderCard *card)
{
  if (ui_reader_card_is_awake (card))
    return;
  g_autoptr (UiMessageView) view = take_view (self);
  ui_reader_card_wake (card, view);
}

static void
put_to_sleep (UiReader *self, UiReaderCard *card)
{
  give_back_view (self, ui_reader_card_sleep (card));
}

static gboolean
has_focus (GtkWidget *card)
{
  return gtk_widget_get_focus_child (card) != NULL;
}

/* What came near the screen is opened; what is far from it is let go, so that a conversation of hundreds costs what can be seen. */
static void
on_moved (UiReader *self)
{
  int page = gtk_widget_get_height (GTK_WIDGET (self->scroll)), top, height;
  if (gtk_widget_get_width (GTK_WIDGET (self->scroll)) < NARROW)
    gtk_widget_add_css_class (GTK_WIDGET (self->scroll), "narrow");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->scroll), "narrow");
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card)) {
    if (!ui_reader_card_get_expanded (card)
        || !ui_reader_cards_get_place (self->scroll, GTK_WIDGET (card), &top, &height))
      continue;
    gboolean near = top < page * 2 && top + height > -page;
    gboolean far = top > page * 4 || top + height < page * -3;
    if (near)
      ui_reader_wake (self, card);
    else if (far && ui_reader_card_is_awake (card) && !has_focus (GTK_WIDGET (card))) {
      put_to_sleep (self, card);
      ui_reader_find_lose_view (self->find);
    }
    int seen = MIN (top + height, page) - MAX (top, 0);
    ui_reader_card_set_on_screen (card, seen >= MIN (height, page / 3));
  }
  update_current (self);
}

/* ---- cards ---- */

static void
on_expanded (UiReader *self, GParamSpec *pspec, UiReaderCard *card)
{
  if (!ui_reader_card_get_expanded (card)) {
    ui_reader_card_set_on_screen (card, FALSE);
    put_to_sleep (self, card);
    ui_reader_find_lose_view (self->find);
  } else
    ui_reader_wake (self, card);
  update_current (self);
}

static void
on_opened (UiReader *self, UiReaderCard *card)
{
  UiMessageView *view = ui_reader_card_get_view (card);
  if (view)
    ui_reader_find_take_view (self->find, ui_reader_card_get_message (card), view);
  update_current (self);
}

static void
on_seen (UiReader *self, UiReaderCard *card)
{
  g_signal_emit (self, signals[SEEN], 0, ui_reader_card_get_message (card));
}

static void
on_verb (UiReader *self, const char *verb, UiReaderCard *card)
{
  if (g_str_equal (verb, "print")) {
    ui_reader_print (self, ui_reader_card_get_message (card));
    return;
  }
  g_signal_emit (self, signals[VERB], 0, verb, ui_reader_card_get_message (card),
                 ui_reader_card_get_content (card));
}

static void
on_light (UiReader *self, GParamSpec *pspec, UiReaderCard *card)
{
  gint64 id = mail_message_get_id (ui_reader_card_get_message (card));
  gboolean light;
  g_object_get (card, "light-background", &light, NULL);
  if (light)
    g_hash_table_add (self->light, g_memdup2 (&id, sizeof id));
  else
    g_hash_table_remove (self->light, &id);
}

static UiReaderCard *
create_card (UiReader *self, MailMessage *message, gboolean expanded)
{
  GtkWidget *card = ui_reader_card_new (self->engine, message);
  gint64 id = mail_message_get_id (message);
  ui_reader_card_set_expanded (UI_READER_CARD (card), expanded);
  g_object_set (card, "light-background", g_hash_table_contains (self->light, &id), NULL);
  g_signal_connect_object (card, "notify::light-background", G_CALLBACK (on_light), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "notify::expanded", G_CALLBACK (on_expanded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "seen", G_CALLBACK (on_seen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "verb", G_CALLBACK (on_verb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->cards, g_memdup2 (&id, sizeof id), card);
  return UI_READER_CARD (card);
}

static gboolean
is_news (MailMessage *message, guint position, guint n)
{
  return position == n - 1 || mail_message_get_unread (message);
}

/* A long run of messages that were read already is one line, but for its ends. */
static void
hide_run (UiReader *self)
{
  GListModel *model = G_LIST_MODEL (self->thread);
  guint n = g_list_model_get_n_items (model), start = 0, best = 0, length = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (MailMessage) message = g_list_model_get_item (model, i);
    if (is_news (message, i, n))
      start = i + 1;
    else if (i + 1 - start > length) {
      best = start;
      length = i + 1 - start;
    }
  }
  if (length <= RUN_MAX)
    return;
  for (guint i = best + 1; i + 1 < best + length; i++) {
    g_autoptr (MailMessage) message = g_list_model_get_item (model, i);
    gint64 id = mail_message_get_id (message);
    g_hash_table_add (self->hidden, g_memdup2 (&id, sizeof id));
  }
}

static void
on_more (UiReader *self)
{
  GtkWidget *before = gtk_widget_get_prev_sibling (self->more);
  g_hash_table_remove_all (self->hidden);
  ui_reader_sync_cards (self);
  GtkWidget *next = gtk_widget_get_next_sibling (before);
  if (UI_IS_READER_CARD (before) && next)
    gtk_widget_child_focus (next, GTK_DIR_TAB_FORWARD);
}

/* Stands among the cards, where the first one that it stands for would. */
static GtkWidget *
place_more (UiReader *self, GtkWidget *after)
{
  if (!self->more) {
    self->more = gtk_button_new_with_label ("");
    gtk_widget_add_css_class (self->more, "flat");
    gtk_widget_add_css_class (self->more, "reader-more");
    gtk_widget_set_tooltip_text (self->more, _ ("Show All Messages"));
    g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (on_more), self);
  }
  if (gtk_widget_get_prev_sibling (self->more) != after)
    ui_reader_cards_insert (self->scroll, self->more, after);
  return self->more;
}

static void
update_more (UiReader *self, guint n)
{
  if (n > 0) {
    g_autofree char *label =
        g_strdup_printf (ngettext ("%'u more message", "%'u more messages", n), n);
    gtk_button_set_label (GTK_BUTTON (self->more), label);
    return;
  }
  if (self->more)
    ui_reader_cards_remove (self->scroll, self->more);
  self->more = NULL;
}

static void
remove_card (UiReader *self, UiReaderCard *card)
{
  put_to_sleep (self, card);
  ui_reader_cards_remove (self->scroll, GTK_WIDGET (card));
}

/* The one that was read has gone, moved or no more part of it: the newest is. */
static void
open_newest (UiReader *self)
{
  UiReaderCard *newest = NULL;
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card)) {
    if (ui_reader_card_get_expanded (card))
      return;
    newest = card;
  }
  if (newest)
    ui_reader_card_set_expanded (newest, TRUE);
}

/* Makes the cards what the conversation is. */
void
ui_reader_sync_cards (UiReader *self)
{
  GListModel *model = G_LIST_MODEL (self->thread);
  guint n = g_list_model_get_n_items (model);
  g_autoptr (GHashTable) there = g_hash_table_new (g_int64_hash, g_int64_equal);
  GtkWidget *after = self->title;
  guint n_hidden = 0;
  gboolean lost = FALSE;
  GHashTableIter iter;
  gpointer id, card;

  for (guint i = 0; i < n; i++) {
    g_autoptr (MailMessage) message = g_list_model_get_item (model, i);
    gint64 row = mail_message_get_id (message);
    if (g_hash_table_contains (self->hidden, &row)) {
      if (n_hidden++ == 0)
        after = place_more (self, after);
      continue;
    }
    card = g_hash_table_lookup (self->cards, &row);
    if (!card)
      card = create_card (self, message, is_news (message, i, n));
    ui_reader_card_set_single (card, n == 1);
    if (gtk_widget_get_prev_sibling (card) != after) /* new, or their order is another one */
      ui_reader_cards_insert (self->scroll, card, after);
    after = card;
    g_hash_table_lookup_extended (self->cards, &row, &id, NULL);
    g_hash_table_add (there, id);
  }
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, &id, &card)) {
    if (g_hash_table_contains (there, id))
      continue;
    lost |= ui_reader_card_get_expanded (card);
    remove_card (self, card);
    g_hash_table_iter_remove (&iter);
  }
  update_more (self, n_hidden);
  if (lost)
    open_newest (self);
}

static void
update_title (UiReader *self)
{
  GListModel *model = G_LIST_MODEL (self->thread);
  guint n = g_list_model_get_n_items (model);
  g_autoptr (MailMessage) message = g_list_model_get_item (model, 0);
  gtk_label_set_text (self->subject, message ? mail_message_get_subject (message) : "");
  g_autofree char *count = g_strdup_printf (ngettext ("%'u message", "%'u messages", n), n);
  gtk_label_set_text (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), n > 1);
}

/* The first unread message is at the top, or the newest; with what stands above it where that is little. */
static void
find_beginning (UiReader *self)
{
  UiReaderCard *first = NULL;
  guint above = 0;

  for (UiReaderCard *card = ui_reader_first_card (self); card && !first;
       card = ui_reader_next_card (card)) {
    if (mail_message_get_unread (ui_reader_card_get_message (card)) || !ui_reader_next_card (card))
      first = card;
    else
      above++;
  }
  if (!first)
    return;
  if (above <= ABOVE_MAX)
    ui_reader_cards_show (self->scroll, self->title, 0);
  else
    ui_reader_cards_show (self->scroll, GTK_WIDGET (first), PEEK);
  ui_reader_wake (self, first);
}

static void
show_cards (UiReader *self)
{
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  hide_run (self);
  update_title (self);
  ui_reader_sync_cards (self);
  find_beginning (self);
  ui_reader_show_answers (self);
  show_page (self, "message");
  ui_reader_find_update (self->find);
}

static void
on_items_changed (UiReader *self)
{
  if (mail_thread_get_loading (self->thread))
    return;
  update_title (self);
  ui_reader_sync_cards (self);
  update_current (self);
  ui_reader_find_update (self->find);
}

static void
on_loading (UiReader *self)
{
  if (!mail_thread_get_loading (self->thread))
    show_cards (self);
}

static gboolean
on_spinner (gpointer data)
{
  UiReader *self = data;
  self->spinner_source = 0;
  show_page (self, "loading");
  return G_SOURCE_REMOVE;
}

static void
leave (UiReader *self)
{
  GHashTableIter iter;
  gpointer card;

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  ui_reader_hide_answers (self);
  gtk_widget_set_visible (GTK_WIDGET (self->link_target), FALSE);
  if (self->thread)
    g_signal_handlers_disconnect_by_data (self->thread, self);
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, &card)) {
    remove_card (self, card);
    g_hash_table_iter_remove (&iter);
  }
  g_hash_table_remove_all (self->hidden);
  update_more (self, 0);
  g_clear_object (&self->thread);
  ui_reader_find_reset (self->find);
  update_current (self);
}

void
ui_reader_show (UiReader *self, MailThread *thread, guint n_selected, gboolean conversations)
{
  if (thread && thread == self->thread)
    return;
  leave (self);
  if (!thread) {
    show_nothing (self, n_selected, conversations);
    return;
  }
  self->thread = g_object_ref (thread);
  g_signal_connect_swapped (thread, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect_swapped (thread, "notify::loading", G_CALLBACK (on_loading), self);
  if (!mail_thread_get_loading (thread))
    show_cards (self);
  else
    self->spinner_source = g_timeout_add (SPINNER_AFTER_MS, on_spinner, self);
}

/* ---- public ---- */

void
ui_reader_set_engine (UiReader *self, MailEngine *engine, GSettings *settings)
{
  g_set_object (&self->engine, engine);
  g_set_object (&self->settings, settings);
  self->plain_text = g_settings_get_boolean (settings, "prefer-plain-text");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAIN_TEXT]);
}

MailThread *
ui_reader_get_thread (UiReader *self)
{
  return self->thread;
}

MailContent *
ui_reader_get_content (UiReader *self)
{
  UiReaderCard *card = current_card (self);
  return card ? ui_reader_card_get_content (card) : NULL;
}

MailMessage *
ui_reader_get_message (UiReader *self)
{
  UiReaderCard *card = current_card (self);
  if (!card)
    card = last_card (self);
  return card ? ui_reader_card_get_message (card) : NULL;
}

void
ui_reader_show_images (UiReader *self)
{
  UiReaderCard *card = current_card (self);
  UiMessageView *view = card ? ui_reader_card_get_view (card) : NULL;
  if (view)
    ui_message_view_show_images (view);
}

void
ui_reader_foreach_view (UiReader *self, void (*func) (UiMessageView *view, gpointer user_data),
                        gpointer user_data)
{
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card)) {
    UiMessageView *view = ui_reader_card_get_view (card);
    if (view && ui_reader_card_get_content (card))
      func (view, user_data);
  }
}

void
ui_reader_set_zoom (UiReader *self, double zoom)
{
  self->zoom = zoom;
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card)) {
    UiMessageView *view = ui_reader_card_get_view (card);
    if (view)
      ui_message_view_set_zoom (view, zoom);
  }
}

void
ui_reader_focus (UiReader *self)
{
  UiReaderCard *card = current_card (self);
  if (card)
    ui_reader_card_focus (card);
}

GtkWidget *
ui_reader_get_move_button (UiReader *self)
{
  if (gtk_widget_get_mapped (self->move_wide))
    return self->move_wide;
  return gtk_widget_get_mapped (self->move_narrow) ? self->move_narrow : NULL;
}

/* The tools that did not fit above stand below. */
static void
on_tools_changed (UiReader *self)
{
  gtk_widget_set_visible (self->bottom, !self->bare
                                            && adw_squeezer_get_visible_child (self->tools)
                                                   == self->narrow_tools);
}

/* ---- class ---- */

static void
set_plain_text (UiReader *self, gboolean plain_text)
{
  if (plain_text == self->plain_text)
    return;
  self->plain_text = plain_text;
  for (UiReaderCard *card = ui_reader_first_card (self); card; card = ui_reader_next_card (card)) {
    UiMessageView *view = ui_reader_card_get_view (card);
    if (view)
      g_object_set (view, "plain-text", plain_text, NULL);
  }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAIN_TEXT]);
}

static void
ui_reader_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiReader *self = UI_READER (object);
  switch (id) {
  case PROP_FOLDED:
    g_value_set_boolean (value, self->folded);
    break;
  case PROP_BARE:
    g_value_set_boolean (value, self->bare);
    break;
  case PROP_CONTENT:
    g_value_set_object (value, ui_reader_get_content (self));
    break;
  case PROP_PLAIN_TEXT:
    g_value_set_boolean (value, self->plain_text);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiReader *self = UI_READER (object);
  switch (id) {
  case PROP_FOLDED:
    self->folded = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_BARE:
    self->bare = g_value_get_boolean (value);
    gtk_widget_set_visible (self->bar, !self->bare);
    on_tools_changed (self);
    break;
  case PROP_PLAIN_TEXT:
    set_plain_text (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_dispose (GObject *object)
{
  UiReader *self = UI_READER (object);
  if (self->engine)
    leave (self);
  g_clear_pointer (&self->find, ui_reader_find_free);
  g_clear_weak_pointer (&self->focus_before);
  g_clear_object (&self->settings);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_reader_parent_class)->dispose (object);
}

static void
ui_reader_finalize (GObject *object)
{
  UiReader *self = UI_READER (object);
  g_hash_table_unref (self->cards);
  g_hash_table_unref (self->hidden);
  g_hash_table_unref (self->light);
  g_ptr_array_unref (self->answers);
  G_OBJECT_CLASS (ui_reader_parent_class)->finalize (object);
}

static void
ui_reader_class_init (UiReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_reader_get_property;
  object_class->set_property = ui_reader_set_property;
  object_class->dispose = ui_reader_dispose;
  object_class->finalize = ui_reader_finalize;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_FOLDED] = g_param_spec_boolean ("folded", NULL, NULL, FALSE, flags);
  properties[PROP_BARE] = g_param_spec_boolean ("bare", NULL, NULL, FALSE, flags);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, MAIL_TYPE_CONTENT,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PLAIN_TEXT] = g_param_spec_boolean ("plain-text", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SEEN] = g_signal_new ("seen", UI_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, MAIL_TYPE_MESSAGE);

  signals[VERB] =
      g_signal_new ("verb", UI_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_STRING, MAIL_TYPE_MESSAGE, MAIL_TYPE_CONTENT);

  g_type_ensure (UI_TYPE_BAR);
  g_type_ensure (UI_TYPE_FIND_BAR);
  g_type_ensure (UI_TYPE_PANE);
  g_type_ensure (UI_TYPE_READER_CARDS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-reader.ui");
  gtk_widget_class_bind_template_child (widget_class, UiReader, resting);
  gtk_widget_class_bind_template_child (widget_class, UiReader, stack);
  ui_menu_bind (widget_class, "more_button", "reader_menu");
  gtk_widget_class_bind_template_child (widget_class, UiReader, empty);
  gtk_widget_class_bind_template_child (widget_class, UiReader, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiReader, find_bar);
  gtk_widget_class_bind_template_child (widget_class, UiReader, waiting);
  gtk_widget_class_bind_template_callback (widget_class, ui_reader_on_continue);
  gtk_widget_class_bind_template_child (widget_class, UiReader, scroll);
  gtk_widget_class_bind_template_child (widget_class, UiReader, scrolled);
  gtk_widget_class_bind_template_child (widget_class, UiReader, title);
  gtk_widget_class_bind_template_child (widget_class, UiReader, subject);
  gtk_widget_class_bind_template_child (widget_class, UiReader, count);
  gtk_widget_class_bind_template_child (widget_class, UiReader, link_target);
  gtk_widget_class_bind_template_child (widget_class, UiReader, bar);
  gtk_widget_class_bind_template_child (widget_class, UiReader, tools);
  gtk_widget_class_bind_template_child (widget_class, UiReader, narrow_tools);
  gtk_widget_class_bind_template_child (widget_class, UiReader, bottom);
  gtk_widget_class_bind_template_child (widget_class, UiReader, move_wide);
  gtk_widget_class_bind_template_child (widget_class, UiReader, move_narrow);
}

static void
ui_reader_init (UiReader *self)
{
  self->zoom = 1;
  self->answers = g_ptr_array_new_with_free_func (g_free);
  self->cards = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->light = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->hidden = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_menu_defer (GTK_WIDGET (self), UI_TYPE_READER, "more_button", "reader_menu");
  self->find = ui_reader_find_new (self, self->find_bar);
  g_signal_connect_swapped (self->find_bar, "closed", G_CALLBACK (ui_reader_on_find_closed), self);
  g_signal_connect_swapped (self->scroll, "moved", G_CALLBACK (on_moved), self);
  g_signal_connect_swapped (self->tools, "notify::visible-child", G_CALLBACK (on_tools_changed),
                            self);
  show_nothing (self, 0, FALSE);
}
