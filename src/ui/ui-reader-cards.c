/* The one scroll of the reader.  Main thread.  It knows nothing of messages: it gives cards their places, and keeps still what
 * is being read.  It must never let the scroll jump for what happens above. */
#include "ui-reader-cards.h"

#define WIDTH_MAX 1040 /* lines longer than that are hard to follow */
#define ABOVE     44   /* pixels above a foot that stay in sight */

typedef struct
{
  GtkWidget *card;
  int top, height;
} Place;

struct _UiReaderCards
{
  GtkWidget parent_instance;

  /* Owned */
  GtkAdjustment *vertical, *horizontal;
  GArray *places; /* of Place, as of the last allocation */

  /* Borrowed */
  GPtrArray *watchers; /* of GtkWidget */
  GPtrArray *feet;     /* the same */
  GtkWidget *anchor;   /* the card that stays where it is; NULL: the scroll as it is */
  GtkRoot *root;       /* whose focus is followed */

  int offset; /* pixels of the anchor that are above the upper edge */
  int end;    /* of the last card, below the upper edge, as of the last allocation */
  int page;   /* the height, as of then */
  guint moved_source;
  guint n_scrolls;
  gulong focus_handler;
  gboolean setting;   /* the adjustment is changed by us */
  gboolean revealing; /* by us, too, but it is a scroll */
};

enum
{
  PROP_0,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

enum
{
  MOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (UiReaderCards, ui_reader_cards, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static const Place *
find_place (UiReaderCards *self, GtkWidget *card)
{
  for (guint i = 0; i < self->places->len; i++) {
    const Place *place = &g_array_index (self->places, Place, i);
    if (place->card == card)
      return place;
  }
  return NULL;
}

/* ---- the scroll ---- */

static gboolean
on_moved (gpointer data)
{
  UiReaderCards *self = data;
  self->moved_source = 0;
  g_signal_emit (self, signals[MOVED], 0);
  return G_SOURCE_REMOVE;
}

static void
say_moved (UiReaderCards *self)
{
  if (self->moved_source == 0)
    self->moved_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 30, on_moved, self, NULL);
}

/* Somebody scrolled: the uppermost card that can be seen is the one to keep still from now on. */
static void
on_value_changed (UiReaderCards *self)
{
  if (self->setting)
    return;
  int value = (int)gtk_adjustment_get_value (self->vertical);
  self->n_scrolls += !self->revealing;
  self->end = 0; /* not known until the next allocation */
  self->anchor = NULL;
  for (guint i = 0; i < self->places->len; i++) {
    const Place *place = &g_array_index (self->places, Place, i);
    if (place->top + place->height <= value)
      continue;
    self->anchor = place->card;
    self->offset = value - place->top;
    break;
  }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
set_adjustment (UiReaderCards *self, GtkAdjustment **slot, GtkAdjustment *adjustment)
{
  if (*slot && adjustment == *slot)
    return;
  if (*slot)
    g_signal_handlers_disconnect_by_data (*slot, self);
  g_clear_object (slot);
  *slot = g_object_ref_sink (adjustment ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  if (slot == &self->vertical)
    g_signal_connect_swapped (*slot, "value-changed", G_CALLBACK (on_value_changed), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* ---- sizes ---- */

static GtkSizeRequestMode
ui_reader_cards_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ui_reader_cards_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    int least, wanted;
    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, orientation,
                        orientation == GTK_ORIENTATION_VERTICAL ? MIN (for_size, WIDTH_MAX) : -1,
                        &least, &wanted, NULL, NULL);
    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
      *minimum = MAX (*minimum, least);
      *natural = MAX (*natural, wanted);
    } else
      *natural += wanted;
  }
}

/* Measures all cards; returns how tall they are together. */
static int
find_places (UiReaderCards *self, int width, int page)
{
  int y = 0, least;
  g_array_set_size (self->places, 0);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child;
       child = gtk_widget_get_next_sibling (child)) {
    Place place = { child, y, 0 };
    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &least, &place.height, NULL, NULL);
    if (g_ptr_array_find (self->feet, child, NULL))
      place.height = MAX (least, MIN (place.height, page - ABOVE));
    g_array_append_val (self->places, place);
    y += place.height;
  }
  return y;
}

static gboolean
is_written_in (UiReaderCards *self)
{
  GtkWidget *child = gtk_widget_get_focus_child (GTK_WIDGET (self));
  return child && g_ptr_array_find (self->feet, child, NULL)
         && gtk_widget_get_focus_child (child) != NULL;
}

