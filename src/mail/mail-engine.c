/* The engine's life: opening the store and starting the workers off the main thread, and
 * stopping them again.  Main thread; it must never open a file or wait for a thread here, but in
 * a last resort when it is freed without having been stopped. */
#include "mail-engine-private.h"
#include "mail-identity-private.h"
#include "mail-unpack.h"
#include "mail-private.h"
#include "sync-discover.h"
#include "mail-template.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"

G_DEFINE_FINAL_TYPE (MailEngine, mail_engine, G_TYPE_OBJECT)

enum
{
  PROP_READY = 1,
  PROP_BROKEN,
  PROP_INDEXING,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
guint mail_engine_signals[MAIL_ENGINE_N_SIGNALS];

/* ---- teardown ---- */

/* Everything whose end may block, to be ended in a thread. */
typedef struct
{
  SyncEngine *sync;
  MailCatchUp *catch_up;
  MailIndexer *indexer;
  MailStoreThread *search_thread;
  MailStoreThread *store_thread;
  Store *store;
} Teardown;

/* The order matters: workers use the store, and what the store thread does may wake workers. */
static void
teardown_run (Teardown *teardown)
{
  g_clear_pointer (&teardown->sync, sync_engine_free);
  sync_discover_end ();
  g_clear_pointer (&teardown->catch_up, mail_catch_up_free);
  g_clear_pointer (&teardown->indexer, mail_indexer_free);
  g_clear_pointer (&teardown->search_thread, mail_store_thread_free);
  g_clear_pointer (&teardown->store_thread, mail_store_thread_free);
  g_clear_pointer (&teardown->store, store_unref);
  g_free (teardown);
}

static Teardown *
teardown_take (MailEngine *self)
{
  Teardown *teardown = g_new0 (Teardown, 1);

  for (guint i = 0; i < self->lists->len; i++)
    mail_message_list_close_search (self->lists->pdata[i]);
  teardown->search_thread = g_steal_pointer (&self->search_thread);
  teardown->sync = g_steal_pointer (&self->sync);
  teardown->catch_up = g_steal_pointer (&self->catch_up);
  teardown->indexer = g_steal_pointer (&self->indexer);
  teardown->store_thread = g_steal_pointer (&self->store_thread);
  teardown->store = g_steal_pointer (&self->store);
  return teardown;
}

static void
mail_engine_dispose (GObject *object)
{
  MailEngine *self = MAIL_ENGINE (object);

  if (self->count_source != 0)
    g_source_destroy (g_main_context_find_source_by_id (self->context, self->count_source));
  self->count_source = 0;
  mail_engine_stop_counts (self);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->wake, mail_wake_free);
  g_clear_pointer (&self->people, mail_people_free);
  if (self->state != MAIL_ENGINE_STOPPED && self->store != NULL) {
    base_log ("The mail engine was freed without being stopped.");
    teardown_run (teardown_take (self));
  }
  self->state = MAIL_ENGINE_STOPPED;
  G_OBJECT_CLASS (mail_engine_parent_class)->dispose (object);
}

static void
mail_engine_finalize (GObject *object)
{
  MailEngine *self = MAIL_ENGINE (object);

  g_clear_pointer (&self->changes, mail_changes_free);
  g_clear_pointer (&self->credentials, mail_credentials_free);
  g_clear_object (&self->views);
  g_clear_object (&self->searches);
  g_clear_object (&self->searches_cancellable);
  g_clear_pointer (&self->recent, g_ptr_array_unref);
  g_clear_object (&self->all_inboxes);
  g_clear_object (&self->identities);
  g_clear_object (&self->accounts);
  g_clear_object (&self->known);
  g_strfreev (self->broken);
  g_clear_object (&self->outgoing);
  g_clear_object (&self->templates);
  g_clear_pointer (&self->crashed, g_ptr_array_unref);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_clear_pointer (&self->stale_folders, g_hash_table_unref);
  g_clear_pointer (&self->servers, g_hash_table_unref);
  g_clear_pointer (&self->unlearned, g_hash_table_unref);
  g_clear_pointer (&self->strangers, g_hash_table_unref);
  g_clear_pointer (&self->writers, g_hash_table_unref);
  g_clear_pointer (&self->removed, g_hash_table_unref);
  g_clear_pointer (&self->domains, mime_domains_unref);
  g_clear_pointer (&self->lists, g_ptr_array_unref);
  g_clear_pointer (&self->threads, g_ptr_array_unref);
  g_queue_clear_full (&self->remote_waiting, g_object_unref);
  g_queue_clear_full (&self->unpack_waiting, mail_unpack_waiting_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->paths, base_paths_unref);
  G_OBJECT_CLASS (mail_engine_parent_class)->finalize (object);
}

