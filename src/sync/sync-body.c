/* The reader worker: fetches what a person is waiting on, ahead of everything, over a connection of its own that only looks
 * (EXAMINE, PEEK).  Connects when first needed and leaves after some quiet minutes.  Where the server lets only one
 * connection in, it passes its requests on to the sync worker.  Must never change anything on the server. */
#include "sync-body.h"

#include "base-error.h"
#include "base-log.h"
#include "imap-flight.h"
#include "store-message.h"
#include "sync-incoming.h"
#include "sync-parts.h"
#include "sync-search.h"

#include <glib/gi18n.h>

#define QUIET_MS   (2 * 60 * 1000)
#define REFUSED_US (10 * 60 * G_USEC_PER_SEC)

typedef struct
{
  SyncAccount *account; /* borrowed */
  SyncWorker *worker;   /* borrowed */

  /* Owned */
  StoreDb *db;
  ImapSession *session;
  GCancellable *cancellable;

  gint64 row;
  gint64 refused_until; /* monotonic: the server lets no second connection in */
  guint refused_on; /* with which connection of the sync worker's a sign-in was refused; 0: none */
} Reader;

static const char *
sentence_offline (SyncRequestKind kind)
{
  if (kind == SYNC_REQUEST_PART)
    return _ ("This attachment is not on this computer yet, and the mail server cannot be "
              "reached now.");
  if (kind == SYNC_REQUEST_SEARCH)
    return _ ("The mail server cannot be reached now, and so cannot search.");
  return _ ("This message is not on this computer yet, and the mail server cannot be reached "
            "now.");
}

void
sync_body_set_offline (SyncRequest *request, const char *why, GError **error)
{
  base_error_set (error, BASE_ERROR_RETRY, why, "%s",
                  sentence_offline (sync_request_get_kind (request)));
}

static gboolean
examine (SyncContext *context, const StoreFolder *folder, GError **error)
{
  return sync_context_select (context, folder->server_name, TRUE, error)
         && sync_place_check_numbering (folder, imap_session_get_selected (context->session),
                                        error);
}

/* One round trip, whether the folder is open or not.  The sync worker may move the message meanwhile: the row that it had here
 * must not come again. */
static gboolean
fetch_uid (SyncContext *context, const SyncPlace *place, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (SyncIncoming) incoming = sync_incoming_new (context, place->folder->id, 0);
  g_autofree char *set = g_strdup_printf ("%u", place->uid);
  SyncEntry entry;
  guint fetch = 0;

  if (!sync_place_open (place, context, flight, &entry, error))
    return FALSE;
  fetch = imap_flight_fetch (flight, set, IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_BODY, 0,
                             sync_incoming_take_known, incoming);
  return imap_flight_run (flight, context->cancellable, error)
         && sync_place_check (place, flight, &entry, error)
         && imap_flight_get_result (flight, fetch, error) && sync_incoming_flush (incoming, error);
}

static gboolean
prepare (SyncContext *context, gint64 id, GError **error)
{
  g_autoptr (StoreFolder) folder = store_folder_get (context->db, id, error);

  return folder != NULL && examine (context, folder, error);
}

/* Where the server has it; by its Message-ID where only that is known. */
static StoreFolder *
find_place (SyncContext *context, const StoreMessage *row, guint32 *uid, GError **error)
{
  g_autoptr (StoreFolder) folder = NULL;
  gint64 place = 0;

  *uid = 0;
  if (!store_message_get_place (context->db, row->id, &place, uid, error))
    return NULL;
  folder = store_folder_get (context->db, place, error);
  if (folder == NULL)
    return NULL;
  if (*uid == 0 && row->message_id != NULL) {
    if (!examine (context, folder, error))
      return NULL;
    g_autoptr (BaseUidSet) found = imap_session_search_message_id (
        context->session, row->message_id, context->cancellable, error);

    if (found == NULL)
      return NULL;
    if (!base_uid_set_is_empty (found))
      *uid = base_uid_set_get_range (found, base_uid_set_n_ranges (found) - 1).last;
  }
  if (*uid == 0) {
    sync_place_set_gone (error);
    return NULL;
  }
  return g_steal_pointer (&folder);
}

