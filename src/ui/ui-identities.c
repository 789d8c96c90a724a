/* Two lists, of identities and of signatures, with add, change, remove and its undo; identities have an order, too.  Main thread; what is shown is
 * what the engine has saved, and the keyboard stays with what was changed. */
#include "ui-identities.h"

#include <glib/gi18n.h>

#include "base-text.h"
#include "ui-dialog.h"
#include "ui-identity-form.h"
#include "ui-names.h"
#include "ui-order.h"
#include "ui-signature-form.h"
#include "ui-toast.h"

#define MOST_SHOWN 80 /* characters of a signature */
#define OFFERED    15 /* seconds, in which also a screen reader finds it */
#define EDIT       "document-edit-symbolic"
#define PART       UI_ORDER_PART /* which one of a row's widgets it is */

struct _UiIdentities
{
  AdwPreferencesWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;
  GPtrArray *identity_rows,
      *signature_rows; /* of GtkWidget: filled anew, borrowed from the groups */
  GHashTable
      *worn; /* id of an identity -> id of the signature that it had when one of them was removed */

  /* Borrowed: in the widget tree */
  AdwPreferencesGroup *identities, *signatures;

  gboolean filling, filled;
};

G_DEFINE_FINAL_TYPE (UiIdentities, ui_identities, ADW_TYPE_PREFERENCES_WINDOW)

static void fill (UiIdentities *self);

/* ---- saving ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiIdentities) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_engine_save_edit_finish (MAIL_ENGINE (source), result, &error)
      || self->identities == NULL)
    return;
  fill (self);
  ui_dialog_error (GTK_WINDOW (self), _ ("The change was not saved."), error);
}

static MailEdit *
begin (UiIdentities *self)
{
  return mail_engine_begin_edit (self->engine, self->account);
}

static void
save (UiIdentities *self, const MailEdit *edit)
{
  mail_engine_save_edit_async (self->engine, edit, on_saved, g_object_ref (self));
}

/* ---- removing ---- */

/* What was taken out, and nothing else: others may have been since. */
typedef struct
{
  guint ref_count;    /* the toast, and what is being saved */
  UiIdentities *self; /* owned */
  /* Owned; one of the two */
  BaseIdentity *identity;
  BaseSignature *signature;
  guint place; /* of the identity */
  gboolean was_default;
} Removal;

static Removal *
removal_new (UiIdentities *self)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->ref_count = 1;
  removal->self = g_object_ref (self);
  return removal;
}

/* When nobody can undo it any more, and what came of it is saved or not. */
static void
removal_unref (Removal *removal)
{
  UiIdentities *self = removal->self;

  if (--removal->ref_count > 0)
    return;
  if (removal->identity != NULL)
    mail_engine_forget_identity (self->engine, self->account, removal->identity->id);
  g_object_unref (self);
  g_clear_pointer (&removal->identity, base_identity_free);
  g_clear_pointer (&removal->signature, base_signature_free);
  g_free (removal);
}

static void
on_toast_gone (gpointer data, GClosure *closure)
{
  removal_unref (data);
}

static void
on_removal_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;

  on_saved (source, result, g_object_ref (removal->self));
  removal_unref (removal);
}

