/* The message list.  Main thread.  Rows are made only for what is on screen; nothing here may walk over all messages of
 * a folder, except over the ids of those that a person selected. */
#include "ui-list-private.h"

#include <glib/gi18n.h>

#include "ui-flow.h"
#include "ui-menu.h"

enum
{
  PROP_0,
  PROP_FOLDED,
  PROP_TITLE_BUTTONS,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  SELECTION_CHANGED,
  OPENED,
  BAR_CLICKED,
  RETRY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiList, ui_list, ADW_TYPE_BIN)

/* ---- state ---- */

/* Where the page says it, the bar does not say it again.  With large text there is no room in a small window for what is wrong with an account beneath what
 * is wrong with a search. */
void
ui_list_update_bar (UiList *self)
{
  gboolean said = self->bar_is_folders
                  && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "trouble") == 0;
  if (self->bar_title && !said && !self->has_problem) {
    ui_bar_show (self->bar, self->bar_title, self->bar_detail, self->bar_button, TRUE);
    ui_bar_set_link (self->bar, self->bar_link);
  } else
    ui_bar_hide (self->bar);
}

static void
on_retry_clicked (UiList *self)
{
  g_signal_emit (self, signals[RETRY], 0);
}

/* Those pages that most starts never show. */
static void
add_page (UiList *self, const char *name)
{
  const char *ids[] = { name, NULL };
  g_autofree char *button_id = g_strconcat (name, "-button", NULL);
  g_autoptr (GtkBuilder) builder = gtk_builder_new ();
  g_autoptr (GError) error = NULL;
  if (!gtk_builder_add_objects_from_resource (builder, "/org/sosik/Sosik/ui-list-pages.ui", ids,
                                              &error))
    g_error ("%s", error->message);
  gtk_stack_add_named (self->stack, GTK_WIDGET (gtk_builder_get_object (builder, name)), name);
  GObject *button = gtk_builder_get_object (builder, button_id);
  if (button)
    g_signal_connect_object (button, "clicked",
                             g_str_equal (name, "trouble") ? G_CALLBACK (on_retry_clicked)
                             : g_str_equal (name, "unfound")
                                 ? G_CALLBACK (ui_list_search_everywhere)
                                 : G_CALLBACK (ui_list_clear_filters),
                             self, G_CONNECT_SWAPPED);
  GObject *help = gtk_builder_get_object (builder, "unfound-help");
  if (help)
    g_signal_connect_object (help, "clicked", G_CALLBACK (ui_list_show_search_help), self,
                             G_CONNECT_SWAPPED);
}

/* Nobody knows what is in it. */
static gboolean
is_unfetched (UiList *self)
{
  return self->folder && mail_folder_get_account (self->folder)
         && !mail_folder_get_fetched (self->folder);
}

static gboolean
is_coming (UiList *self)
{
  MailAccountStatus status = is_unfetched (self)
                                 ? mail_account_get_status (mail_folder_get_account (self->folder))
                                 : MAIL_ACCOUNT_OFFLINE;

  return status == MAIL_ACCOUNT_BUSY || status == MAIL_ACCOUNT_IN_STEP;
}

/* GTK 4.8 would have a screen reader read what hidden pages say, too. */
static void
show_status_page (UiList *self, const char *page)
{
  static const char *const names[] = { "empty", "filtered", "trouble", "unfound" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gboolean shown = g_str_equal (names[i], page);
    if (shown && !gtk_stack_get_child_by_name (self->stack, page))
      add_page (self, page);
    GtkWidget *child = gtk_stack_get_child_by_name (self->stack, names[i]);
    if (child)
      gtk_widget_set_visible (child, shown);
  }
  GtkWidget *unfound = gtk_stack_get_child_by_name (self->stack, "unfound");
  if (unfound) {
    gboolean everywhere = ui_search_bar_get_everywhere (self->search_bar);
    adw_status_page_set_description (
        ADW_STATUS_PAGE (unfound),
        everywhere ? _ ("Nothing outside Junk, Trash and Drafts has all of these words.")
                   : _ ("Nothing in this folder has all of these words."));
    gtk_widget_set_visible (
        gtk_widget_get_first_child (adw_status_page_get_child (ADW_STATUS_PAGE (unfound))),
        !everywhere);
  }
  GtkWidget *empty = gtk_stack_get_child_by_name (self->stack, "empty");
  if (empty) {
    adw_status_page_set_title (ADW_STATUS_PAGE (empty),
                               is_unfetched (self) ? _ ("Not Fetched Yet") : _ ("No Messages"));
    adw_status_page_set_description (
        ADW_STATUS_PAGE (empty),
        self->folder && mail_folder_get_sender (self->folder)
            ? _ ("There is nothing from this person outside Junk, Trash and Drafts.")
        : is_unfetched (self) ? _ ("This folder has not been fetched from the server yet.")
                              : _ ("There is nothing in this folder."));
  }
}

