/* Settings that need no sign-in: identities, name, colour, place, folders, interval, on and off; and what follows from settings that were
 * saved.  Main thread.  Servers are asked anew only where it matters to them. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include "base-log.h"

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

/* ---- after it was written ---- */

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
         || !same_folders (a, b) || !mail_engine_same_senders (a, b);
}

static void
switch_account (MailEngine *self)
{
  mail_engine_update_views (self);
  mail_engine_count_views_soon (self);
  mail_engine_reload_folders (self, TRUE);
  mail_engine_reload_outgoing (self);
}

void
mail_engine_take_settings (MailEngine *self, const BaseAccount *before, const BaseAccount *saved,
                           const BaseAccount *shown, gint64 row, gboolean servers)
{
  gboolean was_off = before == NULL || before->disabled;

  mail_engine_put_account (self, shown, row);
  if (saved->disabled)
    mail_tokens_rest (mail_credentials_get_tokens (self->credentials), saved->id);
  if (before != NULL && before->disabled != saved->disabled)
    switch_account (self);
  else if (servers)
    mail_engine_reload_folders (self, TRUE);
  if (before != NULL)
    mail_engine_forget_senders (self, before, saved);
  if (self->sync == NULL || (!servers && !was_off && !concerns_workers (before, saved)))
    return;
  mail_engine_update_online (self);
  if (!saved->disabled && !self->deferred)
    sync_engine_add_account (self->sync, saved);
}

/* ---- edits ---- */

MailEdit *
mail_engine_begin_edit (MailEngine *self, MailAccount *account)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account), NULL);
  MailEdit *edit = g_new0 (MailEdit, 1);

  edit->settings = mail_engine_dup_expected (self, account);
  edit->before = base_account_dup (edit->settings);
  return edit;
}

void
mail_edit_free (MailEdit *edit)
{
  base_account_free (edit->settings);
  base_account_free (edit->before);
  g_free (edit);
}

void
mail_engine_save_edit_async (MailEngine *self, const MailEdit *edit, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && edit != NULL);
  g_autoptr (GTask) outer = g_task_new (self, NULL, callback, user_data);

  mail_engine_queue_change (self, mail_change_new (outer, edit->before, edit->settings));
}

gboolean
mail_engine_save_edit_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_int (G_TASK (result), error) >= 0;
}

void
mail_engine_save_edit_at_once (MailEngine *self, const MailEdit *edit, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) outer = g_task_new (self, NULL, callback, user_data);
  MailChange *change = mail_change_new (outer, edit->before, edit->settings);

  change->at_once = TRUE;
  mail_engine_queue_change (self, change);
}

/* ---- the order ---- */

/* Each account has a file, and all are waited for. */
typedef struct
{
  GTask *outer;
  GPtrArray *edits; /* of MailEdit */
  guint left;
  GError *error; /* the first one */
} Order;

static void
on_put_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mail_engine_save_edit_finish (MAIL_ENGINE (source), result, &error))
    base_log ("An account could not be put back to its place: %s", error->message);
}

/* Those that were written before one failed; what was moved since stays where it is. */
static void
put_back (MailEngine *self, const MailEdit *done)
{
  MailAccount *account = mail_engine_find_account (self, done->settings->id);
  g_autoptr (MailEdit) edit = account != NULL ? mail_engine_begin_edit (self, account) : NULL;

  if (edit == NULL || edit->settings->position != done->settings->position)
    return;
  edit->settings->position = done->before->position;
  mail_engine_save_edit_at_once (self, edit, on_put_back, NULL);
}

static void
finish_order (Order *order)
{
  MailEngine *self = g_task_get_source_object (order->outer);

  for (guint i = 0; order->error != NULL && i < order->edits->len; i++)
    put_back (self, order->edits->pdata[i]);
  mail_engine_arrange_accounts (self);
  if (order->error != NULL)
    g_task_return_error (order->outer, order->error);
  else
    g_task_return_boolean (order->outer, TRUE);
  g_object_unref (order->outer);
  g_ptr_array_unref (order->edits);
  g_free (order);
}

static void
on_placed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Order *order = user_data;
  GError *error = NULL;

  if (!mail_engine_save_edit_finish (MAIL_ENGINE (source), result, &error)) {
    if (order->error == NULL)
      order->error = error;
    else
      g_error_free (error);
  }
  if (--order->left == 0)
    finish_order (order);
}

void
mail_engine_move_account_async (MailEngine *self, MailAccount *account, guint place,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account));
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  Order *order = g_new0 (Order, 1);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) one = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    if (one != account)
      g_ptr_array_add (wanted, g_steal_pointer (&one));
  }
  g_ptr_array_insert (wanted, (int)MIN (place, wanted->len), g_object_ref (account));
  order->outer = g_task_new (self, NULL, callback, user_data);
  order->edits = g_ptr_array_new_with_free_func ((GDestroyNotify)mail_edit_free);
  order->left = wanted->len;
  for (guint i = 0; i < wanted->len; i++) {
    MailEdit *edit = mail_engine_begin_edit (self, wanted->pdata[i]);

    edit->settings->position = i + 1;
    g_ptr_array_add (order->edits, edit);
  }
  /* Seen at once, for it may be moved again while that is written. */
  for (guint i = 0; i < wanted->len; i++)
    mail_engine_save_edit_at_once (self, order->edits->pdata[i], on_placed, order);
  mail_engine_arrange_accounts (self);
}

gboolean
mail_engine_move_account_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
