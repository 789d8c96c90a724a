/* A connection to search.db for who searches: read only by habit, opened when there is one, and anew when it was begun anew.  The thread of the StoreDb. */
#include <glib/gi18n.h>

#include "store-search-private.h"

void
store_search_file_free (StoreSearchFile *file)
{
  (void)sqlite3_finalize (file->find_doc);
  (void)sqlite3_finalize (file->get_text);
  (void)sqlite3_finalize (file->get_key);
  (void)sqlite3_finalize (file->get_mark);
  (void)sqlite3_finalize (file->get_version);
  (void)sqlite3_finalize (file->get_end);
  (void)sqlite3_finalize (file->list_segments);
  (void)sqlite3_finalize (file->get_pairs);
  (void)sqlite3_finalize (file->get_places);
  (void)sqlite3_close (file->sqlite);
  g_array_unref (file->shifts);
  g_array_unref (file->reach);
  g_hash_table_unref (file->places);
  g_free (file);
}

void
store_search_file_drop (StoreDb *db)
{
  g_clear_pointer (&db->search, store_search_file_free);
}

void
store_search_file_note_damage (StoreDb *db)
{
  if (db->search != NULL)
    store_index_note_damage (db->store, db->search->age);
}

static int
prepare (StoreSearchFile *file)
{
  const struct
  {
    sqlite3_stmt **statement;
    const char *sql;
  } all[] = {
    { &file->find_doc,
      "SELECT id, message, stage, received, size, row FROM doc WHERE message = ?1" },
    { &file->get_text, "SELECT text FROM text WHERE id = ?1" },
    { &file->get_key, "SELECT message, received FROM doc WHERE id = ?1" },
    { &file->get_mark, "SELECT seen, rows, texts FROM meta" },
    { &file->get_version, "PRAGMA data_version" },
    { &file->get_end, "SELECT coalesce (max (id), 0), (SELECT segments FROM meta) FROM doc" },
    { &file->list_segments, "SELECT id, docs, row_bits FROM segment" },
    { &file->get_pairs, "SELECT pairs FROM pairs WHERE id = ?1" },
    { &file->get_places, "SELECT places FROM segment WHERE id = ?1" },
  };
  int code = SQLITE_OK;

  for (guint i = 0; code == SQLITE_OK && i < G_N_ELEMENTS (all); i++)
    code = sqlite3_prepare_v3 (file->sqlite, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                               all[i].statement, NULL);
  return code;
}

static int
read_shifts (StoreSearchFile *file)
{
  sqlite3_stmt *statement = NULL;
  int code =
      sqlite3_prepare_v2 (file->sqlite, "SELECT block, most FROM shift", -1, &statement, NULL);

  g_array_set_size (file->shifts, 0);
  while (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW) {
    gint64 block = sqlite3_column_int64 (statement, 0);

    if (block >= file->shifts->len && block <= STORE_INDEX_PLACE (0))
      g_array_set_size (file->shifts, (guint)block + 1);
    if (block >= 0 && block < file->shifts->len)
      g_array_index (file->shifts, gint64, block) = sqlite3_column_int64 (statement, 1);
    code = SQLITE_OK;
  }
  (void)sqlite3_finalize (statement);
  return code;
}

/* Of the blocks from here on, the first place that one of their messages may have wanted. */
static void
gather_reach (StoreSearchFile *file)
{
  gint64 least = G_MAXINT64;

  g_array_set_size (file->reach, file->shifts->len);
  for (guint i = file->shifts->len; i > 0; i--) {
    least = MIN (least, ((gint64)(i - 1) << STORE_INDEX_BLOCK_BITS)
                            - g_array_index (file->shifts, gint64, i - 1));
    g_array_index (file->reach, gint64, i - 1) = least;
  }
}

gint64
store_search_file_get_reach (StoreSearchFile *file, gint64 place)
{
  gint64 block = place >> STORE_INDEX_BLOCK_BITS, wanted = place;

  if (block < file->shifts->len)
    wanted -= g_array_index (file->shifts, gint64, block);
  if (block + 1 < file->reach->len)
    wanted = MIN (wanted, g_array_index (file->reach, gint64, block + 1));
  return G_MAXINT32 - (CLAMP (wanted, 0, STORE_INDEX_PLACE (0)) << 6);
}

gint64
store_search_file_get_most_shift (StoreSearchFile *file)
{
  gint64 most = 0;

  for (guint i = 0; i < file->shifts->len; i++)
    most = MAX (most, g_array_index (file->shifts, gint64, i));
  return most;
}

const char *
store_search_say_unreadable (void)
{
  return _ ("The mail kept on this computer could not be read or written.");
}

static void
free_places (gpointer places)
{
  g_bytes_unref (places);
}

