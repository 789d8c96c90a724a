/* The list of what was written and has not gone, and what can be done about it.  The rows and
 * the drafts' files are read in the store thread; the main thread only compares. */
#include "mail-draft-private.h"
#include "mail-engine-private.h"
#include "mail-outgoing-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"

/* ---- reading ---- */

void
mail_outgoing_rows_free (MailOutgoingRows *rows)
{
  g_clear_pointer (&rows->outbox, g_ptr_array_unref);
  g_clear_pointer (&rows->drafts, g_ptr_array_unref);
  g_free (rows);
}

static gboolean
is_queued (const MailOutgoingRows *rows, const char *draft)
{
  for (guint i = 0; i < rows->outbox->len; i++)
    if (g_str_equal (((StoreOutbox *)rows->outbox->pdata[i])->draft, draft))
      return TRUE;
  return FALSE;
}

/* Whoever has just closed it may still throw it away, and take that back: for that its files are here. */
static gboolean
is_just_kept (const StoreDraft *draft)
{
  gint64 age = g_get_real_time () / G_USEC_PER_SEC - draft->modified;

  return age >= 0 && age < MAIL_JUST_KEPT_S;
}

/* Store thread.  What stands in a Drafts folder is no row here too; and once the server has it, soon not even a file. */
static gboolean
leave_out_put (StoreDb *db, BasePaths *paths, MailOutgoingRows *rows, GError **error)
{
  for (guint i = rows->drafts->len; i-- > 0;) {
    const StoreDraft *draft = rows->drafts->pdata[i];
    gboolean arrived = FALSE;
    int put = draft->editing || draft->discarded != 0 || is_queued (rows, draft->id)
                  ? 0
                  : store_draft_is_put (db, draft, &arrived, error);
    g_autoptr (GError) local = NULL;

    if (put < 0)
      return FALSE;
    if (put == 0)
      continue;
    if (arrived && !is_just_kept (draft) && !store_draft_remove (paths, draft->id, &local))
      base_log ("could not remove a draft that the server has: %s", local->message);
    g_ptr_array_remove_index (rows->drafts, i);
  }
  return TRUE;
}

MailOutgoingRows *
mail_outgoing_rows_read (StoreDb *db, BasePaths *paths, GError **error)
{
  g_autoptr (MailOutgoingRows) rows = g_new0 (MailOutgoingRows, 1);

  rows->outbox = store_outbox_list (db, 0, error);
  if (rows->outbox == NULL)
    return NULL;
  rows->drafts = store_draft_list (paths, error);
  if (rows->drafts == NULL || !leave_out_put (db, paths, rows, error))
    return NULL;
  return g_steal_pointer (&rows);
}

static MailOutgoing *
dup_known (MailEngine *self, const char *draft)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->outgoing)); i++) {
    g_autoptr (MailOutgoing) item = g_list_model_get_item (G_LIST_MODEL (self->outgoing), i);

    if (g_str_equal (mail_outgoing_get_draft (item), draft))
      return g_steal_pointer (&item);
  }
  return mail_outgoing_new (draft);
}

static MailAccount *
dup_account (MailEngine *self, gint64 row)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    if (mail_account_get_row (account) == row)
      return g_steal_pointer (&account);
  }
  return NULL;
}

/* NULL: nothing. */
static const char *
find_obstacle (MailEngine *self, const StoreOutbox *row)
{
  g_autoptr (MailAccount) account = dup_account (self, row->account);

  if (account == NULL)
    return NULL;
  if (mail_account_get_disabled (account))
    return _ ("Waiting until the account is switched on");
  if (row->route == NULL && !base_account_can_send (mail_account_get_settings (account)))
    return _ ("The account only receives mail");
  return mail_account_get_status (account) == MAIL_ACCOUNT_OFFLINE
             ? _ ("Waiting for a connection to the server")
             : NULL;
}

static void
fill (MailEngine *self, MailOutgoing *item, const StoreOutbox *row)
{
  mail_outgoing_fill_outbox (item, row, find_obstacle (self, row));
  if (self->on_its_way.outbox != row->id)
    return;
  if (row->state == STORE_OUTBOX_FAILED || row->state == STORE_OUTBOX_UNCERTAIN)
    self->on_its_way.outbox = 0;
  else
    mail_outgoing_set_progress (item, self->on_its_way.sent, self->on_its_way.total);
}

