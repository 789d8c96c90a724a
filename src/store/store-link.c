/* Ids of messages, as numbers, and the conversation that each belongs to.
 *
 * Numbers have no order: one transaction's would each touch another page of `link`, and a first sync wrote that table whole a hundred times.
 * So new ones go to a log (link_log), a row of which holds those of one writing function, and stand in memory until they are many; only
 * then are they sorted into the table, in one pass over its pages.  The pass is made in portions, one at the end of each writing function that
 * adds numbers: a person who waits for the right to write waits for a portion at most.  What is asked for is looked up in memory first.
 *
 * In a transaction only: memory and log are the store's, and belong to whoever holds the right to write.  Must never answer with a
 * conversation that was merged into another. */
#include <string.h>

#include "store-private.h"

#define N_CACHED 8192 /* of those in the table */
#define ROWS     25   /* of one statement */
#define N_PROBES 3    /* bits of a number in the filter */
#define PORTIONS 16   /* of a pass, at most */
#define SLICES   64   /* of all numbers that can be, one of which is counted */

/* By open addressing; id 0: free. */
typedef struct
{
  StoreLink *slots; /* Owned */
  guint n, size;    /* size is a power of two */
} Recent;

struct _StoreLinks
{
  gboolean is_loaded; /* FALSE: of what follows only the filter is good */

  /* Owned */
  Recent recent;  /* the log's that no pass has begun to sort in */
  Recent passing; /* those of the pass that is going on, until its end; size 0: none is */
  GArray *
      sorted; /* of StoreLink: `passing` as it was at the beginning, by their numbers; NULL: as above */
  StoreLink *cached;  /* some of the table's, each at one place only */
  GHashTable *merged; /* conversations merged while these are in memory: from -> into */

  guint n_passed;          /* of `sorted`: are in the table */
  gint64 last_log;         /* row of the log up to which all is in `passing` */
  gboolean table_is_empty; /* what it has is in `passing`, too */

  /* Bits that each number in the table has set, so that what is not in it is not looked for there; bits that are too many do no harm, and so
   * it outlives a rollback.  NULL: none were set yet, which the first pass does. */
  guint8 *filter;      /* Owned */
  guint64 n_bits;      /* a power of two */
  gint64 n_room;       /* numbers that it is good for besides those it has */
  gboolean is_filling; /* only numbers that the pass has come by have their bits */
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
recent_init (Recent *recent)
{
  recent->n = 0;
  recent->size = 1024;
  recent->slots = g_new0 (StoreLink, recent->size);
}

static void
recent_clear (Recent *recent)
{
  g_clear_pointer (&recent->slots, g_free);
  recent->n = recent->size = 0;
}

static void
grow (Recent *recent)
{
  guint size = recent->size * 2;
  StoreLink *slots = g_new0 (StoreLink, size);

  for (guint i = 0; i < recent->size; i++) {
    if (recent->slots[i].id != 0)
      *find_slot (slots, size, recent->slots[i].id) = recent->slots[i];
  }
  g_free (recent->slots);
  recent->slots = slots;
  recent->size = size;
}

static void
put (Recent *recent, gint64 id, gint64 thread)
{
  StoreLink *slot;

  if (recent->n * 4 >= recent->size * 3)
    grow (recent);
  slot = find_slot (recent->slots, recent->size, id);
  recent->n += slot->id == 0;
  *slot = (StoreLink){ id, thread };
}

/* NULL: it is not among them. */
static StoreLink *
look_up (const Recent *recent, gint64 id)
{
  StoreLink *slot = recent->size > 0 ? find_slot (recent->slots, recent->size, id) : NULL;

  return slot != NULL && slot->id != 0 ? slot : NULL;
}

void
store_links_free (StoreLinks *links)
{
  recent_clear (&links->recent);
  recent_clear (&links->passing);
  g_clear_pointer (&links->sorted, g_array_unref);
  g_free (links->cached);
  g_free (links->filter);
  g_hash_table_unref (links->merged);
  g_free (links);
}

static StoreLinks *
links_new (void)
{
  StoreLinks *links = g_new0 (StoreLinks, 1);

  links->cached = g_new0 (StoreLink, N_CACHED);
  links->merged = g_hash_table_new (NULL, NULL);
  return links;
}

void
store_link_clear (Store *store)
{
  StoreLinks *links = store->links;

  if (links == NULL)
    return;
  links->is_loaded = FALSE;
  recent_clear (&links->recent);
  recent_clear (&links->passing);
  g_clear_pointer (&links->sorted, g_array_unref);
  memset (links->cached, 0, N_CACHED * sizeof (StoreLink));
  g_hash_table_remove_all (links->merged);
  if (links->is_filling)
    g_clear_pointer (&links->filter, g_free);
  links->is_filling = FALSE;
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
        put (&links->recent, GINT64_FROM_LE (link.id), -GINT64_FROM_LE (link.thread));
    }
  }
  return step == 0;
}

