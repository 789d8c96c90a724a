/* Profile folders and whole-or-nothing files. */
#include "test-base.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "base-error.h"
#include "base-paths.h"

static void
test_folders (void)
{
  g_autofree char *root = test_make_folder ();
  g_autofree char *profile = g_build_filename (root, "deep", "profile", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = base_paths_new (profile, &error);
  g_autoptr (BasePaths) other = NULL;
  const char *folders[5];

  g_assert_no_error (error);
  other = base_paths_ref (paths);
  folders[0] = base_paths_get_data (paths);
  folders[1] = base_paths_get_drafts (paths);
  folders[2] = base_paths_get_accounts (paths);
  folders[3] = base_paths_get_config (paths);
  folders[4] = base_paths_get_cache (other);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    GStatBuf info;

    g_assert_true (g_str_has_prefix (folders[i], profile));
    g_assert_cmpint (g_stat (folders[i], &info), ==, 0);
    g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  }
  test_remove_folder (root);
}

static void
test_folders_fail (void)
{
  g_autofree char *root = test_make_folder ();
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_null (base_paths_new (file, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  test_remove_folder (root);
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;

  return count;
}

static void
test_write (void)
{
  g_autofree char *root = test_make_folder ();
  g_autofree char *path = g_build_filename (root, "file", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("second\0!", 8);
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  GStatBuf info;
  gsize length;

  g_assert_true (base_paths_write (path, "first", 5, &error));
  g_assert_no_error (error);
  g_assert_true (base_paths_write_bytes (path, bytes, &error));
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpmem (content, length, "second\0!", 8);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (count_entries (root), ==, 1);
  test_remove_folder (root);
}

/* The target cannot be replaced, or its folder does not exist: the old state stays and no temporary file. */
static void
test_write_fails (void)
{
  g_autofree char *root = test_make_folder ();
  g_autofree char *folder = g_build_filename (root, "folder", NULL);
  g_autofree char *inside = g_build_filename (folder, "x", NULL);
  g_autofree char *missing = g_build_filename (root, "missing", "x", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (base_paths_write (inside, "", 0, NULL));
  g_assert_false (base_paths_write (folder, "x", 1, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_clear_error (&error);
  g_assert_cmpuint (count_entries (root), ==, 1);
  g_assert_false (base_paths_write (missing, "x", 1, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  test_remove_folder (root);
}

static void
test_nowhere_to_write (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (base_paths_write ("/proc/sosik", "x", 1, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_assert_nonnull (strstr (error->message, "sosik"));
}

static void
test_stale (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autofree char *old = g_build_filename (base_paths_get_drafts (paths), ".sosik-AAAAAA", NULL);
  g_autofree char *young = g_build_filename (base_paths_get_drafts (paths), ".sosik-BBBBBB", NULL);
  g_autoptr (BasePaths) again = NULL;
  struct utimbuf long_ago = { 1000, 1000 };

  g_assert_true (g_file_set_contents (old, "x", 1, NULL));
  g_assert_true (g_file_set_contents (young, "x", 1, NULL));
  g_assert_cmpint (g_utime (old, &long_ago), ==, 0);
  again = base_paths_new (root, NULL);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (young, G_FILE_TEST_EXISTS));
  test_remove_folder (root);
}

/* Removing follows no link: what it points to stays. */
static void
test_remove_tree (void)
{
  g_autofree char *root = test_make_folder ();
  g_autofree char *tree = g_build_filename (root, "tree", NULL);
  g_autofree char *deep = g_build_filename (tree, "a", "b", NULL);
  g_autofree char *link = g_build_filename (deep, "link", NULL);
  g_autofree char *outside = g_build_filename (root, "outside", NULL);
  g_autofree char *kept = g_build_filename (outside, "kept", NULL);

  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (outside, 0700), ==, 0);
  g_assert_true (base_paths_write (kept, "x", 1, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_true (base_paths_remove_tree (tree));
  g_assert_false (g_file_test (tree, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_assert_true (base_paths_remove_tree (tree));
  g_assert_true (base_paths_remove_tree (kept));
  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));
  test_remove_folder (root);
}

static void
test_make_folder_deep (void)
{
  g_autofree char *root = test_make_folder ();
  g_autofree char *deep = g_build_filename (root, "a", "b", "c", NULL);
  g_autofree char *file = g_build_filename (deep, "file", NULL);
  g_autofree char *below = g_build_filename (file, "d", NULL);
  const char *const wrong[] = { file, below };

  g_assert_true (base_paths_make_folder (deep, NULL));
  g_assert_true (g_file_test (deep, G_FILE_TEST_IS_DIR));
  g_assert_true (base_paths_make_folder (deep, NULL));
  g_assert_true (base_paths_write (file, "x", 1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (base_paths_make_folder (wrong[i], &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  }
  test_remove_folder (root);
}

void
test_paths_add (void)
{
  g_test_add_func ("/base/paths/folders", test_folders);
  g_test_add_func ("/base/paths/folders-fail", test_folders_fail);
  g_test_add_func ("/base/paths/write", test_write);
  g_test_add_func ("/base/paths/write-fails", test_write_fails);
  g_test_add_func ("/base/paths/nowhere-to-write", test_nowhere_to_write);
  g_test_add_func ("/base/paths/stale", test_stale);
  g_test_add_func ("/base/paths/remove-tree", test_remove_tree);
  g_test_add_func ("/base/paths/make-folder", test_make_folder_deep);
}
