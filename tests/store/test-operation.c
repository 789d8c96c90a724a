/* Operations: local effect, queue, outcome, undo. */
#include "test-store.h"

#include "base-error.h"

static StoreFlags
flags_of (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
  g_assert_no_error (error);
  return message->flags;
}

static gint64
folder_of (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
  g_assert_no_error (error);
  return message->folder;
}

static gint64
set_flags (Profile *profile, gint64 id, gboolean add, StoreFlags flags)
{
  g_autoptr (GError) error = NULL;
  gint64 group = store_operation_set_flags (profile->db, &id, 1, add, flags, &error);
  g_assert_no_error (error);
  return group;
}

static gint64
move (Profile *profile, gint64 id, gint64 target)
{
  g_autoptr (GError) error = NULL;
  gint64 group = store_operation_move (profile->db, &id, 1, target, &error);
  g_assert_no_error (error);
  return group;
}

static void
undo (Profile *profile, gint64 group)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (store_operation_undo (profile->db, group, &error));
  g_assert_no_error (error);
  check_all_counts (profile);
}

static guint
pending (Profile *profile)
{
  return store_operation_count (profile->db, profile->account);
}

static void
test_flags (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 id = add_message (profile, profile->inbox, 5, 1, STORE_FLAG_SEEN, NULL);

  /* Nothing to do: a group that undoes nothing. */
  gint64 group = set_flags (profile, id, TRUE, STORE_FLAG_SEEN);
  g_assert_cmpint (group, >, 0);
  g_assert_cmpuint (pending (profile), ==, 0);
  undo (profile, group);
  g_assert_cmpuint (flags_of (profile, id), ==, STORE_FLAG_SEEN);

  /* Undo takes back only what it did. */
  group = set_flags (profile, id, TRUE, STORE_FLAG_SEEN | STORE_FLAG_FLAGGED);
  g_assert_cmpuint (flags_of (profile, id), ==, STORE_FLAG_SEEN | STORE_FLAG_FLAGGED);
  undo (profile, group);
  g_assert_cmpuint (flags_of (profile, id), ==, STORE_FLAG_SEEN);
  g_assert_cmpuint (pending (profile), ==, 0);

  /* Done, then undone: the inverse. */
  group = set_flags (profile, id, FALSE, STORE_FLAG_SEEN);
  check_counts (profile, profile->inbox, 1, 1);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_cmpuint (due->len, ==, 1);
  const StoreOperation *operation = g_ptr_array_index (due, 0);
  g_assert_cmpint (operation->kind, ==, STORE_OPERATION_FLAGS);
  g_assert_cmpuint (operation->uid, ==, 5);
  g_assert_false (operation->add);
  g_assert_cmpuint (operation->flags, ==, STORE_FLAG_SEEN);
  g_assert_cmpstr (operation->folder_name, ==, "INBOX");
  g_assert_cmpstr (operation->message_id, ==, "<1@example.org>");
  g_assert_null (operation->target_name);
  done (profile, due, 0, 0);
  g_assert_cmpuint (pending (profile), ==, 0);
  undo (profile, group);
  g_assert_cmpuint (flags_of (profile, id), ==, STORE_FLAG_SEEN);
  g_assert_cmpuint (pending (profile), ==, 1);
  undo (profile, group); /* once is enough */
  g_assert_cmpuint (pending (profile), ==, 1);

  /* Refused: as the server has it. */
  g_autoptr (GPtrArray) again = take (profile, 10);
  g_autoptr (GError) error = NULL;
  g_assert_true (store_operation_refused (profile->db, again, &error));
  g_assert_cmpuint (flags_of (profile, id), ==, 0);
  check_counts (profile, profile->inbox, 1, 1);
}

