/* Messages that go to a folder of another account: the source brings the bytes here, the target is given them, and only when it has
 * shown that it has them the source lets the original go.  Each turn can be cut anywhere: what may have been sent is looked for in the
 * target before it is sent again.  Of thousands some go at once, and the bytes of one are in memory at a time.  Sync workers' threads; must never
 * let an original go on less than its copy's being there. */
#include "sync-operations-private.h"

#include "base-error.h"
#include "base-log.h"
#include "sync-incoming.h"

#include <glib/gi18n.h>

/* Of one turn: what else is to be done on this connection must not wait for all that a person moves. */
#define SENT_MOST   200
#define SENT_OCTETS (8 * 1024 * 1024)
#define GIVEN_TRIES 5 /* so often a server says that it gives a message, and gives none */

/* As many as one turn may take, from the first on; the rest have another one. */
static GPtrArray *
take_some (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  g_autoptr (GPtrArray) some = sync_batch_new_list (), rest = sync_batch_new_list ();
  guint64 octets = 0;

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);

    octets += operation->size;
    g_ptr_array_add (i == 0 || (i < SENT_MOST && octets <= SENT_OCTETS) ? some : rest, operation);
  }
  return sync_batch_hand_over (batch, rest, batch->context->row, error) ? g_steal_pointer (&some)
                                                                        : NULL;
}

static GPtrArray *
list_open (SyncBatch *batch, StoreOperationStep step)
{
  GPtrArray *some = sync_batch_new_list ();

  for (guint i = 0; i < batch->open->len; i++) {
    StoreOperation *operation = g_ptr_array_index (batch->open, i);

    if (operation->step == step)
      g_ptr_array_add (some, operation);
  }
  return some;
}

/* ---- the target's turn ---- */

/* One message and its answer.  TRUE with step MAYBE: the server has it, and did not say under which UID. */
static gboolean
send_one (SyncBatch *batch, StoreOperation *operation, const StoreMessage *row, GBytes *bytes,
          const char *const *keywords, GError **error)
{
  SyncContext *context = batch->context;
  g_autoptr (GPtrArray) one = sync_batch_new_list ();
  g_autoptr (GHashTable) map = g_hash_table_new (g_direct_hash, g_direct_equal);
  ImapFlags flags = (ImapFlags)row->server_flags & ~(guint)IMAP_FLAG_DELETED;
  guint32 uid = 0;

  if (!imap_session_append (context->session, operation->target_name, flags, keywords,
                            row->received, bytes, &uid, context->cancellable, error))
    return FALSE;
  if (uid == 0)
    return TRUE;
  g_ptr_array_add (one, operation);
  g_hash_table_insert (map, GUINT_TO_POINTER (operation->uid), GUINT_TO_POINTER (uid));
  return store_operation_note_made (context->db, one, map,
                                    imap_session_get_told_validity (context->session), error);
}

/* GONE: its bytes are not here. */
static gboolean
load_and_send (SyncBatch *batch, StoreOperation *operation, gboolean *loaded, GError **error)
{
  StoreDb *db = batch->context->db;
  g_autoptr (StoreMessage) row = store_message_get (db, operation->message, error);
  g_autoptr (GBytes) bytes =
      row != NULL ? store_message_get_body (db, operation->message, error) : NULL;
  g_auto (GStrv) keywords =
      bytes != NULL ? store_message_get_labels (db, operation->message, error) : NULL;

  *loaded = keywords != NULL;
  return *loaded && send_one (batch, operation, row, bytes, (const char *const *)keywords, error);
}

/* What comes next would be refused for the same reason. */
static gboolean
is_hopeless (SyncBatch *batch, const GError *reason)
{
  const char *code = imap_session_get_refused_code (batch->context->session);

  return g_error_matches (reason, BASE_ERROR, BASE_ERROR_GONE)
         || (g_error_matches (reason, BASE_ERROR, BASE_ERROR_LIMIT)
             && g_strcmp0 (code, "OVERQUOTA") == 0)
         || g_strcmp0 (code, "NOPERM") == 0;
}

static gboolean
may_pass (SyncBatch *batch, const GError *reason)
{
  const char *code = imap_session_get_refused_code (batch->context->session);

  return g_error_matches (reason, BASE_ERROR, BASE_ERROR_RETRY)
         || (g_error_matches (reason, BASE_ERROR, BASE_ERROR_LIMIT)
             && g_strcmp0 (code, "LIMIT") == 0);
}

