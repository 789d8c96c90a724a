/* The row that asks which messages of an account are kept on this computer whole.  Main thread. */
#pragma once

#include <adwaita.h>

#include "base-account.h"

G_BEGIN_DECLS

#define UI_TYPE_KEEP_ROW (ui_keep_row_get_type ())
G_DECLARE_FINAL_TYPE (UiKeepRow, ui_keep_row, UI, KEEP_ROW, AdwActionRow)

/* Signal "changed": the person chose another. */
void ui_keep_row_set (UiKeepRow *self, BaseBodies bodies, guint months);
/* *months is left alone where it does not count. */
BaseBodies ui_keep_row_get (UiKeepRow *self, guint *months);

G_END_DECLS
