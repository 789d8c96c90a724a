/* Identities and signatures: saving them, and following the folders that some keep their copies in.  Main thread; the files are a pool
 * thread's business.  What a person has set is never dropped because a folder is not there. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-log.h"

/* ---- saving ---- */

typedef struct
{
  BasePaths *paths;
  BaseAccount *account;
} IdentitiesJob;

static void
identities_job_free (gpointer data)
{
  IdentitiesJob *job = data;

  base_paths_unref (job->paths);
  base_account_free (job->account);
  g_free (job);
}

/* Pool thread. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  const IdentitiesJob *job = data;

  return base_account_save (job->account, job->paths, error) ? base_account_dup (job->account)
                                                             : NULL;
}

static void
free_account (gpointer account)
{
  base_account_free (account);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  g_autoptr (BaseAccount) account = g_task_propagate_pointer (G_TASK (result), &error);

  if (account == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  if (mail_engine_find_account (self, account->id) != NULL)
    mail_engine_put_account (self, account, 0);
  g_task_return_boolean (outer, TRUE);
}

void
mail_engine_save_identities_async (MailEngine *self, const BaseAccount *account,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL);
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  IdentitiesJob *job = g_new0 (IdentitiesJob, 1);

  job->paths = base_paths_ref (self->paths);
  job->account = base_account_dup (account);
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_saved, outer), run_save, job,
                         identities_job_free, free_account);
}

gboolean
mail_engine_save_identities_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- folders of their own ---- */

static void
on_followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mail_engine_save_identities_finish (MAIL_ENGINE (source), result, &error))
    base_log ("An identity could not follow its folder: %s", error->message);
}

static const StoreFolder *
find_row (GPtrArray *rows, gint64 id)
{
  for (guint i = 0; i < rows->len; i++)
    if (((const StoreFolder *)rows->pdata[i])->id == id)
      return rows->pdata[i];
  return NULL;
}

static gboolean
has_rows (GPtrArray *rows, gint64 account)
{
  for (guint i = 0; i < rows->len; i++)
    if (((const StoreFolder *)rows->pdata[i])->account == account)
      return TRUE;
  return FALSE;
}

static void
say_gone (MailEngine *self, const BaseIdentity *identity)
{
  g_autofree char *sentence = g_strdup_printf (
      /* Translators: folder, address */
      _ ("The folder “%1$s” is gone. What %2$s sends is kept in the usual folder for sent mail."),
      identity->sent_folder, identity->address);

  mail_engine_emit_notice (self, sentence, NULL);
}

void
mail_engine_follow_folders (MailEngine *self, MailAccount *account, GPtrArray *rows)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (account);
  g_autoptr (GPtrArray) identities = base_account_dup_identities (settings);
  gboolean moved = FALSE;

  /* Of an account that is being removed there are none. */
  if (!has_rows (rows, mail_account_get_row (account)))
    return;
  for (guint i = 0; i < identities->len; i++) {
    BaseIdentity *identity = identities->pdata[i];
    MailFolder *folder = mail_account_get_folder_by_path (account, identity->sent_folder);
    const StoreFolder *row = folder != NULL ? find_row (rows, mail_folder_get_id (folder)) : NULL;

    if (folder != NULL && row == NULL)
      say_gone (self, identity);
    if (row == NULL || g_str_equal (row->name, identity->sent_folder))
      continue;
    g_free (identity->sent_folder);
    identity->sent_folder = g_strdup (row->name);
    base_account_put_identity (settings, identity);
    moved = TRUE;
  }
  if (!moved)
    return;
  /* At once, for it may be moved again while that is written. */
  mail_account_set_settings (account, settings);
  mail_engine_save_identities_async (self, settings, on_followed, NULL);
}
