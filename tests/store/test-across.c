/* Messages that go to a folder of another account: the rows at once, the turns of the two accounts, and every way back. */
#include "test-store.h"

#include <time.h>

#include "base-error.h"
#include "store-deed.h"
#include "store-thread.h"

typedef struct
{
  Profile *profile;
  gint64 other;        /* account */
  gint64 inbox, trash; /* of it */
  Mirror *mirror;
} Two;

static gint64
folder_named (Profile *profile, gint64 account, const char *name)
{
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, account, NULL);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    if (g_str_equal (folder->name, name))
      return folder->id;
  }
  g_assert_not_reached ();
}

static Two *
two_new (void)
{
  g_autoptr (GError) error = NULL;
  Two *two = g_new0 (Two, 1);
  StoreFolder inbox = { .name = (char *)"INBOX", .role = STORE_ROLE_INBOX, .selectable = TRUE };
  StoreFolder trash = { .name = (char *)"Trash", .role = STORE_ROLE_TRASH, .selectable = TRUE };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  two->profile = profile_new ();
  two->other = store_account_ensure (two->profile->db, "two", &error);
  g_ptr_array_add (list, &inbox);
  g_ptr_array_add (list, &trash);
  g_assert_true (store_folder_replace_list (two->profile->db, two->other, list, &error));
  two->inbox = folder_named (two->profile, two->other, "INBOX");
  two->trash = folder_named (two->profile, two->other, "Trash");
  profile_forget_changes (two->profile);
  two->mirror = mirror_new (two->profile);
  return two;
}

static void
two_free (Two *two)
{
  mirror_follow (two->mirror);
  mirror_check (two->mirror);
  check_all_counts (two->profile);
  mirror_free (two->mirror);
  profile_free (two->profile);
  g_free (two);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Two, two_free)

static void
check (Two *two)
{
  mirror_follow (two->mirror);
  mirror_check (two->mirror);
  check_all_counts (two->profile);
}

/* One that answers the message `parent`, 0: none; a body says that it is here. */
static gint64
add (Two *two, gint64 folder, guint32 uid, guint number, guint parent, StoreFlags flags,
     const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message_id = g_strdup_printf ("<%u@example.org>", number);
  g_autofree char *references = parent != 0 ? g_strdup_printf ("<%u@example.org>", parent) : NULL;
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  static const char *const labels[] = { "blue", NULL };
  StoreNewMessage message = { .uid = uid,
                              .flags = flags,
                              .received = 1700000000 + number,
                              .date = 1600000000 + number,
                              .size = body != NULL ? strlen (body) : 1000,
                              .subject = "words",
                              .message_id = message_id,
                              .references = references,
                              .labels = labels,
                              .object_id = "M1",
                              .body = bytes };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (two->profile->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  return fresh->len == 1 ? STORE_KEY_ID (g_array_index (fresh, StoreKey, 0)) : 0;
}

static gint64
number (Two *two, const char *sql, gint64 id)
{
  gint64 value = -1;
  g_assert_true (store_db_get_int (two->profile->db, &value, NULL, sql, &id, 1));
  return value;
}

#define THREAD(two, id) number (two, "SELECT thread FROM message WHERE id = ?1", id)
#define FOLDER(two, id) number (two, "SELECT folder FROM message WHERE id = ?1", id)
#define TURN(two, id)                                                                              \
  number (two, "SELECT account FROM operation WHERE message = ?1 AND state < 2 ORDER BY id", id)

static GPtrArray *
take_of (Two *two, gint64 account)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *due = store_operation_take_due (two->profile->db, account, 10, 1, NULL, &error);
  g_assert_no_error (error);
  return due;
}

static gint64
move (Two *two, const gint64 *ids, gsize n, gint64 target)
{
  g_autoptr (GError) error = NULL;
  gint64 group = store_operation_move (two->profile->db, ids, n, target, &error);
  g_assert_no_error (error);
  g_assert_cmpint (group, >, 0);
  check (two);
  return group;
}

static void
undo (Two *two, gint64 group)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (store_operation_undo (two->profile->db, group, &error));
  g_assert_no_error (error);
  check (two);
}

static void
hand_over (Two *two, GPtrArray *operations, gint64 account)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (store_operation_hand_over (two->profile->db, operations, account, &error));
  g_assert_no_error (error);
  check (two);
}

