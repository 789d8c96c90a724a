/* What can be done with an attachment, wherever it is shown: in the row below a message, or in a window of its own.  Main thread;
 * fetching, decoding and writing happen elsewhere. */
#pragma once

#include <adwaita.h>

#include "mail-part.h"

G_BEGIN_DECLS

/* Hands a copy that can be neither changed nor run to the program that the desktop has for it.  One that could do harm is asked about
 * first.  `widget` is any one in the window, for dialogs; what becomes of it is told there. */
void ui_part_open_elsewhere (GtkWidget *widget, MailContent *content, MailPart *part);
void ui_part_save (GtkWidget *widget, MailContent *content, MailPart *part);
void ui_part_save_all (GtkWidget *widget, MailContent *content);
/* Ends the fetching of it, or of all. */
void ui_part_cancel (MailContent *content, MailPart *part);
/* Borrowed: what that cancels, for whoever else fetches it. */
GCancellable *ui_part_get_cancellable (MailPart *part);

/* Can be shown without another program (ui-preview.h). */
gboolean ui_part_can_preview (MailPart *part);
GdkTexture *ui_part_make_texture (const MailPicture *picture) G_GNUC_WARN_UNUSED_RESULT;
/* As much of a stranger's text as stands on a card: a label lays out all that it has, each time, also what is not seen. */
char *ui_part_dup_short (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* For dragging it out: the file is written when somebody takes it. */
GdkContentProvider *ui_part_new_provider (MailPart *part) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
