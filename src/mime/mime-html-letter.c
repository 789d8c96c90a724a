/* HTML of others to the lines of a letter: for quoting in rich text, and for pasting.
 *
 * It reads cleaned HTML only (mime_html_clean ()), so what was hidden is gone, and nothing in it fetches.  What goes out is written
 * here, element by element: the subset that the editor of letters reads back strictly.  Runs on any thread. */
#include "mime-html.h"

#include <string.h>

#include "mime-html-parse-private.h"
#include "mime-html-role-private.h"
#include "mime-html-table-private.h"
#include "mime-letter-look-private.h"

#define MAX_QUOTES 20
#define MAX_DEPTH  100 /* of quotes that a person wrote */
#define MAX_LEVELS 9

typedef struct
{
  MimeRole role;
  gboolean heading;
  MimeLetterLook look;
  char *href;     /* owned */
  int number;     /* of a list: the next number, 0 for bullets */
  guint gap;      /* the ends of lines around a paragraph */
  gboolean cells; /* of a row: one stands already */
} Open;

typedef struct
{
  /* Owned */
  GString *out;
  GArray *open; /* of Open */
  /* What stands in `out` and is not closed */
  MimeLetterLook look;
  const char *element; /* NULL: no line is open */
  /* What waits for the next word */
  guint newlines;
  guint breaks; /* those of them in a cell that somebody wrote */
  gboolean space, tab;
  gboolean prefixed; /* the line has its mark only */
  gboolean loose;    /* what it ends with is a space that does not count at the end of a line */
  guint quotes, line_quotes, pre, lists, headings;
  gboolean full;
  /* Tables */
  MimeTableList *known; /* owned */
  guint n_tables;       /* that have begun */
  guint depth;          /* of `open` where the table is that is being written; 0: none */
  MimeTable *table;     /* borrowed; NULL: none is being written */
  gboolean in_cell;     /* of it */
  /* Given */
  gboolean written;             /* MIME_LETTER_WRITTEN */
  const MimeLetterLook *coming; /* of an element that begins; NULL: none does */
  guint base;
  gsize max;
  MimeHtmlCidFunc picture_func;
  gpointer user_data;
} Letter;

static void
open_clear (gpointer data)
{
  g_free (((Open *)data)->href);
}

static const MimeLetterLook *
get_look (const Letter *letter)
{
  static const MimeLetterLook none = { .colour = MIME_LETTER_LOOK_NO_COLOUR };
  static const MimeLetterLook written = { .colour = MIME_LETTER_LOOK_NO_COLOUR, .written = TRUE };

  if (letter->open->len > 0)
    return &g_array_index (letter->open, Open, letter->open->len - 1).look;
  return letter->written ? &written : &none;
}

/* ---- lines ---- */

/* Closes all but the link, when the next text (NULL: none) is part of it. */
static void
close_look (Letter *letter, const MimeLetterLook *next)
{
  MimeLetterLook *look = &letter->look;
  const char *href = next != NULL && next->href == look->href ? look->href : NULL;

  g_string_append (letter->out, look->strike ? "</s>" : "");
  g_string_append (letter->out, look->underline ? "</u>" : "");
  g_string_append (letter->out, look->italic ? "</i>" : "");
  g_string_append (letter->out, look->bold ? "</b>" : "");
  g_string_append (letter->out, mime_letter_look_has_span (look) ? "</span>" : "");
  g_string_append (letter->out, look->href != NULL && href == NULL ? "</a>" : "");
  *look = (MimeLetterLook){ .colour = MIME_LETTER_LOOK_NO_COLOUR, .href = href };
}

static void
append_escaped (GString *out, const char *text, gsize length)
{
  g_autofree char *escaped = g_markup_escape_text (text, (gssize)length);

  g_string_append (out, escaped);
}

static void
open_span (GString *out, const MimeLetterLook *look)
{
  const char *separator = "";

  g_string_append (out, "<span style=\"");
  if (look->colour != MIME_LETTER_LOOK_NO_COLOUR) {
    g_string_append_printf (out, "color:#%06x", look->colour);
    separator = ";";
  }
  if (look->size != NULL) {
    g_string_append_printf (out, "%sfont-size:%s", separator, look->size);
    separator = ";";
  }
  if (look->family != NULL)
    g_string_append_printf (out, "%sfont-family:%s", separator, look->family);
  g_string_append (out, "\">");
}

