/* The store as a whole: opening, damage, transactions, threads, the change record. */
#include "store-listing.h"
#include "store-thread.h"
#include "test-store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base-error.h"

static void
test_reopen (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 id = add_message (profile, profile->inbox, 1, 1, 0, NULL);
  gboolean rebuilt = TRUE;
  profile_reopen (profile, NULL, &rebuilt);
  g_assert_false (rebuilt);
  g_assert_cmpint (listed (profile, profile->inbox, 0), ==, id);

  g_autofree char *path = profile_path (profile, "mail.db");
  GStatBuf info;
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static guint
count_files (Profile *profile, const char *prefix)
{
  guint count = 0;
  g_autoptr (GDir) dir = g_dir_open (base_paths_get_data (profile->paths), 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    count += g_str_has_prefix (name, prefix);
  return count;
}

static void
check_rebuilt (Profile *profile)
{
  gboolean rebuilt = FALSE;
  profile_reopen (profile, NULL, &rebuilt);
  g_assert_true (rebuilt);
  g_assert_cmpuint (count_files (profile, "mail.db.damaged-"), >=, 1);
  profile_make_folders (profile);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 0);
  add_message (profile, profile->inbox, 1, 1, 0, "new body");
  profile_reopen (profile, NULL, &rebuilt);
  g_assert_false (rebuilt);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 1);
}

static void
test_no_database (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autofree char *path = profile_path (profile, "mail.db");
  add_message (profile, profile->inbox, 1, 1, 0, "body");
  profile_close (profile);
  g_assert_true (g_file_set_contents (
      path, "this is no database, but it is long enough to be looked at as one", -1, NULL));
  check_rebuilt (profile);
}

static void
test_damaged_start (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autofree char *path = profile_path (profile, "mail.db"), *content = NULL;
  gsize length;
  add_message (profile, profile->inbox, 1, 1, 0, "body");
  profile_close (profile);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  memset (content + 100, 0x5a, 3000);
  g_assert_true (g_file_set_contents (path, content, (gssize)length, NULL));
  check_rebuilt (profile);
}

/* A page further in: met while reading, set aside at the next start. */
static void
test_damaged_middle (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autofree char *path = profile_path (profile, "mail.db"), *content = NULL;
  gsize length;
  for (guint i = 1; i <= 300; i++)
    add_message (profile, profile->inbox, i, i, 0, NULL);
  profile_close (profile);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  /* every leaf that holds rows of the list; the roots that are looked at in opening stay as they
   * are */
  for (gsize page = 4096; page < length; page += 4096) {
    if (content[page] == 0x0a || content[page] == 0x0d)
      memset (content + page + 8, 0xff, 64);
  }
  g_assert_true (g_file_set_contents (path, content, (gssize)length, NULL));

  gboolean rebuilt = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) store = store_open (profile->paths, &rebuilt, &error);
  if (store != NULL && !rebuilt) {
    g_autoptr (StoreDb) db = store_connect (store, &error);
    g_autoptr (GArray) keys = store_message_list (db, profile->inbox, 0, 0, &error);
    g_assert_null (keys);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
    g_clear_error (&error);
    g_clear_pointer (&db, store_db_free);
    g_clear_pointer (&store, store_unref);
    check_rebuilt (profile);
  } else {
    g_assert_true (rebuilt);
  }
}

static void
test_newer (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  add_message (profile, profile->inbox, 1, 1, 0, NULL);
  g_assert_true (store_db_exec (profile->db, "PRAGMA user_version = 99", &error));
  profile_close (profile);
  gboolean rebuilt = FALSE;
  g_autoptr (Store) store = store_open (profile->paths, &rebuilt, &error);
  g_assert_null (store);
  g_assert_false (rebuilt);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_assert_cmpuint (count_files (profile, "mail.db.damaged-"), ==, 0);
}

