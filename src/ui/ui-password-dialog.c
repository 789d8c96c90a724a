/* The window that asks for a password.  Main thread.  The password leaves it only towards the mail layer. */
#include "ui-password-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-names.h"

#define UI_TYPE_PASSWORD_DIALOG (ui_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiPasswordDialog, ui_password_dialog, UI, PASSWORD_DIALOG, AdwWindow)

struct _UiPasswordDialog
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;

  gboolean gone;

  /* Template */
  GtkWidget *content;
  GtkWidget *heading;
  GtkWidget *sentence;
  GtkWidget *detail;
  GtkWidget *password;
  GtkWidget *remember;
};

G_DEFINE_FINAL_TYPE (UiPasswordDialog, ui_password_dialog, ADW_TYPE_WINDOW)

static void
set_words (UiPasswordDialog *self, const char *sentence, const char *detail)
{
  gtk_label_set_text (GTK_LABEL (self->sentence), sentence == NULL ? "" : sentence);
  gtk_widget_set_visible (self->sentence, sentence != NULL && *sentence != '\0');
  gtk_label_set_text (GTK_LABEL (self->detail), detail == NULL ? "" : detail);
  gtk_widget_set_visible (self->detail, detail != NULL && *detail != '\0');
}

static void
set_busy (UiPasswordDialog *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->content, !busy);
  gtk_widget_action_set_enabled (
      GTK_WIDGET (self), "password.submit",
      !busy && *gtk_editable_get_text (GTK_EDITABLE (self->password)) != '\0');
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPasswordDialog) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = mail_engine_set_password_finish (MAIL_ENGINE (source), result, &error);

  if (self->gone) {
    if (!ok)
      base_log ("could not keep a password: %s", error->message);
    return;
  }
  if (ok) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  set_busy (self, FALSE);
  set_words (self, error->message, base_error_get_detail (error));
  gtk_widget_grab_focus (self->password);
}

static void
on_submit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiPasswordDialog *self = UI_PASSWORD_DIALOG (widget);

  set_busy (self, TRUE);
  mail_engine_set_password_async (
      self->engine, self->account, gtk_editable_get_text (GTK_EDITABLE (self->password)),
      gtk_switch_get_active (GTK_SWITCH (self->remember)), on_set, g_object_ref (self));
}

static void
on_activate (UiPasswordDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "password.submit", NULL);
}

static void
on_changed (UiPasswordDialog *self)
{
  set_busy (self, FALSE);
}

static void
forget_dialog (gpointer data, GObject *dialog)
{
  MailAccount *account = data;

  /* A later one may stand there by now. */
  if (g_object_get_data (G_OBJECT (account), "ui-password-dialog") == dialog)
    g_object_set_data (G_OBJECT (account), "ui-password-dialog", NULL);
  g_object_unref (account);
}

GtkWindow *
ui_password_dialog_ask (GtkWindow *parent, MailEngine *engine, MailAccount *account,
                        const char *sentence, const char *detail)
{
  UiPasswordDialog *self = g_object_get_data (G_OBJECT (account), "ui-password-dialog");

  if (self == NULL || self->gone) {
    g_autofree char *heading = NULL;

    self = g_object_new (UI_TYPE_PASSWORD_DIALOG, "transient-for", parent, NULL);
    self->engine = g_object_ref (engine);
    self->account = g_object_ref (account);
    heading = g_strdup_printf (_ ("Password for %s"), mail_account_get_address (account));
    gtk_label_set_text (GTK_LABEL (self->heading), heading);
    gtk_widget_grab_focus (self->password);
    g_object_set_data (G_OBJECT (account), "ui-password-dialog", self);
    g_object_weak_ref (G_OBJECT (self), forget_dialog, g_object_ref (account));
  }
  set_words (self, sentence, detail);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WINDOW (self);
}

static void
ui_password_dialog_dispose (GObject *object)
{
  UI_PASSWORD_DIALOG (object)->gone = TRUE;
  G_OBJECT_CLASS (ui_password_dialog_parent_class)->dispose (object);
}

static void
ui_password_dialog_finalize (GObject *object)
{
  UiPasswordDialog *self = UI_PASSWORD_DIALOG (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (ui_password_dialog_parent_class)->finalize (object);
}

static void
ui_password_dialog_class_init (UiPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_password_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_password_dialog_finalize;
  gtk_widget_class_install_action (widget_class, "password.submit", NULL, on_submit);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sosik/Sosik/ui-password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, content);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, detail);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, password);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, remember);
}

static void
ui_password_dialog_init (UiPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_names_fill (GTK_WIDGET (self));
  g_signal_connect_swapped (self->password, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->password, "entry-activated", G_CALLBACK (on_activate), self);
  set_busy (self, FALSE);
}
