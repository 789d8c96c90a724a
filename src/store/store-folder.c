/* Folders as rows, and what happens to their messages when the server's list or numbering
 * changes.  Any thread with a connection. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "store-private.h"

#define FOLDER_COLUMNS                                                                             \
  "SELECT id, account, name, delimiter, role, selectable, uid_validity, uid_next, "                \
  "highest_modseq, total, unread, "                                                                \
  "server_total, server_unread, complete, in_step, in_step_by, trouble, server_name, local, "      \
  "subscribed, mailbox_id, text_below, octets, server_octets FROM folder "

void
store_folder_free (StoreFolder *folder)
{
  if (folder == NULL)
    return;
  g_free (folder->name);
  g_free (folder->trouble);
  g_free (folder->server_name);
  g_free (folder->mailbox_id);
  g_free (folder);
}

static void
free_folder (gpointer folder)
{
  store_folder_free (folder);
}

static StoreFolder *
read_folder (StoreQuery *query)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);
  folder->id = store_query_int (query, 0);
  folder->account = store_query_int (query, 1);
  folder->name = store_query_dup_text (query, 2);
  folder->delimiter = (char)store_query_int (query, 3);
  folder->role = (StoreRole)store_query_int (query, 4);
  folder->selectable = store_query_int (query, 5) != 0;
  folder->uid_validity = (guint32)store_query_int (query, 6);
  folder->uid_next = (guint32)store_query_int (query, 7);
  folder->highest_modseq = (guint64)store_query_int (query, 8);
  folder->total = (guint)store_query_int (query, 9);
  folder->unread = (guint)store_query_int (query, 10);
  folder->server_total = (guint)store_query_int (query, 11);
  folder->server_unread = (guint)store_query_int (query, 12);
  folder->complete = store_query_int (query, 13) != 0;
  folder->in_step = store_query_int (query, 14);
  folder->in_step_by = (StoreProof)store_query_int (query, 15);
  folder->trouble = store_query_dup_text (query, 16);
  folder->server_name = store_query_dup_text (query, 17);
  folder->local = store_query_int (query, 18) != 0;
  folder->subscribed = store_query_int (query, 19) != 0;
  folder->mailbox_id = store_query_dup_text (query, 20);
  folder->text_below = (guint32)store_query_int (query, 21);
  folder->size = (guint64)store_query_int (query, 22);
  folder->server_size = store_query_int (query, 23);
  return folder;
}

static void
set_gone (GError **error)
{
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This folder does not exist any more."));
}

GPtrArray *
store_folder_list (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      FOLDER_COLUMNS "WHERE deleting = 0 AND (?1 = 0 OR account = ?1) "
                                     "ORDER BY account, role = 0, role, name COLLATE NOCASE, name",
                      STORE_INTS (account));
  if (query == NULL)
    return NULL;
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (free_folder);
  int step;
  while ((step = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (folders, read_folder (query));
  return step == 0 ? g_steal_pointer (&folders) : NULL;
}

static StoreFolder *
read_one (StoreDb *db, StoreQuery *query, GError **error)
{
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step == 0)
    set_gone (error);
  return step == 1 ? read_folder (query) : NULL;
}

StoreFolder *
store_folder_get (StoreDb *db, gint64 folder, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, FOLDER_COLUMNS "WHERE id = ?1", STORE_INTS (folder));
  return read_one (db, query, error);
}

StoreFolder *
store_folder_by_role (StoreDb *db, gint64 account, StoreRole role, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      FOLDER_COLUMNS "WHERE account = ?1 AND role = ?2 AND deleting = 0 ORDER BY id LIMIT 1",
      STORE_INTS (account, role));
  return read_one (db, query, error);
}

gboolean
store_folder_get_account (StoreDb *db, gint64 folder, gint64 *account, GError **error)
{
  *account = 0;
  if (!store_db_get_int (db, account, error, "SELECT account FROM folder WHERE id = ?1",
                         STORE_INTS (folder)))
    return FALSE;
  if (*account == 0)
    set_gone (error);
  return *account != 0;
}

gboolean
store_folder_check_usable (StoreDb *db, gint64 folder, GError **error)
{
  gint64 doomed = 1;
  if (!store_db_get_int (db, &doomed, error, "SELECT deleting FROM folder WHERE id = ?1",
                         STORE_INTS (folder)))
    return FALSE;
  if (doomed)
    set_gone (error);
  return !doomed;
}

/* ---- what LIST said ---- */

