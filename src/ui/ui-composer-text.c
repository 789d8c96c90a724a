/* The text of a letter that is being written: how it begins, and whether its spelling is looked at.  Main thread. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "ui-toast.h"

static void
on_check_spelling (GSettings *settings, const char *key, UiComposer *self)
{
  gboolean check = g_settings_get_boolean (settings, key);

  ui_editor_set_spelling (self->editor, check);
  g_menu_remove_all (self->spelling);
  if (check)
    g_menu_append_submenu (self->spelling, _ ("Spelling _Languages"),
                           ui_editor_get_language_menu (self->editor));
}

/* They are this letter's from now on, and those of the next new one. */
static void
on_languages_chosen (UiComposer *self)
{
  g_autofree char *languages = ui_editor_dup_languages (self->editor);
  GSettings *settings = ui_composer_get_settings (self);

  mail_draft_set_languages (self->draft, languages);
  if (settings != NULL)
    g_settings_set_string (settings, "spell-languages", languages);
  ui_composer_edited (self);
}

static void
set_up_languages (UiComposer *self, GSettings *settings)
{
  const char *chosen = mail_draft_get_languages (self->draft);
  g_autofree char *last = g_settings_get_string (settings, "spell-languages");

  if (chosen != NULL)
    ui_editor_set_languages (self->editor, chosen, FALSE);
  else
    ui_editor_set_languages (self->editor, *last != '\0' ? last : NULL, TRUE);
  g_signal_connect_object (self->editor, "languages-chosen", G_CALLBACK (on_languages_chosen), self,
                           G_CONNECT_SWAPPED);
}

static void
on_sentence (UiComposer *self, const char *sentence)
{
  adw_toast_overlay_add_toast (self->toasts, ui_toast_new (sentence));
}

void
ui_composer_set_up_text (UiComposer *self)
{
  GSettings *settings = ui_composer_get_settings (self);

  g_signal_connect_object (self->editor, "sentence", G_CALLBACK (on_sentence), self,
                           G_CONNECT_SWAPPED);
  ui_composer_set_up_pictures (self);
  if (settings == NULL)
    return;
  /* Only a letter in which nothing stands: an answer to plain text is plain text. */
  if (*mail_draft_get_text (self->draft) == '\0' && g_settings_get_boolean (settings, "write-rich"))
    ui_editor_set_rich (self->editor, TRUE);
  set_up_languages (self, settings);
  on_check_spelling (settings, "check-spelling", self);
  g_signal_connect_object (settings, "changed::check-spelling", G_CALLBACK (on_check_spelling),
                           self, 0);
}
