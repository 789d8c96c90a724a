/* Wake-ups, stopping, back-off and requests, with real threads. */
#include "test-sync.h"

#include "base-error.h"
#include "sync-request.h"
#include "sync-worker.h"

static void
test_back_off (void)
{
  gint64 last = 0;

  g_assert_cmpint (sync_worker_back_off (1, 0), ==, 1000);
  g_assert_cmpint (sync_worker_back_off (2, 0), ==, 2000);
  g_assert_cmpint (sync_worker_back_off (3, 0), ==, 4000);
  g_assert_cmpint (sync_worker_back_off (9, 0), ==, 256000);
  g_assert_cmpint (sync_worker_back_off (10, 0), ==, 300000);
  g_assert_cmpint (sync_worker_back_off (G_MAXUINT, 0), ==, 300000);
  g_assert_cmpint (sync_worker_back_off (2, 1), ==, 1500);
  for (guint i = 0; i < 40; i++) {
    gint64 delay = sync_worker_back_off (i, 0);

    g_assert_cmpint (delay, >=, last);
    last = delay;
  }
}

typedef struct
{
  gint rounds, jobs; /* atomic */
  gboolean guarded;
  int ms; /* how long it lasts, if nobody ends it */
  gboolean was_cancelled;
} Counter;

#define LONG_MS 60000

static void
count_run (SyncWorker *worker, gpointer data)
{
  Counter *counter = data;

  while (!sync_worker_is_stopping (worker)) {
    gpointer job = NULL;

    sync_worker_begin_round (worker);
    while ((job = sync_worker_pop (worker)) != NULL)
      g_atomic_int_add (&counter->jobs, GPOINTER_TO_INT (job));
    g_atomic_int_inc (&counter->rounds);
    sync_worker_wait (worker, -1);
  }
}

static void
wait_for (gint *value, gint wanted)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (g_atomic_int_get (value) < wanted && g_get_monotonic_time () < deadline)
    g_usleep (1000);
  g_assert_cmpint (g_atomic_int_get (value), >=, wanted);
}

static void
test_wake (void)
{
  Counter counter = { 0 };
  g_autoptr (SyncWorker) worker = sync_worker_new ("test", NULL, count_run, &counter);

  sync_worker_start (worker);
  wait_for (&counter.rounds, 1);
  for (gint i = 1; i <= 100; i++)
    sync_worker_push (worker, GINT_TO_POINTER (i));
  wait_for (&counter.jobs, 5050);
  {
    gint rounds = g_atomic_int_get (&counter.rounds);

    sync_worker_wake (worker);
    wait_for (&counter.rounds, rounds + 1);
  }
}

static void
guarded_run (SyncWorker *worker, gpointer data)
{
  Counter *counter = data;
  g_autoptr (GCancellable) cancellable = sync_worker_ref_cancellable (worker);

  sync_worker_set_guarded (worker, counter->guarded);
  g_atomic_int_inc (&counter->rounds);
  for (int i = 0; i < counter->ms && !g_cancellable_is_cancelled (cancellable); i++)
    g_usleep (1000);
  counter->was_cancelled = g_cancellable_is_cancelled (cancellable);
  sync_worker_set_guarded (worker, FALSE);
}

static void
test_guarded (void)
{
  for (int guarded = 0; guarded < 2; guarded++) {
    Counter counter = { .guarded = guarded, .ms = guarded ? 300 : LONG_MS };
    g_autoptr (SyncWorker) worker = sync_worker_new ("test", NULL, guarded_run, &counter);

    sync_worker_start (worker);
    wait_for (&counter.rounds, 1);
    sync_worker_stop (worker);
    sync_worker_join (worker, g_get_monotonic_time () + LONG_MS * 1000);
    g_assert_true (counter.was_cancelled == !guarded);
  }
}

static void
test_guarded_deadline (void)
{
  Counter counter = { .guarded = TRUE, .ms = LONG_MS };
  g_autoptr (SyncWorker) worker = sync_worker_new ("test", NULL, guarded_run, &counter);

  sync_worker_start (worker);
  wait_for (&counter.rounds, 1);
  sync_worker_stop (worker);
  sync_worker_join (worker, g_get_monotonic_time () + 20000);
  g_assert_true (counter.was_cancelled);
}

