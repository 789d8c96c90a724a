/* Rows that a writing function adds are kept until it ends, and are then written many at a time, with what their
 * conversations made of them meanwhile: a statement costs as much to begin as two rows of it, and a row that is written twice costs three times.
 * The same for rows that get a conversation.
 *
 * In a transaction only.  Who is about to read rows, or to add one otherwise, has to write those that wait first. */
#include "store-private.h"

/* Of one statement.  Before each, SQLite puts aside every page that it changes: the more rows, the fewer. */
#define MOST 100
#define SOME 25

/* ---- rows ---- */

#define N_INTS    15
#define N_TEXTS   9
#define N_COLUMNS (N_INTS + N_TEXTS)
#define INSERT_ROWS                                                                                \
  "INSERT INTO message (id, folder, uid, flags, server_flags, hidden, received, date, size, "      \
  "has_attachments, has_body, thread, own, marks, base, from_name, from_address, recipients, "     \
  "subject, message_id, in_reply_to, reference_ids, preview, object_id) VALUES "
#define ROW_VALUES "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"

static void
bind_row (StoreQuery *query, guint place, const StorePending *pending)
{
  const StoreRow *row = &pending->row;
  const StoreNewMessage *message = pending->message;
  const gint64 ints[N_INTS] = { row->id,           row->folder,
                                row->uid,          row->flags,
                                row->server_flags, (row->flags & STORE_FLAG_DELETED) != 0,
                                row->received,     message->date,
                                (gint64)row->size, row->has_attachments,
                                row->has_body,     row->thread,
                                row->own,          row->marks,
                                row->base };
  const char *const texts[N_TEXTS] = { message->from_name,  message->from_address,
                                       message->to,         message->subject,
                                       message->message_id, message->in_reply_to,
                                       message->references, message->preview,
                                       message->object_id };
  int first = (int)place * N_COLUMNS + 1;

  for (int i = 0; i < N_INTS; i++) {
    /* uid 0 is stored as NULL, of which UNIQUE allows many. */
    if (i != 2 || row->uid != 0)
      store_query_bind_int (query, first + i, ints[i]);
  }
  for (int i = 0; i < N_TEXTS; i++) {
    if (texts[i] != NULL)
      store_query_bind_text (query, first + N_INTS + i, texts[i]);
  }
}

static gboolean
insert_rows (StoreDb *db, guint begin, guint n, GError **error)
{
  g_autoptr (StoreQuery) query =
      n == MOST
          ? store_db_query (db, error, INSERT_ROWS STORE_TIMES_100 (ROW_VALUES), STORE_NO_INTS)
      : n == SOME
          ? store_db_query (db, error, INSERT_ROWS STORE_TIMES_25 (ROW_VALUES), STORE_NO_INTS)
          : store_db_query (db, error, INSERT_ROWS ROW_VALUES, STORE_NO_INTS);

  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    bind_row (query, i, &g_array_index (db->pending, StorePending, begin + i));
  return store_query_step (db, query, error) == 0;
}

#define INSERT_BODIES "INSERT INTO body (message, pack, offset, length, checksum) VALUES "
#define BODY_VALUES   "(?,?,?,?,?)"

static gboolean
insert_bodies (StoreDb *db, const guint *places, guint n, GError **error)
{
  g_autoptr (StoreQuery) query =
      n == SOME
          ? store_db_query (db, error, INSERT_BODIES STORE_TIMES_25 (BODY_VALUES), STORE_NO_INTS)
          : store_db_query (db, error, INSERT_BODIES BODY_VALUES, STORE_NO_INTS);

  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const StorePending *pending = &g_array_index (db->pending, StorePending, places[i]);
    const gint64 values[] = { pending->row.id, pending->body.pack, pending->body.offset,
                              pending->body.length, (gint64)pending->body.checksum };

    for (guint j = 0; j < G_N_ELEMENTS (values); j++)
      store_query_bind_int (query, (int)(i * G_N_ELEMENTS (values) + j) + 1, values[j]);
  }
  return store_query_step (db, query, error) == 0;
}

