/* One message: its headers, what there is to say about it, its body as text or HTML, its attachments. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_MESSAGE_VIEW (ui_message_view_get_type ())
G_DECLARE_FINAL_TYPE (UiMessageView, ui_message_view, UI, MESSAGE_VIEW, AdwBin)

/* Property "plain-text" (boolean, notify): HTML is shown as text.  Signals: "link-hovered" (const char *uri or NULL), "found" (guint n):
 * so many hits of what is looked for are in its body, each time it is known anew, "open" (MailMessage *message): the person wants to read this other one. */
void ui_message_view_set_engine (UiMessageView *self, MailEngine *engine, GSettings *settings);
/* What is shown is a page and no message: it has no sender to tell of. */
void ui_message_view_set_bare (UiMessageView *self, gboolean bare);
/* NULL lets go of the message. */
void ui_message_view_set_content (UiMessageView *self, MailContent *content);
/* Before it leaves the window. */
void ui_message_view_close_menus (UiMessageView *self);
/* The box between headers and body, for bars that say something about the message.  They are made in
 * ui-message-view.ui and follow ui_message_view_set_content (). */
/* Its remote images are shown; FALSE while its text is. */
gboolean ui_message_view_shows_images (UiMessageView *self);
/* HTML is what is shown, not text. */
gboolean ui_message_view_shows_html (UiMessageView *self);
/* Light paper for the HTML of this content, in the dark style too; and whether that makes a difference. */
void ui_message_view_set_light (UiMessageView *self, gboolean light);
gboolean ui_message_view_can_be_dark (UiMessageView *self);
void ui_message_view_show_images (UiMessageView *self);
/* Marks these words, whatever their case; NULL: none any more.  A new content is searched too. */
void ui_message_view_find (UiMessageView *self, const char *term); /* several: a line each */
/* Marks this hit above the others, unfolds what hides it, and, to `reveal` it, scrolls to it. */
void ui_message_view_show_hit (UiMessageView *self, guint index, gboolean reveal);
/* The part of the message that is selected in what is shown; NULL without an error: none is. */
void ui_message_view_get_excerpt_async (UiMessageView *self, GAsyncReadyCallback callback,
                                        gpointer user_data);
MailExcerpt *ui_message_view_get_excerpt_finish (UiMessageView *self,
                                                 GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;
void ui_message_view_set_zoom (UiMessageView *self, double zoom);
void ui_message_view_focus (UiMessageView *self);

G_END_DECLS
