/* The folder pane.  Main thread.  One flat model under it: the views, the favourites, for each account a heading and its folders
 * (those whose subtree is open), then the outbox while there is something in it. */
#include "ui-sidebar-private.h"

#include <glib/gi18n.h>

#include "ui-menu.h"

struct _UiSidebar
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  GListModel *items;     /* of MailAccount, MailFolder, GListModel */
  GListStore *outgoing;  /* empty, or the engine's list of what is to be sent, as one item */
  GListStore *favorites; /* of UiSidebarPin, below a heading */
  UiFolderMarks *marks;
  GtkCustomFilter *filter; /* what no closed subtree hides */
  UiSidebarDrop *drop;
  GtkWidget *popover; /* the menu, while there is one */
  GObject *menu_item; /* whose it is */
  GObject *selected;  /* what stays selected when rows are made anew */

  /* Template */
  GtkListBox *box;

  gboolean silent; /* a selection of ours, not of a person */
  gboolean title_buttons;
};

enum
{
  PROP_0,
  PROP_TITLE_BUTTONS,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  FOLDER_SELECTED,
  OPENED,
  MENU,
  DROPPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSidebar, ui_sidebar, ADW_TYPE_BIN)

/* ---- what is shown ---- */

static gboolean
is_shown (gpointer item, gpointer data)
{
  UiSidebar *self = data;
  MailFolder *folder = item;
  MailAccount *account = mail_folder_get_account (folder);
  if (account && ui_folder_marks_get (self->marks, UI_FOLDER_CLOSED, G_OBJECT (account)))
    return FALSE;
  for (MailFolder *above = mail_folder_get_parent (folder); above;
       above = mail_folder_get_parent (above)) {
    if (ui_folder_marks_get (self->marks, UI_FOLDER_CLOSED, G_OBJECT (above)))
      return FALSE;
  }
  return TRUE;
}

/* One account: its heading, then its folders. */
static gpointer
map_account (gpointer item, gpointer data)
{
  UiSidebar *self = data;
  g_autoptr (MailAccount) account = item;
  GListStore *heading = g_list_store_new (MAIL_TYPE_ACCOUNT);
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);
  GtkFilterListModel *folders = gtk_filter_list_model_new (
      g_object_ref (mail_account_get_folders (account)), g_object_ref (GTK_FILTER (self->filter)));
  g_list_store_append (heading, account);
  g_list_store_append (parts, heading);
  g_list_store_append (parts, folders);
  g_object_unref (heading);
  g_object_unref (folders);
  return gtk_flatten_list_model_new (G_LIST_MODEL (parts));
}

static void
on_toggled (UiSidebar *self, UiSidebarRow *row)
{
  ui_sidebar_set_closed (self, ui_sidebar_row_get_item (row), !ui_sidebar_row_get_closed (row));
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  UiSidebar *self = data;
  GtkWidget *row = ui_sidebar_row_new (self->engine, item);
  if (MAIL_IS_ACCOUNT (item) || MAIL_IS_FOLDER (item))
    ui_sidebar_row_set_closed (UI_SIDEBAR_ROW (row),
                               ui_folder_marks_get (self->marks, UI_FOLDER_CLOSED, item));
  g_signal_connect_object (row, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
  return row;
}

static void
update_favorites (UiSidebar *self)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    GListModel *folders = mail_account_get_folders (account);
    for (guint k = 0; k < g_list_model_get_n_items (folders); k++) {
      g_autoptr (GObject) folder = g_list_model_get_item (folders, k);
      if (ui_folder_marks_get (self->marks, UI_FOLDER_FAVORITE, folder))
        g_ptr_array_add (wanted, ui_sidebar_pin_new (MAIL_FOLDER (folder)));
    }
  }
  if (wanted->len > 0)
    g_ptr_array_insert (wanted, 0, gtk_string_object_new (_ ("Favorites")));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->favorites));
  gboolean same = n == wanted->len;
  for (guint i = 1; i < n && same; i++) {
    g_autoptr (UiSidebarPin) pin = g_list_model_get_item (G_LIST_MODEL (self->favorites), i);
    same = ui_sidebar_pin_get_folder (pin) == ui_sidebar_pin_get_folder (wanted->pdata[i]);
  }
  if (!same)
    g_list_store_splice (self->favorites, 0, n, wanted->pdata, wanted->len);
}

