/* Toasts that can be read: whole in a narrow window, and by a screen reader. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* `sentence` is never taken for markup. */
AdwToast *ui_toast_new (const char *sentence) G_GNUC_WARN_UNUSED_RESULT;
/* Its sentence is `format` with the time `at` in the place of "%s", and follows the clock of the desktop (ui-clock.h). */
void ui_toast_set_time (AdwToast *toast, const char *format, gint64 at);

G_END_DECLS
