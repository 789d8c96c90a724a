/* The preferences window: the list of accounts with add, change and remove.  Main thread.  An account is removed only after the person was
 * told what goes with it. */
#include "ui-preferences.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-dialog.h"
#include "ui-identities.h"
#include "ui-names.h"
#include "ui-privacy-page.h"
#include "ui-setup.h"
#include "ui-writing-page.h"

struct _UiPreferences
{
  AdwPreferencesWindow parent_instance;

  /* Owned */
  MailEngine *engine;

  gboolean gone;

  /* Template */
  GtkStack *stack;
  GtkListBox *list;
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

static void
on_edit (MailAccount *account, GtkWidget *widget)
{
  UiPreferences *self = UI_PREFERENCES (gtk_widget_get_root (widget));

  show_setup (self, mail_account_dup_settings (account));
}

static void
on_identities (MailAccount *account, GtkWidget *widget)
{
  UiPreferences *self = UI_PREFERENCES (gtk_widget_get_root (widget));
  GtkWindow *window = ui_identities_new (self->engine, account);

  gtk_window_set_transient_for (window, GTK_WINDOW (self));
  gtk_window_present (window);
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
on_remove (MailAccount *account, GtkWidget *widget)
{
  UiPreferences *self = UI_PREFERENCES (gtk_widget_get_root (widget));
  Removal *removal = g_new0 (Removal, 1);
  g_autofree char *heading =
      g_strdup_printf (_ ("Remove the account “%s”?"), mail_account_get_label (account));

  removal->self = g_object_ref (self);
  removal->account = g_object_ref (account);
  ui_dialog_confirm (GTK_WINDOW (self), heading,
                     _ ("Its mail, its password and what waits to be sent are removed from this "
                        "computer. Mail on the server stays there."),
                     NULL, _ ("_Remove"), TRUE, on_remove_answer, removal);
}

/* ---- rows ---- */

static void
update_row (AdwActionRow *row, GParamSpec *pspec, MailAccount *account)
{
  const char *label = mail_account_get_label (account);
  const char *address = mail_account_get_address (account);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
  /* The second line tells something that the first does not. */
  adw_action_row_set_subtitle (
      row, g_strcmp0 (label, address) == 0 ? mail_account_get_state_text (account) : address);
}

static void
on_account_changed (MailAccount *account, GParamSpec *pspec, AdwActionRow *row)
{
  update_row (row, pspec, account);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  MailAccount *account = item;
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *edit =
      g_strdup_printf (_ ("Change the account “%s”"), mail_account_get_label (account));
  g_autofree char *remove =
      g_strdup_printf (_ ("Remove the account “%s”"), mail_account_get_label (account));
  g_autofree char *identities = g_strdup_printf (
      _ ("Identities and signatures of the account “%s”"), mail_account_get_label (account));
  GtkWidget *identities_button = ui_names_make_button ("avatar-default-symbolic", identities);
  GtkWidget *edit_button = ui_names_make_button ("document-edit-symbolic", edit);
  GtkWidget *remove_button = ui_names_make_button ("user-trash-symbolic", remove);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  g_signal_connect_object (edit_button, "clicked", G_CALLBACK (on_edit), account,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (remove_button, "clicked", G_CALLBACK (on_remove), account,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (identities_button, "clicked", G_CALLBACK (on_identities), account,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), identities_button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), edit_button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove_button);
  g_signal_connect_object (account, "notify", G_CALLBACK (on_account_changed), row, 0);
  update_row (ADW_ACTION_ROW (row), NULL, account);
  return row;
}

static void
on_accounts_changed (UiPreferences *self)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);

  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (accounts) > 0 ? "list" : "empty");
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
  GListModel *accounts = mail_engine_get_accounts (engine);

  self->engine = g_object_ref (engine);
  gtk_list_box_bind_model (self->list, accounts, make_row, NULL, NULL);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (on_accounts_changed), self,
                           G_CONNECT_SWAPPED);
  on_accounts_changed (self);
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
  G_OBJECT_CLASS (ui_preferences_parent_class)->finalize (object);
}

static void
ui_preferences_class_init (UiPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_preferences_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_preferences_finalize;
  gtk_widget_class_install_action (widget_class, "accounts.add", NULL, on_add);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, stack);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, list);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, after_removal);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, compact);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, fixed_width);
  gtk_widget_class_bind_template_child (widget_class, UiPreferences, conversations);
}

/* Escape closes the window.  In libadwaita 1.2 a toast would take it, which looks as if the key had done nothing.  A list that is open
 * closes first, and what is typed into a field is the field's. */
static gboolean
on_key (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
        UiPreferences *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (keyval != GDK_KEY_Escape
      || (focus && (GTK_IS_TEXT (focus) || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER))))
    return GDK_EVENT_PROPAGATE;
  gtk_window_close (GTK_WINDOW (self));
  return GDK_EVENT_STOP;
}

static void
ui_preferences_init (UiPreferences *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  ui_names_fill (GTK_WIDGET (self));
}
