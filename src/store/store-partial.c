/* Pieces of messages: rows of `piece`, their bytes in the same packs as whole bodies, and by the same rule: bytes before the row,
 * so that a piece is whole exactly when its row says where it lies and the checksum agrees.
 *
 * Any thread with a connection.  Must never set has_body. */
#include "store-partial.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "store-private.h"

#define ALL (-1) /* the message without the content of its missing parts */

void
store_part_free (StorePart *part)
{
  if (part == NULL)
    return;
  g_free (part->section);
  g_free (part->encoding);
  g_free (part);
}

void
store_partial_free (StorePartial *partial)
{
  if (partial == NULL)
    return;
  g_clear_pointer (&partial->bytes, g_bytes_unref);
  g_clear_pointer (&partial->parts, g_ptr_array_unref);
  g_free (partial);
}

static void
set_gone (GError **error)
{
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This attachment is not on this computer."));
}

gboolean
store_partial_get_state (StoreDb *db, gint64 message, StorePartialState *state, GError **error)
{
  gint64 found = 0;
  if (!store_db_get_int (
          db, &found, error,
          "SELECT CASE WHEN pack IS NULL THEN 2 ELSE 1 END FROM piece WHERE message = ?1 "
          "AND number = -1",
          STORE_INTS (message)))
    return FALSE;
  *state = (StorePartialState)found;
  G_STATIC_ASSERT (STORE_PARTIAL_NONE == 0 && STORE_PARTIAL_HERE == 1 && STORE_PARTIAL_WHOLE == 2);
  return TRUE;
}

/* ---- writing ---- */

static gboolean
insert_piece (StoreDb *db, gint64 message, gint64 number, const StorePart *part, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "INSERT INTO piece (message, number, size, section, encoding) "
                      "VALUES (?1, ?2, ?3, ?4, ?5)",
                      STORE_INTS (message, number, (gint64)MIN (part->size, (guint64)G_MAXINT64)));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 4, part->section);
  store_query_bind_text (query, 5, part->encoding);
  return store_query_step (db, query, error) == 0;
}

static gboolean
fill_piece (StoreDb *db, gint64 account, gint64 id, GBytes *bytes, gboolean decoded, GError **error)
{
  StorePlace place;
  return store_body_write (db, account, bytes, &place, error)
         && store_db_run (db, error,
                          "UPDATE piece SET pack = ?2, offset = ?3, length = ?4, checksum = ?5, "
                          "decoded = ?6 WHERE id = ?1",
                          STORE_INTS (id, place.pack, place.offset, place.length,
                                      (gint64)place.checksum, decoded != FALSE));
}

static gboolean
complete_row (StoreDb *db, const StoreRow *row, const char *preview, gboolean has_attachments,
              GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "UPDATE message SET preview = coalesce (preview, ?3), "
                      "has_attachments = has_attachments OR ?2 WHERE id = ?1",
                      STORE_INTS (row->id, has_attachments != FALSE));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 3, preview);
  if (store_query_step (db, query, error) != 0)
    return FALSE;
  if (!row->doomed && !(row->flags & STORE_FLAG_DELETED))
    store_db_note (db, row->folder, STORE_KEY_MAKE (row->received, row->id), STORE_EVENT_CHANGED);
  return store_mark_reload (db, row->id, error);
}

static gboolean
set_partial (StoreDb *db, gint64 message, GBytes *bytes, GPtrArray *parts, const char *preview,
             gboolean has_attachments, GError **error)
{
  StoreRow row;
  int found = store_row_load (db, message, &row, error);
  if (found < 0)
    return FALSE;
  if (found == 0) {
    set_gone (error);
    return FALSE;
  }
  if (row.has_body)
    return TRUE;
  const StorePart all = { .section = (char *)"", .encoding = (char *)"", .size = row.size };
  if (!store_partial_drop (db, message, error) || !insert_piece (db, message, ALL, &all, error))
    return FALSE;
  if (bytes == NULL || parts->len == 0)
    return TRUE;
  if (!fill_piece (db, row.account, sqlite3_last_insert_rowid (db->sqlite), bytes, FALSE, error))
    return FALSE;
  for (guint i = 0; i < parts->len; i++) {
    const StorePart *part = g_ptr_array_index (parts, i);
    if (!insert_piece (db, message, part->index, part, error))
      return FALSE;
  }
  return complete_row (db, &row, preview, has_attachments, error);
}

