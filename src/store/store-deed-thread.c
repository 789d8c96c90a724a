/* Conversations split and joined, as deeds that can be taken back weeks later: a split by joining, a join by splitting off what the others
 * were, with what has come to them since.
 *
 * Any thread with a connection, inside a transaction but for what store-deed.h promises.  It must never move a message that is not
 * in the conversation any more: the person, or another step that was taken back, has put it elsewhere. */
#include "store-private.h"
#include "store-thread.h"

/* ---- doing it ---- */

static gboolean
remember (StoreDb *db, gint64 deed, gint64 thread, gint64 other, GError **error)
{
  return store_db_run (db, error,
                       "INSERT INTO deed_thread (deed, thread, other, newest) VALUES (?1, ?2, ?3, "
                       "(SELECT coalesce (max (id), 0) FROM message))",
                       STORE_INTS (deed, thread, other));
}

static gboolean
split (StoreDb *db, const char *sentence, const gint64 *messages, gsize n, gint64 *deed,
       GError **error)
{
  gint64 before = 0, after = 0;

  *deed = 0;
  if (!store_thread_get (db, messages[0], &before, error)
      || !store_thread_split (db, messages, n, error)
      || !store_thread_get (db, messages[0], &after, error))
    return FALSE;
  if (after == before)
    return TRUE;
  *deed = store_deed_insert (db, sentence, (guint)n, error);
  return *deed != 0 && remember (db, *deed, before, after, error)
         && store_deed_set_steps (db, *deed, 1, error);
}

gboolean
store_deed_split (StoreDb *db, const char *sentence, const gint64 *messages, gsize n, gint64 *deed,
                  GError **error)
{
  return store_db_enter (db, TRUE, error)
         && store_db_leave (db, split (db, sentence, messages, n, deed, error), error);
}

/* The messages of each conversation, once: GPtrArray of GArray of StoreMember, of which the largest comes first. */
static GPtrArray *
list_parts (StoreDb *db, const gint64 *threads, gsize n, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (gsize i = 0; i < n; i++) {
    gint64 thread = threads[i];

    if (!store_thread_resolve (db, &thread, error))
      return NULL;
    if (!g_hash_table_add (known, g_memdup2 (&thread, sizeof thread)))
      continue;
    g_autoptr (GArray) members = store_mark_list (db, thread, error);
    if (members == NULL)
      return NULL;
    if (members->len == 0)
      continue;
    const GArray *first = parts->len > 0 ? parts->pdata[0] : NULL;
    gboolean is_largest = first != NULL && members->len > first->len;
    g_ptr_array_insert (parts, is_largest ? 0 : -1, g_steal_pointer (&members));
  }
  return g_steal_pointer (&parts);
}

