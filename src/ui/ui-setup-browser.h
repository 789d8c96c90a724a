/* The page that waits while the person signs in by the browser. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_SETUP_BROWSER (ui_setup_browser_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupBrowser, ui_setup_browser, UI, SETUP_BROWSER, AdwBin)

/* Asks for "setup.cancel". */

void ui_setup_browser_begin (UiSetupBrowser *self); /* takes the keyboard; there is no page yet */
void ui_setup_browser_open (UiSetupBrowser *self, const char *page);
void ui_setup_browser_end (UiSetupBrowser *self); /* the page is good for nothing any more */

G_END_DECLS
