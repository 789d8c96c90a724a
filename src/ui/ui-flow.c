/* Lays children out in lines.  Main thread.  GtkFlowBox would put them into columns. */
#include "ui-flow.h"

struct _UiFlow
{
  GtkLayoutManager parent_instance;

  int spacing, between;
};

G_DEFINE_FINAL_TYPE (UiFlow, ui_flow, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
ui_flow_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* How wide a child that expands is: what is left of its line, beside those behind it where there is room for them, too. */
static int
get_rest (UiFlow *self, GtkWidget *child, int minimum, int left)
{
  int behind = 0;

  for (GtkWidget *next = gtk_widget_get_next_sibling (child); next != NULL;
       next = gtk_widget_get_next_sibling (next)) {
    int natural;

    if (!gtk_widget_should_layout (next))
      continue;
    gtk_widget_measure (next, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
    behind += self->spacing + natural;
  }
  return MAX (minimum, minimum + behind <= left ? left - behind : left);
}

/* Places all of them, or only says how high they are.  A line is as high as its highest child. */
static int
place (UiFlow *self, GtkWidget *widget, int width, gboolean allocate)
{
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int y = 0;

  for (GtkWidget *first = gtk_widget_get_first_child (widget), *next; first != NULL; first = next) {
    int x = 0, line = 0;

    /* Which stand on this line */
    for (next = first; next != NULL; next = gtk_widget_get_next_sibling (next)) {
      int minimum, natural, height, begin = x > 0 ? x + self->spacing : 0;

      if (!gtk_widget_should_layout (next))
        continue;
      gtk_widget_measure (next, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
      if (gtk_widget_get_hexpand (next)) {
        if (x > 0 && begin + minimum > width)
          break;
        natural = get_rest (self, next, minimum, width - begin);
      }
      natural = CLAMP (natural, MIN (minimum, width), MAX (width, 1));
      if (x > 0 && begin + natural > width)
        break;
      gtk_widget_measure (next, GTK_ORIENTATION_VERTICAL, natural, NULL, &height, NULL, NULL);
      line = MAX (line, height);
      x = begin + natural;
    }
    x = 0;
    for (GtkWidget *child = first; allocate && child != next;
         child = gtk_widget_get_next_sibling (child)) {
      int minimum, natural, begin = x > 0 ? x + self->spacing : 0;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
      if (gtk_widget_get_hexpand (child))
        natural = get_rest (self, child, minimum, width - begin);
      natural = MAX (CLAMP (natural, MIN (minimum, width), MAX (width, 1)), minimum);
      gtk_widget_size_allocate (
          child, &(GtkAllocation){ mirrored ? width - begin - natural : begin, y, natural, line },
          -1);
      x = begin + natural;
    }
    y += line + (next != NULL ? self->between : 0);
  }
  return y;
}

static void
ui_flow_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation,
                 int for_size, int *minimum, int *natural, int *minimum_baseline,
                 int *natural_baseline)
{
  UiFlow *self = UI_FLOW (manager);
  int least = 0, wanted = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    int child_minimum, child_natural;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL,
                        NULL);
    least = MAX (least, child_minimum);
    wanted = MAX (wanted, child_natural);
  }
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = least;
    *natural = wanted;
  } else {
    *minimum = *natural = place (self, widget, for_size < 0 ? wanted : for_size, FALSE);
  }
}

static void
ui_flow_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  place (UI_FLOW (manager), widget, width, TRUE);
}

static void
ui_flow_class_init (UiFlowClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = ui_flow_get_request_mode;
  layout_class->measure = ui_flow_measure;
  layout_class->allocate = ui_flow_allocate;
}

static void
ui_flow_init (UiFlow *self)
{
}

GtkLayoutManager *
ui_flow_new (int spacing, int between)
{
  UiFlow *self = g_object_new (UI_TYPE_FLOW, NULL);

  self->spacing = spacing;
  self->between = between;
  return GTK_LAYOUT_MANAGER (self);
}