/* INBOX is the one name whose case does not count (RFC 9051, section 5.1). */
static char *
get_identity (const char *name)
{
  return g_ascii_strcasecmp (name, "INBOX") == 0 ? g_strdup ("INBOX") : g_strdup (name);
}

/* What the person has changed and the server does not know yet stays. */
static gboolean
write_subscribed (StoreDb *db, const StoreFolder *old, const StoreFolder *new, GError **error)
{
  if (!new->tells_subscribed || old->subscribed == (new->subscribed != FALSE))
    return TRUE;
  if (!store_db_run (db, error,
                     "UPDATE folder SET subscribed = ?2 WHERE id = ?1 AND NOT EXISTS (SELECT 1 "
                     "FROM operation WHERE folder = ?1 AND kind = ?3 AND state < 2)",
                     STORE_INTS (old->id, new->subscribed != FALSE, STORE_OPERATION_SUBSCRIBE)))
    return FALSE;
  db->folder_list |= sqlite3_changes (db->sqlite) > 0;
  return TRUE;
}

/* Told with the status, so not each time. */
static gboolean
write_mailbox_id (StoreDb *db, gint64 folder, const char *mailbox_id, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "UPDATE folder SET mailbox_id = ?2 WHERE id = ?1", STORE_INTS (folder));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, mailbox_id);
  return store_query_step (db, query, error) == 0;
}

static gboolean
write_folder (StoreDb *db, gint64 account, const StoreFolder *old, const StoreFolder *new,
              GError **error)
{
  if (old != NULL
      && (!write_subscribed (db, old, new, error)
          || (new->mailbox_id != NULL &&g_strcmp0 (old->mailbox_id, new->mailbox_id) != 0
              && !write_mailbox_id (db, old->id, new->mailbox_id, error))))
    return FALSE;
  /* The name that is shown is chosen when all is written. */
  const char *sql = old != NULL
                        ? "UPDATE folder SET delimiter = ?2, role = ?3, selectable = ?4, "
                          "server_name = ?5, local = 0 WHERE id = ?1"
                        : "INSERT INTO folder (account, delimiter, role, selectable, server_name, "
                          "name, subscribed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  if (old != NULL && old->delimiter == new->delimiter && old->role == new->role
      && old->selectable == (new->selectable != FALSE)
      && !old->local &&g_str_equal (old->server_name, new->name))
    return TRUE;
  g_autofree char *unseen = g_strconcat ("\003", new->name, NULL);
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, sql,
                      STORE_INTS (old != NULL ? old->id : account, (guint8) new->delimiter,
                                  new->role, new->selectable != FALSE));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 5, new->name);
  if (old == NULL) {
    store_query_bind_text (query, 6, unseen);
    store_query_bind_int (query, 7, !new->tells_subscribed || new->subscribed);
  }
  db->folder_list = TRUE;
  if (store_query_step (db, query, error) != 0)
    return FALSE;
  if (old != NULL && old->role != new->role
      && !store_mark_folder (db, old->id, old->role, new->role, error))
    return FALSE;
  return old != NULL || new->mailbox_id == NULL
         || write_mailbox_id (db, sqlite3_last_insert_rowid (db->sqlite), new->mailbox_id, error);
}

/* Messages that are only on their way into this folder go back to where the server still has
 * them; copies are not made. */
static gboolean
give_back (StoreDb *db, gint64 folder, GError **error)
{
  g_autoptr (GArray) moves = store_db_get_ints (
      db, error,
      "SELECT id FROM operation WHERE target = ?1 AND kind IN (?2, ?3) AND state < 2 ORDER BY id DESC",
      STORE_INTS (folder, STORE_OPERATION_MOVE, STORE_OPERATION_COPY));
  if (moves == NULL)
    return FALSE;
  for (guint i = 0; i < moves->len; i++) {
    StoreStep step;
    int found = store_step_load (db, g_array_index (moves, gint64, i), &step, error);
    if (found < 0 || (found == 1 && !store_operation_drop (db, &step, FALSE, error)))
      return FALSE;
  }
  return TRUE;
}

