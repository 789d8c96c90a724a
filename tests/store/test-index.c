/* The index of words as a file: killed, full, damaged, another's; and what searching makes of mail that is not in it. */
#include "test-store.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base-error.h"
#include "store-index.h"
#include "store-search.h"

#define NOW      1700000000
#define N_KILLED 400

static gint64
add_mail (Profile *profile, gint64 folder, gint64 received, const char *subject, const char *id)
{
  static guint32 uid = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  StoreNewMessage message = { .uid = ++uid,
                              .received = received,
                              .date = received,
                              .size = 100,
                              .from_name = "김민우",
                              .from_address = "minwoo@x.example",
                              .subject = subject,
                              .message_id = id,
                              .preview = "" };

  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (profile->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

/* Its row, and this text. */
static gboolean
put (StoreDb *db, StoreIndex *index, gint64 id, const char *body, const char *quoted,
     GError **error)
{
  g_autoptr (StoreMessage) row = store_message_get (db, id, error);
  StoreIndexText texts[STORE_INDEX_ROW_TEXTS + 2];
  StoreIndexDoc doc = { id, row, STORE_INDEX_WHOLE, texts, 0 };

  g_assert_nonnull (row);
  doc.n_texts = store_index_list_row_texts (row, texts);
  texts[doc.n_texts++] = (StoreIndexText){ BASE_SECTION_BODY, body, strlen (body) };
  if (quoted != NULL)
    texts[doc.n_texts++] = (StoreIndexText){ BASE_SECTION_QUOTED, quoted, strlen (quoted) };
  return store_index_add (index, &doc, 1, NULL, error);
}

static void
set_mark (StoreIndex *index, gint64 seen, gint64 rows, gint64 texts)
{
  const StoreIndexMark mark = { seen, rows, texts };
  g_autoptr (GError) error = NULL;

  g_assert_true (store_index_add (index, NULL, 0, &mark, &error));
  g_assert_no_error (error);
}

/* Ids of the hits in their order, "3 1 2". */
static char *
find (Profile *profile, const char *typed, gint64 folder, StoreSearchOrder order)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);
  const StoreSearchScope scope = { .folder = folder, .order = order };
  g_autoptr (StoreSearch) search = store_search_new (profile->db, query, &scope, &error);
  g_autoptr (GArray) hits = store_search_next (search, 100, NULL, &error);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < hits->len; i++)
    g_string_append_printf (found, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                            g_array_index (hits, StoreHit, i).message);
  return g_string_free (g_steal_pointer (&found), FALSE);
}

static void
check (Profile *profile, const char *typed, const char *expected)
{
  g_autofree char *found = find (profile, typed, 0, STORE_SEARCH_NEWEST);

  g_assert_cmpstr (found, ==, expected);
}

static StoreIndex *
open_index (Profile *profile, gboolean expect_anew)
{
  g_autoptr (GError) error = NULL;
  gboolean anew = !expect_anew;
  StoreIndex *index = store_index_open (profile->db, &anew, &error);

  g_assert_no_error (error);
  g_assert_true (anew == expect_anew);
  return index;
}

/* ---- order and scope ---- */

static void
test_unindexed (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 5; i++) /* ids 1 to 5, the last is the newest */
    g_assert_cmpint (add_mail (profile, profile->inbox, NOW + i, "보고서", NULL), ==, i);
  check (profile, "고서", "5 4 3 2 1"); /* there is no index at all */
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  check (profile, "고서", "5 4 3 2 1");
  g_assert_true (put (profile->db, index, 3, "본문입니다", NULL, &error));
  g_assert_true (put (profile->db, index, 4, "본문입니다", NULL, &error));
  set_mark (index, 4, NOW + 2, NOW + 2); /* 1 and 2 are still to come, 5 came since */
  check (profile, "고서", "5 4 3 2 1");
  check (profile, "고서 본문", "4 3");
  check (profile, "-본문", "5 2 1");
  check (profile, "ㄱㅁㅇ 고서", "5 4 3 2 1");
  /* It leaves mail.db, and is not found from then on; the index is told later. */
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  base_uid_set_add (uids, uid_of (profile, 3));
  g_assert_true (store_message_remove (profile->db, profile->inbox, uids, &error));
  check (profile, "고서 본문", "4");
  g_autoptr (GArray) tasks = store_index_list_tasks (index, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tasks->len, ==, 4);
  g_assert_true (g_array_index (tasks, StoreIndexTask, 0).is_gone);
  g_assert_cmpint (g_array_index (tasks, StoreIndexTask, 0).message, ==, 3);
  g_assert_cmpint (g_array_index (tasks, StoreIndexTask, 1).message, ==, 5);
  StoreIndexDoc gone = { .message = 3 };
  g_assert_true (store_index_add (index, &gone, 1, NULL, &error));
  check (profile, "고서 본문", "4");
}

