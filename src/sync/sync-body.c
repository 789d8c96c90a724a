/* The reader worker: fetches what a person is waiting on, ahead of everything, over a connection of its own that only looks
 * (EXAMINE, PEEK).  Connects when first needed and leaves after some quiet minutes.  Where the server lets only one
 * connection in, it passes its requests on to the sync worker.  Must never change anything on the server. */
#include "sync-body.h"

#include "base-error.h"
#include "base-log.h"
#include "imap-flight.h"
#include "store-message.h"
#include "sync-incoming.h"

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
} Reader;

void
sync_body_set_offline (GError **error)
{
  base_error_set (
      error, BASE_ERROR_RETRY, NULL,
      _ ("This message is not on this computer yet, and the mail server cannot be reached now."));
}

static void
set_gone (GError **error)
{
  base_error_set (error, BASE_ERROR_GONE, NULL,
                  _ ("The server does not have this message any more."));
}

static void
set_renumbered (const StoreFolder *folder, GError **error)
{
  base_error_set (error, BASE_ERROR_RETRY, NULL,
                  _ ("The server has renumbered “%s”. Try again when its list is up to date."),
                  folder->name);
}

/* Its UIDs still mean what the store thinks. */
static gboolean
check_numbering (const StoreFolder *folder, const ImapSelected *selected, GError **error)
{
  if (folder->uid_validity == 0 || selected->uid_validity == 0
      || selected->uid_validity == folder->uid_validity)
    return TRUE;
  set_renumbered (folder, error);
  return FALSE;
}

static gboolean
examine (SyncContext *context, const StoreFolder *folder, GError **error)
{
  return sync_context_select (context, folder->server_name, TRUE, error)
         && check_numbering (folder, imap_session_get_selected (context->session), error);
}

static gboolean
is_open (SyncContext *context, const StoreFolder *folder)
{
  return g_strcmp0 (imap_session_get_selected_name (context->session), folder->server_name) == 0;
}

/* One round trip, whether the folder is open or not. */
static gboolean
fetch_uid (SyncContext *context, const StoreFolder *folder, guint32 uid, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (SyncIncoming) incoming = sync_incoming_new (context, folder->id, 0);
  g_autoptr (GError) refused = NULL;
  g_autofree char *set = g_strdup_printf ("%u", uid);
  gboolean opens = !is_open (context, folder);
  guint select = 0, fetch = 0;

  if (!opens && !check_numbering (folder, imap_session_get_selected (context->session), error))
    return FALSE;
  if (opens)
    select = imap_flight_select (flight, folder->server_name, TRUE, folder->uid_validity);
  fetch = imap_flight_fetch (flight, set, IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_BODY, 0,
                             sync_incoming_take, incoming);
  if (!imap_flight_run (flight, context->cancellable, error)
      || (opens
          && (!imap_flight_get_result (flight, select, error)
              || !check_numbering (folder, imap_flight_get_selected (flight, select), error))))
    return FALSE;
  return imap_flight_get_result (flight, fetch, error) && sync_incoming_flush (incoming, error);
}

static gboolean
prepare (SyncContext *context, gint64 id, GError **error)
{
  g_autoptr (StoreFolder) folder = store_folder_get (context->db, id, error);

  return folder != NULL && examine (context, folder, error);
}

static gboolean
fetch_body (SyncContext *context, gint64 message, GError **error)
{
  g_autoptr (StoreMessage) row = store_message_get (context->db, message, error);
  g_autoptr (StoreFolder) folder = NULL;
  gint64 place = 0;
  guint32 uid = 0;

  if (row == NULL)
    return FALSE;
  if (row->has_body)
    return TRUE;
  if (!store_message_get_place (context->db, message, &place, &uid, error))
    return FALSE;
  folder = store_folder_get (context->db, place, error);
  if (folder == NULL)
    return FALSE;
  if (uid == 0 && row->message_id != NULL) {
    if (!examine (context, folder, error))
      return FALSE;
    g_autoptr (BaseUidSet) found = imap_session_search_message_id (
        context->session, row->message_id, context->cancellable, error);

    if (found == NULL)
      return FALSE;
    if (!base_uid_set_is_empty (found))
      uid = base_uid_set_get_range (found, base_uid_set_n_ranges (found) - 1).last;
  }
  if (uid == 0) {
    set_gone (error);
    return FALSE;
  }
  if (!fetch_uid (context, folder, uid, error))
    return FALSE;
  g_clear_pointer (&row, store_message_free);
  row = store_message_get (context->db, message, error);
  if (row != NULL && !row->has_body)
    set_gone (error);
  return row != NULL && row->has_body;
}

/* FALSE with RETRY as long as no list of folders has come: then nobody can say what is not there. */
static gboolean
knows_folders (SyncContext *context, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (context->db, context->row, error);

  if (folders != NULL && folders->len == 0)
    base_error_set (error, BASE_ERROR_RETRY, NULL,
                    _ ("The folders of this account are not known yet."));
  return folders != NULL && folders->len > 0;
}

static gboolean
find_sent (SyncContext *context, const char *message_id, gboolean *found, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (StoreFolder) sent =
      store_folder_by_role (context->db, context->row, STORE_ROLE_SENT, &local);
  g_autoptr (BaseUidSet) uids = NULL;

  *found = FALSE;
  if (sent == NULL) {
    if (local == NULL || g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
      return knows_folders (context, error);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
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

static gboolean
serve (SyncContext *context, SyncRequest *request, gboolean *found, GError **error)
{
  *found = FALSE;
  if (sync_request_is_abandoned (request))
    return TRUE;
  switch (sync_request_get_kind (request)) {
  case SYNC_REQUEST_BODY:
    return fetch_body (context, sync_request_get_message (request), error);
  case SYNC_REQUEST_PREPARE:
    return prepare (context, sync_request_get_message (request), error);
  case SYNC_REQUEST_FIND_SENT:
    return find_sent (context, sync_request_get_message_id (request), found, error);
  }
  g_return_val_if_reached (FALSE);
}

void
sync_body_serve (SyncContext *context, SyncRequest *request, GError **error)
{
  gboolean found = FALSE;
  GError *local = NULL;

  if (!serve (context, request, &found, &local) && error != NULL)
    *error = g_error_copy (local);
  sync_request_finish (request, found, local);
  sync_request_unref (request);
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

  if (lacking != NULL && lacking->len > 0 && g_get_monotonic_time () >= reader->refused_until
      && sync_account_is_connected (reader->account) && !sync_account_is_metered (reader->account)
      && connect_now (reader, &error)) {
    context = get_context (reader);
    if (!prepare (&context, folder, &error) && !imap_session_is_usable (reader->session))
      disconnect (reader, FALSE);
  }
  answer (request, NULL);
}

static void
take_request (Reader *reader, SyncRequest *request)
{
  gboolean fresh = reader->session == NULL, found = FALSE;
  g_autoptr (GError) error = NULL;
  SyncContext context;

  if (g_get_monotonic_time () < reader->refused_until && pass_on (reader, request))
    return;
  if (connect_now (reader, &error)) {
    context = get_context (reader);
    if (serve (&context, request, &found, &error)) {
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
    reader->refused_until = g_get_monotonic_time () + REFUSED_US;
    if (pass_on (reader, request))
      return;
  }
  answer (request, g_steal_pointer (&error));
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
      reader.refused_until = 0;
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
