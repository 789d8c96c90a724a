/* Links and colours of a plain text.  No display. */
#include "ui-text-links.h"
#include "ui-text-quotes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The links between brackets that no link has. */
static char *
linked (const char *text)
{
  GString *out = g_string_new (NULL);
  const char *at = text, *end = text + strlen (text), *written = text, *begin;

  while (ui_text_links_next (&at, end, &begin)) {
    g_assert_true (written <= begin && begin < at && at <= end);
    g_string_append_len (out, written, begin - written);
    g_string_append (out, "⟦");
    g_string_append_len (out, begin, at - begin);
    g_string_append (out, "⟧");
    written = at;
  }
  g_string_append (out, written);
  return g_string_free (out, FALSE);
}

/* Each with its links in double brackets; without them it is the text. */
static const char *const lines[] = {
  "",
  "Nothing here: a.b, c@d, http:, www., @, mailto:nobody",
  "⟦https://example.org⟧",
  "See ⟦http://example.org/a?b=c&d=e#f⟧ and ⟦HTTPS://EXAMPLE.ORG⟧",
  "⟦www.example.org⟧ and ⟦www.example.org/path⟧, not xwww.example.org or wwwexample.org",
  "⟦mailto:bob@example.org?subject=Hi%20there⟧ or ⟦bob@example.org⟧",
  "two in a row ⟦https://a.example⟧,⟦bob@example.org⟧;⟦www.b.example⟧",
  /* What closes a sentence or a bracket */
  "⟦https://example.org/a⟧. ⟦https://example.org/b⟧, ⟦https://example.org/c⟧! ⟦https://example.org/d⟧?",
  "(⟦https://example.org/a⟧) [⟦https://example.org/b⟧] <⟦https://example.org/c⟧> {⟦https://example.org/d⟧}",
  "⟦https://example.org/wiki/Foo_(bar)⟧ (⟦https://example.org/wiki/Foo_(bar)⟧), ⟦https://example.org/a[1]⟧",
  "\"⟦https://example.org/a⟧\" '⟦https://example.org/b⟧' “⟦https://example.org/c⟧” ‘⟦https://example.org/d⟧’ "
  "«⟦https://example.org/e⟧» `⟦https://example.org/f⟧`",
  "*⟦https://example.org/a⟧* _⟦https://example.org/b⟧_ ⟦https://example.org/c⟧... ⟦https://example.org/d⟧…",
  "⟦https://example.org/⟧ ⟦https://example.org/a/⟧ ⟦https://example.org/⟧?",
  "⟦https://example.org/a,b;c:d!e⟧",
  "⟦https://user@example.org:8443/a⟧ ⟦http://[::1]:80/a⟧ ⟦http://127.0.0.1:8080/⟧",
  "⟦https://a_b.example.org/⟧",
  "<⟦bob@example.org⟧>, (⟦bob@example.org⟧). 'Bob' ⟦bob.miller+list@mail.example.org⟧: name=⟦bob@example.org⟧",
  "bob@@example.org bob@.example bob@example a@b..c",
  /* Names in letters of the country */
  "⟦https://bücher.example/ä⟧ ⟦https://한국.kr/경로⟧ ⟦https://예시.한국⟧ ⟦http://пример.рф/⟧ ⟦https://日本語.jp/⟧",
  "⟦김철수@lab.test⟧ ⟦mailto:김철수@lab.test⟧ ⟦bob@도메인.한국⟧ ⟦jürgen@bücher.example⟧",
  /* Korean right behind */
  "⟦https://example.org/path⟧에서 ⟦https://example.org/path⟧를 보세요",
  "⟦https://example.org⟧에서 ⟦https://example.org/⟧에서는 ⟦https://example.org/a/⟧로부터",
  "⟦https://example.org/path⟧입니다. ⟦https://example.org/a.pdf⟧의 ⟦https://example.org/?q=1⟧을",
  "⟦https://한국.kr⟧에서 ⟦https://예시.한국⟧으로 ⟦https://예시.한국/길⟧",
  "(⟦https://example.org/a⟧)에서 ⟦https://example.org/a(1)⟧에서",
  "⟦bob@example.org⟧에게 ⟦bob@예시.한국⟧으로 ⟦www.example.org⟧에서 ⟦mailto:bob@example.org⟧로",
  "주소:⟦https://example.org/a⟧ 메일은⟦bob@example.org⟧로",
  /* Korean that is part of it */
  "⟦https://ko.example.org/wiki/대한민국⟧ ⟦https://example.org/가나다.pdf⟧ ⟦https://example.org/?q=검색⟧",
  "⟦https://example.org/Foo문서⟧ ⟦https://example.org/a에서b⟧",
  /* Languages that put no spaces */
  "⟦https://example.org/path⟧を参照してください。⟦https://example.org/b⟧、⟦https://example.org/c/⟧を",
  "请访问⟦https://example.org/path⟧查看（⟦https://example.org/b⟧），「⟦https://example.org/c⟧」",
  "⟦https://example.org⟧です ⟦bob@example.org⟧まで ⟦https://ja.example.org/wiki/ひらがな⟧",
  /* What is invisible ends it */
  "⟦https://example.org/a⟧\u200bb ⟦https://example.org/a⟧\u00a0b ⟦https://example.org/a⟧\tb",
  "🎉⟦https://example.org/a⟧ ⟦https://example.org/🎉⟧",
};

