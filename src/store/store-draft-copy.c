/* A draft's copy in a Drafts folder.  Its versions follow each other in durable steps: the new one is a row and an APPEND, and the one before is
 * deleted by an EXPUNGE that waits for this APPEND, however often either is interrupted.  So others see one version, for a moment two,
 * and never none.
 *
 * Any thread with a connection.  It must never let go of a version that another computer may have written. */
#include <string.h>

#include "base-error.h"
#include "store-private.h"

/* What the rows of all Drafts folders have to be: there are few, and a draft changes its account. */
#define IN_DRAFTS                                                                                  \
  "FROM folder AS f JOIN message AS m ON m.folder = f.id WHERE f.role = ?1 AND m.hidden = 0 "

char *
store_draft_dup_stem (const char *message_id)
{
  const char *dot = message_id != NULL && message_id[0] == '<' ? strchr (message_id, '.') : NULL;
  g_autofree char *stem =
      dot != NULL ? g_strndup (message_id + 1, (gsize)(dot - message_id - 1)) : NULL;

  return stem != NULL && g_uuid_string_is_valid (stem) ? g_steal_pointer (&stem) : NULL;
}

/* *id 0: it is not there, or on its way out.  `refused`: also one that the server did not want and that stands here alone. */
static gboolean
find_copy (StoreDb *db, const char *message_id, gboolean refused, gint64 *id, GError **error)
{
  *id = 0;
  if (message_id == NULL)
    return TRUE;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT m.id " IN_DRAFTS "AND m.message_id = ?2 AND m.local_only <= ?3",
      STORE_INTS (STORE_ROLE_DRAFTS, 0, refused));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, message_id);
  int step = store_query_step (db, query, error);
  if (step == 1)
    *id = store_query_int (query, 0);
  return step >= 0;
}

/* The same of a version that this computer has put there.  *changed: another program has saved its own under that Message-ID, which some keep. */
static gboolean
find_ours (StoreDb *db, const StoreDraft *draft, const char *version, gboolean refused, gint64 *id,
           gboolean *changed, GError **error)
{
  gint64 size = 0;
  if (!find_copy (db, version, refused, id, error))
    return FALSE;
  if (*id == 0 || draft->server_size == 0 || g_strcmp0 (version, draft->server_id) != 0)
    return TRUE;
  if (!store_db_get_int (db, &size, error, "SELECT size FROM message WHERE id = ?1",
                         STORE_INTS (*id)))
    return FALSE;
  if ((guint64)size != draft->server_size) {
    *changed = TRUE;
    *id = 0;
  }
  return TRUE;
}

/* Those that this computer has put there, the newest first. */
static GStrv
dup_versions (const StoreDraft *draft)
{
  g_autofree char *list =
      g_strjoin (" ", draft->server_id != NULL ? draft->server_id : "", draft->server_before, NULL);
  return g_strsplit (g_strstrip (list), " ", -1);
}

/* *id 0: there is none, not even one that is to go. */
static gboolean
has_row (StoreDb *db, const char *message_id, gint64 *id, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT m.id FROM folder AS f JOIN message AS m ON m.folder = f.id WHERE f.role = ?1 "
      "AND m.message_id = ?2",
      STORE_INTS (STORE_ROLE_DRAFTS));
  *id = 0;
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, message_id);
  int step = store_query_step (db, query, error);
  if (step == 1)
    *id = store_query_int (query, 0);
  return step >= 0;
}

/* A version that this computer has not put there.  What the server refused nobody else has seen.  -1: an error. */
static int
has_other (StoreDb *db, const StoreDraft *draft, const char *stem, GError **error)
{
  g_autofree char *begin = g_strdup_printf ("<%s.*", stem);
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT 1 " IN_DRAFTS "AND m.local_only = 0 AND m.message_id GLOB ?2 "
                      "AND m.message_id IS NOT ?3 AND instr (coalesce (?4, ''), m.message_id) = 0",
                      STORE_INTS (STORE_ROLE_DRAFTS));
  if (query == NULL)
    return -1;
  store_query_bind_text (query, 2, begin);
  store_query_bind_text (query, 3, draft->server_id);
  store_query_bind_text (query, 4, draft->server_before);
  return store_query_step (db, query, error);
}

gboolean
store_draft_look (StoreDb *db, const StoreDraft *draft, gboolean *elsewhere, char **ours,
                  GError **error)
{
  g_auto (GStrv) versions = dup_versions (draft);
  g_autoptr (GString) found = g_string_new (NULL);
  gint64 id = 0, any = 0;
  gboolean changed = FALSE;
  /* What the server has comes before what it refused, and that before what may come back. */
  for (guint pass = 0; pass < 3; pass++) {
    for (guint i = 0; versions[i] != NULL; i++) {
      if (pass < 2 ? !find_ours (db, draft, versions[i], pass > 0, &id, &changed, error)
                   : !has_row (db, versions[i], &id, error))
        return FALSE;
      any |= pass < 2 ? id : 0;
      if (id != 0 && strstr (found->str, versions[i]) == NULL)
        g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", versions[i]);
    }
  }
  *ours = any != 0 ? g_strdup (found->str) : NULL;
  g_autofree char *stem = store_draft_dup_stem (draft->server_id);
  int other = stem != NULL ? has_other (db, draft, stem, error) : 0;
  *elsewhere = changed || other > 0 || (draft->server_id != NULL && any == 0);
  return other >= 0;
}

