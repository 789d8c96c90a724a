/* The popover behind "Move".  Main thread. */
#include "ui-folder-chooser.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-fold.h"

struct _UiFolderChooser
{
  GtkPopover parent_instance;

  /* Owned */
  MailFolder *except;
  char *query; /* folded */
  GtkCustomFilter *filter;
  GtkFilterListModel *folders;
  GListStore *top;    /* a MailAccount, or empty */
  MailAccount *first; /* whose folders need no name of an account; NULL: there is one account */

  /* Borrowed */
  GtkWidget *before; /* nullable: what had the keyboard, to get it back (weak) */

  /* Template */
  GtkSearchEntry *entry;
  GtkListBox *box;
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiFolderChooser, ui_folder_chooser, GTK_TYPE_POPOVER)

static MailFolder *
row_folder (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "folder");
}

static GtkWidget *
create_top_row (MailAccount *account)
{
  GtkWidget *row = gtk_list_box_row_new ();
  /* Translators: an account; not in any folder */
  g_autofree char *text = g_strdup_printf (_ ("Top of %s"), mail_account_get_label (account));
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  return row;
}

static char *
describe (UiFolderChooser *self, MailFolder *folder)
{
  MailAccount *account = mail_folder_get_account (folder);
  if (!self->first || !account || account == self->first)
    return g_strdup (mail_folder_get_name (folder));
  return g_strdup_printf (
      /* Translators: a folder, and the account that it is of */
      _ ("%1$s, %2$s"), mail_folder_get_name (folder), mail_account_get_label (account));
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  UiFolderChooser *self = data;
  MailFolder *folder = row_folder (row), *above = before ? row_folder (before) : NULL;
  MailAccount *account = folder ? mail_folder_get_account (folder) : NULL;
  if (!self->first || !account || (above && mail_folder_get_account (above) == account)) {
    gtk_list_box_row_set_header (row, NULL);
    return;
  }
  GtkWidget *label = gtk_label_new (mail_account_get_label (account));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_top (label, 9);
  gtk_widget_set_margin_bottom (label, 3);
  gtk_list_box_row_set_header (row, label);
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  if (MAIL_IS_ACCOUNT (item))
    return create_top_row (item);
  MailFolder *folder = item;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", mail_folder_get_icon_name (folder),
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *name = gtk_label_new (mail_folder_get_name (folder));
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_margin_start (icon, (int)mail_folder_get_depth (folder) * 18);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), name);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, mail_folder_get_path (folder));
  g_autofree char *text = describe (data, folder);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_object_set_data_full (G_OBJECT (row), "folder", g_object_ref (folder), g_object_unref);
  return row;
}

static gboolean
match_folder (gpointer item, gpointer data)
{
  UiFolderChooser *self = data;
  MailFolder *folder = item;
  if (folder == self->except || !mail_folder_get_selectable (folder))
    return FALSE;
  if (!self->query || !*self->query)
    return TRUE;
  g_autofree char *name = base_fold (mail_folder_get_name (folder), -1, NULL);
  g_autofree char *path = base_fold (mail_folder_get_path (folder), -1, NULL);
  return strstr (name, self->query) || strstr (path, self->query);
}

static void
refilter (UiFolderChooser *self, const char *query)
{
  g_autofree char *folded = base_fold (query, -1, NULL);
  if (g_strcmp0 (folded, self->query) == 0)
    return;
  g_free (self->query);
  self->query = g_steal_pointer (&folded);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_list_box_select_row (self->box, gtk_list_box_get_row_at_index (self->box, 0));
}

static void
on_search_changed (UiFolderChooser *self, GtkSearchEntry *entry)
{
  refilter (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
choose (UiFolderChooser *self, GtkListBoxRow *row)
{
  g_autoptr (MailFolder) folder = row_folder (row) ? g_object_ref (row_folder (row)) : NULL;
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, folder);
}

static void
on_row_activated (UiFolderChooser *self, GtkListBoxRow *row, GtkListBox *box)
{
  choose (self, row);
}

static void
on_entry_activate (UiFolderChooser *self, GtkSearchEntry *entry)
{
  /* The entry tells of typing a moment later; Return means what is written now */
  on_search_changed (self, entry);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->box);
  if (row)
    choose (self, row);
}

static gboolean
on_key (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
        UiFolderChooser *self)
{
  if (keyval != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->box);
  if (row)
    gtk_widget_grab_focus (GTK_WIDGET (row));
  return GDK_EVENT_STOP;
}

