/* The index of words where there is much of one kind: of one moment, begun anew, deleted. */
#include "test-store.h"

#include <sqlite3.h>
#include <string.h>

#include "base-words.h"
#include "store-index-private.h"
#include "store-search-private.h"

#define NOW 1700000000

/* Ids from 1 on, so many seconds apart. */
static void
store_rows (Profile *profile, guint n, gint64 apart)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++) {
    StoreNewMessage *message = g_new (StoreNewMessage, 1);

    *message = (StoreNewMessage){ .uid = i + 1,
                                  .received = NOW + i * apart,
                                  .date = NOW + i * apart,
                                  .size = 100,
                                  .subject = "haystack",
                                  .preview = "" };
    g_ptr_array_add (messages, message);
  }
  g_assert_true (store_message_add (profile->db, profile->inbox, messages, NULL, &error));
  g_assert_no_error (error);
}

static void
fill (Profile *profile, StoreIndex *index, guint n, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) docs = g_array_new (FALSE, FALSE, sizeof (StoreIndexDoc));
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)store_message_free);
  const StoreIndexText texts[] = { { BASE_SECTION_SUBJECT, "haystack", 8 },
                                   { BASE_SECTION_BODY, body, strlen (body) } };
  const StoreIndexMark mark = { n, -1, -1 };

  for (gint64 id = 1; id <= n; id++) {
    StoreMessage *row = store_message_get (profile->db, id, &error);
    const StoreIndexDoc doc = { id, row, STORE_INDEX_WHOLE, texts, G_N_ELEMENTS (texts) };

    g_assert_nonnull (row);
    g_ptr_array_add (rows, row);
    g_array_append_val (docs, doc);
  }
  g_assert_true (
      store_index_add (index, (const StoreIndexDoc *)(gpointer)docs->data, n, &mark, &error));
  g_assert_no_error (error);
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

static StoreSearch *
begin_search (Profile *profile, const char *typed)
{
  const StoreSearchScope scope = { .order = STORE_SEARCH_NEWEST };
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);
  StoreSearch *search = store_search_new (profile->db, query, &scope, &error);

  g_assert_no_error (error);
  return search;
}

/* These follow each other in one direction, the newest first. */
static void
check_page (StoreSearch *search, guint limit, gint64 first, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) hits = store_search_next (search, limit, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (hits->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (g_array_index (hits, StoreHit, i).message, ==, first - i);
}

/* What a server was filled with has come in one moment: a page of it does not read all of it. */
static void
test_moment (void)
{
  static const char *const typed[] = { "haystack", "hay", "\"in haystack\"", "hay h" };
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);

  store_rows (profile, 6000, 0);
  fill (profile, index, 6000, "needle in haystack");
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++) {
    g_autoptr (StoreSearch) search = begin_search (profile, typed[i]);

    check_page (search, 50, 6000, 50);
    g_assert_cmpuint (search->n_read, <=, 50);
    check_page (search, 50, 5950, 50);
    check_page (search, 1000, 5900, 1000);
    check_page (search, 10000, 4900, 4900);
    check_page (search, 10, 0, 0);
  }
}

/* No text is read of which the words are known not to stand in this order. */
static void
test_phrase (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  g_autoptr (StoreSearch) search = NULL;

  store_rows (profile, 2000, 0);
  fill (profile, index, 2000, "needle in haystack, 있는 그대로");
  search = begin_search (profile, "\"haystack needle in\"");
  check_page (search, 50, 0, 0);
  g_assert_cmpuint (search->n_read, ==, 0);
}

/* A search goes on where the index was begun anew meanwhile, and has nothing yet, or all again. */
static void
test_anew (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreSearch) search = NULL;
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);

  store_rows (profile, 3000, 100);
  fill (profile, index, 3000, "needle");
  search = begin_search (profile, "haystack");
  check_page (search, 50, 3000, 50);
  for (guint round = 0; round < 4; round++) {
    g_autofree char *marker = profile_path (profile, "search.db.is-damaged");

    g_clear_pointer (&index, store_index_free);
    g_assert_true (g_file_set_contents (marker, "", 0, NULL));
    index = open_index (profile, TRUE);
    if (round % 2 != 0)
      fill (profile, index, 3000, "needle");
    check_page (search, 50, 2950 - 50 * (gint64)round, 50);
  }
}

