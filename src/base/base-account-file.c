/* The files of the accounts in the profile.  Any thread; must never hold a secret, nor write over one that could not be
 * read. */
#include "base-account-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "base-key-file.h"
#include "base-log.h"

#define SUFFIX         ".ini"
#define LEAVING_SUFFIX ".leaving"

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

static BaseAccount *
load (const char *id, const BasePaths *paths, GError **error)
{
  g_autoptr (BaseAccount) account = base_account_new_empty ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) read_error = NULL;
  g_autofree char *path = file_of (id, paths);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &read_error)) {
    base_error_set (error, BASE_ERROR_REFUSED, read_error->message,
                    _ ("It could not be read; compare it with the example that comes with Sosik."));
    return NULL;
  }
  account->id = g_strdup (id);
  if (!base_account_read (file, account, error) || !base_account_check (account, error))
    return NULL;

  return g_steal_pointer (&account);
}

static char *
dup_broken (const char *id, const GError *error)
{
  /* Translators: the name of a file, then a sentence that says what is wrong with it */
  return g_strdup_printf (_ ("The account file “%s.ini” cannot be used. %s"), id, error->message);
}

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  return base_account_compare (*(BaseAccount *const *)a, *(BaseAccount *const *)b);
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
    sentence = dup_broken (id, error);
    base_log ("%s", sentence);
    g_strv_builder_add (sentences, sentence);
  }

  g_ptr_array_sort (accounts, compare_positions);
  if (broken != NULL)
    *broken = g_strv_builder_end (sentences);
  return g_steal_pointer (&accounts);
}

/* FALSE: somebody changed it by hand, to something that cannot be used, and would lose that. */
static gboolean
may_write_over (const char *id, const BasePaths *paths, GError **error)
{
  g_autofree char *path = file_of (id, paths);
  g_autoptr (BaseAccount) there = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *sentence = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  there = load (id, paths, &local);
  if (there != NULL)
    return TRUE;
  sentence = dup_broken (id, local);
  base_error_set (error, BASE_ERROR_REFUSED, base_error_get_detail (local), "%s", sentence);
  return FALSE;
}

gboolean
base_account_may_save (const BaseAccount *account, const BasePaths *paths, GError **error)
{
  if (!base_account_id_is_valid (account->id)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("An account may not be called “%s”."),
                    account->id != NULL ? account->id : "");
    return FALSE;
  }
  return base_account_check (account, error) && may_write_over (account->id, paths, error);
}

gboolean
base_account_save (const BaseAccount *account, const BasePaths *paths, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!base_account_may_save (account, paths, error))
    return FALSE;

  /* Comments and keys of others stay. */
  path = file_of (account->id, paths);
  file = base_key_file_open (path);
  base_account_write (file, account);

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
