/* Rows that a writing function adds are kept until it ends, and are then written many at a time, with what their
 * conversations made of them meanwhile: a statement costs as much to begin as two rows of it, and a row that is written twice costs three times.
 * The same for rows that get a conversation.
 *
 * In a transaction only.  Who is about to read rows, or to add one otherwise, has to write those that wait first. */
#include "store-private.h"

#define ROWS 25 /* of one statement */

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
      n == ROWS ? store_db_query (db, error, INSERT_ROWS STORE_TIMES_25 (ROW_VALUES), STORE_NO_INTS)
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
      n == ROWS
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
  guint places[ROWS], n = 0;

  for (guint i = 0; i < db->pending->len; i++) {
    const StorePending *pending = &g_array_index (db->pending, StorePending, i);

    if (pending->message != NULL && pending->message->body != NULL)
      places[n++] = i;
    if (n == ROWS) {
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

static gboolean
write_rows (StoreDb *db, GError **error)
{
  guint n = db->pending->len;

  for (guint i = 0, step; i < n; i += step) {
    const StorePending *pending = &g_array_index (db->pending, StorePending, i);

    /* One function adds rows or changes them, never both. */
    step = pending->message != NULL && n - i >= ROWS ? ROWS : 1;
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
