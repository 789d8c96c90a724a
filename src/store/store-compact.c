/* What is done to the pack files at start: torn tails are cut, files that no row names are removed,
 * packs that are mostly garbage make room.
 *
 * Runs in store_open (), before anybody else can read or write; bounded by
 * StoreLimits.compact_budget. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base-error.h"
#include "base-log.h"
#include "store-private.h"

typedef struct
{
  gint64 id, account, number, size, live;
} Pack;

static GArray *
list_packs (StoreDb *db, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT id, account, number, size, live FROM pack ORDER BY live, id",
      STORE_NO_INTS);
  if (query == NULL)
    return NULL;
  g_autoptr (GArray) packs = g_array_new (FALSE, FALSE, sizeof (Pack));
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    Pack pack = { store_query_int (query, 0), store_query_int (query, 1),
                  store_query_int (query, 2), store_query_int (query, 3),
                  store_query_int (query, 4) };
    g_array_append_val (packs, pack);
  }
  return step == 0 ? g_steal_pointer (&packs) : NULL;
}

/* Makes the file and its row agree on the length: bytes behind the committed end go; bodies
 * behind the end of a file that a power cut left short are forgotten, so that they are fetched
 * again. */
static gboolean
agree_on_size (StoreDb *db, const Pack *pack, GError **error)
{
  g_autofree char *path = store_body_dup_path (db->store, pack->account, pack->number);
  GStatBuf info;
  gint64 size = g_stat (path, &info) == 0 ? info.st_size : 0;

  if (size > pack->size && truncate (path, pack->size) != 0) {
    base_error_set_disk (error, errno, path);
    return FALSE;
  }
  if (size >= pack->size)
    return TRUE;
  base_log ("%s is shorter than it should be; what is missing will be fetched again", path);
  return store_db_run (db, error,
                       "UPDATE message SET has_body = 0 WHERE id IN "
                       "(SELECT message FROM body WHERE pack = ?1 AND offset + length > ?2)",
                       STORE_INTS (pack->id, size))
         && store_db_run (db, error, "DELETE FROM body WHERE pack = ?1 AND offset + length > ?2",
                          STORE_INTS (pack->id, size))
         && store_db_run (db, error, "DELETE FROM orphan WHERE pack = ?1 AND offset + length > ?2",
                          STORE_INTS (pack->id, size))
         && store_partial_cut_pack (db, pack->id, size, error)
         && store_db_run (db, error, "UPDATE pack SET size = ?2 WHERE id = ?1",
                          STORE_INTS (pack->id, size));
}

/* Entries of `folder` that `known` does not hold. */
static void
remove_strangers (const char *folder, GHashTable *known)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (!g_hash_table_contains (known, path) && !base_paths_remove_tree (path))
      base_log ("could not remove %s", path);
  }
}

static void
remove_unnamed (Store *store, GArray *packs)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < packs->len; i++) {
    const Pack *pack = &g_array_index (packs, Pack, i);
    g_hash_table_add (known, store_body_dup_path (store, pack->account, pack->number));
    g_hash_table_add (folders, store_body_dup_folder (store, pack->account));
  }
  remove_strangers (store->bodies, folders);

  GHashTableIter iter;
  gpointer folder;
  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    remove_strangers (folder, known);
}

/* The rows that name the same bytes. */
static GArray *
list_sharers (StoreDb *db, gint64 message, GError **error)
{
  return store_db_get_ints (
      db, error,
      "SELECT o.message FROM body AS b JOIN body AS o ON o.pack = b.pack AND o.offset = b.offset "
      "AND o.length = b.length WHERE b.message = ?1 AND o.message <> ?1",
      STORE_INTS (message));
}

