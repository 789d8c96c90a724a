/* Runs all tests of the store layer; the helpers they share. */
#include "test-store.h"

#include <glib/gstdio.h>

static const StoreLimits default_limits = { 256 << 20, 16 << 20, 64 << 20, 7, 0 };

static void
remember_change (StoreChange *change, gpointer user_data)
{
  g_ptr_array_add (user_data, store_change_ref (change));
}

static void
unref_change (gpointer change)
{
  store_change_unref (change);
}

void
profile_close (Profile *profile)
{
  g_clear_pointer (&profile->db, store_db_free);
  g_clear_pointer (&profile->store, store_unref);
}

void
profile_reopen (Profile *profile, const StoreLimits *limits, gboolean *rebuilt)
{
  g_autoptr (GError) error = NULL;
  profile_close (profile);
  profile->store = store_open_with_limits (
      profile->paths, limits != NULL ? limits : &default_limits, rebuilt, &error);
  g_assert_no_error (error);
  store_set_change_func (profile->store, remember_change, profile->changes);
  profile->db = store_connect (profile->store, &error);
  g_assert_no_error (error);
}

static StoreFolder *
new_folder (const char *name, StoreRole role)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);
  folder->name = g_strdup (name);
  folder->delimiter = '/';
  folder->role = role;
  folder->selectable = TRUE;
  return folder;
}

void
profile_make_folders (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  g_ptr_array_add (list, new_folder ("Archive", STORE_ROLE_ARCHIVE));
  g_ptr_array_add (list, new_folder ("INBOX", STORE_ROLE_INBOX));
  g_ptr_array_add (list, new_folder ("Sent", STORE_ROLE_SENT));
  profile->account = store_account_ensure (profile->db, "one", &error);
  g_assert_no_error (error);
  g_assert_true (store_folder_replace_list (profile->db, profile->account, list, &error));
  g_assert_no_error (error);

  const StoreRole roles[] = { STORE_ROLE_INBOX, STORE_ROLE_ARCHIVE, STORE_ROLE_SENT };
  gint64 *ids[] = { &profile->inbox, &profile->archive, &profile->sent };
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autoptr (StoreFolder) folder =
        store_folder_by_role (profile->db, profile->account, roles[i], &error);
    g_assert_no_error (error);
    *ids[i] = folder->id;
  }
}

Profile *
profile_new (void)
{
  g_autoptr (GError) error = NULL;
  Profile *profile = g_new0 (Profile, 1);
  profile->folder = g_dir_make_tmp ("sosik-store-XXXXXX", &error);
  g_assert_no_error (error);
  profile->paths = base_paths_new (profile->folder, &error);
  g_assert_no_error (error);
  profile->changes = g_ptr_array_new_with_free_func (unref_change);
  profile_reopen (profile, NULL, NULL);
  profile_make_folders (profile);
  profile_forget_changes (profile);
  return profile;
}

void
profile_free (Profile *profile)
{
  profile_close (profile);
  base_paths_unref (profile->paths);
  g_ptr_array_unref (profile->changes);
  g_assert_true (base_paths_remove_tree (profile->folder));
  g_free (profile->folder);
  g_free (profile);
}

void
profile_forget_changes (Profile *profile)
{
  g_ptr_array_set_size (profile->changes, 0);
}

const StoreFolderChange *
part_of (const StoreChange *change, gint64 folder)
{
  for (guint i = 0; i < change->messages->len; i++) {
    const StoreFolderChange *part = g_ptr_array_index (change->messages, i);
    if (part->folder == folder)
      return part;
  }
  return NULL;
}

char *
profile_path (Profile *profile, const char *name)
{
  return g_build_filename (base_paths_get_data (profile->paths), name, NULL);
}

