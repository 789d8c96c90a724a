/* Rows of a server that an identity sends by.  Main thread.  Switched off, what was typed stays. */
#include "ui-sender-rows.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-choice.h"
#include "ui-sight.h"

#define AROUND 18 /* pixels */

struct _UiSenderRows
{
  AdwPreferencesGroup parent_instance;

  BaseServer *server; /* Owned, nullable: as it was */

  /* Borrowed: in the widget tree */
  GtkSwitch *own;
  GtkWidget *host, *port, *security_row, *user, *password;
  GtkDropDown *security;
  GtkEditable *address; /* weak */
};

enum
{
  EDITED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSenderRows, ui_sender_rows, ADW_TYPE_PREFERENCES_GROUP)

static gboolean
is_own (UiSenderRows *self)
{
  return gtk_switch_get_active (self->own);
}

static char *
dup_text (GtkWidget *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static void
set_text (GtkWidget *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

/* 0: it is none. */
static guint16
get_port (UiSenderRows *self)
{
  g_autofree char *text = dup_text (self->port);
  guint64 port = 0;

  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL) ? (guint16)port : 0;
}

static gboolean
takes_password (UiSenderRows *self)
{
  return self->server == NULL || self->server->sign_in == BASE_SIGN_IN_PASSWORD;
}

BaseServer *
ui_sender_rows_dup_server (UiSenderRows *self)
{
  BaseServer *server = base_server_dup (self->server);

  if (server == NULL && !is_own (self))
    return NULL;
  if (server == NULL)
    server = base_server_new ();
  server->disabled = !is_own (self);
  /* Switched off, it stays as it was. */
  if (!is_own (self))
    return server;
  g_free (server->host);
  g_free (server->user);
  server->host = dup_text (self->host);
  server->user = dup_text (self->user);
  server->port = get_port (self);
  server->security =
      gtk_drop_down_get_selected (self->security) == 0 ? BASE_SECURITY_TLS : BASE_SECURITY_STARTTLS;
  return server;
}

const char *
ui_sender_rows_get_password (UiSenderRows *self)
{
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password));

  return is_own (self) && *password != '\0' ? password : NULL;
}

GtkWidget *
ui_sender_rows_find_wrong (UiSenderRows *self, const GError *error)
{
  g_autofree char *host = dup_text (self->host), *user = dup_text (self->user);

  if (!is_own (self))
    return NULL;
  if (*host == '\0')
    return self->host;
  if (get_port (self) == 0)
    return self->port;
  if (*user == '\0')
    return self->user;
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH))
    return takes_password (self) ? self->password : self->user;
  return g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST)
                 || g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
                 || g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN)
             ? self->host
             : NULL;
}

/* ---- what the person does ---- */

static void
on_edited (UiSenderRows *self)
{
  g_signal_emit (self, signals[EDITED], 0);
}

static void
update_own (UiSenderRows *self)
{
  GtkWidget *const rows[] = { self->host, self->port, self->security_row, self->user };
  g_autofree char *user = dup_text (self->user);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_set_visible (rows[i], is_own (self));
  gtk_widget_set_visible (self->password, is_own (self) && takes_password (self));
  if (is_own (self) && *user == '\0' && self->address != NULL)
    set_text (self->user, gtk_editable_get_text (self->address));
}

static void
on_own (UiSenderRows *self)
{
  update_own (self);
  /* They come below the switch. */
  if (is_own (self))
    ui_sight_bring (takes_password (self) ? self->password : self->user, AROUND);
  on_edited (self);
}

/* A port that goes with the other kind of security goes along. */
static void
on_security (UiSenderRows *self)
{
  gboolean is_tls = gtk_drop_down_get_selected (self->security) == 0;
  guint16 port = get_port (self);

  if (port == 0 || port == (is_tls ? 587 : 465))
    set_text (self->port, is_tls ? "465" : "587");
  on_edited (self);
}

/* ---- building ---- */

static GtkWidget *
add_entry (UiSenderRows *self, GtkWidget *row, const char *title, GtkInputPurpose purpose)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (!ADW_IS_PASSWORD_ENTRY_ROW (row))
    adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (row), purpose);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  return row;
}

static GtkWidget *
add_row (UiSenderRows *self, const char *title, GtkWidget *widget)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  return row;
}

static void
fill (UiSenderRows *self)
{
  const BaseServer *server = self->server;
  g_autofree char *port = g_strdup_printf ("%u", server != NULL ? server->port : 465);

  set_text (self->port, port);
  gtk_switch_set_active (self->own, base_server_is_used (server));
  if (server == NULL)
    return;
  set_text (self->host, server->host);
  set_text (self->user, server->user);
  gtk_drop_down_set_selected (self->security, server->security == BASE_SECURITY_TLS ? 0 : 1);
}

GtkWidget *
ui_sender_rows_new (const BaseServer *server, GtkEditable *address)
{
  UiSenderRows *self = g_object_new (UI_TYPE_SENDER_ROWS, NULL);

  self->server = base_server_dup (server);
  g_set_weak_pointer (&self->address, address);
  if (server != NULL) {
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password), _ ("New password"));
    gtk_widget_set_tooltip_text (self->password, _ ("Left empty, the password stays as it is"));
  }
  fill (self);
  update_own (self);
  g_signal_connect_swapped (self->own, "notify::active", G_CALLBACK (on_own), self);
  g_signal_connect_swapped (self->security, "notify::selected", G_CALLBACK (on_security), self);
  g_signal_connect_swapped (self->host, "changed", G_CALLBACK (on_edited), self);
  g_signal_connect_swapped (self->port, "changed", G_CALLBACK (on_edited), self);
  return GTK_WIDGET (self);
}

static void
ui_sender_rows_finalize (GObject *object)
{
  UiSenderRows *self = UI_SENDER_ROWS (object);

  base_server_free (self->server);
  g_clear_weak_pointer (&self->address);
  G_OBJECT_CLASS (ui_sender_rows_parent_class)->finalize (object);
}

static void
ui_sender_rows_class_init (UiSenderRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_sender_rows_finalize;
  signals[EDITED] = g_signal_new ("edited", UI_TYPE_SENDER_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static void
ui_sender_rows_init (UiSenderRows *self)
{
  const char *const kinds[] = { _ ("TLS"), _ ("STARTTLS"), NULL };
  GtkWidget *row = NULL;

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Outgoing mail (SMTP)"));
  self->own = GTK_SWITCH (gtk_switch_new ());
  row = add_row (self, _ ("Send through another server"), GTK_WIDGET (self->own));
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (row),
      _ ("With its own user and password; nothing that is from this address goes by that of the account"));
  self->host = add_entry (self, adw_entry_row_new (), _ ("Server"), GTK_INPUT_PURPOSE_URL);
  self->port = add_entry (self, adw_entry_row_new (), _ ("Port"), GTK_INPUT_PURPOSE_DIGITS);
  self->security = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (kinds));
  ui_choice_set_up (self->security, "string", PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (GTK_WIDGET (self->security), "flat");
  self->security_row = add_row (self, _ ("Security"), GTK_WIDGET (self->security));
  self->user = add_entry (self, adw_entry_row_new (), _ ("User name"), GTK_INPUT_PURPOSE_FREE_FORM);
  self->password =
      add_entry (self, adw_password_entry_row_new (), _ ("Password"), GTK_INPUT_PURPOSE_PASSWORD);
}
