/* What a person does to folders: each a durable operation in the store thread, shown at once by the change it makes, and
 * taken back by undo.  Main thread, but for what is marked; it must never change an object itself, for the store is what is
 * true. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "store-folder.h"
#include "store-operation.h"

typedef struct
{
  StoreOperationKind kind;
  gboolean moves; /* RENAME: into `parent`, under its own name */
  gboolean subscribed;
  gint64 account, folder, parent; /* row ids, 0 none */
  char *name;
  char *sentence; /* what will have been done */
} FolderJob;

static void
folder_job_free (gpointer data)
{
  FolderJob *job = data;

  g_free (job->name);
  g_free (job->sentence);
  g_free (job);
}

/* ---- in the store thread ---- */

static gboolean
check_part (const char *name, char delimiter, GError **error)
{
  if (delimiter == 0 || strchr (name, delimiter) == NULL)
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  /* Translators: a character such as / or . */
                  _ ("The name of a folder must not contain “%c”."), delimiter);
  return FALSE;
}

/* Some servers keep all of a person's folders below INBOX ("INBOX.Work").  Those with a role are surely the person's own, and there are
 * always some; the others may be anybody's. */
static char *
dup_top (GPtrArray *folders, char delimiter)
{
  const char prefix[] = { 'I', 'N', 'B', 'O', 'X', delimiter, '\0' };
  guint below = 0;

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = folders->pdata[i];

    if (folder->role == STORE_ROLE_INBOX || folder->role == STORE_ROLE_NONE)
      continue;
    if (delimiter == 0 || g_ascii_strncasecmp (folder->name, prefix, strlen (prefix)) != 0)
      return g_strdup ("");
    below++;
  }
  return g_strdup (below > 0 ? prefix : "");
}

static char *
dup_path (StoreDb *db, gint64 account, gint64 parent, const char *name, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (db, account, error);
  const StoreFolder *above = NULL;
  char delimiter = 0;

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = folders->pdata[i];

    if (folder->id == parent)
      above = folder;
    if (delimiter == 0)
      delimiter = folder->delimiter;
  }
  if (!check_part (name, delimiter, error))
    return NULL;
  if (above != NULL && above->delimiter != 0)
    return g_strdup_printf ("%s%c%s", above->name, above->delimiter, name);
  if (parent != 0) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s",
                    above == NULL ? _ ("This folder does not exist any more.")
                                  : _ ("This server has no folders within folders."));
    return NULL;
  }
  g_autofree char *top = dup_top (folders, delimiter);

  return g_strconcat (top, name, NULL);
}

static gint64
rename_in_store (StoreDb *db, const FolderJob *job, GError **error)
{
  g_autoptr (StoreFolder) folder = store_folder_get (db, job->folder, error);
  g_autofree char *path = NULL;
  const char *last =
      folder != NULL && folder->delimiter != 0 ? strrchr (folder->name, folder->delimiter) : NULL;

  if (folder == NULL)
    return 0;
  if (job->moves) {
    path =
        dup_path (db, folder->account, job->parent, last != NULL ? last + 1 : folder->name, error);
  } else if (check_part (job->name, folder->delimiter, error)) {
    gsize length = last != NULL ? (gsize)(last - folder->name) + 1 : 0;
    g_autofree char *above = g_strndup (folder->name, length);

    path = *job->name != '\0' ? g_strconcat (above, job->name, NULL) : g_strdup ("");
  }
  return path != NULL ? store_operation_rename_folder (db, job->folder, path, error) : 0;
}

static gint64
act (StoreDb *db, const FolderJob *job, GError **error)
{
  g_autofree char *path = NULL;

  switch (job->kind) {
  case STORE_OPERATION_CREATE:
    path = *job->name != '\0' ? dup_path (db, job->account, job->parent, job->name, error)
                              : g_strdup ("");
    return path != NULL ? store_operation_create_folder (db, job->account, path, NULL, error) : 0;
  case STORE_OPERATION_RENAME:
    return rename_in_store (db, job, error);
  case STORE_OPERATION_DELETE:
    return store_operation_delete_folder (db, job->folder, MAIL_DELETE_DELAY_S, error);
  case STORE_OPERATION_SUBSCRIBE:
    return store_operation_subscribe_folder (db, job->folder, job->subscribed, error);
  case STORE_OPERATION_EMPTY:
  case STORE_OPERATION_FLAGS:
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_EXPUNGE:
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_COPY:
    break;
  }
  g_return_val_if_reached (0);
}

static gboolean
run_act (StoreDb *db, gpointer data, MailDeed *deed, GError **error)
{
  FolderJob *job = data;
  gint64 group = act (db, job, error);

  if (group == 0)
    return FALSE;
  g_array_append_val (deed->groups, group);
  deed->count = 1;
  deed->sentence = g_steal_pointer (&job->sentence);
  return TRUE;
}

/* ---- on the main thread ---- */

static FolderJob *
job_new (StoreOperationKind kind, MailFolder *folder, const char *name)
{
  FolderJob *job = g_new0 (FolderJob, 1);

  job->kind = kind;
  job->folder = folder != NULL ? mail_folder_get_id (folder) : 0;
  job->name = g_strstrip (g_strdup (name != NULL ? name : ""));
  return job;
}

static void
start (MailEngine *self, FolderJob *job, char *sentence, GAsyncReadyCallback callback,
       gpointer user_data)
{
  job->sentence = sentence;
  mail_engine_act_in_store (self, g_task_new (self, NULL, callback, user_data), FALSE, run_act, job,
                            folder_job_free);
}

void
mail_engine_create_folder_async (MailEngine *self, MailAccount *account, MailFolder *parent,
                                 const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && name != NULL);
  FolderJob *job = job_new (STORE_OPERATION_CREATE, NULL, name);

  job->account = mail_account_get_row (account);
  job->parent = parent != NULL ? mail_folder_get_id (parent) : 0;
  start (self, job, g_strdup_printf (_ ("Folder “%s” created"), job->name), callback, user_data);
}

void
mail_engine_rename_folder_async (MailEngine *self, MailFolder *folder, const char *name,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_FOLDER (folder) && name != NULL);
  FolderJob *job = job_new (STORE_OPERATION_RENAME, folder, name);

  start (self, job, g_strdup_printf (_ ("Folder renamed to “%s”"), job->name), callback, user_data);
}

void
mail_engine_move_folder_async (MailEngine *self, MailFolder *folder, MailFolder *parent,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_FOLDER (folder));
  FolderJob *job = job_new (STORE_OPERATION_RENAME, folder, NULL);

  job->moves = TRUE;
  job->parent = parent != NULL ? mail_folder_get_id (parent) : 0;
  start (self, job, g_strdup_printf (_ ("Folder “%s” moved"), mail_folder_get_name (folder)),
         callback, user_data);
}

void
mail_engine_delete_folder_async (MailEngine *self, MailFolder *folder, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_FOLDER (folder));

  start (self, job_new (STORE_OPERATION_DELETE, folder, NULL),
         g_strdup_printf (_ ("Folder “%s” deleted"), mail_folder_get_name (folder)), callback,
         user_data);
}

void
mail_engine_subscribe_folder_async (MailEngine *self, MailFolder *folder, gboolean subscribed,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_FOLDER (folder));
  FolderJob *job = job_new (STORE_OPERATION_SUBSCRIBE, folder, NULL);

  job->subscribed = subscribed;
  start (self, job,
         g_strdup_printf (subscribed ? _ ("Subscribed to “%s”") : _ ("Subscription to “%s” ended"),
                          mail_folder_get_name (folder)),
         callback, user_data);
}
