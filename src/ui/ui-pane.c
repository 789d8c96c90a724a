/* A resizable column.  GtkPaned cannot stand inside a leaflet, because it never folds; this is the small part of it
 * that the window needs.  Main thread. */
#include "ui-pane.h"

#define GRIP                                                                                       \
  8 /* pixels beside an edge that can be dragged; of the pane behind it, for at the end of a pane there is a scroll bar */

struct _UiPane
{
  GtkWidget parent_instance;

  /* Owned */
  GtkWidget *child;
  GtkWidget *grip;

  /* Weak */
  UiPane *before; /* that the grip widens; NULL: none */

  int width, minimum, maximum, request;
  int start_width;
  double start_x; /* of the window */
  gboolean edge;
};

enum
{
  PROP_0,
  PROP_CHILD,
  PROP_WIDTH,
  PROP_MINIMUM,
  PROP_MAXIMUM,
  PROP_REQUEST,
  PROP_EDGE,
  PROP_BEFORE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void ui_pane_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UiPane, ui_pane, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, ui_pane_buildable_init))

int
ui_pane_get_width (UiPane *self)
{
  return self->width;
}

void
ui_pane_set_width (UiPane *self, int width)
{
  width = CLAMP (width, self->minimum, self->maximum);
  if (width == self->width)
    return;
  self->width = width;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WIDTH]);
}

static void
ui_pane_set_child (UiPane *self, GtkWidget *child)
{
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child)
    gtk_widget_insert_before (child, GTK_WIDGET (self), self->grip);
}

static void
ui_pane_set_edge (UiPane *self, gboolean edge)
{
  self->edge = edge;
  if (edge)
    gtk_widget_add_css_class (GTK_WIDGET (self), "pane-edge");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "pane-edge");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EDGE]);
}

static void
ui_pane_set_before (UiPane *self, UiPane *before)
{
  g_set_weak_pointer (&self->before, before);
  if (before)
    g_object_bind_property (before, "edge", self->grip, "visible", G_BINDING_SYNC_CREATE);
}

/* Where the pointer is in the window, which stays where it is while this pane moves. */
static double
get_x (UiPane *self, double x)
{
  double in_window = x, y;
  gtk_widget_translate_coordinates (GTK_WIDGET (self),
                                    GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), x, 0,
                                    &in_window, &y);
  return in_window;
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, UiPane *self)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  if (picked != self->grip || !self->before) {
    gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  self->start_width = gtk_widget_get_width (GTK_WIDGET (self->before));
  self->start_x = get_x (self, x);
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_drag_update (GtkGestureDrag *drag, double offset, double y, UiPane *self)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double x;
  if (!self->before || !gtk_gesture_drag_get_start_point (drag, &x, &y))
    return;
  int wider = (int)(get_x (self, x + offset) - self->start_x);
  ui_pane_set_width (self->before, self->start_width + (rtl ? -wider : wider));
}

static GtkSizeRequestMode
ui_pane_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
ui_pane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiPane *self = UI_PANE (widget);
  int child_natural = 0;
  if (self->child)
    gtk_widget_measure (self->child, orientation, -1, minimum, &child_natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = MAX (*minimum, self->request);
    *natural = MAX (self->width, *minimum);
  } else
    *natural = child_natural;
}

static void
ui_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiPane *self = UI_PANE (widget);
  if (self->child)
    gtk_widget_allocate (self->child, width, height, -1, NULL);
  if (gtk_widget_get_visible (self->grip)) {
    int least;
    gtk_widget_measure (self->grip, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    int grip = MAX (GRIP, least);
    gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
    gtk_widget_size_allocate (self->grip,
                              &(GtkAllocation){ rtl ? width - grip : 0, 0, grip, height }, -1);
  }
}

static void
ui_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiPane *self = UI_PANE (object);
  switch (id) {
  case PROP_CHILD:
    g_value_set_object (value, self->child);
    break;
  case PROP_WIDTH:
    g_value_set_int (value, self->width);
    break;
  case PROP_MINIMUM:
    g_value_set_int (value, self->minimum);
    break;
  case PROP_MAXIMUM:
    g_value_set_int (value, self->maximum);
    break;
  case PROP_REQUEST:
    g_value_set_int (value, self->request);
    break;
  case PROP_EDGE:
    g_value_set_boolean (value, self->edge);
    break;
  case PROP_BEFORE:
    g_value_set_object (value, self->before);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiPane *self = UI_PANE (object);
  switch (id) {
  case PROP_CHILD:
    ui_pane_set_child (self, g_value_get_object (value));
    break;
  case PROP_WIDTH:
    ui_pane_set_width (self, g_value_get_int (value));
    break;
  case PROP_MINIMUM:
    self->minimum = g_value_get_int (value);
    break;
  case PROP_MAXIMUM:
    self->maximum = g_value_get_int (value);
    break;
  case PROP_REQUEST:
    self->request = g_value_get_int (value);
    break;
  case PROP_EDGE:
    ui_pane_set_edge (self, g_value_get_boolean (value));
    break;
  case PROP_BEFORE:
    ui_pane_set_before (self, g_value_get_object (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_pane_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  ui_pane_set_child (UI_PANE (buildable), GTK_WIDGET (child));
}

static void
ui_pane_buildable_init (GtkBuildableIface *iface)
{
  iface->add_child = ui_pane_add_child;
}

static void
ui_pane_dispose (GObject *object)
{
  UiPane *self = UI_PANE (object);
  g_clear_weak_pointer (&self->before);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_pointer (&self->grip, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_pane_parent_class)->dispose (object);
}

static void
ui_pane_class_init (UiPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_pane_get_property;
  object_class->set_property = ui_pane_set_property;
  object_class->dispose = ui_pane_dispose;
  widget_class->get_request_mode = ui_pane_get_request_mode;
  widget_class->measure = ui_pane_measure;
  widget_class->size_allocate = ui_pane_size_allocate;

  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_WIDTH] = g_param_spec_int ("width", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_MINIMUM] = g_param_spec_int ("minimum", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_MAXIMUM] = g_param_spec_int ("maximum", NULL, NULL, 0, G_MAXINT, G_MAXINT, flags);
  properties[PROP_REQUEST] = g_param_spec_int ("request", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_EDGE] = g_param_spec_boolean ("edge", NULL, NULL, FALSE, flags);
  properties[PROP_BEFORE] = g_param_spec_object ("before", NULL, NULL, UI_TYPE_PANE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "pane");
}

static void
ui_pane_init (UiPane *self)
{
  self->maximum = G_MAXINT;
  self->grip = g_object_new (GTK_TYPE_BOX, "visible", FALSE, "accessible-role",
                             GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_set_cursor_from_name (self->grip, "col-resize");
  gtk_widget_set_parent (self->grip, GTK_WIDGET (self));

  /* On the pane, not on the grip: the grip moves while it is dragged */
  GtkGesture *drag = gtk_gesture_drag_new ();
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
