/* The cut suite: the sessions of the crash suite's scenarios, and each of them again with one connection that ends at a byte, by
 * reset, by close or by silence.  Every byte of a command or an answer, both ways, and each 64th of a literal or a mail.  The
 * engine goes on by itself, in the same process; in the end server and profile hold the same as after the session that
 * nobody disturbed, no mail was sent twice, no part of a body passes for a whole one, and one more run changes nothing.
 *
 * Prints TAP and, at the end, "figure: cuts_run N count" and "figure: cuts_lost N count".  Environment: that of test-crash.c, where
 * CRASH_PLACE is "WAY NUMBER KIND" in numbers (see cut-proxy.h). */
#include <stdio.h>
#include <string.h>

#include "crash-suite.h"
#include "cut-proxy.h"

#define PATIENCE_MS  1000
#define LOST_AT_MOST 3 /* in one scenario, then the next one */

typedef struct
{
  CutWay way;
  guint64 number;
  CutKind kind;
} Place;

static void
begin (CrashSuite *suite)
{
  CutProxy *proxy = cut_proxy_new (suite->run->imap_port, suite->run->smtp_port);

  suite->run->imap_port = cut_proxy_get_imap_port (proxy);
  suite->run->smtp_port = cut_proxy_get_smtp_port (proxy);
  suite->run->patience_ms = PATIENCE_MS;
  suite->data = proxy;
}

static void
end (CrashSuite *suite)
{
  cut_proxy_free (suite->data);
}

static char *
describe (Place place)
{
  static const char *const ways[] = { "IMAP to server", "IMAP to client", "SMTP to server",
                                      "SMTP to client" };
  static const char *const kinds[] = { "reset", "close", "silence" };

  return g_strdup_printf ("%s at byte %" G_GUINT64_FORMAT
                          " (%s; CRASH_PLACE=\"%d %" G_GUINT64_FORMAT " %d\")",
                          ways[place.way], place.number, kinds[place.kind], (int)place.way,
                          place.number, (int)place.kind);
}

/* TRUE: nothing was lost. */
static gboolean
cut_at (CrashSuite *suite, Place place, const CrashState *wanted)
{
  CutProxy *proxy = suite->data;
  g_autofree char *where = describe (place), *different = NULL;

  cut_proxy_arm (proxy, place.way, place.number, place.kind);
  crash_suite_run_once (suite, crash_nowhere);
  suite->kills += cut_proxy_has_cut (proxy);
  cut_proxy_arm (proxy, place.way, 0, place.kind);
  different = suite->run->complaints->len > 0 ? g_strdup (suite->run->complaints->str)
                                              : crash_suite_look (suite, wanted, NULL);
  if (different == NULL)
    return TRUE;
  suite->lost++;
  crash_suite_tell_lost (suite, where, different);
  return FALSE;
}

static void
cut_all (CrashSuite *suite, const guint64 counts[CUT_N_WAYS], const CrashState *wanted)
{
  guint lost = 0;

  for (guint way = 0; way < CUT_N_WAYS; way++)
    for (guint64 number = 1; number <= counts[way]; number++)
      for (guint kind = 0; kind < CUT_N_KINDS && lost < LOST_AT_MOST; kind++)
        if (number % suite->parts == suite->part)
          lost += !cut_at (suite, (Place){ (CutWay)way, number, (CutKind)kind }, wanted);
}

/* Each way has its turn, though one says ten times as much as another; of each, one place out of each nth part. */
static void
cut_some (CrashSuite *suite, const guint64 counts[CUT_N_WAYS], const CrashState *wanted)
{
  guint n_ways = 0, lost = 0, rounds;
  CutWay ways[CUT_N_WAYS];

  for (guint way = 0; way < CUT_N_WAYS; way++)
    if (counts[way] > 0)
      ways[n_ways++] = (CutWay)way;
  if (n_ways == 0)
    return; /* it says nothing to any server */
  rounds = (suite->wanted + n_ways - 1) / n_ways;
  for (guint i = 0; i < suite->wanted && lost < LOST_AT_MOST; i++) {
    CutWay way = ways[i % n_ways];
    double at = (i / n_ways + g_rand_double (suite->rand)) / rounds;
    Place place = { way, 1 + (guint64)(at * (double)counts[way]),
                    (CutKind)g_rand_int_range (suite->rand, 0, CUT_N_KINDS) };

    lost += !cut_at (suite, place, wanted);
  }
}

static gboolean
run_scenario (CrashSuite *suite, const CrashScenario *scenario)
{
  CutProxy *proxy = suite->data;
  CrashState *wanted = NULL;
  g_autofree char *different = NULL;
  const char *only = g_getenv ("CRASH_PLACE");
  guint lost = suite->lost, cuts = suite->kills;
  guint64 counts[CUT_N_WAYS];
  gint64 begun = g_get_monotonic_time ();
  Place place = { 0 };

  cut_proxy_arm (proxy, CUT_IMAP_TO_SERVER, 0, CUT_RESET);
  if (!crash_suite_make_template (suite, scenario)) {
    crash_suite_tell_lost (suite, "first sync", suite->run->complaints->str);
    return FALSE;
  }
  cut_proxy_arm (proxy, CUT_IMAP_TO_SERVER, 0, CUT_RESET);
  crash_suite_run_once (suite, crash_nowhere);
  for (guint i = 0; i < CUT_N_WAYS; i++)
    counts[i] = cut_proxy_count (proxy, (CutWay)i);
  different = suite->run->complaints->len > 0 ? g_strdup (suite->run->complaints->str)
                                              : crash_suite_look (suite, NULL, &wanted);
  if (different != NULL) {
    crash_suite_tell_lost (suite, "undisturbed", different);
    return FALSE;
  }
  if (only != NULL
      && sscanf (only, "%d %" G_GUINT64_FORMAT " %d", (int *)&place.way, &place.number,
                 (int *)&place.kind)
             == 3)
    cut_at (suite, place, wanted);
  else if (suite->wanted == G_MAXUINT)
    cut_all (suite, counts, wanted);
  else
    cut_some (suite, counts, wanted);
  printf ("# %s: %u cuts, bytes %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
          " %" G_GUINT64_FORMAT ", %.1f s\n",
          scenario->name, suite->kills - cuts, counts[0], counts[1], counts[2], counts[3],
          (double)(g_get_monotonic_time () - begun) / G_USEC_PER_SEC);
  crash_state_free (wanted);
  return suite->lost == lost;
}

int
main (int argc, char **argv)
{
  static const CrashSuiteKind kind = {
    .figure = "cuts",
    .default_number = 192,
    .only =
        "^(first-sync|first-sync-plain|resync-qresync|resync-condstore|resync-plain|new-mail|marks-here|move|"
        "move-without-move|append|append-plain|send|send-plain-server|send-attached|folder-rename|everything)$",
    .begin = begin,
    .end = end,
    .run_scenario = run_scenario,
  };

  return crash_suite_main (&kind, argc, argv);
}
