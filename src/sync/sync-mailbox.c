/* Brings one folder in step with its mailbox.  The order is what a person sees first: the newest screenful, what is new, flags,
 * what went, older headers, then bodies.  Every step is bounded (about a second) and leaves the store consistent, so that
 * the worker may be called away, or die, between any two.  Sync worker's thread; must never remove a row on the word
 * of an answer that contradicts itself. */
#include "sync-mailbox.h"

#include "base-error.h"
#include "base-log.h"
#include "store-message.h"
#include "sync-incoming.h"
#include "sync-plan.h"

#include <glib/gi18n.h>

#define SET_OCTETS      900
#define FLAGS_AT_ONCE   2000
#define FLAGS_OF_NEWEST 500
#define ALL_FLAGS_US    (30 * 60 * G_USEC_PER_SEC)
#define NEW_AT_ONCE     500
#define HEADERS_MIN     50
#define HEADERS_MAX     2000
#define BODIES_MIN      4
#define BODIES_MAX      400
#define BODIES_LISTED   20000

#define LIST_ITEMS (IMAP_FETCH_FLAGS | IMAP_FETCH_SIZE | IMAP_FETCH_DATE | IMAP_FETCH_HEADER)

typedef enum
{
  PHASE_PLAN,
  PHASE_NEWEST,
  PHASE_NEW,
  PHASE_FLAGS,
  PHASE_SEARCH,
  PHASE_HEADERS,
  PHASE_SETTLE,
  PHASE_BODIES,
  PHASE_DONE,
} Phase;

struct _SyncMailbox
{
  /* Borrowed */
  SyncSuspects *suspects;

  gint64 folder;
  char *name;
  gboolean want_bodies;
  Phase phase;
  gboolean first_look; /* what SELECT said is fresh */
  SyncPlan plan;

  /* As they will be stored once everything before them is here. */
  guint32 uid_validity, uid_next;
  guint64 modseq;
  gboolean complete;
  gint64 in_step;
  guint32 arrived_from; /* 0: first sync, nothing is news */

  BaseUidSet *known;      /* here */
  BaseUidSet *missing;    /* there, not here: headers to fetch */
  BaseUidSet *flags_left; /* flags to ask for */
  BaseUidSet *unanswered; /* asked for, and the server was silent: not again on this connection */
  GArray *bodies;         /* guint32, newest first */
  guint next_body;
  gboolean bodies_all; /* the list of bodies was not cut */

  guint headers_batch, bodies_batch;
  gint64 all_flags_at; /* monotonic */
};

