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
check_size (Profile *profile, gint64 folder, guint64 size, gint64 server_size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreFolder) row = store_folder_get (profile->db, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (row->size, ==, size);
  g_assert_cmpint (row->server_size, ==, server_size);
}

/* Octets of the rows that are listed, wherever they go and however large they turn out to be. */
static void
test_size (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 first = add_message (profile, profile->inbox, 1, 1, 0, NULL);
  add_message (profile, profile->inbox, 2, 2, STORE_FLAG_SEEN, NULL);
  add_message (profile, profile->inbox, 3, 3, STORE_FLAG_DELETED, NULL);
  check_size (profile, profile->inbox, 1001 + 1002, -1);

  const StoreServerFlags restored = { .uid = 3 };
  g_assert_true (
      store_message_set_server_flags (profile->db, profile->inbox, &restored, 1, &error));
  check_size (profile, profile->inbox, 1001 + 1002 + 1003, -1);

  /* Its own size is that of the copy that is there, which may be larger. */
  g_assert_cmpint (store_operation_move (profile->db, &first, 1, profile->archive, &error), >, 0);
  check_size (profile, profile->inbox, 1002 + 1003, -1);
  check_size (profile, profile->archive, 1001, -1);
  StoreNewMessage arrived = { .uid = 9, .size = 4000, .message_id = "<1@example.org>" };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, &arrived);
  g_autoptr (GPtrArray) moving = take (profile, 1);
  g_assert_cmpuint (moving->len, ==, 1);
  g_assert_true (store_message_add (profile->db, profile->archive, messages, NULL, &error));
  g_assert_cmpuint (uid_of (profile, first), ==, 9);
  check_size (profile, profile->archive, 4000, -1);

  g_autoptr (BaseUidSet) gone = base_uid_set_new ();
  base_uid_set_add (gone, 2);
  g_assert_true (store_message_remove (profile->db, profile->inbox, gone, &error));
  check_size (profile, profile->inbox, 1003, -1);
  check_all_counts (profile);
}

/* A server that says of each message that it is as large as a number can be: no sum overflows. */
static void
test_size_limit (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const guint64 most = G_GUINT64_CONSTANT (1) << 40;

  for (guint32 uid = 1; uid <= 3; uid++) {
    StoreNewMessage huge = { .uid = uid, .size = G_MAXINT64 };
    g_autoptr (GPtrArray) messages = g_ptr_array_new ();
    g_ptr_array_add (messages, &huge);
    g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  }
  check_size (profile, profile->inbox, 3 * most, -1);
  const StoreServerFlags deleted = { .uid = 2, .flags = STORE_FLAG_DELETED };
  g_assert_true (store_message_set_server_flags (profile->db, profile->inbox, &deleted, 1, &error));
  g_autoptr (BaseUidSet) gone = base_uid_set_new ();
  base_uid_set_add (gone, 3);
  g_assert_true (store_message_remove (profile->db, profile->inbox, gone, &error));
  check_size (profile, profile->inbox, most, -1);
  check_all_counts (profile);
}

/* What the server told of so many messages says nothing of more or fewer, nor of others under new numbers. */
static void
test_server_size (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (store_folder_set_server_counts (profile->db, profile->inbox, 9, 8, &error));
  profile_forget_changes (profile);
  for (guint i = 0; i < 2; i++)
    g_assert_true (store_folder_set_server_size (profile->db, profile->inbox, 4096, &error));
  g_assert_cmpuint (profile->changes->len, ==, 1);
  check_size (profile, profile->inbox, 0, 4096);
  g_assert_true (store_folder_set_server_counts (profile->db, profile->inbox, 9, 7, &error));
  check_size (profile, profile->inbox, 0, 4096);
  g_assert_true (store_folder_set_server_counts (profile->db, profile->inbox, 10, 7, &error));
  check_size (profile, profile->inbox, 0, -1);
  g_assert_true (store_folder_set_server_size (profile->db, profile->inbox, G_MAXUINT64, &error));
  check_size (profile, profile->inbox, 0, G_MAXINT64);
  g_assert_true (store_folder_reset (profile->db, profile->inbox, &error));
  check_size (profile, profile->inbox, 0, -1);
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
  g_assert_true (store_folder_miss_strays (profile->db, profile->inbox, &error));
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

/* Two without Message-ID, on their way out when their folder is numbered anew: known by size and date. */
static void
test_reset_nameless (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[2];
  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < 2; i++) {
      StoreNewMessage message = {
        .uid = round == 0 ? 7 + i : 2 - i, .received = 1000, .date = 500 + i, .size = 100
      };
      g_autoptr (GPtrArray) list = g_ptr_array_new ();
      g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
      g_ptr_array_add (list, &message);
      g_assert_true (store_message_add (profile->db, profile->inbox, list, fresh, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (fresh->len, ==, round == 0 ? 1 : 0);
      if (round == 0)
        ids[i] = STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
    }
    if (round == 0) {
      g_assert_cmpint (store_operation_move (profile->db, ids, 2, profile->archive, &error), >, 0);
      g_assert_true (store_folder_reset (profile->db, profile->inbox, &error));
    }
  }
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_cmpuint (due->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (due, i))->uid, ==, 2 - i);
}

