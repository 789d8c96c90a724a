/* The same for many messages at once: what an operation does to rows that need no thought of their own is one statement for
 * all of them, for a hundred thousand one by one take as many seconds as a person will not wait.  Whatever is odd about a row
 * (it lives here alone, something else waits for it) leaves it to store-operation.c and store-operation-undo.c.
 *
 * Any thread with a connection, inside a transaction.  It must come to exactly what those would have done one by one. */
#include "base-error.h"
#include "store-private.h"

/* ---- the rows that are meant (temp.acting) ---- */

gboolean
store_acting_clear (StoreDb *db, GError **error)
{
  return store_db_exec (db,
                        "CREATE TABLE IF NOT EXISTS temp.acting (place INTEGER PRIMARY KEY, id "
                        "INTEGER NOT NULL UNIQUE, step INTEGER, new_marks INTEGER)",
                        error)
         && store_db_run (db, error, "DELETE FROM temp.acting", STORE_NO_INTS);
}

#define IDS        25 /* of one statement */
#define INSERT_IDS "INSERT OR IGNORE INTO temp.acting (id, new_marks) VALUES "

/* Each with its marks, where there are any. */
static gboolean
add_acting (StoreDb *db, const gint64 *ids, const guint *marks, gsize n, GError **error)
{
  for (gsize i = 0, step; i < n; i += step) {
    step = n - i >= IDS ? IDS : 1;
    g_autoptr (StoreQuery) query =
        step == IDS ? store_db_query (db, error, INSERT_IDS STORE_TIMES_25 ("(?,?)"), STORE_NO_INTS)
                    : store_db_query (db, error, INSERT_IDS "(?,?)", STORE_NO_INTS);
    if (query == NULL)
      return FALSE;
    for (gsize j = 0; j < step; j++) {
      store_query_bind_int (query, (int)j * 2 + 1, ids[i + j]);
      if (marks != NULL)
        store_query_bind_int (query, (int)j * 2 + 2, marks[i + j]);
    }
    if (store_query_step (db, query, error) != 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
store_acting_set (StoreDb *db, const gint64 *ids, gsize n, GError **error)
{
  return store_acting_clear (db, error) && add_acting (db, ids, NULL, n, error);
}

static void
portion_free (gpointer data)
{
  StorePortion *portion = data;

  g_array_unref (portion->ids);
  g_free (portion);
}

static GPtrArray *
sort_by_account (StoreDb *db, const gint64 *ids, gsize n, GError **error)
{
  g_autoptr (GArray) rows =
      store_acting_set (db, ids, n, error) ? store_row_load_acting (db, error) : NULL;
  g_autoptr (GPtrArray) portions = g_ptr_array_new_with_free_func (portion_free);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const StoreRow *row = &g_array_index (rows, StoreRow, i);
    StorePortion *portion = NULL;

    for (guint j = 0; j < portions->len && portion == NULL; j++) {
      if (((StorePortion *)portions->pdata[j])->account == row->account)
        portion = portions->pdata[j];
    }
    if (portion == NULL) {
      portion = g_new0 (StorePortion, 1);
      portion->account = row->account;
      portion->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_ptr_array_add (portions, portion);
    }
    g_array_append_val (portion->ids, row->id);
  }
  return rows != NULL ? g_steal_pointer (&portions) : NULL;
}

GPtrArray *
store_message_sort_by_account (StoreDb *db, const gint64 *ids, gsize n, GError **error)
{
  /* The table is written, if only in memory. */
  if (!store_db_enter (db, FALSE, error))
    return NULL;
  g_autoptr (GPtrArray) portions = sort_by_account (db, ids, n, error);
  return store_db_leave (db, portions != NULL, error) ? g_steal_pointer (&portions) : NULL;
}

GArray *
store_message_list_in (StoreDb *db, gint64 folder, const gint64 *ids, gsize n, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return NULL;
  g_autoptr (GArray) inside =
      store_acting_set (db, ids, n, error)
          ? store_db_get_ints (db, error,
                               "SELECT m.id FROM temp.acting AS a CROSS JOIN message AS m ON m.id "
                               "= a.id WHERE m.folder = ?1 ORDER BY a.place",
                               STORE_INTS (folder))
          : NULL;
  return store_db_leave (db, inside != NULL, error) ? g_steal_pointer (&inside) : NULL;
}

/* ---- doing ---- */

static void
change_row (const StoreVerb *verb, StoreRow *row)
{
  switch (verb->kind) {
  case STORE_OPERATION_FLAGS:
    row->flags = verb->add ? row->flags | verb->flags : row->flags & ~verb->flags;
    break;
  case STORE_OPERATION_MOVE:
    row->folder = verb->target;
    row->uid = 0;
    row->stray = 0;
    break;
  case STORE_OPERATION_EXPUNGE:
    row->doomed = TRUE;
    break;
  case STORE_OPERATION_COPY:
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    break;
  }
}

static gboolean
note_rows (StoreDb *db, GArray *rows, const StoreVerb *verb, GError **error)
{
  for (guint i = 0; i < rows->len; i++) {
    const StoreRow *old = &g_array_index (rows, StoreRow, i);
    StoreRow new = *old;

    change_row (verb, &new);
    if (!store_row_note_difference (db, old, &new, error))
      return FALSE;
  }
  return TRUE;
}

/* What was noted of them last, put into their conversations. */
static gboolean
settle_noted (StoreDb *db, GError **error)
{
  return store_mark_flush (db, error) && store_pending_write (db, error);
}

/* Rows are written once: with the marks that they will have. */
static gboolean
set_noted (StoreDb *db, GError **error)
{
  guint n = db->pending->len;
  g_autofree gint64 *ids = g_new (gint64, n + 1);
  g_autofree guint *marks = g_new (guint, n + 1);

  if (!store_acting_clear (db, error) || !store_mark_flush (db, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const StoreRow *row = &g_array_index (db->pending, StorePending, i).row;

    ids[i] = row->id;
    marks[i] = row->marks;
  }
  if (!add_acting (db, ids, marks, n, error))
    return FALSE;
  g_array_set_size (db->pending, 0);
  return TRUE;
}

#define NEW_MARKS "marks = (SELECT new_marks FROM temp.acting AS a WHERE a.id = message.id)"

/* Each: the operations, then the rows that they are about. */
static gboolean
set_flags (StoreDb *db, gint64 group, const StoreVerb *verb, GError **error)
{
  return store_db_run (
             db, error,
             "INSERT INTO operation (account, batch, kind, message, folder, uid, message_id, "
             "flags, adding, due) SELECT f.account, ?1, 0, m.id, m.folder, coalesce (m.uid, 0), "
             "m.message_id, iif (?2, ?3 & ~m.flags, ?3 & m.flags), ?2, 0 "
             "FROM temp.acting AS a CROSS JOIN message AS m ON m.id = a.id "
             "CROSS JOIN folder AS f ON f.id = m.folder ORDER BY a.place",
             STORE_INTS (group, verb->add != FALSE, verb->flags))
         && store_db_run (
             db, error,
             "UPDATE message SET flags = iif (?1, flags | ?2, flags & ~?2), hidden = (doomed <> 0 "
             "OR (iif (?1, flags | ?2, flags & ~?2) & 8) <> 0), " NEW_MARKS " WHERE id IN "
             "(SELECT id FROM temp.acting)",
             STORE_INTS (verb->add != FALSE, verb->flags));
}

static gboolean
move (StoreDb *db, gint64 group, const StoreVerb *verb, GError **error)
{
  return store_db_run (
             db, error,
             "INSERT INTO operation (account, batch, kind, message, folder, uid, message_id, "
             "target, flags, adding, due) SELECT f.account, ?1, 1, m.id, m.folder, "
             "coalesce (m.uid, 0), m.message_id, ?2, 0, 0, 0 "
             "FROM temp.acting AS a CROSS JOIN message AS m ON m.id = a.id "
             "CROSS JOIN folder AS f ON f.id = m.folder ORDER BY a.place",
             STORE_INTS (group, verb->target))
         && store_db_run (db, error,
                          "UPDATE message SET folder = ?1, uid = NULL, stray = 0, " NEW_MARKS
                          " WHERE id IN "
                          "(SELECT id FROM temp.acting)",
                          STORE_INTS (verb->target));
}

static gboolean
expunge (StoreDb *db, gint64 group, const StoreVerb *verb, GError **error)
{
  gint64 due = verb->delay_s > 0 ? g_get_real_time () / G_USEC_PER_SEC + verb->delay_s : 0;

  return store_db_run (
             db, error,
             "INSERT INTO operation (account, batch, kind, message, folder, uid, message_id, "
             "flags, adding, due) SELECT f.account, ?1, 2, m.id, m.folder, coalesce (m.uid, 0), "
             "m.message_id, 0, 0, ?2 "
             "FROM temp.acting AS a CROSS JOIN message AS m ON m.id = a.id "
             "CROSS JOIN folder AS f ON f.id = m.folder ORDER BY a.place",
             STORE_INTS (group, due))
         && store_db_run (db, error,
                          "UPDATE message SET doomed = 1, hidden = 1, " NEW_MARKS
                          " WHERE id IN (SELECT id FROM "
                          "temp.acting)",
                          STORE_NO_INTS);
}

gboolean
store_operation_add_many (StoreDb *db, gint64 group, const StoreVerb *verb, GArray *rows,
                          GError **error)
{
  G_STATIC_ASSERT (STORE_OPERATION_FLAGS == 0 && STORE_OPERATION_MOVE == 1
                   && STORE_OPERATION_EXPUNGE == 2);
  if (rows->len == 0)
    return TRUE;
  if (!store_pending_write (db, error) || !note_rows (db, rows, verb, error)
      || !set_noted (db, error))
    return FALSE;
  return verb->kind == STORE_OPERATION_FLAGS  ? set_flags (db, group, verb, error)
         : verb->kind == STORE_OPERATION_MOVE ? move (db, group, verb, error)
                                              : expunge (db, group, verb, error);
}

/* ---- taking back what nobody has begun ---- */

/* Those of the group into temp.acting whose operation can be taken away without a look at any other. */
static gboolean
choose_flags (StoreDb *db, gint64 group, GError **error)
{
  return store_db_run (
      db, error,
      "INSERT OR IGNORE INTO temp.acting (id, step) SELECT o.message, o.id FROM operation AS o "
      "WHERE o.batch = ?1 AND o.kind = 0 AND o.begun = 0 AND o.state = 0 AND o.message IS NOT NULL "
      "AND NOT EXISTS (SELECT 1 FROM operation AS e WHERE e.message = o.message AND e.id <> o.id "
      "AND e.kind = 0 AND e.state < 2)",
      STORE_INTS (group));
}

static gboolean
choose_moves (StoreDb *db, gint64 group, gint64 folder, GError **error)
{
  return store_db_run (
      db, error,
      "INSERT OR IGNORE INTO temp.acting (id, step) SELECT o.message, o.id FROM operation AS o "
      "WHERE o.batch = ?1 AND o.kind = 1 AND o.begun = 0 AND o.state = 0 AND o.message IS NOT NULL "
      "AND o.folder = ?2 AND NOT EXISTS (SELECT 1 FROM operation AS e WHERE e.message = o.message "
      "AND e.id > o.id AND e.state < 2) "
      /* Else the row that has this UID now makes place, and gives up its bytes. */
      "AND (o.uid = 0 OR NOT EXISTS (SELECT 1 FROM message AS m WHERE m.folder = o.folder "
      "AND m.uid = o.uid))",
      STORE_INTS (group, folder));
}

static gboolean
choose_expunges (StoreDb *db, gint64 group, GError **error)
{
  return store_db_run (
      db, error,
      "INSERT OR IGNORE INTO temp.acting (id, step) SELECT o.message, o.id FROM operation AS o "
      "WHERE o.batch = ?1 AND o.kind = 2 AND o.begun = 0 AND o.state = 0 AND o.message IS NOT NULL",
      STORE_INTS (group));
}

static gboolean
delete_chosen (StoreDb *db, GError **error)
{
  return store_db_run (
      db, error, "DELETE FROM operation WHERE id IN (SELECT step FROM temp.acting)", STORE_NO_INTS);
}

static gboolean
drop_flags (StoreDb *db, gint64 group, GError **error)
{
  g_autoptr (GArray) rows = NULL;

  if (!store_acting_clear (db, error) || !choose_flags (db, group, error)
      || (rows = store_row_load_acting (db, error)) == NULL)
    return FALSE;
  if (rows->len == 0)
    return TRUE;
  if (!store_db_run (db, error,
                     "UPDATE message SET flags = server_flags, hidden = (doomed <> 0 OR "
                     "(server_flags & 8) <> 0) WHERE id IN (SELECT id FROM temp.acting)",
                     STORE_NO_INTS)
      || !delete_chosen (db, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const StoreRow *old = &g_array_index (rows, StoreRow, i);
    StoreRow new = *old;

    new.flags = new.server_flags;
    if (!store_row_note_difference (db, old, &new, error))
      return FALSE;
  }
  return settle_noted (db, error);
}

static gboolean
drop_moves (StoreDb *db, gint64 group, gint64 folder, GError **error)
{
  const StoreVerb back = { .kind = STORE_OPERATION_MOVE, .target = folder };
  g_autoptr (GArray) rows = NULL;
  gint64 account;

  if (!store_acting_clear (db, error) || !choose_moves (db, group, folder, error)
      || (rows = store_row_load_acting (db, error)) == NULL)
    return FALSE;
  if (rows->len == 0)
    return TRUE;
  /* A server that gives one UID twice is a liar, and this is no place to find out: one by one then. */
  if (!store_operation_keep_folder (db, folder, TRUE, error)
      || !store_folder_get_account (db, folder, &account, error)
      || !store_db_run (
          db, error,
          "UPDATE message SET folder = ?1, stray = 0, uid = (SELECT nullif (o.uid, 0) FROM "
          "temp.acting AS a JOIN operation AS o ON o.id = a.step WHERE a.id = message.id), "
          "local_only = local_only AND (SELECT o.uid = 0 FROM temp.acting AS a JOIN operation AS o "
          "ON o.id = a.step WHERE a.id = message.id) WHERE id IN (SELECT id FROM temp.acting)",
          STORE_INTS (folder))
      || !store_db_run (
          db, error,
          "UPDATE operation SET uid = (SELECT o.uid FROM temp.acting AS a JOIN operation AS o "
          "ON o.id = a.step WHERE a.id = operation.message) WHERE message IN (SELECT id FROM "
          "temp.acting) AND folder = ?1 AND uid = 0 AND state < 2",
          STORE_INTS (folder))
      || !delete_chosen (db, error))
    return FALSE;
  /* All of a group went to one folder. */
  if (g_array_index (rows, StoreRow, 0).account != account)
    return store_row_settle_across (db, rows, folder, error);
  return note_rows (db, rows, &back, error) && settle_noted (db, error);
}

static gboolean
drop_expunges (StoreDb *db, gint64 group, GError **error)
{
  g_autoptr (GArray) rows = NULL;

  if (!store_acting_clear (db, error) || !choose_expunges (db, group, error)
      || (rows = store_row_load_acting (db, error)) == NULL)
    return FALSE;
  if (rows->len == 0)
    return TRUE;
  if (!store_db_run (db, error,
                     "UPDATE message SET doomed = 0, hidden = ((flags & 8) <> 0) WHERE id IN "
                     "(SELECT id FROM temp.acting)",
                     STORE_NO_INTS)
      || !delete_chosen (db, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const StoreRow *old = &g_array_index (rows, StoreRow, i);
    StoreRow new = *old;

    new.doomed = FALSE;
    if (!store_row_note_difference (db, old, &new, error))
      return FALSE;
  }
  return settle_noted (db, error);
}

static GArray *
list_sources (StoreDb *db, gint64 group, gboolean begun, GError **error)
{
  return store_db_get_ints (db, error,
                            "SELECT DISTINCT folder FROM operation WHERE batch = ?1 AND kind = 1 "
                            "AND begun = ?2",
                            STORE_INTS (group, begun));
}

gboolean
store_operation_drop_many (StoreDb *db, gint64 group, GError **error)
{
  g_autoptr (GArray) sources = list_sources (db, group, FALSE, error);

  if (sources == NULL)
    return FALSE;
  for (guint i = 0; i < sources->len; i++) {
    if (!drop_moves (db, group, g_array_index (sources, gint64, i), error))
      return FALSE;
  }
  return drop_flags (db, group, error) && drop_expunges (db, group, error);
}

/* ---- the opposite of what was begun ---- */

typedef struct
{
  gint64 flags, adding;
} FlagSet;

static GArray *
list_flag_sets (StoreDb *db, gint64 group, GError **error)
{
  g_autoptr (GArray) sets = g_array_new (FALSE, FALSE, sizeof (FlagSet));
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT DISTINCT flags, adding FROM operation WHERE batch = ?1 AND kind = 0 "
                      "AND begun = 1",
                      STORE_INTS (group));
  int found = -1;

  while (query != NULL && (found = store_query_step (db, query, error)) == 1) {
    FlagSet set = { store_query_int (query, 0), store_query_int (query, 1) };
    g_array_append_val (sets, set);
  }
  return found == 0 ? g_steal_pointer (&sets) : NULL;
}

/* They cannot be taken back once more. */
static gboolean
invert (StoreDb *db, gint64 inverse, const StoreVerb *verb, GArray *messages, GError **error)
{
  return messages != NULL
         && store_operation_apply_verb (db, inverse, (const gint64 *)(gpointer)messages->data,
                                        messages->len, verb, error);
}

gboolean
store_operation_invert_many (StoreDb *db, gint64 group, gint64 inverse, GError **error)
{
  g_autoptr (GArray) sets = list_flag_sets (db, group, error);
  g_autoptr (GArray) sources = sets != NULL ? list_sources (db, group, TRUE, error) : NULL;

  if (sources == NULL)
    return FALSE;
  for (guint i = 0; i < sources->len; i++) {
    gint64 folder = g_array_index (sources, gint64, i);
    const StoreVerb back = { .kind = STORE_OPERATION_MOVE, .target = folder };
    g_autoptr (GArray) messages = store_db_get_ints (
        db, error,
        "SELECT o.message FROM operation AS o JOIN message AS m ON m.id = o.message "
        "WHERE o.batch = ?1 AND o.kind = 1 AND o.begun = 1 AND o.folder = ?2 AND m.doomed = 0 "
        "AND m.folder = o.target " /* else it was moved on since, and lies where the person wants it */
        "ORDER BY o.id DESC",
        STORE_INTS (group, folder));

    if (messages == NULL
        || (messages->len > 0 && !store_operation_keep_folder (db, folder, TRUE, error))
        || !invert (db, inverse, &back, messages, error))
      return FALSE;
  }
  for (guint i = 0; i < sets->len; i++) {
    const FlagSet *set = &g_array_index (sets, FlagSet, i);
    const StoreVerb back = { .kind = STORE_OPERATION_FLAGS,
                             .flags = (StoreFlags)set->flags,
                             .add = !set->adding };
    g_autoptr (GArray) messages = store_db_get_ints (
        db, error,
        "SELECT message FROM operation WHERE batch = ?1 AND kind = 0 AND begun = 1 "
        "AND flags = ?2 AND adding = ?3 AND message IS NOT NULL ORDER BY id DESC",
        STORE_INTS (group, set->flags, set->adding));

    if (!invert (db, inverse, &back, messages, error))
      return FALSE;
  }
  return store_db_run (db, error,
                       "UPDATE operation SET batch = 0 WHERE batch = ?1 AND begun = 1 "
                       "AND kind IN (0, 1)",
                       STORE_INTS (group));
}
