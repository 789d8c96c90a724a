/* What is offered beneath the entry of the search while somebody types: operators and their values, people, folders, accounts, labels, and what was looked for
 * before.  Main thread.
 *
 * A list that never has the keyboard: the entry keeps it, and with it what an input method composes.  Nothing is taken unless a person chose it. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

typedef struct _UiSearchOffer UiSearchOffer;

/* `text`: the whole query from now on, with the cursor behind `cursor` characters. */
typedef void (*UiSearchTakeFunc) (const char *text, int cursor, gpointer data);

/* Beneath `entry`, as a child of `parent`. */
UiSearchOffer *ui_search_offer_new (GtkWidget *parent, GtkWidget *entry, UiSearchTakeFunc func,
                                    gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void ui_search_offer_free (UiSearchOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiSearchOffer, ui_search_offer_free)
/* Somebody begins to search; nullable. */
void ui_search_offer_set_engine (UiSearchOffer *self, MailEngine *engine);
/* Nobody searches any more: who is known is forgotten, and which labels there are, until the next time. */
void ui_search_offer_rest (UiSearchOffer *self);

/* What fits to `typed`, with the cursor behind so many octets, preedit included; nothing closes it. */
void ui_search_offer_update (UiSearchOffer *self, const char *typed, gsize cursor);
void ui_search_offer_close (UiSearchOffer *self);
gboolean ui_search_offer_is_open (UiSearchOffer *self);
/* The next one is chosen; around, by way of what was typed.  FALSE: nothing is offered. */
gboolean ui_search_offer_move (UiSearchOffer *self, gboolean down);
void ui_search_offer_unchoose (UiSearchOffer *self);
/* FALSE: nothing was chosen. */
gboolean ui_search_offer_take (UiSearchOffer *self);

G_END_DECLS
