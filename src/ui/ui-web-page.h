/* What the program knows of the module that holds WebKit.
 *
 * Linking WebKit costs a fifth of the start, and most starts never show HTML: so it lives in a module of its own, loaded with the first
 * HTML mail (ui-web-view.c) and kept.  Everything Sosik believes about WebKit is in ui-web-page.c.
 *
 * The page is a widget that gets no script, no storage, no network.  A link is never followed, only told.
 * Signals: "link-hovered" (const char *uri or NULL), "link-activated" (const char *uri), "failed" (const char *sentence): HTML cannot be
 * shown; "picture-wanted" (const char *uri, GTask *task): a sosik-cid: or (only where allowed) sosik-remote: picture.  The
 * handler returns GBytes from the task, their content type as its task data; it marks the task as its own with a source tag. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_WEB_PAGE_CID    "sosik-cid:"
#define UI_WEB_PAGE_REMOTE "sosik-remote:"

typedef struct
{
  /* `filter_folder`: where the compiled content filter is kept.  Floating. */
  GtkWidget *(*create) (const char *filter_folder);
  /* `html` is clean (see mail-content.h); `remote` allows its sosik-remote: pictures. */
  void (*show) (GtkWidget *page, const char *html, gboolean remote);
  void (*clear) (GtkWidget *page);
  void (*set_zoom) (GtkWidget *page, double zoom);
} UiWebPageApi;

/* The module's only symbol. */
#define UI_WEB_PAGE_SYMBOL "ui_web_page_get_api"
__attribute__ ((visibility ("default"))) const UiWebPageApi *ui_web_page_get_api (void);

G_END_DECLS