/* One way back: from all mail of a person to the folder, else to the folders. */
static void
update_back (UiList *self)
{
  gboolean sender = self->folder && mail_folder_get_sender (self->folder);
  gtk_widget_set_visible (self->leave_button, sender);
  gtk_widget_set_visible (self->back, self->folded && !sender);
}

/* The keyboard is among the rows, or was when the last of them went away and has not been taken elsewhere. */
static gboolean
has_keyboard (UiList *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *now = root ? gtk_root_get_focus (root) : NULL;

  return now ? gtk_widget_is_ancestor (now, GTK_WIDGET (self->stack)) : self->keyboard_left;
}

/* The rows of the other pane are hidden to screen readers, too. */
static void
show_page (UiList *self, const char *page)
{
  UiListPane *other = self->pane == &self->own ? &self->found : &self->own;
  gboolean rows = g_str_equal (page, "list");
  gtk_widget_set_visible (GTK_WIDGET (self->pane->scrolled), TRUE);
  gtk_stack_set_visible_child_name (self->stack,
                                    rows && self->pane == &self->found ? "found" : page);
  if (other->bound)
    gtk_widget_set_visible (GTK_WIDGET (other->scrolled), FALSE);
}

void
ui_list_update_page (UiList *self)
{
  const char *page = "none";
  self->keyboard_left = has_keyboard (self); /* before a page is hidden that has it */
  if (self->showing_outgoing)
    page = "outgoing";
  else if (self->messages && g_list_model_get_n_items (G_LIST_MODEL (self->messages)) > 0)
    page = "list";
  else if (self->messages
           && (mail_message_list_get_loading (self->messages)
               || !mail_message_list_get_settled (self->messages)))
    page = "loading"; /* what goes may come again: until it is over nothing else is said */
  else if (self->messages && mail_folder_get_trouble (self->folder))
    page = "trouble";
  else if (self->messages && is_coming (self))
    page = "loading";
  else if (self->messages && ui_list_is_searching (self))
    page = "unfound";
  else if (self->messages)
    page = ui_list_get_filter (self) ? "filtered" : "empty";
  gtk_spinner_set_spinning (self->spinner, g_str_equal (page, "loading"));
  show_status_page (self, page);
  if (g_str_equal (page, "trouble")) {
    g_autofree char *reason = g_markup_escape_text (mail_folder_get_trouble (self->folder), -1);
    adw_status_page_set_description (
        ADW_STATUS_PAGE (gtk_stack_get_child_by_name (self->stack, page)), reason);
  }
  show_page (self, page);
  if (self->keyboard_left && !g_str_equal (page, "list") && !self->showing_outgoing)
    gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_TAB_FORWARD);
  ui_list_update_bar (self);
}

void
ui_list_update_title (UiList *self)
{
  g_autofree char *subtitle = NULL;
  if (self->folder) {
    guint unread = mail_folder_get_unread (self->folder);
    if (self->n_selected > 1 || self->checking)
      subtitle = g_strdup_printf (ngettext ("%'u selected", "%'u selected", self->n_selected),
                                  self->n_selected);
    else if (unread > 0)
      subtitle =
          g_strdup_printf (ngettext ("%'u unread message", "%'u unread messages", unread), unread);
    else if (mail_folder_get_account (self->folder)) /* a view has none */
      subtitle = g_strdup (mail_account_get_label (mail_folder_get_account (self->folder)));
    adw_window_title_set_title (self->title, mail_folder_get_name (self->folder));
  } else
    adw_window_title_set_title (self->title, self->showing_outgoing ? _ ("Drafts and Outbox") : "");
  adw_window_title_set_subtitle (self->title, subtitle ? subtitle : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title),
                               self->folder ? mail_folder_get_state_text (self->folder) : NULL);
}

