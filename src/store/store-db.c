/* The store as a whole: opening it (or setting a damaged one aside), connections, and the
 * transactions that every write stands in.
 *
 * Any thread; a connection belongs to one thread.  Never leaves a transaction open behind an
 * error, and never tells of a change that is not committed. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "base-error.h"
#include "base-log.h"
#include "store-private.h"
#include "store-resources.h"

#define BUSY_TIMEOUT_MS 10000

/* Versions: rows have marks from the first on; from the second on copies have one date. */
#define FIRST_MARKS   14
#define MARKS_BY_DATE 25

/* Version n of the schema is what the first n of these make. */
static const char *const schema_steps[] = {
  "schema.sql",    "schema-2.sql",  "schema-3.sql",  "schema-4.sql",  "schema-5.sql",
  "schema-6.sql",  "schema-7.sql",  "schema-8.sql",  "schema-9.sql",  "schema-10.sql",
  "schema-11.sql", "schema-12.sql", "schema-13.sql", "schema-14.sql", "schema-15.sql",
  "schema-16.sql", "schema-17.sql", "schema-18.sql", "schema-19.sql", "schema-20.sql",
  "schema-21.sql", "schema-22.sql", "schema-23.sql", "schema-24.sql", "schema-25.sql"
};

static void
pack_free (gpointer pack)
{
  store_pack_free (pack);
}

Store *
store_ref (Store *store)
{
  g_atomic_ref_count_inc (&store->ref_count);
  return store;
}

void
store_unref (Store *store)
{
  if (!g_atomic_ref_count_dec (&store->ref_count))
    return;
  g_hash_table_unref (store->packs);
  g_mutex_clear (&store->lock);
  g_cond_clear (&store->turn);
  base_paths_unref (store->paths);
  g_free (store->path);
  g_free (store->bodies);
  g_clear_pointer (&store->links, store_links_free);
  g_clear_pointer (&store->waiting, g_hash_table_unref);
  g_free (store);
}

void
store_set_change_func (Store *store, StoreChangeFunc func, gpointer user_data)
{
  store->change_func = func;
  store->change_data = user_data;
}

/* ---- the right to write ---- */

static void
store_lock (Store *store)
{
  g_mutex_lock (&store->lock);
  guint64 ticket = store->next_ticket++;
  while (ticket != store->serving)
    g_cond_wait (&store->turn, &store->lock);
  g_mutex_unlock (&store->lock);
}

static void
store_unlock (Store *store)
{
  g_mutex_lock (&store->lock);
  store->serving++;
  g_cond_broadcast (&store->turn);
  g_mutex_unlock (&store->lock);
}

/* ---- transactions ---- */

static gboolean
begin (StoreDb *db, gboolean durable, GError **error)
{
  if (db->doubtful && !store_db_reopen (db, error))
    return FALSE;
  store_lock (db->store);
  /* SQLite takes a new level only between transactions. */
  if (durable == db->full_sync
      || store_db_exec (db, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                        error)) {
    db->full_sync = durable;
    if (store_db_exec (db, "BEGIN IMMEDIATE", error)) {
      db->writing = TRUE;
      db->durable = durable;
      g_hash_table_remove_all (db->roles);
      return TRUE;
    }
  }
  store_unlock (db->store);
  return FALSE;
}

static void
rollback (StoreDb *db)
{
  /* After a full disk SQLite may have rolled back by itself. */
  g_autoptr (GError) error = NULL;
  if (!sqlite3_get_autocommit (db->sqlite) && !store_db_exec (db, "ROLLBACK", &error))
    base_log ("could not roll back: %s", error->message);
  store_body_settle (db->store, FALSE);
  store_thread_clear (db->store);
  store_db_clear_changes (db);
  g_array_set_size (db->added, 0);
  g_array_set_size (db->touched, 0);
  g_array_set_size (db->lost, 0);
  store_pending_clear (db);
  db->has_new_threads = FALSE;
  g_ptr_array_set_size (db->remove_after, 0);
  g_clear_error (&db->failure);
  db->writing = db->grouped = FALSE;
  db->depth = 0;
  store_unlock (db->store);
}

