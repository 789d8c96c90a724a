/* Compares the rows of all folders with what the server says of them.  Sync worker's thread; must never take a folder for
 * being in step on numbers that may be older than what is known. */
#include "sync-survey.h"

#include "base-error.h"
#include "base-log.h"
#include "imap-flight.h"
#include "store-message.h"
#include "sync-folders.h"

/* A person who wants something meanwhile waits no longer than that. */
#define MEASURE_PATIENCE_MS 5000

static SyncStatus
status_of (const ImapMailbox *mailbox)
{
  return (SyncStatus){ .uid_validity = mailbox->uid_validity,
                       .uid_next = mailbox->uid_next,
                       .messages = mailbox->messages,
                       .unseen = mailbox->unseen,
                       .modseq = mailbox->highest_modseq };
}

/* What the server fails to give is lacking still, though its numbers are those of before. */
static gboolean
prove (SyncContext *context, SyncMemory *memory, gint64 folder, StoreProof by, gint64 now,
       GError **error)
{
  return !sync_memory_is_whole (memory, folder)
         || store_folder_prove (context->db, folder, by, now, error);
}

/* What the list says of one folder. */
static gboolean
take_listed (SyncContext *context, SyncMemory *memory, SyncWatch *watch, const StoreFolder *folder,
             const ImapMailbox *mailbox, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gboolean told = mailbox != NULL && mailbox->has_status, lacks = FALSE, agrees = FALSE,
           strays = FALSE;
  SyncStatus status = { 0 };
  guint64 known = 0;

  if (told) {
    status = status_of (mailbox);
    if (!store_message_count_uids (context->db, folder->id, &known, error)
        || !store_folder_set_server_counts (context->db, folder->id, status.messages, status.unseen,
                                            error))
      return FALSE;
  }
  agrees = sync_watch_take_folder (watch, folder, told ? &status : NULL, known, now);
  /* The server's numbers say nothing of rows that it never had. */
  if (!store_folder_has_strays (context->db, folder->id, &strays, error))
    return FALSE;
  if (strays)
    sync_watch_mark (watch, folder->id);
  if (agrees && !strays
      && !prove (context, memory, folder->id, STORE_PROOF_STATUS,
                 g_get_real_time () / G_USEC_PER_SEC, error))
    return FALSE;
  /* Perhaps the program ended before all of them were here. */
  if (folder->complete && !sync_mailbox_lacks_bodies (context, folder->id, &lacks, error))
    return FALSE;
  if (lacks)
    sync_watch_want_bodies (watch, folder->id);
  return TRUE;
}

static gboolean
take_list (SyncContext *context, SyncMemory *memory, SyncWatch *watch, GHashTable *mailboxes,
           GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (context->db, context->row, error);

  if (folders == NULL || !store_db_begin (context->db, FALSE, error))
    return FALSE;
  sync_watch_begin_list (watch, g_get_monotonic_time ());
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    const ImapMailbox *mailbox = g_hash_table_lookup (mailboxes, folder->server_name);

    if (!folder->selectable || folder->local
        || (mailbox == NULL && folder->role != STORE_ROLE_INBOX))
      continue;
    if (!take_listed (context, memory, watch, folder, mailbox, error)) {
      store_db_rollback (context->db);
      return FALSE;
    }
  }
  sync_watch_end_list (watch);
  return store_db_commit (context->db, error);
}

/* It was opened before the list was there: the list may have another folder under its name by now. */
static gboolean
check_opened (SyncContext *context, SyncMailbox *mailbox)
{
  g_autoptr (StoreFolder) folder =
      store_folder_get (context->db, sync_mailbox_get_folder (mailbox), NULL);

  return folder != NULL && g_str_equal (folder->server_name, sync_mailbox_get_name (mailbox))
         && sync_mailbox_is_selected (mailbox, context);
}

