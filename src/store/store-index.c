/* Writing the index of words.  One thread.  Each writing function is one transaction of search.db; what it was told to know of mail.db is read before and may be old
 * by then, which the next look finds. */
#include "store-index-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "base-words.h"

/* Octets of tokens that FTS5 keeps before it writes a piece of its index: all of a transaction, or the pieces become many. */
#define TOKENS_KEPT (64 << 20)
/* Pages of a step of a merge. */
#define STEP_PAGES 400
/* A run of places that are taken this long is remembered. */
#define LONG_RUN 64

typedef enum
{
  SQL_FIND_DOC,
  SQL_LIST_DOCS,
  SQL_IS_TAKEN,
  SQL_GET_TEXT,
  SQL_ADD_DOC,
  SQL_MARK_STALE,
  SQL_ADD_TEXT,
  SQL_ADD_WORDS,
  SQL_DROP_DOC,
  SQL_DROP_TEXT,
  SQL_DROP_WORDS,
  SQL_SHIFT,
  SQL_SET_MARK,
  SQL_GET_MARK,
  SQL_SET_GONE,
  SQL_MERGE,
  N_SQL,
} Sql;

static const char *const sql_texts[N_SQL] = {
  [SQL_FIND_DOC] = "SELECT id, message, stage, received, size, row FROM doc WHERE message = ?1",
  /* From the index alone */
  [SQL_LIST_DOCS] = "SELECT id, message, stage, received, size, 0 "
                    "FROM doc INDEXED BY doc_message ORDER BY message",
  [SQL_IS_TAKEN] = "SELECT id FROM doc WHERE id >= ?1 ORDER BY id LIMIT 65",
  [SQL_GET_TEXT] = "SELECT text FROM text WHERE id = ?1",
  [SQL_ADD_DOC] = "INSERT INTO doc (id, message, stage, received, size, row, segment) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
  /* What it has of a text is as good as a first line then, and found. */
  [SQL_MARK_STALE] = "UPDATE doc SET stage = iif (stage > 1, 1, -1) WHERE message = ?1",
  [SQL_ADD_TEXT] = "INSERT INTO text (id, text) VALUES (?1, ?2)",
  [SQL_ADD_WORDS] = "INSERT INTO words (rowid, t) VALUES (?1, ?2)",
  [SQL_DROP_DOC] = "DELETE FROM doc WHERE id = ?1",
  [SQL_DROP_TEXT] = "DELETE FROM text WHERE id = ?1",
  [SQL_DROP_WORDS] = "INSERT INTO words (words, rowid, t) VALUES ('delete', ?1, ?2)",
  [SQL_SHIFT] = "INSERT INTO shift (block, most) VALUES (?1, ?2) "
                "ON CONFLICT (block) DO UPDATE SET most = max (most, excluded.most)",
  [SQL_SET_MARK] = "UPDATE meta SET seen = ?1, rows = ?2, texts = ?3",
  [SQL_GET_MARK] = "SELECT seen, rows, texts, gone FROM meta",
  [SQL_SET_GONE] = "UPDATE meta SET gone = ?1 WHERE ?2 OR gone = 0",
  [SQL_MERGE] = "INSERT INTO words (words, rank) VALUES ('merge', ?1)",
};

/* Places [first, end) are taken. */
typedef struct
{
  gint64 first, end;
} Run;

struct _StoreIndex
{
  /* Owned */
  sqlite3 *sqlite;
  sqlite3_stmt *statements[N_SQL];
  StoreIndexSegments *segments;
  StoreIndexTokens *tokens;
  GArray *runs; /* of Run: long ones that were met; what left them since does not matter */
  StoreIndexMark mark;
  gint64 gone;         /* as the table has it */
  gint64 gone_since;   /* and what left while all pieces are being brought together */
  gboolean is_purging; /* they are */
  int stopping;        /* atomic */
  int code;            /* of the last error of search.db */

  /* Borrowed */
  StoreDb *db;
};

/* ---- statements ---- */