static gboolean
load (StoreDb *db, GError **error)
{
  StoreLinks *links = db->store->links;
  gint64 any = 0;

  if (links != NULL && links->is_loaded)
    return TRUE;
  if (links == NULL)
    links = db->store->links = links_new ();
  recent_clear (&links->recent);
  recent_init (&links->recent);
  if (!store_db_get_int (db, &any, error, "SELECT EXISTS (SELECT 1 FROM link)", STORE_NO_INTS)
      || !read_log (db, links, error))
    return FALSE;
  links->table_is_empty = !any;
  if (!any)
    g_clear_pointer (&links->filter, g_free);
  links->is_loaded = TRUE;
  return TRUE;
}

static gboolean
write_log (StoreDb *db, GError **error)
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
  return TRUE;
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
  for (guint i = 0; links->filter != NULL && !links->is_filling && i < N_PROBES; i++) {
    guint64 bit = bit_of (links, id, i);
    if ((links->filter[bit / 8] & 1 << bit % 8) == 0)
      return TRUE;
  }
  return links->table_is_empty;
}

/* Room for what the table has and for as many more.  All numbers are as likely as each other: a slice says how many there are. */
static gboolean
begin_filter (StoreDb *db, gint64 n_more, GError **error)
{
  StoreLinks *links = db->store->links;
  gint64 n = 0;

  if (!links->table_is_empty
      && !store_db_get_int (db, &n, error, "SELECT count(*) FROM link WHERE id < ?1",
                            STORE_INTS (G_MAXINT64 / SLICES)))
    return FALSE;
  n = n * SLICES + n_more;
  links->n_bits = BITS_FEWEST * 1024;
  while (links->n_bits < (guint64)n * BITS_FEWEST * 2)
    links->n_bits *= 2;
  links->n_room = (gint64)(links->n_bits / BITS_FEWEST) - n;
  g_free (links->filter);
  links->filter = g_malloc0 (links->n_bits / 8);
  links->is_filling = TRUE;
  return TRUE;
}

/* Those that the pass came by: between the last of the portion before and the last of this one. */
static gboolean
fill_filter (StoreDb *db, gint64 after, gint64 to, GError **error)
{
  int step = -1;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT id FROM link WHERE id > ?1 AND id <= ?2", STORE_INTS (after, to));

  while (query != NULL && (step = store_query_step (db, query, error)) == 1)
    set_bits (db->store->links, store_query_int (query, 0));
  return step == 0;
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
/* Of one that the person has put elsewhere the table has the former conversation, which is rare.  (OR REPLACE would do it, but for that SQLite
 * keeps each page as it was before the statement.) */
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
  if (store_query_step (db, query, error) != 0)
    return FALSE;
  if ((guint)sqlite3_changes (db->sqlite) == n)
    return TRUE;
  for (guint i = 0; i < n; i++) {
    if (!store_db_run (db, error, "UPDATE link SET thread = ?2 WHERE id = ?1",
                       STORE_INTS (links[i].id, links[i].thread)))
      return FALSE;
  }
  return TRUE;
}

static gint64
follow (const StoreLinks *links, gint64 thread)
{
  gpointer into;

  while ((into = g_hash_table_lookup (links->merged, GSIZE_TO_POINTER ((gsize)thread))) != NULL)
    thread = (gint64)GPOINTER_TO_SIZE (into);
  return thread;
}

static gboolean
begin_pass (StoreDb *db, GError **error)
{
  StoreLinks *links = db->store->links;

  if (!store_db_get_int (db, &links->last_log, error, "SELECT max (id) FROM link_log",
                         STORE_NO_INTS))
    return FALSE;
  links->passing = links->recent;
  recent_init (&links->recent);
  links->n_passed = 0;
  links->sorted = g_array_sized_new (FALSE, FALSE, sizeof (StoreLink), links->passing.n);
  for (guint i = 0; i < links->passing.size; i++) {
    StoreLink link = links->passing.slots[i];

    /* Who finds one in the table asks what it was merged into. */
    link.thread = ABS (link.thread);
    if (link.id != 0)
      g_array_append_val (links->sorted, link);
  }
  g_array_sort (links->sorted, compare_links);
  links->n_room -= links->sorted->len;
  return (links->filter != NULL && links->n_room >= 0)
         || begin_filter (db, links->sorted->len, error);
}

