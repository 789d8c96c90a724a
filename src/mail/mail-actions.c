/* What a person does to messages: each a durable operation in the store thread, visible at once
 * by the change it makes, and taken back by undo.  Main thread; it must never change an object
 * itself, for the store is what is true. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "store-operation.h"

/* The messages of one account, on their way to the store thread. */
typedef struct
{
  GArray *ids; /* of gint64 */
  gint64 target;
} Portion;

typedef struct
{
  MailAction action;
  GPtrArray *portions; /* of Portion */
} ActJob;

typedef struct
{
  gint64 undo;
  char *sentence;
} Acted;

static void
portion_free (gpointer data)
{
  Portion *portion = data;

  g_array_unref (portion->ids);
  g_free (portion);
}

static void
act_job_free (gpointer data)
{
  ActJob *job = data;

  g_ptr_array_unref (job->portions);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ActJob, act_job_free)

static void
acted_free (gpointer data)
{
  Acted *acted = data;

  g_free (acted->sentence);
  g_free (acted);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Acted, acted_free)

static char *
describe (MailAction action, guint n, const char *target)
{
  switch (action) {
  case MAIL_ACTION_READ:
    return g_strdup_printf (ngettext ("%u message marked as read", "%u messages marked as read", n),
                            n);
  case MAIL_ACTION_UNREAD:
    return g_strdup_printf (
        ngettext ("%u message marked as unread", "%u messages marked as unread", n), n);
  case MAIL_ACTION_STAR:
    return g_strdup_printf (ngettext ("%u message starred", "%u messages starred", n), n);
  case MAIL_ACTION_UNSTAR:
    return g_strdup_printf (
        ngettext ("Star removed from %u message", "Stars removed from %u messages", n), n);
  case MAIL_ACTION_ARCHIVE:
  case MAIL_ACTION_TRASH:
  case MAIL_ACTION_MOVE:
    return g_strdup_printf (
        /* Translators: the number of messages, the name of a folder */
        ngettext ("%1$u message moved to “%2$s”", "%1$u messages moved to “%2$s”", n), n, target);
  case MAIL_ACTION_COPY:
    return g_strdup_printf (
        /* Translators: the number of messages, the name of a folder */
        ngettext ("%1$u message copied to “%2$s”", "%1$u messages copied to “%2$s”", n), n, target);
  case MAIL_ACTION_DELETE:
    return g_strdup_printf (
        ngettext ("%u message deleted for good", "%u messages deleted for good", n), n);
  }
  return g_strdup ("");
}

/* ---- in the store thread ---- */

static gint64
act_on (StoreDb *db, MailAction action, const Portion *portion, GError **error)
{
  const gint64 *ids = (const gint64 *)(gpointer)portion->ids->data;
  guint n = portion->ids->len;

  switch (action) {
  case MAIL_ACTION_READ:
    return store_operation_set_flags (db, ids, n, TRUE, STORE_FLAG_SEEN, error);
  case MAIL_ACTION_UNREAD:
    return store_operation_set_flags (db, ids, n, FALSE, STORE_FLAG_SEEN, error);
  case MAIL_ACTION_STAR:
    return store_operation_set_flags (db, ids, n, TRUE, STORE_FLAG_FLAGGED, error);
  case MAIL_ACTION_UNSTAR:
    return store_operation_set_flags (db, ids, n, FALSE, STORE_FLAG_FLAGGED, error);
  case MAIL_ACTION_ARCHIVE:
  case MAIL_ACTION_TRASH:
  case MAIL_ACTION_MOVE:
    return store_operation_move (db, ids, n, portion->target, error);
  case MAIL_ACTION_COPY:
    return store_operation_copy (db, ids, n, portion->target, error);
  case MAIL_ACTION_DELETE:
    return store_operation_expunge (db, ids, n, MAIL_DELETE_DELAY_S, error);
  }
  return 0;
}

/* What one call did is one thing to the person: where an account fails, the ones before are
 * taken back. */
static gpointer
run_act (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  ActJob *job = data;
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < job->portions->len; i++) {
    gint64 group = act_on (db, job->action, job->portions->pdata[i], error);

    if (group == 0) {
      for (guint j = groups->len; j > 0; j--)
        store_operation_undo (db, g_array_index (groups, gint64, j - 1), NULL);
      return NULL;
    }
    g_array_append_val (groups, group);
  }
  return g_steal_pointer (&groups);
}

static gpointer
run_undo (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  GArray *groups = data;

  for (guint i = groups->len; i > 0; i--)
    if (!store_operation_undo (db, g_array_index (groups, gint64, i - 1), error))
      return NULL;
  return MAIL_CALL_DONE;
}

/* ---- on the main thread ---- */