static gboolean
fail (StoreIndex *self, int code, GError **error)
{
  int primary = code & 0xff, system_errno = sqlite3_system_errno (self->sqlite);

  self->code = primary;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
    g_autofree char *path = store_index_dup_path (self->db->store);
    g_autofree char *marker = g_strconcat (path, ".is-damaged", NULL);

    (void)g_file_set_contents (marker, "", 0, NULL);
  }
  if (primary == SQLITE_INTERRUPT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  else if (primary == SQLITE_FULL
           || (primary == SQLITE_IOERR
               && (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG)))
    base_error_set (
        error, BASE_ERROR_DISK, sqlite3_errmsg (self->sqlite),
        _ ("The disk is full, so Sosik could not save this. Free some space and try again."));
  else
    base_error_set (error, BASE_ERROR_DISK, sqlite3_errmsg (self->sqlite),
                    _ ("The mail kept on this computer could not be read or written."));
  return FALSE;
}

static gboolean
exec (StoreIndex *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->sqlite, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || fail (self, code, error);
}

static sqlite3_stmt *
begin (StoreIndex *self, Sql which, const gint64 *values, gsize n)
{
  sqlite3_stmt *statement = self->statements[which];

  for (gsize i = 0; i < n; i++)
    (void)sqlite3_bind_int64 (statement, (int)i + 1, values[i]);
  return statement;
}

/* 1: a row, 0: none (any more), -1: error. */
static int
step (StoreIndex *self, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  fail (self, code, error);
  return -1;
}

static void
done (sqlite3_stmt *statement)
{
  (void)sqlite3_reset (statement);
  (void)sqlite3_clear_bindings (statement);
}

static gboolean
run (StoreIndex *self, Sql which, const gint64 *values, gsize n, GError **error)
{
  sqlite3_stmt *statement = begin (self, which, values, n);
  gboolean ok = step (self, statement, error) >= 0;

  done (statement);
  return ok;
}

static gboolean
run_with_bytes (StoreIndex *self, Sql which, gint64 id, gconstpointer bytes, gsize length,
                gboolean is_text, GError **error)
{
  sqlite3_stmt *statement = begin (self, which, &id, 1);
  gboolean ok;

  if (is_text)
    (void)sqlite3_bind_text (statement, 2, bytes, (int)length, SQLITE_STATIC);
  else
    (void)sqlite3_bind_blob64 (statement, 2, bytes, length, SQLITE_STATIC);
  ok = step (self, statement, error) >= 0;
  done (statement);
  return ok;
}

/* ---- opening ---- */

static void
close_file (StoreIndex *self)
{
  for (guint i = 0; i < N_SQL; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  g_clear_pointer (&self->segments, store_index_segments_free);
  (void)sqlite3_close (self->sqlite);
  self->sqlite = NULL;
}

static gboolean
make_tables (StoreIndex *self, GError **error)
{
  gint64 name = 0;
  g_autofree char *meta = NULL;

  if (!store_db_get_int (self->db, &name, error, "SELECT link_key FROM store", STORE_NO_INTS))
    return FALSE;
  meta = g_strdup_printf ("INSERT INTO meta VALUES (1, %d, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                          ", 0, %d, %d, 0, 0); COMMIT",
                          STORE_INDEX_VERSION, base_words_get_version (), name, G_MAXINT32,
                          G_MAXINT32);
  return exec (
             self,
             "BEGIN IMMEDIATE;"
             /* seen, rows, texts: StoreIndexMark; gone: since when there are words of messages that are not, 0: none are; segments: how many there are, so
              * that one that is lost is missed */
             "CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, "
             "words INTEGER NOT NULL, store INTEGER NOT NULL, seen INTEGER NOT NULL, "
             "rows INTEGER NOT NULL, texts INTEGER NOT NULL, gone INTEGER NOT NULL, "
             "segments INTEGER NOT NULL) STRICT;"
             /* row: a sum of what else the row of the message says */
             "CREATE TABLE doc (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, "
             "stage INTEGER NOT NULL, received INTEGER NOT NULL, size INTEGER NOT NULL, "
             "row INTEGER NOT NULL, segment INTEGER NOT NULL) STRICT;"
             "CREATE UNIQUE INDEX doc_message ON doc (message, stage, received, size);"
             /* A table of its own: docs are looked through without it. */
             "CREATE TABLE text (id INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT;"
             /* See store-index-segments.c */
             "CREATE TABLE segment (id INTEGER PRIMARY KEY, docs INTEGER NOT NULL, "
             "keys INTEGER NOT NULL, row_bits INTEGER NOT NULL, places BLOB NOT NULL) STRICT;"
             "CREATE TABLE pairs (id INTEGER PRIMARY KEY, pairs BLOB NOT NULL) STRICT;"
             "CREATE TABLE shift (block INTEGER PRIMARY KEY, most INTEGER NOT NULL) STRICT;"
             "CREATE VIRTUAL TABLE words USING fts5 (t, content='', columnsize=0, detail=none, "
             "tokenize='sosik');"
             "INSERT INTO words (words, rank) VALUES ('automerge', 0);"
             /* Pieces that are brought together at a time: each is written anew more seldom. */
             "INSERT INTO words (words, rank) VALUES ('usermerge', 16);",
             error)
         && exec (self, meta, error);
}

