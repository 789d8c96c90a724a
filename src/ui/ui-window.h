/* The main window: folders, messages, reader, side by side or one after the other. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"
#include "ui-drag.h"

G_BEGIN_DECLS

#define UI_TYPE_WINDOW (ui_window_get_type ())
G_DECLARE_FINAL_TYPE (UiWindow, ui_window, UI, WINDOW, AdwApplicationWindow)

/* Signal "retry": the store could not be opened and the person wants to try again. */
UiWindow *ui_window_new (GtkApplication *app, MailEngine *engine, GSettings *settings);
void ui_window_show_folder (UiWindow *self, MailFolder *folder);
/* Looks for this everywhere, as if somebody had typed it, and opens this item of what is found (0: none). */
void ui_window_search (UiWindow *self, const char *typed, gint64 item);
/* The folder that is shown; borrowed, nullable. */
MailFolder *ui_window_get_folder (UiWindow *self);
/* A sentence at the bottom for a moment; `detail` (nullable) is offered behind a button. */
void ui_window_say (UiWindow *self, const char *sentence, const char *detail);
/* The same, at once and for so many seconds, with a button that does `action` with `target` (nullable, floating).  Returns the toast (borrowed). */
AdwToast *ui_window_offer (UiWindow *self, const char *sentence, const char *label,
                           const char *action, GVariant *target, guint seconds);
/* The engine could not start; NULL: it is starting (again). */
void ui_window_set_start_error (UiWindow *self, const GError *error);

/* The one that a person has looked at last; borrowed, NULL: there is none.  `app` nullable. */
UiWindow *ui_window_get_last (GtkApplication *app);
/* What is selected in its list; NULL: nothing. */
UiDrag *ui_window_dup_selected (UiWindow *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
