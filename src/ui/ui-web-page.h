/* What the program knows of the module that holds WebKit.
 *
 * Linking WebKit costs a fifth of the start, and most starts never show HTML: so it lives in a module of its own, loaded with the first
 * HTML mail (ui-web-view.c) and kept.  Everything Sosik believes about WebKit is in ui-web-page.c and ui-web-process.c.
 *
 * The page is a widget that gets no script but ours, no storage, no network.  A link is never followed, only told.
 * Signals: "link-hovered" (const char *uri or NULL; by the pointer or by keyboard focus), "link-activated" (const char *uri, const char *text:
 * what stands there to be read), "failed" (const char *sentence): HTML cannot be shown; "picture-wanted" (const char *uri, GTask *task): a
 * sosik-cid: or (only where allowed) sosik-remote: picture.  The handler returns GBytes from the task, their content type as its
 * task data; it marks the task as its own with a source tag.
 * "found" (guint n): so many hits of what is looked for are in the message, each time it is known anew; "hit" (int top, int height): where the one
 * is that was to be shown, in pixels of the widget from the top of the content.
 * Properties (notify): "height" (int): of the content, in pixels of the widget, 0 while it is not known (a new message keeps what it has until then),
 * at most UI_WEB_PAGE_MAX_HEIGHT: what is longer scrolls in the page; "dark" (boolean): the paper is.
 *
 * What WebKit needs of whoever gives it all its height: the web view takes every wheel event that reaches it, also those it has no
 * use for.  A scrolled window around it takes them in the capture phase, and leaves it the horizontal ones. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_WEB_PAGE_CID        "sosik-cid:"
#define UI_WEB_PAGE_REMOTE     "sosik-remote:"
#define UI_WEB_PAGE_MAX_HEIGHT 16000

/* What the message brings, and so what may be done to it. */
typedef enum
{
  UI_WEB_LETTER,   /* text, hardly a colour: gets dark paper in the dark style */
  UI_WEB_DESIGNED, /* a layout that counts on its light paper: keeps that */
  UI_WEB_ADAPTIVE, /* has a dark style of its own */
} UiWebLook;

/* What is printed; all borrowed.  `heads`: HTML of ours above each of `bodies`, which are clean (GPtrArray of char). */
typedef struct
{
  const char *title;
  GPtrArray *heads, *bodies;
  gboolean remote;
  GtkWindow *parent;          /* of the dialog; nullable */
  GtkPrintSettings *settings; /* as of the last time; nullable */
} UiWebPaper;

/* `error` NULL and not `printed`: the person cancelled.  `settings` (nullable, borrowed): as the person has them now. */
typedef void (*UiWebPrintedFunc) (gboolean printed, GtkPrintSettings *settings, const GError *error,
                                  gpointer data);

typedef struct
{
  /* `filter_folder`: where the compiled content filter is kept.  Floating. */
  GtkWidget *(*create) (const char *filter_folder);
  /* `html` is clean (see mail-content.h); `remote` allows its sosik-remote: pictures. */
  void (*show) (GtkWidget *page, const char *html, UiWebLook look, gboolean remote);
  void (*clear) (GtkWidget *page);
  void (*set_zoom) (GtkWidget *page, double zoom);
  /* Shows the content from `y` on, in pixels of the widget. */
  void (*scroll_to) (GtkWidget *page, int y);
  /* Light paper for this message, in the dark style too.  Until the next show (). */
  void (*set_light) (GtkWidget *page, gboolean light);
  /* Marks these words in this message and those to come (NULL: none any more), whatever their case; "found" tells how many there are. */
  void (*find) (GtkWidget *page, const char *term);
  /* Marks hit `index` above the others and opens what hides it; to `reveal` it, "hit" tells where it is. */
  void (*show_hit) (GtkWidget *page, guint index, gboolean reveal);
  /* What is selected: a GVariant (sau), words and places as ui-web-selected.js has them; NULL without an error: nothing, or too much. */
  void (*get_selected) (GtkWidget *page, GAsyncReadyCallback callback, gpointer data);
  GVariant *(*get_selected_finish) (GAsyncResult *result);
  /* Shows this, asks by the dialog of printing and prints.  For a page that is in no window.  `done` is called once, and the
   * page lives until then. */
  void (*print) (GtkWidget *page, const UiWebPaper *paper, UiWebPrintedFunc done, gpointer data);
} UiWebPageApi;

/* The module's only symbol. */
#define UI_WEB_PAGE_SYMBOL "ui_web_page_get_api"
__attribute__ ((visibility ("default"))) const UiWebPageApi *ui_web_page_get_api (void);

G_END_DECLS