/* One body, with all rows that name it, to the end of the pack being filled. */
static gboolean
move_body (StoreDb *db, gint64 account, gint64 message, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = store_body_read (db, message, &local);
  if (bytes == NULL && g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
    return TRUE; /* was not whole, is forgotten */
  if (bytes == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_autoptr (GArray) sharers = list_sharers (db, message, error);
  if (sharers == NULL
      || !store_db_run (db, error, "DELETE FROM body WHERE message = ?1", STORE_INTS (message)))
    return FALSE;
  for (guint i = 0; i < sharers->len; i++) {
    if (!store_db_run (db, error, "DELETE FROM body WHERE message = ?1",
                       STORE_INTS (g_array_index (sharers, gint64, i))))
      return FALSE;
  }
  if (!store_body_add (db, account, message, bytes, error))
    return FALSE;
  for (guint i = 0; i < sharers->len; i++) {
    if (!store_db_run (db, error,
                       "INSERT INTO body (message, pack, offset, length, checksum) "
                       "SELECT ?2, pack, offset, length, checksum FROM body WHERE message = ?1",
                       STORE_INTS (message, g_array_index (sharers, gint64, i))))
      return FALSE;
  }
  return TRUE;
}

static gboolean
compact (StoreDb *db, const Pack *pack, gint64 *budget, GError **error)
{
  g_autoptr (GArray) messages = store_db_get_ints (
      db, error,
      "SELECT min (message) FROM body WHERE pack = ?1 GROUP BY offset, length ORDER BY offset",
      STORE_INTS (pack->id));
  g_autoptr (GArray) pieces =
      messages != NULL ? store_partial_list_pack (db, pack->id, error) : NULL;
  if (pieces == NULL)
    return FALSE;
  gint64 newest = 0;
  if (!store_db_get_int (db, &newest, error, "SELECT max(number) FROM pack WHERE account = ?1",
                         STORE_INTS (pack->account)))
    return FALSE;
  if (messages->len + pieces->len > 0 && newest == pack->number
      && !store_body_start_pack (db, pack->account, error))
    return FALSE;
  for (guint i = 0; i<messages->len && * budget> 0; i++) {
    gint64 message = g_array_index (messages, gint64, i), length = 0;
    if (!store_db_get_int (db, &length, error, "SELECT length FROM body WHERE message = ?1",
                           STORE_INTS (message))
        || !move_body (db, pack->account, message, error))
      return FALSE;
    *budget -= length;
  }
  for (guint i = 0; i<pieces->len && * budget> 0; i++) {
    gint64 length = 0;
    if (!store_partial_move (db, pack->account, g_array_index (pieces, gint64, i), &length, error))
      return FALSE;
    *budget -= length;
  }
  gint64 left = 0;
  if (!store_db_get_int (db, &left, error,
                         "SELECT (SELECT count(*) FROM body WHERE pack = ?1) "
                         "+ (SELECT count(*) FROM piece WHERE pack = ?1)",
                         STORE_INTS (pack->id)))
    return FALSE;
  if (left > 0)
    return TRUE; /* the rest at the next start */
  store_db_remove_after_commit (db, store_body_dup_path (db->store, pack->account, pack->number));
  return store_db_run (db, error, "DELETE FROM pack WHERE id = ?1", STORE_INTS (pack->id));
}

/* The emptiest first.  Durable, because a body that is not on the server yet may be among them. */
static gboolean
make_room (StoreDb *db, GArray *packs, GError **error)
{
  const StoreLimits *limits = &db->store->limits;
  gint64 budget = limits->compact_budget;
  for (guint i = 0; i < packs->len && budget > 0; i++) {
    const Pack *pack = &g_array_index (packs, Pack, i);
    gboolean empty = pack->live == 0 && pack->size > 0;
    if (!empty && (pack->size < limits->compact_size || pack->live > pack->size / 2))
      continue;
    if (!store_db_enter (db, TRUE, error)
        || !store_db_leave (db, compact (db, pack, &budget, error), error))
      return FALSE;
  }
  return TRUE;
}

gboolean
store_body_tidy (StoreDb *db, GError **error)
{
  g_autoptr (GArray) packs = list_packs (db, error);
  if (packs == NULL)
    return FALSE;
  remove_unnamed (db->store, packs);
  for (guint i = 0; i < packs->len; i++) {
    if (!store_db_enter (db, FALSE, error)
        || !store_db_leave (db, agree_on_size (db, &g_array_index (packs, Pack, i), error), error))
      return FALSE;
  }
  g_clear_pointer (&packs, g_array_unref);
  packs = list_packs (db, error);
  if (packs == NULL)
    return FALSE;

  /* Making room needs room: a full disk must not keep the store from opening. */
  g_autoptr (GError) local = NULL;
  if (!make_room (db, packs, &local))
    base_log ("could not compact message bytes: %s", local->message);
  return TRUE;
}
