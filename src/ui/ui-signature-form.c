/* A name, and the text, rich or plain.  Main thread. */
#include "ui-signature-form.h"

#include <glib/gi18n.h>

#include "ui-dialog.h"
#include "ui-editor-signature.h"
#include "ui-editor.h"
#include "ui-format-bar.h"
#include "ui-link-dialog.h"

struct _UiSignatureForm
{
  UiForm parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;
  BaseSignature *before; /* what the fields held when it was opened */

  /* Borrowed: in the widget tree */
  GtkEditable *name;
  GtkSwitch *rich;
  UiEditor *editor;
  GtkRevealer *bar;
};

G_DEFINE_FINAL_TYPE (UiSignatureForm, ui_signature_form, UI_TYPE_FORM)

/* ---- saving ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSignatureForm) self = data;
  g_autoptr (GError) error = NULL;

  (void)mail_engine_save_edit_finish (MAIL_ENGINE (source), result, &error);
  ui_form_saved (UI_FORM (self), error);
}

/* Empty lines at its end would be lines of the letter. */
static BaseSignature *
read_fields (UiSignatureForm *self)
{
  BaseSignature *signature = g_new0 (BaseSignature, 1);

  signature->id = g_strdup (self->before->id);
  signature->name = g_strstrip (g_strdup (gtk_editable_get_text (self->name)));
  signature->text = g_strchomp (ui_editor_dup_text (self->editor));
  signature->html = ui_editor_dup_html (self->editor);
  return signature;
}

static void
ui_signature_form_save (UiForm *form)
{
  UiSignatureForm *self = UI_SIGNATURE_FORM (form);
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);
  g_autoptr (BaseSignature) signature = read_fields (self);

  base_account_put_signature (edit->settings, signature);
  mail_engine_save_edit_async (self->engine, edit, on_saved, g_object_ref (self));
}

static gboolean
ui_signature_form_is_changed (UiForm *form)
{
  g_autoptr (BaseSignature) signature = read_fields (UI_SIGNATURE_FORM (form));

  return !base_signature_equal (signature, UI_SIGNATURE_FORM (form)->before);
}

static GtkWidget *
ui_signature_form_find_wrong (UiForm *form)
{
  UiSignatureForm *self = UI_SIGNATURE_FORM (form);
  g_autoptr (BaseSignature) signature = read_fields (self);

  if (!base_account_field_is_clean (signature->name))
    return GTK_WIDGET (self->name);
  return base_signature_is_clean (signature) ? NULL : GTK_WIDGET (self->editor);
}

/* ---- formats ---- */

static void
show_rich (UiSignatureForm *self)
{
  gboolean rich = ui_editor_get_rich (self->editor);

  gtk_revealer_set_reveal_child (self->bar, rich);
  gtk_switch_set_active (self->rich, rich);
}

static void
on_plain_answer (gboolean accepted, gpointer data)
{
  g_autoptr (UiSignatureForm) self = data;

  if (self->name == NULL)
    return;
  if (accepted)
    ui_editor_set_rich (self->editor, FALSE);
  show_rich (self);
}

static void
on_rich (UiSignatureForm *self)
{
  gboolean rich = gtk_switch_get_active (self->rich);

  if (rich == ui_editor_get_rich (self->editor))
    return;
  if (rich || !ui_editor_has_format (self->editor))
    ui_editor_set_rich (self->editor, rich);
  else
    ui_dialog_confirm (GTK_WINDOW (self), _ ("Remove all formatting?"),
                       _ ("The signature becomes plain text. Its words stay as they are."), NULL,
                       _ ("_Remove Formatting"), TRUE, on_plain_answer, g_object_ref (self));
}

static void
on_link (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiSignatureForm *self = data;

  ui_link_dialog_ask (GTK_WINDOW (self), self->editor);
}

/* ---- the window ---- */

