/* The signature of a letter in the editor.  It is found by what stands there, not by a mark: a line "-- " (RFC 3676, 4.3) and below it, as far
 * as an empty line or the end, exactly one of the known signatures with its formats.  So it survives undo, a restart and a way over a server, and what
 * a person has changed in it is the person's.  Main thread. */
#pragma once

#include "base-account.h"
#include "ui-editor.h"

G_BEGIN_DECLS

/* Whether one of `known` (of BaseSignature) stands there untouched. */
gboolean ui_editor_has_signature (UiEditor *editor, const GPtrArray *known);
/* The line "-- " above it, and its last one. */
gboolean ui_editor_find_signature (UiEditor *editor, const GPtrArray *known, int *first, int *last);
/* In the place of the untouched one of `known`, if there is one; `signature` NULL: none.  `above`: before what is quoted, unless the letter begins with what is said about that; else at the end.  It can be
 * undone, but for `first`: that is how the letter begins. */
void ui_editor_put_signature (UiEditor *editor, const GPtrArray *known,
                              const BaseSignature *signature, gboolean above, gboolean first);
/* The text of a signature in HTML of the editor's own; NULL where it is none. */
char *ui_editor_html_to_text (const char *html) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
