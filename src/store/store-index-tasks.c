/* What the index lacks: a comparison of mail.db with search.db.  The indexer's thread; writes nothing. */
#include "store-index-private.h"

static int
compare_docs (gconstpointer a, gconstpointer b)
{
  const StoreIndexSeen *one = a, *two = b;

  return (one->message > two->message) - (one->message < two->message);
}

static void
add_task (GArray *tasks, gint64 message, gint64 received, StoreIndexStage stage, gboolean is_gone)
{
  StoreIndexTask task = { message, received, stage, is_gone };

  g_array_append_val (tasks, task);
}

/* What is known while it compares. */
typedef struct
{
  GArray *docs;        /* of StoreIndexSeen, by message */
  GHashTable *partial; /* ids of messages of which there is a part */
  guint8 *met;         /* of docs: mail.db has it */
  GArray *tasks;
} Comparing;

/* Columns: row id, received, size, whether there is a first line. */
static gboolean
compare_rows (Comparing *self, StoreDb *db, StoreQuery *query, StoreIndexStage most, GError **error)
{
  int step = -1;

  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    const StoreIndexSeen row = { .message = store_query_int (query, 0),
                                 .received = store_query_int (query, 1),
                                 .size = store_query_int (query, 2) };
    const StoreIndexSeen *doc = NULL;
    StoreIndexStage stage = most;
    guint place;

    if (most != STORE_INDEX_WHOLE)
      stage = g_hash_table_contains (self->partial, &row.message) ? STORE_INDEX_PARTIAL
              : store_query_int (query, 3)                        ? STORE_INDEX_LINE
                                                                  : STORE_INDEX_ROW;
    if (g_array_binary_search (self->docs, &row, compare_docs, &place)) {
      doc = &g_array_index (self->docs, StoreIndexSeen, place);
      self->met[place] = 1;
    }
    if (doc == NULL || doc->stage < stage || doc->received != row.received || doc->size != row.size)
      add_task (self->tasks, row.message, row.received, stage, FALSE);
  }
  return step == 0;
}

static gboolean
list_partial (StoreDb *db, GHashTable *partial, GError **error)
{
  g_autoptr (GArray) ids = store_db_get_ints (
      db, error, "SELECT message FROM piece WHERE number = -1 AND pack IS NOT NULL", STORE_NO_INTS);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    g_hash_table_add (partial, g_memdup2 (&g_array_index (ids, gint64, i), sizeof (gint64)));
  return ids != NULL;
}

static int
compare_tasks (gconstpointer a, gconstpointer b)
{
  const StoreIndexTask *one = a, *two = b;
  gboolean one_has = one->stage >= STORE_INDEX_PARTIAL, two_has = two->stage >= STORE_INDEX_PARTIAL;

  if (one->is_gone != two->is_gone)
    return one->is_gone ? -1 : 1;
  if (one_has != two_has)
    return one_has ? -1 : 1;
  if (one->received != two->received)
    return one->received > two->received ? -1 : 1;
  return (one->message < two->message) - (one->message > two->message);
}

GArray *
store_index_list_tasks (StoreIndex *self, GError **error)
{
  StoreDb *db = store_index_get_db (self);
  g_autoptr (GArray) docs = store_index_list_docs (self, error);
  g_autoptr (GArray) tasks = g_array_new (FALSE, FALSE, sizeof (StoreIndexTask));
  g_autoptr (GHashTable) partial =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autofree guint8 *met = g_malloc0 (docs != NULL ? docs->len + 1 : 1);
  Comparing comparing = { docs, partial, met, tasks };
  g_autoptr (StoreQuery) whole = NULL, rest = NULL;

  if (docs == NULL || !list_partial (db, partial, error))
    return NULL;
  /* From an index alone: nearly all, as a rule. */
  whole = store_db_query (db, error,
                          "SELECT id, received, size FROM message INDEXED BY message_place "
                          "WHERE has_body = 1",
                          STORE_NO_INTS);
  if (!compare_rows (&comparing, db, whole, STORE_INDEX_WHOLE, error))
    return NULL;
  rest = store_db_query (
      db, error, "SELECT id, received, size, preview IS NOT NULL FROM message WHERE has_body = 0",
      STORE_NO_INTS);
  if (!compare_rows (&comparing, db, rest, STORE_INDEX_LINE, error))
    return NULL;
  for (guint i = 0; i < docs->len; i++) {
    const StoreIndexSeen *doc = &g_array_index (docs, StoreIndexSeen, i);

    if (!met[i])
      add_task (tasks, doc->message, doc->received, doc->stage, TRUE);
  }
  g_array_sort (tasks, compare_tasks);
  return g_steal_pointer (&tasks);
}

/* What is stale may have been made of bytes that are not here any more: of those, it knows more than the row. */
static gboolean
is_of_row (const StoreIndexSeen *seen, const StoreMessage *row, StoreIndexStage stage)
{
  return seen->row == store_index_sum_of_row (row, seen->stage)
         || (stage < STORE_INDEX_PARTIAL
             && seen->row == store_index_sum_of_row (row, STORE_INDEX_WHOLE));
}

static gboolean
look_at (StoreIndex *self, gint64 message, const StoreMessage *row, GArray *tasks, GError **error)
{
  StoreDb *db = store_index_get_db (self);
  StoreIndexSeen seen;
  StoreIndexStage stage = STORE_INDEX_WHOLE;
  gint64 has_piece = 0;
  int found = store_index_find (self, message, &seen, error);

  if (found < 0)
    return FALSE;
  if (row == NULL) {
    if (found == 1)
      add_task (tasks, message, seen.received, seen.stage, TRUE);
    return TRUE;
  }
  if (!row->has_body) {
    if (!store_db_get_int (db, &has_piece, error,
                           "SELECT 1 FROM piece WHERE message = ?1 AND number = -1 "
                           "AND pack IS NOT NULL",
                           STORE_INTS (message)))
      return FALSE;
    stage = has_piece              ? STORE_INDEX_PARTIAL
            : row->preview != NULL ? STORE_INDEX_LINE
                                   : STORE_INDEX_ROW;
  }
  if (found == 0 || seen.stage < stage || seen.received != row->received
      || seen.size != (gint64)row->size || !is_of_row (&seen, row, stage))
    add_task (tasks, message, row->received, stage, FALSE);
  return TRUE;
}

gboolean
store_index_look (StoreIndex *self, const gint64 *messages, gsize n, GArray *tasks, GError **error)
{
  g_autoptr (GPtrArray) rows =
      store_message_get_rows (store_index_get_db (self), messages, n, error);

  for (gsize i = 0; rows != NULL && i < n; i++) {
    if (!look_at (self, messages[i], rows->pdata[i], tasks, error))
      return FALSE;
  }
  return rows != NULL;
}
