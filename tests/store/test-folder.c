/* Folders: the list, sync state, renumbering. */
#include "test-store.h"

#include "base-error.h"

static GPtrArray *
new_list (const char *const *names)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  for (; *names != NULL; names++) {
    StoreFolder *folder = g_new0 (StoreFolder, 1);
    folder->name = g_strdup (*names);
    folder->delimiter = '.';
    folder->selectable = TRUE;
    folder->role = g_ascii_strcasecmp (*names, "INBOX") == 0 ? STORE_ROLE_INBOX : STORE_ROLE_NONE;
    g_ptr_array_add (list, folder);
  }
  return list;
}

static void
set_list (Profile *profile, const char *const *names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = new_list (names);
  g_assert_true (store_folder_replace_list (profile->db, profile->account, list, &error));
  g_assert_no_error (error);
}

static void
test_list (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  add_message (profile, profile->inbox, 1, 1, 0, "kept");
  add_message (profile, profile->sent, 1, 2, 0, "goes");
  profile_forget_changes (profile);

  set_list (profile, (const char *const[]){ "보관함", "Inbox", "Archive", "Archive", "b", NULL });
  const StoreChange *change = g_ptr_array_index (profile->changes, 0);
  g_assert_true (change->folder_list);
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, profile->account, &error);
  g_assert_cmpuint (folders->len, ==, 4);
  const StoreFolder *first = g_ptr_array_index (folders, 0);
  g_assert_cmpint (first->id, ==, profile->inbox);
  g_assert_cmpstr (first->name, ==, "Inbox");
  g_assert_cmpint (first->delimiter, ==, '.');
  g_assert_cmpstr (((StoreFolder *)g_ptr_array_index (folders, 1))->name, ==, "Archive");
  check_counts (profile, profile->inbox, 1, 1);

  g_assert_null (store_folder_get (profile->db, profile->sent, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_null (store_folder_by_role (profile->db, profile->account, STORE_ROLE_JUNK, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);

  /* The same again changes nothing and tells nothing; an empty list is no list. */
  profile_forget_changes (profile);
  set_list (profile, (const char *const[]){ "보관함", "Inbox", "Archive", "b", NULL });
  set_list (profile, (const char *const[]){ NULL });
  g_assert_cmpuint (profile->changes->len, ==, 0);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 1);
}

/* When it was last seen in step and by what, or what keeps it from that; across a restart. */
static void
test_freshness (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  profile_forget_changes (profile);
  g_assert_true (
      store_folder_set_trouble (profile->db, profile->inbox, "The server says no.", &error));
  g_assert_cmpuint (profile->changes->len, ==, 1);
  g_assert_true (
      store_folder_set_trouble (profile->db, profile->inbox, "The server says no.", &error));
  g_assert_cmpuint (profile->changes->len, ==, 1);
  profile_reopen (profile, NULL, NULL);
  g_autoptr (StoreFolder) troubled = store_folder_get (profile->db, profile->inbox, &error);
  g_assert_cmpstr (troubled->trouble, ==, "The server says no.");
  g_assert_cmpint (troubled->in_step_by, ==, STORE_PROOF_NONE);

  g_assert_true (
      store_folder_prove (profile->db, profile->inbox, STORE_PROOF_NOTIFY, 1234, &error));
  g_assert_cmpuint (profile->changes->len, ==, 2);
  const StoreChange *change = g_ptr_array_index (profile->changes, 1);
  g_assert_cmpint (g_array_index (change->counts, gint64, 0), ==, profile->inbox);
  g_autoptr (StoreFolder) proven = store_folder_get (profile->db, profile->inbox, &error);
  g_assert_null (proven->trouble);
  g_assert_cmpint (proven->in_step, ==, 1234);
  g_assert_cmpint (proven->in_step_by, ==, STORE_PROOF_NOTIFY);
}

/* The target of a pending MOVE goes: the message is where the server has it. */
static void
test_target_removed (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 7, 1, 0, "body");
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->archive, &error), >, 0);
  g_assert_cmpint (store_operation_set_flags (profile->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  set_list (profile, (const char *const[]){ "INBOX", "Sent", NULL });
  g_assert_cmpint (listed (profile, profile->inbox, 0), ==, id);
  g_assert_cmpuint (uid_of (profile, id), ==, 7);
  check_counts (profile, profile->inbox, 1, 0);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 1);
  g_autoptr (GPtrArray) due = take (profile, 10);
  const StoreOperation *operation = g_ptr_array_index (due, 0);
  g_assert_cmpint (operation->folder, ==, profile->inbox);
  g_assert_cmpuint (operation->uid, ==, 7);
}

