/* The letter in a GtkTextBuffer: text, HTML both ways, undo with formats.  No display needed. */
#include <gtk/gtk.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ui-editor-history.h"
#include "ui-editor-html.h"
#include "ui-editor-table.h"
#include "ui-editor-picture.h"
#include "ui-spell.h"
#include "ui-words.h"

typedef struct
{
  GtkTextTagTable *table;
  GtkTextBuffer *buffer;
  UiEditorHistory *history;
} Fixture;

static void
nothing (gpointer history, gpointer data)
{
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->table = ui_editor_tags_new ();
  f->buffer = gtk_text_buffer_new (f->table);
  f->history = ui_editor_history_new (f->buffer, nothing, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ui_editor_history_free (f->history);
  g_object_unref (f->buffer);
  g_object_unref (f->table);
}

static void
tag (Fixture *f, UiFormat format, int start, int end, gboolean apply)
{
  GtkTextTag *which = ui_editor_tags_get (f->table, format);
  GtkTextIter a, b;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &a, start);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &b, end);
  gtk_text_buffer_begin_user_action (f->buffer);
  if (apply)
    gtk_text_buffer_apply_tag (f->buffer, which, &a, &b);
  else
    gtk_text_buffer_remove_tag (f->buffer, which, &a, &b);
  gtk_text_buffer_end_user_action (f->buffer);
}

static void
type_at (Fixture *f, int offset, const char *text)
{
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, offset);
  gtk_text_buffer_begin_user_action (f->buffer);
  gtk_text_buffer_insert (f->buffer, &at, text, -1);
  gtk_text_buffer_end_user_action (f->buffer);
}

static void
erase (Fixture *f, int start, int end)
{
  GtkTextIter a, b;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &a, start);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &b, end);
  gtk_text_buffer_begin_user_action (f->buffer);
  gtk_text_buffer_delete (f->buffer, &a, &b);
  gtk_text_buffer_end_user_action (f->buffer);
}

static void
assert_html (Fixture *f, const char *inside)
{
  g_autofree char *html = ui_editor_to_html (f->buffer);
  g_autofree char *expected = g_strconcat ("<div>", inside, "</div>", NULL);

  g_assert_cmpstr (html, ==, expected);
}

static void
assert_text (Fixture *f, const char *expected)
{
  g_autofree char *text = ui_editor_to_text (f->buffer);

  g_assert_cmpstr (text, ==, expected);
}

#define QUOTE                                                                                      \
  "<blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;border-left:2px solid #729fcf;"             \
  "padding-left:1ex\">"

/* ---- writing ---- */

static void
test_lines (Fixture *f, gconstpointer data)
{
  gtk_text_buffer_set_text (f->buffer, "a < b & c\n\n• one\n• two\n> said\n>> deep\n>\nend", -1);
  assert_html (f,
               "<div>a &lt; b &amp; c</div><div><br/></div><ul><li>one</li><li>two</li></ul>" QUOTE
               "<div>said</div>" QUOTE "<div>deep</div></blockquote><div><br/></div></blockquote>"
               "<div>end</div>");
}

static void
test_nesting (Fixture *f, gconstpointer data)
{
  gtk_text_buffer_set_text (f->buffer, "abcdef", -1);
  tag (f, UI_FORMAT_BOLD, 0, 4, TRUE);
  tag (f, UI_FORMAT_ITALIC, 2, 6, TRUE);
  assert_html (f, "<div><b>ab<i>cd</i></b><i>ef</i></div>");
}

static void
test_heading (Fixture *f, gconstpointer data)
{
  gtk_text_buffer_set_text (f->buffer, "Title\ntext", -1);
  tag (f, UI_FORMAT_HEADING, 0, 5, TRUE);
  assert_html (f, "<h2>Title</h2><div>text</div>");
}

