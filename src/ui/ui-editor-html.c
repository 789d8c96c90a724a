/* A letter in a GtkTextBuffer <-> plain text and HTML.  Main thread.  It writes only elements that it reads back, and never
 * reads anything else: HTML of other programs does not come here. */
#include "ui-editor-html.h"

#include <string.h>

#include "ui-text-tag.h"

#define LINK_PREFIX "link:"
#define QUOTE_STYLE "margin:0 0 0 .8ex;border-left:2px solid #729fcf;padding-left:1ex"

static const char *const format_names[UI_N_FORMATS] = {
  [UI_FORMAT_BOLD] = "bold",           [UI_FORMAT_ITALIC] = "italic",
  [UI_FORMAT_UNDERLINE] = "underline", [UI_FORMAT_STRIKETHROUGH] = "strikethrough",
  [UI_FORMAT_HEADING] = "heading",
};

/* In the order in which they nest; headings are blocks. */
static const char *const inline_elements[] = {
  [UI_FORMAT_BOLD] = "b",
  [UI_FORMAT_ITALIC] = "i",
  [UI_FORMAT_UNDERLINE] = "u",
  [UI_FORMAT_STRIKETHROUGH] = "s",
};

/* ---- tags ---- */

static void
add_tag (GtkTextTagTable *table, const char *name, const char *property, ...)
{
  g_autoptr (GtkTextTag) tag = ui_text_tag_new (name);
  va_list arguments;

  va_start (arguments, property);
  g_object_set_valist (G_OBJECT (tag), property, arguments);
  va_end (arguments);
  gtk_text_tag_table_add (table, tag);
}

GtkTextTagTable *
ui_editor_tags_new (void)
{
  GtkTextTagTable *table = gtk_text_tag_table_new ();

  add_tag (table, "quote", "indent", -12, NULL);
  add_tag (table, "bullet", "indent", -9, "left-margin", 32, NULL);
  add_tag (table, "bold", "weight", PANGO_WEIGHT_BOLD, NULL);
  add_tag (table, "italic", "style", PANGO_STYLE_ITALIC, NULL);
  add_tag (table, "underline", "underline", PANGO_UNDERLINE_SINGLE, NULL);
  add_tag (table, "strikethrough", "strikethrough", TRUE, NULL);
  add_tag (table, "heading", "weight", PANGO_WEIGHT_BOLD, "scale", 1.35, "pixels-above-lines", 8,
           "pixels-below-lines", 4, NULL);
  ui_editor_tags_set_dark (table, FALSE);
  return table;
}

typedef struct
{
  gboolean dark;
} Look;

static void
set_look (GtkTextTag *tag, gpointer data)
{
  const Look *look = data;
  g_autofree char *name = NULL;

  g_object_get (tag, "name", &name, NULL);
  if (g_strcmp0 (name, "quote") == 0)
    ui_text_tag_set_colour (tag, look->dark ? "#b5a9c9" : "#5b4a72");
  else if (ui_editor_tag_get_uri (tag) != NULL)
    ui_text_tag_set_colour (tag, look->dark ? "#78aeed" : "#1b6acb");
}

void
ui_editor_tags_set_dark (GtkTextTagTable *table, gboolean dark)
{
  Look look = { dark };

  g_object_set_data (G_OBJECT (table), "dark", GINT_TO_POINTER (dark));
  gtk_text_tag_table_foreach (table, set_look, &look);
}

GtkTextTag *
ui_editor_tags_get (GtkTextTagTable *table, UiFormat format)
{
  return gtk_text_tag_table_lookup (table, format_names[format]);
}

GtkTextTag *
ui_editor_tags_get_link (GtkTextTagTable *table, const char *uri)
{
  g_autofree char *name = g_strconcat (LINK_PREFIX, uri, NULL);
  GtkTextTag *tag = gtk_text_tag_table_lookup (table, name);

  if (tag == NULL) {
    Look look = { GPOINTER_TO_INT (g_object_get_data (G_OBJECT (table), "dark")) };

    add_tag (table, name, "underline", PANGO_UNDERLINE_SINGLE, NULL);
    tag = gtk_text_tag_table_lookup (table, name);
    g_object_set_data_full (G_OBJECT (tag), "uri", g_strdup (uri), g_free);
    set_look (tag, &look);
  }
  return tag;
}

const char *
ui_editor_tag_get_uri (GtkTextTag *tag)
{
  return g_object_get_data (G_OBJECT (tag), "uri");
}

