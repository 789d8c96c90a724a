/* Toasts in windows of any width: their sentence is seen whole, whatever the size of the text, and their buttons are in the window.  Main thread, in a desktop
 * session. */
#include <adwaita.h>
#include <locale.h>

#include "ui-clock.h"
#include "ui-toast.h"
#include "ui-words.h"

/* What a window may have around what is in it */
#define FRAME 20
#define LONG  "⟦Šéñďíñğ “새제목입니다”… ẋẋẋẋẋ⟧"

static gboolean
on_time (gpointer data)
{
  g_error ("the toast does not come to rest");
  return G_SOURCE_REMOVE;
}

static GtkWidget *
find_label (GtkWidget *widget, const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_label (child, text);
  return found;
}

/* No word goes on in the next line. */
static gboolean
has_whole_words (GtkWidget *label)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));

  for (GSList *l = pango_layout_get_lines_readonly (gtk_label_get_layout (GTK_LABEL (label)));
       l != NULL; l = l->next) {
    const PangoLayoutLine *line = l->data;
    int end = line->start_index + line->length;

    if (text[end] != '\0' && text[end] != ' ' && (end == 0 || text[end - 1] != ' '))
      return FALSE;
  }
  return TRUE;
}

/* Each within the toast, and not over the sentence. */
static gboolean
has_buttons (GtkWidget *toast, GtkWidget *label)
{
  graphene_rect_t words, box;
  guint n = 0;

  if (!gtk_widget_compute_bounds (label, toast, &words))
    return FALSE;
  for (GtkWidget *button = gtk_widget_get_last_child (toast); GTK_IS_BUTTON (button);
       button = gtk_widget_get_prev_sibling (button), n++)
    if (!gtk_widget_compute_bounds (button, toast, &box)
        || graphene_rect_intersection (&words, &box, NULL) || box.origin.x < 0 || box.origin.y < 0
        || box.origin.x + box.size.width > (float)gtk_widget_get_width (toast)
        || box.origin.y + box.size.height > (float)gtk_widget_get_height (toast))
      return FALSE;
  return n == 2;
}

static gboolean
is_whole (GtkWidget *label, int width)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (label));
  GtkWidget *toast = gtk_widget_get_parent (gtk_widget_get_parent (gtk_widget_get_parent (label)));
  graphene_rect_t box;
  int height;

  if (ABS (gtk_widget_get_width (root) - width) > FRAME || !gtk_widget_get_mapped (label)
      || !gtk_widget_compute_bounds (toast, root, &box))
    return FALSE;
  pango_layout_get_pixel_size (gtk_label_get_layout (GTK_LABEL (label)), NULL, &height);
  g_test_message ("width %d: lines %d high in %d × %d, toast %.0f wide", width, height,
                  gtk_widget_get_width (label), gtk_widget_get_height (label),
                  (double)box.size.width);
  return height <= gtk_widget_get_height (label) && has_whole_words (label)
         && has_buttons (toast, label) && box.origin.x >= 0
         && box.origin.x + box.size.width <= (float)gtk_widget_get_width (root);
}

static void
check (GtkWindow *window, GtkWidget *label, int width)
{
  guint timer = g_timeout_add_seconds (60, on_time, NULL);

  gtk_window_set_default_size (window, width, 500);
  while (!is_whole (label, width))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

static void
check_size (int dpi)
{
  GtkWindow *window = g_object_new (ADW_TYPE_WINDOW, NULL);
  GtkWidget *overlay = adw_toast_overlay_new ();
  AdwToast *toast = ui_toast_new (LONG);

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi * 1024, NULL);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), gtk_label_new ("text"));
  adw_window_set_content (ADW_WINDOW (window), overlay);
  adw_toast_set_button_label (toast, "⟦Úñďóẋẋ⟧");
  adw_toast_set_timeout (toast, 0);
  gtk_window_set_default_size (window, 900, 500);
  gtk_window_present (window);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  while (find_label (GTK_WIDGET (window), LONG) == NULL)
    g_main_context_iteration (NULL, TRUE);
  GtkWidget *label = find_label (GTK_WIDGET (window), LONG);
  check (window, label, 900);
  check (window, label, 360);
  check (window, label, 600);
  check (window, label, 400);
  check (window, label, 900);
  gtk_window_destroy (window);
}

static void
test_whole (void)
{
  check_size (96);
}

static void
test_large_text (void)
{
  check_size (192);
}

/* A time of day in it follows the clock of the desktop. */
static void
test_clock (void)
{
  g_autoptr (GSettings) desktop = g_settings_new ("org.gnome.desktop.interface");
  g_autoptr (GSettings) clock = ui_clock_follow ();
  g_autoptr (AdwToast) toast = g_object_ref_sink (ui_toast_new (""));
  GtkWidget *label = gtk_widget_get_first_child (adw_toast_get_custom_title (toast));

  g_settings_set_string (desktop, "clock-format", "24h");
  ui_toast_set_time (toast, "On %s.", 4070970300);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==,
                   "On Thursday, January 1, 2099, 17:05.");
  g_settings_set_string (desktop, "clock-format", "12h");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==,
                   "On Thursday, January 1, 2099, 5:05 PM.");
  g_settings_reset (desktop, "clock-format");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  setlocale (LC_ALL, "C.UTF-8");
  ui_words_install ();
  g_test_add_func ("/ui/toast/whole", test_whole);
  g_test_add_func ("/ui/toast/large-text", test_large_text);
  g_test_add_func ("/ui/toast/clock", test_clock);
  return g_test_run ();
}
