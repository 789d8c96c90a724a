/* The message list.  Main thread.  Rows are made only for what is on screen; nothing here may walk over all messages of
 * a folder, except where a person selected them all. */
#include "ui-list.h"

#include <glib/gi18n.h>

#include "ui-bar.h"
#include "ui-row.h"

struct _UiList
{
  AdwBin parent_instance;

  /* Owned */
  MailMessageList *messages;
  GtkMultiSelection *selection;
  MailFolder *folder;
  GMenuModel *menu;
  GtkWidget *popover;                        /* made at the first right click */
  char *bar_title, *bar_detail, *bar_button; /* title NULL: no bar */

  /* Borrowed */
  GtkWidget *outgoing;

  /* Template */
  AdwWindowTitle *title;
  UiBar *bar;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *empty, *trouble;
  GtkScrolledWindow *scrolled;
  GtkListView *view;

  gint64 current; /* id of the one selected message, 0 when none or several */
  guint n_selected;
  guint opened_source;
  guint stick; /* tick: the list goes back to its top */
  gboolean folded, title_buttons;
  gboolean showing_outgoing;
  gboolean bar_is_folders; /* what the bar says is about this folder */
};

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

/* Where the page says it, the bar does not say it again. */
static void
update_bar (UiList *self)
{
  gboolean said = self->bar_is_folders
                  && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "trouble") == 0;
  if (self->bar_title && !said)
    ui_bar_show (self->bar, self->bar_title, self->bar_detail, self->bar_button, TRUE);
  else
    ui_bar_hide (self->bar);
}

static void
update_page (UiList *self)
{
  const char *page = "none";
  if (self->showing_outgoing)
    page = "outgoing";
  else if (self->messages && g_list_model_get_n_items (G_LIST_MODEL (self->messages)) > 0)
    page = "list";
  else if (self->messages && mail_message_list_get_loading (self->messages))
    page = "loading";
  else if (self->messages && mail_folder_get_trouble (self->folder)) {
    g_autofree char *reason = g_markup_escape_text (mail_folder_get_trouble (self->folder), -1);
    adw_status_page_set_description (self->trouble, reason);
    page = "trouble";
  } else if (self->messages)
    page = "empty";
  gtk_spinner_set_spinning (self->spinner, g_str_equal (page, "loading"));
  gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, page), TRUE);
  gtk_stack_set_visible_child_name (self->stack, page);
  /* GTK 4.8 would have a screen reader read what other pages say, too. */
  if (!g_str_equal (page, "empty"))
    gtk_widget_set_visible (GTK_WIDGET (self->empty), FALSE);
  if (!g_str_equal (page, "trouble"))
    gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  update_bar (self);
}

static void
update_title (UiList *self)
{
  g_autofree char *subtitle = NULL;
  if (self->folder) {
    guint unread = mail_folder_get_unread (self->folder);
    if (self->n_selected > 1)
      subtitle = g_strdup_printf (
          ngettext ("%u message selected", "%u messages selected", self->n_selected),
          self->n_selected);
    else if (unread > 0)
      subtitle =
          g_strdup_printf (ngettext ("%u unread message", "%u unread messages", unread), unread);
    else if (mail_folder_get_account (self->folder))
      subtitle = g_strdup (mail_account_get_label (mail_folder_get_account (self->folder)));
    adw_window_title_set_title (self->title, mail_folder_get_name (self->folder));
  } else
    adw_window_title_set_title (self->title, self->showing_outgoing ? _ ("Drafts and Outbox") : "");
  adw_window_title_set_subtitle (self->title, subtitle ? subtitle : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title),
                               self->folder ? mail_folder_get_state_text (self->folder) : NULL);
}

/* The selection model tells about clicks, but not that a selected message has gone away. */
static void
update_selection (UiList *self)
{
  guint n_selected = 0;
  gint64 current = 0;
  if (self->selection) {
    g_autoptr (GtkBitset) set =
        gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
    n_selected = (guint)gtk_bitset_get_size (set);
    if (n_selected == 1) {
      g_autoptr (MailMessage) message =
          g_list_model_get_item (G_LIST_MODEL (self->selection), gtk_bitset_get_minimum (set));
      current = mail_message_get_id (message);
    }
  }
  if (n_selected == self->n_selected && current == self->current && n_selected < 2)
    return;
  self->n_selected = n_selected;
  self->current = current;
  update_title (self);
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

/* New mail never moves what the person looks at, but who looks at the top wants to see what comes: a list view would
 * keep its place there too. */
static void
on_items_changed (UiList *self, guint position, guint removed, guint added)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  if (position == 0 && added > 0 && self->stick == 0
      && gtk_adjustment_get_value (adjustment) <= gtk_adjustment_get_lower (adjustment))
    self->stick = gtk_widget_add_tick_callback (GTK_WIDGET (self->view), on_stick_tick, self, NULL);
  update_page (self);
  update_selection (self);
}

