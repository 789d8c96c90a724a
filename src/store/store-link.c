/* Ids of messages, as numbers, and the conversation that each belongs to.
 *
 * Numbers have no order: one transaction's would each touch another page of `link`, and a first sync wrote that table whole a hundred times.
 * So new ones go to a log (link_log), a row of which holds those of one writing function, and stand in memory until they are many; only
 * then are they sorted into the table, in one pass over its pages.  What is asked for is looked up in memory first.
 *
 * In a transaction only: memory and log are the store's, and belong to whoever holds the right to write.  Must never answer with a
 * conversation that was merged into another. */
#include <string.h>

#include "store-private.h"

#define N_CACHED 8192 /* of those in the table */
#define ROWS     25   /* of one statement */
#define N_PROBES 3    /* bits of a number in the filter */

struct _StoreLinks
{
  /* Owned */
  StoreLink *slots;   /* the log's, by open addressing; id 0: free */
  StoreLink *cached;  /* some of the table's, each at one place only */
  GHashTable *merged; /* conversations merged while these are in memory: from -> into */

  /* Bits that each number in the table has set, so that what is not in it is not looked for there; NULL: none were set yet, which
   * the first sorting does. */
  guint8 *filter; /* Owned */
  guint64 n_bits; /* a power of two */
  gint64 n_room;  /* numbers that it is good for besides those it has */

  guint n, size;           /* of slots; size is a power of two */
  gboolean table_is_empty; /* nothing was ever sorted in */
};

static guint
place_of (gint64 id, guint size)
{
  return (guint)((guint64)id >> 8) & (size - 1);
}

/* The slot of this number, or the free one where it belongs. */
static StoreLink *
find_slot (StoreLink *slots, guint size, gint64 id)
{
  guint at = place_of (id, size);

  while (slots[at].id != 0 && slots[at].id != id)
    at = (at + 1) & (size - 1);
  return &slots[at];
}

static void
grow (StoreLinks *links)
{
  guint size = links->size * 2;
  StoreLink *slots = g_new0 (StoreLink, size);

  for (guint i = 0; i < links->size; i++) {
    if (links->slots[i].id != 0)
      *find_slot (slots, size, links->slots[i].id) = links->slots[i];
  }
  g_free (links->slots);
  links->slots = slots;
  links->size = size;
}

static void
put (StoreLinks *links, gint64 id, gint64 thread)
{
  StoreLink *slot;

  if (links->n * 4 >= links->size * 3)
    grow (links);
  slot = find_slot (links->slots, links->size, id);
  links->n += slot->id == 0;
  *slot = (StoreLink){ id, thread };
}

void
store_links_free (StoreLinks *links)
{
  g_free (links->slots);
  g_free (links->cached);
  g_free (links->filter);
  g_hash_table_unref (links->merged);
  g_free (links);
}

static StoreLinks *
links_new (void)
{
  StoreLinks *links = g_new0 (StoreLinks, 1);

  links->size = 1024;
  links->slots = g_new0 (StoreLink, links->size);
  links->cached = g_new0 (StoreLink, N_CACHED);
  links->merged = g_hash_table_new (NULL, NULL);
  return links;
}

void
store_link_clear (Store *store)
{
  g_clear_pointer (&store->links, store_links_free);
}

/* ---- the log ---- */

static gboolean
read_log (StoreDb *db, StoreLinks *links, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "SELECT links FROM link_log ORDER BY id", STORE_NO_INTS);
  int step = -1;

  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    gsize length;
    const guint8 *bytes = store_query_get_bytes (query, 0, &length);

    for (gsize at = 0; at + sizeof (StoreLink) <= length; at += sizeof (StoreLink)) {
      StoreLink link;

      memcpy (&link, bytes + at, sizeof link);
      if (link.id != 0)
        put (links, GINT64_FROM_LE (link.id), -GINT64_FROM_LE (link.thread));
    }
  }
  return step == 0;
}

static gboolean
load (StoreDb *db, GError **error)
{
  StoreLinks *links;
  gint64 any = 0;

  if (db->store->links != NULL)
    return TRUE;
  links = links_new ();
  if (!store_db_get_int (db, &any, error, "SELECT EXISTS (SELECT 1 FROM link)", STORE_NO_INTS)
      || !read_log (db, links, error)) {
    store_links_free (links);
    return FALSE;
  }
  links->table_is_empty = !any;
  db->store->links = links;
  return TRUE;
}

