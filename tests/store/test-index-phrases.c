/* Phrases: what the index knows of words that stand beside each other, by pair and by segment (store-index-pairs.c, store-index-segments.c), is what the texts say, whatever
 * came, changed and went. */
#include "test-store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base-error.h"
#include "store-index-private.h"
#include "store-search-private.h"

#define NOW 1700000000

/* ---- rows ---- */

static GArray *
make_keys (GRand *rand, guint n_docs, guint n)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < n; i++) {
    /* Some pairs are in most messages. */
    guint32 pair =
        g_rand_boolean (rand) ? g_rand_int (rand) : (guint32)g_rand_int_range (rand, 0, 5);
    guint32 key =
        store_index_pairs_make_key (pair, (guint)g_rand_int_range (rand, 0, (gint32)n_docs));

    g_array_append_val (keys, key);
  }
  return keys;
}

/* Where a row begins and ends. */
static guint
end_of_row (const GArray *keys, guint begin, guint row_bits)
{
  guint end = begin,
        row = store_index_pairs_get_row (g_array_index (keys, guint32, begin), row_bits);

  while (end < keys->len
         && store_index_pairs_get_row (g_array_index (keys, guint32, end), row_bits) == row)
    end++;
  return end;
}

static void
check_found (const GByteArray *row, const GArray *keys, guint begin, guint end, guint32 pair,
             guint row_bits, guint n_docs)
{
  g_autofree guint64 *docs = g_new0 (guint64, (n_docs + 63) / 64);
  guint32 key = store_index_pairs_make_key (pair, 0);
  guint n = 0;

  g_assert_true (store_index_pairs_find (row->data, row->len, key, row_bits, n_docs, docs));
  for (guint i = begin; i < end; i++) {
    guint32 other = g_array_index (keys, guint32, i);
    guint doc = store_index_pairs_get_doc (other);

    if (other - doc != key)
      continue;
    g_assert_true ((docs[doc / 64] >> doc % 64 & 1) != 0);
    n++;
  }
  for (guint i = 0; i < (n_docs + 63) / 64; i++)
    for (guint64 word = docs[i]; word != 0; word &= word - 1)
      n--;
  g_assert_cmpuint (n, ==, 0);
}

static void
check_row (GRand *rand, const GArray *keys, guint begin, guint end, guint row_bits, guint n_docs)
{
  g_autoptr (GByteArray) row =
      store_index_pairs_pack (&g_array_index (keys, guint32, begin), end - begin, row_bits, n_docs);
  g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 first = g_array_index (keys, guint32, begin);
  guint number = store_index_pairs_get_row (first, row_bits);

  g_assert_true (store_index_pairs_unpack (row->data, row->len, number, row_bits, n_docs, back));
  g_assert_cmpmem (back->data, back->len * sizeof (guint32), &g_array_index (keys, guint32, begin),
                   (end - begin) * sizeof (guint32));
  for (guint pair = 0; pair < 5; pair++) {
    if (store_index_pairs_get_row (store_index_pairs_make_key (pair, 0), row_bits) == number)
      check_found (row, keys, begin, end, pair, row_bits, n_docs);
  }
  /* What is damaged ends, and in no other memory. */
  for (guint i = 0; i < 20; i++) {
    gsize size = (gsize)g_rand_int_range (rand, 0, (gint32)row->len);
    g_autofree guint8 *bytes = g_memdup2 (row->data, size);
    g_autofree guint64 *docs = g_new0 (guint64, (n_docs + 63) / 64);

    if (size > 4 && i % 2 == 0)
      bytes[g_rand_int_range (rand, 0, (gint32)size)] ^= (guint8)(1 << i % 8);
    (void)store_index_pairs_find (bytes, size, first, row_bits, n_docs, docs);
    g_array_set_size (back, 0);
    (void)store_index_pairs_unpack (bytes, size, number, row_bits, n_docs, back);
    for (guint k = 0; k < back->len; k++)
      g_assert_cmpuint (store_index_pairs_get_doc (g_array_index (back, guint32, k)), <, n_docs);
  }
  g_assert_false (
      store_index_pairs_unpack (row->data, row->len / 2, number, row_bits, n_docs, back));
}

