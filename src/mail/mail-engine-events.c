/* What the store and the workers tell: first heard on their threads, where it is only queued,
 * then given on the main thread to the lists, the folders, the accounts and the outgoing mail. */
#include "mail-engine-private.h"
#include "mail-outgoing-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"

/* ---- on worker threads ---- */

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  MailEngine *self = user_data; /* its credentials may be used by any thread, nothing else of it */

  return mail_credentials_lookup_secret (self->credentials, account, protocol, FALSE, cancellable,
                                         error);
}

static void
secret_refused (const BaseAccount *account, const char *secret, gpointer user_data)
{
  mail_credentials_doubt (((MailEngine *)user_data)->credentials, account, secret);
}

static void
signed_in (const BaseAccount *account, const char *protocol, gpointer user_data)
{
  mail_credentials_prove (((MailEngine *)user_data)->credentials, account, protocol);
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
  mail_changes_push_state (((MailEngine *)user_data)->changes, account_id, state);
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
  StoreKey newest = 0;

  for (gsize i = 0; i < n; i++)
    newest = MAX (newest, keys[i]);
  if (n > 0)
    mail_changes_push_arrived (((MailEngine *)user_data)->changes, account_id, folder, newest,
                               (guint)n);
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  mail_changes_push_refused (((MailEngine *)user_data)->changes, account_id, sentence, detail);
}

static void
sending (const char *account_id, gint64 outbox, guint64 sent, guint64 total, gpointer user_data)
{
  mail_changes_push_sending (((MailEngine *)user_data)->changes, outbox, sent, total);
}

static void
proved (const char *account_id, const char *protocol, const char *host, BaseProof proof,
        gpointer user_data)
{
  mail_changes_push_proved (((MailEngine *)user_data)->changes, account_id, protocol, host, proof);
}

const SyncEvents mail_engine_sync_events = {
  .get_password = get_password,
  .state_changed = state_changed,
  .arrived = arrived,
  .refused = refused,
  .sending = sending,
  .proved = proved,
  .signed_in = signed_in,
  .secret_refused = secret_refused,
};

/* ---- looking up ---- */

MailAccount *
mail_engine_find_account (MailEngine *self, const char *id)
{
  for (guint i = 0; id != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    if (g_str_equal (mail_account_get_id (account), id))
      return account; /* the list keeps it */
  }
  return NULL;
}

MailFolder *
mail_engine_find_folder (MailEngine *self, gint64 id)
{
  if (id < 0)
    return mail_engine_find_view (self, id);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
    GListModel *folders = mail_account_get_folders (account);

    for (guint j = 0; j < g_list_model_get_n_items (folders); j++) {
      g_autoptr (MailFolder) folder = g_list_model_get_item (folders, j);

      if (mail_folder_get_id (folder) == id)
        return folder; /* its account keeps it */
    }
  }
  return NULL;
}

GHashTable *
mail_engine_list_labels (MailEngine *self)
{
  GHashTable *labels = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
    gint64 row = mail_account_get_row (account);

    g_hash_table_insert (labels, g_memdup2 (&row, sizeof row),
                         g_strdup (mail_account_get_label (account)));
  }
  return labels;
}

gboolean
mail_engine_owns_address (MailEngine *self, const char *address)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

    if (base_account_match_address (mail_account_get_settings (account), address, NULL)
        != BASE_ADDRESS_OTHER)
      return TRUE;
  }
  return FALSE;
}

void
mail_engine_emit_notice (MailEngine *self, const char *sentence, const char *detail)
{
  g_signal_emit (self, mail_engine_signals[MAIL_ENGINE_NOTICE], 0, sentence, detail);
}

/* ---- folders ---- */

/* Ids to read, or NULL for all. Store thread. */
static gpointer
read_folders (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  GArray *ids = data;

  if (ids == NULL)
    return store_folder_list (db, 0, error);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (GError) local = NULL;
    StoreFolder *row = store_folder_get (db, g_array_index (ids, gint64, i), &local);

    if (row != NULL) {
      g_ptr_array_add (rows, row);
    } else if (!g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  }
  return g_steal_pointer (&rows);
}

void
mail_engine_set_folders (MailEngine *self, GPtrArray *rows)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

    mail_engine_follow_folders (self, account, rows);
    mail_account_set_folders (account, rows);
  }
  mail_engine_update_views (self);
  mail_engine_count_views_soon (self);
  for (guint i = 0; i < self->lists->len; i++)
    mail_message_list_folders_came (self->lists->pdata[i]);
}

typedef struct
{
  MailEngine *engine;
  gboolean list;
} FoldersWait;