/* ---- rows ---- */

static void
popup_menu (UiList *self, GtkWidget *widget, double x, double y)
{
  double list_x, list_y;
  if (!self->popover) {
    self->popover = gtk_popover_menu_new_from_model (self->menu);
    gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
    gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
    gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  }
  gtk_widget_translate_coordinates (widget, GTK_WIDGET (self), x, y, &list_x, &list_y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle){ (int)list_x, (int)list_y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
on_row_pressed (GtkGestureClick *click, int n_press, double x, double y, GtkListItem *item)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (click));
  UiList *self = UI_LIST (gtk_widget_get_ancestor (row, UI_TYPE_LIST));
  guint position = gtk_list_item_get_position (item);
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (click));
  if (!event || !gdk_event_triggers_context_menu (event))
    return;
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  if (!gtk_list_item_get_selected (item))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  popup_menu (self, row, x, y);
}

static gboolean
on_idle_opened (gpointer data)
{
  UiList *self = data;
  self->opened_source = 0;
  if (self->n_selected == 1)
    g_signal_emit (self, signals[OPENED], 0);
  return G_SOURCE_REMOVE;
}

/* Not a gesture: the list's own one claims the click and would cancel it.  What was clicked is selected when the
 * idle runs. */
static gboolean
on_row_event (GtkEventControllerLegacy *controller, GdkEvent *event, UiList *self)
{
  UiRow *row = UI_ROW (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));
  GdkEventType type = gdk_event_get_event_type (event);
  GdkModifierType state = gdk_event_get_modifier_state (event);
  gboolean clicked =
      type == GDK_TOUCH_END
      || (type == GDK_BUTTON_RELEASE && gdk_button_event_get_button (event) == GDK_BUTTON_PRIMARY);
  if (clicked && !ui_row_star_was_clicked (row) && !(state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK))
      && self->opened_source == 0)
    self->opened_source = g_idle_add (on_idle_opened, self);
  return GDK_EVENT_PROPAGATE;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, UiList *self)
{
  GtkWidget *row = ui_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_pressed), item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  GtkEventController *events = gtk_event_controller_legacy_new ();
  g_signal_connect (events, "event", G_CALLBACK (on_row_event), self);
  gtk_widget_add_controller (row, events);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, UiList *self)
{
  ui_row_set_message (UI_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, UiList *self)
{
  ui_row_set_message (UI_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
on_activate (UiList *self, guint position, GtkListView *view)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  g_signal_emit (self, signals[OPENED], 0);
}

/* The Menu key and Shift+F10. */
static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  UiList *self = UI_LIST (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  if (self->n_selected == 0 || !focus || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)))
    return FALSE;
  popup_menu (self, focus, 48, gtk_widget_get_height (focus) / 2.0);
  return TRUE;
}

static void
on_bar_clicked (UiList *self)
{
  g_signal_emit (self, signals[BAR_CLICKED], 0);
}

static void
on_retry_clicked (UiList *self)
{
  g_signal_emit (self, signals[RETRY], 0);
}

/* ---- public ---- */

void
ui_list_set_folder (UiList *self, MailEngine *engine, MailFolder *folder)
{
  if (folder && folder == self->folder)
    return;
  if (self->messages)
    g_signal_handlers_disconnect_by_data (self->messages, self);
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->folder)
    g_signal_handlers_disconnect_by_data (self->folder, self);
  if (self->stick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->view), self->stick);
  self->stick = 0;
  gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->messages);
  g_set_object (&self->folder, folder);
  self->showing_outgoing = FALSE;

  if (folder) {
    self->messages = mail_message_list_new (engine, folder);
    self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->messages)));
    g_signal_connect_swapped (self->messages, "notify::loading", G_CALLBACK (update_page), self);
    g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (update_selection),
                              self);
    g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (on_items_changed),
                              self);
    g_signal_connect_swapped (folder, "notify", G_CALLBACK (update_title), self);
    g_signal_connect_swapped (folder, "notify::trouble", G_CALLBACK (update_page), self);
    gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  }
  update_page (self);
  update_title (self);
  update_selection (self);
}

MailFolder *
ui_list_get_folder (UiList *self)
{
  return self->folder;
}

