/* Letters at random, in ten scripts and with all that the editor writes: what is read back is what was written, also where another program had it
 * meanwhile.  No display needed. */
#include <gtk/gtk.h>
#include <string.h>

#include "mime-html.h"
#include "shown.h"
#include "ui-editor-html.h"
#include "ui-editor-picture.h"
#include "ui-editor-table.h"

typedef struct
{
  GtkTextTagTable *table;
  GtkTextBuffer *buffer;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->table = ui_editor_tags_new ();
  f->buffer = gtk_text_buffer_new (f->table);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->buffer);
  g_object_unref (f->table);
}

/* An empty line of a quote may end with a space or not. */
static char *
without_ends (const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new ("^(>+) $", G_REGEX_MULTILINE, 0, NULL);

  return g_regex_replace (regex, text, -1, 0, "\\1", 0, NULL);
}

#define ROWS        3
#define COLUMNS_MAX 3

/* Octets that the looks and lines of a letter are worth: 60 for each line, for each level of a quote or list where it may begin, and for each look of each
 * stretch of text; of a table for each cell, which has a line around and a side. */
static gsize
count_worth (Fixture *f)
{
  int n_lines = gtk_text_buffer_get_line_count (f->buffer);
  gsize n = (gsize)n_lines;
  GtkTextIter at;

  for (int i = 0; i < n_lines; i++) {
    g_autofree char *text = NULL;
    GtkTextIter end;
    UiLine line;

    gtk_text_buffer_get_iter_at_line (f->buffer, &at, i);
    end = at;
    if (!gtk_text_iter_ends_line (&end))
      gtk_text_iter_forward_to_line_end (&end);
    text = gtk_text_iter_get_slice (&at, &end);
    ui_editor_read_line (text, &line);
    n += 2 * line.depth + (line.list != UI_LIST_NONE ? line.level + 1 : 0);
    for (GtkTextIter next; gtk_text_iter_compare (&at, &end) < 0; at = next) {
      g_autoptr (GSList) tags = gtk_text_iter_get_tags (&at);
      UiEditorTable *table = ui_editor_iter_get_table (&at);

      next = at;
      n += g_slist_length (tags);
      if (gtk_text_iter_get_char (&at) == '\t')
        n++;
      else if (table != NULL)
        n += 3 * COLUMNS_MAX * ROWS;
      else if (gtk_text_iter_get_paintable (&at) != NULL)
        n += 3;
      gtk_text_iter_forward_char (&next);
      while (gtk_text_iter_compare (&next, &end) < 0 && !gtk_text_iter_toggles_tag (&next, NULL)
             && gtk_text_iter_get_char (&next) != '\t'
             && gtk_text_iter_get_paintable (&next) == NULL
             && gtk_text_iter_get_paintable (&at) == NULL)
        gtk_text_iter_forward_char (&next);
    }
  }
  return 60 * n;
}

/* Small: not much more than the words, escaped as they have to be. */
static void
check_size (Fixture *f, const char *html, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_assert_cmpuint (strlen (html), <=, 2 * strlen (escaped) + count_worth (f));
}

/* Some words as they are written in a cell. */
static char *
dup_cell (Fixture *f, const char *const *words, int n_words)
{
  g_autoptr (GtkTextBuffer) cell = gtk_text_buffer_new (f->table);
  GtkTextIter at, end;

  gtk_text_buffer_get_start_iter (cell, &at);
  for (int i = g_test_rand_int_range (0, 4); i > 0; i--)
    gtk_text_buffer_insert (cell, &at, words[g_test_rand_int_range (0, n_words)], -1);
  gtk_text_buffer_get_bounds (cell, &at, &end);
  gtk_text_iter_forward_chars (&at, g_test_rand_int_range (0, 4));
  gtk_text_buffer_apply_tag (cell, ui_editor_tags_get (f->table, UI_FORMAT_BOLD), &at, &end);
  return ui_editor_to_cell (cell);
}

