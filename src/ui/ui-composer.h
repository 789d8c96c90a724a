/* The window in which a message is written.
 *
 * It saves its draft by itself while the person writes and closes only when the message is safe: kept as a draft,
 * queued for sending, or thrown away by the person. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_COMPOSER (ui_composer_get_type ())
G_DECLARE_FINAL_TYPE (UiComposer, ui_composer, UI, COMPOSER, AdwApplicationWindow)

/* Seconds in which the window offers to take back what was discarded. */
#define UI_COMPOSER_BIN_SHOWN 10

/* When the program starts: what composers go by, and the actions app.take-back (s: the id of a draft), which brings back what was
 * discarded or has not left yet, and app.discard-draft (s), for what was just closed. */
void ui_composer_install (GtkApplication *app, MailEngine *engine, GSettings *settings);
/* Says so in the main window, for so many seconds with a button that takes it back. */
void ui_composer_offer_back (GtkApplication *app, const char *sentence, const char *draft,
                             guint seconds);

/* Seconds in which sending can be undone, as the person set it; 0: none. */
guint ui_composer_get_undo_seconds (GtkApplication *app);

/* What is to be gone on with: in a window of its own, or, where it is sent on as it is, by asking to whom. */
void ui_composer_open (GtkApplication *app, MailEngine *engine, MailDraft *draft);
/* Takes a reference to `draft`.  The window belongs to `app`; present it. */
GtkWidget *ui_composer_new (GtkApplication *app, MailEngine *engine, MailDraft *draft);

/* Quitting the program: writes what is still unsaved, as a draft that comes back; `callback` runs on the main thread
 * afterwards.  FALSE from finish: it could not be written and the window has said so. */
void ui_composer_save_async (UiComposer *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean ui_composer_save_finish (UiComposer *self, GAsyncResult *result, GError **error);

G_END_DECLS