static gboolean
commit (StoreDb *db, GError **error)
{
  if (db->failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&db->failure));
    rollback (db);
    return FALSE;
  }
  if (!store_body_flush (db, db->durable, error) || !store_db_exec (db, "COMMIT", error)) {
    rollback (db);
    return FALSE;
  }
  store_body_settle (db->store, TRUE);
  db->writing = db->grouped = FALSE;

  /* Before the change is told: who reads then must not find the files of rows that are gone. */
  for (guint i = 0; i < db->remove_after->len; i++) {
    const char *path = g_ptr_array_index (db->remove_after, i);
    if (!base_paths_remove_tree (path))
      base_log ("could not remove %s", path);
  }
  g_ptr_array_set_size (db->remove_after, 0);

  /* Still holding the right to write, so that changes are told in the order they were made. */
  g_autoptr (StoreChange) change = store_db_take_changes (db);
  if (change != NULL && db->store->change_func != NULL)
    db->store->change_func (change, db->store->change_data);
  store_unlock (db->store);
  return TRUE;
}

gboolean
store_db_begin (StoreDb *db, gboolean durable, GError **error)
{
  g_return_val_if_fail (!db->writing, FALSE);

  if (!begin (db, durable, error))
    return FALSE;
  db->grouped = TRUE;
  return TRUE;
}

gboolean
store_db_commit (StoreDb *db, GError **error)
{
  g_return_val_if_fail (db->grouped, FALSE);

  return commit (db, error);
}

void
store_db_rollback (StoreDb *db)
{
  g_return_if_fail (db->grouped);

  rollback (db);
}

gboolean
store_db_enter (StoreDb *db, gboolean durable, GError **error)
{
  if (db->failure != NULL) {
    g_propagate_error (error, g_error_copy (db->failure));
    return FALSE;
  }
  if (!db->writing && !begin (db, durable, error))
    return FALSE;
  db->depth++;
  return TRUE;
}

gboolean
store_db_leave (StoreDb *db, gboolean ok, GError **error)
{
  db->depth--;
  if (db->depth == 0 && ok)
    ok = store_mark_flush (db, error) && store_pending_write (db, error)
         && store_link_write (db, error) && store_thread_write_last (db, error)
         && store_row_write_counts (db, error);
  if (db->depth == 0 && !db->grouped) {
    if (ok)
      return commit (db, error);
    rollback (db);
    return FALSE;
  }
  /* Half of it may have been written: the transaction around must not be committed any more. */
  if (!ok && db->failure == NULL) {
    if (error != NULL && *error != NULL)
      db->failure = g_error_copy (*error);
    else
      base_error_set (&db->failure, BASE_ERROR_DISK, NULL,
                      _ ("The mail kept on this computer could not be read or written."));
  }
  return ok;
}

void
store_db_remove_after_commit (StoreDb *db, char *path)
{
  g_ptr_array_add (db->remove_after, path);
}

/* ---- connections ---- */

static void
statement_free (gpointer statement)
{
  sqlite3_finalize (statement);
}

static gboolean
open_handle (StoreDb *db, GError **error)
{
  int code =
      sqlite3_open_v2 (db->store->path, &db->sqlite,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  /* Where a file cannot be opened for writing SQLite opens it for reading, and stays with that. */
  if (code == SQLITE_OK && sqlite3_db_readonly (db->sqlite, "main") == 1)
    code = SQLITE_READONLY;
  if (code == SQLITE_OK)
    code = store_pending_prepare (db);
  if (code != SQLITE_OK) {
    store_db_set_error (db, code, error);
    return FALSE;
  }
  sqlite3_extended_result_codes (db->sqlite, 1);
  sqlite3_busy_timeout (db->sqlite, BUSY_TIMEOUT_MS);
  db->full_sync = FALSE;
  return store_db_exec (db,
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = NORMAL;"
                        "PRAGMA foreign_keys = ON;"
                        "PRAGMA cell_size_check = ON;"
                        "PRAGMA trusted_schema = OFF;"
                        "PRAGMA cache_size = -16000;"
                        "PRAGMA temp_store = MEMORY;"
                        "PRAGMA journal_size_limit = 67108864",
                        error);
}

static GHashTable *
statements_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, statement_free);
}

static void
close_former (StoreDb *db)
{
  g_clear_pointer (&db->former_statements, g_hash_table_unref);
  sqlite3_close (db->former);
  db->former = NULL;
}

gboolean
store_db_reopen (StoreDb *db, GError **error)
{
  if (g_hash_table_size (db->statements) > 0) {
    close_former (db);
    db->former = db->sqlite;
    db->former_statements = db->statements;
    db->statements = statements_new ();
  } else {
    /* It was never in use: what went before it may still be lent out. */
    sqlite3_close (db->sqlite);
  }
  db->sqlite = NULL;
  db->doubtful = FALSE;
  if (open_handle (db, error))
    return TRUE;
  db->doubtful = TRUE;
  return FALSE;
}