static void
test_read_line (void)
{
  const struct
  {
    const char *line;
    guint depth;
    UiList list;
    guint level, number;
    const char *text;
  } cases[] = {
    { "plain", 0, UI_LIST_NONE, 0, 0, "plain" },
    { "> a", 1, UI_LIST_NONE, 0, 0, "a" },
    { ">", 1, UI_LIST_NONE, 0, 0, "" },
    { ">> a", 2, UI_LIST_NONE, 0, 0, "a" },
    { "> > a", 2, UI_LIST_NONE, 0, 0, "a" },
    { ">_<", 0, UI_LIST_NONE, 0, 0, ">_<" },
    { ">a", 0, UI_LIST_NONE, 0, 0, ">a" },
    { ">  a", 1, UI_LIST_NONE, 0, 0, " a" },
    { "", 0, UI_LIST_NONE, 0, 0, "" },
    { "> >_<", 0, UI_LIST_NONE, 0, 0, "> >_<" },
    { ">> ", 2, UI_LIST_NONE, 0, 0, "" },
    { "• a", 0, UI_LIST_BULLET, 0, 0, "a" },
    { "•a", 0, UI_LIST_NONE, 0, 0, "•a" },
    { "    • a", 0, UI_LIST_BULLET, 2, 0, "a" },
    { "   • a", 0, UI_LIST_NONE, 0, 0, "   • a" },
    { "12. a", 0, UI_LIST_NUMBER, 0, 12, "a" },
    { "  3. a", 0, UI_LIST_NUMBER, 1, 3, "a" },
    { "0. a", 0, UI_LIST_NONE, 0, 0, "0. a" },
    { "1984. a", 0, UI_LIST_NONE, 0, 0, "1984. a" },
    { "3.5 a", 0, UI_LIST_NONE, 0, 0, "3.5 a" },
    { ">> 7. a", 2, UI_LIST_NUMBER, 0, 7, "a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    UiLine line;

    ui_editor_read_line (cases[i].line, &line);
    g_assert_cmpuint (line.depth, ==, cases[i].depth);
    g_assert_cmpint (line.list, ==, cases[i].list);
    g_assert_cmpuint (line.level, ==, cases[i].level);
    g_assert_cmpuint (line.number, ==, cases[i].number);
    g_assert_cmpstr (line.text, ==, cases[i].text);
  }
}

/* What a reader of plain text has to know of a link, and no more. */
static void
test_links (Fixture *f, gconstpointer data)
{
  GtkTextIter a, b;

  gtk_text_buffer_set_text (f->buffer, "see here and example.org", -1);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &a, 4);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &b, 8);
  gtk_text_buffer_apply_tag (
      f->buffer, ui_editor_tags_get_value (f->table, UI_VALUE_LINK, "https://a.b/?x=1&y=2"), &a,
      &b);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &a, 13);
  gtk_text_buffer_get_end_iter (f->buffer, &b);
  gtk_text_buffer_apply_tag (
      f->buffer, ui_editor_tags_get_value (f->table, UI_VALUE_LINK, "https://example.org"), &a, &b);
  assert_text (f, "see here <https://a.b/?x=1&y=2> and example.org");
  assert_html (f, "<div>see <a href=\"https://a.b/?x=1&amp;y=2\">here</a> and "
                  "<a href=\"https://example.org\">example.org</a></div>");
}

static void
test_uris (void)
{
  g_assert_true (ui_editor_uri_is_allowed ("https://example.org"));
  g_assert_true (ui_editor_uri_is_allowed ("HTTP://example.org"));
  g_assert_true (ui_editor_uri_is_allowed ("mailto:kim@example.org"));
  g_assert_false (ui_editor_uri_is_allowed ("javascript:alert(1)"));
  g_assert_false (ui_editor_uri_is_allowed ("file:///etc/passwd"));
  g_assert_false (ui_editor_uri_is_allowed ("https://"));
  g_assert_false (ui_editor_uri_is_allowed ("https://a b"));
  g_assert_false (ui_editor_uri_is_allowed (""));
}

/* Characters that XML forbids, and GTK's place holders, do not travel. */
static void
test_strange_characters (Fixture *f, gconstpointer data)
{
  gtk_text_buffer_set_text (f->buffer, "a\001b\tc\302\205d\357\277\274e", -1);
  assert_text (f, "ab\tcde");
  assert_html (f, "<div>ab<span style=\"white-space:pre;mso-tab-count:1\">\t</span>cde</div>");
  /* As it was written before Outlook was told. */
  g_assert_true (ui_editor_from_html (
      f->buffer, "<div><div>x<span style=\"white-space:pre\">\t</span>y</div></div>"));
  assert_text (f, "x\ty");
}

/* Each line goes where its first letter says, an answer to right-to-left mail as well. */
static void
test_direction (Fixture *f, gconstpointer data)
{
  gtk_text_buffer_set_text (
      f->buffer, "شكرا!\nOK\n\nבתאריך 3.2 כתב דוד:\n> שלום לכולם\n> hello\n1. אחד\n2. two", -1);
  assert_html (f, "<div dir=\"rtl\">شكرا!</div><div>OK</div><div><br/></div>"
                  "<div dir=\"rtl\">בתאריך 3.2 כתב דוד:</div>"
                  "<blockquote type=\"cite\" style=\"margin:0 .8ex 0 0;"
                  "border-right:2px solid #729fcf;padding-right:1ex\">"
                  "<div dir=\"rtl\">שלום לכולם</div><div>hello</div></blockquote>"
                  "<ol dir=\"rtl\"><li dir=\"rtl\">אחד</li><li dir=\"ltr\">two</li></ol>");
}