static void
test_batches (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[6];
  for (guint i = 0; i < 6; i++)
    ids[i] = add_message (profile, profile->inbox, i + 1, i + 1, 0, NULL);
  g_assert_cmpint (store_operation_set_flags (profile->db, ids, 3, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  g_assert_cmpint (store_operation_move (profile->db, ids, 4, profile->archive, &error), >, 0);
  g_assert_cmpint (
      store_operation_set_flags (profile->db, ids + 4, 2, TRUE, STORE_FLAG_SEEN, &error), >, 0);

  /* Of one kind together; a message's second waits for its first; limits hold. */
  g_autoptr (GPtrArray) flags = take (profile, 4);
  g_assert_cmpuint (flags->len, ==, 4);
  g_autoptr (GPtrArray) moves = take (profile, 10);
  g_assert_cmpuint (moves->len, ==, 1);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (moves, 0))->message, ==, ids[3]);
  g_autoptr (GPtrArray) rest = take (profile, 10);
  g_assert_cmpuint (rest->len, ==, 1);
  g_autoptr (GPtrArray) nothing = take (profile, 10);
  g_assert_cmpuint (nothing->len, ==, 0);
  done (profile, flags, 0, 0);
  g_autoptr (GPtrArray) more = take (profile, 10);
  g_assert_cmpuint (more->len, ==, 3);

  /* Later: not before its time, and the time is told. */
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, next = 0;
  g_assert_true (store_operation_postpone (profile->db, more, now + 100, &error));
  g_autoptr (GPtrArray) none =
      store_operation_take_due (profile->db, profile->account, 10, now, &next, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (next, ==, now + 100);
  g_autoptr (GPtrArray) then =
      store_operation_take_due (profile->db, profile->account, 10, now + 100, &next, &error);
  g_assert_cmpuint (then->len, ==, 3);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (then, 0))->attempts, ==, 1);

  /* After a restart what was begun is due again. */
  profile_reopen (profile, NULL, NULL);
  g_assert_true (store_operation_recover (profile->db, profile->account, &error));
  g_assert_cmpuint (pending (profile), ==, 5);
  guint total = 0;
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GPtrArray) due =
        store_operation_take_due (profile->db, profile->account, 10, now + 100, NULL, &error);
    total += due->len;
  }
  g_assert_cmpuint (total, ==, 5);
}

static void
test_move (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL);

  gint64 group = move (profile, id, profile->archive);
  g_assert_cmpint (listed (profile, profile->archive, 0), ==, id);
  check_counts (profile, profile->inbox, 0, 0);
  check_counts (profile, profile->archive, 1, 1);
  g_autoptr (BaseUidSet) uids = store_message_get_uids (profile->db, profile->inbox, &error);
  g_assert_true (base_uid_set_contains (uids, 5));
  gint64 place = 0;
  guint32 uid = 0;
  g_assert_true (store_message_get_place (profile->db, id, &place, &uid, &error));
  g_assert_cmpint (place, ==, profile->inbox);
  g_assert_cmpuint (uid, ==, 5);

  /* The server still shows it there: not added, but its bytes are welcome. */
  g_assert_cmpint (add_message (profile, profile->inbox, 5, 1, 0, "bytes"), ==, 0);
  check_counts (profile, profile->inbox, 0, 0);
  g_autoptr (GBytes) body = store_message_get_body (profile->db, id, &error);
  g_assert_no_error (error);

  undo (profile, group);
  g_assert_cmpuint (uid_of (profile, id), ==, 5);
  g_assert_cmpint (folder_of (profile, id), ==, profile->inbox);
  g_assert_cmpuint (pending (profile), ==, 0);

  /* On and on; the second waits and learns its UID from the first. */
  move (profile, id, profile->archive);
  set_flags (profile, id, TRUE, STORE_FLAG_SEEN);
  move (profile, id, profile->sent);
  g_autoptr (GPtrArray) first = take (profile, 10);
  g_assert_cmpuint (first->len, ==, 1);
  done (profile, first, 5, 70);
  g_assert_cmpuint (uid_of (profile, id), ==, 0);
  g_autoptr (BaseUidSet) away = store_message_get_uids (profile->db, profile->archive, &error);
  g_assert_true (base_uid_set_contains (away, 70));
  g_autoptr (GPtrArray) flags = take (profile, 10);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (flags, 0))->uid, ==, 70);
  done (profile, flags, 0, 0);
  g_autoptr (GPtrArray) second = take (profile, 10);
  const StoreOperation *operation = g_ptr_array_index (second, 0);
  g_assert_cmpuint (operation->uid, ==, 70);
  g_assert_cmpstr (operation->folder_name, ==, "Archive");
  g_assert_cmpstr (operation->target_name, ==, "Sent");
  done (profile, second, 70, 8);
  g_assert_cmpuint (uid_of (profile, id), ==, 8);
  g_assert_cmpint (folder_of (profile, id), ==, profile->sent);

  /* To where there is nothing: refused, and nothing happened. */
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, 4711, &error), ==, 0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_assert_cmpint (folder_of (profile, id), ==, profile->sent);
}