static void
mail_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_READY:
    g_value_set_boolean (value, mail_engine_get_ready (MAIL_ENGINE (object)));
    break;
  case PROP_BROKEN:
    g_value_set_boxed (value, mail_engine_get_broken (MAIL_ENGINE (object)));
    break;
  case PROP_INDEXING:
    g_value_set_boolean (value, mail_engine_get_indexing (MAIL_ENGINE (object), NULL, NULL, NULL));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_engine_class_init (MailEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = mail_engine_get_property;
  object_class->dispose = mail_engine_dispose;
  object_class->finalize = mail_engine_finalize;
  props[PROP_READY] =
      g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_BROKEN] =
      g_param_spec_boxed ("broken", NULL, NULL, G_TYPE_STRV,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_INDEXING] =
      g_param_spec_boolean ("indexing", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  mail_engine_signals[MAIL_ENGINE_ARRIVED] =
      g_signal_new ("arrived", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    MAIL_TYPE_FOLDER, MAIL_TYPE_MESSAGE, G_TYPE_UINT);
  mail_engine_signals[MAIL_ENGINE_NOTICE] =
      g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    G_TYPE_STRING, G_TYPE_STRING);
  mail_engine_signals[MAIL_ENGINE_PAST_CHANGED] =
      g_signal_new ("past-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  mail_engine_signals[MAIL_ENGINE_PASSWORD_NEEDED] =
      g_signal_new ("password-needed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    MAIL_TYPE_ACCOUNT, G_TYPE_STRING, G_TYPE_STRING);
}

static void
mail_engine_init (MailEngine *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->changes = mail_changes_new (self->context, &mail_engine_handlers, self);
  self->credentials = mail_credentials_new ();
  self->known = g_list_store_new (MAIL_TYPE_ACCOUNT);
  self->accounts = g_list_store_new (MAIL_TYPE_ACCOUNT);
  self->identities = g_list_store_new (MAIL_TYPE_IDENTITY);
  g_signal_connect_object (self->accounts, "items-changed",
                           G_CALLBACK (mail_engine_update_identities), self, G_CONNECT_SWAPPED);
  mail_engine_init_views (self);
  self->outgoing = g_list_store_new (MAIL_TYPE_OUTGOING);
  self->templates = g_list_store_new (MAIL_TYPE_TEMPLATE);
  self->crashed = g_ptr_array_new_with_free_func ((GDestroyNotify)store_draft_free);
  self->requests = g_ptr_array_new_with_free_func (g_object_unref);
  self->stale_folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->unlearned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->strangers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->writers =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)mail_writer_free);
  self->lists = g_ptr_array_new ();
  self->threads = g_ptr_array_new ();
  g_queue_init (&self->remote_waiting);
  g_queue_init (&self->unpack_waiting);
}

MailEngine *
mail_engine_new (BasePaths *paths)
{
  MailEngine *self = g_object_new (MAIL_TYPE_ENGINE, NULL);

  self->paths = base_paths_ref (paths);
  return self;
}

/* ---- start ---- */

/* What the opening thread finds, all of it at once: the window is being built meanwhile. */
typedef struct
{
  BasePaths *paths;     /* in */
  MailChanges *changes; /* in; borrowed from the engine, which outlives the store */
  Store *store;
  StoreDb *db;        /* for the store thread */
  StoreDb *search_db; /* for the search thread */
  gboolean rebuilt;
  GStrv broken;
  GStrv leaving;       /* accounts whose removal a crash stopped */
  GPtrArray *settings; /* of BaseAccount */
  GArray *rows;        /* of gint64, one per settings */
  GPtrArray *folders;  /* of StoreFolder */
  MailOutgoingRows *outgoing;
} Opened;

static void
opened_free (gpointer data)
{
  Opened *opened = data;

  g_clear_pointer (&opened->db, store_db_free);
  g_clear_pointer (&opened->search_db, store_db_free);
  g_clear_pointer (&opened->store, store_unref);
  g_clear_pointer (&opened->settings, g_ptr_array_unref);
  g_clear_pointer (&opened->rows, g_array_unref);
  g_clear_pointer (&opened->folders, g_ptr_array_unref);
  g_clear_pointer (&opened->outgoing, mail_outgoing_rows_free);
  g_strfreev (opened->broken);
  g_strfreev (opened->leaving);
  base_paths_unref (opened->paths);
  g_free (opened);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opened, opened_free)

/* The committing thread. */
static void
on_store_change (StoreChange *change, gpointer user_data)
{
  mail_changes_push_store (user_data, change);
}

