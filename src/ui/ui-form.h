/* A small window with a page of rows, Cancel and Save: what the forms of the preferences share.  Main thread. */
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
};

void ui_form_set_content (UiForm *form, GtkWidget *content); /* once */
/* NULL: it is done and the window goes; else the sentence is shown, and nothing is lost. */
void ui_form_saved (UiForm *form, const GError *error);

G_END_DECLS
