/* The history of what a person did, for undo.
 *
 * Any thread with a connection; in practice the store thread.  It must never make undo possible that store-operation-undo.c
 * refuses: it only remembers which groups belong together. */
#include "store-deed.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "store-private.h"

void
store_deed_free (StoreDeed *deed)
{
  if (deed == NULL)
    return;
  g_free (deed->sentence);
  g_free (deed);
}

/* ---- what is kept ---- */

/* Those that are one too many, too old, or together too much. */
static gboolean
forget_old (StoreDb *db, gint64 now, GError **error)
{
  return store_db_run (
             db, error,
             "DELETE FROM deed WHERE at < ?1 OR id <= (SELECT id FROM deed ORDER BY id DESC LIMIT "
             "1 OFFSET ?2)",
             STORE_INTS (now - STORE_DEED_MOST_S, STORE_DEED_MOST))
         && store_db_run (
             db, error,
             "DELETE FROM deed WHERE id <= (SELECT id FROM (SELECT id, sum (steps) OVER (ORDER BY "
             "id DESC) AS sum FROM deed) WHERE sum > ?1 ORDER BY id DESC LIMIT 1) AND id < (SELECT "
             "max (id) FROM deed)",
             STORE_INTS (STORE_DEED_MOST_STEPS))
         && store_db_run (
             db, error,
             "DELETE FROM operation WHERE state = 2 AND batch IN (SELECT batch FROM forgotten)",
             STORE_NO_INTS)
         && store_db_run (db, error, "DELETE FROM forgotten", STORE_NO_INTS);
}

gint64
store_deed_insert (StoreDb *db, const char *sentence, guint count, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "INSERT INTO deed (at, count, sentence) VALUES (?1, ?2, ?3)",
                      STORE_INTS (g_get_real_time () / G_USEC_PER_SEC, count));
  if (query == NULL)
    return 0;
  store_query_bind_text (query, 3, sentence);
  return store_query_step (db, query, error) == 0 ? sqlite3_last_insert_rowid (db->sqlite) : 0;
}

gboolean
store_deed_set_steps (StoreDb *db, gint64 deed, gint64 steps, GError **error)
{
  return store_db_run (db, error, "UPDATE deed SET steps = ?2 WHERE id = ?1",
                       STORE_INTS (deed, steps))
         && forget_old (db, g_get_real_time () / G_USEC_PER_SEC, error);
}

static gint64
add (StoreDb *db, const char *sentence, guint count, const gint64 *groups, gsize n, GError **error)
{
  gint64 deed = store_deed_insert (db, sentence, count, error), steps = 0;

  for (gsize i = 0; deed != 0 && i < n; i++) {
    if (!store_db_run (db, error, "INSERT INTO deed_group (batch, deed) VALUES (?1, ?2)",
                       STORE_INTS (groups[i], deed)))
      return 0;
  }
  return deed != 0
                 && store_db_get_int (
                     db, &steps, error,
                     "SELECT count(*) FROM deed_group AS g JOIN operation AS o ON o.batch = "
                     "g.batch WHERE g.deed = ?1",
                     STORE_INTS (deed))
                 && store_deed_set_steps (db, deed, steps, error)
             ? deed
             : 0;
}

gint64
store_deed_add (StoreDb *db, const char *sentence, guint count, const gint64 *groups, gsize n,
                GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return 0;
  gint64 deed = add (db, sentence, count, groups, n, error);
  return store_db_leave (db, deed != 0, error) ? deed : 0;
}

gboolean
store_deed_forget_all (StoreDb *db, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db,
                         store_db_run (db, error, "DELETE FROM deed", STORE_NO_INTS)
                             && forget_old (db, g_get_real_time () / G_USEC_PER_SEC, error),
                         error);
}

/* ---- what can be taken back ---- */

/* The first that stands in the way: 2 messages deleted, 7 a folder deleted; then whether anything is left at all.  -5: it was done to
 * conversations, which tell. */
#define STATE_OF_DEED                                                                              \
  "CASE WHEN d.undone <> 0 THEN -1 "                                                               \
  "WHEN EXISTS (SELECT 1 FROM deed_thread AS t WHERE t.deed = d.id) THEN -5 ELSE coalesce ("       \
  "(SELECT o.kind FROM deed_group AS g JOIN operation AS o ON o.batch = g.batch "                  \
  "WHERE g.deed = d.id AND o.kind IN (2, 7, 9) AND (o.begun <> 0 OR o.state <> 0) LIMIT 1), "      \
  "iif (EXISTS (SELECT 1 FROM deed_group AS g JOIN operation AS o ON o.batch = g.batch "           \
  "WHERE g.deed = d.id AND (o.message IS NOT NULL OR o.kind >= 5)), -2, "                          \
  "iif (d.steps = 0, -2, iif (EXISTS (SELECT 1 FROM deed_group AS g JOIN operation AS o "          \
  "ON o.batch = g.batch WHERE g.deed = d.id), -4, -3)))) END"
