/* See crash-power.h: the parent's half.  Main thread. */
#include "crash-power.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base-paths.h"

#define BLOCK 512

static char *
path_of (const char *keeper, guint64 inode)
{
  return g_strdup_printf ("%s/%" G_GUINT64_FORMAT, keeper, inode);
}

static guint64
inode_of (const char *path)
{
  GStatBuf info;

  return g_lstat (path, &info) == 0 ? (guint64)info.st_ino : 0;
}

static void
keep_tree (const char *keeper, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  const char *name;

  crash_power_keep (keeper, fd);
  close (fd);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    keep_tree (keeper, child);
  }
}

void
crash_power_begin (const char *keeper, const char *profile)
{
  base_paths_remove_tree (keeper);
  g_assert_cmpint (g_mkdir (keeper, 0700), ==, 0);
  keep_tree (keeper, profile);
}

/* ---- after the cut ---- */

typedef struct
{
  const char *keeper;
  GRand *rand;         /* NULL: nothing but what is safe */
  gboolean all_names;  /* with rand */
  GHashTable *present; /* inode -> path in the profile as the system had it */
} Cut;

static void
find_present (Cut *cut, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint64 *inode = g_new (guint64, 1);
  const char *name;

  *inode = inode_of (path);
  g_hash_table_replace (cut->present, inode, g_strdup (path));
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    find_present (cut, child);
  }
}

static GString *
read_all (const char *path)
{
  GString *bytes = g_string_new (NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (g_file_get_contents (path, &text, &length, NULL))
    g_string_append_len (bytes, text, (gssize)length);
  return bytes;
}

/* Some blocks of what the system had come over what is safe; the end is the one's, the other's, or between. */
static void
tear (Cut *cut, GString *safe, const GString *had)
{
  double kept = g_rand_double (cut->rand);
  gsize shorter = MIN (safe->len, had->len), longer = MAX (safe->len, had->len), length;
  guint end = g_rand_int_range (cut->rand, 0, 3);

  length = end == 0   ? safe->len
           : end == 1 ? had->len
                      : shorter + (gsize)(g_rand_double (cut->rand) * (double)(longer - shorter));
  while (safe->len < length)
    g_string_append_c (safe, '\0');
  g_string_truncate (safe, length);
  for (gsize at = 0; at < MIN (length, had->len); at += BLOCK)
    if (g_rand_double (cut->rand) < kept)
      memcpy (safe->str + at, had->str + at, MIN (BLOCK, MIN (length, had->len) - at));
}

static void
restore_file (Cut *cut, guint64 inode, const char *to)
{
  g_autofree char *kept = path_of (cut->keeper, inode);
  g_autoptr (GString) bytes = read_all (kept);

  const char *present = cut->rand != NULL ? g_hash_table_lookup (cut->present, &inode) : NULL;

  /* One that was removed since is as it was. */
  if (present != NULL) {
    g_autoptr (GString) had = read_all (present);

    tear (cut, bytes, had);
  }
  g_assert_true (g_file_set_contents_full (to, bytes->str, (gssize)bytes->len,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* "KIND INODE NAME" of each. */
static GStrv
list_folder (Cut *cut, guint64 inode)
{
  g_autofree char *kept = path_of (cut->keeper, inode), *text = NULL;

  if (cut->all_names) {
    const char *path = g_hash_table_lookup (cut->present, &inode);
    int from = g_open (path, O_RDONLY | O_CLOEXEC, 0);

    crash_power_keep (cut->keeper, from);
    close (from);
  }
  if (!g_file_get_contents (kept, &text, NULL, NULL))
    return g_new0 (char *, 1);
  return g_strsplit (text, "\n", -1);
}

static void
restore_folder (Cut *cut, guint64 inode, const char *to)
{
  g_auto (GStrv) entries = list_folder (cut, inode);

  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  for (gsize i = 0; entries[i] != NULL; i++) {
    char *name = NULL;
    guint64 child = *entries[i] != '\0' ? g_ascii_strtoull (entries[i] + 2, &name, 10) : 0;
    g_autofree char *path = name != NULL ? g_build_filename (to, name + 1, NULL) : NULL;

    if (path == NULL)
      continue;
    if (entries[i][0] == 'd')
      restore_folder (cut, child, path);
    else
      restore_file (cut, child, path);
  }
}

void
crash_power_cut (const char *keeper, const char *profile, guint32 torn)
{
  g_autofree char *fresh = g_strconcat (profile, ".fresh", NULL);
  Cut cut = { .keeper = keeper };

  cut.present = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  if (torn != 0) {
    cut.rand = g_rand_new_with_seed (torn);
    cut.all_names = g_rand_boolean (cut.rand);
    find_present (&cut, profile);
  }
  restore_folder (&cut, inode_of (profile), fresh);
  base_paths_remove_tree (profile);
  g_assert_cmpint (g_rename (fresh, profile), ==, 0);
  g_hash_table_unref (cut.present);
  g_clear_pointer (&cut.rand, g_rand_free);
}