static StoreSearchFile *
open_file (StoreDb *db, GError **error)
{
  static int opened;
  StoreSearchFile *file = g_new0 (StoreSearchFile, 1);
  int code;

  file->shifts = g_array_new (FALSE, TRUE, sizeof (gint64));
  file->reach = g_array_new (FALSE, TRUE, sizeof (gint64));
  file->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_places);
  file->serial = (guint)g_atomic_int_add (&opened, 1);
  file->age = g_atomic_int_get (&db->store->index_age);
  code = store_index_connect (db->store, FALSE, &file->sqlite);
  if (code == SQLITE_OK)
    code = store_index_check (db, file->sqlite, error);
  if (code == SQLITE_OK)
    code = prepare (file);
  if (code == SQLITE_OK)
    return file;
  store_search_file_free (file);
  return NULL;
}

gboolean
store_search_file_get (StoreDb *db, StoreSearchFile **file, GError **error)
{
  g_autoptr (GError) local = NULL;

  *file = NULL;
  if (g_atomic_int_get (&db->store->index_damaged))
    return TRUE;
  if (db->search != NULL && db->search->age != g_atomic_int_get (&db->store->index_age))
    store_search_file_drop (db);
  if (db->search == NULL)
    db->search = open_file (db, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *file = db->search;
  return TRUE;
}

gboolean
store_search_file_begin (StoreSearchFile *file, StoreIndexMark *mark, gint64 *version)
{
  gboolean ok = sqlite3_exec (file->sqlite, "BEGIN", NULL, NULL, NULL) == SQLITE_OK
                && sqlite3_step (file->get_mark) == SQLITE_ROW
                && sqlite3_step (file->get_version) == SQLITE_ROW;

  if (ok) {
    *mark = (StoreIndexMark){ sqlite3_column_int64 (file->get_mark, 0),
                              sqlite3_column_int64 (file->get_mark, 1),
                              sqlite3_column_int64 (file->get_mark, 2) };
    /* SQLite's is of one connection: another one may count the same. */
    *version = (gint64)file->serial << 32 | (guint32)sqlite3_column_int64 (file->get_version, 0);
  }
  (void)sqlite3_reset (file->get_mark);
  (void)sqlite3_reset (file->get_version);
  if (ok && (!file->is_known || file->known_version != *version)) {
    g_hash_table_remove_all (file->places);
    ok = read_shifts (file) == SQLITE_DONE;
    gather_reach (file);
    file->known_version = *version;
    file->is_known = ok;
  }
  return ok;
}

void
store_search_file_end (StoreSearchFile *file)
{
  if (!sqlite3_get_autocommit (file->sqlite))
    (void)sqlite3_exec (file->sqlite, "COMMIT", NULL, NULL, NULL);
}

int
store_search_file_find (StoreSearchFile *file, gint64 message, StoreIndexSeen *seen)
{
  int code;

  (void)sqlite3_bind_int64 (file->find_doc, 1, message);
  code = sqlite3_step (file->find_doc);
  if (code == SQLITE_ROW)
    *seen = (StoreIndexSeen){ .place = sqlite3_column_int64 (file->find_doc, 0),
                              .message = sqlite3_column_int64 (file->find_doc, 1),
                              .stage = (StoreIndexStage)sqlite3_column_int64 (file->find_doc, 2),
                              .received = sqlite3_column_int64 (file->find_doc, 3),
                              .size = sqlite3_column_int64 (file->find_doc, 4),
                              .row = sqlite3_column_int64 (file->find_doc, 5) };
  (void)sqlite3_reset (file->find_doc);
  return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : -1;
}

int
store_search_file_get_text (StoreSearchFile *file, gint64 place, char **text, gsize *length)
{
  int code;

  *text = NULL;
  (void)sqlite3_bind_int64 (file->get_text, 1, place);
  code = sqlite3_step (file->get_text);
  if (code == SQLITE_ROW)
    *text = store_index_text_unpack (sqlite3_column_blob (file->get_text, 0),
                                     (gsize)sqlite3_column_bytes (file->get_text, 0), length);
  (void)sqlite3_reset (file->get_text);
  return *text != NULL ? 1 : code == SQLITE_ROW || code == SQLITE_DONE ? 0 : -1;
}

int
store_search_file_get_key (StoreSearchFile *file, gint64 place, StoreKey *key)
{
  int code;

  (void)sqlite3_bind_int64 (file->get_key, 1, place);
  code = sqlite3_step (file->get_key);
  if (code == SQLITE_ROW)
    *key = STORE_KEY_MAKE (sqlite3_column_int64 (file->get_key, 1),
                           sqlite3_column_int64 (file->get_key, 0));
  (void)sqlite3_reset (file->get_key);
  return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : -1;
}

int
store_search_file_get_places (StoreSearchFile *file, gint64 segment, GBytes **places)
{
  int code = SQLITE_ROW;

  *places = g_hash_table_lookup (file->places, &segment);
  if (*places != NULL)
    return code;
  (void)sqlite3_bind_int64 (file->get_places, 1, segment);
  code = sqlite3_step (file->get_places);
  if (code == SQLITE_ROW) {
    *places = g_bytes_new (sqlite3_column_blob (file->get_places, 0),
                           (gsize)sqlite3_column_bytes (file->get_places, 0));
    g_hash_table_insert (file->places, g_memdup2 (&segment, sizeof segment), *places);
  }
  (void)sqlite3_reset (file->get_places);
  return code;
}
