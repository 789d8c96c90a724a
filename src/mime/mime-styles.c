/* Remembers what style attributes say, see the header.  Any thread.  It must never hold more than a layout needs: an attribute that is
 * there once is read once more or less, but the memory is the stranger's to fill. */
#include "mime-styles-private.h"

#include <string.h>

#include "mime-css-private.h"

#define MAX_STYLES 1000
#define MAX_LENGTH 1000

static void
style_free (gpointer data)
{
  MimeStyle *style = data;

  g_free ((char *)style->css);
  g_free (style);
}

static void
look_at_size (const char *name, const char *value, gpointer user_data)
{
  MimeSize *size = user_data;

  if (strcmp (name, "font-size") == 0)
    *size = mime_css_is_tiny (value) ? MIME_SIZE_NOTHING : MIME_SIZE_SET;
  else if (strcmp (name, "font") == 0)
    *size = MIME_SIZE_SET;
}

static MimeStyle *
read_style (const char *attribute)
{
  MimeStyle *style = g_new0 (MimeStyle, 1);
  gsize length = strlen (attribute);

  style->css = mime_css_clean_declarations (attribute, length, FALSE, NULL);
  style->hides = mime_hidden_declarations (attribute, length);
  style->size = MIME_SIZE_KEPT;
  /* As it goes out: of what is not understood nobody sees anything */
  if (strstr (style->css, "font") != NULL)
    mime_css_each_declaration (style->css, strlen (style->css), look_at_size, &style->size);
  return style;
}

void
mime_styles_clear (MimeStyles *self)
{
  g_clear_pointer (&self->styles, g_hash_table_unref);
}

const MimeStyle *
mime_styles_look_up (MimeStyles *self, const char *attribute)
{
  MimeStyle *style;

  if (self->styles == NULL)
    self->styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, style_free);
  style = g_hash_table_lookup (self->styles, attribute);
  if (style != NULL)
    return style;
  style = read_style (attribute);
  if (g_hash_table_size (self->styles) >= MAX_STYLES || strlen (attribute) > MAX_LENGTH)
    g_hash_table_remove_all (self->styles);
  g_hash_table_insert (self->styles, g_strdup (attribute), style);
  return style;
}
