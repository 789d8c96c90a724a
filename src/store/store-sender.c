/* What a listing of all mail from one sender holds.  Any thread with a connection; writes nothing.  Its rows are found by the people of the mail
 * (store-person.h), and those that came since the pass that gathers them by a walk over these. */
#include "store-private.h"
#include "store-sender.h"

G_STATIC_ASSERT ((STORE_MARK_LISTED | STORE_MARK_ASIDE | STORE_MARK_COPY) == 896
                 && STORE_MARK_LISTED == 128);

static gboolean
take_rows (StoreDb *db, StoreQuery *query, const char *sender, GArray *rows, GError **error)
{
  int step = -1;

  if (query != NULL)
    store_query_bind_text (query, 2, sender);
  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    StoreSenderRow row = { .received = store_query_int (query, 0),
                           .thread = store_query_int (query, 1),
                           .id = store_query_int (query, 2),
                           .marks = (guint)store_query_int (query, 3) };
    g_array_append_val (rows, row);
  }
  return step == 0;
}

GArray *
store_sender_list (StoreDb *db, const char *sender, GError **error)
{
#define ROWS   "SELECT message.received, thread, id, marks FROM "
#define ARE_IN "(marks & 896) = 128 AND lower (from_address) = ?2 AND " STORE_OF_ENABLED
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (StoreSenderRow));
  g_autoptr (StorePerson) person = NULL;

  if (!store_person_get (db, sender, &person, error))
    return NULL;
  if (person != NULL) {
    g_autoptr (StoreQuery) query =
        store_db_query (db, error,
                        ROWS "person_message AS p JOIN message ON id = p.message "
                             "WHERE person = ?1 AND " ARE_IN,
                        STORE_INTS (person->id));

    if (!take_rows (db, query, sender, rows, error))
      return NULL;
  }
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, ROWS "message WHERE id > max (?1, (SELECT message FROM person_pass)) AND " ARE_IN,
      STORE_INTS (0));
  return take_rows (db, query, sender, rows, error) ? g_steal_pointer (&rows) : NULL;
#undef ARE_IN
#undef ROWS
}

gboolean
store_sender_has (StoreDb *db, const char *sender, gint64 id, guint marks, gboolean *has,
                  GError **error)
{
  *has = FALSE;
  if ((marks & (STORE_MARK_LISTED | STORE_MARK_ASIDE | STORE_MARK_COPY)) != STORE_MARK_LISTED)
    return TRUE;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT 1 FROM message WHERE id = ?1 AND lower (from_address) = ?2 AND " STORE_OF_ENABLED,
      STORE_INTS (id));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, sender);
  int step = store_query_step (db, query, error);
  *has = step == 1;
  return step >= 0;
}