static void
ui_reader_cards_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiReaderCards *self = UI_READER_CARDS (widget);
  int card_width = MIN (width, WIDTH_MAX);
  int total = find_places (self, card_width, height);
  double value = gtk_adjustment_get_value (self->vertical);
  const Place *anchor = self->anchor ? find_place (self, self->anchor) : NULL;

  if (anchor)
    value = anchor->top + MIN (self->offset, anchor->height);
  /* What grows under the hands. */
  if (self->end > 0 && self->end <= self->page && is_written_in (self))
    value = total - height;
  value = CLAMP (value, 0, MAX (0, total - height));
  self->end = total - (int)value;
  self->page = height;
  self->setting = TRUE;
  gtk_adjustment_configure (self->horizontal, 0, 0, width, width * 0.1, width * 0.9, width);
  gtk_adjustment_configure (self->vertical, value, 0, MAX (total, height), height * 0.1,
                            height * 0.9, height);
  self->setting = FALSE;

  for (guint i = 0; i < self->watchers->len; i++)
    gtk_widget_queue_allocate (self->watchers->pdata[i]);
  for (guint i = 0; i < self->places->len; i++) {
    const Place *place = &g_array_index (self->places, Place, i);
    gtk_widget_size_allocate (place->card,
                              &(GtkAllocation){ (width - card_width) / 2, place->top - (int)value,
                                                card_width, place->height },
                              -1);
  }
  say_moved (self);
}

static void
ui_reader_cards_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiReaderCards *self = UI_READER_CARDS (widget);
  int value = (int)gtk_adjustment_get_value (self->vertical);
  int height = gtk_widget_get_height (widget);

  for (guint i = 0; i < self->places->len; i++) {
    const Place *place = &g_array_index (self->places, Place, i);
    if (place->top + place->height > value && place->top < value + height)
      gtk_widget_snapshot_child (widget, place->card, snapshot);
  }
}

/* ---- the focus ---- */

void
ui_reader_cards_reveal (UiReaderCards *self, GtkWidget *widget, int top, int height)
{
  graphene_point_t point;
  int page = gtk_widget_get_height (GTK_WIDGET (self));

  if (!gtk_widget_compute_point (widget, GTK_WIDGET (self), &GRAPHENE_POINT_INIT (0, (float)top),
                                 &point))
    return;
  self->revealing = TRUE;
  if (point.y + height > page)
    ui_reader_cards_scroll_by (self, MIN (point.y, point.y + height - page));
  else if (point.y < 0)
    ui_reader_cards_scroll_by (self, point.y);
  self->revealing = FALSE;
}

guint
ui_reader_cards_get_n_scrolls (UiReaderCards *self)
{
  return self->n_scrolls;
}

