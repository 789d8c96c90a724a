/* A toast whose sentence wraps instead of being cut off, and whose buttons have names, and stand beneath where words would be broken beside
 * them: libadwaita 1.2 gives it one line, and its button for closing nothing but a picture.  Main thread. */
#include "ui-toast.h"

#include "base-date.h"
#include "ui-clock.h"
#include "ui-names.h"
#include "ui-words.h"

#define EDGES 72 /* pixels: the margins and the padding of a toast */
#define GAP   6
#define LEAST 60

/* ---- the sentence ---- */

static int
get_room (GtkWidget *frame)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (frame, ADW_TYPE_TOAST_OVERLAY);

  return overlay != NULL ? gtk_widget_get_width (overlay) : 0;
}

/* Of the buttons, with the gaps before them. */
static int
get_width_of_buttons (GtkWidget *bin)
{
  int width = 0;

  for (GtkWidget *next = bin != NULL ? gtk_widget_get_next_sibling (bin) : NULL; next != NULL;
       next = gtk_widget_get_next_sibling (next)) {
    int taken;

    gtk_widget_measure (next, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &taken, NULL, NULL);
    if (gtk_widget_should_layout (next))
      width += taken + GAP;
  }
  return width;
}

/* The buttons stand beneath. */
static gboolean
is_stacked (GtkWidget *frame)
{
  GtkWidget *bin = gtk_widget_get_parent (frame);

  return bin != NULL && gtk_widget_has_css_class (gtk_widget_get_parent (bin), "stacked");
}

static int
get_room_for_label (GtkWidget *frame, gboolean stacked)
{
  int taken = stacked ? 0 : get_width_of_buttons (gtk_widget_get_parent (frame));

  return MAX (get_room (frame) - EDGES - taken, LEAST);
}

/* As wide as it wants, if the window lets it.  The overlay asks how high one line is, and then how wide a label is of that height:
 * a label alone would answer that it needs one line, and push the buttons out of the window. */
static int
get_width (GtkWidget *frame)
{
  int width;

  gtk_widget_measure (gtk_widget_get_first_child (frame), GTK_ORIENTATION_HORIZONTAL, -1, NULL,
                      &width, NULL, NULL);
  /* The window has no size yet. */
  return get_room (frame) == 0 ? width
                               : MIN (width, get_room_for_label (frame, is_stacked (frame)));
}

static void
measure (GtkWidget *frame, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  *natural = get_width (frame);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    gtk_widget_measure (gtk_widget_get_first_child (frame), orientation, *natural, NULL, natural,
                        NULL, NULL);
  /* It does not keep the window from being made narrow. */
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN (*natural, LEAST) : *natural;
}

static void
allocate (GtkWidget *frame, int width, int height, int baseline)
{
  GtkWidget *label = gtk_widget_get_first_child (frame);
  GtkWidget *bin = gtk_widget_get_parent (frame);

  gtk_widget_allocate (label, width, height, -1, NULL);
  if (bin == NULL)
    return;
  /* Several lines do not fit into a pill. */
  if (pango_layout_get_line_count (gtk_label_get_layout (GTK_LABEL (label))) > 1)
    gtk_widget_add_css_class (gtk_widget_get_parent (bin), "wrapped");
  else
    gtk_widget_remove_css_class (gtk_widget_get_parent (bin), "wrapped");
}

/* ---- the buttons beneath ---- */

static void
measure_stack (GtkWidget *toast, GtkOrientation orientation, int for_size, int *minimum,
               int *natural, int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *bin = gtk_widget_get_first_child (toast);
  int below = 0;

  gtk_widget_measure (bin, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    below = get_width_of_buttons (bin);
    *minimum = MAX (*minimum, below);
    *natural = MAX (*natural, below);
    return;
  }
  for (GtkWidget *next = gtk_widget_get_next_sibling (bin); next != NULL;
       next = gtk_widget_get_next_sibling (next)) {
    int height;

    gtk_widget_measure (next, orientation, -1, NULL, &height, NULL, NULL);
    below = MAX (below, height);
  }
  *minimum += GAP + below;
  *natural += GAP + below;
}

/* At the end of their line. */
static void
allocate_stack (GtkWidget *toast, int width, int height, int baseline)
{
  GtkWidget *bin = gtk_widget_get_first_child (toast);
  gboolean mirrored = gtk_widget_get_direction (toast) == GTK_TEXT_DIR_RTL;
  int above, end = width;

  gtk_widget_measure (bin, GTK_ORIENTATION_VERTICAL, width, &above, NULL, NULL, NULL);
  gtk_widget_size_allocate (bin, &(GtkAllocation){ 0, 0, width, above }, -1);
  for (GtkWidget *button = gtk_widget_get_last_child (toast); button != bin;
       button = gtk_widget_get_prev_sibling (button)) {
    int own;

    if (!gtk_widget_should_layout (button))
      continue;
    gtk_widget_measure (button, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &own, NULL, NULL);
    gtk_widget_size_allocate (button,
                              &(GtkAllocation){ mirrored ? width - end : end - own, above + GAP,
                                                own, MAX (height - above - GAP, 0) },
                              -1);
    end -= own + GAP;
  }
}

