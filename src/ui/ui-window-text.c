/* What the window remembers of how plain text is shown.  Main thread. */
#include "ui-window-private.h"

void
ui_window_init_text_actions (UiWindow *self)
{
  g_autoptr (GAction) fixed_width = g_settings_create_action (self->settings, "fixed-width");
  g_action_map_add_action (G_ACTION_MAP (self), fixed_width);
}
