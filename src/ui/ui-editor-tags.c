/* Tags for the formats of a letter, and what the beginnings of its lines say.  Main thread.  It must never let a value through
 * that is not one of those listed: what stands in a tag is written into HTML. */
#include "ui-editor-tags.h"

#include <string.h>

#include "ui-text-tag.h"

static const char *const format_names[UI_N_FORMATS] = {
  [UI_FORMAT_BOLD] = "bold",           [UI_FORMAT_ITALIC] = "italic",
  [UI_FORMAT_UNDERLINE] = "underline", [UI_FORMAT_STRIKETHROUGH] = "strikethrough",
  [UI_FORMAT_HEADING] = "heading",
};

static const char *const value_names[UI_N_VALUES] = {
  [UI_VALUE_COLOUR] = "colour", [UI_VALUE_SIZE] = "size", [UI_VALUE_FAMILY] = "family",
  [UI_VALUE_ALIGN] = "align",   [UI_VALUE_LINK] = "link",
};

/* ---- tags ---- */

static GtkTextTag *
add_tag (GtkTextTagTable *table, const char *name, const char *property, ...)
{
  g_autoptr (GtkTextTag) tag = ui_text_tag_new (name);
  va_list arguments;

  va_start (arguments, property);
  if (property != NULL)
    g_object_set_valist (G_OBJECT (tag), property, arguments);
  va_end (arguments);
  gtk_text_tag_table_add (table, tag);
  return tag; /* the table keeps it */
}

GtkTextTagTable *
ui_editor_tags_new (void)
{
  GtkTextTagTable *table = gtk_text_tag_table_new ();

  add_tag (table, "quote", "indent", -12, NULL);
  add_tag (table, "bullet", "indent", -9, "left-margin", 32, NULL);
  add_tag (table, "number", "indent", -16, "left-margin", 32, NULL);
  add_tag (table, "bold", "weight", PANGO_WEIGHT_BOLD, NULL);
  add_tag (table, "italic", "style", PANGO_STYLE_ITALIC, NULL);
  add_tag (table, "underline", "underline", PANGO_UNDERLINE_SINGLE, NULL);
  add_tag (table, "strikethrough", "strikethrough", TRUE, NULL);
  add_tag (table, "picture", "pixels-above-lines", 4, "pixels-below-lines", 4, NULL);
  add_tag (table, "misspelt", "underline", PANGO_UNDERLINE_ERROR, NULL);
  add_tag (table, "heading", "weight", PANGO_WEIGHT_BOLD, "scale", 1.35, "pixels-above-lines", 8,
           "pixels-below-lines", 4, NULL);
  ui_editor_tags_set_dark (table, FALSE);
  return table;
}

/* What is written for white paper, on dark paper: its hue stays, its darkness turns to light. */
static void
set_colour_in_the_dark (GtkTextTag *tag, const char *colour)
{
  GdkRGBA rgba;
  float light, lift;

  if (!gdk_rgba_parse (&rgba, colour))
    return;
  light = 0.30f * rgba.red + 0.59f * rgba.green + 0.11f * rgba.blue;
  lift = CLAMP ((0.62f - light) / MAX (1.f - light, 0.01f), 0.f, 0.9f);
  rgba.red += (1.f - rgba.red) * lift;
  rgba.green += (1.f - rgba.green) * lift;
  rgba.blue += (1.f - rgba.blue) * lift;
  g_object_set (tag, "foreground-rgba", &rgba, NULL);
}

static void
set_look (GtkTextTag *tag, gpointer data)
{
  gboolean dark = GPOINTER_TO_INT (data);
  const char *colour = ui_editor_tag_get_value (tag, UI_VALUE_COLOUR);
  g_autofree char *name = NULL;

  g_object_get (tag, "name", &name, NULL);
  if (g_strcmp0 (name, "quote") == 0)
    ui_text_tag_set_colour (tag, dark ? "#b5a9c9" : "#5b4a72");
  else if (ui_editor_tag_get_value (tag, UI_VALUE_LINK) != NULL)
    ui_text_tag_set_colour (tag, dark ? "#78aeed" : "#1b6acb");
  else if (colour != NULL && dark)
    set_colour_in_the_dark (tag, colour);
  else if (colour != NULL)
    ui_text_tag_set_colour (tag, colour);
}

void
ui_editor_tags_set_dark (GtkTextTagTable *table, gboolean dark)
{
  g_object_set_data (G_OBJECT (table), "dark", GINT_TO_POINTER (dark));
  gtk_text_tag_table_foreach (table, set_look, GINT_TO_POINTER (dark));
}

GtkTextTag *
ui_editor_tags_get (GtkTextTagTable *table, UiFormat format)
{
  return gtk_text_tag_table_lookup (table, format_names[format]);
}

static gboolean
is_colour (const char *value)
{
  gsize length = strlen (value);

  return length == 7 && value[0] == '#' && strspn (value + 1, "0123456789abcdef") == 6;
}

