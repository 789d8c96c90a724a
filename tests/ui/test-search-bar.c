/* What an input method composes in the entry to search with (hangul.h): it is looked for while it is composed, and is not when the bar is closed before it arrives;
 * and how what is suggested stands there. */
#include <adwaita.h>

#include "hangul.h"
#include "ui-resources.h"
#include "ui-search-bar.h"

typedef struct
{
  GtkWidget *window, *box, *other;
  UiSearchBar *bar;
  guint changed;
} Fixture;

static void
on_changed (Fixture *f)
{
  f->changed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  hangul_install (GPOINTER_TO_INT (data));
  f->window = gtk_window_new ();
  f->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  f->bar = g_object_new (UI_TYPE_SEARCH_BAR, NULL);
  f->other = gtk_button_new_with_label ("Elsewhere");
  g_signal_connect_swapped (f->bar, "changed", G_CALLBACK (on_changed), f);
  gtk_box_append (GTK_BOX (f->box), GTK_WIDGET (f->bar));
  gtk_box_append (GTK_BOX (f->box), f->other);
  gtk_window_set_child (GTK_WINDOW (f->window), f->box);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 480,
                               640); /* which the bar does not enlarge */
  gtk_window_present (GTK_WINDOW (f->window));
  while (!gtk_window_is_active (GTK_WINDOW (f->window)))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
on_calm (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* All that waits for its turn has had it. */
static void
calm (void)
{
  gboolean is_calm = FALSE;

  g_idle_add_full (G_PRIORITY_LOW, on_calm, &is_calm, NULL);
  while (!is_calm)
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  calm ();
}

static void
type (HangulContext *context, const char *text)
{
  g_autofree char *keys = hangul_get_keys (text);

  for (const char *p = keys; *p != '\0'; p++)
    g_assert_true (hangul_press (context, (guint)*p));
}

static void
await (HangulContext *context, const char *preedit)
{
  while (!g_str_equal (hangul_get_preedit (context), preedit))
    g_main_context_iteration (NULL, TRUE);
  calm ();
}

/* That of the entry, once it has the keyboard. */
static HangulContext *
await_context (void)
{
  while (hangul_get_context () == NULL)
    g_main_context_iteration (NULL, TRUE);
  calm ();
  return hangul_get_context ();
}

/* Whether something stands in front of what is composed, or nothing. */
static void
close_while_composing (Fixture *f, const char *before)
{
  ui_search_bar_open (f->bar);
  HangulContext *context = await_context ();
  if (*before != '\0')
    g_signal_emit_by_name (context, "commit", before);
  type (context, "메");
  calm ();
  g_autofree char *typed = g_strconcat (before, "메", NULL);
  g_assert_cmpstr (ui_search_bar_get_text (f->bar), ==, typed);

  f->changed = 0;
  ui_search_bar_close (f->bar);
  await (context, "");
  g_assert_cmpuint (f->changed, ==, 0);
  g_assert_cmpstr (ui_search_bar_get_text (f->bar), ==, "");

  ui_search_bar_open (f->bar);
  calm ();
  g_assert_cmpuint (f->changed, ==, 0);
  g_assert_cmpstr (ui_search_bar_get_text (f->bar), ==, "");
  /* And it is one to search with again */
  type (await_context (), "일");
  calm ();
  g_assert_cmpuint (f->changed, >, 0);
  g_assert_cmpstr (ui_search_bar_get_text (f->bar), ==, "일");
  ui_search_bar_close (f->bar);
  await (context, "");
}

static void
test_alone (Fixture *f, gconstpointer data)
{
  close_while_composing (f, "");
}

static void
test_behind_others (Fixture *f, gconstpointer data)
{
  close_while_composing (f, "harbour ");
}

/* The keyboard has gone first, as with a click, and the bar closes before the method hands over. */
static void
test_left_first (Fixture *f, gconstpointer data)
{
  ui_search_bar_open (f->bar);
  HangulContext *context = await_context ();
  type (context, "메");
  calm ();
  gtk_widget_grab_focus (f->other);
  ui_search_bar_close (f->bar);
  f->changed = 0;
  await (context, "");
  g_assert_cmpuint (f->changed, ==, 0);
  g_assert_cmpstr (ui_search_bar_get_text (f->bar), ==, "");
}

/* ---- what is suggested ---- */

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

/* The whole text of a row's first label is seen, and what it means is beside it or beneath. */
static void
check_row (GtkWidget *row)
{
  GtkWidget *title = find (row, GTK_TYPE_LABEL), *detail = gtk_widget_get_next_sibling (title);
  graphene_rect_t above, below;

  g_test_message ("%s", gtk_label_get_text (GTK_LABEL (title)));
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (title))));
  if (detail == NULL)
    return;
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (detail))));
  g_assert_true (gtk_widget_compute_bounds (title, row, &above)
                 && gtk_widget_compute_bounds (detail, row, &below));
  g_assert_false (graphene_rect_intersection (&above, &below, NULL));
}

