/* Message bytes: append-only pack files, one being filled per account, and the rows that say where
 * each body lies.
 *
 * Bytes are written before their row is committed, so a message is whole exactly when its row is
 * there.  They can be fetched again, so only durable transactions sync them; a power cut may
 * therefore leave holes under a row, which the checksum finds: what is not whole is forgotten,
 * never shown.  Writing runs under the right to write, reading on any thread with a connection. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base-error.h"
#include "base-log.h"
#include "store-private.h"

#define MAP_FROM (128 * 1024) /* larger bodies are mapped, smaller ones copied */
#define PRIME    G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
#define LANES    4

void
store_pack_free (StorePack *pack)
{
  if (pack == NULL)
    return;
  if (pack->fd >= 0)
    (void)close (pack->fd);
  g_free (pack);
}

char *
store_body_dup_folder (Store *store, gint64 account)
{
  return g_strdup_printf ("%s/%" G_GINT64_FORMAT, store->bodies, account);
}

char *
store_body_dup_path (Store *store, gint64 account, gint64 number)
{
  return g_strdup_printf ("%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT ".pack", store->bodies,
                          account, number);
}

/* A step can be undone given its word, so a change in any single word always shows. */
static guint64
mix (guint64 sum, guint64 word)
{
  sum = (sum ^ word) * PRIME;
  return sum ^ (sum >> 29);
}

static guint64
word_at (const guint8 *bytes)
{
  guint64 word;
  memcpy (&word, bytes, sizeof word);
  return GUINT64_FROM_LE (word);
}

/* Goes on from `sum`, one word after the other. */
static guint64
finish_checksum (guint64 sum, const guint8 *bytes, gsize left)
{
  guint64 word = 0;
  for (; left >= sizeof word; left -= sizeof word, bytes += sizeof word)
    sum = mix (sum, word_at (bytes));
  for (gsize i = 0; i < left; i++)
    word |= (guint64)bytes[i] << (8 * i);
  sum = (sum ^ word) * PRIME;
  return sum ^ (sum >> 32);
}

/* Finds holes, torn ends and overwritten bytes; no defence against an adversary, who could write the row as well.  Each
 * step waits for the one before it, so four go side by side: a body is summed at the speed of memory. */
guint64
store_body_checksum (const void *data, gsize length)
{
  const guint8 *bytes = data;
  guint64 sum = PRIME ^ length;
  gsize left = length;

  if (left >= LANES * sizeof sum) {
    guint64 lanes[LANES] = { sum, sum + 1, sum + 2, sum + 3 };
    for (; left >= sizeof lanes; left -= sizeof lanes, bytes += sizeof lanes)
      for (guint i = 0; i < LANES; i++)
        lanes[i] = mix (lanes[i], word_at (bytes + i * sizeof sum));
    sum = lanes[0];
    for (guint i = 1; i < LANES; i++)
      sum = mix (sum, lanes[i]);
  }
  return finish_checksum (sum, bytes, left);
}

/* Or as it was summed once, all in one row: there are stores with such sums. */
static gboolean
is_whole (GBytes *bytes, guint64 checksum)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  return store_body_checksum (data, length) == checksum
         || finish_checksum (PRIME ^ length, data, length) == checksum;
}

/* ---- writing ---- */

static StorePack *
open_pack (StoreDb *db, gint64 account, gint64 id, gint64 number, gint64 size, gboolean fresh,
           GError **error)
{
  g_autofree char *folder = store_body_dup_folder (db->store, account);
  g_autofree char *path = store_body_dup_path (db->store, account, number);
  if (fresh && !base_paths_make_folder (folder, error))
    return NULL;
  int fd = open (path, O_WRONLY | O_CLOEXEC | (fresh ? O_CREAT | O_TRUNC : 0), 0600);
  if (fd < 0) {
    base_error_set_disk (error, errno, path);
    return NULL;
  }
  StorePack *pack = g_new0 (StorePack, 1);
  *pack = (StorePack){ .id = id, .number = number, .fd = fd, .size = size, .committed = size };
  if (fresh && !base_paths_sync_folder (folder, error)) {
    store_pack_free (pack);
    return NULL;
  }
  return pack;
}

