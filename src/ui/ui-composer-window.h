/* A window for one composer. */
#pragma once

#include "ui-composer.h"

G_BEGIN_DECLS

#define UI_TYPE_COMPOSER_WINDOW (ui_composer_window_get_type ())
G_DECLARE_FINAL_TYPE (UiComposerWindow, ui_composer_window, UI, COMPOSER_WINDOW,
                      AdwApplicationWindow)

/* The composer stands nowhere yet.  Closing the window closes the composer, and the window goes when that has finished. */
GtkWindow *ui_composer_window_new (GtkApplication *app, UiComposer *composer);

G_END_DECLS
