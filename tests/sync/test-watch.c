/* The timetable: what comes first, and what is left alone. */
#include "test-sync.h"

#include "sync-watch.h"

#define MINUTE ((gint64)60 * G_USEC_PER_SEC)

enum
{
  INBOX = 1,
  SENT,
  NEWS,
  ALL,
};

static void
take (SyncWatch *watch, gint64 id, StoreRole role, const SyncStatus *status, gint64 now)
{
  StoreFolder folder = { .id = id, .role = role, .selectable = TRUE };

  sync_watch_take_folder (watch, &folder, status, 0, now);
}

/* As if each folder had been seen before, so that there is nothing to glance at. */
static gint64
next (SyncWatch *watch, gint64 shown, guint serial, gint64 now)
{
  SyncGoal goal = SYNC_GOAL_GLANCE;
  gint64 folder = 0;

  sync_watch_show (watch, shown, serial, now);
  while ((folder = sync_watch_next (watch, now, &goal)) != 0 && goal == SYNC_GOAL_GLANCE)
    sync_watch_done (watch, folder, goal, FALSE, now);
  return folder;
}

/* From its begin to its end.  `more`: bodies are wanted. */
static void
look (SyncWatch *watch, gint64 folder, gboolean more, gint64 now)
{
  sync_watch_begin (watch, folder);
  sync_watch_done (watch, folder, SYNC_GOAL_LIST, more, now);
}

static void
done (SyncWatch *watch, gint64 folder, gint64 now)
{
  look (watch, folder, FALSE, now);
}

static SyncWatch *
new_watch (const SyncStatus *status, gint64 now)
{
  SyncWatch *watch = sync_watch_new (&sync_times);

  sync_watch_begin_list (watch, now);
  take (watch, NEWS, STORE_ROLE_NONE, status, now);
  take (watch, INBOX, STORE_ROLE_INBOX, status, now);
  take (watch, ALL, STORE_ROLE_ALL, status, now);
  take (watch, SENT, STORE_ROLE_SENT, status, now);
  sync_watch_end_list (watch);
  return watch;
}

static void
do_all (SyncWatch *watch, gint64 now)
{
  gint64 folder = 0;

  while ((folder = next (watch, 0, 0, now)) != 0)
    done (watch, folder, now);
}

static void
test_order (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 };
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (&status, now);

  g_assert_cmpint (next (watch, 0, 0, now), ==, INBOX);
  done (watch, INBOX, now);
  g_assert_cmpint (next (watch, 0, 0, now), ==, SENT);
  /* The person looks at another one: that comes first, once. */
  g_assert_cmpint (next (watch, ALL, 1, now), ==, ALL);
  done (watch, ALL, now);
  g_assert_cmpint (next (watch, ALL, 1, now), ==, SENT);
  done (watch, SENT, now);
  g_assert_cmpint (next (watch, ALL, 1, now), ==, NEWS);
  done (watch, NEWS, now);
  g_assert_cmpint (next (watch, ALL, 1, now), ==, 0);
  g_assert_cmpint (next (watch, ALL, 2, now), ==, ALL);
}

static void
test_inbox_in_between (void)
{
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (NULL, now);

  done (watch, INBOX, now);
  g_assert_cmpint (next (watch, 0, 0, now + G_USEC_PER_SEC), ==, SENT);
  g_assert_cmpint (next (watch, 0, 0, now + MINUTE), ==, INBOX);
}

static void
test_status (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 }, changed = status;
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (&status, now);

  do_all (watch, now);
  now += 5 * MINUTE;
  g_assert_false (sync_watch_list_is_due (watch, now));
  now += 5 * MINUTE;
  g_assert_true (sync_watch_list_is_due (watch, now));
  sync_watch_begin_list (watch, now);
  g_assert_false (sync_watch_list_is_due (watch, now));
  changed.unseen = 1;
  take (watch, INBOX, STORE_ROLE_INBOX, &status, now);
  take (watch, NEWS, STORE_ROLE_NONE, &changed, now);
  take (watch, ALL, STORE_ROLE_ALL, &changed, now);
  sync_watch_end_list (watch);
  /* Sent is gone, the mirror has not been looked at yet, nothing happened in INBOX. */
  g_assert_cmpint (next (watch, SENT, 1, now), ==, INBOX);
  done (watch, INBOX, now);
  g_assert_cmpint (next (watch, 0, 1, now), ==, NEWS);
  done (watch, NEWS, now);
  g_assert_cmpint (next (watch, 0, 1, now), ==, 0);
}