static gboolean
prepare (StoreIndex *self, GError **error)
{
  g_autofree char *kept =
      g_strdup_printf ("INSERT INTO words (words, rank) VALUES ('hashsize', %d)", TOKENS_KEPT);

  if (!exec (self, kept, error))
    return FALSE;
  for (guint i = 0; i < N_SQL; i++) {
    int code = sqlite3_prepare_v3 (self->sqlite, sql_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                   &self->statements[i], NULL);

    if (code != SQLITE_OK)
      return fail (self, code, error);
  }
  int code = store_index_segments_new (self->sqlite, &self->segments);
  if (code != SQLITE_OK)
    return fail (self, code, error);
  sqlite3_stmt *statement = begin (self, SQL_GET_MARK, NULL, 0);
  int found = step (self, statement, error);
  if (found == 1)
    self->mark =
        (StoreIndexMark){ sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1),
                          sqlite3_column_int64 (statement, 2) };
  if (found == 1)
    self->gone = sqlite3_column_int64 (statement, 3);
  done (statement);
  return found == 1;
}

static gboolean
begin_anew (StoreIndex *self, GError **error)
{
  int code;

  close_file (self);
  if (!store_index_remove_file (self->db->store, error))
    return FALSE;
  code = store_index_connect (self->db->store, TRUE, &self->sqlite);
  if (code != SQLITE_OK)
    return fail (self, code, error);
  return make_tables (self, error) && prepare (self, error);
}

/* What is there, and can be made again, is of no use. */
static gboolean
is_lost (const StoreIndex *self)
{
  return self->code == SQLITE_CANTOPEN || self->code == SQLITE_NOTADB
         || self->code == SQLITE_CORRUPT || self->code == SQLITE_ERROR;
}

/* What is there can be used.  `error` is not NULL. */
static gboolean
take_file (StoreIndex *self, GError **error)
{
  g_autofree char *path = store_index_dup_path (self->db->store);
  g_autofree char *marker = g_strconcat (path, ".is-damaged", NULL);
  int code = g_file_test (marker, G_FILE_TEST_EXISTS)
                 ? SQLITE_NOTADB
                 : store_index_connect (self->db->store, FALSE, &self->sqlite);

  if (code == SQLITE_OK)
    code = store_index_check (self->db, self->sqlite, error);
  if (code != SQLITE_OK)
    return *error == NULL && fail (self, code, error);
  return prepare (self, error);
}

/* ---- places ---- */

/* The first place at or behind `at` that is in none of the long runs. */
static gint64
skip_runs (StoreIndex *self, gint64 at)
{
  guint low = 0, high = self->runs->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (self->runs, Run, middle).end <= at)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < self->runs->len && g_array_index (self->runs, Run, low).first <= at)
    return g_array_index (self->runs, Run, low).end;
  return at;
}

static void
add_run (StoreIndex *self, gint64 first, gint64 end)
{
  guint i = 0;
  Run run = { first, end };

  while (i < self->runs->len && g_array_index (self->runs, Run, i).end < first)
    i++;
  while (i < self->runs->len && g_array_index (self->runs, Run, i).first <= run.end) {
    run.first = MIN (run.first, g_array_index (self->runs, Run, i).first);
    run.end = MAX (run.end, g_array_index (self->runs, Run, i).end);
    g_array_remove_index (self->runs, i);
  }
  g_array_insert_val (self->runs, i, run);
}

