/* Asks for a day and a time that are still to come. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* `at`: seconds UTC; 0: the person chose none.  Called once. */
typedef void (*UiLaterFunc) (gint64 at, gpointer data);
/* `proposed` (seconds UTC) stands there at first. */
void ui_later_dialog_ask (GtkWindow *parent, gint64 proposed, UiLaterFunc func, gpointer data);

G_END_DECLS