gboolean
ui_editor_tag_is_format (GtkTextTag *tag)
{
  g_autofree char *name = NULL;

  g_object_get (tag, "name", &name, NULL);
  if (name == NULL)
    return FALSE;
  for (guint i = 0; i < UI_N_FORMATS; i++)
    if (g_str_equal (name, format_names[i]))
      return TRUE;
  return g_str_has_prefix (name, LINK_PREFIX);
}

GtkTextTag *
ui_editor_iter_get_link (const GtkTextIter *iter)
{
  g_autoptr (GSList) tags = gtk_text_iter_get_tags (iter);

  for (GSList *l = tags; l != NULL; l = l->next)
    if (ui_editor_tag_get_uri (l->data) != NULL)
      return l->data;
  return NULL;
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

guint
ui_editor_quote_depth (const char *line, const char **text)
{
  const char *p = line;
  guint depth = 0;

  while (*p == '>') {
    depth++;
    p++;
    if (p[0] == ' ' && p[1] == '>')
      p++;
  }
  if (depth > 0 && *p != ' ' && *p != '\0')
    depth = 0;
  if (text != NULL)
    *text = depth == 0 ? line : *p == ' ' ? p + 1 : p;
  return depth;
}

static gboolean
is_text_char (gunichar c)
{
  return c == '\t' || (c >= ' ' && c != 0x7f && c != 0xfffc && !(c >= 0x80 && c < 0xa0));
}

/* The text between, without characters that no XML may hold and the place holders of GtkTextBuffer. */
static void
append_text (GString *string, const GtkTextIter *start, const GtkTextIter *end, gboolean escape)
{
  g_autofree char *slice = gtk_text_iter_get_text (start, end);
  g_autoptr (GString) clean = g_string_sized_new (strlen (slice));

  for (const char *p = slice; *p != '\0'; p = g_utf8_next_char (p))
    if (is_text_char (g_utf8_get_char (p)))
      g_string_append_unichar (clean, g_utf8_get_char (p));
  if (escape) {
    g_autofree char *escaped = g_markup_escape_text (clean->str, (gssize)clean->len);

    g_string_append (string, escaped);
  } else {
    g_string_append_len (string, clean->str, (gssize)clean->len);
  }
}

static void
line_bounds (GtkTextBuffer *buffer, int line, GtkTextIter *start, GtkTextIter *end)
{
  gtk_text_buffer_get_iter_at_line (buffer, start, line);
  *end = *start;
  if (!gtk_text_iter_ends_line (end))
    gtk_text_iter_forward_to_line_end (end);
}

static gboolean
link_tells_address (const char *text, const char *uri)
{
  const char *const hidden[] = { "", "mailto:", "https://", "http://" };

  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++) {
    gsize length = strlen (hidden[i]);

    if (g_ascii_strncasecmp (uri, hidden[i], length) == 0
        && g_ascii_strcasecmp (uri + length, text) == 0)
      return TRUE;
  }
  return FALSE;
}

char *
ui_editor_to_text (GtkTextBuffer *buffer)
{
  GString *string = g_string_new (NULL);
  int n_lines = gtk_text_buffer_get_line_count (buffer);

  for (int line = 0; line < n_lines; line++) {
    GtkTextIter at, end;

    if (line > 0)
      g_string_append_c (string, '\n');
    line_bounds (buffer, line, &at, &end);
    while (gtk_text_iter_compare (&at, &end) < 0) {
      GtkTextTag *link = ui_editor_iter_get_link (&at);
      GtkTextIter next = at;
      gsize before = string->len;

      if (!gtk_text_iter_forward_to_tag_toggle (&next, link)
          || gtk_text_iter_compare (&next, &end) > 0)
        next = end;
      append_text (string, &at, &next, FALSE);
      if (link != NULL && !link_tells_address (string->str + before, ui_editor_tag_get_uri (link)))
        g_string_append_printf (string, " <%s>", ui_editor_tag_get_uri (link));
      at = next;
    }
  }
  return g_string_free (string, FALSE);
}

/* ---- writing ---- */

typedef struct
{
  GtkTextTagTable *table;
  GString *html;
  GtkTextTag *link;                              /* the <a> that is open */
  gboolean open[G_N_ELEMENTS (inline_elements)]; /* inside it */
} Writer;

