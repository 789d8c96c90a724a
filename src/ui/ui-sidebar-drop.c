/* What can be dropped on the sidebar: messages on folders, and folders on folders and accounts.  Main thread.  The row under the
 * pointer is marked, a closed subtree opens when the pointer stays on it, and the list scrolls at its edges. */
#include "ui-sidebar-private.h"

#define OPEN_AFTER_MS 700
#define EDGE          28
#define STEP_MS       25
#define STEP          9

struct _UiSidebarDrop
{
  UiSidebar *sidebar;      /* borrowed: owns this */
  GtkListBox *box;         /* borrowed */
  GtkWidget *row;          /* borrowed, marked; NULL none */
  GtkAdjustment *vertical; /* borrowed */
  guint open_source, scroll_source;
  int direction;
};

static void
mark (UiSidebarDrop *self, GtkWidget *row, gboolean good)
{
  if (self->row != NULL) {
    gtk_widget_remove_css_class (self->row, "drop-here");
    g_object_remove_weak_pointer (G_OBJECT (self->row), (gpointer *)&self->row);
  }
  self->row = row;
  if (row == NULL)
    return;
  g_object_add_weak_pointer (G_OBJECT (row), (gpointer *)&self->row);
  if (good)
    gtk_widget_add_css_class (row, "drop-here");
}

static gboolean
on_open (gpointer data)
{
  UiSidebarDrop *self = data;
  self->open_source = 0;
  if (self->row != NULL)
    ui_sidebar_set_closed (self->sidebar, ui_sidebar_row_get_item (UI_SIDEBAR_ROW (self->row)),
                           FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_scroll (gpointer data)
{
  UiSidebarDrop *self = data;
  gtk_adjustment_set_value (self->vertical,
                            gtk_adjustment_get_value (self->vertical) + self->direction * STEP);
  return G_SOURCE_CONTINUE;
}

static void
scroll (UiSidebarDrop *self, int direction)
{
  self->direction = direction;
  if (direction == 0)
    g_clear_handle_id (&self->scroll_source, g_source_remove);
  else if (self->scroll_source == 0)
    self->scroll_source = g_timeout_add (STEP_MS, on_scroll, self);
}

static int
find_direction (UiSidebarDrop *self, double y)
{
  double top = gtk_adjustment_get_value (self->vertical);
  if (y - top < EDGE)
    return -1;
  return top + gtk_adjustment_get_page_size (self->vertical) - y < EDGE ? 1 : 0;
}

static void
let_go (UiSidebarDrop *self)
{
  g_clear_handle_id (&self->open_source, g_source_remove);
  scroll (self, 0);
  mark (self, NULL, FALSE);
}

static gboolean
takes (const GValue *value, GObject *item)
{
  /* Until the value is read only its kind is known; what cannot be is refused with a sentence then. */
  if (MAIL_IS_FOLDER (item))
    return !mail_folder_is_view (MAIL_FOLDER (item))
           && (value == NULL || !G_VALUE_HOLDS (value, MAIL_TYPE_FOLDER)
               || g_value_get_object (value) != (gpointer)item);
  return MAIL_IS_ACCOUNT (item) && (value == NULL || G_VALUE_HOLDS (value, MAIL_TYPE_FOLDER));
}

static GdkDragAction
on_motion (GtkDropTarget *target, double x, double y, UiSidebarDrop *self)
{
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_y (self->box, (int)y));
  GObject *item = row != NULL ? ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row)) : NULL;
  gboolean good = item != NULL && takes (gtk_drop_target_get_value (target), item);
  GdkDrop *drop = gtk_drop_target_get_current_drop (target);
  scroll (self, find_direction (self, y));
  if (row != self->row) {
    g_clear_handle_id (&self->open_source, g_source_remove);
    mark (self, row, good);
    if (row != NULL)
      self->open_source = g_timeout_add (OPEN_AFTER_MS, on_open, self);
  }
  if (!good)
    return 0;
  return gdk_drop_get_actions (drop) & GDK_ACTION_MOVE ? GDK_ACTION_MOVE : GDK_ACTION_COPY;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, UiSidebarDrop *self)
{
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_y (self->box, (int)y));
  GObject *item = row != NULL ? ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row)) : NULL;
  gboolean copy =
      !(gdk_drop_get_actions (gtk_drop_target_get_current_drop (target)) & GDK_ACTION_MOVE);
  let_go (self);
  if (item == NULL || !takes (value, item))
    return FALSE;
  ui_sidebar_tell_dropped (self->sidebar, g_value_get_object (value), item, copy);
  return TRUE;
}

/* ---- folders in the hand ---- */

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, UiSidebarDrop *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->box, (int)y);
  GObject *item = row != NULL ? ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row)) : NULL;
  if (!MAIL_IS_FOLDER (item) || mail_folder_is_view (MAIL_FOLDER (item))
      || mail_folder_get_role (MAIL_FOLDER (item)) != MAIL_ROLE_NONE)
    return NULL;
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (row));
  gtk_drag_source_set_icon (source, picture, 12, 12);
  return gdk_content_provider_new_typed (MAIL_TYPE_FOLDER, item);
}

UiSidebarDrop *
ui_sidebar_drop_new (UiSidebar *sidebar, GtkListBox *box)
{
  UiSidebarDrop *self = g_new0 (UiSidebarDrop, 1);
  GType types[2];
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  GtkDragSource *source = gtk_drag_source_new ();
  GtkWidget *scrolled = gtk_widget_get_ancestor (GTK_WIDGET (box), GTK_TYPE_SCROLLED_WINDOW);

  self->sidebar = sidebar;
  self->box = box;
  self->vertical = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  types[0] = UI_TYPE_DRAG;
  types[1] = MAIL_TYPE_FOLDER;
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  gtk_drop_target_set_preload (target, TRUE);
  g_signal_connect (target, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (let_go), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (box), GTK_EVENT_CONTROLLER (target));
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), self);
  gtk_widget_add_controller (GTK_WIDGET (box), GTK_EVENT_CONTROLLER (source));
  return self;
}

void
ui_sidebar_drop_free (UiSidebarDrop *self)
{
  let_go (self);
  g_free (self);
}