/* Copies that wait to be put on the server, and what it did not take. */
#define IS_HERE_ALONE                                                                              \
  "(local_only <> 0 OR EXISTS (SELECT 1 FROM operation AS o WHERE o.message = m.id "               \
  "AND o.state < 2 AND o.kind = 3)) "
G_STATIC_ASSERT (STORE_OPERATION_APPEND == 3);

static gboolean
keep_local (StoreDb *db, gint64 folder, GError **error)
{
  g_autoptr (GArray) ids = store_db_get_ints (
      db, error, "SELECT id FROM message AS m WHERE folder = ?1 AND NOT " IS_HERE_ALONE,
      STORE_INTS (folder));
  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    StoreRow row;
    int found = store_row_load (db, g_array_index (ids, gint64, i), &row, error);
    if (found < 0 || (found == 1 && !store_row_remove (db, &row, error)))
      return FALSE;
  }
  return ids != NULL
         && store_db_run (
             db, error,
             "UPDATE folder SET local = 1, uid_validity = 0, uid_next = 0, highest_modseq = 0, "
             "complete = 0, server_total = 0, server_unread = 0, server_octets = -1 WHERE id = ?1",
             STORE_INTS (folder));
}

gboolean
store_folder_remove (StoreDb *db, gint64 folder, GError **error)
{
  gint64 keeps = 0;
  if (!give_back (db, folder, error)
      || !store_db_get_int (db, &keeps, error,
                            "SELECT EXISTS (SELECT 1 FROM message AS m WHERE folder = ?1 "
                            "AND " IS_HERE_ALONE ")",
                            STORE_INTS (folder)))
    return FALSE;
  if (keeps)
    return keep_local (db, folder, error);
  db->folder_list = TRUE;
  return store_mark_drop (db, folder, error)
         && store_db_run (db, error, "DELETE FROM folder WHERE id = ?1", STORE_INTS (folder));
}

/* All folders of the account, those that are to be deleted too. */
static GPtrArray *
list_all (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, FOLDER_COLUMNS "WHERE account = ?1 ORDER BY local, id", STORE_INTS (account));
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (free_folder);
  int step = -1;
  while (query != NULL && (step = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (folders, read_folder (query));
  return step == 0 ? g_steal_pointer (&folders) : NULL;
}

/* Renames that the list shows to be done, though their answer never came: the rows follow. */
static gboolean
settle_renames (StoreDb *db, gint64 account, GHashTable *listed, GError **error)
{
  g_autoptr (GArray) ids = store_db_get_ints (
      db, error,
      "SELECT id FROM operation WHERE account = ?1 AND kind >= 5 AND kind = ?2 AND state < 2 "
      "AND begun = 1 ORDER BY id",
      STORE_INTS (account, STORE_OPERATION_RENAME));
  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    g_autofree char *from = NULL, *to = NULL;
    gint64 folder = 0;
    {
      g_autoptr (StoreQuery) query =
          store_db_query (db, error,
                          "SELECT f.server_name, o.name, f.id FROM operation AS o JOIN folder AS f "
                          "ON f.id = o.folder WHERE o.id = ?1",
                          STORE_INTS (g_array_index (ids, gint64, i)));
      int step = query != NULL ? store_query_step (db, query, error) : -1;
      if (step < 0)
        return FALSE;
      from = step == 1 ? store_query_dup_text (query, 0) : NULL;
      to = step == 1 ? store_query_dup_text (query, 1) : NULL;
      folder = step == 1 ? store_query_int (query, 2) : 0;
    }
    if (from == NULL || to == NULL || g_hash_table_contains (listed, from)
        || !g_hash_table_contains (listed, to))
      continue;
    if (!store_db_run (
            db, error, "UPDATE operation SET state = 2, ended = ?2 WHERE id = ?1",
            STORE_INTS (g_array_index (ids, gint64, i), g_get_real_time () / G_USEC_PER_SEC))
        || !store_folder_set_server_name (db, folder, to, listed, error))
      return FALSE;
  }
  return ids != NULL;
}

/* Under one id there is one mailbox, of one numbering; a server that says otherwise identifies nothing by it. */
static gboolean
is_same (const StoreFolder *row, const StoreFolder *folder)
{
  return g_strcmp0 (row->mailbox_id, folder->mailbox_id) == 0
         && (row->uid_validity == 0 || folder->uid_validity == 0
             || row->uid_validity == folder->uid_validity);
}