static char *
shown_name (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreFolder) folder = store_folder_get (profile->db, id, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&folder->name);
}

static void
check_name (Profile *profile, gint64 id, const char *name, const char *server_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreFolder) folder = store_folder_get (profile->db, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (folder->name, ==, name);
  g_assert_cmpstr (folder->server_name, ==, server_name);
}

static gint64
find_folder (Profile *profile, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, profile->account, &error);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    if (g_str_equal (folder->name, name))
      return folder->id;
  }
  return 0;
}

static gint64
rename_folder (Profile *profile, gint64 id, const char *name)
{
  g_autoptr (GError) error = NULL;
  gint64 group = store_operation_rename_folder (profile->db, id, name, &error);
  g_assert_no_error (error);
  return group;
}

/* Shown at once with all that is below; operations find the folder by the name it has on the server. */
static void
test_rename (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  set_list (profile, (const char *const[]){ "INBOX", "A", "A.x", "A.x.y", "AB", NULL });
  gint64 a = find_folder (profile, "A"), x = find_folder (profile, "A.x"),
         y = find_folder (profile, "A.x.y"), ab = find_folder (profile, "AB");
  gint64 id = add_message (profile, x, 5, 1, 0, NULL);
  g_assert_true (store_folder_set_sync_state (profile->db, x, 7, 6, 0, TRUE, 1, &error));

  gint64 group = rename_folder (profile, a, "B");
  check_name (profile, a, "B", "A");
  check_name (profile, x, "B.x", "A.x");
  check_name (profile, y, "B.x.y", "A.x.y");
  check_name (profile, ab, "AB", "AB");
  /* On in the new name, before any of it was done. */
  rename_folder (profile, x, "B.z");
  check_name (profile, y, "B.z.y", "A.x.y");
  g_assert_cmpint (store_operation_set_flags (profile->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  g_assert_cmpint (store_operation_rename_folder (profile->db, a, "AB", &error), ==, 0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (store_operation_rename_folder (profile->db, a, "B.in", &error), ==, 0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (store_operation_rename_folder (profile->db, profile->inbox, "C", &error), ==, 0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);

  /* What LIST says meanwhile changes nothing of it. */
  set_list (profile, (const char *const[]){ "INBOX", "A", "A.x", "A.x.y", "AB", NULL });
  check_name (profile, x, "B.z", "A.x");

  g_autoptr (GPtrArray) first = take (profile, 10);
  const StoreOperation *operation = g_ptr_array_index (first, 0);
  g_assert_cmpint (operation->kind, ==, STORE_OPERATION_RENAME);
  g_assert_cmpstr (operation->folder_name, ==, "A");
  g_assert_cmpstr (operation->name, ==, "B");
  /* While it is under way nobody can tell what the folder is called. */
  g_autoptr (GPtrArray) nothing = take (profile, 10);
  g_assert_cmpuint (nothing->len, ==, 0);
  done (profile, first, 0, 0);
  check_name (profile, x, "B.z", "B.x");
  g_autoptr (GPtrArray) second = take (profile, 10);
  operation = g_ptr_array_index (second, 0);
  g_assert_cmpstr (operation->folder_name, ==, "B.x");
  g_assert_cmpstr (operation->name, ==, "B.z");
  done (profile, second, 0, 0);
  check_name (profile, y, "B.z.y", "B.z.y");
  g_autoptr (GPtrArray) flags = take (profile, 10);
  operation = g_ptr_array_index (flags, 0);
  g_assert_cmpstr (operation->folder_name, ==, "B.z");
  g_assert_cmpuint (operation->uid, ==, 5);
  g_assert_cmpuint (operation->folder_validity, ==, 7);
  done (profile, flags, 0, 0);

  /* Done, then undone: the other way round. */
  g_assert_true (store_operation_undo (profile->db, group, &error));
  g_assert_no_error (error);
  check_name (profile, y, "A.z.y", "B.z.y");
  g_assert_cmpuint (uid_of (profile, id), ==, 5);
}

/* One that is taken back leaves the ones after it right. */
static void
test_rename_dropped (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  set_list (profile, (const char *const[]){ "INBOX", "A", "A.x", "C", NULL });
  gint64 a = find_folder (profile, "A"), x = find_folder (profile, "A.x"),
         c = find_folder (profile, "C"), made = 0;
  gint64 group = rename_folder (profile, a, "B");
  rename_folder (profile, x, "B.z");
  g_assert_cmpint (
      store_operation_create_folder (profile->db, profile->account, "B.new", &made, &error), >, 0);
  g_assert_true (store_operation_undo (profile->db, group, &error));
  check_name (profile, a, "A", "A");
  check_name (profile, x, "A.z", "A.x");
  check_name (profile, made, "A.new", "A.new");

  /* Two change their names with each other. */
  rename_folder (profile, a, "T");
  rename_folder (profile, c, "A");
  rename_folder (profile, a, "C");
  check_name (profile, a, "C", "A");
  check_name (profile, c, "A", "C");
  g_autofree char *name = shown_name (profile, x);
  g_assert_cmpstr (name, ==, "C.z");

  /* A mailbox of that name was made elsewhere meanwhile: both are shown, until the server has refused. */
  set_list (profile, (const char *const[]){ "INBOX", "A", "A.x", "C", "T", NULL });
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) due = take (profile, 10);
    g_assert_cmpuint (due->len, ==, 1);
    g_assert_true (store_operation_refused (profile->db, due, &error));
    g_assert_no_error (error);
  }
  g_assert_cmpint (find_folder (profile, "T"), !=, 0);
}

/* The answer was lost, and LIST comes first. */
static void
test_rename_seen (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  set_list (profile, (const char *const[]){ "INBOX", "A", "A.x", NULL });
  gint64 a = find_folder (profile, "A"), x = find_folder (profile, "A.x");
  gint64 id = add_message (profile, x, 5, 1, 0, NULL);
  rename_folder (profile, a, "B");
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_true (store_operation_postpone (profile->db, due, G_MAXINT32, &error));
  set_list (profile, (const char *const[]){ "INBOX", "B", "B.x", NULL });
  check_name (profile, a, "B", "B");
  check_name (profile, x, "B.x", "B.x");
  g_assert_cmpuint (uid_of (profile, id), ==, 5);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
}

static void
test_delete (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  set_list (profile, (const char *const[]){ "INBOX", "A", "A.x", NULL });
  gint64 a = find_folder (profile, "A"), x = find_folder (profile, "A.x"), made = 0;
  gint64 saved = add_message (profile, x, 5, 1, 0, NULL);
  gint64 goes = add_message (profile, x, 6, 2, 0, NULL);
  g_assert_cmpint (store_operation_move (profile->db, &saved, 1, profile->inbox, &error), >, 0);
  gint64 group = store_operation_delete_folder (profile->db, a, 0, &error);
  g_assert_cmpint (group, >, 0);
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, profile->account, &error);
  g_assert_cmpuint (folders->len, ==, 1);
  g_assert_cmpint (store_operation_move (profile->db, &saved, 1, a, &error), ==, 0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  /* The name is free again, and the list does not bring the old one back. */
  gint64 again = store_operation_create_folder (profile->db, profile->account, "A", &made, &error);
  g_assert_no_error (error);
  set_list (profile, (const char *const[]){ "INBOX", "A", "A.x", NULL });
  g_assert_cmpint (find_folder (profile, "A"), ==, made);
  g_assert_true (store_operation_undo (profile->db, again, &error));

  /* Undone before it was begun: all is back. */
  g_assert_true (store_operation_undo (profile->db, group, &error));
  check_name (profile, x, "A.x", "A.x");
  g_assert_cmpint (listed (profile, x, 0), ==, goes);

  /* What leaves goes first; what is below goes before what it is in. */
  group = store_operation_delete_folder (profile->db, a, 0, &error);
  g_autoptr (GPtrArray) moving = take (profile, 10);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (moving, 0))->kind, ==,
                   STORE_OPERATION_MOVE);
  g_autoptr (GPtrArray) nothing = take (profile, 10);
  g_assert_cmpuint (nothing->len, ==, 0);
  done (profile, moving, 5, 9);
  g_autoptr (GPtrArray) below = take (profile, 10);
  g_assert_cmpstr (((StoreOperation *)g_ptr_array_index (below, 0))->folder_name, ==, "A.x");
  g_assert_false (store_operation_undo (profile->db, group, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  done (profile, below, 0, 0);
  g_autoptr (GPtrArray) top = take (profile, 10);
  g_assert_cmpstr (((StoreOperation *)g_ptr_array_index (top, 0))->folder_name, ==, "A");
  /* Refused: it is back. */
  g_assert_true (store_operation_refused (profile->db, top, &error));
  check_name (profile, a, "A", "A");
  g_assert_null (store_message_get (profile->db, goes, &error));
  g_assert_cmpuint (uid_of (profile, saved), ==, 9);
}

/* The message was to be saved from its folder, and the server did not let it go: then the folder stays as well. */
static void
test_delete_rescued (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  set_list (profile, (const char *const[]){ "INBOX", "A", NULL });
  gint64 a = find_folder (profile, "A");
  gint64 id = add_message (profile, a, 5, 1, 0, NULL);
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->inbox, &error), >, 0);
  g_assert_cmpint (store_operation_delete_folder (profile->db, a, 0, &error), >, 0);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_true (store_operation_refused (profile->db, due, &error));
  g_assert_no_error (error);
  check_name (profile, a, "A", "A");
  g_assert_cmpint (listed (profile, a, 0), ==, id);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
}