/* The outbox first, for there somebody waits; then drafts that no composer has open. */
static GPtrArray *
arrange (MailEngine *self, const MailOutgoingRows *rows)
{
  GPtrArray *wanted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) queued = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->outbox->len; i++) {
    const StoreOutbox *row = rows->outbox->pdata[i];

    g_hash_table_add (queued, row->draft);
    if (row->state == STORE_OUTBOX_SENT)
      continue;
    MailOutgoing *item = dup_known (self, row->draft);
    fill (self, item, row);
    g_ptr_array_add (wanted, item);
  }
  for (guint i = 0; i < rows->drafts->len; i++) {
    const StoreDraft *draft = rows->drafts->pdata[i];

    if (draft->editing || draft->discarded != 0 || g_hash_table_contains (queued, draft->id))
      continue;
    MailOutgoing *item = dup_known (self, draft->id);
    mail_outgoing_fill_draft (item, draft);
    g_ptr_array_add (wanted, item);
  }
  return wanted;
}

void
mail_engine_set_outgoing (MailEngine *self, const MailOutgoingRows *rows)
{
  g_autoptr (GPtrArray) wanted = arrange (self, rows);
  GListModel *model = G_LIST_MODEL (self->outgoing);
  guint n_old = g_list_model_get_n_items (model), head = 0;

  self->sending = self->unsent = FALSE;
  for (guint i = 0; i < rows->outbox->len; i++) {
    const StoreOutbox *row = rows->outbox->pdata[i];

    self->sending |= row->state == STORE_OUTBOX_SENDING;
    self->unsent |= row->state == STORE_OUTBOX_QUEUED && row->attempts == 0 && row->error == NULL
                    && find_obstacle (self, row) == NULL;
  }
  for (; head < n_old && head < wanted->len; head++) {
    g_autoptr (MailOutgoing) item = g_list_model_get_item (model, head);

    if (item != wanted->pdata[head])
      break;
  }
  if (head < n_old || head < wanted->len)
    g_list_store_splice (self->outgoing, head, n_old - head, wanted->pdata + head,
                         wanted->len - head);
}

/* Store thread. */
static gpointer
run_read (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return mail_outgoing_rows_read (db, data, error);
}

static void
rows_free (gpointer rows)
{
  mail_outgoing_rows_free (rows);
}

static void
paths_free (gpointer paths)
{
  base_paths_unref (paths);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailEngine) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailOutgoingRows) rows = g_task_propagate_pointer (G_TASK (result), &error);

  self->outgoing_running = FALSE;
  if (rows != NULL)
    mail_engine_set_outgoing (self, rows);
  else if (!base_error_is_cancelled (error))
    base_log ("The outgoing mail could not be read: %s", error->message);
  if (self->outgoing_stale)
    mail_engine_reload_outgoing (self);
}

void
mail_engine_reload_outgoing (MailEngine *self)
{
  self->outgoing_stale = self->outgoing_running;
  if (self->outgoing_running || self->store_thread == NULL)
    return;
  self->outgoing_running = TRUE;
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_read, g_object_ref (self)), run_read,
                          base_paths_ref (self->paths), paths_free, rows_free);
}

static void
weak_free (gpointer weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static gboolean
on_later (gpointer weak)
{
  g_autoptr (MailEngine) self = g_weak_ref_get (weak);

  if (self != NULL)
    mail_engine_reload_outgoing (self);
  return G_SOURCE_REMOVE;
}

void
mail_engine_reload_outgoing_later (MailEngine *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  g_timeout_add_seconds_full (G_PRIORITY_LOW, MAIL_JUST_KEPT_S + 1, on_later, weak, weak_free);
}

GListModel *
mail_engine_get_outgoing (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->outgoing);
}

gboolean
mail_engine_is_sending (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), FALSE);
  return self->sending;
}

gboolean
mail_engine_has_unsent (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), FALSE);
  return self->unsent;
}

GPtrArray *
mail_engine_take_crashed_drafts (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  GPtrArray *drafts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->crashed->len; i++)
    g_ptr_array_add (drafts,
                     mail_draft_new_take (self, store_draft_dup (self->crashed->pdata[i]), TRUE));
  g_ptr_array_set_size (self->crashed, 0);
  return drafts;
}

/* ---- verbs ---- */

typedef struct
{
  BasePaths *paths;
  gint64 outbox; /* 0: a draft */
  MailOutgoingState seen;
  char *draft;
} OutgoingJob;

static void
outgoing_job_free (gpointer data)
{
  OutgoingJob *job = data;

  base_paths_unref (job->paths);
  g_free (job->draft);
  g_free (job);
}

static OutgoingJob *
outgoing_job_new (MailEngine *self, MailOutgoing *outgoing)
{
  OutgoingJob *job = g_new0 (OutgoingJob, 1);

  job->paths = base_paths_ref (self->paths);
  job->outbox = mail_outgoing_get_outbox (outgoing);
  job->seen = mail_outgoing_get_state (outgoing);
  job->draft = g_strdup (mail_outgoing_get_draft (outgoing));
  return job;
}

