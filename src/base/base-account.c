/* Account settings and their files.  Any thread; must never hold a secret, and must leave alone what it does not
 * understand in a file that an administrator wrote. */
#include "base-account-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "base-key-file.h"
#include "base-log.h"

#define GROUP_ACCOUNT  "Account"
#define GROUP_IMAP     "IMAP"
#define GROUP_SMTP     "SMTP"
#define GROUP_SYNC     "Sync"
#define SUFFIX         ".ini"
#define LEAVING_SUFFIX ".leaving"
#define MAX_HOST       253
#define MAX_FIELD      320
#define MAX_EXTENSION  40
#define MONTHS         12 /* where the file asks for months and does not say how many */
#define MAX_BODY       2048
#define MAX_PART       (1024 * 1024)

/* With what every account has. */
static BaseAccount *
make (void)
{
  BaseAccount *account = g_new0 (BaseAccount, 1);

  account->own = g_new0 (BaseIdentity, 1);
  account->own->id = g_strdup ("");
  account->identities = g_ptr_array_new_with_free_func ((GDestroyNotify)base_identity_free);
  account->signatures = g_ptr_array_new_with_free_func ((GDestroyNotify)base_signature_free);
  return account;
}

BaseAccount *
base_account_new (void)
{
  BaseAccount *account = make ();

  account->id = g_uuid_string_random ();
  account->imap.port = 993;
  account->imap.security = BASE_SECURITY_TLS;
  account->smtp.port = 465;
  account->smtp.security = BASE_SECURITY_TLS;
  account->months = MONTHS;
  account->largest_body = BASE_LARGEST_BODY;
  account->largest_part = BASE_LARGEST_PART;
  return account;
}

static void
copy_server (const BaseServer *from, BaseServer *to)
{
  to->host = g_strdup (from->host);
  to->port = from->port;
  to->security = from->security;
  to->user = g_strdup (from->user);
  to->without = g_strdupv (from->without);
}

BaseAccount *
base_account_dup (const BaseAccount *account)
{
  BaseAccount *copy = make ();

  copy->id = g_strdup (account->id);
  copy->display_name = g_strdup (account->display_name);
  copy->address = g_strdup (account->address);
  copy->label = g_strdup (account->label);
  copy_server (&account->imap, &copy->imap);
  copy_server (&account->smtp, &copy->smtp);
  copy->authserv_id = g_strdup (account->authserv_id);
  copy->ca_file = g_strdup (account->ca_file);
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
  g_free (account->imap.host);
  g_free (account->imap.user);
  g_strfreev (account->imap.without);
  g_free (account->smtp.host);
  g_free (account->smtp.user);
  g_strfreev (account->smtp.without);
  g_free (account->authserv_id);
  g_free (account->ca_file);
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

static char *
file_of (const char *id, const BasePaths *paths)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);

  return g_build_filename (base_paths_get_accounts (paths), name, NULL);
}

static char *
mark_of (const char *id, const BasePaths *paths)
{
  g_autofree char *name = g_strconcat (id, LEAVING_SUFFIX, NULL);

  return g_build_filename (base_paths_get_accounts (paths), name, NULL);
}

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

  return read_without (file, group, server, error);
}

/* The words of BaseBodies, in its order. */
static const char *const bodies_words[] = { "everything", "months", "opening" };

static gboolean
read_number (GKeyFile *file, const char *key, guint from, guint to, guint *number, GError **error)
{
  g_autofree char *text = base_key_file_dup_text (file, GROUP_SYNC, key);
  guint64 value = *number;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, from, to, &value, NULL)) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        /* Translators: the name of a setting in a file, its lowest and highest value, what was found */
        _ ("%1$s under [Sync] must be a number from %2$u to %3$u, not “%4$s”."), key, from, to,
        text);
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
  return read_number (file, "Months", 1, BASE_MONTHS_MAX, &account->months, error)
         && read_number (file, "LargestBody", 0, MAX_BODY, &account->largest_body, error)
         && read_number (file, "LargestPart", 0, MAX_PART, &account->largest_part, error);
}

