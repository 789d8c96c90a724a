/* Folders: what is brought of which, how it is known that they are in step, and those that are made and deleted here or there. */
#include "live.h"
#include "test-live.h"

#include "base-log.h"
#include "wire-cost.h"

/* What the account says about bodies: of every folder, but not the large ones; or none that is not opened. */
static void
test_policy (void)
{
  for (BaseBodies bodies = BASE_BODIES_EVERYTHING; bodies <= BASE_BODIES_OPENING; bodies++) {
    Live *live = live_new ("alice");
    gboolean whole = bodies != BASE_BODIES_OPENING;

    live_deliver ("alice", "INBOX", "inbox", 0);
    live_deliver ("alice", "Archive", "other", 0);
    live_deliver ("alice", "Archive", "large", 2 * 1024 * 1024);
    live->account->bodies = bodies;
    live->account->months = 1;
    live->account->largest_body = 1;
    live_start (live);
    LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
    g_assert_true (live_has_body (live, live_find (live, "INBOX", "inbox")) == whole);
    g_assert_true (live_has_body (live, live_find (live, "Archive", "other")) == whole);
    g_assert_false (live_has_body (live, live_find (live, "Archive", "large")));
    live_free (live);
  }
}

/* The network costs money: the lists of INBOX and of what is looked at, until it does not any more. */
static void
test_metered (void)
{
  Live *live = live_new ("alice");

  live_deliver ("alice", "INBOX", "inbox", 0);
  live_deliver ("alice", "Archive", "shown", 0);
  live_create ("alice", "Work");
  live_deliver ("alice", "Work", "other", 0);
  live_start_with (live, TRUE, NULL);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, 1);
  g_assert_cmpuint (live_total (live, "Work"), ==, 0);
  g_assert_cmpuint (live_total (live, "Archive"), ==, 0);
  g_assert_false (live_has_body (live, live_find (live, "INBOX", "inbox")));
  sync_engine_show_folder (live->engine, live->account->id, live_folder (live, "Archive"));
  LIVE_WAIT (live_total (live, "Archive") == 1);
  g_assert_false (live_has_body (live, live_find (live, "Archive", "shown")));
  g_assert_cmpuint (live_total (live, "Work"), ==, 0);
  sync_engine_set_metered (live->engine, FALSE);
  LIVE_WAIT (live_total (live, "Work") == 1);
  LIVE_WAIT (live_has_body (live, live_find (live, "INBOX", "inbox")));
  LIVE_WAIT (live_has_body (live, live_find (live, "Work", "other")));
  live_free (live);
}

static StoreFolder *
get_folder (Live *live, const char *name)
{
  g_autoptr (GError) error = NULL;
  StoreFolder *folder = store_folder_get (live->db, live_folder (live, name), &error);

  g_assert_no_error (error);
  return folder;
}

static gint64
get_server_size (Live *live, const char *name)
{
  g_autoptr (StoreFolder) folder = get_folder (live, name);

  return folder->server_size;
}

static gboolean
is_complete (Live *live, const char *name)
{
  g_autoptr (StoreFolder) folder = get_folder (live, name);

  return folder->complete;
}

/* How much room a folder takes of which there are no rows: what the server says (STATUS=SIZE) is what its messages add up to
 * when they come. */
static void
test_size (void)
{
  Live *live = live_new ("alice");
  gboolean offered = !live_is_plain () && live_server () != LIVE_COURIER;

  live_deliver ("alice", "INBOX", "one", 0);
  live_deliver ("alice", "Archive", "small", 0);
  live_deliver ("alice", "Archive", "larger", 70000);
  live_seed ("alice", "Sent", 20, "mixed");
  live_start_with (live, TRUE, NULL);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  if (offered)
    LIVE_WAIT (get_server_size (live, "Archive") > 0 && get_server_size (live, "Sent") > 0);
  sync_engine_set_metered (live->engine, FALSE);
  /* Short work is not said: the phase tells nothing of it, and rows come before it is noted that they are all. */
  LIVE_WAIT (is_complete (live, "Archive") && is_complete (live, "Sent"));
  g_assert_cmpuint (live_total (live, "Archive"), ==, 2);
  g_assert_cmpuint (live_total (live, "Sent"), ==, 20);
  {
    g_autoptr (StoreFolder) archive = get_folder (live, "Archive"),
                            sent = get_folder (live, "Sent"), inbox = get_folder (live, "INBOX");

    g_assert_cmpuint (archive->size, >, 70000);
    g_assert_cmpint (archive->server_size, ==, offered ? (gint64)archive->size : -1);
    g_assert_cmpint (sent->server_size, ==, offered ? (gint64)sent->size : -1);
    g_assert_cmpint (inbox->server_size, ==, -1);
  }
  live_free (live);
}

