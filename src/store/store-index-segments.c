/* Segments: what was put into the index in one go, with the pairs of words of its messages (store-index-pairs.c).  A segment never changes.  What a message was is not taken out of
 * its segment when it becomes another or goes: doc.segment says which one is of account, and what another one says makes it be looked at in vain, at most.  Small segments become
 * a larger one, and then, or when all that is gone is to leave, what is of no account is left out.
 *
 * The thread of the index, within its transactions; all give a code of SQLite. */
#include <string.h>

#include "store-index-private.h"

/* Keys of a segment that is being written. */
#define KEYS_MOST (4 << 20)
/* Room for so many is kept. */
#define KEEPS 65536
/* Keys of a segment that is made of others: for a moment, twice four octets each, and what the array has grown beyond. */
#define MERGED_MOST (8 << 20)
/* Segments of fewer messages are brought together, so many at a time of those that are about as large: each is asked for each pair of a phrase. */
#define SMALL           1024
#define SMALL_TOGETHER  16
#define MIDDLE          8192
#define MIDDLE_TOGETHER 5

typedef enum
{
  SQL_NEXT,
  SQL_LIST,
  SQL_LIST_GONE,
  SQL_GET,
  SQL_GET_PAIRS,
  SQL_GET_OF_DOC,
  SQL_SET_OF_DOC,
  SQL_ADD,
  SQL_ADD_PAIRS,
  SQL_DROP,
  SQL_DROP_PAIRS,
  SQL_COUNT,
  N_SQL,
} Sql;

static const char *const sql_texts[N_SQL] = {
  /* 0: one that there was is lost */
  [SQL_NEXT] = "SELECT iif (count (*) = (SELECT segments FROM meta), coalesce (max (id), 0) + 1, "
               "0) FROM segment",
  [SQL_LIST] = "SELECT id, docs, keys FROM segment",
  [SQL_LIST_GONE] = "SELECT segment.id FROM segment LEFT JOIN "
                    "(SELECT segment AS of, count (*) AS n FROM doc GROUP BY segment) "
                    "ON of = segment.id WHERE docs > coalesce (n, 0)",
  [SQL_GET] = "SELECT docs, row_bits, places FROM segment WHERE id = ?1",
  [SQL_GET_PAIRS] = "SELECT id, pairs FROM pairs WHERE id >= ?1 AND id < ?2",
  [SQL_GET_OF_DOC] = "SELECT segment FROM doc WHERE id = ?1",
  [SQL_SET_OF_DOC] = "UPDATE doc SET segment = ?2 WHERE id = ?1",
  [SQL_ADD] = "INSERT INTO segment (id, docs, keys, row_bits, places) VALUES (?1, ?2, ?3, ?4, ?5)",
  [SQL_ADD_PAIRS] = "INSERT INTO pairs (id, pairs) VALUES (?1, ?2)",
  [SQL_DROP] = "DELETE FROM segment WHERE id = ?1",
  [SQL_DROP_PAIRS] = "DELETE FROM pairs WHERE id >= ?1 AND id < ?2",
  [SQL_COUNT] = "UPDATE meta SET segments = segments + ?1",
};

struct _StoreIndexSegments
{
  /* Owned */
  sqlite3_stmt *statements[N_SQL];
  GArray *keys;   /* of guint32, see store-index-pairs.c; of the segment that is being written */
  GArray *places; /* of guint32: its messages */
  GArray *gone;   /* of gint64: segments to be written anew */

  /* Borrowed */
  sqlite3 *sqlite;

  gint64 id; /* of the one that is being written; 0: none is */
};

int
store_index_segments_new (sqlite3 *sqlite, StoreIndexSegments **segments)
{
  StoreIndexSegments *self = g_new0 (StoreIndexSegments, 1);
  int code = SQLITE_OK;

  self->sqlite = sqlite;
  self->keys = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->places = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; code == SQLITE_OK && i < N_SQL; i++)
    code = sqlite3_prepare_v3 (sqlite, sql_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &self->statements[i], NULL);
  *segments = self;
  return code;
}

