/* Removing an account: its workers stop, its settings say that it is leaving, its rows go, then its passwords and the settings.
 * What a crash leaves undone the next start finishes.  The main thread only orders the steps; keyring, files and rows are the
 * business of other threads.  Must never leave an account that looks whole and has lost its rows. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"

typedef struct
{
  BasePaths *paths;
  MailCredentials *credentials; /* borrowed; the engine waits for its calls */
  SyncEngine *sync;             /* the same */
  char *id;
} RemoveJob;

typedef struct
{
  GTask *outer;
  MailAccount *account;
  GError *error; /* while the account is brought back */
} RemoveWait;

static void
remove_job_free (gpointer data)
{
  RemoveJob *job = data;

  base_paths_unref (job->paths);
  g_free (job->id);
  g_free (job);
}

static RemoveJob *
remove_job_new (MailEngine *self, const char *id)
{
  RemoveJob *job = g_new0 (RemoveJob, 1);

  job->paths = base_paths_ref (self->paths);
  job->credentials = self->credentials;
  job->sync = self->sync;
  job->id = g_strdup (id);
  return job;
}

static void
remove_failed (RemoveWait *wait, GError *error)
{
  g_autoptr (GTask) outer = wait->outer;
  g_autoptr (MailAccount) account = wait->account;
  MailEngine *self = g_task_get_source_object (outer);

  /* It is still an account, so it goes on. */
  mail_engine_release_writer (self, mail_account_get_id (account));
  if (self->sync != NULL && !mail_account_get_settings (account)->disabled)
    sync_engine_add_account (self->sync, mail_account_get_settings (account));
  g_clear_error (&wait->error);
  g_task_return_error (outer, error);
  g_free (wait);
}

static void
on_stayed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RemoveWait *wait = user_data;

  /* Where even that fails, the next start removes it: what it says now is true until then. */
  (void)g_task_propagate_pointer (G_TASK (result), NULL);
  remove_failed (wait, g_steal_pointer (&wait->error));
}

/* Pool thread. */
static gpointer
run_stay (gpointer data, GCancellable *cancellable, GError **error)
{
  RemoveJob *job = data;

  return base_account_set_leaving (job->id, job->paths, FALSE, error) ? MAIL_CALL_DONE : NULL;
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RemoveWait *wait = user_data;
  MailEngine *self = g_task_get_source_object (wait->outer);
  GError *error = NULL;
  guint position;

  /* Its rows are gone, and the next start finishes what is left: it is no account any more. */
  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL) {
    base_log ("%s: %s", mail_account_get_id (wait->account), error->message);
    g_clear_error (&error);
  }
  g_autoptr (GTask) outer = wait->outer;
  g_autoptr (MailAccount) account = wait->account;
  if (g_list_store_find (self->known, account, &position))
    g_list_store_remove (self->known, position);
  mail_engine_release_writer (self, mail_account_get_id (account));
  mail_engine_arrange_accounts (self);
  mail_engine_update_views (self);
  mail_engine_reload_outgoing (self);
  g_task_return_boolean (outer, TRUE);
  g_free (wait);
}

/* Pool thread. */
static gpointer
run_forget (gpointer data, GCancellable *cancellable, GError **error)
{
  RemoveJob *job = data;

  mail_credentials_forget (job->credentials, job->id);
  return base_account_remove (job->id, job->paths, error) ? MAIL_CALL_DONE : NULL;
}

void
mail_engine_forget_accounts (MailEngine *self, GStrv ids)
{
  for (guint i = 0; ids[i] != NULL; i++)
    mail_engine_call_pool (self, g_task_new (NULL, NULL, NULL, NULL), run_forget,
                           remove_job_new (self, ids[i]), remove_job_free, NULL);
}

static void
on_rows_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RemoveWait *wait = user_data;
  MailEngine *self = g_task_get_source_object (wait->outer);

  if (g_task_propagate_pointer (G_TASK (result), &wait->error) == NULL)
    mail_engine_call_pool (self, g_task_new (NULL, NULL, on_stayed, wait), run_stay,
                           remove_job_new (self, mail_account_get_id (wait->account)),
                           remove_job_free, NULL);
  else
    mail_engine_call_pool (self, g_task_new (NULL, NULL, on_forgotten, wait), run_forget,
                           remove_job_new (self, mail_account_get_id (wait->account)),
                           remove_job_free, NULL);
}

/* Store thread. */
static gpointer
run_remove_rows (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_account_remove (db, *(gint64 *)data, error) ? MAIL_CALL_DONE : NULL;
}

static void
on_workers_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RemoveWait *wait = user_data;
  MailEngine *self = g_task_get_source_object (wait->outer);
  gint64 row = mail_account_get_row (wait->account);
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL)
    remove_failed (wait, error);
  else
    mail_engine_call_store (self, g_task_new (NULL, NULL, on_rows_removed, wait), run_remove_rows,
                            g_memdup2 (&row, sizeof row), g_free, NULL);
}

/* Pool thread: waits for the workers.  The file first: were it last, a crash would leave an empty account that begins anew. */
static gpointer
run_stop_workers (gpointer data, GCancellable *cancellable, GError **error)
{
  RemoveJob *job = data;

  if (job->sync != NULL)
    sync_engine_remove_account (job->sync, job->id);
  return base_account_set_leaving (job->id, job->paths, TRUE, error) ? MAIL_CALL_DONE : NULL;
}

/* What was to be saved has been: nothing writes its file any more. */
static void
on_held (gpointer data)
{
  RemoveWait *wait = data;
  MailEngine *self = g_task_get_source_object (wait->outer);

  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_workers_stopped, wait), run_stop_workers,
                         remove_job_new (self, mail_account_get_id (wait->account)),
                         remove_job_free, NULL);
}

void
mail_engine_remove_account_async (MailEngine *self, MailAccount *account,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account));
  RemoveWait *wait = g_new0 (RemoveWait, 1);

  mail_engine_begin_sync (self);
  wait->outer = g_task_new (self, NULL, callback, user_data);
  wait->account = g_object_ref (account);
  if (mail_engine_hold_writer (self, mail_account_get_id (account), on_held, wait))
    return;
  g_task_return_new_error (wait->outer, BASE_ERROR, BASE_ERROR_GONE,
                           _ ("There is no account called “%s”."), mail_account_get_id (account));
  g_object_unref (wait->outer);
  g_object_unref (wait->account);
  g_free (wait);
}

gboolean
mail_engine_remove_account_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