/* The target was given the message, and told its UID. */
static void
arrive (Two *two, GPtrArray *operations, guint32 uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) map = g_hash_table_new (NULL, NULL);
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  g_hash_table_insert (map, GUINT_TO_POINTER (first->uid), GUINT_TO_POINTER (uid));
  g_assert_true (store_operation_note_maybe (two->profile->db, operations, 5, uid, &error));
  g_assert_true (store_operation_note_made (two->profile->db, operations, map, 5, &error));
  g_assert_no_error (error);
}

/* All turns of one message; its bytes are here. */
static void
carry (Two *two, gint64 from, gint64 to, guint32 uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) there = take_of (two, to);
  g_assert_cmpuint (there->len, ==, 1);
  arrive (two, there, uid);
  hand_over (two, there, from);
  g_autoptr (GPtrArray) here = take_of (two, from);
  g_assert_cmpuint (here->len, ==, 1);
  const StoreOperation *operation = g_ptr_array_index (here, 0);
  g_assert_cmpint (operation->step, ==, STORE_STEP_MADE);
  g_assert_true (store_operation_done (two->profile->db, here, NULL, 0, &error));
  g_assert_no_error (error);
  check (two);
}

/* The row is in the other account at once, in a conversation there; what it leaves stays a conversation of its own account. */
static void
test_rows (void)
{
  g_autoptr (Two) two = two_new ();
  gint64 asked = add (two, two->profile->inbox, 1, 1, 0, 0, "one"),
         answer = add (two, two->profile->inbox, 2, 2, 1, STORE_FLAG_FLAGGED, NULL),
         there = add (two, two->inbox, 9, 3, 1, STORE_FLAG_SEEN, NULL);
  g_assert_cmpint (THREAD (two, asked), ==, THREAD (two, answer));
  g_assert_cmpint (THREAD (two, asked), !=, THREAD (two, there));
  check (two);

  gint64 ids[] = { asked, answer };
  gint64 group = move (two, ids, 1, two->inbox);
  g_assert_cmpint (FOLDER (two, asked), ==, two->inbox);
  g_assert_cmpint (THREAD (two, asked), ==, THREAD (two, there));
  g_assert_cmpint (THREAD (two, asked), !=, THREAD (two, answer));
  g_assert_cmpint (number (two, "SELECT object_id IS NULL FROM message WHERE id = ?1", asked), ==,
                   1);
  g_assert_cmpuint (uid_of (two->profile, asked), ==, 0);
  /* What the source still has is known: it does not come again. */
  g_assert_cmpint (add (two, two->profile->inbox, 1, 1, 0, 0, NULL), ==, 0);
  undo (two, group);
  g_assert_cmpint (FOLDER (two, asked), ==, two->profile->inbox);
  g_assert_cmpint (THREAD (two, asked), ==, THREAD (two, answer));
  g_assert_cmpuint (uid_of (two->profile, asked), ==, 1);
  g_assert_cmpint (number (two, "SELECT count(*) FROM operation WHERE ?1", 1), ==, 0);

  /* Both, and one by one it is the same. */
  group = move (two, ids, 2, two->trash);
  g_assert_cmpint (THREAD (two, asked), ==, THREAD (two, there));
  g_assert_cmpint (THREAD (two, asked), ==, THREAD (two, answer));
  undo (two, group);
  g_assert_cmpint (THREAD (two, asked), ==, THREAD (two, answer));
  g_assert_cmpuint (uid_of (two->profile, answer), ==, 2);
}

