/* The sync worker: the only one that changes the server.  Each round: stop? connect (or back off); a request; due operations;
 * one bounded step of a folder; else IDLE on INBOX until the server, a person or the timetable has news.  Owns its
 * thread's database connection and IMAP session; must never offer a refused password again. */
#include "sync-account.h"

#include "base-error.h"
#include "base-log.h"
#include "store-operation.h"
#include "sync-body.h"
#include "sync-context.h"
#include "sync-folders.h"
#include "sync-mailbox.h"
#include "sync-operations.h"
#include "sync-watch.h"

#define IDLE_MS       (28 * 60 * 1000)
#define NOOP_MS       (2 * 60 * 1000)
#define IDLE_SHORT_US (5 * 60 * G_USEC_PER_SEC)
#define QUIET_US      (G_USEC_PER_SEC / 3)
/* A server that has news after every look would have us look all the time: so many in a row, then one in each second. */
#define LOOKS_IN_A_ROW 30
#define LOOK_US        G_USEC_PER_SEC
#define IDLE_CUTS      2 /* this many short IDLEs that were cut, and it is not used again */

typedef struct
{
  SyncAccount *account; /* borrowed */
  SyncWorker *worker;   /* borrowed */

  /* Owned */
  StoreDb *db;
  ImapSession *session;
  SyncMailbox *mailbox;
  SyncWatch *watch;
  GCancellable *cancellable; /* this round's */

  SyncSuspects suspects;
  gint64 row;
  guint generation;
  guint idle_cuts;       /* short IDLEs that ended with the connection */
  gint64 next_operation; /* second, 0 none */
  gint64 busy_since;     /* monotonic, 0: was in step */
  gint64 looks_until;    /* monotonic: the looks so far, each with LOOK_US of its own */
} Loop;

static SyncContext
get_context (Loop *loop)
{
  return (SyncContext){ .account = loop->account,
                        .db = loop->db,
                        .session = loop->session,
                        .cancellable = loop->cancellable,
                        .row = loop->row,
                        .generation = loop->generation };
}

static void
disconnect (Loop *loop)
{
  g_clear_pointer (&loop->mailbox, sync_mailbox_free);
  sync_account_learn (loop->account, loop->session);
  g_clear_pointer (&loop->session, imap_session_free);
  sync_account_set_connected (loop->account, FALSE);
  sync_worker_set_connected (loop->worker, FALSE);
}

static SyncPhase
phase_of (const GError *error)
{
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH))
    return SYNC_PHASE_NEEDS_PASSWORD;
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST))
    return SYNC_PHASE_NEEDS_TRUST;
  if (g_error_matches (error, BASE_ERROR, BASE_ERROR_DISK))
    return SYNC_PHASE_DISK;
  return SYNC_PHASE_OFFLINE;
}

/* Something went wrong that ends this connection: says so, and when it will be tried again. */
static void
fail (Loop *loop, const GError *error)
{
  SyncPhase phase = phase_of (error);
  gboolean person = phase == SYNC_PHASE_NEEDS_PASSWORD || phase == SYNC_PHASE_NEEDS_TRUST;

  disconnect (loop);
  if (base_error_is_cancelled (error))
    return;
  base_log ("%s: %s%s%s", sync_account_get_id (loop->account), error->message,
            base_error_get_detail (error) != NULL ? " / " : "",
            base_error_get_detail (error) != NULL ? base_error_get_detail (error) : "");
  if (person)
    sync_account_block (loop->account, SYNC_SIDE_IMAP, error);
  sync_account_set_state (loop->account, phase, NULL, 0, 0,
                          person ? 0 : sync_worker_fail (loop->worker), error);
}

/* Answers those who wait on a body while there is no connection. */
static void
refuse_requests (Loop *loop)
{
  SyncRequest *request;

  while ((request = sync_worker_pop (loop->worker)) != NULL) {
    GError *error = NULL;

    sync_body_set_offline (&error);
    sync_request_finish (request, FALSE, error);
    sync_request_unref (request);
  }
}

/* Waits for a person or the next try; returns at once when neither is needed. */
static void
wait_offline (Loop *loop)
{
  for (;;) {
    gint64 delay = -1;

    sync_worker_begin_round (loop->worker);
    refuse_requests (loop);
    if (sync_worker_is_stopping (loop->worker) || sync_worker_take_retry (loop->worker))
      return;
    if (!sync_account_is_blocked (loop->account, SYNC_SIDE_IMAP, NULL)) {
      delay = sync_worker_get_delay (loop->worker);
      if (delay == 0)
        return;
    }
    sync_worker_wait (loop->worker, delay);
  }
}

