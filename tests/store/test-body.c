/* Message bytes: whole or not at all. */
#include "test-store.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "base-error.h"

static char *
make_text (guint number, gsize length)
{
  char *text = g_malloc (length + 1);
  for (gsize i = 0; i < length; i++)
    text[i] = (char)('a' + (i * 7 + number * 13 + i / 251) % 26);
  text[length] = '\0';
  return text;
}

static gint64
add_body (Profile *profile, guint number, gsize length)
{
  g_autofree char *text = make_text (number, length);
  return add_message (profile, profile->inbox, number, number, 0, text);
}

static void
check_body (Profile *profile, gint64 id, guint number, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = make_text (number, length);
  g_autoptr (GBytes) body = store_message_get_body (profile->db, id, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), text, length);
}

static void
check_gone (Profile *profile, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (store_message_get_body (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
  g_assert_false (message->has_body);
}

static void
test_checksum (void)
{
  guint8 data[140];
  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8)(i * 37);
  for (gsize length = 0; length <= sizeof data; length++) {
    guint64 sum = store_body_checksum (data, length);
    g_assert_cmpuint (sum, ==, store_body_checksum (data, length));
    for (gsize bit = 0; bit < length * 8; bit++) {
      data[bit / 8] ^= (guint8)(1 << bit % 8);
      g_assert_cmpuint (store_body_checksum (data, length), !=, sum);
      data[bit / 8] ^= (guint8)(1 << bit % 8);
    }
    if (length > 0)
      g_assert_cmpuint (store_body_checksum (data, length - 1), !=, sum);
  }
  /* Holes of other lengths are other holes. */
  guint8 zeros[164] = { 0 };
  for (gsize length = 1; length < sizeof zeros; length++)
    g_assert_cmpuint (store_body_checksum (zeros, length), !=,
                      store_body_checksum (zeros, length - 1));
}

/* As the first versions summed. */
static guint64
sum_in_one_row (const char *text, gsize length)
{
  guint64 sum = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ length;
  for (gsize at = 0; at <= length; at += 8) {
    guint64 word = 0;
    for (gsize i = 0; i < 8 && at + i < length; i++)
      word |= (guint64)(guint8)text[at + i] << (8 * i);
    sum = (sum ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
    sum ^= sum >> (at + 8 <= length ? 29 : 32);
  }
  return sum;
}

static void
test_old_checksum (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  for (guint i = 1; i <= 2; i++) {
    gsize length = 990 + 2 * i;
    gint64 id = add_body (profile, i, length);
    g_autofree char *text = make_text (i, length);
    guint64 sum = sum_in_one_row (text, length);
    g_assert_true (store_db_run (profile->db, &error,
                                 "UPDATE body SET checksum = ?2 WHERE message = ?1",
                                 STORE_INTS (id, (gint64)sum)));
    check_body (profile, id, i, length);
    g_assert_true (store_db_run (profile->db, &error,
                                 "UPDATE body SET checksum = ?2 WHERE message = ?1",
                                 STORE_INTS (id, (gint64)sum + 1)));
    g_autoptr (GBytes) bytes = store_message_get_body (profile->db, id, &error);
    g_assert_null (bytes);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    g_clear_error (&error);
  }
}

static void
test_sizes (void)
{
  g_autoptr (Profile) profile = profile_new ();
  const gsize sizes[] = { 0, 1, 7, 8, 9, 4095, 4096, 131071, 131072, 131073, 3000000 };
  gint64 ids[G_N_ELEMENTS (sizes)];
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    ids[i] = add_body (profile, i + 1, sizes[i]);
  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      check_body (profile, ids[i], i + 1, sizes[i]);
    profile_reopen (profile, NULL, NULL);
  }
}

static void
test_torn_tail (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 first = add_body (profile, 1, 1000);
  profile_close (profile);
  g_autofree char *path = profile_path (profile, "bodies/1/1.pack");
  g_autofree char *stranger = profile_path (profile, "bodies/1/9.pack");
  g_autofree char *other = profile_path (profile, "bodies/77");
  g_autofree char *content = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpuint (length, ==, 1000);
  g_autofree char *torn = g_strconcat (content, "half a mess", NULL);
  g_assert_true (g_file_set_contents (path, torn, -1, NULL));
  g_assert_true (g_file_set_contents (stranger, "x", 1, NULL));
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);

  profile_reopen (profile, NULL, NULL);
  GStatBuf info;
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 1000);
  g_assert_false (g_file_test (stranger, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  gint64 second = add_body (profile, 2, 500);
  check_body (profile, first, 1, 1000);
  check_body (profile, second, 2, 500);
}

/* A power cut took the end of the file, though the rows were committed: fetched again, at every
 * length. */
static void
test_short_file (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 first = add_body (profile, 1, 10);
  gint64 second = add_body (profile, 2, 10);
  g_autofree char *path = profile_path (profile, "bodies/1/1.pack");
  for (int length = 19; length >= 0; length--) {
    profile_close (profile);
    g_assert_cmpint (truncate (path, length), ==, 0);
    profile_reopen (profile, NULL, NULL);
    check_gone (profile, second);
    if (length >= 10)
      check_body (profile, first, 1, 10);
    else
      check_gone (profile, first);
    /* The server gives it once more. */
    add_body (profile, 2, 10);
    check_body (profile, second, 2, 10);
    if (length < 10)
      break;
  }
}

static void
test_wrong_bytes (void)
{
  const gsize sizes[] = { 100, 200000 };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Profile) profile = profile_new ();
    gint64 id = add_body (profile, 1, sizes[i]);
    gint64 other = add_body (profile, 2, sizes[i]);
    g_autofree char *path = profile_path (profile, "bodies/1/1.pack"), *content = NULL;
    gsize length;
    g_assert_true (g_file_get_contents (path, &content, &length, NULL));
    content[sizes[i] / 2] ^= 1;
    g_assert_true (g_file_set_contents (path, content, (gssize)length, NULL));
    profile_forget_changes (profile);
    check_gone (profile, id);
    g_assert_cmpuint (profile->changes->len, ==, 1);
    check_body (profile, other, 2, sizes[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) missing =
        store_message_get_uids_without_body (profile->db, profile->inbox, 9, 0, 0, &error);
    g_assert_cmpuint (missing->len, ==, 1);
  }
}

