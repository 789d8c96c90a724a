/* The settings of an account as the keys of its file.  Any thread; must leave alone what it does not understand in a file that an
 * administrator wrote. */
#include "base-account-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-key-file.h"
#include "base-log.h"

#define GROUP_ACCOUNT   "Account"
#define GROUP_IMAP      "IMAP"
#define GROUP_SMTP      "SMTP"
#define GROUP_SYNC      "Sync"
#define GROUP_OAUTH     "OAuth"
#define GROUP_FOLDERS   "Folders"
#define GROUP_EXCEPTION "Exception "
#define MAX_EXTENSION   40

/* By BaseFolder. */
static const char *const folder_keys[BASE_N_FOLDERS] = { "Drafts", "Sent", "Archive", "Junk",
                                                         "Trash" };

/* ---- reading ---- */

/* The words of Without, separated by ";" as lists are in key files. */
static gboolean
read_without (GKeyFile *file, const char *group, BaseServer *server, GError **error)
{
  g_auto (GStrv) words = g_key_file_get_string_list (file, group, "Without", NULL, NULL);
  g_autoptr (GStrvBuilder) good = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; words != NULL && words[i] != NULL; i++) {
    const char *word = g_strstrip (words[i]);

    if (*word == '\0')
      continue;
    if (strlen (word) > MAX_EXTENSION
        || strspn (word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+=._/")
               != strlen (word)) {
      g_autofree char *shown = g_utf8_make_valid (word, -1);

      base_error_set (
          error, BASE_ERROR_REFUSED, NULL,
          _ ("“%s” under [%s] is not the name of an extension. Names are separated by “;”."), shown,
          group);
      return FALSE;
    }
    g_strv_builder_add (good, word);
    n++;
  }
  server->without = n > 0 ? g_strv_builder_end (good) : NULL;
  return TRUE;
}

/* The words of BaseSignIn, in its order. */
static const char *const sign_in_words[] = { "password", "oauth", "certificate" };

static gboolean
read_sign_in (GKeyFile *file, const char *group, BaseServer *server, GError **error)
{
  g_autofree char *word = base_key_file_dup_text (file, group, "SignIn");

  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (sign_in_words); i++)
    if (g_ascii_strcasecmp (word, sign_in_words[i]) == 0) {
      server->sign_in = (BaseSignIn)i;
      return TRUE;
    }
  if (word == NULL)
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("SignIn under [%s] must be “password”, “oauth” or “certificate”, not “%s”."),
                  group, word);
  return FALSE;
}

/* The words of BaseProof, in its order. */
static const char *const proof_words[] = { "none", "scram", "scram-plus" };

/* What a newer Sosik wrote there, or somebody else, is nothing that is known: FALSE, and the line stays as it is. */
static gboolean
read_proof (GKeyFile *file, const char *group, BaseServer *server)
{
  g_auto (GStrv) words = g_key_file_get_string_list (file, group, "Proved", NULL, NULL);

  if (words == NULL || g_strv_length (words) != 2)
    return words == NULL;
  for (guint i = 0; i < G_N_ELEMENTS (proof_words); i++)
    if (g_str_equal (words[0], proof_words[i])) {
      server->proved = (BaseProof)i;
      server->proved_host = g_strdup (words[1]);
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_server (GKeyFile *file, const char *group, BaseServer *server, GError **error)
{
  g_autofree char *security = base_key_file_dup_text (file, group, "Security");
  g_autofree char *port = base_key_file_dup_text (file, group, "Port");
  guint64 number = server->port;

  server->host = base_key_file_dup_text (file, group, "Host");
  server->user = base_key_file_dup_text (file, group, "User");

  if (port != NULL && !g_ascii_string_to_unsigned (port, 10, 1, G_MAXUINT16, &number, NULL)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("“%s” under [%s] is not a port number."),
                    port, group);
    return FALSE;
  }
  server->port = (guint16)number;

  if (security == NULL || g_ascii_strcasecmp (security, "tls") == 0) {
    server->security = BASE_SECURITY_TLS;
  } else if (g_ascii_strcasecmp (security, "starttls") == 0) {
    server->security = BASE_SECURITY_STARTTLS;
  } else {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Security under [%s] must be “tls” or “starttls”, not “%s”."), group,
                    security);
    return FALSE;
  }

  if (server->host == NULL && !server->disabled && g_key_file_has_group (file, group)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("Host is missing under [%s]."), group);
    return FALSE;
  }
  if (!read_proof (file, group, server))
    base_log ("Proved under [%s] is not understood, and does not count", group);
  return read_sign_in (file, group, server, error) && read_without (file, group, server, error);
}

