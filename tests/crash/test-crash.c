/* The crash suite: the real engine is killed (SIGKILL) before, within and after the calls by which it changes its files or talks to
 * a server, and at each line the server reads or writes; then it is started again.  In the end server and profile hold the
 * same as after a run that nobody disturbed, no mail was sent twice, and one more run changes nothing.
 *
 * Prints TAP and, at the end, "figure: kills_run N count" and "figure: kills_lost N count".  Environment:
 *   CRASH_KILLS  how many (600), spread evenly over scenarios and places
 *   CRASH_ALL    set: every place of every scenario
 *   CRASH_SEED   which places (1)
 *   CRASH_ONLY   a regular expression for names of scenarios
 *   CRASH_PLACE  "call N" or "line N": this place alone
 *   CRASH_JOBS   side by side (2)
 *   CRASH_CHILD, CRASH_PRELOAD  the programs (set by meson) */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash-child.h"
#include "crash-run.h"

#define LOST_AT_MOST 3 /* in one scenario, then the next one */

typedef struct
{
  CrashRun *run;
  GRand *rand;
  guint wanted; /* kills of each scenario; G_MAXUINT: all */
  char *template, *profile;
  guint kills, lost; /* of all */
} Suite;

static const CrashPlace nowhere = { CRASH_NEVER, 0 };

/* ---- profiles ---- */

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

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

