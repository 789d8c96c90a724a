/* The last pane: one message. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_READER (ui_reader_get_type ())
G_DECLARE_FINAL_TYPE (UiReader, ui_reader, UI, READER, AdwBin)

/* Properties: "folded" (boolean: this pane stands alone, show the way back), "content" (MailContent, read
 * only, notify: what is shown; NULL while nothing is or it is still loading), "plain-text" (boolean, notify: HTML is shown
 * as text). Signal "seen" (MailMessage *message): it has been in front of a person for a second. */
void ui_reader_set_engine (UiReader *self, MailEngine *engine, GSettings *settings);
/* Opens `message`; NULL shows that nothing (`n_selected` 0) or several messages are selected. */
void ui_reader_show (UiReader *self, MailMessage *message, guint n_selected);
MailContent *ui_reader_get_content (UiReader *self); /* borrowed, nullable */
MailMessage *ui_reader_get_message (UiReader *self); /* borrowed, nullable */
void ui_reader_show_images (UiReader *self);
void ui_reader_retry (UiReader *self);
void ui_reader_set_zoom (UiReader *self, double zoom);
void ui_reader_focus (UiReader *self);
/* The "Move" button that is on screen, for the popover to point at; NULL when none is. */
GtkWidget *ui_reader_get_move_button (UiReader *self);

G_END_DECLS
