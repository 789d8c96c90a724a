/* What the person does: the local effect and the operation for the server, in one durable
 * transaction.
 *
 * Any thread with a connection; in practice the store thread.  Returning means it is on disk. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "store-private.h"

void
store_operation_free (StoreOperation *operation)
{
  if (operation == NULL)
    return;
  g_free (operation->message_id);
  g_free (operation->folder_name);
  g_free (operation->target_name);
  g_free (operation->name);
  g_free (operation);
}

void
store_step_read (StoreQuery *query, StoreStep *step)
{
  *step = (StoreStep){
    .id = store_query_int (query, 0),
    .account = store_query_int (query, 1),
    .kind = (StoreOperationKind)store_query_int (query, 2),
    .message = store_query_int (query, 3),
    .folder = store_query_int (query, 4),
    .target = store_query_int (query, 5),
    .uid = (guint32)store_query_int (query, 6),
    .flags = (StoreFlags)store_query_int (query, 7),
    .add = store_query_int (query, 8) != 0,
    .state = (int)store_query_int (query, 9),
    .begun = store_query_int (query, 10) != 0,
    .product = store_query_int (query, 11),
  };
}

int
store_step_load (StoreDb *db, gint64 id, StoreStep *step, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT " STORE_STEP_COLUMNS " FROM operation WHERE id = ?1", STORE_INTS (id));
  int found = query != NULL ? store_query_step (db, query, error) : -1;
  if (found == 1)
    store_step_read (query, step);
  return found;
}

gint64
store_operation_new_group (StoreDb *db, GError **error)
{
  gint64 group = 0;
  if (!store_db_run (db, error, "UPDATE store SET last_group = last_group + 1", STORE_NO_INTS)
      || !store_db_get_int (db, &group, error, "SELECT last_group FROM store", STORE_NO_INTS))
    return 0;
  return group;
}

/* What an operation on a message is to do; zero where it does not matter. */
typedef struct
{
  StoreOperationKind kind;
  gint64 target, product, due;
  gint64 account; /* whose turn it is first; else that of the message */
  StoreFlags flags;
  gboolean add;
} Deed;

static gboolean
insert (StoreDb *db, gint64 group, const StoreRow *row, const Deed *deed, GError **error)
{
  return store_db_run (
      db, error,
      "INSERT INTO operation (account, batch, kind, message, folder, uid, message_id, target, "
      "flags, adding, due, product) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
      "(SELECT message_id FROM message WHERE id = ?4), nullif (?7, 0), ?8, ?9, ?10, "
      "nullif (?11, 0))",
      STORE_INTS (deed->account != 0 ? deed->account : row->account, group, deed->kind, row->id,
                  row->folder, row->uid, deed->target, deed->flags, deed->add != FALSE, deed->due,
                  deed->product));
}

/* The server does not have it, and was not asked again: what is done to it is done here. */
static gboolean
is_here_alone (StoreDb *db, const StoreRow *row, gboolean *alone, GError **error)
{
  gint64 waits = 0;
  *alone = FALSE;
  if (!row->local_only)
    return TRUE;
  if (!store_db_get_int (
          db, &waits, error,
          "SELECT EXISTS (SELECT 1 FROM operation WHERE message = ?1 AND kind = ?2 AND state < 2)",
          STORE_INTS (row->id, STORE_OPERATION_APPEND)))
    return FALSE;
  *alone = !waits;
  return TRUE;
}

gboolean
store_operation_add_flags (StoreDb *db, gint64 group, const StoreRow *row, gboolean add,
                           StoreFlags flags, GError **error)
{
  /* Only what really changes, so that the inverse does not touch what was so before. */
  StoreFlags effective = add ? flags & ~row->flags : flags & row->flags;
  if (effective == 0)
    return TRUE;
  StoreRow new = *row;
  new.flags = add ? row->flags | effective : row->flags & ~effective;
  gboolean alone;
  if (!is_here_alone (db, row, &alone, error))
    return FALSE;
  if (alone) {
    new.server_flags = new.flags;
    return store_row_update (db, row, &new, error);
  }
  const Deed deed = { .kind = STORE_OPERATION_FLAGS, .flags = effective, .add = add };
  return insert (db, group, row, &deed, error) && store_row_update (db, row, &new, error);
}

