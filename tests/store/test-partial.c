/* Messages that are here only in part: never whole, and each piece whole or not at all. */
#include "test-store.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base-error.h"
#include "store-partial.h"

static GBytes *
make_bytes (guint number, gsize length)
{
  guint8 *data = g_malloc (MAX (length, 1));
  for (gsize i = 0; i < length; i++)
    data[i] = (guint8)(i * 31 + number * 17 + i / 253);
  return g_bytes_new_take (data, length);
}

static GPtrArray *
make_parts (void)
{
  static const StorePart parts[] = {
    { .index = 1, .section = (char *)"2", .encoding = (char *)"base64", .size = 4000 },
    { .index = 3, .section = (char *)"3.1", .encoding = (char *)"7bit", .size = 5000 },
  };
  GPtrArray *array = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_ptr_array_add (array, (gpointer)&parts[i]);
  return array;
}

static gint64
add_partial (Profile *profile, guint number, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = make_bytes (number, length);
  g_autoptr (GPtrArray) parts = make_parts ();
  gint64 id = add_message (profile, profile->inbox, number, number, 0, NULL);
  g_assert_true (store_partial_set (profile->db, id, bytes, parts, "preview", TRUE, &error));
  g_assert_no_error (error);
  return id;
}

static void
give_part (Profile *profile, gint64 id, guint index, guint number, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = make_bytes (number, length);
  g_autoptr (StorePart) part = store_partial_find (profile->db, id, index, &error);
  g_assert_no_error (error);
  g_assert_true (store_partial_set_part (profile->db, id, part, content, TRUE, &error));
}

