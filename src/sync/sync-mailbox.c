/* Brings one folder in step with its mailbox.  The order is what a person sees first: the newest screenful, what is new, flags,
 * what went, older headers, then bodies.  Every step is bounded (about a second) and leaves the store consistent, so that
 * the worker may be called away, or die, between any two.  Sync worker's thread; must never remove a row on the word
 * of an answer that contradicts itself. */
#include "base-error.h"
#include "store-message.h"
#include "sync-incoming.h"
#include "sync-mailbox-private.h"

/* In a row, for rows without UID, with counts that differ. */
#define MAX_VAIN_LOOKS 3

/* ---- what outlives connections ---- */

void
sync_memory_init (SyncMemory *memory)
{
  memory->suspects = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  memory->all_flags = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  memory->spared = sync_spared_new ();
}

void
sync_memory_clear (SyncMemory *memory)
{
  g_clear_pointer (&memory->suspects, g_hash_table_unref);
  g_clear_pointer (&memory->all_flags, g_hash_table_unref);
  g_clear_pointer (&memory->spared, g_hash_table_unref);
}

gboolean
sync_memory_confirms (SyncMemory *memory, gint64 what, guint generation)
{
  gpointer seen = g_hash_table_lookup (memory->suspects, &what);

  if (seen != NULL && GPOINTER_TO_UINT (seen) != generation) {
    g_hash_table_remove (memory->suspects, &what);
    return TRUE;
  }
  g_hash_table_replace (memory->suspects, g_memdup2 (&what, sizeof what),
                        GUINT_TO_POINTER (generation));
  return FALSE;
}

void
sync_memory_trusts (SyncMemory *memory, gint64 what)
{
  g_hash_table_remove (memory->suspects, &what);
}

/* ---- opening ---- */

/* What goes along with the SELECT, so that it costs no round trip of its own.  *index: of it; FALSE when there is none. */
static gboolean
add_first_fetch (SyncMailbox *mailbox, ImapFlight *flight, const StoreFolder *row,
                 const SyncStatus *hint, SyncIncoming *incoming, guint *index)
{
  g_autofree char *set = NULL;

  if (hint == NULL || hint->messages == 0 || mailbox->careful)
    return FALSE;
  if (row->uid_next == 0) {
    guint32 first =
        hint->messages > SYNC_PLAN_SCREENFUL ? hint->messages - SYNC_PLAN_SCREENFUL + 1 : 1;

    *index = imap_flight_fetch_seq (flight, first, 0, SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW,
                                    sync_incoming_take, incoming);
    return TRUE;
  }
  /* More than a handful come newest first, in batches. */
  if (hint->uid_validity != row->uid_validity || hint->uid_next <= row->uid_next
      || hint->uid_next - row->uid_next > SYNC_PLAN_NEW_AT_ONCE)
    return FALSE;
  set = sync_plan_dup_set_from (row->uid_next);
  *index = imap_flight_fetch (flight, set, SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW, 0,
                              sync_incoming_take, incoming);
  return TRUE;
}

static guint
add_select (SyncMailbox *mailbox, SyncContext *context, ImapFlight *flight, const StoreFolder *row)
{
  ImapSyncPoint point = { .uid_validity = row->uid_validity, .modseq = row->highest_modseq };

  if (row->uid_next == 0 || row->highest_modseq == 0
      || sync_account_is_qresync_doubted (context->account))
    return imap_flight_select (flight, row->server_name, FALSE, row->uid_validity);
  return imap_flight_resync (flight, row->server_name, FALSE, &point, sync_mailbox_take_changed,
                             sync_mailbox_take_vanished, mailbox);
}

static void
opening_free (SyncOpening *opening)
{
  if (opening != NULL)
    sync_incoming_free (opening->incoming);
  g_free (opening);
}