/* The row of `folder`, which has another name now; 0: there is none, or its name is known. */
static gint64
find_renamed (GPtrArray *rows, const StoreFolder *folder, GHashTable *listed)
{
  g_autofree char *identity = get_identity (folder->name);
  gint64 found = 0;
  guint n = 0;
  for (guint i = 0; i < rows->len; i++) {
    const StoreFolder *row = g_ptr_array_index (rows, i);
    g_autofree char *old = get_identity (row->server_name);
    if (g_str_equal (old, identity))
      return 0;
    if (!row->local && is_same (row, folder)
        && !store_folder_is_listed (listed, old, row->mailbox_id)) {
      found = row->id;
      n++;
    }
  }
  return n == 1 ? found : 0;
}

/* Ids that more than one of the list bear. */
static GHashTable *
find_shared_ids (GHashTable *listed)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *shared = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer folder;
  g_hash_table_iter_init (&iter, listed);
  while (g_hash_table_iter_next (&iter, NULL, &folder)) {
    char *id = ((StoreFolder *)folder)->mailbox_id;
    if (id != NULL && !g_hash_table_add (seen, id))
      g_hash_table_add (shared, id);
  }
  return shared;
}

/* What another client renamed: the rows follow, each with those below it that are not in their places any more, so that the next
 * look for them finds them.  One that followed may have left the name of another. */
static gboolean
follow_renamed (StoreDb *db, gint64 account, GPtrArray *folders, GHashTable *listed, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GHashTable) shared = find_shared_ids (listed);
  gboolean again;
  do {
    again = FALSE;
    for (guint i = 0; i < folders->len; i++) {
      const StoreFolder *folder = g_ptr_array_index (folders, i);
      if (folder->mailbox_id == NULL || g_hash_table_contains (shared, folder->mailbox_id))
        continue;
      if (rows == NULL && (rows = list_all (db, account, error)) == NULL)
        return FALSE;
      gint64 renamed = find_renamed (rows, folder, listed);
      if (renamed == 0)
        continue;
      if (!store_folder_set_server_name (db, renamed, folder->name, listed, error))
        return FALSE;
      db->folder_list = again = TRUE;
      g_clear_pointer (&rows, g_ptr_array_unref);
    }
  } while (again);
  return TRUE;
}

/* Not in the list: gone, unless the server was never asked to make it. */
static gboolean
remove_unlisted (StoreDb *db, const StoreFolder *folder, GError **error)
{
  gint64 awaited = 0;
  if (folder->local
      && !store_db_get_int (
          db, &awaited, error,
          "SELECT EXISTS (SELECT 1 FROM operation WHERE folder = ?1 AND kind = ?2 "
          "AND state < 2)",
          STORE_INTS (folder->id, STORE_OPERATION_CREATE)))
    return FALSE;
  return awaited || store_folder_remove (db, folder->id, error);
}

static gboolean
replace_list (StoreDb *db, gint64 account, GPtrArray *folders, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) matched = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < folders->len; i++) {
    StoreFolder *folder = g_ptr_array_index (folders, i);
    char *identity = get_identity (folder->name);
    if (g_hash_table_contains (listed, identity))
      g_free (identity);
    else
      g_hash_table_insert (listed, identity, folder);
  }
  if (!settle_renames (db, account, listed, error)
      || !follow_renamed (db, account, folders, listed, error))
    return FALSE;
  g_autoptr (GPtrArray) old = list_all (db, account, error);
  if (old == NULL)
    return FALSE;
  /* One that is to be made again under the name of one that is to be deleted comes after it. */
  for (guint i = 0; i < old->len; i++) {
    StoreFolder *folder = g_ptr_array_index (old, i);
    g_autofree char *identity = get_identity (folder->server_name);
    if (!g_hash_table_contains (known, identity))
      g_hash_table_insert (known, g_steal_pointer (&identity), folder);
  }
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autofree char *identity = get_identity (folder->name);
    const StoreFolder *same = g_hash_table_lookup (known, identity);
    /* A server that lists a name twice is heard once. */
    if (g_hash_table_remove (listed, identity) && !write_folder (db, account, same, folder, error))
      return FALSE;
    if (same != NULL)
      g_hash_table_add (matched, (gpointer)same);
  }
  for (guint i = 0; i < old->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (old, i);
    if (!g_hash_table_contains (matched, folder) && !remove_unlisted (db, folder, error))
      return FALSE;
  }
  /* What was to be done to messages that went with their folder. */
  return store_folder_replay_names (db, account, error)
         && store_db_run (db, error,
                          "DELETE FROM operation WHERE account = ?1 AND message IS NULL "
                          "AND state < 2 AND kind < 5",
                          STORE_INTS (account));
}

