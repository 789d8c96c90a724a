/* Signing in again by the browser.  Main thread.  Nothing secret comes by here: the page's address is good for one attempt and
 * for nobody but who began it. */
#include "ui-sign-in-dialog.h"

#include <adwaita.h>
#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-sign-in.h"
#include "ui-environment.h"
#include "ui-names.h"
#include "ui-page-link.h"

#define KEY "ui-sign-in-dialog" /* by which the account knows it */

#define UI_TYPE_SIGN_IN_DIALOG (ui_sign_in_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiSignInDialog, ui_sign_in_dialog, UI, SIGN_IN_DIALOG, AdwWindow)

struct _UiSignInDialog
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;
  GCancellable *attempt; /* the one under way; NULL: none */
  char *page;

  gboolean gone;

  /* Template */
  GtkWidget *heading;
  GtkWidget *sentence;
  GtkWidget *detail;
  GtkWidget *link;
  GtkWidget *spinner;
  GtkWidget *copy;
};

G_DEFINE_FINAL_TYPE (UiSignInDialog, ui_sign_in_dialog, ADW_TYPE_WINDOW)

static void
set_words (UiSignInDialog *self, const char *sentence, const char *detail)
{
  gtk_label_set_text (GTK_LABEL (self->sentence), sentence == NULL ? "" : sentence);
  gtk_widget_set_visible (self->sentence, sentence != NULL && *sentence != '\0');
  gtk_label_set_text (GTK_LABEL (self->detail), detail == NULL ? "" : detail);
  gtk_widget_set_visible (self->detail, detail != NULL && *detail != '\0');
}

static void
update (UiSignInDialog *self)
{
  gboolean waiting = self->attempt != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sign-in.begin", !waiting);
  gtk_widget_set_visible (self->copy, self->page != NULL);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), waiting);
  gtk_widget_set_visible (self->spinner, waiting);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSignInDialog) self = data;
  g_autoptr (GError) error = NULL;
  gboolean good = mail_engine_sign_in_again_finish (MAIL_ENGINE (source), result, &error);

  if (self->gone)
    return;
  g_clear_object (&self->attempt);
  g_clear_pointer (&self->page, g_free);
  if (good) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  set_words (self, error->message, base_error_get_detail (error));
  update (self);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSignInDialog) self = data;
  g_autoptr (GError) error = NULL;

  if (ui_environment_show_uri_finish (GTK_WINDOW (source), result, &error) || self->gone
      || self->page == NULL)
    return;
  set_words (self,
             _ ("No browser opened. Copy the address and open it in a browser on this computer."),
             error->message);
}

static void
show_page (const char *page, gpointer data)
{
  UiSignInDialog *self = data;

  if (self->gone)
    return;
  self->page = g_strdup (page);
  set_words (self, _ ("Sign in on the page that opens in your browser, then come back here."),
             NULL);
  update (self);
  ui_environment_show_uri_async (GTK_WINDOW (self), page, on_shown, g_object_ref (self));
}

/* ---- an account that the desktop keeps ---- */

/* The person comes back from its settings. */
static void
on_active (UiSignInDialog *self)
{
  if (!gtk_window_is_active (GTK_WINDOW (self)))
    return;
  mail_engine_retry (self->engine, self->account);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
show_desktop_settings (UiSignInDialog *self)
{
  g_autoptr (GDesktopAppInfo) panel =
      g_desktop_app_info_new ("gnome-online-accounts-panel.desktop");
  g_autoptr (GdkAppLaunchContext) context =
      gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr (GError) error = NULL;
  gboolean opened =
      panel != NULL
      && g_app_info_launch (G_APP_INFO (panel), NULL, G_APP_LAUNCH_CONTEXT (context), &error);

  set_words (
      self,
      opened
          ? _ ("Sign in under Online Accounts in the settings of the desktop, then come back here.")
          : _ (
              "Sosik could not open the settings of the desktop. Open Online Accounts there yourself and sign in, then come back here."),
      error != NULL ? error->message : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sign-in.begin", FALSE);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_active), NULL);
}

/* ---- the window ---- */

static void
on_begin (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSignInDialog *self = UI_SIGN_IN_DIALOG (widget);
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);

  if (settings->desktop_account != NULL) {
    show_desktop_settings (self);
    return;
  }
  self->attempt = g_cancellable_new ();
  update (self);
  mail_engine_sign_in_again_async (self->engine, self->account, show_page, self, self->attempt,
                                   on_signed_in, g_object_ref (self));
}

static void
on_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), UI_SIGN_IN_DIALOG (widget)->page);
}

GtkWindow *
ui_sign_in_dialog_ask (GtkWindow *parent, MailEngine *engine, MailAccount *account,
                       const char *sentence, const char *detail)
{
  UiSignInDialog *self = g_object_get_data (G_OBJECT (account), KEY);

  if (self == NULL) {
    g_autofree char *heading = NULL;

    self = g_object_new (UI_TYPE_SIGN_IN_DIALOG, "transient-for", parent, NULL);
    self->engine = g_object_ref (engine);
    self->account = g_object_ref (account);
    heading = g_strdup_printf (_ ("Sign in as %s"), mail_account_get_address (account));
    gtk_label_set_text (GTK_LABEL (self->heading), heading);
    g_object_set_data (G_OBJECT (account), KEY, self);
  }
  if (self->attempt == NULL)
    set_words (self, sentence, detail);
  ui_page_link_set (self->link, mail_account_get_advice_link (account));
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WINDOW (self);
}

/* Closed or destroyed: nobody waits for the browser any more, and the next one begins anew. */
static void
ui_sign_in_dialog_unrealize (GtkWidget *widget)
{
  UiSignInDialog *self = UI_SIGN_IN_DIALOG (widget);

  self->gone = TRUE;
  g_object_set_data (G_OBJECT (self->account), KEY, NULL);
  g_cancellable_cancel (self->attempt);
  GTK_WIDGET_CLASS (ui_sign_in_dialog_parent_class)->unrealize (widget);
}

static void
ui_sign_in_dialog_finalize (GObject *object)
{
  UiSignInDialog *self = UI_SIGN_IN_DIALOG (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_clear_object (&self->attempt);
  g_free (self->page);
  G_OBJECT_CLASS (ui_sign_in_dialog_parent_class)->finalize (object);
}

static void
ui_sign_in_dialog_class_init (UiSignInDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ui_sign_in_dialog_finalize;
  widget_class->unrealize = ui_sign_in_dialog_unrealize;
  gtk_widget_class_install_action (widget_class, "sign-in.begin", NULL, on_begin);
  gtk_widget_class_install_action (widget_class, "sign-in.copy", NULL, on_copy);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sosik/Sosik/ui-sign-in-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSignInDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, UiSignInDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, UiSignInDialog, detail);
  gtk_widget_class_bind_template_child (widget_class, UiSignInDialog, link);
  gtk_widget_class_bind_template_child (widget_class, UiSignInDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSignInDialog, copy);
}

static void
ui_sign_in_dialog_init (UiSignInDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_page_link_prepare (self->link);
  ui_names_fill (GTK_WIDGET (self));
  update (self);
}