/* Thousands may have been received in one moment, for what a server was filled with. */
static gboolean
find_place (StoreIndex *self, gint64 wanted, gint64 *place, GError **error)
{
  for (gint64 at = skip_runs (self, wanted);; at = skip_runs (self, at)) {
    sqlite3_stmt *statement = begin (self, SQL_IS_TAKEN, &at, 1);
    gint64 first = at;
    int found;

    while ((found = step (self, statement, error)) == 1
           && sqlite3_column_int64 (statement, 0) == at)
      at++;
    done (statement);
    if (found < 0)
      return FALSE;
    if (at - first <= LONG_RUN) {
      *place = at;
      return TRUE;
    }
    add_run (self, first, at);
  }
}

/* ---- what there is of a message ---- */

static void
read_doc (sqlite3_stmt *statement, StoreIndexSeen *seen)
{
  *seen = (StoreIndexSeen){ .place = sqlite3_column_int64 (statement, 0),
                            .message = sqlite3_column_int64 (statement, 1),
                            .stage = (StoreIndexStage)sqlite3_column_int64 (statement, 2),
                            .received = sqlite3_column_int64 (statement, 3),
                            .size = sqlite3_column_int64 (statement, 4),
                            .row = sqlite3_column_int64 (statement, 5) };
}

int
store_index_find (StoreIndex *self, gint64 message, StoreIndexSeen *seen, GError **error)
{
  sqlite3_stmt *statement = begin (self, SQL_FIND_DOC, &message, 1);
  int found = step (self, statement, error);

  if (found == 1)
    read_doc (statement, seen);
  done (statement);
  return found;
}

GArray *
store_index_list_docs (StoreIndex *self, GError **error)
{
  g_autoptr (GArray) docs = g_array_new (FALSE, FALSE, sizeof (StoreIndexSeen));
  sqlite3_stmt *statement = begin (self, SQL_LIST_DOCS, NULL, 0);
  StoreIndexSeen seen;
  int found;

  while ((found = step (self, statement, error)) == 1) {
    read_doc (statement, &seen);
    g_array_append_val (docs, seen);
  }
  done (statement);
  return found == 0 ? g_steal_pointer (&docs) : NULL;
}

StoreDb *
store_index_get_db (StoreIndex *self)
{
  return self->db;
}

/* Words that come or go. */
typedef struct
{
  gint64 place;
  gboolean coming;
  GByteArray *tokens; /* Owned */
} Change;

static void
change_clear (gpointer data)
{
  g_byte_array_unref (((Change *)data)->tokens);
}

static GArray *
changes_new (void)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (Change));

  g_array_set_clear_func (changes, change_clear);
  return changes;
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const Change *one = a, *two = b;

  return one->place != two->place ? (one->place > two->place) - (one->place < two->place)
                                  : one->coming - two->coming;
}

/* FTS5 notes of words that they are gone, and forgets them when it brings that and the oldest piece together: see store_index_tidy (). */
static gboolean
note_gone (StoreIndex *self, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (self->gone == 0)
    self->gone = now;
  /* Some of the pieces may be behind it already. */
  if (self->is_purging && self->gone_since == 0)
    self->gone_since = now;
  return run (self, SQL_SET_GONE, STORE_INTS (self->gone, FALSE), error);
}

/* Takes a document away.  Its words, which are those of its text, go when all is known that changes. */
static gboolean
drop_doc (StoreIndex *self, gint64 place, GArray *changes, GError **error)
{
  sqlite3_stmt *statement = begin (self, SQL_GET_TEXT, &place, 1);
  int found = step (self, statement, error);
  g_autofree char *text = NULL;
  Change change = { place, FALSE, NULL };
  gsize length;

  if (found == 1)
    text = store_index_text_unpack (sqlite3_column_blob (statement, 0),
                                    (gsize)sqlite3_column_bytes (statement, 0), &length);
  done (statement);
  if (found < 0)
    return FALSE;
  if (text == NULL)
    return fail (self, SQLITE_CORRUPT, error);
  change.tokens = g_byte_array_new ();
  store_index_tokens_list (self->tokens, text, length, change.tokens, NULL);
  g_array_append_val (changes, change);
  return note_gone (self, error) && run (self, SQL_DROP_TEXT, &place, 1, error)
         && run (self, SQL_DROP_DOC, &place, 1, error);
}

/* FTS5 writes a piece of its index whenever it is told of a place before the last one. */
static gboolean
write_words (StoreIndex *self, GArray *changes, GError **error)
{
  g_array_sort (changes, compare_changes);
  for (guint i = 0; i < changes->len; i++) {
    const Change *change = &g_array_index (changes, Change, i);

    if (!run_with_bytes (self, change->coming ? SQL_ADD_WORDS : SQL_DROP_WORDS, change->place,
                         change->tokens->data, change->tokens->len, TRUE, error))
      return FALSE;
  }
  return TRUE;
}