static void
append_from (GPtrArray *list, GPtrArray *operations, guint i)
{
  for (; i < operations->len; i++)
    g_ptr_array_add (list, g_ptr_array_index (operations, i));
}

/* Sends them in their order; what is refused is back at its source, and is said once. */
static gboolean
send_all (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  g_autoptr (GPtrArray) refused = sync_batch_new_list (), later = sync_batch_new_list (),
                        bare = sync_batch_new_list ();
  g_autoptr (GError) reason = NULL, why = NULL;
  gint64 source = ((StoreOperation *)g_ptr_array_index (batch->open, 0))->folder_account;

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    g_autoptr (GError) local = NULL;
    gboolean loaded = FALSE, hopeless;

    if (load_and_send (batch, operation, &loaded, &local))
      continue;
    if (!loaded && g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
      g_ptr_array_add (bare, operation);
      continue;
    }
    if (sync_batch_is_fatal (batch, local)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (may_pass (batch, local)) {
      append_from (later, operations, i);
      why = g_steal_pointer (&local);
      break;
    }
    hopeless = is_hopeless (batch, local);
    if (hopeless)
      append_from (refused, operations, i);
    else
      g_ptr_array_add (refused, operation);
    g_clear_error (&reason);
    reason = g_steal_pointer (&local);
    if (hopeless)
      break;
  }
  return sync_batch_hand_over (batch, bare, source, error)
         && sync_batch_refuse (batch, refused, reason, error)
         && (later->len == 0
             || (store_operation_note_unsent (batch->context->db, later, error)
                 && sync_batch_settle (batch, later, why, error)));
}

/* Those in doubt: which of them are in the target.  By the size that was sent, whatever the source says of it: the same Message-ID alone
 * may be that of a mailing list's copy, on whose word no original may go. */
static gboolean
look (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  SyncContext *context = batch->context;

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    g_autoptr (GBytes) bytes = store_message_get_body (context->db, operation->message, NULL);

    if (bytes != NULL)
      operation->size = g_bytes_get_size (bytes);
  }
  /* Courier shows what came only after that (quirk 54). */
  return operations->len == 0
         || (imap_session_noop (context->session, context->cancellable, error)
             && sync_find_made (batch, operations, error));
}

/* The server said that it took them, but not under which UIDs, and has to show them.  What it does not show may be there twice
 * then, which is better than not at all. */
static gboolean
see_all (SyncBatch *batch, GPtrArray *sent, GError **error)
{
  g_autoptr (GPtrArray) doubtful = sync_batch_new_list (), unseen = sync_batch_new_list ();
  g_autoptr (GError) reason = NULL;

  for (guint i = 0; i < sent->len; i++) {
    StoreOperation *operation = g_ptr_array_index (sent, i);

    if (operation->step == STORE_STEP_MAYBE && g_ptr_array_find (batch->open, operation, NULL))
      g_ptr_array_add (doubtful, operation);
  }
  if (!look (batch, doubtful, error))
    return FALSE;
  for (guint i = 0; i < doubtful->len; i++) {
    StoreOperation *operation = g_ptr_array_index (doubtful, i);

    if (operation->step == STORE_STEP_MAYBE)
      g_ptr_array_add (unseen, operation);
  }
  base_error_set (&reason, BASE_ERROR_REFUSED, NULL,
                  _ ("The server said that it took the message, but does not show it."));
  return sync_batch_refuse (batch, unseen, reason, error);
}

/* The source goes on; a copy is done. */
static gboolean
settle_made (SyncBatch *batch, GError **error)
{
  g_autoptr (GPtrArray) made = list_open (batch, STORE_STEP_MADE);
  const StoreOperation *first = NULL;

  if (made->len == 0)
    return TRUE;
  first = g_ptr_array_index (made, 0);
  for (guint i = 0; i < made->len; i++) {
    const StoreOperation *operation = g_ptr_array_index (made, i);

    if (!sync_batch_is_numbered (operation->target_validity, operation->mark_validity))
      sync_batch_touch (batch, operation->target);
  }
  if (first->kind == STORE_OPERATION_COPY)
    return sync_batch_done (batch, made, NULL, 0, error);
  return sync_batch_hand_over (batch, made, first->folder_account, error);
}

