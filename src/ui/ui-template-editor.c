/* A template being written.  Main thread.  It must never lose what was typed without asking. */
#include "ui-template-editor.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-dialog.h"
#include "ui-editor.h"
#include "ui-format-bar.h"
#include "ui-link-dialog.h"
#include "ui-names.h"
#include "ui-preedit.h"

#define UI_TYPE_TEMPLATE_EDITOR (ui_template_editor_get_type ())
G_DECLARE_FINAL_TYPE (UiTemplateEditor, ui_template_editor, UI, TEMPLATE_EDITOR, AdwWindow)

struct _UiTemplateEditor
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  char *id;
  BaseTemplate *before; /* as it was when the window opened */

  gboolean busy, gone;
  gboolean asking;  /* whether it may go */
  gboolean quits;   /* the program does, when it is gone */
  GtkWidget *field; /* weak: where the keyboard was before it was asked */

  /* Template */
  GtkWidget *name;
  GtkWidget *abbreviation;
  GtkWidget *subject;
  GtkWidget *error;
  GtkWidget *hint;
  UiEditor *editor;
};

G_DEFINE_FINAL_TYPE (UiTemplateEditor, ui_template_editor, ADW_TYPE_WINDOW)

/* Without spaces around; NULL for nothing. */
static char *
dup_field (GtkWidget *field)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (field))));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static BaseTemplate *
read_fields (UiTemplateEditor *self)
{
  BaseTemplate *template = g_new0 (BaseTemplate, 1);

  template->id = g_strdup (self->id);
  template->name = dup_field (self->name);
  if (template->name == NULL)
    template->name = g_strdup ("");
  template->abbreviation = dup_field (self->abbreviation);
  template->subject = dup_field (self->subject);
  template->text = ui_editor_dup_text (self->editor);
  template->html = ui_editor_dup_html (self->editor);
  return template;
}

static gboolean
is_changed (UiTemplateEditor *self)
{
  g_autoptr (BaseTemplate) now = read_fields (self);

  /* One that has no name yet is new, and what it begins with is kept nowhere. */
  if (*self->before->name == '\0')
    return *now->name != '\0' || now->abbreviation != NULL || now->subject != NULL
           || *now->text != '\0';
  return g_strcmp0 (now->name, self->before->name) != 0
         || g_strcmp0 (now->abbreviation, self->before->abbreviation) != 0
         || g_strcmp0 (now->subject, self->before->subject) != 0
         || g_strcmp0 (now->text, self->before->text) != 0
         || g_strcmp0 (now->html, self->before->html) != 0;
}

static void
leave (UiTemplateEditor *self)
{
  GApplication *app = g_application_get_default ();

  self->gone = TRUE; /* somebody may hold it still */
  gtk_window_destroy (GTK_WINDOW (self));
  if (self->quits && app != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (app), "quit", NULL);
}

/* ---- saving ---- */

static void
set_busy (UiTemplateEditor *self, gboolean busy)
{
  self->busy = busy;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "template.save", !busy);
}

/* The keyboard goes where it can be mended. */
static void
show_error (UiTemplateEditor *self, const GError *error)
{
  g_autofree char *name = dup_field (self->name), *text = ui_editor_dup_text (self->editor);

  self->quits = FALSE;
  gtk_label_set_label (GTK_LABEL (self->error), error->message);
  gtk_widget_set_visible (self->error, TRUE);
  gtk_widget_grab_focus (name == NULL                 ? self->name
                         : *g_strstrip (text) == '\0' ? GTK_WIDGET (self->editor)
                                                      : self->abbreviation);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTemplateEditor) self = data;
  g_autoptr (GError) error = NULL;
  gboolean saved = mail_engine_save_template_finish (MAIL_ENGINE (source), result, &error);

  if (self->gone)
    return;
  set_busy (self, FALSE);
  if (saved)
    leave (self);
  else
    show_error (self, error);
}

/* The input method has handed over what it composed. */
static void
save (gpointer data)
{
  g_autoptr (UiTemplateEditor) self = data;
  g_autoptr (BaseTemplate) template = NULL;
  g_autoptr (GError) error = NULL;

  if (self->gone)
    return;
  template = read_fields (self);
  if (base_template_check (template, &error)) {
    mail_engine_save_template_async (self->engine, template, on_saved, g_object_ref (self));
    return;
  }
  set_busy (self, FALSE);
  show_error (self, error);
}

static void
on_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTemplateEditor *self = UI_TEMPLATE_EDITOR (widget);

  set_busy (self, TRUE);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  ui_preedit_settle (GTK_WIDGET (self), save, g_object_ref (self));
}

/* ---- closing ---- */

static gboolean
on_leave_idle (gpointer self)
{
  if (!UI_TEMPLATE_EDITOR (self)->gone)
    leave (self);
  return G_SOURCE_REMOVE;
}

static void
on_discard_answer (gboolean accepted, gpointer data)
{
  g_autoptr (UiTemplateEditor) self = data;

  self->asking = FALSE;
  if (self->gone)
    return;
  if (accepted) {
    /* Not while the dialog that stands above it is at work. */
    g_idle_add_full (G_PRIORITY_DEFAULT, on_leave_idle, g_object_ref (self), g_object_unref);
    return;
  }
  self->quits = FALSE;
  ui_preedit_return (&self->field);
}

