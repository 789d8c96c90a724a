/* GNOME Online Accounts over D-Bus.  Worker and pool threads; must never keep a secret, nor take a server without
 * encryption. */
#include "mail-desktop.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"

#define NAME      "org.gnome.OnlineAccounts"
#define PATH      "/org/gnome/OnlineAccounts"
#define ACCOUNT   NAME ".Account"
#define MAIL      NAME ".Mail"
#define OAUTH2    NAME ".OAuth2Based"
#define PASSWORD  NAME ".PasswordBased"
#define ANSWER_MS 20000

void
mail_desktop_account_free (MailDesktopAccount *account)
{
  base_account_free (account->account);
  g_free (account->provider);
  g_free (account);
}

static void
account_free (gpointer account)
{
  mail_desktop_account_free (account);
}

/* ---- the bus ---- */

static GVariant *
call (const char *path, const char *interface, const char *method, GVariant *parameters,
      const char *type, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, error);

  if (bus == NULL)
    return NULL;
  return g_dbus_connection_call_sync (bus, NAME, path, interface, method, owned,
                                      G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NONE, ANSWER_MS,
                                      cancellable, error);
}

/* a{oa{sa{sv}}} of all that there is. */
static GVariant *
get_objects (GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) answer =
      call (PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
            "(a{oa{sa{sv}}})", cancellable, error);

  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

static gboolean
is_not_there (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* ---- what an object says ---- */

static char *
dup_text (GVariant *properties, const char *name)
{
  const char *text = NULL;

  if (!g_variant_lookup (properties, name, "&s", &text) || *text == '\0')
    return NULL;
  return g_strdup (text);
}

static gboolean
get_switch (GVariant *properties, const char *name)
{
  gboolean on = FALSE;

  return g_variant_lookup (properties, name, "b", &on) && on;
}

static GVariant *
find_interface (GVariant *interfaces, const char *name)
{
  return g_variant_lookup_value (interfaces, name, G_VARIANT_TYPE ("a{sv}"));
}

/* `prefix`: "Imap", "Smtp".  FALSE: there is none, or none that is encrypted. */
static gboolean
read_server (GVariant *mail, const char *prefix, guint16 tls_port, guint16 starttls_port,
             BaseServer *server)
{
  g_autofree char *supported = g_strconcat (prefix, "Supported", NULL);
  g_autofree char *host_key = g_strconcat (prefix, "Host", NULL);
  g_autofree char *user_key = g_strconcat (prefix, "UserName", NULL);
  g_autofree char *tls_key = g_strconcat (prefix, "UseSsl", NULL);
  g_autofree char *starttls_key = g_strconcat (prefix, "UseTls", NULL);
  g_autofree char *host = dup_text (mail, host_key);
  gboolean tls = get_switch (mail, tls_key);
  guint16 port = tls ? tls_port : starttls_port;
  g_autoptr (GSocketConnectable) place =
      host != NULL ? g_network_address_parse (host, port, NULL) : NULL;

  if (!get_switch (mail, supported) || place == NULL || (!tls && !get_switch (mail, starttls_key)))
    return FALSE;
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (place)));
  server->port = g_network_address_get_port (G_NETWORK_ADDRESS (place));
  server->security = tls ? BASE_SECURITY_TLS : BASE_SECURITY_STARTTLS;
  server->user = dup_text (mail, user_key);
  if (server->user == NULL)
    server->user = dup_text (mail, "EmailAddress");
  return TRUE;
}

/* NULL: no mail, or not of a kind that we can use. */
static MailDesktopAccount *
read_account (GVariant *interfaces)
{
  g_autoptr (GVariant) general = find_interface (interfaces, ACCOUNT);
  g_autoptr (GVariant) mail = find_interface (interfaces, MAIL);
  g_autoptr (GVariant) oauth = find_interface (interfaces, OAUTH2);
  g_autoptr (GVariant) password = find_interface (interfaces, PASSWORD);
  g_autoptr (BaseAccount) account = base_account_new ();
  MailDesktopAccount *found;

  if (general == NULL || mail == NULL || get_switch (general, "MailDisabled")
      || (oauth == NULL && password == NULL))
    return NULL;
  account->desktop_account = dup_text (general, "Id");
  account->address = dup_text (mail, "EmailAddress");
  account->display_name = dup_text (mail, "Name");
  if (account->desktop_account == NULL || !read_server (mail, "Imap", 993, 143, &account->imap))
    return NULL;
  (void)read_server (mail, "Smtp", 465, 587, &account->smtp);
  account->imap.sign_in = account->smtp.sign_in =
      oauth != NULL ? BASE_SIGN_IN_OAUTH : BASE_SIGN_IN_PASSWORD;
  if (!base_account_check (account, NULL))
    return NULL;
  found = g_new0 (MailDesktopAccount, 1);
  found->provider = dup_text (general, "ProviderName");
  found->attention = get_switch (general, "AttentionNeeded");
  found->account = g_steal_pointer (&account);
  return found;
}