static void
on_mark_changed (UiSidebar *self, int mark, UiFolderMarks *marks)
{
  if (mark == UI_FOLDER_FAVORITE)
    update_favorites (self);
  else
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_accounts_changed (UiSidebar *self)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    GListModel *folders = mail_account_get_folders (account);
    g_signal_handlers_disconnect_by_func (folders, update_favorites, self);
    g_signal_connect_object (folders, "items-changed", G_CALLBACK (update_favorites), self,
                             G_CONNECT_SWAPPED);
  }
  update_favorites (self);
}

static UiSidebarRow *
find_row (UiSidebar *self, GObject *item)
{
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->box, i)); i++) {
    if (ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row)) == item)
      return UI_SIDEBAR_ROW (row);
  }
  return NULL;
}

static void
select_item (UiSidebar *self, GObject *item)
{
  UiSidebarRow *row = item ? find_row (self, item) : NULL;
  g_set_object (&self->selected, item);
  self->silent = TRUE;
  gtk_list_box_select_row (self->box, row ? GTK_LIST_BOX_ROW (row) : NULL);
  self->silent = FALSE;
}

void
ui_sidebar_set_closed (UiSidebar *self, GObject *item, gboolean closed)
{
  UiSidebarRow *row;
  for (int i = 0; (row = UI_SIDEBAR_ROW (gtk_list_box_get_row_at_index (self->box, i))); i++) {
    if (ui_sidebar_row_get_item (row) == item && !ui_sidebar_row_is_pin (row)
        && ui_sidebar_row_get_closed (row) != closed) {
      ui_sidebar_row_set_closed (row, closed);
      ui_folder_marks_set (self->marks, UI_FOLDER_CLOSED, item, closed);
      return;
    }
  }
}

void
ui_sidebar_tell_dropped (UiSidebar *self, GObject *what, GObject *item, gboolean copy)
{
  g_signal_emit (self, signals[DROPPED], 0, what, item, copy);
}

/* ---- menus ---- */

GObject *
ui_sidebar_get_menu_item (UiSidebar *self)
{
  return self->menu_item;
}

static void
set_menu_item (UiSidebar *self, GObject *item)
{
  g_set_object (&self->menu_item, item);
  g_signal_emit (self, signals[MENU], 0, item);
}

static void
show_menu (UiSidebar *self, GtkListBoxRow *row, const GdkRectangle *place)
{
  GObject *item = ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row));
  g_autoptr (GMenuModel) menu = ui_sidebar_menu_new (item, self->marks);
  if (!menu)
    return;
  set_menu_item (self, item);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  self->popover = gtk_popover_menu_new_from_model (menu);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_BOTTOM);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), place);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
show_menu_at (UiSidebar *self, double x, double y)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->box, (int)y);
  double to_x, to_y;
  if (row
      && gtk_widget_translate_coordinates (GTK_WIDGET (self->box), GTK_WIDGET (self), x, y, &to_x,
                                           &to_y))
    show_menu (self, row, &(GdkRectangle){ (int)to_x, (int)to_y, 1, 1 });
}

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, UiSidebar *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (click));
  if (!gdk_event_triggers_context_menu (event))
    return;
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu_at (self, x, y);
}

static void
on_long_press (GtkGestureLongPress *gesture, double x, double y, UiSidebar *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu_at (self, x, y);
}

