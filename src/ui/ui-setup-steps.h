/* What a provider wants done before the first sign-in, in order, with the page where that is done. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_SETUP_STEPS (ui_setup_steps_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupSteps, ui_setup_steps, UI, SETUP_STEPS, AdwPreferencesGroup)

/* A sentence each; `link` nullable.  Hidden where there are none. */
void ui_setup_steps_set (UiSetupSteps *self, const char *const *steps, const char *link);
gboolean ui_setup_steps_has_any (UiSetupSteps *self);
/* To the link.  FALSE: it is not there. */
gboolean ui_setup_steps_take_focus (UiSetupSteps *self);

G_END_DECLS