/* A profile as the first version left it: brought up to date with all that is in it. */
static void
test_older (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = profile_path (profile, "mail.db"), *sql = NULL;
  g_autofree char *schema =
      g_test_build_filename (G_TEST_DIST, "..", "src", "store", "schema.sql", NULL);
  gboolean rebuilt = TRUE;
  sqlite3 *old = NULL;

  profile_close (profile);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (g_file_get_contents (schema, &sql, NULL, &error));
  g_assert_cmpint (sqlite3_open (path, &old), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (old, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (
          old,
          "PRAGMA user_version = 1; INSERT INTO account (id, name) VALUES (1, 'one');"
          "INSERT INTO folder (id, account, name, delimiter, role, selectable, uid_validity, in_step)"
          " VALUES (1, 1, 'INBOX', 47, 1, 1, 5, 1234);"
          "INSERT INTO message (folder, uid, flags, server_flags, received, date, size, "
          "has_attachments, has_body, message_id, hidden)"
          " VALUES (1, 7, 1, 1, 100, 100, 5, 0, 0, '<a@x>', 0), (1, 8, 8, 8, 99, 99, 70, 0, 0, NULL, 1),"
          " (1, 9, 1, 1, 98, 98, 9223372036854775807, 0, 0, NULL, 0),"
          " (1, 10, 1, 1, 97, 97, 9223372036854775807, 0, 0, NULL, 0);"
          "INSERT INTO operation (account, batch, kind, message, folder, uid, message_id, flags, "
          "adding) VALUES (1, 1, 0, 1, 1, 7, '<a@x>', 4, 1);",
          NULL, NULL, NULL),
      ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (old), ==, SQLITE_OK);

  profile_reopen (profile, NULL, &rebuilt);
  g_assert_false (rebuilt);
  g_autoptr (StoreFolder) inbox = store_folder_get (profile->db, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (inbox->uid_validity, ==, 5);
  g_assert_cmpuint (inbox->total, ==, 3);
  g_assert_cmpuint (inbox->size, ==, 5 + 2 * (G_GUINT64_CONSTANT (1) << 40));
  g_assert_cmpint (inbox->server_size, ==, -1);
  check_all_counts (profile);
  g_assert_cmpint (inbox->in_step, ==, 1234);
  g_assert_cmpint (inbox->in_step_by, ==, STORE_PROOF_NONE);
  g_assert_cmpuint (uid_of (profile, listed (profile, 1, 0)), ==, 7);
  g_assert_cmpstr (inbox->server_name, ==, "INBOX");
  g_assert_false (inbox->local);
  g_assert_true (inbox->subscribed);
  profile->account = 1;
  g_autoptr (GPtrArray) due = take (profile, 10);
  g_assert_cmpuint (due->len, ==, 1);
  const StoreOperation *operation = g_ptr_array_index (due, 0);
  g_assert_cmpstr (operation->folder_name, ==, "INBOX");
  g_assert_cmpuint (operation->uid, ==, 7);
  g_assert_cmpint (operation->step, ==, STORE_STEP_NONE);
  /* What is new works on it, and it is not done twice. */
  g_assert_true (store_folder_prove (profile->db, 1, STORE_PROOF_SELECT, 2345, &error));
  add_message (profile, 1, 11, 11, 0, NULL);
  check_all_counts (profile);
  profile_reopen (profile, NULL, &rebuilt);
  g_assert_false (rebuilt);
  g_autoptr (StoreFolder) again = store_folder_get (profile->db, 1, &error);
  g_assert_cmpint (again->in_step, ==, 2345);
}

/* ---- a large store from before conversations ---- */

#define BEFORE_CONVERSATIONS 13

static guint64 n_steps;

static int
count_steps (void *data)
{
  n_steps++;
  return 0;
}

/* Of each connection that is opened. */
static int
watch_connection (sqlite3 *db, const char **message, const struct sqlite3_api_routines *api)
{
  sqlite3_progress_handler (db, 100, count_steps, NULL);
  return SQLITE_OK;
}

static void
write_old_store (const char *path, guint rows)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *many = g_strdup_printf (
      "INSERT INTO account (id, name) VALUES (1, 'one');"
      "INSERT INTO folder (id, account, name, delimiter, role, selectable) VALUES (1, 1, 'INBOX', 47, 1, 1);"
      /* the newest first, as a first sync brings them */
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u) "
      "INSERT INTO message (folder, uid, flags, server_flags, received, date, size, has_attachments, "
      "has_body, message_id, reference_ids, hidden) "
      "SELECT 1, 1000000 - i, 1, 1, 1700000000 - i, 0, 5, 0, 0, '<' || i || '@x>', "
      "iif (i %% 2, '<' || (i + 1) || '@x>', NULL), 0 FROM n;"
      "PRAGMA user_version = %d; COMMIT",
      rows, BEFORE_CONVERSATIONS);
  sqlite3 *old = NULL;

  g_unlink (path);
  g_assert_cmpint (sqlite3_open (path, &old), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (old, "BEGIN", NULL, NULL, NULL), ==, SQLITE_OK);
  for (guint i = 1; i <= BEFORE_CONVERSATIONS; i++) {
    g_autofree char *name = i == 1 ? g_strdup ("schema.sql") : g_strdup_printf ("schema-%u.sql", i);
    g_autofree char *schema = g_test_build_filename (G_TEST_DIST, "..", "src", "store", name, NULL);
    g_autofree char *sql = NULL;

    g_assert_true (g_file_get_contents (schema, &sql, NULL, &error));
    g_assert_cmpint (sqlite3_exec (old, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  }
  g_assert_cmpint (sqlite3_exec (old, many, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (old), ==, SQLITE_OK);
}

/* As it is but for the order of indexes that have rows already, see schema-17.sql. */
static char *
dump_schema (StoreDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreQuery) query = store_db_query (
      db, &error,
      "SELECT group_concat (type || ' ' || name || ' ' || tbl_name || ' ' || "
      "replace (coalesce (sql, ''), iif (name IN ('message', 'message_bodyless', "
      "'message_place'), ' DESC', 'none'), ''), char (10)) FROM (SELECT * FROM sqlite_schema ORDER BY type, name)",
      STORE_NO_INTS);

  g_assert_cmpint (store_query_step (db, query, &error), ==, 1);
  return store_query_dup_text (query, 0);
}

static gint64
count_downwards (StoreDb *db)
{
  g_autoptr (GError) error = NULL;
  gint64 n = 0;

  g_assert_true (store_db_get_int (
      db, &n, &error,
      "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%UNIQUE (folder, uid DESC)%' "
      "OR sql LIKE '%(folder, uid DESC, size)%' OR sql LIKE '%(received DESC, size)%'",
      STORE_NO_INTS));
  return n;
}

static void
check_integrity (StoreDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreQuery) query =
      store_db_query (db, &error, "PRAGMA integrity_check", STORE_NO_INTS);
  g_autofree char *said = NULL;

  g_assert_cmpint (store_query_step (db, query, &error), ==, 1);
  said = store_query_dup_text (query, 0);
  g_assert_cmpstr (said, ==, "ok");
}

/* It opens in the same number of steps whatever it holds, its schema is that of a new one, and what stands at the top of the list is there first. */
static void
test_older_large (void)
{
  static const guint sizes[] = { 300, 12000 };
  guint64 spent[G_N_ELEMENTS (sizes)];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Profile) profile = profile_new ();
    g_autofree char *path = profile_path (profile, "mail.db"), *schema = dump_schema (profile->db);
    g_autofree char *made = NULL;
    const StoreListing listing = { .folder = 1, .conversations = TRUE };
    guint64 left = 0;

    g_assert_cmpint (count_downwards (profile->db), ==, 3);
    profile_close (profile);
    write_old_store (path, sizes[i]);
    n_steps = 0;
    sqlite3_auto_extension ((void (*) (void))watch_connection);
    profile_reopen (profile, NULL, NULL);
    sqlite3_cancel_auto_extension ((void (*) (void))watch_connection);
    spent[i] = n_steps;
    made = dump_schema (profile->db);
    g_assert_cmpstr (made, ==, schema);
    g_assert_cmpint (count_downwards (profile->db), ==, 0);
    check_integrity (profile->db);
    g_assert_true (store_thread_catch_up_newest (profile->db, 100, &error));
    g_autoptr (GArray) top = store_listing_read (profile->db, &listing, 0, 50, &error);
    g_assert_cmpuint (top->len, ==, 50);
    for (guint j = 0; j < top->len; j++)
      g_assert_cmpuint (g_array_index (top, StoreKey, j) >> 32, ==, 1700000000 - 1 - 2 * j);
    do
      g_assert_true (store_thread_catch_up (profile->db, 1000, &left, &error));
    while (left > 0);
    g_autoptr (GArray) all = store_listing_read (profile->db, &listing, 0, 0, &error);
    g_assert_cmpuint (all->len, ==, sizes[i] / 2);
    check_integrity (profile->db);
  }
  g_test_message ("%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT, spent[0], spent[1]);
  g_assert_cmpuint (spent[1], <, spent[0] * 3 / 2);
}

