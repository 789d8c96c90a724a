/* Rows: adding, completing, flags, removal, listing. */
#include "test-store.h"

#include "base-error.h"

/* The list came twice: what the server told the second time counts, under what is pending here. */
static void
test_add_flags_again (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StoreNewMessage new = { .uid = 7, .received = 1700000000, .size = 10, .message_id = "<1@x>" };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));

  g_ptr_array_add (messages, &new);
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, fresh, &error));
  gint64 id = STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
  g_assert_cmpint (
      store_operation_set_flags (profile->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error), >, 0);
  new.flags = STORE_FLAG_ANSWERED;
  new.has_flags = TRUE;
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
  g_assert_cmpuint (message->server_flags, ==, STORE_FLAG_ANSWERED);
  g_assert_cmpuint (message->flags, ==, STORE_FLAG_ANSWERED | STORE_FLAG_SEEN);
}

static void
test_add (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static ("whole", 5);
  StoreNewMessage new = { .uid = G_MAXUINT32,
                          .flags = STORE_FLAG_FLAGGED,
                          .received = 1700000000,
                          .date = -5,
                          .size = G_GUINT64_CONSTANT (5000000000),
                          .from_name = "홍길동",
                          .from_address = "hong@example.kr",
                          .to = "a@example.org, b@example.org",
                          .subject = "'; DROP TABLE message; -- \xff",
                          .message_id = "<1@x>",
                          .in_reply_to = "<0@x>",
                          .references = "<0@x> <00@x>" };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_ptr_array_add (messages, &new);
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, fresh, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fresh->len, ==, 1);
  gint64 id = STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));

  g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (message->uid, ==, G_MAXUINT32);
  g_assert_cmpint (message->account, ==, profile->account);
  g_assert_cmpint (message->date, ==, -5);
  g_assert_cmpuint (message->size, ==, 5000000000);
  g_assert_cmpstr (message->from_name, ==, "홍길동");
  g_assert_cmpstr (message->to, ==, "a@example.org, b@example.org");
  g_assert_cmpstr (message->subject, ==, "'; DROP TABLE message; -- \xef\xbf\xbd");
  g_assert_cmpstr (message->references, ==, "<0@x> <00@x>");
  g_assert_null (message->preview);
  g_assert_false (message->has_body);
  g_assert_null (store_message_get_body (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);

  /* The same UID again: gains, and its flags stay as they are. */
  new.flags = 0;
  new.preview = "first line";
  new.has_attachments = TRUE;
  new.body = body;
  profile_forget_changes (profile);
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, fresh, &error));
  g_assert_cmpuint (fresh->len, ==, 1);
  g_assert_cmpuint (profile->changes->len, ==, 1);
  g_autoptr (StoreMessage) full = store_message_get (profile->db, id, &error);
  g_assert_cmpstr (full->preview, ==, "first line");
  g_assert_true (full->has_attachments);
  g_assert_true (full->has_body);
  g_assert_cmpuint (full->flags, ==, STORE_FLAG_FLAGGED);
  g_autoptr (GBytes) back = store_message_get_body (profile->db, id, &error);
  g_assert_true (g_bytes_equal (back, body));

  /* And again: nothing to say. */
  profile_forget_changes (profile);
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  g_assert_cmpuint (profile->changes->len, ==, 0);

  g_assert_false (store_message_add (profile->db, 4711, messages, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  check_all_counts (profile);
}

static void
test_server_flags (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 5, 1, 0, NULL);
  g_assert_cmpint (store_operation_set_flags (profile->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  profile_forget_changes (profile);

  const StoreServerFlags said[] = { { 5, STORE_FLAG_ANSWERED }, { 99, STORE_FLAG_SEEN } };
  g_assert_true (store_message_set_server_flags (profile->db, profile->inbox, said, 2, &error));
  g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
  g_assert_cmpuint (message->server_flags, ==, STORE_FLAG_ANSWERED);
  g_assert_cmpuint (message->flags, ==, STORE_FLAG_ANSWERED | STORE_FLAG_SEEN);
  g_assert_cmpuint (profile->changes->len, ==, 1);
  g_assert_true (store_message_set_server_flags (profile->db, profile->inbox, said, 2, &error));
  g_assert_cmpuint (profile->changes->len, ==, 1);

  /* \Deleted by another client: not listed, not counted, and listed again when it is taken away. */
  const StoreServerFlags deleted = { 5, STORE_FLAG_DELETED }, again = { 5, 0 };
  g_assert_true (store_message_set_server_flags (profile->db, profile->inbox, &deleted, 1, &error));
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 0);
  check_counts (profile, profile->inbox, 0, 0);
  g_assert_true (store_message_set_server_flags (profile->db, profile->inbox, &again, 1, &error));
  check_counts (profile, profile->inbox, 1, 0);

  /* Also of one that is on its way to elsewhere. */
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->archive, &error), >, 0);
  const StoreServerFlags star = { 5, STORE_FLAG_FLAGGED };
  g_assert_true (store_message_set_server_flags (profile->db, profile->inbox, &star, 1, &error));
  g_autoptr (StoreMessage) moved = store_message_get (profile->db, id, &error);
  g_assert_cmpuint (moved->flags, ==, STORE_FLAG_FLAGGED | STORE_FLAG_SEEN);
}

