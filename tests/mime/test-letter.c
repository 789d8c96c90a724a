/* HTML of others as lines of a letter. */
#include "test-mime.h"

#include <string.h>

#include "mime-html.h"

static char *
picture (const char *source, gpointer user_data)
{
  return g_str_equal (source, "sosik-cid:3") ? g_strdup ("new&3@here") : NULL;
}

static char *
give_cid (const char *cid, gpointer user_data)
{
  return g_str_equal (cid, "cat") ? g_strdup ("sosik-cid:3") : NULL;
}

static char *
to_letter (const char *html, guint quotes, gsize max)
{
  g_autofree char *clean = mime_html_clean (html, FALSE, NULL, give_cid, NULL);

  return mime_html_to_letter (clean, quotes, max, MIME_LETTER_QUOTED, picture, NULL);
}

#define CELL(words) "<td style=\"border:1px solid #b0b0b0;padding:3px 8px\">" words "</td>"
#define RIGHT(words)                                                                               \
  "<td style=\"border:1px solid #b0b0b0;padding:3px 8px;text-align:right\">" words "</td>"
#define TABLE(rows) "<div><table style=\"border-collapse:collapse\">" rows "</table></div>"

static void
test_tables (void)
{
  const struct
  {
    const char *html, *all, *drawn; /* NULL: as `all` */
  } cases[] = {
    { "<table border=0><tr><td>a<td align=right>1<tr><td><b>c</b><td></table>",
      TABLE ("<tr>" CELL ("a") RIGHT ("1") "</tr><tr>" CELL ("<b>c</b>") CELL ("<br/>") "</tr>"),
      "<div>a\t1</div><div><b>c</b></div>" },
    { "<p>x</p><table border=1><tr><th>A<th>B</table><p>y</p>",
      "<div>x</div><div><br/></div>" TABLE (
          "<tr>" CELL ("<b>A</b>") CELL ("<b>B</b>") "</tr>") "<div><br/></div><div>y</div>",
      NULL },
    { "<table><tr><td style='border: 1px solid black'><p>one</p><p>two <i>three</i></p></td><td>&lt;"
      "<a href='https://a.b/'>l</a></td></tr></table>",
      TABLE ("<tr>" CELL ("one<br/>two <i>three</i>")
                 CELL ("&lt;<a href=\"https://a.b/\">l</a>") "</tr>"),
      NULL },
    { "<table cellspacing=0 border=0><colgroup width=85></colgroup><tbody>\n<tr><td height=17 align=left><b>A</b></td><td align=left><b>B</b></td></tr>\n"
      "<tr><td height=17 align=left>c &amp; d</td><td align=right sdval=4000>4,000</td></tr></tbody></table>",
      TABLE ("<tr>" CELL ("<b>A</b>") CELL ("<b>B</b>") "</tr><tr>" CELL ("c &amp; d")
                 RIGHT ("4,000") "</tr>"),
      "<div><b>A\tB</b></div><div>c &amp; d\t4,000</div>" },
    /* A grid, whatever spans what. */
    { "<table border=1><tr><td colspan=2>a<td rowspan=2>b<tr><td>c</table>",
      TABLE ("<tr>" CELL ("a") CELL ("<br/>") CELL ("b") "</tr><tr>" CELL ("c") CELL ("<br/>")
                 CELL ("<br/>") "</tr>"),
      NULL },
    { "<blockquote><table border=1><tr><td>a<td>b</table></blockquote>",
      "<div>&gt; <table style=\"border-collapse:collapse\"><tr>" CELL ("a")
          CELL ("b") "</tr></table></div>",
      NULL },
    /* Those that place things are none, and nothing in them is lost. */
    { "<table border=1><tr><td>a</table>", "<div>a</div>", NULL },
    { "<table border=1><tr><td><table border=1><tr><td>in<td>side</table><td>x</table>",
      TABLE ("<tr>" CELL ("in") CELL ("side") "</tr>") "<div><br/></div><div>x</div>", NULL },
    { "<table border=1><tr><td><ul><li>a</ul><td>b</table>",
      "<div>• a</div><div><br/></div><div>b</div>", NULL },
    { "<table border=1><caption>c</caption><tr><td>a<td>b</table>", "<div>c</div><div>a\tb</div>",
      NULL },
    /* No word is lost of a heading that stands in no row. */
    { "<table border=1><thead><th>H<th>I</thead><tbody><tr><td>a<td>b</tbody></table>",
      "<div><b>HI</b></div><div>a\tb</div>", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint drawn = 0; drawn < 2; drawn++) {
      g_autofree char *clean = mime_html_clean (cases[i].html, FALSE, NULL, NULL, NULL);
      g_autofree char *letter = mime_html_to_letter (
          clean, 0, 10000, drawn ? MIME_LETTER_QUOTED : MIME_LETTER_PASTED, NULL, NULL);

      g_assert_cmpstr (letter, ==, drawn && cases[i].drawn != NULL ? cases[i].drawn : cases[i].all);
    }
}

static void
test_formats (void)
{
  const struct
  {
    const char *html, *letter;
  } cases[] = {
    { "", "" },
    { "<p> </p>", "" },
    { "one <b>two</b> three", "<div>one <b>two</b> three</div>" },
    { "<p>one</p><p>two<br>three</p>",
      "<div>one</div><div><br/></div><div>two</div><div>three</div>" },
    { "<b>a<i>b</i></b><u>c</u><strike>d</strike>",
      "<div><b>a</b><b><i>b</i></b><u>c</u><s>d</s></div>" },
    { "<b style='font-weight:normal'>x<span style='font-weight:700'>y</span></b>",
      "<div>x<b>y</b></div>" },
    { "<span style='color:#ff0000'>r</span><span style='color:#222'>k</span><font color=white>w</font>",
      "<div><span style=\"color:#ff0000\">r</span>kw</div>" },
    { "<h1>Title</h1>text", "<h2>Title</h2><div><br/></div><div>text</div>" },
    { "<ul><li>a<ul><li>b</ul><li>c</ul>", "<div>• a</div><div>  • b</div><div>• c</div>" },
    { "<ol start=3><li>a<li><b>b</b></ol>", "<div>3. a</div><div>4. <b>b</b></div>" },
    { "say:<blockquote><p>x</p><p>y</p></blockquote>z",
      "<div>say:</div><div><br/></div><div>&gt; x</div><div>&gt;</div><div>&gt; y</div><div><br/></div><div>z</div>" },
    { "<a href='https://a.b/?x=1&amp;y=2'>see <b>it</b></a> now",
      "<div><a href=\"https://a.b/?x=1&amp;y=2\">see <b>it</b></a> now</div>" },
    { "<a href='javascript:x'>y</a><a href='https://'>z</a>", "<div>yz</div>" },
    { "<a href='https://a.b/c d'>y</a>", "<div><a href=\"https://a.b/c%20d\">y</a></div>" },
    { "<table><tr><td>a<td>b<tr><td>c<td>d</table>", "<div>a\tb</div><div>c\td</div>" },
    { "<table><tr><td><table><tr><td>in</table><td><p>x</table>",
      "<div>in</div><div><br/></div><div>x</div>" },
    { "<pre>if x:\n  y\n</pre>", "<div><span style=\"font-family:monospace\">if x:</span></div>"
                                 "<div><span style=\"font-family:monospace\">  y</span></div>" },
    { "<div style='display:none'>hidden</div>seen<!-- c -->", "<div>seen</div>" },
    { "a<img src=cid:cat alt='a cat' width=40 height=9999999>b<img src='http://x.y/z.png' alt=no>",
      "<div>a<img src=\"cid:new&amp;3@here\" alt=\"a cat\" width=\"40\"/>b</div>" },
    { "&lt;script&gt;&amp;\302\240x", "<div>&lt;script&gt;&amp; x</div>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *letter = to_letter (cases[i].html, 0, G_MAXSIZE);

    g_assert_cmpstr (letter, ==, cases[i].letter);
  }
}

static void
test_quoted (void)
{
  g_autofree char *letter =
      to_letter ("<p>a</p><blockquote>b</blockquote><h1>c</h1>", 1, G_MAXSIZE);
  g_autofree char *text = mime_text_to_letter ("a < b\n\n  • c\n");

  g_assert_cmpstr (
      letter, ==,
      "<div>&gt; a</div><div>&gt;</div><div>&gt;&gt; b</div><div>&gt;</div><h2>&gt; c</h2>");
  g_assert_cmpstr (text, ==, "<div>a &lt; b</div><div><br/></div><div>  • c</div>");
}

/* A limit leaves something whole, and says that it is not all. */
static void
test_limit (void)
{
  g_autoptr (GString) html = g_string_new (NULL);
  g_autofree char *letter = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append (html, "<p>some <b>words</b> of it</p>");
  letter = to_letter (html->str, 1, 2000);
  g_assert_cmpuint (strlen (letter), <, 2200);
  g_assert_true (g_str_has_suffix (letter, "</div><div>&gt; …</div>"));
}

static void
on_element (GMarkupParseContext *context, const char *element, const char **names,
            const char **values, gpointer data, GError **error)
{
  static const char *const known[] = { "r", "div", "h2",   "b",   "i",  "u",
                                       "s", "a",   "span", "img", "br", NULL };

  g_assert_true (g_strv_contains (known, element));
}

/* Whatever comes, well-formed lines of known elements go out. */
static void
test_anything (void)
{
  static const char *const pieces[] = { "<b>",
                                        "</b>",
                                        "<p>",
                                        "</div>",
                                        "<table>",
                                        "<td>",
                                        "<tr>",
                                        "</table>",
                                        "<li>",
                                        "<ul>",
                                        "<a href=http://a.b>",
                                        "</a>",
                                        "<blockquote>",
                                        "</blockquote>",
                                        "text ",
                                        "한글",
                                        "&",
                                        "<",
                                        "\"",
                                        "<span style='color:red'>",
                                        "<h1>",
                                        "<pre>",
                                        "\n",
                                        "<i style=font-style:normal>",
                                        "<img src=cid:cat>",
                                        "&#1;",
                                        "\xff",
                                        "]]>",
                                        "<br>",
                                        "<hr>",
                                        "</i>",
                                        "&#65535;" };
  const GMarkupParser parser = { .start_element = on_element };

  for (guint round = 0; round < 400; round++) {
    g_autoptr (GString) html = g_string_new (NULL);
    g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
    g_autofree char *letter = NULL;
    g_autofree char *whole = NULL;
    GError *error = NULL;

    for (int i = g_test_rand_int_range (0, 40); i > 0; i--)
      g_string_append (html, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    letter = to_letter (html->str, round % 2, G_MAXSIZE);
    whole = g_strconcat ("<r>", letter, "</r>", NULL);
    g_markup_parse_context_parse (context, whole, -1, &error);
    g_assert_no_error (error);
    g_assert_true (g_markup_parse_context_end_parse (context, NULL));
  }
}

/* A table with so many cells is none any more; what places things on a page never was one. */
static void
test_large_table (void)
{
  const struct
  {
    guint columns, rows;
    const char *cell;
    gboolean large;
  } cases[] = {
    { 64, 64, "x", FALSE }, { 65, 1, "x", TRUE },    { 64, 65, "x", TRUE },
    { 2, 2049, "x", TRUE }, { 1, 9000, "x", FALSE }, { 65, 1, "<ul><li>x</ul>", FALSE },
    { 0, 0, "x", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) html = g_string_new ("<table border=1>");

    for (guint row = 0; row < cases[i].rows; row++) {
      g_string_append (html, "<tr>");
      for (guint column = 0; column < cases[i].columns; column++)
        g_string_append_printf (html, "<td>%s</td>", cases[i].cell);
    }
    g_autofree char *clean = mime_html_clean (html->str, FALSE, NULL, NULL, NULL);
    g_assert_cmpint (mime_html_has_large_table (clean), ==, cases[i].large);
  }
}

/* What a stranger's table would become with its rows filled up is no table. */
static void
test_table_bomb (void)
{
  g_autoptr (GString) html = g_string_new ("<table border=1><tr>");

  for (guint i = 0; i < 64; i++)
    g_string_append (html, "<td>x</td>");
  for (guint i = 0; i < 100000; i++)
    g_string_append (html, "<tr></tr>");
  g_autofree char *clean = mime_html_clean (html->str, FALSE, NULL, NULL, NULL);
  g_autofree char *letter = mime_html_to_letter (clean, 0, 10000, MIME_LETTER_PASTED, NULL, NULL);
  g_assert_null (strstr (letter, "<table"));
  g_assert_cmpuint (strlen (letter), <, 20000);
}

void
test_letter_add (void)
{
  g_test_add_func ("/mime/letter/formats", test_formats);
  g_test_add_func ("/mime/letter/tables", test_tables);
  g_test_add_func ("/mime/letter/table-bomb", test_table_bomb);
  g_test_add_func ("/mime/letter/large-table", test_large_table);
  g_test_add_func ("/mime/letter/quoted", test_quoted);
  g_test_add_func ("/mime/letter/limit", test_limit);
  g_test_add_func ("/mime/letter/anything", test_anything);
}
