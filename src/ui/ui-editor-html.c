/* A letter in a GtkTextBuffer to plain text and HTML.  Main thread.  It writes only elements that ui-editor-read.c reads
 * back. */
#include "ui-editor-html.h"

#include <string.h>

#include "ui-editor-picture.h"
#include "ui-editor-table.h"

#define QUOTE_STYLE "margin:0 0 0 .8ex;border-left:2px solid #729fcf;padding-left:1ex"
/* Begins on the right, and so do its line and the room for it. */
#define RTL_QUOTE_STYLE "margin:0 .8ex 0 0;border-right:2px solid #729fcf;padding-right:1ex"
#define NO_BREAK        0xa0
#define PICTURE         0xfffc
#define OBJECT          "\357\277\274" /* the same in UTF-8 */

/* In the order in which they nest; headings are blocks. */
static const char *const inline_elements[] = {
  [UI_FORMAT_BOLD] = "b",
  [UI_FORMAT_ITALIC] = "i",
  [UI_FORMAT_UNDERLINE] = "u",
  [UI_FORMAT_STRIKETHROUGH] = "s",
};

static gboolean
is_text_char (gunichar c)
{
  return c == '\t'
         || (c >= ' ' && c != 0x7f && c != PICTURE && c < 0x110000 && (c & 0xfffe) != 0xfffe
             && !(c >= 0x80 && c < 0xa0));
}

static void
line_bounds (GtkTextBuffer *buffer, int line, GtkTextIter *start, GtkTextIter *end)
{
  gtk_text_buffer_get_iter_at_line (buffer, start, line);
  *end = *start;
  if (!gtk_text_iter_ends_line (end))
    gtk_text_iter_forward_to_line_end (end);
}

/* ---- plain text ---- */

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

/* A line that is being written as text. */
typedef struct
{
  GString *string;
  gsize start;    /* where its words begin in it */
  char *prefix;   /* what a line that goes on with it begins with */
  gboolean ended; /* behind a table */
} Plain;

static void
break_line (Plain *plain)
{
  g_string_append_printf (plain->string, "\n%s", plain->prefix);
  plain->start = plain->string->len;
  plain->ended = FALSE;
}

static void
append_object (Plain *plain, const GtkTextIter *at)
{
  UiEditorPicture *picture = ui_editor_iter_get_picture (at);
  UiEditorTable *table = ui_editor_iter_get_table (at);

  if (table != NULL && plain->string->len > plain->start)
    break_line (plain);
  if (table != NULL)
    ui_editor_grid_append_text (ui_editor_table_get_grid (table), plain->prefix, plain->string);
  else if (picture != NULL)
    g_string_append_printf (plain->string, "[%s]", ui_editor_picture_get_name (picture));
  plain->ended = table != NULL;
}

/* Without characters that no XML may hold. */
static void
append_plain (Plain *plain, const GtkTextIter *start, const GtkTextIter *end)
{
  GString *string = plain->string;
  g_autofree char *slice = gtk_text_iter_get_slice (start, end);
  GtkTextIter at = *start;

  for (const char *p = slice; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (plain->ended && (is_text_char (c) || c == PICTURE))
      break_line (plain);
    if (is_text_char (c)) {
      g_string_append_unichar (string, c);
    } else if (c == PICTURE) {
      gtk_text_iter_set_offset (&at, gtk_text_iter_get_offset (start)
                                         + (int)g_utf8_pointer_to_offset (slice, p));
      append_object (plain, &at);
    }
  }
}

/* What a line of a list or quote begins with is no part of a link. */
static void
append_marks (Plain *plain, GtkTextIter *start, const GtkTextIter *end)
{
  g_autofree char *text = gtk_text_iter_get_slice (start, end);
  UiLine line;

  ui_editor_read_line (text, &line);
  g_string_append_len (plain->string, text, line.text - text);
  plain->prefix = g_strndup (text, (gsize)(line.quoted - text));
  plain->start = plain->string->len;
  gtk_text_iter_forward_chars (start, (int)g_utf8_strlen (text, line.text - text));
}

