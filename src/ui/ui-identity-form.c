/* Name, address, where answers go, copies, signature, folder.  Main thread.  What the settings say and this computer does not know (a folder that is
 * not there) stays as it is unless somebody chooses otherwise. */
#include "ui-identity-form.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-choice.h"
#include "ui-dialog.h"
#include "ui-sender-rows.h"
#include "ui-server-check.h"
#include "ui-setup-steps.h"
#include "ui-trust-dialog.h"

struct _UiIdentityForm
{
  UiForm parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;
  MailEdit *edit; /* begun when it was opened */
  BaseIdentity *identity;
  BaseIdentity *before;                    /* what the fields held when it was opened */
  GError *refused;                         /* nullable: why it could not be saved */
  GCancellable *cancellable;               /* of saving; nullable */
  GPtrArray *signature_ids, *folder_paths; /* of char; what the choices stand for */

  /* Borrowed: in the widget tree */
  GtkEditable *name, *address, *reply_to;
  GtkSwitch *bcc_self, *above;
  GtkDropDown *signature, *sent_folder;
  UiSenderRows *sender; /* nullable: of the account's own one, which sends by its server */
  UiServerCheck *check;
  UiSetupSteps *steps;

  gboolean gone;
};

G_DEFINE_FINAL_TYPE (UiIdentityForm, ui_identity_form, UI_TYPE_FORM)

/* ---- saving ---- */

/* A way out of what the server refused was taken: once more, as when Save was pressed. */
static void
save_again (UiIdentityForm *self)
{
  if (!self->gone)
    gtk_widget_activate_action (GTK_WIDGET (self), "form.save", NULL);
}

static void
on_trust_answer (UiTrustAnswer answer, const BaseTrust *trust, gpointer data)
{
  g_autoptr (UiIdentityForm) self = data;

  if (answer != UI_TRUST_TAKEN)
    return;
  base_account_add_exception (
      self->edit->settings, trust->host, trust->port, trust->sha256,
      base_trust_get_agreed_until (trust, g_get_real_time () / G_USEC_PER_SEC));
  save_again (self);
}

static void
on_less_accepted (gboolean accepted, gpointer data)
{
  g_autoptr (UiIdentityForm) self = data;

  if (!accepted || self->identity->smtp == NULL)
    return;
  base_server_set_proof (self->identity->smtp, BASE_PROOF_NONE);
  save_again (self);
}

static void
offer_way_out (UiIdentityForm *self, const GError *error)
{
  if (base_error_is_less_proof (error))
    ui_dialog_confirm (GTK_WINDOW (self), _ ("Sign In with Less Protection?"), error->message, NULL,
                       _ ("Sign In"), TRUE, on_less_accepted, g_object_ref (self));
  else if (g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST)
           && base_error_get_trust (error) != NULL)
    ui_trust_dialog_ask (GTK_WINDOW (self),
                         &(UiTrustQuestion){ .account = mail_account_get_address (self->account),
                                             .sentence = error->message,
                                             .detail = base_error_get_detail (error),
                                             .trust = base_error_get_trust (error) },
                         on_trust_answer, g_object_ref (self));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiIdentityForm) self = data;
  g_autoptr (GError) error = NULL;

  (void)mail_engine_save_identity_finish (MAIL_ENGINE (source), result, &error);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->refused);
  self->refused = error != NULL ? g_error_copy (error) : NULL;
  ui_form_saved (UI_FORM (self), error);
  if (error != NULL && !self->gone)
    offer_way_out (self, error);
}

