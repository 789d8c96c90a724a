/* Labels of messages: as Gmail tells them, elsewhere keywords.  Any thread with a connection; all writing stands in a transaction. */
#include "store-private.h"

#include <string.h>

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
