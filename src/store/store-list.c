/* Reading rows: lists of keys and UIDs, pages of rows.  Any thread with a connection; writes
 * nothing. */
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "store-private.h"

void
store_message_free (StoreMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->from_name);
  g_free (message->from_address);
  g_free (message->to);
  g_free (message->subject);
  g_free (message->message_id);
  g_free (message->in_reply_to);
  g_free (message->references);
  g_free (message->preview);
  g_free (message);
}

static void
free_message (gpointer message)
{
  store_message_free (message);
}

static GArray *
read_keys (StoreDb *db, StoreQuery *query, GError **error)
{
  if (query == NULL)
    return NULL;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    StoreKey key = STORE_KEY_MAKE (store_query_int (query, 0), store_query_int (query, 1));
    g_array_append_val (keys, key);
  }
  return step == 0 ? g_steal_pointer (&keys) : NULL;
}

GArray *
store_message_list (StoreDb *db, gint64 folder, StoreKey before, guint limit, GError **error)
{
  gint64 count = limit > 0 ? (gint64)limit : -1;
  if (before == 0) {
    g_autoptr (StoreQuery) query =
        store_db_query (db, error,
                        "SELECT received, id FROM message WHERE folder = ?1 AND hidden = 0 "
                        "ORDER BY received DESC, id DESC LIMIT ?2",
                        STORE_INTS (folder, count));
    return read_keys (db, query, error);
  }
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT received, id FROM message WHERE folder = ?1 AND hidden = 0 "
                      "AND (received, id) < (?3, ?4) ORDER BY received DESC, id DESC LIMIT ?2",
                      STORE_INTS (folder, count, before >> 32, STORE_KEY_ID (before)));
  return read_keys (db, query, error);
}

static StoreMessage *
read_message (StoreQuery *query)
{
  StoreMessage *message = g_new0 (StoreMessage, 1);
  message->id = store_query_int (query, 0);
  message->folder = store_query_int (query, 1);
  message->account = store_query_int (query, 2);
  message->uid = (guint32)store_query_int (query, 3);
  message->flags = (StoreFlags)store_query_int (query, 4);
  message->server_flags = (StoreFlags)store_query_int (query, 5);
  message->received = store_query_int (query, 6);
  message->date = store_query_int (query, 7);
  message->size = (guint64)store_query_int (query, 8);
  message->has_attachments = store_query_int (query, 9) != 0;
  message->has_body = store_query_int (query, 10) != 0;
  message->from_name = store_query_dup_text (query, 11);
  message->from_address = store_query_dup_text (query, 12);
  message->to = store_query_dup_text (query, 13);
  message->subject = store_query_dup_text (query, 14);
  message->message_id = store_query_dup_text (query, 15);
  message->in_reply_to = store_query_dup_text (query, 16);
  message->references = store_query_dup_text (query, 17);
  message->preview = store_query_dup_text (query, 18);
  message->key = STORE_KEY_MAKE (message->received, message->id);
  return message;
}

/* FALSE: error; *message NULL: there is none. */
static gboolean
load_message (StoreDb *db, gint64 id, StoreMessage **message, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT message.id, folder, account, uid, flags, server_flags, received, date, size, "
      "has_attachments, has_body, from_name, from_address, recipients, subject, message_id, "
      "in_reply_to, reference_ids, preview "
      "FROM message JOIN folder ON folder.id = folder WHERE message.id = ?1",
      STORE_INTS (id));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  *message = step == 1 ? read_message (query) : NULL;
  return step >= 0;
}

GPtrArray *
store_message_get_rows (StoreDb *db, const gint64 *ids, gsize n, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_full ((guint)n, free_message);
  for (gsize i = 0; i < n; i++) {
    StoreMessage *message;
    if (!load_message (db, ids[i], &message, error))
      return NULL;
    g_ptr_array_add (rows, message);
  }
  return g_steal_pointer (&rows);
}

StoreMessage *
store_message_get (StoreDb *db, gint64 id, GError **error)
{
  StoreMessage *message;
  if (!load_message (db, id, &message, error))
    return NULL;
  if (message == NULL)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
  return message;
}

gboolean
store_message_get_place (StoreDb *db, gint64 id, gint64 *folder, guint32 *uid, GError **error)
{
  StoreRow row;
  int found = store_row_load (db, id, &row, error);
  if (found == 0)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
  if (found <= 0)
    return FALSE;
  *folder = row.folder;
  *uid = row.uid;
  if (row.uid != 0)
    return TRUE;
  /* The first MOVE that is still to be done starts where the server has it. */
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT folder, uid FROM operation WHERE message = ?1 AND kind = ?2 AND state < 2 ORDER BY "
      "id LIMIT 1",
      STORE_INTS (id, STORE_OPERATION_MOVE));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step == 1) {
    *folder = store_query_int (query, 0);
    *uid = (guint32)store_query_int (query, 1);
  }
  return step >= 0;
}