static gboolean
is_in_file (Profile *profile, const char *word)
{
  static const char *const names[] = { "search.db", "search.db-wal" };
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = profile_path (profile, names[i]);
    g_autofree char *bytes = NULL;
    gsize length;

    if (g_file_get_contents (path, &bytes, &length, NULL))
      any |= memmem (bytes, length, word, strlen (word)) != NULL;
  }
  return any;
}

static void
change_meta (Profile *profile, const char *sql)
{
  g_autofree char *path = profile_path (profile, "search.db");
  sqlite3 *sqlite = NULL;

  g_assert_cmpint (sqlite3_open (path, &sqlite), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (sqlite);
}

/* After a week nothing is left of what was deleted. */
static void
test_gone (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  const StoreIndexDoc gone = { .message = 7 }, later = { .message = 10 };
  gboolean more = TRUE;

  store_rows (profile, 10, 0);
  fill (profile, index, 10, "needle zqsecretqz in haystack");
  g_assert_true (is_in_file (profile, "zqsecretqz"));
  for (gint64 id = 1; id < 10; id++) {
    const StoreIndexDoc doc = { .message = id };

    g_assert_true (store_index_add (index, &doc, 1, NULL, &error));
  }
  g_assert_true (store_index_add (index, &gone, 1, NULL, &error)); /* once more */
  while (more)
    g_assert_true (store_index_tidy (index, &more, &error));
  g_assert_true (is_in_file (profile, "zqsecretqz"));
  g_clear_pointer (&index, store_index_free);
  change_meta (profile, "UPDATE meta SET gone = gone - 8 * 86400");
  index = open_index (profile, FALSE);
  /* What is deleted while it is at it waits for another week. */
  g_assert_true (store_index_tidy (index, &more, &error));
  g_assert_true (more);
  g_assert_true (store_index_add (index, &later, 1, NULL, &error));
  while (more)
    g_assert_true (store_index_tidy (index, &more, &error));
  g_assert_true (is_in_file (profile, "zqsecretqz"));
  g_clear_pointer (&index, store_index_free);
  change_meta (profile, "UPDATE meta SET gone = gone - 8 * 86400 WHERE gone <> 0");
  index = open_index (profile, FALSE);
  for (more = TRUE; more;)
    g_assert_true (store_index_tidy (index, &more, &error));
  g_assert_no_error (error);
  g_assert_false (is_in_file (profile, "zqsecretqz"));
}

/* Nor of what it said before it became another. */
static void
test_other (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  gboolean more = TRUE;

  store_rows (profile, 3, 0);
  fill (profile, index, 3, "needle zqsecretqz in haystack");
  fill (profile, index, 3, "needle in haystack");
  g_clear_pointer (&index, store_index_free);
  change_meta (profile, "UPDATE meta SET gone = gone - 8 * 86400 WHERE gone <> 0");
  index = open_index (profile, FALSE);
  while (more)
    g_assert_true (store_index_tidy (index, &more, &error));
  g_assert_no_error (error);
  g_assert_false (is_in_file (profile, "zqsecretqz"));
}

/* Who met damage in a file that is no more says nothing of the one that is there now. */
static void
test_damage_of_old (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  g_autoptr (StoreSearch) search = NULL;
  g_autofree char *marker = profile_path (profile, "search.db.is-damaged");

  store_rows (profile, 10, 100);
  fill (profile, index, 10, "needle");
  search = begin_search (profile, "haystack");
  check_page (search, 5, 10, 5);
  g_clear_pointer (&index, store_index_free);
  change_meta (profile, "UPDATE meta SET version = 0");
  index = open_index (profile, TRUE);
  fill (profile, index, 10, "needle");
  store_search_file_note_damage (profile->db);
  g_assert_false (store_index_is_damaged (profile->store));
  g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
  /* But of this one it does. */
  check_page (search, 5, 5, 5);
  store_search_file_note_damage (profile->db);
  g_assert_true (store_index_is_damaged (profile->store));
  g_assert_true (g_file_test (marker, G_FILE_TEST_EXISTS));
}

static int
count_down (void *left)
{
  return --*(guint *)left == 0;
}

/* A page that could not be read to its end: what of it was found comes with the next one. */
static void
test_broken_page (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  guint n_broken = 0;

  store_rows (profile, 100, 100);
  fill (profile, index, 100, "needle");
  for (guint steps = 1; steps < 2000; steps += 50) {
    g_autoptr (StoreSearch) search = begin_search (profile, "haystack");
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) hits = NULL;
    guint left = steps;

    check_page (search, 5, 100, 5);
    sqlite3_progress_handler (search->file->sqlite, 1, count_down, &left);
    hits = store_search_next (search, 50, NULL, &error);
    g_assert_true ((hits != NULL) == (error == NULL));
    if (search->file != NULL)
      sqlite3_progress_handler (search->file->sqlite, 0, NULL, NULL);
    n_broken += hits == NULL;
    check_page (search, 100, hits != NULL ? 45 : 95, hits != NULL ? 45 : 95);
  }
  g_assert_cmpuint (n_broken, >, 5);
}

