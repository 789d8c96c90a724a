/* What the files of the window share. */
#pragma once

#include "ui-folder-chooser.h"
#include "ui-list.h"
#include "ui-pane.h"
#include "ui-reader.h"
#include "ui-sidebar.h"
#include "ui-window.h"

G_BEGIN_DECLS

struct _UiWindow
{
  AdwApplicationWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  GSettings *settings;
  MailAccount *trouble;         /* whose state the bar tells, NULL when none */
  GSignalGroup *folder_signals; /* of the folder that is shown */
  UiFolderMarks *marks;
  GtkWidget *folder_chooser; /* where a folder goes; made at the first use */
  GtkWidget *chooser;        /* the popover of "Move", made at the first use */
  MailMessage *moving;       /* the one that it asks about; NULL: what is selected */
  MailFolder *before_sender; /* shown before all mail from a person was; weak */
  AdwToast *toast;           /* the one on screen; the next takes its place */
  GHashTable *watched;       /* set of MailAccount */
  GSimpleAction *plain_text;
  MailConversation *current; /* whose flags decide about the verbs */

  /* Borrowed */
  GtkWidget *outgoing;  /* made at the first use */
  AdwStatusPage *error; /* the same */

  /* Template */
  AdwToastOverlay *toasts;
  GtkStack *pages;
  AdwLeaflet *outer, *inner;
  UiPane *sidebar_pane, *list_pane;
  UiSidebar *sidebar;
  UiList *list;
  UiReader *reader;

  gulong current_handler;
  gint64 last_undo; /* token, 0 when none */
  double zoom;
  guint zoom_source; /* that saves it */
  gboolean restored; /* the folder of last time has been looked for */
  gboolean start_failed;
  gboolean source_coming; /* the message whose source somebody wants to see is being fetched */
};

void ui_window_class_install_actions (GtkWidgetClass *widget_class);
void ui_window_init_actions (UiWindow *self);
/* ui-window-folders.c */
void ui_window_class_install_folder_actions (GtkWidgetClass *widget_class);
void ui_window_init_folders (UiWindow *self);
/* As ui_window_act (), of items of the list (GArray of gint64 ids): what is read next is selected where they leave it. */
void ui_window_act_on_listed (UiWindow *self, MailAction action, MailFolder *target, GArray *items);
/* Selects what the person wants to see when the selected messages are on their way out. */
void ui_window_select_after (UiWindow *self);
/* For calls of the engine that end with mail_engine_act_finish (); `data` is the window (taken). */
void ui_window_on_acted (GObject *source, GAsyncResult *result, gpointer data);
void ui_window_class_install_listing_actions (GtkWidgetClass *widget_class);
void ui_window_init_listing (UiWindow *self);
/* Item ids of the list that is shown; nothing is said. */
void ui_window_act_quietly (UiWindow *self, MailAction action, GArray *items);
/* Enables and disables the verbs for what is selected and shown. */
void ui_window_update_actions (UiWindow *self);
/* Takes the toast. */
void ui_window_toast (UiWindow *self, AdwToast *toast);
/* Takes the toast off that offers to undo; the key for it still works. */
void ui_window_dismiss_undo (UiWindow *self);
/* Does this to messages (of MailMessage), and offers to undo it. */
void ui_window_act (UiWindow *self, MailAction action, MailFolder *target, GPtrArray *messages);
void ui_window_toggle_star (UiWindow *self, MailMessage *message);
void ui_window_save_message (UiWindow *self, MailContent *content);
void ui_window_view_source (UiWindow *self, MailContent *content);
void ui_window_mark_seen (UiWindow *self, MailMessage *message);

/* ---- answering (ui-window-answers.c) ---- */
void ui_window_class_install_answer_actions (GtkWidgetClass *widget_class);
/* `reader`: where the message is read. */
void ui_window_reply (UiWindow *self, UiReader *reader, MailContent *content, MailReplyKind kind);
/* The person chooses one first. */
void ui_window_reply_with_template (UiWindow *self, UiReader *reader, MailContent *content);

/* ---- moving (ui-window-move.c) ---- */
void ui_window_class_install_move_actions (GtkWidgetClass *widget_class);

/* ---- mailing lists (ui-window-lists.c) ---- */
void ui_window_class_install_list_actions (GtkWidgetClass *widget_class);
void ui_window_update_list_actions (UiWindow *self, MailContent *content);

/* ---- plain text (ui-window-text.c) ---- */
/* After the settings are known. */
void ui_window_init_text_actions (UiWindow *self);

/* ---- links (ui-window-web.c) ---- */
void ui_window_class_install_web_actions (GtkWidgetClass *widget_class);
/* `text`: what stands there to be read, "" where it is the address itself. */
void ui_window_open_link (UiWindow *self, const char *uri, const char *text);

/* For one message that is not necessarily selected. */
void ui_window_move_message (UiWindow *self, MailMessage *message);

/* ---- conversations (ui-window-threads.c) ---- */
void ui_window_class_install_thread_actions (GtkWidgetClass *widget_class);
void ui_window_update_thread_actions (UiWindow *self);
void ui_window_split_message (UiWindow *self, MailMessage *message);

/* ---- drafts (ui-window-drafts.c) ---- */
void ui_window_class_install_draft_actions (GtkWidgetClass *widget_class);
void ui_window_edit_draft (UiWindow *self, MailMessage *message); /* of a Drafts folder */

/* ---- finding (ui-window-find.c) ---- */
/* A letter that is no verb, typed among the rows, begins a search. */
gboolean ui_window_type_search (UiWindow *self, GtkEventControllerKey *controller, GtkWidget *focus,
                                guint keyval, GdkModifierType modifiers);
void ui_window_class_install_find_actions (GtkWidgetClass *widget_class);

/* ---- searches that are kept (ui-window-search.c) ---- */
void ui_window_class_install_search_actions (GtkWidgetClass *widget_class);

/* ---- all mail from a person (ui-window-sender.c) ---- */
void ui_window_class_install_sender_actions (GtkWidgetClass *widget_class);
/* Goes back to the folder of before; FALSE: it is shown. */
gboolean ui_window_leave_sender (UiWindow *self);
/* Still one of the folders there are (ui-window.c). */
gboolean ui_window_has_folder (UiWindow *self, MailFolder *folder);
void ui_window_show_inbox (UiWindow *self);

/* ---- printing (ui-window-print.c) ---- */
void ui_window_class_install_print_actions (GtkWidgetClass *widget_class);

/* ---- reading (ui-window-reading.c) ---- */
void ui_window_class_install_reading_actions (GtkWidgetClass *widget_class);
/* Has the reader show what is selected in the list; FALSE: nothing, or several.  What is read, and has gone from the list, stays until it is known where it is. */
gboolean ui_window_show_current (UiWindow *self);
/* The same, and the rest of the window follows. */
void ui_window_take_selection (UiWindow *self);
/* The messages in windows of their own follow the zoom. */
void ui_window_zoom_others (UiWindow *self);
/* `source`: the reader, or the window of a message. */
void ui_window_on_verb (UiWindow *self, const char *verb, MailMessage *message,
                        MailContent *content, gpointer source);

G_END_DECLS