static GtkTextTag *
add_value (GtkTextTagTable *table, const char *name, UiValue kind, const char *value)
{
  switch (kind) {
  case UI_VALUE_COLOUR:
    return is_colour (value) ? add_tag (table, name, NULL) : NULL;
  case UI_VALUE_SIZE:
    if (g_str_equal (value, "small"))
      return add_tag (table, name, "scale", PANGO_SCALE_SMALL, NULL);
    if (g_str_equal (value, "large"))
      return add_tag (table, name, "scale", PANGO_SCALE_LARGE, NULL);
    if (g_str_equal (value, "huge"))
      return add_tag (table, name, "scale", PANGO_SCALE_XX_LARGE, NULL);
    return NULL;
  case UI_VALUE_FAMILY:
    if (g_strv_contains ((const char *const[]){ "sans", "serif", "monospace", NULL }, value))
      return add_tag (table, name, "family", value, NULL);
    return NULL;
  case UI_VALUE_ALIGN:
    if (g_str_equal (value, "center"))
      return add_tag (table, name, "justification", GTK_JUSTIFY_CENTER, NULL);
    if (g_str_equal (value, "right"))
      return add_tag (table, name, "justification", GTK_JUSTIFY_RIGHT, NULL);
    return NULL;
  case UI_VALUE_LINK:
    return ui_editor_uri_is_allowed (value)
               ? add_tag (table, name, "underline", PANGO_UNDERLINE_SINGLE, NULL)
               : NULL;
  }
  return NULL;
}

GtkTextTag *
ui_editor_tags_get_value (GtkTextTagTable *table, UiValue kind, const char *value)
{
  g_autofree char *name = g_strconcat (value_names[kind], ":", value, NULL);
  GtkTextTag *tag = gtk_text_tag_table_lookup (table, name);

  if (tag != NULL)
    return tag;
  tag = add_value (table, name, kind, value);
  if (tag == NULL)
    return NULL;
  g_object_set_data_full (G_OBJECT (tag), value_names[kind], g_strdup (value), g_free);
  set_look (tag, g_object_get_data (G_OBJECT (table), "dark"));
  return tag;
}

const char *
ui_editor_tag_get_value (GtkTextTag *tag, UiValue kind)
{
  return g_object_get_data (G_OBJECT (tag), value_names[kind]);
}

gboolean
ui_editor_tag_is_format (GtkTextTag *tag)
{
  g_autofree char *name = NULL;

  for (guint i = 0; i < UI_N_VALUES; i++)
    if (ui_editor_tag_get_value (tag, i) != NULL)
      return TRUE;
  g_object_get (tag, "name", &name, NULL);
  for (guint i = 0; name != NULL && i < UI_N_FORMATS; i++)
    if (g_str_equal (name, format_names[i]))
      return TRUE;
  return FALSE;
}

GtkTextTag *
ui_editor_iter_get_value (const GtkTextIter *iter, UiValue kind)
{
  g_autoptr (GSList) tags = gtk_text_iter_get_tags (iter);

  for (GSList *l = tags; l != NULL; l = l->next)
    if (ui_editor_tag_get_value (l->data, kind) != NULL)
      return l->data;
  return NULL;
}

void
ui_editor_put_value (GtkTextBuffer *buffer, UiValue kind, GtkTextTag *tag, const GtkTextIter *start,
                     const GtkTextIter *end)
{
  GtkTextIter at = *start;

  while (gtk_text_iter_compare (&at, end) < 0) {
    GtkTextTag *there = ui_editor_iter_get_value (&at, kind);
    GtkTextIter next = at;

    if (!gtk_text_iter_forward_to_tag_toggle (&next, there)
        || gtk_text_iter_compare (&next, end) > 0)
      next = *end;
    if (there != NULL && there != tag)
      gtk_text_buffer_remove_tag (buffer, there, &at, &next);
    at = next;
  }
  if (tag != NULL)
    gtk_text_buffer_apply_tag (buffer, tag, start, end);
}

gboolean
ui_editor_uri_is_allowed (const char *uri)
{
  const char *const schemes[] = { "http://", "https://", "mailto:" };

  for (const char *c = uri; *c != '\0'; c++)
    if ((guchar)*c <= ' ' || *c == 0x7f)
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (uri, schemes[i], strlen (schemes[i])) == 0)
      return uri[strlen (schemes[i])] != '\0';
  return FALSE;
}

/* ---- lines ---- */

static void
read_quote (const char *line, UiLine *found)
{
  const char *p = line;

  while (*p == '>') {
    found->depth++;
    p++;
    if (p[0] == ' ' && p[1] == '>')
      p++;
  }
  if (found->depth > 0 && *p != ' ' && *p != '\0')
    found->depth = 0;
  found->quoted = found->depth == 0 ? line : *p == ' ' ? p + 1 : p;
}

void
ui_editor_read_line (const char *line, UiLine *found)
{
  const char *p;
  gsize digits;

  *found = (UiLine){ 0 };
  read_quote (line, found);
  p = found->text = found->quoted;
  while (found->level < UI_EDITOR_MAX_LEVEL && g_str_has_prefix (p, UI_EDITOR_INDENT)) {
    p += strlen (UI_EDITOR_INDENT);
    found->level++;
  }
  digits = strspn (p, "0123456789");
  if (g_str_has_prefix (p, UI_EDITOR_BULLET)) {
    found->list = UI_LIST_BULLET;
    found->text = p + strlen (UI_EDITOR_BULLET);
  } else if (digits >= 1 && digits <= 3 && *p != '0' && p[digits] == '.' && p[digits + 1] == ' ') {
    found->list = UI_LIST_NUMBER;
    found->number = (guint)g_ascii_strtoull (p, NULL, 10);
    found->text = p + digits + 2;
  } else {
    found->level = 0;
  }
}

gsize
ui_editor_find_line_end (const char *text, const char **next)
{
  const char *p = text;

  /* U+2029 is one, too. */
  while (*p != '\0' && *p != '\n' && *p != '\r' && strncmp (p, "\342\200\251", 3) != 0)
    p++;
  if (*p == '\0')
    *next = NULL;
  else if (*p == '\r' && p[1] == '\n')
    *next = p + 2;
  else
    *next = *p == '\n' || *p == '\r' ? p + 1 : p + 3;
  return (gsize)(p - text);
}
