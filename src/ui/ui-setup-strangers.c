/* Agreeing to servers.  Main thread.  Nothing is ticked by itself, nor by Return, which is what people press to get on. */
#include "ui-setup-strangers.h"

#include <glib/gi18n.h>

#include "ui-names.h"
#include "ui-setup-error.h"

struct _UiSetupStrangers
{
  AdwBin parent_instance;

  GStrv hosts;        /* owned, nullable */
  char *shown;        /* owned, nullable: which of them are asked about */
  GHashTable *boxes;  /* owned: host -> GtkCheckButton (borrowed) of those that are asked about */
  GHashTable *agreed; /* owned: set of hosts that are ticked */
  GtkWidget *group;   /* borrowed; NULL: nothing is asked */
  UiSetupError *complaint; /* borrowed, in the group */
};

G_DEFINE_FINAL_TYPE (UiSetupStrangers, ui_setup_strangers, ADW_TYPE_BIN)

static void
on_toggled (UiSetupStrangers *self, GtkCheckButton *box)
{
  const char *host = g_object_get_data (G_OBJECT (box), "host");

  if (gtk_check_button_get_active (box))
    g_hash_table_add (self->agreed, g_strdup (host));
  else
    g_hash_table_remove (self->agreed, host);
  ui_setup_error_show (self->complaint, NULL, NULL, NULL);
}

static gboolean
is_asked_about (UiSetupStrangers *self, const char *host)
{
  return host != NULL && self->hosts != NULL
         && g_strv_contains ((const char *const *)self->hosts, host);
}

static void
add_row (UiSetupStrangers *self, const char *host, const char *what)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *box = gtk_check_button_new ();

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (box), "host", g_strdup (host), g_free);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (box), g_hash_table_contains (self->agreed, host));
  g_signal_connect_swapped (box, "toggled", G_CALLBACK (on_toggled), self);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), host);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), what);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), box);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), box);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), row);
  g_hash_table_insert (self->boxes, g_strdup (host), box);
}

static void
add_group (UiSetupStrangers *self)
{
  self->group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group),
                                   _ ("Are These Servers Right?"));
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self->group),
      _ ("They do not belong to the domain of your address, and nobody but the network says that they are yours. Tick them if your provider names them: then they are told your password."));
  self->complaint = g_object_new (UI_TYPE_SETUP_ERROR, "margin-top", 12, NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), GTK_WIDGET (self->complaint));
  adw_bin_set_child (ADW_BIN (self), self->group);
}

void
ui_setup_strangers_show_for (UiSetupStrangers *self, const BaseAccount *account)
{
  g_autofree char *imap =
      account->imap.host != NULL ? g_ascii_strdown (account->imap.host, -1) : NULL;
  g_autofree char *smtp =
      account->smtp.host != NULL ? g_ascii_strdown (account->smtp.host, -1) : NULL;
  gboolean in = is_asked_about (self, imap), out = is_asked_about (self, smtp);

  g_autofree char *shown = g_strdup_printf ("%s\n%s", in ? imap : "", out ? smtp : "");

  /* A box that the person is just using stays. */
  if (g_strcmp0 (shown, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&shown);
  g_hash_table_remove_all (self->boxes);
  self->group = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), in || out);
  if (!in && !out)
    return;
  add_group (self);
  if (in && out && g_str_equal (imap, smtp))
    add_row (self, imap, _ ("Incoming and outgoing mail"));
  else {
    if (in)
      add_row (self, imap, _ ("Incoming mail (IMAP)"));
    if (out)
      add_row (self, smtp, _ ("Outgoing mail (SMTP)"));
  }
  ui_names_fill (self->group);
}

void
ui_setup_strangers_set (UiSetupStrangers *self, const char *const *hosts)
{
  g_strfreev (self->hosts);
  self->hosts = g_strdupv ((char **)hosts);
  g_clear_pointer (&self->shown, g_free);
  g_hash_table_remove_all (self->agreed);
  g_hash_table_remove_all (self->boxes);
  self->group = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_hide (GTK_WIDGET (self));
}

gboolean
ui_setup_strangers_check (UiSetupStrangers *self)
{
  GHashTableIter iter;
  gpointer host, box;
  GtkWidget *first = NULL;

  g_hash_table_iter_init (&iter, self->boxes);
  while (g_hash_table_iter_next (&iter, &host, &box))
    if (!g_hash_table_contains (self->agreed, host))
      first = box;
  if (first == NULL)
    return TRUE;
  ui_setup_error_show (
      self->complaint,
      _ ("Say first whether these servers are right. If you do not know them, ask those who gave you the address."),
      NULL, NULL);
  gtk_widget_grab_focus (first);
  return FALSE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state)
{
  return key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;
}

static void
ui_setup_strangers_finalize (GObject *object)
{
  UiSetupStrangers *self = UI_SETUP_STRANGERS (object);

  g_strfreev (self->hosts);
  g_free (self->shown);
  g_hash_table_unref (self->boxes);
  g_hash_table_unref (self->agreed);
  G_OBJECT_CLASS (ui_setup_strangers_parent_class)->finalize (object);
}

static void
ui_setup_strangers_class_init (UiSetupStrangersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_setup_strangers_finalize;
}

static void
ui_setup_strangers_init (UiSetupStrangers *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->boxes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->agreed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_hide (GTK_WIDGET (self));
}
