/* Printing what came as an attachment.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"
#include "mail-part.h"

G_BEGIN_DECLS

gboolean ui_part_can_print (MailPart *part);
/* Asks how, and prints; what fails is told in a dialog. */
void ui_part_print (GtkWidget *widget, MailEngine *engine, MailPart *part);

G_END_DECLS
