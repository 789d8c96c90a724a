/* The window that asks for a password.  Main thread.  The password leaves it only towards the mail layer. */
#include "ui-password-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-names.h"
#include "ui-page-link.h"

#define UI_TYPE_PASSWORD_DIALOG (ui_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiPasswordDialog, ui_password_dialog, UI, PASSWORD_DIALOG, AdwWindow)

struct _UiPasswordDialog
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;
  BaseAccount *asked; /* the latest with the server that the person was asked about */
  char *key;          /* by which the account knows it */

  const char *protocol; /* static: whose password is asked for */
  gboolean gone;

  /* Template */
  GtkWidget *content;
  GtkWidget *heading;
  GtkWidget *sentence;
  GtkWidget *detail;
  GtkWidget *link;
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
  /* A field that has the keyboard must not lose it by being switched off: GTK warns. */
  if (busy)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
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

static gboolean
is_about (UiPasswordDialog *self, const BaseAccount *settings, const char *protocol)
{
  return base_account_is_same_place (self->asked, settings, protocol);
}

/* What else became of the account meanwhile is no reason to refuse the answer; another server is another question. */
static void
follow (UiPasswordDialog *self)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);

  if (!is_about (self, settings, self->protocol))
    return;
  base_account_free (self->asked);
  self->asked = g_steal_pointer (&settings);
}

static void
on_submit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiPasswordDialog *self = UI_PASSWORD_DIALOG (widget);

  follow (self);
  set_busy (self, TRUE);
  mail_engine_set_password_async (self->engine, self->asked, self->protocol,
                                  gtk_editable_get_text (GTK_EDITABLE (self->password)),
                                  gtk_switch_get_active (GTK_SWITCH (self->remember)), on_set,
                                  g_object_ref (self));
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

/* One for each server of it; what stands in its field is for that one. */
static char *
dup_key (const char *protocol)
{
  return g_strconcat ("ui-password-dialog ", protocol, NULL);
}

/* Takes the settings. */
static UiPasswordDialog *
dialog_new (GtkWindow *parent, MailEngine *engine, MailAccount *account, BaseAccount *settings,
            const char *protocol)
{
  UiPasswordDialog *self = g_object_new (UI_TYPE_PASSWORD_DIALOG, "transient-for", parent, NULL);

  self->engine = g_object_ref (engine);
  self->account = g_object_ref (account);
  self->asked = settings;
  self->protocol = protocol;
  self->key = dup_key (protocol);
  gtk_widget_grab_focus (self->password);
  g_object_set_data (G_OBJECT (account), self->key, self);
  return self;
}

GtkWindow *
ui_password_dialog_ask (GtkWindow *parent, MailEngine *engine, MailAccount *account,
                        const char *sentence, const char *detail)
{
  const char *protocol = mail_account_get_asked (account);
  g_autofree char *key = dup_key (protocol), *heading = NULL;
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (account);
  UiPasswordDialog *self = g_object_get_data (G_OBJECT (account), key);

  /* Whoever waited for that one to go may ask at once. */
  if (self != NULL && !is_about (self, settings, protocol)) {
    gtk_window_destroy (GTK_WINDOW (self));
    self = g_object_get_data (G_OBJECT (account), key);
  }
  if (self == NULL)
    self = dialog_new (parent, engine, account, g_steal_pointer (&settings), protocol);
  else
    follow (self);
  heading = g_strdup_printf (_ ("Password for %s"),
                             base_account_get_protocol_address (self->asked, protocol));
  gtk_label_set_text (GTK_LABEL (self->heading), heading);
  set_words (self, sentence, detail);
  ui_page_link_set (self->link, mail_account_get_advice_link (account));
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WINDOW (self);
}

/* Closed or destroyed: it is not asked for again, though somebody may hold it still. */
static void
ui_password_dialog_unrealize (GtkWidget *widget)
{
  UiPasswordDialog *self = UI_PASSWORD_DIALOG (widget);

  self->gone = TRUE;
  g_object_set_data (G_OBJECT (self->account), self->key, NULL);
  GTK_WIDGET_CLASS (ui_password_dialog_parent_class)->unrealize (widget);
}

static void
ui_password_dialog_finalize (GObject *object)
{
  UiPasswordDialog *self = UI_PASSWORD_DIALOG (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  base_account_free (self->asked);
  g_free (self->key);
  G_OBJECT_CLASS (ui_password_dialog_parent_class)->finalize (object);
}

static void
ui_password_dialog_class_init (UiPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ui_password_dialog_finalize;
  widget_class->unrealize = ui_password_dialog_unrealize;
  gtk_widget_class_install_action (widget_class, "password.submit", NULL, on_submit);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sosik/Sosik/ui-password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, content);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, detail);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, link);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, password);
  gtk_widget_class_bind_template_child (widget_class, UiPasswordDialog, remember);
}

static void
ui_password_dialog_init (UiPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_page_link_prepare (self->link);
  ui_names_fill (GTK_WIDGET (self));
  g_signal_connect_swapped (self->password, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->password, "entry-activated", G_CALLBACK (on_activate), self);
  set_busy (self, FALSE);
}