static void
take_text (char **field, GtkEditable *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  g_free (*field);
  *field = *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static void
take_choice (char **field, GtkDropDown *choice, GPtrArray *ids)
{
  guint selected = gtk_drop_down_get_selected (choice);
  const char *id = selected < ids->len ? ids->pdata[selected] : "";

  g_free (*field);
  *field = *id != '\0' ? g_strdup (id) : NULL;
}

static BaseIdentity *
read_fields (UiIdentityForm *self)
{
  BaseIdentity *identity = base_identity_dup (self->identity);

  take_text (&identity->name, self->name);
  take_text (&identity->address, self->address);
  take_text (&identity->reply_to, self->reply_to);
  take_choice (&identity->signature, self->signature, self->signature_ids);
  take_choice (&identity->sent_folder, self->sent_folder, self->folder_paths);
  identity->bcc_self = gtk_switch_get_active (self->bcc_self);
  identity->signature_above = gtk_switch_get_active (self->above);
  if (self->sender != NULL) {
    BaseProof proof = identity->smtp != NULL ? identity->smtp->proved : BASE_PROOF_NONE;

    base_server_free (identity->smtp);
    identity->smtp = ui_sender_rows_dup_server (self->sender);
    if (proof == BASE_PROOF_NONE && identity->smtp != NULL)
      base_server_set_proof (identity->smtp, BASE_PROOF_NONE);
  }
  return identity;
}

static void
ui_identity_form_save (UiForm *form)
{
  UiIdentityForm *self = UI_IDENTITY_FORM (form);
  g_autoptr (BaseIdentity) identity = read_fields (self);
  const char *const hosts[] = { identity->smtp != NULL ? identity->smtp->host : NULL, NULL };

  base_account_put_identity (self->edit->settings, identity);
  /* The person typed it. */
  mail_engine_agree_to_hosts (self->engine, hosts);
  self->cancellable = g_cancellable_new ();
  if (mail_engine_save_identity_async (
          self->engine, self->edit, identity->id,
          self->sender != NULL ? ui_sender_rows_get_password (self->sender) : NULL,
          self->cancellable, on_saved, g_object_ref (self))) {
    g_autofree char *sentence = g_strdup_printf (_ ("Signing in as %s…"), identity->smtp->user);

    ui_form_set_progress (form, sentence);
  }
}

static void
ui_identity_form_cancel (UiForm *form)
{
  g_cancellable_cancel (UI_IDENTITY_FORM (form)->cancellable);
}

static gboolean
ui_identity_form_is_changed (UiForm *form)
{
  UiIdentityForm *self = UI_IDENTITY_FORM (form);
  g_autoptr (BaseIdentity) identity = read_fields (self);

  return !base_identity_equal (identity, self->before)
         || (self->sender != NULL && ui_sender_rows_get_password (self->sender) != NULL);
}

static GtkWidget *
ui_identity_form_find_wrong (UiForm *form)
{
  UiIdentityForm *self = UI_IDENTITY_FORM (form);
  g_autoptr (BaseIdentity) identity = read_fields (self);

  if (identity->name != NULL && !base_account_field_is_clean (identity->name))
    return GTK_WIDGET (self->name);
  if (!base_account_address_is_valid (identity->address))
    return GTK_WIDGET (self->address);
  if (identity->reply_to != NULL && !base_account_address_is_valid (identity->reply_to))
    return GTK_WIDGET (self->reply_to);
  return self->sender != NULL ? ui_sender_rows_find_wrong (self->sender, self->refused) : NULL;
}

static const char *
ui_identity_form_find_link (UiForm *form)
{
  UiIdentityForm *self = UI_IDENTITY_FORM (form);
  g_autofree char *protocol = g_strconcat (BASE_PROTOCOL_IDENTITY, self->identity->id, NULL);

  return mail_engine_find_advice_link (self->engine, self->edit->settings, protocol, self->refused);
}

/* ---- its server, while it is typed ---- */

static void
show_steps (UiIdentityForm *self, const BaseServer *server)
{
  gboolean asks = base_server_is_used (server) && server->sign_in == BASE_SIGN_IN_PASSWORD;
  const char *link = NULL;
  g_auto (GStrv) steps = mail_discovery_dup_steps_of (asks ? server->host : NULL, &link);

  ui_setup_steps_set (self->steps, (const char *const *)steps, link);
}

/* As if it were the account's. */
static void
look_at (UiIdentityForm *self, const BaseServer *server)
{
  g_autoptr (BaseAccount) like = base_account_dup (self->edit->settings);

  /* Its line is kept only where something can come to stand in it. */
  gtk_widget_set_visible (GTK_WIDGET (self->check), server != NULL && !server->disabled);
  if (!base_server_is_used (server)) {
    ui_server_check_clear (self->check);
    return;
  }
  base_server_clear (&like->smtp);
  base_server_copy (server, &like->smtp);
  ui_server_check_ask (self->check, self->engine, like, "smtp");
}

static void
on_server_edited (UiIdentityForm *self)
{
  g_autoptr (BaseServer) server = ui_sender_rows_dup_server (self->sender);

  show_steps (self, server);
  look_at (self, server);
}

static void
add_sender (UiIdentityForm *self, GtkWidget *page)
{
  self->sender = UI_SENDER_ROWS (ui_sender_rows_new (self->identity->smtp, self->address));
  self->check = g_object_new (UI_TYPE_SERVER_CHECK, "margin-top", 12, NULL);
  self->steps = g_object_new (UI_TYPE_SETUP_STEPS, NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->sender), GTK_WIDGET (self->check));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (self->sender));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (self->steps));
  gtk_widget_set_visible (GTK_WIDGET (self->check), base_server_is_used (self->identity->smtp));
  show_steps (self, self->identity->smtp);
  g_signal_connect_swapped (self->sender, "edited", G_CALLBACK (on_server_edited), self);
}