static gboolean
fetch_whole (SyncContext *context, const SyncPlace *place, gint64 message, GError **error)
{
  g_autoptr (StoreMessage) row = NULL;

  if (!fetch_uid (context, place, error))
    return FALSE;
  row = store_message_get (context->db, message, error);
  if (row != NULL && !row->has_body)
    sync_place_set_gone (error);
  return row != NULL && row->has_body;
}

gboolean
sync_body_fetch (SyncContext *context, gint64 message, gboolean whole, GError **error)
{
  g_autoptr (StoreMessage) row = store_message_get (context->db, message, error);
  g_autoptr (StoreFolder) folder = NULL;
  StorePartialState state = STORE_PARTIAL_NONE;
  SyncPlace place = { 0 };

  if (row == NULL)
    return FALSE;
  if (row->has_body)
    return TRUE;
  whole |= row->size <= SYNC_PARTS_FROM;
  if (!whole) {
    if (!store_partial_get_state (context->db, message, &state, error))
      return FALSE;
    if (state == STORE_PARTIAL_HERE)
      return TRUE;
    whole = state == STORE_PARTIAL_WHOLE;
  }
  folder = find_place (context, row, &place.uid, error);
  if (folder == NULL)
    return FALSE;
  place.folder = folder;
  if (!whole && !sync_parts_fetch (context, &place, message, FALSE, &whole, error))
    return FALSE;
  return !whole || fetch_whole (context, &place, message, error);
}

/* One step of it.  *again: another one is needed. */
static gboolean
fetch_part (SyncContext *context, SyncRequest *request, gboolean *again, GError **error)
{
  gint64 message = sync_request_get_message (request);
  g_autoptr (StoreMessage) row = store_message_get (context->db, message, error);
  g_autoptr (StoreFolder) folder = NULL;
  SyncDownload *download = sync_request_get_work (request);
  SyncDownloadState state = SYNC_DOWNLOAD_MORE;
  SyncPlace place = { 0 };
  guint64 done = 0, total = 0;

  if (row == NULL)
    return FALSE;
  if (row->has_body)
    return TRUE;
  if (download == NULL) {
    g_autoptr (StorePart) part =
        store_partial_find (context->db, message, sync_request_get_part (request), error);

    if (part == NULL)
      return FALSE;
    if (part->is_here)
      return TRUE;
    download = sync_download_new (part);
    sync_request_set_work (request, download, (GDestroyNotify)sync_download_free);
  }
  folder = find_place (context, row, &place.uid, error);
  if (folder == NULL)
    return FALSE;
  place.folder = folder;
  if (!sync_download_step (download, context, &place, message, &state, error))
    return FALSE;
  sync_download_get_progress (download, &done, &total);
  sync_request_set_progress (request, done, total);
  switch (state) {
  case SYNC_DOWNLOAD_MORE:
    *again = TRUE;
    return TRUE;
  case SYNC_DOWNLOAD_DONE:
    return TRUE;
  case SYNC_DOWNLOAD_WHOLE:
    return fetch_whole (context, &place, message, error);
  }
  g_return_val_if_reached (FALSE);
}

/* The account's Sent, NULL: the server has none.  FALSE with RETRY as long as no list of folders has come, which always has INBOX: then
 * nobody can say what is not there.  From one read of the list, for it may be coming just now. */
