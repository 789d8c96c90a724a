/* What a person wrote in a letter, without what stands there anyway: the signature, and what others wrote.  Main thread. */
#pragma once

#include "ui-editor.h"

G_BEGIN_DECLS

/* Without the untouched one of `known` (of BaseSignature), or what else stands as a signature (RFC 3676, 4.3: below a line "-- ").  `answers`: without
 * quotes, what is said above the first of them, and what is forwarded, too; else quotes are the person's.  Empty lines around it go.  Both are yours;
 * `text` "" where nothing is left, `html` NULL where the letter is plain. */
void ui_editor_dup_own (UiEditor *editor, const GPtrArray *known, gboolean answers, char **text,
                        char **html);

G_END_DECLS
