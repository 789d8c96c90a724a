/* What is read is what is quoted, whatever the sender hides; pictures that only tell; the look of a message. */
#include "test-mime.h"

#include <stdio.h>
#include <string.h>

#include "hiding.h"
#include "mime-html.h"

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

typedef struct
{
  guint ink, paper; /* 0xRRGGBB */
} Look;

/* The colours that are in `hiding`, read by a reader of its own. */
static gboolean
read_colour (const char *text, guint *colour)
{
  static const struct
  {
    const char *name;
    guint rgb;
  } names[] = { { "white", 0xffffff }, { "black", 0 },         { "navy", 0x80 },
                { "red", 0xff0000 },   { "yellow", 0xffff00 }, { "snow", 0xfffafa },
                { "fffffe", 0xfffffe } };
  guint red, green, blue;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_has_prefix (text, names[i].name)) {
      *colour = names[i].rgb;
      return TRUE;
    }
  }
  if (sscanf (text, "rgb(%u, %u, %u)", &red, &green, &blue) == 3) {
    *colour = red << 16 | green << 8 | blue;
    return TRUE;
  }
  if (text[0] != '#')
    return FALSE;
  *colour = (guint)strtoul (text + 1, NULL, 16);
  if (strspn (text + 1, "0123456789abcdefABCDEF") == 3)
    *colour = (*colour & 0xf00) * 0x1100 | (*colour & 0xf0) * 0x110 | (*colour & 0xf) * 0x11;
  return TRUE;
}

/* What the last `name` in the tag says, be it in style or an attribute. */
static void
read_last (const char *tag, const char *name, guint *colour)
{
  for (const char *at = tag; (at = strstr (at, name)) != NULL; at++) {
    if (strchr (" \";", at[-1]) != NULL)
      read_colour (at + strlen (name), colour);
  }
}

static gboolean
is_seen (const Look *look)
{
  int apart = 0;

  for (guint shift = 0; shift < 24; shift += 8)
    apart += abs ((int)(look->ink >> shift & 255) - (int)(look->paper >> shift & 255));
  return apart > 90;
}

/* The words of the cleaned HTML that have an ink that is not their paper, by a walk of its own. */
static char *
words_of (const char *clean)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GArray) looks = g_array_new (FALSE, FALSE, sizeof (Look));
  Look look = { 0x000000, 0xffffff };

  for (const char *at = strstr (clean, "<body"); *at != '\0'; at++) {
    if (*at != '<') {
      if (is_seen (&look))
        g_string_append_c (out, *at);
      continue;
    }
    const char *end = strchr (at, '>');
    g_autofree char *tag = g_strndup (at, (gsize)(end - at));

    if (g_str_has_prefix (tag, "</body")) {
      break;
    } else if (tag[1] == '/') {
      look = g_array_index (looks, Look, looks->len - 1);
      g_array_set_size (looks, looks->len - 1);
    } else if (!g_str_has_prefix (tag, "<br") && !g_str_has_prefix (tag, "<hr")) {
      g_array_append_val (looks, look);
      if (g_str_has_prefix (tag, "<mark"))
        look = (Look){ 0, 0xffff00 };
      read_last (tag, "text=\"", &look.ink);
      read_last (tag, "color=\"", &look.ink);
      read_last (tag, "bgcolor=\"", &look.paper);
      read_last (tag, "color:", &look.ink);
      read_last (tag, "style=\"color:", &look.ink);
      for (const char *const *name =
               (const char *const[]){ "background:", "background-color:", "style=\"background:",
                                      "style=\"background-color:", NULL };
           *name != NULL; name++)
        read_last (tag, *name, &look.paper);
    }
    at = end;
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
             (const char *const[]){ "none",        "hidden",  "opacity",  "overflow", "position",
                                    "transparent", "-9999",   "8888",     "bidi",     "reverse",
                                    ":hover",      "print",   "supports", "motion",   "content",
                                    "-30px",       "-40px",   "-90px",    "700pt",    "calc",
                                    "table-",      "writing", "white 30", "first-l",  ":focus",
                                    "selection",   "target",  "screen",   "\"no",     NULL };
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
  check_pictures ("<img src=http://x.example/a style='width:1px;height:1px;max-width:600px'>", 0,
                  1);
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
