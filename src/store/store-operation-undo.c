/* Taking operations back: by the person (undo), or because the server refused them.
 *
 * Any thread with a connection, inside a transaction. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "store-private.h"

static GArray *
list_steps (StoreDb *db, StoreQuery *query, GError **error)
{
  if (query == NULL)
    return NULL;
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (StoreStep));
  int found;
  while ((found = store_query_step (db, query, error)) == 1) {
    StoreStep step;
    store_step_read (query, &step);
    g_array_append_val (steps, step);
  }
  return found == 0 ? g_steal_pointer (&steps) : NULL;
}

static GArray *
list_later (StoreDb *db, gint64 message, gint64 after, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT " STORE_STEP_COLUMNS
                      " FROM operation WHERE message = ?1 AND id > ?2 AND state < 2 ORDER BY id",
                      STORE_INTS (message, after));
  return list_steps (db, query, error);
}

static gboolean
delete_step (StoreDb *db, gint64 id, GError **error)
{
  return store_db_run (db, error, "DELETE FROM operation WHERE id = ?1", STORE_INTS (id));
}

gboolean
store_operation_rebind (StoreDb *db, gint64 message, gint64 after, gint64 folder, gint64 new_folder,
                        guint32 uid, GError **error)
{
  g_autoptr (GArray) steps = list_later (db, message, after, error);
  if (steps == NULL)
    return FALSE;
  for (guint i = 0; i < steps->len; i++) {
    const StoreStep *step = &g_array_index (steps, StoreStep, i);
    if (step->folder != folder)
      continue;
    /* Whose turn it is goes by the folder, too, where that becomes another one. */
    if (!store_db_run (
            db, error,
            "UPDATE operation SET account = iif (folder = ?2, account, (SELECT f.account "
            "FROM folder AS f WHERE f.id = ?2)), folder = ?2, uid = ?3 WHERE id = ?1",
            STORE_INTS (step->id, new_folder, uid)))
      return FALSE;
    if (step->kind == STORE_OPERATION_MOVE)
      break;
  }
  return TRUE;
}

/* A message comes back into a folder that was to be deleted once it was out of it: then the folder has to stay, or the
 * message would go with it.  The person (`undo`) may not ask for that once the deletion was begun; where the server leaves no
 * choice, what may be done already shows at the next look at the folders. */
gboolean
store_operation_keep_folder (StoreDb *db, gint64 folder, gboolean undo, GError **error)
{
  gint64 account = 0, deleting = 0, begun = 0;
  if (!store_db_get_int (db, &deleting, error, "SELECT deleting FROM folder WHERE id = ?1",
                         STORE_INTS (folder)))
    return FALSE;
  if (!deleting)
    return TRUE;
  if (!store_db_get_int (db, &begun, error,
                         "SELECT EXISTS (SELECT 1 FROM operation WHERE folder = ?1 AND kind = ?2 "
                         "AND state < 2 AND begun = 1)",
                         STORE_INTS (folder, STORE_OPERATION_DELETE)))
    return FALSE;
  if (begun && undo) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s",
                    _ ("This cannot be undone any more: the folder is deleted for good."));
    return FALSE;
  }
  return store_folder_get_account (db, folder, &account, error)
         && store_db_run (db, error,
                          "DELETE FROM operation WHERE folder = ?1 AND kind = ?2 AND state < 2",
                          STORE_INTS (folder, STORE_OPERATION_DELETE))
         && store_folder_replay_names (db, account, error);
}

/* The message stays, or goes from its old place to where the next MOVE takes it. */
static gboolean
drop_move (StoreDb *db, const StoreStep *step, StoreRow *row, gboolean undo, GError **error)
{
  g_autoptr (GArray) later = list_later (db, row->id, step->id, error);
  if (later == NULL || !store_operation_keep_folder (db, step->folder, undo, error)
      || !delete_step (db, step->id, error)
      || !store_operation_rebind (db, row->id, step->id, step->target, step->folder, step->uid,
                                  error))
    return FALSE;

  for (guint i = 0; i < later->len; i++) {
    const StoreStep *next = &g_array_index (later, StoreStep, i);
    if (next->kind != STORE_OPERATION_MOVE)
      continue;
    if (next->target != step->folder)
      return TRUE;
    /* It came straight back: neither is needed any more, and what follows finds it in its old
     * place again. */
    if (!delete_step (db, next->id, error)
        || !store_operation_rebind (db, row->id, next->id, step->folder, step->folder, step->uid,
                                    error))
      return FALSE;
    for (i++; i < later->len; i++) {
      if (g_array_index (later, StoreStep, i).kind == STORE_OPERATION_MOVE)
        return TRUE;
    }
    break;
  }
  StoreRow new = *row;
  gint64 account;
  if (!store_folder_get_account (db, step->folder, &account, error))
    return FALSE;
  if (account != row->account) {
    if (!store_row_move_across (db, &new, step->folder, account, error))
      return FALSE;
  } else {
    new.folder = step->folder;
    new.uid = 0;
    new.stray = 0;
    if (!store_row_update (db, row, &new, error))
      return FALSE;
  }
  return step->uid == 0 || store_row_take_uid (db, &new, step->uid, error);
}