void
sync_suspects_init (SyncSuspects *suspects)
{
  suspects->generations = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

void
sync_suspects_clear (SyncSuspects *suspects)
{
  g_clear_pointer (&suspects->generations, g_hash_table_unref);
}

SyncMailbox *
sync_mailbox_open (SyncContext *context, SyncSuspects *suspects, gint64 folder, gboolean bodies,
                   GError **error)
{
  g_autoptr (StoreFolder) row = store_folder_get (context->db, folder, error);
  SyncMailbox *mailbox = NULL;

  if (row == NULL
      || !imap_session_select (context->session, row->server_name, FALSE, context->cancellable, error))
    return NULL;
  mailbox = g_new0 (SyncMailbox, 1);
  mailbox->suspects = suspects;
  mailbox->folder = folder;
  mailbox->name = g_strdup (row->server_name);
  mailbox->want_bodies = bodies;
  mailbox->first_look = TRUE;
  mailbox->unanswered = base_uid_set_new ();
  mailbox->headers_batch = 200;
  mailbox->bodies_batch = 20;
  (void)imap_session_take_news (context->session);
  return mailbox;
}

void
sync_mailbox_free (SyncMailbox *mailbox)
{
  g_free (mailbox->name);
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
  return g_strcmp0 (imap_session_get_selected_name (context->session), mailbox->name) == 0;
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
sync_mailbox_look_again (SyncMailbox *mailbox)
{
  mailbox->phase = PHASE_PLAN;
  mailbox->first_look = FALSE;
}

gboolean
sync_mailbox_is_planned (SyncMailbox *mailbox)
{
  return mailbox->phase >= PHASE_HEADERS;
}

gboolean
sync_mailbox_is_done (SyncMailbox *mailbox)
{
  return mailbox->phase == PHASE_DONE;
}

void
sync_mailbox_get_progress (SyncMailbox *mailbox, guint *done, guint *total)
{
  guint64 known = mailbox->known != NULL ? base_uid_set_count (mailbox->known) : 0;
  guint64 left = 0;

  *done = *total = 0;
  switch (mailbox->phase) {
  case PHASE_PLAN:
  case PHASE_NEWEST:
  case PHASE_NEW:
  case PHASE_FLAGS:
  case PHASE_SEARCH:
  case PHASE_SETTLE:
  case PHASE_DONE:
    return;
  case PHASE_HEADERS:
    left = base_uid_set_count (mailbox->missing);
    *total = (guint)(known + left);
    break;
  case PHASE_BODIES:
    if (mailbox->bodies == NULL || !mailbox->bodies_all)
      return;
    left = mailbox->bodies->len - mailbox->next_body;
    *total = (guint)MAX (known, left);
    break;
  }
  *done = *total - (guint)MIN (left, *total);
}

static gboolean
load_known (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  BaseUidSet *known = store_message_get_uids (context->db, mailbox->folder, error);

  if (known == NULL)
    return FALSE;
  g_clear_pointer (&mailbox->known, base_uid_set_free);
  mailbox->known = known;
  return TRUE;
}

static gboolean
save_state (SyncMailbox *mailbox, SyncContext *context, gboolean in_step, GError **error)
{
  if (in_step)
    mailbox->in_step = g_get_real_time () / G_USEC_PER_SEC;
  return store_folder_set_sync_state (context->db, mailbox->folder, mailbox->uid_validity,
                                      mailbox->uid_next, mailbox->modseq, mailbox->complete,
                                      mailbox->in_step, error);
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

  if (row == NULL || !load_known (mailbox, context, error))
    return FALSE;
  stored.uid_validity = row->uid_validity;
  stored.uid_next = row->uid_next;
  stored.modseq = row->highest_modseq;
  stored.complete = row->complete;
  stored.known = base_uid_set_count (mailbox->known);
  if (!mailbox->first_look) {
    /* UIDNEXT and HIGHESTMODSEQ are those of the SELECT; something has happened since. */
    server.uid_next = 0;
    if (server.modseq != 0)
      server.modseq = MAX (server.modseq, stored.modseq) + 1;
  }
  mailbox->plan = sync_plan_make (&stored, &server);
  if (mailbox->plan.reset) {
    if (!store_folder_reset (context->db, mailbox->folder, error)
        || !load_known (mailbox, context, error))
      return FALSE;
    stored = (SyncPlanStored){ 0 };
  }
  mailbox->uid_validity =
      selected->uid_validity != 0 ? selected->uid_validity : MAX (row->uid_validity, 1);
  mailbox->uid_next = stored.uid_next;
  mailbox->modseq = stored.modseq;
  mailbox->complete = stored.complete;
  mailbox->in_step = row->in_step;
  if (mailbox->uid_next == 0) {
    /* First visit: what comes from here on is new, and flags are as they are now. */
    mailbox->uid_next = MAX (selected->uid_next, 1);
    mailbox->modseq = selected->highest_modseq;
    mailbox->arrived_from = 0;
  } else {
    mailbox->arrived_from = row->role == STORE_ROLE_INBOX ? stored.uid_next : 0;
  }
  g_clear_pointer (&mailbox->missing, base_uid_set_free);
  g_clear_pointer (&mailbox->flags_left, base_uid_set_free);
  g_clear_pointer (&mailbox->bodies, g_array_unref);
  mailbox->phase = PHASE_NEWEST;
  return TRUE;
}

/* One round trip after SELECT: the list shows. */
static gboolean
step_newest (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  mailbox->phase = PHASE_NEW;
  if (mailbox->plan.newest_last > 0) {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (context, mailbox->folder, 0);

    if (!imap_session_fetch_seq (context->session, mailbox->plan.newest_first,
                                 mailbox->plan.newest_last, LIST_ITEMS | IMAP_FETCH_PREVIEW,
                                 sync_incoming_take, incoming, context->cancellable, error)
        || !sync_incoming_flush (incoming, error))
      return FALSE;
    mailbox->uid_next = MAX (mailbox->uid_next, sync_incoming_get_highest (incoming) + 1);
    if (base_uid_set_count (sync_incoming_get_uids (incoming))
        < mailbox->plan.newest_last - mailbox->plan.newest_first + 1)
      mailbox->plan.search = TRUE;
  }
  if (mailbox->plan.newest_last > 0 || mailbox->plan.reset || mailbox->first_look)
    return save_state (mailbox, context, FALSE, error);
  return TRUE;
}

static gboolean
step_new (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  guint64 known = base_uid_set_count (mailbox->known);
  g_autoptr (SyncIncoming) incoming = NULL;
  g_autofree char *set = NULL;

  mailbox->phase = PHASE_FLAGS;
  if (mailbox->plan.new_from == 0)
    return TRUE;
  /* After a long time away there may be thousands: then the search finds them, and they come newest first, in batches. */
  if (selected->exists > known + NEW_AT_ONCE) {
    mailbox->plan.search = TRUE;
    return TRUE;
  }
  incoming = sync_incoming_new (context, mailbox->folder, mailbox->arrived_from);
  set = g_strdup_printf ("%u:*", mailbox->plan.new_from);
  if (!imap_session_fetch (context->session, set, LIST_ITEMS | IMAP_FETCH_PREVIEW, 0,
                           sync_incoming_take, incoming, context->cancellable, error)
      || !sync_incoming_flush (incoming, error))
    return FALSE;
  mailbox->uid_next = MAX (mailbox->uid_next, sync_incoming_get_highest (incoming) + 1);
  if (mailbox->first_look)
    mailbox->uid_next = MAX (mailbox->uid_next, selected->uid_next);
  if (!save_state (mailbox, context, FALSE, error) || !load_known (mailbox, context, error))
    return FALSE;
  if (sync_plan_needs_search (mailbox->complete, base_uid_set_count (mailbox->known),
                              selected->exists))
    mailbox->plan.search = TRUE;
  return TRUE;
}

typedef struct
{
  GArray *flags; /* StoreServerFlags */
  guint64 modseq;
} FlagsTaken;

static gboolean
take_flags (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  FlagsTaken *taken = user_data;
  StoreServerFlags flags = { .uid = fetched->uid, .flags = (StoreFlags)fetched->flags };

  if (fetched->uid != 0 && fetched->has_flags)
    g_array_append_val (taken->flags, flags);
  taken->modseq = MAX (taken->modseq, fetched->modseq);
  return TRUE;
}

static gboolean
fetch_flags (SyncMailbox *mailbox, SyncContext *context, const char *set, guint64 changed_since,
             guint64 *modseq, GError **error)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (StoreServerFlags));
  FlagsTaken taken = { .flags = array };

  if (!imap_session_fetch (context->session, set, IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ,
                           changed_since, take_flags, &taken, context->cancellable, error))
    return FALSE;
  *modseq = taken.modseq;
  return array->len == 0
         || store_message_set_server_flags (context->db, mailbox->folder,
                                            (const StoreServerFlags *)(gpointer)array->data,
                                            array->len, error);
}