/* Files as a crash leaves them: copied while a transaction is half done. */
static void
test_crash (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  add_message (profile, profile->inbox, 1, 1, 0, "first");
  g_assert_true (store_db_begin (profile->db, FALSE, &error));
  add_message (profile, profile->inbox, 2, 2, 0, "second");

  g_autoptr (Profile) copy = profile_new ();
  profile_close (copy);
  g_autofree char *command = g_strdup_printf ("cp -a %s/. %s/", profile->folder, copy->folder);
  int status;
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, &error));
  g_assert_cmpint (status, ==, 0);

  gboolean rebuilt = TRUE;
  profile_reopen (copy, NULL, &rebuilt);
  g_assert_false (rebuilt);
  g_assert_cmpuint (count_listed (copy, profile->inbox), ==, 1);
  check_all_counts (copy);
  g_autoptr (GBytes) body =
      store_message_get_body (copy->db, listed (copy, profile->inbox, 0), &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "first", 5);

  g_assert_true (store_db_commit (profile->db, &error));
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 2);
}

static void
test_transaction (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (store_db_begin (profile->db, TRUE, &error));
  gint64 first = add_message (profile, profile->inbox, 1, 1, 0, "one");
  add_message (profile, profile->inbox, 2, 2, 0, "two");
  g_assert_cmpuint (profile->changes->len, ==, 0);
  g_assert_true (store_db_commit (profile->db, &error));
  g_assert_cmpuint (profile->changes->len, ==, 1);
  const StoreChange *change = g_ptr_array_index (profile->changes, 0);
  g_assert_null (part_of (change, profile->archive));
  const StoreFolderChange *messages = part_of (change, profile->inbox);
  g_assert_cmpuint (messages->added->len, ==, 2);
  g_assert_cmpint (STORE_KEY_ID (g_array_index (messages->added, StoreKey, 1)), ==, first);
  g_assert_cmpuint (change->counts->len, ==, 1);

  profile_forget_changes (profile);
  g_assert_true (store_db_begin (profile->db, FALSE, &error));
  add_message (profile, profile->inbox, 3, 3, 0, "three");
  store_db_rollback (profile->db);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 2);
  g_assert_cmpuint (profile->changes->len, ==, 0);
  check_all_counts (profile);

  /* A write that failed inside poisons the whole group. */
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_assert_true (store_db_begin (profile->db, FALSE, &error));
  add_message (profile, profile->inbox, 4, 4, 0, "four");
  g_assert_false (store_message_add (profile->db, 4711, none, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (store_db_commit (profile->db, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_assert_cmpuint (count_listed (profile, profile->inbox), ==, 2);

  /* And bodies go on being right after what was rolled back. */
  gint64 id = add_message (profile, profile->inbox, 5, 5, 0, "five");
  g_clear_error (&error);
  g_autoptr (GBytes) body = store_message_get_body (profile->db, id, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "five", 4);
}

static void
test_change_folding (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->inbox, 1, 1, 0, NULL);
  profile_forget_changes (profile);

  g_assert_true (store_db_begin (profile->db, TRUE, &error));
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->archive, &error), >, 0);
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->inbox, &error), >, 0);
  g_assert_true (store_db_commit (profile->db, &error));
  const StoreChange *change = g_ptr_array_index (profile->changes, 0);
  for (guint i = 0; i < change->messages->len; i++) {
    const StoreFolderChange *messages = g_ptr_array_index (change->messages, i);
    g_assert_cmpuint (messages->added->len, ==, 0);
    g_assert_cmpuint (messages->removed->len, ==, 0);
    g_assert_cmpuint (messages->changed->len, ==, messages->folder != profile->archive);
  }
}

