/* Rows of the sidebar: an account's heading with its state line, a folder, the outbox.  Main thread. */
#include "ui-sidebar-row.h"

#include <glib/gi18n.h>

#include "ui-colour.h"

#define INDENT 18

struct _UiSidebarRow
{
  GtkListBoxRow parent_instance;

  /* Owned */
  GObject *item;
  MailEngine *engine;

  /* Borrowed: in the widget tree */
  GtkImage *icon;
  GtkLabel *name, *count; /* of folder and outbox rows; name of accounts too */
  GtkWidget *trouble;     /* of folder rows */
  GtkWidget *arrow;       /* of what has folders below it */
  GtkLabel *state;        /* the rest: of account rows */
  UiColourDot *dot;
  GtkSpinner *spinner;
  GtkProgressBar *progress;
  GtkWidget *retry;
  gboolean closed, is_pin;
};

enum
{
  TOGGLED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

struct _UiSidebarPin
{
  GObject parent_instance;

  MailFolder *folder;
};

G_DEFINE_FINAL_TYPE (UiSidebarPin, ui_sidebar_pin, G_TYPE_OBJECT)

G_DEFINE_FINAL_TYPE (UiSidebarRow, ui_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
set_label (UiSidebarRow *self, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* With several lines it is never cut where the text is large. */
static void
break_lines (GtkLabel *label, int most)
{
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (label, most);
}

static GtkLabel *
create_label (const char *css_class)
{
  GtkWidget *label =
      g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (label, css_class);
  return GTK_LABEL (label);
}

/* ---- favourites ---- */

UiSidebarPin *
ui_sidebar_pin_new (MailFolder *folder)
{
  UiSidebarPin *self = g_object_new (UI_TYPE_SIDEBAR_PIN, NULL);
  self->folder = g_object_ref (folder);
  return self;
}

MailFolder *
ui_sidebar_pin_get_folder (UiSidebarPin *self)
{
  return self->folder;
}

static void
ui_sidebar_pin_finalize (GObject *object)
{
  g_clear_object (&UI_SIDEBAR_PIN (object)->folder);
  G_OBJECT_CLASS (ui_sidebar_pin_parent_class)->finalize (object);
}

static void
ui_sidebar_pin_class_init (UiSidebarPinClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_sidebar_pin_finalize;
}

static void
ui_sidebar_pin_init (UiSidebarPin *self)
{
}

/* ---- subtrees ---- */

static void
on_arrow (UiSidebarRow *self)
{
  g_signal_emit (self, signals[TOGGLED], 0);
}

static void
update_arrow (UiSidebarRow *self)
{
  const char *name = gtk_label_get_text (self->name);
  g_autofree char *label = g_strdup_printf (
      self->closed ? _ ("Show the folders in “%s”") : _ ("Hide the folders in “%s”"), name);
  gtk_button_set_icon_name (GTK_BUTTON (self->arrow),
                            self->closed ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_widget_set_tooltip_text (self->arrow, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->arrow), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED,
      gtk_widget_get_visible (self->arrow) ? !self->closed : GTK_ACCESSIBLE_VALUE_UNDEFINED, -1);
}

static void
add_arrow (UiSidebarRow *self, GtkWidget *box)
{
  self->arrow = gtk_button_new ();
  gtk_widget_add_css_class (self->arrow, "flat");
  gtk_widget_add_css_class (self->arrow, "arrow");
  gtk_widget_set_valign (self->arrow, GTK_ALIGN_CENTER);
  gtk_widget_set_focusable (self->arrow,
                            FALSE); /* the row itself opens and closes by Left and Right */
  gtk_widget_set_visible (self->arrow, FALSE);
  g_signal_connect_swapped (self->arrow, "clicked", G_CALLBACK (on_arrow), self);
  gtk_box_append (GTK_BOX (box), self->arrow);
}

void
ui_sidebar_row_set_closed (UiSidebarRow *self, gboolean closed)
{
  self->closed = closed;
  if (self->arrow)
    update_arrow (self);
}

gboolean
ui_sidebar_row_get_closed (UiSidebarRow *self)
{
  return self->closed;
}

gboolean
ui_sidebar_row_is_pin (UiSidebarRow *self)
{
  return self->is_pin;
}

static void
build_heading (UiSidebarRow *self, const char *text)
{
  GtkLabel *label = create_label ("heading");
  gtk_label_set_text (label, text);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), GTK_WIDGET (label));
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "account");
  set_label (self, text);
}

