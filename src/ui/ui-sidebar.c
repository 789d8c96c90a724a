/* The folder pane.  Main thread.  One flat model under it: for each account a heading and its folders, then the outbox
 * while there is something in it. */
#include "ui-sidebar.h"

#include <glib/gi18n.h>

#include "ui-sidebar-row.h"

struct _UiSidebar
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  GListModel *items;    /* of MailAccount, MailFolder, GListModel */
  GListStore *outgoing; /* empty, or the engine's list of what is to be sent, as one item */
  GObject *selected;    /* what stays selected when rows are made anew */

  /* Template */
  GtkListBox *box;

  gboolean silent; /* a selection of ours, not of a person */
  gboolean title_buttons;
};

enum
{
  PROP_0,
  PROP_TITLE_BUTTONS,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  FOLDER_SELECTED,
  OPENED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSidebar, ui_sidebar, ADW_TYPE_BIN)

/* One account: its heading, then its folders. */
static gpointer
map_account (gpointer item, gpointer data)
{
  g_autoptr (MailAccount) account = item;
  GListStore *heading = g_list_store_new (MAIL_TYPE_ACCOUNT);
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (heading, account);
  g_list_store_append (parts, heading);
  g_list_store_append (parts, mail_account_get_folders (account));
  g_object_unref (heading);
  return gtk_flatten_list_model_new (G_LIST_MODEL (parts));
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  UiSidebar *self = data;
  return ui_sidebar_row_new (self->engine, item);
}

static UiSidebarRow *
find_row (UiSidebar *self, GObject *item)
{
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->box, i)); i++) {
    if (ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row)) == item)
      return UI_SIDEBAR_ROW (row);
  }
  return NULL;
}

static void
select_item (UiSidebar *self, GObject *item)
{
  UiSidebarRow *row = item ? find_row (self, item) : NULL;
  g_set_object (&self->selected, item);
  self->silent = TRUE;
  gtk_list_box_select_row (self->box, row ? GTK_LIST_BOX_ROW (row) : NULL);
  self->silent = FALSE;
}

/* The list box has made its rows anew for a changed part of the model. */
static void
on_items_changed (UiSidebar *self)
{
  if (self->selected && !gtk_list_box_get_selected_row (self->box))
    select_item (self, self->selected);
}

static void
on_outgoing_changed (UiSidebar *self)
{
  GListModel *outgoing = mail_engine_get_outgoing (self->engine);
  gboolean wanted = g_list_model_get_n_items (outgoing) > 0;
  gboolean shown = g_list_model_get_n_items (G_LIST_MODEL (self->outgoing)) > 0;
  if (wanted && !shown)
    g_list_store_append (self->outgoing, outgoing);
  /* The page that is being looked at does not vanish from under the person */
  else if (!wanted && shown && self->selected != G_OBJECT (outgoing))
    g_list_store_remove_all (self->outgoing);
}

static void
on_row_selected (UiSidebar *self, GtkListBoxRow *row, GtkListBox *box)
{
  if (!row || self->silent)
    return;
  GObject *item = ui_sidebar_row_get_item (UI_SIDEBAR_ROW (row));
  if (item == self->selected)
    return;
  g_set_object (&self->selected, item);
  g_signal_emit (self, signals[FOLDER_SELECTED], 0, MAIL_IS_FOLDER (item) ? item : NULL);
  on_outgoing_changed (self);
}

static void
on_row_activated (UiSidebar *self, GtkListBoxRow *row, GtkListBox *box)
{
  g_signal_emit (self, signals[OPENED], 0);
}

void
ui_sidebar_set_engine (UiSidebar *self, MailEngine *engine)
{
  g_set_object (&self->engine, engine);

  GListStore *all = g_list_store_new (G_TYPE_LIST_MODEL);
  GtkMapListModel *accounts = gtk_map_list_model_new (
      g_object_ref (mail_engine_get_accounts (engine)), map_account, NULL, NULL);
  GtkFlattenListModel *trees = gtk_flatten_list_model_new (G_LIST_MODEL (accounts));
  self->outgoing = g_list_store_new (G_TYPE_LIST_MODEL);
  g_list_store_append (all, trees);
  g_list_store_append (all, self->outgoing);
  g_object_unref (trees);
  self->items = G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (all)));

  gtk_list_box_bind_model (self->box, self->items, create_row, self, NULL);
  /* After the list box, which connected first */
  g_signal_connect_object (self->items, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_engine_get_outgoing (engine), "items-changed",
                           G_CALLBACK (on_outgoing_changed), self, G_CONNECT_SWAPPED);
  on_outgoing_changed (self);
}

void
ui_sidebar_select_folder (UiSidebar *self, MailFolder *folder)
{
  select_item (self, (GObject *)folder);
  on_outgoing_changed (self);
}

void
ui_sidebar_focus (UiSidebar *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->box);
  gtk_widget_grab_focus (row ? GTK_WIDGET (row) : GTK_WIDGET (self->box));
}

static void
ui_sidebar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE_BUTTONS)
    g_value_set_boolean (value, UI_SIDEBAR (object)->title_buttons);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_sidebar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE_BUTTONS)
    UI_SIDEBAR (object)->title_buttons = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_sidebar_dispose (GObject *object)
{
  UiSidebar *self = UI_SIDEBAR (object);
  if (self->items && self->box)
    gtk_list_box_bind_model (self->box, NULL, NULL, NULL, NULL);
  g_clear_object (&self->items);
  g_clear_object (&self->outgoing);
  g_clear_object (&self->selected);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_sidebar_parent_class)->dispose (object);
}

static void
ui_sidebar_class_init (UiSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_sidebar_get_property;
  object_class->set_property = ui_sidebar_set_property;
  object_class->dispose = ui_sidebar_dispose;
  properties[PROP_TITLE_BUTTONS] = g_param_spec_boolean (
      "title-buttons", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[FOLDER_SELECTED] = g_signal_new ("folder-selected", UI_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, MAIL_TYPE_FOLDER);
  signals[OPENED] = g_signal_new ("opened", UI_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, box);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
ui_sidebar_init (UiSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
