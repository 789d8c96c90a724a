/* Labels of messages: as Gmail tells them, elsewhere keywords.  Any thread with a connection; all writing stands in a transaction. */
#include "store-private.h"

#include <string.h>

#include "base-fold.h"
#include "base-label.h"

/* Of labels that stand together on a message; a mailbox has tens of them. */
#define MOST_SETS 20000
/* The same, while somebody types. */
#define MOST_SETS_ASKED 1000

/* A label with a line end in it is none that could be told. */
static char *
join (const char *const *labels)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  for (gsize i = 0; labels[i] != NULL; i++) {
    if (*labels[i] != '\0' && strchr (labels[i], '\n') == NULL)
      g_ptr_array_add (lines, (gpointer)labels[i]);
  }
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

gboolean
store_row_set_labels (StoreDb *db, gint64 message, const char *const *labels, GError **error)
{
  g_autofree char *names = join (labels);
  g_autoptr (StoreQuery) query =
      *names == '\0'
          ? store_db_query (db, error, "DELETE FROM label WHERE message = ?1", STORE_INTS (message))
          : store_db_query (db, error,
                            "INSERT INTO label (message, names) VALUES (?1, ?2) "
                            "ON CONFLICT (message) DO UPDATE SET names = ?2",
                            STORE_INTS (message));
  if (query == NULL)
    return FALSE;
  if (*names != '\0')
    store_query_bind_text (query, 2, names);
  return store_query_step (db, query, error) == 0;
}

static gboolean
set_labels (StoreDb *db, gint64 folder, guint32 uid, const char *const *labels, GError **error)
{
  StoreRow row;
  int found = store_row_find (db, folder, uid, &row, error);
  g_autofree char *names = join (labels);

  if (found <= 0)
    return found == 0;
  g_auto (GStrv) old = store_message_get_labels (db, row.id, error);
  g_autofree char *before = old != NULL ? join ((const char *const *)old) : NULL;
  if (before == NULL || strcmp (before, names) == 0)
    return before != NULL;
  if (!store_row_set_labels (db, row.id, labels, error))
    return FALSE;
  if (!row.doomed && !(row.flags & STORE_FLAG_DELETED))
    store_db_note (db, folder, STORE_KEY_MAKE (row.received, row.id), STORE_EVENT_CHANGED);
  return store_mark_reload (db, row.id, error);
}

gboolean
store_message_find_labels (StoreDb *db, gint64 folder, guint32 uid, gboolean *has, GError **error)
{
  gint64 found = 0;
  gboolean ok = store_db_get_int (db, &found, error,
                                  "SELECT EXISTS (SELECT 1 FROM message AS m CROSS JOIN label AS l "
                                  "ON l.message = m.id WHERE m.folder = ?1 AND m.uid = ?2)",
                                  STORE_INTS (folder, uid));

  *has = found != 0;
  return ok;
}

gboolean
store_message_set_labels (StoreDb *db, gint64 folder, guint32 uid, const char *const *labels,
                          GError **error)
{
  return store_db_enter (db, FALSE, error)
         && store_db_leave (db, set_labels (db, folder, uid, labels, error), error);
}

GStrv
store_message_get_labels (StoreDb *db, gint64 id, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "SELECT names FROM label WHERE message = ?1", STORE_INTS (id));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  g_autofree char *names = step == 1 ? store_query_dup_text (query, 0) : NULL;
  if (step < 0)
    return NULL;
  return g_strsplit (names != NULL ? names : "", "\n", -1);
}

/* These keywords are flags here. */
static const struct
{
  StoreFlags flag;
  const char *keyword;
} known[] = { { STORE_FLAG_FORWARDED, "$forwarded" },
              { STORE_FLAG_JUNK, "$junk" },
              { STORE_FLAG_NOT_JUNK, "$notjunk" } };

gboolean
store_label_is_called (const char *names, guint flags, const char *folded)
{
  g_auto (GStrv) each = g_strsplit (names != NULL ? names : "", "\n", -1);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if ((flags & known[i].flag) != 0 && base_label_is_called (known[i].keyword, folded))
      return TRUE;
  }
  for (guint i = 0; each[i] != NULL; i++) {
    if (each[i][0] != '\0' && base_label_is_called (each[i], folded))
      return TRUE;
  }
  return FALSE;
}

/* ---- all there are ---- */

/* The next set of names behind this one; NULL: the first.  One step down the index, however many messages have them. */
static int
find_next (StoreDb *db, const char *names, char **next, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT names FROM label WHERE names > ?1 ORDER BY names LIMIT 1", STORE_NO_INTS);
  int step;

  if (query == NULL)
    return -1;
  store_query_bind_text (query, 1, names != NULL ? names : "");
  step = store_query_step (db, query, error);
  *next = step == 1 ? store_query_dup_text (query, 0) : NULL;
  return step;
}

/* ---- who has one ---- */

static gboolean
is_flag (const char *folded)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (base_label_is_called (known[i].keyword, folded))
      return TRUE;
  }
  return FALSE;
}

/* Messages with this set of names: out of the index alone. */
static gboolean
add_messages (StoreDb *db, const char *names, guint most, GArray *ids, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT message FROM label WHERE names = ?2 LIMIT ?1", STORE_INTS (most));
  int step;

  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, names);
  while ((step = store_query_step (db, query, error)) == 1) {
    gint64 id = store_query_int (query, 0);

    g_array_append_val (ids, id);
  }
  return step == 0;
}

/* What is in `ids` becomes keys. */
static gboolean
read_keys (StoreDb *db, GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++) {
    gint64 *id = &g_array_index (ids, gint64, i), received = 0;

    if (!store_db_get_int (db, &received, error, "SELECT received FROM message WHERE id = ?1",
                           STORE_INTS (*id)))
      return FALSE;
    *id = STORE_KEY_MAKE (received, *id);
  }
  return TRUE;
}

gboolean
store_label_find_messages (StoreDb *db, const char *folded, guint most, GArray **keys,
                           GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autofree char *names = NULL;
  char *next = NULL;
  int step = 0;

  *keys = NULL;
  for (guint sets = 0; !is_flag (folded) && (step = find_next (db, names, &next, error)) == 1;
       sets++) {
    g_free (names);
    names = next;
    if (sets == MOST_SETS_ASKED)
      return TRUE;
    if (store_label_is_called (names, 0, folded)
        && !add_messages (db, names, most + 1 - found->len, found, error))
      return FALSE;
    if (found->len > most)
      return TRUE;
  }
  if (step < 0 || is_flag (folded))
    return step == 0;
  if (!read_keys (db, found, error))
    return FALSE;
  *keys = g_steal_pointer (&found);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *)a, *(const char *const *)b);
}

GStrv
store_label_list (StoreDb *db, guint most, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *names = NULL;
  int step = 0;

  for (guint sets = 0; sets < MOST_SETS; sets++) {
    char *next = NULL;

    step = find_next (db, names, &next, error);
    if (step <= 0)
      break;
    g_free (names);
    names = next;
    g_auto (GStrv) each = g_strsplit (names, "\n", -1);
    for (guint i = 0; each[i] != NULL; i++) {
      const char *shown = base_label_get_shown (each[i]);

      if (shown != NULL && g_hash_table_add (seen, base_fold (shown, -1, NULL)))
        g_ptr_array_add (list, g_strdup (shown));
    }
  }
  if (step < 0)
    return NULL;
  g_ptr_array_sort (list, compare_names);
  g_ptr_array_set_size (list, (int)MIN (list->len, most));
  g_ptr_array_add (list, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&list), FALSE);
}
