/* Operations on messages of one folder: finding them there, and FLAGS and EXPUNGE, which repeat without harm.  Sync worker's
 * thread; must never act on a UID of a numbering that the server has given up. */
#include "sync-operations-private.h"

#include "base-error.h"
#include "base-log.h"
#include "store-folder.h"

#define FIND_ATTEMPTS 5

gboolean
sync_batch_select (SyncBatch *batch, GError **error)
{
  SyncContext *context = batch->context;
  StoreOperation *first = g_ptr_array_index (batch->open, 0);
  const ImapSelected *selected = NULL;

  if (!sync_context_select (context, first->folder_name, FALSE, error))
    return FALSE;
  selected = imap_session_get_selected (context->session);
  if (first->folder_validity == 0 || selected->uid_validity == 0
      || first->folder_validity == selected->uid_validity)
    return TRUE;
  base_log ("%s: “%s” is numbered anew; its operations look for their messages",
            sync_account_get_id (context->account), first->folder_name);
  if (!store_folder_reset (context->db, first->folder, error))
    return FALSE;
  sync_batch_touch (batch, first->folder);
  for (guint i = 0; i < batch->open->len; i++) {
    StoreOperation *operation = g_ptr_array_index (batch->open, i);

    operation->uid = 0;
    operation->folder_validity = 0;
  }
  return TRUE;
}

static GPtrArray *
operations_of_set (GHashTable *by_uid, const char *text)
{
  GPtrArray *operations = sync_batch_new_list ();
  g_autoptr (BaseUidSet) set = base_uid_set_parse (text);

  for (guint i = 0; i < base_uid_set_n_ranges (set); i++) {
    BaseUidRange range = base_uid_set_get_range (set, i);

    for (guint64 uid = range.first; uid <= range.last; uid++) {
      gpointer operation = g_hash_table_lookup (by_uid, GUINT_TO_POINTER ((guint32)uid));

      if (operation != NULL)
        g_ptr_array_add (operations, operation);
    }
  }
  return operations;
}

static BaseUidSet *
keys_to_set (GHashTable *by_uid)
{
  BaseUidSet *set = base_uid_set_new ();
  GHashTableIter iter;
  gpointer uid = NULL;

  g_hash_table_iter_init (&iter, by_uid);
  while (g_hash_table_iter_next (&iter, &uid, NULL))
    base_uid_set_add (set, GPOINTER_TO_UINT (uid));
  return set;
}

/* What is not on the server any more is done when it should go anyway. */
static gboolean
is_moot (const StoreOperation *operation)
{
  return operation->kind == STORE_OPERATION_MOVE && operation->step == STORE_STEP_MADE;
}

/* What the server never had is done with what is here; its mailbox may not even exist. */
static gboolean
deal_with_local (SyncBatch *batch, GError **error)
{
  g_autoptr (GPtrArray) local = sync_batch_new_list (), copies = sync_batch_new_list ();

  for (guint i = 0; i < batch->open->len; i++) {
    StoreOperation *operation = g_ptr_array_index (batch->open, i);

    if (operation->local_only)
      g_ptr_array_add (
          operation->kind == STORE_OPERATION_COPY
                  || (STORE_OPERATION_CROSSES (operation) && operation->step != STORE_STEP_MADE)
              ? copies
              : local,
          operation);
  }
  return (local->len == 0 || sync_batch_done (batch, local, NULL, 0, error))
         && sync_batch_lose (batch, copies, error);
}

/* What is found nowhere may still be on its way, or wait for the look at a folder that is numbered anew; after some tries of
 * a folder that is known whole it is not coming. */
static gboolean
deal_with_lost (SyncBatch *batch, GPtrArray *lost, GError **error)
{
  g_autoptr (GPtrArray) moot = sync_batch_new_list (), later = sync_batch_new_list (),
                        never = sync_batch_new_list ();
  const StoreOperation *first = NULL;
  g_autoptr (StoreFolder) folder = NULL;

  if (lost->len == 0)
    return TRUE;
  first = g_ptr_array_index (lost, 0);
  folder = store_folder_get (batch->context->db, first->folder, NULL);
  for (guint i = 0; i < lost->len; i++) {
    StoreOperation *operation = g_ptr_array_index (lost, i);
    gboolean wait = operation->attempts < FIND_ATTEMPTS || (folder != NULL && !folder->complete);

    if (is_moot (operation) || (!wait && operation->kind == STORE_OPERATION_EXPUNGE))
      g_ptr_array_add (moot, operation);
    else
      g_ptr_array_add (wait ? later : never, operation);
  }
  if (later->len > 0 || never->len > 0)
    sync_batch_touch (batch, first->folder);
  return (moot->len == 0 || sync_batch_done (batch, moot, NULL, 0, error))
         && sync_batch_postpone (batch, later, error) && sync_batch_lose (batch, never, error);
}

static gboolean
run_set (SyncBatch *batch, GPtrArray *operations, const char *set, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *first = g_ptr_array_index (operations, 0);

  switch (first->kind) {
  case STORE_OPERATION_FLAGS:
    return imap_session_store (context->session, set, first->add, (ImapFlags)first->flags,
                               context->cancellable, error)
           && sync_batch_done (batch, operations, NULL, 0, error);
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_COPY:
    if (STORE_OPERATION_CROSSES (first))
      return sync_batch_run_departure (batch, operations, error);
    return sync_batch_run_transfer (batch, operations, set, error);
  case STORE_OPERATION_EXPUNGE:
    if (sync_batch_must_bin (batch, first))
      return sync_batch_run_delete_in_bin (batch, operations, set, error);
    return imap_session_expunge (context->session, set, context->cancellable, error)
           && sync_batch_done (batch, operations, NULL, 0, error);
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    break;
  }
  g_return_val_if_reached (FALSE);
}

gboolean
sync_batch_run_messages (SyncBatch *batch, GError **error)
{
  g_autoptr (GPtrArray) lost = sync_batch_new_list ();
  g_autoptr (GHashTable) by_uid = NULL;
  g_autoptr (BaseUidSet) all = NULL;
  g_auto (GStrv) sets = NULL;

  if (!deal_with_local (batch, error))
    return FALSE;
  if (batch->open->len == 0)
    return TRUE;
  if (!sync_batch_select (batch, error))
    return FALSE;
  by_uid = sync_find_resolve (batch->context, batch->open, lost, error);
  if (by_uid == NULL || !deal_with_lost (batch, lost, error))
    return FALSE;
  all = keys_to_set (by_uid);
  sets = base_uid_set_to_strings (all, SYNC_SET_OCTETS);
  for (gsize i = 0; sets[i] != NULL; i++) {
    g_autoptr (GPtrArray) part = operations_of_set (by_uid, sets[i]);
    g_autoptr (GError) local = NULL;

    if (part->len == 0)
      continue;
    /* The one before may have looked into another mailbox. */
    if (!sync_batch_select (batch, &local)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (((StoreOperation *)g_ptr_array_index (part, 0))->uid == 0) {
      /* Numbered anew between two commands: what is left is found again at the next try. */
      if (!sync_batch_postpone (batch, part, error))
        return FALSE;
      continue;
    }
    if (!run_set (batch, part, sets[i], &local) && !sync_batch_settle (batch, part, local, error))
      return FALSE;
  }
  return TRUE;
}