/* The end of what has the same tags as `at`, for the next toggle is looked for as far as it may be: once, and not again for each line before it. */
static void
find_toggle (const GtkTextIter *at, GtkTextIter *toggle)
{
  if (gtk_text_iter_compare (at, toggle) < 0)
    return;
  *toggle = *at;
  (void)gtk_text_iter_forward_to_tag_toggle (toggle, NULL); /* else it is at the end */
}

/* A table is in no link, whatever tags it wears: the words before it are one, and those behind it. */
static void
stop_at_table (const GtkTextIter *at, GtkTextIter *end)
{
  GtkTextIter next = *at;

  while (gtk_text_iter_compare (&next, end) < 0 && ui_editor_iter_get_table (&next) == NULL)
    gtk_text_iter_forward_char (&next);
  *end = next;
}

/* Up to a toggle that lies ahead, what stands at `at` is what stood at the last one asked for: no link. */
static void
append_line (GString *string, GtkTextIter *at, const GtkTextIter *end, GtkTextIter *toggle)
{
  Plain plain = { .string = string };

  append_marks (&plain, at, end);
  while (gtk_text_iter_compare (at, end) < 0) {
    gboolean known = gtk_text_iter_compare (at, toggle) < 0;
    GtkTextTag *link = known ? NULL : ui_editor_iter_get_value (at, UI_VALUE_LINK);
    const char *uri = link != NULL ? ui_editor_tag_get_value (link, UI_VALUE_LINK) : NULL;
    GtkTextIter next = *at;
    gsize before;

    if (plain.ended)
      break_line (&plain);
    before = string->len;
    if (link != NULL && ui_editor_iter_get_table (at) != NULL) {
      gtk_text_iter_forward_char (&next);
      uri = NULL;
    } else if (link != NULL) {
      (void)gtk_text_iter_forward_to_tag_toggle (&next, link);
      stop_at_table (at, &next);
    } else {
      find_toggle (at, toggle);
      next = *toggle;
    }
    if (gtk_text_iter_compare (&next, end) > 0)
      next = *end;
    append_plain (&plain, at, &next);
    if (uri != NULL && !link_tells_address (string->str + before, uri))
      g_string_append_printf (string, " <%s>", uri);
    *at = next;
  }
  g_free (plain.prefix);
}

/* FALSE: there is an object in it. */
static gboolean
append_bare (GString *string, const char *text, gsize length)
{
  const char *end = text + length;
  gsize before = string->len;

  for (const char *p = text; p < end;) {
    const char *plain = p;

    while (p < end && (guchar)*p >= ' ' && (guchar)*p < 0x7f)
      p++;
    g_string_append_len (string, plain, p - plain);
    if (p == end)
      break;
    if (g_utf8_get_char (p) == PICTURE) {
      g_string_truncate (string, before);
      return FALSE;
    }
    if (is_text_char (g_utf8_get_char (p)))
      g_string_append_len (string, p, g_utf8_next_char (p) - p);
    p = g_utf8_next_char (p);
  }
  return TRUE;
}

/* Lines without links and objects are taken from one copy of all: there may be 100,000 of them. */
char *
ui_editor_to_text (GtkTextBuffer *buffer)
{
  GString *string = g_string_new (NULL);
  GtkTextIter start, end, toggle;
  g_autofree char *text = NULL;
  const char *line, *next;
  int number = 0, offset = 0;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_slice (buffer, &start, &end, TRUE);
  toggle = start;
  for (line = text; line != NULL; line = next, number++) {
    gsize length = ui_editor_find_line_end (line, &next);
    int after = offset + (int)g_utf8_strlen (line, (gssize)length);

    if (number > 0)
      g_string_append_c (string, '\n');
    if (after > gtk_text_iter_get_offset (&toggle) || !append_bare (string, line, length)) {
      line_bounds (buffer, number, &start, &end);
      append_line (string, &start, &end, &toggle);
    }
    offset = after;
    if (next != NULL)
      offset += (int)g_utf8_strlen (line + length, next - line - (gssize)length);
  }
  return g_string_free (string, FALSE);
}

