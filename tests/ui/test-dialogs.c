/* Questions, and the dialog for the time to send at: with large text in the smallest window that is supported their buttons are in sight and the keyboard
 * comes to all of them; the latter follows the clock of the desktop.  Main thread, in a desktop session. */
#include <adwaita.h>
#include <locale.h>

#include "ui-clock.h"
#include "ui-dialog.h"
#include "ui-later-dialog.h"
#include "ui-resources.h"
#include "ui-words.h"

#define ASKED G_GINT64_CONSTANT (4070908800) /* in 2099 */

typedef struct
{
  GSettings *desktop, *clock;
  GtkWidget *parent, *dialog;
  guint timer;
  gboolean answered, accepted;
  gint64 at;
} Fixture;

static gboolean
on_time (gpointer data)
{
  g_error ("%s", "what is waited for does not come");
  return G_SOURCE_REMOVE;
}

/* Of a kind, below `widget`; the `n`th. */
static GtkWidget *
find (GtkWidget *widget, GType type, guint *n)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (*n)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type, n);
  return found;
}

static GtkWidget *
nth (Fixture *f, GType type, guint n)
{
  return find (f->dialog, type, &n);
}

static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_child_visible (child)) /* AdwMessageDialog has each of its buttons twice */
      found = find_button (child, label);
  return found;
}

static void
on_asked (gint64 at, gpointer data)
{
  Fixture *f = data;

  g_assert_false (f->answered);
  f->answered = TRUE;
  f->at = at;
}

static GtkWidget *
find_dialog (GtkWidget *parent)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

    if (window != parent)
      return window;
  }
  g_assert_not_reached ();
}

static void
open_parent (Fixture *f, int dpi, int width, int height)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi * 1024, NULL);
  f->parent = g_object_new (ADW_TYPE_WINDOW, "default-width", width, "default-height", height,
                            "content", gtk_label_new ("text"), NULL);
  gtk_window_present (GTK_WINDOW (f->parent));
  while (gtk_widget_get_width (f->parent) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_dialog (Fixture *f)
{
  f->dialog = find_dialog (f->parent);
  while (gtk_widget_get_width (f->dialog) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
open (Fixture *f, int dpi, int width, int height)
{
  open_parent (f, dpi, width, height);
  ui_later_dialog_ask (GTK_WINDOW (f->parent), ASKED, on_asked, f);
  wait_for_dialog (f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->timer = g_timeout_add_seconds (100, on_time, NULL);
  f->desktop = g_settings_new ("org.gnome.desktop.interface");
  f->clock = ui_clock_follow ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->parent));
  g_assert_true (f->answered);
  g_settings_reset (f->desktop, "clock-format");
  g_object_unref (f->clock);
  g_object_unref (f->desktop);
  g_source_remove (f->timer);
}

/* ---- its size ---- */

static gboolean
is_within (GtkWidget *widget, GtkWidget *outer)
{
  graphene_rect_t box;

  return gtk_widget_get_mapped (widget) && gtk_widget_compute_bounds (widget, outer, &box)
         && box.origin.x >= 0 && box.origin.y >= 0
         && box.origin.x + box.size.width <= (float)gtk_widget_get_width (outer)
         && box.origin.y + box.size.height <= (float)gtk_widget_get_height (outer);
}

static gboolean
fits_with (Fixture *f, const char *accept)
{
  return gtk_widget_get_width (f->dialog) <= gtk_widget_get_width (f->parent)
         && gtk_widget_get_height (f->dialog) <= gtk_widget_get_height (f->parent)
         && is_within (find_button (f->dialog, "_Cancel"), f->dialog)
         && is_within (find_button (f->dialog, accept), f->dialog);
}

static gboolean
fits (Fixture *f)
{
  return fits_with (f, "_Send Later");
}

/* Each of them gets the keyboard, and is in sight when it has it. */
static void
walk (Fixture *f)
{
  GtkWidget *scrolled = nth (f, GTK_TYPE_SCROLLED_WINDOW, 0);
  GtkWidget *wanted[] = {
    nth (f, GTK_TYPE_CALENDAR, 0),          nth (f, GTK_TYPE_SPIN_BUTTON, 0),
    nth (f, GTK_TYPE_SPIN_BUTTON, 1),       find_button (f->dialog, "AM"),
    find_button (f->dialog, "_Send Later"), find_button (f->dialog, "_Cancel")
  };
  guint seen = 0;

  gtk_window_set_focus (GTK_WINDOW (f->dialog), NULL);
  for (guint steps = 0; steps < 20; steps++) {
    if (!gtk_widget_child_focus (f->dialog, GTK_DIR_TAB_FORWARD))
      break;
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
      GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (f->dialog));

      if (focus != wanted[i] && !gtk_widget_is_ancestor (focus, wanted[i]))
        continue;
      seen |= 1u << i;
      while (gtk_widget_is_ancestor (focus, scrolled) && !GTK_IS_CALENDAR (focus)
             && !is_within (focus, scrolled))
        g_main_context_iteration (NULL, TRUE);
    }
  }
  g_assert_cmphex (seen, ==, (1u << G_N_ELEMENTS (wanted)) - 1);
}