static void
stop_awaiting (UiList *self)
{
  if (self->awaited)
    g_clear_signal_handler (&self->awaited_handler, self->awaited);
  g_clear_object (&self->awaited);
}

static void
on_awaited (UiList *self)
{
  stop_awaiting (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

/* Who wants to read it is told once more when it can be read. */
static void
await_current (UiList *self)
{
  stop_awaiting (self);
  g_autoptr (MailConversation) item = ui_list_dup_current (self);
  if (!item || mail_conversation_get_loaded (item))
    return;
  self->awaited = g_object_ref (item);
  self->awaited_handler = g_signal_connect_swapped (item, "changed", G_CALLBACK (on_awaited), self);
}

/* The selection tells about clicks, but not that a selected message has gone away. */
void
ui_list_update_selection (UiList *self)
{
  guint n_selected = self->selection ? ui_selection_get_n_selected (self->selection) : 0;
  gint64 current =
      n_selected == 1 && !self->checking && ui_selection_get_first (self->selection) != G_MAXUINT
          ? mail_message_list_get_id (self->messages, ui_selection_get_first (self->selection))
          : 0;
  if (n_selected == self->n_selected && current == self->current && n_selected < 2)
    return;
  self->n_selected = n_selected;
  self->current = current;
  await_current (self);
  ui_list_update_title (self);
  ui_list_update_bulk (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static gboolean
on_stick_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiList *self = UI_LIST (data);
  self->stick = 0;
  if (self->selection && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    gtk_widget_activate_action (widget, "list.scroll-to-item", "u", 0);
  return G_SOURCE_REMOVE;
}

/* It comes back with the rows. */
static void
take_back_keyboard (UiList *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->keyboard_left && root && gtk_root_get_focus (root) != GTK_WIDGET (self->pane->view))
    gtk_widget_grab_focus (GTK_WIDGET (self->pane->view));
  self->keyboard_left = FALSE;
}

/* New mail never moves what the person looks at, but who looks at the top wants to see what comes: a list view would
 * keep its place there too. */
static void
on_items_changed (UiList *self, guint position, guint removed, guint added)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->pane->scrolled);
  if (position == 0 && added > 0 && self->stick == 0
      && gtk_adjustment_get_value (adjustment) <= gtk_adjustment_get_lower (adjustment))
    self->stick =
        gtk_widget_add_tick_callback (GTK_WIDGET (self->pane->view), on_stick_tick, self, NULL);
  ui_list_update_headings (self);
  ui_list_update_page (self);
  if (added > 0 && added == g_list_model_get_n_items (G_LIST_MODEL (self->selection)))
    take_back_keyboard (self);
}

static void
on_bar_clicked (UiList *self)
{
  g_signal_emit (self, signals[BAR_CLICKED], 0);
}

void
ui_list_opened (UiList *self)
{
  ui_list_note_search (self);
  g_signal_emit (self, signals[OPENED], 0);
}

/* ---- public ---- */

static void
stop_following (UiList *self)
{
  if (self->messages)
    g_signal_handlers_disconnect_by_data (self->messages, self);
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->stick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->pane->view), self->stick);
  self->stick = 0;
  if (self->placing)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->pane->view), self->placing);
  self->placing = 0;
  self->keyboard = 0;
  self->keyboard_left = FALSE;
  stop_awaiting (self);
}

static void
let_go (UiList *self)
{
  stop_following (self);
  gtk_list_view_set_model (self->pane->view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->messages);
}

static gboolean
on_emptying (gpointer data)
{
  UiList *self = data;
  self->emptying = 0;
  gtk_list_view_set_model (self->found.view, NULL);
  return G_SOURCE_REMOVE;
}

void
ui_list_show_pane (UiList *self, gboolean found)
{
  UiListPane *pane = found ? &self->found : &self->own;
  if (self->pane == pane)
    return;
  stop_following (self);
  g_clear_object (&self->selection);
  g_clear_object (&self->messages);
  g_clear_handle_id (&self->emptying, g_source_remove);
  if (!pane->bound)
    ui_list_make_found (self);
  self->pane = pane;
  if (!found) /* in a turn of its own, behind the frame that shows the folder */
    self->emptying = g_idle_add_full (G_PRIORITY_LOW, on_emptying, self, NULL);
}