/* ---- what is inside a line ---- */

/* How a stretch of text looks. */
typedef struct
{
  GtkTextTag *link, *colour, *size, *family;
  gboolean formats[G_N_ELEMENTS (inline_elements)];
} Look;

typedef struct
{
  GtkTextTag *formats[UI_N_FORMATS]; /* borrowed */
  GString *html;
  Look look;      /* what is open */
  gboolean space; /* one more space would not be seen */
  /* Of the text up to `toggle` */
  Look run;
  GtkTextTag *align;
  gboolean heading;
  GtkTextIter toggle;
} Writer;

/* A tag that is a value of some kind. */
static void
read_value (Writer *writer, GtkTextTag *tag)
{
  GtkTextTag **const places[UI_N_VALUES] = {
    [UI_VALUE_COLOUR] = &writer->run.colour, [UI_VALUE_SIZE] = &writer->run.size,
    [UI_VALUE_FAMILY] = &writer->run.family, [UI_VALUE_ALIGN] = &writer->align,
    [UI_VALUE_LINK] = &writer->run.link,
  };

  for (guint i = 0; i < UI_N_VALUES; i++)
    if (*places[i] == NULL && ui_editor_tag_get_value (tag, i) != NULL)
      *places[i] = tag;
}

/* What stands at `at`, and goes on up to the toggle.  Its tags are asked for once: that costs more than all the rest of a line. */
static void
read_run (Writer *writer, const GtkTextIter *at)
{
  if (gtk_text_iter_compare (at, &writer->toggle) < 0)
    return;
  g_autoptr (GSList) tags = gtk_text_iter_get_tags (at);

  find_toggle (at, &writer->toggle);
  writer->run = (Look){ 0 };
  writer->align = NULL;
  writer->heading = FALSE;
  for (GSList *l = tags; l != NULL; l = l->next) {
    guint format = 0;

    while (format < UI_N_FORMATS && l->data != writer->formats[format])
      format++;
    if (format < G_N_ELEMENTS (inline_elements))
      writer->run.formats[format] = TRUE;
    else if (format == UI_FORMAT_HEADING)
      writer->heading = TRUE;
    else
      read_value (writer, l->data);
  }
}

static gboolean
has_span (const Look *look)
{
  return look->colour != NULL || look->size != NULL || look->family != NULL;
}

static void
open_span (Writer *writer, const Look *look)
{
  const char *separator = "";

  g_string_append (writer->html, "<span style=\"");
  if (look->colour != NULL) {
    g_string_append_printf (writer->html, "color:%s",
                            ui_editor_tag_get_value (look->colour, UI_VALUE_COLOUR));
    separator = ";";
  }
  if (look->size != NULL) {
    const char *size = ui_editor_tag_get_value (look->size, UI_VALUE_SIZE);

    g_string_append_printf (writer->html, "%sfont-size:%s", separator,
                            g_str_equal (size, "huge") ? "xx-large" : size);
    separator = ";";
  }
  if (look->family != NULL) {
    const char *family = ui_editor_tag_get_value (look->family, UI_VALUE_FAMILY);

    g_string_append_printf (writer->html, "%sfont-family:%s", separator,
                            g_str_equal (family, "sans") ? "sans-serif" : family);
  }
  g_string_append (writer->html, "\">");
}