static gboolean
find_sent_folder (SyncContext *context, StoreFolder **sent, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (context->db, context->row, error);
  gboolean known = FALSE;

  *sent = NULL;
  for (guint i = folders != NULL ? folders->len : 0; i-- > 0;) {
    StoreFolder *folder = g_ptr_array_index (folders, i);

    known |= folder->role == STORE_ROLE_INBOX;
    if (folder->role == STORE_ROLE_SENT && !folder->local && *sent == NULL)
      *sent = g_ptr_array_steal_index (folders, i);
  }
  if (folders != NULL && !known) {
    g_clear_pointer (sent, store_folder_free);
    base_error_set (error, BASE_ERROR_RETRY, NULL,
                    _ ("The folders of this account are not known yet."));
  }
  return known;
}

static gboolean
find_sent (SyncContext *context, const char *message_id, gboolean *found, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (StoreFolder) sent = NULL;
  g_autoptr (BaseUidSet) uids = NULL;

  *found = FALSE;
  if (!find_sent_folder (context, &sent, error))
    return FALSE;
  if (sent == NULL)
    return TRUE;
  /* Selected anew: a connection that has it open already may not have been told of the latest. */
  if (!imap_session_select (context->session, sent->server_name, TRUE, context->cancellable,
                            &local)) {
    if (g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)
        || g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  uids = imap_session_search_message_id (context->session, message_id, context->cancellable, error);
  *found = uids != NULL && !base_uid_set_is_empty (uids);
  return uids != NULL;
}

/* One step of it. */
static gboolean
search (SyncContext *context, SyncRequest *request, gboolean *again, GError **error)
{
  SyncSearch *work = sync_request_get_work (request);
  guint64 done = 0, total = 0;

  if (work == NULL) {
    work = sync_search_new (sync_request_get_query (request), sync_request_get_message (request));
    sync_request_set_work (request, work, (GDestroyNotify)sync_search_free);
  }
  if (!sync_search_step (work, context, again, error)) {
    *again = FALSE;
    return FALSE;
  }
  sync_search_get_progress (work, &done, &total);
  sync_request_set_progress (request, done, total);
  if (!*again)
    sync_request_set_hits (request, sync_search_dup_hits (work));
  return TRUE;
}

/* What a person moved here from another account is there still: then that one fetches it.  Takes the reference where it is TRUE. */
static gboolean
pass_across (SyncAccount *account, StoreDb *db, gint64 row, SyncRequest *request)
{
  SyncRequestKind kind = sync_request_get_kind (request);
  g_autoptr (StoreFolder) folder = NULL;
  gint64 place = 0;
  guint32 uid = 0;
  GError *error = NULL;

  if (kind != SYNC_REQUEST_BODY && kind != SYNC_REQUEST_WHOLE && kind != SYNC_REQUEST_PART)
    return FALSE;
  if (store_message_get_place (db, sync_request_get_message (request), &place, &uid, NULL))
    folder = store_folder_get (db, place, NULL);
  if (folder == NULL || folder->account == row)
    return FALSE;
  if (!sync_account_request_other (account, folder->account, request)) {
    sync_body_set_offline (request, NULL, &error);
    sync_request_finish (request, FALSE, error);
  }
  sync_request_unref (request);
  return TRUE;
}

static gboolean
serve_once (SyncContext *context, SyncRequest *request, gboolean *found, gboolean *again,
            GError **error)
{
  *found = *again = FALSE;
  if (sync_request_is_abandoned (request))
    return TRUE;
  switch (sync_request_get_kind (request)) {
  case SYNC_REQUEST_BODY:
    return sync_body_fetch (context, sync_request_get_message (request), FALSE, error);
  case SYNC_REQUEST_WHOLE:
    return sync_body_fetch (context, sync_request_get_message (request), TRUE, error);
  case SYNC_REQUEST_PART:
    return fetch_part (context, request, again, error);
  case SYNC_REQUEST_PREPARE:
    return prepare (context, sync_request_get_message (request), error);
  case SYNC_REQUEST_SEARCH:
    return search (context, request, again, error);
  case SYNC_REQUEST_FIND_SENT:
    return find_sent (context, sync_request_get_message_id (request), found, error);
  }
  g_return_val_if_reached (FALSE);
}

/* A connection that has the folder open may not have been told yet of what came a moment ago, which the sync worker knows from its own:
 * before the message is said to be gone, the server tells what is new. */
static gboolean
serve (SyncContext *context, SyncRequest *request, gboolean *found, gboolean *again, GError **error)
{
  g_autofree char *open = g_strdup (imap_session_get_selected_name (context->session));
  GError *local = NULL;

  if (serve_once (context, request, found, again, &local))
    return TRUE;
  if (!g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE) || open == NULL
      || g_strcmp0 (open, imap_session_get_selected_name (context->session)) != 0) {
    if (local != NULL)
      g_propagate_error (error, local);
    return FALSE;
  }
  g_clear_error (&local);
  return imap_session_noop (context->session, context->cancellable, error)
         && serve_once (context, request, found, again, error);
}

