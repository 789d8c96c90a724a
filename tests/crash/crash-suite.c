/* What the suites that disturb the engine have in common: a scenario undisturbed, the profile it begins with, what is looked at
 * afterwards, and the shares that run side by side.  Main thread of each share. */
#include "crash-suite.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base-paths.h"
#include "crash-child.h"
#include "crash-power.h"

const CrashPlace crash_nowhere = { CRASH_NEVER, 0 };

/* ---- profiles ---- */

static void
copy_tree (const char *from, const char *to)
{
  g_autoptr (GDir) folder = g_dir_open (from, 0, NULL);
  g_autofree char *bytes = NULL;
  const char *name;
  gsize length = 0;

  if (folder == NULL) {
    g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
    g_assert_true (
        g_file_set_contents_full (to, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    return;
  }
  g_mkdir (to, 0700);
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *source = g_build_filename (from, name, NULL);
    g_autofree char *target = g_build_filename (to, name, NULL);

    copy_tree (source, target);
  }
}

/* ---- one scenario ---- */

static void
free_scenario (gpointer data)
{
  CrashScenario *scenario = data;

  g_free (scenario->name);
  g_free (scenario->capabilities);
  g_free (scenario->smtp_capabilities);
  g_free (scenario->setup);
  g_free (scenario);
}

static GPtrArray *
list_scenarios (const char *child)
{
  GPtrArray *scenarios = g_ptr_array_new_with_free_func (free_scenario);
  g_autofree char *out = NULL;
  const char *argv[] = { child, "list", NULL };
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, 0, NULL, NULL, &out, NULL, NULL, NULL));
  lines = g_strsplit (out, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], "\t", 5);
    CrashScenario *scenario;

    if (g_strv_length (words) != 5)
      continue;
    scenario = g_new0 (CrashScenario, 1);
    scenario->name = g_strdup (words[0]);
    scenario->flags = (guint)g_ascii_strtoull (words[1], NULL, 10);
    scenario->capabilities = g_strdup (words[2]);
    scenario->smtp_capabilities = g_strdup (words[3]);
    scenario->setup = g_strdup (words[4]);
    g_ptr_array_add (scenarios, scenario);
  }
  return scenarios;
}

static void
print_indented (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      printf ("#   %s\n", lines[i]);
}

void
crash_suite_tell_lost (CrashSuite *suite, const char *where, const char *what)
{
  g_autofree char *log = crash_run_dup_log (suite->run);

  printf ("# %s, %s: LOST\n", suite->run->scenario->name, where);
  print_indented (what);
  if (*log != '\0') {
    printf ("#   -- the child said:\n");
    print_indented (log);
  }
  fflush (stdout);
}

char *
crash_suite_look (CrashSuite *suite, const CrashState *wanted, CrashState **state_out)
{
  CrashRun *run = suite->run;
  g_autofree char *before = model_server_dump (run->server, NULL), *after = NULL, *different = NULL;
  CrashState *state;
  guint changes;

  crash_run_child (run, suite->profile, TRUE, crash_nowhere);
  if (run->complaints->len > 0)
    return g_strdup_printf ("one more run: %s", run->complaints->str);
  after = model_server_dump (run->server, NULL);
  changes = (guint)g_atomic_int_get (&run->changes);
  if (changes > 0 || strcmp (before, after) != 0)
    return g_strdup_printf ("one more run sent %u commands that change something", changes);
  state = crash_state_new (run);
  different = crash_state_compare (state, wanted);
  if (state_out != NULL && different == NULL)
    *state_out = state;
  else
    crash_state_free (state);
  return g_steal_pointer (&different);
}

gboolean
crash_suite_run_once (CrashSuite *suite, CrashPlace place)
{
  base_paths_remove_tree (suite->profile);
  copy_tree (suite->template, suite->profile);
  if (suite->run->keeper != NULL)
    crash_power_begin (suite->run->keeper, suite->profile);
  crash_run_begin (suite->run, suite->run->scenario);
  return crash_run_child (suite->run, suite->profile, FALSE, place);
}

gboolean
crash_suite_make_template (CrashSuite *suite, const CrashScenario *scenario)
{
  CrashRun *run = suite->run;

  base_paths_remove_tree (suite->template);
  g_mkdir (suite->template, 0700);
  crash_run_begin (run, scenario);
  if ((scenario->flags & SCENARIO_OLD) != 0) {
    const char *argv[] = { run->child, "old", suite->template, NULL };
    int status = 0;

    return g_spawn_sync (NULL, (char **)argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL)
           && status == 0;
  }
  if ((scenario->flags & SCENARIO_FRESH) == 0) {
    crash_run_child (run, suite->template, TRUE, crash_nowhere);
    return run->complaints->len == 0;
  }
  return TRUE;
}

/* ---- all of them, side by side ---- */

