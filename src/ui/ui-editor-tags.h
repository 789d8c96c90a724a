/* The formats of a letter as tags of a GtkTextBuffer, and the lines that are quotes and lists.
 *
 * Lists and quotes are text in the buffer ("• ", "1. ", "> "), so that what a reader of plain text gets is what the
 * person saw; everything else is a tag.  Main thread (GtkTextBuffer), no widgets. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_EDITOR_BULLET "• "
/* Lists in lists: what each level is moved in by. */
#define UI_EDITOR_INDENT    "  "
#define UI_EDITOR_MAX_LEVEL 8

typedef enum
{
  UI_FORMAT_BOLD,
  UI_FORMAT_ITALIC,
  UI_FORMAT_UNDERLINE,
  UI_FORMAT_STRIKETHROUGH,
  UI_FORMAT_HEADING, /* of a whole line */
} UiFormat;

#define UI_N_FORMATS (UI_FORMAT_HEADING + 1)

/* Formats with a value; a character has at most one of each. */
typedef enum
{
  UI_VALUE_COLOUR, /* "#rrggbb", lower case */
  UI_VALUE_SIZE,   /* "small", "large", "huge" */
  UI_VALUE_FAMILY, /* "sans", "serif", "monospace" */
  UI_VALUE_ALIGN,  /* "center", "right"; of a whole line with its end */
  UI_VALUE_LINK,   /* an address, see ui_editor_uri_is_allowed () */
} UiValue;

#define UI_N_VALUES (UI_VALUE_LINK + 1)

/* "quote", "bullet", "number" and "misspelt" are in it besides: tags for looks only. */
GtkTextTagTable *ui_editor_tags_new (void) G_GNUC_WARN_UNUSED_RESULT;
void ui_editor_tags_set_dark (GtkTextTagTable *table, gboolean dark);
GtkTextTag *ui_editor_tags_get (GtkTextTagTable *table, UiFormat format);
/* Made where it is not there yet; NULL for a value that is none. */
GtkTextTag *ui_editor_tags_get_value (GtkTextTagTable *table, UiValue kind, const char *value);
/* NULL where `tag` is not of that kind. */
const char *ui_editor_tag_get_value (GtkTextTag *tag, UiValue kind);
/* Any format: part of the letter, not of its looks. */
gboolean ui_editor_tag_is_format (GtkTextTag *tag);
/* The tag of that kind at `iter`, or NULL. */
GtkTextTag *ui_editor_iter_get_value (const GtkTextIter *iter, UiValue kind);
/* Puts `tag` (NULL: none) in place of the others of its kind. */
void ui_editor_put_value (GtkTextBuffer *buffer, UiValue kind, GtkTextTag *tag,
                          const GtkTextIter *start, const GtkTextIter *end);
/* http, https, mailto. */
gboolean ui_editor_uri_is_allowed (const char *uri);

typedef enum
{
  UI_LIST_NONE,
  UI_LIST_BULLET,
  UI_LIST_NUMBER,
} UiList;

/* What the beginning of a line says. */
typedef struct
{
  guint depth; /* of quotes; ">_<" is none */
  UiList list;
  guint level;        /* of lists within lists, 0 the outermost */
  guint number;       /* 1 to 999 */
  const char *quoted; /* behind the marks of the quote: into what was given */
  const char *text;   /* behind those of the list as well */
} UiLine;

void ui_editor_read_line (const char *line, UiLine *found);
/* How long the first line of `text` is, as a GtkTextBuffer has lines, in octets; `next`: where the one after it begins, NULL: it is the last. */
gsize ui_editor_find_line_end (const char *text, const char **next);

G_END_DECLS
