/* The job queue: order, the fd telling the truth, wakes that are not lost. */
#include "test-base.h"

#include <poll.h>

#include "base-queue.h"

static gboolean
is_readable (BaseQueue *queue)
{
  struct pollfd poll_fd = { .fd = base_queue_get_fd (queue), .events = POLLIN };

  return poll (&poll_fd, 1, 0) == 1;
}

static void
test_order (void)
{
  g_autoptr (BaseQueue) queue = base_queue_new (g_free);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert_false (is_readable (queue));
  g_assert_null (base_queue_pop (queue));
  base_queue_push (queue, g_strdup ("a"));
  base_queue_push (queue, g_strdup ("b"));
  g_assert_true (is_readable (queue));
  first = base_queue_pop (queue);
  g_assert_cmpstr (first, ==, "a");
  g_assert_true (is_readable (queue));
  second = base_queue_pop (queue);
  g_assert_cmpstr (second, ==, "b");
  g_assert_false (is_readable (queue));
  /* What is left is freed with the queue (the leak checker sees to it). */
  base_queue_push (queue, g_strdup ("c"));
}

static void
test_wake (void)
{
  g_autoptr (BaseQueue) queue = base_queue_new (NULL);

  base_queue_wake (queue);
  base_queue_wake (queue);
  g_assert_true (is_readable (queue));
  g_assert_true (base_queue_wait (queue, 0));
  g_assert_true (is_readable (queue));
  base_queue_clear_wake (queue);
  g_assert_false (is_readable (queue));

  /* A job does not swallow a wake ... */
  base_queue_wake (queue);
  base_queue_push (queue, GINT_TO_POINTER (1));
  g_assert_nonnull (base_queue_pop (queue));
  g_assert_true (is_readable (queue));
  /* ... an empty queue does. */
  g_assert_null (base_queue_pop (queue));
  g_assert_false (is_readable (queue));

  /* Clearing the wake leaves jobs visible. */
  base_queue_push (queue, GINT_TO_POINTER (1));
  base_queue_wake (queue);
  base_queue_clear_wake (queue);
  g_assert_true (is_readable (queue));
  g_assert_nonnull (base_queue_pop (queue));
}

static void
test_timeout (void)
{
  g_autoptr (BaseQueue) queue = base_queue_new (NULL);
  gint64 begin = g_get_monotonic_time ();

  g_assert_false (base_queue_wait (queue, 20));
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 20000);
}

#define JOBS 5000

static gpointer
push_many (gpointer data)
{
  for (int i = 1; i <= JOBS; i++)
    base_queue_push (data, GINT_TO_POINTER (i));

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (BaseQueue) queue = base_queue_new (NULL);
  GThread *threads[3];
  int seen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("push", push_many, queue);
  while (seen < (int)G_N_ELEMENTS (threads) * JOBS) {
    g_assert_true (base_queue_wait (queue, 10000));
    while (base_queue_pop (queue) != NULL)
      seen++;
  }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_false (is_readable (queue));
}

void
test_queue_add (void)
{
  g_test_add_func ("/base/queue/order", test_order);
  g_test_add_func ("/base/queue/wake", test_wake);
  g_test_add_func ("/base/queue/timeout", test_timeout);
  g_test_add_func ("/base/queue/threads", test_threads);
}