static void
test_small (Fixture *f, gconstpointer data)
{
  g_settings_set_string (f->desktop, "clock-format", "12h");
  open (f, 192, 360, 640);
  while (!fits (f))
    g_main_context_iteration (NULL, TRUE);
  /* No day of the week is out of sight. */
  g_assert_true (gtk_widget_get_width (nth (f, GTK_TYPE_CALENDAR, 0))
                 <= gtk_widget_get_width (nth (f, GTK_TYPE_SCROLLED_WINDOW, 0)));
  walk (f);
}

/* With room for all of it nothing scrolls, and its buttons stand side by side. */
static void
test_roomy (Fixture *f, gconstpointer data)
{
  GtkWidget *scrolled;
  graphene_rect_t cancel, accept;

  open (f, 96, 360, 640);
  scrolled = nth (f, GTK_TYPE_SCROLLED_WINDOW, 0);
  while (
      !fits (f)
      || !is_within (gtk_widget_get_first_child (gtk_widget_get_first_child (scrolled)), scrolled))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (
      gtk_widget_compute_bounds (find_button (f->dialog, "_Cancel"), f->dialog, &cancel)
      && gtk_widget_compute_bounds (find_button (f->dialog, "_Send Later"), f->dialog, &accept));
  g_assert_true (cancel.origin.x + cancel.size.width <= accept.origin.x);
  g_assert_false (gtk_widget_has_css_class (f->dialog, "tight"));
}

/* ---- what it answers ---- */

static void
test_accepted (Fixture *f, gconstpointer data)
{
  open (f, 96, 700, 700);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (nth (f, GTK_TYPE_SPIN_BUTTON, 0)), 10);
  /* Typed, and not left yet */
  gtk_editable_set_text (GTK_EDITABLE (nth (f, GTK_TYPE_SPIN_BUTTON, 1)), "35");
  g_signal_emit_by_name (find_button (f->dialog, "_Send Later"), "clicked");
  g_assert_true (f->answered);
  g_assert_cmpint (f->at, ==, ASKED + (10 * 60 + 35) * 60);
}

static void
test_closed (Fixture *f, gconstpointer data)
{
  open (f, 96, 700, 700);
  gtk_window_close (GTK_WINDOW (f->dialog));
  while (!f->answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->at, ==, 0);
}

/* ---- the clock ---- */

static void
check_hour (GtkWidget *hour, int value, const char *text)
{
  g_assert_cmpint (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (hour)), ==, value);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (hour)), ==, text);
}

/* An hour that was typed and not left yet is not lost, and is the one of the clock that stood there. */
static void
test_clock (Fixture *f, gconstpointer data)
{
  GtkWidget *hour;

  g_settings_set_string (f->desktop, "clock-format", "12h");
  open (f, 96, 700, 700);
  hour = nth (f, GTK_TYPE_SPIN_BUTTON, 0);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (hour), 13);
  g_assert_nonnull (find_button (f->dialog, "PM"));
  gtk_editable_set_text (GTK_EDITABLE (hour), "3");
  g_settings_set_string (f->desktop, "clock-format", "24h");
  check_hour (hour, 15, "15");
  gtk_editable_set_text (GTK_EDITABLE (hour), "5");
  g_settings_set_string (f->desktop, "clock-format", "12h");
  check_hour (hour, 5, "5");
  g_assert_true (gtk_widget_get_visible (find_button (f->dialog, "AM")));
  gtk_editable_set_text (GTK_EDITABLE (hour), "12");
  g_settings_set_string (f->desktop, "clock-format", "24h");
  check_hour (hour, 0, "00");
  g_assert_false (gtk_widget_get_visible (find_button (f->dialog, "AM")));
  /* What is no hour changes nothing. */
  gtk_editable_set_text (GTK_EDITABLE (hour), "x");
  g_settings_set_string (f->desktop, "clock-format", "12h");
  check_hour (hour, 0, "12");
}

/* ---- questions ---- */

static void
on_confirmed (gboolean accepted, gpointer data)
{
  Fixture *f = data;

  g_assert_false (f->answered);
  f->answered = TRUE;
  f->accepted = accepted;
}

