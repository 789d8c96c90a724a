/* The dialog of printing, whoever opens it: WebKit, or GTK for attachments.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Until ui_print_dialog_unwatch (): each dialog of printing that opens is cancelled when `parent` (nullable) ends before it, so that a job never
 * outlives its window; and one that is closed answers, rather than destroy itself under whoever asked.  Returns what to give back. */
gulong ui_print_dialog_watch (GtkWindow *parent);
void ui_print_dialog_unwatch (gulong watch);

G_END_DECLS