/* Ends a transaction. */
static gboolean
finish (StoreIndex *self, gboolean ok, GError **error)
{
  if (ok && exec (self, "COMMIT", error))
    return TRUE;
  /* After a full disk SQLite may have rolled back by itself. */
  if (!sqlite3_get_autocommit (self->sqlite))
    (void)sqlite3_exec (self->sqlite, "ROLLBACK", NULL, NULL, NULL);
  /* What was taken in it may be free. */
  g_array_set_size (self->runs, 0);
  store_index_segments_forget (self->segments);
  return FALSE;
}

static gboolean
set_mark (StoreIndex *self, const StoreIndexMark *mark, GError **error)
{
  return run (self, SQL_SET_MARK, STORE_INTS (mark->seen, mark->rows, mark->texts), error);
}

gboolean
store_index_get_last (StoreIndex *self, gint64 *last, GError **error)
{
  *last = 0;
  return store_db_get_int (self->db, last, error,
                           "SELECT seq FROM sqlite_sequence WHERE name = 'message'", STORE_NO_INTS);
}

/* A power cut may have taken from mail.db what the index has still, and the same row ids are other messages' then. */
static gboolean
forget_newer (StoreIndex *self, GError **error)
{
  StoreIndexMark mark = self->mark;
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) changes = changes_new ();
  sqlite3_stmt *statement = NULL;
  gint64 last = 0;
  gboolean ok;
  int code, found;

  if (!store_index_get_last (self, &last, error))
    return FALSE;
  code = sqlite3_prepare_v2 (self->sqlite, "SELECT id FROM doc WHERE message > ?1 ORDER BY id", -1,
                             &statement, NULL);
  if (code != SQLITE_OK)
    return fail (self, code, error);
  (void)sqlite3_bind_int64 (statement, 1, last);
  while ((found = step (self, statement, error)) == 1) {
    gint64 place = sqlite3_column_int64 (statement, 0);

    g_array_append_val (places, place);
  }
  (void)sqlite3_finalize (statement);
  mark.seen = MIN (mark.seen, last);
  if (found < 0 || (places->len == 0 && mark.seen == self->mark.seen))
    return found == 0;
  if (!exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  ok = set_mark (self, &mark, error);
  for (guint i = 0; ok && i < places->len; i++)
    ok = drop_doc (self, g_array_index (places, gint64, i), changes, error);
  if (!finish (self, ok && write_words (self, changes, error), error))
    return FALSE;
  self->mark = mark;
  return TRUE;
}