gboolean
store_operation_add_move (StoreDb *db, gint64 group, const StoreRow *row, gint64 target,
                          GError **error)
{
  if (row->folder == target)
    return TRUE;
  StoreRow new = *row;
  new.folder = target;
  new.uid = 0;
  new.stray = 0;
  gboolean alone;
  if (!is_here_alone (db, row, &alone, error))
    return FALSE;
  if (alone) {
    /* Perhaps the server takes it there. */
    const Deed again = { .kind = STORE_OPERATION_APPEND };
    return store_row_update (db, row, &new, error) && insert (db, group, &new, &again, error);
  }
  const Deed deed = { .kind = STORE_OPERATION_MOVE, .target = target };
  return insert (db, group, row, &deed, error) && store_row_update (db, row, &new, error);
}

static gboolean
add_copy_across (StoreDb *db, gint64 group, const StoreRow *row, const StoreVerb *verb,
                 GError **error)
{
  StoreRow copy;
  Deed deed = { .kind = STORE_OPERATION_COPY,
                .target = verb->target,
                .account = row->has_body ? verb->target_account : row->account };
  if (!store_row_insert_copy (db, row, row->folder, &copy, error)
      || !store_row_move_across (db, &copy, verb->target, verb->target_account, error))
    return FALSE;
  deed.product = copy.id;
  return insert (db, group, row, &deed, error);
}

static gboolean
add_copy (StoreDb *db, gint64 group, const StoreRow *row, gint64 target, GError **error)
{
  StoreRow copy;
  gboolean alone;
  if (!is_here_alone (db, row, &alone, error)
      || !store_row_insert_copy (db, row, target, &copy, error))
    return FALSE;
  if (alone) {
    const Deed append = { .kind = STORE_OPERATION_APPEND };
    return insert (db, group, &copy, &append, error);
  }
  const Deed deed = { .kind = STORE_OPERATION_COPY, .target = target, .product = copy.id };
  return insert (db, group, row, &deed, error);
}

gboolean
store_operation_add_expunge (StoreDb *db, gint64 group, const StoreRow *row, guint delay_s,
                             GError **error)
{
  StoreRow new = *row;
  new.doomed = TRUE;
  Deed deed = { .kind = STORE_OPERATION_EXPUNGE };
  if (delay_s > 0)
    deed.due = g_get_real_time () / G_USEC_PER_SEC + delay_s;
  return insert (db, group, row, &deed, error) && store_row_update (db, row, &new, error);
}

/* ---- the verbs ---- */

static gboolean
apply_to_row (StoreDb *db, gint64 group, const StoreRow *row, const StoreVerb *verb, GError **error)
{
  switch (verb->kind) {
  case STORE_OPERATION_FLAGS:
    return store_operation_add_flags (db, group, row, verb->add, verb->flags, error);
  case STORE_OPERATION_MOVE:
    return store_operation_add_move (db, group, row, verb->target, error);
  case STORE_OPERATION_EXPUNGE:
    return store_operation_add_expunge (db, group, row, verb->delay_s, error);
  case STORE_OPERATION_COPY:
    return row->account == verb->target_account ? add_copy (db, group, row, verb->target, error)
                                                : add_copy_across (db, group, row, verb, error);
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    break;
  }
  g_assert_not_reached ();
}

/* A folder is deleted last, after what takes messages out of it, and folders are made and deleted in their order: a message of
 * it can not wait for a folder that is to be made after the deletion. */