/* Closes what `look` does not want, outermost first, and opens what it wants: <a>, <span>, <b>, <i>, <u>, <s>. */
static void
writer_switch (Writer *writer, const Look *look)
{
  Look *open = &writer->look;
  gboolean same_link = open->link == look->link;
  gboolean same_span = same_link && open->colour == look->colour && open->size == look->size
                       && open->family == look->family;
  guint keep = 0;

  while (same_span && keep < G_N_ELEMENTS (inline_elements)
         && open->formats[keep] == look->formats[keep])
    keep++;
  for (guint i = G_N_ELEMENTS (inline_elements); i > keep; i--)
    if (open->formats[i - 1])
      g_string_append_printf (writer->html, "</%s>", inline_elements[i - 1]);
  if (!same_span && has_span (open))
    g_string_append (writer->html, "</span>");
  if (!same_link && open->link != NULL)
    g_string_append (writer->html, "</a>");
  if (!same_link && look->link != NULL) {
    g_autofree char *uri =
        g_markup_escape_text (ui_editor_tag_get_value (look->link, UI_VALUE_LINK), -1);

    g_string_append_printf (writer->html, "<a href=\"%s\">", uri);
  }
  if (!same_span && has_span (look))
    open_span (writer, look);
  for (guint i = keep; i < G_N_ELEMENTS (inline_elements); i++)
    if (look->formats[i])
      g_string_append_printf (writer->html, "<%s>", inline_elements[i]);
  *open = *look;
}

static void
write_picture (Writer *writer, const GtkTextIter *at)
{
  UiEditorPicture *picture = ui_editor_iter_get_picture (at);
  int width, height;

  if (picture == NULL)
    return;
  g_autofree char *id = g_markup_escape_text (ui_editor_picture_get_id (picture), -1);
  g_autofree char *name = g_markup_escape_text (ui_editor_picture_get_name (picture), -1);
  ui_editor_picture_get_size (picture, &width, &height);
  g_string_append_printf (writer->html, "<img src=\"cid:%s\" alt=\"%s\"", id, name);
  if (width > 0 && height > 0)
    g_string_append_printf (writer->html, " width=\"%d\" height=\"%d\"", width, height);
  g_string_append (writer->html, " style=\"max-width:100%;height:auto\"/>");
  writer->space = FALSE;
}

/* No element that changes the look of words is around a table. */
static void
write_object (Writer *writer, const GtkTextIter *at)
{
  UiEditorTable *table = ui_editor_iter_get_table (at);

  writer_switch (writer, table != NULL ? &(Look){ 0 } : &writer->run);
  if (table != NULL)
    ui_editor_grid_append_html (ui_editor_table_get_grid (table), writer->html);
  else
    write_picture (writer, at);
  writer->space = FALSE;
}

/* Spaces at the ends of a line and in a row become no-break spaces, each second one: all programs show those.  `start` is where `text` stands, NULL
 * where no object is in it; `last`: nothing else is in its line. */
static void
write_words (Writer *writer, const char *text, const GtkTextIter *start, gboolean last)
{
  int offset = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p), offset++) {
    gunichar c = g_utf8_get_char (p);
    gboolean space = FALSE;

    if (c == PICTURE && start != NULL) {
      GtkTextIter at = *start;

      gtk_text_iter_forward_chars (&at, offset);
      write_object (writer, &at);
      continue;
    }
    /* Behind a table, too, which closes them. */
    if (p == text || writer->html->str[writer->html->len - 1] == '>')
      writer_switch (writer, &writer->run);
    if (c == ' ') {
      space = !writer->space && !(last && p[1] == '\0');
      g_string_append_unichar (writer->html, space ? ' ' : NO_BREAK);
    } else if (c == '\t') {
      /* Outlook has a name of its own for it. */
      g_string_append (writer->html, "<span style=\"white-space:pre;mso-tab-count:1\">\t</span>");
    } else if (c == '<') {
      g_string_append (writer->html, "&lt;");
    } else if (c == '>') {
      g_string_append (writer->html, "&gt;");
    } else if (c == '&') {
      g_string_append (writer->html, "&amp;");
    } else if (c > ' ' && c < 0x7f) {
      g_string_append_c (writer->html, (char)c);
    } else if (is_text_char (c)) {
      g_string_append_unichar (writer->html, c);
    }
    writer->space = space;
  }
}

static void
write_text (Writer *writer, const GtkTextIter *start, const GtkTextIter *end, gboolean last)
{
  g_autofree char *slice = gtk_text_iter_get_slice (start, end);

  write_words (writer, slice, start, last);
}

