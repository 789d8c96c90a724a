/* The first 50 messages that notmuch finds, newest first, for each line of standard input.
 * usage: bench-notmuch MAILDIR: whose database is there already.  Prints "p95 MS" and "median MS". */
#include <glib.h>
#include <notmuch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 50
#define MOST 10000

static double
measure_once (notmuch_database_t *database, const char *words)
{
  gint64 begin = g_get_monotonic_time ();
  notmuch_query_t *query = notmuch_query_create (database, words);
  notmuch_messages_t *messages;

  notmuch_query_set_sort (query, NOTMUCH_SORT_NEWEST_FIRST);
  if (notmuch_query_search_messages (query, &messages) != NOTMUCH_STATUS_SUCCESS)
    g_error ("notmuch: %s", words);
  for (guint i = 0; i < PAGE && notmuch_messages_valid (messages); i++) {
    notmuch_message_t *message = notmuch_messages_get (messages);

    if (notmuch_message_get_message_id (message) == NULL)
      g_error ("notmuch: a message without an id");
    notmuch_message_destroy (message);
    notmuch_messages_move_to_next (messages);
  }
  notmuch_query_destroy (query);
  return (double)(g_get_monotonic_time () - begin) / 1000;
}

/* The least of three, as bench-search.c. */
static double
measure (notmuch_database_t *database, const char *words)
{
  double least = measure_once (database, words);

  for (guint i = 0; i < 2; i++)
    least = MIN (least, measure_once (database, words));
  return least;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int
main (int argc, char **argv)
{
  g_autofree double *times = g_new (double, MOST);
  notmuch_database_t *database;
  char line[1000], *told = NULL;
  guint n = 0;

  if (argc != 2)
    return 2;
  if (notmuch_database_open_with_config (argv[1], NOTMUCH_DATABASE_MODE_READ_ONLY, "", NULL,
                                         &database, &told)
      != NOTMUCH_STATUS_SUCCESS)
    g_error ("%s: %s", argv[1], told != NULL ? told : "no database");
  while (n < MOST && fgets (line, sizeof line, stdin) != NULL) {
    g_autofree char *quoted = g_strdup_printf ("\"%s\"", g_strchomp (line)); /* "and" is a word */
    times[n++] = measure (database, quoted);
  }
  if (n == 0)
    return 1;
  qsort (times, n, sizeof *times, compare);
  g_print ("p95 %.3f\nmedian %.3f\n", times[n * 95 / 100], times[n / 2]);
  notmuch_database_destroy (database);
  return 0;
}