static void
test_remove (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  for (guint i = 1; i <= 10; i++)
    add_message (profile, profile->inbox, i, i, i % 2 ? STORE_FLAG_SEEN : 0, "body");
  gint64 moved = listed (profile, profile->inbox, 7); /* uid 3 */
  g_assert_cmpint (store_operation_move (profile->db, &moved, 1, profile->archive, &error), >, 0);
  gint64 begun = listed (profile, profile->inbox, 7); /* uid 2 */
  g_autoptr (BaseUidSet) uids = store_message_get_uids (profile->db, profile->inbox, &error);
  g_autofree char *text = base_uid_set_to_string (uids);
  g_assert_cmpstr (text, ==, "1:10");

  g_autoptr (BaseUidSet) set = base_uid_set_parse ("3:6,9,100:4294967295");
  g_assert_true (store_message_remove (profile->db, profile->inbox, set, &error));
  g_assert_no_error (error);
  check_counts (profile, profile->inbox, 5, 3);
  check_counts (profile, profile->archive, 0, 0); /* it was gone before it could be moved */
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);

  /* Once begun, the MOVE itself may be why the UID is gone. */
  g_assert_cmpint (store_operation_move (profile->db, &begun, 1, profile->archive, &error), >, 0);
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_autoptr (BaseUidSet) all = base_uid_set_parse ("1:10");
  g_assert_true (store_message_remove (profile->db, profile->inbox, all, &error));
  check_counts (profile, profile->inbox, 0, 0);
  check_counts (profile, profile->archive, 1, 1);
  done (profile, due, 2, 50);
  g_assert_cmpuint (uid_of (profile, begun), ==, 50);
  check_all_counts (profile);
}

static void
test_without_body (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  for (guint i = 1; i <= 5; i++)
    add_message (profile, profile->inbox, i, i, 0, i == 4 ? "here" : NULL);
  g_autoptr (GArray) uids =
      store_message_get_uids_without_body (profile->db, profile->inbox, 3, 0, 0, &error);
  g_assert_cmpuint (uids->len, ==, 3);
  g_assert_cmpuint (g_array_index (uids, guint32, 0), ==, 5);
  g_assert_cmpuint (g_array_index (uids, guint32, 1), ==, 3);
  g_autoptr (GArray) small =
      store_message_get_uids_without_body (profile->db, profile->inbox, 100, 1002, 0, &error);
  g_assert_cmpuint (small->len, ==, 2);
  /* Received at 1700000000 + number. */
  g_autoptr (GArray) late =
      store_message_get_uids_without_body (profile->db, profile->inbox, 100, 0, 1700000003, &error);
  g_assert_cmpuint (late->len, ==, 2);
  guint64 count = 0;
  g_assert_true (store_message_count_uids (profile->db, profile->inbox, &count, &error));
  g_autoptr (BaseUidSet) all = store_message_get_uids (profile->db, profile->inbox, &error);
  g_assert_cmpuint (count, ==, base_uid_set_count (all));
}

