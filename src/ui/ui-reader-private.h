/* What the files of the reader share: cards and views in ui-reader.c, answers in ui-reader-answers.c, moving, finding and printing in ui-reader-verbs.c.  Main thread. */
#pragma once

#include "ui-bar.h"
#include "ui-find-bar.h"
#include "ui-print.h"
#include "ui-reader-card.h"
#include "ui-reader-cards.h"
#include "ui-reader-find.h"
#include "ui-reader.h"

G_BEGIN_DECLS

struct _UiReader
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  GSettings *settings;
  MailThread *thread;
  GHashTable *cards;  /* row id -> UiReaderCard, borrowed */
  GHashTable *hidden; /* set of row ids that "more" stands for */
  GHashTable
      *light; /* set of row ids that the person wants on light paper, until the program ends */
  UiReaderFind *find;
  GPtrArray *answers;      /* see ui-reader-answers.c */
  GtkWidget *focus_before; /* the search took it; weak */

  /* Borrowed */
  GtkWidget *more;      /* NULL when nothing is hidden */
  MailContent *current; /* as last told */

  /* Template */
  /* A view that nobody uses right now: starting WebKit again would take its time.  Pages of a GtkStack that is in no window stay known
   * to screen readers, which GTK 4.8 complains of once it is in one again. */
  AdwBin *resting;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkSpinner *spinner;
  UiReaderCards *scroll;
  UiFindBar *find_bar;
  UiBar *waiting;
  GtkScrolledWindow *scrolled;
  GtkWidget *title;
  GtkLabel *subject, *count, *link_target;
  AdwSqueezer *tools;
  GtkWidget *narrow_tools, *bottom, *bar;
  GtkWidget *move_wide, *move_narrow;

  guint spinner_source;
  double zoom;
  gboolean folded, bare, plain_text;
  gboolean closing; /* the window closes when no answer is left */
};

/* Cards in their order; NULL behind the last. */
UiReaderCard *ui_reader_first_card (UiReader *self);
UiReaderCard *ui_reader_next_card (UiReaderCard *card);
/* That of this message; NULL while it has none. */
UiReaderCard *ui_reader_find_card (UiReader *self, MailMessage *message);
/* Makes the cards what the conversation is, but for those that "more" stands for. */
void ui_reader_sync_cards (UiReader *self);
/* Gives the card a view, and its message. */
void ui_reader_wake (UiReader *self, UiReaderCard *card);
/* ---- ui-reader-answers.c ---- */
/* Those of the conversation that is shown, and those that it leaves behind. */
void ui_reader_show_answers (UiReader *self);
void ui_reader_hide_answers (UiReader *self);
void ui_reader_on_continue (UiReader *self); /* the button of the bar */

/* ---- the rest ---- */
/* The keyboard goes back to where it was. */
void ui_reader_on_find_closed (UiReader *self);

G_END_DECLS
