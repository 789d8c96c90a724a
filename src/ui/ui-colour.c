/* Discs and the choice of them.  Main thread.  A colour is never all that tells one thing from another: its name stands in words for
 * screen readers and in a tooltip, and the account's beside it. */
#include "ui-colour.h"

#include <glib/gi18n.h>

#include "ui-flow.h"

#define DOT    10
#define SWATCH 20
#define SPACE  2

static const struct
{
  const char *colour; /* NULL: none */
  const char *name;
} palette[] = {
  { NULL, NC_ ("colour", "None") },        { "#3584e4", NC_ ("colour", "Blue") },
  { "#2190a4", NC_ ("colour", "Teal") },   { "#3a944a", NC_ ("colour", "Green") },
  { "#c88800", NC_ ("colour", "Yellow") }, { "#ed5b00", NC_ ("colour", "Orange") },
  { "#e62d42", NC_ ("colour", "Red") },    { "#d56199", NC_ ("colour", "Pink") },
  { "#9141ac", NC_ ("colour", "Purple") }, { "#6f8396", NC_ ("colour", "Slate") },
};

/* ---- a disc ---- */

struct _UiColourDot
{
  GtkWidget parent_instance;

  GdkRGBA colour;
  int size;
};

G_DEFINE_FINAL_TYPE (UiColourDot, ui_colour_dot, GTK_TYPE_WIDGET)

static void
ui_colour_dot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = UI_COLOUR_DOT (widget)->size;
}

static void
ui_colour_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiColourDot *self = UI_COLOUR_DOT (widget);
  float size = (float)self->size;
  graphene_rect_t area =
      GRAPHENE_RECT_INIT (((float)gtk_widget_get_width (widget) - size) / 2,
                          ((float)gtk_widget_get_height (widget) - size) / 2, size, size);
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &area, size / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, &self->colour, &area);
  gtk_snapshot_pop (snapshot);
}

static void
ui_colour_dot_class_init (UiColourDotClass *klass)
{
  GTK_WIDGET_CLASS (klass)->measure = ui_colour_dot_measure;
  GTK_WIDGET_CLASS (klass)->snapshot = ui_colour_dot_snapshot;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ui_colour_dot_init (UiColourDot *self)
{
  self->size = DOT;
}

GtkWidget *
ui_colour_dot_new (const char *colour)
{
  GtkWidget *self = g_object_new (UI_TYPE_COLOUR_DOT, "valign", GTK_ALIGN_CENTER, NULL);

  ui_colour_dot_set (UI_COLOUR_DOT (self), colour);
  return self;
}

void
ui_colour_dot_set (UiColourDot *self, const char *colour)
{
  gboolean good = colour != NULL && gdk_rgba_parse (&self->colour, colour);

  gtk_widget_set_visible (GTK_WIDGET (self), good);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- the choice ---- */

struct _UiColourChooser
{
  GtkWidget parent_instance;

  char *colour; /* Owned; nullable */
};

enum
{
  PROP_COLOUR = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (UiColourChooser, ui_colour_chooser, GTK_TYPE_WIDGET)

static void
on_toggled (GtkToggleButton *button, UiColourChooser *self)
{
  const char *colour = g_object_get_data (G_OBJECT (button), "colour");

  if (!gtk_toggle_button_get_active (button) || g_strcmp0 (colour, self->colour) == 0)
    return;
  g_free (self->colour);
  self->colour = g_strdup (colour);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COLOUR]);
}

static GtkWidget *
make_swatch (const char *colour)
{
  GtkWidget *dot;

  if (colour == NULL)
    return g_object_new (GTK_TYPE_IMAGE, "icon-name", "action-unavailable-symbolic", "pixel-size",
                         SWATCH, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  dot = ui_colour_dot_new (colour);
  UI_COLOUR_DOT (dot)->size = SWATCH;
  return dot;
}

static GtkWidget *
make_button (UiColourChooser *self, guint i)
{
  GtkWidget *button = gtk_toggle_button_new ();
  const char *name = g_dpgettext2 (NULL, "colour", palette[i].name);

  gtk_button_set_child (GTK_BUTTON (button), make_swatch (palette[i].colour));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "colour", (gpointer)palette[i].colour);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
                                g_strcmp0 (palette[i].colour, self->colour) == 0);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  return button;
}

GtkWidget *
ui_colour_chooser_new (const char *colour)
{
  UiColourChooser *self = g_object_new (UI_TYPE_COLOUR_CHOOSER, NULL);
  GtkWidget *first = NULL;

  self->colour = g_strdup (colour);
  for (guint i = 0; i < G_N_ELEMENTS (palette); i++) {
    GtkWidget *button = make_button (self, i);

    if (first != NULL)
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (first));
    else
      first = button;
    gtk_widget_set_parent (button, GTK_WIDGET (self));
  }
  return GTK_WIDGET (self);
}

static void
ui_colour_chooser_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_COLOUR:
    g_value_set_string (value, UI_COLOUR_CHOOSER (object)->colour);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_colour_chooser_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_colour_chooser_parent_class)->dispose (object);
}

static void
ui_colour_chooser_finalize (GObject *object)
{
  g_free (UI_COLOUR_CHOOSER (object)->colour);
  G_OBJECT_CLASS (ui_colour_chooser_parent_class)->finalize (object);
}

static void
ui_colour_chooser_class_init (UiColourChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ui_colour_chooser_get_property;
  object_class->dispose = ui_colour_chooser_dispose;
  object_class->finalize = ui_colour_chooser_finalize;
  props[PROP_COLOUR] =
      g_param_spec_string ("colour", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_colour_chooser_init (UiColourChooser *self)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (self), ui_flow_new (SPACE, 0));
}
