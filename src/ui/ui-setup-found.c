/* The page between looking and signing in.  Main thread.  What a provider wants done stands there before anything is tried. */
#include "ui-setup-found.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-sign-in.h"
#include "ui-names.h"
#include "ui-setup-error.h"
#include "ui-setup-steps.h"

struct _UiSetupFound
{
  GtkBox parent_instance;

  MailDiscovery *discovery; /* Owned */

  /* Borrowed: in the widget tree */
  UiSetupError *error;
  AdwPreferencesGroup *servers;
  AdwActionRow *imap, *smtp, *user;
  UiSetupSteps *before;
  AdwPreferencesGroup *sign_in;
  AdwActionRow *regret, *browser;
  GtkWidget *password, *other;
  AdwActionRow *desktop,
      *registered; /* ways out, where the browser is the only way and cannot be gone */

  gboolean by_browser;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSetupFound, ui_setup_found, GTK_TYPE_BOX)

/* ---- what is shown ---- */

static void
show_server (AdwActionRow *row, const BaseServer *server)
{
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (row), server->host != NULL);
  if (server->host == NULL)
    return;
  text = g_strdup_printf (server->security == BASE_SECURITY_TLS
                              /* Translators: the name of a server and its port */
                              ? _ ("%1$s, port %2$u, encrypted (TLS)")
                              /* Translators: the name of a server and its port */
                              : _ ("%1$s, port %2$u, encrypted after the first words (STARTTLS)"),
                          server->host, server->port);
  adw_action_row_set_subtitle (row, text);
}

static gboolean
can_use_browser (MailDiscovery *discovery)
{
  const BaseOauth oauth = { .provider = (char *)mail_discovery_get_oauth (discovery) };

  return oauth.provider != NULL && mail_oauth_is_ready (&oauth);
}

/* The browser is the only way, and this build cannot go it. */
static gboolean
is_shut (UiSetupFound *self)
{
  return !mail_discovery_takes_password (self->discovery) && !can_use_browser (self->discovery);
}

/* A better way there would be than a password, or than none. */
static void
show_regret (UiSetupFound *self)
{
  const char *provider = mail_discovery_get_provider (self->discovery);
  gboolean sorry =
      mail_discovery_get_oauth (self->discovery) != NULL && !can_use_browser (self->discovery);
  g_autofree char *title =
      /* Translators: the name of a provider */
      g_strdup_printf (_ ("This build of Sosik is not registered with %s"), provider);

  gtk_widget_set_visible (GTK_WIDGET (self->regret), sorry);
  if (!sorry)
    return;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->regret), title);
  adw_action_row_set_subtitle (
      self->regret,
      is_shut (self) ? _ ("It lets people sign in by the browser only. These are the ways out:")
                     : _ ("Otherwise you could sign in by the browser. A password does it, too."));
}

static void
show_way (UiSetupFound *self, gboolean by_browser)
{
  gboolean shut = is_shut (self), takes = mail_discovery_takes_password (self->discovery);

  self->by_browser = by_browser;
  show_regret (self);
  gtk_widget_set_visible (GTK_WIDGET (self->browser), by_browser);
  gtk_widget_set_visible (self->password, !by_browser && !shut);
  gtk_widget_set_visible (GTK_WIDGET (self->desktop), shut);
  gtk_widget_set_visible (GTK_WIDGET (self->registered), shut);
  /* Where a password is taken, they are about that. */
  gtk_widget_set_visible (GTK_WIDGET (self->before),
                          ui_setup_steps_has_any (self->before) && !shut && !(by_browser && takes));
  gtk_widget_set_visible (self->other, takes && can_use_browser (self->discovery));
  gtk_button_set_label (GTK_BUTTON (self->other),
                        by_browser ? _ ("Use a Password Instead") : _ ("Use the Browser Instead"));
  ui_setup_found_show_error (self, NULL, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
ui_setup_found_can_sign_in (UiSetupFound *self)
{
  return self->discovery == NULL || !is_shut (self);
}

const char *
ui_setup_found_get_oauth (UiSetupFound *self)
{
  return mail_discovery_get_oauth (self->discovery);
}

gboolean
ui_setup_found_is_by_browser (UiSetupFound *self)
{
  return self->by_browser;
}

static void
on_other (UiSetupFound *self)
{
  show_way (self, !self->by_browser);
}

void
ui_setup_found_set (UiSetupFound *self, MailDiscovery *discovery)
{
  const BaseAccount *account = mail_discovery_get_account (discovery);
  const char *provider = mail_discovery_get_provider (discovery);
  const BaseAccount *before =
      self->discovery != NULL ? mail_discovery_get_account (self->discovery) : NULL;
  g_autofree char *title =
      provider != NULL ? g_markup_escape_text (provider, -1) : g_strdup (_ ("Servers"));
  const char *origin = mail_discovery_get_origin (discovery);
  g_autofree char *words = origin != NULL ? g_markup_escape_text (origin, -1) : NULL;

  /* Nobody is told what was typed for somebody else. */
  if (before != NULL && !base_account_is_same_provider (before, account))
    gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  g_set_object (&self->discovery, discovery);
  adw_preferences_group_set_title (self->servers, title);
  adw_preferences_group_set_description (self->servers, words);
  show_server (self->imap, &account->imap);
  show_server (self->smtp, &account->smtp);
  adw_action_row_set_subtitle (self->user, account->imap.user);
  ui_setup_steps_set (self->before, mail_discovery_get_steps (discovery),
                      mail_discovery_get_link (discovery));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password),
                                 mail_discovery_wants_app_password (discovery)
                                     ? _ ("Password for mail programs")
                                     : _ ("Password"));
  show_way (self, can_use_browser (discovery));
}

