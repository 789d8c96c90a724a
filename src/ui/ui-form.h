/* A small window with a page of rows, Cancel and Save: what the forms of the preferences share.  Main thread.  What was typed is not lost: closing it
 * asks where something was changed, and both wait for what an input method composes. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_FORM (ui_form_get_type ())
G_DECLARE_DERIVABLE_TYPE (UiForm, ui_form, UI, FORM, AdwWindow)

struct _UiFormClass
{
  AdwWindowClass parent_class;

  /* Save was pressed: ends in ui_form_saved (). */
  void (*save) (UiForm *form);
  /* The fields hold something else than when it was opened. */
  gboolean (*is_changed) (UiForm *form);
  /* Borrowed: the field that keeps it from being saved; NULL: none of them is to blame. */
  GtkWidget *(*find_wrong) (UiForm *form);
  /* Nullable.  A page where that can be mended; NULL: there is none.  Lives as long as the program. */
  const char *(*find_link) (UiForm *form);
  /* Nullable: there is no way back.  The person does not want to wait for it to be saved: ends in ui_form_saved () with CANCELLED, if not too late. */
  void (*cancel) (UiForm *form);
};

void ui_form_set_content (UiForm *form, GtkWidget *content); /* once */
/* Once the fields are filled; the keyboard goes to `first`. */
void ui_form_present (UiForm *form, GtkWidget *first);
/* What is done while it is saved. */
void ui_form_set_progress (UiForm *form, const char *sentence);
/* NULL: it is done and the window goes; CANCELLED: all is as it was before Save was pressed; else the sentence is shown and told by the
 * field that is wrong, which gets the keyboard, and nothing is lost.  Does nothing once the window is gone. */
void ui_form_saved (UiForm *form, const GError *error);

/* Asks those that are open and were changed, one after the other.  TRUE: the program cannot quit yet; once they have gone it does. */
gboolean ui_form_hold_quit (void);

G_END_DECLS
