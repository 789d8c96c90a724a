/* An attachment in a window of its own: a picture, the pages of a PDF, a text, an HTML file, an attached message.  Main thread; what
 * is shown is decoded elsewhere (mail-part.h). */
#pragma once

#include <adwaita.h>

#include "mail-part.h"

G_BEGIN_DECLS

#define UI_TYPE_PREVIEW (ui_preview_get_type ())
G_DECLARE_FINAL_TYPE (UiPreview, ui_preview, UI, PREVIEW, AdwWindow)

/* Opens it over the window that `from` is in.  Left and Right go on to the other attachments of `content` that can be shown. */
void ui_preview_open (GtkWidget *from, MailEngine *engine, GSettings *settings,
                      MailContent *content, MailPart *part);

G_END_DECLS