/* ---- reading ---- */

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  const char *const letters[] = {
    "<div>one</div>",
    "<div><br/></div><div>\302\240 two \302\240spaces\302\240</div><div><br/></div>",
    "<div>a<span style=\"white-space:pre;mso-tab-count:1\">\t</span>b 100\302\240km</div>",
    "<div><span style=\"color:#c01c28\">빨강<b>굵게</b></span><span style=\"font-size:small\">s</span></div>",
    "<div><a href=\"https://a.b\"><span style=\"color:#1a5fb4;font-size:xx-large;font-family:monospace\">"
    "x<b>y</b></span></a><span style=\"font-family:sans-serif\">z</span></div>",
    "<div style=\"text-align:center\">가운데</div><div style=\"text-align:center\"><br/></div>"
    "<h2 style=\"text-align:right\">끝</h2><div>left</div>",
    "<ol><li>one</li><li>two</li><ul><li>in</li><ol><li>deep</li></ol></ul><li>three</li></ol>",
    "<ol start=\"7\"><li>seven</li></ol><ol start=\"3\"><li>three</li><li>four</li></ol><ul><li>b</li></ul>",
    "<div dir=\"rtl\">שלום</div><ul dir=\"rtl\"><li dir=\"rtl\">مرحبا</li><li dir=\"ltr\">then</li></ul>"
    "<ol start=\"3\" dir=\"rtl\"><li dir=\"rtl\">שלוש</li></ol>",
    QUOTE "<div>said <b>loud</b></div><ul><li>a</li></ul>" QUOTE
          "<ol><li>n</li></ol></blockquote><h2>h</h2></blockquote>",
    "<div>see <img src=\"cid:a.1@b\" alt=\"cat &amp; dog.png\" width=\"40\" height=\"30\" "
    "style=\"max-width:100%;height:auto\"/> there</div>",
    "<h2>Title <b>x</b></h2><div>a<b>b<i>c<u>d<s>e</s></u></i></b></div>",
    "<ul><li>하나</li><li><i>둘</i></li></ul><div>끝 &lt;&amp;&gt;</div>",
    QUOTE "<div>a</div>" QUOTE "<div>b</div><div><br/></div></blockquote></blockquote><div>c</div>",
    "<div><a href=\"mailto:kim@example.org\">Kim <b>Minsu</b></a></div>",
    "<ul><li><br/></li></ul>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    g_autofree char *html = g_strconcat ("<div>", letters[i], "</div>", NULL);

    g_assert_true (ui_editor_from_html (f->buffer, html));
    assert_html (f, letters[i]);
  }
}

static void
test_foreign (Fixture *f, gconstpointer data)
{
  const char *const foreign[] = {
    "",
    "text",
    "<p>one</p>",
    "<div>loose text</div><div>second root</div>",
    "<div>loose text</div>",
    "<div><div><script>x</script></div></div>",
    "<div><div><a href=\"javascript:x\">y</a></div></div>",
    "<div><div>not closed</div>",
    "<div><div><div>nested</div></div></div>",
    "<div><b>outside</b></div>",
    "<div><li>alone</li></div>",
    "<div><ul><div>no item</div></ul></div>",
    "<div><div style=\"text-align:justify\">x</div></div>",
    "<div><div style=\"position:fixed\">x</div></div>",
    "<div><div onclick=\"x\">y</div></div>",
    "<div><div><span style=\"color:red\">x</span></div></div>",
    "<div><div><span style=\"background:url(http://a.b)\">x</span></div></div>",
    "<div><div><span class=\"a\" style=\"color:#112233\">x</span></div></div>",
    "<div><div><img src=\"http://a.b/c.png\"/></div></div>",
    "<div><div><img src=\"file:///etc/passwd\"/></div></div>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++) {
    g_assert_false (ui_editor_from_html (f->buffer, foreign[i]));
    g_assert_cmpint (gtk_text_buffer_get_char_count (f->buffer), ==, 0);
  }
}

/* In the middle of a letter: what was there stays as it was, what comes takes nothing from beside it. */
static void
test_insert (Fixture *f, gconstpointer data)
{
  GtkTextIter at;

  gtk_text_buffer_set_text (f->buffer, "abcd", -1);
  tag (f, UI_FORMAT_BOLD, 0, 4, TRUE);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, 2);
  g_assert_true (
      ui_editor_insert_html (f->buffer, &at, "<div><div>1</div><ul><li><i>2</i></li></ul></div>"));
  g_assert_cmpint (gtk_text_iter_get_offset (&at), ==, 7);
  assert_html (f, "<div><b>ab</b>1</div><ul><li><i>2</i><b>cd</b></li></ul>");
  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, 2);
  g_assert_false (ui_editor_insert_html (f->buffer, &at, "<div><div>x</div><p>y</p></div>"));
  assert_html (f, "<div><b>ab</b>1</div><ul><li><i>2</i><b>cd</b></li></ul>");
}

