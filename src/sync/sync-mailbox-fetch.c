/* Bringing messages here: the headers that the list lacks, then bodies as the account wants them, newest first.  What another
 * folder has, or had a moment ago, is not fetched again.  Sync worker's thread; must never take silence for absence. */
#include "base-account.h"
#include "base-error.h"
#include "store-message.h"
#include "sync-incoming.h"
#include "sync-mailbox-private.h"
#include "sync-parts.h"

#define SET_OCTETS 900
#define STEP_US    (G_USEC_PER_SEC / 2)
/* What the answer to one command may take.  Two are under way at a time: that bears round trips of half a second. */
#define COMMAND_US     (G_USEC_PER_SEC / 4)
#define COMMAND_MIN    50
#define COMMAND_MAX    2000
#define TEXTS_LISTED   5000
#define BODIES_MIN     4
#define BODIES_MAX     2000
#define BODIES_LISTED  20000
#define BODIES_US      (G_USEC_PER_SEC / 10) /* what one command may take, on a line without delay ... */
#define BODIES_MAX_US  (G_USEC_PER_SEC / 2) /* ... and on any other */
#define BODIES_STEP_US (10 * G_USEC_PER_SEC)
#define SHOWN_US       (G_USEC_PER_SEC / 3)
#define SHARED_AT_ONCE 2000
#define MONTH_S        (30 * 24 * 60 * 60)

/* Remembers which of `asked` did not come: they are not asked for again on this connection, and never taken for gone. */
static void
note_unanswered (SyncMailbox *mailbox, const BaseUidSet *asked, const BaseUidSet *came)
{
  g_autoptr (BaseUidSet) silent = base_uid_set_subtract (asked, came);

  base_uid_set_add_set (mailbox->unanswered, silent);
}

/* Nothing of it was refused. */
static gboolean
run_flight (ImapFlight *flight, SyncContext *context, GError **error)
{
  guint n = 0;

  if (!imap_flight_run (flight, context->cancellable, error))
    return FALSE;
  n = imap_flight_get_length (flight);
  for (guint i = 0; i < n; i++)
    if (!imap_flight_get_result (flight, i, error))
      return FALSE;
  return TRUE;
}

/* One step of much that has to come: the newest first, one command after the other for as long as a step may take. */
typedef struct
{
  /* Borrowed */
  SyncContext *context;
  SyncIncoming *incoming;

  /* Owned */
  BaseUidSet *left, *asked;

  ImapFetchItems items;
  guint batch; /* messages to be asked for at once */
  gint64 begun;
} Pass;

