/* What the suites that disturb the engine have in common (killed: tests/crash, connections cut: tests/cut). */
#pragma once

#include "crash-run.h"

G_BEGIN_DECLS

typedef struct _CrashSuite CrashSuite;

/* One kind of disturbance. */
typedef struct
{
  const char *figure; /* "kills": the figures are kills_run and kills_lost */
  guint default_number;
  const char *only; /* nullable: the scenarios, a regular expression, where CRASH_ONLY names none */
  void (*begin) (CrashSuite *suite); /* nullable */
  void (*end) (CrashSuite *suite);   /* nullable */
  /* Disturbs it up to `wanted` times and counts; TRUE: nothing was lost. */
  gboolean (*run_scenario) (CrashSuite *suite, const CrashScenario *scenario);
} CrashSuiteKind;

struct _CrashSuite
{
  const CrashSuiteKind *kind; /* Borrowed */
  CrashRun *run;
  GRand *rand;
  guint wanted;      /* disturbances of each scenario; G_MAXUINT: all */
  guint part, parts; /* of all: this process tries those whose number is `part` modulo `parts` */
  char *template, *profile;
  guint kills, lost; /* of all */
  gpointer data;     /* the kind's own */
};

extern const CrashPlace crash_nowhere;

/* Runs all scenarios in as many processes as CRASH_JOBS says, prints TAP and the figures; what main () returns.  Each
 * process has scenarios of its own, or with CRASH_ALL a share of the places of each.  The environment is that of
 * test-crash.c. */
int crash_suite_main (const CrashSuiteKind *kind, int argc, char **argv);

/* ---- for the kinds ---- */
/* The profile that the scenario begins with. */
gboolean crash_suite_make_template (CrashSuite *suite, const CrashScenario *scenario);
/* From the template, as far as it goes.  TRUE: killed. */
gboolean crash_suite_run_once (CrashSuite *suite, CrashPlace place);
/* Syncs once more and compares.  NULL: all is as it should be. */
char *crash_suite_look (CrashSuite *suite, const CrashState *wanted,
                        CrashState **state_out) G_GNUC_WARN_UNUSED_RESULT;
void crash_suite_tell_lost (CrashSuite *suite, const char *where, const char *what);

G_END_DECLS