/* Made offline, with mail moved in at once. */
static void
test_create (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL), made = 0;
  gint64 group =
      store_operation_create_folder (profile->db, profile->account, "새 폴더", &made, &error);
  g_assert_cmpint (group, >, 0);
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, made, &error), >, 0);
  g_assert_cmpint (
      store_operation_create_folder (profile->db, profile->account, "새 폴더", NULL, &error), ==,
      0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  /* The server does not list it, and that is no surprise. */
  set_list (profile, (const char *const[]){ "INBOX", "Archive", "Sent", NULL });
  g_autoptr (GPtrArray) first = take (profile, 10);
  const StoreOperation *operation = g_ptr_array_index (first, 0);
  g_assert_cmpint (operation->kind, ==, STORE_OPERATION_CREATE);
  g_autoptr (GPtrArray) nothing = take (profile, 10);
  g_assert_cmpuint (nothing->len, ==, 0);
  /* Refused: the message is where it was. */
  g_assert_true (store_operation_refused (profile->db, first, &error));
  g_assert_null (store_folder_get (profile->db, made, &error));
  g_clear_error (&error);
  g_assert_cmpint (listed (profile, profile->inbox, 0), ==, id);
  g_assert_cmpuint (uid_of (profile, id), ==, 5);

  group = store_operation_create_folder (profile->db, profile->account, "B", &made, &error);
  g_autoptr (GPtrArray) second = take (profile, 10);
  done (profile, second, 0, 0);
  set_list (profile, (const char *const[]){ "INBOX", "Archive", "Sent", "B", NULL });
  check_name (profile, made, "B", "B");
  g_assert_true (store_operation_undo (profile->db, group, &error));
  g_assert_cmpint (find_folder (profile, "B"), ==, 0);
}

