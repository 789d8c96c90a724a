/* A letter in HTML of our own into a GtkTextBuffer.  Main thread.  It never reads anything else: HTML of other programs
 * becomes ours before it comes here. */
#include "ui-editor-html.h"

#include <string.h>

#include "ui-editor-picture.h"
#include "ui-editor-table.h"

#define NO_BREAK   "\302\240"
#define MAX_QUOTES 100
#define MAX_SIDE   20000 /* of a picture, in pixels */

/* A stretch of a line with the same tags, or an object and what follows it. */
typedef struct
{
  gsize start;          /* in the line */
  GPtrArray *tags;      /* nullable: none */
  GdkPaintable *object; /* nullable, owned */
} Run;

/* What is open. */
typedef struct
{
  const char *element; /* interned */
  guint n_tags;        /* to take away when it ends */
} Open;

/* What a stretch of all that is read wears, in characters. */
typedef struct
{
  GtkTextTag *tag; /* borrowed */
  int start, end;
} Worn;

/* An object in it. */
typedef struct
{
  GdkPaintable *paintable; /* owned */
  gsize start;             /* in octets of the text, in which it is none */
} Object;

typedef struct
{
  GtkTextTagTable *tag_table;
  /* What is read so far: it goes into the buffer when all is, for each change of that costs, and what is wrong may come late */
  GString *text;
  GArray *worn, *objects; /* of Worn and Object */
  int length;             /* in characters, with the objects */
  GArray *open;           /* of Open */
  GArray *lists;          /* of guint: the next number, 0 for bullets */
  GPtrArray *tags;        /* of what is open */
  GString *prefix;        /* of the line */
  GString *line;          /* its text */
  GArray *runs;           /* of Run */
  GtkTextTag *align;
  guint quotes, lines;
  gboolean in_line;
  gboolean breaks; /* <br/> is the end of a line: of a cell */
  /* Of a table that is open; else NULL */
  UiEditorGrid *grid;   /* owned */
  UiEditorTable *table; /* of the last run */
  GString *cell;        /* NULL: between cells */
  const char *cell_align;
} Reader;

static void
object_clear (gpointer data)
{
  g_object_unref (((Object *)data)->paintable);
}

static void
run_clear (gpointer data)
{
  Run *run = data;

  g_clear_pointer (&run->tags, g_ptr_array_unref);
  g_clear_object (&run->object);
}

/* ---- lines ---- */

/* A no-break space beside another space or at an end of the line is a space (see write_words ()). */
static void
append_stretch (const Reader *reader, gsize start, gsize end)
{
  const char *line = reader->line->str;

  while (start < end) {
    const char *found = memchr (line + start, NO_BREAK[0], end - start);
    gsize at = found != NULL ? (gsize)(found - line) : end, after = at + strlen (NO_BREAK);

    g_string_append_len (reader->text, line + start, (gssize)(at - start));
    start = at;
    if (found == NULL)
      return;
    if (strncmp (found, NO_BREAK, strlen (NO_BREAK)) == 0
        && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\n' || line[after] == ' '
            || line[after] == '\n' || line[after] == '\0')) {
      g_string_append_c (reader->text, ' ');
      start = after;
    } else {
      g_string_append_c (reader->text, line[start++]);
    }
  }
}

static void
wear (Reader *reader, GtkTextTag *tag, int start)
{
  Worn worn = { tag, start, reader->length };

  /* Most lines wear what the one before does. */
  for (guint i = reader->worn->len; i > 0 && i + 4 > reader->worn->len; i--) {
    Worn *last = &g_array_index (reader->worn, Worn, i - 1);

    if (last->tag == tag && last->end == start) {
      last->end = reader->length;
      return;
    }
  }
  if (start < reader->length)
    g_array_append_val (reader->worn, worn);
}

/* What has been added to the text. */
static void
added (Reader *reader, gsize from, GPtrArray *tags)
{
  int start = reader->length;

  reader->length += (int)g_utf8_strlen (reader->text->str + from, -1);
  for (guint i = 0; tags != NULL && i < tags->len; i++)
    wear (reader, tags->pdata[i], start);
}

/* A table looks as its cells say. */
static void
insert_object (Reader *reader, const Run *run)
{
  Object object = { g_object_ref (run->object), reader->text->len };
  int start = reader->length++;

  g_array_append_val (reader->objects, object);
  for (guint i = 0; !UI_IS_EDITOR_TABLE (run->object) && run->tags != NULL && i < run->tags->len;
       i++)
    wear (reader, run->tags->pdata[i], start);
}