static void
test_without_status (void)
{
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (NULL, now);

  do_all (watch, now);
  now += 5 * MINUTE;
  sync_watch_begin_list (watch, now);
  take (watch, NEWS, STORE_ROLE_NONE, NULL, now);
  g_assert_cmpint (next (watch, 0, 0, now), ==, 0);
  now += 6 * MINUTE;
  sync_watch_begin_list (watch, now);
  take (watch, NEWS, STORE_ROLE_NONE, NULL, now);
  sync_watch_end_list (watch);
  g_assert_cmpint (next (watch, 0, 0, now), ==, NEWS);
}

static void
test_known_from_earlier (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4, .unseen = 1, .modseq = 3 };
  StoreFolder folder = { .id = NEWS,
                         .selectable = TRUE,
                         .complete = TRUE,
                         .uid_validity = 1,
                         .uid_next = 5,
                         .total = 4,
                         .unread = 1,
                         .highest_modseq = 3 };
  g_autoptr (SyncWatch) watch = sync_watch_new (&sync_times), other = sync_watch_new (&sync_times);

  g_assert_true (sync_watch_take_folder (watch, &folder, &status, 4, 0));
  g_assert_cmpint (next (watch, 0, 0, 0), ==, 0);
  folder.highest_modseq = 2;
  g_assert_false (sync_watch_take_folder (other, &folder, &status, 4, 0));
  g_assert_cmpint (next (other, 0, 0, 0), ==, NEWS);
}

static void
test_skip (void)
{
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (NULL, now);

  done (watch, INBOX, now);
  sync_watch_skip (watch, SENT, now);
  g_assert_cmpint (next (watch, 0, 0, now), ==, NEWS);
  done (watch, NEWS, now);
  g_assert_cmpint (next (watch, 0, 0, now), ==, 0);
  g_assert_cmpint (next (watch, SENT, 1, now), ==, SENT);
}

static void
expect (SyncWatch *watch, gint64 shown, guint serial, gint64 now, gint64 folder, SyncGoal goal)
{
  SyncGoal found = SYNC_GOAL_GLANCE;

  sync_watch_show (watch, shown, serial, now);
  g_assert_cmpint (sync_watch_next (watch, now, &found), ==, folder);
  if (folder != 0)
    g_assert_cmpint (found, ==, goal);
}

/* What asks for a look after it has begun is not answered by it; what asked before is. */
static void
test_asked_meanwhile (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 };
  g_autoptr (SyncWatch) watch = new_watch (&status, 0);

  do_all (watch, 0);
  sync_watch_mark (watch, NEWS);
  sync_watch_show (watch, NEWS, 1, 0);
  g_assert_false (sync_watch_is_asked_for (watch, 1));
  sync_watch_begin (watch, NEWS);
  sync_watch_done (watch, NEWS, SYNC_GOAL_LIST, FALSE, 0);
  g_assert_cmpint (next (watch, NEWS, 1, 0), ==, 0);
  /* By the person. */
  g_assert_cmpint (next (watch, NEWS, 2, 0), ==, NEWS);
  sync_watch_begin (watch, NEWS);
  g_assert_cmpint (next (watch, NEWS, 3, 0), ==, NEWS);
  sync_watch_done (watch, NEWS, SYNC_GOAL_LIST, FALSE, 0);
  g_assert_cmpint (next (watch, NEWS, 3, 0), ==, NEWS);
  /* By what else wants it. */
  sync_watch_begin (watch, NEWS);
  sync_watch_mark (watch, NEWS);
  sync_watch_done (watch, NEWS, SYNC_GOAL_LIST, FALSE, 0);
  g_assert_cmpint (next (watch, NEWS, 3, 0), ==, NEWS);
  /* Of another folder. */
  sync_watch_begin (watch, NEWS);
  sync_watch_show (watch, INBOX, 4, 0);
  sync_watch_done (watch, NEWS, SYNC_GOAL_LIST, FALSE, 0);
  g_assert_cmpint (next (watch, INBOX, 4, 0), ==, INBOX);
  done (watch, INBOX, 0);
  g_assert_cmpint (next (watch, INBOX, 4, 0), ==, 0);
}

