/* MOVE and COPY of messages, and deleting by way of the bin.  What makes a message in another mailbox is noted before and
 * after it is sent, and what a cut leaves in doubt is looked for in the target before it is sent again: no
 * original goes before its copy is there, and nothing is copied twice.  Sync worker's thread; must never use a plain
 * EXPUNGE (imap_session_expunge () does not). */
#include "sync-operations-private.h"

#include "base-error.h"
#include "sync-folders.h"

#include <glib/gi18n.h>

static GPtrArray *
with_step (GPtrArray *operations, StoreOperationStep step)
{
  GPtrArray *some = sync_batch_new_list ();

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);

    if (operation->step == step)
      g_ptr_array_add (some, operation);
  }
  return some;
}

static char *
set_of (GPtrArray *operations, gboolean new_uids)
{
  g_autoptr (BaseUidSet) set = base_uid_set_new ();

  for (guint i = 0; i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);
    guint32 uid = new_uids ? operation->new_uid : operation->uid;

    if (uid != 0)
      base_uid_set_add (set, uid);
  }
  return base_uid_set_to_string (set);
}

/* Those in doubt: which of them are in `target`.  Afterwards the batch's folder is selected again. */
static gboolean
clear_doubt (SyncBatch *batch, GPtrArray *operations, const char *target, GError **error)
{
  SyncContext *context = batch->context;
  g_autoptr (GPtrArray) doubtful = with_step (operations, STORE_STEP_MAYBE);
  g_autoptr (GError) local = NULL;

  if (doubtful->len == 0)
    return TRUE;
  if (!imap_session_select (context->session, target, TRUE, context->cancellable, &local)) {
    /* Where there is no mailbox, nothing has arrived. */
    if (sync_batch_is_fatal (batch, local)
        || !g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  } else if (!sync_find_made (batch, doubtful, error)) {
    return FALSE;
  }
  return sync_batch_select (batch, error);
}

/* Where the next message of the target will be: what comes later is looked for from there on. */
static gboolean
note_target (SyncBatch *batch, GPtrArray *operations, const char *target, GError **error)
{
  SyncContext *context = batch->context;
  g_autoptr (GError) local = NULL;
  g_autoptr (ImapMailbox) status =
      imap_session_status (context->session, target, context->cancellable, &local);

  if (status == NULL
      && (sync_batch_is_fatal (batch, local)
          || !(g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)
               || g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED)))) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  /* Without a number the whole mailbox is looked through by Message-ID. */
  return store_operation_note_maybe (context->db, operations,
                                     status != NULL ? status->uid_validity : 0,
                                     status != NULL ? status->uid_next : 0, error);
}

/* Numbered anew between two commands: those whose UIDs are not known any more are found again at the next try, and what is
 * done with the others here must not count for them.  They leave the list. */
static gboolean
put_off_unnumbered (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  g_autoptr (GPtrArray) lost = sync_batch_new_list ();

  for (guint i = 0; i < operations->len; i++)
    if (((StoreOperation *)g_ptr_array_index (operations, i))->uid == 0)
      g_ptr_array_add (lost, g_ptr_array_index (operations, i));
  for (guint i = 0; i < lost->len; i++)
    g_ptr_array_remove (operations, g_ptr_array_index (lost, i));
  return sync_batch_postpone (batch, lost, error);
}

typedef gboolean (*Transfer) (ImapSession *session, const char *set, const char *target,
                              GHashTable **map, GCancellable *cancellable, GError **error);

/* Makes the target where it does not exist yet. */
static gboolean
transfer (SyncBatch *batch, Transfer verb, const char *set, const char *target, GHashTable **map,
          GError **error)
{
  SyncContext *context = batch->context;
  g_autoptr (GError) gone = NULL;

  if (verb (context->session, set, target, map, context->cancellable, &gone))
    return TRUE;
  if (!g_error_matches (gone, BASE_ERROR, BASE_ERROR_GONE)
      || !imap_session_is_usable (context->session)) {
    g_propagate_error (error, g_steal_pointer (&gone));
    return FALSE;
  }
  return sync_folders_create (context, target, error)
         && verb (context->session, set, target, map, context->cancellable, error);
}

/* Brings all of them to MADE; those that have to wait for another try leave the list. */
static gboolean
make_all (SyncBatch *batch, Transfer verb, GPtrArray *operations, const char *target,
          GError **error)
{
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GHashTable) map = NULL;
  g_autofree char *set = NULL;

  if (!clear_doubt (batch, operations, target, error)
      || !put_off_unnumbered (batch, operations, error))
    return FALSE;
  left = sync_batch_new_list ();
  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);

    if (operation->step != STORE_STEP_MADE)
      g_ptr_array_add (left, operation);
  }
  if (left->len == 0)
    return TRUE;
  set = set_of (left, FALSE);
  return note_target (batch, left, target, error)
         && transfer (batch, verb, set, target, &map, error)
         && store_operation_note_made (batch->context->db, left, map,
                                       imap_session_get_told_validity (batch->context->session),
                                       error);
}

