/* One calm line on who a message is from, with the details on demand, and one on the mailing list that it came through.  Nothing at all where there is
 * nothing to say. */
#pragma once

#include <adwaita.h>

#include "mail-content.h"

G_BEGIN_DECLS

#define UI_TYPE_TRUTH_BAR (ui_truth_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiTruthBar, ui_truth_bar, UI, TRUTH_BAR, AdwBin)

/* NULL: nothing. */
void ui_truth_bar_set_content (UiTruthBar *self, MailContent *content);

G_END_DECLS
