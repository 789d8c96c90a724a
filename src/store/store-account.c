/* Accounts as rows: only what the other rows hang on; the settings are files of the base
 * layer.  Any thread with a connection. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "store-person.h"
#include "store-private.h"

gint64
store_account_ensure (StoreDb *db, const char *account_id, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return 0;
  gint64 id = 0;
  gboolean ok = FALSE;
  for (int round = 0; round < 2; round++) {
    g_autoptr (StoreQuery) query =
        store_db_query (db, error, "SELECT id FROM account WHERE name = ?1", STORE_NO_INTS);
    int step = -1;
    if (query != NULL) {
      store_query_bind_text (query, 1, account_id);
      step = store_query_step (db, query, error);
    }
    if (step == 1)
      id = store_query_int (query, 0);
    ok = step == 1;
    if (step != 0 || round == 1)
      break;
    g_autoptr (StoreQuery) insert =
        store_db_query (db, error, "INSERT INTO account (name) VALUES (?1)", STORE_NO_INTS);
    if (insert == NULL)
      break;
    store_query_bind_text (insert, 1, account_id);
    if (store_query_step (db, insert, error) != 0)
      break;
    db->folder_list = TRUE;
  }
  return store_db_leave (db, ok, error) ? id : 0;
}

gboolean
store_account_get_size_limit (StoreDb *db, gint64 account, guint64 *limit, GError **error)
{
  gint64 value = 0;
  gboolean good = store_db_get_int (
      db, &value, error, "SELECT coalesce (max (size_limit), 0) FROM account WHERE id = ?1",
      STORE_INTS (account));

  *limit = (guint64)MAX (value, 0);
  return good;
}

gboolean
store_account_set_size_limit (StoreDb *db, gint64 account, guint64 limit, GError **error)
{
  gint64 value = (gint64)MIN (limit, (guint64)G_MAXINT64);

  return store_db_enter (db, FALSE, error)
         && store_db_leave (
             db,
             store_db_run (
                 db, error,
                 "UPDATE account SET size_limit = ?2 WHERE id = ?1 AND size_limit IS NOT ?2",
                 STORE_INTS (account, value)),
             error);
}

/* Nothing where it is so already. */
static gboolean
set_disabled (StoreDb *db, gint64 account, gboolean disabled, GError **error)
{
  gint64 before = disabled;

  if (!store_db_get_int (db, &before, error, "SELECT disabled FROM account WHERE id = ?1",
                         STORE_INTS (account)))
    return FALSE;
  if ((before != 0) == disabled)
    return TRUE;
  g_autoptr (GArray) folders = store_db_get_ints (
      db, error, "SELECT id FROM folder WHERE account = ?1", STORE_INTS (account));
  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    if (!store_mark_tell_views (db, g_array_index (folders, gint64, i), !disabled, error))
      return FALSE;
  }
  db->folder_list = TRUE;
  db->outbox = TRUE;
  return folders != NULL
         && store_db_run (db, error, "UPDATE account SET disabled = ?2 WHERE id = ?1",
                          STORE_INTS (account, disabled));
}

gboolean
store_account_set_disabled (StoreDb *db, gint64 account, gboolean disabled, GError **error)
{
  return store_db_enter (db, FALSE, error)
         && store_db_leave (db, set_disabled (db, account, disabled != FALSE, error), error);
}

gboolean
store_account_any_disabled (StoreDb *db, gboolean *any, GError **error)
{
  gint64 value = 0;
  gboolean good = store_db_get_int (
      db, &value, error, "SELECT EXISTS (SELECT 1 FROM account WHERE disabled = 1)", STORE_NO_INTS);

  *any = value != 0;
  return good;
}

/* What views and All Inboxes show of it. */
static gboolean
drop_folders (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (GArray) folders = store_db_get_ints (
      db, error, "SELECT id FROM folder WHERE account = ?1", STORE_INTS (account));

  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    if (!store_mark_drop (db, g_array_index (folders, gint64, i), error))
      return FALSE;
  }
  return folders != NULL && store_link_forget_account (db, account, error);
}

static gboolean
remove_account (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func (g_free);
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error, "SELECT draft FROM outbox WHERE account = ?1", STORE_INTS (account));
    if (query == NULL)
      return FALSE;
    int step;
    while ((step = store_query_step (db, query, error)) == 1)
      g_ptr_array_add (drafts, store_query_dup_text (query, 0));
    if (step < 0)
      return FALSE;
  }
  if (!store_db_run (
          db, error,
          "INSERT OR IGNORE INTO removed_draft SELECT draft FROM outbox WHERE account = ?1",
          STORE_INTS (account))
      || !drop_folders (db, account, error)
      || !store_db_run (db, error, "DELETE FROM account WHERE id = ?1", STORE_INTS (account)))
    return FALSE;

  BasePaths *paths = db->store->paths;
  for (guint i = 0; i < drafts->len; i++)
    store_db_remove_after_commit (db,
                                  store_draft_dup_folder (paths, g_ptr_array_index (drafts, i)));
  if (!store_person_forget_all (db, error))
    return FALSE;
  g_hash_table_remove (db->store->packs, &account);
  store_db_remove_after_commit (db, store_body_dup_folder (db->store, account));
  db->folder_list = TRUE;
  db->outbox = TRUE;
  return TRUE;
}

gboolean
store_account_remove (StoreDb *db, gint64 account, GError **error)
{
  /* By itself, for what comes back into folders is told before they go. */
  if (!store_db_enter (db, TRUE, error)
      || !store_db_leave (db, store_operation_end_across (db, account, error), error)
      || !store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, remove_account (db, account, error), error);
}