static void
switch_look (Letter *letter)
{
  const MimeLetterLook *look = get_look (letter);

  if (mime_letter_look_equal (&letter->look, look))
    return;
  close_look (letter, look);
  if (look->href != NULL && letter->look.href == NULL) {
    g_string_append (letter->out, "<a href=\"");
    append_escaped (letter->out, look->href, strlen (look->href));
    g_string_append (letter->out, "\">");
  }
  if (mime_letter_look_has_span (look))
    open_span (letter->out, look);
  g_string_append (letter->out, look->bold ? "<b>" : "");
  g_string_append (letter->out, look->italic ? "<i>" : "");
  g_string_append (letter->out, look->underline ? "<u>" : "");
  g_string_append (letter->out, look->strike ? "<s>" : "");
  letter->look = *look;
}

/* A space at the end of a line is none. */
static void
drop_loose (Letter *letter)
{
  if (letter->loose && letter->out->str[letter->out->len - 1] == ' ')
    g_string_truncate (letter->out, letter->out->len - 1);
  letter->loose = FALSE;
}

static void
close_line (Letter *letter)
{
  if (letter->element == NULL)
    return;
  drop_loose (letter);
  close_look (letter, NULL);
  g_string_append_printf (letter->out, "</%s>", letter->element);
  letter->element = NULL;
}

static void
append_marks (Letter *letter, guint depth, gboolean space)
{
  depth = letter->base + MIN (depth, letter->written ? MAX_DEPTH : MAX_QUOTES);
  for (guint i = 0; i < depth; i++)
    g_string_append (letter->out, "&gt;");
  if (depth > 0 && space)
    g_string_append_c (letter->out, ' ');
}

static void
append_start (Letter *letter, const char *element)
{
  const char *align = (letter->coming != NULL ? letter->coming : get_look (letter))->align;

  g_string_append_printf (letter->out, "<%s", element);
  if (align != NULL)
    g_string_append_printf (letter->out, " style=\"text-align:%s\"", align);
  g_string_append_c (letter->out, '>');
}

static void
append_empty_line (Letter *letter, guint depth)
{
  append_start (letter, "div");
  append_marks (letter, depth, FALSE);
  g_string_append (letter->out, letter->base + depth > 0 ? "</div>" : "<br/></div>");
}

/* Lines end only when the next word comes: then it is known how deep the quote is. */
static void
end_line (Letter *letter, guint wanted)
{
  letter->space = letter->tab = FALSE;
  if (letter->out->len > 0)
    letter->newlines = MAX (letter->newlines, wanted);
}

static void
begin_line (Letter *letter)
{
  close_line (letter);
  for (guint i = 1; i < letter->newlines; i++)
    append_empty_line (letter, MIN (letter->quotes, letter->line_quotes));
  letter->element = letter->headings > 0 ? "h2" : "div";
  append_start (letter, letter->element);
  append_marks (letter, letter->quotes, TRUE);
  letter->newlines = 0;
  letter->line_quotes = letter->quotes;
}

/* One that somebody wrote, where no line is open. */
static void
put_empty_line (Letter *letter)
{
  if (letter->full || letter->out->len > letter->max)
    return;
  close_line (letter);
  for (guint i = 1; i < letter->newlines; i++)
    append_empty_line (letter, MIN (letter->quotes, letter->line_quotes));
  append_empty_line (letter, letter->quotes);
  letter->newlines = 0;
  letter->line_quotes = letter->quotes;
}

static void
append_breaks (Letter *letter, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append (letter->out, "<br/>");
}

