/* A widget that shows a screenful of something taller.  Main thread. */
#include "ui-tall.h"

#include <math.h>

#include "ui-reader-cards.h"

#define HEIGHT_UNKNOWN 240
#define HEADERS        140 /* that stand above on the same screen */
#define WHOLE_MAX      3000 /* pixels that a child gets whole, where scrolling it takes a round trip */
#define FRICTION       4.0 /* per second, as GTK's own kinetic scrolling */

struct _UiTall
{
  GtkWidget parent_instance;

  /* Owned */
  GtkWidget *child;
  GtkAdjustment *inner; /* of a child that is GtkScrollable */

  /* Borrowed */
  UiReaderCards *cards; /* NULL: somebody else's scroll, the child gets all */

  int content_height, height, y;
  double velocity; /* pixels a second */
  gint64 last_frame;
  guint tick, resize_source;
  gboolean setting;
};

enum
{
  PROP_0,
  PROP_CHILD,
  PROP_CONTENT_HEIGHT,
};

enum
{
  SCROLL_TO,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void buildable_init (GtkBuildableIface *iface);
static GtkBuildableIface *parent_buildable;

G_DEFINE_FINAL_TYPE_WITH_CODE (UiTall, ui_tall, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

/* ---- sizes ---- */

static GtkSizeRequestMode
ui_tall_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ui_tall_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiTall *self = UI_TALL (widget);
  *minimum = *natural = 0;
  if (!self->child)
    return;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (self->child, orientation, -1, minimum, natural, NULL, NULL);
    if (self->inner)
      *minimum = 0;
  } else if (self->inner)
    gtk_widget_measure (self->child, orientation, for_size, minimum, natural, NULL, NULL);
  else if (self->content_height > 0) {
    /* What is around the content is the child's own: its margins, mostly. */
    gtk_widget_measure (self->child, orientation, for_size, minimum, NULL, NULL, NULL);
    *minimum = *natural = *minimum + self->content_height;
  } else if (self->cards)
    *minimum = *natural =
        MAX (HEIGHT_UNKNOWN, gtk_widget_get_height (GTK_WIDGET (self->cards)) - HEADERS);
}

static gboolean
on_resize (gpointer data)
{
  UiTall *self = data;
  self->resize_source = 0;
  if (self->child)
    gtk_widget_queue_resize (self->child);
  return G_SOURCE_REMOVE;
}

/* A text view lays its lines out while sizes are given out, or later; the resize that it asks for then is lost. */
static void
check_height (UiTall *self)
{
  int wanted;
  if (!self->child || self->resize_source != 0 || gtk_widget_get_width (GTK_WIDGET (self)) == 0)
    return;
  gtk_widget_measure (self->child, GTK_ORIENTATION_VERTICAL,
                      gtk_widget_get_width (GTK_WIDGET (self)), NULL, &wanted, NULL, NULL);
  if (wanted != self->height)
    self->resize_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_resize, self, NULL);
}

static void
on_inner_changed (UiTall *self)
{
  if (!self->setting && gtk_adjustment_get_upper (self->inner) != self->height
      && self->resize_source == 0)
    self->resize_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_resize, self, NULL);
}

static void
ui_tall_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiTall *self = UI_TALL (widget);
  graphene_point_t top = GRAPHENE_POINT_INIT (0, 0);
  int given = height, y = 0;

  self->height = height;
  if (!self->child)
    return;
  if (self->cards && (self->inner || height > WHOLE_MAX)
      && gtk_widget_compute_point (widget, GTK_WIDGET (self->cards), &GRAPHENE_POINT_INIT (0, 0),
                                   &top)) {
    given = MIN (height, gtk_widget_get_height (GTK_WIDGET (self->cards)));
    y = CLAMP ((int)-top.y, 0, height - given);
  }
  self->setting = TRUE;
  gtk_widget_size_allocate (self->child, &(GtkAllocation){ 0, y, width, given }, -1);
  if (self->inner)
    gtk_adjustment_set_value (self->inner, y);
  else if (y != self->y)
    g_signal_emit (self, signals[SCROLL_TO], 0, y);
  self->y = y;
  self->setting = FALSE;
  if (self->inner)
    check_height (self);
}

/* The child scrolled by itself: its cursor moves, or a selection is dragged beyond its edge. */
static void
on_inner_value (UiTall *self)
{
  double delta = gtk_adjustment_get_value (self->inner) - self->y;
  if (!self->setting && self->cards && fabs (delta) >= 1)
    ui_reader_cards_scroll_by (self->cards, delta);
}