gboolean
base_account_read_sender (GKeyFile *file, const char *group, BaseServer *server, GError **error)
{
  return base_key_file_read_switch (file, group, "Disabled", &server->disabled, error)
         && read_server (file, group, server, error);
}

/* The words of BaseBodies, in its order. */
static const char *const bodies_words[] = { "everything", "months", "opening" };

static gboolean
read_number (GKeyFile *file, const char *group, const char *key, guint from, guint to,
             guint *number, GError **error)
{
  g_autofree char *text = base_key_file_dup_text (file, group, key);
  guint64 value = *number;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, from, to, &value, NULL)) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        /* Translators: the name of a setting in a file, that of its group, its lowest and highest value, what was found */
        _ ("%1$s under [%2$s] must be a number from %3$u to %4$u, not “%5$s”."), key, group, from,
        to, text);
    return FALSE;
  }
  *number = (guint)value;
  return TRUE;
}

static gboolean
read_sync (GKeyFile *file, BaseAccount *account, GError **error)
{
  g_autofree char *bodies = base_key_file_dup_text (file, GROUP_SYNC, "Bodies");
  gboolean known = bodies == NULL;

  for (guint i = 0; bodies != NULL && i < G_N_ELEMENTS (bodies_words); i++)
    if (g_ascii_strcasecmp (bodies, bodies_words[i]) == 0) {
      account->bodies = (BaseBodies)i;
      known = TRUE;
    }
  if (!known) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("Bodies under [Sync] must be “everything”, “months” or “opening”, not “%s”."), bodies);
    return FALSE;
  }
  return read_number (file, GROUP_SYNC, "Months", 1, BASE_MONTHS_MAX, &account->months, error)
         && read_number (file, GROUP_SYNC, "LargestBody", 0, BASE_BODY_MAX, &account->largest_body,
                         error)
         && read_number (file, GROUP_SYNC, "LargestPart", 0, BASE_PART_MAX, &account->largest_part,
                         error)
         && read_number (file, GROUP_SYNC, "Check", 0, BASE_CHECK_MAX, &account->check_minutes,
                         error);
}

static void
read_oauth (GKeyFile *file, BaseAccount *account)
{
  BaseOauth *oauth;

  if (!g_key_file_has_group (file, GROUP_OAUTH))
    return;
  oauth = account->oauth = g_new0 (BaseOauth, 1);
  oauth->provider = base_key_file_dup_text (file, GROUP_OAUTH, "Provider");
  oauth->client_id = base_key_file_dup_text (file, GROUP_OAUTH, "ClientId");
  oauth->client_secret = base_key_file_dup_text (file, GROUP_OAUTH, "ClientSecret");
  oauth->authorization = base_key_file_dup_text (file, GROUP_OAUTH, "Authorization");
  oauth->token = base_key_file_dup_text (file, GROUP_OAUTH, "Token");
  oauth->scope = base_key_file_dup_text (file, GROUP_OAUTH, "Scope");
}

static gboolean
read_exception (GKeyFile *file, const char *group, BaseAccount *account, GError **error)
{
  g_autofree char *host = base_key_file_dup_text (file, group, "Host");
  g_autofree char *sha256 = base_key_file_dup_text (file, group, "Sha256");
  gint64 until = g_key_file_get_int64 (file, group, "Until", NULL);
  guint port = 0;

  if (!read_number (file, group, "Port", 1, G_MAXUINT16, &port, error))
    return FALSE;
  if (host == NULL || sha256 == NULL || port == 0 || until <= 0) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Something is missing under [%s]: Host, Port, Sha256 and Until are needed."),
                    group);
    return FALSE;
  }
  base_account_add_exception (account, host, (guint16)port, sha256, until);
  return TRUE;
}

static gboolean
read_exceptions (GKeyFile *file, BaseAccount *account, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], GROUP_EXCEPTION)
        && !read_exception (file, groups[i], account, error))
      return FALSE;
  return TRUE;
}