/* A picture, or a table with words in its cells. */
static void
put_object_at_random (Fixture *f, const char *const *words, int n_words)
{
  int n = gtk_text_buffer_get_char_count (f->buffer),
      columns = g_test_rand_int_range (1, COLUMNS_MAX + 1);
  g_autoptr (UiEditorGrid) grid = ui_editor_grid_new ();
  g_autoptr (UiEditorPicture) picture =
      ui_editor_picture_new ("a&b@c", "a \"picture\"", 20, g_test_rand_int_range (0, 2));
  GtkTextIter at;

  for (int i = 0; i < columns * ROWS; i++) {
    g_autofree char *html = dup_cell (f, words, n_words);

    if (i % columns == 0)
      ui_editor_grid_add_row (grid);
    g_assert_true (ui_editor_grid_add_cell (grid, html, i % 2 ? "right" : "left"));
  }
  g_autoptr (UiEditorTable) table = ui_editor_table_new (grid);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, g_test_rand_int_range (0, n + 1));
  gtk_text_buffer_insert_paintable (
      f->buffer, &at, g_test_rand_bit () ? GDK_PAINTABLE (table) : GDK_PAINTABLE (picture));
}

/* A letter in the buffer. */
static void
write_at_random (Fixture *f)
{
  static const char *const words[] = {
    "word",       "한글 낱말",
    "日本語",     "漢字",
    "слово",      "λέξη",
    "שלום",       "مرحبا",
    "शब्द",        "ไทย",
    "  ",         " ",
    "<&>\"'",     "\t",
    "\n",         "\n• ",
    "\n12. ",     "\n> ",
    "\n>> 3. ",   "\n  • ",
    "e\314\201",  "👩‍👩‍👧",
    "x\302\240x", "&nbsp;",
    ">_<",
  };
  const char *const values[][3] = { { "#c01c28", "#1a5fb4", "#000000" },
                                    { "small", "large", "huge" },
                                    { "sans", "serif", "monospace" },
                                    { "center", "right", "center" },
                                    { "https://a.b/?c=d&e", "mailto:a@b.c", "http://ü.kr/" } };

  GString *letter = g_string_new (NULL);

  for (int i = g_test_rand_int_range (0, 30); i >= 0; i--)
    g_string_append (letter, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
  gtk_text_buffer_set_text (f->buffer, letter->str, -1);
  g_string_free (letter, TRUE);
  for (int i = g_test_rand_int_range (0, 12); i > 0; i--) {
    int n = gtk_text_buffer_get_char_count (f->buffer),
        kind = g_test_rand_int_range (0, UI_N_VALUES + 4);
    int start = g_test_rand_int_range (0, n + 1), end = g_test_rand_int_range (start, n + 1);
    GtkTextIter a, b;

    gtk_text_buffer_get_iter_at_offset (f->buffer, &a, start);
    gtk_text_buffer_get_iter_at_offset (f->buffer, &b, end);
    if (kind == UI_VALUE_ALIGN) {
      gtk_text_iter_set_line_offset (&a, 0);
      gtk_text_iter_forward_line (&b);
      gtk_text_iter_set_line_offset (&b, 0);
    }
    if (kind < UI_N_VALUES)
      ui_editor_put_value (
          f->buffer, kind,
          ui_editor_tags_get_value (f->table, kind, values[kind][g_test_rand_int_range (0, 3)]), &a,
          &b);
    else
      gtk_text_buffer_apply_tag (
          f->buffer, ui_editor_tags_get (f->table, (UiFormat)(kind - UI_N_VALUES)), &a, &b);
  }
  for (int i = g_test_rand_int_range (0, 4); i > 1; i--)
    put_object_at_random (f, words, G_N_ELEMENTS (words));
}

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  for (guint round = 0; round < 400; round++) {
    g_autofree char *html = NULL;
    g_autofree char *html_again = NULL;
    g_autofree char *text = NULL;
    g_autofree char *text_again = NULL;

    write_at_random (f);
    html = ui_editor_to_html (f->buffer);
    text = ui_editor_to_text (f->buffer);
    shown_check (html);
    check_size (f, html, text);
    if (!ui_editor_from_html (f->buffer, html))
      g_error ("not read back: %s", html);
    html_again = ui_editor_to_html (f->buffer);
    text_again = ui_editor_to_text (f->buffer);
    g_autofree char *without = without_ends (text);
    g_autofree char *without_again = without_ends (text_again);
    g_assert_cmpstr (html_again, ==, html);
    g_assert_cmpstr (without_again, ==, without);
  }
}

/* ---- through another program ---- */

/* style="a:b;c:d" as "c: d; a: b;" */
static char *
turn_style (const char *style)
{
  g_auto (GStrv) parts = g_strsplit (style, ";", -1);
  GString *out = g_string_new (NULL);

  for (guint i = g_strv_length (parts); i > 0; i--) {
    const char *colon = strchr (parts[i - 1], ':');

    if (colon != NULL)
      g_string_append_printf (out, "%.*s: %s; ", (int)(colon - parts[i - 1]), parts[i - 1],
                              colon + 1);
  }
  return g_string_free (out, FALSE);
}

