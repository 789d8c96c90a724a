/* By which server an identity sends: the account's, or one of its own with its own user and password.  Main thread. */
#pragma once

#include <adwaita.h>

#include "base-server.h"

G_BEGIN_DECLS

#define UI_TYPE_SENDER_ROWS (ui_sender_rows_get_type ())
G_DECLARE_FINAL_TYPE (UiSenderRows, ui_sender_rows, UI, SENDER_ROWS, AdwPreferencesGroup)

/* Signal "edited": the server is another one, or none, by now. */

/* `server` nullable.  The user is `address` (borrowed), until somebody says otherwise. */
GtkWidget *ui_sender_rows_new (const BaseServer *server, GtkEditable *address);
/* What the rows hold; NULL: there is none, and never was one. */
BaseServer *ui_sender_rows_dup_server (UiSenderRows *self) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed; NULL: none was typed. */
const char *ui_sender_rows_get_password (UiSenderRows *self);
/* Borrowed: the row that cannot be so; else the one that `error` (nullable) is about; NULL: none. */
GtkWidget *ui_sender_rows_find_wrong (UiSenderRows *self, const GError *error);

G_END_DECLS
