/* What goes out: no field starts another header, no message becomes two, no mailto: does more than open a window; what was written is what is read.
 * Ends with "figure: injections_run N count", "figure: injections_failed N count", and the same of smuggling and mailto. */
#include "test-writing.h"

#include <locale.h>
#include <stdio.h>

#include "base-paths.h"

static struct
{
  const char *name;
  guint floor; /* that many are promised */
  guint run, failed;
} counts[] = {
  [COUNT_INJECTIONS] = { "injections", 135, 0, 0 },
  [COUNT_SMUGGLING] = { "smuggling", 48, 0, 0 },
  [COUNT_MAILTO] = { "mailto", 20, 0, 0 },
};

void
count_case (Count count, const char *name, const char *failure)
{
  counts[count].run++;
  if (failure == NULL)
    return;
  counts[count].failed++;
  g_test_message ("%s: %s", name, failure);
  g_test_fail ();
}

char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("sosik-writing-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
remove_folder (char *folder)
{
  g_assert_true (base_paths_remove_tree (folder));
  g_free (folder);
}

char *
ask_python (const char *what, const char *folder)
{
  g_autofree char *script =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "writing", "strict.py", NULL);
  const char *argv[] = { "/usr/bin/python3", "-B", script, what, folder, NULL };
  g_auto (GStrv) environment = g_environ_unsetenv (g_get_environ (), "LD_PRELOAD");
  g_autofree char *said = NULL, *complaint = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **)argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &said, &complaint,
                &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("strict.py: %s", complaint);
  return g_steal_pointer (&said);
}

/* Behind all that count. */
static void
test_floors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_cmpuint (counts[i].run, >=, counts[i].floor);
}

int
main (int argc, char *argv[])
{
  int status;

  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  add_injection_tests ();
  add_mailto_tests ();
  add_names_tests ();
  add_random_tests ();
  add_smuggling_tests ();
  g_test_add_func ("/writing/whole/floors", test_floors);
  status = g_test_run ();
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].run > 0)
      printf ("# figure: %s_run %u count\n# figure: %s_failed %u count\n", counts[i].name,
              counts[i].run, counts[i].name, counts[i].failed);
  return status;
}