gboolean
store_partial_set (StoreDb *db, gint64 message, GBytes *bytes, GPtrArray *parts,
                   const char *preview, gboolean has_attachments, GError **error)
{
  return store_db_enter (db, FALSE, error)
         && store_db_leave (
             db, set_partial (db, message, bytes, parts, preview, has_attachments, error), error);
}

static gboolean
set_part (StoreDb *db, gint64 message, const StorePart *part, GBytes *content, gboolean decoded,
          GError **error)
{
  gint64 id = 0, account = 0;
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "SELECT p.id, account FROM piece AS p JOIN message AS m ON m.id = p.message "
        "JOIN folder AS f ON f.id = m.folder "
        "WHERE p.message = ?1 AND number = ?2 AND p.size = ?3 AND section = ?4",
        STORE_INTS (message, part->index, (gint64)part->size));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 4, part->section);
    int step = store_query_step (db, query, error);
    if (step == 0)
      set_gone (error);
    if (step <= 0)
      return FALSE;
    id = store_query_int (query, 0);
    account = store_query_int (query, 1);
  }
  return fill_piece (db, account, id, content, decoded, error);
}

gboolean
store_partial_set_part (StoreDb *db, gint64 message, const StorePart *part, GBytes *content,
                        gboolean decoded, GError **error)
{
  return store_db_enter (db, FALSE, error)
         && store_db_leave (db, set_part (db, message, part, content, decoded, error), error);
}

gboolean
store_partial_drop (StoreDb *db, gint64 message, GError **error)
{
  return store_db_run (db, error, "DELETE FROM piece WHERE message = ?1", STORE_INTS (message));
}

gboolean
store_partial_copy (StoreDb *db, gint64 source, gint64 message, GError **error)
{
  return store_db_run (
      db, error,
      "INSERT INTO piece (message, number, section, encoding, size, decoded, pack, offset, length, "
      "checksum) SELECT ?2, number, section, encoding, size, decoded, pack, offset, length, checksum FROM piece "
      "WHERE message = ?1",
      STORE_INTS (source, message));
}

/* ---- reading ---- */

/* Without its message there are no pieces; a part can be fetched again. */
static gboolean
forget (StoreDb *db, gint64 id, gint64 message, gint64 number, const StorePlace *place,
        GError **error)
{
  if (number != ALL)
    return store_db_run (db, error,
                         "UPDATE piece SET pack = NULL, offset = NULL, length = NULL, "
                         "checksum = NULL WHERE id = ?1 AND pack = ?2 AND offset = ?3",
                         STORE_INTS (id, place->pack, place->offset));
  return store_db_run (
      db, error,
      "DELETE FROM piece WHERE message = ?1 AND EXISTS "
      "(SELECT 1 FROM piece AS p WHERE p.id = ?2 AND p.pack = ?3 AND p.offset = ?4)",
      STORE_INTS (message, id, place->pack, place->offset));
}

/* NULL with GONE when it is not here or not whole. */
static GBytes *
read_piece (StoreDb *db, gint64 message, gint64 number, gboolean *decoded, GError **error)
{
  gint64 id, account, pack_number;
  StorePlace place;
  {
    g_autoptr (StoreQuery) query =
        store_db_query (db, error,
                        "SELECT piece.id, pack.id, account, pack.number, offset, length, checksum, "
                        "decoded FROM piece JOIN pack ON pack.id = pack "
                        "WHERE message = ?1 AND piece.number = ?2",
                        STORE_INTS (message, number));
    int step = query != NULL ? store_query_step (db, query, error) : -1;
    if (step == 0)
      set_gone (error);
    if (step <= 0)
      return NULL;
    id = store_query_int (query, 0);
    account = store_query_int (query, 2);
    pack_number = store_query_int (query, 3);
    place = (StorePlace){ .pack = store_query_int (query, 1),
                          .offset = store_query_int (query, 4),
                          .length = store_query_int (query, 5),
                          .checksum = (guint64)store_query_int (query, 6) };
    *decoded = store_query_int (query, 7) != 0;
  }
  GBytes *bytes = NULL;
  if (!store_body_read_place (db, account, pack_number, &place, &bytes, error))
    return NULL;
  if (bytes != NULL)
    return bytes;
  g_autoptr (GError) local = NULL;
  if (!store_db_enter (db, FALSE, &local)
      || !store_db_leave (db, forget (db, id, message, number, &place, &local), &local))
    base_log ("could not forget a part of a message that is not whole: %s", local->message);
  set_gone (error);
  return NULL;
}