static void
remember_pack (StoreDb *db, gint64 account, StorePack *pack)
{
  /* The key must live as long as the entry. */
  pack->account = account;
  g_hash_table_replace (db->store->packs, &pack->account, pack);
}

gboolean
store_body_start_pack (StoreDb *db, gint64 account, GError **error)
{
  gint64 number = 0;
  if (!store_body_flush (db, db->durable, error)
      || !store_db_get_int (db, &number, error, "SELECT max(number) FROM pack WHERE account = ?1",
                            STORE_INTS (account))
      || !store_db_run (db, error, "INSERT INTO pack (account, number, size) VALUES (?1, ?2, 0)",
                        STORE_INTS (account, number + 1)))
    return FALSE;
  gint64 id = sqlite3_last_insert_rowid (db->sqlite);
  StorePack *pack = open_pack (db, account, id, number + 1, 0, TRUE, error);
  if (pack != NULL)
    remember_pack (db, account, pack);
  return pack != NULL;
}

/* The pack that this account's next body goes into. */
static StorePack *
get_pack (StoreDb *db, gint64 account, GError **error)
{
  StorePack *pack = g_hash_table_lookup (db->store->packs, &account);
  if (pack == NULL) {
    gint64 id = 0, number = 0, size = 0;
    {
      g_autoptr (StoreQuery) query = store_db_query (
          db, error,
          "SELECT id, number, size FROM pack WHERE account = ?1 ORDER BY number DESC LIMIT 1",
          STORE_INTS (account));
      int step = query != NULL ? store_query_step (db, query, error) : -1;
      if (step < 0)
        return NULL;
      if (step == 1) {
        id = store_query_int (query, 0);
        number = store_query_int (query, 1);
        size = store_query_int (query, 2);
      }
    }
    if (id != 0) {
      g_autoptr (GError) local = NULL;
      pack = open_pack (db, account, id, number, size, FALSE, &local);
      /* Somebody removed the file: its bodies are found missing when they are read. */
      if (pack == NULL)
        base_log ("could not open a file of message bytes: %s", local->message);
      else
        remember_pack (db, account, pack);
    }
  }
  if (pack != NULL && pack->size < db->store->limits.pack_size)
    return pack;
  if (!store_body_start_pack (db, account, error))
    return NULL;
  return g_hash_table_lookup (db->store->packs, &account);
}

static gboolean
write_at (int fd, const guint8 *data, gsize length, gint64 offset)
{
  while (length > 0) {
    ssize_t n = pwrite (fd, data, length, offset);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      if (n == 0)
        errno = ENOSPC;
      return FALSE;
    }
    data += n;
    length -= (gsize)n;
    offset += n;
  }
  return TRUE;
}

gboolean
store_body_write (StoreDb *db, gint64 account, GBytes *bytes, StorePlace *place, GError **error)
{
  StorePack *pack = get_pack (db, account, error);
  if (pack == NULL)
    return FALSE;
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  if (length > 0 && !write_at (pack->fd, data, length, pack->size)) {
    g_autofree char *path = store_body_dup_path (db->store, account, pack->number);
    base_error_set_disk (error, errno, path);
    return FALSE;
  }
  *place = (StorePlace){ .pack = pack->id,
                         .offset = pack->size,
                         .length = (gint64)length,
                         .checksum = store_body_checksum (data, length) };
  pack->size += (gint64)length;
  return TRUE;
}

/* Counted here and written with the commit: as a trigger it was half the price of the row. */
void
store_body_count_later (StoreDb *db, gint64 account, gint64 length)
{
  StorePack *pack = g_hash_table_lookup (db->store->packs, &account);
  pack->uncounted += length;
}

