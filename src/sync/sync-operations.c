/* Operations -> IMAP commands: takes a batch that is due and sees to its end: done, refused (undone here, and said), kept
 * for later, or due again because the connection went.  Each batch may be replayed from the start after any cut.  Sync
 * worker's thread. */
#include "sync-operations-private.h"

#include "base-error.h"
#include "base-log.h"

#include <glib/gi18n.h>

#define AT_ONCE        500
#define POSTPONE_FIRST 1  /* seconds */
#define FULL_FIRST     60 /* a mailbox without room gets some only when somebody makes it */
#define FULL_LAST      (60 * 60)
#define LIMIT_TRIES    11

GPtrArray *
sync_batch_new_list (void)
{
  return g_ptr_array_new ();
}

void
sync_batch_touch (SyncBatch *batch, gint64 folder)
{
  for (guint i = 0; i < batch->touched->len; i++)
    if (g_array_index (batch->touched, gint64, i) == folder)
      return;
  if (folder != 0)
    g_array_append_val (batch->touched, folder);
}

gboolean
sync_batch_is_numbered (guint32 known, guint32 told)
{
  return told != 0 && (known == 0 || known == told);
}

gboolean
sync_batch_is_fatal (SyncBatch *batch, const GError *error)
{
  return !imap_session_is_usable (batch->context->session) || base_error_is_cancelled (error)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST)
         || g_error_matches (error, BASE_ERROR, BASE_ERROR_DISK);
}

static void
close_operations (SyncBatch *batch, GPtrArray *operations)
{
  if (operations == batch->open) {
    g_ptr_array_set_size (batch->open, 0);
    return;
  }
  for (guint i = 0; i < operations->len; i++)
    g_ptr_array_remove (batch->open, g_ptr_array_index (operations, i));
}

/* ---- what is said ---- */

static char *
say_refused (GPtrArray *operations)
{
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  guint n = operations->len;

  switch (first->kind) {
  case STORE_OPERATION_FLAGS:
    return g_strdup_printf (
        ngettext (
            "The server did not accept the change to %'u message in “%s”; it was taken back.",
            "The server did not accept the change to %'u messages in “%s”; it was taken back.", n),
        n, first->folder_name);
  case STORE_OPERATION_MOVE:
    return g_strdup_printf (
        ngettext ("The server did not move %'u message to “%s”; it is back where it was.",
                  "The server did not move %'u messages to “%s”; they are back where they were.",
                  n),
        n, first->target_name);
  case STORE_OPERATION_COPY:
    return g_strdup_printf (ngettext ("The server did not copy %'u message to “%s”.",
                                      "The server did not copy %'u messages to “%s”.", n),
                            n, first->target_name);
  case STORE_OPERATION_EXPUNGE:
    return g_strdup_printf (
        ngettext ("The server did not delete %'u message; it is back in “%s”.",
                  "The server did not delete %'u messages; they are back in “%s”.", n),
        n, first->folder_name);
  case STORE_OPERATION_APPEND:
    if (first->folder_role == STORE_ROLE_SENT)
      return g_strdup_printf (
          _ ("The mail was sent, but the server did not take the copy for “%s”."),
          first->folder_name);
    return g_strdup_printf (
        _ ("The server did not take a message into “%s”; it is kept on this computer only."),
        first->folder_name);
  case STORE_OPERATION_CREATE:
    return g_strdup_printf (_ ("The server did not create the folder “%s”."), first->folder_name);
  case STORE_OPERATION_RENAME:
    return g_strdup_printf (
        _ ("The server did not rename the folder “%s” to “%s”; it has its old name again."),
        first->folder_name, first->name);
  case STORE_OPERATION_DELETE:
    return g_strdup_printf (_ ("The server did not delete the folder “%s”; it is back."),
                            first->folder_name);
  case STORE_OPERATION_EMPTY:
    return g_strdup_printf (_ ("The server did not empty the folder “%s”."), first->folder_name);
  case STORE_OPERATION_SUBSCRIBE:
    return g_strdup_printf (first->add
                                ? _ ("The server did not subscribe to the folder “%s”.")
                                : _ ("The server did not end the subscription to the folder “%s”."),
                            first->folder_name);
  }
  g_return_val_if_reached (NULL);
}