/* Whose turn it is: who has the bytes to bring, then the target, then the source. */
static void
test_turns (void)
{
  g_autoptr (Two) two = two_new ();
  g_autoptr (GError) error = NULL;
  gint64 one = two->profile->account, place = 0;
  guint32 uid = 0;
  gint64 bare = add (two, two->profile->inbox, 1, 1, 0, STORE_FLAG_SEEN, NULL);

  gint64 group = move (two, &bare, 1, two->inbox);
  g_assert_true (store_message_get_place (two->profile->db, bare, &place, &uid, &error));
  g_assert_cmpint (place, ==, two->profile->inbox);
  g_assert_cmpuint (uid, ==, 1);
  g_assert_cmpint (TURN (two, bare), ==, one);
  g_autoptr (GPtrArray) none = take_of (two, two->other);
  g_assert_cmpuint (none->len, ==, 0);
  g_autoptr (GPtrArray) first = take_of (two, one);
  g_assert_cmpuint (first->len, ==, 1);
  const StoreOperation *operation = g_ptr_array_index (first, 0);
  g_assert_true (STORE_OPERATION_CROSSES (operation));
  g_assert_false (operation->has_body);
  g_assert_cmpint (operation->folder_account, ==, one);
  g_assert_cmpint (operation->target_account, ==, two->other);
  /* The bytes come by the old UID, and are the row's. */
  (void)add (two, two->profile->inbox, 1, 1, 0, STORE_FLAG_SEEN, "whole");
  g_autoptr (GBytes) body = store_message_get_body (two->profile->db, bare, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 5);
  hand_over (two, first, two->other);
  g_assert_cmpint (TURN (two, bare), ==, two->other);
  /* Nothing was sent yet: it can be dropped. */
  g_assert_cmpint (number (two, "SELECT begun FROM operation WHERE message = ?1", bare), ==, 0);

  g_autoptr (GPtrArray) second = take_of (two, two->other);
  operation = g_ptr_array_index (second, 0);
  g_assert_true (operation->has_body);
  arrive (two, second, 40);
  hand_over (two, second, one);
  /* It can be read and marked there, before the original is gone. */
  g_assert_cmpuint (uid_of (two->profile, bare), ==, 40);
  g_assert_cmpint (number (two, "SELECT begun FROM operation WHERE message = ?1", bare), ==, 1);
  /* The original's marks count no more; and it does not come again. */
  StoreServerFlags deleted = { .uid = 1, .flags = STORE_FLAG_DELETED };
  g_assert_true (
      store_message_set_server_flags (two->profile->db, two->profile->inbox, &deleted, 1, &error));
  g_assert_cmpuint (count_listed (two->profile, two->inbox), ==, 1);
  g_assert_cmpint (add (two, two->profile->inbox, 1, 1, 0, 0, NULL), ==, 0);
  check (two);

  g_autoptr (GPtrArray) third = take_of (two, one);
  operation = g_ptr_array_index (third, 0);
  g_assert_cmpint (operation->step, ==, STORE_STEP_MADE);
  g_assert_cmpuint (operation->uid, ==, 1);
  g_assert_true (store_operation_done (two->profile->db, third, NULL, 0, &error));
  g_assert_cmpuint (uid_of (two->profile, bare), ==, 40);
  check (two);

  /* Undone, all of it goes the other way round. */
  undo (two, group);
  g_assert_cmpint (FOLDER (two, bare), ==, two->profile->inbox);
  g_assert_cmpint (TURN (two, bare), ==, one);
  carry (two, two->other, one, 7);
  g_assert_cmpuint (uid_of (two->profile, bare), ==, 7);
  g_assert_cmpint (number (two, "SELECT count(*) FROM operation WHERE state < 2 AND ?1", 1), ==, 0);
}

/* After a restart what was begun is due again, at the account whose turn it was. */
static void
test_recover (void)
{
  g_autoptr (Two) two = two_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add (two, two->profile->inbox, 1, 1, 0, 0, "one");
  (void)move (two, &id, 1, two->inbox);
  g_autoptr (GPtrArray) taken = take_of (two, two->other);
  g_assert_true (store_operation_note_maybe (two->profile->db, taken, 5, 40, &error));
  g_assert_true (store_operation_recover (two->profile->db, two->profile->account, &error));
  g_autoptr (GPtrArray) none = take_of (two, two->other);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (store_operation_recover (two->profile->db, two->other, &error));
  g_autoptr (GPtrArray) again = take_of (two, two->other);
  g_assert_cmpuint (again->len, ==, 1);
  const StoreOperation *operation = g_ptr_array_index (again, 0);
  g_assert_cmpint (operation->step, ==, STORE_STEP_MAYBE);
  g_assert_cmpuint (operation->mark, ==, 40);
}

/* Refused: back where it was; and what was done to it there meanwhile is done here. */
static void
test_refused (void)
{
  g_autoptr (Two) two = two_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add (two, two->profile->inbox, 1, 1, 0, 0, "one");
  (void)move (two, &id, 1, two->inbox);
  g_assert_cmpint (
      store_operation_set_flags (two->profile->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error), >, 0);
  g_autoptr (GPtrArray) taken = take_of (two, two->other);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_true (store_operation_refused (two->profile->db, taken, &error));
  check (two);
  g_assert_cmpint (FOLDER (two, id), ==, two->profile->inbox);
  g_assert_cmpuint (uid_of (two->profile, id), ==, 1);
  g_assert_cmpint (TURN (two, id), ==, two->profile->account);
  g_autoptr (GPtrArray) flags = take_of (two, two->profile->account);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (flags, 0))->uid, ==, 1);
}

