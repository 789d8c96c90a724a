/* Copies of one message: what bears its Message-ID, and its date. */
#include "store-listing.h"
#include "store-thread.h"
#include "test-store.h"

static gint64
put_dated (Profile *profile, gint64 folder, guint32 uid, gint64 date)
{
  StoreNewMessage message = { .uid = uid,
                              .received = 1700000000 + uid,
                              .date = date,
                              .size = 100,
                              .from_address = "magpie@example.org",
                              .message_id = "<same@x>" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));

  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (profile->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

static gint64
count_copies (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  gint64 n = -1;

  g_assert_true (store_db_get_int (profile->db, &n, &error,
                                   "SELECT count(*) FROM message WHERE (marks & ?1) <> 0",
                                   STORE_INTS (STORE_MARK_COPY)));
  return n;
}

static guint
count_read (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;
  gint64 thread = 0;

  g_assert_true (store_thread_get (profile->db, id, &thread, &error));
  ids = store_thread_list_messages (profile->db, thread, &error);
  g_assert_no_error (error);
  return ids->len;
}

/* What the list says of the conversation. */
static void
check_row (Profile *profile, gint64 id, guint total, guint unread)
{
  const StoreListing listing = { .folder = profile->inbox, .conversations = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;
  gint64 thread = 0;

  g_assert_true (store_thread_get (profile->db, id, &thread, &error));
  items = store_listing_get_items (profile->db, &listing, &thread, 1, &error);
  g_assert_no_error (error);
  const StoreItem *item = items->pdata[0];
  g_assert_cmpuint (item->total, ==, total);
  g_assert_cmpuint (item->unread, ==, unread);
}

/* Whichever way they come: one by one, or with the one they are a copy of. */
static void
test_date (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (Mirror) mirror = mirror_new (profile);
  gint64 first = put_dated (profile, profile->inbox, 1, 1000);

  put_dated (profile, profile->archive, 1, 1000);
  g_assert_cmpint (count_copies (profile), ==, 1);
  g_assert_cmpuint (count_read (profile, first), ==, 1);
  check_row (profile, first, 1, 1);
  put_dated (profile, profile->inbox, 2, 2000);
  put_dated (profile, profile->archive, 2, 3000);
  g_assert_cmpint (count_copies (profile), ==, 1);
  g_assert_cmpuint (count_read (profile, first), ==, 3);
  put_dated (profile, profile->archive, 3, 2000);
  g_assert_cmpint (count_copies (profile), ==, 2);
  g_assert_cmpuint (count_read (profile, first), ==, 3);
  check_row (profile, first, 3, 2); /* what lies elsewhere alone is not told of as unread here */
  mirror_follow (mirror);
  mirror_check (mirror);
}

static char *
dump_marks (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreQuery) query = store_db_query (
      profile->db, &error,
      "SELECT group_concat (marks, ' ') FROM (SELECT marks FROM message ORDER BY id)",
      STORE_NO_INTS);

  g_assert_no_error (error);
  g_assert_cmpint (store_query_step (profile->db, query, &error), ==, 1);
  return store_query_dup_text (query, 0);
}

/* A store in which all that bore one Message-ID were copies. */
static void
test_older (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *marks = NULL, *again = NULL, *old = NULL;
  gboolean rebuilt = TRUE;

  put_dated (profile, profile->inbox, 1, 1000);
  put_dated (profile, profile->archive, 1, 1000);
  put_dated (profile, profile->inbox, 2, 2000);
  put_dated (profile, profile->archive, 2, 2000);
  marks = dump_marks (profile);
  old = g_strdup_printf (
      "UPDATE message SET marks = (marks | %d) & ~%d WHERE date = 2000; "
      "UPDATE message SET marks = marks | %d WHERE id = 1; DROP INDEX label_names; PRAGMA user_version = 24",
      STORE_MARK_COPY, STORE_MARK_UNREAD_HEAD, STORE_MARK_UNREAD_HEAD);
  g_assert_true (store_db_exec (profile->db, old, &error));
  profile_reopen (profile, NULL, &rebuilt);
  g_assert_false (rebuilt);
  again = dump_marks (profile);
  g_assert_cmpstr (again, ==, marks);
}

void
add_copies_tests (void)
{
  g_test_add_func ("/store/copies/date", test_date);
  g_test_add_func ("/store/copies/older", test_older);
}