static gboolean
keep_replaced (StoreDb *db, const StoreStep *step, GError **error)
{
  StoreStep expunge;
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "SELECT " STORE_STEP_COLUMNS
        " FROM operation WHERE message = ?1 AND kind = ?2 AND id > ?3 AND state < 2 AND begun = 0",
        STORE_INTS (step->product, STORE_OPERATION_EXPUNGE, step->id));
    int found = query != NULL ? store_query_step (db, query, error) : -1;
    if (found <= 0)
      return found == 0;
    store_step_read (query, &expunge);
  }
  return store_operation_drop (db, &expunge, FALSE, error);
}

/* A newer version waits already to take the place of this one, which was refused: it takes over what this one was to replace, behind which it now stands.
 * *taken FALSE: there is none. */
static gboolean
hand_on (StoreDb *db, const StoreStep *step, const StoreRow *row, gboolean *taken, GError **error)
{
  gint64 next = 0, group = 0;
  StoreRow before;
  *taken = FALSE;
  if (!store_db_get_int (
          db, &next, error,
          "SELECT id FROM operation WHERE product = ?1 AND kind = ?2 AND id > ?3 AND state < 2",
          STORE_INTS (row->id, STORE_OPERATION_APPEND, step->id)))
    return FALSE;
  if (next == 0)
    return TRUE;
  *taken = TRUE;
  /* What waits for the newer one comes after it. */
  if ((step->product != 0 && !keep_replaced (db, step, error))
      || !store_db_run (db, error, "UPDATE operation SET product = ?2 WHERE id = ?1",
                        STORE_INTS (next, step->product)))
    return FALSE;
  int found = step->product != 0 ? store_row_load (db, step->product, &before, error) : 0;
  if (found > 0) {
    group = store_operation_new_group (db, error);
    found = group != 0 && store_operation_add_expunge (db, group, &before, 0, error) ? 1 : -1;
  }
  return found >= 0 && store_row_remove (db, row, error);
}

gboolean
store_operation_drop (StoreDb *db, const StoreStep *step, gboolean undo, GError **error)
{
  if (STORE_OPERATION_IS_ON_FOLDER (step->kind))
    return store_operation_drop_folder (db, step, error);
  gboolean copy = step->kind == STORE_OPERATION_COPY;
  StoreRow row;
  int found = store_row_load (db, copy ? step->product : step->message, &row, error);
  if (found < 0)
    return FALSE;
  if (found == 0)
    return delete_step (db, step->id, error);
  if (step->kind == STORE_OPERATION_MOVE)
    return drop_move (db, step, &row, undo, error);
  /* The original is all there is then. */
  if (copy)
    return delete_step (db, step->id, error) && store_row_remove (db, &row, error)
           && store_operation_keep_folder (db, step->folder, undo, error);

  StoreRow new = row;
  gboolean handed = FALSE;
  if (!delete_step (db, step->id, error))
    return FALSE;
  switch (step->kind) {
  case STORE_OPERATION_FLAGS:
    if (!store_row_replay (db, &new, error))
      return FALSE;
    break;
  case STORE_OPERATION_EXPUNGE:
    new.doomed = FALSE;
    break;
  case STORE_OPERATION_APPEND:
    if (!hand_on (db, step, &row, &handed, error))
      return FALSE;
    if (handed)
      return TRUE;
    /* The person's words are not thrown away because the server does not want them: the copy
     * lives here. */
    new.local_only = TRUE;
    /* So what it was to take the place of stays. */
    if (step->product != 0 && !keep_replaced (db, step, error))
      return FALSE;
    break;
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_COPY:
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    g_assert_not_reached ();
  }
  return store_row_update (db, &row, &new, error);
}

