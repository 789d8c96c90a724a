/* Splitting and joining conversations.  Main thread; the store thread does it.  What undoes it is kept here, not in the history of
 * deeds, for nothing of it goes to a server: a split is undone by joining, a join by splitting off what came. */
#include "mail-thread-actions.h"

#include <glib/gi18n.h>

#include "mail-engine-private.h"
#include "store-thread.h"

#define UNDO_MOST 50

/* Either `join` (GArray of gint64, conversations) or `split` (GPtrArray of GArray of gint64, messages); empty: nothing was done. */
typedef struct
{
  gint64 token;
  GArray *join;
  GPtrArray *split;
} Undo;

static void
undo_free (gpointer data)
{
  Undo *undo = data;
  g_clear_pointer (&undo->join, g_array_unref);
  g_clear_pointer (&undo->split, g_ptr_array_unref);
  g_free (undo);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Undo, undo_free)

static const gint64 *
numbers (const GArray *array)
{
  return (const gint64 *)(gconstpointer)array->data;
}

/* ---- in the store thread ---- */

static gpointer
run_split (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const GArray *messages = data;
  g_autoptr (Undo) undo = g_new0 (Undo, 1);
  gint64 before = 0, after = 0;

  undo->join = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (!store_thread_get (db, numbers (messages)[0], &before, error)
      || !store_thread_split (db, numbers (messages), messages->len, error)
      || !store_thread_get (db, numbers (messages)[0], &after, error))
    return NULL;
  if (after != before) {
    g_array_append_val (undo->join, before);
    g_array_append_val (undo->join, after);
  }
  return g_steal_pointer (&undo);
}

static gboolean
has_list_of (const GPtrArray *lists, const GArray *messages)
{
  for (guint i = 0; i < lists->len; i++) {
    if (numbers (lists->pdata[i])[0] == numbers (messages)[0])
      return TRUE;
  }
  return FALSE;
}

static gpointer
run_join (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const GArray *threads = data;
  g_autoptr (Undo) undo = g_new0 (Undo, 1);

  undo->split = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  for (guint i = 0; i < threads->len; i++) {
    g_autoptr (GArray) messages = store_thread_list_all (db, numbers (threads)[i], error);
    if (messages == NULL)
      return NULL;
    /* The same one twice: another was merged into it since the list was read. */
    if (messages->len > 0 && !has_list_of (undo->split, messages))
      g_ptr_array_add (undo->split, g_steal_pointer (&messages));
  }
  if (undo->split->len > 0) /* the first one stays what it is */
    g_ptr_array_remove_index (undo->split, 0);
  if (undo->split->len == 0)
    return g_steal_pointer (&undo);
  return store_thread_join (db, numbers (threads), threads->len, error) ? g_steal_pointer (&undo)
                                                                        : NULL;
}

static gpointer
run_undo (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Undo *undo = data;

  if (undo->join != NULL)
    return store_thread_join (db, numbers (undo->join), undo->join->len, error) ? MAIL_CALL_DONE
                                                                                : NULL;
  for (guint i = 0; i < undo->split->len; i++) {
    const GArray *messages = undo->split->pdata[i];
    if (!store_thread_split (db, numbers (messages), messages->len, error))
      return NULL;
  }
  return MAIL_CALL_DONE;
}

/* ---- on the main thread ---- */

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) outer = data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  Undo *undo = g_task_propagate_pointer (G_TASK (result), &error);

  if (undo == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  if ((undo->join != NULL ? undo->join->len : undo->split->len) == 0) {
    undo_free (undo);
    g_task_return_pointer (outer, mail_acted_new (0, NULL), mail_acted_free);
    return;
  }
  undo->token = --self->thread_undo_token;
  if (self->thread_undos->len >= UNDO_MOST)
    g_ptr_array_remove_index (self->thread_undos, 0);
  g_ptr_array_add (self->thread_undos, undo);
  g_task_return_pointer (
      outer,
      mail_acted_new (undo->token, undo->join != NULL ? _ ("Message split from its conversation")
                                                      : _ ("Conversations joined")),
      mail_acted_free);
}

void
mail_engine_split_async (MailEngine *self, GPtrArray *messages, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && messages->len > 0);
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < messages->len; i++) {
    gint64 id = mail_message_get_id (messages->pdata[i]);
    g_array_append_val (ids, id);
  }
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_done, outer), run_split, ids,
                          (GDestroyNotify)g_array_unref, undo_free);
}

void
mail_engine_join_async (MailEngine *self, GArray *threads, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && threads->len > 0);
  GTask *outer = g_task_new (self, NULL, callback, user_data);

  mail_engine_call_store (self, g_task_new (NULL, NULL, on_done, outer), run_join,
                          g_array_copy (threads), (GDestroyNotify)g_array_unref, undo_free);
}

GPtrArray *
mail_engine_create_thread_undos (void)
{
  return g_ptr_array_new_with_free_func (undo_free);
}

gboolean
mail_engine_undo_thread (MailEngine *self, gint64 token, GTask *task)
{
  for (guint i = 0; i < self->thread_undos->len; i++) {
    const Undo *undo = self->thread_undos->pdata[i];
    if (undo->token != token)
      continue;
    mail_engine_call_store (self, task, run_undo, g_ptr_array_steal_index (self->thread_undos, i),
                            undo_free, NULL);
    return TRUE;
  }
  return FALSE;
}
