/* What the person does to folders: making, renaming, deleting, subscribing; here at once, on the server when their turn
 * comes.  Any thread with a connection; in practice the store thread, and the sync worker for what came of it. */
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "store-private.h"

static gboolean
insert (StoreDb *db, gint64 group, const StoreFolder *folder, StoreOperationKind kind,
        const char *name, gboolean add, guint delay_s, GError **error)
{
  gint64 due = delay_s > 0 ? g_get_real_time () / G_USEC_PER_SEC + delay_s : 0;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "INSERT INTO operation (account, batch, kind, folder, uid, flags, adding, due, name, old_name)"
      " VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7, ?8)",
      STORE_INTS (folder->account, group, kind, folder->id, add != FALSE, due));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 7, name);
  store_query_bind_text (query, 8, folder->name);
  return store_query_step (db, query, error) == 0;
}

/* ---- what can be refused at once ---- */

static gboolean
refuse (GError **error, const char *sentence)
{
  base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s", sentence);
  return FALSE;
}

static gboolean
check_name (StoreDb *db, gint64 account, const char *name, char delimiter, GError **error)
{
  gsize length = strlen (name);
  if (length == 0 || !g_utf8_validate (name, -1, NULL))
    return refuse (error, _ ("A folder needs a name."));
  for (const char *c = name; *c != '\0'; c++) {
    if (g_ascii_iscntrl (*c))
      return refuse (error, _ ("The name of a folder is one line of text."));
  }
  if (delimiter != 0) {
    const char doubled[] = { delimiter, delimiter, '\0' };
    if (name[0] == delimiter || name[length - 1] == delimiter || strstr (name, doubled) != NULL)
      return refuse (error, _ ("A folder needs a name."));
  }
  g_autoptr (GPtrArray) folders = store_folder_list (db, account, error);
  if (folders == NULL)
    return FALSE;
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    gboolean inbox = g_ascii_strcasecmp (folder->name, "INBOX") == 0;
    if (inbox ? g_ascii_strcasecmp (name, folder->name) == 0 : g_str_equal (name, folder->name)) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("There is a folder “%s” already."), name);
      return FALSE;
    }
  }
  return TRUE;
}

/* INBOX cannot be made anew, and renaming it moves its messages only (RFC 9051, section 6.3.6). */
static StoreFolder *
get_own (StoreDb *db, gint64 id, GError **error)
{
  if (!store_folder_check_usable (db, id, error))
    return NULL;
  g_autoptr (StoreFolder) folder = store_folder_get (db, id, error);
  if (folder == NULL)
    return NULL;
  if (folder->role == STORE_ROLE_INBOX || g_ascii_strcasecmp (folder->name, "INBOX") == 0) {
    refuse (error, _ ("The inbox stays what it is: it cannot be renamed or deleted."));
    return NULL;
  }
  return g_steal_pointer (&folder);
}

/* ---- the verbs ---- */

static gint64
create (StoreDb *db, gint64 account, const char *name, gint64 *folder, GError **error)
{
  gint64 delimiter = 0;
  if (!store_db_get_int (db, &delimiter, error,
                         "SELECT delimiter FROM folder WHERE account = ?1 AND delimiter <> 0 "
                         "ORDER BY role = 0, role, id LIMIT 1",
                         STORE_INTS (account))
      || !check_name (db, account, name, (char)delimiter, error))
    return 0;
  gint64 group = store_operation_new_group (db, error);
  if (group == 0)
    return 0;
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "INSERT INTO folder (account, delimiter, role, selectable, local, name, server_name) "
        "VALUES (?1, ?2, 0, 1, 1, ?3, ?3)",
        STORE_INTS (account, delimiter));
    if (query == NULL)
      return 0;
    store_query_bind_text (query, 3, name);
    if (store_query_step (db, query, error) != 0)
      return 0;
  }
  db->folder_list = TRUE;
  *folder = sqlite3_last_insert_rowid (db->sqlite);
  const StoreFolder made = { .id = *folder, .account = account, .name = (char *)name };
  return insert (db, group, &made, STORE_OPERATION_CREATE, NULL, FALSE, 0, error) ? group : 0;
}