gboolean
base_account_read (GKeyFile *file, BaseAccount *account, GError **error)
{
  account->display_name = base_key_file_dup_text (file, GROUP_ACCOUNT, "Name");
  account->address = base_key_file_dup_text (file, GROUP_ACCOUNT, "Address");
  account->label = base_key_file_dup_text (file, GROUP_ACCOUNT, "Label");
  account->colour = base_key_file_dup_text (file, GROUP_ACCOUNT, "Colour");
  account->desktop_account = base_key_file_dup_text (file, GROUP_ACCOUNT, "DesktopAccount");
  account->authserv_id = base_key_file_dup_text (file, GROUP_IMAP, "AuthservId");
  account->ca_file = base_key_file_dup_text (file, GROUP_ACCOUNT, "CaFile");
  account->client_certificate = base_key_file_dup_text (file, GROUP_ACCOUNT, "ClientCertificate");
  account->client_key = base_key_file_dup_text (file, GROUP_ACCOUNT, "ClientKey");
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    account->folders[i] = base_key_file_dup_text (file, GROUP_FOLDERS, folder_keys[i]);
  read_oauth (file, account);
  return base_key_file_read_switch (file, GROUP_ACCOUNT, "Disabled", &account->disabled, error)
         && read_number (file, GROUP_ACCOUNT, "Position", 0, BASE_POSITION_MAX, &account->position,
                         error)
         && read_server (file, GROUP_IMAP, &account->imap, error)
         && base_account_read_sender (file, GROUP_SMTP, &account->smtp, error)
         && read_sync (file, account, error) && read_exceptions (file, account, error)
         && base_identities_read (file, account, error);
}

/* ---- writing ---- */

/* Also one that is not understood stays until something is known. */
static void
write_proof (GKeyFile *file, const char *group, const BaseServer *server)
{
  BaseServer there = { 0 };

  if (base_server_get_proof (server) != BASE_PROOF_NONE) {
    const char *const words[] = { proof_words[server->proved], server->proved_host };

    g_key_file_set_string_list (file, group, "Proved", words, G_N_ELEMENTS (words));
  } else if (read_proof (file, group, &there)) {
    g_key_file_remove_key (file, group, "Proved", NULL);
  }
  g_free (there.proved_host);
}

static void
write_server (GKeyFile *file, const char *group, const BaseServer *server)
{
  /* What is known of one is not thrown away. */
  if (server->host == NULL || *server->host == '\0')
    return;
  base_key_file_put_text (file, group, "Host", server->host);
  g_key_file_set_integer (file, group, "Port", server->port);
  g_key_file_set_string (file, group, "Security",
                         server->security == BASE_SECURITY_TLS ? "tls" : "starttls");
  if (server->sign_in != BASE_SIGN_IN_PASSWORD || g_key_file_has_key (file, group, "SignIn", NULL))
    g_key_file_set_string (file, group, "SignIn", sign_in_words[server->sign_in]);
  base_key_file_put_text (file, group, "User", server->user);
  if (server->without != NULL)
    g_key_file_set_string_list (file, group, "Without", (const char *const *)server->without,
                                g_strv_length (server->without));
  else
    g_key_file_remove_key (file, group, "Without", NULL);
  write_proof (file, group, server);
}

void
base_account_write_sender (GKeyFile *file, const char *group, const BaseServer *server)
{
  write_server (file, group, server);
  if (g_key_file_has_group (file, group))
    base_key_file_write_switch (file, group, "Disabled", !base_server_is_used (server));
}

/* What is as it is where nothing is said needs no line; one that an administrator wrote is kept true. */
static void
write_number (GKeyFile *file, const char *group, const char *key, guint number, guint usual)
{
  if (number != usual || g_key_file_has_key (file, group, key, NULL))
    g_key_file_set_integer (file, group, key, (int)number);
}

static void
write_sync (GKeyFile *file, const BaseAccount *account)
{
  if (account->bodies != BASE_BODIES_EVERYTHING
      || g_key_file_has_key (file, GROUP_SYNC, "Bodies", NULL))
    g_key_file_set_string (file, GROUP_SYNC, "Bodies", bodies_words[account->bodies]);
  write_number (file, GROUP_SYNC, "Months", account->months, BASE_MONTHS);
  write_number (file, GROUP_SYNC, "LargestBody", account->largest_body, BASE_LARGEST_BODY);
  write_number (file, GROUP_SYNC, "LargestPart", account->largest_part, BASE_LARGEST_PART);
  write_number (file, GROUP_SYNC, "Check", account->check_minutes, 0);
}

