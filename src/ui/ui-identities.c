/* Two lists, of identities and of signatures, with add, change, remove and its undo.  Main thread; what is shown is what the engine has saved. */
#include "ui-identities.h"

#include <glib/gi18n.h>

#include "base-text.h"
#include "ui-dialog.h"
#include "ui-identity-form.h"
#include "ui-names.h"
#include "ui-signature-form.h"
#include "ui-toast.h"

#define MOST_SHOWN 80 /* characters of a signature */

struct _UiIdentities
{
  AdwPreferencesWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;
  GPtrArray *rows; /* of GtkWidget: what is filled anew, borrowed from the groups */
  GHashTable
      *worn; /* id of an identity -> id of the signature that it had when one of them was removed */

  /* Borrowed: in the widget tree */
  AdwPreferencesGroup *identities, *signatures;

  gboolean filling;
};

G_DEFINE_FINAL_TYPE (UiIdentities, ui_identities, ADW_TYPE_PREFERENCES_WINDOW)

/* ---- saving ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiIdentities) self = data;
  g_autoptr (GError) error = NULL;

  if (!mail_engine_save_identities_finish (MAIL_ENGINE (source), result, &error)
      && self->identities != NULL)
    ui_dialog_error (GTK_WINDOW (self), _ ("The change was not saved."), error);
}

static void
save (UiIdentities *self, const BaseAccount *settings)
{
  mail_engine_save_identities_async (self->engine, settings, on_saved, g_object_ref (self));
}

/* ---- removing ---- */

/* What was taken out, and nothing else: others may have been since. */
typedef struct
{
  UiIdentities *self; /* owned */
  /* Owned; one of the two */
  BaseIdentity *identity;
  BaseSignature *signature;
  gboolean was_default;
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_object_unref (removal->self);
  g_clear_pointer (&removal->identity, base_identity_free);
  g_clear_pointer (&removal->signature, base_signature_free);
  g_free (removal);
}

/* In whatever order they come back. */
static void
wear (UiIdentities *self, BaseAccount *settings, const BaseIdentity *identity)
{
  const char *signature = g_hash_table_lookup (self->worn, identity->id);
  g_autoptr (BaseIdentity) dressed = NULL;

  if (identity->signature != NULL || base_account_get_signature (settings, signature) == NULL)
    return;
  dressed = base_identity_dup (identity);
  dressed->signature = g_strdup (signature);
  base_account_put_identity (settings, dressed);
}

static void
put_back_signature (UiIdentities *self, BaseAccount *settings, const BaseSignature *signature)
{
  g_autoptr (GPtrArray) identities = base_account_dup_identities (settings);

  base_account_put_signature (settings, signature);
  for (guint i = 0; i < identities->len; i++) {
    const BaseIdentity *identity = identities->pdata[i];

    if (g_strcmp0 (g_hash_table_lookup (self->worn, identity->id), signature->id) == 0)
      wear (self, settings, identity);
  }
}

static void
put_back_identity (UiIdentities *self, BaseAccount *settings, BaseIdentity *identity)
{
  /* Its signature may have gone meanwhile. */
  g_clear_pointer (&identity->signature, g_free);
  base_account_put_identity (settings, identity);
  wear (self, settings, identity);
}

static void
on_undo (AdwToast *toast, Removal *removal)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (removal->self->account);

  if (removal->signature != NULL)
    put_back_signature (removal->self, settings, removal->signature);
  else
    put_back_identity (removal->self, settings, removal->identity);
  if (removal->was_default && settings->default_identity == NULL)
    settings->default_identity = g_strdup (removal->identity->id);
  save (removal->self, settings);
}

/* Takes the removal. */
static void
offer_back (UiIdentities *self, const char *sentence, Removal *removal)
{
  AdwToast *toast = ui_toast_new (sentence);

  removal->self = g_object_ref (self);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), removal, removal_free, 0);
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), toast);
}

static const char *
get_id (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), "id");
}