static GtkWidget *
make_editor (UiSignatureForm *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new (), *bar = gtk_scrolled_window_new ();

  self->editor = g_object_new (UI_TYPE_EDITOR, "top-margin", 12, "bottom-margin", 12, "left-margin",
                               12, "right-margin", 12, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->editor), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Signature text"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->editor), "composer-editor");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 120);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->editor));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (bar), GTK_POLICY_EXTERNAL, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (bar),
                                 g_object_new (UI_TYPE_FORMAT_BAR, NULL));
  self->bar = GTK_REVEALER (gtk_revealer_new ());
  gtk_revealer_set_child (self->bar, bar);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->bar));
  gtk_widget_add_css_class (box, "card");
  gtk_widget_set_overflow (box, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_vexpand (box, TRUE);
  return box;
}

static void
build (UiSignatureForm *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *group = adw_preferences_group_new (), *row = adw_entry_row_new ();
  GtkWidget *rich_row = adw_action_row_new (), *rich = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Name of the Signature"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  self->name = GTK_EDITABLE (row);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (rich_row), _ ("With Formatting"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (rich_row),
                               _ ("Plain messages get its words without it"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (rich_row), 0);
  gtk_widget_set_valign (rich, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (rich_row), rich);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (rich_row), rich);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), rich_row);
  self->rich = GTK_SWITCH (rich);
  gtk_box_append (GTK_BOX (box), group);
  gtk_box_append (GTK_BOX (box), make_editor (self));
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  ui_form_set_content (UI_FORM (self), box);
}

static void
add_actions (UiSignatureForm *self)
{
  const GActionEntry entries[] = { { "link", on_link, NULL, NULL, NULL, { 0 } } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "composer", G_ACTION_GROUP (group));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "editor",
                                  ui_editor_get_actions (self->editor));
}

void
ui_signature_form_show (GtkWindow *parent, MailEngine *engine, MailAccount *account, const char *id)
{
  UiSignatureForm *self = g_object_new (UI_TYPE_SIGNATURE_FORM, "transient-for", parent, NULL);
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (account);
  const BaseSignature *known = base_account_get_signature (settings, id);
  BaseSignature *opened = NULL;

  self->engine = g_object_ref (engine);
  self->account = g_object_ref (account);
  self->before = known != NULL ? base_signature_dup (known) : base_signature_new ();
  gtk_window_set_title (GTK_WINDOW (self),
                        known != NULL ? _ ("Change Signature") : _ ("Add Signature"));
  if (known != NULL) {
    gtk_editable_set_text (self->name, known->name);
    ui_editor_set_content (self->editor, known->text, known->html);
  }
  show_rich (self);
  opened = read_fields (self);
  base_signature_free (self->before);
  self->before = opened;
  ui_form_present (UI_FORM (self), GTK_WIDGET (self->name));
}

/* ---- the object ---- */

static void
ui_signature_form_dispose (GObject *object)
{
  UI_SIGNATURE_FORM (object)->name = NULL;
  G_OBJECT_CLASS (ui_signature_form_parent_class)->dispose (object);
}

static void
ui_signature_form_finalize (GObject *object)
{
  UiSignatureForm *self = UI_SIGNATURE_FORM (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_clear_pointer (&self->before, base_signature_free);
  G_OBJECT_CLASS (ui_signature_form_parent_class)->finalize (object);
}

static void
ui_signature_form_class_init (UiSignatureFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_signature_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_signature_form_finalize;
  UI_FORM_CLASS (klass)->save = ui_signature_form_save;
  UI_FORM_CLASS (klass)->is_changed = ui_signature_form_is_changed;
  UI_FORM_CLASS (klass)->find_wrong = ui_signature_form_find_wrong;
}

static void
ui_signature_form_init (UiSignatureForm *self)
{
  build (self);
  add_actions (self);
  g_signal_connect_swapped (self->rich, "notify::active", G_CALLBACK (on_rich), self);
  g_signal_connect_object (self->editor, "notify::rich", G_CALLBACK (show_rich), self,
                           G_CONNECT_SWAPPED);
}