/* A new account: a first screenful of all, then lists, then bodies; what the person looks at goes before its like. */
static void
test_windowed (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 };
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (&status, now);

  expect (watch, 0, 0, now, INBOX, SYNC_GOAL_GLANCE);
  sync_watch_done (watch, INBOX, SYNC_GOAL_GLANCE, FALSE, now);
  expect (watch, 0, 0, now, SENT, SYNC_GOAL_GLANCE);
  expect (watch, NEWS, 1, now, NEWS, SYNC_GOAL_GLANCE);
  sync_watch_done (watch, NEWS, SYNC_GOAL_GLANCE, FALSE, now);
  expect (watch, NEWS, 1, now, SENT, SYNC_GOAL_GLANCE);
  sync_watch_done (watch, SENT, SYNC_GOAL_GLANCE, FALSE, now);
  expect (watch, NEWS, 1, now, NEWS, SYNC_GOAL_LIST);
  look (watch, NEWS, TRUE, now);
  expect (watch, NEWS, 1, now, INBOX, SYNC_GOAL_LIST);
  look (watch, INBOX, TRUE, now);
  expect (watch, NEWS, 1, now, SENT, SYNC_GOAL_LIST);
  done (watch, SENT, now);
  expect (watch, NEWS, 1, now, NEWS, SYNC_GOAL_BODIES);
  sync_watch_done (watch, NEWS, SYNC_GOAL_BODIES, FALSE, now);
  expect (watch, NEWS, 1, now, INBOX, SYNC_GOAL_BODIES);
  /* Looked at again: its list was here, so it comes before bodies. */
  expect (watch, NEWS, 2, now, NEWS, SYNC_GOAL_LIST);
  done (watch, NEWS, now);
  sync_watch_done (watch, INBOX, SYNC_GOAL_BODIES, FALSE, now);
  expect (watch, NEWS, 2, now, 0, SYNC_GOAL_GLANCE);
}

static void
test_frugal (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 };
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (&status, now);

  sync_watch_set_frugal (watch, TRUE);
  look (watch, INBOX, TRUE, now);
  expect (watch, 0, 0, now, 0, SYNC_GOAL_LIST);
  expect (watch, NEWS, 1, now, NEWS, SYNC_GOAL_GLANCE);
  look (watch, NEWS, TRUE, now);
  expect (watch, NEWS, 1, now, 0, SYNC_GOAL_LIST);
  sync_watch_set_frugal (watch, FALSE);
  expect (watch, NEWS, 1, now, SENT, SYNC_GOAL_GLANCE);
}

/* How often the list is looked at: seldom, unless a person is about; hardly ever, where the server tells of all folders. */
static void
test_quiet (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 };
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (&status, now);

  do_all (watch, now);
  g_assert_false (sync_watch_list_is_due (watch, now + sync_times.watchdog * 7 / 8 - 1));
  g_assert_true (sync_watch_list_is_due (watch, now + sync_times.watchdog));
  g_assert_cmpint (next (watch, INBOX, 1, now), ==, INBOX);
  done (watch, INBOX, now);
  g_assert_true (sync_watch_list_is_due (watch, now + sync_times.list));
  sync_watch_begin_list (watch, now + sync_times.about);
  g_assert_false (sync_watch_list_is_due (watch, now + sync_times.about + sync_times.list));
  sync_watch_set_told (watch, TRUE);
  g_assert_false (sync_watch_list_is_due (watch, now + sync_times.about + sync_times.watchdog));
  g_assert_true (sync_watch_list_is_due (watch, now + sync_times.about + sync_times.told));
  sync_watch_restart (watch);
  g_assert_true (sync_watch_list_is_due (watch, now));
}

/* STATUS as it was, or as the rows are by now, proves a folder in step; anything else makes it due. */
static void
test_proof (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4, .unseen = 1, .modseq = 7 };
  StoreFolder folder = {
    .id = NEWS, .selectable = TRUE, .uid_validity = 1, .uid_next = 5, .highest_modseq = 7
  };
  g_autoptr (SyncWatch) watch = sync_watch_new (&sync_times);

  g_assert_false (sync_watch_take_folder (watch, &folder, &status, 4, 0));
  done (watch, NEWS, 0);
  folder.complete = TRUE;
  folder.unread = 1;
  g_assert_true (sync_watch_take_folder (watch, &folder, &status, 4, 0));
  status.unseen = 0;
  status.modseq = 8;
  g_assert_false (sync_watch_take_folder (watch, &folder, &status, 4, 0));
  g_assert_cmpint (next (watch, 0, 0, 0), ==, NEWS);
  done (watch, NEWS, 0);
  /* It came in by itself meanwhile: the row is already as STATUS says. */
  status.uid_next = 6;
  status.messages = 5;
  folder.uid_next = 6;
  folder.unread = 0;
  folder.highest_modseq = 8;
  g_assert_true (sync_watch_take_folder (watch, &folder, &status, 5, 0));
  g_assert_cmpint (next (watch, 0, 0, 0), ==, 0);
  {
    g_autoptr (GArray) before = sync_watch_list_in_step (watch), after = NULL;

    g_assert_cmpuint (before->len, ==, 1);
    g_assert_cmpint (g_array_index (before, gint64, 0), ==, NEWS);
    sync_watch_mark (watch, NEWS);
    after = sync_watch_list_in_step (watch);
    g_assert_cmpuint (after->len, ==, 0);
    done (watch, NEWS, 0);
  }
  g_assert_false (sync_watch_take_folder (watch, &folder, NULL, 5, 0));
  sync_watch_restart (watch);
  {
    g_autoptr (GArray) nothing = sync_watch_list_in_step (watch);

    g_assert_cmpuint (nothing->len, ==, 0);
  }
}