/* "name id validity", the last two where the server tells them. */
static void
set_ids (Profile *profile, const char *const *lines)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = new_list (lines);
  for (guint i = 0; i < list->len; i++) {
    StoreFolder *folder = g_ptr_array_index (list, i);
    g_auto (GStrv) words = g_strsplit (folder->name, " ", 3);
    g_free (folder->name);
    folder->name = g_strdup (words[0]);
    folder->mailbox_id = g_strdup (words[1]);
    if (words[1] != NULL && words[2] != NULL)
      folder->uid_validity = (guint32)g_ascii_strtoull (words[2], NULL, 10);
  }
  g_assert_true (store_folder_replace_list (profile->db, profile->account, list, &error));
  g_assert_no_error (error);
}

/* Another client renamed folders, which have ids: each row goes where its own id is. */
static void
test_followed (void)
{
  g_autoptr (Profile) profile = profile_new ();
  set_ids (profile, (const char *const[]){ "INBOX i0", "A i1", "A.x i2", "A.y", "B i3", NULL });
  gint64 a = find_folder (profile, "A"), x = find_folder (profile, "A.x"),
         y = find_folder (profile, "A.y"), b = find_folder (profile, "B");
  gint64 id = add_message (profile, x, 5, 1, 0, "kept");

  /* Without one that was below it. */
  for (guint round = 0; round < 3; round++) {
    static const char *const lists[][6] = {
      { "INBOX i0", "A.x i2", "C i1", "C.y", "B i3", NULL },
      { "INBOX i0", "C.y", "D i1", "A.x i2", "B i3", NULL },
      { "INBOX i0", "D.z i2", "D i1", "C.y", "B i3", NULL },
    };
    set_ids (profile, lists[round]);
    check_name (profile, a, round == 0 ? "C" : "D", round == 0 ? "C" : "D");
    check_name (profile, x, round < 2 ? "A.x" : "D.z", round < 2 ? "A.x" : "D.z");
    check_name (profile, y, "C.y", "C.y");
    g_assert_cmpint (listed (profile, x, 0), ==, id);
  }
  /* Into the name that another has left; and another is where the one below was. */
  set_ids (profile, (const char *const[]){ "INBOX i0", "B i1", "E i3", "B.z i2", "D.z i4", NULL });
  check_name (profile, a, "B", "B");
  check_name (profile, b, "E", "E");
  check_name (profile, x, "B.z", "B.z");
  g_assert_cmpint (find_folder (profile, "D.z"), !=, 0);
  check_all_counts (profile);
}

