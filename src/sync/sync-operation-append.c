/* APPEND: the copy in Sent, drafts, imports.  A try that was cut may have come through, so each looks for the message
 * first; those without Message-ID by size and time among what came since the first try.  Sync worker's thread; must never
 * let go of the only copy. */
#include "sync-operations-private.h"

#include "base-error.h"
#include "base-log.h"
#include "sync-folders.h"

/* A server that files sent mail by itself takes some seconds; what is not there after these tries (1 s and double each) is not
 * coming under this Message-ID. */
#define FILED_TRIES 6

static gboolean
done_append (SyncBatch *batch, guint32 uid, guint32 uid_validity, GError **error)
{
  StoreOperation *operation = g_ptr_array_index (batch->open, 0);
  g_autoptr (GHashTable) map = g_hash_table_new (g_direct_hash, g_direct_equal);

  if (uid != 0)
    g_hash_table_insert (map, GUINT_TO_POINTER (operation->uid), GUINT_TO_POINTER (uid));
  if (uid == 0 || !sync_batch_is_numbered (operation->folder_validity, uid_validity))
    sync_batch_touch (batch, operation->folder);
  return sync_batch_done (batch, batch->open, map, uid_validity, error);
}

gboolean
sync_batch_select_or_make (SyncBatch *batch, const char *name, GError **error)
{
  g_autoptr (GError) local = NULL, create = NULL;

  if (sync_context_select (batch->context, name, FALSE, &local))
    return TRUE;
  if (sync_batch_is_fatal (batch, local) || g_error_matches (local, BASE_ERROR, BASE_ERROR_RETRY))
    g_propagate_error (error, g_steal_pointer (&local));
  else if (!sync_folders_create (batch->context, name, &create)) {
    /* Already there, but not to be selected: the server's word on that counts, unless the other may pass. */
    if (sync_batch_is_fatal (batch, create)
        || g_error_matches (create, BASE_ERROR, BASE_ERROR_RETRY))
      g_propagate_error (error, g_steal_pointer (&create));
    else
      g_propagate_error (error, g_steal_pointer (&local));
  }
  return FALSE;
}

/* *uid 0: it is not there. */
static gboolean
look (SyncBatch *batch, guint32 *uid, GError **error)
{
  StoreOperation *operation = g_ptr_array_index (batch->open, 0);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) local = NULL;

  if (operation->message_id != NULL) {
    found = sync_find_by_id (batch->context, operation, &local);
    if (found == NULL && !g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    for (guint i = 0; found != NULL && i < found->len; i++)
      *uid = MAX (*uid, ((SyncFound *)g_ptr_array_index (found, i))->uid);
    if (found != NULL)
      return TRUE;
  }
  /* A server that cannot search, or nothing to search for. */
  if (!sync_find_made (batch, batch->open, error))
    return FALSE;
  *uid = operation->new_uid;
  return TRUE;
}

/* Not there yet.  A copy of ours beside the server's would be worse than none: what does not come is left to the next looks
 * at the folder, which know it by its Message-ID or let it go. */
static gboolean
wait_for_filed (SyncBatch *batch, GError **error)
{
  const StoreOperation *operation = g_ptr_array_index (batch->open, 0);

  if (operation->attempts < FILED_TRIES)
    return sync_batch_postpone (batch, batch->open, error);
  base_log ("%s: a sent mail was not filed into “%s”",
            sync_account_get_id (batch->context->account), operation->folder_name);
  return done_append (batch, 0, 0, error);
}

gboolean
sync_batch_run_append (SyncBatch *batch, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *operation = g_ptr_array_index (batch->open, 0);
  g_autoptr (StoreMessage) row = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local = NULL;
  guint32 uid = 0;

  row = store_message_get (context->db, operation->message, &local);
  if (row == NULL && g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
    return sync_batch_done (batch, batch->open, NULL, 0, error);
  if (row == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  bytes = store_message_get_body (context->db, operation->message, error);
  if (bytes == NULL)
    return FALSE;
  if (sync_batch_select_or_make (batch, operation->folder_name, &local)) {
    const ImapSelected *selected = imap_session_get_selected (context->session);

    if (!look (batch, &uid, error))
      return FALSE;
    if (uid != 0)
      return done_append (batch, uid, selected->uid_validity, error);
    if (operation->add)
      return wait_for_filed (batch, error);
    if (!store_operation_note_maybe (context->db, batch->open, selected->uid_validity,
                                     selected->uid_next, error))
      return FALSE;
  } else if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  } else if (operation->add) {
    return wait_for_filed (batch, error);
  } else if (!store_operation_note_maybe (context->db, batch->open, 0, 1, error)) {
    return FALSE;
  }
  return imap_session_append (context->session, operation->folder_name, (ImapFlags)row->flags, NULL,
                              row->received, bytes, &uid, context->cancellable, error)
         && done_append (batch, uid, imap_session_get_told_validity (context->session), error);
}
