/* Operations -> IMAP commands.  Each batch may be replayed from the start after any cut: flags and deletions repeat without harm, a
 * move that was done finds its UIDs gone, an APPEND looks for its Message-ID first.  Sync worker's thread; must never
 * use a plain EXPUNGE (imap_session_expunge () does not). */
#include "sync-operations.h"

#include "base-error.h"
#include "base-log.h"
#include "store-operation.h"
#include "sync-folders.h"

#include <glib/gi18n.h>

#define AT_ONCE        500
#define SET_OCTETS     900
#define FIND_ATTEMPTS  5
#define POSTPONE_FIRST 1 /* seconds */
#define POSTPONE_LAST  (10 * 60)

/* A batch on its way.  `open`: those not yet done, refused or put off; what ends the connection leaves them there. */
typedef struct
{
  SyncContext *context;
  GPtrArray *open; /* borrows */
  gint64 *touched;
} Batch;

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new (); /* borrows from the batch */
}

/* Not a word about these operations: the connection, the sign-in or this computer's disk. */
static gboolean
is_fatal (SyncContext *context, const GError *error)
{
  return !imap_session_is_usable (context->session) || base_error_is_cancelled (error)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_DISK);
}

static char *
sentence_for (GPtrArray *operations)
{
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  guint n = operations->len;

  switch (first->kind) {
  case STORE_OPERATION_FLAGS:
    return g_strdup_printf (
        ngettext ("The server did not accept the change to %u message in “%s”; it was taken back.",
                  "The server did not accept the change to %u messages in “%s”; it was taken back.",
                  n),
        n, first->folder_name);
  case STORE_OPERATION_MOVE:
    return g_strdup_printf (
        ngettext ("The server did not move %u message to “%s”; it is back where it was.",
                  "The server did not move %u messages to “%s”; they are back where they were.", n),
        n, first->target_name);
  case STORE_OPERATION_EXPUNGE:
    return g_strdup_printf (
        ngettext ("The server did not delete %u message; it is back in “%s”.",
                  "The server did not delete %u messages; they are back in “%s”.", n),
        n, first->folder_name);
  case STORE_OPERATION_APPEND:
    return g_strdup_printf (_ ("The mail was sent, but the server did not take the copy for “%s”."),
                            first->folder_name);
  }
  g_return_val_if_reached (NULL);
}

static void
close_operations (Batch *batch, GPtrArray *operations)
{
  if (operations == batch->open) {
    g_ptr_array_set_size (batch->open, 0);
    return;
  }
  for (guint i = 0; i < operations->len; i++)
    g_ptr_array_remove_fast (batch->open, g_ptr_array_index (operations, i));
}

static gboolean
done (Batch *batch, GPtrArray *operations, GHashTable *map, GError **error)
{
  if (!store_operation_done (batch->context->db, operations, map, error))
    return FALSE;
  close_operations (batch, operations);
  return TRUE;
}

/* The server said no: undone here, and said (where there is a reason to tell). */
static gboolean
refuse (Batch *batch, GPtrArray *operations, const GError *reason, GError **error)
{
  SyncContext *context = batch->context;
  g_autofree char *sentence = NULL;

  if (operations->len == 0)
    return TRUE;
  sentence = sentence_for (operations);
  base_log ("%s: %s (%s)", sync_account_get_id (context->account), sentence,
            reason != NULL ? reason->message : "");
  if (!store_operation_refused (context->db, operations, error))
    return FALSE;
  close_operations (batch, operations);
  if (reason != NULL) {
    const char *detail = base_error_get_detail (reason);

    sync_account_tell_refused (context->account, sentence,
                               detail != NULL ? detail : reason->message);
  }
  return TRUE;
}

static gboolean
postpone (Batch *batch, GPtrArray *operations, GError **error)
{
  const StoreOperation *first = NULL;
  gint64 delay = POSTPONE_FIRST;

  if (operations->len == 0)
    return TRUE;
  first = g_ptr_array_index (operations, 0);
  delay = MIN (delay << MIN (first->attempts, 10), POSTPONE_LAST);
  if (!store_operation_postpone (batch->context->db, operations,
                                 g_get_real_time () / G_USEC_PER_SEC + delay, error))
    return FALSE;
  close_operations (batch, operations);
  return TRUE;
}

