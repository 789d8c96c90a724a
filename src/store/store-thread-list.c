/* The messages of a conversation as they are read: each once, in the order in which they were written.  Any thread with a
 * connection; writes nothing. */
#include "store-private.h"
#include "store-thread.h"

/* ---- which ---- */

/* GArray of StoreMember, oldest first; `folder` 0: none.  With `aside` also what lies in the three folders. */
static GArray *
choose (GArray *members, gint64 folder, gboolean aside)
{
  g_autoptr (GHashTable) named = g_hash_table_new (g_int64_hash, g_int64_equal);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (StoreMember));

  /* Twice: what is shown in the folder or in views is rather taken than its copies. */
  g_autofree gboolean *chosen = g_new0 (gboolean, members->len + 1);
  for (guint turn = 0; turn < 3; turn++) {
    for (guint i = 0; i < members->len; i++) {
      StoreMember *member = &g_array_index (members, StoreMember, i);
      gboolean first = member->folder == folder, second = !(member->marks & STORE_MARK_COPY);

      if (!(member->marks & STORE_MARK_LISTED) || chosen[i]
          || (member->marks & STORE_MARK_ASIDE && !aside && !first) || (turn == 0 && !first)
          || (turn == 1 && !second))
        continue;
      if (member->copies == 0 || g_hash_table_add (named, &member->copies))
        chosen[i] = TRUE;
    }
  }
  for (guint i = members->len; i > 0; i--) {
    if (chosen[i - 1])
      g_array_append_val (found, g_array_index (members, StoreMember, i - 1));
  }
  return found;
}

/* ---- in which order ---- */

typedef struct
{
  StoreMember member;
  gint64 date, uid; /* read only where messages came in the same second */
} Place;

/* By receipt; of one second by what their writers' clocks say; else as they came into the folder. */
static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *one = a, *two = b;
  const gint64 keys[][2] = { { one->member.received, two->member.received },
                             { one->date, two->date },
                             { one->member.folder, two->member.folder },
                             { one->uid, two->uid },
                             { one->member.id, two->member.id } };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (keys[i][0] != keys[i][1])
      return keys[i][0] < keys[i][1] ? -1 : 1;
  }
  return 0;
}

static gboolean
load_place (StoreDb *db, Place *place, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT date, uid FROM message WHERE id = ?1", STORE_INTS (place->member.id));
  int step = query != NULL ? store_query_step (db, query, error) : -1;

  if (step == 1) {
    place->date = store_query_int (query, 0);
    place->uid = store_query_int (query, 1);
  }
  return step >= 0;
}

static GArray *
put_in_order (StoreDb *db, GArray *members, GError **error)
{
  g_autoptr (GArray) places = g_array_sized_new (FALSE, FALSE, sizeof (Place), members->len);
  GArray *ids;

  for (guint i = 0; i < members->len; i++) {
    const StoreMember *member = &g_array_index (members, StoreMember, i);
    Place place = { .member = *member };
    gboolean same = (i > 0 && member[-1].received == member->received)
                    || (i + 1 < members->len && member[1].received == member->received);

    if (same && !load_place (db, &place, error))
      return NULL;
    g_array_append_val (places, place);
  }
  g_array_sort (places, compare_places);
  ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), places->len);
  for (guint i = 0; i < places->len; i++)
    g_array_append_val (ids, g_array_index (places, Place, i).member.id);
  return ids;
}

GArray *
store_thread_list_messages_in (StoreDb *db, gint64 thread, gint64 folder, GError **error)
{
  if (!store_thread_resolve (db, &thread, error))
    return NULL;
  g_autoptr (GArray) members = store_mark_list (db, thread, error);
  if (members == NULL || !store_mark_name_copies (db, members, error))
    return NULL;
  g_autoptr (GArray) found = choose (members, folder, FALSE);
  if (found->len == 0) {
    g_array_unref (found);
    found = choose (members, folder, TRUE);
  }
  return put_in_order (db, found, error);
}

GArray *
store_thread_list_messages (StoreDb *db, gint64 thread, GError **error)
{
  return store_thread_list_messages_in (db, thread, 0, error);
}
