/* A group of rows, one for each exception.  Main thread. */
#include "ui-exceptions.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "base-log.h"
#include "ui-clock.h"
#include "ui-dialog.h"
#include "ui-names.h"

struct _UiExceptions
{
  AdwPreferencesGroup parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;

  GPtrArray *rows; /* Borrowed: in the widget tree */
};

G_DEFINE_FINAL_TYPE (UiExceptions, ui_exceptions, ADW_TYPE_PREFERENCES_GROUP)

static void fill (UiExceptions *self);

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiExceptions) self = data;
  g_autoptr (GError) error = NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean done = mail_engine_save_account_finish (MAIL_ENGINE (source), result, NULL, &error);

  if (!done && root != NULL)
    ui_dialog_error (GTK_WINDOW (root), _ ("The certificate is trusted as before."), error);
  else if (!done)
    base_log ("could not take an exception back: %s", error->message);
  fill (self);
}

static void
on_remove (UiExceptions *self, GtkWidget *button)
{
  const char *host = g_object_get_data (G_OBJECT (button), "host");
  guint port = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "port"));

  gtk_widget_set_sensitive (button, FALSE);
  mail_engine_remove_exception_async (self->engine, self->account, host, (guint16)port, on_removed,
                                      g_object_ref (self));
}

static GtkWidget *
make_row (UiExceptions *self, const BaseException *exception)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *until = base_date_long (exception->until);
  g_autofree char *fingerprint = base_trust_format_sha256 (exception->sha256);
  g_autofree char *title = g_strdup_printf (_ ("%s, port %u"), exception->host, exception->port);
  /* Translators: a date; the fingerprint of a certificate stands on the next line */
  g_autofree char *subtitle = g_strdup_printf (_ ("Until %s\nSHA-256 %s"), until, fingerprint);
  /* Translators: "imap.example.org, port 993" */
  g_autofree char *remove =
      g_strdup_printf (_ ("Do not trust the certificate of %s any more"), title);
  GtkWidget *button = ui_names_make_button ("user-trash-symbolic", remove);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_object_set_data_full (G_OBJECT (button), "host", g_strdup (exception->host), g_free);
  g_object_set_data (G_OBJECT (button), "port", GUINT_TO_POINTER (exception->port));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_remove), self, G_CONNECT_SWAPPED);
  return row;
}

static void
fill (UiExceptions *self)
{
  g_autoptr (BaseAccount) account = mail_account_dup_settings (self->account);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < account->exceptions->len; i++) {
    GtkWidget *row = make_row (self, account->exceptions->pdata[i]);

    g_ptr_array_add (self->rows, row);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

GtkWidget *
ui_exceptions_new (MailEngine *engine, MailAccount *account)
{
  UiExceptions *self = g_object_new (UI_TYPE_EXCEPTIONS, NULL);

  self->engine = g_object_ref (engine);
  self->account = g_object_ref (account);
  fill (self);
  ui_clock_listen (self, G_CALLBACK (fill));
  return GTK_WIDGET (self);
}

static void
ui_exceptions_finalize (GObject *object)
{
  UiExceptions *self = UI_EXCEPTIONS (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (ui_exceptions_parent_class)->finalize (object);
}

static void
ui_exceptions_class_init (UiExceptionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_exceptions_finalize;
}

static void
ui_exceptions_init (UiExceptions *self)
{
  self->rows = g_ptr_array_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self),
                                   _ ("Certificates trusted by hand"));
}