/* UIDs of the operations, by UID; those whose UID is not known yet are found by Message-ID, the rest goes to `lost`. */
static GHashTable *
resolve (SyncContext *context, GPtrArray *operations, GPtrArray *lost, GError **error)
{
  g_autoptr (GHashTable) by_uid = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (guint i = 0; i < operations->len; i++) {
    StoreOperation *operation = g_ptr_array_index (operations, i);
    g_autoptr (BaseUidSet) found = NULL;
    guint32 uid = operation->uid;

    if (uid == 0 && operation->message_id != NULL) {
      found = imap_session_search_message_id (context->session, operation->message_id,
                                              context->cancellable, error);
      if (found == NULL)
        return NULL;
      /* Several copies: the newest is the one that an operation before this one brought here. */
      if (!base_uid_set_is_empty (found))
        uid = base_uid_set_get_range (found, base_uid_set_n_ranges (found) - 1).last;
    }
    operation->uid = uid; /* what COPYUID will be matched with */
    if (uid == 0 || g_hash_table_contains (by_uid, GUINT_TO_POINTER (uid)))
      g_ptr_array_add (lost, operation);
    else
      g_hash_table_insert (by_uid, GUINT_TO_POINTER (uid), operation);
  }
  return g_steal_pointer (&by_uid);
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

static GPtrArray *
operations_of_set (GHashTable *by_uid, const char *text)
{
  GPtrArray *operations = new_list ();
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

/* Moves one set; makes the target where it does not exist yet. */
static gboolean
move_set (SyncContext *context, const StoreOperation *first, const char *set, GHashTable **map,
          GError **error)
{
  g_autoptr (GError) gone = NULL;

  if (imap_session_move (context->session, set, first->target_name, map, context->cancellable,
                         &gone))
    return TRUE;
  if (!g_error_matches (gone, BASE_ERROR, BASE_ERROR_GONE)
      || !imap_session_is_usable (context->session)) {
    g_propagate_error (error, g_steal_pointer (&gone));
    return FALSE;
  }
  return sync_folders_create (context, first->target_name, error)
         && sync_context_select (context, first->folder_name, FALSE, error)
         && imap_session_move (context->session, set, first->target_name, map, context->cancellable,
                               error);
}

/* After a move: rows whose message was not there any more go back, and the next look at their folder removes them. */
static gboolean
settle_move (Batch *batch, GHashTable *by_uid, GPtrArray *operations, GHashTable *map,
             GError **error)
{
  g_autoptr (GPtrArray) moved = new_list (), vanished = new_list ();
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  GHashTableIter iter;
  gpointer uid = NULL, operation = NULL;

  if (map == NULL) {
    *batch->touched = first->target;
    return done (batch, operations, NULL, error);
  }
  g_hash_table_iter_init (&iter, by_uid);
  while (g_hash_table_iter_next (&iter, &uid, &operation)) {
    if (!g_ptr_array_find (operations, operation, NULL))
      continue;
    g_ptr_array_add (g_hash_table_contains (map, uid) ? moved : vanished, operation);
  }
  if (moved->len > 0 && !done (batch, moved, map, error))
    return FALSE;
  if (vanished->len > 0)
    *batch->touched = first->folder;
  return refuse (batch, vanished, NULL, error);
}

static gboolean
run_set (Batch *batch, GHashTable *by_uid, GPtrArray *operations, const char *set, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  g_autoptr (GHashTable) map = NULL;

  switch (first->kind) {
  case STORE_OPERATION_FLAGS:
    return imap_session_store (context->session, set, first->add, (ImapFlags)first->flags,
                               context->cancellable, error)
           && done (batch, operations, NULL, error);
  case STORE_OPERATION_MOVE:
    return move_set (context, first, set, &map, error)
           && settle_move (batch, by_uid, operations, map, error);
  case STORE_OPERATION_EXPUNGE:
    return imap_session_expunge (context->session, set, context->cancellable, error)
           && done (batch, operations, NULL, error);
  case STORE_OPERATION_APPEND:
    break;
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
run_on_messages (Batch *batch, GError **error)
{
  const StoreOperation *first = g_ptr_array_index (batch->open, 0);
  g_autoptr (GPtrArray) lost = new_list ();
  g_autoptr (GHashTable) by_uid = NULL;
  g_autoptr (BaseUidSet) all = NULL;
  g_auto (GStrv) sets = NULL;

  if (!sync_context_select (batch->context, first->folder_name, FALSE, error))
    return FALSE;
  by_uid = resolve (batch->context, batch->open, lost, error);
  if (by_uid == NULL)
    return FALSE;
  /* What is found nowhere may still be on its way; after some tries it is not coming, and the next look at its folder
   * removes its row. */
  if (lost->len > 0 && first->attempts >= FIND_ATTEMPTS)
    *batch->touched = first->folder;
  if (!(first->attempts < FIND_ATTEMPTS ? postpone (batch, lost, error)
                                        : refuse (batch, lost, NULL, error)))
    return FALSE;
  all = keys_to_set (by_uid);
  sets = base_uid_set_to_strings (all, SET_OCTETS);
  for (gsize i = 0; sets[i] != NULL; i++) {
    g_autoptr (GPtrArray) part = operations_of_set (by_uid, sets[i]);
    g_autoptr (GError) local = NULL;

    if (run_set (batch, by_uid, part, sets[i], &local))
      continue;
    if (is_fatal (batch->context, local)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (!refuse (batch, part, local, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
done_append (Batch *batch, GPtrArray *one, guint32 uid, GError **error)
{
  g_autoptr (GHashTable) map = NULL;

  if (uid != 0) {
    map = g_hash_table_new (g_direct_hash, g_direct_equal);
    g_hash_table_insert (map, GUINT_TO_POINTER (0), GUINT_TO_POINTER (uid));
  } else {
    *batch->touched = ((StoreOperation *)g_ptr_array_index (one, 0))->folder;
  }
  return done (batch, one, map, error);
}

static gboolean
append_one (Batch *batch, GPtrArray *one, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *operation = g_ptr_array_index (one, 0);
  g_autoptr (StoreMessage) row = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BaseUidSet) found = NULL;
  g_autoptr (GError) local = NULL;
  guint32 uid = 0;

  row = store_message_get (context->db, operation->message, error);
  bytes = row != NULL ? store_message_get_body (context->db, operation->message, error) : NULL;
  if (bytes == NULL)
    return FALSE;
  /* An earlier try may have come through, or the provider files sent mail by itself. */
  if (sync_context_select (context, operation->folder_name, FALSE, &local)) {
    if (operation->message_id != NULL) {
      found = imap_session_search_message_id (context->session, operation->message_id,
                                              context->cancellable, error);
      if (found == NULL)
        return FALSE;
      if (!base_uid_set_is_empty (found))
        return done_append (batch, one,
                            base_uid_set_get_range (found, base_uid_set_n_ranges (found) - 1).last,
                            error);
    }
  } else if (is_fatal (context, local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  } else if (!sync_folders_create (context, operation->folder_name, error)) {
    return FALSE;
  }
  return imap_session_append (context->session, operation->folder_name, (ImapFlags)row->flags,
                              row->received, bytes, &uid, context->cancellable, error)
         && done_append (batch, one, uid, error);
}

static gboolean
run_appends (Batch *batch, GPtrArray *operations, GError **error)
{
  for (guint i = 0; i < operations->len; i++) {
    g_autoptr (GPtrArray) one = new_list ();
    g_autoptr (GError) local = NULL;

    g_ptr_array_add (one, g_ptr_array_index (operations, i));
    if (append_one (batch, one, &local))
      continue;
    if (is_fatal (batch->context, local)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (!refuse (batch, one, local, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sync_operations_run (SyncContext *context, gboolean *did, gint64 *next_due, gint64 *touched,
                     GError **error)
{
  g_autoptr (GPtrArray) operations = NULL, open = new_list ();
  g_autoptr (GError) local = NULL, swallowed = NULL;
  Batch batch = { .context = context, .open = open, .touched = touched };
  gboolean good = FALSE;

  *did = FALSE;
  *touched = 0;
  operations = store_operation_take_due (context->db, context->row, AT_ONCE,
                                         g_get_real_time () / G_USEC_PER_SEC, next_due, error);
  if (operations == NULL)
    return FALSE;
  if (operations->len == 0)
    return TRUE;
  *did = TRUE;
  for (guint i = 0; i < operations->len; i++)
    g_ptr_array_add (open, g_ptr_array_index (operations, i));
  good = ((StoreOperation *)g_ptr_array_index (operations, 0))->kind == STORE_OPERATION_APPEND
             ? run_appends (&batch, operations, &local)
             : run_on_messages (&batch, &local);
  if (good)
    return TRUE;
  /* The folder itself could not be selected or searched: the server's no to all of them. */
  if (!is_fatal (context, local))
    return refuse (&batch, open, local, error);
  /* Put off rather than left: an operation that breaks every connection must not keep all else from being done. */
  if (!postpone (&batch, open, &swallowed))
    base_log ("%s: could not put off operations: %s", sync_account_get_id (context->account),
              swallowed->message);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
