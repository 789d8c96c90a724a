/* The window in which a template is written: its name, what is typed for it, its subject and its text.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"
#include "mail-template.h"

G_BEGIN_DECLS

/* Saves it in `engine`, or nothing where the person cancels.  `template`: as it is now; borrowed.  What is in a picture is not kept. */
void ui_template_editor_open (GtkWindow *parent, MailEngine *engine, const BaseTemplate *template);
/* TRUE: something typed in one is not saved, and its window asks about it; the program quits by itself where the person lets it go. */
gboolean ui_template_editor_hold_quit (void);

G_END_DECLS