SyncMailbox *
sync_mailbox_ask (SyncContext *context, SyncMemory *memory, gint64 folder, const SyncStatus *hint,
                  gboolean frugal, ImapFlight *flight, GError **error)
{
  g_autoptr (StoreFolder) row = store_folder_get (context->db, folder, error);
  g_autoptr (SyncMailbox) mailbox = NULL;
  SyncOpening *opening = NULL;

  if (row == NULL)
    return NULL;
  mailbox = g_new0 (SyncMailbox, 1);
  mailbox->memory = memory;
  mailbox->folder = folder;
  mailbox->name = g_strdup (row->server_name);
  mailbox->role = row->role;
  mailbox->phase = SYNC_VISIT_PLAN;
  mailbox->first_look = TRUE;
  mailbox->frugal = frugal;
  mailbox->proof = STORE_PROOF_SELECT;
  mailbox->unanswered = base_uid_set_new ();
  mailbox->changed = g_array_new (FALSE, FALSE, sizeof (StoreServerFlags));
  mailbox->labels = g_ptr_array_new_with_free_func ((GDestroyNotify)sync_labels_free);
  mailbox->vanished = base_uid_set_new ();
  mailbox->headers_batch = 200;
  mailbox->bodies_batch = 20;
  sync_mailbox_begin_careful (mailbox);
  mailbox->texts_batch = 100;
  if (hint != NULL && hint->uid_validity == row->uid_validity)
    mailbox->modseq_before = hint->modseq;
  opening = mailbox->opening = g_new0 (SyncOpening, 1);
  opening->uid_validity = row->uid_validity;
  opening->incoming = sync_incoming_new (context, mailbox->folder,
                                         row->role == STORE_ROLE_INBOX ? row->uid_next : 0);
  opening->select = add_select (mailbox, context, flight, row);
  opening->asked = add_first_fetch (mailbox, flight, row, hint, opening->incoming, &opening->first);
  return g_steal_pointer (&mailbox);
}

gboolean
sync_mailbox_take_opened (SyncMailbox *mailbox, SyncContext *context, ImapFlight *flight,
                          GError **error)
{
  SyncOpening *opening = mailbox->opening;
  const ImapSelected *selected = NULL;
  gboolean anew = FALSE, good = TRUE;

  if (!imap_flight_get_result (flight, opening->select, error))
    return FALSE;
  mailbox->selection = imap_session_get_selection (context->session);
  selected = imap_flight_get_selected (flight, opening->select);
  mailbox->told = imap_flight_get_resync (flight, opening->select);
  anew = opening->uid_validity != 0 && selected->uid_validity != 0
         && opening->uid_validity != selected->uid_validity;
  /* What came is kept in any case; only where all came there is no need to ask again. */
  if (!anew && opening->asked && imap_flight_get_result (flight, opening->first, NULL)) {
    mailbox->told_new = !base_uid_set_is_empty (sync_incoming_get_uids (opening->incoming));
    mailbox->told_highest = sync_incoming_get_highest (opening->incoming);
  }
  if (!anew)
    good = sync_incoming_flush (opening->incoming, error);
  g_clear_pointer (&mailbox->opening, opening_free);
  return good;
}

