/* The same message seen in two folders: its bytes are taken over where that is certain, and only there. */
#include "test-store.h"

#include "base-error.h"

typedef struct
{
  guint32 uid;
  const char *message_id, *object_id;
  gint64 received;
  guint64 size;
  const char *body;
} Copy;

static gint64
add_copy (Profile *profile, gint64 folder, Copy copy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = copy.body != NULL ? g_bytes_new (copy.body, strlen (copy.body)) : NULL;
  StoreNewMessage message = { .uid = copy.uid,
                              .received = copy.received,
                              .date = 1600000000,
                              .size = copy.size,
                              .message_id = copy.message_id,
                              .object_id = copy.object_id,
                              .preview = copy.body,
                              .has_attachments = copy.body != NULL,
                              .body = bytes };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (profile->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  return fresh->len == 1 ? STORE_KEY_ID (g_array_index (fresh, StoreKey, 0)) : 0;
}

static guint
share (Profile *profile, gint64 folder)
{
  g_autoptr (GError) error = NULL;
  guint shared = 99;

  g_assert_true (store_message_share_bodies (profile->db, folder, 100, &shared, &error));
  g_assert_no_error (error);
  return shared;
}

static void
check_body (Profile *profile, gint64 id, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreMessage) row = store_message_get (profile->db, id, &error);
  g_autoptr (GBytes) bytes = store_message_get_body (profile->db, id, &error);

  if (expected == NULL) {
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    g_assert_false (row->has_body);
    return;
  }
  g_assert_no_error (error);
  g_assert_true (row->has_body);
  g_assert_true (row->has_attachments);
  g_assert_cmpstr (row->preview, ==, expected);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

static void
remove_uid (Profile *profile, gint64 folder, guint32 uid)
{
  g_autoptr (BaseUidSet) gone = base_uid_set_new ();
  g_autoptr (GError) error = NULL;

  base_uid_set_add (gone, uid);
  g_assert_true (store_message_remove (profile->db, folder, gone, &error));
  g_assert_no_error (error);
}

/* Gmail's labels, a copy by another client: the size that the server tells does not matter. */
static void
test_object_id (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 other = 0, copy = 0, stranger = 0;

  add_copy (profile, profile->inbox, (Copy){ 1, "<a@x>", "M1", 100, 3, "one" });
  copy = add_copy (profile, profile->archive, (Copy){ 7, NULL, "M1", 200, 9, NULL });
  stranger = add_copy (profile, profile->archive, (Copy){ 8, "<a@x>", "M2", 100, 3, NULL });
  other = add_copy (profile, profile->archive, (Copy){ 9, NULL, NULL, 100, 3, NULL });
  profile_forget_changes (profile);
  g_assert_cmpuint (share (profile, profile->archive), ==, 1);
  g_assert_cmpuint (profile->changes->len, ==, 1);
  check_body (profile, copy, "one");
  check_body (profile, stranger, NULL);
  check_body (profile, other, NULL);
  g_assert_cmpuint (share (profile, profile->archive), ==, 0);
  /* The bytes stay when either row goes. */
  remove_uid (profile, profile->inbox, 1);
  check_body (profile, copy, "one");
  profile_reopen (profile, NULL, NULL);
  check_body (profile, copy, "one");
}

static void
test_without_object_id (void)
{
  const Copy same = { 5, "<a@x>", NULL, 100, 3, NULL };
  const Copy others[] = {
    { 6, "<b@x>", NULL, 100, 3, NULL },
    { 7, "<a@x>", NULL, 101, 3, NULL },
    { 8, "<a@x>", NULL, 100, 4, NULL },
  };
  g_autoptr (Profile) profile = profile_new ();
  gint64 id = 0, different[G_N_ELEMENTS (others)];

  add_copy (profile, profile->inbox, (Copy){ 1, "<a@x>", NULL, 100, 3, "one" });
  id = add_copy (profile, profile->archive, same);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    different[i] = add_copy (profile, profile->archive, others[i]);
  g_assert_cmpuint (share (profile, profile->archive), ==, 1);
  check_body (profile, id, "one");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    check_body (profile, different[i], NULL);
}

/* Moved by another client: seen to go first, to come later. */
static void
test_went_before (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = 0, late = 0;

  add_copy (profile, profile->inbox, (Copy){ 1, "<a@x>", NULL, 100, 3, "one" });
  add_copy (profile, profile->inbox, (Copy){ 2, "<b@x>", "M2", 100, 3, "two" });
  remove_uid (profile, profile->inbox, 1);
  remove_uid (profile, profile->inbox, 2);
  id = add_copy (profile, profile->archive, (Copy){ 5, "<a@x>", NULL, 100, 3, NULL });
  g_assert_cmpuint (share (profile, profile->archive), ==, 1);
  check_body (profile, id, "one");

  /* A day later nothing is kept. */
  g_assert_true (store_db_exec (profile->db, "UPDATE orphan SET lost = lost - 86400", &error));
  late = add_copy (profile, profile->archive, (Copy){ 6, "<b@x>", "M2", 100, 3, NULL });
  g_assert_cmpuint (share (profile, profile->archive), ==, 0);
  check_body (profile, late, NULL);
}

/* A folder that another client renamed comes as one that went and one that is new. */
static void
test_folder_renamed (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 sent = 0, id = 0;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  const char *const names[] = { "INBOX", "Gesendet" };

  add_copy (profile, profile->sent, (Copy){ 1, "<a@x>", NULL, 100, 3, "one" });
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    StoreFolder *folder = g_new0 (StoreFolder, 1);
    folder->name = g_strdup (names[i]);
    folder->selectable = TRUE;
    folder->role = i == 0 ? STORE_ROLE_INBOX : STORE_ROLE_SENT;
    g_ptr_array_add (list, folder);
  }
  g_assert_true (store_folder_replace_list (profile->db, profile->account, list, &error));
  g_autoptr (StoreFolder) row =
      store_folder_by_role (profile->db, profile->account, STORE_ROLE_SENT, &error);
  sent = row->id;
  g_assert_cmpint (sent, !=, profile->sent);
  id = add_copy (profile, sent, (Copy){ 1, "<a@x>", NULL, 100, 3, NULL });
  g_assert_cmpuint (share (profile, sent), ==, 1);
  check_body (profile, id, "one");
}

