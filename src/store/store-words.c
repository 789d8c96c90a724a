/* What a row says of its message, when that turns out to read otherwise.  Store thread or a worker's; one short transaction. */
#include "store-message.h"
#include "store-private.h"

static gboolean
set_words (StoreDb *db, gint64 id, const char *from_name, const char *subject, const char *preview,
           GError **error)
{
  StoreRow row;
  int found = store_row_load (db, id, &row, error);
  if (found <= 0)
    return found == 0;
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error, "UPDATE message SET from_name = ?2, subject = ?3, preview = ?4 WHERE id = ?1",
        STORE_INTS (id));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 2, from_name);
    store_query_bind_text (query, 3, subject);
    store_query_bind_text (query, 4, preview);
    if (store_query_step (db, query, error) != 0)
      return FALSE;
  }
  if (!row.doomed && !(row.flags & STORE_FLAG_DELETED))
    store_db_note (db, row.folder, STORE_KEY_MAKE (row.received, id), STORE_EVENT_CHANGED);
  store_mark_note_shown (db, &row);
  return TRUE;
}

gboolean
store_message_set_words (StoreDb *db, gint64 id, const char *from_name, const char *subject,
                         const char *preview, GError **error)
{
  return store_db_enter (db, FALSE, error)
         && store_db_leave (db, set_words (db, id, from_name, subject, preview, error), error);
}