static gboolean
add_part (StoreDb *db, gint64 deed, guint part, const GArray *members, GError **error)
{
  for (guint i = 0; i < members->len; i++) {
    const StoreMember *member = &g_array_index (members, StoreMember, i);

    if (!store_db_run (db, error,
                       "INSERT INTO deed_member (deed, message, own, part) VALUES (?1, ?2, ?3, ?4)",
                       STORE_INTS (deed, member->id, member->own, part)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
join (StoreDb *db, const char *sentence, const gint64 *threads, gsize n, gint64 *deed,
      GError **error)
{
  g_autoptr (GPtrArray) parts = list_parts (db, threads, n, error);
  gint64 steps = 0, thread = threads[0];

  *deed = 0;
  if (parts == NULL || parts->len < 2)
    return parts != NULL;
  *deed = store_deed_insert (db, sentence, parts->len, error);
  if (*deed == 0 || !store_thread_join (db, threads, n, error)
      || !store_thread_resolve (db, &thread, error) || !remember (db, *deed, thread, 0, error))
    return FALSE;
  for (guint i = 1; i < parts->len; i++) {
    const GArray *members = parts->pdata[i];

    steps += members->len;
    if (!add_part (db, *deed, i, members, error))
      return FALSE;
  }
  return store_deed_set_steps (db, *deed, steps, error);
}

gboolean
store_deed_join (StoreDb *db, const char *sentence, const gint64 *threads, gsize n, gint64 *deed,
                 GError **error)
{
  return store_db_enter (db, TRUE, error)
         && store_db_leave (db, join (db, sentence, threads, n, deed, error), error);
}

/* ---- whether it can be taken back ---- */

typedef struct
{
  gint64 thread, other, newest;
} What;

/* With the ids that stand for the conversations now. */
static gboolean
load (StoreDb *db, gint64 deed, What *what, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT coalesce (m.target, d.thread), coalesce (n.target, d.other), "
                      "d.newest FROM deed_thread AS d LEFT JOIN merged AS m ON m.thread = d.thread "
                      "LEFT JOIN merged AS n ON n.thread = d.other WHERE d.deed = ?1",
                      STORE_INTS (deed));
  if (query == NULL || store_query_step (db, query, error) != 1)
    return FALSE;
  *what =
      (What){ store_query_int (query, 0), store_query_int (query, 1), store_query_int (query, 2) };
  return TRUE;
}

gboolean
store_deed_read_thread_state (StoreDb *db, gint64 deed, StoreDeedState *state, GError **error)
{
  What what;
  gint64 has = 0, elsewhere = 0;

  if (!load (db, deed, &what, error))
    return FALSE;
  if (what.other != 0) {
    if (!store_db_get_int (
            db, &has, error,
            "SELECT EXISTS (SELECT 1 FROM message WHERE thread = ?1 AND thread <> "
            "0) AND EXISTS (SELECT 1 FROM message WHERE thread = ?2 AND thread <> 0)",
            STORE_INTS (what.thread, what.other)))
      return FALSE;
    *state = !has                        ? STORE_DEED_GONE
             : what.thread == what.other ? STORE_DEED_UNDONE
                                         : STORE_DEED_OPEN;
    return TRUE;
  }
  if (!store_db_get_int (
          db, &has, error,
          "SELECT EXISTS (SELECT 1 FROM deed_member AS d JOIN message AS m ON m.id = d.message "
          "WHERE d.deed = ?1 AND m.thread = ?2) OR EXISTS (SELECT 1 FROM message INDEXED BY "
          "message_thread WHERE thread = ?2 AND thread <> 0 AND own IN (SELECT own FROM "
          "deed_member WHERE deed = ?1 AND own <> 0))",
          STORE_INTS (deed, what.thread))
      || (!has
          && !store_db_get_int (db, &elsewhere, error,
                                "SELECT EXISTS (SELECT 1 FROM deed_member AS d JOIN message AS m "
                                "ON m.id = d.message WHERE d.deed = ?1)",
                                STORE_INTS (deed))))
    return FALSE;
  *state = has ? STORE_DEED_OPEN : elsewhere ? STORE_DEED_UNDONE : STORE_DEED_GONE;
  return TRUE;
}

/* ---- taking it back ---- */

/* Which part of a join each message was of; 0: of what is the rest. */
typedef struct
{
  GHashTable *by_message, *by_own; /* gint64 -> part */
  guint n_parts;
} Parts;

static void
put (GHashTable *table, gint64 key, guint part)
{
  g_hash_table_insert (table, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (part));
}

static gboolean
find (GHashTable *table, gint64 key, guint *part)
{
  gpointer found;

  if (key == 0 || !g_hash_table_lookup_extended (table, &key, NULL, &found))
    return FALSE;
  *part = GPOINTER_TO_UINT (found);
  return TRUE;
}

static gboolean
read_parts (StoreDb *db, gint64 deed, Parts *parts, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT message, own, part FROM deed_member WHERE deed = ?1", STORE_INTS (deed));
  int found = -1;

  while (query != NULL && (found = store_query_step (db, query, error)) == 1) {
    gint64 own = store_query_int (query, 1);
    guint part = (guint)store_query_int (query, 2);

    put (parts->by_message, store_query_int (query, 0), part);
    if (own != 0)
      put (parts->by_own, own, part);
    parts->n_parts = MAX (parts->n_parts, part);
  }
  return found == 0;
}

/* What has come since: where the nearest that it names is. */
static gboolean
place_newer (StoreDb *db, const StoreMember *member, Parts *parts, GError **error)
{
  g_autoptr (GArray) named = store_thread_list_named (db, member->id, error);
  guint part = 0;

  for (guint i = named != NULL ? named->len : 0; i > 0; i--) {
    if (find (parts->by_own, g_array_index (named, gint64, i - 1), &part))
      break;
  }
  put (parts->by_message, member->id, part);
  if (member->own != 0)
    put (parts->by_own, member->own, part);
  return named != NULL;
}

static gboolean
place (StoreDb *db, const GArray *members, gint64 newest, Parts *parts, GError **error)
{
  guint part;

  for (guint i = 0; i < members->len; i++) {
    const StoreMember *member = &g_array_index (members, StoreMember, i);

    if (find (parts->by_message, member->id, &part) || find (parts->by_own, member->own, &part))
      put (parts->by_message, member->id, part);
    else if (member->id <= newest && member->own != 0)
      put (parts->by_own, member->own, 0);
  }
  /* Oldest first: an answer to an answer follows it. */
  for (guint i = members->len; i > 0; i--) {
    const StoreMember *member = &g_array_index (members, StoreMember, i - 1);

    if (member->id > newest && !find (parts->by_message, member->id, &part)
        && !place_newer (db, member, parts, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
undo_join (StoreDb *db, const GArray *members, Parts *parts, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);

  for (guint i = 0; i <= parts->n_parts; i++)
    g_ptr_array_add (ids, g_array_new (FALSE, FALSE, sizeof (gint64)));
  for (guint i = 0; i < members->len; i++) {
    gint64 id = g_array_index (members, StoreMember, i).id;
    guint part = 0;

    (void)find (parts->by_message, id, &part);
    g_array_append_val (ids->pdata[part], id);
  }
  for (guint i = 1; i <= parts->n_parts; i++) {
    const GArray *some = ids->pdata[i];

    if (some->len > 0
        && !store_thread_split (db, (const gint64 *)(gconstpointer)some->data, some->len, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
store_deed_undo_thread (StoreDb *db, gint64 deed, GError **error)
{
  What what;

  if (!load (db, deed, &what, error))
    return FALSE;
  if (what.other != 0)
    return store_thread_join (db, (const gint64[]){ what.thread, what.other }, 2, error);

  g_autoptr (GHashTable) by_message =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) by_own = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) members = store_mark_list (db, what.thread, error);
  Parts parts = { by_message, by_own, 0 };
  return members != NULL && read_parts (db, deed, &parts, error)
         && place (db, members, what.newest, &parts, error)
         && undo_join (db, members, &parts, error);
}