static void
test_order (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  g_autofree char *best = NULL, *here = NULL;

  add_mail (profile, profile->inbox, NOW + 1, "dragon", "<1@x>");
  add_mail (profile, profile->inbox, NOW + 2, "x", "<2@x>");
  add_mail (profile, profile->archive, NOW + 3, "x", "<3@x>");
  add_mail (profile, profile->archive, NOW + 1, "dragon", "<1@x>"); /* a copy */
  g_assert_true (put (profile->db, index, 1, "nothing", NULL, &error));
  g_assert_true (put (profile->db, index, 2, "a dragon", NULL, &error));
  g_assert_true (put (profile->db, index, 3, "none", "> a dragon", &error));
  g_assert_true (put (profile->db, index, 4, "nothing", NULL, &error));
  set_mark (index, 4, -1, -1);
  check (profile, "dragon", "3 2 4");
  check (profile, "dragon in:archive", "3 4");
  best = find (profile, "dragon", 0, STORE_SEARCH_BEST);
  g_assert_cmpstr (best, ==, "4 2 3");
  here = find (profile, "dragon", profile->inbox, STORE_SEARCH_NEWEST);
  g_assert_cmpstr (here, ==, "2 1");
}

static void
test_excerpt (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  g_autoptr (BaseQuery) query = base_query_parse ("cafe 메일", NOW);
  const StoreSearchScope scope = { 0 };
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (StoreRange));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add_mail (profile, profile->inbox, NOW, "x", NULL);
  g_assert_true (put (profile->db, index, 1, "Au\nCafé, 이메일을 보냄", NULL, &error));
  set_mark (index, 1, -1, -1);
  g_autoptr (StoreSearch) search = store_search_new (profile->db, query, &scope, &error);
  g_autofree char *line = store_search_dup_excerpt (search, 1, ranges);
  g_assert_cmpstr (line, ==, "Au Café, 이메일을 보냄");
  g_assert_cmpuint (ranges->len, ==, 2);
  const StoreRange *first = &g_array_index (ranges, StoreRange, 0), *second = first + 1;
  g_assert_true (strncmp (line + first->start, "Café", first->end - first->start) == 0);
  g_assert_true (strncmp (line + second->start, "메일", second->end - second->start) == 0);
  g_cancellable_cancel (cancellable);
  g_assert_null (store_search_next (search, 10, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* In its own thread: at some moment of the search. */
static gpointer
cancel_soon (gpointer data)
{
  g_usleep ((gulong)g_random_int_range (0, 3000));
  g_cancellable_cancel (data);
  return NULL;
}

/* Each key that is pressed calls off what was asked before: that is no damage, whenever it happens. */
static void
test_cancelled (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  g_autoptr (BaseQuery) query = base_query_parse ("harbour", NOW);
  g_autofree char *path = g_build_filename (profile->folder, "data", "search.db", NULL);
  g_autofree char *marker = g_strconcat (path, ".is-damaged", NULL);
  const StoreSearchScope scope = { 0 };
  guint n_cancelled = 0;
  gint64 end = g_get_monotonic_time () + 60 * (gint64)G_USEC_PER_SEC;

  for (gint64 id = 1; id <= N_KILLED; id++) {
    add_mail (profile, profile->inbox, NOW + id * 1000, "x", NULL);
    g_assert_true (put (profile->db, index, id, "In the harbour", NULL, &error));
  }
  set_mark (index, N_KILLED, -1, -1);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  /* On a busy machine the other thread may begin when all was found, many times in a row. */
  for (guint i = 0; i < 300 || (n_cancelled == 0 && g_get_monotonic_time () < end); i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (StoreSearch) search = store_search_new (profile->db, query, &scope, &error);
    GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
    g_autoptr (GArray) hits = store_search_next (search, N_KILLED, cancellable, &error);

    g_thread_join (thread);
    if (hits == NULL) {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      n_cancelled++;
    } else {
      g_assert_cmpuint (hits->len, ==, N_KILLED);
    }
    g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
  }
  g_assert_cmpuint (n_cancelled, >, 0);
}

/* ---- the file ---- */

static char *
word_of (guint i)
{
  return g_strdup_printf ("word%uq", i);
}

/* Puts in whatever is lacking, until it is killed or done. */
static void
fill (StoreDb *db, StoreIndex *index, GError **error)
{
  g_autoptr (GArray) tasks = store_index_list_tasks (index, error);

  for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
    gint64 id = g_array_index (tasks, StoreIndexTask, i).message;
    g_autofree char *word = word_of ((guint)id);

    if (!put (db, index, id, word, NULL, error))
      return;
  }
}

static void
check_all (Profile *profile, guint n)
{
  for (guint i = 1; i <= n; i += 7) {
    g_autofree char *word = word_of (i), *typed = g_strdup_printf ("body:%s", word),
                    *id = g_strdup_printf ("%u", i);

    check (profile, typed, id);
  }
}

/* At any moment, and what is there then is right and gone on with. */
static void
test_killed (void)
{
  g_autoptr (Profile) profile = profile_new ();
  guint last = N_KILLED + 1;
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= N_KILLED; i++)
    add_mail (profile, profile->inbox, NOW - i, "x", NULL);
  for (guint round = 0; round < 5; round++) {
    pid_t child;

    profile_close (profile);
    child = fork ();
    if (child == 0) {
      g_autoptr (Store) store = store_open (profile->paths, NULL, NULL);
      StoreDb *db = store_connect (store, NULL);
      StoreIndex *index = store_index_open (db, NULL, NULL);

      fill (db, index, NULL);
      _exit (0);
    }
    g_usleep ((gulong)(5000 + 6000 * round));
    g_assert_cmpint (kill (child, SIGKILL), ==, 0);
    g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
    profile_reopen (profile, NULL, NULL);
    g_autoptr (StoreIndex) index = store_index_open (profile->db, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (GArray) tasks = store_index_list_tasks (index, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (tasks->len, <=, last);
    last = tasks->len;
  }
  g_autoptr (StoreIndex) index = store_index_open (profile->db, NULL, &error);
  fill (profile->db, index, &error);
  g_assert_no_error (error);
  set_mark (index, N_KILLED, -1, -1);
  check_all (profile, N_KILLED);
}

static void
test_full (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL, ignored = NULL;
  struct rlimit limit, small;
  guint failed = 0;

  for (guint i = 1; i <= 60; i++)
    add_mail (profile, profile->inbox, NOW - i, "x", NULL);
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  (void)signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  for (guint kilobytes = 60; kilobytes < 600; kilobytes += 30) {
    small = (struct rlimit){ kilobytes * 1024, limit.rlim_max };
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
    g_clear_error (&ignored);
    fill (profile->db, index, &ignored);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
    failed += ignored != NULL;
    if (ignored != NULL)
      g_assert_error (ignored, BASE_ERROR, BASE_ERROR_DISK);
    if (kilobytes % 60 == 0) {
      g_clear_pointer (&index, store_index_free);
      index = store_index_open (profile->db, NULL, &error);
      g_assert_no_error (error);
    }
  }
  g_assert_cmpuint (failed, >, 0);
  fill (profile->db, index, &error);
  g_assert_no_error (error);
  set_mark (index, 60, -1, -1);
  check_all (profile, 60);
}

/* Of what is spoiled nothing wrong is told for long, and it never is mail.db that pays for it. */
static void
test_damaged (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree char *path = profile_path (profile, "search.db"),
                  *log = profile_path (profile, "search.db-wal"),
                  *mark = profile_path (profile, "mail.db.is-damaged");

  for (guint i = 1; i <= 100; i++)
    add_mail (profile, profile->inbox, NOW - i, "x", NULL);
  for (guint round = 0; round < 6; round++) {
    g_autofree char *bytes = NULL;
    gsize length;

    {
      g_autoptr (GError) error = NULL;
      g_autoptr (StoreIndex) index = store_index_open (profile->db, NULL, &error);

      g_assert_no_error (error);
      fill (profile->db, index, &error);
      /* Found while it is written: begun anew, and whole then. */
      if (error != NULL) {
        g_clear_error (&error);
        g_clear_pointer (&index, store_index_free);
        index = open_index (profile, TRUE);
        fill (profile->db, index, &error);
      }
      g_assert_no_error (error);
      set_mark (index, 100, -1, -1);
      check_all (profile, 100);
    }
    profile_close (profile);
    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    if (round % 3 == 0)
      length /= 2;
    else
      memset (bytes + 4096 * (round % 3 == 1 ? 0 : 1 + g_rand_int_range (rand, 0, 3)), round, 4096);
    g_assert_true (g_file_set_contents (path, bytes, (gssize)length, NULL));
    (void)g_unlink (log);
    profile_reopen (profile, NULL, NULL);
    /* Who searches is told nothing of it, and finds what the rows say. */
    g_autofree char *some = find (profile, "body:word8q", 0, STORE_SEARCH_NEWEST);
    g_assert_true (some[0] == '\0' || strcmp (some, "8") == 0);
    g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  }
}

/* Made for another mail.db, or of rows that this one has lost. */
static void
test_another (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;

  add_mail (profile, profile->inbox, NOW + 1, "x", NULL);
  add_mail (profile, profile->inbox, NOW + 1, "x", NULL);
  {
    g_autoptr (StoreIndex) index = open_index (profile, TRUE);

    g_assert_true (put (profile->db, index, 1, "eins", NULL, &error));
    g_assert_true (put (profile->db, index, 2, "zwei", NULL, &error));
    set_mark (index, 2, -1, -1);
  }
  /* As after a power cut: the second is lost, and its number is another's. */
  g_assert_true (store_db_exec (profile->db,
                                "DELETE FROM message WHERE id = 2;"
                                "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'message'",
                                &error));
  {
    g_autoptr (StoreIndex) index = open_index (profile, FALSE);
    StoreIndexMark mark;

    store_index_get_mark (index, &mark);
    g_assert_cmpint (mark.seen, ==, 1);
    g_assert_cmpint (add_mail (profile, profile->inbox, NOW + 1, "drei", NULL), ==, 2);
    check (profile, "zwei", "");
    check (profile, "drei", "2");
    check (profile, "eins", "1");
  }
  g_assert_true (store_db_exec (profile->db, "UPDATE store SET link_key = link_key + 1", &error));
  profile_reopen (profile, NULL, NULL);
  check (profile, "eins", "");
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  check (profile, "drei", "2");
}

void
add_index_tests (void)
{
  g_test_add_func ("/store/index/unindexed", test_unindexed);
  g_test_add_func ("/store/index/order", test_order);
  g_test_add_func ("/store/index/excerpt", test_excerpt);
  g_test_add_func ("/store/index/cancelled", test_cancelled);
  g_test_add_func ("/store/index/killed", test_killed);
  g_test_add_func ("/store/index/full", test_full);
  g_test_add_func ("/store/index/damaged", test_damaged);
  g_test_add_func ("/store/index/another", test_another);
}