BaseUidSet *
store_message_get_uids (StoreDb *db, gint64 folder, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT uid FROM message WHERE folder = ?1 AND uid IS NOT NULL "
      "UNION SELECT uid FROM operation WHERE folder = ?1 AND uid <> 0 AND kind = ?2 AND state < 2 "
      "ORDER BY uid",
      STORE_INTS (folder, STORE_OPERATION_MOVE));
  if (query == NULL)
    return NULL;
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  guint32 first = 0, last = 0;
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    guint32 uid = (guint32)store_query_int (query, 0);
    if (first != 0 && uid == last + 1) {
      last = uid;
      continue;
    }
    if (first != 0)
      base_uid_set_add_range (uids, first, last);
    first = last = uid;
  }
  if (first != 0)
    base_uid_set_add_range (uids, first, last);
  return step == 0 ? g_steal_pointer (&uids) : NULL;
}

gboolean
store_message_count_uids (StoreDb *db, gint64 folder, guint64 *count, GError **error)
{
  gint64 rows = 0, moved = 0;
  /* Of a large folder all rows would be 500 pages of an index: total counts those that are listed, and the rest are few, each in an
   * index of its own.  A row with the UID of a pending MOVE is one that another client copied back; it counts once. */
  if (!store_db_get_int (db, &rows, error,
                         "SELECT coalesce ((SELECT total FROM folder WHERE id = ?1), 0) "
                         "+ (SELECT count(*) FROM message WHERE folder = ?1 AND hidden = 1) "
                         "- (SELECT count(*) FROM message WHERE folder = ?1 AND uid IS NULL)",
                         STORE_INTS (folder))
      || !store_db_get_int (
          db, &moved, error,
          "SELECT count(DISTINCT uid) FROM operation AS o "
          "WHERE folder = ?1 AND uid <> 0 AND kind = ?2 AND state < 2 "
          "AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.folder = ?1 AND m.uid = o.uid)",
          STORE_INTS (folder, STORE_OPERATION_MOVE)))
    return FALSE;
  *count = (guint64)rows + (guint64)moved;
  return TRUE;
}

static GArray *
take_uids (StoreDb *db, StoreQuery *query, GError **error)
{
  g_autoptr (GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    guint32 uid = (guint32)store_query_int (query, 0);
    g_array_append_val (uids, uid);
  }
  return step == 0 ? g_steal_pointer (&uids) : NULL;
}

GArray *
store_message_get_uids_without_body (StoreDb *db, gint64 folder, guint limit, guint64 max_size,
                                     gint64 since, GError **error)
{
  gint64 largest = max_size > 0 ? (gint64)MIN (max_size, (guint64)G_MAXINT64) : G_MAXINT64;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT uid FROM message WHERE folder = ?1 AND has_body = 0 AND uid IS NOT NULL "
      "AND size <= ?3 AND (?4 = 0 OR received >= ?4) ORDER BY uid DESC LIMIT ?2",
      STORE_INTS (folder, limit, largest, since));
  return query != NULL ? take_uids (db, query, error) : NULL;
}

GArray *
store_message_list_too_large (StoreDb *db, gint64 folder, guint limit, guint64 min_size,
                              gint64 since, GError **error)
{
  return store_db_get_ints (
      db, error,
      "SELECT id FROM message WHERE folder = ?1 AND has_body = 0 AND uid IS NOT NULL "
      "AND size > ?3 AND (?4 = 0 OR received >= ?4) "
      "AND NOT EXISTS (SELECT 1 FROM piece WHERE message = message.id AND number = -1) "
      "ORDER BY uid DESC LIMIT ?2",
      STORE_INTS (folder, limit, (gint64)MIN (min_size, (guint64)G_MAXINT64), since));
}

GArray *
store_message_get_uids_without_text (StoreDb *db, gint64 folder, guint32 below, guint limit,
                                     GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT uid FROM message INDEXED BY message_bodyless WHERE folder = ?1 "
                      "AND has_body = 0 AND uid IS NOT NULL AND uid < ?2 AND preview IS NULL "
                      "ORDER BY uid DESC LIMIT ?3",
                      STORE_INTS (folder, below, limit));
  return query != NULL ? take_uids (db, query, error) : NULL;
}

/* "<a@b>" of a header field. */
static char *
dup_id (const char *text)
{
  const char *first = text != NULL ? strchr (text, '<') : NULL;
  const char *last = first != NULL ? strchr (first, '>') : NULL;
  return last != NULL ? g_strndup (first, (gsize)(last - first) + 1) : NULL;
}

gboolean
store_message_find (StoreDb *db, const char *account_id, gint64 hint, const char *message_id,
                    gint64 *id, GError **error)
{
  g_autofree char *wanted = dup_id (message_id);
  *id = 0;
  /* Nothing to be sure by. */
  if (wanted == NULL)
    return TRUE;
  static const char *const queries[] = {
    "SELECT id FROM message WHERE id = ?1 AND message_id = ?2",
    "SELECT m.id FROM message AS m JOIN folder AS f ON f.id = m.folder "
    "JOIN account AS a ON a.id = f.account WHERE m.message_id = ?2 AND m.hidden = 0 "
    "ORDER BY a.name <> ?3, f.role = 0, f.role, m.id LIMIT 1",
  };
  for (guint i = 0; *id == 0 && i < G_N_ELEMENTS (queries); i++) {
    g_autoptr (StoreQuery) query = store_db_query (db, error, queries[i], STORE_INTS (hint));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 2, wanted);
    if (i == 1)
      store_query_bind_text (query, 3, account_id);
    int found = store_query_step (db, query, error);
    if (found < 0)
      return FALSE;
    if (found == 1)
      *id = store_query_int (query, 0);
  }
  return TRUE;
}