static BaseAccount *
load (const char *id, const BasePaths *paths, GError **error)
{
  g_autoptr (BaseAccount) account = make ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) read_error = NULL;
  g_autofree char *path = file_of (id, paths);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &read_error)) {
    base_error_set (error, BASE_ERROR_REFUSED, read_error->message,
                    _ ("It could not be read; compare it with the example that comes with Sosik."));
    return NULL;
  }

  account->id = g_strdup (id);
  account->display_name = base_key_file_dup_text (file, GROUP_ACCOUNT, "Name");
  account->address = base_key_file_dup_text (file, GROUP_ACCOUNT, "Address");
  account->label = base_key_file_dup_text (file, GROUP_ACCOUNT, "Label");
  account->authserv_id = base_key_file_dup_text (file, GROUP_IMAP, "AuthservId");
  account->ca_file = base_key_file_dup_text (file, GROUP_ACCOUNT, "CaFile");
  account->imap.port = 993;
  account->smtp.port = 465;
  account->months = MONTHS;
  account->largest_body = BASE_LARGEST_BODY;
  account->largest_part = BASE_LARGEST_PART;
  if (!read_server (file, GROUP_IMAP, &account->imap, error)
      || !read_server (file, GROUP_SMTP, &account->smtp, error) || !read_sync (file, account, error)
      || !base_identities_read (file, account, error))
    return NULL;
  if (!base_account_check (account, error))
    return NULL;

  return g_steal_pointer (&account);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The ids of all files that can be accounts, sorted. */
static GPtrArray *
list_ids (const BasePaths *paths, const char *suffix)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (base_paths_get_accounts (paths), 0, &error);
  const char *name;

  if (dir == NULL)
    base_log ("could not list the accounts: %s", error->message);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *id = NULL;

    if (!g_str_has_suffix (name, suffix))
      continue;
    id = g_strndup (name, strlen (name) - strlen (suffix));
    if (base_account_id_is_valid (id))
      g_ptr_array_add (ids, g_steal_pointer (&id));
  }
  g_ptr_array_sort (ids, compare_names);

  return g_steal_pointer (&ids);
}

GPtrArray *
base_account_load_all (const BasePaths *paths, GStrv *broken)
{
  g_autoptr (GPtrArray) accounts =
      g_ptr_array_new_with_free_func ((GDestroyNotify)base_account_free);
  g_autoptr (GPtrArray) ids = list_ids (paths, SUFFIX);
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();

  for (guint i = 0; i < ids->len; i++) {
    const char *id = g_ptr_array_index (ids, i);
    g_autoptr (GError) error = NULL;
    g_autofree char *mark = mark_of (id, paths);
    if (g_file_test (mark, G_FILE_TEST_EXISTS))
      continue;
    BaseAccount *account = load (id, paths, &error);
    g_autofree char *sentence = NULL;

    if (account != NULL) {
      g_ptr_array_add (accounts, account);
      continue;
    }
    sentence = g_strdup_printf (
        /* Translators: the name of a file, then a sentence that says what is wrong with it */
        _ ("The account file “%s.ini” cannot be used. %s"), id, error->message);
    base_log ("%s", sentence);
    g_strv_builder_add (sentences, sentence);
  }

  if (broken != NULL)
    *broken = g_strv_builder_end (sentences);
  return g_steal_pointer (&accounts);
}

static void
write_server (GKeyFile *file, const char *group, const BaseServer *server)
{
  base_key_file_put_text (file, group, "Host", server->host);
  g_key_file_set_integer (file, group, "Port", server->port);
  g_key_file_set_string (file, group, "Security",
                         server->security == BASE_SECURITY_TLS ? "tls" : "starttls");
  base_key_file_put_text (file, group, "User", server->user);
  if (server->without != NULL)
    g_key_file_set_string_list (file, group, "Without", (const char *const *)server->without,
                                g_strv_length (server->without));
  else
    g_key_file_remove_key (file, group, "Without", NULL);
}

/* What is as it is where nothing is said needs no line; one that an administrator wrote is kept true. */
static void
write_number (GKeyFile *file, const char *key, guint number, guint usual)
{
  if (number != usual || g_key_file_has_key (file, GROUP_SYNC, key, NULL))
    g_key_file_set_integer (file, GROUP_SYNC, key, (int)number);
}