/* Moved on there, and back into another folder here: the first is refused, and what is left must not be done at the wrong server. */
static void
test_chain (void)
{
  g_autoptr (Two) two = two_new ();
  g_autoptr (GError) error = NULL;
  gint64 one = two->profile->account;
  gint64 id = add (two, two->profile->inbox, 1, 1, 0, 0, "one");
  (void)move (two, &id, 1, two->inbox);
  (void)move (two, &id, 1, two->profile->archive);
  g_autoptr (GPtrArray) taken = take_of (two, two->other);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_true (store_operation_refused (two->profile->db, taken, &error));
  check (two);
  g_assert_cmpint (FOLDER (two, id), ==, two->profile->archive);
  g_assert_cmpint (TURN (two, id), ==, one);
  g_autoptr (GPtrArray) rest = take_of (two, one);
  const StoreOperation *operation = g_ptr_array_index (rest, 0);
  g_assert_false (STORE_OPERATION_CROSSES (operation));
  g_assert_cmpuint (operation->uid, ==, 1);
  done (two->profile, rest, 1, 3);

  /* There, on, and the first arrives: the second has its UID. */
  (void)move (two, &id, 1, two->inbox);
  (void)move (two, &id, 1, two->trash);
  carry (two, one, two->other, 12);
  g_assert_cmpint (FOLDER (two, id), ==, two->trash);
  g_autoptr (GPtrArray) on = take_of (two, two->other);
  operation = g_ptr_array_index (on, 0);
  g_assert_cmpuint (operation->uid, ==, 12);
  done (two->profile, on, 12, 2);
  g_assert_cmpuint (uid_of (two->profile, id), ==, 2);
}

static void
test_copy (void)
{
  g_autoptr (Two) two = two_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add (two, two->profile->inbox, 1, 1, 0, 0, "one");
  gint64 group = store_operation_copy (two->profile->db, &id, 1, two->inbox, &error);
  g_assert_no_error (error);
  check (two);
  gint64 copy = listed (two->profile, two->inbox, 0);
  g_assert_cmpint (THREAD (two, id), !=, THREAD (two, copy));
  undo (two, group);
  g_assert_cmpuint (count_listed (two->profile, two->inbox), ==, 0);

  group = store_operation_copy (two->profile->db, &id, 1, two->inbox, &error);
  copy = listed (two->profile, two->inbox, 0);
  g_autoptr (GPtrArray) taken = take_of (two, two->other);
  g_assert_cmpuint (taken->len, ==, 1);
  arrive (two, taken, 30);
  g_assert_true (store_operation_done (two->profile->db, taken, NULL, 0, &error));
  check (two);
  g_assert_cmpuint (uid_of (two->profile, copy), ==, 30);
  g_assert_cmpuint (uid_of (two->profile, id), ==, 1);
  undo (two, group);
  g_autoptr (GPtrArray) expunge = take_of (two, two->other);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (expunge, 0))->kind, ==,
                   STORE_OPERATION_EXPUNGE);
}

/* From the history, after it was done. */
static void
test_deed (void)
{
  g_autoptr (Two) two = two_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add (two, two->profile->inbox, 1, 1, 0, 0, "one");
  gint64 group = move (two, &id, 1, two->inbox);
  gint64 deed = store_deed_add (two->profile->db, "moved", 1, &group, 1, &error);
  carry (two, two->profile->account, two->other, 12);
  profile_reopen (two->profile, NULL, NULL);
  g_assert_true (store_deed_undo (two->profile->db, deed, &error));
  g_assert_no_error (error);
  check (two);
  g_assert_cmpint (FOLDER (two, id), ==, two->profile->inbox);
  carry (two, two->other, two->profile->account, 2);
  g_assert_cmpuint (uid_of (two->profile, id), ==, 2);
}

