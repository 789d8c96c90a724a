/* The folders of a profile, and files that are written whole or not at all.  Any thread; must never follow a
 * symbolic link out of a folder that it removes. */
#include "base-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base-error.h"
#include "base-log.h"

#define TEMPORARY     ".sosik-"
#define STALE_SECONDS 3600 /* a temporary file this old belongs to a process that died */

struct _BasePaths
{
  char *data, *drafts, *config, *accounts, *cache;
};

/* What a crash in the middle of base_paths_write () left behind. */
static void
remove_stale (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = NULL;
    GStatBuf info;

    if (!g_str_has_prefix (name, TEMPORARY))
      continue;
    path = g_build_filename (folder, name, NULL);
    if (g_lstat (path, &info) == 0 && S_ISREG (info.st_mode) && info.st_mtime < now - STALE_SECONDS
        && g_unlink (path) != 0)
      base_log ("could not remove %s: %s", path, g_strerror (errno));
  }
}

static int
sync_fd (int fd)
{
  while (fsync (fd) != 0) {
    /* Some file systems cannot sync a folder; they say so and there is nothing more to do. */
    if (errno == EINVAL || errno == ENOTSUP)
      return 0;
    if (errno != EINTR)
      return errno;
  }

  return 0;
}

static int
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int failed;

  if (fd < 0)
    return errno;
  failed = sync_fd (fd);
  close (fd);

  return failed;
}

gboolean
base_paths_sync_folder (const char *folder, GError **error)
{
  int failed = sync_folder (folder);

  if (failed != 0)
    base_error_set_disk (error, failed, folder);
  return failed == 0;
}

gboolean
base_paths_make_folder (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  int failed = g_mkdir (path, 0700) == 0 ? 0 : errno;

  if (failed == ENOENT && strcmp (parent, path) != 0) {
    if (!base_paths_make_folder (parent, error))
      return FALSE;
    failed = g_mkdir (path, 0700) == 0 ? 0 : errno;
  }
  if (failed == 0)
    return base_paths_sync_folder (parent, error);
  if (failed == EEXIST && g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  base_error_set_disk (error, failed, path);
  return FALSE;
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (!base_paths_make_folder (path, error))
    return FALSE;

  remove_stale (path);
  return TRUE;
}

static void
free_paths (gpointer data)
{
  BasePaths *paths = data;

  g_free (paths->data);
  g_free (paths->drafts);
  g_free (paths->config);
  g_free (paths->accounts);
  g_free (paths->cache);
}

BasePaths *
base_paths_new (const char *profile, GError **error)
{
  g_autoptr (BasePaths) paths = g_atomic_rc_box_new0 (BasePaths);

  if (profile != NULL) {
    g_autofree char *root = g_canonicalize_filename (profile, NULL);

    paths->data = g_build_filename (root, "data", NULL);
    paths->config = g_build_filename (root, "config", NULL);
    paths->cache = g_build_filename (root, "cache", NULL);
  } else {
    paths->data = g_build_filename (g_get_user_data_dir (), "sosik", NULL);
    paths->config = g_build_filename (g_get_user_config_dir (), "sosik", NULL);
    paths->cache = g_build_filename (g_get_user_cache_dir (), "sosik", NULL);
  }
  paths->drafts = g_build_filename (paths->data, "drafts", NULL);
  paths->accounts = g_build_filename (paths->config, "accounts", NULL);

  if (!make_folder (paths->data, error) || !make_folder (paths->drafts, error)
      || !make_folder (paths->config, error) || !make_folder (paths->accounts, error)
      || !make_folder (paths->cache, error))
    return NULL;

  return g_steal_pointer (&paths);
}

BasePaths *
base_paths_ref (BasePaths *paths)
{
  return g_atomic_rc_box_acquire (paths);
}

void
base_paths_unref (BasePaths *paths)
{
  g_atomic_rc_box_release_full (paths, free_paths);
}

const char *
base_paths_get_data (const BasePaths *paths)
{
  return paths->data;
}

const char *
base_paths_get_drafts (const BasePaths *paths)
{
  return paths->drafts;
}

const char *
base_paths_get_accounts (const BasePaths *paths)
{
  return paths->accounts;
}

const char *
base_paths_get_config (const BasePaths *paths)
{
  return paths->config;
}

const char *
base_paths_get_cache (const BasePaths *paths)
{
  return paths->cache;
}

/* 0 or errno. */
static int
write_all (int fd, const char *data, gsize length)
{
  while (length > 0) {
    ssize_t done = write (fd, data, length);

    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return errno;
    data += done;
    length -= (gsize)done;
  }

  return 0;
}

/* Writes to the new temporary file; 0 or errno. */
static int
fill_temporary (int fd, const void *data, gsize length)
{
  int failed = write_all (fd, data, length);

  if (failed == 0)
    failed = sync_fd (fd);
  if (close (fd) != 0 && failed == 0)
    failed = errno;

  return failed;
}

gboolean
base_paths_write (const char *path, const void *data, gsize length, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_build_filename (folder, TEMPORARY "XXXXXX", NULL);
  int fd, failed;

  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    base_error_set_disk (error, errno, path);
    return FALSE;
  }

  failed = fill_temporary (fd, data, length);
  if (failed == 0 && g_rename (temporary, path) != 0)
    failed = errno;
  if (failed != 0) {
    if (g_unlink (temporary) != 0)
      base_log ("could not remove %s: %s", temporary, g_strerror (errno));
    base_error_set_disk (error, failed, path);
    return FALSE;
  }

  return base_paths_sync_folder (folder, error);
}

gboolean
base_paths_write_bytes (const char *path, GBytes *bytes, GError **error)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  return base_paths_write (path, data, length, error);
}

static int
remove_one (const char *path, const struct stat *info, int kind, struct FTW *walk)
{
  if (remove (path) != 0 && errno != ENOENT)
    base_log ("could not remove %s: %s", path, g_strerror (errno));

  return 0;
}

gboolean
base_paths_remove_tree (const char *path)
{
  GStatBuf info;

  if (nftw (path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
    base_log ("could not remove %s: %s", path, g_strerror (errno));

  return g_lstat (path, &info) != 0 && errno == ENOENT;
}
