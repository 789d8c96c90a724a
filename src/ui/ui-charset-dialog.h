/* "Looks wrong?": the ways in which a message can be read, each shown as text, and the choice among them. */
#pragma once

#include <gtk/gtk.h>

#include "mail-content.h"

G_BEGIN_DECLS

/* The choice is remembered for the sender. */
typedef void (*UiCharsetFunc) (gpointer data);
/* Asks; `func` runs when another charset was chosen and is remembered, so that the message is to be opened again.  Takes `data`, freed by `free_data`. */
void ui_charset_dialog_show (GtkWindow *parent, MailContent *content, UiCharsetFunc func,
                             gpointer data, GDestroyNotify free_data);

G_END_DECLS
