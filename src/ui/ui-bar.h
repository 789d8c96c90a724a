/* A bar across a pane that says something and offers one button; what AdwBanner is on newer systems. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_BAR (ui_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiBar, ui_bar, UI, BAR, AdwBin)

/* Signal "clicked": the button. */
/* Shows `title`, below it `detail` (nullable; somebody else's words, plain text), and the button when `button` is not
 * NULL.  `attention`: warning colours. */
void ui_bar_show (UiBar *self, const char *title, const char *detail, const char *button,
                  gboolean attention);
/* Below that, until it is shown anew: a page where a person can mend it; NULL: none. */
void ui_bar_set_link (UiBar *self, const char *uri);
void ui_bar_hide (UiBar *self);

G_END_DECLS
