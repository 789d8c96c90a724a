/* Finds what the sender hid.  It need not find everything: what is not found is shown, in reading and quoting alike, for
 * nothing that hides comes through the cleaning.  Runs on any thread; linear. */
#include "mime-hidden-private.h"

#include <string.h>

#include "mime-css-private.h"
#include "mime-html-parse-private.h"
#include "mime-styles-private.h"

#define MAX_NAMES 2000

void
mime_hidden_clear (MimeHidden *self)
{
  g_clear_pointer (&self->names, g_hash_table_unref);
}

/* ---- declarations ---- */

typedef struct
{
  gboolean display, visibility, opacity, low, narrow,
      clips; /* each hides, or does so with `clips` */
} Hiding;

static gboolean
starts (const char *value, const char *word)
{
  return g_ascii_strncasecmp (value, word, strlen (word)) == 0;
}

/* No more than two pixels. */
static gboolean
is_nothing (const char *value)
{
  char *unit;
  double number = g_ascii_strtod (value, &unit);

  return unit != value && number >= 0 && (number == 0 || (number <= 2 && starts (unit, "p")));
}

static void
look_at (const char *name, const char *value, gpointer user_data)
{
  Hiding *hiding = user_data;

  if (strcmp (name, "display") == 0)
    hiding->display = starts (value, "none");
  else if (strcmp (name, "visibility") == 0)
    hiding->visibility = starts (value, "hidden") || starts (value, "collapse");
  else if (strcmp (name, "opacity") == 0)
    hiding->opacity = is_nothing (value) && g_ascii_strtod (value, NULL) < 0.1;
  else if (strcmp (name, "max-height") == 0 || strcmp (name, "height") == 0)
    hiding->low = hiding->low || is_nothing (value);
  else if (strcmp (name, "max-width") == 0 || strcmp (name, "width") == 0)
    hiding->narrow = hiding->narrow || is_nothing (value);
  else if (strcmp (name, "overflow") == 0 || strcmp (name, "overflow-y") == 0)
    hiding->clips = starts (value, "hidden");
}

gboolean
mime_hidden_declarations (const char *css, gsize length)
{
  Hiding hiding = { 0 };

  mime_css_each_declaration (css, length, look_at, &hiding);
  return hiding.display || hiding.visibility || hiding.opacity
         || (hiding.clips && (hiding.low || hiding.narrow));
}

/* ---- style sheets ---- */

/* Names of ".a", "p.a", "#b": of others it is not known whom they mean without a tree. */
static void
add_selector (MimeHidden *self, const char *selector)
{
  const char *mark = selector + strspn (selector, "abcdefghijklmnopqrstuvwxyz0123456789*");

  if ((*mark != '.' && *mark != '#') || mark[1] == '\0')
    return;
  for (const char *c = mark + 1; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return;
  }
  if (self->names == NULL)
    self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_size (self->names) < MAX_NAMES)
    g_hash_table_add (self->names, g_strdup (mark));
}

static void
look_at_rule (const char *prelude, const char *block, gsize length, gpointer user_data)
{
  if (!mime_hidden_declarations (block, length))
    return;
  g_auto (GStrv) selectors = g_strsplit (prelude, ",", 200);

  for (guint i = 0; selectors[i] != NULL; i++)
    add_selector (user_data, g_strstrip (selectors[i]));
}

void
mime_hidden_add_sheet (MimeHidden *self, const char *css, gsize length)
{
  mime_css_each_rule (css, length, look_at_rule, self);
}

/* ---- elements ---- */

/* Gone with all that is in them; sorted. */
static const char *const dropped[] = {
  "applet", "area",    "audio",    "base",    "bgsound", "canvas", "datalist", "embed",
  "frame",  "iframe",  "input",    "isindex", "keygen",  "link",   "map",      "math",
  "meta",   "noembed", "noframes", "object",  "param",   "rp",     "script",   "select",
  "source", "svg",     "template", "title",   "track",   "video",  "xml",
};

static int
compare_names (const void *key, const void *item)
{
  return strcmp (key, *(const char *const *)item);
}

gboolean
mime_hidden_is_dropped (const char *name)
{
  return bsearch (name, dropped, G_N_ELEMENTS (dropped), sizeof dropped[0], compare_names) != NULL;
}

static gboolean
has_hidden_name (const MimeHidden *self, const char **attributes)
{
  const char *id = mime_html_attribute (attributes, "id"),
             *class = mime_html_attribute (attributes, "class");

  if (id != NULL) {
    g_autofree char *name = g_strconcat ("#", id, NULL);

    if (g_hash_table_contains (self->names, name))
      return TRUE;
  }
  for (const char *c = class; c != NULL && *c != '\0';) {
    gsize length = strcspn (c, " \t\n\r\f");

    if (length > 0 && length < 200) {
      char name[202] = ".";

      memcpy (name + 1, c, length);
      if (g_hash_table_contains (self->names, name))
        return TRUE;
    }
    c += length;
    c += strspn (c, " \t\n\r\f");
  }
  return FALSE;
}

gboolean
mime_hidden_is (const MimeHidden *self, MimeStyles *styles, const char **attributes)
{
  const char *style;

  if (attributes == NULL)
    return FALSE;
  if (mime_html_attribute (attributes, "hidden") != NULL)
    return TRUE;
  style = mime_html_attribute (attributes, "style");
  return (style != NULL && mime_styles_look_up (styles, style)->hides)
         || (self->names != NULL && has_hidden_name (self, attributes));
}

MimeSize
mime_hidden_get_size (MimeStyles *styles, const char *name, const char **attributes)
{
  const char *style = mime_html_attribute (attributes, "style");
  MimeSize size = style != NULL ? mime_styles_look_up (styles, style)->size : MIME_SIZE_KEPT;

  if (size != MIME_SIZE_KEPT)
    return size;
  if (strcmp (name, "font") == 0 && mime_html_attribute (attributes, "size") != NULL)
    return MIME_SIZE_SET;
  return mime_html_attribute (attributes, "class") != NULL
                 || mime_html_attribute (attributes, "id") != NULL
             ? MIME_SIZE_UNKNOWN
             : MIME_SIZE_KEPT;
}