/* Its attributes the other way round, with one of the other program's own; elements without an end as HTML has them. */
static void
append_tag (GString *out, const char *tag, gsize length)
{
  g_autofree char *copy = g_strndup (tag + 1, length - 2);
  g_autoptr (GRegex) regex = g_regex_new (" ([a-z-]+)=\"([^\"]*)\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GString) attributes = g_string_new (NULL);
  gsize name = strcspn (copy, " /");
  gboolean end = *copy == '/';

  if (end) {
    g_string_append_printf (out, "<%s>\r\n", copy);
    /* What stands between the words of a line counts. */
    if (!g_str_equal (copy, "/div") && !g_str_equal (copy, "/li") && !g_str_equal (copy, "/ul")
        && !g_str_equal (copy, "/ol") && !g_str_equal (copy, "/blockquote")
        && !g_str_equal (copy, "/tr") && !g_str_equal (copy, "/td"))
      g_string_truncate (out, out->len - 2);
    return;
  }
  g_regex_match (regex, copy, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *attribute = g_match_info_fetch (match, 1);
    g_autofree char *value = g_match_info_fetch (match, 2);
    g_autofree char *turned =
        g_str_equal (attribute, "style") ? turn_style (value) : g_strdup (value);
    g_autofree char *written = g_strdup_printf (" %s=\"%s\"", attribute, turned);

    g_string_prepend (attributes, written);
  }
  g_string_append_printf (out, "<%.*s class=\"theirs\"%s>", (int)name, copy, attributes->str);
}

/* Characters by their numbers, lines broken where there is a space. */
static void
append_words (GString *out, const char *words, gsize length)
{
  for (const char *p = words; p < words + length; p = g_utf8_next_char (p)) {
    if (*p == ' ' && g_test_rand_bit ())
      g_string_append (out, "\r\n");
    else if ((guchar)*p >= 0x80)
      g_string_append_printf (out, "&#%u;", g_utf8_get_char (p));
    else
      g_string_append_c (out, *p);
  }
}

/* The letter as a program keeps it that reads its drafts and writes them anew. */
static char *
keep_elsewhere (const char *html)
{
  GString *out =
      g_string_new ("<!DOCTYPE html>\r\n<html><head><meta charset=\"us-ascii\"><style>.theirs "
                    "{ margin: 0 }</style></head>\r\n<body>\r\n");

  for (const char *p = html; *p != '\0';) {
    gsize length = *p == '<' ? strcspn (p, ">") + 1 : strcspn (p, "<");

    if (*p == '<')
      append_tag (out, p, length);
    else
      append_words (out, p, length);
    p += length;
  }
  g_string_append (out, "</body></html>\r\n");
  return g_string_free (out, FALSE);
}

static char *
give_cid (const char *cid, gpointer user_data)
{
  g_assert_cmpstr (cid, ==, "a&b@c");
  return g_strdup ("sosik-cid:7");
}

static char *
take_picture (const char *src, gpointer user_data)
{
  g_assert_cmpstr (src, ==, "sosik-cid:7");
  return g_strdup ("a&b@c");
}

/* A draft comes back from the server as it was written. */
static void
test_elsewhere (Fixture *f, gconstpointer data)
{
  for (guint round = 0; round < 400; round++) {
    g_autofree char *html = NULL;
    g_autofree char *again = NULL;

    write_at_random (f);
    html = ui_editor_to_html (f->buffer);
    g_autofree char *kept = keep_elsewhere (html);
    g_autofree char *clean = mime_html_clean (kept, FALSE, NULL, give_cid, NULL);
    g_autofree char *lines =
        mime_html_to_letter (clean, 0, G_MAXSIZE, MIME_LETTER_WRITTEN, take_picture, NULL);
    g_autofree char *letter = g_strconcat ("<div>", lines, "</div>", NULL);
    if (!ui_editor_from_html (f->buffer, letter))
      g_error ("not read: %s", letter);
    again = ui_editor_to_html (f->buffer);
    g_assert_cmpstr (again, ==, html);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/letters/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/ui/letters/elsewhere", Fixture, NULL, set_up, test_elsewhere, tear_down);
  return g_test_run ();
}
