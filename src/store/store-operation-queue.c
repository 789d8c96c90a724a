/* Operations as the sync worker sees them: what is due, what came of it.
 *
 * Runs on worker threads with a connection of theirs. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "store-private.h"

/* Ended ones are kept this long, for undo. */
#define KEEP_ENDED_S 3600

static void
free_operation (gpointer operation)
{
  store_operation_free (operation);
}

/* `o` is due and no earlier operation on its message is still to be done. */
#define IS_FREE                                                                                    \
  "o.account = ?1 AND o.state = 0 AND NOT EXISTS (SELECT 1 FROM operation AS e "                   \
  "WHERE e.message = o.message AND e.id < o.id AND e.state < 2) "

static StoreOperation *
read_operation (StoreQuery *query)
{
  StoreOperation *operation = g_new0 (StoreOperation, 1);
  operation->id = store_query_int (query, 0);
  operation->account = store_query_int (query, 1);
  operation->group = store_query_int (query, 2);
  operation->kind = (StoreOperationKind)store_query_int (query, 3);
  operation->message = store_query_int (query, 4);
  operation->folder = store_query_int (query, 5);
  operation->uid = (guint32)store_query_int (query, 6);
  operation->message_id = store_query_dup_text (query, 7);
  operation->target = store_query_int (query, 8);
  operation->flags = (StoreFlags)store_query_int (query, 9);
  operation->add = store_query_int (query, 10) != 0;
  operation->attempts = (guint)store_query_int (query, 11);
  operation->folder_name = store_query_dup_text (query, 12);
  operation->target_name = store_query_dup_text (query, 13);
  return operation;
}

static GPtrArray *
find_due (StoreDb *db, gint64 account, guint limit, gint64 now, GError **error)
{
  StoreStep first;
  {
    g_autoptr (StoreQuery) query =
        store_db_query (db, error,
                        "SELECT " STORE_STEP_COLUMNS " FROM operation AS o WHERE " IS_FREE
                        "AND o.due <= ?2 ORDER BY o.id LIMIT 1",
                        STORE_INTS (account, now));
    int found = query != NULL ? store_query_step (db, query, error) : -1;
    if (found < 0)
      return NULL;
    if (found == 0)
      return g_ptr_array_new_with_free_func (free_operation);
    store_step_read (query, &first);
  }
  /* The answer to an APPEND names no old UID to tell several apart by. */
  gint64 most = first.kind == STORE_OPERATION_APPEND ? 1 : MAX (limit, 1);
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT o.id, o.account, o.batch, o.kind, o.message, o.folder, o.uid, o.message_id, "
      "o.target, o.flags, o.adding, "
      "o.attempts, source.name, target.name FROM operation AS o JOIN folder AS source ON "
      "source.id = o.folder "
      "LEFT JOIN folder AS target ON target.id = o.target "
      "WHERE " IS_FREE "AND o.id >= ?3 AND o.due <= ?2 AND o.kind = ?4 AND o.folder = ?5 "
      "AND coalesce (o.target, 0) = ?6 AND o.flags = ?7 AND o.adding = ?8 ORDER BY o.id LIMIT ?9",
      STORE_INTS (account, now, first.id, first.kind, first.folder, first.target, first.flags,
                  first.add, most));
  if (query == NULL)
    return NULL;
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func (free_operation);
  int found;
  while ((found = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (due, read_operation (query));
  return found == 0 ? g_steal_pointer (&due) : NULL;
}

static GPtrArray *
take_due (StoreDb *db, gint64 account, guint limit, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) due = find_due (db, account, limit, now, error);
  for (guint i = 0; due != NULL && i < due->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (due, i);
    if (!store_db_run (db, error, "UPDATE operation SET state = 1, begun = 1 WHERE id = ?1",
                       STORE_INTS (operation->id)))
      return NULL;
  }
  return g_steal_pointer (&due);
}

GPtrArray *
store_operation_take_due (StoreDb *db, gint64 account, guint limit, gint64 now, gint64 *next_due,
                          GError **error)
{
  gint64 waiting = 0;
  if (next_due != NULL)
    *next_due = 0;
  /* Asked often and mostly in vain: then it should not wait for the right to write. */
  if (!store_db_get_int (db, &waiting, error,
                         "SELECT EXISTS (SELECT 1 FROM operation AS o WHERE " IS_FREE
                         "AND o.due <= ?2)",
                         STORE_INTS (account, now)))
    return NULL;
  g_autoptr (GPtrArray) due = NULL;
  if (waiting) {
    /* Durable, for an APPEND that was begun must be known as begun. */
    if (!store_db_enter (db, TRUE, error))
      return NULL;
    due = take_due (db, account, limit, now, error);
    if (!store_db_leave (db, due != NULL, error))
      return NULL;
  } else {
    due = g_ptr_array_new_with_free_func (free_operation);
  }
  if (next_due != NULL
      && !store_db_get_int (db, next_due, error,
                            "SELECT coalesce (min (o.due), 0) FROM operation AS o WHERE " IS_FREE
                            "AND o.due > 0",
                            STORE_INTS (account)))
    return NULL;
  return g_steal_pointer (&due);
}