gboolean
store_folder_replace_list (StoreDb *db, gint64 account, GPtrArray *folders, GError **error)
{
  if (folders->len == 0)
    return TRUE;
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  return store_db_leave (db, replace_list (db, account, folders, error), error);
}

/* ---- after a sync step ---- */

/* Rows without UID that nothing will give one.  Where something is still to be done to them, that ends first, for the
 * person may have to be told. */
static GArray *
list_strays (StoreDb *db, gint64 folder, GError **error)
{
  G_STATIC_ASSERT (STORE_OPERATION_EXPUNGE == 2);
  return store_db_get_ints (
      db, error,
      "SELECT id FROM message AS m WHERE folder = ?1 AND uid IS NULL AND local_only = 0 "
      "AND NOT EXISTS (SELECT 1 FROM operation AS o WHERE o.message = m.id AND o.state < 2 "
      "AND o.kind <> 2) "
      "AND NOT EXISTS (SELECT 1 FROM operation AS o WHERE o.product = m.id AND o.state < 2)",
      STORE_INTS (folder));
}

gboolean
store_folder_has_strays (StoreDb *db, gint64 folder, gboolean *has, GError **error)
{
  g_autoptr (GArray) ids = list_strays (db, folder, error);
  *has = ids != NULL && ids->len > 0;
  return ids != NULL;
}

static gboolean
miss_strays (StoreDb *db, gint64 folder, GError **error)
{
  g_autoptr (GArray) ids = list_strays (db, folder, error);
  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    StoreRow row;
    int found = store_row_load (db, g_array_index (ids, gint64, i), &row, error);
    if (found < 0)
      return FALSE;
    if (found == 1 && row.stray > 0 && !store_row_remove (db, &row, error))
      return FALSE;
    if (found == 1 && row.stray == 0
        && !store_db_run (db, error, "UPDATE message SET stray = 1 WHERE id = ?1",
                          STORE_INTS (row.id)))
      return FALSE;
  }
  return TRUE;
}

gboolean
store_folder_miss_strays (StoreDb *db, gint64 folder, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  return store_db_leave (db, miss_strays (db, folder, error), error);
}

static gboolean
set_numbering (StoreDb *db, gint64 folder, guint32 uid_validity, GError **error)
{
  gint64 stored = -1;
  if (!store_db_get_int (db, &stored, error, "SELECT uid_validity FROM folder WHERE id = ?1",
                         STORE_INTS (folder)))
    return FALSE;
  if (stored < 0) {
    set_gone (error);
    return FALSE;
  }
  if (stored != 0 && stored != uid_validity) {
    base_error_set (error, BASE_ERROR_RETRY, NULL,
                    _ ("The server has numbered the messages of this folder anew."));
    return FALSE;
  }
  return stored != 0
         || store_db_run (db, error, "UPDATE folder SET uid_validity = ?2 WHERE id = ?1",
                          STORE_INTS (folder, uid_validity));
}

gboolean
store_folder_set_numbering (StoreDb *db, gint64 folder, guint32 uid_validity, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  return store_db_leave (db, set_numbering (db, folder, uid_validity, error), error);
}

static gboolean
set_sync_state (StoreDb *db, const StoreFolder *state, GError **error)
{
  if (!set_numbering (db, state->id, state->uid_validity, error))
    return FALSE;
  store_db_note_counts (db, state->id);
  return store_db_run (
      db, error,
      "UPDATE folder SET uid_next = ?2, highest_modseq = ?3, complete = ?4, in_step = ?5 "
      "WHERE id = ?1",
      STORE_INTS (state->id, state->uid_next, (gint64)state->highest_modseq, state->complete,
                  state->in_step));
}