gboolean
store_body_add (StoreDb *db, gint64 account, gint64 message, GBytes *bytes, GError **error)
{
  StorePlace place;
  if (!store_body_write (db, account, bytes, &place, error)
      || !store_db_run (
          db, error,
          "INSERT INTO body (message, pack, offset, length, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
          STORE_INTS (message, place.pack, place.offset, place.length, (gint64)place.checksum)))
    return FALSE;
  store_body_count_later (db, account, place.length);
  return TRUE;
}

gboolean
store_body_count (StoreDb *db, gint64 message, GError **error)
{
  return store_db_run (db, error,
                       "UPDATE pack SET live = live + b.length FROM body AS b "
                       "WHERE b.message = ?1 AND pack.id = b.pack AND NOT EXISTS "
                       "(SELECT 1 FROM body AS o WHERE o.pack = b.pack AND o.offset = b.offset "
                       "AND o.length = b.length AND o.message <> b.message)",
                       STORE_INTS (message));
}

gboolean
store_body_flush (StoreDb *db, gboolean durable, GError **error)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, db->store->packs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    StorePack *pack = value;
    if (pack->size == pack->committed)
      continue;
    if (durable && fdatasync (pack->fd) != 0) {
      base_error_set_disk (error, errno, db->store->bodies);
      return FALSE;
    }
    if (!store_db_run (db, error, "UPDATE pack SET size = ?2, live = live + ?3 WHERE id = ?1",
                       STORE_INTS (pack->id, pack->size, pack->uncounted)))
      return FALSE;
    pack->uncounted = 0;
  }
  return TRUE;
}

void
store_body_settle (Store *store, gboolean committed)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, store->packs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    StorePack *pack = value;
    if (committed) {
      pack->committed = pack->size;
    } else {
      if (pack->size != pack->committed && ftruncate (pack->fd, pack->committed) != 0)
        base_log ("could not cut a file of message bytes: %s", g_strerror (errno));
      /* Its row may be gone with the transaction: looked up again when needed. */
      g_hash_table_iter_remove (&iter);
    }
  }
}

/* ---- reading ---- */

typedef struct
{
  void *start;
  gsize length;
} Mapping;

static void
mapping_free (gpointer data)
{
  Mapping *mapping = data;
  (void)munmap (mapping->start, mapping->length);
  g_free (mapping);
}

static GBytes *
map_range (int fd, gint64 offset, gsize length)
{
  gsize lead = (gsize)(offset % sysconf (_SC_PAGESIZE));
  void *start = mmap (NULL, lead + length, PROT_READ, MAP_PRIVATE, fd, offset - (gint64)lead);
  if (start == MAP_FAILED)
    return NULL;
  (void)madvise (start, lead + length, MADV_WILLNEED);
  Mapping *mapping = g_new (Mapping, 1);
  *mapping = (Mapping){ .start = start, .length = lead + length };
  return g_bytes_new_with_free_func ((guint8 *)start + lead, length, mapping_free, mapping);
}