/* The input method has handed over what it composed. */
static void
close_settled (gpointer data)
{
  g_autoptr (UiTemplateEditor) self = data;

  if (self->gone || self->busy) {
    self->asking = FALSE;
    return;
  }
  if (!is_changed (self)) {
    leave (self);
    return;
  }
  ui_dialog_confirm (GTK_WINDOW (self), _ ("Discard what you changed?"), NULL, NULL, _ ("_Discard"),
                     TRUE, on_discard_answer, g_object_ref (self));
}

static gboolean
ui_template_editor_close_request (GtkWindow *window)
{
  UiTemplateEditor *self = UI_TEMPLATE_EDITOR (window);

  if (self->busy || self->asking)
    return TRUE;
  self->asking = TRUE;
  g_set_weak_pointer (&self->field, gtk_window_get_focus (window));
  gtk_window_set_focus (window, NULL);
  ui_preedit_settle (GTK_WIDGET (self), close_settled, g_object_ref (self));
  return TRUE;
}

/* It may have been the last window, by which the program lives. */
static void
on_parent_gone (UiTemplateEditor *self)
{
  GApplication *app = g_application_get_default ();

  gtk_window_set_transient_for (GTK_WINDOW (self), NULL);
  if (app != NULL)
    gtk_window_set_application (GTK_WINDOW (self), GTK_APPLICATION (app));
}

gboolean
ui_template_editor_hold_quit (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next) {
    g_autoptr (UiTemplateEditor) self =
        UI_IS_TEMPLATE_EDITOR (at->data) ? g_object_ref (at->data) : NULL;

    if (self == NULL)
      continue;
    gtk_window_close (GTK_WINDOW (self));
    if (self->gone)
      continue;
    self->quits = TRUE;
    gtk_window_present (GTK_WINDOW (self));
    return TRUE;
  }
  return FALSE;
}

/* ---- the object ---- */

static void
on_link (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_link_dialog_ask (GTK_WINDOW (data), UI_TEMPLATE_EDITOR (data)->editor);
}

static void
ui_template_editor_dispose (GObject *object)
{
  UiTemplateEditor *self = UI_TEMPLATE_EDITOR (object);

  self->gone = TRUE;
  g_clear_weak_pointer (&self->field);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->before, base_template_free);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (ui_template_editor_parent_class)->dispose (object);
}

static void
ui_template_editor_class_init (UiTemplateEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_template_editor_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ui_template_editor_close_request;
  gtk_widget_class_install_action (widget_class, "template.save", NULL, on_save);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sosik/Sosik/ui-template-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTemplateEditor, name);
  gtk_widget_class_bind_template_child (widget_class, UiTemplateEditor, abbreviation);
  gtk_widget_class_bind_template_child (widget_class, UiTemplateEditor, subject);
  gtk_widget_class_bind_template_child (widget_class, UiTemplateEditor, error);
  gtk_widget_class_bind_template_child (widget_class, UiTemplateEditor, hint);
  gtk_widget_class_bind_template_child (widget_class, UiTemplateEditor, editor);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "template.save",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, GDK_CONTROL_MASK, "composer.link",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
ui_template_editor_init (UiTemplateEditor *self)
{
  g_autoptr (GSimpleActionGroup) verbs = g_simple_action_group_new ();
  const GActionEntry entries[] = { { "link", on_link, NULL, NULL, NULL, { 0 } } };
  g_autofree char *placeholders = mail_template_list_placeholders ();
  g_autofree char *hint = NULL;
  GtkWidget *fields[3];

  g_type_ensure (UI_TYPE_EDITOR);
  g_type_ensure (UI_TYPE_FORMAT_BAR);
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_names_fill (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (verbs), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "composer", G_ACTION_GROUP (verbs));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "editor",
                                  ui_editor_get_actions (self->editor));
  /* Translators: a list of words in braces */
  hint = g_strdup_printf (_ ("These are filled in when the template is used: %s"), placeholders);
  gtk_label_set_label (GTK_LABEL (self->hint), hint);
  fields[0] = self->name;
  fields[1] = self->abbreviation;
  fields[2] = self->subject;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    ui_preedit_watch (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (fields[i]))));
}

void
ui_template_editor_open (GtkWindow *parent, MailEngine *engine, const BaseTemplate *template)
{
  UiTemplateEditor *self = g_object_new (UI_TYPE_TEMPLATE_EDITOR, "transient-for", parent, NULL);

  g_signal_connect_object (parent, "unrealize", G_CALLBACK (on_parent_gone), self,
                           G_CONNECT_SWAPPED);
  self->engine = g_object_ref (engine);
  gtk_editable_set_text (GTK_EDITABLE (self->name), template->name);
  gtk_editable_set_text (GTK_EDITABLE (self->abbreviation),
                         template->abbreviation != NULL ? template->abbreviation : "");
  gtk_editable_set_text (GTK_EDITABLE (self->subject),
                         template->subject != NULL ? template->subject : "");
  ui_editor_set_content (self->editor, template->text, template->html);
  ui_editor_set_rich (self->editor, TRUE);
  gtk_widget_grab_focus (self->name);
  /* What the editor makes of it is no change. */
  self->id = g_strdup (template->id);
  self->before = read_fields (self);
  gtk_window_present (GTK_WINDOW (self));
}
