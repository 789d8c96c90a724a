/* The preferences window: the list of accounts, with the page of each behind it, and what is set for the program as a whole.  Main thread.
 * An account is removed only after the person was told what goes with it. */
#include "ui-preferences.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-account-page.h"
#include "ui-colour.h"
#include "ui-dialog.h"
#include "ui-environment.h"
#include "ui-identities.h"
#include "ui-names.h"
#include "ui-order.h"
#include "ui-privacy-page.h"
#include "ui-setup.h"
#include "ui-writing-page.h"

struct _UiPreferences
{
  AdwPreferencesWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *moved; /* whose row gets the keyboard in a moment; nullable */

  gboolean gone;

  UiAccountPage *page;    /* borrowed, while it is open */
  GPtrArray *broken_rows; /* of GtkWidget; the array is owned */

  /* Template */
  GtkStack *stack;
  GtkListBox *list;
  AdwPreferencesGroup *broken;
  GtkDropDown *after_removal;
  GtkSwitch *conversations, *compact, *fixed_width;
};

G_DEFINE_FINAL_TYPE (UiPreferences, ui_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
show_setup (UiPreferences *self, BaseAccount *edit)
{
  GtkWindow *window = ui_setup_new (self->engine, edit);

  gtk_window_set_transient_for (window, GTK_WINDOW (self));
  gtk_window_present (window);
}

static void
on_add (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_setup (UI_PREFERENCES (widget), NULL);
}

/* NULL: it was removed meanwhile. */
static MailAccount *
dup_account (UiPreferences *self, GVariant *id)
{
  GListModel *accounts = mail_engine_get_known_accounts (self->engine);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);

    if (g_str_equal (mail_account_get_id (account), g_variant_get_string (id, NULL)))
      return g_steal_pointer (&account);
  }
  return NULL;
}

static void
on_edit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (MailAccount) account = dup_account (UI_PREFERENCES (widget), parameter);

  if (account != NULL)
    show_setup (UI_PREFERENCES (widget), mail_account_dup_settings (account));
}

static void
on_identities (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiPreferences *self = UI_PREFERENCES (widget);
  g_autoptr (MailAccount) account = dup_account (self, parameter);
  GtkWindow *window;

  if (account == NULL)
    return;
  window = ui_identities_new (self->engine, account);
  gtk_window_set_transient_for (window, GTK_WINDOW (self));
  gtk_window_present (window);
}

/* ---- the page of an account ---- */

static GtkWidget *
find_row (UiPreferences *self, MailAccount *account)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (g_object_get_data (G_OBJECT (row), "account") == account)
      return GTK_WIDGET (row);
  return NULL;
}

static void
close_page (UiPreferences *self)
{
  GtkWidget *row =
      self->page != NULL ? find_row (self, ui_account_page_get_account (self->page)) : NULL;

  if (self->page == NULL)
    return;
  self->page = NULL;
  adw_preferences_window_close_subpage (ADW_PREFERENCES_WINDOW (self));
  gtk_widget_grab_focus (row != NULL ? row : GTK_WIDGET (self->list));
}

static void
on_close_page (GtkWidget *widget, const char *name, GVariant *parameter)
{
  close_page (UI_PREFERENCES (widget));
}

static void
on_row_activated (UiPreferences *self, GtkListBoxRow *row)
{
  GtkWidget *page =
      ui_account_page_new (self->engine, g_object_get_data (G_OBJECT (row), "account"));

  self->page = UI_ACCOUNT_PAGE (page);
  adw_preferences_window_present_subpage (ADW_PREFERENCES_WINDOW (self), page);
  gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}

/* ---- removing ---- */

typedef struct
{
  UiPreferences *self;  /* owned */
  MailAccount *account; /* owned */
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->self);
  g_object_unref (removal->account);
  g_free (removal);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPreferences) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_engine_remove_account_finish (MAIL_ENGINE (source), result, &error))
    return;
  if (self->gone)
    base_log ("could not remove an account: %s", error->message);
  else
    ui_dialog_error (GTK_WINDOW (self), _ ("The account was not removed."), error);
}

static void
on_remove_answer (gboolean accepted, gpointer data)
{
  g_autoptr (Removal) removal = data;

  if (accepted)
    mail_engine_remove_account_async (removal->self->engine, removal->account, on_removed,
                                      g_object_ref (removal->self));
}

static void
on_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiPreferences *self = UI_PREFERENCES (widget);
  g_autoptr (MailAccount) account = dup_account (self, parameter);
  Removal *removal;
  g_autofree char *heading = NULL;

  if (account == NULL)
    return;
  heading = g_strdup_printf (_ ("Remove the account “%s”?"), mail_account_get_label (account));
  removal = g_new0 (Removal, 1);
  removal->self = g_object_ref (self);
  removal->account = g_steal_pointer (&account);
  ui_dialog_confirm (GTK_WINDOW (self), heading,
                     _ ("Its mail, its password and what waits to be sent are removed from this "
                        "computer. Mail on the server stays there."),
                     NULL, _ ("_Remove"), TRUE, on_remove_answer, removal);
}

