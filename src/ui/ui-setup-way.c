/* The kind of sign-in <-> rows.  Main thread.  Nothing that is typed here is a secret of the person. */
#include "ui-setup-way.h"

#include <glib/gi18n.h>

#include "mail-oauth.h"
#include "ui-dialog.h"
#include "ui-names.h"
#include "ui-setup-error.h"

struct _UiSetupWay
{
  AdwBin parent_instance;

  BaseSignIn was, was_smtp; /* of incoming and outgoing mail, as it was given */
  gboolean by_desktop, loading;

  /* Template */
  AdwActionRow *kind_row, *desktop, *provider_row;
  GtkDropDown *kind, *provider;
  GtkWidget *client_id, *client_secret, *page, *token, *scope;
  GtkWidget *certificate, *key;
  UiSetupError *error;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSetupWay, ui_setup_way, ADW_TYPE_BIN)

/* In the order of the rows of `kind` and `provider`; what comes behind them is another provider. */
static const BaseSignIn kinds[] = { BASE_SIGN_IN_PASSWORD, BASE_SIGN_IN_OAUTH,
                                    BASE_SIGN_IN_CERTIFICATE };
static const char *const providers[] = { "google", "microsoft", "yahoo", "fastmail" };

static BaseSignIn
get_kind (UiSetupWay *self)
{
  guint chosen = gtk_drop_down_get_selected (self->kind);

  return chosen < G_N_ELEMENTS (kinds) ? kinds[chosen] : BASE_SIGN_IN_PASSWORD;
}

static const char *
get_provider (UiSetupWay *self)
{
  guint chosen = gtk_drop_down_get_selected (self->provider);

  return chosen < G_N_ELEMENTS (providers) ? providers[chosen] : NULL;
}

static void
update (UiSetupWay *self)
{
  gboolean browser = !self->by_desktop && get_kind (self) == BASE_SIGN_IN_OAUTH;
  gboolean certificate = !self->by_desktop && get_kind (self) == BASE_SIGN_IN_CERTIFICATE;
  gboolean other = browser && get_provider (self) == NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->kind_row), !self->by_desktop);
  gtk_widget_set_visible (GTK_WIDGET (self->desktop), self->by_desktop);
  gtk_widget_set_visible (GTK_WIDGET (self->provider_row), browser);
  gtk_widget_set_visible (self->client_id, browser);
  gtk_widget_set_visible (self->client_secret, browser);
  gtk_widget_set_visible (self->page, other);
  gtk_widget_set_visible (self->token, other);
  gtk_widget_set_visible (self->scope, other);
  gtk_widget_set_visible (self->certificate, certificate);
  gtk_widget_set_visible (self->key, certificate);
}