/* A character has one colour. */
static void
test_values (Fixture *f, gconstpointer data)
{
  GtkTextTag *red = ui_editor_tags_get_value (f->table, UI_VALUE_COLOUR, "#c01c28");
  GtkTextTag *blue = ui_editor_tags_get_value (f->table, UI_VALUE_COLOUR, "#1a5fb4");
  GtkTextIter a, b;

  g_assert_null (ui_editor_tags_get_value (f->table, UI_VALUE_COLOUR, "red"));
  g_assert_null (ui_editor_tags_get_value (f->table, UI_VALUE_COLOUR, "#12345g"));
  g_assert_null (ui_editor_tags_get_value (f->table, UI_VALUE_FAMILY, "x;background:url(a)"));
  g_assert_null (ui_editor_tags_get_value (f->table, UI_VALUE_SIZE, "normal"));
  g_assert_null (ui_editor_tags_get_value (f->table, UI_VALUE_LINK, "javascript:x"));
  gtk_text_buffer_set_text (f->buffer, "abcdef", -1);
  gtk_text_buffer_get_bounds (f->buffer, &a, &b);
  ui_editor_put_value (f->buffer, UI_VALUE_COLOUR, red, &a, &b);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &a, 2);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &b, 4);
  ui_editor_put_value (f->buffer, UI_VALUE_COLOUR, blue, &a, &b);
  assert_html (f,
               "<div><span style=\"color:#c01c28\">ab</span><span style=\"color:#1a5fb4\">cd</span>"
               "<span style=\"color:#c01c28\">ef</span></div>");
  ui_editor_put_value (f->buffer, UI_VALUE_COLOUR, NULL, &a, &b);
  assert_html (
      f,
      "<div><span style=\"color:#c01c28\">ab</span>cd<span style=\"color:#c01c28\">ef</span></div>");
}

/* Colours of the letter are the same in the dark; only how they are shown is not. */
static void
test_dark (Fixture *f, gconstpointer data)
{
  GtkTextTag *blue = ui_editor_tags_get_value (f->table, UI_VALUE_COLOUR, "#1a5fb4");
  GdkRGBA *light = NULL, *dark = NULL;

  g_object_get (blue, "foreground-rgba", &light, NULL);
  ui_editor_tags_set_dark (f->table, TRUE);
  g_object_get (blue, "foreground-rgba", &dark, NULL);
  g_assert_cmpfloat (dark->red + dark->green + dark->blue, >,
                     light->red + light->green + light->blue + 0.5);
  g_assert_cmpstr (ui_editor_tag_get_value (blue, UI_VALUE_COLOUR), ==, "#1a5fb4");
  gdk_rgba_free (light);
  gdk_rgba_free (dark);
}

/* Microseconds that both take, at the quickest of some times: a long quote with a bold word behind it, or with one in each line. */
static gint64
measure (Fixture *f, gboolean everywhere)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 2000; i++)
    g_string_append (text, "> What was said is said again, as long as a line is.\n");
  g_string_append (text, "bold");
  gtk_text_buffer_set_text (f->buffer, text->str, -1);
  for (int i = everywhere ? 0 : 2000; i <= 2000; i++) {
    GtkTextIter start, end;

    gtk_text_buffer_get_iter_at_line (f->buffer, &start, i);
    end = start;
    gtk_text_iter_forward_chars (&end, 4);
    gtk_text_buffer_apply_tag (f->buffer, ui_editor_tags_get (f->table, UI_FORMAT_BOLD), &start,
                               &end);
  }
  for (guint i = 0; i < 5; i++) {
    gint64 begin = g_get_monotonic_time ();
    g_autofree char *html = ui_editor_to_html (f->buffer);
    g_autofree char *plain = ui_editor_to_text (f->buffer);

    best = MIN (best, g_get_monotonic_time () - begin);
    g_assert_nonnull (strstr (html, "<b>bold</b>"));
    g_assert_true (g_str_has_suffix (plain, "bold"));
  }
  return best;
}

/* A long quote is written at each autosave: where it has no formats it takes no longer than where it has them. */
static void
test_long (Fixture *f, gconstpointer data)
{
  gint64 without = measure (f, FALSE), with = measure (f, TRUE);

  g_test_message ("%" G_GINT64_FORMAT " us, with formats %" G_GINT64_FORMAT " us", without, with);
  g_assert_cmpint (without, <, with * 2);
}

/* ---- undo ---- */