/* Without CONDSTORE there is no asking what changed: all of it now and then, the newest each time. */
static void
begin_all_flags (SyncMailbox *mailbox)
{
  gint64 now = g_get_monotonic_time ();

  if (mailbox->all_flags_at == 0 || now - mailbox->all_flags_at > ALL_FLAGS_US) {
    mailbox->flags_left = base_uid_set_dup (mailbox->known);
    mailbox->all_flags_at = now;
  } else {
    mailbox->flags_left = sync_plan_newest (mailbox->known, FLAGS_OF_NEWEST);
  }
}

static gboolean
step_flags (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  guint64 modseq = 0;

  if (mailbox->plan.changed_since > 0) {
    if (!fetch_flags (mailbox, context, "1:*", mailbox->plan.changed_since, &modseq, error))
      return FALSE;
    mailbox->modseq = MAX (mailbox->modseq, modseq);
    if (mailbox->first_look)
      mailbox->modseq = MAX (mailbox->modseq, selected->highest_modseq);
    mailbox->plan.changed_since = 0;
    mailbox->phase = PHASE_SEARCH;
    return save_state (mailbox, context, FALSE, error);
  }
  if (mailbox->plan.all_flags && mailbox->flags_left == NULL)
    begin_all_flags (mailbox);
  if (mailbox->flags_left != NULL && !base_uid_set_is_empty (mailbox->flags_left)) {
    g_autoptr (BaseUidSet) part = sync_plan_newest (mailbox->flags_left, FLAGS_AT_ONCE);
    g_autoptr (BaseUidSet) left = base_uid_set_subtract (mailbox->flags_left, part);
    BaseUidRange lowest = base_uid_set_get_range (part, 0);
    BaseUidRange highest = base_uid_set_get_range (part, base_uid_set_n_ranges (part) - 1);
    /* One range over all of them, gaps included: the command stays short. */
    g_autofree char *set = g_strdup_printf ("%u:%u", lowest.first, highest.last);

    if (!fetch_flags (mailbox, context, set, 0, &modseq, error))
      return FALSE;
    base_uid_set_free (mailbox->flags_left);
    mailbox->flags_left = g_steal_pointer (&left);
    return TRUE;
  }
  /* Now all flags are as of this SELECT or later. */
  if (mailbox->plan.all_flags && mailbox->first_look && mailbox->modseq == 0)
    mailbox->modseq = selected->highest_modseq;
  mailbox->phase = PHASE_SEARCH;
  return TRUE;
}