static char *
say_kept (GPtrArray *operations)
{
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  guint n = operations->len;

  if (first->kind == STORE_OPERATION_APPEND)
    return g_strdup_printf (
        _ ("The server has no room for a message in “%s”. It is kept on this computer until there is."),
        first->folder_name);
  return g_strdup_printf (
      ngettext ("The server has no room for %'u message in “%s”. It will be tried again.",
                "The server has no room for %'u messages in “%s”. It will be tried again.", n),
      n, first->target_name);
}

static char *
say_lost (GPtrArray *operations)
{
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  guint n = operations->len;

  return g_strdup_printf (
      ngettext (
          "%'u message in “%s” is not on the server any more, so the change to it was dropped.",
          "%'u messages in “%s” are not on the server any more, so the changes to them were dropped.",
          n),
      n, first->folder_name);
}

/* ---- how operations end ---- */

gboolean
sync_batch_done (SyncBatch *batch, GPtrArray *operations, GHashTable *map, guint32 uid_validity,
                 GError **error)
{
  if (!store_operation_done (batch->context->db, operations, map, uid_validity, error))
    return FALSE;
  close_operations (batch, operations);
  return TRUE;
}

static gboolean
take_back (SyncBatch *batch, GPtrArray *operations, const char *sentence, gboolean tell,
           const GError *reason, GError **error)
{
  SyncContext *context = batch->context;
  const char *detail = reason != NULL ? base_error_get_detail (reason) : NULL;

  base_log ("%s: %s (%s)", sync_account_get_id (context->account), sentence,
            reason != NULL ? reason->message : "");
  if (!store_operation_refused (context->db, operations, error))
    return FALSE;
  close_operations (batch, operations);
  if (tell)
    sync_account_tell_refused (context->account, sentence,
                               detail != NULL   ? detail
                               : reason != NULL ? reason->message
                                                : NULL);
  return TRUE;
}

gboolean
sync_batch_refuse (SyncBatch *batch, GPtrArray *operations, const GError *reason, GError **error)
{
  g_autofree char *sentence = NULL;

  if (operations->len == 0)
    return TRUE;
  sentence = say_refused (operations);
  return take_back (batch, operations, sentence, reason != NULL, reason, error);
}

gboolean
sync_batch_lose (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  g_autofree char *sentence = NULL;

  if (operations->len == 0)
    return TRUE;
  sentence = say_lost (operations);
  return take_back (batch, operations, sentence, TRUE, NULL, error);
}

gboolean
sync_batch_hand_over (SyncBatch *batch, GPtrArray *operations, gint64 account, GError **error)
{
  if (operations->len == 0)
    return TRUE;
  if (!store_operation_hand_over (batch->context->db, operations, account, error))
    return FALSE;
  close_operations (batch, operations);
  if (account != batch->context->row)
    sync_account_wake_other (batch->context->account, account);
  return TRUE;
}

static gint64
get_time (GPtrArray *operations, gint64 shortest, gint64 longest)
{
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  gint64 delay = MIN (shortest << MIN (first->attempts, 10), longest);

  return g_get_real_time () / G_USEC_PER_SEC + delay;
}

static gint64
get_next_try (SyncBatch *batch, GPtrArray *operations)
{
  return get_time (operations, POSTPONE_FIRST,
                   sync_account_get_times (batch->context->account)->postponed / G_USEC_PER_SEC);
}

gboolean
sync_batch_postpone (SyncBatch *batch, GPtrArray *operations, GError **error)
{
  if (operations->len == 0)
    return TRUE;
  if (!store_operation_postpone (batch->context->db, operations, get_next_try (batch, operations),
                                 error))
    return FALSE;
  close_operations (batch, operations);
  return TRUE;
}

/* The server may take it later; the state says why it waits. */
static gboolean
keep (SyncBatch *batch, GPtrArray *operations, gboolean full, const GError *reason, GError **error)
{
  SyncContext *context = batch->context;
  const StoreOperation *first = g_ptr_array_index (operations, 0);
  gboolean told = first->told;
  gint64 time =
      full ? get_time (operations, FULL_FIRST, FULL_LAST) : get_next_try (batch, operations);

  base_log ("%s: %s; it is tried again", sync_account_get_id (context->account), reason->message);
  if (!store_operation_keep (context->db, operations, time, full, error))
    return FALSE;
  sync_account_set_waiting (context->account, reason);
  if (full && !told) {
    g_autofree char *sentence = say_kept (operations);
    const char *detail = base_error_get_detail (reason);

    sync_account_tell_refused (context->account, sentence,
                               detail != NULL ? detail : reason->message);
  }
  close_operations (batch, operations);
  return TRUE;
}

