/* The first numbers that the threads of a process read, at the same moment: see base-text.c.  A process of its own for each time, for there is only
 * one first; not by GLib's tests, which would be the first themselves. */
#include <glib.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base-error.h"

#define TIMES   400
#define THREADS 8

static pthread_barrier_t begin;
static int wrong; /* atomic */

static gpointer
read_number (gpointer data)
{
  guint64 number = 0;

  pthread_barrier_wait (&begin);
  if (!g_ascii_string_to_unsigned ("10993", 10, 1, G_MAXUINT16, &number, NULL) || number != 10993)
    g_atomic_int_set (&wrong, 1);
  return NULL;
}

static int
read_numbers (void)
{
  GThread *threads[THREADS];

  pthread_barrier_init (&begin, NULL, THREADS);
  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("reader", read_number, NULL);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  return g_atomic_int_get (&wrong);
}

int
main (void)
{
  guint bad = 0;

  if (BASE_ERROR == 0) /* what every part of the program has in it */
    return 1;
  for (guint i = 0; i < TIMES; i++) {
    int status = -1;
    pid_t child = fork ();
    if (child == 0)
      _exit (read_numbers ());
    bad += child < 0 || waitpid (child, &status, 0) != child || status != 0;
  }
  printf ("1..1\n%s 1 /numbers/first\n", bad == 0 ? "ok" : "not ok");
  if (bad > 0)
    printf ("# %u of %d processes took a number for none\n", bad, TIMES);
  return bad > 0;
}