static void
pass_clear (Pass *pass)
{
  g_clear_pointer (&pass->left, base_uid_set_free);
  g_clear_pointer (&pass->asked, base_uid_set_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pass, pass_clear)

static void
ask_for_more (ImapFlight *flight, gpointer user_data)
{
  Pass *pass = user_data;
  gint64 took = g_get_monotonic_time () - pass->begun;
  guint64 came = base_uid_set_count (sync_incoming_get_uids (pass->incoming));
  g_autoptr (BaseUidSet) part = NULL, left = NULL;
  g_auto (GStrv) sets = NULL;

  /* Once in any case: somebody who calls all the time must not keep it from coming to an end. */
  if (base_uid_set_is_empty (pass->left)
      || (!base_uid_set_is_empty (pass->asked)
          && (took > STEP_US
              || (pass->context->worker != NULL && sync_worker_is_wanted (pass->context->worker)))))
    return;
  if (came >= COMMAND_MIN)
    pass->batch =
        (guint)CLAMP (came * COMMAND_US / (guint64)MAX (took, 1), COMMAND_MIN, COMMAND_MAX);
  part = sync_plan_newest (pass->left, pass->batch);
  left = base_uid_set_subtract (pass->left, part);
  sets = base_uid_set_to_strings (part, SET_OCTETS);
  for (gsize i = 0; sets[i] != NULL; i++)
    imap_flight_fetch (flight, sets[i], pass->items, 0, sync_incoming_take, pass->incoming);
  base_uid_set_add_set (pass->asked, part);
  base_uid_set_free (pass->left);
  pass->left = g_steal_pointer (&left);
}

static gboolean
run_pass (Pass *pass, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (pass->context->session);

  pass->asked = base_uid_set_new ();
  pass->begun = g_get_monotonic_time ();
  imap_flight_set_more (flight, ask_for_more, pass);
  return run_flight (flight, pass->context, error) && sync_incoming_flush (pass->incoming, error);
}

gboolean
sync_mailbox_put_off_texts (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint n = base_uid_set_n_ranges (mailbox->missing);
  guint32 last = base_uid_set_get_range (mailbox->missing, n - 1).last;

  if (last < mailbox->text_below)
    return TRUE;
  mailbox->text_below = last < G_MAXUINT32 ? last + 1 : last;
  return store_folder_set_text_below (context->db, mailbox->folder, mailbox->text_below, error);
}

gboolean
sync_mailbox_step_headers (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  const BaseAccount *settings = sync_account_get_settings (context->account);
  g_autoptr (SyncIncoming) incoming = NULL;
  g_auto (Pass) pass = { .context = context, .items = SYNC_LIST_ITEMS };

  if (base_uid_set_is_empty (mailbox->missing)) {
    mailbox->phase = SYNC_VISIT_SETTLE;
    return TRUE;
  }
  /* For a text the server has to open the message.  That is not worth it where the list is long and waited for, nor where
   * the whole message is fetched anyway. */
  if (settings->bodies != BASE_BODIES_EVERYTHING && !mailbox->frugal && mailbox->complete)
    pass.items |= IMAP_FETCH_PREVIEW;
  else if (!sync_mailbox_put_off_texts (mailbox, context, error))
    return FALSE;
  incoming = sync_incoming_new (context, mailbox->folder, mailbox->arrived_from);
  pass.incoming = incoming;
  pass.batch = mailbox->headers_batch;
  pass.left = base_uid_set_subtract (mailbox->missing, mailbox->unanswered);
  if (!run_pass (&pass, error))
    return FALSE;
  note_unanswered (mailbox, pass.asked, sync_incoming_get_uids (incoming));
  base_uid_set_free (mailbox->missing);
  mailbox->missing = g_steal_pointer (&pass.left);
  mailbox->headers_batch = pass.batch;
  mailbox->n_known += base_uid_set_count (sync_incoming_get_uids (incoming));
  mailbox->uid_next = MAX (mailbox->uid_next, sync_incoming_get_highest (incoming) + 1);
  return TRUE;
}

/* ---- first lines of text ---- */

BaseUidSet *
sync_mailbox_list_texts (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint limit = (guint)MIN (TEXTS_LISTED + sync_mailbox_get_n_spared (mailbox), G_MAXUINT);
  g_autoptr (GArray) uids = store_message_get_uids_without_text (context->db, mailbox->folder,
                                                                 mailbox->text_below, limit, error);
  BaseUidSet *wanted = NULL;

  if (uids == NULL)
    return NULL;
  wanted = base_uid_set_new_from_array (uids);
  sync_mailbox_leave_out_spared (mailbox, &wanted);
  return wanted;
}

static gboolean
set_text_below (SyncMailbox *mailbox, SyncContext *context, guint32 uid, GError **error)
{
  mailbox->text_below = uid;
  return store_folder_set_text_below (context->db, mailbox->folder, uid, error);
}

gboolean
sync_mailbox_pass_texts (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *asked,
                         GError **error)
{
  return set_text_below (mailbox, context, base_uid_set_get_range (asked, 0).first, error);
}

gboolean
sync_mailbox_step_texts (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  g_autoptr (SyncIncoming) incoming = NULL;
  /* Who came into the store meanwhile by these numbers needs all of it. */
  g_auto (Pass) pass = { .context = context, .items = SYNC_LIST_ITEMS | IMAP_FETCH_PREVIEW };

  if (mailbox->text_below == 0) {
    mailbox->phase = SYNC_VISIT_DONE;
    return TRUE;
  }
  pass.left = sync_mailbox_list_texts (mailbox, context, error);
  if (pass.left == NULL)
    return FALSE;
  if (base_uid_set_is_empty (pass.left))
    return set_text_below (mailbox, context, 0, error);
  incoming = sync_incoming_new (context, mailbox->folder, 0);
  pass.incoming = incoming;
  pass.batch = mailbox->texts_batch;
  if (!run_pass (&pass, error)) {
    /* What came before the server failed is good. */
    (void)sync_incoming_flush (incoming, NULL);
    return FALSE;
  }
  mailbox->texts_batch = pass.batch;
  mailbox->refused_in_a_row = 0;
  /* What the server was silent about is not asked for again. */
  return sync_mailbox_pass_texts (mailbox, context, pass.asked, error);
}

/* ---- bodies ---- */

/* FALSE: the account wants none but those that are opened.  *since: when the oldest that it wants were received, 0: all. */
static gboolean
wants_bodies (const BaseAccount *settings, gint64 *since)
{
  *since = 0;
  switch (settings->bodies) {
  case BASE_BODIES_EVERYTHING:
    return TRUE;
  case BASE_BODIES_MONTHS:
    *since = MAX (g_get_real_time () / G_USEC_PER_SEC - (gint64)settings->months * MONTH_S, 0);
    return TRUE;
  case BASE_BODIES_OPENING:
    return FALSE;
  }
  return FALSE;
}

/* What the account wants whole of a folder, at most `limit`. */
static GArray *
list_wanted (SyncContext *context, gint64 folder, guint limit, GError **error)
{
  const BaseAccount *settings = sync_account_get_settings (context->account);
  guint64 largest = (guint64)settings->largest_body << 20;
  gint64 since = 0;

  if (!wants_bodies (settings, &since))
    return g_array_new (FALSE, FALSE, sizeof (guint32));
  return store_message_get_uids_without_body (context->db, folder, limit, largest, since, error);
}

/* Ids of those that it wants without their large parts. */
static GArray *
list_large (SyncContext *context, gint64 folder, guint limit, GError **error)
{
  const BaseAccount *settings = sync_account_get_settings (context->account);
  guint64 largest = MAX ((guint64)settings->largest_body << 20, SYNC_PARTS_FROM);
  gint64 since = 0;

  if (settings->largest_body == 0 || settings->largest_part == 0
      || !wants_bodies (settings, &since))
    return g_array_new (FALSE, FALSE, sizeof (gint64));
  return store_message_list_too_large (context->db, folder, limit, largest, since, error);
}

gboolean
sync_mailbox_lacks_bodies (SyncContext *context, gint64 folder, gboolean *lacks, GError **error)
{
  g_autoptr (GArray) one = list_wanted (context, folder, 1, error);
  g_autoptr (GArray) large =
      one != NULL && one->len == 0 ? list_large (context, folder, 1, error) : NULL;
  g_autoptr (StoreFolder) row = NULL;

  if (one == NULL || (one->len == 0 && large == NULL))
    return FALSE;
  row = store_folder_get (context->db, folder, error);
  *lacks = row != NULL && (one->len > 0 || large->len > 0 || row->text_below > 0);
  return row != NULL;
}

/* As long as that helps much. */
static gboolean
share_bodies (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint shared = 0;

  do
    if (!store_message_share_bodies (context->db, mailbox->folder, SHARED_AT_ONCE, &shared, error))
      return FALSE;
  while (shared > SHARED_AT_ONCE / 4);
  return TRUE;
}

gboolean
sync_mailbox_list_bodies (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint64 n_unanswered = base_uid_set_count (mailbox->unanswered);
  guint limit = (guint)MIN (BODIES_LISTED + n_unanswered, G_MAXUINT);
  g_autoptr (GArray) lacking = NULL;

  if (!share_bodies (mailbox, context, error))
    return FALSE;
  lacking = list_wanted (context, mailbox->folder, limit, error);
  if (lacking == NULL)
    return FALSE;
  mailbox->bodies_all = lacking->len < limit;
  mailbox->bodies = g_array_new (FALSE, FALSE, sizeof (guint32));
  mailbox->next_body = 0;
  for (guint i = 0; i < lacking->len; i++) {
    guint32 uid = g_array_index (lacking, guint32, i);

    if (!base_uid_set_contains (mailbox->unanswered, uid) && !sync_mailbox_is_spared (mailbox, uid))
      g_array_append_val (mailbox->bodies, uid);
  }
  return TRUE;
}

/* The next one of those that are kept without their large parts. */
static gboolean
step_large (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint64 n_left_out =
      base_uid_set_count (mailbox->unanswered) + sync_mailbox_get_n_spared (mailbox);
  guint limit = (guint)MIN (1 + n_left_out, BODIES_LISTED);
  g_autoptr (GArray) large = list_large (context, mailbox->folder, limit, error);
  g_autoptr (StoreFolder) folder = NULL;
  g_autoptr (GError) local = NULL;
  gboolean whole = FALSE, good = FALSE;

  if (large == NULL)
    return FALSE;
  for (guint i = 0; i < large->len; i++) {
    gint64 message = g_array_index (large, gint64, i), place = 0;
    SyncPlace where = { 0 };

    if (!store_message_get_place (context->db, message, &place, &where.uid, error))
      return FALSE;
    if (place != mailbox->folder || where.uid == 0
        || base_uid_set_contains (mailbox->unanswered, where.uid)
        || sync_mailbox_is_spared (mailbox, where.uid))
      continue;
    /* Asked once on a connection, whatever comes of it. */
    base_uid_set_add (mailbox->unanswered, where.uid);
    folder = store_folder_get (context->db, place, error);
    if (folder == NULL)
      return FALSE;
    where.folder = folder;
    good = sync_parts_fetch (context, &where, message, TRUE, &whole, &local)
           && (!whole || store_partial_set (context->db, message, NULL, NULL, NULL, FALSE, &local));
    sync_mailbox_judge_large (mailbox, context, where.uid, local);
    if (good || g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  mailbox->phase = SYNC_VISIT_TEXTS;
  return TRUE;
}

/* One step of the bodies.  It goes on for as long as nobody wants anything else, so that the wire is never empty between two
 * commands: while one is answered the next is with the server. */
typedef struct
{
  /* Borrowed */
  SyncMailbox *mailbox;
  SyncContext *context;
  SyncIncoming *incoming;

  BaseUidSet *asked;   /* Owned */
  gint64 begun, first; /* monotonic; when the first message came, 0: not yet */
} Bodies;

static gboolean
take_body (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Bodies *bodies = user_data;

  if (bodies->first == 0)
    bodies->first = g_get_monotonic_time ();
  return sync_incoming_take_body (fetched, bodies->incoming, error);
}

static gboolean
is_called_away (const Bodies *bodies, gint64 now)
{
  const SyncContext *context = bodies->context;

  return now - bodies->begun > BODIES_STEP_US || (context->until != 0 && now >= context->until)
         || (context->worker != NULL && sync_worker_is_wanted (context->worker))
         || imap_session_has_news (context->session);
}

/* So many that their answer takes a moment, and longer than the next command needs to get there. */
static void
choose_batch (Bodies *bodies, gint64 now)
{
  guint64 came = base_uid_set_count (sync_incoming_get_uids (bodies->incoming));
  gint64 took = MAX (now - bodies->begun, 1), wanted;

  if (came == 0)
    return;
  wanted = CLAMP (2 * (bodies->first - bodies->begun), BODIES_US, BODIES_MAX_US);
  bodies->mailbox->bodies_batch =
      (guint)CLAMP (came * (guint64)wanted / (guint64)took, BODIES_MIN, BODIES_MAX);
}

static void
show_bodies (const Bodies *bodies)
{
  SyncMailbox *mailbox = bodies->mailbox;
  guint done = 0, total = 0;

  sync_mailbox_get_progress (mailbox, &done, &total);
  sync_account_set_state (bodies->context->account, SYNC_PHASE_SYNCING, mailbox->name, done, total,
                          0, NULL);
}

/* The next ones of the list. */
static void
ask_for_some (ImapFlight *flight, Bodies *bodies)
{
  SyncMailbox *mailbox = bodies->mailbox;
  g_autoptr (BaseUidSet) part = base_uid_set_new ();
  g_auto (GStrv) sets = NULL;

  for (guint n = 0; n < mailbox->bodies_batch && mailbox->next_body < mailbox->bodies->len; n++)
    base_uid_set_add (part, g_array_index (mailbox->bodies, guint32, mailbox->next_body++));
  sets = base_uid_set_to_strings (part, SET_OCTETS);
  for (gsize i = 0; sets[i] != NULL; i++)
    imap_flight_fetch (flight, sets[i], IMAP_FETCH_BODY, 0, take_body, bodies);
  base_uid_set_add_set (bodies->asked, part);
}

static void
ask_for_bodies (ImapFlight *flight, gpointer user_data)
{
  Bodies *bodies = user_data;
  gboolean begins = base_uid_set_is_empty (bodies->asked);
  gint64 now = g_get_monotonic_time ();

  if (!begins && is_called_away (bodies, now))
    return;
  choose_batch (bodies, now);
  if (now - bodies->begun > SHOWN_US)
    show_bodies (bodies);
  ask_for_some (flight, bodies);
  /* The second goes along with the first: its answer would come a round trip later. */
  if (begins)
    ask_for_some (flight, bodies);
}

gboolean
sync_mailbox_step_bodies (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (SyncIncoming) incoming = NULL;
  g_autoptr (BaseUidSet) asked = base_uid_set_new ();
  Bodies bodies = { .mailbox = mailbox, .context = context, .asked = asked };

  if (mailbox->bodies == NULL && !sync_mailbox_list_bodies (mailbox, context, error))
    return FALSE;
  if (mailbox->bodies->len == 0)
    return step_large (mailbox, context, error);
  bodies.incoming = incoming = sync_incoming_new (context, mailbox->folder, 0);
  bodies.begun = g_get_monotonic_time ();
  imap_flight_set_more (flight, ask_for_bodies, &bodies);
  if (!run_flight (flight, context, error) || !sync_incoming_flush (incoming, error))
    return FALSE;
  note_unanswered (mailbox, asked, sync_incoming_get_uids (incoming));
  /* Whatever was stored is not listed again; what came but could not be stored counts as asked for once. */
  if (mailbox->next_body == mailbox->bodies->len) {
    for (guint i = 0; i < mailbox->bodies->len; i++)
      base_uid_set_add (mailbox->unanswered, g_array_index (mailbox->bodies, guint32, i));
    g_clear_pointer (&mailbox->bodies, g_array_unref);
  }
  return TRUE;
}