static GBytes *
copy_range (int fd, gint64 offset, gsize length)
{
  g_autofree guint8 *data = g_malloc (MAX (length, 1));
  for (gsize done = 0; done < length;) {
    ssize_t n = pread (fd, data + done, length - done, offset + (gint64)done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return NULL;
    done += (gsize)n;
  }
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

/* NULL: not there or not whole. */
static GBytes *
read_range (int fd, gint64 offset, gint64 length, guint64 checksum)
{
  struct stat info;
  /* A mapping behind the end of the file would kill the program when it is touched. */
  if (fstat (fd, &info) != 0 || offset < 0 || length < 0 || offset > info.st_size
      || length > info.st_size - offset)
    return NULL;
  g_autoptr (GBytes) bytes = length >= MAP_FROM ? map_range (fd, offset, (gsize)length)
                                                : copy_range (fd, offset, (gsize)length);
  if (bytes == NULL || !is_whole (bytes, checksum))
    return NULL;
  return g_steal_pointer (&bytes);
}

static gboolean
forget (StoreDb *db, gint64 message, gint64 pack, gint64 offset, GError **error)
{
  StoreRow row;
  int found = store_row_load (db, message, &row, error);
  if (found <= 0)
    return found == 0;
  /* Only the body that was looked at: another thread may have brought a good one meanwhile. */
  if (!store_db_run (db, error, "DELETE FROM body WHERE message = ?1 AND pack = ?2 AND offset = ?3",
                     STORE_INTS (message, pack, offset)))
    return FALSE;
  if (sqlite3_changes (db->sqlite) == 0)
    return TRUE;
  if (!store_db_run (db, error, "UPDATE message SET has_body = 0 WHERE id = ?1",
                     STORE_INTS (message)))
    return FALSE;
  if (!row.doomed && !(row.flags & STORE_FLAG_DELETED))
    store_db_note (db, row.folder, STORE_KEY_MAKE (row.received, row.id), STORE_EVENT_CHANGED);
  return TRUE;
}

static void
set_gone (GError **error)
{
  base_error_set (error, BASE_ERROR_GONE, NULL,
                  _ ("The text of this message is not on this computer."));
}

gboolean
store_body_read_place (StoreDb *db, gint64 account, gint64 number, const StorePlace *place,
                       GBytes **bytes, GError **error)
{
  g_autofree char *path = store_body_dup_path (db->store, account, number);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  *bytes = NULL;
  if (fd < 0 && errno != ENOENT) {
    base_error_set_disk (error, errno, path);
    return FALSE;
  }
  if (fd >= 0) {
    *bytes = read_range (fd, place->offset, place->length, place->checksum);
    (void)close (fd);
  }
  return TRUE;
}

/* FALSE also where it is nowhere (GONE). */
static gboolean
find_place (StoreDb *db, gint64 message, gint64 *account, gint64 *number, StorePlace *place,
            GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT pack.id, account, number, offset, length, checksum "
                      "FROM body JOIN pack ON pack.id = pack WHERE message = ?1",
                      STORE_INTS (message));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step == 0)
    set_gone (error);
  if (step <= 0)
    return FALSE;
  *account = store_query_int (query, 1);
  *number = store_query_int (query, 2);
  *place = (StorePlace){ .pack = store_query_int (query, 0),
                         .offset = store_query_int (query, 3),
                         .length = store_query_int (query, 4),
                         .checksum = (guint64)store_query_int (query, 5) };
  return TRUE;
}

GBytes *
store_body_read (StoreDb *db, gint64 message, GError **error)
{
  gint64 account, number;
  StorePlace place;
  GBytes *bytes = NULL;
  if (!find_place (db, message, &account, &number, &place, error))
    return NULL;
  if (!store_body_read_place (db, account, number, &place, &bytes, error))
    return NULL;
  if (bytes != NULL)
    return bytes;

  g_autoptr (GError) local = NULL;
  if (!store_db_enter (db, FALSE, &local)
      || !store_db_leave (db, forget (db, message, place.pack, place.offset, &local), &local))
    base_log ("could not forget a message body that is not whole: %s", local->message);
  set_gone (error);
  return NULL;
}

GBytes *
store_message_get_body (StoreDb *db, gint64 id, GError **error)
{
  return store_body_read (db, id, error);
}

GBytes *
store_message_get_head (StoreDb *db, gint64 id, gsize max, GError **error)
{
  gint64 account, number;
  StorePlace place;
  if (!find_place (db, id, &account, &number, &place, error))
    return NULL;
  g_autofree char *path = store_body_dup_path (db->store, account, number);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  g_autoptr (GBytes) bytes = NULL;
  if (fd >= 0) {
    bytes = copy_range (fd, place.offset, MIN ((gsize)MAX (place.length, 0), max));
    (void)close (fd);
  }
  if (bytes == NULL)
    set_gone (error);
  return g_steal_pointer (&bytes);
}