static void
on_verb_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  if (self->sync != NULL)
    sync_engine_outbox_changed (self->sync, NULL);
  mail_engine_reload_outgoing (self);
  g_task_return_boolean (outer, TRUE);
}

static StoreOutboxState
store_state_of (MailOutgoingState state)
{
  switch (state) {
  case MAIL_OUTGOING_QUEUED:
    return STORE_OUTBOX_QUEUED;
  case MAIL_OUTGOING_UNCERTAIN:
    return STORE_OUTBOX_UNCERTAIN;
  case MAIL_OUTGOING_FAILED:
  case MAIL_OUTGOING_SENDING:
  case MAIL_OUTGOING_DRAFT:
    break;
  }
  return STORE_OUTBOX_FAILED;
}

/* A person asked: now, not when the back-off is over. */
static void
on_send_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  g_autoptr (MailAccount) account =
      dup_account (self, *(const gint64 *)g_task_get_task_data (outer));

  if (account != NULL && self->sync != NULL && !g_task_had_error (G_TASK (result)))
    sync_engine_retry (self->sync, mail_account_get_id (account));
  on_verb_done (source, result, outer);
}

/* Store thread. */
static gpointer
run_send_again (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  OutgoingJob *job = data;

  if (job->outbox == 0) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("This is a draft. Open it to send it."));
    return NULL;
  }
  return store_outbox_send_again (db, job->outbox, store_state_of (job->seen), error)
             ? MAIL_CALL_DONE
             : NULL;
}

void
mail_engine_send_again_async (MailEngine *self, MailOutgoing *outgoing,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_OUTGOING (outgoing));
  GTask *outer = g_task_new (self, NULL, callback, user_data);

  if (mail_outgoing_get_state (outgoing) == MAIL_OUTGOING_SENDING) {
    g_task_return_boolean (outer, TRUE); /* it is on its way */
    g_object_unref (outer);
    return;
  }
  gint64 account = mail_outgoing_get_account (outgoing);
  g_task_set_task_data (outer, g_memdup2 (&account, sizeof account), g_free);
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_send_again, outer), run_send_again,
                          outgoing_job_new (self, outgoing), outgoing_job_free, NULL);
}

gboolean
mail_engine_send_again_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Store thread.  It is not answered after all. */
static void
unmark_source (StoreDb *db, BasePaths *paths, StoreDraft *draft)
{
  g_autoptr (GError) error = NULL;

  if (!mail_draft_mark_source (db, paths, draft, FALSE, &error))
    base_log ("A message could not be unmarked: %s", error->message);
}

/* The copy was taken off the server when it was sent or discarded: it gets a new one. */
static void
forget_copy (StoreDraft *draft)
{
  g_clear_pointer (&draft->server_id, g_free);
  draft->server_size = 0;
  g_clear_pointer (&draft->server_before, g_free);
  draft->on_server = FALSE;
}

gboolean
mail_engine_stop_sending (MailEngine *self, MailOutgoing *outgoing, GError **error)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_OUTGOING (outgoing), FALSE);
  g_autoptr (MailAccount) account = dup_account (self, mail_outgoing_get_account (outgoing));

  if (account != NULL && self->sync != NULL
      && sync_engine_stop_sending (self->sync, mail_account_get_id (account),
                                   mail_outgoing_get_outbox (outgoing)))
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("It is being handed over to the server, and that cannot be undone."));
  return FALSE;
}

/* Store thread: gives the StoreDraft, marked as open before anybody has it.  Read first: where the
 * draft cannot be read, the bytes to send are the only copy and must stay. */
static gpointer
run_edit (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  OutgoingJob *job = data;
  g_autoptr (StoreDraft) draft = store_draft_load (job->paths, job->draft, error);

  if (draft == NULL || (job->outbox != 0 && !store_outbox_edit (db, job->outbox, error)))
    return NULL;
  draft->editing = TRUE;
  if (job->outbox != 0)
    forget_copy (draft);
  unmark_source (db, job->paths, draft);
  return store_draft_save (job->paths, draft, error) ? g_steal_pointer (&draft) : NULL;
}

static void
draft_free (gpointer draft)
{
  store_draft_free (draft);
}

static void
on_edited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  StoreDraft *draft = g_task_propagate_pointer (G_TASK (result), &error);

  mail_engine_reload_outgoing (self);
  if (draft != NULL)
    g_task_return_pointer (outer, mail_draft_new_take (self, draft, TRUE), g_object_unref);
  else
    g_task_return_error (outer, error);
}

