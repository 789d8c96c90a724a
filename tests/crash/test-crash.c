/* The crash suite: the real engine is killed (SIGKILL) before, within and after the calls by which it changes its files or talks to
 * a server, and at each line the server reads or writes; then it is started again.  In the end server and profile hold the
 * same as after a run that nobody disturbed, no mail was sent twice, and one more run changes nothing.
 *
 * With CRASH_POWER the power goes at that moment: what was not synced is lost, or torn (crash-power.h).  What has to be the same
 * in the end is the same; what can be fetched again is, and never is a part of it taken for the whole.
 *
 * Prints TAP and, at the end, "figure: kills_run N count" and "figure: kills_lost N count" (power_cuts_run and power_cuts_lost).
 * Environment:
 *   CRASH_POWER  set: see above
 *   CRASH_KILLS  how many (720; 290 of the power), spread evenly over scenarios and places
 *   CRASH_ALL    set: every place of every scenario
 *   CRASH_SEED   which places (1)
 *   CRASH_ONLY   a regular expression for names of scenarios
 *   CRASH_PLACE  "call N" or "line N": this place alone
 *   CRASH_JOBS   side by side (2)
 *   CRASH_CHILD, CRASH_PRELOAD  the programs (set by meson) */
#include <stdio.h>
#include <string.h>

#include "crash-child.h"
#include "crash-power.h"
#include "crash-suite.h"

#define LOST_AT_MOST 3 /* in one scenario, then the next one */

static char *
describe (CrashPlace place)
{
  static const char *const parts[] = { "before", "within", "after" };

  if (place.kind == CRASH_AT_CALL)
    return g_strdup_printf ("call %" G_GUINT64_FORMAT " (%s)", place.at, parts[place.at % 3]);
  return g_strdup_printf ("line %" G_GUINT64_FORMAT " (%s)", place.at, parts[2 * (place.at % 2)]);
}

/* Bodies that were not whole are noticed when they are looked at, and are there again then. */
static char *
find_lacking (CrashSuite *suite, const CrashState *state)
{
  g_autoptr (GString) lacking = g_string_new (NULL);

  if ((suite->run->scenario->flags & SCENARIO_FEW_BODIES) != 0)
    return NULL;
  for (guint i = 0; i < state->here->len; i++)
    if (strstr (g_ptr_array_index (state->here, i), "\t-\t") != NULL)
      g_string_append_printf (lacking, "no body: %s\n", (char *)g_ptr_array_index (state->here, i));
  return lacking->len > 0 ? g_strdup (lacking->str) : NULL;
}

/* After a restart that did what was left to do.  What was done at the server, and not yet sure here, may be done once more. */
static char *
look_after_power (CrashSuite *suite, const CrashState *wanted)
{
  g_autofree char *different = NULL;
  CrashState *state = NULL;

  crash_run_child (suite->run, suite->profile, TRUE, crash_nowhere);
  if (suite->run->complaints->len > 0)
    return g_strdup_printf ("coming in step: %s", suite->run->complaints->str);
  different = crash_suite_look (suite, wanted, &state);
  if (different == NULL) {
    different = find_lacking (suite, state);
    crash_state_free (state);
  }
  return g_steal_pointer (&different);
}

/* Kills it there, and with the power (`torn` see crash-power.h).  TRUE: it was killed, or power went when it had ended. */
static gboolean
disturb (CrashSuite *suite, CrashPlace place)
{
  gboolean power = g_getenv ("CRASH_POWER") != NULL, killed;
  g_autofree char *keeper = g_build_filename (suite->run->folder, "keeper", NULL);

  suite->run->keeper = power ? keeper : NULL;
  killed = crash_suite_run_once (suite, place);
  suite->run->keeper = NULL;
  if (power && suite->run->complaints->len == 0) {
    crash_power_cut (keeper, suite->profile, (guint32)(place.at / 2 % 2 == 0 ? 0 : place.at));
    killed = TRUE;
  }
  return killed;
}

/* TRUE: nothing was lost. */
static gboolean
kill_at (CrashSuite *suite, CrashPlace place, const CrashState *wanted)
{
  g_autofree char *where = describe (place), *different = NULL;

  if (disturb (suite, place))
    suite->kills++;
  else if (suite->run->complaints->len > 0)
    different = g_strdup (suite->run->complaints->str);
  if (different == NULL) {
    crash_run_child (suite->run, suite->profile, FALSE, crash_nowhere);
    if (suite->run->complaints->len > 0)
      different = g_strdup_printf ("after the restart: %s", suite->run->complaints->str);
    else if (g_getenv ("CRASH_POWER") != NULL)
      different = look_after_power (suite, wanted);
    else
      different = crash_suite_look (suite, wanted, NULL);
  }
  if (different != NULL) {
    suite->lost++;
    crash_suite_tell_lost (suite, where, different);
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
kill_everywhere (CrashSuite *suite, guint64 calls, guint64 lines, const CrashState *wanted)
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

    if (number % suite->parts != suite->part)
      continue;
    lost += !kill_at (suite, place_of (number, calls), wanted);
  }
  /* And when all was done. */
  for (guint i = 0; i < 2 && g_getenv ("CRASH_POWER") != NULL; i++)
    kill_at (suite, (CrashPlace){ CRASH_AT_CALL, G_MAXUINT32 - 2 * i }, wanted);
}

static gboolean
run_scenario (CrashSuite *suite, const CrashScenario *scenario)
{
  CrashState *wanted = NULL;
  g_autofree char *different = NULL;
  const char *place = g_getenv ("CRASH_PLACE");
  guint lost = suite->lost, kills = suite->kills;
  gint64 begun = g_get_monotonic_time ();
  guint64 calls, lines;

  if (!crash_suite_make_template (suite, scenario)) {
    crash_suite_tell_lost (suite, "first sync", suite->run->complaints->str);
    return FALSE;
  }
  crash_suite_run_once (suite, crash_nowhere);
  calls = suite->run->calls;
  lines = suite->run->lines;
  different = suite->run->complaints->len > 0 ? g_strdup (suite->run->complaints->str)
                                              : crash_suite_look (suite, NULL, &wanted);
  if (different != NULL) {
    crash_suite_tell_lost (suite, "undisturbed", different);
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

int
main (int argc, char **argv)
{
  static const CrashSuiteKind kind = { .figure = "kills",
                                       .default_number = 720,
                                       .run_scenario = run_scenario };
  static const CrashSuiteKind power = { .figure = "power_cuts",
                                        .default_number = 290,
                                        .run_scenario = run_scenario };

  return crash_suite_main (g_getenv ("CRASH_POWER") != NULL ? &power : &kind, argc, argv);
}