static StoreDb *
connect_raw (Store *store, GError **error)
{
  g_autoptr (StoreDb) db = g_new0 (StoreDb, 1);
  db->store = store_ref (store);
  db->statements = statements_new ();
  db->events = g_array_new (FALSE, FALSE, sizeof (StoreEvent));
  db->counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  db->added = g_array_new (FALSE, FALSE, sizeof (StoreAdded));
  db->thread_events = g_array_new (FALSE, FALSE, sizeof (StoreEvent));
  db->touched = g_array_new (FALSE, FALSE, sizeof (gint64));
  db->lost = g_array_new (FALSE, FALSE, sizeof (StoreLost));
  db->pending = g_array_new (FALSE, FALSE, sizeof (StorePending));
  db->changing = g_array_new (FALSE, FALSE, sizeof (StoreChanging));
  db->unwritten = g_array_new (FALSE, FALSE, sizeof (StoreLink));
  db->roles = g_hash_table_new (NULL, NULL);
  db->remove_after = g_ptr_array_new_with_free_func (g_free);
  return open_handle (db, error) ? g_steal_pointer (&db) : NULL;
}

StoreDb *
store_connect (Store *store, GError **error)
{
  return connect_raw (store, error);
}

BasePaths *
store_db_get_paths (StoreDb *db)
{
  return db->store->paths;
}

void
store_db_free (StoreDb *db)
{
  if (db->writing)
    rollback (db);
  close_former (db);
  g_clear_pointer (&db->search, store_search_file_free);
  g_hash_table_unref (db->statements);
  sqlite3_close (db->sqlite);
  g_array_unref (db->events);
  g_array_unref (db->counts);
  g_array_unref (db->added);
  g_array_unref (db->thread_events);
  g_array_unref (db->touched);
  g_array_unref (db->lost);
  g_array_unref (db->pending);
  g_array_unref (db->changing);
  g_array_unref (db->unwritten);
  g_hash_table_unref (db->roles);
  g_ptr_array_unref (db->remove_after);
  store_unref (db->store);
  g_free (db);
}

/* ---- opening ---- */

/* The first thread to ask for any resource registers all of them, and GLib 2.74 gives NULL to whoever asks meanwhile; the
 * window's thread asks too. */
static GResource *
get_resource (void)
{
  GResource *resource;

  while ((resource = store_get_resource ()) == NULL)
    g_thread_yield ();
  return resource;
}

static gboolean
run_schema_step (StoreDb *db, guint index, GError **error)
{
  g_autofree char *path = g_strconcat ("/org/sosik/Sosik/store/", schema_steps[index], NULL);
  g_autoptr (GBytes) sql =
      g_resource_lookup_data (get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (sql == NULL)
    return FALSE;
  /* Resource data has a NUL behind its end. */
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %u", index + 1);
  return store_db_exec (db, g_bytes_get_data (sql, NULL), error)
         && store_db_exec (db, version, error);
}

static gboolean
bring_up_to_date (StoreDb *db, GError **error)
{
  gint64 version = 0;
  if (!store_db_get_int (db, &version, error, "PRAGMA user_version", STORE_NO_INTS))
    return FALSE;
  if (version == G_N_ELEMENTS (schema_steps))
    return TRUE;
  if (version < 0 || version > (gint64)G_N_ELEMENTS (schema_steps)) {
    base_error_set (error, BASE_ERROR_DISK, NULL,
                    _ ("The mail kept on this computer was written by a newer version of Sosik. "
                       "Install that version again to use it."));
    return FALSE;
  }
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = (guint)version; ok && i < G_N_ELEMENTS (schema_steps); i++)
    ok = run_schema_step (db, i, error);
  if (ok && version >= FIRST_MARKS && version < MARKS_BY_DATE)
    ok = store_mark_bring_up_to_date (db, error);
  return store_db_leave (db, ok, error);
}

/* Reads the schema and the root of each table: finds a file that is no database or was cut short
 * near its beginning, and costs the same for any size.  Damage further in shows when it is met. */
