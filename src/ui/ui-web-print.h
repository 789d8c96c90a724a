/* Puts messages on paper: of the module that holds WebKit (ui-web-page.h); main thread. */
#pragma once

#include <webkit/webkit.h>

#include "ui-web-page.h"

G_BEGIN_DECLS

/* What the page is that the messages are put into: load this, then call ui_web_print_begin (). */
char *ui_web_print_dup_shell (const char *title) G_GNUC_WARN_UNUSED_RESULT;
/* `view`, of `page`, begins to load the shell; both stay alive until `done` was called, once, from the main loop. */
void ui_web_print_begin (GtkWidget *page, WebKitWebView *view, const UiWebPaper *paper,
                         UiWebPrintedFunc done, gpointer data);

G_END_DECLS