static void
ask_question (Fixture *f, int dpi, int width, int height)
{
  open_parent (f, dpi, width, height);
  ui_dialog_confirm (GTK_WINDOW (f->parent), "The Certificate of the Server Is Not Trusted",
                     "Who can read along could answer in its place. Passwords and mail would be in "
                     "their hands, and nobody would notice.",
                     "imap.example.org: the certificate is of another server, has run out, and was "
                     "signed by nobody who is known here",
                     "_Trust It", FALSE, on_confirmed, f);
  wait_for_dialog (f);
}

/* Its words are scrolled with the keyboard to their end, and it answers to its buttons. */
static void
test_question_small (Fixture *f, gconstpointer data)
{
  GtkAdjustment *at;
  GtkWidget *scrolled;
  gboolean scrolls;

  ask_question (f, 192, 360, 640);
  while (!fits_with (f, "_Trust It"))
    g_main_context_iteration (NULL, TRUE);
  scrolled = nth (f, GTK_TYPE_SCROLLED_WINDOW, 0);
  at = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  g_assert_cmpfloat (gtk_adjustment_get_upper (at), >, gtk_adjustment_get_page_size (at));
  g_assert_cmpfloat (gtk_adjustment_get_value (at), ==, 0);
  /* Nothing is left unused for that. */
  g_assert_cmpint (gtk_widget_get_height (f->dialog), >, gtk_widget_get_height (f->parent) - 20);
  g_assert_false (gtk_window_get_focus (GTK_WINDOW (f->dialog)) == scrolled);
  for (guint steps = 0; gtk_window_get_focus (GTK_WINDOW (f->dialog)) != scrolled; steps++) {
    g_assert_cmpuint (steps, <, 5);
    gtk_widget_child_focus (f->dialog, GTK_DIR_TAB_FORWARD);
  }
  g_signal_emit_by_name (scrolled, "scroll-child", GTK_SCROLL_END, FALSE, &scrolls);
  g_assert_true (scrolls);
  while (gtk_adjustment_get_value (at)
         < gtk_adjustment_get_upper (at) - gtk_adjustment_get_page_size (at) - 1)
    g_main_context_iteration (NULL, TRUE);
  g_signal_emit_by_name (find_button (f->dialog, "_Trust It"), "clicked");
  while (!f->answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (f->accepted);
}

/* A word that is not broken and wider than the window */
static void
test_question_long_word (Fixture *f, gconstpointer data)
{
  open_parent (f, 192, 360, 640);
  ui_dialog_confirm (GTK_WINDOW (f->parent), "메시지 1개를 완전히 삭제하시겠습니까?", NULL, NULL,
                     "_Delete", TRUE, on_confirmed, f);
  wait_for_dialog (f);
  while (!fits_with (f, "_Delete"))
    g_main_context_iteration (NULL, TRUE);
}

/* As wide as without scrolling, and as high as the smallest screen, though its parent is lower. */
static void
test_question_low (Fixture *f, gconstpointer data)
{
  ask_question (f, 288, 800, 300);
  while (!is_within (find_button (f->dialog, "_Trust It"), f->dialog))
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (nth (f, GTK_TYPE_SCROLLED_WINDOW, 0));
  g_assert_cmpint (gtk_widget_get_width (f->dialog), >, 500);
  g_assert_cmpint (gtk_widget_get_height (f->dialog), >, 500);
}

/* With room for all of it nothing scrolls. */
static void
test_question_roomy (Fixture *f, gconstpointer data)
{
  ask_question (f, 96, 360, 640);
  while (!fits_with (f, "_Trust It"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (nth (f, GTK_TYPE_SCROLLED_WINDOW, 0));
  gtk_window_close (GTK_WINDOW (f->dialog));
  while (!f->answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (f->accepted);
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkCssProvider) style = NULL;

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  setlocale (LC_ALL, "C.UTF-8");
  g_resources_register (ui_get_resource ());
  style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, "/org/sosik/Sosik/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  ui_words_install ();
  g_test_add ("/ui/later/small", Fixture, NULL, set_up, test_small, tear_down);
  g_test_add ("/ui/later/roomy", Fixture, NULL, set_up, test_roomy, tear_down);
  g_test_add ("/ui/later/accepted", Fixture, NULL, set_up, test_accepted, tear_down);
  g_test_add ("/ui/later/closed", Fixture, NULL, set_up, test_closed, tear_down);
  g_test_add ("/ui/later/clock", Fixture, NULL, set_up, test_clock, tear_down);
  g_test_add ("/ui/question/small", Fixture, NULL, set_up, test_question_small, tear_down);
  g_test_add ("/ui/question/long-word", Fixture, NULL, set_up, test_question_long_word, tear_down);
  g_test_add ("/ui/question/low", Fixture, NULL, set_up, test_question_low, tear_down);
  g_test_add ("/ui/question/roomy", Fixture, NULL, set_up, test_question_roomy, tear_down);
  return g_test_run ();
}