static void
connect_now (Loop *loop)
{
  g_autoptr (GError) error = NULL;

  sync_account_set_state (loop->account, SYNC_PHASE_CONNECTING, NULL, 0, 0, 0, NULL);
  loop->session = sync_account_open_imap (loop->account, TRUE, loop->cancellable, &error);
  if (loop->session == NULL) {
    fail (loop, error);
    return;
  }
  loop->generation++;
  sync_account_set_connected (loop->account, TRUE);
  sync_worker_set_connected (loop->worker, TRUE);
  (void)sync_account_take_prove (loop->account);
  sync_watch_restart (loop->watch);
  sync_account_set_state (loop->account, SYNC_PHASE_SYNCING, NULL, 0, 0, 0, NULL);
  /* Whatever an earlier connection left half done is due again. */
  if (!store_operation_recover (loop->db, loop->row, &error))
    fail (loop, error);
}

static gboolean
list_folders (Loop *loop, GError **error)
{
  SyncContext context = get_context (loop);
  g_autoptr (GHashTable) mailboxes = sync_folders_list (&context, error);
  g_autoptr (GPtrArray) folders = NULL;
  gint64 now = g_get_monotonic_time ();

  if (mailboxes == NULL)
    return FALSE;
  folders = store_folder_list (loop->db, loop->row, error);
  if (folders == NULL)
    return FALSE;
  sync_watch_begin_list (loop->watch, now);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    const ImapMailbox *mailbox = g_hash_table_lookup (mailboxes, folder->server_name);
    SyncStatus status = { 0 };

    if (!folder->selectable || folder->local
        || (mailbox == NULL && folder->role != STORE_ROLE_INBOX))
      continue;
    if (mailbox == NULL || !mailbox->has_status) {
      sync_watch_take_folder (loop->watch, folder, NULL, now);
      continue;
    }
    status.uid_validity = mailbox->uid_validity;
    status.uid_next = mailbox->uid_next;
    status.messages = mailbox->messages;
    status.unseen = mailbox->unseen;
    status.modseq = mailbox->highest_modseq;
    sync_watch_take_folder (loop->watch, folder, &status, now);
    if ((folder->server_total != mailbox->messages || folder->server_unread != mailbox->unseen)
        && !store_folder_set_server_counts (loop->db, folder->id, mailbox->messages,
                                            mailbox->unseen, error))
      return FALSE;
  }
  sync_watch_end_list (loop->watch);
  return TRUE;
}

/* One person's request for a body, where the reader worker may not connect. */
static void
serve_request (Loop *loop, SyncRequest *request)
{
  SyncContext context = get_context (loop);
  g_autoptr (GError) error = NULL;

  sync_body_serve (&context, request, &error);
  if (error != NULL && !imap_session_is_usable (loop->session))
    fail (loop, error);
}

static gboolean
run_operations (Loop *loop, gboolean *did, GError **error)
{
  SyncContext context = get_context (loop);
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!sync_operations_run (&context, did, &loop->next_operation, touched, error))
    return FALSE;
  for (guint i = 0; i < touched->len; i++)
    sync_watch_mark (loop->watch, g_array_index (touched, gint64, i));
  /* Perhaps a mailbox that was made just now. */
  if (touched->len > 0)
    sync_watch_expire_list (loop->watch);
  return TRUE;
}

static void
show_progress (Loop *loop)
{
  guint done = 0, total = 0;

  /* A new mail is taken in within milliseconds: no reason to say anything. */
  if (g_get_monotonic_time () - loop->busy_since < QUIET_US)
    return;
  sync_mailbox_get_progress (loop->mailbox, &done, &total);
  sync_account_set_state (loop->account, SYNC_PHASE_SYNCING, sync_mailbox_get_name (loop->mailbox),
                          done, total, 0, NULL);
}

static void
settle_folder (Loop *loop, gint64 folder)
{
  gint64 now = g_get_monotonic_time ();

  sync_watch_done (loop->watch, folder, now);
  if (folder == sync_watch_get_inbox (loop->watch))
    sync_account_set_in_step (loop->account, g_get_real_time () / G_USEC_PER_SEC);
}

