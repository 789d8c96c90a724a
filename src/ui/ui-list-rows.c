/* The rows of the message list: made, filled, headed by their day, clicked.  Main thread.  A list view of GTK 4.8 has no sections: the
 * row that begins a day draws the heading above itself. */
#include "ui-list-private.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "ui-row.h"

/* ---- headings ---- */

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static char *
dup_heading (UiList *self, guint position, gint64 now)
{
  if (!self->messages || mail_message_list_get_sort (self->messages) != MAIL_SORT_DATE
      || position >= g_list_model_get_n_items (G_LIST_MODEL (self->messages)))
    return NULL;
  int group = base_date_group (mail_message_list_get_received (self->messages, position), now);
  if (position > 0
      && group
             == base_date_group (mail_message_list_get_received (self->messages, position - 1),
                                 now))
    return NULL;
  return base_date_group_name (group);
}

static void
update_heading (UiList *self, GtkListItem *item, gint64 now)
{
  g_autofree char *heading = dup_heading (self, gtk_list_item_get_position (item), now);
  ui_row_set_heading (UI_ROW (gtk_list_item_get_child (item)), heading);
}

static gboolean
on_headings_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiList *self = UI_LIST (data);
  gint64 now = get_now ();
  GHashTableIter iter;
  gpointer item;

  self->headings = 0;
  g_hash_table_iter_init (&iter, self->pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    update_heading (self, item, now);
  return G_SOURCE_REMOVE;
}

void
ui_list_update_headings (UiList *self)
{
  if (self->headings == 0)
    self->headings =
        gtk_widget_add_tick_callback (GTK_WIDGET (self->pane->view), on_headings_tick, self, NULL);
}

static void
redraw_dates (UiListPane *pane)
{
  GHashTableIter iter;
  gpointer item;

  if (!pane->bound)
    return;
  g_hash_table_iter_init (&iter, pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    gtk_widget_queue_draw (gtk_list_item_get_child (item));
}

static gboolean
on_midnight (gpointer data)
{
  UiList *self = data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  guint passed = (guint)(g_date_time_get_hour (now) * 3600 + g_date_time_get_minute (now) * 60
                         + g_date_time_get_second (now));

  ui_list_update_headings (self);
  /* Each has a picture of its own, which that of the list only shows. */
  redraw_dates (&self->own);
  redraw_dates (&self->found);
  self->midnight_source = g_timeout_add_seconds (86401 - passed, on_midnight, self);
  return G_SOURCE_REMOVE;
}

/* It may hold mail of several accounts. */
static gboolean
is_across (UiList *self)
{
  return self->folder != NULL && mail_folder_get_account (self->folder) == NULL;
}

void
ui_list_update_rows (UiList *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL)) {
    GtkWidget *row = gtk_list_item_get_child (item);

    ui_row_set_look (UI_ROW (row), self->compact, self->checking, is_across (self));
  }
}

void
ui_list_reveal (UiList *self, guint position, gboolean focus)
{
  GHashTableIter iter;
  gpointer item;

  gtk_widget_activate_action (GTK_WIDGET (self->pane->view), "list.scroll-to-item", "u", position);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *now = root ? gtk_root_get_focus (root) : NULL;
  /* Only where the keyboard is in the list already: who reads goes on reading. */
  if (!focus || !now || !gtk_widget_is_ancestor (now, GTK_WIDGET (self->pane->view)))
    return;
  g_hash_table_iter_init (&iter, self->pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (gtk_list_item_get_position (item) == position) {
      gtk_widget_grab_focus (gtk_widget_get_parent (gtk_list_item_get_child (item)));
      return;
    }
}

static gboolean
has_places (UiListPane *pane)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL)) {
    GtkWidget *child = gtk_list_item_get_child (item);
    if (child && gtk_widget_get_height (child) > 0)
      return TRUE;
  }
  return FALSE;
}

/* A list view of GTK 4.8 that is scrolled while none of its rows has a place yet does not know which one is meant, and warns. */
void
ui_list_go_to_top (UiList *self)
{
  if (has_places (self->pane))
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->pane->scrolled), 0);
}

/* ---- the place of what is selected, and of the keyboard ---- */

