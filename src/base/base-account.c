/* Account settings.  Any thread; must never hold a secret. */
#include "base-account-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"

#define MAX_HOST  253
#define MAX_FIELD 320

BaseAccount *
base_account_new_empty (void)
{
  BaseAccount *account = g_new0 (BaseAccount, 1);

  account->own = g_new0 (BaseIdentity, 1);
  account->own->id = g_strdup ("");
  account->identities = g_ptr_array_new_with_free_func ((GDestroyNotify)base_identity_free);
  account->signatures = g_ptr_array_new_with_free_func ((GDestroyNotify)base_signature_free);
  account->exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify)base_exception_free);
  account->imap.port = 993;
  account->smtp.port = 465;
  account->months = BASE_MONTHS;
  account->largest_body = BASE_LARGEST_BODY;
  account->largest_part = BASE_LARGEST_PART;
  return account;
}

BaseAccount *
base_account_new (void)
{
  BaseAccount *account = base_account_new_empty ();

  account->id = g_uuid_string_random ();
  return account;
}

void
base_exception_free (BaseException *exception)
{
  g_free (exception->host);
  g_free (exception->sha256);
  g_free (exception);
}

BaseOauth *
base_oauth_dup (const BaseOauth *oauth)
{
  BaseOauth *copy;

  if (oauth == NULL)
    return NULL;
  copy = g_new0 (BaseOauth, 1);
  copy->provider = g_strdup (oauth->provider);
  copy->client_id = g_strdup (oauth->client_id);
  copy->client_secret = g_strdup (oauth->client_secret);
  copy->authorization = g_strdup (oauth->authorization);
  copy->token = g_strdup (oauth->token);
  copy->scope = g_strdup (oauth->scope);
  return copy;
}

void
base_oauth_free (BaseOauth *oauth)
{
  if (oauth == NULL)
    return;
  g_free (oauth->provider);
  g_free (oauth->client_id);
  g_free (oauth->client_secret);
  g_free (oauth->authorization);
  g_free (oauth->token);
  g_free (oauth->scope);
  g_free (oauth);
}

BaseAccount *
base_account_dup (const BaseAccount *account)
{
  BaseAccount *copy = base_account_new_empty ();

  copy->id = g_strdup (account->id);
  copy->display_name = g_strdup (account->display_name);
  copy->address = g_strdup (account->address);
  copy->label = g_strdup (account->label);
  base_server_copy (&account->imap, &copy->imap);
  base_server_copy (&account->smtp, &copy->smtp);
  copy->authserv_id = g_strdup (account->authserv_id);
  copy->ca_file = g_strdup (account->ca_file);
  copy->client_certificate = g_strdup (account->client_certificate);
  copy->client_key = g_strdup (account->client_key);
  for (guint i = 0; i < account->exceptions->len; i++) {
    const BaseException *one = account->exceptions->pdata[i];

    base_account_add_exception (copy, one->host, one->port, one->sha256, one->until);
  }
  copy->oauth = base_oauth_dup (account->oauth);
  copy->desktop_account = g_strdup (account->desktop_account);
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    copy->folders[i] = g_strdup (account->folders[i]);
  copy->disabled = account->disabled;
  copy->colour = g_strdup (account->colour);
  copy->position = account->position;
  copy->check_minutes = account->check_minutes;
  copy->bodies = account->bodies;
  copy->months = account->months;
  copy->largest_body = account->largest_body;
  copy->largest_part = account->largest_part;
  copy->default_identity = g_strdup (account->default_identity);
  base_identity_free (copy->own);
  copy->own = base_identity_dup (account->own);
  for (guint i = 0; i < account->identities->len; i++)
    g_ptr_array_add (copy->identities, base_identity_dup (account->identities->pdata[i]));
  copy->own_place = account->own_place;
  for (guint i = 0; i < account->signatures->len; i++)
    g_ptr_array_add (copy->signatures, base_signature_dup (account->signatures->pdata[i]));
  return copy;
}

void
base_account_free (BaseAccount *account)
{
  if (account == NULL)
    return;

  g_free (account->id);
  g_free (account->display_name);
  g_free (account->address);
  g_free (account->label);
  base_server_clear (&account->imap);
  base_server_clear (&account->smtp);
  g_free (account->authserv_id);
  g_free (account->ca_file);
  g_free (account->client_certificate);
  g_free (account->client_key);
  g_ptr_array_unref (account->exceptions);
  base_oauth_free (account->oauth);
  g_free (account->desktop_account);
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    g_free (account->folders[i]);
  g_free (account->colour);
  g_free (account->default_identity);
  base_identity_free (account->own);
  g_ptr_array_unref (account->identities);
  g_ptr_array_unref (account->signatures);
  g_free (account);
}

