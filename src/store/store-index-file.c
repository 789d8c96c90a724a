/* The file search.db: connections to it, and whether what is in it is of use.  Any thread; a connection belongs to one. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base-error.h"
#include "base-words.h"
#include "store-index-private.h"

#define BUSY_TIMEOUT_MS 10000

char *
store_index_dup_path (Store *store)
{
  return g_build_filename (base_paths_get_data (store->paths), "search.db", NULL);
}

static int
set_up (sqlite3 *sqlite)
{
  int code = store_index_register (sqlite);

  sqlite3_extended_result_codes (sqlite, 1);
  sqlite3_busy_timeout (sqlite, BUSY_TIMEOUT_MS);
  if (code != SQLITE_OK)
    return code;
  /* Other programs cannot write into it what they like: its tables call none but our functions. */
  return sqlite3_exec (sqlite,
                       "PRAGMA journal_mode = WAL;"
                       "PRAGMA synchronous = NORMAL;"
                       /* What is deleted is not to be read in the file any more. */
                       "PRAGMA secure_delete = ON;"
                       "PRAGMA cell_size_check = ON;"
                       "PRAGMA cache_size = -32000;"
                       "PRAGMA temp_store = MEMORY;"
                       "PRAGMA journal_size_limit = 67108864",
                       NULL, NULL, NULL);
}

/* Nobody else's to read from the first octet on; what SQLite puts beside it is as this is.  One that is there is not opened for that: closing it would take the
 * locks away that other connections have on it. */
static void
keep_private (const char *path)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd >= 0)
    close (fd);
  else
    (void)g_chmod (path, 0600);
}

int
store_index_connect (Store *store, gboolean create, sqlite3 **sqlite)
{
  g_autofree char *path = store_index_dup_path (store);
  int code;

  if (create)
    keep_private (path);
  code = sqlite3_open_v2 (
      path, sqlite, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX,
      NULL);
  if (code == SQLITE_OK)
    code = set_up (*sqlite);
  if (code == SQLITE_OK)
    return code;
  (void)sqlite3_close (*sqlite);
  *sqlite = NULL;
  return code;
}

/* What makes this mail.db another than any other (schema-14.sql): a random number. */
static gboolean
get_name_of_store (StoreDb *db, gint64 *name, GError **error)
{
  return store_db_get_int (db, name, error, "SELECT link_key FROM store", STORE_NO_INTS);
}

int
store_index_check (StoreDb *db, sqlite3 *sqlite, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gint64 name = 0;
  int code;

  if (!get_name_of_store (db, &name, error))
    return SQLITE_ERROR;
  code = sqlite3_prepare_v2 (sqlite,
                             "SELECT 1 FROM meta WHERE version = ?1 AND words = ?2 AND store = ?3",
                             -1, &statement, NULL);
  if (code == SQLITE_OK) {
    (void)sqlite3_bind_int64 (statement, 1, STORE_INDEX_VERSION);
    (void)sqlite3_bind_int64 (statement, 2, base_words_get_version ());
    (void)sqlite3_bind_int64 (statement, 3, name);
    code = sqlite3_step (statement);
  }
  (void)sqlite3_finalize (statement);
  return code == SQLITE_ROW ? SQLITE_OK : code == SQLITE_DONE ? SQLITE_NOTADB : code;
}

/* ---- damage ---- */

/* Of what is said of a file, and of another one in its place. */
static GMutex damage_lock;

void
store_index_note_damage (Store *store, int age)
{
  g_autofree char *path = store_index_dup_path (store);
  g_autofree char *marker = g_strconcat (path, ".is-damaged", NULL);

  g_mutex_lock (&damage_lock);
  if (age == g_atomic_int_get (&store->index_age)) {
    (void)g_file_set_contents (marker, "", 0, NULL);
    g_atomic_int_set (&store->index_damaged, 1);
  }
  g_mutex_unlock (&damage_lock);
}

/* Nobody misses it: it is made again. */
gboolean
store_index_remove_file (Store *store, GError **error)
{
  static const char *const suffixes[] = { "-wal", "-shm", ".is-damaged", "" };
  g_autofree char *path = store_index_dup_path (store);
  gboolean ok = TRUE;

  g_mutex_lock (&damage_lock);
  for (guint i = 0; ok && i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

    if (g_unlink (name) != 0 && errno != ENOENT) {
      base_error_set_disk (error, errno, name);
      ok = FALSE;
    }
  }
  if (ok) {
    g_atomic_int_set (&store->index_damaged, 0);
    /* Who searches has the file open that was, and looks at this. */
    g_atomic_int_inc (&store->index_age);
  }
  g_mutex_unlock (&damage_lock);
  return ok;
}