static void
test_sync_state (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (store_folder_set_sync_state (profile->db, profile->inbox, 5, 6,
                                              G_GUINT64_CONSTANT (1) << 62, TRUE, 1234, &error));
  g_assert_true (store_folder_set_server_counts (profile->db, profile->inbox, 9, 8, &error));
  g_autoptr (StoreFolder) folder = store_folder_get (profile->db, profile->inbox, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folder->uid_validity, ==, 5);
  g_assert_cmpuint (folder->uid_next, ==, 6);
  g_assert_cmpuint (folder->highest_modseq, ==, G_GUINT64_CONSTANT (1) << 62);
  g_assert_true (folder->complete);
  g_assert_cmpint (folder->in_step, ==, 1234);
  g_assert_cmpuint (folder->server_total, ==, 9);
  g_assert_cmpuint (folder->server_unread, ==, 8);

  g_assert_false (
      store_folder_set_sync_state (profile->db, profile->inbox, 6, 1, 0, FALSE, 0, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_clear_error (&error);
  g_assert_false (store_folder_set_sync_state (profile->db, 4711, 6, 1, 0, FALSE, 0, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

static void
test_reset (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 kept = add_message (profile, profile->inbox, 1, 1, 0, "kept");
  gint64 gone = add_message (profile, profile->inbox, 2, 2, 0, "gone");
  gint64 moved = add_message (profile, profile->inbox, 3, 3, 0, "moved");
  g_assert_true (
      store_folder_set_sync_state (profile->db, profile->inbox, 1, 4, 0, TRUE, 1, &error));
  g_assert_cmpint (
      store_operation_set_flags (profile->db, &kept, 1, TRUE, STORE_FLAG_FLAGGED, &error), >, 0);
  g_assert_cmpint (store_operation_move (profile->db, &moved, 1, profile->archive, &error), >, 0);

  g_assert_true (store_folder_reset (profile->db, profile->inbox, &error));
  g_autoptr (BaseUidSet) none = store_message_get_uids (profile->db, profile->inbox, &error);
  g_assert_true (base_uid_set_is_empty (none));
  check_counts (profile, profile->inbox, 2, 2);

  /* New numbers.  The same one comes back with its body and the star; the moved one does not
   * come back. */
  g_assert_cmpint (add_message (profile, profile->inbox, 11, 1, STORE_FLAG_SEEN, NULL), !=,
                   0); /* other size */
  g_assert_cmpint (add_message (profile, profile->inbox, 12, 1, STORE_FLAG_SEEN, "kept"), ==, 0);
  g_assert_cmpint (add_message (profile, profile->inbox, 13, 3, 0, NULL), ==, 0);
  g_assert_cmpuint (uid_of (profile, kept), ==, 12);
  g_autoptr (StoreMessage) message = store_message_get (profile->db, kept, &error);
  g_assert_cmpuint (message->flags, ==, STORE_FLAG_SEEN | STORE_FLAG_FLAGGED);
  g_assert_cmpuint (message->server_flags, ==, STORE_FLAG_SEEN);
  g_autoptr (GBytes) body = store_message_get_body (profile->db, kept, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 4);

  g_assert_true (
      store_folder_set_sync_state (profile->db, profile->inbox, 2, 14, 0, TRUE, 2, &error));
  g_assert_null (store_message_get (profile->db, gone, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  check_counts (profile, profile->inbox, 2, 0);
  check_counts (profile, profile->archive, 1, 1);

  /* The operations know their new numbers. */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) due = take (profile, 10);
    g_assert_cmpuint (due->len, ==, 1);
    const StoreOperation *operation = g_ptr_array_index (due, 0);
    g_assert_cmpuint (operation->uid, ==, operation->kind == STORE_OPERATION_MOVE ? 13 : 12);
    done (profile, due, 0, 0);
  }
  check_all_counts (profile);
}

void
add_folder_tests (void)
{
  g_test_add_func ("/store/folder/list", test_list);
  g_test_add_func ("/store/folder/freshness", test_freshness);
  g_test_add_func ("/store/folder/target-removed", test_target_removed);
  g_test_add_func ("/store/folder/sync-state", test_sync_state);
  g_test_add_func ("/store/folder/reset", test_reset);
}