static void
on_folders (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree FoldersWait *wait = user_data;
  g_autoptr (MailEngine) self = wait->engine;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = g_task_propagate_pointer (G_TASK (result), &error);

  self->folders_running = FALSE;
  if (rows == NULL) {
    if (!base_error_is_cancelled (error))
      base_log ("The folders could not be read: %s", error->message);
    return;
  }
  if (wait->list) {
    mail_engine_set_folders (self, rows);
  } else {
    for (guint i = 0; i < rows->len; i++) {
      const StoreFolder *row = rows->pdata[i];
      MailFolder *folder = mail_engine_find_folder (self, row->id);

      if (folder != NULL)
        mail_folder_update_state (folder, row);
    }
    mail_engine_update_views (self);
  }
  if (self->folder_list_stale || g_hash_table_size (self->stale_folders) > 0)
    mail_engine_reload_folders (self, FALSE);
}

void
mail_engine_reload_folders (MailEngine *self, gboolean list)
{
  GArray *ids = NULL;
  GHashTableIter iter;
  gpointer id;

  self->folder_list_stale |= list;
  if (self->folders_running || self->store_thread == NULL)
    return;
  if (!self->folder_list_stale) {
    ids = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_hash_table_iter_init (&iter, self->stale_folders);
    while (g_hash_table_iter_next (&iter, &id, NULL))
      g_array_append_vals (ids, id, 1);
  }
  FoldersWait *wait = g_new0 (FoldersWait, 1);
  *wait = (FoldersWait){ g_object_ref (self), self->folder_list_stale };
  self->folders_running = TRUE;
  self->folder_list_stale = FALSE;
  g_hash_table_remove_all (self->stale_folders);
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_folders, wait), read_folders, ids,
                          (GDestroyNotify)g_array_unref, (GDestroyNotify)g_ptr_array_unref);
}

/* ---- on the main thread ---- */

static void
handle_changed (StoreChange *change, gpointer user_data)
{
  MailEngine *self = user_data;

  /* Who reads a conversation that leaves a list, asks it where it has gone; the rows of the list are read first. */
  for (guint j = 0; j < self->threads->len; j++)
    mail_thread_note (self->threads->pdata[j], change);
  for (guint i = 0; i < change->messages->len; i++) {
    const StoreFolderChange *part = change->messages->pdata[i];

    if (part->folder < 0)
      mail_engine_count_views_soon (self);
    /* A list may go away, or come, while one is told. */
    for (guint j = self->lists->len; j > 0; j--) {
      if (j > self->lists->len)
        continue;
      g_autoptr (MailMessageList) list = g_object_ref (self->lists->pdata[j - 1]);

      mail_message_list_apply (list, change, part);
    }
  }
  for (guint j = self->threads->len; j > 0; j--) {
    g_autoptr (MailThread) thread = g_object_ref (self->threads->pdata[j - 1]);

    mail_thread_go_on (thread);
  }
  if (change->messages->len > 0)
    mail_engine_count_searches_soon (self);
  if (change->messages->len > 0 && self->people != NULL)
    mail_people_note (self->people);
  if (self->indexer != NULL)
    mail_indexer_note (self->indexer, change);
  for (guint i = 0; i < change->counts->len; i++)
    g_hash_table_add (self->stale_folders,
                      g_memdup2 (&g_array_index (change->counts, gint64, i), sizeof (gint64)));
  if (change->folder_list || change->counts->len > 0)
    mail_engine_reload_folders (self, change->folder_list);
  if (change->outbox)
    mail_engine_reload_outgoing (self);
}

static void
handle_state (const char *account_id, const SyncState *state, gpointer user_data)
{
  MailEngine *self = user_data;
  MailAccount *account = mail_engine_find_account (self, account_id);

  /* What its workers said last, before they ended. */
  if (account == NULL || mail_account_get_settings (account)->disabled)
    return;
  g_autoptr (MailAccount) kept = g_object_ref (account);
  gboolean knew_password = mail_account_needs_password (kept);
  const char *asked = mail_account_get_asked (kept); /* static */
  gboolean knew_sign_in = mail_account_needs_sign_in (kept);
  MailAccountStatus before = mail_account_get_status (kept);

  mail_account_set_state (kept, state);
  /* Why something waits may be told otherwise now. */
  if (before != mail_account_get_status (kept)
      && g_list_model_get_n_items (G_LIST_MODEL (self->outgoing)) > 0)
    mail_engine_reload_outgoing (self);
  if ((mail_account_needs_password (kept)
       && (!knew_password || !g_str_equal (asked, mail_account_get_asked (kept))))
      || (mail_account_needs_sign_in (kept) && !knew_sign_in))
    g_signal_emit (self, mail_engine_signals[MAIL_ENGINE_PASSWORD_NEEDED], 0, kept,
                   mail_account_get_state_text (kept), state->detail);
}