void
store_index_segments_free (StoreIndexSegments *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_SQL; i++)
    (void)sqlite3_finalize (self->statements[i]);
  g_array_unref (self->keys);
  g_array_unref (self->places);
  g_array_unref (self->gone);
  g_free (self);
}

/* ---- statements ---- */

static sqlite3_stmt *
bind (StoreIndexSegments *self, Sql which, const gint64 *values, gsize n)
{
  sqlite3_stmt *statement = self->statements[which];

  for (gsize i = 0; i < n; i++)
    (void)sqlite3_bind_int64 (statement, (int)i + 1, values[i]);
  return statement;
}

static int
end (sqlite3_stmt *statement, int code)
{
  (void)sqlite3_reset (statement);
  (void)sqlite3_clear_bindings (statement);
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

static int
run (StoreIndexSegments *self, Sql which, const gint64 *values, gsize n)
{
  sqlite3_stmt *statement = bind (self, which, values, n);

  return end (statement, sqlite3_step (statement));
}

static int
run_with_bytes (StoreIndexSegments *self, Sql which, const gint64 *values, gsize n,
                gconstpointer bytes, gsize size)
{
  sqlite3_stmt *statement = bind (self, which, values, n);

  (void)sqlite3_bind_blob64 (statement, (int)n + 1, bytes, size, SQLITE_STATIC);
  return end (statement, sqlite3_step (statement));
}

static int
get_int (StoreIndexSegments *self, Sql which, const gint64 *values, gsize n, gint64 *value)
{
  sqlite3_stmt *statement = bind (self, which, values, n);
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    *value = sqlite3_column_int64 (statement, 0);
  return end (statement, code);
}

/* The number of a new one.  That of one that is lost must not be given again: there are messages that say that they are in it. */
static int
get_next (StoreIndexSegments *self, gint64 *id)
{
  int code = get_int (self, SQL_NEXT, NULL, 0, id);

  return code == SQLITE_OK && *id == 0 ? SQLITE_CORRUPT : code;
}

/* ---- writing ---- */

void
store_index_segments_forget (StoreIndexSegments *self)
{
  /* Megabytes, and seldom. */
  if (self->keys->len > KEEPS) {
    g_array_unref (self->keys);
    self->keys = g_array_new (FALSE, FALSE, sizeof (guint32));
  }
  g_array_set_size (self->keys, 0);
  g_array_set_size (self->places, 0);
  self->id = 0;
}

int
store_index_segments_add (StoreIndexSegments *self, gint64 place, const GArray *pairs,
                          gint64 *segment)
{
  guint32 at = (guint32)place;
  guint n;
  int code = SQLITE_OK;

  if (self->places->len == STORE_INDEX_SEGMENT_MOST || self->keys->len >= KEYS_MOST)
    code = store_index_segments_write (self);
  if (code == SQLITE_OK && self->id == 0)
    code = get_next (self, &self->id);
  if (code != SQLITE_OK)
    return code;
  n = self->keys->len;
  g_array_set_size (self->keys, n + pairs->len);
  for (guint i = 0; i < pairs->len; i++)
    g_array_index (self->keys, guint32, n + i) =
        store_index_pairs_make_key (g_array_index (pairs, guint32, i), self->places->len);
  g_array_append_val (self->places, at);
  *segment = self->id;
  return SQLITE_OK;
}

/* Each number has its row, be it one of no keys: one that is not there was lost. */
static int
write_rows (StoreIndexSegments *self, guint row_bits)
{
  const guint32 *keys = (const guint32 *)(gconstpointer)self->keys->data;
  guint at = 0;
  int code = SQLITE_OK;

  for (guint number = 0; code == SQLITE_OK && number < 1u << row_bits; number++) {
    g_autoptr (GByteArray) row = NULL;
    guint n = 0;

    while (at + n < self->keys->len && store_index_pairs_get_row (keys[at + n], row_bits) == number)
      n++;
    row = store_index_pairs_pack (keys + at, n, row_bits, self->places->len);
    code = run_with_bytes (self, SQL_ADD_PAIRS, STORE_INTS (STORE_INDEX_ROW_ID (self->id, number)),
                           row->data, row->len);
    at += n;
  }
  return code;
}

int
store_index_segments_write (StoreIndexSegments *self)
{
  guint row_bits;
  int code;

  if (self->places->len == 0)
    return SQLITE_OK;
  store_index_pairs_sort (self->keys);
  row_bits = store_index_pairs_choose_row_bits (self->keys->len);
  code = write_rows (self, row_bits);
  for (guint i = 0; i < self->places->len; i++) {
    guint32 *place = &g_array_index (self->places, guint32, i);

    *place = GUINT32_TO_LE (*place);
  }
  if (code == SQLITE_OK)
    code = run_with_bytes (self, SQL_ADD,
                           STORE_INTS (self->id, self->places->len, self->keys->len, row_bits),
                           self->places->data, self->places->len * sizeof (guint32));
  if (code == SQLITE_OK)
    code = run (self, SQL_COUNT, STORE_INTS (1));
  store_index_segments_forget (self);
  return code;
}

/* ---- writing anew ---- */

static void
take_keys (StoreIndexSegments *self, const GArray *keys, const gint32 *docs)
{
  for (guint i = 0; i < keys->len; i++) {
    guint32 key = g_array_index (keys, guint32, i);
    guint doc = store_index_pairs_get_doc (key);

    if (docs[doc] < 0)
      continue;
    key = key - doc + (guint32)docs[doc];
    g_array_append_val (self->keys, key);
  }
}

/* What of a segment is still so, behind what was taken over before: its messages, which are of the new one from now on, and their keys. */
static int
take_over (StoreIndexSegments *self, gint64 id)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree guint32 *places = NULL;
  g_autofree gint32 *docs = NULL; /* what each is in the new one; -1: nothing */
  sqlite3_stmt *statement = bind (self, SQL_GET, &id, 1);
  int code = sqlite3_step (statement);
  guint n, row_bits, n_rows = 0;

  /* None: it was brought together with others meanwhile. */
  if (code != SQLITE_ROW)
    return end (statement, code);
  n = (guint)sqlite3_column_int (statement, 0);
  row_bits = (guint)sqlite3_column_int (statement, 1);
  if (n == 0 || n > STORE_INDEX_SEGMENT_MOST || row_bits > STORE_INDEX_ROW_BITS_MOST
      || (gsize)sqlite3_column_bytes (statement, 2) != n * sizeof *places)
    return end (statement, SQLITE_CORRUPT);
  places = g_memdup2 (sqlite3_column_blob (statement, 2), n * sizeof *places);
  code = end (statement, code);
  docs = g_new (gint32, n);
  for (guint i = 0; code == SQLITE_OK && i < n; i++) {
    gint64 place = GUINT32_FROM_LE (places[i]), of = 0;
    guint32 at = (guint32)place;

    docs[i] = -1;
    code = get_int (self, SQL_GET_OF_DOC, &place, 1, &of);
    if (code != SQLITE_OK || of != id)
      continue;
    docs[i] = (gint32)self->places->len;
    g_array_append_val (self->places, at);
    code = run (self, SQL_SET_OF_DOC, STORE_INTS (place, self->id));
  }
  if (code != SQLITE_OK)
    return code;
  statement = bind (self, SQL_GET_PAIRS,
                    STORE_INTS (STORE_INDEX_ROW_ID (id, 0), STORE_INDEX_ROW_ID (id + 1, 0)));
  while ((code = sqlite3_step (statement)) == SQLITE_ROW
         && store_index_pairs_unpack (
             sqlite3_column_blob (statement, 1), (gsize)sqlite3_column_bytes (statement, 1),
             STORE_INDEX_ROW_OF_ID (sqlite3_column_int64 (statement, 0)), row_bits, n, keys)) {
    take_keys (self, keys, docs);
    g_array_set_size (keys, 0);
    n_rows++;
  }
  if (code == SQLITE_ROW || (code == SQLITE_DONE && n_rows != 1u << row_bits))
    code = SQLITE_CORRUPT;
  return end (statement, code);
}