gboolean
base_account_id_is_valid (const char *id)
{
  return id != NULL && *id != '\0'
         && strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (id)
         && strlen (id) <= 64;
}

/* Position 0 is none. */
int
base_account_compare (const BaseAccount *a, const BaseAccount *b)
{
  guint first = a->position - 1, second = b->position - 1;

  return first != second ? (first < second ? -1 : 1) : strcmp (a->id, b->id);
}

gboolean
base_account_can_send (const BaseAccount *account)
{
  return base_server_is_used (&account->smtp);
}

static const BaseIdentity *
find_identity (const BaseAccount *account, const char *id)
{
  if (*id == '\0')
    return account->own;
  for (guint i = 0; i < account->identities->len; i++)
    if (g_str_equal (((BaseIdentity *)account->identities->pdata[i])->id, id))
      return account->identities->pdata[i];
  return NULL;
}

/* Of "smtp-ID"; NULL of any other protocol. */
static const BaseIdentity *
find_by_protocol (const BaseAccount *account, const char *protocol)
{
  return g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY)
             ? find_identity (account, protocol + strlen (BASE_PROTOCOL_IDENTITY))
             : NULL;
}

BaseServer *
base_account_get_server (const BaseAccount *account, const char *protocol)
{
  const BaseIdentity *identity = find_by_protocol (account, protocol);

  if (g_str_equal (protocol, "imap"))
    return (BaseServer *)&account->imap;
  if (g_str_equal (protocol, "smtp"))
    return (BaseServer *)&account->smtp;
  return identity != NULL ? identity->smtp : NULL;
}

gboolean
base_account_is_same_place (const BaseAccount *a, const BaseAccount *b, const char *protocol)
{
  const BaseServer *one = base_account_get_server (a, protocol);
  const BaseServer *two = base_account_get_server (b, protocol);

  return one != NULL && two != NULL && base_server_is_same_place (one, two);
}

const BaseServer *
base_account_get_sender (const BaseAccount *account, const BaseIdentity *identity)
{
  if (base_server_is_used (identity->smtp))
    return identity->smtp;
  return base_account_can_send (account) ? &account->smtp : NULL;
}

gboolean
base_account_has_sender (const BaseAccount *account)
{
  gboolean any = base_account_can_send (account);

  for (guint i = 0; i < account->identities->len && !any; i++)
    any = base_server_is_used (((BaseIdentity *)account->identities->pdata[i])->smtp);
  return any;
}

const char *
base_account_get_protocol_address (const BaseAccount *account, const char *protocol)
{
  const BaseIdentity *identity = find_by_protocol (account, protocol);

  return identity != NULL && identity->address != NULL ? identity->address : account->address;
}

static BaseException *
find_place (const BaseAccount *account, const char *host, guint16 port)
{
  for (guint i = 0; i < account->exceptions->len; i++) {
    BaseException *exception = account->exceptions->pdata[i];

    if (exception->port == port && g_ascii_strcasecmp (exception->host, host) == 0)
      return exception;
  }
  return NULL;
}

const BaseException *
base_account_find_exception (const BaseAccount *account, const char *host, guint16 port,
                             const char *sha256)
{
  const BaseException *exception = find_place (account, host, port);

  return exception != NULL && g_str_equal (exception->sha256, sha256) ? exception : NULL;
}

gboolean
base_account_has_exception (const BaseAccount *account, const char *host, guint16 port)
{
  return find_place (account, host, port) != NULL;
}

void
base_account_remove_exception (BaseAccount *account, const char *host, guint16 port)
{
  BaseException *exception = find_place (account, host, port);

  if (exception != NULL)
    g_ptr_array_remove (account->exceptions, exception);
}

void
base_account_add_exception (BaseAccount *account, const char *host, guint16 port,
                            const char *sha256, gint64 until)
{
  BaseException *exception = g_new0 (BaseException, 1);

  exception->host = g_strdup (host);
  exception->port = port;
  exception->sha256 = g_ascii_strdown (sha256, -1);
  exception->until = until;
  base_account_remove_exception (account, host, port);
  g_ptr_array_add (account->exceptions, exception);
}

gboolean
base_account_field_is_clean (const char *text)
{
  if (text == NULL || *text == '\0' || strlen (text) > MAX_FIELD
      || !g_utf8_validate (text, -1, NULL))
    return FALSE;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  }

  return TRUE;
}