static void
remember (UiIdentities *self, const BaseIdentity *identity)
{
  if (identity->signature != NULL)
    g_hash_table_insert (self->worn, g_strdup (identity->id), g_strdup (identity->signature));
}

static void
on_remove_identity (GtkWidget *button, UiIdentities *self)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);
  const char *id = get_id (button);
  Removal *removal = g_new0 (Removal, 1);

  removal->identity = base_account_dup_identity (settings, id);
  remember (self, removal->identity);
  removal->was_default = g_strcmp0 (settings->default_identity, id) == 0;
  base_account_remove_identity (settings, id);
  save (self, settings);
  offer_back (self, _ ("Identity removed"), removal);
}

static void
on_remove_signature (GtkWidget *button, UiIdentities *self)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);
  g_autoptr (GPtrArray) identities = base_account_dup_identities (settings);
  const char *id = get_id (button);
  Removal *removal = g_new0 (Removal, 1);

  removal->signature = base_signature_dup (base_account_get_signature (settings, id));
  for (guint i = 0; i < identities->len; i++)
    if (g_strcmp0 (((BaseIdentity *)identities->pdata[i])->signature, id) == 0)
      remember (self, identities->pdata[i]);
  base_account_remove_signature (settings, id);
  save (self, settings);
  offer_back (self, _ ("Signature removed"), removal);
}

/* ---- adding and changing ---- */

static void
on_edit_identity (GtkWidget *button, UiIdentities *self)
{
  ui_identity_form_show (GTK_WINDOW (self), self->engine, self->account, get_id (button));
}

static void
on_edit_signature (GtkWidget *button, UiIdentities *self)
{
  ui_signature_form_show (GTK_WINDOW (self), self->engine, self->account, get_id (button));
}

static void
on_default (GtkCheckButton *button, UiIdentities *self)
{
  g_autoptr (BaseAccount) settings = NULL;
  const char *id = get_id (GTK_WIDGET (button));

  if (self->filling || !gtk_check_button_get_active (button))
    return;
  settings = mail_account_dup_settings (self->account);
  g_free (settings->default_identity);
  settings->default_identity = *id != '\0' ? g_strdup (id) : NULL;
  save (self, settings);
}

/* ---- rows ---- */

/* Takes `label`. */
static void
add_button (GtkWidget *row, const char *icon, char *label, const char *id, GCallback callback,
            UiIdentities *self)
{
  GtkWidget *button = ui_names_make_button (icon, label);

  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (id), g_free);
  g_signal_connect_object (button, "clicked", callback, self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_free (label);
}

static GtkWidget *
add_row (UiIdentities *self, AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
  return row;
}

static void
add_identity (UiIdentities *self, const BaseAccount *settings, const BaseIdentity *identity,
              GtkCheckButton **first)
{
  const char *title =
      identity->name != NULL && *identity->name != '\0' ? identity->name : identity->address;
  GtkWidget *row = add_row (self, self->identities, title,
                            title == identity->address ? NULL : identity->address);
  GtkWidget *check = gtk_check_button_new ();
  const char *chosen = settings->default_identity != NULL ? settings->default_identity : "";

  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), *first);
  if (*first == NULL)
    *first = GTK_CHECK_BUTTON (check);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (check), "id", g_strdup (identity->id), g_free);
  g_autofree char *label = g_strdup_printf (_ ("Write new messages as %s"), identity->address);
  gtk_widget_set_tooltip_text (check, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), g_str_equal (identity->id, chosen));
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_default), self, 0);
  /* Of one there is nothing to choose. */
  gtk_widget_set_visible (check, settings->identities->len > 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  add_button (row, "document-edit-symbolic",
              g_strdup_printf (_ ("Change the identity %s"), identity->address), identity->id,
              G_CALLBACK (on_edit_identity), self);
  if (*identity->id != '\0')
    add_button (row, "user-trash-symbolic",
                g_strdup_printf (_ ("Remove the identity %s"), identity->address), identity->id,
                G_CALLBACK (on_remove_identity), self);
}

