/* Operations as the sync worker sees them: what is due, what came of it.
 *
 * Runs on worker threads with a connection of theirs. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "store-deed.h"
#include "store-private.h"

/* What the column `told` of an operation says. */
#define STORE_KEPT      1 /* kept for later; the account's state says why */
#define STORE_KEPT_TOLD 2 /* and a sentence of its own has said it */

/* Ended ones are kept this long, for undo, unless what they belong to is forgotten before (store-deed.c). */
#define KEEP_ENDED_S STORE_DEED_MOST_S
/* Those that nobody can take back are of no use to anybody but who looks into what went wrong. */
#define KEEP_SEEN_S (24 * 60 * 60)

static void
free_operation (gpointer operation)
{
  store_operation_free (operation);
}

/* state < 2 besides 0 or 1: the words of the index without which those that ended, kept for weeks, are all looked at.
 * `o` waits for nothing: no earlier operation on its message is still to be done, nor the COPY that makes it.  Folders
 * are named by row and looked up when it is sent, so that a rename does not matter to messages; but a rename
 * whose outcome is not known does, and a folder has to exist before anything goes in.  Operations on folders go one by one, and a
 * folder is deleted last, after what takes messages out of it even by an undo that came later; so it is emptied. */
#define IS_FREE                                                                                    \
  "o.account = ?1 AND o.state < 2 AND o.state = 0 AND NOT EXISTS (SELECT 1 FROM operation AS e "   \
  "WHERE e.message = o.message AND e.id < o.id AND e.state < 2) "                                  \
  "AND NOT EXISTS (SELECT 1 FROM operation AS e "                                                  \
  "WHERE e.product = o.message AND e.id < o.id AND e.state < 2) "                                  \
  "AND NOT EXISTS (SELECT 1 FROM operation AS e WHERE e.account = o.account AND e.kind >= 5 "      \
  "AND e.state < 2 AND e.id <> o.id AND ((e.id < o.id AND (o.kind >= 5 "                           \
  "OR (e.kind = 5 AND e.folder IN (o.folder, coalesce (o.target, 0))))) "                          \
  "OR (e.kind = 6 AND e.begun = 1 AND o.kind < 5))) "                                              \
  "AND (o.kind <> 9 OR NOT EXISTS (SELECT 1 FROM operation AS e WHERE e.kind < 5 "                 \
  "AND e.state < 2 AND e.folder = o.folder)) "                                                     \
  "AND (o.kind <> 7 OR NOT EXISTS (SELECT 1 FROM operation AS e WHERE e.kind < 5 "                 \
  "AND e.state < 2 AND (e.folder = o.folder OR e.target = o.folder))) "
G_STATIC_ASSERT (STORE_OPERATION_CREATE == 5 && STORE_OPERATION_RENAME == 6
                 && STORE_OPERATION_DELETE == 7 && STORE_OPERATION_EMPTY == 9);

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
  operation->product = store_query_int (query, 14);
  operation->name = store_query_dup_text (query, 15);
  operation->step = (StoreOperationStep)store_query_int (query, 16);
  operation->mark = (guint32)store_query_int (query, 17);
  operation->mark_validity = (guint32)store_query_int (query, 18);
  operation->new_uid = (guint32)store_query_int (query, 19);
  operation->told = store_query_int (query, 20) == STORE_KEPT_TOLD;
  operation->folder_validity = (guint32)store_query_int (query, 21);
  operation->folder_role = (StoreRole)store_query_int (query, 22);
  operation->target_validity = (guint32)store_query_int (query, 23);
  operation->target_role = (StoreRole)store_query_int (query, 24);
  operation->size = (guint64)store_query_int (query, 25);
  operation->received = store_query_int (query, 26);
  operation->date = store_query_int (query, 27);
  operation->local_only = store_query_int (query, 28) != 0;
  operation->has_body = store_query_int (query, 29) != 0;
  operation->folder_account = store_query_int (query, 30);
  operation->target_account = store_query_int (query, 31);
  return operation;
}