static void
insert_run (Reader *reader, const Run *run, gsize end)
{
  gsize from;

  if (run->object != NULL)
    insert_object (reader, run);
  from = reader->text->len;
  append_stretch (reader, run->start, end);
  added (reader, from, run->tags);
}

static void
flush_line (Reader *reader)
{
  int start = reader->length;

  if (reader->quotes > 0 && (reader->line->len > 0 || reader->runs->len > 0)
      && reader->prefix->len == reader->quotes)
    g_string_append_c (reader->prefix, ' ');
  g_string_append_len (reader->text, reader->prefix->str, (gssize)reader->prefix->len);
  added (reader, reader->text->len - reader->prefix->len, NULL);
  for (guint i = 0; i < reader->runs->len; i++)
    insert_run (reader, &g_array_index (reader->runs, Run, i),
                i + 1 < reader->runs->len ? g_array_index (reader->runs, Run, i + 1).start
                                          : reader->line->len);
  if (reader->align != NULL)
    wear (reader, reader->align, start);
  g_string_truncate (reader->line, 0);
  g_string_truncate (reader->prefix, 0);
  g_array_set_size (reader->runs, 0);
}

static void
add_run (Reader *reader, GdkPaintable *object)
{
  GPtrArray *tags = reader->tags->len > 0 ? g_ptr_array_copy (reader->tags, NULL, NULL) : NULL;
  Run run = { reader->line->len, tags, object };

  g_array_append_val (reader->runs, run);
}

/* The end of a line is as its text: aligned, so that an empty line can be. */
static void
end_last_line (Reader *reader)
{
  if (reader->lines++ == 0)
    return;
  g_string_append_c (reader->text, '\n');
  reader->length++;
  if (reader->align != NULL)
    wear (reader, reader->align, reader->length - 1);
}

static void
start_item (Reader *reader)
{
  guint *number = &g_array_index (reader->lists, guint, reader->lists->len - 1);

  if (reader->quotes > 0)
    g_string_append_c (reader->prefix, ' ');
  for (guint i = 1; i < reader->lists->len; i++)
    g_string_append (reader->prefix, UI_EDITOR_INDENT);
  if (*number == 0)
    g_string_append (reader->prefix, UI_EDITOR_BULLET);
  else
    g_string_append_printf (reader->prefix, "%u. ", (*number)++);
}

/* ---- attributes ---- */

static const char *
attribute (const char **names, const char **values, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return values[i];
  return NULL;
}

static gboolean
has_only (const char **names, const char *const *allowed)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (allowed, names[i]))
      return FALSE;
  return TRUE;
}

static gboolean
add_value (Reader *reader, UiValue kind, const char *value)
{
  GtkTextTag *tag = ui_editor_tags_get_value (reader->tag_table, kind, value);

  if (tag != NULL)
    g_ptr_array_add (reader->tags, tag);
  return tag != NULL;
}

static gboolean
add_declaration (Reader *reader, const char *declaration)
{
  const char *colon = strchr (declaration, ':'), *value = colon != NULL ? colon + 1 : "";

  if (g_str_equal (declaration, "white-space:pre") || g_str_equal (declaration, "mso-tab-count:1"))
    return TRUE;
  if (g_str_has_prefix (declaration, "color:"))
    return add_value (reader, UI_VALUE_COLOUR, value);
  if (g_str_has_prefix (declaration, "font-size:"))
    return add_value (reader, UI_VALUE_SIZE, g_str_equal (value, "xx-large") ? "huge" : value);
  if (g_str_has_prefix (declaration, "font-family:"))
    return add_value (reader, UI_VALUE_FAMILY, g_str_equal (value, "sans-serif") ? "sans" : value);
  return FALSE;
}

static gboolean
start_span (Reader *reader, const char *style)
{
  g_auto (GStrv) declarations = g_strsplit (style != NULL ? style : "", ";", 20);

  for (guint i = 0; declarations[i] != NULL; i++)
    if (!add_declaration (reader, declarations[i]))
      return FALSE;
  return TRUE;
}