static GPtrArray *
list_scenarios (const char *child)
{
  GPtrArray *scenarios = g_ptr_array_new ();
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

static void
tell_lost (Suite *suite, const char *where, const char *what)
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

/* Syncs once more and compares.  NULL: all is as it should be. */
static char *
look (Suite *suite, const CrashState *wanted, CrashState **state_out)
{
  CrashRun *run = suite->run;
  g_autofree char *before = model_server_dump (run->server, NULL), *after = NULL, *different = NULL;
  CrashState *state;
  guint changes;

  crash_run_child (run, suite->profile, TRUE, nowhere);
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

/* From the template, as far as it goes.  TRUE: killed. */
static gboolean
run_once (Suite *suite, CrashPlace place)
{
  remove_tree (suite->profile);
  copy_tree (suite->template, suite->profile);
  crash_run_begin (suite->run, suite->run->scenario);
  return crash_run_child (suite->run, suite->profile, FALSE, place);
}

static gboolean
make_template (Suite *suite, const CrashScenario *scenario)
{
  CrashRun *run = suite->run;

  remove_tree (suite->template);
  g_mkdir (suite->template, 0700);
  crash_run_begin (run, scenario);
  if ((scenario->flags & SCENARIO_OLD) != 0) {
    const char *argv[] = { run->child, "old", suite->template, NULL };
    int status = 0;

    return g_spawn_sync (NULL, (char **)argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL)
           && status == 0;
  }
  if ((scenario->flags & SCENARIO_FRESH) == 0) {
    crash_run_child (run, suite->template, TRUE, nowhere);
    return run->complaints->len == 0;
  }
  return TRUE;
}

static char *
describe (CrashPlace place)
{
  static const char *const parts[] = { "before", "within", "after" };

  if (place.kind == CRASH_AT_CALL)
    return g_strdup_printf ("call %" G_GUINT64_FORMAT " (%s)", place.at, parts[place.at % 3]);
  return g_strdup_printf ("line %" G_GUINT64_FORMAT " (%s)", place.at, parts[2 * (place.at % 2)]);
}

/* TRUE: nothing was lost. */
static gboolean
kill_at (Suite *suite, CrashPlace place, const CrashState *wanted)
{
  g_autofree char *where = describe (place), *different = NULL;

  if (run_once (suite, place))
    suite->kills++;
  else if (suite->run->complaints->len > 0)
    different = g_strdup (suite->run->complaints->str);
  if (different == NULL) {
    crash_run_child (suite->run, suite->profile, FALSE, nowhere);
    if (suite->run->complaints->len > 0)
      different = g_strdup_printf ("after the restart: %s", suite->run->complaints->str);
    else
      different = look (suite, wanted, NULL);
  }
  if (different != NULL) {
    suite->lost++;
    tell_lost (suite, where, different);
  }
  return different == NULL;
}

static CrashPlace
place_of (guint64 number, guint64 calls)
{
  if (number < 3 * calls)
    return (CrashPlace){ CRASH_AT_CALL, number };
  return (CrashPlace){ CRASH_AT_LINE, 2 + number - 3 * calls }; /* lines count from 1 */
}

static void
kill_everywhere (Suite *suite, guint64 calls, guint64 lines, const CrashState *wanted)
{
  guint64 all = 3 * calls + 2 * lines;
  guint64 n = suite->wanted == G_MAXUINT ? all : MIN (all, suite->wanted);
  guint lost = 0;

  if ((suite->run->scenario->flags & SCENARIO_LARGE) != 0 && n < all)
    n = MAX (n / 2, 1);
  /* One place out of each nth part. */
  for (guint64 i = 0; i < n && lost < LOST_AT_MOST; i++) {
    guint64 first = all * i / n, behind = MAX (all * (i + 1) / n, first + 1);
    guint64 number = first + (guint64)(g_rand_double (suite->rand) * (double)(behind - first));

    lost += !kill_at (suite, place_of (number, calls), wanted);
  }
}

static gboolean
run_scenario (Suite *suite, const CrashScenario *scenario)
{
  CrashState *wanted = NULL;
  g_autofree char *different = NULL;
  const char *place = g_getenv ("CRASH_PLACE");
  guint lost = suite->lost, kills = suite->kills;
  gint64 begun = g_get_monotonic_time ();
  guint64 calls, lines;

  if (!make_template (suite, scenario)) {
    tell_lost (suite, "first sync", suite->run->complaints->str);
    return FALSE;
  }
  run_once (suite, nowhere);
  calls = suite->run->calls;
  lines = suite->run->lines;
  different = suite->run->complaints->len > 0 ? g_strdup (suite->run->complaints->str)
                                              : look (suite, NULL, &wanted);
  if (different != NULL) {
    tell_lost (suite, "undisturbed", different);
    return FALSE;
  }
  if (place != NULL)
    kill_at (suite,
             (CrashPlace){ *place == 'c' ? CRASH_AT_CALL : CRASH_AT_LINE,
                           g_ascii_strtoull (place + 5, NULL, 10) },
             wanted);
  else
    kill_everywhere (suite, calls, lines, wanted);
  printf ("# %s: %u kills of %" G_GUINT64_FORMAT " places, %.1f s\n", scenario->name,
          suite->kills - kills, 3 * calls + 2 * lines,
          (double)(g_get_monotonic_time () - begun) / G_USEC_PER_SEC);
  crash_state_free (wanted);
  return suite->lost == lost;
}

/* ---- all of them, side by side ---- */

static int
run_share (guint share, guint shares)
{
  Suite suite = { 0 };
  const char *only = g_getenv ("CRASH_ONLY"), *seed = g_getenv ("CRASH_SEED"),
             *kills = g_getenv ("CRASH_KILLS");
  g_autoptr (GPtrArray) scenarios = list_scenarios (g_getenv ("CRASH_CHILD"));
  guint n = kills != NULL ? (guint)g_ascii_strtoull (kills, NULL, 10) : 600;

  suite.run = crash_run_new (g_getenv ("CRASH_CHILD"), g_getenv ("CRASH_PRELOAD"));
  suite.template = g_build_filename (suite.run->folder, "template", NULL);
  suite.profile = g_build_filename (suite.run->folder, "profile", NULL);
  suite.wanted =
      g_getenv ("CRASH_ALL") != NULL ? G_MAXUINT : (n + scenarios->len - 1) / scenarios->len;
  for (guint i = 0; i < scenarios->len; i++) {
    const CrashScenario *scenario = g_ptr_array_index (scenarios, i);

    if (i % shares != share || (only != NULL && !g_regex_match_simple (only, scenario->name, 0, 0)))
      continue;
    /* The places of a scenario do not depend on which others run. */
    suite.rand = g_rand_new_with_seed (
        (seed != NULL ? (guint32)g_ascii_strtoull (seed, NULL, 10) : 1) * 1000 + i);
    printf ("%s %s\n", run_scenario (&suite, scenario) ? "ok" : "not ok", scenario->name);
    fflush (stdout);
    g_rand_free (suite.rand);
  }
  printf ("count %u %u\n", suite.kills, suite.lost);
  remove_tree (suite.run->folder);
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
main (int argc, char **argv)
{
  const char *jobs = g_getenv ("CRASH_JOBS");
  guint n = jobs != NULL ? (guint)g_ascii_strtoull (jobs, NULL, 10) : 2;
  g_autoptr (GPtrArray) shares = g_ptr_array_new_with_free_func (g_object_unref);
  Result result = { 0 };

  signal (SIGPIPE, SIG_IGN);
  if (argc == 3)
    return run_share ((guint)g_ascii_strtoull (argv[1], NULL, 10),
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
  printf ("# figure: kills_run %u count\n# figure: kills_lost %u count\n", result.kills,
          result.lost);
  return result.failed > 0;
}