gint64
add_message (Profile *profile, gint64 folder, guint32 uid, guint number, StoreFlags flags,
             const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message_id = g_strdup_printf ("<%u@example.org>", number);
  g_autofree char *subject = g_strdup_printf ("소식 %u", number);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  StoreNewMessage message = { .uid = uid,
                              .flags = flags,
                              .received = 1700000000 + number,
                              .date = 1600000000 + number,
                              .size = body != NULL ? strlen (body) : 1000 + number,
                              .from_name = "까치",
                              .from_address = "magpie@example.org",
                              .subject = subject,
                              .message_id = message_id,
                              .body = bytes };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (profile->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fresh->len, <=, 1);
  return fresh->len == 1 ? STORE_KEY_ID (g_array_index (fresh, StoreKey, 0)) : 0;
}

gint64
listed (Profile *profile, gint64 folder, guint index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = store_message_list (profile->db, folder, 0, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (index, <, keys->len);
  return STORE_KEY_ID (g_array_index (keys, StoreKey, index));
}

guint
count_listed (Profile *profile, gint64 folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = store_message_list (profile->db, folder, 0, 0, &error);
  g_assert_no_error (error);
  return keys->len;
}

guint32
uid_of (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
  g_assert_no_error (error);
  return message->uid;
}

void
check_counts (Profile *profile, gint64 folder, guint total, guint unread)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreFolder) row = store_folder_get (profile->db, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (row->total, ==, total);
  g_assert_cmpuint (row->unread, ==, unread);
}

void
check_all_counts (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autoptr (GArray) keys = store_message_list (profile->db, folder->id, 0, 0, &error);
    g_assert_no_error (error);
    guint unread = 0;
    guint64 size = 0;
    for (guint j = 0; j < keys->len; j++) {
      StoreKey key = g_array_index (keys, StoreKey, j);
      g_autoptr (StoreMessage) message =
          store_message_get (profile->db, STORE_KEY_ID (key), &error);
      g_assert_no_error (error);
      g_assert_cmpint (message->key, ==, key);
      g_assert_cmpint (message->folder, ==, folder->id);
      g_assert_false (message->flags & STORE_FLAG_DELETED);
      if (j > 0)
        g_assert_cmpint (key, <, g_array_index (keys, StoreKey, j - 1));
      unread += !(message->flags & STORE_FLAG_SEEN);
      size += MIN (message->size, G_GUINT64_CONSTANT (1) << 40);
    }
    g_assert_cmpuint (folder->size, ==, size);
    g_assert_cmpuint (folder->total, ==, keys->len);
    g_assert_cmpuint (folder->unread, ==, unread);
    g_autoptr (BaseUidSet) uids = store_message_get_uids (profile->db, folder->id, &error);
    guint64 known = 0;
    g_assert_true (store_message_count_uids (profile->db, folder->id, &known, &error));
    g_assert_cmpuint (known, ==, base_uid_set_count (uids));
  }
}

GPtrArray *
take (Profile *profile, guint limit)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *operations = store_operation_take_due (
      profile->db, profile->account, limit, g_get_real_time () / G_USEC_PER_SEC, NULL, &error);
  g_assert_no_error (error);
  return operations;
}

void
done (Profile *profile, GPtrArray *operations, guint32 old_uid, guint32 new_uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) uids = g_hash_table_new (NULL, NULL);
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  guint32 known = first->target != 0 ? first->target_validity : first->folder_validity;
  g_hash_table_insert (uids, GUINT_TO_POINTER (old_uid), GUINT_TO_POINTER (new_uid));
  g_assert_true (store_operation_done (profile->db, operations, new_uid != 0 ? uids : NULL,
                                       known != 0 ? known : 1, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_db_tests ();
  add_folder_tests ();
  add_index_tests ();
  add_index_many_tests ();
  add_index_phrases_tests ();
  add_label_tests ();
  add_message_tests ();
  add_across_tests ();
  add_body_tests ();
  add_choice_tests ();
  add_copies_tests ();
  add_operation_tests ();
  add_bulk_tests ();
  add_deed_tests ();
  add_deed_thread_tests ();
  add_draft_copy_tests ();
  add_model_tests ();
  add_folder_model_tests ();
  add_outgoing_tests ();
  add_partial_tests ();
  add_person_tests ();
  add_queue_tests ();
  add_search_tests ();
  add_share_tests ();
  add_thread_tests ();
  add_listing_tests ();
  return g_test_run ();
}