static void
test_rows (void)
{
  static const guint sizes[][2] = { { 1, 1 },      { 1, 300 },       { 3, 5000 },    { 64, 2000 },
                                    { 65, 40000 }, { 4000, 200000 }, { 32768, 3000 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GArray) keys = make_keys (rand, sizes[i][0], sizes[i][1]);
    guint row_bits, n_rows = 0;

    store_index_pairs_sort (keys);
    for (guint k = 1; k < keys->len; k++)
      g_assert_cmpuint (g_array_index (keys, guint32, k - 1), <, g_array_index (keys, guint32, k));
    row_bits = store_index_pairs_choose_row_bits (keys->len);
    for (guint begin = 0, end; begin < keys->len; begin = end, n_rows++) {
      end = end_of_row (keys, begin, row_bits);
      check_row (rand, keys, begin, end, row_bits, sizes[i][0]);
    }
    g_assert_cmpuint (n_rows, <=, 1u << row_bits);
  }
}

/* ---- segments ---- */

#define MAILS 600
#define WORDS 16

typedef struct
{
  Profile *profile;
  StoreIndex *index;
  GRand *rand;
  char *bodies[MAILS + 1]; /* by id; NULL: it is gone */
} Box;

static char *
make_body (GRand *rand)
{
  GString *body = g_string_new ("");
  guint n = (guint)g_rand_int_range (rand, 3, 25);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (body, "%sw%cx", i > 0 ? " " : "",
                            'a' + g_rand_int_range (rand, 0, WORDS));
  return g_string_free (body, FALSE);
}

static gboolean
try_to_put (Box *box, gint64 first, guint n, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)store_message_free);
  g_autofree StoreIndexDoc *docs = g_new0 (StoreIndexDoc, n);
  g_autofree StoreIndexText *texts = g_new0 (StoreIndexText, n);

  for (guint i = 0; i < n; i++) {
    gint64 id = first + i;

    docs[i].message = id;
    docs[i].stage = STORE_INDEX_WHOLE;
    if (box->bodies[id] == NULL)
      continue;
    docs[i].row = store_message_get (box->profile->db, id, NULL);
    g_assert_nonnull (docs[i].row);
    g_ptr_array_add (rows, (gpointer)docs[i].row);
    texts[i] = (StoreIndexText){ BASE_SECTION_BODY, box->bodies[id], strlen (box->bodies[id]) };
    docs[i].texts = &texts[i];
    docs[i].n_texts = 1;
  }
  return store_index_add (box->index, docs, n, NULL, error);
}

static void
put (Box *box, gint64 first, guint n)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (try_to_put (box, first, n, &error));
  g_assert_no_error (error);
}

static void
take_away (Box *box, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();

  base_uid_set_add (uids, uid_of (box->profile, id));
  g_assert_true (store_message_remove (box->profile->db, box->profile->inbox, uids, &error));
  g_assert_no_error (error);
  g_clear_pointer (&box->bodies[id], g_free);
}

static void
tidy (Box *box)
{
  g_autoptr (GError) error = NULL;

  for (gboolean more = TRUE; more;)
    g_assert_true (store_index_tidy (box->index, &more, &error));
  g_assert_no_error (error);
}

static void
check_phrase (Box *box, const char *phrase, guint *n_hits, guint *n_read)
{
  g_autofree char *typed = g_strdup_printf ("\"%s\"", phrase);
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);
  const StoreSearchScope scope = { .folder = 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreSearch) search = store_search_new (box->profile->db, query, &scope, &error);
  g_autoptr (GArray) hits = store_search_next (search, MAILS + 1, NULL, &error);
  guint at = 0;

  g_assert_no_error (error);
  g_assert_nonnull (search->places); /* this way, not another */
  for (gint64 id = MAILS; id > 0; id--) {
    if (box->bodies[id] == NULL || strstr (box->bodies[id], phrase) == NULL)
      continue;
    g_assert_cmpuint (at, <, hits->len);
    g_assert_cmpint (g_array_index (hits, StoreHit, at++).message, ==, id);
  }
  g_assert_cmpuint (at, ==, hits->len);
  *n_hits += at;
  *n_read += search->n_read;
}