/* Closes what `format` (NULL: nothing) does not want, outermost first, and opens what it wants. */
static void
writer_switch (Writer *writer, GtkTextTag *link, const gboolean *format)
{
  guint keep = 0;

  if (link == writer->link)
    while (keep < G_N_ELEMENTS (inline_elements)
           && writer->open[keep] == (format != NULL && format[keep]))
      keep++;
  for (guint i = G_N_ELEMENTS (inline_elements); i > keep; i--)
    if (writer->open[i - 1])
      g_string_append_printf (writer->html, "</%s>", inline_elements[i - 1]);
  if (link != writer->link) {
    if (writer->link != NULL)
      g_string_append (writer->html, "</a>");
    if (link != NULL) {
      g_autofree char *uri = g_markup_escape_text (ui_editor_tag_get_uri (link), -1);

      g_string_append_printf (writer->html, "<a href=\"%s\">", uri);
    }
    writer->link = link;
  }
  for (guint i = keep; i < G_N_ELEMENTS (inline_elements); i++) {
    writer->open[i] = format != NULL && format[i];
    if (writer->open[i])
      g_string_append_printf (writer->html, "<%s>", inline_elements[i]);
  }
}

static void
write_inline (Writer *writer, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter at = *start;

  if (gtk_text_iter_equal (start, end))
    g_string_append (writer->html, "<br/>");
  while (gtk_text_iter_compare (&at, end) < 0) {
    gboolean format[G_N_ELEMENTS (inline_elements)];
    GtkTextIter next = at;

    if (!gtk_text_iter_forward_to_tag_toggle (&next, NULL)
        || gtk_text_iter_compare (&next, end) > 0)
      next = *end;
    for (guint i = 0; i < G_N_ELEMENTS (format); i++)
      format[i] = gtk_text_iter_has_tag (&at, ui_editor_tags_get (writer->table, i));
    writer_switch (writer, ui_editor_iter_get_link (&at), format);
    append_text (writer->html, &at, &next, TRUE);
    at = next;
  }
  writer_switch (writer, NULL, NULL);
}

char *
ui_editor_to_html (GtkTextBuffer *buffer)
{
  Writer writer = { .table = gtk_text_buffer_get_tag_table (buffer),
                    .html = g_string_new ("<div style=\"white-space: pre-wrap\">") };
  GtkTextTag *heading = ui_editor_tags_get (writer.table, UI_FORMAT_HEADING);
  int n_lines = gtk_text_buffer_get_line_count (buffer);
  gboolean in_list = FALSE;
  guint depth = 0;

  for (int line = 0; line < n_lines; line++) {
    GtkTextIter start, end;
    g_autofree char *text = NULL;
    const char *quoted;
    const char *element = "div";
    guint line_depth;
    gboolean bullet;

    line_bounds (buffer, line, &start, &end);
    text = gtk_text_iter_get_slice (&start, &end);
    line_depth = ui_editor_quote_depth (text, &quoted);
    bullet = line_depth == 0 && g_str_has_prefix (text, UI_EDITOR_BULLET);
    if (in_list && !bullet)
      g_string_append (writer.html, "</ul>");
    for (; depth > line_depth; depth--)
      g_string_append (writer.html, "</blockquote>");
    for (; depth < line_depth; depth++)
      g_string_append (writer.html, "<blockquote type=\"cite\" style=\"" QUOTE_STYLE "\">");
    if (bullet && !in_list)
      g_string_append (writer.html, "<ul>");
    in_list = bullet;

    if (bullet) {
      element = "li";
      gtk_text_iter_forward_chars (&start, (int)g_utf8_strlen (UI_EDITOR_BULLET, -1));
    } else if (line_depth > 0) {
      gtk_text_iter_forward_chars (&start, (int)g_utf8_strlen (text, quoted - text));
    } else if (gtk_text_iter_has_tag (&start, heading)) {
      element = "h2";
    }
    g_string_append_printf (writer.html, "<%s>", element);
    write_inline (&writer, &start, &end);
    g_string_append_printf (writer.html, "</%s>", element);
  }
  if (in_list)
    g_string_append (writer.html, "</ul>");
  for (; depth > 0; depth--)
    g_string_append (writer.html, "</blockquote>");
  g_string_append (writer.html, "</div>");
  return g_string_free (writer.html, FALSE);
}

/* ---- reading ---- */

typedef struct
{
  GtkTextBuffer *buffer;
  GtkTextTagTable *table;
  guint elements; /* open ones */
  guint quotes;
  guint lines;
  gboolean in_line;
  GPtrArray *tags; /* of what is open inside the line; NULL for what has none */
} Reader;

