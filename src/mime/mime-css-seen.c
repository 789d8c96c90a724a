/* Judges declarations and selectors by whether all text is seen that will be quoted: nothing too small, too far away, over other text,
 * or there only while the pointer is.  What only a layout can tell is for ui-web-seen.js.  Runs on any thread; linear. */
#include "mime-css-seen-private.h"

#include <string.h>

#include "mime-css-private.h"

#define FAR     600 /* pixels to the right or down */
#define OVERLAP 8   /* pixels that something may reach over what stands beside it */

double
mime_css_pixels (const char *lower)
{
  static const struct
  {
    const char *unit;
    double pixels;
  } units[] = { { "px", 1 },    { "pt", 4.0 / 3 }, { "pc", 16 },  { "in", 96 }, { "cm", 37.8 },
                { "mm", 3.78 }, { "q", 0.945 },    { "rem", 16 }, { "em", 16 }, { "ex", 8 },
                { "ch", 8 },    { "%", 10 },       { "vw", 10 },  { "vi", 10 } };
  char *unit;
  double number = g_ascii_strtod (lower, &unit);

  if (unit == lower)
    return -1;
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_str_has_prefix (unit, units[i].unit))
      return number * units[i].pixels;
  }
  return number;
}

gboolean
mime_css_is_tiny (const char *value)
{
  char *unit;
  double number = g_ascii_strtod (value, &unit);

  if (unit == value)
    return FALSE;
  if (*unit == '%')
    return number < 30;
  if (g_ascii_strncasecmp (unit, "em", 2) == 0 || g_ascii_strncasecmp (unit, "rem", 3) == 0
      || g_ascii_strncasecmp (unit, "ex", 2) == 0)
    return number < 0.3;
  return number < 4;
}

/* One of the lengths leads to where nobody looks, or over what is not the element's own. */
static gboolean
is_far (const char *lower, double most, double least)
{
  g_auto (GStrv) words = NULL;

  if (strchr (lower, '(') != NULL)
    return TRUE;
  words = g_strsplit (lower, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    double pixels = mime_css_pixels (words[i]);

    if (words[i][strspn (words[i], "+-.")] == '\0'
        || !g_ascii_isdigit (words[i][strspn (words[i], "+-.")]))
      continue;
    if (words[i][strspn (words[i], "+-.0123456789")] != '%' && (pixels > most || pixels < least))
      return TRUE;
    /* Of a width that may be any */
    if (strchr (words[i], '%') != NULL && (pixels > 600 || pixels < 0))
      return TRUE;
  }
  return FALSE;
}

/* "transparent", "rgba(0,0,0,0.02)", "#12345600" and their like. */
static gboolean
is_invisible_colour (const char *lower)
{
  const char *last;

  if (g_str_has_prefix (lower, "transparent"))
    return TRUE;
  if (lower[0] == '#') {
    gsize length = strspn (lower + 1, "0123456789abcdef");

    return (length == 4 && lower[4] < '4') || (length == 8 && lower[7] < '4');
  }
  last = strrchr (lower, ',');
  if (strchr (lower, '/') != NULL)
    last = strrchr (lower, '/');
  else if (last == NULL || (!g_str_has_prefix (lower, "rgba") && !g_str_has_prefix (lower, "hsla")))
    return FALSE;
  return g_ascii_strtod (last + 1, NULL) < (strchr (last, '%') != NULL ? 30 : 0.3);
}

/* Shown, in its place. */
static gboolean
is_shown (const char *lower)
{
  static const char *const shown[] = { "block",
                                       "inherit",
                                       "initial",
                                       "inline",
                                       "inline-block",
                                       "inline-flex",
                                       "inline-table",
                                       "flex",
                                       "list-item",
                                       "table",
                                       "table-caption",
                                       "table-cell",
                                       "table-row",
                                       "table-row-group",
                                       "unset",
                                       "-webkit-box",
                                       NULL };
  g_autofree char *word = g_strndup (lower, strcspn (lower, " !"));

  return g_strv_contains (shown, word);
}

