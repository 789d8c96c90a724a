/* The window of templates: they are found, put into a letter, written, changed and removed there.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"
#include "mail-template.h"

G_BEGIN_DECLS

/* `template` is borrowed. */
typedef void (*UiTemplatesFunc) (MailTemplate *template, gpointer data);

/* `func` is told which one the person chose, once, and the window closes; NULL: there is no letter, and what is chosen is changed. */
void ui_templates_open (GtkWindow *parent, MailEngine *engine, UiTemplatesFunc func, gpointer data,
                        GDestroyNotify free_data);

G_END_DECLS