static GtkListItem *
find_bound (UiList *self, gint64 id)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL)) {
    MailConversation *shown = ui_row_get_item (UI_ROW (gtk_list_item_get_child (item)));
    if (shown && mail_conversation_get_id (shown) == id)
      return item;
  }
  return NULL;
}

static gboolean
is_in_view (UiList *self, GtkListItem *item)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (gtk_list_item_get_child (item),
                                    GTK_WIDGET (self->pane->scrolled), &bounds)
         && bounds.size.height > 0 && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height
                <= (float)gtk_widget_get_height (GTK_WIDGET (self->pane->scrolled));
}

static GtkListItem *
find_selected_in_view (UiList *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (gtk_list_item_get_selected (item) && is_in_view (self, item))
      return item;
  return NULL;
}

/* A list view takes a row that moves for one that goes and one that comes, and gives the keyboard to the neighbour.  Only where the
 * row can still be seen: what the person looks at does not move for it. */
static void
restore_keyboard (UiList *self)
{
  GtkListItem *item = self->keyboard != 0 ? find_bound (self, self->keyboard) : NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *now = root ? gtk_root_get_focus (root) : NULL;

  self->keyboard = 0;
  if (!item || !is_in_view (self, item))
    return;
  GtkWidget *row = gtk_widget_get_parent (gtk_list_item_get_child (item));
  if (now && gtk_widget_is_ancestor (now, GTK_WIDGET (self->pane->view)))
    gtk_widget_grab_focus (row);
  else /* when it comes back */
    gtk_widget_set_focus_child (GTK_WIDGET (self->pane->view), row);
}

/* Where rows are is known after a frame. */
static gboolean
on_place_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiList *self = UI_LIST (data);
  GtkListItem *selected;

  if (!self->laid_out) {
    self->laid_out = TRUE;
    return G_SOURCE_CONTINUE;
  }
  if (self->scroll_back >= 0) {
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->pane->scrolled),
                              self->scroll_back);
    self->scroll_back = -1;
    self->laid_out = FALSE;
    self->revealed = ui_selection_get_first (self->selection) == G_MAXUINT;
    return G_SOURCE_CONTINUE;
  }
  if (self->reordered) {
    selected = find_selected_in_view (self);
    if (!selected && !self->revealed
        && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0) {
      guint first = ui_selection_get_first (self->selection);
      ui_list_reveal (self, first == G_MAXUINT ? 0 : first, FALSE);
      self->revealed = TRUE;
      self->laid_out = FALSE;
      return G_SOURCE_CONTINUE;
    }
    GtkListItem *keyboard = self->keyboard != 0 ? find_bound (self, self->keyboard) : NULL;
    if (selected && (!keyboard || !is_in_view (self, keyboard)))
      self->keyboard =
          mail_conversation_get_id (ui_row_get_item (UI_ROW (gtk_list_item_get_child (selected))));
  }
  self->reordered = FALSE;
  self->placing = 0;
  restore_keyboard (self);
  return G_SOURCE_REMOVE;
}

void
ui_list_removing (UiList *self, guint position, guint n)
{
  GtkWidget *row = gtk_widget_get_focus_child (GTK_WIDGET (self->pane->view));
  GtkWidget *child = row ? gtk_widget_get_first_child (row) : NULL;
  GHashTableIter iter;
  gpointer item;

  if (!UI_IS_ROW (child) || !ui_row_get_item (UI_ROW (child)) || self->keyboard != 0)
    return;
  g_hash_table_iter_init (&iter, self->pane->bound);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (gtk_list_item_get_child (item) == child && gtk_list_item_get_position (item) >= position
        && gtk_list_item_get_position (item) < position + n)
      self->keyboard = mail_conversation_get_id (ui_row_get_item (UI_ROW (child)));
}

void
ui_list_settled (UiList *self)
{
  if (self->keyboard == 0 && !self->reordered)
    return;
  if (self->reordered) /* not one row may have moved */
    ui_list_update_headings (self);
  self->laid_out = self->revealed = FALSE;
  if (self->placing == 0)
    self->placing =
        gtk_widget_add_tick_callback (GTK_WIDGET (self->pane->view), on_place_tick, self, NULL);
}