static void
save_removal (Removal *removal, const MailEdit *edit)
{
  removal->ref_count++;
  mail_engine_save_edit_async (removal->self->engine, edit, on_removal_saved, removal);
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
put_back_identity (UiIdentities *self, BaseAccount *settings, BaseIdentity *identity, guint place)
{
  /* Its signature may have gone meanwhile. */
  g_clear_pointer (&identity->signature, g_free);
  base_account_put_identity (settings, identity);
  base_account_move_identity (settings, identity->id, place);
  wear (self, settings, identity);
}

static void
on_undo (AdwToast *toast, Removal *removal)
{
  g_autoptr (MailEdit) edit = begin (removal->self);
  BaseAccount *settings = edit->settings;

  if (removal->signature != NULL)
    put_back_signature (removal->self, settings, removal->signature);
  else
    put_back_identity (removal->self, settings, removal->identity, removal->place);
  if (removal->was_default && settings->default_identity == NULL)
    settings->default_identity = g_strdup (removal->identity->id);
  save_removal (removal, edit);
}

/* Takes the removal. */
static void
offer_back (UiIdentities *self, const char *sentence, Removal *removal)
{
  AdwToast *toast = ui_toast_new (sentence);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, OFFERED);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), removal, on_toast_gone, 0);
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
  g_autoptr (MailEdit) edit = begin (self);
  BaseAccount *settings = edit->settings;
  const char *id = get_id (button);
  Removal *removal = removal_new (self);

  removal->identity = base_account_dup_identity (settings, id);
  remember (self, removal->identity);
  removal->place = base_account_find_identity (settings, id);
  removal->was_default = g_strcmp0 (settings->default_identity, id) == 0;
  base_account_remove_identity (settings, id);
  save_removal (removal, edit);
  offer_back (self, _ ("Identity removed"), removal);
}

static void
on_remove_signature (GtkWidget *button, UiIdentities *self)
{
  g_autoptr (MailEdit) edit = begin (self);
  BaseAccount *settings = edit->settings;
  g_autoptr (GPtrArray) identities = base_account_dup_identities (settings);
  const char *id = get_id (button);
  Removal *removal = removal_new (self);

  removal->signature = base_signature_dup (base_account_get_signature (settings, id));
  for (guint i = 0; i < identities->len; i++)
    if (g_strcmp0 (((BaseIdentity *)identities->pdata[i])->signature, id) == 0)
      remember (self, identities->pdata[i]);
  base_account_remove_signature (settings, id);
  save_removal (removal, edit);
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
  const char *id = get_id (GTK_WIDGET (button));

  if (self->filling || !gtk_check_button_get_active (button))
    return;
  g_autoptr (MailEdit) edit = begin (self);
  g_free (edit->settings->default_identity);
  edit->settings->default_identity = *id != '\0' ? g_strdup (id) : NULL;
  save (self, edit);
}

/* ---- the order ---- */

static void
move (UiIdentities *self, const char *id, guint place)
{
  g_autoptr (MailEdit) edit = begin (self);
  BaseAccount *settings = edit->settings;

  if (place == base_account_find_identity (settings, id))
    return;
  base_account_move_identity (settings, id, place);
  save (self, edit);
}

static void
on_move (GtkWidget *row, GtkWidget *target, int by, gpointer data)
{
  UiIdentities *self = data;
  g_autoptr (MailEdit) edit = begin (self);
  BaseAccount *settings = edit->settings;
  int place = (int)base_account_find_identity (settings, get_id (target != NULL ? target : row));

  move (self, get_id (row), (guint)MAX (place + by, 0));
}

/* ---- rows ---- */

/* Takes `label`; `icon` is static. */
static void
add_button (GtkWidget *row, const char *icon, char *label, const char *id, GCallback callback,
            UiIdentities *self)
{
  GtkWidget *button = ui_names_make_button (icon, label);

  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (id), g_free);
  g_object_set_data (G_OBJECT (button), PART, (gpointer)icon);
  g_signal_connect_object (button, "clicked", callback, self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_free (label);
}

static GtkWidget *
add_row (AdwPreferencesGroup *group, GPtrArray *rows, const char *id, const char *title,
         const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (id), g_free);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (rows, row);
  return row;
}

/* Before the folders of a new account are known, none is missed. */
static gboolean
lacks_folder (UiIdentities *self, const BaseIdentity *identity)
{
  MailFolder *folder = mail_account_get_folder_by_path (self->account, identity->sent_folder);

  return identity->sent_folder != NULL
         && g_list_model_get_n_items (mail_account_get_folders (self->account)) > 0
         && (folder == NULL || !mail_folder_get_selectable (folder));
}