/* An id that does not say which folder it is says nothing. */
static void
test_not_followed (void)
{
  static const char *const lists[][6] = {
    { "INBOX i0", "C i1 8", NULL },           /* numbered otherwise */
    { "INBOX i0", "C i1 7", "D i1 7", NULL }, /* two of it */
    { "INBOX i0", "C i1 7", "C i1 7", NULL }, /* one, told twice */
    { "INBOX i0", "C i1", NULL },             /* its numbering is not told */
  };
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (Profile) profile = profile_new ();
    g_autoptr (GError) error = NULL;
    set_ids (profile, (const char *const[]){ "INBOX i0", "A i1", NULL });
    gint64 a = find_folder (profile, "A");
    g_assert_true (store_folder_set_sync_state (profile->db, a, 7, 6, 0, TRUE, 1, &error));
    set_ids (profile, lists[i]);
    g_assert_cmpint (find_folder (profile, "C"), !=, 0);
    g_assert_cmpint (find_folder (profile, "C") == a, ==, i >= 2);
  }
  /* Two had it. */
  g_autoptr (Profile) profile = profile_new ();
  set_ids (profile, (const char *const[]){ "INBOX i0", "A i1", "B i1", NULL });
  gint64 a = find_folder (profile, "A"), b = find_folder (profile, "B");
  set_ids (profile, (const char *const[]){ "INBOX i0", "C i1", NULL });
  g_assert_cmpint (find_folder (profile, "C"), !=, 0);
  g_assert_cmpint (find_folder (profile, "C"), !=, a);
  g_assert_cmpint (find_folder (profile, "C"), !=, b);
}

static gboolean
is_subscribed (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreFolder) folder = store_folder_get (profile->db, id, &error);
  g_assert_no_error (error);
  return folder->subscribed;
}