/* A folder that the server will not open is left alone; INBOX must open. */
static gboolean
survive_refusal (Loop *loop, gint64 folder, GError **error)
{
  if (!imap_session_is_usable (loop->session)
      || !(g_error_matches (*error, BASE_ERROR, BASE_ERROR_REFUSED)
           || g_error_matches (*error, BASE_ERROR, BASE_ERROR_GONE)
           || g_error_matches (*error, BASE_ERROR, BASE_ERROR_LIMIT))
      || folder == sync_watch_get_inbox (loop->watch))
    return FALSE;
  base_log ("%s: %s", sync_account_get_id (loop->account), (*error)->message);
  g_clear_error (error);
  g_clear_pointer (&loop->mailbox, sync_mailbox_free);
  sync_watch_skip (loop->watch, folder, g_get_monotonic_time ());
  return TRUE;
}

/* Before one more look at what was looked at just now. */
static void
look_again (Loop *loop)
{
  gint64 now = g_get_monotonic_time ();

  loop->looks_until = MAX (loop->looks_until, now - LOOKS_IN_A_ROW * LOOK_US) + LOOK_US;
  if (loop->looks_until > now)
    sync_worker_wait (loop->worker, (loop->looks_until - now) / 1000);
  sync_mailbox_look_again (loop->mailbox);
}

/* A folder that was in step is due again: the server says what happened since, if asked. */
static gboolean
ask_for_news (Loop *loop, GError **error)
{
  if (!imap_session_noop (loop->session, loop->cancellable, error))
    return FALSE;
  (void)imap_session_take_news (loop->session);
  look_again (loop);
  return TRUE;
}

static gboolean
step_folder (Loop *loop, gint64 folder, GError **error)
{
  SyncContext context = get_context (loop);
  SyncStep step = SYNC_STEP_MORE;
  g_autoptr (GError) local = NULL;
  gboolean inbox = folder == sync_watch_get_inbox (loop->watch);

  if (loop->busy_since == 0)
    loop->busy_since = g_get_monotonic_time ();
  if (loop->mailbox != NULL
      && (sync_mailbox_get_folder (loop->mailbox) != folder
          || !sync_mailbox_is_selected (loop->mailbox, &context)))
    g_clear_pointer (&loop->mailbox, sync_mailbox_free);
  if (loop->mailbox == NULL)
    loop->mailbox = sync_mailbox_open (&context, &loop->suspects, folder, inbox, &local);
  else if (sync_mailbox_is_done (loop->mailbox) && !ask_for_news (loop, &local))
    g_clear_pointer (&loop->mailbox, sync_mailbox_free);
  if (loop->mailbox == NULL || !sync_mailbox_step (loop->mailbox, &context, &step, &local)) {
    gboolean survived = survive_refusal (loop, folder, &local);

    if (!survived)
      g_propagate_error (error, g_steal_pointer (&local));
    return survived;
  }
  /* Only when the plan was made and something of it done: a server that talks all the time must not keep it from that. */
  if (step != SYNC_STEP_ASK_AGAIN && sync_mailbox_is_planned (loop->mailbox)
      && imap_session_take_news (loop->session)) {
    look_again (loop);
    step = SYNC_STEP_MORE;
  }
  switch (step) {
  case SYNC_STEP_MORE:
    show_progress (loop);
    break;
  case SYNC_STEP_DONE:
    settle_folder (loop, folder);
    break;
  case SYNC_STEP_ASK_AGAIN:
    base_log ("%s: most of “%s” seems to be gone; asking again on a new connection",
              sync_account_get_id (loop->account), sync_mailbox_get_name (loop->mailbox));
    disconnect (loop);
    break;
  }
  return TRUE;
}

