/* What a plain text puts into its view: long lines do not hold up the window, and assistive technology is told of what comes, not of what is
 * still to come.  What is measured is the time of the processor: other programs have no say in it. */
#include "ui-text-view.h"

#include <adwaita.h>
#include <string.h>
#include <time.h>

#define TURN_MOST 50000

static gint64 longest, returned;

static gint64
get_time (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint
timed_poll (GPollFD *fds, guint n, gint timeout)
{
  longest = MAX (longest, get_time () - returned);
  gint result = g_poll (fds, n, timeout);
  returned = get_time ();
  return result;
}

static void
on_filled (gboolean *filled)
{
  *filled = TRUE;
}

/* GTK 4.8 takes what is put in for a string, whatever its length. */
static void
on_insert (GtkTextBuffer *buffer, GtkTextIter *iter, const char *text, int length, gpointer data)
{
  g_assert_cmpint (length, ==, strlen (text));
}

static char *
repeat (const char *piece, gsize length)
{
  GString *text = g_string_new (NULL);

  while (text->len < length)
    g_string_append (text, piece);
  return g_string_free (text, FALSE);
}

/* In a window, until all of it is there and laid out. */
static GtkTextBuffer *
fill (GtkWidget **window, const char *text)
{
  GtkWidget *view = ui_text_view_new (), *scrolled = gtk_scrolled_window_new ();
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gboolean filled = FALSE;

  *window = gtk_window_new ();
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_window_set_child (GTK_WINDOW (*window), scrolled);
  gtk_window_set_default_size (GTK_WINDOW (*window), 700, 700);
  gtk_window_present (GTK_WINDOW (*window));
  while (!gtk_window_is_active (GTK_WINDOW (*window)))
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect_swapped (view, "filled", G_CALLBACK (on_filled), &filled);
  g_signal_connect (buffer, "insert-text", G_CALLBACK (on_insert), NULL);
  longest = 0;
  returned = get_time ();
  ui_text_view_set_text (UI_TEXT_VIEW (view), text);
  while (!filled)
    g_main_context_iteration (NULL, TRUE);
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 2;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (500);
  return buffer;
}

static void
test_links (void)
{
  g_autofree char *links = repeat ("https://example.org/a?b=c ", 200000);
  g_autofree char *text = g_strconcat ("> an answer to bob@example.org\n가나다\n", links, NULL);
  GtkWidget *window;
  GtkTextBuffer *buffer = fill (&window, text);
  GtkTextIter iter;

  g_test_message ("longest turn: %.1f ms", (double)longest / 1000);
  g_assert_cmpint (longest, <, TURN_MOST);
  /* The second one of the third line, from its first letter to its last. */
  gtk_text_buffer_get_iter_at_line_offset (buffer, &iter, 2, strlen ("https://example.org/a?b=c "));
  g_assert_true (gtk_text_iter_starts_tag (&iter, NULL));
  gtk_text_iter_forward_chars (&iter, strlen ("https://example.org/a?b=c"));
  g_assert_true (gtk_text_iter_ends_tag (&iter, NULL));
  gtk_text_buffer_get_iter_at_line_offset (buffer, &iter, 0, strlen ("> an answer to "));
  g_assert_true (gtk_text_iter_starts_tag (&iter, NULL));
  gtk_window_destroy (GTK_WINDOW (window));
}

static guint
get_longest_line (GtkTextBuffer *buffer)
{
  GtkTextIter iter;
  guint most = 0;

  for (int i = 0; i < gtk_text_buffer_get_line_count (buffer); i++) {
    gtk_text_buffer_get_iter_at_line (buffer, &iter, i);
    most = MAX (most, (guint)gtk_text_iter_get_bytes_in_line (&iter));
  }
  return most;
}

/* A key of some thousand letters is one line, to be copied as it came; what is too long for that, and has no space, goes in short ones. */
static void
test_solid (void)
{
  g_autofree char *key = repeat ("QmFzZTY0+/", 4000);
  g_autofree char *blob = repeat ("aaaaaaaaaa", 200000);
  GtkWidget *window;
  GtkTextBuffer *buffer = fill (&window, key);

  g_assert_cmpint (gtk_text_buffer_get_line_count (buffer), ==, 1);
  gtk_window_destroy (GTK_WINDOW (window));
  buffer = fill (&window, blob);
  g_test_message ("longest turn: %.1f ms", (double)longest / 1000);
  g_assert_cmpint (get_longest_line (buffer), <=, 256 + 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

static guint
count_tags (GtkTextBuffer *buffer)
{
  GtkTextIter iter;
  guint n = 0;

  gtk_text_buffer_get_start_iter (buffer, &iter);
  while (gtk_text_iter_forward_to_tag_toggle (&iter, NULL))
    n++;
  return n;
}

/* What looks like links, in one line that no person reads, are none; and of links there are only as many as can be taken away
 * again in one turn. */
static void
test_marked (void)
{
  static const char *const pieces[] = { "b@c.d ", "https://a.example/ " };
  g_autofree char *blob = repeat ("a@b.https://", 1000000);
  GtkWidget *window;
  GtkTextBuffer *buffer = fill (&window, blob);

  g_test_message ("longest turn: %.1f ms", (double)longest / 1000);
  g_assert_cmpint (longest, <, TURN_MOST);
  g_assert_cmpint (get_longest_line (buffer), <=, 256 + 1);
  g_assert_cmpint (count_tags (buffer), <, 100); /* the last piece is short enough to be read */
  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autofree char *text = repeat (pieces[i], 1000000);
    buffer = fill (&window, text);
    guint n = count_tags (buffer);
    g_assert_cmpint (n, >, 2000);
    GtkWidget *scrolled = gtk_window_get_child (GTK_WINDOW (window));
    longest = 0;
    returned = get_time ();
    ui_text_view_set_text (
        UI_TEXT_VIEW (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scrolled))), "");
    g_main_context_iteration (NULL, FALSE);
    longest = MAX (longest, get_time () - returned);
    g_test_message ("%s: %u ends of tags, gone in %.1f ms", pieces[i], n, (double)longest / 1000);
    g_assert_cmpint (longest, <, TURN_MOST);
    gtk_window_destroy (GTK_WINDOW (window));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_main_context_set_poll_func (NULL, timed_poll);
  g_test_add_func ("/fill/links", test_links);
  g_test_add_func ("/fill/solid", test_solid);
  g_test_add_func ("/fill/marked", test_marked);
  return g_test_run ();
}
