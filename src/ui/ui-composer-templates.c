/* Templates in a letter: chosen from their window, or typed as an abbreviation and Tab.  Main thread. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "ui-template-editor.h"
#include "ui-templates.h"

static GtkWindow *
get_window (UiComposer *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

typedef void (*Put) (UiEditor *editor, const char *text, const char *html);

static void
use (UiComposer *self, MailTemplate *template, Put put)
{
  g_autofree char *subject = NULL, *text = NULL, *html = NULL;

  if (self->done || self->busy)
    return;
  ui_composer_push (self);
  mail_template_fill (template, self->draft, &subject, &text, &html);
  if (subject != NULL && *gtk_editable_get_text (GTK_EDITABLE (self->subject)) == '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->subject), subject);
  put (self->editor, text, html);
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

void
ui_composer_use_template (UiComposer *self, MailTemplate *template)
{
  use (self, template, ui_editor_insert);
}

static void
on_chosen (MailTemplate *template, gpointer data)
{
  ui_composer_use_template (data, template);
}

static void
on_templates (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;

  ui_templates_open (get_window (self), self->engine, on_chosen, g_object_ref (self),
                     g_object_unref);
}

static void
on_save_template (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;
  g_autoptr (BaseTemplate) template = base_template_new ();

  ui_composer_push (self);
  g_free (template->text);
  ui_composer_dup_own (self, &template->text, &template->html);
  /* An answer has that of the message. */
  if (!mail_draft_is_answer (self->draft))
    template->subject = g_strdup (mail_draft_get_subject (self->draft));
  ui_template_editor_open (get_window (self), self->engine, template);
}

static gboolean
on_word (UiEditor *editor, const char *word, UiComposer *self)
{
  MailTemplate *template = mail_engine_find_abbreviation (self->engine, word);

  if (template != NULL)
    use (self, template, ui_editor_replace_word);
  return template != NULL;
}

void
ui_composer_set_up_templates (UiComposer *self)
{
  const GActionEntry entries[] = {
    { "templates", on_templates, NULL, NULL, NULL, { 0 } },
    { "save-template", on_save_template, NULL, NULL, NULL, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  (void)mail_engine_get_templates (
      self->engine); /* so that they are read when the first is typed */
  g_signal_connect_object (self->editor, "word-typed", G_CALLBACK (on_word), self, 0);
}