G_STATIC_ASSERT (STORE_OPERATION_EXPUNGE == 2 && STORE_OPERATION_CREATE == 5
                 && STORE_OPERATION_DELETE == 7 && STORE_OPERATION_EMPTY == 9);

static StoreDeedState
read_state (gint64 value)
{
  return value == -1 ? STORE_DEED_UNDONE
         : value == STORE_OPERATION_EXPUNGE || value == STORE_OPERATION_EMPTY
             ? STORE_DEED_MESSAGES_DELETED
         : value == STORE_OPERATION_DELETE ? STORE_DEED_FOLDER_DELETED
         : value == -3                     ? STORE_DEED_OLD
         : value == -4                     ? STORE_DEED_GONE
                                           : STORE_DEED_OPEN;
}

GPtrArray *
store_deed_list (StoreDb *db, GError **error)
{
  g_autoptr (GPtrArray) deeds = g_ptr_array_new_with_free_func ((GDestroyNotify)store_deed_free);
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT d.id, d.at, d.count, d.sentence, " STATE_OF_DEED " FROM deed AS d ORDER BY d.id DESC",
      STORE_NO_INTS);
  int found = -1;
  while (query != NULL && (found = store_query_step (db, query, error)) == 1) {
    StoreDeed *deed = g_new0 (StoreDeed, 1);
    deed->id = store_query_int (query, 0);
    deed->at = store_query_int (query, 1);
    deed->count = (guint)store_query_int (query, 2);
    deed->sentence = store_query_dup_text (query, 3);
    gint64 state = store_query_int (query, 4);
    deed->state = read_state (state);
    g_ptr_array_add (deeds, deed);
    if (state == -5 && !store_deed_read_thread_state (db, deed->id, &deed->state, error))
      return NULL;
  }
  return found == 0 ? g_steal_pointer (&deeds) : NULL;
}

const char *
store_deed_describe_state (StoreDeedState state)
{
  switch (state) {
  case STORE_DEED_OPEN:
    return NULL;
  case STORE_DEED_UNDONE:
    return _ ("This was undone already.");
  case STORE_DEED_MESSAGES_DELETED:
    return _ ("This cannot be undone any more: the messages are deleted for good.");
  case STORE_DEED_FOLDER_DELETED:
    return _ ("This cannot be undone any more: the folder is deleted for good.");
  case STORE_DEED_OLD:
    return _ ("This cannot be undone any more: it was too long ago.");
  case STORE_DEED_GONE:
    return _ ("This cannot be undone any more: the messages are not there any more.");
  }
  return NULL;
}

static gboolean
undo (StoreDb *db, gint64 deed, GError **error)
{
  gint64 state = -3;
  if (!store_db_get_int (db, &state, error,
                         "SELECT " STATE_OF_DEED " FROM deed AS d WHERE d.id = ?1",
                         STORE_INTS (deed)))
    return FALSE;
  gboolean on_threads = state == -5;
  StoreDeedState is = read_state (state);
  if (on_threads && !store_deed_read_thread_state (db, deed, &is, error))
    return FALSE;
  const char *reason = store_deed_describe_state (is);
  if (reason != NULL) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s", reason);
    return FALSE;
  }
  g_autoptr (GArray) groups = store_db_get_ints (
      db, error, "SELECT batch FROM deed_group WHERE deed = ?1 ORDER BY batch DESC",
      STORE_INTS (deed));
  for (guint i = 0; groups != NULL && i < groups->len; i++) {
    if (!store_operation_undo (db, g_array_index (groups, gint64, i), error))
      return FALSE;
  }
  return groups != NULL && (!on_threads || store_deed_undo_thread (db, deed, error))
         && store_db_run (db, error, "UPDATE deed SET undone = ?2 WHERE id = ?1",
                          STORE_INTS (deed, g_get_real_time () / G_USEC_PER_SEC));
}

gboolean
store_deed_undo (StoreDb *db, gint64 deed, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, undo (db, deed, error), error);
}