static gboolean
start_line (Reader *reader, const char *element, const char **names, const char **values)
{
  const char *style = attribute (names, values, "style");
  const char *dir = attribute (names, values, "dir");

  if (!has_only (names, (const char *const[]){ "style", "dir", NULL })
      || (g_str_equal (element, "li") != (reader->lists->len > 0))
      || (dir != NULL && !g_str_equal (dir, "rtl") && !g_str_equal (dir, "ltr"))
      || (style != NULL && !g_str_has_prefix (style, "text-align:")))
    return FALSE;
  end_last_line (reader);
  reader->in_line = TRUE;
  reader->align = NULL;
  if (style != NULL) {
    reader->align = ui_editor_tags_get_value (reader->tag_table, UI_VALUE_ALIGN,
                                              style + strlen ("text-align:"));
    if (reader->align == NULL)
      return FALSE;
  }
  for (guint i = 0; i < reader->quotes; i++)
    g_string_append_c (reader->prefix, '>');
  if (g_str_equal (element, "li"))
    start_item (reader);
  if (g_str_equal (element, "h2"))
    g_ptr_array_add (reader->tags, ui_editor_tags_get (reader->tag_table, UI_FORMAT_HEADING));
  return TRUE;
}

static gboolean
start_picture (Reader *reader, const char **names, const char **values)
{
  const char *source = attribute (names, values, "src"), *name = attribute (names, values, "alt");
  const char *width = attribute (names, values, "width"),
             *height = attribute (names, values, "height");
  gint64 wide = width != NULL ? g_ascii_strtoll (width, NULL, 10) : 0;
  gint64 high = height != NULL ? g_ascii_strtoll (height, NULL, 10) : 0;

  if (source == NULL || !g_str_has_prefix (source, "cid:") || source[4] == '\0')
    return FALSE;
  add_run (reader, GDK_PAINTABLE (ui_editor_picture_new (source + 4, name != NULL ? name : "",
                                                         (int)CLAMP (wide, 0, MAX_SIDE),
                                                         (int)CLAMP (high, 0, MAX_SIDE))));
  return TRUE;
}

static int
inline_format (const char *element)
{
  static const char *const elements[] = { "b", "i", "u", "s", NULL };

  for (int i = 0; elements[i] != NULL; i++)
    if (g_str_equal (element, elements[i]))
      return i;
  return -1;
}

/* ---- tables ---- */

static void
append_escaped (GString *out, const char *text, gssize length)
{
  g_autofree char *escaped = g_markup_escape_text (text, length);

  g_string_append (out, escaped);
}

/* As ui_editor_to_cell () writes it. */
static void
append_cell_text (GString *out, const char *text, gsize length)
{
  for (const char *p = text; p < text + length; p++)
    if (*p == '&')
      g_string_append (out, "&amp;");
    else if (*p == '<')
      g_string_append (out, "&lt;");
    else if (*p == '>')
      g_string_append (out, "&gt;");
    else
      g_string_append_c (out, *p == '\n' || *p == '\r' ? ' ' : *p);
}

/* What stands in a cell is kept as it is written. */
static gboolean
start_in_cell (Reader *reader, const char *element, const char **names, const char **values)
{
  gsize n_tags = reader->tags->len;
  const char *style = attribute (names, values, "style"), *uri = attribute (names, values, "href");
  gboolean good = TRUE;

  g_string_append_printf (reader->cell, "<%s", element);
  if (g_str_equal (element, "a")) {
    good = uri != NULL && ui_editor_uri_is_allowed (uri);
    g_string_append (reader->cell, " href=\"");
    append_escaped (reader->cell, uri != NULL ? uri : "", -1);
    g_string_append_c (reader->cell, '"');
  } else if (g_str_equal (element, "span")) {
    good = has_only (names, (const char *const[]){ "style", NULL }) && start_span (reader, style);
    g_ptr_array_set_size (reader->tags, (int)n_tags);
    if (style != NULL) {
      g_string_append (reader->cell, " style=\"");
      append_escaped (reader->cell, style, -1);
      g_string_append_c (reader->cell, '"');
    }
  } else {
    good = inline_format (element) >= 0 || g_str_equal (element, "br");
  }
  g_string_append (reader->cell, g_str_equal (element, "br") ? "/>" : ">");
  return good;
}

static gboolean
start_in_table (Reader *reader, const char *element, const char **names, const char **values)
{
  if (reader->cell != NULL)
    return start_in_cell (reader, element, names, values);
  if (g_str_equal (element, "tr")) {
    ui_editor_grid_add_row (reader->grid);
    return TRUE;
  }
  if (!g_str_equal (element, "td"))
    return FALSE;
  reader->cell_align = ui_editor_grid_read_style (attribute (names, values, "style"));
  reader->cell = g_string_new (NULL);
  return reader->cell_align != NULL && has_only (names, (const char *const[]){ "style", NULL });
}