static gboolean
read_rows (Opened *opened, GError **error)
{
  for (guint i = 0; opened->leaving[i] != NULL; i++) {
    gint64 row = store_account_ensure (opened->db, opened->leaving[i], error);

    if (row == 0 || !store_account_remove (opened->db, row, error))
      return FALSE;
  }
  opened->rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < opened->settings->len; i++) {
    gint64 row =
        store_account_ensure (opened->db, ((BaseAccount *)opened->settings->pdata[i])->id, error);

    /* The file decides; it may have been changed by hand, or was written last. */
    if (row == 0
        || !store_account_set_disabled (
            opened->db, row, ((BaseAccount *)opened->settings->pdata[i])->disabled, error))
      return FALSE;
    g_array_append_val (opened->rows, row);
  }
  if (!store_outbox_recover (opened->db, error))
    return FALSE;
  opened->folders = store_folder_list (opened->db, 0, error);
  if (opened->folders == NULL)
    return FALSE;
  opened->outgoing = mail_outgoing_rows_read (opened->db, opened->paths, error);
  return opened->outgoing != NULL;
}

/* Pool thread. */
static gpointer
run_open (gpointer data, GCancellable *cancellable, GError **error)
{
  Opened **slot = data;
  Opened *opened = *slot;

  opened->store = store_open (opened->paths, &opened->rebuilt, error);
  if (opened->store == NULL)
    return NULL;
  store_set_change_func (opened->store, on_store_change, opened->changes);
  opened->db = store_connect (opened->store, error);
  opened->search_db = opened->db != NULL ? store_connect (opened->store, error) : NULL;
  if (opened->search_db == NULL)
    return NULL;
  opened->settings = base_account_load_all (opened->paths, &opened->broken);
  opened->leaving = base_account_list_leaving (opened->paths);
  if (!read_rows (opened, error))
    return NULL;
  /* Attachments of the last session that were opened in other programs. */
  g_autofree char *exported = g_build_filename (base_paths_get_cache (opened->paths), "open", NULL);
  base_paths_remove_tree (exported);
  return g_steal_pointer (slot);
}

static void
slot_free (gpointer data)
{
  Opened **slot = data;

  g_clear_pointer (slot, opened_free);
  g_free (slot);
}

/* Drafts that a composer had open and that no outbox row explains: the program died over them. */
static void
take_crashed (MailEngine *self, const MailOutgoingRows *rows)
{
  g_autoptr (GHashTable) queued = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->outbox->len; i++)
    g_hash_table_add (queued, ((StoreOutbox *)rows->outbox->pdata[i])->draft);
  for (guint i = 0; i < rows->drafts->len; i++) {
    const StoreDraft *draft = rows->drafts->pdata[i];

    if (draft->editing && draft->discarded == 0 && !g_hash_table_contains (queued, draft->id))
      g_ptr_array_add (self->crashed, store_draft_dup (draft));
  }
}

static void
start_failed (GTask *task, GError *error)
{
  MailEngine *self = g_task_get_source_object (task);

  if (self->state == MAIL_ENGINE_STARTING)
    self->state = MAIL_ENGINE_NEW;
  g_task_return_error (task, error);
}

/* What the connections were told before this computer slept may not be true any more. */
static void
on_wake (gpointer user_data)
{
  MailEngine *self = user_data;

  mail_engine_update_online (self);
  if (self->sync != NULL)
    sync_engine_resumed (self->sync);
}

void
mail_engine_defer_sync (MailEngine *self)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && self->state == MAIL_ENGINE_NEW);
  self->deferred = TRUE;
}