/* Mail for a folder that nobody looks at, from the moment on in which all is in step: the server tells of it by itself (NOTIFY), it is
 * brought here at once, and the silence afterwards proves all folders. */
static void
test_told_of_others (void)
{
  static SyncTimes times;
  Live *live = NULL;
  gint64 before = 0, took = 0;
  g_autoptr (StoreFolder) sent = NULL;

  if (live_is_plain () || g_strcmp0 (live_lab ("LAB_KIND"), "dovecot") != 0) {
    g_test_skip ("needs NOTIFY");
    return;
  }
  times = sync_times;
  times.watchdog = 2 * G_USEC_PER_SEC;
  live = live_new ("alice");
  live_start_with (live, FALSE, &times);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  for (guint i = 0; i < 3 || (took >= 1.5 * G_USEC_PER_SEC && i < LIVE_TRIES); i++) {
    g_autofree char *subject = g_strdup_printf ("filed by a rule, %u", i);

    before = g_get_monotonic_time ();
    live_deliver ("alice", "Archive", subject, 0);
    LIVE_WAIT (live_find (live, "Archive", subject) != 0);
    took = g_get_monotonic_time () - before;
  }
  g_assert_cmpfloat ((double)took, <, 1.5 * G_USEC_PER_SEC);
  before = g_get_real_time () / G_USEC_PER_SEC;
  LIVE_WAIT (live_in_step (live, "Sent") > before);
  sent = store_folder_get (live->db, live_folder (live, "Sent"), NULL);
  g_assert_cmpint (sent->in_step_by, ==, STORE_PROOF_NOTIFY);
  live_free (live);
}

/* Another day with nothing new, in an account of 50 folders: in step after at most three round trips wherever the server tells how its
 * folders stand. */
static void
test_unchanged (void)
{
  Live *live = live_new ("alice");
  gboolean tells = !live_is_plain () && live_server () != LIVE_COURIER;
  g_autofree char *trace = NULL, *talk = NULL;
  WireCost cost = { 0 };

  for (guint i = 6; i < 50; i++) {
    g_autofree char *name = g_strdup_printf ("Unchanged %02u", i);

    live_create ("alice", name);
  }
  live_deliver ("alice", "Unchanged 07", "one", 0);
  live_deliver ("alice", "INBOX", "two", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "Unchanged 07"), ==, 1);
  live_stop (live);
  g_mutex_lock (&live->told.lock);
  live->told.state->phase = SYNC_PHASE_CONNECTING;
  g_mutex_unlock (&live->told.lock);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  trace = base_log_dup_trace ();
  g_assert_true (wire_cost_of_trace (trace, &cost, &talk));
  g_test_message ("%u round trips, %" G_GUINT64_FORMAT " octets\n%s", cost.round_trips, cost.octets,
                  talk);
  g_assert_cmpuint (cost.round_trips, >=, 2);
  g_assert_cmpuint (cost.round_trips, <=, tells ? 3 : 4 + 2 * 50);
  live_free (live);
}