gint64
store_operation_create_folder (StoreDb *db, gint64 account, const char *name, gint64 *folder,
                               GError **error)
{
  gint64 made = 0;
  if (!store_db_enter (db, TRUE, error))
    return 0;
  gint64 group = create (db, account, name, &made, error);
  if (!store_db_leave (db, group != 0, error))
    return 0;
  if (folder != NULL)
    *folder = made;
  return group;
}

static gint64
rename_folder (StoreDb *db, gint64 id, const char *name, GError **error)
{
  g_autoptr (StoreFolder) folder = get_own (db, id, error);
  if (folder == NULL)
    return 0;
  gint64 group = 0;
  if (g_str_equal (name, folder->name))
    return store_operation_new_group (db, error);
  if (!check_name (db, folder->account, name, folder->delimiter, error))
    return 0;
  g_autofree char *inside =
      store_folder_move_path (name, folder->delimiter, folder->name, folder->name);
  if (inside != NULL) {
    refuse (error, _ ("A folder cannot be moved into itself."));
    return 0;
  }
  group = store_operation_new_group (db, error);
  return group != 0 && insert (db, group, folder, STORE_OPERATION_RENAME, name, FALSE, 0, error)
                 && store_folder_replay_names (db, folder->account, error)
             ? group
             : 0;
}

gint64
store_operation_rename_folder (StoreDb *db, gint64 folder, const char *name, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return 0;
  gint64 group = rename_folder (db, folder, name, error);
  return store_db_leave (db, group != 0, error) ? group : 0;
}

static int
compare_depth (gconstpointer a, gconstpointer b)
{
  const StoreFolder *one = *(StoreFolder *const *)a, *two = *(StoreFolder *const *)b;
  return (int)strlen (two->name) - (int)strlen (one->name);
}

/* The deepest first, for servers refuse to delete what has something below it. */
static gint64
delete_folder (StoreDb *db, gint64 id, guint delay_s, GError **error)
{
  g_autoptr (StoreFolder) folder = get_own (db, id, error);
  if (folder == NULL)
    return 0;
  g_autoptr (GPtrArray) folders = store_folder_list (db, folder->account, error);
  gint64 group = folders != NULL ? store_operation_new_group (db, error) : 0;
  if (group == 0)
    return 0;
  g_ptr_array_sort (folders, compare_depth);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *below = g_ptr_array_index (folders, i);
    g_autofree char *path =
        store_folder_move_path (below->name, folder->delimiter, folder->name, folder->name);
    if (path != NULL
        && !insert (db, group, below, STORE_OPERATION_DELETE, NULL, FALSE, delay_s, error))
      return 0;
  }
  return store_folder_replay_names (db, folder->account, error) ? group : 0;
}

gint64
store_operation_delete_folder (StoreDb *db, gint64 folder, guint delay_s, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return 0;
  gint64 group = delete_folder (db, folder, delay_s, error);
  return store_db_leave (db, group != 0, error) ? group : 0;
}

static gboolean
set_subscribed (StoreDb *db, gint64 folder, gboolean subscribed, GError **error)
{
  db->folder_list = TRUE;
  return store_db_run (db, error, "UPDATE folder SET subscribed = ?2 WHERE id = ?1",
                       STORE_INTS (folder, subscribed != FALSE));
}

static gint64
subscribe (StoreDb *db, gint64 group, gint64 id, gboolean subscribed, GError **error)
{
  if (!store_folder_check_usable (db, id, error))
    return 0;
  g_autoptr (StoreFolder) folder = store_folder_get (db, id, error);
  if (folder == NULL || (group == 0 && (group = store_operation_new_group (db, error)) == 0))
    return 0;
  if (folder->subscribed == (subscribed != FALSE))
    return group;
  return insert (db, group, folder, STORE_OPERATION_SUBSCRIBE, NULL, subscribed, 0, error)
                 && set_subscribed (db, id, subscribed, error)
             ? group
             : 0;
}

