/* The form of an account's settings: rows <-> BaseAccount, and the sentences about what is wrong beside the rows.  Main thread.  It never
 * clears what a person typed, but for a password that was typed for somebody else. */
#include "ui-setup-form.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "base-error.h"
#include "ui-dialog.h"
#include "ui-keep-row.h"
#include "ui-names.h"
#include "ui-server-check.h"
#include "ui-setup-error.h"
#include "ui-setup-way.h"

typedef struct
{
  GtkWidget *host, *port, *security, *user, *password;
} ServerRows;

struct _UiSetupForm
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  BaseAccount *account; /* what no row shows: the id */
  char *ca_file;

  gboolean edit;
  gboolean loading;

  /* Template */
  UiSetupError *general, *imap_error, *smtp_error;
  UiSetupWay *way;
  GtkWidget *name;
  GtkWidget *address;
  GtkWidget *label;
  ServerRows imap;
  ServerRows smtp;
  UiServerCheck *imap_check, *smtp_check;
  AdwExpanderRow *smtp_own;
  UiKeepRow *keep;
  GtkWidget *on_computer;
  GtkWidget *sends, *smtp_security_row;
  AdwActionRow *ca_row;
  GtkWidget *ca_clear, *ca_choose;
};

enum
{
  EDITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSetupForm, ui_setup_form, ADW_TYPE_BIN)

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static char *
dup_text (GtkWidget *row)
{
  return g_strstrip (g_strdup (get_text (row)));
}

static void
set_text (GtkWidget *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text == NULL ? "" : text);
}

/* ---- errors ---- */

static void
mark (GtkWidget *row, gboolean wrong)
{
  if (wrong) {
    gtk_widget_add_css_class (row, "error");
    gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                                 GTK_ACCESSIBLE_INVALID_TRUE, -1);
  } else {
    gtk_widget_remove_css_class (row, "error");
    gtk_accessible_reset_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID);
  }
}

static void
mark_server (ServerRows *rows, gboolean wrong)
{
  mark (rows->host, wrong);
  mark (rows->port, wrong);
  mark (rows->user, wrong);
  mark (rows->password, wrong);
}

void
ui_setup_form_clear_errors (UiSetupForm *self)
{
  ui_setup_error_show (self->general, NULL, NULL, NULL);
  ui_setup_error_show (self->imap_error, NULL, NULL, NULL);
  ui_setup_error_show (self->smtp_error, NULL, NULL, NULL);
  mark (self->address, FALSE);
  mark_server (&self->imap, FALSE);
  mark_server (&self->smtp, FALSE);
}

/* Marks the fields that this kind of failure speaks of; the first of them, or NULL. */
static GtkWidget *
mark_by_error (UiSetupForm *self, ServerRows *rows, const GError *error)
{
  gboolean own = rows == &self->imap || adw_expander_row_get_enable_expansion (self->smtp_own);
  ServerRows *signs_in = own ? rows : &self->imap;

  if (error->domain != BASE_ERROR)
    return rows->host;
  switch ((BaseErrorCode)error->code) {
  case BASE_ERROR_AUTH:
    mark (signs_in->user, TRUE);
    mark (signs_in->password, TRUE);
    return signs_in->password;
  case BASE_ERROR_RETRY:
  case BASE_ERROR_BROKEN:
  case BASE_ERROR_GONE:
    mark (rows->host, TRUE);
    mark (rows->port, TRUE);
    return rows->host;
  case BASE_ERROR_TRUST:
  case BASE_ERROR_REFUSED:
  case BASE_ERROR_DISK:
  case BASE_ERROR_LIMIT:
    return rows->host;
  }
  return rows->host;
}

void
ui_setup_form_show_error (UiSetupForm *self, const char *protocol, const GError *error,
                          const char *link)
{
  const char *detail = base_error_get_detail (error);
  GtkWidget *focus = NULL;

  ui_setup_form_clear_errors (self);
  if (g_strcmp0 (protocol, "imap") == 0) {
    ui_setup_error_show (self->imap_error, error->message, detail, link);
    focus = mark_by_error (self, &self->imap, error);
  } else if (g_strcmp0 (protocol, "smtp") == 0) {
    ui_setup_error_show (self->smtp_error, error->message, detail, link);
    focus = mark_by_error (self, &self->smtp, error);
  } else {
    ui_setup_error_show (self->general, error->message, detail, link);
    focus = *get_text (self->imap.host) == '\0' ? self->imap.host : self->name;
  }
  gtk_widget_grab_focus (focus);
}