/* In a cell lines end with <br/>; between cells nobody writes. */
static gboolean
begin_word_in_cell (Letter *letter)
{
  if (!letter->in_cell || letter->out->len > letter->max)
    return FALSE;
  if (letter->written && letter->newlines > 0) {
    drop_loose (letter);
    close_look (letter, NULL);
    append_breaks (letter, letter->breaks > 0 || !letter->prefixed ? letter->newlines : 0);
  } else if (letter->newlines > 0 || letter->space || letter->tab) {
    if (letter->newlines > 0 || !mime_letter_look_equal (&letter->look, get_look (letter)))
      close_look (letter, get_look (letter));
    if (!letter->prefixed)
      g_string_append (letter->out, letter->newlines > 0 ? "<br/>" : " ");
  }
  letter->newlines = letter->breaks = 0;
  letter->space = letter->tab = letter->prefixed = letter->loose = FALSE;
  return TRUE;
}

/* FALSE: nothing more is taken. */
static gboolean
begin_word (Letter *letter)
{
  if (letter->full)
    return FALSE;
  if (letter->table != NULL)
    return begin_word_in_cell (letter);
  if (letter->out->len > letter->max) {
    letter->full = TRUE;
    letter->newlines = 1;
    begin_line (letter);
    g_string_append (letter->out, "…");
    return FALSE;
  }
  if (letter->newlines > 0 || letter->element == NULL) {
    begin_line (letter);
  } else if (letter->tab) {
    g_string_append_c (letter->out, '\t');
  } else if (letter->space && !letter->prefixed) {
    /* A space between two looks has none. */
    if (!mime_letter_look_equal (&letter->look, get_look (letter)))
      close_look (letter, get_look (letter));
    g_string_append_c (letter->out, ' ');
  }
  letter->space = letter->tab = letter->prefixed = letter->loose = FALSE;
  return TRUE;
}

/* Of what somebody wrote a space looks as it was written. */
static void
put_space (Letter *letter)
{
  gboolean open = letter->table != NULL ? letter->in_cell : letter->element != NULL;

  if (!open || letter->newlines > 0 || letter->prefixed || letter->loose || letter->full)
    return;
  switch_look (letter);
  g_string_append_c (letter->out, ' ');
  letter->loose = TRUE;
}

static void
begin_item (Letter *letter)
{
  Open *list = NULL;

  for (guint i = letter->open->len; i > 0 && list == NULL; i--) {
    Open *open = &g_array_index (letter->open, Open, i - 1);

    if (open->role == MIME_ROLE_LIST)
      list = open;
  }
  end_line (letter, 1);
  if (!begin_word (letter))
    return;
  for (guint i = 1; i < MIN (letter->lists, MAX_LEVELS); i++)
    g_string_append (letter->out, "  ");
  if (list != NULL && list->number > 0 && list->number < 1000)
    g_string_append_printf (letter->out, "%d. ", list->number++);
  else
    g_string_append (letter->out, "• ");
  letter->prefixed = TRUE;
}

/* ---- tables that stay ---- */

static void
begin_table (Letter *letter)
{
  MimeTable *table = mime_table_list_get (letter->known, letter->n_tables++);

  if (table == NULL || letter->table != NULL)
    return;
  if (!letter->written)
    end_line (letter, 1);
  if (!begin_word (letter))
    return;
  close_look (letter, NULL);
  g_string_append (letter->out, "<table style=\"border-collapse:collapse\">");
  letter->table = table;
  letter->depth = letter->open->len;
}

/* Each row has as many cells as the widest one: programs differ in what they make of others. */
static void
append_empty_cells (Letter *letter, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append (letter->out, MIME_TABLE_CELL "\"><br/></td>");
}

static void
end_cell (Letter *letter)
{
  if (!letter->in_cell)
    return;
  drop_loose (letter);
  close_look (letter, NULL);
  /* Nothing was written, or what begins the next word would. */
  append_breaks (letter,
                 letter->written && letter->breaks > 0 ? letter->breaks : (guint)letter->prefixed);
  g_string_append (letter->out, "</td>");
  letter->in_cell = FALSE;
  append_empty_cells (letter, mime_table_end_cell (letter->table));
}

static void
end_row (Letter *letter)
{
  if (!mime_table_is_in_row (letter->table))
    return;
  end_cell (letter);
  append_empty_cells (letter, mime_table_end_row (letter->table));
  g_string_append (letter->out, "</tr>");
}