/* What is to be put in again is listed until it was, by whomever, and found meanwhile. */
static void
test_stale (void)
{
  const gint64 ids[] = { 3, 5, 99 };
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);
  g_autoptr (GArray) before = NULL, marked = NULL;

  store_rows (profile, 6, 0);
  g_assert_true (store_db_exec (profile->db, "UPDATE message SET has_body = 1", &error));
  fill (profile, index, 6, "needle in haystack");
  before = store_index_list_tasks (index, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_true (store_index_mark_stale (index, ids, G_N_ELEMENTS (ids), &error));
  g_clear_pointer (&index, store_index_free);
  index = open_index (profile, FALSE);
  marked = store_index_list_tasks (index, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (marked->len, ==, 2);
  g_assert_cmpint (g_array_index (marked, StoreIndexTask, 0).message, ==, 5);
  g_assert_cmpint (g_array_index (marked, StoreIndexTask, 1).message, ==, 3);
  g_assert_true (store_index_look (index, ids, 2, marked, &error));
  g_assert_cmpuint (marked->len, ==, 4);
  g_autoptr (StoreSearch) search = begin_search (profile, "haystack");
  check_page (search, 10, 6, 6);
}

/* Words by other rules, or by other tables of Unicode. */
static void
test_version (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreIndex) index = open_index (profile, TRUE);

  g_assert_cmpint (base_words_get_version () & 0xff, ==, BASE_WORDS_VERSION);
  g_assert_cmpint (base_words_get_version () >> 8, !=, 0);
  g_clear_pointer (&index, store_index_free);
  index = open_index (profile, FALSE);
  g_clear_pointer (&index, store_index_free);
  change_meta (profile, "UPDATE meta SET words = words + 65536");
  index = open_index (profile, TRUE);
}

void
add_index_many_tests (void)
{
  g_test_add_func ("/store/index/moment", test_moment);
  g_test_add_func ("/store/index/phrase", test_phrase);
  g_test_add_func ("/store/index/anew", test_anew);
  g_test_add_func ("/store/index/gone", test_gone);
  g_test_add_func ("/store/index/other", test_other);
  g_test_add_func ("/store/index/damage-of-old", test_damage_of_old);
  g_test_add_func ("/store/index/broken-page", test_broken_page);
  g_test_add_func ("/store/index/stale", test_stale);
  g_test_add_func ("/store/index/version", test_version);
}