/* Those whose new UID the server did not tell are met when the target is looked at. */
static gboolean
arrive (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  for (guint i = 0; i < operations->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (operations, i);

    if (operation->new_uid == 0
        || !sync_batch_is_numbered (operation->target_validity, operation->mark_validity))
      sync_batch_touch (batch, operation->target);
  }
  return sync_batch_done (batch, operations, NULL, 0, error);
}

/* After UID MOVE: rows whose message was not there go back, and the next look at their folder removes them; but what was
 * tried before may have been moved then, and is met in the target.  A server that tells new UIDs and told none found
 * nothing to move: such a row would wait in the target for a message that never comes. */
static gboolean
settle_move (SyncBatch *batch, GPtrArray *operations, GHashTable *map, GError **error)
{
  g_autoptr (GPtrArray) moved = sync_batch_new_list (), vanished = sync_batch_new_list ();
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  gboolean silent = map == NULL && !imap_session_tells_copies (batch->context->session);
  guint32 validity = imap_session_get_told_validity (batch->context->session);

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    gboolean told = map != NULL && g_hash_table_contains (map, GUINT_TO_POINTER (operation->uid));

    g_ptr_array_add (silent || told || operation->attempts > 0 ? moved : vanished, operation);
    if (!told || !sync_batch_is_numbered (operation->target_validity, validity))
      sync_batch_touch (batch, first->target);
  }
  if (vanished->len > 0)
    sync_batch_touch (batch, first->folder);
  return (moved->len == 0 || sync_batch_done (batch, moved, map, validity, error))
         && sync_batch_refuse (batch, vanished, NULL, error);
}

/* Before anything is copied: a mailbox that keeps no \Deleted would keep the original as well. */
static gboolean
check_can_delete (SyncContext *context, const StoreOperation *first, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);

  if (!selected->read_only && (selected->permanent_flags & IMAP_FLAG_DELETED) != 0)
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("Messages in the folder “%s” cannot be deleted or moved away."),
                  first->folder_name);
  return FALSE;
}

static gboolean
take_unmarked (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  if (fetched->uid != 0 && fetched->has_flags && !(fetched->flags & IMAP_FLAG_DELETED))
    base_uid_set_add (user_data, fetched->uid);
  return TRUE;
}

/* The server made the copies, but lets the originals not go: then those that stay must not be there twice.  Only a fatal error
 * is one; a copy too many is better than none. */