static gboolean
complain (GtkWidget *row, UiSetupError *box, const char *sentence)
{
  mark (row, TRUE);
  ui_setup_error_show (box, sentence, NULL, NULL);
  gtk_widget_grab_focus (row);
  return FALSE;
}

/* 0 when it is no port. */
static guint16
get_port (GtkWidget *row)
{
  g_autofree char *text = dup_text (row);
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
    return 0;
  return (guint16)port;
}

static gboolean
sends (UiSetupForm *self)
{
  return gtk_switch_get_active (GTK_SWITCH (self->sends));
}

static gboolean
check_server (UiSetupForm *self, ServerRows *rows, UiSetupError *box)
{
  g_autofree char *host = dup_text (rows->host);

  if (*host == '\0')
    return complain (rows->host, box, _ ("Type the name of the server, such as mail.example.org."));
  if (get_port (rows->port) == 0)
    return complain (rows->port, box, _ ("The port has to be a number from 1 to 65535."));
  return TRUE;
}

gboolean
ui_setup_form_check (UiSetupForm *self)
{
  g_autofree char *address = dup_text (self->address);
  g_autofree char *imap_user = dup_text (self->imap.user);
  g_autoptr (BaseAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  ui_setup_form_clear_errors (self);
  if (*address == '\0' || !mail_address_list_check (address, NULL))
    return complain (self->address, self->general,
                     _ ("Type your e-mail address. It has to look like name@example.org."));
  if (!check_server (self, &self->imap, self->imap_error))
    return FALSE;
  if (*imap_user == '\0')
    return complain (self->imap.user, self->imap_error,
                     _ ("Type the user name. Often it is the e-mail address."));
  if (!ui_setup_way_check (self->way))
    return FALSE;
  if (!self->edit && ui_setup_way_is_password (self->way, "imap")
      && *get_text (self->imap.password) == '\0')
    return complain (self->imap.password, self->imap_error, _ ("Type the password."));
  if (sends (self) && !check_server (self, &self->smtp, self->smtp_error))
    return FALSE;
  account = ui_setup_form_dup_account (self);
  if (!base_account_check (account, &error)) {
    ui_setup_form_show_error (self, NULL, error, NULL);
    return FALSE;
  }
  return TRUE;
}

/* ---- account <-> rows ---- */

static void
update_ca (UiSetupForm *self)
{
  g_autofree char *shown =
      self->ca_file == NULL ? NULL : g_filename_display_basename (self->ca_file);

  adw_action_row_set_subtitle (self->ca_row,
                               shown == NULL ? _ ("Those that this computer trusts") : shown);
  gtk_widget_set_visible (self->ca_clear, shown != NULL);
}

static void
set_server (ServerRows *rows, const BaseServer *server)
{
  g_autofree char *port = server->port == 0 ? NULL : g_strdup_printf ("%u", server->port);

  set_text (rows->host, server->host);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (rows->security),
                              server->security == BASE_SECURITY_TLS ? 0 : 1);
  set_text (rows->port, port);
  set_text (rows->user, server->user);
}

/* Only where they mean something. */
static void
update_passwords (UiSetupForm *self)
{
  gboolean password = ui_setup_way_is_password (self->way, "smtp");

  gtk_widget_set_visible (self->imap.password, ui_setup_way_is_password (self->way, "imap"));
  gtk_widget_set_visible (self->smtp.password, password);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->smtp_own),
                                 password ? _ ("Other user name or password")
                                          : _ ("Other user name"));
}

/* A password is asked for, and it cannot be that of incoming mail. */
static gboolean
sends_by_own_password (UiSetupForm *self)
{
  return ui_setup_way_is_password (self->way, "smtp")
         && !ui_setup_way_is_password (self->way, "imap");
}

/* Those that are not seen just now, too. */
static void
forget_passwords (UiSetupForm *self)
{
  set_text (self->imap.password, NULL);
  set_text (self->smtp.password, NULL);
}