static void
write_sync (GKeyFile *file, const BaseAccount *account)
{
  if (account->bodies != BASE_BODIES_EVERYTHING
      || g_key_file_has_key (file, GROUP_SYNC, "Bodies", NULL))
    g_key_file_set_string (file, GROUP_SYNC, "Bodies", bodies_words[account->bodies]);
  write_number (file, "Months", account->months, MONTHS);
  write_number (file, "LargestBody", account->largest_body, BASE_LARGEST_BODY);
  write_number (file, "LargestPart", account->largest_part, BASE_LARGEST_PART);
}

gboolean
base_account_save (const BaseAccount *account, const BasePaths *paths, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!base_account_id_is_valid (account->id)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("An account may not be called “%s”."),
                    account->id != NULL ? account->id : "");
    return FALSE;
  }
  if (!base_account_check (account, error))
    return FALSE;

  /* Comments and keys of others stay. */
  path = file_of (account->id, paths);
  file = base_key_file_open (path);
  base_key_file_put_text (file, GROUP_ACCOUNT, "Name", account->display_name);
  base_key_file_put_text (file, GROUP_ACCOUNT, "Address", account->address);
  base_key_file_put_text (file, GROUP_ACCOUNT, "Label", account->label);
  base_key_file_put_text (file, GROUP_IMAP, "AuthservId", account->authserv_id);
  base_key_file_put_text (file, GROUP_ACCOUNT, "CaFile", account->ca_file);
  write_server (file, GROUP_IMAP, &account->imap);
  write_server (file, GROUP_SMTP, &account->smtp);
  write_sync (file, account);
  base_identities_write (file, account);

  text = g_key_file_to_data (file, &length, NULL);
  /* Saved anew, it stays. */
  return base_paths_write (path, text, length, error)
         && base_account_set_leaving (account->id, paths, FALSE, error);
}

static gboolean
check_id (const char *id, GError **error)
{
  if (base_account_id_is_valid (id))
    return TRUE;
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("There is no account called “%s”."),
                  id != NULL ? id : "");
  return FALSE;
}

gboolean
base_account_remove (const char *id, const BasePaths *paths, GError **error)
{
  if (!check_id (id, error))
    return FALSE;

  /* The mark is the last to go, when no loss of power can bring the account back. */
  g_autofree char *path = file_of (id, paths), *mark = mark_of (id, paths);
  const char *const files[] = { path, mark };
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    if (g_unlink (files[i]) != 0 && errno != ENOENT) {
      base_error_set_disk (error, errno, files[i]);
      return FALSE;
    }
    if (!base_paths_sync_folder (base_paths_get_accounts (paths), error))
      return FALSE;
  }

  return TRUE;
}

gboolean
base_account_set_leaving (const char *id, const BasePaths *paths, gboolean leaving, GError **error)
{
  if (!check_id (id, error))
    return FALSE;

  g_autofree char *mark = mark_of (id, paths);
  if (leaving)
    return base_paths_write (mark, "", 0, error);
  if (g_unlink (mark) != 0 && errno != ENOENT) {
    base_error_set_disk (error, errno, mark);
    return FALSE;
  }

  return TRUE;
}

GStrv
base_account_list_leaving (const BasePaths *paths)
{
  GPtrArray *ids = list_ids (paths, LEAVING_SUFFIX);
  g_ptr_array_add (ids, NULL);

  return (GStrv)g_ptr_array_free (ids, FALSE);
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

static gboolean
check_server (const BaseServer *server, const char *protocol, GError **error)
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

  if ((guint)account->bodies >= G_N_ELEMENTS (bodies_words) || account->months < 1
      || account->months > BASE_MONTHS_MAX || account->largest_body > MAX_BODY
      || account->largest_part > MAX_PART) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Which messages are kept on this computer is not set up properly."));
    return FALSE;
  }

  return check_server (&account->imap, "IMAP", error)
         && check_server (&account->smtp, "SMTP", error) && base_identities_check (account, error);
}
