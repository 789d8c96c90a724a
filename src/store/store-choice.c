/* Choices for senders, domains and lists.  Any thread with a connection; all writing stands in a transaction. */
#include "store-choice.h"

#include "store-private.h"

void
store_choice_free (StoreChoice *choice)
{
  g_free (choice->subject);
  g_free (choice->value);
  g_free (choice);
}

static gboolean
set (StoreDb *db, StoreChoiceKind kind, const char *subject, const char *value, gint64 time,
     GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "INSERT INTO choice (kind, time, subject, value) VALUES (?1, ?2, ?3, ?4) "
                      "ON CONFLICT (kind, subject) DO UPDATE SET time = ?2, value = ?4",
                      STORE_INTS (kind, time != 0 ? time : g_get_real_time () / G_USEC_PER_SEC));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 3, subject);
  store_query_bind_text (query, 4, value != NULL ? value : "");
  return store_query_step (db, query, error) == 0;
}

gboolean
store_choice_set (StoreDb *db, StoreChoiceKind kind, const char *subject, const char *value,
                  gint64 time, GError **error)
{
  return store_db_enter (db, TRUE, error)
         && store_db_leave (db, set (db, kind, subject, value, time, error), error);
}

static gboolean
take_away (StoreDb *db, StoreChoiceKind kind, const char *subject, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "DELETE FROM choice WHERE kind = ?1 AND subject = ?2", STORE_INTS (kind));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, subject);
  return store_query_step (db, query, error) == 0;
}

gboolean
store_choice_remove (StoreDb *db, StoreChoiceKind kind, const char *subject, GError **error)
{
  return store_db_enter (db, TRUE, error)
         && store_db_leave (db, take_away (db, kind, subject, error), error);
}

static StoreChoice *
read_row (StoreQuery *query, StoreChoiceKind kind)
{
  StoreChoice *choice = g_new0 (StoreChoice, 1);
  choice->kind = kind;
  choice->subject = store_query_dup_text (query, 0);
  choice->value = store_query_dup_text (query, 1);
  choice->time = store_query_int (query, 2);
  return choice;
}

gboolean
store_choice_get (StoreDb *db, StoreChoiceKind kind, const char *subject, StoreChoice **choice,
                  GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT subject, value, time FROM choice WHERE kind = ?1 AND subject = ?2",
      STORE_INTS (kind));
  *choice = NULL;
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, subject);
  int step = store_query_step (db, query, error);
  if (step == 1)
    *choice = read_row (query, kind);
  return step >= 0;
}

static void
choice_free (gpointer choice)
{
  store_choice_free (choice);
}

GPtrArray *
store_choice_list (StoreDb *db, StoreChoiceKind kind, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (choice_free);
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT subject, value, time FROM choice WHERE kind = ?1 ORDER BY subject",
      STORE_INTS (kind));
  int step = query != NULL ? 1 : -1;
  while (step == 1) {
    step = store_query_step (db, query, error);
    if (step == 1)
      g_ptr_array_add (list, read_row (query, kind));
  }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}