gboolean
store_link_write (StoreDb *db, GError **error)
{
  GArray *unwritten = db->unwritten;
  g_autoptr (StoreQuery) query = NULL;

  if (unwritten->len == 0)
    return TRUE;
  query = store_db_query (db, error, "INSERT INTO link_log (links) VALUES (?1)", STORE_NO_INTS);
  if (query == NULL)
    return FALSE;
  store_query_bind_bytes (query, 1, unwritten->data, unwritten->len * sizeof (StoreLink));
  if (store_query_step (db, query, error) != 0)
    return FALSE;
  g_array_set_size (unwritten, 0);
  return db->store->links->n < db->store->limits.recent_links || store_link_settle (db, error);
}

/* ---- what is not in the table ---- */

#define BITS_FEWEST                                                                                \
  8 /* of a number: at twice as many one of two hundred is looked for in vain, at these one of thirty */

static guint64
bit_of (const StoreLinks *links, gint64 id, guint probe)
{
  guint64 step = (guint64)id * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32 | 1;

  return (((guint64)id >> 8) + probe * step) & (links->n_bits - 1);
}

static void
set_bits (StoreLinks *links, gint64 id)
{
  for (guint i = 0; i < N_PROBES; i++) {
    guint64 bit = bit_of (links, id, i);
    links->filter[bit / 8] |= (guint8)(1 << bit % 8);
  }
}

static gboolean
is_surely_absent (const StoreLinks *links, gint64 id)
{
  for (guint i = 0; links->filter != NULL && i < N_PROBES; i++) {
    guint64 bit = bit_of (links, id, i);
    if ((links->filter[bit / 8] & 1 << bit % 8) == 0)
      return TRUE;
  }
  return links->table_is_empty;
}

/* A filter for all that is in the table. */
static gboolean
make_filter (StoreDb *db, GError **error)
{
  StoreLinks *links = db->store->links;
  gint64 n = 0;
  int step = -1;

  if (!store_db_get_int (db, &n, error, "SELECT count(*) FROM link", STORE_NO_INTS))
    return FALSE;
  links->n_bits = BITS_FEWEST * 1024;
  while (links->n_bits < (guint64)n * BITS_FEWEST * 2)
    links->n_bits *= 2;
  links->n_room = (gint64)(links->n_bits / BITS_FEWEST) - n;
  g_free (links->filter);
  links->filter = g_malloc0 (links->n_bits / 8);
  g_autoptr (StoreQuery) query = store_db_query (db, error, "SELECT id FROM link", STORE_NO_INTS);
  while (query != NULL && (step = store_query_step (db, query, error)) == 1)
    set_bits (links, store_query_int (query, 0));
  return step == 0;
}

static gboolean
widen_filter (StoreDb *db, GArray *added, GError **error)
{
  StoreLinks *links = db->store->links;

  if (links->filter == NULL || links->n_room < added->len)
    return make_filter (db, error);
  links->n_room -= added->len;
  for (guint i = 0; i < added->len; i++)
    set_bits (links, g_array_index (added, StoreLink, i).id);
  return TRUE;
}

/* ---- the table ---- */

static int
compare_links (gconstpointer a, gconstpointer b)
{
  gint64 one = ((const StoreLink *)a)->id, two = ((const StoreLink *)b)->id;
  return (one > two) - (one < two);
}

static gboolean
insert_links (StoreDb *db, const StoreLink *links, guint n, GError **error)
{
#define INSERT_LINKS "INSERT OR IGNORE INTO link (id, thread) VALUES "
  g_autoptr (StoreQuery) query =
      n == ROWS ? store_db_query (db, error, INSERT_LINKS STORE_TIMES_25 ("(?,?)"), STORE_NO_INTS)
                : store_db_query (db, error, INSERT_LINKS "(?,?)", STORE_NO_INTS);
#undef INSERT_LINKS

  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    store_query_bind_int (query, (int)i * 2 + 1, links[i].id);
    store_query_bind_int (query, (int)i * 2 + 2, links[i].thread);
  }
  return store_query_step (db, query, error) == 0;
}

static gint64
follow (const StoreLinks *links, gint64 thread)
{
  gpointer into;

  while ((into = g_hash_table_lookup (links->merged, GSIZE_TO_POINTER ((gsize)thread))) != NULL)
    thread = (gint64)GPOINTER_TO_SIZE (into);
  return thread;
}

