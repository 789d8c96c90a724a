/* Ink and paper of elements, as far as they are told by attributes alone.  What style sheets do to them is found out when the
 * page is laid out (ui-web-seen.js).  Runs on any thread; linear. */
#include "mime-ink-private.h"

#include <math.h>
#include <string.h>

#include "mime-css-private.h"
#include "mime-html-parse-private.h"

#define NEAR 1.3 /* ratio of contrast (WCAG 2) below which nobody reads */

/* ---- colours ---- */

/* Those that come near to white or black, and the sixteen of HTML; sorted. */
static const struct
{
  const char *name;
  guint rgb;
} names[] = {
  { "aliceblue", 0xf0f8ff },     { "antiquewhite", 0xfaebd7 }, { "aqua", 0x00ffff },
  { "azure", 0xf0ffff },         { "beige", 0xf5f5dc },        { "black", 0x000000 },
  { "blue", 0x0000ff },          { "cornsilk", 0xfff8dc },     { "floralwhite", 0xfffaf0 },
  { "fuchsia", 0xff00ff },       { "gainsboro", 0xdcdcdc },    { "ghostwhite", 0xf8f8ff },
  { "gray", 0x808080 },          { "green", 0x008000 },        { "grey", 0x808080 },
  { "honeydew", 0xf0fff0 },      { "ivory", 0xfffff0 },        { "lavender", 0xe6e6fa },
  { "lavenderblush", 0xfff0f5 }, { "lightcyan", 0xe0ffff },    { "lightgoldenrodyellow", 0xfafad2 },
  { "lightyellow", 0xffffe0 },   { "lime", 0x00ff00 },         { "linen", 0xfaf0e6 },
  { "maroon", 0x800000 },        { "mintcream", 0xf5fffa },    { "mistyrose", 0xffe4e1 },
  { "navy", 0x000080 },          { "oldlace", 0xfdf5e6 },      { "olive", 0x808000 },
  { "purple", 0x800080 },        { "red", 0xff0000 },          { "seashell", 0xfff5ee },
  { "silver", 0xc0c0c0 },        { "snow", 0xfffafa },         { "teal", 0x008080 },
  { "white", 0xffffff },         { "whitesmoke", 0xf5f5f5 },   { "yellow", 0xffff00 },
};

static MimeColour
from_rgb (guint rgb)
{
  return (MimeColour){ TRUE, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                       (rgb & 255) / 255.0 };
}

static MimeColour
from_digits (const char *digits, gsize length)
{
  MimeColour unknown = { 0 };
  guint rgb = 0;

  if (length != 3 && length != 4 && length != 6 && length != 8)
    return unknown;
  if ((length == 4 && digits[3] != 'f') || (length == 8 && memcmp (digits + 6, "ff", 2) != 0))
    return unknown;
  for (guint i = 0; i < 6; i++)
    rgb = rgb << 4 | (guint)g_ascii_xdigit_value (digits[length < 6 ? i / 2 : i]);
  return from_rgb (rgb);
}

static MimeColour
from_function (const char *arguments)
{
  double parts[4] = { 0, 0, 0, 1 };
  guint count = 0;

  for (const char *at = arguments + strcspn (arguments, "0123456789.");
       *at != '\0' && *at != ')' && count < G_N_ELEMENTS (parts);) {
    char *end;

    parts[count] = g_ascii_strtod (at, &end) / (count < 3 ? 255 : 1);
    if (*end == '%')
      parts[count] *= count < 3 ? 2.55 : 0.01;
    at = end + strcspn (end, "0123456789.)");
    count++;
  }
  return (MimeColour){ count >= 3 && parts[3] >= 1, CLAMP (parts[0], 0, 1), CLAMP (parts[1], 0, 1),
                       CLAMP (parts[2], 0, 1) };
}

MimeColour
mime_colour_parse (const char *value)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);
  gsize length;

  *strchrnul (lower, '!') = '\0';
  g_strstrip (lower);
  length = strlen (lower);
  if (lower[0] == '#' && strspn (lower + 1, "0123456789abcdef") == length - 1)
    return from_digits (lower + 1, length - 1);
  if (g_str_has_prefix (lower, "rgb(") || g_str_has_prefix (lower, "rgba("))
    return from_function (strchr (lower, '(') + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (names[i].name, lower) == 0)
      return from_rgb (names[i].rgb);
  }
  return (MimeColour){ 0 };
}

