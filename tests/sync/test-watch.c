/* The timetable: what comes first, and what is left alone. */
#include "test-sync.h"

#include "sync-watch.h"

#define MINUTE (60 * G_USEC_PER_SEC)

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

  sync_watch_take_folder (watch, &folder, status, now);
}

static SyncWatch *
new_watch (const SyncStatus *status, gint64 now)
{
  SyncWatch *watch = sync_watch_new ();

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

  while ((folder = sync_watch_next (watch, 0, 0, now)) != 0)
    sync_watch_done (watch, folder, now);
}

static void
test_order (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 };
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (&status, now);

  g_assert_cmpint (sync_watch_next (watch, 0, 0, now), ==, INBOX);
  sync_watch_done (watch, INBOX, now);
  g_assert_cmpint (sync_watch_next (watch, 0, 0, now), ==, SENT);
  /* The person looks at another one: that comes first, once. */
  g_assert_cmpint (sync_watch_next (watch, ALL, 1, now), ==, ALL);
  sync_watch_done (watch, ALL, now);
  g_assert_cmpint (sync_watch_next (watch, ALL, 1, now), ==, SENT);
  sync_watch_done (watch, SENT, now);
  g_assert_cmpint (sync_watch_next (watch, ALL, 1, now), ==, NEWS);
  sync_watch_done (watch, NEWS, now);
  g_assert_cmpint (sync_watch_next (watch, ALL, 1, now), ==, 0);
  g_assert_cmpint (sync_watch_next (watch, ALL, 2, now), ==, ALL);
}

static void
test_inbox_in_between (void)
{
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (NULL, now);

  sync_watch_done (watch, INBOX, now);
  g_assert_cmpint (sync_watch_next (watch, 0, 0, now + G_USEC_PER_SEC), ==, SENT);
  g_assert_cmpint (sync_watch_next (watch, 0, 0, now + MINUTE), ==, INBOX);
}

static void
test_status (void)
{
  SyncStatus status = { .uid_validity = 1, .uid_next = 5, .messages = 4 }, changed = status;
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (&status, now);

  do_all (watch, now);
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
  g_assert_cmpint (sync_watch_next (watch, SENT, 1, now), ==, INBOX);
  sync_watch_done (watch, INBOX, now);
  g_assert_cmpint (sync_watch_next (watch, 0, 1, now), ==, NEWS);
  sync_watch_done (watch, NEWS, now);
  g_assert_cmpint (sync_watch_next (watch, 0, 1, now), ==, 0);
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
  g_assert_cmpint (sync_watch_next (watch, 0, 0, now), ==, 0);
  now += 6 * MINUTE;
  sync_watch_begin_list (watch, now);
  take (watch, NEWS, STORE_ROLE_NONE, NULL, now);
  sync_watch_end_list (watch);
  g_assert_cmpint (sync_watch_next (watch, 0, 0, now), ==, NEWS);
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
  g_autoptr (SyncWatch) watch = sync_watch_new (), other = sync_watch_new ();

  sync_watch_take_folder (watch, &folder, &status, 0);
  g_assert_cmpint (sync_watch_next (watch, 0, 0, 0), ==, 0);
  folder.unread = 0;
  sync_watch_take_folder (other, &folder, &status, 0);
  g_assert_cmpint (sync_watch_next (other, 0, 0, 0), ==, NEWS);
}

static void
test_skip (void)
{
  gint64 now = MINUTE;
  g_autoptr (SyncWatch) watch = new_watch (NULL, now);

  sync_watch_done (watch, INBOX, now);
  sync_watch_skip (watch, SENT, now);
  g_assert_cmpint (sync_watch_next (watch, 0, 0, now), ==, NEWS);
  sync_watch_done (watch, NEWS, now);
  g_assert_cmpint (sync_watch_next (watch, 0, 0, now), ==, 0);
  g_assert_cmpint (sync_watch_next (watch, SENT, 1, now), ==, SENT);
}

void
test_watch_add (void)
{
  g_test_add_func ("/watch/order", test_order);
  g_test_add_func ("/watch/inbox-in-between", test_inbox_in_between);
  g_test_add_func ("/watch/status", test_status);
  g_test_add_func ("/watch/without-status", test_without_status);
  g_test_add_func ("/watch/known-from-earlier", test_known_from_earlier);
  g_test_add_func ("/watch/skip", test_skip);
}