/* ---- rows ---- */

static GtkEditable *
add_entry (AdwPreferencesGroup *group, const char *title, const char *text, GtkInputPurpose purpose)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (row), purpose);
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
  adw_preferences_group_add (group, row);
  return GTK_EDITABLE (row);
}

static GtkSwitch *
add_switch (AdwPreferencesGroup *group, const char *title, const char *subtitle, gboolean on)
{
  GtkWidget *row = adw_action_row_new (), *widget = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  gtk_switch_set_active (GTK_SWITCH (widget), on);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  adw_preferences_group_add (group, row);
  return GTK_SWITCH (widget);
}

/* Takes the names (of char). */
static GtkDropDown *
add_choice (AdwPreferencesGroup *group, const char *title, GPtrArray *names, GPtrArray *ids,
            const char *chosen)
{
  GtkWidget *row = adw_action_row_new ();
  GtkStringList *model = gtk_string_list_new (NULL);
  GtkWidget *choice = gtk_drop_down_new (G_LIST_MODEL (model), NULL);

  ui_choice_set_up (GTK_DROP_DOWN (choice), "string", PANGO_ELLIPSIZE_MIDDLE);
  for (guint i = 0; i < names->len; i++)
    gtk_string_list_append (model, names->pdata[i]);
  for (guint i = 0; i < ids->len; i++)
    if (g_strcmp0 (ids->pdata[i], chosen) == 0)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), i);
  gtk_widget_set_valign (choice, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (choice, "flat");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), choice);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), choice);
  adw_preferences_group_add (group, row);
  g_ptr_array_unref (names);
  return GTK_DROP_DOWN (choice);
}

static void
add_signatures (UiIdentityForm *self, AdwPreferencesGroup *group, const BaseAccount *settings)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (names, g_strdup (C_ ("signature", "None")));
  g_ptr_array_add (self->signature_ids, g_strdup (""));
  for (guint i = 0; i < settings->signatures->len; i++) {
    const BaseSignature *signature = settings->signatures->pdata[i];

    g_ptr_array_add (names, g_strdup (signature->name));
    g_ptr_array_add (self->signature_ids, g_strdup (signature->id));
  }
  self->signature =
      add_choice (group, _ ("Signature"), names, self->signature_ids, self->identity->signature);
}

static void
add_folders (UiIdentityForm *self, AdwPreferencesGroup *group)
{
  GListModel *folders = mail_account_get_folders (self->account);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  gboolean there = self->identity->sent_folder == NULL;

  g_ptr_array_add (names, g_strdup (_ ("That of the account")));
  g_ptr_array_add (self->folder_paths, g_strdup (""));
  for (guint i = 0; i < g_list_model_get_n_items (folders); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (folders, i);

    gboolean chosen = g_strcmp0 (mail_folder_get_path (folder), self->identity->sent_folder) == 0;

    if (!mail_folder_get_selectable (folder)
        || (mail_folder_get_role (folder) == MAIL_ROLE_SENT && !chosen))
      continue;
    there = there || chosen;
    g_ptr_array_add (names, g_strdup (mail_folder_get_role (folder) == MAIL_ROLE_NONE
                                          ? mail_folder_get_path (folder)
                                          : mail_folder_get_name (folder)));
    g_ptr_array_add (self->folder_paths, g_strdup (mail_folder_get_path (folder)));
  }
  if (!there) {
    /* Translators: a folder that does not exist (any more) */
    g_ptr_array_add (names, g_strdup_printf (_ ("%s (not there)"), self->identity->sent_folder));
    g_ptr_array_add (self->folder_paths, g_strdup (self->identity->sent_folder));
  }
  self->sent_folder = add_choice (group, _ ("Folder for Sent Messages"), names, self->folder_paths,
                                  self->identity->sent_folder);
}