/* Left and Right close and open, as in every tree; Left on what is closed goes up. */
static void
step_out (UiSidebar *self, UiSidebarRow *row, GObject *item)
{
  if (gtk_widget_get_visible (GTK_WIDGET (row)) && !ui_sidebar_row_get_closed (row)
      && (MAIL_IS_ACCOUNT (item) || mail_folder_get_has_children (MAIL_FOLDER (item)))) {
    ui_sidebar_set_closed (self, item, TRUE);
    return;
  }
  GObject *above = MAIL_IS_FOLDER (item)
                       ? (mail_folder_get_parent (MAIL_FOLDER (item))
                              ? G_OBJECT (mail_folder_get_parent (MAIL_FOLDER (item)))
                              : (GObject *)mail_folder_get_account (MAIL_FOLDER (item)))
                       : NULL;
  UiSidebarRow *target = above ? find_row (self, above) : NULL;
  if (target)
    gtk_widget_grab_focus (GTK_WIDGET (target));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state,
        UiSidebar *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row = focus ? gtk_widget_get_ancestor (focus, UI_TYPE_SIDEBAR_ROW) : NULL;
  GObject *item = row ? ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row)) : NULL;
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  graphene_rect_t bounds;
  if (!MAIL_IS_FOLDER (item) && !MAIL_IS_ACCOUNT (item))
    return GDK_EVENT_PROPAGATE;
  if ((keyval == GDK_KEY_Menu && modifiers == 0)
      || (keyval == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK)) {
    if (gtk_widget_compute_bounds (row, GTK_WIDGET (self), &bounds))
      show_menu (self, GTK_LIST_BOX_ROW (row),
                 &(GdkRectangle){ (int)bounds.origin.x + 24, (int)bounds.origin.y,
                                  (int)bounds.size.width / 2, (int)bounds.size.height });
  } else if (keyval == GDK_KEY_F2 && modifiers == 0) {
    set_menu_item (self, item);
    gtk_widget_activate_action (GTK_WIDGET (self), "win.folder-rename", NULL);
  } else if (keyval == (rtl ? GDK_KEY_Left : GDK_KEY_Right) && modifiers == 0)
    ui_sidebar_set_closed (self, item, FALSE);
  else if (keyval == (rtl ? GDK_KEY_Right : GDK_KEY_Left) && modifiers == 0)
    step_out (self, UI_SIDEBAR_ROW (row), item);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
add_controllers (UiSidebar *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *hold = gtk_gesture_long_press_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (hold), TRUE);
  g_signal_connect (hold, "pressed", G_CALLBACK (on_long_press), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self->box), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self->box), GTK_EVENT_CONTROLLER (hold));
  gtk_widget_add_controller (GTK_WIDGET (self->box), key);
}

/* The list box has made its rows anew for a changed part of the model. */
static void
on_items_changed (UiSidebar *self)
{
  if (self->selected && !gtk_list_box_get_selected_row (self->box))
    select_item (self, self->selected);
}

static void
on_outgoing_changed (UiSidebar *self)
{
  GListModel *outgoing = mail_engine_get_outgoing (self->engine);
  gboolean wanted = g_list_model_get_n_items (outgoing) > 0;
  gboolean shown = g_list_model_get_n_items (G_LIST_MODEL (self->outgoing)) > 0;
  if (wanted && !shown)
    g_list_store_append (self->outgoing, outgoing);
  /* The page that is being looked at does not vanish from under the person */
  else if (!wanted && shown && self->selected != G_OBJECT (outgoing))
    g_list_store_remove_all (self->outgoing);
}

static void
on_row_selected (UiSidebar *self, GtkListBoxRow *row, GtkListBox *box)
{
  if (!row || self->silent)
    return;
  GObject *item = ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row));
  if (item == self->selected)
    return;
  g_set_object (&self->selected, item);
  g_signal_emit (self, signals[FOLDER_SELECTED], 0, MAIL_IS_FOLDER (item) ? item : NULL);
  on_outgoing_changed (self);
}

static void
on_row_activated (UiSidebar *self, GtkListBoxRow *row, GtkListBox *box)
{
  g_signal_emit (self, signals[OPENED], 0);
}