/* `second` 0: that part is not here. */
static void
check_partial (Profile *profile, gint64 id, guint number, gsize length, gsize second)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = make_bytes (number, length), content = make_bytes (number + 1, second);
  gboolean decoded = FALSE;
  g_autoptr (StorePartial) partial = store_partial_get (profile->db, id, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (partial->bytes, bytes));
  g_assert_cmpuint (partial->parts->len, ==, 2);
  const StorePart *part = g_ptr_array_index (partial->parts, 1);
  g_assert_cmpuint (part->index, ==, 3);
  g_assert_cmpstr (part->section, ==, "3.1");
  g_assert_cmpstr (part->encoding, ==, "7bit");
  g_assert_cmpuint (part->size, ==, 5000);
  g_assert_cmpint (part->is_here, ==, second > 0);
  g_assert_false (((StorePart *)g_ptr_array_index (partial->parts, 0))->is_here);
  g_autoptr (GBytes) got = store_partial_get_part (profile->db, id, 3, &decoded, &error);
  if (second == 0) {
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  } else {
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (got, content));
    g_assert_true (decoded);
  }
  /* It never passes for the whole. */
  g_clear_error (&error);
  g_assert_null (store_message_get_body (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_autoptr (StoreMessage) row = store_message_get (profile->db, id, &error);
  g_assert_false (row->has_body);
}

static void
check_none (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  StorePartialState state = STORE_PARTIAL_HERE;
  g_assert_null (store_partial_get (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_null (store_partial_find (profile->db, id, 3, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_assert_true (store_partial_get_state (profile->db, id, &state, NULL));
  g_assert_cmpint (state, ==, STORE_PARTIAL_NONE);
}

/* What rows name is what the packs count as alive. */
static void
check_live (Profile *profile)
{
  gint64 live = -1, named = -2;
  g_assert_true (
      store_db_get_int (profile->db, &live, NULL, "SELECT total(live) FROM pack", STORE_NO_INTS));
  g_assert_true (store_db_get_int (profile->db, &named, NULL,
                                   "SELECT (SELECT total(length) FROM body) + "
                                   "(SELECT total(length) FROM piece)",
                                   STORE_NO_INTS));
  g_assert_cmpint (live, ==, named);
}

static void
test_life (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_partial (profile, 1, 3000);

  check_partial (profile, id, 1, 3000, 0);
  give_part (profile, id, 3, 2, 200000);
  for (guint round = 0; round < 2; round++) {
    check_partial (profile, id, 1, 3000, 200000);
    check_live (profile);
    profile_reopen (profile, NULL, NULL);
  }
  g_autoptr (StoreMessage) row = store_message_get (profile->db, id, &error);
  g_assert_cmpstr (row->preview, ==, "preview");
  g_assert_true (row->has_attachments);

  /* A part of another message, or of this one as it was. */
  g_autoptr (GBytes) content = make_bytes (9, 10);
  StorePart other = { .index = 3, .section = (char *)"3", .size = 5000 };
  g_assert_false (store_partial_set_part (profile->db, id, &other, content, FALSE, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  other = (StorePart){ .index = 3, .section = (char *)"3.1", .size = 5001 };
  g_assert_false (store_partial_set_part (profile->db, id, &other, content, FALSE, NULL));
  check_partial (profile, id, 1, 3000, 200000);

  /* The whole one comes: nothing is left of it in part. */
  g_autoptr (GBytes) body = make_bytes (3, 900);
  StoreNewMessage message = { .uid = 1, .message_id = "<1@x>", .body = body };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  check_none (profile, id);
  g_autoptr (GBytes) got = store_message_get_body (profile->db, id, &error);
  g_assert_true (g_bytes_equal (got, body));
  check_live (profile);
  /* ... and stays, whatever comes in part. */
  g_autoptr (GPtrArray) parts = make_parts ();
  g_assert_true (store_partial_set (profile->db, id, content, parts, NULL, FALSE, &error));
  check_none (profile, id);
}

/* Listed for the sync until the server was asked. */
static void
test_listed (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StorePartialState state = STORE_PARTIAL_NONE;
  gint64 first = add_message (profile, profile->inbox, 1, 1, 0, NULL);
  gint64 second = add_message (profile, profile->inbox, 2, 2, 0, NULL);
  add_partial (profile, 3, 100);

  g_autoptr (GArray) large =
      store_message_list_too_large (profile->db, profile->inbox, 10, 1000, 0, &error);
  g_assert_cmpuint (large->len, ==, 2);
  g_assert_cmpint (g_array_index (large, gint64, 0), ==, second);
  g_assert_cmpint (g_array_index (large, gint64, 1), ==, first);
  g_autoptr (GArray) larger =
      store_message_list_too_large (profile->db, profile->inbox, 10, 1001, 0, &error);
  g_assert_cmpuint (larger->len, ==, 1);
  g_assert_true (store_partial_set (profile->db, first, NULL, NULL, NULL, FALSE, &error));
  g_assert_true (store_partial_get_state (profile->db, first, &state, &error));
  g_assert_cmpint (state, ==, STORE_PARTIAL_WHOLE);
  g_assert_null (store_partial_get (profile->db, first, NULL));
  g_autoptr (GArray) left =
      store_message_list_too_large (profile->db, profile->inbox, 10, 1000, 0, &error);
  g_assert_cmpuint (left->len, ==, 1);
  /* Whole, all three are wanted. */
  g_autoptr (GArray) whole =
      store_message_get_uids_without_body (profile->db, profile->inbox, 10, 0, 0, &error);
  g_assert_cmpuint (whole->len, ==, 3);
}

/* Bytes that rot under their rows, and a file that a power cut left short. */
static void
test_damaged (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 id = add_partial (profile, 1, 3000);
  give_part (profile, id, 3, 2, 5000);
  g_autofree char *path = profile_path (profile, "bodies/1/1.pack");
  g_autofree char *content = NULL;
  gsize length;

  /* the last octet: of the part */
  profile_close (profile);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpuint (length, ==, 8000);
  content[7999] ^= 1;
  g_assert_true (g_file_set_contents (path, content, (gssize)length, NULL));
  profile_reopen (profile, NULL, NULL);
  g_assert_null (store_partial_get_part (profile->db, id, 3, &(gboolean){ FALSE }, NULL));
  check_partial (profile, id, 1, 3000, 0);
  check_live (profile);
  give_part (profile, id, 3, 2, 5000);
  check_partial (profile, id, 1, 3000, 5000);

  /* cut within the part, then within the message itself */
  profile_close (profile);
  g_assert_cmpint (truncate (path, 9000), ==, 0);
  profile_reopen (profile, NULL, NULL);
  check_partial (profile, id, 1, 3000, 0);
  give_part (profile, id, 3, 2, 5000);
  profile_close (profile);
  g_clear_pointer (&content, g_free);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  content[5] ^= 1;
  g_assert_true (g_file_set_contents (path, content, (gssize)length, NULL));
  profile_reopen (profile, NULL, NULL);
  check_none (profile, id);
  check_live (profile);

  gint64 other = add_partial (profile, 7, 3000);
  profile_close (profile);
  g_assert_cmpint (truncate (path, 2000), ==, 0);
  profile_reopen (profile, NULL, NULL);
  check_none (profile, other);
  check_live (profile);
}

static void
test_compact (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const StoreLimits limits = {
    .pack_size = 10000, .compact_size = 2000, .compact_budget = 4000, .recent_links = 3
  };
  gint64 ids[9], packs = 0;

  profile_reopen (profile, &limits, NULL);
  for (guint i = 1; i <= 8; i++) {
    ids[i] = add_partial (profile, i, 1000 + i);
    give_part (profile, ids[i], 3, i + 1, 2000 + i);
  }
  g_autoptr (BaseUidSet) gone = base_uid_set_parse ("1:2,4:5,7:8");
  g_assert_true (store_message_remove (profile->db, profile->inbox, gone, &error));
  for (guint round = 0; round < 6; round++) {
    profile_reopen (profile, &limits, NULL);
    check_partial (profile, ids[3], 3, 1003, 2003);
    check_partial (profile, ids[6], 6, 1006, 2006);
    check_live (profile);
  }
  g_assert_true (
      store_db_get_int (profile->db, &packs, &error, "SELECT count(*) FROM pack", STORE_NO_INTS));
  g_assert_cmpint (packs, <=, 2);
  g_autoptr (BaseUidSet) all = base_uid_set_parse ("1:8");
  g_assert_true (store_message_remove (profile->db, profile->inbox, all, &error));
  profile_reopen (profile, &limits, NULL);
  packs = -1;
  g_assert_true (
      store_db_get_int (profile->db, &packs, &error, "SELECT count(*) FROM pack", STORE_NO_INTS));
  g_assert_cmpint (packs, ==, 0);
  g_assert_true (store_account_remove (profile->db, profile->account, &error));
}

/* A copy of the row has the same pieces, each living for itself. */
static void
test_copy (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_partial (profile, 1, 3000);

  give_part (profile, id, 3, 2, 5000);
  g_assert_cmpint (store_operation_copy (profile->db, &id, 1, profile->archive, &error), >, 0);
  gint64 copy = listed (profile, profile->archive, 0);
  check_partial (profile, copy, 1, 3000, 5000);
  check_live (profile);
  g_autoptr (BaseUidSet) uid = base_uid_set_parse ("1");
  g_assert_true (store_message_remove (profile->db, profile->inbox, uid, &error));
  check_partial (profile, copy, 1, 3000, 5000);
  check_live (profile);
}

/* Bytes with nothing lacking are not the whole message: neither in rows that say so, nor given as such. */
static void
test_no_parts (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StorePartialState state = STORE_PARTIAL_NONE;
  gint64 id = add_partial (profile, 1, 3000);

  g_assert_true (store_db_exec (profile->db, "DELETE FROM piece WHERE number >= 0", &error));
  g_assert_null (store_partial_get (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);

  g_autoptr (GBytes) bytes = make_bytes (1, 3000);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_assert_true (store_partial_set (profile->db, id, bytes, none, NULL, FALSE, &error));
  g_assert_true (store_partial_get_state (profile->db, id, &state, &error));
  g_assert_cmpint (state, ==, STORE_PARTIAL_WHOLE);
  check_live (profile);
}

typedef struct
{
  StoreDb *db; /* another connection */
  Profile *profile;
  GBytes *body;
  guint came;
} Meanwhile;

/* Just before the parts are listed. */
static int
on_statement (unsigned int kind, void *user_data, void *statement, void *sql)
{
  Meanwhile *meanwhile = user_data;
  if (meanwhile->came == 0 && strstr (sqlite3_sql (statement), "number >= 0") != NULL) {
    StoreNewMessage message = { .uid = 1, .message_id = "<1@x>", .body = meanwhile->body };
    g_autoptr (GPtrArray) messages = g_ptr_array_new ();
    g_ptr_array_add (messages, &message);
    g_assert_true (
        store_message_add (meanwhile->db, meanwhile->profile->inbox, messages, NULL, NULL));
    meanwhile->came++;
  }
  return 0;
}

/* The whole comes by another connection between the bytes and the list of what they lack. */
static void
test_whole_meanwhile (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDb) other = store_connect (profile->store, &error);
  g_autoptr (GBytes) body = make_bytes (3, 9000);
  Meanwhile meanwhile = { .db = other, .profile = profile, .body = body };
  gint64 id = add_partial (profile, 1, 3000);

  sqlite3_trace_v2 (profile->db->sqlite, SQLITE_TRACE_STMT, on_statement, &meanwhile);
  g_assert_null (store_partial_get (profile->db, id, &error));
  sqlite3_trace_v2 (profile->db->sqlite, 0, NULL, NULL);
  g_assert_cmpuint (meanwhile.came, ==, 1);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_autoptr (GBytes) got = store_message_get_body (profile->db, id, NULL);
  g_assert_true (g_bytes_equal (got, body));
}

void
add_partial_tests (void)
{
  g_test_add_func ("/store/partial/no-parts", test_no_parts);
  g_test_add_func ("/store/partial/whole-meanwhile", test_whole_meanwhile);
  g_test_add_func ("/store/partial/life", test_life);
  g_test_add_func ("/store/partial/listed", test_listed);
  g_test_add_func ("/store/partial/damaged", test_damaged);
  g_test_add_func ("/store/partial/compact", test_compact);
  g_test_add_func ("/store/partial/copy", test_copy);
}