static gboolean
end_in_table (Reader *reader, const char *element)
{
  g_autofree char *html = NULL;

  if (g_str_equal (element, "table")) {
    gboolean good = ui_editor_grid_is_table (reader->grid);

    ui_editor_table_set_grid (reader->table, reader->grid);
    g_clear_pointer (&reader->grid, ui_editor_grid_unref);
    return good;
  }
  if (reader->cell == NULL || g_str_equal (element, "br"))
    return TRUE;
  if (!g_str_equal (element, "td")) {
    g_string_append_printf (reader->cell, "</%s>", element);
    return TRUE;
  }
  html = g_string_free (g_steal_pointer (&reader->cell), FALSE);
  return ui_editor_grid_add_cell (reader->grid, html, reader->cell_align);
}

/* ---- elements ---- */

static gboolean
is_line (const char *element)
{
  return g_str_equal (element, "div") || g_str_equal (element, "li") || g_str_equal (element, "h2");
}

static gboolean
start_inside (Reader *reader, const char *element, const char **names, const char **values)
{
  int format = inline_format (element);

  if (format >= 0) {
    g_ptr_array_add (reader->tags, ui_editor_tags_get (reader->tag_table, (UiFormat)format));
    return TRUE;
  }
  if (g_str_equal (element, "br")) {
    if (reader->breaks) {
      add_run (reader, NULL);
      g_string_append_c (reader->line, '\n');
    }
    return TRUE;
  }
  if (g_str_equal (element, "span"))
    return has_only (names, (const char *const[]){ "style", NULL })
           && start_span (reader, attribute (names, values, "style"));
  if (g_str_equal (element, "a") && attribute (names, values, "href") != NULL)
    return add_value (reader, UI_VALUE_LINK, attribute (names, values, "href"));
  if (g_str_equal (element, "table")) {
    reader->grid = ui_editor_grid_new ();
    reader->table = ui_editor_table_new (reader->grid);
    add_run (reader, GDK_PAINTABLE (reader->table));
    return TRUE;
  }
  return g_str_equal (element, "img") && start_picture (reader, names, values);
}

static gboolean
start_block (Reader *reader, const char *element, const char **names, const char **values)
{
  guint number = 0;

  if (is_line (element))
    return start_line (reader, element, names, values);
  if (g_str_equal (element, "blockquote") && reader->quotes < MAX_QUOTES
      && reader->lists->len == 0) {
    reader->quotes++;
    return TRUE;
  }
  if (reader->lists->len > UI_EDITOR_MAX_LEVEL)
    return FALSE;
  if (g_str_equal (element, "ol")) {
    const char *start = attribute (names, values, "start");

    number = start != NULL ? (guint)CLAMP (g_ascii_strtoll (start, NULL, 10), 1, 999) : 1;
  } else if (!g_str_equal (element, "ul")) {
    return FALSE;
  }
  g_array_append_val (reader->lists, number);
  return TRUE;
}

static void
on_start (GMarkupParseContext *context, const char *element, const char **names,
          const char **values, gpointer data, GError **error)
{
  Reader *reader = data;
  Open open = { g_intern_string (element), reader->tags->len };
  gboolean good = TRUE;

  if (reader->open->len > 0 || !g_str_equal (element, "div"))
    good = reader->grid != NULL ? start_in_table (reader, element, names, values)
           : reader->in_line    ? start_inside (reader, element, names, values)
                                : start_block (reader, element, names, values);
  if (!good) {
    g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_UNKNOWN_ELEMENT, "<%s> is not ours",
                 element);
    return;
  }
  open.n_tags = reader->tags->len - open.n_tags;
  g_array_append_val (reader->open, open);
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Reader *reader = data;
  Open *open = &g_array_index (reader->open, Open, reader->open->len - 1);

  if (reader->grid != NULL) {
    if (!end_in_table (reader, element))
      g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "no table of a letter");
  } else if (reader->in_line && is_line (element)) {
    flush_line (reader);
    reader->in_line = FALSE;
  } else if (g_str_equal (element, "blockquote")) {
    reader->quotes--;
  } else if (g_str_equal (element, "ul") || g_str_equal (element, "ol")) {
    g_array_set_size (reader->lists, reader->lists->len - 1);
  }
  g_ptr_array_set_size (reader->tags, (int)(reader->tags->len - open->n_tags));
  g_array_set_size (reader->open, reader->open->len - 1);
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data,
         GError **error)
{
  Reader *reader = data;

  if (reader->cell != NULL) {
    append_cell_text (reader->cell, text, length);
    return;
  }
  if (reader->in_line && reader->grid == NULL && length > 0) {
    add_run (reader, NULL);
    g_string_append_len (reader->line, text, (gssize)length);
    for (gsize i = reader->line->len - length; i < reader->line->len; i++)
      if (reader->line->str[i] == '\n' || reader->line->str[i] == '\r')
        reader->line->str[i] = ' ';
    return;
  }
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i])) {
      g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                           "text outside of a line");
      return;
    }
}

