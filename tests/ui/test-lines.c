/* Where lines end: of a name that is broken nothing is seen that is not in it.  Main thread, in a desktop session. */
#include <gtk/gtk.h>

#include "ui-words.h"

static gboolean
on_time (gpointer data)
{
  g_error ("the label does not come to rest");
  return G_SOURCE_REMOVE;
}

/* Glyphs that are drawn, hyphens at the ends of lines among them. */
static int
count_glyphs (PangoLayout *layout)
{
  PangoLayoutIter *iter = pango_layout_get_iter (layout);
  int n = 0;

  do {
    PangoLayoutRun *run = pango_layout_iter_get_run_readonly (iter);

    n += run != NULL ? run->glyphs->num_glyphs : 0;
  } while (pango_layout_iter_next_run (iter));
  pango_layout_iter_free (iter);
  return n;
}

static int
show (const char *before, const char *text)
{
  GtkWidget *window = gtk_window_new (), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *label = gtk_label_new (before);
  guint timer = g_timeout_add_seconds (60, on_time, NULL);
  int n;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), label);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_set_default_size (GTK_WINDOW (window), 120, 200);
  gtk_window_present (GTK_WINDOW (window));
  gtk_label_set_label (GTK_LABEL (label), text);
  while (!gtk_widget_get_mapped (label)
         || pango_layout_get_line_count (gtk_label_get_layout (GTK_LABEL (label))) < 2)
    g_main_context_iteration (NULL, TRUE);
  n = count_glyphs (gtk_label_get_layout (GTK_LABEL (label)));
  gtk_window_destroy (GTK_WINDOW (window));
  g_source_remove (timer);
  return n;
}

static void
test_names (void)
{
  static const char *const names[] = { "imap.elsewhere.anywhere.test",
                                       "somebodyorother@elsewhere.test",
                                       "abcdefghijklmnopqrst12uvw",
                                       "/home/somebody/somewhere/else" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_test_message ("%s", names[i]);
    g_assert_cmpint (show (names[i], names[i]), ==, (int)strlen (names[i]));
    /* What it says later, too. */
    g_assert_cmpint (show ("", names[i]), ==, (int)strlen (names[i]));
  }
  /* A word may have one. */
  g_assert_cmpint (show ("", "somebodyorotherelsewhereanywhere."), >,
                   (int)strlen ("somebodyorotherelsewhereanywhere."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  ui_words_install ();
  g_test_add_func ("/ui/lines/names", test_names);
  return g_test_run ();
}
