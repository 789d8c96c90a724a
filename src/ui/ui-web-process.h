/* The one web process and what all its pages share: no storage, no network, the content filter, the schemes that pictures come by.
 * Of the module that holds WebKit (ui-web-page.h); main thread.
 *
 * Pages share the process (a process each would cost some 100 MB), and nothing else: each is a web view of its own, so that no
 * message reaches another. */
#pragma once

#include <webkit/webkit.h>

G_BEGIN_DECLS

#define UI_WEB_WORLD "sosik" /* where our own script runs: no page sees into it */

typedef struct _UiWebProcess UiWebProcess;

/* A picture that `view` asks for; the handler answers the request, now or later. */
typedef void (*UiWebPictureFunc) (WebKitWebView *view, WebKitURISchemeRequest *request);

/* The process, begun with the first who asks and ended with the last.  `filter_folder`: where the compiled content filter is kept. */
UiWebProcess *ui_web_process_ref (const char *filter_folder,
                                  UiWebPictureFunc picture) G_GNUC_WARN_UNUSED_RESULT;
void ui_web_process_unref (UiWebProcess *self);

/* A view without content, with the style and the script of ours; floating.  ui_web_process_drop_view () ends it. */
WebKitWebView *ui_web_process_create_view (UiWebProcess *self, double zoom);
void ui_web_process_drop_view (UiWebProcess *self, WebKitWebView *view);

/* Nothing may be loaded before the filter stands.  Calls back once, maybe at once; `error` NULL: it stands. */
typedef void (*UiWebGuardFunc) (gpointer user_data, const GError *error);
gboolean ui_web_process_is_guarded (UiWebProcess *self);
void ui_web_process_guard (UiWebProcess *self, UiWebGuardFunc func, gpointer user_data,
                           GDestroyNotify free_user_data);

G_END_DECLS