static void
write_inline (Writer *writer, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter at = *start;

  if (gtk_text_iter_equal (start, end))
    g_string_append (writer->html, "<br/>");
  writer->space = TRUE;
  while (gtk_text_iter_compare (&at, end) < 0) {
    GtkTextIter next;

    read_run (writer, &at);
    next = gtk_text_iter_compare (&writer->toggle, end) > 0 ? *end : writer->toggle;
    write_text (writer, &at, &next, gtk_text_iter_equal (&next, end));
    at = next;
  }
  writer_switch (writer, &(Look){ 0 });
}

/* ---- lines ---- */

/* The quotes and lists that are open. */
typedef struct
{
  guint depth;
  guint n_lists;
  UiList lists[UI_EDITOR_MAX_LEVEL + 1];
  guint numbers[UI_EDITOR_MAX_LEVEL + 1]; /* of the last item */
  gboolean rtl[UI_EDITOR_MAX_LEVEL + 1];  /* of `lists` */
} Blocks;

static void
close_list (GString *html, Blocks *blocks)
{
  blocks->n_lists--;
  g_string_append (html, blocks->lists[blocks->n_lists] == UI_LIST_NUMBER ? "</ol>" : "</ul>");
}

static gboolean
is_rtl (const UiLine *line)
{
  return line->text != NULL && pango_find_base_dir (line->text, -1) == PANGO_DIRECTION_RTL;
}

/* "ltr" is said only where a list around says otherwise. */
static const char *
get_dir (const Blocks *blocks, gboolean rtl)
{
  for (guint i = 0; !rtl && i < blocks->n_lists; i++)
    if (blocks->rtl[i])
      return " dir=\"ltr\"";
  return rtl ? " dir=\"rtl\"" : "";
}

/* Its marks stand where its first item begins. */
static void
open_list (GString *html, Blocks *blocks, UiList list, guint number, gboolean rtl)
{
  const char *dir = get_dir (blocks, rtl);

  if (list == UI_LIST_BULLET)
    g_string_append_printf (html, "<ul%s>", dir);
  else if (number == 1)
    g_string_append_printf (html, "<ol%s>", dir);
  else
    g_string_append_printf (html, "<ol start=\"%u\"%s>", number, dir);
  blocks->rtl[blocks->n_lists] = rtl;
  blocks->lists[blocks->n_lists++] = list;
}

/* An item goes on with a list only where it would get its number by itself. */
static void
switch_blocks (GString *html, Blocks *blocks, const UiLine *line)
{
  guint wanted = line->list == UI_LIST_NONE ? 0 : line->level + 1;

  if (line->depth != blocks->depth)
    while (blocks->n_lists > 0)
      close_list (html, blocks);
  for (; blocks->depth > line->depth; blocks->depth--)
    g_string_append (html, "</blockquote>");
  for (; blocks->depth < line->depth; blocks->depth++)
    g_string_append (html, is_rtl (line) ? "<blockquote type=\"cite\" style=\"" RTL_QUOTE_STYLE
                                           "\">"
                                         : "<blockquote type=\"cite\" style=\"" QUOTE_STYLE "\">");
  while (blocks->n_lists > wanted)
    close_list (html, blocks);
  if (wanted == 0)
    return;
  if (blocks->n_lists == wanted
      && (blocks->lists[wanted - 1] != line->list
          || (line->list == UI_LIST_NUMBER && blocks->numbers[wanted - 1] + 1 != line->number)))
    close_list (html, blocks);
  while (blocks->n_lists < wanted)
    open_list (html, blocks, line->list, line->number, is_rtl (line));
  blocks->numbers[wanted - 1] = line->number;
}

/* The element of a line, open. */
static const char *
open_line (Writer *writer, Blocks *blocks, const UiLine *line, GtkTextTag *align)
{
  const char *element = line->list != UI_LIST_NONE ? "li" : writer->heading ? "h2" : "div";

  g_string_append_printf (writer->html, "<%s%s", element, get_dir (blocks, is_rtl (line)));
  if (align != NULL)
    g_string_append_printf (writer->html, " style=\"text-align:%s\"",
                            ui_editor_tag_get_value (align, UI_VALUE_ALIGN));
  g_string_append_c (writer->html, '>');
  return element;
}