/* Every folder says when it was last seen in step, and by what. */
static void
test_freshness (void)
{
  Live *live = live_new ("alice");
  gint64 before = g_get_real_time () / G_USEC_PER_SEC, first = 0;
  g_autoptr (StoreFolder) archive = NULL, inbox = NULL;

  live_deliver ("alice", "Archive", "one", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  archive = store_folder_get (live->db, live_folder (live, "Archive"), NULL);
  g_assert_cmpint (archive->in_step, >=, before);
  g_assert_cmpint (archive->in_step_by, ==, STORE_PROOF_SELECT);
  first = archive->in_step;
  live_stop (live);

  /* Another day: nothing happened, and that is proven without opening it. */
  while (g_get_real_time () / G_USEC_PER_SEC == first)
    g_usleep (50000);
  live_start (live);
  if (!live_is_plain ())
    LIVE_WAIT (live_in_step (live, "Archive") > first);
  store_folder_free (archive);
  archive = store_folder_get (live->db, live_folder (live, "Archive"), NULL);
  /* Without CONDSTORE the numbers do not tell of flags: it was opened. */
  if (live_is_plain () || live_server () == LIVE_COURIER) {
    g_assert_cmpint (archive->in_step_by, ==, STORE_PROOF_SELECT);
  } else {
    g_assert_cmpint (archive->in_step, >, first);
    g_assert_true (archive->in_step_by == STORE_PROOF_STATUS
                   || archive->in_step_by == STORE_PROOF_NOTIFY);
  }

  /* The computer slept: the server is asked at once. */
  inbox = store_folder_get (live->db, live_folder (live, "INBOX"), NULL);
  first = inbox->in_step;
  while (g_get_real_time () / G_USEC_PER_SEC == first)
    g_usleep (50000);
  sync_engine_resumed (live->engine);
  LIVE_WAIT (live_in_step (live, "INBOX") > first);
  live_free (live);
}

/* Made, filled, renamed and deleted here, all of it before the server knew of anything. */
static void
test_own_folders (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;
  g_autofree char *first = live_path ("새 폴더"), *second = live_path ("Projects");
  gint64 id = 0, copied = 0, made = 0;

  live_deliver ("alice", "INBOX", "moved", 0);
  live_deliver ("alice", "INBOX", "copied", 3000);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  id = live_find (live, "INBOX", "moved");
  copied = live_find (live, "INBOX", "copied");
  g_assert_cmpint (store_operation_create_folder (live->db, live->row, first, &made, &error), >, 0);
  g_assert_no_error (error);
  g_assert_cmpint (store_operation_move (live->db, &id, 1, made, &error), >, 0);
  g_assert_cmpint (store_operation_copy (live->db, &copied, 1, made, &error), >, 0);
  g_assert_cmpint (store_operation_rename_folder (live->db, made, second, &error), >, 0);
  g_assert_cmpint (store_operation_set_flags (live->db, &id, 1, TRUE, STORE_FLAG_FLAGGED, &error),
                   >, 0);
  g_assert_no_error (error);
  live_stop (live);
  live_start (live);
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_count ("alice", "Projects", NULL), ==, 2);
  g_assert_true (live_server_has ("alice", "Projects", "moved", "\\Flagged"));
  g_assert_cmpuint (live_count ("alice", "INBOX", "copied"), ==, 1);
  g_assert_cmpuint (live_count ("alice", "INBOX", "moved"), ==, 0);
  g_assert_cmpint (live_folder (live, "Projects"), ==, made);
  g_assert_cmpuint (live_total (live, "Projects"), ==, 2);
  g_assert_cmpint (live_find (live, "Projects", "moved"), ==, id);
  g_assert_true (live_has_body (live, live_find (live, "Projects", "copied")));

  g_assert_cmpint (store_operation_delete_folder (live->db, made, 0, &error), >, 0);
  g_assert_cmpint (live_folder (live, "Projects"), ==, 0);
  sync_engine_operations_changed (live->engine, live->account->id);
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpint (live_folder (live, "Projects"), ==, 0);
  g_assert_cmpuint (engine_told_get_refused (&live->told), ==, 0);
  live_free (live);
}

static void
test_folders (void)
{
  Live *live = live_start_in_step ("alice");

  live_create ("alice", "회의/자료");
  live_deliver ("alice", "회의/자료", "paper", 0);
  /* The list is asked for every few minutes, and on each new connection. */
  sync_engine_set_online (live->engine, FALSE);
  sync_engine_set_online (live->engine, TRUE);
  LIVE_WAIT (live_total (live, "회의/자료") == 1);
  live_delete ("alice", "회의/자료");
  sync_engine_set_online (live->engine, FALSE);
  sync_engine_set_online (live->engine, TRUE);
  LIVE_WAIT (live_folder (live, "회의/자료") == 0);
  live_free (live);
}

void
test_folders_add (void)
{
  g_test_add_func ("/live/policy", test_policy);
  g_test_add_func ("/live/metered", test_metered);
  g_test_add_func ("/live/size", test_size);
  g_test_add_func ("/live/unchanged", test_unchanged);
  g_test_add_func ("/live/freshness", test_freshness);
  g_test_add_func ("/live/told-of-others", test_told_of_others);
  g_test_add_func ("/live/folders", test_folders);
  g_test_add_func ("/live/own-folders", test_own_folders);
}