/* ---- what happens on a row ---- */

/* The heading of a day is drawn by the row below it, and is no part of that. */
static void
on_heading_pressed (GtkGestureClick *click, int n_press, double x, double y, UiList *self)
{
  GtkWidget *view = GTK_WIDGET (self->pane->view);
  GtkWidget *at = gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT);
  GtkWidget *child = at && at != view ? gtk_widget_get_first_child (at) : NULL;
  double row_x, row_y;

  if (UI_IS_ROW (child) && gtk_widget_translate_coordinates (view, child, x, y, &row_x, &row_y)
      && ui_row_is_on_heading (UI_ROW (child), row_y))
    gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* The keyboard goes back to where it was, or to the row that the menu was at; by itself it would go nowhere, and the view would take
 * it to the row that had it last, however far away that is. */
static void
on_menu_closed (UiList *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *now = root ? gtk_root_get_focus (root) : NULL;
  GtkWidget *before = self->menu_focus;
  GtkListItem *item = find_bound (self, self->menu_row);

  g_clear_weak_pointer (&self->menu_focus);
  if (now && !gtk_widget_is_ancestor (now, self->popover))
    return;
  if (before && gtk_widget_get_mapped (before) && gtk_widget_grab_focus (before))
    return;
  gtk_widget_grab_focus (item ? gtk_widget_get_parent (gtk_list_item_get_child (item))
                              : GTK_WIDGET (self->pane->view));
}

static void
popup_menu (UiList *self, UiRow *row, double x, double y)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *now = root ? gtk_root_get_focus (root) : NULL;
  MailConversation *shown = ui_row_get_item (row);
  double list_x, list_y;

  if (!self->popover) {
    self->popover = gtk_popover_menu_new_from_model (self->menu);
    gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
    gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
    gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
    g_signal_connect_swapped (self->popover, "closed", G_CALLBACK (on_menu_closed), self);
  }
  self->menu_row = shown ? mail_conversation_get_id (shown) : 0;
  if (now && gtk_widget_is_ancestor (now, self->popover))
    now = self->menu_focus; /* the menu came at another row before */
  else if (now == GTK_WIDGET (self->pane->view)
           || (now && gtk_widget_is_ancestor (now, GTK_WIDGET (self->pane->view))))
    now = NULL;
  g_set_weak_pointer (&self->menu_focus, now);
  gtk_widget_translate_coordinates (GTK_WIDGET (row), GTK_WIDGET (self), x, y, &list_x, &list_y);
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
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));
  if (!event)
    return;
  if (gdk_event_triggers_context_menu (event)) {
    gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
    if (!gtk_list_item_get_selected (item)) {
      if (self->checking)
        ui_selection_toggle (self->selection, position);
      else
        ui_selection_select_only (self->selection, position);
    }
    popup_menu (self, UI_ROW (row), x, y);
  } else if (self->checking && !(state & GDK_SHIFT_MASK)
             && gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (click))
                    == GDK_BUTTON_PRIMARY
             && !ui_row_is_on_star (UI_ROW (row), x, y)) {
    gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
    ui_selection_toggle (self->selection, position);
    gtk_widget_grab_focus (gtk_widget_get_parent (row));
  }
}

/* A finger stays on a row: checkboxes, with this one checked. */
static void
on_long_pressed (GtkGestureLongPress *press, double x, double y, GtkListItem *item)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (press));
  UiList *self = UI_LIST (gtk_widget_get_ancestor (row, UI_TYPE_LIST));
  gtk_gesture_set_state (GTK_GESTURE (press), GTK_EVENT_SEQUENCE_CLAIMED);
  ui_list_set_checking (self, TRUE);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection),
                                   gtk_list_item_get_position (item), FALSE);
}

static gboolean
on_idle_opened (gpointer data)
{
  UiList *self = data;
  self->opened_source = 0;
  if (self->current != 0)
    ui_list_opened (self);
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
  if (clicked && !self->checking && !ui_row_star_was_clicked (row)
      && !(state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) && self->opened_source == 0)
    self->opened_source = g_idle_add (on_idle_opened, self);
  return GDK_EVENT_PROPAGATE;
}

