/* What the files of the message list's pane share: ui-list.c (what is shown and selected), -rows.c (the rows and what happens on
 * them), -tools.c (order, filters, checkboxes), -search.c (what is
 * looked for).  Main thread. */
#pragma once

#include "ui-bar.h"
#include "mail-server-search.h"
#include "ui-list.h"
#include "ui-search-bar.h"
#include "ui-selection.h"

G_BEGIN_DECLS

/* Rows, and where they are scrolled. */
typedef struct
{
  GHashTable *
      bound; /* Owned: set of GtkListItem (borrowed): the rows that show something; NULL: it is not made yet */
  GtkScrolledWindow *scrolled;
  GtkListView *view;
} UiListPane;

struct _UiList
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  GSettings *settings;
  MailMessageList *messages;
  UiSelection *selection;
  MailFolder *folder;
  MailFolder *search; /* what is looked for, while it is shown; else NULL */
  struct
  {
    MailFolder *folder;
    MailMessageList *messages;
    UiSelection *selection;
    double scrolled;
    gboolean outgoing;
  } before;                  /* what was shown before the search; nullable */
  MailServerSearch *server;  /* asked with the words that are shown; nullable */
  GSignalGroup *account;     /* of the folder */
  MailConversation *awaited; /* the one selected item, while it is not loaded yet */
  GMenuModel *menu;
  GtkWidget *bulk;                                      /* made at the first use */
  GtkWidget *popover;                                   /* made at the first right click */
  char *bar_title, *bar_detail, *bar_link, *bar_button; /* title NULL: no bar */

  /* Borrowed */
  GtkWidget *outgoing;
  GtkWidget *menu_focus; /* weak: where the keyboard was, outside the rows, when the menu came */

  /* Template */
  AdwWindowTitle *title;
  UiBar *bar;
  UiSearchBar *search_bar;
  GtkToggleButton *search_button;
  GtkWidget *filters, *tools;
  GtkToggleButton *select_button, *filter_button;
  GtkWidget *back, *leave_button;
  GtkToggleButton *filter_unread, *filter_starred, *filter_attachments, *filter_known;
  GtkStack *stack;
  GtkSpinner *spinner;
  UiListPane own; /* of a folder */

  UiListPane found; /* of what is looked for; made at the first search */
  UiListPane *pane; /* the one that is shown */

  gboolean has_problem; /* with what is looked for; it is said */

  gulong awaited_handler;
  gint64 menu_row; /* id of the row that the menu is at */
  gint64 sought;   /* item of what is looked for that is to be opened when it is there; 0 none */
  gint64 wanted;   /* message that is to be shown again when the list has come */
  gint64 current;  /* id of the one selected item, 0 when none or several */
  guint n_selected;
  guint opened_source, midnight_source;
  guint emptying;     /* idle: what was found has no rows any more */
  guint stick;        /* tick: the list goes back to its top */
  guint headings;     /* tick: they are put where they belong */
  double scroll_back; /* where the list is to be scrolled to when it is placed; < 0: nowhere */
  guint placing;      /* tick: what is selected is in view, and the keyboard at its row */
  gint64 keyboard;    /* id of the row that had it and has been taken out in this change; 0 none */
  gboolean reordered; /* by the person: what is selected is to be in view once it is done */
  gboolean laid_out, revealed; /* since `placing` */
  gboolean keyboard_left;      /* the keyboard is here, whatever page is shown */
  gboolean entered;            /* from the search to the rows, before they were there */
  gboolean folded, title_buttons;
  gboolean showing_outgoing;
  gboolean bar_is_folders; /* what the bar says is about this folder */
  gboolean checking, compact;
};

/* ---- ui-list.c ---- */
void ui_list_update_page (UiList *self);
void ui_list_update_bar (UiList *self);
void ui_list_update_title (UiList *self);
void ui_list_update_selection (UiList *self);
void ui_list_opened (UiList *self);
/* Shows it, read from the top. */
void ui_list_take_folder (UiList *self, MailFolder *folder);
/* Rows of what is looked for, or those of the folder, which stay as they are meanwhile: to make and to destroy them takes longer than a frame. */
void ui_list_show_pane (UiList *self, gboolean found);
/* Shows this again (each nullable), as it was. */
void ui_list_put_back (UiList *self, MailFolder *folder, MailMessageList *messages,
                       UiSelection *selection, double scrolled);

/* ---- -rows.c ---- */
void ui_list_init_rows (UiList *self);
void ui_list_class_init_rows (GtkWidgetClass *widget_class);
/* `found`: there is none in the template. */
void ui_list_make_found (UiList *self);
/* Before the next frame. */
void ui_list_update_headings (UiList *self);
/* What was to change has changed. */
void ui_list_settled (UiList *self);
/* These rows will be gone, or moved. */
void ui_list_removing (UiList *self, guint position, guint n);
/* Nothing where its rows have just come, and are at their top. */
void ui_list_go_to_top (UiList *self);
/* Brings it into view; `focus`: the keyboard goes on from there. */
void ui_list_reveal (UiList *self, guint position, gboolean focus);

/* ---- -search.c ---- */
void ui_list_class_init_search (GtkWidgetClass *widget_class);
void ui_list_init_search (UiList *self);
/* A pane was made. */
void ui_list_watch_pane (UiList *self, UiListPane *pane);
/* Another folder is shown: the search is over, and what was before does not come back. */
void ui_list_leave_search (UiList *self);
void ui_list_drop_before (UiList *self);
/* The same in a new list: how items are shown has changed, and the folder behind it is read again, too. */
void ui_list_search_anew (UiList *self);
/* FALSE: they are all here, to be selected at once. */
gboolean ui_list_select_all_found (UiList *self);
/* Those that are on their way are not selected any more: something else is, or nothing.  There is a list. */
void ui_list_forget_all_found (UiList *self);
void ui_list_search_everywhere (UiList *self);
void ui_list_show_search_help (UiList *self);
/* It has led to something, and is suggested again.  Nothing where nothing is looked for. */
void ui_list_note_search (UiList *self);

/* ---- -tools.c ---- */
void ui_list_class_init_tools (GtkWidgetClass *widget_class);
MailFilter ui_list_get_filter (UiList *self);
/* A new list is there, or none. */
void ui_list_apply_order (UiList *self);
void ui_list_update_bulk (UiList *self);
/* The buttons of the header bar: a narrow one has no place for all, and offers to select several in its menu. */
void ui_list_update_tools (UiList *self);

G_END_DECLS