gboolean
sync_body_serve (SyncContext *context, SyncRequest *request, GError **error)
{
  gboolean found = FALSE, again = FALSE;
  GError *local = NULL;

  if (pass_across (context->account, context->db, context->row, request))
    return FALSE;
  if (!serve (context, request, &found, &again, &local) && error != NULL)
    *error = g_error_copy (local);
  if (again)
    return TRUE;
  sync_request_finish (request, found, local);
  sync_request_unref (request);
  return FALSE;
}

static void
disconnect (Reader *reader, gboolean politely)
{
  if (reader->session != NULL && politely)
    imap_session_logout (reader->session);
  sync_account_learn (reader->account, reader->session);
  g_clear_pointer (&reader->session, imap_session_free);
  sync_worker_set_connected (reader->worker, FALSE);
}

/* True when the request may be passed on: the sync worker stands and this worker may not. */
static gboolean
pass_on (Reader *reader, SyncRequest *request)
{
  if (!sync_account_is_connected (reader->account))
    return FALSE;
  sync_account_request_from_sync (reader->account, request);
  sync_request_unref (request);
  return TRUE;
}

static gboolean
connect_now (Reader *reader, GError **error)
{
  if (reader->session != NULL)
    return TRUE;
  reader->session = sync_account_open_imap (reader->account, FALSE, reader->cancellable, error);
  sync_worker_set_connected (reader->worker, reader->session != NULL);
  return reader->session != NULL;
}

static SyncContext
get_context (Reader *reader)
{
  return (SyncContext){ .account = reader->account,
                        .db = reader->db,
                        .session = reader->session,
                        .cancellable = reader->cancellable,
                        .row = reader->row };
}

static void
answer (SyncRequest *request, GError *error)
{
  sync_request_finish (request, FALSE, error);
  sync_request_unref (request);
}

/* There was no second connection, and it is too soon to ask for one again.  A sign-in that was refused is only tried again when the first
 * connection has been made anew, with which it may have had to do. */
static gboolean
is_refused (Reader *reader)
{
  return g_get_monotonic_time () < reader->refused_until
         || (reader->refused_on != 0
             && reader->refused_on == sync_account_count_connections (reader->account));
}

/* A person looks at this folder: connects ahead where a message of it may have to be fetched, so that opening one costs one round
 * trip.  Where that fails nobody is told. */
static void
take_prepare (Reader *reader, SyncRequest *request)
{
  gint64 folder = sync_request_get_message (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) lacking =
      store_message_get_uids_without_body (reader->db, folder, 1, 0, 0, &error);
  SyncContext context;

  if (lacking != NULL && lacking->len > 0 && !is_refused (reader)
      && sync_account_is_connected (reader->account) && !sync_account_is_metered (reader->account)
      && connect_now (reader, &error)) {
    context = get_context (reader);
    if (!prepare (&context, folder, &error) && !imap_session_is_usable (reader->session))
      disconnect (reader, FALSE);
  }
  answer (request, NULL);
}

