/* Account files that cannot be used: what is wrong with them, and reading them again once somebody has put them right.  Main thread; files are
 * a pool thread's business, rows the store thread's.  Must never write over such a file. */
#include "mail-engine-private.h"
#include "mail-private.h"

typedef struct
{
  BasePaths *paths;
  GPtrArray *settings; /* of BaseAccount */
  GArray *rows;        /* of gint64, one per settings */
  GStrv broken;
  GHashTable *known; /* ids of the accounts that were there before */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  base_paths_unref (reading->paths);
  g_clear_pointer (&reading->settings, g_ptr_array_unref);
  g_clear_pointer (&reading->rows, g_array_unref);
  g_strfreev (reading->broken);
  g_hash_table_unref (reading->known);
  g_free (reading);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static void
slot_free (gpointer data)
{
  Reading **slot = data;

  g_clear_pointer (slot, reading_free);
  g_free (slot);
}

const char *const *
mail_engine_get_broken (MailEngine *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (MAIL_IS_ENGINE (self), none);
  return self->broken != NULL ? (const char *const *)self->broken : none;
}

void
mail_engine_set_broken (MailEngine *self, GStrv broken)
{
  g_strfreev (self->broken);
  self->broken = g_strdupv (broken);
  g_object_notify (G_OBJECT (self), "broken");
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  g_autoptr (Reading) reading = g_task_propagate_pointer (G_TASK (result), &error);

  if (reading == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  for (guint i = 0; i < reading->settings->len; i++) {
    const BaseAccount *settings = reading->settings->pdata[i];

    /* Set up meanwhile. */
    if (mail_engine_find_account (self, settings->id) != NULL)
      continue;
    mail_engine_put_account (self, settings, g_array_index (reading->rows, gint64, i));
    mail_engine_reload_folders (self, TRUE);
    mail_engine_update_online (self);
    if (self->sync != NULL && !self->deferred && !settings->disabled)
      sync_engine_add_account (self->sync, settings);
  }
  mail_engine_set_broken (self, reading->broken);
  g_task_return_boolean (outer, TRUE);
}

/* Store thread. */
static gpointer
run_rows (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Reading **slot = data, *reading = *slot;

  reading->rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < reading->settings->len; i++) {
    const BaseAccount *settings = reading->settings->pdata[i];
    gint64 row = store_account_ensure (db, settings->id, error);

    if (row == 0 || !store_account_set_disabled (db, row, settings->disabled, error))
      return NULL;
    g_array_append_val (reading->rows, row);
  }
  return g_steal_pointer (slot);
}

/* What is known is the person's, as it is here; or they have removed it since. */
static void
leave_known (Reading *reading)
{
  for (guint i = reading->settings->len; i-- > 0;)
    if (g_hash_table_contains (reading->known, ((BaseAccount *)reading->settings->pdata[i])->id))
      g_ptr_array_remove_index (reading->settings, i);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;
  Reading **slot = g_new0 (Reading *, 1);

  /* It does not fail: what cannot be used is told with the rest. */
  *slot = g_task_propagate_pointer (G_TASK (result), NULL);
  leave_known (*slot);
  mail_engine_call_store (g_task_get_source_object (outer), g_task_new (NULL, NULL, on_rows, outer),
                          run_rows, slot, slot_free, reading_free);
}

/* Pool thread. */
static gpointer
run_read (gpointer data, GCancellable *cancellable, GError **error)
{
  Reading **slot = data, *reading = *slot;

  reading->settings = base_account_load_all (reading->paths, &reading->broken);
  return g_steal_pointer (slot);
}

void
mail_engine_read_accounts_async (MailEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  Reading **slot = g_new0 (Reading *, 1);

  *slot = g_new0 (Reading, 1);
  (*slot)->paths = base_paths_ref (self->paths);
  (*slot)->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    g_hash_table_add ((*slot)->known, g_strdup (mail_account_get_id (account)));
  }
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_read, outer), run_read, slot, slot_free,
                         reading_free);
}

gboolean
mail_engine_read_accounts_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