/* The answer to an APPEND names no old UID to tell several apart by; folders go one by one. */
static gboolean
goes_alone (StoreOperationKind kind)
{
  return kind == STORE_OPERATION_APPEND || STORE_OPERATION_IS_ON_FOLDER (kind);
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
  gint64 most = goes_alone (first.kind) ? 1 : MAX (limit, 1);
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT o.id, o.account, o.batch, o.kind, o.message, o.folder, o.uid, o.message_id, "
      "o.target, o.flags, o.adding, o.attempts, source.server_name, target.server_name, o.product, "
      "o.name, o.step, o.mark, o.mark_validity, o.new_uid, o.told, source.uid_validity, "
      "source.role, target.uid_validity, target.role, m.size, m.received, m.date, m.local_only, "
      "m.has_body, source.account, target.account "
      "FROM operation AS o INDEXED BY operation_live CROSS JOIN folder AS source ON source.id = o.folder "
      "LEFT JOIN folder AS target ON target.id = o.target "
      "LEFT JOIN message AS m ON m.id = o.message "
      "WHERE " IS_FREE
      "AND o.state < 2 AND o.id >= ?3 AND o.due <= ?2 AND o.kind = ?4 AND o.folder = ?5 "
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
      && !store_db_get_int (
          db, next_due, error,
          "SELECT o.due FROM operation AS o INDEXED BY operation_due WHERE " IS_FREE
          "AND o.due > 0 ORDER BY o.due LIMIT 1",
          STORE_INTS (account)))
    return NULL;
  return g_steal_pointer (&due);
}

/* ---- how far it came ---- */

typedef struct
{
  guint32 uid, validity; /* both 0: not known */
} NewUid;

static NewUid
find_new_uid (const StoreOperation *operation, GHashTable *new_uids, guint32 uid_validity)
{
  gpointer uid =
      new_uids != NULL ? g_hash_table_lookup (new_uids, GUINT_TO_POINTER (operation->uid)) : NULL;
  return uid != NULL ? (NewUid){ GPOINTER_TO_UINT (uid), uid_validity }
                     : (NewUid){ operation->new_uid, operation->mark_validity };
}

gboolean
store_operation_note_maybe (StoreDb *db, GPtrArray *operations, guint32 uid_validity,
                            guint32 uid_next, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);
    ok = store_db_run (
        db, error,
        "UPDATE operation SET step = 1, mark = ?2, mark_validity = ?3, new_uid = 0 WHERE id = ?1",
        STORE_INTS (operation->id, uid_next, uid_validity));
  }
  if (!store_db_leave (db, ok, error))
    return FALSE;
  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    operation->step = STORE_STEP_MAYBE;
    operation->mark = uid_next;
    operation->mark_validity = uid_validity;
    operation->new_uid = 0;
  }
  return TRUE;
}

gboolean
store_operation_note_unsent (StoreDb *db, GPtrArray *operations, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    ok = store_db_run (db, error, "UPDATE operation SET step = 0 WHERE id = ?1",
                       STORE_INTS (operation->id));
    operation->step = STORE_STEP_NONE;
  }
  return store_db_leave (db, ok, error);
}

gboolean
store_operation_note_made (StoreDb *db, GPtrArray *operations, GHashTable *new_uids,
                           guint32 uid_validity, GError **error)
{
  /* A power cut may take it back to MAYBE, and then it is looked for. */
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);
    NewUid made = find_new_uid (operation, new_uids, uid_validity);
    ok = store_db_run (
        db, error, "UPDATE operation SET step = 2, new_uid = ?2, mark_validity = ?3 WHERE id = ?1",
        STORE_INTS (operation->id, made.uid, made.validity));
  }
  if (!store_db_leave (db, ok, error))
    return FALSE;
  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    NewUid made = find_new_uid (operation, new_uids, uid_validity);
    operation->step = STORE_STEP_MADE;
    operation->new_uid = made.uid;
    operation->mark_validity = made.validity;
  }
  return TRUE;
}

/* ---- done ---- */

static gboolean
finish_flags (StoreDb *db, const StoreStep *step, const StoreRow *row, GError **error)
{
  StoreRow new = *row;
  new.server_flags = step->add ? row->server_flags | step->flags : row->server_flags & ~step->flags;
  return store_row_replay (db, &new, error) && store_row_update (db, row, &new, error);
}

/* FALSE in *bound: the UID is of another numbering than the folder's rows.  A folder that nobody has looked into takes the one
 * that is told, so that the first look finds out when it is another's by then. */