static void
test_undo_words (Fixture *f, gconstpointer data)
{
  const char *const keys[] = { "h", "i", " ", "y", "o", "u" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    type_at (f, (int)i, keys[i]);
  assert_text (f, "hi you");
  ui_editor_history_undo (f->history);
  assert_text (f, "hi ");
  ui_editor_history_undo (f->history);
  assert_text (f, "");
  g_assert_false (ui_editor_history_can_undo (f->history));
  ui_editor_history_redo (f->history);
  ui_editor_history_redo (f->history);
  assert_text (f, "hi you");
  g_assert_false (ui_editor_history_can_redo (f->history));
}

/* GTK's own history would bring the words back without their formats. */
static void
test_undo_formats (Fixture *f, gconstpointer data)
{
  ui_editor_history_freeze (f->history);
  gtk_text_buffer_set_text (f->buffer, "abcdef", -1);
  ui_editor_history_thaw (f->history);
  tag (f, UI_FORMAT_BOLD, 1, 3, TRUE);
  tag (f, UI_FORMAT_BOLD, 0, 6, TRUE);
  tag (f, UI_FORMAT_BOLD, 2, 4, FALSE);
  assert_html (f, "<div><b>ab</b>cd<b>ef</b></div>");
  erase (f, 1, 5);
  assert_html (f, "<div><b>af</b></div>");
  ui_editor_history_undo (f->history);
  assert_html (f, "<div><b>ab</b>cd<b>ef</b></div>");
  ui_editor_history_undo (f->history);
  assert_html (f, "<div><b>abcdef</b></div>");
  ui_editor_history_undo (f->history);
  assert_html (f, "<div>a<b>bc</b>def</div>");
  ui_editor_history_undo (f->history);
  assert_html (f, "<div>abcdef</div>");
  for (guint i = 0; i < 4; i++)
    ui_editor_history_redo (f->history);
  assert_html (f, "<div><b>af</b></div>");
}

static void
test_undo_forgets_redo (Fixture *f, gconstpointer data)
{
  type_at (f, 0, "one\n");
  ui_editor_history_undo (f->history);
  g_assert_true (ui_editor_history_can_redo (f->history));
  type_at (f, 0, "two\n");
  g_assert_false (ui_editor_history_can_redo (f->history));
  ui_editor_history_undo (f->history);
  assert_text (f, "");
}

/* Whatever was done, undoing all of it gives what was there, and redoing all of it what there is. */
static void
test_undo_random (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *now = NULL;

  ui_editor_history_freeze (f->history);
  gtk_text_buffer_set_text (f->buffer, "가나다 abc\n> def\n• ghi", -1);
  tag (f, UI_FORMAT_ITALIC, 2, 6, TRUE);
  ui_editor_history_thaw (f->history);
  before = ui_editor_to_html (f->buffer);
  for (guint i = 0; i < 400; i++) {
    int n = gtk_text_buffer_get_char_count (f->buffer);
    int start = g_test_rand_int_range (0, n + 1), end = g_test_rand_int_range (start, n + 1);

    switch (g_test_rand_int_range (0, 4)) {
    case 0:
      erase (f, start, MIN (end, start + 5));
      break;
    case 1:
      tag (f, (UiFormat)g_test_rand_int_range (0, 4), start, end, TRUE);
      break;
    case 2:
      tag (f, (UiFormat)g_test_rand_int_range (0, 4), start, end, FALSE);
      break;
    default:
      type_at (f, start, g_test_rand_bit () ? "한" : "x y\n");
      break;
    }
  }
  after = ui_editor_to_html (f->buffer);
  while (ui_editor_history_can_undo (f->history))
    ui_editor_history_undo (f->history);
  now = ui_editor_to_html (f->buffer);
  g_assert_cmpstr (now, ==, before);
  while (ui_editor_history_can_redo (f->history))
    ui_editor_history_redo (f->history);
  g_free (now);
  now = ui_editor_to_html (f->buffer);
  g_assert_cmpstr (now, ==, after);
}

/* A picture that was deleted comes back, and one that was put in goes. */
#define TD(words) "<td style=\"border:1px solid #b0b0b0;padding:3px 8px\">" words "</td>"
#define RIGHT(words)                                                                               \
  "<td style=\"border:1px solid #b0b0b0;padding:3px 8px;text-align:right\">" words "</td>"
#define TABLE(rows) "<table style=\"border-collapse:collapse\">" rows "</table>"
#define GOODS                                                                                      \
  TABLE ("<tr>" TD ("<b>이름</b>") RIGHT ("<b>Price</b>") "</tr><tr>" TD (                         \
      "<a href=\"https://a.b/?x=1&amp;y=2\">tea &amp; milk</a>")                                   \
             RIGHT ("<i>4,000</i>") "</tr><tr>" TD ("<br/>") RIGHT ("1<br/>2") "</tr>")

static void
test_table (Fixture *f, gconstpointer data)
{
  const char *const strange[] = {
    TABLE (""),
    TABLE ("<tr></tr>"),
    TABLE ("<tr>" TD ("<img src=\"cid:x\"/>") "</tr>"),
    TABLE ("<tr>" TD (TABLE ("<tr>" TD ("x") "</tr>")) "</tr>"),
    TABLE ("<tr>" TD ("<a href=\"javascript:x\">y</a>") "</tr>"),
    TABLE ("<tr>" TD ("<span style=\"position:fixed\">y</span>") "</tr>"),
    TABLE ("<tr><td style=\"background:url(http://x)\">y</td></tr>"),
    TABLE ("<tr>" TD ("<script>x()</script>") "</tr>"),
    TABLE (TD ("x")),
  };
  GtkTextIter at;

  g_assert_true (ui_editor_from_html (f->buffer, "<div><div>See</div><div>" GOODS
                                                 "</div><div>end</div></div>"));
  assert_html (f, "<div>See</div><div>" GOODS "</div><div>end</div>");
  assert_text (f, "See\n이름       | Price\ntea & milk | 4,000\n           |   1 2\nend");
  /* Beside words, in a quote, in bold */
  g_assert_true (ui_editor_from_html (f->buffer, "<div><div>a " GOODS " b</div></div>"));
  assert_html (f, "<div>a " GOODS " b</div>");
  assert_text (f, "a \n이름       | Price\ntea & milk | 4,000\n           |   1 2\n b");
  gtk_text_buffer_set_text (f->buffer, "> ", -1);
  gtk_text_buffer_get_end_iter (f->buffer, &at);
  g_assert_true (ui_editor_insert_html (f->buffer, &at, "<div><div>" GOODS "</div></div>"));
  assert_text (f, "> 이름       | Price\n> tea & milk | 4,000\n>            |   1 2");
  tag (f, UI_FORMAT_BOLD, 0, 3, TRUE);
  g_autofree char *html = ui_editor_to_html (f->buffer);
  g_assert_nonnull (strstr (html, "\"><div>" GOODS "</div></blockquote>"));
  /* Gone, and back */
  erase (f, 2, 3);
  assert_text (f, "> ");
  ui_editor_history_undo (f->history);
  assert_text (f, "> 이름       | Price\n> tea & milk | 4,000\n>            |   1 2");
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++) {
    g_autofree char *letter = g_strdup_printf ("<div><div>%s</div></div>", strange[i]);

    g_assert_false (ui_editor_from_html (f->buffer, letter));
    assert_text (f, "");
  }
}

