/* Making, renaming, deleting folders, and subscriptions.  A refusal may mean that an earlier try came through: LIST tells
 * what is already done.  Sync worker's thread; must never rename or delete the mailbox it has selected. */
#include "sync-operations-private.h"

#include "base-error.h"
#include "base-log.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  gboolean old_there, new_there, old_selectable;
} Listed;

static gboolean
look (SyncBatch *batch, Listed *listed, GError **error)
{
  const StoreOperation *operation = g_ptr_array_index (batch->open, 0);
  SyncContext *context = batch->context;
  g_autoptr (GPtrArray) mailboxes =
      imap_session_list (context->session, context->cancellable, error);

  for (guint i = 0; mailboxes != NULL && i < mailboxes->len; i++) {
    const ImapMailbox *mailbox = g_ptr_array_index (mailboxes, i);

    if (g_str_equal (mailbox->name, operation->folder_name)) {
      listed->old_there = TRUE;
      listed->old_selectable = mailbox->selectable;
    }
    if (g_strcmp0 (mailbox->name, operation->name) == 0)
      listed->new_there = TRUE;
  }
  /* An account without any folder: no word to delete anything on. */
  if (mailboxes != NULL && mailboxes->len == 0)
    base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” told no folders at all."),
                    sync_account_get_settings (context->account)->imap.host);
  return mailboxes != NULL && mailboxes->len > 0;
}

/* Servers differ in what becomes of a selected mailbox that is renamed or deleted. */
static gboolean
leave_mailbox (SyncBatch *batch, GError **error)
{
  const StoreOperation *operation = g_ptr_array_index (batch->open, 0);
  SyncContext *context = batch->context;
  const char *selected = imap_session_get_selected_name (context->session);

  if (selected == NULL || !g_str_has_prefix (selected, operation->folder_name))
    return TRUE;
  return imap_session_select (context->session, "INBOX", TRUE, context->cancellable, error);
}

/* Other programs list only what is subscribed.  That the server will not is no reason to say that the folder could not be
 * made. */