/* Nothing to do: listens on INBOX. */
static gboolean
listen (Loop *loop, GError **error)
{
  SyncContext context = get_context (loop);
  gint64 inbox = sync_watch_get_inbox (loop->watch);
  gint64 now = g_get_monotonic_time ();
  gint64 wait = sync_watch_get_wait (loop->watch, now);
  gboolean news = FALSE, idle = imap_session_has (loop->session, IMAP_CAP_IDLE),
           listens = !idle || loop->idle_cuts < IDLE_CUTS;

  if (loop->mailbox == NULL || sync_mailbox_get_folder (loop->mailbox) != inbox
      || !sync_mailbox_is_selected (loop->mailbox, &context)) {
    /* Some other folder is selected; opening INBOX is a look at it as well. */
    sync_watch_mark (loop->watch, inbox);
    if (inbox != 0)
      return TRUE;
  }
  if (loop->next_operation > 0)
    wait = MIN (wait, MAX (loop->next_operation * 1000 - g_get_real_time () / 1000, 0) + 1);
  wait = MIN (wait, idle && listens ? IDLE_MS : NOOP_MS);
  loop->busy_since = 0;
  sync_account_set_state (loop->account, SYNC_PHASE_IN_STEP, NULL, 0, 0, 0, NULL);
  /* Without IDLE the session asks with NOOP, and sees at once when the server hangs up. */
  if (listens) {
    if (!imap_session_idle (loop->session, sync_worker_get_fd (loop->worker), wait, &news,
                            loop->cancellable, error)) {
      /* Some servers cut every IDLE: then asking now and then is better than coming back all the time. */
      loop->idle_cuts = g_get_monotonic_time () - now < IDLE_SHORT_US ? loop->idle_cuts + 1 : 0;
      return FALSE;
    }
    if (news)
      loop->idle_cuts = 0;
  } else {
    sync_worker_wait (loop->worker, wait);
    if (!sync_worker_is_stopping (loop->worker)
        && !imap_session_noop (loop->session, loop->cancellable, error))
      return FALSE;
  }
  sync_account_set_in_step (loop->account, g_get_real_time () / G_USEC_PER_SEC);
  if (imap_session_take_news (loop->session) || news) {
    if (loop->mailbox != NULL)
      look_again (loop);
    sync_watch_mark (loop->watch, inbox);
  }
  return TRUE;
}

/* What is most urgent, once. */
static gboolean
work (Loop *loop, GError **error)
{
  gboolean did = FALSE;
  guint serial = 0;
  gint64 folder = 0, shown = sync_account_get_shown (loop->account, &serial);

  if (!run_operations (loop, &did, error))
    return FALSE;
  if (did)
    return TRUE;
  if (sync_account_take_prove (loop->account)
      && !imap_session_noop (loop->session, loop->cancellable, error))
    return FALSE;
  if (sync_watch_list_is_due (loop->watch, g_get_monotonic_time ()))
    return list_folders (loop, error);
  folder = sync_watch_next (loop->watch, shown, serial, g_get_monotonic_time ());
  return folder != 0 ? step_folder (loop, folder, error) : listen (loop, error);
}

static void
run_round (Loop *loop)
{
  g_autoptr (GError) error = NULL;
  SyncRequest *request = NULL;

  /* Dropped while nothing was on the wire that could have noticed. */
  if (loop->session != NULL && g_cancellable_is_cancelled (loop->cancellable))
    disconnect (loop);
  g_clear_object (&loop->cancellable);
  loop->cancellable = sync_worker_ref_cancellable (loop->worker);
  sync_worker_begin_round (loop->worker);
  if (sync_worker_is_stopping (loop->worker))
    return;
  if (loop->session == NULL) {
    wait_offline (loop);
    if (!sync_worker_is_stopping (loop->worker)) {
      g_clear_object (&loop->cancellable);
      loop->cancellable = sync_worker_ref_cancellable (loop->worker);
      connect_now (loop);
    }
    return;
  }
  (void)sync_worker_take_retry (loop->worker);
  /* Looked at before the rest: taking from an empty queue swallows wake-ups, and what they announced is looked at below. */
  request = sync_worker_pop (loop->worker);
  if (request != NULL) {
    serve_request (loop, request);
    return;
  }
  if (!work (loop, &error))
    fail (loop, error);
}

void
sync_loop_run (SyncWorker *worker, gpointer account)
{
  Loop loop = { .account = account, .worker = worker };

  loop.watch = sync_watch_new ();
  sync_suspects_init (&loop.suspects);
  loop.db = sync_account_open_store (account, worker, &loop.row);
  if (loop.db != NULL) {
    g_autoptr (StoreFolder) inbox =
        store_folder_by_role (loop.db, loop.row, STORE_ROLE_INBOX, NULL);

    /* When it was last known to be in step shows before the network answers. */
    if (inbox != NULL)
      sync_account_set_in_step (account, inbox->in_step);
  }
  while (loop.db != NULL && !sync_worker_is_stopping (worker))
    run_round (&loop);
  disconnect (&loop);
  sync_suspects_clear (&loop.suspects);
  sync_watch_free (loop.watch);
  g_clear_object (&loop.cancellable);
  g_clear_pointer (&loop.db, store_db_free);
}