static void
on_focus (UiReaderCards *self)
{
  GtkWidget *focus = gtk_root_get_focus (self->root);
  if (!focus || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return;
  /* A text that fills the screen is looked at already; it tells of its cursor by itself. */
  if (gtk_widget_get_height (focus) < gtk_widget_get_height (GTK_WIDGET (self)) / 2)
    ui_reader_cards_reveal (self, focus, 0, gtk_widget_get_height (focus));
}

static void
ui_reader_cards_root (GtkWidget *widget)
{
  UiReaderCards *self = UI_READER_CARDS (widget);
  GTK_WIDGET_CLASS (ui_reader_cards_parent_class)->root (widget);
  self->root = gtk_widget_get_root (widget);
  self->focus_handler =
      g_signal_connect_swapped (self->root, "notify::focus-widget", G_CALLBACK (on_focus), self);
}

static void
ui_reader_cards_unroot (GtkWidget *widget)
{
  UiReaderCards *self = UI_READER_CARDS (widget);
  g_clear_signal_handler (&self->focus_handler, self->root);
  self->root = NULL;
  GTK_WIDGET_CLASS (ui_reader_cards_parent_class)->unroot (widget);
}

/* ---- public ---- */

void
ui_reader_cards_insert (UiReaderCards *self, GtkWidget *card, GtkWidget *after)
{
  gtk_widget_insert_after (card, GTK_WIDGET (self), after);
}

void
ui_reader_cards_add_foot (UiReaderCards *self, GtkWidget *foot)
{
  g_ptr_array_add (self->feet, foot);
  gtk_widget_insert_before (foot, GTK_WIDGET (self), NULL);
}

void
ui_reader_cards_remove (UiReaderCards *self, GtkWidget *card)
{
  if (self->anchor == card) {
    /* What comes next takes its place on the screen. */
    self->anchor = gtk_widget_get_next_sibling (card);
    self->offset = 0;
  }
  for (guint i = 0; i < self->places->len; i++) {
    if (g_array_index (self->places, Place, i).card == card) {
      g_array_remove_index (self->places, i);
      break;
    }
  }
  g_ptr_array_remove_fast (self->feet, card);
  gtk_widget_unparent (card);
}

void
ui_reader_cards_show (UiReaderCards *self, GtkWidget *card, int margin)
{
  self->anchor = card;
  self->offset = -margin;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

gboolean
ui_reader_cards_get_place (UiReaderCards *self, GtkWidget *card, int *top, int *height)
{
  const Place *place = find_place (self, card);
  if (!place)
    return FALSE;
  *top = place->top - (int)gtk_adjustment_get_value (self->vertical);
  *height = place->height;
  return TRUE;
}

void
ui_reader_cards_scroll_by (UiReaderCards *self, double pixels)
{
  gtk_adjustment_set_value (self->vertical, gtk_adjustment_get_value (self->vertical) + pixels);
}

void
ui_reader_cards_watch (UiReaderCards *self, GtkWidget *widget)
{
  g_ptr_array_add (self->watchers, widget);
}

void
ui_reader_cards_unwatch (UiReaderCards *self, GtkWidget *widget)
{
  g_ptr_array_remove_fast (self->watchers, widget);
}

/* ---- class ---- */

static void
ui_reader_cards_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiReaderCards *self = UI_READER_CARDS (object);
  switch (id) {
  case PROP_HADJUSTMENT:
    g_value_set_object (value, self->horizontal);
    break;
  case PROP_VADJUSTMENT:
    g_value_set_object (value, self->vertical);
    break;
  case PROP_HSCROLL_POLICY:
  case PROP_VSCROLL_POLICY:
    g_value_set_enum (value, GTK_SCROLL_MINIMUM);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_cards_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiReaderCards *self = UI_READER_CARDS (object);
  switch (id) {
  case PROP_HADJUSTMENT:
    set_adjustment (self, &self->horizontal, g_value_get_object (value));
    break;
  case PROP_VADJUSTMENT:
    set_adjustment (self, &self->vertical, g_value_get_object (value));
    break;
  case PROP_HSCROLL_POLICY:
  case PROP_VSCROLL_POLICY:
    break; /* there is only one way */
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_cards_dispose (GObject *object)
{
  UiReaderCards *self = UI_READER_CARDS (object);
  GtkWidget *child;
  g_clear_handle_id (&self->moved_source, g_source_remove);
  self->anchor = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    ui_reader_cards_remove (self, child);
  if (self->vertical)
    g_signal_handlers_disconnect_by_data (self->vertical, self);
  g_clear_object (&self->vertical);
  g_clear_object (&self->horizontal);
  G_OBJECT_CLASS (ui_reader_cards_parent_class)->dispose (object);
}

static void
ui_reader_cards_finalize (GObject *object)
{
  UiReaderCards *self = UI_READER_CARDS (object);
  g_array_unref (self->places);
  g_ptr_array_unref (self->watchers);
  g_ptr_array_unref (self->feet);
  G_OBJECT_CLASS (ui_reader_cards_parent_class)->finalize (object);
}

static void
ui_reader_cards_class_init (UiReaderCardsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_reader_cards_get_property;
  object_class->set_property = ui_reader_cards_set_property;
  object_class->dispose = ui_reader_cards_dispose;
  object_class->finalize = ui_reader_cards_finalize;
  widget_class->get_request_mode = ui_reader_cards_get_request_mode;
  widget_class->measure = ui_reader_cards_measure;
  widget_class->size_allocate = ui_reader_cards_size_allocate;
  widget_class->snapshot = ui_reader_cards_snapshot;
  widget_class->root = ui_reader_cards_root;
  widget_class->unroot = ui_reader_cards_unroot;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  signals[MOVED] = g_signal_new ("moved", UI_TYPE_READER_CARDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ui_reader_cards_init (UiReaderCards *self)
{
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  self->watchers = g_ptr_array_new ();
  self->feet = g_ptr_array_new ();
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  set_adjustment (self, &self->vertical, NULL);
  set_adjustment (self, &self->horizontal, NULL);
}
