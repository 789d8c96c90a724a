/* The last pane: a conversation as one scroll of cards, or one message. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"
#include "mail-thread.h"
#include "ui-composer.h"
#include "ui-message-view.h"

G_BEGIN_DECLS

#define UI_TYPE_READER (ui_reader_get_type ())
G_DECLARE_FINAL_TYPE (UiReader, ui_reader, UI, READER, AdwBin)

/* Properties: "folded" (boolean: this pane stands alone, show the way back), "bare" (boolean: without a header bar), "content"
 * (MailContent, read only, notify: of the message that the verbs of the window mean; NULL while nothing is open), "plain-text" (boolean,
 * notify: HTML is shown as text).
 * Signals: "seen" (MailMessage *message): it has been in front of a person for a second.  "verb" (const char *name, MailMessage *message,
 * MailContent *content or NULL): the person wants this done to this message, whatever is selected. */
void ui_reader_set_engine (UiReader *self, MailEngine *engine, GSettings *settings);
/* Shows `thread`; NULL shows that nothing (`n_selected` 0) or several are selected: conversations, or else messages. */
void ui_reader_show (UiReader *self, MailThread *thread, guint n_selected, gboolean conversations);
MailThread *ui_reader_get_thread (UiReader *self);   /* borrowed, nullable */
MailContent *ui_reader_get_content (UiReader *self); /* borrowed, nullable */
MailMessage *ui_reader_get_message (UiReader *self); /* the same message's; borrowed, nullable */
void ui_reader_show_images (UiReader *self);
void ui_reader_set_zoom (UiReader *self, double zoom);
void ui_reader_focus (UiReader *self);
/* The bar to find words in all messages of the conversation; a step before it was open opens it. */
void ui_reader_find (UiReader *self);
void ui_reader_find_again (UiReader *self, int direction);
/* Words that the list was searched for, a line each (nullable): marked in what is shown from now on, as hits that one can step through. */
void ui_reader_mark (UiReader *self, const char *words);
/* FALSE: it was not open. */
gboolean ui_reader_close_find (UiReader *self);
/* Prints all of the conversation, as far as `only` is NULL; else this message of it. */
void ui_reader_print (UiReader *self, MailMessage *only);
/* Opens every message of the conversation, or folds them. */
void ui_reader_expand_all (UiReader *self);
void ui_reader_fold_all (UiReader *self);
/* A screenful on (1) or back (-1); FALSE: there is no more. */
gboolean ui_reader_scroll_page (UiReader *self, int direction);
/* Scrolls to the next unread message of the conversation; FALSE: there is none below. */
gboolean ui_reader_next_unread (UiReader *self);
/* Calls `func` for each view that is open, from the top. */
void ui_reader_foreach_view (UiReader *self, void (*func) (UiMessageView *view, gpointer user_data),
                             gpointer user_data);
/* The "Move" button that is on screen, for the popover to point at; NULL when none is. */
GtkWidget *ui_reader_get_move_button (UiReader *self);

/* ---- answers at the end of the conversation ---- */
/* The one that is shown; borrowed, nullable. */
UiComposer *ui_reader_get_answer (UiReader *self);
/* Shows the one that is being written to this message in this way; FALSE: there is none. */
gboolean ui_reader_go_to_answer (UiReader *self, MailMessage *message, MailReplyKind kind);
/* Takes the composer in; `name`: what it is called.  FALSE: the message is not shown any more, or another answer is being written to the
 * conversation. */
gboolean ui_reader_add_answer (UiReader *self, UiComposer *composer, MailMessage *message,
                               MailReplyKind kind, const char *name);
/* The message goes elsewhere, or (NULL) the conversation that is shown: what was written moves into a window of its own. */
void ui_reader_detach_answer (UiReader *self, MailMessage *message);
/* The window is to be closed: the same with all of them.  FALSE: some still wait for an input method; the window closes when
 * they are gone. */
gboolean ui_reader_let_go (UiReader *self);

/* ---- for ui-reader-find.c ---- */
MailEngine *ui_reader_get_engine (UiReader *self);
/* Its body is there to be searched. */
gboolean ui_reader_is_shown (UiReader *self, MailMessage *message);
void ui_reader_show_hit (UiReader *self, MailMessage *message, guint index, gboolean reveal);
/* Grows with each scroll that the person did. */
guint ui_reader_get_n_scrolls (UiReader *self);
/* Unfolds it and scrolls to it. */
void ui_reader_open_card (UiReader *self, MailMessage *message);
/* The first message that can be seen; borrowed, nullable. */
MailMessage *ui_reader_get_first_on_screen (UiReader *self);

/* The view that shows this content, NULL when none does. */
UiMessageView *ui_reader_find_view (UiReader *self, MailContent *content);

G_END_DECLS
