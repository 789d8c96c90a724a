/* What of a text or of HTML is folded, and where a signature begins.  No display. */
#include "ui-html-quotes.h"
#include "ui-text-quotes.h"

#include <string.h>

/* The folded parts between brackets. */
static char *
folded (const char *text)
{
  g_autoptr (GArray) quotes = ui_text_quotes_find (text, strlen (text));
  GString *out = g_string_new (NULL);
  gsize at = 0;
  for (guint i = 0; i < quotes->len; i++) {
    const UiTextQuote *quote = &g_array_index (quotes, UiTextQuote, i);
    g_assert_cmpuint (at, <=, quote->start);
    g_assert_cmpuint (quote->start, <, quote->end);
    g_assert_cmpuint (quote->end, <=, strlen (text));
    g_string_append_len (out, text + at, (gssize)(quote->start - at));
    g_string_append_c (out, '[');
    g_string_append_len (out, text + quote->start, (gssize)(quote->end - quote->start));
    g_string_append_c (out, ']');
    at = quote->end;
  }
  g_string_append (out, text + at);
  return g_string_free (out, FALSE);
}

#define EIGHT "> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> 7\n> 8\n"

static void
test_folded (void)
{
  static const char *const cases[][2] = {
    { "", "" },
    { "Hello\n", "Hello\n" },
    /* At the end, with and without a signature and a line end */
    { "Yes.\n\nBob wrote:\n> one\n> two\n", "Yes.\n\nBob wrote:\n[> one\n> two\n]" },
    { "Yes.\n> one\n> two", "Yes.\n[> one\n> two]" },
    { "Yes.\n> one\n> two\n\n-- \nAlice\n", "Yes.\n[> one\n> two\n]\n-- \nAlice\n" },
    /* One line is no longer than its button; few that are answered below are read with the answer */
    { "Yes.\n> one\n", "Yes.\n> one\n" },
    { "> one\n> two\nYes.\n", "> one\n> two\nYes.\n" },
    { EIGHT "Yes.\n", "[" EIGHT "]Yes.\n" },
    { EIGHT "Yes.\n> a\nNo.\n> b\n> c\n", "[" EIGHT "]Yes.\n> a\nNo.\n[> b\n> c\n]" },
    /* A gap within a quote */
    { "Yes.\n> one\n\n> two\n", "Yes.\n[> one\n\n> two\n]" },
    /* Nothing but quotes */
    { EIGHT, EIGHT },
    /* Programs that do not quote by lines */
    { "Yes.\n\n-----Original Message-----\nFrom: Bob\n\nWill you?\n",
      "Yes.\n\n[-----Original Message-----\nFrom: Bob\n\nWill you?\n]" },
    { "네.\n\n-----원본 메시지-----\n보낸 사람: 밥\n",
      "네.\n\n[-----원본 메시지-----\n보낸 사람: 밥\n]" },
    { "-----Original Message-----\nForwarded to you\n",
      "-----Original Message-----\nForwarded to you\n" },
    { "Yes.\n--- Something else ---\nNo.\n", "Yes.\n--- Something else ---\nNo.\n" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *got = folded (cases[i][0]);
    g_assert_cmpstr (got, ==, cases[i][1]);
  }
}

static void
check_signature (const char *text, const char *signature)
{
  g_assert_cmpstr (text + ui_text_quotes_find_signature (text, strlen (text)), ==, signature);
}

static void
test_signature (void)
{
  check_signature ("Hello\n-- \nBob\n", "-- \nBob\n");
  check_signature ("Hello\n--\nBob", "--\nBob");
  check_signature ("Hello\n-- \r\nBob\r\n", "-- \r\nBob\r\n");
  check_signature ("a\n-- \nb\n-- \nBob\n", "-- \nBob\n");
  check_signature ("Hello\n--- \nBob\n", "");
  check_signature ("Hello --\nBob\n", "");
  /* An answer below what was quoted with its signature */
  check_signature ("-- \nBob\n> quoted\n", "");
  check_signature ("-- \n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", "");
}

#define OPEN                                                                                       \
  "<details class=\"sosik-quote\"><summary title=\"More\" aria-label=\"More\">•••</summary>"

static void
test_html (void)
{
  static const char *const cases[][2] = {
    { "<body><p>Yes</p><blockquote type=\"cite\"><p>old</p></blockquote><p>end</p></body>",
      "<body><p>Yes</p>" OPEN
      "<blockquote type=\"cite\"><p>old</p></blockquote></details><p>end</p></body>" },
    /* Gmail: what is around and what is within are one */
    { "<div>Yes<br></div><div class=\"x gmail_quote\"><div class=\"gmail_attr\">On</div><blockquote class=\"gmail_quote\">"
      "a<img src=\"a>b\"></blockquote></div>",
      "<div>Yes<br></div>" OPEN
      "<div class=\"x gmail_quote\"><div class=\"gmail_attr\">On</div><blockquote class=\"gmail_quote\">"
      "a<img src=\"a>b\"></blockquote></div></details>" },
    { "Yes<blockquote type=\"cite\">a</blockquote>No<blockquote type=\"cite\">b</blockquote>",
      "Yes" OPEN "<blockquote type=\"cite\">a</blockquote></details>No" OPEN
      "<blockquote type=\"cite\">b</blockquote></details>" },
    /* Nothing of the sender's own before it: what was forwarded, or an answer below */
    { "<body><div>&nbsp; </div><div class=\"gmail_quote\">all</div></body>", NULL },
    /* A letter that merely indents */
    { "Yes<blockquote>said somebody</blockquote>", NULL },
    { "<style>a > b { content: \"<blockquote type='cite'>\" }</style>Yes", NULL },
    /* What is said in the head are no words */
    { "<html><head><title>Words</title></head><body><blockquote type=\"cite\">a</blockquote></body></html>",
      NULL },
    /* Never closed, as the cleaner never writes it */
    { "Yes<blockquote type=\"cite\">a", NULL },
    { "", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *got = ui_html_quotes_fold (cases[i][0], "More");
    g_assert_cmpstr (got, ==, cases[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quotes/folded", test_folded);
  g_test_add_func ("/quotes/html", test_html);
  g_test_add_func ("/quotes/signature", test_signature);
  return g_test_run ();
}