/* ---- account ---- */

static void
update_account (UiSidebarRow *self)
{
  MailAccount *account = MAIL_ACCOUNT (self->item);
  MailAccountStatus status = mail_account_get_status (account);
  const char *state = mail_account_get_state_text (account);
  double progress = mail_account_get_progress (account);
  gboolean busy = status == MAIL_ACCOUNT_BUSY;

  gtk_label_set_text (self->name, mail_account_get_label (account));
  ui_colour_dot_set (self->dot, mail_account_get_colour (account));
  gtk_label_set_text (self->state, state ? state : "");
  gtk_widget_set_visible (self->arrow,
                          g_list_model_get_n_items (mail_account_get_folders (account)) > 0);
  update_arrow (self);
  const char *detail = mail_account_get_state_detail (account);
  MailFolder *inbox = mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX);
  g_autofree char *both = detail && *detail ? g_strdup_printf ("%s\n%s", state, detail) : NULL;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state), status == MAIL_ACCOUNT_IN_STEP && inbox
                                                             ? mail_folder_get_state_text (inbox)
                                                         : both ? both
                                                                : state);
  set_class (GTK_WIDGET (self->state), "dim-label", status != MAIL_ACCOUNT_ATTENTION);
  set_class (GTK_WIDGET (self->state), "warning", status == MAIL_ACCOUNT_ATTENTION);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), busy && progress >= 0);
  gtk_progress_bar_set_fraction (self->progress, CLAMP (progress, 0, 1));
  gtk_widget_set_visible (self->retry,
                          status == MAIL_ACCOUNT_OFFLINE || status == MAIL_ACCOUNT_ATTENTION);
  g_autofree char *label =
      g_strdup_printf ("%s, %s", mail_account_get_label (account), state ? state : "");
  set_label (self, label);
}

static void
on_retry (UiSidebarRow *self)
{
  mail_engine_retry (self->engine, MAIL_ACCOUNT (self->item));
}

static void
build_account (UiSidebarRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);

  self->name = create_label ("heading");
  self->state = create_label ("caption");
  /* A reason is a sentence: its beginning alone says little */
  gtk_label_set_ellipsize (self->state, PANGO_ELLIPSIZE_NONE);
  break_lines (self->state, -1);
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_margin_top (GTK_WIDGET (self->progress), 3);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress of fetching mail"), -1);
  gtk_widget_set_hexpand (texts, TRUE);
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->dot = UI_COLOUR_DOT (ui_colour_dot_new (NULL));
  gtk_box_append (GTK_BOX (heading), GTK_WIDGET (self->dot));
  gtk_box_append (GTK_BOX (heading), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (texts), heading);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->state));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->progress));

  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->spinner), GTK_ALIGN_CENTER);
  self->retry = gtk_button_new_from_icon_name ("view-refresh-symbolic");
  gtk_widget_add_css_class (self->retry, "flat");
  gtk_widget_add_css_class (self->retry, "circular");
  gtk_widget_set_valign (self->retry, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->retry, _ ("Try Again"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->retry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Try Again"), -1);
  g_signal_connect_swapped (self->retry, "clicked", G_CALLBACK (on_retry), self);

  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->spinner));
  gtk_box_append (GTK_BOX (box), self->retry);
  add_arrow (self, box);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "account");
  g_signal_connect_object (self->item, "notify", G_CALLBACK (update_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_account_get_folders (MAIL_ACCOUNT (self->item)), "items-changed",
                           G_CALLBACK (update_account), self, G_CONNECT_SWAPPED);
  update_account (self);
}

/* ---- folder, outbox ---- */

static void
build_entry (UiSidebarRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  self->icon = GTK_IMAGE (
      g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  self->name = create_label ("name");
  break_lines (self->name, 3);
  gtk_widget_set_hexpand (GTK_WIDGET (self->name), TRUE);
  self->count = create_label ("count");
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  self->trouble = g_object_new (GTK_TYPE_IMAGE, "icon-name", "dialog-warning-symbolic", "visible",
                                FALSE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_add_css_class (self->trouble, "warning");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (box), self->trouble);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->count));
  add_arrow (self, box);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
}

static void
show_count (UiSidebarRow *self, guint count)
{
  g_autofree char *text = count > 0 ? g_strdup_printf ("%'u", count) : g_strdup ("");
  gtk_label_set_text (self->count, text);
}