static void
test_move_refused (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 one = add_message (profile, profile->inbox, 1, 1, 0, NULL);
  gint64 two = add_message (profile, profile->inbox, 2, 2, 0, NULL);
  gint64 three = add_message (profile, profile->inbox, 3, 3, 0, NULL);
  const gint64 ids[] = { one, two, three };
  g_assert_cmpint (store_operation_move (profile->db, ids, 3, profile->archive, &error), >, 0);
  move (profile, two, profile->sent);
  move (profile, three, profile->inbox);
  set_flags (profile, three, TRUE, STORE_FLAG_SEEN);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_cmpuint (due->len, ==, 3);
  g_assert_true (store_operation_refused (profile->db, due, &error));
  check_all_counts (profile);

  g_assert_cmpint (folder_of (profile, one), ==, profile->inbox);
  g_assert_cmpuint (uid_of (profile, one), ==, 1);
  g_assert_cmpint (folder_of (profile, two), ==, profile->sent);
  g_assert_cmpint (folder_of (profile, three), ==, profile->inbox);
  g_assert_cmpuint (uid_of (profile, three), ==, 3);
  g_autoptr (GPtrArray) next = take (profile, 10);
  const StoreOperation *operation = g_ptr_array_index (next, 0);
  g_assert_cmpint (operation->message, ==, two);
  g_assert_cmpint (operation->folder, ==, profile->inbox);
  g_assert_cmpuint (operation->uid, ==, 2);
  g_autoptr (GPtrArray) flags = take (profile, 10);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (flags, 0))->uid, ==, 3);
  g_assert_cmpuint (pending (profile), ==, 2);
}