/* What is in `messages` and `selection` is followed, and seen. */
static void
attach (UiList *self)
{
  g_signal_connect_swapped (self->messages, "notify::loading", G_CALLBACK (ui_list_update_page),
                            self);
  g_signal_connect_swapped (self->messages, "settled", G_CALLBACK (ui_list_update_selection), self);
  g_signal_connect_swapped (self->messages, "removing", G_CALLBACK (ui_list_removing), self);
  g_signal_connect_swapped (self->messages, "settled", G_CALLBACK (ui_list_settled), self);
  g_signal_connect_swapped (self->messages, "settled", G_CALLBACK (ui_list_update_page), self);
  g_signal_connect_swapped (self->selection, "became", G_CALLBACK (ui_list_update_selection), self);
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (on_items_changed), self);
  gtk_list_view_set_model (self->pane->view, GTK_SELECTION_MODEL (self->selection));
}

void
ui_list_reopen (UiList *self)
{
  let_go (self); /* with another model the view goes to its top by itself */
  if (self->folder) {
    self->messages = mail_message_list_new (
        self->engine, self->folder,
        self->settings && g_settings_get_boolean (self->settings, "conversations"));
    ui_list_apply_order (self);
    self->reordered = FALSE;
    self->selection = ui_selection_new (self->messages);
    ui_selection_set_checking (self->selection, self->checking);
    attach (self);
  }
  ui_list_update_page (self);
  ui_list_update_title (self);
  ui_list_update_selection (self);
}

static void
follow_folder (UiList *self, MailFolder *folder)
{
  if (self->folder)
    g_signal_handlers_disconnect_by_data (self->folder, self);
  g_set_object (&self->folder, folder);
  ui_list_update_tools (self);
  update_back (self);
  if (folder) {
    g_signal_connect_swapped (folder, "notify", G_CALLBACK (ui_list_update_title), self);
    g_signal_connect_swapped (folder, "notify::trouble", G_CALLBACK (ui_list_update_page), self);
    g_signal_connect_swapped (folder, "notify::fetched", G_CALLBACK (ui_list_update_page), self);
  }
  g_signal_group_set_target (self->account, folder ? mail_folder_get_account (folder) : NULL);
}

void
ui_list_take_folder (UiList *self, MailFolder *folder)
{
  follow_folder (self, folder);
  ui_list_reopen (self);
}

void
ui_list_put_back (UiList *self, MailFolder *folder, MailMessageList *messages,
                  UiSelection *selection, double scrolled)
{
  follow_folder (self, folder);
  if (messages && selection) {
    self->messages = g_object_ref (messages);
    self->selection = g_object_ref (selection);
    attach (self);
    self->scroll_back = scrolled;
    self->reordered = TRUE;
    ui_list_update_rows (self);
    ui_list_settled (self);
  }
  ui_list_update_page (self);
  ui_list_update_title (self);
  ui_list_update_selection (self);
}

void
ui_list_set_folder (UiList *self, MailEngine *engine, MailFolder *folder)
{
  if (folder && folder == self->folder)
    return;
  if (ui_search_bar_is_open (self->search_bar))
    ui_list_leave_search (self);
  g_set_object (&self->engine, engine);
  self->showing_outgoing = FALSE;
  ui_list_clear_filters (self);
  ui_list_set_checking (self, FALSE);
  ui_list_take_folder (self, folder);
}

MailFolder *
ui_list_get_folder (UiList *self)
{
  return self->folder;
}

void
ui_list_show_outgoing (UiList *self, MailEngine *engine, GtkWidget *page)
{
  if (!self->outgoing) {
    self->outgoing = page;
    gtk_stack_add_named (self->stack, page, "outgoing");
  }
  ui_list_set_folder (self, engine, NULL); /* all mail can be searched from there, too */
  self->showing_outgoing = TRUE;
  ui_list_update_page (self);
  ui_list_update_title (self);
}

guint
ui_list_get_n_selected (UiList *self)
{
  return self->n_selected;
}

MailConversation *
ui_list_dup_current (UiList *self)
{
  if (!self->selection || self->current == 0)
    return NULL;
  return g_list_model_get_item (G_LIST_MODEL (self->selection),
                                ui_selection_get_first (self->selection));
}

MailMessageList *
ui_list_get_messages (UiList *self)
{
  return self->messages;
}

GArray *
ui_list_dup_selected (UiList *self)
{
  return self->selection ? ui_selection_dup_ids (self->selection)
                         : g_array_new (FALSE, FALSE, sizeof (gint64));
}