typedef struct
{
  MailEngine *engine;
  guint count;
} ArrivedWait;

/* Store thread. */
static gpointer
read_message (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_message_get (db, *(gint64 *)data, error);
}

static void
row_free (gpointer row)
{
  store_message_free (row);
}

static void
on_arrived_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree ArrivedWait *wait = user_data;
  g_autoptr (MailEngine) self = wait->engine;
  g_autoptr (StoreMessage) row = g_task_propagate_pointer (G_TASK (result), NULL);
  MailFolder *folder = row != NULL ? mail_engine_find_folder (self, row->folder) : NULL;

  /* Read elsewhere or moved away meanwhile: nothing to tell. */
  if (folder == NULL || (row->flags & STORE_FLAG_SEEN))
    return;
  g_autoptr (MailMessage) message = mail_message_new (row->id, folder);
  mail_message_fill (message, row, folder);
  g_signal_emit (self, mail_engine_signals[MAIL_ENGINE_ARRIVED], 0, folder, message, wait->count);
}

static void
handle_arrived (const char *account_id, gint64 folder, StoreKey newest, guint count,
                gpointer user_data)
{
  MailEngine *self = user_data;
  ArrivedWait *wait = g_new0 (ArrivedWait, 1);
  gint64 id = STORE_KEY_ID (newest);

  *wait = (ArrivedWait){ g_object_ref (self), count };
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_arrived_read, wait), read_message,
                          g_memdup2 (&id, sizeof id), g_free, row_free);
}

static void
handle_refused (const char *account_id, const char *sentence, const char *detail,
                gpointer user_data)
{
  MailEngine *self = user_data;
  MailAccount *account = mail_engine_find_account (self, account_id);

  /* With one account there is nothing to tell apart. */
  if (account == NULL || g_list_model_get_n_items (mail_engine_get_accounts (self)) < 2) {
    mail_engine_emit_notice (self, sentence, detail);
    return;
  }
  /* Translators: account, what is the matter with it */
  g_autofree char *named =
      g_strdup_printf (_ ("%s: %s"), mail_account_get_label (account), sentence);
  mail_engine_emit_notice (self, named, detail);
}

static void
handle_sending (gint64 outbox, guint64 sent, guint64 total, gpointer user_data)
{
  MailEngine *self = user_data;
  GListModel *outgoing = mail_engine_get_outgoing (self);

  self->on_its_way.outbox = outbox;
  self->on_its_way.sent = sent;
  self->on_its_way.total = total;
  for (guint i = 0; i < g_list_model_get_n_items (outgoing); i++) {
    g_autoptr (MailOutgoing) item = g_list_model_get_item (outgoing, i);

    if (mail_outgoing_get_outbox (item) == outbox)
      mail_outgoing_set_progress (item, sent, total);
  }
}

static void
on_proof_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mail_engine_save_edit_finish (MAIL_ENGINE (source), result, &error))
    base_log ("What a server proved could not be kept: %s", error->message);
}

static void
handle_proved (const char *account_id, const char *protocol, const char *host, BaseProof proof,
               gpointer user_data)
{
  MailEngine *self = user_data;
  MailAccount *account = mail_engine_find_account (self, account_id);
  g_autoptr (MailEdit) edit = account != NULL ? mail_engine_begin_edit (self, account) : NULL;
  BaseServer *server;

  if (edit == NULL)
    return;
  server = base_account_get_server (edit->settings, protocol);
  /* They may have been changed meanwhile. */
  if (server == NULL || g_strcmp0 (server->host, host) != 0
      || base_server_get_proof (server) >= proof)
    return;
  base_server_set_proof (server, proof);
  mail_engine_save_edit_async (self, edit, on_proof_saved, NULL);
}

static void
handle_indexed (guint64 done, guint64 total, gint64 up_to, gpointer user_data)
{
  mail_engine_set_indexing (user_data, done, total, up_to);
  if (done >= total) /* what came was counted before its text could be found */
    mail_engine_count_searches_soon (user_data);
}

const MailChangesHandlers mail_engine_handlers = {
  .changed = handle_changed,
  .state = handle_state,
  .arrived = handle_arrived,
  .refused = handle_refused,
  .sending = handle_sending,
  .indexed = handle_indexed,
  .proved = handle_proved,
};