static void
insert (Reader *reader, const char *text, gssize length)
{
  GtkTextIter start, end;
  int offset;

  gtk_text_buffer_get_end_iter (reader->buffer, &end);
  offset = gtk_text_iter_get_offset (&end);
  gtk_text_buffer_insert (reader->buffer, &end, text, (int)length);
  gtk_text_buffer_get_iter_at_offset (reader->buffer, &start, offset);
  /* New text at the end of the buffer takes no tags along by itself. */
  for (guint i = 0; i < reader->tags->len; i++)
    gtk_text_buffer_apply_tag (reader->buffer, reader->tags->pdata[i], &start, &end);
}

static void
start_line (Reader *reader, const char *element)
{
  if (reader->lines++ > 0)
    insert (reader, "\n", 1);
  reader->in_line = TRUE;
  for (guint i = 0; i < reader->quotes; i++)
    insert (reader, ">", 1);
  if (g_str_equal (element, "li"))
    insert (reader, UI_EDITOR_BULLET, -1);
  if (g_str_equal (element, "h2"))
    g_ptr_array_add (reader->tags, ui_editor_tags_get (reader->table, UI_FORMAT_HEADING));
}

static gboolean
is_line (const char *element)
{
  return g_str_equal (element, "div") || g_str_equal (element, "li") || g_str_equal (element, "h2");
}

static int
inline_format (const char *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (inline_elements); i++)
    if (g_str_equal (element, inline_elements[i]))
      return (int)i;
  return -1;
}

static void
on_start (GMarkupParseContext *context, const char *element, const char **names,
          const char **values, gpointer data, GError **error)
{
  Reader *reader = data;
  int format = inline_format (element);

  if (reader->elements++ == 0 && g_str_equal (element, "div"))
    return;
  if (!reader->in_line && is_line (element)) {
    start_line (reader, element);
    return;
  }
  if (!reader->in_line && g_str_equal (element, "blockquote") && reader->quotes < 100) {
    reader->quotes++;
    return;
  }
  if (!reader->in_line && g_str_equal (element, "ul"))
    return;
  if (reader->in_line && g_str_equal (element, "br"))
    return;
  if (reader->in_line && format >= 0) {
    g_ptr_array_add (reader->tags, ui_editor_tags_get (reader->table, (UiFormat)format));
    return;
  }
  if (reader->in_line && g_str_equal (element, "a") && g_strcmp0 (names[0], "href") == 0
      && ui_editor_uri_is_allowed (values[0])) {
    g_ptr_array_add (reader->tags, ui_editor_tags_get_link (reader->table, values[0]));
    return;
  }
  g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_UNKNOWN_ELEMENT, "<%s> is not ours", element);
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Reader *reader = data;

  reader->elements--;
  if (reader->in_line && is_line (element)) {
    reader->in_line = FALSE;
    g_ptr_array_set_size (reader->tags, 0);
  } else if (g_str_equal (element, "blockquote")) {
    reader->quotes--;
  } else if (reader->in_line && reader->tags->len > 0 && !g_str_equal (element, "br")) {
    g_ptr_array_set_size (reader->tags, (int)reader->tags->len - 1);
  }
}

static gboolean
at_quote_mark (Reader *reader)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (reader->buffer, &end);
  return reader->quotes > 0 && gtk_text_iter_get_line_offset (&end) == (int)reader->quotes;
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data,
         GError **error)
{
  Reader *reader = data;

  if (reader->in_line && length > 0) {
    if (at_quote_mark (reader))
      insert (reader, " ", 1);
    insert (reader, text, (gssize)length);
    return;
  }
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i])) {
      g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                           "text outside of a line");
      return;
    }
}

gboolean
ui_editor_from_html (GtkTextBuffer *buffer, const char *html)
{
  static const GMarkupParser parser = { .start_element = on_start,
                                        .end_element = on_end,
                                        .text = on_text };
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  Reader reader = { .buffer = buffer,
                    .table = gtk_text_buffer_get_tag_table (buffer),
                    .tags = tags };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, &reader, NULL);

  gtk_text_buffer_set_text (buffer, "", 0);
  if (g_markup_parse_context_parse (context, html, -1, NULL)
      && g_markup_parse_context_end_parse (context, NULL))
    return TRUE;
  gtk_text_buffer_set_text (buffer, "", 0);
  return FALSE;
}