/* ---- the wheel ---- */

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiTall *self = UI_TALL (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double seconds = (double)(now - self->last_frame) / G_USEC_PER_SEC;

  self->last_frame = now;
  if (seconds > 0 && seconds < 1 && self->cards)
    ui_reader_cards_scroll_by (self->cards, self->velocity * seconds);
  self->velocity *= exp (-FRICTION * seconds);
  if (fabs (self->velocity) > 20)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
stop_gliding (UiTall *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static void
on_scroll_begin (UiTall *self)
{
  stop_gliding (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, UiTall *self)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  /* Sideways, in a mail that is wider than the window; or it has to scroll by itself */
  if (!self->cards || (state & GDK_SHIFT_MASK) || (!self->inner && self->content_height == 0))
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_CONTROL_MASK) {
    gtk_widget_activate_action (GTK_WIDGET (self), dy < 0 ? "win.zoom-in" : "win.zoom-out", NULL);
    return GDK_EVENT_STOP;
  }
  stop_gliding (self);
  /* One notch of a wheel is as much as everywhere else in GTK */
  if (gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL)
    dy *= pow (gtk_widget_get_height (GTK_WIDGET (self->cards)), 2.0 / 3.0);
  ui_reader_cards_scroll_by (self->cards, dy);
  return GDK_EVENT_STOP;
}

static void
on_decelerate (UiTall *self, double vx, double vy)
{
  if (!self->cards || self->tick != 0)
    return;
  self->velocity = vy;
  self->last_frame =
      gdk_frame_clock_get_frame_time (gtk_widget_get_frame_clock (GTK_WIDGET (self)));
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/* ---- public ---- */

void
ui_tall_set_content_height (UiTall *self, int height)
{
  if (height == self->content_height)
    return;
  self->content_height = height;
  if (height == 0) /* something else comes */
    self->y = 0;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
set_child (UiTall *self, GtkWidget *child)
{
  g_clear_pointer (&self->child, gtk_widget_unparent);
  if (self->inner)
    g_signal_handlers_disconnect_by_data (self->inner, self);
  g_clear_object (&self->inner);
  self->child = child;
  if (!child)
    return;
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  if (!GTK_IS_SCROLLABLE (child))
    return;
  self->inner = g_object_ref_sink (gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped (self->inner, "changed", G_CALLBACK (on_inner_changed), self);
  g_signal_connect_swapped (self->inner, "value-changed", G_CALLBACK (on_inner_value), self);
  g_object_set (child, "vadjustment", self->inner, NULL);
}

/* ---- class ---- */

static void
ui_tall_root (GtkWidget *widget)
{
  UiTall *self = UI_TALL (widget);
  GTK_WIDGET_CLASS (ui_tall_parent_class)->root (widget);
  self->cards = (UiReaderCards *)gtk_widget_get_ancestor (widget, UI_TYPE_READER_CARDS);
  if (self->cards)
    ui_reader_cards_watch (self->cards, widget);
}

static void
ui_tall_unroot (GtkWidget *widget)
{
  UiTall *self = UI_TALL (widget);
  stop_gliding (self);
  if (self->cards)
    ui_reader_cards_unwatch (self->cards, widget);
  self->cards = NULL;
  GTK_WIDGET_CLASS (ui_tall_parent_class)->unroot (widget);
}

static void
ui_tall_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiTall *self = UI_TALL (object);
  switch (id) {
  case PROP_CHILD:
    g_value_set_object (value, self->child);
    break;
  case PROP_CONTENT_HEIGHT:
    g_value_set_int (value, self->content_height);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_tall_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiTall *self = UI_TALL (object);
  switch (id) {
  case PROP_CHILD:
    set_child (self, g_value_get_object (value));
    break;
  case PROP_CONTENT_HEIGHT:
    ui_tall_set_content_height (self, g_value_get_int (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_tall_dispose (GObject *object)
{
  UiTall *self = UI_TALL (object);
  set_child (self, NULL);
  g_clear_handle_id (&self->resize_source, g_source_remove);
  G_OBJECT_CLASS (ui_tall_parent_class)->dispose (object);
}

static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    set_child (UI_TALL (buildable), GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

static void
ui_tall_class_init (UiTallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ui_tall_get_property;
  object_class->set_property = ui_tall_set_property;
  object_class->dispose = ui_tall_dispose;
  widget_class->get_request_mode = ui_tall_get_request_mode;
  widget_class->measure = ui_tall_measure;
  widget_class->size_allocate = ui_tall_size_allocate;
  widget_class->root = ui_tall_root;
  widget_class->unroot = ui_tall_unroot;
  g_object_class_install_property (
      object_class, PROP_CHILD, g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, flags));
  g_object_class_install_property (
      object_class, PROP_CONTENT_HEIGHT,
      g_param_spec_int ("content-height", NULL, NULL, 0, G_MAXINT, 0, flags));
  signals[SCROLL_TO] = g_signal_new ("scroll-to", UI_TYPE_TALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ui_tall_init (UiTall *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (
      GTK_EVENT_CONTROLLER_SCROLL_VERTICAL | GTK_EVENT_CONTROLLER_SCROLL_KINETIC);
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scroll, "scroll-begin", G_CALLBACK (on_scroll_begin), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (scroll, "decelerate", G_CALLBACK (on_decelerate), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