static void
write_line (Writer *writer, Blocks *blocks, GtkTextIter *start, const GtkTextIter *end)
{
  g_autofree char *text = gtk_text_iter_get_slice (start, end);
  const char *element;
  GtkTextTag *align;
  UiLine line;

  read_run (writer, start);
  align = writer->align;
  ui_editor_read_line (text, &line);
  switch_blocks (writer->html, blocks, &line);
  gtk_text_iter_forward_chars (start, (int)g_utf8_strlen (text, line.text - text));
  read_run (writer, start);
  element = open_line (writer, blocks, &line, align);
  write_inline (writer, start, end);
  g_string_append_printf (writer->html, "</%s>", element);
}

/* The same of one that has neither formats nor objects. */
static void
write_bare_line (Writer *writer, Blocks *blocks, const char *text)
{
  const char *element;
  UiLine line;

  ui_editor_read_line (text, &line);
  switch_blocks (writer->html, blocks, &line);
  element = open_line (writer, blocks, &line, NULL);
  if (*line.text == '\0')
    g_string_append (writer->html, "<br/>");
  writer->space = TRUE;
  write_words (writer, line.text, NULL, TRUE);
  g_string_append_printf (writer->html, "</%s>", element);
}

static void
writer_init (Writer *writer, GtkTextBuffer *buffer, const char *begin)
{
  GtkTextTagTable *table = gtk_text_buffer_get_tag_table (buffer);

  *writer = (Writer){ .html = g_string_new (begin) };
  for (guint i = 0; i < UI_N_FORMATS; i++)
    writer->formats[i] = ui_editor_tags_get (table, i);
  gtk_text_buffer_get_start_iter (buffer, &writer->toggle);
}

char *
ui_editor_to_cell (GtkTextBuffer *buffer)
{
  int n_lines = gtk_text_buffer_get_line_count (buffer);
  Writer writer;

  writer_init (&writer, buffer, "");
  for (int line = 0; line < n_lines; line++) {
    GtkTextIter start, end;

    line_bounds (buffer, line, &start, &end);
    if (line > 0)
      g_string_append (writer.html, "<br/>");
    if (!gtk_text_iter_equal (&start, &end))
      write_inline (&writer, &start, &end);
  }
  return g_string_free (writer.html, FALSE);
}

static gboolean
is_bare (const Writer *writer)
{
  gboolean bare = !writer->heading && writer->align == NULL && writer->run.link == NULL
                  && !has_span (&writer->run);

  for (guint i = 0; bare && i < G_N_ELEMENTS (inline_elements); i++)
    bare = !writer->run.formats[i];
  return bare;
}

/* As in ui_editor_to_text (). */
char *
ui_editor_to_html (GtkTextBuffer *buffer)
{
  Blocks blocks = { 0 };
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  int number = 0, offset = 0;
  char *line, *next;
  Writer writer;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_slice (buffer, &start, &end, TRUE);
  writer_init (&writer, buffer, "<div>");
  for (line = text; line != NULL; line = next, number++) {
    gsize length = ui_editor_find_line_end (line, (const char **)&next);
    char ended = line[length];
    int after;

    line[length] = '\0';
    after = offset + (int)g_utf8_strlen (line, (gssize)length);
    /* Of an empty one its end is aligned. */
    if (offset < gtk_text_iter_get_offset (&writer.toggle)
        && after <= gtk_text_iter_get_offset (&writer.toggle) && is_bare (&writer)
        && strstr (line, OBJECT) == NULL) {
      write_bare_line (&writer, &blocks, line);
    } else {
      line_bounds (buffer, number, &start, &end);
      write_line (&writer, &blocks, &start, &end);
    }
    line[length] = ended;
    offset = after;
    if (next != NULL)
      offset += (int)g_utf8_strlen (line + length, next - line - (gssize)length);
  }
  switch_blocks (writer.html, &blocks, &(UiLine){ 0 });
  g_string_append (writer.html, "</div>");
  return g_string_free (writer.html, FALSE);
}