typedef struct
{
  Store *store;
  gint64 folder;
  guint32 first;
} Writer;

static gpointer
write_many (gpointer data)
{
  Writer *writer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDb) db = store_connect (writer->store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 50; i++) {
    g_autoptr (GBytes) body = g_bytes_new_take (g_strdup_printf ("body %u", writer->first + i), 9);
    StoreNewMessage message = {
      .uid = writer->first + i, .received = 1000 + i, .size = 9, .body = body
    };
    g_autoptr (GPtrArray) messages = g_ptr_array_new ();
    g_ptr_array_add (messages, &message);
    g_assert_true (store_message_add (db, writer->folder, messages, NULL, &error));
    g_assert_no_error (error);
  }
  return NULL;
}

static void
count_changes (StoreChange *change, gpointer user_data)
{
  /* No lock: told one after the other. */
  ++*(guint *)user_data;
}

static void
test_threads (void)
{
  g_autoptr (Profile) profile = profile_new ();
  guint changes = 0;
  store_set_change_func (profile->store, count_changes, &changes);
  Writer writers[] = { { profile->store, profile->inbox, 1001 },
                       { profile->store, profile->inbox, 2001 },
                       { profile->store, profile->archive, 1001 } };
  GThread *threads[G_N_ELEMENTS (writers)];
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    threads[i] = g_thread_new ("writer", write_many, &writers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (changes, ==, 150);
  check_counts (profile, profile->inbox, 100, 100);
  check_counts (profile, profile->archive, 50, 50);
  check_all_counts (profile);
  for (guint i = 0; i < 100; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StoreMessage) message =
        store_message_get (profile->db, listed (profile, profile->inbox, i), &error);
    g_autofree char *expected = g_strdup_printf ("body %u", message->uid);
    g_autoptr (GBytes) body = store_message_get_body (profile->db, message->id, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), expected, 9);
  }
}