static void
idle_run (SyncWorker *worker, gpointer data)
{
}

static void
test_retry (void)
{
  g_autoptr (SyncWorker) worker = sync_worker_new ("test", NULL, idle_run, NULL);
  g_autoptr (GCancellable) before = sync_worker_ref_cancellable (worker);
  g_autoptr (GCancellable) connected = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, begun, delay;

  g_assert_cmpint (sync_worker_get_delay (worker), ==, 0);
  g_assert_cmpint (sync_worker_fail (worker), >=, now);
  begun = g_get_monotonic_time ();
  (void)sync_worker_fail (worker);
  delay = sync_worker_get_delay (worker);
  g_assert_cmpint (delay, <=, 2001);
  /* Some of it may have passed. */
  g_assert_cmpint (delay + (g_get_monotonic_time () - begun) / 1000, >, 1000);
  sync_worker_retry (worker, FALSE);
  g_assert_cmpint (sync_worker_get_delay (worker), ==, 0);
  g_assert_true (sync_worker_take_retry (worker));
  g_assert_false (sync_worker_take_retry (worker));
  /* What was being connected is given up; what stands is not, unless it is asked for. */
  g_assert_true (g_cancellable_is_cancelled (before));
  connected = sync_worker_ref_cancellable (worker);
  sync_worker_set_connected (worker, TRUE);
  sync_worker_retry (worker, FALSE);
  g_assert_false (g_cancellable_is_cancelled (connected));
  sync_worker_retry (worker, TRUE);
  g_assert_true (g_cancellable_is_cancelled (connected));
}

static gpointer
answer_later (gpointer data)
{
  SyncRequest *request = data;
  GError *error = NULL;

  g_usleep (20000);
  if (sync_request_get_message (request) == 1) {
    sync_request_finish (request, TRUE, NULL);
  } else {
    base_error_set (&error, BASE_ERROR_GONE, NULL, "gone");
    sync_request_finish (request, FALSE, error);
  }
  sync_request_unref (request);
  return NULL;
}

static void
test_request (void)
{
  for (gint64 message = 1; message <= 2; message++) {
    g_autoptr (SyncRequest) request = sync_request_new (SYNC_REQUEST_BODY, message, NULL);
    GThread *thread = g_thread_new ("answer", answer_later, sync_request_ref (request));
    g_autoptr (GError) error = NULL;
    gboolean found = FALSE;

    if (message == 1) {
      g_assert_true (sync_request_wait (request, &found, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (found);
    } else {
      g_assert_false (sync_request_wait (request, NULL, NULL, &error));
      g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    }
    g_thread_join (thread);
  }
}

static gpointer
cancel_later (gpointer cancellable)
{
  g_usleep (20000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_request_cancelled (void)
{
  g_autoptr (SyncRequest) request = sync_request_new (SYNC_REQUEST_BODY, 1, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_later, cancellable);
  g_autoptr (GError) error = NULL;

  g_assert_false (sync_request_wait (request, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (sync_request_is_abandoned (request));
  g_thread_join (thread);
}

static void
test_request_dropped (void)
{
  g_autoptr (SyncRequest) request = sync_request_new (SYNC_REQUEST_BODY, 1, NULL);
  g_autoptr (GError) error = NULL;
  SyncWorker *worker = sync_worker_new ("test", (GDestroyNotify)sync_request_drop, idle_run, NULL);

  sync_worker_push (worker, sync_request_ref (request));
  sync_worker_free (worker);
  g_assert_false (sync_request_wait (request, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
}

void
test_worker_add (void)
{
  g_test_add_func ("/worker/back-off", test_back_off);
  g_test_add_func ("/worker/wake", test_wake);
  g_test_add_func ("/worker/guarded", test_guarded);
  g_test_add_func ("/worker/guarded-deadline", test_guarded_deadline);
  g_test_add_func ("/worker/retry", test_retry);
  g_test_add_func ("/worker/request", test_request);
  g_test_add_func ("/worker/request-cancelled", test_request_cancelled);
  g_test_add_func ("/worker/request-dropped", test_request_dropped);
}