static void
on_changed (UiSetupWay *self)
{
  gtk_widget_remove_css_class (self->client_id, "error");
  gtk_widget_remove_css_class (self->page, "error");
  gtk_widget_remove_css_class (self->certificate, "error");
  ui_setup_error_show (self->error, NULL, NULL, NULL);
  if (self->loading)
    return;
  update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- account <-> rows ---- */

static void
set_text (GtkWidget *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

/* NULL: empty. */
static char *
dup_text (GtkWidget *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

void
ui_setup_way_set (UiSetupWay *self, const BaseAccount *account)
{
  static const BaseOauth nothing = { 0 };
  const BaseOauth *oauth = account->oauth != NULL ? account->oauth : &nothing;
  guint kind = 0, provider = 0;

  self->loading = TRUE;
  self->was = account->imap.sign_in;
  self->was_smtp = account->smtp.sign_in;
  self->by_desktop = account->desktop_account != NULL;
  while (kind + 1 < G_N_ELEMENTS (kinds) && kinds[kind] != account->imap.sign_in)
    kind++;
  while (provider < G_N_ELEMENTS (providers)
         && g_strcmp0 (providers[provider], oauth->provider) != 0)
    provider++;
  gtk_drop_down_set_selected (self->kind, kind);
  gtk_drop_down_set_selected (self->provider, provider);
  set_text (self->client_id, oauth->client_id);
  set_text (self->client_secret, oauth->client_secret);
  set_text (self->page, oauth->authorization);
  set_text (self->token, oauth->token);
  set_text (self->scope, oauth->scope);
  set_text (self->certificate, account->client_certificate);
  set_text (self->key, account->client_key);
  self->loading = FALSE;
  on_changed (self);
}

static void
take (char **place, GtkWidget *row)
{
  g_free (*place);
  *place = dup_text (row);
}

static BaseOauth *
dup_oauth (UiSetupWay *self, const BaseOauth *before)
{
  BaseOauth *oauth = before != NULL ? base_oauth_dup (before) : g_new0 (BaseOauth, 1);
  const char *provider = get_provider (self);

  g_free (oauth->provider);
  oauth->provider = g_strdup (provider);
  take (&oauth->client_id, self->client_id);
  take (&oauth->client_secret, self->client_secret);
  if (provider != NULL)
    return oauth;
  take (&oauth->authorization, self->page);
  take (&oauth->token, self->token);
  take (&oauth->scope, self->scope);
  return oauth;
}

void
ui_setup_way_apply (UiSetupWay *self, BaseAccount *account)
{
  BaseSignIn kind = get_kind (self);

  if (self->by_desktop)
    return;
  /* That of outgoing mail may have been another. */
  if (kind != self->was)
    account->imap.sign_in = account->smtp.sign_in = kind;
  if (kind == BASE_SIGN_IN_OAUTH) {
    BaseOauth *oauth = dup_oauth (self, account->oauth);

    base_oauth_free (account->oauth);
    account->oauth = oauth;
  } else if (kind == BASE_SIGN_IN_CERTIFICATE) {
    take (&account->client_certificate, self->certificate);
    take (&account->client_key, self->key);
  }
}

gboolean
ui_setup_way_is_password (UiSetupWay *self, const char *protocol)
{
  BaseSignIn kind = get_kind (self);

  /* A file may say otherwise for outgoing mail. */
  if (g_str_equal (protocol, "smtp") && kind == self->was)
    kind = self->was_smtp;
  return !self->by_desktop && kind == BASE_SIGN_IN_PASSWORD;
}

static gboolean
complain (UiSetupWay *self, GtkWidget *field, const char *sentence)
{
  ui_setup_error_show (self->error, sentence, NULL, NULL);
  gtk_widget_add_css_class (field, "error");
  gtk_widget_grab_focus (field);
  return FALSE;
}

gboolean
ui_setup_way_check (UiSetupWay *self)
{
  g_autofree char *certificate = dup_text (self->certificate);
  BaseOauth *oauth;
  gboolean ready, known;

  if (self->by_desktop || get_kind (self) == BASE_SIGN_IN_PASSWORD)
    return TRUE;
  if (get_kind (self) == BASE_SIGN_IN_CERTIFICATE)
    return certificate != NULL
           || complain (self, self->certificate,
                        _ ("Choose the file with your certificate, or type its PKCS#11 address."));
  oauth = dup_oauth (self, NULL);
  ready = mail_oauth_is_ready (oauth);
  known = oauth->client_id != NULL;
  base_oauth_free (oauth);
  if (ready)
    return TRUE;
  return known ? complain (
             self, self->page,
             _ ("Type the addresses of the sign-in page and of the tokens as your provider names them. They begin with https://."))
               : complain (
                   self, self->client_id,
                   _ ("This build of Sosik is not registered with that provider. Type the client ID of your own registration."));
}

/* ---- files ---- */

static void
on_file (GtkWidget *row, GFile *file)
{
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    set_text (row, path);
}

static void
on_certificate_file (GFile *file, gpointer data)
{
  g_autoptr (UiSetupWay) self = data;

  on_file (self->certificate, file);
}

static void
on_key_file (GFile *file, gpointer data)
{
  g_autoptr (UiSetupWay) self = data;

  on_file (self->key, file);
}

static void
on_choose_certificate (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_dialog_open_file (GTK_WINDOW (gtk_widget_get_root (widget)),
                       _ ("Choose the File with Your Certificate (PEM)"), on_certificate_file,
                       g_object_ref (UI_SETUP_WAY (widget)));
}

static void
on_choose_key (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_dialog_open_file (GTK_WINDOW (gtk_widget_get_root (widget)),
                       _ ("Choose the File with Its Key (PEM)"), on_key_file,
                       g_object_ref (UI_SETUP_WAY (widget)));
}

/* ---- the object ---- */

static void
bind (GtkWidgetClass *klass, const char *name, gssize offset)
{
  gtk_widget_class_bind_template_child_full (klass, name, FALSE, offset);
}

#define BIND(field) bind (widget_class, #field, G_STRUCT_OFFSET (UiSetupWay, field))

static void
ui_setup_way_class_init (UiSetupWayClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_SETUP_WAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "way.choose-certificate", NULL,
                                   on_choose_certificate);
  gtk_widget_class_install_action (widget_class, "way.choose-key", NULL, on_choose_key);
  g_type_ensure (UI_TYPE_SETUP_ERROR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-setup-way.ui");
  BIND (kind_row);
  BIND (desktop);
  BIND (provider_row);
  BIND (kind);
  BIND (provider);
  BIND (client_id);
  BIND (client_secret);
  BIND (page);
  BIND (token);
  BIND (scope);
  BIND (certificate);
  BIND (key);
  BIND (error);
}

#undef BIND

static void
ui_setup_way_init (UiSetupWay *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  GtkWidget *const rows[] = { self->client_id, self->client_secret, self->page, self->token,
                              self->scope,     self->certificate,   self->key };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_signal_connect_swapped (rows[i], "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->kind, "notify::selected", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->provider, "notify::selected", G_CALLBACK (on_changed), self);
  ui_names_fill (GTK_WIDGET (self));
  update (self);
}