/* The operation by which the row comes to the server; 0: there is none any more.  *begun: it may be there. */
static gboolean
find_append (StoreDb *db, gint64 row, gint64 *id, gboolean *begun, GError **error)
{
  gint64 touched = 0;
  *id = 0;
  if (!store_db_get_int (db, id, error,
                         "SELECT id FROM operation WHERE message = ?1 AND kind = ?2 AND state < 2",
                         STORE_INTS (row, STORE_OPERATION_APPEND))
      || !store_db_get_int (db, &touched, error, "SELECT begun FROM operation WHERE id = ?1",
                            STORE_INTS (*id)))
    return FALSE;
  *begun = touched != 0;
  return TRUE;
}

static gboolean
replace (StoreDb *db, gint64 folder, const StoreNewMessage *copy, gint64 before, GError **error)
{
  StoreRow old;
  gint64 append = 0;
  gboolean begun = FALSE;
  if (store_row_load (db, before, &old, error) <= 0
      || !find_append (db, before, &append, &begun, error))
    return FALSE;
  /* Never on the server, nor on its way there: its place in the queue is taken, for what waits for it waits on. */
  if (append != 0 && !begun && old.folder == folder)
    return store_operation_swap_append (db, folder, copy, append, error)
           && store_row_remove (db, &old, error);
  gint64 group = store_operation_new_group (db, error);
  return group != 0 && store_operation_add_version (db, folder, copy, before, error)
         && store_operation_add_expunge (db, group, &old, 0, error);
}

/* Versions that stand here alone have nothing to wait for when a newer one comes. */
static gboolean
remove_refused (StoreDb *db, const char *message_id, GError **error)
{
  g_autofree char *stem = store_draft_dup_stem (message_id);
  if (stem == NULL)
    return TRUE;
  g_autofree char *begin = g_strdup_printf ("<%s.*", stem);
  for (;;) {
    StoreRow row;
    gint64 id = 0;
    {
      g_autoptr (StoreQuery) query = store_db_query (
          db, error, "SELECT m.id " IN_DRAFTS "AND m.local_only = 1 AND m.message_id GLOB ?2",
          STORE_INTS (STORE_ROLE_DRAFTS));
      if (query == NULL)
        return FALSE;
      store_query_bind_text (query, 2, begin);
      int step = store_query_step (db, query, error);
      if (step <= 0)
        return step == 0;
      id = store_query_int (query, 0);
    }
    if (store_row_load (db, id, &row, error) <= 0 || !store_row_remove (db, &row, error))
      return FALSE;
  }
}

static gboolean
put (StoreDb *db, gint64 folder, const char *before, const StoreNewMessage *copy, GError **error)
{
  gint64 id = 0;
  g_autofree char *first = before != NULL ? g_strndup (before, strcspn (before, " ")) : NULL;
  if (!remove_refused (db, copy->message_id, error) || !find_copy (db, first, FALSE, &id, error))
    return FALSE;
  return id != 0 ? replace (db, folder, copy, id, error)
                 : store_operation_add_version (db, folder, copy, 0, error);
}

gboolean
store_draft_put (StoreDb *db, gint64 folder, const char *before, const StoreNewMessage *copy,
                 GError **error)
{
  g_return_val_if_fail (copy->body != NULL && copy->message_id != NULL, FALSE);

  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, put (db, folder, before, copy, error), error);
}

gboolean
store_draft_take_off (StoreDb *db, const StoreDraft *draft, guint delay_s, GError **error)
{
  g_auto (GStrv) versions = dup_versions (draft);
  for (guint i = 0; versions[i] != NULL; i++) {
    gint64 id = 0;
    gboolean changed = FALSE;
    if (!find_ours (db, draft, versions[i], TRUE, &id, &changed, error)
        || (id != 0 && store_operation_expunge (db, &id, 1, delay_s, error) == 0))
      return FALSE;
  }
  return TRUE;
}

int
store_draft_is_put (StoreDb *db, const StoreDraft *draft, gboolean *arrived, GError **error)
{
  *arrived = FALSE;
  if (draft->server_id == NULL || !draft->on_server)
    return 0;
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "SELECT m.uid IS NOT NULL " IN_DRAFTS "AND m.message_id = ?2",
                      STORE_INTS (STORE_ROLE_DRAFTS));
  if (query == NULL)
    return -1;
  store_query_bind_text (query, 2, draft->server_id);
  int step = store_query_step (db, query, error);
  if (step == 1)
    *arrived = store_query_int (query, 0) != 0;
  return step;
}