/* Three digits are a weight, and what follows a slash is the height of lines. */
static gboolean
is_tiny_font (const char *lower)
{
  g_auto (GStrv) words = g_strsplit (lower, " ", -1);
  gboolean height = FALSE;

  for (guint i = 0; words[i] != NULL; i++) {
    char *slash = strchr (words[i], '/');

    if (slash != NULL)
      *slash = '\0';
    if (!height && g_ascii_isdigit (words[i][0])
        && !(strlen (words[i]) == 3 && strspn (words[i], "0123456789") == 3)
        && mime_css_is_tiny (words[i]))
      return TRUE;
    height = slash != NULL && slash[1] == '\0';
  }
  return FALSE;
}

/* Colours and words only: a line may not be so thick that it covers what it should underline. */
static gboolean
has_length (const char *lower)
{
  g_auto (GStrv) words = g_strsplit (lower, " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    if (g_ascii_isdigit (words[i][0]) || words[i][0] == '.')
      return TRUE;
  }
  return strstr (lower, "calc") != NULL;
}

gboolean
mime_css_declaration_hides (const char *name, const char *lower, double room)
{
  if (strcmp (name, "display") == 0)
    return !is_shown (lower);
  if (strcmp (name, "flex-direction") == 0 || strcmp (name, "flex-wrap") == 0)
    return strstr (lower, "reverse") != NULL;
  if (strcmp (name, "color") == 0)
    return is_invisible_colour (lower);
  if (strcmp (name, "font") == 0)
    return is_tiny_font (lower);
  if (strcmp (name, "text-indent") == 0)
    return is_far (lower, FAR, -MAX (room, OVERLAP));
  if (g_str_has_prefix (name, "margin") || strcmp (name, "vertical-align") == 0)
    return is_far (lower, FAR, -OVERLAP);
  if (g_str_has_prefix (name, "padding"))
    return is_far (lower, FAR, 0);
  if (g_str_has_suffix (name, "gap") || g_str_has_suffix (name, "spacing")) {
    if (is_far (lower, FAR / 10, -3))
      return TRUE;
    return strstr (lower, "em") != NULL && g_ascii_strtod (lower, NULL) < -0.2;
  }
  /* Words that are read and not quoted */
  if (g_str_has_prefix (name, "list-style"))
    return strpbrk (lower, "\"'") != NULL;
  if (g_str_has_prefix (name, "text-decoration"))
    return has_length (lower);
  return FALSE;
}

static void
add_room (const char *name, const char *value, gpointer user_data)
{
  double *room = user_data;
  g_autofree char *lower = g_ascii_strdown (value, -1);
  g_auto (GStrv) sides = NULL;
  const char *left = lower;

  if (strcmp (name, "margin") == 0 || strcmp (name, "padding") == 0) {
    sides = g_strsplit (lower, " ", -1);
    guint count = g_strv_length (sides);

    left = count >= 4 ? sides[3] : count >= 2 ? sides[1] : lower;
  } else if (strcmp (name, "margin-left") != 0 && strcmp (name, "padding-left") != 0) {
    return;
  }
  double pixels = mime_css_pixels (left);

  if (pixels > 0 && pixels <= FAR && strchr (left, '%') == NULL)
    *room += pixels;
}

double
mime_css_room (const char *css, gsize length)
{
  double room = 0;

  if (g_strstr_len (css, (gssize)length, "indent") != NULL)
    mime_css_each_declaration (css, length, add_room, &room);
  return room;
}

gboolean
mime_css_selector_changes (const char *prelude)
{
  static const char *const lasting[] = { "any-link",
                                         "empty",
                                         "first-child",
                                         "first-of-type",
                                         "is",
                                         "lang",
                                         "last-child",
                                         "last-of-type",
                                         "link",
                                         "not",
                                         "nth-child",
                                         "nth-last-child",
                                         "nth-last-of-type",
                                         "nth-of-type",
                                         "only-child",
                                         "only-of-type",
                                         "root",
                                         "where",
                                         NULL };

  for (const char *at = prelude; (at = strchr (at, ':')) != NULL;) {
    gsize length = strspn (++at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    g_autofree char *name = g_ascii_strdown (at, (gssize)length);

    if (!g_strv_contains (lasting, name))
      return TRUE;
  }
  return FALSE;
}

gboolean
mime_css_is_colour (const char *name)
{
  return strcmp (name, "color") == 0 || g_str_has_prefix (name, "background");
}