/* Removes what the server does not have any more; TRUE in *ask_again when that had better be confirmed. */
static gboolean
remove_gone (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *there,
             gboolean *ask_again, GError **error)
{
  const ImapSelected *selected = imap_session_get_selected (context->session);
  g_autoptr (BaseUidSet) gone = base_uid_set_subtract (mailbox->known, there);
  guint64 n_gone = base_uid_set_count (gone);
  gpointer seen = NULL;

  *ask_again = FALSE;
  if (n_gone == 0)
    return TRUE;
  if (base_uid_set_count (there) != selected->exists) {
    base_log ("%s: the server counts %u messages in “%s” but names %" G_GUINT64_FORMAT
              "; nothing is removed",
              sync_account_get_id (context->account), selected->exists, mailbox->name,
              base_uid_set_count (there));
    return TRUE;
  }
  if (sync_plan_is_suspicious (base_uid_set_count (mailbox->known), n_gone, selected->exists)) {
    seen = g_hash_table_lookup (mailbox->suspects->generations, &mailbox->folder);
    if (seen == NULL || GPOINTER_TO_UINT (seen) == context->generation) {
      g_hash_table_replace (mailbox->suspects->generations,
                            g_memdup2 (&mailbox->folder, sizeof (gint64)),
                            GUINT_TO_POINTER (context->generation));
      *ask_again = TRUE;
      return TRUE;
    }
  }
  g_hash_table_remove (mailbox->suspects->generations, &mailbox->folder);
  return store_message_remove (context->db, mailbox->folder, gone, error)
         && load_known (mailbox, context, error);
}

