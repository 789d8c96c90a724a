/* Makes locales by localedef, in a folder of the program's own.  The main thread. */
#include "locales.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

static char *folder;

static void
make (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *source = g_strndup (name, strcspn (name, "."));
  const char *command[] = { "localedef", "--no-archive", "-i", source, "-f", "UTF-8", path, NULL };
  g_autofree char *said = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    g_spawn_sync (NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                  NULL, NULL, NULL, &said, NULL, NULL);
}

void
locales_set (int category, const char *name)
{
  if (folder == NULL) {
    folder = g_dir_make_tmp ("sosik-locales-XXXXXX", NULL);
    g_assert_nonnull (folder);
    g_setenv ("LOCPATH", folder, TRUE);
  }
  if (!g_str_has_prefix (name, "C"))
    make (name);
  if (setlocale (category, name) == NULL)
    g_error ("no locale %s: localedef and its sources (package locales) are needed", name);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *below = g_build_filename (path, name, NULL);

    if (g_file_test (below, G_FILE_TEST_IS_DIR) && !g_file_test (below, G_FILE_TEST_IS_SYMLINK))
      remove_tree (below);
    else
      g_unlink (below);
  }
  g_rmdir (path);
}

void
locales_remove (void)
{
  if (folder != NULL)
    remove_tree (folder);
  g_unsetenv ("LOCPATH");
  g_clear_pointer (&folder, g_free);
}
