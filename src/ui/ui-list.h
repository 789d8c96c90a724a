/* The middle pane: the messages of one folder, or what is still to be sent. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_LIST (ui_list_get_type ())
G_DECLARE_FINAL_TYPE (UiList, ui_list, UI, LIST, AdwBin)

/* Signals: "selection-changed" (other messages are selected now), "opened" (a person clicked or activated a row and wants to
 * read it), "bar-clicked" (the button of the bar), "retry" (of the page that says why the folder cannot be opened).
 * Properties: "folded" (boolean: this pane stands alone or first, show the way back), "title-buttons" (boolean: it also
 * carries the window's end buttons). */

/* Shows `folder`; NULL shows nothing. */
void ui_list_set_folder (UiList *self, MailEngine *engine, MailFolder *folder);
MailFolder *ui_list_get_folder (UiList *self); /* borrowed, nullable */
/* Shows the page of drafts and the outbox instead; `page` is made once and kept. */
void ui_list_show_outgoing (UiList *self, MailEngine *engine, GtkWidget *page);

/* Order and look follow the keys "conversations", "list-sort", "list-ascending" and "list-compact". Once, at the start. */
void ui_list_set_settings (UiList *self, GSettings *settings);
/* Reads the folder again from the top. */
void ui_list_reopen (UiList *self);

/* The bar to search with, and the keyboard in it. */
void ui_list_open_search (UiList *self);
/* As if somebody had typed it, everywhere; `item` (0: none) is opened when it is found. */
void ui_list_search (UiList *self, const char *text, gint64 item);
/* It begins with the key that `controller` was told of; FALSE: that is no letter. */
gboolean ui_list_type_search (UiList *self, GtkEventControllerKey *controller);
/* The folder comes back as it was; FALSE: the bar was not open. */
gboolean ui_list_close_search (UiList *self);
/* What is looked for as one would type it in any folder, whatever comes to be among them, "" when nothing is; and in *name what to call it.  Both yours. */
char *ui_list_dup_typed (UiList *self, char **name, gboolean *best) G_GNUC_WARN_UNUSED_RESULT;
gboolean ui_list_is_searching (UiList *self); /* what is shown was looked for */

guint ui_list_get_n_selected (UiList *self);
/* The only one selected, else NULL; NULL while checkboxes are shown. Yours. */
MailConversation *ui_list_dup_current (UiList *self) G_GNUC_WARN_UNUSED_RESULT;
/* Item ids (GArray of gint64) of ui_list_get_messages (), however many. */
GArray *ui_list_dup_selected (UiList *self) G_GNUC_WARN_UNUSED_RESULT;
MailMessageList *ui_list_get_messages (UiList *self); /* borrowed, nullable */
/* The item of this id, from the rows there are.  Yours, nullable. */
MailConversation *ui_list_dup_by_id (UiList *self, gint64 id) G_GNUC_WARN_UNUSED_RESULT;
/* Checkboxes in place of the pictures: a click checks, nothing is opened. */
void ui_list_set_checking (UiList *self, gboolean checking);
gboolean ui_list_get_checking (UiList *self);
void ui_list_toggle_filter_bar (UiList *self);
void ui_list_clear_filters (UiList *self);
void ui_list_select_all (UiList *self);
void ui_list_unselect_all (UiList *self);
/* Selects the message that a person reads next when the selected ones are on their way out. */
void ui_list_select_after (UiList *self);
/* One down (1) or up (-1) from the selection; with checkboxes the keyboard alone moves. */
void ui_list_move (UiList *self, int direction);
/* The position that a person goes on from: that of the last one selected, else G_MAXUINT. */
guint ui_list_get_position (UiList *self);
/* Selects this item alone and brings it into view; it may be gone. */
void ui_list_select (UiList *self, gint64 id);
void ui_list_focus (UiList *self);

/* The bar above the messages; title NULL hides it.  `is_folders`: it is about this folder, and is not shown where the page
 * in place of messages says it. */
void ui_list_set_bar (UiList *self, const char *title, const char *detail, const char *link,
                      const char *button, gboolean is_folders);

/* All rows, after the look, the checkboxes or the colour of an account changed. */
void ui_list_update_rows (UiList *self);

G_END_DECLS