/* ---- done ---- */

static gboolean
finish_flags (StoreDb *db, const StoreStep *step, const StoreRow *row, GError **error)
{
  StoreRow new = *row;
  new.server_flags = step->add ? row->server_flags | step->flags : row->server_flags & ~step->flags;
  return store_row_replay (db, &new, error) && store_row_update (db, row, &new, error);
}

/* The row arrived in `folder`, with this UID (0: to be adopted when the folder is looked at). */
static gboolean
finish_arrival (StoreDb *db, const StoreStep *step, StoreRow *row, gint64 folder, guint32 uid,
                GError **error)
{
  if (uid == 0)
    return TRUE;
  gint64 moves_on = 0;
  if (!store_db_get_int (
          db, &moves_on, error,
          "SELECT EXISTS (SELECT 1 FROM operation WHERE message = ?1 AND id > ?2 AND kind = ?3 "
          "AND state < 2)",
          STORE_INTS (row->id, step->id, STORE_OPERATION_MOVE)))
    return FALSE;
  if (moves_on || row->folder != folder)
    return store_operation_rebind (db, row->id, step->id, folder, folder, uid, error);
  return store_row_take_uid (db, row, uid, error);
}

static gboolean
finish (StoreDb *db, const StoreOperation *operation, guint32 new_uid, GError **error)
{
  StoreStep step;
  int found = store_step_load (db, operation->id, &step, error);
  /* Gone: its message was removed meanwhile. */
  if (found <= 0 || step.state == STORE_STATE_ENDED)
    return found >= 0;
  if (!store_db_run (db, error, "UPDATE operation SET state = 2, ended = ?2 WHERE id = ?1",
                     STORE_INTS (step.id, g_get_real_time () / G_USEC_PER_SEC)))
    return FALSE;
  StoreRow row;
  found = store_row_load (db, step.message, &row, error);
  if (found <= 0)
    return found == 0;
  switch (step.kind) {
  case STORE_OPERATION_FLAGS:
    return finish_flags (db, &step, &row, error);
  case STORE_OPERATION_MOVE:
    return finish_arrival (db, &step, &row, step.target, new_uid, error);
  case STORE_OPERATION_EXPUNGE:
    return store_row_remove (db, &row, error);
  case STORE_OPERATION_APPEND:
    return finish_arrival (db, &step, &row, step.folder, new_uid, error);
  }
  g_assert_not_reached ();
}

gboolean
store_operation_done (StoreDb *db, GPtrArray *operations, GHashTable *new_uids, GError **error)
{
  gboolean durable = FALSE;
  for (guint i = 0; i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);
    /* The others may be done once more without harm. */
    durable |= operation->kind == STORE_OPERATION_APPEND;
  }
  if (!store_db_enter (db, durable, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);
    guint32 new_uid = 0;
    if (new_uids != NULL)
      new_uid =
          GPOINTER_TO_UINT (g_hash_table_lookup (new_uids, GUINT_TO_POINTER (operation->uid)));
    ok = finish (db, operation, new_uid, error);
  }
  ok = ok
       && store_db_run (db, error, "DELETE FROM operation WHERE state = 2 AND ended < ?1",
                        STORE_INTS (g_get_real_time () / G_USEC_PER_SEC - KEEP_ENDED_S));
  return store_db_leave (db, ok, error);
}

/* ---- not done ---- */

gboolean
store_operation_refused (StoreDb *db, GPtrArray *operations, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = operations->len; ok && i > 0; i--) {
    const StoreOperation *operation = g_ptr_array_index (operations, i - 1);
    StoreStep step;
    int found = store_step_load (db, operation->id, &step, error);
    ok = found >= 0;
    if (found == 1 && step.state != STORE_STATE_ENDED)
      ok = store_operation_drop (db, &step, error);
  }
  return store_db_leave (db, ok, error);
}

gboolean
store_operation_postpone (StoreDb *db, GPtrArray *operations, gint64 not_before, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);
    ok = store_db_run (
        db, error,
        "UPDATE operation SET state = 0, attempts = attempts + 1, due = max (due, ?2) "
        "WHERE id = ?1 AND state = 1",
        STORE_INTS (operation->id, not_before));
  }
  return store_db_leave (db, ok, error);
}

gboolean
store_operation_recover (StoreDb *db, gint64 account, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = store_db_run (
      db, error,
      "UPDATE operation SET state = 0, attempts = attempts + 1 WHERE account = ?1 AND state = 1",
      STORE_INTS (account));
  return store_db_leave (db, ok, error);
}

guint
store_operation_count (StoreDb *db, gint64 account)
{
  gint64 count = 0;
  g_autoptr (GError) error = NULL;
  if (!store_db_get_int (db, &count, &error,
                         "SELECT count(*) FROM operation WHERE account = ?1 AND state < 2",
                         STORE_INTS (account)))
    return 0;
  return (guint)count;
}