/* [LIMIT] is how some say “not so fast”; and deleting and marking needs no room, so a server that has none for that has some
 * other trouble.  What does not pass in half an hour is a no. */
static gboolean
may_pass (SyncBatch *batch, const StoreOperation *first, const GError *reason)
{
  const char *code = imap_session_get_refused_code (batch->context->session);

  return g_error_matches (reason, BASE_ERROR, BASE_ERROR_LIMIT) && first->attempts < LIMIT_TRIES
         && !STORE_OPERATION_IS_ON_FOLDER (first->kind)
         && (g_strcmp0 (code, "LIMIT") == 0 || g_strcmp0 (code, "OVERQUOTA") == 0);
}

static gboolean
is_full (SyncBatch *batch, const StoreOperation *first, const GError *reason)
{
  return g_error_matches (reason, BASE_ERROR, BASE_ERROR_LIMIT)
         && g_strcmp0 (imap_session_get_refused_code (batch->context->session), "OVERQUOTA") == 0
         && (first->kind == STORE_OPERATION_APPEND || first->kind == STORE_OPERATION_COPY
             || first->kind == STORE_OPERATION_MOVE);
}

gboolean
sync_batch_settle (SyncBatch *batch, GPtrArray *operations, const GError *reason, GError **error)
{
  gboolean full;

  if (sync_batch_is_fatal (batch, reason)) {
    g_propagate_error (error, g_error_copy (reason));
    return FALSE;
  }
  if (operations->len == 0)
    return TRUE;
  full = is_full (batch, g_ptr_array_index (operations, 0), reason);
  if (full || may_pass (batch, g_ptr_array_index (operations, 0), reason)
      || g_error_matches (reason, BASE_ERROR, BASE_ERROR_RETRY))
    return keep (batch, operations, full, reason, error);
  return sync_batch_refuse (batch, operations, reason, error);
}

/* ---- one batch ---- */

static gboolean
run (SyncBatch *batch, GError **error)
{
  const StoreOperation *first = g_ptr_array_index (batch->open, 0);

  switch (first->kind) {
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_COPY:
    if (STORE_OPERATION_CROSSES (first) && first->target_account == batch->context->row)
      return sync_batch_run_arrival (batch, error);
    return sync_batch_run_messages (batch, error);
  case STORE_OPERATION_FLAGS:
  case STORE_OPERATION_EXPUNGE:
    return sync_batch_run_messages (batch, error);
  case STORE_OPERATION_APPEND:
    return sync_batch_run_append (batch, error);
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    return sync_batch_run_folder (batch, error);
  }
  g_return_val_if_reached (FALSE);
}

gboolean
sync_operations_run (SyncContext *context, gboolean *did, gint64 *next_due, GArray *touched,
                     GError **error)
{
  g_autoptr (GPtrArray) operations = NULL, open = sync_batch_new_list ();
  g_autoptr (GError) local = NULL, swallowed = NULL;
  SyncBatch batch = { .context = context, .open = open, .touched = touched };

  *did = FALSE;
  operations = store_operation_take_due (context->db, context->row, AT_ONCE,
                                         g_get_real_time () / G_USEC_PER_SEC, next_due, error);
  if (operations == NULL)
    return FALSE;
  if (operations->len == 0)
    return TRUE;
  *did = TRUE;
  for (guint i = 0; i < operations->len; i++)
    g_ptr_array_add (open, g_ptr_array_index (operations, i));
  if (run (&batch, &local) || sync_batch_settle (&batch, open, local, NULL)) {
    if (sync_account_is_waiting (context->account)
        && store_operation_count_kept (context->db, context->row) == 0)
      sync_account_set_waiting (context->account, NULL);
    return TRUE;
  }
  /* Put off rather than left: an operation that breaks every connection must not keep all else from being done. */
  if (!sync_batch_postpone (&batch, open, &swallowed))
    base_log ("%s: could not put off operations: %s", sync_account_get_id (context->account),
              swallowed->message);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
