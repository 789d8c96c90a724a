/* Opens the module that holds WebKit (ui-web-page.h), with the first page that is wanted.  Main thread. */
#pragma once

#include "mail-engine.h"
#include "ui-web-page.h"

G_BEGIN_DECLS

/* Linking takes a tenth of a second, in a thread of its own: after it a page comes at once.  No result to finish. */
void ui_web_module_link_async (GAsyncReadyCallback callback, gpointer user_data);
gboolean ui_web_module_is_linked (void); /* a page has been made since the program started */

/* A page (floating) and what can be done with it (borrowed, for good); NULL: the module is not installed. */
GtkWidget *ui_web_module_create_page (MailEngine *engine,
                                      const UiWebPageApi **api) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