static gboolean
host_is_valid (const char *host)
{
  g_autofree char *ascii = NULL;

  if (!base_account_field_is_clean (host))
    return FALSE;
  if (g_hostname_is_ip_address (host))
    return TRUE;

  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL || *ascii == '\0' || strlen (ascii) > MAX_HOST)
    return FALSE;
  if (*ascii == '.' || *ascii == '-' || strstr (ascii, "..") != NULL)
    return FALSE;

  return strspn (ascii, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
         == strlen (ascii);
}

gboolean
base_account_address_is_valid (const char *address)
{
  const char *at;

  if (!base_account_field_is_clean (address) || strpbrk (address, " <>,;") != NULL)
    return FALSE;
  at = strrchr (address, '@');

  return at != NULL && at != address && host_is_valid (at + 1);
}

gboolean
base_account_check_server (const BaseServer *server, const char *protocol, GError **error)
{
  if (server->host == NULL || *server->host == '\0') {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("The name of the %s server is missing."),
                    protocol);
    return FALSE;
  }
  if (!host_is_valid (server->host)) {
    g_autofree char *shown = g_utf8_make_valid (server->host, -1);

    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("“%s” is not the name of a server. The %s server has a name like “mail.example.org”."),
        shown, protocol);
    return FALSE;
  }
  if (server->port == 0) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("The port of the %s server is missing."),
                    protocol);
    return FALSE;
  }
  if (!base_account_field_is_clean (server->user)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The user name for the %s server is missing."), protocol);
    return FALSE;
  }

  return TRUE;
}

static gboolean
is_hexadecimal (const char *text, gsize length)
{
  return strlen (text) == length && strspn (text, "0123456789abcdef") == length;
}

static gboolean
check_exceptions (const BaseAccount *account, GError **error)
{
  for (guint i = 0; i < account->exceptions->len; i++) {
    const BaseException *exception = account->exceptions->pdata[i];

    if (host_is_valid (exception->host) && is_hexadecimal (exception->sha256, 64))
      continue;
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("A certificate that was taken by hand is not written properly."));
    return FALSE;
  }
  return TRUE;
}

char *
base_oauth_dup_host (const char *address)
{
  g_autoptr (GUri) uri = address != NULL ? g_uri_parse (address, G_URI_FLAGS_ENCODED, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL
      || g_uri_get_fragment (uri) != NULL)
    return NULL;
  if (g_str_equal (g_uri_get_scheme (uri), "https")
      || (g_str_equal (g_uri_get_scheme (uri), "http") && g_str_equal (host, "127.0.0.1")))
    return g_strdup (host);
  return NULL;
}

static gboolean
check_oauth (const BaseOauth *oauth, GError **error)
{
  const char *const places[] = { oauth->authorization, oauth->token };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *host = base_oauth_dup_host (places[i]);

    if (places[i] == NULL || host != NULL)
      continue;
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("An address under [OAuth] has to begin with “https://”, without a user or a “#” in it."));
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_looks (const BaseAccount *account, GError **error)
{
  if (account->colour != NULL
      && (account->colour[0] != '#' || !is_hexadecimal (account->colour + 1, 6))) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Colour under [Account] has to look like “#3584e4”."));
    return FALSE;
  }
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    if (account->folders[i] != NULL && !base_account_field_is_clean (account->folders[i])) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("A folder under [Folders] has a name that no folder can have."));
      return FALSE;
    }
  return TRUE;
}

gboolean
base_account_check (const BaseAccount *account, GError **error)
{
  if (account->address == NULL || *account->address == '\0') {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("The e-mail address is missing."));
    return FALSE;
  }
  if (!base_account_address_is_valid (account->address)) {
    g_autofree char *shown = g_utf8_make_valid (account->address, -1);

    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” is not an e-mail address. It has to look like name@example.org."),
                    shown);
    return FALSE;
  }

  if ((guint)account->bodies > BASE_BODIES_OPENING || account->months < 1
      || account->months > BASE_MONTHS_MAX || account->largest_body > BASE_BODY_MAX
      || account->largest_part > BASE_PART_MAX || account->check_minutes > BASE_CHECK_MAX) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Which messages are kept on this computer is not set up properly."));
    return FALSE;
  }

  return base_account_check_server (&account->imap, "IMAP", error)
         && (!base_account_can_send (account)
             || base_account_check_server (&account->smtp, "SMTP", error))
         && check_exceptions (account, error)
         && (account->oauth == NULL || check_oauth (account->oauth, error))
         && check_looks (account, error) && base_identities_check (account, error);
}