/* Counts alone cannot tell that a mark changed and another one back: without MODSEQ each connection looks once, and then
 * from time to time. */
static void
test_without_modseq (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4, .unseen = 1 };
  StoreFolder folder = {
    .id = NEWS, .selectable = TRUE, .uid_validity = 1, .uid_next = 5, .unread = 1, .complete = TRUE
  };
  g_autoptr (SyncWatch) watch = sync_watch_new (&sync_times);

  g_assert_false (sync_watch_take_folder (watch, &folder, &status, 4, 0));
  g_assert_cmpint (next (watch, 0, 0, 0), ==, NEWS);
  done (watch, NEWS, 0);
  sync_watch_take_folder (watch, &folder, &status, 4, 1);
  g_assert_cmpint (next (watch, 0, 0, 1), ==, 0);
  g_assert_false (sync_watch_take_folder (watch, &folder, &status, 4, sync_times.visit));
  g_assert_cmpint (next (watch, 0, 0, sync_times.visit), ==, NEWS);
}

/* How much room it takes is asked of what has no rows, once for each change and not all the time. */
static void
test_unmeasured (void)
{
  const gint64 often = 5 * MINUTE;
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4, .unseen = 1, .modseq = 7 };
  SyncStatus empty = { .uid_validity = 1, .uid_next = 5, .modseq = 7 };
  g_autoptr (SyncWatch) watch = new_watch (&status, 0);
  StoreFolder earlier = { .id = NEWS, .selectable = TRUE, .server_size = 10, .server_total = 4 };
  g_autoptr (SyncWatch) later = sync_watch_new (&sync_times), nothing = new_watch (&empty, 0),
                        unknown = new_watch (NULL, 0);

  do_all (watch, 0);
  /* All mail lies elsewhere as well, so there are no rows of it. */
  g_assert_cmpint (sync_watch_next_unmeasured (watch, 0), ==, ALL);
  sync_watch_set_measured (watch, ALL, 0);
  g_assert_cmpint (sync_watch_next_unmeasured (watch, 0), ==, 0);
  status.unseen = 0;
  status.modseq = 8;
  take (watch, ALL, STORE_ROLE_ALL, &status, 1);
  g_assert_cmpint (sync_watch_next_unmeasured (watch, often), ==, 0);
  status.uid_next = 6;
  take (watch, ALL, STORE_ROLE_ALL, &status, 1);
  g_assert_cmpint (sync_watch_next_unmeasured (watch, often - 1), ==, 0);
  g_assert_cmpint (sync_watch_next_unmeasured (watch, often), ==, ALL);
  /* The person looked at it: now there are. */
  sync_watch_show (watch, ALL, 1, 1);
  g_assert_cmpint (sync_watch_next (watch, 1, &(SyncGoal){ 0 }), ==, ALL);
  done (watch, ALL, 1);
  g_assert_cmpint (sync_watch_next_unmeasured (watch, often), ==, 0);

  /* There is nothing to be measured, or nobody knows whether there is. */
  do_all (nothing, 0);
  g_assert_cmpint (sync_watch_next_unmeasured (nothing, often), ==, 0);
  do_all (unknown, 0);
  g_assert_cmpint (sync_watch_next_unmeasured (unknown, often), ==, 0);

  /* Told already to an earlier run, and of as many messages. */
  status.messages = 4;
  sync_watch_take_folder (later, &earlier, &status, 0, 0);
  g_assert_cmpint (sync_watch_next_unmeasured (later, often), ==, 0);
  status.messages = 5;
  sync_watch_take_folder (later, &earlier, &status, 0, 0);
  g_assert_cmpint (sync_watch_next_unmeasured (later, often), ==, NEWS);
}

void
test_watch_add (void)
{
  g_test_add_func ("/watch/unmeasured", test_unmeasured);
  g_test_add_func ("/watch/without-modseq", test_without_modseq);
  g_test_add_func ("/watch/order", test_order);
  g_test_add_func ("/watch/inbox-in-between", test_inbox_in_between);
  g_test_add_func ("/watch/status", test_status);
  g_test_add_func ("/watch/without-status", test_without_status);
  g_test_add_func ("/watch/known-from-earlier", test_known_from_earlier);
  g_test_add_func ("/watch/skip", test_skip);
  g_test_add_func ("/watch/asked-meanwhile", test_asked_meanwhile);
  g_test_add_func ("/watch/windowed", test_windowed);
  g_test_add_func ("/watch/frugal", test_frugal);
  g_test_add_func ("/watch/quiet", test_quiet);
  g_test_add_func ("/watch/proof", test_proof);
}
