/* A message in a window of its own. */
#pragma once

#include "ui-reader.h"

G_BEGIN_DECLS

#define UI_TYPE_MESSAGE_WINDOW (ui_message_window_get_type ())
G_DECLARE_FINAL_TYPE (UiMessageWindow, ui_message_window, UI, MESSAGE_WINDOW, AdwWindow)

/* Signals: "verb": as of UiReader; "move" (MailMessage *message, MailFolder *folder): a folder was chosen.  `main`: the window whose actions the message needs (links, stars, zoom); this one closes with it. */
GtkWidget *ui_message_window_new (GtkWindow *main, MailEngine *engine, GSettings *settings,
                                  MailMessage *message);
void ui_message_window_set_zoom (UiMessageWindow *self, double zoom);

UiReader *ui_message_window_get_reader (UiMessageWindow *self); /* borrowed */

G_END_DECLS