static gboolean
end_pass (StoreDb *db, GError **error)
{
  StoreLinks *links = db->store->links;

  if (!store_db_run (db, error, "DELETE FROM link_log WHERE id <= ?1",
                     STORE_INTS (links->last_log)))
    return FALSE;
  links->is_filling = FALSE;
  links->table_is_empty &= links->sorted->len == 0;
  g_clear_pointer (&links->sorted, g_array_unref);
  recent_clear (&links->passing);
  for (guint i = 0; i < links->recent.size; i++)
    links->recent.slots[i].thread = follow (links, links->recent.slots[i].thread);
  for (guint i = 0; i < N_CACHED; i++)
    links->cached[i].thread = follow (links, links->cached[i].thread);
  g_hash_table_remove_all (links->merged);
  return TRUE;
}

/* The next portion of the pass that was begun, and its end when there are no more. */
static gboolean
go_on (StoreDb *db, guint portion, GError **error)
{
  StoreLinks *links = db->store->links;
  GArray *sorted = links->sorted;
  guint begin = links->n_passed, end = begin + MIN (portion, sorted->len - begin);
  gint64 after = begin > 0 ? g_array_index (sorted, StoreLink, begin - 1).id : 0;

  for (guint i = begin, step; i < end; i += step) {
    step = end - i >= ROWS ? ROWS : 1;
    if (!insert_links (db, &g_array_index (sorted, StoreLink, i), step, error))
      return FALSE;
  }
  for (guint i = begin; i < end; i++)
    set_bits (links, g_array_index (sorted, StoreLink, i).id);
  links->n_passed = end;
  if (links->is_filling && !links->table_is_empty
      && !fill_filter (
          db, after, end < sorted->len ? g_array_index (sorted, StoreLink, end - 1).id : G_MAXINT64,
          error))
    return FALSE;
  return end < sorted->len || end_pass (db, error);
}

/* So much that a pass comes to its end before the next has to begin, however much each function adds. */
gboolean
store_link_write (StoreDb *db, GError **error)
{
  guint n = db->unwritten->len, limit = db->store->limits.recent_links;
  StoreLinks *links = db->store->links;

  if (n == 0)
    return TRUE;
  if (!write_log (db, error))
    return FALSE;
  if (links->sorted == NULL && links->recent.n >= limit && !begin_pass (db, error))
    return FALSE;
  return links->sorted == NULL || go_on (db, MAX (limit / PORTIONS, n * 2), error);
}

/* All of the log into the table. */
static gboolean
settle (StoreDb *db, GError **error)
{
  StoreLinks *links;

  if (!load (db, error) || !write_log (db, error))
    return FALSE;
  links = db->store->links;
  return (links->sorted == NULL || go_on (db, links->sorted->len, error)) && begin_pass (db, error)
         && go_on (db, links->sorted->len, error);
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
  slot = look_up (&links->recent, id);
  if (slot == NULL)
    slot = look_up (&links->passing, id);
  if (slot == NULL) {
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
  if (look_up (&db->store->links->recent, id) != NULL)
    return TRUE;
  put (&db->store->links->recent, id, thread);
  g_array_append_val (db->unwritten, link);
  return TRUE;
}

void
store_link_note_merged (Store *store, gint64 from, gint64 into)
{
  if (store->links != NULL && store->links->is_loaded)
    g_hash_table_insert (store->links->merged, GSIZE_TO_POINTER ((gsize)from),
                         GSIZE_TO_POINTER ((gsize)into));
}

gboolean
store_link_move (StoreDb *db, gint64 id, gint64 thread, GError **error)
{
  const StoreLink link = { GINT64_TO_LE (id), GINT64_TO_LE (thread) };

  if (!load (db, error))
    return FALSE;
  /* Of what the log says of a number the last holds, and it holds against the table. */
  put (&db->store->links->recent, id, thread);
  g_array_append_val (db->unwritten, link);
  db->store->links->cached[place_of (id, N_CACHED)].id = 0;
  return TRUE;
}

gboolean
store_link_forget_account (StoreDb *db, gint64 account, GError **error)
{
  if (!settle (db, error)
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