/* Nullable, as the address is that stands in it. */
static char *
dup_subtitle (UiIdentities *self, const BaseIdentity *identity, const char *address)
{
  g_autofree char *lack = NULL;

  if (!lacks_folder (self, identity))
    return g_strdup (address);
  lack = g_strdup_printf (
      _ ("The folder “%s” is not there; copies go to the usual one for sent mail."),
      identity->sent_folder);
  return address != NULL ? g_strconcat (address, "\n", lack, NULL) : g_steal_pointer (&lack);
}

static void
add_identity (UiIdentities *self, const BaseAccount *settings, const BaseIdentity *identity,
              GtkCheckButton **first)
{
  const char *title =
      identity->name != NULL && *identity->name != '\0' ? identity->name : identity->address;
  g_autofree char *subtitle =
      dup_subtitle (self, identity, title == identity->address ? NULL : identity->address);
  GtkWidget *row = add_row (self->identities, self->identity_rows, identity->id, title, subtitle);
  GtkWidget *check = gtk_check_button_new ();
  const char *chosen = settings->default_identity != NULL ? settings->default_identity : "";

  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), *first);
  if (*first == NULL)
    *first = GTK_CHECK_BUTTON (check);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (check), "id", g_strdup (identity->id), g_free);
  g_object_set_data (G_OBJECT (check), PART, (gpointer) "default");
  g_autofree char *label = g_strdup_printf (_ ("Write new messages as %s"), identity->address);
  gtk_widget_set_tooltip_text (check, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), g_str_equal (identity->id, chosen));
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_default), self, 0);
  /* Of one there is nothing to choose. */
  gtk_widget_set_visible (check, settings->identities->len > 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  add_button (row, EDIT, g_strdup_printf (_ ("Change the identity %s"), identity->address),
              identity->id, G_CALLBACK (on_edit_identity), self);
  if (*identity->id != '\0')
    add_button (row, "user-trash-symbolic",
                g_strdup_printf (_ ("Remove the identity %s"), identity->address), identity->id,
                G_CALLBACK (on_remove_identity), self);
}

static void
add_signature (UiIdentities *self, const BaseSignature *signature)
{
  g_autofree char *shown = base_text_one_line (signature->text, MOST_SHOWN);
  GtkWidget *row =
      add_row (self->signatures, self->signature_rows, signature->id, signature->name, shown);

  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  add_button (row, EDIT, g_strdup_printf (_ ("Change the signature “%s”"), signature->name),
              signature->id, G_CALLBACK (on_edit_signature), self);
  add_button (row, "user-trash-symbolic",
              g_strdup_printf (_ ("Remove the signature “%s”"), signature->name), signature->id,
              G_CALLBACK (on_remove_signature), self);
}

/* ---- where the keyboard is ---- */

typedef struct
{
  GPtrArray *rows;  /* borrowed: one of the two; NULL: in neither */
  guint place;      /* of the row */
  char *id;         /* of what it shows */
  const char *part; /* static, nullable: the row itself */
} Place;

static void
place_clear (Place *place)
{
  g_free (place->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
find_row (GPtrArray *rows, GtkWidget *widget, Place *place)
{
  if (!g_ptr_array_find (rows, widget, &place->place))
    return FALSE;
  place->rows = rows;
  place->id = g_strdup (get_id (widget));
  return TRUE;
}

static void
find_place (UiIdentities *self, Place *place)
{
  GtkWidget *widget = gtk_window_get_focus (GTK_WINDOW (self));

  for (; widget != NULL; widget = gtk_widget_get_parent (widget)) {
    if (place->part == NULL)
      place->part = g_object_get_data (G_OBJECT (widget), PART);
    if (find_row (self->identity_rows, widget, place)
        || find_row (self->signature_rows, widget, place))
      return;
  }
}

static GtkWidget *
find_part (GtkWidget *widget, const char *part)
{
  GtkWidget *found =
      g_strcmp0 (g_object_get_data (G_OBJECT (widget), PART), part) == 0 ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_part (child, part);
  return found;
}

static void
focus_part (GtkWidget *row, const char *part)
{
  GtkWidget *found = part != NULL ? find_part (row, part) : row;

  if (found == NULL || !gtk_widget_get_visible (found))
    found = find_part (row, EDIT);
  gtk_widget_grab_focus (found != NULL ? found : row);
}

/* To the same row, wherever it is now, or to the one that has its place. */
static void
return_to (const Place *place)
{
  GtkWidget *row = NULL;

  if (place->rows == NULL || place->rows->len == 0)
    return;
  row = place->rows->pdata[MIN (place->place, place->rows->len - 1)];
  for (guint i = 0; i < place->rows->len; i++)
    if (g_strcmp0 (get_id (place->rows->pdata[i]), place->id) == 0)
      row = place->rows->pdata[i];
  focus_part (row, place->part);
}

/* ---- filling ---- */

static GHashTable *
list_ids (GPtrArray *rows)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < rows->len; i++)
    if (get_id (rows->pdata[i]) != NULL)
      g_hash_table_add (ids, g_strdup (get_id (rows->pdata[i])));
  return ids;
}

