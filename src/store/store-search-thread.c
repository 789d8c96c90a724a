/* Which messages of one conversation are hits, whether or not a search has come so far.  The thread of the StoreDb. */
#include "store-search-private.h"

static gboolean
look_at_all (StoreSearch *self, const GArray *ids, GArray *hits, GError **error)
{
  for (guint i = 0; i < ids->len; i++) {
    StoreHit hit;
    int found = store_search_look (self, g_array_index (ids, gint64, i), &hit, error);

    if (found < 0)
      return FALSE;
    if (found == 1)
      g_array_append_val (hits, hit);
  }
  return TRUE;
}

GArray *
store_search_list_in_thread (StoreSearch *self, gint64 thread, GError **error)
{
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (StoreHit));
  g_autoptr (GArray) ids = store_db_get_ints (self->db, error,
                                              "SELECT id FROM message INDEXED BY message_thread "
                                              "WHERE thread = ?1 AND thread <> 0 "
                                              "ORDER BY received DESC",
                                              STORE_INTS (thread));
  StoreIndexMark mark;
  gint64 version;
  gboolean ok;

  if (ids == NULL || !store_search_file_get (self->db, &self->file, error))
    return NULL;
  if (self->file != NULL && !store_search_file_begin (self->file, &mark, &version)) {
    store_search_file_drop (self->db);
    self->file = NULL;
  }
  ok = look_at_all (self, ids, hits, error);
  if (self->file != NULL)
    store_search_file_end (self->file);
  self->version = -1; /* what is read next is of another moment */
  return ok ? g_steal_pointer (&hits) : NULL;
}