static int
write_anew (StoreIndexSegments *self, const gint64 *ids, guint n)
{
  int code;

  store_index_segments_forget (self);
  code = get_next (self, &self->id);
  for (guint i = 0; code == SQLITE_OK && i < n; i++) {
    code = take_over (self, ids[i]);
    if (code == SQLITE_OK)
      code = run (self, SQL_DROP_PAIRS,
                  STORE_INTS (STORE_INDEX_ROW_ID (ids[i], 0), STORE_INDEX_ROW_ID (ids[i] + 1, 0)));
    if (code == SQLITE_OK)
      code = run (self, SQL_DROP, &ids[i], 1);
    /* Of those that others were brought together with meanwhile there is none. */
    if (code == SQLITE_OK)
      code = run (self, SQL_COUNT, STORE_INTS (-sqlite3_changes (self->sqlite)));
  }
  if (code == SQLITE_OK)
    code = store_index_segments_write (self);
  store_index_segments_forget (self);
  return code;
}

#define N_RATES 4

/* Of those that are brought together, 0 to N_RATES - 1; N_RATES: it is large. */
static guint
rate_size (gint64 docs, gint64 keys)
{
  if (docs >= MIDDLE || keys >= MERGED_MOST / 2)
    return N_RATES;
  if (docs >= SMALL || keys >= MERGED_MOST / 16)
    return 3;
  return docs < SMALL / 64 ? 0 : docs < SMALL / 4 ? 1 : 2;
}

