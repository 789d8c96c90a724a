/* The sync worker: the only one that changes the server.  Each round: stop? connect (or back off); a request; due operations;
 * one bounded step of a folder; else IDLE on INBOX until the server, a person or the timetable has news.  Owns its
 * thread's database connection and IMAP session; must never offer a refused password again. */
#include "sync-account.h"

#include "base-error.h"
#include "base-log.h"
#include "store-message.h"
#include "store-operation.h"
#include "sync-body.h"
#include "sync-context.h"
#include "sync-folders.h"
#include "sync-mailbox.h"
#include "sync-operations.h"
#include "sync-watch.h"

#define IDLE_SHORT_US (5 * 60 * G_USEC_PER_SEC)
#define QUIET_US      (G_USEC_PER_SEC / 3)
/* A server that has news after every look would have us look all the time: so many in a row, then one in each second. */
#define LOOKS_IN_A_ROW 30
#define LOOK_US        G_USEC_PER_SEC
#define IDLE_CUTS      2  /* this many short IDLEs that were cut, and it is not used again */
#define PROVE_EVERY_S  60 /* more often is not worth a write */

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

  SyncMemory memory;
  const SyncTimes *times; /* borrowed */
  gint64 row;
  guint generation;
  gboolean asked_to_watch; /* on this connection */
  guint idle_cuts;         /* short IDLEs that ended with the connection */
  gint64 next_operation;   /* second, 0 none */
  gint64 busy_since;       /* monotonic, 0: was in step */
  gint64 looks_until;      /* monotonic: the looks so far, each with LOOK_US of its own */
  gint64 proven;           /* second in which it was last written that INBOX is in step */
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
  loop->asked_to_watch = FALSE;
  sync_account_set_connected (loop->account, TRUE);
  sync_worker_set_connected (loop->worker, TRUE);
  (void)sync_account_take_prove (loop->account);
  sync_watch_restart (loop->watch);
  sync_account_set_state (loop->account, SYNC_PHASE_SYNCING, NULL, 0, 0, 0, NULL);
  /* Whatever an earlier connection left half done is due again. */
  if (!store_operation_recover (loop->db, loop->row, &error)
      || !store_operation_hurry (loop->db, loop->row, &error))
    fail (loop, error);
}

static SyncStatus
status_of (const ImapMailbox *mailbox)
{
  return (SyncStatus){ .uid_validity = mailbox->uid_validity,
                       .uid_next = mailbox->uid_next,
                       .messages = mailbox->messages,
                       .unseen = mailbox->unseen,
                       .modseq = mailbox->highest_modseq };
}

/* What the list says of one folder. */
static gboolean
take_listed (Loop *loop, const StoreFolder *folder, const ImapMailbox *mailbox, GError **error)
{
  SyncContext context = get_context (loop);
  gint64 now = g_get_monotonic_time ();
  gboolean told = mailbox != NULL && mailbox->has_status, lacks = FALSE, agrees = FALSE,
           strays = FALSE;
  SyncStatus status = { 0 };
  guint64 known = 0;

  if (told) {
    status = status_of (mailbox);
    if (!store_message_count_uids (loop->db, folder->id, &known, error)
        || !store_folder_set_server_counts (loop->db, folder->id, status.messages, status.unseen,
                                            error))
      return FALSE;
  }
  agrees = sync_watch_take_folder (loop->watch, folder, told ? &status : NULL, known, now);
  /* The server's numbers say nothing of rows that it never had. */
  if (!store_folder_has_strays (loop->db, folder->id, &strays, error))
    return FALSE;
  if (strays)
    sync_watch_mark (loop->watch, folder->id);
  if (agrees && !strays
      && !store_folder_prove (loop->db, folder->id, STORE_PROOF_STATUS,
                              g_get_real_time () / G_USEC_PER_SEC, error))
    return FALSE;
  /* Perhaps the program ended before all of them were here. */
  if (folder->complete && !sync_mailbox_lacks_bodies (&context, folder->id, &lacks, error))
    return FALSE;
  if (lacks)
    sync_watch_want_bodies (loop->watch, folder->id);
  return TRUE;
}