static gboolean
bind_numbering (StoreDb *db, gint64 folder, const NewUid *made, gboolean *bound, GError **error)
{
  gint64 known = 0;
  *bound = FALSE;
  if (made->uid == 0 || made->validity == 0)
    return TRUE;
  if (!store_db_get_int (db, &known, error, "SELECT uid_validity FROM folder WHERE id = ?1",
                         STORE_INTS (folder)))
    return FALSE;
  *bound = known == 0 || known == made->validity;
  return known != 0
         || store_db_run (db, error, "UPDATE folder SET uid_validity = ?2 WHERE id = ?1",
                          STORE_INTS (folder, made->validity));
}

/* The row arrived in `folder`, with this UID (not known: to be adopted when the folder is looked at). */
static gboolean
finish_arrival (StoreDb *db, const StoreStep *step, StoreRow *row, gint64 folder,
                const NewUid *made, GError **error)
{
  gboolean bound = FALSE;
  if (!bind_numbering (db, folder, made, &bound, error))
    return FALSE;
  if (!bound)
    return TRUE;
  gint64 moves_on = 0;
  if (!store_db_get_int (
          db, &moves_on, error,
          "SELECT EXISTS (SELECT 1 FROM operation WHERE message = ?1 AND id > ?2 AND kind = ?3 "
          "AND state < 2)",
          STORE_INTS (row->id, step->id, STORE_OPERATION_MOVE)))
    return FALSE;
  if (moves_on || row->folder != folder)
    return store_operation_rebind (db, row->id, step->id, folder, folder, made->uid, error);
  return store_row_take_uid (db, row, made->uid, error);
}

/* A message that the server did not take at first, and has now, is there whether or not its UID was told. */
static gboolean
set_there (StoreDb *db, StoreRow *row, GError **error)
{
  StoreRow new = *row;
  if (!row->local_only)
    return TRUE;
  new.local_only = FALSE;
  if (!store_row_update (db, row, &new, error))
    return FALSE;
  *row = new;
  return TRUE;
}

static gboolean
finish (StoreDb *db, const StoreOperation *operation, const NewUid *made, GError **error)
{
  StoreStep step;
  int found = store_step_load (db, operation->id, &step, error);
  /* Gone: its message was removed meanwhile. */
  if (found <= 0 || step.state == STORE_STATE_ENDED)
    return found >= 0;
  if (!store_db_run (db, error, "UPDATE operation SET state = 2, ended = ?2 WHERE id = ?1",
                     STORE_INTS (step.id, g_get_real_time () / G_USEC_PER_SEC)))
    return FALSE;
  if (STORE_OPERATION_IS_ON_FOLDER (step.kind))
    return store_operation_finish_folder (db, &step, error);
  StoreRow row;
  found = store_row_load (db, step.kind == STORE_OPERATION_COPY ? step.product : step.message, &row,
                          error);
  if (found <= 0)
    return found == 0;
  switch (step.kind) {
  case STORE_OPERATION_FLAGS:
    return finish_flags (db, &step, &row, error);
  case STORE_OPERATION_COPY:
    return finish_arrival (db, &step, &row, step.target, made, error);
  case STORE_OPERATION_MOVE:
    return (!STORE_OPERATION_CROSSES (operation) || set_there (db, &row, error))
           && finish_arrival (db, &step, &row, step.target, made, error);
  case STORE_OPERATION_EXPUNGE:
    return store_row_remove (db, &row, error);
  case STORE_OPERATION_APPEND:
    /* The file of a draft is not needed any more. */
    db->outbox |= operation->folder_role == STORE_ROLE_DRAFTS;
    return set_there (db, &row, error)
           && finish_arrival (db, &step, &row, step.folder, made, error);
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    break;
  }
  g_assert_not_reached ();
}

gboolean
store_operation_done (StoreDb *db, GPtrArray *operations, GHashTable *new_uids,
                      guint32 uid_validity, GError **error)
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
    NewUid made = find_new_uid (operation, new_uids, uid_validity);
    ok = finish (db, operation, &made, error);
  }
  ok = ok
       && store_db_run (db, error, "DELETE FROM operation WHERE state = 2 AND ended < ?1",
                        STORE_INTS (g_get_real_time () / G_USEC_PER_SEC - KEEP_ENDED_S));
  return store_db_leave (db, ok, error);
}