void
ui_list_show_outgoing (UiList *self, GtkWidget *page)
{
  if (!self->outgoing) {
    self->outgoing = page;
    gtk_stack_add_named (self->stack, page, "outgoing");
  }
  ui_list_set_folder (self, NULL, NULL);
  self->showing_outgoing = TRUE;
  update_page (self);
  update_title (self);
}

guint
ui_list_get_n_selected (UiList *self)
{
  return self->n_selected;
}

MailMessage *
ui_list_dup_current (UiList *self)
{
  if (!self->selection || self->n_selected != 1)
    return NULL;
  g_autoptr (GtkBitset) set =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  return g_list_model_get_item (G_LIST_MODEL (self->selection), gtk_bitset_get_minimum (set));
}

GPtrArray *
ui_list_dup_selected (UiList *self)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);
  GtkBitsetIter iter;
  guint position;
  if (!self->selection)
    return messages;
  g_autoptr (GtkBitset) set =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, set, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (messages, g_list_model_get_item (G_LIST_MODEL (self->selection), position));
  return messages;
}

MailMessage *
ui_list_dup_by_id (UiList *self, gint64 id)
{
  guint position = self->messages ? mail_message_list_find (self->messages, id) : G_MAXUINT;
  return position == G_MAXUINT ? NULL
                               : g_list_model_get_item (G_LIST_MODEL (self->messages), position);
}

void
ui_list_select_all (UiList *self)
{
  if (self->selection)
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
}

void
ui_list_unselect_all (UiList *self)
{
  if (self->selection)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
}

static void
select_position (UiList *self, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}

void
ui_list_select_after (UiList *self)
{
  if (!self->selection || self->n_selected == 0)
    return;
  g_autoptr (GtkBitset) set =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint first = gtk_bitset_get_minimum (set), last = gtk_bitset_get_maximum (set);
  if (last + 1 < n_items)
    select_position (self, last + 1);
  else if (first > 0)
    select_position (self, first - 1);
  else
    ui_list_unselect_all (self);
}

void
ui_list_move (UiList *self, int direction)
{
  if (!self->selection)
    return;
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  if (n_items == 0)
    return;
  if (self->n_selected == 0) {
    select_position (self, 0);
    return;
  }
  g_autoptr (GtkBitset) set =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  if (direction > 0 && gtk_bitset_get_maximum (set) + 1 < n_items)
    select_position (self, gtk_bitset_get_maximum (set) + 1);
  else if (direction < 0 && gtk_bitset_get_minimum (set) > 0)
    select_position (self, gtk_bitset_get_minimum (set) - 1);
}

void
ui_list_focus (UiList *self)
{
  if (!gtk_widget_grab_focus (GTK_WIDGET (self->view)))
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

void
ui_list_set_bar (UiList *self, const char *title, const char *detail, const char *button,
                 gboolean is_folders)
{
  g_free (self->bar_title);
  g_free (self->bar_detail);
  g_free (self->bar_button);
  self->bar_title = g_strdup (title);
  self->bar_detail = g_strdup (detail);
  self->bar_button = g_strdup (button);
  self->bar_is_folders = is_folders;
  update_bar (self);
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
  if (self->view)
    ui_list_set_folder (self, NULL, NULL);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_object (&self->menu);
  g_clear_pointer (&self->bar_title, g_free);
  g_clear_pointer (&self->bar_detail, g_free);
  g_clear_pointer (&self->bar_button, g_free);
  G_OBJECT_CLASS (ui_list_parent_class)->dispose (object);
}

static void
ui_list_class_init (UiListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_list_get_property;
  object_class->set_property = ui_list_set_property;
  object_class->dispose = ui_list_dispose;
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
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-list.ui");
  gtk_widget_class_bind_template_child (widget_class, UiList, title);
  gtk_widget_class_bind_template_child (widget_class, UiList, bar);
  gtk_widget_class_bind_template_child (widget_class, UiList, stack);
  gtk_widget_class_bind_template_child (widget_class, UiList, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiList, empty);
  gtk_widget_class_bind_template_child (widget_class, UiList, trouble);
  gtk_widget_class_bind_template_child (widget_class, UiList, scrolled);
  gtk_widget_class_bind_template_child (widget_class, UiList, view);
  gtk_widget_class_bind_template_child_full (widget_class, "message_menu", FALSE, 0);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static void
ui_list_init (UiList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->menu = g_object_ref (G_MENU_MODEL (
      gtk_widget_get_template_child (GTK_WIDGET (self), UI_TYPE_LIST, "message_menu")));
  g_signal_connect_swapped (self->bar, "clicked", G_CALLBACK (on_bar_clicked), self);

  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);
  g_object_unref (factory);
}