/* Segments that are about as large as each other, if there are many. */
static int
find_small (StoreIndexSegments *self, GArray *ids)
{
  guint counts[N_RATES + 1] = { 0 }, chosen = N_RATES;
  gint64 docs = 0, keys = 0, next = 0;
  sqlite3_stmt *statement = bind (self, SQL_LIST, NULL, 0);
  int code = get_next (self, &next);

  if (code != SQLITE_OK)
    return code;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    guint rate =
        rate_size (sqlite3_column_int64 (statement, 1), sqlite3_column_int64 (statement, 2));

    if (++counts[rate] >= (rate < 3 ? SMALL_TOGETHER : MIDDLE_TOGETHER))
      chosen = MIN (chosen, rate);
  }
  (void)sqlite3_reset (statement);
  if (code != SQLITE_DONE || chosen == N_RATES)
    return end (statement, code);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0), more = sqlite3_column_int64 (statement, 1),
           more_keys = sqlite3_column_int64 (statement, 2);

    if (rate_size (more, more_keys) != chosen || docs + more > STORE_INDEX_SEGMENT_MOST
        || keys + more_keys > MERGED_MOST)
      continue;
    docs += more;
    keys += more_keys;
    g_array_append_val (ids, id);
  }
  return end (statement, code);
}

int
store_index_segments_find_gone (StoreIndexSegments *self)
{
  sqlite3_stmt *statement = bind (self, SQL_LIST_GONE, NULL, 0);
  int code;

  g_array_set_size (self->gone, 0);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (self->gone, id);
  }
  return end (statement, code);
}

int
store_index_segments_tidy (StoreIndexSegments *self, gboolean *more)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int code = find_small (self, ids);

  if (code == SQLITE_OK && ids->len == 0 && self->gone->len > 0) {
    g_array_append_vals (ids, &g_array_index (self->gone, gint64, self->gone->len - 1), 1);
    g_array_set_size (self->gone, self->gone->len - 1);
  }
  *more = code == SQLITE_OK && ids->len > 0;
  return *more ? write_anew (self, (const gint64 *)(gconstpointer)ids->data, ids->len) : code;
}
