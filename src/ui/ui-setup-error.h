/* What is wrong, beside the fields that it is about: a sentence, the server's own words, and the page where it can be mended. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_SETUP_ERROR (ui_setup_error_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupError, ui_setup_error, UI, SETUP_ERROR, GtkBox)

/* `sentence` NULL: nothing is wrong.  `detail`, `link`: nullable. */
void ui_setup_error_show (UiSetupError *self, const char *sentence, const char *detail,
                          const char *link);

G_END_DECLS
