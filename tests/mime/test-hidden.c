/* What is read is what is quoted, whatever the sender hides; pictures that only tell; the look of a message. */
#include "test-mime.h"

#include <string.h>

#include "mime-html.h"

/* Ways to show one text when a message is read and another when it is quoted, each around "covert". */
static const char *const hiding[] = {
  "seen<p style='display:none'>covert</p>",
  "seen<p style='DISPLAY: none !important'>covert</p>",
  "seen<p style='display:none;display:block'>covert</p>",
  "seen<p style='visibility:hidden'>covert</p>",
  "seen<p style='opacity:0'>covert</p>",
  "seen<p style='opacity:.04'>covert</p>",
  "seen<p hidden>covert</p>",
  "seen<p style='font-size:0'>covert</p>",
  "seen<p style='font-size:1px'>covert</p>",
  "seen<p style='font-size:0'><b>covert</b></p>",
  "seen<p style='font-size:0'><b class=x>covert</b></p>",
  "seen<p style='font-size:0'><b style='font-size:14px'>covert</b></p>",
  "seen<p style='font:0/0 a'>covert</p>",
  "seen<p style='max-height:0;overflow:hidden'>covert</p>",
  "seen<p style='height:1px;overflow:hidden'>covert</p>",
  "seen<p style='width:0;overflow:hidden'>covert</p>",
  "seen<p style='height:20px;overflow:hidden'>seen<br>covert</p>",
  "seen<p style='text-indent:-9999px'>covert</p>",
  "seen<p style='margin-left:-5000px'>covert</p>",
  "seen<p style='color:transparent'>covert</p>",
  "seen<p style='color:rgba(1,2,3,0)'>covert</p>",
  "seen<p style='position:absolute;left:-999em'>covert</p>",
  "seen<p style='clip-path:inset(100%)'>covert</p>",
  "seen<p style='transform:scale(0)'>covert</p>",
  "seen<p style='letter-spacing:-99px'>covert</p>",
  "<style>.x{display:none}</style>seen<p class=x>covert</p>",
  "<style>p.x, #y{display:none}</style>seen<p class='a x'>covert</p><p id=y>covert</p>",
  "<style>body .x{display:none}</style>seen<p class=x>covert</p>",
  "<style>.x{visibility:hidden}</style>seen<p class=x>covert</p>",
  "<style>.x{font-size:0}</style>seen<p class=x>covert</p>",
  "<style>.x{opacity:0}</style>seen<p class=x>covert</p>",
  "<style>.x{max-height:0;overflow:hidden}</style>seen<p class=x>covert</p>",
  "seen<p class=x>covert</p><style>.x{display:none}</style>",
  "<style>@media screen{.x{display:none}}</style>seen<p class=x>covert</p>",
  "<style>@media print{.x{display:none}}</style>seen<p class=x>covert</p>",
  "<style>@media (max-width:9999px){.x{display:none}}</style>seen<p class=x>covert</p>",
  "<style>@media (prefers-color-scheme:light){.x{display:none}}</style>seen<p class=x>covert</p>",
  "<style>@media (prefers-reduced-motion:no-preference){.x{display:none}}</style>seen<p class=x>covert</p>",
  "<style>@supports (display:grid){.x{display:none}}</style>seen<p class=x>covert</p>",
  "<style>.x{display:none}@media (max-width:9999px){.x{display:block!important}}</style>seen<p class=x>covert</p>",
  "<style>p:hover .x{display:none}</style>seen<p><b class=x>covert</b></p>",
  "<style>.x:not(:hover){display:none}</style>seen<p class=x>covert</p>",
  "<style>.x:first-child{display:none}</style>seen<p class=x>covert</p>",
  "<style>[class=x]{display:none}</style>seen<p class=x>covert</p>",
  "<style>.x::before{content:'covert'}</style>seen<p class=x></p>",
  "<style>p{display:none}</style>seen<p>covert</p>",
  "<details><summary>seen</summary>covert</details>",
  "seen<bdo dir=rtl>trevoc</bdo>",
  "seen<p style='direction:rtl;unicode-bidi:bidi-override'>trevoc</p>",
  "<div style='display:flex;flex-direction:row-reverse'><p>seen<p>covert</div>",
  "seen<noscript>covert</noscript>",
  "seen<object>covert</object><canvas>covert</canvas><datalist><option>covert</datalist>",
  "seen<select><option>covert</select>",
  "seen<textarea>covert</textarea><button>covert</button>",
  "seen<template>covert</template><title>covert</title>",
  "seen<ruby>a<rp>covert</rp><rt>b</rt></ruby>",
  "seen<![if !mso]>covert<![endif]><!--[if mso]>covert<![endif]-->",
};