static StorePart *
read_part (StoreQuery *query)
{
  StorePart *part = g_new0 (StorePart, 1);
  part->index = (guint)store_query_int (query, 0);
  part->section = store_query_dup_text (query, 1);
  part->size = (guint64)store_query_int (query, 2);
  part->is_here = store_query_int (query, 3) != 0;
  part->encoding = store_query_dup_text (query, 4);
  return part;
}

static gboolean
list_parts (StoreDb *db, gint64 message, GPtrArray *parts, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT number, section, size, pack IS NOT NULL, encoding FROM piece "
                      "WHERE message = ?1 AND number >= 0 ORDER BY number",
                      STORE_INTS (message));
  int step = -1;
  while (query != NULL && (step = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (parts, read_part (query));
  return step == 0;
}

StorePartial *
store_partial_get (StoreDb *db, gint64 message, GError **error)
{
  g_autoptr (StorePartial) partial = g_new0 (StorePartial, 1);
  gboolean decoded;
  /* Read before the parts: what was forgotten with a broken message is not listed then. */
  partial->bytes = read_piece (db, message, ALL, &decoded, error);
  partial->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)store_part_free);
  if (partial->bytes == NULL || !list_parts (db, message, partial->parts, error))
    return NULL;
  /* The whole came between the two: without them the bytes would pass for it. */
  if (partial->parts->len == 0) {
    set_gone (error);
    return NULL;
  }
  return g_steal_pointer (&partial);
}

StorePart *
store_partial_find (StoreDb *db, gint64 message, guint index, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT number, section, size, pack IS NOT NULL, encoding FROM piece "
                      "WHERE message = ?1 AND number = ?2",
                      STORE_INTS (message, index));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step == 0)
    set_gone (error);
  return step == 1 ? read_part (query) : NULL;
}

GBytes *
store_partial_get_part (StoreDb *db, gint64 message, guint index, gboolean *decoded, GError **error)
{
  return read_piece (db, message, index, decoded, error);
}

/* ---- packs ---- */

gboolean
store_partial_cut_pack (StoreDb *db, gint64 pack, gint64 size, GError **error)
{
  return store_db_run (db, error,
                       "DELETE FROM piece WHERE message IN (SELECT message FROM piece "
                       "WHERE pack = ?1 AND number = -1 AND offset + length > ?2)",
                       STORE_INTS (pack, size))
         && store_db_run (db, error,
                          "UPDATE piece SET pack = NULL, offset = NULL, length = NULL, "
                          "checksum = NULL WHERE pack = ?1 AND offset + length > ?2",
                          STORE_INTS (pack, size));
}

GArray *
store_partial_list_pack (StoreDb *db, gint64 pack, GError **error)
{
  return store_db_get_ints (db, error, "SELECT id FROM piece WHERE pack = ?1 ORDER BY offset",
                            STORE_INTS (pack));
}

gboolean
store_partial_move (StoreDb *db, gint64 account, gint64 piece, gint64 *length, GError **error)
{
  gint64 message = 0, number = 0;
  gboolean decoded;
  g_autoptr (GError) local = NULL;
  if (!store_db_get_int (db, &message, error, "SELECT message FROM piece WHERE id = ?1",
                         STORE_INTS (piece))
      || !store_db_get_int (db, &number, error, "SELECT number FROM piece WHERE id = ?1",
                            STORE_INTS (piece)))
    return FALSE;
  if (message == 0) /* went with its message, which was not whole */
    return TRUE;
  g_autoptr (GBytes) bytes = read_piece (db, message, number, &decoded, &local);
  if (bytes == NULL && g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
    return TRUE;
  if (bytes == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *length = (gint64)g_bytes_get_size (bytes);
  return fill_piece (db, account, piece, bytes, decoded, error);
}