/* ---- the other account goes on ---- */

static gboolean
note_arrival (StoreDb *db, const StoreOperation *operation, GError **error)
{
  const NewUid made = { operation->new_uid, operation->mark_validity };
  StoreStep step;
  StoreRow row;
  int found = store_step_load (db, operation->id, &step, error);
  if (found == 1)
    found = store_row_load (db, step.message, &row, error);
  if (found <= 0)
    return found == 0;
  return set_there (db, &row, error) && finish_arrival (db, &step, &row, step.target, &made, error);
}

gboolean
store_operation_hand_over (StoreDb *db, GPtrArray *operations, gint64 account, GError **error)
{
  /* The word that it has arrived must be kept, for the original goes by it. */
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);
    ok =
        store_db_run (
            db, error,
            "UPDATE operation SET account = ?2, state = 0, attempts = 0, due = 0, told = 0, "
            "begun = iif (step = 2, begun, 0), step = iif (step = 2, 2, 0) WHERE id = ?1 AND state = 1",
            STORE_INTS (operation->id, account))
        && (operation->kind != STORE_OPERATION_MOVE || operation->step != STORE_STEP_MADE
            || note_arrival (db, operation, error));
  }
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
      ok = store_operation_drop (db, &step, FALSE, error);
  }
  return store_db_leave (db, ok, error);
}

static gboolean
postpone (StoreDb *db, GPtrArray *operations, gint64 not_before, int kept, GError **error)
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
    /* Of a MOVE some may have gone before the server said no (RFC 6851, section 3.3); what crosses is sent one by one, and its
     * step is known. */
    if (ok && kept > 0)
      ok = store_db_run (
          db, error,
          "UPDATE operation SET told = max (told, ?2), step = iif (step = 1 AND (kind = 3 OR (kind = "
          "4 AND (SELECT s.account = t.account FROM folder AS s JOIN folder AS t WHERE s.id = "
          "operation.folder AND t.id = operation.target))), 0, step), begun = iif (kind BETWEEN 5 AND 8, 0, begun) WHERE id = ?1 AND state = 0",
          STORE_INTS (operation->id, kept));
  }
  G_STATIC_ASSERT (STORE_OPERATION_APPEND == 3 && STORE_OPERATION_COPY == 4);
  return store_db_leave (db, ok, error);
}

gboolean
store_operation_postpone (StoreDb *db, GPtrArray *operations, gint64 not_before, GError **error)
{
  return postpone (db, operations, not_before, 0, error);
}

gboolean
store_operation_keep (StoreDb *db, GPtrArray *operations, gint64 not_before, gboolean told,
                      GError **error)
{
  return postpone (db, operations, not_before, told ? STORE_KEPT_TOLD : STORE_KEPT, error);
}

gboolean
store_operation_hurry (StoreDb *db, gint64 account, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = store_db_run (
      db, error,
      "UPDATE operation SET due = 0 WHERE account = ?1 AND state < 2 AND state = 0 AND told <> 0",
      STORE_INTS (account));
  return store_db_leave (db, ok, error);
}

gboolean
store_operation_recover (StoreDb *db, gint64 account, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok =
      store_db_run (
          db, error,
          "UPDATE operation SET state = 0, attempts = attempts + 1 WHERE account = ?1 AND state < 2 AND state = 1",
          STORE_INTS (account))
      && store_db_run (db, error,
                       "DELETE FROM operation WHERE state = 2 AND ended < ?1 AND account = ?2 AND "
                       "batch NOT IN (SELECT batch FROM deed_group)",
                       STORE_INTS (g_get_real_time () / G_USEC_PER_SEC - KEEP_SEEN_S, account));
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

guint
store_operation_count_kept (StoreDb *db, gint64 account)
{
  gint64 count = 0;
  g_autoptr (GError) error = NULL;
  if (!store_db_get_int (
          db, &count, &error,
          "SELECT count(*) FROM operation WHERE account = ?1 AND state < 2 AND told <> 0",
          STORE_INTS (account)))
    return 0;
  return (guint)count;
}