static void
on_activate (UiList *self, guint position, GtkListView *view)
{
  if (self->checking) {
    ui_selection_toggle (self->selection, position);
    return;
  }
  ui_selection_select_only (self->selection, position);
  ui_list_opened (self);
  /* Does nothing for any other message. */
  gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-draft", NULL);
}

/* The Menu key and Shift+F10. */
static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  UiList *self = UI_LIST (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus ? gtk_widget_get_first_child (focus) : NULL;
  if (self->n_selected == 0 || !UI_IS_ROW (row))
    return FALSE;
  popup_menu (self, UI_ROW (row), 48, gtk_widget_get_height (row) / 2.0);
  return TRUE;
}

/* ---- factory ---- */

static void
on_selected (GtkListItem *item, GParamSpec *pspec, UiList *self)
{
  ui_row_set_selected (UI_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_selected (item));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, UiList *self)
{
  GtkWidget *row = ui_row_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_pressed), item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  GtkGesture *press = gtk_gesture_long_press_new ();
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_pressed), item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (press));
  GtkEventController *events = gtk_event_controller_legacy_new ();
  g_signal_connect (events, "event", G_CALLBACK (on_row_event), self);
  gtk_widget_add_controller (row, events);
  gtk_list_item_set_child (item, row);
  g_signal_connect (item, "notify::selected", G_CALLBACK (on_selected), self);
}

static GHashTable *
get_bound (UiList *self, GtkSignalListItemFactory *factory)
{
  return g_object_get_data (G_OBJECT (factory), "found") ? self->found.bound : self->own.bound;
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, UiList *self)
{
  UiRow *row = UI_ROW (gtk_list_item_get_child (item));
  g_hash_table_add (get_bound (self, factory), item);
  ui_row_set_look (row, self->compact, self->checking, is_across (self));
  ui_row_set_selected (row, gtk_list_item_get_selected (item));
  ui_row_set_item (row, gtk_list_item_get_item (item));
  update_heading (self, item, get_now ());
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, UiList *self)
{
  /* Whenever rows shift or are selected, GTK 4.8 has each let go of its item and take the same one again: the row keeps it, until it
   * gets another or is not needed any more. */
  GHashTable *bound = get_bound (self, factory);
  if (bound)
    g_hash_table_remove (bound, item);
}

void
ui_list_class_init_rows (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

/* A list view of GTK 4.8 does not follow the first time that it is scrolled: with one click far down on the bar it had no rows. */
static void
on_first_scrolled (GtkAdjustment *adjustment, UiList *self)
{
  g_signal_handlers_disconnect_by_func (adjustment, on_first_scrolled, self);
  g_signal_emit_by_name (adjustment, "value-changed");
}

/* With a factory of its own. */
static void
init_pane (UiList *self, UiListPane *pane)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  pane->bound = g_hash_table_new (NULL, NULL);
  GtkGesture *heading = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (heading), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (heading), GTK_PHASE_CAPTURE);
  g_signal_connect (heading, "pressed", G_CALLBACK (on_heading_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (pane->view), GTK_EVENT_CONTROLLER (heading));
  if (pane == &self->found)
    g_object_set_data (G_OBJECT (factory), "found", self);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (pane->view, factory);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (pane->scrolled), "value-changed",
                           G_CALLBACK (on_first_scrolled), self, G_CONNECT_AFTER);
  g_object_unref (factory);
  ui_list_watch_pane (self, pane);
}

void
ui_list_make_found (UiList *self)
{
  UiListPane *pane = &self->found;

  pane->view = GTK_LIST_VIEW (gtk_list_view_new (NULL, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Messages"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (pane->view), "messages");
  g_signal_connect_swapped (pane->view, "activate", G_CALLBACK (on_activate), self);
  pane->scrolled = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (pane->scrolled, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (pane->scrolled, GTK_WIDGET (pane->view));
  gtk_stack_add_named (self->stack, GTK_WIDGET (pane->scrolled), "found");
  init_pane (self, pane);
}

void
ui_list_init_rows (UiList *self)
{
  init_pane (self, &self->own);
  on_midnight (self);
}