static gboolean
count_folders (StoreDb *db, guint *count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = store_folder_list (db, 0, &error);

  *count = folders != NULL ? folders->len : 0;
  g_assert_true (folders != NULL || g_error_matches (error, BASE_ERROR, BASE_ERROR_DISK));
  return folders != NULL;
}

/* A connection that never writes, on a disk that goes away and comes back. */
static void
test_reader_reopens (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDb) reader = store_connect (profile->store, &error);
  g_autofree char *away = profile_path (profile, "no/such/folder");
  char *path = profile->store->path;
  guint count = 0;

  g_assert_true (count_folders (reader, &count));
  g_assert_cmpuint (count, ==, 3);
  for (guint round = 0; round < 3; round++) {
    g_autoptr (StoreQuery) lent = store_db_query (reader, &error, "SELECT id FROM folder", NULL, 0);

    g_assert_cmpint (store_query_step (reader, lent, &error), ==, 1);
    store_db_set_error (reader, SQLITE_IOERR_READ, NULL);
    profile->store->path = away;
    g_assert_false (count_folders (reader, &count));
    profile->store->path = path;
    g_assert_true (count_folders (reader, &count));
    g_assert_cmpuint (count, ==, 3);
  }
}

static void
test_account (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (store_account_ensure (profile->db, "one", &error), ==, profile->account);
  gint64 other = store_account_ensure (profile->db, "two'; DROP TABLE message; --", &error);
  g_assert_cmpint (other, >, 0);
  g_assert_cmpint (other, !=, profile->account);

  gint64 id = add_message (profile, profile->inbox, 1, 1, 0, "body");
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, profile->archive, &error), >, 0);
  g_autofree char *bodies = profile_path (profile, "bodies/1");
  g_assert_true (g_file_test (bodies, G_FILE_TEST_IS_DIR));
  g_assert_true (store_account_remove (profile->db, profile->account, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (bodies, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, 0, &error);
  g_assert_cmpuint (folders->len, ==, 0);
  g_assert_null (store_message_get (profile->db, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);

  /* The same account again starts anew. */
  profile_make_folders (profile);
  id = add_message (profile, profile->inbox, 1, 1, 0, "again");
  g_clear_error (&error);
  g_autoptr (GBytes) body = store_message_get_body (profile->db, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 5);
}

/* Per account, and not known at first. */
static void
test_size_limit (void)
{
  g_autoptr (Profile) profile = profile_new ();
  gint64 other = store_account_ensure (profile->db, "two", NULL);
  guint64 limit = 1;

  g_assert_true (store_account_get_size_limit (profile->db, profile->account, &limit, NULL));
  g_assert_cmpuint (limit, ==, 0);
  g_assert_true (store_account_set_size_limit (profile->db, profile->account, 35882577, NULL));
  g_assert_true (store_account_set_size_limit (profile->db, other, G_MAXUINT64, NULL));
  profile_reopen (profile, NULL, NULL);
  g_assert_true (store_account_get_size_limit (profile->db, profile->account, &limit, NULL));
  g_assert_cmpuint (limit, ==, 35882577);
  g_assert_true (store_account_get_size_limit (profile->db, other, &limit, NULL));
  g_assert_cmpuint (limit, ==, G_MAXINT64);
  g_assert_true (store_account_get_size_limit (profile->db, 4711, &limit, NULL));
  g_assert_cmpuint (limit, ==, 0);
}

/* A small file system of its own, filled to the brim. */
static void
test_full_disk (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("sosik-full-XXXXXX", &error);
  g_assert_no_error (error);
  if (mount ("tmpfs", folder, "tmpfs", 0, "size=2m") != 0) {
    g_rmdir (folder);
    g_test_skip ("needs the right to mount");
    return;
  }
  g_autofree char *old_folder = NULL;
  {
    g_autoptr (Profile) profile = profile_new ();
    profile_close (profile);
    old_folder = g_steal_pointer (&profile->folder);
    g_clear_pointer (&profile->paths, base_paths_unref);
    profile->folder = g_strdup_printf ("%s/profile", folder);
    profile->paths = base_paths_new (profile->folder, &error);
    g_assert_no_error (error);
    profile_reopen (profile, NULL, NULL);
    profile_make_folders (profile);

    g_autofree char *large = g_strnfill (300000, 'x');
    g_autoptr (GBytes) body = g_bytes_new_static (large, 300000);
    guint stored = 0;
    for (guint32 uid = 1; uid < 20; uid++) {
      StoreNewMessage message = { .uid = uid, .received = uid, .size = 300000, .body = body };
      g_autoptr (GPtrArray) messages = g_ptr_array_new ();
      g_ptr_array_add (messages, &message);
      if (!store_message_add (profile->db, profile->inbox, messages, NULL, &error))
        break;
      stored++;
    }
    g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
    g_clear_error (&error);
    g_assert_cmpuint (stored, >, 0);
    g_assert_cmpuint (stored, <, 19);
    check_counts (profile, profile->inbox, stored, stored);

    /* Rows without bodies until SQLite itself has no room. */
    for (guint32 uid = 100; error == NULL && uid < 100000; uid++) {
      StoreNewMessage message = { .uid = uid, .received = uid, .subject = large };
      g_autoptr (GPtrArray) messages = g_ptr_array_new ();
      g_ptr_array_add (messages, &message);
      if (store_message_add (profile->db, profile->inbox, messages, NULL, &error))
        stored++;
    }
    g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
    g_clear_error (&error);
    check_counts (profile, profile->inbox, stored, stored);

    /* A draft that does not fit leaves the older one as it was. */
    g_autoptr (StoreDraft) draft = store_draft_new ();
    g_free (draft->text);
    draft->text = g_strnfill (3 << 20, 'y');
    g_assert_false (store_draft_save (profile->paths, draft, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
    g_clear_error (&error);

    profile_reopen (profile, NULL, NULL);
    check_all_counts (profile);
    g_autoptr (GArray) keys = store_message_list (profile->db, profile->inbox, 0, 0, &error);
    g_assert_cmpuint (keys->len, ==, stored);
    for (guint i = 0; i < keys->len; i++) {
      gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
      g_autoptr (StoreMessage) message = store_message_get (profile->db, id, &error);
      if (!message->has_body)
        continue;
      g_autoptr (GBytes) back = store_message_get_body (profile->db, id, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (back, body));
    }
  }
  g_assert_cmpint (umount2 (folder, MNT_DETACH), ==, 0);
  g_rmdir (folder);
  g_assert_true (base_paths_remove_tree (old_folder));
}

void
add_db_tests (void)
{
  g_test_add_func ("/store/db/reopen", test_reopen);
  g_test_add_func ("/store/db/reader-reopens", test_reader_reopens);
  g_test_add_func ("/store/db/no-database", test_no_database);
  g_test_add_func ("/store/db/damaged-start", test_damaged_start);
  g_test_add_func ("/store/db/damaged-middle", test_damaged_middle);
  g_test_add_func ("/store/db/newer", test_newer);
  g_test_add_func ("/store/db/older", test_older);
  g_test_add_func ("/store/db/older-large", test_older_large);
  g_test_add_func ("/store/db/crash", test_crash);
  g_test_add_func ("/store/db/transaction", test_transaction);
  g_test_add_func ("/store/db/change-folding", test_change_folding);
  g_test_add_func ("/store/db/threads", test_threads);
  g_test_add_func ("/store/db/account", test_account);
  g_test_add_func ("/store/db/size-limit", test_size_limit);
  g_test_add_func ("/store/db/full-disk", test_full_disk);
}
