/* What a message is written in: in a window of its own (ui-composer-window.h), or below the messages that it answers
 * (ui-reader-answers.c).
 *
 * It saves its draft by itself while the person writes and closes only when the message is safe: kept as a draft,
 * queued for sending, or thrown away by the person.  All that can be done in it are actions of the group "composer". */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"
#include "mail-template.h"

G_BEGIN_DECLS

#define UI_TYPE_COMPOSER (ui_composer_get_type ())
G_DECLARE_FINAL_TYPE (UiComposer, ui_composer, UI, COMPOSER, AdwBin)

/* Seconds in which the window offers to take back what was discarded. */
#define UI_COMPOSER_BIN_SHOWN 10

/* When the program starts: what composers go by, and the actions app.take-back (s: the id of a draft), which brings back what was
 * discarded or has not left yet, and app.discard-draft (s), for what was just closed. */
void ui_composer_install (GtkApplication *app, MailEngine *engine, GSettings *settings);
/* Says so in the main window, for so many seconds with a button that takes it back.  Returns the toast (borrowed); NULL: there is no window. */
AdwToast *ui_composer_offer_back (GtkApplication *app, const char *sentence, const char *draft,
                             guint seconds);

/* Seconds in which sending can be undone, as the person set it; 0: none. */
guint ui_composer_get_undo_seconds (GtkApplication *app);

/* What is to be gone on with: in a window of its own, or, where it is sent on as it is, by asking to whom. */
void ui_composer_open (GtkApplication *app, MailEngine *engine, MailDraft *draft);
/* Property "title" (string, read only, notify).  Signals: "finished": the message is safe, or thrown away; "detached": it moves into
 * a window: whoever holds it lets go; "left": the person wants to be back in the messages above.
 *
 * Takes a reference to `draft`; floating.  The program has to know of it as long as it is there: ui_composer_dup_all (). */
UiComposer *ui_composer_new (GtkApplication *app, MailEngine *engine, MailDraft *draft);
/* All that have not finished, of UiComposer. */
GPtrArray *ui_composer_dup_all (GtkApplication *app) G_GNUC_WARN_UNUSED_RESULT;
/* Shows the one whose draft stands in `content`, wherever it is.  FALSE: it is not open. */
gboolean ui_composer_show (GtkApplication *app, MailContent *content);
const char *ui_composer_get_title (UiComposer *self); /* borrowed, until something is typed */
/* It has a place below messages, where assistive technology calls it `name`. */
void ui_composer_stand_below (UiComposer *self, const char *name);
/* Moves it into a window of its own, as it is, as soon as an input method owes nothing. */
void ui_composer_detach (UiComposer *self);
/* It stands nowhere. */
GtkWindow *ui_composer_open_window (UiComposer *self);
/* Somebody would miss what is in it. */
gboolean ui_composer_is_touched (UiComposer *self);
/* The keyboard goes where the person goes on: the first thing that is missing. */
void ui_composer_focus (UiComposer *self);
/* Puts it where the caret is. */
void ui_composer_use_template (UiComposer *self, MailTemplate *template);
/* Shows the person where it is. */
void ui_composer_present (UiComposer *self);
/* Keeps what is written; when files that are being attached are here. */
void ui_composer_close (UiComposer *self);
void ui_composer_finish (UiComposer *self); /* it goes, without asking */

/* Quitting the program: writes what is still unsaved, as a draft that comes back; `callback` runs on the main thread
 * afterwards.  FALSE from finish: it could not be written and the composer has said so. */
void ui_composer_save_async (UiComposer *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean ui_composer_save_finish (UiComposer *self, GAsyncResult *result, GError **error);

G_END_DECLS