gboolean
ui_setup_found_take_focus (UiSetupFound *self)
{
  if (ui_setup_steps_take_focus (self->before))
    return TRUE;
  return gtk_widget_get_visible (self->password) && gtk_widget_grab_focus (self->password);
}

const char *
ui_setup_found_get_password (UiSetupFound *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->password));
}

/* ---- what is missing ---- */

gboolean
ui_setup_found_check (UiSetupFound *self)
{
  if (self->by_browser || *ui_setup_found_get_password (self) != '\0') {
    ui_setup_found_show_error (self, NULL, NULL);
    return TRUE;
  }
  ui_setup_error_show (self->error, _ ("Type the password of your mailbox."), NULL, NULL);
  gtk_widget_add_css_class (self->password, "error");
  gtk_widget_grab_focus (self->password);
  return FALSE;
}

void
ui_setup_found_show_error (UiSetupFound *self, const GError *error, const char *link)
{
  gtk_widget_remove_css_class (self->password, "error");
  ui_setup_error_show (self->error, error != NULL ? error->message : NULL,
                       error != NULL ? base_error_get_detail (error) : NULL, link);
  if (error == NULL || self->by_browser)
    return;
  gtk_widget_add_css_class (self->password, "error");
  gtk_widget_grab_focus (self->password);
}

static void
on_edited (UiSetupFound *self)
{
  ui_setup_found_show_error (self, NULL, NULL);
}

static void
on_activated (UiSetupFound *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "setup.sign-in", NULL);
}

/* ---- building ---- */

static AdwPreferencesGroup *
add_group (UiSetupFound *self, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  gtk_box_append (GTK_BOX (self), group);
  return ADW_PREFERENCES_GROUP (group);
}

static AdwActionRow *
add_row (AdwPreferencesGroup *group, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_preferences_group_add (group, row);
  return ADW_ACTION_ROW (row);
}

static void
add_ways_out (UiSetupFound *self)
{
  self->desktop = add_row (self->sign_in, _ ("By the Settings of the Desktop"));
  adw_action_row_set_subtitle (
      self->desktop,
      _ ("Add the account there under Online Accounts; then it stands on the first page here."));
  self->registered = add_row (self->sign_in, _ ("With a Client ID"));
  adw_action_row_set_subtitle (
      self->registered,
      _ ("Take a Sosik whose maker registered it, or register it yourself and enter the client ID under “Change the Settings…”."));
}

static void
ui_setup_found_init (UiSetupFound *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 18);
  self->servers = add_group (self, _ ("Servers"), NULL);
  self->imap = add_row (self->servers, _ ("Incoming mail (IMAP)"));
  self->smtp = add_row (self->servers, _ ("Outgoing mail (SMTP)"));
  self->user = add_row (self->servers, _ ("User name"));
  self->before = g_object_new (UI_TYPE_SETUP_STEPS, NULL);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->before));
  self->error = g_object_new (UI_TYPE_SETUP_ERROR, NULL);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->error));
  self->sign_in = add_group (self, _ ("Sign-In"), NULL);
  self->regret = add_row (self->sign_in, "");
  self->browser = add_row (self->sign_in, _ ("In Your Browser"));
  adw_action_row_set_subtitle (
      self->browser,
      _ ("You sign in on the page of your provider. Sosik does not get to know the password."));
  self->password = adw_password_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password), _ ("Password"));
  adw_preferences_group_add (self->sign_in, self->password);
  add_ways_out (self);
  self->other = gtk_button_new_with_label ("");
  gtk_widget_add_css_class (self->other, "flat");
  gtk_widget_set_valign (self->other, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->other, "clicked", G_CALLBACK (on_other), self);
  adw_preferences_group_set_header_suffix (self->sign_in, self->other);
  g_signal_connect_swapped (self->password, "changed", G_CALLBACK (on_edited), self);
  g_signal_connect_swapped (self->password, "entry-activated", G_CALLBACK (on_activated), self);
  ui_names_fill (GTK_WIDGET (self));
}

static void
ui_setup_found_finalize (GObject *object)
{
  UiSetupFound *self = UI_SETUP_FOUND (object);

  g_clear_object (&self->discovery);
  G_OBJECT_CLASS (ui_setup_found_parent_class)->finalize (object);
}

static void
ui_setup_found_class_init (UiSetupFoundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_setup_found_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_SETUP_FOUND, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}