/* ---- the order ---- */

static void
on_moved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPreferences) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_engine_move_account_finish (MAIL_ENGINE (source), result, &error))
    return;
  if (self->gone)
    base_log ("could not save the order of the accounts: %s", error->message);
  else
    ui_dialog_error (GTK_WINDOW (self), _ ("The change was not saved."), error);
}

/* The rows are new ones, and a menu gives the keyboard back to its button once it has closed. */
static gboolean
on_focus_moved (gpointer data)
{
  UiPreferences *self = data;
  GtkWidget *row = self->moved != NULL && !self->gone ? find_row (self, self->moved) : NULL;

  if (row != NULL)
    gtk_widget_grab_focus (row);
  g_clear_object (&self->moved);
  return G_SOURCE_REMOVE;
}

static void
on_move (GtkWidget *row, GtkWidget *target, int by, gpointer data)
{
  UiPreferences *self = data;
  g_autoptr (MailAccount) account = g_object_ref (g_object_get_data (G_OBJECT (row), "account"));
  int place = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (target != NULL ? target : row)) + by;

  mail_engine_move_account_async (self->engine, account, (guint)MAX (place, 0), on_moved,
                                  g_object_ref (self));
  if (self->moved == NULL)
    g_idle_add_full (G_PRIORITY_LOW, on_focus_moved, g_object_ref (self), g_object_unref);
  g_set_object (&self->moved, account);
}

/* ---- rows ---- */

static void
update_row (AdwActionRow *row, MailAccount *account)
{
  const char *label = mail_account_get_label (account);
  const char *address = mail_account_get_address (account);
  const char *state = mail_account_get_disabled (account) ? _ ("Switched off")
                                                          : mail_account_get_state_text (account);
  GtkWidget *dot = g_object_get_data (G_OBJECT (row), "dot");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
  /* The second line tells something that the first does not. */
  adw_action_row_set_subtitle (
      row,
      mail_account_get_disabled (account) || g_strcmp0 (label, address) == 0 ? state : address);
  ui_colour_dot_set (UI_COLOUR_DOT (dot), mail_account_get_colour (account));
}

static void
on_account_changed (MailAccount *account, GParamSpec *pspec, AdwActionRow *row)
{
  update_row (row, account);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  UiPreferences *self = data;
  MailAccount *account = item;
  GListModel *accounts = mail_engine_get_known_accounts (self->engine);
  guint n = g_list_model_get_n_items (accounts), place = 0;
  GtkWidget *row = adw_action_row_new (), *dot = ui_colour_dot_new (NULL);

  while (place < n) {
    g_autoptr (MailAccount) one = g_list_model_get_item (accounts, place);

    if (one == account)
      break;
    place++;
  }
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), "account", account); /* its item keeps it */
  g_object_set_data (G_OBJECT (row), "dot", dot);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), dot);
  if (n > 1) {
    g_autofree char *label =
        g_strdup_printf (_ ("Move the account “%s”"), mail_account_get_label (account));

    ui_order_add (row, label, place == 0, place + 1 == n, on_move, self);
  }
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                           "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                           NULL));
  g_signal_connect_object (account, "notify", G_CALLBACK (on_account_changed), row, 0);
  update_row (ADW_ACTION_ROW (row), account);
  return row;
}

static gboolean
is_known (UiPreferences *self, MailAccount *account)
{
  return g_list_store_find (G_LIST_STORE (mail_engine_get_known_accounts (self->engine)), account,
                            NULL);
}

static void
on_accounts_changed (UiPreferences *self)
{
  GListModel *accounts = mail_engine_get_known_accounts (self->engine);

  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (accounts) > 0 ? "list" : "empty");
  if (self->page != NULL && !is_known (self, ui_account_page_get_account (self->page)))
    close_page (self);
}

/* ---- files that cannot be used ---- */

static void
on_read_again (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPreferences) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_engine_read_accounts_finish (MAIL_ENGINE (source), result, &error))
    return;
  if (self->gone)
    base_log ("could not read the accounts again: %s", error->message);
  else
    ui_dialog_error (GTK_WINDOW (self), _ ("The accounts could not be read."), error);
}

static void
on_read (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mail_engine_read_accounts_async (UI_PREFERENCES (widget)->engine, on_read_again,
                                   g_object_ref (widget));
}

static void
on_open_folder (UiPreferences *self)
{
  g_autofree char *uri = g_filename_to_uri (
      base_paths_get_accounts (mail_engine_get_paths (self->engine)), NULL, NULL);

  if (uri != NULL)
    ui_environment_show_uri_async (GTK_WINDOW (self), uri, NULL, NULL);
}

