/* Tables of words among all tables of a page, most of which only place things on it.  Any thread.
 *
 * A table of words has nothing in its cells but words: no table, picture, list, quote or line across, nor a page of text, and more than one column.
 * Cells that span several columns or rows become several: a grid that is the same in every program. */
#include "mime-html-table-private.h"

#include <string.h>

#include "mime-css-private.h"
#include "mime-html-parse-private.h"
#include "mime-html-role-private.h"

#define MAX_COLUMNS 64
#define MAX_CELLS   4096
#define MAX_SPAN    50
#define MAX_WORDS   2000 /* octets in a cell */

struct _MimeTable
{
  gboolean words, drawn;
  guint n_columns, n_rows; /* with what is spanned */
  gsize length;            /* of the words in the cell */
  guint in_cells;          /* how many are open */
  /* Of the row that is open */
  gboolean in_row;
  guint column, span;
  gboolean any_length;      /* of words */
  guint below[MAX_COLUMNS]; /* how many rows more a cell of that column reaches into */
};

struct _MimeTableList
{
  GPtrArray *tables; /* of MimeTable, in their order */
  GArray *open;      /* of Open */
  MimeLetterSource source;
};

/* An element. */
typedef struct
{
  MimeTable *table; /* borrowed; NULL: it is none */
  gboolean cell;
} Open;

/* ---- the grid ---- */

static guint
get_span (const char **attributes, const char *name)
{
  const char *value = mime_html_attribute (attributes, name);

  return value != NULL ? (guint)CLAMP (g_ascii_strtoll (value, NULL, 10), 1, MAX_SPAN) : 1;
}

void
mime_table_begin_row (MimeTable *table)
{
  table->in_row = TRUE;
  table->column = 0;
  table->span = 1;
}

gboolean
mime_table_is_in_row (MimeTable *table)
{
  return table->in_row;
}

/* Those at the place of the next cell that one above it takes. */
static guint
skip (MimeTable *table)
{
  guint n = 0;

  while (table->column < MAX_COLUMNS && table->below[table->column] > 0) {
    table->below[table->column++]--;
    n++;
  }
  return n;
}

guint
mime_table_begin_cell (MimeTable *table, const char **attributes)
{
  guint skipped = skip (table);
  guint down = get_span (attributes, "rowspan") - 1;

  table->span = get_span (attributes, "colspan");
  for (guint i = 0; i < table->span && table->column + i < MAX_COLUMNS; i++)
    table->below[table->column + i] = down;
  table->length = 0;
  return skipped;
}

guint
mime_table_end_cell (MimeTable *table)
{
  table->column += table->span;
  return table->span - 1;
}

guint
mime_table_end_row (MimeTable *table)
{
  guint before = table->column;

  for (; table->column < table->n_columns; table->column++)
    if (table->column < MAX_COLUMNS && table->below[table->column] > 0)
      table->below[table->column]--;
  table->in_row = FALSE;
  return table->column - before;
}

const char *
mime_table_get_align (const char **attributes)
{
  const char *align = mime_html_attribute (attributes, "align");
  const char *style = mime_html_attribute (attributes, "style");
  const char *said = style != NULL ? strstr (style, "text-align:") : NULL;

  if (said != NULL)
    align = said + strlen ("text-align:") + strspn (said + strlen ("text-align:"), " ");
  if (align != NULL && g_ascii_strncasecmp (align, "right", 5) == 0)
    return "right";
  if (align != NULL
      && (g_ascii_strncasecmp (align, "center", 6) == 0
          || g_ascii_strncasecmp (align, "middle", 6) == 0))
    return "center";
  return NULL;
}

/* ---- looking through a page ---- */

static MimeTable *
get_open (MimeTableList *list)
{
  MimeTable *table = NULL;

  for (guint i = list->open->len; i > 0 && table == NULL; i--)
    table = g_array_index (list->open, Open, i - 1).table;
  return table;
}

static void
on_declaration (const char *name, const char *value, gpointer user_data)
{
  MimeTable *table = user_data;

  if (g_str_has_prefix (name, "border") && strcmp (name, "border-collapse") != 0
      && strcmp (name, "border-spacing") != 0
      && (strstr (value, "solid") != NULL || strstr (value, "double") != NULL
          || strstr (value, "dotted") != NULL || strstr (value, "dashed") != NULL))
    table->drawn = TRUE;
}

static void
look_at (MimeTable *table, const char *name, const char **attributes)
{
  const char *style = mime_html_attribute (attributes, "style");
  const char *border = mime_html_attribute (attributes, "border");

  if (style != NULL)
    mime_css_each_declaration (style, strlen (style), on_declaration, table);
  if (strcmp (name, "th") == 0 || (border != NULL && g_ascii_strtoll (border, NULL, 10) > 0))
    table->drawn = TRUE;
}