void
ui_setup_form_set_account (UiSetupForm *self, const BaseAccount *account, gboolean edit)
{
  const char *password = edit ? _ ("New password") : _ ("Password");
  const char *empty = edit ? _ ("Left empty, the password stays as it is") : NULL;
  g_autoptr (BaseAccount) before = ui_setup_form_dup_account (self);

  self->loading = TRUE;
  if (!base_account_is_same_provider (before, account))
    forget_passwords (self);
  self->edit = edit;
  ui_server_check_clear (self->imap_check);
  ui_server_check_clear (self->smtp_check);
  gtk_switch_set_active (GTK_SWITCH (self->sends), !edit || base_account_can_send (account));
  g_clear_pointer (&self->account, base_account_free);
  self->account = base_account_dup (account);
  g_free (self->ca_file);
  self->ca_file = g_strdup (account->ca_file);
  set_text (self->name, account->display_name);
  set_text (self->address, account->address);
  set_text (self->label, account->label);
  set_server (&self->imap, &account->imap);
  set_server (&self->smtp, &account->smtp);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->imap.password), password);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->smtp.password),
                                 edit ? password : _ ("Password for sending"));
  gtk_widget_set_tooltip_text (self->imap.password, empty);
  gtk_widget_set_tooltip_text (self->smtp.password, empty);
  ui_keep_row_set (self->keep, account->bodies, account->months);
  /* Those of an account that exists have a page of their own, and need no sign-in. */
  gtk_widget_set_visible (self->on_computer, !edit);
  gtk_widget_set_visible (self->label, !edit);
  update_ca (self);
  ui_setup_way_set (self->way, account);
  update_passwords (self);
  adw_expander_row_set_enable_expansion (
      self->smtp_own, sends_by_own_password (self)
                          || (account->smtp.user != NULL
                              && g_strcmp0 (account->smtp.user, account->imap.user) != 0));
  self->loading = FALSE;
}

void
ui_setup_form_take_focus (UiSetupForm *self)
{
  gtk_widget_grab_focus (self->imap.host);
}

void
ui_setup_form_show_authority (UiSetupForm *self)
{
  gtk_widget_grab_focus (self->ca_choose);
}

void
ui_setup_form_set_engine (UiSetupForm *self, MailEngine *engine)
{
  g_set_object (&self->engine, engine);
}

void
ui_setup_form_set_password (UiSetupForm *self, const char *password)
{
  set_text (self->imap.password, password);
}

static void
get_server (ServerRows *rows, BaseServer *server)
{
  g_free (server->host);
  server->host = dup_text (rows->host);
  server->port = get_port (rows->port);
  server->security = gtk_drop_down_get_selected (GTK_DROP_DOWN (rows->security)) == 0
                         ? BASE_SECURITY_TLS
                         : BASE_SECURITY_STARTTLS;
  g_free (server->user);
  server->user = dup_text (rows->user);
}

static void
get_sending (UiSetupForm *self, BaseServer *server)
{
  get_server (&self->smtp, server);
  if (adw_expander_row_get_enable_expansion (self->smtp_own) && *server->user != '\0')
    return;
  g_free (server->user);
  server->user = dup_text (self->imap.user);
}

BaseAccount *
ui_setup_form_dup_account (UiSetupForm *self)
{
  BaseAccount *account =
      self->account == NULL ? base_account_new () : base_account_dup (self->account);

  g_free (account->display_name);
  account->display_name = dup_text (self->name);
  g_free (account->address);
  account->address = dup_text (self->address);
  g_free (account->label);
  account->label = dup_text (self->label);
  get_server (&self->imap, &account->imap);
  account->smtp.disabled = !sends (self);
  /* Switched off, it stays as it was; of one that was only found there is nothing to keep. */
  if (sends (self))
    get_sending (self, &account->smtp);
  else if (!self->edit)
    g_clear_pointer (&account->smtp.host, g_free);
  ui_setup_way_apply (self->way, account);
  account->bodies = ui_keep_row_get (self->keep, &account->months);
  g_free (account->ca_file);
  account->ca_file = g_strdup (self->ca_file);
  return account;
}