/* One of the accounts is removed: what has not arrived is where the server has it, what has stays, and is read from there. */
static void
test_account_removed (void)
{
  for (guint which = 0; which < 2; which++) {
    g_autoptr (Two) two = two_new ();
    g_autoptr (GError) error = NULL;
    gint64 one = two->profile->account;
    gint64 moved = add (two, two->profile->inbox, 1, 1, 0, 0, "one"),
           waits = add (two, two->profile->inbox, 2, 2, 0, 0, "two"),
           back = add (two, two->inbox, 3, 3, 0, 0, "three");
    (void)move (two, &moved, 1, two->inbox);
    carry (two, one, two->other, 12);
    (void)move (two, &waits, 1, two->inbox);
    (void)move (two, &back, 1, two->profile->archive);
    g_assert_true (store_account_remove (two->profile->db, which == 0 ? one : two->other, &error));
    g_assert_no_error (error);
    check (two);
    g_assert_cmpint (number (two, "SELECT count(*) FROM operation WHERE state < 2 AND ?1", 1), ==,
                     0);
    if (which == 0) {
      g_assert_cmpint (FOLDER (two, moved), ==, two->inbox);
      g_assert_cmpint (number (two, "SELECT has_body FROM message WHERE id = ?1", moved), ==, 0);
      g_assert_cmpint (FOLDER (two, waits), ==, -1);
      g_assert_cmpint (FOLDER (two, back), ==, two->inbox);
      g_assert_cmpuint (uid_of (two->profile, back), ==, 3);
    } else {
      g_assert_cmpint (FOLDER (two, moved), ==, -1);
      g_assert_cmpint (FOLDER (two, waits), ==, two->profile->inbox);
      g_assert_cmpuint (uid_of (two->profile, waits), ==, 2);
      g_assert_cmpint (FOLDER (two, back), ==, -1);
    }
  }
}

/* BULK=100000 says how long very many take. */
static void
test_many (void)
{
  g_autoptr (Two) two = two_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  const char *wanted = g_getenv ("BULK");
  guint n = wanted != NULL ? (guint)g_ascii_strtoull (wanted, NULL, 10) : 60;
  struct timespec from, to;
  g_assert_true (store_db_begin (two->profile->db, FALSE, &error));
  for (guint i = 0; i < n; i++) {
    gint64 id = add (two, two->profile->inbox, i + 1, i + 1, i % 3 != 0 ? i - i % 3 + 1 : 0,
                     i % 2 == 0 ? STORE_FLAG_SEEN : 0, i % 5 == 0 ? "body" : NULL);
    g_array_append_val (ids, id);
  }
  g_assert_true (store_db_commit (two->profile->db, &error));
  mirror_follow (two->mirror);
  guint before = two->profile->changes->len;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &from);
  gint64 group = store_operation_move (two->profile->db, (const gint64 *)(gpointer)ids->data,
                                       ids->len, two->inbox, &error);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &to);
  g_assert_no_error (error);
  if (wanted != NULL)
    g_test_message ("moved: %.3f s",
                    (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
  /* Told once. */
  g_assert_cmpuint (two->profile->changes->len, ==, before + 1);
  check_counts (two->profile, two->inbox, n, n / 2);
  check_counts (two->profile, two->profile->inbox, 0, 0);
  g_assert_cmpuint (store_operation_count (two->profile->db, two->other), ==, (n + 4) / 5);
  g_assert_cmpuint (store_operation_count (two->profile->db, two->profile->account), ==,
                    n - (n + 4) / 5);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &from);
  g_assert_true (store_operation_undo (two->profile->db, group, &error));
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &to);
  if (wanted != NULL)
    g_test_message ("undone: %.3f s",
                    (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
  check_counts (two->profile, two->profile->inbox, n, n / 2);
  g_assert_cmpint (number (two, "SELECT count(*) FROM operation WHERE ?1", 1), ==, 0);
}

void
add_across_tests (void)
{
  g_test_add_func ("/store/across/rows", test_rows);
  g_test_add_func ("/store/across/turns", test_turns);
  g_test_add_func ("/store/across/recover", test_recover);
  g_test_add_func ("/store/across/refused", test_refused);
  g_test_add_func ("/store/across/chain", test_chain);
  g_test_add_func ("/store/across/copy", test_copy);
  g_test_add_func ("/store/across/deed", test_deed);
  g_test_add_func ("/store/across/account-removed", test_account_removed);
  g_test_add_func ("/store/across/many", test_many);
}
