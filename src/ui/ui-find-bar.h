/* The bar to find words with: what is looked for, which hit of how many is seen, the way to the others. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_FIND_BAR (ui_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiFindBar, ui_find_bar, UI, FIND_BAR, AdwBin)

/* Hidden at first.  Signals: "changed" (const char *term, "" when empty), "step" (int direction: 1 or -1), "closed": by the person. */
/* Opens it, with the focus and all that stands in it selected. */
void ui_find_bar_open (UiFindBar *self);
/* Tells "closed" when it was open. */
void ui_find_bar_close (UiFindBar *self);
gboolean ui_find_bar_is_open (UiFindBar *self);
/* Hit `at` (from 1; 0: none is seen) of `n`; `searching`: there may be more. */
void ui_find_bar_set_state (UiFindBar *self, guint at, guint n, gboolean searching);

G_END_DECLS