/* A folder that will not open is dealt with when its turn comes. */
static gboolean
take_opened (SyncContext *context, ImapFlight *flight, SyncMailbox **mailbox, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (*mailbox == NULL || sync_mailbox_take_opened (*mailbox, context, flight, &local))
    return TRUE;
  g_clear_pointer (mailbox, sync_mailbox_free);
  if (imap_session_is_usable (context->session)
      && (g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED)
          || g_error_matches (local, BASE_ERROR, BASE_ERROR_RETRY)
          || g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)
          || g_error_matches (local, BASE_ERROR, BASE_ERROR_LIMIT)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sync_survey_run (SyncContext *context, SyncMemory *memory, SyncWatch *watch, gboolean begins,
                 gint64 folder, SyncMailbox **mailbox, gboolean *ask_again, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (SyncMailbox) opened = NULL;
  g_autoptr (GHashTable) mailboxes = NULL;
  guint index = 0;

  *mailbox = NULL;
  *ask_again = FALSE;
  /* First what is opened: a server that has looked into a mailbox for SELECT need not do so again for the list. */
  if (folder != 0) {
    opened = sync_mailbox_ask (context, memory, folder, NULL,
                               sync_account_is_metered (context->account), flight, error);
    if (opened == NULL)
      return FALSE;
  }
  if (!sync_folders_ask (context, flight, begins, folder, &index, error))
    return FALSE;
  if (!imap_flight_run (flight, context->cancellable, error)
      || !take_opened (context, flight, &opened, error))
    return FALSE;
  mailboxes = sync_folders_take (context, memory, flight, index, ask_again, error);
  if (mailboxes == NULL)
    return *ask_again;
  sync_watch_set_told (watch, imap_session_is_watching (context->session));
  if (!take_list (context, memory, watch, mailboxes, error))
    return FALSE;
  if (opened != NULL && check_opened (context, opened))
    *mailbox = g_steal_pointer (&opened);
  return TRUE;
}

/* ---- told unasked ---- */

/* STATUS of another folder: perhaps only what changed of it. */
static gboolean
take_told_status (SyncContext *context, SyncMemory *memory, SyncWatch *watch,
                  const StoreFolder *folder, const ImapMailbox *told, GError **error)
{
  SyncStatus status = { 0 }, before = { 0 };
  guint64 known = 0;

  if (!sync_watch_get_status (watch, folder->id, &status)) {
    sync_watch_mark (watch, folder->id);
    return TRUE;
  }
  before = status;
  if (told->told & IMAP_TOLD_MESSAGES)
    status.messages = told->messages;
  if (told->told & IMAP_TOLD_UNSEEN)
    status.unseen = told->unseen;
  if (told->told & IMAP_TOLD_UIDNEXT)
    status.uid_next = told->uid_next;
  if (told->told & IMAP_TOLD_UIDVALIDITY)
    status.uid_validity = told->uid_validity;
  if (told->told & IMAP_TOLD_HIGHESTMODSEQ)
    status.modseq = told->highest_modseq;
  /* The list said the same. */
  if (sync_status_equal (&status, &before))
    return TRUE;
  return store_message_count_uids (context->db, folder->id, &known, error)
         && store_folder_set_server_counts (context->db, folder->id, status.messages, status.unseen,
                                            error)
         && (!sync_watch_take_folder (watch, folder, &status, known, g_get_monotonic_time ())
             || prove (context, memory, folder->id, STORE_PROOF_NOTIFY,
                       g_get_real_time () / G_USEC_PER_SEC, error));
}

static const StoreFolder *
find_folder (GPtrArray *folders, const char *name)
{
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (g_str_equal (folder->server_name, name))
      return folder;
  }
  return NULL;
}

gboolean
sync_survey_take_news (SyncContext *context, SyncMemory *memory, SyncWatch *watch, GPtrArray *news,
                       GError **error)
{
  g_autoptr (GPtrArray) folders = NULL;
  gboolean list = FALSE;

  for (guint i = 0; i < news->len; i++) {
    const ImapNews *one = g_ptr_array_index (news, i);
    const StoreFolder *folder = NULL;

    list |= one->kind == IMAP_NEWS_LOOK_AGAIN || one->kind == IMAP_NEWS_MAILBOXES
            || one->kind == IMAP_NEWS_UNWATCHED;
    if (one->kind != IMAP_NEWS_STATUS)
      continue;
    if (folders == NULL)
      folders = store_folder_list (context->db, context->row, error);
    if (folders == NULL)
      return FALSE;
    folder = find_folder (folders, one->mailbox->name);
    if (folder != NULL && !take_told_status (context, memory, watch, folder, one->mailbox, error))
      return FALSE;
  }
  /* Behind what is told of single ones, which is compared with the list as it was. */
  if (list)
    sync_watch_expire_list (watch);
  sync_watch_set_told (watch, imap_session_is_watching (context->session));
  return TRUE;
}

gboolean
sync_survey_watch (SyncContext *context, SyncWatch *watch, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (context->db, context->row, error);
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  SyncStatus status = { 0 };

  if (folders == NULL)
    return FALSE;
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (sync_watch_get_status (watch, folder->id, &status))
      g_ptr_array_add (known, folder->server_name);
  }
  g_ptr_array_add (known, NULL);
  return imap_session_watch (context->session, (const char *const *)known->pdata,
                             context->cancellable, error);
}

gboolean
sync_survey_prove_rest (SyncContext *context, SyncMemory *memory, SyncWatch *watch, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, inbox = sync_watch_get_inbox (watch);
  g_autoptr (GArray) folders = NULL;

  if (!imap_session_is_watching (context->session))
    return TRUE;
  folders = sync_watch_list_in_step (watch);
  if (!store_db_begin (context->db, FALSE, error))
    return FALSE;
  for (guint i = 0; i < folders->len; i++) {
    gint64 folder = g_array_index (folders, gint64, i);

    if (folder != inbox && !prove (context, memory, folder, STORE_PROOF_NOTIFY, now, error)) {
      store_db_rollback (context->db);
      return FALSE;
    }
  }
  return store_db_commit (context->db, error);
}

/* ---- how much room they take ---- */

gboolean
sync_survey_measure (SyncContext *context, SyncWatch *watch, gboolean *did, GError **error)
{
  gint64 now = g_get_monotonic_time (), size = -1;
  gint64 next = imap_session_has (context->session, IMAP_CAP_STATUS_SIZE)
                    ? sync_watch_next_unmeasured (watch, now)
                    : 0;
  g_autoptr (StoreFolder) folder = NULL;
  g_autoptr (GError) local = NULL;

  *did = next != 0;
  if (next == 0)
    return TRUE;
  /* Whatever comes of it. */
  sync_watch_set_measured (watch, next, now);
  folder = store_folder_get (context->db, next, &local);
  if (folder == NULL && !g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (folder == NULL)
    return TRUE;
  if (imap_session_measure (context->session, folder->server_name, MEASURE_PATIENCE_MS, &size,
                            context->cancellable, &local))
    /* Of some messages it cannot be nothing. */
    return size <= 0 || store_folder_set_server_size (context->db, next, (guint64)size, error);
  if (base_error_is_cancelled (local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  base_log ("%s: how much room “%s” takes is not known: %s", sync_account_get_id (context->account),
            folder->server_name, local->message);
  return TRUE;
}