/* Never across accounts; and an account that goes takes its bytes along. */
static void
test_accounts (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 first = profile->account, gone = 1;

  add_copy (profile, profile->inbox, (Copy){ 1, "<a@x>", "M1", 100, 3, "one" });
  add_copy (profile, profile->archive, (Copy){ 1, "<b@x>", "M2", 100, 3, "two" });
  remove_uid (profile, profile->inbox, 1);
  {
    g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
    StoreFolder *folder = g_new0 (StoreFolder, 1);
    gint64 second = store_account_ensure (profile->db, "two", &error);
    folder->name = g_strdup ("INBOX");
    folder->role = STORE_ROLE_INBOX;
    g_ptr_array_add (list, folder);
    g_assert_true (store_folder_replace_list (profile->db, second, list, &error));
    g_autoptr (StoreFolder) inbox =
        store_folder_by_role (profile->db, second, STORE_ROLE_INBOX, &error);
    add_copy (profile, inbox->id, (Copy){ 1, "<a@x>", "M1", 100, 3, NULL });
    add_copy (profile, inbox->id, (Copy){ 2, "<b@x>", "M2", 100, 3, NULL });
    g_assert_cmpuint (share (profile, inbox->id), ==, 0);
  }
  g_assert_true (store_account_remove (profile->db, first, &error));
  g_assert_no_error (error);
  g_assert_true (
      store_db_get_int (profile->db, &gone, &error, "SELECT count(*) FROM orphan", STORE_NO_INTS));
  g_assert_cmpint (gone, ==, 0);
}

/* Where a message is that somebody else moved: known by its name also when its own row has gone. */
static void
test_elsewhere (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_copy (profile, profile->inbox, (Copy){ 1, "<a@x>", NULL, 100, 3, NULL });
  gint64 named = add_copy (profile, profile->inbox, (Copy){ 2, "<b@x>", "M1", 100, 3, NULL });
  gint64 found = 1, moved, read;
  g_autoptr (StoreIdentity) identity = store_message_get_identity (profile->db, id, &error);
  g_autoptr (StoreIdentity) by_name = store_message_get_identity (profile->db, named, &error);

  g_assert_no_error (error);
  add_copy (profile, profile->archive, (Copy){ 3, "<a@x>", NULL, 100, 4, NULL });
  add_copy (profile, profile->archive, (Copy){ 4, "<a@x>", "M9", 101, 3, NULL });
  g_assert_true (store_message_find_same (profile->db, identity, &found, &error));
  g_assert_cmpint (found, ==, 0);
  remove_uid (profile, profile->inbox, 1);
  moved = add_copy (profile, profile->archive, (Copy){ 5, "<a@x>", NULL, 100, 3, NULL });
  g_assert_true (store_message_find_same (profile->db, identity, &found, &error));
  g_assert_cmpint (found, ==, moved);
  read = add_copy (profile, profile->sent, (Copy){ 6, "<a@x>", NULL, 100, 3, "one" });
  g_assert_true (store_message_find_same (profile->db, identity, &found, &error));
  g_assert_cmpint (found, ==, read);
  g_assert_true (store_message_find_same (profile->db, by_name, &found, &error));
  g_assert_cmpint (found, ==, 0);
  moved = add_copy (profile, profile->archive, (Copy){ 7, NULL, "M1", 300, 9, NULL });
  g_assert_true (store_message_find_same (profile->db, by_name, &found, &error));
  g_assert_cmpint (found, ==, moved);
  g_assert_null (store_message_get_identity (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

void
add_share_tests (void)
{
  g_test_add_func ("/store/share/object-id", test_object_id);
  g_test_add_func ("/store/share/without-object-id", test_without_object_id);
  g_test_add_func ("/store/share/went-before", test_went_before);
  g_test_add_func ("/store/share/folder-renamed", test_folder_renamed);
  g_test_add_func ("/store/share/accounts", test_accounts);
  g_test_add_func ("/store/share/elsewhere", test_elsewhere);
}