static gboolean
subscribe (SyncBatch *batch, const char *name, gboolean subscribed, GError **error)
{
  SyncContext *context = batch->context;
  g_autoptr (GError) local = NULL;

  if (imap_session_subscribe (context->session, name, subscribed, context->cancellable, &local)
      || !sync_batch_is_fatal (batch, local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
done (SyncBatch *batch, GError **error)
{
  const StoreOperation *operation = g_ptr_array_index (batch->open, 0);

  sync_batch_touch (batch, operation->folder);
  return sync_batch_done (batch, batch->open, NULL, 0, error);
}

/* TRUE where LIST shows that a refused operation is done all the same; else FALSE with the refusal. */
static gboolean
is_done_anyway (SyncBatch *batch, GError *refused, gboolean (*judge) (const Listed *, guint),
                GError **error)
{
  const StoreOperation *operation = g_ptr_array_index (batch->open, 0);
  g_autoptr (GError) local = refused;
  Listed listed = { 0 };

  if (sync_batch_is_fatal (batch, local) || g_error_matches (local, BASE_ERROR, BASE_ERROR_RETRY)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!look (batch, &listed, error))
    return FALSE;
  if (judge (&listed, operation->attempts))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
is_created (const Listed *listed, guint attempts)
{
  return listed->old_there;
}

static gboolean
is_renamed (const Listed *listed, guint attempts)
{
  return attempts > 0 && !listed->old_there && listed->new_there;
}

/* What is left of a mailbox that others stand below is a name. */
static gboolean
is_deleted (const Listed *listed, guint attempts)
{
  return !listed->old_there || !listed->old_selectable;
}

static gboolean
run_create (SyncBatch *batch, const StoreOperation *operation, GError **error)
{
  SyncContext *context = batch->context;
  GError *refused = NULL;

  if (!imap_session_create (context->session, operation->folder_name, context->cancellable,
                            &refused)
      && !is_done_anyway (batch, refused, is_created, error))
    return FALSE;
  return subscribe (batch, operation->folder_name, TRUE, error) && done (batch, error);
}

/* A subscription is one to a name: those that were subscribed to are under the new one too, the others stay as they were. */
static gboolean
move_subscriptions (SyncBatch *batch, const StoreOperation *operation, GError **error)
{
  g_autoptr (GPtrArray) folders =
      store_folder_list (batch->context->db, batch->context->row, error);
  gsize length = strlen (operation->folder_name);

  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    const char *rest = folder->server_name + length;
    g_autofree char *name = NULL;

    if (!folder->subscribed || folder->local
        || strncmp (folder->server_name, operation->folder_name, length) != 0
        || (*rest != '\0' && (folder->delimiter == 0 || *rest != folder->delimiter)))
      continue;
    name = g_strconcat (operation->name, rest, NULL);
    if (!subscribe (batch, name, TRUE, error)
        || !subscribe (batch, folder->server_name, FALSE, error))
      return FALSE;
  }
  return folders != NULL;
}

static gboolean
run_rename (SyncBatch *batch, const StoreOperation *operation, GError **error)
{
  SyncContext *context = batch->context;
  GError *refused = NULL;

  if (!leave_mailbox (batch, error))
    return FALSE;
  if (!imap_session_rename (context->session, operation->folder_name, operation->name,
                            context->cancellable, &refused)
      && !is_done_anyway (batch, refused, is_renamed, error))
    return FALSE;
  return move_subscriptions (batch, operation, error) && done (batch, error);
}

static gboolean
run_delete (SyncBatch *batch, const StoreOperation *operation, GError **error)
{
  SyncContext *context = batch->context;
  GError *refused = NULL;

  if (!leave_mailbox (batch, error))
    return FALSE;
  if (!imap_session_delete (context->session, operation->folder_name, context->cancellable,
                            &refused)
      && !is_done_anyway (batch, refused, is_deleted, error))
    return FALSE;
  return subscribe (batch, operation->folder_name, FALSE, error) && done (batch, error);
}

#define EMPTIED_AT_ONCE 1000
#define EMPTIED_RANGES  40 /* a command of not much more than 900 octets */

/* The first of `left`, as a set of its own. */
static BaseUidSet *
take_first (const BaseUidSet *left)
{
  BaseUidSet *first = base_uid_set_new ();
  guint64 room = EMPTIED_AT_ONCE;

  for (guint i = 0; i < base_uid_set_n_ranges (left) && i < EMPTIED_RANGES && room > 0; i++) {
    BaseUidRange range = base_uid_set_get_range (left, i);
    guint64 n = MIN ((guint64)range.last - range.first + 1, room);

    base_uid_set_add_range (first, range.first, (guint32)(range.first + n - 1));
    room -= n;
  }
  return first;
}

/* What is there now and was there when it was asked for: whatever comes has a greater UID.  In pieces, so that a server which takes its time
 * is not silent for long; each can be done again without harm. */
static gboolean
run_empty (SyncBatch *batch, const StoreOperation *operation, GError **error)
{
  SyncContext *context = batch->context;
  g_autoptr (BaseUidSet) all = NULL, late = base_uid_set_new (), left = NULL;

  if (!sync_context_select (context, operation->folder_name, FALSE, error))
    return FALSE;
  sync_batch_touch (batch, operation->folder);
  if (imap_session_get_selected (context->session)->uid_validity != operation->mark_validity) {
    base_log ("%s: “%s” is numbered anew and was not emptied",
              sync_account_get_id (context->account), operation->folder_name);
    return done (batch, error);
  }
  all = imap_session_search_all (context->session, context->cancellable, error);
  if (all == NULL)
    return FALSE;
  base_uid_set_add_range (late, operation->uid, G_MAXUINT32);
  left = base_uid_set_subtract (all, late);
  while (!base_uid_set_is_empty (left)) {
    g_autoptr (BaseUidSet) some = take_first (left), before = g_steal_pointer (&left);
    g_autofree char *set = base_uid_set_to_string (some);

    if (!imap_session_expunge (context->session, set, context->cancellable, error))
      return FALSE;
    left = base_uid_set_subtract (before, some);
  }
  return done (batch, error);
}

gboolean
sync_batch_run_folder (SyncBatch *batch, GError **error)
{
  const StoreOperation *operation = g_ptr_array_index (batch->open, 0);
  SyncContext *context = batch->context;

  switch (operation->kind) {
  case STORE_OPERATION_CREATE:
    return run_create (batch, operation, error);
  case STORE_OPERATION_RENAME:
    return run_rename (batch, operation, error);
  case STORE_OPERATION_DELETE:
    return run_delete (batch, operation, error);
  case STORE_OPERATION_SUBSCRIBE:
    return imap_session_subscribe (context->session, operation->folder_name, operation->add,
                                   context->cancellable, error)
           && done (batch, error);
  case STORE_OPERATION_EMPTY:
    return run_empty (batch, operation, error);
  case STORE_OPERATION_FLAGS:
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_EXPUNGE:
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_COPY:
    break;
  }
  g_return_val_if_reached (FALSE);
}