MailConversation *
ui_list_dup_by_id (UiList *self, gint64 id)
{
  guint position = self->messages ? mail_message_list_find (self->messages, id) : G_MAXUINT;
  return position == G_MAXUINT ? NULL
                               : g_list_model_get_item (G_LIST_MODEL (self->messages), position);
}

void
ui_list_select_all (UiList *self)
{
  if (self->selection && !ui_list_select_all_found (self))
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
}

void
ui_list_unselect_all (UiList *self)
{
  if (!self->selection)
    return;
  ui_list_forget_all_found (self);
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
}

static void
select_position (UiList *self, guint position)
{
  ui_selection_select_only (self->selection, position);
  ui_list_reveal (self, position, TRUE);
}

void
ui_list_select_after (UiList *self)
{
  if (!self->selection || self->n_selected == 0)
    return;
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint first = ui_selection_get_first (self->selection);
  guint last = ui_selection_get_last (self->selection);
  if (self->checking)
    ui_list_unselect_all (self);
  else if (last + 1 < n_items)
    select_position (self, last + 1);
  else if (first > 0)
    select_position (self, first - 1);
  else
    ui_list_unselect_all (self);
}

void
ui_list_move (UiList *self, int direction)
{
  guint n_items = self->selection ? g_list_model_get_n_items (G_LIST_MODEL (self->selection)) : 0;
  if (n_items == 0)
    return;
  if (self->checking)
    gtk_widget_child_focus (GTK_WIDGET (self->pane->view),
                            direction > 0 ? GTK_DIR_DOWN : GTK_DIR_UP);
  else if (self->n_selected == 0)
    select_position (self, 0);
  else if (direction > 0 && ui_selection_get_last (self->selection) + 1 < n_items)
    select_position (self, ui_selection_get_last (self->selection) + 1);
  else if (direction < 0 && ui_selection_get_first (self->selection) > 0)
    select_position (self, ui_selection_get_first (self->selection) - 1);
}

guint
ui_list_get_position (UiList *self)
{
  return self->selection ? ui_selection_get_last (self->selection) : G_MAXUINT;
}

void
ui_list_select (UiList *self, gint64 id)
{
  guint position = self->messages ? mail_message_list_find (self->messages, id) : G_MAXUINT;
  if (position != G_MAXUINT)
    select_position (self, position);
}

void
ui_list_focus (UiList *self)
{
  if (!gtk_widget_grab_focus (GTK_WIDGET (self->pane->view)))
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

void
ui_list_set_bar (UiList *self, const char *title, const char *detail, const char *link,
                 const char *button, gboolean is_folders)
{
  g_free (self->bar_title);
  g_free (self->bar_detail);
  g_free (self->bar_link);
  g_free (self->bar_button);
  self->bar_title = g_strdup (title);
  self->bar_detail = g_strdup (detail);
  self->bar_link = g_strdup (link);
  self->bar_button = g_strdup (button);
  self->bar_is_folders = is_folders;
  ui_list_update_bar (self);
}

/* ---- class ---- */

static void
ui_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiList *self = UI_LIST (object);
  switch (id) {
  case PROP_FOLDED:
    g_value_set_boolean (value, self->folded);
    break;
  case PROP_TITLE_BUTTONS:
    g_value_set_boolean (value, self->title_buttons);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiList *self = UI_LIST (object);
  switch (id) {
  case PROP_FOLDED:
    self->folded = g_value_get_boolean (value);
    if (self->folded)
      gtk_widget_add_css_class (GTK_WIDGET (self), "folded");
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self), "folded");
    update_back (self);
    ui_list_update_tools (self);
    break;
  case PROP_TITLE_BUTTONS:
    self->title_buttons = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_list_dispose (GObject *object)
{
  UiList *self = UI_LIST (object);
  g_clear_handle_id (&self->opened_source, g_source_remove);
  g_clear_handle_id (&self->midnight_source, g_source_remove);
  if (self->pane)
    ui_list_set_folder (self, NULL, NULL);
  g_clear_handle_id (&self->emptying, g_source_remove);
  ui_list_drop_before (self);
  g_clear_object (&self->search);
  g_clear_object (&self->account);
  g_clear_weak_pointer (&self->menu_focus);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_object (&self->menu);
  if (self->settings)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->engine);
  self->pane = NULL;
  g_clear_pointer (&self->own.bound, g_hash_table_unref);
  g_clear_pointer (&self->found.bound, g_hash_table_unref);
  g_clear_pointer (&self->bar_title, g_free);
  g_clear_pointer (&self->bar_detail, g_free);
  g_clear_pointer (&self->bar_link, g_free);
  g_clear_pointer (&self->bar_button, g_free);
  G_OBJECT_CLASS (ui_list_parent_class)->dispose (object);
}