static void
test_list (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const gint64 times[] = { 100, 50, 100, 200, -3, G_MAXINT64, 0 };
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
    message->uid = i + 1;
    message->received = times[i];
    g_ptr_array_add (messages, message);
  }
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  g_autoptr (GArray) keys = store_message_list (profile->db, profile->inbox, 0, 0, &error);
  g_assert_cmpuint (keys->len, ==, G_N_ELEMENTS (times));
  const guint32 order[] = { 6, 4, 3, 1, 2, 7, 5 };
  for (guint i = 0; i < keys->len; i++)
    g_assert_cmpuint (uid_of (profile, STORE_KEY_ID (g_array_index (keys, StoreKey, i))), ==,
                      order[i]);
  /* By pages of every size: the same list. */
  for (guint size = 1; size <= keys->len; size++) {
    g_autoptr (GArray) pages = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    StoreKey before = 0;
    for (;;) {
      g_autoptr (GArray) page =
          store_message_list (profile->db, profile->inbox, before, size, &error);
      if (page->len == 0)
        break;
      g_array_append_vals (pages, page->data, page->len);
      before = g_array_index (page, StoreKey, page->len - 1);
    }
    g_assert_cmpmem (pages->data, pages->len * sizeof (StoreKey), keys->data,
                     keys->len * sizeof (StoreKey));
  }
  const gint64 ids[] = { listed (profile, profile->inbox, 2), 4711,
                         listed (profile, profile->inbox, 0) };
  g_autoptr (GPtrArray) rows = store_message_get_rows (profile->db, ids, 3, &error);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpuint (((StoreMessage *)g_ptr_array_index (rows, 0))->uid, ==, 3);
  g_assert_null (g_ptr_array_index (rows, 1));
}

/* The lists and lookups of every day are read from an index: never a walk over the table, never
 * a sort. */
static void
test_plans (void)
{
  g_autoptr (Profile) profile = profile_new ();
  static const struct
  {
    const char *sql, *wanted;
  } plans[] = {
    { "EXPLAIN QUERY PLAN SELECT received, id FROM message WHERE folder = ?1 AND hidden = 0 "
      "AND (received, id) < (?3, ?4) ORDER BY received DESC, id DESC LIMIT ?2",
      "COVERING INDEX message_list" },
    { "EXPLAIN QUERY PLAN SELECT uid FROM message WHERE folder = ?1 AND has_body = 0 AND uid IS "
      "NOT NULL "
      "AND size <= ?3 ORDER BY uid DESC LIMIT ?2",
      "INDEX message_bodyless" },
    { "EXPLAIN QUERY PLAN SELECT id FROM message AS m INDEXED BY message_adoptable "
      "WHERE folder = ?1 AND uid IS NULL AND message_id IS ?4 "
      "ORDER BY size <> ?2, id LIMIT 1",
      "INDEX message_adoptable (folder=? AND message_id=?)" },
    { "EXPLAIN QUERY PLAN SELECT uid FROM message WHERE folder = ?1 AND uid IS NOT NULL ORDER BY "
      "uid",
      "COVERING INDEX sqlite_autoindex_message_1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StoreQuery) query =
        store_db_query (profile->db, &error, plans[i].sql, STORE_NO_INTS);
    g_assert_no_error (error);
    g_assert_cmpint (store_query_step (profile->db, query, &error), ==, 1);
    g_autofree char *plan = store_query_dup_text (query, 3);
    if (strstr (plan, plans[i].wanted) == NULL)
      g_error ("plan is: %s", plan);
    if (i < 2)
      g_assert_cmpint (store_query_step (profile->db, query, &error), ==,
                       0); /* no sort behind it */
  }
}

static gint64
add_many (Profile *profile, gint64 folder, guint count)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < count;) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GStringChunk) strings = g_string_chunk_new (65536);
    g_ptr_array_set_size (messages, 0);
    for (guint end = MIN (i + 500, count); i < end; i++) {
      StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
      g_autofree char *id = g_strdup_printf ("<%u.%u@mail.example.org>", i, i * 7919);
      *message =
          (StoreNewMessage){ .uid = count - i,
                             .received = 1700000000 - i,
                             .date = 1700000000 - i,
                             .size = 30000,
                             .flags = i % 3 ? STORE_FLAG_SEEN : 0,
                             .from_name = "A Person of Some Length",
                             .from_address = "person@example.org",
                             .to = "someone.else@example.org",
                             .subject =
                                 "A subject of the usual length, about sixty characters or so",
                             .message_id = g_string_chunk_insert (strings, id) };
      g_ptr_array_add (messages, message);
    }
    g_assert_true (store_message_add (profile->db, folder, messages, NULL, &error));
    g_assert_no_error (error);
  }
  return g_get_monotonic_time () - start;
}