static gboolean
read_html (Reader *reader, const char *html)
{
  static const GMarkupParser parser = { .start_element = on_start,
                                        .end_element = on_end,
                                        .text = on_text };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, reader, NULL);

  return g_markup_parse_context_parse (context, html, -1, NULL)
         && g_markup_parse_context_end_parse (context, NULL);
}

/* `at` is behind it afterwards. */
static void
put (const Reader *reader, GtkTextBuffer *buffer, GtkTextIter *at)
{
  int offset = gtk_text_iter_get_offset (at);
  const char *text = reader->text->str;
  GtkTextIter start, end;

  for (guint i = 0; i < reader->objects->len; i++) {
    const Object *object = &g_array_index (reader->objects, Object, i);
    const char *stop = reader->text->str + object->start;

    if (stop > text)
      gtk_text_buffer_insert (buffer, at, text, (int)(stop - text));
    gtk_text_buffer_insert_paintable (buffer, at, object->paintable);
    text = stop;
  }
  if (*text != '\0')
    gtk_text_buffer_insert (buffer, at, text, -1);
  gtk_text_buffer_get_iter_at_offset (buffer, &start, offset);
  /* Between two letters of one format the text has taken that format by itself. */
  if (!gtk_text_iter_is_end (at))
    gtk_text_buffer_remove_all_tags (buffer, &start, at);
  for (guint i = 0; i < reader->worn->len; i++) {
    const Worn *worn = &g_array_index (reader->worn, Worn, i);

    gtk_text_buffer_get_iter_at_offset (buffer, &start, offset + worn->start);
    gtk_text_buffer_get_iter_at_offset (buffer, &end, offset + worn->end);
    gtk_text_buffer_apply_tag (buffer, worn->tag, &start, &end);
  }
  gtk_text_buffer_get_iter_at_offset (buffer, at, offset + reader->length);
}

static gboolean
insert_html (GtkTextBuffer *buffer, GtkTextIter *at, const char *html, gboolean breaks)
{
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (Open));
  g_autoptr (GArray) lists = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_autoptr (GArray) worn = g_array_new (FALSE, FALSE, sizeof (Worn));
  g_autoptr (GArray) objects = g_array_new (FALSE, FALSE, sizeof (Object));
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GString) prefix = g_string_new (NULL);
  Reader reader = { .tag_table = gtk_text_buffer_get_tag_table (buffer),
                    .text = text,
                    .worn = worn,
                    .objects = objects,
                    .open = open,
                    .lists = lists,
                    .tags = tags,
                    .prefix = prefix,
                    .line = line,
                    .runs = runs,
                    .breaks = breaks };
  gboolean good;

  g_array_set_clear_func (runs, run_clear);
  g_array_set_clear_func (objects, object_clear);
  good = read_html (&reader, html);
  if (reader.cell != NULL)
    g_string_free (reader.cell, TRUE);
  g_clear_pointer (&reader.grid, ui_editor_grid_unref);
  if (good)
    put (&reader, buffer, at);
  return good;
}

gboolean
ui_editor_insert_html (GtkTextBuffer *buffer, GtkTextIter *at, const char *html)
{
  return insert_html (buffer, at, html, FALSE);
}

void
ui_editor_from_cell (GtkTextBuffer *buffer, const char *html)
{
  g_autofree char *letter = g_strconcat ("<div><div>", html, "</div></div>", NULL);
  GtkTextIter at;

  gtk_text_buffer_set_text (buffer, "", 0);
  gtk_text_buffer_get_end_iter (buffer, &at);
  (void)insert_html (buffer, &at, letter, TRUE);
}

gboolean
ui_editor_from_html (GtkTextBuffer *buffer, const char *html)
{
  GtkTextIter at;

  gtk_text_buffer_set_text (buffer, "", 0);
  gtk_text_buffer_get_end_iter (buffer, &at);
  return ui_editor_insert_html (buffer, &at, html);
}