static void
test_move_adopted (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, "body");
  move (profile, id, profile->archive);

  /* Another copy that the archive had all along is not the one that is still to come. */
  gint64 copy = add_message (profile, profile->archive, 3, 1, STORE_FLAG_SEEN, NULL);
  g_assert_cmpint (copy, !=, 0);
  g_autoptr (GPtrArray) due = take (profile, 10);
  done (profile, due, 0, 0);
  set_flags (profile, id, TRUE, STORE_FLAG_FLAGGED);
  g_autoptr (GPtrArray) flags = take (profile, 10);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (flags, 0))->uid, ==, 0);
  g_assert_true (store_operation_postpone (profile->db, flags, 0, &error));

  g_assert_cmpint (add_message (profile, profile->archive, 9, 1, STORE_FLAG_ANSWERED, NULL), ==, 0);
  g_assert_cmpuint (uid_of (profile, id), ==, 9);
  g_assert_cmpuint (flags_of (profile, id), ==, STORE_FLAG_ANSWERED | STORE_FLAG_FLAGGED);
  g_autoptr (GPtrArray) again = take (profile, 10);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (again, 0))->uid, ==, 9);
  check_counts (profile, profile->archive, 2, 1);

  /* Came in as new before the answer told its UID: one row in the end, with what both knew. */
  gint64 slow = add_message (profile, profile->inbox, 6, 2, 0, NULL);
  move (profile, slow, profile->sent);
  g_autoptr (GPtrArray) moving = take (profile, 10);
  g_assert_cmpuint (moving->len, ==, 1);
  StoreNewMessage new = { .uid = 30, .received = 5, .message_id = "<changed@by.server>" };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  new.body = bytes;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, &new);
  g_assert_true (store_message_add (profile->db, profile->sent, messages, NULL, &error));
  check_counts (profile, profile->sent, 2, 2);
  done (profile, moving, 6, 30);
  check_counts (profile, profile->sent, 1, 1);
  g_assert_cmpuint (uid_of (profile, slow), ==, 30);
  g_autoptr (GBytes) body = store_message_get_body (profile->db, slow, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (body, bytes));

  /* One that never arrived goes at the second complete look. */
  gint64 lost = add_message (profile, profile->inbox, 7, 3, 0, NULL);
  move (profile, lost, profile->sent);
  g_autoptr (GPtrArray) losing = take (profile, 10);
  done (profile, losing, 0, 0);
  for (gint64 i = 1; i < 4; i++)
    g_assert_true (
        store_folder_set_sync_state (profile->db, profile->sent, 1, 31, 0, TRUE, i, &error));
  g_assert_true (store_folder_miss_strays (profile->db, profile->sent, &error));
  check_counts (profile, profile->sent, 2, 2);
  g_assert_true (store_folder_miss_strays (profile->db, profile->sent, &error));
  check_counts (profile, profile->sent, 1, 1);
}

static void
test_undo_begun_move (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL);
  gint64 group = move (profile, id, profile->archive);
  g_autoptr (GPtrArray) due = take (profile, 10);
  undo (profile, group);
  g_assert_cmpint (folder_of (profile, id), ==, profile->inbox);
  g_assert_cmpuint (pending (profile), ==, 2);
  done (profile, due, 5, 40);
  g_autoptr (GPtrArray) back = take (profile, 10);
  const StoreOperation *operation = g_ptr_array_index (back, 0);
  g_assert_cmpint (operation->folder, ==, profile->archive);
  g_assert_cmpuint (operation->uid, ==, 40);
  done (profile, back, 40, 6);
  g_assert_cmpuint (uid_of (profile, id), ==, 6);
  g_assert_cmpint (folder_of (profile, id), ==, profile->inbox);
}

