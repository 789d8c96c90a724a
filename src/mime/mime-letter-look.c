/* Reads looks from what HTML says of them: elements, old attributes, and declarations.  Any thread. */
#include "mime-letter-look-private.h"

#include <string.h>

#include "mime-css-private.h"
#include "mime-html-parse-private.h"
#include "mime-ink-private.h"

gboolean
mime_letter_look_has_span (const MimeLetterLook *look)
{
  return look->colour != MIME_LETTER_LOOK_NO_COLOUR || look->size != NULL || look->family != NULL;
}

gboolean
mime_letter_look_equal (const MimeLetterLook *one, const MimeLetterLook *other)
{
  return one->bold == other->bold && one->italic == other->italic
         && one->underline == other->underline && one->strike == other->strike
         && one->colour == other->colour && one->size == other->size && one->family == other->family
         && one->href == other->href;
}

static guint
get_number (const MimeColour *colour)
{
  return (guint)(colour->red * 255 + 0.5) << 16 | (guint)(colour->green * 255 + 0.5) << 8
         | (guint)(colour->blue * 255 + 0.5);
}

/* Colours that tell something: neither near black, which is what text is anyway, nor too light for white paper. */
static guint
telling_colour (const char *value)
{
  MimeColour colour = mime_colour_parse (value);
  double light = 0.30 * colour.red + 0.59 * colour.green + 0.11 * colour.blue;
  double most = MAX (colour.red, MAX (colour.green, colour.blue));
  double least = MIN (colour.red, MIN (colour.green, colour.blue));

  return !colour.known || light > 0.7 || most - least < 0.25 ? MIME_LETTER_LOOK_NO_COLOUR
                                                             : get_number (&colour);
}

static guint
read_colour (const MimeLetterLook *look, const char *value)
{
  MimeColour colour = mime_colour_parse (value);

  if (!look->written)
    return telling_colour (value);
  return colour.known ? get_number (&colour) : MIME_LETTER_LOOK_NO_COLOUR;
}

/* In parts of the usual one; 0: as usual. */
static double
read_size (const char *value)
{
  static const struct
  {
    const char *name;
    double size;
  } names[] = { { "x-small", .6 }, { "xx-small", .6 }, { "small", .8 },    { "smaller", .8 },
                { "large", 1.2 },  { "larger", 1.2 },  { "x-large", 1.5 }, { "xx-large", 2 } };
  char *unit;
  double number = g_ascii_strtod (value, &unit);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (value, names[i].name) == 0)
      return names[i].size;
  if (unit == value || number <= 0)
    return 0;
  if (g_str_has_prefix (unit, "px"))
    return number / 16;
  if (g_str_has_prefix (unit, "pt"))
    return number / 12;
  if (*unit == '%')
    return number / 100;
  return g_str_has_prefix (unit, "em") || g_str_has_prefix (unit, "rem") ? number : 0;
}

/* Those that a letter has; programs say them in units of their own. */
static const char *
get_size (double size)
{
  if (size == 0)
    return NULL;
  return size < .86 ? "small" : size >= 1.5 ? "xx-large" : size >= 1.1 ? "large" : NULL;
}

static const char *
get_family (const MimeLetterLook *look, const char *value)
{
  static const char *const families[] = { "sans-serif", "serif", "monospace" };

  for (guint i = 0; look->written && i < G_N_ELEMENTS (families); i++)
    if (g_ascii_strcasecmp (value, families[i]) == 0)
      return families[i];
  return strstr (value, "monospace") != NULL || strstr (value, "Courier") != NULL ? "monospace"
                                                                                  : NULL;
}

static const char *
get_align (const char *value)
{
  if (g_ascii_strcasecmp (value, "center") == 0 || g_ascii_strcasecmp (value, "middle") == 0)
    return "center";
  return g_ascii_strcasecmp (value, "right") == 0 || g_ascii_strcasecmp (value, "end") == 0
             ? "right"
             : NULL;
}

static void
on_written_declaration (const char *name, const char *value, MimeLetterLook *look)
{
  if (strcmp (name, "font-size") == 0)
    look->size = get_size (read_size (value));
  else if (strcmp (name, "text-align") == 0)
    look->align = get_align (value);
  else if (strcmp (name, "white-space") == 0)
    look->kept = g_str_has_prefix (value, "pre");
}

static void
on_declaration (const char *name, const char *value, gpointer user_data)
{
  MimeLetterLook *look = user_data;

  if (look->written)
    on_written_declaration (name, value, look);

  if (strcmp (name, "font-weight") == 0)
    look->bold = g_str_has_prefix (value, "bold") || g_ascii_strtoll (value, NULL, 10) >= 600;
  else if (strcmp (name, "font-style") == 0)
    look->italic = g_str_has_prefix (value, "italic") || g_str_has_prefix (value, "oblique");
  else if (strcmp (name, "color") == 0)
    look->colour = read_colour (look, value);
  else if (strcmp (name, "font-family") == 0)
    look->family = get_family (look, value);
  else if (g_str_has_prefix (name, "text-decoration") && strcmp (name, "text-decoration-color") != 0
           && strcmp (name, "text-decoration-style") != 0) {
    look->underline = strstr (value, "underline") != NULL;
    look->strike = strstr (value, "line-through") != NULL;
  }
}

static gboolean
is_one_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

/* What older programs say without a style. */
static void
enter_written_look (MimeLetterLook *look, const char *name, const char **attributes)
{
  static const double sizes[] = { .6, .8, 1, 1.2, 1.5, 2, 3 };
  const char *size = mime_html_attribute (attributes, "size"),
             *align = mime_html_attribute (attributes, "align");
  gint64 number = size != NULL ? g_ascii_strtoll (size, NULL, 10) : 0;

  if (strcmp (name, "font") == 0 && number >= 1 && number <= (gint64)G_N_ELEMENTS (sizes))
    look->size = get_size (sizes[number - 1]);
  else if (strcmp (name, "small") == 0)
    look->size = "small";
  else if (strcmp (name, "big") == 0)
    look->size = "large";
  if (strcmp (name, "center") == 0)
    look->align = "center";
  else if (align != NULL && strcmp (name, "img") != 0 && strcmp (name, "table") != 0)
    look->align = get_align (align);
}

void
mime_letter_look_enter (MimeLetterLook *look, const char *name, const char **attributes,
                        gboolean heading)
{
  const char *style = mime_html_attribute (attributes, "style");
  const char *colour = mime_html_attribute (attributes, "color");

  if (is_one_of (name, (const char *const[]){ "b", "strong", "th", "h4", "h5", "h6", NULL }))
    look->bold = TRUE;
  else if (is_one_of (name, (const char *const[]){ "i", "em", "cite", "dfn", "var", NULL }))
    look->italic = TRUE;
  else if (is_one_of (name, (const char *const[]){ "u", "ins", NULL }))
    look->underline = TRUE;
  else if (is_one_of (name, (const char *const[]){ "s", "strike", "del", NULL }))
    look->strike = TRUE;
  else if (is_one_of (name, (const char *const[]){ "code", "kbd", "samp", "tt", "pre", NULL }))
    look->family = "monospace";
  if (colour != NULL)
    look->colour = read_colour (look, colour);
  if (look->written)
    enter_written_look (look, name, attributes);
  if (style != NULL)
    mime_css_each_declaration (style, strlen (style), on_declaration, look);
  /* Links and headings look like what they are. */
  if (look->href != NULL && !look->written) {
    look->underline = FALSE;
    look->colour = MIME_LETTER_LOOK_NO_COLOUR;
  }
  if (heading)
    look->bold = FALSE;
}
