/* The text of a letter that is being written: how it begins, and whether its spelling is looked at.  Main thread. */
#include "ui-composer-private.h"

static void
on_check_spelling (GSettings *settings, const char *key, UiComposer *self)
{
  ui_editor_set_spelling (self->editor, g_settings_get_boolean (settings, key));
}

void
ui_composer_set_up_text (UiComposer *self)
{
  GSettings *settings = ui_composer_get_settings (self);

  ui_composer_set_up_pictures (self);
  if (settings == NULL)
    return;
  /* Only a letter in which nothing stands: an answer to plain text is plain text. */
  if (*mail_draft_get_text (self->draft) == '\0' && g_settings_get_boolean (settings, "write-rich"))
    ui_editor_set_rich (self->editor, TRUE);
  on_check_spelling (settings, "check-spelling", self);
  g_signal_connect_object (settings, "changed::check-spelling", G_CALLBACK (on_check_spelling),
                           self, 0);
}
