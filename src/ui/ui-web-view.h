/* HTML mail in the reader.  WebKit, in a module of its own (ui-web-page.h), is loaded with the first
 * ui_web_view_show () and not before.  The only loads that pass are the message itself and pictures from the message (sosik-cid:) or
 * ones the person allowed (sosik-remote:), which are answered here. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_WEB_VIEW (ui_web_view_get_type ())
G_DECLARE_FINAL_TYPE (UiWebView, ui_web_view, UI, WEB_VIEW, AdwBin)

/* Signals: "link-hovered" (const char *uri or NULL), "link-activated" (const char *uri, const char *text: what stands there to be read),
 * "failed" (const char *sentence): HTML cannot be shown, show the text instead.
 * Properties (notify): "height" (int): what the content asks for, in pixels; 0 until a message told, and see ui-web-page.h for what is
 * longer, and for the wheel; "light-background" (boolean, also to set): light paper for this message in the dark style. */
void ui_web_view_set_engine (UiWebView *self, MailEngine *engine);
/* `html` is clean (see mail-content.h); `remote` allows its sosik-remote: pictures. */
void ui_web_view_show (UiWebView *self, MailContent *content, const char *html, gboolean remote);
/* Drops the page, so that nothing of it runs on. Starts nothing. */
void ui_web_view_clear (UiWebView *self);
/* As in ui-web-page.h, with its signals "found" (guint n) and "hit" (int top, int height). */
void ui_web_view_find (UiWebView *self, const char *term);
void ui_web_view_show_hit (UiWebView *self, guint index, gboolean reveal);
/* The part of the message that is selected; NULL without an error: none is. */
void ui_web_view_get_excerpt_async (UiWebView *self, GAsyncReadyCallback callback,
                                    gpointer user_data);
MailExcerpt *ui_web_view_get_excerpt_finish (UiWebView *self,
                                             GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* Shows the content from `y` on, in pixels. */
void ui_web_view_scroll_to (UiWebView *self, int y);
/* Light paper is a choice, for the style is dark and this message could be dark. */
gboolean ui_web_view_can_be_dark (UiWebView *self);
void ui_web_view_set_zoom (UiWebView *self, double zoom);

G_END_DECLS