static void
on_broken_changed (UiPreferences *self)
{
  const char *const *broken = mail_engine_get_broken (self->engine);

  for (guint i = 0; i < self->broken_rows->len; i++)
    adw_preferences_group_remove (self->broken, self->broken_rows->pdata[i]);
  g_ptr_array_set_size (self->broken_rows, 0);
  for (guint i = 0; broken[i] != NULL; i++) {
    GtkWidget *row = adw_action_row_new ();
    GtkWidget *button = ui_names_make_button ("folder-open-symbolic", _ ("Open the Folder"));

    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), broken[i]);
    adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
    g_signal_connect_object (button, "clicked", G_CALLBACK (on_open_folder), self,
                             G_CONNECT_SWAPPED);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    adw_preferences_group_add (self->broken, row);
    g_ptr_array_add (self->broken_rows, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->broken), broken[0] != NULL);
}

/* ---- choices ---- */

static const char *const after_removal[] = { "next", "previous", "list" };

static gboolean
read_choice (GValue *value, GVariant *variant, gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (after_removal); i++) {
    if (g_str_equal (g_variant_get_string (variant, NULL), after_removal[i]))
      g_value_set_uint (value, i);
  }
  return TRUE;
}

static GVariant *
write_choice (const GValue *value, const GVariantType *type, gpointer data)
{
  guint choice = g_value_get_uint (value);
  return choice < G_N_ELEMENTS (after_removal) ? g_variant_new_string (after_removal[choice])
                                               : NULL;
}

GtkWindow *
ui_preferences_new (MailEngine *engine, GSettings *settings)
{
  UiPreferences *self = g_object_new (UI_TYPE_PREFERENCES, NULL);
  GListModel *accounts = mail_engine_get_known_accounts (engine);

  self->engine = g_object_ref (engine);
  gtk_list_box_bind_model (self->list, accounts, make_row, self, NULL);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self,
                           G_CONNECT_SWAPPED);
  on_accounts_changed (self);
  g_signal_connect_object (engine, "notify::broken", G_CALLBACK (on_broken_changed), self,
                           G_CONNECT_SWAPPED);
  on_broken_changed (self);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self),
                              ADW_PREFERENCES_PAGE (ui_privacy_page_new (engine, settings)));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self),
                              ADW_PREFERENCES_PAGE (ui_writing_page_new (engine, settings)));
  g_settings_bind_with_mapping (settings, "after-removal", self->after_removal, "selected",
                                G_SETTINGS_BIND_DEFAULT, read_choice, write_choice, NULL, NULL);
  g_settings_bind (settings, "conversations", self->conversations, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "fixed-width", self->fixed_width, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "list-compact", self->compact, "active", G_SETTINGS_BIND_DEFAULT);
  return GTK_WINDOW (self);
}

/* ---- the object ---- */

static void
ui_preferences_dispose (GObject *object)
{
  UI_PREFERENCES (object)->gone = TRUE;
  G_OBJECT_CLASS (ui_preferences_parent_class)->dispose (object);
}

static void
ui_preferences_finalize (GObject *object)
{
  g_clear_object (&UI_PREFERENCES (object)->engine);
  g_clear_object (&UI_PREFERENCES (object)->moved);
  g_ptr_array_unref (UI_PREFERENCES (object)->broken_rows);
  G_OBJECT_CLASS (ui_preferences_parent_class)->finalize (object);
}

static void
ui_preferences_class_init (UiPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_preferences_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_preferences_finalize;
  gtk_widget_class_install_action (widget_class, "accounts.add", NULL, on_add);
  gtk_widget_class_install_action (widget_class, "accounts.read", NULL, on_read);
  gtk_widget_class_install_action (widget_class, "account.close", NULL, on_close_page);
  gtk_widget_class_install_action (widget_class, "account.edit", "s", on_edit);
  gtk_widget_class_install_action (widget_class, "account.identities", "s", on_identities);
  gtk_widget_class_install_action (widget_class, "account.remove", "s", on_remove);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, stack);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, list);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, broken);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, after_removal);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, compact);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, fixed_width);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, conversations);
}

/* Escape goes back from the page of an account, and closes the window.  In libadwaita 1.2 a toast would take it, which looks as if the key had done nothing.  A list that is open
 * closes first, and what is typed into a field is the field's. */
static gboolean
on_key (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
        UiPreferences *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (keyval != GDK_KEY_Escape
      || (focus && (GTK_IS_TEXT (focus) || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER))))
    return GDK_EVENT_PROPAGATE;
  if (self->page != NULL)
    close_page (self);
  else
    gtk_window_close (GTK_WINDOW (self));
  return GDK_EVENT_STOP;
}

static void
ui_preferences_init (UiPreferences *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  self->broken_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  ui_names_fill (GTK_WIDGET (self));
}