static char *
squeeze (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++) {
    if ((guint8)*c > ' ')
      g_string_append_c (out, *c);
  }
  return g_string_free (out, FALSE);
}

/* The words of the cleaned HTML, by a walk of its own: everything that is not in a tag or in the style. */
static char *
words_of (const char *clean)
{
  GString *out = g_string_new (NULL);
  const char *at = strstr (clean, "<body");

  for (gboolean in_tag = FALSE; *at != '\0'; at++) {
    if (*at == '<')
      in_tag = TRUE;
    else if (*at == '>')
      in_tag = FALSE;
    else if (!in_tag)
      g_string_append_c (out, *at);
  }
  return g_string_free (out, FALSE);
}

static void
test_reading_is_quoting (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hiding); i++) {
    g_autofree char *clean = mime_html_clean (hiding[i], FALSE, NULL, NULL, NULL);
    g_autofree char *twice = mime_html_clean (clean, FALSE, NULL, NULL, NULL);
    g_autofree char *quoted = mime_html_to_text (hiding[i]);
    g_autofree char *again = mime_html_to_text (clean);
    g_autofree char *read = words_of (clean);
    g_autofree char *squeezed = squeeze (read), *squeezed_quote = squeeze (quoted);

    g_test_message ("%s -> %s", hiding[i], clean);
    g_assert_cmpstr (quoted, ==, again);
    g_assert_cmpstr (squeezed, ==, squeezed_quote);
    g_assert_cmpstr (clean, ==, twice);
    g_assert_nonnull (strstr (read, "seen"));
    /* What is left has no means to hide it */
    for (const char *const *word =
             (const char *const[]){ "none", "hidden", "opacity", "overflow", "position",
                                    "transparent", "-9999", "bidi", "reverse", "hover)", "print",
                                    "supports", "motion", "content", NULL };
         *word != NULL; word++)
      g_assert_null (strstr (clean, *word));
    /* Text of no size is not there */
    g_assert_false (strstr (clean, "font-size:0\">covert") != NULL
                    || strstr (clean, "font-size:1px\">covert") != NULL);
  }
}

static void
check_gone (const char *html, const char *quoted)
{
  g_autofree char *text = mime_html_to_text (html);

  g_assert_cmpstr (text, ==, quoted);
}

static void
test_hidden_is_gone (void)
{
  check_gone ("<style>.pre{display:none!important}</style><div class='pre'>teaser</div>Hello",
              "Hello\n");
  check_gone ("<div style='max-height:0px;overflow:hidden'>teaser</div>Hello", "Hello\n");
  check_gone ("<td style='font-size:0px'> <div style='font-size:13px'>Hello</div> </td>",
              "Hello\n");
  check_gone ("<div style='height:20px'>Hello</div>", "Hello\n");
  /* Under a condition: shown to everybody */
  check_gone ("<style>@media (max-width:600px){.wide{display:none}}</style><p class=wide>Hello",
              "Hello\n");
}

static void
check_pictures (const char *html, guint blocked, guint trackers)
{
  for (int remote = 0; remote < 2; remote++) {
    g_auto (MimeHtmlFacts) facts = { 0 };
    g_autofree char *clean = mime_html_clean (html, remote == 1, &facts, NULL, NULL);

    g_test_message ("%s -> %s", html, clean);
    g_assert_cmpuint (facts.blocked, ==, blocked);
    g_assert_cmpuint (facts.trackers->len, ==, trackers);
    if (trackers > 0)
      g_assert_true (strstr (clean, "<img") == NULL && strstr (clean, "sosik-remote") == NULL);
  }
}