static void
set_stacked (GtkWidget *frame, gboolean stacked)
{
  GtkWidget *toast = gtk_widget_get_parent (gtk_widget_get_parent (frame));

  if (stacked == is_stacked (frame))
    return;
  if (stacked)
    gtk_widget_add_css_class (toast, "stacked");
  else
    gtk_widget_remove_css_class (toast, "stacked");
  gtk_widget_set_layout_manager (
      toast, stacked ? gtk_custom_layout_new (NULL, measure_stack, allocate_stack)
                     : gtk_box_layout_new (GTK_ORIENTATION_HORIZONTAL));
}

/* ---- the room for it ---- */

static int
measure_longest_word (GtkLabel *label)
{
  g_autoptr (PangoLayout) layout = pango_layout_copy (gtk_label_get_layout (label));
  int width;

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD);
  pango_layout_set_width (layout, 0);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* Words stay whole: where one of them is wider than what the buttons leave, those stand beneath.  In Korean, too, as everywhere, unless it is wider than all
 * the room: then it would be measured wider than it gets, and so lower. */
static void
fit_words (GtkWidget *frame)
{
  GtkLabel *label = GTK_LABEL (gtk_widget_get_first_child (frame));
  int least;

  ui_words_keep_in (label, TRUE);
  least = measure_longest_word (label);
  set_stacked (frame, least > get_room_for_label (frame, FALSE));
  if (least > get_room_for_label (frame, TRUE))
    ui_words_keep_in (label, FALSE);
}

static gboolean
on_laid_out (gpointer frame)
{
  int room = get_room (frame);

  /* GTK remembers what it measured, and does not know what that went by. */
  if (gtk_widget_get_mapped (frame)
      && room != GPOINTER_TO_INT (g_object_get_data (frame, "room"))) {
    g_object_set_data (frame, "room", GINT_TO_POINTER (room));
    fit_words (frame);
    gtk_widget_queue_resize (frame);
  }
  return G_SOURCE_REMOVE;
}

/* The window is about to get its size, or another one. */
static void
on_layout (GtkWidget *frame)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_laid_out, g_object_ref (frame), g_object_unref);
}

static void
on_unmap (GtkWidget *frame)
{
  GtkNative *native = gtk_widget_get_native (frame);

  if (native != NULL)
    g_signal_handlers_disconnect_by_func (gtk_native_get_surface (native), on_layout, frame);
}

/* ---- the toast ---- */

/* Its widget is made when its turn comes. */
static void
on_map (GtkWidget *frame)
{
  GtkWidget *bin = gtk_widget_get_parent (frame);
  GtkWidget *toast = bin != NULL ? gtk_widget_get_parent (bin) : NULL;

  if (toast != NULL)
    ui_names_fill_close (toast);
  g_signal_connect_object (gtk_native_get_surface (gtk_widget_get_native (frame)), "layout",
                           G_CALLBACK (on_layout), frame, G_CONNECT_SWAPPED);
  on_layout (frame);
}

AdwToast *
ui_toast_new (const char *sentence)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *frame = adw_bin_new ();
  GtkWidget *title = g_object_new (GTK_TYPE_LABEL, "label", sentence, "wrap", TRUE, "wrap-mode",
                                   PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, NULL);

  gtk_widget_add_css_class (title, "heading");
  gtk_widget_set_layout_manager (frame, gtk_custom_layout_new (NULL, measure, allocate));
  adw_bin_set_child (ADW_BIN (frame), title);
  g_signal_connect (frame, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (frame, "unmap", G_CALLBACK (on_unmap), NULL);
  adw_toast_set_custom_title (toast, frame);
  return toast;
}

typedef struct
{
  char *format;
  gint64 at;
} Time;

static void
time_free (gpointer data)
{
  Time *time = data;

  g_free (time->format);
  g_free (time);
}

static void
write_time (GtkWidget *frame)
{
  const Time *time = g_object_get_data (G_OBJECT (frame), "time");
  g_autofree char *when = base_date_long (time->at);
  g_autofree char *sentence = g_strdup_printf (time->format, when);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (frame)), sentence);
}

void
ui_toast_set_time (AdwToast *toast, const char *format, gint64 at)
{
  GtkWidget *frame = adw_toast_get_custom_title (toast);
  Time *time = g_new (Time, 1);

  *time = (Time){ g_strdup (format), at };
  g_object_set_data_full (G_OBJECT (frame), "time", time, time_free);
  write_time (frame);
  ui_clock_listen (frame, G_CALLBACK (write_time));
}
