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

/* Takes a reference to `draft`.  The window belongs to `app`; present it. */
GtkWidget *ui_composer_new (GtkApplication *app, MailEngine *engine, MailDraft *draft);

/* Quitting the program: writes what is still unsaved, as a draft that comes back; `callback` runs on the main thread
 * afterwards.  FALSE from finish: it could not be written and the window has said so. */
void ui_composer_save_async (UiComposer *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean ui_composer_save_finish (UiComposer *self, GAsyncResult *result, GError **error);

G_END_DECLS