static void
test_undo_picture (Fixture *f, gconstpointer data)
{
  g_autoptr (UiEditorPicture) picture = ui_editor_picture_new ("x@y", "cat.png", 400, 300);
  const char *whole = "<div>ab<img src=\"cid:x@y\" alt=\"cat.png\" width=\"400\" height=\"300\" "
                      "style=\"max-width:100%;height:auto\"/>c</div>";
  GtkTextIter at;

  type_at (f, 0, "abc");
  gtk_text_buffer_begin_user_action (f->buffer);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, 2);
  gtk_text_buffer_insert_paintable (f->buffer, &at, GDK_PAINTABLE (picture));
  gtk_text_buffer_end_user_action (f->buffer);
  assert_html (f, whole);
  assert_text (f, "ab[cat.png]c");
  erase (f, 1, 4);
  assert_html (f, "<div>a</div>");
  ui_editor_history_undo (f->history);
  assert_html (f, whole);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, 2);
  g_assert_true (ui_editor_iter_get_picture (&at) == picture);
  ui_editor_history_undo (f->history);
  assert_html (f, "<div>abc</div>");
  ui_editor_history_redo (f->history);
  assert_html (f, whole);
  ui_editor_history_redo (f->history);
  assert_html (f, "<div>a</div>");
}

/* As wide as there is room for, and never larger than it is. */
static void
test_picture_size (void)
{
  g_autoptr (UiEditorPicture) picture = ui_editor_picture_new ("x@y", "cat.png", 400, 300);

  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (picture)), ==, 400);
  ui_editor_picture_set_room (picture, 200);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (picture)), ==, 200);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (GDK_PAINTABLE (picture)), ==, 150);
  ui_editor_picture_set_room (picture, 2000);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (picture)), ==, 400);
}

/* What is kept whole at the end of a line: Korean words, but not runs that would not fit anywhere. */
static void
test_words (void)
{
  const char *text = "Hi 확인 부탁드립니다. a@b.c 띄어쓰기를하지않은아주긴말\n3층!뒤";
  const char *const expected[] = { "확인", "부탁드립니다.", "3층!" };
  const char *at = text, *end = strstr (text, "뒤"), *begin;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_true (ui_words_next (&at, end, 10, &begin));
    g_assert_cmpmem (begin, at - begin, expected[i], strlen (expected[i]));
  }
  g_assert_false (ui_words_next (&at, end, 10, &begin));
}

/* The buffer ends a line at U+2029 as well; the words are found all the same, wherever the line begins. */
static void
test_words_kept (void)
{
  const char *text = "x안\u2029a 녕하 세요 하하 호호\r히히 허허 하하하";
  const char *const expected[] = {
    "x안", "녕하", "세요", "하하", "호호", "히히", "허허", "하하하"
  };
  g_autoptr (GtkTextBuffer) buffer = gtk_text_buffer_new (NULL);
  GtkTextTag *tag = gtk_text_buffer_create_tag (buffer, NULL, NULL);
  GtkTextIter at;
  guint n = 0;

  gtk_text_buffer_set_text (buffer, "먼저\n", -1);
  gtk_text_buffer_get_end_iter (buffer, &at);
  gtk_text_buffer_insert (buffer, &at, text, -1);
  ui_words_keep (buffer, tag, 3, text, strlen (text), 10);
  gtk_text_buffer_get_start_iter (buffer, &at);
  for (gtk_text_iter_forward_to_tag_toggle (&at, tag); n < G_N_ELEMENTS (expected); n++) {
    GtkTextIter end = at;
    g_autofree char *word = NULL;

    g_assert_true (gtk_text_iter_starts_tag (&at, tag));
    g_assert_true (gtk_text_iter_forward_to_tag_toggle (&end, tag));
    word = gtk_text_iter_get_text (&at, &end);
    g_assert_cmpstr (word, ==, expected[n]);
    at = end;
    (void)gtk_text_iter_forward_to_tag_toggle (&at, tag);
  }
  g_assert_true (gtk_text_iter_is_end (&at));
}

