/* Which tables of a page are tables of words, and how their cells become a plain grid.  Any thread. */
#pragma once

#include "mime-html.h"

G_BEGIN_DECLS

/* How each cell begins, up to what else its style says. */
#define MIME_TABLE_CELL "<td style=\"border:1px solid #b0b0b0;padding:3px 8px"

typedef struct _MimeTable MimeTable;
typedef struct _MimeTableList MimeTableList;

/* Looks through all of a clean page. */
MimeTableList *mime_table_list_new (const char *clean, MimeLetterSource source) G_GNUC_WARN_UNUSED_RESULT;
void mime_table_list_free (MimeTableList *list);
/* The table that begins as the nth of the page, from 0; NULL: it does not stay one. */
MimeTable *mime_table_list_get (MimeTableList *list, guint n);

/* What follows is called as its rows and cells come.  Those that give a number say how many empty cells come first there: in place of what
 * reaches into the row from above, of what the cell spans besides itself, of what the row lacks. */
void mime_table_begin_row (MimeTable *table);
gboolean mime_table_is_in_row (MimeTable *table);
guint mime_table_begin_cell (MimeTable *table, const char **attributes);
guint mime_table_end_cell (MimeTable *table);
guint mime_table_end_row (MimeTable *table);

/* "center", "right", or NULL: as usual. */
const char *mime_table_get_align (const char **attributes);

G_END_DECLS
