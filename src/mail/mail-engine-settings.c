/* Settings that need no sign-in: identities, name, colour, place, folders, interval, on and off.  Main thread; files are a pool thread's
 * business, rows the store thread's.  Servers are asked anew only where it matters to them. */
#include "mail-engine-private.h"
#include "mail-private.h"

/* ---- the lists ---- */

static int
compare_places (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return base_account_compare (mail_account_get_settings ((MailAccount *)a),
                               mail_account_get_settings ((MailAccount *)b));
}

static gboolean
are_in_order (GListModel *accounts)
{
  for (guint i = 0; i + 1 < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) one = g_list_model_get_item (accounts, i);
    g_autoptr (MailAccount) next = g_list_model_get_item (accounts, i + 1);

    if (compare_places (one, next, NULL) > 0)
      return FALSE;
  }
  return TRUE;
}

/* Those that are switched on are a list of their own: what is not in it, nobody sees but the preferences. */
void
mail_engine_arrange_accounts (MailEngine *self)
{
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);

  if (!are_in_order (G_LIST_MODEL (self->known)))
    g_list_store_sort (self->known, compare_places, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    if (!mail_account_get_settings (account)->disabled)
      g_ptr_array_add (shown, g_steal_pointer (&account));
  }
  mail_splice_difference (self->accounts, shown);
}

GListModel *
mail_engine_get_known_accounts (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->known);
}

/* ---- saving ---- */

typedef struct
{
  BasePaths *paths;
  SyncEngine *sync; /* borrowed; the engine waits for its calls */
  BaseAccount *account;
  gint64 row;
} SettingsJob;

static void
settings_job_free (gpointer data)
{
  SettingsJob *job = data;

  base_paths_unref (job->paths);
  base_account_free (job->account);
  g_free (job);
}

static gboolean
same_folders (const BaseAccount *a, const BaseAccount *b)
{
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    if (g_strcmp0 (a->folders[i], b->folders[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Something that the workers go by. */
static gboolean
concerns_workers (const BaseAccount *a, const BaseAccount *b)
{
  return a->bodies != b->bodies || a->months != b->months || a->check_minutes != b->check_minutes
         || !same_folders (a, b);
}

static void
put_settings (MailEngine *self, const BaseAccount *settings)
{
  MailAccount *account = mail_engine_find_account (self, settings->id);
  g_autoptr (BaseAccount) before = account != NULL ? mail_account_dup_settings (account) : NULL;

  /* It was removed meanwhile. */
  if (before == NULL)
    return;
  mail_engine_put_account (self, settings, 0);
  if (settings->disabled)
    mail_tokens_rest (mail_credentials_get_tokens (self->credentials), settings->id);
  if (before->disabled != settings->disabled) {
    mail_engine_update_views (self);
    mail_engine_count_views_soon (self);
    mail_engine_reload_folders (self, TRUE);
    mail_engine_reload_outgoing (self);
  }
  if (settings->disabled || self->sync == NULL
      || (!before->disabled && !concerns_workers (before, settings)))
    return;
  mail_engine_update_online (self);
  if (!self->deferred)
    sync_engine_add_account (self->sync, settings);
}

static void
on_rows_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  g_autoptr (BaseAccount) account = g_task_propagate_pointer (G_TASK (result), &error);

  if (account == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  put_settings (g_task_get_source_object (outer), account);
  g_task_return_boolean (outer, TRUE);
}

/* Store thread. */
static gpointer
run_set_rows (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const SettingsJob *job = data;

  return store_account_set_disabled (db, job->row, job->account->disabled, error)
             ? base_account_dup (job->account)
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
  GTask *outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  SettingsJob *job = g_task_propagate_pointer (G_TASK (result), &error);

  if (job == NULL) {
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_rows_set, outer), run_set_rows, job,
                          settings_job_free, free_account);
}

static void
slot_free (gpointer data)
{
  SettingsJob **slot = data;

  g_clear_pointer (slot, settings_job_free);
  g_free (slot);
}

/* Pool thread: waits for workers that are not wanted any more. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  SettingsJob **slot = data, *job = *slot;

  if (!base_account_save (job->account, job->paths, error))
    return NULL;
  if (job->account->disabled && job->sync != NULL)
    sync_engine_remove_account (job->sync, job->account->id);
  return g_steal_pointer (slot);
}

void
mail_engine_save_settings_async (MailEngine *self, const BaseAccount *account,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL);
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  MailAccount *known = mail_engine_find_account (self, account->id);
  SettingsJob **slot = g_new0 (SettingsJob *, 1);
  SettingsJob *job = *slot = g_new0 (SettingsJob, 1);

  job->paths = base_paths_ref (self->paths);
  job->sync = self->sync;
  job->account = base_account_dup (account);
  job->row = known != NULL ? mail_account_get_row (known) : 0;
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_saved, outer), run_save, slot, slot_free,
                         settings_job_free);
}

gboolean
mail_engine_save_settings_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the order ---- */

typedef struct
{
  BasePaths *paths;
  GPtrArray *accounts; /* of BaseAccount */
} OrderJob;

static void
order_job_free (gpointer data)
{
  OrderJob *job = data;

  base_paths_unref (job->paths);
  g_ptr_array_unref (job->accounts);
  g_free (job);
}

/* Pool thread. */
static gpointer
run_save_order (gpointer data, GCancellable *cancellable, GError **error)
{
  const OrderJob *job = data;

  for (guint i = 0; i < job->accounts->len; i++)
    if (!base_account_save (job->accounts->pdata[i], job->paths, error))
      return NULL;
  return MAIL_CALL_DONE;
}

static void
on_order_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) != NULL)
    g_task_return_boolean (outer, TRUE);
  else
    g_task_return_error (outer, error);
}

void
mail_engine_move_account_async (MailEngine *self, MailAccount *account, guint place,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account));
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  OrderJob *job = g_new0 (OrderJob, 1);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) one = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    if (one != account)
      g_ptr_array_add (wanted, g_steal_pointer (&one));
  }
  g_ptr_array_insert (wanted, (int)MIN (place, wanted->len), g_object_ref (account));
  job->paths = base_paths_ref (self->paths);
  job->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify)base_account_free);
  for (guint i = 0; i < wanted->len; i++) {
    BaseAccount *settings = mail_account_dup_settings (wanted->pdata[i]);

    g_ptr_array_add (job->accounts, settings);
    settings->position = i + 1;
    mail_account_set_settings (wanted->pdata[i], settings);
  }
  /* Seen at once, for it may be moved again while that is written. */
  mail_engine_arrange_accounts (self);
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_order_saved, outer), run_save_order, job,
                         order_job_free, NULL);
}

gboolean
mail_engine_move_account_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
