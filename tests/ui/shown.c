/* Elements, attributes and properties, and whether Gmail, Word (Outlook for Windows) and Apple Mail show them.  From what is published of them: tests of
 * caniemail.com (features html-* and css-*), and of Word "Word HTML and CSS Rendering Capabilities in Outlook" and "Microsoft Office HTML and XML Reference". */
#include "shown.h"

#include <string.h>

typedef enum
{
  YES,
  NO,
  SPARE, /* no, and nothing is missed: the note says why */
} Shown;

typedef struct
{
  const char *name;
  Shown gmail, word, apple;
  const char *instead; /* attribute or property that has to stand beside it for those that say NO */
} Feature;

/* Each with the attributes that it may have, in spaces. */
static const struct
{
  const char *name, *attributes;
} elements[] = {
  { "div", " style dir " },
  { "h2", " style dir " },
  { "span", " style " },
  { "b", "" },
  { "i", "" },
  { "u", "" },
  { "s", "" },
  { "br", "" },
  { "a", " href " },
  { "ul", " dir " },
  { "ol", " start dir " },
  { "li", " style dir " },
  { "table", " style " },
  { "tr", "" },
  { "td", " style " },
  { "blockquote", " type style " },
  { "img", " src alt width height style " },
};

static const Feature properties[] = {
  { "color", YES, YES, YES, NULL },
  { "font-size", YES, YES, YES, NULL }, /* Word: not in rem */
  { "font-family", YES, YES, YES, NULL },
  { "text-align", YES, YES, YES, NULL }, /* Word: not start and end */
  { "border", YES, YES, YES, NULL },
  { "border-left", YES, YES, YES, NULL }, /* Word: up to 8 pixels, not on div */
  { "border-right", YES, YES, YES, NULL },
  { "border-collapse", YES, YES, YES, NULL },
  { "margin", YES, YES, YES, NULL }, /* Word: not on span; Gmail: nothing below 0 */
  { "padding", YES, YES, YES, NULL },
  /* Word knows it in cells only; elsewhere a quote's line stands closer to its words. */
  { "padding-left", YES, SPARE, YES, NULL },
  { "padding-right", YES, SPARE, YES, NULL },
  /* Without it a picture is as large as it is, or as its attributes say. */
  { "max-width", YES, SPARE, YES, NULL },
  { "height", YES, YES, YES, NULL },
  /* A tabulator has a name of its own in Word, which others do not know. */
  { "white-space", YES, NO, YES, "mso-tab-count" },
  { "mso-tab-count", NO, YES, NO, "white-space" },
};

/* Values that not all of them know, whatever the property. */
static const char *const odd_values[] = { "rem",  "start", "end",       "calc(",
                                          "var(", "url(",  "!important" };

static const Feature *
find_property (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    if (g_str_equal (properties[i].name, name))
      return &properties[i];
  return NULL;
}

/* Of spans and divs Word does not know all that it knows of others. */
static gboolean
is_lost_in_word (const char *element, const char *property)
{
  gboolean box = g_str_has_prefix (property, "border") || g_str_equal (property, "padding")
                 || g_str_equal (property, "height");

  if (g_str_equal (element, "span"))
    return box || g_str_equal (property, "margin");
  return box && g_str_equal (element, "div");
}

static void
check_style (const char *element, const char *style, const char *html)
{
  g_auto (GStrv) declarations = g_strsplit (style, ";", -1);

  for (guint i = 0; i < G_N_ELEMENTS (odd_values); i++)
    if (strstr (style, odd_values[i]) != NULL)
      g_error ("not all show “%s” of %s", odd_values[i], html);
  for (guint i = 0; declarations[i] != NULL; i++) {
    g_autofree char *name = g_strndup (declarations[i], strcspn (declarations[i], ":"));
    const Feature *feature = find_property (name);
    g_autofree char *instead = NULL;

    if (feature == NULL || is_lost_in_word (element, name))
      g_error ("not all show %s on <%s>: %s", name, element, html);
    instead = feature->instead != NULL ? g_strconcat (feature->instead, ":", NULL) : NULL;
    if ((feature->gmail == NO || feature->word == NO || feature->apple == NO)
        && (instead == NULL || strstr (style, instead) == NULL))
      g_error ("%s alone is not shown by all: %s", name, html);
  }
}

static void
check_attribute (const char *element, const char *allowed, const char *name, const char *value,
                 const char *html)
{
  g_autofree char *spaced = g_strdup_printf (" %s ", name);

  if (strstr (allowed, spaced) == NULL)
    g_error ("not all know %s of <%s>: %s", name, element, html);
  if (g_str_equal (name, "style"))
    check_style (element, value, html);
}

void
shown_check (const char *html)
{
  g_autoptr (GRegex) tags = g_regex_new ("<(/?)([a-z0-9]+)((?: [a-z-]+=\"[^\"<>]*\")*)/?>|[<>]",
                                         G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GRegex) pairs = g_regex_new (" ([a-z-]+)=\"([^\"]*)\"", G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_regex_match (tags, html, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *element = g_match_info_fetch (match, 2);
    g_autofree char *all = g_match_info_fetch (match, 3);
    g_autoptr (GMatchInfo) pair = NULL;
    guint place = 0;

    while (place < G_N_ELEMENTS (elements) && g_strcmp0 (elements[place].name, element) != 0)
      place++;
    if (place == G_N_ELEMENTS (elements))
      g_error ("not all know <%s>: %s", element != NULL ? element : "", html);
    g_regex_match (pairs, all != NULL ? all : "", 0, &pair);
    for (; g_match_info_matches (pair); g_match_info_next (pair, NULL)) {
      g_autofree char *name = g_match_info_fetch (pair, 1);
      g_autofree char *value = g_match_info_fetch (pair, 2);

      check_attribute (element, elements[place].attributes, name, value, html);
    }
  }
}
