/* Finds words in a plain text that is shown, and marks them.  Main thread. */
#pragma once

#include "ui-text-view.h"

G_BEGIN_DECLS

#define UI_TEXT_FIND_MOST 1000 /* hits that are counted and marked */

typedef struct _UiTextFind UiTextFind;

typedef void (*UiTextFindFunc) (guint n, gpointer user_data);

/* `view` is borrowed and lives longer.  `func` is told how many hits there are, each time that is known: a moment after it was asked
 * for, and again when more of the text has come. */
UiTextFind *ui_text_find_new (UiTextView *view, UiTextFindFunc func,
                              gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void ui_text_find_free (UiTextFind *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiTextFind, ui_text_find_free)

/* One, or several, a line each, none of them empty.  NULL or "": nothing is marked any more, and nothing told. */
void ui_text_find_set_term (UiTextFind *self, const char *term);
/* Marks this one above the others and unfolds it.  FALSE: there is none. */
gboolean ui_text_find_mark (UiTextFind *self, guint index);
/* And has the view scroll to it; *top and *height: where it is, in the view's own coordinates, as far as is known yet. */
gboolean ui_text_find_show (UiTextFind *self, guint index, int *top, int *height);

G_END_DECLS