static MailFolder *
find_target (MailAccount *account, MailAction action, MailFolder *target, GError **error)
{
  MailFolder *found = target;

  switch (action) {
  case MAIL_ACTION_ARCHIVE:
    found = mail_account_get_folder_by_role (account, MAIL_ROLE_ARCHIVE);
    /* Where everything has a folder of its own, taking it out of the others is archiving. */
    if (found == NULL)
      found = mail_account_get_folder_by_role (account, MAIL_ROLE_ALL);
    if (found == NULL)
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("%s has no Archive folder. Move the messages to a folder of your choice."),
                      mail_account_get_label (account));
    return found;
  case MAIL_ACTION_TRASH:
    found = mail_account_get_folder_by_role (account, MAIL_ROLE_TRASH);
    if (found == NULL)
      base_error_set (
          error, BASE_ERROR_REFUSED, NULL,
          _ ("%s has no Trash folder. Delete the messages for good, or move them to another folder."),
          mail_account_get_label (account));
    return found;
  case MAIL_ACTION_MOVE:
    if (found == NULL || !mail_folder_get_selectable (found)) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("Messages cannot be moved there."));
      return NULL;
    }
    return found;
  case MAIL_ACTION_COPY:
    if (found == NULL || !mail_folder_get_selectable (found)) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("Messages cannot be copied there."));
      return NULL;
    }
    return found;
  case MAIL_ACTION_READ:
  case MAIL_ACTION_UNREAD:
  case MAIL_ACTION_STAR:
  case MAIL_ACTION_UNSTAR:
  case MAIL_ACTION_DELETE:
    break;
  }
  return NULL;
}

static gboolean
has_target (MailAction action)
{
  return action == MAIL_ACTION_ARCHIVE || action == MAIL_ACTION_TRASH || action == MAIL_ACTION_MOVE
         || action == MAIL_ACTION_COPY;
}

/* Sorts the messages by account; *name is where they go. NULL with an error where one cannot be
 * done. */
static ActJob *
plan (GPtrArray *messages, MailAction action, MailFolder *target, guint *count, const char **name,
      GError **error)
{
  g_autoptr (ActJob) job = g_new0 (ActJob, 1);
  g_autoptr (GHashTable) by_account = g_hash_table_new (NULL, NULL);

  job->action = action;
  job->portions = g_ptr_array_new_with_free_func (portion_free);
  for (guint i = 0; i < messages->len; i++) {
    MailMessage *message = messages->pdata[i];
    MailFolder *folder = mail_message_get_folder (message);
    MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;
    gint64 id = mail_message_get_id (message);

    if (account == NULL)
      continue; /* gone meanwhile */
    Portion *portion = g_hash_table_lookup (by_account, account);
    if (portion == NULL) {
      MailFolder *to = find_target (account, action, target, error);

      if (to == NULL && has_target (action))
        return NULL;
      portion = g_new0 (Portion, 1);
      portion->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
      portion->target = to != NULL ? mail_folder_get_id (to) : 0;
      g_ptr_array_add (job->portions, portion);
      g_hash_table_insert (by_account, account, portion);
      *name = to != NULL ? mail_folder_get_name (to) : "";
    }
    g_array_append_val (portion->ids, id);
    *count += 1;
  }
  if (job->portions->len == 0) {
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("These messages do not exist any more."));
    return NULL;
  }
  return g_steal_pointer (&job);
}

static void
wake_workers (MailEngine *self)
{
  if (self->sync != NULL)
    sync_engine_operations_changed (self->sync, NULL);
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  GArray *groups = g_task_propagate_pointer (G_TASK (result), &error);

  if (groups == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  Acted *acted = g_new0 (Acted, 1);
  acted->undo = ++self->last_undo;
  acted->sentence = g_strdup (g_task_get_task_data (outer));
  g_hash_table_insert (self->undo, g_memdup2 (&acted->undo, sizeof acted->undo), groups);
  wake_workers (self);
  g_task_return_pointer (outer, acted, acted_free);
}

void
mail_engine_act_async (MailEngine *self, GPtrArray *messages, MailAction action, MailFolder *target,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && messages != NULL);
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  guint count = 0;
  const char *name = "";
  ActJob *job = plan (messages, action, target, &count, &name, &error);

  if (job == NULL) {
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  mail_engine_act_in_store (self, outer, describe (action, count, name), run_act, job,
                            act_job_free);
}

void
mail_engine_act_in_store (MailEngine *self, GTask *outer, char *sentence, MailStoreFunc run,
                          gpointer data, GDestroyNotify data_free)
{
  g_task_set_task_data (outer, sentence, g_free);
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_acted, outer), run, data, data_free,
                          (GDestroyNotify)g_array_unref);
}

gboolean
mail_engine_act_finish (MailEngine *self, GAsyncResult *result, gint64 *undo, char **sentence,
                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_autoptr (Acted) acted = g_task_propagate_pointer (G_TASK (result), error);

  if (acted == NULL)
    return FALSE;
  if (undo != NULL)
    *undo = acted->undo;
  if (sentence != NULL)
    *sentence = g_steal_pointer (&acted->sentence);
  return TRUE;
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  wake_workers (g_task_get_source_object (outer));
  g_task_return_boolean (outer, TRUE);
}

void
mail_engine_undo_async (MailEngine *self, gint64 undo, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  gpointer key = NULL, groups = NULL;

  if (!g_hash_table_steal_extended (self->undo, &undo, &key, &groups)) {
    GError *error = NULL;

    base_error_set (&error, BASE_ERROR_REFUSED, NULL, _ ("This was undone already."));
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  g_free (key);
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_undone, outer), run_undo, groups,
                          (GDestroyNotify)g_array_unref, NULL);
}

gboolean
mail_engine_undo_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
