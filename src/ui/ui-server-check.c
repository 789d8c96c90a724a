/* Looks at a server that is being typed.  Main thread; the wire is the mail layer's.  It must never ask for a name that is still being typed,
 * and what it says is only about what stands in the fields now. */
#include "ui-server-check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"

#define QUIET_MS 900 /* of the keyboard */

struct _UiServerCheck
{
  GtkBox parent_instance;

  /* Owned */
  MailEngine *engine;
  BaseAccount *account; /* to be asked about; nullable */
  GCancellable *cancellable;

  const char *protocol; /* static */
  guint source;

  /* Borrowed: in the widget tree */
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (UiServerCheck, ui_server_check, GTK_TYPE_BOX)

static const BaseServer *
get_server (const BaseAccount *account, const char *protocol)
{
  return g_str_equal (protocol, "imap") ? &account->imap : &account->smtp;
}

/* Its line keeps its place without a sentence, too: nothing moves away under the pointer while somebody types. */
static void
show (UiServerCheck *self, const char *icon, const char *sentence)
{
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), icon == NULL && sentence != NULL);
  gtk_spinner_set_spinning (self->spinner, icon == NULL && sentence != NULL);
  if (icon != NULL)
    gtk_image_set_from_icon_name (self->icon, icon);
  gtk_label_set_text (self->label, sentence != NULL ? sentence : "");
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiServerCheck) self = data;
  g_autoptr (GError) error = NULL;
  gboolean good = mail_engine_probe_finish (MAIL_ENGINE (source), result, &error);
  g_autofree char *sentence = NULL;

  /* Something else stands in the fields by now, or they are gone. */
  if (base_error_is_cancelled (error) || self->account == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (!good) {
    show (self, "dialog-warning-symbolic", error->message);
    return;
  }
  sentence = g_strdup_printf (
      /* Translators: the name of a server */
      _ ("“%s” is there, and the connection is safe."),
      get_server (self->account, self->protocol)->host);
  show (self, "object-select-symbolic", sentence);
}

static gboolean
on_quiet (gpointer data)
{
  UiServerCheck *self = data;
  g_autofree char *sentence = g_strdup_printf (
      /* Translators: the name of a server */
      _ ("Looking at “%s”…"), get_server (self->account, self->protocol)->host);

  self->source = 0;
  self->cancellable = g_cancellable_new ();
  show (self, NULL, sentence);
  mail_engine_probe_async (self->engine, self->account, self->protocol, self->cancellable,
                           on_probed, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

void
ui_server_check_clear (UiServerCheck *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->account, base_account_free);
  show (self, NULL, NULL);
}

/* A name with a dot in it, or this computer. */
static gboolean
is_whole (const BaseServer *server)
{
  const char *dot = server->host != NULL ? strchr (server->host, '.') : NULL;

  return server->port != 0 && server->host != NULL
         && ((dot != NULL && dot[1] != '\0') || strchr (server->host, ':') != NULL
             || g_ascii_strcasecmp (server->host, "localhost") == 0);
}

void
ui_server_check_ask (UiServerCheck *self, MailEngine *engine, const BaseAccount *account,
                     const char *protocol)
{
  ui_server_check_clear (self);
  if (!is_whole (get_server (account, protocol)))
    return;
  g_set_object (&self->engine, engine);
  self->account = base_account_dup (account);
  self->protocol = protocol;
  self->source = g_timeout_add (QUIET_MS, on_quiet, self);
}

static void
ui_server_check_dispose (GObject *object)
{
  UiServerCheck *self = UI_SERVER_CHECK (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->account, base_account_free);
  G_OBJECT_CLASS (ui_server_check_parent_class)->dispose (object);
}

static void
ui_server_check_class_init (UiServerCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_server_check_dispose;
}

static void
ui_server_check_init (UiServerCheck *self)
{
  self->icon = GTK_IMAGE (
      g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  self->label = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "wrap-mode",
                                         PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, NULL));
  gtk_box_set_spacing (GTK_BOX (self), 8);
  gtk_widget_add_css_class (GTK_WIDGET (self), "dim-label");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->spinner));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->label));
  show (self, NULL, NULL);
}