/* Opened at a size of text; the list that comes. */
static GtkWidget *
open_list (Fixture *f, int dpi)
{
  GtkWidget *popover, *list;

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi * 1024, NULL);
  ui_search_bar_open (f->bar);
  while ((popover = find (GTK_WIDGET (f->bar), GTK_TYPE_POPOVER)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  list = find (popover, GTK_TYPE_LIST_BOX);
  while (gtk_widget_get_width (list) == 0)
    g_main_context_iteration (NULL, TRUE);
  return list;
}

static void
close_list (Fixture *f)
{
  ui_search_bar_close (f->bar);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

/* Where the text is large an operator is seen whole, and the list is as wide as the entry, although that had no place yet when it was opened. */
static void
test_whole (Fixture *f, gconstpointer data)
{
  GtkWidget *list = open_list (f, 264);
  GtkWidget *entry = find (GTK_WIDGET (f->bar), GTK_TYPE_SEARCH_ENTRY);

  g_assert_cmpint (gtk_widget_get_width (list), >=,
                   MIN (gtk_widget_get_width (entry), 400) * 9 / 10);
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    check_row (row);
  close_list (f);
}

/* It ends with its last row. */
static void
test_height (Fixture *f, gconstpointer data)
{
  GtkWidget *list = open_list (f, 96);
  graphene_rect_t last;

  g_assert_true (gtk_widget_compute_bounds (gtk_widget_get_last_child (list), list, &last));
  g_assert_cmpint (gtk_widget_get_height (list), <, (int)(last.origin.y + last.size.height) + 8);
  close_list (f);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    HangulManner manner;
  } manners[] = { { "at-once", HANGUL_AT_ONCE }, { "late", HANGUL_LATE } };

  g_setenv ("GTK_IM_MODULE", "hangul", TRUE);
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_resources_register (ui_get_resource ());
  for (guint i = 0; i < G_N_ELEMENTS (manners); i++) {
    static const struct
    {
      const char *name;
      void (*func) (Fixture *, gconstpointer);
    } cases[] = { { "closed", test_alone },
                  { "closed-behind-others", test_behind_others },
                  { "left-and-closed", test_left_first } };

    for (guint j = 0; j < G_N_ELEMENTS (cases); j++) {
      g_autofree char *path = g_strdup_printf ("/search-bar/%s/%s", manners[i].name, cases[j].name);

      g_test_add (path, Fixture, GINT_TO_POINTER (manners[i].manner), set_up, cases[j].func,
                  tear_down);
    }
  }
  g_test_add ("/search-bar/offers/whole", Fixture, GINT_TO_POINTER (HANGUL_AT_ONCE), set_up,
              test_whole, tear_down);
  g_test_add ("/search-bar/offers/height", Fixture, GINT_TO_POINTER (HANGUL_AT_ONCE), set_up,
              test_height, tear_down);
  return g_test_run ();
}