/* `open` is not in its array yet. */
static void
begin_in_table (Letter *letter, const Open *open, const char **attributes)
{
  const char *align;

  if (open->role == MIME_ROLE_ROW) {
    end_row (letter);
    mime_table_begin_row (letter->table);
    g_string_append (letter->out, "<tr>");
  } else if (open->role == MIME_ROLE_CELL && mime_table_is_in_row (letter->table)) {
    end_cell (letter);
    append_empty_cells (letter, mime_table_begin_cell (letter->table, attributes));
    align = mime_table_get_align (attributes);
    g_string_append (letter->out, MIME_TABLE_CELL);
    if (align != NULL)
      g_string_append_printf (letter->out, ";text-align:%s", align);
    g_string_append (letter->out, "\">");
    letter->in_cell = letter->prefixed = TRUE;
    letter->newlines = letter->breaks = 0;
    letter->space = letter->tab = FALSE;
  } else if (letter->in_cell && open->role == MIME_ROLE_BREAK && letter->written) {
    letter->newlines = ++letter->breaks;
  } else if (letter->in_cell && open->role != MIME_ROLE_NONE && open->role != MIME_ROLE_LINK
             && open->role != MIME_ROLE_HIDDEN) {
    letter->newlines = MAX (letter->newlines, 1u);
  }
}

static void
end_in_table (Letter *letter, const Open *open)
{
  if (letter->open->len - 1 == letter->depth) {
    end_row (letter);
    g_string_append (letter->out, "</table>");
    letter->table = NULL;
    letter->prefixed = FALSE;
    letter->newlines = 0;
    if (!letter->written)
      end_line (letter, 2);
  } else if (open->role == MIME_ROLE_ROW) {
    end_row (letter);
  } else if (open->role == MIME_ROLE_CELL) {
    end_cell (letter);
  } else if (open->role != MIME_ROLE_NONE && open->role != MIME_ROLE_LINK
             && open->role != MIME_ROLE_HIDDEN && letter->in_cell) {
    letter->newlines = MAX (letter->newlines, 1u);
  }
}

/* ---- events ---- */

static void
on_picture (Letter *letter, const char **attributes)
{
  const char *source = mime_html_attribute (attributes, "src"),
             *alt = mime_html_attribute (attributes, "alt");
  g_autofree char *id = source != NULL && letter->picture_func != NULL
                            ? letter->picture_func (source, letter->user_data)
                            : NULL;
  const char *const sides[] = { "width", "height" };

  if (id == NULL || letter->table != NULL || !begin_word (letter))
    return;
  switch_look (letter);
  g_string_append (letter->out, "<img src=\"cid:");
  append_escaped (letter->out, id, strlen (id));
  g_string_append (letter->out, "\" alt=\"");
  append_escaped (letter->out, alt != NULL ? alt : "", strlen (alt != NULL ? alt : ""));
  g_string_append_c (letter->out, '"');
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    const char *side = mime_html_attribute (attributes, sides[i]);
    gsize digits = side != NULL ? strspn (side, "0123456789") : 0;

    if (digits > 0 && digits < 6 && side[digits] == '\0')
      g_string_append_printf (letter->out, " %s=\"%s\"", sides[i], side);
  }
  g_string_append (letter->out, "/>");
}

static void
begin_cell (Letter *letter)
{
  for (guint i = letter->open->len; i > 0; i--) {
    Open *row = &g_array_index (letter->open, Open, i - 1);

    if (row->role == MIME_ROLE_ROW) {
      letter->tab = row->cells && letter->element != NULL && letter->newlines == 0;
      row->cells = TRUE;
      return;
    }
  }
}

