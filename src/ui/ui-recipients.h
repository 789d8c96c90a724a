/* A field for recipients: chips, and room to type the next one.  Main thread.
 *
 * A separator, Enter or leaving the field makes a chip of what was typed; what an input method still composes is its own until then. */
#pragma once

#include <gtk/gtk.h>

#include "mail-crowd.h"
#include "mail-recipient.h"

G_BEGIN_DECLS

#define UI_TYPE_RECIPIENTS (ui_recipients_get_type ())
G_DECLARE_FINAL_TYPE (UiRecipients, ui_recipients, UI, RECIPIENTS, GtkWidget)

/* Property "label" (string): names the field for assistive technology.
 * Signal "edited".  Signal "dragging" (boolean): a chip of this field is in somebody's hand, or is not any more. */

/* "Kim <kim@example.org>, lee@example.org": the chips in their order, and what is being typed where it stands.  Borrowed, until the field changes. */
const char *ui_recipients_get_text (UiRecipients *self);
void ui_recipients_set_text (UiRecipients *self, const char *text);
gboolean ui_recipients_is_empty (UiRecipients *self);
/* Makes a chip of what was typed; TRUE when everybody can be written to (nobody is fine). */
gboolean ui_recipients_check (UiRecipients *self);
/* Shows `sentence` beneath the field until it is edited; NULL takes it away. */
void ui_recipients_set_error (UiRecipients *self, const char *sentence);
/* Chips can be moved to `other`; `verb` says so in a menu ("Move to _Cc").  Borrowed; both belong to one window. */
void ui_recipients_add_other (UiRecipients *self, UiRecipients *other, const char *verb);
/* Who is offered while somebody types; keeps a reference. */
void ui_recipients_set_crowd (UiRecipients *self, MailCrowd *crowd);
/* At the end, with the keyboard focus. */
void ui_recipients_take (UiRecipients *self, const MailRecipient *recipient);

G_END_DECLS
