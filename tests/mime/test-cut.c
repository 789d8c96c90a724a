/* What is left of a page when some of its words are selected. */
#include "test-mime.h"

#include <string.h>

#include "mime-html.h"

#define PAGE(body) "<!DOCTYPE html><html><head></head><body>" body "</body></html>"

static char *
quote_of (const char *clean, const MimeHtmlRun *runs, gsize n, const char *said)
{
  g_autofree char *cut = mime_html_cut (clean, runs, n, said);

  if (cut == NULL)
    return NULL;
  g_autofree char *text = mime_html_to_quote (cut);
  return g_strstrip (g_steal_pointer (&text));
}

static void
check (const char *clean, guint start, guint end, const char *said, const char *quote)
{
  const MimeHtmlRun run = { start, end };
  g_autofree char *text = quote_of (clean, &run, 1, said);

  g_assert_cmpstr (text, ==, quote);
}

static void
test_words (void)
{
  static const char letter[] =
      PAGE ("<p>One two</p><ul><li>three</li><li><b>four</b> five</li></ul><p>six &lt;7&gt;</p>");

  check (letter, 0, 3, "One", "One");
  check (letter, 3, 11, "twothree", "two\n\n• three");
  check (letter, 11, 19, "fourfive", "• four five");
  check (letter, 13, 15, "ur", "• ur");
  check (letter, 19, 25, "six<7>", "six <7>");
  check (PAGE ("<p>회의는 <b>오후</b> 두 시</p>"), 2, 5, "는오후", "는 오후");
}

static void
test_apart (void)
{
  static const char letter[] = PAGE ("<p>Before</p><blockquote>folded</blockquote><p>after</p>");
  const MimeHtmlRun runs[] = { { 3, 6 }, { 12, 14 } };
  g_autofree char *text = quote_of (letter, runs, G_N_ELEMENTS (runs), "oreaf");

  g_assert_cmpstr (text, ==, "ore\n\naf");
}

/* What the other side says is never taken for what is there. */
static void
test_not_the_words (void)
{
  static const char letter[] = PAGE ("<style>p{color:red}</style><p>I owe you 10</p>");

  check (letter, 0, 9, "Ioweyou10", "I owe you 10");
  check (letter, 0, 9, "Ioweyou99", NULL);
  check (letter, 0, 8, "Ioweyou10", NULL);
  check (letter, 5, 5, "", NULL);
  check (letter, 9, 4, "", NULL);
  check (letter, 20, G_MAXUINT, "", NULL);
}

static void
test_formats_and_pictures (void)
{
  static const char letter[] = PAGE (
      "<p>a <img src=\"sosik-cid:2\" alt=\"x\"><img alt=\"y\"> <a href=\"https://b.example/?c&amp;d\">"
      "<i>e&amp;f</i></a> g<br>h</p>");
  const MimeHtmlRun picture = { 1, 2 }, link = { 2, 5 }, lines = { 5, 7 };
  g_autofree char *one = mime_html_cut (letter, &picture, 1, "\xef\xbf\xbc");
  g_autofree char *two = mime_html_cut (letter, &link, 1, "e&f");
  g_autofree char *three = mime_html_cut (letter, &lines, 1, "gh");

  g_assert_nonnull (strstr (one, "<p><img src=\"sosik-cid:2\" alt=\"x\"></p>"));
  g_assert_nonnull (
      strstr (two, "<p><a href=\"https://b.example/?c&amp;d\"><i>e&amp;f</i></a></p>"));
  g_assert_nonnull (strstr (three, "<p>g<br>h</p>"));
}

void
test_cut_add (void)
{
  g_test_add_func ("/mime/cut/words", test_words);
  g_test_add_func ("/mime/cut/apart", test_apart);
  g_test_add_func ("/mime/cut/not-the-words", test_not_the_words);
  g_test_add_func ("/mime/cut/formats-and-pictures", test_formats_and_pictures);
}