static gboolean
is_more_than_words (const char *name)
{
  MimeRole role = mime_html_role (name);

  return role == MIME_ROLE_QUOTE || role == MIME_ROLE_LIST || role == MIME_ROLE_PRE
         || role == MIME_ROLE_RULE || strcmp (name, "img") == 0 || strcmp (name, "table") == 0
         || strcmp (name, "caption") == 0;
}

static void
on_start (const char *name, const char **attributes, gpointer user_data)
{
  MimeTableList *list = user_data;
  MimeTable *outer = get_open (list), *table = NULL;
  MimeRole role = mime_html_role (name);
  Open open = { NULL, outer != NULL && role == MIME_ROLE_CELL };

  if (outer != NULL && is_more_than_words (name))
    outer->words = FALSE;
  if (strcmp (name, "table") == 0) {
    table = g_new0 (MimeTable, 1);
    table->words = TRUE;
    table->any_length = list->source == MIME_LETTER_WRITTEN;
    g_ptr_array_add (list->tables, table);
    look_at (table, name, attributes);
  } else if (outer != NULL && (role == MIME_ROLE_CELL || role == MIME_ROLE_ROW)) {
    look_at (outer, name, attributes);
    if (role == MIME_ROLE_ROW) {
      if (outer->in_row)
        (void)mime_table_end_row (outer);
      mime_table_begin_row (outer);
      outer->n_rows++;
    } else {
      /* A cell in no row would be lost. */
      outer->words = outer->words && outer->in_row;
      outer->in_cells++;
      /* Cells side by side only say how wide it is; a row counts what it has when the next one begins. */
      (void)mime_table_begin_cell (outer, attributes);
      (void)mime_table_end_cell (outer);
      outer->n_columns = MAX (outer->n_columns, outer->column);
    }
  }
  open.table = table;
  g_array_append_val (list->open, open);
}

static void
on_end (gpointer user_data)
{
  MimeTableList *list = user_data;

  gboolean cell;

  if (list->open->len == 0)
    return;
  cell = g_array_index (list->open, Open, list->open->len - 1).cell;
  g_array_set_size (list->open, list->open->len - 1);
  if (cell)
    get_open (list)->in_cells--;
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  MimeTable *table = get_open (user_data);

  if (table == NULL)
    return;
  table->length += length;
  /* What stands between the cells would be lost. */
  if ((table->length > MAX_WORDS && !table->any_length)
      || (table->in_cells == 0 && !mime_html_is_blank (text, length)))
    table->words = FALSE;
}

MimeTableList *
mime_table_list_new (const char *clean, MimeLetterSource source)
{
  static const MimeHtmlEvents events = { on_start, on_end, on_text };
  MimeTableList *list = g_new0 (MimeTableList, 1);

  list->tables = g_ptr_array_new_with_free_func (g_free);
  list->open = g_array_new (FALSE, FALSE, sizeof (Open));
  list->source = source;
  if (strstr (clean, "<table") != NULL)
    mime_html_parse (clean, &events, list);
  for (guint i = 0; i < list->tables->len; i++) {
    MimeTable *table = list->tables->pdata[i];

    memset (table->below, 0, sizeof table->below);
    table->in_row = FALSE;
  }
  return list;
}

void
mime_table_list_free (MimeTableList *list)
{
  g_ptr_array_unref (list->tables);
  g_array_unref (list->open);
  g_free (list);
}

static gboolean
is_large (const MimeTable *table)
{
  /* Rows are filled up: as many cells as there are in all, whatever is in them. */
  return table->n_columns > MAX_COLUMNS || table->n_rows > MAX_CELLS / table->n_columns;
}

MimeTable *
mime_table_list_get (MimeTableList *list, guint n)
{
  MimeTable *table = n < list->tables->len ? list->tables->pdata[n] : NULL;

  return table != NULL && table->words && (table->drawn || list->source == MIME_LETTER_PASTED)
                 && table->n_columns > (list->source == MIME_LETTER_WRITTEN ? 0 : 1)
                 && !is_large (table)
             ? table
             : NULL;
}

gboolean
mime_html_has_large_table (const char *clean)
{
  MimeTableList *list = mime_table_list_new (clean, MIME_LETTER_PASTED);
  gboolean large = FALSE;

  for (guint i = 0; i < list->tables->len && !large; i++) {
    const MimeTable *table = list->tables->pdata[i];

    large = table->words && table->n_columns > 1 && is_large (table);
  }
  mime_table_list_free (list);
  return large;
}