static gboolean
empty (StoreDb *db, gint64 group, gint64 id, guint delay_s, GError **error)
{
  if (!store_folder_check_usable (db, id, error))
    return FALSE;
  g_autoptr (StoreFolder) folder = store_folder_get (db, id, error);
  if (folder == NULL)
    return FALSE;
  if (folder->local || folder->uid_validity == 0 || folder->uid_next < 2)
    return TRUE;
  return insert (db, group, folder, STORE_OPERATION_EMPTY, NULL, FALSE, delay_s, error)
         && store_db_run (db, error,
                          "UPDATE operation SET uid = ?2, mark_validity = ?3 WHERE id = ?1",
                          STORE_INTS (sqlite3_last_insert_rowid (db->sqlite), folder->uid_next,
                                      folder->uid_validity));
}

gint64
store_operation_empty_folder (StoreDb *db, gint64 folder, guint delay_s, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return 0;
  gint64 group = store_operation_new_group (db, error);
  return store_db_leave (db, group != 0 && empty (db, group, folder, delay_s, error), error) ? group
                                                                                             : 0;
}

gint64
store_operation_subscribe_folder (StoreDb *db, gint64 folder, gboolean subscribed, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return 0;
  gint64 group = subscribe (db, 0, folder, subscribed, error);
  return store_db_leave (db, group != 0, error) ? group : 0;
}

/* ---- what came of it ---- */

static gboolean
get_names (StoreDb *db, gint64 id, char **name, char **old_name, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT name, old_name FROM operation WHERE id = ?1", STORE_INTS (id));
  int found = query != NULL ? store_query_step (db, query, error) : -1;
  *name = found == 1 ? store_query_dup_text (query, 0) : NULL;
  *old_name = found == 1 ? store_query_dup_text (query, 1) : NULL;
  return found >= 0;
}

gboolean
store_operation_finish_folder (StoreDb *db, const StoreStep *step, GError **error)
{
  g_autofree char *name = NULL, *old_name = NULL;
  if (!get_names (db, step->id, &name, &old_name, error))
    return FALSE;
  switch (step->kind) {
  case STORE_OPERATION_CREATE:
    db->folder_list = TRUE;
    return store_db_run (db, error, "UPDATE folder SET local = 0 WHERE id = ?1",
                         STORE_INTS (step->folder));
  case STORE_OPERATION_RENAME:
    return name == NULL || store_folder_set_server_name (db, step->folder, name, NULL, error);
  case STORE_OPERATION_DELETE:
    return store_db_run (db, error, "UPDATE message SET local_only = 0 WHERE folder = ?1",
                         STORE_INTS (step->folder))
           && store_folder_remove (db, step->folder, error);
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    return TRUE;
  case STORE_OPERATION_FLAGS:
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_EXPUNGE:
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_COPY:
    break;
  }
  g_assert_not_reached ();
}

/* Later operations were made when the folder bore that name. */
static gboolean
give_names_back (StoreDb *db, const StoreStep *step, const char *name, const char *old_name,
                 char delimiter, GError **error)
{
  g_autoptr (GArray) later = store_db_get_ints (
      db, error,
      "SELECT id FROM operation WHERE account = ?1 AND id > ?2 AND kind >= 5 AND state < 2",
      STORE_INTS (step->account, step->id));
  if (later == NULL)
    return FALSE;
  for (guint i = 0; i < later->len; i++) {
    gint64 id = g_array_index (later, gint64, i);
    g_autofree char *to = NULL, *before = NULL;
    if (!get_names (db, id, &to, &before, error))
      return FALSE;
    g_autofree char *moved_to =
        to != NULL ? store_folder_move_path (to, delimiter, name, old_name) : NULL;
    g_autofree char *moved_before =
        before != NULL ? store_folder_move_path (before, delimiter, name, old_name) : NULL;
    g_autoptr (StoreQuery) query = store_db_query (
        db, error, "UPDATE operation SET name = ?2, old_name = ?3 WHERE id = ?1", STORE_INTS (id));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 2, moved_to != NULL ? moved_to : to);
    store_query_bind_text (query, 3, moved_before != NULL ? moved_before : before);
    if (store_query_step (db, query, error) != 0)
      return FALSE;
  }
  /* And folders that were made below it. */
  g_autoptr (GPtrArray) folders = store_folder_list (db, step->account, error);
  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    gint64 made_later = 0;
    g_autofree char *moved =
        folder->local ? store_folder_move_path (folder->server_name, delimiter, name, old_name)
                      : NULL;
    if (moved == NULL || folder->id == step->folder)
      continue;
    if (!store_db_get_int (db, &made_later, error,
                           "SELECT EXISTS (SELECT 1 FROM operation WHERE folder = ?1 AND kind = ?2 "
                           "AND state < 2 AND id > ?3)",
                           STORE_INTS (folder->id, STORE_OPERATION_CREATE, step->id)))
      return FALSE;
    g_autoptr (StoreQuery) query = store_db_query (
        db, error, "UPDATE folder SET server_name = ?2 WHERE id = ?1", STORE_INTS (folder->id));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 2, moved);
    if (made_later && store_query_step (db, query, error) != 0)
      return FALSE;
  }
  return folders != NULL;
}

