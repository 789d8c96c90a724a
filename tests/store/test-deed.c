/* What a person did, remembered: what can be taken back after a restart, and the reasons why not. */
#include "test-store.h"

#include "base-error.h"
#include "store-deed.h"

static gint64
add (Profile *profile, const char *sentence, gint64 group)
{
  g_autoptr (GError) error = NULL;
  gint64 deed = store_deed_add (profile->db, sentence, 1, &group, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (deed, >, 0);
  return deed;
}

static StoreDeedState
state_of (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deeds = store_deed_list (profile->db, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < deeds->len; i++) {
    const StoreDeed *deed = g_ptr_array_index (deeds, i);
    if (deed->id == id)
      return deed->state;
  }
  g_assert_not_reached ();
}

static void
refuse (Profile *profile, gint64 deed)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (store_deed_undo (profile->db, deed, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

/* Emptying is a deed that can be taken back until the server was told, and waits for all else that is to be done in the folder. */
static void
test_emptied (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL), none;
  g_assert_true (
      store_folder_set_sync_state (profile->db, profile->inbox, 9, 40, 0, TRUE, 1, &error));
  gint64 empty = store_operation_empty_folder (profile->db, profile->inbox, 0, &error);
  gint64 taken_back = add (profile, "emptied", empty);
  g_assert_cmpint (state_of (profile, taken_back), ==, STORE_DEED_OPEN);
  g_assert_true (store_deed_undo (profile->db, taken_back, &error));
  g_autoptr (GPtrArray) nothing = take (profile, 10);
  g_assert_cmpuint (nothing->len, ==, 0);

  empty = store_operation_empty_folder (profile->db, profile->inbox, 0, &error);
  gint64 deed = add (profile, "emptied", empty);
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->archive, &error), >, 0);
  g_autoptr (GPtrArray) first = take (profile, 10);
  g_assert_cmpuint (first->len, ==, 1);
  g_assert_cmpint (((StoreOperation *)first->pdata[0])->kind, ==, STORE_OPERATION_MOVE);
  g_autoptr (GPtrArray) waits = take (profile, 10);
  g_assert_cmpuint (waits->len, ==, 0);
  done (profile, first, 5, 70);
  g_autoptr (GPtrArray) second = take (profile, 10);
  g_assert_cmpuint (second->len, ==, 1);
  const StoreOperation *operation = second->pdata[0];
  g_assert_cmpint (operation->kind, ==, STORE_OPERATION_EMPTY);
  g_assert_cmpuint (operation->uid, ==, 40);
  g_assert_cmpuint (operation->mark_validity, ==, 9);
  g_assert_cmpint (state_of (profile, deed), ==, STORE_DEED_MESSAGES_DELETED);
  refuse (profile, deed);
  g_assert_true (store_operation_done (profile->db, second, NULL, 0, &error));
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
  /* Nobody has looked into it: nobody knows what is meant. */
  none = store_operation_empty_folder (profile->db, profile->sent, 0, &error);
  g_assert_cmpint (none, >, 0);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
}

static void
test_lasting (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL);
  gint64 gone = add_message (profile, profile->inbox, 6, 2, 0, NULL);
  gint64 moved =
      add (profile, "moved", store_operation_move (profile->db, &id, 1, profile->archive, &error));
  g_autoptr (GPtrArray) due = take (profile, 10);
  done (profile, due, 5, 70);

  /* Done on the server, the program ended: it goes back by a MOVE. */
  profile_reopen (profile, NULL, NULL);
  g_assert_cmpint (state_of (profile, moved), ==, STORE_DEED_OPEN);
  g_assert_true (store_deed_undo (profile->db, moved, &error));
  g_assert_no_error (error);
  check_counts (profile, profile->inbox, 2, 2);
  g_autoptr (GPtrArray) back = take (profile, 10);
  g_assert_cmpuint (back->len, ==, 1);
  g_assert_cmpint (((StoreOperation *)back->pdata[0])->target, ==, profile->inbox);
  g_assert_cmpuint (((StoreOperation *)back->pdata[0])->uid, ==, 70);
  done (profile, back, 70, 9);
  g_assert_cmpint (state_of (profile, moved), ==, STORE_DEED_UNDONE);
  refuse (profile, moved);

  /* Deleted: until the server is told. */
  gint64 deleted =
      add (profile, "deleted", store_operation_expunge (profile->db, &id, 1, 0, &error));
  g_assert_cmpint (state_of (profile, deleted), ==, STORE_DEED_OPEN);
  g_autoptr (GPtrArray) expunge = take (profile, 10);
  g_assert_cmpint (state_of (profile, deleted), ==, STORE_DEED_MESSAGES_DELETED);
  refuse (profile, deleted);
  done (profile, expunge, 0, 0);
  refuse (profile, deleted);

  /* Somebody else deleted the message meanwhile. */
  gint64 starred =
      add (profile, "starred",
           store_operation_set_flags (profile->db, &gone, 1, TRUE, STORE_FLAG_FLAGGED, &error));
  g_autoptr (GPtrArray) flags = take (profile, 10);
  done (profile, flags, 0, 0);
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  base_uid_set_add (uids, 6);
  g_assert_true (store_message_remove (profile->db, profile->inbox, uids, &error));
  g_assert_cmpint (state_of (profile, starred), ==, STORE_DEED_GONE);
  refuse (profile, starred);

  /* Newest first. */
  g_autoptr (GPtrArray) deeds = store_deed_list (profile->db, &error);
  g_assert_cmpuint (deeds->len, ==, 3);
  g_assert_cmpstr (((StoreDeed *)deeds->pdata[0])->sentence, ==, "starred");
  g_assert_cmpint (((StoreDeed *)deeds->pdata[0])->at, >, 0);
}

