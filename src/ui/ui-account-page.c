/* One account's settings: on or off, name, colour, how often it is looked at, which folders are its special ones; servers, identities and
 * removing are behind buttons.  Main thread.  Each change is saved when it is made, one after the other, and none is lost because another
 * one is on its way. */
#include "ui-account-page.h"

#include <glib/gi18n.h>

#include "ui-choice.h"
#include "ui-colour.h"
#include "ui-dialog.h"
#include "ui-exceptions.h"
#include "ui-keep-row.h"
#include "ui-names.h"

struct _UiAccountPage
{
  GtkBox parent_instance;

  /* Owned */
  MailEngine *engine;
  MailAccount *account;
  GPtrArray
      *paths[BASE_N_FOLDERS]; /* of char; what the choices stand for, "" what is found by itself */
  GArray *minutes;            /* guint, of the choices */

  /* Borrowed: in the widget tree */
  GtkWidget *title;
  GtkSwitch *on;
  UiKeepRow *keep;
  GtkDropDown *interval, *folders[BASE_N_FOLDERS];
  AdwPreferencesGroup *special;

  gboolean filling, gone;
};

G_DEFINE_FINAL_TYPE (UiAccountPage, ui_account_page, GTK_TYPE_BOX)

/* ---- saving ---- */

static void fill (UiAccountPage *self);

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiAccountPage) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_engine_save_edit_finish (MAIL_ENGINE (source), result, &error) || self->gone)
    return;
  fill (self);
  ui_dialog_error (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                   _ ("The change was not saved."), error);
}

static void
save (UiAccountPage *self, const MailEdit *edit)
{
  mail_engine_save_edit_async (self->engine, edit, on_saved, g_object_ref (self));
}

/* ---- what a person does ---- */

static void
on_switched (UiAccountPage *self)
{
  if (self->filling)
    return;
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);
  edit->settings->disabled = !gtk_switch_get_active (self->on);
  save (self, edit);
}

static void
on_named (UiAccountPage *self, AdwEntryRow *row)
{
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  g_free (edit->settings->label);
  edit->settings->label = *text != '\0' ? g_steal_pointer (&text) : NULL;
  save (self, edit);
}

static void
on_coloured (UiAccountPage *self, GParamSpec *pspec, UiColourChooser *chooser)
{
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);

  g_clear_pointer (&edit->settings->colour, g_free);
  g_object_get (chooser, "colour", &edit->settings->colour, NULL);
  save (self, edit);
}

static void
on_kept (UiAccountPage *self)
{
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);

  edit->settings->bodies = ui_keep_row_get (self->keep, &edit->settings->months);
  save (self, edit);
}

static void
on_interval (UiAccountPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->interval);

  if (self->filling || selected >= self->minutes->len)
    return;
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);
  edit->settings->check_minutes = g_array_index (self->minutes, guint, selected);
  save (self, edit);
}

static void
on_folder (UiAccountPage *self, GParamSpec *pspec, GtkDropDown *choice)
{
  for (guint i = 0; i < BASE_N_FOLDERS && !self->filling; i++) {
    guint selected = gtk_drop_down_get_selected (choice);
    const char *path;

    if (self->folders[i] != choice || selected >= self->paths[i]->len)
      continue;
    g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);
    path = self->paths[i]->pdata[selected];
    g_free (edit->settings->folders[i]);
    edit->settings->folders[i] = *path != '\0' ? g_strdup (path) : NULL;
    save (self, edit);
  }
}

/* ---- the interval ---- */

static const guint usual[] = { 0, 5, 10, 15, 30, 60 };

static char *
describe_interval (guint minutes)
{
  if (minutes == 0)
    return g_strdup (_ ("As soon as it arrives"));
  if (minutes % 60 == 0)
    return g_strdup_printf (ngettext ("Every hour", "Every %u hours", minutes / 60), minutes / 60);
  return g_strdup_printf (ngettext ("Every minute", "Every %u minutes", minutes), minutes);
}

/* What an administrator wrote is never rounded. */
static void
fill_interval (UiAccountPage *self, guint minutes)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  g_array_set_size (self->minutes, 0);
  g_array_append_vals (self->minutes, usual, G_N_ELEMENTS (usual));
  while (selected < self->minutes->len && g_array_index (self->minutes, guint, selected) < minutes)
    selected++;
  if (selected == self->minutes->len || g_array_index (self->minutes, guint, selected) != minutes)
    g_array_insert_val (self->minutes, selected, minutes);
  for (guint i = 0; i < self->minutes->len; i++)
    gtk_string_list_take (names, describe_interval (g_array_index (self->minutes, guint, i)));
  gtk_drop_down_set_model (self->interval, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->interval, selected);
}

/* ---- special folders ---- */