/* Takes `places`. */
static void
set_places (UiFolderChooser *self, GListStore *places, MailAccount *first, MailFolder *except)
{
  g_autoptr (GtkFlattenListModel) all = gtk_flatten_list_model_new (G_LIST_MODEL (places));
  g_set_object (&self->except, except);
  g_set_object (&self->first, first);
  g_list_store_remove_all (self->top);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_filter_list_model_set_model (self->folders, G_LIST_MODEL (all));
  refilter (self, "");
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_list_box_select_row (self->box, gtk_list_box_get_row_at_index (self->box, 0));
}

void
ui_folder_chooser_set_account (UiFolderChooser *self, MailAccount *account, MailFolder *except)
{
  GListStore *places = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (places, mail_account_get_folders (account));
  set_places (self, places, NULL, except);
}

void
ui_folder_chooser_set_accounts (UiFolderChooser *self, GListModel *accounts, MailAccount *first,
                                MailFolder *except)
{
  GListStore *places = g_list_store_new (G_TYPE_LIST_MODEL);
  guint n = g_list_model_get_n_items (accounts);
  g_autoptr (MailAccount) any = n > 0 ? g_list_model_get_item (accounts, 0) : NULL;
  if (first)
    g_list_store_append (places, mail_account_get_folders (first));
  for (guint i = 0; i < n; i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    if (account != first)
      g_list_store_append (places, mail_account_get_folders (account));
  }
  set_places (self, places, n < 2 ? NULL : first ? first : any, except);
}

void
ui_folder_chooser_set_top (UiFolderChooser *self, MailAccount *account)
{
  g_list_store_append (self->top, account);
  gtk_list_box_select_row (self->box, gtk_list_box_get_row_at_index (self->box, 0));
}

static void
ui_folder_chooser_show (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  g_set_weak_pointer (&UI_FOLDER_CHOOSER (widget)->before, root ? gtk_root_get_focus (root) : NULL);
  GTK_WIDGET_CLASS (ui_folder_chooser_parent_class)->show (widget);
  gtk_widget_grab_focus (GTK_WIDGET (UI_FOLDER_CHOOSER (widget)->entry));
}

/* GTK would give the keyboard to the first widget of the window. */
static void
ui_folder_chooser_closed (GtkPopover *popover)
{
  UiFolderChooser *self = UI_FOLDER_CHOOSER (popover);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *now = root ? gtk_root_get_focus (root) : NULL;
  if (self->before && gtk_widget_get_mapped (self->before)
      && (!now || gtk_widget_is_ancestor (now, GTK_WIDGET (self))))
    gtk_widget_grab_focus (self->before);
  g_clear_weak_pointer (&self->before);
}

static void
ui_folder_chooser_finalize (GObject *object)
{
  UiFolderChooser *self = UI_FOLDER_CHOOSER (object);
  g_clear_weak_pointer (&self->before);
  g_clear_object (&self->except);
  gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->folders);
  g_clear_object (&self->top);
  g_clear_object (&self->first);
  g_clear_object (&self->filter);
  g_free (self->query);
  G_OBJECT_CLASS (ui_folder_chooser_parent_class)->finalize (object);
}

static void
ui_folder_chooser_class_init (UiFolderChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = ui_folder_chooser_finalize;
  widget_class->show = ui_folder_chooser_show;
  GTK_POPOVER_CLASS (klass)->closed = ui_folder_chooser_closed;
  signals[CHOSEN] = g_signal_new ("chosen", UI_TYPE_FOLDER_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MAIL_TYPE_FOLDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sosik/Sosik/ui-folder-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, UiFolderChooser, entry);
  gtk_widget_class_bind_template_child (widget_class, UiFolderChooser, box);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
ui_folder_chooser_init (UiFolderChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filter = gtk_custom_filter_new (match_folder, self, NULL);
  self->folders = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  self->top = g_list_store_new (MAIL_TYPE_ACCOUNT);
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (parts, self->top);
  g_list_store_append (parts, self->folders);
  g_autoptr (GtkFlattenListModel) all = gtk_flatten_list_model_new (G_LIST_MODEL (parts));
  gtk_list_box_bind_model (self->box, G_LIST_MODEL (all), create_row, self, NULL);
  gtk_list_box_set_header_func (self->box, update_header, self, NULL);
  GtkEventController *key = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), key);
}

GtkWidget *
ui_folder_chooser_new (void)
{
  return g_object_new (UI_TYPE_FOLDER_CHOOSER, NULL);
}