static gboolean
step_search (SyncMailbox *mailbox, SyncContext *context, gboolean *ask_again, GError **error)
{
  g_autoptr (BaseUidSet) there = NULL, lacking = NULL;

  mailbox->phase = PHASE_HEADERS;
  if (!mailbox->plan.search) {
    mailbox->missing = base_uid_set_new ();
    return TRUE;
  }
  there = imap_session_search_all (context->session, context->cancellable, error);
  if (there == NULL || !load_known (mailbox, context, error)
      || !remove_gone (mailbox, context, there, ask_again, error))
    return FALSE;
  lacking = base_uid_set_subtract (there, mailbox->known);
  mailbox->missing = base_uid_set_subtract (lacking, mailbox->unanswered);
  return TRUE;
}

/* Remembers which of `asked` did not come: they are not asked for again on this connection, and never taken for gone. */
static void
note_unanswered (SyncMailbox *mailbox, const BaseUidSet *asked, const BaseUidSet *came)
{
  g_autoptr (BaseUidSet) silent = base_uid_set_subtract (asked, came);

  for (guint i = 0; i < base_uid_set_n_ranges (silent); i++) {
    BaseUidRange range = base_uid_set_get_range (silent, i);

    base_uid_set_add_range (mailbox->unanswered, range.first, range.last);
  }
}

static gboolean
fetch_set (SyncMailbox *mailbox, SyncContext *context, const BaseUidSet *asked,
           ImapFetchItems items, SyncIncoming *incoming, GError **error)
{
  g_auto (GStrv) sets = base_uid_set_to_strings (asked, SET_OCTETS);

  for (gsize i = 0; sets[i] != NULL; i++)
    if (!imap_session_fetch (context->session, sets[i], items, 0, sync_incoming_take, incoming,
                             context->cancellable, error))
      return FALSE;
  if (!sync_incoming_flush (incoming, error))
    return FALSE;
  note_unanswered (mailbox, asked, sync_incoming_get_uids (incoming));
  return TRUE;
}

static gboolean
step_headers (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  g_autoptr (BaseUidSet) part = NULL, left = NULL;
  g_autoptr (SyncIncoming) incoming = NULL;
  gint64 begun = g_get_monotonic_time ();
  ImapFetchItems items = LIST_ITEMS;

  if (base_uid_set_is_empty (mailbox->missing)) {
    mailbox->phase = PHASE_SETTLE;
    return TRUE;
  }
  /* Where bodies follow, the first line of text comes with them; reading it now would make the server open each message twice. */
  if (!mailbox->want_bodies)
    items |= IMAP_FETCH_PREVIEW;
  part = sync_plan_newest (mailbox->missing, mailbox->headers_batch);
  left = base_uid_set_subtract (mailbox->missing, part);
  incoming = sync_incoming_new (context, mailbox->folder, mailbox->arrived_from);
  if (!fetch_set (mailbox, context, part, items, incoming, error))
    return FALSE;
  base_uid_set_free (mailbox->missing);
  mailbox->missing = g_steal_pointer (&left);
  for (guint i = 0; i < base_uid_set_n_ranges (sync_incoming_get_uids (incoming)); i++) {
    BaseUidRange range = base_uid_set_get_range (sync_incoming_get_uids (incoming), i);

    base_uid_set_add_range (mailbox->known, range.first, range.last);
  }
  mailbox->uid_next = MAX (mailbox->uid_next, sync_incoming_get_highest (incoming) + 1);
  mailbox->headers_batch = sync_plan_next_batch (
      mailbox->headers_batch, (g_get_monotonic_time () - begun) / 1000, HEADERS_MIN, HEADERS_MAX);
  return TRUE;
}

/* The list is whole: from here on it is in step, bodies may still come. */
static gboolean
step_settle (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  mailbox->complete = TRUE;
  if (mailbox->first_look)
    mailbox->uid_next =
        MAX (mailbox->uid_next, imap_session_get_selected (context->session)->uid_next);
  mailbox->first_look = FALSE;
  mailbox->phase = mailbox->want_bodies ? PHASE_BODIES : PHASE_DONE;
  return save_state (mailbox, context, TRUE, error);
}