static void
test_trackers (void)
{
  check_pictures ("<img src=http://x.example/a width=1 height=1>", 0, 1);
  check_pictures ("<img src=http://x.example/a style='width:1px;height:1px'>", 0, 1);
  check_pictures ("<img src=http://x.example/a width=1 height=1 style='max-width:100%'>", 0, 1);
  check_pictures ("<img src=http://x.example/a style='width:1px;height:1px;max-width:600px'>", 0, 1);
  check_pictures ("<img src=http://x.example/a style='max-width:1px;max-height:1px'>", 0, 1);
  check_pictures ("<img src=http://x.example/a width=600 height=200 style='max-width:100%'>", 1, 0);
  check_pictures ("<img src=http://x.example/a width=0 height=30>", 0, 1);
  check_pictures ("<img src=http://x.example/a style='display:none'>", 0, 1);
  check_pictures ("<img src=http://x.example/a hidden>", 0, 1);
  check_pictures ("<div style='display:none'><img src=http://x.example/a></div>", 0, 1);
  check_pictures ("<style>.n{display:none}</style><img class=n src=http://x.example/a>", 0, 1);
  check_pictures ("<img src=https://ma.list-manage.com/track/open.php?u=1>", 0, 1);
  check_pictures ("<img src=https://u1.ct.sendgrid.net/wf/open?upn=x>", 0, 1);
  check_pictures ("<img src='sosik-remote:https%3A%2F%2Femltrk.com%2Fa'>", 0, 1);
  check_pictures ("<img src=https://user@emltrk.com:443/a>", 0, 1);
  check_pictures ("<img src=https://www.facebook.com/tr?id=1>", 0, 1);
  check_pictures ("<img src=https://www.facebook.com/logo.png>", 1, 0);
  check_pictures ("<img src=https://notemltrk.com/logo.png>", 1, 0);
  check_pictures ("<img src=http://x.example/a width=600 height=200>", 1, 0);
  check_pictures ("<img src=http://x.example/a width=1>", 1, 0);
  check_pictures ("<img src=http://x.example/a width='100%' height=1>", 1, 0);
  check_pictures ("<img src=cid:a width=1 height=1>", 0, 0);
}

static void
check_look (const char *html, MimeHtmlLook look)
{
  g_auto (MimeHtmlFacts) facts = { 0 };
  g_autofree char *clean = mime_html_clean (html, FALSE, &facts, NULL, NULL);

  g_test_message ("%s", html);
  g_assert_cmpint (facts.look, ==, look);
}

static void
test_look (void)
{
  check_look ("<p>Hello", MIME_HTML_LETTER);
  check_look ("<p style='color:#1F497D'>Hello <span style='background:yellow'>x", MIME_HTML_LETTER);
  check_look ("<body bgcolor=white><div style='background-color: rgb(255, 255, 255)'>x",
              MIME_HTML_LETTER);
  check_look ("<table><tr><td>x</table>", MIME_HTML_LETTER);
  check_look ("<body bgcolor='#f4f4f4'><p>x", MIME_HTML_LETTER);
  check_look ("<body bgcolor='#eeeeee'><p>x", MIME_HTML_DESIGNED);
  check_look ("<div style='background:#1a73e8'>x", MIME_HTML_DESIGNED);
  check_look ("<div style='background:linear-gradient(red,blue)'>x", MIME_HTML_DESIGNED);
  check_look ("<table><tr><td bgcolor=navy>x</table>", MIME_HTML_DESIGNED);
  check_look ("<style>.a{background-color:#336699}</style><p class=a>x", MIME_HTML_DESIGNED);
  check_look ("<table><tr><td><table><tr><td><table><tr><td><img src=cid:a><img src=cid:b></table>",
              MIME_HTML_DESIGNED);
  check_look (
      "<style>.a{background:#369}@media (prefers-color-scheme:dark){.a{color:#fff}}</style>x",
      MIME_HTML_ADAPTIVE);
  check_look (
      "<style>.a{background:#369}@media (prefers-color-scheme:dark){.a{position:fixed}}</style>x",
      MIME_HTML_DESIGNED);
}

void
test_hidden_add (void)
{
  g_test_add_func ("/mime/hidden/reading-is-quoting", test_reading_is_quoting);
  g_test_add_func ("/mime/hidden/gone", test_hidden_is_gone);
  g_test_add_func ("/mime/hidden/trackers", test_trackers);
  g_test_add_func ("/mime/hidden/look", test_look);
}