static gboolean
check_circle (StoreDb *db, gint64 folder, gint64 target, GError **error)
{
  gint64 circle = 0;
  if (!store_db_get_int (
          db, &circle, error,
          "SELECT EXISTS (SELECT 1 FROM operation AS d JOIN operation AS c ON c.folder = ?2 "
          "AND c.kind = ?4 AND c.state < 2 AND c.id > d.id WHERE d.folder = ?1 AND d.kind = ?3 "
          "AND d.state < 2)",
          STORE_INTS (folder, target, STORE_OPERATION_DELETE, STORE_OPERATION_CREATE)))
    return FALSE;
  if (circle)
    base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s",
                    _ ("The folder of this message is being deleted, and the new folder is made "
                       "only after that. Choose another folder."));
  return !circle;
}

/* Everything that can be refused, before anything is written. */
static gboolean
check (StoreDb *db, GArray *rows, StoreVerb *verb, GError **error)
{
  if (verb->kind != STORE_OPERATION_MOVE && verb->kind != STORE_OPERATION_COPY)
    return TRUE;
  gint64 last = 0;
  if (!store_folder_check_usable (db, verb->target, error)
      || !store_folder_get_account (db, verb->target, &verb->target_account, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const StoreRow *row = &g_array_index (rows, StoreRow, i);
    /* They come from few folders, one after the other.  Another account's are made and deleted in an order of their own. */
    if (row->folder != last && row->account == verb->target_account
        && !check_circle (db, row->folder, verb->target, error))
      return FALSE;
    last = row->folder;
  }
  return TRUE;
}

/* Into a folder of another account. */
static gboolean
crosses (const StoreRow *row, const StoreVerb *verb)
{
  return verb->kind == STORE_OPERATION_MOVE && row->account != verb->target_account;
}

/* Nothing has to be asked about it: what is done to it is the same as to all the others. */
static gboolean
is_plain (const StoreRow *row, const StoreVerb *verb)
{
  return verb->kind != STORE_OPERATION_COPY
         && (!row->local_only || verb->kind == STORE_OPERATION_EXPUNGE || crosses (row, verb));
}

static gboolean
changes_row (const StoreRow *row, const StoreVerb *verb)
{
  if (row->doomed)
    return FALSE;
  if (verb->kind == STORE_OPERATION_FLAGS)
    return ((verb->add ? ~row->flags : row->flags) & verb->flags) != 0;
  return verb->kind != STORE_OPERATION_MOVE || row->folder != verb->target;
}

/* All of them cross, or none. */
static gboolean
apply_to_plain (StoreDb *db, gint64 group, GArray *plain, const StoreVerb *verb, GError **error)
{
  gboolean ok = plain->len == 0 || !crosses (&g_array_index (plain, StoreRow, 0), verb)
                    ? store_operation_add_many (db, group, verb, plain, error)
                    : store_operation_add_across (db, group, verb, plain, error);

  g_array_set_size (plain, 0);
  return ok;
}

/* In the order of the ids, all that is alike in one go. */
static gboolean
apply_to_rows (StoreDb *db, gint64 group, GArray *rows, const StoreVerb *verb, GError **error)
{
  g_autoptr (GArray) plain = g_array_new (FALSE, FALSE, sizeof (StoreRow));
  for (guint i = 0; i < rows->len; i++) {
    const StoreRow *row = &g_array_index (rows, StoreRow, i);
    gboolean alike = is_plain (row, verb);
    if (!changes_row (row, verb))
      continue;
    if ((!alike
         || (plain->len > 0
             && crosses (row, verb) != crosses (&g_array_index (plain, StoreRow, 0), verb)))
        && !apply_to_plain (db, group, plain, verb, error))
      return FALSE;
    if (alike)
      g_array_append_val (plain, *row);
    else if (!apply_to_row (db, group, row, verb, error))
      return FALSE;
  }
  return apply_to_plain (db, group, plain, verb, error);
}

gboolean
store_operation_apply_verb (StoreDb *db, gint64 group, const gint64 *ids, gsize n,
                            const StoreVerb *verb, GError **error)
{
  StoreVerb full = *verb;
  if (!store_acting_set (db, ids, n, error))
    return FALSE;
  g_autoptr (GArray) rows = store_row_load_acting (db, error);
  return rows != NULL && check (db, rows, &full, error)
         && apply_to_rows (db, group, rows, &full, error);
}

static gint64
apply (StoreDb *db, const gint64 *ids, gsize n, const StoreVerb *verb, GError **error)
{
  gint64 group = store_operation_new_group (db, error);
  return group != 0 && store_operation_apply_verb (db, group, ids, n, verb, error) ? group : 0;
}

static gint64
run (StoreDb *db, const gint64 *ids, gsize n, const StoreVerb *verb, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return 0;
  gint64 group = apply (db, ids, n, verb, error);
  return store_db_leave (db, group != 0, error) ? group : 0;
}

gint64
store_operation_set_flags (StoreDb *db, const gint64 *ids, gsize n, gboolean add, StoreFlags flags,
                           GError **error)
{
  const StoreVerb verb = { .kind = STORE_OPERATION_FLAGS, .add = add, .flags = flags };
  return run (db, ids, n, &verb, error);
}

gint64
store_operation_move (StoreDb *db, const gint64 *ids, gsize n, gint64 target, GError **error)
{
  const StoreVerb verb = { .kind = STORE_OPERATION_MOVE, .target = target };
  return run (db, ids, n, &verb, error);
}

gint64
store_operation_copy (StoreDb *db, const gint64 *ids, gsize n, gint64 target, GError **error)
{
  const StoreVerb verb = { .kind = STORE_OPERATION_COPY, .target = target };
  return run (db, ids, n, &verb, error);
}

gint64
store_operation_expunge (StoreDb *db, const gint64 *ids, gsize n, guint delay_s, GError **error)
{
  const StoreVerb verb = { .kind = STORE_OPERATION_EXPUNGE, .delay_s = delay_s };
  return run (db, ids, n, &verb, error);
}

/* A message made here, whose APPEND is to do. */
static gboolean
insert_row (StoreDb *db, gint64 folder, const StoreNewMessage *message, StoreRow *row,
            GError **error)
{
  StoreNewMessage local = *message;
  gint64 account;

  local.uid = 0;
  return store_folder_get_account (db, folder, &account, error)
         && store_row_insert (db, folder, account, &local, row, error);
}

static gboolean
add_append (StoreDb *db, gint64 folder, const StoreNewMessage *message, const Deed *deed,
            GError **error)
{
  gint64 group = store_operation_new_group (db, error);
  StoreRow row;

  return group != 0 && insert_row (db, folder, message, &row, error)
         && insert (db, group, &row, deed, error);
}

gboolean
store_operation_add_append (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                            gboolean filed, GError **error)
{
  return add_append (db, folder, message,
                     &(const Deed){ .kind = STORE_OPERATION_APPEND, .add = filed }, error);
}

gboolean
store_operation_add_version (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                             gint64 before, GError **error)
{
  return add_append (db, folder, message,
                     &(const Deed){ .kind = STORE_OPERATION_APPEND, .product = before }, error);
}

gboolean
store_operation_swap_append (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                             gint64 append, GError **error)
{
  StoreRow row;

  return insert_row (db, folder, message, &row, error)
         && store_db_run (db, error,
                          "UPDATE operation SET message = ?2, message_id = (SELECT message_id FROM "
                          "message WHERE id = ?2) WHERE id = ?1",
                          STORE_INTS (append, row.id));
}

gboolean
store_operation_append (StoreDb *db, gint64 folder, const StoreNewMessage *message, GError **error)
{
  g_return_val_if_fail (message->body != NULL, FALSE);

  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, store_operation_add_append (db, folder, message, FALSE, error), error);
}