gboolean
store_link_settle (StoreDb *db, GError **error)
{
  g_autoptr (GArray) sorted = NULL;
  StoreLinks *links;

  if (!load (db, error) || !store_link_write (db, error))
    return FALSE;
  links = db->store->links;
  sorted = g_array_sized_new (FALSE, FALSE, sizeof (StoreLink), links->n);
  for (guint i = 0; i < links->size; i++) {
    StoreLink link = links->slots[i];

    /* Who finds one in the table asks what it was merged into. */
    link.thread = ABS (link.thread);
    if (link.id != 0)
      g_array_append_val (sorted, link);
  }
  g_array_sort (sorted, compare_links);
  for (guint i = 0, step; i < sorted->len; i += step) {
    step = sorted->len - i >= ROWS ? ROWS : 1;
    if (!insert_links (db, &g_array_index (sorted, StoreLink, i), step, error))
      return FALSE;
  }
  if (!store_db_run (db, error, "DELETE FROM link_log", STORE_NO_INTS)
      || !widen_filter (db, sorted, error))
    return FALSE;
  links->table_is_empty &= sorted->len == 0;
  links->n = 0;
  memset (links->slots, 0, links->size * sizeof (StoreLink));
  for (guint i = 0; i < N_CACHED; i++)
    links->cached[i].thread = follow (links, links->cached[i].thread);
  g_hash_table_remove_all (links->merged);
  return TRUE;
}

static gboolean
read_table (StoreDb *db, gint64 id, gint64 *thread, GError **error)
{
  StoreLink *cached = &db->store->links->cached[place_of (id, N_CACHED)];

  if (cached->id == id) {
    *thread = cached->thread;
    return TRUE;
  }
  if (is_surely_absent (db->store->links, id))
    return TRUE;
  if (!store_db_get_int (db, thread, error, "SELECT thread FROM link WHERE id = ?1",
                         STORE_INTS (id)))
    return FALSE;
  if (*thread == 0)
    return TRUE;
  if (!store_thread_resolve (db, thread, error))
    return FALSE;
  *cached = (StoreLink){ id, *thread };
  return TRUE;
}

/* ---- what conversations ask ---- */

gboolean
store_link_find (StoreDb *db, gint64 id, gint64 *thread, GError **error)
{
  StoreLinks *links;
  StoreLink *slot;

  *thread = 0;
  if (!load (db, error))
    return FALSE;
  links = db->store->links;
  slot = find_slot (links->slots, links->size, id);
  if (slot->id == 0) {
    if (!read_table (db, id, thread, error))
      return FALSE;
  } else {
    if (slot->thread < 0) {
      gint64 now = -slot->thread;

      if (!store_thread_resolve (db, &now, error))
        return FALSE;
      slot->thread = now;
    }
    *thread = slot->thread;
  }
  *thread = follow (links, *thread);
  return TRUE;
}

gboolean
store_link_add (StoreDb *db, gint64 id, gint64 thread, GError **error)
{
  const StoreLink link = { GINT64_TO_LE (id), GINT64_TO_LE (thread) };

  if (!load (db, error))
    return FALSE;
  /* A message may name one id several times. */
  if (find_slot (db->store->links->slots, db->store->links->size, id)->id == id)
    return TRUE;
  put (db->store->links, id, thread);
  g_array_append_val (db->unwritten, link);
  return TRUE;
}

void
store_link_note_merged (Store *store, gint64 from, gint64 into)
{
  if (store->links != NULL)
    g_hash_table_insert (store->links->merged, GSIZE_TO_POINTER ((gsize)from),
                         GSIZE_TO_POINTER ((gsize)into));
}

gboolean
store_link_move (StoreDb *db, gint64 id, gint64 thread, GError **error)
{
  if (!store_link_settle (db, error)
      || !store_db_run (db, error, "UPDATE link SET thread = ?2 WHERE id = ?1",
                        STORE_INTS (id, thread)))
    return FALSE;
  db->store->links->cached[place_of (id, N_CACHED)].id = 0;
  return TRUE;
}

gboolean
store_link_forget_account (StoreDb *db, gint64 account, GError **error)
{
  if (!store_link_settle (db, error)
      || !store_db_run (db, error,
                        "WITH gone AS MATERIALIZED (SELECT DISTINCT message.thread FROM message "
                        "JOIN folder ON folder.id = message.folder WHERE account = ?1) "
                        "DELETE FROM link WHERE thread IN (SELECT thread FROM gone) OR thread IN "
                        "(SELECT merged.thread FROM merged JOIN gone ON gone.thread = target)",
                        STORE_INTS (account)))
    return FALSE;
  store_link_clear (db->store);
  return TRUE;
}