/* What a dictionary is asked about. */
static void
test_spell_words (void)
{
  const char *at =
      "Don’t ask a@b.c or https://x.y/zz, /etc/passwd 3rd x “wörds” 한글을 it's' e-mail www.foo.bar _y_.";
  const char *const expected[] = { "Don’t", "ask", "or", "wörds", "한글을", "it's", "mail" };
  const char *begin;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_true (ui_spell_next_word (&at, &begin));
    g_assert_cmpmem (begin, at - begin, expected[i], strlen (expected[i]));
  }
  g_assert_false (ui_spell_next_word (&at, &begin));
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  ui_spell_ask_finish (UI_SPELL (source), result);
  *(gboolean *)data = TRUE;
}

static void
on_suggested (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char ***)data = ui_spell_suggest_finish (UI_SPELL (source), result);
}

/* Words of letters for which there is no dictionary are left alone, and so is all without one. */
static void
test_spell_asks (void)
{
  g_autoptr (UiSpell) spell = ui_spell_new ();
  const char *const words[] = { "house", "hoose", "isn’t", "한글임니다", "слово", NULL };
  gboolean asked = FALSE;
  g_auto (GStrv) suggestions = NULL;

  while (!ui_spell_is_ready (spell))
    g_main_context_iteration (NULL, TRUE);
  if (!g_strv_contains (ui_spell_get_installed (spell), "en_US")) {
    g_test_skip ("no English dictionary");
    return;
  }
  ui_spell_use (spell, "en_US", TRUE);
  g_assert_cmpint (ui_spell_look (spell, "hoose"), ==, UI_WORD_UNKNOWN);
  ui_spell_ask_async (spell, words, on_asked, &asked);
  while (!asked)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (ui_spell_look (spell, "house"), ==, UI_WORD_GOOD);
  g_assert_cmpint (ui_spell_look (spell, "hoose"), ==, UI_WORD_BAD);
  g_assert_cmpint (ui_spell_look (spell, "isn’t"), ==, UI_WORD_GOOD);
  g_assert_cmpint (ui_spell_look (spell, "слово"), ==, UI_WORD_GOOD);
  ui_spell_suggest_async (spell, "hoose", on_suggested, &suggestions);
  while (suggestions == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_strv_contains ((const char *const *)suggestions, "house"));
  ui_spell_ignore (spell, "hoose");
  g_assert_cmpint (ui_spell_look (spell, "hoose"), ==, UI_WORD_GOOD);
  asked = FALSE;
  for (guint i = 0; ui_spell_get_installed (spell)[i] != NULL; i++)
    ui_spell_use (spell, ui_spell_get_installed (spell)[i], FALSE);
  ui_spell_ask_async (spell, (const char *[]){ "xqzt", NULL }, on_asked, &asked);
  while (!asked)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (ui_spell_look (spell, "xqzt"), ==, UI_WORD_GOOD);
}

static void
write_dictionary (const char *folder, const char *language, const char *words)
{
  g_autofree char *aff = g_strdup_printf ("%s/%s.aff", folder, language);
  g_autofree char *dic = g_strdup_printf ("%s/%s.dic", folder, language);

  g_assert_true (g_file_set_contents (aff, "SET UTF-8\n", -1, NULL));
  g_assert_true (g_file_set_contents (dic, words, -1, NULL));
}

/* Dictionaries of our own, beside what is installed */
static void
make_dictionaries (void)
{
  g_autofree char *config = g_dir_make_tmp ("sosik-enchant-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (config, "hunspell", NULL);

  g_setenv ("ENCHANT_CONFIG_DIR", config, TRUE);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_dictionary (folder, "ko_KR", "4\n닭\n값이\n많다\n오늘은\n");
  write_dictionary (folder, "eo", "5\nla\nhundo\nkaj\nkato\ndormas\n");
}

static void
on_changed (guint *n)
{
  ++*n;
}

static void
wait_for_change (guint *n)
{
  while (*n == 0)
    g_main_context_iteration (NULL, TRUE);
  *n = 0;
}

/* Chosen ones are used in place of the desktop's; those of a text are found, for each kind of letters. */
static void
test_spell_languages (void)
{
  g_autoptr (UiSpell) spell = ui_spell_new ();
  g_autofree char *chosen = NULL;
  g_autofree char *guessed = NULL;
  gboolean asked = FALSE;
  guint n = 0;

  g_signal_connect_swapped (spell, "changed", G_CALLBACK (on_changed), &n);
  ui_spell_set_languages (spell, "eo xx_XX");
  wait_for_change (&n);
  chosen = ui_spell_dup_languages (spell);
  g_assert_cmpstr (chosen, ==, "eo");
  ui_spell_guess (spell, "> 오늘은 닭 값이 많다. 오늘은\n");
  wait_for_change (&n);
  guessed = ui_spell_dup_languages (spell);
  g_assert_cmpstr (guessed, ==, "eo ko_KR");
  /* Right is what one of them knows. */
  ui_spell_ask_async (spell, (const char *[]){ "hundo", "hundoj", "값이", "갑시", NULL }, on_asked,
                      &asked);
  while (!asked)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (ui_spell_look (spell, "hundo"), ==, UI_WORD_GOOD);
  g_assert_cmpint (ui_spell_look (spell, "hundoj"), ==, UI_WORD_BAD);
  g_assert_cmpint (ui_spell_look (spell, "값이"), ==, UI_WORD_GOOD);
  g_assert_cmpint (ui_spell_look (spell, "갑시"), ==, UI_WORD_BAD);
}

/* Of two languages in the same letters the one that knows the words; too few words say nothing. */
static void
test_spell_guess (void)
{
  g_autoptr (UiSpell) spell = ui_spell_new ();
  g_autofree char *few = NULL;
  guint n = 0;

  g_signal_connect_swapped (spell, "changed", G_CALLBACK (on_changed), &n);
  ui_spell_set_languages (spell, "ko_KR");
  ui_spell_guess (spell, "la kato");
  wait_for_change (&n);
  few = ui_spell_dup_languages (spell);
  g_assert_cmpstr (few, ==, "ko_KR");
  ui_spell_guess (spell, "La hundo kaj la kato dormas.");
  wait_for_change (&n);
  g_assert_true (ui_spell_uses (spell, "eo"));
  g_assert_false (ui_spell_uses (spell, "en_US"));
}

static void
tag_at_random (Fixture *f, GRand *rand, GtkTextTag *which)
{
  int length = gtk_text_buffer_get_char_count (f->buffer);
  GtkTextIter a, b;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &a, g_rand_int_range (rand, 0, length));
  gtk_text_buffer_get_iter_at_offset (f->buffer, &b, g_rand_int_range (rand, 0, length));
  gtk_text_iter_order (&a, &b);
  gtk_text_buffer_apply_tag (f->buffer, which, &a, &b);
}