/* What was filed elsewhere since lies where the person wants it: an older step that is taken back leaves it there. */
static void
test_moved_on (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL);
  gint64 first =
      add (profile, "first", store_operation_move (profile->db, &id, 1, profile->archive, &error));
  g_autoptr (GPtrArray) due = take (profile, 10);
  done (profile, due, 5, 70);
  add (profile, "second", store_operation_move (profile->db, &id, 1, profile->sent, &error));
  g_autoptr (GPtrArray) on = take (profile, 10);
  done (profile, on, 70, 80);
  (void)store_deed_undo (profile->db, first, NULL);
  check_counts (profile, profile->sent, 1, 1);
  check_counts (profile, profile->inbox, 0, 0);
  g_autoptr (GPtrArray) none = take (profile, 10);
  g_assert_cmpuint (none->len, ==, 0);
}

/* All of it, or nothing: of two groups one cannot be taken back. */
static void
test_whole (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 one = add_message (profile, profile->inbox, 5, 1, 0, NULL);
  gint64 two = add_message (profile, profile->inbox, 6, 2, 0, NULL);
  gint64 groups[] = { store_operation_expunge (profile->db, &two, 1, 0, &error),
                      store_operation_move (profile->db, &one, 1, profile->archive, &error) };
  gint64 deed = store_deed_add (profile->db, "both", 2, groups, 2, &error);
  g_autoptr (GPtrArray) due = take (profile, 1);
  g_assert_cmpint (((StoreOperation *)due->pdata[0])->kind, ==, STORE_OPERATION_EXPUNGE);
  refuse (profile, deed);
  check_counts (profile, profile->archive, 1, 1);
}

static gint64
count_operations (Profile *profile)
{
  gint64 n = 0;
  g_assert_true (
      store_db_get_int (profile->db, &n, NULL, "SELECT count(*) FROM operation", STORE_NO_INTS));
  return n;
}

static void
test_bounds (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL);
  gint64 first = 0, last = 0;

  for (guint i = 0; i < STORE_DEED_MOST + 20; i++) {
    gint64 group =
        store_operation_set_flags (profile->db, &id, 1, i % 2 == 0, STORE_FLAG_FLAGGED, &error);
    g_autoptr (GPtrArray) due = take (profile, 10);
    done (profile, due, 0, 0);
    last = add (profile, "again", group);
    if (first == 0)
      first = last;
  }
  g_autoptr (GPtrArray) deeds = store_deed_list (profile->db, &error);
  g_assert_cmpuint (deeds->len, ==, STORE_DEED_MOST);
  /* What can not be taken back any more takes no room. */
  g_assert_cmpint (count_operations (profile), ==, STORE_DEED_MOST);
  refuse (profile, first);

  /* Too many steps altogether, or too old. */
  g_assert_true (store_db_run (profile->db, &error, "UPDATE deed SET steps = ?1 WHERE id = ?2",
                               STORE_INTS (STORE_DEED_MOST_STEPS, last - 10)));
  gint64 next =
      add (profile, "next",
           store_operation_set_flags (profile->db, &id, 1, TRUE, STORE_FLAG_ANSWERED, &error));
  g_autoptr (GPtrArray) fewer = store_deed_list (profile->db, &error);
  g_assert_cmpuint (fewer->len, ==, 11);
  g_assert_true (store_db_run (profile->db, &error, "UPDATE deed SET at = 1000", STORE_NO_INTS));
  add (profile, "newest",
       store_operation_set_flags (profile->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error));
  g_autoptr (GPtrArray) newest = store_deed_list (profile->db, &error);
  g_assert_cmpuint (newest->len, ==, 1);
  /* What the server was not told yet is still to be done. */
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 2);
  refuse (profile, next);

  g_assert_true (store_deed_forget_all (profile->db, &error));
  g_autoptr (GPtrArray) none = store_deed_list (profile->db, &error);
  g_assert_cmpuint (none->len, ==, 0);
}

/* What ended and cannot be taken back is not kept for weeks. */
static void
test_ended (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 kept = add_message (profile, profile->inbox, 5, 1, 0, NULL), n = 0;
  gint64 read = add_message (profile, profile->inbox, 6, 2, 0, NULL);
  gint64 moved = add (profile, "moved",
                      store_operation_move (profile->db, &kept, 1, profile->archive, &error));
  g_assert_cmpint (store_operation_set_flags (profile->db, &read, 1, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) due = take (profile, 10);
    done (profile, due, 0, 0);
  }
  for (guint days = 0; days < 3; days += 2) {
    g_assert_true (store_db_run (
        profile->db, &error, "UPDATE operation SET ended = ended - 86400 * ?1", STORE_INTS (days)));
    g_assert_true (store_operation_recover (profile->db, profile->account, &error));
    g_assert_true (store_db_get_int (profile->db, &n, &error, "SELECT count(*) FROM operation",
                                     STORE_NO_INTS));
    g_assert_cmpint (n, ==, days == 0 ? 2 : 1);
  }
  g_assert_true (store_deed_undo (profile->db, moved, &error));
  check_counts (profile, profile->inbox, 2, 1);
}

void
add_deed_tests (void)
{
  g_test_add_func ("/store/deed/lasting", test_lasting);
  g_test_add_func ("/store/deed/emptied", test_emptied);
  g_test_add_func ("/store/deed/whole", test_whole);
  g_test_add_func ("/store/deed/moved-on", test_moved_on);
  g_test_add_func ("/store/deed/bounds", test_bounds);
  g_test_add_func ("/store/deed/ended", test_ended);
}