static void
test_expunge (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, "body");
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, next = 0;
  gint64 group = store_operation_expunge (profile->db, &id, 1, 10, &error);
  check_counts (profile, profile->inbox, 0, 0);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 0);
  g_autoptr (GPtrArray) early =
      store_operation_take_due (profile->db, profile->account, 10, now, &next, &error);
  g_assert_cmpuint (early->len, ==, 0);
  g_assert_cmpint (next, >=, now + 10);

  /* The server still has it; nothing else can be done to it. */
  g_assert_cmpint (add_message (profile, profile->inbox, 5, 1, 0, "body"), ==, 0);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 0);
  move (profile, id, profile->archive);
  g_assert_cmpuint (pending (profile), ==, 1);
  undo (profile, group);
  check_counts (profile, profile->inbox, 1, 1);

  group = store_operation_expunge (profile->db, &id, 1, 0, &error);
  g_autoptr (GPtrArray) refused = take (profile, 10);
  g_assert_true (store_operation_refused (profile->db, refused, &error));
  check_counts (profile, profile->inbox, 1, 1);

  group = store_operation_expunge (profile->db, &id, 1, 0, &error);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_false (store_operation_undo (profile->db, group, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  done (profile, due, 0, 0);
  g_assert_null (store_message_get (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (store_operation_undo (profile->db, group, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  done (profile, due, 0, 0); /* said twice */
  gint64 live = -1;
  g_assert_true (
      store_db_get_int (profile->db, &live, &error, "SELECT live FROM pack", STORE_NO_INTS));
  g_assert_cmpint (live, ==, 0);
}

static void
test_append (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static ("Subject: x\r\n\r\n", 14);
  StoreNewMessage copy = { .flags = STORE_FLAG_SEEN, .received = 100, .size = 14, .body = body };
  const char *const ids[] = { "<a@x>", "<b@x>", "<c@x>" };
  for (guint i = 0; i < 3; i++) {
    copy.message_id = ids[i];
    g_assert_true (store_operation_append (profile->db, profile->sent, &copy, &error));
    g_assert_no_error (error);
  }
  check_counts (profile, profile->sent, 3, 0);

  /* One at a time; the UID that APPENDUID told. */
  g_autoptr (GPtrArray) first = take (profile, 10);
  g_assert_cmpuint (first->len, ==, 1);
  gint64 id = ((StoreOperation *)g_ptr_array_index (first, 0))->message;
  g_autoptr (GBytes) back = store_message_get_body (profile->db, id, &error);
  g_assert_true (g_bytes_equal (back, body));
  done (profile, first, 0, 12);
  g_assert_cmpuint (uid_of (profile, id), ==, 12);

  /* Cut in the answer, but the server took it: adopted, not appended again. */
  g_autoptr (GPtrArray) second = take (profile, 10);
  g_assert_true (store_operation_postpone (profile->db, second, 0, &error));
  StoreNewMessage seen = {
    .uid = 13, .flags = STORE_FLAG_SEEN, .received = 100, .size = 14, .message_id = "<b@x>"
  };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, &seen);
  g_assert_true (store_message_add (profile->db, profile->sent, messages, NULL, &error));
  check_counts (profile, profile->sent, 3, 0);
  g_assert_cmpuint (pending (profile), ==, 1);

  /* Refused: the copy stays on this computer, whatever the server says it has. */
  g_autoptr (GPtrArray) third = take (profile, 10);
  g_assert_true (store_operation_refused (profile->db, third, &error));
  for (guint i = 0; i < 3; i++)
    g_assert_true (store_folder_miss_strays (profile->db, profile->sent, &error));
  check_counts (profile, profile->sent, 3, 0);
  g_assert_cmpuint (pending (profile), ==, 0);
}

/* Put off after it was begun: it may be done.  Showing the messages once more would be a promise nobody can keep. */
static void
test_expunge_postponed (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, "body");
  gint64 group = store_operation_expunge (profile->db, &id, 1, 0, &error);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_true (store_operation_postpone (profile->db, due, 0, &error));
  g_assert_false (store_operation_undo (profile->db, group, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 0);
}

/* Gmail's way: it went to the bin, and the line was cut before it was deleted there.  That its folder does not have it any
 * more is not the end of it. */
static void
test_expunge_halfway (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) uids = base_uid_set_parse ("5:6");
  const gint64 ids[] = { add_message (profile, profile->inbox, 5, 1, 0, NULL),
                         add_message (profile, profile->inbox, 6, 2, 0, NULL) };
  g_assert_cmpint (store_operation_expunge (profile->db, ids, 2, 0, &error), >, 0);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_autoptr (GPtrArray) first = g_ptr_array_new ();
  g_ptr_array_add (first, g_ptr_array_index (due, 0));
  g_assert_true (store_operation_note_maybe (profile->db, first, 3, 40, &error));
  g_assert_true (store_operation_recover (profile->db, profile->account, &error));
  g_assert_true (store_message_remove (profile->db, profile->inbox, uids, &error));
  g_autoptr (GPtrArray) again = take (profile, 10);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (again, 0))->message, ==, ids[0]);
  done (profile, again, 0, 0);
  g_assert_null (store_message_get (profile->db, ids[0], &error));
}

static void
test_copy (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, STORE_FLAG_FLAGGED, "body");

  gint64 group = store_operation_copy (profile->db, &id, 1, profile->archive, &error);
  g_assert_cmpint (group, >, 0);
  gint64 copy = listed (profile, profile->archive, 0);
  check_counts (profile, profile->inbox, 1, 1);
  check_counts (profile, profile->archive, 1, 1);
  g_assert_cmpuint (flags_of (profile, copy), ==, STORE_FLAG_FLAGGED);
  g_autoptr (GBytes) body = store_message_get_body (profile->db, copy, &error);
  g_assert_no_error (error);

  /* Everything can be done to it at once, and waits. */
  set_flags (profile, copy, TRUE, STORE_FLAG_SEEN);
  move (profile, copy, profile->sent);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_cmpuint (due->len, ==, 1);
  g_autoptr (GPtrArray) nothing = take (profile, 10);
  g_assert_cmpuint (nothing->len, ==, 0);
  const StoreOperation *operation = g_ptr_array_index (due, 0);
  g_assert_cmpint (operation->kind, ==, STORE_OPERATION_COPY);
  g_assert_cmpint (operation->product, ==, copy);
  g_assert_cmpuint (operation->uid, ==, 5);

  /* Sent, cut: what was noted is still known. */
  g_assert_true (store_operation_note_maybe (profile->db, due, 3, 40, &error));
  profile_reopen (profile, NULL, NULL);
  g_assert_true (store_operation_recover (profile->db, profile->account, &error));
  g_autoptr (GPtrArray) again = take (profile, 10);
  operation = g_ptr_array_index (again, 0);
  g_assert_cmpint (operation->step, ==, STORE_STEP_MAYBE);
  g_assert_cmpuint (operation->mark, ==, 40);
  g_assert_cmpuint (operation->mark_validity, ==, 3);
  done (profile, again, 5, 40);
  g_autoptr (GPtrArray) flags = take (profile, 10);
  operation = g_ptr_array_index (flags, 0);
  g_assert_cmpuint (operation->uid, ==, 40);
  g_assert_cmpint (operation->folder, ==, profile->archive);
  done (profile, flags, 0, 0);

  /* Taken back before it was begun, it never was; afterwards it is deleted. */
  group = store_operation_copy (profile->db, &id, 1, profile->archive, &error);
  undo (profile, group);
  check_counts (profile, profile->archive, 0, 0);
  group = store_operation_copy (profile->db, &id, 1, profile->inbox, &error);
  g_autoptr (GPtrArray) second = take (profile, 1);
  g_autoptr (GPtrArray) third = take (profile, 1);
  done (profile, third, 5, 6);
  undo (profile, group);
  check_counts (profile, profile->inbox, 1, 1);
  g_autoptr (GPtrArray) gone = take (profile, 1);
  operation = g_ptr_array_index (gone, 0);
  g_assert_cmpint (operation->kind, ==, STORE_OPERATION_EXPUNGE);
  g_assert_cmpuint (operation->uid, ==, 6);
  done (profile, gone, 0, 0);

  /* Refused. */
  g_assert_cmpint (store_operation_copy (profile->db, &id, 1, profile->archive, &error), >, 0);
  g_autoptr (GPtrArray) refused = take (profile, 10);
  g_assert_true (store_operation_refused (profile->db, refused, &error));
  check_counts (profile, profile->archive, 0, 0);
  g_autoptr (GBytes) still = store_message_get_body (profile->db, id, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (body, still));
}

void
add_operation_tests (void)
{
  g_test_add_func ("/store/operation/expunge-postponed", test_expunge_postponed);
  g_test_add_func ("/store/operation/expunge-halfway", test_expunge_halfway);
  g_test_add_func ("/store/operation/copy", test_copy);
  g_test_add_func ("/store/operation/flags", test_flags);
  g_test_add_func ("/store/operation/batches", test_batches);
  g_test_add_func ("/store/operation/move", test_move);
  g_test_add_func ("/store/operation/move-refused", test_move_refused);
  g_test_add_func ("/store/operation/move-adopted", test_move_adopted);
  g_test_add_func ("/store/operation/undo-begun-move", test_undo_begun_move);
  g_test_add_func ("/store/operation/expunge", test_expunge);
  g_test_add_func ("/store/operation/append", test_append);
}