static void
ui_list_finalize (GObject *object)
{
  g_clear_object (&UI_LIST (object)->bulk);
  G_OBJECT_CLASS (ui_list_parent_class)->finalize (object);
}

static void
ui_list_class_init (UiListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_list_get_property;
  object_class->set_property = ui_list_set_property;
  object_class->dispose = ui_list_dispose;
  object_class->finalize = ui_list_finalize;
  properties[PROP_FOLDED] = g_param_spec_boolean ("folded", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE_BUTTONS] = g_param_spec_boolean (
      "title-buttons", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", UI_TYPE_LIST, G_SIGNAL_RUN_LAST,
                                             0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPENED] =
      g_signal_new ("opened", UI_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BAR_CLICKED] = g_signal_new ("bar-clicked", UI_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);

  signals[RETRY] =
      g_signal_new ("retry", UI_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (UI_TYPE_BAR);
  g_type_ensure (UI_TYPE_SEARCH_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-list.ui");
  gtk_widget_class_bind_template_child (widget_class, UiList, title);
  gtk_widget_class_bind_template_child (widget_class, UiList, bar);
  gtk_widget_class_bind_template_child (widget_class, UiList, search_bar);
  gtk_widget_class_bind_template_child (widget_class, UiList, search_button);
  gtk_widget_class_bind_template_child (widget_class, UiList, filters);
  gtk_widget_class_bind_template_child (widget_class, UiList, tools);
  gtk_widget_class_bind_template_child (widget_class, UiList, select_button);
  gtk_widget_class_bind_template_child (widget_class, UiList, filter_button);
  gtk_widget_class_bind_template_child (widget_class, UiList, back);
  gtk_widget_class_bind_template_child (widget_class, UiList, leave_button);
  gtk_widget_class_bind_template_child (widget_class, UiList, filter_unread);
  gtk_widget_class_bind_template_child (widget_class, UiList, filter_starred);
  gtk_widget_class_bind_template_child (widget_class, UiList, filter_attachments);
  gtk_widget_class_bind_template_child (widget_class, UiList, filter_known);
  gtk_widget_class_bind_template_child (widget_class, UiList, stack);
  gtk_widget_class_bind_template_child (widget_class, UiList, spinner);
  gtk_widget_class_bind_template_child_full (widget_class, "scrolled", FALSE,
                                             G_STRUCT_OFFSET (UiList, own.scrolled));
  gtk_widget_class_bind_template_child_full (widget_class, "view", FALSE,
                                             G_STRUCT_OFFSET (UiList, own.view));
  gtk_widget_class_bind_template_child_full (widget_class, "message_menu", FALSE, 0);
  ui_menu_bind (widget_class, "view_button", "view_menu");
  ui_list_class_init_rows (widget_class);
  ui_list_class_init_tools (widget_class);
  ui_list_class_init_search (widget_class);
}

/* libadwaita keeps five letters of it, which at 200 % text do not fit beside the buttons into the smallest window. */
static void
let_title_shrink (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    gtk_label_set_width_chars (GTK_LABEL (widget), -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    let_title_shrink (child);
}

static void
ui_list_init (UiList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->filters, ui_flow_new (6, 6)); /* two lines of large text */
  let_title_shrink (GTK_WIDGET (self->title));
  self->pane = &self->own;
  ui_menu_defer (GTK_WIDGET (self), UI_TYPE_LIST, "view_button", "view_menu");
  self->menu = g_object_ref (G_MENU_MODEL (
      gtk_widget_get_template_child (GTK_WIDGET (self), UI_TYPE_LIST, "message_menu")));
  g_signal_connect_swapped (self->bar, "clicked", G_CALLBACK (on_bar_clicked), self);

  self->account = g_signal_group_new (MAIL_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account, "notify::status", G_CALLBACK (ui_list_update_page),
                                  self);
  self->scroll_back = -1;
  ui_list_init_rows (self);
  ui_list_init_search (self);
}
