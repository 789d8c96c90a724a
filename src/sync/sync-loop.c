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
#include "sync-mailbox.h"
#include "sync-operations.h"
#include "sync-survey.h"
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
  GHashTable
      *unwilling; /* of folder ids: that the server would not open for the moment, last time */

  SyncMemory memory;
  const SyncTimes *times; /* borrowed */
  gint64 row;
  guint generation;
  guint listed_on;       /* generation of which there was a list */
  guint idle_cuts;       /* short IDLEs that ended with the connection */
  gint64 next_operation; /* second, 0 none */
  gint64 busy_since;     /* monotonic, 0: was in step */
  gint64 looks_until;    /* monotonic: the looks so far, each with LOOK_US of its own */
  gint64 proven;         /* second in which it was last written that INBOX is in step */
  gint64 looked_at;      /* monotonic: when all folders were last asked for, on this connection */
} Loop;

/* When the next operation is due, on the monotonic clock; 0: none is. */
static gint64
get_until (Loop *loop)
{
  gint64 left = loop->next_operation * G_USEC_PER_SEC - g_get_real_time ();

  return loop->next_operation > 0 ? g_get_monotonic_time () + MAX (left, 0) : 0;
}

static SyncContext
get_context (Loop *loop)
{
  return (SyncContext){ .account = loop->account,
                        .db = loop->db,
                        .session = loop->session,
                        .cancellable = loop->cancellable,
                        .worker = loop->worker,
                        .until = get_until (loop),
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

/* Between two looks, where the person wants the server asked only every so many minutes; 0: it tells by itself. */
static gint64
get_interval (Loop *loop)
{
  return sync_account_get_settings (loop->account)->check_minutes * loop->times->minute;
}

/* Something went wrong that ends this connection: says so, and when it will be tried again. */
static void
fail (Loop *loop, const GError *error)
{
  SyncPhase phase = sync_account_get_phase (loop->account, "imap", error);
  gboolean person = sync_phase_needs_person (phase);
  gboolean was_open = loop->session != NULL;

  disconnect (loop);
  if (base_error_is_cancelled (error))
    return;
  base_log ("%s: %s%s%s", sync_account_get_id (loop->account), error->message,
            base_error_get_detail (error) != NULL ? " / " : "",
            base_error_get_detail (error) != NULL ? base_error_get_detail (error) : "");
  /* Who could not sign in is blocked already, and a person may have answered by now. */
  if (person && was_open)
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

    sync_body_set_offline (request, NULL, &error);
    sync_request_finish (request, FALSE, error);
    sync_request_unref (request);
  }
}

/* A person is needed: another worker may have found that out while this one was connected. */
static void
say_blocked (Loop *loop)
{
  g_autoptr (GError) why = NULL;

  if (sync_account_is_blocked (loop->account, SYNC_SIDE_IMAP, &why))
    sync_account_set_state (loop->account, sync_account_get_phase (loop->account, "imap", why),
                            NULL, 0, 0, 0, why);
}

/* Waits for a person or the next try; returns at once when neither is needed. */
static void
wait_offline (Loop *loop)
{
  say_blocked (loop);
  for (;;) {
    gint64 delay = -1;

    sync_worker_begin_round (loop->worker);
    refuse_requests (loop);
    if (sync_worker_is_stopping (loop->worker))
      return;
    /* Nothing but a person helps who waits for one: another network is no reason to look busy. */
    if (!sync_account_is_blocked (loop->account, SYNC_SIDE_IMAP, NULL)) {
      if (sync_worker_take_retry (loop->worker))
        return;
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
  if (!store_operation_recover (loop->db, loop->row, &error)
      || !store_operation_hurry (loop->db, loop->row, &error))
    fail (loop, error);
}

/* Which folder the person looks at, as of now. */
static void
take_shown (Loop *loop)
{
  guint serial = 0;
  gint64 shown = sync_account_get_shown (loop->account, &serial);

  sync_watch_show (loop->watch, shown, serial, g_get_monotonic_time ());
}

static void
begin_look (Loop *loop, gint64 folder)
{
  take_shown (loop);
  sync_watch_begin (loop->watch, folder);
}

/* The folder that a person has just come to, else INBOX; 0 as long as there is none. */
static gboolean
find_first (Loop *loop, gint64 shown, guint serial, gint64 *first, GError **error)
{
  g_autoptr (GError) none = NULL;
  g_autoptr (StoreFolder) folder = NULL;

  *first = 0;
  if (shown != 0 && sync_watch_is_asked_for (loop->watch, serial))
    folder = store_folder_get (loop->db, shown, &none);
  if (folder == NULL || !folder->selectable || folder->local || folder->uid_validity == 0) {
    g_clear_pointer (&folder, store_folder_free);
    g_clear_error (&none);
    folder = store_folder_by_role (loop->db, loop->row, STORE_ROLE_INBOX, &none);
  }
  if (folder != NULL)
    *first = folder->id;
  if (none == NULL || g_error_matches (none, BASE_ERROR, BASE_ERROR_GONE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&none));
  return FALSE;
}

/* With the first list of a connection goes all that needs no answer: the server is asked to go on telling, and the folder that is next
 * in any case is opened. */
static gboolean
list_folders (Loop *loop, GError **error)
{
  guint serial = 0;
  gint64 first = 0, shown = sync_account_get_shown (loop->account, &serial);
  SyncContext context = get_context (loop);
  gboolean begins = loop->listed_on != loop->generation, ask_again = FALSE;
  g_autoptr (SyncMailbox) opened = NULL;

  if (begins && !find_first (loop, shown, serial, &first, error))
    return FALSE;
  loop->listed_on = loop->generation;
  if (!sync_survey_run (&context, &loop->memory, loop->watch, begins && get_interval (loop) == 0,
                        first, &opened, &ask_again, error))
    return FALSE;
  loop->looked_at = g_get_monotonic_time ();
  sync_memory_mark_spared (&loop->memory, loop->watch);
  if (ask_again) {
    base_log ("%s: folders seem to be gone; asking again on a new connection",
              sync_account_get_id (loop->account));
    disconnect (loop);
  } else if (opened != NULL) {
    g_clear_pointer (&loop->mailbox, sync_mailbox_free);
    loop->mailbox = g_steal_pointer (&opened);
    /* It began with the list. */
    sync_watch_show (loop->watch, shown, serial, loop->looked_at);
    sync_watch_begin (loop->watch, first);
  }
  return TRUE;
}

/* One person's request for a body, where the reader worker may not connect. */
static void
serve_request (Loop *loop, SyncRequest *request)
{
  SyncContext context = get_context (loop);
  g_autoptr (GError) error = NULL;

  if (sync_body_serve (&context, request, &error)) {
    sync_account_request_from_sync (loop->account, request);
    sync_request_unref (request);
  }
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
  if (inbox == 0 || !sync_memory_is_whole (&loop->memory, inbox)
      || (now >= loop->proven && now - loop->proven < PROVE_EVERY_S))
    return TRUE;
  loop->proven = now;
  return store_folder_prove (loop->db, inbox, by, now, error);
}

/* The goal is reached: the timetable goes on. */
static gboolean
settle_folder (Loop *loop, gint64 folder, SyncGoal goal, GError **error)
{
  SyncContext context = get_context (loop);
  gint64 now = g_get_monotonic_time ();
  gboolean more = FALSE;

  if (goal == SYNC_GOAL_GLANCE && sync_mailbox_has_reached (loop->mailbox, SYNC_GOAL_LIST))
    goal = SYNC_GOAL_LIST;
  if (goal == SYNC_GOAL_LIST && !sync_mailbox_lacks_bodies (&context, folder, &more, error))
    return FALSE;
  g_hash_table_remove (loop->unwilling, &folder);
  sync_watch_done (loop->watch, folder, goal, more, now);
  sync_account_prepare (loop->account, folder);
  /* What was moved here and has not come is not in step: the second look decides. */
  if (goal == SYNC_GOAL_LIST && sync_mailbox_wants_another_look (loop->mailbox))
    sync_watch_mark (loop->watch, folder);
  if (goal != SYNC_GOAL_LIST || folder != sync_watch_get_inbox (loop->watch))
    return TRUE;
  /* The visit has written it. */
  loop->proven = g_get_real_time () / G_USEC_PER_SEC;
  return prove_inbox (loop, STORE_PROOF_SELECT, error);
}

/* "Not at the moment" is the server's trouble, and soon over; said of one folder again on the next connection, it is that
 * folder's (Dovecot says so of one that is damaged), and all others must not wait for it. */
static gboolean
is_unwilling (Loop *loop, gint64 folder, const GError *error)
{
  return g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
         && !g_hash_table_add (loop->unwilling, g_memdup2 (&folder, sizeof folder));
}

/* A folder that the server will not open is left alone; INBOX must open. */
static gboolean
survive_refusal (Loop *loop, gint64 folder, GError **error)
{
  if (!imap_session_is_usable (loop->session) || folder == sync_watch_get_inbox (loop->watch)
      || !(g_error_matches (*error, BASE_ERROR, BASE_ERROR_REFUSED)
           || g_error_matches (*error, BASE_ERROR, BASE_ERROR_GONE)
           || g_error_matches (*error, BASE_ERROR, BASE_ERROR_LIMIT)
           || is_unwilling (loop, folder, *error)))
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
  begin_look (loop, sync_mailbox_get_folder (loop->mailbox));
  sync_mailbox_look_again (loop->mailbox, proof);
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
  return sync_survey_take_news (&context, &loop->memory, loop->watch, news, error)
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
  begin_look (loop, folder);
  loop->mailbox =
      sync_mailbox_open (&context, &loop->memory, folder,
                         sync_watch_get_status (loop->watch, folder, &hint) ? &hint : NULL,
                         sync_account_is_metered (loop->account), error);
  return loop->mailbox != NULL;
}

/* Once a connection, and when all is in step: a server may take its time, and what happens meanwhile is told with it. */
static gboolean
watch_others (Loop *loop, GError **error)
{
  SyncContext context = get_context (loop);

  if (!sync_survey_watch (&context, loop->watch, error))
    return FALSE;
  sync_watch_set_told (loop->watch, imap_session_is_watching (loop->session));
  if (imap_session_is_watching (loop->session))
    imap_session_remark (loop->session, "watching");
  return TRUE;
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
    /* Long work must not keep what happens elsewhere from being told, once there is something of each folder. */
    if (goal != SYNC_GOAL_GLANCE && g_get_monotonic_time () - loop->busy_since >= QUIET_US
        && get_interval (loop) == 0 && imap_session_can_watch (loop->session)
        && !watch_others (loop, error))
      return FALSE;
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

/* Nothing to do: asks what can wait until then. */
static gboolean
measure (Loop *loop, gboolean *did, GError **error)
{
  SyncContext context = get_context (loop);

  if (!sync_survey_measure (&context, loop->watch, did, error))
    return FALSE;
  /* Nothing else is wrong with the connection, so this is no failure to be shown. */
  if (!imap_session_is_usable (loop->session))
    disconnect (loop);
  return TRUE;
}

/* While INBOX is open and nothing else is to be done.  `proof`: what it proves that nothing was told of it (STORE_PROOF_NONE: that was
 * not asked); what is to be looked at proves it then. */
static gboolean
take_told (Loop *loop, StoreProof proof, gboolean *any, GError **error)
{
  gboolean look = FALSE;

  if (!take_news (loop, &look, any, error))
    return FALSE;
  if (!look)
    return proof == STORE_PROOF_NONE || prove_inbox (loop, proof, error);
  sync_watch_mark (loop->watch, sync_watch_get_inbox (loop->watch));
  if (loop->mailbox != NULL)
    look_again (loop, proof != STORE_PROOF_NONE ? proof : STORE_PROOF_NOOP);
  return TRUE;
}

/* The network changed, the computer slept, or it is time for a look: whether the connection stands, and what was missed. */
static gboolean
prove_connection (Loop *loop, GError **error)
{
  if (!imap_session_noop (loop->session, loop->cancellable, error))
    return FALSE;
  sync_watch_mark (loop->watch, sync_watch_get_inbox (loop->watch));
  sync_watch_expire_list (loop->watch);
  return TRUE;
}

/* Nothing to do until the next look.  A server that has hung up meanwhile is no failure to be shown: it is called again at once. */
static gboolean
rest (Loop *loop, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 now = g_get_monotonic_time (), due = loop->looked_at + get_interval (loop);
  gint64 until = get_until (loop);

  if (now < due) {
    sync_worker_wait (loop->worker, (MIN (due, until != 0 ? until : due) - now) / 1000 + 1);
    return TRUE;
  }
  if (prove_connection (loop, &local))
    return TRUE;
  if (imap_session_is_usable (loop->session) || base_error_is_cancelled (local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  disconnect (loop);
  return TRUE;
}

/* Nothing to do: listens on INBOX. */
static gboolean
listen (Loop *loop, GError **error)
{
  SyncContext context = get_context (loop);
  gint64 inbox = sync_watch_get_inbox (loop->watch);
  gint64 now = g_get_monotonic_time ();
  gboolean idle = imap_session_has (loop->session, IMAP_CAP_IDLE), any = FALSE, measured = FALSE,
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
  if (loop->busy_since != 0)
    imap_session_remark (loop->session, "in step");
  loop->busy_since = 0;
  sync_account_set_state (loop->account, SYNC_PHASE_IN_STEP, NULL, 0, 0, 0, NULL);
  if (get_interval (loop) > 0)
    return rest (loop, error);
  if (imap_session_can_watch (loop->session))
    return watch_others (loop, error) && take_told (loop, STORE_PROOF_NONE, &any, error);
  if (!measure (loop, &measured, error))
    return FALSE;
  if (measured)
    return TRUE;
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
  if (!take_told (loop, proof, &any, error))
    return FALSE;
  /* Silence for as long as that, and now the server has answered. */
  if (!any && g_get_monotonic_time () - now >= wait * 1000
      && !sync_survey_prove_rest (&context, &loop->memory, loop->watch, error))
    return FALSE;
  if (any)
    loop->idle_cuts = 0;
  return TRUE;
}

/* What is most urgent, once. */
static gboolean
work (Loop *loop, GError **error)
{
  gboolean did = FALSE;
  SyncGoal goal = SYNC_GOAL_LIST;
  gint64 folder = 0;

  if (!run_operations (loop, &did, error))
    return FALSE;
  if (did)
    return TRUE;
  sync_watch_set_frugal (loop->watch, sync_account_is_metered (loop->account));
  if (sync_account_take_prove (loop->account) && !prove_connection (loop, error))
    return FALSE;
  if (sync_watch_list_is_due (loop->watch, g_get_monotonic_time ()))
    return list_folders (loop, error);
  take_shown (loop);
  folder = sync_watch_next (loop->watch, g_get_monotonic_time (), &goal);
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
  loop.unwilling = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
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
  g_hash_table_unref (loop.unwilling);
  g_clear_object (&loop.cancellable);
  g_clear_pointer (&loop.db, store_db_free);
}
