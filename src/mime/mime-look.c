/* Looks at backgrounds.  Runs on any thread; linear. */
#include "mime-look-private.h"

#include <string.h>

#include "mime-css-private.h"

gboolean
mime_look_is_paper (const char *colour)
{
  static const char *const names[] = { "white", "transparent", "none",  "inherit",   "initial",
                                       "unset", "snow",        "ivory", "whitesmoke" };
  g_autofree char *lower = g_ascii_strdown (colour, -1);
  char *text = g_strstrip (lower);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_has_prefix (text, names[i]))
      return TRUE;
  }
  if (text[0] == '#')
    text++;
  gsize digits = strspn (text, "0123456789abcdef");

  if (digits == 3 || digits == 4)
    return text[0] == 'f' && text[1] == 'f' && text[2] == 'f';
  if (digits == 6 || digits == 8)
    return text[0] == 'f' && text[2] == 'f' && text[4] == 'f';
  if (g_str_has_prefix (text, "rgb")) {
    double parts[4] = { 0, 0, 0, 1 };
    const char *at = text + strcspn (text, "0123456789.");

    for (gsize i = 0; i < G_N_ELEMENTS (parts) && *at != '\0'; i++) {
      char *end;

      parts[i] = g_ascii_strtod (at, &end);
      at = end + strcspn (end, "0123456789.");
    }
    return parts[3] == 0 || (parts[0] >= 240 && parts[1] >= 240 && parts[2] >= 240);
  }
  return text[0] == '\0' || (text[0] == '0' && digits == 1);
}

static void
look_at (const char *name, const char *value, gpointer user_data)
{
  gboolean *paints = user_data;

  if (strcmp (name, "background") == 0 || strcmp (name, "background-color") == 0)
    *paints = *paints || !mime_look_is_paper (value);
}

gboolean
mime_look_paints (const char *css, gsize length)
{
  gboolean paints = FALSE;

  mime_css_each_declaration (css, length, look_at, &paints);
  return paints;
}

static void
look_at_rule (const char *prelude, const char *block, gsize length, gpointer user_data)
{
  gboolean *paints = user_data;

  *paints = *paints || mime_look_paints (block, length);
}

gboolean
mime_look_sheet_paints (const char *css, gsize length)
{
  gboolean paints = FALSE;

  mime_css_each_rule (css, length, look_at_rule, &paints);
  return paints;
}