const char *
ui_setup_form_get_imap_password (UiSetupForm *self)
{
  const char *password = get_text (self->imap.password);

  return *password == '\0' || !ui_setup_way_is_password (self->way, "imap") ? NULL : password;
}

const char *
ui_setup_form_get_smtp_password (UiSetupForm *self)
{
  const char *password = get_text (self->smtp.password);

  if (!ui_setup_way_is_password (self->way, "smtp"))
    return NULL;
  if (!adw_expander_row_get_enable_expansion (self->smtp_own))
    return ui_setup_form_get_imap_password (self);
  if (*password == '\0')
    return self->edit ? NULL : ui_setup_form_get_imap_password (self);
  return password;
}

void
ui_setup_form_add_exception (UiSetupForm *self, BaseAccount *account, const BaseTrust *trust)
{
  BaseAccount *const accounts[] = { self->account, account };

  for (guint i = 0; i < G_N_ELEMENTS (accounts); i++)
    base_account_add_exception (
        accounts[i], trust->host, trust->port, trust->sha256,
        base_trust_get_agreed_until (trust, g_get_real_time () / G_USEC_PER_SEC));
}

/* ---- what the person does ---- */

static void
on_ca_chosen (GFile *file, gpointer data)
{
  g_autoptr (UiSetupForm) self = data;

  if (file == NULL)
    return;
  g_free (self->ca_file);
  self->ca_file = g_file_get_path (file);
  update_ca (self);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_choose_ca (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_dialog_open_file (GTK_WINDOW (gtk_widget_get_root (widget)),
                       _ ("Choose a File with Certificates (PEM)"), on_ca_chosen,
                       g_object_ref (UI_SETUP_FORM (widget)));
}

static void
on_clear_ca (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetupForm *self = UI_SETUP_FORM (widget);

  g_clear_pointer (&self->ca_file, g_free);
  update_ca (self);
  g_signal_emit (self, signals[EDITED], 0);
}

/* A port that goes with the other kind of security goes along. */
static void
follow_security (UiSetupForm *self, ServerRows *rows, guint16 tls, guint16 starttls)
{
  gboolean is_tls = gtk_drop_down_get_selected (GTK_DROP_DOWN (rows->security)) == 0;
  guint16 port = get_port (rows->port);
  g_autofree char *text = g_strdup_printf ("%u", is_tls ? tls : starttls);

  if (!self->loading && (port == 0 || port == (is_tls ? starttls : tls)))
    set_text (rows->port, text);
}

/* Only what somebody types: what was found is known to be there. */
static void
look_at (UiSetupForm *self, UiServerCheck *check, const char *protocol)
{
  g_autoptr (BaseAccount) account = NULL;

  if (self->loading || self->engine == NULL)
    return;
  account = ui_setup_form_dup_account (self);
  ui_server_check_ask (check, self->engine, account, protocol);
}

static void
on_imap_server (UiSetupForm *self)
{
  look_at (self, self->imap_check, "imap");
}

static void
on_smtp_server (UiSetupForm *self)
{
  look_at (self, self->smtp_check, "smtp");
}

static void
on_imap_security (UiSetupForm *self)
{
  follow_security (self, &self->imap, 993, 143);
  on_imap_server (self);
}

static void
on_smtp_security (UiSetupForm *self)
{
  follow_security (self, &self->smtp, 465, 587);
  on_smtp_server (self);
}

/* What belongs to sending is there only where something is sent. */
static void
on_sends (UiSetupForm *self)
{
  GtkWidget *const rows[] = { self->smtp.host, self->smtp.port, self->smtp_security_row,
                              GTK_WIDGET (self->smtp_own) };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_set_visible (rows[i], sends (self));
  if (!sends (self)) {
    ui_setup_error_show (self->smtp_error, NULL, NULL, NULL);
    ui_server_check_clear (self->smtp_check);
  }
}

static void
on_way (UiSetupForm *self)
{
  if (self->loading)
    return;
  update_passwords (self);
  ui_setup_form_clear_errors (self);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_edited (UiSetupForm *self)
{
  if (!self->loading)
    g_signal_emit (self, signals[EDITED], 0);
}

static void
on_row_changed (UiSetupForm *self, GtkWidget *row)
{
  mark (row, FALSE);
  on_edited (self);
}

/* ---- the object ---- */

static void
ui_setup_form_finalize (GObject *object)
{
  UiSetupForm *self = UI_SETUP_FORM (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->account, base_account_free);
  g_free (self->ca_file);
  G_OBJECT_CLASS (ui_setup_form_parent_class)->finalize (object);
}

static void
bind (GtkWidgetClass *klass, const char *name, gssize offset)
{
  gtk_widget_class_bind_template_child_full (klass, name, FALSE, offset);
}

#define BIND(name, field) bind (widget_class, name, G_STRUCT_OFFSET (UiSetupForm, field))

static void
ui_setup_form_class_init (UiSetupFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ui_setup_form_finalize;
  signals[EDITED] = g_signal_new ("edited", UI_TYPE_SETUP_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  g_type_ensure (UI_TYPE_KEEP_ROW);
  g_type_ensure (UI_TYPE_SERVER_CHECK);
  g_type_ensure (UI_TYPE_SETUP_ERROR);
  g_type_ensure (UI_TYPE_SETUP_WAY);
  gtk_widget_class_install_action (widget_class, "form.choose-ca", NULL, on_choose_ca);
  gtk_widget_class_install_action (widget_class, "form.clear-ca", NULL, on_clear_ca);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-setup-form.ui");
  BIND ("general", general);
  BIND ("imap_error", imap_error);
  BIND ("smtp_error", smtp_error);
  BIND ("way", way);
  BIND ("name", name);
  BIND ("address", address);
  BIND ("label", label);
  BIND ("imap_host", imap.host);
  BIND ("imap_port", imap.port);
  BIND ("imap_security", imap.security);
  BIND ("imap_user", imap.user);
  BIND ("imap_password", imap.password);
  BIND ("smtp_host", smtp.host);
  BIND ("smtp_port", smtp.port);
  BIND ("smtp_security", smtp.security);
  BIND ("smtp_user", smtp.user);
  BIND ("smtp_password", smtp.password);
  BIND ("imap_check", imap_check);
  BIND ("smtp_check", smtp_check);
  BIND ("smtp_own", smtp_own);
  BIND ("keep", keep);
  BIND ("on_computer", on_computer);
  BIND ("sends", sends);
  BIND ("smtp_security_row", smtp_security_row);
  BIND ("ca_row", ca_row);
  BIND ("ca_clear", ca_clear);
  BIND ("ca_choose", ca_choose);
}

#undef BIND

static void
connect_rows (UiSetupForm *self)
{
  GtkWidget *const rows[] = {
    self->name,      self->address,       self->label,         self->imap.host,
    self->imap.port, self->imap.user,     self->smtp.host,     self->smtp.port,
    self->smtp.user, self->imap.password, self->smtp.password,
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_signal_connect_swapped (rows[i], "changed", G_CALLBACK (on_row_changed), self);
}

static void
ui_setup_form_init (UiSetupForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  connect_rows (self);
  ui_names_fill (GTK_WIDGET (self));
  g_signal_connect_swapped (self->imap.security, "notify::selected", G_CALLBACK (on_imap_security),
                            self);
  g_signal_connect_swapped (self->imap.host, "changed", G_CALLBACK (on_imap_server), self);
  g_signal_connect_swapped (self->imap.port, "changed", G_CALLBACK (on_imap_server), self);
  g_signal_connect_swapped (self->smtp.host, "changed", G_CALLBACK (on_smtp_server), self);
  g_signal_connect_swapped (self->smtp.port, "changed", G_CALLBACK (on_smtp_server), self);
  g_signal_connect_swapped (self->smtp.security, "notify::selected", G_CALLBACK (on_smtp_security),
                            self);
  g_signal_connect_swapped (self->smtp_own, "notify::enable-expansion", G_CALLBACK (on_edited),
                            self);
  g_signal_connect_swapped (self->sends, "notify::active", G_CALLBACK (on_sends), self);
  g_signal_connect_swapped (self->sends, "notify::active", G_CALLBACK (on_edited), self);
  g_signal_connect_swapped (self->keep, "changed", G_CALLBACK (on_edited), self);
  g_signal_connect_swapped (self->way, "changed", G_CALLBACK (on_way), self);
}
