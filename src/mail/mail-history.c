/* What was done, for a window that lists it.  Main thread, but for what is marked; it changes nothing itself. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include "store-deed.h"

void
mail_past_free (MailPast *past)
{
  g_free (past->sentence);
  g_free (past->reason);
  g_free (past);
}

/* Store thread. */
static gpointer
read_past (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) deeds = store_deed_list (db, error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)mail_past_free);

  for (guint i = 0; deeds != NULL && i < deeds->len; i++) {
    const StoreDeed *deed = deeds->pdata[i];
    MailPast *past = g_new0 (MailPast, 1);

    past->undo = deed->id;
    past->at = deed->at;
    past->sentence = g_strdup (deed->sentence);
    past->reason = g_strdup (store_deed_describe_state (deed->state));
    g_ptr_array_add (all, past);
  }
  return deeds != NULL ? g_steal_pointer (&all) : NULL;
}

/* Store thread. */
static gpointer
forget (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_deed_forget_all (db, error) ? MAIL_CALL_DONE : NULL;
}

void
mail_engine_list_past_async (MailEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  mail_engine_call_store (self, g_task_new (self, NULL, callback, user_data), read_past, NULL, NULL,
                          (GDestroyNotify)g_ptr_array_unref);
}

GPtrArray *
mail_engine_list_past_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  g_signal_emit (g_task_get_source_object (outer), mail_engine_signals[MAIL_ENGINE_PAST_CHANGED],
                 0);
  g_task_return_boolean (outer, TRUE);
}

void
mail_engine_forget_past_async (MailEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  mail_engine_call_store (
      self, g_task_new (NULL, NULL, on_forgotten, g_task_new (self, NULL, callback, user_data)),
      forget, NULL, NULL, NULL);
}

gboolean
mail_engine_forget_past_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