static gboolean
take_copies_back (SyncBatch *batch, GPtrArray *operations, const char *originals, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  g_autoptr (BaseUidSet) stay = base_uid_set_new (), copies = base_uid_set_new ();
  g_autofree char *set = NULL;
  g_autoptr (GError) local = NULL;
  gboolean good;

  good = imap_session_store (context->session, originals, FALSE, IMAP_FLAG_DELETED,
                             context->cancellable, &local);
  if (!good && !sync_batch_is_fatal (batch, local)) {
    g_clear_error (&local);
    good = TRUE;
  }
  good = good
         && imap_session_fetch (context->session, originals, IMAP_FETCH_FLAGS, 0, take_unmarked,
                                stay, context->cancellable, &local)
         && sync_context_select (context, first->target_name, FALSE, &local);
  for (guint i = 0; good && i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    g_autoptr (GPtrArray) one = NULL;

    if (operation->new_uid == 0 || !base_uid_set_contains (stay, operation->uid)
        || imap_session_get_selected (context->session)->uid_validity != operation->mark_validity)
      continue;
    base_uid_set_add (copies, operation->new_uid);
    /* Before they go: from here on no original may go on the word of a copy. */
    one = sync_batch_new_list ();
    g_ptr_array_add (one, operation);
    if (!store_operation_note_maybe (context->db, one, operation->mark_validity, operation->mark,
                                     error))
      return FALSE;
  }
  set = base_uid_set_to_string (copies);
  if (good && imap_session_expunge (context->session, set, context->cancellable, &local))
    return TRUE;
  /* They stay, then: not with a mark by which the next one who tidies up takes them away. */
  if (good && !sync_batch_is_fatal (batch, local)) {
    g_clear_error (&local);
    if (imap_session_store (context->session, set, FALSE, IMAP_FLAG_DELETED, context->cancellable,
                            &local))
      return TRUE;
  }
  if (!sync_batch_is_fatal (batch, local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
move_by_copy (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  g_autofree char *originals = NULL;
  g_autoptr (GError) local = NULL;

  if (!check_can_delete (context, first, error)
      || !make_all (batch, imap_session_copy, operations, first->target_name, error))
    return FALSE;
  originals = set_of (operations, FALSE);
  if (imap_session_expunge (context->session, originals, context->cancellable, &local))
    return arrive (batch, operations, error);
  if (!sync_batch_is_fatal (batch, local) && !g_error_matches (local, BASE_ERROR, BASE_ERROR_RETRY)
      && imap_session_has (context->session, IMAP_CAP_UIDPLUS)
      && !take_copies_back (batch, operations, originals, error))
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sync_batch_run_transfer (SyncBatch *batch, GPtrArray *operations, const char *set, GError **error)
{
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  ImapSession *session = batch->context->session;
  g_autoptr (GPtrArray) begun = NULL;
  g_autoptr (GHashTable) map = NULL;
  g_autoptr (GError) local = NULL;

  if (first->kind == STORE_OPERATION_COPY) {
    if (!make_all (batch, imap_session_copy, operations, first->target_name, error))
      return FALSE;
    /* On Gmail a copy to the bin is a move. */
    if (imap_session_has (session, IMAP_CAP_GMAIL) && first->target_role == STORE_ROLE_TRASH)
      sync_batch_touch (batch, first->folder);
    return arrive (batch, operations, error);
  }
  begun = with_step (operations, STORE_STEP_NONE);
  /* What was begun by COPY is ended so, whatever the server offers now. */
  if (!imap_session_has (session, IMAP_CAP_MOVE) || begun->len < operations->len)
    return move_by_copy (batch, operations, error);
  if (transfer (batch, imap_session_move, set, first->target_name, &map, &local))
    return settle_move (batch, operations, map, error);
  /* Offered, and then not understood. */
  if (imap_session_is_usable (session) && !imap_session_has (session, IMAP_CAP_MOVE))
    return move_by_copy (batch, operations, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* ---- deleting by way of the bin ---- */

/* MOVE, or on Gmail COPY, which is one when it goes to the bin. */
static gboolean
bin_all (SyncBatch *batch, GPtrArray *operations, const char *bin, GError **error)
{
  ImapSession *session = batch->context->session;
  g_autoptr (GError) local = NULL;

  if (imap_session_has (session, IMAP_CAP_MOVE)) {
    if (make_all (batch, imap_session_move, operations, bin, &local))
      return TRUE;
    if (!imap_session_is_usable (session) || imap_session_has (session, IMAP_CAP_MOVE)
        || !imap_session_has (session, IMAP_CAP_GMAIL)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  return make_all (batch, imap_session_copy, operations, bin, error);
}

gboolean
sync_batch_must_bin (SyncBatch *batch, const StoreOperation *operation)
{
  ImapSession *session = batch->context->session;

  if (operation->folder_role == STORE_ROLE_TRASH)
    return FALSE;
  /* What was begun so is ended so. */
  if (operation->step != STORE_STEP_NONE)
    return TRUE;
  /* EXPUNGE takes a label away, and the message stays; but not from the junk. */
  if (imap_session_has (session, IMAP_CAP_GMAIL))
    return operation->folder_role != STORE_ROLE_JUNK;
  return imap_session_has (session, IMAP_CAP_MOVE)
         && !(imap_session_get_selected (session)->permanent_flags & IMAP_FLAG_DELETED);
}

gboolean
sync_batch_run_delete_in_bin (SyncBatch *batch, GPtrArray *operations, const char *set,
                              GError **error)
{
  SyncContext *context = batch->context;
  g_autoptr (StoreFolder) trash =
      store_folder_by_role (context->db, context->row, STORE_ROLE_TRASH, NULL);
  g_autofree char *there = NULL;
  g_autoptr (GPtrArray) doubtful = sync_batch_new_list ();

  if (trash == NULL)
    return imap_session_expunge (context->session, set, context->cancellable, error)
           && sync_batch_done (batch, operations, NULL, 0, error);
  if (!bin_all (batch, operations, trash->server_name, error)
      || !sync_context_select (context, trash->server_name, FALSE, error))
    return FALSE;
  /* COPYUID was not told, or the bin is numbered anew. */
  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    guint32 now = imap_session_get_selected (context->session)->uid_validity;

    if (operation->new_uid != 0
        && (operation->mark_validity == 0 || operation->mark_validity == now))
      continue;
    operation->step = STORE_STEP_MAYBE;
    operation->new_uid = 0;
    g_ptr_array_add (doubtful, operation);
  }
  if (!sync_find_made (batch, doubtful, error))
    return FALSE;
  there = set_of (operations, TRUE);
  return imap_session_expunge (context->session, there, context->cancellable, error)
         && sync_batch_done (batch, operations, NULL, 0, error);
}
