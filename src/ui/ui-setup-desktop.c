/* Accounts of the desktop, to choose from.  Main thread; who they are is asked by the mail layer. */
#include "ui-setup-desktop.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-sign-in.h"
#include "ui-names.h"

struct _UiSetupDesktop
{
  AdwBin parent_instance;

  /* Owned */
  GCancellable *cancellable; /* of what is asked; NULL: nothing */
  char *shown;               /* what the rows say */
  GPtrArray *rows;           /* of GtkWidget, borrowed from the group */

  AdwPreferencesGroup *group; /* borrowed */
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSetupDesktop, ui_setup_desktop, ADW_TYPE_BIN)

static void
on_activated (UiSetupDesktop *self, GtkWidget *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, g_object_get_data (G_OBJECT (row), "account"));
}

static void
free_account (gpointer account)
{
  base_account_free (account);
}

static void
add_account (UiSetupDesktop *self, const MailDesktopAccount *account)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), account->account->address);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               account->attention
                                   ? _ ("Has to be signed in to in the settings of the desktop")
                                   : account->provider);
  gtk_widget_set_sensitive (row, !account->attention);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
  g_object_set_data_full (G_OBJECT (row), "account", base_account_dup (account->account),
                          free_account);
  g_signal_connect_swapped (row, "activated", G_CALLBACK (on_activated), self);
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

static char *
describe (GPtrArray *accounts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < accounts->len; i++) {
    const MailDesktopAccount *account = accounts->pdata[i];

    g_string_append_printf (text, "%s\n%s\n%s\n%d\n", account->account->desktop_account,
                            account->account->address, account->provider, account->attention);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
show_accounts (UiSetupDesktop *self, GPtrArray *accounts)
{
  g_autofree char *shown = describe (accounts);

  if (g_strcmp0 (shown, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&shown);
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < accounts->len; i++)
    add_account (self, accounts->pdata[i]);
  ui_names_fill (GTK_WIDGET (self->group));
  gtk_widget_set_visible (GTK_WIDGET (self), accounts->len > 0);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSetupDesktop) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) accounts =
      mail_engine_list_desktop_accounts_finish (MAIL_ENGINE (source), result, &error);

  /* The window is gone, or has asked again. */
  if (base_error_is_cancelled (error))
    return;
  if (accounts == NULL)
    base_log ("The accounts of the desktop could not be listed: %s", error->message);
  else
    show_accounts (self, accounts);
}

void
ui_setup_desktop_load (UiSetupDesktop *self, MailEngine *engine)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  mail_engine_list_desktop_accounts_async (engine, self->cancellable, on_listed,
                                           g_object_ref (self));
}

static void
ui_setup_desktop_dispose (GObject *object)
{
  g_cancellable_cancel (UI_SETUP_DESKTOP (object)->cancellable);
  G_OBJECT_CLASS (ui_setup_desktop_parent_class)->dispose (object);
}

static void
ui_setup_desktop_finalize (GObject *object)
{
  UiSetupDesktop *self = UI_SETUP_DESKTOP (object);

  g_clear_object (&self->cancellable);
  g_free (self->shown);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (ui_setup_desktop_parent_class)->finalize (object);
}

static void
ui_setup_desktop_class_init (UiSetupDesktopClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_setup_desktop_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_setup_desktop_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", UI_TYPE_SETUP_DESKTOP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
ui_setup_desktop_init (UiSetupDesktop *self)
{
  self->rows = g_ptr_array_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _ ("Accounts of This Computer"));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
  gtk_widget_hide (GTK_WIDGET (self));
}
