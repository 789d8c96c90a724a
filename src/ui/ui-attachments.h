/* The row of files under a message: open, save, save all. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_ATTACHMENTS (ui_attachments_get_type ())
G_DECLARE_FINAL_TYPE (UiAttachments, ui_attachments, UI, ATTACHMENTS, AdwBin)

/* Before the first content: what windows for pictures and messages need. */
void ui_attachments_set_engine (UiAttachments *self, MailEngine *engine, GSettings *settings);
/* NULL, or a message without attachments, hides it. */
void ui_attachments_set_content (UiAttachments *self, MailContent *content);

G_END_DECLS
