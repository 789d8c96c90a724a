/* Preloaded into the program by a test: at SIGUSR2 it writes down what a person can read on all of its windows, one line a text, and how much of it
 * is seen.  Main thread; it must change nothing.
 *
 * Lines in $SOSIK_LOOK, fields with tabs between: kind (label, tooltip, placeholder, title, popover), what is wrong with it ("-", or of: short, cut, outside, low: higher than
 * its place, turned: read from the wrong side), the widgets that it is in, the text.  "end" closes what one signal asked for. */
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *out;

static void
tell (const char *kind, const char *fault, GtkWidget *widget, const char *text)
{
  g_autofree char *line = g_strescape (text, NULL);
  g_autofree char *plain = g_strcompress (line);
  g_autoptr (GString) chain = g_string_new (NULL);
  int depth = 0;

  for (GtkWidget *at = widget; at != NULL && depth < 7; at = gtk_widget_get_parent (at), depth++)
    g_string_append_printf (chain, "%s%s", depth > 0 ? "<" : "", G_OBJECT_TYPE_NAME (at));
  g_strdelimit (plain, "\t\n\r", ' ');
  fprintf (out, "%s\t%s\t%s\t%s\n", kind, fault, chain->str, plain);
}

/* Of what scrolls that way nothing is out of reach. */
static gboolean
scrolls (GtkWidget *widget, GtkOrientation orientation)
{
  for (GtkWidget *at = widget; at != NULL; at = gtk_widget_get_parent (at)) {
    GtkPolicyType across, down;

    if (!GTK_IS_SCROLLED_WINDOW (at))
      continue;
    gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (at), &across, &down);
    if ((orientation == GTK_ORIENTATION_HORIZONTAL ? across : down) != GTK_POLICY_NEVER)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_outside (GtkWidget *widget)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_native (widget));
  graphene_rect_t box;

  if (scrolls (widget, GTK_ORIENTATION_HORIZONTAL)
      || !gtk_widget_compute_bounds (widget, root, &box))
    return FALSE;
  return box.origin.x < -1 || box.origin.x + box.size.width > gtk_widget_get_width (root) + 1;
}

/* Its lines need more room from top to bottom than they were given, or reach over an edge of what holds it. */
static gboolean
is_low (GtkWidget *widget, PangoLayout *layout)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_native (widget));
  graphene_rect_t box;
  int height = 0;

  if (g_str_equal (G_OBJECT_TYPE_NAME (root),
                   "GtkTooltipWindow")) /* it has what it asks for, a frame later */
    return FALSE;
  if (layout != NULL)
    pango_layout_get_pixel_size (layout, NULL, &height);
  if (height > gtk_widget_get_height (widget) + 1)
    return TRUE;
  if (scrolls (widget, GTK_ORIENTATION_VERTICAL))
    return FALSE;
  for (GtkWidget *at = gtk_widget_get_parent (widget); at != NULL && at != root;
       at = gtk_widget_get_parent (at)) {
    if (gtk_widget_get_overflow (at) == GTK_OVERFLOW_HIDDEN
        && gtk_widget_compute_bounds (widget, at, &box)
        && (box.origin.y < -1 || box.origin.y + box.size.height > gtk_widget_get_height (at) + 1))
      return TRUE;
  }
  return gtk_widget_compute_bounds (widget, root, &box)
         && (box.origin.y < -1
             || box.origin.y + box.size.height > gtk_widget_get_height (root) + 1);
}

/* A line with words that are read from right to left, in a window that is, begins at the left, since its first word is another's. */
static gboolean
is_turned (GtkWidget *widget, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (gtk_widget_get_direction (widget) != GTK_TEXT_DIR_RTL)
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++) {
    if (pango_find_base_dir (lines[i], -1) != PANGO_DIRECTION_LTR)
      continue;
    for (const char *c = lines[i]; *c != '\0'; c = g_utf8_next_char (c))
      if (pango_unichar_direction (g_utf8_get_char (c)) == PANGO_DIRECTION_RTL)
        return TRUE;
  }
  return FALSE;
}

/* What is cut can be read whole where the pointer rests. */
static gboolean
says_itself (GtkWidget *widget)
{
  int depth = 0;

  for (GtkWidget *at = widget; at != NULL && depth < 4; at = gtk_widget_get_parent (at), depth++) {
    if (gtk_widget_get_has_tooltip (at))
      return TRUE;
  }
  return FALSE;
}

static const char *
fault_of (GtkWidget *widget, PangoLayout *layout, const char *text)
{
  if (layout != NULL && pango_layout_is_ellipsized (layout))
    return says_itself (widget) ? "short" : "cut";
  if (is_outside (widget))
    return "outside";
  if (is_low (widget, layout))
    return "low";
  return is_turned (widget, text) ? "turned" : "-";
}

/* One that shows nothing of itself: see-through, or in a stack of which another page is shown. */
static gboolean
is_seen (GtkWidget *widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_opacity (widget) > 0
         && gtk_widget_get_child_visible (widget);
}

static void
look_at (GtkWidget *widget)
{
  const char *tooltip;

  if (!is_seen (widget))
    return;
  tooltip = gtk_widget_get_tooltip_text (widget);
  if (tooltip != NULL && *tooltip != '\0')
    tell ("tooltip", "-", widget, tooltip);
  if (GTK_IS_POPOVER (widget))
    tell ("popover", "-", widget, "");
  if (GTK_IS_LABEL (widget)) {
    if (*gtk_label_get_text (GTK_LABEL (widget)) != '\0')
      tell ("label",
            fault_of (widget, gtk_label_get_layout (GTK_LABEL (widget)),
                      gtk_label_get_text (GTK_LABEL (widget))),
            widget, gtk_label_get_text (GTK_LABEL (widget)));
  } else if (GTK_IS_TEXT (widget)) {
    const char *placeholder = gtk_text_get_placeholder_text (GTK_TEXT (widget));

    if (placeholder != NULL && *placeholder != '\0')
      tell ("placeholder", is_outside (widget) ? "outside" : "-", widget, placeholder);
  } else if (GTK_IS_WINDOW (widget) && gtk_window_get_title (GTK_WINDOW (widget)) != NULL) {
    tell ("title", "-", widget, gtk_window_get_title (GTK_WINDOW (widget)));
  } else if ((GTK_IS_IMAGE (widget) || GTK_IS_BUTTON (widget)) && is_outside (widget)) {
    tell ("label", "outside", widget, G_OBJECT_TYPE_NAME (widget));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    look_at (child);
}

static gboolean
on_asked (gpointer data)
{
  (void)data;
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    look_at (window);
  }
  fprintf (out, "end\n");
  fflush (out);
  return G_SOURCE_CONTINUE;
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = g_getenv ("SOSIK_LOOK");

  unsetenv ("LD_PRELOAD"); /* not for children */
  if (path == NULL)
    return;
  out = fopen (path, "w");
  if (out != NULL)
    g_unix_signal_add (SIGUSR2, on_asked, NULL);
}