static void
begin_block (Letter *letter, Open *open, const char *name, const char **attributes)
{
  const char *start;

  switch (open->role) {
  case MIME_ROLE_NONE:
  case MIME_ROLE_HIDDEN:
  case MIME_ROLE_LINK:
    break;
  case MIME_ROLE_BLOCK:
  case MIME_ROLE_ROW:
    end_line (letter, 1);
    break;
  case MIME_ROLE_PARAGRAPH:
    end_line (letter, open->gap);
    break;
  case MIME_ROLE_PRE:
    end_line (letter, open->gap);
    letter->pre++;
    break;
  case MIME_ROLE_QUOTE:
    end_line (letter, open->gap);
    letter->quotes++;
    break;
  case MIME_ROLE_LIST:
    end_line (letter, letter->lists > 0 ? 1 : open->gap);
    letter->lists++;
    start = mime_html_attribute (attributes, "start");
    if (strcmp (name, "ol") == 0)
      open->number = start != NULL ? (int)CLAMP (g_ascii_strtoll (start, NULL, 10), 1, 999) : 1;
    break;
  case MIME_ROLE_ITEM:
    begin_item (letter);
    break;
  case MIME_ROLE_CELL:
    begin_cell (letter);
    break;
  case MIME_ROLE_BREAK:
    if (letter->newlines == 0 && (letter->written ? letter->element != NULL : letter->out->len > 0))
      end_line (letter, 1);
    else if (letter->written)
      put_empty_line (letter);
    else
      end_line (letter, MIN (letter->newlines + 1, 2u));
    break;
  case MIME_ROLE_RULE:
    end_line (letter, 1);
    if (begin_word (letter))
      g_string_append (letter->out, "---");
    end_line (letter, 1);
    break;
  }
}

/* As letters have addresses; NULL: it is none. */
static char *
dup_href (const char *given)
{
  static const char *const schemes[] = { "http://", "https://", "mailto:" };
  g_autofree char *url = mime_html_normal_url (given);
  g_auto (GStrv) parts = g_strsplit (url, " ", -1);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (url, schemes[i], strlen (schemes[i])) == 0
        && url[strlen (schemes[i])] != '\0')
      return g_strjoinv ("%20", parts);
  return NULL;
}

static void
on_start (const char *name, const char **attributes, gpointer user_data)
{
  Letter *letter = user_data;
  Open open = { .role = mime_html_role (name), .look = *get_look (letter) };

  if (strcmp (name, "style") == 0 || strcmp (name, "title") == 0)
    open.role = MIME_ROLE_HIDDEN;
  open.heading = g_strv_contains ((const char *const[]){ "h1", "h2", "h3", NULL }, name);
  /* In letters only what is written is between lines. */
  open.gap = letter->written && strcmp (name, "p") != 0 ? 1 : 2;
  if (open.role == MIME_ROLE_LINK && mime_html_attribute (attributes, "href") != NULL) {
    open.href = dup_href (mime_html_attribute (attributes, "href"));
    if (open.href != NULL)
      open.look.href = open.href;
  }
  mime_letter_look_enter (&open.look, name, attributes, open.heading);
  letter->coming = &open.look;
  if (letter->table != NULL)
    begin_in_table (letter, &open, attributes);
  else if (!letter->written || strcmp (name, "table") != 0
           || mime_table_list_get (letter->known, letter->n_tables) == NULL)
    begin_block (letter, &open, name, attributes);
  else
    open.role = MIME_ROLE_NONE; /* it stands in a line */
  letter->coming = NULL;
  if (strcmp (name, "table") == 0)
    begin_table (letter);
  letter->headings += open.heading;
  if (strcmp (name, "img") == 0)
    on_picture (letter, attributes);
  g_array_append_val (letter->open, open);
}

