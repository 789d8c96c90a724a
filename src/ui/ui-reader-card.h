/* One message in the reader: folded to a line, or opened. */
#pragma once

#include "ui-message-view.h"

G_BEGIN_DECLS

#define UI_TYPE_READER_CARD (ui_reader_card_get_type ())
G_DECLARE_FINAL_TYPE (UiReaderCard, ui_reader_card, UI, READER_CARD, AdwBin)

/* Properties (notify): "expanded" (boolean), "light-background" (boolean: light paper for its HTML in the dark style).  Signals: "opened": it has content now; "seen": it has been on the
 * screen for a second; "verb" (const char *name): a person wants this
 * done to this message ("reply", "archive" ...). */
GtkWidget *ui_reader_card_new (MailEngine *engine, MailMessage *message);
/* Alone in the reader: no frame, cannot be folded or split off. */
void ui_reader_card_set_single (UiReaderCard *self, gboolean single);
void ui_reader_card_set_expanded (UiReaderCard *self, gboolean expanded);
gboolean ui_reader_card_get_expanded (UiReaderCard *self);
MailMessage *ui_reader_card_get_message (UiReaderCard *self);
MailContent *
ui_reader_card_get_content (UiReaderCard *self); /* borrowed, NULL while it is not open */
/* Opens the message and shows it in `view`, floating or owned by nobody; what is awake already stays as it is. */
void ui_reader_card_wake (UiReaderCard *self, UiMessageView *view);
gboolean ui_reader_card_is_awake (UiReaderCard *self);
/* Far from the screen: keeps its height and gives the view back, without content; NULL when it had none. */
UiMessageView *ui_reader_card_sleep (UiReaderCard *self) G_GNUC_WARN_UNUSED_RESULT;
UiMessageView *ui_reader_card_get_view (UiReaderCard *self); /* borrowed, nullable */
/* Enough of it is to be seen to be read. */
void ui_reader_card_set_on_screen (UiReaderCard *self, gboolean on_screen);
void ui_reader_card_retry (UiReaderCard *self);
void ui_reader_card_focus (UiReaderCard *self);

G_END_DECLS
