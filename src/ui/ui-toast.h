/* Toasts that can be read: whole in a narrow window, and by a screen reader. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* `sentence` is never taken for markup. */
AdwToast *ui_toast_new (const char *sentence) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