static gboolean
drop_rename (StoreDb *db, const StoreStep *step, GError **error)
{
  g_autofree char *name = NULL, *old_name = NULL;
  g_autoptr (StoreFolder) folder = store_folder_get (db, step->folder, error);
  return folder != NULL && get_names (db, step->id, &name, &old_name, error)
         && (name == NULL || old_name == NULL
             || give_names_back (db, step, name, old_name, folder->delimiter, error))
         && store_db_run (db, error, "DELETE FROM operation WHERE id = ?1", STORE_INTS (step->id))
         && store_folder_replay_names (db, step->account, error);
}

gboolean
store_operation_drop_folder (StoreDb *db, const StoreStep *step, GError **error)
{
  if (step->kind == STORE_OPERATION_RENAME)
    return drop_rename (db, step, error);
  if (!store_db_run (db, error, "DELETE FROM operation WHERE id = ?1", STORE_INTS (step->id)))
    return FALSE;
  if (step->kind == STORE_OPERATION_CREATE)
    return store_folder_remove (db, step->folder, error);
  if (step->kind == STORE_OPERATION_SUBSCRIBE
      && !set_subscribed (db, step->folder, !step->add, error))
    return FALSE;
  return store_folder_replay_names (db, step->account, error);
}

gboolean
store_operation_invert_folder (StoreDb *db, gint64 group, const StoreStep *step, GError **error)
{
  g_autofree char *name = NULL, *old_name = NULL;
  g_autoptr (GError) gone = NULL;
  g_autoptr (StoreFolder) folder = store_folder_get (db, step->folder, &gone);
  if (!get_names (db, step->id, &name, &old_name, error)
      || !store_db_run (db, error, "UPDATE operation SET batch = 0 WHERE id = ?1",
                        STORE_INTS (step->id)))
    return FALSE;
  /* Gone, or on its way: nothing is left to take back. */
  if (folder == NULL || !store_folder_check_usable (db, step->folder, NULL))
    return TRUE;
  switch (step->kind) {
  case STORE_OPERATION_CREATE:
    if (folder->total > 0 || folder->server_total > 0)
      return refuse (error,
                     _ ("This cannot be undone any more: there are messages in the folder."));
    return insert (db, group, folder, STORE_OPERATION_DELETE, NULL, FALSE, 0, error)
           && store_folder_replay_names (db, step->account, error);
  case STORE_OPERATION_RENAME:
    return old_name == NULL || g_str_equal (old_name, folder->name)
           || (check_name (db, step->account, old_name, folder->delimiter, error)
               && insert (db, group, folder, STORE_OPERATION_RENAME, old_name, FALSE, 0, error)
               && store_folder_replay_names (db, step->account, error));
  case STORE_OPERATION_SUBSCRIBE:
    return subscribe (db, group, step->folder, !step->add, error) != 0;
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_EMPTY:
  case STORE_OPERATION_FLAGS:
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_EXPUNGE:
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_COPY:
    break;
  }
  g_assert_not_reached ();
}