/* 100,000 rows: right, and printed how fast; timed tests are for the benchmarks. */
static void
test_large (void)
{
  guint count = g_test_perf () ? 100000 : 10000;
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 adding = add_many (profile, profile->inbox, count);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GArray) keys = store_message_list (profile->db, profile->inbox, 0, 0, &error);
  gint64 listing = g_get_monotonic_time () - start;
  g_assert_cmpuint (keys->len, ==, count);
  check_counts (profile, profile->inbox, count, (count + 2) / 3);

  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < 64; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, count / 2 + i));
    g_array_append_val (ids, id);
  }
  start = g_get_monotonic_time ();
  g_autoptr (GPtrArray) rows =
      store_message_get_rows (profile->db, (gint64 *)ids->data, 64, &error);
  gint64 page = g_get_monotonic_time () - start;
  g_assert_cmpuint (rows->len, ==, 64);
  g_test_message ("%u rows: adding %.0f rows/s, listing %.1f ms, a page of 64 in %.2f ms", count,
                  count * 1e6 / (double)adding, (double)listing / 1000, (double)page / 1000);
}

/* After the loss of the database a row id may name another message. */
static void
test_find (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 one = add_message (profile, profile->inbox, 1, 1, 0, NULL);
  gint64 two = add_message (profile, profile->archive, 2, 2, 0, NULL);
  const struct
  {
    gint64 hint;
    const char *message_id;
    gint64 found;
  } cases[] = {
    { one, "<1@example.org>", one },
    { two, " <1@example.org> (words)", one },
    { 4711, "<2@example.org>", two },
    { one, "<none@example.org>", 0 },
    { one, NULL, 0 },
    { one, "no id", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 id = -1;
    g_assert_true (
        store_message_find (profile->db, "one", cases[i].hint, cases[i].message_id, &id, &error));
    g_assert_no_error (error);
    g_assert_cmpint (id, ==, cases[i].found);
  }
}

/* First lines of text that have yet to come: from the newest on, as far as was said. */
static void
test_without_text (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StoreNewMessage told = { .uid = 3, .preview = "" };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();

  for (guint i = 1; i <= 6; i++)
    add_message (profile, profile->inbox, i, i, 0, i == 2 ? "body" : NULL);
  g_ptr_array_add (messages, &told);
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  g_autoptr (GArray) uids =
      store_message_get_uids_without_text (profile->db, profile->inbox, 6, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (uids->len, ==, 3);
  g_assert_cmpuint (g_array_index (uids, guint32, 0), ==, 5);
  g_assert_cmpuint (g_array_index (uids, guint32, 1), ==, 4);
  g_assert_cmpuint (g_array_index (uids, guint32, 2), ==, 1);
  g_autoptr (GArray) one =
      store_message_get_uids_without_text (profile->db, profile->inbox, 7, 1, &error);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpuint (g_array_index (one, guint32, 0), ==, 6);

  g_assert_true (store_folder_set_text_below (profile->db, profile->inbox, 6, &error));
  {
    g_autoptr (StoreFolder) folder = store_folder_get (profile->db, profile->inbox, &error);
    g_assert_cmpuint (folder->text_below, ==, 6);
  }
  g_assert_true (store_folder_reset (profile->db, profile->inbox, &error));
  g_autoptr (StoreFolder) folder = store_folder_get (profile->db, profile->inbox, &error);
  g_assert_cmpuint (folder->text_below, ==, 0);
}

/* The same number twice in one answer, new both times. */
static void
test_add_twice_at_once (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StoreNewMessage first = { .uid = 7, .received = 5, .message_id = "<1@x>" };
  StoreNewMessage second = { .uid = 7, .received = 5, .message_id = "<1@x>", .preview = "seen" };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();

  g_ptr_array_add (messages, &first);
  g_ptr_array_add (messages, &second);
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  g_assert_no_error (error);
  check_counts (profile, profile->inbox, 1, 1);
  g_autoptr (StoreMessage) row =
      store_message_get (profile->db, listed (profile, profile->inbox, 0), &error);
  g_assert_cmpstr (row->preview, ==, "seen");
}

void
add_message_tests (void)
{
  g_test_add_func ("/store/message/find", test_find);
  g_test_add_func ("/store/message/add", test_add);
  g_test_add_func ("/store/message/server-flags", test_server_flags);
  g_test_add_func ("/store/message/remove", test_remove);
  g_test_add_func ("/store/message/without-body", test_without_body);
  g_test_add_func ("/store/message/without-text", test_without_text);
  g_test_add_func ("/store/message/twice-at-once", test_add_twice_at_once);
  g_test_add_func ("/store/message/list", test_list);
  g_test_add_func ("/store/message/plans", test_plans);
  g_test_add_func ("/store/message/add-flags-again", test_add_flags_again);
  g_test_add_func ("/store/message/large", test_large);
}