static void
check_phrases (Box *box, guint rounds)
{
  guint n_hits = 0, n_read = 0;

  for (guint i = 0; i < rounds; i++) {
    g_autofree char *body = make_body (box->rand);
    gsize wanted = (gsize)g_rand_int_range (box->rand, 2, 5) * strlen ("wax ") - 1;

    if (strlen (body) < wanted)
      continue;
    body[wanted] = '\0';
    check_phrase (box, body, &n_hits, &n_read);
  }
  /* Nearly all of it is decided without the texts: but such a pair may stand here and such a one there. */
  g_assert_cmpuint (n_read, <=, 2 * n_hits + 2 * rounds);
}

static gint64
ask_index (Box *box, const char *sql)
{
  g_autofree char *path = profile_path (box->profile, "search.db");
  sqlite3 *sqlite = NULL;
  sqlite3_stmt *statement = NULL;
  gint64 value = -1;

  g_assert_cmpint (sqlite3_open (path, &sqlite), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (sqlite, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (sqlite);
  return value;
}

static void
box_fill (Box *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < MAILS; i++) {
    StoreNewMessage *message = g_new (StoreNewMessage, 1);

    *message = (StoreNewMessage){ .uid = i + 1,
                                  .received = NOW + i * 30,
                                  .date = NOW + i * 30,
                                  .size = 100,
                                  .subject = "s",
                                  .preview = "" };
    g_ptr_array_add (messages, message);
    box->bodies[i + 1] = make_body (box->rand);
  }
  g_assert_true (store_message_add (box->profile->db, box->profile->inbox, messages, NULL, &error));
  g_assert_no_error (error);
}

/* One by one and many at once, become others, gone: phrases are found in what is, and segments stay few. */
static void
test_segments (void)
{
  const StoreLimits limits = { .few_rows = 1 };
  const StoreIndexMark mark = { MAILS, -1, -1 };
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (23);
  g_autoptr (GError) error = NULL;
  Box box = { .profile = profile, .rand = rand };

  profile_close (profile);
  profile_reopen (profile, &limits, NULL);
  box.index = store_index_open (profile->db, NULL, &error);
  g_assert_no_error (error);
  box_fill (&box);
  put (&box, 1, 300);
  for (gint64 id = MAILS; id > 300; id--)
    put (&box, id, 1);
  g_assert_true (store_index_add (box.index, NULL, 0, &mark, &error));
  g_assert_cmpint (ask_index (&box, "SELECT count(*) FROM segment"), ==, 301);
  check_phrases (&box, 60);
  tidy (&box);
  g_assert_cmpint (ask_index (&box, "SELECT count(*) FROM segment"), <, 40);
  g_assert_cmpint (ask_index (&box, "SELECT sum(docs) FROM segment"), ==, MAILS);
  check_phrases (&box, 60);
  for (guint i = 0; i < 300; i++) {
    gint64 id = g_rand_int_range (rand, 1, MAILS + 1);

    if (box.bodies[id] == NULL)
      continue;
    if (i % 3 == 0) {
      take_away (&box, id);
    } else {
      g_free (box.bodies[id]);
      box.bodies[id] = make_body (rand);
    }
    put (&box, id, 1);
    if (i % 50 == 0) {
      check_phrases (&box, 10);
      tidy (&box);
      check_phrases (&box, 10);
    }
  }
  /* What they were leaves with the words. */
  store_index_free (box.index);
  g_assert_cmpint (ask_index (&box, "UPDATE meta SET gone = gone - 8 * 86400"), ==, -1);
  box.index = store_index_open (profile->db, NULL, &error);
  g_assert_no_error (error);
  tidy (&box);
  g_assert_cmpint (ask_index (&box, "SELECT (SELECT sum(docs) FROM segment) - count(*) FROM doc"),
                   ==, 0);
  g_assert_cmpint (ask_index (&box, "SELECT count(*) FROM pairs WHERE (id >> 14) NOT IN "
                                    "(SELECT id FROM segment)"),
                   ==, 0);
  check_phrases (&box, 60);
  store_index_free (box.index);
  for (guint id = 1; id <= MAILS; id++)
    g_free (box.bodies[id]);
}

/* What has the pairs. */
static const SearchNode *
find_phrase (const SearchNode *node)
{
  const SearchNode *found = node->pairs != NULL ? node : NULL;

  for (guint i = 0; found == NULL && node->children != NULL && i < node->children->len; i++)
    found = find_phrase (node->children->pdata[i]);
  return found;
}

/* Of how many messages a pair was asked for: of all those in a segment, or of none. */
static guint
count_asked (const SearchNode *phrase, guint32 sum)
{
  for (guint i = 0; i < phrase->pairs->len; i++) {
    const SearchPair *pair = &g_array_index (phrase->pairs, SearchPair, i);

    if (pair->sum == sum)
      return pair->n_asked;
  }
  g_assert_not_reached ();
}

typedef struct
{
  const char *name;
  guint size; /* messages of a segment */
  guint every;
  const char *first, *second, *usual; /* of so many; `second` nullable */
  guint asked[2]; /* of how many messages "wax wbx" is asked for, and "wbx wcx" */
} OrderCase;

static const OrderCase order_cases[] = {
  { "the rare one stands last", 100, MAILS, "wax wbx wcx", NULL, "wax wbx wdx", { 100, MAILS } },
  { "and first", 100, MAILS, "wax wbx wcx", NULL, "wbx wcx wdx", { MAILS, 100 } },
  { "one says what the other says", 100, 2, "wax wbx wcx", NULL, "wdx wex", { MAILS, 100 } },
  { "which is known after some", 20, 1, "wax wbx wcx", NULL, NULL, { MAILS, 40 } },
  { "beside the rarer one", 100, 3, "wax wbx wdx", NULL, "wax wbx wdx wbx wcx", { 200, MAILS } },
  { "both are of use",
    100,
    3,
    "wax wbx wdx",
    "wbx wcx wdx",
    "wax wbx wdx wbx wcx",
    { MAILS, MAILS } },
};

static void
check_order (const OrderCase *it)
{
  const StoreLimits limits = { .few_rows = 1 };
  const StoreIndexMark mark = { MAILS, -1, -1 };
  const StoreSearchScope scope = { .folder = 0 };
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (37);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseQuery) query = base_query_parse ("\"wax wbx wcx\"", NOW);
  Box box = { .profile = profile, .rand = rand };
  const SearchNode *phrase;
  guint32 sums[2];
  guint n = 0;

  profile_close (profile);
  profile_reopen (profile, &limits, NULL);
  box.index = store_index_open (profile->db, NULL, &error);
  g_assert_no_error (error);
  box_fill (&box);
  for (guint i = 0; i < MAILS; i++) {
    const char *body = i % it->every == 0                         ? it->first
                       : i % it->every == 1 && it->second != NULL ? it->second
                                                                  : it->usual;

    g_free (box.bodies[i + 1]);
    box.bodies[i + 1] = g_strdup (body);
    n += strstr (body, "wax wbx wcx") != NULL;
  }
  for (gint64 id = 1; id <= MAILS; id += it->size)
    put (&box, id, it->size);
  g_assert_true (store_index_add (box.index, NULL, 0, &mark, &error));
  g_autoptr (StoreSearch) search = store_search_new (profile->db, query, &scope, &error);
  g_assert_no_error (error);
  phrase = find_phrase (search->root);
  g_assert_nonnull (phrase);
  g_assert_cmpuint (phrase->pairs->len, ==, G_N_ELEMENTS (sums));
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    sums[i] = g_array_index (phrase->pairs, SearchPair, i).sum;
  g_autoptr (GArray) hits = store_search_next (search, MAILS + 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (search->places);
  g_assert_cmpuint (hits->len, ==, n);
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++) {
    g_test_message ("%s: pair %u", it->name, i);
    g_assert_cmpuint (count_asked (phrase, sums[i]), ==, it->asked[i]);
  }
  store_index_free (box.index);
  for (guint id = 1; id <= MAILS; id++)
    g_free (box.bodies[id]);
}