static void
test_links (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (GStrv) opened = g_strsplit (lines[i], "⟦", -1);
    g_autofree char *half = g_strjoinv ("", opened);
    g_auto (GStrv) closed = g_strsplit (half, "⟧", -1);
    g_autofree char *text = g_strjoinv ("", closed);
    g_autofree char *got = linked (text);
    g_assert_cmpstr (got, ==, lines[i]);
  }
}

/* Any letters: whole characters, in order, and in the time that a reader has. */
static void
test_links_any (void)
{
  static const char *const letters[] = { "h",    "http://", "www.", "a", "@",       ".",
                                         "에서", "を",      ")",    "(", "mailto:", "한국",
                                         "，",   "/",       ":",    " ", "%",       "\u200b" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (int round = 0; round < 5000; round++) {
    g_autoptr (GString) text = g_string_new (NULL);
    for (int i = g_rand_int_range (rand, 0, 30); i > 0; i--)
      g_string_append (text, letters[g_rand_int_range (rand, 0, G_N_ELEMENTS (letters))]);
    g_autofree char *got = linked (text->str);
    g_assert_true (g_utf8_validate (got, -1, NULL));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    while (text->len < 4096)
      g_string_append (text, letters[i]);
    gint64 took = G_MAXINT64;
    /* A busy machine may be slow many times, but not each time. */
    for (guint try = 0; try < 20 && took >= G_USEC_PER_SEC / 2; try++) {
      gint64 begin = g_get_monotonic_time ();
      g_free (linked (text->str));
      took = g_get_monotonic_time () - begin;
    }
    g_assert_cmpint (took, <, G_USEC_PER_SEC / 2);
  }
}

/* A link does not look beyond its line: a text of megabytes is as quick as its lines. */
static void
test_links_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *begin;
  guint found = 0;

  while (text->len < 4000000)
    g_string_append (text, text->len % 4096 < 4080 ? "www.a.kr " : "\n");
  for (const char *line = text->str; *line != '\0';) {
    const char *at = line, *end = strchrnul (line, '\n');
    while (ui_text_links_next (&at, end, &begin))
      found++;
    line = *end != '\0' ? end + 1 : end;
  }
  g_assert_cmpuint (found, >, 400000);
}

static void
test_uris (void)
{
  static const char *const cases[][2] = {
    { "www.example.org", "https://www.example.org" },
    { "WWW.example.org", "https://WWW.example.org" },
    { "bob@example.org", "mailto:bob@example.org" },
    { "mailto:bob@example.org", "mailto:bob@example.org" },
    { "http://example.org/?a=b@c", "http://example.org/?a=b@c" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *uri = ui_text_links_dup_uri (cases[i][0]);
    g_assert_cmpstr (uri, ==, cases[i][1]);
  }
}

static void
test_depth (void)
{
  static const struct
  {
    const char *line;
    guint depth;
  } cases[] = {
    { "", 0 },     { "a > b", 0 }, { " > a", 0 },    { ">", 1 },      { "> a", 1 },
    { ">> a", 2 }, { "> > a", 2 }, { ">>> > a", 4 }, { ">  > a", 1 }, { "> a > b", 1 }
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (ui_text_quotes_get_depth (cases[i].line, strlen (cases[i].line)), ==,
                      cases[i].depth);
}

/* ---- contrast (WCAG 2.1) ---- */

static double
luminance (const char *colour)
{
  static const double weights[] = { 0.2126, 0.7152, 0.0722 };
  double sum = 0;
  guint red, green, blue;

  g_assert_cmpint (sscanf (colour, "#%2x%2x%2x", &red, &green, &blue), ==, 3);
  for (guint i = 0; i < 3; i++) {
    double part = (double)(guint[]){ red, green, blue }[i] / 255;
    sum += weights[i] * (part <= 0.03928 ? part / 12.92 : pow ((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

static double
contrast (const char *one, const char *other)
{
  double a = luminance (one) + 0.05, b = luminance (other) + 0.05;
  return MAX (a, b) / MIN (a, b);
}

static void
test_colours (void)
{
  /* What libadwaita draws below a text, a window, and a card */
  static const char *const grounds[2][3] = { { "#ffffff", "#fafafa", "#f6f5f4" },
                                             { "#1e1e1e", "#242424", "#363636" } };

  g_assert_cmpfloat (contrast ("#ffffff", "#000000"), ==, 21);
  for (guint dark = 0; dark < 2; dark++) {
    for (guint colour = 0; colour < UI_TEXT_N_COLOURS; colour++) {
      for (guint ground = 0; ground < 3; ground++)
        g_assert_cmpfloat (
            contrast (ui_text_quotes_get_colour (colour, dark), grounds[dark][ground]), >=, 4.5);
      for (guint other = 0; other < colour; other++)
        g_assert_cmpstr (ui_text_quotes_get_colour (colour, dark), !=,
                         ui_text_quotes_get_colour (other, dark));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/links", test_links);
  g_test_add_func ("/text/links-any", test_links_any);
  g_test_add_func ("/text/links-many", test_links_many);
  g_test_add_func ("/text/uris", test_uris);
  g_test_add_func ("/text/depth", test_depth);
  g_test_add_func ("/text/colours", test_colours);
  return g_test_run ();
}