void
ui_sidebar_set_engine (UiSidebar *self, MailEngine *engine, UiFolderMarks *marks)
{
  g_set_object (&self->engine, engine);
  g_set_object (&self->marks, marks);
  self->filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->favorites = g_list_store_new (G_TYPE_OBJECT);

  GListStore *all = g_list_store_new (G_TYPE_LIST_MODEL);
  GtkMapListModel *accounts = gtk_map_list_model_new (
      g_object_ref (mail_engine_get_accounts (engine)), map_account, self, NULL);
  GtkFlattenListModel *trees = gtk_flatten_list_model_new (G_LIST_MODEL (accounts));
  self->outgoing = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (all, mail_engine_get_views (engine));
  g_list_store_append (all, mail_engine_get_searches (engine));
  g_list_store_append (all, self->favorites);
  g_list_store_append (all, trees);
  g_list_store_append (all, self->outgoing);
  g_object_unref (trees);
  self->items = G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (all)));

  gtk_list_box_bind_model (self->box, self->items, create_row, self, NULL);
  /* After the list box, which connected first */
  g_signal_connect_object (self->items, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_engine_get_outgoing (engine), "items-changed",
                           G_CALLBACK (on_outgoing_changed), self, G_CONNECT_SWAPPED);
  on_outgoing_changed (self);
  g_signal_connect_object (marks, "changed", G_CALLBACK (on_mark_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_engine_get_accounts (engine), "items-changed",
                           G_CALLBACK (on_accounts_changed), self, G_CONNECT_SWAPPED);
  on_accounts_changed (self);
  add_controllers (self);
  self->drop = ui_sidebar_drop_new (self, self->box);
}

void
ui_sidebar_select_folder (UiSidebar *self, MailFolder *folder)
{
  select_item (self, (GObject *)folder);
  on_outgoing_changed (self);
}

void
ui_sidebar_focus (UiSidebar *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->box);
  gtk_widget_grab_focus (row ? GTK_WIDGET (row) : GTK_WIDGET (self->box));
}

static void
ui_sidebar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE_BUTTONS)
    g_value_set_boolean (value, UI_SIDEBAR (object)->title_buttons);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_sidebar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE_BUTTONS)
    UI_SIDEBAR (object)->title_buttons = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_sidebar_dispose (GObject *object)
{
  UiSidebar *self = UI_SIDEBAR (object);
  g_clear_pointer (&self->drop, ui_sidebar_drop_free);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_object (&self->menu_item);
  if (self->filter)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  if (self->items && self->box)
    gtk_list_box_bind_model (self->box, NULL, NULL, NULL, NULL);
  g_clear_object (&self->items);
  g_clear_object (&self->outgoing);
  g_clear_object (&self->favorites);
  g_clear_object (&self->filter);
  g_clear_object (&self->marks);
  g_clear_object (&self->selected);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_sidebar_parent_class)->dispose (object);
}

static void
ui_sidebar_class_init (UiSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_sidebar_get_property;
  object_class->set_property = ui_sidebar_set_property;
  object_class->dispose = ui_sidebar_dispose;
  properties[PROP_TITLE_BUTTONS] = g_param_spec_boolean (
      "title-buttons", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[FOLDER_SELECTED] = g_signal_new ("folder-selected", UI_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, MAIL_TYPE_FOLDER);
  signals[OPENED] = g_signal_new ("opened", UI_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  signals[MENU] = g_signal_new ("menu", UI_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_OBJECT);
  signals[DROPPED] =
      g_signal_new ("dropped", UI_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    3, G_TYPE_OBJECT, G_TYPE_OBJECT, G_TYPE_BOOLEAN);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, box);
  ui_menu_bind (widget_class, "primary_button", "primary_menu");
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
ui_sidebar_init (UiSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_menu_defer (GTK_WIDGET (self), UI_TYPE_SIDEBAR, "primary_button", "primary_menu");
}
