/* Measures the turns of the main loop, see the header.  Main thread. */
#include "bench-turns.h"

#include <time.h>

static BenchTurn longest;
static gint64 wall_before, work_before; /* 0: nothing yet */

gint64
bench_turns_get_work (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gint
timed_poll (GPollFD *fds, guint n, gint timeout)
{
  if (wall_before != 0) {
    longest.wall = MAX (longest.wall, (g_get_monotonic_time () - wall_before) / 1e3);
    longest.work = MAX (longest.work, (bench_turns_get_work () - work_before) / 1e3);
  }
  gint result = g_poll (fds, n, timeout);
  wall_before = g_get_monotonic_time ();
  work_before = bench_turns_get_work ();
  return result;
}

void
bench_turns_watch (gboolean watch)
{
  wall_before = 0;
  g_main_context_set_poll_func (NULL, watch ? timed_poll : g_poll);
}

BenchTurn
bench_turns_take_longest (void)
{
  BenchTurn taken = longest;

  longest = (BenchTurn){ 0 };
  return taken;
}