/* NULL: there is none that was not there before. */
static GtkWidget *
find_new (GPtrArray *rows, GHashTable *before)
{
  for (guint i = 0; i < rows->len; i++)
    if (get_id (rows->pdata[i]) != NULL && !g_hash_table_contains (before, get_id (rows->pdata[i])))
      return rows->pdata[i];
  return NULL;
}

static void
empty (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static void
add_rows (UiIdentities *self)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);
  g_autoptr (GPtrArray) identities = base_account_dup_identities (settings);
  GtkCheckButton *first = NULL;

  for (guint i = 0; i < identities->len; i++) {
    const BaseIdentity *identity = identities->pdata[i];

    add_identity (self, settings, identity, &first);
    if (identities->len > 1) {
      g_autofree char *label = g_strdup_printf (_ ("Move the identity %s"), identity->address);

      ui_order_add (self->identity_rows->pdata[i], label, i == 0, i + 1 == identities->len, on_move,
                    self);
    }
  }
  for (guint i = 0; i < settings->signatures->len; i++)
    add_signature (self, settings->signatures->pdata[i]);
  if (settings->signatures->len == 0)
    add_row (self->signatures, self->signature_rows, NULL, _ ("No signatures yet"), NULL);
}

static void
fill (UiIdentities *self)
{
  g_autoptr (GHashTable) identities = list_ids (self->identity_rows);
  g_autoptr (GHashTable) signatures = list_ids (self->signature_rows);
  g_auto (Place) place = { 0 };
  GtkWidget *fresh = NULL;

  find_place (self, &place);
  self->filling = TRUE;
  empty (self->identities, self->identity_rows);
  empty (self->signatures, self->signature_rows);
  add_rows (self);
  self->filling = FALSE;
  if (self->filled)
    fresh = find_new (self->identity_rows, identities);
  if (self->filled && fresh == NULL)
    fresh = find_new (self->signature_rows, signatures);
  self->filled = TRUE;
  if (fresh != NULL)
    focus_part (fresh, EDIT);
  else
    return_to (&place);
}

static void
on_changed (UiIdentities *self)
{
  guint position;

  if (g_list_store_find (G_LIST_STORE (mail_engine_get_known_accounts (self->engine)),
                         self->account, &position))
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
  g_signal_connect_object (mail_account_get_folders (account), "items-changed",
                           G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  ui_names_fill (GTK_WIDGET (self));
  return GTK_WINDOW (self);
}

static void
ui_identities_dispose (GObject *object)
{
  UiIdentities *self = UI_IDENTITIES (object);

  self->identities = self->signatures = NULL;
  g_ptr_array_set_size (self->identity_rows, 0);
  g_ptr_array_set_size (self->signature_rows, 0);
  G_OBJECT_CLASS (ui_identities_parent_class)->dispose (object);
}

static void
ui_identities_finalize (GObject *object)
{
  UiIdentities *self = UI_IDENTITIES (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_ptr_array_unref (self->identity_rows);
  g_ptr_array_unref (self->signature_rows);
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

  self->identity_rows = g_ptr_array_new ();
  self->signature_rows = g_ptr_array_new ();
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