static const MailRole roles[BASE_N_FOLDERS] = {
  [BASE_FOLDER_DRAFTS] = MAIL_ROLE_DRAFTS,   [BASE_FOLDER_SENT] = MAIL_ROLE_SENT,
  [BASE_FOLDER_ARCHIVE] = MAIL_ROLE_ARCHIVE, [BASE_FOLDER_JUNK] = MAIL_ROLE_JUNK,
  [BASE_FOLDER_TRASH] = MAIL_ROLE_TRASH,
};

/* Which one it is where nobody chose. */
static char *
describe_found (UiAccountPage *self, MailRole role, gboolean chosen)
{
  MailFolder *folder = chosen ? NULL : mail_account_get_folder_by_role (self->account, (int)role);

  if (folder == NULL)
    return g_strdup (_ ("As the server says"));
  /* Translators: the path of a folder on the server */
  return g_strdup_printf (_ ("As the server says (%s)"), mail_folder_get_path (folder));
}

static void
fill_folder (UiAccountPage *self, guint i, const char *chosen)
{
  GListModel *folders = mail_account_get_folders (self->account);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GPtrArray *paths = self->paths[i];
  guint selected = 0;

  g_ptr_array_set_size (paths, 0);
  g_ptr_array_add (paths, g_strdup (""));
  gtk_string_list_take (names, describe_found (self, roles[i], chosen != NULL));
  for (guint k = 0; k < g_list_model_get_n_items (folders); k++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (folders, k);
    const char *path = mail_folder_get_path (folder);

    if (!mail_folder_get_selectable (folder) || mail_folder_get_role (folder) == MAIL_ROLE_INBOX)
      continue;
    if (g_strcmp0 (path, chosen) == 0)
      selected = paths->len;
    g_ptr_array_add (paths, g_strdup (path));
    gtk_string_list_append (names, path);
  }
  /* It is not there, or not yet, and stays what was chosen. */
  if (chosen != NULL && selected == 0) {
    selected = paths->len;
    g_ptr_array_add (paths, g_strdup (chosen));
    gtk_string_list_append (names, chosen);
  }
  gtk_drop_down_set_model (self->folders[i], G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->folders[i], selected);
}

static void
fill_folders (UiAccountPage *self, const BaseAccount *settings)
{
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    fill_folder (self, i, settings->folders[i]);
}

static void
on_folders_changed (UiAccountPage *self)
{
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self->engine, self->account);

  self->filling = TRUE;
  fill_folders (self, edit->settings);
  self->filling = FALSE;
}

/* ---- filling ---- */

static void
fill (UiAccountPage *self)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);

  self->filling = TRUE;
  gtk_switch_set_active (self->on, !settings->disabled);
  ui_keep_row_set (self->keep, settings->bodies, settings->months);
  fill_interval (self, settings->check_minutes);
  fill_folders (self, settings);
  self->filling = FALSE;
}

/* It is somebody else's to say why a switch is as it is. */
static void
on_account_changed (UiAccountPage *self)
{
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->title),
                              mail_account_get_label (self->account));
  adw_window_title_set_subtitle (
      ADW_WINDOW_TITLE (self->title),
      g_strcmp0 (mail_account_get_label (self->account), mail_account_get_address (self->account))
              == 0
          ? ""
          : mail_account_get_address (self->account));
}

/* ---- building ---- */

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

static GtkDropDown *
add_choice (AdwPreferencesGroup *group, const char *title)
{
  GtkWidget *row = adw_action_row_new (), *choice = gtk_drop_down_new (NULL, NULL);

  ui_choice_set_up (GTK_DROP_DOWN (choice), "string", PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_valign (choice, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (choice, "flat");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), choice);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), choice);
  adw_preferences_group_add (group, row);
  return GTK_DROP_DOWN (choice);
}

static void
add_switch (UiAccountPage *self, AdwPreferencesGroup *group)
{
  GtkWidget *row = adw_action_row_new ();

  self->on = GTK_SWITCH (gtk_switch_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Use this account"));
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (row),
      _ ("Switched off, its servers are left alone and its mail is not shown; nothing is removed"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (GTK_WIDGET (self->on), GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->on));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), GTK_WIDGET (self->on));
  adw_preferences_group_add (group, row);
  g_signal_connect_swapped (self->on, "notify::active", G_CALLBACK (on_switched), self);
}

static void
add_label (UiAccountPage *self, AdwPreferencesGroup *group, const BaseAccount *settings)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Name of the account in Sosik"));
  gtk_editable_set_text (GTK_EDITABLE (row), settings->label != NULL ? settings->label : "");
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  g_signal_connect_swapped (row, "apply", G_CALLBACK (on_named), self);
  adw_preferences_group_add (group, row);
}