/* Where tags begin and end is kept from line to line: more such places, of a tag that is none of the letter's, change nothing. */
static void
test_looks_only (Fixture *f, gconstpointer data)
{
  static const char *const lines[] = { "plain words\n", "> said\n", "• one\n", "\n",
                                       "1. first\n",    "a" };
  GtkTextTag *misspelt = gtk_text_tag_table_lookup (f->table, "misspelt");
  GtkTextTag *link = ui_editor_tags_get_value (f->table, UI_VALUE_LINK, "https://a.test/");
  GtkTextTag *colour = ui_editor_tags_get_value (f->table, UI_VALUE_COLOUR, "#aa0000");
  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);

  for (guint round = 0; round < 200; round++) {
    g_autoptr (GString) letter = g_string_new (NULL);

    for (guint i = 0; i < 12; i++)
      g_string_append (letter, lines[g_rand_int_range (rand, 0, G_N_ELEMENTS (lines))]);
    gtk_text_buffer_set_text (f->buffer, letter->str, -1);
    for (guint i = 0; i < 3; i++)
      tag_at_random (
          f, rand,
          ui_editor_tags_get (f->table, (UiFormat)g_rand_int_range (rand, 0, UI_N_FORMATS)));
    tag_at_random (f, rand, link);
    tag_at_random (f, rand, colour);
    g_autofree char *text = ui_editor_to_text (f->buffer);
    g_autofree char *html = ui_editor_to_html (f->buffer);
    for (guint i = 0; i < 8; i++)
      tag_at_random (f, rand, misspelt);
    assert_text (f, text);
    g_autofree char *again = ui_editor_to_html (f->buffer);
    g_assert_cmpstr (again, ==, html);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_dictionaries ();

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/ui/editor/lines", test_lines);
  ADD ("/ui/editor/nesting", test_nesting);
  ADD ("/ui/editor/heading", test_heading);
  g_test_add_func ("/ui/editor/read-line", test_read_line);
  ADD ("/ui/editor/links", test_links);
  g_test_add_func ("/ui/editor/uris", test_uris);
  ADD ("/ui/editor/strange-characters", test_strange_characters);
  ADD ("/ui/editor/direction", test_direction);
  ADD ("/ui/editor/round-trip", test_round_trip);
  ADD ("/ui/editor/foreign", test_foreign);
  ADD ("/ui/editor/insert", test_insert);
  ADD ("/ui/editor/values", test_values);
  ADD ("/ui/editor/dark", test_dark);
  ADD ("/ui/editor/undo-words", test_undo_words);
  ADD ("/ui/editor/undo-formats", test_undo_formats);
  ADD ("/ui/editor/undo-forgets-redo", test_undo_forgets_redo);
  ADD ("/ui/editor/undo-random", test_undo_random);
  ADD ("/ui/editor/undo-picture", test_undo_picture);
  ADD ("/ui/editor/table", test_table);
  ADD ("/ui/editor/long", test_long);
  g_test_add_func ("/ui/editor/picture-size", test_picture_size);
  ADD ("/ui/editor/looks-only", test_looks_only);
#undef ADD
  g_test_add_func ("/ui/spell/words", test_spell_words);
  g_test_add_func ("/ui/spell/asks", test_spell_asks);
  g_test_add_func ("/ui/spell/languages", test_spell_languages);
  g_test_add_func ("/ui/spell/guess", test_spell_guess);
  g_test_add_func ("/ui/words/next", test_words);
  g_test_add_func ("/ui/words/kept", test_words_kept);

  return g_test_run ();
}