static gboolean
list_bodies (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  guint64 n_unanswered = base_uid_set_count (mailbox->unanswered);
  guint limit = (guint)MIN (BODIES_LISTED + n_unanswered, G_MAXUINT);
  g_autoptr (GArray) lacking =
      store_message_get_uids_without_body (context->db, mailbox->folder, limit, 0, 0, error);

  if (lacking == NULL)
    return FALSE;
  mailbox->bodies_all = lacking->len < limit;
  mailbox->bodies = g_array_new (FALSE, FALSE, sizeof (guint32));
  mailbox->next_body = 0;
  for (guint i = 0; i < lacking->len; i++) {
    guint32 uid = g_array_index (lacking, guint32, i);

    if (!base_uid_set_contains (mailbox->unanswered, uid))
      g_array_append_val (mailbox->bodies, uid);
  }
  return TRUE;
}

static gboolean
step_bodies (SyncMailbox *mailbox, SyncContext *context, GError **error)
{
  g_autoptr (BaseUidSet) part = NULL;
  g_autoptr (SyncIncoming) incoming = NULL;
  gint64 begun = g_get_monotonic_time ();

  if (mailbox->bodies == NULL && !list_bodies (mailbox, context, error))
    return FALSE;
  if (mailbox->bodies->len == 0) {
    mailbox->phase = PHASE_DONE;
    return TRUE;
  }
  part = base_uid_set_new ();
  for (guint n = 0; n < mailbox->bodies_batch && mailbox->next_body < mailbox->bodies->len; n++)
    base_uid_set_add (part, g_array_index (mailbox->bodies, guint32, mailbox->next_body++));
  incoming = sync_incoming_new (context, mailbox->folder, 0);
  if (!fetch_set (mailbox, context, part, IMAP_FETCH_FLAGS | IMAP_FETCH_DATE | IMAP_FETCH_BODY,
                  incoming, error))
    return FALSE;
  mailbox->bodies_batch = sync_plan_next_batch (
      mailbox->bodies_batch, (g_get_monotonic_time () - begun) / 1000, BODIES_MIN, BODIES_MAX);
  /* Whatever was stored is not listed again; what came but could not be stored counts as asked for once. */
  if (mailbox->next_body == mailbox->bodies->len) {
    for (guint i = 0; i < mailbox->bodies->len; i++)
      base_uid_set_add (mailbox->unanswered, g_array_index (mailbox->bodies, guint32, i));
    g_clear_pointer (&mailbox->bodies, g_array_unref);
  }
  return TRUE;
}

gboolean
sync_mailbox_step (SyncMailbox *mailbox, SyncContext *context, SyncStep *step, GError **error)
{
  gboolean good = TRUE, ask_again = FALSE;

  switch (mailbox->phase) {
  case PHASE_PLAN:
    good = step_plan (mailbox, context, error);
    break;
  case PHASE_NEWEST:
    good = step_newest (mailbox, context, error);
    break;
  case PHASE_NEW:
    good = step_new (mailbox, context, error);
    break;
  case PHASE_FLAGS:
    good = step_flags (mailbox, context, error);
    break;
  case PHASE_SEARCH:
    good = step_search (mailbox, context, &ask_again, error);
    break;
  case PHASE_HEADERS:
    good = step_headers (mailbox, context, error);
    break;
  case PHASE_SETTLE:
    good = step_settle (mailbox, context, error);
    break;
  case PHASE_BODIES:
    good = step_bodies (mailbox, context, error);
    break;
  case PHASE_DONE:
    break;
  }
  *step = ask_again                      ? SYNC_STEP_ASK_AGAIN
          : mailbox->phase == PHASE_DONE ? SYNC_STEP_DONE
                                         : SYNC_STEP_MORE;
  return good;
}