/* Those whose bytes are not here go back to the source; the others, as many as one turn may take. */
static GPtrArray *
list_sendable (SyncBatch *batch, GError **error)
{
  g_autoptr (GPtrArray) left = sync_batch_new_list (), bare = sync_batch_new_list ();
  gint64 source = ((StoreOperation *)g_ptr_array_index (batch->open, 0))->folder_account;

  for (guint i = 0; i < batch->open->len; i++) {
    StoreOperation *operation = g_ptr_array_index (batch->open, i);

    if (operation->step != STORE_STEP_MADE)
      g_ptr_array_add (operation->has_body ? left : bare, operation);
  }
  return sync_batch_hand_over (batch, bare, source, error) ? take_some (batch, left, error) : NULL;
}

gboolean
sync_batch_run_arrival (SyncBatch *batch, GError **error)
{
  SyncContext *context = batch->context;
  g_autofree char *target =
      g_strdup (((StoreOperation *)g_ptr_array_index (batch->open, 0))->target_name);
  g_autoptr (GPtrArray) doubtful = list_open (batch, STORE_STEP_MAYBE), sendable = NULL;
  g_autoptr (GError) local = NULL;
  const ImapSelected *selected = NULL;

  if (!sync_batch_select_or_make (batch, target, &local)) {
    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (!sync_context_select (context, target, FALSE, error))
      return FALSE;
  }
  if (!look (batch, doubtful, error))
    return FALSE;
  sendable = list_sendable (batch, error);
  if (sendable == NULL)
    return FALSE;
  selected = imap_session_get_selected (context->session);
  if (sendable->len > 0
      && (!store_operation_note_maybe (context->db, sendable, selected->uid_validity,
                                       selected->uid_next, error)
          || !send_all (batch, sendable, error) || !see_all (batch, sendable, error)))
    return FALSE;
  return settle_made (batch, error);
}

/* ---- the source's turn ---- */

/* A copy is there: then the original goes as a person's deleting lets it go.  On Gmail EXPUNGE would take away a label, and leave the
 * message with all others: the bin is where it belongs, and from where it can be fetched back. */
static gboolean
delete_originals (SyncBatch *batch, const StoreOperation *first, const char *set, GError **error)
{
  SyncContext *context = batch->context;
  ImapSession *session = context->session;
  const ImapSelected *selected = imap_session_get_selected (session);
  gboolean gmail = imap_session_has (session, IMAP_CAP_GMAIL)
                   && first->folder_role != STORE_ROLE_TRASH
                   && first->folder_role != STORE_ROLE_JUNK;
  gboolean can_mark = !selected->read_only && (selected->permanent_flags & IMAP_FLAG_DELETED) != 0;
  g_autoptr (StoreFolder) trash = NULL;

  if (gmail || (!can_mark && imap_session_has (session, IMAP_CAP_MOVE)))
    trash = store_folder_by_role (context->db, context->row, STORE_ROLE_TRASH, NULL);
  if (trash != NULL && trash->id != first->folder) {
    sync_batch_touch (batch, trash->id);
    /* A copy to its bin is a move. */
    if (!imap_session_has (session, IMAP_CAP_MOVE))
      return imap_session_copy (session, set, trash->server_name, NULL, context->cancellable,
                                error);
    return imap_session_move (session, set, trash->server_name, NULL, context->cancellable, error);
  }
  if (can_mark)
    return imap_session_expunge (session, set, context->cancellable, error);
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("Messages in the folder “%s” cannot be deleted or moved away."),
                  first->folder_name);
  return FALSE;
}

