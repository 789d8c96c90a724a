/* What GTK and WebKit can be told by environment variables only; and programs that are started from the window, which must not
 * inherit it.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* First of all: before GTK is initialised, and before there is any other thread. */
void ui_environment_prepare (void);
/* Once GTK is initialised and has read its settings; libadwaita is not: that would take the theme that is none for the person's choice. */
void ui_environment_end_spared_theme (void);

/* Opens a page or a file in the program that the person has for it, as gtk_show_uri_full () does, in the environment that Sosik was started in. The
 * source of the result is `window`. */
void ui_environment_show_uri_async (GtkWindow *window, const char *uri,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean ui_environment_show_uri_finish (GtkWindow *window, GAsyncResult *result, GError **error);

G_END_DECLS
