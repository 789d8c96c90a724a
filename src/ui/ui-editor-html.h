/* The letter as plain text and as HTML: a small subset of our own, written and read strictly.
 *
 * The HTML is what is sent: elements and inline styles that Gmail, Outlook and Apple Mail keep, nothing that needs a
 * style sheet; spaces that count are no-break spaces, for Outlook knows no other way.  It is well-formed XML, one <div>
 * with a line in each <div>, <h2> or <li>; right-to-left lines say dir="rtl"; pictures are <img src="cid:…">, tables <table> with
 * <tr> and <td> only.
 * Main thread (GtkTextBuffer), no widgets. */
#pragma once

#include "ui-editor-tags.h"

G_BEGIN_DECLS

/* Plain text; a link whose text does not tell its address is followed by it, a picture is "[its name]",
 * a table has its rows as lines. */
char *ui_editor_to_text (GtkTextBuffer *buffer) G_GNUC_WARN_UNUSED_RESULT;
char *ui_editor_to_html (GtkTextBuffer *buffer) G_GNUC_WARN_UNUSED_RESULT;
/* As the words of a cell (ui-editor-grid.h), whose lines end with <br/>; marks of lists and quotes are words there, and nothing is a heading. */
char *ui_editor_to_cell (GtkTextBuffer *buffer) G_GNUC_WARN_UNUSED_RESULT;
/* The words of a cell in place of all there is. */
void ui_editor_from_cell (GtkTextBuffer *buffer, const char *html);
/* Inserts it at `at`, which is behind it afterwards.  FALSE when `html` is not of our own making; nothing is inserted then. */
gboolean ui_editor_insert_html (GtkTextBuffer *buffer, GtkTextIter *at, const char *html);
/* The same in place of all there is; FALSE leaves nothing. */
gboolean ui_editor_from_html (GtkTextBuffer *buffer, const char *html);

G_END_DECLS