static int
run_share (const CrashSuiteKind *kind, guint share, guint shares)
{
  CrashSuite suite = { .kind = kind };
  const char *only = g_getenv ("CRASH_ONLY"), *seed = g_getenv ("CRASH_SEED"),
             *kills = g_getenv ("CRASH_KILLS");
  g_autoptr (GPtrArray) scenarios = list_scenarios (g_getenv ("CRASH_CHILD"));
  guint n = kills != NULL ? (guint)g_ascii_strtoull (kills, NULL, 10) : kind->default_number;
  gboolean all = g_getenv ("CRASH_ALL") != NULL;

  for (guint i = scenarios->len; only == NULL && kind->only != NULL && i-- > 0;)
    if (!g_regex_match_simple (kind->only,
                               ((CrashScenario *)g_ptr_array_index (scenarios, i))->name, 0, 0))
      g_ptr_array_remove_index (scenarios, i);
  suite.run = crash_run_new (g_getenv ("CRASH_CHILD"), g_getenv ("CRASH_PRELOAD"));
  suite.template = g_build_filename (suite.run->folder, "template", NULL);
  suite.profile = g_build_filename (suite.run->folder, "profile", NULL);
  suite.wanted = all ? G_MAXUINT : (n + scenarios->len - 1) / scenarios->len;
  suite.part = all ? share : 0;
  suite.parts = all ? shares : 1;
  if (kind->begin != NULL)
    kind->begin (&suite);
  for (guint i = 0; i < scenarios->len; i++) {
    const CrashScenario *scenario = g_ptr_array_index (scenarios, i);

    if ((!all && i % shares != share)
        || (only != NULL && !g_regex_match_simple (only, scenario->name, 0, 0)))
      continue;
    /* The places of a scenario do not depend on which others run. */
    suite.rand = g_rand_new_with_seed (
        (seed != NULL ? (guint32)g_ascii_strtoull (seed, NULL, 10) : 1) * 1000 + i);
    printf ("%s %s\n", kind->run_scenario (&suite, scenario) ? "ok" : "not ok", scenario->name);
    fflush (stdout);
    g_rand_free (suite.rand);
  }
  printf ("count %u %u\n", suite.kills, suite.lost);
  if (kind->end != NULL)
    kind->end (&suite);
  base_paths_remove_tree (suite.run->folder);
  crash_run_free (suite.run);
  g_free (suite.template);
  g_free (suite.profile);
  return 0;
}

typedef struct
{
  guint tests, failed, kills, lost;
} Result;

static void
take_report (Result *result, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean complete = FALSE;

  for (gsize i = 0; lines[i] != NULL; i++) {
    const char *line = lines[i];

    if (g_str_has_prefix (line, "count ")) {
      guint kills = 0, lost = 0;

      complete = sscanf (line, "count %u %u", &kills, &lost) == 2;
      result->kills += kills;
      result->lost += lost;
    } else if (g_str_has_prefix (line, "ok ") || g_str_has_prefix (line, "not ok ")) {
      gboolean good = *line == 'o';

      result->failed += !good;
      printf ("%s %u %s\n", good ? "ok" : "not ok", ++result->tests, line + (good ? 3 : 7));
    } else if (*line != '\0') {
      printf ("%s\n", line);
    }
  }
  if (!complete) {
    result->failed++;
    printf ("not ok %u a share of the suite ended early\n", ++result->tests);
  }
}

int
crash_suite_main (const CrashSuiteKind *kind, int argc, char **argv)
{
  const char *jobs = g_getenv ("CRASH_JOBS");
  guint n = jobs != NULL ? (guint)g_ascii_strtoull (jobs, NULL, 10) : 2;
  g_autoptr (GPtrArray) shares = g_ptr_array_new_with_free_func (g_object_unref);
  Result result = { 0 };

  signal (SIGPIPE, SIG_IGN);
  if (argc == 3)
    return run_share (kind, (guint)g_ascii_strtoull (argv[1], NULL, 10),
                      (guint)g_ascii_strtoull (argv[2], NULL, 10));
  for (guint i = 0; i < n; i++) {
    g_autofree char *share = g_strdup_printf ("%u", i), *all = g_strdup_printf ("%u", n);

    g_ptr_array_add (
        shares, g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, argv[0], share, all, NULL));
  }
  printf ("# seed %s\n", g_getenv ("CRASH_SEED") != NULL ? g_getenv ("CRASH_SEED") : "1");
  for (guint i = 0; i < n; i++) {
    GSubprocess *process = g_ptr_array_index (shares, i);
    g_autofree char *text = NULL;

    g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, NULL);
    take_report (&result, text != NULL ? text : "");
  }
  printf ("1..%u\n", result.tests);
  printf ("# figure: %s_run %u count\n# figure: %s_lost %u count\n", kind->figure, result.kills,
          kind->figure, result.lost);
  return result.failed > 0;
}