static AdwPreferencesGroup *
add_group (GtkWidget *page, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  if (title != NULL)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

static void
build (UiIdentityForm *self, const BaseAccount *settings)
{
  const BaseIdentity *identity = self->identity;
  GtkWidget *page = adw_preferences_page_new ();
  AdwPreferencesGroup *group = add_group (page, NULL);

  self->name = add_entry (group, _ ("Name"), identity->name, GTK_INPUT_PURPOSE_NAME);
  self->address =
      add_entry (group, _ ("E-Mail Address"), identity->address, GTK_INPUT_PURPOSE_EMAIL);
  self->reply_to = add_entry (group, _ ("Replies Go To (Optional)"), identity->reply_to,
                              GTK_INPUT_PURPOSE_EMAIL);

  group = add_group (page, _ ("Signature"));
  add_signatures (self, group, settings);
  self->above = add_switch (group, _ ("Above the Quote"),
                            _ ("In answers and forwarded messages; else at the end"),
                            identity->signature_above);

  group = add_group (page, _ ("Copies"));
  self->bcc_self =
      add_switch (group, _ ("Bcc to Myself"), _ ("Its own address is put into Bcc of each message"),
                  identity->bcc_self);
  add_folders (self, group);
  if (*identity->id != '\0')
    add_sender (self, page);
  ui_form_set_content (UI_FORM (self), page);
}

void
ui_identity_form_show (GtkWindow *parent, MailEngine *engine, MailAccount *account, const char *id)
{
  UiIdentityForm *self = g_object_new (UI_TYPE_IDENTITY_FORM, "transient-for", parent, NULL);

  self->engine = g_object_ref (engine);
  self->account = g_object_ref (account);
  self->edit = mail_engine_begin_edit (engine, account);
  self->identity = id != NULL ? base_account_dup_identity (self->edit->settings, id) : NULL;
  if (self->identity == NULL) {
    self->identity = base_identity_new ();
    self->identity->name = g_strdup (mail_account_get_display_name (account));
    id = NULL;
  }
  gtk_window_set_title (GTK_WINDOW (self), id != NULL ? _ ("Change Identity") : _ ("Add Identity"));
  build (self, self->edit->settings);
  self->before = read_fields (self);
  gtk_window_set_default_size (GTK_WINDOW (self), 520, 680);
  ui_form_present (UI_FORM (self), GTK_WIDGET (self->name));
}

/* ---- the object ---- */

/* The window goes; whoever waits for an answer holds the form still. */
static void
ui_identity_form_unrealize (GtkWidget *widget)
{
  UiIdentityForm *self = UI_IDENTITY_FORM (widget);

  self->gone = TRUE;
  g_cancellable_cancel (self->cancellable);
  GTK_WIDGET_CLASS (ui_identity_form_parent_class)->unrealize (widget);
}

static void
ui_identity_form_finalize (GObject *object)
{
  UiIdentityForm *self = UI_IDENTITY_FORM (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_clear_pointer (&self->edit, mail_edit_free);
  g_clear_pointer (&self->identity, base_identity_free);
  g_clear_pointer (&self->before, base_identity_free);
  g_clear_error (&self->refused);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->signature_ids);
  g_ptr_array_unref (self->folder_paths);
  G_OBJECT_CLASS (ui_identity_form_parent_class)->finalize (object);
}

static void
ui_identity_form_class_init (UiIdentityFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_identity_form_finalize;
  GTK_WIDGET_CLASS (klass)->unrealize = ui_identity_form_unrealize;
  UI_FORM_CLASS (klass)->save = ui_identity_form_save;
  UI_FORM_CLASS (klass)->is_changed = ui_identity_form_is_changed;
  UI_FORM_CLASS (klass)->find_wrong = ui_identity_form_find_wrong;
  UI_FORM_CLASS (klass)->find_link = ui_identity_form_find_link;
  UI_FORM_CLASS (klass)->cancel = ui_identity_form_cancel;
}

static void
ui_identity_form_init (UiIdentityForm *self)
{
  self->signature_ids = g_ptr_array_new_with_free_func (g_free);
  self->folder_paths = g_ptr_array_new_with_free_func (g_free);
}