/* A row is read for each pair that a segment is asked for: the rarest is asked for first, so that the others need not be, and one that leaves what others left not at all. */
static void
test_order (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (order_cases); i++)
    check_order (&order_cases[i]);
}

static gint64
ask_sqlite (sqlite3 *sqlite, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_prepare_v2 (sqlite, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

#define BATCHES 11
#define BATCH   1100

/* What comes a thousand at a time does not stay so: each segment is asked for each pair of a phrase. */
static void
test_batches (void)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (guint32));
  StoreIndexSegments *segments = NULL;
  sqlite3 *sqlite = NULL;
  gboolean more = TRUE;

  g_assert_cmpint (sqlite3_open (":memory:", &sqlite), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (sqlite,
                                 "CREATE TABLE segment (id INTEGER PRIMARY KEY, docs, keys, "
                                 "row_bits, places);"
                                 "CREATE TABLE pairs (id INTEGER PRIMARY KEY, pairs);"
                                 "CREATE TABLE doc (id INTEGER PRIMARY KEY, segment);"
                                 "CREATE TABLE meta (segments); INSERT INTO meta VALUES (0)",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (store_index_segments_new (sqlite, &segments), ==, SQLITE_OK);
  for (guint32 place = 1; place <= BATCHES * BATCH; place++) {
    g_autofree char *sql = NULL;
    gint64 segment;

    g_array_set_size (pairs, 0);
    g_array_append_val (pairs, place);
    g_assert_cmpint (store_index_segments_add (segments, place, pairs, &segment), ==, SQLITE_OK);
    sql = g_strdup_printf ("INSERT INTO doc VALUES (%u, %" G_GINT64_FORMAT ")", place, segment);
    g_assert_cmpint (sqlite3_exec (sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    if (place % BATCH == 0)
      g_assert_cmpint (store_index_segments_write (segments), ==, SQLITE_OK);
  }
  g_assert_cmpint (ask_sqlite (sqlite, "SELECT count(*) FROM segment"), ==, BATCHES);
  while (more)
    g_assert_cmpint (store_index_segments_tidy (segments, &more), ==, SQLITE_OK);
  g_assert_cmpint (ask_sqlite (sqlite, "SELECT count(*) FROM segment"), ==, 1);
  g_assert_cmpint (ask_sqlite (sqlite, "SELECT sum(docs) FROM segment"), ==, BATCHES * BATCH);
  g_assert_cmpint (ask_sqlite (sqlite, "SELECT sum(keys) FROM segment"), ==, BATCHES * BATCH);
  g_assert_cmpint (
      ask_sqlite (sqlite, "SELECT count(*) FROM doc JOIN segment ON segment.id = doc.segment"), ==,
      BATCHES * BATCH);
  store_index_segments_free (segments);
  sqlite3_close (sqlite);
}

/* As a disk does. */
static void
break_table (Box *box, const char *table)
{
  g_autofree char *ask =
      g_strdup_printf ("SELECT rootpage FROM sqlite_schema WHERE name = '%s'", table);
  g_autofree char *path = profile_path (box->profile, "search.db");
  gint64 page = ask_index (box, ask), size = ask_index (box, "PRAGMA page_size");
  g_autofree char *rubbish = g_malloc ((gsize)size);
  int fd;

  memset (rubbish, 0xa5, (gsize)size);
  g_assert_cmpint (ask_index (box, "PRAGMA wal_checkpoint (TRUNCATE)"), ==, 0);
  fd = g_open (path, O_WRONLY, 0);
  g_assert_cmpint (pwrite (fd, rubbish, (gsize)size, (page - 1) * size), ==, size);
  g_assert_true (g_close (fd, NULL));
}

/* Where the rows cannot be read the words have to do, and the index is made anew. */
static void
test_broken_rows (void)
{
  static const char *const ways[] = { "UPDATE pairs SET pairs = x'00'",
                                      "UPDATE pairs SET pairs = substr (pairs, 1, 5)",
                                      "UPDATE segment SET row_bits = 60",
                                      "UPDATE segment SET docs = 0",
                                      "UPDATE segment SET places = x'0000'",
                                      "DELETE FROM pairs",
                                      "DELETE FROM segment WHERE id = 1",
                                      "DELETE FROM segment WHERE id = 2",
                                      "DELETE FROM segment",
                                      NULL, /* a page, of `pairs` */
                                      NULL /* and of `segment` */ };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (Profile) profile = profile_new ();
    g_autoptr (GRand) rand = g_rand_new_with_seed (29);
    g_autoptr (GError) error = NULL;
    g_autoptr (BaseQuery) query = base_query_parse ("\"wax wbx\"", NOW);
    const StoreSearchScope scope = { .folder = 0 };
    const StoreIndexMark mark = { MAILS, -1, -1 };
    Box box = { .profile = profile, .rand = rand };
    guint n = 0;

    box.index = store_index_open (profile->db, NULL, &error);
    g_assert_no_error (error);
    box_fill (&box);
    put (&box, 1, MAILS / 2);
    put (&box, MAILS / 2 + 1, MAILS - MAILS / 2);
    g_assert_true (store_index_add (box.index, NULL, 0, &mark, &error));
    g_assert_cmpint (ask_index (&box, "SELECT max (id) FROM segment"), ==, 2);
    if (ways[i] != NULL)
      g_assert_cmpint (ask_index (&box, ways[i]), ==, -1);
    else
      break_table (&box, i == G_N_ELEMENTS (ways) - 1 ? "segment" : "pairs");
    g_autoptr (StoreSearch) search = store_search_new (profile->db, query, &scope, &error);
    g_autoptr (GArray) hits = store_search_next (search, MAILS, NULL, &error);
    g_assert_no_error (error);
    for (guint id = 1; id <= MAILS; id++) {
      n += strstr (box.bodies[id], "wax wbx") != NULL;
      g_free (box.bodies[id]);
    }
    g_assert_cmpuint (n, >, 0);
    g_assert_cmpuint (hits->len, ==, n);
    g_assert_true (store_index_is_damaged (profile->store));
    store_index_free (box.index);
  }
}

/* Segments that become one are missed a row, or one of them is: what is lost is not written down as whole.  `adds`: instead there comes one more. */
static void
check_lost (const char *way, gboolean adds)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (31);
  g_autoptr (GError) error = NULL;
  Box box = { .profile = profile, .rand = rand };
  gboolean more = TRUE;

  box.index = store_index_open (profile->db, NULL, &error);
  g_assert_no_error (error);
  box_fill (&box);
  for (gint64 id = 1; id <= 40; id++)
    put (&box, id, 1);
  g_assert_cmpint (ask_index (&box, way), ==, 1);
  while (!adds && more && store_index_tidy (box.index, &more, &error))
    ;
  if (adds)
    g_assert_false (try_to_put (&box, 41, 1, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_clear_error (&error);
  store_index_free (box.index);
  box.index = store_index_open (profile->db, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ask_index (&box, "SELECT count(*) FROM doc"), ==, 0);
  store_index_free (box.index);
  for (guint id = 1; id <= MAILS; id++)
    g_free (box.bodies[id]);
}

static void
test_lost (void)
{
  check_lost ("DELETE FROM pairs WHERE id = (SELECT max (id) FROM pairs) RETURNING 1", FALSE);
  for (guint adds = 0; adds < 2; adds++)
    check_lost ("DELETE FROM segment WHERE id = (SELECT max (id) FROM segment) RETURNING 1", adds);
}

void
add_index_phrases_tests (void)
{
  g_test_add_func ("/store/index/rows", test_rows);
  g_test_add_func ("/store/index/segments", test_segments);
  g_test_add_func ("/store/index/rarest-first", test_order);
  g_test_add_func ("/store/index/batches", test_batches);
  g_test_add_func ("/store/index/broken-rows", test_broken_rows);
  g_test_add_func ("/store/index/lost", test_lost);
}
