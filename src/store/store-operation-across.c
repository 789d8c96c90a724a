/* Messages from one account to another.  A row keeps its id on the way, so that all that knows it goes on knowing it; but
 * conversations, and what servers call a message, are an account's own.
 *
 * Any thread with a connection, inside a transaction.  It must come to the same for one row and for a hundred thousand. */
#include "base-error.h"
#include "store-private.h"

gboolean
store_row_settle_across (StoreDb *db, GArray *rows, gint64 folder, GError **error)
{
  if (!store_pending_write (db, error)
      || !store_db_run (
          db, error,
          "UPDATE message SET thread = 0, own = 0, base = 0, marks = 0, object_id = NULL "
          "WHERE id IN (SELECT id FROM temp.acting)",
          STORE_NO_INTS))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const StoreRow *row = &g_array_index (rows, StoreRow, i);

    store_row_note_there (db, row, FALSE);
    store_mark_remove (db, row);
  }
  /* Before the new ones: what they leave is not theirs any more. */
  if (!store_mark_flush (db, error) || !store_pending_write (db, error)
      || !store_thread_adopt_acting (db, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    StoreRow row = g_array_index (rows, StoreRow, i);

    row.folder = folder;
    store_row_note_there (db, &row, TRUE);
  }
  return store_mark_flush (db, error) && store_pending_write (db, error);
}

gboolean
store_row_move_across (StoreDb *db, StoreRow *row, gint64 folder, gint64 account, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (StoreRow));

  g_array_append_val (rows, *row);
  if (!store_acting_set (db, &row->id, 1, error)
      || !store_db_run (db, error,
                        "UPDATE message SET folder = ?2, uid = NULL, stray = 0 WHERE id = ?1",
                        STORE_INTS (row->id, folder))
      || !store_row_settle_across (db, rows, folder, error))
    return FALSE;
  if (store_row_load (db, row->id, row, error) != 1)
    return FALSE;
  g_return_val_if_fail (row->account == account, FALSE);
  return TRUE;
}

gboolean
store_operation_add_across (StoreDb *db, gint64 group, const StoreVerb *verb, GArray *rows,
                            GError **error)
{
  g_autofree gint64 *ids = g_new (gint64, rows->len + 1);

  for (guint i = 0; i < rows->len; i++)
    ids[i] = g_array_index (rows, StoreRow, i).id;
  G_STATIC_ASSERT (STORE_OPERATION_MOVE == 1);
  return store_acting_set (db, ids, rows->len, error)
         && store_db_run (
             db, error,
             "INSERT INTO operation (account, batch, kind, message, folder, uid, message_id, "
             "target, flags, adding, due) SELECT iif (m.has_body, ?3, f.account), ?1, 1, m.id, "
             "m.folder, coalesce (m.uid, 0), m.message_id, ?2, 0, 0, 0 "
             "FROM temp.acting AS a CROSS JOIN message AS m ON m.id = a.id "
             "CROSS JOIN folder AS f ON f.id = m.folder ORDER BY a.place",
             STORE_INTS (group, verb->target, verb->target_account))
         && store_db_run (db, error,
                          "UPDATE message SET folder = ?1, uid = NULL, stray = 0 WHERE id IN "
                          "(SELECT id FROM temp.acting)",
                          STORE_INTS (verb->target))
         && store_row_settle_across (db, rows, verb->target, error);
}

/* What has arrived stays where it is, and else all is as it was before. */
gboolean
store_operation_end_across (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (GArray) ids = store_db_get_ints (
      db, error,
      "SELECT o.id FROM operation AS o JOIN folder AS s ON s.id = o.folder JOIN folder AS t "
      "ON t.id = o.target WHERE o.state < 2 AND (s.account = ?1) <> (t.account = ?1) "
      "AND NOT (o.step = 2 AND s.account = ?1) ORDER BY o.id DESC",
      STORE_INTS (account));

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    StoreStep step;
    int found = store_step_load (db, g_array_index (ids, gint64, i), &step, error);

    if (found < 0 || (found == 1 && !store_operation_drop (db, &step, FALSE, error)))
      return FALSE;
  }
  /* Its bytes go with the account; the server of the other one has them. */
  return ids != NULL
         && store_db_run (
             db, error,
             "UPDATE message SET has_body = 0 WHERE id IN (SELECT m.id FROM pack AS p JOIN body AS b "
             "ON b.pack = p.id JOIN message AS m ON m.id = b.message JOIN folder AS f ON f.id = "
             "m.folder WHERE p.account = ?1 AND f.account <> ?1)",
             STORE_INTS (account))
         && store_db_run (
             db, error,
             "DELETE FROM piece WHERE message IN (SELECT m.id FROM pack AS p JOIN piece AS b "
             "ON b.pack = p.id JOIN message AS m ON m.id = b.message JOIN folder AS f ON f.id = "
             "m.folder WHERE p.account = ?1 AND f.account <> ?1)",
             STORE_INTS (account));
}