static gboolean
look_over (StoreDb *db, GError **error)
{
  static const char *const probes[] = {
    "SELECT count(*) FROM sqlite_schema", "SELECT id FROM store LIMIT 1",
    "SELECT id FROM account LIMIT 1",     "SELECT id FROM folder LIMIT 1",
    "SELECT flags FROM message LIMIT 1",  "SELECT id FROM pack LIMIT 1",
    "SELECT message FROM body LIMIT 1",   "SELECT state FROM operation LIMIT 1",
    "SELECT state FROM outbox LIMIT 1",   "SELECT draft FROM removed_draft LIMIT 1",
    "SELECT pack FROM orphan LIMIT 1"
  };
  for (guint i = 0; i < G_N_ELEMENTS (probes); i++) {
    gint64 ignored;
    if (!store_db_get_int (db, &ignored, error, probes[i], STORE_NO_INTS)) {
      /* A missing table is damage as well. */
      if (sqlite3_errcode (db->sqlite) == SQLITE_ERROR)
        g_atomic_int_set (&db->store->damaged, 1);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
rename_part (Store *store, const char *suffix, const char *aside, GError **error)
{
  g_autofree char *from = g_strconcat (store->path, suffix, NULL);
  g_autofree char *to = g_strconcat (aside, suffix, NULL);
  if (g_rename (from, to) == 0 || errno == ENOENT)
    return TRUE;
  base_error_set_disk (error, errno, from);
  return FALSE;
}

static gboolean
set_aside (Store *store, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%s", store->path, time);
  for (guint i = 2; g_file_test (aside, G_FILE_TEST_EXISTS); i++) {
    g_free (aside);
    aside = g_strdup_printf ("%s.damaged-%s-%u", store->path, time, i);
  }
  /* The log first: without its file it would be read as the log of the new one. */
  if (!rename_part (store, "-wal", aside, error) || !rename_part (store, "", aside, error))
    return FALSE;
  g_autofree char *index = g_strconcat (store->path, "-shm", NULL);
  g_autofree char *marker = g_strconcat (store->path, ".is-damaged", NULL);
  (void)g_unlink (index);
  (void)g_unlink (marker);
  g_atomic_int_set (&store->damaged, 0);
  base_log ("the mail store was damaged; it is kept as %s", aside);
  return TRUE;
}

static gboolean
prepare (Store *store, GError **error)
{
  g_autofree char *marker = g_strconcat (store->path, ".is-damaged", NULL);
  if (g_file_test (marker, G_FILE_TEST_EXISTS)) {
    g_atomic_int_set (&store->damaged, 1);
    base_error_set (error, BASE_ERROR_DISK, NULL, "%s",
                    _ ("The mail kept on this computer is damaged."));
    return FALSE;
  }
  GStatBuf info;
  if (g_stat (store->path, &info) != 0 && errno == ENOENT) {
    /* Nothing of an older store may be taken for part of the new one. */
    g_autofree char *log = g_strconcat (store->path, "-wal", NULL);
    g_autofree char *index = g_strconcat (store->path, "-shm", NULL);
    (void)g_unlink (log);
    (void)g_unlink (index);
    if (!base_paths_remove_tree (store->bodies)) {
      base_error_set_disk (error, EIO, store->bodies);
      return FALSE;
    }
  }
  g_autoptr (StoreDb) db = connect_raw (store, error);
  if (db == NULL || !bring_up_to_date (db, error) || !look_over (db, error))
    return FALSE;
  (void)g_chmod (store->path, 0600);
  return store_body_forget_orphans (db, error) && store_body_tidy (db, error);
}

/* SQLite counts its memory under one lock of the whole process, which the first sync felt; nobody asks for the sum.
 * Where somebody else has begun with SQLite already it stays as it is. */
static void
set_up_sqlite (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done)) {
    (void)sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
    g_once_init_leave (&done, 1);
  }
}

Store *
store_open_with_limits (BasePaths *paths, const StoreLimits *limits, gboolean *rebuilt,
                        GError **error)
{
  g_autoptr (Store) store = g_new0 (Store, 1);
  g_atomic_ref_count_init (&store->ref_count);
  store->paths = base_paths_ref (paths);
  store->path = g_build_filename (base_paths_get_data (paths), "mail.db", NULL);
  store->bodies = g_build_filename (base_paths_get_data (paths), "bodies", NULL);
  store->limits = *limits;
  store->packs = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, pack_free);
  g_mutex_init (&store->lock);
  g_cond_init (&store->turn);
  set_up_sqlite ();
  if (rebuilt != NULL)
    *rebuilt = FALSE;

  g_autoptr (GError) local = NULL;
  if (!prepare (store, &local)) {
    if (!g_atomic_int_get (&store->damaged)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
    if (!set_aside (store, error) || !prepare (store, error))
      return NULL;
    if (rebuilt != NULL)
      *rebuilt = TRUE;
  }
  return g_steal_pointer (&store);
}

Store *
store_open (BasePaths *paths, gboolean *rebuilt, GError **error)
{
  static const StoreLimits limits = {
    .pack_size = G_GINT64_CONSTANT (256) << 20,
    .compact_size = G_GINT64_CONSTANT (16) << 20,
    .compact_budget = G_GINT64_CONSTANT (64) << 20,
    .recent_links = 65536,
    .few_rows = 1000,
  };
  return store_open_with_limits (paths, &limits, rebuilt, error);
}