void
mail_engine_edit_outgoing_async (MailEngine *self, MailOutgoing *outgoing,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_OUTGOING (outgoing));
  GTask *outer = g_task_new (self, NULL, callback, user_data);

  mail_engine_call_store (self, g_task_new (NULL, NULL, on_edited, outer), run_edit,
                          outgoing_job_new (self, outgoing), outgoing_job_free, draft_free);
}

MailDraft *
mail_engine_edit_outgoing_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Store thread: as run_edit (), but of what was sent or discarded and of nothing else. */
static gpointer
run_take_back (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  OutgoingJob *job = data;
  g_autoptr (GError) local = NULL;
  g_autoptr (StoreDraft) draft = store_draft_load (job->paths, job->draft, &local);

  if (draft != NULL && draft->discarded == 0)
    (void)store_outbox_edit_draft (db, job->draft, &local);
  if (g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message was sent already."));
    return NULL;
  }
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  draft->editing = TRUE;
  draft->discarded = 0;
  forget_copy (draft);
  unmark_source (db, job->paths, draft);
  return store_draft_save (job->paths, draft, error) ? g_steal_pointer (&draft) : NULL;
}

/* Takes the task. */
static void
call_for_draft (MailEngine *self, const char *draft, GTask *task, MailStoreFunc run,
                GDestroyNotify free_result)
{
  OutgoingJob *job = g_new0 (OutgoingJob, 1);

  job->paths = base_paths_ref (self->paths);
  job->draft = g_strdup (draft);
  mail_engine_call_store (self, task, run, job, outgoing_job_free, free_result);
}

void
mail_engine_take_back_async (MailEngine *self, const char *draft, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && draft != NULL);

  call_for_draft (self, draft,
                  g_task_new (NULL, NULL, on_edited, g_task_new (self, NULL, callback, user_data)),
                  run_take_back, draft_free);
}

MailDraft *
mail_engine_take_back_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Store thread. */
static gpointer
run_release (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_outbox_release (db, error) ? MAIL_CALL_DONE : NULL;
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailEngine) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL)
    base_log ("What is held back could not be let go: %s", error->message);
  else if (self->sync != NULL)
    sync_engine_outbox_changed (self->sync, NULL);
}

void
mail_engine_send_held (MailEngine *self)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_released, g_object_ref (self)),
                          run_release, NULL, NULL, NULL);
}

/* Store thread. */
static gpointer
run_remove (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  OutgoingJob *job = data;

  g_autoptr (StoreDraft) draft = NULL;

  if (job->outbox != 0 && !store_outbox_edit (db, job->outbox, error))
    return NULL;
  draft = store_draft_load (job->paths, job->draft, NULL);
  if (draft == NULL)
    return store_draft_remove (job->paths, job->draft, error) ? MAIL_CALL_DONE : NULL;
  draft->discarded = g_get_real_time () / G_USEC_PER_SEC;
  draft->editing = FALSE;
  unmark_source (db, job->paths, draft);
  return store_draft_save (job->paths, draft, error)
                 && store_draft_take_off (db, draft, MAIL_DELETE_DELAY_S, error)
             ? MAIL_CALL_DONE
             : NULL;
}

/* Store thread. */
static gpointer
run_discard (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  OutgoingJob *job = data;
  g_autoptr (StoreDraft) draft = store_draft_load (job->paths, job->draft, error);
  g_autoptr (MailOutgoingRows) rows = mail_outgoing_rows_read (db, job->paths, error);

  if (draft == NULL || rows == NULL)
    return NULL;
  if (is_queued (rows, draft->id)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("This message was sent already."));
    return NULL;
  }
  if (draft->editing) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("This draft is open in a window already."));
    return NULL;
  }
  return run_remove (db, data, cancellable, error);
}

void
mail_engine_discard_draft_async (MailEngine *self, const char *draft, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && draft != NULL);

  call_for_draft (
      self, draft,
      g_task_new (NULL, NULL, on_verb_done, g_task_new (self, NULL, callback, user_data)),
      run_discard, NULL);
}

gboolean
mail_engine_discard_draft_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mail_engine_remove_outgoing_async (MailEngine *self, MailOutgoing *outgoing,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_OUTGOING (outgoing));
  GTask *outer = g_task_new (self, NULL, callback, user_data);

  mail_engine_call_store (self, g_task_new (NULL, NULL, on_verb_done, outer), run_remove,
                          outgoing_job_new (self, outgoing), outgoing_job_free, NULL);
}

gboolean
mail_engine_remove_outgoing_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