static gboolean
write_bodies (StoreDb *db, GError **error)
{
  guint places[SOME], n = 0;

  for (guint i = 0; i < db->pending->len; i++) {
    const StorePending *pending = &g_array_index (db->pending, StorePending, i);

    if (pending->message != NULL && pending->message->body != NULL)
      places[n++] = i;
    if (n == SOME) {
      if (!insert_bodies (db, places, n, error))
        return FALSE;
      n = 0;
    }
  }
  for (guint i = 0; i < n; i++) {
    if (!insert_bodies (db, &places[i], 1, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
update_row (StoreDb *db, const StorePending *pending, GError **error)
{
  const StoreRow *row = &pending->row;

  if (pending->kind == STORE_PENDING_MARKS)
    return store_db_run (db, error, "UPDATE message SET marks = ?2 WHERE id = ?1",
                         STORE_INTS (row->id, row->marks));
  return store_db_run (db, error,
                       "UPDATE message SET thread = ?2, own = ?3, marks = ?4, base = ?5 "
                       "WHERE id = ?1",
                       STORE_INTS (row->id, row->thread, row->own, row->marks, row->base));
}

/* ---- many rows that are there ---- */

/* One statement goes through them in the order of their numbers, and asks for what each becomes: half of what a statement for each costs is
 * to begin and to end it. */

#define MANY   16 /* rows: fewer have a statement each */
#define SPARSE 4  /* times as many rows between the first and the last: so have these */

typedef enum
{
  ASK_IS_CHANGING,
  ASK_THREAD,
  ASK_OWN,
  ASK_MARKS,
  ASK_BASE,
} Asked;

static const StorePending *
find_changing (StoreDb *db, gint64 id)
{
  const StoreChanging *changing = (const StoreChanging *)(gconstpointer)db->changing->data;
  guint low = db->changing_at, high = db->changing->len;

  /* The one that was asked for last, or the next, nearly always. */
  if (low < high && changing[low].id == id)
    return &g_array_index (db->pending, StorePending, changing[low].place);
  if (low < high && changing[low].id > id)
    low = 0;
  if (low + 1 < high && changing[low + 1].id >= id)
    high = low + 2;
  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (changing[middle].id < id)
      low = middle + 1;
    else
      high = middle;
  }
  if (low >= db->changing->len || changing[low].id != id)
    return NULL;
  db->changing_at = low;
  return &g_array_index (db->pending, StorePending, changing[low].place);
}

/* pending (id, Asked) in SQL. */
static void
answer (sqlite3_context *context, int n, sqlite3_value **values)
{
  StoreDb *db = sqlite3_user_data (context);
  const StorePending *pending = find_changing (db, sqlite3_value_int64 (values[0]));

  switch ((Asked)sqlite3_value_int (values[1])) {
  case ASK_IS_CHANGING:
    sqlite3_result_int (context, pending != NULL);
    return;
  case ASK_THREAD:
    sqlite3_result_int64 (context, pending != NULL ? pending->row.thread : 0);
    return;
  case ASK_OWN:
    sqlite3_result_int64 (context, pending != NULL ? pending->row.own : 0);
    return;
  case ASK_MARKS:
    sqlite3_result_int64 (context, pending != NULL ? pending->row.marks : 0);
    return;
  case ASK_BASE:
    sqlite3_result_int64 (context, pending != NULL ? pending->row.base : 0);
    return;
  }
}

int
store_pending_prepare (StoreDb *db)
{
  return sqlite3_create_function (db->sqlite, "pending", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, db,
                                  answer, NULL, NULL);
}

static int
compare_changing (gconstpointer a, gconstpointer b)
{
  gint64 one = ((const StoreChanging *)a)->id, two = ((const StoreChanging *)b)->id;
  return (one > two) - (one < two);
}

/* TRUE: all that waits are rows changed in one way, each once, and near each other. */
static gboolean
list_changing (StoreDb *db)
{
  guint n = db->pending->len;
  StorePendingKind kind = g_array_index (db->pending, StorePending, 0).kind;

  g_array_set_size (db->changing, 0);
  db->changing_at = 0;
  if (n < MANY || kind == STORE_PENDING_NEW)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const StorePending *pending = &g_array_index (db->pending, StorePending, i);
    const StoreChanging one = { pending->row.id, i };

    if (pending->kind != kind)
      return FALSE;
    g_array_append_val (db->changing, one);
  }
  g_array_sort (db->changing, compare_changing);
  for (guint i = 1; i < n; i++) {
    if (g_array_index (db->changing, StoreChanging, i).id
        == g_array_index (db->changing, StoreChanging, i - 1).id)
      return FALSE;
  }
  return (g_array_index (db->changing, StoreChanging, n - 1).id
          - g_array_index (db->changing, StoreChanging, 0).id)
             / n
         < SPARSE;
}

/* OR FAIL: a transaction in which anything fails is rolled back whole, and so SQLite need not keep the pages as they were before. */
static gboolean
update_rows (StoreDb *db, GError **error)
{
  StorePendingKind kind = g_array_index (db->pending, StorePending, 0).kind;
  gint64 first = g_array_index (db->changing, StoreChanging, 0).id;
  gint64 last = g_array_index (db->changing, StoreChanging, db->changing->len - 1).id;

  G_STATIC_ASSERT (ASK_IS_CHANGING == 0 && ASK_THREAD == 1 && ASK_OWN == 2 && ASK_MARKS == 3
                   && ASK_BASE == 4);
  if (kind == STORE_PENDING_MARKS)
    return store_db_run (db, error,
                         "UPDATE OR FAIL message SET marks = pending (id, 3) "
                         "WHERE id BETWEEN ?1 AND ?2 AND pending (id, 0)",
                         STORE_INTS (first, last));
  return store_db_run (db, error,
                       "UPDATE OR FAIL message SET thread = pending (id, 1), "
                       "own = pending (id, 2), marks = pending (id, 3), base = pending (id, 4) "
                       "WHERE id BETWEEN ?1 AND ?2 AND pending (id, 0)",
                       STORE_INTS (first, last));
}

static gboolean
write_rows (StoreDb *db, GError **error)
{
  guint n = db->pending->len;

  if (list_changing (db))
    return update_rows (db, error);
  for (guint i = 0, step; i < n; i += step) {
    const StorePending *pending = &g_array_index (db->pending, StorePending, i);

    /* One function adds rows or changes them, never both. */
    step = pending->message == NULL || n - i < SOME ? 1 : n - i < MOST ? SOME : MOST;
    if (!(pending->message != NULL ? insert_rows (db, i, step, error)
                                   : update_row (db, pending, error)))
      return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    const StorePending *pending = &g_array_index (db->pending, StorePending, i);

    if (pending->message != NULL && pending->message->labels != NULL
        && !store_row_set_labels (db, pending->row.id, pending->message->labels, error))
      return FALSE;
  }
  return write_bodies (db, error);
}

gboolean
store_pending_write (StoreDb *db, GError **error)
{
  if (db->pending->len > 0 && !write_rows (db, error))
    return FALSE;
  g_array_set_size (db->pending, 0);
  db->written_threads = db->store->last_thread;
  return TRUE;
}

gboolean
store_pending_add (StoreDb *db, const StoreNewMessage *message, const StorePlace *body,
                   StoreRow *row, GError **error)
{
  StorePending pending = { .message = message };

  if (body != NULL)
    pending.body = *body;
  if (db->pending->len == 0) {
    db->last_row = 0;
    if (!store_db_get_int (db, &db->last_row, error,
                           "SELECT seq FROM sqlite_sequence WHERE name = 'message'", STORE_NO_INTS))
      return FALSE;
  }
  row->id = ++db->last_row;
  pending.row = *row;
  g_array_append_val (db->pending, pending);
  return TRUE;
}

void
store_pending_change (StoreDb *db, StorePendingKind kind, const StoreRow *row)
{
  const StorePending pending = { .kind = kind, .row = *row };

  g_array_append_val (db->pending, pending);
}

void
store_pending_clear (StoreDb *db)
{
  g_array_set_size (db->pending, 0);
  g_array_set_size (db->unwritten, 0);
}