StoreIndex *
store_index_open (StoreDb *db, gboolean *anew, GError **error)
{
  g_autoptr (StoreIndex) self = g_new0 (StoreIndex, 1);
  g_autoptr (GError) local = NULL;
  gboolean taken;

  self->db = db;
  self->tokens = store_index_tokens_new ();
  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  taken = take_file (self, &local) && forget_newer (self, &local);
  if (anew != NULL)
    *anew = !taken;
  if (!taken && !is_lost (self)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (!taken && !begin_anew (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
store_index_free (StoreIndex *self)
{
  if (self == NULL)
    return;
  close_file (self);
  g_array_unref (self->runs);
  store_index_tokens_free (self->tokens);
  g_free (self);
}

gboolean
store_index_is_damaged (Store *store)
{
  return g_atomic_int_get (&store->index_damaged) != 0;
}

void
store_index_interrupt (StoreIndex *self)
{
  g_atomic_int_set (&self->stopping, 1);
  sqlite3_interrupt (self->sqlite);
}

void
store_index_get_mark (StoreIndex *self, StoreIndexMark *mark)
{
  *mark = self->mark;
}

/* ---- adding ---- */

static gint64
sum_of (guint64 sum, const char *text)
{
  for (; text != NULL && *text != '\0'; text++)
    sum = (sum ^ (guint8)*text) * G_GUINT64_CONSTANT (0x100000001b3);
  return (gint64)(sum * G_GUINT64_CONSTANT (0x100000001b3));
}

gint64
store_index_sum_of_row (const StoreMessage *row, StoreIndexStage stage)
{
  gint64 sum = sum_of (row->has_attachments ? 1 : 2, row->subject);

  sum = sum_of ((guint64)sum, row->from_name);
  sum = sum_of ((guint64)sum, row->from_address);
  sum = sum_of ((guint64)sum, row->to);
  return stage < STORE_INDEX_PARTIAL ? sum_of ((guint64)sum, row->preview) : sum;
}

gsize
store_index_list_row_texts (const StoreMessage *row, StoreIndexText *texts)
{
  const struct
  {
    BaseSection section;
    const char *text;
  } all[STORE_INDEX_ROW_TEXTS] = { { BASE_SECTION_SUBJECT, row->subject },
                                   { BASE_SECTION_FROM, row->from_name },
                                   { BASE_SECTION_FROM, row->from_address },
                                   { BASE_SECTION_TO, row->to },
                                   { BASE_SECTION_BODY, row->preview } };
  gsize n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (all[i].text != NULL && all[i].text[0] != '\0')
      texts[n++] = (StoreIndexText){ all[i].section, all[i].text, strlen (all[i].text) };
  }
  return n;
}

/* How far the documents of a block stand from where they belong, at most. */
static void
note_shift (GHashTable *shifts, gint64 place, gint64 wanted)
{
  gpointer block = GSIZE_TO_POINTER ((gsize)(place >> STORE_INDEX_BLOCK_BITS));
  gsize most = GPOINTER_TO_SIZE (g_hash_table_lookup (shifts, block));

  if (place > wanted && (gsize)(place - wanted) > most)
    g_hash_table_insert (shifts, block, GSIZE_TO_POINTER ((gsize)(place - wanted)));
}

static gboolean
write_shifts (StoreIndex *self, GHashTable *shifts, GError **error)
{
  GHashTableIter iter;
  gpointer block, most;

  g_hash_table_iter_init (&iter, shifts);
  while (g_hash_table_iter_next (&iter, &block, &most)) {
    if (!run (self, SQL_SHIFT,
              STORE_INTS ((gint64)GPOINTER_TO_SIZE (block), (gint64)GPOINTER_TO_SIZE (most)),
              error))
      return FALSE;
  }
  return TRUE;
}

/* Its words go in at once where nothing goes: documents come newest first, and so their places are in order. */
static gboolean
add_doc (StoreIndex *self, const StoreIndexDoc *doc, const StoreIndexPrepared *prepared,
         GArray *changes, GHashTable *shifts, GError **error)
{
  gint64 received = CLAMP (doc->row->received, 0, G_MAXINT32),
         wanted = STORE_INDEX_PLACE (received), place = 0, segment = 0;
  int code;

  if (!find_place (self, wanted, &place, error))
    return FALSE;
  code = store_index_segments_add (self->segments, place, prepared->pairs, &segment);
  if (code != SQLITE_OK)
    return fail (self, code, error);
  note_shift (shifts, place, wanted);
  if (changes != NULL) {
    const Change change = { place, TRUE, g_byte_array_ref (prepared->tokens) };

    g_array_append_val (changes, change);
  } else if (!run_with_bytes (self, SQL_ADD_WORDS, place, prepared->tokens->data,
                              prepared->tokens->len, TRUE, error)) {
    return FALSE;
  }
  return run (self, SQL_ADD_DOC,
              STORE_INTS (place, doc->message, doc->stage, received, (gint64)doc->row->size,
                          store_index_sum_of_row (doc->row, doc->stage), segment),
              error)
         && run_with_bytes (self, SQL_ADD_TEXT, place, g_bytes_get_data (prepared->packed, NULL),
                            g_bytes_get_size (prepared->packed), FALSE, error);
}

static int
compare_docs (gconstpointer a, gconstpointer b)
{
  const StoreIndexDoc *one = a, *two = b;
  gint64 received = one->row != NULL ? one->row->received : 0,
         other = two->row != NULL ? two->row->received : 0;

  if (received != other)
    return received < other ? 1 : -1;
  return (one->message < two->message) - (one->message > two->message);
}

static gboolean
write_segment (StoreIndex *self, GError **error)
{
  int code = store_index_segments_write (self->segments);

  return code == SQLITE_OK || fail (self, code, error);
}

static gboolean
add_all (StoreIndex *self, const StoreIndexDoc *docs, gsize n, GError **error)
{
  g_autoptr (GArray) changes = changes_new ();
  g_autoptr (GHashTable) shifts = g_hash_table_new (NULL, NULL);
  g_autoptr (StoreIndexPreparing) preparing = store_index_preparing_new (docs, n);
  gboolean ok = TRUE;

  for (gsize i = 0; i < n; i++) {
    StoreIndexSeen seen;
    int found = store_index_find (self, docs[i].message, &seen, error);

    if (found < 0 || (found == 1 && !drop_doc (self, seen.place, changes, error)))
      return FALSE;
  }
  for (gsize i = 0; ok && i < n; i++) {
    StoreIndexPrepared prepared;

    if (g_atomic_int_get (&self->stopping))
      return fail (self, SQLITE_INTERRUPT, error);
    if (docs[i].row == NULL)
      continue;
    store_index_preparing_take (preparing, i, &prepared);
    ok = add_doc (self, &docs[i], &prepared, changes->len > 0 ? changes : NULL, shifts, error);
    store_index_prepared_clear (&prepared);
  }
  return ok && write_segment (self, error) && write_words (self, changes, error)
         && write_shifts (self, shifts, error);
}

gboolean
store_index_add (StoreIndex *self, const StoreIndexDoc *docs, gsize n, const StoreIndexMark *mark,
                 GError **error)
{
  g_autoptr (GArray) sorted = g_array_sized_new (FALSE, FALSE, sizeof *docs, (guint)n);
  gboolean ok;

  if (g_atomic_int_get (&self->db->store->index_damaged))
    return fail (self, SQLITE_CORRUPT, error);
  if (!exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (n > 0)
    g_array_append_vals (sorted, docs, (guint)n);
  g_array_sort (sorted, compare_docs);
  ok = add_all (self, (const StoreIndexDoc *)(gpointer)sorted->data, n, error)
       && (mark == NULL || set_mark (self, mark, error));
  if (!finish (self, ok, error))
    return FALSE;
  if (mark != NULL)
    self->mark = *mark;
  return TRUE;
}

gboolean
store_index_mark_stale (StoreIndex *self, const gint64 *messages, gsize n, GError **error)
{
  gboolean ok = TRUE;

  if (g_atomic_int_get (&self->db->store->index_damaged))
    return fail (self, SQLITE_CORRUPT, error);
  if (!exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (gsize i = 0; ok && i < n; i++)
    ok = run (self, SQL_MARK_STALE, STORE_INTS (messages[i]), error);
  return finish (self, ok, error);
}

/* It is all written anew once a week at most, however much is deleted. */
static gboolean
is_purge_due (const StoreIndex *self)
{
  return self->gone != 0
         && ABS (g_get_real_time () / G_USEC_PER_SEC - self->gone) >= STORE_INDEX_KEEPS_GONE;
}

/* What is left of deleted words in the log goes when nobody reads it; else with what is written next. */
static gboolean
end_purge (StoreIndex *self, GError **error)
{
  if (!run (self, SQL_SET_GONE, STORE_INTS (self->gone_since, TRUE), error))
    return FALSE;
  self->is_purging = FALSE;
  self->gone = self->gone_since;
  self->gone_since = 0;
  (void)sqlite3_wal_checkpoint_v2 (self->sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  return TRUE;
}

static gboolean
tidy_segments (StoreIndex *self, gboolean begins, gboolean *more, GError **error)
{
  int code;

  if (!exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  code = begins ? store_index_segments_find_gone (self->segments) : SQLITE_OK;
  if (code == SQLITE_OK)
    code = store_index_segments_tidy (self->segments, more);
  return finish (self, code == SQLITE_OK || fail (self, code, error), error);
}

gboolean
store_index_tidy (StoreIndex *self, gboolean *more, GError **error)
{
  gboolean begins = !self->is_purging && is_purge_due (self);
  int before;

  if (!tidy_segments (self, begins, more, error))
    return FALSE;
  before = sqlite3_total_changes (self->sqlite);
  /* Fewer than nothing: all pieces, not only where there are many. */
  if (!run (self, SQL_MERGE, STORE_INTS (begins ? -STEP_PAGES : STEP_PAGES), error))
    return FALSE;
  self->is_purging |= begins;
  /* As FTS5 tells it: fewer than two, nothing was merged. */
  *more |= sqlite3_total_changes (self->sqlite) - before >= 2;
  return *more || !self->is_purging || end_purge (self, error);
}