SyncMailbox *
sync_mailbox_open (SyncContext *context, SyncMemory *memory, gint64 folder, const SyncStatus *hint,
                   gboolean frugal, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (SyncMailbox) mailbox =
      sync_mailbox_ask (context, memory, folder, hint, frugal, flight, error);

  g_autoptr (GError) local = NULL;

  if (mailbox == NULL)
    return NULL;
  if (!imap_flight_run (flight, context->cancellable, &local)) {
    if (mailbox->opening->asked)
      (void)sync_mailbox_turn_careful (mailbox, context, SYNC_VISIT_NEWEST, local);
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (!sync_mailbox_take_opened (mailbox, context, flight, error))
    return NULL;
  return g_steal_pointer (&mailbox);
}

void
sync_mailbox_free (SyncMailbox *mailbox)
{
  g_free (mailbox->name);
  g_clear_pointer (&mailbox->opening, opening_free);
  g_clear_pointer (&mailbox->changed, g_array_unref);
  g_clear_pointer (&mailbox->labels, g_ptr_array_unref);
  g_clear_pointer (&mailbox->vanished, base_uid_set_free);
  g_clear_pointer (&mailbox->known, base_uid_set_free);
  g_clear_pointer (&mailbox->missing, base_uid_set_free);
  g_clear_pointer (&mailbox->flags_left, base_uid_set_free);
  g_clear_pointer (&mailbox->unanswered, base_uid_set_free);
  g_clear_pointer (&mailbox->bodies, g_array_unref);
  g_free (mailbox);
}

gboolean
sync_mailbox_is_selected (SyncMailbox *mailbox, SyncContext *context)
{
  /* Opened again by an operation meanwhile, it counts changes that were never told here. */
  return imap_session_get_selection (context->session) == mailbox->selection
         && g_strcmp0 (imap_session_get_selected_name (context->session), mailbox->name) == 0;
}

gint64
sync_mailbox_get_folder (SyncMailbox *mailbox)
{
  return mailbox->folder;
}

const char *
sync_mailbox_get_name (SyncMailbox *mailbox)
{
  return mailbox->name;
}

void
sync_mailbox_look_again (SyncMailbox *mailbox, StoreProof proof)
{
  mailbox->phase = SYNC_VISIT_ASK;
  mailbox->first_look = FALSE;
  mailbox->proof = proof;
  sync_mailbox_forget_told (mailbox);
}

gboolean
sync_mailbox_is_planned (SyncMailbox *mailbox)
{
  return mailbox->phase >= SYNC_VISIT_HEADERS;
}

gboolean
sync_mailbox_has_reached (SyncMailbox *mailbox, SyncGoal goal)
{
  switch (goal) {
  case SYNC_GOAL_GLANCE:
    /* What is small enough goes on to its end at once. */
    return mailbox->phase >= SYNC_VISIT_BODIES
           || (mailbox->phase >= SYNC_VISIT_SEARCH && mailbox->plan.search);
  case SYNC_GOAL_LIST:
    return mailbox->phase >= SYNC_VISIT_BODIES;
  case SYNC_GOAL_BODIES:
    return mailbox->phase == SYNC_VISIT_DONE;
  }
  return FALSE;
}

void
sync_mailbox_get_progress (SyncMailbox *mailbox, guint *done, guint *total)
{
  guint64 left = 0;

  *done = *total = 0;
  switch (mailbox->phase) {
  case SYNC_VISIT_ASK:
  case SYNC_VISIT_PLAN:
  case SYNC_VISIT_NEWEST:
  case SYNC_VISIT_NEW:
  case SYNC_VISIT_FLAGS:
  case SYNC_VISIT_GONE:
  case SYNC_VISIT_SEARCH:
  case SYNC_VISIT_SETTLE:
  case SYNC_VISIT_TEXTS:
  case SYNC_VISIT_DONE:
    return;
  case SYNC_VISIT_HEADERS:
    left = base_uid_set_count (mailbox->missing);
    *total = (guint)(mailbox->n_known + left);
    break;
  case SYNC_VISIT_BODIES:
    if (mailbox->bodies == NULL || !mailbox->bodies_all)
      return;
    left = mailbox->bodies->len - mailbox->next_body;
    *total = (guint)MAX (mailbox->n_known, left);
    break;
  }
  *done = *total - (guint)MIN (left, *total);
}

gboolean
sync_mailbox_load_known (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  BaseUidSet *known = store_message_get_uids (context->db, mailbox->folder, error);

  if (known == NULL)
    return FALSE;
  g_clear_pointer (&mailbox->known, base_uid_set_free);
  mailbox->known = known;
  mailbox->n_known = base_uid_set_count (known);
  return TRUE;
}

static gboolean
save (SyncMailbox *mailbox, SyncContext *context, gboolean in_step, GError **error)
{
  gboolean good = FALSE;

  if (in_step)
    mailbox->in_step = g_get_real_time () / G_USEC_PER_SEC;
  if (!store_db_begin (context->db, FALSE, error))
    return FALSE;
  good = store_folder_set_sync_state (context->db, mailbox->folder, mailbox->uid_validity,
                                      mailbox->uid_next, mailbox->modseq, mailbox->complete,
                                      mailbox->in_step, error)
         && (!in_step
             || store_folder_prove (context->db, mailbox->folder, mailbox->proof, mailbox->in_step,
                                    error));
  if (!good) {
    store_db_rollback (context->db);
    return FALSE;
  }
  return store_db_commit (context->db, error);
}

/* ---- the steps, in their order ---- */

static gboolean
step_plan (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  g_autoptr (StoreFolder) row = store_folder_get (context->db, mailbox->folder, error);
  SyncPlanStored stored = { 0 };
  SyncPlanServer server = { .exists = selected->exists,
                            .uid_validity = selected->uid_validity,
                            .uid_next = selected->uid_next,
                            .modseq = selected->highest_modseq };

  if (row == NULL
      || !store_message_count_uids (context->db, mailbox->folder, &mailbox->n_known, error))
    return FALSE;
  stored.uid_validity = row->uid_validity;
  stored.uid_next = row->uid_next;
  stored.modseq = row->highest_modseq;
  stored.complete = row->complete;
  stored.known = mailbox->n_known;
  server.told_changes = mailbox->told != IMAP_RESYNC_NONE;
  server.told_vanished = !base_uid_set_is_empty (mailbox->vanished);
  server.told_new = mailbox->told_new;
  if (!mailbox->first_look) {
    /* UIDNEXT and HIGHESTMODSEQ are those of the SELECT; something has happened since. */
    server.uid_next = 0;
    if (server.modseq != 0)
      server.modseq = MAX (server.modseq, stored.modseq) + 1;
  }
  mailbox->plan = sync_plan_make (&stored, &server);
  if (mailbox->plan.reset) {
    if (!store_folder_reset (context->db, mailbox->folder, error))
      return FALSE;
    sync_mailbox_forget_told (mailbox);
    mailbox->n_known = 0;
    stored = (SyncPlanStored){ 0 };
  }
  mailbox->uid_validity =
      selected->uid_validity != 0 ? selected->uid_validity : MAX (row->uid_validity, 1);
  mailbox->uid_next = stored.uid_next;
  mailbox->modseq = stored.modseq;
  mailbox->complete = stored.complete;
  mailbox->text_below = mailbox->plan.reset ? 0 : row->text_below;
  mailbox->in_step = row->in_step;
  if (mailbox->uid_next == 0) {
    /* First visit: what comes from here on is new, and flags are as they are now. */
    mailbox->uid_next = MAX (selected->uid_next, mailbox->told_highest + 1);
    mailbox->modseq = selected->highest_modseq;
    mailbox->arrived_from = 0;
  } else {
    mailbox->arrived_from = mailbox->role == STORE_ROLE_INBOX ? stored.uid_next : 0;
  }
  g_clear_pointer (&mailbox->known, base_uid_set_free);
  g_clear_pointer (&mailbox->missing, base_uid_set_free);
  g_clear_pointer (&mailbox->flags_left, base_uid_set_free);
  g_clear_pointer (&mailbox->bodies, g_array_unref);
  mailbox->phase = SYNC_VISIT_NEWEST;
  return TRUE;
}

/* One round trip after SELECT, if it did not come with it: the list shows. */
static gboolean
step_newest (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint32 wanted = mailbox->plan.newest_last - mailbox->plan.newest_first + 1;

  mailbox->phase = SYNC_VISIT_NEW;
  if (mailbox->careful) {
    mailbox->plan.search = TRUE;
    return TRUE;
  }
  if (mailbox->plan.newest_last > 0) {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (context, mailbox->folder, 0);

    if (!imap_session_fetch_seq (context->session, mailbox->plan.newest_first,
                                 mailbox->plan.newest_last, SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW,
                                 sync_incoming_take, incoming, context->cancellable, error)
        || !sync_incoming_flush (incoming, error)
        || !store_message_count_uids (context->db, mailbox->folder, &mailbox->n_known, error))
      return FALSE;
    mailbox->uid_next = MAX (mailbox->uid_next, sync_incoming_get_highest (incoming) + 1);
    if (base_uid_set_count (sync_incoming_get_uids (incoming)) < wanted)
      mailbox->plan.search = TRUE;
  }
  if (mailbox->plan.newest_last > 0 || !mailbox->complete)
    return save (mailbox, context, FALSE, error);
  return TRUE;
}

static gboolean
fetch_new (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  g_autoptr (SyncIncoming) incoming =
      sync_incoming_new (context, mailbox->folder, mailbox->arrived_from);
  g_autofree char *set = sync_plan_dup_set_from (mailbox->plan.new_from);

  if (!imap_session_fetch (context->session, set, SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW, 0,
                           sync_incoming_take, incoming, context->cancellable, error)
      || !sync_incoming_flush (incoming, error))
    return FALSE;
  mailbox->uid_next = MAX (mailbox->uid_next, sync_incoming_get_highest (incoming) + 1);
  return TRUE;
}

static gboolean
step_new (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  guint64 counted = mailbox->n_known;

  mailbox->phase = SYNC_VISIT_FLAGS;
  if (mailbox->plan.new_from == 0 && !mailbox->told_new)
    return TRUE;
  if (mailbox->careful) {
    mailbox->plan.search = TRUE;
    return TRUE;
  }
  if (mailbox->plan.new_from != 0) {
    /* After a long time away there may be thousands: then the search finds them, and they come newest first, in batches. */
    if (selected->exists > mailbox->n_known + SYNC_PLAN_NEW_AT_ONCE) {
      mailbox->plan.search = TRUE;
      return TRUE;
    }
    if (!fetch_new (mailbox, context, error))
      return FALSE;
  }
  mailbox->uid_next = MAX (mailbox->uid_next, mailbox->told_highest + 1);
  if (mailbox->first_look)
    mailbox->uid_next = MAX (mailbox->uid_next, selected->uid_next);
  if (!store_message_count_uids (context->db, mailbox->folder, &mailbox->n_known, error))
    return FALSE;
  if (counted == mailbox->n_known && !mailbox->first_look && !mailbox->told_new)
    return TRUE;
  return save (mailbox, context, FALSE, error);
}

/* Rows that wait for a UID: whether this look proves that the server does not have them, and whether another one is to follow at once. */
static gboolean
judge_strays (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  gboolean strays = FALSE;

  if (!store_folder_has_strays (context->db, mailbox->folder, &strays, error)
      || (strays
          && !store_message_count_uids (context->db, mailbox->folder, &mailbox->n_known, error)))
    return FALSE;
  mailbox->look_once_more = FALSE;
  if (!strays) {
    mailbox->vain_looks = 0;
    return TRUE;
  }
  /* Something is on its way, or the server keeps something back: then the next look of its own accord will do. */
  if (mailbox->n_known != imap_session_get_selected (context->session)->exists) {
    mailbox->look_once_more = mailbox->vain_looks++ < MAX_VAIN_LOOKS;
    return TRUE;
  }
  mailbox->vain_looks = 0;
  return store_folder_miss_strays (context->db, mailbox->folder, error)
         && store_folder_has_strays (context->db, mailbox->folder, &mailbox->look_once_more, error);
}

gboolean
sync_mailbox_wants_another_look (SyncMailbox *mailbox)
{
  return mailbox->look_once_more;
}

/* The list is whole: from here on it is in step, bodies may still come.  Or as whole as the server can make it. */
static gboolean
step_settle (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint spared = 0;

  if (!sync_mailbox_count_spared (mailbox, context, &spared, error))
    return FALSE;
  mailbox->complete = TRUE;
  if (mailbox->first_look)
    mailbox->uid_next =
        MAX (mailbox->uid_next, imap_session_get_selected (context->session)->uid_next);
  mailbox->first_look = FALSE;
  mailbox->phase = SYNC_VISIT_BODIES;
  sync_memory_trusts (mailbox->memory, mailbox->folder);
  sync_mailbox_forget_told (mailbox);
  return judge_strays (mailbox, context, error) && save (mailbox, context, spared == 0, error)
         && (spared == 0 || sync_mailbox_say_spared (mailbox, context, spared, error));
}

gboolean
sync_mailbox_step (SyncMailbox *mailbox, SyncContext *context, SyncGoal goal, SyncStep *step,
                   GError **error)
{
  gboolean good = TRUE, ask_again = FALSE;
  SyncVisit phase = mailbox->phase;
  g_autoptr (GError) local = NULL;

  switch (phase) {
  case SYNC_VISIT_ASK:
    good = sync_mailbox_step_ask (mailbox, context, &local);
    break;
  case SYNC_VISIT_PLAN:
    good = step_plan (mailbox, context, &local);
    break;
  case SYNC_VISIT_NEWEST:
    good = step_newest (mailbox, context, &local);
    break;
  case SYNC_VISIT_NEW:
    good = step_new (mailbox, context, &local);
    break;
  case SYNC_VISIT_FLAGS:
    good = sync_mailbox_step_flags (mailbox, context, &local);
    break;
  case SYNC_VISIT_GONE:
    good = sync_mailbox_step_gone (mailbox, context, &ask_again, &local);
    break;
  case SYNC_VISIT_SEARCH:
    good = sync_mailbox_step_search (mailbox, context, &ask_again, &local);
    break;
  case SYNC_VISIT_HEADERS:
    good = mailbox->careful ? sync_mailbox_step_careful (mailbox, context, &local)
                            : sync_mailbox_step_headers (mailbox, context, &local);
    break;
  case SYNC_VISIT_SETTLE:
    good = step_settle (mailbox, context, &local);
    break;
  case SYNC_VISIT_BODIES:
    good = mailbox->careful ? sync_mailbox_step_careful (mailbox, context, &local)
                            : sync_mailbox_step_bodies (mailbox, context, &local);
    break;
  case SYNC_VISIT_TEXTS:
    good = mailbox->careful ? sync_mailbox_step_careful (mailbox, context, &local)
                            : sync_mailbox_step_texts (mailbox, context, &local);
    break;
  case SYNC_VISIT_DONE:
    break;
  }
  if (!good && !sync_mailbox_turn_careful (mailbox, context, phase, local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (good && phase != mailbox->phase
      && (phase == SYNC_VISIT_HEADERS || phase == SYNC_VISIT_BODIES || phase == SYNC_VISIT_TEXTS))
    sync_mailbox_end_careful (mailbox, phase);
  *step = ask_again                                  ? SYNC_STEP_ASK_AGAIN
          : sync_mailbox_has_reached (mailbox, goal) ? SYNC_STEP_DONE
                                                     : SYNC_STEP_MORE;
  return TRUE;
}