/* They stay where they are as well, and a person has to know. */
static gboolean
leave_originals (SyncBatch *batch, GPtrArray *made, const char *set, const GError *reason,
                 GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *first = g_ptr_array_index (made, 0);
  const char *detail = base_error_get_detail (reason);
  g_autofree char *sentence = g_strdup_printf (
      /* Translators: the number of messages, the folder that they are in now, and the one that they were in */
      ngettext ("%1$'u message is in “%2$s” now, but the server did not remove it from “%3$s”.",
                "%1$'u messages are in “%2$s” now, but the server did not remove them from “%3$s”.",
                made->len),
      made->len, first->target_name, first->folder_name);
  g_autoptr (GError) local = NULL;

  /* Not with a mark by which the next one who tidies up takes them away. */
  if (!imap_session_get_selected (context->session)->read_only
      && !imap_session_store (context->session, set, FALSE, IMAP_FLAG_DELETED, context->cancellable,
                              &local)
      && sync_batch_is_fatal (batch, local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  base_log ("%s: %s (%s)", sync_account_get_id (context->account), sentence, reason->message);
  sync_batch_touch (batch, first->folder);
  if (!sync_batch_done (batch, made, NULL, 0, error))
    return FALSE;
  sync_account_tell_refused (context->account, sentence, detail != NULL ? detail : reason->message);
  return TRUE;
}

static BaseUidSet *
set_of (GPtrArray *operations)
{
  BaseUidSet *set = base_uid_set_new ();

  for (guint i = 0; i < operations->len; i++)
    base_uid_set_add (set, ((StoreOperation *)g_ptr_array_index (operations, i))->uid);
  return set;
}

static gboolean
let_go (SyncBatch *batch, GPtrArray *made, GError **error)
{
  g_autoptr (BaseUidSet) uids = set_of (made);
  g_autofree char *set = base_uid_set_to_string (uids);
  g_autoptr (GError) local = NULL;

  if (made->len == 0)
    return TRUE;
  if (delete_originals (batch, g_ptr_array_index (made, 0), set, &local))
    return sync_batch_done (batch, made, NULL, 0, error);
  if (sync_batch_is_fatal (batch, local) || g_error_matches (local, BASE_ERROR, BASE_ERROR_RETRY))
    return sync_batch_settle (batch, made, local, error);
  return leave_originals (batch, made, set, local, error);
}

static gboolean
fetch_all (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  g_autoptr (SyncIncoming) incoming = sync_incoming_new (context, first->folder, 0);
  g_autoptr (BaseUidSet) uids = set_of (operations);
  g_auto (GStrv) sets = base_uid_set_to_strings (uids, SYNC_SET_OCTETS);

  for (gsize i = 0; sets[i] != NULL; i++) {
    if (!imap_session_fetch (context->session, sets[i],
                             IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_BODY, 0,
                             sync_incoming_take_known, incoming, context->cancellable, error))
      return FALSE;
  }
  return sync_incoming_flush (incoming, error);
}

/* The bytes into the store, of as many as one turn may take. */
static gboolean
bring (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  g_autoptr (GPtrArray) some = NULL, here = sync_batch_new_list (), later = sync_batch_new_list (),
                        never = sync_batch_new_list ();
  g_autoptr (GError) local = NULL, reason = NULL;

  if (operations->len == 0)
    return TRUE;
  some = take_some (batch, operations, error);
  if (some == NULL)
    return FALSE;
  if (!fetch_all (batch, some, &local))
    return sync_batch_settle (batch, some, local, error);
  for (guint i = 0; i < some->len; i++) {
    StoreOperation *operation = g_ptr_array_index (some, i);
    g_autoptr (StoreMessage) row = store_message_get (batch->context->db, operation->message, NULL);

    g_ptr_array_add (row != NULL && row->has_body            ? here
                     : operation->attempts + 1 < GIVEN_TRIES ? later
                                                             : never,
                     operation);
  }
  base_error_set (&reason, BASE_ERROR_REFUSED, NULL,
                  _ ("The server does not give the message, which it lists."));
  return sync_batch_hand_over (
             batch, here, ((StoreOperation *)g_ptr_array_index (some, 0))->target_account, error)
         && sync_batch_postpone (batch, later, error)
         && sync_batch_refuse (batch, never, reason, error);
}

gboolean
sync_batch_run_departure (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  g_autoptr (GPtrArray) made = sync_batch_new_list (), here = sync_batch_new_list (),
                        bare = sync_batch_new_list ();
  const StoreOperation *first = g_ptr_array_index (operations, 0);

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);

    g_ptr_array_add (operation->step == STORE_STEP_MADE ? made
                     : operation->has_body              ? here
                                                        : bare,
                     operation);
  }
  return sync_batch_hand_over (batch, here, first->target_account, error)
         && let_go (batch, made, error) && bring (batch, bare, error);
}