static void
test_lost_file (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 id = add_body (profile, 1, 100);
  profile_close (profile);
  g_autofree char *path = profile_path (profile, "bodies/1/1.pack");
  g_assert_cmpint (g_unlink (path), ==, 0);
  profile_reopen (profile, NULL, NULL);
  check_gone (profile, id);
  add_body (profile, 1, 100);
  check_body (profile, id, 1, 100);
}

static guint
count_packs (Profile *profile)
{
  g_autofree char *folder = profile_path (profile, "bodies/1");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
test_compact (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const StoreLimits limits = {
    .pack_size = 10000, .compact_size = 2000, .compact_budget = 4000, .recent_links = 3
  };
  profile_reopen (profile, &limits, NULL);
  gint64 ids[41];
  for (guint i = 1; i <= 40; i++)
    ids[i] = add_body (profile, i, 1000 + i);
  g_assert_cmpuint (count_packs (profile), ==, 4);

  /* Read while it is thrown away: stays what it was. */
  g_autoptr (GBytes) held = store_message_get_body (profile->db, ids[1], &error);
  g_autoptr (BaseUidSet) gone = base_uid_set_parse ("1:10,12:18,22:27");
  g_assert_true (store_message_remove (profile->db, profile->inbox, gone, &error));
  for (guint round = 0; round < 6; round++) {
    profile_reopen (profile, &limits, NULL);
    for (guint i = 1; i <= 40; i++) {
      if (!base_uid_set_contains (gone, i))
        check_body (profile, ids[i], i, 1000 + i);
    }
    /* The first is empty and goes at once; the others give up what they have by and by. */
    g_assert_cmpuint (count_packs (profile), <=, 4);
  }
  g_assert_cmpuint (count_packs (profile), <, 4);
  gint64 live = 0, expected = 0;
  g_assert_true (
      store_db_get_int (profile->db, &live, &error, "SELECT sum(live) FROM pack", STORE_NO_INTS));
  g_assert_true (store_db_get_int (profile->db, &expected, &error, "SELECT sum(length) FROM body",
                                   STORE_NO_INTS));
  g_assert_cmpint (live, ==, expected);
  g_autofree char *text = make_text (1, 1001);
  g_assert_cmpmem (g_bytes_get_data (held, NULL), g_bytes_get_size (held), text, 1001);

  g_autoptr (BaseUidSet) all = base_uid_set_parse ("1:40");
  g_assert_true (store_message_remove (profile->db, profile->inbox, all, &error));
  profile_reopen (profile, &limits, NULL);
  g_assert_cmpuint (count_packs (profile), ==, 0);
}

/* Bytes that several rows name count once, and move once. */
static void
test_compact_shared (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const StoreLimits limits = { 1000000, 2000, 1000000, 7, 0 };
  gint64 ids[11], live = 0, rows = 0;
  g_autoptr (BaseUidSet) gone = base_uid_set_parse ("1:6");
  g_autofree char *one = profile_path (profile, "bodies/1/2.pack");
  GStatBuf info;

  profile_reopen (profile, &limits, NULL);
  for (guint i = 1; i <= 10; i++)
    ids[i] = add_body (profile, i, 1000);
  g_assert_cmpint (store_operation_copy (profile->db, &ids[10], 1, profile->archive, &error), >, 0);
  g_assert_cmpint (store_operation_copy (profile->db, &ids[10], 1, profile->sent, &error), >, 0);
  g_assert_true (
      store_db_get_int (profile->db, &live, &error, "SELECT live FROM pack", STORE_NO_INTS));
  g_assert_cmpint (live, ==, 10000);

  g_assert_true (store_message_remove (profile->db, profile->inbox, gone, &error));
  profile_reopen (profile, &limits, NULL);
  g_assert_cmpuint (count_packs (profile), ==, 1);
  g_assert_cmpint (g_stat (one, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 4000);
  g_assert_true (
      store_db_get_int (profile->db, &live, &error, "SELECT live FROM pack", STORE_NO_INTS));
  g_assert_cmpint (live, ==, 4000);
  for (guint i = 7; i <= 10; i++)
    check_body (profile, ids[i], i, 1000);
  check_body (profile, listed (profile, profile->archive, 0), 10, 1000);
  check_body (profile, listed (profile, profile->sent, 0), 10, 1000);
  g_assert_true (store_db_get_int (profile->db, &rows, &error,
                                   "SELECT count(*) FROM body WHERE offset = 3000", STORE_NO_INTS));
  g_assert_cmpint (rows, ==, 3);

  /* They are live as long as one of them is there. */
  g_autoptr (BaseUidSet) all = base_uid_set_parse ("1:10");
  g_assert_true (store_message_remove (profile->db, profile->inbox, all, &error));
  g_assert_true (
      store_db_get_int (profile->db, &live, &error, "SELECT live FROM pack", STORE_NO_INTS));
  g_assert_cmpint (live, ==, 1000);
}

/* The very first pack is begun in a transaction that comes to nothing. */
static void
test_rolled_back (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  for (guint round = 0; round < 2; round++) {
    g_assert_true (store_db_begin (profile->db, FALSE, &error));
    add_body (profile, 1, 1000);
    store_db_rollback (profile->db);
    gint64 id = add_body (profile, 2 + round, 500);
    check_body (profile, id, 2 + round, 500);
  }
  g_autofree char *path = profile_path (profile, "bodies/1/1.pack");
  GStatBuf info;
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 1000);
}

void
add_body_tests (void)
{
  g_test_add_func ("/store/body/rolled-back", test_rolled_back);
  g_test_add_func ("/store/body/checksum", test_checksum);
  g_test_add_func ("/store/body/old-checksum", test_old_checksum);
  g_test_add_func ("/store/body/sizes", test_sizes);
  g_test_add_func ("/store/body/torn-tail", test_torn_tail);
  g_test_add_func ("/store/body/short-file", test_short_file);
  g_test_add_func ("/store/body/wrong-bytes", test_wrong_bytes);
  g_test_add_func ("/store/body/lost-file", test_lost_file);
  g_test_add_func ("/store/body/compact", test_compact);
  g_test_add_func ("/store/body/compact-shared", test_compact_shared);
}