/* Read aloud as well: a tooltip is the description of its widget. */
static char *
make_tip (MailFolder *folder)
{
  const char *contents = mail_folder_get_contents_text (folder);

  if (mail_folder_is_view (folder))
    return g_strdup (mail_folder_get_state_text (folder));
  return g_strdup_printf ("%s\n%s%s%s", mail_folder_get_path (folder), contents,
                          *contents != '\0' ? "\n" : "", mail_folder_get_state_text (folder));
}

static void
update_folder (UiSidebarRow *self)
{
  MailFolder *folder = MAIL_FOLDER (self->item);
  MailRole role = mail_folder_get_role (folder);
  const char *name = mail_folder_get_name (folder);
  gboolean selectable = mail_folder_get_selectable (folder);
  /* What is unread among things one has written, thrown away or been spared is nobody's news */
  gboolean counts = role != MAIL_ROLE_SENT && role != MAIL_ROLE_DRAFTS && role != MAIL_ROLE_TRASH;
  guint unread = counts ? mail_folder_get_unread (folder) : 0;

  gtk_image_set_from_icon_name (self->icon, mail_folder_get_icon_name (folder));
  gtk_label_set_text (self->name, name);
  g_autofree char *tip = selectable ? make_tip (folder) : g_strdup (mail_folder_get_path (folder));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tip);
  gtk_widget_set_visible (self->trouble, mail_folder_get_trouble (folder) != NULL);
  gtk_widget_set_margin_start (GTK_WIDGET (self->icon),
                               self->is_pin ? 0 : (int)mail_folder_get_depth (folder) * INDENT);
  gtk_widget_set_visible (self->arrow, !self->is_pin && mail_folder_get_has_children (folder));
  update_arrow (self);
  show_count (self, unread);
  set_class (GTK_WIDGET (self), "unread", unread > 0);
  set_class (GTK_WIDGET (self->name), "dim-label", !selectable);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (self), selectable);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), selectable);
  if (unread > 0) {
    g_autofree char *label = g_strdup_printf (
        /* Translators: folder name, number of unread messages; read aloud */
        ngettext ("%s, %'u unread", "%s, %'u unread", unread), name, unread);
    set_label (self, label);
  } else
    set_label (self, name);
}

static void
update_outgoing (UiSidebarRow *self)
{
  guint count = g_list_model_get_n_items (G_LIST_MODEL (self->item));
  g_autofree char *label = g_strdup_printf (
      ngettext ("Drafts and Outbox, %'u message", "Drafts and Outbox, %'u messages", count), count);
  show_count (self, count);
  set_label (self, label);
}

GtkWidget *
ui_sidebar_row_new (MailEngine *engine, GObject *item)
{
  UiSidebarRow *self = g_object_new (UI_TYPE_SIDEBAR_ROW, NULL);
  self->is_pin = UI_IS_SIDEBAR_PIN (item);
  if (self->is_pin)
    item = G_OBJECT (ui_sidebar_pin_get_folder (UI_SIDEBAR_PIN (item)));
  self->item = g_object_ref (item);
  self->engine = g_object_ref (engine);
  if (GTK_IS_STRING_OBJECT (item)) {
    build_heading (self, gtk_string_object_get_string (GTK_STRING_OBJECT (item)));
  } else if (MAIL_IS_ACCOUNT (item)) {
    build_account (self);
  } else if (MAIL_IS_FOLDER (item)) {
    build_entry (self);
    g_signal_connect_object (item, "notify", G_CALLBACK (update_folder), self, G_CONNECT_SWAPPED);
    update_folder (self);
  } else {
    build_entry (self);
    gtk_image_set_from_icon_name (self->icon, "sosik-outbox-symbolic");
    gtk_label_set_text (self->name, _ ("Drafts and Outbox"));
    g_signal_connect_object (item, "items-changed", G_CALLBACK (update_outgoing), self,
                             G_CONNECT_SWAPPED);
    update_outgoing (self);
  }
  return GTK_WIDGET (self);
}

GObject *
ui_sidebar_row_get_item (UiSidebarRow *self)
{
  return self->item;
}

static void
ui_sidebar_row_finalize (GObject *object)
{
  UiSidebarRow *self = UI_SIDEBAR_ROW (object);
  g_clear_object (&self->item);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_sidebar_row_parent_class)->finalize (object);
}

static void
ui_sidebar_row_class_init (UiSidebarRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_sidebar_row_finalize;
  signals[TOGGLED] = g_signal_new ("toggled", UI_TYPE_SIDEBAR_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
ui_sidebar_row_init (UiSidebarRow *self)
{
}
