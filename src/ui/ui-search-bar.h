/* Where somebody types what to look for in the mail, above the list: the words, with what completes them (ui-search-offer.h) and their operators as chips, where to
 * look, what comes first, and what came of it.  Main thread.  It searches nothing. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SEARCH_BAR (ui_search_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiSearchBar, ui_search_bar, UI, SEARCH_BAR, AdwBin)

/* Hidden at first.  Signals: "changed" (the words, the place or the order: at each key), "closed" (Escape, or its button), "entered" (the
 * person wants to go on in what was found), "server" (its button). */
/* Whom, where and what before is suggested; nullable: nothing of it. */
void ui_search_bar_set_engine (UiSearchBar *self, MailEngine *engine);
/* With the focus and all that stands in it selected. */
void ui_search_bar_open (UiSearchBar *self);
/* Empty and hidden; says nothing. */
void ui_search_bar_close (UiSearchBar *self);
gboolean ui_search_bar_is_open (UiSearchBar *self);
/* A key that was pressed elsewhere is typed here. */
gboolean ui_search_bar_type (UiSearchBar *self, GtkEventControllerKey *controller);

/* With what an input method composes. */
const char *ui_search_bar_get_text (UiSearchBar *self);
/* Tells "changed" where it is another one. */
void ui_search_bar_set_text (UiSearchBar *self, const char *text);
gboolean ui_search_bar_get_everywhere (UiSearchBar *self);
void ui_search_bar_set_everywhere (UiSearchBar *self, gboolean everywhere);
gboolean ui_search_bar_get_best (UiSearchBar *self);
/* What "This Folder" is; NULL: there is none, and everything is looked through.  Says nothing. */
void ui_search_bar_set_place (UiSearchBar *self, const char *name);

/* A sentence below; `busy`: there will be another one. "" hides it. */
void ui_search_bar_set_result (UiSearchBar *self, const char *sentence, gboolean busy);
/* The button for searching on the servers: what it says; NULL hides it. */
void ui_search_bar_set_server (UiSearchBar *self, const char *label);
/* How much of that is done, of 1; < 0 hides it. */
void ui_search_bar_set_progress (UiSearchBar *self, double progress);
/* Somebody looks at what was found: nothing is suggested over it. */
void ui_search_bar_hush (UiSearchBar *self);
/* A window that says what can be typed. */
void ui_search_bar_show_help (UiSearchBar *self);
/* What is wrong with the words, and what to say instead (nullable: nobody knows), on a button.  NULL hides it. */
void ui_search_bar_set_problem (UiSearchBar *self, const char *sentence, const char *instead);

G_END_DECLS
