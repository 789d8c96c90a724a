/* Draws initials on a coloured disc.  Main thread.  A function first and a widget second: the message list draws
 * hundreds of them, and a widget for each would cost more than everything else in its rows. */
#include "ui-avatar.h"

struct _UiAvatar
{
  GtkWidget parent_instance;

  char *name; /* Owned */
  int size;
};

G_DEFINE_FINAL_TYPE (UiAvatar, ui_avatar, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_SIZE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

/* Bright above, deeper below; white letters stay readable on each (contrast 3:1 or better at this size). */
static const struct
{
  const char *top, *bottom;
} colours[] = {
  { "#4a90d9", "#2a6ab0" }, { "#2f9e8f", "#1d7468" }, { "#4f9d4d", "#347534" },
  { "#8a8f2e", "#676b1c" }, { "#c9822b", "#9c5f14" }, { "#d9683c", "#ad4820" },
  { "#d9534f", "#ab3330" }, { "#cf5585", "#a13661" }, { "#a85cb8", "#7d3d8c" },
  { "#7a6bc9", "#574aa0" }, { "#5c7a99", "#415a75" }, { "#a1765a", "#78553d" },
};

/* The first letter of the first and of the last word; one syllable is enough of a name in Hangul or Han. */
static char *
dup_initials (const char *name)
{
  g_autofree char *normal = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  gunichar first = 0, last = 0;
  gboolean in_word = FALSE;
  GString *initials = g_string_new (NULL);

  for (const char *p = normal ? normal : ""; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (c == '@' || c == '(' || c == '<')
      break;
    if (g_unichar_isspace (c) || c == '.' || c == '_' || c == '-')
      in_word = FALSE;
    else if (!in_word && g_unichar_isalnum (c)) {
      in_word = TRUE;
      if (first == 0)
        first = c;
      else
        last = c;
    }
  }
  if (first)
    g_string_append_unichar (initials, g_unichar_toupper (first));
  if (first && last && !g_unichar_iswide (first) && !g_unichar_iswide (last))
    g_string_append_unichar (initials, g_unichar_toupper (last));
  return g_string_free (initials, FALSE);
}

void
ui_avatar_snapshot (GtkSnapshot *snapshot, PangoContext *context, const char *name, int size)
{
  guint index = g_str_hash (name) % G_N_ELEMENTS (colours);
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float)size, (float)size);
  GskColorStop stops[] = { { .offset = 0 }, { .offset = 1 } };
  GskRoundedRect disc;
  g_autofree char *initials = dup_initials (name);
  g_autoptr (PangoLayout) layout = pango_layout_new (context);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoRectangle ink;

  gdk_rgba_parse (&stops[0].color, colours[index].top);
  gdk_rgba_parse (&stops[1].color, colours[index].bottom);
  gsk_rounded_rect_init_from_rect (&disc, &area, (float)size / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &disc);
  gtk_snapshot_append_linear_gradient (snapshot, &area, &GRAPHENE_POINT_INIT (0, 0),
                                       &GRAPHENE_POINT_INIT (0, (float)size), stops,
                                       G_N_ELEMENTS (stops));
  gtk_snapshot_pop (snapshot);

  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_attr_list_insert (attributes, pango_attr_size_new_absolute (size * 2 * PANGO_SCALE / 5));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_text (layout, *initials ? initials : "?", -1);
  pango_layout_get_pixel_extents (layout, &ink, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float)(size - ink.width) / 2 - (float)ink.x,
                                                (float)(size - ink.height) / 2 - (float)ink.y));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){ 1, 1, 1, 0.95f });
  gtk_snapshot_restore (snapshot);
}

void
ui_avatar_set_name (UiAvatar *self, const char *name)
{
  if (g_strcmp0 (name, self->name) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name ? name : "");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ui_avatar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                   int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = UI_AVATAR (widget)->size;
}

static void
ui_avatar_draw (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiAvatar *self = UI_AVATAR (widget);
  ui_avatar_snapshot (snapshot, gtk_widget_get_pango_context (widget), self->name, self->size);
}

static void
ui_avatar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SIZE)
    g_value_set_int (value, UI_AVATAR (object)->size);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_avatar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SIZE) {
    UI_AVATAR (object)->size = g_value_get_int (value);
    gtk_widget_queue_resize (GTK_WIDGET (object));
  } else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_avatar_finalize (GObject *object)
{
  g_free (UI_AVATAR (object)->name);
  G_OBJECT_CLASS (ui_avatar_parent_class)->finalize (object);
}

static void
ui_avatar_class_init (UiAvatarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_avatar_get_property;
  object_class->set_property = ui_avatar_set_property;
  object_class->finalize = ui_avatar_finalize;
  widget_class->measure = ui_avatar_measure;
  widget_class->snapshot = ui_avatar_draw;
  properties[PROP_SIZE] =
      g_param_spec_int ("size", NULL, NULL, 8, 512, 38, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ui_avatar_init (UiAvatar *self)
{
  self->name = g_strdup ("");
  self->size = 38;
}