static double
linear (double part)
{
  return part <= 0.04045 ? part / 12.92 : pow ((part + 0.055) / 1.055, 2.4);
}

static double
luminance (const MimeColour *colour)
{
  return 0.2126 * linear (colour->red) + 0.7152 * linear (colour->green)
         + 0.0722 * linear (colour->blue);
}

gboolean
mime_colour_is_near (const MimeColour *one, const MimeColour *other)
{
  double light, dark;

  if (!one->known || !other->known)
    return FALSE;
  light = luminance (one) + 0.05;
  dark = luminance (other) + 0.05;
  /* Of one brightness, yet of different colours: that is ugly, not hidden */
  return MAX (light, dark) / MIN (light, dark) < NEAR
         && fabs (one->red - other->red) + fabs (one->green - other->green)
                    + fabs (one->blue - other->blue)
                < 0.6;
}

/* ---- elements ---- */

MimeInk
mime_ink_begin (void)
{
  return (MimeInk){ from_rgb (0x000000), from_rgb (0xffffff) };
}

typedef struct
{
  MimeInk *ink;
  const MimeInk *outer;
  gboolean ink_weighs, paper_weighs; /* said with !important */
} Enter;

/* The colour among the words of a background; what has a picture of its own is not known. */
static MimeColour
find_paper (const char *value, const MimeColour *outer)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);
  MimeColour whole = mime_colour_parse (value);

  if (whole.known)
    return whole;
  if (strchr (lower, '(') != NULL)
    return (MimeColour){ 0 };
  g_auto (GStrv) words = g_strsplit_set (lower, " !", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    MimeColour word = mime_colour_parse (words[i]);

    if (word.known)
      return word;
  }
  return strstr (lower, "transparent") != NULL || strstr (lower, "none") != NULL
                 || strstr (lower, "inherit") != NULL
             ? *outer
             : (MimeColour){ 0 };
}

static void
look_at (const char *name, const char *value, gpointer user_data)
{
  Enter *enter = user_data;
  gboolean weighs = strchr (value, '!') != NULL;

  if (strcmp (name, "color") == 0 && (weighs || !enter->ink_weighs)) {
    enter->ink->ink = g_ascii_strncasecmp (value, "inherit", 7) == 0 ? enter->outer->ink
                                                                     : mime_colour_parse (value);
    enter->ink_weighs = weighs;
  } else if ((strcmp (name, "background") == 0 || strcmp (name, "background-color") == 0)
             && (weighs || !enter->paper_weighs)) {
    enter->ink->paper = find_paper (value, &enter->outer->paper);
    enter->paper_weighs = weighs;
  }
}

/* "fff" and the like are colours in attributes. */
static MimeColour
parse_attribute (const char *value)
{
  MimeColour colour = mime_colour_parse (value);

  if (!colour.known && strspn (value, "0123456789abcdefABCDEF") == strlen (value)) {
    g_autofree char *marked = g_strconcat ("#", value, NULL);

    colour = mime_colour_parse (marked);
  }
  return colour;
}

const char *
mime_ink_enter (MimeInk *ink, const MimeInk *outer, const char *name, const char **attributes,
                const char *css)
{
  static const char *const papers[] = { "body", "table", "tbody", "td", "tfoot",
                                        "th",   "thead", "tr",    NULL };
  Enter enter = { ink, outer, FALSE, FALSE };
  const char *colour =
                 mime_html_attribute (attributes, strcmp (name, "body") == 0 ? "text" : "color"),
             *paper = mime_html_attribute (attributes, "bgcolor");

  *ink = *outer;
  if (strcmp (name, "mark") == 0) {
    ink->paper = from_rgb (0xffff00);
    ink->ink = from_rgb (0x000000);
  } else if (strcmp (name, "a") == 0) {
    ink->ink.known = FALSE; /* links have a colour of their own */
  }
  if (colour != NULL && (strcmp (name, "font") == 0 || strcmp (name, "body") == 0))
    ink->ink = parse_attribute (colour);
  if (paper != NULL && g_strv_contains (papers, name))
    ink->paper = parse_attribute (paper);
  mime_css_each_declaration (css, strlen (css), look_at, &enter);
  if (!mime_colour_is_near (&ink->ink, &ink->paper))
    return NULL;
  if (luminance (&ink->paper) > 0.18) {
    ink->ink = from_rgb (0x000000);
    return "#000";
  }
  ink->ink = from_rgb (0xffffff);
  return "#fff";
}