void
mail_engine_begin_sync (MailEngine *self)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  self->deferred = FALSE;
  if (self->state != MAIL_ENGINE_READY || self->people != NULL)
    return;
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect_swapped (self->monitor, "network-changed",
                            G_CALLBACK (mail_engine_update_online), self);
  g_signal_connect_swapped (self->monitor, "notify::network-metered",
                            G_CALLBACK (mail_engine_update_online), self);
  self->wake = mail_wake_new (on_wake, self);
  self->people = mail_people_new (self);
  self->catch_up = mail_catch_up_new (self->store);
  self->indexer = mail_indexer_new (self->store, self->changes);
  mail_people_note (self->people);
  mail_engine_update_online (self);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

    sync_engine_add_account (self->sync, mail_account_get_settings (account));
  }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (MailEngine) self = g_object_ref (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (Opened) opened = g_task_propagate_pointer (G_TASK (result), &error);

  if (opened == NULL) {
    start_failed (task, g_steal_pointer (&error));
    return;
  }
  self->store = g_steal_pointer (&opened->store);
  self->store_thread = mail_store_thread_new ("store", g_steal_pointer (&opened->db));
  self->search_thread = mail_store_thread_new ("search", g_steal_pointer (&opened->search_db));
  if (self->state != MAIL_ENGINE_STARTING) {
    start_failed (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped"));
    return;
  }
  if (opened->rebuilt)
    mail_engine_emit_notice (
        self,
        _ ("The stored mail was damaged. It was set aside, and everything is fetched from the servers "
           "again. What you wrote is still here."),
        NULL);
  for (guint i = 0; opened->broken != NULL && opened->broken[i] != NULL; i++)
    mail_engine_emit_notice (self, opened->broken[i], NULL);
  mail_engine_set_broken (self, opened->broken);

  /* Before there are folders: who sees the first shows it, and that has to be known when the account is added. */
  self->sync = sync_engine_new (self->store, &mail_engine_sync_events, self);
  for (guint i = 0; i < opened->settings->len; i++)
    mail_engine_put_account (self, opened->settings->pdata[i],
                             g_array_index (opened->rows, gint64, i));
  mail_engine_set_folders (self, opened->folders);
  mail_engine_load_searches (self);
  take_crashed (self, opened->outgoing);
  mail_engine_set_outgoing (self, opened->outgoing);

  mail_engine_forget_accounts (self, opened->leaving);
  self->state = MAIL_ENGINE_READY;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
  if (!self->deferred)
    mail_engine_begin_sync (self);
  g_task_return_boolean (task, TRUE);
}

void
mail_engine_start_async (MailEngine *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && self->state == MAIL_ENGINE_NEW);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Opened **slot = g_new0 (Opened *, 1);

  g_task_set_check_cancellable (task, FALSE);
  self->state = MAIL_ENGINE_STARTING;
  *slot = g_new0 (Opened, 1);
  (*slot)->paths = base_paths_ref (self->paths);
  (*slot)->changes = self->changes;
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_opened, task), run_open, slot, slot_free,
                         opened_free);
}

gboolean
mail_engine_start_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
mail_engine_get_ready (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), FALSE);
  return self->state == MAIL_ENGINE_READY;
}

void
mail_engine_set_indexing (MailEngine *self, guint64 done, guint64 total, gint64 up_to)
{
  self->indexing_done = done;
  self->indexing_total = total;
  self->indexing_up_to = up_to;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_INDEXING]);
}

gboolean
mail_engine_get_indexing (MailEngine *self, guint64 *done, guint64 *total, gint64 *up_to)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), FALSE);
  if (done != NULL)
    *done = self->indexing_done;
  if (total != NULL)
    *total = self->indexing_total;
  if (up_to != NULL)
    *up_to = self->indexing_up_to;
  return self->indexing_done < self->indexing_total;
}

BasePaths *
mail_engine_get_paths (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  return self->paths;
}

/* ---- stop ---- */

/* A thread of its own, for which nothing of the engine is left to see. */
static gpointer
run_teardown (gpointer data, GCancellable *cancellable, GError **error)
{
  Teardown **slot = data;

  teardown_run (g_steal_pointer (slot));
  return MAIL_CALL_DONE;
}

static void
on_torn_down (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailEngine) self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  g_task_propagate_pointer (G_TASK (result), NULL);
  self->state = MAIL_ENGINE_STOPPED;
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_quiet (gpointer data)
{
  MailEngine *self = data;

  self->stop_source = 0;
  if (self->calls > 0 || self->stop_task == NULL)
    return G_SOURCE_REMOVE;
  Teardown **slot = g_new0 (Teardown *, 1);
  *slot = teardown_take (self);
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_torn_down, g_object_ref (self)),
                         run_teardown, slot, g_free, NULL);
  return G_SOURCE_REMOVE;
}

void
mail_engine_consider_stop (MailEngine *self)
{
  if (self->state != MAIL_ENGINE_STOPPING || self->calls > 0 || self->stop_source != 0
      || self->stop_task == NULL)
    return;
  /* Later than the callbacks of what just ended, which may begin a next step. */
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_LOW);
  g_source_set_callback (source, on_quiet, g_object_ref (self), g_object_unref);
  self->stop_source = g_source_attach (source, self->context);
}

void
mail_engine_stop_async (MailEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && self->stop_task == NULL);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (self->state == MAIL_ENGINE_STOPPED) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  self->state = MAIL_ENGINE_STOPPING;
  self->stop_task = task;
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_pointer (&self->wake, mail_wake_free);
  g_clear_pointer (&self->people, mail_people_free);
  for (guint i = 0; i < self->requests->len; i++)
    g_cancellable_cancel (self->requests->pdata[i]);
  mail_engine_stop_counts (self);
  for (guint i = 0; i < self->lists->len; i++)
    mail_message_list_stop_search (self->lists->pdata[i]);
  mail_engine_forget_removed (self);
  mail_credentials_close (self->credentials);
  mail_engine_consider_stop (self);
}

void
mail_engine_stop_finish (MailEngine *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));
  g_task_propagate_boolean (G_TASK (result), NULL);
}
