/* The same message in two folders is fetched once: rows that lack their bytes get those of another row, or of one that
 * went lately (a move by another client is seen as a message that goes here and one that comes there).
 *
 * Any thread with a connection, inside a transaction.  Must never take for the same what only looks alike: the object
 * id decides, else Message-ID, size and both dates together. */
#include "store-private.h"

#include <glib/gi18n.h>

#include "base-error.h"

#define ORPHAN_KEPT_S 3600

struct _StoreIdentity
{
  gint64 id, account, folder, received, date, size;
  char *object_id, *message_id; /* Owned */
};
typedef StoreIdentity Lacking;

static void
lacking_clear (gpointer data)
{
  Lacking *lacking = data;
  g_free (lacking->object_id);
  g_free (lacking->message_id);
}

static GArray *
list_lacking (StoreDb *db, gint64 folder, gint64 account, guint limit, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT id, received, date, size, object_id, message_id FROM message "
      "WHERE folder = ?1 AND has_body = 0 AND uid IS NOT NULL "
      "AND (object_id IS NOT NULL OR message_id IS NOT NULL) ORDER BY uid DESC LIMIT ?2",
      STORE_INTS (folder, limit));
  if (query == NULL)
    return NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Lacking));
  g_array_set_clear_func (rows, lacking_clear);
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    Lacking lacking = { .id = store_query_int (query, 0),
                        .account = account,
                        .folder = folder,
                        .received = store_query_int (query, 1),
                        .date = store_query_int (query, 2),
                        .size = store_query_int (query, 3),
                        .object_id = store_query_dup_text (query, 4),
                        .message_id = store_query_dup_text (query, 5) };
    g_array_append_val (rows, lacking);
  }
  return step == 0 ? g_steal_pointer (&rows) : NULL;
}

/* Id of what `sql` finds, 0 when it finds nothing; ?6 is the object id, ?7 (where it is asked for) the Message-ID. */
static gboolean
find (StoreDb *db, const Lacking *lacking, const char *sql, gint64 *id, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, sql,
      STORE_INTS (lacking->account, lacking->id, lacking->received, lacking->date, lacking->size));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 6, lacking->object_id);
  if (sqlite3_bind_parameter_count (query) >= 7)
    store_query_bind_text (query, 7, lacking->message_id);
  int step = store_query_step (db, query, error);
  if (step == 1)
    *id = store_query_int (query, 0);
  return step >= 0;
}

/* Those named differently by the server are different, whatever else they share. */
#define ALIKE                                                                                      \
  "received = ?3 AND date = ?4 AND size = ?5 AND message_id = ?7 "                                 \
  "AND (object_id IS NULL OR ?6 IS NULL) "

static gboolean
find_row (StoreDb *db, const Lacking *lacking, gint64 *id, GError **error)
{
  if (lacking->object_id != NULL
      && !find (db, lacking,
                "SELECT id FROM message WHERE object_id = ?6 AND id <> ?2 AND has_body = 1 "
                "AND folder IN (SELECT id FROM folder WHERE account = ?1) LIMIT 1",
                id, error))
    return FALSE;
  /* By the index of when and how large: asked once for each message that comes, so a probe of every folder would be felt. */
  return *id != 0 || lacking->message_id == NULL
         || find (
             db, lacking,
             "SELECT id FROM message INDEXED BY message_place WHERE has_body = 1 AND id <> ?2 AND " ALIKE
             "AND folder IN (SELECT id FROM folder WHERE account = ?1) LIMIT 1",
             id, error);
}

static gboolean
find_orphan (StoreDb *db, const Lacking *lacking, gint64 *id, GError **error)
{
  if (lacking->object_id != NULL
      && !find (db, lacking, "SELECT id FROM orphan WHERE object_id = ?6 AND account = ?1 LIMIT 1",
                id, error))
    return FALSE;
  return *id != 0 || lacking->message_id == NULL
         || find (db, lacking, "SELECT id FROM orphan WHERE account = ?1 AND " ALIKE "LIMIT 1", id,
                  error);
}

