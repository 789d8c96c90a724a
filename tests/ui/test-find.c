/* Finding in a long text, of long lines and full of hits: no turn of the main loop takes longer than a person notices.  What is measured is the
 * time of the processor: other programs have no say in it. */
#include "ui-text-find.h"

#include <adwaita.h>
#include <time.h>

#define LINES     400
#define TURN_MOST 30000

static gint64
get_time (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
on_found (guint n, gpointer found)
{
  *(int *)found = (int)n;
}

static gint64
find (UiTextFind *finder, int *found, const char *term)
{
  gint64 longest = 0, before = get_time ();

  *found = -1;
  ui_text_find_set_term (finder, term);
  longest = get_time () - before;
  while (*found < 0) {
    before = get_time ();
    g_main_context_iteration (NULL, TRUE);
    longest = MAX (longest, get_time () - before);
  }
  return longest;
}

static void
test_turns (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GtkWidget *view = g_object_ref_sink (ui_text_view_new ());
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  GtkTextIter start;
  int found = -1;

  for (guint line = 0; line < LINES; line++) {
    for (guint i = 0; i < 120; i++)
      g_string_append (text, "Worte über Wörter und Mehr ");
    g_string_append_c (text, '\n');
  }
  g_string_append (text, "Nadel");
  UiTextFind *finder = ui_text_find_new (UI_TEXT_VIEW (view), on_found, &found);
  /* Not to be seen, so that the view spends no time on its layout */
  GtkTextTag *hidden = gtk_text_buffer_create_tag (buffer, NULL, "invisible", TRUE, NULL);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_insert_with_tags (buffer, &start, text->str, -1, hidden, NULL);

  gint64 rare = find (finder, &found, "nadel");
  g_assert_cmpint (found, ==, 1);
  gint64 often = find (finder, &found, "WÖRTER");
  g_assert_cmpint (found, ==, UI_TEXT_FIND_MOST);
  gint64 again = find (finder, &found, "nadel");
  g_assert_cmpint (found, ==, 1);
  g_test_message ("longest turn: %d, %d, %d us", (int)rare, (int)often, (int)again);
  g_assert_cmpint (MAX (rare, MAX (often, again)), <, TURN_MOST);
  ui_text_find_free (finder);
  g_object_unref (view);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/find/turns", test_turns);
  return g_test_run ();
}