static void
on_end (gpointer user_data)
{
  Letter *letter = user_data;
  Open *open;

  if (letter->open->len == 0)
    return;
  open = &g_array_index (letter->open, Open, letter->open->len - 1);
  if (open->look.href != NULL && open->look.href == open->href && letter->look.href == open->href)
    close_look (letter, NULL);
  letter->headings -= open->heading;
  if (letter->table != NULL) {
    end_in_table (letter, open);
    g_array_set_size (letter->open, letter->open->len - 1);
    return;
  }
  switch (open->role) {
  case MIME_ROLE_BLOCK:
  case MIME_ROLE_ROW:
    end_line (letter, 1);
    break;
  case MIME_ROLE_ITEM:
    letter->prefixed = FALSE;
    end_line (letter, 1);
    break;
  case MIME_ROLE_PARAGRAPH:
    end_line (letter, open->gap);
    break;
  case MIME_ROLE_PRE:
    end_line (letter, open->gap);
    letter->pre--;
    break;
  case MIME_ROLE_QUOTE:
    end_line (letter, 1);
    letter->quotes--;
    end_line (letter, open->gap);
    break;
  case MIME_ROLE_LIST:
    letter->lists--;
    end_line (letter, letter->lists > 0 ? 1 : open->gap);
    break;
  case MIME_ROLE_NONE:
  case MIME_ROLE_HIDDEN:
  case MIME_ROLE_CELL:
  case MIME_ROLE_LINK:
  case MIME_ROLE_BREAK:
  case MIME_ROLE_RULE:
    break;
  }
  g_array_set_size (letter->open, letter->open->len - 1);
}

static gboolean
is_unseen (gunichar c)
{
  return c == 0xad || c == 0x200b || c == 0xfeff || c == 0x34f || c == 0x2028;
}

/* Without what nobody sees and no XML may hold. */
static void
append_word (Letter *letter, const char *text, const char *end)
{
  for (const char *c = text; c < end; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (character == 0xa0 && !letter->written)
      g_string_append_c (letter->out, ' ');
    else if ((letter->written || !is_unseen (character)) && character != 0x2029 && character >= ' '
             && character != 0x7f && character != 0xfffc && (character & 0xfffe) != 0xfffe
             && !(character >= 0x80 && character < 0xa0))
      append_escaped (letter->out, c, (gsize)(g_utf8_next_char (c) - c));
  }
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  Letter *letter = user_data;
  const char *end = text + length;

  if (letter->open->len > 0
      && g_array_index (letter->open, Open, letter->open->len - 1).role == MIME_ROLE_HIDDEN)
    return;
  for (const char *c = text; c < end; c++) {
    const char *stop = c;

    if (letter->pre > 0 && *c == '\n') {
      end_line (letter, letter->newlines > 0 ? MIN (letter->newlines + 1, 3u) : 1);
    } else if ((letter->pre > 0 || get_look (letter)->kept) && (*c == ' ' || *c == '\t')) {
      if (!begin_word (letter))
        return;
      switch_look (letter);
      if (letter->written && letter->in_cell && *c == '\t')
        g_string_append (letter->out, "<span style=\"white-space:pre;mso-tab-count:1\">\t</span>");
      else
        g_string_append_c (letter->out, *c);
    } else if ((guint8)*c <= ' ' && letter->written) {
      put_space (letter);
    } else if ((guint8)*c <= ' ') {
      letter->space = TRUE;
    } else {
      while (stop < end && (guint8)*stop > ' ')
        stop++;
      if (!begin_word (letter))
        return;
      switch_look (letter);
      append_word (letter, c, stop);
      c = stop - 1;
    }
  }
}

char *
mime_html_to_letter (const char *clean, guint quotes, gsize max, MimeLetterSource source,
                     MimeHtmlCidFunc picture_func, gpointer user_data)
{
  static const MimeHtmlEvents events = { on_start, on_end, on_text };
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (Open));
  Letter letter = { .out = g_string_new (NULL),
                    .open = open,
                    .look = { .colour = MIME_LETTER_LOOK_NO_COLOUR },
                    .base = quotes,
                    .max = max,
                    .written = source == MIME_LETTER_WRITTEN,
                    .known = mime_table_list_new (clean, source),
                    .picture_func = picture_func,
                    .user_data = user_data };

  g_array_set_clear_func (open, open_clear);
  mime_html_parse (clean, &events, &letter);
  close_line (&letter);
  mime_table_list_free (letter.known);
  return g_string_free (letter.out, FALSE);
}

char *
mime_text_to_letter (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (lines[i + 1] == NULL && lines[i][0] == '\0' && i > 0)
      break;
    g_string_append (out, lines[i][0] == '\0' ? "<div><br/>" : "<div>");
    append_escaped (out, lines[i], strlen (lines[i]));
    g_string_append (out, "</div>");
  }
  return g_string_free (out, FALSE);
}