/* What the person was waiting for comes first, and then why there is no connection.  Takes `error`. */
static GError *
explain (SyncRequest *request, GError *error)
{
  g_autoptr (GError) why = error;
  GError *offline = NULL;

  if (sync_request_get_kind (request) == SYNC_REQUEST_FIND_SENT
      || (!g_error_matches (why, BASE_ERROR, BASE_ERROR_RETRY)
          && !g_error_matches (why, BASE_ERROR, BASE_ERROR_BROKEN)))
    return g_steal_pointer (&why);
  sync_body_set_offline (request, why->message, &offline);
  return offline;
}

static void
note_refused (Reader *reader, const GError *error)
{
  reader->refused_until = g_get_monotonic_time () + REFUSED_US;
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH))
    reader->refused_on = sync_account_count_connections (reader->account);
}

static void
take_request (Reader *reader, SyncRequest *request)
{
  gboolean fresh = reader->session == NULL, found = FALSE, again = FALSE;
  g_autoptr (GError) error = NULL;
  SyncContext context;

  if (pass_across (reader->account, reader->db, reader->row, request)
      || (is_refused (reader) && pass_on (reader, request)))
    return;
  if (connect_now (reader, &error)) {
    context = get_context (reader);
    if (serve (&context, request, &found, &again, &error)) {
      /* Behind what has been asked meanwhile. */
      if (again) {
        sync_worker_push (reader->worker, request);
        return;
      }
      sync_request_finish (request, found, NULL);
      sync_request_unref (request);
      return;
    }
    if (imap_session_is_usable (reader->session)) {
      answer (request, g_steal_pointer (&error));
      return;
    }
    disconnect (reader, FALSE);
    /* A connection that stood quiet may have been dead for long: once more on a new one. */
    if (fresh || base_error_is_cancelled (error)) {
      answer (request, g_steal_pointer (&error));
      return;
    }
    g_clear_error (&error);
    take_request (reader, request);
    return;
  }
  if (!base_error_is_cancelled (error) && !sync_worker_is_stopping (reader->worker)
      && sync_account_is_connected (reader->account)) {
    base_log ("%s: no second connection (%s); the first one serves",
              sync_account_get_id (reader->account), error->message);
    note_refused (reader, error);
    if (pass_on (reader, request))
      return;
  }
  answer (request, explain (request, g_steal_pointer (&error)));
}

void
sync_body_run (SyncWorker *worker, gpointer account)
{
  Reader reader = { .account = account, .worker = worker };

  reader.db = sync_account_open_store (account, worker, &reader.row);
  while (reader.db != NULL && !sync_worker_is_stopping (worker)) {
    gint64 begun = g_get_monotonic_time ();
    SyncRequest *request = NULL;

    /* Dropped while nothing was on the wire that could have noticed. */
    if (reader.session != NULL && g_cancellable_is_cancelled (reader.cancellable))
      disconnect (&reader, FALSE);
    g_clear_object (&reader.cancellable);
    reader.cancellable = sync_worker_ref_cancellable (worker);
    sync_worker_begin_round (worker);
    request = sync_worker_pop (worker);
    if (sync_worker_take_retry (worker))
      reader.refused_until = reader.refused_on = 0;
    if (request != NULL) {
      if (sync_request_get_kind (request) == SYNC_REQUEST_PREPARE)
        take_prepare (&reader, request);
      else
        take_request (&reader, request);
      continue;
    }
    sync_worker_wait (worker, reader.session != NULL ? QUIET_MS : -1);
    if (reader.session != NULL && g_get_monotonic_time () - begun >= QUIET_MS * (gint64)1000)
      disconnect (&reader, TRUE);
  }
  disconnect (&reader, FALSE);
  g_clear_object (&reader.cancellable);
  g_clear_pointer (&reader.db, store_db_free);
}