static void
tell_subscribed (Profile *profile, gboolean subscribed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = new_list ((const char *const[]){ "INBOX", "Archive", "Sent", NULL });
  StoreFolder *archive = g_ptr_array_index (list, 1);
  archive->tells_subscribed = TRUE;
  archive->subscribed = subscribed;
  g_assert_true (store_folder_replace_list (profile->db, profile->account, list, &error));
}

/* The server's word, with what is pending over it. */
static void
test_subscribe (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (is_subscribed (profile, profile->archive));
  tell_subscribed (profile, FALSE);
  g_assert_false (is_subscribed (profile, profile->archive));
  gint64 group = store_operation_subscribe_folder (profile->db, profile->archive, TRUE, &error);
  g_assert_true (is_subscribed (profile, profile->archive));
  tell_subscribed (profile, FALSE);
  g_assert_true (is_subscribed (profile, profile->archive));
  g_assert_true (store_operation_undo (profile->db, group, &error));
  g_assert_false (is_subscribed (profile, profile->archive));
  g_assert_cmpint (store_operation_subscribe_folder (profile->db, profile->archive, TRUE, &error),
                   >, 0);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_true (((StoreOperation *)g_ptr_array_index (due, 0))->add);
  g_assert_true (store_operation_refused (profile->db, due, &error));
  g_assert_false (is_subscribed (profile, profile->archive));
}

/* What is only here keeps its folder, whatever the server says of it. */
static void
test_only_here (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static ("Subject: x\r\n\r\n", 14);
  StoreNewMessage message = { .received = 100, .size = 14, .message_id = "<d@x>", .body = body };
  add_message (profile, profile->archive, 5, 1, 0, NULL);
  g_assert_true (store_operation_append (profile->db, profile->archive, &message, &error));
  set_list (profile, (const char *const[]){ "INBOX", "Sent", NULL });
  g_assert_cmpuint (count_listed (profile, profile->archive), ==, 1);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (due, 0))->kind, ==,
                   STORE_OPERATION_APPEND);
  g_assert_true (store_operation_refused (profile->db, due, &error));
  set_list (profile, (const char *const[]){ "INBOX", "Sent", NULL });
  g_assert_cmpuint (count_listed (profile, profile->archive), ==, 1);
  gint64 id = listed (profile, profile->archive, 0);
  /* Taken elsewhere it is tried again there; its old folder has nothing to stay for. */
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->sent, &error), >, 0);
  set_list (profile, (const char *const[]){ "INBOX", "Sent", NULL });
  g_assert_null (store_folder_get (profile->db, profile->archive, &error));
  g_autoptr (GPtrArray) again = take (profile, 10);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (again, 0))->kind, ==,
                   STORE_OPERATION_APPEND);
  done (profile, again, 0, 3);
  g_assert_cmpuint (uid_of (profile, id), ==, 3);
}

void
add_folder_tests (void)
{
  g_test_add_func ("/store/folder/reset-nameless", test_reset_nameless);
  g_test_add_func ("/store/folder/rename", test_rename);
  g_test_add_func ("/store/folder/rename-dropped", test_rename_dropped);
  g_test_add_func ("/store/folder/rename-seen", test_rename_seen);
  g_test_add_func ("/store/folder/followed", test_followed);
  g_test_add_func ("/store/folder/not-followed", test_not_followed);
  g_test_add_func ("/store/folder/delete", test_delete);
  g_test_add_func ("/store/folder/delete-rescued", test_delete_rescued);
  g_test_add_func ("/store/folder/create", test_create);
  g_test_add_func ("/store/folder/subscribe", test_subscribe);
  g_test_add_func ("/store/folder/only-here", test_only_here);
  g_test_add_func ("/store/folder/list", test_list);
  g_test_add_func ("/store/folder/freshness", test_freshness);
  g_test_add_func ("/store/folder/target-removed", test_target_removed);
  g_test_add_func ("/store/folder/sync-state", test_sync_state);
  g_test_add_func ("/store/folder/size", test_size);
  g_test_add_func ("/store/folder/size-limit", test_size_limit);
  g_test_add_func ("/store/folder/server-size", test_server_size);
  g_test_add_func ("/store/folder/reset", test_reset);
}
