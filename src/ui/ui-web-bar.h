/* The line above an HTML message: images that wait for permission, and trackers that were stopped. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_WEB_BAR (ui_web_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiWebBar, ui_web_bar, UI, WEB_BAR, AdwBin)

/* Signal "show-images": the person wants them, once or from now on (that is remembered already). */
void ui_web_bar_set_engine (UiWebBar *self, MailEngine *engine);
/* NULL: nothing to say.  `shown`: its remote images are on the screen. */
void ui_web_bar_set_content (UiWebBar *self, MailContent *content, gboolean shown);

G_END_DECLS