gboolean
store_folder_set_sync_state (StoreDb *db, gint64 folder, guint32 uid_validity, guint32 uid_next,
                             guint64 highest_modseq, gboolean complete, gint64 in_step,
                             GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  StoreFolder state = { .id = folder,
                        .uid_validity = uid_validity,
                        .uid_next = uid_next,
                        .highest_modseq = highest_modseq,
                        .complete = complete != FALSE,
                        .in_step = in_step };
  return store_db_leave (db, set_sync_state (db, &state, error), error);
}

gboolean
store_folder_prove (StoreDb *db, gint64 folder, StoreProof by, gint64 at, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = store_db_run (
      db, error, "UPDATE folder SET in_step = ?2, in_step_by = ?3, trouble = NULL WHERE id = ?1",
      STORE_INTS (folder, at, by));
  if (ok && sqlite3_changes (db->sqlite) > 0)
    store_db_note_counts (db, folder);
  return store_db_leave (db, ok, error);
}

static gboolean
set_trouble (StoreDb *db, gint64 folder, const char *sentence, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "UPDATE folder SET trouble = ?2 WHERE id = ?1 AND trouble IS NOT ?2",
      STORE_INTS (folder));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, sentence);
  if (store_query_step (db, query, error) != 0)
    return FALSE;
  if (sqlite3_changes (db->sqlite) > 0)
    store_db_note_counts (db, folder);
  return TRUE;
}

gboolean
store_folder_set_trouble (StoreDb *db, gint64 folder, const char *sentence, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  return store_db_leave (db, set_trouble (db, folder, sentence, error), error);
}

gboolean
store_folder_set_server_counts (StoreDb *db, gint64 folder, guint total, guint unread,
                                GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok =
      store_db_run (db, error,
                    "UPDATE folder SET server_octets = iif (server_total = ?2, server_octets, -1), "
                    "server_total = ?2, server_unread = ?3 "
                    "WHERE id = ?1 AND (server_total <> ?2 OR server_unread <> ?3)",
                    STORE_INTS (folder, total, unread));
  if (ok && sqlite3_changes (db->sqlite) > 0)
    store_db_note_counts (db, folder);
  return store_db_leave (db, ok, error);
}

gboolean
store_folder_set_server_size (StoreDb *db, gint64 folder, guint64 size, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = store_db_run (
      db, error, "UPDATE folder SET server_octets = ?2 WHERE id = ?1 AND server_octets <> ?2",
      STORE_INTS (folder, (gint64)MIN (size, G_MAXINT64)));
  if (ok && sqlite3_changes (db->sqlite) > 0)
    store_db_note_counts (db, folder);
  return store_db_leave (db, ok, error);
}

gboolean
store_folder_set_text_below (StoreDb *db, gint64 folder, guint32 uid, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  return store_db_leave (
      db,
      store_db_run (db, error,
                    "UPDATE folder SET text_below = ?2 WHERE id = ?1 AND text_below <> ?2",
                    STORE_INTS (folder, uid)),
      error);
}

static gboolean
reset (StoreDb *db, gint64 folder, GError **error)
{
  /* The rows stay in the list, with their bodies, until the same messages come in under new
   * numbers (adopted by Message-ID and size) or the folder is complete again without
   * them.  Nothing in the list changes by this. */
  if (!store_db_run (
          db, error,
          "UPDATE message SET uid = NULL, stray = 1 WHERE folder = ?1 AND uid IS NOT NULL",
          STORE_INTS (folder))
      || !store_db_run (db, error, "UPDATE operation SET uid = 0 WHERE folder = ?1 AND state < 2",
                        STORE_INTS (folder))
      || !store_db_run (db, error,
                        "UPDATE operation SET new_uid = 0, mark = 0, mark_validity = 0 "
                        "WHERE target = ?1 AND state < 2",
                        STORE_INTS (folder))
      || !store_db_run (
          db, error,
          "UPDATE folder SET uid_validity = 0, uid_next = 0, highest_modseq = 0, complete = 0, "
          "text_below = 0, server_octets = -1 WHERE id = ?1",
          STORE_INTS (folder)))
    return FALSE;
  store_db_note_counts (db, folder);
  return TRUE;
}

gboolean
store_folder_reset (StoreDb *db, gint64 folder, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  return store_db_leave (db, reset (db, folder, error), error);
}