static gboolean
share (StoreDb *db, const Lacking *lacking, gboolean *shared, GError **error)
{
  gint64 row = 0, orphan = 0;
  *shared = FALSE;
  if (!find_row (db, lacking, &row, error)
      || (row == 0 && !find_orphan (db, lacking, &orphan, error)))
    return FALSE;
  if (row == 0 && orphan == 0)
    return TRUE;
  if (!store_db_run (db, error,
                     row != 0
                         ? "INSERT INTO body (message, pack, offset, length, checksum) "
                           "SELECT ?1, pack, offset, length, checksum FROM body WHERE message = ?2"
                         : "INSERT INTO body (message, pack, offset, length, checksum) "
                           "SELECT ?1, pack, offset, length, checksum FROM orphan WHERE id = ?2",
                     STORE_INTS (lacking->id, row != 0 ? row : orphan)))
    return FALSE;
  if (sqlite3_changes (db->sqlite) == 0)
    return TRUE;
  if (!store_body_count (db, lacking->id, error) || !store_partial_drop (db, lacking->id, error)
      || !store_db_run (
          db, error,
          row != 0
              ? "UPDATE message SET has_body = 1, preview = coalesce (message.preview, o.preview), "
                "has_attachments = message.has_attachments OR o.has_attachments "
                "FROM message AS o WHERE o.id = ?2 AND message.id = ?1"
              : "UPDATE message SET has_body = 1, preview = coalesce (message.preview, o.preview), "
                "has_attachments = message.has_attachments OR o.has_attachments "
                "FROM orphan AS o WHERE o.id = ?2 AND message.id = ?1",
          STORE_INTS (lacking->id, row != 0 ? row : orphan)))
    return FALSE;
  *shared = TRUE;
  StoreRow now;
  int found = store_row_load (db, lacking->id, &now, error);
  if (found == 1 && !now.doomed && !(now.flags & STORE_FLAG_DELETED))
    store_db_note (db, now.folder, STORE_KEY_MAKE (now.received, now.id), STORE_EVENT_CHANGED);
  return found == 1 && store_mark_reload (db, now.id, error);
}

gboolean
store_body_forget_orphans (StoreDb *db, GError **error)
{
  return store_db_run (db, error, "DELETE FROM orphan WHERE lost < ?1",
                       STORE_INTS (g_get_real_time () / G_USEC_PER_SEC - ORPHAN_KEPT_S));
}

static gboolean
share_all (StoreDb *db, gint64 folder, guint limit, guint *n_shared, GError **error)
{
  gint64 account = 0;
  if (!store_folder_get_account (db, folder, &account, error)
      || !store_body_forget_orphans (db, error))
    return FALSE;
  g_autoptr (GArray) rows = list_lacking (db, folder, account, limit, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    gboolean shared;
    if (!share (db, &g_array_index (rows, Lacking, i), &shared, error))
      return FALSE;
    *n_shared += shared;
  }
  return TRUE;
}

gboolean
store_message_share_bodies (StoreDb *db, gint64 folder, guint limit, guint *shared, GError **error)
{
  *shared = 0;
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  return store_db_leave (db, share_all (db, folder, limit, shared, error), error);
}

/* ---- where else it is ---- */

void
store_identity_free (StoreIdentity *identity)
{
  lacking_clear (identity);
  g_free (identity);
}

StoreIdentity *
store_message_get_identity (StoreDb *db, gint64 id, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT m.id, account, folder, received, date, size, object_id, message_id "
                      "FROM message AS m JOIN folder ON folder.id = folder WHERE m.id = ?1",
                      STORE_INTS (id));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step == 0)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
  if (step != 1)
    return NULL;
  StoreIdentity *identity = g_new0 (StoreIdentity, 1);
  *identity = (StoreIdentity){ .id = store_query_int (query, 0),
                               .account = store_query_int (query, 1),
                               .folder = store_query_int (query, 2),
                               .received = store_query_int (query, 3),
                               .date = store_query_int (query, 4),
                               .size = store_query_int (query, 5),
                               .object_id = store_query_dup_text (query, 6),
                               .message_id = store_query_dup_text (query, 7) };
  return identity;
}

/* By the index of the lists: somebody waits, but for one message. */
#define ELSEWHERE                                                                                  \
  "SELECT id FROM message WHERE folder IN (SELECT id FROM folder WHERE account = ?1) "             \
  "AND hidden = 0 AND id <> ?2 AND (uid IS NOT NULL OR has_body = 1) "

gboolean
store_message_find_same (StoreDb *db, const StoreIdentity *identity, gint64 *id, GError **error)
{
  *id = 0;
  if (identity->object_id != NULL
      && !find (db, identity, ELSEWHERE "AND object_id = ?6 ORDER BY has_body DESC LIMIT 1", id,
                error))
    return FALSE;
  return *id != 0 || identity->message_id == NULL
         || find (db, identity, ELSEWHERE "AND " ALIKE "ORDER BY has_body DESC LIMIT 1", id, error);
}