static void
write_oauth (GKeyFile *file, const BaseOauth *oauth)
{
  if (oauth == NULL) {
    g_key_file_remove_group (file, GROUP_OAUTH, NULL);
    return;
  }
  base_key_file_put_text (file, GROUP_OAUTH, "Provider", oauth->provider);
  base_key_file_put_text (file, GROUP_OAUTH, "ClientId", oauth->client_id);
  base_key_file_put_text (file, GROUP_OAUTH, "ClientSecret", oauth->client_secret);
  base_key_file_put_text (file, GROUP_OAUTH, "Authorization", oauth->authorization);
  base_key_file_put_text (file, GROUP_OAUTH, "Token", oauth->token);
  base_key_file_put_text (file, GROUP_OAUTH, "Scope", oauth->scope);
}

/* NULL: the group is about none of them. */
static const BaseException *
find_exception (GKeyFile *file, const char *group, GPtrArray *exceptions)
{
  g_autofree char *host = base_key_file_dup_text (file, group, "Host");
  int port = g_key_file_get_integer (file, group, "Port", NULL);

  for (guint i = 0; host != NULL && i < exceptions->len; i++) {
    const BaseException *exception = exceptions->pdata[i];

    if (exception->port == port && g_ascii_strcasecmp (exception->host, host) == 0)
      return exception;
  }
  return NULL;
}

static void
write_exception (GKeyFile *file, const char *group, const BaseException *exception)
{
  g_key_file_set_string (file, group, "Host", exception->host);
  g_key_file_set_integer (file, group, "Port", exception->port);
  g_key_file_set_string (file, group, "Sha256", exception->sha256);
  g_key_file_set_int64 (file, group, "Until", exception->until);
}

/* Each in the group that it has, with what others wrote there; their numbers mean nothing. */
static void
write_exceptions (GKeyFile *file, const BaseAccount *account)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  g_ptr_array_extend (left, account->exceptions, NULL, NULL);
  for (guint i = 0; groups[i] != NULL; i++) {
    const BaseException *exception = NULL;

    if (!g_str_has_prefix (groups[i], GROUP_EXCEPTION))
      continue;
    exception = find_exception (file, groups[i], left);
    if (exception == NULL) {
      g_key_file_remove_group (file, groups[i], NULL);
      continue;
    }
    write_exception (file, groups[i], exception);
    g_ptr_array_remove (left, (gpointer)exception);
  }
  for (guint i = 0, number = 1; i < left->len; number++) {
    g_autofree char *group = g_strdup_printf (GROUP_EXCEPTION "%u", number);

    if (!g_key_file_has_group (file, group))
      write_exception (file, group, left->pdata[i++]);
  }
}

void
base_account_write (GKeyFile *file, const BaseAccount *account)
{
  base_key_file_put_text (file, GROUP_ACCOUNT, "Name", account->display_name);
  base_key_file_put_text (file, GROUP_ACCOUNT, "Address", account->address);
  base_key_file_put_text (file, GROUP_ACCOUNT, "Label", account->label);
  base_key_file_put_text (file, GROUP_ACCOUNT, "Colour", account->colour);
  base_key_file_put_text (file, GROUP_ACCOUNT, "DesktopAccount", account->desktop_account);
  base_key_file_put_text (file, GROUP_ACCOUNT, "CaFile", account->ca_file);
  base_key_file_put_text (file, GROUP_ACCOUNT, "ClientCertificate", account->client_certificate);
  base_key_file_put_text (file, GROUP_ACCOUNT, "ClientKey", account->client_key);
  base_key_file_write_switch (file, GROUP_ACCOUNT, "Disabled", account->disabled);
  write_number (file, GROUP_ACCOUNT, "Position", account->position, 0);
  write_server (file, GROUP_IMAP, &account->imap);
  base_key_file_put_text (file, GROUP_IMAP, "AuthservId", account->authserv_id);
  base_account_write_sender (file, GROUP_SMTP, &account->smtp);
  write_sync (file, account);
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    base_key_file_put_text (file, GROUP_FOLDERS, folder_keys[i], account->folders[i]);
  write_oauth (file, account->oauth);
  write_exceptions (file, account);
  base_identities_write (file, account);
}