static void
add_colours (UiAccountPage *self, AdwPreferencesGroup *group, const BaseAccount *settings)
{
  GtkWidget *row = adw_preferences_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *title = gtk_label_new (_ ("Colour"));
  GtkWidget *chooser = ui_colour_chooser_new (settings->colour);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_set_margin_top (box, 10);
  gtk_widget_set_margin_bottom (box, 10);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), chooser);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Colour"),
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Colour"), -1);
  adw_preferences_group_add (group, row);
  g_signal_connect_swapped (chooser, "notify::colour", G_CALLBACK (on_coloured), self);
}

static void
add_folders (UiAccountPage *self, AdwPreferencesPage *page)
{
  self->special =
      add_group (page, _ ("Special Folders"),
                 _ ("Where what is written, sent, archived or thrown away goes on the server"));
  for (guint i = 0; i < BASE_N_FOLDERS; i++) {
    self->folders[i] = add_choice (self->special, mail_role_get_name (roles[i]));
    g_signal_connect_swapped (self->folders[i], "notify::selected", G_CALLBACK (on_folder), self);
  }
}

/* Takes `label`. */
static void
add_door (UiAccountPage *self, AdwPreferencesGroup *group, const char *icon, const char *title,
          char *label, const char *action)
{
  GtkWidget *row = adw_action_row_new (), *button = ui_names_make_button (icon, label);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s",
                                    mail_account_get_id (self->account));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  /* It has a name that says more than the row's title. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  adw_preferences_group_add (group, row);
  g_free (label);
}

static void
add_doors (UiAccountPage *self, AdwPreferencesGroup *group)
{
  const char *label = mail_account_get_label (self->account);

  add_door (self, group, "document-edit-symbolic", _ ("Servers and Sign-In"),
            g_strdup_printf (_ ("Change the account “%s”"), label), "account.edit");
  add_door (self, group, "avatar-default-symbolic", _ ("Identities and Signatures"),
            g_strdup_printf (_ ("Identities and signatures of the account “%s”"), label),
            "account.identities");
  add_door (self, group, "user-trash-symbolic", _ ("Remove Account"),
            g_strdup_printf (_ ("Remove the account “%s”"), label), "account.remove");
}

static void
build (UiAccountPage *self)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (self->account);
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *back = ui_names_make_button ("go-previous-symbolic", _ ("Back"));
  AdwPreferencesGroup *group;

  self->title = adw_window_title_new ("", "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (back), "account.close");
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), back);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), self->title);
  gtk_box_append (GTK_BOX (self), header);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (page));
  group = add_group (page, _ ("Account"), NULL);
  add_switch (self, group);
  add_label (self, group, settings);
  add_colours (self, group, settings);
  add_doors (self, group);
  adw_preferences_page_add (
      page, ADW_PREFERENCES_GROUP (ui_exceptions_new (self->engine, self->account)));
  group = add_group (page, _ ("On this computer"), NULL);
  self->interval = add_choice (group, _ ("New mail is fetched"));
  g_signal_connect_swapped (self->interval, "notify::selected", G_CALLBACK (on_interval), self);
  self->keep = g_object_new (UI_TYPE_KEEP_ROW, NULL);
  g_signal_connect_swapped (self->keep, "changed", G_CALLBACK (on_kept), self);
  adw_preferences_group_add (group, GTK_WIDGET (self->keep));
  add_folders (self, page);
}

GtkWidget *
ui_account_page_new (MailEngine *engine, MailAccount *account)
{
  UiAccountPage *self =
      g_object_new (UI_TYPE_ACCOUNT_PAGE, "orientation", GTK_ORIENTATION_VERTICAL, NULL);

  self->engine = g_object_ref (engine);
  self->account = g_object_ref (account);
  build (self);
  fill (self);
  on_account_changed (self);
  g_signal_connect_object (account, "notify::label", G_CALLBACK (on_account_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_account_get_folders (account), "items-changed",
                           G_CALLBACK (on_folders_changed), self, G_CONNECT_SWAPPED);
  ui_names_fill (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

MailAccount *
ui_account_page_get_account (UiAccountPage *self)
{
  return self->account;
}

static void
ui_account_page_dispose (GObject *object)
{
  UI_ACCOUNT_PAGE (object)->gone = TRUE;
  G_OBJECT_CLASS (ui_account_page_parent_class)->dispose (object);
}

static void
ui_account_page_finalize (GObject *object)
{
  UiAccountPage *self = UI_ACCOUNT_PAGE (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->account);
  g_array_unref (self->minutes);
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    g_ptr_array_unref (self->paths[i]);
  G_OBJECT_CLASS (ui_account_page_parent_class)->finalize (object);
}

static void
ui_account_page_class_init (UiAccountPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_account_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_account_page_finalize;
}

static void
ui_account_page_init (UiAccountPage *self)
{
  self->minutes = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    self->paths[i] = g_ptr_array_new_with_free_func (g_free);
}