GPtrArray *
mail_desktop_list (GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (account_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) objects = get_objects (cancellable, &local);
  GVariantIter iter;
  GVariant *interfaces;

  if (objects == NULL) {
    if (is_not_there (local))
      return g_steal_pointer (&list);
    if (base_error_is_cancelled (local))
      g_propagate_error (error, g_steal_pointer (&local));
    else
      base_error_set (error, BASE_ERROR_RETRY, local->message,
                      _ ("The desktop did not say which online accounts it has."));
    return NULL;
  }
  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", NULL, &interfaces)) {
    MailDesktopAccount *found = read_account (interfaces);

    if (found != NULL)
      g_ptr_array_add (list, found);
    g_variant_unref (interfaces);
  }
  return g_steal_pointer (&list);
}

/* ---- secrets ---- */

/* Its path, and what it is, for its id. */
static char *
find_path (const char *id, MailDesktopAccount **account, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) objects = get_objects (cancellable, error);
  GVariantIter iter;
  const char *path;
  GVariant *interfaces;
  char *found = NULL;

  if (objects == NULL)
    return NULL;
  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
    MailDesktopAccount *its = read_account (interfaces);

    if (found == NULL && its != NULL && g_str_equal (its->account->desktop_account, id)) {
      found = g_strdup (path);
      *account = g_steal_pointer (&its);
    }
    g_clear_pointer (&its, mail_desktop_account_free);
    g_variant_unref (interfaces);
  }
  return found;
}

/* What the desktop keeps is for the servers that it names, whatever an account file says. */
static gboolean
is_for (const MailDesktopAccount *its, const BaseAccount *account, gboolean imap)
{
  const BaseServer *named = imap ? &its->account->imap : &its->account->smtp;
  const BaseServer *server = imap ? &account->imap : &account->smtp;

  return named->host != NULL && server->host != NULL
         && g_ascii_strcasecmp (named->host, server->host) == 0 && named->port == server->port
         && named->security == server->security && named->sign_in == server->sign_in;
}

static void
set_secret_error (const BaseAccount *account, const GError *cause, GError **error)
{
  if (base_error_is_cancelled (cause))
    g_propagate_error (error, g_error_copy (cause));
  else if (cause == NULL || is_not_there (cause))
    base_error_set (
        error, BASE_ERROR_AUTH, NULL,
        _ ("%s is no online account of this desktop any more. Add it again in the settings of the desktop, or set it up by hand in Sosik."),
        account->address);
  else if (g_dbus_error_is_remote_error (cause)
           && !g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
           && !g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT))
    base_error_set (
        error, BASE_ERROR_AUTH, NULL,
        _ ("The desktop has no valid sign-in for %s. Sign in again under Online Accounts in the settings of the desktop."),
        account->address);
  else
    base_error_set (error, BASE_ERROR_RETRY, cause->message,
                    _ ("The desktop did not answer when it was asked to sign in as %s."),
                    account->address);
}

static GVariant *
ask_for_secret (const char *path, gboolean token, gboolean imap, GCancellable *cancellable,
                GError **error)
{
  if (token)
    return call (path, OAUTH2, "GetAccessToken", NULL, "(si)", cancellable, error);
  return call (path, PASSWORD, "GetPassword",
               g_variant_new ("(s)", imap ? "imap-password" : "smtp-password"), "(s)", cancellable,
               error);
}

/* Nobody else has this answer: what it holds is wiped where it lies. */
static char *
take_secret (GVariant *answer)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (answer, 0);
  gsize length = 0;
  char *text = (char *)g_variant_get_string (first, &length);
  char *secret = g_strndup (text, length);

  explicit_bzero (text, length);
  return secret;
}

char *
mail_desktop_lookup_secret (const BaseAccount *account, const char *protocol,
                            GCancellable *cancellable, GError **error)
{
  gboolean imap = !g_str_equal (protocol, "smtp");
  g_autoptr (GError) local = NULL;
  g_autoptr (MailDesktopAccount) its = NULL;
  g_autofree char *path = find_path (account->desktop_account, &its, cancellable, &local);
  g_autoptr (GVariant) answer = NULL;

  if (path != NULL && !is_for (its, account, imap)) {
    base_error_set (
        error, BASE_ERROR_AUTH, NULL,
        _ ("The desktop knows other servers for %s than Sosik. Remove the account in Sosik and add it again."),
        account->address);
    return NULL;
  }
  if (path != NULL)
    answer = ask_for_secret (path, its->account->imap.sign_in == BASE_SIGN_IN_OAUTH, imap,
                             cancellable, &local);
  if (answer == NULL) {
    set_secret_error (account, local, error);
    return NULL;
  }
  return take_secret (answer);
}

void
mail_desktop_doubt (const BaseAccount *account)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MailDesktopAccount) its = NULL;
  g_autofree char *path = find_path (account->desktop_account, &its, NULL, &error);
  g_autoptr (GVariant) answer =
      path != NULL ? call (path, ACCOUNT, "EnsureCredentials", NULL, "(i)", NULL, &error) : NULL;

  if (answer == NULL)
    base_log ("%s: the desktop could not be asked about its account: %s", account->id,
              error != NULL ? error->message : "it is gone");
}