/* ---- undo ---- */

/* The opposite, as a new operation behind the one that was begun; that one can not be taken back
 * again. */
static gboolean
invert (StoreDb *db, gint64 group, const StoreStep *step, GError **error)
{
  StoreRow row;
  gboolean copy = step->kind == STORE_OPERATION_COPY;
  gint64 id = copy ? step->product : step->message;
  int found = id != 0 ? store_row_load (db, id, &row, error) : 0;
  if (found < 0
      || !store_db_run (db, error, "UPDATE operation SET batch = 0 WHERE id = ?1",
                        STORE_INTS (step->id)))
    return FALSE;
  if (found == 0 || row.doomed)
    return TRUE;
  if (copy)
    return store_operation_add_expunge (db, group, &row, 0, error);
  if (step->kind == STORE_OPERATION_FLAGS)
    return store_operation_add_flags (db, group, &row, !step->add, step->flags, error);
  return store_operation_keep_folder (db, step->folder, TRUE, error)
         && store_operation_add_move (db, group, &row, step->folder, error);
}

static gboolean
undo_step (StoreDb *db, gint64 group, const StoreStep *step, GError **error)
{
  switch (step->kind) {
  case STORE_OPERATION_FLAGS:
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_COPY:
    return step->begun ? invert (db, group, step, error)
                       : store_operation_drop (db, step, TRUE, error);
  case STORE_OPERATION_EXPUNGE:
    return store_operation_drop (db, step, TRUE, error);
  case STORE_OPERATION_APPEND:
    return TRUE;
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    return step->begun ? store_operation_invert_folder (db, group, step, error)
                       : store_operation_drop_folder (db, step, error);
  }
  g_assert_not_reached ();
}

/* A sentence where it is too late: begun once, it may be done, even if its answer never came. */
static gboolean
check_not_final (StoreDb *db, gint64 group, GError **error)
{
  gint64 kind = -1;
  if (!store_db_get_int (db, &kind, error,
                         "SELECT kind FROM operation WHERE batch = ?1 AND kind IN (2, 7, 9) AND "
                         "(begun <> 0 OR state <> 0) LIMIT 1",
                         STORE_INTS (group)))
    return FALSE;
  G_STATIC_ASSERT (STORE_OPERATION_EXPUNGE == 2 && STORE_OPERATION_DELETE == 7
                   && STORE_OPERATION_EMPTY == 9);
  if (kind < 0)
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s",
                  kind != STORE_OPERATION_DELETE
                      ? _ ("This cannot be undone any more: the messages are deleted for good.")
                      : _ ("This cannot be undone any more: the folder is deleted for good."));
  return FALSE;
}

static GArray *
list_group (StoreDb *db, gint64 group, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT " STORE_STEP_COLUMNS " FROM operation WHERE batch = ?1 ORDER BY id DESC",
      STORE_INTS (group));
  return list_steps (db, query, error);
}

static gboolean
undo (StoreDb *db, gint64 group, GError **error)
{
  gint64 some = 0;
  if (!check_not_final (db, group, error)
      || !store_db_get_int (db, &some, error,
                            "SELECT EXISTS (SELECT 1 FROM operation WHERE batch = ?1)",
                            STORE_INTS (group)))
    return FALSE;
  if (!some)
    return TRUE;
  gint64 inverse = store_operation_new_group (db, error);
  if (inverse == 0 || !store_operation_drop_many (db, group, error)
      || !store_operation_invert_many (db, group, inverse, error))
    return FALSE;
  /* What is left needs a look of its own. */
  g_autoptr (GArray) steps = list_group (db, group, error);
  if (steps == NULL)
    return FALSE;
  for (guint i = 0; i < steps->len; i++) {
    /* An earlier turn of this loop may have taken this one away or given it another place. */
    StoreStep step;
    int found = store_step_load (db, g_array_index (steps, StoreStep, i).id, &step, error);
    if (found < 0 || (found == 1 && !undo_step (db, inverse, &step, error)))
      return FALSE;
  }
  return TRUE;
}

gboolean
store_operation_undo (StoreDb *db, gint64 group, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, undo (db, group, error), error);
}
