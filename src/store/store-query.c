/* Prepared statements: taken from the connection's cache, bound, stepped, given back; and SQLite's
 * errors in our words.
 *
 * Runs on the thread that owns the connection.  Values are only ever bound: no SQL is ever put
 * together from data. */
#include <errno.h>
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-text.h"
#include "store-private.h"

void
store_db_set_error (StoreDb *db, int code, GError **error)
{
  const char *detail = db->sqlite != NULL ? sqlite3_errmsg (db->sqlite) : sqlite3_errstr (code);
  int system_errno = db->sqlite != NULL ? sqlite3_system_errno (db->sqlite) : 0;
  int primary = code & 0xff;

  db->doubtful |=
      primary == SQLITE_IOERR || primary == SQLITE_READONLY || primary == SQLITE_CANTOPEN;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
    g_atomic_int_set (&db->store->damaged, 1);
    g_autofree char *marker = g_strconcat (db->store->path, ".is-damaged", NULL);
    /* If even this cannot be written, the next start finds out by itself. */
    (void)g_file_set_contents (marker, "", 0, NULL);
    base_error_set (
        error, BASE_ERROR_DISK, detail,
        _ ("The mail kept on this computer is damaged. Start Sosik again: it will be fetched "
           "anew from your servers; drafts and unsent messages stay."));
    return;
  }
  if (primary == SQLITE_FULL
      || (primary == SQLITE_IOERR
          && (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG))) {
    base_error_set (
        error, BASE_ERROR_DISK, detail,
        _ ("The disk is full, so Sosik could not save this. Free some space and try again."));
    return;
  }
  base_error_set (error, BASE_ERROR_DISK, detail,
                  _ ("The mail kept on this computer could not be read or written."));
}

gboolean
store_db_exec (StoreDb *db, const char *sql, GError **error)
{
  int code = sqlite3_exec (db->sqlite, sql, NULL, NULL, NULL);
  if (code == SQLITE_OK)
    return TRUE;
  store_db_set_error (db, code, error);
  return FALSE;
}

StoreQuery *
store_db_query (StoreDb *db, GError **error, const char *sql, const gint64 *values, gsize n)
{
  /* Who only reads begins no transaction. */
  if (db->doubtful && !db->writing && !store_db_reopen (db, error))
    return NULL;
  sqlite3_stmt *statement = g_hash_table_lookup (db->statements, sql);
  if (statement == NULL) {
    int code =
        sqlite3_prepare_v3 (db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) {
      store_db_set_error (db, code, error);
      return NULL;
    }
    g_hash_table_insert (db->statements, (gpointer)sql, statement);
  }
  g_assert (!sqlite3_stmt_busy (statement));
  for (gsize i = 0; i < n; i++)
    store_query_bind_int (statement, (int)i + 1, values[i]);
  return statement;
}

void
store_query_done (StoreQuery *query)
{
  /* The error of the last step was told when it happened. */
  (void)sqlite3_reset (query);
  (void)sqlite3_clear_bindings (query);
}

void
store_query_bind_int (StoreQuery *query, int index, gint64 value)
{
  int code = sqlite3_bind_int64 (query, index, value);
  g_assert (code == SQLITE_OK);
}

void
store_query_bind_text (StoreQuery *query, int index, const char *text)
{
  int code;
  if (text == NULL)
    code = sqlite3_bind_null (query, index);
  else if (g_utf8_validate (text, -1, NULL))
    code = sqlite3_bind_text (query, index, text, -1, SQLITE_STATIC);
  else
    code = sqlite3_bind_text (query, index, base_text_repair (text, -1), -1, g_free);
  /* Text over SQLite's own limit (a gigabyte) is the only other way to fail; it stays NULL then. */
  g_warn_if_fail (code == SQLITE_OK);
}

void
store_query_bind_bytes (StoreQuery *query, int index, gconstpointer bytes, gsize length)
{
  int code = sqlite3_bind_blob64 (query, index, bytes, length, SQLITE_STATIC);
  g_warn_if_fail (code == SQLITE_OK);
}

int
store_query_step (StoreDb *db, StoreQuery *query, GError **error)
{
  int code = sqlite3_step (query);
  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  store_db_set_error (db, code, error);
  return -1;
}

gint64
store_query_int (StoreQuery *query, int column)
{
  return sqlite3_column_int64 (query, column);
}

const guint8 *
store_query_get_bytes (StoreQuery *query, int column, gsize *length)
{
  const guint8 *bytes = sqlite3_column_blob (query, column);

  *length = (gsize)sqlite3_column_bytes (query, column);
  return bytes;
}

char *
store_query_dup_text (StoreQuery *query, int column)
{
  return g_strdup ((const char *)sqlite3_column_text (query, column));
}

gboolean
store_db_run (StoreDb *db, GError **error, const char *sql, const gint64 *values, gsize n)
{
  g_autoptr (StoreQuery) query = store_db_query (db, error, sql, values, n);
  return query != NULL && store_query_step (db, query, error) == 0;
}

gboolean
store_db_get_int (StoreDb *db, gint64 *value, GError **error, const char *sql, const gint64 *values,
                  gsize n)
{
  g_autoptr (StoreQuery) query = store_db_query (db, error, sql, values, n);
  if (query == NULL)
    return FALSE;
  int step = store_query_step (db, query, error);
  if (step == 1)
    *value = store_query_int (query, 0);
  return step >= 0;
}

GArray *
store_db_get_ints (StoreDb *db, GError **error, const char *sql, const gint64 *values, gsize n)
{
  g_autoptr (StoreQuery) query = store_db_query (db, error, sql, values, n);
  if (query == NULL)
    return NULL;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    gint64 value = store_query_int (query, 0);
    g_array_append_val (found, value);
  }
  return step == 0 ? g_steal_pointer (&found) : NULL;
}