static void
add_signature (UiIdentities *self, const BaseSignature *signature)
{
  g_autofree char *shown = base_text_one_line (signature->text, MOST_SHOWN);
  GtkWidget *row = add_row (self, self->signatures, signature->name, shown);

  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  add_button (row, "document-edit-symbolic",
              g_strdup_printf (_ ("Change the signature “%s”"), signature->name), signature->id,
              G_CALLBACK (on_edit_signature), self);
  add_button (row, "user-trash-symbolic",
              g_strdup_printf (_ ("Remove the signature “%s”"), signature->name), signature->id,
              G_CALLBACK (on_remove_signature), self);
}

static void
fill (UiIdentities *self)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);
  g_autoptr (GPtrArray) identities = base_account_dup_identities (settings);
  GtkCheckButton *first = NULL;

  self->filling = TRUE;
  for (guint i = 0; i < self->rows->len; i++) {
    GtkWidget *group = gtk_widget_get_ancestor (self->rows->pdata[i], ADW_TYPE_PREFERENCES_GROUP);

    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), self->rows->pdata[i]);
  }
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < identities->len; i++)
    add_identity (self, settings, identities->pdata[i], &first);
  for (guint i = 0; i < settings->signatures->len; i++)
    add_signature (self, settings->signatures->pdata[i]);
  if (settings->signatures->len == 0)
    add_row (self, self->signatures, _ ("No signatures yet"), NULL);
  self->filling = FALSE;
}

static void
on_changed (UiIdentities *self)
{
  guint position;

  if (g_list_store_find (G_LIST_STORE (mail_engine_get_accounts (self->engine)), self->account,
                         &position))
    fill (self);
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* ---- the object ---- */

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title, const char *description, const char *add,
           GCallback callback, UiIdentities *self)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *button = ui_names_make_button ("list-add-symbolic", add);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  g_signal_connect_object (button, "clicked", callback, self, 0);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group), button);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

GtkWindow *
ui_identities_new (MailEngine *engine, MailAccount *account)
{
  UiIdentities *self = g_object_new (UI_TYPE_IDENTITIES, NULL);
  g_autofree char *title =
      /* Translators: the name of an account */
      g_strdup_printf (_ ("Identities of “%s”"), mail_account_get_label (account));

  self->engine = g_object_ref (engine);
  self->account = g_object_ref (account);
  gtk_window_set_title (GTK_WINDOW (self), title);
  fill (self);
  g_signal_connect_object (mail_engine_get_identities (engine), "items-changed",
                           G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  ui_names_fill (GTK_WIDGET (self));
  return GTK_WINDOW (self);
}

static void
ui_identities_dispose (GObject *object)
{
  UiIdentities *self = UI_IDENTITIES (object);

  self->identities = self->signatures = NULL;
  g_ptr_array_set_size (self->rows, 0);
  G_OBJECT_CLASS (ui_identities_parent_class)->dispose (object);
}

static void
ui_identities_finalize (GObject *object)
{
  UiIdentities *self = UI_IDENTITIES (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->worn);
  G_OBJECT_CLASS (ui_identities_parent_class)->finalize (object);
}

static void
ui_identities_class_init (UiIdentitiesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_identities_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_identities_finalize;
}

static void
ui_identities_init (UiIdentities *self)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());

  self->rows = g_ptr_array_new ();
  self->worn = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 560, 600);
  gtk_widget_set_size_request (GTK_WIDGET (self), 340, 320);
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (self), FALSE);
  self->identities = add_group (
      page, _ ("Identities"),
      _ ("What comes to one of these addresses is answered from there. The one with the mark writes "
         "new messages."),
      _ ("Add an identity"), G_CALLBACK (on_edit_identity), self);
  self->signatures = add_group (page, _ ("Signatures"), NULL, _ ("Add a signature"),
                                G_CALLBACK (on_edit_signature), self);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), page);
}