static gboolean
take_list (Loop *loop, GHashTable *mailboxes, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (loop->db, loop->row, error);

  if (folders == NULL || !store_db_begin (loop->db, FALSE, error))
    return FALSE;
  sync_watch_begin_list (loop->watch, g_get_monotonic_time ());
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    const ImapMailbox *mailbox = g_hash_table_lookup (mailboxes, folder->server_name);

    if (!folder->selectable || folder->local
        || (mailbox == NULL && folder->role != STORE_ROLE_INBOX))
      continue;
    if (!take_listed (loop, folder, mailbox, error)) {
      store_db_rollback (loop->db);
      return FALSE;
    }
  }
  sync_watch_end_list (loop->watch);
  return store_db_commit (loop->db, error);
}

/* From here on the server tells of all folders by itself, if it can.  Not before the lists are here: a person waits for those. */
static gboolean
watch_all (Loop *loop, GError **error)
{
  gboolean watching = FALSE;

  loop->asked_to_watch = TRUE;
  if (!imap_session_notify (loop->session, &watching, loop->cancellable, error))
    return FALSE;
  sync_watch_set_told (loop->watch, watching);
  return TRUE;
}

static gboolean
list_folders (Loop *loop, GError **error)
{
  SyncContext context = get_context (loop);
  gboolean ask_again = FALSE;
  g_autoptr (GHashTable) mailboxes = sync_folders_list (&context, &loop->memory, &ask_again, error);

  if (ask_again) {
    base_log ("%s: folders seem to be gone; asking again on a new connection",
              sync_account_get_id (loop->account));
    disconnect (loop);
    return TRUE;
  }
  return mailboxes != NULL && take_list (loop, mailboxes, error);
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

/* INBOX was seen to be in step just now. */
static gboolean
prove_inbox (Loop *loop, StoreProof by, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 inbox = sync_watch_get_inbox (loop->watch);

  sync_account_set_in_step (loop->account, now, by);
  if (inbox == 0 || (now >= loop->proven && now - loop->proven < PROVE_EVERY_S))
    return TRUE;
  loop->proven = now;
  return store_folder_prove (loop->db, inbox, by, now, error);
}

/* The server tells of every folder by itself, and just answered: all those of which it told nothing are in step too. */
static gboolean
prove_others (Loop *loop, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, inbox = sync_watch_get_inbox (loop->watch);
  g_autoptr (GArray) folders = NULL;

  if (!imap_session_is_watching (loop->session))
    return TRUE;
  folders = sync_watch_list_in_step (loop->watch);
  if (!store_db_begin (loop->db, FALSE, error))
    return FALSE;
  for (guint i = 0; i < folders->len; i++) {
    gint64 folder = g_array_index (folders, gint64, i);

    if (folder != inbox && !store_folder_prove (loop->db, folder, STORE_PROOF_NOTIFY, now, error)) {
      store_db_rollback (loop->db);
      return FALSE;
    }
  }
  return store_db_commit (loop->db, error);
}

/* The goal is reached: the timetable goes on. */
static gboolean
settle_folder (Loop *loop, gint64 folder, SyncGoal goal, GError **error)
{
  SyncContext context = get_context (loop);
  gint64 now = g_get_monotonic_time ();
  gboolean more = FALSE, strays = FALSE;

  if (goal == SYNC_GOAL_GLANCE && sync_mailbox_has_reached (loop->mailbox, SYNC_GOAL_LIST))
    goal = SYNC_GOAL_LIST;
  if (goal == SYNC_GOAL_LIST && !sync_mailbox_lacks_bodies (&context, folder, &more, error))
    return FALSE;
  if (goal == SYNC_GOAL_LIST && !store_folder_has_strays (loop->db, folder, &strays, error))
    return FALSE;
  sync_watch_done (loop->watch, folder, goal, more, now);
  /* What was moved here and has not come is not in step: the second look decides. */
  if (strays)
    sync_watch_mark (loop->watch, folder);
  if (goal != SYNC_GOAL_LIST || folder != sync_watch_get_inbox (loop->watch))
    return TRUE;
  /* The visit has written it. */
  loop->proven = g_get_real_time () / G_USEC_PER_SEC;
  return prove_inbox (loop, STORE_PROOF_SELECT, error);
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
  g_clear_pointer (&loop->mailbox, sync_mailbox_free);
  sync_watch_skip (loop->watch, folder, g_get_monotonic_time ());
  {
    g_autoptr (GError) refused = g_steal_pointer (error);

    return store_folder_set_trouble (loop->db, folder, refused->message, error);
  }
}

/* Before one more look at what was looked at just now. */
static void
look_again (Loop *loop, StoreProof proof)
{
  gint64 now = g_get_monotonic_time ();

  loop->looks_until = MAX (loop->looks_until, now - LOOKS_IN_A_ROW * LOOK_US) + LOOK_US;
  if (loop->looks_until > now)
    sync_worker_wait (loop->worker, (loop->looks_until - now) / 1000);
  sync_mailbox_look_again (loop->mailbox, proof);
}

/* STATUS of another folder, told unasked: perhaps only what changed of it. */
static gboolean
take_told_status (Loop *loop, const StoreFolder *folder, const ImapMailbox *told, GError **error)
{
  SyncStatus status = { 0 }, before = { 0 };
  guint64 known = 0;

  if (!sync_watch_get_status (loop->watch, folder->id, &status)) {
    sync_watch_mark (loop->watch, folder->id);
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
  return store_message_count_uids (loop->db, folder->id, &known, error)
         && store_folder_set_server_counts (loop->db, folder->id, status.messages, status.unseen,
                                            error)
         && (!sync_watch_take_folder (loop->watch, folder, &status, known, g_get_monotonic_time ())
             || store_folder_prove (loop->db, folder->id, STORE_PROOF_NOTIFY,
                                    g_get_real_time () / G_USEC_PER_SEC, error));
}

/* News of other folders than the open one. */
static gboolean
take_news_of_others (Loop *loop, GPtrArray *news, GError **error)
{
  g_autoptr (GPtrArray) folders = NULL;

  for (guint i = 0; i < news->len; i++) {
    const ImapNews *one = g_ptr_array_index (news, i);

    if (one->kind == IMAP_NEWS_LOOK_AGAIN || one->kind == IMAP_NEWS_MAILBOXES
        || one->kind == IMAP_NEWS_UNWATCHED)
      sync_watch_expire_list (loop->watch);
    if (one->kind != IMAP_NEWS_STATUS)
      continue;
    if (folders == NULL)
      folders = store_folder_list (loop->db, loop->row, error);
    if (folders == NULL)
      return FALSE;
    for (guint k = 0; k < folders->len; k++) {
      const StoreFolder *folder = g_ptr_array_index (folders, k);

      if (g_str_equal (folder->server_name, one->mailbox->name)
          && !take_told_status (loop, folder, one->mailbox, error))
        return FALSE;
    }
  }
  sync_watch_set_told (loop->watch, imap_session_is_watching (loop->session));
  return TRUE;
}

/* All that the server told unasked, at once into the rows.  *look: about the open folder it was not all. */
static gboolean
take_news (Loop *loop, gboolean *look, gboolean *any, GError **error)
{
  SyncContext context = get_context (loop);
  g_autoptr (GPtrArray) news = imap_session_steal_news (loop->session);

  *look = FALSE;
  *any = news->len > 0;
  if (news->len == 0)
    return TRUE;
  return take_news_of_others (loop, news, error)
         && (loop->mailbox == NULL || !sync_mailbox_is_selected (loop->mailbox, &context)
             || sync_mailbox_take_news (loop->mailbox, &context, news, look, error));
}

/* The folder is selected, or was already: then what happened since is asked for. */
static gboolean
open_folder (Loop *loop, gint64 folder, SyncGoal goal, GError **error)
{
  SyncContext context = get_context (loop);
  SyncStatus hint = { 0 };

  if (loop->mailbox != NULL
      && (sync_mailbox_get_folder (loop->mailbox) != folder
          || !sync_mailbox_is_selected (loop->mailbox, &context)))
    g_clear_pointer (&loop->mailbox, sync_mailbox_free);
  if (loop->mailbox != NULL) {
    if (goal == SYNC_GOAL_LIST && sync_mailbox_has_reached (loop->mailbox, SYNC_GOAL_LIST))
      look_again (loop, STORE_PROOF_NOOP);
    return TRUE;
  }
  loop->mailbox =
      sync_mailbox_open (&context, &loop->memory, folder,
                         sync_watch_get_status (loop->watch, folder, &hint) ? &hint : NULL,
                         sync_account_is_metered (loop->account), error);
  return loop->mailbox != NULL;
}

static gboolean
step_folder (Loop *loop, gint64 folder, SyncGoal goal, GError **error)
{
  SyncContext context = get_context (loop);
  SyncStep step = SYNC_STEP_MORE;
  g_autoptr (GError) local = NULL;
  gboolean look = FALSE, any = FALSE;

  if (loop->busy_since == 0)
    loop->busy_since = g_get_monotonic_time ();
  if (!open_folder (loop, folder, goal, &local)
      || !sync_mailbox_step (loop->mailbox, &context, goal, &step, &local)) {
    gboolean survived = survive_refusal (loop, folder, &local);

    if (!survived)
      g_propagate_error (error, g_steal_pointer (&local));
    return survived;
  }
  /* Only when the plan was made and something of it done: a server that talks all the time must not keep it from that. */
  if (step != SYNC_STEP_ASK_AGAIN && sync_mailbox_is_planned (loop->mailbox)) {
    if (!take_news (loop, &look, &any, error))
      return FALSE;
    if (look) {
      look_again (loop, STORE_PROOF_NOOP);
      step = SYNC_STEP_MORE;
    }
  }
  switch (step) {
  case SYNC_STEP_MORE:
    show_progress (loop);
    break;
  case SYNC_STEP_DONE:
    return settle_folder (loop, folder, goal, error);
  case SYNC_STEP_ASK_AGAIN:
    base_log ("%s: most of “%s” seems to be gone; asking again on a new connection",
              sync_account_get_id (loop->account), sync_mailbox_get_name (loop->mailbox));
    disconnect (loop);
    break;
  }
  return TRUE;
}

/* How long there is nothing to do but to listen, in milliseconds. */
static gint64
get_quiet (Loop *loop, gboolean listens)
{
  gint64 wait = sync_watch_get_wait (loop->watch, g_get_monotonic_time ());

  if (loop->next_operation > 0)
    wait = MIN (wait, MAX (loop->next_operation * 1000 - g_get_real_time () / 1000, 0) + 1);
  /* Silence for longer is doubted: ending IDLE and beginning it anew proves that the server is there. */
  return MIN (wait, (listens ? loop->times->watchdog : loop->times->noop) / 1000);
}

/* Nothing to do: listens on INBOX. */
static gboolean
listen (Loop *loop, GError **error)
{
  SyncContext context = get_context (loop);
  gint64 inbox = sync_watch_get_inbox (loop->watch);
  gint64 now = g_get_monotonic_time ();
  gboolean idle = imap_session_has (loop->session, IMAP_CAP_IDLE), look = FALSE, any = FALSE,
           listens = !idle || loop->idle_cuts < IDLE_CUTS;
  gint64 wait = get_quiet (loop, idle && listens);
  StoreProof proof = idle && listens ? STORE_PROOF_IDLE : STORE_PROOF_NOOP;

  if (loop->mailbox == NULL || sync_mailbox_get_folder (loop->mailbox) != inbox
      || !sync_mailbox_is_selected (loop->mailbox, &context)) {
    /* Some other folder is selected; opening INBOX is a look at it as well. */
    sync_watch_mark (loop->watch, inbox);
    if (inbox != 0)
      return TRUE;
  }
  loop->busy_since = 0;
  sync_account_set_state (loop->account, SYNC_PHASE_IN_STEP, NULL, 0, 0, 0, NULL);
  /* Without IDLE the session asks with NOOP, and sees at once when the server hangs up. */
  if (listens) {
    if (!imap_session_idle (loop->session, sync_worker_get_fd (loop->worker), wait, NULL,
                            loop->cancellable, error)) {
      /* Some servers cut every IDLE: then asking now and then is better than coming back all the time. */
      loop->idle_cuts = g_get_monotonic_time () - now < IDLE_SHORT_US ? loop->idle_cuts + 1 : 0;
      return FALSE;
    }
  } else {
    sync_worker_wait (loop->worker, wait);
    if (sync_worker_is_stopping (loop->worker))
      return TRUE;
    if (!imap_session_noop (loop->session, loop->cancellable, error))
      return FALSE;
  }
  if (!take_news (loop, &look, &any, error) || !prove_inbox (loop, proof, error))
    return FALSE;
  /* Silence for as long as that, and now the server has answered. */
  if (!any && g_get_monotonic_time () - now >= wait * 1000 && !prove_others (loop, error))
    return FALSE;
  if (any)
    loop->idle_cuts = 0;
  if (look) {
    if (loop->mailbox != NULL)
      look_again (loop, proof);
    sync_watch_mark (loop->watch, inbox);
  }
  return TRUE;
}

/* The network changed, or the computer slept: whether the connection stands, and what was missed. */
static gboolean
prove_connection (Loop *loop, GError **error)
{
  if (!imap_session_noop (loop->session, loop->cancellable, error))
    return FALSE;
  sync_watch_mark (loop->watch, sync_watch_get_inbox (loop->watch));
  sync_watch_expire_list (loop->watch);
  return TRUE;
}

/* What is most urgent, once. */
static gboolean
work (Loop *loop, GError **error)
{
  gboolean did = FALSE;
  guint serial = 0;
  SyncGoal goal = SYNC_GOAL_LIST;
  gint64 folder = 0, shown = sync_account_get_shown (loop->account, &serial);

  if (!run_operations (loop, &did, error))
    return FALSE;
  if (did)
    return TRUE;
  sync_watch_set_frugal (loop->watch, sync_account_is_metered (loop->account));
  if (sync_account_take_prove (loop->account) && !prove_connection (loop, error))
    return FALSE;
  if (sync_watch_list_is_due (loop->watch, g_get_monotonic_time ()))
    return list_folders (loop, error);
  folder = sync_watch_next (loop->watch, shown, serial, g_get_monotonic_time (), &goal);
  if ((folder == 0 || goal == SYNC_GOAL_BODIES) && !loop->asked_to_watch)
    return watch_all (loop, error);
  return folder != 0 ? step_folder (loop, folder, goal, error) : listen (loop, error);
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
  if (sync_worker_take_retry (loop->worker)
      && !store_operation_hurry (loop->db, loop->row, &error)) {
    fail (loop, error);
    return;
  }
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

  loop.times = sync_account_get_times (account);
  loop.watch = sync_watch_new (loop.times);
  sync_memory_init (&loop.memory);
  loop.db = sync_account_open_store (account, worker, &loop.row);
  if (loop.db != NULL) {
    g_autoptr (StoreFolder) inbox =
        store_folder_by_role (loop.db, loop.row, STORE_ROLE_INBOX, NULL);

    /* When it was last known to be in step shows before the network answers. */
    if (inbox != NULL)
      sync_account_set_in_step (account, inbox->in_step, inbox->in_step_by);
  }
  while (loop.db != NULL && !sync_worker_is_stopping (worker))
    run_round (&loop);
  disconnect (&loop);
  sync_memory_clear (&loop.memory);
  sync_watch_free (loop.watch);
  g_clear_object (&loop.cancellable);
  g_clear_pointer (&loop.db, store_db_free);
}
