/* How long the main loop is held up: all that is done between two calls of poll () a window would wait for.  Main thread, its default context. */
#pragma once

#include <glib.h>

typedef struct
{
  double wall; /* milliseconds by the clock: what else ran on the machine counts as well */
  double work; /* milliseconds of the processor for this thread */
} BenchTurn;

/* Microseconds of the processor that this thread took so far. */
gint64 bench_turns_get_work (void);
/* From now on; FALSE: no longer. */
void bench_turns_watch (gboolean watch);
/* The longest of each since the last call (of two turns, maybe). */
BenchTurn bench_turns_take_longest (void);
